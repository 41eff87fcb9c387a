"""The investigation form, and the hand-over sheet to the responsible department (S0-10 … S0-14, S4-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import cells, playbooks
from complaintctl.i18n import _
from complaintctl.labels import text
from complaintctl.paperforms.filling import own, wide, yes_or_no
from complaintctl.paperforms.parts import WHOLE, Box, Field, Grid, Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complaintctl.paperforms.filling import Filling


def investigation(say: Filling) -> list[Section]:
    """What was looked into, by whom, what was seen, said and kept, and the conclusion."""
    return [
        Section(_("The complaint"), list(_matter(say))),
        Section(_("Investigator"), list(_investigator(say))),
        Section(_("What was seen on the spot"), list(_on_the_spot(say))),
        Section(say.label("investigations.checks"), grid=_checks(say)),
        Section(say.label("investigations.statements"), grid=_statements(say)),
        Section(
            say.label("evidence"),
            [wide("compared", _("Each piece of evidence held against what is alleged"), lines=1)],
            _evidence(say),
        ),
        Section(_("Conclusion"), list(_conclusion(say))),
    ]


def investigation_boxes(say: Filling) -> list[Box]:
    """Whoever investigated, whoever collected evidence and answers for its truth (S4-3), and the head."""
    return [
        say.signed("investigator", _("Investigator"), next(reversed(say.entries("investigations")), {})),
        Box("collector", _("Collected the evidence and answers for its truth"), _collectors(say)),
        Box("head", _("Head")),
    ]


def handover(say: Filling) -> list[Section]:
    """What is handed to whom, what it is about, and room for the department's answer."""
    return [
        Section(_("Handed over"), list(_handed(say))),
        Section(_("The complaint"), [*_matter(say), *_found(say)]),
        Section(say.label("assignments.task"), grid=_shared(say)),
        Section(_("By when"), grid=_clocks(say)),
        Section(_("Enclosed"), grid=_evidence(say)),
        Section(_("Answer of the department"), list(_answer(say))),
    ]


def handover_boxes(say: Filling) -> list[Box]:
    """Who hands over, who has understood it (S4-10), and the head who answers for it (S1c-8)."""
    given = _assigned(say)
    return [
        say.signed("handed-over-by", _("Handed over by"), given),
        Box("received-by", _("Received and understood"), say.who(given["handler"]) if given else ""),
        Box("department-head", _("Head of the department"), say.heads(given.get("department"))),
    ]


# -- the complaint


def _matter(say: Filling) -> Iterator[Field]:
    facts = say.facts
    yield say.field("intake.received_at")
    yield say.field("customer.name")
    yield say.field("customer.id")
    yield say.field("about.against")
    yield say.field("about.product", 6)
    yield say.field("about.batch")
    yield say.field("about.purchased_on")
    yield say.field("classification.category", 5)
    for kind, key, width in (("severities", "severity", 4), ("urgencies", "urgency", 3)):
        known = "category" in facts and key in facts
        yield say.written(f"classification.{key}", say.named(kind, facts[key]) if known else "", width)
    yield say.field("complaint", 8, 2)
    yield Field("demand", say.label("demand"), _demand(say), 4, 2)


def _demand(say: Filling) -> str:
    demand = say.case.get("demand", {})
    remedy = say.named("remedies", demand["remedy"]) if "remedy" in demand else ""
    parts = (remedy, say.money(demand.get("amount", "")), demand.get("text", ""))
    return " ".join(part for part in parts if part)


# -- the investigation


def _investigator(say: Filling) -> Iterator[Field]:
    entries = say.entries("investigations")
    people = list(dict.fromkeys(one["by"] for one in entries))
    yield own("investigators", _("Names"), cells.listed(map(say.who, people)))
    places = dict.fromkeys(filter(None, map(say.department_of, people)))
    yield own("investigator-department", say.label("assignments.department"), cells.listed(places))
    yield own(
        "investigated-at", _("When"), cells.listed(dict.fromkeys(say.day(one["at"]) for one in entries))
    )
    alone = any(one.get("alone") for one in entries)
    yield own(
        "independent",
        _("Independent"),
        say.label("investigations.alone") if alone else "",
        choices=yes_or_no(),
    )


def _on_the_spot(say: Filling) -> Iterator[Field]:
    """Goods, staff, customers and other facts (S0-11): four to write on until findings are recorded."""
    found = say.found("findings")
    if not found:
        yield own("seen-goods", _("Goods"), width=6)
        yield own("seen-staff", _("Staff"), width=6)
        yield own("seen-customers", _("Customers"), width=6)
        yield own("seen-other", _("Other facts"), width=6)
    yield say.written("investigations.findings", found, WHOLE, 2)
    yield say.written("investigations.containment", say.found("containment"), WHOLE)


def _checks(say: Filling) -> Grid:
    """The checks of the playbook with their executors and what they found (S1a-4, S1a-13)."""
    language = say.ground.language
    heads = [
        say.label("investigations.checks.name"),
        _("Carried out by"),
        say.label("investigations.checks.outcome"),
    ]
    found = playbooks.of_case(say.known, say.policy) if say.known else None
    rows = []
    for step in found.steps if found else ():
        duties = cells.listed(say.named("executors", one) for one in step.check.get("executor", ()))
        by = (
            say.who(step.recorded.by) if step.recorded else text(step.check.get("by", {}), language) or duties
        )
        rows.append([text(step.check["label"], language), by, _outcome(step, language)])
    names = {step.check["name"] for step in found.steps} if found else set()
    for entry in say.entries("investigations"):
        rows += [
            _beside(say, one, entry["by"]) for one in entry.get("checks", ()) if one["name"] not in names
        ]
    return Grid("investigations.checks", heads, rows, (5, 3, 4), 0 if rows else 3)


def _beside(say: Filling, made: Any, by: str) -> list[str]:
    """A check that is not of the case's own playbook."""
    name, outcome = playbooks.worded(made, say.case, say.policy, say.ground.language)
    return [name, say.who(by), outcome]


def _outcome(step: playbooks.Step, language: str) -> str:
    """What a check found, in words."""
    if step.recorded is None:
        return ""
    if step.found is None:
        return step.recorded.outcome
    more = step.recorded.outcome.partition(":")[2].strip()
    said = text(step.found["label"], language)
    return cells.told(said, more) if more else said


def _statements(say: Filling) -> Grid:
    heads = [say.label(f"investigations.statements.{key}") for key in ("who", "method", "text")]
    rows = [
        [
            say.named("parties", one["who"]) if one["who"] in say.policy["vocabulary"].get("parties", {})
            else say.who(one["who"]),
            say.named("statement_methods", one["method"]) if "method" in one else "",
            one["text"],
        ]
        for entry in say.entries("investigations")
        for one in entry.get("statements", ())
    ]  # fmt: skip
    return Grid("investigations.statements", heads, rows, (2, 2, 8), 0 if rows else 3)


def _evidence(say: Filling) -> Grid:
    heads = [say.label(f"evidence.{key}") for key in ("kind", "note", "collected_by", "at")]
    rows = [
        [
            say.named("evidence_kinds", one["kind"]),
            cells.aside(one.get("note", one.get("name", "")), one["file"]).strip(),
            say.who(one.get("collected_by", one["by"])),
            say.moment(one["at"]),
        ]
        for one in _collected(say)
    ]
    return Grid("evidence", heads, rows, (2, 5, 2, 3), 0 if rows else 2)


def _collected(say: Filling) -> list[Any]:
    """The evidence on file; an agreement that the customer signed is none."""
    answers = (one.get("answer", {}) for one in say.case.get("proposals", ()))
    signed = {one["agreement"] for one in answers if "agreement" in one}
    return [one for one in say.case.get("evidence", ()) if one["file"] not in signed]


def _collectors(say: Filling) -> str:
    found = (one.get("collected_by", one["by"]) for one in _collected(say))
    return cells.listed(dict.fromkeys(map(say.who, found)))


def _conclusion(say: Filling) -> Iterator[Field]:
    for key, width in (
        ("purpose", 6), ("verdict", 6), ("grounds", 6), ("demand", 6),
        ("cause", 7), ("responsible", 3), ("loss", 2), ("promised_by", 3),
    ):  # fmt: skip
        yield say.written(f"investigations.{key}", say.found(key), width)
    yield own("delayed-by", _("Who caused delay"))
    yield say.written("investigations.impact", say.found("impact"), 6)


# -- the hand-over


def _assigned(say: Filling) -> dict[str, Any]:
    """The last assignment of the round that hands the whole case over; empty where there is none."""
    return next((one for one in reversed(say.entries("assignments")) if "task" not in one), {})


def _handed(say: Filling) -> Iterator[Field]:
    given = _assigned(say)
    yield own("handed-at", _("Handed over at"), say.moment(given.get("at", "")))
    yield own("handed-by", _("By"), say.who(given["by"]) if given else "")
    yield own("from-department", _("Of the department"), say.department_of(given["by"]) if given else "")
    yield own(
        "owner",
        _("Keeps in touch with the customer"),
        say.who(say.known["intake"]["by"]) if say.known else "",
    )
    yield Field(
        "assignments.department",
        _("To the department"),
        say.named("departments", given["department"]) if given else "",
    )
    yield Field(
        "assignments.handler", say.label("assignments.handler"), say.who(given["handler"]) if given else ""
    )
    yield own("accountable", _("Head who answers for it"), say.heads(given.get("department")))
    yield own("answer-by", _("Answer and solution by"), _answer_by(say))


def _answer_by(say: Filling) -> str:
    """When the department's solution is due: the first clock that waits for a proposal (S4-2)."""
    dues = [one for one in say.clocks if say.policy["deadlines"][one.name]["until"] == "proposed"]
    return say.due(min(dues, key=lambda one: one.due or 0)) if dues else ""


def _found(say: Filling) -> Iterator[Field]:
    """What is known of it by now: verdict, cause, level, marks and what they ask for at once."""
    language = say.ground.language
    yield say.written("investigations.verdict", say.found("verdict"), 6)
    yield say.written("investigations.cause", say.found("cause"), 6)
    levels = {one["level"]: text(one["label"], language) for one in say.policy["levels"]}
    level = say.ground.level if say.known else None
    yield own("level", _("Level"), levels.get(level, "") if level is not None else "")
    flags = [(flag, say.policy["flags"].get(flag, {"label": {}})) for flag in say.facts.get("flags", ())]
    told = [
        cells.told(say.named("flags", flag), text(rule["note"], language))
        if "note" in rule
        else say.named("flags", flag)
        for flag, rule in flags
    ]
    yield Field("classification.flags", say.label("classification.flags"), "\n".join(told), 9)


def _shared(say: Filling) -> Grid:
    """Who does what where several share it (S3-12)."""
    heads = [say.label(f"assignments.{key}") for key in ("department", "handler", "task")]
    rows = [
        [say.named("departments", one["department"]), say.who(one["handler"]), one["task"]]
        for one in say.entries("assignments")
        if "task" in one
    ]
    return Grid("assignments.task", heads, rows, (3, 3, 6), 0 if rows else 2)


def _clocks(say: Filling) -> Grid:
    rows = [[say.rule(one), say.due(one)] for one in say.clocks if one.met is None and one.ended is None]
    return Grid("deadlines", [_("What"), _("By when")], rows, (8, 4), 0 if rows else 1)


def _answer(say: Filling) -> Iterator[Field]:
    yield wide("answer-cause", _("Cause, and how it came about"), say.found("findings"))
    yield wide("answer-solution", _("Solution"), say.settled(), lines=2)
    yield own("answer-who", _("Who carries it out"), _who(say), 6)
    yield own("answer-when", _("By when"), width=3)
    yield own("answered-at", _("Answered on"), say.day(say.approved["at"]) if say.approved else "")


def _who(say: Filling) -> str:
    tasks = say.approved.get("tasks", ()) if say.approved else ()
    return cells.listed(dict.fromkeys(say.who(one.get("who", one["department"])) for one in tasks))

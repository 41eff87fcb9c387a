"""The closing report to management: result, opinion, handling, lessons (S0-19, S1b-7, S1b-9, W29)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import cells, deadlines, papers, times
from complaintctl.i18n import _
from complaintctl.labels import text
from complaintctl.paperforms import survey
from complaintctl.paperforms.filling import own, yes_or_no
from complaintctl.paperforms.parts import WHOLE, Box, Field, Grid, Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from complaintctl.case import Case
    from complaintctl.paperforms.filling import Filling

_WRITTEN = (  # what people wrote in words of their own
    "complaint", "demand", "investigations.findings", "investigations.containment", "investigations.impact",
    "proposals.reason", "proposals.problems", "proposals.answer.reason", "follow_ups.comment",
    "closures.reason", "closures.disposition", "closures.lesson", "closures.prevention",
)  # fmt: skip


def sections(say: Filling) -> list[Section]:
    """The case as a whole for management: result, opinion, handling, what was learnt (S0-19, W29)."""
    made = [
        Section(_("The complaint"), list(_case(say))),
        Section(_("What was found"), list(_verdict(say))),
        Section(_("How it was settled"), list(_decided(say)), _given(say)),
        Section(_("What the customer said"), list(_heard(say))),
        Section(_("How it was handled"), list(_handled(say)), _clocks(say)),
        Section(_("Those responsible"), list(_disposed(say)), _dispositions(say)),
        Section(_("What was learnt"), list(_learnt(say)), _measures(say)),
    ]
    if say.known is None:
        return made
    known = say.known
    return [
        section._replace(fields=[_discreet(field, known) for field in section.fields]) for section in made
    ]


def _discreet(field: Field, case: Case) -> Field:
    """A field of a report without what people wrote of how the customer can be reached."""
    return field._replace(value=papers.unsaid(field.value, case)) if field.key in _WRITTEN else field


def boxes(say: Filling) -> list[Box]:
    """Customer service and the responsible department write it together (W29); management has read it."""
    return [
        say.signed("drawn-up-by", _("Drawn up by"), _closed(say)),
        Box("responsible-department", _("Responsible department")),
        Box("management", _("Management")),
    ]


def _closed(say: Filling) -> Mapping[str, Any]:
    """How the round ended; empty while it goes on."""
    return next(reversed(say.entries("closures")), {})


def _case(say: Filling) -> Iterator[Field]:
    facts = say.facts
    yield say.field("intake.received_at")
    yield say.plain("intake.channel")
    yield say.plain("kind")
    yield say.field("customer.id")
    yield say.field("about.product", 6)
    yield say.field("about.batch")
    yield say.field("about.against")
    yield say.field("classification.category", 6)
    severity = say.named("severities", facts["severity"]) if "severity" in facts else ""
    yield say.written("classification.severity", severity)
    levels = {one["level"]: text(one["label"], say.ground.language) for one in say.policy["levels"]}
    level = say.ground.level if say.known else None
    yield own("level", _("Level"), levels.get(level, "") if level is not None else "")
    given = [one for one in say.entries("assignments") if "task" not in one][-1:]
    departments = dict.fromkeys(one["department"] for one in say.entries("assignments"))
    yield Field(
        "assignments.department",
        say.label("assignments.department"),
        ", ".join(say.named("departments", one) for one in departments),
        6,
    )
    yield Field(
        "assignments.handler",
        say.label("assignments.handler"),
        ", ".join(say.who(one["handler"]) for one in given),
    )
    yield say.field("classification.affected")
    yield say.field("complaint", WHOLE, 2)
    demand = say.case.get("demand", {})
    parts = (
        say.named("remedies", demand["remedy"]) if "remedy" in demand else "",
        say.money(demand.get("amount", "")),
        demand.get("text", ""),
    )
    yield Field("demand", say.label("demand"), " ".join(filter(None, parts)), WHOLE)


def _verdict(say: Filling) -> Iterator[Field]:
    yield say.written("investigations.verdict", say.found("verdict"), 4)
    yield say.written("investigations.cause", say.found("cause"), 4)
    yield say.written("investigations.responsible", say.found("responsible"), 2)
    yield say.written("investigations.loss", say.found("loss"), 2)
    yield say.written("investigations.findings", say.found("findings"), WHOLE, 2)
    yield say.written("investigations.containment", say.found("containment"), 6)
    yield say.written("investigations.impact", say.found("impact"), 6)


def _decided(say: Filling) -> Iterator[Field]:
    entry = say.approved or {}
    decision = entry.get("decision", {})
    yield own(
        "decided-by",
        _("Decided by"),
        ", ".join((say.who(decision["by"]), say.named("roles", decision["role"]))) if decision else "",
        6,
    )
    yield own("decided-at", _("Decided on"), say.day(decision.get("at", "")))
    yield own("cost", _("Cost in all"), say.cost())
    yield Field("proposals.reason", say.label("proposals.reason"), entry.get("reason", ""), WHOLE)
    problems = "\n".join(one["text"] for one in entry.get("problems", ()))
    yield Field("proposals.problems", say.label("proposals.problems"), problems, WHOLE)


def _given(say: Filling) -> Grid:
    """What was given and done, each with its cost, when, by whom and on which voucher."""
    heads = [
        _("Remedy or task"), say.label("proposals.remedies.cost"), say.label("proposals.remedies.done"),
        _("By"), say.label("proposals.remedies.done.voucher"),
    ]  # fmt: skip
    tasks = say.approved.get("tasks", ()) if say.approved else ()
    rows = [[say.remedy(one), say.money(one["cost"]), *_done(say, one)] for one in say.remedies()]
    rows += [
        [f"{say.named('departments', one['department'])}: {one['what']}", "", *_done(say, one)]
        for one in tasks
    ]
    return Grid("proposals.remedies", heads, rows, (4, 2, 2, 2, 2), 0 if rows else 2)


def _done(say: Filling, one: Mapping[str, Any]) -> list[str]:
    done = one.get("done", {})
    return [say.day(done.get("at", "")), say.who(done["by"]) if done else "", done.get("voucher", "")]


def _heard(say: Filling) -> Iterator[Field]:
    answer = say.approved.get("answer", {}) if say.approved else {}
    asked = survey.asked(say)
    outcome = say.named("answers", answer["outcome"]) if answer else ""
    yield Field("proposals.answer.outcome", say.label("proposals.answer.outcome"), outcome)
    yield Field("proposals.answer.reason", say.label("proposals.answer.reason"), answer.get("reason", ""), 9)
    points = next((one.label for one in say.satisfaction(asked.get("satisfaction")) if one.ticked), "")
    yield Field(
        "follow_ups.satisfaction",
        say.label("follow_ups.satisfaction"),
        points,
        3 if points else WHOLE,
        choices=() if points else say.satisfaction(),
    )
    yield Field(
        "follow_ups.comment",
        say.label("follow_ups.comment"),
        asked.get("comment", ""),
        9 if points else WHOLE,
    )


def _handled(say: Filling) -> Iterator[Field]:
    ended = _closed(say)
    outcome = say.named("outcomes", ended["outcome"]) if ended else ""
    yield Field("closures.outcome", say.label("closures.outcome"), outcome, 6)
    yield own("closed-at", _("Closed on"), say.day(ended.get("at", "")))
    yield own("expectation-met", _("As the customer expected"), choices=yes_or_no())
    yield Field("closures.reason", say.label("closures.reason"), ended.get("reason", ""), 6)
    yield own("where-it-leaked", _("Where time was lost, and through whom"), width=6)


def _clocks(say: Filling) -> Grid:
    words = cells.clock_states()
    now = times.epoch(say.ground.at)
    rows = [
        [
            say.rule(one),
            say.due(one),
            say.moment(times.iso(one.met, say.ground.zone)) if one.met is not None else "",
            words[deadlines.state_of(one, now)],
        ]
        for one in say.clocks
    ]
    return Grid(
        "deadlines",
        [_("What"), _("By when"), _("Done at"), _("In time")],
        rows,
        (5, 3, 3, 1),
        0 if rows else 2,
    )


def _disposed(say: Filling) -> Iterator[Field]:
    ended = _closed(say)
    yield Field(
        "closures.disposition", say.label("closures.disposition"), ended.get("disposition", ""), WHOLE
    )


def _dispositions(say: Filling) -> Grid:
    """Whoever is directly responsible, the head, whoever caused delay, each with what was decided (S1b-9)."""
    heads = [say.label(f"closures.dispositions.{key}") for key in ("who", "part", "what", "bears")]
    rows = [
        [say.who(one["who"]), say.named("parts", one["part"]), one["what"], say.money(one.get("bears", ""))]
        for one in _closed(say).get("dispositions", ())
    ]
    parts = ("responsible", "head", "delay")
    empty = [] if _closed(say) else [["", say.named("parts", one), "", ""] for one in parts]
    return Grid("closures.dispositions", heads, rows or empty, (3, 3, 4, 2))


def _learnt(say: Filling) -> Iterator[Field]:
    ended = _closed(say)
    yield Field("closures.lesson", say.label("closures.lesson"), ended.get("lesson", ""), WHOLE, 2)
    yield Field("closures.prevention", say.label("closures.prevention"), ended.get("prevention", ""), WHOLE)
    taught = ", ".join(say.named("departments", one) for one in ended.get("lesson_for", ()))
    yield Field("closures.lesson_for", say.label("closures.lesson_for"), taught, 6)
    yield own("rules-to-change", _("What should change in the shop's rules"), width=6)


def _measures(say: Filling) -> Grid:
    heads = [say.label(f"improvements.{key}") for key in ("measure", "owner", "due", "also", "done_at")]
    rows = [
        [
            one["measure"],
            say.who(one["owner"]),
            say.day(one["due"]),
            one.get("also", ""),
            say.day(one.get("done_at", "")),
        ]
        for one in say.case.get("improvements", ())
    ]
    return Grid("improvements", heads, rows, (4, 2, 2, 2, 2), 0 if rows else 2)

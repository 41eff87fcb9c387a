"""What must be true before a step: the gates of a policy (S0-10, S1a-4, S1e-5, S4-8, S1b-7, …).

A gate names a step, one of `REQUIREMENTS` and, if it is not for every case, a
condition.  Each requirement is a pure question about the case, what is to be
recorded (`inputs`, with the keys of the section), who acts, and the staff.  A
requirement that does not exist is never met.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import deadlines, times
from complaintctl.authority import Staff, complained_about, may, may_be_alone
from complaintctl.conditions import CHOICES, facts_of, met, proposed, unknown, when_problems
from complaintctl.errors import Refused
from complaintctl.i18n import _
from complaintctl.labels import text
from complaintctl.lifecycle import in_round, round_of
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from complaintctl.case import Case, Contact, Statement
    from complaintctl.policy import Gate, Policy, When


class Question(NamedTuple):
    """What a requirement is asked about."""

    case: Case
    inputs: Mapping[str, Any]  # what the step would record
    actor: Staff
    staff: Sequence[Staff]
    facts: Mapping[str, Any]  # with what the step would record
    policy: Policy


_FROM_INPUTS = (
    "kind",
    "category",
    "severity",
    "urgency",
    "liability",
    "verdict",
    "cause",
    "satisfaction",
    "grounds",
)


def _named(ask: Question) -> list[str]:
    """Persons and departments complained about or held responsible, this step's finding included."""
    responsible = ask.inputs.get("responsible")
    return [*complained_about(ask.case), *([responsible] if responsible else [])]


def _not_the_person(ask: Question) -> bool:
    return ask.actor["id"] not in _named(ask)


def _not_of_department(ask: Question) -> bool:
    homes = {person["id"]: person.get("department") for person in ask.staff}
    departments = {homes.get(ident, ident) for ident in _named(ask)}
    return ask.actor.get("department") is None or ask.actor.get("department") not in departments


def _investigations(ask: Question) -> Iterator[Mapping[str, Any]]:
    """What was investigated in this round, and what is to be recorded now."""
    yield from in_round(ask.case.get("investigations", ()), round_of(ask.case))
    yield ask.inputs


def _playbook(ask: Question) -> bool:
    return not missing_checks(ask)


def missing_checks(ask: Question) -> list[str]:
    """The checks of the category's playbook that still have to be made (S1a-4)."""
    from complaintctl import playbooks

    facts = ask.facts
    found = playbooks.progress(facts.get("category"), _investigations(ask), ask.policy, facts.get("verdict"))
    return found.missing if found else []


def _agreement(ask: Question) -> bool:
    if ask.inputs.get("outcome") == "declined":  # nothing was agreed, so nothing is signed
        return True
    answers = [
        entry.get("answer", {}) for entry in in_round(ask.case.get("proposals", ()), round_of(ask.case))
    ]
    return any(answer.get("agreement") for answer in [*answers, ask.inputs])


def _written(field: str) -> Callable[[Question], bool]:
    """Whether a text is given with the step, or stands in this round's closing or investigation."""

    def is_written(ask: Question) -> bool:
        closures = in_round(ask.case.get("closures", ()), round_of(ask.case))
        return any(str(entry.get(field, "")).strip() for entry in [*_investigations(ask), *closures])

    return is_written


def _satisfied(ask: Question) -> bool:
    return int(ask.facts.get("satisfaction", 0)) >= ask.policy["follow_up"]["satisfied_from"]


def _contacts(ask: Question) -> list[Contact]:
    """What was said in this round."""
    opened = [
        times.epoch(entry["reopened"]["at"]) for entry in ask.case.get("closures", ()) if "reopened" in entry
    ]
    start = max(opened, default=0)
    return [entry for entry in ask.case.get("contacts", ()) if times.epoch(entry["at"]) >= start]


def _told(ask: Question) -> bool:
    """Whether the customer heard from the shop in this round."""
    return any(one["party"] == "customer" and one["direction"] == "out" for one in _contacts(ask))


def _supplier_answered(ask: Question) -> bool:
    """Whether the supplier said something in this round (S0-15)."""
    return any(one["party"] == "supplier" and one["direction"] == "in" for one in _contacts(ask))


def _promised_date(ask: Question) -> bool:
    """Whether the customer knows by when it goes on (S1b-2): a day was named, or a promised clock runs."""
    if any("again_on" in one for one in _contacts(ask)):
        return True
    happened = deadlines.events(ask.case, round_of(ask.case))
    return any(
        rule.get("promise") and rule.get("from") in happened and met(rule.get("when", {}), ask.facts)
        for rule in ask.policy["deadlines"].values()
    )


def _not_agreed(ask: Question) -> dict[str, list[Staff]]:
    """The departments whose heads do not stand behind the plan: the one proposed now, or that waits."""
    proposals = in_round(ask.case.get("proposals", ()), round_of(ask.case))
    plan = ask.inputs if "remedies" in ask.inputs else (proposals[-1] if proposals else {})
    from complaintctl.heads import not_agreed

    return not_agreed(ask.case, plan, ask.staff, ask.policy)


def _heard(ask: Question) -> bool:
    said: list[Statement] = [one for entry in _investigations(ask) for one in entry.get("statements", ())]
    return any(one["who"] == "customer" for one in said)


def _weighed(ask: Question) -> bool:
    """Whether it is said if the grounds are sufficient and the demand is reasonable (S1b-10)."""
    found = list(_investigations(ask))
    return all(any(entry.get(part) for entry in found) for part in ("grounds", "demand"))


# A flag that a requirement of its own goes with, wherever a policy has it.
_PROMISED = "unauthorised-promise"


def _promise_giver(ask: Question) -> bool:
    """Whether it is said who gave a promise without authority, where one was given (S4-9)."""
    flagged = _PROMISED in ask.facts.get("flags", ())
    return not flagged or any(entry.get("promised_by") for entry in _investigations(ask))


def _collected(ask: Question) -> bool:
    """Whether somebody answers for each piece of evidence (S4-3)."""
    return all(entry.get("collected_by") for entry in ask.case.get("evidence", ()))


def _acknowledged(ask: Question) -> bool:
    """Whether whoever gets a task has understood it (S4-10).

    Saying that, or what went wrong, does not have to wait for it.
    """
    if ask.inputs.get("acknowledge") or ask.inputs.get("problem"):
        return True
    proposals = in_round(ask.case.get("proposals", ()), round_of(ask.case))
    tasks = proposals[-1].get("tasks", ()) if proposals else ()
    return all("acknowledged" in task or "done" in task for task in tasks)


def _decided(ask: Question) -> bool:
    return not _undecided(ask)


def _undecided(ask: Question) -> list[tuple[str | None, str]]:
    """On whom, and as what, nothing was decided yet (S1b-9, S4-3)."""
    from complaintctl.dispositions import missing

    given = ask.inputs.get("dispositions", ())
    return missing(ask.case, given, missed=bool(ask.facts.get("missed")))


def _in_words(ask: Question) -> bool:
    """Whether words go with the step: the instruction of whoever decides (S1b-5)."""
    return any(str(ask.inputs.get(field) or "").strip() for field in ("note", "back"))


def _given_to_somebody(ask: Question) -> bool:
    """Whether the plan that is proposed now, or that waits, says who does what by when (S1b-11, S0-16)."""
    proposals = in_round(ask.case.get("proposals", ()), round_of(ask.case))
    plan = ask.inputs if "remedies" in ask.inputs else (proposals[-1] if proposals else {})
    tasks = plan.get("tasks", ())
    return bool(tasks) and all("who" in task and "due" in task for task in tasks)


def _head_decided_on(ask: Question) -> bool:
    """Whether it is decided what follows for the head of those responsible (S1b-9)."""
    return any(one["part"] == "head" for one in ask.inputs.get("dispositions", ()))


def _delimited(ask: Question) -> bool:
    """Whether those affected are counted, and it is said which they are (S2-6, W27)."""
    given = ask.case.get("classification", {})
    return "affected" in given and bool(str(given.get("affected_range", "")).strip())


def _passed_up(ask: Question) -> bool:
    """Whether the case went one step up since the customer was last heard to be dissatisfied (S1c-4)."""
    asked = in_round(ask.case.get("follow_ups", ()), round_of(ask.case))
    if not asked or asked[-1]["satisfaction"] >= ask.policy["follow_up"]["satisfied_from"]:
        return True
    last = times.epoch(asked[-1]["at"])
    return any(times.epoch(one["at"]) >= last for one in ask.case.get("escalations", ()))


REQUIREMENTS: dict[str, Callable[[Question], bool]] = {
    "not-the-person": _not_the_person,
    "not-of-department": _not_of_department,
    "verdict": lambda ask: bool(ask.facts.get("verdict")),
    "cause": lambda ask: bool(ask.facts.get("cause")),
    "playbook": _playbook,
    "written-agreement": _agreement,
    "lesson": _written("lesson"),
    "prevention": _written("prevention"),
    "disposition": _written("disposition"),
    "dispositions": _decided,
    "lesson-for": _written("lesson_for"),
    "improvement": lambda ask: bool(ask.case.get("improvements")),
    "findings": _written("findings"),
    "follow-up": lambda ask: ask.facts.get("satisfaction") is not None,
    "satisfied": _satisfied,
    "not-dissatisfied": lambda ask: ask.facts.get("satisfaction") is None or _satisfied(ask),
    "evidence": lambda ask: bool(ask.case.get("evidence")),
    "told": _told,
    "statement-of-customer": _heard,
    "heads-agreed": lambda ask: not _not_agreed(ask),
    "facts-confirmed": lambda ask: any("confirms" in one for one in _contacts(ask)),
    "promised-date": _promised_date,
    "supplier-answered": _supplier_answered,
    "grounds": _weighed,
    "purpose": _written("purpose"),
    "containment": _written("containment"),
    "promise-giver": _promise_giver,
    "collector": _collected,
    "acknowledged": _acknowledged,
    "note": _in_words,
    "responsible": _written("responsible"),
    "tasks": _given_to_somebody,
    "head-disposition": _head_decided_on,
    "elsewhere": lambda ask: any(one.get("also") for one in ask.case.get("improvements", ())),
    "escalated": _passed_up,
    "affected": _delimited,
}
INDEPENDENCE = ("not-the-person", "not-of-department")
CONTENTMENT = ("follow-up", "satisfied", "not-dissatisfied")
# What is said with the step itself, in options of `close`.
_IN_WORDS: dict[str, Callable[[Question], str]] = {
    "lesson": lambda _ask: "--lesson …",
    "prevention": lambda _ask: "--prevention …",
    "disposition": lambda _ask: "--disposition …",
    "lesson-for": lambda _ask: "--lesson-for DEPT",
    "dispositions": lambda ask: " ".join(
        f'--dispose "{who or "WHO"}/{part}: …"' for who, part in _undecided(ask)
    ),
}
# A case may end without having been handled to its end (no gate applies), and
# handled to its end without a content customer.
UNHANDLED = (
    "answered", "withdrawn", "no-contact", "duplicate", "out-of-scope", "referred", "entered-in-error",
)  # fmt: skip
UNCONTENT = ("explained", "final-response-declined")


def check(
    step: str,
    case: Case,
    inputs: Mapping[str, Any],
    actor: Staff,
    staff: Sequence[Staff],
    facts: Mapping[str, Any],
    policy: Policy,
    language: str,
) -> list[str]:
    """What stands against a step, a sentence for each gate that is shut; empty: it may go on.

    `inputs` is what the step would record, with the keys of its section.
    """
    ask = _question(case, inputs, actor, staff, facts, policy)
    shut = _shut(step, ask)
    alone = _alone(step, ask, shut)
    return [_sentence(gate, language) for gate in shut if not (alone and gate["requires"] in INDEPENDENCE)]


def require(
    step: str,
    case: Case,
    inputs: Mapping[str, Any],
    actor: Staff,
    staff: Sequence[Staff],
    facts: Mapping[str, Any],
    policy: Policy,
    language: str,
) -> bool:
    """Refuse a step before which a gate is shut, naming the first and how to open it.

    Returns True when the step passes a gate of independence only because
    nobody else is there who could take it (``alone: allowed``), False otherwise.
    """
    ask = _question(case, inputs, actor, staff, facts, policy)
    shut = _shut(step, ask)
    alone = _alone(step, ask, shut)
    for gate in shut:
        if not (alone and gate["requires"] in INDEPENDENCE):
            raise Refused(
                _("{case}: {step} has to wait. {rule}").format(
                    case=case["id"], step=step, rule=_sentence(gate, language)
                ),
                hint=_hint(gate["requires"], step, ask, shut),
            )
    return alone


def lacking(
    step: str,
    case: Case,
    inputs: Mapping[str, Any],
    actor: Staff,
    staff: Sequence[Staff],
    facts: Mapping[str, Any],
    policy: Policy,
) -> list[str]:
    """What the gates that are shut before a step require, each once."""
    shut = _shut(step, _question(case, inputs, actor, staff, facts, policy))
    return list(dict.fromkeys(gate["requires"] for gate in shut))


def _question(
    case: Case,
    inputs: Mapping[str, Any],
    actor: Staff,
    staff: Sequence[Staff],
    facts: Mapping[str, Any],
    policy: Policy,
) -> Question:
    """The question, its facts brought up to date with what the step would record."""
    fresh = {fact: inputs[fact] for fact in _FROM_INPUTS if inputs.get(fact) is not None}
    if inputs.get("demand") in CHOICES["demand_reasonable"]:
        fresh["demand_reasonable"] = inputs["demand"]
    plan: Any = inputs
    if "remedies" in plan:  # a proposal: the gate looks at what is proposed now
        fresh |= proposed(plan)
    known = facts or facts_of(case, policy)
    return Question(case, inputs, actor, staff, {**known, **fresh}, policy)


def _shut(step: str, ask: Question) -> list[Gate]:
    """The gates before a step that are meant for the case and are not met."""
    outcome = ask.inputs.get("outcome")
    if step == "close" and outcome in UNHANDLED:
        return []
    return [
        gate
        for gate in ask.policy["gates"]
        if gate["step"] == step
        and not (step == "close" and outcome in UNCONTENT and gate["requires"] in CONTENTMENT)
        and _meant(gate.get("when", {}), ask.facts)
        and not _open(gate, ask)
    ]


def _meant(when: When, facts: Mapping[str, Any]) -> bool:
    """Whether a gate stands for a case; one whose condition cannot be judged does."""
    return met(when, facts) or bool(unknown(when))


def _open(gate: Gate, ask: Question) -> bool:
    requirement = REQUIREMENTS.get(gate["requires"])
    return requirement is not None and requirement(ask)


def _alone(step: str, ask: Question, shut: Sequence[Gate]) -> bool:
    """Whether nobody but the actor could be independent here, and the actor may act all the same."""
    own = [gate for gate in shut if gate["requires"] in INDEPENDENCE]
    return bool(own) and may_be_alone(ask.actor, ask.policy) and not _independent(step, ask, own)


def _independent(step: str, ask: Question, gates: Sequence[Gate]) -> list[str]:
    """Ids of others who may take the step and pass the gates."""
    return [
        person["id"]
        for person in ask.staff
        if person["id"] != ask.actor["id"]
        and _may(step, person, ask.policy)
        and all(_open(gate, ask._replace(actor=person)) for gate in gates)
    ]


def _may(step: str, person: Staff, policy: Policy) -> bool:
    try:
        may(step, person, policy)
    except Refused:
        return False
    return True


def _sentence(gate: Gate, language: str) -> str:
    return _("{rule} ({name})").format(rule=text(gate["label"], language), name=gate["name"])


def _hint(requirement: str, step: str, ask: Question, shut: Sequence[Gate]) -> str:
    """What opens a gate."""
    ident = ask.case["id"]
    if requirement in INDEPENDENCE:
        own = [gate for gate in shut if gate["requires"] in INDEPENDENCE]
        others = _independent(step, ask, own)
        if not others:
            return _("nobody on the staff is independent: see `complaintctl staff list`")
        return _("complaintctl --as {who} {step} {case} …  (independent: {others})").format(
            who=others[0], step=step, case=ident, others=", ".join(others)
        )
    if requirement == "heads-agreed":
        return _heads_hint(ask)
    if requirement == "playbook":
        return " ".join(f"--check {name}=…" for name in missing_checks(ask))
    if requirement in _IN_WORDS:  # all that is to be said with the step, at once
        said = [_IN_WORDS[gate["requires"]](ask) for gate in shut if gate["requires"] in _IN_WORDS]
        return f"complaintctl {step} {ident} {' '.join(said)}"
    return {
        "verdict": f"complaintctl investigate {ident} --verdict …",
        "cause": f"complaintctl investigate {ident} --verdict … --cause …",
        "findings": f"complaintctl investigate {ident} --findings …",
        "statement-of-customer": f'complaintctl investigate {ident} --statement "customer: …"',
        "written-agreement": f"complaintctl evidence add {ident} FILE, then respond {ident} --agreement FILE",
        "improvement": f"complaintctl improve {ident} --measure … --owner … --due …",
        "follow-up": f"complaintctl follow-up {ident} --satisfaction 1..5",
        "satisfied": f"complaintctl propose {ident} …",
        "not-dissatisfied": f"complaintctl propose {ident} …",
        "evidence": f"complaintctl evidence add {ident} FILE",
        "told": f"complaintctl contact {ident} --by phone --note …",
        "facts-confirmed": f"complaintctl contact {ident} --by phone --confirms --note …",
        "promised-date": f"complaintctl contact {ident} --by phone --again-on DATE --note …",
        "supplier-answered": f"complaintctl contact {ident} --party supplier --incoming --by phone --note …",
        "grounds": f"complaintctl investigate {ident} --grounds sufficient|… --demand reasonable|…",
        "purpose": f"complaintctl investigate {ident} --purpose …",
        "containment": f"complaintctl investigate {ident} --containment …",
        "promise-giver": f"complaintctl investigate {ident} --promised-by …",
        "collector": f"complaintctl evidence add {ident} FILE --collected-by …",
        "acknowledged": f"complaintctl fulfil {ident} --acknowledge N",
        "note": f"complaintctl {step} {ident} --note …",
        "responsible": f"complaintctl investigate {ident} --verdict … --responsible STAFF|DEPT",
        "tasks": f'complaintctl propose {ident} … --task "DEPT: …" --task-who 1=… --task-due 1=…',
        "head-disposition": f'complaintctl {step} {ident} … --dispose "WHO/head: …"',
        "elsewhere": f"complaintctl improve {ident} --measure … --owner … --due … --also …",
        "escalated": f"complaintctl escalate {ident} --reason …",
        "affected": f"complaintctl classify {ident} … --affected N --affected-range …",
    }.get(requirement, "complaintctl check")


def _heads_hint(ask: Question) -> str:
    """With whom the plan is to be agreed, department by department."""
    missing = [[person["id"] for person in found] for found in _not_agreed(ask).values()]
    words = " ".join(f"--with {people[0]}" for people in missing)
    return _("complaintctl propose {case} … {words}  (heads: {heads})").format(
        case=ask.case["id"], words=words, heads=", ".join(one for people in missing for one in people)
    )


def rule_problems(policy: Policy) -> list[tuple[str, str]]:
    """What is wrong with the gates of a policy: (JSON path, message) each."""
    found = []
    names: list[str] = []
    for place, gate in enumerate(policy["gates"]):
        path = f"$.gates[{place}]"
        if gate["name"] in names:
            message = _("{name} stands in the list twice").format(name=gate["name"])
            found.append((f"{path}.name", message))
        names.append(gate["name"])
        if gate["requires"] not in REQUIREMENTS:
            message = _("there is no requirement {name}; there are: {names}")
            names_all = ", ".join(REQUIREMENTS)
            found.append((f"{path}.requires", message.format(name=gate["requires"], names=names_all)))
        found += [(f"{path}.when", message) for message in when_problems(gate.get("when", {}), policy)]
    return found

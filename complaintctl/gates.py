"""What must be true before a step: the gates of a policy (S0-10, S1a-4, S1e-5, S4-8, S1b-7, …).

A gate names a step, one of `REQUIREMENTS` and, if it is not for every case, a
condition.  Each requirement is a pure question about the case, what is to be
recorded (`inputs`, with the keys of the section), who acts, and the staff.  A
requirement that does not exist is never met.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from complaintctl import times
from complaintctl.authority import Staff, complained_about, may, may_be_alone
from complaintctl.conditions import facts_of, met, unknown, when_problems
from complaintctl.errors import Refused
from complaintctl.i18n import _
from complaintctl.labels import text
from complaintctl.lifecycle import in_round, round_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from complaintctl.case import Case, Check, Statement
    from complaintctl.policy import Gate, Playbook, Policy, When


class Question(NamedTuple):
    """What a requirement is asked about."""

    case: Case
    inputs: Mapping[str, Any]  # what the step would record
    actor: Staff
    staff: Sequence[Staff]
    facts: Mapping[str, Any]  # with what the step would record
    policy: Policy


_FROM_INPUTS = ("kind", "category", "severity", "urgency", "liability", "verdict", "cause", "satisfaction")


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
    """The checks of the category's playbook that are not recorded yet (S1a-4).

    None are missing once a check that ends the list is recorded together with a verdict.
    """
    playbook = playbook_of(ask.facts.get("category"), ask.policy)
    if playbook is None:
        return []
    checks: list[Check] = [check for entry in _investigations(ask) for check in entry.get("checks", ())]
    done = {check["name"] for check in checks}
    ends = {check["name"] for check in playbook["checks"] if check.get("ends")}
    if done & ends and ask.facts.get("verdict"):
        return []
    return [check["name"] for check in playbook["checks"] if check["name"] not in done]


def playbook_of(category: str | None, policy: Policy) -> Playbook | None:
    """The playbook of a category, else that of the category above it."""
    while category:
        entry = policy["categories"].get(category)
        if entry and "playbook" in entry:
            return policy["playbooks"].get(entry["playbook"])
        category = category.rpartition(".")[0]
    return None


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


def _told(ask: Question) -> bool:
    """Whether the customer heard from the shop in this round."""
    opened = [
        times.epoch(entry["reopened"]["at"]) for entry in ask.case.get("closures", ()) if "reopened" in entry
    ]
    start = max(opened, default=0)
    return any(
        entry["party"] == "customer" and entry["direction"] == "out" and times.epoch(entry["at"]) >= start
        for entry in ask.case.get("contacts", ())
    )


def _heard(ask: Question) -> bool:
    said: list[Statement] = [one for entry in _investigations(ask) for one in entry.get("statements", ())]
    return any(one["who"] == "customer" for one in said)


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
    "findings": _written("findings"),
    "follow-up": lambda ask: ask.facts.get("satisfaction") is not None,
    "satisfied": _satisfied,
    "not-dissatisfied": lambda ask: ask.facts.get("satisfaction") is None or _satisfied(ask),
    "evidence": lambda ask: bool(ask.case.get("evidence")),
    "told": _told,
    "statement-of-customer": _heard,
}
INDEPENDENCE = ("not-the-person", "not-of-department")
CONTENTMENT = ("follow-up", "satisfied", "not-dissatisfied")
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
    if requirement == "playbook":
        return " ".join(f"--check {name}=…" for name in missing_checks(ask))
    return {
        "verdict": f"complaintctl investigate {ident} --verdict …",
        "cause": f"complaintctl investigate {ident} --verdict … --cause …",
        "findings": f"complaintctl investigate {ident} --findings …",
        "statement-of-customer": f'complaintctl investigate {ident} --statement "customer: …"',
        "written-agreement": f"complaintctl evidence add {ident} FILE, then respond {ident} --agreement FILE",
        "lesson": f"complaintctl {step} {ident} --lesson …",
        "prevention": f"complaintctl {step} {ident} --prevention …",
        "disposition": f"complaintctl {step} {ident} --disposition …",
        "follow-up": f"complaintctl follow-up {ident} --satisfaction 1..5",
        "satisfied": f"complaintctl propose {ident} …",
        "not-dissatisfied": f"complaintctl propose {ident} …",
        "evidence": f"complaintctl evidence add {ident} FILE",
        "told": f"complaintctl contact {ident} --by phone --note …",
    }.get(requirement, "complaintctl check")


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

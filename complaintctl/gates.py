"""What must be true before a step: the gates of a policy (S0-10, S1a-4, S1e-5, S4-8, S1b-7, …).

A gate names a step, a requirement (`complaintctl.requirements`) and, if it is
not for every case, a condition.  A requirement that does not exist is never met.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl.authority import Staff, may, may_be_alone
from complaintctl.conditions import CHOICES, facts_of, met, proposed, unknown
from complaintctl.errors import Refused
from complaintctl.i18n import _
from complaintctl.labels import text
from complaintctl.lifecycle import UNGATED
from complaintctl.requirements import CONTENTMENT, INDEPENDENCE, REQUIREMENTS, Question, hint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from complaintctl.case import Case
    from complaintctl.policy import Gate, Policy, When

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
# A case may be handled to its end without a content customer.
UNCONTENT = ("explained", "final-response-declined")


def question(
    case: Case,
    inputs: Mapping[str, Any],
    actor: Staff,
    staff: Sequence[Staff],
    facts: Mapping[str, Any],
    policy: Policy,
) -> Question:
    """What the gates are asked: a case, who would take the step, and the facts as the step would leave them.

    `inputs` is what the step would record, with the keys of its section.
    """
    fresh = {fact: inputs[fact] for fact in _FROM_INPUTS if fact in inputs and inputs[fact] is not None}
    if inputs.get("demand") in CHOICES["demand_reasonable"]:
        fresh["demand_reasonable"] = inputs["demand"]
    plan: Any = inputs
    if "remedies" in plan:  # a proposal: the gate looks at what is proposed now
        fresh |= proposed(plan)
    known = facts or facts_of(case, policy)
    return Question(case, inputs, actor, staff, {**known, **fresh}, policy)


def check(step: str, ask: Question) -> list[str]:
    """The names of the gates that are shut before a step; empty: it may go on."""
    shut, _passed_alone = _against(step, ask)
    return [gate["name"] for gate in shut]


def require(step: str, ask: Question, language: str) -> bool:
    """Refuse a step before which a gate is shut, naming the first and how to open it.

    Returns True when the step passes a gate of independence only because
    nobody else is there who could take it (``alone: allowed``), False otherwise.
    """
    shut, alone = _against(step, ask)
    if shut:
        from complaintctl.explaining import named

        raise Refused(
            _("{case}: {step} has to wait. {rule}").format(
                case=ask.case["id"],
                step=named(ask.policy, "steps", step, language),
                rule=text(shut[0]["label"], language),
            ),
            hint=_hint(shut[0]["requires"], step, ask, shut),
        )
    return alone


def lacking(step: str, ask: Question) -> list[str]:
    """What the gates that are shut before a step require, each once."""
    return list(dict.fromkeys(gate["requires"] for gate in _shut(step, ask)))


def _against(step: str, ask: Question) -> tuple[list[Gate], bool]:
    """The gates in the actor's way; True where those of independence are not, as nobody else is there."""
    shut = _shut(step, ask)
    if not _alone(step, ask, shut):
        return shut, False
    return [gate for gate in shut if gate["requires"] not in INDEPENDENCE], True


def _shut(step: str, ask: Question) -> list[Gate]:
    """The gates before a step that are meant for the case and are not met."""
    outcome = ask.inputs.get("outcome")
    if step == "close" and outcome in UNGATED:
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
    asked = any(gate["requires"] in INDEPENDENCE for gate in shut)
    return asked and may_be_alone(ask.actor, ask.policy) and not _independent(step, ask, shut)


def _independent(step: str, ask: Question, shut: Sequence[Gate]) -> list[str]:
    """Ids of others who may take the step and pass those of the gates that ask for independence."""
    gates = [gate for gate in shut if gate["requires"] in INDEPENDENCE]
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


def _hint(requirement: str, step: str, ask: Question, shut: Sequence[Gate]) -> str:
    """What opens a gate."""
    if requirement not in INDEPENDENCE:
        return hint(requirement, step, ask, [gate["requires"] for gate in shut])
    from complaintctl.cells import listed

    others = _independent(step, ask, shut)
    if not others:
        return _("nobody on the staff is independent: see `complaintctl staff list`")
    return _("complaintctl --as {who} {step} {case} …  (independent: {others})").format(
        who=others[0], step=step, case=ask.case["id"], others=listed(others)
    )


def rule_problems(policy: Policy) -> list[tuple[str, str]]:
    """What is wrong with the gates of a policy: (JSON path, message) each."""
    from complaintctl.conditionfaults import when_problems

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

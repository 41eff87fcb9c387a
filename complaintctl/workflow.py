"""What may be done with a case now, and what its sections say: the ground that every step stands on.

The step functions (`complaintctl.steps`) are pure: a case, the values given
and a `Context` come in, a new case comes out, or a `Refused` says which rule
stands against it.  The table of the life of a case is in `complaintctl.lifecycle`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from complaintctl import authority, cells, conditions, gates, telling, times
from complaintctl.errors import Already, Refused, Usage, printable
from complaintctl.i18n import _
from complaintctl.labels import name_of
from complaintctl.lifecycle import (
    ANY_TIME,
    OPEN,
    OUTCOMES,
    STEPS,
    THROUGH_HOLDS,
    UNGATED,
    State,
    in_round,
    round_of,
    signatures,
)
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from complaintctl.authority import Staff
    from complaintctl.case import Case, PolicyPin, Proposal
    from complaintctl.policy import Policy


_Data = TypeVar("_Data", bound=object)


class Context(NamedTuple):
    """What a step is judged by, apart from the case itself."""

    policy: Policy  # in force now
    pin: PolicyPin
    pinned: Policy  # the one that the case was received under
    actor: Staff
    staff: Sequence[Staff]
    at: str  # the instant of the step: ISO 8601 with the register's offset
    level: int | None  # of the case now; None for a case that is being recorded
    customer_cost: Decimal  # what the same customer got in other cases within the policy's window
    currency: str
    language: str
    missed: bool = False  # a clock of the current round was missed
    last: int | None = None  # the instant of the last step of the case, where that is known already

    def sign(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """The entry without what is absent, signed with who and when."""
        found = {k: v for k, v in entry.items() if v is not None and not _is_absent(v)}
        found["by"], found["at"] = self.actor["id"], self.at
        return found


def _is_absent(value: Any) -> bool:
    """Whether nothing was given: a blank text, an empty list."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value in ([], ())


def state_of(case: Case, policy: Policy) -> State:
    """The state that the sections of a case say it is in (`policy`: the one that the case pins)."""
    closures = case.get("closures", [])
    if closures and "reopened" not in closures[-1]:
        return "closed"
    number = round_of(case)
    proposals = case.get("proposals", [])
    if proposals and proposals[-1].get("round", 1) == number:
        return _state_of_proposal(case, proposals[-1], len(proposals), policy)
    if "classification" not in case:
        return "received"
    assigned = bool(case.get("assignments"))
    verdict = any("verdict" in entry for entry in in_round(case.get("investigations", ()), number))
    if verdict:
        return "assigned" if assigned and policy.get("investigates_first") else "investigated"
    return "assigned" if assigned else "classified"


def _state_of_proposal(case: Case, proposal: Proposal, number: int, policy: Policy) -> State:
    follow_ups = case.get("follow_ups", [])
    if follow_ups and follow_ups[-1].get("proposal", 1) == number:
        happy = follow_ups[-1]["satisfaction"] >= policy["follow_up"]["satisfied_from"]
        return "satisfied" if happy else "dissatisfied"
    decision = proposal.get("decision")
    if decision is None:
        return "proposed"
    if decision["outcome"] == "returned":
        return "returned"
    answer = proposal.get("answer")
    if answer is None:
        return "approved"
    if answer["outcome"] == "declined":
        return "declined"
    return "fulfilled" if all("done" in item for item in items_of(proposal)) else "agreed"


def items_of(proposal: Proposal) -> list[Any]:
    """What is to be carried out, in the order in which `fulfil --task` counts it: remedies, then tasks."""
    return [*proposal["remedies"], *proposal.get("tasks", [])]


def last_signature(case: Case) -> tuple[int, str]:
    """The instant of the last step and who made it."""
    return max([(times.epoch(at), by) for at, by in signatures(case)])


def on_hold(case: Case) -> bool:
    """Whether a hold is running."""
    holds = case.get("holds", [])
    return bool(holds) and "resumed_at" not in holds[-1]


# A case, what it is judged by, and its facts: one step asks for the same several times.
_asked: tuple[Case, Context, dict[str, Any]] | None = None


def facts(case: Case, context: Context, **more: Any) -> dict[str, Any]:
    """The facts that the conditions of the policy in force ask for."""
    global _asked  # noqa: PLW0603  (what was asked last)
    asked = _asked
    if asked is None or asked[0] is not case or asked[1] is not context:
        asked = _asked = case, context, conditions.facts_of(case, context.policy)
    found = asked[2].copy()
    if context.level is not None:
        found["level"] = context.level
    found["missed"] = context.missed
    return found | more


def legal(verb: str, case: Case, pinned: Policy) -> bool:
    """Whether the table allows the verb in the case's state (nothing is said of who and why)."""
    state = case["state"]
    if state not in STEPS[verb].before:
        return False
    first = bool(pinned.get("investigates_first"))
    if verb == "investigate" and state == "dissatisfied":  # settled at once, and that was not enough
        return bool(case.get("assignments") or first) and not _has_verdict(case)
    if verb == "investigate":
        return state == "assigned" or first
    if verb == "propose":
        return bool(case.get("assignments")) and _has_verdict(case)
    return True


def _has_verdict(case: Case) -> bool:
    return any("verdict" in e for e in in_round(case.get("investigations", ()), round_of(case)))


def next_verbs(case: Case, pinned: Policy) -> list[str]:
    """The verbs that lead on from here, in the order of a case's life."""
    if on_hold(case):
        return ["resume", "close"]
    verbs = [
        verb
        for verb in STEPS
        if verb not in {*ANY_TIME, "new"} and legal(verb, case, pinned) and not _again(verb, case)
    ]
    if case["state"] not in {"satisfied"} and "close" in verbs and not _closable(case):
        verbs.remove("close")
    return verbs


def _again(verb: str, case: Case) -> bool:
    """Whether the verb would only repeat what is there already."""
    if verb == "classify":
        return case["state"] != "received"
    if verb == "assign":
        return bool(case.get("assignments"))
    return verb == "follow-up" and case["state"] == "satisfied"


def _closable(case: Case) -> bool:
    if case["kind"] != "complaint":
        return True
    return any(
        case["state"] in OUTCOMES[outcome] and fits(outcome, case)
        for outcome in ("explained", "final-response-declined")
    )


def fits(outcome: str, case: Case) -> bool:
    if outcome == "explained":
        return conditions.verdict_of(case) == "unfounded"
    if outcome == "answered":
        return case["kind"] != "complaint"
    return True


def begin(verb: str, case: Case, context: Context, inputs: Mapping[str, Any] | None = None) -> bool:
    """Refuse a step that the table, the clock, the roles or a gate forbid.

    Returns whether a gate was passed only because nobody independent is there
    (`alone: allowed`); raises `Refused` with the rule, what was found and what to do.
    """
    permit(verb, case, context)
    if not _guarded(verb, context.policy):
        return False
    known = facts(case, context)
    by_whom = context.actor, context.staff, known, context.policy
    if verb != "close" or (inputs or {}).get("outcome") not in UNGATED:
        telling.require(verb, case, *by_whom, context.language)
    return gates.require(verb, gates.question(case, inputs or {}, *by_whom), context.language)


def _guarded(verb: str, policy: Policy) -> bool:
    """Whether the rules ask for anything before a step."""
    for gate in policy["gates"]:
        if gate["step"] == verb:
            return True
    return True in [verb in rule.get("before", ()) for rule in policy.get("tell", ())]


def permit(verb: str, case: Case, context: Context) -> None:
    """Refuse a step that the table, a hold, the clock or the roles forbid, whatever it would record."""
    if not legal(verb, case, context.pinned):
        raise Refused(_illegal(verb, case, context), hint=hint_for(case, context, verb))
    if on_hold(case) and verb not in THROUGH_HOLDS:
        raise Refused(
            _("{case} is on hold; {verb} waits until it goes on.").format(
                case=case["id"], verb=step_named(verb, context)
            ),
            hint=f"complaintctl resume {case['id']}",
        )
    last = last_signature(case)[0] if context.last is None else context.last
    if times.epoch(context.at) < last:
        raise Refused(
            _("{case}: this step would be earlier ({at}) than the last one ({last}).").format(
                case=case["id"], at=_said(context.at), last=_said(_local(last, context.at))
            ),
            hint=_("look at the clock of this machine, or at --now"),
        )
    authority.may(verb, context.actor, context.policy, context.language)


def _said(instant: str) -> str:
    """An instant to the second, which is what this is about."""
    return f"{cells.day(instant)} {instant[11:19]}"


def _local(seconds: int, like: str) -> str:
    from datetime import datetime

    zone = datetime.fromisoformat(like).tzinfo
    return times.iso(seconds, zone) if zone else str(seconds)


def _illegal(verb: str, case: Case, context: Context) -> str:
    from complaintctl.explaining import either, quoted

    states = list(STEPS[verb].before)
    if verb == "investigate":
        states = ["assigned", "classified"] if context.pinned.get("investigates_first") else ["assigned"]
    if verb == "propose" and case["state"] in STEPS[verb].before:
        missing = _("a verdict") if not _has_verdict(case) else _("a department and a handler")
        return _("{case} is {state}; {verb} needs {missing} first.").format(
            case=case["id"],
            state=named(case["state"], context),
            verb=step_named(verb, context),
            missing=missing,
        )
    return _("{case} is {state}; {verb} needs {states}.").format(
        case=case["id"],
        state=named(case["state"], context),
        verb=step_named(verb, context),
        states=_("an open case")
        if len(states) == len(OPEN)
        else either(quoted(named(one, context)) for one in states),
    )


def named(state: str, context: Context) -> str:
    """A state as the policy calls it."""
    return name_of(context.policy, "states", state, context.language)


def step_named(verb: str, context: Context) -> str:
    """A step as the policy calls it, in the marks of the language."""
    from complaintctl import explaining

    return explaining.named(context.policy, "steps", verb, context.language)


def hint_for(case: Case, context: Context, wanted: str = "") -> str:
    """The verb to go on with; with `wanted`, one that leads to where that verb may be used.

    Settling at once leaves the road that a single step stands on, so it comes last.
    """
    verbs = sorted(next_verbs(case, context.pinned), key=lambda verb: verb == "settle")
    if not verbs:
        return f"complaintctl show {case['id']}"
    towards = [verb for verb in verbs if wanted and set(STEPS[verb].after) & set(STEPS[wanted].before)]
    return f"complaintctl {(towards or verbs)[0]} {case['id']} …"


def known(policy: Policy, kind: str, ident: str) -> str:
    """The id, if the policy names it under `kind` (categories, flags …); `Usage` with near ones otherwise."""
    entries = cast("dict[str, Any]", policy.get(kind) or policy["vocabulary"].get(kind) or {})
    if ident in entries:
        return ident
    from complaintctl.labels import offered
    from complaintctl.policywords import word

    raise Usage(
        _("The policy {policy} has no {ident} among its {kind}.").format(
            policy=policy["name"], ident=printable(ident), kind=word(kind)
        ),
        hint=_("one of: {near}").format(near=offered(policy, kind, ident)),
    )


def member(context: Context, ident: str) -> Staff:
    for person in context.staff:
        if person["id"] == ident:
            if not person["active"]:
                raise Refused(_("{who} has left; a case needs somebody who is here.").format(who=ident))
            return person
    raise Usage(
        _("Nobody on the staff has the id {ident}.").format(ident=printable(ident)),
        hint="complaintctl staff list",
    )


def same(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> bool:
    """Whether an entry says the same by the same person (when it was said does not count)."""
    if old is None:
        return False
    return {k: v for k, v in old.items() if k != "at"} == {k: v for k, v in new.items() if k != "at"}


def already(case: Case) -> Already:
    """What to raise when a step was made before with the same content."""
    return Already(_("{case}: the same was recorded already; nothing to do.").format(case=case["id"]))


def last_of(case: Any, section: str) -> dict[str, Any] | None:
    entries = case.get(section)
    return entries[-1] if entries else None


def numbered(entry: dict[str, Any], case: Case) -> dict[str, Any]:
    """The entry with the round that it belongs to, left out in the first."""
    number = round_of(case)
    if number > 1:
        signed: dict[str, Any] = {k: entry.pop(k) for k in ("by", "at")}
        entry["round"] = number
        entry.update(signed)
    return entry


def copied(data: _Data) -> _Data:
    """A copy of plain data (mappings, lists, and values that never change) that shares none of its parts."""
    return cast("_Data", _copied(data))


def _copied(data: Any) -> Any:
    if isinstance(data, dict):
        return {
            key: value if value.__class__ is str else _copied(value)  # nearly all that there is
            for key, value in data.items()
        }
    return [_copied(value) for value in data] if isinstance(data, list) else data


def append(case: Any, section: str, entry: Mapping[str, Any]) -> Case:
    """The case with one entry more in a list; it shares its other parts with the case as it was."""
    return cast("Case", {**case, section: [*case.get(section, ()), dict(entry)]})


def supplemented(case: Any, section: str, key: str, part: Any) -> Case:
    """The case with something more in the last entry of a list; it shares its other parts with `case`."""
    *before, last = case[section]
    return cast("Case", {**case, section: [*before, {**last, key: part}]})


def settled(case: Case, context: Context) -> Case:
    case["state"] = state_of(case, context.pinned)
    return case

"""A case summed up as its row: what it says, and the instants at which that changes by itself."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from complaintctl import conditions, deadlines, levels, telling, times
from complaintctl.lifecycle import VOID
from complaintctl.rows import Brief, Clock, Paid, Row, Span, is_running

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from complaintctl.case import Case, Closure, Investigation, Proposal
    from complaintctl.policy import Policy
    from complaintctl.workdays import WorkCalendar


def brief_of(
    case: Case, policy: Policy, facts: Mapping[str, Any] | None = None, signed: Iterable[str] | None = None
) -> Brief:
    """What lists and look-ups need of a valid case, under the policy that it pins.

    Severity is that to which the flags raise it; department and outcome are
    those of today's file.  `facts` and `signed` (see `last_step`): where the
    caller has them already.
    """
    intake, customer = case["intake"], case["customer"]
    classification = case.get("classification")
    known = levels.facts_for(case, policy) if facts is None else facts
    last = _spans(case)[-1]
    department, handler = conditions.responsible(case, policy)
    return {
        "id": case["id"],
        "state": case["state"],
        "kind": case["kind"],
        "customer": customer["id"],
        "named": "phone" in customer or "email" in customer,
        "channel": intake["channel"],
        "category": classification["category"] if classification else None,
        "severity": known.get("severity"),
        "product": case["about"].get("product"),
        "department": department,
        "handler": handler,
        "owner": intake["by"],
        "received": times.epoch(intake["received_at"]),
        "last": last_step(case, signed),
        "closed": last.end,
        "outcome": last.outcome,
        "void": last.outcome in VOID,
        "lesson": any(["lesson" in entry for entry in case.get("closures", ())]),  # noqa: C419  (so few)
        "hits": levels.hits(case, policy, known),
        "owing": last.end is not None and telling.owing(case, policy),
    }


def row_of(case: Case, policy: Policy, calendar: WorkCalendar) -> Row:
    """The row of a valid case, under the policy that it pins and the register's calendar.

    Urgency is that to which the flags raise it; see `brief_of`.
    """
    classification = case.get("classification")
    facts = conditions.facts_of(case, policy)
    spans = _spans(case)
    is_open = spans[-1].end is None
    clocks = deadlines.clocks(case, policy, calendar)
    due = _nearest(clocks) if is_open else None
    verdict = _verdict(case)
    proposals = case.get("proposals", [])
    heard = _heard(case)
    return {
        **brief_of(case, policy, facts),
        "urgency": facts.get("urgency"),
        "liability": classification.get("liability") if classification else None,
        "batch": case["about"].get("batch"),
        "cause": verdict.get("cause") if verdict else None,
        "verdict": verdict.get("verdict") if verdict else None,
        "verdict_at": times.epoch(verdict["at"]) if verdict else None,
        "registered": times.epoch(case["intake"]["registered_at"]),
        "classified": times.epoch(classification["at"]) if classification else None,
        "first_contact": heard[0] if heard else None,
        "heard": heard,
        "handed": _handed(case),
        "borne": [
            (times.epoch(entry["at"]), entry["bears"])
            for entry in case.get("contacts", ())
            if "bears" in entry
        ],
        "on_hold": is_open and any("resumed_at" not in hold for hold in case.get("holds", ())),
        "due": due.due if due else None,
        "due_name": due.name if due else None,
        "provisional": due.provisional if due else False,
        "spans": spans,
        "clocks": clocks,
        "paid": [one for at, entry in enumerate(proposals, 1) for one in _paid(at, entry, policy)],
        "assigned": [
            (times.epoch(entry["at"]), entry["department"], entry["handler"])
            for entry in case.get("assignments", ())
        ],
        "escalated": [times.epoch(entry["at"]) for entry in case.get("escalations", ())],
        "satisfied": [
            (times.epoch(entry["at"]), entry["satisfaction"]) for entry in case.get("follow_ups", ())
        ],
        "answered": [times.epoch(entry["answer"]["at"]) for entry in proposals if "answer" in entry],
        "fulfilled": [at for at in map(_fulfilled, proposals) if at is not None],
        "evidence": len(case.get("evidence", ())),
        "alone": sum("alone" in entry for entry in _judged(case)),
        "policy_version": case["policy"]["version"],
        "owed": telling.owed(case, policy, calendar, facts),
    }


def granted(case: Case) -> list[tuple[int, str]]:
    """When remedies were approved that the customer did not decline, and the cost of each."""
    found: list[tuple[int, str]] = []
    for proposal in case.get("proposals", ()):
        decision, answer = proposal.get("decision"), proposal.get("answer")
        if decision is None or decision["outcome"] != "approved":
            continue
        if answer is None or answer["outcome"] != "declined":
            approved = times.epoch(decision["at"])
            found += [(approved, remedy["cost"]) for remedy in proposal["remedies"]]
    return found


def last_step(case: Case, signed: Iterable[str] | None = None) -> int:
    """The instant of the latest signature anywhere in a case, in seconds.

    `signed`: all that stands under the keys `SIGNED`, where the caller has it already.
    """
    found = instants(case) if signed is None else signed
    if len(set(map(_offset, found))) == 1:  # texts with the same offset can be compared as they are
        return times.epoch(max(found))
    return max(map(times.epoch, found))


def instants(case: Case) -> list[str]:
    """When anybody signed anything in a case."""
    return _signed(case, [])


_offset = itemgetter(slice(19, None))


def _signed(part: Any, found: list[str]) -> list[str]:
    """Collect every instant at which somebody signed something, at any depth."""
    for key, value in part.items():
        kind = type(value)
        if kind is str:
            if key in SIGNED:
                found.append(value)
        elif kind is dict:
            _signed(value, found)
        elif kind is list:
            for entry in value:
                if type(entry) is dict:
                    _signed(entry, found)
    return found


_new = tuple.__new__
SIGNED = frozenset(("at", "registered_at", "resumed_at", "done_at"))


def _spans(case: Case) -> list[Span]:
    """The rounds of a case, first to last; at least one."""
    start = times.epoch(case["intake"]["received_at"])
    spans: list[Span] = []
    closures: list[Closure] = case.get("closures", [])
    for closure in closures:
        values = start, times.epoch(closure["at"]), closure["outcome"], "lesson" in closure
        spans.append(_new(Span, values))
        if "reopened" not in closure:
            return spans
        start = times.epoch(closure["reopened"]["at"])
    return [*spans, Span(start, None, None)]


def _nearest(clocks: list[Clock]) -> Clock | None:
    """The running clock that is due first."""
    nearest: Clock | None = None
    for clock in filter(is_running, clocks):
        if nearest is None or clock.due < nearest.due:  # type: ignore[operator]
            nearest = clock
    return nearest


def _verdict(case: Case) -> Investigation | None:
    """The last investigation that came to a verdict."""
    for entry in reversed(case.get("investigations", ())):
        if "verdict" in entry:
            return entry
    return None


def _heard(case: Case) -> list[int]:
    """When the customer heard something, in order: an outgoing contact, or the plan that they answered."""
    heard = [
        entry["at"]
        for entry in case.get("contacts", ())
        if entry["party"] == "customer" and entry["direction"] == "out"
    ]
    heard += [entry["answer"]["at"] for entry in case.get("proposals", ()) if "answer" in entry]
    return sorted(map(times.epoch, heard))


def _handed(case: Case) -> int | None:
    """When a case was first given to somebody else than who recorded it (S1a-3); a task is not the case."""
    owner = case["intake"]["by"]
    for entry in case.get("assignments", ()):
        if entry["handler"] != owner and "task" not in entry:
            return times.epoch(entry["at"])
    return None


def _paid(number: int, proposal: Proposal, policy: Policy) -> Iterator[Paid]:
    """The remedies of one proposal with what became of it."""
    decision, answer = proposal.get("decision"), proposal.get("answer")
    decided = times.epoch(decision["at"]) if decision else None
    approved = decision is not None and decision["outcome"] == "approved"
    declined = answer is not None and answer["outcome"] == "declined"
    proposed = times.epoch(proposal["at"])
    for remedy in proposal["remedies"]:
        rule = policy["remedies"].get(remedy["kind"])
        yield Paid(
            proposal=number,
            kind=remedy["kind"],
            amount=remedy.get("amount"),
            cost=remedy["cost"],
            goodwill=bool(rule and rule.get("goodwill")),
            exception="exception" in proposal,
            proposed=proposed,
            approved=decided if approved else None,
            returned=None if approved else decided,
            role=decision["role"] if decision else None,
            alone=decision is not None and "alone" in decision,
            declined=times.epoch(answer["at"]) if answer and declined else None,
            done=times.epoch(remedy["done"]["at"]) if "done" in remedy else None,
            via=decision["via"] if decision else None,
        )


def _fulfilled(proposal: Proposal) -> int | None:
    """When the last remedy or task of a proposal was carried out; None while one is left."""
    items: list[Any] = [*proposal["remedies"], *proposal.get("tasks", ())]
    if not all("done" in item for item in items):
        return None
    return max(times.epoch(item["done"]["at"]) for item in items)


def _judged(case: Case) -> Iterator[Any]:
    """The investigations and decisions of a case: what somebody may have had to do alone."""
    yield from case.get("investigations", ())
    for proposal in case.get("proposals", ()):
        if "decision" in proposal:
            yield proposal["decision"]

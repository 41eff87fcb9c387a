"""What the lists and reports need of a case: one row of plain numbers and ids, computed once per version.

A row holds nothing that changes with the clock.  What does change (levels that
climb, deadlines that pass) is held as the instant at which it changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from complaintctl import times
from complaintctl.lifecycle import VOID

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complaintctl.case import Case, Closure, Investigation, Proposal
    from complaintctl.policy import Policy
    from complaintctl.workdays import WorkCalendar


class Span(NamedTuple):
    """One round of a case: open from `start` until `end` (None: still open)."""

    start: int  # the first: received; later ones: reopened
    end: int | None
    outcome: str | None


class Clock(NamedTuple):
    """One deadline of one round."""

    name: str
    round: int
    start: int
    due: int | None  # None: cannot be told while a hold stops it
    met: int | None  # when the awaited event happened
    on_hold: bool  # a hold that stops it is running
    provisional: bool  # the calendar of a year that it touches is not published
    ended: int | None  # when the round ended without it (then it is neither met nor missed)
    whole_days: bool = False  # counted in days: `due` is 24:00 of the last one, itself no longer in time


class Hit(NamedTuple):
    """A rule of the levels that this case satisfies from an instant on."""

    level: int
    rule: int  # position in the level's list; -1: the last level, everything else
    since: int
    key: str | None  # repetition: what must be the same, as text
    customers: int  # repetition: how many different customers
    window: int  # repetition: within how many seconds


class Paid(NamedTuple):
    """One remedy of one proposal."""

    proposal: int  # counted from 1
    kind: str
    amount: str | None
    cost: str
    goodwill: bool
    exception: bool
    proposed: int
    approved: int | None
    returned: int | None
    role: str | None  # who decided
    alone: bool
    declined: int | None  # the customer's answer
    done: int | None
    via: str | None


class Row(TypedDict):
    """One case. Instants are seconds since 1970 in UTC; absent things are None or empty."""

    id: str
    state: str
    kind: str
    customer: str
    named: bool  # the customer gave a telephone number or an e-mail address
    channel: str
    category: str | None
    severity: str | None
    urgency: str | None
    liability: str | None
    product: str | None
    batch: str | None
    cause: str | None  # of the last verdict
    verdict: str | None
    verdict_at: int | None
    department: str | None  # responsible: assigned, else that of the category
    handler: str | None
    owner: str  # who recorded it
    received: int
    registered: int
    last: int  # the last step
    classified: int | None
    first_contact: int | None  # the first outgoing contact or answer
    closed: int | None  # the last closing, when it is closed now
    outcome: str | None
    void: bool
    on_hold: bool
    due: int | None  # the nearest deadline that waits, open cases only
    due_name: str | None
    provisional: bool
    spans: list[Span]
    clocks: list[Clock]
    hits: list[Hit]
    paid: list[Paid]
    assigned: list[tuple[int, str, str]]  # when, department, handler
    escalated: list[int]
    satisfied: list[tuple[int, int]]  # when, 1 to 5
    fulfilled: list[int]
    evidence: int
    lesson: bool
    alone: int  # decisions and investigations made alone
    policy_version: str


def row_of(case: Case, policy: Policy, calendar: WorkCalendar) -> Row:
    """The row of a valid case, under the policy that it pins and the register's calendar.

    Severity and urgency are those that the flags raise them to; department,
    due date and outcome are those of today's file.
    """
    from complaintctl import conditions, deadlines, levels

    intake, about, customer = case["intake"], case["about"], case["customer"]
    classification = case.get("classification")
    facts = conditions.facts_of(case, policy)
    spans = _spans(case)
    is_open = spans[-1].end is None
    clocks = deadlines.clocks(case, policy, calendar)
    due = _nearest(clocks) if is_open else None
    verdict = _verdict(case)
    department, handler = _responsible(case, policy)
    proposals = case.get("proposals", [])
    return {
        "id": case["id"],
        "state": case["state"],
        "kind": case["kind"],
        "customer": customer["id"],
        "named": "phone" in customer or "email" in customer,
        "channel": intake["channel"],
        "category": classification["category"] if classification else None,
        "severity": facts.get("severity"),
        "urgency": facts.get("urgency"),
        "liability": classification.get("liability") if classification else None,
        "product": about.get("product"),
        "batch": about.get("batch"),
        "cause": verdict.get("cause") if verdict else None,
        "verdict": verdict.get("verdict") if verdict else None,
        "verdict_at": times.epoch(verdict["at"]) if verdict else None,
        "department": department,
        "handler": handler,
        "owner": intake["by"],
        "received": spans[0].start,
        "registered": times.epoch(intake["registered_at"]),
        "last": last_step(case),
        "classified": times.epoch(classification["at"]) if classification else None,
        "first_contact": _first_contact(case),
        "closed": spans[-1].end,
        "outcome": spans[-1].outcome,
        "void": spans[-1].outcome in VOID,
        "on_hold": is_open and any("resumed_at" not in hold for hold in case.get("holds", ())),
        "due": due.due if due else None,
        "due_name": due.name if due else None,
        "provisional": due.provisional if due else False,
        "spans": spans,
        "clocks": clocks,
        "hits": levels.hits(case, policy, facts),
        "paid": [one for at, entry in enumerate(proposals, 1) for one in _paid(at, entry, policy)],
        "assigned": [
            (times.epoch(entry["at"]), entry["department"], entry["handler"])
            for entry in case.get("assignments", ())
        ],
        "escalated": [times.epoch(entry["at"]) for entry in case.get("escalations", ())],
        "satisfied": [
            (times.epoch(entry["at"]), entry["satisfaction"]) for entry in case.get("follow_ups", ())
        ],
        "fulfilled": [at for at in map(_fulfilled, proposals) if at is not None],
        "evidence": len(case.get("evidence", ())),
        "lesson": any("lesson" in entry for entry in case.get("closures", ())),
        "alone": sum("alone" in entry for entry in _judged(case)),
        "policy_version": case["policy"]["version"],
    }


def last_step(case: Case) -> int:
    """The instant of the latest signature anywhere in a case, in seconds."""
    latest: dict[str, str] = {}  # by offset: texts with the same one can be compared as they are
    for at in _instants(case):
        if at > latest.get(at[19:], ""):
            latest[at[19:]] = at
    return max(map(times.epoch, latest.values()))


def _instants(part: Any) -> Iterator[str]:
    """Every instant at which somebody signed something, at any depth."""
    for key, value in part.items():
        if type(value) is list:
            for entry in value:
                if type(entry) is dict:
                    yield from _instants(entry)
        elif type(value) is dict:
            yield from _instants(value)
        elif key in _SIGNED:
            yield value


_SIGNED = frozenset(("at", "registered_at", "resumed_at", "done_at"))


def _spans(case: Case) -> list[Span]:
    """The rounds of a case, first to last; at least one."""
    start = times.epoch(case["intake"]["received_at"])
    spans: list[Span] = []
    closures: list[Closure] = case.get("closures", [])
    for closure in closures:
        spans.append(Span(start, times.epoch(closure["at"]), closure["outcome"]))
        if "reopened" not in closure:
            return spans
        start = times.epoch(closure["reopened"]["at"])
    return [*spans, Span(start, None, None)]


def is_running(clock: Clock) -> bool:
    """Whether a deadline is still waited for, and nothing stops its clock."""
    return clock.due is not None and clock.met is None and clock.ended is None and not clock.on_hold


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


def _responsible(case: Case, policy: Policy) -> tuple[str | None, str | None]:
    """Department and handler: of the last assignment (one that only shares out a task counts last)."""
    assignments = case.get("assignments")
    if assignments:
        whole = [entry for entry in assignments if "task" not in entry]
        entry = (whole or assignments)[-1]
        return entry["department"], entry["handler"]
    classification = case.get("classification")
    if classification is None:
        return None, None
    category = policy["categories"].get(classification["category"])
    department = category.get("department") if category else None
    return department or next(iter(classification.get("departments", ())), None), None


def _first_contact(case: Case) -> int | None:
    """When the customer first heard something: an outgoing contact, or the plan that they answered."""
    heard = [
        entry["at"]
        for entry in case.get("contacts", ())
        if entry["party"] == "customer" and entry["direction"] == "out"
    ]
    heard += [entry["answer"]["at"] for entry in case.get("proposals", ()) if "answer" in entry]
    return min(map(times.epoch, heard), default=None)


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

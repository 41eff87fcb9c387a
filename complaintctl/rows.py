"""What the lists and reports need of a case: one row of plain numbers and ids, computed once per version.

A row holds nothing that changes with the clock.  What does change (levels that
climb, deadlines that pass) is held as the instant at which it changes.
"""

from collections.abc import Sequence
from typing import Any, TypedDict

from complaintctl.tuples import NamedTuple


class Span(NamedTuple):
    """One round of a case: open from `start` until `end` (None: still open)."""

    start: int  # the first: received; later ones: reopened
    end: int | None
    outcome: str | None
    lesson: bool = False  # the closing names what was learnt


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


class Owed(NamedTuple):
    """Somebody who has to be told something by a rule of the policy, as far as the case itself says."""

    name: str  # of the rule
    to: str  # a party of a contact; without its id where only `who` tells it
    who: str | None  # the person whose department it is about, which the staff says
    since: int
    due: int | None  # None: no time is set
    whole_days: bool  # counted in days: `due` is 24:00 of the last one
    provisional: bool
    levels: list[int] | None  # only at these levels; None: at any
    by: list[str]  # who took a step since
    told: list[str]  # parties that were spoken with since


class Brief(TypedDict):
    """What lists and look-ups need of a case, without its clocks: all that is asked of most closed cases.

    Instants are seconds since 1970 in UTC; absent things are None or empty.
    """

    id: str
    state: str
    kind: str
    customer: str
    named: bool  # the customer gave a telephone number or an e-mail address
    channel: str
    category: str | None
    severity: str | None
    product: str | None
    department: str | None  # responsible: assigned, else that of the category
    handler: str | None
    owner: str  # who recorded it
    received: int
    last: int  # the last step
    closed: int | None  # the last closing, when it is closed now
    outcome: str | None
    void: bool
    lesson: bool
    hits: list[Hit]
    owing: bool  # closed, and somebody may still have to be told


class Row(Brief):
    """One case in full."""

    urgency: str | None
    liability: str | None
    batch: str | None
    cause: str | None  # of the last verdict
    verdict: str | None
    verdict_at: int | None
    registered: int
    classified: int | None
    first_contact: int | None  # the first outgoing contact or answer
    heard: list[int]  # each time that the customer heard something: outgoing contacts, answers
    handed: int | None  # first given to somebody else than who recorded it, as a whole
    borne: list[tuple[int, str]]  # when a supplier took over how much
    on_hold: bool
    due: int | None  # the nearest deadline that waits, open cases only
    due_name: str | None
    provisional: bool
    spans: list[Span]
    clocks: list[Clock]
    paid: list[Paid]
    assigned: list[tuple[int, str, str]]  # when, department, handler
    escalated: list[int]
    satisfied: list[tuple[int, int]]  # when, 1 to 5
    answered: list[int]  # each time that the customer answered a proposal
    fulfilled: list[int]
    evidence: int
    alone: int  # decisions and investigations made alone
    policy_version: str
    owed: list[Owed]  # who may still have to be told; see telling.standing


ABSENT = 1 << 62  # later than any instant: of what has not happened
ON_HOLD, PROVISIONAL, WHOLE_DAYS = 1, 2, 4  # bits of what else is to be said of a clock
Timed = tuple[str, int, int, int, int, int]  # name, start, first instant too late, met, ended, bits


class Packed(dict[str, Any]):
    """A row of which little is decoded before somebody asks for it."""

    def timed(self) -> Sequence[Timed]:
        """The clocks as plain numbers, in their order; `ABSENT` for what is None in a `Clock`."""
        raise NotImplementedError


def is_running(clock: Clock) -> bool:
    """Whether a deadline is still waited for, and nothing stops its clock."""
    return clock.due is not None and clock.met is None and clock.ended is None and not clock.on_hold


def judged(late: int, met: int, ended: int, now: int) -> str:
    """The state of a clock, one of `deadlines.STATES`, from its instants as in `Timed`."""
    if met != ABSENT:
        return "met" if met < late else "missed"
    if ended != ABSENT:
        return "ended" if ended < late else "missed"
    if late == ABSENT:
        return "on-hold"
    return "missed" if now >= late else "waiting"


def due_at(late: int, whole_days: int | bool) -> int:
    """When is due what is too late from an instant on: `deadlines.late_from`, the other way round."""
    return late if whole_days else late - 1

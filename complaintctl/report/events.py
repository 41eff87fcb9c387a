"""One pass over the rows: what happened between two instants, and how things stood at the second.

Everything is taken as it was at `as_at`: what happened then or later has not
happened yet.  Only these are as the row has them today, because it holds no
history of them: category, severity, the last verdict, whether a hold runs and
the due date that it moves.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from complaintctl import deadlines
from complaintctl.errors import BadData
from complaintctl.i18n import _
from complaintctl.lifecycle import VOID
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from complaintctl.policy import Policy
    from complaintctl.report.period import Bounds
    from complaintctl.rows import Clock, Paid, Row, Span

UPHELD = ("founded", "partly")
OVERDUE, AT_RISK = "overdue", "at-risk"
RISK_FROM = 0.8  # of the time of a deadline used up

Holder = tuple[str | None, str | None]  # department, handler


class Watched(NamedTuple):
    """An open case with a deadline that is late or nearly so."""

    row: Row
    clock: Clock  # the one due first
    status: str  # overdue, at-risk
    more: int  # how many more of its deadlines are


class Assigned(NamedTuple):
    """An assignment of a case; `first` where it is the case's first."""

    row: Row
    at: int
    department: str
    handler: str
    first: bool


class Events:
    """What happened in ``start <= t < as_at``; `end` bounds the deadlines that count (`Bounds`).

    Lists of cases (`reopened`, `escalated`) name a case as often as it happened.
    """

    def __init__(self, start: int, as_at: int, end: int, policy: Policy) -> None:
        self.start, self.as_at, self.end, self.policy = start, as_at, end, policy
        self.open_start = 0
        self.void: set[str] = set()  # closed as entered in error or duplicate, as at
        self.open_end: list[Row] = []
        self.received: list[Row] = []
        self.reopened: list[Row] = []
        self.closed: list[tuple[Row, Span]] = []
        self.escalated: list[Row] = []
        self.assigned: list[Assigned] = []
        self.decided: list[Row] = []  # the last verdict fell
        self.contacted: list[Row] = []  # the customer heard something for the first time
        self.answers: list[tuple[Row, int]] = []  # satisfaction, 1 to 5
        self.paid: list[tuple[Row, Paid]] = []  # proposed, decided or carried out
        self.borne: list[tuple[Row, str]] = []  # taken over by a supplier
        self.due: list[tuple[Row, Clock, str]] = []
        self.held: list[tuple[Row, Clock]] = []
        self.watched: list[Watched] = []
        self.provisional: dict[str, Row] = {}  # open, waiting for a day that no calendar confirms
        self._holders: dict[str, Holder] = {}

    def within(self, instant: int | None) -> bool:
        """Whether something happened in the period."""
        return instant is not None and self.start <= instant < self.as_at

    def is_complaint(self, row: Row) -> bool:
        """Whether a ratio counts the case: a complaint, not a request and not void."""
        return row["kind"] == "complaint" and row["id"] not in self.void

    def holder(self, row: Row) -> Holder:
        """The responsible department and the handler of a case as at."""
        ident = row["id"]
        found = self._holders.get(ident)
        if found is None:
            found = self._holders[ident] = holder(row, self.as_at, self.policy)
        return found

    @cached_property
    def kept(self) -> list[tuple[Row, int, int]]:
        """The cases with a deadline of the period, and how many they met and missed (void ones: none)."""
        counts: dict[str, list[int]] = {}
        rows: dict[str, Row] = {}
        for row, _clock, state in self.due:
            ident = row["id"]
            if ident not in rows:
                rows[ident], counts[ident] = row, [0, 0]
            if state == "met":
                counts[ident][0] += 1
            elif state == "missed":
                counts[ident][1] += 1
        return [
            (row, 0, 0) if ident in self.void else (row, counts[ident][0], counts[ident][1])
            for ident, row in rows.items()
        ]

    def check_balance(self, period: str) -> None:
        """open at start + received + reopened - closed = open at end, over all cases; BadData if not."""
        expected = self.open_start + len(self.received) + len(self.reopened) - len(self.closed)
        if expected != len(self.open_end):
            message = _(
                "The figures of {period} do not balance: {start} open + {received} received + "
                "{reopened} reopened - {closed} closed is not {end} open."
            )
            raise BadData(
                message.format(
                    period=period,
                    start=self.open_start,
                    received=len(self.received),
                    reopened=len(self.reopened),
                    closed=len(self.closed),
                    end=len(self.open_end),
                ),
                hint="complaintctl check",
            )


def happened(rows: Iterable[Row], bounds: Bounds, policy: Policy) -> tuple[Events, Events]:
    """The events of the period and those of the one before, as at its end.

    What the open cases wait for is looked up for the period only.
    """
    this = Events(bounds.start, bounds.as_at, bounds.end, policy)
    previous = Events(bounds.previous, bounds.start, bounds.start, policy)
    start = this.start
    for row in rows:
        received, last = row["received"], row["last"]
        if received >= this.as_at:
            continue
        is_open = _rounds(row, this)
        _clocks(row, this, previous, is_open=is_open)
        if last >= start:
            _steps(row, this)
        if received < start:
            _rounds(row, previous)
            if last >= previous.start:
                _steps(row, previous)
    return this, previous


def _rounds(row: Row, events: Events) -> bool:
    """Place the beginnings and ends of a case's rounds; whether it is open as at."""
    start, as_at, spans = events.start, events.as_at, row["spans"]
    if len(spans) == 1 and spans[0].end is None and spans[0].start < start:  # most of the backlog
        events.open_start += 1
        events.open_end.append(row)
        return True
    was_open = is_open = False
    last = None
    for span in spans:
        began, ended = span.start, span.end
        if began >= as_at:
            break
        if began >= start:
            (events.reopened if last else events.received).append(row)
        elif ended is None or ended >= start:
            was_open = True
        last = span
        if ended is None or ended >= as_at:
            is_open = True
        elif ended >= start:
            events.closed.append((row, span))
    events.open_start += was_open
    if is_open:
        events.open_end.append(row)
    elif last is not None and last.outcome in VOID:
        events.void.add(row["id"])
    return is_open


def _clocks(row: Row, this: Events, previous: Events, *, is_open: bool) -> None:
    """Place the deadlines of a case: decided in one of the periods, or waited for as at.

    Of those that are late or at risk the one due first stands for the case.
    """
    first, last, as_at = previous.start, this.end, this.as_at
    calls: list[Clock] = []
    for clock in row["clocks"]:
        due = clock.due
        if due is not None and first <= due <= last:
            _decided(row, clock, this, previous)
        met, ended = clock.met, clock.ended
        over = (met is not None and met < as_at) or (ended is not None and ended < as_at)
        if over or not is_open or clock.start >= as_at:
            continue
        if due is None:
            this.held.append((row, clock))
            continue
        if clock.provisional:
            this.provisional[row["id"]] = row
        if as_at - clock.start > RISK_FROM * (due - clock.start):
            calls.append(clock)
    if calls:
        nearest = calls[0] if len(calls) == 1 else min(calls, key=lambda clock: clock.due or 0)
        status = OVERDUE if state_at(nearest, as_at) == "missed" else AT_RISK
        this.watched.append(Watched(row, nearest, status, len(calls) - 1))


def _decided(row: Row, clock: Clock, this: Events, previous: Events) -> None:
    """Place a deadline in the period in which it is met or missed; the one begins where the other ends."""
    late = deadlines.late_from(clock)
    events = this if late is None or late > this.start else previous
    if late is not None and events.start < late <= events.end and clock.start < events.as_at:
        events.due.append((row, clock, state_at(clock, events.as_at)))


def state_at(clock: Clock, as_at: int) -> str:
    """The state of a deadline (`deadlines.state_of`) when nothing since `as_at` has happened yet."""
    if clock.met is not None and clock.met >= as_at:
        clock = clock._replace(met=None)
    if clock.ended is not None and clock.ended >= as_at:
        clock = clock._replace(ended=None)
    return deadlines.state_of(clock, as_at)


def _steps(row: Row, events: Events) -> None:
    """Place what was done on a case in the period."""
    start, as_at = events.start, events.as_at
    if events.within(row["first_contact"]):
        events.contacted.append(row)
    if events.within(row["verdict_at"]):
        events.decided.append(row)
    for position, (at, department, handler) in enumerate(row["assigned"]):
        if start <= at < as_at:
            events.assigned.append(Assigned(row, at, department, handler, position == 0))
    events.escalated += [row for at in row["escalated"] if start <= at < as_at]
    events.answers += [(row, rating) for at, rating in row["satisfied"] if start <= at < as_at]
    events.borne += [(row, amount) for at, amount in row["borne"] if start <= at < as_at]
    for paid in row["paid"]:
        if any(map(events.within, (paid.proposed, paid.approved, paid.returned, paid.done))):
            events.paid.append((row, paid))


def holder(row: Row, as_at: int, policy: Policy) -> Holder:
    """The responsible department and the handler of a case as at an instant.

    Today's, if nothing was assigned since; else those of the last assignment
    before it; else the department of the category.
    """
    assigned = row["assigned"]
    if not assigned or assigned[-1][0] < as_at:
        return row["department"], row["handler"]
    for at, department, handler in reversed(assigned):
        if at < as_at:
            return department, handler
    category = policy["categories"].get(row["category"] or "")
    return (category.get("department") if category else None), None

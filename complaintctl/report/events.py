"""One pass over the rows: what happened between two instants, and how things stood at the second.

Everything is taken as it was at `as_at`: what happened then or later has not
happened yet.  Only these are as the row has them today, because it holds no
history of them: category, severity, the last verdict, whether a hold runs and
the due date that it moves.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from complaintctl.errors import BadData
from complaintctl.i18n import _
from complaintctl.lifecycle import VOID
from complaintctl.rows import ABSENT, PROVISIONAL, WHOLE_DAYS, Packed, due_at, judged
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from complaintctl.policy import Policy
    from complaintctl.report.period import Bounds
    from complaintctl.rows import Paid, Row, Span, Timed

UPHELD = ("founded", "partly")
OVERDUE, AT_RISK = "overdue", "at-risk"
RISK_FROM = 0.8  # of the time of a deadline used up

Holder = tuple[str | None, str | None]  # department, handler


class Watched(NamedTuple):
    """An open case with a deadline that is late or nearly so."""

    row: Row
    name: str  # of the one due first
    due: int
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
        self.due: list[tuple[str, str]] = []  # deadlines of cases that are not void: name, state
        self.worst: dict[str, int] = {}  # by name: the longest delay of those that were missed
        self.kept: list[tuple[Row, int, int]] = []  # cases with a deadline: how many were met, missed
        self.held: list[tuple[Row, str]] = []  # deadlines that a hold stops, by name
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
    start, as_at, before = this.start, this.as_at, previous.start
    for row in rows:
        received, last = row["received"], row["last"]
        if received >= as_at:
            continue
        is_open = _rounds(row, this)
        if last >= start:
            _steps(row, this)
        if received < start:
            _rounds(row, previous)
            if last >= before:
                _steps(row, previous)
        _clocks(row, this, previous, is_open=is_open)
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

    One is of the period in which it is met or missed at the latest: the one of
    which begins where the other ends.
    """
    first, start, end, as_at = previous.start, this.start, this.end, this.as_at
    clocks = _timed(row)
    near = [one for one in clocks if first < one[2] <= end]
    if near:
        now = [one for one in near if one[2] > start and one[1] < as_at]
        if now:
            _decided(row, now, this)
        if len(now) < len(near):
            before = [one for one in near if one[2] <= start and one[1] < start]
            if before:
                _decided(row, before, previous)
    if is_open:
        waiting = [one for one in clocks if one[3] >= as_at and one[4] >= as_at and one[1] < as_at]
        if waiting:
            _waiting(row, waiting, this)


def _timed(row: Row) -> Sequence[Timed]:
    """The clocks of a row as plain numbers."""
    if isinstance(row, Packed):
        return row.timed()
    from complaintctl.deadlines import late_from

    return [
        (
            clock.name,
            clock.start,
            _known(late_from(clock)),
            _known(clock.met),
            _known(clock.ended),
            PROVISIONAL * clock.provisional | WHOLE_DAYS * clock.whole_days,
        )
        for clock in row["clocks"]
    ]


def _known(instant: int | None) -> int:
    return ABSENT if instant is None else instant


def _decided(row: Row, clocks: list[Timed], events: Events) -> None:
    """Put down what became of deadlines in the period, as at; those of a void case are of no account."""
    met = missed = 0
    if row["id"] not in events.void:
        as_at, found = events.as_at, events.due
        for one in clocks:
            name, _start, late, at, ended, _bits = one
            state = judged(late, at if at < as_at else ABSENT, ended if ended < as_at else ABSENT, as_at)
            found.append((name, state))
            if state == "met":
                met += 1
            elif state == "missed":
                missed += 1
                events.worst[name] = max(events.worst.get(name, 0), _delay(one, as_at))
    events.kept.append((row, met, missed))


def _delay(one: Timed, as_at: int) -> int:
    """By how many seconds a missed deadline was missed so far."""
    _name, _start, late, met, ended, bits = one
    return max(min(met, ended, as_at) - due_at(late, bits & WHOLE_DAYS), 0)


def _waiting(row: Row, clocks: list[Timed], events: Events) -> None:
    """Place the deadlines that an open case waits for as at.

    Of those that are late or at risk the one due first stands for the case.
    """
    as_at = events.as_at
    calls: list[tuple[int, str, int]] = []
    for name, began, late, _met, _ended, bits in clocks:
        if late == ABSENT:
            events.held.append((row, name))
            continue
        if bits & PROVISIONAL:
            events.provisional[row["id"]] = row
        due = due_at(late, bits & WHOLE_DAYS)
        if as_at - began > RISK_FROM * (due - began):
            calls.append((due, name, late))
    if calls:
        due, name, late = min(calls, key=itemgetter(0))
        over = judged(late, ABSENT, ABSENT, as_at) == "missed"
        events.watched.append(Watched(row, name, due, OVERDUE if over else AT_RISK, len(calls) - 1))


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
        for done in (paid.proposed, paid.approved, paid.returned, paid.done):
            if done is not None and start <= done < as_at:
                events.paid.append((row, paid))
                break


def holder(row: Row, as_at: int, policy: Policy) -> Holder:
    """The responsible department and the handler of a case as at an instant.

    Today's, if nothing was assigned (or done at all) since; else those of the last
    assignment before it; else the department of the category.
    """
    if row["last"] < as_at or not (assigned := row["assigned"]) or assigned[-1][0] < as_at:
        return row["department"], row["handler"]
    for at, department, handler in reversed(assigned):
        if at < as_at:
            return department, handler
    category = policy["categories"].get(row["category"] or "")
    return (category.get("department") if category else None), None

"""How it goes on: the last weeks side by side, and what customers answered (S1c-5, S1b-14)."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from complaintctl import times
from complaintctl.i18n import _, pgettext
from complaintctl.report.ratios import is_content
from complaintctl.report.tables import Column, Table, filled, money, rate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from complaintctl.policy import Policy
    from complaintctl.report.events import Events
    from complaintctl.rows import Row

WEEKS = 12
RATINGS = (5, 4, 3, 2, 1)


def mondays(as_at: int, zone: tzinfo) -> list[int]:
    """When the last weeks began that were over at an instant, oldest first, and when the last ended."""
    day = times.day_of(as_at, zone)
    monday = day - timedelta(days=day.weekday())
    return [times.midnight(monday - timedelta(days=7 * back), zone) for back in range(WEEKS, -1, -1)]


def trend(
    rows: Iterable[Row], bounds: Sequence[int], events: Events, policy: Policy, currency: str, zone: tzinfo
) -> Table:
    """One row for each week between the bounds, oldest first; void as at the end of the report.

    `received`, `closed` and `open_end` count all cases as the headline does;
    rates leave out void ones.
    """
    columns = [
        Column("week", _("week")),
        Column("received", _("received"), "count"),
        Column("requests", _("of which requests"), "count"),
        Column("closed", _("closed"), "count"),
        Column("open_end", _("open at end"), "count"),
        Column("satisfaction_rate", pgettext("several", "satisfied"), "rate"),
        Column("redress_paid", _("redress paid, {currency}").format(currency=currency), "money"),
    ]
    weeks = _Weeks(bounds)
    for row in rows:
        weeks.put(row, policy, void=row["id"] in events.void)
    found: list[list[Any]] = [
        [
            times.week_of(times.day_of(start, zone)),
            here["received"],
            here["requests"],
            here["closed"],
            here["open_end"],
            rate(here["content"], here["answers"]),
            money(costs, currency),
        ]
        for start, here, costs in zip(bounds[:-1], weeks.counts, weeks.paid, strict=True)
    ]
    return filled("trend", _("The last {count} weeks").format(count=len(found)), columns, found)


class _Weeks:
    """What happened in each of the weeks between some bounds."""

    def __init__(self, bounds: Sequence[int]) -> None:
        self._bounds = bounds
        self.counts: list[Counter[str]] = [Counter() for _week in bounds[1:]]
        self.paid: list[list[str]] = [[] for _week in bounds[1:]]

    def put(self, row: Row, policy: Policy, *, void: bool) -> None:
        """Place what happened in a case."""
        self._add(row["received"], "received")
        self._add(row["received"], "requests", row["kind"] != "complaint")
        for span in row["spans"]:
            self._add(span.end, "closed")
            first = max(bisect(self._bounds, span.start), 1)
            last = len(self._bounds) if span.end is None else bisect(self._bounds, span.end)
            for here in self.counts[first - 1 : max(last - 1, 0)]:
                here["open_end"] += 1
        for at, rating in () if void else row["satisfied"]:
            self._add(at, "answers")
            self._add(at, "content", is_content(rating, policy))
        for one in row["paid"]:
            place = self._place(one.done)
            if place is not None:
                self.paid[place].append(one.cost)

    def _add(self, instant: int | None, what: str, much: int = 1) -> None:
        place = self._place(instant)
        if place is not None:
            self.counts[place][what] += much

    def _place(self, instant: int | None) -> int | None:
        """The place of the week that an instant is in; None outside of them."""
        if instant is None or not self._bounds[0] <= instant < self._bounds[-1]:
            return None
        return bisect(self._bounds, instant) - 1


def satisfaction_table(this: Events, previous: Events) -> Table:
    """What customers answered when they were asked afterwards, 5 best (S0-18, S4-7); void cases left out."""
    columns = [
        Column("rating", _("answer, 5 best"), "count"),
        Column("n", _("answers"), "count"),
        Column("share", _("share"), "rate"),
        Column("previous", _("period before"), "count"),
    ]
    now, before = (
        Counter(rating for row, rating in events.answers if row["id"] not in events.void)
        for events in (this, previous)
    )
    total = sum(now.values())
    rows = [[rating, now[rating], rate(now[rating], total), before[rating]] for rating in RATINGS]
    return filled("satisfaction", _("Satisfaction"), columns, rows)

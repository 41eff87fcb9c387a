"""Which stretch of time a report is about, and which cases it needs for that."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta, tzinfo
from itertools import zip_longest
from typing import TYPE_CHECKING

from complaintctl import times
from complaintctl.errors import Usage
from complaintctl.i18n import _
from complaintctl.lifecycle import VOID
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from complaintctl.rows import Row

BEFORE = 4  # periods that the mean is taken over
REPEATS_WITHIN = 90 * 86400  # how far back repeats are looked for, in seconds


class Bounds(NamedTuple):
    """The instants that a report is counted between; seconds since 1970, UTC.

    An event belongs to the period when ``start <= event < as_at``, a deadline
    when the first instant at which it is missed is after `start` and not after
    `end` (due at 24:00 of a Sunday is due in that week).
    """

    name: str
    earlier: tuple[int, ...]  # starts of the BEFORE periods before, oldest first
    start: int
    end: int
    as_at: int  # the earlier of the end and now

    @property
    def previous(self) -> int:
        """Where the period before begins."""
        return self.earlier[-1]

    @property
    def since(self) -> int:
        """From when on received cases must be known (`Earlier`): for the mean and for repeats."""
        return min(self.earlier[0], self.as_at - REPEATS_WITHIN)


class Earlier(NamedTuple):
    """The little that the means and the repeats need of a case."""

    id: str
    kind: str
    customer: str
    named: bool
    category: str | None
    product: str | None
    received: int
    voided: str | None  # JSON: from when until when it stood closed as void, each time

    def was_void(self, instant: int) -> bool:
        """Whether it stood closed as an error or a duplicate just before an instant."""
        return self.voided is not None and any(
            since < instant and (until is None or until >= instant)
            for since, until in json.loads(self.voided)
        )


def default_week(now: int, zone: tzinfo) -> str:
    """The last complete ISO week in the register's zone, as ``2026-W47``."""
    return times.last_week(now, zone)


def week(name: str, now: int, zone: tzinfo) -> Bounds:
    """The bounds of an ISO week; raises Usage when it is none, or has not begun."""
    try:
        if not name.isascii():  # digits of other scripts are digits to Python
            raise ValueError(name)
        start, end = times.week_bounds(name, zone)
        monday = times.day_of(start, zone)
        before = tuple(
            times.midnight(monday - timedelta(days=7 * back), zone) for back in range(BEFORE, 0, -1)
        )
    except (ValueError, OverflowError):
        raise Usage(
            _("{week} is no ISO week.").format(week=repr(name)),
            hint=_("a week is written like {example}").format(example=default_week(now, zone)),
        ) from None
    return _begun(Bounds(name, before, start, end, min(end, now)), now)


def month(name: str, now: int, zone: tzinfo) -> Bounds:
    """The bounds of a calendar month such as ``2026-11``; raises Usage as `week` does."""
    match = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", name)
    if match is None or not 1 < int(match[1]) < 9999:
        raise Usage(
            _("{month} is no month.").format(month=repr(name)),
            hint=_("a month is written like {example}").format(example=f"{times.day_of(now, zone):%Y-%m}"),
        )
    number = int(match[1]) * 12 + int(match[2]) - 1
    first = [
        times.midnight(date(one // 12, one % 12 + 1, 1), zone) for one in range(number - BEFORE, number + 2)
    ]
    return _begun(Bounds(name, tuple(first[:BEFORE]), first[-2], first[-1], min(first[-1], now)), now)


def default_month(now: int, zone: tzinfo) -> str:
    """The last complete calendar month in the register's zone, as ``2026-10``."""
    return times.last_month(now, zone)


def named(name: str, now: int, zone: tzinfo) -> Bounds:
    """The bounds of a week (``2026-W47``) or a month (``2026-11``); raises Usage as these do."""
    return week(name, now, zone) if "W" in name.upper() else month(name, now, zone)


def before(bounds: Bounds, zone: tzinfo) -> str:
    """The name of the period before."""
    day = times.day_of(bounds.previous, zone)
    return times.week_of(day) if "W" in bounds.name else f"{day:%Y-%m}"


def _begun(bounds: Bounds, now: int) -> Bounds:
    """The bounds again, if their time has come."""
    if now < bounds.start:
        raise Usage(_("{period} has not begun.").format(period=bounds.name))
    return bounds


def needs(row: Row, bounds: Bounds) -> bool:
    """Whether a report must be given this row.

    All of these, and no other, are needed (with P the start of the period before):

    * a round that overlaps P to `as_at`: ``start < as_at and (end is None or end >= P)``;
    * a first contact with the customer in ``P <= first_contact < as_at``;
    * a deadline in ``P <= due <= end``;
    * something that a supplier took over in ``P <= t < as_at``.

    In columns: ``received < as_at and (closed is null or closed >= P or first_contact >= P
    or the greatest due of its clocks >= P, or the last that a supplier took over is)``
    selects all of them and few others.  Rows beyond these change no figure, so any
    wider selection will do.
    """
    before, as_at = bounds.previous, bounds.as_at
    if row["received"] >= as_at:
        return False
    contact = row["first_contact"]
    return (
        any(span.start < as_at and (span.end is None or span.end >= before) for span in row["spans"])
        or (contact is not None and before <= contact < as_at)
        or any(clock.due is not None and before <= clock.due <= bounds.end for clock in row["clocks"])
        or any(before <= at < as_at for at, _amount in row["borne"])
    )


def earlier_of(row: Row) -> Earlier:
    """The little that the means and the repeats need, from a whole row."""
    ends = [span.start for span in row["spans"][1:]]
    voided = [
        [span.end, until]
        for span, until in zip_longest(row["spans"], ends)
        if span is not None and span.outcome in VOID
    ]
    return Earlier(
        row["id"], row["kind"], row["customer"], row["named"], row["category"], row["product"],
        row["received"], json.dumps(voided) if voided else None,
    )  # fmt: skip

"""Instants, dates and lengths of time, as text and as numbers.

An instant is ISO 8601 text with whole seconds and an offset in files, and a
count of seconds since 1970 in UTC in memory.  Both ways are exact.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_YEAR, LAST_YEAR = 1970, 2200  # of every time that somebody gives
CALENDAR_YEARS = (2000, 2099)  # that a calendar of working days may hold, as its schema has it
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
_UNITS = {*_SECONDS, "business day"}
_DIGITS = 5  # of the number of a length, at most


class Length(NamedTuple):
    """A length of time of a policy: `unit` is minute, hour, day or business day."""

    number: int
    unit: str

    @property
    def seconds(self) -> int:
        """Elapsed seconds; only for minutes, hours and (calendar) days."""
        return self.number * _SECONDS[self.unit]


@lru_cache(maxsize=256)  # policies have few
def length(text: str) -> Length:
    """Read ``5 business days``, ``2 hours``, ``30 minutes``, ``7 days``; else ValueError or TypeError."""
    if not isinstance(text, str):
        raise TypeError(text)
    number, _space, units = text.partition(" ")
    unit = units.removesuffix("s")
    written = number.isascii() and number.isdigit() and number[0] != "0" and len(number) <= _DIGITS
    if not written or unit not in _UNITS:
        raise ValueError(text)
    return Length(int(number), unit)


def epoch(text: str) -> int:
    """Seconds since 1970 (UTC) of an instant with an offset; ValueError when it is none."""
    found = _instants.get(text)  # the same instants are asked for again and again while one case is looked at
    if found is None:
        if len(_instants) >= _KEPT:
            _instants.clear()
        found = _instants[text] = _reckoned(text)
    return found


_KEPT = 2048
_instants: dict[str, int] = {}
_days: dict[str, int] = {}  # by day and offset: when it begins
_hours = {f"T{hour:02d}": 3600 * hour for hour in range(24)}
_sixty = {f":{number:02d}": number for number in range(60)}
_USUAL = len("2026-11-16T09:30:00+08:00")


def _reckoned(text: str) -> int:
    """`epoch`, for the first time: from the beginning of the day, where another of that day was met."""
    day = text[:10] + text[19:]
    try:
        return _days[day] + _hours[text[10:13]] + 60 * _sixty[text[13:16]] + _sixty[text[16:19]]
    except KeyError:
        moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    if len(text) == _USUAL and text[10] == "T":
        if len(_days) >= _KEPT:
            _days.clear()
        _days[day] = int(datetime.fromisoformat(f"{text[:10]}T00:00:00{text[19:]}").timestamp())
    return int(moment.timestamp())


def in_reach(year: int) -> bool:
    """Whether a year is one that a register can work with: clocks, calendars and git agree on it."""
    return FIRST_YEAR <= year <= LAST_YEAR


def iso(seconds: int, zone: tzinfo) -> str:
    """The instant as text, with the offset that `zone` has then."""
    return datetime.fromtimestamp(seconds, zone).isoformat()  # whole seconds: nothing smaller is written


def writer(zone: tzinfo) -> Callable[[int], str]:
    """`iso` for very many instants: the same text, without a datetime for each of them.

    It goes by the days of UTC, and asks `iso` on those on which the offset of the zone changes.
    """
    minutes = [f"T{minute // 60:02d}:{minute % 60:02d}:" for minute in range(1440)]
    seconds = [f"{second:02d}" for second in range(60)]
    offsets: dict[int, tuple[int, str] | None] = {}
    days: dict[int, str] = {}
    known, day_text = offsets.get, days.get

    def offset_on(day: int) -> tuple[int, str] | None:
        first, last = (iso(at, zone)[19:] for at in (day * 86400, day * 86400 + 86399))
        if first != last:
            return None
        ahead = datetime.fromtimestamp(day * 86400, zone).utcoffset() or timedelta()
        return ahead // timedelta(seconds=1), first

    def text(instant: int) -> str:
        offset = known(instant // 86400)
        if offset is None:
            day = instant // 86400
            if day not in offsets:
                offsets[day] = offset_on(day)
            offset = offsets[day]
            if offset is None:
                return iso(instant, zone)
        local, rest = divmod(instant + offset[0], 86400)
        day_name = day_text(local)
        if day_name is None:
            day_name = days[local] = (date(1970, 1, 1) + timedelta(days=local)).isoformat()
        return f"{day_name}{minutes[rest // 60]}{seconds[rest % 60]}{offset[1]}"

    return text


def day_of(seconds: int, zone: tzinfo) -> date:
    """The calendar day of an instant in a time zone."""
    return datetime.fromtimestamp(seconds, zone).date()


def midnight(day: date, zone: tzinfo) -> int:
    """The instant at which a day begins in a time zone."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


def week_bounds(week: str, zone: tzinfo) -> tuple[int, int]:
    """First and past-the-end instant of an ISO week such as ``2026-W47``; ValueError if none."""
    match = re.fullmatch(r"([0-9]{4})-W([0-9]{2})", week)
    if match is None or not in_reach(int(match[1])):
        raise ValueError(week)
    first = date.fromisocalendar(int(match[1]), int(match[2]), 1)
    return midnight(first, zone), midnight(first + timedelta(days=7), zone)


def month_bounds(month: str, zone: tzinfo) -> tuple[int, int]:
    """First and past-the-end instant of a calendar month such as ``2026-11``; ValueError if none."""
    match = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", month)
    if match is None or not in_reach(int(match[1])):
        raise ValueError(month)
    first = date(int(match[1]), int(match[2]), 1)
    after = (first + timedelta(days=31)).replace(day=1)
    return midnight(first, zone), midnight(after, zone)


def last_month(seconds: int, zone: tzinfo) -> str:
    """The calendar month before the one that an instant is in."""
    return f"{day_of(seconds, zone).replace(day=1) - timedelta(days=1):%Y-%m}"


def week_of(day: date) -> str:
    """The ISO week that a day is in: 2027-01-01 is in ``2026-W53``."""
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02d}"


def last_week(seconds: int, zone: tzinfo) -> str:
    """The ISO week before the one that an instant is in."""
    return week_of(day_of(seconds, zone) - timedelta(days=7))


def utc(seconds: int) -> datetime:
    """The instant as an aware datetime in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def calendar_day(text: str) -> date:
    """The calendar day of an instant in its own offset."""
    return datetime.fromisoformat(text).date()

"""Working days and opening hours: which days count, and when a channel is served.

The days come from ``policies/calendar.yaml`` (weekend, days off and make-up
days by year, the shop's own days), never from a library, so that a figure of
last year is the same figure tomorrow.  Rows of a whole register are computed
through this module, hence the tables that are built once for each year.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from complaintctl.times import midnight

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from complaintctl.policy import Channel

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST = 3660  # days that service time may take; beyond it the channel is as good as never open

Opening = tuple[int, int]  # open from the first instant until the second, seconds since 1970


class WorkCalendar:
    """The working days of a register, in its time zone.

    `document` is what ``calendar.yaml`` holds; None stands for none at all:
    Saturdays and Sundays are off, and every year is unknown.  Raises ValueError
    for a date that does not exist.
    """

    def __init__(self, document: Mapping[str, Any] | None, zone: tzinfo) -> None:
        found = document or {}
        self.zone = zone
        weekend = found.get("weekend", ("sat", "sun"))
        self._weekend = frozenset(WEEKDAYS.index(name) for name in weekend)
        self._off: set[int] = set()
        self._extra: set[int] = set()
        self._published: set[int] = set()
        for year, entry in (found.get("years") or {}).items():
            self._off.update(map(_ordinal, entry.get("days_off") or ()))
            self._extra.update(map(_ordinal, entry.get("make_up") or ()))
            if entry.get("published"):
                self._published.add(int(year))
        for day, entry in (found.get("local") or {}).items():  # the shop's own days win
            gains, loses = (self._extra, self._off) if entry["open"] else (self._off, self._extra)
            gains.add(_ordinal(day))
            loses.discard(_ordinal(day))
        self._years: dict[int, tuple[list[int], bool]] = {}
        self._midnights: dict[int, int] = {}
        self._openings: dict[int, tuple[Channel, dict[int, tuple[Opening, ...]]]] = {}

    def is_working(self, day: date) -> bool:
        """Whether business days count this day."""
        return self._works(day.toordinal())

    def is_day_off(self, day: date) -> bool:
        """Whether the day is a public holiday or a local day off; an ordinary weekend is neither."""
        return day.toordinal() in self._off

    def known(self, day: date) -> bool:
        """Whether the calendar holds the year of this day, and the year is published."""
        return day.year in self._published

    def all_known(self, after: date, last: date) -> bool:
        """Whether every day later than `after`, up to and with `last`, is of a known year."""
        first = after.year + (after.month == 12 and after.day == 31)
        return all(year in self._published for year in range(first, last.year + 1))

    def add_working_days(self, day: date, count: int) -> tuple[date, bool]:
        """The `count`-th working day after `day`, which is not counted itself; whether it is provisional.

        It is provisional when a year on the way is not held or not published.
        ValueError when `count` is below 1 or a year has no working day.
        """
        if count < 1:
            raise ValueError(count)
        year = day.year
        days, known = self._years.get(year) or self._load(year)
        position = bisect_right(days, day.toordinal()) + count - 1
        provisional = not (known or (day.month == 12 and day.day == 31))
        while position >= len(days):
            position -= len(days)
            year += 1
            days, known = self._years.get(year) or self._load(year)
            provisional = provisional or not known
        return date.fromordinal(days[position]), provisional

    def next_working(self, day: date) -> date:
        """The day itself when it is a working day, else the first working day after it."""
        return self.add_working_days(date.fromordinal(day.toordinal() - 1), 1)[0]

    def working_between(self, after: date, last: date) -> int:
        """How many working days are later than `after`, up to and with `last`; 0 when there are none."""
        first, end, total = after.toordinal(), last.toordinal(), 0
        for year in range(after.year, last.year + 1):
            days, _known = self._years.get(year) or self._load(year)
            total += bisect_right(days, end) - bisect_right(days, first)
        return max(total, 0)

    def day_of(self, instant: int) -> date:
        """The day, in the register's zone, of an instant (seconds since 1970)."""
        return datetime.fromtimestamp(instant, self.zone).date()

    def begin(self, day: date) -> int:
        """The instant at which a day begins, in seconds since 1970."""
        return self._midnight(day.toordinal())

    def end(self, day: date) -> int:
        """24:00 of a day: the instant at which the next one begins."""
        return self._midnight(day.toordinal() + 1)

    def openings(self, channel: Channel, day: int) -> tuple[Opening, ...]:
        """When a channel opens on a day (an ordinal) and when it then closes, in order of opening.

        A closing that is not later than the opening is of the next day: 22:00 to 02:00.
        """
        held = self._openings.get(id(channel))
        if held is None:  # the channel is kept, so that no other can get its id
            held = self._openings[id(channel)] = (channel, {})
        found = held[1].get(day)
        if found is None:
            found = held[1][day] = tuple(sorted(self._opened(channel, day)))
        return found

    def _opened(self, channel: Channel, day: int) -> Iterator[Opening]:
        if channel.get("days_off") == "closed" and day in self._off:
            return
        if "hours" not in channel:
            yield self._midnight(day), self._midnight(day + 1)
        name = WEEKDAYS[(day + 6) % 7]
        for entry in channel.get("hours", ()):
            if name in entry["days"]:
                opens, closes = _minute(entry["opens"]), _minute(entry["closes"])
                over = 0 if closes > opens else 1
                yield self._clock(day, opens, late=False), self._clock(day + over, closes, late=True)

    def _clock(self, day: int, minute: int, *, late: bool) -> int:
        """The instant of a time on the clock; of the two that the end of summer time makes, the later."""
        if minute % 1440 == 0:
            return self._midnight(day + minute // 1440)
        on = date.fromordinal(day)
        wall = datetime(on.year, on.month, on.day, minute // 60, minute % 60, tzinfo=self.zone)
        first = int(wall.timestamp())
        return max(first, int(wall.replace(fold=1).timestamp())) if late else first

    def _works(self, ordinal: int) -> bool:
        if ordinal in self._off:
            return False
        return (ordinal + 6) % 7 not in self._weekend or ordinal in self._extra

    def _load(self, year: int) -> tuple[list[int], bool]:
        first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        days = [day for day in range(first, last + 1) if self._works(day)]
        if not days:
            raise ValueError(year)
        found = self._years[year] = (days, year in self._published)
        return found

    def _midnight(self, ordinal: int) -> int:
        found = self._midnights.get(ordinal)
        if found is None:
            found = self._midnights[ordinal] = midnight(date.fromordinal(ordinal), self.zone)
        return found


def add_service_seconds(
    start: int, seconds: int, channel: Channel, calendar: WorkCalendar
) -> tuple[int, bool]:
    """The instant at which a channel has been open for `seconds` since `start`; whether it is provisional.

    A channel without hours is open around the clock (S2-2).  No seconds at all
    give `start`, or the next opening when the channel is closed then.  It is
    provisional when the channel closes on days off and a year on the way is
    not held or not published.  ValueError when the channel never opens, or not
    long enough within ten years.
    """
    if "hours" not in channel and channel.get("days_off") != "closed":
        return start + seconds, False
    cursor, left = start, seconds
    for opens, closes in _stretches(start, channel, calendar):
        cursor = max(cursor, opens)
        if closes <= cursor:
            continue
        if left <= closes - cursor:
            return cursor + left, _depends(start, cursor + left, channel, calendar)
        left -= closes - cursor
        cursor = closes
    raise ValueError(seconds)


def open_seconds_between(start: int, end: int, channel: Channel, calendar: WorkCalendar) -> int:
    """For how many seconds a channel is open from `start` until `end`; 0 when `end` is not later."""
    if "hours" not in channel and channel.get("days_off") != "closed":
        return max(end - start, 0)
    cursor, total = start, 0
    for opens, closes in _stretches(start, channel, calendar):
        if opens >= end:
            break
        cursor = max(cursor, opens)
        until = min(closes, end)
        if until > cursor:
            total += until - cursor
            cursor = until
    return total


def _stretches(start: int, channel: Channel, calendar: WorkCalendar) -> Iterator[Opening]:
    """The openings from the day before `start` (it may last past midnight), for ten years at most."""
    first = calendar.day_of(start).toordinal()
    for day in range(first - 1, first + LONGEST):
        yield from calendar.openings(channel, day)


def _depends(start: int, end: int, channel: Channel, calendar: WorkCalendar) -> bool:
    """Whether an unknown year has a say in what lies between two instants."""
    if channel.get("days_off") != "closed":
        return False
    before = date.fromordinal(calendar.day_of(start).toordinal() - 1)
    return not calendar.all_known(before, calendar.day_of(end))


def _ordinal(day: Any) -> int:
    return date.fromisoformat(str(day)).toordinal()


def _minute(text: str) -> int:
    """Minutes since midnight of ``08:00``; ``24:00`` is the end of the day."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)

"""Cases closed long ago, which a new index only names until somebody asks for more (`Update`).

An index that is made from nothing reads and judges every case.  What lists, clocks
and reports need of one that was closed long ago is not summed up: only its id, its
blob, its customer and when it was received are kept.  What the index then says by
itself reaches back to an instant, `Left.since`; whatever needs more has it completed
first.  Instants are seconds since 1970 in UTC.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from complaintctl import times
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from complaintctl.case import Case
    from complaintctl.policy import Policy
    from complaintctl.workdays import WorkCalendar

MANY = 1000  # cases, from which on it pays
WEEK = 7 * 86400
KNOWN = 20 * WEEK  # before the newest case: a page shows 13 weeks, precedents and repeats reach back 90 days
SLOW = 8 * WEEK  # that a case may take before others of its time are summed up for its sake alone
_FAULTS = (LookupError, ValueError, TypeError, ArithmeticError, AttributeError)


class Left(NamedTuple):
    """What an index knows by itself while cases closed long ago are only named."""

    since: int  # all that happened from then on, or mattered
    before: int  # every case that mattered later than that, or is open, is summed up
    window: int  # the longest that repetition looks around a case
    pins: tuple[str, ...]  # SHA-256 of the policies of the cases that are only named
    near: frozenset[int]  # when cases were received before whose neighbours are all summed up

    def compares(self, received: int) -> bool:
        """Whether all cases are summed up that repetition compares with one received then."""
        return received >= self.before + self.window or received in self.near

    def around(self) -> list[tuple[int, int]]:
        """From when until when the neighbours of `near` were received, in order and apart."""
        found: list[tuple[int, int]] = []
        for at in sorted(self.near):
            start, end = at - self.window, at + self.window
            if found and start <= found[-1][1]:
                start = found.pop()[0]
            found.append((start, end))
        return found


def written(left: Left) -> str:
    """As text that `read` reads."""
    return json.dumps([*left[:-1], sorted(left.near)])


def read(text: str | None) -> Left | None:
    """What `written` wrote; ValueError and the like for other text, None for none."""
    if text is None:
        return None
    since, before, window, pins, near = json.loads(text)
    return Left(since, before, window, tuple(pins), frozenset(near))


def horizon(days: Iterable[str], policies: Iterable[Policy]) -> Left | None:
    """What an index of cases has to know by itself; None where that cannot be told.

    `days`: those on which they were received, as eight digits.  It reaches back from
    the last of them, further where the window of an authority does.
    """
    newest = max(filter(None, map(_day, days)), default=None)
    if newest is None:
        return None
    back, window = KNOWN, 0
    try:
        for policy in policies:
            back = max(back, times.length(policy["authority"]["window"]).seconds + WEEK)
            window = max(window, longest(policy))
    except _FAULTS:
        return None
    since = int(datetime(newest.year, newest.month, newest.day, tzinfo=UTC).timestamp()) - back
    return Left(since, since - window - SLOW, window, (), frozenset())


def longest(policy: Policy) -> int:
    """The longest time within which the levels of a policy ask for repetition; ValueError for a wrong one."""
    rules = [rule["when"] for level in policy["levels"] for rule in level.get("any", ())]
    asked = [when["repetition"]["within"] for when in rules if "repetition" in when]
    return max((times.length(one).seconds for one in asked), default=0)


def _day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


class Sieve:
    """Tells the cases closed so long ago that nothing before `Left.before` asks for them.

    What it takes could have been summed up without a fault: it fits the schema, its
    policy has no problem, and its clocks were looked at.  Yes is yes; no means only
    that it is not plain to see.
    """

    def __init__(self, before: int, calendar: WorkCalendar) -> None:
        from complaintctl import deadlines, telling

        self._latest_due = deadlines.latest_due
        self._owing = telling.owing
        self._before = before
        self._calendar = calendar
        self._plain: dict[str, bool] = {}
        self._told: dict[str, bool] = {}  # by policy: whether somebody may have to be told of a closing
        self._months: dict[tuple[str, str, str], bool] = {}
        self.pins: set[str] = set()

    def takes(self, case: Case, signed: list[Any], policy: Policy, sha256: str) -> bool:
        """Whether a valid case is one of those; `signed`: the instants of its signatures."""
        closures = case.get("closures")
        if not closures or "reopened" in closures[-1] or case["state"] != "closed":
            return False
        intake = case["intake"]
        month = max(signed)[:7]
        which = sha256, intake["channel"], month
        old = self._months.get(which)
        if old is None:
            old = self._months[which] = self._is_old(month, policy, intake["channel"], sha256)
        if not old or intake["received_at"][:7] > month or "improvements" in case or "links" in case:
            return False
        if _names_days(case):
            return False
        try:
            return not (self._told[sha256] and self._owing(case, policy))
        except _FAULTS:
            return False

    def _is_old(self, month: str, policy: Policy, channel: str, sha256: str) -> bool:
        """Whether no case that ended in a month, as its text has it, matters later than `before`."""
        if sha256 not in self._plain:
            self._plain[sha256] = _is_plain(policy)
            self._told[sha256] = any(rule["after"] == "closed" for rule in policy.get("tell", ()))
        if not self._plain[sha256]:
            return False
        served: Any = policy["channels"].get(channel, {})
        like = sha256, repr([served.get("hours"), served.get("days_off")]), month
        if like not in self._months:
            self._months[like] = self._is_past(month, policy, channel)
        if self._months[like]:
            self.pins.add(sha256)
        return self._months[like]

    def _is_past(self, month: str, policy: Policy, channel: str) -> bool:
        """Whether no clock of such a case is due later, for all weeks that `matters_until` may go by."""
        try:
            first = date.fromisoformat(f"{month}-01")
            start, end = (
                int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
                for day in (first - timedelta(days=3), first + timedelta(days=35))
            )
            weeks = range(start - start % WEEK, end + WEEK + 1, WEEK)
            return all(
                max(week, self._latest_due(policy, channel, week, self._calendar)) < self._before
                for week in weeks
            )
        except _FAULTS:
            return False


def _names_days(case: Case) -> bool:
    """Whether a case names a day for a next word or a remedy: a clock may be due then."""
    for contact in case.get("contacts", ()):
        if "again_on" in contact:
            return True
    for proposal in case.get("proposals", ()):
        for remedy in proposal["remedies"]:
            if "expected_on" in remedy:
                return True
    return False


def _is_plain(policy: Policy) -> bool:
    """Whether nothing in a policy could keep a case from being summed up."""
    from complaintctl import policyrules

    try:
        return not policyrules.problems(policy)
    except _FAULTS:
        return False

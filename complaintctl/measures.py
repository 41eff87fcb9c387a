"""Improvement measures: when each is due, whether it is done, and what comes round again (S0-20, S3-9).

A measure without `every` is due once.  One with it comes round: each time that
it was done it is due again that many days later, until it is ended.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from complaintctl import times
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from complaintctl.case import Case


class Measure(NamedTuple):
    """One measure of a case; instants are seconds since 1970 in UTC."""

    case: str
    number: int  # in its case, counted from 1
    measure: str
    kind: str | None
    owner: str
    due: str  # the first day by which it is to be done
    every: int | None  # days
    also: str | None
    since: int  # when it was recorded
    done: tuple[int, ...]  # each time that it was done, oldest first
    ended: int | None  # when there was nothing left to do


class Due(NamedTuple):
    """By when a measure is to be done next."""

    day: date
    at: int  # 24:00 of that day
    late: bool


def measures_of(case: Case) -> Iterator[Measure]:
    """The measures of a case, in their order."""
    for number, entry in enumerate(case.get("improvements", ()), 1):
        every = entry.get("every")
        ended = times.epoch(entry["done_at"]) if "done_at" in entry else None
        done = [times.epoch(one["at"]) for one in entry.get("repeated", ())]
        if ended is not None and every is None:
            done.append(ended)
        yield Measure(
            case=case["id"],
            number=number,
            measure=entry["measure"],
            kind=entry.get("kind"),
            owner=entry["owner"],
            due=entry["due"],
            every=times.length(every).number if every else None,
            also=entry.get("also"),
            since=times.epoch(entry["at"]),
            done=tuple(done),
            ended=ended,
        )


def as_before(one: Measure, instant: int) -> Measure:
    """A measure as it was before anything that happened at an instant or later."""
    ended = one.ended if one.ended is not None and one.ended < instant else None
    return one._replace(done=tuple(at for at in one.done if at < instant), ended=ended)


def due_of(one: Measure, now: int, zone: tzinfo) -> Due | None:
    """By when a measure is to be done next; None once there is nothing left to do.

    It is late from 24:00 of that day on, in the register's `zone`.
    """
    if one.ended is not None:
        return None
    day = date.fromisoformat(one.due)
    if one.done and one.every is not None:
        day = times.day_of(one.done[-1], zone) + timedelta(days=one.every)
    at = times.midnight(day + timedelta(days=1), zone)
    return Due(day, at, late=at <= now)

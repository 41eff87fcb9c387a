"""The tables of a period, from rows and the policy: values in, tables out (S1c-5, S1d-5).

What holds for every figure:

* Periods are ISO weeks (or months) in the register's time zone, first instant
  in, last instant out.
* Figures are as at the earlier of the end of the period and now.  What happened
  later is not counted, so that every past period can be counted again from
  today's rows (`events` names the few things that a row has no history of).
* The balance counts all cases; ``requests`` are those that are no complaints.
  Void cases (entered in error, duplicates) are left out of ratios only.
* A ratio has its numerator and denominator, and a value from five cases on.
* Medians and 90th percentiles are nearest-rank, in whole seconds of elapsed time.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from complaintctl import times
from complaintctl.report import groups, headline, people, quality, remedies, timing
from complaintctl.report.events import Events, happened
from complaintctl.report.period import Bounds, Earlier, default_week, earlier_of, month, needs, week
from complaintctl.report.tables import Column, Report, Table, table
from complaintctl.rows import Row

if TYPE_CHECKING:
    from datetime import tzinfo

    from complaintctl.policy import Policy

__all__ = [
    "TABLES", "Bounds", "Column", "Context", "Earlier", "Report", "Table", "counted", "default_week",
    "document", "earlier_of", "month", "needs", "table", "week", "weekly",
]  # fmt: skip

TABLES = (
    "headline", "category", "severity", "level", "channel", "department", "handler", "clocks", "late",
    "ageing", "remedies", "repeats", "causes", "quality",
)  # fmt: skip

Levels = Callable[[Row, int], Sequence[Any]]  # the level (a number) comes first, as in `rows.Hit`


class Context(NamedTuple):
    """What a report needs to know besides the rows."""

    policy: Policy
    levels: Levels  # the level of a case at an instant
    zone: tzinfo  # the register's
    language: str  # of the labels of the policy
    currency: str
    is_late: Callable[[int, int], bool] | None = None  # received, registered -> recorded too late
    active: Container[str] | None = None  # ids of the staff who have not left
    unreadable: Sequence[str] = ()  # cases that could not be read


def weekly(
    rows: Iterable[Row],
    policy: Policy,
    week_name: str,
    now: int,
    zone: tzinfo,
    language: str,
    levels: Levels,
    currency: str,
    earlier: Iterable[Earlier] | None = None,
    *,
    is_late: Callable[[int, int], bool] | None = None,
    active: Container[str] | None = None,
    unreadable: Sequence[str] = (),
) -> Report:
    """The weekly tables, as at the earlier of the week's end and `now` (seconds since 1970).

    `rows`: those that `needs` names for ``week(week_name, now, zone)``, or more.
    `earlier`: every case received in ``bounds.since <= received < bounds.as_at``;
    None: taken from `rows`, which must then hold them all.  The others are
    described at `Context`.  Raises Usage for a week that is none or has not
    begun, BadData when the balance does not hold.
    """
    context = Context(policy, levels, zone, language, currency, is_late, active, unreadable)
    return counted("weekly", rows, week(week_name, now, zone), context, earlier)


def counted(
    name: str, rows: Iterable[Row], bounds: Bounds, context: Context, earlier: Iterable[Earlier] | None = None
) -> Report:
    """The same tables for any period, such as `month`; see `weekly`."""
    known = list(rows)
    before = list(map(earlier_of, known) if earlier is None else earlier)
    this, previous = happened(known, bounds, context.policy)
    this.check_balance(bounds.name)
    previous.check_balance(_before(name, bounds, context.zone))
    tables = _tables(name, this, previous, before, bounds, context)
    return Report(
        name,
        bounds.name,
        bounds.start,
        bounds.end,
        bounds.as_at,
        context.zone,
        context.language,
        context.currency,
        {one.name: one for one in tables},
    )


def _tables(
    name: str, this: Events, previous: Events, before: list[Earlier], bounds: Bounds, context: Context
) -> list[Table]:
    """All tables, in the order of `TABLES`."""
    policy, language, currency = context.policy, context.language, context.currency
    found: dict[str, int] = {}

    def level_of(row: Row) -> int:
        ident = row["id"]
        if ident not in found:
            found[ident] = context.levels(row, this.as_at)[0]
        return found[ident]

    def climbed(row: Row) -> bool:
        """Whether an open case has become graver since the beginning of the period (S1d-4)."""
        if row["received"] >= this.start:
            return False
        for hit in row["hits"]:
            if hit.since >= this.start or hit.key is not None:
                return bool(level_of(row) < context.levels(row, this.start)[0])
        return False

    periods = (bounds.name, _before(name, bounds, context.zone))
    return [
        headline.headline(this, previous, periods, policy, currency),
        groups.category(this, before, bounds, policy, language, currency),
        groups.severity(this, policy, language),
        groups.level(this, level_of, filter(climbed, this.open_end), policy, language),
        groups.channel(this, policy, language),
        *people.people(this, policy, language),
        timing.clocks(this, policy, language),
        timing.late(this, level_of, context.zone),
        timing.ageing(this, policy, language),
        remedies.remedies(this, policy, language, currency),
        quality.repeats(before, bounds, context.zone),
        remedies.causes(this, policy, language, currency),
        quality.quality(
            this, policy, is_late=context.is_late, active=context.active, unreadable=context.unreadable
        ),
    ]


def _before(name: str, bounds: Bounds, zone: tzinfo) -> str:
    """The name of the period before."""
    day = times.day_of(bounds.previous, zone)
    return times.week_of(day) if name == "weekly" else f"{day:%Y-%m}"


def document(report: Report, commit: str, version: str, unreadable: Sequence[str]) -> dict[str, Any]:
    """The report as plain data for JSON: the same report gives the same bytes."""
    return {
        "report": report.name,
        "period": {
            "week" if report.name == "weekly" else "month": report.period,
            "from": times.iso(report.start, report.zone),
            "to": times.iso(report.end, report.zone),
            "zone": str(report.zone),
        },
        "as_at": times.iso(report.as_at, report.zone),
        "commit": commit,
        "version": version,
        "unreadable": sorted(unreadable),
        "tables": {
            name: {"columns": [column._asdict() for column in one.columns], "rows": one.rows}
            for name, one in report.tables.items()
        },
    }

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
from typing import TYPE_CHECKING, Any

from complaintctl import times
from complaintctl.labels import name_of
from complaintctl.report import groups, headline, people, quality, remedies, steps, timing, validity
from complaintctl.report.events import Events, happened
from complaintctl.report.period import (
    Bounds,
    Earlier,
    before,
    default_month,
    default_week,
    earlier_of,
    month,
    named,
    needs,
    week,
)
from complaintctl.report.tables import Column, Report, Table, table
from complaintctl.rows import Row
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from datetime import tzinfo

    from complaintctl.policy import Policy
    from complaintctl.report.learning import Learnt

__all__ = [
    "LEARNING", "MONTHLY", "PRINCIPLES", "TABLES", "Bounds", "Column", "Context", "Earlier", "Report",
    "Table", "counted", "default_month", "default_week", "document", "earlier_of", "empty", "improvements",
    "lessons", "month", "monthly", "named", "needs", "principles", "table", "week", "weekly",
]  # fmt: skip

TABLES = (
    "headline", "validity", "category", "severity", "level", "channel", "department", "handler", "clocks",
    "steps", "late", "ageing", "remedies", "repeats", "causes", "quality",
)  # fmt: skip
MONTHLY = (*TABLES, "satisfaction", "trend", "measures", "lessons")
PRINCIPLES = ("principles", "unheard")
LEARNING = ("improvements", "lessons")  # reports of one table each

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
    volume: int | None = None  # sales or visits of the period (S1b-14)
    by: Sequence[str] = ()  # of `breakdown.BY`: what the headline is taken apart by
    why: Callable[[Row, Any], str] | None = None  # in words, why a case has the level that `levels` tells


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
    volume: int | None = None,
) -> Report:
    """The weekly tables, as at the earlier of the week's end and `now` (seconds since 1970).

    `rows`: those that `needs` names for ``week(week_name, now, zone)``, or more.
    `earlier`: every case received in ``bounds.since <= received < bounds.as_at``;
    None: taken from `rows`, which must then hold them all.  The others are
    described at `Context`.  Raises Usage for a week that is none or has not
    begun, BadData when the balance does not hold.
    """
    context = Context(policy, levels, zone, language, currency, is_late, active, unreadable, volume)
    return counted("weekly", rows, week(week_name, now, zone), context, earlier)


def counted(
    name: str,
    rows: Iterable[Row],
    bounds: Bounds,
    context: Context,
    earlier: Iterable[Earlier] | None = None,
    more: Callable[[Events, Events], list[Table]] | None = None,
) -> Report:
    """The same tables for any period, such as `month`, and `more` of its own; see `weekly`."""
    known = list(rows)
    others = list(map(earlier_of, known) if earlier is None else earlier)
    this, previous = happened(known, bounds, context.policy)
    this.check_balance(bounds.name)
    previous.check_balance(before(bounds, context.zone))
    tables = _tables(this, previous, known, others, bounds, context)
    return _report(name, bounds, context, tables + (more(this, previous) if more else []))


def monthly(
    rows: Iterable[Row],
    month_name: str,
    now: int,
    context: Context,
    learnt: Learnt,
    earlier: Iterable[Earlier] | None = None,
) -> Report:
    """The tables of a calendar month: the weekly ones, answers, the last weeks, measures and lessons (S1c-5).

    `rows`: those that `needs` names, and all that were open at some time since
    ``trend.mondays(bounds.as_at, zone)[0]``.  Raises Usage and BadData as `weekly` does.
    """
    from complaintctl.report import learning, trend

    bounds, known = month(month_name, now, context.zone), list(rows)
    policy, language, zone = context.policy, context.language, context.zone

    def more(this: Events, previous: Events) -> list[Table]:
        weeks = trend.mondays(bounds.as_at, zone)
        return [
            trend.satisfaction_table(this, previous),
            trend.trend(known, weeks, this, policy, context.currency, zone),
            learning.improvements(learnt, bounds.as_at, policy, language, zone, "measures"),
            learning.lessons(learnt, (bounds.start, bounds.as_at), policy, language, zone),
        ]

    return counted("monthly", known, bounds, context, earlier, more)


def principles(rows: Iterable[Row], bounds: Bounds, context: Context) -> Report:
    """The six principles as figures (S1a-9), and who was left without a word (S1a-3)."""
    from complaintctl.report import six_principles as six

    this, previous = happened(rows, bounds, context.policy)
    periods = (bounds.name, before(bounds, context.zone))
    return _report("principles", bounds, context, [
        six.principles(this, previous, periods, context.policy, context.currency),
        six.unheard(this, context.zone),
    ])  # fmt: skip


def improvements(as_at: int, context: Context, learnt: Learnt) -> Report:
    """All improvement measures, and whether they help (S0-20, S1b-13)."""
    from complaintctl.report import learning

    one = learning.improvements(learnt, as_at, context.policy, context.language, context.zone)
    return _report("improvements", _until(as_at), context, [one])


def lessons(
    as_at: int, context: Context, learnt: Learnt, bounds: Bounds | None = None, department: str | None = None
) -> Report:
    """The lessons by department (S0-21), all or those of a period."""
    from complaintctl.report import learning

    chosen = bounds or _until(as_at)
    between = chosen.start, chosen.as_at
    one = learning.lessons(learnt, between, context.policy, context.language, context.zone, department)
    return _report("lessons", chosen, context, [one])


def _until(as_at: int) -> Bounds:
    """All time until an instant."""
    return Bounds("", (0,), 0, as_at, as_at)


def _report(name: str, bounds: Bounds, context: Context, tables: Iterable[Table]) -> Report:
    """The tables with their head; who draws them up is said by the policy (S1c-5)."""
    owner = context.policy.get("reports", {}).get("owner")
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
        (owner, name_of(context.policy, "departments", owner, context.language)) if owner else None,
        context.volume,
    )


def _tables(
    this: Events,
    previous: Events,
    rows: list[Row],
    earlier: list[Earlier],
    bounds: Bounds,
    context: Context,
) -> list[Table]:
    """All tables, in the order of `TABLES`, what takes the headline apart behind it."""
    policy, language, currency = context.policy, context.language, context.currency
    found: dict[str, int] = {}

    def level_of(row: Row) -> int:
        ident = row["id"]
        if ident not in found:
            found[ident] = context.levels(row, this.as_at)[0]
        return found[ident]

    def climbed(row: Row) -> bool:
        return groups.climbed_from(row, this.start, level_of, context.levels) is not None

    periods = (bounds.name, before(bounds, context.zone))
    return [
        headline.headline(this, previous, periods, policy, currency, context.volume),
        *_taken_apart(this, context),
        validity.validity(this, previous, policy, language),
        groups.category(this, earlier, bounds, policy, language, currency),
        groups.severity(this, policy, language),
        groups.level(this, level_of, filter(climbed, this.open_end), policy, language),
        groups.channel(this, policy, language),
        *people.people(this, policy, language),
        timing.clocks(this, policy, language),
        steps.steps(this, rows, policy, language),
        timing.late(this, level_of, context.zone),
        timing.ageing(this, policy, language),
        remedies.remedies(this, policy, language, currency),
        quality.repeats(earlier, bounds, context.zone),
        remedies.causes(this, policy, language, currency),
        quality.quality(
            this, policy, is_late=context.is_late, active=context.active, unreadable=context.unreadable
        ),
    ]


def _taken_apart(this: Events, context: Context) -> list[Table]:
    """The headline by what was asked for."""
    if not context.by:
        return []
    from complaintctl.report.breakdown import breakdown

    policy, language, currency = context.policy, context.language, context.currency
    return [breakdown(this, what, policy, language, currency) for what in context.by]


def empty() -> Learnt:
    """Nothing learnt."""
    from complaintctl.report.learning import Learnt

    return Learnt((), (), ())


def _period(report: Report) -> dict[str, str]:
    """What a report is about; nothing where it is about all until `as_at`."""
    if not report.period:
        return {}
    return {
        "week" if "W" in report.period else "month": report.period,
        "from": times.iso(report.start, report.zone),
        "to": times.iso(report.end, report.zone),
    }


def document(report: Report, commit: str, version: str, unreadable: Sequence[str]) -> dict[str, Any]:
    """The report as plain data for JSON: the same report gives the same bytes."""
    return {
        "report": report.name,
        "period": {**_period(report), "zone": str(report.zone)},
        "as_at": times.iso(report.as_at, report.zone),
        "owner": report.owner[0] if report.owner else None,
        "volume": report.volume,
        "commit": commit,
        "version": version,
        "unreadable": sorted(unreadable),
        "tables": {
            name: {"columns": [column._asdict() for column in one.columns], "rows": one.rows}
            for name, one in report.tables.items()
        },
    }

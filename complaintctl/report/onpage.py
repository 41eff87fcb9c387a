"""What only the page of a report asks for: weeks before it, what is usual, what climbed and came again."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from complaintctl.i18n import _
from complaintctl.report import Context, counted, groups, headline, learning, quality, trend
from complaintctl.report.events import happened
from complaintctl.report.period import BEFORE, Bounds, Earlier
from complaintctl.report.tables import Column, Report, Table, filled, money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from complaintctl.report.events import Events
    from complaintctl.report.learning import Learnt
    from complaintctl.rows import Row


def needed_since(bounds: Bounds, zone: tzinfo) -> int:
    """From when on cases must be given, if they were open or anything happened to them."""
    return min(bounds.earlier[0], weeks(bounds, zone)[0])


def weeks(bounds: Bounds, zone: tzinfo) -> list[int]:
    """When each of the last weeks began, oldest first, and when the last ended.

    The last is the week that the report is about, as far as it has come; of a
    month it is the last that was over.
    """
    if "W" in bounds.name:
        return [*trend.mondays(bounds.end, zone)[:-1], bounds.as_at]
    return trend.mondays(bounds.as_at, zone)


def paged(
    name: str,
    rows: Iterable[Row],
    bounds: Bounds,
    context: Context,
    learnt: Learnt,
    earlier: Iterable[Earlier],
) -> Report:
    """The tables of a period, and those that its page shows besides.

    `rows`: those that matter from `needed_since` on; `earlier` as in `counted`.
    Raises Usage and BadData as `weekly` does.
    """
    known, others = list(rows), list(earlier)
    policy, language, zone = context.policy, context.language, context.zone

    def more(this: Events, previous: Events) -> list[Table]:
        return [
            usual(known, bounds, context),
            trend.trend(known, weeks(bounds, zone), this, policy, context.currency, zone),
            trend.satisfaction_table(this, previous),
            climbed(this, context),
            again(others, bounds, context),
            learning.improvements(learnt, bounds.as_at, policy, language, zone, "measures"),
            learning.lessons(learnt, (bounds.start, bounds.as_at), policy, language, zone),
        ]

    return counted(name, known, bounds, context, others, more)


def usual(rows: Sequence[Row], bounds: Bounds, context: Context) -> Table:
    """One row with the columns of the headline: the mean of the periods before.

    Counts and money by period; what is open, the mean of how it stood; times and
    rates those of all these periods together, so that a quiet one weighs little.
    """
    edges = (*bounds.earlier, bounds.start)
    whole = Bounds(bounds.name, edges[:1], edges[0], edges[-1], edges[-1])
    policy, currency = context.policy, context.currency
    together, _before = happened(rows, whole, policy)
    table = headline.headline(together, together, ("", ""), policy, currency)
    standing = [_open_at(rows, instant) for instant in edges]
    row = dict(table.rows[0])
    row["open_start"], row["open_end"] = sum(standing[:-1]), sum(standing[1:])
    columns = [Column("period", _("period"))]
    for column in table.columns[1:]:
        is_count = column.kind == "count"
        columns.append(column._replace(kind="number") if is_count else column)
        if is_count:
            row[column.key] = f"{Decimal(row[column.key]) / BEFORE:f}"
        elif column.kind == "money":
            row[column.key] = money([str(Decimal(row[column.key]) / BEFORE)], currency)
    row["period"] = _("mean of {count} before").format(count=BEFORE)
    return Table("usual", columns, [row], row["period"], turned=True)


def _open_at(rows: Iterable[Row], instant: int) -> int:
    """How many cases were open just before an instant."""
    return sum(
        any(span.start < instant and (span.end is None or span.end >= instant) for span in row["spans"])
        for row in rows
    )


def climbed(this: Events, context: Context) -> Table:
    """The open cases that became graver in the period, gravest first: the early warning (S1d-4)."""
    columns = [
        Column("case", _("case")),
        Column("category", _("category")),
        Column("before", _("level before")),
        Column("level", _("level")),
        Column("why", _("why")),
        Column("handler", _("handler")),
    ]

    def level_of(row: Row) -> int:
        level: int = context.levels(row, this.as_at)[0]
        return level

    rows: list[list[Any]] = []
    for row in this.open_end:
        before = groups.climbed_from(row, this.start, level_of, context.levels)
        if before is not None:
            level, hit = context.levels(row, this.as_at)
            why = context.why(row, hit) if context.why else ""
            rows.append([row["id"], row["category"], before, level, why, this.holder(row)[1]])
    rows.sort(key=lambda one: (one[3], one[0]))
    return filled("climbed", _("Became graver"), columns, rows)


def again(earlier: Iterable[Earlier], bounds: Bounds, context: Context) -> Table:
    """What came again, as the table of repeats has it, with every case of it, the latest first."""
    columns = [*quality.repeat_columns("n"), Column("cases", _("which"))]
    rows = [[*cells, " ".join(ids)] for cells, ids in quality.repeat_rows(earlier, bounds, context.zone)]
    return filled("again", _("Repeats"), columns, rows)

"""Who carries what: departments and handlers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from complaintctl.i18n import _, pgettext
from complaintctl.report.events import OVERDUE, Events, Holder
from complaintctl.report.groups import labelled, ordered
from complaintctl.report.ratios import grouped, satisfaction
from complaintctl.report.tables import Column, Table, filled, percentile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from complaintctl.policy import Policy
    from complaintctl.rows import Row


def people(events: Events, policy: Policy, language: str) -> tuple[Table, Table]:
    """The tables department and handler.

    A case counts for those who hold it as at; an assignment for those it went
    to.  `assigned`, `closed` and `reopened` count events, so that the sums are
    the headline's; `escalated` and `overdue` count cases.
    """
    inside = [ident for ident, one in policy["departments"].items() if not one.get("outside")]
    counted: list[Iterable[Row]] = [
        events.open_end,
        [row for row, _span in events.closed],
        [one.row for one in events.watched if one.status == OVERDUE],
        events.reopened,
        {row["id"]: row for row in events.escalated}.values(),
    ]
    cases = [list(map(events.holder, rows)) for rows in counted]
    departments = _table(events, policy, inside, 0, cases)
    handlers = _table(events, policy, (), 1, cases)
    columns = _columns()
    words = [[row[0], labelled(policy, "departments", row[0], language), *row[1:]] for row in departments]
    first = [Column("department", _("department")), Column("label", _("in words"))]
    return (
        filled("department", _("By department"), [*first, *columns], words),
        filled("handler", _("By handler"), [Column("handler", _("handler")), *columns], handlers),
    )


def _columns() -> list[Column]:
    return [
        Column("assigned", _("assigned"), "count"),
        Column("open", pgettext("several", "open"), "count"),
        Column("closed", _("closed"), "count"),
        Column("overdue", pgettext("several", "overdue"), "count"),
        Column("reopened", _("reopened"), "count"),
        Column("escalated", _("escalated"), "count"),
        Column("satisfaction_rate", pgettext("several", "satisfied"), "rate"),
        Column("time_to_assign", _("time to assign, median"), "duration"),
    ]


def _table(
    events: Events, policy: Policy, known: Iterable[str], part: int, cases: Iterable[list[Holder]]
) -> list[list[Any]]:
    """Rows by department (`part` 0) or handler (1); `cases`: the holders of the cases of each count."""
    assigned = grouped(events.assigned, lambda one: (one.department, one.handler)[part])
    answers = grouped(events.answers, lambda one: events.holder(one[0])[part])
    counts = [Counter([holder[part] for holder in holders]) for holders in cases]
    return [
        [
            ident,
            len(assigned.get(ident, ())),
            *(one[ident] for one in counts),
            satisfaction(events, answers.get(ident, ()), policy),
            percentile([one.at - one.row["received"] for one in assigned.get(ident, ()) if one.first], 50),
        ]
        for ident in ordered(known, {*assigned, *answers, *(ident for one in counts for ident in one)})
    ]

"""The six principles of handling complaints as figures (S1a-9), and who was left without a word (S1a-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl.hindsight import standing
from complaintctl.i18n import _
from complaintctl.lifecycle import UNHANDLED
from complaintctl.report.headline import change
from complaintctl.report.quality import recorded
from complaintctl.report.ratios import borne, first_responses, redress, satisfaction
from complaintctl.report.tables import Column, Table, filled, instant, percentile, rate

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from complaintctl.policy import Policy
    from complaintctl.report.events import Events
    from complaintctl.rows import Row


def principles(
    this: Events, previous: Events, names: tuple[str, str], policy: Policy, currency: str
) -> Table:
    """Three rows: the period, the one before, the change (of a rate: of its value).

    * satisfaction: satisfied or better / answers;
    * least loss: what the remedies carried out in the period cost, and what suppliers took over;
    * first time: from receipt to the first word, of complaints whose customer first heard in the period;
    * start to finish: of the cases open in the period that had been handed over, those whose
      customer heard nothing since (`unheard`);
    * prompt record: from receipt to registration, of cases registered in the period;
    * lessons: complaints handled to their end and closed in the period whose closing names one.
    """
    columns = [
        Column("period", _("period")),
        Column("satisfaction_rate", _("satisfaction: satisfied"), "rate"),
        Column("redress_paid", _("least loss: redress paid, {currency}").format(currency=currency), "money"),
        Column("borne", _("least loss: borne by suppliers, {currency}").format(currency=currency), "money"),
        Column("first_response_median", _("first time: first response, median"), "duration"),
        Column("first_response_p90", _("first time: first response, 90 % within"), "duration"),
        Column("unheard_rate", _("start to finish: handed over and heard nothing"), "rate"),
        Column("lag_median", _("prompt record: recorded after, median"), "duration"),
        Column("lag_p90", _("prompt record: recorded after, 90 % within"), "duration"),
        Column("lesson_rate", _("lessons: closed with a lesson"), "rate"),
    ]
    now = [names[0], *_figures(this, policy, currency)]
    before = [names[1], *_figures(previous, policy, currency)]
    kinds = (column.kind for column in columns[1:])
    rows = [now, before, ["change", *map(change, now[1:], before[1:], kinds)]]
    return filled("principles", _("Six principles"), columns, rows, turned=True)


def _figures(events: Events, policy: Policy, currency: str) -> list[Any]:
    """One row, without its name."""
    heard = first_responses(events)
    handed = handed_over(events)
    lags = [row["registered"] - row["received"] for row in recorded(events) if row["id"] not in events.void]
    last = {
        row["id"]: span.lesson
        for row, span in events.closed
        if events.is_complaint(row) and span.outcome not in UNHANDLED
    }
    return [
        satisfaction(events, events.answers, policy),
        redress(events, events.paid, currency),
        borne(events, currency),
        percentile(heard, 50),
        percentile(heard, 90),
        rate(sum(not was_told(row, events.as_at) for row in handed), len(handed)),
        percentile(lags, 50),
        percentile(lags, 90),
        rate(sum(last.values()), len(last)),
    ]


def handed_over(events: Events) -> list[Row]:
    """The cases that were open in the period and had been given to another than who recorded them."""
    known = {row["id"]: row for row in events.open_end}
    known.update((row["id"], row) for row, _span in events.closed)
    return [
        row
        for row in known.values()
        if row["handed"] is not None and row["handed"] < events.as_at and row["id"] not in events.void
    ]


def was_told(row: Row, as_at: int) -> bool:
    """Whether the customer heard something between the handing over and an instant (S1a-3)."""
    return row["handed"] is not None and any(row["handed"] <= at < as_at for at in row["heard"])


def unheard(events: Events, zone: tzinfo) -> Table:
    """The handed-over cases whose customer heard nothing since, the longest silence first.

    Who recorded a case stays its owner and is the one to speak with the customer.
    """
    columns = [
        Column("case", _("case")),
        Column("category", _("category")),
        Column("state", _("state")),
        Column("owner", _("owner")),
        Column("handler", _("handler")),
        Column("handed", _("handed over"), "instant"),
        Column("silent", _("silent for"), "duration"),
    ]
    still = {row["id"] for row in events.open_end}
    silent = (row for row in handed_over(events) if not was_told(row, events.as_at))
    return filled("unheard", _("Handed over, and the customer heard nothing since"), columns, [
        [
            row["id"],
            row["category"],
            standing(row, events.as_at, events.policy) if row["id"] in still else "closed",
            row["owner"],
            events.holder(row)[1],
            instant(row["handed"] or 0, zone),
            events.as_at - (row["handed"] or 0),
        ]
        for row in _by_handing(silent)
    ])  # fmt: skip


def _by_handing(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["handed"] or 0, row["id"]))

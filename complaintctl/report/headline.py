"""The headline: the balance of the period, its rates and times, and the same of the period before."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from complaintctl.i18n import _, pgettext
from complaintctl.lifecycle import VOID
from complaintctl.report.ratios import (
    closing_times,
    first_responses,
    last_closings,
    on_time,
    redress,
    satisfaction,
    upheld,
)
from complaintctl.report.tables import Column, Table, filled, per_thousand, percentile, rate

if TYPE_CHECKING:
    from complaintctl.policy import Policy
    from complaintctl.report.events import Events


def headline(
    this: Events,
    previous: Events,
    names: tuple[str, str],
    policy: Policy,
    currency: str,
    volume: int | None = None,
) -> Table:
    """Three rows: the period, the one before, the change (of a rate: of its value).

    Times and the escalation and reopening rates are those of the complaints that
    were closed in the period, each once: time to close from receipt to the last
    closing; escalated at least once / assigned; reopened before / closed.  First
    response is that of the complaints whose customer first heard in the period.

    ``open_start + received + reopened - closed = open_end``, over all cases: a
    case that was closed twice counts twice. `requests` are part of `received`,
    `void` is part of `closed`.

    With a `volume` (sales or visits of the period) two columns more: that, and the
    complaints received for every 1,000 of it, void ones left out (S1b-14).
    """
    columns = [Column("period", _("period")), *_columns(currency)]
    now = [names[0], *_figures(this, policy, currency)]
    before = [names[1], *_figures(previous, policy, currency)]
    if volume is not None:
        columns += [
            Column("volume", _("volume"), "count"),
            Column("per_thousand", _("complaints per 1,000"), "number"),
        ]
        now += [volume, per_thousand(sum(map(this.is_complaint, this.received)), volume)]
        before += [None, None]
    kinds = (column.kind for column in columns[1:])
    rows = [now, before, ["change", *map(change, now[1:], before[1:], kinds)]]
    return filled("headline", _("Headline"), columns, rows, turned=True)


def _columns(currency: str) -> list[Column]:
    """What a row says, without its name."""
    return [
        *balance_columns(),
        Column("first_response_median", _("first response, median"), "duration"),
        Column("first_response_p90", _("first response, 90 % within"), "duration"),
        Column("time_to_close_median", _("time to close, median"), "duration"),
        Column("time_to_close_p90", _("time to close, 90 % within"), "duration"),
        Column("upheld_rate", _("upheld"), "rate"),
        Column("satisfaction_rate", pgettext("several", "satisfied"), "rate"),
        Column("on_time_rate", _("on time"), "rate"),
        Column("escalation_rate", _("escalated"), "rate"),
        Column("reopen_rate", _("reopened before"), "rate"),
        Column("redress_paid", _("redress paid, {currency}").format(currency=currency), "money"),
    ]


def balance_columns() -> list[Column]:
    """The balance of cases: what was open, came in, was closed, and is open still."""
    return [
        Column("open_start", _("open at start"), "count"),
        Column("received", _("received"), "count"),
        Column("requests", _("of which requests"), "count"),
        Column("reopened", _("reopened"), "count"),
        Column("closed", _("closed"), "count"),
        Column("void", _("of which void"), "count"),
        Column("open_end", _("open at end"), "count"),
    ]


def _figures(events: Events, policy: Policy, currency: str) -> list[Any]:
    """One row in the order of `_columns`."""
    heard = first_responses(events)
    last = last_closings(events, events.closed)
    times = closing_times(events, events.closed)
    assigned = [row for row, _span in last if any(one[0] < events.as_at for one in row["assigned"])]
    escalated = sum(any(at < events.as_at for at in row["escalated"]) for row in assigned)
    again = sum(span.start != row["received"] for row, span in last)
    return [
        events.open_start,
        len(events.received),
        sum(row["kind"] != "complaint" for row in events.received),
        len(events.reopened),
        len(events.closed),
        sum(span.outcome in VOID for _row, span in events.closed),
        len(events.open_end),
        percentile(heard, 50),
        percentile(heard, 90),
        percentile(times, 50),
        percentile(times, 90),
        upheld(events, events.decided),
        satisfaction(events, events.answers, policy),
        on_time(events.kept),
        rate(escalated, len(assigned)),
        rate(again, len(last)),
        redress(events, events.paid, currency),
    ]


def change(now: Any, before: Any, kind: str) -> Any:
    """The difference of two cells of a kind; None where one is missing."""
    if kind == "rate":
        return {"numerator": None, "denominator": None, "value": _less(now["value"], before["value"])}
    if kind in {"money", "number"}:
        return _less(now, before)
    return None if now is None or before is None else now - before


def _less(now: str | None, before: str | None) -> str | None:
    """The difference of two decimal texts."""
    return None if now is None or before is None else str(Decimal(now) - Decimal(before))

"""The headline taken apart: its figures by department, category, handler or channel (S1d-5, S1c-5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from complaintctl.i18n import _, pgettext
from complaintctl.lifecycle import VOID
from complaintctl.report.groups import labelled, ordered
from complaintctl.report.headline import balance_columns
from complaintctl.report.ratios import closing_times, grouped, on_time, redress, satisfaction
from complaintctl.report.tables import Column, Table, filled, percentile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from complaintctl.policy import Policy
    from complaintctl.report.events import Events
    from complaintctl.rows import Row

Key = Callable[["Row"], Any]

BY = ("department", "category", "handler", "channel")
PREFIX = "by-"


def name_by(what: str) -> str:
    """The name of the table that takes the headline apart: ``by-department``."""
    return PREFIX + what


def breakdown(events: Events, what: str, policy: Policy, language: str, currency: str) -> Table:
    """One row for each value of `what` (one of `BY`), with the figures of the headline.

    Every case belongs to one row, with all that happened to it in the period: to
    the department or handler that holds it as at, to its category, to its
    channel.  So the counts and sums of a column, and the numerators and
    denominators of a rate, add up to the headline's, and the balance holds in each
    row: ``open_start + received + reopened - closed = open_end``.  Medians do not
    add up.  `missed` counts the deadlines that ``on_time_rate`` counts as not met,
    `remedies` those carried out in the period, which is what ``redress_paid`` cost.
    """
    names = {
        "department": _("department"),
        "category": _("category"),
        "handler": _("handler"),
        "channel": _("channel"),
    }
    titles = {
        "department": _("Headline, by department"),
        "category": _("Headline, by category"),
        "handler": _("Headline, by handler"),
        "channel": _("Headline, by channel"),
    }
    words = what != "handler"  # a person is called by the id everywhere
    columns = [Column(what, names[what]), *([Column("label", _("in words"))] if words else ())]
    rows: list[list[Any]] = []
    for ident, figures in _figures(events, what, policy, currency):
        label = [labelled(policy, _KINDS[what], ident, language)] if words else []
        rows.append([ident, *label, *figures])
    return filled(name_by(what), titles[what], [*columns, *_columns(currency)], rows)


_KINDS = {"department": "departments", "category": "categories", "channel": "channels"}


def _columns(currency: str) -> list[Column]:
    return [
        *balance_columns(),
        Column("missed", _("deadlines missed"), "count"),
        Column("on_time_rate", _("on time"), "rate"),
        Column("time_to_close_median", _("time to close, median"), "duration"),
        Column("satisfaction_rate", pgettext("several", "satisfied"), "rate"),
        Column("remedies", _("remedies carried out"), "count"),
        Column("redress_paid", _("redress paid, {currency}").format(currency=currency), "money"),
    ]


def _key(events: Events, what: str) -> Key:
    """What a case is put under."""
    if what in {"department", "handler"}:
        part = 0 if what == "department" else 1
        return lambda row: events.holder(row)[part]
    return (lambda row: row["category"]) if what == "category" else (lambda row: row["channel"])


def _known(policy: Policy, what: str) -> Iterable[str]:
    """What always has a row, in the policy's order: all that it names, but no department outside."""
    if what == "handler":
        return ()
    if what == "department":
        return [ident for ident, one in policy["departments"].items() if not one.get("outside")]
    return policy["categories"] if what == "category" else policy["channels"]


def _figures(events: Events, what: str, policy: Policy, currency: str) -> Iterable[tuple[Any, list[Any]]]:
    """Each value with its figures in the order of `_columns`."""
    key = _key(events, what)
    received, still, reopened = (
        grouped(cases, key) for cases in (events.received, events.open_end, events.reopened)
    )
    closed, answers = grouped(events.closed, _first(key)), grouped(events.answers, _first(key))
    kept, paid = grouped(events.kept, _first(key)), grouped(events.paid, _first(key))
    found = {*received, *still, *reopened, *closed, *answers, *kept, *paid}
    for ident in ordered(_known(policy, what), found):
        came, left = received.get(ident, []), closed.get(ident, [])
        again, at_end = len(reopened.get(ident, ())), len(still.get(ident, ()))
        rate = on_time(kept.get(ident, ()))
        done = paid.get(ident, ())
        figures = [
            at_end + len(left) - len(came) - again,
            len(came),
            sum(row["kind"] != "complaint" for row in came),
            again,
            len(left),
            sum(span.outcome in VOID for _row, span in left),
            at_end,
            rate["denominator"] - rate["numerator"],
            rate,
            percentile(closing_times(events, left), 50),
            satisfaction(events, answers.get(ident, ()), policy),
            sum(events.within(one.done) for _row, one in done),
            redress(events, done, currency),
        ]
        yield ident, figures


def _first(key: Key) -> Callable[[tuple[Any, ...]], Any]:
    """The key of something that begins with its case."""
    return lambda one: key(one[0])

"""What was given, and what was behind it: the ledger of remedies and the root causes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from complaintctl.i18n import _
from complaintctl.labels import name_of
from complaintctl.report.events import UPHELD, Events
from complaintctl.report.groups import labelled, ordered
from complaintctl.report.ratios import borne, grouped, redress
from complaintctl.report.tables import Column, Table, filled, money

if TYPE_CHECKING:
    from complaintctl.policy import Policy


def remedies(events: Events, policy: Policy, language: str, currency: str) -> Table:
    """The ledger: what was proposed, approved and carried out in the period, and who approved.

    `amount` is what the customers were granted; `cost` and `goodwill` (part of
    it) are what the executed ones cost.  One column ``by_ROLE`` for each role of
    the ladder counts the approved ones.  `borne` is what suppliers took over in the
    period (S0-15); it belongs to a case and to no single remedy, so it has a row
    without a remedy.
    """
    kinds = grouped(events.paid, lambda one: one[1].kind)
    approved = [paid for _row, paid in events.paid if events.within(paid.approved)]
    ladder = [rung["role"] for rung in policy["authority"]["ladder"]]
    roles = ordered(ladder, {paid.role for paid in approved if paid.role})
    columns = _ledger_columns(currency)
    columns += [Column(f"by_{role}", name_of(policy, "roles", role, language), "count") for role in roles]
    nothing = money((), currency)
    rows: list[list[Any]] = []
    for kind in ordered((one for one in policy["remedies"] if one in kinds), kinds):
        here = [paid for _row, paid in kinds.get(kind, ())]
        granted = [paid for paid in here if events.within(paid.approved)]
        done = [paid for paid in here if events.within(paid.done)]
        deciders = Counter(paid.role for paid in granted)
        rows.append([
            kind,
            labelled(policy, "remedies", kind, language),
            sum(events.within(paid.proposed) for paid in here),
            len(granted),
            len(done),
            money((paid.amount for paid in granted), currency),
            money((paid.cost for paid in done), currency),
            money((paid.cost for paid in done if paid.goodwill), currency),
            nothing,
            *(deciders[role] for role in roles),
        ])  # fmt: skip
    if events.borne:
        counts, sums, deciding = [0] * 3, [nothing] * 3, [0] * len(roles)
        rows.append([None, _("borne by suppliers"), *counts, *sums, borne(events, currency), *deciding])
    return filled("remedies", _("Remedies"), columns, rows)


def _ledger_columns(currency: str) -> list[Column]:
    """Those that every ledger has."""
    return [
        Column("remedy", _("remedy")),
        Column("label", _("in words")),
        Column("proposed", _("proposed"), "count"),
        Column("approved", _("approved"), "count"),
        Column("executed", _("executed"), "count"),
        Column("amount", _("amount approved, {currency}").format(currency=currency), "money"),
        Column("cost", _("cost executed, {currency}").format(currency=currency), "money"),
        Column("goodwill", _("of which goodwill, {currency}").format(currency=currency), "money"),
        Column("borne", _("borne by suppliers, {currency}").format(currency=currency), "money"),
    ]


def causes(events: Events, policy: Policy, language: str, currency: str) -> Table:
    """Root causes of the cases found founded or partly founded in the period, most frequent first.

    `redress` is the cost of what was carried out in the period for cases of
    that cause, whenever the verdict on them fell.
    """
    columns = [
        Column("cause", _("cause")),
        Column("label", _("in words")),
        Column("founded", _("founded"), "count"),
        Column("departments", _("departments")),
        Column("redress", _("redress paid, {currency}").format(currency=currency), "money"),
    ]
    founded = grouped((row for row in events.decided if row["verdict"] in UPHELD), lambda row: row["cause"])
    done = [one for one in events.paid if events.within(one[1].done)]
    paid = grouped(done, lambda one: one[0]["cause"])
    rows: list[list[Any]] = []
    found = {*founded, *paid}
    for ident in sorted(found, key=lambda ident: (-len(founded.get(ident, ())), ident is None, ident or "")):
        cases = founded.get(ident, [])
        departments = {events.holder(row)[0] for row in cases} - {None}
        rows.append([
            ident,
            labelled(policy, "causes", ident, language),
            len(cases),
            " ".join(sorted(one for one in departments if one)),
            redress(events, paid.get(ident, ()), currency),
        ])  # fmt: skip
    return filled("causes", _("Root causes"), columns, rows)

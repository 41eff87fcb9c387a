"""Time: the clocks of the period, what is late or about to be, and how old the open cases are."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from typing import TYPE_CHECKING, Any

from complaintctl.hindsight import standing
from complaintctl.i18n import _, pgettext
from complaintctl.lifecycle import STATES
from complaintctl.report.groups import labelled, ordered
from complaintctl.report.tables import Column, Table, filled, instant, rate

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from complaintctl.policy import Policy
    from complaintctl.report.events import Events
    from complaintctl.rows import Row

DAY = 86400
YOUNGER = tuple(days * DAY for days in (1, 3, 8, 16, 31))  # the first age that is in the next band


def clocks(events: Events, policy: Policy, language: str) -> Table:
    """The deadlines due in the period, void cases left out; `on_hold` are those that a hold stops as at.

    ``due = met + missed + waiting``: one that ended with its round before it
    was due is none of these.  `worst` is the longest delay, up to when it was
    met after all, or as at.
    """
    columns = [
        Column("clock", _("deadline")),
        Column("label", _("in words")),
        Column("due", pgettext("several", "due"), "count"),
        Column("met", pgettext("several", "met"), "count"),
        Column("missed", pgettext("several", "missed"), "count"),
        Column("waiting", _("not yet due"), "count"),
        Column("on_hold", _("on hold"), "count"),
        Column("on_time_rate", _("on time"), "rate"),
        Column("worst", _("worst delay"), "duration"),
    ]
    due = Counter(events.due)
    found = {name for name, state in due if state != "ended"}
    held = Counter(name for row, name in events.held if row["id"] not in events.void)
    rows: list[list[Any]] = []
    for name in ordered(policy["deadlines"], found | held.keys()):
        met, missed = due[name, "met"], due[name, "missed"]
        waiting = due[name, "waiting"] + due[name, "on-hold"]
        rows.append([
            name,
            labelled(policy, "deadlines", name, language),
            met + missed + waiting,
            met,
            missed,
            waiting,
            held[name],
            rate(met, met + missed),
            events.worst.get(name),
        ])  # fmt: skip
    return filled("clocks", _("Deadlines"), columns, rows)


def late(events: Events, level_of: Callable[[Row], Any], zone: tzinfo) -> Table:
    """Open cases overdue, or with more than 80 % of the time used up: the nearest deadline first.

    A case stands here once, with its first such deadline; `more` counts the others.
    """
    columns = [
        Column("case", _("case")),
        Column("category", _("category")),
        Column("level", _("level")),
        Column("state", _("state")),
        Column("handler", _("handler")),
        Column("clock", _("deadline")),
        Column("due", _("due"), "instant"),
        Column("remaining", _("remaining"), "duration"),
        Column("status", _("status")),
        Column("more", _("more"), "count"),
    ]
    as_at, policy = events.as_at, events.policy
    rows: list[dict[str, Any]] = []
    for row, name, due, status, more in sorted(events.watched, key=lambda one: (one.due, one.row["id"])):
        rows.append({
            "case": row["id"],
            "category": row["category"],
            "level": level_of(row),
            "state": standing(row, as_at, policy),
            "handler": events.holder(row)[1],
            "clock": name,
            "due": instant(due, zone),
            "remaining": due - as_at,
            "status": status,
            "more": more,
        })  # fmt: skip
    return Table("late", columns, rows, _("Overdue and at risk"))


def ageing(events: Events, policy: Policy, language: str) -> Table:
    """Open cases by state and by days since receipt: under 1, 3, 8, 16, 31, and older."""
    columns = [
        Column("state", _("state")),
        Column("label", _("in words")),
        Column("d1", _("< 1 d"), "count"),
        Column("d3", _("1-3 d"), "count"),
        Column("d7", _("3-7 d"), "count"),
        Column("d15", _("8-15 d"), "count"),
        Column("d30", _("16-30 d"), "count"),
        Column("older", _("> 30 d"), "count"),
        Column("total", _("total"), "count"),
    ]
    as_at = events.as_at
    ages = [
        (standing(row, as_at, policy), bisect(YOUNGER, as_at - row["received"])) for row in events.open_end
    ]
    cells = Counter(ages)
    rows: list[list[Any]] = []
    found = {state for state, _band in cells}
    for state in ordered((one for one in STATES if one in found), found):
        counts = [cells[state, band] for band in range(len(YOUNGER) + 1)]
        rows.append([state, labelled(policy, "states", state, language), *counts, sum(counts)])
    return filled("ageing", _("Age of open cases"), columns, rows)

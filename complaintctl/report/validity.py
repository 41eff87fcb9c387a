"""Which cases are valid complaints, and of which class; requests and unfounded ones apart (S1d-1, S1d-5)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from complaintctl.i18n import _
from complaintctl.report.groups import labelled, ordered
from complaintctl.report.tables import Column, Table, filled, rate

if TYPE_CHECKING:
    from complaintctl.policy import Policy
    from complaintctl.report.events import Events
    from complaintctl.rows import Row

VALID, UNFOUNDED, VOID = "valid", "unfounded", "void"
REQUESTS = ("help", "enquiry", "venting")
UNCLASSIFIED = ""  # the class of what nobody has classified yet


def validity_of(row: Row, events: Events) -> str:
    """valid: a complaint that was not found unfounded by the end of the period; else what it is."""
    if row["id"] in events.void:
        return VOID
    if row["kind"] != "complaint":
        return row["kind"]
    return UNFOUNDED if _decided(row, events) and row["verdict"] == UNFOUNDED else VALID


def _decided(row: Row, events: Events) -> bool:
    return row["verdict_at"] is not None and row["verdict_at"] < events.as_at


def class_of(row: Row) -> str:
    """The group of the category: `goods` of `goods.spoiled`."""
    return (row["category"] or UNCLASSIFIED).partition(".")[0]


def validity(this: Events, previous: Events, policy: Policy, language: str) -> Table:
    """The received cases by what they turned out to be; the valid ones also by class.

    A row without a class counts all, so these add up to the cases received; a
    row with one is a part of the valid ones.  `decided`: on how many a verdict
    fell.  `share`: of the cases received that are not void; of a class, of the
    valid ones.
    """
    columns = [
        Column("validity", _("validity")),
        Column("class", _("class")),
        Column("label", _("in words")),
        Column("n", _("received"), "count"),
        Column("decided", _("of which decided"), "count"),
        Column("previous", _("period before"), "count"),
        Column("share", _("share"), "rate"),
    ]
    now, decided = _counted(this)
    before, _unused = _counted(previous)
    total = sum(now[one, None] for one in (VALID, UNFOUNDED, *REQUESTS))
    words = {
        VALID: _("valid complaints"),
        UNFOUNDED: _("unfounded complaints"),
        **{kind: labelled(policy, "kinds", kind, language) for kind in REQUESTS},
        VOID: _("entered in error, or twice"),
    }
    tops = dict.fromkeys(ident.partition(".")[0] for ident in policy["categories"])
    found = {group for one, group in {*now, *before} if one == VALID and group is not None}
    classes = ordered((top for top in tops if top in found), found)
    rows: list[list[Any]] = []
    for one, label in words.items():
        share = rate(now[one, None], total) if one != VOID else rate(0, 0)
        rows.append([one, None, label, now[one, None], decided[one, None], before[one, None], share])
        for group in classes if one == VALID else ():
            name = labelled(policy, "categories", group, language) if group else _("not classified yet")
            key = VALID, group
            part = rate(now[key], now[VALID, None])
            rows.append([VALID, group, name, now[key], decided[key], before[key], part])
    return filled("validity", _("By validity and class"), columns, rows)


_Counts = Counter[tuple[str, str | None]]


def _counted(events: Events) -> tuple[_Counts, _Counts]:
    """How many cases were received, and decided on, by validity and class (None: all of them)."""
    received: _Counts = Counter()
    decided: _Counts = Counter()
    for row in events.received:
        one = validity_of(row, events)
        keys = [(one, None), (one, class_of(row))]
        received.update(keys)
        if _decided(row, events):
            decided.update(keys)
    return received, decided

"""Handling itself: how long each step took, and so where time is lost (S0-22)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl.i18n import _
from complaintctl.report.groups import labelled
from complaintctl.report.tables import Column, Table, filled, percentile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from complaintctl.policy import Policy
    from complaintctl.report.events import Events
    from complaintctl.rows import Row

REOPEN = "reopen"
ORDER = (
    REOPEN, "new", "classify", "assign", "investigate", "propose", "approve", "respond", "fulfil",
    "follow-up", "close",
)  # fmt: skip
_PLACE = {step: place for place, step in enumerate(ORDER)}


def taken(row: Row) -> list[tuple[int, int, str]]:
    """Every dated step of a case, in order: instant, place in `ORDER`, verb.

    Classified counts as no later than the first step that needs it, because it is
    overwritten when somebody classifies again; of verdicts the last is dated.
    """
    spans, verdict, classified = row["spans"], row["verdict_at"], row["classified"]
    paid = {one.proposal: one for one in row["paid"]}.values() if row["paid"] else ()
    assigned = [at for at, _department, _handler in row["assigned"]]
    decided = [one.returned if one.approved is None else one.approved for one in paid]
    proposed = [one.proposed for one in paid]
    if classified is not None:
        classified = min([classified, *assigned, *proposed, *([] if verdict is None else [verdict])])
    dated: tuple[tuple[str, Iterable[int | None]], ...] = (
        ("new", (row["registered"],)),
        ("classify", (classified,)),
        ("assign", assigned),
        ("investigate", (verdict,)),
        ("propose", proposed),
        ("approve", decided),
        ("respond", row["answered"]),
        ("fulfil", row["fulfilled"]),
        ("follow-up", [at for at, _rating in row["satisfied"]]),
        (REOPEN, [span.start for span in spans[1:]]),
        ("close", [span.end for span in spans]),
    )
    found = [(at, _PLACE[step], step) for step, instants in dated for at in instants if at is not None]
    found.sort()
    return found


def steps(events: Events, rows: Iterable[Row], policy: Policy, language: str) -> Table:
    """How long the steps took that were made in the period: each since the one before it, or the receipt.

    Complaints only, void ones left out.  A reopened case starts again with its
    reopening.  `total` is the time that all of them took: the largest is where
    time is lost.
    """
    columns = [
        Column("step", _("step")),
        Column("label", _("in words")),
        Column("n", _("made"), "count"),
        Column("median", _("median"), "duration"),
        Column("p90", _("90 % within"), "duration"),
        Column("worst", _("longest"), "duration"),
        Column("total", _("all together"), "duration"),
    ]
    lasted: dict[str, list[int]] = {step: [] for step in ORDER if step != REOPEN}
    start, as_at = events.start, events.as_at
    for row in rows:
        if row["last"] >= start and row["received"] < as_at and events.is_complaint(row):
            before = row["received"]
            for at, _place, step in taken(row):
                if start <= at < as_at and step != REOPEN:
                    lasted[step].append(at - before)
                before = at
    found: list[list[Any]] = [
        [
            step,
            labelled(policy, "steps", step, language),
            len(times),
            percentile(times, 50),
            percentile(times, 90),
            max(times, default=None),
            sum(times) if times else None,
        ]
        for step, times in lasted.items()
    ]
    return filled("steps", _("Time at each step"), columns, found)

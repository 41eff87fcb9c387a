"""Handling itself: how long each step took, and so where time is lost (S0-22)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl.i18n import _
from complaintctl.report.groups import labelled
from complaintctl.report.tables import Column, Table, filled, percentile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
    return sorted((at, _PLACE[step], step) for at, step in _dated(row))


def _dated(row: Row) -> Iterator[tuple[int, str]]:
    yield row["registered"], "new"
    paid = {one.proposal: one for one in row["paid"]}.values()
    assigned = [at for at, _department, _handler in row["assigned"]]
    if row["classified"] is not None:
        needing = [*assigned, row["verdict_at"], *(one.proposed for one in paid)]
        yield min([row["classified"], *(at for at in needing if at is not None)]), "classify"
    yield from ((at, "assign") for at in assigned)
    if row["verdict_at"] is not None:
        yield row["verdict_at"], "investigate"
    for one in paid:
        yield one.proposed, "propose"
        decided = one.returned if one.approved is None else one.approved
        if decided is not None:
            yield decided, "approve"
    yield from ((at, "respond") for at in row["answered"])
    yield from ((at, "fulfil") for at in row["fulfilled"])
    yield from ((at, "follow-up") for at, _rating in row["satisfied"])
    yield from ((span.start, REOPEN) for span in row["spans"][1:])
    yield from ((span.end, "close") for span in row["spans"] if span.end is not None)


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
    for row in rows:
        if row["last"] >= events.start and row["received"] < events.as_at and events.is_complaint(row):
            before = row["received"]
            for at, _place, step in taken(row):
                if step != REOPEN and events.within(at):
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

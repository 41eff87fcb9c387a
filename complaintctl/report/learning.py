"""What was learnt: improvement measures and whether they help, lessons by department (S0-20, S0-21)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from complaintctl import measures, times
from complaintctl.i18n import _
from complaintctl.report.groups import labelled, ordered
from complaintctl.report.quality import NAMED
from complaintctl.report.ratios import grouped
from complaintctl.report.tables import Column, Table, filled
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import tzinfo

    from complaintctl.case import Case
    from complaintctl.measures import Measure
    from complaintctl.policy import Policy

OPEN, LATE, DONE, ENDED = "open", "late", "done", "ended"


class Upheld(NamedTuple):
    """A case that was found founded or partly founded, with its root cause."""

    id: str
    received: int
    cause: str
    product: str | None
    department: str | None


class Lesson(NamedTuple):
    """What one closing names as learnt."""

    case: str
    at: int
    lesson: str
    prevention: str | None
    cause: str | None
    departments: tuple[str | None, ...]  # that are to learn it; else the one that was responsible


class Learnt(NamedTuple):
    """All that a register has learnt, as far as a report may need it."""

    measures: Sequence[Measure]
    upheld: Sequence[Upheld]
    lessons: Iterable[Lesson]


def lessons_of(case: Case, department: str | None) -> Iterator[Lesson]:
    """The lessons of a case; `department`: the one responsible for it."""
    for number, closure in enumerate(case.get("closures", ()), 1):
        if "lesson" not in closure:
            continue
        verdicts = [
            one
            for one in case.get("investigations", ())
            if "verdict" in one and one.get("round", 1) <= number
        ]
        yield Lesson(
            case["id"],
            times.epoch(closure["at"]),
            closure["lesson"],
            closure.get("prevention"),
            verdicts[-1].get("cause") if verdicts else None,
            tuple(closure.get("lesson_for", ())) or (department,),
        )


def improvements(
    learnt: Learnt, as_at: int, policy: Policy, language: str, zone: tzinfo, name: str = "improvements"
) -> Table:
    """Every measure recorded before `as_at`: the open ones first, the one due first at the top.

    `late`: by how much it is late, or was when it was done.  `came_back`: cases
    received after it was (first) done whose cause is that of the measure's case,
    with the same product or department responsible; then it is not `effective`.
    That is left empty where it is not done, or its case has no cause.
    """
    causes = grouped(learnt.upheld, lambda one: one.cause)
    known = {one.id: one for one in learnt.upheld}
    rows = [
        _measure_row(
            measures.as_before(one, as_at), as_at, policy, language, zone, known.get(one.case), causes
        )
        for one in learnt.measures
        if one.since < as_at
    ]
    table = filled(name, _("Improvement measures"), _measure_columns(), rows)
    table.rows.sort(
        key=lambda row: (
            row["status"] in {DONE, ENDED},
            row["due"] or row["done"] or "",
            row["case"],
            row["number"],
        )
    )
    return table


def _measure_columns() -> list[Column]:
    return [
        Column("case", _("case")),
        Column("number", _("no."), "count"),
        Column("measure", _("measure")),
        Column("kind", _("kind")),
        Column("label", _("in words")),
        Column("owner", _("owner")),
        Column("status", _("status")),
        Column("due", _("due"), "date"),
        Column("done", _("done"), "date"),
        Column("times", _("times done"), "count"),
        Column("late", _("late by"), "duration"),
        Column("every", _("every, days"), "count"),
        Column("also", _("also")),
        Column("effective", _("effective")),
        Column("came_back", _("came back")),
    ]


def _measure_row(
    one: Measure,
    as_at: int,
    policy: Policy,
    language: str,
    zone: tzinfo,
    own: Upheld | None,
    causes: dict[str, list[Upheld]],
) -> list[Any]:
    """The cells of one measure, in the order of `_measure_columns`."""
    due = measures.due_of(one, as_at, zone)
    back = came_back(one, own, causes.get(own.cause, ()), as_at) if own and one.done else []
    effective = ("no" if back else "yes") if own and one.done else None
    over = DONE if one.every is None else ENDED
    return [
        one.case,
        one.number,
        one.measure,
        one.kind,
        labelled(policy, "measures", one.kind, language),
        one.owner,
        over if due is None else LATE if due.late else OPEN,
        None if due is None else due.day.isoformat(),
        times.day_of(one.done[-1], zone).isoformat() if one.done else None,
        len(one.done),
        _late_by(one, due, as_at, zone),
        one.every,
        one.also,
        effective,
        " ".join(back[:NAMED]) + (" …" if len(back) > NAMED else ""),
    ]


def _late_by(one: Measure, due: measures.Due | None, as_at: int, zone: tzinfo) -> int | None:
    """By how many seconds a measure is late, or was when it was done; None where it is or was in time."""
    if due is not None:
        return as_at - due.at if due.late else None
    if one.every is not None or not one.done:
        return None
    over = one.done[0] - times.midnight(date.fromisoformat(one.due) + timedelta(days=1), zone)
    return over if over >= 0 else None


def came_back(one: Measure, own: Upheld, others: Iterable[Upheld], as_at: int) -> list[str]:
    """The cases in which what a measure was taken against came back after it was done, in order of receipt.

    `own`: the case of the measure; `others`: the cases of the same cause.
    """
    found = [
        other
        for other in others
        if other.id != one.case
        and one.done[0] < other.received < as_at
        and (_same(other.product, own.product) or _same(other.department, own.department))
    ]
    return [other.id for other in sorted(found, key=lambda other: (other.received, other.id))]


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and one == other


def lessons(
    learnt: Learnt,
    between: tuple[int, int],
    policy: Policy,
    language: str,
    zone: tzinfo,
    department: str | None = None,
) -> Table:
    """The lessons of closings in ``start <= at < as_at``, by the department that is to learn them.

    A lesson for several departments has a row for each.  One that names none is
    for the department that was responsible.  `department`: only its rows.
    """
    columns = [
        Column("department", _("department")),
        Column("department_label", _("in words")),
        Column("lesson", _("lesson")),
        Column("prevention", _("prevention")),
        Column("case", _("case")),
        Column("cause", _("cause")),
        Column("label", _("in words")),
        Column("date", _("date"), "date"),
    ]
    start, as_at = between
    found = [(who, one) for one in learnt.lessons if start <= one.at < as_at for who in one.departments]
    by_department = grouped(found, lambda one: one[0])
    rows: list[list[Any]] = []
    for who in ordered(policy["departments"], by_department):
        if department is not None and who != department:
            continue
        here = [one for _who, one in by_department.get(who, ())]
        rows += [
            [
                who,
                labelled(policy, "departments", who, language),
                one.lesson,
                one.prevention,
                one.case,
                one.cause,
                labelled(policy, "causes", one.cause, language),
                times.day_of(one.at, zone).isoformat(),
            ]
            for one in sorted(here, key=lambda one: (one.at, one.case))
        ]
    return filled("lessons", _("Lessons"), columns, rows)

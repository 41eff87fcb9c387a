"""A row in hindsight: where the same is seen of two versions of a case, every report says the same."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaintctl import levels, report, summary, times
from complaintctl.hindsight import UNSEEN, seen
from complaintctl.workdays import WorkCalendar
from tests import bench, lives
from tests.bench import REFUND, SOUR

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.rows import Row

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar(None, ZONE)
POLICY: Any = bench.rules()[0]
DAY = 24 * 60  # minutes


def row_of(case: Case, *without: str) -> Row:
    row: Any = summary.row_of(case, POLICY, CALENDAR)
    return {field: value for field, value in row.items() if field not in without}  # type: ignore[return-value]


def reports(rows: list[Row], as_at: int) -> list[Any]:
    """The tables of all reports that rows are counted for, as at an instant."""

    def level(row: Row, instant: int) -> tuple[int, Any]:
        hit = levels.level_at(row["hits"], instant, lambda _hit: False)
        return hit.level, hit

    context = report.Context(
        POLICY, level, ZONE, "en", "CNY", lambda one, other: other > one + 3600, {"li.na"}
    )
    week, month = times.week_of(times.day_of(as_at - 1, ZONE)), f"{times.day_of(as_at - 1, ZONE):%Y-%m}"
    made = [
        report.counted("weekly", rows, report.week(week, as_at, ZONE), context),
        report.monthly(rows, month, as_at, context, report.empty()),
        report.principles(rows, report.week(week, as_at, ZONE), context),
    ]
    return [{name: one.rows for name, one in each.tables.items()} for each in made]


def is_open(case: Case) -> bool:
    return case["state"] != "closed"


def same(old: Case, new: Case, minutes: float) -> bool:
    as_at = times.epoch(bench.at(minutes))
    return seen(row_of(old), as_at, POLICY) == seen(row_of(new), as_at, POLICY)


@settings(max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**6))
def test_where_the_same_is_seen_every_report_says_the_same(seed: int) -> None:
    chance = Random(seed)
    trail = [step.after for step in lives.life(chance, 14)]
    instants = sorted({times.epoch(at) for case in trail for at in _signed(case)})
    others = [row_of(case) for case in _others(chance)]
    for old, new in pairwise(trail):
        if not (is_open(old) and is_open(new)):
            continue
        for as_at in {chance.choice(instants) + chance.choice((0, 1, DAY)) for _number in range(4)}:
            before, after = row_of(old), row_of(new)
            if seen(before, as_at, POLICY) == seen(after, as_at, POLICY):
                assert reports([before, *others], as_at) == reports([after, *others], as_at)


def _signed(case: Case) -> list[str]:
    return summary._signed(case, [])


def _others(chance: Random) -> list[Case]:
    found = []
    for number in range(3):
        case: Any = lives.life(chance, 10)[-1].after
        found.append({**case, "id": f"{case['id'][:-1]}{number}"})
    return found


def test_reports_look_at_nothing_that_is_not_seen() -> None:
    """The rows are without it: whoever looks gets a KeyError. What was done last only spares a look."""
    for number, case in enumerate(bench.road(700)):
        as_at = times.epoch(bench.at(700 * number + 1))
        assert reports([row_of(case, *UNSEEN - {"last"})], as_at) == reports([row_of(case)], as_at)
        later: Any = {**row_of(case), "last": as_at - 1}
        assert reports([later], as_at) == reports([row_of(case)], as_at)


BEGUN: list[tuple[str, str, dict[str, Any]]] = [("classify", "li.na", {"category": "goods.spoiled"}),
                                                ("assign", "li.na", {"to": "zhao.wei"})]  # fmt: skip
FOUND = [*BEGUN, ("investigate", "zhao.wei", SOUR)]
PROPOSED = [*FOUND, ("propose", "zhao.wei", REFUND)]
CALL: dict[str, Any] = {"method": "phone", "note": "told her"}


@pytest.mark.parametrize(
    ("road", "verb", "by", "inputs", "expected"),
    [
        ([], "contact", "li.na", CALL, True),
        (BEGUN, "contact", "li.na", CALL, True),
        (FOUND, "propose", "zhao.wei", REFUND, True),
        (PROPOSED, "approve", "sun.min", {"note": "fine"}, True),
        ([], "classify", "li.na", {"category": "goods.spoiled"}, False),  # what a case is, is as today
        (BEGUN, "escalate", "li.na", {"reason": "called twice"}, False),  # it gives another level
        (BEGUN[:1], "assign", "li.na", {"to": "zhao.wei"}, False),
        (BEGUN, "investigate", "zhao.wei", SOUR, False),
        (BEGUN, "hold", "li.na", {"waiting_for": "customer", "reason": "away"}, False),
    ],
)
def test_a_later_step_is_seen_only_in_what_has_no_history(
    road: list[Any], verb: str, by: str, inputs: dict[str, Any], expected: bool
) -> None:
    case = bench.new()
    for number, (one, who, said) in enumerate(road, 1):
        case = bench.do(case, one, who, number, **said)
    later = bench.do(case, verb, by, 3 * DAY, **inputs)
    assert same(case, later, 2 * DAY) is expected
    assert not same(case, later, 3 * DAY + 1)  # by then it had happened


def test_a_state_that_no_step_dates_is_seen_while_it_is_the_last() -> None:
    case = bench.new()
    for number, (verb, by, inputs) in enumerate(bench.ROAD[:7], 1):
        case = bench.do(case, verb, by, number, **inputs)
    assert case["state"] == "agreed"
    later = bench.do(case, "contact", "li.na", 3 * DAY, **CALL)
    assert not same(case, later, 2 * DAY)  # it reads approved from then on
    assert same(later, bench.do(later, "contact", "li.na", 4 * DAY, **CALL), 2 * DAY)

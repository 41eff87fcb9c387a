"""When an improvement measure is due, and what comes round again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from complaintctl.errors import Already, Usage
from complaintctl.measures import Measure, as_before, due_of, measures_of
from complaintctl.steps.anytime import improve, improved
from complaintctl.times import epoch
from complaintctl.workflow import Context
from tests.rule_examples import a_case, a_policy, signed

ZONE = ZoneInfo("Asia/Shanghai")
STAFF: Any = [{"id": "li.na", "name": "李娜", "emails": ["l@x.example"], "role": "clerk", "active": True}]


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp())


def a_measure(**changes: Any) -> Measure:
    one = Measure("C-1", 1, "look", None, "li.na", "2026-12-15", None, None, at("2026-11-01"), (), None)
    return one._replace(**changes)


def context(when: str = "2026-11-20T10:00:00+08:00") -> Context:
    policy = a_policy()
    return Context(
        policy, {"name": "", "version": "", "sha256": ""}, policy, STAFF[0], STAFF, when, 3, 0, "CNY", "en"
    )  # type: ignore[arg-type]


def due(one: Measure, now: str) -> tuple[str, bool] | None:
    found = due_of(one, at(now), ZONE)
    return None if found is None else (found.day.isoformat(), found.late)


@pytest.mark.parametrize(("now", "late"), [("2026-12-15T23:59:59", False), ("2026-12-16T00:00:00", True)])
def test_a_measure_is_late_from_midnight_after_its_day(now: str, late: bool) -> None:  # S0-20
    assert due(a_measure(), now) == ("2026-12-15", late)


def test_a_measure_that_is_done_is_not_waited_for() -> None:
    assert due(a_measure(done=(at("2026-12-20"),), ended=at("2026-12-20")), "2027-01-01") is None


def test_one_that_comes_round_is_due_again_counted_from_the_day_it_was_done() -> None:  # S3-9, N29
    one = a_measure(every=30, done=(at("2026-12-10T09:00:00"), at("2026-12-20T23:59:00")))
    assert due(one, "2027-01-01") == ("2027-01-19", False)
    assert due(one, "2027-01-20") == ("2027-01-19", True)
    assert due(one._replace(ended=at("2027-01-05")), "2027-02-01") is None


def test_what_happened_later_has_not_happened_yet() -> None:
    one = a_measure(every=30, done=(at("2026-12-10"), at("2026-12-20")), ended=at("2027-01-05"))
    assert as_before(one, at("2026-12-20")) == one._replace(done=(at("2026-12-10"),), ended=None)
    assert due(as_before(one, at("2026-12-01")), "2026-12-01") == ("2026-12-15", False)


def test_the_measures_of_a_case_are_numbered_and_say_when_they_were_done() -> None:
    done = "2026-12-01T10:00:00+08:00"
    case = a_case(
        improvements=[
            signed(measure="alarm", owner="li.na", due="2026-12-15", done_by="li.na", done_at=done),
            signed(measure="look", owner="li.na", due="2026-12-15", every="7 days", also="the freezer",
                   repeated=[signed(at=done)]),
        ]
    )  # fmt: skip
    alarm, look = measures_of(case)
    assert (alarm.number, alarm.done, alarm.ended, alarm.every) == (1, (epoch(done),), epoch(done), None)
    assert (look.number, look.done, look.ended, look.every, look.also) == (
        2,
        (epoch(done),),
        None,
        7,
        "the freezer",
    )


# --- the steps


def with_measure(**more: Any) -> Any:
    return improve(a_case(), context(), measure="look", owner="li.na", due="2026-12-15", **more)


@pytest.mark.parametrize(
    ("given", "written"), [("30 days", "30 days"), ("1 days", "1 day"), (" 7 day ", "7 days")]
)
def test_how_often_has_one_spelling(given: str, written: str) -> None:
    assert with_measure(every=given)["improvements"][0]["every"] == written


@pytest.mark.parametrize("given", ["", "30", "0 days", "2 hours", "3 business days", "monthly"])
def test_any_other_length_is_refused(given: str) -> None:
    with pytest.raises(Usage, match="30 days"):
        with_measure(every=given)


def test_done_again_is_added_and_nothing_ends() -> None:  # S3-9
    case = improved(with_measure(every="7 days"), context(), number=1)
    case = improved(case, context("2026-11-27T10:00:00+08:00"), number=1)
    (entry,) = case["improvements"]
    assert [one["at"][:10] for one in entry["repeated"]] == ["2026-11-20", "2026-11-27"]
    assert (entry["due"], "done_at" in entry) == ("2026-12-15", False)
    ended = improved(case, context("2026-11-28T10:00:00+08:00"), number=1, end=True)
    assert (ended["improvements"][0]["done_by"], len(ended["improvements"][0]["repeated"])) == ("li.na", 2)
    with pytest.raises(Already):
        improved(ended, context("2026-11-29T10:00:00+08:00"), number=1)


def test_twice_on_a_day_is_once() -> None:
    case = improved(with_measure(every="7 days"), context(), number=1)
    with pytest.raises(Already):
        improved(case, context("2026-11-20T18:00:00+08:00"), number=1)


def test_the_same_measure_is_known_again_after_it_was_done() -> None:
    case = improved(with_measure(every="7 days"), context(), number=1)
    with pytest.raises(Already):
        improve(case, context(), measure="look", owner="li.na", due="2026-12-15", every="7 days")


def test_only_what_comes_round_is_ended() -> None:
    with pytest.raises(Usage, match="does not come round") as refused:
        improved(with_measure(), context(), number=1, end=True)
    assert "--done 1" in refused.value.hint

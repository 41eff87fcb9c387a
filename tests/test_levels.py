"""Levels that climb by age and by repetition, without anybody editing the case."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaintctl.levels import (
    hits,
    level_at,
    next_climb,
    reason,
    repeated_at,
    repeated_from,
    repetition_key,
    repetitions,
    rule_problems,
)
from complaintctl.rows import Hit
from complaintctl.times import epoch
from tests import lives
from tests.rule_examples import a_case, a_ladder_of_levels, a_policy, classified, label, signed

DAY = 86400
RECEIVED = epoch("2026-11-01T08:00:00+08:00")


def never(_hit: Hit) -> bool:
    return False


def level_on(case, day: float, policy=None) -> int:
    found = hits(case, policy or a_policy())
    return level_at(found, RECEIVED + int(day * DAY), never).level


def test_a_case_without_a_grave_fact_is_ordinary_from_its_receipt():
    found = hits(a_case(), a_policy())
    assert found == [Hit(3, -1, RECEIVED, None, 0, 0)]


@pytest.mark.parametrize(
    ("classification", "level"),
    [
        ({"flags": ["media"]}, 1),  # S1d-2
        ({"flags": ["injury"]}, 1),  # any injury, M12
        ({"departments": ["goods", "store", "customer-service"]}, 1),  # three or more
        ({"departments": ["goods", "store"]}, 2),  # S1d-3: exactly two
        ({"departments": ["goods"]}, 3),
    ],
)
def test_facts_decide_the_level(classification, level):
    case = a_case(classification=classified("goods.label", **classification))
    assert level_on(case, 0) == level


def test_a_case_climbs_after_half_a_month_through_our_fault():  # S1d-3, S1d-4
    ours = a_case(classification=classified("goods.label", liability="ours"))
    assert [level_on(ours, day) for day in (0, 14.999, 15, 400)] == [3, 3, 2, 2]
    theirs = a_case(classification=classified("goods.label", liability="not-ours"))
    assert level_on(theirs, 400) == 3


def test_a_missed_clock_makes_a_month_old_case_grave_when_the_caller_knows_of_it():  # S1d-2
    case, policy = a_case(), a_policy()
    assert level_on(case, 31) == 3
    found = hits(case, policy, {"missed": True, "flags": [], "departments": []})
    assert level_at(found, RECEIVED + 30 * DAY, never).level == 1


@pytest.mark.parametrize(("closed", "level"), [("2026-11-16T07:59:59", 3), ("2026-11-16T08:00:00", 2)])
def test_age_counts_until_the_case_is_closed(closed, level):
    case = a_case(
        classification=classified("goods.label", liability="ours"),
        closures=[signed(at=f"{closed}+08:00", outcome="withdrawn")],
    )
    assert level_on(case, 400) == level


def test_a_case_that_was_closed_when_it_came_of_age_climbs_when_it_is_reopened():
    reopened = signed(at="2026-12-01T08:00:00+08:00", reason="again")
    case = a_case(
        classification=classified("goods.label", liability="ours"),
        closures=[signed(at="2026-11-05T08:00:00+08:00", outcome="withdrawn", reopened=reopened)],
    )
    assert [level_on(case, day) for day in (16, 29, 30)] == [3, 3, 2]


def test_a_case_reopened_and_closed_again_in_its_youth_never_climbs():
    reopened = signed(at="2026-11-06T08:00:00+08:00", reason="again")
    case = a_case(
        classification=classified("goods.label", liability="ours"),
        closures=[
            signed(at="2026-11-05T08:00:00+08:00", outcome="withdrawn", reopened=reopened),
            signed(at="2026-11-07T08:00:00+08:00", outcome="withdrawn", round=2),
        ],
    )
    assert level_on(case, 400) == 3


# -- repetition -----------------------------------------------------------------------------------


def test_repetition_becomes_a_hit_with_key_customers_and_window():  # S1d-3
    found = hits(a_case(classification=classified("goods.spoiled")), a_policy())
    assert found[0] == Hit(2, 1, RECEIVED, '{"category": "goods.spoiled"}', 3, 30 * DAY)


def test_what_may_come_again_is_the_same_worked_out_alone():  # S1d-3
    policy, met = a_policy(), 0
    for seed in range(8):
        for step in lives.life(random.Random(seed), 14):
            found = repetitions(step.after, policy)
            assert found == [hit for hit in hits(step.after, policy) if hit.key]
            met += bool(found)
    assert met


def test_nothing_repeats_while_a_field_of_the_key_is_missing():
    case = a_case(about={"product": "  "})
    facts = {"category": "goods.spoiled"}
    assert repetition_key(case, facts, ["category"]) is not None
    assert repetition_key(case, facts, ["category", "product"]) is None
    assert repetition_key(case, facts, ["category", "batch"]) is None
    assert repetition_key(case, facts, ["category", "complaint"]) is None
    assert repetition_key(case, facts, []) is None


def test_the_key_is_the_same_for_any_order_letter_case_and_blanks():
    one, two = a_case(about={"product": "Milk  1L "}), a_case(about={"product": "milk 1l"})
    facts = {"category": "goods.spoiled"}
    key = repetition_key(one, facts, ["category", "product"])
    assert key == repetition_key(two, facts, ["product", "category"])
    assert json.loads(str(key)) == {"category": "goods.spoiled", "product": "milk 1l"}


def test_a_value_cannot_pose_as_another_field():
    facts = {"category": "goods"}
    forged = repetition_key(a_case(about={"product": 'a", "batch": "b'}), facts, ["product"])
    honest = repetition_key(a_case(about={"product": "a", "batch": "b"}), facts, ["product", "batch"])
    assert forged != honest


HIT = Hit(2, 1, 0, "k", 3, 30)


@pytest.mark.parametrize(
    ("others", "instant", "holds"),
    [
        ([(100, "a"), (110, "b"), (120, "c")], 120, True),
        ([(100, "a"), (110, "b"), (120, "c")], 119, False),  # the third has not come yet
        ([(100, "a"), (110, "b"), (120, "a")], 200, False),  # twice the same customer
        ([(100, "a"), (110, "b"), (130, "c")], 200, True),  # thirty apart: still within
        ([(100, "a"), (110, "b"), (131, "c")], 200, False),
        ([(80, "c"), (90, "b"), (100, "a")], 100, True),  # the others came before
        ([(69, "c"), (90, "b"), (100, "a")], 200, False),
        ([(120, "c"), (100, "a"), (110, "b")], 120, True),  # in any order
        ([(1, "x"), (2, "y"), (3, "z"), (100, "a")], 200, False),  # another window than mine
        ([(100, "b"), (100, "a"), (100, "c")], 100, True),
        ([(110, "b"), (120, "c"), (130, "d")], 200, False),  # not even one of them
        ([], 200, False),
    ],
)
def test_three_different_customers_within_the_window_repeat(others, instant, holds):  # S1d-3
    assert repeated_at(HIT, 100, others, instant) is holds


groups = st.lists(st.tuples(st.integers(0, 60), st.sampled_from("abcd")), min_size=1, max_size=9).map(sorted)


@given(groups, st.integers(2, 4), st.integers(0, 30))
def test_one_pass_finds_what_trying_every_window_finds(group, customers, window):
    for (mine, _who), since in zip(group, repeated_from(group, customers, window), strict=True):
        ends = [
            end
            for end in range(mine, mine + window + 1)
            if len({who for at, who in group if end - window <= at <= end}) >= customers
        ]
        assert since == min(ends, default=None)


@given(groups, st.integers(0, 100), st.integers(0, 100))
def test_what_repeats_once_repeats_for_ever(group, early, late):
    mine = group[0][0]
    if early <= late and repeated_at(HIT, mine, group, early):
        assert repeated_at(HIT, mine, group, late)


# -- the level, its reason, and what is coming ---------------------------------------------------


def test_the_gravest_hit_that_holds_wins():
    found = [Hit(1, 0, 50, None, 0, 0), Hit(2, 0, 10, "k", 3, 30), Hit(3, -1, 0, None, 0, 0)]
    assert level_at(found, 20, never).level == 3
    assert level_at(found, 20, lambda _hit: True).level == 2
    assert level_at(found, 50, lambda _hit: True).level == 1
    assert level_at(found, -1, never).level == 3  # before it was received


def test_the_reason_is_the_rule_in_the_readers_language():
    policy = a_policy()
    hit = hits(a_case(classification=classified(flags=["media"])), policy)[0]
    assert reason(hit, policy, "en") == "in the media"
    assert reason(hit, policy, "zh-CN") == "in the media（中）"
    assert reason(Hit(3, -1, 0, None, 0, 0), policy, "es") == "ordinary"
    assert reason(Hit(9, 0, 0, None, 0, 0), policy, "en") == ""


def test_an_early_warning_says_when_and_how_high():  # S1d-4
    case = a_case(classification=classified("goods.label", liability="ours"))
    found = hits(case, a_policy())
    due = RECEIVED + 15 * DAY
    assert next_climb(found, RECEIVED) == (due, 2)
    assert next_climb(found, due - 1) == (due, 2)
    assert next_climb(found, due) is None


def test_no_warning_of_a_level_that_the_case_has_already():
    found = [Hit(2, 0, 0, None, 0, 0), Hit(2, 1, 50, None, 0, 0), Hit(3, -1, 0, None, 0, 0)]
    assert next_climb(found, 10) is None


def test_no_warning_for_a_repetition_that_nobody_can_foresee():
    found = [Hit(1, 0, 50, "k", 3, 30), Hit(3, -1, 0, None, 0, 0)]
    assert next_climb(found, 10) is None
    assert next_climb(found, 10, lambda _hit: True) == (50, 1)


# -- rules that are wrong in themselves ------------------------------------------------------------


def test_the_example_levels_have_no_problems():
    assert rule_problems(a_policy()) == []


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"age": "5 business days"}, "age"),
        ({"age": 30}, "age"),
        ({"level": 1}, "cannot be asked"),
        ({"flags": "food-safty"}, "food-safty"),
        ({"repetition": "often"}, "repetition"),
        ({"repetition": {"same": [], "customers": 3, "within": "30 days"}}, "same"),
        ({"repetition": {"same": ["name"], "customers": 3, "within": "30 days"}}, "same"),
        ({"repetition": {"same": ["category"], "customers": 1, "within": "30 days"}}, "customers"),
        ({"repetition": {"same": ["category"], "customers": 3, "within": "a month"}}, "within"),
    ],
)
def test_a_level_rule_with_a_slip_is_reported(when, words):  # B8
    levels = a_ladder_of_levels()
    levels[1]["any"][0]["when"] = when
    problems = rule_problems(a_policy(levels=levels))
    assert [path for path, _message in problems] == ["$.levels[1].any[0].when"]
    assert words in problems[0][1]


def test_the_shape_of_the_levels_is_checked():
    one, two, rest = a_ladder_of_levels()
    rules = [{"label": label("all"), "when": {}}]
    assert rule_problems(a_policy(levels=[])) == [("$.levels", "there must be a level")]
    assert [p for p, _m in rule_problems(a_policy(levels=[two, one, rest]))] == ["$.levels[1].level"]
    assert [p for p, _m in rule_problems(a_policy(levels=[one, two]))] == ["$.levels[1].any"]
    bare = {"level": 2, "label": label("bare")}
    assert [p for p, _m in rule_problems(a_policy(levels=[one, bare, rest]))] == ["$.levels[1].any"]
    assert rule_problems(a_policy(levels=[{**one, "any": rules}, rest])) == []

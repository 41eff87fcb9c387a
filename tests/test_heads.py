"""Who is the head of a department, accountable for a case, and behind a plan."""

from __future__ import annotations

import pytest

from complaintctl.heads import accountable, heads_of, not_agreed
from tests.rule_examples import a_case, a_person, a_policy, a_proposal, classified, named, signed

CLERK = a_person("li.na", "clerk", "goods")
HEAD = a_person("sun.min", "head", "goods")
VICE = a_person("qian.li", "vice-president", "goods")
OTHER_VICE = a_person("zhou.na", "vice-president", "store")
BOSS = a_person("boss", "manager")


def ids(department, *staff, **changes):
    return [person["id"] for person in heads_of(department, staff, a_policy(**changes))]


def test_the_head_is_who_has_the_second_rung_of_the_ladder_in_the_department():  # S1c-8
    assert ids("goods", CLERK, HEAD, VICE, BOSS) == ["sun.min"]


def test_two_heads_of_a_department_are_both_accountable():
    assert ids("goods", HEAD, a_person("wang.yi", "head", "goods")) == ["sun.min", "wang.yi"]


def test_the_policy_says_which_role_a_head_has():
    departments = named("goods", "store")
    departments["goods"]["head"] = "vice-president"
    assert ids("goods", CLERK, HEAD, VICE, departments=departments) == ["qian.li"]


@pytest.mark.parametrize(
    ("staff", "expected"),
    [
        ((CLERK, VICE, OTHER_VICE, BOSS), ["qian.li"]),
        ((CLERK, OTHER_VICE, BOSS), ["zhou.na"]),
        ((CLERK, BOSS), ["boss"]),
        ((CLERK,), []),
        ((CLERK, a_person("sun.min", "head", "goods", active=False), BOSS), ["boss"]),
        ((CLERK, a_person("wu.lei", "head", "store"), BOSS), ["boss"]),
    ],
)
def test_where_nobody_has_it_the_next_role_up_is_the_head(staff, expected):  # S1c-8
    assert ids("goods", *staff) == expected


def test_a_role_that_is_on_no_rung_may_head_a_department():
    departments = named("goods")
    departments["goods"]["head"] = "master"
    master = a_person("he.yu", "master", "goods")
    assert ids("goods", master, HEAD, BOSS, departments=departments) == ["he.yu"]
    assert ids("goods", HEAD, BOSS, departments=departments) == ["sun.min"]


def test_in_a_shop_of_one_the_owner_is_the_head_of_everything():
    ladder = {**a_policy()["authority"], "ladder": [{"role": "manager"}]}
    assert ids("goods", BOSS, authority=ladder) == ["boss"]


def test_a_case_always_has_a_department_that_answers_for_it():  # S1c-8
    policy = a_policy()
    intake = {**a_case()["intake"], "department": "customer-service"}
    assert accountable(a_case(intake=intake), policy) == "customer-service"
    sorted_out = a_case(intake=intake, classification=classified())
    assert accountable(sorted_out, policy) == "goods"
    given = [signed(department="store", handler="wu.lei")]
    assert accountable({**sorted_out, "assignments": given}, policy) == "store"
    assert accountable(a_case(), policy) is None


# -- agreed


STORE_HEAD = a_person("wu.lei", "head", "store")
STAFF = [CLERK, HEAD, STORE_HEAD, a_person("zhao.wei", "clerk", "store"), BOSS]


def missing(by, *agreed_with, against="store", staff=STAFF, department="goods"):
    intake = {**a_case()["intake"], **({"department": department} if department else {})}
    case = a_case(intake=intake, about={"against": against}, classification=classified())
    plan = a_proposal(by=by, **({"with": list(agreed_with)} if agreed_with else {}))
    return list(not_agreed(case, plan, staff, a_policy()))


@pytest.mark.parametrize(
    ("by", "agreed_with", "departments"),
    [
        ("li.na", (), ["goods", "store"]),
        ("li.na", ("sun.min",), ["store"]),
        ("li.na", ("sun.min", "wu.lei"), []),
        ("sun.min", ("wu.lei",), []),
        ("wu.lei", (), ["goods"]),
        ("li.na", ("zhao.wei", "boss"), ["goods", "store"]),
    ],
)
def test_a_head_of_either_department_stands_behind_the_plan(by, agreed_with, departments):  # S1c-3
    assert missing(by, *agreed_with) == departments


def test_the_department_of_a_person_is_the_one_complained_about():  # S1c-6
    assert missing("sun.min", against="zhao.wei") == ["store"]


def test_of_ones_own_department_one_head_is_enough():
    assert missing("sun.min", against="goods") == []
    assert missing("li.na", against="goods") == ["goods"]


def test_a_head_of_both_counts_for_both():
    staff = [CLERK, a_person("zhao.wei", "clerk", "store"), BOSS]
    assert missing("li.na", "boss", staff=staff) == []


def test_where_nobody_is_a_head_nobody_is_asked_for():
    assert missing("li.na", staff=[CLERK]) == []


def test_the_receivers_department_of_an_older_case_is_that_of_today():
    assert missing("wu.lei", department=None) == ["goods"]

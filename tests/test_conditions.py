"""The condition language of a policy, and the facts of a case."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaintctl.conditionfaults import when_problems
from complaintctl.conditions import (
    FACTS,
    facts_of,
    met,
    number,
    unknown,
    verdict_of,
)
from tests.rule_examples import a_case, a_policy, a_proposal, answered, classified, decided, signed

FOUND = {
    "kind": "complaint",
    "category": "goods.spoiled",
    "flags": ["media", "injury"],
    "departments": [],
    "cost": Decimal("50.00"),
    "escalated": 2,
    "exception": False,
    "product": True,
}


@pytest.mark.parametrize(
    "when",
    [
        {},
        {"kind": "complaint"},
        {"kind": ["help", "complaint"]},
        {"category": "goods"},
        {"category": "goods.spoiled"},
        {"category": ["service", "goods"]},
        {"flags": "media"},
        {"flags": ["lawsuit", "injury"]},
        {"flags": {"at_least": 2, "at_most": 2}},
        {"departments": {"at_most": 0}},
        {"cost": {"at_least": "50", "at_most": 50}},
        {"cost": {"more_than": "49.99"}},
        {"cost": "50"},
        {"escalated": 2},
        {"exception": False, "product": True},
        {"not": {"kind": "help"}},
        {"not": {"verdict": "founded"}},
        {"any": [{"kind": "help"}, {"flags": "media"}]},
        {"not": {"any": [{"kind": "help"}, {"flags": "lawsuit"}]}},
    ],
)
def test_a_condition_that_the_facts_meet_holds(when):
    assert met(when, FOUND)


@pytest.mark.parametrize(
    "when",
    [
        {"kind": "help"},
        {"kind": "complaint", "category": "service"},
        {"category": "good"},  # the beginning of a word is no part of the tree
        {"category": "goods.spoiled.milk"},
        {"kind": "compl"},
        {"flags": "lawsuit"},
        {"flags": {"at_least": 3}},
        {"departments": {"at_least": 1}},
        {"departments": "goods"},
        {"cost": {"more_than": "50"}},
        {"cost": {"at_most": "49.99"}},
        {"cost": {"at_least": 50.0}},  # floats are never money (B3)
        {"cost": {"at_least": "NaN"}},
        {"cost": {"about": 50}},
        {"kind": {"at_least": 1}},
        {"exception": {"at_least": 0}},
        {"exception": 0},  # no number is a switch
        {"escalated": True},
        {"verdict": "founded"},  # not found yet
        {"price": {"at_most": 1000}},
        {"not": {"kind": "complaint"}},
        {"any": []},
        {"not": {}},
    ],
)
def test_a_condition_that_the_facts_do_not_meet_does_not_hold(when):
    assert not met(when, FOUND)


@pytest.mark.parametrize(
    ("when", "names"),
    [
        ({"colour": "red"}, ["colour"]),
        ({"kind": "complaint", "age": "30 days"}, ["age"]),
        ({"not": {"colour": "red"}}, ["colour"]),
        ({"not": {"not": {"colour": "red"}}}, ["colour"]),
        ({"any": [{"smell": "bad", "not": {"colour": "red"}}]}, ["smell", "colour"]),
    ],
)
def test_a_fact_that_does_not_exist_never_holds_and_is_reported(when, names):
    assert unknown(when) == names
    assert not met(when, {**FOUND, "colour": "red", "smell": "bad", "age": "30 days"})


def test_another_alternative_can_hold_beside_an_unknown_fact():
    assert met({"any": [{"colour": "red"}, {"kind": "complaint"}]}, FOUND)


@given(st.decimals("0", "100000", places=2), st.decimals("0", "100000", places=2))
def test_bounds_agree_with_arithmetic(found, edge):
    facts = {"amount": found}
    assert met({"amount": {"at_least": str(edge)}}, facts) == (found >= edge)
    assert met({"amount": {"at_most": str(edge)}}, facts) == (found <= edge)
    assert met({"amount": {"more_than": str(edge)}}, facts) == (found > edge)


@given(st.dictionaries(st.sampled_from(["kind", "channel", "verdict"]), st.sampled_from("abc"), max_size=3))
def test_not_turns_every_known_condition_round(when):
    facts = {"kind": "a", "channel": "b"}
    assert met({"not": when}, facts) != met(when, facts)


@pytest.mark.parametrize("text", ["１２", "abc", "", "Infinity", "nan", None, 1.5, True, ["1"]])
def test_what_is_no_exact_number_is_none(text):
    assert number(text) is None


# -- facts ----------------------------------------------------------------------------------------


def test_a_new_case_has_few_facts_and_no_empty_ones():
    facts = facts_of(a_case(), a_policy())
    assert facts["price"] == Decimal("12.90")
    assert facts["demand"] == "refund"
    assert (facts["product"], facts["batch"]) == (True, False)
    assert (facts["flags"], facts["departments"], facts["remedies"]) == ([], [], [])
    assert (facts["round"], facts["proposals"], facts["missed"]) == (1, 0, False)
    assert not {"severity", "category", "verdict", "amount", "cost", "moment", "against"} & set(facts)
    assert set(facts) <= set(FACTS)


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_that_is_wanted_is_the_same_when_others_are_left_out(fact):
    proposal = a_proposal(decision=decided("head", "sun.min"), answer=answered())
    for case in (
        a_case(),
        a_case(
            about={"product": "milk", "price": "12.90", "against": "li.na"},
            classification=classified(flags=["food-safety"]),
            proposals=[proposal],
            follow_ups=[signed(satisfaction=2, method="phone")],
        ),
    ):
        assert facts_of(case, a_policy(), {fact}).get(fact) == facts_of(case, a_policy()).get(fact)


def test_flags_raise_severity_and_urgency_but_never_lower_them():  # S0-7, S2-4
    policy = a_policy()
    raised = facts_of(a_case(classification=classified(flags=["food-safety", "media"])), policy)
    assert (raised["severity"], raised["urgency"]) == ("severe", "urgent")
    kept = facts_of(a_case(classification=classified(severity="severe", flags=["injury"])), policy)
    assert kept["severity"] == "severe"
    assert "urgency" not in kept


def test_departments_are_named_default_and_assigned_each_once():  # S1d-2, S2-5
    case = a_case(
        classification=classified(departments=["customer-service", "goods"]),
        assignments=[signed(department="store", handler="x"), signed(department="goods", handler="y")],
    )
    assert facts_of(case, a_policy())["departments"] == ["customer-service", "goods", "store"]


def test_an_assignment_counts_before_the_classification():
    case = a_case(assignments=[signed(department="store", handler="x")])
    assert facts_of(case, a_policy())["departments"] == ["store"]


def test_the_last_verdict_of_the_round_counts():
    case = a_case(
        investigations=[
            signed(verdict="unfounded"),
            signed(verdict="founded", cause="goods.spoiled"),
            signed(findings="a note afterwards"),
        ]
    )
    assert verdict_of(case) == "founded"
    facts = facts_of(case, a_policy())
    assert (facts["verdict"], facts["cause"]) == ("founded", "goods.spoiled")


def test_a_reopened_case_begins_its_round_without_verdict_proposal_or_answer():
    first = a_proposal(decision=decided("clerk", "li.na"), answer=answered("declined"))
    case = a_case(
        investigations=[signed(verdict="founded", cause="goods.spoiled")],
        proposals=[first],
        escalations=[signed(reason="slow")],
        follow_ups=[signed(satisfaction=2, method="phone")],
        closures=[signed(outcome="withdrawn", reopened=signed(reason="came back"))],
    )
    facts = facts_of(case, a_policy())
    assert (facts["round"], facts["declined"], facts["escalated"], facts["proposals"]) == (2, 0, 0, 0)
    assert not {"verdict", "cause", "cost", "satisfaction"} & set(facts)
    case["proposals"].append({**a_proposal("5.00"), "round": 2})
    assert facts_of(case, a_policy())["cost"] == Decimal("5.00")


def test_the_last_proposal_gives_remedies_amount_cost_and_exception():
    remedies = [
        {"kind": "refund", "amount": "12.90", "cost": "12.90"},
        {"kind": "exchange", "cost": "30.00"},
        {"kind": "apology", "cost": "0.00"},
    ]
    case = a_case(
        proposals=[
            a_proposal(answer=answered("declined")),
            a_proposal(remedies=remedies, exception="an old customer"),
        ]
    )
    facts = facts_of(case, a_policy())
    assert facts["remedies"] == ["refund", "exchange", "apology"]
    assert (facts["amount"], facts["cost"]) == (Decimal("12.90"), Decimal("42.90"))
    assert (facts["exception"], facts["declined"], facts["proposals"]) == (True, 1, 2)


# -- rules that are wrong in themselves ------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"colour": "red"}, "no fact colour"),
        ({"not": {"colour": "red"}}, "no fact colour"),
        ({"flags": "food-safty"}, "no food-safty"),
        ({"any": [{"category": ["goods", "goods.mouldy"]}]}, "no goods.mouldy"),
        ({"kind": "question"}, "no question"),
        ({"kind": {"at_least": 1}}, "no number"),
        ({"cost": {"at_least": 1.5}}, "at_least must be"),
        ({"cost": {"over": 1}}, "over must be"),
        ({"cost": 12.9}, "whole number"),
        ({"exception": "yes"}, "true or false"),
        ({"channel": 1}, "text"),
    ],
)
def test_a_condition_with_a_slip_is_reported(when, words):  # B8
    problems = when_problems(when, a_policy())
    assert len(problems) == 1
    assert words in problems[0]


@pytest.mark.parametrize(
    "when",
    [
        {"category": "goods", "cause": ["goods.label", "service"]},
        {"against": "anybody"},
        {"departments": {"at_least": 2}, "flags": ["media"], "escalated": 1, "product": True},
        {"not": {"verdict": "unfounded", "price": {"more_than": "0.50"}}},
    ],
)
def test_a_condition_without_a_slip_has_no_problems(when):
    assert when_problems(when, a_policy()) == []

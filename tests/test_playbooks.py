"""Playbooks: whose checks, what was found, what comes next, and what it suggests."""

from __future__ import annotations

import pytest

from complaintctl.errors import Refused, Usage
from complaintctl.playbooks import (
    checks_of,
    choices,
    name_for,
    of_case,
    outside_duty,
    owners,
    playbook_of,
    progress,
    require_order,
    spelled,
    suggestion,
)
from tests.rule_examples import a_case, a_person, a_policy, classified, label, named, signed


def check(name, *outcomes, **more):
    entry = {"name": name, "label": label(name), **more}
    return entry | ({"outcomes": {one: {"label": label(one)} for one in outcomes}} if outcomes else {})


def a_tree():
    """hear; fit (well, or badly, which ends it); order (same, or workshop, which ends it); conclude."""
    fit, order = check("fit", "well", "badly", executor=["fitter"]), check("order", "same", "workshop")
    fit["outcomes"]["badly"]["ends"] = True
    order["outcomes"]["workshop"] |= {
        "ends": True,
        "verdict": "founded",
        "cause": "goods.failed",
        "remedies": ["exchange"],
    }
    order["outcomes"]["same"]["note"] = label("test the eyes")
    return [check("hear"), fit, order, check("conclude")]


def tree_policy(**books):
    tree = {"label": label("tree"), "checks": a_tree(), "executor": ["optometrist"]}
    policy = a_policy(playbooks={"tree": tree, **books}, executors=named("optometrist", "fitter", "seller"))
    policy["categories"]["goods.spoiled"]["playbook"] = "tree"
    return policy


def made(*outcomes, by="li.na"):
    """One investigation for each NAME=OUTCOME."""
    pairs = (outcome.split("=") for outcome in outcomes)
    return [signed(by, checks=[{"name": name, "outcome": found}]) for name, found in pairs]


def tree(*outcomes, verdict=None):
    return progress("goods.spoiled", made(*outcomes), tree_policy(), verdict)


def a_spoiled_case(*outcomes, **more):
    return a_case(**{"classification": classified(), "investigations": made(*outcomes)} | more)


# -- which playbook, whose checks -------------------------------------------------------------------


def test_a_category_takes_the_playbook_of_the_one_above_it():
    policy = tree_policy()
    policy["categories"]["goods"] = {"label": label("goods"), "playbook": "tree"}
    del policy["categories"]["goods.spoiled"]["playbook"]
    assert name_for("goods.spoiled", policy) == "tree"
    assert playbook_of("goods.spoiled", policy) is policy["playbooks"]["tree"]
    assert name_for("service.attitude", policy) is None
    assert progress("service.attitude", [], policy) is None
    assert progress(None, [], policy) is None


def test_a_checks_own_executor_wins_over_the_playbooks():  # S1a-13
    assert [one["executor"] for one in checks_of("tree", tree_policy())] == [
        ["optometrist"],
        ["fitter"],
        ["optometrist"],
        ["optometrist"],
    ]


def test_a_playbook_borrows_the_checks_of_another_for_other_people():  # S1a-4, M5
    policy = tree_policy(
        sunglasses={"label": label("sunglasses"), "as": "tree", "executor": ["seller"]},
        twice={"label": label("twice"), "as": "sunglasses"},
    )
    for name in ("sunglasses", "twice"):
        found = checks_of(name, policy)
        assert [one["name"] for one in found] == ["hear", "fit", "order", "conclude"]
        assert [one["executor"] for one in found] == [["seller"], ["fitter"], ["seller"], ["seller"]]
    assert policy["playbooks"]["tree"]["checks"] == a_tree()  # nothing of the lender is changed


def test_without_an_executor_of_its_own_a_borrower_keeps_the_lenders():  # S1a-4
    policy = tree_policy(plain={"label": label("plain"), "as": "tree"})
    assert checks_of("plain", policy) == checks_of("tree", policy)


@pytest.mark.parametrize("lender", ["nowhere", "b", "a"])
def test_a_playbook_that_borrows_in_a_circle_or_of_nobody_has_no_checks(lender):
    policy = tree_policy(a={"label": label("a"), "as": lender}, b={"label": label("b"), "as": "a"})
    assert checks_of("a", policy) == []


# -- how far it has got -----------------------------------------------------------------------------


def test_the_next_check_is_the_first_that_has_no_outcome():  # S1a-4
    assert tree().next["name"] == "hear"
    assert tree("hear=headache").next["name"] == "fit"
    assert tree("hear=headache", "fit=well: new pads").next["name"] == "order"
    assert tree("hear=a", "fit=well", "order=same").missing == ["conclude"]
    done = tree("hear=a", "fit=well", "order=same", "conclude=habit")
    assert (done.next, done.missing, done.ended) == (None, [], False)


def test_an_outcome_that_ends_the_playbook_leaves_nothing_to_do():  # S1a-4
    found = tree("hear=headache", "fit=badly: too wide")
    assert (found.ended, found.next, found.missing) == (True, None, [])
    assert found.steps[1].found["ends"]


def test_words_that_are_no_outcome_of_the_check_end_nothing():
    found = tree("hear=headache", "fit=rather badly")
    assert (found.ended, found.next["name"], found.steps[1].recorded.ident) == (False, "order", None)


def test_of_a_check_made_again_the_last_outcome_counts():  # S1a-4
    found = tree("hear=a", "fit=badly", "fit=well")
    assert (found.ended, found.next["name"]) == (False, "order")


def test_a_check_that_may_end_the_playbook_does_so_with_a_verdict():  # S1a-4
    policy = a_policy()
    policy["categories"]["goods.spoiled"]["playbook"] = "spoiled"
    entries = made("listen=sour", "batch=all of it")
    assert progress("goods.spoiled", entries, policy).next["name"] == "cold-chain"
    assert progress("goods.spoiled", entries, policy, "founded").ended


def test_a_playbook_begins_anew_in_a_new_round():
    reopened = signed(at="2026-11-20T08:00:00+08:00", reason="again")
    case = a_spoiled_case("hear=a", closures=[signed(outcome="satisfied", reopened=reopened)])
    assert of_case(case, tree_policy()).next["name"] == "hear"


def test_what_is_being_recorded_counts_too():
    found = of_case(a_spoiled_case("hear=a"), tree_policy(), made("fit=badly"))
    assert found.ended


# -- what it suggests -------------------------------------------------------------------------------


def test_the_outcome_that_ended_it_says_what_to_conclude():  # S1a-4
    found = suggestion(tree("hear=a", "fit=well", "order=workshop: 4 mm off"))
    assert (found["verdict"], found["cause"], found["remedies"]) == ("founded", "goods.failed", ["exchange"])


def test_outcomes_that_say_nothing_of_it_suggest_nothing():
    assert suggestion(tree("hear=a", "fit=well", "order=same")) is None
    assert suggestion(tree()) is None


def test_an_end_without_a_cause_leaves_it_to_the_check_that_found_one():
    checks = a_tree()
    checks[1]["outcomes"]["well"] |= {"verdict": "unfounded", "cause": "goods.label"}
    checks[2]["outcomes"]["workshop"] = {"label": label("over"), "ends": True, "remedies": ["exchange"]}
    policy = tree_policy(tree={"label": label("tree"), "checks": checks})
    found = suggestion(progress("goods.spoiled", made("hear=a", "fit=well", "order=workshop"), policy))
    assert (found["verdict"], found["cause"]) == ("unfounded", "goods.label")
    assert found["remedies"] == ["exchange"]


def test_the_last_outcome_that_says_so_suggests_where_none_ended_it():
    policy = tree_policy()
    first, second = policy["playbooks"]["tree"]["checks"][1:3]
    first["outcomes"]["well"]["cause"] = "goods.spoiled"
    second["outcomes"]["same"]["cause"] = "goods.expired"
    entries = made("hear=a", "order=same", "fit=well")  # the fit was looked at last
    assert suggestion(progress("goods.spoiled", entries, policy))["cause"] == "goods.spoiled"


# -- outcomes as they are typed ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("well", "well"),
        ("well:new pads", "well: new pads"),
        (" well : 3 : 1 ", "well: 3 : 1"),
        ("well:", "well"),
    ],
)
def test_an_outcome_has_one_spelling(typed, written):
    assert spelled("fit", typed, a_spoiled_case(), tree_policy()) == written


@pytest.mark.parametrize("typed", ["Well", "wel", "rather well", ": well", ""])
def test_an_outcome_that_the_check_does_not_name_is_refused_with_those_it_does(typed):
    with pytest.raises(Usage) as refused:
        spelled("fit", typed, a_spoiled_case(), tree_policy())
    assert refused.value.hint == "one of: fit=well (well), fit=badly (badly)"


def test_a_check_without_outcomes_takes_any_words():
    assert spelled("hear", "well: it hurts", a_spoiled_case(), tree_policy()) == "well: it hurts"


def test_a_name_that_two_playbooks_use_means_the_one_of_the_case():
    other = {"label": label("other"), "checks": [check("fit", "tight"), check("stock")]}
    policy = tree_policy()
    policy["playbooks"] = {"other": other, **policy["playbooks"]}
    assert spelled("fit", "well", a_spoiled_case(), policy) == "well"
    assert spelled("fit", "tight", a_case(), policy) == "tight"  # not classified: the first of the policy
    assert spelled("stock", "none left", a_spoiled_case(), policy) == "none left"


def test_an_unknown_check_is_refused_with_near_ones():
    with pytest.raises(Usage, match="has a check") as refused:
        spelled("ordre", "same", a_spoiled_case(), tree_policy())
    assert "order" in refused.value.hint


def test_how_an_outcome_is_given_is_said():
    hear, fit = a_tree()[:2]
    assert (choices(hear), choices(fit)) == ("hear=…", "fit=well|badly")


# -- order -------------------------------------------------------------------------------------------


def order_of(recorded, given):
    case = a_spoiled_case(*recorded)
    after = of_case(case, tree_policy(), made(*given))
    require_order(case, after, [one.partition("=")[0] for one in given])


@pytest.mark.parametrize(
    ("recorded", "given", "first"),
    [
        ((), ("fit=well",), "hear"),
        (("hear=a",), ("order=same",), "fit"),
        (("hear=a",), ("conclude=b", "order=same"), "fit"),
        ((), ("fit=badly",), "hear"),  # what ends the list does not excuse what comes before it
        (("hear=a",), ("order=workshop",), "fit"),
    ],
)
def test_a_check_waits_for_those_before_it(recorded, given, first):  # S1a-4
    with pytest.raises(Refused, match=f"“{first}” comes before it") as refused:
        order_of(recorded, given)
    assert refused.value.hint.startswith(f"complaintctl investigate C-20261101-AAAAAA --check {first}=")


@pytest.mark.parametrize(
    ("recorded", "given"),
    [
        ((), ("hear=a",)),
        ((), ("fit=well", "hear=a")),  # together, in whatever order they are typed
        (("hear=a", "fit=well"), ("hear=b",)),  # again
        (("hear=a", "fit=badly"), ("conclude=so be it",)),  # it has ended: more may be recorded
        ((), ("batch=of another playbook",)),
    ],
)
def test_checks_in_order_go_on(recorded, given):  # S1a-4
    order_of(recorded, given)


def test_a_list_without_outcomes_is_ticked_off_in_any_order():  # S1a-4
    policy = a_policy()
    policy["categories"]["goods.spoiled"]["playbook"] = "spoiled"
    case = a_spoiled_case()
    require_order(case, of_case(case, policy, made("cold-chain=warm")), ["cold-chain"])
    require_order(case, None, ["cold-chain"])


# -- whose it is -------------------------------------------------------------------------------------

FITTER = a_person("li.na") | {"duties": ["fitter"]}
GONE = a_person("wang.fang", active=False) | {"duties": ["fitter"]}
SELLER = a_person("zhao.wei") | {"duties": ["seller"]}
NOBODY = a_person("wu.lei")


def test_the_owners_of_a_check_are_the_active_staff_with_the_duty():  # S1a-13
    fit = checks_of("tree", tree_policy())[1]
    assert owners(fit, [SELLER, FITTER, GONE, NOBODY]) == [FITTER]
    assert owners(check("hear"), [FITTER]) == []


@pytest.mark.parametrize(
    ("by", "outside"), [("li.na", False), ("zhao.wei", True), ("wu.lei", True), ("wang.fang", False)]
)
def test_a_check_by_somebody_without_the_duty_is_known(by, outside):  # S1a-13
    found = progress("goods.spoiled", made("fit=well", by=by), tree_policy())
    assert outside_duty(found.steps[1], [SELLER, FITTER, GONE, NOBODY]) is outside


def test_a_check_that_is_nobodys_in_particular_is_nobodys_fault():
    policy = a_policy()
    policy["categories"]["goods.spoiled"]["playbook"] = "spoiled"
    found = progress("goods.spoiled", made("listen=sour", by="wu.lei"), policy)
    assert not outside_duty(found.steps[0], [NOBODY])
    assert not outside_duty(found.steps[1], [NOBODY])  # not made at all

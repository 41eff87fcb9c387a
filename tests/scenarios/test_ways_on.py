"""What a refusal says to do next leads on: each hint is the step, or the person, that makes it possible."""

from __future__ import annotations

from pathlib import Path

from tests.scenarios import optical
from tests.shop import Shop


def test_who_wants_to_investigate_is_told_to_assign_and_not_to_settle(shop: Shop) -> None:
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", "goods.spoiled")
    refused = shop.refuse(1, "li.na", "investigate", case, "--verdict", "founded")
    assert f"complaintctl assign {case} …" in refused.err


def test_who_wants_to_ask_a_customer_of_a_case_that_can_be_settled_is_told_so(shop: Shop) -> None:
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", "goods.spoiled")
    assert (
        f"complaintctl settle {case} …"
        in shop.refuse(1, "li.na", "follow-up", case, "--satisfaction", "5").err
    )


def test_a_proposal_that_comes_too_early_is_not_answered_with_an_exception(shop: Shop) -> None:
    case = shop.new()
    refused = shop.refuse(1, "li.na", "propose", case, "--remedy", "repair", "--reason", "r")
    assert "is received; “proposal” needs" in refused.err
    assert "--exception" not in refused.err


def test_all_that_a_closing_lacks_is_told_at_once(tmp_path: Path) -> None:  # S1a-8, S0-21
    shop, case = optical.fulfilled(tmp_path, "workshop.measure")
    shop.do("li.na", "follow-up", case, "--satisfaction", "5")
    refused = shop.refuse(1, "li.na", "close", case)
    assert f"close {case} --lesson … --prevention … --disposition … --lesson-for DEPT" in refused.err


def test_a_step_on_an_open_case_only_says_so_in_few_words(shop: Shop) -> None:
    case = shop.new()
    shop.do("li.na", "close", case, "--outcome", "withdrawn", "--reason", "she changed her mind")
    assert (
        "is closed; “escalation” needs an open case."
        in shop.refuse(1, "li.na", "escalate", case, "--reason", "r").err
    )


def test_who_may_decide_only_because_nobody_else_is_there_is_named(tmp_path: Path) -> None:  # S1e-4
    shop = Shop.make(tmp_path / "shop", alone=True)
    words = ("staff", "add", "li.na", "--name", "李娜", "--email", "li.na@shop.example", "--role", "clerk")
    shop.do("boss", *words)
    case = shop.new(who="boss")
    shop.do("boss", "classify", case, "--category", "goods.spoiled")
    shop.do("boss", "assign", case, "--to", "boss")
    statement = ("--statement", "customer: sour", "--findings", "cold shelf")
    shop.do("boss", "investigate", case, *statement, "--verdict", "founded", "--cause", "goods.spoiled")
    shop.do("boss", "propose", case, "--remedy", "refund=12.90", "--reason", "spoiled")
    shop.do("boss", "escalate", case, "--reason", "dear to us")
    assert f"complaintctl --as boss approve {case}" in shop.refuse(1, "li.na", "approve", case).err
    assert "Next: approve (boss)" in shop.do("", "show", case)
    shop.do("boss", "approve", case)
    assert shop.show(case)["proposals"][-1]["decision"]["alone"] is True

"""Decisions that two lines made apart: told where the lines come together, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import keys, server
from tests.keys import needs_openssh
from tests.laptops import Laptops, sound
from tests.shop import MILK, Shop

SLICE = ("--remedy", "compensation=300.00", "--exception", "the doctor's fee")


def two_branches(shop: Shop, *remedy: str) -> list[str]:
    """Two cases of one customer, each with a proposal that is decided in a branch of its own."""
    cases = [shop.investigated(), shop.wait(minutes=1).investigated()]
    for case in cases:
        words = remedy or SLICE
        shop.wait(minutes=1).do(
            "zhao.wei", "propose", case, *words, "--reason", "a child was ill", "--branch"
        )
    for case in cases:
        shop.wait(minutes=1).do("sun.min", "review", case, "--approve")
    return cases


def merge(shop: Shop, case: str, who: str) -> None:
    """What somebody does with plain git."""
    me = ("-c", f"user.name={who}", "-c", f"user.email={who}@shop.example")
    shop.git(*me, "merge", "-q", "--no-ff", "-m", "merged", f"proposal/{case}-1")


def findings(shop: Shop) -> list[Any]:
    return [(one["rule"], one["case"]) for one in shop.run("", "verify", "--full", "--json").json["findings"]]


def test_a_sum_that_two_branches_sliced_is_told_by_verify_and_check(shop: Shop) -> None:  # S0-15, G1
    first, second = two_branches(shop)
    base = shop.git("rev-parse", "HEAD").strip()
    merge(shop, first, "li.na")
    assert findings(shop) == []
    merge(shop, second, "li.na")
    assert findings(shop) == [("together", second)]  # the later decision has to bear the sum
    ranged = shop.run("", "check", "--range", f"{base}..HEAD")
    assert ranged.code == 7
    assert "it is 600.00 CNY; sun.min may grant 500.00" in ranged.out


def test_whichever_branch_is_merged_first_the_later_decision_is_named(shop: Shop) -> None:
    first, second = two_branches(shop)
    merge(shop, second, "li.na")
    merge(shop, first, "li.na")
    assert findings(shop) == [("together", second)]


def test_whoever_may_grant_the_sum_answers_for_it_with_the_merge(shop: Shop) -> None:
    first, second = two_branches(shop)
    merge(shop, first, "li.na")
    merge(shop, second, "qian.li")
    assert findings(shop) == []


def test_what_is_not_too_much_together_is_in_order(shop: Shop) -> None:
    for case in two_branches(shop, "--remedy", "refund=12.90"):
        merge(shop, case, "li.na")
    assert findings(shop) == []


def test_a_sum_of_two_customers_is_none(shop: Shop) -> None:
    other = [word.replace("13800001234", "13900005678") for word in MILK]
    cases = [shop.investigated(), shop.investigated(*other)]
    for case in cases:
        shop.do("zhao.wei", "propose", case, *SLICE, "--reason", "ill", "--branch")
        shop.do("sun.min", "review", case, "--approve")
    for case in cases:
        merge(shop, case, "li.na")
    assert findings(shop) == []


def test_what_the_customer_declined_counts_no_more(shop: Shop) -> None:
    first, second = two_branches(shop)
    merge(shop, first, "li.na")
    shop.wait(minutes=5).do("li.na", "respond", first, "--declined", "--reason", "wants more")
    merge(shop, second, "li.na")
    assert findings(shop) == []


def test_the_server_does_not_take_a_sum_that_was_sliced(tmp_path: Path) -> None:  # T4
    place = server.place(tmp_path)
    laptop = place.laptop
    for case in two_branches(laptop):
        merge(laptop, case, "li.na")
    push = laptop.push()
    assert not push.taken
    assert "together" in push.said


@needs_openssh
def test_a_sum_that_asks_for_a_signature_is_told_whoever_merges(tmp_path: Path) -> None:
    shop = keys.signing_shop(tmp_path / "shop", "--from", "20.00")
    first, second = two_branches(shop, "--remedy", "refund=12.90")
    merge(shop, first, "boss")
    merge(shop, second, "boss")
    assert findings(shop) == [("together", second)]


# ── Two laptops ─────────────────────────────────────────────────────────────────────────────────────


PRICEY = [word.replace("12.90", "29.90") for word in MILK]
SETTLED = ("--category", "goods.spoiled", "--remedy", "refund=29.90", "--reason", "sour")


@pytest.fixture
def laptops(tmp_path: Path) -> Laptops:
    """Both settle something for the same customer, each inside their limit of 50; the first one has sent it."""
    laptops = Laptops(tmp_path, "received")
    for place, who, minutes in ((laptops.one, "li.na", 5), (laptops.two, "chen.jie", 9)):
        case = place.shop.wait(minutes=minutes).new(
            *PRICEY, "--customer-id", read(place)["customer"]["id"], who=who
        )
        place.shop.do(who, "settle", case, *SETTLED)
    laptops.sync(laptops.one)
    return laptops


def read(place: Any) -> Any:
    return place.shop.show(place.case)


def test_a_sum_that_two_laptops_granted_is_not_joined_by_whoever_may_not_grant_it(laptops: Laptops) -> None:
    refused = laptops.clash(laptops.two, "chen.jie")
    assert "it is 59.80 CNY; chen.jie may grant 50.00" in refused.err
    assert "complaintctl undo C-" in refused.err


def test_what_was_decided_here_is_taken_back_and_then_joined(laptops: Laptops) -> None:
    hint = laptops.clash(laptops.two, "chen.jie").err
    case = hint.partition("complaintctl undo ")[2][:17]
    laptops.two.shop.wait(minutes=1).do("chen.jie", "undo", case, "--reason", "she had her money already")
    laptops.sync(laptops.two, "chen.jie")
    laptops.settle()
    laptops.two.shop.refuse(1, "chen.jie", "settle", case, *SETTLED)


def test_whoever_may_grant_the_sum_joins_it(laptops: Laptops) -> None:
    laptops.sync(laptops.two, "sun.min")
    laptops.settle()


def test_the_earlier_decision_bears_itself_whoever_sends_it_last(tmp_path: Path) -> None:
    laptops = Laptops(tmp_path, "received")
    customer = ("--customer-id", read(laptops.one)["customer"]["id"])
    case = laptops.one.shop.wait(minutes=5).new(*PRICEY, *customer)
    laptops.one.shop.do("li.na", "settle", case, *SETTLED)
    case = laptops.two.shop.wait(minutes=9).new(*PRICEY, *customer)
    laptops.two.shop.do("sun.min", "settle", case, *SETTLED)  # hers is the later one, and she may grant 500
    laptops.sync(laptops.two)
    laptops.sync(laptops.one)
    sound(laptops.one.shop)

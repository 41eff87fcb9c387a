"""`resolve`: what it shows of a clash, and saying the same again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.laptops import Laptops


@pytest.fixture
def laptops(tmp_path: Path) -> Laptops:
    """Each corrected the batch and the telephone number, in another way; the first one has sent it."""
    laptops = Laptops(tmp_path, "classified")
    for place, batch, phone in (
        (laptops.one, "20261109A", "13900001111"),
        (laptops.two, "20261108\x1b[2J 13900002222", "13900002222"),
    ):
        words = ("--set", f"about.batch={batch}", "--set", f"customer.phone={phone}")
        place.shop.wait(minutes=5).do("li.na", "amend", laptops.case, *words, "--reason", "misheard")
    laptops.sync(laptops.one)
    laptops.clash(laptops.two)
    return laptops


def test_two_texts_are_shown_side_by_side_and_nothing_that_reaches_the_customer(laptops: Laptops) -> None:
    shown = laptops.two.shop.run("li.na", "resolve")
    assert shown.code == 1
    assert 'here:  "20261108\\u{1b}[2J […]"' in shown.out
    assert 'there: "20261109A"' in shown.out
    assert "\x1b" not in shown.out + shown.err
    assert "139000" not in shown.out + shown.err
    full = shown.err.partition("git show ")[2].split()[0]
    assert "13900001111" in laptops.two.shop.git("show", full)
    told = laptops.two.shop.run("li.na", "sync")
    assert "20261109A" not in told.err  # what everybody sees scroll by names the place alone


def test_the_ways_on_are_two_commands(laptops: Laptops) -> None:
    shown = laptops.two.shop.run("li.na", "resolve")
    tries = [row.partition("complaintctl ")[2] for row in shown.out.splitlines() if row.startswith("Try:")]
    assert tries == [f"resolve {laptops.case} --take {side} --reason …" for side in ("ours", "theirs")]


def test_the_same_answer_again_is_harmless_and_another_one_takes_its_place(laptops: Laptops) -> None:
    shop, case = laptops.two.shop, laptops.case
    answer = ("resolve", case, "--take", "theirs", "--reason", "she spelled it")
    shop.do("li.na", *answer)
    again = shop.run("li.na", *answer)
    assert (again.code, "said already" in again.err) == (0, True)
    shop.do("li.na", "resolve", case, "--take", "ours", "--reason", "from her letter")
    laptops.sync(laptops.two)
    assert shop.show(case)["customer"]["phone"] == "13900002222"
    laptops.settle()
    shop.refuse(2, "li.na", *answer)

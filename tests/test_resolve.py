"""`resolve`: what it shows of a clash, and saying the same again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.laptops import Laptops
from tests.scenarios.road import STEPS


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


@pytest.fixture
def decided(tmp_path: Path) -> Laptops:
    """The same proposal, approved on one laptop and returned on the other."""
    laptops = Laptops(tmp_path, "proposed")
    laptops.one.make(STEPS["approve"])
    laptops.two.shop.wait(minutes=5).do("boss", "approve", laptops.case, "--return", "say which batch")
    laptops.sync(laptops.one)
    return laptops


@pytest.mark.parametrize(
    ("language", "here", "there", "place"),
    [
        ("en", "here:  returned, general manager, by Ann Lee (boss), 2026-11-16", "there: approved, ", "proposals 1, decision"),
        ("es", "aquí: devuelta, director general, por Ann Lee (boss), 16/11/2026", "allí: aprobada, ", "propuestas 1, decisión"),
        ("zh-CN", "本机：退回、总经理、Ann Lee（boss），2026-11-16", "对方：批准、部门负责人、", "处理建议 1、审批"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("verb", ["sync", "resolve"])
def test_both_sides_are_told_in_the_words_of_whoever_reads(
    decided: Laptops, verb: str, language: str, here: str, there: str, place: str
) -> None:
    decided.clash(decided.two)
    ran = decided.two.shop.run("boss", "--language", language, verb)
    told = " ".join(f"{ran.out} {ran.err}".split())
    for words in (here, there, place):
        assert " ".join(words.split()) in told, told
    for raw in ("proposals[0]", "+08:00", "2026-11-16T", "manager by"):
        assert raw not in told


def test_what_programs_get_of_a_clash_stays_as_it_was(decided: Laptops) -> None:
    decided.clash(decided.two)
    for verb in ("sync", "resolve"):
        ran = decided.two.shop.run("boss", "--language", "es", verb, "--json")
        (clash,) = ran.json["clashes"]
        (found,) = clash["contradictions"]
        assert set(found) == {"place", "ours", "theirs", "message"}
        assert found["place"] == "proposals[0].decision"
        assert found["ours"].startswith("returned manager")
        assert found["theirs"].startswith("approved head")

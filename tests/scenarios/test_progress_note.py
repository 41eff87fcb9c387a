"""`show --public`: what a customer may hear of their case, at any time, and what they may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios import road
from tests.shop import Shop

STATES = (
    "received", "classified", "assigned", "investigated", "proposed", "returned", "approved", "declined", "agreed",
    "fulfilled", "dissatisfied", "satisfied", "closed",
)  # fmt: skip
INTERNAL = (
    "li.na", "zhao.wei", "sun.min", "李娜", "赵伟", "孙敏",  # the staff
    "王女士", "13800001234",  # the customer, whom a note in the wrong hands would give away
    "cold shelf", "sour at breakfast", "spoiled too early", "agreed with the store", "which batch", "alarm was off",
    "two readings", "upheld", "founded", "Level", "zhao",
)  # fmt: skip


def note(shop: Shop, case: str) -> str:
    return shop.do("", "show", case, "--public")


def line(shop: Shop, case: str, label: str) -> str:
    """What the note says under a label; empty where it has no such line."""
    found = [row.strip() for row in note(shop, case).splitlines() if row.startswith(f"  {label}")]
    return found[0].removeprefix(label).strip() if found else ""


@pytest.mark.parametrize("state", STATES)
def test_a_note_for_the_customer_can_be_made_in_every_state_and_tells_nothing_internal(
    state: str, tmp_path: Path
) -> None:
    # S0-24, W17
    place = road.at(state, tmp_path)
    text = note(place.shop, place.case)
    assert text.startswith(f"Corner Shop: complaint {place.case}, as at ")
    assert line(place.shop, place.case, "Received").startswith("2026-11-16 10:10, service desk")
    assert line(place.shop, place.case, "About") == "鲜牛奶 1L"
    assert line(place.shop, place.case, "Now")
    assert [word for word in INTERNAL if word in text] == []


@pytest.mark.parametrize("state", STATES)
def test_a_decision_is_in_the_note_once_it_is_approved_and_not_before(state: str, tmp_path: Path) -> None:
    # S4-5, S0-24
    place = road.at(state, tmp_path)
    decided = STATES.index(state) >= STATES.index("approved")
    assert line(place.shop, place.case, "Decision").startswith("refund 12.90 CNY") is decided
    assert ("12.90" in note(place.shop, place.case)) is decided


def test_whether_a_proposal_was_made_or_sent_back_cannot_be_told_from_the_note(tmp_path: Path) -> None:
    # S4-5
    said = {
        state: line((place := road.at(state, tmp_path / state)).shop, place.case, "Now")
        for state in ("investigated", "proposed", "returned")
    }
    assert set(said.values()) == {"a decision is being prepared"}


def test_an_old_decision_does_not_come_up_again_after_reopening(tmp_path: Path) -> None:
    # S0-24
    place = road.at("closed", tmp_path)
    place.shop.do("li.na", "reopen", place.case, "--reason", "the next one was sour too")
    assert line(place.shop, place.case, "Decision") == ""
    assert line(place.shop, place.case, "Now") == "it is being looked into"
    assert "taken up again 2026-11-16" in line(place.shop, place.case, "Received")
    assert "sour" not in note(place.shop, place.case)


def test_the_note_says_what_was_promised_and_whether_it_was_kept(tmp_path: Path) -> None:
    # S0-24, S0-6, S4-1
    place = road.at("proposed", tmp_path)
    shop, case = place.shop, place.case
    answer = "our answer to your complaint by 2026-11-23 24:00"
    assert line(shop, case, "Promised") == "Somebody sees to you within five minutes."
    assert f" {answer}\n" in note(shop, case)
    shop.do("li.na", "contact", case, "--by", "phone", "--note", "it is being looked into")
    assert line(shop, case, "Promised") == answer
    shop.wait(days=10)
    assert f" {answer}: we are late\n" in note(shop, case)
    shop.do("sun.min", "approve", case)
    assert f" {answer}: given {shop.now:%Y-%m-%d %H:%M}\n" in note(shop, case)


def test_the_next_word_is_a_day_until_it_is_kept(tmp_path: Path) -> None:
    # S0-24, S1b-2
    place = road.at("assigned", tmp_path)
    shop, case = place.shop, place.case
    words = ("contact", case, "--by", "phone", "--note", "the laboratory needs two days")
    shop.do("li.na", *words, "--again-on", "2026-11-18")
    assert line(shop, case, "Next word") == "by 2026-11-18"
    assert "18/11/2026" in shop.do("", "--language", "es", "show", case, "--public")
    assert "laboratory" not in note(shop, case)
    shop.wait(hours=1).do("li.na", "contact", case, "--by", "phone", "--incoming", "--note", "asks again")
    assert line(shop, case, "Next word") == "by 2026-11-18"
    shop.wait(hours=1).do("li.na", *words)
    assert line(shop, case, "Next word") == ""


def test_the_customer_reads_what_it_waits_for_and_not_why(tmp_path: Path) -> None:
    # S0-24
    place = road.at("assigned", tmp_path)
    place.shop.do("li.na", "hold", place.case, "--for", "test", "--reason", "we doubt the receipt")
    assert line(place.shop, place.case, "Waits for") == "a test"
    assert "receipt" not in note(place.shop, place.case)


def test_whom_it_is_against_and_what_was_said_of_them_stay_inside(shop: Shop) -> None:
    # S0-24, S1b-1
    case = shop.new(
        "--channel",
        "desk",
        "--complaint",
        "赵伟 shouted at me",
        "--against",
        "zhao.wei",
        "--product",
        "till 3",
    )
    shop.do("li.na", "classify", case, "--category", "service.attitude")
    text = note(shop, case)
    assert "till 3" in text
    assert not [word for word in ("赵伟", "zhao", "shouted", "attitude") if word in text]


def test_the_steps_and_the_day_of_a_remedy_are_told_and_what_it_costs_is_not(shop: Shop) -> None:
    # S0-24, S2-11
    case = shop.investigated()
    shop.do("zhao.wei", "propose", case, "--remedy", "exchange", "--how", "exchange=we bring a fresh one", "--expected",
            "exchange=2026-11-18", "--cost", "exchange=7.77", "--task", "goods: look at the shelf", "--reason", "sour")  # fmt: skip
    shop.wait(minutes=1).do("sun.min", "approve", case)
    assert line(shop, case, "Decision") == "exchange, expected 2026-11-18: we bring a fresh one"
    shop.wait(minutes=1).do("li.na", "respond", case, "--agreed")
    shop.wait(minutes=1).do("li.na", "fulfil", case, "--task", "1")
    assert line(shop, case, "Decision") == "exchange, done 2026-11-16: we bring a fresh one"
    assert line(shop, case, "Your answer") == "agreed"
    assert not [word for word in ("7.77", "shelf") if word in note(shop, case)]


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ("es", "reembolso 5,00 yuanes"),
        ("zh-CN", "退款 5.00元"),
        ("zh", "退款 5.00元"),
        ("fr", "refund 5.00 CNY"),
        ("", "refund 5.00 CNY"),
    ],
)
def test_the_note_speaks_the_language_that_the_customer_asked_for(asked: str, word: str, shop: Shop) -> None:
    # S0-24
    given = ("--customer-language", asked) if asked else ()
    case = shop.new("--channel", "desk", "--complaint", "sour", "--price", "5.00", *given)
    words = ("--category", "goods.spoiled", "--remedy", "refund=5.00", "--reason", "spoiled")
    shop.do("boss", "settle", case, *words)
    assert f"  {word}" in note(shop, case).replace("Decision", "")


def test_it_is_a_note_and_no_data(shop: Shop) -> None:
    # S0-24
    case = shop.new()
    refused = shop.refuse(2, "", "show", case, "--public", "--json")
    assert "leave out --json" in refused.err


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop.make(tmp_path / "shop")

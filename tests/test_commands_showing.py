"""What `show` tells a person about a case."""

from __future__ import annotations

from pathlib import Path

from tests.scenarios import optical
from tests.shop import MILK, Shop


def test_what_was_carried_out_stands_among_what_was_done(shop: Shop) -> None:
    case = shop.fulfilled()
    done = shop.do("", "show", case).split("What was done")[1].split("Proposal 1")[0]
    assert "carrying out 1: refund" in done


def test_an_investigation_has_a_line_for_each_thing_that_was_found(shop: Shop) -> None:
    case = shop.investigated()
    lines = [line.strip() for line in shop.do("", "show", case).splitlines()]
    assert "customer: sour at breakfast" in lines
    assert "cold shelf at 11 °C" in lines


def test_a_closing_is_shown_with_its_lesson_and_prevention(shop: Shop) -> None:
    case = shop.fulfilled()
    shop.do("li.na", "follow-up", case, "--satisfaction", "5")
    shop.do("li.na", "close", case, "--lesson", "the alarm was off", "--prevention", "two readings a day")
    shown = shop.do("", "show", case)
    assert "the alarm was off" in shown
    assert "two readings a day" in shown


def test_a_reopened_case_says_which_round_a_clock_is_of_and_reopens_before_it_is_assigned(shop: Shop) -> None:
    case = shop.fulfilled()
    shop.do("li.na", "follow-up", case, "--satisfaction", "5")
    shop.do("li.na", "close", case, "--lesson", "a", "--prevention", "b")
    assert "(round 1)" not in shop.do("", "show", case)
    shop.wait(days=1).do("li.na", "reopen", case, "--reason", "sour again")
    shown = shop.do("", "show", case)
    assert "(round 1)" in shown
    assert "(round 2)" in shown
    assert shown.index("reopening: sour again") < shown.rindex("assignment:")


def test_show_says_that_a_flag_raised_the_severity(shop: Shop) -> None:
    case = shop.new(*MILK)
    shop.do(
        "li.na", "classify", case, "--category", "goods.spoiled", "--severity", "minor", "--flag", "injury"
    )
    assert "severe (recorded as minor), urgent" in shop.do("", "show", case)


def test_show_says_who_began_a_contact(shop: Shop) -> None:
    case = shop.new(*MILK)
    shop.do("li.na", "contact", case, "--by", "phone", "--incoming", "--note", "she asks")
    shop.do("li.na", "contact", case, "--by", "phone", "--party", "department:goods", "--note", "asked goods")
    shown = shop.do("", "show", case)
    assert "contact (telephone, customer, to us): she asks" in shown
    assert "contact (telephone, goods): asked goods" in shown


def test_a_day_that_is_over_is_refused_for_a_hold_and_a_measure(shop: Shop) -> None:
    case = shop.new(*MILK)
    late = shop.run("li.na", "hold", case, "--for", "test", "--reason", "lab", "--until", "2026-11-15")
    assert late.code == 2
    assert "2026-11-15 is over; today is 2026-11-16" in late.err
    words = ("improve", case, "--measure", "alarm", "--owner", "li.na", "--due")
    assert shop.run("li.na", *words, "2026-11-15").code == 2
    shop.do("li.na", *words, "2026-11-16")


def test_what_is_missed_or_waits_stands_before_what_is_met(shop: Shop) -> None:
    case = shop.new(*MILK)
    shop.do("li.na", "contact", case, "--by", "phone", "--note", "told her")
    shop.wait(days=30)
    clocks = shop.do("", "show", case).split("Clocks\n")[1].split("\n\n")[0].splitlines()
    states = ["MISSED" if "MISSED" in line else "waiting" if "waiting" in line else "rest" for line in clocks]
    assert states == sorted(states, key=["MISSED", "waiting", "rest"].index)
    assert {"MISSED", "rest"} <= set(states)


def test_a_check_and_a_statement_are_shown_in_the_words_of_the_rules(tmp_path: Path) -> None:  # S1a-4
    shop, case = optical.handed(tmp_path, "wear.power")
    words = (
        "--check",
        "listen=dizzy",
        "--check",
        "fit=sits-well",
        "--statement",
        "customer: the floor swims",
    )
    shop.do("zhao.wei", "investigate", case, *words)
    shown = shop.do("", "--language", "zh-CN", "show", case)
    assert "：校配良好，继续检查" in shown
    assert "顾客：the floor swims" in shown
    assert "sits-well" not in shown

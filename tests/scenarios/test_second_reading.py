"""Corrections of the second reading that no scenario of a procedure plays by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shop import MILK, Shop, rules


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop.make(tmp_path / "shop")


def test_money_for_harm_is_what_the_law_says_and_not_more(shop: Shop) -> None:
    # W9, S0-15: ten times the price, at least 1,000.00, for unsafe food that was sold knowingly
    case = shop.investigated()
    words = ("propose", case, "--reason", "sold after its date", "--confirm", "known-to-seller")
    refused = shop.refuse(1, "zhao.wei", *words, "--remedy", "compensation=1000.01")
    assert "1,000.00 CNY" in refused.err
    shop.refuse(1, "zhao.wei", *words[:-2], "--remedy", "compensation=1000.00")
    shop.do("zhao.wei", *words, "--remedy", "compensation=1000.00")
    assert shop.show(case)["proposals"][0]["remedies"][0]["rule"] == "unsafe-food"


@pytest.mark.parametrize(
    "kind", ["shopping-process", "goods-management", "staff-training", "complaint-mechanism"]
)
def test_a_measure_is_of_one_of_four_standing_kinds(shop: Shop, kind: str) -> None:
    # W15, S0-20
    case = shop.new()
    words = ("improve", case, "--measure", "look at it", "--owner", "wu.lei", "--due", "2026-12-15", "--kind")
    refused = shop.refuse(2, "li.na", *words, "weather")
    assert kind in refused.err
    shop.do("li.na", *words, kind)
    shop.wait(minutes=1)
    [row] = shop.run("", "report", "improvements", "--format", "json").json["tables"]["improvements"]["rows"]
    assert row["kind"] == kind


def test_the_evidence_is_held_against_what_was_alleged_before_a_verdict(shop: Shop) -> None:
    # W28, S0-11: it is the last check of every list, and where health is at stake nothing is decided without it
    books = rules(shop)["playbooks"].values()
    assert {book["checks"][-1]["name"] for book in books} == {"evidence-against-allegation"}
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", "goods.spoiled", "--flag", "food-safety")
    shop.do("li.na", "assign", case, "--to", "zhao.wei")
    names = [check["name"] for check in rules(shop)["playbooks"]["food-safety"]["checks"]]
    shop.do(
        "zhao.wei",
        "investigate",
        case,
        *(word for name in names[:-1] for word in ("--check", f"{name}=done")),
    )
    verdict = ("investigate", case, "--findings", "sour", "--verdict", "founded", "--cause", "goods.spoiled",
               "--containment", "off the shelf", "--statement", "customer: ill")  # fmt: skip
    refused = shop.refuse(1, "zhao.wei", *verdict)
    assert "--check evidence-against-allegation=…" in refused.err
    shop.do("zhao.wei", *verdict, "--check", "evidence-against-allegation=it fits")


def test_an_opinion_that_comes_in_later_is_kept_with_the_others(shop: Shop) -> None:
    # N36, S0-18: by a questionnaire from the box or the page, after the customer was asked on the telephone
    case = shop.fulfilled()
    shop.do("li.na", "follow-up", case, "--satisfaction", "5", "--method", "phone")
    words = (
        "follow-up",
        case,
        "--satisfaction",
        "3",
        "--method",
        "questionnaire",
        "--comment",
        "it took long",
    )
    shop.wait(days=1).do("li.na", *words)
    form = shop.show(case)
    assert [one["method"] for one in form["follow_ups"]] == ["phone", "questionnaire"]
    assert form["state"] == "dissatisfied"
    assert {"box", "web"} <= set(rules(shop)["channels"])


def test_the_complaint_line_is_always_answered(shop: Shop) -> None:
    # N37, S2-2: no hours, so that a first answer is never put off until the morning
    assert "hours" not in rules(shop)["channels"]["phone"]
    notice = shop.do("", "policy", "show", "supermarket", "--public")
    assert "telephone\n  open: around the clock\n  promised: Somebody answers at once." in notice


def test_what_a_task_takes_is_written_down_before_it_is_carried_out(shop: Shop) -> None:
    # N38, S0-16: goods to replace, papers, tools
    case = shop.investigated()
    shop.do("zhao.wei", "propose", case, "--remedy", "exchange", "--reason", "sour", "--task", "goods: bring a fresh one",
            "--task-who", "1=chen.jie", "--task-needs", "1=two bottles, a cool bag")  # fmt: skip
    assert shop.show(case)["proposals"][0]["tasks"][0]["resources"] == "two bottles, a cool bag"
    assert "needs two bottles, a cool bag" in shop.do("", "show", case)
    shop.wait(minutes=1).do("sun.min", "approve", case)
    shop.wait(minutes=1).do("li.na", "respond", case, "--agreed")
    assert {one["name"]: one["state"] for one in shop.show(case)["deadlines"]}["carry-out"] == "waiting"


def test_whoever_took_it_is_left_out_only_where_they_settled_it(shop: Shop) -> None:
    # W32, S1a-3: keeping in touch is asked for once a case was passed on and the customer heard nothing
    settled, passed_on = shop.new(), shop.new(*MILK)
    shop.do(
        "li.na",
        "settle",
        settled,
        "--category",
        "goods.spoiled",
        "--remedy",
        "refund=12.90",
        "--reason",
        "sour",
    )
    shop.do("li.na", "classify", passed_on, "--category", "goods.spoiled")
    shop.do("li.na", "assign", passed_on, "--to", "zhao.wei")
    shop.wait(days=8)
    report = shop.run("", "report", "principles", "--week", "2026-W47", "--format", "json").json
    assert [row["case"] for row in report["tables"]["unheard"]["rows"]] == [passed_on]

"""The supermarket's procedure (S0) played through the command line, one scenario for each way a case may go."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios import road
from tests.shop import MILK, START, Shop

LESSON = ("--lesson", "the alarm of the cold shelf was off", "--prevention", "two readings a day")


def clock(case: Any, name: str, number: int = 1) -> Any:
    """The last clock of that name in a round of `show --json`."""
    return [one for one in case["deadlines"] if one["name"] == name and one["round"] == number][-1]


def priced(price: str) -> tuple[str, ...]:
    """Words for a complaint about goods of a price."""
    return (
        "--channel", "desk", "--product", "rice cooker", "--price", price, "--purchased-on", "2026-11-15",
        "--complaint", "does not heat",
    )  # fmt: skip


def proposed(shop: Shop, price: str, *classified: str) -> str:
    """A founded case about goods of a price, with a refund of all of it proposed by zhao.wei."""
    case = shop.new(*priced(price))
    shop.do("li.na", "classify", case, "--category", "goods.failed", *classified)
    shop.do("li.na", "assign", case, "--to", "zhao.wei")
    shop.do(
        "zhao.wei", "investigate", case, "--findings", "the coil is broken", "--verdict", "founded", "--cause",
        "goods.failed", "--statement", "customer: cold on the first day",
    )  # fmt: skip
    shop.do("zhao.wei", "propose", case, "--remedy", f"refund={price}", "--reason", "broken when bought")
    return case


# ── Intake ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("channel", ["phone", "desk", "box", "web", "social", "email", "chat", "app"])
def test_a_complaint_comes_in_by_every_channel_of_the_policy(shop: Shop, channel: str) -> None:
    # S0-1, S2-1
    case = shop.new("--channel", channel, "--complaint", "no trolley")
    assert shop.show(case)["intake"]["channel"] == channel


def test_a_channel_that_the_policy_does_not_have_is_refused(shop: Shop) -> None:
    # S0-1, S2-1: the list of channels belongs to the policy
    refused = shop.refuse(2, "li.na", "new", "--channel", "fax", "--complaint", "no trolley")
    assert "desk" in refused.err


def test_the_form_holds_who_what_and_what_is_wanted(shop: Shop) -> None:
    case = shop.show(shop.new(*MILK, "--receipt", "R-17", "--place", "main street", "--occurred-at", "2026-11-15T18:30",
                              "--moment", "after", "--email", "wang@example.org", "--against", "goods"))  # fmt: skip
    # S0-2
    assert (
        case["customer"].items()
        >= {"name": "王女士", "phone": "13800001234", "email": "wang@example.org"}.items()
    )
    assert case["about"]["receipt"] == "R-17"
    # S0-3
    assert case["about"].items() >= {
        "product": "鲜牛奶 1L", "batch": "20261110A", "price": "12.90", "purchased_on": "2026-11-15",
        "place": "main street", "occurred_at": "2026-11-15T18:30:00+08:00", "against": "goods",
    }.items()  # fmt: skip
    assert case["complaint"] == "牛奶未到保质期已变质"
    # S0-4
    assert case["demand"] == {"remedy": "refund", "amount": "12.90"}
    # S1e-2: the recorder signs
    assert case["intake"]["by"] == "li.na"


def test_a_demand_may_be_in_words(shop: Shop) -> None:
    # S0-4
    case = shop.new(
        "--channel", "desk", "--complaint", "rude", "--demand", "apology", "--demand-text", "in public"
    )
    assert shop.show(case)["demand"] == {"remedy": "apology", "text": "in public"}


def test_the_customer_is_told_what_is_promised_and_by_when(shop: Shop) -> None:
    # S0-6, S4-1, S1b-2: five business days from Monday the 16th end with Monday the 23rd
    ran = shop.run("li.na", "new", *MILK)
    assert "Promised: our answer to your complaint by 2026-11-23 24:00" in ran.err
    assert clock(shop.show(ran.out.strip()), "reply")["due"] == "2026-11-24T00:00:00+08:00"
    shop.do("li.na", "contact", ran.out.strip(), "--by", "desk", "--note", "apologised; answer by Monday")
    assert shop.show(ran.out.strip())["contacts"][0]["note"] == "apologised; answer by Monday"


def test_the_channel_says_its_own_promise(shop: Shop) -> None:
    # S0-6, S2-2
    ran = shop.run("li.na", "new", "--channel", "chat", "--complaint", "late")
    assert "Promised: A first answer within ten minutes." in ran.err


def test_a_request_is_promised_an_answer_of_its_own(shop: Shop) -> None:
    # S0-6, S1d-1
    case = shop.show(shop.new("--channel", "phone", "--kind", "enquiry", "--complaint", "when do you open?"))
    assert [one["name"] for one in case["deadlines"] if one["name"].startswith("reply")] == ["reply-request"]


def test_what_was_recorded_late_is_measured(shop: Shop) -> None:
    # S1a-2
    late = shop.new(*MILK, "--received-at", "2026-11-11T09:00")
    prompt = shop.new("--channel", "desk", "--complaint", "queue")
    case = shop.show(late)
    assert (case["intake"]["received_at"], case["intake"]["registered_at"]) == (
        "2026-11-11T09:00:00+08:00",
        START,
    )
    assert clock(case, "reply")["due"] == "2026-11-19T00:00:00+08:00"  # the promise runs from the receipt
    found = quality(shop.wait(days=8))["late-registration"]
    assert (found["n"], found["cases"]) == (1, late)
    assert found["of"] == 2
    assert prompt != late


def test_a_complaint_is_not_received_after_it_is_registered(shop: Shop) -> None:
    # S1a-2
    shop.refuse(2, "li.na", "new", *MILK, "--received-at", "2026-11-16T10:00:01+08:00")


def test_the_same_customer_is_known_again(shop: Shop) -> None:
    # S0-2
    first = shop.new()
    again = shop.run(
        "li.na", "new", "--channel", "web", "--phone", "13800001234", "--complaint", "and the bread"
    )
    assert f"the same customer has an open case: {first}" in again.err
    assert shop.show(first)["customer"]["id"] == shop.show(again.out.strip())["customer"]["id"]


def quality(shop: Shop) -> dict[str, Any]:
    """The table of data quality of the last complete week, by the name of the check."""
    report = shop.run("", "report", "weekly", "--format", "json").json
    table = report["tables"]["quality"]
    return {row["check"]: row for row in table["rows"]}


# ── Classification ──────────────────────────────────────────────────────────────────────────────────


def test_the_first_classification_says_category_urgency_and_liability(shop: Shop) -> None:
    # S0-5
    case = shop.new()
    shop.do(
        "li.na",
        "classify",
        case,
        "--category",
        "goods.spoiled",
        "--urgency",
        "urgent",
        "--liability",
        "supplier",
    )
    found = shop.show(case)
    assert found["state"] == "classified"
    assert found["classification"].items() >= {
        "category": "goods.spoiled", "urgency": "urgent", "liability": "supplier", "by": "li.na",
    }.items()  # fmt: skip


@pytest.mark.parametrize(
    ("category", "severity"),
    [
        ("goods.label", "minor"),
        ("goods.failed", "moderate"),
        ("goods.spoiled", "moderate"),
        ("shopping.queue", "minor"),
    ],
)
def test_the_category_brings_its_severity(shop: Shop, category: str, severity: str) -> None:
    # S0-7
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", category)
    assert shop.show(case)["classification"]["severity"] == severity


def test_a_group_of_categories_is_none(shop: Shop) -> None:
    # S0-5
    refused = shop.refuse(2, "li.na", "classify", shop.new(), "--category", "goods")
    assert "goods.spoiled" in refused.err


def test_food_safety_is_severe_urgent_and_grave_at_once(shop: Shop) -> None:
    # S0-7, S2-4: the flag raises severity and urgency, and the tighter clocks run
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", "goods.spoiled", "--flag", "food-safety")
    found = shop.show(case)
    assert (found["level"], found["level_reason"]) == (1, "food safety")
    assert clock(found, "assign-urgent")["due"] == "2026-11-16T11:00:00+08:00"
    assert clock(found, "first-progress-urgent")["due"] == "2026-11-16T12:00:00+08:00"
    assert not [one for one in found["deadlines"] if one["name"] in {"assign", "investigate"}]


def test_the_scope_raises_the_level(shop: Shop) -> None:
    # S0-8
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", "goods.label")
    assert shop.show(case)["level"] == 3
    shop.do(
        "li.na", "classify", case, "--category", "goods.label", "--affected", "9", "--flag", "batch-defect"
    )
    assert shop.show(case)["level"] == 2  # S2-6
    shop.do("li.na", "classify", case, "--category", "goods.label", "--affected", "10")
    assert shop.show(case)["level"] == 1
    shop.do("li.na", "classify", case, "--category", "goods.label", "--flag", "media")
    assert shop.show(case)["level"] == 1


def test_a_case_climbs_by_itself(shop: Shop) -> None:
    # S1d-3, S1d-4: nothing is edited, and after half a month the level is another
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", "goods.label")
    head = shop.git("rev-parse", "HEAD")
    assert shop.wait(days=14, hours=23).show(case)["level"] == 3
    assert f"{case} climbs to level 2" in shop.run("", "due").err
    assert shop.wait(hours=1).show(case)["level"] == 2
    assert shop.git("rev-parse", "HEAD") == head


@pytest.mark.parametrize(
    ("category", "department"),
    [("goods.expired", "goods"), ("service.attitude", "store"), ("service.after-sales", "customer-service"),
     ("price.unclear-terms", "marketing")],
)  # fmt: skip
def test_a_case_goes_to_the_responsible_department(shop: Shop, category: str, department: str) -> None:
    # S0-9
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", category)
    shop.do("li.na", "assign", case, "--to", "zhao.wei", "--task", "look at the shelf")
    assert shop.show(case)["assignments"] == [
        {
            "department": department,
            "handler": "zhao.wei",
            "task": "look at the shelf",
            "by": "li.na",
            "at": START,
        }
    ]


def test_no_case_is_assigned_outside_the_house(shop: Shop) -> None:
    # S0-9
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", "goods.label")
    shop.refuse(1, "li.na", "assign", case, "--to", "zhao.wei", "--department", "supplier")


# ── Settled at the desk ─────────────────────────────────────────────────────────────────────────────

SETTLE = ("--category", "goods.spoiled", "--remedy", "refund=12.90", "--reason", "plainly sour")


def test_a_clerk_settles_at_once_and_the_form_is_whole(shop: Shop) -> None:
    # S1a-1, S1c-2
    case, before = shop.new(), shop.commits()
    shop.do("li.na", "settle", case, *SETTLE)
    found = shop.show(case)
    assert found["state"] == "fulfilled"
    assert found["classification"]["category"] == "goods.spoiled"
    [proposal] = found["proposals"]
    assert proposal["decision"].items() >= {
        "outcome": "approved", "role": "clerk", "limit": "50.00", "via": "settle", "by": "li.na",
    }.items()  # fmt: skip
    assert proposal["answer"]["outcome"] == "agreed"
    assert proposal["remedies"][0]["done"]["by"] == "li.na"
    assert shop.commits() == before + 1
    assert found["next"] == ["follow-up"]


@pytest.mark.parametrize(
    ("satisfaction", "state", "outcome"),
    [("5", "closed", "very-satisfied"), ("4", "closed", "satisfied"), ("3", "dissatisfied", None)],
)
def test_satisfaction_at_the_desk_closes_the_case(
    shop: Shop, satisfaction: str, state: str, outcome: str | None
) -> None:
    # S1a-1, S4-8
    case = shop.new()
    shop.do("li.na", "settle", case, *SETTLE, "--satisfaction", satisfaction)
    found = shop.show(case)
    assert found["state"] == state
    assert found["follow_ups"][0]["satisfaction"] == int(satisfaction)
    assert [closure["outcome"] for closure in found.get("closures", [])] == ([outcome] if outcome else [])


def test_nobody_settles_beyond_their_authority(shop: Shop) -> None:
    # S1c-2, S1c-4
    case = shop.new(*priced("60.00"))
    words = ("settle", case, "--category", "goods.failed", "--remedy", "refund=60", "--reason", "broken")
    refused = shop.refuse(1, "li.na", *words)
    assert "60.00" in refused.err
    assert "50.00" in refused.err
    shop.do("sun.min", *words)
    assert shop.show(case)["proposals"][0]["decision"]["role"] == "head"


@pytest.mark.parametrize(
    "grave",
    [("--severity", "severe"), ("--flag", "food-safety"), ("--flag", "injury"), ("--flag", "media"),
     ("--flag", "lawsuit"), ("--flag", "unauthorised-promise")],
    ids=lambda words: words[1],
)  # fmt: skip
def test_what_is_grave_is_not_settled_at_the_desk(shop: Shop, grave: tuple[str, str]) -> None:
    # S1a-1, S0-7: not even by the general manager
    case = shop.new()
    for who in ("li.na", "boss"):
        refused = shop.refuse(1, who, "settle", case, *SETTLE, *grave)
        assert case in refused.err


def test_what_was_classified_as_grave_is_not_made_light_by_settling_it(shop: Shop) -> None:
    # S0-7, S1a-1
    case = shop.new()
    shop.do("sun.min", "classify", case, "--category", "goods.spoiled", "--flag", "food-safety")
    offer = ("--remedy", "refund=12.90", "--reason", "plainly sour")
    shop.refuse(1, "li.na", "settle", case, *offer)
    shop.refuse(1, "li.na", "settle", case, "--category", "goods.spoiled", *offer)
    shop.refuse(1, "li.na", "settle", case, "--category", "goods.label", *offer)
    shop.refuse(1, "li.na", "settle", case, "--category", "goods.spoiled", "--severity", "minor", *offer)


def test_nobody_settles_a_complaint_about_themselves(shop: Shop) -> None:
    # S0-10
    case = shop.new(*MILK, "--against", "li.na")
    shop.refuse(1, "li.na", "settle", case, *SETTLE)
    shop.do("chen.jie", "settle", case, *SETTLE)


def test_settling_needs_an_entitlement(shop: Shop) -> None:
    # S0-15
    case = shop.new()
    refused = shop.refuse(1, "li.na", "settle", case, "--category", "goods.spoiled", "--remedy", "refund=20",
                          "--reason", "angry")  # fmt: skip
    assert "12.90" in refused.err


def test_what_was_settled_may_go_on_when_the_customer_is_not_content(shop: Shop) -> None:
    # S4-8, S1e-7
    case = shop.new()
    shop.do("li.na", "settle", case, *SETTLE, "--satisfaction", "2")
    assert shop.show(case)["next"][0] == "assign"
    assert "complaintctl assign" in shop.refuse(1, "zhao.wei", "investigate", case, "--findings", "warm").err
    shop.do("li.na", "assign", case, "--to", "zhao.wei")
    found = shop.show(case)
    assert (found["state"], found["next"][0]) == ("dissatisfied", "investigate")
    verdict = ("--findings", "warm", "--verdict", "founded", "--cause", "goods.spoiled")
    shop.do("zhao.wei", "investigate", case, *verdict)
    shop.refuse(1, "zhao.wei", "investigate", case, *verdict[:2])  # a verdict ends it
    shop.do("zhao.wei", "propose", case, "--remedy", "exchange", "--reason", "a fresh one")
    shop.do("sun.min", "approve", case)
    assert shop.show(case)["state"] == "approved"


# ── The long road ───────────────────────────────────────────────────────────────────────────────────


def test_the_long_road_to_a_content_customer(shop: Shop) -> None:
    # S0-16, S0-17, S0-18, S1e-4, S1e-5, S4-6, S4-7, S4-8
    case = shop.investigated()
    shop.do("zhao.wei", "propose", case, "--remedy", "refund=12.90", "--remedy", "apology", "--reason", "spoiled",
            "--task", "goods: take the batch off the shelf")  # fmt: skip
    shop.do("sun.min", "approve", case, "--note", "batch too")
    shop.do("li.na", "respond", case, "--agreed")
    shop.do("li.na", "contact", case, "--by", "phone", "--progress", "--note", "the money is on its way")
    shop.do("li.na", "fulfil", case, "--task", "1", "--voucher", "R-9")
    assert shop.show(case)["state"] == "agreed"  # task by task
    shop.do("chen.jie", "fulfil", case, "--problem", "the shelf is locked")
    shop.do("chen.jie", "fulfil", case, "--task", "3")
    shop.do("li.na", "fulfil", case, "--all")
    found = shop.show(case)
    assert found["state"] == "fulfilled"
    [proposal] = found["proposals"]
    assert [item["done"]["by"] for item in [*proposal["remedies"], *proposal["tasks"]]] == [
        "li.na",
        "li.na",
        "chen.jie",
    ]
    assert proposal["problems"][0]["text"] == "the shelf is locked"
    shop.do(
        "li.na", "follow-up", case, "--satisfaction", "4", "--method", "questionnaire", "--comment", "quick"
    )
    shop.do("li.na", "close", case, *LESSON, "--disposition", "the shift leader was told")
    closure = shop.show(case)["closures"][0]
    assert closure.items() >= {
        "outcome": "satisfied", "lesson": LESSON[1], "prevention": LESSON[3], "disposition": "the shift leader was told",
    }.items()  # fmt: skip  # S0-21, S1b-7, S1a-8
    steps = [row["step"] for row in reversed(shop.run("", "log", case, "--json").json)]
    assert steps == [
        "new", "classify", "assign", "contact", "investigate", "propose", "approve", "respond", "contact", "fulfil",
        "fulfil", "fulfil", "fulfil", "follow-up", "close",
    ]  # fmt: skip


@pytest.mark.parametrize("method", ["questionnaire", "visit", "phone", "video"])
def test_the_customer_is_asked_in_every_way_of_the_policy(shop: Shop, method: str) -> None:
    # S0-18
    case = shop.fulfilled()
    shop.do("li.na", "follow-up", case, "--satisfaction", "5", "--method", method)
    assert shop.show(case)["follow_ups"][0]["method"] == method


@pytest.mark.parametrize(
    ("price", "classified", "too_low", "right"),
    [
        ("50.00", (), None, "li.na"),
        ("50.01", (), "li.na", "sun.min"),
        ("500.00", (), "li.na", "sun.min"),
        ("500.01", (), "sun.min", "qian.li"),
        ("5000.01", (), "qian.li", "boss"),
        ("10.00", ("--severity", "severe"), "li.na", "wu.lei"),  # S0-7
        ("10.00", ("--flag", "media"), "sun.min", "qian.li"),
        ("10.00", ("--affected", "10"), "sun.min", "qian.li"),  # S0-8: level 1
    ],
)
def test_the_right_rank_decides(
    shop: Shop, price: str, classified: tuple[str, ...], too_low: str | None, right: str
) -> None:
    # S1c-4, S1b-5
    case = proposed(shop, price, *classified)
    if too_low:
        refused = shop.refuse(1, too_low, "approve", case)
        assert f"--as {right}" in refused.err or right in refused.err
    shop.do(right, "approve", case)
    decision = shop.show(case)["proposals"][0]["decision"]
    assert (decision["outcome"], decision["by"]) == ("approved", right)
    assert decision.get("limit") == {"li.na": "50.00", "sun.min": "500.00", "wu.lei": "500.00",
                                     "qian.li": "5000.00", "boss": None}[right]  # fmt: skip


@pytest.mark.parametrize("flag", ["food-safety", "injury", "lawsuit"])
def test_what_touches_health_or_a_court_is_proposed_with_evidence_and_decided_high(
    shop: Shop, tmp_path: Path, flag: str
) -> None:
    # S0-7, S0-11, S0-12, S2-4
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", "goods.spoiled", "--flag", flag)
    shop.do("li.na", "assign", case, "--to", "zhao.wei")
    words = ["investigate", case, "--findings", "sour", "--verdict", "founded", "--cause", "goods.spoiled",
             "--containment", "batch off the shelf"]  # fmt: skip
    if flag != "lawsuit":  # a lawsuit alone is not severe
        refused = shop.refuse(1, "zhao.wei", *words, "--statement", "customer: ill at night")
        assert "--check health=…" in refused.err  # the playbook, check by check (S1a-4)
        refused = shop.refuse(1, "zhao.wei", *words, *checks())
        assert "--statement" in refused.err
    shop.do(
        "zhao.wei",
        *words,
        *checks(),
        "--statement",
        "customer: ill at night",
        "--statement",
        "witness: so was I",
    )
    offer = ("propose", case, "--remedy", "refund=12.90", "--reason", "spoiled")
    refused = shop.refuse(1, "zhao.wei", *offer)
    assert "evidence add" in refused.err
    photo = tmp_path / "bottle.jpg"
    photo.write_bytes(road.PHOTO)
    shop.do("zhao.wei", "evidence", "add", case, str(photo))
    shop.do("zhao.wei", *offer)
    shop.refuse(1, "sun.min", "approve", case)
    shop.do("qian.li", "approve", case)


def checks() -> list[str]:
    """Every check of the food playbook, with an outcome."""
    names = ("health", "stop-sale", "sample", "batch", "others", "storage", "supplier", "authority",
             "evidence-against-allegation")  # fmt: skip
    return [word for name in names for word in ("--check", f"{name}=done")]


def test_nobody_decides_on_their_own_proposal(shop: Shop) -> None:
    # S1e-4
    case = shop.investigated()
    shop.do("boss", "propose", case, "--remedy", "refund=12.90", "--reason", "spoiled")
    refused = shop.refuse(1, "boss", "approve", case)
    assert "own proposal" in refused.err


def test_nothing_is_carried_out_or_answered_before_it_is_approved(shop: Shop) -> None:
    # S4-5, S1e-4
    case = shop.proposed()
    shop.refuse(1, "li.na", "respond", case, "--agreed")
    shop.refuse(1, "li.na", "fulfil", case, "--all")
    shop.refuse(1, "li.na", "follow-up", case, "--satisfaction", "5")


def test_a_large_sum_is_agreed_in_writing(shop: Shop, tmp_path: Path) -> None:
    # S1e-5
    case = proposed(shop, "500.00")
    shop.do("sun.min", "approve", case)
    shop.refuse(1, "li.na", "respond", case, "--agreed")
    paper = tmp_path / "agreement.pdf"
    paper.write_bytes(b"%PDF-1.4 signed")
    shop.do("li.na", "evidence", "add", case, str(paper))
    file = shop.show(case)["evidence"][0]["file"]
    shop.refuse(2, "li.na", "respond", case, "--agreed", "--agreement", "other.pdf")
    shop.do("li.na", "respond", case, "--agreed", "--agreement", file)
    assert shop.show(case)["proposals"][0]["answer"]["agreement"] == file


def test_a_returned_proposal_is_made_again(shop: Shop) -> None:
    # S1b-5
    case = shop.proposed()
    shop.do("sun.min", "approve", case, "--return", "add an apology")
    found = shop.show(case)
    assert (found["state"], found["next"]) == ("returned", ["propose"])
    assert found["proposals"][0]["decision"]["note"] == "add an apology"
    shop.do(
        "zhao.wei", "propose", case, "--remedy", "refund=12.90", "--remedy", "apology", "--reason", "spoiled"
    )
    shop.do("sun.min", "approve", case)
    assert [one["decision"]["outcome"] for one in shop.show(case)["proposals"]] == ["returned", "approved"]


def test_the_same_proposal_may_be_made_again_after_it_was_returned(shop: Shop) -> None:
    case = shop.proposed()
    shop.do("sun.min", "approve", case, "--return", "wait for the batch test")
    shop.do("zhao.wei", "propose", case, "--remedy", "refund=12.90", "--reason", "spoiled before its date")
    assert shop.show(case)["state"] == "proposed"


def declined_twice(shop: Shop, **pause: float) -> str:
    """A case whose offer was declined after a clerk's and after a head's decision, with a third one proposed."""
    case = shop.proposed()
    shop.do("li.na", "approve", case)  # a clerk's sum
    shop.wait(**pause).do("li.na", "respond", case, "--declined", "--reason", "wants a gift as well")
    assert shop.show(case)["state"] == "declined"
    shop.do(
        "zhao.wei", "propose", case, "--remedy", "refund=12.90", "--remedy", "gift=10", "--reason", "spoiled"
    )
    refused = shop.refuse(1, "chen.jie", "approve", case)
    assert "head of department" in refused.err
    shop.wait(**pause).do("sun.min", "approve", case)
    shop.wait(**pause).do("li.na", "respond", case, "--declined")
    shop.do(
        "zhao.wei", "propose", case, "--remedy", "refund=12.90", "--remedy", "gift=20", "--reason", "spoiled"
    )
    shop.refuse(1, "wu.lei", "approve", case)
    return case


def test_a_declined_offer_goes_back_and_one_rank_up(shop: Shop) -> None:
    # S4-6, S1b-6
    shop.do("qian.li", "approve", declined_twice(shop, minutes=1))


def test_a_declined_offer_goes_one_rank_up_however_fast_it_was(shop: Shop) -> None:
    # S4-6, S1b-6: a script that records both in one second asks for no higher rank
    shop.do("qian.li", "approve", declined_twice(shop))


def test_an_escalated_case_needs_one_rank_more(shop: Shop) -> None:
    # S1c-4, S1b-6
    case = shop.proposed()
    shop.do("chen.jie", "escalate", case, "--reason", "the customer called twice")
    shop.refuse(1, "li.na", "approve", case)
    shop.do("sun.min", "approve", case)
    assert shop.show(case)["escalations"][0]["by"] == "chen.jie"


def test_an_unfounded_complaint_is_explained_once_that_is_approved(shop: Shop) -> None:
    # S4-4, S1b-3
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", "goods.spoiled")
    shop.do("li.na", "assign", case, "--to", "zhao.wei")
    shop.do(
        "zhao.wei", "investigate", case, "--findings", "kept in the sun for a day", "--verdict", "unfounded"
    )
    shop.refuse(1, "zhao.wei", "propose", case, "--remedy", "refund=12.90", "--reason", "kindness")
    shop.do("zhao.wei", "propose", case, "--remedy", "explanation", "--reason", "kept in the sun")
    shop.refuse(1, "li.na", "close", case, "--outcome", "explained")
    shop.do("sun.min", "approve", case)
    shop.refuse(1, "li.na", "close", case, "--outcome", "explained")
    shop.do("li.na", "respond", case, "--agreed")
    shop.do("li.na", "close", case)
    found = shop.show(case)
    assert (found["state"], found["closures"][0]["outcome"]) == ("closed", "explained")


def test_a_founded_complaint_is_not_closed_as_explained(shop: Shop) -> None:
    # S4-4
    refused = shop.refuse(1, "li.na", "close", shop.fulfilled(), "--outcome", "explained", *LESSON)
    assert "unfounded" in refused.err


# ── Investigation ───────────────────────────────────────────────────────────────────────────────────


def against(shop: Shop, whom: str) -> str:
    """An assigned case against somebody or a department."""
    case = shop.new("--channel", "desk", "--complaint", "shouted at me", "--against", whom)
    shop.do("li.na", "classify", case, "--category", "service.attitude")
    shop.do("li.na", "assign", case, "--to", "chen.jie")
    return case


FINDINGS = ("--findings", "voices were raised", "--verdict", "founded", "--cause", "service.attitude")


def test_nobody_investigates_themselves_nor_their_department(shop: Shop) -> None:
    # S0-10
    person, department = against(shop, "zhao.wei"), against(shop, "store")
    for case in (person, department):
        refused = shop.refuse(1, "zhao.wei", "investigate", case, *FINDINGS)
        assert "chen.jie" in refused.err
        shop.refuse(1, "wu.lei", "investigate", case, *FINDINGS)  # of the same department
        shop.do("chen.jie", "investigate", case, *FINDINGS)


def test_whoever_is_found_responsible_did_not_investigate(shop: Shop) -> None:
    # S0-10, S1b-4
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", "goods.spoiled")
    shop.do("li.na", "assign", case, "--to", "chen.jie")
    words = (
        "investigate",
        case,
        "--findings",
        "warm shelf",
        "--verdict",
        "founded",
        "--cause",
        "goods.spoiled",
    )
    shop.refuse(1, "chen.jie", *words, "--responsible", "goods")
    shop.do("chen.jie", *words, "--responsible", "store")
    assert shop.show(case)["investigations"][0]["responsible"] == "store"


def test_an_investigation_grows_until_a_verdict_ends_it(shop: Shop) -> None:
    # S0-11, S0-13, S0-14, S1e-3
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", "goods.spoiled")
    shop.do("li.na", "assign", case, "--to", "zhao.wei")
    shop.do("zhao.wei", "investigate", case, "--check", "batch=two more on the shelf", "--statement", "customer: sour",
            "--statement", "chen.jie: the shelf was warm", "--statement", "witness: it smelled")  # fmt: skip
    assert shop.show(case)["state"] == "assigned"
    refused = shop.refuse(1, "zhao.wei", "investigate", case, "--verdict", "founded", "--findings", "warm")
    assert "--cause" in refused.err
    shop.refuse(
        1, "zhao.wei", "investigate", case, "--verdict", "founded", "--cause", "goods.spoiled"
    )  # no findings
    shop.refuse(
        2, "zhao.wei", "investigate", case, "--verdict", "founded", "--findings", "x", "--cause", "goods.sour"
    )
    shop.do("zhao.wei", "investigate", case, "--verdict", "partly", "--findings", "11 °C", "--cause", "goods.spoiled",
            "--impact", "two customers heard of it")  # fmt: skip
    first, last = shop.show(case)["investigations"]
    assert [one["who"] for one in first["statements"]] == ["customer", "chen.jie", "witness"]
    assert first["checks"] == [{"name": "batch", "outcome": "two more on the shelf"}]
    assert (last["verdict"], last["cause"], last["impact"]) == (
        "partly",
        "goods.spoiled",
        "two customers heard of it",
    )
    assert shop.show(case)["state"] == "investigated"


def test_an_investigation_records_something(shop: Shop) -> None:
    # S0-11
    case = against(shop, "store")
    shop.refuse(2, "chen.jie", "investigate", case, "--findings", " ")


def test_there_is_no_proposal_before_the_verdict(shop: Shop) -> None:
    # S4-4, S4-5
    case = against(shop, "store")
    shop.do("chen.jie", "investigate", case, "--findings", "still asking")
    refused = shop.refuse(1, "chen.jie", "propose", case, "--remedy", "apology", "--reason", "x")
    assert "verdict" in refused.err


def test_evidence_is_kept_whole_under_its_fingerprint(shop: Shop, tmp_path: Path) -> None:
    # S0-12, S4-3
    case = shop.investigated()
    photo = tmp_path / "a strange 名.exe"
    photo.write_bytes(road.PHOTO)
    shop.do(
        "zhao.wei", "evidence", "add", case, str(photo), "--note", "the cap", "--collected-by", "chen.jie"
    )
    [entry] = shop.run("", "evidence", "list", case, "--json").json
    assert entry.items() >= {
        "kind": "photo", "type": "image/jpeg", "size": len(road.PHOTO), "note": "the cap", "collected_by": "chen.jie",
        "name": "a strange 名.exe", "by": "zhao.wei",
    }.items()  # fmt: skip
    kept = road.path_of(shop, case).with_suffix("") / entry["file"]
    assert kept.read_bytes() == road.PHOTO
    assert entry["file"] == f"{entry['sha256'][:16]}.jpg"
    kept.write_bytes(road.PHOTO + b"changed")
    checked = shop.run("", "check")
    assert checked.code == 3
    assert "SHA-256" in checked.out


def test_the_supplier_is_brought_in(shop: Shop) -> None:
    # S0-15: who was told, what they answered
    case = shop.investigated()
    shop.do(
        "chen.jie",
        "contact",
        case,
        "--party",
        "supplier",
        "--by",
        "email",
        "--note",
        "told the dairy of the batch",
    )
    shop.do(
        "chen.jie",
        "contact",
        case,
        "--party",
        "supplier",
        "--by",
        "email",
        "--incoming",
        "--note",
        "they bear half",
    )
    shop.do(
        "chen.jie",
        "contact",
        case,
        "--party",
        "department:store",
        "--by",
        "phone",
        "--note",
        "batch off the shelf",
    )
    parties = [(one["party"], one["direction"]) for one in shop.show(case)["contacts"]]
    assert parties[1:] == [("supplier", "out"), ("supplier", "in"), ("department:store", "out")]
    shop.refuse(2, "chen.jie", "contact", case, "--party", "neighbour", "--by", "phone", "--note", "x")
    shop.refuse(2, "chen.jie", "contact", case, "--party", "department:moon", "--by", "phone", "--note", "x")


# ── Money ───────────────────────────────────────────────────────────────────────────────────────────


def test_what_nothing_entitles_to_is_an_exception_with_a_name_and_a_higher_rank(shop: Shop) -> None:
    # S0-15, S1a-6
    case = shop.investigated()
    offer = ("propose", case, "--remedy", "refund=20.00", "--reason", "much trouble")
    refused = shop.refuse(1, "zhao.wei", *offer)
    assert "--exception" in refused.err
    shop.do("zhao.wei", *offer, "--exception", "drove here twice")
    [proposal] = shop.show(case)["proposals"]
    assert proposal["exception"] == "drove here twice"
    assert "rule" not in proposal["remedies"][0]
    shop.refuse(1, "li.na", "approve", case)  # within a clerk's money, but an exception
    shop.do("sun.min", "approve", case)


def test_an_entitlement_says_which_rule_and_what_was_confirmed(shop: Shop) -> None:
    # S0-15, S1a-6
    case = shop.new("--channel", "desk", "--product", "kettle", "--price", "40.00", "--purchased-on", "2026-10-01",
                    "--complaint", "leaks")  # fmt: skip
    shop.do("li.na", "classify", case, "--category", "goods.failed")
    shop.do("li.na", "assign", case, "--to", "zhao.wei")
    shop.upheld("zhao.wei", case, "goods.failed", "leaks")
    offer = ("propose", case, "--remedy", "repair", "--reason", "in warranty")
    shop.refuse(1, "zhao.wei", *offer)
    shop.refuse(1, "zhao.wei", *offer, "--confirm", "under-warranty")
    shop.refuse(2, "zhao.wei", *offer, "--confirm", "no-such-thing")
    shop.do("zhao.wei", *offer, "--confirm", "under-warranty", "--confirm", "used-as-meant")
    [proposal] = shop.show(case)["proposals"]
    assert (
        proposal["remedies"][0].items() >= {"kind": "repair", "cost": "40.00", "rule": "faulty-later"}.items()
    )
    assert proposal["confirmed"] == ["under-warranty", "used-as-meant"]


def test_an_amount_cut_into_slices_is_still_the_amount(shop: Shop) -> None:
    # S1c-4: what the same customer was granted within the window counts against the limit
    words = ("--channel", "desk", "--phone", "13900001111", "--product", "rice", "--price", "30.00",
             "--complaint", "weevils")  # fmt: skip
    first, second = shop.new(*words), shop.new(*words)
    offer = ("--category", "goods.spoiled", "--remedy", "refund=30.00", "--reason", "weevils")
    shop.do("li.na", "settle", first, *offer)
    refused = shop.refuse(1, "li.na", "settle", second, *offer)
    assert "30.00 CNY granted to this customer before" in refused.err
    shop.do("sun.min", "settle", second, *offer)
    stranger = shop.new(
        "--channel", "desk", "--product", "rice", "--price", "30.00", "--complaint", "weevils"
    )
    shop.do("li.na", "settle", stranger, *offer)
    third = shop.wait(days=31).new(*words)
    shop.do("li.na", "settle", third, *offer)  # the window is over


def test_two_remedies_of_one_kind_do_not_pass_a_ceiling(shop: Shop) -> None:
    # S0-15
    case = shop.investigated()
    twice = ("--remedy", "refund=12.90", "--remedy", "refund=12.90")
    shop.refuse(1, "zhao.wei", "propose", case, *twice, "--reason", "x")


# ── Clocks ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_hold_stops_the_clocks_that_stop_for_it(shop: Shop) -> None:
    # S0-6, S4-1: a day with a hold in it is not counted; other clocks run on
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", "goods.spoiled")
    shop.do("li.na", "assign", case, "--to", "zhao.wei")
    before = shop.show(case)
    assert clock(before, "reply")["due"] == "2026-11-24T00:00:00+08:00"
    assert clock(before, "investigate")["due"] == "2026-11-20T00:00:00+08:00"
    assert clock(before, "progress")["due"] == "2026-11-24T00:00:00+08:00"
    shop.wait(days=1).do(
        "zhao.wei", "hold", case, "--for", "test", "--reason", "laboratory", "--until", "2026-11-20"
    )
    held = shop.show(case)
    assert held["next"] == ["resume", "close"]
    assert clock(held, "reply")["state"] == "on-hold"
    refused = shop.refuse(1, "zhao.wei", "investigate", case, "--findings", "x")
    assert "on hold" in refused.err
    shop.refuse(1, "zhao.wei", "hold", case, "--for", "customer", "--reason", "away")
    shop.wait(days=1).do(
        "li.na", "contact", case, "--by", "phone", "--note", "being tested"
    )  # may be told all the same
    shop.do("zhao.wei", "resume", case)
    after = shop.show(case)
    assert clock(after, "reply")["due"] == "2026-11-26T00:00:00+08:00"  # the 17th and 18th are not counted
    assert clock(after, "investigate")["due"] == "2026-11-24T00:00:00+08:00"
    assert after["holds"][0].items() >= {
        "for": "test", "until": "2026-11-20", "resumed_by": "zhao.wei", "resumed_at": "2026-11-18T10:00:00+08:00",
    }.items()  # fmt: skip
    shop.refuse(1, "li.na", "resume", case)


def test_a_hold_for_the_supplier_does_not_stop_the_promise_to_the_customer(shop: Shop) -> None:
    # S0-6
    case = shop.new()
    shop.do("li.na", "hold", case, "--for", "supplier", "--reason", "asked the dairy")
    assert clock(shop.show(case), "reply")["state"] == "waiting"
    shop.wait(days=2).do("li.na", "resume", case)
    assert clock(shop.show(case), "reply")["due"] == "2026-11-24T00:00:00+08:00"


def test_a_missed_clock_is_told_and_stays_missed(shop: Shop) -> None:
    # S0-17, S0-22
    case = shop.new()
    assert shop.run("", "due", "--within", "2h").code == 0
    shop.wait(days=10)
    due = shop.run("", "due")
    assert due.code == 7
    assert case in due.out
    shop.do("li.na", "hold", case, "--for", "customer", "--reason", "away")
    shop.wait(days=2).do("li.na", "resume", case)
    assert clock(shop.show(case), "reply")["state"] == "missed"
    assert shop.run("", "list", "--overdue", "--json").json[0]["overdue"] is True


def test_progress_is_told_again_and_again(shop: Shop) -> None:
    # S0-17
    case = shop.new()
    assert clock(shop.show(case), "progress")["due"] == "2026-11-24T00:00:00+08:00"
    shop.wait(days=2).do("li.na", "contact", case, "--by", "phone", "--progress", "--note", "asked the dairy")
    progress = [one for one in shop.show(case)["deadlines"] if one["name"] == "progress"]
    assert [one["state"] for one in progress] == ["met", "waiting"]
    assert progress[1]["due"] == "2026-11-26T00:00:00+08:00"


# ── Closing and after ───────────────────────────────────────────────────────────────────────────────


def test_a_case_is_not_closed_as_satisfied_before_the_customer_is(shop: Shop) -> None:
    # S0-18, S4-8
    case = shop.fulfilled()
    shop.refuse(1, "li.na", "close", case, *LESSON)
    shop.refuse(1, "li.na", "close", case, "--outcome", "satisfied", *LESSON)
    shop.do("li.na", "follow-up", case, "--satisfaction", "3")
    assert shop.show(case)["state"] == "dissatisfied"
    shop.refuse(1, "li.na", "close", case, *LESSON)
    shop.do("li.na", "follow-up", case, "--satisfaction", "4", "--comment", "after a second call")
    shop.refuse(1, "li.na", "close", case, "--outcome", "very-satisfied", *LESSON)
    shop.do("li.na", "close", case, *LESSON)
    assert shop.show(case)["closures"][0]["outcome"] == "satisfied"


def test_what_was_upheld_leaves_a_lesson_and_a_prevention(shop: Shop) -> None:
    # S0-20, S0-21, S1b-7
    case = shop.fulfilled()
    shop.do("li.na", "follow-up", case, "--satisfaction", "5")
    refused = shop.refuse(1, "li.na", "close", case)
    assert "--lesson" in refused.err
    refused = shop.refuse(1, "li.na", "close", case, *LESSON[:2])
    assert "--prevention" in refused.err
    shop.do("li.na", "close", case, *LESSON)


def test_where_service_was_at_fault_the_closing_says_what_follows(shop: Shop) -> None:
    # S1a-8
    case = against(shop, "zhao.wei")
    shop.do("chen.jie", "investigate", case, *FINDINGS)
    shop.do("chen.jie", "propose", case, "--remedy", "apology", "--reason", "was rude")
    shop.do("wu.lei", "approve", case)
    shop.do("li.na", "respond", case, "--agreed")
    shop.do("li.na", "fulfil", case, "--all")
    shop.do("li.na", "follow-up", case, "--satisfaction", "5")
    refused = shop.refuse(1, "li.na", "close", case, *LESSON)
    assert "--disposition" in refused.err
    shop.do("li.na", "close", case, *LESSON, "--disposition", "training")


REASONED = ["withdrawn", "no-contact", "out-of-scope", "referred", "entered-in-error"]


@pytest.mark.parametrize("outcome", REASONED)
@pytest.mark.parametrize("state", ["received", "investigated", "approved"])
def test_a_case_ends_with_a_reason_from_any_open_state(tmp_path: Path, outcome: str, state: str) -> None:
    place = road.at(state, tmp_path)
    place.shop.refuse(2, "li.na", "close", place.case, "--outcome", outcome)
    place.shop.do("li.na", "close", place.case, "--outcome", outcome, "--reason", "so it is")
    found = place.shop.show(place.case)
    assert (found["state"], found["closures"][0]["outcome"], found["next"]) == ("closed", outcome, ["reopen"])


def test_a_duplicate_names_the_other_case(shop: Shop) -> None:
    first, second = shop.new(), shop.new()
    shop.refuse(2, "li.na", "close", second, "--outcome", "duplicate")
    shop.refuse(2, "li.na", "close", second, "--of", "C-20260101-000000")
    shop.refuse(2, "li.na", "close", second, "--of", second)
    shop.do("li.na", "close", second, "--of", first)
    closure = shop.show(second)["closures"][0]
    assert (closure["outcome"], closure["of"]) == ("duplicate", first)


@pytest.mark.parametrize("kind", ["help", "enquiry", "venting"])
def test_a_request_is_closed_as_answered_and_a_complaint_is_not(shop: Shop, kind: str) -> None:
    # S1d-1
    request, complaint = (
        shop.new("--channel", "phone", "--kind", kind, "--complaint", "where is the rice?"),
        shop.new(),
    )
    shop.do("li.na", "close", request)
    assert shop.show(request)["closures"][0]["outcome"] == "answered"
    shop.refuse(1, "li.na", "close", complaint, "--outcome", "answered")


def test_the_final_word_is_the_next_ranks(shop: Shop) -> None:
    # S4-6, S1b-6: declined after a head's decision, closed by the vice president
    case = shop.proposed()
    shop.refuse(1, "boss", "close", case, "--outcome", "final-response-declined", "--reason", "x", *LESSON)
    shop.do("sun.min", "approve", case)
    shop.do("li.na", "respond", case, "--declined")
    words = (
        "close",
        case,
        "--outcome",
        "final-response-declined",
        "--reason",
        "the law gives no more",
        *LESSON,
    )
    refused = shop.refuse(1, "wu.lei", *words)
    assert "the final answer needs vice president in charge" in refused.err
    shop.do("qian.li", *words)
    assert shop.show(case)["closures"][0]["by"] == "qian.li"


def test_the_final_word_after_a_dissatisfied_customer(shop: Shop) -> None:
    # S4-8
    case = shop.fulfilled()  # approved by sun.min, a head
    shop.do("li.na", "follow-up", case, "--satisfaction", "1")
    words = ("close", case, "--outcome", "final-response-declined", "--reason", "all was given", *LESSON)
    shop.refuse(1, "sun.min", *words)
    shop.do("qian.li", *words)


def test_a_closed_case_takes_no_more_steps_but_notes(tmp_path: Path) -> None:
    place = road.at("closed", tmp_path)
    for verb, (who, words, closed_too) in road.ANY_TIME.items():
        place.shop.wait(minutes=1)
        if closed_too:
            place.shop.do(who, *place.words(words))
        else:
            refused = place.shop.refuse(1, who, *place.words(words))
            assert "closed" in refused.err, verb
    assert place.shop.show(place.case)["state"] == "closed"


def test_a_reopened_case_begins_a_new_round_with_new_clocks(tmp_path: Path) -> None:
    # S4-8, S1d-3
    place = road.at("closed", tmp_path)
    shop, case = place.shop, place.case
    shop.wait(days=2).do("chen.jie", "reopen", case, "--reason", "the next bottle was sour too")
    found = shop.show(case)
    assert (found["state"], found["next"]) == ("assigned", ["investigate"])
    assert found["closures"][0]["reopened"]["reason"] == "the next bottle was sour too"
    assert found["assignments"][-1].items() >= {"handler": "zhao.wei", "round": 2}.items()
    assert found["level"] == 2  # raised again and not solved
    assert clock(found, "reply", 1)["state"] == "met"
    assert clock(found, "reply", 2).items() >= {"due": "2026-11-26T00:00:00+08:00", "met_at": None}.items()
    shop.refuse(
        1, "zhao.wei", "propose", case, "--remedy", "refund=12.90", "--reason", "again"
    )  # a verdict first
    shop.upheld("zhao.wei", case, "goods.spoiled", "again warm")
    shop.do("zhao.wei", "propose", case, "--remedy", "exchange", "--reason", "again")
    shop.do("sun.min", "approve", case)
    shop.do("li.na", "respond", case, "--agreed")
    shop.do("li.na", "fulfil", case, "--all")
    shop.do("li.na", "follow-up", case, "--satisfaction", "4")
    shop.refuse(1, "li.na", "close", case)  # the lesson of the first round does not count
    shop.do("li.na", "close", case, *LESSON)
    assert [one.get("round", 1) for one in shop.show(case)["closures"]] == [1, 2]
    assert shop.run("", "check").code == 0


def test_a_case_closed_before_it_was_classified_is_not_reopened(shop: Shop) -> None:
    case = shop.new()
    shop.do("li.na", "close", case, "--outcome", "withdrawn", "--reason", "changed her mind")
    shop.refuse(1, "li.na", "reopen", case, "--reason", "changed it again")


def test_a_measure_has_an_owner_a_date_and_an_end(shop: Shop) -> None:
    # S0-20
    case = shop.investigated()
    words = ("improve", case, "--measure", "alarm on the cold shelf", "--due", "2026-12-15")
    shop.refuse(2, "li.na", *words)
    shop.refuse(2, "li.na", *words, "--owner", "nobody")
    shop.refuse(2, "li.na", *words, "--owner", "wu.lei", "--kind", "no-such-kind")
    shop.do("li.na", *words, "--owner", "wu.lei", "--kind", "goods-management")
    shop.refuse(2, "wu.lei", "improve", case, "--done", "2")
    shop.wait(days=3).do("wu.lei", "improve", case, "--done", "1")
    [measure] = shop.show(case)["improvements"]
    assert measure.items() >= {
        "owner": "wu.lei", "due": "2026-12-15", "kind": "goods-management", "done_by": "wu.lei",
        "done_at": "2026-11-19T10:00:00+08:00",
    }.items()  # fmt: skip


def test_cases_of_one_batch_are_tied_together(shop: Shop) -> None:
    # S0-8, S2-6
    first, second = shop.new(), shop.new()
    shop.do("li.na", "link", first, "--to", second, "--kind", "same-batch")
    assert shop.show(first)["links"][0].items() >= {"case": second, "kind": "same-batch"}.items()
    shop.refuse(2, "li.na", "link", first, "--to", first)


def test_the_recorder_stays_the_contact_and_can_be_seen(shop: Shop) -> None:
    # S1e-2, S1a-3
    case = shop.investigated()
    assert "recorded by li.na" in shop.do("", "show", case)
    found = shop.show(case)
    assert (found["intake"]["by"], found["assignments"][-1]["handler"]) == ("li.na", "zhao.wei")


def test_the_week_is_reported_to_management(shop: Shop) -> None:
    # S0-19, S0-22, S1c-5: what came in, what was closed, and how long each step took
    case = shop.fulfilled()
    shop.do("li.na", "follow-up", case, "--satisfaction", "5")
    shop.do("li.na", "close", case, *LESSON)
    report = shop.wait(days=8).run("", "report", "weekly", "--format", "json").json
    assert report["period"]
    assert {"headline", "clocks", "late", "ageing", "causes", "quality"} <= set(report["tables"])
    assert "goods.spoiled" in json.dumps(report["tables"]["causes"])


# ── Corrections ─────────────────────────────────────────────────────────────────────────────────────


def test_a_mistake_is_amended_with_its_reason(shop: Shop) -> None:
    case = shop.new()
    shop.do(
        "li.na",
        "amend",
        case,
        "--set",
        "customer.phone=13900005678",
        "--set",
        "about.batch=",
        "--reason",
        "misheard",
    )
    found = shop.show(case)
    assert found["customer"]["phone"] == "13900005678"
    assert "batch" not in found["about"]
    assert (
        found["amendments"][0].items()
        >= {"fields": ["about.batch", "customer.phone"], "reason": "misheard"}.items()
    )


@pytest.mark.parametrize(
    "field",
    ["id=C-20260101-000000", "state=closed", "policy.version=2", "currency=EUR", "customer.id=P-000000", "intake.by=boss",
     "classification.severity=minor", "proposals.1.reason=x", "closures=x", "complaint.x=y", "customer.name.first=x",
     "level=1", "=x", "amendments=x", "intake.registered_at=2026-11-16T09:00:00+08:00"],
)  # fmt: skip
def test_what_a_step_recorded_is_not_amended(shop: Shop, field: str) -> None:
    shop.refuse(2, "li.na", "amend", shop.new(), "--set", field, "--reason", "x")


@pytest.mark.parametrize("field", ["about.price=cheap", "about.purchased_on=yesterday", "intake.channel=fax",
                                   "demand.amount=1e3", "about.nonsense=x", "complaint="])  # fmt: skip
def test_what_would_make_no_valid_case_is_not_amended(shop: Shop, field: str) -> None:
    case = shop.new()
    before = shop.snapshot()
    ran = shop.run("li.na", "amend", case, "--set", field, "--reason", "x")
    assert ran.code in {2, 3}, ran
    assert shop.snapshot() == before


def test_a_price_is_amended_to_its_one_spelling(shop: Shop) -> None:
    case = shop.new()
    shop.do("li.na", "amend", case, "--set", "about.price=13", "--reason", "receipt seen")
    assert shop.show(case)["about"]["price"] == "13.00"


def test_ones_own_last_step_is_taken_back_as_a_new_commit(shop: Shop) -> None:
    case, before = shop.proposed(), shop.commits()
    refused = shop.refuse(1, "li.na", "undo", case, "--reason", "not mine")
    assert "zhao.wei" in refused.err
    shop.do("zhao.wei", "undo", case, "--reason", "wrong case")
    found = shop.show(case)
    assert (found["state"], "proposals" in found) == ("investigated", False)
    assert (
        found["amendments"][0].items()
        >= {"undone": "propose", "reason": "wrong case", "by": "zhao.wei"}.items()
    )
    assert shop.commits() == before + 1
    refused = shop.refuse(1, "zhao.wei", "undo", case, "--reason", "and the one before")
    assert "already" in refused.err


def test_the_first_step_is_not_taken_back(shop: Shop) -> None:
    refused = shop.refuse(1, "li.na", "undo", shop.new(), "--reason", "x")
    assert "entered-in-error" in refused.err


def test_a_shared_step_is_not_taken_back(shop: Shop, tmp_path: Path) -> None:
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", "goods.label")
    shop.git("init", "-q", "--bare", str(tmp_path / "remote"))
    shop.git("remote", "add", "origin", str(tmp_path / "remote"))
    shop.git("push", "-q", "origin", "main")
    refused = shop.refuse(1, "li.na", "undo", case, "--reason", "x")
    assert "shared" in refused.err


def hand_edit(place: road.Place, old: str, new: str) -> None:
    text = place.file.read_text("utf-8")
    assert old in text
    place.file.write_text(text.replace(old, new), "utf-8")


EVERY_STEP = {
    **road.STEPS,
    **{
        verb: road.Made("assigned", who, words)
        for verb, (who, words, _closed) in road.ANY_TIME.items()
        if verb != "amend"
    },
    "undo": road.Made("assigned", "li.na", ("undo", "{case}", "--reason", "x")),
    "amend --set": road.Made(
        "assigned", "li.na", ("amend", "{case}", "--set", "about.batch=7", "--reason", "x")
    ),
}


@pytest.mark.parametrize("step", EVERY_STEP)
def test_a_file_edited_by_hand_stops_every_step_and_names_the_two_ways_out(step: str, tmp_path: Path) -> None:
    made = EVERY_STEP[step]
    place = road.at(made.state, tmp_path)
    hand_edit(place, "13800001234", "13900009999")
    refused = place.shop.refuse(4, made.who, *place.words(made.words))
    assert "amend" in refused.err
    assert "git restore" in refused.err
    assert place.case in refused.err
    other = place.shop.run("li.na", "contact", place.other, "--by", "phone", "--note", "other cases go on")
    assert other.code == 0


def test_a_hand_edit_is_recorded_as_an_amendment(tmp_path: Path) -> None:
    place = road.at("investigated", tmp_path)
    hand_edit(place, "13800001234", "13900009999")
    assert "differs" in place.shop.run("", "show", place.case).err
    place.shop.do("chen.jie", "amend", place.case, "--reason", "wrote it in the editor")
    found = place.shop.show(place.case)
    assert found["customer"]["phone"] == "13900009999"
    assert found["amendments"][0].items() >= {"fields": ["customer.phone"], "by": "chen.jie"}.items()
    assert place.shop.git("status", "--porcelain") == ""
    place.shop.do("zhao.wei", "propose", place.case, "--remedy", "refund=12.90", "--reason", "goes on")


def test_a_hand_edit_may_be_untidy(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    hand_edit(place, 'phone: "13800001234"', "phone:   '13900009999'   ")
    place.shop.do("li.na", "amend", place.case, "--reason", "by hand")
    assert place.shop.run("", "check").code == 0
    assert place.shop.show(place.case)["customer"]["phone"] == "13900009999"


@pytest.mark.parametrize(
    ("state", "old", "new"),
    [
        ("approved", "state: approved", "state: closed"),
        ("approved", 'amount: "12.90"\n        cost: "12.90"', 'amount: "99.00"\n        cost: "99.00"'),
        ("approved", "role: head", "role: manager"),
        ("closed", "outcome: very-satisfied", "outcome: satisfied"),
        ("received", "currency: CNY", "currency: EUR"),
    ],
)
def test_the_protected_sections_are_not_changed_by_hand(
    tmp_path: Path, state: str, old: str, new: str
) -> None:
    place = road.at(state, tmp_path)
    hand_edit(place, old, new)
    refused = place.shop.refuse(1, "boss", "amend", place.case, "--reason", "better so")
    assert "cannot be changed by hand" in refused.err
    place.shop.git("checkout", "--", ".")
    assert place.shop.run("", "check").code == 0


FOLLOW_UP = 'follow_ups:\n  - satisfaction: 5\n    method: phone\n    by: li.na\n    at: "2026-11-16T14:00:00+08:00"\n'


@pytest.mark.parametrize(
    ("state", "old", "new"),
    [
        ("investigated", "by: zhao.wei", "by: boss"),
        ("received", "  by: li.na", "  by: boss"),
        ("received", 'registered_at: "2026-11-16T10:10', 'registered_at: "2026-11-16T10:00'),
        ("fulfilled", "\nproposals:", "\n" + FOLLOW_UP + "proposals:"),
        ("investigated", "    verdict: founded\n    cause: goods.spoiled\n", ""),
    ],
    ids=["investigator", "recorder", "time", "added-step", "state"],
)
def test_steps_and_signatures_are_not_made_by_hand(tmp_path: Path, state: str, old: str, new: str) -> None:
    place = road.at(state, tmp_path)
    hand_edit(place, old, new)
    refused = place.shop.refuse(1, "boss", "amend", place.case, "--reason", "better so")
    assert "by hand" in refused.err


@pytest.mark.parametrize(
    ("state", "old", "new"),
    [
        ("classified", "category: goods.spoiled", "category: no.such"),
        ("classified", "severity: moderate", "severity: terrible"),
        ("assigned", "handler: zhao.wei", "handler: nobody"),
        ("received", "channel: desk", "channel: fax"),
        ("received", 'price: "12.90"', "price: cheap"),
        ("received", "remedy: refund", "remedy: a-car"),
    ],
)
def test_a_hand_edit_that_breaks_the_rules_is_not_recorded(
    tmp_path: Path, state: str, old: str, new: str
) -> None:
    place = road.at(state, tmp_path)
    hand_edit(place, old, new)
    before = place.shop.snapshot()
    ran = place.shop.run("li.na", "amend", place.case, "--reason", "by hand")
    assert ran.code in {1, 2, 3}, ran
    assert place.shop.snapshot() == before


# ── A shop of one ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def alone(tmp_path: Path) -> Shop:
    """A shop whose owner works by themselves."""
    return Shop.make(tmp_path / "alone", alone=True)


def test_whoever_works_alone_decides_alone_and_it_is_recorded_and_counted(alone: Shop) -> None:
    # S1e-4, S0-10
    case = alone.new(*MILK, "--against", "boss", who="boss")
    alone.do("boss", "classify", case, "--category", "service.attitude")
    alone.do("boss", "assign", case, "--to", "boss")
    alone.upheld("boss", case, "service.attitude", "I was rude")
    alone.do("boss", "propose", case, "--remedy", "apology", "--reason", "was rude")
    alone.do("boss", "approve", case)
    found = alone.show(case)
    assert found["investigations"][0]["alone"] is True
    assert found["proposals"][0]["decision"]["alone"] is True
    counted = quality(alone.wait(days=8))["alone"]
    assert (counted["n"], counted["cases"]) == (1, case)
    assert alone.run("", "check").code == 0


def test_nobody_is_alone_where_somebody_else_is_entitled(shop: Shop) -> None:
    # S1e-4
    case = shop.proposed()
    shop.do("sun.min", "approve", case)
    assert "alone" not in shop.show(case)["proposals"][0]["decision"]
    assert quality(shop.wait(days=8))["alone"]["n"] == 0


def test_somebody_who_came_ends_being_alone(alone: Shop) -> None:
    # S1e-4
    alone.do(
        "boss",
        "staff",
        "add",
        "partner",
        "--name",
        "Partner",
        "--email",
        "p@shop.example",
        "--role",
        "manager",
    )
    case = alone.new(who="boss")
    alone.do("boss", "classify", case, "--category", "goods.spoiled")
    alone.do("boss", "assign", case, "--to", "boss", "--department", "goods")
    alone.do(
        "boss", "investigate", case, "--findings", "sour", "--verdict", "founded", "--cause", "goods.spoiled"
    )
    alone.do("boss", "propose", case, "--remedy", "refund=12.90", "--reason", "sour")
    refused = alone.refuse(1, "boss", "approve", case)
    assert "--as partner" in refused.err
    alone.do("boss", "staff", "retire", "partner")
    alone.do("boss", "approve", case)
    assert alone.show(case)["proposals"][0]["decision"]["alone"] is True


def test_git_s_e_mail_alone_says_who_acts(shop, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    shop.refuse(4, "", "new", "--channel", "desk", "--complaint", "sour")
    shop.git("config", "user.email", "Li.Na@shop.example")
    shop.do("", "new", "--channel", "desk", "--complaint", "sour")
    assert shop.git("log", "-1", "--format=%an <%ae>").strip() == "李娜 <li.na@shop.example>"

"""The food delivery's emergency plan (S3) played through the command line: clocks of hours, four lists, food safety."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.shop import Shop, checks, clock, made_once, rules

PEOPLE = (
    ("li.na", "李娜", "clerk", "customer-service"),
    ("qian.li", "钱丽", "head", "customer-service"),
    ("zhao.wei", "赵伟", "clerk", "delivery"),
    ("wu.lei", "吴磊", "head", "delivery"),
    ("he.xin", "何欣", "clerk", "warehouse"),
    ("sun.min", "孙敏", "head", "warehouse"),
)
DUTIES = {
    "li.na": ("agent",),
    "qian.li": ("agent", "safety-officer"),
    "zhao.wei": ("dispatcher",),
    "wu.lei": ("dispatcher", "trainer"),
    "he.xin": ("warehouse-keeper",),
    "sun.min": ("warehouse-keeper",),
}
ORDER = (
    "--channel", "hotline", "--customer", "王女士", "--phone", "13800001234", "--product", "tofu", "--batch", "DF1108",
    "--price", "48.00", "--purchased-on", "2026-11-16", "--complaint", "it is wrong",
)  # fmt: skip
SIX = (
    "cause=route",
    "send-again=sent",
    "explain=explained",
    "make-good=free",
    "extra=not-needed",
    "promise=promised",
)
REDELIVERY = ("--remedy", "redelivery", "--expected", "redelivery=2026-11-16", "--reason", "r")
SAFETY = (
    "health=nobody-ill", "stop=stopped: warehouse and two vans", "sample=kept cold", "batch=DF1108, nine households",
    "cold-chain=storage", "authority=not-required",
)  # fmt: skip


@made_once
def handed(folder: Path, category: str, handler: str = "zhao.wei") -> tuple[Shop, str]:
    """A shop and a case, confirmed and handed over, its division of labour told, five minutes after it came in."""
    shop = Shop.make(folder / "shop", "delivery", PEOPLE, DUTIES)
    case = shop.new(*ORDER)
    shop.do("li.na", "classify", case, "--category", category)
    shop.do(
        "li.na",
        "contact",
        case,
        "--by",
        "phone",
        "--confirms",
        "--progress",
        "--note",
        "said back, confirmed",
    )
    shop.wait(minutes=1).do("li.na", "assign", case, "--to", handler)
    shop.wait(minutes=1).do("li.na", "contact", case, "--told", "work-divided", "--by", "radio")
    return shop.wait(minutes=3), case


@pytest.fixture
def crew(tmp_path: Path) -> Shop:
    """A delivery business with six people and its owner."""
    return Shop.make(tmp_path / "shop", "delivery", PEOPLE, DUTIES)


def found(shop: Shop, case: str, who: str, cause: str, *given: str, more: tuple[str, ...] = ()) -> None:
    """All checks and an upheld verdict."""
    shop.upheld(who, case, cause, "seen", *checks(*given), *more)


def names(case: Any) -> set[str]:
    """The names of the clocks of a case."""
    return {one["name"] for one in case["deadlines"]}


def late_and_done(folder: Path) -> tuple[Shop, str]:
    """A late delivery that was upheld, made good and followed up by a satisfied customer."""
    shop, case = handed(folder, "late")
    found(shop, case, "zhao.wei", "delay.route", *SIX)
    shop.do("li.na", "propose", case, "--remedy", "redelivery", "--expected", "redelivery=2026-11-16", "--remedy",
            "free-delivery=6.00", "--reason", "the road was closed")  # fmt: skip
    shop.do("wu.lei", "approve", case)
    shop.do("li.na", "respond", case, "--agreed")
    shop.wait(hours=1).do("zhao.wei", "fulfil", case, "--all")
    shop.wait(hours=20).do("li.na", "follow-up", case, "--satisfaction", "4", "--comment", "solved")
    return shop, case


# ── Doors, people, kinds ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("channel", ["hotline", "email", "online", "app"])
def test_every_door_is_open_day_and_night_and_the_clocks_run_in_the_night(crew: Shop, channel: str) -> None:
    # S3-1, S3-8, N28: no hours, so the hours of a clock begin at once
    crew.wait(hours=16)  # two in the morning
    case = crew.show(crew.new("--channel", channel, "--complaint", "nothing has come"))
    assert clock(case, "classify")["due"] == "2026-11-17T02:10:00+08:00"
    assert clock(case, "start")["due"] == "2026-11-17T03:00:00+08:00"
    assert clock(case, "progress")["due"] == "2026-11-17T04:00:00+08:00"


def test_classification_is_due_at_once(crew: Shop) -> None:
    # N28
    case = crew.new(*ORDER)
    assert clock(crew.show(case), "classify")["state"] == "waiting"
    crew.wait(minutes=11)
    assert crew.run("", "due").code == 7
    crew.do("li.na", "classify", case, "--category", "late")
    assert clock(crew.show(case), "classify")["state"] == "missed"


def test_three_departments_answer_and_food_safety_is_managements(crew: Shop) -> None:
    # S3-4, W13
    policy = rules(crew)
    assert {key for key, one in policy["departments"].items() if not one.get("outside")} == {
        "customer-service", "delivery", "warehouse", "management",
    }  # fmt: skip
    answers = {key: one["department"] for key, one in policy["categories"].items() if "department" in one}
    assert answers["late"] == answers["attitude"] == "delivery"
    assert answers["goods.packaging"] == answers["goods.substandard"] == "warehouse"
    assert answers["other"] == "customer-service"
    assert answers["food-safety.illness"] == "management"


@pytest.mark.parametrize(
    ("category", "first"),
    [("late", "cause"), ("attitude", "listen"), ("goods.packaging", "replace"), ("other", "facts")],
)
def test_each_of_the_four_kinds_has_a_list_of_its_own(tmp_path: Path, category: str, first: str) -> None:
    # S3-2, S3-5
    shop, case = handed(tmp_path, category)
    assert shop.show(case)["playbook"]["next"] == first
    refused = shop.refuse(
        1, "zhao.wei", "investigate", case, "--findings", "x", "--verdict", "founded", "--cause", "hand-over"
    )
    assert "A verdict follows the list of checks, step by" in refused.err


def test_causes_of_goods_name_damaged_packaging_and_below_standard(tmp_path: Path) -> None:
    # N30
    for cause in ("goods.packaging", "goods.substandard"):
        shop, case = handed(tmp_path / cause, cause, "he.xin")
        found(shop, case, "he.xin", cause, "replace=exchange", f"confirm={cause.partition('.')[2]}",
              "trace-back=storage", "same-batch=alone", "prevention=straps")  # fmt: skip
        assert shop.show(case)["investigations"][-1]["cause"] == cause


# ── Start: confirmed, told, divided ─────────────────────────────────────────────────────────────────


def test_the_response_starts_once_the_facts_are_confirmed_but_the_clock_runs_from_the_complaint(
    crew: Shop,
) -> None:
    # S3-13, S3-8, N27
    case = crew.new(*ORDER)
    crew.do("li.na", "classify", case, "--category", "late")
    refused = crew.refuse(1, "li.na", "assign", case, "--to", "zhao.wei")
    assert "The response starts once the facts are" in refused.err
    assert "--confirms" in refused.err
    crew.wait(minutes=61).do("li.na", "contact", case, "--by", "phone", "--confirms", "--note", "yes")
    crew.do("li.na", "assign", case, "--to", "zhao.wei")
    shown = crew.show(case)
    assert (clock(shown, "confirm")["state"], clock(shown, "start")["state"]) == ("missed", "missed")
    assert clock(shown, "start")["due"] == "2026-11-16T11:00:00+08:00"


def test_started_within_one_hour_and_told_within_two_the_clocks_are_met(tmp_path: Path) -> None:
    # S3-8: the last second counts
    shop, case = handed(tmp_path, "late")
    shown = shop.show(case)
    assert {clock(shown, name)["state"] for name in ("start", "progress", "confirm")} == {"met"}
    assert clock(shown, "progress")["due"] == "2026-11-16T12:00:00+08:00"
    assert clock(shown, "progress-again")["due"] == "2026-11-17T10:00:00+08:00"


def test_a_customer_who_hears_nothing_for_two_hours_is_told_of_by_due(crew: Shop) -> None:
    # S3-8
    case = crew.new(*ORDER)
    crew.do("li.na", "classify", case, "--category", "other")
    crew.wait(hours=2)
    assert clock(crew.show(case), "progress")["state"] == "waiting"
    crew.wait(seconds=1)
    assert clock(crew.show(case), "progress")["state"] == "missed"
    assert crew.run("", "due").code == 7


@pytest.mark.parametrize(("flag", "category"), [("very-late", "late"), ("abusive", "attitude")])
def test_urgent_ones_go_to_the_person_in_charge_at_once(crew: Shop, flag: str, category: str) -> None:
    # S3-3
    case = crew.new(*ORDER)
    crew.do("li.na", "classify", case, "--category", category, "--flag", flag)
    crew.do("li.na", "contact", case, "--by", "phone", "--confirms", "--note", "yes")
    [owed] = crew.show(case)["owed"]
    assert (owed["name"], owed["to"], owed["people"]) == ("urgent-at-once", "head:delivery", ["wu.lei"])
    assert owed["due"] == "2026-11-16T10:10:00+08:00"
    assert "urgent-at-once" in crew.refuse(1, "li.na", "assign", case, "--to", "zhao.wei").err
    assert crew.run("li.na", "settle", case, "--remedy", "apology", "--reason", "sorry").code == 1
    crew.do("li.na", "contact", case, "--told", "urgent-at-once", "--by", "phone")
    crew.do("li.na", "assign", case, "--to", "zhao.wei")


def test_an_ordinary_one_need_not_go_up_first(crew: Shop) -> None:
    # S3-3
    case = crew.new(*ORDER)
    crew.do("li.na", "classify", case, "--category", "late")
    assert crew.show(case)["owed"] == []


def test_the_person_in_charge_decides_what_is_urgent(tmp_path: Path) -> None:
    # S3-3
    shop, case = handed(tmp_path, "other", "li.na")
    found(shop, case, "li.na", "hand-over", "facts=so", "departments=one")
    shop.do("li.na", "classify", case, "--category", "other", "--flag", "very-late")
    shop.do("li.na", "propose", case, "--remedy", "apology", "--reason", "sorry")
    assert "urgent" in shop.refuse(1, "zhao.wei", "approve", case).err
    shop.do("qian.li", "approve", case)


def test_the_head_hears_who_does_what_before_there_is_a_plan(crew: Shop) -> None:
    # S3-12, N26
    case = crew.new(*ORDER)
    crew.do("li.na", "classify", case, "--category", "other")
    crew.do("li.na", "contact", case, "--by", "phone", "--confirms", "--note", "yes")
    crew.wait(minutes=1).do("li.na", "assign", case, "--to", "li.na")
    found(crew, case, "li.na", "hand-over", "facts=so", "departments=two")
    propose = ("propose", case, "--remedy", "apology", "--reason", "sorry")
    refused = crew.refuse(1, "li.na", *propose)
    assert "work-divided" in refused.err
    crew.do("li.na", "contact", case, "--told", "work-divided", "--by", "phone")
    crew.do("li.na", *propose)


def test_several_departments_share_it_by_name_and_day(tmp_path: Path) -> None:
    # S3-12, N26
    shop, case = handed(tmp_path, "other", "li.na")
    shop.do("li.na", "assign", case, "--to", "wu.lei", "--department", "delivery", "--task", "fetch it back")
    shop.do("li.na", "contact", case, "--by", "radio", "--party", "head:delivery", "--note", "your part")
    found(shop, case, "li.na", "hand-over", "facts=so", "departments=two")
    words = ("propose", case, "--remedy", "apology", "--reason", "sorry")
    assert "Where several departments share it, the plan" in shop.refuse(1, "li.na", *words).err
    half = ("--task", "delivery: fetch it", "--task-who", "1=wu.lei")
    assert "Where several departments share it, the plan" in shop.refuse(1, "li.na", *words, *half).err
    shop.do("li.na", *words, *half, "--task-due", "1=2026-11-16")
    shown = shop.show(case)
    assert shown["assignments"][-1]["task"] == "fetch it back"
    assert shown["accountable"]["department"] == "customer-service"
    [task] = shown["proposals"][-1]["tasks"]
    assert (task["who"], task["due"]) == ("wu.lei", "2026-11-16")


# ── The four lists ──────────────────────────────────────────────────────────────────────────────────


def test_a_delay_is_handled_in_six_steps_in_their_order(tmp_path: Path) -> None:
    # S3-10, S3-6, W23
    shop, case = handed(tmp_path, "late")
    steps = ["cause", "send-again", "explain", "make-good", "extra", "promise"]
    assert [one["name"] for one in shop.show(case)["playbook"]["checks"]] == steps
    assert (
        "“1 Confirm the cause of the delay” comes before it"
        in shop.refuse(1, "zhao.wei", "investigate", case, "--check", "make-good=free").err
    )
    assert (
        "nearest" in shop.refuse(1, "zhao.wei", "investigate", case, *checks("cause=route", "extra=gift")).err
    )
    for done, check in enumerate(SIX):
        assert shop.show(case)["playbook"]["next"] == steps[done]
        shop.do("zhao.wei", "investigate", case, "--check", check)
    assert shop.show(case)["playbook"]["next"] is None
    assert shop.do("", "policy", "show", "delivery").count("stand-by courier or vehicle") >= 1


def test_a_delay_that_is_none_of_ours_ends_the_list(tmp_path: Path) -> None:
    # S3-10, S4-4
    shop, case = handed(tmp_path, "late")
    shop.do("zhao.wei", "investigate", case, "--check", "cause=address", "--findings", "rang twice", "--verdict",
            "unfounded", "--cause", "customer")  # fmt: skip
    words = (
        "propose",
        case,
        "--remedy",
        "redelivery",
        "--expected",
        "redelivery=2026-11-16",
        "--reason",
        "r",
    )
    assert "not granted" in shop.refuse(1, "li.na", *words).err
    shop.do("li.na", "propose", case, "--remedy", "explanation", "--reason", "nobody was there")


@pytest.mark.parametrize(
    ("remedy", "code"),
    [
        (("--remedy", "redelivery", "--expected", "redelivery=2026-11-16"), 0),
        (("--remedy", "redelivery"), 2),  # without the day
        (("--remedy", "free-delivery=6.00"), 0),
        (("--remedy", "free-delivery=60.00"), 1),
        (("--remedy", "priority-delivery"), 0),
        (("--remedy", "discount=10.00"), 1),  # not needed, nobody said so
        (("--remedy", "discount=10.00", "--confirm", "extra-needed"), 0),
        (("--remedy", "gift=10.00", "--confirm", "extra-needed"), 0),
        (("--remedy", "gift=10.00", "--confirm", "extra-needed", "--confirm", "nobody-there"), 1),
    ],
)
def test_a_delay_is_made_good_and_something_on_top_only_if_needed(
    tmp_path: Path, remedy: tuple[str, ...], code: int
) -> None:
    # S3-6, W23
    shop, case = handed(tmp_path, "late")
    found(shop, case, "zhao.wei", "delay.route", *SIX)
    ran = shop.run("zhao.wei", "propose", case, *remedy, "--reason", "r", "--dry-run")
    assert ran.code == code, ran


def test_a_late_delivery_goes_its_way_to_the_end(tmp_path: Path) -> None:
    # S3-5, S3-6, S3-10, S0-18: its day is watched, the promised call too; what is not put right is not closed
    shop, case = handed(tmp_path, "late")
    found(shop, case, "zhao.wei", "delay.route", *SIX)
    shop.do(
        "li.na", "contact", case, "--by", "phone", "--again-on", "2026-11-18", "--note", "we put it right"
    )
    shop.do("li.na", "propose", case, *REDELIVERY)
    shop.do("wu.lei", "approve", case)
    shop.do("li.na", "respond", case, "--agreed")
    shown = shop.show(case)
    assert clock(shown, "day-named")["due"] == "2026-11-17T00:00:00+08:00"
    assert clock(shown, "send-again")["due"] == "2026-11-16T14:05:00+08:00"
    assert clock(shown, "hear-again")["due"] == "2026-11-19T00:00:00+08:00"
    shop.do("zhao.wei", "fulfil", case, "--all")
    assert clock(shop.show(case), "day-named")["state"] == "met"
    assert shop.run("li.na", "close", case, "--lesson", "l", "--prevention", "p").code == 1


def test_a_delay_is_put_right_before_it_is_closed(tmp_path: Path) -> None:
    # S3-9, S3-10, W23, W29
    shop, case = late_and_done(tmp_path)
    words = ("close", case, "--lesson", "one road only", "--prevention", "a second road")
    assert "opinion-to-department" in shop.refuse(1, "li.na", *words).err
    shop.do("li.na", "contact", case, "--told", "opinion-to-department", "--by", "radio")
    assert "Late delivery, bad manners, food safety: a" in shop.refuse(1, "li.na", *words).err
    shop.do("li.na", "improve", case, "--measure", "plan a second road", "--kind", "routes-and-schedules", "--owner",
            "wu.lei", "--due", "2026-11-20")  # fmt: skip
    assert (
        "What was upheld leaves a lesson" in shop.refuse(1, "li.na", "close", case, "--prevention", "p").err
    )
    assert (
        "What was upheld says how it will be prevented"
        in shop.refuse(1, "li.na", "close", case, "--lesson", "l").err
    )
    shop.do("li.na", *words, "--lesson-for", "delivery")
    assert shop.show(case)["closures"][0]["outcome"] == "satisfied"


def test_management_gets_the_report_with_the_customers_opinion(tmp_path: Path) -> None:
    # W29, S0-19
    shop, case = late_and_done(tmp_path)
    shop.do("li.na", "contact", case, "--told", "opinion-to-department", "--by", "radio")
    shop.do("li.na", "improve", case, "--measure", "m", "--owner", "wu.lei", "--due", "2026-11-20")
    shop.do("li.na", "close", case, "--lesson", "l", "--prevention", "p")
    [owed] = shop.show(case)["owed"]
    assert (owed["name"], owed["to"]) == ("report-to-management", "department:management")
    assert "solved" in shop.do("", "show", case)
    shop.do("li.na", "contact", case, "--told", "report-to-management", "--by", "email")
    assert shop.show(case)["owed"] == []


def test_a_dissatisfied_customer_is_not_closed_as_satisfied(tmp_path: Path) -> None:
    # S4-8, S0-18
    shop, case = late_and_done(tmp_path)
    shop.do("li.na", "follow-up", case, "--satisfaction", "2")
    shop.do("li.na", "contact", case, "--told", "opinion-to-department", "--by", "radio")
    shop.do("li.na", "improve", case, "--measure", "m", "--owner", "wu.lei", "--due", "2026-11-20")
    shop.refuse(1, "li.na", "close", case, "--lesson", "l", "--prevention", "p")
    assert shop.show(case)["state"] == "dissatisfied"
    assert "close" not in names(shop.show(case))


def rude(folder: Path) -> tuple[Shop, str]:
    """A complaint about a courier's manners, handled by the head of delivery, upheld and carried out."""
    shop, case = handed(folder, "attitude", "wu.lei")
    shop.do("li.na", "amend", case, "--set", "about.against=zhao.wei", "--reason", "named now")
    return shop, case


MANNERS = (
    "listen=he shouted",
    "records=on the call",
    "inquiry=confirmed",
    "training=dated",
    "measures=other-courier",
)


def test_manners_ask_for_strict_inquiry_training_and_a_concrete_measure(tmp_path: Path) -> None:
    # S3-7, W24, M10: the department inquires itself, only the person may not
    shop, case = rude(tmp_path)
    assert (
        "Nobody looks into a complaint against"
        in shop.refuse(1, "zhao.wei", "investigate", case, "--check", "listen=x").err
    )
    told = shop.run("wu.lei", "investigate", case, *checks(*MANNERS[:4])).err
    assert "improve --kind staff-training" in told
    shop.do("wu.lei", "investigate", case, "--check", MANNERS[4], "--findings", "heard on the call", "--verdict",
            "founded", "--cause", "conduct.attitude", "--responsible", "zhao.wei")  # fmt: skip
    shop.do(
        "wu.lei",
        "propose",
        case,
        "--remedy",
        "other-courier",
        "--remedy",
        "dedicated-contact",
        "--reason",
        "r",
    )
    shop.do("qian.li", "approve", case)
    shop.do("li.na", "respond", case, "--agreed")
    shop.do("wu.lei", "fulfil", case, "--all")
    shop.do("li.na", "follow-up", case, "--satisfaction", "5")
    shop.do("li.na", "contact", case, "--told", "opinion-to-department", "--by", "phone")
    words = ("close", case, "--lesson", "l", "--prevention", "p")
    assert "Late delivery, bad manners, food safety: a" in shop.refuse(1, "li.na", *words).err
    shop.do("wu.lei", "improve", case, "--measure", "course on manners", "--kind", "staff-training", "--owner",
            "wu.lei", "--due", "2026-11-30")  # fmt: skip
    assert '--dispose "zhao.wei/responsible' in shop.refuse(1, "li.na", *words).err
    shop.do("li.na", *words, "--dispose", "zhao.wei/responsible: training, another round")
    assert shop.show(case)["closures"][0]["dispositions"][0]["what"] == "training, another round"


def test_goods_are_replaced_first_and_then_traced_back_by_batch(tmp_path: Path) -> None:
    # S3-11, W25
    shop, case = handed(tmp_path, "goods.packaging", "he.xin")
    order = ["replace", "confirm", "trace-back", "same-batch", "prevention"]
    assert [one["name"] for one in shop.show(case)["playbook"]["checks"]] == order
    assert "replace" in shop.refuse(1, "he.xin", "investigate", case, "--check", "trace-back=supplier").err
    words = ("--findings", "bad seal", "--verdict", "founded", "--cause", "goods.substandard")
    made = checks("replace=send", "confirm=substandard")
    assert "--check trace-back" in shop.refuse(1, "he.xin", "investigate", case, *made, *words).err
    shop.do("he.xin", "investigate", case, *made,
            *checks("trace-back=supplier: DF1108", "same-batch=alone", "prevention=look at the seal"), *words)  # fmt: skip
    [owed] = shop.show(case)["owed"]
    assert (owed["name"], owed["to"]) == ("supplier-hears", "supplier")
    shop.do("he.xin", "contact", case, "--told", "supplier-hears", "--by", "email")
    send = ("propose", case, "--remedy", "redelivery", "--expected", "redelivery=2026-11-16", "--reason", "r")
    assert "picture-seen" in shop.refuse(1, "he.xin", *send).err
    shop.do("he.xin", *send, "--confirm", "picture-seen")


def test_a_faulty_batch_is_stopped_and_its_cases_are_found_by_it(tmp_path: Path) -> None:
    # S3-11, W25, S2-6
    shop, case = handed(tmp_path, "goods.packaging", "he.xin")
    assert "batch-defect" in shop.run("he.xin", "investigate", case, *checks(
        "replace=send", "confirm=packaging", "trace-back=picking", "same-batch=more", "prevention=tape")).err  # fmt: skip
    shop.do(
        "li.na",
        "classify",
        case,
        "--category",
        "goods.packaging",
        "--flag",
        "batch-defect",
        "--affected",
        "14",
    )
    words = ("investigate", case, "--findings", "f", "--verdict", "founded", "--cause", "goods.packaging")
    assert "Food safety or a faulty batch: it is written" in shop.refuse(1, "he.xin", *words).err
    shop.do("he.xin", *words, "--containment", "DF1108 is stopped in the warehouse")
    assert shop.show(case)["level"] == 2


# ── Food safety leaves the plan ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words",
    [
        ("--category", "food-safety.unsafe"),
        ("--category", "food-safety.illness", "--flag", "food-safety"),
        ("--category", "goods.substandard", "--flag", "food-safety"),
    ],
)
def test_food_safety_has_stricter_clocks_and_none_of_the_ordinary_ones(
    crew: Shop, words: tuple[str, ...]
) -> None:
    # S3-2
    case = crew.new(*ORDER)
    crew.do("li.na", "classify", case, *words)
    shown = crew.show(case)
    assert names(shown) & {"start", "progress", "progress-again", "confirm", "investigate"} == set()
    assert clock(shown, "safety-start")["due"] == "2026-11-16T10:20:00+08:00"
    assert clock(shown, "safety-news")["due"] == "2026-11-16T10:30:00+08:00"
    assert (shown["level"], shown["classification"]["severity"]) == (1, shown["classification"]["severity"])
    assert crew.run("li.na", "settle", case, "--remedy", "apology", "--reason", "r").code == 1


def test_food_safety_alarms_manager_and_warehouse_and_does_not_wait_to_be_confirmed(crew: Shop) -> None:
    # S3-2, S3-13
    case = crew.new(*ORDER)
    crew.do("li.na", "classify", case, "--category", "food-safety.illness", "--flag", "food-safety")
    assert {(one["name"], one["to"]) for one in crew.show(case)["owed"]} == {
        ("safety-alarm", "role:manager"), ("safety-alarm", "head:warehouse"),
    }  # fmt: skip
    assert "safety-alarm" in crew.refuse(1, "li.na", "assign", case, "--to", "qian.li").err
    crew.do("li.na", "contact", case, "--told", "safety-alarm", "--by", "phone")
    crew.do("li.na", "assign", case, "--to", "qian.li")
    assert clock(crew.show(case), "safety-start")["state"] == "met"


def test_food_safety_has_its_own_list_evidence_containment_and_decider(crew: Shop) -> None:
    # S3-2
    case = crew.new(*ORDER)
    crew.do("li.na", "classify", case, "--category", "food-safety.unsafe", "--flag", "food-safety")
    crew.do("li.na", "contact", case, "--told", "safety-alarm", "--by", "phone")
    crew.do("li.na", "assign", case, "--to", "qian.li")
    assert crew.show(case)["playbook"]["next"] == "health"
    words = ("--findings", "three hours in the sun", "--verdict", "founded", "--cause", "unsafe.storage")
    assert (
        "A verdict follows the list of checks, step by"
        in crew.refuse(1, "qian.li", "investigate", case, *checks(*SAFETY[:4]), *words).err
    )
    assert (
        "Food safety or a faulty batch: it is written"
        in crew.refuse(1, "qian.li", "investigate", case, *checks(*SAFETY), *words).err
    )
    crew.do("qian.li", "investigate", case, *checks(*SAFETY), *words, "--containment", "batch stopped")
    crew.wait(minutes=1).do("li.na", "contact", case, "--told", "work-divided", "--by", "phone")
    propose = ("propose", case, "--remedy", "return=48.00", "--reason", "unsafe")
    assert "Food safety or an injury: evidence is on file" in crew.refuse(1, "qian.li", *propose).err
    sample = crew.folder.parent / "sample.txt"
    sample.write_text("kept at 4 degrees", encoding="utf-8")
    crew.do("qian.li", "evidence", "add", case, str(sample), "--kind", "document")
    crew.do("qian.li", *propose)
    crew.refuse(1, "sun.min", "approve", case)
    crew.do("boss", "approve", case)


def test_what_turns_out_to_be_food_safety_leaves_the_goods_list(tmp_path: Path) -> None:
    # S3-2, S3-5
    shop, case = handed(tmp_path, "goods.substandard", "he.xin")
    told = shop.run("he.xin", "investigate", case, *checks("replace=return", "confirm=unsafe"))
    assert "food-safety" in told.err
    shop.do("li.na", "classify", case, "--category", "food-safety.unsafe", "--flag", "food-safety")
    shown = shop.show(case)
    assert shown["playbook"]["next"] == "health"
    assert "safety-start" in names(shown)


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (("--verdict", "founded", "--cause", "hand-over"), "A verdict comes with what was found"),
        (("--findings", "f", "--verdict", "founded"), "What is upheld has a cause"),
    ],
)
def test_a_verdict_says_what_was_found_and_why(tmp_path: Path, words: tuple[str, ...], rule: str) -> None:
    # S3-9: prevention follows from causes
    shop, case = handed(tmp_path, "other", "li.na")
    shop.do("li.na", "investigate", case, *checks("facts=so", "departments=one"))
    assert rule in shop.refuse(1, "li.na", "investigate", case, *words).err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--remedy", "compensation=300.00"), 1),
        (("--remedy", "compensation=300.00", "--confirm", "costs-shown"), 0),
        (("--remedy", "compensation=1000.00", "--confirm", "known-to-seller"), 0),
        (("--remedy", "compensation=1001.00", "--confirm", "known-to-seller"), 1),
    ],
)
def test_harm_is_paid_by_papers_and_unsafe_food_sold_knowingly_by_the_law(
    tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    # S3-2, S0-15
    shop, case = handed(tmp_path, "other", "li.na")
    shop.do("li.na", "classify", case, "--category", "food-safety.unsafe", "--flag", "food-safety")
    shop.do("li.na", "contact", case, "--told", "safety-alarm", "--by", "phone")
    found(shop, case, "qian.li", "unsafe.supplier", *SAFETY, more=("--containment", "stopped"))
    sample = tmp_path / "sample.txt"
    sample.write_text("cold", encoding="utf-8")
    shop.do("li.na", "evidence", "add", case, str(sample), "--kind", "document")
    share = ("--task", "warehouse: stop it", "--task-who", "1=sun.min", "--task-due", "1=2026-11-16")
    ran = shop.run("qian.li", "propose", case, *words, *share, "--reason", "r", "--dry-run")
    assert ran.code == code, ran
    later = shop.show(case)
    assert clock(later, "safety-verdict")["state"] == "met"
    assert clock(later, "safety-news-again")["due"] == "2026-11-16T18:00:00+08:00"


def test_the_clocks_of_the_solution_are_hours_too(tmp_path: Path) -> None:
    # S3-8, S3-12: the person in charge decides within hours, an exception with a name
    shop, case = handed(tmp_path, "other", "li.na")
    found(shop, case, "li.na", "hand-over", "facts=so", "departments=one")
    words = ("propose", case, "--remedy", "discount=5.00", "--reason", "r")
    assert "--exception" in shop.refuse(1, "li.na", *words).err
    shop.do("li.na", *words, "--exception", "an old customer")
    assert clock(shop.show(case), "decide")["due"] == "2026-11-16T14:05:00+08:00"
    shop.refuse(1, "zhao.wei", "approve", case)
    shop.do("qian.li", "approve", case)
    assert clock(shop.show(case), "tell-decision")["due"] == "2026-11-16T12:05:00+08:00"
    shop.do("li.na", "respond", case, "--agreed")
    assert clock(shop.show(case), "carry-out")["due"] == "2026-11-19T00:00:00+08:00"


# ── Prevention, reports, one person ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["self-check", "staff-training", "feedback"])
def test_self_checks_training_and_feedback_come_round_again(tmp_path: Path, kind: str) -> None:
    # S3-9, N29
    shop, case = handed(tmp_path, "late")
    shop.do("wu.lei", "improve", case, "--measure", "look at ten deliveries", "--kind", kind, "--owner", "wu.lei",
            "--due", "2026-11-20", "--every", "30 days")  # fmt: skip
    shop.wait(days=2).do("wu.lei", "improve", case, "--done", "1")
    assert "2026-12-18" in shop.wait(minutes=1).do("", "report", "improvements")
    shop.wait(days=31)
    assert "look at ten deliveries" in shop.run("", "due").out


def test_the_centre_draws_up_the_summary_with_cause_and_lesson(tmp_path: Path) -> None:
    # S3-9, W29, S1c-5
    shop, case = late_and_done(tmp_path)
    shop.do("li.na", "contact", case, "--told", "opinion-to-department", "--by", "radio")
    shop.do("li.na", "improve", case, "--measure", "m", "--owner", "wu.lei", "--due", "2026-11-20")
    shop.do(
        "li.na", "close", case, "--lesson", "one road only", "--prevention", "p", "--lesson-for", "delivery"
    )
    shop.wait(days=7)
    weekly = shop.do("", "report", "weekly", "--week", "2026-W47")
    assert "customer-service centre" in weekly
    assert re.search(r"^route +1\b", weekly, re.MULTILINE)
    assert "one road only" in shop.do("", "report", "lessons", "--department", "delivery")


def test_every_remedy_of_the_plan_is_there(crew: Shop) -> None:
    # S3-6, S3-7, W22
    assert {
        "redelivery", "exchange", "return", "free-delivery", "priority-delivery", "other-courier",
        "dedicated-contact", "discount", "gift", "apology", "explanation", "measures-told",
    } <= set(rules(crew)["remedies"])  # fmt: skip


def test_a_small_thing_is_settled_in_one_step_by_whoever_is_there(crew: Shop) -> None:
    # S1a-1
    case = crew.new(*ORDER, who="zhao.wei")
    crew.do("zhao.wei", "settle", case, "--category", "goods.wrong-item", "--remedy", "return=10.00", "--confirm",
            "picture-seen", "--reason", "one left out", "--satisfaction", "5")  # fmt: skip
    shown = crew.show(case)
    assert shown["state"] == "closed"
    assert {clock(shown, name)["state"] for name in ("classify", "confirm", "start")} <= {"met", "ended"}


def test_one_person_alone_takes_a_late_delivery_to_its_end(tmp_path: Path) -> None:
    # S3-8, S3-10
    shop = Shop.make(tmp_path / "shop", "delivery", alone=True)
    case = shop.new(*ORDER, who="boss")
    shop.do("boss", "classify", case, "--category", "late", "--flag", "very-late")
    shop.do("boss", "contact", case, "--by", "phone", "--confirms", "--note", "yes")
    shop.do("boss", "assign", case, "--to", "boss")
    found(shop, case, "boss", "delay.vehicle", *SIX)
    shop.do("boss", "propose", case, *REDELIVERY)
    shop.do("boss", "approve", case)
    shop.do("boss", "respond", case, "--agreed")
    shop.do("boss", "fulfil", case, "--all")
    shop.do("boss", "follow-up", case, "--satisfaction", "5")
    shop.do("boss", "improve", case, "--measure", "m", "--owner", "boss", "--due", "2026-11-20")
    shop.run("boss", "contact", case, "--told", "opinion-to-department", "--by", "phone")
    shop.do("boss", "close", case, "--lesson", "l", "--prevention", "p")
    assert shop.show(case)["proposals"][0]["decision"]["alone"] is True

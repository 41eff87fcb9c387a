"""The hotel's procedure (S1c) played through the command line: which road a complaint takes, and how it goes up."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.shop import Shop, clock, made_once, rules

PEOPLE = (
    ("li.na", "李娜", "clerk", "front-office"),
    ("sun.min", "孙敏", "head", "front-office"),
    ("zhao.wei", "赵伟", "clerk", "housekeeping"),
    ("wu.lei", "吴磊", "head", "housekeeping"),
    ("he.xin", "何欣", "clerk", "food-beverage"),
    ("ma.yun", "马云霞", "head", "food-beverage"),
    ("zhou.hui", "周慧", "head", "marketing"),
    ("qian.li", "钱丽", "vice-president", ""),  # in charge of several departments, so of none
)
DIRTY = (
    "--channel", "in-person", "--customer", "王女士", "--phone", "13800001234", "--price", "480.00", "--against",
    "housekeeping", "--complaint", "hair in the bath",
)  # fmt: skip
FOUND = ("--findings", "not inspected", "--verdict", "founded", "--cause", "work.cleaning")
PLAN = ("--remedy", "done-again", "--remedy", "bill-reduced=80.00", "--reason", "not clean")
BOTH = ("--with", "ma.yun", "--with", "wu.lei")
LESSON = ("--lesson", "no inspection", "--prevention", "two signatures")
ROADS = {
    "1": ("zhao.wei", "during", "wu.lei"),
    "2": ("he.xin", "during", "ma.yun"),
    "3": ("zhao.wei", "after", "wu.lei"),
    "4": ("he.xin", "after", "ma.yun"),
}


@made_once
def taken(folder: Path, road: str) -> tuple[Shop, str]:
    """A hotel in which a complaint about housekeeping was taken on a road, a minute ago."""
    shop = Shop.make(folder / "shop", "hotel", PEOPLE)
    who, moment, _head = ROADS[road]
    case = shop.new(*DIRTY, "--moment", moment, who=who)
    shop.do(who, "classify", case, "--category", "room.dirty")
    return shop.wait(minutes=1), case


@made_once
def decided(folder: Path, road: str) -> tuple[Shop, str]:
    """The same, five minutes later: looked into, planned and decided by the head complained about."""
    shop, case = taken(folder, road)
    shop.wait(minutes=4)
    head = ROADS[road][2]
    for rule in [one["name"] for one in shop.show(case)["owed"]]:
        shop.do(ROADS[road][0], "contact", case, "--by", "phone", "--told", rule)
    shop.do(head, "assign", case, "--to", "zhao.wei")
    shop.do("zhao.wei", "investigate", case, *FOUND)
    shop.do("zhao.wei", "propose", case, *PLAN, *BOTH)
    shop.do("wu.lei", "approve", case)
    return shop.wait(minutes=1), case


@pytest.fixture
def hotel(tmp_path: Path) -> Shop:
    """A hotel with eight people and its general manager."""
    return Shop.make(tmp_path / "shop", "hotel", PEOPLE)


def owed(shop: Shop, case: str) -> dict[str, str]:
    """Who still has to be told, by rule."""
    return {one["name"]: one["to"] for one in shop.show(case)["owed"]}


def unhappy(shop: Shop, case: str, mark: str = "2") -> None:
    """The guest agrees, it is carried out, and the guest is not content."""
    shop.do("he.xin", "respond", case, "--agreed")
    shop.do("he.xin", "fulfil", case, "--all")
    shop.wait(minutes=1).do("he.xin", "follow-up", case, "--satisfaction", mark, "--method", "visit")


# ── Taking a complaint ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["li.na", "zhao.wei", "he.xin", "zhou.hui"])
def test_every_employee_takes_a_complaint_whatever_its_form(hotel: Shop, who: str) -> None:
    # S1c-2, S1c-7, N14, N16
    for form in ("spoken", "written", "other"):
        case = hotel.new(*DIRTY, "--form", form, "--moment", "during", who=who)
        assert hotel.show(case)["intake"].items() >= {"by": who, "form": form}.items()
    assert set(rules(hotel)["vocabulary"]["forms"]) == {"spoken", "written", "other"}


def test_a_complaint_expects_an_answer_or_redress(hotel: Shop) -> None:
    # S1c-7, N14: so every complaint has a promise, today for a guest who is here, in days for one who left
    for moment, name in (("during", "solved-today"), ("after", "reply")):
        case = hotel.new(*DIRTY, "--moment", moment, who="zhao.wei")
        promised = {n for n, one in rules(hotel)["deadlines"].items() if one.get("promise")}
        assert [one["name"] for one in hotel.show(case)["deadlines"] if one["name"] in promised] == [name]
    words = rules(hotel)["applies_to"]["en"]
    assert "spoken, written or other" in words
    assert "answer or redress" in words


def test_the_facts_are_when_where_how_and_who(hotel: Shop) -> None:
    # S1c-1
    case = hotel.new(
        *DIRTY, "--occurred-at", "2026-11-16T09:00", "--place", "room 0815", "--moment", "during"
    )
    form = hotel.show(case)
    assert form["about"].items() >= {"place": "room 0815", "against": "housekeeping"}.items()
    assert form["about"]["occurred_at"].startswith("2026-11-16T09:00")
    assert form["customer"]["phone"] == "13800001234"
    for book in rules(hotel)["playbooks"].values():
        assert {one["name"] for one in book["checks"]} & {"facts", "papers", "help"}


def test_one_who_cannot_settle_it_passes_it_to_the_superior_or_the_department_concerned(hotel: Shop) -> None:
    # N16, S1c-2
    case = hotel.new(*DIRTY, "--moment", "during", who="he.xin")
    for party in ("head:food-beverage", "department:housekeeping"):
        hotel.do("he.xin", "contact", case, "--party", party, "--by", "radio", "--note", "room 0815")
    assert [one["party"] for one in hotel.show(case)["contacts"]] == [
        "head:food-beverage",
        "department:housekeeping",
    ]
    taking = [one["label"]["en"] for one in rules(hotel)["conduct"] if "new" in one["steps"]]
    assert any("superior or to the department complained about" in text for text in taking)


def test_a_question_is_answered_and_takes_no_road(hotel: Shop) -> None:
    # S1c-7
    case = hotel.new("--channel", "phone", "--kind", "enquiry", "--complaint", "until when is breakfast?")
    assert owed(hotel, case) == {}
    hotel.do("li.na", "contact", case, "--by", "phone", "--note", "ten")
    hotel.do("li.na", "close", case)


# ── Road 1: while the guest is here, one's own department ───────────────────────────────────────────


def test_one_s_own_department_settles_it_at_once_and_nobody_need_hear_of_it(tmp_path: Path) -> None:
    # S1c-2, S1c-3, M1
    shop, case = taken(tmp_path, "1")
    assert owed(shop, case) == {}
    shop.do("zhao.wei", "settle", case, "--remedy", "done-again", "--remedy", "gift=30.00", "--reason", "cleaned",
            "--satisfaction", "5")  # fmt: skip
    found = shop.show(case)
    assert (found["state"], owed(shop, case)) == ("closed", {})
    assert found["proposals"][0]["decision"].items() >= {"role": "clerk", "limit": "100.00"}.items()


def test_a_demand_beyond_one_s_authority_goes_up(tmp_path: Path) -> None:
    # S1c-3, S1c-4, M1, M3: the second trigger
    shop, case = taken(tmp_path, "1")
    dear = ("settle", case, "--remedy", "bill-reduced=200.00", "--reason", "the whole evening")
    shop.refuse(1, "zhao.wei", *dear)
    shop.do("wu.lei", *dear)
    assert shop.show(case)["proposals"][0]["decision"]["role"] == "head"


def test_a_guest_who_is_still_not_content_goes_up_one_step_at_a_time(tmp_path: Path) -> None:
    # S1c-3, S1c-4, M1: the first trigger; the head hears of it, and the next word is the head's
    shop, case = taken(tmp_path, "1")
    shop.do(
        "zhao.wei", "settle", case, "--remedy", "done-again", "--reason", "cleaned", "--satisfaction", "2"
    )
    assert owed(shop, case) == {"dissatisfied-goes-up": "head:housekeeping"}
    shop.wait(minutes=1).do("wu.lei", "assign", case, "--to", "zhao.wei")
    shop.do("zhao.wei", "investigate", case, *FOUND)
    shop.wait(minutes=1)
    assert (
        "A guest who is still not content: the next" in shop.refuse(1, "zhao.wei", "propose", case, *PLAN).err
    )
    shop.do("zhao.wei", "escalate", case, "--reason", "wants a reduction")
    shop.do("zhao.wei", "propose", case, *PLAN)  # 80.00, which an employee might grant otherwise
    shop.refuse(1, "li.na", "approve", case)
    shop.do("wu.lei", "approve", case)


def test_the_head_must_hear_of_a_guest_who_is_not_content(tmp_path: Path) -> None:
    # S1c-3, M1
    shop, case = decided(tmp_path, "2")
    unhappy(shop, case)
    shop.wait(minutes=1).do("he.xin", "escalate", case, "--reason", "still not content")
    plan = ("propose", case, *PLAN, *BOTH)
    assert "dissatisfied-goes-up" in shop.refuse(1, "he.xin", *plan).err
    shop.do("he.xin", "contact", case, "--by", "phone", "--told", "dissatisfied-goes-up")
    shop.do("he.xin", *plan)


# ── Road 2: while the guest is here, another department ─────────────────────────────────────────────


def test_about_another_department_one_s_own_head_hears_of_it_at_once(tmp_path: Path) -> None:
    # S1c-3: at once, and before it is handed on; whoever hears it does not settle it
    shop, case = taken(tmp_path, "2")
    [one] = shop.show(case)["owed"]
    assert (one["name"], one["to"], one["due"]) == (
        "own-head-hears",
        "head:food-beverage",
        "2026-11-16T10:30:00+08:00",
    )
    shop.refuse(1, "he.xin", "settle", case, "--remedy", "apology", "--reason", "sorry")
    assert "own-head-hears" in shop.refuse(1, "wu.lei", "assign", case, "--to", "zhao.wei").err
    shop.do("he.xin", "contact", case, "--by", "phone", "--told", "own-head-hears")
    shop.refuse(1, "he.xin", "settle", case, "--remedy", "apology", "--reason", "sorry")
    shop.do("wu.lei", "assign", case, "--to", "zhao.wei")
    assert owed(shop, case) == {}


def test_a_head_who_hears_it_tells_nobody(hotel: Shop) -> None:
    # S1c-3
    case = hotel.new(*DIRTY, "--moment", "during", who="ma.yun")
    hotel.do("ma.yun", "classify", case, "--category", "room.dirty")
    assert owed(hotel, case) == {}
    hotel.do("ma.yun", "assign", case, "--to", "zhao.wei")


@pytest.mark.parametrize("road", ["2", "4"])
def test_the_heads_of_both_departments_agree_on_the_plan(tmp_path: Path, road: str) -> None:
    # S1c-3; on the fourth road it is ours
    shop, case = taken(tmp_path, road)
    shop.wait(minutes=1)
    for rule in owed(shop, case):
        shop.do("he.xin", "contact", case, "--by", "phone", "--told", rule)
    shop.do("ma.yun", "assign", case, "--to", "zhao.wei")
    shop.do("zhao.wei", "investigate", case, *FOUND)
    for agreed in ((), BOTH[:2], BOTH[2:]):
        assert (
            "A complaint about another department: the"
            in shop.refuse(1, "zhao.wei", "propose", case, *PLAN, *agreed).err
        )
    shop.do("zhao.wei", "propose", case, *PLAN, *BOTH)
    assert shop.show(case)["proposals"][0]["with"] == ["ma.yun", "wu.lei"]
    shop.do("boss", "staff", "add", "lu.yi", "--name", "陆一", "--email", "lu@shop.example", "--role", "clerk",
            "--department", "housekeeping")  # fmt: skip
    for employee in ("he.xin", "lu.yi"):  # 80.00, but no employee decides on this road
        shop.refuse(1, employee, "approve", case)


def test_it_goes_up_the_line_of_the_department_complained_about(tmp_path: Path) -> None:
    # S1c-4, S1c-6, M2: head of housekeeping, vice president, general manager; the other head decides nothing
    shop, case = taken(tmp_path, "2")
    shop.do("he.xin", "contact", case, "--by", "phone", "--told", "own-head-hears")
    shop.do("ma.yun", "assign", case, "--to", "zhao.wei")
    shop.do("zhao.wei", "investigate", case, *FOUND)
    shop.do("zhao.wei", "propose", case, *PLAN, *BOTH)
    assert "about “housekeeping”" in shop.refuse(1, "ma.yun", "approve", case).err
    for who, below in (("wu.lei", "sun.min"), ("qian.li", "wu.lei"), ("boss", "qian.li")):
        shop.refuse(1, below, "approve", case)
        shop.wait(minutes=1).do(who, "approve", case)
        unhappy(shop, case)
        shop.wait(minutes=1).do("wu.lei", "escalate", case, "--reason", f"not content after {who}")
        shop.do("zhao.wei", "propose", case, "--remedy", "apology", "--reason", f"after {who}", *BOTH)


def test_a_vice_president_of_one_department_decides_about_that_one(tmp_path: Path) -> None:
    # S1c-6, M2
    shop, case = decided(tmp_path, "2")
    shop.do("boss", "staff", "edit", "qian.li", "--department", "food-beverage")
    unhappy(shop, case)
    shop.wait(minutes=1).do("wu.lei", "escalate", case, "--reason", "still not content")
    shop.do("wu.lei", "propose", case, "--remedy", "apology", "--reason", "r", "--with", "ma.yun")
    shop.refuse(1, "qian.li", "approve", case)
    shop.do("boss", "staff", "edit", "qian.li", "--department", "housekeeping")
    shop.do("qian.li", "approve", case)


def test_employee_and_head_have_limits_and_those_above_decide_by_rank(hotel: Shop) -> None:
    # S1c-4, M3
    ladder = rules(hotel)["authority"]["ladder"]
    assert [(one["role"], one.get("limit")) for one in ladder] == [
        ("clerk", "100.00"), ("head", "1000.00"), ("vice-president", None), ("manager", None),
    ]  # fmt: skip
    assert all("starting value" in one["source"] for one in ladder if "limit" in one)


def test_a_great_sum_is_the_vice_president_s_and_not_yet_the_manager_s(tmp_path: Path) -> None:
    # S1c-4, M3: from the one to the other it goes for one reason only, that the guest is still not content
    shop, case = taken(tmp_path, "1")
    shop.do("wu.lei", "assign", case, "--to", "zhao.wei")
    shop.do("zhao.wei", "investigate", case, *FOUND)
    shop.do(
        "zhao.wei", "propose", case, "--remedy", "voucher=90000.00", "--exception", "ruined", "--reason", "r"
    )
    shop.refuse(1, "wu.lei", "approve", case)
    shop.do("qian.li", "approve", case)


# ── Road 3: after the stay, one's own department; road 4, which is ours ─────────────────────────────


def test_after_the_stay_the_head_hears_of_it_organises_the_inquiry_and_decides(tmp_path: Path) -> None:
    # S1c-3
    shop, case = taken(tmp_path, "3")
    [one] = shop.show(case)["owed"]
    assert (one["name"], one["to"], one["due"]) == (
        "head-organises-inquiry",
        "head:housekeeping",
        "2026-11-16T11:00:00+08:00",
    )
    assert (
        "head-organises-inquiry"
        in shop.refuse(1, "zhao.wei", "settle", case, "--remedy", "apology", "--reason", "r").err
    )
    shop.do("zhao.wei", "contact", case, "--by", "note", "--told", "head-organises-inquiry")
    shop.refuse(1, "zhao.wei", "settle", case, "--remedy", "apology", "--reason", "r")
    shop.refuse(1, "zhao.wei", "investigate", case, *FOUND)
    shop.refuse(1, "zhao.wei", "assign", case, "--to", "zhao.wei")
    shop.do("wu.lei", "assign", case, "--to", "zhao.wei")
    shop.do("zhao.wei", "investigate", case, *FOUND)
    shop.do("zhao.wei", "propose", case, *PLAN)
    shop.do("wu.lei", "approve", case)
    assert shop.show(case)["proposals"][0]["decision"]["role"] == "head"


def test_after_the_stay_no_employee_decides(tmp_path: Path) -> None:
    # S1c-3: not even one of the department, within an employee's money
    shop, case = taken(tmp_path, "3")
    shop.do("boss", "staff", "add", "lu.yi", "--name", "陆一", "--email", "lu@shop.example", "--role", "clerk",
            "--department", "housekeeping")  # fmt: skip
    shop.do("wu.lei", "assign", case, "--to", "zhao.wei")
    shop.do("zhao.wei", "investigate", case, *FOUND)
    shop.do("zhao.wei", "propose", case, *PLAN)
    shop.refuse(1, "lu.yi", "approve", case)


def test_on_the_fourth_road_both_heads_hear_of_it_and_the_rules_say_that_it_is_ours(tmp_path: Path) -> None:
    # S1c-3
    shop, case = taken(tmp_path, "4")
    assert owed(shop, case) == {
        "head-organises-inquiry": "head:food-beverage",
        "other-head-hears": "head:housekeeping",
    }
    shop.do("he.xin", "contact", case, "--by", "phone", "--told", "head-organises-inquiry")
    shop.do("ma.yun", "assign", case, "--to", "zhao.wei")
    assert "other-head-hears" in shop.refuse(1, "zhao.wei", "investigate", case, *FOUND).err
    shop.do("ma.yun", "contact", case, "--by", "phone", "--told", "other-head-hears")
    shop.do("zhao.wei", "investigate", case, *FOUND)
    [rule] = [one for one in rules(shop)["tell"] if one["name"] == "other-head-hears"]
    assert "filled in by us" in rule["source"]


def test_a_complaint_that_does_not_say_when_is_handled_as_after_the_stay(hotel: Shop) -> None:
    # S1c-3
    case = hotel.new(*DIRTY, who="zhao.wei")
    assert owed(hotel, case) == {"head-organises-inquiry": "head:housekeeping"}
    hotel.refuse(
        1, "zhao.wei", "settle", case, "--category", "room.dirty", "--remedy", "apology", "--reason", "r"
    )


def test_a_guest_who_is_here_is_seen_to_in_minutes(tmp_path: Path) -> None:
    # S1c-3
    shop, case = taken(tmp_path, "1")
    assert clock(shop.show(case), "answer-at-once")["due"] == "2026-11-16T10:15:00+08:00"
    shop, case = taken(tmp_path / "after", "3")
    assert clock(shop.show(case), "answer-after")["due"] == "2026-11-17T10:00:00+08:00"


HERE = {
    "answer-at-once": "2026-11-16T10:15", "solved-today": "2026-11-16T14:00", "classify": "2026-11-16T11:00",
    "inquiry-organised": "2026-11-16T18:00", "investigate-here": "2026-11-16T11:05", "plan-here": "2026-11-16T11:05",
    "decide-here": "2026-11-16T10:35", "tell-decision": "2026-11-16T18:05", "follow-up-here": "2026-11-16T14:06",
    "close": "2026-11-20T00:00",
}  # fmt: skip
AFTERWARDS = {
    "answer-after": "2026-11-17T10:00", "reply": "2026-11-24T00:00", "classify": "2026-11-16T11:00",
    "inquiry-organised": "2026-11-16T18:00", "investigate-after": "2026-11-19T00:00", "plan-after": "2026-11-18T00:00",
    "decide-after": "2026-11-18T00:00", "tell-decision": "2026-11-16T18:05", "carry-out": "2026-11-20T00:00",
    "follow-up-after": "2026-11-20T00:00", "close": "2026-11-20T00:00",
}  # fmt: skip


@pytest.mark.parametrize(("road", "expected"), [("2", HERE), ("3", AFTERWARDS)])
def test_every_step_has_its_clock(tmp_path: Path, road: str, expected: dict[str, str]) -> None:
    # S1c-3: the procedure says at once; the lengths are starting values
    shop, case = decided(tmp_path, road)
    shop.do("li.na", "respond", case, "--agreed")
    shop.do("li.na", "fulfil", case, "--all")
    shop.do("li.na", "follow-up", case, "--satisfaction", "5", "--method", "visit")
    assert {one["name"]: one["due"][:16] for one in shop.show(case)["deadlines"]} == expected
    for name in expected:
        assert "starting value" in rules(shop)["deadlines"][name]["source"], name


def test_a_promised_word_and_a_named_day_are_kept(tmp_path: Path) -> None:
    # S1c-7: an answer is expected
    shop, case = taken(tmp_path, "1")
    shop.do("zhao.wei", "contact", case, "--by", "phone", "--note", "tomorrow", "--again-on", "2026-11-17")
    assert clock(shop.show(case), "promised-word")["due"][:16] == "2026-11-18T00:00"
    shop.do("wu.lei", "assign", case, "--to", "zhao.wei")
    shop.do("zhao.wei", "investigate", case, *FOUND)
    shop.do("zhao.wei", "propose", case, *PLAN, "--expected", "done-again=2026-11-17")
    shop.do("wu.lei", "approve", case)
    shop.do("zhao.wei", "respond", case, "--agreed")
    assert clock(shop.show(case), "day-named")["due"][:16] == "2026-11-18T00:00"
    question = shop.new("--channel", "phone", "--kind", "help", "--complaint", "a taxi", who="li.na")
    assert clock(shop.show(question), "reply-request")["due"][:16] == "2026-11-16T12:01"


# ── What is found, and what is grave ────────────────────────────────────────────────────────────────


def test_a_verdict_comes_with_facts_and_a_cause(tmp_path: Path) -> None:
    # S1c-1, S1c-5
    shop, case = taken(tmp_path, "1")
    shop.do("wu.lei", "assign", case, "--to", "zhao.wei")
    assert (
        "A verdict comes with what was found"
        in shop.refuse(1, "zhao.wei", "investigate", case, *FOUND[2:]).err
    )
    assert (
        "A complaint that is upheld has a cause"
        in shop.refuse(1, "zhao.wei", "investigate", case, *FOUND[:4]).err
    )
    shop.do("zhao.wei", "investigate", case, *FOUND)


@pytest.mark.parametrize(
    ("flag", "too_low", "enough"), [("theft", "li.na", "wu.lei"), ("injury", "wu.lei", "qian.li")]
)
def test_what_is_grave_has_evidence_and_a_higher_hand(
    tmp_path: Path, flag: str, too_low: str, enough: str
) -> None:
    # S1c-4
    shop, case = taken(tmp_path, "1")
    shop.refuse(1, "zhao.wei", "settle", case, "--remedy", "apology", "--reason", "r", "--flag", flag)
    shop.do("zhao.wei", "classify", case, "--category", "room.dirty", "--flag", flag)
    shop.refuse(1, "wu.lei", "settle", case, "--remedy", "apology", "--reason", "r")
    assert set(owed(shop, case).values()) == ({"head:management"} if flag == "injury" else set())
    shop.do("wu.lei", "assign", case, "--to", "zhao.wei")
    shop.do("zhao.wei", "investigate", case, *FOUND)
    plan = ("propose", case, "--remedy", "apology", "--reason", "sorry")
    assert "Somebody hurt, belongings lost, or a lawsuit" in shop.refuse(1, "zhao.wei", *plan).err
    (tmp_path / "note.txt").write_text("seen\n", encoding="utf-8")
    shop.do("zhao.wei", "evidence", "add", case, str(tmp_path / "note.txt"), "--kind", "document")
    shop.do("zhao.wei", *plan)
    shop.refuse(1, too_low, "approve", case)
    shop.do(enough, "approve", case)


def test_a_severe_case_is_the_head_s(tmp_path: Path) -> None:
    # S1c-4: even where it costs nothing
    shop, case = taken(tmp_path, "1")
    words = ("--remedy", "apology", "--reason", "r")
    shop.do("zhao.wei", "classify", case, "--category", "room.dirty", "--severity", "severe")
    shop.refuse(1, "zhao.wei", "settle", case, *words)
    shop.do("wu.lei", "settle", case, *words)


def test_a_promise_without_authority_is_traced_to_whoever_gave_it(tmp_path: Path) -> None:
    # S1c-1
    shop, case = taken(tmp_path, "1")
    shop.do("zhao.wei", "classify", case, "--category", "room.dirty", "--flag", "unauthorised-promise")
    shop.do("wu.lei", "assign", case, "--to", "zhao.wei")
    assert "--promised-by" in shop.refuse(1, "zhao.wei", "investigate", case, *FOUND).err
    shop.do("zhao.wei", "investigate", case, *FOUND, "--promised-by", "li.na")


def test_what_no_rule_grants_is_the_head_s(tmp_path: Path) -> None:
    # S1c-4: 60.00 is within an employee's money, but nothing gives a claim to it
    shop, case = taken(tmp_path, "1")
    shop.do("boss", "staff", "add", "lu.yi", "--name", "陆一", "--email", "lu@shop.example", "--role", "clerk",
            "--department", "housekeeping")  # fmt: skip
    shop.do("wu.lei", "assign", case, "--to", "zhao.wei")
    shop.do("zhao.wei", "investigate", case, *FOUND)
    plan = ("propose", case, "--remedy", "compensation=60.00", "--reason", "a dress")
    shop.refuse(1, "zhao.wei", *plan)
    shop.do("zhao.wei", *plan, "--exception", "she was on her way to a wedding")
    shop.refuse(1, "lu.yi", "approve", case)
    shop.do("wu.lei", "approve", case)


# ── Who answers, and the regular summary ────────────────────────────────────────────────────────────


def test_the_head_answers_in_person_for_the_department_s_cases(tmp_path: Path) -> None:
    # S1c-8, N15
    shop, case = taken(tmp_path, "2")
    assert shop.show(case)["accountable"] == {"department": "housekeeping", "people": ["wu.lei"]}
    departments = rules(shop)["departments"]
    assert {one["head"] for name, one in departments.items() if name != "management"} == {"head"}
    shop.do("boss", "staff", "edit", "wu.lei", "--role", "clerk")
    assert shop.show(case)["accountable"]["people"] == ["qian.li"]  # nobody is head: the next role up


def test_the_department_complained_about_looks_into_it_but_not_the_person(hotel: Shop) -> None:
    # M10
    against = ("--channel", "in-person", "--complaint", "rude", "--against", "zhao.wei", "--moment", "during")
    case = hotel.new(*against, who="ma.yun")
    hotel.do("ma.yun", "classify", case, "--category", "room.dirty")
    hotel.do("ma.yun", "assign", case, "--to", "wu.lei")
    hotel.refuse(1, "zhao.wei", "investigate", case, *FOUND)
    hotel.do("wu.lei", "investigate", case, *FOUND)


def test_marketing_draws_up_the_summary_with_lessons_and_recommendations(tmp_path: Path) -> None:
    # S1c-5, W14, W13
    shop, case = decided(tmp_path, "3")
    shop.do("zhao.wei", "respond", case, "--agreed")
    shop.do("zhao.wei", "fulfil", case, "--all")
    shop.do("zhao.wei", "follow-up", case, "--satisfaction", "4", "--method", "phone")
    for place in (0, 2):
        shop.refuse(1, "zhao.wei", "close", case, *LESSON[:place], *LESSON[place + 2 :])
    shop.do("zhao.wei", "close", case, *LESSON)
    shop.do("zhou.hui", "improve", case, "--measure", "inspect twice", "--kind", "rooms-and-facilities", "--owner", "wu.lei",
            "--due", "2026-12-10")  # fmt: skip
    shop.now += timedelta(days=20)
    monthly = shop.run("", "report", "monthly", "--month", "2026-11")
    assert "drawn up by sales and marketing" in monthly.out
    assert all(words in monthly.out for words in ("inspect twice", "no inspection"))
    assert "drawn up by sales and marketing" in shop.run("", "report", "weekly", "--week", "2026-W47").out


def test_an_innkeeper_alone_takes_a_case_to_its_end(tmp_path: Path) -> None:
    # S1c-2: the register works from the first minute
    shop = Shop.make(tmp_path / "shop", "hotel", alone=True)
    for moment in ("during", "after"):
        case = shop.new(*DIRTY, "--moment", moment, who="boss")
        shop.do("boss", "classify", case, "--category", "room.dirty")
        shop.do("boss", "assign", case, "--to", "boss")
        shop.do("boss", "investigate", case, *FOUND)
        shop.do("boss", "propose", case, *PLAN)
        shop.do("boss", "approve", case)
        shop.do("boss", "respond", case, "--agreed")
        shop.do("boss", "fulfil", case, "--all")
        shop.do("boss", "follow-up", case, "--satisfaction", "4", "--method", "visit")
        shop.do("boss", "close", case, *LESSON)
        assert owed(shop, case) == {}

"""Through the command line: who must be told, what waits for it, which day was promised, who decides.

The rules are those of a house in which a complaint about another department is
settled between two heads (S1c-3, S1c-6).
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest
import yaml12

from tests.shop import Shop, kept_folder


def label(words: str) -> dict[str, str]:
    return {"en": words, "zh-CN": f"{words}（中）", "es": f"{words} (es)"}


DEADLINES = {
    "next-word": {"label": label("the promised next word"), "date": "again_on", "until": "told"},
    "expected": {
        "label": label("the day on which it is expected"),
        "date": "expected_on",
        "until": "fulfilled",
    },
}
TELL = [
    {
        "name": "heads-hear", "label": label("Both heads hear of it at once."), "source": "S1c-3",
        "to": ["head-of-receiver", "head-of-complained"], "after": "classified", "within": "1 hour",
        "when": {"own_department": False, "against": ["store", "goods"]}, "before": ["assign", "settle"],
    },
    {
        "name": "abuse", "label": label("The person in charge hears of it at once."), "source": "S3-3",
        "to": ["role:vice-president"], "after": "classified", "within": "30 minutes", "when": {"flags": ["injury"]},
    },
    {
        "name": "supplier-hears", "label": label("The supplier hears of the fault."), "source": "S0-15",
        "to": ["supplier"], "after": "classified", "when": {"liability": "supplier"},
    },
    {
        "name": "form-back", "label": label("The satisfaction form goes back to the department."), "source": "S4-7",
        "to": ["responsible"], "after": "followed-up", "before": ["close"],
    },
]  # fmt: skip
GATES = [
    {
        "name": "two-heads", "step": "propose", "requires": "heads-agreed", "label": label("Both heads settle the plan."),
        "when": {"own_department": False, "against": ["store", "goods"]},
    },
    {
        "name": "supplier-says", "step": "propose", "requires": "supplier-answered",
        "label": label("The supplier has answered."), "when": {"liability": "supplier"},
    },
    {
        "name": "restated", "step": "investigate", "requires": "facts-confirmed",
        "label": label("The customer confirmed the facts."), "when": {"moment": "after"},
    },
    {
        "name": "day-named", "step": "hold", "requires": "promised-date", "label": label("The customer knows a day."),
        "when": {"kind": "enquiry"},
    },
]  # fmt: skip


@functools.cache
def _template() -> Shop:
    """The supermarket's shop with these rules in force; made once, never changed afterwards."""
    shop = Shop.make(kept_folder() / "shop")
    path = shop.folder / "policies" / "supermarket.yaml"
    rules = yaml12.parse_yaml(path.read_text(encoding="utf-8"))
    for rule in rules["deadlines"].values():
        rule.pop("promise", None)
    rules["deadlines"] |= DEADLINES
    rules["tell"] = TELL
    rules["gates"] += GATES
    rules["authority"]["line"] = "complained-about"
    rules["vocabulary"]["customer_types"] = {"dealer": label("dealer"), "end-user": label("end user")}
    path.write_text(json.dumps(rules, ensure_ascii=False, indent=1), encoding="utf-8")
    shop.do("boss", "staff", "add", "ma.yun", "--name", "马云英", "--email", "ma.yun@shop.example", "--role", "head",
            "--department", "customer-service")  # fmt: skip
    shop.do("boss", "policy", "save", "--reason", "two heads")
    shop.do("", "list")  # the copies have an index that knows these rules
    return shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return _template().copy(tmp_path / "shop")


def about_the_store(shop: Shop, *more: str) -> str:
    """A complaint that the service desk takes about the store, classified."""
    case = shop.new("--channel", "desk", "--complaint", "nobody at the till", "--against", "store", *more)
    shop.do("li.na", "classify", case, "--category", "service.attitude")
    return case


def owed(shop: Shop, case: str) -> list[tuple[str, str]]:
    return [(one["name"], one["to"]) for one in shop.show(case)["owed"]]


def due(shop: Shop) -> tuple[int, list[Any]]:
    ran = shop.run("", "due", "--json")
    return ran.code, [one for one in json.loads(ran.out) if one["to"]]


# -- intake


def test_the_department_of_whoever_takes_it_is_recorded(shop: Shop) -> None:  # S1c-3
    case = shop.new("--channel", "desk", "--complaint", "dirty floor")
    assert shop.show(case)["intake"]["department"] == "customer-service"
    assert (
        "department" not in shop.show(shop.new("--channel", "desk", "--complaint", "x", who="boss"))["intake"]
    )


def test_a_dealer_and_the_end_user_are_two(shop: Shop) -> None:  # S1e-10 W19 W20 S1c-7
    words = ("--channel", "email", "--complaint", "it leaks", "--form", "other", "--company", "Oil & Co",
             "--address", "1 Long Road", "--customer-type", "dealer", "--end-user", "the garage at No. 3",
             "--used-before", "brand B", "--earlier-condition", "it was tight")  # fmt: skip
    found = shop.show(shop.new(*words))
    assert (found["customer"]["type"], found["customer"]["end_user"]) == ("dealer", "the garage at No. 3")
    assert (found["about"]["earlier_condition"], found["intake"]["form"]) == ("it was tight", "other")
    assert "dealer" in shop.do("", "show", found["id"])
    refused = shop.refuse(
        2, "li.na", "new", "--channel", "desk", "--complaint", "x", "--customer-type", "deeler"
    )
    assert "one of: dealer" in refused.err


def test_a_file_may_say_the_same(shop: Shop, tmp_path: Path) -> None:  # S1e-10
    form = tmp_path / "form.yaml"
    form.write_text(
        "channel: email\ncomplaint: it leaks\nform: other\ncustomer-type: end-user\nend-user: a garage\n"
        "earlier-condition: tight\n",
        encoding="utf-8",
    )
    found = shop.show(shop.new("--from", str(form)))
    assert found["customer"]["type"] == "end-user"
    assert (found["customer"]["end_user"], found["about"]["earlier_condition"]) == ("a garage", "tight")


def test_the_affected_are_counted_and_delimited(shop: Shop) -> None:  # W27 S2-6
    case = shop.new("--channel", "desk", "--complaint", "sour")
    shop.do(
        "li.na",
        "classify",
        case,
        "--category",
        "goods.spoiled",
        "--affected",
        "40",
        "--affected-range",
        "batch A7",
    )
    assert shop.show(case)["classification"]["affected_range"] == "batch A7"
    assert "40, batch A7" in shop.do("", "show", case)


# -- telling


def test_a_step_waits_until_both_heads_are_told_and_the_hint_is_the_command(shop: Shop) -> None:  # S1c-3
    case = about_the_store(shop)
    assert owed(shop, case) == [("heads-hear", "head:customer-service"), ("heads-hear", "head:store")]
    refused = shop.refuse(1, "li.na", "assign", case, "--to", "zhao.wei")
    assert "Both heads hear of it at once: " in refused.err
    assert f"complaintctl contact {case} --told heads-hear --by …" in refused.err
    shop.do("li.na", "contact", case, "--told", "heads-hear", "--by", "phone")
    assert owed(shop, case) == []
    parties = [(one["party"], one["note"]) for one in shop.show(case)["contacts"]]
    assert parties == [
        ("head:customer-service", "Both heads hear of it at once."),
        ("head:store", "Both heads hear of it at once."),
    ]
    shop.do("li.na", "assign", case, "--to", "zhao.wei")


def test_show_says_whom_to_tell_by_when_and_who_is_accountable(shop: Shop) -> None:  # S1c-3 S1c-8
    case = about_the_store(shop)
    shown = shop.do("", "show", case)
    assert "Accountable  吴磊 (store operations)" in shown
    assert "To tell" in shown
    assert (
        "马云英 (head of customer service)  Both heads hear of it at once.  2026-11-16 11:00  1 h left"
        in shown
    )
    found = shop.show(case)
    assert found["accountable"] == {"department": "store", "people": ["wu.lei"]}
    assert found["owed"][1] == {
        "name": "heads-hear", "to": "head:store", "people": ["wu.lei"], "since": "2026-11-16T10:00:00+08:00",
        "due": "2026-11-16T11:00:00+08:00", "late": False,
    }  # fmt: skip
    assert "MISSED" in shop.wait(hours=2).do("", "show", case)
    assert [one["late"] for one in shop.show(case)["owed"]] == [True, True]


def test_one_party_may_be_told_at_a_time(shop: Shop) -> None:
    case = about_the_store(shop)
    shop.do("li.na", "contact", case, "--party", "head:store", "--by", "phone", "--note", "rang him")
    assert owed(shop, case) == [("heads-hear", "head:customer-service")]
    shop.do("li.na", "contact", case, "--told", "heads-hear", "--by", "phone", "--note", "in her office")
    assert [one["note"] for one in shop.show(case)["contacts"]] == ["rang him", "in her office"]


def test_telling_twice_is_harmless_and_telling_without_a_reason_is_refused(shop: Shop) -> None:
    case = about_the_store(shop)
    tell = ("contact", case, "--told", "heads-hear", "--by", "phone")
    shop.do("li.na", *tell)
    commits = shop.commits()
    assert shop.wait(hours=1).run("li.na", *tell).code == 0
    assert shop.commits() == commits
    assert (
        "asks for nothing now"
        in shop.refuse(1, "li.na", "contact", case, "--told", "abuse", "--by", "phone").err
    )
    unknown = shop.refuse(2, "li.na", "contact", case, "--told", "head", "--by", "phone")
    assert "one of: heads-hear, abuse" in unknown.err
    shop.refuse(2, "li.na", "contact", case, "--told", "heads-hear", "--by", "phone", "--incoming")


def test_a_head_who_takes_the_step_themself_need_not_be_told(shop: Shop) -> None:  # S1c-3
    case = about_the_store(shop)
    shop.do("wu.lei", "contact", case, "--by", "phone", "--note", "I called the customer")
    assert owed(shop, case) == [("heads-hear", "head:customer-service")]
    shop.wait(minutes=1).do("ma.yun", "assign", case, "--to", "zhao.wei")
    assert owed(shop, case) == []


def test_a_complaint_about_ones_own_department_is_handled_at_once(shop: Shop) -> None:  # S1c-3, M1
    case = shop.new("--channel", "desk", "--complaint", "rude", "--against", "customer-service")
    shop.do("li.na", "classify", case, "--category", "service.attitude")
    assert owed(shop, case) == []
    shop.do("li.na", "settle", case, "--remedy", "apology", "--reason", "we were slow")


def test_due_lists_what_is_owed_and_ends_with_7_when_it_is_late(shop: Shop) -> None:  # S3-3
    case = shop.new("--channel", "phone", "--complaint", "the courier hit me")
    shop.do("li.na", "classify", case, "--category", "service.attitude", "--flag", "injury")
    code, rows = due(shop)
    assert code == 0
    assert [(one["name"], one["to"], one["due"], one["state"]) for one in rows] == [
        ("abuse", "role:vice-president", "2026-11-16T10:30:00+08:00", "waiting")
    ]
    assert "tell 钱丽 (" in shop.do("", "due")
    code, rows = due(shop.wait(minutes=31))
    assert (code, [one["state"] for one in rows]) == (7, ["missed"])
    shop.do("li.na", "contact", case, "--told", "abuse", "--by", "phone")
    assert due(shop) == (0, [])


def test_what_has_no_time_is_listed_last_and_is_never_late(shop: Shop) -> None:  # S0-15
    case = shop.new("--channel", "phone", "--complaint", "a stone in the rice")
    shop.do("li.na", "classify", case, "--category", "goods.spoiled", "--liability", "supplier")
    last = json.loads(shop.run("", "due", "--json").out)[-1]
    assert (last["to"], last["due"], last["state"]) == ("supplier", None, "waiting")
    shop.wait(days=300)
    assert [one["state"] for one in due(shop)[1]] == ["waiting"]


def test_the_form_goes_back_to_the_department_before_the_case_is_closed(shop: Shop) -> None:  # S4-7
    case = shop.new("--channel", "desk", "--complaint", "sour", "--against", "goods", who="chen.jie")
    shop.do(
        "chen.jie",
        "settle",
        case,
        "--category",
        "goods.label",
        "--remedy",
        "apology",
        "--reason",
        "wrong label",
    )
    shop.do("li.na", "follow-up", case, "--satisfaction", "5")
    assert owed(shop, case) == [("form-back", "department:goods")]
    refused = shop.refuse(
        1, "li.na", "close", case, "--lesson", "check labels", "--prevention", "a second look"
    )
    assert "--told form-back" in refused.err
    shop.do("li.na", "contact", case, "--told", "form-back", "--by", "letter")
    shop.do("li.na", "close", case, "--lesson", "check labels", "--prevention", "a second look")


def test_a_case_that_is_none_closes_without_anybody_being_told(shop: Shop) -> None:
    case = about_the_store(shop)
    shop.do("li.na", "close", case, "--outcome", "entered-in-error", "--reason", "typed twice")
    assert owed(shop, case) == []


# -- the plan and who decides


def test_both_heads_settle_the_plan_and_the_line_of_the_department_decides(shop: Shop) -> None:  # S1c-3 S1c-6
    case = about_the_store(shop)
    shop.do("li.na", "contact", case, "--told", "heads-hear", "--by", "phone")
    shop.do("li.na", "assign", case, "--to", "chen.jie", "--department", "goods")
    shop.upheld("chen.jie", case, "service.attitude")
    plan = ("propose", case, "--remedy", "apology", "--reason", "they waited long")
    refused = shop.refuse(1, "chen.jie", *plan)
    assert "--with ma.yun --with wu.lei" in refused.err
    shop.refuse(2, "chen.jie", *plan, "--with", "nobody")
    shop.do("chen.jie", *plan, "--with", "ma.yun", "--with", "wu.lei")
    assert shop.show(case)["proposals"][0]["with"] == ["ma.yun", "wu.lei"]
    assert (
        "is about “store operations”; sun.min decides for “goods” only"
        in shop.refuse(1, "sun.min", "approve", case).err
    )
    shop.do("wu.lei", "approve", case)
    assert shop.run("", "check").code == 0


def test_what_a_supplier_takes_over_is_its_answer(shop: Shop) -> None:  # S0-15
    case = shop.new("--channel", "phone", "--complaint", "a stone in the rice", "--price", "20.00")
    shop.do("li.na", "classify", case, "--category", "goods.spoiled", "--liability", "supplier")
    shop.do("li.na", "assign", case, "--to", "zhao.wei")
    shop.upheld("zhao.wei", case, "goods.spoiled")
    plan = ("propose", case, "--remedy", "refund=20.00", "--reason", "a stone")
    assert "The supplier has answered." in shop.refuse(1, "zhao.wei", *plan).err
    shop.do("li.na", "contact", case, "--told", "supplier-hears", "--by", "phone")
    answer = ("contact", case, "--party", "supplier", "--by", "phone", "--bears", "20", "--note", "they pay")
    shop.refuse(2, "li.na", *answer)
    shop.do("li.na", *answer, "--incoming")
    assert shop.show(case)["contacts"][-1]["bears"] == "20.00"
    assert "the supplier bears 20.00 CNY" in shop.do("", "show", case)
    shop.do("zhao.wei", *plan)


# -- what the customer is told


def test_the_customer_confirms_the_facts_before_they_are_looked_into(shop: Shop) -> None:  # S1e-11 S3-13
    case = shop.new("--channel", "phone", "--moment", "after", "--complaint", "sour")
    shop.do("li.na", "classify", case, "--category", "goods.spoiled")
    shop.do("li.na", "assign", case, "--to", "zhao.wei")
    look = ("investigate", case, "--findings", "cold shelf at 11 °C")
    assert "contact" in shop.refuse(1, "zhao.wei", *look).err
    shop.do("li.na", "contact", case, "--by", "phone", "--confirms", "--note", "repeated it: yes, on Sunday")
    shop.refuse(
        2, "li.na", "contact", case, "--by", "phone", "--party", "supplier", "--confirms", "--note", "x"
    )
    shop.do("zhao.wei", *look)


def test_a_promised_day_has_a_clock_that_the_next_word_keeps(shop: Shop) -> None:  # S1b-2 S1a-12
    case = shop.new("--channel", "phone", "--complaint", "sour")
    say = ("contact", case, "--by", "phone", "--note", "sorry; we call again", "--again-on")
    for wrong in ("2026-11-15", "tomorrow", "2026-02-30"):
        shop.refuse(2, "li.na", *say, wrong)
    shop.refuse(2, "li.na", *say, "2026-11-18", "--party", "supplier")
    shop.refuse(2, "li.na", *say, "2026-11-18", "--incoming")
    shop.do("li.na", *say, "2026-11-18")
    clock = next(one for one in shop.show(case)["deadlines"] if one["name"] == "next-word")
    assert (clock["due"], clock["state"]) == ("2026-11-19T00:00:00+08:00", "waiting")
    assert "to hear again by 2026-11-18" in shop.do("", "show", case)
    shop.wait(days=3)
    listed = json.loads(shop.run("", "due", "--json").out)
    assert [one["state"] for one in listed if one["name"] == "next-word"] == ["missed"]
    shop.do("li.na", "contact", case, "--by", "phone", "--note", "still being looked into")
    listed = json.loads(shop.run("", "due", "--json").out)
    assert [one for one in listed if one["name"] == "next-word"] == []


def test_nothing_is_promised_in_a_closed_case(shop: Shop) -> None:
    case = shop.new("--channel", "phone", "--complaint", "sour")
    shop.do("li.na", "close", case, "--outcome", "withdrawn", "--reason", "gone")
    say = ("contact", case, "--by", "phone", "--note", "we call again", "--again-on", "2026-11-18")
    assert "reopen" in shop.refuse(1, "li.na", *say).err


def test_who_must_be_told_is_the_same_with_an_index_made_anew(shop: Shop) -> None:
    about_the_store(shop)
    before = due(shop)
    for file in (shop.folder / ".git" / "complaintctl").glob("index.sqlite*"):
        file.unlink()
    assert due(shop) == before


def test_a_new_head_is_the_one_to_tell(shop: Shop) -> None:  # S1c-8
    case = about_the_store(shop)
    shop.do("boss", "staff", "edit", "zhao.wei", "--role", "head")
    shop.do("boss", "staff", "retire", "wu.lei")
    assert shop.show(case)["owed"][1]["people"] == ["zhao.wei"]
    assert shop.show(case)["accountable"]["people"] == ["zhao.wei"]


def test_what_intake_noted_is_corrected_to_what_the_rules_know(shop: Shop) -> None:  # S1c-3 S1e-10
    case = shop.new("--channel", "email", "--complaint", "it leaks", "--customer-type", "dealer")
    for field, wrong in (("intake.department", "garage"), ("customer.type", "deeler")):
        shop.refuse(2, "boss", "amend", case, "--set", f"{field}={wrong}", "--reason", "misheard")
    right = ("--set", "intake.department=store", "--set", "customer.type=end-user")
    shop.do("boss", "amend", case, *right, "--reason", "misheard")
    found = shop.show(case)
    assert (found["intake"]["department"], found["customer"]["type"]) == ("store", "end-user")


def test_a_hold_waits_for_a_promised_day_where_the_rules_say_so(shop: Shop) -> None:  # S1b-2
    case = shop.new("--channel", "phone", "--kind", "enquiry", "--complaint", "how does it work")
    wait = ("hold", case, "--for", "supplier", "--reason", "asked them")
    assert "--again-on DATE" in shop.refuse(1, "li.na", *wait).err
    shop.do("li.na", "contact", case, "--by", "phone", "--note", "on Friday", "--again-on", "2026-11-20")
    shop.do("li.na", *wait)

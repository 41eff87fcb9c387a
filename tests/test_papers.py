"""The decision paper: what it says, and what it keeps to itself."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaintctl import cells, paperparts, papers, precedents, proposing
from complaintctl.precedents import Settled
from complaintctl.register import Register, Settings
from complaintctl.rows import Paid
from tests.shop import START, Shop

NOW = int(datetime.fromisoformat(START).timestamp())
DAY = 86400


def register_of(shop: Shop, who: str = "sun.min", language: str | None = None) -> Register:
    return Register.open(Settings(shop.folder, acting=who, now=int(shop.now.timestamp()), language=language))


def paper_of(shop: Shop, case: str, language: str | None = None) -> papers.Paper:
    register = register_of(shop, language=language)
    found = register.case(case)
    return proposing.paper(register, found, len(found["proposals"]))


def said(paper: papers.Paper) -> str:
    """All that a paper says, in all its forms."""
    return "\n".join(
        [
            json.dumps(paper.data, ensure_ascii=False),
            paperparts.text(paper.data, paper.parts),
            paperparts.markdown(paper.data, paper.parts),
        ]
    )


# -- what it keeps to itself


def test_a_paper_holds_nothing_by_which_the_customer_can_be_reached(shop):
    case = shop.investigated(
        "--channel", "desk", "--customer", "王女士", "--phone", "13800001234", "--email", "wang@mail.example",
        "--address", "人民路 12 号", "--product", "鲜牛奶 1L", "--price", "12.90", "--purchased-on", "2026-11-15",
        "--complaint", "我是王女士,电话 138 0000 1234 或 0755-8888 6666,邮箱 wang@mail.example,牛奶变质", "--demand", "refund=12.90",
    )  # fmt: skip
    shop.do("zhao.wei", "propose", case, "--remedy", "refund=12.90",
            "--reason", "王女士 (人民路 12 号) wants it by 13800001234, other@mail.example")  # fmt: skip
    paper = paper_of(shop, case)
    for secret in ("王女士", "13800001234", "138 0000 1234", "0755-8888", "mail.example", "人民路"):
        assert secret not in said(paper)
    assert "牛奶变质" in paper.data["brief"]["complaint"]
    assert paper.data["brief"]["customer"].startswith("P-")


def test_dates_amounts_and_batches_are_no_numbers_to_call(shop):
    words = "batch 20261110A of 2026-11-10, 12.90, paid 129.00 at 10:15, barcode EAN13 6901234567892"
    case = shop.investigated("--channel", "desk", "--complaint", words, "--price", "12.90")
    shop.do("zhao.wei", "propose", case, "--remedy", "refund=12.90", "--exception", "kind", "--reason", "so")
    told = paper_of(shop, case).data["brief"]["complaint"]
    assert told.startswith("batch 20261110A of 2026-11-10, 12.90, paid 129.00 at 10:15, barcode EAN13 ")


@given(st.text(min_size=2), st.text(), st.text())
def test_a_customers_name_is_left_out_wherever_it_stands(name, before, after):
    case: Any = {"customer": {"id": "P-1", "name": name}}
    assert name not in papers.unsaid(before + name + after, case).replace(papers._HIDDEN, "\0") or (
        name in papers._HIDDEN
    )


def test_text_of_a_customer_stays_text(shop):
    hostile = "a|b\n<script>alert(1)</script> [x](javascript:y) `z` @all \x1b[2J https://evil.example"
    case = shop.investigated("--channel", "desk", "--complaint", hostile, "--price", "12.90")
    shop.do("zhao.wei", "propose", case, "--remedy", "apology", "--reason", hostile)
    paper = paper_of(shop, case)
    markdown = paperparts.markdown(paper.data, paper.parts)
    for trap in ("<script", "[x](", "`z`", "@all", "\x1b", "https://evil"):
        assert trap not in markdown
    rows = [line for line in markdown.splitlines() if line.startswith("| ") and line != "| | |"]
    assert rows
    for row in rows:
        assert row.replace(r"\|", "").count("|") == 3, row
    assert "\x1b" not in paperparts.text(paper.data, paper.parts)


# -- what it says


def test_what_each_remedy_rests_on(shop):
    case = shop.investigated()
    shop.do("zhao.wei", "propose", case, "--remedy", "refund=12.90", "--remedy", "apology", "--remedy", "compensation=5.00",
            "--exception", "a regular", "--reason", "spoiled")  # fmt: skip
    data = paper_of(shop, case).data
    rests = {one["kind"]: one["rests_on"] for one in data["proposed"]["remedies"]}
    assert rests["refund"] == "rule spoiled-or-expired"
    assert rests["apology"] == "free"
    assert rests["compensation"] == "exception"
    assert data["proposed"]["exception"] == "a regular"
    assert data["cost"] == "17.90"
    text = paperparts.text(data, paper_of(shop, case).parts)
    assert "refund 12.90 CNY: granted by the rule “spoiled or expired goods”" in text
    assert "EXCEPTION: no rule grants it" in text
    assert "a regular" in text


def test_who_may_decide_and_why(shop):
    small = paper_of(shop, shop.proposed()).data["authority"]
    assert "zhao.wei" not in small["may"]  # who made it
    assert {"li.na", "sun.min", "boss"} <= set(small["may"])
    assert (small["role"], small["reasons"]) == ("clerk", [])
    case = shop.investigated()
    shop.do(
        "zhao.wei", "propose", case, "--remedy", "compensation=600.00", "--exception", "ill", "--reason", "so"
    )
    great = paper_of(shop, case).data["authority"]
    assert set(great["may"]) == {"qian.li", "boss"}
    assert great["role"] == "vice-president"
    assert any("600.00" in why for why in great["reasons"])
    assert great["limits"]["vice-president"] == "5000.00"


def test_those_whom_the_paper_names_may_decide_and_nobody_else(shop):
    case = shop.investigated()
    shop.do(
        "zhao.wei", "propose", case, "--remedy", "compensation=600.00", "--exception", "ill", "--reason", "so"
    )
    may = paper_of(shop, case).data["authority"]["may"]
    for who in ("li.na", "zhao.wei", "chen.jie", "sun.min", "wu.lei", "qian.li", "boss"):
        assert shop.run(who, "approve", case, "--dry-run").code == (0 if who in may else 1), who


def test_the_digest_of_the_paper_is_that_of_the_decision(shop):
    case = shop.proposed("refund=12.90", "apology")
    before = paper_of(shop, case).data
    shop.do("sun.min", "approve", case, "--note", "fine")
    after = paper_of(shop, case).data
    assert before["decision"] is None
    assert before["digest"] == after["digest"] == after["decision"]["digest"]
    assert after["decision"]["note"] == "fine"
    assert after["authority"] == before["authority"]  # what was asked of the decision, not what it changed


def test_earlier_rounds_with_what_became_of_them(shop):
    case = shop.proposed("refund=10.00")
    shop.do("sun.min", "approve", case, "--return", "too little")
    shop.do("zhao.wei", "propose", case, "--remedy", "refund=12.90", "--reason", "the whole price")
    shop.do("sun.min", "approve", case)
    shop.do("li.na", "respond", case, "--declined", "--reason", "王女士 wants a gift")
    both = ("--remedy", "refund=12.90", "--remedy", "gift=5.00")
    shop.do("zhao.wei", "propose", case, *both, "--reason", "and a gift")
    paper = paper_of(shop, case)
    first, second = paper.data["earlier"]
    assert (first["cost"], first["decision"]["outcome"], first["decision"]["note"]) == (
        "10.00",
        "returned",
        "too little",
    )
    assert first["answer"] is None
    assert second["answer"] == {"outcome": "declined", "reason": "[…] wants a gift"}
    assert paper.data["proposal"] == 3
    assert any("declined (1)" in why for why in paper.data["authority"]["reasons"])
    text = paperparts.text(paper.data, paper.parts)
    assert "Proposal 1  refund 10.00 CNY" in text
    assert "too little" in text


def test_what_presses_stands_before_what_is_met(shop):
    case = shop.proposed()
    clocks = paper_of(shop.wait(days=30), case).data["clocks"]
    states = [clock["state"] for clock in clocks]
    assert states == sorted(states, key=lambda state: state in {"met", "ended"})
    assert "missed" in states[:1]


def test_a_paper_speaks_the_readers_language(shop):
    paper = paper_of(shop, shop.proposed(), language="zh-CN")
    markdown = paperparts.markdown(paper.data, paper.parts)
    assert "退款" in markdown
    assert "货品" in markdown or "变质" in markdown


def test_a_paper_says_when_the_rules_cannot_tell_who_decides(shop):
    case = shop.proposed()
    register = register_of(shop)
    found = register.case(case)
    ground = proposing.ground(register, found)
    silent: Any = {**ground.policy, "authority": {**ground.policy["authority"], "ladder": []}}
    paper = papers.paper(found, 1, ground._replace(policy=silent))
    assert paper.data["authority"] is None
    assert paper.data["alike"] is None
    assert "the rules in force do not say" in paperparts.text(paper.data, paper.parts)


# -- how alike cases were settled


def paid(cost: str, approved: int | None, kind: str = "refund", *, declined: int | None = None) -> Paid:
    return Paid(1, kind, cost, cost, False, False, NOW, approved, None, "head", False, declined, None, "cli")


def row(
    ident: str,
    *given: Paid,
    cause: str | None = "goods.spoiled",
    category: str = "goods.spoiled",
    void: bool = False,
) -> Any:
    return {"id": ident, "void": void, "cause": cause, "category": category, "paid": list(given)}


def test_only_what_was_granted_for_the_same_cause_in_time_counts():
    rows = [
        row("a", paid("10.00", NOW - DAY), paid("0.00", NOW - DAY, "apology")),
        row("b", paid("30.00", NOW - 89 * DAY)),
        row("c", paid("99.00", NOW - 91 * DAY)),  # too long ago
        row("d", paid("99.00", NOW - DAY), cause="price.wrong"),
        row("e", paid("99.00", NOW - DAY, declined=NOW - 60)),
        row("f", paid("99.00", None)),
        row("g", paid("99.00", NOW - DAY), void=True),
        row("h", paid("50.00", NOW - DAY), cause=None),  # no cause was found: by its category
        row("own", paid("99.00", NOW - DAY)),
    ]
    found = precedents.settled(rows, "goods.spoiled", precedents.since(START), NOW, "own")
    assert found == [
        Settled(Decimal("10.00"), ("refund", "apology")),
        Settled(Decimal("30.00"), ("refund",)),
        Settled(Decimal("50.00"), ("refund",)),
    ]


@pytest.mark.parametrize(
    ("costs", "median"),
    [(["5.00"], "5.00"), (["5.00", "7.00", "100.00"], "7.00"), (["5.00", "7.01"], "6.01"), ([], None), (["1", "2"], "1.50")],
)  # fmt: skip
def test_the_median_has_the_digits_of_the_currency(costs, median):
    assert precedents.median(sorted(map(Decimal, costs)), "CNY") == median


def test_the_median_of_a_currency_without_small_coins():
    assert precedents.median([Decimal(5), Decimal(6)], "JPY") == "6"


def test_how_alike_cases_were_settled(tmp_path: Path):
    shop = Shop.make(tmp_path / "shop")
    for amount in ("8.00", "12.90", "10.00"):
        case = shop.proposed(f"refund={amount}")
        shop.do("sun.min", "approve", case)
    declined = shop.proposed("refund=1.00")
    shop.do("sun.min", "approve", declined)
    shop.do("li.na", "respond", declined, "--declined")
    shop.wait(days=2)
    case = shop.proposed("refund=12.90")
    paper = paper_of(shop, case)
    assert paper.data["alike"] == {
        "cause": "goods.spoiled", "days": 90, "cases": 3, "median": "10.00", "lowest": "8.00", "highest": "12.90",
        "remedies": {"refund": 3},
    }  # fmt: skip
    assert "median 10.00 CNY, from 8.00 CNY to 12.90 CNY" in paperparts.text(paper.data, paper.parts)
    shop.wait(days=100)
    assert paper_of(shop, case).data["alike"]["cases"] == 0


def test_on_a_terminal_a_paper_is_folded_and_loses_nothing(shop):
    wish = "顾客反复说明了情况,希望尽快得到处理," * 6 + "and that somebody calls her back before noon " * 3
    case = shop.investigated("--channel", "desk", "--product", "鲜牛奶 1L", "--price", "12.90", "--purchased-on",
                             "2026-11-15", "--complaint", wish)  # fmt: skip
    shop.do("zhao.wei", "propose", case, "--remedy", "refund=12.90", "--reason", "off")
    paper = paper_of(shop, case)
    whole, folded = (paperparts.text(paper.data, paper.parts, columns) for columns in (0, 80))
    assert max(cells.width(line) for line in whole.splitlines()) > 80
    assert max(cells.width(line) for line in folded.splitlines()) <= 80
    assert "".join(folded.split()) == "".join(whole.split())
    assert not any(line.strip().startswith(",") for line in folded.splitlines())


def test_the_title_says_whether_it_is_decided(shop):
    case = shop.proposed()
    assert paperparts.title(paper_of(shop, case).data).startswith(f"{case}: decide on proposal 1, ")
    shop.do("sun.min", "approve", case)
    assert paperparts.title(paper_of(shop, case).data).endswith(", is decided")


@pytest.mark.parametrize(
    ("language", "price", "day"),
    [("en", "12.90", "2026-11-15"), ("zh-CN", "12.90", "2026-11-15"), ("es", "12,90", "15/11/2026")],
)
def test_a_name_of_digits_is_kept_back_from_texts_and_not_from_sums_and_days(shop, language, price, day):
    case = shop.investigated(
        "--channel", "desk", "--customer", "12", "--price", "12.90", "--purchased-on", "2026-11-15",
        "--occurred-at", "2026-11-15T12:00:00+08:00", "--place", "aisle 12", "--complaint", "sour",
    )  # fmt: skip
    shop.do("zhao.wei", "propose", case, "--remedy", "apology", "--reason", "sour")
    told = shop.run("sun.min", "--language", language, "review", case).out
    assert price in told
    assert f"{day} 12:00" in told
    assert "aisle […]" in told

"""The headline taken apart: every row is the headline of its own cases, and the rows add up to it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaintctl import report
from complaintctl.commands import reporting
from complaintctl.report.breakdown import BY, name_by
from complaintctl.rows import Row
from tests.shop import MILK, Shop
from tests.test_report import (
    DAY,
    HOUR,
    LATER,
    MONDAY,
    POLICY,
    ZONE,
    a_case,
    figures,
    iso,
    level,
    registers,
    row,
    signed,
    weekly,
)

COUNTS = ("open_start", "received", "requests", "reopened", "closed", "void", "open_end")
RATES = ("on_time_rate", "satisfaction_rate")


def taken_apart(rows: list[Row], *by: str, now: int = LATER) -> report.Report:
    context = report.Context(POLICY, level, ZONE, "en", "CNY", by=by)
    return report.counted("weekly", rows, report.week("2026-W47", now, ZONE), context)


def holder_at(case: dict[str, Any], part: str, instant: int) -> str | None:
    """Who held a case at an instant: the last that it was given to; else the department of its category."""
    given_to = [one for one in case.get("assignments", []) if one["at"] < iso(instant)]
    if given_to:
        return str(given_to[-1][part])
    category = case.get("classification", {}).get("category")
    return POLICY["categories"][category]["department"] if category and part == "department" else None


def value_of(case: dict[str, Any], what: str) -> str | None:
    """Under which value a case belongs, told from what is written in it."""
    if what == "channel":
        return str(case["intake"]["channel"])
    if what == "category":
        found = case.get("classification", {}).get("category")
        return str(found) if found else None
    return holder_at(case, what, MONDAY + 7 * DAY)


@pytest.mark.parametrize("what", BY)
@settings(max_examples=40, deadline=None)
@given(register=registers)
def test_the_rows_add_up_to_the_headline(what: str, register: Any) -> None:
    # S1c-5, S1d-5
    found = taken_apart([row(case) for case in register], what)
    top, rows = figures(found), found.tables[name_by(what)].rows
    for key in COUNTS:
        assert sum(one[key] for one in rows) == top[key], key
    for key in RATES:
        for part in ("numerator", "denominator"):
            assert sum(one[key][part] for one in rows) == top[key][part], (key, part)
    assert sum(Decimal(one["redress_paid"]) for one in rows) == Decimal(top["redress_paid"])
    assert sum(one["remedies"] for one in rows) == sum(
        one["executed"] for one in found.tables["remedies"].rows
    )
    assert sum(one["missed"] for one in rows) == sum(one["missed"] for one in found.tables["clocks"].rows)


@pytest.mark.parametrize("what", BY)
@settings(max_examples=40, deadline=None)
@given(register=registers)
def test_each_row_is_the_headline_of_a_report_on_its_cases_alone(what: str, register: Any) -> None:
    rows = taken_apart([row(case) for case in register], what).tables[name_by(what)].rows
    values = [one[what] for one in rows]
    assert len(values) == len(set(values))
    for one in rows:
        mine = [row(case) for case in register if value_of(case, what) == one[what]]
        alone = figures(weekly(mine))
        for key in (*COUNTS, *RATES, "time_to_close_median", "redress_paid"):
            assert one[key] == alone[key], (one[what], key)
        assert one["open_start"] + one["received"] + one["reopened"] - one["closed"] == one["open_end"]


def test_a_case_counts_whole_for_the_department_that_holds_it_at_the_end() -> None:
    case = a_case(1, MONDAY - DAY)
    case["assignments"] = [
        signed(MONDAY + HOUR, department="goods", handler="zhao"),
        signed(MONDAY + DAY, department="store", handler="chen"),
    ]
    found = taken_apart([row(case)], "department", "handler")
    departments = {one["department"]: one for one in found.tables["by-department"].rows}
    assert (departments["store"]["open_start"], departments["store"]["open_end"]) == (1, 1)
    assert (departments["goods"]["open_start"], departments["goods"]["open_end"]) == (0, 0)
    assert [one["handler"] for one in found.tables["by-handler"].rows] == ["chen"]
    before = taken_apart([row(case)], "department", now=MONDAY + DAY)  # the second had not happened yet
    held = {one["department"]: one["open_end"] for one in before.tables["by-department"].rows}
    assert held == {"goods": 1, "store": 0}


def test_what_the_policy_names_has_a_row_in_its_order_and_what_has_no_value_comes_last() -> None:
    found = taken_apart(
        [row(a_case(1, MONDAY, intake=a_case(1, MONDAY)["intake"] | {"channel": "fax"}))], *BY
    )
    assert [one["department"] for one in found.tables["by-department"].rows] == ["goods", "store", None]
    assert [one["category"] for one in found.tables["by-category"].rows] == [
        "goods.spoiled", "service.attitude", None,
    ]  # fmt: skip
    assert [one["channel"] for one in found.tables["by-channel"].rows] == ["desk", "phone", "fax"]
    assert [one["handler"] for one in found.tables["by-handler"].rows] == [None]
    assert found.tables["by-department"].rows[-1]["label"] == "–"


def test_it_stands_behind_the_headline_and_only_where_it_was_asked_for() -> None:
    assert list(taken_apart([], "channel", "handler").tables)[:4] == [
        "headline", "by-channel", "by-handler", "validity",
    ]  # fmt: skip
    assert tuple(taken_apart([]).tables) == report.TABLES


@st.composite
def closed(draw: st.DrawFn, number: int) -> dict[str, Any]:
    end = MONDAY + draw(st.integers(0, 6 * 24)) * HOUR
    case = a_case(number, MONDAY - draw(st.integers(0, 30)) * HOUR, state="closed")
    case["closures"] = [signed(end, outcome="satisfied")]
    case["intake"]["channel"] = draw(st.sampled_from(["desk", "phone"]))
    return case


@given(st.tuples(*(closed(number) for number in range(9))))
@settings(max_examples=20, deadline=None)
def test_a_median_is_that_of_the_row_and_lies_between_the_shortest_and_the_longest(register: Any) -> None:
    rows = taken_apart([row(case) for case in register], "channel").tables["by-channel"].rows
    for one in rows:
        spans = sorted(
            row(case)["spans"][0].end - row(case)["received"]  # type: ignore[operator]
            for case in register
            if case["intake"]["channel"] == one["channel"]
        )
        assert one["time_to_close_median"] == (spans[(len(spans) - 1) // 2] if spans else None)


# --- the option


def test_the_option_offers_what_can_be_counted() -> None:
    assert reporting.BY == BY


def test_report_by_department_is_one_more_table_in_every_format(shop: Shop) -> None:
    case = shop.new(*MILK)
    shop.do("li.na", "classify", case, "--category", "goods.spoiled")
    shop.wait(days=7)
    week = ("report", "weekly", "--week", "2026-W47")
    found = shop.run("", *week, "--by", "department", "--by", "channel", "--json").json["tables"]
    plain = shop.run("", *week, "--json").json["tables"]
    assert [name for name in found if name not in plain] == ["by-department", "by-channel"]
    assert {name: found[name] for name in plain} == plain
    rows = {one["department"]: one for one in found["by-department"]["rows"]}
    assert (rows["goods"]["received"], rows["goods"]["open_end"]) == (1, 1)
    assert "Headline, by department" in shop.do("", *week, "--by", "department")
    assert "### Headline, by channel" in shop.do("", *week, "--by", "channel", "--format", "markdown")
    text = shop.do("", *week, "--table", "by-department", "--format", "csv")
    assert text.splitlines()[0].startswith("department,label,open_start,received,")
    month = shop.run("", "report", "monthly", "--month", "2026-11", "--by", "handler", "--json").json
    assert "by-handler" in month["tables"]


def test_the_table_can_be_asked_for_by_its_name_alone(shop: Shop) -> None:
    week = ("report", "weekly", "--week", "2026-W47", "--table", "by-category")
    assert shop.do("", *week) == shop.do("", *week, "--by", "category")
    assert shop.run("", *week, "--json").json["tables"].keys() == {"by-category"}


@pytest.mark.parametrize("words", [("weekly", "--by", "customer"), ("principles", "--by", "channel"),
                                   ("principles", "--table", "by-channel"), ("weekly", "--table", "by-customer")])  # fmt: skip
def test_there_is_no_other_way_to_take_it_apart(shop: Shop, words: tuple[str, ...]) -> None:
    shop.refuse(2, "", "report", *words)


def test_a_report_that_was_kept_is_not_taken_for_one_that_is_taken_apart_otherwise(shop: Shop) -> None:
    shop.new(*MILK)
    shop.wait(days=14)
    week = ("report", "weekly", "--week", "2026-W47", "--json")
    plain = shop.do("", *week)
    assert shop.do("", *week) == plain
    apart = shop.do("", *week, "--by", "channel")
    assert apart != plain
    assert shop.do("", *week, "--by", "channel") == apart
    assert shop.do("", *week, "--by", "handler") not in {plain, apart}

"""Validity, time at each step, what suppliers bear, the volume and the trend, against a recount of the cases."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaintctl import render, report
from complaintctl.errors import Usage
from complaintctl.report import trend
from tests.test_report import (
    DAY,
    HOUR,
    LATER,
    MONDAY,
    POLICY,
    ZONE,
    a_case,
    cases,
    iso,
    level,
    row,
    seconds,
    signed,
    weekly,
)

WEEK = 7 * DAY
LIFE = ("reopen", "new", "classify", "assign", "investigate", "propose", "approve", "respond", "fulfil", "follow-up",
        "close")  # fmt: skip


@st.composite
def fuller(draw: st.DrawFn, number: int = 0) -> dict[str, Any]:
    """A case that was recorded late, perhaps a supplier's affair, and perhaps taught something."""
    case = draw(cases(number=number))
    received = int(seconds(case["intake"]["received_at"]))
    case["intake"]["registered_at"] = iso(received + draw(st.sampled_from([0, 60, 5 * HOUR, 3 * DAY])))
    case["kind"] = draw(st.sampled_from([case["kind"], "help", "venting", "complaint"]))
    if draw(st.booleans()):
        at = received + draw(st.integers(0, 9 * 24)) * HOUR
        contact = signed(
            at,
            party="supplier",
            direction="in",
            method="phone",
            bears=draw(st.sampled_from(["8.05", "70.00"])),
        )
        case.setdefault("contacts", []).append(contact)
    for closure in case.get("closures", []):
        if draw(st.booleans()):
            closure["lesson"] = "look twice"
    return case


registers = st.integers(0, 9).flatmap(
    lambda size: st.tuples(*(fuller(number=number) for number in range(size)))
)


def void_at(case: dict[str, Any], end: float) -> bool:
    """Whether a case was closed as none at all, and not opened again, by then."""
    past = [one for one in case.get("closures", []) if seconds(one["at"]) < end]
    if not past or past[-1]["outcome"] not in {"duplicate", "entered-in-error"}:
        return False
    return "reopened" not in past[-1] or seconds(past[-1]["reopened"]["at"]) >= end


def kind_of(case: dict[str, Any], end: float) -> str:
    if void_at(case, end):
        return "void"
    if case["kind"] != "complaint":
        return str(case["kind"])
    verdicts = [one["verdict"] for one in case.get("investigations", []) if seconds(one["at"]) < end]
    return "unfounded" if verdicts and verdicts[-1] == "unfounded" else "valid"


@settings(max_examples=60, deadline=None)
@given(registers)
def test_valid_complaints_and_requests_are_counted_apart(register: Any) -> None:
    # S1d-1, S1d-5: by a plain loop over the cases
    whole: dict[str, int] = {}
    classes: dict[str, int] = {}
    for case in register:
        if MONDAY <= seconds(case["intake"]["received_at"]) < MONDAY + WEEK:
            kind = kind_of(case, MONDAY + WEEK)
            whole[kind] = whole.get(kind, 0) + 1
            if kind == "valid":
                group = case["classification"]["category"].split(".")[0] if "classification" in case else ""
                classes[group] = classes.get(group, 0) + 1
    found = weekly([row(case) for case in register])
    rows = found.tables["validity"].rows
    assert {one["validity"]: one["n"] for one in rows if one["class"] is None and one["n"]} == whole
    assert {one["class"]: one["n"] for one in rows if one["class"] is not None and one["n"]} == classes
    assert (
        sum(one["n"] for one in rows if one["class"] is None) == found.tables["headline"].rows[0]["received"]
    )
    valid = next(one for one in rows if one["validity"] == "valid")
    assert (valid["share"]["numerator"], valid["share"]["denominator"]) == (
        whole.get("valid", 0), sum(whole.values()) - whole.get("void", 0),
    )  # fmt: skip


def test_a_complaint_is_valid_until_it_is_found_unfounded() -> None:
    case = a_case(1, MONDAY)
    case["classification"] = signed(MONDAY + 1, category="service.attitude", severity="minor")
    case["investigations"] = [signed(MONDAY + 8 * DAY, verdict="unfounded")]
    before = weekly([row(case)]).tables["validity"].rows[:3]
    assert [(one["validity"], one["class"], one["n"], one["decided"]) for one in before] == [
        ("valid", None, 1, 0), ("valid", "service", 1, 0), ("unfounded", None, 0, 0),
    ]  # fmt: skip
    case["investigations"][0]["at"] = iso(MONDAY + 2)
    after = weekly([row(case)]).tables["validity"].rows[:2]
    assert [(one["validity"], one["n"], one["decided"]) for one in after] == [
        ("valid", 0, 0),
        ("unfounded", 1, 1),
    ]


def lasted(case: dict[str, Any]) -> list[tuple[float, str, float]]:
    """Each step of a case: when, which, and how long after the one before it."""
    steps = [(seconds(case["intake"]["registered_at"]), "new")]
    assigned = [seconds(one["at"]) for one in case.get("assignments", [])]
    steps += [(at, "assign") for at in assigned]
    needing = list(assigned)
    if case.get("investigations"):
        needing.append(seconds(case["investigations"][-1]["at"]))
        steps.append((needing[-1], "investigate"))
    for proposal in case.get("proposals", []):
        needing.append(seconds(proposal["at"]))
        steps.append((needing[-1], "propose"))
        if "decision" in proposal:
            steps.append((seconds(proposal["decision"]["at"]), "approve"))
        if "answer" in proposal:
            steps.append((seconds(proposal["answer"]["at"]), "respond"))
        if all("done" in one for one in proposal["remedies"]):
            steps.append((max(seconds(one["done"]["at"]) for one in proposal["remedies"]), "fulfil"))
    if "classification" in case:
        steps.append((min([seconds(case["classification"]["at"]), *needing]), "classify"))
    steps += [(seconds(one["at"]), "follow-up") for one in case.get("follow_ups", [])]
    for closure in case.get("closures", []):
        steps.append((seconds(closure["at"]), "close"))
        if "reopened" in closure:
            steps.append((seconds(closure["reopened"]["at"]), "reopen"))
    found = []
    last = seconds(case["intake"]["received_at"])
    for at, step in sorted(steps, key=lambda one: (one[0], LIFE.index(one[1]))):
        found.append((at, step, at - last))
        last = at
    return found


@settings(max_examples=60, deadline=None)
@given(registers)
def test_the_time_of_each_step_is_that_of_a_plain_count(register: Any) -> None:
    # S0-22: where time is lost
    expected: dict[str, list[float]] = {}
    for case in register:
        if case["kind"] == "complaint" and not void_at(case, MONDAY + WEEK):
            for at, step, length in lasted(case):
                if step != "reopen" and MONDAY <= at < MONDAY + WEEK:
                    expected.setdefault(step, []).append(length)
    rows = weekly([row(case) for case in register]).tables["steps"].rows
    assert [one["step"] for one in rows] == list(LIFE[1:])
    for one in rows:
        times = sorted(expected.get(one["step"], []))
        assert one["n"] == len(times)
        if times:
            assert one["median"] == times[(len(times) - 1) // 2]
            assert (one["worst"], one["total"]) == (times[-1], sum(times))
        else:
            assert (one["median"], one["p90"], one["worst"], one["total"]) == (None,) * 4


def test_a_step_takes_as_long_as_it_is_after_the_one_before() -> None:
    case = a_case(1, MONDAY)
    case["intake"]["registered_at"] = iso(MONDAY + 60)
    case["classification"] = signed(
        MONDAY + 6 * DAY, category="goods.spoiled", severity="minor"
    )  # a second time
    case["assignments"] = [signed(MONDAY + HOUR, department="goods", handler="zhao")]
    found = {one["step"]: one["median"] for one in weekly([row(case)]).tables["steps"].rows if one["n"]}
    assert found == {"new": 60, "classify": HOUR - 60, "assign": 0}


@settings(max_examples=40, deadline=None)
@given(registers)
def test_what_suppliers_bear_is_the_sum_of_what_they_said(register: Any) -> None:
    # S0-15, S1b-14
    total = Decimal("0.00")
    complaints = 0
    for case in register:
        for contact in case.get("contacts", []):
            if "bears" in contact and MONDAY <= seconds(contact["at"]) < MONDAY + WEEK:
                total += Decimal(contact["bears"])
        received = seconds(case["intake"]["received_at"])
        if (
            case["kind"] == "complaint"
            and MONDAY <= received < MONDAY + WEEK
            and not void_at(case, MONDAY + WEEK)
        ):
            complaints += 1
    found = weekly([row(case) for case in register], volume=800)
    ledger = found.tables["remedies"].rows
    assert sum((Decimal(one["borne"]) for one in ledger), Decimal("0.00")) == total
    assert [one["remedy"] for one in ledger if Decimal(one["borne"])] == [None] * bool(total)
    top = found.tables["headline"].rows[0]
    assert (top["volume"], Decimal(top["per_thousand"])) == (800, Decimal(complaints) * 1000 / 800)


def test_a_supplier_who_answers_after_the_closing_counts_in_the_week_of_the_answer() -> None:
    case = a_case(
        1, MONDAY - 30 * DAY, state="closed", closures=[signed(MONDAY - 20 * DAY, outcome="withdrawn")]
    )
    case["contacts"] = [signed(MONDAY + 5, party="supplier", direction="in", method="phone", bears="70.00")]
    one = row(case)
    assert report.needs(one, report.week("2026-W47", LATER, ZONE))
    (ledger,) = weekly([one]).tables["remedies"].rows
    assert (ledger["remedy"], ledger["borne"], ledger["cost"]) == (None, "70.00", "0.00")


def test_without_a_volume_the_headline_has_no_column_for_it() -> None:
    found = weekly([row(a_case(1, MONDAY))])
    assert "volume" not in found.tables["headline"].rows[0]
    assert report.document(found, "", "", [])["volume"] is None


def test_complaints_per_thousand_are_rounded_to_two_places() -> None:
    # S1b-14
    found = weekly([row(a_case(number, MONDAY)) for number in range(2)], volume=3000)
    assert found.tables["headline"].rows[0]["per_thousand"] == "0.67"
    assert [one["per_thousand"] for one in found.tables["headline"].rows[1:]] == [None, None]
    assert ",3000,0.67" in render.render(found, "csv", "en", "headline")


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_the_head_names_who_draws_the_report_up(form: str) -> None:
    # S1c-5, W14
    policy = POLICY | {"reports": {"owner": "store"}}
    found = report.weekly([], policy, "2026-W47", LATER, ZONE, "en", level, "CNY")
    assert "drawn up by store" in render.render(found, form, "en").splitlines()[0]
    assert report.document(found, "", "", [])["owner"] == "store"
    assert "drawn up" not in render.render(weekly([]), form, "en")


# --- months


def monthly(rows: Any, month: str = "2026-11", now: int = LATER) -> report.Report:
    context = report.Context(POLICY, level, ZONE, "en", "CNY")
    return report.monthly(rows, month, now, context, report.empty())


@settings(max_examples=40, deadline=None)
@given(registers)
def test_the_trend_repeats_the_headlines_of_its_weeks(register: Any) -> None:
    # S1c-5: twelve weeks, each as its own report counts it
    rows = [row(case) for case in register]
    found = monthly(rows).tables["trend"].rows
    assert len(found) == 12
    assert (found[0]["week"], found[-1]["week"]) == ("2026-W37", "2026-W48")  # November ends on a Monday
    for week in found:
        top = weekly(rows, week["week"]).tables["headline"].rows[0]
        for key in ("received", "requests", "closed", "open_end", "redress_paid"):
            assert week[key] == top[key], (week["week"], key)


@settings(max_examples=40, deadline=None)
@given(registers)
def test_answers_are_counted_by_what_was_answered(register: Any) -> None:
    # S0-18
    start, end = seconds("2026-11-01T00:00:00+08:00"), seconds("2026-12-01T00:00:00+08:00")
    expected = dict.fromkeys((5, 4, 3, 2, 1), 0)
    for case in register:
        for one in case.get("follow_ups", []):
            if start <= seconds(one["at"]) < end and not void_at(case, end):
                expected[one["satisfaction"]] += 1
    rows = monthly([row(case) for case in register]).tables["satisfaction"].rows
    assert {one["rating"]: one["n"] for one in rows} == expected
    assert all(one["share"]["denominator"] == sum(expected.values()) for one in rows)


def test_a_month_has_all_tables_of_a_week_and_its_own() -> None:
    # S1c-5
    found = monthly([])
    assert tuple(found.tables) == report.MONTHLY
    assert report.MONTHLY[: len(report.TABLES)] == report.TABLES
    document = report.document(found, "", "", [])
    assert document["period"]["month"] == "2026-11"
    assert (document["period"]["from"], document["period"]["to"]) == (
        "2026-11-01T00:00:00+08:00", "2026-12-01T00:00:00+08:00",
    )  # fmt: skip
    headline = found.tables["headline"].rows
    assert [one["period"] for one in headline] == ["2026-11", "2026-10", "change"]


def test_the_weeks_of_a_trend_are_over() -> None:
    sunday = int(datetime(2026, 11, 29, 23, 59, 59, tzinfo=ZONE).timestamp())
    assert trend.mondays(sunday, ZONE)[-1] == MONDAY + WEEK
    assert trend.mondays(sunday + 1, ZONE)[-1] == sunday + 1
    weeks = trend.mondays(sunday, ZONE)
    assert len(weeks) == 13
    assert {later - earlier for earlier, later in pairwise(weeks)} == {WEEK}


@pytest.mark.parametrize(
    ("now", "month"),
    [
        ("2026-12-01T00:00:00", "2026-11"),
        ("2026-11-30T23:59:59", "2026-10"),
        ("2027-01-31T12:00:00", "2026-12"),
    ],
)
def test_the_default_month_is_the_last_that_is_over(now: str, month: str) -> None:
    instant = int(datetime.fromisoformat(now).replace(tzinfo=ZONE).timestamp())
    assert report.default_month(instant, ZONE) == month


def test_a_month_that_has_not_begun_is_refused() -> None:
    with pytest.raises(Usage, match="has not begun"):
        monthly([], "2027-06", now=MONDAY)


def test_a_month_under_way_stands_as_at_now() -> None:
    found = monthly([row(a_case(1, MONDAY))], now=MONDAY + 1)
    assert found.as_at == MONDAY + 1
    assert found.tables["trend"].rows[-1]["week"] == (
        datetime.fromtimestamp(MONDAY, ZONE) - timedelta(days=1)
    ).strftime("%G-W%V")

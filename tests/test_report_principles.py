"""The six principles as figures, against a recount of the cases; and who was left without a word."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given, settings

from complaintctl import report
from tests.test_report import DAY, HOUR, LATER, MONDAY, POLICY, ZONE, a_case, level, row, seconds, signed
from tests.test_report_tables import WEEK, registers, void_at


def principles(rows: Any, week: str = "2026-W47", now: int = LATER) -> report.Report:
    context = report.Context(POLICY, level, ZONE, "en", "CNY")
    return report.principles(rows, report.week(week, now, ZONE), context)


def heard(case: dict[str, Any]) -> list[float]:
    """When the customer heard something."""
    found = [
        seconds(one["at"])
        for one in case.get("contacts", [])
        if one["party"] == "customer" and one["direction"] == "out"
    ]
    return found + [seconds(one["answer"]["at"]) for one in case.get("proposals", []) if "answer" in one]


def open_in(case: dict[str, Any], start: float, end: float) -> bool:
    """Whether a case was open at some time of a period."""
    begin = seconds(case["intake"]["received_at"])
    for closure in case.get("closures", []):
        if begin < end and seconds(closure["at"]) >= start:
            return True
        if "reopened" not in closure:
            return False
        begin = seconds(closure["reopened"]["at"])
    return begin < end


def recount(register: Any, start: float, end: float) -> dict[str, Any]:  # noqa: C901, PLR0912  (plain on purpose)
    """The figures of a period that is over, from the cases alone."""
    count: dict[str, Any] = {
        "satisfaction_rate": [0, 0], "unheard_rate": [0, 0], "lesson_rate": [0, 0],
        "redress_paid": Decimal("0.00"), "borne": Decimal("0.00"), "responses": [], "lags": [], "unheard": set(),
    }  # fmt: skip
    for case in register:
        received = seconds(case["intake"]["received_at"])
        for proposal in case.get("proposals", []):
            for remedy in proposal["remedies"]:
                if "done" in remedy and start <= seconds(remedy["done"]["at"]) < end:
                    count["redress_paid"] += Decimal(remedy["cost"])
        for contact in case.get("contacts", []):
            if "bears" in contact and start <= seconds(contact["at"]) < end:
                count["borne"] += Decimal(contact["bears"])
        if void_at(case, end):
            continue
        for one in case.get("follow_ups", []):
            if start <= seconds(one["at"]) < end:
                count["satisfaction_rate"][0] += one["satisfaction"] >= 4
                count["satisfaction_rate"][1] += 1
        first = min(heard(case), default=None)
        if case["kind"] == "complaint" and first is not None and start <= first < end:
            count["responses"].append(first - received)
        registered = seconds(case["intake"]["registered_at"])
        if start <= registered < end and open_in(case, start, end):
            count["lags"].append(registered - received)
        given_away = [seconds(one["at"]) for one in case.get("assignments", []) if one["handler"] != "li.na"]
        if given_away and given_away[0] < end and open_in(case, start, end):
            silent = not [at for at in heard(case) if given_away[0] <= at < end]
            count["unheard_rate"][0] += silent
            count["unheard_rate"][1] += 1
            if silent:
                count["unheard"].add(case["id"])
        closings = [
            one
            for one in case.get("closures", [])
            if start <= seconds(one["at"]) < end and one["outcome"] not in {"withdrawn", "answered"}
        ]
        if case["kind"] == "complaint" and closings:
            count["lesson_rate"][0] += "lesson" in closings[-1]
            count["lesson_rate"][1] += 1
    return count


def middle(values: list[float]) -> float | None:
    return sorted(values)[(len(values) - 1) // 2] if values else None


@settings(max_examples=100, deadline=None)
@given(registers)
def test_every_principle_is_that_of_a_plain_count_of_the_cases(register: Any) -> None:
    # S1a-9, S1a-3, S1a-2
    found = principles([row(case) for case in register])
    expected = recount(register, MONDAY, MONDAY + WEEK)
    top = found.tables["principles"].rows[0]
    for key in ("satisfaction_rate", "unheard_rate", "lesson_rate"):
        assert [top[key]["numerator"], top[key]["denominator"]] == expected[key], key
    for key in ("redress_paid", "borne"):
        assert top[key] == str(expected[key]), key
    assert (top["first_response_median"], top["lag_median"]) == (
        middle(expected["responses"]), middle(expected["lags"]),
    )  # fmt: skip
    assert {one["case"] for one in found.tables["unheard"].rows} == expected["unheard"]


@settings(max_examples=30, deadline=None)
@given(registers)
def test_the_period_before_is_counted_as_it_was_then(register: Any) -> None:
    rows = [row(case) for case in register]
    later = principles(rows, "2026-W48").tables["principles"].rows[1]
    assert later == principles(rows, "2026-W47").tables["principles"].rows[0]


def handed(number: int, *more: dict[str, Any], at: int = MONDAY + HOUR) -> dict[str, Any]:
    case = a_case(number, MONDAY)
    case["classification"] = signed(MONDAY + 1, category="goods.spoiled", severity="minor")
    case["assignments"] = [signed(at, department="goods", handler="zhao")]
    case["contacts"] = [signed(MONDAY + 2, party="customer", direction="out", method="phone"), *more]
    return case


def test_a_word_before_the_handing_over_does_not_count() -> None:
    # S1a-3
    silent = handed(1)
    told = handed(2, signed(MONDAY + 2 * DAY, party="customer", direction="out", method="phone"))
    called = handed(3, signed(MONDAY + 2 * DAY, party="customer", direction="in", method="phone"))
    asked = handed(4, signed(MONDAY + 2 * DAY, party="department:goods", direction="out", method="phone"))
    found = principles([row(case) for case in (silent, told, called, asked)]).tables["unheard"].rows
    assert [one["case"] for one in found] == ["C-000001", "C-000003", "C-000004"]
    assert (found[0]["owner"], found[0]["handler"], found[0]["silent"]) == ("li.na", "zhao", WEEK - HOUR)


def test_who_keeps_a_case_hands_nothing_over() -> None:
    own, shared = handed(1), handed(2)
    own["assignments"][0]["handler"] = "li.na"
    shared["assignments"][0]["task"] = "take a photograph"
    found = principles([row(own), row(shared)])
    assert found.tables["unheard"].rows == []
    assert found.tables["principles"].rows[0]["unheard_rate"]["denominator"] == 0


def test_a_closed_case_that_was_handed_over_in_silence_is_named_in_the_week_of_its_closing() -> None:
    case = handed(1, at=MONDAY - 9 * DAY)
    case["intake"]["received_at"] = case["intake"]["registered_at"] = a_case(1, MONDAY - 9 * DAY)["intake"][
        "received_at"
    ]
    case["contacts"] = []
    case |= {"state": "closed", "closures": [signed(MONDAY + 5, outcome="withdrawn")]}
    (found,) = principles([row(case)]).tables["unheard"].rows
    assert (found["case"], found["state"]) == ("C-000001", "closed")
    assert principles([row(case)], "2026-W48").tables["unheard"].rows == []


def test_the_report_of_a_week_says_which() -> None:
    found = principles([])
    assert tuple(found.tables) == report.PRINCIPLES
    assert report.document(found, "", "", [])["period"]["week"] == "2026-W47"
    month = report.principles(
        [], report.month("2026-11", LATER, ZONE), report.Context(POLICY, level, ZONE, "en", "CNY")
    )
    assert report.document(month, "", "", [])["period"]["month"] == "2026-11"

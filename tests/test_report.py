"""The tables of a period, against a recount that knows nothing of how they are made."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaintctl import deadlines, report
from complaintctl.errors import BadData, Usage
from complaintctl.lifecycle import VOID
from complaintctl.report import tables
from complaintctl.rows import Clock, Row, Span
from complaintctl.summary import row_of
from complaintctl.workdays import WorkCalendar

ZONE = ZoneInfo("Asia/Shanghai")
HOUR, DAY = 3600, 86400
MONDAY = int(datetime(2026, 11, 16, tzinfo=ZONE).timestamp())  # of 2026-W47
LATER = MONDAY + 60 * DAY
CATEGORIES = ("goods.spoiled", "service.attitude")


def label(text: str) -> dict[str, str]:
    return {"en": text}


def named(*idents: str) -> dict[str, Any]:
    return {ident: {"label": label(ident)} for ident in idents}


POLICY: Any = {
    "name": "test",
    "version": "1",
    "vocabulary": {},
    "channels": named("desk", "phone"),
    "departments": named("goods", "store"),
    "severities": named("minor", "severe"),
    "urgencies": named("normal"),
    "flags": {},
    "categories": {
        "goods.spoiled": {"label": label("spoiled"), "department": "goods"},
        "service.attitude": {"label": label("attitude"), "department": "store"},
    },
    "causes": named(*CATEGORIES),
    "levels": [
        {"level": 1, "label": label("grave"), "any": [{"label": label("old"), "when": {"age": "15 days"}}]},
        {"level": 2, "label": label("ordinary")},
    ],
    "deadlines": {
        "reply": {"label": label("reply"), "from": "received", "until": "told", "within": "2 hours"},
        "answer": {"label": label("answer"), "from": "received", "until": "decided", "within": "3 days"},
    },
    "roles": named("clerk", "head"),
    "authority": {"ladder": [{"role": "clerk", "limit": "50.00"}, {"role": "head"}]},
    "remedies": {"refund": {"label": label("refund")}, "gift": {"label": label("gift"), "goodwill": True}},
    "follow_up": {"methods": ["phone"], "satisfied_from": 4, "very_satisfied_from": 5},
}


def iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, ZONE).isoformat()


def signed(at: int, **fields: Any) -> dict[str, Any]:
    return {**fields, "by": "li.na", "at": iso(at)}


def a_case(number: int, received: int, **changes: Any) -> dict[str, Any]:
    """A case as it is written down, just received."""
    case: dict[str, Any] = {
        "id": f"C-{number:06d}",
        "state": "received",
        "policy": {"name": "test", "version": "1", "sha256": "0" * 64},
        "kind": "complaint",
        "currency": "CNY",
        "intake": {
            "received_at": iso(received),
            "registered_at": iso(received),
            "by": "li.na",
            "channel": "desk",
            "form": "spoken",
        },
        "customer": {"id": f"P-{number}"},
        "about": {},
        "complaint": "…",
        "demand": {},
    }
    return case | changes


def row(case: dict[str, Any]) -> Row:
    return row_of(case, POLICY, WorkCalendar(None, ZONE))  # type: ignore[arg-type]


def level(one: Row, instant: int) -> tuple[int, str]:
    return min((hit.level, "") for hit in one["hits"] if hit.since <= instant)


def weekly(rows: list[Row], week: str = "2026-W47", now: int = LATER, **more: Any) -> report.Report:
    return report.weekly(rows, POLICY, week, now, ZONE, "en", level, "CNY", **more)


def figures(found: report.Report, table: str = "headline") -> dict[str, Any]:
    return found.tables[table].rows[0]


# --- cases for hypothesis: a chain of steps, each some hours after the one before


@st.composite
def cases(draw: st.DrawFn, number: int = 0) -> dict[str, Any]:  # noqa: C901  (a choice for each step)
    at = MONDAY + draw(st.integers(-30 * 24, 9 * 24)) * HOUR + draw(st.sampled_from([0, 0, 1, 1800]))
    case = a_case(number, at, kind=draw(st.sampled_from(["complaint", "complaint", "enquiry"])))
    case["intake"]["channel"] = draw(st.sampled_from(["desk", "phone"]))

    def later() -> int:
        nonlocal at
        at += draw(st.sampled_from([0, 1, HOUR, 2 * HOUR, 20 * HOUR, 3 * DAY, 6 * DAY]))
        return at

    for number_of_round in range(1, 1 + draw(st.integers(1, 3))):
        again = {} if number_of_round == 1 else {"round": number_of_round}
        steps = draw(st.integers(0, 6))
        if draw(st.booleans()):
            case.setdefault("contacts", []).append(
                signed(later(), party="customer", direction="out", method="phone")
            )
        if steps > 0 and number_of_round == 1:
            category = draw(st.sampled_from(CATEGORIES))
            case["classification"] = signed(
                later(), category=category, severity=draw(st.sampled_from(["minor", "severe"]))
            )
        if steps > 1:
            department, handler = draw(st.sampled_from([("goods", "zhao"), ("store", "chen")]))
            case.setdefault("assignments", []).append(
                signed(later(), department=department, handler=handler, **again)
            )
        if steps > 2 and number_of_round == 1:
            verdict = draw(st.sampled_from(["founded", "partly", "unfounded"]))
            case["investigations"] = [signed(later(), verdict=verdict, cause=CATEGORIES[0])]
        if steps > 3 and number_of_round == 1:
            _proposal(case, draw, later)
        if steps > 4:
            case.setdefault("follow_ups", []).append(
                signed(later(), satisfaction=draw(st.integers(1, 5)), method="phone", **again)
            )
        if draw(st.booleans()):
            case.setdefault("escalations", []).append(signed(later(), reason="…", **again))
        if steps < 5:
            return case
        outcome = draw(
            st.sampled_from(["satisfied", "satisfied", "duplicate", "entered-in-error", "withdrawn"])
        )
        case.setdefault("closures", []).append(signed(later(), outcome=outcome, **again))
        if draw(st.booleans()):
            case["state"] = "closed"
            return case
        at += 1  # a new round is another instant
        case["closures"][-1]["reopened"] = signed(later(), reason="…")
    return case


def _proposal(case: dict[str, Any], draw: st.DrawFn, later: Any) -> None:
    amount = draw(st.sampled_from(["0.10", "12.90", "80.00"]))
    remedies: list[dict[str, Any]] = [
        {"kind": "refund", "amount": amount, "cost": amount},
        {"kind": "gift", "cost": "3.05"},
    ]
    proposal = signed(later(), remedies=remedies[: draw(st.integers(1, 2))], reason="…")
    case["proposals"] = [proposal]
    if draw(st.booleans()):
        proposal["decision"] = signed(later(), outcome="approved", role="head", digest="0" * 64, via="cli")
        proposal["answer"] = signed(later(), outcome="agreed")
        if draw(st.booleans()):
            for remedy in proposal["remedies"]:
                remedy["done"] = signed(later())


registers = st.integers(0, 12).flatmap(
    lambda size: st.tuples(*(cases(number=number) for number in range(size)))
)


# --- the recount: plain loops over what is written in the cases


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def recount(register: Any, start: float, end: float) -> dict[str, Any]:  # noqa: C901, PLR0912  (plain on purpose)
    """The figures of a week that is over, from the cases alone."""
    count: dict[str, Any] = dict.fromkeys(
        ("open_start", "received", "requests", "reopened", "closed", "void", "open_end", "met", "missed"), 0
    )
    count |= {
        "redress_paid": Decimal("0.00"),
        "satisfied": [0, 0],
        "upheld": [0, 0],
        "category": {},
        "open_by": {},
    }
    for case in register:
        began = seconds(case["intake"]["received_at"])
        if began >= end:
            continue
        if began >= start:
            count["received"] += 1
            count["requests"] += case["kind"] != "complaint"
            category = case["classification"]["category"] if "classification" in case else None
            count["category"][category] = count["category"].get(category, 0) + 1
        ends = []
        begins = [began]
        for closure in case.get("closures", []):
            ends.append(seconds(closure["at"]))
            if start <= ends[-1] < end:
                count["closed"] += 1
                count["void"] += closure["outcome"] in ("duplicate", "entered-in-error")
            if "reopened" in closure:
                begins.append(seconds(closure["reopened"]["at"]))
                count["reopened"] += start <= begins[-1] < end
        began_before = len([at for at in begins if at < start])
        ended_before = len([at for at in ends if at < start])
        count["open_start"] += began_before - ended_before
        open_now = len([at for at in begins if at < end]) - len([at for at in ends if at < end])
        count["open_end"] += open_now
        if open_now:
            handlers = [one["handler"] for one in case.get("assignments", []) if seconds(one["at"]) < end]
            handler = handlers[-1] if handlers else None
            count["open_by"][handler] = count["open_by"].get(handler, 0) + 1
        for proposal in case.get("proposals", []):
            for remedy in proposal["remedies"]:
                if "done" in remedy and start <= seconds(remedy["done"]["at"]) < end:
                    count["redress_paid"] += Decimal(remedy["cost"])
        past = [one for one in case.get("closures", []) if seconds(one["at"]) < end]
        if not open_now and past and past[-1]["outcome"] in ("duplicate", "entered-in-error"):
            continue  # void: counted above, in no ratio
        for follow_up in case.get("follow_ups", []):
            if start <= seconds(follow_up["at"]) < end:
                count["satisfied"][0] += follow_up["satisfaction"] >= 4
                count["satisfied"][1] += 1
        for investigation in case.get("investigations", []):
            if start <= seconds(investigation["at"]) < end and case["kind"] == "complaint":
                count["upheld"][0] += investigation["verdict"] != "unfounded"
                count["upheld"][1] += 1
    return count


@settings(max_examples=60, deadline=None)
@given(registers)
def test_every_figure_is_that_of_a_plain_count_of_the_cases(register: Any) -> None:
    # S1c-5, S1d-5, S1d-1, F7
    found = weekly([row(case) for case in register])
    expected = recount(register, MONDAY, MONDAY + 7 * DAY)
    top = figures(found)
    for key in ("open_start", "received", "requests", "reopened", "closed", "void", "open_end"):
        assert top[key] == expected[key], key
    assert top["redress_paid"] == str(expected["redress_paid"])
    for key, (numerator, denominator) in (
        ("satisfaction_rate", expected["satisfied"]),
        ("upheld_rate", expected["upheld"]),
    ):
        assert (top[key]["numerator"], top[key]["denominator"]) == (numerator, denominator), key
        assert (top[key]["value"] is None) == (denominator < 5)
    categories = {one["category"]: one["n"] for one in found.tables["category"].rows if one["n"]}
    assert categories == expected["category"]
    handlers = {one["handler"]: one["open"] for one in found.tables["handler"].rows if one["open"]}
    assert handlers == expected["open_by"]


@settings(max_examples=40, deadline=None)
@given(registers)
def test_the_tables_agree_with_each_other(register: Any) -> None:
    found = weekly([row(case) for case in register])
    top = figures(found)

    def total(table: str, key: str) -> Any:
        return sum(one[key] for one in found.tables[table].rows)

    assert top["open_start"] + top["received"] + top["reopened"] - top["closed"] == top["open_end"]
    for table, key in (("category", "n"), ("severity", "received"), ("level", "received"), ("channel", "n")):
        assert total(table, key) == top["received"], table
        assert total(table, "requests") == top["requests"], table
    for table in ("department", "handler"):
        for key, whole in (("open", "open_end"), ("closed", "closed"), ("reopened", "reopened")):
            assert total(table, key) == top[whole], (table, key)
        late = [one for one in found.tables["late"].rows if one["status"] == "overdue"]
        assert total(table, "overdue") == len(late)
    assert (
        total("ageing", "total")
        == total("severity", "open_end")
        == total("level", "open_end")
        == top["open_end"]
    )
    on_time = top["on_time_rate"]
    assert (total("clocks", "met"), total("clocks", "met") + total("clocks", "missed")) == (
        on_time["numerator"],
        on_time["denominator"],
    )
    for table, key in (("category", "redress"), ("causes", "redress"), ("remedies", "cost")):
        spent = sum((Decimal(one[key]) for one in found.tables[table].rows), Decimal(0))
        assert spent == Decimal(top["redress_paid"]), table


@settings(max_examples=40, deadline=None)
@given(registers)
def test_the_weeks_add_up_to_all_cases(register: Any) -> None:
    # F1: sums over weeks = sum over cases
    rows = [row(case) for case in register]
    sums = {"received": 0, "closed": 0, "reopened": 0, "due": 0}
    paid = Decimal(0)
    open_end = 0
    for back in range(-6, 20):
        week = (datetime.fromtimestamp(MONDAY, ZONE) + timedelta(days=7 * back)).strftime("%G-W%V")
        found = weekly(rows, week, now=MONDAY + 1000 * DAY)
        top = figures(found)
        assert top["open_start"] == open_end
        open_end = top["open_end"]
        paid += Decimal(top["redress_paid"])
        sums["due"] += sum(one["met"] + one["missed"] for one in found.tables["clocks"].rows)
        for key in ("received", "closed", "reopened"):
            sums[key] += top[key]
    assert sums["received"] == len(register)
    assert sums["closed"] == sum(len(case.get("closures", [])) for case in register)
    assert sums["received"] + sums["reopened"] - sums["closed"] == open_end
    done = [
        remedy
        for case in register
        for one in case.get("proposals", [])
        for remedy in one["remedies"]
        if "done" in remedy
    ]
    assert paid == sum((Decimal(remedy["cost"]) for remedy in done), Decimal(0))
    if not any(span.outcome in VOID for one in rows for span in one["spans"]):
        ended = MONDAY + 1000 * DAY
        states = [deadlines.state_of(clock, ended) for one in rows for clock in one["clocks"]]
        assert sums["due"] == states.count("met") + states.count("missed")


def everything_at(number: int, received: int, at: int) -> dict[str, Any]:
    """A case on which every step was taken at one instant."""
    case = a_case(number, received)
    case["contacts"] = [signed(at, party="customer", direction="out", method="phone")]
    case["classification"] = signed(at, category="goods.spoiled", severity="severe")
    case["assignments"] = [signed(at, department="goods", handler="zhao")]
    case["escalations"] = [signed(at, reason="…")]
    case["investigations"] = [signed(at, verdict="founded", cause="goods.spoiled")]
    case["proposals"] = paid_case(number, at, "refund", "5.00")["proposals"]
    case["proposals"][0] |= {"decision": signed(at, outcome="approved", role="head", digest="", via="settle")}
    case["proposals"][0]["remedies"][0]["done"] = signed(at)
    case["follow_ups"] = [signed(at, satisfaction=5, method="phone")]
    case["closures"] = [signed(at, outcome="satisfied")]
    return case


@pytest.mark.parametrize(
    ("at", "counted"), [(MONDAY - 1, 0), (MONDAY, 1), (MONDAY + 7 * DAY - 1, 1), (MONDAY + 7 * DAY, 0)]
)
def test_a_week_begins_with_its_first_second_and_ends_before_the_next_one(at: int, counted: int) -> None:
    found = weekly([row(everything_at(1, MONDAY - DAY, at))])
    top = figures(found)
    assert (top["closed"], top["satisfaction_rate"]["denominator"], top["upheld_rate"]["denominator"]) == (
        counted,
        counted,
        counted,
    )
    assert (top["first_response_median"] is not None, top["time_to_close_median"] is not None) == (
        counted,
        counted,
    )
    assert Decimal(top["redress_paid"]) == 5 * counted
    assert sum(one["assigned"] for one in found.tables["handler"].rows) == counted
    assert sum(one["escalated"] for one in found.tables["severity"].rows) == counted
    assert sum(one["approved"] for one in found.tables["remedies"].rows) == counted


def test_what_happens_at_the_end_of_the_week_is_still_waited_for() -> None:
    end = MONDAY + 7 * DAY
    for late in ({"met": end}, {"ended": end}):
        (found,) = weekly([clocked(a_clock(MONDAY, end - 5, **late))]).tables["late"].rows
        assert (found["status"], found["remaining"]) == ("overdue", -5)
        on_time = clocked(a_clock(MONDAY, end - 1, **dict.fromkeys(late, end - 1)))
        assert weekly([on_time]).tables["late"].rows == []
    running = clocked(a_clock(MONDAY, end + DAY, met=end), a_clock(end, end + 1))
    assert figures(weekly([running]), "clocks")["due"] == 0


def cut(case: dict[str, Any], end: int) -> dict[str, Any]:
    """The case as it was at an instant: nothing that was signed then or later."""

    def before(part: Any) -> bool:
        return "at" not in part or seconds(part["at"]) < end

    def kept(part: Any) -> Any:
        if isinstance(part, dict):
            return {
                key: kept(value)
                for key, value in part.items()
                if not isinstance(value, dict) or before(value)
            }
        return (
            [kept(value) for value in part if not isinstance(value, dict) or before(value)]
            if isinstance(part, list)
            else part
        )

    found: dict[str, Any] = kept(copy.deepcopy(case))
    return {key: value for key, value in found.items() if value != [] or key == "about"}


@settings(max_examples=60, deadline=None)
@given(registers)
def test_a_past_week_is_the_same_from_todays_cases_as_from_those_of_its_time(register: Any) -> None:
    # S1d-5: what happened after the week is not in its figures (category and severity are today's)
    end = MONDAY + 7 * DAY
    classified = [
        case
        for case in register
        if "classification" not in case or seconds(case["classification"]["at"]) < end
    ]
    then = [cut(case, end) for case in classified if seconds(case["intake"]["received_at"]) < end]
    today = weekly([row(case) for case in classified]).tables
    past = weekly([row(case) for case in then], now=end).tables
    for name in report.TABLES:
        if name not in {"late", "ageing"}:  # these show the state, which a row dates less exactly
            assert today[name] == past[name], name
    for name, keys in (
        ("late", ("case", "clock", "due", "remaining", "status", "handler", "level", "more")),
    ):
        assert [[one[key] for key in keys] for one in today[name].rows] == [
            [one[key] for key in keys] for one in past[name].rows
        ]


@settings(max_examples=60, deadline=None)
@given(registers)
def test_the_rows_that_are_needed_give_the_same_tables_as_all_rows(register: Any) -> None:
    rows = [row(case) for case in register]
    bounds = report.week("2026-W47", LATER, ZONE)
    needed = [one for one in rows if report.needs(one, bounds)]
    earlier = [report.earlier_of(one) for one in rows if bounds.since <= one["received"] < bounds.as_at]
    assert weekly(needed, earlier=earlier).tables == weekly(rows).tables


# --- weeks


@pytest.mark.parametrize(
    ("day", "week"),
    [
        ("2024-12-30", "2025-W01"),
        ("2026-12-31", "2026-W53"),
        ("2027-01-01", "2026-W53"),
        ("2027-01-03", "2026-W53"),
        ("2027-01-04", "2027-W01"),
        ("2021-01-03", "2020-W53"),
    ],
)
@pytest.mark.parametrize("clock", ["00:00:00", "23:59:59"])
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Madrid", "America/New_York"])
def test_a_day_at_the_turn_of_the_year_is_in_its_iso_week(day: str, week: str, clock: str, zone: str) -> None:
    # F1, F3
    place = ZoneInfo(zone)
    at = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=place)
    one = row(a_case(1, int(at.timestamp())))
    now = int(at.timestamp()) + 30 * DAY
    near = [report.default_week(int(at.timestamp()) + shift * 7 * DAY, place) for shift in (0, 1, 2)]
    assert near[1] == week
    counts = [
        figures(report.weekly([one], POLICY, name, now, place, "en", level, "CNY"))["received"]
        for name in near
    ]
    assert counts == [0, 1, 0]


def test_the_default_week_is_the_last_one_that_is_over() -> None:
    sunday = MONDAY + 7 * DAY - 1
    assert report.default_week(sunday, ZONE) == "2026-W46"
    assert report.default_week(sunday + 1, ZONE) == "2026-W47"
    assert report.default_week(sunday + 1, UTC) == "2026-W46"


@pytest.mark.parametrize(
    "week", ["2026-W54", "2026-47", "", "2026-W00", "0001-W01", "9999-W53", "２０２６-W47"]
)
def test_what_is_no_week_is_refused(week: str) -> None:
    with pytest.raises(Usage):
        weekly([], week)


def test_a_week_that_has_not_begun_is_refused() -> None:
    with pytest.raises(Usage, match="2026-W47 has not begun"):
        weekly([], now=MONDAY - 1)
    assert figures(weekly([], now=MONDAY))["received"] == 0


def test_a_week_that_still_runs_is_counted_up_to_now() -> None:
    rows = [row(a_case(1, MONDAY + 10)), row(a_case(2, MONDAY + 11))]
    found = weekly(rows, now=MONDAY + 11)
    assert (figures(found)["received"], found.as_at, found.end) == (1, MONDAY + 11, MONDAY + 7 * DAY)


def test_a_month_is_counted_like_a_week() -> None:
    # S1c-5
    bounds = report.month("2026-11", LATER, ZONE)
    rows = [row(a_case(1, bounds.start)), row(a_case(2, bounds.end - 1)), row(a_case(3, bounds.end))]
    context = report.Context(POLICY, level, ZONE, "en", "CNY")
    top = report.counted("monthly", rows, bounds, context).tables["headline"].rows
    assert [one["period"] for one in top] == ["2026-11", "2026-10", "change"]
    assert top[0]["received"] == 2
    with pytest.raises(Usage):
        report.month("2026-13", LATER, ZONE)


# --- figures


def test_rounds_that_overlap_do_not_balance_and_are_refused() -> None:
    one = row(a_case(1, MONDAY))
    one["spans"] = [Span(MONDAY, None, None), Span(MONDAY + 5, None, None)]
    with pytest.raises(BadData, match="2026-W47 do not balance"):
        weekly([one])


def test_below_five_cases_there_is_no_percentage() -> None:
    assert tables.rate(3, 4) == {"numerator": 3, "denominator": 4, "value": None}
    assert tables.rate(0, 0)["value"] is None
    assert tables.rate(4, 5)["value"] == "0.8000"
    assert tables.rate(2, 3 * 5)["value"] == "0.1333"
    assert tables.rate(1, 20000)["value"] == "0.0001"  # half goes up


def test_percentiles_are_values_that_were_measured() -> None:
    assert tables.percentile([], 50) is None
    assert tables.percentile([4, 1, 3, 2], 50) == 2
    assert tables.percentile([5, 1, 3], 50) == 3
    assert tables.percentile(list(range(1, 11)), 90) == 9
    assert tables.percentile([7], 90) == 7


def test_money_has_the_minor_digits_of_its_currency() -> None:
    assert tables.money([], "CNY") == "0.00"
    assert tables.money(["0.10", "0.20", None], "EUR") == "0.30"
    assert tables.money(["100", "5"], "JPY") == "105"


def test_a_duplicate_stays_in_the_balance_and_leaves_the_ratios() -> None:
    rows = []
    for number in range(6):
        case = a_case(number, MONDAY + number)
        outcome = "duplicate" if number == 0 else "satisfied"
        case["follow_ups"] = [signed(MONDAY + HOUR, satisfaction=1 if number == 0 else 5, method="phone")]
        case["closures"] = [signed(MONDAY + DAY, outcome=outcome)]
        rows.append(row(case))
    top = figures(weekly(rows))
    assert (top["received"], top["closed"], top["void"], top["open_end"]) == (6, 6, 1, 0)
    assert top["satisfaction_rate"] == {"numerator": 5, "denominator": 5, "value": "1.0000"}
    assert top["reopen_rate"]["denominator"] == 5


def test_the_change_is_the_difference_to_the_week_before() -> None:
    rows = [row(a_case(number, MONDAY - 7 * DAY + number * 3 * DAY)) for number in range(4)]
    this, before, change = weekly(rows).tables["headline"].rows
    assert (this["period"], before["period"]) == ("2026-W47", "2026-W46")
    assert (this["received"], before["received"], change["received"]) == (1, 3, -2)
    assert (this["open_start"], change["open_end"]) == (3, 1)
    assert change["upheld_rate"] == {"numerator": None, "denominator": None, "value": None}


def test_categories_stand_in_the_order_of_pareto() -> None:
    rows = []
    for number in range(12):
        case = a_case(number, MONDAY - 21 * DAY if number == 11 else MONDAY + number)
        category = "goods.spoiled" if number in (0, 11) else "service.attitude"
        case["classification"] = signed(MONDAY + number + 1, category=category, severity="minor")
        rows.append(row(case))
    first, second = weekly(rows).tables["category"].rows
    assert (first["category"], first["n"], first["cumulative"]["value"]) == ("service.attitude", 10, "0.9091")
    assert (second["n"], second["previous"], second["mean"], second["cumulative"]["value"]) == (
        1,
        0,
        0.25,
        "1.0000",
    )


def clocked(*clocks: Clock, end: int | None = None) -> Row:
    one = row(a_case(1, MONDAY))
    one["clocks"] = list(clocks)
    one["spans"] = [Span(MONDAY, end, None if end is None else "satisfied")]
    return one


def a_clock(start: int, due: int | None, met: int | None = None, **more: Any) -> Clock:
    values = {"on_hold": due is None, "provisional": False, "ended": None, "whole_days": False} | more
    return Clock("reply", 1, start, due, met, **values)


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        (a_clock(MONDAY, MONDAY + 10, MONDAY + 10), (1, 1, 0)),
        (a_clock(MONDAY, MONDAY + 10, MONDAY + 11), (1, 0, 1)),
        (a_clock(MONDAY, MONDAY + DAY, MONDAY + DAY, whole_days=True), (1, 0, 1)),
        (a_clock(MONDAY, MONDAY + 7 * DAY, whole_days=True), (1, 0, 1)),  # due on Sunday at 24:00
        (a_clock(MONDAY, MONDAY + 7 * DAY), (0, 0, 0)),  # due on the next Monday at 0:00
        (a_clock(MONDAY, MONDAY + 10, ended=MONDAY + 5), (0, 0, 0)),
        (a_clock(MONDAY, MONDAY + 10, ended=MONDAY + 20), (1, 0, 1)),
        (a_clock(MONDAY, None), (0, 0, 0)),
    ],
)
def test_a_clock_counts_in_the_week_in_which_it_is_decided(clock: Clock, expected: tuple[int, ...]) -> None:
    # S1d-5, S0-22
    counted = figures(weekly([clocked(clock)]), "clocks")
    assert (counted["due"], counted["met"], counted["missed"]) == expected
    assert counted["on_hold"] == (clock.due is None)


def test_what_happens_now_is_not_counted_yet() -> None:
    now = MONDAY + DAY
    for more in ({"met": now}, {"ended": now}):
        still = figures(weekly([clocked(a_clock(MONDAY, now + 10, **more))], now=now), "clocks")
        assert (still["due"], still["met"], still["waiting"]) == (1, 0, 1)
    late = row(everything_at(1, MONDAY - 9 * DAY, MONDAY - 7 * DAY))
    assert weekly([late]).tables["headline"].rows[1]["upheld_rate"]["numerator"] == 1


def test_the_worst_delay_is_counted_up_to_the_end_of_the_week() -> None:
    met_late = clocked(a_clock(MONDAY, MONDAY + DAY, MONDAY + 2 * DAY), end=MONDAY + 3 * DAY)
    assert figures(weekly([met_late]), "clocks")["worst"] == DAY
    assert figures(weekly([clocked(a_clock(MONDAY, MONDAY + DAY))]), "clocks")["worst"] == 6 * DAY


def test_late_and_nearly_late_cases_stand_nearest_first() -> None:
    # S1d-4
    end = MONDAY + 7 * DAY
    calm = clocked(a_clock(end - 80, end + 20)) | {"id": "C-calm"}  # exactly 80 %
    risky = clocked(a_clock(end - 81, end + 19)) | {"id": "C-risky"}
    late = clocked(a_clock(MONDAY, end - 5), a_clock(MONDAY, end - 50)) | {"id": "C-late"}
    held = clocked(a_clock(MONDAY, None)) | {"id": "C-held"}
    done = clocked(a_clock(MONDAY, end - 5, end - 1)) | {"id": "C-done"}
    found = weekly([calm, risky, late, held, done]).tables["late"].rows  # type: ignore[list-item]
    assert [(one["case"], one["status"], one["remaining"], one["more"]) for one in found] == [
        ("C-late", "overdue", -50, 1),
        ("C-risky", "at-risk", 19, 0),
    ]
    assert found[1]["due"] == "2026-11-23T00:00:19+08:00"


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (0, "d1"),
        (DAY - 1, "d1"),
        (DAY, "d3"),
        (3 * DAY, "d7"),
        (8 * DAY, "d15"),
        (16 * DAY, "d30"),
        (31 * DAY, "older"),
    ],
)
def test_an_open_case_stands_in_the_band_of_its_age(age: int, band: str) -> None:
    now = MONDAY + 7 * DAY - 1
    (found,) = weekly([row(a_case(1, now - 1 - age))], now=now).tables["ageing"].rows
    (other,) = weekly([row(a_case(1, now - age))], now=now + 0).tables["ageing"].rows if age else (None,)
    assert found["total"] == 1
    if other:
        assert other[band] == 1
    else:
        assert found[band] == 1


def test_the_state_of_a_past_week_is_that_of_its_last_step() -> None:
    case = a_case(1, MONDAY, state="closed")
    case["classification"] = signed(MONDAY + 10, category="goods.spoiled", severity="minor")
    case["assignments"] = [signed(MONDAY + 20, department="store", handler="chen")]
    case["assignments"] += [signed(MONDAY + 8 * DAY, department="goods", handler="zhao")]
    case["closures"] = [signed(MONDAY + 9 * DAY, outcome="withdrawn")]
    one = row(case)
    found = weekly([one])
    assert [state["state"] for state in found.tables["ageing"].rows] == ["assigned"]
    assert [(held["handler"], held["open"]) for held in found.tables["handler"].rows] == [("chen", 1)]
    assert figures(weekly([one], now=MONDAY + 15), "ageing")["state"] == "classified"
    assert figures(weekly([one], now=MONDAY + 5), "ageing")["state"] == "received"


def test_a_case_that_grew_old_in_the_week_has_climbed() -> None:
    # S1d-4
    rows = [row(a_case(1, MONDAY - 10 * DAY)), row(a_case(2, MONDAY - 20 * DAY)), row(a_case(3, MONDAY))]
    found = weekly(rows).tables["level"].rows
    assert [(one["level"], one["open_end"], one["climbed"], one["received"]) for one in found] == [
        (1, 2, 1, 0),
        (2, 1, 0, 1),
    ]
    assert found[0]["oldest"] == 27 * DAY


def paid_case(number: int, at: int, kind: str, cost: str, **more: Any) -> dict[str, Any]:
    case = a_case(number, MONDAY)
    remedy = {"kind": kind, "cost": cost} | ({"amount": cost} if kind == "refund" else {})
    case["proposals"] = [signed(at, remedies=[remedy], reason="…", **more)]
    return case


def test_the_ledger_tells_proposed_approved_and_executed_apart() -> None:
    # S1a-9: least loss
    at = MONDAY + HOUR
    proposed = paid_case(1, at, "refund", "10.00")
    approved = paid_case(2, at, "refund", "20.00")
    approved["proposals"][0]["decision"] = signed(
        at + 1, outcome="approved", role="clerk", digest="", via="cli"
    )
    executed = paid_case(3, at, "gift", "3.05")
    executed["proposals"][0]["decision"] = signed(
        at + 1, outcome="approved", role="head", digest="", via="cli"
    )
    executed["proposals"][0]["remedies"][0]["done"] = signed(at + 2)
    returned = paid_case(4, at, "refund", "99.00")
    returned["proposals"][0]["decision"] = signed(
        at + 1, outcome="returned", role="head", digest="", via="cli"
    )
    refund, gift = (
        weekly([row(case) for case in (proposed, approved, executed, returned)]).tables["remedies"].rows
    )
    assert (refund["proposed"], refund["approved"], refund["executed"]) == (3, 1, 0)
    assert (refund["amount"], refund["cost"], refund["by_clerk"], refund["by_head"]) == (
        "20.00",
        "0.00",
        1,
        0,
    )
    assert (gift["amount"], gift["cost"], gift["goodwill"], gift["by_head"]) == ("0.00", "3.05", "3.05", 1)


def about(number: int, received: int, customer: str, product: str, *, phone: bool = False) -> dict[str, Any]:
    case = a_case(number, received, about={"product": product})
    case["customer"] = {"id": customer} | ({"phone": "1"} if phone else {})
    case["classification"] = signed(received + 1, category="goods.spoiled", severity="minor")
    return case


def test_the_same_product_from_two_customers_is_a_repeat() -> None:
    # S1d-5
    register = [
        about(1, MONDAY - 80 * DAY, "P-1", "milk"),
        about(2, MONDAY + 1, "P-2", "milk"),
        about(3, MONDAY - 84 * DAY, "P-3", "eggs"),  # more than 90 days before the end
        about(4, MONDAY + 1, "P-4", "eggs"),
        about(5, MONDAY - 9, "P-5", "rice"),  # nothing new of it this week
        about(6, MONDAY - 8, "P-6", "rice"),
        about(7, MONDAY + 2, "P-7", "tea", phone=True),
        about(8, MONDAY + 3, "P-7", "nuts", phone=True),
    ]
    found = weekly([row(case) for case in register]).tables["repeats"].rows
    assert [
        (one["kind"], one["product"], one["customer"], one["customers"], one["latest"]) for one in found
    ] == [
        ("subject", "milk", None, 2, "C-000002"),
        ("customer", None, "P-7", 1, "C-000008"),
    ]
    assert found[0]["first"] == iso(MONDAY - 80 * DAY)


def test_a_duplicate_is_no_repeat() -> None:
    twin = about(2, MONDAY + 1, "P-2", "milk")
    twin["closures"] = [signed(MONDAY + 9, outcome="duplicate", of="C-000001")]
    assert weekly([row(about(1, MONDAY, "P-1", "milk")), row(twin)]).tables["repeats"].rows == []


def checks(found: report.Report) -> dict[str, tuple[int, int | None, str]]:
    return {one["check"]: (one["n"], one["of"], one["cases"]) for one in found.tables["quality"].rows}


def test_records_that_came_late_are_named() -> None:
    # S1a-2
    slow, quick = a_case(1, MONDAY), a_case(2, MONDAY)
    slow["intake"]["registered_at"] = iso(MONDAY + DAY + 1)
    quick["intake"]["registered_at"] = iso(MONDAY + DAY)
    rows = [row(slow), row(quick)]
    assert checks(weekly(rows))["late-registration"] == (1, 2, "C-000001")
    strict = weekly(rows, is_late=lambda received, registered: registered > received)
    assert checks(strict)["late-registration"] == (2, 2, "C-000001 C-000002")


def test_gaps_in_the_records_are_counted() -> None:
    # S0-22
    case = a_case(1, MONDAY)
    case["classification"] = signed(MONDAY + 1, category="goods.spoiled", severity="severe")
    case["assignments"] = [signed(MONDAY + 2, department="goods", handler="zhao")]
    case["investigations"] = [signed(MONDAY + 3, verdict="founded", alone=True)]
    found = checks(weekly([row(case), row(a_case(2, MONDAY))], active={"chen"}, unreadable=["C-000009"]))
    assert found["inactive-handler"] == (1, 2, "C-000001")
    assert found["missing-evidence"] == found["missing-cause"] == found["alone"] == (1, 1, "C-000001")
    assert found["missing-classification"] == (1, 2, "C-000002")
    assert found["policy-version"] == (2, 2, "")
    assert found["unreadable"] == (1, None, "C-000009")


def test_what_nobody_was_told_about_staff_is_not_held_against_them() -> None:
    case = a_case(1, MONDAY, assignments=[signed(MONDAY + 2, department="goods", handler="zhao")])
    assert checks(weekly([row(case)]))["inactive-handler"] == (0, 1, "")


# --- the document


def test_the_document_has_the_promised_keys_and_every_row_its_columns() -> None:
    found = weekly([row(a_case(1, MONDAY))])
    document = report.document(found, "abc", "1.0", ["b", "a"])
    assert list(document) == [
        "report", "period", "as_at", "owner", "volume", "commit", "version", "unreadable", "tables",
    ]  # fmt: skip
    assert document["period"] == {
        "week": "2026-W47",
        "from": "2026-11-16T00:00:00+08:00",
        "to": "2026-11-23T00:00:00+08:00",
        "zone": "Asia/Shanghai",
    }
    assert (document["as_at"], document["unreadable"]) == ("2026-11-23T00:00:00+08:00", ["a", "b"])
    assert tuple(document["tables"]) == report.TABLES
    for one in document["tables"].values():
        keys = [column["key"] for column in one["columns"]]
        assert len(set(keys)) == len(keys)
        assert all(list(line) == keys for line in one["rows"])


@settings(max_examples=20, deadline=None)
@given(registers, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(register: Any, random: Any) -> None:
    rows = [row(case) for case in register]
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert weekly(rows).tables == weekly(shuffled).tables


def test_a_table_that_there_is_not_is_refused_by_name() -> None:
    with pytest.raises(Usage, match="no table nonsense"):
        report.table(weekly([]), "nonsense")

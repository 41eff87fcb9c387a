"""Measures and whether they help, lessons by department: against a recount of the cases."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from complaintctl import records, report
from complaintctl.measures import measures_of
from complaintctl.report.learning import Learnt, Upheld, lessons_of
from complaintctl.summary import brief_of
from tests.test_report import DAY, HOUR, LATER, MONDAY, POLICY, ZONE, a_case, iso, level, seconds, signed

CONTEXT = report.Context(POLICY, level, ZONE, "en", "CNY")
CAUSES = ("goods.spoiled", "service.attitude")


def learnt(register: Any) -> Learnt:
    """What the index holds of cases, made here from the cases themselves."""
    upheld = []
    for case in register:
        brief = brief_of(case, POLICY)
        cause = records.upheld_cause(case)
        if cause is not None and not brief["void"]:
            upheld.append(Upheld(case["id"], brief["received"], cause, brief["product"], brief["department"]))
    return Learnt(
        [one for case in register for one in measures_of(case)],
        upheld,
        [one for case in register for one in lessons_of(case, brief_of(case, POLICY)["department"])],
    )


def improvements(register: Any, now: int = LATER) -> list[dict[str, Any]]:
    return report.improvements(now, CONTEXT, learnt(register)).tables["improvements"].rows


def lessons(register: Any, *given: Any) -> list[dict[str, Any]]:
    return report.lessons(LATER, CONTEXT, learnt(register), *given).tables["lessons"].rows


@st.composite
def cases(draw: st.DrawFn, number: int = 0) -> dict[str, Any]:
    received = MONDAY + draw(st.integers(0, 20)) * DAY
    case = a_case(number, received)
    category = draw(st.sampled_from(CAUSES))
    case["classification"] = signed(received, category=category, severity="minor")
    case["about"] = draw(st.sampled_from([{}, {"product": "milk"}, {"product": "eggs"}]))
    if draw(st.booleans()):
        department = draw(st.sampled_from(["goods", "store"]))
        case["assignments"] = [signed(received, department=department, handler="zhao")]
    if draw(st.integers(0, 4)):
        verdict = {"verdict": draw(st.sampled_from(["founded", "partly", "unfounded"]))}
        cause = draw(st.sampled_from([None, *CAUSES]))
        case["investigations"] = [signed(received + HOUR, **verdict, **({"cause": cause} if cause else {}))]
    for _measure in range(draw(st.integers(0, 2))):
        case.setdefault("improvements", []).append(draw(measures(received)))
    closed = draw(st.sampled_from([None, None, "satisfied", "duplicate"]))
    if closed:
        closure = signed(received + draw(st.integers(0, 20)) * DAY, outcome=closed)
        if draw(st.booleans()):
            closure |= {"lesson": f"lesson {number}", "prevention": "look twice"}
        if draw(st.booleans()):
            closure["lesson_for"] = draw(st.sampled_from([["goods"], ["store"], ["goods", "store"]]))
        case |= {"state": "closed", "closures": [closure]}
    return case


@st.composite
def measures(draw: st.DrawFn, received: int) -> dict[str, Any]:
    at = received + draw(st.integers(0, 5)) * DAY
    day = datetime.fromtimestamp(at + draw(st.integers(0, 9)) * DAY, ZONE).date().isoformat()
    entry = signed(at, measure="look", owner="li.na", due=day)
    done = at + draw(st.integers(0, 12)) * DAY
    if draw(st.booleans()):
        entry["every"] = "7 days"
        entry |= {"repeated": [signed(done)]} if draw(st.booleans()) else {}
        done += DAY
    if draw(st.booleans()):
        entry |= {"done_by": "li.na", "done_at": iso(done)}
    return entry


registers = st.integers(0, 8).flatmap(
    lambda size: st.tuples(*(cases(number=number) for number in range(size)))
)


def upheld_cause(case: dict[str, Any]) -> str | None:
    found = [one for one in case.get("investigations", []) if one["verdict"] != "unfounded"]
    return found[0].get("cause") if found else None


def responsible(case: dict[str, Any]) -> str:
    if "assignments" in case:
        return str(case["assignments"][0]["department"])
    return "goods" if case["classification"]["category"] == "goods.spoiled" else "store"


def void(case: dict[str, Any]) -> bool:
    return bool(case.get("closures")) and case["closures"][-1]["outcome"] == "duplicate"


def expected_measures(register: Any, now: int) -> dict[tuple[str, int], Any]:
    """(status, due, effective, came back) of every measure, by plain loops over the cases."""
    found = {}
    for case in register:
        for number, entry in enumerate(case.get("improvements", []), 1):
            if seconds(entry["at"]) >= now:
                continue
            again = [seconds(one["at"]) for one in entry.get("repeated", []) if seconds(one["at"]) < now]
            over = "done_at" in entry and seconds(entry["done_at"]) < now
            done = again + ([seconds(entry["done_at"])] if over and "every" not in entry else [])
            day = date.fromisoformat(entry["due"])
            if again:
                day = datetime.fromtimestamp(again[-1], ZONE).date() + timedelta(days=7)
            late = now >= datetime(day.year, day.month, day.day, tzinfo=ZONE).timestamp() + DAY
            back = []
            for other in register:
                same = upheld_cause(other) == upheld_cause(case) and upheld_cause(case) is not None
                product = other["about"].get("product")
                alike = (product is not None and product == case["about"].get("product")) or (
                    responsible(other) == responsible(case)
                )
                received = seconds(other["intake"]["received_at"])
                counts = same and alike and other is not case and not void(other) and not void(case)
                if counts and done and done[0] < received < now:
                    back.append((received, other["id"]))
            status = ("ended" if "every" in entry else "done") if over else "late" if late else "open"
            known = bool(done) and upheld_cause(case) is not None and not void(case)
            found[case["id"], number] = (
                status,
                None if over else day.isoformat(),
                ("no" if back else "yes") if known else None,
                " ".join(ident for _at, ident in sorted(back)),
            )
    return found


@settings(max_examples=80, deadline=None)
@given(registers, st.sampled_from([MONDAY + 8 * DAY, MONDAY + 15 * DAY, LATER]))
def test_every_measure_stands_as_a_plain_count_says(register: Any, now: int) -> None:
    # S0-20, S3-9, S1b-13
    found = {
        (one["case"], one["number"]): (one["status"], one["due"], one["effective"], one["came_back"])
        for one in improvements(register, now)
    }
    assert found == expected_measures(register, now)


@settings(max_examples=60, deadline=None)
@given(registers)
def test_every_lesson_stands_under_every_department_that_is_to_learn_it(register: Any) -> None:
    # S0-21, W16
    start, end = MONDAY, MONDAY + 14 * DAY
    whole, fortnight = set(), set()
    for case in register:
        for closure in case.get("closures", []):
            if "lesson" in closure:
                for who in closure.get("lesson_for", [responsible(case)]):
                    whole.add((who, case["id"], closure["lesson"]))
                    if start <= seconds(closure["at"]) < end:
                        fortnight.add((who, case["id"], closure["lesson"]))
    keys = ("department", "case", "lesson")
    assert {tuple(one[key] for key in keys) for one in lessons(register)} == whole
    assert len(lessons(register)) == len(whole)
    bounds = report.week("2026-W47", LATER, ZONE)._replace(end=end, as_at=end)
    assert {tuple(one[key] for key in keys) for one in lessons(register, bounds)} == fortnight
    goods = {one for one in whole if one[0] == "goods"}
    assert {tuple(one[key] for key in keys) for one in lessons(register, None, "goods")} == goods


def complaint(number: int, received: int, **more: Any) -> dict[str, Any]:
    case = a_case(number, received, about={"product": "milk"}, **more)
    case["classification"] = signed(received, category="goods.spoiled", severity="minor")
    case["investigations"] = [signed(received, verdict="founded", cause="goods.spoiled")]
    return case


def measured(done: int | None, **more: Any) -> dict[str, Any]:
    entry = signed(MONDAY, measure="an alarm", owner="zhao", due="2026-11-20", **more)
    entry |= {"done_by": "zhao", "done_at": iso(done)} if done else {}
    return complaint(1, MONDAY, improvements=[entry])


def test_a_measure_whose_complaint_comes_back_is_not_effective() -> None:  # S0-20
    done = MONDAY + 2 * DAY
    (calm,) = improvements([measured(done), complaint(2, done)])
    assert (calm["effective"], calm["came_back"]) == ("yes", "")  # received in that very second: not after it
    (back,) = improvements([measured(done), complaint(3, done + 9), complaint(2, done + 1)])
    assert (back["effective"], back["came_back"]) == ("no", "C-000002 C-000003")
    (waiting,) = improvements([measured(None), complaint(2, done + 1)])
    assert (waiting["effective"], waiting["status"]) == (None, "late")


def test_what_comes_round_is_judged_from_the_first_time_and_up_to_the_report() -> None:  # S3-9
    case = measured(None, every="7 days", repeated=[signed(MONDAY + DAY), signed(MONDAY + 5 * DAY)])
    register = [case, complaint(2, MONDAY + 2 * DAY), complaint(3, MONDAY + 8 * DAY)]
    assert improvements(register)[0]["came_back"] == "C-000002 C-000003"
    assert improvements(register, now=MONDAY + 8 * DAY)[0]["came_back"] == "C-000002"


def test_the_cause_alone_is_not_the_same_complaint() -> None:
    done = MONDAY + 2 * DAY
    other = complaint(2, done + 1, assignments=[signed(done + 2, department="store", handler="chen")])
    other["about"] = {"product": "eggs"}
    assert improvements([measured(done), other])[0]["effective"] == "yes"
    other["about"] = {"product": "milk"}
    assert improvements([measured(done), other])[0]["effective"] == "no"


def test_an_unfounded_complaint_does_not_come_back() -> None:
    other = complaint(2, MONDAY + 3 * DAY)
    other["investigations"][0]["verdict"] = "unfounded"
    assert improvements([measured(MONDAY + 2 * DAY), other])[0]["effective"] == "yes"


def test_a_measure_says_by_how_much_it_is_or_was_late() -> None:
    midnight = int(seconds("2026-11-21T00:00:00+08:00"))
    assert improvements([measured(midnight + HOUR)])[0]["late"] == HOUR
    assert improvements([measured(midnight - 1)])[0]["late"] is None
    assert improvements([measured(None)], now=midnight + 5)[0]["late"] == 5
    assert improvements([measured(None)], now=midnight - 1)[0]["late"] is None


def test_open_measures_come_first_and_the_one_due_first_at_the_top() -> None:
    entries = [
        signed(
            MONDAY, measure="a", owner="zhao", due="2026-11-25", done_by="zhao", done_at=iso(MONDAY + DAY)
        ),
        signed(MONDAY, measure="b", owner="zhao", due="2026-11-30"),
        signed(MONDAY, measure="c", owner="zhao", due="2026-11-20", every="30 days", also="the freezer"),
    ]
    found = improvements([complaint(1, MONDAY, improvements=entries)], now=MONDAY + 2 * DAY)
    assert [(one["measure"], one["number"], one["status"]) for one in found] == [
        ("c", 3, "open"), ("b", 2, "open"), ("a", 1, "done"),
    ]  # fmt: skip
    assert (found[0]["every"], found[0]["also"], found[0]["times"]) == (30, "the freezer", 0)


def test_a_lesson_names_the_cause_of_its_own_round() -> None:  # S0-21, W30
    case = complaint(1, MONDAY)
    again = signed(MONDAY + 3 * DAY, reason="again")
    case["closures"] = [signed(MONDAY + DAY, outcome="satisfied", lesson="look", reopened=again)]
    case["investigations"] += [signed(MONDAY + 4 * DAY, verdict="founded", cause="service.attitude", round=2)]
    case["closures"] += [
        signed(MONDAY + 5 * DAY, outcome="satisfied", lesson="smile", lesson_for=["store"], round=2)
    ]
    found = [(one["department"], one["lesson"], one["cause"], one["date"]) for one in lessons([case])]
    assert found == [
        ("goods", "look", "goods.spoiled", "2026-11-17"), ("store", "smile", "service.attitude", "2026-11-21"),
    ]  # fmt: skip


def test_a_month_shows_its_own_lessons_and_how_the_measures_stood() -> None:  # S1c-5
    case = measured(int(seconds("2026-12-03T10:00:00+08:00")))
    case["closures"] = [signed(int(seconds("2026-12-01T00:00:00+08:00")), outcome="satisfied", lesson="look")]
    found = report.monthly([], "2026-11", LATER, CONTEXT, learnt([case])).tables
    assert ([one["status"] for one in found["measures"].rows], found["lessons"].rows) == (["late"], [])
    later = report.monthly([], "2026-12", LATER + 30 * DAY, CONTEXT, learnt([case])).tables
    assert [one["status"] for one in later["measures"].rows] == ["done"]
    assert [one["lesson"] for one in later["lessons"].rows] == ["look"]


def test_a_report_about_all_time_has_no_period() -> None:
    found = report.improvements(LATER, CONTEXT, report.empty())
    document = report.document(found, "abc", "1", ["b", "a"])
    assert document["period"] == {"zone": "Asia/Shanghai"}
    assert document["as_at"] == iso(LATER)
    assert document["unreadable"] == ["a", "b"]

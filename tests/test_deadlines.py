"""The clocks of a case: what is due by when, and what became of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaintctl.case import Case
from complaintctl.deadlines import (
    EVENTS,
    STATES,
    Due,
    clocks,
    due_of,
    events,
    late_from,
    latest_named,
    next_word,
    promised,
    state_of,
)
from complaintctl.policy import Channel, Deadline, Policy
from complaintctl.rows import Clock
from complaintctl.times import epoch, iso
from complaintctl.workdays import WorkCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
MADRID = ZoneInfo("Europe/Madrid")
OCTOBER: dict[str, Any] = {
    "weekend": ["sat", "sun"],
    "years": {
        "2026": {
            "source": "written by hand",
            "published": True,
            "days_off": {
                f"2026-{day}": "节"
                for day in (
                    "02-16", "02-17", "02-18", "02-19", "02-20", "02-23",
                    "10-01", "10-02", "10-05", "10-06", "10-07",
                )
            },
            "make_up": ["2026-02-14", "2026-02-28", "2026-09-20", "2026-10-10"],
        }
    },
}  # fmt: skip
DAY_SHIFT: Channel = {
    "label": {"en": "telephone"},
    "hours": [{"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "09:00", "closes": "18:00"}],
}


def at(text: str) -> str:
    """`23 10:15` is an instant of November 2026 in Shanghai; `10-08 10:15` one of another month."""
    day, clock = text.split(" ")
    day = day if "-" in day else f"11-{day}"
    return f"2026-{day}T{clock}:00+08:00"


def instant(text: str) -> int:
    return epoch(at(text))


def signed(when: str, **fields: Any) -> dict[str, Any]:
    return {**fields, "by": "li.na", "at": at(when)}


def case_of(received: str = "23 10:00", **sections: Any) -> Case:
    document = {
        "id": "C-20261123-7K3MQ4",
        "state": "received",
        "policy": {"name": "supermarket", "version": "1", "sha256": "0" * 64},
        "kind": "complaint",
        "currency": "CNY",
        "intake": {
            "received_at": at(received),
            "registered_at": at(received),
            "by": "li.na",
            "channel": "phone",
            "form": "spoken",
        },
        "customer": {"id": "P-4T7Q2M"},
        "about": {},
        "complaint": "牛奶变质",
        "demand": {},
        **sections,
    }
    return cast(Case, document)


def told(when: str, *, party: str = "customer", direction: str = "out") -> dict[str, Any]:
    return signed(when, party=party, direction=direction, method="phone", note="…")


def hold(since: str, until: str | None = None, kind: str = "customer") -> dict[str, Any]:
    found = signed(since, **{"for": kind}, reason="…")
    return found if until is None else {**found, "resumed_by": "li.na", "resumed_at": at(until)}


def policy_of(**deadlines: dict[str, Any]) -> Policy:
    rules = {name.replace("_", "-"): {"label": {}, **rule} for name, rule in deadlines.items()}
    document = {
        "channels": {"phone": DAY_SHIFT, "chat": {"label": {}}},
        "departments": {},
        "deadlines": rules,
        "flags": {},
        "categories": {},
        "severities": {"minor": {}, "severe": {}},
        "urgencies": {},
    }
    return cast(Policy, document)


def rule(within: str, since: str = "received", until: str = "told", **more: Any) -> dict[str, Any]:
    return {"from": since, "until": until, "within": within, **more}


def calendar(zone: ZoneInfo = SHANGHAI) -> WorkCalendar:
    return WorkCalendar(OCTOBER, zone)


def only(case: Case, **deadline: Any) -> Clock:
    found = clocks(case, policy_of(**deadline), calendar())
    assert len(found) == 1
    return found[0]


def due(clock: Clock) -> str | None:
    return None if clock.due is None else iso(clock.due, SHANGHAI)[5:16].replace("T", " ")


# What is due by when


def test_a_reply_is_due_at_the_end_of_the_fifth_business_day() -> None:  # S0-6 S4-1
    clock = only(case_of("23 10:00"), reply=rule("5 business days"))
    assert (due(clock), clock.provisional, clock.whole_days) == ("12-01 00:00", False, True)


@pytest.mark.parametrize(
    ("received", "within", "expected"),
    [
        ("09-30 23:59", "3 business days", "10-11 00:00"),  # 8, 9 and Saturday the 10th
        ("09-30 00:00", "3 business days", "10-11 00:00"),
        ("10-03 12:00", "5 business days", "10-14 00:00"),
        ("02-13 09:00", "3 business days", "02-26 00:00"),  # Saturday the 14th, then the 24th and 25th
        ("02-13 09:00", "5 business days", "02-28 00:00"),
        ("02-13 09:00", "7 days", "02-21 00:00"),  # calendar days do not ask what is worked
    ],
)
def test_holidays_and_make_up_days_of_2026_move_the_last_day(
    received: str, within: str, expected: str
) -> None:  # S4-2
    assert due(only(case_of(received), answer=rule(within))) == expected


def test_calendar_days_that_end_on_a_day_off_roll_over_where_the_policy_says_so() -> None:
    case = case_of("09-26 10:00")
    assert due(only(case, refund=rule("7 days"))) == "10-04 00:00"
    assert due(only(case, refund=rule("7 days", rolls_over=True))) == "10-09 00:00"


def test_hours_are_elapsed_hours_also_when_summer_time_ends() -> None:
    start = epoch("2026-10-25T01:30:00+02:00")
    found = due_of(start, cast(Deadline, rule("2 hours")), [], DAY_SHIFT, calendar(MADRID))
    assert found.at is not None
    assert iso(found.at, MADRID) == "2026-10-25T02:30:00+01:00"


def test_a_day_of_25_hours_is_one_day() -> None:
    start = epoch("2026-10-24T12:00:00+02:00")
    found = due_of(start, cast(Deadline, rule("1 day")), [], DAY_SHIFT, calendar(MADRID))
    assert found.at == epoch("2026-10-26T00:00:00+01:00")


def test_the_day_is_that_of_the_registers_zone() -> None:
    start = epoch("2026-11-23T23:30:00+01:00")  # already the 24th in Shanghai
    one_day = cast(Deadline, rule("1 business day"))
    there = due_of(start, one_day, [], DAY_SHIFT, calendar(SHANGHAI)).at
    here = due_of(start, one_day, [], DAY_SHIFT, calendar(MADRID)).at
    assert there == epoch("2026-11-26T00:00:00+08:00")
    assert here == epoch("2026-11-25T00:00:00+01:00")


def test_a_service_clock_runs_only_while_the_channel_is_open() -> None:  # S2-2
    case = case_of("27 17:00")  # Friday
    assert due(only(case, reply=rule("2 hours"))) == "11-27 19:00"
    assert due(only(case, reply=rule("2 hours", clock="service"))) == "11-30 10:00"


def test_a_channel_that_the_policy_does_not_know_is_open_around_the_clock() -> None:
    case = case_of("27 17:00")
    case["intake"]["channel"] = "pigeon"
    assert due(only(case, reply=rule("2 hours", clock="service"))) == "11-27 19:00"


def test_a_year_that_the_calendar_does_not_hold_makes_the_date_provisional() -> None:
    found = only(case_of("12-30 10:00"), reply=rule("3 business days"))
    assert (iso(found.due or 0, SHANGHAI)[:10], found.provisional) == ("2027-01-05", True)
    assert not only(case_of("12-30 10:00"), reply=rule("1 business day")).provisional
    assert not only(case_of("12-30 10:00"), reply=rule("3 days")).provisional
    assert only(case_of("12-30 10:00"), reply=rule("3 days", rolls_over=True)).provisional


# Days that the case names


NEXT_WORD: dict[str, Any] = {"date": "again_on", "until": "told"}
EXPECTED: dict[str, Any] = {"date": "expected_on", "until": "fulfilled"}


def promising(when: str, day: str, **more: Any) -> dict[str, Any]:
    return told(when, **more) | {"again_on": f"2026-{day}"}


def test_a_promised_next_word_is_due_at_the_end_of_its_day() -> None:  # S1b-2 S1a-12
    clock = only(case_of(contacts=[promising("23 11:00", "11-25")]), next_word=NEXT_WORD)
    assert (clock.start, due(clock), clock.whole_days) == (instant("23 11:00"), "11-26 00:00", True)
    assert (clock.met, clock.provisional, clock.on_hold) == (None, False, False)
    assert state_of(clock, instant("25 23:59")) == "waiting"
    assert state_of(clock, instant("26 00:00")) == "missed"


@pytest.mark.parametrize(
    ("word", "state"),
    [
        (told("24 09:00"), "met"),
        (told("26 09:00"), "missed"),
        (told("24 09:00", direction="in"), "missed"),
        (told("24 09:00", party="supplier"), "missed"),
        (told("23 11:00"), "missed"),
    ],
    ids=["in time", "late", "the customer called", "the supplier", "in the same second"],
)
def test_only_a_later_word_to_the_customer_keeps_the_promise(word: dict[str, Any], state: str) -> None:
    case = case_of(contacts=[promising("23 11:00", "11-25"), word])
    assert state_of(only(case, next_word=NEXT_WORD), instant("30 09:00")) == state


def test_each_promised_word_has_a_clock_of_its_own() -> None:
    case = case_of(contacts=[promising("23 11:00", "11-24"), promising("24 10:00", "12-01")])
    first, second = clocks(case, policy_of(next_word=NEXT_WORD), calendar())
    assert (first.met, due(first)) == (instant("24 10:00"), "11-25 00:00")
    assert (second.met, due(second)) == (None, "12-02 00:00")


def test_the_next_word_is_the_last_day_that_was_promised_and_not_kept() -> None:  # S1b-2 S1a-12
    first = promising("23 11:00", "11-25")
    assert next_word(case_of(contacts=[first])) == "2026-11-25"
    assert next_word(case_of(contacts=[first, told("24 09:00", direction="in")])) == "2026-11-25"
    assert next_word(case_of(contacts=[first, promising("24 09:00", "12-01")])) == "2026-12-01"
    assert next_word(case_of(contacts=[first, told("24 09:00")])) == ""
    assert next_word(case_of()) == ""


def test_who_answered_has_heard_and_a_round_that_is_over_promises_nothing() -> None:  # S1b-2 S1a-12
    promise = promising("23 11:00", "12-20")
    offer = signed("23 12:00", remedies=[], answer=signed("24 09:00", outcome="declined"))
    ended = signed("24 10:00", outcome="withdrawn")
    again = {**ended, "reopened": signed("25 10:00", reason="…")}
    assert next_word(case_of(contacts=[promise], proposals=[offer])) == ""
    assert next_word(case_of(contacts=[promise], closures=[ended], state="closed")) == ""
    assert next_word(case_of(contacts=[promise], closures=[again])) == ""
    later = promising("26 11:00", "12-21")
    assert next_word(case_of(contacts=[promise, later], closures=[again])) == "2026-12-21"


def test_where_no_day_is_named_or_the_condition_does_not_hold_there_is_no_clock() -> None:
    rules = policy_of(next_word=NEXT_WORD, expected=EXPECTED)
    assert clocks(case_of(contacts=[told("23 11:00")]), rules, calendar()) == []
    case = case_of(contacts=[promising("23 11:00", "11-25")])
    assert clocks(case, policy_of(next_word={**NEXT_WORD, "when": {"kind": "help"}}), calendar()) == []


def test_a_promise_ends_with_its_round_and_is_none_of_the_next() -> None:
    again = signed("12-02 10:00", reason="…")
    case = case_of(
        contacts=[promising("23 11:00", "12-20")],
        closures=[signed("12-01 10:00", outcome="withdrawn", reopened=again)],
    )
    (clock,) = clocks(case, policy_of(next_word=NEXT_WORD), calendar())
    assert (clock.round, clock.met) == (1, None)
    assert state_of(clock, instant("12-30 09:00")) == "ended"


def test_no_hold_moves_a_promised_day() -> None:
    case = case_of(contacts=[promising("23 11:00", "11-25")], holds=[hold("23 12:00")])
    clock = only(case, next_word={**NEXT_WORD, "stops_for": ["customer"]})
    assert (due(clock), clock.on_hold) == ("11-26 00:00", False)


def with_remedies(*remedies: dict[str, Any], outcome: str = "agreed") -> Case:
    answer = signed("24 14:00", outcome=outcome)
    return case_of(proposals=[{"remedies": list(remedies), **signed("24 12:00"), "answer": answer}])


def test_a_remedy_is_expected_from_the_agreement_until_it_is_done() -> None:  # S2-11
    lens = {"kind": "repair", "cost": "0.00", "expected_on": "2026-12-01"}
    done = {"kind": "gift", "cost": "0.00", "expected_on": "2026-11-25", "done": signed("26 10:00")}
    rules = policy_of(expected=EXPECTED)
    repair, gift = clocks(with_remedies(lens, done, {"kind": "apology", "cost": "0"}), rules, calendar())
    assert (repair.start, due(repair), repair.met) == (instant("24 14:00"), "12-02 00:00", None)
    assert state_of(gift, instant("26 12:00")) == "missed"
    assert clocks(with_remedies(lens, outcome="declined"), rules, calendar()) == []


@given(days=st.lists(st.integers(1, 28), max_size=3), expected=st.none() | st.integers(1, 28))
def test_no_clock_by_a_day_outlives_the_last_day_named(days: list[int], expected: int | None) -> None:
    remedy = {"kind": "repair", "cost": "0.00"} | (
        {"expected_on": f"2027-02-{expected:02d}"} if expected else {}
    )
    case = with_remedies(remedy)
    case["contacts"] = cast(Any, [promising("23 11:00", f"12-{day:02d}") for day in days])
    found = clocks(case, policy_of(next_word=NEXT_WORD, expected=EXPECTED), calendar())
    assert len(found) == len(days) + bool(expected)
    assert latest_named(case, calendar()) == max([0, *(clock.due or 0 for clock in found)])


# Holds


def test_a_hold_stops_hours_for_as_long_as_it_lasts() -> None:
    deadline = rule("4 hours", stops_for=["customer"])
    case = case_of("23 10:00", holds=[hold("23 11:00", "23 15:30")])
    assert due(only(case, answer=deadline)) == "11-23 18:30"
    twice = case_of("23 10:00", holds=[hold("23 11:00", "23 12:00"), hold("23 13:00", "23 14:00")])
    assert due(only(twice, answer=deadline)) == "11-23 16:00"


def test_a_hold_for_another_reason_stops_nothing() -> None:
    case = case_of("23 10:00", holds=[hold("23 11:00", "23 15:30", kind="supplier")])
    assert due(only(case, answer=rule("4 hours", stops_for=["customer"]))) == "11-23 14:00"
    assert due(only(case, answer=rule("4 hours"))) == "11-23 14:00"


def test_of_a_hold_only_service_time_stops_a_service_clock() -> None:
    case = case_of("23 16:00", holds=[hold("23 17:00", "24 10:00")])
    found = only(case, answer=rule("3 hours", clock="service", stops_for=["customer"]))
    assert due(found) == "11-24 12:00"


def test_a_business_day_with_a_hold_in_it_is_not_counted() -> None:
    deadline = rule("3 business days", stops_for=["customer"])
    assert due(only(case_of("23 10:00"), answer=deadline)) == "11-27 00:00"
    short = case_of("23 10:00", holds=[hold("25 11:00", "25 11:01")])
    assert due(only(short, answer=deadline)) == "11-28 00:00"
    weekend = case_of("23 10:00", holds=[hold("25 11:00", "30 09:00")])
    assert due(only(weekend, answer=deadline)) == "12-03 00:00"
    first_day = case_of("23 10:00", holds=[hold("23 11:00", "23 12:00")])
    assert due(only(first_day, answer=deadline)) == "11-27 00:00"


def test_a_hold_that_ends_at_midnight_does_not_touch_the_next_day() -> None:
    case = case_of("23 10:00", holds=[hold("25 11:00", "26 00:00")])
    assert due(only(case, answer=rule("3 business days", stops_for=["customer"]))) == "11-28 00:00"


def test_a_last_day_that_rolled_over_is_moved_on_by_a_hold() -> None:
    deadline = rule("5 days", rolls_over=True, stops_for=["customer"])
    assert due(only(case_of("23 10:00"), refund=deadline)) == "12-01 00:00"  # Saturday to Monday
    case = case_of("23 10:00", holds=[hold("30 09:00", "30 10:00")])
    assert due(only(case, refund=deadline)) == "12-02 00:00"


@pytest.mark.parametrize("within", ["4 hours", "2 business days", "2 days"])
def test_while_a_hold_runs_nothing_is_due(within: str) -> None:
    case = case_of("23 10:00", holds=[hold("23 11:00")])
    found = only(case, answer=rule(within, stops_for=["customer"]))
    assert (found.due, found.on_hold) == (None, True)
    assert state_of(found, instant("12-30 00:00")) == "on-hold"


@pytest.mark.parametrize(
    ("within", "expected"), [("4 hours", "11-23 14:00"), ("1 business day", "11-25 00:00")]
)
def test_a_missed_clock_stays_missed_when_it_is_put_on_hold_afterwards(within: str, expected: str) -> None:
    deadline = rule(within, stops_for=["customer"])
    running = only(case_of("23 10:00", holds=[hold("25 00:00")]), answer=deadline)
    resumed = only(case_of("23 10:00", holds=[hold("25 00:00", "28 10:00")]), answer=deadline)
    assert (due(running), due(resumed)) == (expected, expected)
    assert not running.on_hold
    assert state_of(running, instant("25 00:00")) == "missed"


def test_a_hold_that_begins_at_the_last_second_still_stops_the_clock() -> None:
    case = case_of("23 10:00", holds=[hold("23 14:00")])
    assert only(case, answer=rule("4 hours", stops_for=["customer"])).on_hold


def test_what_happened_during_a_hold_was_in_time() -> None:
    case = case_of("23 10:00", holds=[hold("23 11:00")], contacts=[told("26 09:00")])
    found = only(case, answer=rule("4 hours", stops_for=["customer"]))
    assert (due(found), found.on_hold) == ("11-26 12:00", False)
    assert state_of(found, instant("30 00:00")) == "met"


def test_holds_that_overlap_stop_a_clock_once() -> None:
    holds = [hold("23 11:00", "23 13:00"), hold("23 12:00", "23 14:00", kind="supplier")]
    deadline = rule("4 hours", stops_for=["customer", "supplier"])
    assert due(only(case_of("23 10:00", holds=holds), answer=deadline)) == "11-23 17:00"


# What became of it


def test_hours_may_be_used_up_to_the_second() -> None:
    deadline = rule("2 hours")
    waiting = only(case_of("23 10:00"), answer=deadline)
    assert [state_of(waiting, instant("23 12:00") + second) for second in (0, 1)] == ["waiting", "missed"]
    in_time = only(case_of("23 10:00", contacts=[told("23 12:00")]), answer=deadline)
    late = in_time._replace(met=instant("23 12:00") + 1)
    assert [state_of(one, 0) for one in (in_time, late)] == ["met", "missed"]


def test_days_end_at_midnight_and_midnight_is_too_late() -> None:
    deadline = rule("1 business day")
    waiting = only(case_of("23 10:00"), answer=deadline)
    midnight = instant("25 00:00")
    assert [state_of(waiting, midnight + second) for second in (-1, 0)] == ["waiting", "missed"]
    late = only(case_of("23 10:00", contacts=[told("25 00:00")]), answer=deadline)
    in_time = late._replace(met=midnight - 1)
    assert [state_of(one, 0) for one in (in_time, late)] == ["met", "missed"]
    assert late_from(waiting) == midnight


def test_a_round_that_ends_without_the_event_ends_the_clock_unless_it_was_late_already() -> None:
    deadline = rule("2 hours")
    early = case_of("23 10:00", closures=[signed("23 12:00", outcome="withdrawn")])
    late = case_of("23 10:00", closures=[signed("23 12:01", outcome="withdrawn")])
    assert state_of(only(early, answer=deadline), instant("30 00:00")) == "ended"
    assert state_of(only(late, answer=deadline), instant("30 00:00")) == "missed"
    assert only(early, answer=deadline).ended == instant("23 12:00")


def test_closing_ends_a_hold() -> None:
    closed = [signed("26 10:00", outcome="withdrawn")]
    case = case_of("23 10:00", holds=[hold("23 11:00")], closures=closed)
    found = only(case, answer=rule("2 hours", stops_for=["customer"]))
    assert (found.on_hold, state_of(found, instant("30 00:00"))) == (False, "ended")


def test_every_state_is_one_of_the_closed_list() -> None:
    assert STATES == ("met", "missed", "waiting", "on-hold", "ended")


def test_a_deadline_counts_only_where_its_condition_holds() -> None:
    deadline = rule("1 hour", when={"severity": "severe"})
    grave = signed("23 10:05", category="goods", severity="severe")
    light = signed("23 10:05", category="goods", severity="minor")
    assert len(clocks(case_of(classification=grave), policy_of(answer=deadline), calendar())) == 1
    assert clocks(case_of(classification=light), policy_of(answer=deadline), calendar()) == []


def test_a_deadline_begins_only_when_its_first_event_has_happened() -> None:
    assert clocks(case_of(), policy_of(visit=rule("5 business days", "fulfilled")), calendar()) == []


# Events


def whole_case() -> Case:
    proposal = {
        "remedies": [
            {"kind": "refund", "amount": "12.90", "cost": "12.90", "done": signed("26 10:00")},
            {"kind": "apology", "cost": "0.00", "done": signed("26 09:00")},
        ],
        "tasks": [{"department": "goods", "what": "…", "done": signed("26 11:00")}],
        "reason": "…",
        **signed("24 12:00"),
        "decision": signed("24 13:00", outcome="approved", role="head", digest="0", via="cli"),
        "answer": signed("24 14:00", outcome="agreed"),
    }
    returned = {
        "remedies": [{"kind": "gift", "cost": "5.00"}],
        "reason": "…",
        **signed("24 10:00"),
        "decision": signed("24 11:00", outcome="returned", role="head", digest="0", via="cli"),
    }
    return case_of(
        "23 10:00",
        contacts=[
            told("23 10:30", direction="in") | {"confirms": True},
            told("23 10:40", party="supplier"),
            told("23 11:00"),
            told("25 11:00"),
        ],
        classification=signed("23 10:10", category="goods", severity="minor"),
        assignments=[signed("23 10:20", department="goods", handler="wang.wei")],
        investigations=[signed("23 12:00"), signed("23 15:00", verdict="founded")],
        proposals=[returned, proposal],
        follow_ups=[signed("30 10:00", satisfaction=3, method="phone", proposal=2)],
        closures=[signed("12-01 10:00", outcome="satisfied")],
    )


def test_a_returned_proposal_ends_the_clock_of_the_one_who_decides_but_not_the_promise() -> None:
    case = whole_case()
    rules = policy_of(
        decide=rule("1 hour", "proposed", "decided"), reply=rule("1 hour", "proposed", "approved")
    )
    decide, reply = clocks(case, rules, calendar())
    assert (decide.met, state_of(decide, instant("30 10:00"))) == (instant("24 11:00"), "met")
    assert (reply.met, state_of(reply, instant("30 10:00"))) == (instant("24 13:00"), "missed")


def test_nothing_is_to_be_carried_out_of_what_the_customer_declined() -> None:
    case = whole_case()
    case["proposals"][1]["answer"]["outcome"] = "declined"
    assert clocks(case, policy_of(carry_out=rule("1 hour", "agreed", "fulfilled")), calendar()) == []


def test_an_event_may_end_a_repeating_clock_without_its_being_met_or_missed() -> None:  # S0-17
    rules = policy_of(
        progress={**rule("1 business day", "received", "told"), "every": True, "ends_with": "fulfilled"}
    )
    found = clocks(whole_case(), rules, calendar())
    assert [clock.met for clock in found][-1] is None
    assert found[-1].ended == instant("26 11:00")
    assert state_of(found[-1], instant("30 10:00")) == "ended"


def test_each_event_is_dated_by_its_section() -> None:
    expected = {
        "received": "23 10:00",
        "registered": "23 10:00",
        "told": "23 11:00",
        "confirmed": "23 10:30",
        "classified": "23 10:10",
        "assigned": "23 10:20",
        "investigated": "23 15:00",
        "proposed": "24 10:00",
        "decided": "24 11:00",
        "approved": "24 13:00",
        "agreed": "24 14:00",
        "fulfilled": "26 11:00",
        "followed-up": "30 10:00",
        "closed": "12-01 10:00",
    }
    assert events(whole_case(), 1) == {name: instant(when) for name, when in expected.items()}
    assert tuple(expected) == EVENTS


def test_nothing_is_fulfilled_before_the_last_task_is_done_or_without_agreement() -> None:
    case = whole_case()
    del case["proposals"][1]["tasks"][0]["done"]
    assert not {"fulfilled", "followed-up"} & set(events(case, 1))
    case = whole_case()
    case["proposals"][1]["answer"]["outcome"] = "declined"
    assert not {"fulfilled", "followed-up"} & set(events(case, 1))


def test_the_first_visit_is_due_five_business_days_after_carrying_out() -> None:  # S4-7
    deadline = rule("5 business days", "fulfilled", "followed-up")
    found = only(whole_case(), visit=deadline)
    assert (due(found), state_of(found, 0)) == ("12-04 00:00", "met")


def test_being_told_counts_from_the_event_that_the_deadline_starts_with() -> None:
    found = only(whole_case(), inform=rule("1 business day", "decided"))
    assert found.met == instant("24 14:00")  # the answer, before the next contact
    no_answer = whole_case()
    del no_answer["proposals"][1]["answer"]
    assert only(no_answer, inform=rule("1 business day", "decided")).met == instant("25 11:00")


def test_telling_at_the_same_second_counts() -> None:
    found = only(case_of("23 10:00", contacts=[told("23 10:00")]), reply=rule("2 hours"))
    assert found.met == found.start


def test_classifying_again_does_not_make_the_first_time_late() -> None:
    case = whole_case()
    case["classification"]["at"] = at("25 10:00")
    assert events(case, 1)["classified"] == instant("23 10:20")


def test_an_event_that_came_before_the_start_leaves_nothing_to_wait_for() -> None:
    found = only(whole_case(), sort=rule("1 hour", "told", "classified"))
    assert (found.met, state_of(found, 0)) == (found.start, "met")


# Rounds


def reopened() -> Case:
    case = whole_case()
    case["closures"][0]["reopened"] = cast(Any, signed("12-03 09:00", reason="…"))
    case["assignments"].append(
        cast(Any, signed("12-03 09:00", department="goods", handler="wang.wei", round=2))
    )
    case["contacts"].append(cast(Any, told("12-02 09:00")))
    return case


def test_a_reopening_starts_a_new_round_and_its_clocks() -> None:
    case = reopened()
    assert events(case, 2) == {
        event: instant("12-03 09:00") for event in ("received", "registered", "classified", "assigned")
    }
    assert events(case, 3) == {}
    found = clocks(case, policy_of(reply=rule("2 hours"), close=rule("9 days", until="closed")), calendar())
    assert [(one.name, one.round, one.met is None, one.ended) for one in found] == [
        ("reply", 1, False, None),
        ("close", 1, False, None),
        ("reply", 2, True, None),  # the word of 2 December was before it was reopened
        ("close", 2, True, None),
    ]
    assert due(found[2]) == "12-03 11:00"


def test_what_was_done_in_a_later_round_belongs_to_that_round() -> None:
    case = reopened()
    case["contacts"].append(cast(Any, told("12-03 09:30")))
    case["investigations"].append(cast(Any, signed("12-04 09:00", verdict="unfounded", round=2)))
    case["proposals"].append(cast(Any, {"remedies": [], "reason": "…", "round": 2, **signed("12-05 09:00")}))
    found = events(case, 2)
    assert [found[event] for event in ("told", "investigated", "proposed")] == [
        instant(when) for when in ("12-03 09:30", "12-04 09:00", "12-05 09:00")
    ]
    assert events(case, 1) == events(whole_case(), 1)


def test_a_condition_on_the_verdict_is_that_of_the_round() -> None:
    deadline = rule("3 business days", "assigned", "proposed", when={"verdict": "founded"})
    case = reopened()
    assert [one.round for one in clocks(case, policy_of(solve=deadline), calendar())] == [1]
    case["investigations"].append(cast(Any, signed("12-04 09:00", verdict="founded", round=2)))
    assert [one.round for one in clocks(case, policy_of(solve=deadline), calendar())] == [1, 2]


def test_a_hold_of_one_round_stops_no_clock_of_the_next() -> None:
    case = reopened()
    case["holds"] = [cast(Any, hold("25 10:00"))]
    found = clocks(case, policy_of(answer=rule("2 hours", stops_for=["customer"])), calendar())
    assert [(one.round, one.on_hold) for one in found] == [(1, False), (2, False)]


# Clocks that come round again


def test_progress_is_due_again_after_each_word_to_the_customer() -> None:  # S0-17 S3-8
    deadline = rule("2 hours", every=True)
    case = case_of("23 10:00", contacts=[told("23 11:00"), told("23 14:00"), told("23 14:30")])
    found = clocks(case, policy_of(progress=deadline), calendar())
    assert [(due(one), state_of(one, instant("23 16:00"))) for one in found] == [
        ("11-23 12:00", "met"),
        ("11-23 13:00", "missed"),
        ("11-23 16:00", "met"),
        ("11-23 16:30", "waiting"),
    ]


def test_a_clock_that_comes_round_again_ends_with_the_round() -> None:
    deadline = rule("2 hours", every=True)
    closed = [signed("23 12:00", outcome="answered")]
    case = case_of("23 10:00", contacts=[told("23 11:00"), told("23 12:30")], closures=closed)
    found = clocks(case, policy_of(progress=deadline), calendar())
    assert [(one.met, one.ended) for one in found] == [
        (instant("23 11:00"), None),
        (None, instant("23 12:00")),
    ]
    at_once = case_of("23 10:00", contacts=[told("23 12:00")], closures=closed)
    assert len(clocks(at_once, policy_of(progress=deadline), calendar())) == 1


def test_progress_can_be_counted_from_being_told() -> None:
    deadline = rule("2 hours", "told", every=True)
    case = case_of("23 10:00", contacts=[told("23 11:00"), told("23 12:00")])
    found = clocks(case, policy_of(progress=deadline), calendar())
    assert [one.start for one in found] == [instant("23 11:00"), instant("23 12:00")]


def test_words_of_the_same_second_end_one_period_only() -> None:
    case = case_of("23 10:00", contacts=[told("23 11:00"), told("23 11:00")])
    assert len(clocks(case, policy_of(progress=rule("2 hours", every=True)), calendar())) == 2


# What the customer is told


def test_what_is_promised_is_told_with_its_date() -> None:  # S0-6 S4-1
    policy = policy_of(
        reply=rule("5 business days", promise=True),
        classify=rule("4 hours", until="classified"),
        first_word=rule("2 hours", promise=True),
    )
    assert promised(case_of("23 10:00"), policy, calendar()) == [
        ("reply", instant("12-01 00:00"), False),
        ("first-word", instant("23 12:00"), False),
    ]
    assert promised(case_of("12-30 10:00"), policy, calendar())[0][2] is True


def test_only_the_current_round_is_promised() -> None:
    found = promised(reopened(), policy_of(reply=rule("2 hours", promise=True)), calendar())
    assert found == [("reply", instant("12-03 11:00"), False)]


# For any case

START = epoch("2026-09-01T00:00:00+08:00")
INSTANTS = st.integers(START, START + 60 * 86400)
UNITS = st.sampled_from(
    [
        {"unit": "hours"},
        {"unit": "hours", "clock": "service"},
        {"unit": "business days"},
        {"unit": "days"},
        {"unit": "days", "rolls_over": True},
    ]
)
HOLDS = st.lists(st.tuples(INSTANTS, st.integers(1, 9 * 86400)), max_size=6)


def apart(spans: list[tuple[int, int]], start: int) -> list[tuple[int, int | None]]:
    """Spans of (begin, length) as stops after a start: in order, none touching another."""
    found: list[tuple[int, int | None]] = []
    until = start
    for begin, length in sorted(spans):
        if begin > until:
            found.append((begin, begin + length))
            until = begin + length
    return found


def counted(start: int, count: int, unit: dict[str, Any], stops: list[tuple[int, int | None]]) -> int:
    name = unit["unit"] if count > 1 else unit["unit"].removesuffix("s")
    deadline = cast(Deadline, rule(f"{count} {name}", **{k: v for k, v in unit.items() if k != "unit"}))
    found = due_of(start, deadline, stops, DAY_SHIFT, calendar(MADRID)).at
    assert found is not None
    return found


@settings(deadline=None)
@given(INSTANTS, INSTANTS, st.integers(1, 40), st.integers(0, 9), UNITS, HOLDS)
def test_a_later_start_or_a_longer_time_is_never_due_earlier(
    one: int, two: int, count: int, more: int, unit: dict[str, Any], holds: list[tuple[int, int]]
) -> None:
    early, late = sorted((one, two))
    stops = apart(holds, late)
    assert counted(early, count, unit, stops) <= counted(late, count + more, unit, stops)


@settings(deadline=None)
@given(INSTANTS, st.integers(1, 40), UNITS, HOLDS)
def test_more_holds_are_never_due_earlier(
    start: int, count: int, unit: dict[str, Any], holds: list[tuple[int, int]]
) -> None:
    stops = apart(holds, start)
    found = [counted(start, count, unit, stops[:some]) for some in range(len(stops) + 1)]
    assert found == sorted(found)
    without_first = counted(start, count, unit, stops[1:])
    assert without_first <= found[-1]


@settings(deadline=None)
@given(INSTANTS, st.integers(1, 40), UNITS, INSTANTS)
def test_a_running_hold_hides_the_date_exactly_while_the_clock_has_not_run_out(
    start: int, count: int, unit: dict[str, Any], begin: int
) -> None:
    expected = counted(start, count, unit, [])
    begin = max(begin, start)
    name = unit["unit"] if count > 1 else unit["unit"].removesuffix("s")
    deadline = cast(Deadline, rule(f"{count} {name}", **{k: v for k, v in unit.items() if k != "unit"}))
    found = due_of(start, deadline, [(begin, None)], DAY_SHIFT, calendar(MADRID))
    late = expected + (unit["unit"] == "hours")
    assert found == (Due(expected, False) if late <= begin else Due(None, False))


@pytest.fixture
def machine_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Puts the machine into a time zone, for one test."""

    def put(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield put
    monkeypatch.undo()
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system has one time zone for a process")
def test_the_zone_of_the_machine_changes_nothing(machine_zone: Callable[[str], None]) -> None:
    policy = policy_of(
        progress=rule("2 hours", every=True),
        reply=rule("5 business days"),
        answer=rule("3 hours", clock="service"),
    )
    found = []
    for zone in ("UTC", "America/New_York", "Asia/Shanghai"):
        machine_zone(zone)
        found.append(clocks(reopened(), policy, calendar()))
    assert len(found[0]) == 9
    assert found == [found[0]] * 3

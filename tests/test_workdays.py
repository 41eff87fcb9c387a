"""Working days over public holidays and make-up days, and service hours of a channel."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaintctl.policy import Channel
from complaintctl.times import epoch, iso
from complaintctl.workdays import WorkCalendar, add_service_seconds, open_seconds_between

SHANGHAI = ZoneInfo("Asia/Shanghai")
MADRID = ZoneInfo("Europe/Madrid")
CHINA: dict[str, Any] = {
    "format": "1",
    "country": "CN",
    "weekend": ["sat", "sun"],
    "years": {
        "2026": {
            "source": "written by hand",
            "published": True,
            "days_off": {
                "2026-01-01": "元旦",
                "2026-01-02": "元旦",
                "2026-02-16": "除夕",
                "2026-02-17": "春节",
                "2026-02-18": "春节",
                "2026-02-19": "春节",
                "2026-02-20": "春节",
                "2026-02-23": "春节",
                "2026-10-01": "国庆节",
                "2026-10-02": "国庆节",
                "2026-10-05": "国庆节",
                "2026-10-06": "国庆节",
                "2026-10-07": "国庆节",
            },
            "make_up": ["2026-01-04", "2026-02-14", "2026-02-28", "2026-09-20", "2026-10-10"],
        },
        "2027": {"source": "estimated", "published": False, "days_off": {"2027-01-01": "元旦"}},
    },
}
MADRID_2026: dict[str, Any] = {
    "format": "1",
    "country": "ES",
    "subdivision": "MD",
    "weekend": ["sat", "sun"],
    "years": {
        "2026": {
            "source": "written by hand",
            "published": True,
            "days_off": {"2026-10-12": "Fiesta Nacional", "2026-11-02": "Todos los Santos"},
        }
    },
}
DESK: Channel = {
    "label": {"en": "desk"},
    "hours": [
        {"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "09:00", "closes": "18:00"},
        {"days": ["sat"], "opens": "10:00", "closes": "14:00"},
    ],
}


def china(**changes: Any) -> WorkCalendar:
    return WorkCalendar({**CHINA, **changes}, SHANGHAI)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2026-09-30", 1, "2026-10-08"),  # the week of 1 October is skipped
        ("2026-09-30", 3, "2026-10-10"),  # Saturday, 10 October is worked
        ("2026-09-30", 5, "2026-10-13"),
        ("2026-09-18", 1, "2026-09-20"),  # Sunday, 20 September is worked
        ("2026-02-13", 1, "2026-02-14"),  # Saturday before the Spring Festival is worked
        ("2026-02-13", 3, "2026-02-25"),
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-02-13", 6, "2026-02-28"),  # Saturday after it, too
        ("2026-02-18", 1, "2026-02-24"),  # received in the middle of it
        ("2026-11-20", 1, "2026-11-23"),  # an ordinary Friday
    ],
)
def test_business_days_skip_the_holidays_of_2026_and_count_the_make_up_days(
    start: str, count: int, expected: str
) -> None:  # S4-1 S4-2
    assert china().add_working_days(day(start), count) == (day(expected), False)


def test_a_regional_holiday_counts_only_in_its_region() -> None:
    without = {**MADRID_2026, "years": {"2026": {**MADRID_2026["years"]["2026"], "days_off": {}}}}
    here = WorkCalendar(MADRID_2026, MADRID).add_working_days(day("2026-10-30"), 3)
    elsewhere = WorkCalendar(without, MADRID).add_working_days(day("2026-10-30"), 3)
    assert (here[0], elsewhere[0]) == (day("2026-11-05"), day("2026-11-04"))


def test_the_shops_own_days_win_over_the_years() -> None:
    calendar = china(
        local={
            "2026-10-05": {"open": True, "why": "stock-taking"},
            "2026-10-10": {"open": False, "why": "power cut"},
            "2026-10-08": {"open": False, "why": "power cut"},
            "2026-10-11": {"open": True, "why": "in place of the 10th"},
        }
    )
    assert calendar.is_working(day("2026-10-05"))
    assert not calendar.is_working(day("2026-10-10"))
    assert calendar.is_working(day("2026-10-11"))
    assert calendar.is_day_off(day("2026-10-08"))
    assert not calendar.is_day_off(day("2026-10-05"))


def test_a_date_is_provisional_when_a_year_on_the_way_is_not_published_or_not_held() -> None:
    calendar = china()
    assert calendar.add_working_days(day("2026-12-30"), 1) == (day("2026-12-31"), False)
    assert calendar.add_working_days(day("2026-12-30"), 2) == (day("2027-01-04"), True)
    assert calendar.add_working_days(day("2026-12-31"), 1) == (day("2027-01-04"), True)
    assert calendar.add_working_days(day("2025-12-31"), 1) == (day("2026-01-04"), False)
    assert calendar.add_working_days(day("2025-12-30"), 1) == (day("2025-12-31"), True)
    assert [calendar.known(day(f"{year}-06-01")) for year in (2025, 2026, 2027)] == [False, True, False]


def test_without_a_calendar_only_weekends_are_off_and_every_date_is_provisional() -> None:
    calendar = WorkCalendar(None, UTC)
    assert calendar.add_working_days(day("2026-10-01"), 2) == (day("2026-10-05"), True)


def test_another_weekend_is_a_matter_of_the_calendar() -> None:
    calendar = WorkCalendar({"weekend": ["fri", "sat"], "years": {}}, UTC)
    assert calendar.is_working(day("2026-11-22"))
    assert not calendar.is_working(day("2026-11-20"))


def test_the_next_working_day_is_the_day_itself_when_it_is_worked() -> None:
    calendar = china()
    assert calendar.next_working(day("2026-10-10")) == day("2026-10-10")
    assert calendar.next_working(day("2026-10-01")) == day("2026-10-08")


@pytest.mark.parametrize("count", [0, -1])
def test_no_days_at_all_are_refused(count: int) -> None:
    with pytest.raises(ValueError):
        china().add_working_days(day("2026-10-01"), count)


def test_a_year_without_a_working_day_is_refused_instead_of_searched_for_ever() -> None:
    every_day = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    with pytest.raises(ValueError):
        WorkCalendar({"weekend": every_day}, UTC).add_working_days(day("2026-10-01"), 1)


def test_a_date_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError):
        china(local={"2026-02-30": {"open": True, "why": "never"}})


DAYS = st.dates(min_value=date(2025, 1, 1), max_value=date(2028, 12, 31))


@settings(deadline=None)
@given(DAYS, st.integers(1, 400))
def test_the_table_agrees_with_counting_day_by_day(start: date, count: int) -> None:
    calendar = china()
    at, left = start, count
    while left:
        at += timedelta(days=1)
        left -= calendar.is_working(at)
    assert calendar.add_working_days(start, count)[0] == at
    assert calendar.working_between(start, at) == count


@settings(deadline=None)
@given(DAYS, DAYS, st.integers(1, 60), st.integers(0, 30))
def test_a_later_start_or_more_days_never_end_earlier(one: date, two: date, count: int, more: int) -> None:
    calendar = china()
    early, late = sorted((one, two))
    assert calendar.add_working_days(early, count)[0] <= calendar.add_working_days(late, count + more)[0]


def served(start: str, hours: float, channel: Channel = DESK, calendar: WorkCalendar | None = None) -> str:
    calendar = calendar or WorkCalendar(MADRID_2026, MADRID)
    due, _provisional = add_service_seconds(epoch(start), int(hours * 3600), channel, calendar)
    return iso(due, calendar.zone)


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-11-24T10:00:00+01:00", 2, "2026-11-24T12:00:00+01:00"),
        ("2026-11-24T16:00:00+01:00", 2, "2026-11-24T18:00:00+01:00"),  # up to closing time
        ("2026-11-24T17:00:00+01:00", 2, "2026-11-25T10:00:00+01:00"),
        ("2026-11-24T22:00:00+01:00", 2, "2026-11-25T11:00:00+01:00"),  # first thing in the morning
        ("2026-11-24T18:00:00+01:00", 2, "2026-11-25T11:00:00+01:00"),
        ("2026-11-27T17:00:00+01:00", 2, "2026-11-28T11:00:00+01:00"),  # Saturday opens at ten
        ("2026-11-28T13:00:00+01:00", 2, "2026-11-30T10:00:00+01:00"),  # Sunday is closed
        ("2026-11-24T22:00:00+01:00", 0, "2026-11-25T09:00:00+01:00"),
    ],
)
def test_service_time_counts_only_while_the_channel_is_open(
    start: str, hours: int, expected: str
) -> None:  # S2-2
    assert served(start, hours) == expected


def test_a_channel_without_hours_is_open_around_the_clock() -> None:  # S2-2
    chat: Channel = {"label": {}}
    assert served("2026-10-25T01:30:00+02:00", 2, chat) == "2026-10-25T02:30:00+01:00"


def test_public_holidays_close_a_channel_only_when_it_says_so() -> None:
    closed: Channel = {**DESK, "days_off": "closed"}
    start = "2026-10-09T17:00:00+02:00"  # Friday; Monday 12 October is a holiday
    assert served(start, 6) == "2026-10-12T10:00:00+02:00"
    assert served(start, 6, closed) == "2026-10-13T10:00:00+02:00"


def test_a_channel_without_hours_can_still_close_on_days_off() -> None:
    closed: Channel = {"label": {}, "days_off": "closed"}
    assert served("2026-10-11T23:00:00+02:00", 2, closed) == "2026-10-13T01:00:00+02:00"


def test_only_a_channel_that_closes_on_days_off_depends_on_the_year_being_published() -> None:
    calendar, start = WorkCalendar(MADRID_2026, MADRID), epoch("2026-12-31T17:30:00+01:00")
    closed: Channel = {**DESK, "days_off": "closed"}
    assert add_service_seconds(start, 1800, closed, calendar)[1] is False
    assert add_service_seconds(start, 3600, closed, calendar)[1] is True
    assert add_service_seconds(start, 3600, DESK, calendar)[1] is False


NIGHT: Channel = {
    "label": {},
    "hours": [{"days": ["fri", "sat"], "opens": "22:00", "closes": "02:00"}],
}
LATE: Channel = {"label": {}, "hours": [{"days": ["fri", "sat"], "opens": "22:00", "closes": "24:00"}]}
WHOLE: Channel = {
    "label": {},
    "hours": [
        {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "opens": "00:00", "closes": "24:00"}
    ],
}


def test_hours_may_end_at_24_and_may_run_past_midnight() -> None:
    assert served("2026-11-27T23:00:00+01:00", 2, LATE) == "2026-11-28T23:00:00+01:00"
    assert served("2026-11-27T23:00:00+01:00", 2, NIGHT) == "2026-11-28T01:00:00+01:00"
    assert served("2026-11-28T01:30:00+01:00", 1, NIGHT) == "2026-11-28T22:30:00+01:00"
    assert served("2026-11-29T01:30:00+01:00", 1, NIGHT) == "2026-12-04T22:30:00+01:00"


def test_hours_that_end_when_they_begin_last_a_whole_day() -> None:
    friday: Channel = {"label": {}, "hours": [{"days": ["fri"], "opens": "08:00", "closes": "08:00"}]}
    assert served("2026-11-28T07:00:00+01:00", 2, friday) == "2026-12-04T09:00:00+01:00"


def test_openings_that_overlap_are_counted_once() -> None:
    twice: Channel = {"label": {}, "hours": [*DESK.get("hours", []), *DESK.get("hours", [])]}
    assert served("2026-11-24T17:00:00+01:00", 2, twice) == "2026-11-25T10:00:00+01:00"


def test_service_time_is_elapsed_time_when_the_clocks_change() -> None:
    # 02:00 comes twice on 25 October; the channel stays open until the second time
    assert served("2026-10-24T22:00:00+02:00", 4, NIGHT) == "2026-10-25T02:00:00+02:00"
    assert served("2026-10-24T22:00:00+02:00", 5, NIGHT) == "2026-10-25T02:00:00+01:00"
    assert served("2026-10-25T01:30:00+02:00", 2, WHOLE) == "2026-10-25T02:30:00+01:00"
    assert served("2026-03-29T01:30:00+01:00", 1, WHOLE) == "2026-03-29T03:30:00+02:00"
    until_half_past: Channel = {
        "label": {},
        "hours": [{"days": ["sun"], "opens": "00:00", "closes": "02:30"}],
    }
    calendar = WorkCalendar(None, MADRID)
    spans = [
        open_seconds_between(epoch(f"{on}T00:00:00Z"), epoch(f"{on}T12:00:00Z"), until_half_past, calendar)
        for on in ("2026-10-24", "2026-10-18", "2026-03-28", "2026-03-29")
    ]
    assert spans == [0, 9000 - 7200, 0, 9000 - 3600]  # the day begins before 00:00 UTC
    whole = open_seconds_between(
        epoch("2026-10-25T00:00:00+02:00"), epoch("2026-10-26T00:00:00+01:00"), until_half_past, calendar
    )
    assert whole == 3.5 * 3600


def test_a_channel_that_never_opens_is_refused() -> None:
    never: Channel = {"label": {}, "hours": []}
    with pytest.raises(ValueError):
        served("2026-11-24T10:00:00+01:00", 1, never)
    assert open_seconds_between(0, 86400 * 9, never, WorkCalendar(None, UTC)) == 0


def test_two_channels_of_one_calendar_keep_their_own_hours() -> None:
    calendar = WorkCalendar(MADRID_2026, MADRID)
    start = "2026-11-27T10:00:00+01:00"
    assert served(start, 1, DESK, calendar) == "2026-11-27T11:00:00+01:00"
    assert served(start, 1, NIGHT, calendar) == "2026-11-27T23:00:00+01:00"
    assert served(start, 1, DESK, calendar) == "2026-11-27T11:00:00+01:00"


INSTANTS = st.integers(epoch("2026-03-20T00:00:00Z"), epoch("2026-11-20T00:00:00Z"))


@settings(deadline=None)
@given(INSTANTS, st.integers(1, 400_000), st.sampled_from([DESK, NIGHT, LATE, WHOLE]))
def test_counting_forward_and_measuring_agree(start: int, seconds: int, channel: Channel) -> None:
    calendar = WorkCalendar(MADRID_2026, MADRID)
    due, _provisional = add_service_seconds(start, seconds, channel, calendar)
    assert open_seconds_between(start, due, channel, calendar) == seconds
    assert open_seconds_between(start, due - 1, channel, calendar) == seconds - 1

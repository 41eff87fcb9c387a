"""Business days held against others than the library that writes the calendar.

China, day by day: against `chinese_calendar`, which is kept by other people from
the same notices, and against the notices themselves (below).  Spain: against the
regions' own calendars, because no second library had the moved days of 2026.
"""

from __future__ import annotations

import functools
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import chinese_calendar
import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaintctl.calendars import document, year_of
from complaintctl.workdays import WorkCalendar
from tests.shop import MILK, Shop, run

# Days off as first and last day of each, and make-up days.
# General Office of the State Council, notices on holidays of 12 November 2024 and of 4 November 2025.
NOTICES = {
    2025: (
        "01-01..01-01 01-28..02-04 04-04..04-06 05-01..05-05 05-31..06-02 10-01..10-08",
        "01-26 02-08 04-27 09-28 10-11",
    ),
    2026: (
        "01-01..01-03 02-15..02-23 04-04..04-06 05-01..05-05 06-19..06-21 09-25..09-27 10-01..10-07",
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
}
# All days off of 2026. Madrid: decree of the regional government of September 2025; Catalonia: Orden EMT/66/2025;
# Andalusia: Decreto 101/2025.  The moved days of all regions: Resolución de 17 de octubre de 2025 de la Dirección
# General de Trabajo (calendar of the BOE for 2026).
EVERYWHERE = "01-01 01-06 04-03 05-01 08-15 10-12 12-08 12-25"
SPAIN = {
    "MD": "04-02 05-02 11-02 12-07",
    "CT": "04-06 06-24 09-11 12-26",
    "AN": "02-28 04-02 11-02 12-07",
}
NOT_THURSDAY = {"CT", "VC"}  # where Maundy Thursday is worked
EASTER_MONDAY = {"IB", "CM", "CT", "NC", "PV", "RI", "VC"}
MOVED_TO_2_NOVEMBER = {"AN", "AR", "AS", "CN", "CL", "CM", "EX", "MD", "NC"}
OTHERS = ["CB", "CE", "GA", "MC", "ML"]
REGIONS = sorted({*OTHERS, *EASTER_MONDAY, *MOVED_TO_2_NOVEMBER})


@functools.cache
def calendar(country: str, subdivision: str | None, *years: int) -> WorkCalendar:
    zone = ZoneInfo("Asia/Shanghai" if country == "CN" else "Europe/Madrid")
    return WorkCalendar(document(country, subdivision, years), zone)


def days_of(year: int) -> list[date]:
    start = date(year, 1, 1)
    return [start + timedelta(days=n) for n in range(366) if (start + timedelta(days=n)).year == year]


def worked_by_the_notice(day: date) -> bool:
    off, made_up = NOTICES[day.year]
    text = day.isoformat()[5:]
    if text in made_up.split():
        return True
    return day.weekday() < 5 and not any(
        first <= text <= last for first, last in (span.split("..") for span in off.split())
    )


@pytest.mark.parametrize("year", sorted(NOTICES))
def test_every_day_of_china_is_worked_or_off_as_the_notice_and_another_library_say(year: int) -> None:  # S4-1
    found = calendar("CN", None, 2025, 2026)
    ours = [day for day in days_of(year) if found.is_working(day)]
    assert ours == [day for day in days_of(year) if chinese_calendar.is_workday(day)]
    assert ours == [day for day in days_of(year) if worked_by_the_notice(day)]


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2026-02-12", 5, "2026-02-26"),  # Saturday the 14th is worked, the Spring Festival is not
        ("2025-01-24", 2, "2025-01-27"),  # Sunday the 26th is worked
        ("2025-01-27", 1, "2025-02-05"),
        ("2025-09-26", 3, "2025-09-30"),
        ("2025-09-30", 2, "2025-10-10"),  # eight days off together with the Mid-Autumn Festival
        ("2025-12-31", 2, "2026-01-05"),  # over the turn of the year: Sunday, 4 January is worked
        ("2026-09-18", 5, "2026-09-24"),
    ],
)
def test_business_days_in_china_end_where_they_were_counted_by_hand(
    start: str, count: int, expected: str
) -> None:  # S4-1 S4-2
    found = calendar("CN", None, 2025, 2026)
    assert found.add_working_days(date.fromisoformat(start), count) == (date.fromisoformat(expected), False)


@settings(deadline=None)
@given(st.dates(date(2025, 1, 1), date(2026, 11, 1)), st.integers(1, 30))
def test_business_days_in_china_are_those_that_another_library_counts(start: date, count: int) -> None:
    day, left = start, count
    while left:
        day += timedelta(days=1)
        left -= chinese_calendar.is_workday(day)
    assert calendar("CN", None, 2025, 2026).add_working_days(start, count) == (day, False)


def test_2027_in_china_is_provisional_as_long_as_no_make_up_days_are_known() -> None:
    library = holidays.country_holidays("CN", years=2027)
    known = any(day.year == 2027 for day in library.weekend_workdays)
    assert year_of("CN", None, 2027, "en")["published"] is known
    _day, provisional = calendar("CN", None, 2026, 2027).add_working_days(date(2026, 12, 30), 3)
    assert provisional is not known


@pytest.mark.parametrize("region", sorted(SPAIN))
def test_every_day_of_a_region_of_spain_is_worked_or_off_as_its_own_calendar_says(
    region: str,
) -> None:  # S4-1
    off = {date.fromisoformat(f"2026-{text}") for text in f"{EVERYWHERE} {SPAIN[region]}".split()}
    assert len(off) == 12
    found = calendar("ES", region, 2026)
    assert [day for day in days_of(2026) if found.is_working(day)] == [
        day for day in days_of(2026) if day.weekday() < 5 and day not in off
    ]


@pytest.mark.parametrize(
    ("day", "where"),
    [
        ("2026-04-02", set(REGIONS) - NOT_THURSDAY),
        ("2026-04-06", EASTER_MONDAY),
        ("2026-11-02", MOVED_TO_2_NOVEMBER),
        ("2026-10-12", set(REGIONS)),
        ("2026-11-09", set()),  # Almudena: a day of the town of Madrid, no day of the region
    ],
)
def test_a_day_is_off_in_exactly_the_regions_that_say_so(day: str, where: set[str]) -> None:
    off = {
        region for region in REGIONS if not calendar("ES", region, 2026).is_working(date.fromisoformat(day))
    }
    assert off == where


@pytest.mark.parametrize(
    ("region", "start", "count", "expected"),
    [
        ("MD", "2026-10-30", 5, "2026-11-09"),  # Monday, 2 November is off
        ("CT", "2026-10-30", 5, "2026-11-06"),
        ("MD", "2026-04-01", 3, "2026-04-08"),  # Thursday and Friday are off, Monday is worked
        ("CT", "2026-04-01", 3, "2026-04-08"),  # Thursday is worked, Friday and Monday are off
        ("AN", "2026-12-04", 3, "2026-12-11"),  # 7 and 8 December are off
        ("CT", "2026-12-04", 3, "2026-12-10"),
    ],
)
def test_the_same_business_days_end_on_other_days_in_other_regions(
    region: str, start: str, count: int, expected: str
) -> None:  # S4-1 S4-2
    found = calendar("ES", region, 2026)
    assert found.add_working_days(date.fromisoformat(start), count)[0] == date.fromisoformat(expected)


def test_the_days_of_a_town_are_added_by_the_shop() -> None:
    madrid: Any = document("ES", "MD", [2026])
    madrid["local"] = {
        "2026-05-15": {"open": False, "why": "San Isidro"},
        "2026-11-09": {"open": False, "why": "Almudena"},
    }
    found = WorkCalendar(madrid, ZoneInfo("Europe/Madrid"))
    assert found.add_working_days(date(2026, 10, 30), 5)[0] == date(2026, 11, 10)
    assert found.add_working_days(date(2026, 5, 14), 1)[0] == date(2026, 5, 18)


@pytest.mark.parametrize(
    ("place", "now", "promised"),
    [
        (("CN",), "2026-02-12T10:00:00+08:00", "2026-02-26 24:00"),
        (("ES", "--subdivision", "MD"), "2026-10-30T10:00:00+01:00", "2026-11-09 24:00"),
        (("ES", "--subdivision", "CT"), "2026-10-30T10:00:00+01:00", "2026-11-06 24:00"),
    ],
)
def test_what_the_customer_is_promised_in_business_days_follows_the_place(
    place: tuple[str, ...], now: str, promised: str, tmp_path: Path
) -> None:  # S4-1
    folder = tmp_path / "shop"
    made = run("--now", now, "init", str(folder), "--country", *place, "--language", "en",
               "--owner", "boss:Ann Lee <boss@shop.example>")  # fmt: skip
    assert made.code == 0, made
    ran = run("-C", str(folder), "--as", "boss", "--now", now, "new", *MILK[:2], "--complaint", "sour")
    assert f"our answer to your complaint by {promised}" in ran.err


def test_a_day_of_the_town_that_is_committed_moves_the_next_promise(shop: Shop) -> None:
    path = shop.folder / "policies" / "calendar.yaml"
    days = '\nlocal:\n  "2026-11-18": {open: false, why: "stock-taking"}\n'
    path.write_text(path.read_text(encoding="utf-8") + days, encoding="utf-8")
    shop.git("-c", "user.name=A", "-c", "user.email=a@b.example", "commit", "-qam", "our days")
    told = shop.run("li.na", "new", *MILK).err
    assert "our answer to your complaint by 2026-11-24 24:00" in told

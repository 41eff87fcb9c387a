"""Days, times and money as people write them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from complaintctl import spoken

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", "4 November 2026"),
        ("zh-CN", "2026年11月4日"),
        ("es", "4 de noviembre de 2026"),
        ("fr", "4 November 2026"),
    ],
)
def test_a_day_is_written_as_each_language_writes_it(language: str, wanted: str) -> None:
    assert spoken.day("2026-11-04", language) == wanted
    assert spoken.day("2026-11-04T23:59:59+08:00", language) == wanted


def test_every_month_has_its_name() -> None:
    for language in ("en", "es"):
        names = {spoken.day(f"2026-{month:02}-01", language) for month in range(1, 13)}
        assert len(names) == 12


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", "4 November 2026, 09:05"),
        ("zh-CN", "2026年11月4日09:05"),
        ("es", "4 de noviembre de 2026, a las 09:05"),
    ],
)
def test_an_instant_says_the_minute(language: str, wanted: str) -> None:
    assert spoken.moment("2026-11-04T09:05:59+08:00", language) == wanted


def test_what_is_due_at_midnight_is_due_on_the_day_that_ends() -> None:
    midnight = int(datetime(2026, 11, 24, tzinfo=SHANGHAI).timestamp())
    assert spoken.due(midnight, SHANGHAI, "en", whole_days=True) == "23 November 2026"
    assert spoken.due(midnight, SHANGHAI, "en", whole_days=False) == "24 November 2026, 00:00"


@pytest.mark.parametrize(
    ("amount", "currency", "wanted"),
    [
        ("12.90", "CNY", ("12.90 CNY", "12.90元", "12,90 yuanes")),
        ("1234.50", "EUR", ("€1,234.50", "1,234.50欧元", "1.234,50 €")),
        ("1234567", "JPY", ("1,234,567 JPY", "1,234,567 JPY", "1.234.567 JPY")),
        ("0.005", "KWD", ("0.005 KWD", "0.005 KWD", "0,005 KWD")),
    ],
)
def test_money_keeps_every_digit(amount: str, currency: str, wanted: tuple[str, ...]) -> None:
    assert tuple(spoken.money(amount, currency, tag) for tag in ("en", "zh-CN", "es")) == wanted


@pytest.mark.parametrize(
    ("value", "english", "spanish"),
    [
        (0, "0", "0"), (1234, "1,234", "1.234"), ("-1234567.80", "-1,234,567.80", "-1.234.567,80"),
        ("-0.50", "-0.50", "-0,50"), ("+20.4", "+20.4", "+20,4"), ("12", "12", "12"),
    ],
)  # fmt: skip
def test_a_number_has_its_thousands_apart_and_keeps_sign_and_places(
    value: str | int, english: str, spanish: str
) -> None:
    assert [spoken.number(value, tag) for tag in ("en", "zh-CN", "es")] == [english, english, spanish]


def test_a_day_in_a_table_takes_the_same_room_on_every_day() -> None:
    for tag, wanted in (("en", "2026-11-04"), ("zh-CN", "2026-11-04"), ("es", "04/11/2026")):
        assert spoken.figures("2026-11-04T10:00:00+08:00", tag) == wanted

"""Calendars from the holidays library: asked once, written down with its version, kept from then on."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from ruamel.yaml import YAML

from complaintctl.calendars import document, known_place, render, update, year_of
from complaintctl.errors import Usage
from complaintctl.workdays import WorkCalendar

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = json.loads((ROOT / "schemas" / "calendar.schema.json").read_text(encoding="utf-8"))


def problems(calendar: Any) -> list[str]:
    validator = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
    return [error.json_path for error in validator.iter_errors(calendar)]


def read(text: bytes) -> Any:
    return YAML(typ="safe", pure=True).load(text.decode())


def test_a_year_of_china_has_its_days_off_and_its_make_up_days() -> None:
    entry = year_of("CN", None, 2026, "zh-CN")
    assert entry["source"] == f"holidays {holidays.__version__}, CN"
    assert entry["published"] is True
    assert entry["days_off"]["2026-10-01"] == "国庆节"
    assert entry["make_up"] == [
        "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
    ]  # fmt: skip


def test_a_year_whose_make_up_days_are_not_announced_is_not_published() -> None:
    entry = year_of("CN", None, 2035, "zh-CN")
    assert entry["published"] is False
    assert "make_up" not in entry


def test_a_country_without_make_up_days_is_published() -> None:
    assert year_of("ES", "MD", 2027, "es")["published"] is True


def test_estimated_dates_are_not_published_in_any_language() -> None:
    assert year_of("AE", None, 2035, "en")["published"] is False
    melilla = year_of("ES", "ML", 2035, "es")
    assert any("(estimado)" in name for name in melilla["days_off"].values())
    assert melilla["published"] is False
    assert year_of("ES", "ML", 2035, "en")["published"] is False


def test_names_come_in_the_language_asked_for_else_in_the_countrys_own() -> None:
    asked = {
        tag: year_of("ES", None, 2026, tag)["days_off"]["2026-12-25"] for tag in ("es", "en", "zh-CN", "xx")
    }
    assert asked == {
        "es": "Natividad del Señor",
        "en": "Christmas Day",
        "zh-CN": "Natividad del Señor",
        "xx": "Natividad del Señor",
    }
    assert year_of("CN", None, 2026, "es")["days_off"]["2026-01-01"] == "元旦"


def test_the_language_of_the_machine_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = year_of("MY", None, 2026, "zh-CN")
    monkeypatch.setenv("LANGUAGE", "th")
    monkeypatch.setenv("LC_ALL", "th_TH.UTF-8")
    assert year_of("MY", None, 2026, "zh-CN") == expected


def test_a_region_has_its_own_days() -> None:
    madrid, galicia = (year_of("ES", place, 2026, "es")["days_off"] for place in ("MD", "GA"))
    assert "2026-05-02" in madrid
    assert "2026-05-02" not in galicia


def test_a_region_may_be_given_by_name_or_in_small_letters() -> None:
    assert known_place("es", "madrid") == ("ES", "MD")
    assert known_place("ES", "cataluña") == ("ES", "CT")
    assert known_place("uk", None) == ("GB", None)
    assert document("es", "Madrid", [2026])["subdivision"] == "MD"


def test_a_wrong_region_is_refused_and_those_near_it_are_named() -> None:
    with pytest.raises(Usage) as refused:
        year_of("ES", "Madrd", 2026, "es")
    assert "MD (Madrid)" in refused.value.message
    assert refused.value.hint == "--subdivision MD"
    with pytest.raises(Usage, match="AN, AR, AS"):
        year_of("ES", "12", 2026, "es")
    with pytest.raises(Usage, match="knows no subdivisions"):
        year_of("CN", "MD", 2026, "en")


@pytest.mark.parametrize("country", ["", "CHN", "C", "中国", "C1"])
def test_what_is_no_country_code_is_refused(country: str) -> None:
    with pytest.raises(Usage):
        year_of(country, None, 2026, "en")


def test_a_country_that_the_library_lacks_gets_weekends_only_and_is_not_published() -> None:
    calendar = document("QQ", "Somewhere", [2026])
    assert calendar["weekend"] == ["sat", "sun"]
    assert calendar["years"]["2026"]["published"] is False
    assert calendar["years"]["2026"]["days_off"] == {}
    assert "weekends only" in calendar["years"]["2026"]["source"]
    assert problems(calendar) == []


def test_a_year_that_the_library_does_not_reach_is_not_published_and_makes_no_noise() -> None:
    entry = year_of("ES", None, 2150, "es")
    assert (entry["published"], entry["days_off"]) == (False, {})


def test_the_weekend_is_the_countrys() -> None:
    assert document("EG", None, [2026])["weekend"] == ["fri", "sat"]


@pytest.mark.parametrize(
    ("country", "subdivision", "language"), [("CN", None, "zh-CN"), ("ES", "MD", "es"), ("QQ", None, "en")]
)
def test_what_is_written_is_valid_and_reads_back_the_same(
    country: str, subdivision: str | None, language: str
) -> None:
    calendar = document(country, subdivision, [2027, 2026], language)
    assert list(calendar["years"]) == ["2026", "2027"]
    text = render(calendar)
    assert read(text) == calendar
    assert problems(read(text)) == []
    assert text.startswith(b"# yaml-language-server: $schema=../schemas/calendar.schema.json\n")
    assert text.endswith(b"\n")


def test_the_working_days_of_a_written_calendar_are_those_of_the_library() -> None:
    calendar = WorkCalendar(read(render(document("CN", None, [2026], "zh-CN"))), ZoneInfo("Asia/Shanghai"))
    library = holidays.country_holidays("CN", years=2026)
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    assert [day for day in days if calendar.is_working(day)] == [
        day for day in days if library.is_working_day(day)
    ]


TWO_YEARS = """\
# our days
format: "1"
country: CN
weekend: [sat, sun]
years:
  "2025":
    source: by hand
    published: true
    days_off:
      "2025-01-01": 元旦 # agreed with the head office
  "2027":
    source: holidays 0.100, CN
    published: false
    days_off:
      "2027-01-01": 元旦
      "2027-05-04": to go
    make_up: ["2027-01-03"]
# closed for the move
local:
  "2026-12-24": {open: false, why: move}
"""


def test_an_update_of_one_year_leaves_other_years_own_days_and_comments_alone() -> None:
    yaml = YAML()
    calendar = yaml.load(TWO_YEARS)
    new = {
        "source": "holidays 0.109, CN",
        "published": True,
        "days_off": {"2027-01-01": "元旦", "2027-02-05": "除夕", "2027-02-06": "春节"},
        "make_up": ["2027-02-20"],
    }
    assert update(calendar, 2027, new) is True
    assert update(calendar, 2026, {"source": "x", "published": True, "days_off": {}}) is True
    stream = StringIO()
    yaml.dump(calendar, stream)
    found = read(stream.getvalue().encode())
    assert list(found["years"]) == ["2025", "2026", "2027"]
    assert found["years"]["2027"] == new
    assert list(found["years"]["2027"]["days_off"]) == sorted(new["days_off"])  # type: ignore[arg-type]
    assert found["local"] == {"2026-12-24": {"open": False, "why": "move"}}
    assert found["years"]["2025"]["days_off"] == {"2025-01-01": "元旦"}
    for comment in ("# our days", "# agreed with the head office", "# closed for the move"):
        assert comment in stream.getvalue()
    assert problems(found) == []


def test_an_update_that_brings_nothing_new_changes_nothing() -> None:
    calendar = document("CN", None, [2026], "zh-CN")
    before = render(calendar)
    assert update(calendar, 2026, year_of("CN", None, 2026, "zh-CN")) is False
    assert render(calendar) == before


def test_make_up_days_that_are_gone_are_taken_out() -> None:
    calendar: dict[str, Any] = {"years": {"2026": {"source": "a", "days_off": {}, "make_up": ["2026-01-04"]}}}
    assert update(calendar, 2026, {"source": "a", "days_off": {}}) is True
    assert "make_up" not in calendar["years"]["2026"]


def test_a_calendar_without_years_gets_its_first() -> None:
    calendar: dict[str, Any] = {"format": "1", "country": "CN", "weekend": ["sat"]}
    entry = {"source": "a", "published": True, "days_off": {}}
    assert update(calendar, 2026, entry) is True
    assert calendar["years"] == {"2026": entry}


VALID: dict[str, Any] = {
    "format": "1",
    "country": "CN",
    "weekend": ["sat", "sun"],
    "years": {"2026": {"source": "by hand", "published": True, "days_off": {}}},
    "local": {},
}


def test_empty_mappings_are_allowed() -> None:
    assert problems(VALID) == []
    assert problems({**VALID, "years": {}}) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 1},
        {"country": "cn"},
        {"weekend": ["saturday"]},
        {"weekend": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]},
        {"holidays": {}},
        {"years": {"26": {"source": "a", "published": True, "days_off": {}}}},
        {"years": {"2026x": {"source": "a", "published": True, "days_off": {}}}},
        {"years": {"2026": {"published": True, "days_off": {}}}},
        {"years": {"2026": {"source": "a", "days_off": {}}}},
        {"years": {"2026": {"source": "a", "published": "yes", "days_off": {}}}},
        {"years": {"2026": {"source": "a", "published": True, "days_off": {"2026-02-30": "never"}}}},
        {"years": {"2026": {"source": "a", "published": True, "days_off": {"1 May": "work"}}}},
        {"years": {"2026": {"source": "a", "published": True, "days_off": {}, "make_up": ["2026-13-01"]}}},
        {"local": {"2026-12-24": {"open": False}}},
        {"local": {"2026-12-24": {"open": "no", "why": "move"}}},
        {"local": {"x2026-12-24": {"open": False, "why": "move"}}},
    ],
)
def test_the_schema_refuses_what_is_no_calendar(changes: dict[str, Any]) -> None:
    assert problems({**VALID, **changes})


def test_every_named_field_of_the_schema_has_its_label_in_three_languages() -> None:
    def fields(part: Any) -> Any:
        if isinstance(part, dict):
            yield from part.get("properties", {}).items()
            for value in part.values():
                yield from fields(value)

    found = list(fields(SCHEMA))
    assert found
    assert [name for name, field in found if set(field["x-label"]) != {"en", "zh-CN", "es"}] == []


def test_the_library_is_loaded_only_when_a_calendar_is_asked_for() -> None:
    program = "import sys, complaintctl.calendars, complaintctl.workdays; print('holidays' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT
    )
    assert found.stdout == "False\n"

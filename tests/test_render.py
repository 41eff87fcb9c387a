"""Tables as text: nothing that a customer wrote does anything but stand there."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from complaintctl import i18n, render
from complaintctl.errors import Usage
from complaintctl.report.tables import Column, Report, Table, filled

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = int(datetime(2026, 11, 16, tzinfo=ZONE).timestamp())
HOSTILE = [
    "\x1b]0;x\x07",
    "\x1b[2J",
    "\x9b31m",
    "a\x7fb",
    "a\rb",
    "a|b",
    "a\nb",
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "`code`",
    "=HYPERLINK(1)",
    "\u202etxt.exe",
]


@pytest.fixture(autouse=True)
def english() -> None:
    i18n.use("en")


def a_report(*rows: tuple[Any, ...]) -> Report:
    columns = [
        Column("product", "product"),
        Column("n", "cases", "count"),
        Column("share", "share", "rate"),
        Column("paid", "paid, CNY", "money"),
        Column("age", "age", "duration"),
        Column("due", "due", "instant"),
    ]
    found = filled("things", "Things", columns, rows)
    empty = Table("empty", [Column("what", "what")], [], "Nothing")
    end = MONDAY + 7 * 86400
    return Report(
        "weekly", "2026-W47", MONDAY, end, end, ZONE, "en", "CNY", {"things": found, "empty": empty}
    )


def a_row(product: str | None = "milk", n: int = 3) -> tuple[Any, ...]:
    share = {"numerator": 10, "denominator": 12, "value": "0.8333"}
    return product, n, share, "-3.10", 183600, "2026-11-23T00:00:00+08:00"


# --- small texts


@pytest.mark.parametrize("text", HOSTILE)
def test_no_control_character_reaches_the_terminal(text: str) -> None:
    # C1
    shown = render.safe(text)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e]", shown)
    assert render.safe("\x1b[2J") == "\\u{1b}[2J"
    assert render.safe("\u202e") == "\\u{202e}"


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_safe_text_can_always_be_written_and_stays_one_line(text: str) -> None:
    shown = render.safe(text)
    assert len(shown.encode().splitlines()) <= 1
    assert render.safe(shown) == shown


def test_lines_and_tabs_stay_only_where_they_are_asked_for() -> None:
    assert render.safe("a\n\tb\r") == "a\\u{a}\\u{9}b\\u{d}"
    assert render.safe("a\n\tb\r", lines=True) == "a\n\tb\\u{d}"


def test_ordinary_text_of_every_language_is_left_alone() -> None:
    for text in ("牛奶未到保质期已变质,孩子喝后不适。", "¿Qué pasó? — ñandú", "👩\u200d🍳 ok", "C:\\x"):
        assert render.safe(text) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (0, "0 min"),
        (45, "45 s"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (3600, "1 h"),
        (183600, "2 d 3 h"),
        (86400 + 59 * 60, "1 d"),
        (-5400, "-1 h 30 min"),
    ],
)
def test_a_length_of_time_is_told_in_its_two_largest_units(seconds: int | None, text: str) -> None:
    assert render.duration(seconds, "en") == text


def test_chinese_has_no_blank_between_number_and_unit() -> None:
    assert " " not in render.duration(7200, "zh-CN")


def test_a_deadline_at_midnight_is_24_00_of_the_day_before() -> None:
    assert render.instant(MONDAY, ZONE) == "2026-11-16 00:00"
    assert render.instant(MONDAY, ZONE, due=True) == "2026-11-15 24:00"
    assert render.instant(MONDAY + 1, ZONE, due=True) == "2026-11-16 00:00"
    assert render.instant(MONDAY, UTC, due=True) == "2026-11-15 16:00"
    assert render.instant(None, ZONE) == ""


@pytest.mark.parametrize(
    ("numerator", "denominator", "value", "text"),
    [
        (10, 12, "0.8333", "83 % (10/12)"),
        (1, 8, "0.1250", "13 % (1/8)"),
        (3, 4, None, "3/4"),
        (0, 0, None, "n/a"),
        (None, None, "0.0830", "+8.3 pp"),
        (None, None, "-0.5000", "-50.0 pp"),
        (None, None, None, ""),
    ],
)
def test_a_share_is_shown_with_what_it_is_made_of(
    numerator: int | None, denominator: int | None, value: str | None, text: str
) -> None:
    assert render.rate({"numerator": numerator, "denominator": denominator, "value": value}) == text


# --- tables of a terminal


def test_chinese_columns_line_up() -> None:
    # C4
    text = render.table(["商品", "n"], [["鲜牛奶", 1], ["eggs", 200], ["", 3]])
    lines = text.splitlines()
    assert {wcswidth(line) for line in lines} == {wcswidth(lines[0])}
    assert lines[-2].endswith("200")


def test_numbers_in_text_stay_as_they_are() -> None:
    # C4
    values = ["0.10", "007", "1e5", "13800138000", "-0", "nan"]
    text = render.table(["v"], [[value] for value in values])
    assert [line.strip() for line in text.splitlines()[2:]] == values


@pytest.mark.parametrize("kind", ["table", "markdown"])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_case_is_one_line_whatever_is_in_it(kind: str, text: str) -> None:
    # C3
    shown = render.table(["a", "b"], [[text, 1], ["x", 2]], kind)
    assert len(shown.splitlines()) == 4
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", shown)


def test_a_table_without_rows_has_its_headers() -> None:
    assert render.table(["case", "state"], []).splitlines()[0].split() == ["case", "state"]
    assert render.table(["case", "state"], [], "markdown").splitlines()[0] == "| case | state |"
    assert render.table(["case", "state"], [], "csv") == "case,state\n"
    assert json.loads(render.table(["case", "state"], [], "json")) == []


def test_a_long_table_is_wrapped_to_the_terminal_and_not_cut() -> None:
    words = "a very long name of a thing that nobody would say in one breath"
    report = a_report(a_row(words))
    wide = render.render(report, "table", "en", "things")
    narrow = render.render(report, "table", "en", "things", width=80)
    assert max(map(len, wide.splitlines())) > 100
    assert max(map(len, narrow.splitlines())) <= 80
    assert set(words.split()) <= set(narrow.split())


def test_a_turned_table_has_its_columns_as_lines() -> None:
    columns = [Column("period", "period"), Column("n", "received", "count"), Column("t", "time", "duration")]
    turned = filled(
        "headline", "Headline", columns, [["2026-W47", 4, 60], ["2026-W46", 1, None]], turned=True
    )
    report = a_report()._replace(tables={"headline": turned})
    lines = render.render(report, "table", "en").splitlines()
    assert lines[3].split() == ["period", "2026-W47", "2026-W46"]
    assert [line.split() for line in lines[5:]] == [["received", "4", "1"], ["time", "1", "min"]]
    assert render.render(report, "csv", "en", "headline").splitlines()[0] == "period,n,t"


def test_a_report_says_what_it_is_about() -> None:
    text = render.render(a_report(a_row()), "table", "en", commit="0123456789abcdef")
    assert text.splitlines()[0] == (
        "Complaints 2026-W47 (2026-11-16 to 2026-11-22), as at 2026-11-22 24:00, commit 0123456789ab"
    )
    assert "83 % (10/12)" in text
    assert "2 d 3 h" in text
    assert "2026-11-22 24:00" in text.splitlines()[-4]
    assert text.endswith("Nothing\n(none)\n")


# --- Markdown


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_of_a_customer_is_inert(text: str) -> None:
    # C3
    shown = render.markdown(text)
    assert "\n" not in shown
    assert "<" not in shown
    assert not re.search(r"(?<!\\)[\[\]`|]", shown)


def test_addresses_and_mentions_become_no_links() -> None:
    shown = render.markdown("https://x.example www.x.example @boss #12")
    assert "://" not in shown
    assert "www." not in shown
    assert "@" not in shown
    assert re.search(r"(?<!&)#", shown) is None


def test_a_markdown_table_has_one_line_a_row() -> None:
    text = render.render(a_report(a_row("a|b\nc"), a_row()), "markdown", "en", "things")
    lines = text.splitlines()
    assert lines[0].startswith("## Complaints 2026-W47")
    assert lines[5] == "| --- | ---: | ---: | ---: | ---: | ---: |"
    assert [len(re.findall(r"(?<!\\)\|", line)) for line in lines[4:]] == [7, 7, 7, 7]


# --- CSV


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_text_that_would_be_a_formula_is_marked(text: str) -> None:
    # C2
    line = render.table(["v"], [[text]], "csv").splitlines()[1]
    assert next(csv.reader([line]))[0].startswith("'")


def test_numbers_of_the_tool_are_not_marked() -> None:
    # C2
    assert render.table(["a", "b", "c"], [[-1, Decimal("-3.10"), None]], "csv") == "a,b,c\n-1,-3.10,\n"


def test_a_report_in_csv_is_one_table_with_keys_as_headers() -> None:
    text = render.render(a_report(a_row('-milk, "A"')), "csv", "en", "things")
    first, second = csv.reader(io.StringIO(text))
    assert first == ["product", "n", "share", "share_numerator", "share_denominator", "paid", "age", "due"]
    assert second == [
        "'-milk, \"A\"", "3", "0.8333", "10", "12", "-3.10", "183600", "2026-11-23T00:00:00+08:00",
    ]  # fmt: skip
    assert not text.startswith("\ufeff")
    with pytest.raises(Usage, match="one table"):
        render.render(a_report(), "csv", "en")


# --- JSON


@pytest.mark.parametrize("text", [*HOSTILE, '"},\n{"a', 'a",\n"b', "},\n{", '\\",\\n"'])
def test_json_reads_back_as_it_was_one_row_a_line(text: str) -> None:
    report = a_report(a_row(text), a_row("x"))
    shown = render.render(report, "json", "en", commit="c", version="1", unreadable=["z"])
    document = json.loads(shown)
    assert [row["product"] for row in document["tables"]["things"]["rows"]] == [text, "x"]
    assert (document["commit"], document["version"], document["unreadable"]) == ("c", "1", ["z"])
    assert len([line for line in shown.splitlines() if line.startswith('        {"product"')]) == 2
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", shown)
    assert shown.endswith("}\n")


@given(st.lists(st.tuples(st.text(), st.integers(), st.none() | st.booleans())))
def test_a_json_table_reads_back_as_a_list_of_objects(rows: list[tuple[Any, ...]]) -> None:
    found = json.loads(render.table(["a", "b", "c"], rows, "json"))
    assert found == [dict(zip("abc", row, strict=True)) for row in rows]


def test_json_keeps_chinese_readable_and_amounts_exact() -> None:
    shown = render.table(["商品", "价"], [["牛奶", Decimal("12.90")]], "json")
    assert shown == '[\n  {"商品": "牛奶", "价": "12.90"}\n]\n'


def test_one_table_of_a_report_can_be_asked_for() -> None:
    assert list(json.loads(render.render(a_report(), "json", "en", "empty"))["tables"]) == ["empty"]
    with pytest.raises(Usage, match="no table other"):
        render.render(a_report(), "json", "en", "other")


@pytest.mark.parametrize("kind", ["yaml", "", "TABLE"])
def test_an_unknown_format_is_refused(kind: str) -> None:
    with pytest.raises(Usage):
        render.render(a_report(), kind, "en")
    with pytest.raises(Usage):
        render.table(["a"], [], kind)

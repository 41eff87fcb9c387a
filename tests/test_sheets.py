"""Workbooks, read back by another library: what is in a cell is what was counted, and text stays text."""

from __future__ import annotations

import html
import io
import re
import warnings
import zipfile
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaintctl import report, sheetfields, sheets
from complaintctl.cells import width
from complaintctl.report.breakdown import BY
from complaintctl.report.packing import packed, unpacked
from complaintctl.report.tables import Column, Kind, Report, Table, filled
from tests.test_report import LATER, MONDAY, POLICY, ZONE, level, registers, row, weekly

AT = "2026-11-20T17:30:00+08:00"
MIDNIGHT = "2026-11-21T00:00:00+08:00"
NASTY = (
    "=1+1",
    '=HYPERLINK("http://evil.example","x")',
    "+4912345",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "1234",
    "2026-11-20",
    "http://shop.example/",
    "internal:Sheet1!A1",
    "_x0041_",
    "<b>&amp;",
    "牛奶变质",
    " two  blanks ",
    "a\nb",
)


def of_tables(*tables: Table, currency: str = "CNY") -> Report:
    """A report that consists of these tables."""
    return Report(
        "weekly",
        "2026-W47",
        MONDAY,
        MONDAY + 1,
        MONDAY + 1,
        ZONE,
        "en",
        currency,
        {one.name: one for one in tables},
    )


def of_column(
    kind: Kind, *values: Any, key: str = "what", label: str = "what", currency: str = "CNY"
) -> Report:
    table = filled("validity", "A table", [Column(key, label, kind)], [[value] for value in values])
    return of_tables(table, currency=currency)


def local(text: str) -> datetime:
    """An instant as a spreadsheet has it: without a zone."""
    return datetime.fromisoformat(text)


def read(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def opened(found: Report, **more: Any) -> Any:
    return read(sheets.workbook(found, list(found.tables), **more))


def cells(found: Report) -> list[Any]:
    """The values below the head of the only column (of a share: of all three)."""
    sheet = opened(found).worksheets[0]
    (table,) = found.tables.values()
    last = 1 + len(table.rows)
    rows = [list(values) for values in sheet.iter_rows(min_row=2, max_row=last, values_only=True)]
    return [values[0] if len(values) == 1 else values for values in rows]


def formats(found: Report) -> list[str]:
    sheet = opened(found).worksheets[0]
    return [line[0].number_format for line in sheet.iter_rows(min_row=2)]


# --- what is in a cell


def test_numbers_are_numbers_shares_are_percentages_and_dates_are_dates() -> None:
    assert cells(of_column("count", 3, 0, 2.25, None)) == [3, 0, 2.25, None]
    assert cells(of_column("money", "12.90", "1012.90", None)) == [12.9, 1012.9, None]
    assert cells(of_column("number", "0.17")) == [0.17]
    assert cells(of_column("duration", 5400, -3600, None)) == [1.5, -1, None]
    assert cells(of_column("instant", AT, None)) == [local("2026-11-20 17:30"), None]
    assert cells(of_column("date", "2026-11-20")) == [local("2026-11-20")]
    share = {"numerator": 10, "denominator": 12, "value": "0.8333"}
    few = {"numerator": 3, "denominator": 4, "value": None}
    points = {"numerator": None, "denominator": None, "value": "-0.0830"}
    assert cells(of_column("rate", share, few, points, None)) == [
        [0.8333, 10, 12],
        [None, 3, 4],
        [-0.083, None, None],
        [None, None, None],
    ]


def test_numbers_are_shown_as_what_they_are() -> None:
    assert formats(of_column("count", 3, 2.25)) == ["#,##0", "#,##0.00"]
    assert formats(of_column("money", "12.90")) == ["#,##0.00"]
    assert formats(of_column("money", "1290", currency="JPY")) == ["#,##0"]
    assert formats(of_column("money", "1.290", currency="KWD")) == ["#,##0.000"]
    assert formats(of_column("rate", {"numerator": 5, "denominator": 5, "value": "1.0000"})) == ["0.0%"]
    assert formats(of_column("date", "2026-11-20")) == ["yyyy-mm-dd"]
    assert formats(of_column("duration", 60)) == ["#,##0.0"]
    assert formats(of_column("text", "=1", "words")) == ["@", "@"]


def test_a_deadline_at_midnight_is_shown_as_the_end_of_the_day_before() -> None:
    due = of_column("instant", MIDNIGHT, AT, key="due")
    assert cells(due)[0] == local("2026-11-20 23:59:59")
    assert formats(due) == ['yyyy-mm-dd "24:00"', "yyyy-mm-dd hh:mm"]
    assert cells(of_column("instant", MIDNIGHT)) == [local("2026-11-21")]


def test_a_level_is_a_number_though_its_column_holds_text() -> None:
    assert cells(of_column("text", 1, "1", None)) == [1, "1", None]


@pytest.mark.parametrize("value", ["1899-12-31T00:00:00+08:05", "0001-01-01T00:00:00+08:05"])
def test_what_a_spreadsheet_knows_no_date_for_stays_as_it_is_written(value: str) -> None:
    assert cells(of_column("instant", value)) == [value]
    assert cells(of_column("date", value[:10])) == [value[:10]]


@pytest.mark.parametrize("text", NASTY)
def test_text_stays_text(text: str) -> None:
    found = of_column("text", text)
    sheet = opened(found).worksheets[0]
    cell = sheet["A2"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert cell.hyperlink is None
    assert bool(cell.quotePrefix) is text.startswith(("=", "+", "-", "@", "\t", "\r"))
    with zipfile.ZipFile(io.BytesIO(sheets.workbook(found, ["validity"]))) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_text_is_read_back_with_what_no_document_may_hold_made_visible(text: str) -> None:
    (value,) = cells(of_column("text", text))
    shown = sheetfields.ready(text)
    assert (value or "") == shown
    assert not any(ord(sign) < 32 and sign not in "\n\t" for sign in shown)


def test_text_that_is_too_long_for_a_cell_is_cut_and_says_so() -> None:
    (value,) = cells(of_column("text", "变" * 40_000))
    assert len(value) == sheetfields.LONGEST
    assert value.endswith("变…")
    assert cells(of_column("text", "变" * sheetfields.LONGEST)) == ["变" * sheetfields.LONGEST]


# --- the sheets


def test_every_table_is_a_sheet_with_its_head_in_sight() -> None:
    found = weekly([])
    book = opened(found)
    assert book.sheetnames == list(report.TABLES)
    for sheet, table in zip(book.worksheets, found.tables.values(), strict=True):
        heads = [cell.value for cell in sheet[1]]
        assert heads[0] == table.columns[0].label
        assert len(heads) == sum(3 if one.kind == "rate" else 1 for one in table.columns)
        assert sheet.max_row == 1 + len(table.rows)
        assert sheet.freeze_panes == ("B2" if table.turned else "A2")
        assert sheet.print_title_rows == "$1:$1"
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == ("9", "landscape") or (
            int(sheet.page_setup.paperSize),
            sheet.page_setup.orientation,
        ) == (9, "landscape")


def test_a_table_is_called_the_same_in_every_language(monkeypatch: pytest.MonkeyPatch) -> None:
    found = weekly([])
    english = opened(found)
    words = {"headline": "总览", "late": "超期：今天/明天", "clocks": "超期：今天/明天", "steps": ""}
    monkeypatch.setattr(sheets, "_", lambda text: words.get(text, text))
    book = opened(found)
    assert (book.sheetnames[0], book.sheetnames[-1]) == ("总览", "quality")
    assert len({name.casefold() for name in book.sheetnames}) == len(report.TABLES)
    assert "超期：今天 明天" in book.sheetnames
    assert "steps" in book.sheetnames
    assert set(book.defined_names) == set(english.defined_names) == set(report.TABLES)
    for name, where in book.defined_names.items():
        ((tab, place),) = where.destinations
        table = found.tables[name]
        assert book[tab]["A1"].value == table.columns[0].label
        assert place.endswith(f"${1 + len(table.rows)}")


def test_names_of_ranges_hold_no_hyphen() -> None:
    context = report.Context(POLICY, level, ZONE, "en", "CNY", by=BY)
    found = report.counted("weekly", [], report.week("2026-W47", LATER, ZONE), context)
    book = opened(found)
    assert {"by_department", "by_channel"} <= set(book.defined_names)
    assert "by-department" in book.sheetnames


def test_columns_are_as_wide_as_what_stands_in_them_and_chinese_counts_twice() -> None:
    for text in ("牛奶未到保质期已变质", "milk that went sour before its date", "short"):
        sheet = opened(of_column("text", text)).worksheets[0]
        assert sheet.column_dimensions["A"].width >= max(width(text), 6)
        assert sheet.column_dimensions["A"].width <= max(width(text), 6) + 4
    wide = opened(of_column("text", "变" * 500)).worksheets[0]
    assert wide.column_dimensions["A"].width < 70
    assert wide["A2"].alignment.wrap_text
    lines = opened(of_column("text", "one\n" + "x" * 30 + "\ntwo")).worksheets[0]
    assert 30 <= lines.column_dimensions["A"].width <= 34


@pytest.mark.parametrize(
    "label",
    [
        "首次回复时间的中位数（小时，仅投诉）",
        "first response, 90 % within",
        "when",
        "reclamaciones pendientes",
    ],
)
def test_a_long_head_takes_more_lines_and_no_wider_column(label: str) -> None:
    sheet = opened(of_column("count", 3, label=label)).worksheets[0]
    room = sheet.column_dimensions["A"].width
    assert room <= 20
    assert all(len(word) <= room for word in label.split() if word.isascii())
    lines = (sheet.row_dimensions[1].height or 15) / 15
    assert lines * (room - 2) >= width(label)
    assert lines <= -(-width(label) // (room - 2)) + 1


def test_a_sheet_is_printed_with_what_it_is_about() -> None:
    sheet = opened(weekly([]), heading="Complaints & requests 2026-W47", origin="commit abc").worksheets[0]
    assert sheet.oddHeader.left.text == "Complaints && requests 2026-W47"
    assert sheet.oddFooter.left.text == "commit abc"


@pytest.mark.parametrize("text", ["&" * 300, "变" * 300, "a&" * 100, "&P of &N"])
def test_what_is_printed_at_the_edge_fits_and_holds_no_code(text: str) -> None:
    found = weekly([])._replace(tables={"late": weekly([]).tables["late"]._replace(title=text)})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = sheets.workbook(found, ["late"], heading=text, origin=text)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    (edge,) = re.findall("<oddHeader>(.*)</oddHeader>", sheet)
    left, right = html.unescape(edge).removeprefix("&L").split("&R")
    assert left == right
    assert not re.search(r"(?<!&)(?:&&)*&(?!&)", left)
    assert text.startswith(left.replace("&&", "&"))


def test_only_the_tables_that_were_asked_for_are_in_it() -> None:
    book = read(sheets.workbook(weekly([]), ["clocks"]))
    assert book.sheetnames == ["clocks"]


def test_a_workbook_says_what_it_is_and_nothing_of_the_clock() -> None:
    found = weekly([])
    book = opened(found, heading="Complaints 2026-W47", origin="commit abc")
    assert book.properties.title == "Complaints 2026-W47"
    assert book.properties.description == "commit abc"
    as_at = datetime.fromtimestamp(found.as_at, ZONE)
    assert book.properties.created == (as_at - timedelta(hours=8)).replace(tzinfo=None)
    assert book.properties.modified == book.properties.created


# --- a whole report


@given(registers)
@settings(max_examples=8, deadline=None)
def test_every_cell_of_a_report_is_read_back(register: Any) -> None:
    context = report.Context(POLICY, level, ZONE, "en", "CNY", by=("department",))
    rows = [row(case) for case in register]
    found = report.counted("weekly", rows, report.week("2026-W47", LATER, ZONE), context)
    data = sheets.workbook(found, list(found.tables))
    assert data == sheets.workbook(found, list(found.tables))
    book = read(data)
    for sheet, table in zip(book.worksheets, found.tables.values(), strict=True):
        last = 1 + len(table.rows)
        lines = list(sheet.iter_rows(min_row=2, max_row=last, values_only=True)) if table.rows else []
        for line, expected in zip(lines, table.rows, strict=True):
            assert list(line) == [cell for one in table.columns for cell in plain(expected[one.key], one)]


def plain(value: Any, column: Column) -> list[Any]:  # noqa: PLR0911  (a line for each kind)
    """The cells of a value, told without the module under test."""
    if column.kind == "rate":
        if value is None:
            return [None] * 3
        return [
            value["value"] and float(value["value"]),
            value["numerator"],
            value["denominator"],
        ]
    if value is None or value == "":
        return [None]
    if column.kind in {"money", "number"}:
        return [float(Decimal(value))]
    if column.kind == "duration":
        return [float(f"{value / 3600:.16g}")]  # as many digits as a file has
    if column.kind == "instant":
        shown = local(value).replace(tzinfo=None)
        midnight = column.key == "due" and shown.time() == datetime.min.time()
        return [shown - timedelta(seconds=1) if midnight else shown]
    if column.kind == "date":
        return [datetime.combine(date.fromisoformat(value), datetime.min.time())]
    return [value]


@given(registers)
@settings(max_examples=20, deadline=None)
def test_a_report_is_the_same_after_it_was_kept_as_text(register: Any) -> None:
    found = weekly([row(case) for case in register], volume=1000)
    text = packed(found, list(found.tables))
    assert "\n" not in text
    assert unpacked(text, ZONE) == found
    few = unpacked(packed(found, ["late", "clocks"]), ZONE)
    assert few == found._replace(tables={name: found.tables[name] for name in ("late", "clocks")})


def test_the_owner_of_a_report_is_kept_as_well() -> None:
    found = weekly([])._replace(owner=("goods", "商品"))
    assert unpacked(packed(found, []), ZONE).owner == ("goods", "商品")

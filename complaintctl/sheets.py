"""Tables as a workbook for spreadsheets (XLSX): one sheet a table, numbers, shares and dates as such.

The same report gives the same bytes: nothing of the clock or the machine is in them.
"""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from complaintctl.cells import FORMULA, safe, width
from complaintctl.i18n import _
from complaintctl.sheetfields import Field, fields_of, form_of, ready, width_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from complaintctl.report.tables import Report, Table

_NAME = 31  # characters of the name of a sheet
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_NARROW, _HEAD, _WORD, _WIDE = 6, 12, 20, 60  # characters: at least; for a head; for a word of it; at most
_LINE = 15  # points of a line
_EDGE = 120  # signs: a header or footer holds 255 in all
_TO_MIDNIGHT = 'yyyy-mm-dd "24:00"'


def workbook(report: Report, names: Sequence[str], *, heading: str = "", origin: str = "") -> bytes:
    """The tables of these names as an XLSX file, a sheet for each.

    `heading` stands above every printed page, `origin` (commit, program) below.
    What is text stays text, whatever it begins with.  A share takes three columns:
    its value, how many, and out of how many.  Lengths of time are hours,
    instants the register's own time.  Each table also is a range with a name of
    its own, which is the same in every language: ``headline``, ``by_department``.
    """
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({
        "title": safe(heading),
        "subject": report.period,
        "comments": safe(origin),
        "created": datetime.fromtimestamp(report.as_at, UTC).replace(tzinfo=None),
    })  # fmt: skip
    styles = _Styles(book)
    taken: set[str] = set()
    for name in names:
        table = report.tables[name]
        sheet = book.add_worksheet(_tab(name, taken))
        fields = [field for column in table.columns for field in fields_of(column, report.currency)]
        _fill(sheet, fields, table.rows, styles)
        _lay_out(sheet, table, heading, origin)
        _call(book, sheet.get_name(), name, len(table.rows), len(fields))
    book.close()
    return out.getvalue()


def _tab(name: str, taken: set[str]) -> str:
    """What is written on the sheet's tab: a short name that no other sheet has."""
    shown = _tabs().get(name, name).translate(_NOT_IN_NAMES).strip()[:_NAME]
    if not shown:
        shown = name[:_NAME]
    while shown.casefold() in taken:
        shown = f"{name[: _NAME - 3]} {len(taken)}"
    taken.add(shown.casefold())
    return shown


def _tabs() -> dict[str, str]:
    """The names of the tables in a word, in the reader's language; in English those of `--table`."""
    return {
        "headline": _("headline"),
        "by-department": _("by-department"),
        "by-category": _("by-category"),
        "by-handler": _("by-handler"),
        "by-channel": _("by-channel"),
        "validity": _("validity"),
        "category": _("category"),
        "severity": _("severity"),
        "level": _("level"),
        "channel": _("channel"),
        "department": _("department"),
        "handler": _("handler"),
        "clocks": _("clocks"),
        "steps": _("steps"),
        "late": _("late"),
        "ageing": _("ageing"),
        "remedies": _("remedies"),
        "repeats": _("repeats"),
        "causes": _("causes"),
        "quality": _("quality"),
        "satisfaction": _("satisfaction"),
        "trend": _("trend"),
        "measures": _("measures"),
        "lessons": _("lessons"),
        "principles": _("principles"),
        "unheard": _("unheard"),
        "improvements": _("improvements"),
    }


class _Styles:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._numbers: dict[str, Any] = {}

    @cached_property
    def head(self) -> Any:
        return self._book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#EDEDED"}
        )

    @cached_property
    def text(self) -> Any:
        return self._book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})

    @cached_property
    def quoted(self) -> Any:
        """Text that would be a formula if somebody typed it: it stays text when the cell is edited, too."""
        return self._book.add_format(
            {"text_wrap": True, "valign": "top", "num_format": "@", "quote_prefix": True}
        )

    def number(self, form: str) -> Any:
        """Numbers and dates, shown by a number format."""
        if form not in self._numbers:
            self._numbers[form] = self._book.add_format({"valign": "top", "num_format": form})
        return self._numbers[form]


def _fill(sheet: Any, fields: list[Field], rows: list[dict[str, Any]], styles: _Styles) -> None:
    """Write heads and cells, and make each column as wide as what stands in it."""
    lines = 1
    for at, field in enumerate(fields):
        sheet.write_string(0, at, safe(field.head), styles.head)
        values = [ready(field.value(row)) for row in rows]
        for number, value in enumerate(values, 1):
            _put(sheet, number, at, value, field, styles)
        words = [width(word) for word in field.head.split()]
        needed = [min(width(field.head), _HEAD), *(width_of(value, field) for value in values)]
        unbroken = (min(len(word), _WORD) for word in field.head.split() if len(word) == width(word))
        room = min(max(_NARROW, *needed, *unbroken), _WIDE)
        sheet.set_column(at, at, room + 2)
        lines = max(lines, _lines(words, room))
    sheet.set_row(0, _LINE * lines)
    if rows:
        sheet.ignore_errors({"number_stored_as_text": f"A1:{_letters(len(fields) - 1)}{len(rows) + 1}"})


def _put(sheet: Any, row: int, column: int, value: Any, field: Field, styles: _Styles) -> None:
    """Write one cell by what it is; nothing for None and for no text."""
    if value is None or value == "":
        return
    if isinstance(value, str):
        style = styles.quoted if value.startswith(FORMULA) else styles.text
        sheet.write_string(row, column, value, style)
    elif isinstance(value, datetime):
        at_midnight = field.due and not (value.hour or value.minute or value.second)
        form = _TO_MIDNIGHT if at_midnight else field.kind
        sheet.write_datetime(
            row, column, value - timedelta(seconds=1) if at_midnight else value, styles.number(form)
        )
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, styles.number(field.kind))
    else:
        sheet.write_number(row, column, value, styles.number(form_of(value, field.kind)))


def _lines(words: Iterable[int], room: int) -> int:
    """How many lines words of these widths take; Chinese is broken anywhere."""
    lines, used = 1, -1
    for word in words:
        if used + 1 + word <= room:
            used += 1 + word
        else:
            lines += (1 if used >= 0 else 0) + (word - 1) // room
            used = word % room or room
    return lines


def _lay_out(sheet: Any, table: Table, heading: str, origin: str) -> None:
    """What stays in sight, and how a sheet is printed: A4, as wide as the page, with its head on each."""
    sheet.freeze_panes(1, 1 if table.turned else 0)
    if table.rows:
        last = sum(3 if column.kind == "rate" else 1 for column in table.columns) - 1
        sheet.autofilter(0, 0, len(table.rows), last)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header(f"&L{_margin(heading)}&R{_margin(table.title)}")
    sheet.set_footer(f"&L{_margin(origin)}&R&P/&N")


def _margin(text: str) -> str:
    """Text for the edge of a page, where an ampersand is doubled, at most half of what there is room for."""
    shown = safe(text)[:_EDGE]
    while len(shown) + shown.count("&") > _EDGE:
        shown = shown[:-1]
    return shown.replace("&", "&&")


def _call(book: Any, tab: str, name: str, rows: int, columns: int) -> None:
    """Give the cells of a table the name that it has everywhere."""
    quoted = tab.replace("'", "''")
    book.define_name(name.replace("-", "_"), f"='{quoted}'!$A$1:${_letters(columns - 1)}${rows + 1}")


def _letters(column: int) -> str:
    """The letters of a column, counted from 0: A … Z, AA …"""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(ord("A") + rest) + found
    return found

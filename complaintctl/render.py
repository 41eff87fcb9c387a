"""Tables as text: for a terminal, Markdown, CSV and JSON. Text comes out; the caller writes it.

The small pieces that other output is made of too (`safe`, `duration` …) are
those of `complaintctl.cells`.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from complaintctl import SHORT, worded
from complaintctl.cells import (
    day,
    duration,
    formula_safe,
    instant,
    json_safe,
    markdown,
    rate,
    safe,
    said,
    shown,
)
from complaintctl.cells import width as cell_width
from complaintctl.errors import Usage
from complaintctl.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from complaintctl.report import Column, Report, Table

__all__ = [
    "FORMATS", "duration", "formula_safe", "heading", "instant", "json_safe", "markdown", "rate", "render",
    "safe", "table",
]  # fmt: skip

FORMATS = ("table", "markdown", "csv", "json")

_TEXT = ("text", "date")
_LEGIBLE = 24  # columns of the terminal that long text can still be read in, and no id is longer than
_WHOLE = ("late", "quality", "satisfaction", "trend")  # tables of which no line is left out


def render(
    report: Report,
    format: str,  # noqa: A002  (named as the option is)
    language: str,
    table: str | None = None,
    *,
    commit: str = "",
    version: str = "",
    unreadable: Sequence[str] = (),
    width: int = 0,
    name_of: Callable[[str, str], str] | None = None,
) -> str:
    """A report, or one `table` of it, as text that ends with a newline.

    `width`: columns of the terminal, 0 where there is none; long text is then
    wrapped to fit.  `name_of`: kind and id -> in words, for whoever reads it (see
    `worded`); JSON and CSV have the ids all the same.  `commit`, `version` and
    `unreadable` go into JSON and the heading.  Raises Usage for an unknown format
    or table, and for CSV without a table (one file is one table).
    """
    from complaintctl import report as reports

    names = [table] if table else list(report.tables)
    tables = [reports.table(report, name) for name in names]
    if format == "json":
        document = reports.document(report, commit, version, unreadable)
        document["tables"] = {name: document["tables"][name] for name in names}
        return _json(document)
    if format == "csv":
        if table is None:
            hint = "--table " + next(iter(report.tables))
            raise Usage(_("A report in CSV is one table: say which."), hint=hint)
        return _csv(*_flat(tables[0]))
    if format not in FORMATS:
        raise _unknown(format)
    head = heading(report, commit)
    if name_of is not None:
        tables = [worded.table(one, name_of) for one in tables]
    if format == "markdown":
        parts = [
            f"## {head}",
            *(f"### {markdown(one.title)}\n\n{_shortened(one, _pipes, language)}" for one in tables),
        ]
        return "\n\n".join(parts) + "\n"
    grids = (f"{one.title}\n{_shortened(one, _grid, language, width)}" for one in tables)
    return "\n\n".join([head, *grids]) + "\n"


def table(
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    format: str = "table",  # noqa: A002
    *,
    width: int = 0,
    spare: Sequence[str] = (),
) -> str:
    """Rows of cells under headers as text that ends with a newline; JSON gives a list of objects.

    A cell is text, a number, a bool or None (empty).  Numbers (int, Decimal) go
    to the right, and are what CSV never marks as text.  `width`: columns of the
    terminal, 0 where there is none; where a table is wider, the headers in
    `spare` are left out, the first first, then long text is wrapped.  Raises
    Usage for an unknown format.
    """
    cells = [list(row) for row in rows]
    if width and format == "table":
        headers, cells = _spared(headers, cells, width, spare)
    if format == "json":
        found = [dict(zip(headers, map(_plain, row), strict=True)) for row in cells]
        return json_safe(_objects(found, "")) + "\n"
    if format == "csv":
        return _csv(headers, cells)
    if format not in FORMATS:
        raise _unknown(format)
    right = [_numbers(column) for column in zip(*cells, strict=True)] or [False] * len(headers)
    words = [["" if cell is None else str(cell) for cell in row] for row in cells]
    if format == "markdown":
        return _markdown_table(headers, words, right) + "\n"
    return _aligned(headers, words, right, width) + "\n"


def _spared(
    headers: Sequence[str], rows: list[list[Any]], width: int, spare: Sequence[str]
) -> tuple[list[str], list[list[Any]]]:
    """Headers and rows without as many of the spare columns as must go; the widest column may be wrapped."""
    kept = list(headers)
    widths = {
        header: max(cell_width(str(cell)) for cell in (header, *(row[at] or "" for row in rows)))
        for at, header in enumerate(headers)
    }
    for header in spare:
        widest = max(widths[one] for one in kept)
        needed = sum(widths[one] for one in kept) + 2 * (len(kept) - 1)
        if needed - widest + min(widest, _LEGIBLE) <= width:
            break
        kept.remove(header)
    places = [at for at, header in enumerate(headers) if header in kept]
    return kept, [[row[at] for at in places] for row in rows]


def _unknown(format: str) -> Usage:  # noqa: A002
    return Usage(_("There is no format {name}.").format(name=repr(format)), hint=", ".join(FORMATS))


def _numbers(column: Iterable[Any]) -> bool:
    """Whether a column holds numbers and nothing else."""
    given = [cell for cell in column if cell is not None]
    return bool(given) and all(isinstance(cell, int | float | Decimal) for cell in given)


def _plain(cell: Any) -> Any:
    """A cell as JSON has it: amounts are decimal text."""
    return str(cell) if isinstance(cell, Decimal) else cell


def heading(report: Report, commit: str = "") -> str:
    """What the tables are about: period, days, as at, commit, and who draws them up (S1c-5)."""
    titles = {
        "principles": _("Principles"),
        "improvements": _("Improvement measures"),
        "lessons": _("Lessons"),
    }
    title = titles.get(report.name, _("Complaints"))
    as_at = instant(report.as_at, report.zone, due=True, language=report.language)
    if report.period:
        words = _("{title} {period} ({first} to {last}), as at {as_at}").format(
            title=title,
            period=report.period,
            first=day(datetime.fromtimestamp(report.start, report.zone).isoformat(), report.language),
            last=day(datetime.fromtimestamp(report.end - 1, report.zone).isoformat(), report.language),
            as_at=as_at,
        )
    else:
        words = _("{title}, as at {as_at}").format(title=title, as_at=as_at)
    if report.owner:
        words += _(", drawn up by {owner}").format(owner=safe(report.owner[1]))
    return words + (_(", commit {commit}").format(commit=commit[:SHORT]) if commit else "")


def _body(one: Table, language: str) -> tuple[list[str], list[list[str]], list[bool]]:
    """Headers, cells as text, and which columns go to the right; a turned table has its columns as rows."""
    words = [
        [
            shown(said(column.key, row[column.key]), column.kind, language, due=column.key == "due")
            for column in one.columns
        ]
        for row in one.rows
    ]
    if one.turned:
        label, *others = [[column.label for column in one.columns], *words]
        return (
            [label[0], *(other[0] for other in others)],
            _turned(label, others),
            [False] + [True] * len(others),
        )
    return (
        [column.label for column in one.columns],
        words,
        [column.kind not in _TEXT for column in one.columns],
    )


def _turned(labels: list[str], rows: list[list[str]]) -> list[list[str]]:
    return [list(line) for line in zip(labels[1:], *(row[1:] for row in rows), strict=True)]


def _shortened(one: Table, show_table: Callable[..., str], *how: Any) -> str:
    """A table for people: lines in which nothing is counted are left out, and it says how many."""
    if one.turned or one.name in _WHOLE:
        return show_table(one, *how)
    rows = [row for row in one.rows if _counts(row, one.columns)]
    text = show_table(one._replace(rows=rows), *how)
    left = len(one.rows) - len(rows)
    if not left or not rows:
        return text
    more = ngettext(
        "({count} more line with nothing to count)", "({count} more lines with nothing to count)", left
    )
    return f"{text}\n\n{more.format(count=left)}"


def _counts(row: Mapping[str, Any], columns: Sequence[Column]) -> bool:
    """Whether a line counts anything; one without a count says what it says."""
    counted = [row[column.key] for column in columns if column.kind in {"count", "money"}]
    return not counted or any(value is not None and Decimal(value) for value in counted)


def _grid(one: Table, language: str, width: int) -> str:
    headers, words, right = _body(one, language)
    return _aligned(headers, words, right, width) if words else _("(none)")


def _pipes(one: Table, language: str) -> str:
    headers, words, right = _body(one, language)
    return _markdown_table(headers, words, right) if words else _("(none)")


def _aligned(headers: Sequence[str], words: list[list[str]], right: Sequence[bool], width: int = 0) -> str:
    """A table for the terminal; Chinese characters count as two columns."""
    import tabulate

    tabulate.MIN_PADDING = 0  # two blanks between the columns are enough
    lines = [[safe(cell) for cell in row] for row in words]
    names = [safe(header) for header in headers]
    options: dict[str, Any] = {"tablefmt": "simple", "disable_numparse": True}
    options |= {"colalign": ["right" if one else "left" for one in right]} if lines else {}
    text = tabulate.tabulate(lines, names, **options)
    if width and lines and len(text.splitlines()[1]) > width:
        limits = _narrowed(names, lines, right, text.splitlines()[1], width)
        text = tabulate.tabulate(lines, names, maxcolwidths=limits, maxheadercolwidths=limits, **options)
    return "\n".join(line.rstrip() for line in text.splitlines())


def _narrowed(
    headers: Sequence[str], lines: list[list[str]], right: Sequence[bool], rule: str, width: int
) -> list[int]:
    """How wide each column may be for the table to fit, the widest giving way first.

    `rule`: the dashes under the headers.  Text gives way down to a dozen
    columns, but no id is broken; of numbers only the header does, to its longest word.
    """
    limits = [len(dashes) for dashes in rule.split()]
    floor = [
        max(map(len, (*header.split(), *(line[at] for line in lines)))) if right[at] else _longest(at, lines)
        for at, header in enumerate(headers)
    ]
    excess = len(rule) - width
    while excess > 0:
        widest = max(range(len(limits)), key=lambda at: limits[at] - floor[at])
        if limits[widest] <= floor[widest]:
            break
        limits[widest] -= 1
        excess -= 1
    return limits


def _longest(at: int, lines: list[list[str]]) -> int:
    """The longest word of a column of text, as far as it may be an id; at least a dozen."""
    words = (word for line in lines for word in line[at].split() if word.isascii() and len(word) <= _LEGIBLE)
    return max(12, *map(len, words), 0)


def _markdown_table(headers: Sequence[str], words: list[list[str]], right: Sequence[bool]) -> str:
    """A pipe table, one row a line."""
    lines = [headers, *words]
    text = [" | ".join(markdown(cell).strip() for cell in line) for line in lines]
    rule = " | ".join("---:" if one else "---" for one in right)
    return "\n".join(f"| {line} |" for line in [text[0], rule, *text[1:]])


def _json(document: dict[str, Any]) -> str:
    """A report as JSON, indented by two, each row and column on a line of its own."""
    tables = document["tables"]
    head = {key: value for key, value in document.items() if key != "tables"}
    parts = [
        f"    {json.dumps(name)}: {{\n"
        f'      "columns": {_objects(one["columns"], " " * 6)},\n'
        f'      "rows": {_objects(one["rows"], " " * 6)}\n'
        "    }"
        for name, one in tables.items()
    ]
    lead = json.dumps(head, ensure_ascii=False, indent=2).removesuffix("\n}")
    return json_safe(lead + ',\n  "tables": {\n' + ",\n".join(parts) + "\n  }\n}\n")


def _objects(found: Sequence[dict[str, Any]], indent: str) -> str:
    """A list of objects, one a line.

    Only the encoder written in C is fast enough for thousands of rows, and it
    does not indent.  So it puts a line break after every comma, and those before
    a key are taken out again: within a string a line break is always escaped.
    """
    if not found:
        return "[]"
    text = json.dumps(found, ensure_ascii=False, separators=(",\n", ": "))
    rows = text[1:-1].replace(',\n"', ', "').replace(",\n{", f",\n{indent}  {{")
    return f"[\n{indent}  {rows}\n{indent}]"


def _flat(one: Table) -> tuple[list[str], list[list[Any]]]:
    """A table for CSV: keys as headers, a rate as three columns, amounts and rates as numbers."""
    headers: list[str] = []
    for column in one.columns:
        headers.append(column.key)
        if column.kind == "rate":
            headers += [f"{column.key}_numerator", f"{column.key}_denominator"]
    rows = []
    for row in one.rows:
        cells: list[Any] = []
        for column in one.columns:
            value = row[column.key]
            if column.kind == "rate":
                share = None if value["value"] is None else Decimal(value["value"])
                cells += [share, value["numerator"], value["denominator"]]
            else:
                number = column.kind in {"money", "number"} and value is not None
                cells.append(Decimal(value) if number else value)
        rows.append(cells)
    return headers, rows


def _csv(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """One header line and the rows; text that would be a formula is marked, numbers are left alone."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in (headers, *rows):
        writer.writerow([formula_safe(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue()

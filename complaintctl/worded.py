"""Tables of a report as people read them, with names in place of ids; programs get them as counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl.cells import said

if TYPE_CHECKING:
    from collections.abc import Callable

    from complaintctl.report.tables import Column, Report, Table

    NameOf = Callable[[str, str], str]  # kind (`categories`, `states` …) and id -> in words

NAMED = {  # columns of ids, and where the policy names them
    "category": "categories",
    "state": "states",
    "clock": "deadlines",
    "cause": "causes",
    "department": "departments",
    "level": "levels",
    "before": "levels",
}
_SEVERAL = {"departments": "departments"}  # columns of ids with blanks between them
_LABEL = "label"  # how the key of a column ends that says the one before it in words
_PART = "· "  # before what is a part of the line above


def report(counted: Report, name_of: NameOf) -> Report:
    """A report with all its tables in words."""
    return counted._replace(tables={name: table(one, name_of) for name, one in counted.tables.items()})


def table(counted: Table, name_of: NameOf) -> Table:
    """A table in words: an id and its words are one column, headed as the ids are; other ids have names.

    Members of staff stay what they are on the command line, their ids.
    """
    columns: list[Column] = []
    for place, column in enumerate(counted.columns):
        over = _of(counted, place) if column.key.endswith(_LABEL) and place else []
        columns = [one for one in columns if one.key not in over]
        columns.append(column._replace(label=counted.columns[place - len(over)].label))
    rows = [
        {column.key: _word(row, column.key, column.kind == "text", name_of) for column in columns}
        for row in counted.rows
    ]
    return counted._replace(columns=columns, rows=rows)


def _of(counted: Table, place: int) -> list[str]:
    """The keys of the columns that the one at a place says in words: one, or a group and a part of it."""
    before = [column.key for column in counted.columns[:place]]
    return before[-2:] if before[-2:] == ["validity", "class"] else before[-1:]


def _word(row: dict[str, Any], key: str, is_text: bool, name_of: NameOf) -> Any:
    value = row[key]
    if value is None or value == "" or not is_text:
        return value
    if key in NAMED:
        return name_of(NAMED[key], str(value))
    if key in _SEVERAL:
        return ", ".join(name_of(_SEVERAL[key], one) for one in str(value).split())
    if key == _LABEL and row.get("class") is not None and "validity" in row:
        return _PART + str(value)
    return said(key, value)

"""The parts of a page: tables with links to the cases, pictures, and the tiles of the headline, as HTML.

Everything that is not markup of this module goes through `cells.hypertext`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from complaintctl import cells
from complaintctl.i18n import _, ngettext
from complaintctl.report.headline import change as difference
from complaintctl.tuples import NamedTuple
from complaintctl.worded import NAMED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from complaintctl.report import Column, Report, Table

MOST = 30  # rows of a table, and cases in a cell, of what may be very many
_NAMED = {**NAMED, "handler": "staff", "owner": "staff"}  # columns of ids, and who names them
_WHOLE = ("case", "customer", "level", "before")  # columns whose words stay in one line
_FREE = ("product", "measure", "lesson", "prevention")  # columns of what people wrote, in words of any length
_SHORT = 8  # letters of a heading that are not worth breaking
_CASES = ("case", "cases", "came_back")  # columns that name cases
_CASE = r"C-[0-9]{8}-[0-9A-Z]{6}"


class Facts(NamedTuple):
    """What a page says besides the tables of its report."""

    place: str  # the register's name
    name_of: Callable[[str, str], str]  # kind (`categories`, `staff` …) and id -> in words
    base: str | None  # what leads from the page to the register; None: nothing does
    path_of: Callable[[str], str]  # where a case stands in the register
    commit: str
    version: str
    command: str  # that makes the same page again
    mark: str = ""  # HTML at the end of its foot, for what is put in later
    unreadable: Sequence[str] = ()


class Scene(NamedTuple):
    """What every part is made from."""

    report: Report
    facts: Facts

    @property
    def language(self) -> str:
        """Of the texts."""
        return str(self.report.language)

    def table(self, name: str) -> Table:
        """A table of the report."""
        return self.report.tables[name]


def tag(name: str, inside: str, **attributes: str) -> str:
    """An element around HTML; attributes are text (`cls` stands for class)."""
    said = "".join(
        f' {"class" if key == "cls" else key}="{cells.hypertext(value)}"'
        for key, value in attributes.items()
        if value
    )
    return f"<{name}{said}>{inside}</{name}>"


def text(words: str, name: str = "p", **attributes: str) -> str:
    """An element around text."""
    return tag(name, cells.hypertext(words), **attributes)


def nothing() -> str:
    """What stands where a table has no rows."""
    return text(_("(none)"), cls="none")


def section(ident: str, title: str, *inside: str) -> str:
    """A part with its heading."""
    return tag("section", text(title, "h2") + "\n" + "\n".join(filter(None, inside)), id=ident) + "\n"


def figure(caption: str, picture: str) -> str:
    """A picture with what it shows, which is its title too."""
    return tag("figure", text(caption, "figcaption") + tag("div", picture, cls="wide"))


def beside(*inside: str) -> str:
    """A picture and its table side by side, where there is room."""
    return tag("div", "\n".join(inside), cls="beside")


def cases(scene: Scene, ids: str) -> str:
    """The ids of cases in a text, each a link to its file where the page has a way there."""
    words = ids.split()
    told = [_linked(scene, word) for word in words[:MOST]]
    if len(words) > MOST:
        told.append("…")
    return " ".join(told)


def _linked(scene: Scene, word: str) -> str:
    base = scene.facts.base
    if base is None or not re.fullmatch(_CASE, word):
        return cells.hypertext(word)
    return text(word, "a", href=base + scene.facts.path_of(word))


# -- tables


def grid(
    scene: Scene,
    table: Table,
    keys: Sequence[str],
    *,
    shown: Callable[[Mapping[str, Any]], bool] | None = None,
    more: str = "",
) -> str:
    """A table with some of its columns; ``label:clock`` is what stands under label, headed as clock is.

    `shown`: which rows; without it those in which something is counted.  The first
    `MOST` of them stand there; below it says how many are left out, and which
    command tells them all: `more`, else the report of that table.
    """
    columns = [_column(table, key) for key in keys]
    keep = shown or (lambda row: _counts(row, table.columns))
    chosen = [row for row in table.rows if keep(row)]
    if not chosen:
        return nothing()
    head = "".join(_th(column, label) for column, label in columns)
    body = "".join(
        tag("tr", "".join(_td(scene, row, column, first=not at) for at, (column, _l) in enumerate(columns)))
        for row in chosen[:MOST]
    )
    made = tag("table", tag("thead", tag("tr", head)) + tag("tbody", body))
    return tag("div", made, cls="wide") + _left_out(
        table, len(chosen) - MOST, more or _command(scene, table.name), counted=shown is None
    )


def _command(scene: Scene, name: str) -> str:
    """What prints a table of the report."""
    asked = scene.report
    period = "--week" if "W" in asked.period else "--month"
    return f"complaintctl report {asked.name} {period} {asked.period} --table {name}"


def _left_out(table: Table, over: int, command: str, *, counted: bool) -> str:
    """How many rows are not there, and why."""
    words = ""
    if over > 0:
        more = ngettext("{count} more line: {command}", "{count} more lines: {command}", over)
        words = more.format(count=over, command=command)
    elif counted:
        left = sum(not _counts(row, table.columns) for row in table.rows)
        more = ngettext(
            "({count} more line with nothing to count)", "({count} more lines with nothing to count)", left
        )
        words = more.format(count=left) if left else ""
    return text(words, cls="soft") if words else ""


def _counts(row: Mapping[str, Any], columns: Iterable[Column]) -> bool:
    """Whether a row counts anything; one without a count says what it says."""
    counted = [row[column.key] for column in columns if column.kind in {"count", "money"}]
    return not counted or any(value is not None and Decimal(value) for value in counted)


def _column(table: Table, key: str) -> tuple[Column, str]:
    """A column and its heading."""
    known = {column.key: column for column in table.columns}
    key, _colon, over = key.partition(":")
    return known[key], known[over or key].label


def _is_number(column: Column) -> bool:
    return column.kind not in {"text", "date", "instant"} and column.key not in _NAMED


def _th(column: Column, label: str) -> str:
    kinds = ["number"] * _is_number(column) + ["whole"] * (len(label) <= _SHORT)
    return text(label, "th", scope="col", cls=" ".join(kinds))


def _td(scene: Scene, row: Mapping[str, Any], column: Column, *, first: bool) -> str:
    """A cell; the first of a row is its heading."""
    key, value = column.key, row[column.key]
    whole = column.kind == "date" or key in _WHOLE
    kind = "number" if _is_number(column) else "whole" if whole else "free" if key in _FREE else ""
    if value is not None and key in _CASES and column.kind == "text":
        inside = cases(scene, str(value))
    elif value and key == "departments":
        named = (scene.facts.name_of("departments", one) for one in value.split())
        inside = cells.hypertext(cells.listed(named))
    elif column.kind == "instant":  # a day and a time, each in one line
        inside = " ".join(text(one, "span", cls="whole") for one in word(scene, column, value).split())
    else:
        inside = cells.hypertext(word(scene, column, value))
    return tag("th", inside, scope="row", cls=kind) if first else tag("td", inside, cls=kind)


def word(scene: Scene, column: Column, value: Any) -> str:
    """A value in words: ids by their names, numbers by their kind."""
    if value is None:
        return "–" if column.key in _NAMED else ""
    if column.key in _NAMED:
        return scene.facts.name_of(_NAMED[column.key], str(value))
    return cells.shown(cells.said(column.key, value), column.kind, scene.language, due=column.key == "due")


# -- the headline


def change(scene: Scene, column: Column, value: Any) -> str:
    """A difference with its sign and an arrow; an empty text where there is none."""
    if value is None or (column.kind == "rate" and value["value"] is None):
        return ""
    amount = Decimal(value["value"] if column.kind == "rate" else value)
    words = cells.shown(value, column.kind, scene.language)
    if column.kind != "rate" and amount > 0:
        words = f"+{words}"
    return f"{'▲' if amount > 0 else '▼' if amount < 0 else '='} {words}"


def tiles(scene: Scene, keys: Iterable[str]) -> str:
    """The figures that are looked at first: how they changed, how they were before, and what is usual."""
    table, usual = scene.table("headline"), scene.table("usual")
    now, before, less = table.rows
    columns = {column.key: column for column in table.columns}
    means = {column.key: column for column in usual.columns}
    found = []
    for key in keys:
        column, mean = columns[key], means[key]
        figures = text(word(scene, column, now[key]) or _("n/a"), "span", cls="figure")
        less_said = change(scene, column, less[key])
        if less_said:
            figures += " " + text(less_said, "span", cls="change")
        away = difference(_as(mean, now[key]), usual.rows[0][key], mean.kind)
        compared = [
            (before["period"], word(scene, column, before[key]), ""),
            (usual.title, word(scene, mean, usual.rows[0][key]), change(scene, mean, away)),
        ]
        told = "".join(_compared(*one) for one in compared)
        found.append(tag("div", text(column.label, "dt") + tag("dd", figures + told), cls="tile"))
    return tag("dl", "".join(found), cls="tiles")


def _compared(name: str, value: str, changed: str) -> str:
    words = _("{period}: {value}").format(period=name, value=value or _("n/a"))
    more = " " + text(f"({changed})", "span", cls="whole") if changed else ""
    return f"<br>{cells.hypertext(words)}{more}"


def _as(mean: Column, value: Any) -> Any:
    """A figure of the headline in the kind of its mean: counts have means with places."""
    return str(value) if mean.kind == "number" and value is not None else value


def balance(scene: Scene) -> str:
    """The whole headline, its columns going down: the period, the one before, the change, what is usual."""
    table, usual = scene.table("headline"), scene.table("usual")
    now, before, less = table.rows
    means = {column.key: column for column in usual.columns}
    named = [table.columns[0].label, now["period"], before["period"], _("change"), usual.title]
    head = "".join(
        text(one, "th", scope="col", cls="number" if place else "") for place, one in enumerate(named)
    )
    rows = []
    for column in table.columns[1:]:
        key, mean = column.key, means.get(column.key)
        told = [
            word(scene, column, now[key]),
            word(scene, column, before[key]),
            change(scene, column, less[key]),
            word(scene, mean, usual.rows[0][key]) if mean else "",
        ]
        heading = text(column.label, "th", scope="row")
        rows.append(tag("tr", heading + "".join(text(one, "td", cls="number") for one in told)))
    made = tag("table", tag("thead", tag("tr", head)) + tag("tbody", "".join(rows)))
    return tag("div", made, cls="wide")

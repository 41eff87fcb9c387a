"""What stands in the columns of a sheet: heads, values as a spreadsheet has them, and how they are shown."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from complaintctl.cells import safe, width
from complaintctl.i18n import _
from complaintctl.report.tables import MINOR
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from complaintctl.report.tables import Column

LONGEST = 32767  # characters of a cell
_HOUR = 3600
_FIRST_YEAR = 1900  # a spreadsheet knows no earlier date


class Field(NamedTuple):
    """One column of a sheet: what stands at its head, what a row has there, and how that is shown."""

    head: str
    value: Callable[[dict[str, Any]], Any]
    kind: str  # text, number, or the number format of what it holds
    due: bool = False  # an instant up to which there is time: midnight is 24:00 of the day before


def fields_of(column: Column, currency: str) -> Iterator[Field]:
    """The columns of the sheet that a column of the table takes."""
    key, label = column.key, column.label

    def part(name: str) -> Callable[[dict[str, Any]], Any]:
        return lambda row: None if row[key] is None else row[key][name]

    match column.kind:
        case "rate":
            yield Field(label, lambda row: _share(row[key]), "0.0%")
            yield Field(_("{label}: number").format(label=label), part("numerator"), "number")
            yield Field(_("{label}: out of").format(label=label), part("denominator"), "number")
        case "money":
            digits = MINOR.get(currency, 2)
            yield Field(
                label, lambda row: _decimal(row[key]), "#,##0" + ("." + "0" * digits if digits else "")
            )
        case "number":
            yield Field(label, lambda row: _decimal(row[key]), "#,##0.00")
        case "duration":
            yield Field(_("{label}, hours").format(label=label), lambda row: _hours(row[key]), "#,##0.0")
        case "instant":
            yield Field(label, lambda row: _instant(row[key]), "yyyy-mm-dd hh:mm", key == "due")
        case "date":
            yield Field(label, lambda row: _day(row[key]), "yyyy-mm-dd")
        case _:
            yield Field(label, lambda row: row[key], "text" if column.kind == "text" else "number")


def _share(cell: dict[str, Any] | None) -> Decimal | None:
    return None if cell is None or cell["value"] is None else Decimal(cell["value"])


def _decimal(cell: str | None) -> Decimal | None:
    return None if cell is None else Decimal(cell)


def _hours(cell: int | None) -> float | None:
    """Hours of a length of time in seconds."""
    return None if cell is None else cell / _HOUR


def _instant(value: str | None) -> datetime | str | None:
    """The register's local time of an ISO 8601 text; the text itself where spreadsheets know no such date."""
    if value is None:
        return None
    found = datetime.fromisoformat(value).replace(tzinfo=None)
    return found if found.year >= _FIRST_YEAR else value


def _day(value: str | None) -> date | str | None:
    if value is None:
        return None
    found = date.fromisoformat(value)
    return found if found.year >= _FIRST_YEAR else value


def ready(value: Any) -> Any:
    """A value as it is written: text without what no document may hold, and no longer than a cell is."""
    if not isinstance(value, str):
        return value
    text = safe(value, lines=True)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def form_of(value: Any, kind: str) -> str:
    """The number format of a number; what is counted shows a fraction only where it has one."""
    if kind not in {"text", "number"}:
        return kind
    return "#,##0" if value == int(value) else "#,##0.00"


def width_of(value: Any, field: Field) -> int:
    """How many columns of characters a cell takes, in its longest line."""
    if value is None:
        return 0
    if isinstance(value, str):
        return max(map(width, value.replace("\t", " ").split("\n")))
    if isinstance(value, datetime):
        return len("2026-11-22 24:00")
    if isinstance(value, date):
        return len("2026-11-22")
    if field.kind.endswith("%"):
        return len(f"{value:.1%}")
    _point, _sign, places = field.kind.partition(".")
    return len(f"{value:,.{len(places)}f}") if places else len(f"{value:,}")

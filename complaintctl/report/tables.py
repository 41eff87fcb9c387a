"""Tables as values: columns with a kind, rows of plain JSON values, and how the cells are made."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from complaintctl import times
from complaintctl.errors import Usage
from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

Kind = Literal["text", "count", "number", "money", "rate", "duration", "instant", "date"]
FEW = 5  # below this many a share says nothing: numerator and denominator only
MINOR = {"BHD": 3, "CLP": 0, "ISK": 0, "JOD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "OMR": 3, "TND": 3, "VND": 0}


class Column(NamedTuple):
    """One column: `key` is for programs and stays, `label` is for people, `kind` says what the cells are.

    text: text; count: a number; number, money: decimal text; rate: see `rate`; duration:
    whole seconds; instant: ISO 8601 in the register's zone; date: YYYY-MM-DD.
    Any cell may be None.
    """

    key: str
    label: str
    kind: Kind = "text"


class Table(NamedTuple):
    """Rows of plain values under named columns; every row has every key, in the columns' order."""

    name: str
    columns: list[Column]
    rows: list[dict[str, Any]]
    title: str = ""
    turned: bool = False  # few rows, many columns: people read it with the columns going down


class Report(NamedTuple):
    """The tables of one period, figures as at `as_at` (seconds since 1970, UTC)."""

    name: str  # weekly, monthly, principles, improvements, lessons
    period: str  # 2026-W47, 2026-11; empty: all until then
    start: int
    end: int  # past the end
    as_at: int
    zone: tzinfo  # the register's
    language: str
    currency: str
    tables: dict[str, Table]
    owner: tuple[str, str] | None = None  # the department that draws it up: id and name (S1c-5)
    volume: int | None = None  # sales or visits of the period


def table(report: Report, name: str) -> Table:
    """The table of that name; raises Usage when the report has none."""
    if name not in report.tables:
        raise Usage(
            _("There is no table {name}.").format(name=name),
            hint=_("one of: {names}").format(names=", ".join(report.tables)),
        )
    return report.tables[name]


def filled(
    name: str, title: str, columns: list[Column], rows: Iterable[Sequence[Any]], *, turned: bool = False
) -> Table:
    """A table from rows of cells in the order of the columns."""
    keys = [column.key for column in columns]
    return Table(name, columns, [dict(zip(keys, row, strict=True)) for row in rows], title, turned)


def rate(numerator: int, denominator: int) -> dict[str, Any]:
    """A share with what it is made of; `value` has four places, or is None below five cases."""
    value = None
    if denominator >= FEW:
        tenthousandths = (numerator * 20000 + denominator) // (2 * denominator)
        value = f"{tenthousandths // 10000}.{tenthousandths % 10000:04d}"
    return {"numerator": numerator, "denominator": denominator, "value": value}


def per_thousand(count: int, volume: int) -> str | None:
    """How many of a thousand, as decimal text with two places; None of none."""
    if not volume:
        return None
    return str((Decimal(1000 * count) / volume).quantize(Decimal("0.01"), ROUND_HALF_UP))


def percentile(values: list[int], percent: int) -> int | None:
    """The nearest-rank percentile: the smallest value that at least `percent` % do not exceed; or None.

    The median of an even number of values is thus the lower of the middle two:
    always something that was measured, never a mean of two.
    """
    if not values:
        return None
    return sorted(values)[(percent * len(values) + 99) // 100 - 1]


def money(amounts: Iterable[str | None], currency: str) -> str:
    """The sum of amounts as decimal text with the currency's minor digits."""
    total = sum((Decimal(amount) for amount in amounts if amount is not None), Decimal(0))
    return str(total.quantize(Decimal(1).scaleb(-MINOR.get(currency, 2)), ROUND_HALF_UP))


@lru_cache(maxsize=4096)  # days end at the same instants again and again
def instant(seconds: int, zone: tzinfo) -> str:
    """ISO 8601 text of an instant in the register's zone."""
    return times.iso(seconds, zone)

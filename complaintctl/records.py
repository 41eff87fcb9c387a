"""How a case is written into the tables of the index, and how a row is read back from them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from complaintctl.rows import Clock, Hit, Paid, Row, Span, is_running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complaintctl.case import Case

FIELDS = tuple(Row.__annotations__)
PIN = 16  # digits of a policy's SHA-256 that tell it from the others
NEVER = 1 << 60  # sorts after every instant: an open case without a deadline that runs
CLOSED = NEVER + 1  # and after that: a closed case


class Noted(NamedTuple):
    """Which sections a report looks for in whole cases; bits of the column `notes`."""

    improvements: int = 1
    lessons: int = 2


NOTED = Noted()


def encode(row: Row) -> str:
    """A row as compact JSON: the values in the order of `FIELDS`, the clocks as a flat list of numbers."""
    values: list[Any] = list(row.values())
    since = row["received"]
    flat: list[int | None] = []
    for _name, number, start, due, met, on_hold, provisional, ended, whole_days in row["clocks"]:
        flat += (
            number,
            start - since,
            None if due is None else due - since,
            None if met is None else met - since,
            None if ended is None else ended - since,
            on_hold | provisional << 1 | whole_days << 2,
        )
    values[_CLOCKS] = [" ".join(clock.name for clock in row["clocks"]), flat]
    return _dumps(values)


_CLOCKS = FIELDS.index("clocks")
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def decode(text: str) -> Row:
    """The row that `encode` wrote; ValueError and the like for anything else."""
    found: Any = dict(zip(FIELDS, json.loads(text), strict=True))
    names, flat = found["clocks"]
    found["clocks"] = _clocks(names.split(), iter(flat), found["received"])
    found["spans"] = [Span(*one) for one in found["spans"]]
    found["hits"] = [Hit(*one) for one in found["hits"]]
    found["paid"] = [Paid(*one) for one in found["paid"]]
    found["assigned"] = [tuple(one) for one in found["assigned"]]
    found["satisfied"] = [tuple(one) for one in found["satisfied"]]
    return cast("Row", found)


def _clocks(names: list[str], flat: Iterator[Any], since: int) -> list[Clock]:
    """The clocks of a row from their names and numbers; six numbers for each."""
    return [
        Clock(
            name,
            number,
            start + since,
            None if due is None else due + since,
            None if met is None else met + since,
            flags & 1 == 1,
            flags & 2 == 2,
            None if ended is None else ended + since,
            flags & 4 == 4,
        )
        for name, number, start, due, met, ended, flags in zip(
            names, flat, flat, flat, flat, flat, flat, strict=False
        )
    ]


def _telling(hits: list[Hit], received: int) -> list[Hit]:
    """The hits that can give the level of a case: none comes after one that holds from the start."""
    for place, hit in enumerate(hits, 1):
        if hit.key is None and hit.since <= received:
            return hits[:place]
    return hits


def columns(n: int, row: Row, case: Case, blob: str) -> tuple[Any, ...]:
    """The record of a case in the table `cases`."""
    from complaintctl import deadlines

    is_open = row["closed"] is None
    due_order = CLOSED if not is_open else NEVER if row["due"] is None else row["due"]
    running = filter(is_running, row["clocks"]) if is_open else ()
    late = min((at for at in map(deadlines.late_from, running) if at is not None), default=None)
    notes = (NOTED.improvements if "improvements" in case else 0) | (NOTED.lessons if row["lesson"] else 0)
    return (
        n, row["id"], blob, case["policy"]["sha256"][:PIN], due_order, late,
        NEVER if is_open else _matters_until(row),
        row["state"], row["kind"], row["customer"], row["named"], row["on_hold"], row["category"],
        row["severity"], row["product"], row["department"], row["handler"], row["owner"], row["received"],
        row["closed"], row["void"], row["due"], row["due_name"], row["provisional"], notes,
        _dumps(_telling(row["hits"], row["received"])),
    )  # fmt: skip


def _matters_until(row: Row) -> int:
    """The last instant of a closed case that a report may look at (see `report.period.needs`)."""
    instants = [row["closed"], row["first_contact"], *(clock.due for clock in row["clocks"])]
    return max(at for at in instants if at is not None)


def searched(case: Case) -> str:
    """What `--search` looks through, without regard to case."""
    about, customer = case["about"], case["customer"]
    found = [
        case["id"], about.get("product"), about.get("batch"), about.get("receipt"), customer.get("name"),
        customer.get("company"), customer.get("phone"), customer.get("email"), case["complaint"],
    ]  # fmt: skip
    return "\n".join(text for text in found if text).casefold()


def telephone(number: str | None) -> str | None:
    """A telephone number as it is compared: its digits, without leading zeros."""
    digits = re.sub(r"[^0-9]", "", number or "").lstrip("0")
    return f"t:{digits}" if digits else None


def mail(address: str | None) -> str | None:
    """An e-mail address as it is compared."""
    return f"m:{address.strip().casefold()}" if address and address.strip() else None

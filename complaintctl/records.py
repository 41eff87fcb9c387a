"""How a case is written into the tables of the index, and how a row is read back from them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from complaintctl.rows import Brief, Clock, Hit, Paid, Row, Span, is_running

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


_loads = json.JSONDecoder().decode
_new = tuple.__new__


def decode(text: str, since: int | None = None) -> Row:
    """The row that `encode` wrote; ValueError and the like for anything else.

    `since`: leave out the clocks that were due before that instant and stopped
    before it: no report about a time from then on counts them.
    """
    found: Any = dict(zip(FIELDS, _loads(text), strict=True))
    names, flat = found["clocks"]
    received = found["received"]
    old = -NEVER if since is None else since - received
    found["clocks"] = _clocks(names.split(), iter(flat), received, old)
    found["spans"] = [Span(*one) for one in found["spans"]]
    found["hits"] = [Hit(*one) for one in found["hits"]]
    if found["paid"]:
        found["paid"] = [Paid(*one) for one in found["paid"]]
    found["assigned"] = [tuple(one) for one in found["assigned"]]
    found["satisfied"] = [tuple(one) for one in found["satisfied"]]
    return cast("Row", found)


def _clocks(names: list[str], flat: Iterator[int | None], received: int, old: int) -> list[Clock]:
    """The clocks of a row from their names and numbers, six for each.

    `old`: how long after the receipt that is before which due and stopped clocks are left out.
    """
    found: list[Clock] = []
    for name, number, start, due, met, ended, flags in zip(
        names, flat, flat, flat, flat, flat, flat, strict=False
    ):
        stopped = ended if met is None else met
        if due is not None and due < old and stopped is not None and stopped < old:
            continue
        found.append(
            _new(
                Clock,
                (
                    name,
                    number,
                    start + received,
                    None if due is None else due + received,
                    None if met is None else met + received,
                    flags & 1 == 1,
                    flags & 2 == 2,
                    None if ended is None else ended + received,
                    flags & 4 == 4,
                ),
            )
        )
    return found


def _telling(hits: list[Hit], received: int) -> list[Hit]:
    """The hits that can give the level of a case: none comes after one that holds from the start."""
    for place, hit in enumerate(hits, 1):
        if hit.key is None and hit.since <= received:
            return hits[:place]
    return hits


_CLOSED_CASE = (CLOSED, None, False, None, None, False)


def columns(
    n: int, case: Case, brief: Brief, row: Row | None, blob: str, matters_until: int
) -> tuple[Any, ...]:
    """The record of a case in the table `cases`; `row`: of an open one."""
    due_order, late, on_hold, due, due_name, provisional = _CLOSED_CASE if row is None else _waiting(row)
    notes = (NOTED.improvements if "improvements" in case else 0) | (NOTED.lessons if brief["lesson"] else 0)
    return (
        n, brief["id"], blob, case["policy"]["sha256"][:PIN], due_order, late, matters_until,
        brief["state"], brief["kind"], brief["customer"], brief["named"], on_hold, brief["category"],
        brief["severity"], brief["product"], brief["department"], brief["handler"], brief["owner"],
        brief["received"], brief["closed"], brief["void"], due, due_name, provisional, notes,
        _dumps(_telling(brief["hits"], brief["received"])),
    )  # fmt: skip


def _waiting(row: Row) -> tuple[Any, ...]:
    """What the record of an open case says of its deadlines."""
    from complaintctl import deadlines

    running = filter(is_running, row["clocks"])
    late = min((at for at in map(deadlines.late_from, running) if at is not None), default=None)
    due_order = NEVER if row["due"] is None else row["due"]
    return due_order, late, row["on_hold"], row["due"], row["due_name"], row["provisional"]


def matters_until(row: Row) -> int:
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


# Country calling codes of two digits (ITU-T E.164); 1 and 7 are of one, all others of three.
_TWO_DIGIT_CODES = frozenset(
    [
        "20",
        "27",
        "30",
        "31",
        "32",
        "33",
        "34",
        "36",
        "39",
        "40",
        "41",
        "43",
        "44",
        "45",
        "46",
        "47",
        "48",
        "49",
        "51",
        "52",
        "53",
        "54",
        "55",
        "56",
        "57",
        "58",
        "60",
        "61",
        "62",
        "63",
        "64",
        "65",
        "66",
        "81",
        "82",
        "84",
        "86",
        "90",
        "91",
        "92",
        "93",
        "94",
        "95",
        "98",
    ]
)


def telephone(number: str | None) -> str | None:
    """A telephone number as it is compared: its digits, no country's code (E.164), no leading zeros."""
    text = re.sub(r"[^0-9+]", "", number or "")
    digits = text.replace("+", "")
    if text.startswith(("+", "00")):
        digits = digits.lstrip("0")
        digits = digits[1 if digits[:1] in {"1", "7"} else 2 if digits[:2] in _TWO_DIGIT_CODES else 3 :]
    digits = digits.lstrip("0")
    return f"t:{digits}" if digits else None


def mail(address: str | None) -> str | None:
    """An e-mail address as it is compared."""
    return f"m:{address.strip().casefold()}" if address and address.strip() else None

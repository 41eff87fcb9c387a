"""How a case is written into the tables of the index, and how a row is read back from them."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

from complaintctl.lifecycle import VOID
from complaintctl.rows import (
    ABSENT,
    ON_HOLD,
    PROVISIONAL,
    WHOLE_DAYS,
    Brief,
    Clock,
    Hit,
    Owed,
    Packed,
    Paid,
    Row,
    Span,
    Timed,
    due_at,
    is_running,
)
from complaintctl.times import epoch
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from complaintctl.case import Case
    from complaintctl.measures import Measure

FIELDS = tuple(Row.__annotations__)
PIN = 16  # digits of a policy's SHA-256 that tell it from the others
NEVER = 1 << 60  # sorts after every instant: an open case without a deadline that runs
CLOSED = NEVER + 1  # and after that: a closed case


class Noted(NamedTuple):
    """Which sections a report looks for in whole cases; bits of the column `notes`."""

    improvements: int = 1
    lessons: int = 2
    owed: int = 4  # somebody may still have to be told


NOTED = Noted()


# A row is written in three parts: what every count asks of a case, what was done on it, and all else.
_HEAD = (
    "id", "kind", "category", "severity", "department", "handler", "state", "received", "last", "registered",
    "classified", "policy_version", "spans", "clocks",
)  # fmt: skip
_DONE = (
    "channel", "verdict", "verdict_at", "cause", "first_contact", "assigned", "escalated", "satisfied",
    "answered", "fulfilled", "borne", "paid", "evidence", "alone",
)  # fmt: skip
_REST = tuple(field for field in FIELDS if field not in {*_HEAD, *_DONE})
_ALL = frozenset(FIELDS)
DETAILS = "row, clocks, head, done"
_parts = [itemgetter(*part) for part in (_HEAD, _DONE, _REST)]
_in_order = itemgetter(*map((*_HEAD, *_DONE, *_REST).index, FIELDS))


def encode(row: Row) -> tuple[str, bytes, str, str]:
    """A row as the columns `DETAILS`: three lists of values in compact JSON, and the numbers of its clocks.

    The list `head` ends with what tells the level of the case (`_graded`).
    """
    from array import array

    from complaintctl.deadlines import late_from

    head, done, rest = ([*part(row)] for part in _parts)
    head[_CLOCKS] = " ".join(clock.name for clock in row["clocks"])
    numbers = array("q")
    for clock in row["clocks"]:
        instants = (late_from(clock), clock.met, clock.ended)
        bits = ON_HOLD * clock.on_hold | PROVISIONAL * clock.provisional | WHOLE_DAYS * clock.whole_days
        bits |= clock.round << _BITS
        numbers.extend((clock.start, *(ABSENT if at is None else at for at in instants), bits))
    return _dumps(rest), numbers.tobytes(), _dumps([*head, _graded(row)]), _dumps(done)


_CLOCKS = _HEAD.index("clocks")
_CLOCK = 5 * 8  # bytes of one
_BITS = 3  # of a clock; above them stands its round
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


_loads = json.JSONDecoder().decode
_begin = json.JSONDecoder().raw_decode  # the same without a look for blanks around it
_new = tuple.__new__
_names = lru_cache(maxsize=1024)(str.split)  # of the clocks: most cases have the same


def decode(rest: str, numbers: bytes, head: str, done: str, since: int = 0) -> Row:
    """The row that `encode` wrote; ValueError and the like for anything else.

    `since`: leave out the clocks that were due before that instant and stopped
    before it: no report about a time from then on counts them.
    """
    *values, _graded = _values(head)
    values += (*_values(done), *_values(rest))
    if len(values) != len(FIELDS):
        raise ValueError(head)
    found: Any = dict(zip(FIELDS, _in_order(values), strict=True))
    found["clocks"] = _clocks(_names(found["clocks"]), numbers, since)
    found["spans"] = [_new(Span, one) for one in found["spans"]]
    _make_done(found)
    found["hits"] = [_new(Hit, one) for one in found["hits"]]
    if found["owed"]:
        found["owed"] = [_new(Owed, one) for one in found["owed"]]
    return cast("Row", found)


def _values(text: str) -> list[Any]:
    """What a text of JSON holds from its first to its last character; ValueError where it is no list."""
    found: Any
    found, end = _begin(text)
    if end != len(text) or type(found) is not list:
        raise ValueError(text)
    return found


def _make_done(found: dict[str, Any]) -> None:
    """Give what was done on a case, as JSON has it, the kinds of tuples that it had."""
    if found["paid"]:
        found["paid"] = [_new(Paid, one) for one in found["paid"]]
    found["assigned"] = [tuple(one) for one in found["assigned"]]
    found["satisfied"] = [tuple(one) for one in found["satisfied"]]


class Folded(Packed):
    """A row for a count of very many: what is asked of few of them is decoded, or fetched, when it is asked.

    It can be asked for its fields, and compared.  `graded`: hits that tell the
    level as the row's do, where one thing at most can come again; `again`: from
    when on it had, or None.  `whole` gives the row of an id.
    """

    __slots__ = ("_done", "_names", "_numbers", "again", "graded", "whole")

    again: int | None
    graded: list[Hit] | None
    whole: Callable[[str], Any]
    _done: str
    _names: str
    _numbers: bytes

    @classmethod
    def of(
        cls, numbers: bytes, head: str, done: str, again: int | None, whole: Callable[[str], Any]
    ) -> Folded:
        """Of what `encode` wrote; ValueError and the like for anything else."""
        *values, graded = _values(head)
        found = cls(zip(_HEAD, values, strict=True))
        found["spans"] = [_new(Span, one) for one in found["spans"]]
        found._done, found._numbers, found._names = done, numbers, found.pop("clocks")
        if len(numbers) != _CLOCK * len(_names(found._names)):
            raise ValueError(head)
        found.graded = graded and [_new(Hit, one) for one in graded]
        found.again, found.whole = again, whole
        return found

    def timed(self) -> Sequence[Timed]:
        names, flat = _names(self._names), memoryview(self._numbers).cast("q").tolist()
        return [*zip(names, flat[::5], flat[1::5], flat[2::5], flat[3::5], flat[4::5], strict=False)]

    def __missing__(self, field: str) -> Any:
        if field not in _ALL:
            raise KeyError(field)
        self.update(self._known() if field in _DONE else self.whole(self["id"]))
        return self[field]

    def _known(self) -> dict[str, Any]:
        """What was done on the case; all of the row, made anew, where the text is damaged."""
        try:
            found = dict(zip(_DONE, _values(self._done), strict=True))
            _make_done(found)
        except (ValueError, TypeError):
            return cast("dict[str, Any]", self.whole(self["id"]))
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Folded) and self.unfolded() == other.unfolded()

    __hash__ = None  # type: ignore[assignment]

    def unfolded(self) -> dict[str, Any]:
        """All of it."""
        return {field: self[field] for field in FIELDS}


def _clocks(names: list[str], numbers: bytes, since: int = 0) -> list[Clock]:
    """The clocks of a row from their names and numbers, five for each; `since` as in `decode`."""
    flat = iter(memoryview(numbers).cast("q").tolist())
    return [
        _new(
            Clock,
            (
                name,
                bits >> _BITS,
                start,
                None if late == ABSENT else due_at(late, bits & WHOLE_DAYS),
                None if met == ABSENT else met,
                bits & ON_HOLD != 0,
                bits & PROVISIONAL != 0,
                None if ended == ABSENT else ended,
                bits & WHOLE_DAYS != 0,
            ),
        )
        for name, start, late, met, ended, bits in zip(names, flat, flat, flat, flat, flat, strict=False)
        if late >= since or (ended if met == ABSENT else met) >= since
    ]


def _graded(brief: Brief) -> list[Hit] | None:
    """Hits that tell the level of a case, the key of the one thing that may come again left empty.

    None where two may, or the case is void and is not one of those that come again.
    """
    if len(_repeating(brief)) > (0 if brief["void"] else 1):
        return None
    found = _telling(brief["hits"], brief["received"])
    return [hit if hit.key is None else hit._replace(key="") for hit in found]


def _repeating(brief: Brief) -> set[tuple[Any, ...]]:
    """What may come again of a case: all that stands under its number in the table `repetition`."""
    return {(hit.key, hit.customers, hit.window) for hit in brief["hits"] if hit.key is not None}


def _telling(hits: list[Hit], received: int) -> list[Hit]:
    """The hits that can give the level of a case: none comes after one that holds from the start."""
    for place, hit in enumerate(hits, 1):
        if hit.key is None and hit.since <= received:
            return hits[:place]
    return hits


def _levels(brief: Brief) -> tuple[int | None, int | None, str | None]:
    """What gives a case its level: the level, and the one that repetition raises it to; else its hits.

    Numbers are enough where one thing at most can come again, and age makes no difference.
    """
    *repeating, last = hits = _telling(brief["hits"], brief["received"])
    if brief["void"] or last.key is not None or len(_repeating(brief)) > 1:
        return None, None, _dumps(hits)
    if any([hit.since > brief["received"] for hit in hits]):  # noqa: C419  (quicker for so few)
        return None, None, _dumps(hits)
    return last.level, repeating[0].level if repeating else None, None


def measures(n: int, case: Case) -> Iterator[tuple[int, int, int | None, str]]:
    """The records of a case's improvement measures in the table `measures`."""
    from complaintctl.measures import measures_of

    for one in measures_of(case):
        yield n, one.number, one.ended, _dumps(one)


def measure(record: tuple[Any, ...]) -> Measure:
    """The measure that one of these holds."""
    from complaintctl.measures import Measure

    found = Measure(*_loads(record[-1]))
    return found._replace(done=tuple(found.done))


_CLOSED_CASE = (CLOSED, None, False, None, None, False)


def columns(
    n: int, case: Case, brief: Brief, row: Row | None, blob: str, matters_until: int
) -> tuple[Any, ...]:
    """The record of a case in the table `cases`; `row`: of an open one."""
    due_order, late, on_hold, due, due_name, provisional = _CLOSED_CASE if row is None else _waiting(row)
    notes = (NOTED.improvements if "improvements" in case else 0) | (NOTED.lessons if brief["lesson"] else 0)
    notes |= NOTED.owed if brief["owing"] or (row is not None and row["owed"]) else 0
    return (
        n, brief["id"], blob, case["policy"]["sha256"][:PIN], due_order, late, matters_until,
        brief["state"], brief["kind"], brief["customer"], brief["named"], on_hold, brief["category"],
        brief["severity"], brief["product"], brief["department"], brief["handler"], brief["owner"],
        brief["received"], brief["closed"], brief["void"], due, due_name, provisional, notes,
        *_levels(brief), upheld_cause(case), batch(case["about"].get("batch")), _voided(case),
    )  # fmt: skip


def _voided(case: Case) -> str | None:
    """From when until when a case stood closed as void, each time, as JSON; None: never."""
    found = [
        (epoch(one["at"]), epoch(one["reopened"]["at"]) if "reopened" in one else None)
        for one in case.get("closures", ())
        if one["outcome"] in VOID
    ]
    return _dumps(found) if found else None


def batch(number: str | None) -> str | None:
    """A batch number as it is compared: without regard to letter case and to blanks (S2-6)."""
    return "".join((number or "").split()).casefold() or None


def upheld_cause(case: Case) -> str | None:
    """The root cause of a case, where the last verdict found for the customer."""
    for entry in reversed(case.get("investigations", ())):
        if "verdict" in entry:
            return entry.get("cause") if entry["verdict"] != "unfounded" else None
    return None


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
    instants += [at for at, _amount in row["borne"]]
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
    text = number or ""
    if not (text.isascii() and text.isdigit()):
        text = re.sub(r"[^0-9+]", "", text)
    digits = text.replace("+", "")
    if text.startswith(("+", "00")):
        digits = digits.lstrip("0")
        digits = digits[1 if digits[:1] in {"1", "7"} else 2 if digits[:2] in _TWO_DIGIT_CODES else 3 :]
    digits = digits.lstrip("0")
    return f"t:{digits}" if digits else None


def mail(address: str | None) -> str | None:
    """An e-mail address as it is compared."""
    return f"m:{address.strip().casefold()}" if address and address.strip() else None

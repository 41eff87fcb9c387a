"""What follows from a condition of a policy: whether it can hold at all, and whether another holds with it.

Both questions are answered carefully: True is certain, False means only that
nothing was found.  So a rule is called unreachable only where it is.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from complaintctl import times
from complaintctl.conditions import DOTTED, LISTS, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complaintctl.policy import When

_SATISFACTION = (1, 5)
# Facts that count from nought, and from one.
_COUNTED = ("affected", "escalated", "declined", "proposals", "amount", "cost", "customer_cost", "price")
_FROM_ONE = ("round", "raised", "level")

Bound = tuple[Decimal | int, bool]  # the edge, and whether the edge itself is left out


def implies(one: When, other: When) -> bool:
    """Whether every case for which `one` holds is one for which `other` holds."""
    if all(_entry_implied(one, fact, asked) for fact, asked in other.items()):
        return True
    if "any" not in one:
        return False
    return all(implies({**_without_any(one), **choice}, other) for choice in one["any"])


def _without_any(when: When) -> When:
    return {fact: asked for fact, asked in when.items() if fact != "any"}


def _entry_implied(one: When, fact: str, asked: Any) -> bool:
    """Whether a condition makes sure of one entry of another."""
    if fact in one and one[fact] == asked:
        return True
    if fact == "any":
        return any(implies(one, choice) for choice in asked)
    if fact == "not":
        return "not" in one and implies(asked, one["not"])
    return fact in one and _fact_implied(fact, one[fact], asked)


def _fact_implied(fact: str, one: Any, other: Any) -> bool:
    """Whether what is asked of a fact makes sure of what else is asked of it."""
    if one == other:
        return True
    if fact == "age":
        return _seconds(one) >= _seconds(other) > 0
    if fact == "repetition":
        return False
    if isinstance(one, dict) or isinstance(other, dict):
        return _bounds_implied(fact, one, other)
    values, allowed = _values(one), _values(other)
    return all(any(_stands_for(fact, wide, value) for wide in allowed) for value in values)


def _bounds_implied(fact: str, one: Any, other: Any) -> bool:
    if fact in LISTS and not (isinstance(one, dict) and isinstance(other, dict)):
        least = _low(other) if isinstance(other, dict) and set(other) == {"at_least"} else None
        return least is not None and least[0] <= 1  # one of a list is in it: it has at least one
    lower, upper = _span(one)
    low, high = _span(other)
    if not isinstance(other, dict):
        return False
    return _above(lower, low) and _below(upper, high)


def _span(asked: Any) -> tuple[Bound | None, Bound | None]:
    """The lowest and the highest value that are let through; None: no end."""
    if isinstance(asked, dict):
        return _low(asked), _high(asked)
    found = [number(one) for one in _values(asked)]
    if not found or None in found:
        return None, None
    known = [one for one in found if one is not None]
    return (min(known), False), (max(known), False)


def _low(bounds: Mapping[str, Any]) -> Bound | None:
    found: list[Bound] = []
    for bound, open_end in (("at_least", False), ("more_than", True)):
        edge = number(bounds[bound]) if bound in bounds else None
        if edge is not None:
            found.append((edge, open_end))
    return max(found, default=None)


def _high(bounds: Mapping[str, Any]) -> Bound | None:
    edge = number(bounds["at_most"]) if "at_most" in bounds else None
    return None if edge is None else (edge, False)


def _above(lower: Bound | None, low: Bound | None) -> bool:
    return low is None or (lower is not None and lower >= low)


def _below(upper: Bound | None, high: Bound | None) -> bool:
    return high is None or (upper is not None and upper <= high)


def _values(asked: Any) -> list[Any]:
    return asked if isinstance(asked, list) else [asked]


def _stands_for(fact: str, wide: Any, value: Any) -> bool:
    """Whether a value that is asked takes in another one."""
    if isinstance(wide, bool) or isinstance(value, bool):
        return wide is value
    if wide == value:
        return True
    if fact in DOTTED and isinstance(wide, str) and isinstance(value, str):
        return value.startswith(f"{wide}.")
    known = number(wide)
    return known is not None and known == number(value)


def _seconds(text: Any) -> int:
    try:
        return times.length(text).seconds
    except (TypeError, ValueError, LookupError):  # business days are no number of seconds
        return 0


def impossible(when: When, sizes: Mapping[str, int]) -> bool:
    """Whether no case can ever fit a condition; `sizes`: the most that a fact can count (``flags: 6``)."""
    rest = {fact: asked for fact, asked in when.items() if fact != "not"}
    if "not" in when and implies(rest, when["not"]):
        return True
    if "any" in when and all(impossible({**_without_any(rest), **one}, sizes) for one in when["any"]):
        return True
    return any(_never(fact, asked, sizes) for fact, asked in when.items() if fact not in ("not", "any"))


def _never(fact: str, asked: Any, sizes: Mapping[str, int]) -> bool:
    """Whether a fact cannot have what is asked of it."""
    if isinstance(asked, list) and not asked:
        return True
    if fact in LISTS and not isinstance(asked, dict):
        return False
    low, high = _span(asked)
    if low is not None and high is not None and (low[0] > high[0] or (low[1] and low[0] == high[0])):
        return True
    least, most = _range(fact, sizes)
    if low is not None and most is not None and (low[0] > most or (low[1] and low[0] == most)):
        return True
    return high is not None and least is not None and high[0] < least


def _range(fact: str, sizes: Mapping[str, int]) -> tuple[int | None, int | None]:
    """The least and the greatest value that a number can have; None: no end."""
    if fact == "satisfaction":
        return _SATISFACTION
    if fact in LISTS or fact in _COUNTED:
        return 0, sizes.get(fact)
    return (1, sizes.get(fact)) if fact in _FROM_ONE else (None, None)

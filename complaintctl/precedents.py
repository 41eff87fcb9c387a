"""Precedents: how other cases of the same cause were settled lately, for whoever decides on one."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from complaintctl import amounts, conditions, times
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from complaintctl.case import Case
    from complaintctl.policy import Policy
    from complaintctl.rows import Row

WINDOW = 90  # days in which they are looked for
_DAY = 86400  # seconds


class Settled(NamedTuple):
    """How another case was settled: what it cost in all, and by what."""

    cost: Decimal
    kinds: tuple[str, ...]


def cause_of(case: Case, policy: Policy) -> str | None:
    """What a case is compared by: the cause that was found, until then its category."""
    facts = conditions.facts_of(case, policy)
    cause: str | None = facts.get("cause") or facts.get("category")
    return cause


def settled(rows: Iterable[Row], cause: str, since: int, until: int, excluding: str) -> list[Settled]:
    """How other cases of the same cause were settled: what was approved in ``since <= t < until``.

    What the customer declined does not count.
    """
    found = []
    for row in rows:
        if row["id"] == excluding or row["void"] or (row["cause"] or row["category"]) != cause:
            continue
        paid = [
            one
            for one in row["paid"]
            if one.approved is not None and since <= one.approved < until and one.declined is None
        ]
        if paid:
            cost = sum((Decimal(one.cost) for one in paid), Decimal(0))
            found.append(Settled(cost, tuple(dict.fromkeys(one.kind for one in paid))))
    return found


def since(at: str) -> int:
    """From when on alike cases are looked for."""
    return times.epoch(at) - WINDOW * _DAY


def alike(case: Case, cause: str | None, past: Sequence[Settled]) -> dict[str, Any]:
    """Median and range of what alike cases cost, and how often each remedy was given."""
    costs = sorted(one.cost for one in past)
    kinds: dict[str, int] = {}
    for one in past:
        for kind in one.kinds:
            kinds[kind] = kinds.get(kind, 0) + 1
    return {
        "cause": cause,
        "days": WINDOW,
        "cases": len(costs),
        "median": median(costs, case["currency"]),
        "lowest": str(costs[0]) if costs else None,
        "highest": str(costs[-1]) if costs else None,
        "remedies": dict(sorted(kinds.items(), key=lambda one: (-one[1], one[0]))),
    }


def median(costs: Sequence[Decimal], currency: str) -> str | None:
    """The median of amounts in order, with the digits of their currency; None of none."""
    if not costs:
        return None
    middle = (costs[(len(costs) - 1) // 2] + costs[len(costs) // 2]) / 2
    return str(middle.quantize(Decimal(1).scaleb(-amounts.minor_digits(currency)), ROUND_HALF_UP))

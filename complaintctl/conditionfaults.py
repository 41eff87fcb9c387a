"""What is wrong with a condition of a policy: unknown facts, wrong kinds of value, ids that it lacks (B8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl.conditions import BOUNDS, CHOICES, DOTTED, FACTS, LISTS, entries, number
from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from complaintctl.policy import Policy, When

NUMBERS = (
    "price", "affected", "escalated", "declined", "round", "proposals", "satisfaction", "amount", "cost",
    "customer_cost", "days_since_purchase", "level", "raised",
)  # fmt: skip
SWITCHES = ("product", "batch", "missed", "exception", "alone", "own_department", "confirmed")
_TABLES = {
    "channel": "channels", "category": "categories", "severity": "severities", "urgency": "urgencies",
    "flags": "flags", "departments": "departments", "demand": "remedies", "remedies": "remedies",
    "role": "roles",
}  # fmt: skip


def when_problems(when: When, policy: Policy) -> list[str]:
    """What is wrong with a condition: unknown facts, wrong kinds of value, ids that the policy lacks (B8)."""
    found = []
    for fact, asked in entries(when):
        if fact not in FACTS:
            found.append(_("there is no fact {fact}").format(fact=fact))
        elif isinstance(asked, dict):
            if fact not in (*NUMBERS, *LISTS):
                found.append(_("{fact} is no number and has no bounds").format(fact=fact))
            found += _bound_problems(fact, asked)
        else:
            values = asked if isinstance(asked, list) else [asked]
            found += [message for one in values for message in _value_problems(fact, one, policy)]
    return found


def _bound_problems(fact: str, bounds: Mapping[str, Any]) -> list[str]:
    wrong = [bound for bound, edge in bounds.items() if bound not in BOUNDS or number(edge) is None]
    message = _("{fact}: {bound} must be one of {bounds}, with a whole number or a decimal in quotes")
    return [message.format(fact=fact, bound=bound, bounds=", ".join(BOUNDS)) for bound in wrong]


def _value_problems(fact: str, asked: Any, policy: Policy) -> list[str]:
    """What is wrong with one value that a fact is compared with."""
    if fact in NUMBERS:
        message = _("{fact} is compared with a whole number or a decimal in quotes")
        return [] if number(asked) is not None else [message.format(fact=fact)]
    if fact in SWITCHES:
        return [] if isinstance(asked, bool) else [_("{fact} is true or false").format(fact=fact)]
    if not isinstance(asked, str):
        return [_("{fact} is compared with text").format(fact=fact)]
    ids = _ids(fact, policy)
    if not ids or asked in ids or (fact in DOTTED and any(one.startswith(f"{asked}.") for one in ids)):
        return []
    return [_("{fact}: the policy has no {value}").format(fact=fact, value=asked)]


def _ids(fact: str, policy: Policy) -> Collection[str]:
    """The ids that a fact may have; empty where the policy does not say."""
    if fact in CHOICES:
        return CHOICES[fact]
    tables: Mapping[str, Any] = policy
    if fact == "cause":  # the category stands for a cause that nobody has found yet
        return (*policy["causes"], *policy["categories"])
    if fact == "customer_type":
        return policy["vocabulary"].get("customer_types", ())
    return tuple(tables.get(_TABLES[fact], ())) if fact in _TABLES else ()

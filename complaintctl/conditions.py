"""The small data language of ``when:`` in a policy, and the facts of a case that it speaks of.

A `When` maps facts to what is expected of them; all of them must hold.

* text, whole number or true/false: the fact equals it;
* a list: the fact equals one of it;
* ``{at_least: x, at_most: y, more_than: z}``: bounds for a number;
* a fact that is a list itself (flags, departments, remedies): one element
  fits, or, with bounds, the number of elements does;
* a dotted id (category, cause): ``goods`` stands for ``goods`` and for
  ``goods.spoiled``;
* ``not: {...}`` and ``any: [{...}, ...]`` turn round and choose.

A fact that a case does not have fits nothing.  An entry that names a fact
which does not exist never holds, not even under ``not``: a slip of the pen in
a policy grants nothing, and `unknown` reports it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from complaintctl.lifecycle import in_round, round_of

if TYPE_CHECKING:
    from complaintctl.case import Case, Investigation, Proposal
    from complaintctl.policy import Policy, When

Facts = Mapping[str, Any]

FACTS = (
    "kind", "channel", "form", "moment", "category", "severity", "urgency", "liability", "flags",
    "departments", "cause", "verdict", "price", "affected", "demand", "product", "batch", "escalated",
    "declined", "round", "proposals", "satisfaction", "missed", "remedies", "amount", "cost",
    "exception", "against", "customer_cost", "days_since_purchase", "role", "level", "alone",
    "own_department", "raised", "grounds", "demand_reasonable", "customer_type", "confirmed",
)  # fmt: skip
LISTS = ("flags", "departments", "remedies")
DOTTED = ("category", "cause")
BOUNDS = ("at_least", "at_most", "more_than")
CHOICES = {
    "kind": ("complaint", "help", "enquiry", "venting"),
    "form": ("spoken", "written", "other"),
    "moment": ("during", "after"),
    "liability": ("ours", "not-ours", "supplier", "unclear"),
    "verdict": ("founded", "partly", "unfounded"),
    "grounds": ("sufficient", "insufficient"),
    "demand_reasonable": ("reasonable", "partly", "unreasonable"),
}
_KNOWN = frozenset(FACTS)


def met(when: When, facts: Facts) -> bool:
    """Whether all of a condition holds; an empty condition does."""
    for fact, asked in when.items():
        if fact in _KNOWN:
            found = facts.get(fact)
            if found is None or not fits(fact, found, asked):
                return False
        elif fact == "not":
            if met(asked, facts) or unknown(asked):
                return False
        elif fact != "any" or not any(met(one, facts) for one in asked):
            return False
    return True


def fits(fact: str, found: Any, asked: Any) -> bool:
    """Whether the value of one fact is what is asked of it; None fits nothing."""
    if found is None:
        return False
    if isinstance(asked, dict):
        return _within(len(found) if fact in LISTS else found, asked)
    if fact in LISTS:
        return True in [one in found for one in asked] if isinstance(asked, list) else asked in found
    if isinstance(asked, list):
        return True in [_equals(fact, found, one) for one in asked]
    return _equals(fact, found, asked)


class Sieve:
    """Many conditions that are asked of many cases: what they say of the same facts is worked out once."""

    def __init__(self, conditions: Iterable[When]) -> None:
        self._conditions = list(conditions)
        self.asked = sorted({fact for when in self._conditions for fact, _asked in entries(when)})
        self._known: dict[tuple[Any, ...], tuple[int, ...]] = {}

    def __call__(self, facts: Facts) -> tuple[int, ...]:
        """The positions of the conditions that hold (`met`)."""
        # Each value with its type: 1 and True are the same key, but not the same fact.
        which = tuple([
            one if type(one) is str or one is None else _key(one) for one in map(facts.get, self.asked)
        ])  # fmt: skip
        found = self._known.get(which)
        if found is None:
            if len(self._known) >= _SIEVED:
                self._known.clear()
            found = tuple(place for place, when in enumerate(self._conditions) if met(when, facts))
            self._known[which] = found
        return found


_SIEVED = 4096  # different facts that are remembered


def _key(found: Any) -> Any:
    """The value of a fact that is no text as part of a key."""
    return (type(found), tuple(found)) if isinstance(found, list) else (type(found), found)


def _equals(fact: str, found: Any, asked: Any) -> bool:
    """Whether a single value equals a single value that is asked."""
    if isinstance(found, str):
        return found == asked or (fact in DOTTED and found.startswith(f"{asked}."))
    if isinstance(found, bool) or isinstance(asked, bool):
        return found is asked
    return bool(number(asked) == found)


def _within(found: Any, bounds: Mapping[str, Any]) -> bool:
    """Whether a number keeps all bounds; what is no number keeps none."""
    if isinstance(found, bool) or not isinstance(found, int | Decimal):
        return False
    for bound, asked in bounds.items():
        edge = number(asked)
        if edge is None or bound not in BOUNDS:
            return False
        if (bound == "at_least" and found < edge) or (bound == "at_most" and found > edge):
            return False
        if bound == "more_than" and found <= edge:
            return False
    return True


def number(value: Any) -> int | Decimal | None:
    """A whole number, or decimal text such as ``"12.90"``; None for anything else (never a float)."""
    if isinstance(value, str):
        return _decimal(value)
    return value if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


@lru_cache(maxsize=1024)
def _decimal(text: str) -> Decimal | None:
    if not text.isascii():
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def unknown(when: When) -> list[str]:
    """The facts that a condition names and that do not exist, in the order in which they stand."""
    return [fact for fact, _asked in entries(when) if fact not in _KNOWN]


def named(when: When) -> set[str]:
    """The facts that a condition asks for."""
    return {fact for fact, _asked in entries(when)}


def entries(when: When) -> Iterator[tuple[str, Any]]:
    """Every fact with what is asked of it, those under ``not`` and ``any`` included."""
    for fact, asked in when.items():
        if fact == "not":
            yield from entries(asked)
        elif fact == "any":
            for one in asked:
                yield from entries(one)
        else:
            yield fact, asked


def facts_of(case: Case, policy: Policy, wanted: Collection[str] | None = None) -> dict[str, Any]:
    """The facts of a case under a policy; facts that it does not have are absent.

    What can come again (verdict, proposal, answer, satisfaction) is that of
    the current round.  ``missed`` is False until a caller that knows the
    deadlines says otherwise.  `wanted`: facts besides these may be left out,
    where working them out takes time.
    """
    intake, about = case["intake"], case["about"]
    priced = wanted is None or "price" in wanted
    facts: dict[str, Any] = {
        "kind": case["kind"],
        "channel": intake["channel"],
        "form": intake["form"],
        "moment": intake.get("moment"),
        "price": Decimal(about["price"]) if "price" in about and priced else None,
        "demand": case.get("demand", {}).get("remedy"),
        "product": "product" in about,
        "batch": "batch" in about,
        "against": about.get("against"),
        "customer_type": case["customer"].get("type"),
        "missed": False,
    }
    facts |= _classified(case, policy)
    if wanted is None or not _LATER.isdisjoint(wanted):
        facts |= _happened(case, wanted)
    if wanted is None or "own_department" in wanted:
        facts["own_department"] = _own_department(case, policy, facts["departments"])
    return {fact: value for fact, value in facts.items() if value is not None}


def _own_department(case: Case, policy: Policy, departments: Collection[str]) -> bool | None:
    """Whether the complaint is against the department of whoever took it (S1c-3); None: not known.

    A person complained about counts as of the first department involved.
    """
    own = case["intake"].get("department")
    against = case["about"].get("against")
    found = against if against in policy["departments"] else next(iter(departments), None)
    return None if own is None or found is None else found == own


def responsible(case: Case, policy: Policy) -> tuple[str | None, str | None]:
    """Department and handler: of the last assignment (one that only shares out a task counts last).

    Before there is one, the department is that of the category, else the first one involved.
    """
    assignments = case.get("assignments")
    if assignments:
        whole = [entry for entry in assignments if "task" not in entry]
        entry = (whole or assignments)[-1]
        return entry["department"], entry["handler"]
    classification = case.get("classification")
    if classification is None:
        return None, None
    category = policy["categories"].get(classification["category"])
    department = category.get("department") if category else None
    return department or next(iter(classification.get("departments", ())), None), None


def _classified(case: Case, policy: Policy) -> dict[str, Any]:
    """What the classification says; flags raise severity and urgency to at least theirs."""
    given = case.get("classification")
    assigned = [entry["department"] for entry in case.get("assignments", ())]
    if given is None:
        return {"flags": [], "departments": list(dict.fromkeys(assigned))}
    flags = given.get("flags", [])
    category = policy["categories"].get(given["category"])
    default = category.get("department") if category else None
    departments = [*given.get("departments", ()), *([default] if default else ()), *assigned]
    severity: Any = given["severity"]
    urgency: Any = given.get("urgency")
    if flags:
        rules = [policy["flags"][flag] for flag in flags if flag in policy["flags"]]
        severities = [severity, *(rule["severity"] for rule in rules if "severity" in rule)]
        urgencies = [urgency, *(rule["urgency"] for rule in rules if "urgency" in rule)]
        severity = _gravest(severities, policy["severities"])
        urgency = _gravest([one for one in urgencies if one], policy["urgencies"])
    return {
        "category": given["category"],
        "severity": severity,
        "urgency": urgency,
        "liability": given.get("liability"),
        "affected": given.get("affected"),
        "flags": list(flags),
        "departments": list(dict.fromkeys(departments)),
    }


def _gravest(found: list[Any], order: Mapping[str, Any]) -> str | None:
    """The one that stands last in the policy's order (lightest first)."""
    if len(found) < 2:
        return found[0] if found else None
    places = {name: place for place, name in enumerate(order)}
    return str(max(found, key=lambda name: places.get(name, -1)))


def _happened(case: Case, wanted: Collection[str] | None) -> dict[str, Any]:
    """What was found, proposed and answered in the current round; see `facts_of` for `wanted`."""
    number_of_round = round_of(case)
    investigations = in_round(case.get("investigations"), number_of_round)
    concluded: Any = _concluded(investigations) or _NOTHING
    proposals = in_round(case.get("proposals"), number_of_round)
    found: dict[str, Any] = {
        "cause": concluded.get("cause"),
        "verdict": concluded.get("verdict"),
        "escalated": len(in_round(case["escalations"], number_of_round)) if "escalations" in case else 0,
        "declined": _declined(proposals) if proposals else 0,
        "round": number_of_round,
        "proposals": len(proposals),
    }
    if wanted is None or not _COSTLY.isdisjoint(wanted):
        contacts = case.get("contacts", ())
        follow_ups = in_round(case.get("follow_ups"), number_of_round)
        found["grounds"] = _last("grounds", investigations)
        found["demand_reasonable"] = _last("demand", investigations)
        found["confirmed"] = True in ["confirms" in entry for entry in contacts]
        found["raised"] = 1 + sum(
            [one["party"] == "customer" and one["direction"] == "in" for one in contacts]
        )
        found["satisfaction"] = follow_ups[-1]["satisfaction"] if follow_ups else None
        found |= proposed(proposals[-1]) if proposals else {"remedies": [], "exception": False}
    return found


_NOTHING: dict[str, Any] = {}


def _declined(proposals: Iterable[Any]) -> int:
    """How many proposals of a round the customer declined."""
    return [entry["answer"]["outcome"] for entry in proposals if "answer" in entry].count("declined")


# What the levels of hardly any policy ask for.
_COSTLY = frozenset((
    "grounds", "demand_reasonable", "confirmed", "raised", "satisfaction", "remedies", "amount", "cost",
    "exception",
))  # fmt: skip
# All that `_happened` tells.
_LATER = _COSTLY | {"cause", "verdict", "escalated", "declined", "round", "proposals"}


# Which sections of a case a fact is told from; those that are not named here, from what happened later.
_TOLD_BY = {
    **dict.fromkeys(("channel", "form", "moment"), ("intake",)),
    **dict.fromkeys(("price", "product", "batch", "against"), ("about",)),
    **dict.fromkeys(
        ("category", "severity", "urgency", "liability", "affected", "flags"), ("classification",)
    ),
    "kind": ("kind",),
    "demand": ("demand",),
    "customer_type": ("customer",),
    "departments": ("classification", "assignments"),
    "own_department": ("intake", "about", "classification", "assignments"),
}
_HAPPENED = ("investigations", "proposals", "contacts", "follow_ups", "escalations", "closures")


def told_by(wanted: Iterable[str]) -> set[str]:
    """The sections of a case that some of the facts of `facts_of` are told from."""
    return {section for fact in wanted for section in _TOLD_BY.get(fact, _HAPPENED)}


def _last(field: str, investigations: Sequence[Investigation]) -> Any:
    """What the investigations of a round said last; it may be settled before the verdict (S1b-10)."""
    entry: Any
    for entry in reversed(investigations):
        if field in entry:
            return entry[field]
    return None


def last_verdict(case: Case) -> Investigation | None:
    """The last investigation of the current round that came to a verdict."""
    return _concluded(in_round(case.get("investigations", ()), round_of(case)))


def _concluded(investigations: Sequence[Investigation]) -> Investigation | None:
    for entry in reversed(investigations):
        if "verdict" in entry:
            return entry
    return None


def verdict_of(case: Case) -> str | None:
    """The verdict of the current round (founded, partly, unfounded), when there is one."""
    concluded = last_verdict(case)
    return concluded["verdict"] if concluded else None


def proposed(proposal: Proposal) -> dict[str, Any]:
    """Kinds, sum of amounts, sum of costs (in the case's currency) and exception of a proposal."""
    remedies = proposal["remedies"]
    return {
        "remedies": [entry["kind"] for entry in remedies],
        "amount": sum((Decimal(entry["amount"]) for entry in remedies if "amount" in entry), Decimal(0)),
        "cost": sum((Decimal(entry["cost"]) for entry in remedies), Decimal(0)),
        "exception": "exception" in proposal,
    }

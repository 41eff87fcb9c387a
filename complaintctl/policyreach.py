"""Rules of a policy that can never matter: another one comes first, or no case can fit them.

Where it is not certain, nothing is said (`complaintctl.entailment`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl.conditionfaults import when_problems
from complaintctl.entailment import implies, impossible
from complaintctl.i18n import _
from complaintctl.labels import text
from complaintctl.ladder import rank

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from complaintctl.policy import Entitlement, Granted, LevelRule, Policy, When

Found = tuple[str, str]  # JSON path, message
_TIMED = ("age", "repetition")
# What a deadline asks, apart from how long it gives.
_ASKED = ("from", "until", "date", "when", "clock", "stops_for", "ends_with", "every", "rolls_over")


def problems(policy: Policy) -> Iterator[Found]:
    """The rules that can never matter, each with why."""
    for check in (_hopeless, _levels, _needs, _entitlements, _deadlines, _gates):
        yield from check(policy)


def conditions_of(policy: Policy) -> Iterator[tuple[str, When]]:
    """Every condition of a policy with its JSON path."""
    for place, level in enumerate(policy["levels"]):
        for number, rule in enumerate(level.get("any", ())):
            yield f"$.levels[{place}].any[{number}].when", rule["when"]
    for name, deadline in policy["deadlines"].items():
        yield f"$.deadlines.{name}.when", deadline.get("when", {})
    lists: list[tuple[str, Sequence[Any]]] = [
        ("tell", policy.get("tell", [])),
        ("authority.needs", policy["authority"].get("needs", [])),
        ("entitlements", policy["entitlements"]),
        ("exclusions", policy.get("exclusions", [])),
        ("gates", policy["gates"]),
    ]
    for key, entries in lists:
        for place, entry in enumerate(entries):
            yield f"$.{key}[{place}].when", entry.get("when", {})
    yield "$.authority.settle", policy["authority"].get("settle", {})


def _hopeless(policy: Policy) -> Iterator[Found]:
    """Conditions that no case can fit; one with a slip of the pen has been told of already."""
    sizes = {
        "flags": len(policy["flags"]),
        "departments": len(policy["departments"]),
        "level": max((level["level"] for level in policy["levels"]), default=0),
    }
    for path, when in conditions_of(policy):
        plain = {fact: asked for fact, asked in when.items() if fact not in _TIMED}
        if not when_problems(plain, policy) and impossible(when, sizes):
            yield path, _("can never hold: what it asks contradicts itself or is more than there can be")


def _levels(policy: Policy) -> Iterator[Found]:
    """Reasons that a graver level, or the same one, has before them."""
    earlier: list[tuple[int, LevelRule]] = []
    for place, level in enumerate(policy["levels"]):
        for number, rule in enumerate(level.get("any", ())):
            first = next((one for one in earlier if implies(rule["when"], one[1]["when"])), None)
            if first is not None:
                message = _("never decides: whatever fits has level {level} already ({reason})").format(
                    level=first[0], reason=text(first[1]["label"], "en")
                )
                yield f"$.levels[{place}].any[{number}]", message
            earlier.append((level["level"], rule))


def _needs(policy: Policy) -> Iterator[Found]:
    """Needs that ask for no more than another one that holds whenever they do."""
    needs = policy["authority"].get("needs", [])
    for place, need in enumerate(needs):
        for number, other in enumerate(needs):
            same = implies(other["when"], need["when"])
            if (
                number != place
                and implies(need["when"], other["when"])
                and rank(policy, need["role"]) <= rank(policy, other["role"])
                and not (same and need["role"] == other["role"] and place < number)
            ):
                message = _("never decides: {name} asks for as much whenever it holds")
                yield f"$.authority.needs[{place}]", message.format(name=other["name"])
                break


def _entitlements(policy: Policy) -> Iterator[Found]:
    """Entitlements that an earlier one has before them, apart from those that say what a law says."""
    rules = policy["entitlements"]
    for place, rule in enumerate(rules):
        first = next((one for one in rules[:place] if _grants_all(one, rule)), None)
        if first is not None and ("law" not in rule or rule["when"] == first["when"]):
            message = _("grants nothing that {name} before it does not grant").format(name=first["name"])
            yield f"$.entitlements[{place}]", message


def _grants_all(one: Entitlement, other: Entitlement) -> bool:
    """Whether a rule grants all that another one grants, under no stricter conditions."""
    return (
        implies(other["when"], one["when"])
        and set(one.get("confirm", ())) <= set(other.get("confirm", ()))
        and ("within" not in one or ("within" in other and _days(other) <= _days(one)))
        and all(
            kind in one["remedies"] and _reaches(one["remedies"][kind], granted)
            for kind, granted in other["remedies"].items()
        )
    )


def _days(rule: Entitlement) -> int:
    return int(rule["within"].split()[0]) if "within" in rule else 0


def _reaches(one: Granted, other: Granted) -> bool:
    """Whether what is granted is never less than something else."""
    return one == other or ("ceiling" not in one and not one.get("exactly"))


def _deadlines(policy: Policy) -> Iterator[Found]:
    """Clocks that ask the same as an earlier one and differ in nothing but how long, in the same unit."""
    seen: list[tuple[str, Mapping[str, Any]]] = []
    for name, rule in policy["deadlines"].items():
        entry: Mapping[str, Any] = rule
        first = next((other for other, one in seen if _same_clock(one, entry)), None)
        if first is not None:
            message = _("asks the same as {name}: one of the two clocks is enough").format(name=first)
            yield f"$.deadlines.{name}", message
        seen.append((name, entry))


def _same_clock(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    units = [str(rule.get("within", "")).partition(" ")[2].removesuffix("s") for rule in (one, other)]
    return units[0] == units[1] and all(one.get(key) == other.get(key) for key in _ASKED)


def _gates(policy: Policy) -> Iterator[Found]:
    """Gates that ask what another one before the same step asks already."""
    for place, gate in enumerate(policy["gates"]):
        for other in policy["gates"][:place]:
            same = gate["step"] == other["step"] and gate["requires"] == other["requires"]
            if same and implies(gate.get("when", {}), other.get("when", {})):
                message = _("{name} asks the same before this step").format(name=other["name"])
                yield f"$.gates[{place}]", message
                break

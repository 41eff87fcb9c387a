"""How grave a case is: computed from the policy's rules, never stored (S1d-4).

A level can change by itself, because a case grows old or because other
customers complain of the same.  So a case is turned once into `Hit`s, each
the instant from which a rule holds (and, for repetition, what must come
again); the level at an instant is then a few comparisons.

Besides facts (see `complaintctl.conditions`) a rule may ask for

* ``age: "30 days"``: counted from the receipt of the case, as long as it is open;
* ``repetition: {same: [category, product], customers: 3, within: "30 days"}``:
  that many different customers with the same, within that time (S1d-3).
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from complaintctl import times
from complaintctl.conditions import Sieve, facts_of, told_by
from complaintctl.i18n import _
from complaintctl.labels import text
from complaintctl.rows import Hit
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.policy import LevelRule, Policy, When

SAME = ("category", "cause", "product", "batch", "channel", "against")
_TIMED = ("age", "repetition")
_EVERYTHING_ELSE = -1
_new = tuple.__new__

Group = Sequence[tuple[int, str]]  # received (seconds), customer id


def hits(case: Case, policy: Policy, facts: Mapping[str, Any] | None = None) -> list[Hit]:
    """Every rule that the case satisfies, gravest first, each with the instant from which it does.

    `facts` are those of `facts_of`, where the caller has them already (with
    ``missed`` filled in).  The last hit is always the policy's last level
    (rule -1), which holds from the receipt on.
    """
    known = facts_for(case, policy) if facts is None else facts
    found = _held(case, known, _rules(policy).every)
    received = times.epoch(case["intake"]["received_at"])
    found.append(Hit(policy["levels"][-1]["level"], _EVERYTHING_ELSE, received, None, 0, 0))
    return found


def repetitions(case: Case, policy: Policy) -> list[Hit]:
    """Those of `hits` that ask for something to come again, without working out the others."""
    asked = _rules(policy).repeated
    return _held(case, facts_of(case, policy, asked.wanted), asked) if asked.rules else []


def rests_on(policy: Policy) -> tuple[str, ...]:
    """The sections of a case that `repetitions` and the age of the case depend on, in no order."""
    return _rules(policy).repeated.sections


def _held(case: Case, known: Mapping[str, Any], asked: _Asked) -> list[Hit]:
    """The rules that a case satisfies, of those that are asked about."""
    received = times.epoch(case["intake"]["received_at"])
    found = []
    for position in asked.sieve(known):
        level, place, when = asked.rules[position]
        since: int | None = received
        if "age" in when:
            since = _aged(case, received, _seconds(when["age"]))
        if since is None:
            continue
        if "repetition" not in when:
            found.append(_new(Hit, (level, place, since, None, 0, 0)))
            continue
        again = when["repetition"]
        key = repetition_key(case, known, again["same"])
        if key is not None:
            found.append(Hit(level, place, since, key, again["customers"], _seconds(again["within"])))
    return found


def facts_for(case: Case, policy: Policy) -> dict[str, Any]:
    """The facts of a case that its levels depend on, and perhaps others."""
    return facts_of(case, policy, _rules(policy).every.wanted)


class _Asked:
    """Rules, gravest first: level, place and condition of each, and which of them hold apart from time."""

    def __init__(self, rules: Sequence[tuple[int, int, When]]) -> None:
        self.rules = rules
        self.sieve = Sieve(_plain(when) for _level, _place, when in rules)
        same = {field for _level, _place, when in rules for field in _same(when)}
        self.wanted = frozenset(self.sieve.asked) | same  # the facts that they depend on
        # What these are told from, and who complained when, of what, and whether it is over.
        self.sections = tuple({"customer", "intake", "about", "closures"} | told_by(self.wanted))


def _same(when: When) -> Iterable[str]:
    """What must be the same for a rule about what comes again."""
    return when["repetition"]["same"] if "repetition" in when else ()


class _Rules(NamedTuple):
    """The rules of a policy's levels."""

    levels: Any
    every: _Asked
    repeated: _Asked  # those about what comes again


def _rules(policy: Policy) -> _Rules:
    """The rules of a policy's levels, made ready once."""
    held = _known.get(id(policy["levels"]))
    if held is None or held.levels is not policy["levels"]:
        rules = [
            (level["level"], place, rule["when"])
            for level in policy["levels"]
            for place, rule in enumerate(level.get("any", ()))
        ]
        if len(_known) >= _POLICIES:
            _known.clear()
        repeated = [one for one in rules if "repetition" in one[2]]
        held = _known[id(policy["levels"])] = _Rules(policy["levels"], _Asked(rules), _Asked(repeated))
    return held


# The levels of the policies met last, by identity (they are kept, so that no other can get their id).
_known: dict[int, _Rules] = {}
_POLICIES = 32


def _plain(when: When) -> When:
    """The part of a condition that `complaintctl.conditions` understands."""
    return {fact: asked for fact, asked in when.items() if fact not in _TIMED}


@lru_cache(maxsize=64)
def _seconds(text_of_length: str) -> int:
    return times.length(text_of_length).seconds


def _aged(case: Case, received: int, age: int) -> int | None:
    """The first instant at which the case is open and that old; None when it was closed before."""
    start: int | None = received
    for closure in case.get("closures", ()):
        closed = times.epoch(closure["at"])
        if start is not None and closed >= max(start, received + age):
            break
        start = times.epoch(closure["reopened"]["at"]) if "reopened" in closure else None
    return None if start is None else max(start, received + age)


def repetition_key(case: Case, facts: Mapping[str, Any], same: Iterable[str]) -> str | None:
    """What must be the same, as text: names and values (case and spaces apart); None if one is missing."""
    found: list[tuple[str, str]] = []
    for field in same:
        value = case["about"].get(field) if field in {"product", "batch"} else facts.get(field)
        if not isinstance(value, str) or not value.strip() or field not in SAME:
            return None
        found.append((field, value))
    which = tuple(found)
    text = _texts.get(which)
    if text is None and found:
        if len(_texts) >= _KEPT:
            _texts.clear()
        text = _texts[which] = _as_text(found)
    return text


_KEPT = 8192
_texts: dict[tuple[tuple[str, str], ...], str] = {}  # the same things are complained of again and again


def _as_text(found: Iterable[tuple[str, str]]) -> str:
    named = {field: " ".join(value.split()).casefold() for field, value in found}
    return json.dumps(named, ensure_ascii=False, sort_keys=True)


def level_at(found: Sequence[Hit], instant: int, repeated: Callable[[Hit], bool]) -> Hit:
    """The gravest hit that holds at an instant; `repeated` answers for those with a repetition key."""
    for hit in found:
        if hit.since <= instant and (hit.key is None or repeated(hit)):
            return hit
    return found[-1]


def repeated_at(hit: Hit, mine: int, others: Iterable[tuple[int, str]], instant: int) -> bool:
    """Whether enough different customers had the same by an instant (S1d-3).

    `others`: (received, customer id) of all cases with the same key, this one
    included; `mine`: when this case was received.  True when some window of
    the hit's length that contains `mine` and does not end after `instant`
    holds enough different customers.
    """
    ordered = sorted(others)
    near = ordered[
        bisect_left(ordered, (mine - hit.window,)) : bisect_left(ordered, (mine + hit.window + 1,))
    ]
    place = bisect_left(near, (mine,))
    if place == len(near) or near[place][0] != mine:
        return False
    since = repeated_from(near, hit.customers, hit.window)[place]
    return since is not None and since <= instant


def repeated_from(group: Group, customers: int, window: int) -> list[int | None]:
    """For each case of a group (sorted by receipt) the instant from which it counts as repeated, or None.

    One pass: a group of any size costs as much as reading it.
    """
    since: list[int | None] = [None] * len(group)
    inside: Counter[str] = Counter()
    first = unmarked = 0
    for last, (received, customer) in enumerate(group):
        inside[customer] += 1
        while group[first][0] < received - window:
            leaving = group[first][1]
            inside[leaving] -= 1
            if not inside[leaving]:
                del inside[leaving]
            first += 1
        if len(inside) >= customers:
            unmarked = max(unmarked, first)
            since[unmarked : last + 1] = [received] * (last + 1 - unmarked)
            unmarked = last + 1
    return since


def reason(hit: Hit, policy: Policy, language: str) -> str:
    """Why a case has its level: the label of the rule, or of the last level."""
    for level in policy["levels"]:
        if level["level"] == hit.level:
            rules = level.get("any", ())
            return text(rules[hit.rule]["label"] if 0 <= hit.rule < len(rules) else level["label"], language)
    return ""


def next_climb(
    found: Sequence[Hit], instant: int, repeated: Callable[[Hit], bool] = lambda _hit: False
) -> tuple[int, int] | None:
    """When the case will climb by its age alone, and to which level: the early warning (S1d-4)."""
    now = level_at(found, instant, repeated).level
    coming = [
        (hit.since, hit.level)
        for hit in found
        if hit.since > instant and hit.level < now and (hit.key is None or repeated(hit))
    ]
    return min(coming, default=None)


def rule_problems(policy: Policy) -> list[tuple[str, str]]:
    """What is wrong with the levels of a policy: (JSON path, message) each."""
    levels = policy["levels"]
    if not levels:
        return [("$.levels", _("there must be a level"))]
    found = []
    for place, level in enumerate(levels):
        path = f"$.levels[{place}]"
        if place and level["level"] <= levels[place - 1]["level"]:
            found.append((f"{path}.level", _("levels stand in order of gravity, the smallest number first")))
        last = place == len(levels) - 1
        if last and "any" in level:
            found.append((f"{path}.any", _("the last level is everything else and has no rules")))
        if not last and not level.get("any"):
            found.append((f"{path}.any", _("every level but the last needs a rule")))
        for number, rule in enumerate(level.get("any", ())):
            where = f"{path}.any[{number}].when"
            found += [(where, message) for message in _rule_problems(rule, policy)]
    return found


def _rule_problems(rule: LevelRule, policy: Policy) -> list[str]:
    from complaintctl.conditionfaults import when_problems

    when = rule["when"]
    plain = _plain(when)
    found = when_problems(plain, policy)
    if "level" in plain:
        found.append(_("a level cannot be asked for where it is found"))
    if "age" in when and not is_elapsed(when["age"]):
        found.append(_("age is a number of minutes, hours or days"))
    if "repetition" in when:
        found += _repetition_problems(when["repetition"])
    return found


def _repetition_problems(asked: Any) -> list[str]:
    if not isinstance(asked, dict) or set(asked) != {"same", "customers", "within"}:
        return [_("repetition needs same, customers and within")]
    found = []
    same = asked["same"]
    if not isinstance(same, list) or not same or any(field not in SAME for field in same):
        found.append(_("same is a list of: {fields}").format(fields=", ".join(SAME)))
    customers = asked["customers"]
    if isinstance(customers, bool) or not isinstance(customers, int) or customers < 2:
        found.append(_("customers is a number from 2"))
    if not is_elapsed(asked["within"]):
        found.append(_("within is a number of minutes, hours or days"))
    return found


def is_elapsed(value: Any) -> bool:
    """Whether a text is a length of time that can be counted in seconds."""
    try:
        return times.length(value).unit != "business day"
    except (TypeError, ValueError):
        return False

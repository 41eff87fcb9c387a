"""What would have come out differently under other rules: committed cases, replayed.

Each case is compared under the rules that it was received under and under
others: its level, its clocks, which role each proposal needed, which rule
allowed each remedy, and the ids that the others lack.  Steps are not replayed:
what people did stays as it is, and only what the rules made of it is asked.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from complaintctl import authority, cells, conditions, deadlines, levels, needs, remedies, times
from complaintctl.differences import Clocks, Difference, Outcome, changes, counts, rule_text, states, turned
from complaintctl.errors import Refused
from complaintctl.i18n import _
from complaintctl.labels import name_of, text
from complaintctl.lifecycle import VOID
from complaintctl.references import references

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import tzinfo

    from complaintctl.case import Case, Remedy
    from complaintctl.policy import Policy
    from complaintctl.rows import Clock, Hit
    from complaintctl.workdays import WorkCalendar

# What the rules of each kind go by: where all of it is the same, nothing can come out differently.
_FACTS = ("flags", "categories", "severities", "urgencies", "departments")
_LEVEL = ("levels", *_FACTS)
_ENTITLEMENT = ("entitlements", "exclusions", "remedies", *_FACTS)
_GOES_BY = {
    "level": _LEVEL,
    "clock": ("deadlines", "channels", *_FACTS),
    "entitlement": _ENTITLEMENT,
    "authority": ("authority", *_LEVEL, *_ENTITLEMENT),
}
_UNTIL_THEN = ("investigations", "escalations", "assignments", "contacts", "follow_ups")

Grant = tuple[str, int, str, str]  # customer, instant of the approval, case, cost
_Group = dict[tuple[Any, ...], list[tuple[int, str]]]


class Replay:
    """Compares cases under their own rules with the same cases under others."""

    def __init__(
        self,
        policy: Policy,
        pinned: Callable[[Case], Policy],
        calendar: WorkCalendar,
        zone: tzinfo,
        now: int,
        language: str,
    ) -> None:
        self._policy, self._pinned = policy, pinned
        self._calendar, self._zone = calendar, zone
        self._now, self._language = now, language
        self._granted: dict[str, list[Grant]] = {}
        self._repeated: tuple[dict[Any, int], dict[Any, int]] = ({}, {})
        self._differing: dict[int, tuple[Policy, set[str]]] = {}

    def run(self, cases: Iterable[Case], since: int, grants: Iterable[Grant]) -> Outcome:
        """Compare the cases received since an instant; all of `cases` count for what comes again.

        `cases` is gone through twice, so it must be more than an iterator;
        `grants` is what was approved in any of them.
        """
        self._granted = _by_customer(grants)
        self._repeated = self._repetition(cases)
        found: list[Difference] = []
        compared, affected = 0, 0
        for case in cases:
            if times.epoch(case["intake"]["received_at"]) >= since:
                own = self._compared(case)
                compared += 1
                affected += bool(own)
                found += own
        found.sort(key=lambda one: one.case)
        return Outcome(compared, affected, counts(found), changes(found), found)

    def _compared(self, case: Case) -> list[Difference]:
        """Everything about a case that would have been another."""
        own = self._pinned(case)
        which = self._kinds(own)
        try:
            return [
                *(self._levels(case, own) if "level" in which else ()),
                *(self._clocks(case, own) if "clock" in which else ()),
                *(self._proposals(case, own) if "authority" in which else ()),
                *(_lacking(case, own, self._policy, self._language) if "lacking" in which else ()),
            ]
        except (LookupError, ValueError, TypeError, ArithmeticError):
            why = _("does not fit these rules")
            return [Difference(case["id"], "lacking", _("content"), "", why, why)]

    def _kinds(self, own: Policy) -> set[str]:
        """The kinds of difference that there can be between some rules and those that are tried."""
        known = self._differing.get(id(own))
        if known is None or known[0] is not own:
            one, other = cast("Mapping[str, Any]", own), cast("Mapping[str, Any]", self._policy)
            found = {
                kind
                for kind, sections in _GOES_BY.items()
                if any(one.get(section) != other.get(section) for section in sections)
            }
            known = self._differing[id(own)] = own, found | ({"lacking"} if own != self._policy else set())
        return known[1]

    # -- levels

    def _repetition(self, cases: Iterable[Case]) -> tuple[dict[Any, int], dict[Any, int]]:
        """From when on what a case has in common with others counts as repeated, under both rules (S1d-3)."""
        groups: tuple[_Group, _Group] = (defaultdict(list), defaultdict(list))
        for case in cases:
            if not _is_void(case):
                member = times.epoch(case["intake"]["received_at"]), case["customer"]["id"]
                for policy, group in zip((self._pinned(case), self._policy), groups, strict=True):
                    for hit in levels.hits(case, policy):
                        if hit.key is not None:
                            group[hit.key, hit.customers, hit.window].append(member)
        return _since(groups[0]), _since(groups[1])

    def _hit(self, case: Case, policy: Policy, instant: int) -> Hit:
        """What gives a case its level at an instant."""
        known = self._repeated[policy is self._policy]
        received = times.epoch(case["intake"]["received_at"])

        def repeated(hit: Hit) -> bool:
            since = known.get((hit.key, hit.customers, hit.window, received))
            return since is not None and since <= instant

        return levels.level_at(levels.hits(case, policy), instant, repeated)

    def _levels(self, case: Case, own: Policy) -> Iterator[Difference]:
        """The level that the case has now, or had when it was closed."""
        closures = case.get("closures", [])
        ended = closures[-1] if closures and "reopened" not in closures[-1] else None
        instant = min(self._now, times.epoch(ended["at"])) if ended else self._now
        was, would = (self._hit(case, policy, instant) for policy in (own, self._policy))
        if was.level != would.level:
            change = f"{was.level} → {would.level}"
            one, other = self._level(was, own), self._level(would, self._policy)
            yield Difference(case["id"], "level", "", one, other, change)

    def _level(self, hit: Hit, policy: Policy) -> str:
        return f"{hit.level} ({levels.reason(hit, policy, self._language)})"

    # -- clocks

    def _clocks(self, case: Case, own: Policy) -> Iterator[Difference]:
        """The clocks of each round: which there are, when they are due, and what became of them."""
        was = self._by_name(deadlines.clocks(case, own, self._calendar))
        would = self._by_name(deadlines.clocks(case, self._policy, self._calendar))
        for key in dict.fromkeys([*was, *would]):
            one, other = was.get(key, []), would.get(key, [])
            if one != other:
                name, number = key
                what = name if number == 1 else _("{clock}, round {number}").format(clock=name, number=number)
                change = f"{name}: {turned(one, other)}"
                yield Difference(case["id"], "clock", what, self._told(one), self._told(other), change)

    def _by_name(self, clocks: Iterable[Clock]) -> dict[tuple[str, int], Clocks]:
        """Due and state of the clocks by name and round, in their order."""
        found: dict[tuple[str, int], Clocks] = {}
        for clock in clocks:
            state = deadlines.state_of(clock, self._now)
            found.setdefault((clock.name, clock.round), []).append((clock.due, state))
        return found

    def _told(self, found: Clocks) -> str:
        """The clocks of one name in words: of several the last, and how many were missed."""
        if not found:
            return _("no such clock")
        due, state = found[-1]
        when, word = cells.instant(due, self._zone, due=True), states()[state]
        told = _("{state}, due {when}").format(state=word, when=when) if when else word
        if len(found) == 1:
            return told
        missed = sum(one[1] == "missed" for one in found)
        return _("{count} times, {missed} missed; last: {told}").format(
            count=len(found), missed=missed, told=told
        )

    # -- proposals

    def _proposals(self, case: Case, own: Policy) -> Iterator[Difference]:
        for place, proposal in enumerate(case.get("proposals", ())):
            was, would = (self._judged(case, place, policy) for policy in (own, self._policy))
            for number, remedy in enumerate(proposal["remedies"]):
                if was[number] != would[number]:
                    what = _("proposal {number}: {kind}").format(number=place + 1, kind=remedy["kind"])
                    one, other = rule_text(was[number]), rule_text(would[number])
                    change = f"{remedy['kind']}: {one} → {other}"
                    yield Difference(case["id"], "entitlement", what, one, other, change)
            roles = [
                self._role(case, place, policy, exception="" in rules)
                for policy, rules in ((own, was), (self._policy, would))
            ]
            if roles[0] != roles[1]:
                what = _("proposal {number}").format(number=place + 1)
                change = f"{roles[0]} → {roles[1]}"
                yield Difference(case["id"], "authority", what, roles[0], roles[1], change)

    def _judged(self, case: Case, place: int, policy: Policy) -> list[str | None]:
        """For each remedy the rule that allows it; empty for an exception, None where it needs no rule."""
        proposal = case["proposals"][place]
        then = as_of(case, place, times.epoch(proposal["at"]))
        chosen = [_bare(remedy) for remedy in proposal["remedies"]]
        known = [remedy for remedy in chosen if remedy["kind"] in policy["remedies"]]
        facts = conditions.facts_of(then, policy)
        on = date.fromisoformat(proposal["at"][:10])
        confirmed = proposal.get("confirmed", [])
        rules = iter(remedies.judge(known, then, facts, policy, confirmed, "?", on))
        found: list[str | None] = []
        for remedy in chosen:
            kind = policy["remedies"].get(remedy["kind"])
            rule = next(rules).get("rule", "") if kind else ""
            found.append(None if kind and kind.get("free") else rule)
        return found

    def _role(self, case: Case, place: int, policy: Policy, *, exception: bool) -> str:
        """The label of the lowest role that could decide on a proposal when it was decided on, or now."""
        proposal = case["proposals"][place]
        decision = proposal.get("decision")
        instant = times.epoch(decision["at"]) if decision else self._now
        then = as_of(case, place, instant)
        facts = conditions.facts_of(then, policy)
        facts |= {"exception": exception, "level": self._hit(case, policy, instant).level}
        cost, before = authority.cost_of(proposal), self._spent(case, policy, instant)
        try:
            asked = needs.needed(then, cost, before, facts, policy, self._language)
        except Refused:
            currency = policy["authority"]["currency"]
            return _("nobody: the limits are in {currency}").format(currency=currency)
        return name_of(policy, "roles", asked.role, self._language)

    def _spent(self, case: Case, policy: Policy, instant: int) -> Decimal:
        """What the customer was granted in other cases within the window before an instant."""
        since = instant - times.length(policy["authority"]["window"]).seconds
        return sum(
            (
                Decimal(cost)
                for _customer, approved, ident, cost in self._granted.get(case["customer"]["id"], ())
                if since <= approved <= instant and ident != case["id"]
            ),
            Decimal(0),
        )


def as_of(case: Case, place: int, instant: int) -> Case:
    """A case as it stood while a proposal (counted from 0) waited, up to an instant.

    The classification is today's: what it was before is not in the case.
    """
    proposals = case["proposals"]
    waiting = {k: v for k, v in proposals[place].items() if k not in ("decision", "answer", "problems")}
    earlier: dict[str, Any] = {**case, "proposals": [*proposals[:place], waiting]}
    earlier["closures"] = case.get("closures", [])[: proposals[place].get("round", 1) - 1]
    for section in _UNTIL_THEN:
        if section in earlier:
            earlier[section] = [one for one in earlier[section] if times.epoch(one["at"]) <= instant]
    return cast("Case", earlier)


def _bare(remedy: Remedy) -> Remedy:
    """A remedy without the rule that allowed it."""
    return cast("Remedy", {key: value for key, value in remedy.items() if key != "rule"})


def _lacking(case: Case, own: Policy, policy: Policy, language: str) -> Iterator[Difference]:
    """The ids of a case that its own rules have and the others lack, each once."""
    has, lacks = cast("Mapping[str, Any]", own), cast("Mapping[str, Any]", policy)
    seen: set[tuple[str, str]] = set()
    for _path, kind, ident in references(case):
        if ident in has[kind] and ident not in lacks[kind] and (kind, ident) not in seen:
            seen.add((kind, ident))
            what = f"{kind.replace('_', ' ')}: {ident}"
            yield Difference(
                case["id"], "lacking", what, text(has[kind][ident]["label"], language), _("none"), what
            )


def _is_void(case: Case) -> bool:
    closures = case.get("closures", [])
    return bool(closures) and "reopened" not in closures[-1] and closures[-1]["outcome"] in VOID


def _since(groups: _Group) -> dict[Any, int]:
    """For each group and instant of receipt, from when on it counts as repeated."""
    found: dict[Any, int] = {}
    for key, members in groups.items():
        _key, customers, window = key
        ordered = sorted(members)
        for (received, _who), since in zip(
            ordered, levels.repeated_from(ordered, customers, window), strict=True
        ):
            if since is not None:
                found[*key, received] = min(since, found.get((*key, received), since))
    return found


def _by_customer(grants: Iterable[Grant]) -> dict[str, list[Grant]]:
    found: dict[str, list[Grant]] = {}
    for grant in grants:
        found.setdefault(grant[0], []).append(grant)
    return found

"""What a decision on a proposal needs: the lowest role for it, and why it is not a lower one (S1c-4, S1b-5).

Its money, the needs of the policy, and how high refusals and escalations have
driven the case.  Money is a `Decimal` in the currency of the policy; where the
policy is silent, broken or speaks of another currency, nobody may decide.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from complaintctl import spoken, times
from complaintctl.authority import granted_before
from complaintctl.conditions import met, unknown
from complaintctl.errors import Refused
from complaintctl.i18n import _
from complaintctl.labels import name_of, text
from complaintctl.ladder import limit, rank
from complaintctl.lifecycle import in_round, round_of
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from complaintctl.case import Case
    from complaintctl.policy import Need, Policy


class Needed(NamedTuple):
    """What a decision on a proposal needs."""

    role: str  # the lowest role that may decide
    why: Callable[[Needed], list[str]]  # see `reasons`
    limit_role: str  # the lowest role whose limit covers the money alone
    cost: Decimal  # of the proposal
    granted: Decimal  # what the customer was granted before, within the window
    not_by: str | None  # at the top of the ladder: whose word is not enough once more
    language: str

    @property
    def reasons(self) -> list[str]:
        """Why the role is not a lower one, a sentence each; put into words when somebody asks."""
        return self.why(self)

    @property
    def total(self) -> Decimal:
        """What is held against a limit: slicing an amount changes nothing."""
        return self.cost + self.granted


def needed(
    case: Case,
    proposal_cost: Decimal,
    customer_cost: Decimal,
    facts: Mapping[str, Any],
    policy: Policy,
    language: str,
) -> Needed:
    """The lowest role that may decide on a proposal, and why it is not a lower one.

    `customer_cost` is what the same customer was granted in other cases within
    the policy's window; what this case granted before is added here.  Raises
    `Refused` when the policy has no ladder or counts in another currency.
    """
    roles = _roles(case, policy)
    top = len(roles) - 1
    granted = customer_cost + granted_before(case)
    total = proposal_cost + granted
    by_money = next((place for place, role in enumerate(roles) if covers(policy, role, total)), top)
    known = {**facts, "cost": proposal_cost, "customer_cost": granted}
    wanted = _wanted(known, policy)
    floor = max([by_money, *(place for place, _need in wanted)])
    climbed, not_by = _climb(case, floor, policy)

    def why(asked: Needed) -> list[str]:
        reasons = [_money_reason(asked, roles[by_money - 1], policy)] if by_money else []
        reasons += [_need_reason(need, known, policy, language) for place, need in wanted if place]
        return [*reasons, _climb_reason(case)] if climbed > floor else reasons

    role = roles[min(max(floor, climbed), top)]
    return Needed(role, why, roles[by_money], proposal_cost, granted, not_by, language)


def _roles(case: Case, policy: Policy) -> list[str]:
    """The roles of the ladder, lowest first; `Refused` where it cannot be applied to the case."""
    roles = [rung["role"] for rung in policy["authority"]["ladder"]]
    if not roles:
        raise Refused(
            _("The policy has no ladder of authority; nobody may decide."), hint="complaintctl check"
        )
    currency = policy["authority"]["currency"]
    if case["currency"] != currency:
        raise Refused(
            _("{case} is in {found}; the limits of the policy are in {allowed}.").format(
                case=case["id"], found=case["currency"], allowed=currency
            )
        )
    return roles


def _wanted(known: Mapping[str, Any], policy: Policy) -> list[tuple[int, Need]]:
    """The needs of the policy that hold, each with its place on the ladder (the top for a role not on it).

    A need that cannot be judged, because it names an unknown fact, stands (B9).
    """
    found = []
    for need in policy["authority"].get("needs", ()):
        if unknown(need["when"]) or met(need["when"], known):
            place = rank(policy, need["role"])
            found.append((place if place >= 0 else len(policy["authority"]["ladder"]) - 1, need))
    return found


def _need_reason(need: Need, known: Mapping[str, Any], policy: Policy, language: str) -> str:
    from complaintctl import cells, explaining

    rule = explaining.sentence(text(need["label"], language))
    why = explaining.found(need["when"], known, policy, language)
    return cells.aside(rule, why) if why else rule


def covers(policy: Policy, role: str, total: Decimal) -> bool:
    """Whether a role's own limit is enough for an amount."""
    own = _limit(policy, role)
    return own is None or own >= total


def _limit(policy: Policy, role: str) -> Decimal | None:
    """Up to how much a role may grant; None: no limit. A limit that is no money grants nothing (B9)."""
    try:
        own = limit(policy, role)
    except (InvalidOperation, TypeError, ValueError):
        return Decimal(0)
    return own if own is None or own.is_finite() else Decimal(0)


def _climb(case: Case, place: int, policy: Policy) -> tuple[int, str | None]:
    """How high refusals and escalations of this round drive the case (not capped at the top).

    Each puts it one step above the last decider, or above `place` where nobody
    has decided yet.  Second: who has to leave the next word to another person,
    because nobody stands above them.
    """
    top = len(policy["authority"]["ladder"]) - 1
    floor, last, by, not_by = -1, place, "", None
    for _at, _order, _kind, role, who in sorted(_events(case)):
        if role:
            last, by = max(rank(policy, role), 0), who
        else:
            floor = max(floor, last) + 1
            not_by = by if floor > top and by and last == top else None
    return floor, not_by


def _events(case: Case) -> list[tuple[int, int, str, str, str]]:
    """This round's decisions (with a role), refusals and escalations, to be sorted as they came.

    Each is (instant, order among those of the same second, kind, role, who).
    """
    number = round_of(case)
    proposals = in_round(case.get("proposals", ()), number)
    last = len(proposals)
    escalations = in_round(case.get("escalations", ()), number)
    found = [(times.epoch(e["at"]), last, "escalated", "", e["by"]) for e in escalations]
    for order, proposal in enumerate(proposals):
        if "decision" in proposal:
            decision = proposal["decision"]
            found.append((times.epoch(decision["at"]), order, "1 decided", decision["role"], decision["by"]))
        if proposal.get("answer", {}).get("outcome") == "declined":
            answer = proposal["answer"]
            found.append((times.epoch(answer["at"]), order, "2 declined", "", answer["by"]))
    return found


def _climb_reason(case: Case) -> str:
    refused = [kind for _at, _order, kind, role, _who in _events(case) if not role]
    return _("one step higher for each answer declined ({declined}) and escalation ({escalated})").format(
        declined=refused.count("2 declined"), escalated=refused.count("escalated")
    )


def _money_reason(asked: Needed, below: str, policy: Policy) -> str:
    currency = policy["authority"]["currency"]
    message = (
        _("{total} ({granted} of it granted before); a {role} may grant {limit}")
        if asked.granted
        else _("{total}; a {role} may grant {limit}")
    )
    return message.format(
        total=spoken.money(str(asked.total), currency, asked.language),
        granted=spoken.money(str(asked.granted), currency, asked.language),
        role=name_of(policy, "roles", below, asked.language),
        limit=spoken_limit(policy, below, asked),
    )


def spoken_limit(policy: Policy, role: str, asked: Needed) -> str:
    """A role's limit as people write it."""
    limit = limit_text(policy, role, asked.total)
    return "" if limit is None else spoken.money(limit, policy["authority"]["currency"], asked.language)


def limit_text(policy: Policy, role: str, like: Decimal) -> str | None:
    """A role's limit with at least as many digits as `like` has; None: no limit."""
    own = _limit(policy, role)
    if own is None:
        return None
    digits = max(-int(value.as_tuple().exponent) for value in (like, own))
    return f"{own:.{max(digits, 0)}f}"

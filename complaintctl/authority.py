"""Who may decide what: the ladder of roles, their limits, what a case needs (S1c-4, S1b-5, S1e-4).

Everything is a function of the case, the staff and the policy in force.
Money is a `Decimal` in the currency of the policy; nothing is ever decided
where the policy is silent, broken or speaks of another currency.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

from complaintctl import times
from complaintctl.conditions import explain, met, responsible, unknown, when_problems
from complaintctl.errors import Refused
from complaintctl.i18n import _
from complaintctl.labels import name_of, text
from complaintctl.ladder import limit, rank
from complaintctl.lifecycle import in_round, round_of
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from complaintctl.case import Case, Proposal
    from complaintctl.policy import Policy

_MONEY = r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,4})?"
_DIGEST_VERSION = "1"


class Staff(TypedDict):
    """A person of ``staff.yaml``."""

    id: str
    name: str
    emails: list[str]
    department: NotRequired[str]
    role: str
    duties: NotRequired[list[str]]  # which checks of playbooks are theirs (S1a-13)
    key: NotRequired[str]  # public key with which decisions are signed
    active: bool


class Needed(NamedTuple):
    """What a decision on a proposal needs."""

    role: str  # the lowest role that may decide
    reasons: list[str]  # why it is not lower, a sentence each
    limit_role: str  # the lowest role whose limit covers the money alone
    cost: Decimal  # of the proposal
    granted: Decimal  # what the customer was granted before, within the window
    not_by: str | None  # at the top of the ladder: whose word is not enough once more
    language: str

    @property
    def total(self) -> Decimal:
        """What is held against a limit: slicing an amount changes nothing."""
        return self.cost + self.granted


class Judgement(NamedTuple):
    """A decision that may be made: as what, against which limit, and whether nobody else could."""

    role: str
    limit: str | None  # None: no limit
    alone: bool


def cost_of(proposal: Mapping[str, Any]) -> Decimal:
    """The sum of the costs of a proposal's remedies to the shop."""
    return sum((Decimal(remedy["cost"]) for remedy in proposal["remedies"]), Decimal(0))


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
    granted = customer_cost + _granted_here(case)
    total = proposal_cost + granted
    by_money = next((place for place, role in enumerate(roles) if covers(policy, role, total)), top)
    asked = Needed(roles[by_money], [], roles[by_money], proposal_cost, granted, None, language)
    reasons = [_money_reason(asked, roles[by_money - 1], policy)] if by_money else []
    wanted = _wanted(asked, facts, policy)
    reasons += [why for place, why in wanted if place]
    floor = max([by_money, *(place for place, _why in wanted)])
    climbed, not_by = _climb(case, floor, policy)
    if climbed > floor:
        reasons.append(_climb_reason(case))
    return asked._replace(role=roles[min(max(floor, climbed), top)], reasons=reasons, not_by=not_by)


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


def _wanted(asked: Needed, facts: Mapping[str, Any], policy: Policy) -> list[tuple[int, str]]:
    """The needs of the policy that hold: place on the ladder (the top for a role that is not on it), why.

    A need that cannot be judged, because it names an unknown fact, stands (B9).
    """
    known = {**facts, "cost": asked.cost, "customer_cost": asked.granted}
    found = []
    for need in policy["authority"].get("needs", ()):
        if unknown(need["when"]) or met(need["when"], known):
            place = rank(policy, need["role"])
            why = f"{text(need['label'], asked.language)} ({explain(need['when'], known)})"
            found.append((place if place >= 0 else len(policy["authority"]["ladder"]) - 1, why))
    return found


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


def _granted_here(case: Case) -> Decimal:
    """What earlier decisions on this very case granted and the customer did not decline."""
    standing = (
        proposal
        for proposal in case.get("proposals", ())
        if proposal.get("decision", {}).get("outcome") == "approved"
        and proposal.get("answer", {}).get("outcome") != "declined"
    )
    return sum((cost_of(proposal) for proposal in standing), Decimal(0))


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
    return _("{total} {currency} ({granted} of it granted before); a {role} may grant {limit}").format(
        total=asked.total,
        currency=policy["authority"]["currency"],
        granted=asked.granted,
        role=name_of(policy, "roles", below, asked.language),
        limit=limit_text(policy, below, asked.total),
    )


def limit_text(policy: Policy, role: str, like: Decimal) -> str | None:
    """A role's limit with at least as many digits as `like` has; None: no limit."""
    own = _limit(policy, role)
    if own is None:
        return None
    digits = max(-int(value.as_tuple().exponent) for value in (like, own))
    return f"{own:.{max(digits, 0)}f}"


def entitled(case: Case, staff: Sequence[Staff], asked: Needed, policy: Policy) -> list[str]:
    """The ids of all who may decide on the waiting proposal, lowest role first."""
    able = [
        person
        for person in staff
        if not _unable(case, person, staff, asked, policy) and not _involved(case, person, asked, policy)
    ]
    return [person["id"] for person in sorted(able, key=lambda person: rank(policy, person["role"]))]


def deciders(case: Case, staff: Sequence[Staff], asked: Needed, policy: Policy) -> list[str]:
    """The ids of all who may decide: whoever is entitled, else whoever may be alone where nobody else is."""
    return entitled(case, staff, asked, policy) or [
        person["id"]
        for person in staff
        if may_be_alone(person, policy) and not _unable(case, person, staff, asked, policy)
    ]


def decide(case: Case, actor: Staff, staff: Sequence[Staff], asked: Needed, policy: Policy) -> Judgement:
    """Judge whether a person may decide on the waiting proposal (G1); `Refused` says why not and who may.

    Where nobody else may, ``alone: allowed`` lets the top role decide even on
    its own proposal; a limit or a missing right is never lifted by that.
    """
    proposals = case.get("proposals", [])
    if not proposals or "decision" in proposals[-1] or case["state"] == "closed":
        raise Refused(
            _("{case} has no proposal that waits for a decision.").format(case=case["id"]),
            hint=f"complaintctl show {case['id']}",
        )
    obstacle = _unable(case, actor, staff, asked, policy)
    involved = "" if obstacle else _involved(case, actor, asked, policy)
    alone = bool(involved) and may_be_alone(actor, policy)
    if alone:
        alone = all(who == actor["id"] for who in entitled(case, staff, asked, policy))
    if obstacle or (involved and not alone):
        able = [who for who in deciders(case, staff, asked, policy) if who != actor["id"]]
        raise Refused(obstacle or involved, hint=_who_may(case["id"], able))
    return Judgement(actor["role"], limit_text(policy, actor["role"], asked.total), alone)


def may_be_alone(actor: Staff, policy: Policy) -> bool:
    """Whether a person may act on their own matter where nobody else is there: the top role, if allowed."""
    ladder = policy["authority"]["ladder"]
    return bool(
        policy["authority"]["alone"] == "allowed"
        and actor["active"]
        and ladder
        and actor["role"] == ladder[-1]["role"]
    )


def _who_may(case_id: str, others: Sequence[str]) -> str:
    if not others:
        return _("nobody on the staff may decide this: see `complaintctl staff list` and the policy's ladder")
    hint = f"complaintctl --as {others[0]} approve {case_id}"
    return (
        hint
        if len(others) == 1
        else _("{hint}  (or {others})").format(hint=hint, others=", ".join(others[1:]))
    )


def _unable(case: Case, person: Staff, staff: Sequence[Staff], asked: Needed, policy: Policy) -> str:
    """Why a person has not the rank, the limit or the department to decide; empty when they have."""
    if not person["active"]:
        return _("{who} has left; whoever decides must be active.").format(who=person["id"])
    role = name_of(policy, "roles", person["role"], asked.language)
    own = rank(policy, person["role"])
    if own < 0:
        return _("{case}: the role {role} stands on no step of the ladder.").format(
            case=case["id"], role=role
        )
    if not covers(policy, person["role"], asked.total):
        message = _("{case} costs {cost} {currency}; a {role} may grant {limit}.")
        if asked.granted:
            message = _(
                "{case} costs {cost} {currency}, with {granted} granted to this customer before; "
                "a {role} may grant {limit}."
            )
        return message.format(
            case=case["id"],
            cost=asked.cost,
            granted=asked.granted,
            currency=case["currency"],
            role=role,
            limit=limit_text(policy, person["role"], asked.total),
        )
    if own < rank(policy, asked.role):
        return _("{case} needs a {needed}, not a {role}: {reasons}.").format(
            case=case["id"],
            needed=name_of(policy, "roles", asked.role, asked.language),
            role=role,
            reasons="; ".join(asked.reasons),
        )
    return _out_of_line(case, person, staff, policy)


def _out_of_line(case: Case, person: Staff, staff: Sequence[Staff], policy: Policy) -> str:
    """Below the top a member of a department decides for the departments that have the case.

    With the line ``complained-about``, for the department complained about (S1c-6).
    Whoever belongs to no department stands above all of them.
    """
    authority = policy["authority"]
    own = person.get("department")
    if authority["line"] == "any" or own is None or person["role"] == authority["ladder"][-1]["role"]:
        return ""
    if authority["line"] == "complained-about":
        department = department_complained_about(case, staff, policy)
        if department in {None, own}:
            return ""
        return _("{case} is about {department}; {who} decides for {own}.").format(
            case=case["id"], department=department, who=person["id"], own=own
        )
    assigned = in_round(case.get("assignments", ()), round_of(case)) or case.get("assignments", [])
    departments = list(dict.fromkeys(entry["department"] for entry in assigned))
    if not departments or own in departments:
        return ""
    return _("{case} is with {departments}; {who} decides for {own}.").format(
        case=case["id"], departments=", ".join(departments), who=person["id"], own=own
    )


def _involved(case: Case, person: Staff, asked: Needed, policy: Policy) -> str:
    """Why the matter is a person's own (S1e-4, S0-10), or another's turn; empty when it is not."""
    if case["proposals"][-1]["by"] == person["id"]:
        return _("{case}: nobody decides on their own proposal, and {who} made it.").format(
            case=case["id"], who=person["id"]
        )
    if person["id"] in complained_about(case):
        return _("{case} is about {who}, who cannot decide on it.").format(case=case["id"], who=person["id"])
    if person["id"] == asked.not_by:
        return _("{case} goes to another {role}: {who} decided last time.").format(
            case=case["id"], role=name_of(policy, "roles", person["role"], asked.language), who=person["id"]
        )
    return ""


def department_complained_about(case: Case, staff: Sequence[Staff], policy: Policy) -> str | None:
    """The department that the complaint is against, or of the person that it is; else the responsible one."""
    against = case["about"].get("against")
    if against in policy["departments"]:
        return against
    homes = {person["id"]: person.get("department") for person in staff}
    return homes.get(against or "") or responsible(case, policy)[0]


def complained_about(case: Case) -> list[str]:
    """Ids of the persons or departments that the case is against or that were found responsible."""
    found = [case["about"]["against"]] if "against" in case["about"] else []
    return found + [e["responsible"] for e in case.get("investigations", ()) if "responsible" in e]


def may(step: str, actor: Staff, policy: Policy, language: str = "en") -> None:
    """Refuse a step to those whose role or department the policy does not name for it.

    A step without a rule is open to all active staff; the top role always may.
    """
    if not actor["active"]:
        raise Refused(_("{who} has left and takes no steps.").format(who=actor["id"]))
    rule = policy["steps"].get(step)
    ladder = policy["authority"]["ladder"]
    if rule is None or (ladder and actor["role"] == ladder[-1]["role"]):
        return
    role = name_of(policy, "roles", actor["role"], language)
    if "at_least" in rule and not 0 <= rank(policy, rule["at_least"]) <= rank(policy, actor["role"]):
        raise Refused(
            _("{step} is for a {role} or above; {who} is {own}.").format(
                step=step,
                role=name_of(policy, "roles", rule["at_least"], language),
                who=actor["id"],
                own=role,
            ),
            hint="complaintctl staff list",
        )
    if "departments" in rule and actor.get("department") not in rule["departments"]:
        raise Refused(
            _("{step} is for {departments}; {who} is of {own}.").format(
                step=step,
                departments=", ".join(rule["departments"]),
                who=actor["id"],
                own=actor.get("department") or _("no department"),
            ),
            hint="complaintctl staff list",
        )


def may_settle(
    case: Case,
    actor: Staff,
    proposal: Mapping[str, Any],
    customer_cost: Decimal,
    facts: Mapping[str, Any],
    policy: Policy,
    language: str,
    staff: Sequence[Staff] = (),
) -> Judgement:
    """Judge whether a person may settle a case at once, inside their own authority (S1a-1, S1c-2).

    `Refused` when the limit does not cover it, when it needs a higher role,
    when the policy's ``settle`` condition does not hold (without one, authority
    alone decides), or when the case is about that very person.
    """
    asked = needed(case, cost_of(proposal), customer_cost, facts, policy, language)
    known = {**facts, "cost": asked.cost, "customer_cost": asked.granted, "role": actor["role"]}
    condition = policy["authority"].get("settle", {})
    obstacle = _unable(case, actor, staff, asked, policy)
    if not obstacle and not met(condition, known):
        obstacle = _("{case} cannot be settled at once: {why}.").format(
            case=case["id"], why=explain(condition, known)
        )
    if not obstacle and actor["id"] in complained_about(case):
        obstacle = _("{case} is about {who}, who cannot settle it.").format(case=case["id"], who=actor["id"])
    if obstacle:
        raise Refused(
            obstacle,
            hint=_("complaintctl classify {case} …, then assign, investigate and propose").format(
                case=case["id"]
            ),
        )
    return Judgement(actor["role"], limit_text(policy, actor["role"], asked.total), alone=False)


def digest(case_id: str, round_number: int, proposal: Proposal, currency: str, policy_sha256: str) -> str:
    """SHA-256 of what a decision is about: the proposal as made, its case, and the rules (G4).

    JSON with sorted keys, UTF-8, no spaces, strings only; what is absent is an
    empty string or an empty list, and what came into use later than the digest
    (how, when and by whom) is part only where it is there, so that old digests
    stay right.  What happens afterwards (``acknowledged``, ``done``) is not part.
    """
    import hashlib

    content = {
        "v": _DIGEST_VERSION,
        "case": case_id,
        "round": str(round_number),
        "currency": currency,
        "remedies": [
            {**_strings(entry, "kind", "amount", "cost", "rule"), **_present(entry, "how", "expected_on")}
            for entry in proposal["remedies"]
        ],
        "tasks": [
            {**_strings(entry, "department", "what"), **_present(entry, "who", "due", "resources")}
            for entry in proposal.get("tasks", ())
        ],
        **({"with": proposal["with"]} if "with" in proposal else {}),
        "exception": proposal.get("exception", ""),
        "reason": proposal["reason"],
        "by": proposal["by"],
        "at": proposal["at"],
        "policy": policy_sha256,
    }
    written = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()


def _strings(entry: Mapping[str, Any], *keys: str) -> dict[str, str]:
    return {key: str(entry.get(key, "")) for key in keys}


def _present(entry: Mapping[str, Any], *keys: str) -> dict[str, str]:
    return {key: str(entry[key]) for key in keys if key in entry}


def rule_problems(policy: Policy) -> list[tuple[str, str]]:
    """What is wrong with authority and steps of a policy: (JSON path, message) each (B8)."""
    authority = policy["authority"]
    path = "$.authority"
    found = [] if authority["ladder"] else [(f"{path}.ladder", _("the ladder has no rung"))]
    if not re.fullmatch(r"[A-Z]{3}", authority["currency"]):
        found.append((f"{path}.currency", _("the currency is three capital letters, such as CNY")))
    try:
        window = times.length(authority["window"]).unit
    except (TypeError, ValueError):
        window = "business day"
    if window == "business day":
        found.append((f"{path}.window", _("the window is a number of minutes, hours or days")))
    for key, allowed in (
        ("line", ("any", "department", "complained-about")),
        ("alone", ("allowed", "refused")),
    ):
        if authority[key] not in allowed:  # type: ignore[literal-required]
            found.append((f"{path}.{key}", _("must be {allowed}").format(allowed=_(" or ").join(allowed))))
    found += _ladder_problems(policy)
    for place, need in enumerate(authority.get("needs", ())):
        if rank(policy, need["role"]) < 0:
            message = _("{role} stands on no step of the ladder").format(role=need["role"])
            found.append((f"{path}.needs[{place}].role", message))
        found += [(f"{path}.needs[{place}].when", m) for m in when_problems(need["when"], policy)]
    found += [(f"{path}.settle", m) for m in when_problems(authority.get("settle", {}), policy)]
    return found + _step_problems(policy)


def _ladder_problems(policy: Policy) -> list[tuple[str, str]]:
    """Roles that stand twice (a loop) or are unknown, and limits that are no money or do not rise."""
    found = []
    seen: list[str] = []
    highest: Decimal | None = Decimal(-1)
    for place, rung in enumerate(policy["authority"]["ladder"]):
        path = f"$.authority.ladder[{place}]"
        if rung["role"] in seen:
            message = _("{role} stands on the ladder twice").format(role=rung["role"])
            found.append((f"{path}.role", message))
        if rung["role"] not in policy["roles"]:
            message = _("the policy has no role {role}").format(role=rung["role"])
            found.append((f"{path}.role", message))
        seen.append(rung["role"])
        own = rung.get("limit")
        if own is not None and not (isinstance(own, str) and re.fullmatch(_MONEY, own)):
            message = _('a limit is an amount in quotes such as "50.00", in the currency above')
            found.append((f"{path}.limit", message))
            continue
        # Above a step without a limit rank alone decides: vice president, general manager (S1c-4).
        if own is not None and (highest is None or Decimal(own) <= highest):
            found.append((f"{path}.limit", _("a limit must be above that of the step below")))
        highest = None if own is None else Decimal(own)
    return found


def _step_problems(policy: Policy) -> list[tuple[str, str]]:
    found = []
    for step, rule in policy["steps"].items():
        if "at_least" in rule and rank(policy, rule["at_least"]) < 0:
            message = _("{role} stands on no step of the ladder").format(role=rule["at_least"])
            found.append((f"$.steps.{step}.at_least", message))
        found += [
            (f"$.steps.{step}.departments", _("the policy has no department {name}").format(name=name))
            for name in rule.get("departments", ())
            if name not in policy["departments"]
        ]
    return found

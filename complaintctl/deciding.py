"""Who may decide on a proposal: who has rank, limit and department, and whose own matter it is (S1e-4).

Everything is a function of the case, the staff and the policy in force; `needs` says what is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import spoken
from complaintctl.authority import complained_about, cost_of, department_complained_about, may_be_alone
from complaintctl.conditions import met
from complaintctl.errors import Refused
from complaintctl.i18n import _
from complaintctl.labels import name_of
from complaintctl.ladder import rank
from complaintctl.lifecycle import in_round, round_of
from complaintctl.needs import covers, limit_text, needed, spoken_limit
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from complaintctl.authority import Staff
    from complaintctl.case import Case
    from complaintctl.needs import Needed
    from complaintctl.policy import Policy


class Judgement(NamedTuple):
    """A decision that may be made: as what, against which limit, and whether nobody else could."""

    role: str
    limit: str | None  # None: no limit
    alone: bool


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


def _who_may(case_id: str, others: Sequence[str]) -> str:
    if not others:
        return _("nobody on the staff may decide this: see `complaintctl staff list` and the policy's ladder")
    from complaintctl.cells import listed

    hint = f"complaintctl --as {others[0]} approve {case_id}"
    return (
        hint if len(others) == 1 else _("{hint}  (or {others})").format(hint=hint, others=listed(others[1:]))
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
        message = _("{case} costs {cost}; a {role} may grant {limit}.")
        if asked.granted:
            message = _(
                "{case} costs {cost}, with {granted} granted to this customer before; "
                "a {role} may grant {limit}."
            )
        return message.format(
            case=case["id"],
            cost=spoken.money(str(asked.cost), case["currency"], asked.language),
            granted=spoken.money(str(asked.granted), case["currency"], asked.language),
            role=role,
            limit=spoken_limit(policy, person["role"], asked),
        )
    if own < rank(policy, asked.role):
        return _("{case} needs a {needed}, not a {role}: {reasons}.").format(
            case=case["id"],
            needed=name_of(policy, "roles", asked.role, asked.language),
            role=role,
            reasons=_("; ").join(asked.reasons),
        )
    return _out_of_line(case, person, staff, asked.language, policy)


def _out_of_line(case: Case, person: Staff, staff: Sequence[Staff], language: str, policy: Policy) -> str:
    """Below the top a member of a department decides for the departments that have the case.

    With the line ``complained-about``, for the department complained about (S1c-6).
    Whoever belongs to no department stands above all of them.
    """
    authority = policy["authority"]
    own = person.get("department")
    if authority["line"] == "any" or own is None or person["role"] == authority["ladder"][-1]["role"]:
        return ""
    from complaintctl.cells import listed
    from complaintctl.explaining import named

    if authority["line"] == "complained-about":
        department = department_complained_about(case, staff, policy)
        if department in {None, own}:
            return ""
        return _("{case} is about {department}; {who} decides for {own} only.").format(
            case=case["id"],
            department=named(policy, "departments", department, language),
            who=person["id"],
            own=named(policy, "departments", own, language),
        )
    assigned = in_round(case.get("assignments", ()), round_of(case)) or case.get("assignments", [])
    departments = list(dict.fromkeys(entry["department"] for entry in assigned))
    if not departments or own in departments:
        return ""
    return _("{case} is with {departments}; {who} decides for {own} only.").format(
        case=case["id"],
        departments=listed(named(policy, "departments", one, language) for one in departments),
        who=person["id"],
        own=named(policy, "departments", own, language),
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
        from complaintctl.explaining import unmet

        obstacle = _("{case} cannot be settled at once: {why}.").format(
            case=case["id"], why=unmet(condition, known, policy, language)
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

"""The heads of departments: who answers for a department and a case (S1c-8), and who agreed (S1c-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl.authority import department_complained_about
from complaintctl.conditions import responsible
from complaintctl.ladder import rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from complaintctl.authority import Staff
    from complaintctl.case import Case
    from complaintctl.policy import Policy


def heads_of(department: str, staff: Iterable[Staff], policy: Policy) -> list[Staff]:
    """Those who are accountable for a department: its active members in the role of its head (S1c-8).

    The role is that of the policy, by default the second rung of the ladder.
    Where nobody of the department has it, the next role up the ladder that
    somebody has: of the department, else anywhere; at the top, the top itself.
    """
    ladder = [rung["role"] for rung in policy["authority"]["ladder"]]
    entry = policy["departments"].get(department)
    role = (entry.get("head") if entry else None) or (ladder[min(1, len(ladder) - 1)] if ladder else "")
    active = [person for person in staff if person["active"]]
    own = [person for person in active if person.get("department") == department]
    found = [person for person in own if person["role"] == role]
    for higher in ladder[max(rank(policy, role) + 1, 1) :] or ladder[-1:]:
        if found:
            break
        found = [person for person in own if person["role"] == higher]
        found = found or [person for person in active if person["role"] == higher]
    return found


def accountable(case: Case, policy: Policy) -> str | None:
    """The department whose head answers for a case: the responsible one, at first the receiver's (S1c-8)."""
    return responsible(case, policy)[0] or case["intake"].get("department")


def not_agreed(
    case: Case, proposal: Mapping[str, Any], staff: Sequence[Staff], policy: Policy
) -> dict[str, list[Staff]]:
    """The departments none of whose heads stands behind a proposal, with these heads (S1c-3).

    Asked for are the department of whoever took the complaint and the one complained
    about; a head of both counts for both.  Where nobody is a head, nobody is asked for.
    """
    taker = {person["id"]: person.get("department") for person in staff}.get(case["intake"]["by"])
    receiving = case["intake"].get("department") or taker
    behind = {proposal.get("by"), *proposal.get("with", ())}
    found = {}
    for department in dict.fromkeys([receiving, department_complained_about(case, staff, policy)]):
        heads = heads_of(department, staff, policy) if department else []
        if department and heads and behind.isdisjoint(person["id"] for person in heads):
            found[department] = heads
    return found

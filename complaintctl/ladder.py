"""The ladder of authority of a policy: who stands how high and may grant how much."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from complaintctl.policy import Policy


def rank(policy: Policy, role: str) -> int:
    """How high a role stands on the ladder, 0 the lowest; -1 when it does not stand on it."""
    for place, rung in enumerate(policy["authority"]["ladder"]):
        if rung["role"] == role:
            return place
    return -1


def reaches(policy: Policy, role: str, least: str) -> bool:
    """Whether a role stands as high as another one; False where one of them does not stand on the ladder."""
    found = False
    for rung in policy["authority"]["ladder"]:
        name = rung["role"]
        if name == least:
            found = True
        if name == role:
            return found
    return False


def limit(policy: Policy, role: str) -> Decimal | None:
    """Up to how much a role may grant; None: no limit. A role off the ladder may grant nothing."""
    for rung in policy["authority"]["ladder"]:
        if rung["role"] == role:
            return Decimal(rung["limit"]) if "limit" in rung else None
    return Decimal(0)


def step_up(policy: Policy, role: str) -> str:
    """The next role of the ladder, or the top one."""
    ladder = policy["authority"]["ladder"]
    return ladder[min(rank(policy, role) + 1, len(ladder) - 1)]["role"]

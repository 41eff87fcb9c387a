"""What is wrong with who may do what by a policy: its ladder, its limits, what it asks for (B8)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from complaintctl import times
from complaintctl.conditionfaults import when_problems
from complaintctl.i18n import _
from complaintctl.ladder import rank

if TYPE_CHECKING:
    from complaintctl.policy import Policy

_MONEY = r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,4})?"


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

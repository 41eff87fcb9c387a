"""What is wrong with the remedies, entitlements and limits of a policy (B3, B8)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from complaintctl.amounts import minor_digits, money
from complaintctl.conditionfaults import when_problems
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.policy import Entitlement, Policy

_FACTOR = r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,4})?"
AMOUNTS = ("required", "optional", "none")
COSTS = ("amount", "price", "none")
DATES = ("required", "optional", "none")


def rule_problems(policy: Policy) -> list[tuple[str, str]]:
    """What is wrong with remedies, entitlements and limits: (JSON path, message) each (B3, B8)."""
    digits = minor_digits(policy["authority"]["currency"])
    found = []
    for place, rung in enumerate(policy["authority"]["ladder"]):
        if "limit" in rung and not _is_money(rung["limit"], digits):
            message = _("not an amount in the policy's currency")
            found.append((f"$.authority.ladder[{place}].limit", message))
    for kind, remedy in policy["remedies"].items():
        for key, allowed in (("amount", AMOUNTS), ("cost", COSTS), ("date", DATES)):
            if remedy.get(key, allowed[0]) not in allowed:
                message = _("must be {allowed}").format(allowed=_(" or ").join(allowed))
                found.append((f"$.remedies.{kind}.{key}", message))
        if remedy["amount"] == "none" and remedy["cost"] == "amount":
            found.append((f"$.remedies.{kind}.cost", _("a remedy without an amount cannot cost it")))
    names = [rule["name"] for rule in policy["entitlements"]]
    for place, rule in enumerate(policy["entitlements"]):
        path = f"$.entitlements[{place}]"
        if rule["name"] in names[:place]:
            message = _("{name} stands in the list twice").format(name=rule["name"])
            found.append((f"{path}.name", message))
        found += [(f"{path}.{key}", message) for key, message in _rule_problems(rule, policy, digits)]
    return found


def _rule_problems(rule: Entitlement, policy: Policy, digits: int) -> list[tuple[str, str]]:
    found = [("when", message) for message in when_problems(rule["when"], policy)]
    if "within" in rule and not re.fullmatch(r"[1-9][0-9]{0,4} days?", rule["within"]):
        found.append(("within", _("a number of calendar days, such as 7 days")))
    known = policy.get("confirmations", {})
    lacking = [name for name in rule.get("confirm", ()) if name not in known]
    found += [("confirm", _("the policy has no confirmation {name}").format(name=name)) for name in lacking]
    for kind, granted in rule["remedies"].items():
        if kind not in policy["remedies"]:
            found.append((f"remedies.{kind}", _("the policy has no remedy {name}").format(name=kind)))
        given = granted.get("ceiling", {})
        if granted.get("exactly") and not given:
            found.append((f"remedies.{kind}.exactly", _("exactly what? There is no ceiling")))
        if "amount" in given and not _is_money(given["amount"], digits):
            message = _("not an amount in the policy's currency")
            found.append((f"remedies.{kind}.ceiling.amount", message))
        if "price" in given and not re.fullmatch(_FACTOR, str(given["price"])):
            message = _('a factor in quotes such as "1" or "0.5"')
            found.append((f"remedies.{kind}.ceiling.price", message))
    return found


def _is_money(value: Any, digits: int) -> bool:
    try:
        money(value, digits)
    except ValueError:
        return False
    return True

"""Exclusions: what the shop does not stand for, whatever the entitlements say (S1a-6).

An exclusion may ask for confirmations: then it forbids only what the handler
has found to be so.  It never stands against a remedy that is ``free``, and
what it forbids can still be proposed as an exception.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl.conditions import met, unknown
from complaintctl.errors import Refused
from complaintctl.i18n import _
from complaintctl.labels import text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from complaintctl.policy import Exclusion, Policy


def excluded(
    kind: str, facts: Mapping[str, Any], policy: Policy, confirmed: Sequence[str]
) -> Exclusion | None:
    """The first exclusion that forbids a remedy (`facts`: those of `remedies.facts_on`).

    One whose condition cannot be judged, because it names an unknown fact, forbids.
    """
    for rule in policy.get("exclusions", ()):
        if _forbids(rule, kind, facts, policy) and not set(rule.get("confirm", ())) - set(confirmed):
            return rule
    return None


def against(kind: str, facts: Mapping[str, Any], policy: Policy) -> dict[str, list[str]]:
    """The exclusions that speak of a remedy of such a case, each with what it asks to be confirmed."""
    return {
        rule["name"]: rule.get("confirm", [])
        for rule in policy.get("exclusions", ())
        if _forbids(rule, kind, facts, policy)
    }


def _forbids(rule: Exclusion, kind: str, facts: Mapping[str, Any], policy: Policy) -> bool:
    """Whether an exclusion speaks of a remedy of such a case, leaving aside what is to be confirmed."""
    if policy["remedies"][kind].get("free"):
        return False
    speaks = kind in rule["remedies"] if "remedies" in rule else True
    return speaks and (met(rule["when"], facts) or bool(unknown(rule["when"])))


def refusal(case_id: str, kind: str, rule: Exclusion, policy: Policy, way_out: str) -> Refused:
    """The refusal of a remedy that an exclusion forbids, with the way out as its hint."""
    from complaintctl import i18n
    from complaintctl.cells import listed
    from complaintctl.explaining import named, quoted, sentence

    language = i18n.language()
    names = listed(named(policy, "confirmations", one, language) for one in rule.get("confirm", ()))
    return Refused(
        _("{case}: {name} is excluded by the rule {rule}{confirmed}.").format(
            case=case_id,
            name=named(policy, "remedies", kind, language),
            rule=quoted(sentence(text(rule["label"], language))),
            confirmed=_(" (confirmed: {names})").format(names=names) if names else "",
        ),
        hint=way_out,
    )

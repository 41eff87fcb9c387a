"""Who may take a step, whom a case is about, and what exactly a decision is about (S1c-4, S1e-4).

Who may decide on a proposal is said by `deciding`.  Money is a `Decimal` in the currency of the policy.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

from complaintctl.conditions import responsible
from complaintctl.errors import Refused
from complaintctl.i18n import _
from complaintctl.labels import name_of
from complaintctl.ladder import reaches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from complaintctl.case import Case, Proposal
    from complaintctl.policy import Policy

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


def cost_of(proposal: Mapping[str, Any]) -> Decimal:
    """The sum of the costs of a proposal's remedies to the shop."""
    return sum((Decimal(remedy["cost"]) for remedy in proposal["remedies"]), Decimal(0))


def granted_before(case: Case, number: int | None = None) -> Decimal:
    """What decisions on this very case granted and the customer did not decline.

    `number`: only those before the decision on this proposal, counted from 1.
    """
    proposals = case.get("proposals", ())
    standing = (
        proposal
        for proposal in (proposals if number is None else proposals[: number - 1])
        if proposal.get("decision", {}).get("outcome") == "approved"
        and proposal.get("answer", {}).get("outcome") != "declined"
    )
    return sum((cost_of(proposal) for proposal in standing), Decimal(0))


def may_be_alone(actor: Staff, policy: Policy) -> bool:
    """Whether a person may act on their own matter where nobody else is there: the top role, if allowed."""
    ladder = policy["authority"]["ladder"]
    return bool(
        policy["authority"]["alone"] == "allowed"
        and actor["active"]
        and ladder
        and actor["role"] == ladder[-1]["role"]
    )


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
    if "at_least" in rule and not reaches(policy, actor["role"], rule["at_least"]):
        raise _for_higher(step, rule["at_least"], actor, policy, language)
    if "departments" in rule and actor.get("department") not in rule["departments"]:
        raise _for_others(step, rule["departments"], actor, policy, language)


def _for_higher(step: str, least: str, actor: Staff, policy: Policy, language: str) -> Refused:
    from complaintctl.explaining import named

    return Refused(
        _("{step} is for a {role} or above; {who} is {own}.").format(
            step=named(policy, "steps", step, language),
            role=name_of(policy, "roles", least, language),
            who=actor["id"],
            own=name_of(policy, "roles", actor["role"], language),
        ),
        hint="complaintctl staff list",
    )


def _for_others(
    step: str, departments: Sequence[str], actor: Staff, policy: Policy, language: str
) -> Refused:
    from complaintctl.cells import listed
    from complaintctl.explaining import named

    own = actor.get("department")
    return Refused(
        _("{step} is for {departments}; {who} is of {own}.").format(
            step=named(policy, "steps", step, language),
            departments=listed(named(policy, "departments", one, language) for one in departments),
            who=actor["id"],
            own=named(policy, "departments", own, language) if own else _("no department"),
        ),
        hint="complaintctl staff list",
    )


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

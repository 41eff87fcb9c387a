"""Signed decisions: what is signed, where a register asks for it, and whether a signature is right.

What is signed is never read from anywhere: the bytes are made again from the
case, so a signature fits one decision of one person on one proposal of one
case under one set of rules, and survives every way in which a commit travels.
"""

from __future__ import annotations

import copy
import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from complaintctl import authority, sshkeys
from complaintctl.errors import Refused
from complaintctl.i18n import _
from complaintctl.sshkeys import sign, verify

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from complaintctl.authority import Staff
    from complaintctl.case import Case

    Sign = Callable[[bytes, str, str], str]  # bytes, namespace, public key -> signature

__all__ = [
    "APPROVAL", "canonical", "decision_bytes", "fault", "required", "sign", "signed", "verify", "weight",
]  # fmt: skip

APPROVAL = "complaintctl-approval@v1"
_VERSION = "1"
_MADE_AGAIN = ("digest", "signature")


def canonical(content: Mapping[str, Any]) -> bytes:
    """One spelling for what is signed: JSON with sorted keys, UTF-8, no spaces."""
    written = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return written.encode("utf-8", "surrogatepass")


def decision_bytes(case: Case, number: int, policy_sha256: str) -> bytes:
    """What the decision on a proposal (counted from 1) is signed as.

    `policy_sha256`: of the rules in force when it was made.  The digest is
    computed from the proposal as it stands in the case; of the decision all
    that it says is part, but for the digest that it carries and the signature.
    """
    proposal = case["proposals"][number - 1]
    decision: Mapping[str, Any] = proposal["decision"]
    number_of_round = proposal.get("round", 1)
    said = {key: _text(value) for key, value in decision.items() if key not in _MADE_AGAIN}
    return canonical(
        {
            **said,
            "v": _VERSION,
            "type": "approval",
            "case": case["id"],
            "round": str(number_of_round),
            "proposal": str(number),
            "policy": policy_sha256,
            "digest": authority.digest(
                case["id"], number_of_round, proposal, case["currency"], policy_sha256
            ),
        }
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def on(settings: Mapping[str, Any] | None) -> bool:
    """Whether a register asks for signatures at all."""
    return (settings or {}).get("signing") == "approvals"


def weight(case: Case, number: int, customer_cost: Decimal) -> Decimal:
    """What a decision on a proposal (counted from 1) is held against limits with: slicing changes nothing.

    The cost of the proposal, what the case granted before, and `customer_cost`: what the same customer
    was granted in other cases within the policy's window.
    """
    cost = authority.cost_of(case["proposals"][number - 1])
    return cost + authority.granted_before(case, number) + customer_cost


def required(settings: Mapping[str, Any], total: Decimal) -> bool:
    """Whether a decision of this weight must be signed, whichever way it is given.

    From the amount `signing_from` on; each where there is no amount, or one that is none.  What is settled at
    the desk is no exception: in another's name as much could be granted as that person may.
    """
    if not on(settings):
        return False
    start = settings.get("signing_from")
    if start is None:
        return True
    try:
        return total >= Decimal(start)
    except (InvalidOperation, TypeError):
        return True


def signed(
    case: Case,
    number: int,
    settings: Mapping[str, Any],
    who: Staff,
    policy_sha256: str,
    sign_with: Sign,
    customer_cost: Decimal,
) -> Case:
    """The case with the decision just made by `who` signed, where the register asks for it.

    `customer_cost` as in `weight`.  Refused where their key is not in the staff file; what `sign_with`
    raises goes through.
    """
    if not required(settings, weight(case, number, customer_cost)):
        return case
    changed = copy.deepcopy(case)
    changed["proposals"][number - 1]["decision"]["signature"] = sign_with(
        decision_bytes(case, number, policy_sha256), APPROVAL, key_of(who, asked=True)
    )
    return changed


def key_of(who: Staff, *, asked: bool) -> str:
    """A person's public key; Refused where the staff file names none.

    `asked`: the register asks for the signature; else somebody wants to give one.
    """
    key = who.get("key")
    if key is None:
        message = (
            _("This register asks for signatures, and staff.yaml names no key of {who}.")
            if asked
            else _("Nothing was signed: staff.yaml names no key of {who}.")
        )
        raise Refused(
            message.format(who=who["id"]),
            hint=f'complaintctl staff edit {who["id"]} --key "$(cat ~/.ssh/id_ed25519.pub)"',
        )
    return key


def fault(
    case: Case,
    number: int,
    settings: Mapping[str, Any],
    staff: Sequence[Staff],
    policy_sha256: str,
    customer_cost: Decimal,
    *,
    remember: bool = True,
) -> str:
    """What is wrong with the signature of a decision, in words; empty when nothing is.

    `customer_cost` as in `weight`, as things stood when it was made.
    Settings, staff and rules are those before the change that brought the
    decision: a key that was retired by then proves nothing any more.
    """
    decision = case["proposals"][number - 1]["decision"]
    who = decision["by"]
    if "signature" in decision:
        person = next((one for one in staff if one["id"] == who), None)
        data = decision_bytes(case, number, policy_sha256)
        return _unproved(person, who, data, decision["signature"], remember=remember)
    if not required(settings, weight(case, number, customer_cost)):
        return ""
    if "claimed" in decision:
        return _("this register asks for a signature of {who}; a name in a merge is none").format(who=who)
    return _("this register asks for a signature of {who}; there is none").format(who=who)


def _unproved(person: Staff | None, who: str, data: bytes, signature: str, *, remember: bool) -> str:
    """Why a signature over a decision is none of a person's, in words; empty when it is theirs."""
    if person is None or not person["active"]:
        return _("{who} is not on the staff, or has left: the signature proves nothing").format(who=who)
    if "key" not in person:
        return _("staff.yaml names no key of {who}: the signature proves nothing").format(who=who)
    if not sshkeys.verify(data, signature, APPROVAL, [person["key"]], remember=remember):
        return _("the signature is not by the key of {who} over this decision").format(who=who)
    return ""

"""Decisions that one line of history brings to another: they hold by the register that they come to, too.

Each was legal where it was made.  But whoever has a key that was taken out, or a
role that they lost, could go back to a commit where it was good and decide
there.  So where a register asks for signatures, what is brought to it is proved
once more by its settings and its staff.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from complaintctl import i18n, signing
from complaintctl.i18n import _
from complaintctl.labels import name_of
from complaintctl.ladder import rank

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complaintctl.inforce import Rules

_ALONE = Decimal(0)  # what other cases add was counted where it was made, and is counted by `together`


def faults(
    brought: Any, known: Sequence[Any], rules: Rules, made_by: Rules
) -> Iterator[tuple[str, str, str]]:
    """Decisions of a case that no `known` state of it has and that do not hold: place, whose, and why.

    `rules`: those that it is brought to; `made_by`: those of the line that brings it.
    Raises BadData or RegisterState where either cannot be read.
    """
    if not signing.on(rules.settings):
        return
    for number, proposal in enumerate(brought.get("proposals", ())):
        decision = proposal.get("decision")
        if decision is None or any(_decision(one, number) == decision for one in known):
            continue
        why = _unproved(brought, number + 1, rules, made_by) or _lower(decision, rules)
        if why:
            yield f"proposals[{number}].decision", decision["by"], why


def _decision(case: Any, number: int) -> Any:
    """The decision on a proposal, counted from 0; None where there is none."""
    proposals = (case or {}).get("proposals", ())
    return proposals[number].get("decision") if number < len(proposals) else None


def _unproved(case: Any, number: int, rules: Rules, made_by: Rules) -> str:
    """Why the signature that is asked for proves nothing here; the line may have had other rules then."""
    said = ""
    in_force = made_by.in_force[1]["sha256"]
    for sha256 in dict.fromkeys([in_force, *sorted(made_by.documents.fingerprints)]):
        why = signing.fault(case, number, rules.settings, rules.documents.staff, sha256, _ALONE)
        if not why:
            return ""
        said = said or why
    return said


def _lower(decision: Any, rules: Rules) -> str:
    """Why somebody does not decide as what they decided any more."""
    person = rules.people.get(decision["by"])
    policy = rules.in_force[0]
    if "signature" not in decision or person is None:
        return ""
    if rank(policy, person["role"]) >= rank(policy, decision["role"]):
        return ""
    role = name_of(policy, "roles", decision["role"], i18n.language())
    return _("{who} decided as {role}, and is that no more").format(who=decision["by"], role=role)

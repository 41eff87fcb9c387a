"""What stands against a step already, whatever is said with it: judged before the first question is asked.

Nobody answers ten questions on a terminal to hear then that the case is somebody else's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from complaintctl import authority, conditions, deciding, dispositions, gates, needs, telling
from complaintctl.requirements import INDEPENDENCE
from complaintctl.workflow import facts, last_of, permit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complaintctl.case import Case
    from complaintctl.policy import Gate, Policy
    from complaintctl.workflow import Context

# Requirements that nothing given with the step itself can meet.
_MET_BEFORE = (
    *INDEPENDENCE, "told", "facts-confirmed", "promised-date", "supplier-answered", "evidence",
    "collector", "improvement", "elsewhere", "escalated",
)  # fmt: skip
# Facts that the step itself may bring with it.
_BROUGHT = {
    "kind", "category", "severity", "urgency", "liability", "flags", "departments", "affected", "verdict",
    "cause", "level", "grounds", "demand_reasonable", "remedies", "amount", "cost", "exception",
    "satisfaction",
}  # fmt: skip


def require_open(verb: str, case: Case, context: Context) -> None:
    """`Refused` for a step that nothing said with it could make possible (of closing: only where none is)."""
    permit(verb, case, context)
    if verb == "close":
        return
    known = facts(case, context)
    by_whom = context.actor, context.staff, known
    telling.require(verb, case, *by_whom, context.policy, context.language)
    fixed = [gate for gate in context.policy["gates"] if _is_fixed(gate, verb)]
    policy = cast("Policy", {**context.policy, "gates": fixed})
    gates.require(verb, gates.question(case, {}, *by_whom, policy), context.language)
    if verb == "approve":
        cost = authority.cost_of(cast("Any", last_of(case, "proposals")))
        needed = needs.needed(case, cost, context.customer_cost, known, context.policy, context.language)
        deciding.decide(case, context.actor, context.staff, needed, context.policy)


def _is_fixed(gate: Gate, verb: str) -> bool:
    """Whether a gate stands as it stands, whatever the step brings with it."""
    brought = _BROUGHT if verb in {"classify", "settle", "investigate", "propose", "follow-up"} else set()
    return gate["requires"] in _MET_BEFORE and not brought & conditions.named(gate.get("when", {}))


def lacking(verb: str, case: Case, context: Context, inputs: Mapping[str, Any]) -> list[str]:
    """What the gates before a step ask for that neither the case nor what is said has, each once."""
    known = facts(case, context)
    return gates.lacking(
        verb, gates.question(case, inputs, context.actor, context.staff, known, context.policy)
    )


def undecided(case: Case, context: Context) -> list[tuple[str | None, str]]:
    """On whom, and as what, the case has to decide before it ends: (who or None, part)."""
    return dispositions.missing(case, (), missed=context.missed)

"""What is done about it, made again: proposal, decision, answer, carrying out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from complaintctl.remade import ending
from complaintctl.remade.turns import counted, same, turn
from complaintctl.steps import solution, tasks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from complaintctl.case import Case
    from complaintctl.workflow import Context

    Entry = Mapping[str, Any]

# What is proved otherwise than by making the step again.
PROOFS = ("via", "claimed", "recorded_by", "signature")
_AFTER_PROPOSAL = frozenset({"decision", "answer", "problems"})
_AFTER_ITEM = frozenset({"done", "acknowledged"})


def _cost(remedy: Entry, context: Context) -> str | None:
    """The cost as it was said; None where the rules let nobody say it."""
    rule = context.policy["remedies"].get(remedy["kind"])
    if rule is not None and rule["cost"] == "amount" and "amount" in remedy:
        return None
    return cast("str", remedy["cost"])


def _plan(recorded: Entry, context: Context) -> list[tuple[str, str | None, str | None]]:
    return [(one["kind"], one.get("amount"), _cost(one, context)) for one in recorded["remedies"]]


def _item(item: Entry) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in _AFTER_ITEM}


def _as_proposed(proposal: Entry) -> dict[str, Any]:
    """A proposal as it was before anybody decided, answered or carried it out."""
    plain = {key: value for key, value in proposal.items() if key not in _AFTER_PROPOSAL}
    plain["remedies"] = [_item(one) for one in proposal["remedies"]]
    if "tasks" in proposal:
        plain["tasks"] = [_item(one) for one in proposal["tasks"]]
    return plain


def propose(number: int, recorded: Entry, case: Case, context: Context) -> Case:
    turn(case, "proposals", number)
    remedies = recorded["remedies"]
    changed = solution.propose(
        case,
        context,
        plan=_plan(recorded, context),
        reason=recorded["reason"],
        tasks=[_item(one) for one in recorded.get("tasks", ())],
        exception=recorded.get("exception"),
        confirmed=recorded.get("confirmed", ()),
        how={one["kind"]: one["how"] for one in remedies if "how" in one},
        expected={one["kind"]: one["expected_on"] for one in remedies if "expected_on" in one},
        agreed_with=recorded.get("with", ()),
    )
    same(cast("Any", changed["proposals"][-1]), _as_proposed(recorded))
    return changed


def _waiting(case: Case, number: int) -> None:
    """Refuse what belongs to a proposal that is not the last one."""
    counted(len(case.get("proposals", ())), number + 1)


def approve(number: int, recorded: Entry, case: Case, context: Context) -> Case:
    _waiting(case, number)
    note = recorded.get("note")
    if recorded["outcome"] == "returned":
        changed = solution.approve(case, context, back=note)
    else:
        changed = solution.approve(case, context, note=note)
    decision = cast("dict[str, Any]", changed["proposals"][-1]["decision"])
    if recorded["via"] != "settle":  # what is settled at once is another step
        decision.update({key: recorded[key] for key in PROOFS if key in recorded})
    same(decision, recorded)
    return changed


def respond(number: int, recorded: Entry, case: Case, context: Context) -> Case:
    _waiting(case, number)
    changed = solution.respond(
        case,
        context,
        agreed=recorded["outcome"] == "agreed",
        reason=recorded.get("reason"),
        agreement=recorded.get("agreement"),
    )
    same(cast("Any", changed["proposals"][-1]["answer"]), recorded)
    return changed


def settle(
    number: int,
    recorded: Entry,
    classified: Entry | None,
    asked: Entry | None,
    closed: Entry | None,
    case: Case,
    context: Context,
) -> Case:
    """Settling at once: with the classification, the customer's word and the closing that belong to it."""
    turn(case, "proposals", number)
    said = classified or {}
    changed = solution.settle(
        case,
        context,
        plan=_plan(recorded, context),
        reason=recorded["reason"],
        category=said.get("category"),
        severity=said.get("severity"),
        flags=said.get("flags", ()),
        confirmed=recorded.get("confirmed", ()),
    )
    signature = recorded["decision"].get("signature")
    if signature is not None:
        changed["proposals"][-1]["decision"]["signature"] = signature
    same(cast("Any", changed["proposals"][-1]), recorded)
    if classified is not None:
        same(changed["classification"], classified)
    if asked is not None:
        changed = ending.follow_up(len(changed.get("follow_ups", ())), asked, changed, context)
    if closed is not None:
        changed = ending.close(len(changed.get("closures", ())), closed, None, changed, context)
    return changed


def _work(case: Case, number: int) -> list[Any]:
    _waiting(case, number)
    proposal = case["proposals"][-1]
    return [*proposal["remedies"], *proposal.get("tasks", ())]


def fulfil(number: int, counts: Sequence[int], recorded: Entry, case: Case, context: Context) -> Case:
    _work(case, number)
    voucher = recorded.get("voucher")
    changed = tasks.fulfil(case, context, tasks=[count + 1 for count in counts], voucher=voucher)
    work = _work(changed, number)
    for count in counts:
        same(work[count]["done"], recorded)
    return changed


def acknowledge(number: int, counts: Sequence[int], recorded: Entry, case: Case, context: Context) -> Case:
    _work(case, number)
    changed = tasks.acknowledge(case, context, numbers=[count + 1 for count in counts])
    work = _work(changed, number)
    for count in counts:
        same(work[count]["acknowledged"], recorded)
    return changed


def troubled(number: int, time: int, recorded: Entry, case: Case, context: Context) -> Case:
    _waiting(case, number)
    turn(case["proposals"][-1], "problems", time)
    changed = tasks.fulfil(case, context, problem=recorded["text"])
    same(cast("Any", changed["proposals"][-1]["problems"][-1]), recorded)
    return changed

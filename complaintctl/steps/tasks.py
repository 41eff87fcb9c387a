"""What is to be carried out: tasks as they are given, understood and done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from complaintctl import times
from complaintctl.errors import Refused, Usage
from complaintctl.i18n import _
from complaintctl.workflow import (
    Context,
    already,
    begin,
    copied,
    items_of,
    known,
    last_of,
    member,
    same,
    settled,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from complaintctl.case import Case, Proposal


def given(task: Mapping[str, str], context: Context) -> dict[str, Any]:
    """A task with the department, the person and the day that it names; `Usage` where there are none such."""
    known(context.policy, "departments", task["department"])
    if task.get("who"):
        member(context, task["who"])
    today = times.calendar_day(context.at).isoformat()
    due = task.get("due") or today
    if due < today:
        raise Usage(_("--task-due: {day} is over; today is {today}.").format(day=due, today=today))
    return {key: value for key, value in task.items() if value.strip()}


def fulfil(
    case: Case,
    context: Context,
    *,
    tasks: Sequence[int] = (),
    voucher: str | None = None,
    problem: str | None = None,
) -> Case:
    """Carry out tasks by number (none: all that wait), or note what went wrong on the way (S0-16, S0-17)."""
    last = last_of(case, "proposals")
    if last and case["state"] != "agreed" and not problem and _done_by(last, context, tasks, voucher):
        raise already(case)
    begin("fulfil", case, context, {"voucher": voucher, "problem": problem})
    proposal = copied(case["proposals"][-1])
    changed = cast("Case", {**case, "proposals": [*case["proposals"][:-1], proposal]})
    work = items_of(proposal)
    wrong = [n for n in tasks if not 1 <= n <= len(work)]
    if wrong:
        raise Usage(
            _("{case} has no number {wrong} to carry out; it has {count}.").format(
                case=case["id"], count=len(work), wrong=wrong[0]
            )
        )
    if problem:
        trouble = context.sign({"text": problem})
        if proposal.get("problems") and same(proposal["problems"][-1], trouble):
            raise already(case)
        changed["proposals"][-1] = _troubled(proposal, trouble)
        return settled(changed, context)
    waiting = [n for n in (tasks or range(1, len(work) + 1)) if "done" not in work[n - 1]]
    if not waiting:
        raise already(case)
    for number in waiting:
        work[number - 1]["done"] = context.sign({"voucher": voucher})
    return settled(changed, context)


def acknowledge(case: Case, context: Context, *, numbers: Sequence[int]) -> Case:
    """Say that tasks are understood, by number as `fulfil` counts them (S4-10).

    That is for the person named, or anybody of the task's department; where
    nobody of it is there, for the top role.
    """
    last = last_of(case, "proposals")
    work = items_of(cast("Proposal", last)) if last else []
    for number in numbers:
        if not 1 <= number <= len(work) or "department" not in work[number - 1]:
            raise Usage(
                _("{case} has no task with the number {number}.").format(case=case["id"], number=number),
                hint=f"complaintctl show {case['id']}",
            )
    waiting = [number for number in numbers if "acknowledged" not in work[number - 1]]
    if not waiting:
        raise already(case)
    begin("fulfil", case, context, {"acknowledge": waiting})
    changed = copied(case)
    for number in waiting:
        task = items_of(changed["proposals"][-1])[number - 1]
        _require_theirs(task, context, case["id"])
        task["acknowledged"] = context.sign({})
    return settled(changed, context)


def _require_theirs(task: Mapping[str, Any], context: Context, case_id: str) -> None:
    """Refuse to take on what is another's task."""
    able = [
        one["id"]
        for one in context.staff
        if one["active"] and (one["id"] == task.get("who") or one.get("department") == task["department"])
    ]
    top = context.policy["authority"]["ladder"][-1]["role"]
    if context.actor["id"] in able or (not able and context.actor["role"] == top):
        return
    able = able or [one["id"] for one in context.staff if one["active"] and one["role"] == top]
    from complaintctl.explaining import named

    raise Refused(
        _("{case}: {who} cannot acknowledge a task of {department}.").format(
            case=case_id,
            who=context.actor["id"],
            department=named(context.policy, "departments", task["department"], context.language),
        ),
        hint=f"complaintctl --as {able[0]} fulfil {case_id} --acknowledge …" if able else "",
    )


def _done_by(proposal: dict[str, Any], context: Context, tasks: Sequence[int], voucher: str | None) -> bool:
    work = items_of(cast("Proposal", proposal))
    chosen = [work[n - 1] for n in tasks if 1 <= n <= len(work)] if tasks else work
    return bool(chosen) and all(
        "done" in item
        and item["done"]["by"] == context.actor["id"]
        and item["done"].get("voucher") == voucher
        for item in chosen
    )


def _troubled(proposal: Proposal, trouble: dict[str, Any]) -> Proposal:
    changed = cast("dict[str, Any]", copied(proposal))
    changed.setdefault("problems", []).append(trouble)
    return cast("Proposal", changed)

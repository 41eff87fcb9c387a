"""What may happen at any time: contacts, evidence, holds, escalations, improvements, links."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from complaintctl import times
from complaintctl.errors import Refused, Usage
from complaintctl.i18n import _
from complaintctl.workflow import (
    Context,
    already,
    append,
    begin,
    known,
    last_of,
    member,
    numbered,
    on_hold,
    same,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complaintctl.case import Case


def contact(
    case: Case,
    context: Context,
    *,
    method: str,
    note: str,
    party: str = "customer",
    progress: bool = False,
    incoming: bool = False,
) -> Case:
    """Note what was said to or by the customer, a supplier or a department (S0-17, S1a-3, S1a-11)."""
    known(context.policy, "contact_methods", method)
    if party.startswith("department:"):
        known(context.policy, "departments", party.removeprefix("department:"))
    elif party not in {"customer", "supplier"}:
        raise Usage(_("A contact is with customer, supplier or department:ID."))
    entry = context.sign(
        {
            "party": party,
            "direction": "in" if incoming else "out",
            "method": method,
            "progress": progress or None,
            "note": note,
        }
    )
    if last_of(case, "contacts") == entry:
        raise already("contact", case)
    begin("contact", case, context, entry)
    return append(case, "contacts", entry)


def add_evidence(case: Case, context: Context, *, entry: Mapping[str, Any]) -> Case:
    """Note an evidence file with its fingerprint, size and type (S0-12, S4-3)."""
    collected = entry.get("collected_by")
    if collected:
        member(context, collected)
    if any(old["file"] == entry["file"] for old in case.get("evidence", ())):
        raise already("evidence", case)
    begin("evidence", case, context, entry)
    return append(case, "evidence", context.sign(entry))


def hold(case: Case, context: Context, *, waiting_for: str, reason: str, until: str | None = None) -> Case:
    """Stop the clocks that the policy lets stop for it; `until` is a day that is not over (YYYY-MM-DD)."""
    _not_over(until, "--until", context)
    entry = context.sign({"for": waiting_for, "reason": reason, "until": until})
    if on_hold(case):
        if same(last_of(case, "holds"), entry):
            raise already("hold", case)
        raise Refused(
            _("{case} is on hold already (for {what}).").format(
                case=case["id"], what=case["holds"][-1]["for"]
            ),
            hint=f"complaintctl resume {case['id']}",
        )
    begin("hold", case, context, entry)
    return append(case, "holds", _in_order(entry, "for", "reason", "until"))


def _not_over(day: str | None, option: str, context: Context) -> None:
    today = times.calendar_day(context.at).isoformat()
    if day and day < today:
        raise Usage(
            _("{option}: {day} is over; today is {today}.").format(option=option, day=day, today=today)
        )


def _in_order(entry: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {k: entry[k] for k in (*keys, "by", "at") if k in entry}


def resume(case: Case, context: Context) -> Case:
    """Let the clocks run again."""
    if not on_hold(case):
        last = last_of(case, "holds")
        if last and last.get("resumed_by") == context.actor["id"]:
            raise already("resume", case)
        raise Refused(
            _("{case} is not on hold.").format(case=case["id"]), hint=f"complaintctl show {case['id']}"
        )
    begin("resume", case, context)
    changed = copy.deepcopy(case)
    changed["holds"][-1].update({"resumed_by": context.actor["id"], "resumed_at": context.at})
    return changed


def escalate(case: Case, context: Context, *, reason: str) -> Case:
    """Ask for one step more of authority (S1c-4, S1b-6)."""
    entry = numbered(context.sign({"reason": reason}), case)
    if same(last_of(case, "escalations"), entry):
        raise already("escalate", case)
    begin("escalate", case, context, entry)
    return append(case, "escalations", entry)


def improve(
    case: Case, context: Context, *, measure: str, owner: str, due: str, kind: str | None = None
) -> Case:
    """Record an improvement measure with its owner and date (S0-20), a day that is not over."""
    _not_over(due, "--due", context)
    member(context, owner)
    if kind:
        known(context.policy, "measures", kind)
    entry = context.sign({"measure": measure, "kind": kind, "owner": owner, "due": due})
    if any(
        same({k: v for k, v in old.items() if not k.startswith("done")}, entry)
        for old in case.get("improvements", ())
    ):
        raise already("improve", case)
    begin("improve", case, context, entry)
    return append(case, "improvements", entry)


def improved(case: Case, context: Context, *, number: int) -> Case:
    """Mark an improvement measure, counted from 1, as done."""
    measures = case.get("improvements", [])
    if not 1 <= number <= len(measures):
        raise Usage(
            _("{case} has {count} improvement measures; there is no number {number}.").format(
                case=case["id"], count=len(measures), number=number
            )
        )
    if "done_at" in measures[number - 1]:
        raise already("improve", case)
    begin("improve", case, context)
    changed = copy.deepcopy(case)
    changed["improvements"][number - 1].update({"done_by": context.actor["id"], "done_at": context.at})
    return changed


def link(case: Case, context: Context, *, to: str, kind: str) -> Case:
    """Tie a case to another one: related, of the same batch (S2-6), or a duplicate."""
    if to == case["id"]:
        raise Usage(_("A case is not linked to itself."))
    if any(old["case"] == to and old["kind"] == kind for old in case.get("links", ())):
        raise already("link", case)
    entry = context.sign({"case": to, "kind": kind})
    begin("link", case, context, entry)
    return append(case, "links", entry)

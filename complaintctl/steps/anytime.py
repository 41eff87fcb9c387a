"""What may happen at any time: evidence, holds, escalations, improvements, links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from complaintctl import times
from complaintctl.errors import Refused, Usage
from complaintctl.i18n import _
from complaintctl.labels import name_of
from complaintctl.workflow import (
    Context,
    already,
    append,
    begin,
    copied,
    known,
    last_of,
    member,
    numbered,
    on_hold,
    same,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complaintctl.case import Case, Improvement, Signed


def add_evidence(case: Case, context: Context, *, entry: Mapping[str, Any]) -> Case:
    """Note an evidence file with its fingerprint, size and type (S0-12, S4-3).

    Of a file that is there already it can still be said who collected it.
    """
    collected = entry.get("collected_by")
    if collected:
        member(context, collected)
    kept = next((old for old in case.get("evidence", ()) if old["file"] == entry["file"]), None)
    if kept is None:
        begin("evidence", case, context, entry)
        return append(case, "evidence", context.sign(entry))
    if collected is None or "collected_by" in kept:
        raise already(case)
    begin("evidence", case, context, entry)
    changed = copied(case)
    changed["evidence"][case["evidence"].index(kept)]["collected_by"] = collected
    return changed


def hold(case: Case, context: Context, *, waiting_for: str, reason: str, until: str | None = None) -> Case:
    """Stop the clocks that the policy lets stop for it; `until` is a day that is not over (YYYY-MM-DD)."""
    _not_over(until, "--until", context)
    entry = context.sign({"for": waiting_for, "reason": reason, "until": until})
    if on_hold(case):
        if same(last_of(case, "holds"), entry):
            raise already(case)
        raise Refused(
            _("{case} is on hold already (for {what}).").format(
                case=case["id"],
                what=name_of(context.policy, "holds", case["holds"][-1]["for"], context.language),
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
            raise already(case)
        raise Refused(
            _("{case} is not on hold.").format(case=case["id"]), hint=f"complaintctl show {case['id']}"
        )
    begin("resume", case, context)
    changed = copied(case)
    changed["holds"][-1].update({"resumed_by": context.actor["id"], "resumed_at": context.at})
    return changed


def escalate(case: Case, context: Context, *, reason: str) -> Case:
    """Ask for one step more of authority (S1c-4, S1b-6)."""
    entry = numbered(context.sign({"reason": reason}), case)
    if same(last_of(case, "escalations"), entry):
        raise already(case)
    begin("escalate", case, context, entry)
    return append(case, "escalations", entry)


def improve(
    case: Case,
    context: Context,
    *,
    measure: str,
    owner: str,
    due: str,
    kind: str | None = None,
    every: str | None = None,
    also: str | None = None,
) -> Case:
    """Record an improvement measure with its owner and date (S0-20), a day that is not over.

    `every`: after how many days it comes round again (S3-9); `also`: where else
    the same may happen (S1b-13).
    """
    _not_over(due, "--due", context)
    member(context, owner)
    if kind:
        known(context.policy, "measures", kind)
    entry = context.sign(
        {"measure": measure, "kind": kind, "owner": owner, "due": due, "every": _days(every), "also": also}
    )
    if any(
        same({k: v for k, v in old.items() if k not in {"done_by", "done_at", "repeated"}}, entry)
        for old in case.get("improvements", ())
    ):
        raise already(case)
    begin("improve", case, context, entry)
    return append(case, "improvements", entry)


def _days(every: str | None) -> str | None:
    """A number of days in its one spelling: ``30 days``; `Usage` for any other length of time."""
    if every is None:
        return None
    try:
        found = times.length(every.strip())
    except ValueError:
        found = None
    if found is None or found.unit != "day":
        raise Usage(_("--every is a number of days such as 30 days."))
    return f"{found.number} day" if found.number == 1 else f"{found.number} days"


def improved(case: Case, context: Context, *, number: int, end: bool = False) -> Case:
    """Mark an improvement measure, counted from 1, as done (S0-20).

    One that comes round is done once more, at most once a day, until `end`
    says that it is over (S3-9).
    """
    measures = case.get("improvements", [])
    if not 1 <= number <= len(measures):
        raise Usage(
            _("{case} has no improvement measure {number}; it has {count}.").format(
                case=case["id"], count=len(measures), number=number
            )
        )
    entry = measures[number - 1]
    if end and "every" not in entry:
        raise Usage(
            _("{case}: measure {number} does not come round.").format(case=case["id"], number=number),
            hint=f"complaintctl improve {case['id']} --done {number}",
        )
    if "done_at" in entry:
        raise already(case)
    again = "every" in entry and not end
    if again and _done_on(entry, context.at[:10]):
        raise already(case)
    begin("improve", case, context)
    changed = copied(case)
    if again:
        signed = cast("Signed", context.sign({}))
        changed["improvements"][number - 1].setdefault("repeated", []).append(signed)
    else:
        changed["improvements"][number - 1].update({"done_by": context.actor["id"], "done_at": context.at})
    return changed


def _done_on(entry: Improvement, day: str) -> bool:
    """Whether a measure that comes round was done on a day already."""
    repeated = entry.get("repeated", [])
    return bool(repeated) and repeated[-1]["at"][:10] == day


def link(case: Case, context: Context, *, to: str, kind: str) -> Case:
    """Tie a case to another one: related, of the same batch (S2-6), or a duplicate."""
    if to == case["id"]:
        raise Usage(_("A case is not linked to itself."))
    if any(old["case"] == to and old["kind"] == kind for old in case.get("links", ())):
        raise already(case)
    entry = context.sign({"case": to, "kind": kind})
    begin("link", case, context, entry)
    return append(case, "links", entry)

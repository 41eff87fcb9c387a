"""What may happen at any time, made again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from complaintctl.remade.turns import checked, counted, given, same, too_early, turn
from complaintctl.steps import anytime, contacts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from complaintctl.case import Case
    from complaintctl.workflow import Context

    Entry = Mapping[str, Any]


def contact(number: int, recorded: Sequence[Entry], case: Case, context: Context) -> Case:
    turn(case, "contacts", number)
    changed = case
    for entry in recorded:
        said = contacts.Said(
            entry["method"],
            entry["note"],
            entry["direction"] == "in",
            entry.get("progress", False),
            entry.get("confirms", False),
            entry.get("again_on"),
            entry.get("bears"),
        )
        changed = contacts.contact(changed, context, said, party=entry["party"])
        same(cast("Any", changed["contacts"][-1]), entry)
    return changed


def evidence(number: int, recorded: Entry, case: Case, context: Context) -> Case:
    turn(case, "evidence", number)
    changed = anytime.add_evidence(case, context, entry=given(recorded))
    return checked(changed, "evidence", recorded)


def collected(number: int, recorded: Entry, case: Case, context: Context) -> Case:
    """Who collected a piece of evidence, said later; nobody signs that."""
    kept = case.get("evidence", [])
    if not (number < len(kept) and kept[number]["file"] == recorded["file"]):
        raise too_early()
    said = {"file": recorded["file"], "collected_by": recorded["collected_by"]}
    return anytime.add_evidence(case, context, entry=said)


def hold(number: int, recorded: Entry, case: Case, context: Context) -> Case:
    turn(case, "holds", number)
    changed = anytime.hold(
        case,
        context,
        waiting_for=recorded["for"],
        reason=recorded["reason"],
        until=recorded.get("until"),
    )
    return checked(changed, "holds", recorded)


def resume(number: int, case: Case, context: Context) -> Case:
    turn(case, "holds", number + 1)
    return anytime.resume(case, context)


def escalate(number: int, recorded: Entry, case: Case, context: Context) -> Case:
    turn(case, "escalations", number)
    return checked(anytime.escalate(case, context, reason=recorded["reason"]), "escalations", recorded)


def improve(number: int, recorded: Entry, case: Case, context: Context) -> Case:
    turn(case, "improvements", number)
    changed = anytime.improve(case, context, **given(recorded, "done_by", "done_at", "repeated"))
    return checked(changed, "improvements", recorded)


def repeated(number: int, time: int, case: Case, context: Context) -> Case:
    measures = case.get("improvements", [])
    counted(len(measures[number].get("repeated", ())) if number < len(measures) else -1, time)
    return anytime.improved(case, context, number=number + 1)


def improved(number: int, recorded: Entry, case: Case, context: Context) -> Case:
    measures = case.get("improvements", [])
    if number < len(measures):
        counted(len(measures[number].get("repeated", ())), len(recorded.get("repeated", ())))
    return anytime.improved(case, context, number=number + 1, end="every" in recorded)


def link(number: int, recorded: Entry, case: Case, context: Context) -> Case:
    turn(case, "links", number)
    changed = anytime.link(case, context, to=recorded["case"], kind=recorded["kind"])
    return checked(changed, "links", recorded)

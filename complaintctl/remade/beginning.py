"""How a case begins and what is found out, made again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from complaintctl.remade.turns import checked, given, same, turn
from complaintctl.steps import handling, intake

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complaintctl.case import Case
    from complaintctl.workflow import Context

    Entry = Mapping[str, Any]


def new(recorded: Case, _case: Case | None, context: Context) -> Case:
    """The case as it was when it appeared."""
    demand = recorded["demand"]
    taken = recorded["intake"]
    return intake.register_case(
        context,
        case_id=recorded["id"],
        customer_id=recorded["customer"]["id"],
        channel=taken["channel"],
        complaint=recorded["complaint"],
        kind=recorded["kind"],
        form=taken["form"],
        moment=taken.get("moment"),
        received_at=taken["received_at"],
        customer=cast("Any", {key: one for key, one in recorded["customer"].items() if key != "id"}),
        about=cast("Any", recorded["about"]),
        demand=(demand.get("remedy"), demand.get("amount"), demand.get("text")),
    )


def classify(recorded: Entry, kind: str | None, case: Case, context: Context) -> Case:
    changed = handling.classify(case, context, kind=kind, **given(recorded))
    same(changed["classification"], recorded)
    return changed


def supposed(recorded: Entry, case: Case, context: Context) -> Case:
    """A classification that a later one replaced: nothing of it is left, so it is taken for the last.

    Nobody is known to have made it.
    """
    changed = handling.classify(case, context, **given(recorded))
    changed["classification"]["by"] = ""
    return changed


def assign(number: int, recorded: Entry, case: Case, context: Context) -> Case:
    turn(case, "assignments", number)
    changed = handling.assign(
        case,
        context,
        to=recorded["handler"],
        department=recorded["department"],
        task=recorded.get("task"),
    )
    return checked(changed, "assignments", recorded)


def investigate(number: int, recorded: Entry, case: Case, context: Context) -> Case:
    turn(case, "investigations", number)
    changed = handling.investigate(case, context, **given(recorded, "alone"))
    return checked(changed, "investigations", recorded)

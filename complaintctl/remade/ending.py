"""How it ends, made again: follow-up, closing, reopening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from complaintctl.remade.turns import checked, counted, given, same, too_early, turn
from complaintctl.steps import closing
from complaintctl.workflow import on_hold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complaintctl.case import Case
    from complaintctl.workflow import Context

    Entry = Mapping[str, Any]


def follow_up(number: int, recorded: Entry, case: Case, context: Context) -> Case:
    turn(case, "follow_ups", number)
    changed = closing.follow_up(case, context, **given(recorded, "proposal"))
    return checked(changed, "follow_ups", recorded)


def close(number: int, recorded: Entry, held: int | None, case: Case, context: Context) -> Case:
    """Closing, and with it the end of the hold with the number `held` (counted from 0)."""
    turn(case, "closures", number)
    holds = case.get("holds", ())
    if on_hold(case) != (held is not None) or (held is not None and len(holds) != held + 1):
        raise too_early()
    changed = closing.close(case, context, **given(recorded, "reopened"))
    return checked(changed, "closures", recorded)


def reopen(number: int, recorded: Entry, assigned: Entry | None, case: Case, context: Context) -> Case:
    counted(len(case.get("closures", ())), number + 1)
    changed = closing.reopen(case, context, reason=recorded["reason"])
    same(cast("Any", changed["closures"][-1]["reopened"]), recorded)
    if assigned is not None:
        same(cast("Any", changed["assignments"][-1]), assigned)
    return changed

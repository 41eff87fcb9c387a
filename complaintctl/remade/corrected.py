"""What was recorded wrongly, made again: amendments, steps taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl.remade.turns import Otherwise, checked, too_early, turn
from complaintctl.steps import correction
from complaintctl.workflow import copied

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from complaintctl.case import Case
    from complaintctl.workflow import Context

    Entry = Mapping[str, Any]


def amend(
    number: int,
    recorded: Entry,
    final: Case,
    later: Set[str],
    unknown: Sequence[str],
    case: Case,
    context: Context,
) -> Case:
    """An amendment.

    Which values it set is seen from the `final` case, except for fields that a
    `later` one set again, and for those `unknown` ones that say now what they said before.
    """
    turn(case, "amendments", number)
    edited: Any = copied(case)
    fields = recorded["fields"]
    if len(fields) == correction.SHOWN:  # there may be more of them
        differing = [one for one in correction.differences(case, final) if correction.by_hand(one)]
        fields = list(dict.fromkeys([*fields, *differing]))
    lost = []
    for field in fields:
        taken = field not in later and correction.take_over(edited, final, field)
        if not taken and (field in later or field in unknown):
            lost.append(field)
    changed = correction.adopt(case, edited, context, reason=recorded["reason"], lost=lost)
    return checked(changed, "amendments", recorded)


def noted_back(number: int, recorded: Entry, case: Case, context: Context) -> Case:
    """A step that was made and taken back between the two states: only the note of it is left."""
    turn(case, "amendments", number)
    as_it_was = case
    if case["state"] == "closed":  # it had been opened again
        as_it_was = {**case, "state": "assigned"}
    changed = correction.undo(
        as_it_was, as_it_was, context, step=recorded["undone"], reason=recorded["reason"]
    )
    return checked(changed, "amendments", recorded)


def taken_back(
    recorded: Entry, verbs: Sequence[str], old: Case, earlier: Case, case: Case, context: Context
) -> Case:
    """The last step before all others, taken back: the case as it was earlier, and the note of it.

    `verbs`: what was done from `earlier` to `old`.
    """
    if case is not old:
        raise too_early()
    if recorded["undone"] not in verbs:
        raise Otherwise(["undone"])
    changed = correction.undo(case, earlier, context, step=recorded["undone"], reason=recorded["reason"])
    return checked(changed, "amendments", recorded)

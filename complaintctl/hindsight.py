"""A row in hindsight: what a report as at an instant sees of it.

Figures of a time that is over do not count what was done later.  So a step that
was taken later leaves them as they are, unless it changes something that a row
has no history of: then that is seen as it is today.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complaintctl.policy import Policy
    from complaintctl.rows import Clock, Paid, Row

# What no report looks at, and the last step, which says no more than the state as at.
UNSEEN = frozenset(("last", "due", "due_name", "provisional", "owed", "owing"))
_INSTANTS = ("heard", "escalated", "answered", "fulfilled")
_DATED = ("borne", "satisfied")  # an instant, and something


def seen(row: Row, as_at: int, policy: Policy) -> dict[str, Any]:
    """What a report as at an instant sees of a row, by the policy in force.

    Two rows of a case of which the same is seen give the same figures.
    """
    found: dict[str, Any] = {field: value for field, value in row.items() if field not in UNSEEN}
    for field in _INSTANTS:
        found[field] = [at for at in found[field] if at < as_at]
    for field in _DATED:
        found[field] = [tuple(one) for one in found[field] if one[0] < as_at]
    return found | {
        "state": standing(row, as_at, policy),
        "first_contact": _earlier(row["first_contact"], as_at),
        "clocks": [_clock(one, as_at) for one in row["clocks"] if one.start < as_at],
        "paid": list(_paid(row, as_at)),
    }


def _earlier(instant: int | None, as_at: int) -> int | None:
    return instant if instant is not None and instant < as_at else None


def _clock(clock: Clock, as_at: int) -> Clock:
    return clock._replace(met=_earlier(clock.met, as_at), ended=_earlier(clock.ended, as_at))


def _paid(row: Row, as_at: int) -> Iterator[Paid]:
    """The remedies that were proposed by then, with what had become of them."""
    for one in row["paid"]:
        if one.proposed >= as_at:
            continue
        known = one._replace(declined=_earlier(one.declined, as_at), done=_earlier(one.done, as_at))
        decided = one.returned if one.approved is None else one.approved
        if decided is not None and decided >= as_at:
            known = known._replace(approved=None, returned=None, role=None, alone=False, via=None)
        yield known


def standing(row: Row, as_at: int, policy: Policy) -> str:
    """The state of an open case as at an instant.

    Today's, if nothing was done since; else the latest of the steps that the row
    dates.  It does not date the customer's agreement: such a case reads approved.
    """
    if row["last"] < as_at:
        return row["state"]
    content = policy["follow_up"]["satisfied_from"]
    steps: list[tuple[int | None, int, str]] = [
        (row["classified"], 1, "classified"),
        (row["verdict_at"], 3, "investigated"),
    ]
    steps += [(at, 2, "assigned") for at, _department, _handler in row["assigned"][:1]]
    steps += [(span.start, 2, "assigned") for span in row["spans"][1:]]
    for paid in row["paid"]:
        steps.append((paid.proposed, 4, "proposed"))
        steps += [
            (paid.approved, 5, "approved"),
            (paid.returned, 5, "returned"),
            (paid.declined, 6, "declined"),
        ]
    steps += [(at, 7, "fulfilled") for at in row["fulfilled"]]
    steps += [
        (at, 8, "satisfied" if rating >= content else "dissatisfied") for at, rating in row["satisfied"]
    ]
    taken = [(at, order, state) for at, order, state in steps if at is not None and at < as_at]
    return max(taken, default=(0, 0, "received"))[2]

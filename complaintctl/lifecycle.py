"""The life of a case as one table: which verb may be used in which state, and where it leads.

Printed by ``complaintctl help workflow``; `complaintctl.workflow` judges by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from complaintctl.i18n import N_, _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from complaintctl.case import Case, Proposal

State = Literal[
    "received", "classified", "assigned", "investigated", "proposed", "returned", "approved",
    "declined", "agreed", "fulfilled", "satisfied", "dissatisfied", "closed",
]  # fmt: skip
STATES: tuple[State, ...] = (
    "received", "classified", "assigned", "investigated", "proposed", "returned", "approved",
    "declined", "agreed", "fulfilled", "satisfied", "dissatisfied", "closed",
)  # fmt: skip
VOID = ("entered-in-error", "duplicate")  # outcomes of cases that are none
UNHANDLED = ("answered", "withdrawn", "no-contact", "out-of-scope", "referred")  # not to its end: no lesson
UNGATED = (*UNHANDLED, *VOID)  # outcomes for which no gate asks for anything

OPEN: tuple[State, ...] = STATES[:-1]


class Step(NamedTuple):
    """One row of the table: in which states a verb may be used, and what the state is afterwards."""

    before: tuple[State, ...]
    after: tuple[State, ...]  # empty: the state stays as it is
    note: str = ""


_WORKED: tuple[State, ...] = ("assigned", "investigated", "returned", "declined", "dissatisfied")

STEPS: dict[str, Step] = {
    "new": Step((), ("received",)),
    "classify": Step(OPEN, ("classified",), N_("again later: the state stays")),
    "settle": Step(
        ("received", "classified"), ("fulfilled", "dissatisfied", "closed"), N_("inside one's own authority")
    ),
    "assign": Step(("classified", *_WORKED), ("assigned",), N_("to somebody else later: the state stays")),
    "investigate": Step(
        ("assigned", "classified", "dissatisfied"),
        ("investigated",),
        N_(
            "from classified where the policy investigates first, dissatisfied after settling;"
            " a verdict ends it"
        ),
    ),
    "propose": Step(
        ("investigated", "assigned", "returned", "declined", "dissatisfied"),
        ("proposed",),
        N_("once there is a verdict and a department"),
    ),
    "approve": Step(("proposed",), ("approved", "returned")),
    "respond": Step(("approved",), ("agreed", "declined")),
    "fulfil": Step(("agreed",), ("fulfilled",), N_("task by task")),
    "follow-up": Step(("fulfilled", "satisfied", "dissatisfied"), ("satisfied", "dissatisfied")),
    "close": Step(OPEN, ("closed",), N_("from satisfied; others by outcome")),
    "reopen": Step(("closed",), ("assigned",), N_("a new round; the clocks begin anew")),
    "contact": Step(STATES, ()),
    "evidence": Step(STATES, ()),
    "hold": Step(OPEN, ()),
    "resume": Step(OPEN, ()),
    "escalate": Step(OPEN, ()),
    "improve": Step(STATES, ()),
    "link": Step(STATES, ()),
    "amend": Step(STATES, ()),
    "undo": Step(OPEN, (), N_("one's own last step, before it was shared")),
}

ANY_TIME = ("contact", "evidence", "hold", "resume", "escalate", "improve", "link", "amend", "undo")

DECIDING = frozenset({"approve", "settle"})  # verbs that weigh what a customer was granted

THROUGH_HOLDS = (*ANY_TIME, "classify", "close")

# From which states a case may be closed with an outcome; every other outcome: from any open state.
OUTCOMES: dict[str, tuple[State, ...]] = {
    "satisfied": ("satisfied",),
    "very-satisfied": ("satisfied",),
    "explained": ("agreed", "fulfilled", "satisfied"),
    "final-response-declined": ("declined", "dissatisfied"),
    "answered": OPEN,
    "withdrawn": OPEN,
    "no-contact": OPEN,
    "duplicate": OPEN,
    "out-of-scope": OPEN,
    "referred": OPEN,
    "entered-in-error": OPEN,
}

NEED_REASON = tuple(o for o in OUTCOMES if o not in {"satisfied", "very-satisfied", "explained", "answered"})


def table() -> list[tuple[str, str, str, str]]:
    """The life of a case as rows: verb, from, to, note."""
    return [
        (verb, _states(step.before), ", ".join(step.after) or "–", _(step.note) if step.note else "")
        for verb, step in STEPS.items()
    ]


def _states(states: tuple[State, ...]) -> str:
    if not states:
        return "–"
    if states == OPEN:
        return _("any open state")
    return _("any state") if states == STATES else ", ".join(states)


def round_of(case: Case) -> int:
    """The round that a case is in: 1, and one more for each reopening."""
    closures = case.get("closures")
    return 1 + sum(["reopened" in closure for closure in closures]) if closures else 1


def in_round(entries: Any, number: int) -> list[Any]:
    """Those entries of a list section that belong to a round (an entry without one is of round 1)."""
    return [entry for entry in entries if entry.get("round", 1) == number] if entries else []


def approved(case: Case) -> Proposal | None:
    """The last proposal of the round that was approved; None where there is none."""
    entries: list[Proposal] = in_round(case.get("proposals", ()), round_of(case))
    found = (one for one in reversed(entries) if one.get("decision", {}).get("outcome") == "approved")
    return next(found, None)


def signatures(case: Any) -> list[tuple[str, str]]:
    """All (at, by) of a case, in no order: who did what when."""
    found: list[tuple[str, str]] = []
    if isinstance(case, dict):
        _sign(case, found)
    elif isinstance(case, list):
        for entry in case:
            found += signatures(entry)
    return found


def _sign(data: dict[str, Any], found: list[tuple[str, str]]) -> None:
    if "at" in data and "by" in data:
        found.append((data["at"], data["by"]))
    if "resumed_at" in data:
        found.append((data["resumed_at"], data["resumed_by"]))
    if "done_at" in data:
        found.append((data["done_at"], data["done_by"]))
    if "registered_at" in data:
        found.append((data["registered_at"], data["by"]))
    for value in data.values():
        if value.__class__ is str:  # nearly all that there is
            continue
        for entry in value if isinstance(value, list) else (value,):
            if isinstance(entry, dict):
                _sign(entry, found)

"""Lives of a case at random: any step that is not refused, by anybody, with pauses of any length or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl.errors import ComplaintctlError
from complaintctl.workflow import copied
from tests import bench
from tests.bench import REFUND, SOUR
from tests.played import Step

if TYPE_CHECKING:
    from random import Random

PEOPLE = ("li.na", "zhao.wei", "sun.min", "qian.li", "boss", "wu.lei", "chen.jie")
PAUSES = (0, 0, 0, 1, 90, 3000)  # minutes
# Ways of a verb that have another name on the bench.
_VERBS = {"acknowledge": "fulfil", "improved": "improve", "adopt": "amend"}

_WEAK: dict[str, Any] = {"plan": [("apology", None, None)], "reason": "sorry"}
_TASKS = [{"department": "store", "what": "sweep"}, {"department": "store", "what": "mop", "who": "wu.lei"}]
_PHOTO = {"file": "a1.jpg", "sha256": "a1", "size": 3, "type": "image/jpeg", "kind": "photo", "name": "a.jpg"}
_CUSTOMER = [{"who": "customer", "text": "sour"}]
_LESSON = {"lesson": "l", "prevention": "p"}

STEPS: list[tuple[str, dict[str, Any]]] = [
    ("classify", {"category": "goods.spoiled"}),
    ("classify", {"category": "goods.spoiled", "severity": "severe"}),
    ("classify", {"category": "goods.spoiled", "kind": "enquiry"}),
    ("classify", {"category": "goods.spoiled", "liability": "ours", "affected": 3}),
    ("assign", {"to": "zhao.wei"}),
    ("assign", {"to": "wu.lei", "task": "look at the shelf"}),
    ("investigate", SOUR),
    ("investigate", {"findings": "looked"}),
    ("investigate", {"findings": "fresh", "verdict": "unfounded", "statements": _CUSTOMER}),
    ("propose", REFUND),
    ("propose", {**_WEAK, "tasks": _TASKS}),
    ("propose", {"plan": [("refund", "60", None)], "reason": "more", "exception": "a kindness"}),
    ("propose", {"plan": [("explanation", None, None)], "reason": "fresh"}),
    ("approve", {}),
    ("approve", {"note": "fine"}),
    ("approve", {"back": "say which batch"}),
    ("respond", {"agreed": True}),
    ("respond", {"agreed": False, "reason": "wants more"}),
    ("settle", {"category": "goods.spoiled", "plan": [("refund", "12.90", None)], "reason": "sour"}),
    ("settle", {**_WEAK, "satisfaction": 5}),
    ("settle", {"category": "goods.spoiled", **_WEAK, "satisfaction": 5}),
    ("settle", {"category": "goods.spoiled", **_WEAK, "satisfaction": 1}),
    ("fulfil", {"voucher": "R-1"}),
    ("fulfil", {"tasks": [1]}),
    ("fulfil", {"tasks": [2], "voucher": "R-2"}),
    ("fulfil", {"problem": "the till was shut"}),
    ("acknowledge", {"numbers": [2]}),
    ("follow-up", {"satisfaction": 5, "method": "phone"}),
    ("follow-up", {"satisfaction": 1, "method": "phone", "comment": "unkind"}),
    ("follow-up", {"satisfaction": 4, "method": "visit"}),
    ("close", _LESSON),
    ("close", {"outcome": "withdrawn", "reason": "x"}),
    ("close", {"outcome": "final-response-declined", "reason": "x", **_LESSON}),
    ("close", {"outcome": "explained", **_LESSON}),
    ("close", {"outcome": "answered"}),
    ("close", {"outcome": "no-contact", "reason": "moved", "lesson_for": ["store"]}),
    ("reopen", {"reason": "called again"}),
    ("hold", {"waiting_for": "customer", "reason": "away"}),
    ("resume", {}),
    ("escalate", {"reason": "called twice"}),
    ("improve", {"measure": "alarm", "owner": "wu.lei", "due": "2027-12-31"}),
    ("improve", {"measure": "reading", "owner": "wu.lei", "due": "2027-12-31", "every": "1 days"}),
    ("improved", {"number": 1}),
    ("improved", {"number": 2}),
    ("improved", {"number": 2, "end": True}),
    ("link", {"to": "C-20261116-AAAAAA", "kind": "related"}),
    ("amend", {"changes": {"customer.phone": "13900005678"}, "reason": "misheard"}),
    ("amend", {"changes": {"customer.phone": "13700005678", "about.batch": "7"}, "reason": "misheard"}),
    ("amend", {"changes": {"customer.phone": "", "intake.moment": "after"}, "reason": "asked"}),
    ("amend", {"changes": {"complaint": "sour, and warm"}, "reason": "heard again"}),
    ("contact", {"method": "phone", "note": "told her"}),
    ("contact", {"method": "phone", "note": "called back", "incoming": True}),
    ("contact", {"method": "phone", "note": "heard", "party": "head:goods"}),
    ("contact", {"method": "phone", "note": "heard", "party": "department:store"}),
    ("evidence", {"entry": _PHOTO}),
    ("evidence", {"entry": {**_PHOTO, "collected_by": "wu.lei"}}),
]  # fmt: skip
# What usually comes next, so that the late states are reached too.
_ONWARD = {
    "received": 0, "classified": 4, "assigned": 6, "investigated": 9, "proposed": 13, "returned": 9, "approved": 16,
    "declined": 9, "agreed": 22, "fulfilled": 27, "satisfied": 30, "dissatisfied": 9, "closed": 36,
}  # fmt: skip


def life(chance: Random, length: int) -> list[Step]:
    """The steps of a case: its beginning, and `length` more where so many could be made."""
    case = bench.new()
    trail = [Step("new", None, case, bench.context(None, "li.na", bench.at(0)))]
    minutes = 0
    for _number in range(length):
        minutes += chance.choice(PAUSES)
        for _try in range(12):
            step = _step(chance, trail, minutes)
            if step is not None:
                trail.append(step)
                break
    return trail


def _step(chance: Random, trail: list[Step], minutes: int) -> Step | None:
    """One step; None where it is refused."""
    last = trail[-1]
    case, by = last.after, chance.choice(PEOPLE)
    verb, inputs = chance.choice(STEPS) if chance.random() < 0.6 else STEPS[_ONWARD[case["state"]]]
    given: tuple[Any, ...] = ()
    what = chance.random()
    if what < 0.1 and last.before is not None:
        verb, inputs, given = "undo", {"step": last.verb, "reason": "mistaken"}, (last.before,)
        by = last.context.actor["id"]
    elif what < 0.15:
        edited = copied(case)
        edited["about"]["place"] = chance.choice(["desk", "shelf"])
        if "contacts" in edited:
            edited["contacts"][0]["note"] = chance.choice(["one word", "another"])
        verb, inputs, given = "adopt", {"reason": "by hand"}, (edited,)
    try:
        after = bench.do(case, verb, by, minutes, *given, **inputs)
    except ComplaintctlError:
        return None
    return Step(_VERBS.get(verb, verb), case, after, bench.context(case, by, bench.at(minutes)))

"""Steps without a register: the rules of a shop, its people, and a case that is handed from step to step."""

from __future__ import annotations

import functools
import hashlib
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from complaintctl import levels, times
from complaintctl.case import Case
from complaintctl.steps import anytime, closing, contacts, correction, handling, intake, solution, tasks
from complaintctl.workflow import Context
from complaintctl.yamlfile import read_document
from tests.shop import PEOPLE, START

STAFF: list[Any] = [
    {"id": "boss", "name": "Ann Lee", "emails": ["boss@shop.example"], "role": "manager", "active": True},
    *(
        {"id": who, "name": name, "emails": [f"{who}@shop.example"], "role": role, "department": dept, "active": True}
        for who, name, role, dept in PEOPLE
    ),
    {"id": "left.long", "name": "Gone", "emails": ["left@shop.example"], "role": "manager", "active": False},
]  # fmt: skip


@functools.cache
def rules(name: str = "supermarket") -> tuple[Any, Any]:
    """A policy that ships, and its pin."""
    file = Path(__file__).parents[1] / f"policies/{name}.yaml"
    data = file.read_bytes()
    policy, _lines = read_document(data, file.name)
    pin = {"name": name, "version": policy["version"], "sha256": hashlib.sha256(data).hexdigest()}
    return policy, pin


def at(minutes: float) -> str:
    """An instant, counted in minutes from the opening of the shop."""
    return (datetime.fromisoformat(START) + timedelta(minutes=minutes)).isoformat()


def context(case: Case | None, by: str, instant: str) -> Context:
    """What a step by somebody is judged by; LookupError for somebody who was never there."""
    policy, pin = rules()
    actor = next((one for one in STAFF if one["id"] == by), None)
    if actor is None:
        raise LookupError(by)
    level = None
    if case is not None:
        level = levels.level_at(levels.hits(case, policy), times.epoch(instant), lambda _hit: False).level
    return Context(policy, pin, policy, actor, STAFF, instant, level, Decimal(0), "CNY", "en")


def new(minutes: float = 0, by: str = "li.na", **more: Any) -> Case:
    """A case about sour milk."""
    given: dict[str, Any] = {
        "case_id": "C-20261116-7K3MQ4",
        "customer_id": "P-7K3MQ4",
        "channel": "desk",
        "complaint": "sour before its date",
        "customer": {"name": "Wang", "phone": "13800001234"},
        "about": {"product": "milk 1L", "price": "12.90", "purchased_on": "2026-11-15"},
        "demand": ("refund", "12.90", None),
    }
    return intake.register_case(context(None, by, at(minutes)), **{**given, **more})


_STEPS: dict[str, Any] = {
    "classify": handling.classify, "assign": handling.assign, "investigate": handling.investigate,
    "propose": solution.propose, "approve": solution.approve, "respond": solution.respond, "settle": solution.settle,
    "fulfil": tasks.fulfil, "acknowledge": tasks.acknowledge, "follow-up": closing.follow_up, "close": closing.close,
    "reopen": closing.reopen, "evidence": anytime.add_evidence, "hold": anytime.hold, "resume": anytime.resume,
    "escalate": anytime.escalate, "improve": anytime.improve, "improved": anytime.improved, "link": anytime.link,
    "amend": correction.amend, "adopt": correction.adopt, "undo": correction.undo,
}  # fmt: skip


def do(case: Case, verb: str, by: str, minutes: float, *given: Any, **inputs: Any) -> Case:
    """The case after a step, or what the step raises.

    `acknowledge`, `improved` and `adopt` are ways of fulfil, improve and amend; a contact takes
    what `contacts.Said` has, and perhaps a party.
    """
    judged_by = context(case, by, at(minutes))
    if verb == "contact":
        party, told = inputs.pop("party", None), inputs.pop("told", None)
        return contacts.contact(case, judged_by, contacts.Said(**inputs), party=party, told=told)
    changed: Case = _STEPS[verb](case, *given, judged_by, **inputs)
    return changed


SOUR = {"findings": "cold shelf at 11 °C", "statements": [{"who": "customer", "text": "sour at breakfast"}],
        "verdict": "founded", "cause": "goods.spoiled"}  # fmt: skip
REFUND: dict[str, Any] = {
    "plan": [("refund", "12.90", None), ("apology", None, None)],
    "reason": "spoiled too early",
}
# The long road: verb, by whom, with what.
ROAD: list[tuple[str, str, dict[str, Any]]] = [
    ("classify", "li.na", {"category": "goods.spoiled"}),
    ("assign", "li.na", {"to": "zhao.wei"}),
    ("contact", "li.na", {"method": "phone", "note": "told her"}),
    ("investigate", "zhao.wei", SOUR),
    ("propose", "zhao.wei", REFUND),
    ("approve", "sun.min", {"note": "agreed with the store"}),
    ("respond", "li.na", {"agreed": True}),
    ("fulfil", "li.na", {"voucher": "R-1"}),
    ("follow-up", "li.na", {"satisfaction": 5, "method": "phone"}),
    ("close", "li.na", {"lesson": "alarm was off", "prevention": "two readings a day"}),
]


def road(apart: float = 10) -> list[Case]:
    """The case after each step of the long road, `apart` minutes apart (0: all of them at one instant)."""
    states = [new()]
    for number, (verb, by, inputs) in enumerate(ROAD, 1):
        states.append(do(states[-1], verb, by, apart * number, **inputs))
    return states

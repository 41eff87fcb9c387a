"""What the templates of letters may name, for each kind of letter, and which cannot be filled in.

Of a decision nothing can be named in a letter that may be written before it is approved (S4-5).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from complaintctl import i18n, lifecycle, templatefaults
from complaintctl.templating import FLAG, NUMBER, TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from complaintctl.templatefaults import Fault
    from complaintctl.templating import Shape

# How a case stands, as the customer may hear it: nothing in it tells what is thought of the complaint.
STAGES = {
    "received": "received", "classified": "looking", "assigned": "looking", "investigated": "deciding",
    "proposed": "deciding", "returned": "deciding", "approved": "decided", "declined": "declined",
    "agreed": "agreed", "fulfilled": "carried-out", "satisfied": "carried-out",
    "dissatisfied": "dissatisfied", "closed": "closed",
}  # fmt: skip
_PROMISE: Shape = {"what": TEXT, "by": TEXT, "provisional": FLAG, "kept_on": TEXT, "late": FLAG}
_COMMON: dict[str, Shape] = {
    "today": TEXT,
    "shop": {"name": TEXT},
    "contact": {"name": TEXT, "department": TEXT},
    "customer": {"name": TEXT, "company": TEXT, "address": TEXT},
    "case": {
        "id": TEXT,
        "kind": ("complaint", "help", "enquiry", "venting"),
        "received_on": TEXT,
        "channel": TEXT,
        "product": TEXT,
        "complaint": TEXT,
    },
    "demand": {"what": TEXT, "amount": TEXT, "text": TEXT},
    "stage": tuple(dict.fromkeys(STAGES.values())),
    "waiting_for": ("customer", "supplier", "test", "authority", ""),
    "promises": [_PROMISE],
    "owed": [_PROMISE],
    "late": FLAG,
    "next_word": TEXT,
    "elsewhere": TEXT,
}
_DECIDED: dict[str, Shape] = {
    **_COMMON,
    "inquiry": {
        "on": TEXT,
        "checks": NUMBER,
        "statements": NUMBER,
        "evidence": NUMBER,
        "findings": TEXT,
        "verdict": ("founded", "partly", "unfounded", ""),
        "cause": TEXT,
    },
    "decision": {
        "on": TEXT,
        "by": TEXT,
        "remedies": [{"kind": TEXT, "what": TEXT, "amount": TEXT, "how": TEXT, "expected_on": TEXT,
                      "done_on": TEXT}],
        "answer": ("agreed", "declined", ""),
        "answered_on": TEXT,
    },
    "carried_out_on": TEXT,
    "closed": {"on": TEXT, "outcome": (*lifecycle.OUTCOMES, "")},
}  # fmt: skip
# The kinds of letters, and what the templates of each may name.
KINDS: dict[str, dict[str, Shape]] = {
    "acknowledgement": _COMMON,
    "progress": _COMMON,
    "offer": _DECIDED,
    "final": _DECIDED,
    "apology": _COMMON,
    "survey": {**_COMMON, "carried_out_on": TEXT},
}
# The parts of letters beside their kinds, and which kind may name no more than they.
_AROUND = {"heading": "apology", "opening": "apology", "decision": "final", "closing": "apology"}


def templates(rules: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Every template of ``letters``: its place, the kind whose values it may name, the text by language."""
    for part, kind in _AROUND.items():
        if part in rules:
            yield part, kind, rules[part]
    for kind, entry in rules["kinds"].items():
        for part in ("subject", "text", "after"):
            if part in entry:
                yield f"kinds.{kind}.{part}", kind, entry[part]


def faults(kind: str, source: str) -> tuple[Fault, ...]:
    """What is wrong with a template of a kind of letter (`templatefaults.faults`)."""
    return _faults(kind, source, i18n.language())


@lru_cache(maxsize=2048)
def _faults(kind: str, source: str, _language: str) -> tuple[Fault, ...]:
    """The faults say what is wrong in a language."""
    return tuple(templatefaults.faults(source, KINDS[kind]))

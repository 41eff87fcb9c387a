"""The decision paper: what whoever decides on a proposal has to know, on one page (S1c-4, S1b-5).

The case in brief without anything by which the customer could be reached, what is
proposed and what it rests on, what it costs, who may decide and why, the clocks,
what was found, what was tried before and how alike cases were settled.  A paper
is data (`Paper.data`); `paperparts` has it in words, as text and as Markdown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from complaintctl import (
    authority,
    conditions,
    deadlines,
    deciding,
    exclusions,
    levels,
    needs,
    precedents,
    remedies,
    times,
)
from complaintctl.errors import Refused
from complaintctl.lifecycle import round_of
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal
    from zoneinfo import ZoneInfo

    from complaintctl.authority import Staff
    from complaintctl.case import Case
    from complaintctl.paperparts import Part
    from complaintctl.policy import Policy
    from complaintctl.precedents import Settled
    from complaintctl.workdays import WorkCalendar

# What is said of a customer's thing and of what happened; a receipt may name its owner.
_ABOUT = (
    "product", "specification", "style", "colour", "size", "batch", "produced_on", "price",
    "purchased_on", "place", "occurred_at", "against", "in_use_since", "symptoms", "used_before",
    "earlier_condition", "recent_use",
)  # fmt: skip
_EXACT = frozenset(("produced_on", "price", "purchased_on", "occurred_at", "in_use_since"))  # nobody's words
_OWN = ("name", "company", "phone", "email", "address", "end_user")
_MAIL = r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+"
_NUMBER = r"(?<![0-9A-Za-z.])\+?[0-9](?:[ ()/-]{0,2}[0-9]){8,}(?![0-9])"
_HIDDEN = "[…]"


class Ground(NamedTuple):
    """What a paper rests on besides the case: rules, people, and facts about other cases."""

    policy: Policy  # in force: by it the proposal is decided
    pinned: Policy  # the one that the case was received under
    sha256: str  # of the file of the policy in force
    staff: Sequence[Staff]
    at: str  # now: ISO 8601 with the register's offset
    level: int
    customer_cost: Decimal  # what the same customer got in other cases within the policy's window
    missed: bool
    zone: ZoneInfo
    calendar: WorkCalendar
    language: str


class Paper(NamedTuple):
    """A decision paper: as data of plain JSON values, and as parts in the reader's language."""

    data: dict[str, Any]
    parts: list[Part]


def paper(
    case: Case,
    number: int,
    ground: Ground,
    *,
    past: Iterable[Settled] | None = None,
    branch: str = "",
    notes: Sequence[str] = (),
) -> Paper:
    """The paper on a case's n-th proposal.

    `past`: how alike cases were settled, None where that cannot be told; `branch`:
    in which the proposal waits; `notes`: what is to be looked at first.
    """
    from complaintctl import paperparts

    before = _undecided(case, number)
    data = {
        "case": case["id"],
        "proposal": number,
        "round": case["proposals"][number - 1].get("round", 1),
        "state": case["state"],
        "branch": branch or None,
        "notes": list(notes),
        **_at_issue(case, number, ground, before),
        **_background(case, number, ground),
        "alike": None
        if past is None
        else precedents.alike(case, precedents.cause_of(before, ground.policy), list(past)),
    }
    return Paper(data, paperparts.parts(data, ground.pinned, ground.policy, ground.language))


# -- the data


def _at_issue(case: Case, number: int, ground: Ground, before: Case) -> dict[str, Any]:
    """What is to be decided: the proposal with what it costs, who may decide, and what was decided."""
    proposal = case["proposals"][number - 1]
    facts = {
        **conditions.facts_of(before, ground.policy), "level": ground.level, "missed": ground.missed,
    }  # fmt: skip
    return {
        "currency": case["currency"],
        "cost": str(authority.cost_of(proposal)),
        "proposed": _proposed(case, number, ground, facts),
        "authority": _authority(before, ground, facts),
        "decision": _decision(proposal),
        "digest": authority.digest(
            case["id"], proposal.get("round", 1), proposal, case["currency"], ground.sha256
        ),
    }


def _background(case: Case, number: int, ground: Ground) -> dict[str, Any]:
    """What is known of the case besides: how grave it is, its clocks, what was found and tried before."""
    return {
        "level": ground.level,
        "level_reason": _level_reason(case, ground),
        "brief": _brief(case, ground),
        "demand": {key: unsaid(str(value), case) for key, value in case["demand"].items()},
        "clocks": _clocks(case, ground),
        "investigations": [_investigation(entry, case) for entry in case.get("investigations", ())],
        "evidence": [
            {key: entry[key] for key in ("file", "kind", "sha256")} for entry in case.get("evidence", [])
        ],
        "earlier": [_earlier(case, at) for at in range(1, number)],
    }


def _proposed(case: Case, number: int, ground: Ground, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What is proposed, by whom and why, and what each remedy rests on (S1a-6)."""
    proposal = case["proposals"][number - 1]
    known = remedies.facts_on(case, facts, times.calendar_day(proposal["at"]))
    confirmed = proposal.get("confirmed", [])
    return {
        "by": proposal["by"],
        "at": proposal["at"],
        "reason": unsaid(proposal["reason"], case),
        "remedies": [
            {
                **{key: value for key, value in remedy.items() if key != "done"},
                "rests_on": _rests_on(remedy, ground.policy, known, confirmed),
            }
            for remedy in proposal["remedies"]
        ],
        "tasks": [
            {key: value for key, value in task.items() if key not in {"done", "acknowledged"}}
            for task in proposal.get("tasks", ())
        ],
        "confirmed": list(confirmed),
        "with": list(proposal.get("with", ())),
        "exception": unsaid(proposal["exception"], case) if "exception" in proposal else None,
    }


def _rests_on(
    remedy: Mapping[str, Any], policy: Policy, facts: Mapping[str, Any], confirmed: list[str]
) -> str:
    """The rule that grants a remedy; ``free`` where it needs none, else ``exception``, ``excluded RULE``."""
    if "rule" in remedy:
        return f"rule {remedy['rule']}"
    rule = policy["remedies"].get(remedy["kind"])
    if rule and rule.get("free"):
        return "free"
    forbidden = exclusions.excluded(remedy["kind"], facts, policy, confirmed)
    return f"excluded {forbidden['name']}" if forbidden else "exception"


def _authority(case: Case, ground: Ground, facts: Mapping[str, Any]) -> dict[str, Any] | None:
    """Who may decide on the last proposal and why (S1c-4); None where the policy cannot say."""
    cost = authority.cost_of(case["proposals"][-1])
    try:
        asked = needs.needed(case, cost, ground.customer_cost, facts, ground.policy, ground.language)
    except Refused:
        return None
    may = [who for who in deciding.deciders(case, ground.staff, asked, ground.policy) if _acts(who, ground)]
    return {
        "role": asked.role,
        "reasons": asked.reasons,
        "granted_before": str(asked.granted),
        "total": str(asked.total),
        "limits": {
            role: needs.limit_text(ground.policy, role, asked.total)
            for role in dict.fromkeys([asked.role, *(_role(who, ground) for who in may)])
        },
        "may": may,
    }


def _undecided(case: Case, number: int) -> Case:
    """The case as it was when its n-th proposal waited for a decision, as far as the proposals go."""
    entry: Any = case["proposals"][number - 1]
    open_one = {key: value for key, value in entry.items() if key not in {"decision", "answer", "problems"}}
    before: Any = {**case, "state": "proposed", "proposals": [*case["proposals"][: number - 1], open_one]}
    return cast("Case", before)


def _acts(who: str, ground: Ground) -> bool:
    """Whether the policy lets a person make decisions at all."""
    person = next(one for one in ground.staff if one["id"] == who)
    try:
        authority.may("approve", person, ground.policy)
    except Refused:
        return False
    return True


def _role(who: str, ground: Ground) -> str:
    return next(person["role"] for person in ground.staff if person["id"] == who)


def _decision(proposal: Mapping[str, Any]) -> dict[str, Any] | None:
    decision = proposal.get("decision")
    return {key: value for key, value in decision.items() if key != "signature"} if decision else None


def _level_reason(case: Case, ground: Ground) -> str:
    """Which rule puts the case on its level (S1d-4)."""
    hit = next((one for one in levels.hits(case, ground.pinned) if one.level == ground.level), None)
    return levels.reason(hit, ground.pinned, ground.language) if hit else ""


def _brief(case: Case, ground: Ground) -> dict[str, Any]:
    """The case without what could reach the customer: a number stands for the person."""
    intake, about = case["intake"], cast("dict[str, str]", case["about"])
    shown = {key: about[key] for key in _ABOUT if key in about}
    entry: Any = case.get("classification", {})
    facts = conditions.facts_of(case, ground.pinned)
    return {
        "kind": case["kind"],
        "received_at": intake["received_at"],
        "channel": intake["channel"],
        "customer": case["customer"]["id"],
        "category": entry.get("category"),
        "severity": facts.get("severity"),
        "flags": list(entry.get("flags", ())),
        "about": {key: value if key in _EXACT else unsaid(value, case) for key, value in shown.items()},
        "complaint": unsaid(case["complaint"], case),
    }


def _clocks(case: Case, ground: Ground) -> list[dict[str, Any]]:
    """The clocks of this round."""
    number, now = round_of(case), times.epoch(ground.at)
    pressing = ("missed", "waiting", "on-hold")
    found = [
        {
            "name": clock.name,
            "due": None if clock.due is None else times.iso(clock.due, ground.zone),
            "state": deadlines.state_of(clock, now),
            "provisional": clock.provisional,
        }
        for clock in deadlines.clocks(case, ground.pinned, ground.calendar)
        if clock.round == number
    ]
    return sorted(found, key=lambda one: (one["state"] not in pressing, one["due"] or "~"))


def _investigation(entry: Mapping[str, Any], case: Case) -> dict[str, Any]:
    told = ("verdict", "cause", "responsible", "grounds", "demand", "loss", "by", "at", "alone", "round")
    said = ("findings", "impact", "containment", "purpose")
    return {
        **{key: entry[key] for key in told if key in entry},
        **{key: unsaid(entry[key], case) for key in said if key in entry},
        "checks": [{**one, "outcome": unsaid(one["outcome"], case)} for one in entry.get("checks", ())],
        "statements": [
            {"who": one["who"], "text": unsaid(one["text"], case)} for one in entry.get("statements", ())
        ],
    }


def _earlier(case: Case, number: int) -> dict[str, Any]:
    """What was proposed before and what became of it."""
    proposal = case["proposals"][number - 1]
    answer: Any = proposal.get("answer")
    return {
        "proposal": number,
        "round": proposal.get("round", 1),
        "by": proposal["by"],
        "remedies": [
            {key: remedy[key] for key in ("kind", "amount", "cost") if key in remedy}
            for remedy in proposal["remedies"]
        ],
        "cost": str(authority.cost_of(proposal)),
        "decision": _decision(proposal),
        "answer": {"outcome": answer["outcome"], "reason": unsaid(answer.get("reason", ""), case)}
        if answer
        else None,
    }


# -- what nobody needs to know


def unsaid(text: str, case: Case) -> str:
    """A text without the customer's name and the like, and without e-mail addresses and numbers to call."""
    customer: Any = case["customer"]
    for value in sorted((customer[key] for key in _OWN if key in customer), key=len, reverse=True):
        if len(value) > 1:
            text = text.replace(value, _HIDDEN)
    return re.sub(_NUMBER, _HIDDEN, re.sub(_MAIL, _HIDDEN, text))

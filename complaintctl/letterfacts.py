"""What a letter may say of a case: every value that its templates can name, in the customer's language.

A value that is not there is an empty text, so that no template fails at the desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import deadlines, lifecycle, spoken, times
from complaintctl.labels import name_of, text
from complaintctl.lettershapes import KINDS, STAGES
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from complaintctl.authority import Staff
    from complaintctl.case import Case, Proposal
    from complaintctl.policy import Policy
    from complaintctl.workdays import WorkCalendar


class Ground(NamedTuple):
    """What a letter rests on besides the case."""

    policy: Policy  # in force: the templates
    pinned: Policy  # by which the case was received: names and clocks
    settings: Mapping[str, Any]  # of the register
    staff: Sequence[Staff]
    calendar: WorkCalendar
    zone: ZoneInfo
    now: int  # seconds since 1970


def values(kind: str, case: Case, ground: Ground, language: str) -> dict[str, Any]:
    """Every value that the templates of a kind of letter may name, as `lettershapes.KINDS` has them."""
    return _Facts(case, ground, language).values(kind)


def decision_of(case: Case) -> Proposal | None:
    """The last proposal of this round, if it was approved: what may be told; None otherwise.

    One that was approved before counts no more once another is being prepared.
    """
    proposals: list[Proposal] = lifecycle.in_round(case.get("proposals", ()), lifecycle.round_of(case))
    if proposals and proposals[-1].get("decision", {}).get("outcome") == "approved":
        return proposals[-1]
    return None


def carried_out(case: Case) -> int | None:
    """When the remedies of this round had been carried out."""
    return deadlines.events(case, lifecycle.round_of(case)).get("fulfilled")


class _Facts:
    """What the templates may name of a case, in one language."""

    def __init__(self, case: Case, ground: Ground, language: str) -> None:
        self.case, self.ground, self.language = case, ground, language
        self.pinned, self.round = ground.pinned, lifecycle.round_of(case)

    def name(self, kind: str, ident: str) -> str:
        return name_of(self.pinned, kind, ident, self.language)

    def day(self, iso: str | None) -> str:
        return spoken.day(iso, self.language) if iso else ""

    def day_of(self, seconds: int | None) -> str:
        return self.day(times.iso(seconds, self.ground.zone)) if seconds is not None else ""

    def values(self, kind: str) -> dict[str, Any]:
        """Every value that a kind of letter may name."""
        found = self.common()
        if "decision" in KINDS[kind]:
            found |= self.decided()
        if "carried_out_on" in KINDS[kind]:
            found["carried_out_on"] = self.day_of(carried_out(self.case))
        return found

    def common(self) -> dict[str, Any]:
        case, customer = self.case, self.case["customer"]
        promises = list(self.promises())
        owed = [one for one in promises if not one["kept_on"]] if case["state"] != "closed" else []
        return {
            "today": self.day_of(self.ground.now),
            "shop": {"name": self.ground.settings["name"]},
            "contact": self.contact(),
            "customer": {key: customer.get(key, "") for key in ("name", "company", "address")},
            "case": {
                "id": case["id"],
                "kind": case["kind"],
                "received_on": self.day(case["intake"]["received_at"]),
                "channel": self.name("channels", case["intake"]["channel"]),
                "product": case["about"].get("product", ""),
                "complaint": case["complaint"],
            },
            "demand": self.demand(),
            "stage": STAGES[case["state"]],
            "waiting_for": _held_for(case),
            "promises": promises,
            "owed": owed,
            "late": any(one["late"] for one in owed),
            "next_word": self.next_word(),
            "elsewhere": self.elsewhere(),
        }

    def contact(self) -> dict[str, str]:
        """Whoever took the complaint and keeps in touch to the end, while they are here (S1a-3)."""
        by = self.case["intake"]["by"]
        person: Any = next((one for one in self.ground.staff if one["id"] == by and one["active"]), {})
        department = person.get("department", "")
        return {
            "name": person.get("name", ""),
            "department": self.name("departments", department) if department else "",
        }

    def demand(self) -> dict[str, str]:
        demand = self.case["demand"]
        return {
            "what": self.name("remedies", demand["remedy"]) if "remedy" in demand else "",
            "amount": self.money(demand["amount"]) if "amount" in demand else "",
            "text": demand.get("text", ""),
        }

    def money(self, amount: str) -> str:
        return spoken.money(amount, self.case["currency"], self.language)

    def promises(self) -> Iterator[dict[str, Any]]:
        """What was promised and by when, and what became of it (S0-6, S4-1); of each promise the last."""
        clocks = deadlines.clocks(self.case, self.pinned, self.ground.calendar)
        rules = self.pinned["deadlines"]
        last = {one.name: one for one in clocks if one.round == self.round and rules[one.name].get("promise")}
        for name, one in last.items():
            by = ""
            if one.due is not None:
                by = spoken.due(one.due, self.ground.zone, self.language, whole_days=one.whole_days)
            yield {
                "what": text(rules[name]["label"], self.language),
                "by": by,
                "provisional": one.provisional,
                "kept_on": self.day_of(one.met),
                "late": deadlines.state_of(one, self.ground.now) == "missed",
            }

    def next_word(self) -> str:
        """The day by which the customer was promised to hear again, while it is to come (S1b-2, S1a-12)."""
        day = deadlines.next_word(self.case)
        return self.day(day) if day >= times.iso(self.ground.now, self.ground.zone)[:10] else ""

    def elsewhere(self) -> str:
        entries: Any = self.ground.policy.get("letters", {}).get("elsewhere", {})
        entry = entries.get(self.ground.settings["country"]) or entries.get("other")
        return text(entry["label"], self.language) if entry else ""

    def decided(self) -> dict[str, Any]:
        """How it was decided and what; nothing of it where no decision may be told."""
        proposal = decision_of(self.case)
        known = self.case if proposal else None
        return {
            "inquiry": self.inquiry(known),
            "decision": self.decision(proposal),
            "closed": self.ended(),
        }

    def inquiry(self, case: Case | None) -> dict[str, Any]:
        entries = lifecycle.in_round(case.get("investigations", ()), self.round) if case else []
        ruled: Any = _last(entries, "verdict")
        return {
            "on": self.day(ruled.get("at")),
            "checks": len({one["name"] for entry in entries for one in entry.get("checks", ())}),
            "statements": sum(len(entry.get("statements", ())) for entry in entries),
            "evidence": len(case.get("evidence", ())) if case else 0,
            "findings": _last(entries, "findings").get("findings", ""),
            "verdict": ruled.get("verdict", ""),
            "cause": self.cause(ruled.get("cause", "")),
        }

    def cause(self, ident: str) -> str:
        found = self.name("causes", ident)
        return self.name("categories", ident) if found == ident else found

    def decision(self, proposal: Proposal | None) -> dict[str, Any]:
        made: Any = proposal["decision"] if proposal else {}
        answer: Any = proposal.get("answer", {}) if proposal else {}
        return {
            "on": self.day(made.get("at")),
            "by": self.name("roles", made["role"]) if made else "",
            "remedies": [self.remedy(one) for one in (proposal["remedies"] if proposal else ())],
            "answer": answer.get("outcome", ""),
            "answered_on": self.day(answer.get("at")),
        }

    def remedy(self, one: Any) -> dict[str, str]:
        return {
            "kind": one["kind"],
            "what": self.name("remedies", one["kind"]),
            "amount": self.money(one["amount"]) if "amount" in one else "",
            "how": one.get("how", ""),
            "expected_on": self.day(one.get("expected_on")),
            "done_on": self.day(one.get("done", {}).get("at")),
        }

    def ended(self) -> dict[str, str]:
        closure: Any = self.case["closures"][-1] if self.case["state"] == "closed" else {}
        return {"on": self.day(closure.get("at")), "outcome": closure.get("outcome", "")}


def _held_for(case: Case) -> str:
    """What a running hold waits for; empty where none runs."""
    holds = case.get("holds", [])
    return holds[-1]["for"] if holds and "resumed_at" not in holds[-1] else ""


def _last(entries: Iterable[Any], key: str) -> Mapping[str, Any]:
    """The last of some entries that has a key; an empty one where none has."""
    return next((one for one in reversed(list(entries)) if key in one), {})

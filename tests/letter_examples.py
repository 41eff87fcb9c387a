"""A case for letters, made for any rule set, at every turn; and the letters of a rule set as one text."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml12

from complaintctl import letterfacts, letterpages, letters, times
from complaintctl.errors import ComplaintctlError
from complaintctl.lifecycle import STATES
from complaintctl.workdays import WorkCalendar
from complaintctl.yamlfile import read_case, read_document

ROOT = Path(__file__).parent.parent
ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = {"country": "CN", "years": {"2026": {"source": "test", "published": True}}}
STAFF = [
    {"id": "li.na", "name": "李娜", "emails": [], "role": "clerk", "active": True},
    {"id": "zhao.wei", "name": "赵伟", "emails": [], "role": "clerk", "active": True},
]
SECRETS = (  # what people wrote for the house
    "zhao.wei", "赵伟", "INTERNAL-REASON", "INTERNAL-TASK", "INTERNAL-STATEMENT", "INTERNAL-NOTE", "INTERNAL-IMPACT",
    "13800001234",
)  # fmt: skip
UNDECIDED = ("12.90", "12,90", "FINDINGS")  # what nobody may hear before the decision


@functools.cache
def policy(name: str) -> Any:
    """A rule set that ships; not to be changed."""
    return yaml12.parse_yaml((ROOT / "policies" / f"{name}.yaml").read_text(encoding="utf-8"))


def ground(rules: Any, country: str = "CN", now: str = "2026-11-18T09:00:00+08:00", **more: Any) -> Any:
    """What letters rest on: a shop in a country, its staff, and a calendar of 2026 without holidays."""
    department = next(key for key, one in rules["departments"].items() if not one.get("outside"))
    staff = [{**one, "department": department} for one in STAFF]
    settings = {"name": "阳光 Sol & Co.", "language": "en", "country": country}
    made = letterfacts.Ground(
        rules,
        rules,
        settings,
        staff,
        WorkCalendar(more.pop("calendar", CALENDAR), ZONE),
        ZONE,
        times.epoch(now),
    )
    return made._replace(**more)


def case(
    rules: Any, state: str = "closed", verdict: str = "founded", language: str = "en", **more: Any
) -> Any:
    """A complaint of 16 November 2026 that got as far as a state."""
    made: dict[str, Any] = {
        "id": "C-20261116-7K3MQ4",
        "state": state,
        "kind": "complaint",
        "policy": {"name": rules["name"], "version": "1", "sha256": "0" * 64},
        "intake": {
            "received_at": "2026-11-16T10:15:00+08:00", "registered_at": "2026-11-16T10:20:00+08:00", "by": "li.na",
            "channel": next(iter(rules["channels"])), "form": "spoken",
        },
        "customer": {"id": "P-4T7Q2M", "name": "王女士", "phone": "13800001234", "language": language},
        "about": {"product": "A-1 <b>"},
        "complaint": "It *failed*.\n- twice",
        "demand": {"remedy": _money(rules), "amount": "12.90"},
        "currency": "CNY",
    }  # fmt: skip
    for begins, add in _ROAD.items():
        if STATES.index(state) >= STATES.index(begins):
            made |= add(rules, state, verdict)
    return {**made, **more}


SIGNED = {"by": "zhao.wei", "at": "2026-11-17T10:00:00+08:00"}


def _department(rules: Any) -> str:
    return next(key for key, one in rules["departments"].items() if not one.get("outside"))


def _classified(rules: Any, _state: str, _verdict: str) -> dict[str, Any]:
    return {"classification": {"category": next(iter(rules["categories"])), "severity": "minor", **SIGNED}}


def _assigned(rules: Any, _state: str, _verdict: str) -> dict[str, Any]:
    told = {"party": "customer", "direction": "out", "method": "phone", "note": "INTERNAL-NOTE"}
    return {
        "assignments": [{"department": _department(rules), "handler": "zhao.wei", **SIGNED}],
        "contacts": [{**told, "again_on": "2026-11-19", **SIGNED}],
    }


def _investigated(rules: Any, _state: str, verdict: str) -> dict[str, Any]:
    causes = rules["causes"]
    leaf = next(key for key in causes if not any(other.startswith(f"{key}.") for other in causes))
    return {
        "investigations": [
            {
                "checks": [{"name": "one", "outcome": "INTERNAL-NOTE"}],
                "statements": [{"who": "customer", "text": "INTERNAL-STATEMENT"}],
                "findings": "FINDINGS of the shop.",
                "verdict": verdict,
                "cause": leaf,
                "impact": "INTERNAL-IMPACT",
                **SIGNED,
            }
        ]
    }


def _proposed(rules: Any, state: str, _verdict: str) -> dict[str, Any]:
    """The proposal, as far as it got: decided, answered, carried out."""
    words = [key for key, one in rules["remedies"].items() if one["amount"] == "none"]
    refund = {"kind": _money(rules), "amount": "12.90", "cost": "12.90", "how": "at the till"}
    made: dict[str, Any] = {
        "remedies": [{**refund, "expected_on": "2026-11-20"}, {"kind": words[0], "cost": "0.00"}],
        "tasks": [{"department": _department(rules), "what": "INTERNAL-TASK"}],
        "reason": "INTERNAL-REASON",
        **SIGNED,
    }
    if state == "returned" or STATES.index(state) >= STATES.index("approved"):
        made["decision"] = {
            "outcome": "returned" if state == "returned" else "approved",
            "role": rules["authority"]["ladder"][-1]["role"],
            "digest": "0" * 64,
            "via": "cli",
            "note": "INTERNAL-NOTE",
            **SIGNED,
        }
    if STATES.index(state) >= STATES.index("declined"):
        outcome = "declined" if state == "declined" else "agreed"
        made["answer"] = {"outcome": outcome, "reason": "INTERNAL-REASON", **SIGNED}
    if STATES.index(state) >= STATES.index("fulfilled"):
        for item in (*made["remedies"], *made["tasks"]):
            item["done"] = {"by": "zhao.wei", "at": "2026-11-17T15:00:00+08:00"}
    return {"proposals": [made]}


def _asked(_rules: Any, state: str, _verdict: str) -> dict[str, Any]:
    mark = 2 if state == "dissatisfied" else 5
    return {"follow_ups": [{"satisfaction": mark, "method": "phone", "comment": "INTERNAL-NOTE", **SIGNED}]}


def _closed(_rules: Any, _state: str, _verdict: str) -> dict[str, Any]:
    at = "2026-11-18T08:00:00+08:00"
    return {"closures": [{"outcome": "satisfied", "lesson": "INTERNAL-NOTE", "by": "zhao.wei", "at": at}]}


_ROAD = {
    "classified": _classified, "assigned": _assigned, "investigated": _investigated, "proposed": _proposed,
    "satisfied": _asked, "closed": _closed,
}  # fmt: skip


def _money(rules: Any) -> str:
    """A remedy that has an amount."""
    return str(next(key for key, one in rules["remedies"].items() if one["amount"] != "none"))


def all_of(name: str, language: str) -> list[letters.Letter]:
    """The letters of a rule set, each where it would be written; the offer once more for an unfounded complaint."""
    rules = policy(name)
    country = "ES" if name == "chain-store" else "CN"
    written = []
    for kind, state, verdict, now in (
        ("acknowledgement", "received", "founded", "2026-11-16T10:20:00+08:00"),
        ("progress", "assigned", "founded", "2026-11-17T12:00:00+08:00"),
        ("apology", "assigned", "founded", "2026-11-30T12:00:00+08:00"),
        ("offer", "approved", "founded", "2026-11-17T12:00:00+08:00"),
        ("offer", "approved", "unfounded", "2026-11-17T12:00:00+08:00"),
        ("final", "closed", "partly", "2026-11-18T12:00:00+08:00"),
        ("survey", "fulfilled", "founded", "2026-11-18T12:00:00+08:00"),
    ):
        one = case(rules, state, verdict, language)
        written.append(letters.write(kind, one, ground(rules, country, now)))
    return written


KINDS = ("acknowledgement", "progress", "offer", "final", "apology", "survey")
SAMPLES_AT = "2026-11-22T22:00:00+08:00"


@functools.cache
def sample_ground() -> Any:
    """What the letters of the sample register rest on."""

    def document(name: str) -> Any:
        return read_document((ROOT / "policies" / f"{name}.yaml").read_bytes(), name)[0]

    rules, settings = policy("supermarket"), document("register")
    zone = ZoneInfo(settings["timezone"])
    calendar = WorkCalendar(document("calendar"), zone)
    staff = document("staff")["staff"]
    return letterfacts.Ground(rules, rules, settings, staff, calendar, zone, times.epoch(SAMPLES_AT))


@functools.cache
def sample_cases() -> list[Any]:
    """The cases of the sample register, in order of id."""
    return [read_case(path.read_bytes(), str(path)) for path in sorted((ROOT / "cases").glob("*/*/*.yaml"))]


def of_samples(kind: str, language: str) -> letters.Letter:
    """A letter of the sample register: to the first customer of that language whom it may be written to.

    Where there is none, to the first whom it may be written to at all, as if they spoke it.
    """
    speaking = [one for one in sample_cases() if one["customer"].get("language") == language]
    others = [
        {**one, "customer": {**one["customer"], "language": language}}
        for one in sample_cases()
        if one not in speaking
    ]
    wanted = sorted((*speaking, *others), key=lambda one: kind == "progress" and one["state"] == "closed")
    for one in wanted:
        try:
            return letters.write(kind, one, sample_ground())
        except ComplaintctlError:
            continue
    raise LookupError(kind)


def sample_text(language: str) -> str:
    """Every kind of letter of the sample register in a language."""
    written = [of_samples(kind, language) for kind in KINDS]
    return "\n".join(f"<!-- {one.kind} -->\n\n{letterpages.text(one)}" for one in written)


def main() -> None:
    """Write the goldens anew."""
    from complaintctl import founding

    folder = ROOT / "tests" / "goldens" / "letters"
    folder.mkdir(parents=True, exist_ok=True)
    for name in founding.shipped_policies():
        for language in ("en", "zh-CN", "es"):
            written = [f"<!-- {one.kind} -->\n\n{letterpages.text(one)}" for one in all_of(name, language)]
            (folder / f"{name}.{language}.txt").write_text("\n".join(written), encoding="utf-8")
    for language in ("en", "zh-CN", "es"):
        (folder / f"sample.{language}.txt").write_text(sample_text(language), encoding="utf-8")


if __name__ == "__main__":
    main()

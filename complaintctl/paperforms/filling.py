"""What is filled in on a form, in the reader's words: ids are spelled out, people have names.

A form without a case says nothing and offers what can be chosen.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from complaintctl import cells, conditions, deadlines, heads, lifecycle, spoken, wording
from complaintctl.i18n import _
from complaintctl.labels import name_of, text
from complaintctl.paperforms.parts import WHOLE, Box, Choice, Field
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from complaintctl.authority import Staff
    from complaintctl.case import Case
    from complaintctl.policy import Policy
    from complaintctl.rows import Clock
    from complaintctl.workdays import WorkCalendar

_NAMED = {  # fields that hold ids, and where the policy names them
    "kind": "kinds",
    "intake.channel": "channels",
    "intake.form": "forms",
    "intake.moment": "moments",
    "intake.department": "departments",
    "customer.type": "customer_types",
    "demand.remedy": "remedies",
    "classification.category": "categories",
    "classification.severity": "severities",
    "classification.urgency": "urgencies",
    "classification.liability": "liabilities",
    "classification.flags": "flags",
    "classification.departments": "departments",
    "investigations.verdict": "verdicts",
    "investigations.cause": "causes",
    "investigations.grounds": "grounds",
    "investigations.demand": "demands",
    "closures.outcome": "outcomes",
}
_INSTANTS = ("intake.received_at", "intake.registered_at", "about.occurred_at")
_DAYS = ("about.produced_on", "about.purchased_on", "about.in_use_since")
_MONEY = ("about.price", "demand.amount", "investigations.loss")
_PEOPLE = ("intake.by", "about.against", "investigations.responsible", "investigations.promised_by")
_MOST = 18  # boxes to tick; what offers more has a line
POINTS = (5, 4, 3, 2, 1)  # of satisfaction, best first


class Ground(NamedTuple):
    """What a form rests on besides the case."""

    policy: Policy  # that the case was received under; for an empty form the one in force
    labels: Mapping[str, str]  # of the fields of a case by dotted path, in `language`
    language: str
    shop: str  # the register's name
    currency: str
    staff: Sequence[Staff]
    zone: ZoneInfo
    calendar: WorkCalendar
    at: str  # now: ISO 8601 with the register's offset
    level: int | None = None  # of the case now


class Filling:
    """What a case says, or nothing, for the fields of a form."""

    def __init__(self, case: Case | None, ground: Ground) -> None:
        self.known = case
        self.case: Mapping[str, Any] = case or {}
        self.ground, self.policy = ground, ground.policy

    # -- words

    def named(self, kind: str, ident: str) -> str:
        """An id of the policy in words."""
        return name_of(self.policy, kind, ident, self.ground.language)

    def who(self, ident: str) -> str:
        """The name of a member of staff, or the label of a department; else the id."""
        person = next((one["name"] for one in self.ground.staff if one["id"] == ident), None)
        return person or self.named("departments", ident)

    def department_of(self, ident: str) -> str:
        """The department in which somebody works; empty where none is known."""
        found = next((one.get("department") for one in self.ground.staff if one["id"] == ident), None)
        return self.named("departments", found) if found else ""

    def money(self, amount: str) -> str:
        """A sum with its currency; empty for none."""
        currency = self.case.get("currency", self.ground.currency)
        return spoken.money(amount, currency, self.ground.language) if amount else ""

    def day(self, at: str) -> str:
        """The day of an instant or a date; empty for none."""
        return spoken.day(at, self.ground.language, short=True) if at else ""

    def moment(self, at: str) -> str:
        """An instant without seconds; empty for none."""
        return spoken.moment(at, self.ground.language, short=True) if at else ""

    def within(self, length: str) -> str:
        """A length of time of the policy in words."""
        return wording.length(length)

    # -- fields

    def label(self, path: str) -> str:
        """The label of a field of the case, with a capital."""
        return _capital(self.ground.labels[path])

    def field(self, path: str, width: int = 3, lines: int = 1) -> Field:
        """A field of the case: what is recorded, else boxes to tick or lines to write on."""
        section, _dot, key = path.rpartition(".")
        holder = self.case.get(section, {}) if section else self.case
        return self.written(path, self._text(path, holder.get(key)), width, lines)

    def plain(self, path: str, width: int = 3) -> Field:
        """A field of the case; where nothing is recorded a line, even if there is something to tick."""
        return self.field(path, width)._replace(choices=())

    def written(self, path: str, value: str, width: int = 3, lines: int = 1) -> Field:
        """A field of the case with a value that is known already."""
        choices = () if value else self.choices(path)
        return Field(path, self.label(path), value, width, lines, choices)

    def choices(self, path: str) -> list[Choice]:
        """What may be ticked for a field; nothing where it is not chosen from a short list."""
        if path not in _NAMED:
            return []
        kind = _NAMED[path]
        entries: Any = self.policy.get(kind) or self.policy["vocabulary"].get(kind, {})
        found = [ident for ident, entry in entries.items() if not entry.get("outside")]
        if kind in {"categories", "causes"}:  # the first word on paper: the great groups
            found = [ident for ident in found if "." not in ident]
        return [Choice(self.named(kind, ident)) for ident in found] if len(found) <= _MOST else []

    def _text(self, path: str, value: Any) -> str:
        """The value of a field in words; empty where there is none."""
        if value is None:
            return ""
        if isinstance(value, list):
            return cells.listed(self._text(path, one) for one in value)
        if path in _NAMED:
            return self.named(_NAMED[path], value)
        say = {
            **dict.fromkeys(_PEOPLE, self.who),
            **dict.fromkeys(_INSTANTS, self.moment),
            **dict.fromkeys(_DAYS, self.day),
            **dict.fromkeys(_MONEY, self.money),
        }
        return cells.tongue(value) if path == "customer.language" else say.get(path, str)(value)

    # -- what the sections of the case say

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """The facts of the case by its policy: flags raise severity and urgency."""
        return conditions.facts_of(self.known, self.policy) if self.known else {}

    def entries(self, section: str) -> list[Any]:
        """The entries of a list that belong to the round that the case is in."""
        if self.known is None:
            return []
        return lifecycle.in_round(self.case.get(section, ()), lifecycle.round_of(self.known))

    def found(self, key: str) -> str:
        """What the investigations of the round say last; texts of several are all there, line by line."""
        path = f"investigations.{key}"
        said = [self._text(path, one[key]) for one in self.entries("investigations") if key in one]
        return "\n".join(dict.fromkeys(said)) if key in _TEXTS else next(reversed(said), "")

    @cached_property
    def approved(self) -> Mapping[str, Any] | None:
        """The last proposal of the round that was approved; None: nothing is said of a decision (S4-5)."""
        return lifecycle.approved(self.known) if self.known else None

    @cached_property
    def clocks(self) -> list[Clock]:
        """The clocks of the round, in the order of the policy."""
        if self.known is None:
            return []
        number = lifecycle.round_of(self.known)
        found = deadlines.clocks(self.known, self.policy, self.ground.calendar)
        return [one for one in found if one.round == number]

    def due(self, clock: Clock) -> str:
        """When a clock is due, with a mark where the calendar is not sure."""
        if clock.due is None:
            return _("not known yet")
        due = spoken.due(
            clock.due, self.ground.zone, self.ground.language, whole_days=clock.whole_days, short=True
        )
        return due + ("?" if clock.provisional else "")

    def rule(self, clock: Clock) -> str:
        """What a clock waits for."""
        return text(self.policy["deadlines"][clock.name]["label"], self.ground.language)

    def signed(self, key: str, label: str, entry: Mapping[str, Any], at: str = "at") -> Box:
        """A place to sign for whoever signed an entry of the case, with the day; empty without one."""
        return Box(key, label, self.who(entry["by"]) if entry else "", self.day(entry.get(at, "")))

    def customer_signs(self) -> Box:
        """The customer's place to sign."""
        return Box("customer", _("Customer"), self.case.get("customer", {}).get("name", ""))

    def heads(self, department: str | None) -> str:
        """The names of those who are accountable for a department (S1c-8)."""
        if department is None:
            return ""
        return cells.listed(one["name"] for one in heads.heads_of(department, self.ground.staff, self.policy))

    def remedies(self) -> Iterator[Mapping[str, Any]]:
        """What was approved for the customer, one after the other."""
        yield from self.approved["remedies"] if self.approved else ()

    def remedy(self, one: Mapping[str, Any]) -> str:
        """A remedy as the customer is told it."""
        amount = self.money(one.get("amount", ""))
        return " ".join(part for part in (self.named("remedies", one["kind"]), amount) if part)

    def settled(self) -> str:
        """What was approved, in one line a remedy; empty before the approval."""
        return "\n".join(map(self.remedy, self.remedies()))

    def cost(self) -> str:
        """What the approved remedies cost the shop; empty before the approval."""
        costs = [Decimal(one["cost"]) for one in self.remedies()]
        return self.money(str(sum(costs))) if costs else ""

    def satisfaction(self, point: int | None = None) -> list[Choice]:
        """The five answers of a survey, best first, the given one ticked."""
        words = {
            5: _("very satisfied"),
            4: _("satisfied"),
            3: _("neither"),
            2: _("dissatisfied"),
            1: _("very dissatisfied"),
        }
        return [Choice(f"{one} {words[one]}", one == point) for one in POINTS]

    def options(self, kind: str, among: Iterable[str], ticked: str | None = None) -> list[Choice]:
        """Boxes for some ids of the policy, one of them ticked."""
        return [Choice(self.named(kind, one), one == ticked) for one in among]


_TEXTS = ("purpose", "findings", "containment", "impact")


def own(
    key: str,
    label: str,
    value: str = "",
    width: int = 3,
    lines: int = 1,
    choices: Sequence[Choice] = (),
) -> Field:
    """A field that the case file does not have under a name of its own."""
    return Field(key, label, value, width, lines, choices)


def wide(key: str, label: str, value: str = "", lines: int = 2) -> Field:
    """A field of its own across the page."""
    return Field(key, label, value, WHOLE, lines)


def yes_or_no(known: bool | None = None) -> list[Choice]:
    """Two boxes."""
    return [Choice(_("yes"), known is True), Choice(_("no"), known is False)]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]

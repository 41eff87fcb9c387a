"""The complaint registration form: what is written down when a complaint comes in (S0-1 … S0-6, N6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complaintctl import deadlines
from complaintctl.i18n import _
from complaintctl.labels import text
from complaintctl.paperforms.filling import own, yes_or_no
from complaintctl.paperforms.parts import WHOLE, Box, Field, Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complaintctl.paperforms.filling import Filling

# What is asked of the thing complained of, with the width of each.
_ANY = {
    "product": 5, "against": 4, "occurred_at": 3, "place": 3, "purchased_on": 2, "receipt": 3,
}  # fmt: skip
_QUALITY = {
    "specification": 4, "style": 2, "colour": 2, "size": 2, "price": 2, "batch": 4, "produced_on": 2,
    "in_use_since": 2, "symptoms": 4, "used_before": 4, "earlier_condition": 4, "recent_use": 4,
}  # fmt: skip


def title(variant: str | None) -> str:
    """The heading; a complaint that is not about quality has a form of its own (S1a-17, N8)."""
    return {
        None: _("Complaint registration form"),
        "quality": _("Complaint registration form: quality"),
        "other": _("Complaint registration form: not about quality"),
    }[variant]


def variant_of(say: Filling) -> str | None:
    """Which variant a case needs by its category; None where none is known or the policy has but one."""
    categories = say.policy.get("paper_forms", {}).get("quality")
    category = say.facts.get("category")
    if not categories or category is None:
        return None
    return "quality" if any(f"{category}.".startswith(f"{one}.") for one in categories) else "other"


def sections(say: Filling, variant: str | None) -> list[Section]:
    """Who, what, the demand, a first view of it, what was promised, and what became of it."""
    return [
        Section(_("Taken"), list(_taken(say))),
        Section(say.label("customer"), list(_customer(say))),
        Section(say.label("about"), list(_about(say, variant))),
        Section(say.label("demand"), list(_demand(say))),
        Section(_("First view"), list(_classified(say))),
        Section(_("How it goes on"), list(_onward(say))),
    ]


def boxes(say: Filling) -> list[Box]:
    """Who signs: the customer for the facts (S1e-11), the recorder (S1e-2), and whoever approves (N6)."""
    return [
        Box("customer-confirms", _("Customer: written down rightly")),
        say.signed("recorder", say.label("intake.by"), say.case.get("intake", {}), "registered_at"),
        say.signed("approver", _("Approved by"), say.approved["decision"] if say.approved else {}),
    ]


def _taken(say: Filling) -> Iterator[Field]:
    yield say.field("intake.received_at")
    yield say.field("intake.registered_at")
    yield say.field("intake.by")
    yield say.plain("intake.department")
    yield say.field("intake.channel", 3 if say.known else 8)
    yield say.field("intake.form", 3 if say.known else 4)
    yield say.field("kind", 3 if say.known else 7)
    yield say.field("intake.moment", 3 if say.known else 5)


def _customer(say: Filling) -> Iterator[Field]:
    yield say.field("customer.name")
    yield say.field("customer.company")
    yield say.field("customer.phone")
    yield say.field("customer.id")
    yield say.field("customer.email", 4)
    yield say.field("customer.address", 5)
    yield say.field("customer.language")
    yield say.field("customer.type", 8)
    yield say.field("customer.end_user", 4)


def _about(say: Filling, variant: str | None) -> Iterator[Field]:
    for key, width in _ANY.items():
        yield say.field(f"about.{key}", width)
    yield own("people-involved", _("Main people involved, witnesses"), width=4)
    for key, width in _QUALITY.items():
        if variant != "other" or key in say.case.get("about", {}):
            yield say.field(f"about.{key}", width)
    if variant == "other":
        yield own("conduct-complained-of", _("What was said or done, in their words"), width=WHOLE)
    yield say.field("complaint", WHOLE, 3)


def _demand(say: Filling) -> Iterator[Field]:
    yield say.field("demand.remedy", 4 if "remedy" in say.case.get("demand", {}) else WHOLE)
    yield say.field("demand.amount", 3)
    yield say.field("demand.text", 5 if "remedy" in say.case.get("demand", {}) else 9)


def _classified(say: Filling) -> Iterator[Field]:
    facts = say.facts if say.case.get("classification") else {}
    yield say.field("classification.category", 5)
    for kind, key, width in (("severities", "severity", 4), ("urgencies", "urgency", 3)):
        value = say.named(kind, facts[key]) if key in facts else ""
        yield say.written(f"classification.{key}", value, width)
    yield say.field("classification.liability", 6)
    yield say.plain("classification.departments", 2)
    yield say.field("classification.affected", 2)
    yield say.field("classification.affected_range", 2)
    yield say.field("classification.flags", WHOLE)


def _onward(say: Filling) -> Iterator[Field]:
    yield own("promised", _("What the customer was told, and by when"), _promised(say), WHOLE)
    yield own("settled-at-once", _("Settled on the spot"), choices=yes_or_no(_at_once(say)))
    yield Field("result", _("How it was settled"), _how(say), 9)
    assigned = [one for one in say.entries("assignments") if "task" not in one][-1:]
    to = "".join(
        f"{say.who(one['handler'])}, {say.named('departments', one['department'])}" for one in assigned
    )
    yield own("passed-to", _("Passed on to"), to, 8)
    yield own("passed-at", _("Passed on at"), say.moment(assigned[0]["at"]) if assigned else "", 4)


def _how(say: Filling) -> str:
    """What it was settled with on the spot; a dash where it went another way."""
    return "–" if _at_once(say) is False else say.settled()


def _at_once(say: Filling) -> bool | None:
    """Whether it was settled in one step (S1a-1); None before a decision."""
    return say.approved["decision"]["via"] == "settle" if say.approved else None


def _promised(say: Filling) -> str:
    """What was promised at intake and by when (S0-6, S4-1); without a case what is promised to everybody."""
    if say.known is None:
        rules = [one for one in say.policy["deadlines"].values() if one.get("promise") and "within" in one]
        return "\n".join(
            _("{what}: within {length} — on: ____________").format(
                what=text(one["label"], say.ground.language), length=say.within(one["within"])
            )
            for one in rules
        )
    channel = say.policy["channels"].get(say.known["intake"]["channel"])
    found = (
        [text(channel["promise"]["label"], say.ground.language)] if channel and "promise" in channel else []
    )
    promised = {
        name for name, _due, _unsure in deadlines.promised(say.known, say.policy, say.ground.calendar)
    }
    found += [
        _("{what} by {when}").format(what=say.rule(clock), when=say.due(clock))
        for clock in say.clocks
        if clock.name in promised
    ]
    return "\n".join(found)

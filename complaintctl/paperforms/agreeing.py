"""What the customer signs: the opinion form, the settlement agreement, the slip of whoever waits for stock.

Nothing of a decision stands in them before it is approved (S4-5): `Filling.approved`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import cells
from complaintctl.i18n import _
from complaintctl.paperforms.filling import own, wide
from complaintctl.paperforms.parts import WHOLE, Box, Choice, Field, Grid, Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from complaintctl.paperforms.filling import Filling


def opinion(say: Filling) -> list[Section]:
    """What the shop proposes, and what the customer says to it (S4-6, S1e-5)."""
    return [
        Section(say.label("customer"), [*_customer(say), say.field("customer.email", 6)]),
        Section(_("Your complaint"), list(_matter(say))),
        Section(_("What we propose"), grid=offered(say)),
        Section(_("Your opinion"), list(_opinion(say))),
    ]


def opinion_boxes(say: Filling) -> list[Box]:
    """The customer, and whoever asked."""
    return [say.customer_signs(), say.signed("asked-by", _("Asked by"), _answer(say))]


def agreement(say: Filling) -> list[Section]:
    """Who agrees with whom, on what matter, and what is given (S1e-5, S4-9)."""
    return [
        Section(_("The parties"), [own("shop", _("The shop"), say.ground.shop, 6), *_customer(say)]),
        Section(_("The matter"), list(_matter(say))),
        Section(_("What is agreed"), grid=offered(say)),
        Section(_("What goes with it"), list(_terms())),
        Section("", text=_agreed_words()),
    ]


def agreement_boxes(say: Filling) -> list[Box]:
    """Both parties, and who approved it."""
    decision = say.approved["decision"] if say.approved else {}
    return [
        say.customer_signs(),
        Box("for-the-shop", _("For the shop")),
        Box(
            "approver",
            _("Approved by"),
            cells.listed((say.who(decision["by"]), say.named("roles", decision["role"]))) if decision else "",
            say.day(decision.get("at", "")),
        ),
    ]


def slip(say: Filling) -> list[Section]:
    """What waits for stock, until when, and that it is used meanwhile (S1a-5, S1a-14)."""
    return [
        Section(_("What is exchanged"), list(_goods(say))),
        Section(_("When it is exchanged"), list(_promise(say))),
        Section("", text=_slip_words()),
        Section(_("When the exchange is made"), list(_exchange())),
    ]


def slip_boxes(say: Filling) -> list[Box]:
    """Both sides sign; a copy is kept."""
    return [
        say.customer_signs(),
        Box("for-the-shop", _("For the shop")),
    ]


def waiting(say: Filling) -> list[Mapping[str, Any]]:
    """The approved remedies that wait for stock: those the policy names, else those with a day."""
    named = say.policy.get("paper_forms", {}).get("slip")
    return [
        one for one in say.remedies() if (one["kind"] in named if named is not None else "expected_on" in one)
    ]


def offered(say: Filling) -> Grid:
    """What the customer is told of each approved remedy: what, its steps, by when (S2-11)."""
    heads = [say.label(f"proposals.remedies.{key}") for key in ("kind", "how", "expected_on")]
    rows = [
        [say.remedy(one), one.get("how", ""), say.day(one.get("expected_on", ""))] for one in say.remedies()
    ]
    return Grid("proposals.remedies", heads, rows, (4, 5, 3), 0 if rows else 3)


def _goods(say: Filling) -> Iterator[Field]:
    yield say.field("customer.name")
    yield say.field("customer.phone")
    yield say.field("about.receipt", 6)
    yield say.field("about.product", 6)
    yield say.field("about.specification")
    yield say.field("about.purchased_on")
    yield say.field("about.style")
    yield say.field("about.colour")
    yield say.field("about.size")
    yield say.field("about.batch")
    yield Field("complaint", _("What is wrong with it"), say.case.get("complaint", ""), WHOLE, 2)


def _promise(say: Filling) -> Iterator[Field]:
    """What waits for stock: what is done, by when, and how."""
    waits = waiting(say)
    days = "\n".join(say.day(one.get("expected_on", "")) for one in waits)
    steps = "\n".join(filter(None, (one.get("how", "") for one in waits)))
    yield Field("proposals.remedies.kind", _("What we do"), "\n".join(map(say.remedy, waits)), 6)
    yield Field("proposals.remedies.expected_on", _("The new one is here by"), days)
    yield own("told-by", _("You hear of it by"), width=3)
    yield Field("proposals.remedies.how", say.label("proposals.remedies.how"), steps, WHOLE)


def _slip_words() -> str:
    return _(
        "The customer goes on using what they have until the new one is here. It is then exchanged free of"
        " charge against this slip. That it was used meanwhile is not held against the customer."
    )


def _exchange() -> Iterator[Field]:
    yield own("exchanged-at", _("Exchanged on"))
    yield own("exchanged-for", _("Exchanged for"), width=6)
    yield own("exchanged-by", _("By"))


def _customer(say: Filling) -> Iterator[Field]:
    yield say.field("customer.name")
    yield say.field("customer.company")
    yield say.field("customer.phone")
    yield say.field("customer.id")
    yield say.field("customer.address", 6)


def _matter(say: Filling) -> Iterator[Field]:
    yield say.field("intake.received_at")
    yield say.field("about.product", 6)
    yield say.field("about.batch")
    yield say.field("about.receipt", 6)
    yield say.field("about.purchased_on")
    yield say.field("about.price")
    yield say.field("complaint", WHOLE, 2)


def _answer(say: Filling) -> Mapping[str, Any]:
    return say.approved.get("answer", {}) if say.approved else {}


def _opinion(say: Filling) -> Iterator[Field]:
    answer = _answer(say)
    ticked = answer.get("outcome")
    yield Field(
        "proposals.answer.outcome",
        say.label("proposals.answer.outcome"),
        width=6,
        choices=say.options("answers", ("agreed", "declined"), ticked),
    )
    yield own("asked-how", _("Asked how"), width=6, choices=say.options("follow_up_methods", _methods(say)))
    yield Field(
        "proposals.answer.reason",
        _("Why, and what you would like instead"),
        answer.get("reason", ""),
        WHOLE,
        3,
    )
    yield wide("remarks", _("What else you want to tell us"), lines=2)


def _methods(say: Filling) -> list[str]:
    return list(say.policy["follow_up"]["methods"])


def _terms() -> Iterator[Field]:
    yield own("handed-back", _("What the customer hands in"), width=6)
    yield own("paid-how", _("How it is paid or handed over"), width=6)
    yield own("place", _("Place"), width=6)
    yield own("copies", _("Copies"), width=6, choices=[Choice(_("customer")), Choice(_("shop"))])


def _agreed_words() -> str:
    return _(
        "Both sides agree to what is written here; nothing is promised beside it. When it is carried out,"
        " the matter is settled. The rights that the law gives to the customer remain."
    )

"""The satisfaction survey: was it solved, and how satisfied is the customer (S0-18, S0-22, S4-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import times
from complaintctl.i18n import _
from complaintctl.paperforms.filling import own, yes_or_no
from complaintctl.paperforms.parts import WHOLE, Box, Choice, Field, Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from complaintctl.paperforms.filling import Filling


def sections(say: Filling) -> list[Section]:
    """Was it solved, did it meet what was expected, how satisfied is the customer (S0-18, S0-22)."""
    return [
        Section(_("Your complaint"), list(_surveyed(say))),
        Section(_("What we ask you"), list(_questions(say))),
        Section(_("For the office"), list(_office(say))),
    ]


def boxes(say: Filling) -> list[Box]:
    """The customer, and whoever asked."""
    return [say.customer_signs(), say.signed("asked-by", _("Asked by"), asked(say))]


def asked(say: Filling) -> Mapping[str, Any]:
    """The last follow-up of the round; empty where there is none."""
    return next(reversed(say.entries("follow_ups")), {})


def _surveyed(say: Filling) -> Iterator[Field]:
    yield say.field("intake.received_at")
    yield say.field("customer.name")
    yield say.field("about.product", 6)
    yield say.field("complaint", WHOLE, 2)
    yield Field("result", _("How it was settled"), say.settled(), 9)
    yield own("carried-out-at", _("Carried out on"), _carried_out(say))


def _carried_out(say: Filling) -> str:
    done = [one["done"]["at"] for one in say.remedies() if "done" in one]
    return say.day(max(done, key=times.epoch)) if done and len(done) == len(list(say.remedies())) else ""


def _questions(say: Filling) -> Iterator[Field]:
    answer = asked(say)
    partly = [*yes_or_no()]
    partly.insert(1, Choice(_("partly")))
    yield own("solved", _("Was your problem solved?"), width=6, choices=partly)
    yield own("expected", _("Did it turn out as you expected?"), width=6, choices=partly)
    for key, words in (
        ("with-result", _("How satisfied are you with the result?")),
        ("with-speed", _("… with how long it took?")),
        ("with-staff", _("… with how you were treated?")),
        ("with-explanation", _("… with what was explained to you?")),
    ):
        yield own(key, words, width=WHOLE, choices=say.satisfaction())
    yield Field(
        "follow_ups.satisfaction",
        _("All in all, how satisfied are you?"),
        width=WHOLE,
        choices=say.satisfaction(answer.get("satisfaction")),
    )
    yield Field(
        "follow_ups.comment", _("Why? What should we do better?"), answer.get("comment", ""), WHOLE, 3
    )


def _office(say: Filling) -> Iterator[Field]:
    answer = asked(say)
    methods = say.policy["follow_up"]["methods"]
    yield Field(
        "follow_ups.method",
        say.label("follow_ups.method"),
        width=6,
        choices=say.options("follow_up_methods", methods, answer.get("method")),
    )
    yield own("asked-at", _("Asked on"), say.day(answer.get("at", "")))
    yield own("due-by", _("Due by"), _follow_up_by(say))
    yield own("returned-to", _("Returned to the department"), width=6)
    yield own("returned-at", _("Returned on"))
    yield own("filed-at", _("Filed on"))


def _follow_up_by(say: Filling) -> str:
    """When the first follow-up is due (S4-7)."""
    dues = [one for one in say.clocks if say.policy["deadlines"][one.name]["until"] == "followed-up"]
    return say.due(dues[-1]) if dues else ""

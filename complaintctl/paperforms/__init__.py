"""Paper forms: what the procedures prescribe on paper, from a case or to be written by hand (S0-23).

A form is a value (`parts.Form`): sections with fields, tables and places to sign.
What the case does not say yet is left to write on.  Nothing of a decision stands
on a form before it is approved (S4-5).  Pages are made of it by `formpages`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from complaintctl import lifecycle
from complaintctl.errors import Refused
from complaintctl.i18n import _
from complaintctl.labels import text
from complaintctl.paperforms import agreeing, closing, inquiry, registration, survey
from complaintctl.paperforms.filling import Filling, Ground
from complaintctl.paperforms.parts import Field, Form
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from complaintctl.case import Case
    from complaintctl.paperforms.parts import Box, Section

__all__ = ["CUSTOMERS", "KINDS", "VARIANTS", "Form", "Ground", "form", "require"]

VARIANTS = ("quality", "other")  # of the registration form (S1a-17)
CUSTOMERS = ("opinion", "agreement", "survey", "slip")  # are read by the customer, so in their language
_OPTIONS = r"\s*[(（]`[^`]*`[)）]"  # of the command line, in a guidance: on paper they say nothing
_DECIDED = ("agreement", "report", "slip")  # say nothing without a decision


class _Kind(NamedTuple):
    """How a kind of form is made."""

    title: Callable[[], str]
    sections: Callable[[Filling], list[Section]]
    boxes: Callable[[Filling], list[Box]]
    steps: tuple[str, ...] = ()  # whose guidance is printed on it (S1b-12); nothing on what the customer gets


_KINDS = {
    "registration": _Kind(
        lambda: registration.title(None),
        lambda say: registration.sections(say, None),
        registration.boxes,
        ("new",),
    ),
    "investigation": _Kind(
        lambda: _("Complaint investigation form"),
        inquiry.investigation,
        inquiry.investigation_boxes,
        ("investigate", "evidence"),
    ),
    "handover": _Kind(
        lambda: _("Complaint hand-over sheet"), inquiry.handover, inquiry.handover_boxes, ("assign",)
    ),
    "opinion": _Kind(lambda: _("Customer opinion form"), agreeing.opinion, agreeing.opinion_boxes),
    "agreement": _Kind(lambda: _("Settlement agreement"), agreeing.agreement, agreeing.agreement_boxes),
    "survey": _Kind(lambda: _("Satisfaction survey"), survey.sections, survey.boxes),
    "report": _Kind(lambda: _("Closing report"), closing.sections, closing.boxes, ("close",)),
    "slip": _Kind(lambda: _("Confirmation of exchange when in stock"), agreeing.slip, agreeing.slip_boxes),
}
KINDS = tuple(_KINDS)


def require(kind: str, case: Case, ground: Ground) -> None:
    """Refuse a form that would tell of a decision which is not approved, or which holds no longer (S4-5)."""
    if kind not in _DECIDED or (kind == "report" and case["state"] == "closed"):
        return
    found = lifecycle.approved(case)
    if found is None or case["proposals"][-1] is not found:
        raise Refused(
            _("{case}: no proposal is approved; nothing of a decision is printed before.").format(
                case=case["id"]
            ),
            hint=f"complaintctl review {case['id']}" if case["state"] == "proposed" else _seen(case),
        )
    if kind != "report" and found.get("answer", {}).get("outcome") == "declined":
        raise Refused(
            _("{case}: the customer declined what was approved.").format(case=case["id"]), hint=_seen(case)
        )
    if kind == "slip" and not agreeing.waiting(Filling(case, ground)):
        raise Refused(
            _("{case}: nothing that was approved waits for stock.").format(case=case["id"]), hint=_seen(case)
        )


def _seen(case: Case) -> str:
    return f"complaintctl show {case['id']}"


def form(kind: str, case: Case | None, ground: Ground, variant: str | None = None) -> Form:
    """A form of one of `KINDS`, filled in from a case, or empty without one, in the language of `ground`.

    `variant`: of the registration form (`VARIANTS`); None: the one that the category asks
    for, where the policy tells them apart.  Ask `require` first.
    """
    say, made = Filling(case, ground), _KINDS[kind]
    title, sections = made.title, made.sections
    if kind == "registration":
        chosen = variant or registration.variant_of(say)
        return _form(kind, registration.title(chosen), registration.sections(say, chosen), say)
    return _form(kind, title(), sections(say), say)


def _form(kind: str, title: str, sections: list[Section], say: Filling) -> Form:
    ground = say.ground
    return Form(
        kind,
        title,
        ground.shop,
        ground.language,
        [Field("id", say.label("id"), say.case.get("id", ""))],
        sections,
        _KINDS[kind].boxes(say),
        _notes(kind, say),
        _("rules {name} {version}, printed {at}").format(
            name=ground.policy["name"], version=ground.policy["version"], at=say.moment(ground.at)
        ),
        kind in CUSTOMERS,
    )


def _notes(kind: str, say: Filling) -> list[str]:
    """The policy's guidance for the steps of a form, and what it wants printed on that form."""
    policy, language = say.policy, say.ground.language
    steps = set(_KINDS[kind].steps)
    told = [one["label"] for one in policy.get("conduct", ()) if steps.intersection(one["steps"])]
    told += [one["label"] for one in policy.get("paper_forms", {}).get("notes", {}).get(kind, ())]
    return [re.sub(_OPTIONS, "", text(label, language)) for label in told]

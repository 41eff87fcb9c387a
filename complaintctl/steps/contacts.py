"""What was said: to and by the customer, a supplier, a department, its head, whoever has a role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import amounts, telling, times
from complaintctl.errors import Refused, Usage, printable
from complaintctl.i18n import _
from complaintctl.labels import text
from complaintctl.tuples import NamedTuple
from complaintctl.workflow import Context, already, append, begin, facts, known

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.policy import Policy, Tell

_TABLES = {"department": "departments", "head": "departments", "role": "roles"}


class Said(NamedTuple):
    """What is noted of a contact, apart from with whom it was."""

    method: str
    note: str | None = None
    incoming: bool = False
    progress: bool = False
    confirms: bool = False  # the customer confirmed the facts as restated (S1e-11)
    again_on: str | None = None  # the day by which the customer is to hear again: YYYY-MM-DD
    bears: str | None = None  # money: what a supplier takes over


def contact(
    case: Case, context: Context, said: Said, *, party: str | None = None, told: str | None = None
) -> Case:
    """Note what was said to or by somebody (S0-17, S1a-3, S1a-11).

    `party`: with whom; the customer where nothing is said.  `told`: a rule under
    ``tell`` that this fulfils; it fills in all parties that it still asks for,
    and the note.
    """
    known(context.policy, "contact_methods", said.method)
    parties = [_checked(party or "customer", said, case, context)] if party or not told else []
    note = said.note
    if told:
        rule, rules = _rule(told, context)
        _require_outgoing(told, party, said)
        parties = parties or _still_owed(case, rule, rules, context)
        note = note or text(rule["label"], context.language)
    entries = [context.sign(_entry(one, said, note, case)) for one in parties]
    if case.get("contacts", [])[-len(entries) :] == entries:
        raise already(case)
    changed = case
    for entry in entries:
        begin("contact", case, context, entry)
        changed = append(changed, "contacts", entry)
    return changed


def _entry(party: str, said: Said, note: str | None, case: Case) -> dict[str, Any]:
    bears = amounts.money_of(said.bears, case["currency"], "--bears") if said.bears else None
    return {
        "party": party,
        "direction": "in" if said.incoming else "out",
        "method": said.method,
        "progress": said.progress or None,
        "confirms": said.confirms or None,
        "again_on": said.again_on,
        "bears": bears,
        "note": note,
    }


def _checked(party: str, said: Said, case: Case, context: Context) -> str:
    """The party, if there is one of that name and what is noted can be said of it."""
    kind, colon, ident = party.partition(":")
    if colon and kind in _TABLES:
        known(context.policy, _TABLES[kind], ident)
    elif party not in {"customer", "supplier"}:
        raise Usage(_("A contact is with customer, supplier, department:ID, head:ID or role:ID."))
    if said.confirms and party != "customer":
        raise Usage(_("--confirms: it is the customer who confirms the facts."))
    if said.bears and not (party == "supplier" and said.incoming):
        raise Usage(_("--bears goes with what a supplier answers: --party supplier --incoming."))
    if said.again_on:
        _require_promise(party, said, case, context)
    return party


def _require_promise(party: str, said: Said, case: Case, context: Context) -> None:
    """A next word is promised to the customer, while the case is open, for a day that is not over."""
    if party != "customer" or said.incoming:
        raise Usage(_("--again-on goes with what the customer is told."))
    if case["state"] == "closed":
        raise Refused(
            _("{case} is closed; nothing keeps a promise there.").format(case=case["id"]),
            hint=f"complaintctl reopen {case['id']} --reason …",
        )
    today = times.calendar_day(context.at).isoformat()
    if (said.again_on or today) < today:
        raise Usage(
            _("{option}: {day} is over; today is {today}.").format(
                option="--again-on", day=said.again_on, today=today
            )
        )


# -- what a rule asks for


def _rule(name: str, context: Context) -> tuple[Tell, Policy]:
    """A tell rule by its name, with the policy that has it: the one in force, else the case's own."""
    for policy in (context.policy, context.pinned):
        for rule in policy.get("tell", ()):
            if rule["name"] == name:
                return rule, policy
    names = [rule["name"] for rule in context.policy.get("tell", ())]
    raise Usage(
        _("The policy {policy} asks for nobody to be told by the name {name}.").format(
            policy=context.policy["name"], name=printable(name)
        ),
        hint=_("one of: {near}").format(near=", ".join(names)) if names else "complaintctl policy show",
    )


def _require_outgoing(told: str, party: str | None, said: Said) -> None:
    if said.incoming or party == "customer" or said.confirms or said.again_on:
        raise Usage(_("--told {name} is what you told one of the house or a supplier.").format(name=told))


def _still_owed(case: Case, rule: Tell, rules: Policy, context: Context) -> list[str]:
    """Whom a rule still asks to be told; `Already` where all are, `Refused` where it asks for nobody."""
    known_of = facts(case, context) if rules is context.policy else None
    found = telling.pending(case, rules, known_of, [rule])
    owed = telling.standing(found, context.staff, context.policy, context.level)
    if owed:
        return [one.to for one in owed]
    if telling.applies(case, rules, rule, known_of, context.level):
        raise already(case)
    from complaintctl.explaining import quoted, sentence

    raise Refused(
        _("{case}: {rule} asks for nothing now.").format(
            case=case["id"], rule=quoted(sentence(text(rule["label"], context.language)))
        ),
        hint=f"complaintctl contact {case['id']} --party … --by … --note …",
    )

"""`new`: take a complaint."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from complaintctl.commands import ask
from complaintctl.commands.naming import Choice, Named
from complaintctl.commands.session import Session, pass_session, step_options, verb
from complaintctl.errors import Usage
from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from complaintctl.case import Case
    from complaintctl.workflow import Context

_CUSTOMER = {
    "customer": "name", "company": "company", "customer_type": "type", "phone": "phone",
    "email": "email", "address": "address",
    "end_user": "end_user", "customer_language": "language",
}  # fmt: skip


@verb(
    "new",
    _("Record a complaint (or a request). Prints its id; says what was promised and by when."),
    _(
        'complaintctl new --channel desk --customer "Ms Ward" --phone 13800001234 \\\n'
        '  --product "fresh milk 1L" --price 12.90 --purchased-on 2026-11-21 \\\n'
        '  --complaint "sour before its date" --demand refund=12.90'
    ),
)
@click.option(
    "--channel",
    type=Named("channels"),
    metavar="CHANNEL",
    help=_("How it reached you: a channel of the policy."),
)
@click.option("--complaint", metavar="TEXT|-", help=_("What happened, in the customer's words."))
@click.option(
    "--kind", type=Named("kinds"), metavar="KIND", help=_("complaint (default), help, enquiry or venting.")
)
@click.option("--customer", metavar="NAME", help=_("The customer's name."))
@click.option("--company", metavar="NAME", help=_("The customer's company."))
@click.option(
    "--customer-type",
    type=Named("customer_types"),
    metavar="ID",
    help=_("What kind of customer, as the policy names them."),
)
@click.option("--phone", metavar="N", help=_("Telephone number; finds a customer who was here before."))
@click.option("--email", metavar="M", help=_("E-mail address; likewise."))
@click.option("--address", metavar="A", help=_("Postal address."))
@click.option("--end-user", metavar="TEXT", help=_("Who actually uses it, if not the customer."))
@click.option("--customer-language", metavar="TAG", help=_("The language to answer in."))
@click.option("--customer-id", metavar="P-…", help=_("A customer known by number."))
@click.option("--receipt", metavar="NO", help=_("Proof of purchase."))
@click.option("--product", metavar="P", help=_("The goods or the service."))
@click.option("--specification", metavar="S", help=_("Its specification."))
@click.option("--style", metavar="S", help=_("Its style."))
@click.option("--colour", metavar="C", help=_("Its colour."))
@click.option("--size", metavar="S", help=_("Its size."))
@click.option("--batch", metavar="B", help=_("Its batch number."))
@click.option("--produced-on", metavar="DATE", help=_("Date of production."))
@click.option("--price", metavar="12.90", help=_("What was paid for it."))
@click.option("--purchased-on", metavar="DATE", help=_("Date of purchase."))
@click.option("--place", metavar="P", help=_("Where it was bought or happened."))
@click.option("--occurred-at", metavar="TIME", help=_("When it happened."))
@click.option("--received-at", metavar="TIME", help=_("When the complaint reached you, if earlier than now."))
@click.option(
    "--moment", type=Choice(["during", "after"], "moments"), help=_("During the visit or after it.")
)
@click.option(
    "--against", type=Named("departments"), metavar="STAFF|DEPT", help=_("Whom or what it is against.")
)
@click.option("--in-use-since", metavar="DATE", help=_("Since when it was in use."))
@click.option("--symptoms", metavar="TEXT", help=_("What is wrong with it."))
@click.option("--used-before", metavar="TEXT", help=_("What was used before."))
@click.option("--earlier-condition", metavar="TEXT", help=_("In which condition it was before."))
@click.option("--recent-use", metavar="TEXT", help=_("How it was used of late."))
@click.option(
    "--demand",
    type=Named("remedies", sign="="),
    metavar="REMEDY=AMOUNT",
    help=_("What the customer asks for: refund=12.90, apology."),
)
@click.option("--demand-text", metavar="TEXT", help=_("What else the customer asks for."))
@click.option("--form", type=Choice(["spoken", "written", "other"], "forms"), help=_("How it was said."))
@click.option(
    "--from", "source", metavar="FILE|-", help=_("Take the values from a YAML file, or standard input.")
)
@step_options
@pass_session
def command(session: Session, /, dry_run: bool, as_json: bool, source: str | None, **given: Any) -> None:
    values = {**(_read(source) if source else {}), **{k: v for k, v in given.items() if v is not None}}
    _ask(session, values)
    register = session.register
    _tidy(session, values)
    from complaintctl import recording

    remedy, _eq, amount = (values.get("demand") or "").partition("=")

    def build(case_id: str, customer_id: str, context: Context) -> Case:
        from complaintctl.steps.intake import ABOUT, register_case

        return register_case(
            context,
            case_id=case_id,
            customer_id=customer_id,
            channel=values["channel"],
            complaint=values["complaint"],
            kind=values.get("kind") or "complaint",
            form=values.get("form"),
            moment=values.get("moment"),
            received_at=values.get("received_at"),
            customer={field: values.get(option) for option, field in _CUSTOMER.items()},
            about={field: values.get(field) for field in ABOUT},
            demand=(remedy or None, amount or None, values.get("demand_text")),
        )

    outcome, also_open = recording.create(
        register,
        build,
        phone=values.get("phone"),
        email=values.get("email"),
        customer_id=values.get("customer_id"),
        dry_run=dry_run,
    )
    with session.recorded():
        _answer(session, outcome.case, also_open, as_json)


def _answer(session: Session, case: Case, also_open: list[str], as_json: bool) -> None:
    """The id on stdout; on stderr what was promised and by when (S0-6, S4-1)."""
    from complaintctl.commands import batches
    from complaintctl.commands.show import case_document, dump, promises

    register = session.register
    for other in also_open:
        session.warn(_("the same customer has an open case: {case}").format(case=other))
    click.echo(dump(case_document(register, case)) if as_json else case["id"])
    for line in promises(register, case):
        session.say(line)
    for line in batches.hint(register, case):
        session.say(line)
    if session.talks:
        session.say(session.next_line(case))


def _read(source: str) -> dict[str, Any]:
    from pathlib import Path

    from complaintctl.errors import BadData
    from complaintctl.yamlfile import read_document

    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise BadData(_("{file} cannot be read: {why}").format(file=source, why=error.strerror)) from None
    document, _lines = read_document(data, source)
    names = {p.name for p in command.params} - {"source", "as_json", "dry_run"}
    values = {str(k).replace("-", "_"): v for k, v in document.items()}
    unknown = [k for k in values if k not in names]
    if unknown or not all(isinstance(v, str) for v in values.values()):
        raise BadData(
            _("{file}: a flat mapping of the options of `new` to texts is wanted.").format(file=source),
            hint=_("fields: {names}").format(
                names=", ".join(sorted(n.replace("_", "-") for n in names if n))
            ),
        )
    return {name: _meant(name, value) for name, value in values.items()}


def _meant(name: str, value: str) -> str:
    """A value of a file as the option of that name takes it: labels stand for ids there too."""
    option = next(p for p in command.params if p.name == name)
    context = click.get_current_context()
    return str(option.type.convert(value, option, context)) if isinstance(option.type, Named) else value


def _ask(session: Session, values: dict[str, Any]) -> None:
    """Ask for what is missing; on a terminal also for what a good form holds."""
    values["channel"] = ask.choose(
        session, "--channel", _("How did it reach you?"), values.get("channel"), _channels(session)
    )
    bare = set(values) <= {"channel", "kind"}
    values["complaint"] = ask.need(session, "--complaint", _("What happened?"), values.get("complaint"))
    if not (session.asks and bare):
        return
    from complaintctl.commands import values as check

    for name, question, judge in (
        ("customer", _("Customer's name (empty: unknown)"), None),
        ("phone", _("Telephone (empty: none)"), check.phone),
        ("product", _("Goods or service (empty: none)"), None),
        ("price", _("Price (empty: unknown)"), ask.money(session, "--price")),
        ("purchased_on", _("Purchased on, YYYY-MM-DD (empty: unknown)"), _past_day(session)),
        ("receipt", _("Receipt number (empty: none)"), None),
    ):
        values[name] = ask.text(session, name, question, values.get(name), optional=True, check=judge)
    remedies = [("", _("nothing said")), *ask.labelled(session, "remedies")]
    wanted = ask.choose(session, "--demand", _("What does the customer ask for?"), None, remedies, default="")
    if wanted and session.register.policy["remedies"][wanted]["amount"] != "none":
        question, judge = _("How much? (empty: not said)"), ask.money(session, "--demand")
        amount = ask.text(session, "--demand", question, None, optional=True, check=judge)
        wanted = f"{wanted}={amount}" if amount else wanted
    values["demand"] = wanted or None


def _past_day(session: Session) -> Callable[[str], object]:
    from complaintctl.commands import values as check

    def judge(text: str) -> None:
        if (check.day(text, "purchased-on") or "") > session.register.at[:10]:
            raise Usage(_("--{option} lies in the future.").format(option="purchased-on"))

    return judge


def _channels(session: Session) -> list[ask.Choice]:
    return ask.labelled(session, "channels") if session.asks else []


def _tidy(session: Session, values: dict[str, Any]) -> None:
    from complaintctl.commands import values as check

    for name in ("produced_on", "purchased_on", "in_use_since"):
        values[name] = check.day(values.get(name), name)
    for name in ("occurred_at", "received_at"):
        values[name] = check.instant(values.get(name), name, session.register.zone)
    if values.get("customer_id"):
        values["customer_id"] = check.customer_id(values["customer_id"])

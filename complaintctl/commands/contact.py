"""`contact`: what was said to or by the customer, a supplier or one of the house."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from complaintctl.commands import ask, values
from complaintctl.commands.naming import Named
from complaintctl.commands.session import Session, case_argument, pass_session, step_options, verb
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.workflow import Context


@verb(
    "contact",
    _("Note what was said to or by the customer, a supplier, a department or its head."),
    _('complaintctl contact 7k3m --by phone --progress --note "told her that the batch is being tested"'),
)
@case_argument
@click.option(
    "--by",
    "method",
    type=Named("contact_methods"),
    metavar="METHOD",
    help=_("phone, email, visit … as the policy names them."),
)
@click.option("--note", metavar="TEXT|-", help=_("What was said (default with --told: the rule's words)."))
@click.option(
    "--party",
    type=Named("parties"),
    metavar="WHO",
    help=_("customer (default), supplier, department:ID, head:ID (of a department) or role:ID."),
)
@click.option(
    "--told", metavar="RULE", help=_("Who must be told by this rule of the policy has been told; see `show`.")
)
@click.option("--progress", is_flag=True, help=_("The customer was told how far it is."))
@click.option("--confirms", is_flag=True, help=_("The customer confirmed the facts as you repeated them."))
@click.option(
    "--again-on", metavar="DATE", help=_("The day by which the customer was promised to hear again.")
)
@click.option("--incoming", is_flag=True, help=_("They contacted you."))
@click.option("--bears", metavar="AMOUNT", help=_("What the supplier, who answered, takes over."))
@step_options
@pass_session
def command(
    session: Session,
    case_id: str,
    method: str | None,
    note: str | None,
    party: str | None,
    told: str | None,
    progress: bool,
    confirms: bool,
    again_on: str | None,
    incoming: bool,
    bears: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    found = session.register.find(case_id)
    methods = ask.labelled(session, "contact_methods") if session.asks else []
    how = ask.choose(session, "--by", _("How?"), method, methods)
    if note is not None or not told:
        note = ask.need(session, "--note", _("What was said?"), note)
    day = values.day(again_on, "again_on")

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.contacts import Said, contact

        said = Said(how, note, incoming, progress, confirms, day, bears)
        return contact(case, context, said, party=party, told=told)

    session.step("contact", found, change, dry_run=dry_run, as_json=as_json)

"""`contact`: what was said to or by the customer, a supplier or a department."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from complaintctl.commands import ask
from complaintctl.commands.session import Session, case_argument, pass_session, step_options, verb
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.workflow import Context


@verb(
    "contact",
    _("Note what was said to or by the customer, a supplier or a department."),
    'complaintctl contact 7k3m --by phone --progress --note "told her that the batch is being tested"',
)
@case_argument
@click.option("--by", "method", metavar="METHOD", help=_("phone, email, visit … as the policy names them."))
@click.option("--note", metavar="TEXT|-", help=_("What was said."))
@click.option(
    "--party",
    metavar="WHO",
    default="customer",
    show_default=True,
    help=_("customer, supplier or department:ID."),
)
@click.option("--progress", is_flag=True, help=_("The customer was told how far it is."))
@click.option("--incoming", is_flag=True, help=_("They contacted you."))
@step_options
@pass_session
def command(
    session: Session,
    case_id: str,
    method: str | None,
    note: str | None,
    party: str,
    progress: bool,
    incoming: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    found = session.register.find(case_id)
    methods = ask.labelled(session, "contact_methods") if session.asks else []
    how = ask.choose(session, "--by", _("How?"), method, methods)
    what = ask.need(session, "--note", _("What was said?"), note)

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.anytime import contact

        return contact(
            case, context, method=how, note=what, party=party, progress=progress, incoming=incoming
        )

    session.step("contact", found, change, dry_run=dry_run, as_json=as_json)

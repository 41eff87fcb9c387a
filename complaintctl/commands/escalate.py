"""`escalate`: ask for one step more of authority on this case."""

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
    "escalate",
    _("Ask for one step more of authority on this case."),
    _('complaintctl escalate 7k3m --reason "the customer called again"'),
)
@case_argument
@click.option("--reason", metavar="TEXT", help=_("Why."))
@step_options
@pass_session
def command(session: Session, case_id: str, reason: str | None, dry_run: bool, as_json: bool) -> None:
    found = session.register.find(case_id)
    why = ask.need(session, "--reason", _("Why?"), reason)

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.anytime import escalate

        return escalate(case, context, reason=why)

    session.step("escalate", found, change, dry_run=dry_run, as_json=as_json)

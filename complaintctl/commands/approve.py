"""`approve`: decide on a proposal, or return it."""

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
    "approve",
    _("Approve the waiting proposal, or return it with the reason. Never one's own."),
    "complaintctl --as sun.min approve 7k3m",
)
@case_argument
@click.option("--note", metavar="TEXT", help=_("A remark to the decision."))
@click.option("--return", "back", metavar="WHY", help=_("Return it for changes."))
@step_options
@pass_session
def command(
    session: Session, case_id: str, note: str | None, back: str | None, dry_run: bool, as_json: bool
) -> None:
    found = session.register.find(case_id)
    if session.asks and not back and not dry_run:
        _confirm(session, found)

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.solution import approve

        return approve(case, context, note=note, back=back)

    session.step("approve", found, change, dry_run=dry_run, as_json=as_json)


def _confirm(session: Session, case_id: str) -> None:
    """Show what is decided before it is decided."""
    from complaintctl.commands.show import proposal_lines

    case = session.register.case(case_id)
    if case["state"] != "proposed":
        return
    session.ready("approve", case_id)
    for line in proposal_lines(session.register, case):
        click.echo(line, err=True)
    if not ask.yes(session, _("Approve this?")):
        click.echo(_("Nothing was recorded."), err=True)
        click.echo(_("Try:   {hint}").format(hint=f'complaintctl approve {case_id} --return "…"'), err=True)
        raise click.exceptions.Exit(130)

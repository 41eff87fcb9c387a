"""`approve`: decide on a proposal, or return it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from complaintctl.commands import ask, signatures
from complaintctl.commands.session import Session, case_argument, pass_session, step_options, verb
from complaintctl.errors import Usage
from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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
@signatures.key_option
@step_options
@pass_session
def command(
    session: Session,
    case_id: str,
    note: str | None,
    back: str | None,
    key: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    from complaintctl import proposals

    found = session.register.find(case_id)
    proposals.require_free(session.register, "approve", found)
    if session.asks and not back and not dry_run:
        _confirm(session, found)
    step = decision(session, note=note, back=back, key=key, dry_run=dry_run)
    signatures.ahead(session.register, found, step)
    session.step("approve", found, step, dry_run=dry_run, as_json=as_json)


def decision(
    session: Session,
    *,
    note: str | None = None,
    back: str | None = None,
    via: str = "cli",
    key: str | None = None,
    dry_run: bool = False,
) -> Callable[[Case, Context], Case]:
    """The step that decides on the waiting proposal, wherever it is recorded (`approve`, `review`).

    The decision is signed where the register asks for it, with the private key in the file `key`
    or with one that is found; a dry run signs nothing.
    """

    if back is not None and not back.strip():
        raise Usage(_("--return needs the reason."))

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.solution import approve

        return approve(case, context, note=note, back=back, via=via)

    return signatures.signed(session.register, change, key, dry_run=dry_run)


def _confirm(session: Session, case_id: str) -> None:
    """Show what is decided before it is decided."""
    from complaintctl.commands.show import proposal_lines

    case = session.register.case(case_id)
    if case["state"] != "proposed":
        return
    session.ready("approve", case_id)
    ask_whether(
        session, proposal_lines(session.register, case), f'complaintctl approve {case_id} --return "…"'
    )


def ask_whether(session: Session, lines: Iterable[str], otherwise: str) -> None:
    """Show what is decided and ask; whoever says no ends the command, and is told what to do `otherwise`."""
    for line in lines:
        click.echo(line, err=True)
    if not ask.deliberate(session, _("Approve this?")):
        click.echo(_("Nothing was recorded."), err=True)
        click.echo(_("Try:   {hint}").format(hint=otherwise), err=True)
        raise click.exceptions.Exit(130)

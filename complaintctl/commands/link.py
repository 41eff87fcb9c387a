"""`link`: tie a case to another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from complaintctl.commands.naming import Choice
from complaintctl.commands.session import (
    Session,
    case_argument,
    complete_case,
    pass_session,
    step_options,
    verb,
)
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.workflow import Context


@verb("link", _("Tie a case to another one."), "complaintctl link 7k3m --to 9q2x --kind same-batch")
@case_argument
@click.option("--to", metavar="CASE", required=True, shell_complete=complete_case, help=_("The other case."))
@click.option(
    "--kind",
    type=Choice(["related", "same-batch", "duplicate"], "links"),
    default="related",
    show_default=True,
    help=_("How they belong together."),
)
@step_options
@pass_session
def command(session: Session, case_id: str, to: str, kind: str, dry_run: bool, as_json: bool) -> None:
    found, other = session.register.find(case_id), session.register.find(to)

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.anytime import link

        return link(case, context, to=other, kind=kind)

    session.step("link", found, change, dry_run=dry_run, as_json=as_json)

"""`assign`: hand the case to a department and a handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from complaintctl.commands import ask
from complaintctl.commands.naming import Named
from complaintctl.commands.session import Session, case_argument, pass_session, step_options, verb
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.workflow import Context


@verb(
    "assign",
    _("Hand the case to a department and a handler; again later, to somebody else."),
    "complaintctl assign 7k3m --to zhao.wei",
)
@case_argument
@click.option("--to", metavar="STAFF", help=_("The handler."))
@click.option(
    "--department", type=Named("departments"), metavar="ID", help=_("Default: the category's department.")
)
@click.option("--task", metavar="TEXT", help=_("Who does what, when several share it."))
@step_options
@pass_session
def command(
    session: Session,
    case_id: str,
    to: str | None,
    department: str | None,
    task: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    found = session.register.find(case_id)
    if to is None:
        session.ready("assign", found)
    handler = ask.choose(
        session, "--to", _("Who handles it?"), to, ask.people(session) if session.asks else []
    )

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.handling import assign

        return assign(case, context, to=handler, department=department, task=task)

    session.step("assign", found, change, dry_run=dry_run, as_json=as_json)

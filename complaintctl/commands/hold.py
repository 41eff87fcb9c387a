"""`hold`: wait for somebody, and stop the clocks that stop for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from complaintctl.commands import ask, values
from complaintctl.commands.naming import Choice
from complaintctl.commands.session import Session, case_argument, pass_session, step_options, verb
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.workflow import Context

_WHOM = ("customer", "supplier", "test", "authority")


@verb(
    "hold",
    _(
        "Wait for the customer, a supplier, a test or an authority;"
        " stops the clocks that the policy lets stop."
    ),
    _('complaintctl hold 7k3m --for test --reason "laboratory has the bottle" --until 2026-11-30'),
)
@case_argument
@click.option("--for", "waiting_for", type=Choice(_WHOM, "holds"), help=_("Whom or what you wait for."))
@click.option("--reason", metavar="TEXT", help=_("Why."))
@click.option("--until", metavar="DATE", help=_("When it should go on."))
@step_options
@pass_session
def command(
    session: Session,
    case_id: str,
    waiting_for: str | None,
    reason: str | None,
    until: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    found = session.register.find(case_id)
    holds = ask.named(session, "holds", _WHOM) if session.asks else []
    whom = ask.choose(session, "--for", _("What do you wait for?"), waiting_for, holds)
    why = ask.need(session, "--reason", _("Why?"), reason)
    day = values.day(until, "until")

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.anytime import hold

        return hold(case, context, waiting_for=whom, reason=why, until=day)

    session.step("hold", found, change, dry_run=dry_run, as_json=as_json)

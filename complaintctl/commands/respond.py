"""`respond`: what the customer said to the offer."""

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
    "respond",
    _("Record the customer's answer to the approved offer."),
    "complaintctl respond 7k3m --agreed",
)
@case_argument
@click.option("--agreed/--declined", default=None, help=_("What the customer said."))
@click.option("--reason", metavar="TEXT", help=_("Why, in the customer's words."))
@click.option("--agreement", metavar="EVIDENCE", help=_("The evidence file with the signed agreement."))
@step_options
@pass_session
def command(
    session: Session,
    case_id: str,
    agreed: bool | None,
    reason: str | None,
    agreement: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    found = session.register.find(case_id)
    if agreed is None:
        session.ready("respond", found)
        answers = ask.named(session, "answers", ("agreed", "declined")) if session.asks else []
        question = _("What did the customer say?")
        agreed = ask.choose(session, "--agreed|--declined", question, None, answers) == "agreed"
        if not agreed and reason is None:
            reason = ask.text(session, "--reason", _("Why not? (empty: not said)"), None, optional=True)
    answer = agreed

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.solution import respond

        return respond(case, context, agreed=answer, reason=reason, agreement=agreement)

    session.step("respond", found, change, dry_run=dry_run, as_json=as_json)

"""`follow-up`: ask the customer afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from complaintctl.commands import ask
from complaintctl.commands.naming import Choice
from complaintctl.commands.session import Session, case_argument, pass_session, step_options, verb
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.workflow import Context


@verb(
    "follow-up",
    _("Record how satisfied the customer is: 5 very satisfied, 4 satisfied, down to 1."),
    "complaintctl follow-up 7k3m --satisfaction 5 --method phone",
)
@case_argument
@click.option("--satisfaction", type=click.IntRange(1, 5), help=_("5 is best."))
@click.option(
    "--method",
    type=Choice(["phone", "questionnaire", "visit", "video"], "follow_up_methods"),
    default="phone",
    show_default=True,
    help=_("How you asked."),
)
@click.option("--comment", metavar="TEXT", help=_("What the customer added."))
@step_options
@pass_session
def command(
    session: Session,
    case_id: str,
    satisfaction: int | None,
    method: str,
    comment: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    found = session.register.find(case_id)
    if satisfaction is None:
        session.ready("follow-up", found)
        scale = [  # each mark at its own place: whoever types 5 means the best
            ("1", _("very dissatisfied")),
            ("2", _("dissatisfied")),
            ("3", _("neither")),
            ("4", _("satisfied")),
            ("5", _("very satisfied")),
        ]
        satisfaction = int(
            ask.choose(session, "--satisfaction", _("How satisfied is the customer?"), None, scale)
        )
    answer = satisfaction

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.closing import follow_up

        return follow_up(case, context, satisfaction=answer, method=method, comment=comment)

    session.step("follow-up", found, change, dry_run=dry_run, as_json=as_json)

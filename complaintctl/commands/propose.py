"""`propose`: what the shop should do for the customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from complaintctl.commands import ask, values
from complaintctl.commands.session import Session, case_argument, pass_session, step_options, verb
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.workflow import Context


@verb(
    "propose",
    _("Propose remedies for approval. The policy says who is entitled to what; else name an --exception."),
    'complaintctl propose 7k3m --remedy refund=12.90 --remedy apology --reason "spoiled before its date"',
)
@case_argument
@click.option(
    "--remedy",
    "remedies",
    multiple=True,
    metavar="KIND=AMOUNT",
    help=_("refund=12.90, apology … (repeatable)."),
)
@click.option(
    "--cost",
    "costs",
    multiple=True,
    metavar="KIND=AMOUNT",
    help=_("What a remedy costs the shop (default: the price)."),
)
@click.option("--reason", metavar="TEXT|-", help=_("Why this is right."))
@click.option(
    "--task",
    "tasks",
    multiple=True,
    metavar="DEPT: WHAT",
    help=_("What a department has to do (repeatable)."),
)
@click.option(
    "--confirm",
    "confirmed",
    multiple=True,
    metavar="ID",
    help=_("A condition that you have checked (repeatable)."),
)
@click.option("--exception", metavar="WHY", help=_("Grant what the policy gives no claim to."))
@step_options
@pass_session
def command(
    session: Session,
    case_id: str,
    remedies: tuple[str, ...],
    costs: tuple[str, ...],
    reason: str | None,
    tasks: tuple[str, ...],
    confirmed: tuple[str, ...],
    exception: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    found = session.register.find(case_id)
    words = remedies or ask_remedies(session, found)
    why = ask.need(session, "--reason", _("Why is this right?"), reason)

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.solution import propose

        return propose(
            case,
            context,
            plan=values.remedies(words, costs),
            reason=why,
            tasks=[values.pair(task, "--task", ":") for task in tasks],
            exception=exception,
            confirmed=confirmed,
        )

    session.step("propose", found, change, dry_run=dry_run, as_json=as_json)


def ask_remedies(session: Session, case_id: str) -> tuple[str, ...]:
    """What to do for the customer, asked one by one; what the demand says is shown first."""
    if not session.asks:
        raise ask.missing("--remedy")
    demand = session.register.case(case_id)["demand"]
    words: list[str] = []
    while True:
        choices = ask.labelled(session, "remedies")
        if words:
            choices = [("", _("that is all")), *choices]
        kind = ask.choose(
            session,
            "--remedy",
            _("What should be done?"),
            None,
            choices,
            default="" if words else demand.get("remedy"),
        )
        if not kind:
            return tuple(words)
        if session.register.policy["remedies"][kind]["amount"] == "none":
            words.append(kind)
            continue
        suggested = demand.get("amount", "") if demand.get("remedy") == kind else ""
        amount = click.prompt(_("How much?"), default=suggested, show_default=bool(suggested), err=True)
        words.append(f"{kind}={amount}" if amount else kind)

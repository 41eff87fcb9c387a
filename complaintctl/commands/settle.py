"""`settle`: put it right on the spot, inside one's own authority."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from complaintctl.commands import ask, signatures, values
from complaintctl.commands.classify import choose_category
from complaintctl.commands.naming import Named
from complaintctl.commands.propose import ask_remedies, confirm_option, plan_options
from complaintctl.commands.session import Session, case_argument, pass_session, step_options, verb
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.workflow import Context


@verb(
    "settle",
    _("Settle a case at once, inside your own authority; with --satisfaction it is closed too."),
    _(
        "complaintctl settle 7k3m --category price.wrong --remedy refund=3.00 \\\n"
        '  --reason "shelf said 9.90, till said 12.90" --satisfaction 5'
    ),
)
@case_argument
@plan_options
@click.option("--category", type=Named("categories"), metavar="ID", help=_("A category of the policy."))
@click.option("--severity", type=Named("severities"), metavar="ID", help=_("Default: the category's."))
@click.option(
    "--flag",
    "flags",
    type=Named("flags"),
    multiple=True,
    metavar="ID",
    help=_("A flag of the policy (repeatable)."),
)
@confirm_option
@click.option(
    "--satisfaction",
    type=click.IntRange(1, 5),
    help=_("What the customer said, 5 best; closes the case from 4."),
)
@signatures.key_option
@step_options
@pass_session
def command(
    session: Session,
    case_id: str,
    remedies: tuple[str, ...],
    costs: tuple[str, ...],
    reason: str | None,
    category: str | None,
    severity: str | None,
    flags: tuple[str, ...],
    confirmed: tuple[str, ...],
    satisfaction: int | None,
    key: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    found = session.register.find(case_id)
    if not remedies or reason is None:
        session.ready("settle", found)
    if category is None and "classification" not in session.register.case(found):
        category = choose_category(session, None)
    words = remedies or ask_remedies(session, found)
    why = ask.need(session, "--reason", _("Why is this right?"), reason)

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.solution import settle

        return settle(
            case,
            context,
            plan=values.remedies(words, costs),
            reason=why,
            category=category,
            severity=severity,
            flags=flags,
            confirmed=confirmed,
            satisfaction=satisfaction,
        )

    step = signatures.signed(session.register, change, key, dry_run=dry_run)
    signatures.ahead(session.register, found, step)
    session.step("settle", found, step, dry_run=dry_run, as_json=as_json)

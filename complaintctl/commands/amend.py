"""`amend`: correct what was recorded, or record what was changed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from complaintctl.commands import ask, values
from complaintctl.commands.session import Session, case_argument, pass_session, step_options, verb
from complaintctl.errors import Usage
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.workflow import Context


@verb(
    "amend",
    _("Correct fields of the form; without --set, record what was changed in the file by hand."),
    _('complaintctl amend 7k3m --set customer.phone=13900005678 --reason "misheard"'),
)
@case_argument
@click.option(
    "--set",
    "pairs",
    multiple=True,
    metavar="FIELD=VALUE",
    help=_("A field and its value; empty takes it away (repeatable)."),
)
@click.option("--reason", metavar="TEXT", help=_("Why."))
@step_options
@pass_session
def command(
    session: Session, case_id: str, pairs: tuple[str, ...], reason: str | None, dry_run: bool, as_json: bool
) -> None:
    register = session.register
    found = register.find(case_id)
    why = ask.need(session, "--reason", _("Why?"), reason)
    changes = dict(_pair(session, pair) for pair in pairs)
    if not changes:
        from complaintctl import recording
        from complaintctl.steps.correction import adopt

        def take(old: Case, new: Case, context: Context) -> Case:
            return adopt(old, new, context, reason=why)

        session.finish("amend", recording.adopt(register, found, take, dry_run=dry_run), as_json=as_json)
        return

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.correction import amend

        return amend(case, context, changes=changes, reason=why)

    session.step("amend", found, change, dry_run=dry_run, as_json=as_json)


def _pair(session: Session, word: str) -> tuple[str, str]:
    field, sign, value = word.partition("=")
    if not sign:
        raise Usage(_("--set takes FIELD=VALUE."))
    field = field.strip().replace("-", "_")
    if field in {"about.occurred_at", "intake.received_at"}:
        value = values.instant(value, field, session.register.zone) or ""
    return field, value.strip()

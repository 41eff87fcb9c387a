"""`improve`: what the shop changes because of a case, by whom and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from complaintctl.commands import ask, values
from complaintctl.commands.naming import Named
from complaintctl.commands.session import Session, case_argument, pass_session, step_options, verb
from complaintctl.errors import Usage
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.workflow import Context


@verb(
    "improve",
    _("Record an improvement measure with its owner and date, or mark one as done."),
    _(
        'complaintctl improve 7k3m --measure "alarm on the cold store" --owner zhao.wei --due 2026-12-15\n'
        "complaintctl improve 7k3m --done 1"
    ),
)
@case_argument
@click.option("--measure", metavar="TEXT", help=_("What will change."))
@click.option("--owner", metavar="STAFF", help=_("Who sees to it."))
@click.option("--due", metavar="DATE", help=_("By when."))
@click.option("--kind", type=Named("measures"), metavar="ID", help=_("A kind of measure of the policy."))
@click.option("--every", metavar='"30 days"', help=_("It comes round again, so many days after it was done."))
@click.option("--also", metavar="TEXT", help=_("Where else the same may happen."))
@click.option("--done", type=click.IntRange(1), metavar="N", help=_("Measure N of the case is done."))
@click.option(
    "--end", type=click.IntRange(1), metavar="N", help=_("Measure N, which came round, is over for good.")
)
@step_options
@pass_session
def command(
    session: Session,
    case_id: str,
    measure: str | None,
    owner: str | None,
    due: str | None,
    kind: str | None,
    every: str | None,
    also: str | None,
    done: int | None,
    end: int | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    found = session.register.find(case_id)
    number = end if done is None else done
    if number is not None:
        if len([one for one in (measure, done, end) if one is not None]) > 1:
            raise Usage(_("--measure, --done and --end exclude each other."))
        session.step("improve", found, _done(number, over=end is not None), dry_run=dry_run, as_json=as_json)
        return
    what = ask.need(session, "--measure", _("What will change?"), measure)
    who = ask.choose(
        session, "--owner", _("Who sees to it?"), owner, ask.people(session) if session.asks else []
    )
    by_when = ask.need(
        session, "--due", _("By when? (YYYY-MM-DD)"), due, check=lambda text: values.day(text, "due")
    )
    day = values.day(by_when, "due")

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.anytime import improve

        return improve(
            case, context, measure=what, owner=who, due=day or "", kind=kind, every=every, also=also
        )

    session.step("improve", found, change, dry_run=dry_run, as_json=as_json)


def _done(number: int, *, over: bool):  # type: ignore[no-untyped-def]
    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.anytime import improved

        return improved(case, context, number=number, end=over)

    return change

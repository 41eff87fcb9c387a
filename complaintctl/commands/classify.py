"""`classify`: what it is about and how grave it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from complaintctl.commands import ask
from complaintctl.commands.naming import Choice, Named
from complaintctl.commands.session import Session, case_argument, pass_session, step_options, verb
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.workflow import Context


@verb(
    "classify",
    _("Say what the case is about and how grave it is. May be said again later."),
    "complaintctl classify 7k3m --category goods.spoiled --severity severe --flag food-safety",
)
@case_argument
@click.option("--kind", type=Named("kinds"), metavar="KIND", help=_("complaint, help, enquiry or venting."))
@click.option("--category", type=Named("categories"), metavar="ID", help=_("A category of the policy."))
@click.option(
    "--severity",
    type=Named("severities"),
    metavar="ID",
    help=_("minor, moderate or severe; default: the category's."),
)
@click.option("--urgency", type=Named("urgencies"), metavar="ID", help=_("normal or urgent."))
@click.option(
    "--liability",
    type=Choice(["ours", "not-ours", "supplier", "unclear"], "liabilities"),
    help=_("First view of it."),
)
@click.option(
    "--flag",
    "flags",
    type=Named("flags"),
    multiple=True,
    metavar="ID",
    help=_("food-safety, injury, media … (repeatable)."),
)
@click.option(
    "--department",
    "departments",
    type=Named("departments"),
    multiple=True,
    metavar="ID",
    help=_("Involved (repeatable)."),
)
@click.option(
    "--affected", type=click.IntRange(0, 10**9), metavar="N", help=_("How many customers it touches.")
)
@click.option("--affected-range", metavar="TEXT", help=_("Which ones: a batch, a region, a week."))
@step_options
@pass_session
def command(session: Session, /, case_id: str, dry_run: bool, as_json: bool, **given: Any) -> None:
    found = session.register.find(case_id)
    if given["category"] is None:
        session.ready("classify", found)
    given["category"] = choose_category(session, given["category"])
    if session.asks and given["severity"] is None and not given["flags"]:
        from complaintctl.labels import category_of

        default = category_of(session.register.policy, given["category"]).get("severity")
        given["severity"] = ask.choose(
            session,
            "--severity",
            _("How grave is it?"),
            None,
            ask.labelled(session, "severities"),
            default=default,
        )

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.handling import classify

        return classify(case, context, **given)

    session.step("classify", found, change, dry_run=dry_run, as_json=as_json)


def choose_category(session: Session, given: str | None) -> str:
    """The category: the option, else asked from the policy's leaves."""
    leaves = ask.labelled(session, "categories", lambda _i, e: "department" in e) if session.asks else []
    return ask.choose(session, "--category", _("What is it about?"), given, leaves)

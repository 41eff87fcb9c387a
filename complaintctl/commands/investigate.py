"""`investigate`: what was checked, said and found; a verdict ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from complaintctl.commands import ask, values
from complaintctl.commands.session import Session, case_argument, pass_session, step_options, verb
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.workflow import Context


@verb(
    "investigate",
    _("Record checks, statements and findings. A verdict ends the investigation."),
    'complaintctl investigate 7k3m --check batch="same batch on the shelf" \\\n'
    '  --statement "customer: bought it the evening before" --findings "cold store at 12 °C" \\\n'
    "  --verdict founded --cause goods.spoiled",
)
@case_argument
@click.option(
    "--check",
    "checks",
    multiple=True,
    metavar="NAME=OUTCOME",
    help=_("A check of the playbook (repeatable)."),
)
@click.option(
    "--statement",
    "statements",
    multiple=True,
    metavar="WHO: TEXT",
    help=_("Who: STAFF, customer or witness (repeatable)."),
)
@click.option("--findings", metavar="TEXT|-", help=_("What was found."))
@click.option("--containment", metavar="TEXT", help=_("What was done at once to limit harm."))
@click.option(
    "--verdict", type=click.Choice(["founded", "partly", "unfounded"]), help=_("Ends the investigation.")
)
@click.option("--cause", metavar="ID", help=_("The root cause, from the policy's tree."))
@click.option("--responsible", metavar="STAFF|DEPT", help=_("Who was responsible."))
@click.option("--impact", metavar="TEXT", help=_("Effect on image, business and customers."))
@step_options
@pass_session
def command(session: Session, /, case_id: str, dry_run: bool, as_json: bool, **given: Any) -> None:
    found = session.register.find(case_id)
    given["checks"] = [
        dict(zip(("name", "outcome"), values.pair(c, "--check"), strict=True)) for c in given["checks"]
    ]
    given["statements"] = [
        dict(zip(("who", "text"), values.pair(s, "--statement", ":"), strict=True))
        for s in given["statements"]
    ]
    if session.asks and not any(given.values()):
        _ask(session, given)
    elif given["findings"] == "-":
        given["findings"] = ask.text(session, "--findings", "", "-")

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.handling import investigate

        return investigate(case, context, **given)

    session.step("investigate", found, change, dry_run=dry_run, as_json=as_json)


def _ask(session: Session, given: dict[str, Any]) -> None:
    given["findings"] = ask.need(session, "--findings", _("What was found?"), None)
    verdicts = [("", _("not yet")), *ask.labelled(session, "verdicts")]
    given["verdict"] = (
        ask.choose(session, "--verdict", _("Is the complaint founded?"), None, verdicts, default="") or None
    )
    if given["verdict"] in {"founded", "partly"}:
        leaves = ask.labelled(session, "causes", lambda ident, _entry: "." in ident)
        given["cause"] = ask.choose(session, "--cause", _("What caused it?"), None, leaves)

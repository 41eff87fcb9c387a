"""`close`: end a case with an outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from complaintctl.commands import ask, values
from complaintctl.commands.session import (
    Session,
    case_argument,
    complete_case,
    pass_session,
    step_options,
    verb,
)
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.workflow import Context

_OUTCOMES = (
    "satisfied", "very-satisfied", "explained", "final-response-declined", "answered", "withdrawn",
    "no-contact", "duplicate", "out-of-scope", "referred", "entered-in-error",
)  # fmt: skip


@verb(
    "close",
    _("End the case. From satisfied the outcome is clear; others are named and need a reason."),
    'complaintctl close 7k3m --lesson "cold store alarm was off" --prevention "two readings a day"\n'
    'complaintctl close 7k3m --lesson-for goods --dispose "zhao.wei/responsible: spoken with"',
)
@case_argument
@click.option("--outcome", type=click.Choice(_OUTCOMES), help=_("Default: what the state says."))
@click.option("--reason", metavar="TEXT", help=_("Why, where the outcome is not plain."))
@click.option("--lesson", metavar="TEXT", help=_("What was learnt."))
@click.option("--prevention", metavar="TEXT", help=_("How it will be prevented."))
@click.option(
    "--lesson-for",
    "lesson_for",
    multiple=True,
    metavar="DEPT",
    help=_("A department that is to learn from it (repeatable)."),
)
@click.option("--disposition", metavar="TEXT", help=_("What follows for those responsible."))
@click.option(
    "--dispose",
    "dispositions",
    multiple=True,
    metavar="WHO/PART: WHAT",
    help=_(
        "What follows for one of them (repeatable). WHO: staff or department; PART: responsible, head, "
        "delay, promise or evidence; WHO/PART/MONEY: WHAT with what they bear."
    ),
)
@click.option(
    "--of", metavar="CASE", help=_("The case that this one duplicates."), shell_complete=complete_case
)
@step_options
@pass_session
def command(session: Session, /, case_id: str, dry_run: bool, as_json: bool, **given: Any) -> None:
    register = session.register
    found = register.find(case_id)
    given["dispositions"] = values.dispositions(given["dispositions"])
    if given["of"]:
        given["of"] = register.find(given["of"])
        given["outcome"] = given["outcome"] or "duplicate"
    if session.asks and not any(given.values()):
        _ask(session, found, given)

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.closing import close, require_case

        if given["of"]:
            require_case(register.case(given["of"]))
        return close(case, context, **given)

    session.step("close", found, change, dry_run=dry_run, as_json=as_json)


def _ask(session: Session, case_id: str, given: dict[str, Any]) -> None:
    from complaintctl.steps.closing import default_outcome

    register = session.register
    case = register.case(case_id)
    usual = default_outcome(case, register.policy)
    given["outcome"] = ask.choose(
        session, "--outcome", _("How does it end?"), None, ask.labelled(session, "outcomes"), default=usual
    )
    if given["outcome"] == usual and case["kind"] == "complaint":
        given["lesson"] = ask.text(
            session, "--lesson", _("What was learnt? (empty: nothing)"), None, optional=True
        )
        given["prevention"] = ask.text(
            session, "--prevention", _("How will it be prevented? (empty: not said)"), None, optional=True
        )
    elif given["outcome"] != usual:
        given["reason"] = ask.need(session, "--reason", _("Why?"), None)

"""`close`: end a case with an outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from complaintctl.commands import ask, values
from complaintctl.commands.naming import Choice, Named
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
    from collections.abc import Sequence

    from complaintctl.case import Case
    from complaintctl.workflow import Context

_OUTCOMES = (
    "satisfied", "very-satisfied", "explained", "final-response-declined", "answered", "withdrawn",
    "no-contact", "duplicate", "out-of-scope", "referred", "entered-in-error",
)  # fmt: skip


@verb(
    "close",
    _("End the case. From satisfied the outcome is clear; others are named and need a reason."),
    _(
        'complaintctl close 7k3m --lesson "cold store alarm was off" --prevention "two readings a day"\n'
        'complaintctl close 7k3m --lesson-for goods --dispose "zhao.wei/responsible: spoken with"'
    ),
)
@case_argument
@click.option("--outcome", type=Choice(_OUTCOMES, "outcomes"), help=_("Default: what the state says."))
@click.option("--reason", metavar="TEXT", help=_("Why, where the outcome is not plain."))
@click.option("--lesson", metavar="TEXT", help=_("What was learnt."))
@click.option("--prevention", metavar="TEXT", help=_("How it will be prevented."))
@click.option(
    "--lesson-for",
    "lesson_for",
    type=Named("departments"),
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
    """The outcome, of those that are possible now; then what the rules want to be written down with it."""
    from complaintctl import recording
    from complaintctl.lifecycle import NEED_REASON
    from complaintctl.steps import beforehand
    from complaintctl.steps.closing import default_outcome, outcomes

    session.ready("close", case_id)
    register = session.register
    case = register.case(case_id)
    context = recording.context(register, case)
    usual = default_outcome(case, context.pinned)
    choices = ask.named(session, "outcomes", outcomes(case, context.pinned))
    given["outcome"] = ask.choose(session, "--outcome", _("How does it end?"), None, choices, default=usual)
    if given["outcome"] == "duplicate":
        question = _("Which case does it duplicate?")
        given["of"] = register.find(ask.need(session, "--of", question, None, check=register.find))
    elif given["outcome"] in NEED_REASON:
        given["reason"] = ask.need(session, "--reason", _("Why?"), None)
    wanted = beforehand.lacking("close", case, context, {"outcome": given["outcome"]})
    _ask_lessons(session, case, given, wanted, optional=given["outcome"] == usual)
    _ask_dispositions(session, given, beforehand.undecided(case, context), wanted)


def _ask_lessons(
    session: Session, case: Case, given: dict[str, Any], wanted: Sequence[str], *, optional: bool
) -> None:
    """What was learnt, how it is prevented, who learns from it: where it is wanted, or may well be said."""
    for part, must, may in (
        ("lesson", _("What was learnt?"), _("What was learnt? (empty: nothing)")),
        (
            "prevention",
            _("How will it be prevented?"),
            _("How will it be prevented? (empty: not said)"),
        ),
    ):
        if part in wanted:
            given[part] = ask.need(session, f"--{part}", must, None)
        elif optional and case["kind"] == "complaint":
            given[part] = ask.text(session, f"--{part}", may, None, optional=True)
    chosen: list[str] = []
    while "lesson-for" in wanted:
        departments = [one for one in ask.labelled(session, "departments") if one[0] not in chosen]
        choices = [("", _("nobody else")), *departments] if chosen else departments
        question = _("Who is to learn from it?")
        more = ask.choose(session, "--lesson-for", question, None, choices, default="" if chosen else None)
        if not more:
            break
        chosen.append(more)
    given["lesson_for"] = tuple(chosen)


def _ask_dispositions(
    session: Session,
    given: dict[str, Any],
    undecided: Sequence[tuple[str | None, str]],
    wanted: Sequence[str],
) -> None:
    """What follows for whom: in words, or for each on whom the rules want it to be decided."""
    if "disposition" in wanted:
        question = _("What follows for those responsible? (nobody: say so)")
        given["disposition"] = ask.need(session, "--disposition", question, None)
    owed = [*undecided] if "dispositions" in wanted else []
    owed += [(None, "head")] if "head-disposition" in wanted else []
    found = []
    for known, part in owed:
        question = _("Who is decided on ({part})?").format(part=part)
        people = [*ask.people(session), *ask.labelled(session, "departments")]
        who = known or ask.choose(session, "--dispose", question, None, people)
        question = _("What follows for {who} ({part})?").format(who=who, part=part)
        found.append({"who": who, "part": part, "what": ask.need(session, "--dispose", question, None)})
    given["dispositions"] = found

"""`investigate`: what was checked, said and found; a verdict ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from complaintctl.commands import ask, values
from complaintctl.commands.naming import Choice, Named
from complaintctl.commands.session import Session, case_argument, pass_session, step_options, verb
from complaintctl.errors import Usage
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.workflow import Context

_VERDICTS = ("founded", "partly", "unfounded")


@verb(
    "investigate",
    _("Record checks, statements and findings. A verdict ends the investigation."),
    _(
        'complaintctl investigate 7k3m --check batch="same batch on the shelf" \\\n'
        '  --statement "customer: bought it the evening before" --findings "cold store at 12 °C" \\\n'
        "  --verdict founded --cause goods.spoiled"
    ),
)
@case_argument
@click.option(
    "--check",
    "checks",
    multiple=True,
    metavar="NAME=OUTCOME",
    help=_("A check of the playbook (repeatable); the outcome is one of the check's, `ID: TEXT` adds words."),
)
@click.option(
    "--next", "show_next", is_flag=True, help=_("Print the next check, whose it is and its outcomes.")
)
@click.option(
    "--statement",
    "statements",
    multiple=True,
    metavar="WHO: TEXT",
    help=_("Who: STAFF, customer or witness (repeatable)."),
)
@click.option("--purpose", metavar="TEXT", help=_("What the customer is after."))
@click.option("--findings", metavar="TEXT|-", help=_("What was found."))
@click.option("--containment", metavar="TEXT", help=_("What was done at once to limit harm."))
@click.option(
    "--grounds",
    type=Choice(["sufficient", "insufficient"], "grounds"),
    help=_("Whether the complaint has sufficient grounds."),
)
@click.option(
    "--demand",
    type=Choice(["reasonable", "partly", "unreasonable"], "demands"),
    help=_("Whether what is asked for is reasonable."),
)
@click.option("--verdict", type=Choice(_VERDICTS, "verdicts"), help=_("Ends the investigation."))
@click.option(
    "--cause", type=Named("causes"), metavar="ID", help=_("The root cause, from the policy's tree.")
)
@click.option(
    "--responsible", type=Named("departments"), metavar="STAFF|DEPT", help=_("Who was responsible.")
)
@click.option(
    "--promised-by",
    type=Named("departments"),
    metavar="STAFF|DEPT",
    help=_("Who gave a promise without authority."),
)
@click.option("--loss", metavar="AMOUNT", help=_("What the shop lost by it."))
@click.option("--impact", metavar="TEXT", help=_("Effect on image, business and customers."))
@step_options
@pass_session
def command(
    session: Session, /, case_id: str, show_next: bool, dry_run: bool, as_json: bool, **given: Any
) -> None:
    found = session.register.find(case_id)
    said = any(value not in (None, ()) for value in given.values())
    if show_next and said:
        raise Usage(_("--next only looks; it goes with nothing else."))
    if (show_next or not (said or session.asks)) and _show_next(session, found, show_next, as_json):
        return
    given["checks"] = [
        dict(zip(("name", "outcome"), values.pair(c, "--check"), strict=True)) for c in given["checks"]
    ]
    given["statements"] = [
        dict(zip(("who", "text"), values.pair(s, "--statement", ":"), strict=True))
        for s in given["statements"]
    ]
    if session.asks and not any(given.values()):
        session.ready("investigate", found)
        _ask(session, session.register.case(found), given)
    elif given["findings"] == "-":
        given["findings"] = ask.text(session, "--findings", "", "-")

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.handling import investigate

        return investigate(case, context, **given)

    case = session.step("investigate", found, change, dry_run=dry_run, as_json=as_json)
    if given["checks"]:
        with session.recorded():
            _say_what_follows(session, case, [check["name"] for check in given["checks"]])


def _say_what_follows(session: Session, case: Case, names: list[str]) -> None:
    from complaintctl.commands import guidance

    for line in guidance.after(session.register, case, names):
        session.say(line)


def _show_next(session: Session, case_id: str, wanted: bool, as_json: bool) -> bool:
    """Print the next check; False where there is no playbook and nobody asked for it."""
    from complaintctl.commands import guidance

    register = session.register
    case = register.case(case_id)
    document = guidance.document(register, case)
    if document is None and not wanted:
        return False
    if as_json:
        from complaintctl.commands.show import dump

        click.echo(dump(document))
    elif document is None:
        session.say(guidance.next_lines(register, case)[0])
    else:
        for line in guidance.next_lines(register, case):
            click.echo(line)
    return True


def _ask(session: Session, case: Case, given: dict[str, Any]) -> None:
    """Ask for the next checks; once none is left, or none is given, for findings and verdict."""
    from complaintctl import playbooks

    policy = session.register.policy
    given["checks"] = _ask_checks(session, case)
    found = playbooks.of_case(case, policy, [given])
    if given["checks"] and found and found.next:
        return
    outcome: Any = (playbooks.suggestion(found) if found else None) or {}
    given["findings"] = ask.need(session, "--findings", _("What was found?"), None)
    verdicts = [("", _("not yet")), *ask.named(session, "verdicts", _VERDICTS)]
    suggested = outcome.get("verdict", "")
    question = _("Is the complaint founded?")
    given["verdict"] = ask.choose(session, "--verdict", question, None, verdicts, default=suggested) or None
    if given["verdict"] in {"founded", "partly"}:
        leaves = ask.labelled(session, "causes", lambda ident, _entry: "." in ident)
        question = _("What caused it?")
        given["cause"] = ask.choose(session, "--cause", question, None, leaves, default=outcome.get("cause"))


def _ask_checks(session: Session, case: Case) -> list[dict[str, str]]:
    """The outcomes of the checks that come next, one after the other, until one is left out."""
    from complaintctl import playbooks
    from complaintctl.commands import guidance
    from complaintctl.labels import text

    register, made = session.register, list[dict[str, str]]()
    while True:
        found = playbooks.of_case(case, register.policy, [{"checks": made}])
        check = found.next if found else None
        if check is None:
            return made
        label = text(check["label"], register.language)
        question = f"{check['name']}: {label}{guidance.owner(register, check)}"
        if "outcomes" in check:
            outcomes = [
                (name, text(one["label"], register.language)) for name, one in check["outcomes"].items()
            ]
            choices = [("", _("not made yet")), *outcomes]
            outcome = ask.choose(session, "--check", question, None, choices, default="")
        else:
            outcome = ask.text(session, "--check", question, None, optional=True) or ""
        if not outcome:
            return made
        made.append({"name": check["name"], "outcome": outcome})

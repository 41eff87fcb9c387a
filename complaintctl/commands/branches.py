"""What verbs that write to a proposal's branch have in common: an option, and what is said afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.commands.session import Session
    from complaintctl.recording import Outcome

push_option = click.option(
    "--push",
    is_flag=False,
    flag_value="",
    metavar="[REMOTE]",
    help=_("Push the branch too, and say where the pull request is opened."),
)


def finish(
    session: Session, verb: str, outcome: Outcome, branch: str, push: str | None, *, as_json: bool
) -> None:
    """Say what was recorded in a branch, push it if that is wanted, and say how it goes on."""
    case = outcome.case
    session.pass_on()
    if as_json:
        from complaintctl.commands.show import case_document, dump

        click.echo(
            dump({**case_document(session.register, case), "branch": branch, "commit": outcome.commit})
        )
    else:
        click.echo(
            _("{verb} {case} {change} {commit} in branch {branch}").format(
                verb=session.named(verb),
                case=case["id"],
                change=session.change(outcome),
                commit=outcome.commit[:10] or _("(dry run: nothing was recorded)"),
                branch=branch,
            )
        )
    if outcome.commit and push is not None:
        publish(session, branch, push, quietly=as_json)
    elif outcome.commit and not as_json:
        session.tell(_next(session, verb, case["id"]))


def _next(session: Session, verb: str, case_id: str) -> str:
    """How it goes on with a branch that is here alone."""
    from complaintctl import remotes

    if verb == "propose" and remotes.names(session.register.repository):
        return _("Next: complaintctl review {case} --push sends it to whoever decides").format(case=case_id)
    if verb == "propose":
        return _("Next: whoever decides: complaintctl review {case}").format(case=case_id)
    return _("Next: complaintctl review {case} --merge").format(case=case_id)


def publish(session: Session, branch: str, remote: str, *, quietly: bool = False) -> None:
    """Push a branch, and print the page that opens a pull request, or the commands for whoever decides.

    `quietly`: on stderr, where stdout holds data.
    """
    from complaintctl import proposing

    sent = proposing.publish(session.register, branch, remote)
    session.say(_("pushed {branch} to {remote}").format(branch=branch, remote=sent.remote))
    if sent.unsent:
        session.warn(
            _("it begins at steps that {remote} does not have; send them too: complaintctl sync").format(
                remote=sent.remote
            )
        )
    if sent.decided:
        session.say(_("It is decided. Merge the pull request, or run:"))
    elif sent.address:
        click.echo(sent.address, err=quietly)
        return
    else:
        session.say(
            _("No page of a forge is known for {remote}. Whoever decides runs:").format(remote=sent.remote)
        )
        session.tell(_("(a forge of your own: git config complaintctl.forge gitlab)"))
    for command in sent.commands:
        click.echo(f"  {command}", err=quietly)

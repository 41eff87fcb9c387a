"""`review`: what waits for a decision, the paper on it, and the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from complaintctl.commands import branches, signatures
from complaintctl.commands.session import (
    Session,
    complete_case,
    format_option,
    json_option,
    pass_session,
    verb,
)
from complaintctl.errors import Already, Refused, Usage
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.commands.reviewing import Found
    from complaintctl.proposals import Waiting


@verb(
    "review",
    _("What waits for a decision; with an ID its paper, and with --approve or --return the decision."),
    "complaintctl --as sun.min review\ncomplaintctl --as sun.min review 7k3m --approve",
)
@click.argument("case_id", metavar="[ID]", required=False, shell_complete=complete_case)
@click.option("--all", "everything", is_flag=True, help=_("Also what others decide on (the list)."))
@click.option("--approve", is_flag=True, help=_("Approve it."))
@click.option("--return", "back", metavar="WHY", help=_("Return it for changes."))
@click.option("--note", metavar="TEXT", help=_("A remark to the decision."))
@click.option("--merge", is_flag=True, help=_("Bring a decided proposal into the register's branch."))
@click.option("--drop", is_flag=True, help=_("Drop the branch in which it waits."))
@branches.push_option
@signatures.key_option
@format_option("text", "markdown", "json", text=_("Of the paper; the list: text or json."))
@json_option
@click.option("--dry-run", is_flag=True, help=_("Check everything, change nothing; same exit code."))
@pass_session
def command(
    session: Session,
    case_id: str | None,
    everything: bool,
    approve: bool,
    back: str | None,
    note: str | None,
    merge: bool,
    drop: bool,
    push: str | None,
    key: str | None,
    form: str,
    as_json: bool,
    dry_run: bool,
) -> None:
    from complaintctl.commands import reviewing

    form = "json" if as_json else form
    given = {"--approve": approve, "--return": back is not None, "--merge": merge, "--drop": drop}
    wanted = [option for option, is_given in given.items() if is_given]
    if len(wanted) > 1:
        raise Usage(_("{options}: one at a time.").format(options=", ".join(wanted)))
    if case_id is None:
        if wanted or push is not None:
            raise Usage(_("{option} needs the case.").format(option=(*wanted, "--push")[0]))
        reviewing.show_list(session, everything, form)
        return
    if drop:
        _drop(session, reviewing.in_branch(session.register, case_id), push, dry_run)
        return
    found = reviewing.find(session.register, case_id)
    if approve or back is not None:
        _decide(session, found, note, back, push, key, dry_run=dry_run, as_json=form == "json")
    elif merge:
        _merge(session, found, dry_run)
    elif push is not None:
        branches.publish(session, _required(found).branch, push)
    else:
        _show(found, form, session.width)


def _show(found: Found, form: str, columns: int) -> None:
    from complaintctl import paperparts
    from complaintctl.commands.show import dump

    paper = found.paper()
    if form == "json":
        click.echo(dump(paper.data))
    elif form == "markdown":
        click.echo(paperparts.markdown(paper.data, paper.parts), nl=False)
    else:
        click.echo(paperparts.text(paper.data, paper.parts, columns), nl=False)


def _decide(
    session: Session,
    found: Found,
    note: str | None,
    back: str | None,
    push: str | None,
    key: str | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    from complaintctl import paperparts, proposing
    from complaintctl.commands.approve import ask_whether, decision

    register, one = session.register, found.waiting
    if session.asks and back is None and not dry_run and "decision" not in found.proposal:
        if one is None:
            session.ready("approve", found.case["id"])
        paper = found.paper()
        shown = paperparts.text(paper.data, paper.parts, session.width).splitlines()
        ask_whether(session, shown, f'complaintctl review {found.case["id"]} --return "…"')
    change = decision(session, note=note, back=back, via="review", key=key, dry_run=dry_run)
    if one is None:
        if push is not None:
            raise Usage(
                _("{case} waits in the register's branch: complaintctl sync").format(case=found.case["id"])
            )
        signatures.ahead(register, found.case["id"], change)
        session.step("approve", found.case["id"], change, dry_run=dry_run, as_json=as_json)
        return
    try:
        outcome = proposing.decide(register, one, change, note=note, back=back, dry_run=dry_run)
    except Already:
        if push is None or dry_run:
            raise
        branches.publish(session, one.branch, push)
        return
    branches.finish(session, "approve", outcome, one.branch, push, as_json=as_json)


def _merge(session: Session, found: Found, dry_run: bool) -> None:
    from complaintctl import proposing

    if found.waiting is None and "decision" in found.proposal:
        raise Already(
            _("{case}: proposal {number} is in the register's branch already.").format(
                case=found.case["id"], number=found.number
            )
        )
    one = _required(found)
    outcome = proposing.merge(session.register, one, dry_run=dry_run)
    session.finish("merge", outcome)


def _drop(session: Session, one: Waiting, push: str | None, dry_run: bool) -> None:
    from complaintctl import proposing

    if dry_run:
        click.echo(_("would drop {branch} ({commit})").format(branch=one.branch, commit=one.commit[:10]))
        return
    left = proposing.drop(session.register, one, push)
    click.echo(_("dropped {branch} ({commit})").format(branch=one.branch, commit=one.commit[:10]))
    for remote in left:
        session.say(
            _("it is still at {remote}: git push {remote} --delete {branch}").format(
                remote=remote, branch=one.branch
            )
        )


def _required(found: Found) -> Waiting:
    if found.waiting is None:
        raise Refused(
            _("{case}: no proposal of it waits in a branch.").format(case=found.case["id"]),
            hint=f"complaintctl review {found.case['id']}",
        )
    return found.waiting

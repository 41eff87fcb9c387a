"""`hook`: let git itself ask this program before it commits, pushes or takes a push."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from complaintctl import SHORT
from complaintctl.commands import helping
from complaintctl.commands.session import Session, pass_session
from complaintctl.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from complaintctl.history import Repository
    from complaintctl.receiving import Refusal

_DEEP = 4  # slashes in the path of a case's evidence
HOOKS = ("pre-commit", "pre-push", "pre-receive")


@helping.group(
    "hook",
    help=_("Git's own hooks: nothing illegal is committed by hand or pushed, and no server takes it."),
    context_settings={"help_option_names": ["-h", "--help"]},
)
def command() -> None:
    pass


@command.command(
    "install",
    help=_("Put the hooks in place: pre-commit and pre-push here, or pre-receive in a bare repository."),
    epilog="\b\n" + helping.EXAMPLE + "\n  complaintctl -C /srv/shop.git hook install --server",
)
@click.option("--server", is_flag=True, help=_("For a bare repository: every push to it is judged."))
@click.option("--dry-run", is_flag=True, help=_("Check everything, change nothing."))
@pass_session
def install(session: Session, server: bool, dry_run: bool) -> None:
    from complaintctl import hooks
    from complaintctl.history import Repository

    repository = Repository.bare(session.settings.start) if server else session.register.repository
    changed = hooks.install(repository, hooks.SERVER if server else hooks.CLIENT, dry_run=dry_run)
    for path in changed:
        click.echo(str(path))
    if not changed:
        session.say(_("The hooks are in place already."))
    elif dry_run:
        session.say(_("(dry run: nothing was written)"))


@command.command(
    "run",
    help=_("What a hook does; git starts this. It reads what git tells a hook of this name."),
    epilog="\b\n" + helping.EXAMPLE + "\n  complaintctl hook run pre-commit",
)
@click.argument("hook", metavar="HOOK", type=click.Choice(HOOKS))
@pass_session
def run(session: Session, hook: str) -> None:
    {"pre-commit": _pre_commit, "pre-push": _pre_push, "pre-receive": _pre_receive}[hook](session)


def _pre_commit(session: Session) -> None:
    """Look at the cases and documents that are about to be committed by hand."""
    from pathlib import Path

    from complaintctl import check, render

    repository = session.register.repository
    index = os.environ.get(
        "GIT_INDEX_FILE", ""
    )  # `git commit -a` and `git commit FILE` have one of their own
    staged = repository.run(
        "diff-index", "--cached", "--name-only", "-z", "HEAD", "--", "cases", "policies",
        env={"GIT_INDEX_FILE": index} if index else None,
    ).decode("utf-8", "surrogateescape").split("\0")  # fmt: skip
    paths = [Path(name) for name in sorted({_case_of(name) for name in staged if name})]
    if not paths:
        return
    result = check.folder(repository, repository.root, paths)
    for one in result.found:
        click.echo(render.safe(str(one.problem)), err=True)
    sys.exit(result.exit_code)


def _case_of(name: str) -> str:
    """The case that a file of evidence belongs to; any other file itself."""
    return name if name.count("/") < _DEEP else f"{name.rpartition('/')[0]}.yaml"


def _pre_push(session: Session) -> None:
    """Judge what is about to be sent: of each branch, what the remote does not have yet."""
    from complaintctl import receiving

    repository = session.register.repository
    refused: list[Refusal] = []
    for local, remote, ref in _sent():
        base = remote if remote and repository.objects([remote])[0] else _fetched(session, repository)
        refused += receiving.of_sent(repository, receiving.Update(base, local, ref))
    _tell(refused)


def _sent() -> list[tuple[str, str, str]]:
    """What git tells ``pre-push`` (commit here, commit there, name there), or pre-commit in its variables."""
    named = os.environ.get("PRE_COMMIT_TO_REF")
    if named:
        there = os.environ.get("PRE_COMMIT_REMOTE_BRANCH", "")
        return [(named, os.environ.get("PRE_COMMIT_FROM_REF", ""), there)]
    rows = [line.split(" ") for line in _input()]
    return [
        (row[1], row[3].strip("0") and row[3], row[2]) for row in rows if len(row) == 4 and row[1].strip("0")
    ]


def _fetched(session: Session, repository: Repository) -> str:
    """The register's branch as it was fetched, for a branch that is new there; empty: never fetched."""
    from complaintctl import remotes

    branch = session.register.documents.settings["branch"]
    for remote in remotes.names(repository):
        found = repository.ask(
            "rev-parse", "--verify", "--quiet", f"refs/remotes/{remote}/{branch}^{{commit}}"
        )
        if found.code == 0:
            return found.out.decode().strip()
    return ""


def _pre_receive(session: Session) -> None:
    """Judge a push to the bare repository in which git started the hook."""
    from complaintctl import gitprocess, receiving
    from complaintctl.history import Repository
    from complaintctl.index import Index

    gitprocess.see_quarantine()
    repository = Repository.bare(session.settings.start)
    head = repository.head()
    index = Index.open(repository)
    if head:
        index.refresh(head)
    _tell(receiving.judge(repository, receiving.updates(_input()), index if head else None))


def _input() -> list[str]:
    return sys.stdin.buffer.read().decode("utf-8", "backslashreplace").splitlines()


def _tell(refused: Sequence[Refusal]) -> None:
    """Say why, one line each, and end with 7; nothing to say, nothing said."""
    from complaintctl import render

    for one in refused:
        about = one.ref.removeprefix("refs/heads/")
        if one.finding is not None:
            about += f" {one.finding.commit[:SHORT]}"
            about += f" {one.finding.case}" if one.finding.case else ""
            about += f": {one.finding.rule}"
            about += f": {one.finding.place}" if one.finding.place else ""
        click.echo(render.safe(f"{about}: {one.message}"), err=True)
    if refused:
        told = ngettext("Refused: {count} finding.", "Refused: {count} findings.", len(refused))
        click.echo(told.format(count=len(refused)), err=True)
        sys.exit(7)

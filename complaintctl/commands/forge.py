"""`forge`: ready files for the forge on which pull requests are reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from complaintctl import __version__
from complaintctl.commands import helping
from complaintctl.commands.session import Session, pass_session
from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from complaintctl.objects import Edit


@helping.group(
    "forge",
    help=_("Ready files for a forge: the check of every pull request, owners of the files, pre-commit."),
    context_settings={"help_option_names": ["-h", "--help"]},
)
def command() -> None:
    pass


def _options(function: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--dry-run", is_flag=True, help=_("Check everything, change nothing.")),
        click.option("--print", "shown", is_flag=True, help=_("Print the files instead of recording them.")),
        click.option(
            "--install",
            metavar="WHAT",
            default=f"complaintctl=={__version__}",
            help=_("What pip installs on the forge: a release, a wheel, an address. Default: this release."),
        ),
    ):
        function = option(function)
    return function


@command.command(
    "github",
    help=_("Files for GitHub, Forgejo and Gitea: a workflow, CODEOWNERS, pre-commit; in one commit."),
    epilog="\b\n" + helping.EXAMPLE + "\n  complaintctl forge github",
)
@_options
@pass_session
def github(session: Session, install: str, shown: bool, dry_run: bool) -> None:
    _make(session, "github", install, shown, dry_run)


@command.command(
    "gitlab",
    help=_("Files for GitLab: a pipeline, CODEOWNERS, pre-commit; in one commit."),
    epilog="\b\n" + helping.EXAMPLE + "\n  complaintctl forge gitlab --print",
)
@_options
@pass_session
def gitlab(session: Session, install: str, shown: bool, dry_run: bool) -> None:
    _make(session, "gitlab", install, shown, dry_run)


def _make(session: Session, forge: str, install: str, shown: bool, dry_run: bool) -> None:
    from complaintctl import forgefiles, recording
    from complaintctl.errors import Usage
    from complaintctl.objects import Edit
    from complaintctl.staffing import may_manage

    register = session.register
    if not install.strip() or not install.isprintable():
        raise Usage(_("{option}: a text in one line is wanted.").format(option="--install"))
    branch = register.documents.settings["branch"]
    made = forgefiles.texts(forge, register.policy, register.staff, branch, install, register.language)
    if shown:
        for path, text in made.items():
            click.echo(f"==> {path} <==\n{text}")
        return
    may_manage(register)
    own = [path for path in made if _is_own(register.document(path))]
    changed: list[str] = []

    def build() -> tuple[list[Edit], str]:
        edits = [
            Edit(path, before, text.encode())
            for path, text in made.items()
            if path not in own and (before := register.document(path)) != text.encode()
        ]
        changed.extend(edit.path for edit in edits)
        return edits, f"register: files for {forge}"

    commit = recording.edit_documents(register, build, dry_run=dry_run)
    with session.recorded():
        _say(session, forge, changed, own, commit)


def _is_own(found: bytes | None) -> bool:
    """Whether a file was written by somebody else than this verb."""
    from complaintctl.forgefiles import MADE

    return found is not None and not found.startswith(MADE.encode())


def _say(session: Session, forge: str, changed: list[str], own: list[str], commit: str) -> None:
    for path in own:
        session.warn(
            _("{path} is a file of your own and stays; take over what it needs: {command}").format(
                path=path, command=f"complaintctl forge {forge} --print"
            )
        )
    for path in changed:
        click.echo(path)
    session.say(
        _("recorded {commit}").format(commit=commit[:10])
        if commit
        else _("Nothing to do.")
        if not changed
        else _("(dry run: nothing was recorded)")
    )

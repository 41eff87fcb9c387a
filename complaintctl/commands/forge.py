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


def _verb(forge: str, summary: str, example: str) -> None:
    """The verb that makes the files for one kind of forge."""

    @command.command(forge, help=summary, epilog=f"\b\n{helping.EXAMPLE}\n  complaintctl {example}")
    @_options
    @pass_session
    def make(session: Session, install: str, shown: bool, dry_run: bool) -> None:
        _make(session, forge, install, shown, dry_run)


_verb(
    "github",
    _("Files for GitHub, Forgejo and Gitea: a workflow, CODEOWNERS, pre-commit; in one commit."),
    "forge github",
)
_verb(
    "gitlab",
    _("Files for GitLab: a pipeline, CODEOWNERS, pre-commit; in one commit."),
    "forge gitlab --print",
)


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
    session.listed(changed, commit, _("recorded {commit}"), _("Nothing to do."))

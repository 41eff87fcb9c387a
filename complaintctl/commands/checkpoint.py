"""`checkpoint`: hold on to what the history is now, so that a rewriting shows."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from complaintctl.commands.session import Session, pass_session, verb
from complaintctl.commands.signatures import key_option
from complaintctl.errors import EnvironmentFault, Usage
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.checkpoints import Checkpoint
    from complaintctl.register import Register


@verb(
    "checkpoint",
    _("Tag what the history is now. Pushed, printed or mailed, it shows a rewritten or cut history."),
    "complaintctl checkpoint --sign --push",
)
@click.option("--sign", "signs", is_flag=True, help=_("Sign it with your key."))
@key_option
@click.option(
    "--push", "remote", is_flag=False, flag_value="", metavar="[REMOTE]", help=_("Send it to a remote too.")
)
@click.option(
    "--compare", "text", metavar="LINE|-", help=_("Make none: does the history fit a line that was printed?")
)
@click.option("--dry-run", is_flag=True, help=_("Check everything, change nothing."))
@click.option("--json", "as_json", is_flag=True, help=_("As JSON."))
@pass_session
def command(
    session: Session,
    signs: bool,
    key: str | None,
    remote: str | None,
    text: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    register = session.register
    if text is not None:
        if signs or remote is not None:
            raise Usage(_("--compare makes no checkpoint: it goes with neither --sign nor --push."))
        sys.exit(_compare(session, text))
    where = _remote(register, remote) if remote is not None and not dry_run else ""
    made, fresh = _made(register, signs or key is not None, key, dry_run)
    with session.recorded():
        _print(session, made, fresh, dry_run, as_json)
    if where:
        session.done(_("pushed {name}").format(name=_push(register, where, made)))


def _remote(register: Register, remote: str) -> str:
    """The remote that is meant; its checkpoints come here first, so that no name of theirs is taken again."""
    from complaintctl import checkpoints, remotes

    where = remotes.chosen(register.repository, remote, register.documents.settings["branch"])
    every = f"refs/tags/{checkpoints.PREFIX}*"
    remotes.fetch(register.repository, where, f"{every}:{every}", check=False)
    return where


def _made(register: Register, signs: bool, key: str | None, dry_run: bool) -> tuple[Checkpoint, bool]:
    """The checkpoint of the newest commit, and whether it is a new one."""
    from complaintctl import checkpoints, recording, signing
    from complaintctl.objects import Person

    with recording.writing(register):
        repository, actor = register.repository, register.actor
        last = checkpoints.last(repository, register.head)
        if last and not last[1] and (last[0].signature or not signs):
            return last[0], False
        policy = f"{register.policy['name']} {register.policy['version']}"
        line = checkpoints.line_at(repository, register.head, actor["id"], register.at, policy)
        public = signing.key_of(actor, asked=False) if signs else ""
        if dry_run:
            return checkpoints.Checkpoint(_("(dry run: nothing was recorded)"), line, None), True
        data = line.spelled().encode()
        signature = register.sign(data, checkpoints.CHECKPOINT, public, key) if signs else None
        tagger = Person(actor["name"], actor["emails"][0])
        return checkpoints.store(repository, line, signature, tagger), True


def _print(session: Session, made: Checkpoint, fresh: bool, dry_run: bool, as_json: bool) -> None:
    from complaintctl import checkpoints
    from complaintctl.commands.show import dump

    if as_json:
        document = checkpoints.told(made, 0)
        click.echo(dump({**document, "name": None} if dry_run and fresh else document))
        return
    click.echo(made.name)
    click.echo(made.line.spelled())
    if not fresh:
        session.say(_("Nothing was recorded since that checkpoint."))


def _push(register: Register, where: str, made: Checkpoint) -> str:
    """Send a checkpoint; its name, which is another one where somebody else's has it there."""
    from complaintctl import checkpoints, recording, remotes
    from complaintctl.objects import Person

    repository, actor, name = register.repository, register.actor, made.name
    if b"already exists" in remotes.push(repository, where, f"refs/tags/{name}", check=False).out:
        with recording.writing(register):
            tagger = Person(actor["name"], actor["emails"][0])
            name = checkpoints.store(repository, made.line, made.signature, tagger).name
    try:
        remotes.push(repository, where, f"refs/tags/{name}")
    except EnvironmentFault as fault:
        raise EnvironmentFault(
            _("{name} is made, but was not pushed: {why}").format(name=name, why=fault.message),
            hint=fault.hint or f"complaintctl sync {where}, then complaintctl checkpoint --push {where}",
        ) from None
    return name


def _compare(session: Session, text: str) -> int:
    from complaintctl import checkpoints

    register = session.register
    line = sys.stdin.read(10_000) if text == "-" else text
    why = checkpoints.differs(register.repository, register.head, line)
    if why:
        click.echo(_("The history does not fit: {why}.").format(why=why))
        return 7
    click.echo(_("The history fits: nothing up to that checkpoint was rewritten or cut."))
    return 0

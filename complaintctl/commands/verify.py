"""`verify`: the whole trail replayed, from the first commit on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from complaintctl import SHORT
from complaintctl.commands.session import Session, pass_session, verb
from complaintctl.i18n import _, ngettext

if TYPE_CHECKING:
    from complaintctl.history import Repository
    from complaintctl.verifying import Report


@verb(
    "verify",
    _("Replay the trail: every step by the rules and people of its moment, nothing lost. Exit 7: findings."),
    "complaintctl verify\ncomplaintctl verify --full --json",
)
@click.option("--full", is_flag=True, help=_("All of it again, whatever was verified before."))
@click.option("--since-checkpoint", is_flag=True, help=_("Only what came after the last checkpoint."))
@click.option(
    "--adopt",
    metavar="COMMIT",
    help=_("Answer for the finished cases that came in by a commit (an import); needs --reason."),
)
@click.option("--reason", metavar="TEXT", help=_("Why they may be taken as they are."))
@click.option("--json", "as_json", is_flag=True, help=_("As JSON."))
@pass_session
def command(
    session: Session, full: bool, since_checkpoint: bool, adopt: str | None, reason: str | None, as_json: bool
) -> None:
    from complaintctl import verifying

    if (adopt is None) != (reason is None):
        raise click.UsageError(_("--adopt goes with --reason."))
    if adopt is not None and reason is not None:
        _adopt(session, adopt, reason)
    if full and since_checkpoint:
        raise click.UsageError(_("--full and --since-checkpoint exclude each other."))
    repository, head, language = _opened(session)
    report = verifying.verify(
        repository,
        head,
        full=full,
        since_checkpoint=since_checkpoint,
        language=language,
        progress=session.settings.progress,
    )
    if as_json:
        from complaintctl.commands.show import dump

        click.echo(dump(_data(report)))
    else:
        _text(session, report)
    sys.exit(7 if report.findings else 0)


def _adopt(session: Session, rev: str, reason: str) -> None:
    """Note in the register's settings that somebody answers for what came in by a commit."""
    from complaintctl import recording
    from complaintctl.documents import REGISTER
    from complaintctl.objects import Edit
    from complaintctl.staffing import may_manage
    from complaintctl.yamlfile import edit_document, read_document

    register = session.register
    may_manage(register)
    commit = register.repository.resolve(rev)
    entry = {"commit": commit, "reason": reason.strip(), "by": register.actor["id"], "at": register.at}

    def build() -> tuple[list[Edit], str]:
        from complaintctl import schema

        before = register.document(REGISTER) or b""
        if any(one["commit"] == commit for one in register.documents.settings.get("adopted", ())):
            return [], ""

        def change(document: Any) -> None:
            document["adopted"] = [*document.get("adopted", ()), entry]

        after = edit_document(before, REGISTER, change)
        schema.check("register", *read_document(after, REGISTER), REGISTER)
        return [Edit(REGISTER, before, after)], f"register: adopt {commit[:SHORT]}"

    made = recording.edit_documents(register, build)
    session.done(
        _("{commit} is answered for").format(commit=commit[:SHORT]) + (f" {made[:10]}" if made else "")
    )


def _opened(session: Session) -> tuple[Repository, str, str]:
    """The repository, its newest commit and the language to speak; the index is not needed for this."""
    from complaintctl import i18n
    from complaintctl.documents import REGISTER
    from complaintctl.errors import ComplaintctlError, RegisterState
    from complaintctl.history import Repository
    from complaintctl.world import World

    repository = Repository.find(session.settings.start)
    # One whose settings were deleted is still a register, and that they were is a finding.
    there = (repository.root / REGISTER).is_file() or repository.read("HEAD", [REGISTER])[REGISTER]
    if not (there or repository.log(REGISTER, limit=1)):
        raise RegisterState(
            _("The git repository here is no complaint register (it has no {marker}).").format(
                marker=REGISTER
            ),
            hint="complaintctl init DIR",
        )
    head = repository.head()
    if head is None:
        raise RegisterState(_("This register has no commit yet."), hint="complaintctl init")
    language = session.settings.language or ""
    if not language:
        try:
            language = World.at_documents(repository, head).settings["language"]
        except (ComplaintctlError, KeyError):
            language = "en"  # what is broken is among the findings
    i18n.use(language)
    return repository, head, language


def _data(report: Report) -> dict[str, object]:
    return {
        "checked": report.checked,
        "from": report.base,
        "tip": report.tip,
        "findings": [one._asdict() for one in report.findings],
        "unknown": report.unknown,
        "unanchored": report.unanchored,
    }


def _text(session: Session, report: Report) -> None:
    """Each finding in a line; on stderr what was done, and what nobody can tell from a trail."""
    from complaintctl import render

    for one in report.findings:
        case = f" {one.case}" if one.case else ""
        place = f" ({one.place})" if one.place else ""
        line = f"{one.commit[:SHORT] or '–'}{case} {one.rule}: {one.message}{place}"
        click.echo(render.safe(line))
    commits = ngettext("{count} commit", "{count} commits", report.checked).format(count=report.checked)
    count = len(report.findings)
    told = ngettext("{commits}, {count} finding", "{commits}, {count} findings", count)
    session.say(told.format(commits=commits, count=count))
    if report.base:
        session.say(_("up to {commit} it was verified before").format(commit=report.base[:SHORT]))
    session.say(_("This cannot be told:"))
    for sentence in report.unknown:
        session.say(f"  - {sentence}")

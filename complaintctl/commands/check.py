"""`check`: every file against its schema and against the rules, all problems at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from complaintctl.commands.ranges import annotation
from complaintctl.commands.session import Session, format_option, json_option, pass_session, verb
from complaintctl.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from complaintctl.check import Found


@verb(
    "check",
    _("Check cases, policies and staff as they lie in the folder. Exit 3: bad data; 7: against the rules."),
    "complaintctl check\ncomplaintctl check cases/2026/11/C-20261122-7K3MQ4.yaml\n"
    "complaintctl check --range main..proposal/C-20261122-7K3MQ4-1",
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--range",
    "span",
    metavar="BASE..HEAD",
    help=_("Instead: judge every commit of a range, and show the paper of each proposal in it."),
)
@format_option("text", "json", "github", "markdown", text=_("Default: text."))
@json_option
@pass_session
def command(session: Session, paths: tuple[Path, ...], span: str | None, form: str, as_json: bool) -> None:
    from complaintctl import check, render

    form = "json" if as_json else form
    if span is not None:
        from complaintctl.commands import ranges

        if paths:
            raise click.UsageError(_("--range looks at commits, not at files: name one or the other."))
        sys.exit(ranges.show(session, span, form))
    result = check.folder(
        session.register.repository, session.settings.start, paths, session.settings.progress
    )
    if form == "json":
        from complaintctl.commands.show import dump

        click.echo(
            dump(
                {
                    "files": result.files,
                    "problems": [p.problem._asdict() | {"kind": p.kind} for p in result.found],
                }
            )
        )
    else:
        for line in _lines(result.found, form):
            click.echo(render.safe(line))
    count = sum(one.kind != "doubt" for one in result.found)
    told = ngettext("{files} files, {count} problem", "{files} files, {count} problems", count)
    session.say(told.format(files=result.files, count=count))
    sys.exit(result.exit_code)


def _lines(found: Sequence[Found], form: str) -> list[str]:
    """Each problem in a line; a doubt says that it is one."""
    told = [(one.kind == "doubt", one.problem) for one in found]
    if form == "github":
        return [
            annotation("warning" if doubt else "error", "", f"{p.path}: {p.message}", p.file, max(p.line, 1))
            for doubt, p in told
        ]
    lead = _("(worth a look)")
    told = [(doubt, p._replace(message=f"{p.message} {lead}") if doubt else p) for doubt, p in told]
    if form == "markdown":
        rows = [f"| {p.file}:{p.line} | `{p.path}` | {p.message} |" for _doubt, p in told]
        return ["| file | path | problem |", "|---|---|---|", *rows] if rows else []
    return [str(p) for _doubt, p in told]

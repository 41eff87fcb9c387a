"""`check`: every file against its schema and against the rules, all problems at once."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from complaintctl.commands.session import Session, pass_session, verb
from complaintctl.i18n import _


@verb(
    "check",
    _("Check cases, policies and staff as they lie in the folder. Exit 3: bad data; 7: against the rules."),
    "complaintctl check\ncomplaintctl check cases/2026/11/C-20261122-7K3MQ4.yaml",
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "markdown"]),
    default="text",
    help=_("Default: text."),
)
@click.option("--json", "as_json", is_flag=True, help=_("Short for --format json."))
@pass_session
def command(session: Session, paths: tuple[Path, ...], form: str, as_json: bool) -> None:
    from complaintctl import check, render

    result = check.folder(
        session.register.repository, session.settings.start, paths, session.settings.progress
    )
    form = "json" if as_json else form
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
        for line in _lines([p.problem for p in result.found], form):
            click.echo(render.safe(line))
    session.say(_("{files} files, {count} problems").format(files=result.files, count=len(result.found)))
    sys.exit(result.exit_code)


def _lines(problems: list, form: str) -> list[str]:  # type: ignore[type-arg]
    if form == "github":
        return [f"::error file={p.file},line={max(p.line, 1)}::{p.path}: {p.message}" for p in problems]
    if form == "markdown":
        rows = [f"| {p.file}:{p.line} | `{p.path}` | {p.message} |" for p in problems]
        return ["| file | path | problem |", "|---|---|---|", *rows] if rows else []
    return [str(p) for p in problems]

"""`report`: the tables of a week, and one case in full."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from complaintctl import __version__
from complaintctl.commands import values
from complaintctl.commands.session import Session, case_argument, pass_session
from complaintctl.errors import EnvironmentFault, Usage
from complaintctl.i18n import _

if TYPE_CHECKING:
    from datetime import tzinfo

    from complaintctl.index import Index
    from complaintctl.register import Register

FORMATS = ("table", "markdown", "csv", "json")


@click.group(
    "report",
    help=_("The tables of a week, or one case in full."),
    context_settings={"help_option_names": ["-h", "--help"]},
)
def command() -> None:
    pass


@command.command(
    "weekly",
    help=_("The week's tables. Same commit and --now: the same bytes."),
    epilog="\b\n"
    + _("Example:")
    + "\n  complaintctl report weekly --week 2026-W47"
    + "\n  complaintctl report weekly --table clocks --format csv --output clocks.csv",
)
@click.option("--week", metavar="2026-W47", help=_("Default: the last complete one."))
@click.option("--table", "only", metavar="NAME", help=_("One table: headline, category, clocks …"))
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", help=_("Default: table."))
@click.option("--json", "as_json", is_flag=True, help=_("Short for --format json."))
@click.option("--output", type=click.Path(path_type=Path), metavar="PATH", help=_("Write to a file."))
@click.option("--at", "rev", metavar="REV", help=_("As at a commit, with its date as now."))
@pass_session
def weekly(
    session: Session,
    week: str | None,
    only: str | None,
    form: str,
    as_json: bool,
    output: Path | None,
    rev: str | None,
) -> None:
    from complaintctl import times

    form = "json" if as_json else form
    register = session.register
    index, commit, now = at_revision(register, rev, session.settings.now)
    chosen = values.week(week) or times.last_week(now, register.zone)
    width = _width() if output is None else 0
    key = _key(index.documents(commit).zone, now, ("weekly", chosen, form, only, register.language, width))
    kept = index.kept(key) if key else None
    text = kept or _made(register, index, commit, chosen, now, form, only, width)
    _write(text, output, form)
    broken = index.unreadable()
    for path, message in broken:
        click.echo(_("Error: {path}: {message}").format(path=path, message=message), err=True)
    if key and not kept:
        index.keep(key, text)
    sys.exit(3 if broken else 0)


def _width() -> int:
    """The columns of the terminal; 0 where there is none."""
    if not sys.stdout.isatty():
        return 0
    import shutil

    return shutil.get_terminal_size().columns


def _key(zone: tzinfo, now: int, asked: tuple[Any, ...]) -> str | None:
    """All that a report depends on besides its commit; None for a week that is not over at `now`.

    A week that is over stands as at its end, whatever the clock says by now.
    """
    from complaintctl import times

    try:
        over = times.week_bounds(asked[1], zone)[1] <= now
    except (ValueError, OverflowError):
        return None
    return json.dumps([__version__, *asked]) if over else None


def _made(
    register: Register,
    index: Index,
    commit: str,
    week: str,
    now: int,
    form: str,
    only: str | None,
    width: int,
) -> str:
    """The text of the weekly report, counted from the rows."""
    from complaintctl import render, report

    if form == "csv" and not only:
        raise Usage(_("CSV is one table: --table NAME."), hint=", ".join(report.TABLES))
    if only and only not in report.TABLES:
        raise Usage(_("There is no weekly table of that name."), hint=", ".join(report.TABLES))
    made = build(register, index, commit, week, now)
    return render.render(
        made,
        form,
        register.language,
        only,
        commit=commit,
        version=__version__,
        unreadable=[path for path, _message in index.unreadable()],
        width=width,
    )


def at_revision(register: Register, rev: str | None, now: int | None) -> tuple[Index, str, int]:
    """The index of a commit, its id, and the instant at which it is looked at."""
    if rev is None:
        return register.index, register.head, register.now
    from complaintctl.index import Index

    commit = register.repository.resolve(rev)
    return (
        Index.at(register.repository, commit),
        commit,
        now if now is not None else register.repository.commit_time(commit),
    )


def build(register: Register, index: Index, commit: str, week: str, now: int) -> Any:
    """The weekly report of a commit, from the rows that matter for it."""
    from complaintctl import report

    documents = index.documents(commit)
    policy, _sha = documents.policy(*documents.in_force)
    calendar = documents.work_calendar
    bounds = report.week(week, now, documents.zone)

    def is_late(received: int, registered: int) -> bool:
        """Recorded later than the working day after it was received (S1a-2)."""
        first, last = calendar.day_of(received), calendar.day_of(registered)
        return calendar.working_between(first, last) > 1

    return report.weekly(
        index.report_rows(bounds.previous, bounds.as_at),
        policy,
        week,
        now,
        documents.zone,
        register.language,
        lambda row, instant: index.level_of(row["hits"], row["received"], instant),
        documents.settings["currency"],
        index.earlier(bounds.since, bounds.as_at),
        is_late=is_late,
        active={person["id"] for person in documents.staff if person["active"]},
        unreadable=[path for path, _message in index.unreadable()],
    )


def _write(text: str, output: Path | None, form: str) -> None:
    if output is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    data = text.encode("utf-8-sig" if form == "csv" else "utf-8")
    try:
        output.write_bytes(data)
    except OSError as error:
        raise EnvironmentFault(
            _("{file} cannot be written: {why}").format(file=output, why=error.strerror)
        ) from None


@command.command(
    "case",
    help=_("One case in full, for the file."),
    epilog="\b\n" + _("Example:") + "\n  complaintctl report case 7k3m --format markdown",
)
@case_argument
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "markdown", "json"]),
    default="table",
    help=_("Default: table."),
)
@click.option("--output", type=click.Path(path_type=Path), metavar="PATH", help=_("Write to a file."))
@pass_session
def case_(session: Session, case_id: str, form: str, output: Path | None) -> None:
    from complaintctl.commands.form import lines
    from complaintctl.commands.show import case_document, dump

    register = session.register
    case = register.case(register.find(case_id))
    if form == "json":
        text = dump(case_document(register, case)) + "\n"
    else:
        text = "\n".join(lines(register, case)) + "\n"
        if form == "markdown":
            heading = f"# {case['id']}\n\n"
            text = heading + "```text\n" + text.replace("```", "ʼʼʼ") + "```\n"
    text += "" if form == "json" else f"\n{_('commit')} {register.head}\n"
    _write(text, output, form)

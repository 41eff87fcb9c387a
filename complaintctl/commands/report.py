"""`report`: the tables of a week or a month, what was learnt, and one case in full."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from complaintctl.commands import helping, reporting, values
from complaintctl.commands.naming import Named
from complaintctl.commands.session import Session, case_argument, format_option, pass_session
from complaintctl.commands.writing import write
from complaintctl.errors import Usage
from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo


@helping.group(
    "report",
    help=_("The tables of a week or a month, what was learnt, or one case in full."),
    context_settings={"help_option_names": ["-h", "--help"]},
)
def command() -> None:
    pass


def _example(*lines: str) -> str:
    return "\b\n" + helping.EXAMPLE + "".join(f"\n  complaintctl report {line}" for line in lines)


@command.command(
    "weekly",
    help=_("The week's tables. Same commit and --now: the same bytes."),
    epilog=_example(
        "weekly --week 2026-W47",
        "weekly --format html --output week.html",
        "weekly --table clocks --format csv --output clocks.csv",
    ),
)
@click.option("--week", metavar="2026-W47", help=_("Default: the last complete one."))
@click.option("--table", "only", metavar="NAME", help=_("One table: headline, category, clocks …"))
@reporting.by_option
@reporting.volume_option
@reporting.page_options
@pass_session
def weekly(session: Session, /, week: str | None, **asked: Any) -> None:
    reporting.run(session, "weekly", _week(week), **asked)


@command.command(
    "monthly",
    help=_("The month's tables: those of a week, and answers, trend, measures, lessons."),
    epilog=_example("monthly --month 2026-11", "monthly --volume 48000 --format markdown"),
)
@click.option("--month", metavar="2026-11", help=_("Default: the last complete one."))
@click.option("--table", "only", metavar="NAME", help=_("One table: headline, trend, lessons …"))
@reporting.by_option
@reporting.volume_option
@reporting.page_options
@pass_session
def monthly(session: Session, /, month: str | None, **asked: Any) -> None:
    reporting.run(session, "monthly", _month(month), **asked)


@command.command(
    "principles",
    help=_("The six principles as figures, and who was handed over and heard nothing."),
    epilog=_example("principles", "principles --week 2026-W47 --table unheard"),
)
@click.option("--month", metavar="2026-11", help=_("Default: the last complete one."))
@click.option("--week", metavar="2026-W47", help=_("A week instead of a month."))
@click.option("--table", "only", metavar="NAME", help=_("One table: principles, unheard."))
@reporting.output_options
@pass_session
def principles(session: Session, /, month: str | None, week: str | None, **asked: Any) -> None:
    reporting.run(session, "principles", _either(month, week) or _month(None), **asked)


@command.command(
    "improvements",
    help=_("Every improvement measure: whether it is done, late, and helps."),
    epilog=_example("improvements"),
)
@reporting.output_options
@pass_session
def improvements(session: Session, /, **asked: Any) -> None:
    reporting.run(session, "improvements", lambda _now, _zone: "", **asked)


@command.command(
    "lessons",
    help=_("What was learnt, by the department that is to learn it."),
    epilog=_example("lessons --department goods", "lessons --month 2026-11 --format markdown"),
)
@click.option(
    "--department",
    type=Named("departments", known=True),
    metavar="ID",
    help=_("Only the lessons for this department."),
)
@click.option("--month", metavar="2026-11", help=_("Only those of a month; default: all."))
@click.option("--week", metavar="2026-W47", help=_("Only those of a week."))
@reporting.output_options
@pass_session
def lessons(session: Session, /, month: str | None, week: str | None, **asked: Any) -> None:
    reporting.run(session, "lessons", _either(month, week) or (lambda _now, _zone: ""), **asked)


def _week(name: str | None) -> Callable[[int, tzinfo], str]:
    """The week that was asked for, else the last complete one."""

    def chosen(now: int, zone: tzinfo) -> str:
        from complaintctl import times

        return values.week(name) or times.last_week(now, zone)

    return chosen


def _month(name: str | None) -> Callable[[int, tzinfo], str]:
    """The month that was asked for, else the last complete one."""

    def chosen(now: int, zone: tzinfo) -> str:
        from complaintctl import times

        return values.month(name) or times.last_month(now, zone)

    return chosen


def _either(month: str | None, week: str | None) -> Callable[[int, tzinfo], str] | None:
    """The period that was asked for; None where none was."""
    if month and week:
        raise Usage(_("--month and --week exclude each other."))
    return _month(month) if month else _week(week) if week else None


@command.command(
    "case",
    help=_("One case in full, for the file."),
    epilog="\b\n" + helping.EXAMPLE + "\n  complaintctl report case 7k3m --format markdown",
)
@case_argument
@format_option("table", "markdown", "json", text=_("Default: table."))
@click.option("--output", type=click.Path(path_type=Path), metavar="PATH", help=_("Write to a file."))
@pass_session
def case_(session: Session, case_id: str, form: str, output: Path | None) -> None:
    from complaintctl.commands.show import case_document, dump
    from complaintctl.commands.showing import lines

    register = session.register
    case = register.case(register.find(case_id))
    if form == "json":
        text = dump(case_document(register, case)) + "\n"
    else:
        text = "\n".join(lines(register, case)) + "\n"
        if form == "markdown":
            heading = f"# {case['id']}\n\n"
            text = heading + "```text\n" + text.replace("```", "ʼʼʼ") + "```\n"
    text += "" if form == "json" else "\n" + _("commit") + f" {register.head}\n"
    write(text, output, form)

"""How a report is made for the command line: asked for, counted from the index, kept and written."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from complaintctl import SHORT, __version__
from complaintctl.commands.formats import FORMATS, PLAIN, Counted, check, namer
from complaintctl.commands.session import format_option, json_option
from complaintctl.commands.tabling import Target
from complaintctl.commands.writing import write
from complaintctl.errors import Usage
from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from datetime import tzinfo

    from complaintctl.commands.session import Session
    from complaintctl.index import Index
    from complaintctl.register import Register
    from complaintctl.report import Bounds, Context, Report
    from complaintctl.report.learning import Learnt

F = TypeVar("F", bound=Callable[..., Any])

BY = ("department", "category", "handler", "channel")  # those of `report.breakdown`
_SOON = 20 * 3600  # seconds, in which no more than one midnight can lie
_ONE = {"improvements": "improvements", "lessons": "lessons"}  # reports of a single table


class Asked(NamedTuple):
    """What a report is asked for; all that it depends on besides what is committed and the time."""

    name: str  # weekly, monthly, principles, improvements, lessons
    period: str  # 2026-W47, 2026-11; empty: all until now
    form: str
    only: str | None  # one table
    language: str
    width: int  # of the terminal; 0 where there is none
    volume: int | None = None
    department: str | None = None
    base: str | None = None  # of a page: what leads from it to the register
    by: tuple[str, ...] = ()  # what the headline is taken apart by


def output_options(function: F) -> F:
    """What every report takes."""
    return _output_options(function, PLAIN)


def page_options(function: F) -> F:
    """What the report of a week or a month takes: it can be had as a page too."""
    return _output_options(function, tuple(FORMATS))


def _output_options(function: F, formats: tuple[str, ...]) -> F:
    function = click.option("--at", "rev", metavar="REV", help=_("As at a commit, with its date as now."))(
        function
    )
    function = click.option(
        "--output",
        type=click.Path(path_type=Path),
        metavar="PATH",
        help=_("Write to a file; all tables as CSV: to a folder."),
    )(function)
    return format_option(*formats, text=_("Default: table."))(json_option(function))


def volume_option(function: F) -> F:
    """By how much complaints are measured."""
    return click.option(
        "--volume",
        type=click.IntRange(1),
        metavar="N",
        help=_("Sales or visits of the period: adds the complaints per 1,000."),
    )(function)


def by_option(function: F) -> F:
    """What the headline is taken apart by."""
    return click.option(
        "--by",
        type=click.Choice(BY),
        multiple=True,
        help=_("The headline's figures for each of these, as a further table (repeatable)."),
    )(function)


def run(
    session: Session,
    name: str,
    period: Callable[[int, tzinfo], str],
    *,
    only: str | None = None,
    form: str,
    as_json: bool,
    output: Path | None,
    rev: str | None,
    volume: int | None = None,
    department: str | None = None,
    by: tuple[str, ...] = (),
) -> None:
    """Print or write a report; `period`: of now and the register's zone. Exit code 3 if a case is missing."""
    target = Target("json" if as_json else form, only or _ONE.get(name), output)
    form, output = target.form, target.output
    register = session.register
    index, commit, now = at_revision(register, rev, session.settings.now)
    zone = index.documents(commit).zone
    asked = Asked(
        name,
        period(now, zone),
        form,
        only,
        register.language,
        session.width if output is None and form == "table" else 0,
        volume,
        department,
        _base(session, output) if FORMATS[form].paged else None,
        _apart(name, only, by),
    )
    end = _end(asked.period, zone)
    key = json.dumps([__version__, *asked]) if end is not None and end <= now else None
    kept = index.kept(key) if key else None
    text = _renamed(*kept, commit) if kept else _made(register, index, commit, asked, now)
    if target.tables:
        name_of = namer(index.documents(commit), register.language)
        target.put(session, text, zone, commit, name_of)
    else:
        write(_anchored(register, commit, asked, text), output, asked.form)
    code = _told(index)
    if key and end is not None and not kept:
        index.keep(key, text, end)
    sys.exit(code)


def _told(index: Index) -> int:
    """Name every case that the report had to do without; exit code 3 if there is one."""
    broken = index.unreadable()
    for path, message in broken:
        click.echo(_("Error: {path}: {message}").format(path=path, message=message), err=True)
    return 3 if broken else 0


def _apart(name: str, only: str | None, by: tuple[str, ...]) -> tuple[str, ...]:
    """What the headline is taken apart by: whoever asks for such a table alone need not say so twice."""
    wanted = [what for what in BY if only == f"by-{what}" and name in {"weekly", "monthly"}]
    return tuple(dict.fromkeys((*by, *wanted)))


def _base(session: Session, output: Path | None) -> str | None:
    """What leads from a page to the register that it lies in; printed, it counts as lying at its top.

    None for a page elsewhere: it may go anywhere from there, and no link would hold.
    """
    if output is None:
        return ""
    folder, top = output.absolute().parent.resolve(), session.register.repository.root.resolve()
    if not folder.is_relative_to(top):
        session.say(_("The page lies outside of the register: it names cases and does not link to them."))
        return None
    return "../" * len(folder.relative_to(top).parts)


def _end(period: str, zone: tzinfo) -> int | None:
    """When a period is over; None where there is none: it is said by whoever counts.

    A period that is over stands as at its end, whatever the clock says by now.
    """
    from complaintctl import times

    try:
        bounds = times.week_bounds if "W" in period else times.month_bounds
        return bounds(period, zone)[1]
    except (ValueError, OverflowError):
        return None


def _renamed(text: str, old: str, new: str) -> str:
    """A report that was made at one commit as it would be made at another that changes nothing of it.

    What a report names of its own commit cannot come from the data: nobody knew the id before.
    """
    return text.replace(old, new).replace(old[:SHORT], new[:SHORT])


def _anchored(register: Register, commit: str, asked: Asked, text: str) -> str:
    """The weekly report, or a page, with the last checkpoint and how much is not anchored since.

    It is put in at the end, because a checkpoint is made at a commit that is there
    already.  A single table goes without.
    """
    form = FORMATS[asked.form]
    if not form.paged and (asked.name != "weekly" or asked.only or asked.form == "csv"):
        return text
    from complaintctl import checkpoints

    return form.anchored(text, checkpoints.last(register.repository, commit))


def _made(register: Register, index: Index, commit: str, asked: Asked, now: int) -> str:
    """The text of a report, counted from the rows."""
    from complaintctl import report

    tables: tuple[str, ...] = {
        "weekly": report.TABLES,
        "monthly": report.MONTHLY,
        "principles": report.PRINCIPLES,
    }.get(asked.name, (asked.name,))
    tables += tuple(f"by-{what}" for what in asked.by)
    only = asked.only or _ONE.get(asked.name)
    check(asked, tables, only)
    made = build(register, index, commit, asked, now)
    unreadable = [path for path, _message in index.unreadable()]
    return FORMATS[asked.form].made(Counted(made, asked, only, index.documents(commit), commit, unreadable))


def at_revision(register: Register, rev: str | None, now: int | None) -> tuple[Index, str, int]:
    """The index of a commit, its id, and the instant at which it is looked at."""
    if rev is None:
        return register.index, register.head, register.now
    from complaintctl.index import Index

    commit = register.repository.resolve(rev)
    register.index.complete()  # what is kept of it need not be made for each commit that is asked for
    return (
        Index.at(register.repository, commit),
        commit,
        now if now is not None else register.repository.commit_time(commit),
    )


def build(register: Register, index: Index, commit: str, asked: Asked, now: int) -> Report:
    """A report of a commit, from the rows that matter for it."""
    from complaintctl import report

    context = _context(register, index, commit, asked)
    bounds = report.named(asked.period, now, context.zone) if asked.period else None
    if bounds is None or asked.name == "lessons":
        return _of_learning(index, asked, context, bounds, now)
    if FORMATS[asked.form].paged:
        return _paged(index, asked, context, bounds)
    since = bounds.previous
    if asked.name == "monthly":
        from complaintctl.report import trend

        since = min(since, trend.mondays(bounds.as_at, context.zone)[0])
    if asked.name == "principles":
        return report.principles(index.report_rows(since, bounds.as_at, whole=True), bounds, context)
    rows = index.report_rows(since, bounds.as_at)
    earlier = index.earlier(bounds.since, bounds.as_at)
    if asked.name == "monthly":
        learnt = _learnt(index, bounds.as_at, since=bounds.start)
        return report.monthly(rows, asked.period, now, context, learnt, earlier)
    return report.counted(asked.name, rows, bounds, context, earlier)


def _paged(index: Index, asked: Asked, context: Context, bounds: Bounds) -> Report:
    """A report with what its page shows besides."""
    from complaintctl.report import onpage

    rows = index.report_rows(onpage.needed_since(bounds, context.zone), bounds.as_at)
    earlier = index.earlier(bounds.since, bounds.as_at)
    since = bounds.start if asked.name == "monthly" else bounds.as_at  # the page of a week has no lessons
    learnt = _learnt(index, bounds.as_at, since=since)
    return onpage.paged(asked.name, rows, bounds, context, learnt, earlier)


def _of_learning(index: Index, asked: Asked, context: Context, bounds: Any, now: int) -> Report:
    """What was learnt: measures and lessons."""
    from complaintctl import report

    if asked.name == "improvements":
        return report.improvements(now, context, _learnt(index, now, since=now))
    if asked.department is not None and asked.department not in context.policy["departments"]:
        raise Usage(
            _("The policy has no department {name}.").format(name=asked.department),
            hint=_("one of: {names}").format(names=", ".join(context.policy["departments"])),
        )
    as_at, since = (bounds.as_at, bounds.start) if bounds else (now, 0)
    learnt = report.empty()._replace(lessons=index.lessons(since, as_at))
    return report.lessons(as_at, context, learnt, bounds, asked.department)


def _learnt(index: Index, before: int, *, since: int) -> Learnt:
    """Measures, the cases that may show them not effective, and the lessons since an instant."""
    from complaintctl.report.learning import Learnt

    measures = index.measures()
    upheld = index.upheld(before) if any(one.done for one in measures) else []
    return Learnt(measures, upheld, index.lessons(since, before) if since < before else ())


def _context(register: Register, index: Index, commit: str, asked: Asked) -> Context:
    """What a report needs to know besides the rows."""
    from complaintctl import levels
    from complaintctl.report import Context

    documents = index.documents(commit)
    policy, _sha = documents.policy(*documents.in_force)

    def is_late(received: int, registered: int) -> bool:
        """Recorded later than the working day after it was received (S1a-2)."""
        if registered - received < _SOON:
            return False
        calendar = documents.work_calendar
        first, last = calendar.day_of(received), calendar.day_of(registered)
        return calendar.working_between(first, last) > 1

    return Context(
        policy,
        index.row_levels(),
        documents.zone,
        register.language,
        documents.settings["currency"],
        is_late,
        {person["id"] for person in documents.staff if person["active"]},
        [path for path, _message in index.unreadable()],
        asked.volume,
        by=asked.by,
        why=lambda row, hit: levels.reason(hit, index.policy_of(row)[0], register.language),
    )

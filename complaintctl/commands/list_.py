"""`list`: the open cases, nearest deadline first."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from complaintctl.commands import values
from complaintctl.commands.naming import Choice, Named
from complaintctl.commands.session import Session, format_option, json_option, pass_session, verb
from complaintctl.errors import Usage, printable
from complaintctl.i18n import _, pgettext
from complaintctl.lifecycle import STATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from complaintctl.listing import Listed
    from complaintctl.register import Register

COLUMNS = (
    "id", "customer", "on_hold", "state", "kind", "category", "severity", "level", "department", "handler",
    "received_at", "closed_at", "due", "overdue", "review",
)  # fmt: skip
_SHORT = ("id", "state", "category", "severity", "level", "handler", "received_at", "due", "overdue")
_NAMED = {  # columns of ids, and what the policy calls their kind
    "state": "states", "category": "categories", "severity": "severities", "department": "departments",
    "kind": "kinds",
}  # fmt: skip

_MANY = 1000  # rows, from which on it pays to prepare for writing their instants


@verb(
    "list",
    _("List cases: the open ones, nearest deadline first, unless you say otherwise."),
    "complaintctl list --overdue\ncomplaintctl list --all --week 2026-W47 --json",
)
@click.option(
    "--state",
    "states",
    type=Choice(STATES, "states"),
    multiple=True,
    metavar="S",
    help=_("In this state (repeatable)."),
)
@click.option(
    "--category",
    type=Named("categories", known=True),
    metavar="C",
    help=_("This category, or all of a group."),
)
@click.option(
    "--department", type=Named("departments", known=True), metavar="D", help=_("This department's.")
)
@click.option("--handler", metavar="STAFF", help=_("This handler's."))
@click.option("--batch", metavar="B", help=_("Of this batch of goods."))
@click.option("--mine", is_flag=True, help=_("Those that I handle."))
@click.option("--level", type=int, metavar="N", help=_("On this level now."))
@click.option("--overdue", is_flag=True, help=_("Past a deadline."))
@click.option("--open", "which", flag_value="open", help=_("Open ones (default)."))
@click.option("--closed", "which", flag_value="closed", help=_("Closed ones."))
@click.option("--all", "which", flag_value="all", help=_("Both."))
@click.option("--week", metavar="2026-W47", help=_("Received in this ISO week."))
@click.option("--search", metavar="TEXT", help=_("With this text."))
@click.option(
    "--sort",
    type=click.Choice(["due", "received", "id", "state", "level"]),
    default="due",
    show_default=True,
    help=_("Order."),
)
@click.option(
    "--limit",
    type=click.IntRange(0, 10**9),
    metavar="N",
    help=_("At most N (default: 50 on a terminal, else all)."),
)
@click.option("--full", is_flag=True, help=_("All columns."))
@format_option("table", "csv", "json", "markdown", text=_("Default: table."))
@json_option
@pass_session
def command(
    session: Session, /, form: str, as_json: bool, limit: int | None, full: bool, **given: Any
) -> None:
    register = session.register
    form = "json" if as_json else form
    if limit is None and sys.stdout.isatty():
        limit = 50
    found, total = find(register, limit=limit, **given)
    if form == "json":
        from complaintctl.commands.show import dump_rows

        for piece in dump_rows(COLUMNS, values_of(register, found)):
            click.echo(piece, nl=False)
    else:
        rows = (dict(zip(COLUMNS, one, strict=True)) for one in values_of(register, found))
        _print(session, rows, form, full)
    if total > len(found):
        session.say(_("{count} more (--limit)").format(count=total - len(found)))
    elif not found:
        session.say(_("No case fits."))
    sys.exit(unreadable(session))


def unreadable(session: Session) -> int:
    """Name every case that cannot be read; exit code 3 if there is one. None is left out in silence."""
    broken = session.register.index.unreadable()
    for path, message in broken:
        click.echo(_("Error: {path}: {message}").format(path=path, message=message), err=True)
    return 3 if broken else 0


def find(
    register: Register, *, which: str | None, limit: int | None, **asked: Any
) -> tuple[list[Listed], int]:
    """The cases of a list and how many there are in all."""
    from complaintctl import times

    week = values.week(asked.pop("week"))
    if asked["handler"] and all(person["id"] != asked["handler"] for person in register.staff):
        raise Usage(
            _("Nobody on the staff has the id {ident}.").format(ident=printable(asked["handler"])),
            hint="complaintctl staff list",
        )
    mine = register.actor["id"] if asked.pop("mine") else None
    level, overdue = asked.pop("level"), asked.pop("overdue")
    received = times.week_bounds(week, register.zone) if week else None
    by_level = level is not None or asked["sort"] == "level"
    found, total = register.index.find(
        which=which or ("all" if STATES[-1] in asked["states"] else "open"),
        mine=mine,
        received=received,
        overdue=register.now if overdue else None,
        limit=None if by_level else limit,
        **asked,
    )
    if by_level:
        levels = {one.id: register.index.level_now(one, register.now) for one in found}
        found = [one for one in found if level is None or levels[one.id] == level]
        if asked["sort"] == "level":
            found.sort(key=lambda one: levels[one.id])
        total, found = len(found), found[:limit] if limit is not None else found
    return found, total


def values_of(register: Register, found: list[Listed]) -> Iterator[tuple[Any, ...]]:
    """The values of each row as they are shown to programs, in the order of `COLUMNS`."""
    from complaintctl import proposals, times

    zone, now, level = register.zone, register.now, register.index.level_now
    review = proposals.by_case(register).get
    iso = times.writer(zone) if len(found) > _MANY else lambda instant: times.iso(instant, zone)
    return (
        (
            row.id,
            row.customer,
            bool(row.on_hold),
            row.state,
            row.kind,
            row.category,
            row.severity,
            level(row, now),
            row.department,
            row.handler,
            iso(row.received),
            None if row.closed is None else iso(row.closed),
            None if row.due is None else iso(row.due),
            row.late is not None and row.late <= now,
            review(row.id),
        )
        for row in found
    )


def _print(session: Session, rows: Iterable[dict[str, Any]], form: str, full: bool) -> None:
    from complaintctl import render

    if form == "csv":
        table = [[_plain(row[key]) for key in COLUMNS] for row in rows]
        click.echo(render.table(COLUMNS, table, form), nl=False)
        return
    keys, headings = COLUMNS if full else _SHORT, _headings()
    table = _in_words(session.register, rows, keys, full)
    spare = [] if full else [headings[key] for key in ("received_at", "severity", "handler")]
    width = 0 if full else session.width
    click.echo(render.table([headings[key] for key in keys], table, form, width=width, spare=spare), nl=False)


def _headings() -> dict[str, str]:
    return {
        "id": _("id"), "customer": _("customer"), "on_hold": _("on hold"), "state": _("state"),
        "kind": _("kind"), "category": _("category"), "severity": _("severity"), "level": _("level"),
        "department": _("department"), "handler": _("handler"), "received_at": pgettext("date", "received"),
        "closed_at": pgettext("date", "closed"), "due": _("due"), "overdue": _("clock"),
        "review": _("in review"),
    }  # fmt: skip


def _plain(value: Any) -> str:
    """A value as programs read it in CSV, which has no types."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _in_words(
    register: Register, rows: Iterable[dict[str, Any]], keys: Sequence[str], full: bool
) -> list[list[str]]:
    """The cells of some columns as people read them; of few columns one says what another would."""
    from complaintctl import render, times
    from complaintctl.labels import name_of

    policy, language, zone = register.policy, register.language, register.zone

    def cell(row: dict[str, Any], key: str) -> str:
        value = row[key]
        if value is None:
            return ""
        if key in {"received_at", "closed_at", "due"}:
            return render.instant(times.epoch(value), zone, due=key == "due")
        if key == "overdue":
            return _("OVERDUE") if value else (_("on hold") if row["on_hold"] and not full else "")
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if key not in _NAMED:
            return str(value)
        name = name_of(policy, _NAMED[key], value, language)
        in_review = key == "state" and row["review"] and not full
        return _("{state}, in review").format(state=name) if in_review else name

    return [[cell(row, key) for key in keys] for row in rows]

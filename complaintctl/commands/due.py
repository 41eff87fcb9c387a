"""`due`: the deadlines that wait, nearest first."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import click

from complaintctl.commands.session import Session, format_option, json_option, pass_session, verb
from complaintctl.errors import Usage
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.register import Register
    from complaintctl.rows import Hit

KEYS = (
    "id", "name", "label", "due", "state", "provisional", "case_state", "level", "department", "handler",
    "to", "review",
)  # fmt: skip
WARNING = 2 * 86400  # how long before a case climbs it is said, in seconds


@verb(
    "due",
    _("Deadlines that wait, and who must still be told, nearest first. Exit code 7 if one is missed."),
    "complaintctl due --within 2d",
)
@click.option("--within", metavar="2d", help=_("Only those due within this time (m, h, d)."))
@format_option("table", "csv", "json", "markdown", text=_("Default: table."))
@json_option
@pass_session
def command(session: Session, within: str | None, form: str, as_json: bool) -> None:
    from complaintctl import proposals
    from complaintctl.commands.list_ import unreadable
    from complaintctl.commands.show import dump_rows

    register = session.register
    limit = register.now + _seconds(within) if within is not None else None
    review = proposals.by_case(register).get
    found = [
        {**row, "review": review(row["id"])}
        for row in sorted([*waiting(register), *improving(register)], key=_nearest)
        if limit is None or row["due_epoch"] is None or row["due_epoch"] <= limit
    ]
    rows = [{k: v for k, v in row.items() if k != "due_epoch"} for row in found]
    if as_json or form == "json":
        click.echo("".join(dump_rows(KEYS, ([row[key] for key in KEYS] for row in rows))), nl=False)
    elif form == "csv":
        click.echo(_csv(rows), nl=False)
    else:
        click.echo(_table(session, found, form), nl=False)
    missed = sum(row["state"] == "missed" for row in rows)
    if missed:
        session.say(_("{count} missed").format(count=missed))
    elif not rows:
        session.say(_("Nothing is due."))
    climbing(session)
    sys.exit(unreadable(session) or (7 if missed else 0))


def _nearest(row: dict[str, Any]) -> tuple[bool, int, str, str]:
    """What no time is set for comes last; at the same time, by id and name."""
    return row["due_epoch"] is None, row["due_epoch"] or 0, row["id"], row["name"]


def _csv(rows: list[dict[str, Any]]) -> str:
    from complaintctl import render

    words = {True: "yes", False: "no"}
    raw = [[{**row, "provisional": words[row["provisional"]]}[key] for key in KEYS] for row in rows]
    return render.table(KEYS, raw, "csv")


def _table(session: Session, rows: list[dict[str, Any]], form: str) -> str:
    """The rows for people, as text or Markdown; what a narrow terminal has no room for is left out."""
    from complaintctl import render
    from complaintctl.labels import name_of

    register = session.register
    policy, language = register.policy, register.language
    heads = [_("due"), _("left"), _("clock"), _("id"), _("state"), _("level"), _("department"), _("handler")]
    cells = [
        [
            _when(register, row),
            _left(register, row),
            row["label"],
            row["id"],
            _state(register, row),
            "" if row["level"] is None else str(row["level"]),
            name_of(policy, "departments", row["department"] or "", language),
            row["handler"] or "",
        ]
        for row in rows
    ]
    spare = [_("department"), _("level"), _("state")]
    return render.table(heads, cells, form, width=session.width, spare=spare)


def _state(register: Register, row: dict[str, Any]) -> str:
    from complaintctl.labels import name_of

    said = name_of(register.policy, "states", row["case_state"], register.language)
    return _("{state}, in review").format(state=said) if row["review"] else said


def _when(register: Register, row: dict[str, Any]) -> str:
    from complaintctl import render

    if row["due_epoch"] is None:
        return "–"
    return render.instant(row["due_epoch"], register.zone, due=True) + ("?" if row["provisional"] else "")


def _left(register: Register, row: dict[str, Any]) -> str:
    from complaintctl import render

    if row["due_epoch"] is None:
        return ""
    if row["state"] == "missed":
        return _("MISSED")
    return render.duration(row["due_epoch"] - register.now, register.language)


def _seconds(text: str) -> int:
    match = re.fullmatch(r"([0-9]{1,5})([mhd])", text)
    if not match:
        raise Usage(_("--within is a time such as 2d, 12h or 90m."))
    return int(match[1]) * {"m": 60, "h": 3600, "d": 86400}[match[2]]


def waiting(register: Register) -> list[dict[str, Any]]:
    """Every clock that waits, or that was missed and still waits, and whoever must be told, in no order."""
    from complaintctl import deadlines, times
    from complaintctl.commands import owed
    from complaintctl.labels import text

    found = []
    for row, clock in register.index.due(register.now):
        policy, _sha = register.index.policy_of(row)
        level, _hit = register.index.level_of(row["hits"], row["received"], register.now)
        found.append(
            {
                "id": row["id"],
                "name": clock.name,
                "label": text(policy["deadlines"][clock.name]["label"], register.language),
                "due": times.iso(clock.due or 0, register.zone),
                "due_epoch": clock.due,
                "state": deadlines.state_of(clock, register.now),
                "provisional": clock.provisional,
                "case_state": row["state"],
                "level": level,
                "department": row["department"],
                "handler": row["handler"],
                "to": None,
            }
        )
    return found + owed.waiting(register)


def improving(register: Register) -> list[dict[str, Any]]:
    """Every improvement measure that waits, of closed cases too, with its next due date (S0-20)."""
    from complaintctl import measures, times

    departments = {person["id"]: person.get("department") for person in register.staff}
    found = []
    for one, state in register.index.waiting_measures():
        due = measures.due_of(one, register.now, register.zone)
        if due is None:
            continue
        found.append(
            {
                "id": one.case,
                "name": "improve",
                "label": _("measure {number}: {what}").format(number=one.number, what=one.measure),
                "due": times.iso(due.at, register.zone),
                "due_epoch": due.at,
                "state": "missed" if due.late else "waiting",
                "provisional": False,
                "case_state": state,
                "level": None,
                "department": departments.get(one.owner),
                "handler": one.owner,
                "to": None,
            }
        )
    return found


def climbing(session: Session) -> None:
    """Early warning: open cases that will stand on a graver level within two days (S1d-4)."""
    from complaintctl import levels

    index, now = session.register.index, session.register.now
    for one in index.find()[0]:
        if one.hits is None:  # its age makes no difference
            continue

        def repeated(hit: Hit, received: int = one.received) -> bool:
            return index.repeated(hit, received, now)

        climb = levels.next_climb(one.hits, now, repeated)
        if climb and climb[0] <= now + WARNING:
            from complaintctl import render

            session.say(
                _("{case} climbs to level {level} at {when}").format(
                    case=one.id, level=climb[1], when=render.instant(climb[0], session.register.zone)
                )
            )

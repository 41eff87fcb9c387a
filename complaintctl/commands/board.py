"""`board`: the open cases of the day, a column for each state."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from complaintctl.commands.naming import Named
from complaintctl.commands.session import Session, pass_session, verb
from complaintctl.errors import Usage, printable
from complaintctl.i18n import _, ngettext
from complaintctl.lifecycle import OPEN

if TYPE_CHECKING:
    from complaintctl.board import Card, Lane
    from complaintctl.register import Register

_SHOWN = 10  # cases of a state, on a terminal
LATE, DECISION, HELD = "!", "?", "="


@verb(
    "board",
    _("The open cases of the day by state: what is late, what waits for a decision."),
    "complaintctl board\ncomplaintctl board --department goods --json",
)
@click.option(
    "--department", type=Named("departments", known=True), metavar="D", help=_("Only this department's.")
)
@click.option("--handler", metavar="STAFF", help=_("Only this handler's."))
@click.option("--mine", is_flag=True, help=_("Only those that I handle."))
@click.option(
    "--limit",
    type=click.IntRange(0, 10**9),
    metavar="N",
    help=_("At most N of each state (default: 10 on a terminal, else all)."),
)
@click.option("--json", "as_json", is_flag=True, help=_("Print the board as JSON."))
@pass_session
def command(session: Session, /, limit: int | None, as_json: bool, **given: Any) -> None:
    from complaintctl.commands.list_ import unreadable

    register = session.register
    if limit is None and session.width and not as_json:
        limit = _SHOWN
    found = document(register, limit, **given)
    if as_json:
        from complaintctl.commands.show import dump

        click.echo(dump(found))
    else:
        click.echo(_text(register, found, session.width), nl=False)
        if not found["open"]:
            session.say(_("No case fits."))
    sys.exit(unreadable(session))


def document(
    register: Register,
    limit: int | None,
    *,
    department: str | None,
    handler: str | None,
    mine: bool,
) -> dict[str, Any]:
    """The board as data: how many cases there are, and those of each open state, nearest deadline first."""
    from complaintctl import times
    from complaintctl.commands import list_

    if department is not None and department not in register.policy["departments"]:
        raise Usage(
            _("The policy has no department {name}.").format(name=printable(department)),
            hint=_("one of: {names}").format(names=", ".join(register.policy["departments"])),
        )
    found, _total = list_.find(
        register, which="open", limit=None, week=None, mine=mine, level=None, overdue=False, sort="due",
        states=(), department=department, handler=handler,
    )  # fmt: skip
    rows = [dict(zip(list_.COLUMNS, row, strict=True)) for row in list_.values_of(register, found)]
    tomorrow = times.day_of(register.now, register.zone) + timedelta(days=1)
    midnight = times.iso(times.midnight(tomorrow, register.zone), register.zone)
    lanes: dict[str, list[dict[str, Any]]] = {state: [] for state in OPEN}
    for row in rows:
        lanes[row["state"]].append(row)
    return {
        "as_at": register.at,
        "open": len(rows),
        "overdue": sum(row["overdue"] for row in rows),
        "due_today": sum(
            not row["overdue"] and row["due"] is not None and row["due"] <= midnight for row in rows
        ),
        "to_decide": sum(map(to_decide, rows)),
        "on_hold": sum(row["on_hold"] for row in rows),
        "columns": [
            {"state": state, "count": len(cases), "cases": cases if limit is None else cases[:limit]}
            for state, cases in lanes.items()
        ],
    }


def to_decide(row: dict[str, Any]) -> bool:
    """Whether a proposal for a case waits for a decision, on the register's branch or on one of its own."""
    return row["state"] == "proposed" or row["review"] is not None


def _text(register: Register, found: dict[str, Any], room: int) -> str:
    """The board for people: the figures of the day, the cases, and what the signs mean."""
    from complaintctl.board import drawn
    from complaintctl.cells import instant, listed

    def stress(line: str) -> str:
        return click.style(line, fg="red", bold=True)

    lanes = [_lane(register, column) for column in found["columns"] if column["count"]]
    counts = [
        ngettext("{count} open", "{count} open", found["open"]).format(count=found["open"]),
        ngettext("{count} overdue", "{count} overdue", found["overdue"]).format(count=found["overdue"]),
        _("{count} due today").format(count=found["due_today"]),
        _("{count} to decide").format(count=found["to_decide"]),
        _("{count} on hold").format(count=found["on_hold"]),
    ]
    head = _("{when}: {counts}").format(when=instant(register.now, register.zone), counts=listed(counts))
    parts = [head + "\n", drawn(lanes, room, stress)] if lanes else [head + "\n"]
    used = "".join(card.marks for lane in lanes for card in lane.cards)
    words = {LATE: _("overdue"), DECISION: _("waits for a decision"), HELD: _("on hold")}
    legend = "   ".join(f"{sign} {meaning}" for sign, meaning in words.items() if sign in used)
    return "\n".join([*parts, *([legend + "\n"] if legend else ())])


def _lane(register: Register, column: dict[str, Any]) -> Lane:
    from complaintctl.board import Lane
    from complaintctl.labels import name_of

    title = name_of(register.policy, "states", column["state"], register.language)
    cards = [_card(register, row) for row in column["cases"]]
    return Lane(title, cards, column["count"] - len(cards))


def _card(register: Register, row: dict[str, Any]) -> Card:
    from complaintctl.board import Card
    from complaintctl.labels import name_of

    signs = ((LATE, row["overdue"]), (DECISION, to_decide(row)), (HELD, row["on_hold"]))
    name = _("{case} L{level}").format(case=row["id"], level=row["level"])
    category = row["category"]
    what = name_of(register.policy, "categories", category, register.language) if category else ""
    marks = "".join(sign for sign, wanted in signs if wanted)
    return Card(marks, name, (_when(register, row), row["handler"] or "", what), row["overdue"])


def _when(register: Register, row: dict[str, Any]) -> str:
    """How long there is until the next deadline of a case, or since it was missed."""
    from complaintctl import times
    from complaintctl.cells import duration

    if row["due"] is None:
        return _("on hold") if row["on_hold"] else ""
    left = times.epoch(row["due"]) - register.now
    if row["overdue"]:
        return _("{time} late").format(time=duration(-left, register.language))
    return duration(left, register.language)

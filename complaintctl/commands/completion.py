"""Completion of case ids: quick, from the index as it stands, without opening the register."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import click

MOST = 200  # more than that helps nobody at a prompt
_CLOSED = (1 << 60) + 1  # as `records.CLOSED`, which costs an import


def case_ids(ctx: click.Context, incomplete: str) -> list[str]:
    """The ids that hold what was typed and that the verb accepts; nothing at all when anything is odd."""
    try:
        return _ids(ctx, incomplete)
    except Exception:  # noqa: BLE001  (a shell waits for an answer, not for a reason)
        return []


def _ids(ctx: click.Context, incomplete: str) -> list[str]:
    import sqlite3

    path = _index(ctx.find_root().params.get("directory") or ".")
    states = _states(ctx)
    known = f" AND state IN ({', '.join('?' * len(states))})" if states else ""
    connection = sqlite3.connect(path.as_uri() + "?mode=ro", uri=True)
    try:
        typed = incomplete.upper()
        found = connection.execute(
            "SELECT due_order, received, id FROM cases "  # noqa: S608
            f"WHERE instr(id, ?){known} ORDER BY due_order, received LIMIT ?",
            (typed, *states, MOST),
        ).fetchall()
        if not states or "closed" in states:  # those closed long ago are only named (`complaintctl.bygone`)
            asked = "SELECT ?, received, id FROM put_off WHERE instr(id, ?) ORDER BY received LIMIT ?"
            found = sorted([*found, *connection.execute(asked, (_CLOSED, typed, MOST))])[:MOST]
        return [str(one[-1]) for one in found]
    finally:
        connection.close()


def _index(start: str) -> Path:
    """The index of the register at or above a folder, found without git's module in the usual place."""
    from pathlib import Path

    here = Path(start).absolute()
    for folder in (here, *here.parents):
        if (folder / ".git").is_dir():
            return folder / ".git" / "complaintctl" / "index.sqlite"
        if (folder / ".git").exists():
            break
    from complaintctl.gitdir import GitDir

    return GitDir.find(here).common_dir / "complaintctl" / "index.sqlite"


def _states(ctx: click.Context) -> tuple[str, ...]:
    """The states that the verb accepts; empty for a verb that looks, which takes them all."""
    from complaintctl.lifecycle import STEPS

    for one in (ctx, ctx.parent):
        if one is not None and one.info_name in STEPS:
            return STEPS[one.info_name].before
    return ()

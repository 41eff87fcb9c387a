"""Completion of case ids: quick, from the index as it stands, without opening the register."""

from __future__ import annotations

import click


def case_ids(ctx: click.Context, incomplete: str) -> list[str]:
    """The ids that hold what was typed and that the verb accepts; nothing at all when anything is odd."""
    from pathlib import Path

    from complaintctl import indexfile
    from complaintctl.gitdir import GitDir

    root = ctx.find_root().params.get("directory") or "."
    try:
        path = indexfile.location(GitDir.find(Path(root).absolute()).common_dir)
        return indexfile.completions(path, incomplete, _states(ctx))
    except Exception:  # noqa: BLE001  (a shell waits for an answer, not for a reason)
        return []


def _states(ctx: click.Context) -> tuple[str, ...]:
    """The states that the verb accepts; all of them for a verb that looks."""
    from complaintctl.lifecycle import STEPS

    name = ctx.info_name or ""
    parent = ctx.parent.info_name if ctx.parent else ""
    for verb in (name, parent):
        if verb in STEPS:
            return STEPS[verb].before
    return ()

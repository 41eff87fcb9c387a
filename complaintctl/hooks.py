"""Git's hooks, here or on a server: the scripts that start this program, put where git runs them."""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING

from complaintctl import files, gitprocess
from complaintctl.errors import EnvironmentFault, RegisterState
from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from complaintctl.gitdir import GitDir

CLIENT = ("pre-commit", "pre-push")
SERVER = ("pre-receive",)
_MADE = "# Made by `complaintctl hook install`"
_MODE = 0o755


def script(hook: str) -> str:
    """What git is to run: this very program, by the interpreter that runs it now.

    Nothing of the folder in which git starts it can stand in its place (-P); where it is gone, the
    hook fails, and with it what it was to judge.
    """
    python = shlex.quote(sys.executable or "python3")
    return f"#!/bin/sh\n{_MADE}.\nexec {python} -P -m complaintctl hook run {hook}\n"


def folder(repository: GitDir) -> Path:
    """Where git looks for the hooks of this repository: in `core.hooksPath`, else in ``hooks``."""
    process = gitprocess.start(
        repository.root, ["config", "--type=path", "--get", "core.hooksPath"], unpinned=("core.hooksPath",)
    )
    named = gitprocess.end(process).out.decode("utf-8", "surrogateescape").rstrip("\n")
    return repository.root / named if named else repository.common_dir / "hooks"


def install(repository: GitDir, hooks: Sequence[str], *, dry_run: bool = False) -> list[Path]:
    """Put hooks where git runs them; those that were written.

    A server that keeps a script of its own in ``pre-receive`` and runs what lies in
    ``pre-receive.d`` (Forgejo and Gitea do) gets it there.  Raises RegisterState,
    and writes none of them, where a hook of somebody's own stands in the way.
    """
    place = folder(repository)
    wanted = {_target(place, hook): script(hook) for hook in hooks}
    for path in wanted:
        found = files.read(path)
        if found is not None and _MADE.encode() not in found:
            raise RegisterState(
                _("{path} is a hook of your own.").format(path=path),
                hint=_("add this line to it: {line}").format(line=wanted[path].splitlines()[-1]),
            )
    changed = [path for path, text in wanted.items() if files.read(path) != text.encode()]
    for path in changed if not dry_run else ():
        _write(path, wanted[path])
    return changed


def _target(place: Path, hook: str) -> Path:
    several = place / f"{hook}.d"
    return several / "complaintctl" if several.is_dir() else place / hook


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.put(path.with_name(f".{path.name}.new"), path, text.encode(), mode=_MODE)
        os.chmod(path, _MODE)  # noqa: PTH101  (whatever the umask took away)
    except OSError as error:
        raise EnvironmentFault(
            _("{path} cannot be made: {why}").format(path=path, why=error.strerror)
        ) from error

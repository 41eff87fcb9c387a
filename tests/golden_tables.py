"""The tables of the sample register in three languages: `python -m tests.golden_tables` writes the goldens anew.

They are made in a copy of the register that has one commit, on the Monday after
the week of the samples; commit ids are made alike.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from complaintctl import i18n
from tests import console
from tests.shop import kept_folder, run

ROOT = Path(__file__).parent.parent
GOLDENS = ROOT / "tests" / "goldens" / "tables"
LANGUAGES = ("en", "zh-CN", "es")
NOW = "2026-11-23T09:00:00+08:00"
WIDTH = 100  # columns, for what asks how wide the terminal is
_APART = ("--by", "department", "--by", "category", "--by", "handler", "--by", "channel")
COMMANDS = {
    "weekly": ("report", "weekly", "--week", "2026-W47", *_APART),
    "weekly-markdown": ("report", "weekly", "--week", "2026-W47", "--format", "markdown"),
    "monthly": ("report", "monthly", "--month", "2026-11"),
    "show-closed": ("show", "C-20261103-W8V3NE"),
    "show-open": ("show", "C-20261021-41T29T"),
    "list": ("list",),
    "due": ("due",),
    "board": ("board",),
}


@functools.cache
def register() -> Path:
    """A copy of the sample register, as somebody has it after `git clone`."""
    folder = kept_folder() / "register"
    shutil.copytree(ROOT / "cases", folder / "cases")
    shutil.copytree(ROOT / "schemas", folder / "schemas")
    (folder / "policies").mkdir()
    for name in ("register", "staff", "calendar", "supermarket"):
        shutil.copy(ROOT / "policies" / f"{name}.yaml", folder / "policies")
    git = ("git", "-C", str(folder), "-c", "user.name=A", "-c", "user.email=a@b.example")
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-qm", "sample")):
        subprocess.run([*git, *words], check=True, capture_output=True)
    return folder


@contextmanager
def columns() -> Iterator[None]:
    """A terminal of a known width; language and variables are put back."""
    before, spoken = dict(os.environ), i18n.language()
    os.environ["COLUMNS"] = str(WIDTH)
    try:
        yield
    finally:
        i18n.use(spoken)
        os.environ.clear()
        os.environ.update(before)


def made(name: str, language: str) -> str:
    """What a command prints, by the name of its golden; ``due`` ends with 7, because something is late."""
    words = ("-C", str(register()), "--now", NOW, "--language", language, "--color", "never")
    with columns():
        ran = run(*words, *COMMANDS[name])
    if ran.code not in {0, 7}:
        raise AssertionError(ran)
    return "\n".join(console.plain(ran.out.splitlines())) + "\n"


def place(name: str, language: str) -> Path:
    """Where a golden stands."""
    return GOLDENS / f"{name}.{language}.{'md' if name.endswith('markdown') else 'txt'}"


def main() -> None:
    """Write all of them."""
    GOLDENS.mkdir(parents=True, exist_ok=True)
    for name in COMMANDS:
        for language in LANGUAGES:
            place(name, language).write_text(made(name, language), encoding="utf-8")


if __name__ == "__main__":
    main()

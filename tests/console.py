"""The console blocks of a document: read, run in a world of their own, compared, and written anew.

A block begins with a line of three backticks and ``console``.  In it

* ``$ …`` is a command; a line that ends in ``\\`` goes on in the next one.
  ``complaintctl …`` runs in this process, anything else in a shell (``export``
  and ``cd`` are remembered);
* the other lines are what was printed, standard output and standard error
  together, as on a pipe; ``...`` on a line of its own stands for any lines.

A command that fails is followed by ``$ echo $?``.  HTML comments before a block
set the scene: ``<!-- now: TIME -->`` the clock, which goes on by a minute with
each command; ``<!-- shop -->`` a copy of the test shop, in which li.na works
(``<!-- shop: zh-CN -->``: and is spoken to in that language);
``<!-- shop: es -->`` a shop in Spain, in which luis works; ``<!-- fresh -->`` an
empty home.  A block goes on where the one before it ended.

Ids of cases are drawn by `Ids`, so a document can name them; commit ids and the
home directory are compared as if they were always the same.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from complaintctl import recording
from complaintctl.cli import main
from tests.shop import START, Shop

HOME = "/home/li.na"  # what stands in a document for the home of the run
_FENCE = re.compile(r"^```")
_SCENE = re.compile(r"<!-- (now|shop|fresh)(?:: *(\S+))? *-->")
_SHELL = re.compile(r"[|<>;&$`*~]")
_COMMIT = re.compile(
    r"\b(?:[0-9a-f]{7}\.\.[0-9a-f]{7}|[0-9a-f]{10}|[0-9a-f]{12}|[0-9a-f]{40}|[0-9a-f]{64})\b"
)
_MINUTE = timedelta(minutes=1)
_IN_SPAIN = (
    ("luis", "Luis Gómez", "clerk", "customer-service"),
    ("carmen", "Carmen Vidal", "clerk", "store"),
    ("marta", "Marta Ruiz", "head", "goods"),
)
_DRAWN = "7K3MQ44T7Q2M"  # the first case and the first customer of a document


class Command(NamedTuple):
    """One command of a block, and what a document says that it prints."""

    words: str
    expected: list[str]


class Block(NamedTuple):
    """A console block: the first and last line of its inside, counted from 0; and the comments before it."""

    first: int
    end: int
    scene: list[tuple[str, str]]
    commands: list[Command]


def blocks(text: str) -> Iterator[Block]:
    """The console blocks of a Markdown text, in order."""
    lines = text.splitlines()
    scene: list[tuple[str, str]] = []
    inside, first = "", 0
    for number, line in enumerate(lines):
        if inside:
            if _FENCE.match(line):
                if inside == "console":
                    yield Block(first, number, scene, _commands(lines[first:number]))
                    scene = []
                inside = ""
        elif _FENCE.match(line):
            inside, first = line[3:].strip() or "text", number + 1
        else:
            scene += _SCENE.findall(line)


def _commands(lines: list[str]) -> list[Command]:
    found: list[Command] = []
    open_line = False
    for line in lines:
        if open_line:
            found[-1] = found[-1]._replace(words=f"{found[-1].words}\n{line}")
        elif line.startswith("$ "):
            found.append(Command(line[2:], []))
        else:
            found[-1].expected.append(line)
        open_line = line.endswith("\\") and (open_line or line.startswith("$ "))
    return found


class Ids:
    """Draws the characters of ids: two known ids first, then the same ones in every run."""

    def __init__(self) -> None:
        self._left = list(_DRAWN)
        self._random = random.Random(1)

    def __call__(self, alphabet: str) -> str:
        return self._left.pop(0) if self._left else self._random.choice(alphabet)


class World:
    """A home, a folder in it, a clock and variables: what the commands of a document see."""

    def __init__(self, base: Path) -> None:
        self.base, self.number, self.ids = base, 0, Ids()
        self.now = datetime.fromisoformat(START)
        self.code = 0
        self.fresh()

    def fresh(self) -> None:
        """An empty home."""
        self.number += 1
        self.home = self.base / f"home{self.number}"
        self.home.mkdir()
        self.folder = self.home
        shim = self.home / ".bin" / "complaintctl"
        shim.parent.mkdir()
        shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m complaintctl "$@"\n')
        shim.chmod(0o755)
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("GIT_", "COMPLAINTCTL_", "XDG_"))
            and name not in {"NO_COLOR", "FORCE_COLOR"}
        }
        self.variables = {
            **kept,
            "HOME": str(self.home),
            "PATH": f"{shim.parent}{os.pathsep}{kept.get('PATH', '')}",
            "PYTHONPATH": str(Path(__file__).parent.parent),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CEILING_DIRECTORIES": str(self.home),
            "LC_ALL": "C.UTF-8",
            "TMPDIR": str(self.home),
        }

    def set_scene(self, name: str, value: str) -> None:
        """What an HTML comment asks for."""
        if name == "now":
            self.now = datetime.fromisoformat(value)
        elif name == "fresh":
            self.fresh()
        elif value == "es":
            self._in_spain()
        else:
            self.fresh()
            with self._entered():
                self.folder = Shop.make(self.home / "shop").folder
            for key, setting in (("name", "李娜"), ("email", "li.na@shop.example")):
                self._shell(f"git config --global user.{key} {setting}")
            if value:
                self.variables["COMPLAINTCTL_LANGUAGE"] = value

    def _in_spain(self) -> None:
        """A register whose language, money and calendar are Spain's, and its people."""
        self.fresh()
        owner = "ana:Ana Pérez <ana@tienda.example>"
        founding = ["init", "tienda", "--country", "ES", "--name", "Ultramarinos Pérez", "--owner", owner]
        self._here(founding)
        self.folder = self.home / "tienda"
        for ident, name, role, department in _IN_SPAIN:
            mail = f"{ident}@tienda.example"
            person = ["--name", name, "--email", mail, "--role", role, "--department", department]
            self._here(["--as", "ana", "staff", "add", ident, *person])
        for key, setting in (("name", "'Luis Gómez'"), ("email", "luis@tienda.example")):
            self._shell(f"git config --global user.{key} {setting}")

    def run(self, words: str) -> str:
        """Run one command; what it printed. The clock goes on by a minute."""
        line = words.replace("\\\n", " ").strip()
        verb, _space, rest = line.partition(" ")
        if line == "echo $?":
            text = f"{self.code}\n"
            self.code = 0
            return text
        if verb == "export":
            name, _sign, value = rest.partition("=")
            self.variables[name] = shlex.split(value)[0] if value else ""
            return ""
        if verb == "cd":
            self.folder = (self.folder / Path(rest.replace("~", str(self.home)))).resolve()
            return ""
        self.now += _MINUTE
        if verb == "complaintctl" and not any(map(_SHELL.search, _bare(rest))):
            return self._here(shlex.split(rest))
        return self._shell(line)

    def _here(self, words: list[str]) -> str:
        printed = io.BytesIO()
        both = io.TextIOWrapper(printed, "utf-8", write_through=True)
        with self._entered(), contextlib.redirect_stdout(both), contextlib.redirect_stderr(both):
            try:
                self.code = main(words)
            except SystemExit as end:
                self.code = int(end.code or 0)
            both.flush()
        return self._shown(printed.getvalue().decode())

    def _shell(self, line: str) -> str:
        done = subprocess.run(
            ["sh", "-c", line], cwd=self.folder, env=self._environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        self.code = done.returncode
        return self._shown(done.stdout.decode())

    def _environment(self) -> dict[str, str]:
        now = self.now.isoformat()
        return {**self.variables, "COMPLAINTCTL_NOW": now, "GIT_AUTHOR_DATE": now, "GIT_COMMITTER_DATE": now}

    def _shown(self, text: str) -> str:
        return text.replace(str(self.home), HOME)

    @contextlib.contextmanager
    def _entered(self) -> Iterator[None]:
        """This process as the commands see it; everything is put back."""
        before, folder = dict(os.environ), Path.cwd()
        drawn, temporary, stdin = recording.draw, tempfile.tempdir, sys.stdin
        try:
            os.environ.clear()
            os.environ.update(self._environment())
            os.chdir(self.folder)
            recording.draw, tempfile.tempdir, sys.stdin = self.ids, None, io.StringIO()  # type: ignore[assignment]
            yield
        finally:
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(before)
            recording.draw, tempfile.tempdir, sys.stdin = drawn, temporary, stdin


def _bare(rest: str) -> list[str]:
    """The words of a command line that stand without quotes, or in quotes that a shell looks into."""
    return re.sub(r"'[^']*'|\"[^\"$`]*\"", "", rest).split()


def plain(lines: list[str]) -> list[str]:
    """Lines with every commit id and digest made alike, and without blanks at the end."""
    return [_COMMIT.sub(lambda found: "#" * len(found[0]), line).rstrip() for line in lines]


def fits(expected: list[str], printed: list[str]) -> bool:
    """Whether lines are what a document says, `...` standing for any lines."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "..." else re.escape(line) + r"\n" for line in plain(expected)
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in plain(printed))) is not None


class Played(NamedTuple):
    """A command of a document after it was run."""

    block: Block
    command: Command
    printed: list[str]
    code: int
    line: int  # of the block in the document, counted from 1


def play(text: str, base: Path) -> Iterator[Played]:
    """Run all console blocks of a document, one after the other, below an empty folder."""
    world = World(base)
    for block in blocks(text):
        for name, value in block.scene:
            world.set_scene(name, value)
        for command in block.commands:
            printed = world.run(command.words).splitlines()
            while printed and not printed[-1].strip():
                printed.pop()
            yield Played(block, command, [line.rstrip() for line in printed], world.code, block.first)


def refreshed(text: str, base: Path) -> str:
    """The document with what its commands print now; what fits already stays as it is."""
    lines = text.splitlines()
    insides: dict[int, tuple[Block, list[str]]] = {}
    for played in play(text, base):
        inside = insides.setdefault(played.block.first, (played.block, []))[1]
        inside += f"$ {played.command.words}".splitlines()
        inside += played.command.expected if fits(played.command.expected, played.printed) else played.printed
    for block, inside in reversed(insides.values()):
        lines[block.first : block.end] = inside
    return "\n".join(lines) + "\n"

"""What is measured on: registers, an environment of its own, CPU time, and the figures so far."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import make_register

NOW = "2026-11-22T22:00:00+08:00"
COMMAND = [sys.executable, "-c", "from complaintctl.cli import run; run()"]
F1 = [sys.executable, "-c", "import click"]


class Line(NamedTuple):
    """One figure of the table."""

    what: str
    cases: int | None
    figure: float
    budget: float | None
    of: str
    pairs: int


class Bench:
    """The registers, the environment that commands run in, and the figures so far."""

    def __init__(self, cache: Path, runs: int) -> None:
        self.cache, self.runs = cache, runs
        self.lines: list[Line] = []
        self.home = Path(tempfile.mkdtemp(prefix="benchmark-"))
        kept = ("PATH", "PYTHONPATH", "PYTHONPYCACHEPREFIX", "SYSTEMROOT", "TMPDIR")
        self.environment = {name: os.environ[name] for name in kept if name in os.environ} | {
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "COMPLAINTCTL_NOW": NOW,
        }

    # -- what runs

    def cpu(self, words: list[str], folder: Path, code: int | None = 0, **more: str) -> float:
        """Seconds of CPU that a command and all that it started took; its exit code must be `code`."""
        with subprocess.Popen(
            words,
            cwd=folder,
            env=self.environment | more,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            _pid, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if code is not None and process.returncode != code:
            raise SystemExit(f"{' '.join(words[3:])} ended with {process.returncode}")
        return usage.ru_utime + usage.ru_stime

    def verb(self, folder: Path, *words: str, code: int | None = 0, **more: str) -> float:
        """Seconds of CPU of one command line."""
        return self.cpu([*COMMAND, *words], folder, code, **more)

    def output(self, folder: Path, *words: str) -> str:
        """What one command line prints."""
        done = subprocess.run(
            [*COMMAND, *words], cwd=folder, env=self.environment, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def git(self, folder: Path, *words: str, given: str = "") -> str:
        """What git prints."""
        return subprocess.run(
            ["git", *words],
            cwd=folder,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
            input=given,
        ).stdout.strip()

    def f1(self) -> float:
        """The first floor."""
        return self.cpu(F1, self.home)

    def f2(self) -> float:
        """The second floor."""
        folder = self.home / "one"
        if not folder.is_dir():
            folder.mkdir()
            self.git(folder, "init", "--quiet")
            self.git(folder, "config", "user.name", "one")
            self.git(folder, "config", "user.email", "one@shop.example")
        (folder / "file").write_text(f"{time.time_ns()}\n", encoding="utf-8")
        add, commit = ["git", "add", "file"], ["git", "commit", "--quiet", "--message", "one"]
        return self.f1() + self.cpu(add, folder) + self.cpu(commit, folder)

    # -- figures

    def pairs(
        self, floor: Callable[[], float], *measured: Callable[[], float], runs: int = 0
    ) -> list[list[float]]:
        """A list for the floor and one for each measurement, taken by turns; the first turn only warms."""
        found: list[list[float]] = [[] for _one in range(len(measured) + 1)]
        for turn in range((runs or self.runs) + 1):
            for values, one in zip(found, (floor, *measured), strict=True):
                value = one()
                if turn:
                    values.append(value)
        return found

    def add(
        self,
        what: str,
        cases: int | None,
        floor: list[float],
        values: list[float],
        budget: float | None,
        of: str,
    ) -> float:
        """Put the median ratio of some pairs into the table."""
        figure = statistics.median(value / base for base, value in zip(floor, values, strict=True))
        self.lines.append(Line(what, cases, figure, budget, of, len(values)))
        print(f"{what} ({cases}): {figure:.2f}", file=sys.stderr, flush=True)
        return figure

    # -- registers

    def register(self, size: int) -> Path:
        """The register of a size, packed as git leaves a clone; made once and kept."""
        folder = self.cache / f"register-{size}"
        if not (folder / "policies").is_dir():
            print(f"making a register of {size} cases", file=sys.stderr, flush=True)
            shutil.rmtree(folder, ignore_errors=True)
            make_register.make(size, folder)
            self.git(folder, "repack", "-a", "-d", "--quiet")
        return folder

    @contextmanager
    def scratch(self, size: int) -> Iterator[Path]:
        """A register to take steps in; put back afterwards as it was."""
        folder = self.register(size)
        head = self.git(folder, "rev-parse", "HEAD")
        try:
            yield folder
        finally:
            self.git(folder, "reset", "--quiet", "--hard", head)

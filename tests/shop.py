"""A shop to test with: a register, its people, a clock that moves when it is told to, and the command line."""

from __future__ import annotations

import atexit
import contextlib
import functools
import io
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from complaintctl.cli import main

_TEMPORARY = tempfile.gettempdir()  # of the run; that of a document's block goes with the block
START = "2026-11-16T10:00:00+08:00"  # a Monday
PEOPLE = (
    ("li.na", "李娜", "clerk", "customer-service"),
    ("zhao.wei", "赵伟", "clerk", "store"),
    ("chen.jie", "陈杰", "clerk", "goods"),
    ("sun.min", "孙敏", "head", "goods"),
    ("wu.lei", "吴磊", "head", "store"),
    ("qian.li", "钱丽", "vice-president", "management"),
)
MILK = (
    "--channel", "desk", "--customer", "王女士", "--phone", "13800001234", "--product", "鲜牛奶 1L", "--batch", "20261110A",
    "--price", "12.90", "--purchased-on", "2026-11-15", "--complaint", "牛奶未到保质期已变质", "--demand", "refund=12.90",
)  # fmt: skip
Person = tuple[str, str, str, str]  # id, name, role, department or nothing
SECRETS = ("王女士", "13800001234", "牛奶未到保质期")  # what no message about a refusal may hold


class Ran(NamedTuple):
    """What a command line printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(*words: str) -> Ran:
    """Run a command line in this process."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(list(words))
        except SystemExit as end:
            code = int(end.code or 0)
    out.flush()
    err.flush()
    return Ran(code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode())  # type: ignore[attr-defined]


@functools.cache
def _scratch() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="complaintctl-test-", dir=_TEMPORARY))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def kept_folder() -> Path:
    """An empty folder for a register that tests get copies of; gone with the test run."""
    return Path(tempfile.mkdtemp(dir=_scratch()))


@functools.cache
def _template(
    policy: str, people: tuple[Person, ...], duties: tuple[tuple[str, tuple[str, ...]], ...]
) -> Path:
    folder = kept_folder() / "shop"
    made = run(
        "--now", START, "init", str(folder), "--policy", policy, "--name", "Corner Shop", "--language", "en",
        "--country", "CN", "--owner", "boss:Ann Lee <boss@shop.example>",
    )  # fmt: skip
    assert made.code == 0, made
    shop = Shop(folder)
    for ident, name, role, department in people:
        belongs = ("--department", department) if department else ()
        shop.do("boss", "staff", "add", ident, "--name", name, "--email", f"{ident}@shop.example", "--role", role,
                *belongs)  # fmt: skip
    for ident, given in duties:
        shop.do("boss", "staff", "edit", ident, *(word for duty in given for word in ("--duty", duty)))
    return folder


class Shop:
    """A register, and a clock of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = datetime.fromisoformat(START)
        self._told: tuple[object, list[str]] = (None, [])

    @classmethod
    def make(
        cls,
        folder: Path,
        policy: str = "supermarket",
        people: tuple[Person, ...] = PEOPLE,
        duties: dict[str, tuple[str, ...]] | None = None,
        *,
        alone: bool = False,
    ) -> Shop:
        """A shop with its people, their duties and its owner; with `alone`, the owner only."""
        made = _template(policy, () if alone else people, tuple((duties or {}).items()))
        shutil.copytree(made, folder)
        return cls(folder)

    def copy(self, folder: Path) -> Shop:
        """The same register in another folder, at the same time of day."""
        shutil.copytree(self.folder, folder, symlinks=True)
        other = Shop(folder)
        other.now = self.now
        return other

    def wait(self, **length: float) -> Shop:
        """Let time pass: `wait(hours=2)`."""
        self.now += timedelta(**length)
        return self

    def run(self, who: str, *words: str) -> Ran:
        """One command line as somebody, at the shop's time."""
        acting = ("--as", who) if who else ()
        return run("-C", str(self.folder), "--now", self.now.isoformat(), "--no-input", *acting, *words)

    def do(self, who: str, *words: str) -> str:
        """A command line that must succeed; what it printed."""
        ran = self.run(who, *words)
        assert ran.code == 0, (words, ran)
        return ran.out

    def refuse(self, code: int, who: str, *words: str) -> Ran:
        """A command line that must fail with an exit code, in words, without a customer's data, changing nothing."""
        before = self.snapshot()
        ran = self.run(who, *words)
        assert ran.code == code, (words, ran)
        assert ran.err.strip(), words
        assert "Traceback" not in ran.err
        assert not [secret for secret in SECRETS if secret in ran.err], ran.err
        assert self.snapshot() == before, words
        return ran

    def line(self, who: str, *words: str | bytes) -> list[str | bytes]:
        """The same command line for a process of its own."""
        head = [sys.executable, "-m", "complaintctl", "-C", str(self.folder)]
        return [*head, "--as", who, "--now", self.now.isoformat(), "--no-input", *words]

    def commits(self) -> int:
        """How many commits the register has."""
        return int(self.git("rev-list", "--count", "HEAD"))

    def new(self, *words: str, who: str = "li.na") -> str:
        """A new case; its id."""
        return self.do(who, "new", *(words or MILK)).strip()

    def show(self, case: str) -> Any:
        """A case as `show --json` gives it."""
        return json.loads(self.do("", "show", case, "--json"))

    def git(self, *words: str) -> str:
        """A git command in the register."""
        return subprocess.run(
            ["git", "-C", str(self.folder), *words], check=True, capture_output=True, text=True
        ).stdout

    def snapshot(self) -> tuple[str, str, dict[str, bytes]]:
        """HEAD, git's status and every file of the work tree: equal snapshots mean that nothing changed."""
        files = {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and ".git" not in path.relative_to(self.folder).parts
        }
        told = self._status(files)
        head = "\n".join(line for line in told if line.startswith("#"))
        return head, "\n".join(line for line in told if not line.startswith("#")), files

    def _status(self, files: dict[str, bytes]) -> list[str]:
        """Git's status; it is asked again only where anything that it depends on is not as it was last time."""
        git = self.folder / ".git"
        known = [git / "HEAD", git / "index", git / "packed-refs", git / "config", git / "info" / "exclude"]
        known += sorted(path for path in (git / "refs").rglob("*") if path.is_file())
        modes = {name: (self.folder / name).lstat().st_mode for name in files}
        looked_at = files, modes, {path: path.read_bytes() for path in known if path.is_file()}
        if self._told[0] != looked_at or not git.is_dir():
            told = self.git("--no-optional-locks", "status", "--porcelain=v2", "--branch").splitlines()
            self._told = looked_at, told
        return self._told[1]

    # -- the long road, step by step

    def investigated(self, *words: str) -> str:
        """A founded case that waits for a proposal."""
        case = self.new(*words)
        self.do("li.na", "classify", case, "--category", "goods.spoiled")
        self.do("li.na", "assign", case, "--to", "zhao.wei")
        self.do("li.na", "contact", case, "--by", "phone", "--note", "told her")
        self.do("zhao.wei", "investigate", case, "--findings", "cold shelf at 11 °C",
                "--statement", "customer: sour at breakfast", "--verdict", "founded", "--cause", "goods.spoiled")  # fmt: skip
        return case

    def proposed(self, *remedies: str) -> str:
        """A case that waits for a decision."""
        case = self.investigated()
        words = [word for remedy in remedies or ("refund=12.90",) for word in ("--remedy", remedy)]
        self.do("zhao.wei", "propose", case, *words, "--reason", "spoiled before its date")
        return case

    def upheld(self, who: str, case: str, cause: str, findings: str = "seen", *more: str) -> None:
        """Record that a complaint is founded, and why."""
        self.do(
            who, "investigate", case, "--findings", findings, "--verdict", "founded", "--cause", cause, *more
        )

    def propose_apart(self, case: str) -> None:
        """Propose a refund in a branch of its own."""
        self.do("zhao.wei", "propose", case, "--remedy", "refund=12.90", "--reason", "spoiled before its date",
                "--branch")  # fmt: skip

    def fulfilled(self) -> str:
        """A case that waits for a follow-up."""
        case = self.proposed()
        self.do("sun.min", "approve", case)
        self.do("li.na", "respond", case, "--agreed")
        self.do("li.na", "fulfil", case, "--all")
        return case


def made_once(make: Callable[..., tuple[Shop, str]]) -> Callable[..., tuple[Shop, str]]:
    """A register with a case, made once for the same words; each caller gets a copy in the folder it names."""

    @functools.cache
    def original(*words: str, **more: Any) -> tuple[Shop, str]:
        return make(kept_folder(), *words, **more)

    @functools.wraps(make)
    def copied(folder: Path, *words: str, **more: Any) -> tuple[Shop, str]:
        shop, case = original(*words, **more)
        return shop.copy(folder / "shop"), case

    return copied


def checks(*made: str) -> list[str]:
    """The words for several checks."""
    return [word for one in made for word in ("--check", one)]


def clock(case: Any, name: str) -> Any:
    """The last clock of a name in `show --json`."""
    return [one for one in case["deadlines"] if one["name"] == name][-1]


def rules(shop: Shop) -> Any:
    """The rules in force as data."""
    return shop.run("", "policy", "show", "--json").json

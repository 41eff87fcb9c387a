"""A shop to test with: a register, its people, a clock that moves when it is told to, and the command line."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import shutil
import subprocess
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from complaintctl.cli import main

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
def _template(policy: str, people: tuple[tuple[str, str, str, str], ...] = PEOPLE) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="complaintctl-test-")) / "shop"
    made = run(
        "--now", START, "init", str(folder), "--policy", policy, "--name", "Corner Shop", "--language", "en",
        "--country", "CN", "--owner", "boss:Ann Lee <boss@shop.example>",
    )  # fmt: skip
    assert made.code == 0, made
    for ident, name, role, department in people:
        added = run(
            "-C", str(folder), "--as", "boss", "--now", START, "staff", "add", ident, "--name", name,
            "--email", f"{ident}@shop.example", "--role", role, "--department", department,
        )  # fmt: skip
        assert added.code == 0, added
    return folder


class Shop:
    """A register, and a clock of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = datetime.fromisoformat(START)

    @classmethod
    def make(cls, folder: Path, policy: str = "supermarket", *, alone: bool = False) -> Shop:
        """A shop with six people and its owner; with `alone`, the owner only."""
        shutil.copytree(_template(policy, ()) if alone else _template(policy), folder)
        return cls(folder)

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
        told = self.git("status", "--porcelain=v2", "--branch").splitlines()
        head = "\n".join(line for line in told if line.startswith("#"))
        return head, "\n".join(line for line in told if not line.startswith("#")), files

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

    def fulfilled(self) -> str:
        """A case that waits for a follow-up."""
        case = self.proposed()
        self.do("sun.min", "approve", case)
        self.do("li.na", "respond", case, "--agreed")
        self.do("li.na", "fulfil", case, "--all")
        return case

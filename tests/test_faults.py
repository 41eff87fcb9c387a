"""A step that is killed, or that meets a full or failing disk, at any point: before or after, never between.

Every call that changes something, or that starts a git process, is a point.
A forked child makes one step and stops at point N; the parent then runs the
next command on what is left.
"""

from __future__ import annotations

import errno
import os
import random
import select
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from complaintctl import gitprocess, journal
from complaintctl.errors import ComplaintctlError
from complaintctl.history import Repository
from complaintctl.objects import Edit
from tests.git_examples import CASE, OTHER, git, home, register, step

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

FILE_CALLS = ("open", "write", "fsync", "replace", "link", "unlink", "mkdir", "close")
NEW = "cases/2027/01/C-20270101-AAAAAA.yaml"
BEFORE = {CASE: b"state: received\n", OTHER: b"state: classified\n", NEW: None}
AFTER = {CASE: b"state: classified\nby: li.na\n", OTHER: None, NEW: b"state: received\n"}
EDITS = tuple(Edit(path, BEFORE[path], AFTER[path]) for path in BEFORE)
KILLED = 137
Act = Callable[[int, bool, str], None]  # the number of the point, whether its call has been made, its name


class Points:
    """Counts the calls of a step, and does something at one of them."""

    def __init__(self, patch: pytest.MonkeyPatch, act: Act) -> None:
        self.count = 0
        self.act = act
        self.inside = False
        for name in FILE_CALLS:
            patch.setattr(os, name, self.around(getattr(os, name), name))
        # A process is two points: its start, and its end, when it has done its work. Their pipes are none.
        patch.setattr(subprocess, "Popen", self.around(subprocess.Popen, "start"))
        patch.setattr(gitprocess, "end", self.around(gitprocess.end, "end"))

    def around(self, call: Callable[..., Any], name: str) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            if self.inside:
                return call(*arguments, **options)
            number = self.count
            self.count += 1
            self.act(number, False, name)
            self.inside = name in {"start", "end"}
            try:
                result = call(*arguments, **options)
            finally:
                self.inside = False
            self.act(number, True, name)
            return result

        return counted


def nothing(_number: int, _done: bool, _name: str) -> None:
    """Only count."""


def kill(at: int, after: bool) -> Act:
    """Stop as SIGKILL does: nothing is cleaned up. A git that was started lives on."""

    def act(number: int, done: bool, _name: str) -> None:
        if (number, done) == (at, after):
            os._exit(KILLED)

    return act


def fail(at: int, code: int, *, after: bool = False, for_good: bool = False) -> Act:
    """Let a call fail, once or from there on, before it has any effect or after it had."""

    def act(number: int, done: bool, name: str) -> None:
        if (name, done) in {("start", True), ("end", False)}:
            return  # what runs has not failed to start, and who waits for it ends it before giving up
        if done is after and (number == at or (for_good and number > at)):
            raise OSError(code, os.strerror(code))

    return act


def child(root: Path, act: Act) -> int:
    """A process that makes the step; 0, or the exit code of its refusal."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    code = 99
    exit_now = os._exit
    try:
        repository = Repository.find(root)
        with pytest.MonkeyPatch.context() as patch:
            Points(patch, act)
            step(repository, *EDITS, timeout=2.0)
        code = 0
    except ComplaintctlError as error:
        code = error.exit_code
    finally:
        exit_now(code)
    return code


def scraps(root: Path) -> list[str]:
    """Files that a stopped run may have left and the next command must have removed."""
    kept = {"lock", "token"}
    own = [path for path in (root / ".git/complaintctl").iterdir() if path.name not in kept]
    locks = [path for path in (root / ".git").rglob("*.lock") if path.parent.name != "complaintctl"]
    return [str(path) for path in (*own, *locks, *root.rglob(".complaintctl-*"), *root.rglob("tmp_obj_*"))]


def holds(root: Path, content: dict[str, bytes | None]) -> bool:
    """Whether the work tree has exactly these contents."""
    return all(
        ((root / path).read_bytes() if (root / path).exists() else None) == data
        for path, data in content.items()
    )


def judge(root: Path, base: str, code: int) -> str:
    """Run the next command, and say what is wrong; empty when it is before or after, and true."""
    repository = Repository.find(root)
    with repository.lock():
        repository.recover()
    after = repository.head() != base
    wrong = []
    if repository.pending():
        wrong.append("still pending")
    repository.close()
    if not holds(root, AFTER if after else BEFORE):
        wrong.append("work tree between")
    status = git(root, "status", "--porcelain")
    if status:
        wrong.append(f"status {status!r}")
    if after and git(root, "rev-parse", "HEAD~") != base:
        wrong.append("more than one commit")
    wrong += scraps(root)
    if code == 0 and not after:
        wrong.append("reported done, and is not there")
    if code not in {0, KILLED, -signal.SIGKILL} and after:
        wrong.append(f"reported {code}, and is there")
    if code == 99:
        wrong.append("a traceback")
    return "; ".join(wrong)


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A register to be copied for each point."""
    home(tmp_path, monkeypatch)
    monkeypatch.setattr(journal, "GRACE", 0.05)
    repository = register(tmp_path / "template")
    repository.close()
    git(tmp_path / "template", "status")
    return tmp_path / "template"


def copies(template: Path) -> Iterator[Path]:
    """The same register again and again, each time as it was at first."""
    place = template.parent / "shop"
    while True:
        shutil.copytree(template, place)
        yield place
        shutil.rmtree(place)


def points(template: Path) -> int:
    """How many points one step has."""
    place = next(copies(template))
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        repository = Repository.find(place)
        with pytest.MonkeyPatch.context() as patch:
            counted = Points(patch, nothing)
            step(repository, *EDITS)
        os.write(write, str(counted.count).encode())
        os._exit(0)
    os.waitpid(pid, 0)
    total = int(os.read(read, 100))
    os.close(read)
    os.close(write)
    shutil.rmtree(place)
    return total


FAULTS: dict[str, Callable[[int], Act]] = {
    "killed before": lambda at: kill(at, after=False),
    "killed after": lambda at: kill(at, after=True),
    "no space once": lambda at: fail(at, errno.ENOSPC),
    "no space for good": lambda at: fail(at, errno.ENOSPC, for_good=True),
    "disk error once": lambda at: fail(at, errno.EIO),
    "disk error once, after the call": lambda at: fail(at, errno.EIO, after=True),
}


def matrix(template: Path, fault: str, chosen: Callable[[int], range]) -> dict[int, str]:
    """What is wrong, by point, when a step meets the fault there."""
    base = git(template, "rev-parse", "HEAD")
    total = points(template)
    assert total > 80
    wrong, ends = {}, set()
    for at, place in zip(chosen(total), copies(template), strict=False):
        code = child(place, FAULTS[fault](at))
        ends.add(code)
        found = judge(place, base, code)
        if found:
            wrong[at] = found
    assert ends - {0}, "no fault was met"
    if not wrong:
        assert git(template, "fsck", "--strict", "--no-dangling") == ""
    return wrong


@pytest.mark.parametrize(
    "fault", [pytest.param(name, marks=() if "killed" in name else pytest.mark.slow) for name in FAULTS]
)
def test_a_step_is_all_there_or_not_at_all(template, fault):  # E1, E2, promises 1 and 2
    assert matrix(template, fault, lambda total: range(list(FAULTS).index(fault), total, 12)) == {}


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_step_is_all_there_or_not_at_all_at_every_point(template, fault):  # E1, E2, promises 1 and 2
    assert matrix(template, fault, range) == {}


def stopped_after_the_moment(place: Path) -> None:
    """A register in which a step is recorded, and neither the work tree nor the index has followed."""

    ref = place / ".git/refs/heads/main"
    base = ref.read_text()

    def act(_number: int, _done: bool, _name: str) -> None:
        if ref.read_text() != base:
            os._exit(KILLED)

    assert child(place, act) == KILLED
    assert Repository.find(place).pending()
    assert holds(place, BEFORE)


def recover(root: Path, act: Act) -> int:
    """A process that does what the next command does first."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    code = 99
    try:
        repository = Repository.find(root)
        with pytest.MonkeyPatch.context() as patch, repository.lock():
            Points(patch, act)
            repository.recover(timeout=1.0)
        code = 0
    except ComplaintctlError as error:
        code = error.exit_code
    finally:
        os._exit(code)
    return code


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_the_next_command_may_be_killed_as_well(template, after):  # E1
    base = git(template, "rev-parse", "HEAD")
    stopped = template.parent / "stopped"
    shutil.copytree(template, stopped)
    stopped_after_the_moment(stopped)
    killed = 0
    for at, place in zip(range(int(after), 60, 2), copies(stopped), strict=False):
        killed += recover(place, kill(at, after=after)) == KILLED
        assert judge(place, base, KILLED) == "", at
    assert 10 < killed < 30


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_a_signal_to_all_processes_at_any_time_tears_nothing(template, name):  # E3
    base = git(template, "rev-parse", "HEAD")
    chance = random.Random(name)
    for _turn, place in zip(range(12), copies(template), strict=False):
        pid = os.fork()
        if not pid:
            os.setpgid(0, 0)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            code = 99
            try:
                code = child_in_group(place)
            except KeyboardInterrupt:  # outside of the command itself
                code = 130
            finally:
                os._exit(code)
        with suppress(PermissionError, ProcessLookupError):
            os.setpgid(pid, pid)
        select.select([], [], [], chance.uniform(0.0, 0.06))
        with suppress(ProcessLookupError):
            os.killpg(pid, getattr(signal, name))
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        assert code in {0, 130, -getattr(signal, name)}
        assert judge(place, base, 0 if code == 0 else KILLED) == ""


def child_in_group(root: Path) -> int:
    """The step; 0 when it is done, 130 when it was interrupted."""
    try:
        step(Repository.find(root), *EDITS)
    except KeyboardInterrupt:
        return 130
    return 0

"""A step that is killed, or that meets a full or failing disk, at any point: before or after, never between.

Every call that changes something, or that starts a git process, is a point.
A forked child makes one step and stops at point N; the parent then runs the
next command on what is left.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from complaintctl import journal
from complaintctl.errors import ComplaintctlError
from complaintctl.history import Edit, Repository
from tests.git_examples import CASE, OTHER, git, home, register, step

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

FILE_CALLS = ("open", "write", "fsync", "replace", "link", "unlink", "mkdir", "close")
NEW = "cases/2027/01/C-20270101-AAAAAA.yaml"
BEFORE = {CASE: b"state: received\n", OTHER: b"state: classified\n", NEW: None}
AFTER = {CASE: b"state: classified\nby: li.na\n", OTHER: None, NEW: b"state: received\n"}
EDITS = tuple(Edit(path, BEFORE[path], AFTER[path]) for path in BEFORE)
KILLED = 137
Act = Callable[[int, bool], None]  # the number of the point, and whether its call has been made


class Fault(NamedTuple):
    """One way of going wrong at a point."""

    name: str
    act: Act


class Points:
    """Counts the calls of a step, and does something at one of them."""

    def __init__(self, patch: pytest.MonkeyPatch, act: Act) -> None:
        self.count = 0
        self.act = act
        for name in FILE_CALLS:
            patch.setattr(os, name, self.around(getattr(os, name)))
        patch.setattr(subprocess, "Popen", self.around(subprocess.Popen))
        # The end of a process is a point too: there it has done its work.
        patch.setattr("complaintctl.gitprocess.end", self.around(_end()))

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            number = self.count
            self.count += 1
            self.act(number, False)
            result = call(*arguments, **options)
            self.act(number, True)
            return result

        return counted


def _end() -> Callable[..., Any]:
    from complaintctl import gitprocess

    return gitprocess.end


def nothing(_number: int, _done: bool) -> None:
    """Only count."""


def kill(at: int, after: bool) -> Act:
    """Stop as SIGKILL does: nothing is cleaned up. A git that was started lives on."""

    def act(number: int, done: bool) -> None:
        if (number, done) == (at, after):
            os._exit(KILLED)

    return act


def fail(at: int, code: int, *, after: bool = False, for_good: bool = False) -> Act:
    """Let a call fail, once or from there on, before it has any effect or after it had."""

    def act(number: int, done: bool) -> None:
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


@pytest.mark.parametrize("fault", FAULTS)
def test_a_step_is_all_there_or_not_at_all(template, fault):  # E1, E2, promises 1 and 2
    assert matrix(template, fault, lambda total: range(list(FAULTS).index(fault) % 4, total, 4)) == {}


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_step_is_all_there_or_not_at_all_at_every_point(template, fault):  # E1, E2, promises 1 and 2
    assert matrix(template, fault, range) == {}

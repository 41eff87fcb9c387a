"""An exchange between two clones that is killed at any point: the next one ends as if nothing had happened.

The points are those of `test_faults`: every call that changes something, and the start and the end of
every git process.  A forked child says `sync` or `resolve` and stops at point N.  Then the clone is used
as it was left: at every other point a step on another case is recorded first.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from complaintctl import journal, remotes
from tests.laptops import Laptops, sound
from tests.scenarios.road import STEPS
from tests.shop import Shop
from tests.test_faults import KILLED, Act, Points, nothing

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


class Scene(NamedTuple):
    """Two laptops and their hub, ready for somebody to say something on the second one."""

    folder: Path
    case: str
    other: str
    who: str
    words: tuple[str, ...]
    now: Any
    faster: str = ""  # a clone that is faster with pushing, once

    def shop(self, place: Path) -> Shop:
        """The second laptop of a copy of the scene."""
        shop = Shop(place / "two/shop")
        shop.now = self.now
        return shop


class End(NamedTuple):
    """How it stands after all was said."""

    code: int
    here: str  # tree
    there: str
    clashes: list[str]
    chosen: list[str]
    status: str


def made(laptops: Laptops, *words: str, who: str = "li.na", faster: str = "") -> Scene:
    """The scene as it lies in its folder, with addresses that hold in a copy of it too."""
    for place in (laptops.one, laptops.two):
        place.shop.git("remote", "set-url", "origin", "../../hub.git")
    if faster:
        laptops.one.shop.git("remote", "set-url", "origin", "../../hub.git")
    laptops.two.shop.wait(minutes=30)
    laptops.two.shop.git("status")
    folder = laptops.hub.parent
    return Scene(
        folder, laptops.case, laptops.two.other, who, words or ("sync",), laptops.two.shop.now, faster
    )


def forward(folder: Path) -> Scene:
    """Steps and evidence of the first laptop, and none of the second."""
    laptops = Laptops(folder)
    laptops.one.shop.do("chen.jie", "evidence", "add", laptops.case, str(laptops.one.photo))
    laptops.one.make(STEPS["investigate"])
    laptops.sync(laptops.one)
    return made(laptops)


def union(folder: Path) -> Scene:
    """A case that both went on with."""
    laptops = Laptops(folder)
    laptops.one.make(STEPS["investigate"])
    laptops.sync(laptops.one)
    laptops.two.shop.wait(minutes=5).do("chen.jie", "evidence", "add", laptops.case, str(laptops.two.photo))
    laptops.note(laptops.two.shop.wait(minutes=1) and laptops.two, "called")
    return made(laptops)


def conflict(folder: Path) -> Laptops:
    laptops = Laptops(folder, "proposed")
    laptops.one.make(STEPS["approve"])
    laptops.two.shop.wait(minutes=5).do("boss", "approve", laptops.case, "--return", "say which batch")
    laptops.note(laptops.two.shop.wait(minutes=5) and laptops.two, "told her to wait")
    laptops.sync(laptops.one)
    return laptops


def clash(folder: Path) -> Scene:
    """What one approved, the other returned."""
    return made(conflict(folder))


def answer(folder: Path) -> Scene:
    """The same, told already, and somebody says what is to be kept."""
    laptops = conflict(folder)
    laptops.clash(laptops.two, "boss")
    words = ("resolve", laptops.case, "--take", "theirs", "--reason", "approved first")
    return made(laptops, *words, who="boss")


def answered(folder: Path) -> Scene:
    """The same, said, and to be joined."""
    laptops = conflict(folder)
    laptops.clash(laptops.two, "boss")
    laptops.two.shop.do("boss", "resolve", laptops.case, "--take", "theirs", "--reason", "approved first")
    return made(laptops, who="boss")


def merged(folder: Path) -> Scene:
    """A proposal that was approved by merging its branch."""
    laptops = Laptops(folder, "investigated")
    words = ("--remedy", "refund=12.90", "--reason", "sour", "--branch", "--push")
    laptops.one.shop.do("zhao.wei", "propose", laptops.case, *words)
    shop, branch = laptops.one.shop, f"proposal/{laptops.case}-1"
    me = ("-c", "user.name=sun.min", "-c", "user.email=sun.min@shop.example")
    shop.git(*me, "merge", "-q", "--no-ff", "-m", f"Merge branch '{branch}'", branch)
    shop.git("push", "-q", "origin", "main")
    laptops.note(laptops.two, "called", case=laptops.two.other)
    return made(laptops)


def slower(folder: Path) -> Scene:
    """Somebody pushes in the moment between fetching and pushing."""
    laptops = Laptops(folder)
    laptops.one.make(STEPS["investigate"])
    laptops.note(laptops.two, "called")
    return made(laptops, faster="one")


SCENES: dict[str, Callable[[Path], Scene]] = {
    "fast-forward": forward,
    "union": union,
    "clash": clash,
    "answer": answer,
    "answered": answered,
    "approved by merging": merged,
    "push comes again": slower,
}


def hurry(place: Path) -> None:
    """The other laptop sends what it has."""
    subprocess.run(
        ["git", "-C", str(place / "one/shop"), "push", "-q", "origin", "main"],
        check=True,
        capture_output=True,
    )


def say(scene: Scene, place: Path) -> Any:
    """What is said, in this process; where somebody is to be faster, they are."""
    push, first = remotes.push, iter([True])

    def late(*words: Any, **options: Any) -> Any:
        if scene.faster and next(first, False):
            hurry(place)
        return push(*words, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remotes, "push", late)
        return scene.shop(place).run(scene.who, *scene.words)


def child(scene: Scene, place: Path, act: Act, count: Callable[[int], None] = lambda _total: None) -> int:
    """A process that says it and may be stopped on the way; its exit code."""
    pid = os.fork()
    if pid:
        with suppress(PermissionError, ProcessLookupError):
            os.setpgid(pid, pid)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        alone(pid)
        return code
    exit_now, code = os._exit, 99
    try:
        os.setpgid(0, 0)
        with pytest.MonkeyPatch.context() as patch:
            counted = Points(patch, act)
            code = say(scene, place).code
        count(counted.count)
    finally:
        exit_now(code)
    return code


def alone(group: int) -> None:
    """Wait until the processes that it had started are through; one that is not after a while is stopped."""
    for _turn in range(400):
        try:
            os.killpg(group, 0)
        except (ProcessLookupError, PermissionError):
            return
        time.sleep(0.005)
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def points(scene: Scene, copies: Iterator[Path]) -> int:
    """How many points there are."""
    read, write = os.pipe()
    child(scene, next(copies), nothing, lambda total: os.write(write, str(total).encode()) and None)
    total = int(os.read(read, 100))
    os.close(read)
    os.close(write)
    return total


def copies(folder: Path) -> Iterator[Path]:
    """The same scene again and again, each time as it was at first."""
    place = folder.parent / "copy"
    while True:
        shutil.copytree(folder, place)
        yield place
        shutil.rmtree(place)


def end(scene: Scene, place: Path, *, step: bool = False) -> tuple[End, str]:
    """Use the clone, say it once more and then `sync`; how it stands, and what was said of a failure."""
    shop = scene.shop(place)
    if scene.faster:
        with suppress(subprocess.CalledProcessError):
            hurry(place)  # if that was not yet
    if step:
        noted = shop.run("li.na", "contact", scene.other, "--by", "phone", "--note", "in between")
        assert noted.code == 0, noted
    again = shop.run(scene.who, *scene.words)
    synced = shop.run(scene.who, "sync", "--json")
    clashes = synced.json["clashes"] if synced.out else []
    memory = shop.run("", "resolve", "--json").json["clashes"]
    return End(
        synced.code,
        tree(shop.folder),
        tree(place / "hub.git"),
        [one["path"] for one in clashes],
        [one["path"] for one in memory],
        shop.git("status", "--porcelain"),
    ), f"{again} {synced}"


def scraps(root: Path) -> list[str]:
    """Files that a killed run may have left and the next one must have removed."""
    made = ("*.lock", "*.new", "journal", ".complaintctl-*", "tmp_*")
    return [str(path.relative_to(root)) for name in made for path in root.rglob(name)]


def tree(folder: Path) -> str:
    return subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "main^{tree}"], check=True, capture_output=True, text=True
    ).stdout.strip()


def stop(at: int, *, after: bool, group: bool = False) -> Act:
    """Stop at a point, or where its call fails, at the next; `group`: with all that was started, as when
    a terminal is closed or the power goes. Else a git that was started lives on.
    """

    def act(number: int, done: bool, _name: str) -> None:
        if done is after and number >= at:
            if group:
                os.killpg(0, signal.SIGKILL)
            os._exit(KILLED)

    return act


WAYS: dict[str, Callable[[int], Act]] = {
    "before": lambda at: stop(at, after=False),
    "after": lambda at: stop(at, after=True),
    "with git": lambda at: stop(at, after=True, group=True),
}


def matrix(scene: Scene, chosen: Callable[[int], range], way: str) -> dict[int, str]:
    """By point, what is wrong when it is killed there."""
    places = copies(scene.folder)
    expected = []
    for step in (False, True):
        place = next(places)
        child(scene, place, nothing)
        expected.append(end(scene, place, step=step)[0])
        if not expected[-1].clashes:
            sound(scene.shop(place))
    total, wrong, killed = points(scene, places), {}, 0
    for at, place in zip(chosen(total), places, strict=False):
        killed += child(scene, place, WAYS[way](at)) in {KILLED, -signal.SIGKILL}
        step = bool(at % 2)
        found, said = end(scene, place, step=step)
        left = scraps(place / "two/shop")
        if found != expected[step] or left:
            wrong[at] = f"{found} instead of {expected[step]}; {left}; {said}"
    assert killed
    return wrong


def sample(scene: int) -> Callable[[int], range]:
    """Two points, others in each scene."""
    return lambda total: range(scene * total // 20, total, total // 2)


def taking_turns(way: str) -> Callable[[int], range]:
    """Every point that is this way's."""
    return lambda total: range(list(WAYS).index(way), total, len(WAYS))


@pytest.fixture
def scene(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(journal, "GRACE", 0.05)
    folder = tmp_path / "scene"
    folder.mkdir()
    return SCENES[request.param](folder)


@pytest.mark.parametrize("scene", SCENES, indirect=True)
def test_an_exchange_that_was_killed_is_brought_to_its_end_by_the_next(
    scene: Scene, request: pytest.FixtureRequest
) -> None:  # E1, E6, promise 1
    number = list(SCENES).index(request.node.callspec.params["scene"])
    assert matrix(scene, sample(number), list(WAYS)[number % len(WAYS)]) == {}


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scene", SCENES, indirect=True)
def test_an_exchange_killed_at_every_point_is_brought_to_its_end_by_the_next(
    scene: Scene, way: str
) -> None:  # E1, E6, promise 1
    """The ways take turns: each point is met in one of them; all three at each would take three times as long."""
    assert matrix(scene, taking_turns(way), way) == {}

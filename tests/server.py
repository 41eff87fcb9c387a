"""A bare repository that plays the forge, the laptops that push to it, and hands that change what they should not."""

from __future__ import annotations

import copy
import functools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from complaintctl.casefiles import path_of
from complaintctl.workflow import state_of
from complaintctl.yamlfile import emit_case, read_case, read_document
from tests import keys
from tests.shop import Shop, run

RULES = "policies/supermarket.yaml"
TOP = Path(__file__).parents[1]


class Push(NamedTuple):
    """How a push ended."""

    taken: bool
    said: str


def environment() -> dict[str, str]:
    """This process's environment, with this checkout to be found by the hook that git starts."""
    return {**os.environ, "PYTHONPATH": str(TOP), "GIT_TERMINAL_PROMPT": "0"}


def git(folder: Path, *words: str, given: str | None = None, check: bool = True) -> str:
    """What git says, as a person would start it."""
    done = subprocess.run(
        ["git", "-c", "maintenance.auto=false", "-C", str(folder), *words],
        env=environment(), input=given, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert not check or done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout.rstrip("\n")


def serve(shop: Shop, folder: Path) -> Path:
    """A bare repository with the register in it, which judges every push."""
    subprocess.run(["git", "clone", "-q", "--bare", str(shop.folder), str(folder)], check=True)
    made = run("-C", str(folder), "hook", "install", "--server")
    assert made.code == 0, made
    return folder


class Laptop(Shop):
    """Somebody's clone: the register as they have it, their identity, and the way to the server."""

    who = "li.na"

    @classmethod
    def clone(cls, server: Path, folder: Path, who: str, now: datetime) -> Laptop:
        subprocess.run(["git", "clone", "-q", str(server), str(folder)], check=True)
        laptop = cls(folder)
        laptop.now, laptop.who = now, who
        laptop.identify(who)
        return laptop

    def identify(self, who: str, email: str = "") -> None:
        """Be somebody for git, as `git config` has it: anybody can say anything there."""
        self.git("config", "user.name", who)
        self.git("config", "user.email", email or f"{who}@shop.example")

    def push(self, *words: str) -> Push:
        """`git push origin …`; by default the register's branch."""
        done = subprocess.run(
            ["git", "-C", str(self.folder), "push", "origin", *(words or ("main",))],
            env=environment(), capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        return Push(done.returncode == 0, done.stderr)

    def pull(self) -> None:
        """Take over what the server has: a fast-forward."""
        self.git("pull", "-q", "--ff-only", "origin", "main")

    # -- by hand, past the program

    def file(self, case: str) -> Path:
        return self.folder / path_of(case)

    def case(self, case: str) -> Any:
        """The case as it lies in the folder."""
        return read_case(self.file(case).read_bytes(), path_of(case))

    def forge(self, case: str, change: Callable[[Any], None], *, state: str = "") -> None:
        """Rewrite a case as somebody would who knows how: the right spelling, the right state unless given."""
        data: Any = copy.deepcopy(self.case(case))
        change(data)
        rules: Any = read_document((self.folder / RULES).read_bytes(), RULES)[0]
        data["state"] = state or state_of(data, rules)
        self.file(case).write_bytes(emit_case(data))

    def commit(self, *paths: str | Path, who: str = "", subject: str = "") -> str:
        """Commit by hand, as author and committer of one's choice; the commit."""
        person = who or self.who
        self.git("add", "-A", *(["--", *map(str, paths)] if paths else []))
        stamp = self.now.isoformat()
        done = subprocess.run(
            ["git", "-C", str(self.folder), "commit", "-q", "-m", subject or "by hand"],
            env={
                **environment(), "GIT_AUTHOR_NAME": person, "GIT_AUTHOR_EMAIL": f"{person}@shop.example",
                "GIT_COMMITTER_NAME": person, "GIT_COMMITTER_EMAIL": f"{person}@shop.example",
                "GIT_AUTHOR_DATE": stamp,
            },
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done
        return self.git("rev-parse", "HEAD").strip()


class Place(NamedTuple):
    """A server, the clerk's laptop, and a case in each state that matters."""

    server: Path
    laptop: Laptop
    proposed: str
    approved: str
    received: str
    closed: str
    investigated: str

    def other(self, who: str) -> Laptop:
        """Somebody else's laptop, cloned now."""
        folder = self.laptop.folder.with_name(who)
        return Laptop.clone(self.server, folder, who, self.laptop.now)


class _Original(NamedTuple):
    folder: Path
    now: datetime
    cases: tuple[str, ...]


@functools.cache
def _original(*, signing: bool = False) -> _Original:
    """The server with its cases; made once, copied for each test."""
    folder = Path(tempfile.mkdtemp(prefix="complaintctl-server-"))
    if signing:
        shop = keys.signing_shop(folder / "shop")
        keys.give(shop, "li.na")
        shutil.copytree(Path(os.environ["HOME"]) / ".ssh", folder / "ssh")
    else:
        shop = Shop.make(folder / "shop")
    proposed = shop.proposed()
    approved = shop.wait(minutes=5).proposed()
    shop.do("sun.min", "approve", approved)
    received = shop.wait(minutes=5).new()
    photo = folder / "bottle.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0 a bottle, seen from the side")
    shop.do("li.na", "evidence", "add", received, str(photo))
    closed = shop.wait(minutes=5).fulfilled()
    shop.do("li.na", "follow-up", closed, "--satisfaction", "5")
    shop.do("li.na", "close", closed, "--lesson", "alarm was off", "--prevention", "two readings a day")
    investigated = shop.wait(minutes=5).investigated()
    serve(shop, folder / "server.git")
    return _Original(folder, shop.wait(minutes=10).now, (proposed, approved, received, closed, investigated))


def place(folder: Path, who: str = "li.na", *, signing: bool = False) -> Place:
    """A server of one's own, and the laptop of somebody who works with it.

    `signing`: decisions must be signed; the keys of the owner, of sun.min, qian.li and li.na are in the home.
    """
    original = _original(signing=signing)
    if signing:
        shutil.copytree(original.folder / "ssh", Path(os.environ["HOME"]) / ".ssh", dirs_exist_ok=True)
    server = folder / "server.git"
    shutil.copytree(original.folder / "server.git", server)
    return Place(server, Laptop.clone(server, folder / who, who, original.now), *original.cases)

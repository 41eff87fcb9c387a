"""Two laptops of one shop and what they exchange steps through: a bare repository, as on a stick or a server."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from tests.scenarios import road
from tests.scenarios.road import Made, Place
from tests.shop import Ran, Shop


class Laptops:
    """Two clones of one register; the case is in a state of the road in both."""

    def __init__(self, folder: Path, state: str = "assigned") -> None:
        self.hub = folder / "hub.git"
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(self.hub)], check=True)
        self.one = road.at(state, folder / "one")
        self.one.shop.git("remote", "add", "origin", str(self.hub))
        self.sync(self.one)
        self.two = road.copy_of(self.one, folder / "two")
        self.two.shop.wait(minutes=1)
        self.case = self.one.case

    def sync(self, place: Place, who: str = "li.na", *words: str) -> Any:
        """Exchange steps; what was done, as data. It must succeed."""
        ran = place.shop.run(who, "sync", "--json", *words)
        assert ran.code == 0, ran
        return ran.json

    def clash(self, place: Place, who: str = "li.na", *words: str) -> Ran:
        """Exchange steps that contradict each other: said so, and nothing has changed here or there."""
        before, hub = place.shop.snapshot(), self.tip
        ran = place.shop.run(who, "sync", *words)
        assert ran.code == 1, ran
        assert place.shop.snapshot() == before
        assert self.tip == hub
        return ran

    def settle(self) -> None:
        """Exchange until both have everything; both are the same then, and nothing is wrong with either."""
        for place in (self.one, self.two, self.one):
            self.sync(place)
        assert tree(self.one.shop) == tree(self.two.shop)
        for place in (self.one, self.two):
            sound(place.shop)

    @property
    def tip(self) -> str:
        """The newest commit of the register on the hub."""
        return self.git("rev-parse", "refs/heads/main").strip()

    def git(self, *words: str) -> str:
        """A git command in the hub."""
        return subprocess.run(
            ["git", "-C", str(self.hub), *words], check=True, capture_output=True, text=True
        ).stdout

    def note(self, place: Place, text: str, who: str = "li.na", case: str = "") -> None:
        """A telephone note, so that there is something to exchange."""
        place.shop.do(who, "contact", case or place.case, "--by", "phone", "--note", text)


def tree(shop: Shop) -> str:
    """What is committed, all of it."""
    return shop.git("rev-parse", "HEAD^{tree}")


def sound(shop: Shop) -> None:
    """Nothing is wrong with the files, the history, or the work tree of a register."""
    checked = shop.run("", "check")
    assert (checked.code, checked.out) == (0, ""), checked
    verified = shop.run("", "verify", "--full", "--json")
    assert verified.json["findings"] == [], verified.out
    assert shop.git("status", "--porcelain") == ""


def propose(reason: str, *remedies: str, who: str = "zhao.wei") -> Made:
    """A proposal of one's own."""
    words = [word for remedy in remedies or ("refund=12.90",) for word in ("--remedy", remedy)]
    return Made("investigated", who, ("propose", "{case}", *words, "--reason", reason))

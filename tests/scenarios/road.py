"""The road of a case as data: how each state is reached, and one legal use of every verb.

Each state's register is made once for a test run; tests get copies of it.
"""

from __future__ import annotations

import functools
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from tests.shop import MILK, Shop, kept_folder

PHOTO = b"\xff\xd8\xff\xe0 a bottle, seen from the side"


class Made(NamedTuple):
    """One use of a verb: the state that it is used in, by whom, with which words ({case}, {other}, {photo})."""

    state: str
    who: str
    words: tuple[str, ...]

    @property
    def verb(self) -> str:
        return self.words[0]


# How each state is reached: from which state, by whom, with which words.
ROAD: dict[str, Made] = {
    "classified": Made("received", "li.na", ("classify", "{case}", "--category", "goods.spoiled")),
    "assigned": Made("classified", "li.na", ("assign", "{case}", "--to", "zhao.wei")),
    "investigated": Made(
        "assigned",
        "zhao.wei",
        (
            "investigate", "{case}", "--findings", "cold shelf at 11 °C", "--statement", "customer: sour at breakfast",
            "--verdict", "founded", "--cause", "goods.spoiled",
        ),
    ),
    "proposed": Made(
        "investigated",
        "zhao.wei",
        ("propose", "{case}", "--remedy", "refund=12.90", "--remedy", "apology", "--reason", "spoiled too early"),
    ),
    "returned": Made("proposed", "sun.min", ("approve", "{case}", "--return", "say which batch it was")),
    "approved": Made("proposed", "sun.min", ("approve", "{case}", "--note", "agreed with the store")),
    "declined": Made("approved", "li.na", ("respond", "{case}", "--declined", "--reason", "wants more")),
    "agreed": Made("approved", "li.na", ("respond", "{case}", "--agreed")),
    "fulfilled": Made("agreed", "li.na", ("fulfil", "{case}", "--all", "--voucher", "R-1")),
    "dissatisfied": Made("fulfilled", "li.na", ("follow-up", "{case}", "--satisfaction", "2")),
    "satisfied": Made("fulfilled", "li.na", ("follow-up", "{case}", "--satisfaction", "5", "--comment", "kind")),
    "closed": Made(
        "satisfied", "li.na", ("close", "{case}", "--lesson", "alarm was off", "--prevention", "two readings a day")
    ),
}  # fmt: skip

# The steps of a case's life, each in a state in which it is legal.
STEPS: dict[str, Made] = {
    "classify": ROAD["classified"],
    "settle": Made(
        "classified",
        "li.na",
        ("settle", "{case}", "--remedy", "refund=12.90", "--reason", "plainly spoiled"),
    ),
    "assign": ROAD["assigned"],
    "investigate": ROAD["investigated"],
    "propose": ROAD["proposed"],
    "approve": ROAD["approved"],
    "return": ROAD["returned"],
    "respond": ROAD["agreed"],
    "decline": ROAD["declined"],
    "fulfil": ROAD["fulfilled"],
    "follow-up": ROAD["satisfied"],
    "close": ROAD["closed"],
    "reopen": Made("closed", "li.na", ("reopen", "{case}", "--reason", "the customer called again")),
}

# What may happen at any time: verb, by whom, with which words, and whether in a closed case too.
ANY_TIME: dict[str, tuple[str, tuple[str, ...], bool]] = {
    "contact": ("chen.jie", ("contact", "{case}", "--by", "phone", "--progress", "--note", "it is being tested"), True),
    "evidence": ("chen.jie", ("evidence", "add", "{case}", "{photo}", "--kind", "photo", "--note", "bottle"), True),
    "hold": ("chen.jie", ("hold", "{case}", "--for", "test", "--reason", "laboratory has it"), False),
    "escalate": ("chen.jie", ("escalate", "{case}", "--reason", "called twice today"), False),
    "improve": (
        "chen.jie",
        ("improve", "{case}", "--measure", "alarm on the shelf", "--owner", "wu.lei", "--due", "2026-12-15"),
        True,
    ),
    "link": ("chen.jie", ("link", "{case}", "--to", "{other}", "--kind", "same-batch"), True),
    "amend": ("chen.jie", ("amend", "{case}", "--set", "customer.phone=13900005678", "--reason", "misheard"), True),
}  # fmt: skip


class Place(NamedTuple):
    """A shop of one's own, its case in the wanted state, another case, and a photograph."""

    shop: Shop
    case: str
    other: str
    photo: Path

    def words(self, words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            word.format(case=self.case, other=self.other, photo=self.photo) if "{" in word else word
            for word in words
        )

    def make(self, step: Made) -> None:
        """Make a step that must succeed."""
        self.shop.do(step.who, *self.words(step.words))

    @property
    def file(self) -> Path:
        """The case file in the work tree."""
        return path_of(self.shop, self.case)


def path_of(shop: Shop, case: str) -> Path:
    """Where the file of a case lies."""
    return shop.folder / "cases" / case[2:6] / case[6:8] / f"{case}.yaml"


@functools.cache
def _original(state: str) -> Place:
    """The register in which the case is in a state; made once, never changed afterwards."""
    folder = kept_folder()
    if state == "received":
        shop = Shop.make(folder / "shop")
        other = shop.new("--channel", "phone", "--complaint", "no trolley was free", "--kind", "complaint")
        case = shop.wait(minutes=10).new(*MILK)
        return Place(shop, case, other, _photo(folder))
    place = copy_of(_original(ROAD[state].state), folder)
    place.shop.wait(minutes=10)
    place.make(ROAD[state])
    return place


def _photo(folder: Path) -> Path:
    photo = folder / "bottle.jpg"
    photo.write_bytes(PHOTO)
    return photo


def copy_of(place: Place, folder: Path) -> Place:
    """The same register in another folder, at the same time of day."""
    folder.mkdir(parents=True, exist_ok=True)
    return Place(place.shop.copy(folder / "shop"), place.case, place.other, _photo(folder))


def at(state: str, folder: Path) -> Place:
    """A register of one's own with a case in a state, ten minutes after it got there."""
    place = copy_of(_original(state), folder)
    place.shop.now += timedelta(minutes=10)
    return place

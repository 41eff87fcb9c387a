"""Whatever two laptops do to one case, both end with the same, or in a conflict that is stated and resolved."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from complaintctl import partly, resolving, times
from complaintctl.case import Case
from complaintctl.resolving import Both
from complaintctl.retrace import Made
from complaintctl.workflow import Context, last_signature, state_of
from tests import bench, lives
from tests.laptops import Laptops, sound, tree
from tests.played import Step
from tests.scenarios import road
from tests.scenarios.road import ROAD, Place

POLICY = bench.rules()[0]
PAUSES = (0, 1, 7, 90, 3000)  # minutes
SEEDS = st.integers(0, 2**32)
FULL = {"deadline": None, "derandomize": True, "phases": [Phase.generate], "database": None}


def context_of(case: Case | None, made: Made) -> Context:
    return bench.context(case, made.by or "boss", made.at)


def minutes(case: Case) -> int:
    """When the last step was made, counted from the opening of the shop."""
    return (last_signature(case)[0] - times.epoch(bench.at(0))) // 60


def lived(chance: Random, case: Case, begin: float, length: int) -> Case:
    """The case after up to so many more steps of anybody, on one laptop."""
    trail = [Step("", None, case, bench.context(case, "boss", bench.at(begin)))]
    now = begin
    for _number in range(length):
        now += chance.choice(PAUSES)
        for _try in range(12):
            step = lives._step(chance, trail, now)  # type: ignore[arg-type]
            if step is not None:
                trail.append(step)
                break
    return trail[-1].after


def parted(chance: Random) -> Both:
    """A case that two laptops had, and what each made of it; no two steps in one second."""
    base = lives.life(chance, chance.randrange(12))[-1].after
    begin = minutes(base) + chance.choice((0, 1, 5))
    ours = lived(chance, base, begin, chance.randrange(1, 6))
    theirs = lived(chance, base, begin + 0.5 + chance.choice((0, 3)), chance.randrange(1, 6))
    return Both(base, ours, theirs, POLICY)


def joined(view: Both) -> str:
    """Join the two, seen from either side, and check what comes out; how it ended."""
    merged, found = resolving.merge(view, context_of)
    turned, other = resolving.merge(view.turned, context_of)
    assert Counter((one.place, one.ours, one.theirs) for one in found) == Counter(
        (one.place, one.theirs, one.ours) for one in other
    )
    if found:
        assert all(one.message and one.ours and one.theirs for one in found)
        for side in (view, view.turned):
            resolved(side)
        return "conflict"
    assert merged == turned
    assert merged["state"] == state_of(merged, POLICY)
    assert resolving.faults(view, merged, context_of) == []
    assert resolving.merge(view._replace(ours=merged), context_of) == (
        merged,
        [],
    )  # once more changes nothing
    return "united"


def resolved(view: Both) -> None:
    """What is given up is noted, the rest stands, and an unnoted one is found."""
    kept, given = resolving.keep(view, context_of)
    assert given
    assert resolving.faults(view, kept, context_of)
    noted = resolving.noted(kept, given, "boss", bench.at(10**6), "agreed")
    assert resolving.faults(view, noted, context_of) == []
    ours = [one for one in partly.signatures(view.ours) if one not in partly.signatures(noted)]
    twice = [one for one in ours if resolving._said_twice(view, kept, [one])]
    assert ours == twice


@settings(max_examples=200, **FULL)  # type: ignore[arg-type]
@given(SEEDS)
def test_two_laptops_end_in_the_same_case_or_in_a_stated_conflict(seed: int) -> None:
    joined(parted(Random(seed)))


def test_both_ends_are_met_often_enough_to_mean_something() -> None:
    ends = Counter(joined(parted(Random(seed))) for seed in range(80))
    assert min(ends["united"], ends["conflict"]) > 15


@settings(max_examples=50, **FULL)  # type: ignore[arg-type]
@given(SEEDS)
def test_a_third_laptop_joins_what_two_had_joined_or_resolved(seed: int) -> None:
    chance = Random(seed)
    view = parted(chance)
    assert view.base is not None
    merged, found = resolving.merge(view, context_of)
    if found:
        kept, given = resolving.keep(view, context_of)
        merged = resolving.noted(kept, given, "boss", bench.at(10**6 - 1), "agreed")
    third = lived(chance, view.base, minutes(view.base) + 0.25, chance.randrange(1, 4))
    joined(view._replace(ours=merged, theirs=third))


# ── Through git ─────────────────────────────────────────────────────────────────────────────────────

STEPS = [*ROAD.values(), *road.STEPS.values()]


def act(chance: Random, place: Place) -> None:
    """Up to three commands on one laptop, any that are not refused."""
    for _number in range(chance.randrange(1, 4)):
        place.shop.wait(minutes=chance.choice((1, 20, 300)))
        state = place.shop.show(place.case)["state"]
        onward = [made for made in STEPS if made.state == state]
        if onward and chance.random() < 0.6:
            made = chance.choice(onward)
            who, words = made.who, made.words
        else:
            who, words, _closed = chance.choice(list(road.ANY_TIME.values()))
        ran = place.shop.run(who, *place.words(words))
        assert ran.code in {0, 1}, (words, ran)


def exchange(chance: Random, laptops: Laptops, place: Place) -> str:
    """Exchange steps; a contradiction is resolved by the manager."""
    ran = place.shop.run("li.na", "sync", "--json")
    assert ran.code in {0, 1}, ran
    if ran.code == 0:
        return "united" if ran.json["united"] else "joined"
    assert ran.json["clashes"][0]["contradictions"]
    place.shop.do(
        "boss", "resolve", laptops.case, "--take", chance.choice(("ours", "theirs")), "--reason", "agreed"
    )
    laptops.sync(place, "boss")
    return "conflict"


def interleaved(seed: int) -> Counter[str]:
    """A few days on two laptops; how their exchanges ended. At the end both have the same, and it is sound."""
    chance = Random(seed)
    ends: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="complaintctl-laptops-") as folder:
        laptops = Laptops(Path(folder), chance.choice(["received", *ROAD]))
        for _round in range(2):
            for place in (laptops.one, laptops.two):
                act(chance, place)
            for place in chance.sample([laptops.one, laptops.two], 2):
                ends[exchange(chance, laptops, place)] += 1
        for place in (laptops.one, laptops.two, laptops.one):
            ends[exchange(chance, laptops, place)] += 1
        assert tree(laptops.one.shop) == tree(laptops.two.shop)
        sound(laptops.one.shop)
        laptops.git("fsck", "--strict")
    return ends


def test_two_laptops_through_git_end_in_the_same_state() -> None:
    ends = sum((interleaved(seed) for seed in (0, 136)), Counter())
    assert ends["united"]


@pytest.mark.slow
@settings(max_examples=40, suppress_health_check=list(HealthCheck), **FULL)  # type: ignore[arg-type]
@given(SEEDS)
def test_two_laptops_through_git_end_in_the_same_state_many_times(seed: int) -> None:
    interleaved(seed)

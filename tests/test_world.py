"""What a step is judged by, worked out again from history alone, is what it was judged by when it was made."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from complaintctl import casefiles, inforce, retrace, walking, workflow, world
from complaintctl.history import Repository
from complaintctl.index import Index
from complaintctl.register import Register, Settings
from complaintctl.times import epoch
from complaintctl.world import World
from complaintctl.yamlfile import read_case
from tests import lives, played
from tests.shop import MILK, Shop, run


@pytest.fixture(autouse=True)
def _fast_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda _descriptor: None)


def changed_case(commit: walking.Commit) -> walking.Change | None:
    """The one case that a commit changes."""
    found = [one for one in commit.changes[0] if casefiles.own_id(one.path)]
    return found[0] if found else None


def everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all facts be worked out for every step, asked for or not."""
    monkeypatch.setattr(inforce.Rules, "asks", lambda _self, _fact, _verb: True)
    verbs = {
        "approve",
        "settle",
        "classify",
        "assign",
        "contact",
        "propose",
        "investigate",
        "respond",
        "close",
    }
    monkeypatch.setattr(world, "DECIDING", verbs | {"fulfil", "follow-up", "hold", "escalate"})


def test_the_last_step_is_the_same_worked_out_section_by_section(tmp_path: Path) -> None:
    assert (
        run(
            "init",
            str(tmp_path / "shop"),
            "--policy",
            "supermarket",
            "--owner",
            "boss:Ann Lee <boss@shop.example>",
        ).code
        == 0
    )
    there = World.at(Repository.find(tmp_path / "shop"), "")
    for seed in range(20):
        for step in lives.life(random.Random(seed), 14):
            assert there._last_step(step.after) == workflow.last_signature(step.after)[0]


def told(context: Any) -> tuple[Any, ...]:
    """What a context says, as far as a step can depend on it."""
    return (
        context.pin, context.pinned["version"], context.actor["id"], [one["id"] for one in context.staff],
        epoch(context.at), context.currency, context.level, context.customer_cost, context.missed,
    )  # fmt: skip


@pytest.mark.parametrize("policy", ["supermarket", pytest.param("fitness", marks=pytest.mark.slow)])
@pytest.mark.parametrize("begun", [0.0, 0.5], ids=["from the first commit", "from the index in the middle"])
def test_a_step_is_judged_by_what_it_was_made_by(
    policy: str, begun: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything(monkeypatch)
    with played.recorded() as steps:
        assert run("demo", str(tmp_path / "shop"), "--policy", policy).code == 0
    repository = Repository.find(tmp_path / "shop")
    tip = repository.head() or ""
    commits = walking.commits(repository, tip)
    first = int(len(commits) * begun)
    base = commits[first - 1].id if first else ""
    index = None
    if base:
        index = Index.open(repository)
        index.refresh(tip)
    there = World.at(repository, base, index)
    made = iter(steps)
    compared = 0
    for number, commit in enumerate(commits):
        change = changed_case(commit)
        step = next(made) if change else None
        if number < first:
            continue
        if change and step:
            new = there.read(change.path, change.new)
            assert new == step.after
            old = there.case(new["id"])
            assert old == step.before
            for one in retrace.steps(old, new, there.earlier(new["id"], commit.parents[0])):
                if one.by:
                    assert told(there.context(old, one)) == told(step.context), (step.verb, new["id"])
                    compared += 1
        there.apply(commit.changes[0])
        assert there.trees.id == commit.tree
    assert next(made, None) is None
    assert compared > 25


def shop_of_many(folder: Path) -> Shop:
    """Several customers with the same product, one of whom was granted something."""
    shop = Shop.make(folder)
    for number in range(4):
        shop.wait(hours=5)
        words = [*MILK]
        words[words.index("13800001234")] = f"1380000123{4 + number}"
        case = shop.new(*words)
        shop.do("li.na", "classify", case, "--category", "goods.spoiled")
        if number in {0, 2}:
            shop.do("li.na", "settle", case, "--remedy", "refund=12.90", "--reason", "plainly spoiled")
    shop.wait(hours=1)
    again = shop.new(*MILK, "--demand", "exchange")
    shop.do("li.na", "classify", again, "--category", "goods.spoiled")
    return shop


@pytest.mark.parametrize(
    "source", ["nothing", "index", "index of an earlier commit", "index of a later commit"]
)
def test_other_cases_count_as_they_do_in_the_register(source: str, tmp_path: Path) -> None:
    shop = shop_of_many(tmp_path / "shop")
    before = shop.git("rev-parse", "HEAD~3").strip()
    at = before if source.endswith("later commit") else shop.git("rev-parse", "HEAD").strip()
    repository = Repository.find(shop.folder)
    register = Register.open(Settings(shop.folder, now=int(shop.now.timestamp())))
    index = None if source == "nothing" else register.index
    if source.endswith("earlier commit"):
        assert index is not None
        index.refresh(before)
    there = World.at(repository, at, index)
    levels, grants = [], []
    with Index.at(repository, at) as truth:
        for case_id, _blob in truth.entries():
            case = there.case(case_id)
            assert case is not None
            pinned = there.pinned(case)
            from complaintctl.levels import hits

            received, now = epoch(case["intake"]["received_at"]), int(shop.now.timestamp())
            expected = truth.level_of(hits(case, pinned), received, now)[0]
            assert there.others.level(case, pinned, now) == expected
            levels.append(expected)
            wanted = sum(truth.spent(case["customer"]["id"], 0, case_id))
            assert there.others.spent(case["customer"]["id"], 0, case_id) == wanted
            grants.append(wanted)
    assert 2 in levels
    assert any(grants) or source.endswith("later commit")


def test_going_back_and_forth_changes_nothing(tmp_path: Path) -> None:
    shop = shop_of_many(tmp_path / "shop")
    repository = Repository.find(shop.folder)
    commits = walking.commits(repository, repository.head() or "")
    there = World.at(repository, "")
    for commit in commits:
        there.apply(commit.changes[0])
    seen = {
        case_id: there.case(case_id)
        for commit in commits
        if (change := changed_case(commit)) and (case_id := casefiles.own_id(change.path))
    }
    for commit in reversed(commits[-9:]):
        assert there.trees.id == commit.tree
        there.undo(commit.changes[0])
    for commit in commits[-9:]:
        there.apply(commit.changes[0])
    assert there.trees.id == commits[-1].tree
    assert {case_id: there.case(case_id) for case_id in seen} == seen
    assert there.rules.in_force[1]["name"] == "supermarket"


def test_the_rules_ask_for_a_level_only_where_it_makes_a_difference(shop: Shop) -> None:
    repository = Repository.find(shop.folder)
    rules = World.at_documents(repository, repository.head() or "")
    assert rules.asks("level", "approve")  # grave cases are for the vice president
    assert not rules.asks("level", "contact")


def test_somebody_who_left_or_was_never_there_may_not_act(shop: Shop) -> None:
    from complaintctl.errors import Refused, Usage

    shop.do("boss", "staff", "retire", "chen.jie")
    rules = World.at_documents(Repository.find(shop.folder), shop.git("rev-parse", "HEAD").strip())
    with pytest.raises(Refused, match="has left"):
        rules.person("chen.jie")
    with pytest.raises(Usage, match="Nobody"):
        rules.person("stranger")
    assert rules.author("LI.NA@shop.example") == rules.people["li.na"]
    assert rules.author("stranger@shop.example") is None


def test_a_case_that_cannot_be_read_is_known_as_it_was_last(shop: Shop) -> None:
    case = shop.new()
    path = f"cases/{case[2:6]}/{case[6:8]}/{case}.yaml"
    (shop.folder / path).write_text("nothing: [\n")
    shop.git("-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qam", "x")
    repository = Repository.find(shop.folder)
    commits = walking.commits(repository, repository.head() or "")
    there = World.at(repository, "")
    for commit in commits:
        there.apply(commit.changes[0], {case: None} if commit is commits[-1] else None)
        if commit is commits[-2]:
            assert there.case(case) is not None
    assert there.case(case) == read_case(repository.read("HEAD~1", [path])[path].data, path)  # type: ignore[union-attr]

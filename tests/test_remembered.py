"""What verifying keeps in mind from one commit to the next hides nothing: each time it comes out as if worked out anew."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaintctl import (
    alike,
    casejudge,
    levels,
    lifecycle,
    patterns,
    piecewise,
    retrace,
    schema,
    times,
    yamlfile,
)
from complaintctl.errors import BadData
from complaintctl.history import Repository
from complaintctl.treehash import Trees
from complaintctl.walking import ABSENT, PLAIN, Change
from complaintctl.world import World, _fits
from tests import bench, lives
from tests.git_examples import home, register
from tests.scenarios import road
from tests.scenarios.road import Place
from tests.test_forms import HOSTILE
from tests.test_judging import CLERK, git, judged
from tests.test_patterns import ODD

LIVES = [[step.after for step in lives.life(random.Random(seed), 14)] for seed in range(12)]
# Their evidence is none that a register would take.
VALID: list[list[Any]] = [
    [{key: part for key, part in case.items() if key != "evidence"} for case in life] for life in LIVES
]


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patterns are made of every section that is met."""
    monkeypatch.setattr(piecewise, "_MANY", 1)
    monkeypatch.setattr(patterns, "OFTEN", 1)


def strictly(data: bytes) -> Any:
    """The case in a text that is canonical and valid; else None."""
    try:
        case = yamlfile.read_case(data, "case.yaml")
    except BadData:
        return None
    return case if schema.valid("case", case) else None


def taught(*cases: Any) -> piecewise.Reader:
    """A reader that met these cases before."""
    reader = piecewise.Reader()
    for case in cases:
        reader.learn(reader.read(yamlfile.emit_case(case), "case.yaml"))
    return reader


# -- sections that are like one before


@pytest.mark.usefixtures("_at_once")
def test_sections_like_one_before_are_known_to_fit() -> None:
    reader = taught(*VALID[0], *VALID[0])
    found = [reader.read(yamlfile.emit_case(case), "case.yaml") for case in VALID[0]]
    assert [one.case for one in found] == VALID[0]
    # The number of a round has bounds of which no pattern is made.
    assert not [key for one in found for key in one.doubtful if "round" not in str(one.case)]


READERS: list[piecewise.Reader] = []


@settings(max_examples=500, deadline=None)
@given(data=st.data())
def test_what_is_taken_for_valid_is_valid_after_any_change_of_a_text(data: st.DataObject) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(piecewise, "_MANY", 1)
        patch.setattr(patterns, "OFTEN", 1)
        if not READERS:
            READERS.append(taught(*[case for life in VALID for case in life]))
        (reader,) = READERS
        life = data.draw(st.sampled_from(VALID))
        number = data.draw(st.integers(0, len(life) - 1))
        text = yamlfile.emit_case(life[number]).decode()
        for _change in range(data.draw(st.integers(1, 2))):
            start = data.draw(st.integers(0, len(text)))
            end = data.draw(st.integers(start, min(start + 8, len(text))))
            put = data.draw(
                st.sampled_from((*HOSTILE[:-1], *ODD, "\n", " ", ":", '"', "- ")) | st.text(max_size=4)
            )
            text = text[:start] + put + text[end:]
        changed = text.encode("utf-8", "surrogatepass")
        before = reader.read(yamlfile.emit_case(life[max(number - 1, 0)]), "case.yaml")
        for known in (None, before):
            try:
                found = reader.read(changed, "case.yaml", known)
            except BadData:
                assert strictly(changed) is None
                continue
            fits = _fits(known.case if known else None, found)
            assert (found.case if fits else None) == strictly(changed)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("satisfaction: 5", "satisfaction: 6"),
        ("satisfaction: 5", 'satisfaction: "5"'),
        ("severity: moderate", 'severity: "moderate"'),
        ("severity: moderate", "severity: Moderate!"),
        ("verdict: founded", "verdict: perhaps"),
        ("outcome: approved", "outcome: agreed"),
        ("outcome: approved", "outcome: returned"),
        ('cost: "12.90"', 'cost: "12.9"'),
        ('cost: "12.90"', 'cost: "0.00"'),
        ("state: closed", "state: shut"),
        ("state: closed", "state: satisfied"),
        ("kind: complaint", "kind:  complaint"),
        ("currency: CNY", "currency: cny"),
    ],
)
def test_a_change_of_a_known_section_is_found_as_when_nothing_is_known(
    was: str, now: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # G1, G3
    place = road.at("closed", tmp_path)
    text = place.file.read_text(encoding="utf-8")
    assert was in text
    place.file.write_text(text.replace(was, now, 1), encoding="utf-8", newline="\n")
    git(place, CLERK, "commit", "--quiet", "--all", "--message", "x")
    plain = judged(place)
    assert plain
    monkeypatch.setattr(piecewise, "_MANY", 1)
    monkeypatch.setattr(patterns, "OFTEN", 1)
    assert judged(place) == plain


def test_a_section_that_did_not_fit_is_not_taken_for_known_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # G1
    monkeypatch.setattr(piecewise, "_MANY", 1)
    monkeypatch.setattr(patterns, "OFTEN", 1)
    place = road.at("closed", tmp_path)
    text = place.file.read_text(encoding="utf-8")
    wrong = text.replace("state: closed", "state: shut")
    commits = []
    for content in (wrong, text, wrong):
        place.file.write_text(content, encoding="utf-8", newline="\n")
        git(place, CLERK, "commit", "--quiet", "--all", "--message", "x")
        commits.append(place.shop.git("rev-parse", "HEAD").strip())
    found = [one.commit for one in judged(place) if one.rule == "form"]
    assert found == [commits[0], commits[2]]


# -- what a case is grouped by


def _hits(case: Any, policy: Any) -> Any:
    return levels.repetitions(case, policy)


@pytest.mark.parametrize("name", ["supermarket", "optical", "hotel"])
def test_what_comes_again_rests_on_the_sections_that_are_named(name: str) -> None:  # S1d-3
    policy, _pin = bench.rules(name)
    named = {*levels.rests_on(policy), "intake", "customer", "about", "kind"}
    for case in (one for life in LIVES for one in life):
        only: Any = {key: part for key, part in case.items() if key in named}
        assert _hits(only, policy) == _hits(case, policy)


def test_a_rule_about_what_happened_later_rests_on_that_too() -> None:
    policy = {**bench.rules()[0]}
    again = {"same": ["category", "product"], "customers": 2, "within": "30 days"}
    policy["levels"] = [{"level": 1, "label": {}, "any": [{"label": {}, "when": {"verdict": "founded", "repetition": again}}]},
                        {"level": 2, "label": {}}]  # fmt: skip
    named = levels.rests_on(policy)
    assert {"investigations", "closures", "classification"} <= set(named)
    for case in (one for life in LIVES for one in life):
        only: Any = {key: part for key, part in case.items() if key in {*named, "kind"}}
        assert _hits(only, policy) == _hits(case, policy)


def test_other_cases_are_known_as_they_stand_whatever_was_noted_before() -> None:  # S1d-3, S1c-4
    policy, _pin = bench.rules()
    now = times.epoch(bench.at(10**6))
    cases: dict[str, Any] = {}
    kept = alike.Others(cases.get, lambda _case: policy)
    for number in range(14):
        for place, life in enumerate(LIVES):
            case = {**life[min(number, len(life) - 1)], "id": f"C-20261116-AAAAA{place:X}"}
            case["customer"] = {**case["customer"], "id": f"P-AAAAA{(place + number // 5) % 5}"}
            cases[case["id"]] = case
            kept.changed([case["id"]])
        if number % 3 == 2:
            gone = f"C-20261116-AAAAA{number % len(LIVES):X}"
            cases.pop(gone)
            kept.changed([gone])
        anew = alike.Others(cases.get, lambda _case: policy)
        anew.changed(cases)
        for case in cases.values():
            assert kept.level(case, policy, now) == anew.level(case, policy, now)
            customer = case["customer"]["id"]
            assert kept.spent(customer, 0, case["id"]) == anew.spent(customer, 0, case["id"])
        assert kept._alike == {key: anew._alike.get(key, []) for key in kept._alike}


# -- when the last step was made


def test_the_last_instant_is_that_of_the_last_step_unless_something_was_taken_back() -> None:
    seen = 0
    for life in LIVES:
        for old, new in pairwise(life):
            made = retrace.steps(old, new)
            if casejudge._UNSIGNED.isdisjoint([one.verb for one in made]):
                told = max([_last(old), *[times.epoch(one.at) for one in made]])
                assert told == _last(new)
                seen += 1
    assert seen > 60


def _last(case: Any) -> int:
    return max(times.epoch(at) for at, _by in lifecycle.signatures(case))


def test_the_last_instant_is_found_when_what_was_last_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home(tmp_path, monkeypatch)
    world = World(register(tmp_path / "shop"))
    rng = random.Random(3)
    cases = [case for life in LIVES for case in life]
    for _turn in range(300):  # one state after the other in no order: sections come and go
        case = rng.choice(cases)
        assert world._last_step(case) == _last(case)


def test_a_step_before_the_last_one_is_found_after_many_that_were_in_order(tmp_path: Path) -> None:  # G1, G8
    place: Place = road.at("assigned", tmp_path)
    shop = place.shop
    for _time in range(3):
        shop.wait(minutes=10)
        shop.do("li.na", "contact", place.case, "--by", "phone", "--note", f"called {_time}")
    case = yamlfile.read_case(place.file.read_bytes(), place.file.name)
    *_before, second, last = case["contacts"]
    earlier = {**last, "note": "between", "at": second["at"]}
    place.file.write_bytes(yamlfile.emit_case({**case, "contacts": [*case["contacts"], earlier]}))
    git(place, "li.na", "commit", "--quiet", "--all", "--message", "x")
    (found,) = judged(place)
    assert (found.rule, found.case) == ("illegal-step", place.case)


# -- the ids of folders


PLACES = (
    "cases/2026/10/a",
    "cases/2026/10/b",
    "cases/2026/11/a",
    "cases/x",
    "cases/2026/y",
    "z",
    "cases/2025/1/a",
)


@settings(max_examples=300, deadline=None)
@given(
    changes=st.lists(
        st.tuples(st.sampled_from(PLACES), st.sampled_from(["", "1", "2"]), st.integers(1, 4)), max_size=25
    )
)
def test_the_id_of_a_tree_is_the_same_however_often_one_folder_changed(
    changes: list[tuple[str, str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    repository = _repository(tmp_path_factory)
    kept = Trees(repository)
    files: dict[str, str] = {}
    for path, digit, times_over in changes:
        for time in range(times_over):
            blob = f"{digit}{time}".ljust(40, "0") if digit else ""
            change = _change(path, files.get(path, ""), blob)
            if change.old == change.new == "":
                continue
            kept.apply([change])
            files = {name: one for name, one in {**files, path: blob}.items() if one}
            anew = Trees(repository)
            anew.apply([_change(name, "", one) for name, one in files.items()])
            assert kept.id == anew.id
            assert {name: node.id for name, node in kept.everything()} == files


def _change(path: str, old: str, new: str) -> Change:
    return Change(path, PLAIN if old else ABSENT, PLAIN if new else ABSENT, old, new)


REPOSITORIES: list[Repository] = []


def _repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    if not REPOSITORIES:
        with pytest.MonkeyPatch.context() as patch:
            root = tmp_path_factory.mktemp("folders")
            home(root, patch)
            REPOSITORIES.append(register(root / "shop"))
    return REPOSITORIES[0]


# -- the documents of several commits


def test_a_world_has_the_documents_of_its_own_commit(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    place.shop.do(
        "boss", "staff", "add", "new.one", "--name", "N", "--email", "n@shop.example", "--role", "clerk"
    )
    repository = Repository.find(place.shop.folder)
    head = repository.head() or ""
    before = place.shop.git("rev-parse", "HEAD~1").strip()
    for _time in range(2):
        assert "new.one" in World.at_documents(repository, head).people
        assert "new.one" not in World.at_documents(repository, before).people

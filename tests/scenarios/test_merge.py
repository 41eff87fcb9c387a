"""Two laptops, one case: whatever step one takes and whatever the other notes, a plain `git merge` joins them."""

from __future__ import annotations

import functools
import hashlib
import itertools
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from complaintctl import casefaults, schema
from complaintctl.case import Case
from complaintctl.merging import unite
from complaintctl.workflow import state_of
from complaintctl.yamlfile import emit_case, read_case, read_document
from tests.laptops import Laptops
from tests.scenarios.road import ANY_TIME, STEPS, Made, Place, at, copy_of, path_of
from tests.shop import Shop

PAIRS = [
    (step, verb)
    for step, verb in itertools.product(STEPS, ANY_TIME)
    if STEPS[step].state != "closed" or ANY_TIME[verb][2]
]
# Every step with one note and every note with one step; the others take their seconds only when all is run.
QUICK = {pair for pair in PAIRS if pair[0] == "propose" or pair[1] == "contact"}
WHOLE = {("classify", "evidence"), ("propose", "contact"), ("close", "amend")}  # checked as whole registers


@functools.cache
def _stepped(step: str) -> Place:
    """The first laptop, after the step."""
    place = at(STEPS[step].state, Path(tempfile.mkdtemp(prefix="complaintctl-first-")))
    place.make(STEPS[step])
    return place


@functools.cache
def _noted(state: str, verb: str) -> Place:
    """The second laptop, where the case stood in the same state: after the any-time verb, a little later."""
    place = at(state, Path(tempfile.mkdtemp(prefix="complaintctl-second-")))
    place.shop.wait(minutes=7)
    who, words, _closed = ANY_TIME[verb]
    place.make(Made(state, who, words))
    return place


def _merge(into: Shop, other: Shop) -> subprocess.CompletedProcess[str]:
    """What a person types, in a clone that knows nothing of this tool."""
    identity = (
        "-c",
        "user.name=Li Na",
        "-c",
        "user.email=li.na@shop.example",
        "-c",
        "maintenance.auto=false",
    )
    git = ("git", "-C", str(into.folder), *identity)
    subprocess.run([*git, "fetch", "-q", str(other.folder), "main"], check=True, capture_output=True)
    return subprocess.run(
        [*git, "merge", "--no-ff", "-q", "-m", "merge", "FETCH_HEAD"],
        check=False,
        capture_output=True,
        text=True,
    )


@functools.cache
def _known() -> casefaults.Known:
    """The register's documents, read once: they are the same in every copy."""
    folder = _stepped("classify").shop.folder / "policies"
    read = {name: (folder / f"{name}.yaml").read_bytes() for name in ("register", "staff", "supermarket")}
    settings, staff, policy = (read_document(data, name)[0] for name, data in read.items())
    sha256 = hashlib.sha256(read["supermarket"]).hexdigest()
    return casefaults.Known(settings, staff["staff"], {(policy["name"], policy["version"]): (policy, sha256)})


def _problems(file: Path) -> list[tuple[str, str, str]]:
    """What is wrong with a case file, by schema and by rules."""
    case = read_case(file.read_bytes(), file.name)
    schema.check("case", case, {}, file.name)
    return list(casefaults.case_problems(case, _known()))


def _stepped_case(step: str) -> Case:
    place = _stepped(step)
    return read_case(place.file.read_bytes(), place.file.name)


@pytest.mark.parametrize(
    ("step", "verb"),
    [
        pytest.param(*pair, marks=() if pair in QUICK | WHOLE else pytest.mark.slow, id="+".join(pair))
        for pair in PAIRS
    ],
)
def test_a_step_and_a_note_merge_into_a_sound_case(step: str, verb: str, tmp_path: Path) -> None:
    first, second = _stepped(step), _noted(STEPS[step].state, verb)
    shop = copy_of(first, tmp_path).shop
    assert first.case == second.case
    merged = _merge(shop, second.shop)
    assert merged.returncode == 0, merged.stdout + merged.stderr
    file = path_of(shop, first.case)
    case = read_case(file.read_bytes(), file.name)
    assert file.read_bytes() == emit_case(case)
    assert (
        case["state"]
        == state_of(case, _known().policies["supermarket", "1"][0])
        == _stepped_case(step)["state"]
    )
    assert _problems(file) == []
    if (step, verb) in WHOLE:
        checked = shop.run("", "check")
        assert (checked.code, checked.out) == (0, ""), checked
    theirs = read_case(second.file.read_bytes(), second.file.name)
    for section in ("contacts", "evidence", "holds", "escalations", "amendments", "improvements", "links"):
        assert case.get(section) == theirs.get(section), section
    assert case["customer"] == theirs["customer"]
    assert _united(STEPS[step].state, first, second) == file.read_bytes()  # sync makes of it what git makes


def _united(state: str, first: Place, second: Place) -> bytes:
    """What `sync` makes of the case, which both had in this state."""
    with tempfile.TemporaryDirectory() as folder:
        base = at(state, Path(folder)).file.read_bytes()
    three = (read_case(data, "case") for data in (base, first.file.read_bytes(), second.file.read_bytes()))
    case, contradictions = unite(*three, _known().policies["supermarket", "1"][0])
    assert contradictions == []
    return emit_case(case)


# git calls changes of neighbouring lines a conflict. Where the lists stand was settled for steps and notes; of the
# pairs of two notes these are left, for a customer's last field has a list below it in any order. `sync` knows better.
NEIGHBOURS = {
    ("escalate", "link"): "links and escalations are neighbours in the file",
    ("evidence", "amend"): "the telephone number is the last line of customer, the first evidence the next",
}


@pytest.mark.parametrize(("one", "two"), list(itertools.combinations(ANY_TIME, 2)), ids=lambda verb: verb)
def test_two_different_notes_merge(one: str, two: str, tmp_path: Path) -> None:
    first, second = _noted("assigned", one), _noted("assigned", two)
    shop = copy_of(first, tmp_path).shop
    file = path_of(shop, first.case)
    merged = _merge(shop, second.shop)
    if (one, two) in NEIGHBOURS:
        assert merged.returncode == 1
        file.write_bytes(_united("assigned", first, second))
    else:
        assert merged.returncode == 0, merged.stdout + merged.stderr
        assert file.read_bytes() == _united("assigned", first, second)
    assert _problems(file) == []


@pytest.mark.parametrize(("one", "two"), NEIGHBOURS)
def test_notes_that_git_cannot_merge_are_joined_by_sync(one: str, two: str, tmp_path: Path) -> None:
    laptops = Laptops(tmp_path)
    for place, verb in ((laptops.one, one), (laptops.two, two)):
        who, words, _closed = ANY_TIME[verb]
        place.make(Made("assigned", who, words))
    laptops.sync(laptops.one)
    assert laptops.sync(laptops.two)["united"] == [laptops.case]
    laptops.settle()


def test_a_classification_and_an_amended_demand_merge(tmp_path: Path) -> None:
    first = _stepped("classify")
    second = copy_of(at("received", tmp_path / "from"), tmp_path / "second")
    second.make(
        Made(
            "received", "chen.jie", ("amend", "{case}", "--set", "demand.amount=10.00", "--reason", "misread")
        )
    )
    shop = copy_of(first, tmp_path / "first").shop
    assert _merge(shop, second.shop).returncode == 0


def test_the_register_goes_on_after_a_merge(tmp_path: Path) -> None:
    first, second = _stepped("propose"), _noted("investigated", "contact")
    shop = copy_of(first, tmp_path).shop
    assert _merge(shop, second.shop).returncode == 0
    shop.now = second.shop.now
    shop.wait(minutes=1).do("sun.min", "approve", first.case)
    assert shop.show(first.case)["state"] == "approved"
    assert "contact" in shop.do("", "log", first.case)
    assert shop.run("", "list", "--all").code == 0


def test_different_cases_of_two_laptops_merge(tmp_path: Path) -> None:
    base = at("received", tmp_path / "base")
    one, two = copy_of(base, tmp_path / "one").shop, copy_of(base, tmp_path / "two").shop
    cases = {
        one.new("--channel", "desk", "--complaint", "a"),
        two.new("--channel", "desk", "--complaint", "b"),
    }
    assert len(cases) == 2
    assert _merge(one, two).returncode == 0
    assert cases < {row["id"] for row in one.run("", "list", "--json").json}
    assert one.run("", "check").code == 0


def test_the_same_case_moved_to_two_states_is_a_conflict_that_steps_refuse(tmp_path: Path) -> None:
    # E9: two different next steps of one case are people's decision; nothing is written meanwhile.
    one = at("proposed", tmp_path / "one")
    two = copy_of(one, tmp_path / "two")
    one.make(STEPS["approve"])
    two.make(STEPS["return"])
    assert _merge(one.shop, two.shop).returncode == 1
    refused = one.shop.refuse(4, "li.na", "contact", one.other, "--by", "phone", "--note", "called")
    assert "merge" in refused.err
    checked = one.shop.run("", "check")
    assert checked.code == 3
    assert f"{one.case}.yaml" in checked.out
    shutil.rmtree(tmp_path / "two")

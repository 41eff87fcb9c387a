"""Git's index changed here is the index that git would have made; what is unusual is left to git."""

from __future__ import annotations

import os
import random
import shutil
import stat
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaintctl import gitprocess, indexsplice
from complaintctl.history import Repository
from complaintctl.objects import Edit
from tests.git_examples import CASE, OTHER, clean, git, home, register, step

Files = dict[bytes, tuple[int, bytes]]
Wanted = dict[bytes, tuple[int, bytes] | None]
PLAIN, SCRIPT = 0o100644, 0o100755
BEFORE, AFTER = b"state: received\n", b"state: classified\n"
SIBLING = "cases/2026/11/C-20261122-9ZZZZZ.yaml"
slowly = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home(tmp_path, monkeypatch)
    repository = register(tmp_path / "shop")
    yield repository
    repository.close()


@pytest.fixture
def yard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose only content are a few blobs."""
    home(tmp_path, monkeypatch)
    git(tmp_path, "init", "-q", "-b", "main", "yard")
    return tmp_path / "yard"


def blobs(root: Path) -> list[bytes]:
    found = []
    for number in range(4):
        (root / "x").write_text(str(number))
        found.append(bytes.fromhex(git(root, "hash-object", "-w", "x")))
    (root / "x").unlink()
    return found


def told(root: Path, index: Path, *words: str, given: bytes = b"") -> bytes:
    """What git says with another index file."""
    world = {**os.environ, "GIT_INDEX_FILE": str(index), "GIT_OPTIONAL_LOCKS": "0"}
    done = subprocess.run(["git", *words], cwd=root, env=world, input=given, capture_output=True, check=True)
    return done.stdout + done.stderr


def put(root: Path, index: Path, wanted: Mapping[bytes, tuple[int, bytes] | None]) -> None:
    """Change an index file by `git update-index`."""
    rows = b"".join(
        b"%06o %s\t%s\0" % ((value[0], value[1].hex().encode(), path) if value else (0, b"0" * 40, path))
        for path, value in wanted.items()
    )
    told(root, index, "update-index", "-z", "--index-info", given=rows)


def answers(root: Path, index: Path) -> dict[str, bytes]:
    """Everything by which an index shows itself."""
    return {
        "entries": told(root, index, "ls-files", "--stage", "-z"),
        "status": told(root, index, "status", "--porcelain", "-z"),
        "fsck": told(root, index, "fsck", "--strict", "--cache", "--no-dangling"),
        "tree": told(root, index, "write-tree"),
    }


def near(path: bytes, files: Files) -> list[bytes]:
    """The neighbours of a path among the files of its folder."""
    folder = path.rpartition(b"/")[0]
    beside = sorted(other for other in files if other.rpartition(b"/")[0] == folder and other != path)
    before = [other for other in beside if other < path][-1:]
    return before + [other for other in beside if other > path][:1]


def spliced(data: bytes, wanted: Mapping[bytes, tuple[int, bytes] | None], files: Files) -> bytes | None:
    seen = indexsplice.look(data, {path: near(path, files) for path in wanted})
    if seen is None:
        return None
    for path, place in seen.places.items():
        assert (place.mode, place.id) == files.get(path, (0, b""))
    pieces = indexsplice.splice(seen, wanted)
    return None if pieces is None else b"".join(pieces)


def names(chance: random.Random, count: int) -> list[bytes]:
    """Paths that share folders and beginnings, none of them a folder of another."""
    found: set[bytes] = set()
    folders: set[bytes] = set()
    for _attempt in range(count):
        depth = chance.choice([1, 1, 2, 3, 4])
        parts = [
            chance.choice(["a", "b", "TREE", "案件", "ñ", "😀", "C"])
            + "".join(chance.choices("ab-.0~牛", k=chance.choice([0, 1, 1, 2, 40])))
            for _part in range(depth)
        ]
        path = "/".join(parts).encode()
        above = {path[:place] for place, sign in enumerate(path) if sign == ord("/")}
        if path not in folders and not above & found and len(path) < 256:
            found.add(path)
            folders |= above
    return sorted(found)


# -- the same as git --------------------------------------------------------------------------


@slowly
@given(count=st.integers(1, 400), seed=st.integers(0, 2**32), known=st.booleans())
def test_an_index_changed_here_is_the_one_that_git_makes(yard, count, seed, known):
    chance = random.Random(seed)
    ids = blobs(yard)
    files: Files = {
        path: (chance.choice([PLAIN, SCRIPT]), chance.choice(ids)) for path in names(chance, count)
    }
    old = dict(chance.sample(sorted(files.items()), chance.randint(1, len(files))))
    fresh = chance.sample(sorted(set(files) - set(old)), min(len(files) - len(old), chance.randint(0, 5)))
    touched = chance.sample(sorted(old), min(len(old), chance.randint(0, 5)))
    wanted: Wanted = {path: files[path] for path in fresh if near(path, old)}
    wanted |= {path: chance.choice([None, (PLAIN, chance.choice(ids))]) for path in touched}
    index, other = yard.parent / "index", yard.parent / "other"
    for place in (index, other):
        place.unlink(missing_ok=True)
    put(yard, index, old)
    if known:
        told(yard, index, "write-tree")  # git then keeps the ids of the folders in it
    shutil.copyfile(index, other)
    data = spliced(index.read_bytes(), wanted, old)
    left = set(old) - {path for path, value in wanted.items() if value is None}
    if not left and all(value is None for value in wanted.values()):
        assert data is None  # an index without entries
        return
    assert data is not None
    index.write_bytes(data)
    put(yard, other, wanted)
    assert answers(yard, index) == answers(yard, other)


def test_the_ids_of_other_folders_are_kept(yard):
    ids = blobs(yard)
    files: Files = dict(zip((b"a/x", b"b/c/x", b"b/d/x", b"e"), ((PLAIN, blob) for blob in ids), strict=True))
    index = yard.parent / "index"
    put(yard, index, files)
    trees = {name: bytes.fromhex(git_tree(yard, index, name)) for name in ("", "a/", "b/", "b/c/", "b/d/")}
    data = spliced(index.read_bytes(), {b"b/c/y": (PLAIN, ids[1])}, files)
    assert data is not None
    assert {name for name, tree in trees.items() if tree in data} == {"a/", "b/d/"}


def git_tree(root: Path, index: Path, prefix: str) -> str:
    told(root, index, "write-tree")
    return told(root, index, "write-tree", f"--prefix={prefix}").decode().strip()


def test_an_index_that_says_where_its_entries_end_loses_only_that(yard):
    ids = blobs(yard)
    files: Files = {b"cases/%05d" % number: (PLAIN, ids[number % 4]) for number in range(30_000)}
    index = yard.parent / "index"
    git(yard, "config", "index.threads", "2")
    put(yard, index, files)
    told(yard, index, "write-tree")
    data = index.read_bytes()
    assert data[-52:-48] == b"EOIE"
    assert b"IEOT" in data
    wanted: Wanted = {b"cases/00007x": (PLAIN, ids[0]), b"cases/20000": None}
    done = spliced(data, wanted, files)
    assert done is not None
    assert b"EOIE" not in done
    assert b"IEOT" not in done
    other = yard.parent / "other"
    index.write_bytes(done)
    other.write_bytes(data)
    put(yard, other, wanted)
    assert answers(yard, index) == answers(yard, other)


def test_an_index_without_a_checksum_stays_without_one(yard):  # index.skipHash
    ids = blobs(yard)
    files: Files = {b"a": (PLAIN, ids[0]), b"b": (PLAIN, ids[1])}
    index = yard.parent / "index"
    put(yard, index, files)
    done = spliced(index.read_bytes()[:-20] + bytes(20), {b"a": (PLAIN, ids[2])}, files)
    assert done is not None
    assert done[-20:] == bytes(20)
    index.write_bytes(done)
    assert told(yard, index, "ls-files", "--stage").decode().split()[1] == ids[2].hex()


def test_extended_entries_elsewhere_do_not_matter_and_stay(shop):
    git(shop.root, "update-index", "--skip-worktree", "policies/register.yaml")
    step(shop, Edit("zz.yaml", None, b"1\n"))
    before = gitprocess.started
    step(shop, Edit("zz.yaml", b"1\n", b"2\n"))
    assert gitprocess.started == before + 1
    assert git(shop.root, "ls-files", "-t").split("\n")[-2:] == ["S policies/register.yaml", "H zz.yaml"]
    assert clean(shop.root)


# -- what is left to git ------------------------------------------------------------------------


def look(shop: Repository, *paths: str, beside: Sequence[str] = (CASE,)) -> indexsplice.Look | None:
    data = (shop.git_dir / "index").read_bytes()
    return indexsplice.look(data, {path.encode(): [name.encode() for name in beside] for path in paths})


def version_4(root: Path) -> None:
    git(root, "update-index", "--index-version", "4")


def split(root: Path) -> None:
    git(root, "update-index", "--split-index")


def untracked_cache(root: Path) -> None:
    git(root, "update-index", "--force-untracked-cache")


def monitored(root: Path) -> None:
    git(root, "config", "core.fsmonitor", "true")
    git(root, "update-index", "--fsmonitor")
    git(root, "config", "core.fsmonitor", "false")


def conflict(root: Path) -> None:
    blob = git(root, "rev-parse", f"HEAD:{CASE}")
    git(root, "update-index", "--force-remove", CASE)
    rows = "".join(f"100644 {blob} {number}\t{CASE}\n" for number in (1, 2, 3)).encode()
    subprocess.run(["git", "update-index", "--index-info"], cwd=root, input=rows, check=True)


def one_sided(root: Path) -> None:
    """A conflict of which only one side has the file."""
    blob = git(root, "rev-parse", f"HEAD:{CASE}")
    git(root, "update-index", "--force-remove", CASE)
    row = f"100644 {blob} 2\t{CASE}\n".encode()
    subprocess.run(["git", "update-index", "--index-info"], cwd=root, input=row, check=True)


def resolved(root: Path) -> None:
    """A conflict that was resolved: the index keeps how it was."""
    conflict(root)
    git(root, "add", CASE)


def sparse(root: Path) -> None:
    git(root, "sparse-checkout", "set", "--cone", "--sparse-index", "policies")


def intended(root: Path) -> None:
    """A neighbour that is only meant to be added."""
    (root / f"{CASE}0").write_bytes(b"x\n")
    git(root, "add", "-N", f"{CASE}0")


def left_out(root: Path) -> None:
    git(root, "update-index", "--skip-worktree", CASE)


def folder_of_files(root: Path) -> None:
    """Files in the index below the name of a file."""
    blob = git(root, "rev-parse", f"HEAD:{CASE}")
    git(root, "update-index", "--add", "--cacheinfo", f"100644,{blob},{SIBLING}/x")


UNUSUAL = [
    version_4,
    split,
    untracked_cache,
    monitored,
    conflict,
    one_sided,
    resolved,
    sparse,
    intended,
    left_out,
]


@pytest.mark.parametrize("kind", UNUSUAL)
def test_an_unusual_index_is_left_to_git(shop, kind):  # D8
    assert look(shop, CASE) is not None
    kind(shop.root)
    assert look(shop, CASE) is None


@pytest.mark.parametrize("kind", [version_4, split, untracked_cache, monitored, resolved])
def test_a_step_with_such_an_index_goes_through_git(shop, kind):  # D8
    kind(shop.root)
    before = gitprocess.started
    step(shop, Edit(CASE, BEFORE, AFTER), Edit(SIBLING, None, b"x\n"))
    assert gitprocess.started >= before + 3  # ls-files, update-ref, update-index
    assert clean(shop.root)


def test_an_index_of_a_sha256_repository_is_left_to_git(tmp_path, monkeypatch):  # D8
    home(tmp_path, monkeypatch)
    git(tmp_path, "init", "-q", "-b", "main", "--object-format=sha256", "r")
    repository = Repository.find(tmp_path / "r")
    step(repository, Edit(CASE, None, BEFORE))
    assert look(repository, CASE) is None
    repository.close()


def test_a_name_below_which_the_index_has_files_is_left_to_git(shop):
    assert look(shop, SIBLING) is not None
    folder_of_files(shop.root)
    assert look(shop, SIBLING) is None
    assert look(shop, f"{SIBLING}/x") is not None  # that one is there, and is found


def test_a_new_file_is_placed_by_a_neighbour_of_its_own_folder_alone(shop):
    assert look(shop, SIBLING, beside=[]) is None
    assert look(shop, SIBLING, beside=["cases/2026/11/none.yaml", "policies/register.yaml"]) is None
    for beside in (CASE, OTHER):
        found = look(shop, SIBLING, beside=[beside])
        assert found is not None
        assert found.places[SIBLING.encode()].mode == 0


def test_names_that_no_entry_can_hold_in_short_are_left_to_git(shop):
    for name in ("", "a\0b", "cases/2026/11/" + "x" * 250):
        assert look(shop, name) is None


def test_two_new_files_of_which_one_is_the_folder_of_the_other_are_refused(shop):
    seen = look(shop, SIBLING)
    assert seen is not None
    assert indexsplice.splice(seen, {SIBLING.encode(): (PLAIN, bytes(20))}) is not None
    seen.places[f"{SIBLING}/x".encode()] = seen.places[SIBLING.encode()]
    both = {name.encode(): (PLAIN, bytes(20)) for name in (SIBLING, f"{SIBLING}/x")}
    assert indexsplice.splice(seen, both) is None


# -- damage -----------------------------------------------------------------------------------------

DAMAGE = st.lists(st.tuples(st.integers(0, 10**6), st.binary(min_size=1, max_size=4)), min_size=1, max_size=3)


def damaged(data: bytes, damage: Sequence[tuple[int, bytes]]) -> bytes:
    for place, put_in in damage:
        here = place % len(data)
        data = data[:here] + put_in + data[here + len(put_in) :]
    return data


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage=DAMAGE, cut=st.integers(0, 700))
def test_a_damaged_index_is_left_to_git(shop, damage, cut):
    whole = (shop.git_dir / "index").read_bytes()
    paths = {name.encode(): [CASE.encode()] for name in (CASE, SIBLING)}
    for data in (damaged(whole, damage), whole[:cut], whole + whole[:cut]):
        seen = indexsplice.look(data, paths)
        assert data == whole or seen is None or not any(data[-20:])


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage=DAMAGE)
def test_what_is_said_of_a_damaged_index_without_a_checksum_is_what_git_says(shop, damage):
    whole = (shop.git_dir / "index").read_bytes()
    data = damaged(whole[:-20], damage) + bytes(20)
    seen = indexsplice.look(data, {CASE.encode(): [], SIBLING.encode(): [CASE.encode()]})
    if seen is None:
        return
    indexsplice.splice(seen, {CASE.encode(): None, SIBLING.encode(): (PLAIN, bytes(20))})  # raises nothing
    index = shop.root.parent / "index"
    index.write_bytes(data)
    try:
        rows = told(shop.root, index, "ls-files", "--stage", "--", CASE, SIBLING).decode()
    except subprocess.CalledProcessError:
        return  # git refuses it as well, at the first occasion
    places = [seen.places[name.encode()] for name in (SIBLING, CASE)]
    said = [f"{place.mode:06o} {place.id.hex()} 0\t{place.name.decode()}\n" for place in places if place.mode]
    assert rows == "".join(said)


@given(data=st.binary(max_size=400))
def test_bytes_that_are_no_index_are_left_to_git(data):
    for start in (b"", b"DIRC\0\0\0\2\0\0\0\1"):
        assert indexsplice.look(start + data, {b"a": [b"b"]}) is None
        assert indexsplice.look(start + data + bytes(20), {b"a": [b"b"]}) is None


# -- the file ------------------------------------------------------------------------------------------


def test_a_step_after_a_step_starts_no_git_but_the_one_that_moves_the_branch(shop):
    for edit in (Edit(CASE, BEFORE, AFTER), Edit(SIBLING, None, b"x\n"), Edit(OTHER, AFTER, None)):
        before = gitprocess.started
        step(shop, edit)
        assert gitprocess.started == before + 1
        assert clean(shop.root)


def test_an_edit_of_the_moment_in_which_the_index_was_written_does_not_vanish(shop):
    """Git compares the content of a file that is as young as the index: same size, same time, other bytes."""
    git(shop.root, "config", "core.trustctime", "false")
    place, index = shop.root / OTHER, shop.git_dir / "index"
    moment = 1_700_000_000_000_000_000
    os.utime(place, ns=(moment, moment))
    git(shop.root, "update-index", "--refresh")
    place.write_bytes(b"state: CLASSIFIED\n")
    for file in (place, index):
        os.utime(file, ns=(moment, moment))
    assert told(shop.root, index, "status", "--porcelain") == f" M {OTHER}\n".encode()
    step(shop, Edit(CASE, BEFORE, AFTER))
    assert told(shop.root, index, "status", "--porcelain") == f" M {OTHER}\n".encode()
    assert index.stat().st_mtime_ns < moment  # another file, for a program that remembers the old one


def test_the_rights_of_the_index_survive(shop):
    index = shop.git_dir / "index"
    for mode in (0o664, 0o600):
        index.chmod(mode)
        old = (shop.root / CASE).read_bytes()
        step(shop, Edit(CASE, old, old + b"more: 1\n"))
        assert stat.S_IMODE(index.stat().st_mode) == mode

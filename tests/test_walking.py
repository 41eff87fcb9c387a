"""History from raw objects: commits in order, what each changes, trees worked out anew, cases read piece by piece."""

from __future__ import annotations

import errno
import hashlib
import json
import random
import shutil
import subprocess
import tempfile
import zlib
from collections.abc import Generator, Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaintctl import casenews, piecewise, schema, treehash, walking, yamlfile
from complaintctl.errors import BadData
from complaintctl.history import Repository
from complaintctl.objects import Draft, store
from complaintctl.treehash import Trees
from complaintctl.walking import Change, Damaged
from tests import lives
from tests.git_examples import CASE, OTHER, git, home, register


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    home(tmp_path, monkeypatch)
    return register(tmp_path / "shop")


def commit(repository: Repository, files: dict[str, str | None], message: str = "x", *words: str) -> str:
    """A commit of some files as git makes it."""
    for path, text in files.items():
        file = repository.root / path
        if text is None:
            file.unlink()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    git(repository.root, "add", "--all")
    git(repository.root, "commit", "--quiet", "--message", message, *words)
    return git(repository.root, "rev-parse", "HEAD")


def test_commits_come_after_their_parents_with_what_they_change(repository: Repository) -> None:
    first = repository.head() or ""
    second = commit(
        repository, {CASE: "state: classified\n", OTHER: None}, "x", "--author", "Li Na <Li.Na@shop.example>"
    )
    found = walking.commits(repository, second)
    assert [one.id for one in found] == [first, second]
    assert [one.parents for one in found] == [(), (first,)]
    assert {one.path for one in found[0].changes[0]} == {CASE, OTHER, "policies/register.yaml"}
    assert (found[1].name, found[1].email) == ("Li Na", "Li.Na@shop.example")
    changed, gone = found[1].changes[0]
    assert (changed.path, changed.old_mode, changed.new_mode) == (CASE, "100644", "100644")
    assert (gone.path, gone.new_mode, gone.new) == (OTHER, walking.ABSENT, "")
    assert walking.commits(repository, second, first) == found[1:]
    assert walking.commits(repository, second, second) == []


@pytest.mark.parametrize(
    "message",
    [
        b"tidy\n", b"", b"no end of line", b"\n\nbegins with blank lines\n", b"ends with many\n\n\n",
        b"blanks  \n\n   set in\n        more\n\t\n", b"lines\r\nof another\r\nsystem\r\n", b"\xff no UTF-8 \xc3\n",
        b"nothing \0 inside\n", b"\0" + b"0" * 40 + b"\ntree\n",
    ],
)  # fmt: skip
def test_a_commit_is_read_whatever_its_message(repository: Repository, message: bytes) -> None:
    first = repository.head() or ""
    for head in (b"", b"encoding UTF-16\n", b"gpgsig -----BEGIN\n     set in\n \n"):
        tree = git(repository.root, "rev-parse", f"{first}^{{tree}}").strip()
        person = b"Li Na <li.na@shop.example> 1700000000 +0800"
        lines = b"tree %b\nparent %b\nauthor %b\ncommitter %b\n" % (
            tree.encode(), first.encode(), person, person,
        )  # fmt: skip
        draft = Draft("commit", lines + head + b"\n" + message, "")
        draft = draft._replace(id=repository.object_id(draft.data, "commit"))
        store(repository, [draft])
        (found,) = walking.commits(repository, draft.id, first)
        assert (found.id, found.parents, found.tree) == (draft.id, (first,), tree)
        assert (found.email, found.authored, found.changes) == ("li.na@shop.example", 1700000000, ((),))


def test_a_merge_has_what_it_changes_against_each_side(repository: Repository) -> None:
    root = repository.root
    base = repository.head()
    ours = commit(repository, {CASE: "state: assigned\n"})
    git(root, "checkout", "--quiet", "-b", "other", str(base))
    theirs = commit(repository, {OTHER: "state: assigned\n"})
    git(root, "checkout", "--quiet", "main")
    git(root, "merge", "--quiet", "--no-edit", "other")
    merge = walking.commits(repository, repository.head() or "")[-1]
    assert merge.parents == (ours, theirs)
    assert [[one.path for one in side] for side in merge.changes] == [[OTHER], [CASE]]


@pytest.mark.parametrize("how", [["--no-ff"], ["--no-ff", "--strategy", "ours"]], ids=["stood still", "ours"])
def test_a_merge_of_which_one_side_changes_nothing_is_whole(repository: Repository, how: list[str]) -> None:
    root = repository.root
    base = str(repository.head())
    if "ours" in how:
        commit(repository, {CASE: "state: assigned\n"})
    git(root, "checkout", "--quiet", "-b", "other", base)
    commit(repository, {OTHER: "state: assigned\n"})
    git(root, "checkout", "--quiet", "main")
    git(root, "merge", "--quiet", "--no-edit", *how, "other")
    merge = walking.commits(repository, repository.head() or "")[-1]
    assert len(merge.changes) == 2
    assert () in merge.changes
    assert any(merge.changes)


def test_an_empty_commit_changes_nothing(repository: Repository) -> None:
    tip = commit(repository, {}, "x", "--allow-empty")
    assert walking.commits(repository, tip)[-1].changes == ((),)


def read_all(repository: Repository, tip: str) -> None:
    """Everything that leads to a commit, each thing held against its id."""
    there, blobs = Trees(repository), walking.Blobs(repository)
    for one in walking.commits(repository, tip):
        there.apply(one.changes[0])
        for change in one.changes[0]:
            blobs.get(change.new)
        if there.id != one.tree:
            raise Damaged(one.tree)


@pytest.mark.parametrize("kind", ["commit", "tree", "blob"])
@pytest.mark.parametrize("how", ["missing", "broken", "another"])
def test_what_is_missing_or_not_what_its_id_says_is_refused(
    repository: Repository, kind: str, how: str
) -> None:
    tip = commit(repository, {CASE: "state: classified\n"})
    name = {"commit": tip, "tree": git(repository.root, "rev-parse", f"{tip}^{{tree}}"),
            "blob": git(repository.root, "rev-parse", f"{tip}:{CASE}")}[kind]  # fmt: skip
    file = repository.root / ".git" / "objects" / name[:2] / name[2:]
    data = zlib.decompress(file.read_bytes())
    file.chmod(0o644)
    if how == "missing":
        file.unlink()
    elif how == "broken":
        file.write_bytes(file.read_bytes()[:-4])
    else:
        other = data.replace(b"shop.example", b"shop.examples", 1) if kind == "commit" else data[:-2] + b"X\n"
        file.write_bytes(zlib.compress(other))
    with pytest.raises(Damaged):
        read_all(repository, tip)


def test_contents_come_in_any_order(repository: Repository) -> None:
    names = [
        git(repository.root, "rev-parse", f"HEAD:{path}") for path in (CASE, OTHER, "policies/register.yaml")
    ]
    blobs = walking.Blobs(repository)
    blobs.want(names)
    for name in (names[2], names[0], names[0], names[1]):
        assert blobs.get(name) == git(repository.root, "cat-file", "blob", name).encode() + b"\n"
    with pytest.raises(Damaged):
        blobs.get("0" * 40)
    with pytest.raises(Damaged):
        blobs.get(str(repository.head()))


def test_contents_are_asked_for_the_newest_first_and_come_in_order(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        commit(repository, {CASE: f"state: {number}\n"})
    names = [one.changes[0][0].new for one in walking.commits(repository, repository.head() or "")[-5:]]
    asked: list[list[str]] = []
    stream = walking.catfile.stream

    def noted(root: Path, ids: Iterable[str]) -> Generator[tuple[str, bytes], None, None]:
        asked.append(list(ids))
        return stream(root, asked[-1])

    monkeypatch.setattr(walking.catfile, "stream", noted)
    monkeypatch.setattr(walking, "_AHEAD", 2)
    blobs = walking.Blobs(repository)
    blobs.want([*names, names[0]])
    assert asked[-1] == [names[1], names[0], names[3], names[2], names[4]]
    assert [blobs.get(name) for name in names] == [f"state: {number}\n".encode() for number in range(5)]
    blobs.close()


@pytest.mark.parametrize("room", [True, False])
def test_a_long_history_is_read_as_a_short_one(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, room: bool
) -> None:
    tip = ""
    for number in range(4):
        tip = commit(repository, {"a": f"{number}\n", f"b/{number}": "new\n"})
    wanted = walking.commits(repository, tip)
    longer: list[object] = []

    def file() -> object:
        if not room:
            raise OSError(errno.ENOSPC, "no room")
        longer.append(made())
        return longer[-1]

    made = tempfile.TemporaryFile
    monkeypatch.setattr(walking, "_LONG", 1)
    monkeypatch.setattr(tempfile, "TemporaryFile", file)
    assert walking.commits(repository, tip) == wanted
    assert len(longer) == (2 if room else 0)


def test_a_tree_that_is_missing_in_a_long_history_is_found(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(repository, {"b/1": "new\n"})
    tip = commit(repository, {"b/2": "newer\n"})
    tree = git(repository.root, "rev-parse", "HEAD^{tree}")
    (repository.root / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    found = []
    for long in (10, 1):
        monkeypatch.setattr(walking, "_LONG", long)
        with pytest.raises(Damaged) as damaged:
            walking.commits(repository, tip)
        found.append((damaged.value.name, damaged.value.message))
    assert found[0] == found[1]


@given(
    edits=st.lists(
        st.tuples(st.integers(0, 40), st.sampled_from([None, b"one", b"two", b"longer"])), max_size=90
    )
)
def test_a_long_folder_has_the_hash_of_all_its_rows(edits: list[tuple[int, bytes | None]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(treehash, "_STRETCH", 4)
        folder, rows = treehash._Folder(), dict[bytes, bytes]()
        for number, row in edits:
            key = b"%03d" % number
            folder.put(key, row)
            rows = {name: one for name, one in rows.items() if name != key} | ({key: row} if row else {})
            data = b"".join(rows[name] for name in sorted(rows))
            wanted = hashlib.sha256(b"tree %d\0%b" % (len(data), data)).hexdigest()
            assert folder.hashed(hashlib.sha256).hexdigest() == wanted


NAMES = ("a", "a.b", "a-b", "a0", "b", "z", "é")


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_id_of_a_tree_is_what_git_makes_it(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("trees")
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    repository = Repository.find(root)
    rng = random.Random(seed)
    blobs = [
        subprocess.run(["git", "hash-object", "-w", "--stdin"], cwd=root, input=text, check=True, capture_output=True)
        .stdout.decode().strip()
        for text in (b"1", b"2")
    ]  # fmt: skip
    files: dict[str, str] = {}
    there, again = Trees(repository), Trees(repository)
    for _turn in range(6):
        before = dict(files)
        for _number in range(rng.randrange(1, 5)):
            path = "/".join(rng.choice(NAMES) for _depth in range(rng.randrange(1, 4)))
            if path in files and rng.random() < 0.6:
                del files[path]
            elif not any(one.startswith(f"{path}/") or path.startswith(f"{one}/") for one in files):
                files[path] = rng.choice(blobs)
        rows = "".join(f"100644 {blob}\t{path}\n" for path, blob in files.items())
        subprocess.run(["git", "read-tree", "--empty"], cwd=root, check=True)
        subprocess.run(["git", "-c", "core.quotePath=false", "update-index", "--index-info"], cwd=root,
                       input=rows.encode(), check=True)  # fmt: skip
        changes = [
            Change(path, "100644" if path in before else walking.ABSENT, "100644" if path in files else walking.ABSENT,
                   before.get(path, ""), files.get(path, ""))
            for path in sorted({*before, *files}) if before.get(path) != files.get(path)
        ]  # fmt: skip
        there.apply(changes)
        again.apply(changes)
        assert there.id == git(root, "write-tree")
        assert dict(there.everything()) == dict(again.everything())
        assert {path: node.id for path, node in there.everything()} == files
        again = Trees(repository, there.id)  # read anew, folder by folder, when it is asked
    shutil.rmtree(root)


# -- reading version after version


def test_every_version_read_piece_by_piece_is_the_case() -> None:
    read = 0
    for seed in range(25):
        reader, before = piecewise.Reader(), None
        for step in lives.life(random.Random(seed), 14):
            data = yamlfile.emit_case(step.after)
            found = reader.read(data, "case.yaml", before)
            assert found.case == step.after == yamlfile.read_case(data, "case.yaml")
            assert found.texts
            before, read = found, read + 1
    assert read > 200


EDITS = (
    "",
    " ",
    "\n",
    "x: y\n",
    "  a",
    '"',
    "- ",
    "#",
    "state: closed\n",
    "&a ",
    "'",
    "\t",
    "\r",
    "é",
    "\u200b",
    ": ",
)


@settings(max_examples=400, deadline=None)
@given(seed=st.integers(0, 60), number=st.integers(0, 12), place=st.floats(0, 1), cut=st.integers(0, 30),
       put=st.sampled_from(EDITS))  # fmt: skip
def test_piece_by_piece_the_same_is_accepted_as_from_the_whole(
    seed: int, number: int, place: float, cut: int, put: str
) -> None:
    steps = lives.life(random.Random(seed), 12)
    step = steps[min(number, len(steps) - 1)]
    reader = piecewise.Reader()
    before = reader.read(yamlfile.emit_case(step.after), "case.yaml")
    text = yamlfile.emit_case(step.after).decode()
    at = int(len(text) * place)
    data = (text[:at] + put + text[at + cut :]).encode()
    for known in (before, None):
        assert outcome(lambda known=known: reader.read(data, "case.yaml", known).case) == outcome(
            lambda: yamlfile.read_case(data, "case.yaml")
        )


def outcome(read: object) -> object:
    """What reading gives, or that it is refused."""
    try:
        return json.dumps(read(), sort_keys=True)  # type: ignore[operator]
    except BadData as bad:
        return [str(one) for one in bad.problems] or bad.message


def test_sections_in_another_order_or_twice_are_refused() -> None:
    (first, *_rest) = lives.life(random.Random(1), 3)
    lines = yamlfile.emit_case(first.after).decode().split("\n")
    moved = "\n".join([lines[0], lines[2], lines[1], *lines[3:]]).encode()
    twice = "\n".join([lines[0], lines[1], *lines[1:]]).encode()
    reader = piecewise.Reader()
    before = reader.read(yamlfile.emit_case(first.after), "case.yaml")
    for data in (moved, twice):
        for known in (before, None):
            with pytest.raises(BadData):
                reader.read(data, "case.yaml", known)


# -- the schema of what is new


def test_no_rule_of_the_schema_is_about_several_sections_of_a_case() -> None:
    """What is new in a case is judged alone, which is right as long as each section is judged for itself."""
    found = json.loads(schema.schema_text("case"))
    assert set(found) <= {"$schema", "$id", "$defs", "title", "description", "type", "additionalProperties", "required",
                          "properties"}  # fmt: skip
    assert found["additionalProperties"] is False
    lists = {key: part for key, part in found["properties"].items() if part.get("type") == "array"}
    assert {part["minItems"] for part in lists.values()} == {1}
    assert min(part["maxItems"] for part in lists.values()) >= casenews.LONG
    assert all(
        set(part) <= {"type", "minItems", "maxItems", "items", "x-label", "description"}
        for part in lists.values()
    )


def test_what_is_new_fits_the_schema_just_when_the_case_does() -> None:
    rng = random.Random(3)
    kept = broken = 0
    for seed in range(12):
        old = None
        for step in lives.life(random.Random(seed), 10):
            new = json.loads(json.dumps(step.after))
            if rng.random() < 0.6:
                section = rng.choice(sorted(new))
                bad = rng.choice([None, 5, "", {}, [], [5], {"by": 1}, {"x": "y"}])
                if isinstance(new[section], list) and rng.random() < 0.5:
                    new[section] = [*new[section], bad]
                elif bad is None:
                    del new[section]
                else:
                    new[section] = bad
            whole = schema.valid("case", new)
            if old is not None and schema.valid("case", old):
                parts = schema.fitting("case", casenews.news(old, new))
                assert (parts and new.keys() >= schema.required("case")) == whole, new
                kept, broken = kept + whole, broken + (not whole)
            old = step.after
    assert min(kept, broken) > 20

"""Finding a repository, reading what was committed, and starting git safely."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from complaintctl import gitprocess
from complaintctl.errors import BadData, EnvironmentFault, RegisterState, Usage
from complaintctl.files import check_path
from complaintctl.history import Repository
from complaintctl.objects import Edit, Person
from tests.git_examples import CASE, MOMENT, OTHER, clean, git, home, register, step


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home(tmp_path, monkeypatch)


@pytest.fixture
def shop(tmp_path: Path):
    repository = register(tmp_path / "shop")
    yield repository
    repository.close()


# -- finding it (D5) ---------------------------------------------------------------


def test_a_register_is_found_from_a_sub_directory_without_a_process(shop):
    before = gitprocess.started
    found = Repository.find(shop.root / "cases" / "2026")
    assert (found.root, found.git_dir, found.common_dir) == (shop.root, shop.git_dir, shop.git_dir)
    assert found.branch() == "main"
    assert found.head() is not None
    assert found.half_state() is None
    assert not found.pending()
    assert gitprocess.started == before
    assert found.head() == git(shop.root, "rev-parse", "HEAD")


def test_no_repository_a_bare_one_and_the_inside_of_one_are_refused(shop, tmp_path):
    (tmp_path / "plain").mkdir()
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    for place in ("plain", "bare.git", "bare.git/objects", "shop/.git", "shop/.git/refs"):
        with pytest.raises(RegisterState) as caught:
            Repository.find(tmp_path / place)
        assert caught.value.exit_code == 4
        assert caught.value.hint


def test_a_linked_worktree_is_found_with_its_own_head_and_the_common_objects(shop, tmp_path):
    git(shop.root, "worktree", "add", "-q", "-b", "proposal", str(tmp_path / "linked"))
    linked = Repository.find(tmp_path / "linked" / "cases")
    assert linked.root == tmp_path / "linked"
    assert linked.common_dir == shop.git_dir
    assert linked.git_dir == shop.git_dir / "worktrees" / "linked"
    assert (linked.branch(), linked.head()) == ("proposal", shop.head())


def test_a_pointer_to_nowhere_is_refused(tmp_path):
    (tmp_path / ".git").write_text("gitdir: /nowhere/at/all\n")
    with pytest.raises(RegisterState, match="points to no git directory"):
        Repository.find(tmp_path)


def test_the_head_is_read_from_packed_refs(shop):
    head = shop.head()
    git(shop.root, "branch", "main-not")
    git(shop.root, "pack-refs", "--all", "--prune")
    assert not (shop.git_dir / "refs/heads/main").exists()
    assert shop.head() == head
    assert shop.tip("main") == head
    assert shop.tip("mai") is None


def test_a_detached_head_has_a_commit_but_no_branch(shop):
    head = shop.head()
    git(shop.root, "checkout", "-q", "--detach")
    assert (shop.branch(), shop.head()) == (None, head)


def test_before_the_first_commit_there_is_a_branch_without_a_head(tmp_path):
    repository = Repository.init(tmp_path / "new", "main")
    assert (repository.branch(), repository.head()) == ("main", None)
    assert repository.log([]) == []


def test_a_branch_that_only_names_another_is_left_to_git(shop):
    git(shop.root, "symbolic-ref", "refs/heads/alias", "refs/heads/main")
    git(shop.root, "symbolic-ref", "HEAD", "refs/heads/alias")
    assert shop.head() == shop.tip("main")


# -- reading ------------------------------------------------------------------------


def test_files_of_a_commit_are_read_with_their_ids(shop):
    found = shop.read(shop.head(), [CASE, "cases/none.yaml", "cases", "policies/register.yaml"])
    assert found[CASE] == (shop.object_id(b"state: received\n"), b"state: received\n")
    assert found["cases/none.yaml"] is None
    assert found["cases"] is None
    assert found["policies/register.yaml"].data == b"name: shop\n"
    assert shop.read("", [CASE]) == {CASE: None}


def test_all_reading_of_packed_objects_goes_through_one_process(shop):
    git(shop.root, "gc", "--quiet")
    shop.close()
    before = gitprocess.started
    shop.read(shop.head(), [CASE])
    shop.read(shop.head(), [OTHER] * 5000)
    shop.commit_time(shop.head())
    assert gitprocess.started == before + 1


def test_an_id_computed_here_is_the_one_that_git_computes(shop):
    for data in (b"", b"\x00\xff", "牛奶".encode()):
        given = subprocess.run(
            ["git", "hash-object", "--stdin"], cwd=shop.root, input=data, capture_output=True, check=True
        )
        assert shop.object_id(data) == given.stdout.decode().strip()


def test_many_blobs_stream_in_order_through_one_process(shop):
    edits = [Edit(f"cases/2026/12/{number}.yaml", None, b"x" * number * 997) for number in range(120)]
    step(shop, *edits)
    wanted = [shop.object_id(edit.new) for edit in edits] * 40
    before = gitprocess.started
    assert [name for name, _data in shop.blobs(wanted)] == wanted
    assert gitprocess.started == before + 1
    assert all(shop.object_id(data) == name for name, data in shop.blobs(wanted[:120]))
    assert list(shop.blobs([])) == []


def test_a_stream_that_nobody_reads_to_its_end_leaves_no_process(shop):
    blob = shop.object_id(b"state: received\n")
    stream = shop.blobs([blob] * 100_000)
    assert next(stream)[0] == blob
    stream.close()
    gc.collect()  # a process or pipe that is left would warn here, and warnings are errors


def test_an_object_that_the_clone_lacks_is_named(shop):  # D11
    with pytest.raises(RegisterState, match="f" * 40):
        list(shop.blobs(["f" * 40]))


def test_the_tree_lists_every_file_with_mode_and_id(shop):
    found = {path: (mode, blob) for path, mode, blob in shop.tree(shop.head())}
    assert set(found) == {CASE, OTHER, "policies/register.yaml"}
    assert found[CASE] == ("100644", shop.object_id(b"state: received\n"))
    assert [path for path, _mode, _blob in shop.tree(shop.head(), "policies")] == ["policies/register.yaml"]
    assert list(shop.tree(shop.head(), "nothing")) == []


def test_names_that_git_would_quote_come_back_as_they_are(shop):
    names = {"cases/顾客 1.yaml", "cases/a'b.yaml", "cases/-x.yaml"}
    old = shop.head()
    new = step(shop, *(Edit(name, None, b"x\n") for name in names))
    assert {path for path, _mode, _blob in shop.tree(new, "cases")} >= names
    assert {path for _status, path, _blob in shop.changed(old, new)} == names
    assert shop.read(new, ["cases/顾客 1.yaml"])["cases/顾客 1.yaml"].data == b"x\n"


def test_what_changed_between_two_commits_is_told(shop):
    old = shop.head()
    new = step(
        shop,
        Edit(CASE, b"state: received\n", b"state: classified\n"),
        Edit(OTHER, b"state: classified\n", None),
        Edit("cases/2027/01/new.yaml", None, b"n\n"),
        Edit("policies/register.yaml", b"name: shop\n", b"name: s\n"),
    )
    assert set(shop.changed(old, new, "cases")) == {
        ("M", CASE, shop.object_id(b"state: classified\n")),
        ("D", OTHER, ""),
        ("A", "cases/2027/01/new.yaml", shop.object_id(b"n\n")),
    }
    assert shop.changed(new, new) == []
    assert {status for status, _path, _blob in shop.changed("", old)} == {"A"}


def test_a_name_of_a_commit_is_resolved_or_refused(shop):
    assert shop.resolve("main") == shop.resolve("HEAD") == shop.head()
    for rev in ("nothing", "", "--help", "-n1", "main\0x", "HEAD~9", "main:cases"):
        with pytest.raises(Usage) as caught:
            shop.resolve(rev)
        assert caught.value.exit_code == 2


def test_a_commit_knows_what_stands_before_it(shop):
    old = shop.head()
    new = step(shop, Edit(CASE, b"state: received\n", b"x\n"))
    assert shop.contains(old, new)
    assert shop.contains(new, new)
    assert not shop.contains(new, old)
    assert shop.commit_time(new) == int(git(shop.root, "log", "-1", "--format=%ct"))


def test_what_a_case_was_before_its_last_step_is_found_under_other_peoples_commits(shop):
    assert shop.before_last(shop.head(), CASE) == (None, "", False)
    step(shop, Edit(CASE, b"state: received\n", b"x\n"), message="C: classify\n\nStep: classify\nBy: li.na")
    head = step(shop, Edit(OTHER, b"state: classified\n", b"y\n"), message="C: assign\n\nStep: assign")
    assert shop.before_last(head, CASE) == (b"state: received\n", "classify", False)
    with pytest.raises(Usage):
        shop.before_last(head, "cases/none.yaml")


def test_a_commit_counts_as_shared_once_a_remote_branch_holds_it(shop, tmp_path):
    head = shop.head()
    assert not shop.has_remote_tip(head)
    git(tmp_path, "init", "-q", "--bare", "hub.git")
    git(shop.root, "push", "-q", str(tmp_path / "hub.git"), "main")
    git(shop.root, "remote", "add", "hub", str(tmp_path / "hub.git"))
    git(shop.root, "fetch", "-q", "hub")
    assert shop.has_remote_tip(head)
    assert not shop.has_remote_tip(step(shop, Edit(CASE, b"state: received\n", b"x\n")))


@pytest.mark.parametrize("kind", ["sha1", "sha256"])
def test_the_trail_of_a_path_comes_newest_first(tmp_path, kind):
    git(tmp_path, "init", "-q", "-b", "main", f"--object-format={kind}", "r")
    repository = Repository.find(tmp_path / "r")
    first = step(repository, Edit(CASE, None, b"1\n"), Edit(OTHER, None, b"1\n"), message="C-1: new")
    step(repository, Edit(OTHER, b"1\n", b"2\n"))
    message = "C-1: classify (received → classified)\n\nCase: C-1\nStep: classify\nBy: li.na"
    last = step(repository, Edit(CASE, b"1\n", b"2\n"), message=message)
    newest, oldest = repository.log([CASE])
    assert (newest.commit, oldest.commit) == (last, first)
    assert newest.subject == "C-1: classify (received → classified)"
    assert newest.trailers == {"Case": "C-1", "Step": "classify", "By": "li.na"}
    assert newest.author == "Li Na"
    assert newest.authored == 1795314000
    assert newest.committed == repository.commit_time(last)
    assert oldest.trailers == {}
    assert [entry.commit for entry in repository.log([], 2)] == [
        git(tmp_path / "r", "rev-parse", rev) for rev in ("HEAD", "HEAD~")
    ]
    assert repository.log(["--output=x"]) == []
    repository.close()


def test_reading_never_changes_the_environment_of_the_program(shop, monkeypatch):
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    before = dict(os.environ)
    assert len(shop.log([CASE])) == 1
    assert dict(os.environ) == before


# -- who ------------------------------------------------------------------------------


def test_the_identity_is_that_of_the_persons_own_configuration(shop):
    assert shop.identity() == Person("Wang Wei", "wang.wei@shop.example")
    before = gitprocess.started
    shop.identity()
    assert shop.config()["core.bare"] == "false"
    assert gitprocess.started == before


def test_without_an_identity_the_actor_is_the_committer_and_never_the_machine(shop, monkeypatch):  # D6
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    fresh = Repository.find(shop.root)
    assert fresh.identity() is None
    step(fresh, Edit(CASE, b"state: received\n", b"x\n"))
    assert git(shop.root, "log", "-1", "--format=%cn <%ce>") == "Li Na <li.na@shop.example>"
    fresh.close()


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a<b", "a>b", "a\0b", "a\u202eb", "\x1b[2J"])
def test_a_name_that_git_cannot_record_is_refused(shop, name):  # C8
    head = shop.head()
    for person in (Person(name, "a@b"), Person("A", name)):
        with shop.lock(), pytest.raises(RegisterState) as caught:
            shop.commit(
                [Edit(CASE, b"state: received\n", b"x\n")],
                message="m",
                author=person,
                author_time=MOMENT,
                base=head,
                branch="main",
            )
        assert caught.value.exit_code == 4
        assert "git config user." in caught.value.hint
    assert shop.head() == head


# -- starting git ------------------------------------------------------------------------


def test_git_variables_from_outside_change_nothing(shop, tmp_path, monkeypatch):
    head = shop.head()
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE", "GIT_EXEC_PATH"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'user.name=Mallory'")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Mallory")
    fresh = Repository.find(shop.root)
    assert fresh.resolve("HEAD") == head
    assert fresh.identity() == Person("Wang Wei", "wang.wei@shop.example")
    step(fresh, Edit(CASE, b"state: received\n", b"x\n"))
    fresh.close()
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE", "GIT_EXEC_PATH"):
        monkeypatch.delenv(name)
    monkeypatch.delenv("GIT_CONFIG_PARAMETERS")
    assert clean(shop.root)
    assert git(shop.root, "log", "-1", "--format=%an") == "Li Na"


def test_a_git_in_the_register_is_never_started(shop, monkeypatch):
    planted = shop.root / "git"
    planted.write_text(f"#!/bin/sh\ntouch '{shop.root}/ran'\n")
    planted.chmod(0o755)
    monkeypatch.chdir(shop.root)
    monkeypatch.setenv("PATH", os.pathsep.join([".", "", os.environ["PATH"]]))
    shop.run("rev-parse", "HEAD")
    assert not (shop.root / "ran").exists()


def test_without_git_the_message_says_so(tmp_path, monkeypatch):  # D15
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentFault, match="git was not found") as caught:
        Repository.init(tmp_path / "r", "main")
    assert caught.value.exit_code == 5


def test_a_git_that_is_too_old_is_named(shop, tmp_path, monkeypatch):  # D15
    old = tmp_path / "bin"
    old.mkdir()
    (old / "git").write_text("#!/bin/sh\necho git version 2.30.1\nexit 129\n")
    (old / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{old}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(EnvironmentFault, match=r"2\.30\.1 is too old"):
        Repository.init(tmp_path / "r", "main")
    with pytest.raises(EnvironmentFault, match=r"2\.30\.1 is too old"):
        shop.run("merge-tree", "--write-tree", "main", "main")


def test_what_git_says_of_a_failure_is_passed_on(shop):
    with pytest.raises(EnvironmentFault, match="fatal: ") as caught:
        shop.run("cat-file", "blob", "0" * 40)
    assert caught.value.exit_code == 5
    assert shop.run("cat-file", "blob", "0" * 40, check=False) == b""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs to give files away")
def test_a_repository_of_another_user_is_refused_in_gits_words(shop):  # D12
    head = shop.head()
    os.chown(shop.root, 12345, 12345)
    os.chown(shop.git_dir, 12345, 12345)
    fresh = Repository.find(shop.root)
    for attempt in (
        lambda: fresh.read(head, [CASE]),
        lambda: step(fresh, Edit(CASE, b"state: received\n", b"x\n")),
    ):
        with pytest.raises(EnvironmentFault) as caught:
            attempt()
        assert caught.value.exit_code == 5
        assert "safe.directory" in caught.value.hint
    assert fresh.head() == head


def test_nothing_is_fetched_on_the_way(shop, tmp_path):  # promise 4
    marker = tmp_path / "ran"
    git(shop.root, "config", "remote.origin.url", f"ext::sh -c 'touch {marker}'")
    git(shop.root, "config", "protocol.ext.allow", "always")
    git(shop.root, "config", "remote.origin.promisor", "true")
    git(shop.root, "config", "extensions.partialClone", "origin")
    assert shop.read(shop.head(), [CASE, "f" * 40])[CASE] is not None
    assert shop.objects(["e" * 40]) == [None]
    with pytest.raises(RegisterState):
        list(shop.blobs(["e" * 40]))
    assert not marker.exists()


def test_finding_and_reading_the_head_import_neither_gitpython_nor_subprocess(shop):
    code = (
        "import sys; from pathlib import Path; from complaintctl.history import Repository\n"
        f"print(Repository.find(Path({str(shop.root)!r})).head())\n"
        "assert not {'git', 'gitdb', 'subprocess', 'threading'} & set(sys.modules), sorted(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == shop.head()


# -- names of files -------------------------------------------------------------------------

BAD_NAMES = [
    *("../x", "cases/../x", "/etc/passwd", "", "cases//x", "cases/", "./x", ".git/config", "a/.GIT/hooks"),
    *("C:/x", "C:\\x", "a\\b", "CON", "cases/aux.yaml", "nul", "a.", "a ", "x" * 256, "a\nb", "a\0b"),
    *("a:b", "a*", "a?", "a\x1b", "\udcff", "git~1/x", "键" * 100),
]


@pytest.mark.parametrize("path", BAD_NAMES)
def test_a_name_that_leads_outside_or_that_some_system_lacks_is_refused(shop, path):  # C7
    with pytest.raises(BadData) as caught:
        check_path(path)
    assert caught.value.exit_code == 3
    with pytest.raises(BadData):
        step(shop, Edit(path, None, b"x"))


@pytest.mark.parametrize("path", [CASE, "-rf", "--help", ".gitattributes", "cases/顾客.yaml", "console.yaml"])
def test_ordinary_names_are_taken(path):
    check_path(path)


def test_maintenance_packs_what_steps_leave_and_harms_nothing(shop):  # E8
    git(shop.root, "config", "gc.auto", "1")
    git(shop.root, "config", "gc.autoDetach", "false")
    # git guesses how many objects there are from those whose ids begin with 17
    texts = (str(number).encode() for number in range(10_000))
    found = islice((text for text in texts if shop.object_id(text).startswith("17")), 3)
    step(shop, *(Edit(f"cases/{text.decode()}", None, text) for text in found))
    shop.maintain("00000001")
    assert not list((shop.git_dir / "objects/pack").glob("*.pack"))
    shop.maintain("00000000")
    assert list((shop.git_dir / "objects/pack").glob("*.pack"))
    step(shop, Edit(CASE, b"state: received\n", b"x\n"))
    assert clean(shop.root)

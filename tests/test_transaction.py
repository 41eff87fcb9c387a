"""One step is one commit of its own files: in every kind of repository, beside every kind of other work."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from complaintctl import gitprocess, journal, objects
from complaintctl.errors import Busy, EnvironmentFault, RegisterState
from complaintctl.history import Repository
from complaintctl.objects import Edit, Person
from tests.git_examples import CASE, CLERK, MOMENT, OTHER, clean, git, home, register, step

BEFORE, AFTER = b"state: received\n", b"state: classified\nby: li.na\n"
EDIT = Edit(CASE, BEFORE, AFTER)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home(tmp_path, monkeypatch)


@pytest.fixture
def shop(tmp_path: Path):
    repository = register(tmp_path / "shop")
    yield repository
    repository.close()


def state(root: Path) -> tuple[str, ...]:
    """Everything that a refusal must leave as it was."""
    tree = sorted(str(path) for path in root.rglob("*") if ".git" not in path.relative_to(root).parts)
    return (git(root, "rev-parse", "HEAD"), git(root, "status", "--porcelain"), *tree)


def refused(repository: Repository, *edits: Edit, kind: type = RegisterState, timeout: float = 0.0):
    """The refusal of a step, which must have left everything as it was."""
    before = state(repository.root)
    with pytest.raises(kind) as caught:
        step(repository, *(edits or (EDIT,)), timeout=timeout)
    assert state(repository.root) == before
    assert not repository.pending()
    return caught.value


# -- what a step is -----------------------------------------------------------------


def test_a_step_is_one_commit_with_its_files_its_people_and_its_times(shop):
    base = shop.head()
    message = "C-20261122-7K3MQ4: classify (received → classified)\n\nCase: C-20261122-7K3MQ4"
    started = int(time.time())
    commit = step(shop, EDIT, message=message)
    assert shop.head() == commit
    assert git(shop.root, "rev-parse", "HEAD~") == base
    assert git(shop.root, "diff", "--name-only", "HEAD~") == CASE
    assert (shop.root / CASE).read_bytes() == AFTER
    assert clean(shop.root)
    assert git(shop.root, "log", "-1", "--format=%B") == message
    assert git(shop.root, "log", "-1", "--format=%an <%ae> %ai") == (
        "Li Na <li.na@shop.example> 2026-11-22 10:20:00 +0800"
    )
    assert git(shop.root, "log", "-1", "--format=%cn <%ce>") == "Wang Wei <wang.wei@shop.example>"
    assert started <= shop.commit_time(commit) <= time.time()
    assert git(shop.root, "reflog", "-1", "--format=%gn %gs") == "Wang Wei complaintctl"
    assert shop.warnings == []


def test_a_step_after_a_step_takes_two_git_processes_and_a_glance_takes_none(shop):
    fresh = Repository.find(shop.root)
    before = gitprocess.started
    with fresh.lock():
        fresh.recover()
        head = fresh.head()
        fresh.identity()
        found = fresh.read(head, [CASE, "policies/register.yaml"])
        fresh.commit(
            [Edit(CASE, found[CASE].data, AFTER)],
            message="m",
            author=CLERK,
            author_time=MOMENT,
            base=head,
            branch="main",
        )
    assert gitprocess.started - before == 2  # the configuration, and the branch that moves
    before = gitprocess.started
    again = Repository.find(shop.root)
    assert not again.pending()
    assert (again.head(), again.branch(), again.half_state()) == (fresh.head(), "main", None)
    assert gitprocess.started == before
    fresh.close()


def test_files_come_change_and_go_in_one_commit(shop):
    step(
        shop,
        EDIT,
        Edit(OTHER, b"state: classified\n", None),
        Edit("cases/2027/01/C-20270101-AAAAAA/photo.jpg", None, bytes(range(256))),
        Edit("policies/register.yaml", b"name: shop\n", None),
    )
    assert clean(shop.root)
    assert git(shop.root, "ls-tree", "-r", "--name-only", "HEAD").split() == [
        CASE,
        "cases/2027/01/C-20270101-AAAAAA/photo.jpg",
    ]
    assert not (shop.root / OTHER).exists()
    assert git(shop.root, "ls-tree", "--name-only", "HEAD") == "cases"  # no empty tree is left


def test_names_sort_in_trees_as_git_wants_them(shop):
    names = ["cases/a", "cases/a.b", "cases/a/x", "cases/a0", "cases/a-b"]
    step(shop, *(Edit(name, None, b"1\n") for name in names if name != "cases/a"))
    assert clean(shop.root)  # fsck --strict knows the order
    assert refused(shop, Edit("cases/a-b/x", None, b"1\n")).exit_code == 4


def test_a_merge_can_be_recorded_with_its_second_parent(shop):
    git(shop.root, "branch", "proposal")
    base = step(shop, EDIT)
    with shop.lock():
        commit = shop.commit(
            [Edit(OTHER, b"state: classified\n", b"merged\n")],
            message="merge",
            author=CLERK,
            author_time=MOMENT,
            base=base,
            branch="main",
            merged=[git(shop.root, "rev-parse", "proposal")],
        )
    assert git(shop.root, "log", "-1", "--format=%P", commit).split() == [
        base,
        git(shop.root, "rev-parse", "proposal"),
    ]
    assert clean(shop.root)


def test_the_rights_of_a_file_survive(shop):
    (shop.root / CASE).chmod(0o600)
    script = shop.root / "policies/tool"
    script.write_bytes(b"#!/bin/sh\n")
    script.chmod(0o755)
    git(shop.root, "add", "policies/tool")
    git(shop.root, "commit", "-q", "-m", "tool")
    step(shop, EDIT, Edit("policies/tool", b"#!/bin/sh\n", b"#!/bin/sh\ntrue\n"))
    assert stat.S_IMODE((shop.root / CASE).stat().st_mode) == 0o600
    assert os.access(script, os.X_OK)
    assert git(shop.root, "ls-tree", "HEAD", "policies/tool").startswith("100755")
    assert clean(shop.root)


def test_a_dry_run_checks_the_same_and_changes_nothing(shop):
    wish = {"message": "m", "author": CLERK, "author_time": MOMENT, "base": shop.head(), "branch": "main"}
    before, objects_before = state(shop.root), git(shop.root, "count-objects")
    with shop.lock():
        assert shop.commit([EDIT], dry_run=True, **wish) == ""
        (shop.root / CASE).write_bytes(b"mine\n")
        with pytest.raises(RegisterState):
            shop.commit([EDIT], dry_run=True, **wish)
        (shop.root / CASE).write_bytes(BEFORE)
    assert (state(shop.root), git(shop.root, "count-objects")) == (before, objects_before)


def test_a_step_without_the_lock_or_without_an_edit_is_a_mistake_in_the_program(shop):
    wish = {"message": "m", "author": CLERK, "author_time": MOMENT, "base": shop.head(), "branch": "main"}
    with pytest.raises(ValueError):
        shop.commit([EDIT], **wish)
    with pytest.raises(ValueError):
        shop.recover()
    with shop.lock():
        for edits in ([], [EDIT, EDIT]):
            with pytest.raises(ValueError):
                shop.commit(edits, **wish)


# -- beside other work (D1, D2) --------------------------------------------------------


def test_a_person_s_edit_is_never_overwritten(shop):  # D1
    (shop.root / CASE).write_bytes(b"state: mine\n")
    refusal = refused(shop)
    assert refusal.exit_code == 4
    assert CASE in refusal.message
    assert "complaintctl amend C-20261122-7K3MQ4 --reason" in refusal.hint
    assert f"git restore --staged --worktree {CASE}" in refusal.hint
    assert (shop.root / CASE).read_bytes() == b"state: mine\n"


def test_a_deleted_file_a_staged_edit_and_a_conflict_are_refused(shop):  # D1
    (shop.root / CASE).unlink()
    assert CASE in refused(shop).message
    (shop.root / CASE).write_bytes(b"staged\n")
    git(shop.root, "add", CASE)
    (shop.root / CASE).write_bytes(BEFORE)
    assert f"git restore --staged {CASE}" in refused(shop).hint
    git(shop.root, "reset", "-q")
    blob = shop.object_id(BEFORE)
    git(shop.root, "update-index", "--force-remove", CASE)
    rows = "".join(f"100644 {blob} {stage}\t{CASE}\n" for stage in (1, 2, 3)).encode()
    subprocess.run(["git", "update-index", "--index-info"], cwd=shop.root, input=rows, check=True)
    refused(shop)


def test_a_file_in_the_way_of_a_new_one_is_refused(shop):
    new = Edit("cases/2026/12/new.yaml", None, b"x\n")
    place = shop.root / new.path
    place.parent.mkdir(parents=True)
    place.write_bytes(b"a person's\n")
    assert new.path in refused(shop, new).message
    git(shop.root, "add", "-N", new.path)
    place.unlink()
    refused(shop, new)
    assert not place.exists()


def test_other_staged_and_edited_files_stay_exactly_as_they_were(shop):  # D2
    git(shop.root, "rm", "-q", "--cached", "policies/register.yaml")
    (shop.root / OTHER).write_bytes(b"staged\n")
    (shop.root / "note.txt").write_bytes(b"new\n")
    git(shop.root, "add", OTHER, "note.txt")
    git(shop.root, "update-index", "--assume-unchanged", CASE)
    git(shop.root, "update-index", "--no-assume-unchanged", CASE)
    (shop.root / OTHER).write_bytes(b"staged and then edited\n")
    (shop.root / "loose.txt").write_bytes(b"untracked\n")
    before = git(shop.root, "status", "--porcelain"), git(shop.root, "diff", "--cached")
    step(shop, EDIT)
    assert (git(shop.root, "status", "--porcelain"), git(shop.root, "diff", "--cached")) == before
    assert git(shop.root, "diff", "--name-only", "HEAD~", "HEAD") == CASE
    assert (shop.root / OTHER).read_bytes() == b"staged and then edited\n"


# -- states in which nothing is written (D3, D4) -----------------------------------------


def test_a_detached_head_and_another_branch_are_refused(shop):  # D3
    git(shop.root, "checkout", "-q", "--detach")
    assert "detached" in refused(shop).message
    git(shop.root, "switch", "-q", "-c", "side")
    refusal = refused(shop)
    assert "side" in refusal.message
    assert refusal.hint == "git switch main"


def begin(root: Path, what: str) -> None:
    """Bring a repository into the middle of something."""
    git(root, "switch", "-q", "-c", "side")
    (root / OTHER).write_bytes(b"side\n")
    git(root, "commit", "-q", "-am", "side")
    git(root, "switch", "-q", "main")
    (root / OTHER).write_bytes(b"main\n")
    git(root, "commit", "-q", "-am", "main")
    (root / OTHER).write_bytes(b"newer\n")
    git(root, "commit", "-q", "-am", "newer")
    arguments = {
        "merge": ["merge", "side"],
        "rebase": ["rebase", "side"],
        "cherry-pick": ["cherry-pick", "side"],
        "revert": ["revert", "--no-edit", "HEAD~"],
        "bisect": ["bisect", "start"],
    }
    subprocess.run(["git", *arguments[what]], cwd=root, capture_output=True, check=False)


@pytest.mark.parametrize("what", ["merge", "rebase", "cherry-pick", "revert", "bisect"])
def test_what_a_person_has_begun_is_named_and_left_alone(shop, what):  # D4
    begin(shop.root, what)
    assert shop.half_state() == what
    if what != "rebase":  # there HEAD is detached as well
        assert what in refused(shop).message
    refused(shop)


def test_a_branch_that_moved_since_is_refused(shop):
    base = shop.head()
    git(shop.root, "commit", "-q", "--allow-empty", "-m", "moved")
    with shop.lock(), pytest.raises(RegisterState, match="moved in the meantime"):
        shop.commit([EDIT], message="m", author=CLERK, author_time=MOMENT, base=base, branch="main")


def test_a_step_made_from_something_else_than_the_commit_holds_is_refused(shop):
    for edit in (
        Edit(CASE, b"older\n", AFTER),
        Edit(CASE, None, AFTER),
        Edit("cases/none.yaml", b"x\n", AFTER),
        Edit(f"{CASE}/x", None, AFTER),
        Edit("cases", None, AFTER),
    ):
        refused(shop, edit)


def test_the_branch_moves_only_from_where_it_was(shop, monkeypatch):
    """Somebody commits between the last look and the moment: their commit stays."""
    head, write = shop.head(), shop.write
    other = git(shop.root, "commit-tree", "-p", head, "-m", "theirs", "HEAD^{tree}")

    def slower(arguments, env, given=b""):
        git(shop.root, "update-ref", "refs/heads/main", other)
        write(arguments, env, given)

    monkeypatch.setattr(shop, "write", slower)
    with pytest.raises(RegisterState, match="moved in the meantime"):
        step(shop, EDIT)
    assert shop.head() == other
    assert not shop.pending()
    assert clean(shop.root)


# -- locks (D7, E6) -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["index.lock", "refs/heads/main.lock", "HEAD.lock"])
def test_a_lock_of_another_git_is_waited_for_then_named_and_never_removed(shop, name):  # D7
    lock = shop.git_dir / name
    lock.write_bytes(b"")
    head = shop.head()
    with pytest.raises(Busy) as caught:
        step(shop, EDIT, timeout=0.05)
    assert caught.value.exit_code == 6
    assert str(lock) in caught.value.message
    assert lock.read_bytes() == b""
    lock.unlink()
    assert shop.head() == head
    assert not shop.pending()
    assert clean(shop.root)
    step(shop, EDIT)


def hold_lock(root: Path) -> subprocess.Popen[bytes]:
    """Another process that has the register's lock."""
    code = (
        "import sys; from pathlib import Path; from complaintctl.history import Repository\n"
        f"with Repository.find(Path({str(root)!r})).lock():\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout is not None
    assert other.stdout.readline() == b"held\n"
    return other


def test_two_commands_never_write_at_once_and_a_lock_dies_with_its_process(shop):  # E6
    with hold_lock(shop.root) as other:
        with pytest.raises(Busy, match="Another complaintctl"):
            step(shop, EDIT, timeout=0.0)
        other.kill()
        other.wait()
        step(shop, EDIT)
    assert clean(shop.root)


def test_a_folder_that_cannot_be_written_is_a_fault_of_the_machine(shop):
    (shop.git_dir / "complaintctl/lock").unlink()
    (shop.git_dir / "complaintctl/lock").mkdir()
    with pytest.raises(EnvironmentFault) as caught, shop.lock():
        pass
    assert caught.value.exit_code == 5


# -- kinds of repositories (D5, D8) ------------------------------------------------------------


def index_v4(root: Path) -> None:
    git(root, "update-index", "--index-version", "4")


def split_index(root: Path) -> None:
    git(root, "config", "core.splitIndex", "true")
    git(root, "update-index", "--split-index")


def untracked_cache(root: Path) -> None:
    git(root, "config", "core.untrackedCache", "true")
    git(root, "update-index", "--force-untracked-cache")
    git(root, "status")


def packed(root: Path) -> None:
    git(root, "gc", "-q")


def no_links(root: Path) -> None:
    """As on a file system that has no hard links."""


def converted(root: Path) -> None:
    (root / ".gitattributes").write_text("*.yaml text eol=lf\n")
    git(root, "config", "core.autocrlf", "true")
    git(root, "add", ".gitattributes")
    git(root, "commit", "-q", "-m", "attributes")


KINDS = [index_v4, split_index, untracked_cache, packed, no_links, converted]


@pytest.mark.parametrize("kind", KINDS)
def test_steps_work_in_every_kind_of_repository(shop, kind, monkeypatch):  # D8
    kind(shop.root)
    if kind is no_links:
        monkeypatch.setattr(os, "link", _no_link)
    step(shop, EDIT)
    (shop.root / "loose.txt").write_bytes(b"x\n")
    assert git(shop.root, "status", "--porcelain") == "?? loose.txt"
    (shop.root / "loose.txt").unlink()
    step(shop, Edit(CASE, AFTER, None), Edit("cases/2027/new.yaml", None, b"x\n"))
    assert clean(shop.root)
    assert not shop.pending()
    git(shop.root, "commit", "-q", "--allow-empty", "-m", "git goes on working")


def _no_link(*_arguments, **_options):
    raise PermissionError(1, "Operation not permitted")


def test_a_sha256_repository_works(tmp_path):  # D8
    git(tmp_path, "init", "-q", "-b", "main", "--object-format=sha256", "r")
    repository = Repository.find(tmp_path / "r")
    assert len(step(repository, Edit(CASE, None, BEFORE))) == 64
    step(repository, EDIT)
    assert clean(tmp_path / "r")
    repository.close()


def test_a_linked_worktree_has_its_own_branch_and_shares_the_lock(shop, tmp_path):
    git(shop.root, "worktree", "add", "-q", "-b", "proposal", str(tmp_path / "linked"))
    linked = Repository.find(tmp_path / "linked")
    with linked.lock():
        commit = linked.commit(
            [EDIT],
            message="m",
            author=CLERK,
            author_time=MOMENT,
            base=linked.head(),
            branch="proposal",
        )
        with pytest.raises(Busy), shop.lock(timeout=0.0):
            pass
    assert git(shop.root, "rev-parse", "proposal") == commit != shop.head()
    assert clean(tmp_path / "linked")
    assert clean(shop.root)
    linked.close()


def test_a_submodule_is_a_register_like_any_other(shop, tmp_path):  # D5
    git(tmp_path, "init", "-q", "-b", "main", "outer")
    git(
        tmp_path / "outer",
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        str(shop.root),
        "inner",
    )
    inner = Repository.find(tmp_path / "outer/inner/cases")
    assert inner.root == tmp_path / "outer/inner"
    step(inner, EDIT)
    assert clean(inner.root)
    inner.close()


def test_a_case_outside_a_sparse_checkout_is_refused_with_the_way_in(shop):  # D8
    git(shop.root, "status")
    git(shop.root, "sparse-checkout", "set", "policies")
    assert not (shop.root / CASE).exists()
    refusal = refused(shop)
    assert "sparse checkout" in refusal.message
    assert refusal.hint == "git sparse-checkout add cases/2026/11"
    step(shop, Edit("policies/register.yaml", b"name: shop\n", b"name: s\n"))
    assert git(shop.root, "status", "--porcelain") == ""
    assert not (shop.root / CASE).exists()


# -- nothing is written through a link (T7) ----------------------------------------------------


def test_nothing_is_written_through_a_symbolic_link(shop, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (shop.root / "cases/2027").symlink_to(outside)
    refused(shop, Edit("cases/2027/x.yaml", None, b"x\n"))
    assert list(outside.iterdir()) == []
    (shop.root / CASE).rename(outside / "case")
    (shop.root / CASE).symlink_to(outside / "case")
    refused(shop)
    assert (outside / "case").read_bytes() == BEFORE


def test_a_link_or_a_folder_in_the_commit_is_no_case(shop):  # G5
    git(shop.root, "rm", "-q", CASE)
    (shop.root / CASE).symlink_to("elsewhere")
    git(shop.root, "add", CASE)
    git(shop.root, "commit", "-q", "-m", "link")
    assert "no plain file" in refused(shop, Edit(CASE, b"elsewhere", AFTER)).message


# -- nothing of the repository is run (promise 4) ------------------------------------------------

HOOKS = (
    "applypatch-msg", "pre-applypatch", "post-applypatch", "pre-commit", "pre-merge-commit",
    "prepare-commit-msg", "commit-msg", "post-commit", "pre-rebase", "post-checkout", "post-merge",
    "pre-push", "reference-transaction", "post-index-change", "pre-auto-gc", "post-rewrite",
    "fsmonitor-watchman",
)  # fmt: skip


def plant(root: Path, folder: Path) -> Path:
    """Programs in every place where a repository can name one; the folder in which they leave their names."""
    ran = folder / "ran"
    ran.mkdir()
    hooks = root / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    settings = {
        "core.hooksPath": "",
        "core.fsmonitor": "fsmonitor",
        "core.editor": "editor",
        "core.pager": "pager",
        "pager.log": "pager",
        "core.sshCommand": "ssh",
        "core.askPass": "askpass",
        "core.alternateRefsCommand": "alternates",
        "credential.helper": "helper",
        "filter.x.clean": "clean",
        "filter.x.smudge": "smudge",
        "filter.x.process": "process",
        "diff.x.textconv": "textconv",
        "diff.x.command": "diffcommand",
        "diff.external": "external",
        "merge.x.driver": "driver",
        "gpg.program": "gpg",
        "gpg.ssh.program": "sshgpg",
        "trailer.case.command": "trailer",
        "interactive.diffFilter": "difffilter",
    }
    for name in [*HOOKS, *filter(None, settings.values())]:
        program = hooks / name
        program.write_text(f"#!/bin/sh\ntouch '{ran}/{name}'\ncat\n")
        program.chmod(0o755)
    for key, name in settings.items():
        git(root, "config", key, str(hooks / name) if name else str(hooks))
    for key in ("commit.gpgSign", "log.showSignature", "core.untrackedCache"):
        git(root, "config", key, "true")
    (root / ".git/info").mkdir(exist_ok=True)
    (root / ".git/info/attributes").write_text("* filter=x diff=x merge=x\n")
    return ran


def test_no_program_that_a_repository_brings_is_run(shop, tmp_path):  # promise 4
    ran = plant(shop.root, tmp_path)
    repository = Repository.find(shop.root)
    head = repository.resolve("main")
    commit = step(repository, EDIT, Edit("cases/2027/new.yaml", None, b"x\n"))
    repository.read(commit, [CASE])
    list(repository.tree(commit))
    list(repository.blobs([repository.object_id(AFTER)]))
    repository.changed(head, commit)
    repository.log(CASE)
    repository.before_last(commit, CASE)
    repository.has_remote_tip(commit)
    repository.contains(head, commit)
    repository.maintain()
    stop_after_the_moment(repository, Edit(CASE, AFTER, BEFORE))
    with repository.lock():
        assert repository.recover()
    repository.close()
    assert sorted(path.name for path in ran.iterdir()) == []
    assert (shop.root / CASE).read_bytes() == BEFORE
    subprocess.run(["git", "status"], cwd=shop.root, capture_output=True, check=False)
    assert list(ran.iterdir())  # the trap does work


# -- the next command (5.1) ---------------------------------------------------------------------------


def stop_after_the_moment(repository: Repository, edit: Edit) -> str:
    """A step that was recorded, and was stopped before the work tree and the index followed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("complaintctl.transaction._finish", _stopped)
        commit = step(repository, edit)
    assert repository.pending()
    assert repository.warnings
    repository.warnings.clear()
    return commit


def _stopped(*_arguments):
    raise OSError(28, "No space left on device")


def test_what_fails_after_the_moment_is_a_warning_and_the_next_command_sees_to_it(shop):
    commit = stop_after_the_moment(shop, EDIT)
    assert shop.head() == commit
    assert (shop.root / CASE).read_bytes() == BEFORE
    with shop.lock():
        assert shop.recover()
        assert not shop.recover()
    assert (shop.root / CASE).read_bytes() == AFTER
    assert clean(shop.root)
    assert not shop.pending()


def test_another_step_does_it_by_itself(shop):
    stop_after_the_moment(shop, EDIT)
    with shop.lock():
        shop.commit(
            [Edit(OTHER, b"state: classified\n", b"x\n")],
            message="m",
            author=CLERK,
            author_time=MOMENT,
            base=shop.head(),
            branch="main",
        )
    assert clean(shop.root)
    assert (shop.root / CASE).read_bytes() == AFTER


def recovered(shop: Repository) -> None:
    with shop.lock():
        shop.recover()
    assert not shop.pending()


def test_recovery_leaves_what_a_person_did_meanwhile(shop):
    stop_after_the_moment(shop, EDIT)
    (shop.root / CASE).write_bytes(b"a person's\n")
    recovered(shop)
    assert (shop.root / CASE).read_bytes() == b"a person's\n"
    assert git(shop.root, "status", "--porcelain").strip() == f"M {CASE}"


def test_recovery_does_not_bring_back_what_a_person_dropped(shop):
    base = shop.head()
    stop_after_the_moment(shop, EDIT)
    git(shop.root, "reset", "-q", "--hard", base)
    recovered(shop)
    assert (shop.head(), (shop.root / CASE).read_bytes()) == (base, BEFORE)
    assert clean(shop.root)


def test_recovery_knows_commits_on_top_and_another_branch(shop):
    stop_after_the_moment(shop, EDIT)
    git(shop.root, "commit", "-q", "--allow-empty", "-m", "on top", "--", OTHER)
    recovered(shop)
    assert clean(shop.root)
    assert (shop.root / CASE).read_bytes() == AFTER
    stop_after_the_moment(shop, Edit(CASE, AFTER, BEFORE))
    git(shop.root, "symbolic-ref", "HEAD", "refs/heads/side")
    recovered(shop)
    assert (shop.root / CASE).read_bytes() == AFTER


def test_recovery_writes_through_no_link(shop, tmp_path):
    stop_after_the_moment(shop, EDIT)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / Path(CASE).name).write_bytes(BEFORE)
    (shop.root / "cases/2026/11").rename(tmp_path / "old")
    (shop.root / "cases/2026/11").symlink_to(tmp_path / "outside")
    recovered(shop)
    assert (tmp_path / "outside" / Path(CASE).name).read_bytes() == BEFORE


def test_a_journal_that_leads_outside_or_is_not_understood_is_refused(shop):
    commit = stop_after_the_moment(shop, EDIT)
    place = shop.own / "journal"
    good = json.loads(place.read_text())
    changes = [["../x", "100644", None, commit]]
    for text in ("", "[]", "{}", json.dumps({**good, "format": 2}), json.dumps({**good, "changes": changes})):
        place.write_text(text)
        with shop.lock(), pytest.raises(RegisterState, match="cannot be understood"):
            shop.recover()


def test_an_own_index_lock_is_known_again_and_removed(shop):
    os.link(shop.own / "token", shop.git_dir / "index.lock")
    assert shop.pending()
    step(shop, EDIT)
    assert clean(shop.root)
    assert not (shop.git_dir / "index.lock").exists()


@pytest.mark.parametrize("name", ["refs/heads/main.lock", "HEAD.lock"])
def test_a_lock_that_a_killed_update_ref_left_is_removed_where_it_is_proved(shop, name, monkeypatch):
    monkeypatch.setattr(journal, "GRACE", 0.01)
    lock = shop.git_dir / name

    commit = stop_after_the_moment(shop, EDIT)
    lock.write_text(commit + "\n")
    recovered(shop)
    assert not lock.exists()

    stop_after_the_moment(shop, Edit(CASE, AFTER, BEFORE))
    lock.write_text("")
    recovered(shop)
    assert not lock.exists()

    stop_after_the_moment(shop, EDIT)
    lock.write_text("")  # made an hour after the journal: somebody else's
    os.utime(lock, (time.time() + 3600, time.time() + 3600))
    recovered(shop)
    assert lock.exists()

    lock.unlink()
    stop_after_the_moment(shop, Edit(CASE, AFTER, BEFORE))
    lock.write_text("0" * 40 + "\n")  # holds another commit: somebody else's
    recovered(shop)
    assert lock.exists()


def test_an_object_that_git_left_empty_is_written_again(shop):
    """What git itself leaves when the power goes out, since it does not sync loose objects."""
    blob = shop.object_id(AFTER)
    place = shop.git_dir / "objects" / blob[:2] / blob[2:]
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(b"")
    step(shop, EDIT)
    assert clean(shop.root)


def test_ctrl_c_at_the_moment_itself_does_not_tear_the_step(shop, monkeypatch):  # E3
    write = shop.write

    def interrupted(arguments, env, given=b""):
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(os.getpid(), name)
        write(arguments, env, given)

    monkeypatch.setattr(shop, "write", interrupted)
    handlers = [signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)]
    step(shop, EDIT)
    assert clean(shop.root)
    assert [signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)] == handlers


def test_ctrl_c_before_the_moment_leaves_nothing(shop, monkeypatch):  # E3
    before, store = state(shop.root), objects.store

    def interrupted(*arguments):
        store(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(objects, "store", interrupted)
    with pytest.raises(KeyboardInterrupt):
        step(shop, EDIT)
    assert state(shop.root) == before
    assert not shop.pending()
    assert not (shop.git_dir / "index.lock").exists()


# -- moving on to what others committed --------------------------------------------------------------


@pytest.fixture
def ahead(shop, tmp_path):
    """A commit that follows the register's newest one, as after a fetch."""
    git(tmp_path, "clone", "-q", "shop", "other")
    other = Repository.find(tmp_path / "other")
    step(other, EDIT, Edit("cases/2027/new.yaml", None, b"n\n"))
    step(other, Edit(OTHER, b"state: classified\n", None))
    other.close()
    git(shop.root, "fetch", "-q", str(tmp_path / "other"), "main:refs/remotes/other/main")
    return git(shop.root, "rev-parse", "other/main")


def advance(repository: Repository, target: str) -> None:
    with repository.lock():
        repository.recover()
        repository.advance(target, base=repository.head(), branch="main")


def test_the_branch_moves_on_with_its_files_and_nothing_else(shop, ahead):
    (shop.root / "policies/register.yaml").write_bytes(b"edited\n")
    advance(shop, ahead)
    advance(shop, ahead)
    assert shop.head() == ahead
    assert (shop.root / CASE).read_bytes() == AFTER
    assert not (shop.root / OTHER).exists()
    assert git(shop.root, "status", "--porcelain").strip() == "M policies/register.yaml"
    assert not shop.pending()


def test_moving_on_never_overwrites_an_edit_or_drops_a_commit(shop, ahead):
    (shop.root / CASE).write_bytes(b"mine\n")
    head = shop.head()
    with pytest.raises(RegisterState, match=CASE):
        advance(shop, ahead)
    (shop.root / CASE).write_bytes(BEFORE)
    assert shop.head() == head
    mine = step(shop, Edit("note.yaml", None, b"x\n"))
    with pytest.raises(RegisterState, match="does not follow"):
        advance(shop, ahead)
    assert shop.head() == mine
    assert clean(shop.root)


def test_moving_on_to_a_link_is_refused(shop, tmp_path):
    git(shop.root, "branch", "side")
    git(tmp_path, "clone", "-q", "-b", "side", "shop", "other")
    (tmp_path / "other/link").symlink_to("/etc/passwd")
    git(tmp_path / "other", "add", "link")
    git(tmp_path / "other", "commit", "-q", "-m", "link")
    git(shop.root, "fetch", "-q", str(tmp_path / "other"), "side:refs/remotes/other/side")
    with pytest.raises(RegisterState, match="link"):
        advance(shop, git(shop.root, "rev-parse", "other/side"))
    assert clean(shop.root)


# -- many at once (E4, E5) -----------------------------------------------------------------------------


def in_processes(count: int, work) -> list[int]:
    """Exit codes of `count` processes that begin `work(number)` at the same time."""
    ready, go = os.pipe()
    children = []
    for number in range(count):
        child = os.fork()
        if child == 0:
            code = 99
            try:
                os.close(go)
                os.read(ready, 1)
                code = work(number)
            finally:
                os._exit(code)
        children.append(child)
    os.close(ready)
    os.close(go)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def append(root: Path, path: str, line: str) -> int:
    """One command: add a line to a file; 0 or the exit code of the refusal."""
    repository = Repository.find(root)
    with repository.lock(timeout=60.0):
        repository.recover()
        head = repository.head()
        found = repository.read(head, [path])[path]
        old = found.data if found else None
        repository.commit(
            [Edit(path, old, (old or b"") + line.encode())],
            message=f"append {line}",
            author=Person("Clerk", "clerk@shop.example"),
            author_time=MOMENT,
            base=head,
            branch="main",
        )
    repository.close()
    return 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("same", [True, False], ids=["the same file", "each its own file"])
def test_every_step_that_was_reported_done_is_there(shop, same):  # E4, promise 3
    processes, rounds = 6, 4
    shop.close()
    before = int(git(shop.root, "rev-list", "--count", "HEAD"))

    def work(number: int) -> int:
        for turn in range(rounds):
            append(shop.root, CASE if same else f"cases/2026/12/{number}.yaml", f"{number}.{turn}\n")
        return 0

    assert in_processes(processes, work) == [0] * processes
    assert int(git(shop.root, "rev-list", "--count", "HEAD")) - before == processes * rounds
    names = [CASE] if same else [f"cases/2026/12/{number}.yaml" for number in range(processes)]
    lines = "".join((shop.root / name).read_text() for name in names).split("\n")
    wanted = {f"{number}.{turn}" for number in range(processes) for turn in range(rounds)}
    assert wanted <= set(lines)
    assert len(lines) >= len(wanted)
    assert clean(shop.root)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_steps_and_a_person_s_own_git_do_not_disturb_each_other(shop):
    shop.close()
    (shop.root / "notes").mkdir()

    def work(number: int) -> int:
        for turn in range(6):
            if number == 0:
                append(shop.root, CASE, f"{turn}\n")
                continue
            (shop.root / f"notes/{turn}").write_text("x\n")
            while subprocess.run(
                ["git", "add", "notes"], cwd=shop.root, capture_output=True, check=False
            ).returncode:
                time.sleep(0.001)
        return 0

    assert in_processes(2, work) == [0, 0]
    assert (shop.root / CASE).read_bytes() == BEFORE + b"0\n1\n2\n3\n4\n5\n"
    assert git(shop.root, "status", "--porcelain").split("\n") == [f"A  notes/{turn}" for turn in range(6)]

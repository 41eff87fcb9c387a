"""Whether a step may be written now: the branch, the files and the index are as they must be.

Each refusal names the file and the ways out; nothing here changes anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from complaintctl import files
from complaintctl import journal as journals
from complaintctl.errors import RegisterState
from complaintctl.i18n import _
from complaintctl.journal import Change, Journal
from complaintctl.objects import PLAIN, Edit, Tree, read_trees

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from complaintctl.gitdir import GitDir


def compare(
    repository: GitDir, edits: Sequence[Edit], branch: str, base: str
) -> tuple[dict[str, Tree], tuple[Change, ...]]:
    """The trees that the edits touch, and the edits as ids; all that can be told without looking at files."""
    require_state(repository, branch, base)
    for edit in edits:
        files.check_path(edit.path)
    trees = read_trees(repository, base, [edit.path for edit in edits])
    return trees, tuple(_change(repository, edit, trees) for edit in edits)


def require_files(repository: GitDir, edits: Sequence[Edit], branch: str, deadline: float) -> None:
    """Every file is in the work tree as it was committed, and nobody holds a lock on the branch.

    RegisterState names the file; Busy, at `deadline` of time.monotonic, the lock.
    """
    for edit in edits:
        _require_file(repository, edit)
    for lock in journals.ref_locks(repository, branch):
        files.wait_until_gone(lock, deadline)


def _change(repository: GitDir, edit: Edit, trees: Mapping[str, Tree]) -> Change:
    """The edit as ids; RegisterState unless the last commit holds what the edit was made from."""
    folder, _slash, name = edit.path.rpartition("/")
    node = trees[folder].get(name)
    old = None if edit.old is None else repository.object_id(edit.old)
    new = None if edit.new is None else repository.object_id(edit.new)
    if node is not None and not node.plain:
        raise RegisterState(
            _("{file} is no plain file in the last commit.").format(file=edit.path),
            hint=_("git log --raw -- {file}").format(file=edit.path),
        )
    if (node.id if node else None) != old:
        raise RegisterState(
            _("{file} was changed by another commit in the meantime.").format(file=edit.path),
            hint=_("run the command again"),
        )
    seen = None if edit.seen is None else repository.object_id(edit.seen)
    return Change(edit.path, node.mode if node else PLAIN, old, new, seen)


def require_state(repository: GitDir, wanted: str, base: str) -> None:
    """The branch is checked out at the commit meant, and nothing is half done; else RegisterState."""
    branch = repository.branch()
    if branch != wanted:
        found = _("no branch (detached HEAD)") if branch is None else branch
        raise RegisterState(
            _("Steps are written to branch {wanted}; checked out is {found}.").format(
                wanted=wanted, found=found
            ),
            hint=f"git switch {wanted}",
        )
    half = repository.half_state()
    if half:
        raise RegisterState(
            _("A {what} is in progress.").format(what=half),
            hint=_("finish it, or give it up: git {command}").format(
                command="bisect reset" if half == "bisect" else f"{half} --abort"
            ),
        )
    if (repository.head() or "") != base:
        raise RegisterState(
            _("Branch {branch} moved in the meantime.").format(branch=wanted),
            hint=_("run the command again"),
        )


def _require_file(repository: GitDir, edit: Edit) -> None:
    found = files.read(files.inside(repository.root, edit.path))
    if found == edit.old or (edit.seen is not None and found == edit.seen):
        return
    if edit.old is None:
        raise RegisterState(
            _("{file} is in the way: it is not in the last commit.").format(file=edit.path),
            hint=_("move it away, or record it with git"),
        )
    if found is None and _left_out(repository, edit.path):
        raise RegisterState(
            _("{file} is left out of this sparse checkout.").format(file=edit.path),
            hint=f"git sparse-checkout add {edit.path.rpartition('/')[0]}",
        )
    raise RegisterState(
        _("{file} differs from the last commit.").format(file=edit.path), hint=_ways_out(edit.path)
    )


def _ways_out(path: str) -> str:
    if path.startswith("cases/"):
        case = path.rsplit("/", maxsplit=1)[-1].removesuffix(".yaml")
        return _(
            "record it: complaintctl amend {case} --reason …;"
            " or drop it: git restore --staged --worktree {file}"
        ).format(case=case, file=path)
    return _("record it with git, or drop it: git restore --staged --worktree {file}").format(file=path)


def _left_out(repository: GitDir, path: str) -> bool:
    return repository.run("ls-files", "-t", "-z", "--", path).startswith(b"S ")


def require_index(entries: Mapping[str, str], journal: Journal) -> None:
    """The index has these files as they were committed; else RegisterState."""
    for change in journal.changes:
        if entries.get(change.path) not in change.entries():
            raise RegisterState(
                _("{file} has staged changes that are not committed.").format(file=change.path),
                hint=_("take them back: git restore --staged {file}").format(file=change.path),
            )

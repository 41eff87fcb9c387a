"""A commit on a branch that is not checked out: objects and one ref, no file, no index.

Moving the ref (`git update-ref`, which compares and swaps) is the one moment at
which it happens; there is nothing to finish afterwards, so there is no journal.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from complaintctl import files, objects
from complaintctl.errors import ComplaintctlError, RegisterState
from complaintctl.i18n import _
from complaintctl.objects import Node

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from complaintctl.gitdir import GitDir
    from complaintctl.objects import Edit, Person, Tree
    from complaintctl.transaction import Wish


def record(repository: GitDir, edits: Sequence[Edit], wish: Wish, old: str, *, dry_run: bool) -> str:
    """Make one commit of these edits on a branch that is not checked out; its id, none after a dry run.

    RegisterState where the branch is not at `old` (empty: is there already), or is checked out.
    """
    ref = f"refs/heads/{wish.branch}"
    if wish.branch in checked_out(repository):
        raise RegisterState(
            _("Branch {branch} is checked out.").format(branch=wish.branch),
            hint=_("run the command there, or switch to another branch"),
        )
    _require_tip(repository, wish.branch, old)
    for edit in edits:
        files.check_path(edit.path)
    trees = objects.read_trees(repository, wish.base, [edit.path for edit in edits])
    after = {edit.path: _node(repository, edit, trees) for edit in edits}
    drafts = [objects.blob_draft(repository, edit.new) for edit in edits if edit.new is not None]
    drafts += objects.rebuild(repository, trees, after)
    commit = objects.commit_draft(
        repository, drafts[-1].id, [wish.base], wish.author, wish.author_time, wish.committer, wish.message
    )
    if dry_run:
        return ""
    objects.store(repository, [*drafts, commit])
    who = {"GIT_COMMITTER_NAME": wish.committer.name, "GIT_COMMITTER_EMAIL": wish.committer.email}
    zero = "0" * repository.id_length
    try:
        repository.write(["update-ref", "-m", "complaintctl", ref, commit.id, old or zero], who)
    except ComplaintctlError:
        if repository.tip(wish.branch) == commit.id:
            return commit.id
        _require_tip(repository, wish.branch, old)
        raise
    return commit.id


def _node(repository: GitDir, edit: Edit, trees: Mapping[str, Tree]) -> Node | None:
    folder, _slash, name = edit.path.rpartition("/")
    node = trees[folder].get(name)
    if edit.new is None:
        return None
    return Node(node.mode if node else objects.PLAIN, repository.object_id(edit.new))


def _require_tip(repository: GitDir, branch: str, old: str) -> None:
    tip = repository.tip(branch) or ""
    if tip == old:
        return
    if not old:
        raise RegisterState(
            _("There is a branch {branch} already.").format(branch=branch),
            hint=_("look at it: git log {branch}").format(branch=branch),
        )
    raise RegisterState(
        _("Branch {branch} moved in the meantime.").format(branch=branch), hint=_("run the command again")
    )


def checked_out(repository: GitDir) -> set[str]:
    """The branches that a work tree of the repository is at."""
    heads = [repository.common_dir / "HEAD", repository.git_dir / "HEAD"]
    with suppress(OSError):
        heads += [folder / "HEAD" for folder in (repository.common_dir / "worktrees").iterdir()]
    found = set()
    for head in heads:
        with suppress(OSError):
            found.add(head.read_text("utf-8", "surrogateescape").strip().removeprefix("ref: refs/heads/"))
    return found


def move(repository: GitDir, branch: str, new: str, old: str, person: Person) -> None:
    """Make a branch (`old` empty), move it to another commit, or drop it (`new` empty), if it is at `old`.

    The lock must be held.
    """
    if branch in checked_out(repository):
        raise RegisterState(
            _("Branch {branch} is checked out.").format(branch=branch), hint=_("switch to another branch")
        )
    _require_tip(repository, branch, old)
    zero = "0" * repository.id_length
    who = {"GIT_COMMITTER_NAME": person.name, "GIT_COMMITTER_EMAIL": person.email}
    ref = f"refs/heads/{branch}"
    repository.write(["update-ref", "-m", "complaintctl", ref, new or zero, old or zero], who)

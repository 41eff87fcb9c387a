"""The register's git repository: reading what was committed, and committing one step.

One class is the whole of git for the rest of the program.  How a step is made
safe is in `transaction`, how git is started in `gitprocess`.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from complaintctl import catfile, files, gitprocess
from complaintctl.errors import EnvironmentFault, Usage
from complaintctl.gitdir import GitDir
from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from complaintctl.objects import Edit, Person
    from complaintctl.trail import Entry

TIMEOUT = 10.0  # seconds to wait for somebody else's lock
_SELDOM = 950  # steps from one maintenance to the next, on the average
_LETTERS = {"A": "A", "D": "D", "M": "M", "T": "M"}


class Version(NamedTuple):
    """A file of a commit: the id of its blob, and its content."""

    id: str
    data: bytes


class Repository(GitDir):
    """A register's repository, from `find` or `init`; `warnings` collects what failed after a commit."""

    @classmethod
    def init(cls, root: Path, branch: str) -> Self:
        """Make a repository without a commit, on a branch of this name; one that is there stays as it is.

        Raises EnvironmentFault when git is missing, too old or cannot write.
        """
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _fault(error) from error
        old = gitprocess.too_old(root)
        if old:
            raise EnvironmentFault(
                _("git {found} is too old.").format(found=old),
                hint=_("install git 2.38 or newer: https://git-scm.com"),
            )
        outcome = gitprocess.run(root, "init", "--quiet", "--template=", f"--initial-branch={branch}")
        if outcome.code != 0:
            raise gitprocess.fault(root, outcome)
        return cls.find(root)

    # -- who, and which commit ----------------------------------------------------

    def identity(self) -> Person | None:
        """Who commits, of ``user.name`` and ``user.email``; None where either is not configured."""
        config = self.config()
        if "user.name" not in config or "user.email" not in config:
            return None
        from complaintctl.objects import Person

        return Person(config["user.name"], config["user.email"])

    def resolve(self, rev: str) -> str:
        """The id of the commit that a person names; Usage when there is none."""
        found = self._verified(rev) if rev and "\0" not in rev else None
        if found is None:
            raise Usage(
                _("There is no commit {rev}.").format(rev=rev),
                hint=_("git log --oneline lists the commits that there are"),
            )
        return found

    def commit_time(self, commit: str) -> int:
        """When a commit was made by its committer's clock; seconds since 1970."""
        found = self.objects([commit])[0]
        if found is None or found.kind != "commit":
            raise Usage(_("There is no commit {rev}.").format(rev=commit))
        match = re.search(rb"^committer .*> (-?\d+) [+-]\d+$", found.data.split(b"\n\n", 1)[0], re.MULTILINE)
        return int(match[1]) if match else 0

    def has_remote_tip(self, commit: str) -> bool:
        """Whether a commit was shared: some remote branch that is known here holds it."""
        return bool(self.run("for-each-ref", "--count=1", f"--contains={commit}", "refs/remotes"))

    # -- what was committed ---------------------------------------------------------

    def read(self, commit: str, paths: Sequence[str]) -> dict[str, Version | None]:
        """Files of a commit; None where it has no file of that name."""
        wanted = list(paths)
        found = self.objects([f"{commit}:{path}" for path in wanted]) if commit else [None] * len(wanted)
        return {
            path: Version(each.id, each.data) if each is not None and each.kind == "blob" else None
            for path, each in zip(wanted, found, strict=True)
        }

    def blobs(self, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Many blobs by id through one process, in the order asked; RegisterState when one is not here."""
        return catfile.stream(self.root, ids)

    def tree(self, commit: str, *folders: str) -> Iterator[tuple[str, str, str]]:
        """Path, mode and id of every file of a commit, or of some folders of it."""
        rows = self.run(
            "ls-tree", "-r", "-z", commit, "--", *(f"{folder.rstrip('/')}/" for folder in folders)
        )
        for row in rows.decode("utf-8", "surrogateescape").split("\0"):
            if row:
                about, path = row.split("\t", 1)
                mode, _kind, blob = about.split(" ")
                yield path, mode, blob

    def changed(self, old: str, new: str, *folders: str) -> list[tuple[str, str, str]]:
        """What differs between two commits: A, M or D, the path, and the new blob's id (empty for D).

        An empty `old` stands for no files at all. Starts one process, which
        does not read the index.
        """
        if old == new:
            return []
        if not old:
            return [("A", path, blob) for path, _mode, blob in self.tree(new, *folders)]
        fields = self.run(
            "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-ext-diff", old, new, "--", *folders,
            env={"GIT_INDEX_FILE": str(self.own / "none")},
        ).decode("utf-8", "surrogateescape").split("\0")  # fmt: skip
        found = []
        for about, path in zip(fields[0::2], fields[1::2], strict=False):
            _old_mode, _new_mode, _old, blob, status = about.split(" ")
            letter = _LETTERS.get(status, "M")
            found.append((letter, path, "" if letter == "D" else blob))
        return found

    def log(self, paths: str | Sequence[str] = (), limit: int | None = None) -> list[Entry]:
        """The commits that touched a path or several, newest first; all of history for none."""
        head = self.head()
        if head is None:
            return []
        from complaintctl import trail

        return trail.commits(self, head, [paths] if isinstance(paths, str) else list(paths), limit)

    def before_last(self, head: str, path: str) -> tuple[bytes | None, str, bool]:
        """What a file was before the last commit that changed it (None: not there), for `undo`.

        With it the verb of that commit (its ``Step`` trailer), and whether the
        commit was shared.
        """
        last = self.run("rev-list", "--max-count=1", "--end-of-options", head, "--", path).decode().strip()
        if not last:
            raise Usage(_("{file} was never committed.").format(file=path))
        from complaintctl import trail

        commit, before = self.objects([last, f"{last}^:{path}"])
        step = "" if commit is None else trail.entry(last, commit.data).trailers.get("Step", "")
        return None if before is None else before.data, step, self.has_remote_tip(last)

    # -- one step -------------------------------------------------------------------

    @contextmanager
    def lock(self, timeout: float = TIMEOUT) -> Iterator[None]:
        """Be the only one that writes; Busy when somebody else still does after `timeout` seconds.

        It dies with its process (and with a git that this one started and that still writes).
        """
        try:
            self.shared.mkdir(exist_ok=True)
            self.own.mkdir(exist_ok=True)
        except OSError as error:
            raise _fault(error) from error
        self.held = files.lock(self.shared / "lock", timeout)
        try:
            yield
        finally:
            held, self.held = self.held, None
            files.unlock(held)

    def commit(
        self,
        edits: Sequence[Edit],
        *,
        message: str,
        author: Person,
        author_time: str,
        base: str,
        branch: str,
        committer: Person | None = None,
        merged: Sequence[str] = (),
        dry_run: bool = False,
        timeout: float = TIMEOUT,
    ) -> str:
        """Record these edits, and nothing else, as one commit; its id. The lock must be held.

        A dry run makes the same checks, changes nothing and returns no id.

        `base` is the commit that the edits were made from (empty: there is none
        yet), `author_time` ISO 8601 with an offset. Without a `committer` it is
        the git identity, or else the author; `merged` names further parents.
        Raises RegisterState (4) where nothing may be written now, Busy (6) and
        EnvironmentFault (5); then nothing was recorded. What goes wrong after
        the commit is added to `warnings`.
        """
        if self.held is None or not edits or len({edit.path for edit in edits}) != len(edits):
            raise ValueError(edits)
        from complaintctl import objects, transaction

        author = objects.checked(author)
        try:
            committer = objects.checked(committer or self.identity() or author)
            wish = transaction.Wish(message, author, author_time, committer, base, branch, tuple(merged))
            transaction.recover(self, timeout)
            if dry_run:
                transaction.rehearse(self, edits, wish, timeout)
                return ""
            return transaction.record(self, edits, wish, timeout)
        except OSError as error:
            raise _fault(error) from error

    def commit_apart(
        self,
        edits: Sequence[Edit],
        *,
        message: str,
        author: Person,
        author_time: str,
        committer: Person,
        base: str,
        branch: str,
        old: str,
        dry_run: bool = False,
    ) -> str:
        """Record these edits of the commit `base` as a commit on a branch that is not checked out; its id.

        Work tree, index and the branch that is checked out stay as they are. `old`
        is the newest commit of the branch, empty where it is to begin. The lock must
        be held. Raises RegisterState where the branch is not as meant; a dry run
        makes the same checks and returns no id.
        """
        if self.held is None or not edits:
            raise ValueError(edits)
        from complaintctl import apart, objects, transaction

        try:
            author, committer = objects.checked(author), objects.checked(committer)
            wish = transaction.Wish(message, author, author_time, committer, base, branch)
            return apart.record(self, edits, wish, old, dry_run=dry_run)
        except OSError as error:
            raise _fault(error) from error

    def advance(
        self,
        target: str,
        *,
        base: str,
        branch: str,
        committer: Person | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        """Move the branch from `base` on to a commit that follows it (a fast-forward), as safely as a step.

        The lock must be held. Raises as commit() does; then nothing has moved.
        """
        if self.held is None:
            raise ValueError(target)
        from complaintctl import objects, transaction

        nobody = objects.Person("complaintctl", "complaintctl")
        person = objects.checked(committer or self.identity() or nobody)
        wish = transaction.Wish("", person, "", person, base, branch)
        try:
            transaction.recover(self, timeout)
            transaction.advance(self, target, wish, timeout)
        except OSError as error:
            raise _fault(error) from error

    def recover(self, timeout: float = TIMEOUT) -> bool:
        """Finish or drop what a stopped run left; whether there was anything. The lock must be held."""
        if self.held is None:
            raise ValueError("lock")
        from complaintctl import transaction

        try:
            return transaction.recover(self, timeout)
        except OSError as error:
            raise _fault(error) from error

    def pending(self) -> bool:
        """Whether recover() has something to do; costs a few looks at files."""
        if (self.own / "journal").exists():
            return True
        index_lock = self.git_dir / "index.lock"
        if not index_lock.exists():
            return False
        from complaintctl import gitindex

        return gitindex.is_ours(self, index_lock)

    def maintain(self, commit: str = "") -> None:
        """Let git pack what has gathered, in the background, as the person's configuration wants it.

        A step leaves about seven small files, so once in a thousand steps is
        enough: given the id of a new commit, most calls do nothing. It may
        fail without harm.
        """
        if int(commit[:8] or "0", 16) % _SELDOM:
            return
        try:
            gitprocess.end(
                gitprocess.start(
                    self.root,
                    ["maintenance", "run", "--auto", "--quiet"],
                    unpinned=("gc.auto", "maintenance.auto"),
                )
            )
        except (OSError, EnvironmentFault):
            return


def _fault(error: OSError) -> EnvironmentFault:
    why = error.strerror or str(error)
    name = f"{error.filename}: " if error.filename else ""
    return EnvironmentFault(
        _("Nothing was recorded: {why}.").format(why=name + why),
        hint=_("make room, or see to the rights of that folder, and run the command again"),
    )

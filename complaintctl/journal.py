"""The journal of a step: what is about to happen, kept until all of it has.

With it, the next command knows which files to look at, and which of the lock
files that it finds are those of a run that was killed.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from complaintctl import files
from complaintctl.errors import BadData, RegisterState
from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from complaintctl.gitdir import GitDir

GRACE = 1.0  # seconds that an empty lock file must stay as it is before it counts as left behind
_SOON = 60.0  # seconds after the journal within which a killed update-ref can have made its locks
_SCRAPS = ("journal.new", "token.new", "index", "index.lock")  # what may be left in our own folder


class Change(NamedTuple):
    """An edit as ids of blobs: what the journal keeps."""

    path: str
    mode: str
    old: str | None
    new: str | None
    seen: str | None = None  # what else the work tree and the index may hold: an edit that is recorded

    def entries(self) -> list[str | None]:
        """What the index may say of the file before the step."""
        return [f"{self.mode} {blob} 0" if blob else None for blob in self.before()]

    def before(self) -> list[str | None]:
        """The blobs that the file may be before the step."""
        return [self.old, self.seen] if self.seen else [self.old]


class Journal(NamedTuple):
    """What a step is about to do, or has done but for the work tree and the index."""

    branch: str
    base: str  # empty: the branch did not exist
    commit: str
    changes: tuple[Change, ...]


def write(repository: GitDir, journal: Journal) -> None:
    """Keep it, in one go, so that it lasts."""
    import json

    data = json.dumps({"format": 1, **journal._asdict()}, ensure_ascii=True).encode()
    target = repository.own / "journal"
    files.put(repository.own / "journal.new", target, data)
    try:
        files.sync_folder(repository.own)
    except BaseException:
        with suppress(OSError):
            files.remove(target)
        raise


def drop(repository: GitDir) -> None:
    """All of the step has happened, or nothing will."""
    files.remove(repository.own / "journal")


def read(repository: GitDir) -> Journal | None:
    """What a run left; None when there is nothing. RegisterState when it cannot be understood."""
    data = files.read(repository.own / "journal")
    if data is None:
        return None
    import json

    try:
        fields = json.loads(data)
        if fields.pop("format") != 1:
            raise ValueError("format")
        fields["changes"] = tuple(Change(*change) for change in fields["changes"])
        journal = Journal(**fields)
        for change in journal.changes:
            files.check_path(change.path)
    except (ValueError, TypeError, KeyError, BadData) as error:
        raise RegisterState(
            _("{file} cannot be understood.").format(file=repository.own / "journal"),
            hint=_("a newer complaintctl wrote it: run that, or remove the file and look at `git status`"),
        ) from error
    return journal


def clear_scraps(repository: GitDir) -> None:
    """Take away what a killed run was making in this program's own folders. The lock must be held."""
    for scrap in (repository.shared / "new", *(repository.own / name for name in _SCRAPS)):
        if scrap.exists():
            files.remove(scrap)


def ref_locks(repository: GitDir, branch: str) -> tuple[Path, Path]:
    """The lock files that moving the branch takes."""
    return repository.common_dir / f"refs/heads/{branch}.lock", repository.git_dir / "HEAD.lock"


def clear_lock(repository: GitDir, lock: Path, journal: Journal) -> None:
    """Remove a lock on a ref if a killed run of ours left it; leave it alone where that is not proved."""
    try:
        held, seen = lock.read_text("utf-8", "replace").strip(), lock.stat()
    except FileNotFoundError:
        return
    if not journal.commit.startswith(held):
        return
    if not held:
        made = seen.st_mtime - (repository.own / "journal").stat().st_mtime
        if not -GRACE <= made <= _SOON:
            return
        deadline = time.monotonic() + GRACE
        while time.monotonic() < deadline:
            time.sleep(GRACE / 20)
            if not lock.exists() or lock.stat().st_mtime_ns != seen.st_mtime_ns:
                return
    files.remove(lock)

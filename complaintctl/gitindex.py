"""Git's index: looked at, and changed in the entries of a step and no others."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from complaintctl import files, gitprocess

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from subprocess import Popen

    from complaintctl.gitdir import GitDir
    from complaintctl.journal import Journal

_OURS = b"complaintctl holds this lock\n"
_FEW = 200  # paths on one command line


def ask(repository: GitDir, journal: Journal) -> Popen[bytes]:
    """Start the git that lists the entries of a step's files; `entries` takes what it says."""
    paths = [change.path for change in journal.changes]
    limited = ["--", *paths] if len(paths) <= _FEW else []
    return gitprocess.start(repository.root, ["ls-files", "--stage", "-z", *limited])


def entries(repository: GitDir, asked: Popen[bytes]) -> dict[str, str]:
    """``mode id stage`` of each path in the index; of a path with a conflict, the last of them."""
    outcome = gitprocess.end(asked)
    if outcome.code != 0:
        raise gitprocess.fault(repository.root, outcome)
    rows = outcome.out.decode("utf-8", "surrogateescape").split("\0")
    pairs = (row.split("\t", 1) for row in rows if row)
    return {path: entry for entry, path in pairs}


@contextmanager
def lock(repository: GitDir, deadline: float) -> Iterator[None]:
    """Hold git's own lock on the index, as a link to a file of ours: that is how it is known again."""
    path = repository.git_dir / "index.lock"
    token = repository.own / "token"
    if not token.exists():
        files.put(repository.own / "token.new", token, _OURS)
    while not _link(token, path):
        if is_ours(repository, path):
            files.remove(path)
        else:
            files.wait_until_gone(path, deadline)
    try:
        yield
    except BaseException:
        with suppress(OSError):  # the next command removes it
            files.remove(path)
        raise
    try:
        files.remove(path)
    except OSError as error:
        repository.warn(error)


def _link(token: Path, path: Path) -> bool:
    try:
        os.link(token, path)
    except FileExistsError:
        return False
    except OSError:
        return _create(path)  # a file system without hard links
    return True


def _create(path: Path) -> bool:
    try:
        files.create(path, _OURS)
    except FileExistsError:
        return False
    return True


def is_ours(repository: GitDir, path: Path) -> bool:
    """Whether a lock file is there and one of this program made it."""
    with suppress(OSError):
        if path.samefile(repository.own / "token"):
            return True
        return path.stat().st_size == len(_OURS) and path.read_bytes() == _OURS
    return False


def update(repository: GitDir, rows: Sequence[bytes]) -> None:
    """Change these entries and no others, in a copy that then takes the index's place."""
    index = repository.git_dir / "index"
    copy = repository.own / "index"
    files.remove(copy)
    files.remove(repository.own / "index.lock")  # of a git that was killed: we hold the register's lock
    if index.exists():
        try:
            os.link(index, copy)  # git replaces it and never writes into it
        except OSError:
            import shutil

            shutil.copy2(index, copy)
    repository.write(["update-index", "-z", "--index-info"], {"GIT_INDEX_FILE": str(copy)}, b"".join(rows))
    os.replace(copy, index)  # noqa: PTH105
    files.sync_folder(repository.git_dir)

"""Git's index: looked at, and changed in the entries of a step and no others.

Most indexes are looked at and changed here, in the bytes of the file
(`indexsplice`); where that cannot be done, a git process does it.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from complaintctl import files, gitprocess, indexsplice
from complaintctl.errors import RegisterState
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from subprocess import Popen

    from complaintctl.gitdir import GitDir
    from complaintctl.journal import Journal
    from complaintctl.objects import Tree

_OURS = b"complaintctl holds this lock\n"
_FEW = 200  # paths on one command line
_SHA1 = 40  # hexadecimal digits


class Look(NamedTuple):
    """What the index says of the files of a step."""

    entries: dict[str, str]  # ``mode id stage`` by path; of a path with a conflict, the last of them
    seen: indexsplice.Look | None  # where they are in the file; None: git was asked


def ask(repository: GitDir, journal: Journal, trees: Mapping[str, Tree] | None = None) -> Look | Popen[bytes]:
    """What the index says of a step's files, or the git that lists them; `look` takes either.

    `trees` are those of the last commit that the step goes through: with them a
    file that is not in the index can be told without git.
    """
    near = {change.path: _near(change.path, trees or {}) for change in journal.changes}
    seen = _seen(repository, near)
    if seen is not None:
        entries = {
            path: f"{place.mode:06o} {place.id.hex()} 0"
            for path, place in ((path, seen.places[_bytes(path)]) for path in near)
            if place.mode
        }
        return Look(entries, seen)
    limited = ["--", *near] if len(near) <= _FEW else []
    return gitprocess.start(repository.root, ["ls-files", "--stage", "-z", *limited])


def look(repository: GitDir, asked: Look | Popen[bytes]) -> Look:
    """The answer to `ask`. Raises EnvironmentFault when git fails."""
    if isinstance(asked, Look):
        return asked
    outcome = gitprocess.end(asked)
    if outcome.code != 0:
        raise gitprocess.fault(repository.root, outcome)
    rows = outcome.out.decode("utf-8", "surrogateescape").split("\0")
    pairs = (row.split("\t", 1) for row in rows if row)
    return Look({path: entry for entry, path in pairs}, None)


def _seen(repository: GitDir, near: Mapping[str, list[bytes]]) -> indexsplice.Look | None:
    if repository.id_length != _SHA1:
        return None
    try:
        data = files.read(repository.git_dir / "index")
    except (OSError, RegisterState):
        return None
    paths = {_bytes(path): names for path, names in near.items()}
    return None if data is None else indexsplice.look(data, paths)


def _near(path: str, trees: Mapping[str, Tree]) -> list[bytes]:
    """The files of the same folder between which a new one stands, as far as there are any."""
    folder, slash, name = path.rpartition("/")
    tree = trees.get(folder, {})
    if name in tree:
        return []
    names = [other for other, node in tree.items() if node.plain]
    before = max((other for other in names if other < name), default=None)
    after = min((other for other in names if other > name), default=None)
    return [_bytes(folder + slash + other) for other in (before, after) if other is not None]


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


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


def update(repository: GitDir, seen: Look, wanted: Mapping[str, tuple[str, str] | None]) -> None:
    """Give these files, and no others, this mode and blob (None: they go).

    That is done in a copy, which then takes the index's place. The lock must
    have been held since `seen` was looked at.
    """
    index = repository.git_dir / "index"
    copy = repository.own / "index"
    files.remove(copy)
    files.remove(repository.own / "index.lock")  # of a git that was killed: we hold the register's lock
    if not _splice(index, copy, seen, wanted):
        _through_git(repository, index, copy, wanted)
    os.replace(copy, index)  # noqa: PTH105
    files.sync_folder(repository.git_dir)


def _splice(index: Path, copy: Path, seen: Look, wanted: Mapping[str, tuple[str, str] | None]) -> bool:
    """Make the copy here; whether that could be done."""
    if seen.seen is None:
        return False
    values = {
        _bytes(path): (int(value[0], 8), bytes.fromhex(value[1])) if value else None
        for path, value in wanted.items()
    }
    pieces = indexsplice.splice(seen.seen, values)
    if pieces is None:
        return False
    found = index.stat()
    files.create(copy, *pieces, mode=stat.S_IMODE(found.st_mode))
    if stat.S_IMODE(copy.stat().st_mode) != stat.S_IMODE(found.st_mode):
        copy.chmod(stat.S_IMODE(found.st_mode))  # a register that a group shares
    # Git does not trust an entry that is as young as the index: its file may have been edited in the
    # same moment. So the index must not grow younger, and not stay as old either, for others to see
    # that it is another one.
    os.utime(copy, ns=(found.st_atime_ns, found.st_mtime_ns - 1))
    return True


def _through_git(
    repository: GitDir, index: Path, copy: Path, wanted: Mapping[str, tuple[str, str] | None]
) -> None:
    """Make the copy with ``git update-index``."""
    if index.exists():
        try:
            os.link(index, copy)  # git replaces it and never writes into it
        except OSError:
            import shutil

            shutil.copy2(index, copy)
    gone = ("0", "0" * repository.id_length)
    rows = [f"{mode} {blob}\t{path}\0" for path, value in wanted.items() for mode, blob in [value or gone]]
    given = "".join(rows).encode("utf-8", "surrogateescape")
    repository.write(["update-index", "-z", "--index-info"], {"GIT_INDEX_FILE": str(copy)}, given)

"""Reading objects with ``git cat-file --batch``: a few at a time through one that is kept, or very many."""

from __future__ import annotations

import contextlib
from typing import IO, TYPE_CHECKING

from complaintctl import gitprocess
from complaintctl.errors import RegisterState
from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence
    from pathlib import Path
    from subprocess import Popen

_PORTION, _WIDE = 1 << 22, 1 << 20  # bytes that are read at once; that a pipe may hold
_PIPE = 4096  # bytes that every system's pipes take without a reader


class Found(NamedTuple):
    """One object of the repository."""

    id: str
    kind: str  # blob, tree, commit or tag
    data: bytes


class Batch:
    """One ``cat-file --batch`` that answers as long as it is kept."""

    def __init__(self, root: Path) -> None:
        import weakref

        self.root = root
        self._process = gitprocess.start(root, ["cat-file", "--batch"], talk=False)
        self.close = weakref.finalize(self, _dismiss, self._process)

    def ask(self, names: Sequence[str]) -> list[Found | None]:
        """What git has under each name (an id, ``commit:path``, ``commit^{tree}``); None: nothing."""
        found: list[Found | None] = []
        for group in _groups(names):
            _feed(self._process, group)
            found += [self._answer() for _name in group]
        return found

    def _answer(self) -> Found | None:
        assert self._process.stdout is not None  # noqa: S101  (start() always makes it)
        answer = _read_object(self._process.stdout)
        if answer is None:
            self.close()
            outcome = gitprocess.run(self.root, "rev-parse", "--git-dir")
            raise gitprocess.fault(
                self.root, outcome._replace(err=outcome.err or b"fatal: cat-file ended early")
            )
        return answer if answer.kind else None


def _dismiss(process: Popen[bytes]) -> None:
    for channel in (process.stdin, process.stdout):
        if channel is not None:
            try:
                channel.close()
            except OSError:
                continue  # it ended before it had read what was asked
    process.wait()


def _feed(process: Popen[bytes], names: Sequence[str]) -> None:
    assert process.stdin is not None  # noqa: S101
    try:
        process.stdin.write("".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape"))
        process.stdin.flush()
    except BrokenPipeError:
        return  # it has ended: the reader finds out why


def _groups(names: Sequence[str]) -> Iterator[list[str]]:
    """Names in portions that a pipe takes at once, so that neither side waits for the other for ever."""
    group: list[str] = []
    size = 0
    for name in names:
        if "\n" in name:
            raise ValueError(name)
        size += len(name.encode("utf-8", "surrogateescape")) + 1
        if group and size > _PIPE:
            yield group
            group, size = [], 0
        group.append(name)
    if group:
        yield group


def _read_object(stream: IO[bytes]) -> Found | None:
    """The next answer; an empty kind when git has no such object, None at the end of the stream."""
    head = stream.readline()
    if not head:
        return None
    words = head.split()
    if len(words) != 3 or not words[2].isdigit():
        return Found(head.decode("utf-8", "replace").split(" ")[0], "", b"")
    size = int(words[2])
    data = stream.read(size + 1)
    if len(data) != size + 1:
        return None
    return Found(words[0].decode(), words[1].decode(), data[:-1])


def stream(root: Path, ids: Iterable[str]) -> Generator[tuple[str, bytes], None, None]:
    """Many objects through one process, in the order asked for.

    Raises RegisterState when one is not in this clone, EnvironmentFault when git fails.
    """
    from threading import Thread

    wanted = list(ids)
    if not wanted:
        return
    process = gitprocess.start(root, ["cat-file", "--batch", "--buffer"], talk=False)
    feeder = Thread(target=_feed_all, args=(process, wanted), daemon=True)
    feeder.start()
    assert process.stdout is not None  # noqa: S101
    try:
        _widen(process.stdout)
        left = len(wanted)
        while left:
            portion = _portion(process.stdout, left)
            left -= len(portion)
            for found in portion:
                if found is None:
                    raise gitprocess.fault(root, gitprocess.run(root, "rev-parse", "--git-dir"))
                name, kind, data = found
                if not kind:
                    raise RegisterState(
                        _("Object {id} is not in this clone.").format(id=name),
                        hint=_(
                            "fetch the whole history: git fetch --unshallow, or clone again without --filter"
                        ),
                    )
                yield name, data
    finally:
        process.kill()
        feeder.join()
        _dismiss(process)


def _portion(stream: IO[bytes], most: int) -> list[tuple[str, str, bytes] | None]:
    """The next answers as `_read_object` gives them, up to so many: a few megabytes at once.

    So git and the reader seldom wait for each other.  The last one is None at the end of the stream.
    """
    found: list[tuple[str, str, bytes] | None] = []
    size = 0
    while size < _PORTION and len(found) < most:
        head = stream.readline()
        words = head.split()
        if len(words) != 3 or not words[2].isdigit():
            found.append((head.decode("utf-8", "replace").split(" ")[0], "", b"") if head else None)
            break
        length = int(words[2]) + 1
        data = stream.read(length)
        if len(data) != length:
            found.append(None)
            break
        found.append((words[0].decode(), words[1].decode(), data[:-1]))
        size += length
    return found


def _widen(stream: IO[bytes]) -> None:
    """Let a pipe hold more, where that can be had."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(stream.fileno(), fcntl.F_SETPIPE_SZ, _WIDE)


def _feed_all(process: Popen[bytes], wanted: Sequence[str]) -> None:
    assert process.stdin is not None  # noqa: S101
    try:
        process.stdin.write("".join(f"{name}\n" for name in wanted).encode())
        process.stdin.close()
    except (OSError, ValueError):
        return  # the reader stopped early, or git ended: the reader says so

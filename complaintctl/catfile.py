"""Reading objects with ``git cat-file --batch``: a few at a time through one that is kept, or very many."""

from __future__ import annotations

from contextlib import suppress
from typing import IO, TYPE_CHECKING

from complaintctl import gitprocess
from complaintctl.errors import RegisterState
from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence
    from pathlib import Path
    from subprocess import Popen

_AT_ONCE = 1 << 18  # bytes that are read together where there are many objects
_NEWLINE = b"\n"[0]
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
        found = _read_object(self._process.stdout)
        if found is None:
            self.close()
            outcome = gitprocess.run(self.root, "rev-parse", "--git-dir")
            raise gitprocess.fault(
                self.root, outcome._replace(err=outcome.err or b"fatal: cat-file ended early")
            )
        return Found(*found) if found[1] else None


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


def _read_object(stream: IO[bytes]) -> tuple[str, str, bytes] | None:
    """The next answer: id, kind (empty: git has no such object) and data; None at the end of the stream."""
    head = stream.readline()
    if not head:
        return None
    words = head.split()
    if len(words) != 3 or not words[2].isdigit():
        return words[0].decode("utf-8", "replace") if words else "", "", b""
    name, kind, length = words
    size = int(length)
    data = stream.read(size + 1)
    if len(data) <= size or data[size] != _NEWLINE:
        return None
    return name.decode("utf-8", "replace"), kind.decode("utf-8", "replace"), data[:size]


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
    _widen(process.stdout)
    try:
        with open(process.stdout.fileno(), "rb", buffering=_AT_ONCE, closefd=False) as channel:
            for _number in range(len(wanted)):
                found = _read_object(channel)
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


def _widen(channel: IO[bytes]) -> None:
    """Let a pipe hold more, where the system can: the two sides take turns less often."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(channel, fcntl.F_SETPIPE_SZ, 4 * _AT_ONCE)


def _feed_all(process: Popen[bytes], wanted: Sequence[str]) -> None:
    assert process.stdin is not None  # noqa: S101
    try:
        process.stdin.write("".join(f"{name}\n" for name in wanted).encode())
        process.stdin.close()
    except (OSError, ValueError):
        return  # the reader stopped early, or git ended: the reader says so

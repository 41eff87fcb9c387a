"""Starting git: the one place that does it.

Every process gets the same pinned options and a cleaned environment, so that
nothing which a repository brings along (hooks, filters, a file-system monitor,
a pager, a transport) is ever run, and nothing that another program left in
``GIT_*`` variables redirects it.  Nothing here is put through a shell.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from complaintctl.errors import EnvironmentFault, RegisterState
from complaintctl.i18n import _

if TYPE_CHECKING:
    from subprocess import Popen

OLDEST = (2, 38)  # the first with `merge-tree --write-tree`
PINNED = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.untrackedCache": "keep",
    "core.attributesFile": "/dev/null",
    "core.alternateRefsCommand": "false",
    "core.askPass": "false",
    "core.editor": "false",
    "core.pager": "cat",
    "core.sshCommand": "false",
    "core.quotePath": "false",
    "core.fsync": "all",
    "core.fsyncMethod": "fsync",
    "credential.helper": "",
    "gc.auto": "0",
    "log.showSignature": "false",
    "maintenance.auto": "false",
    "protocol.allow": "never",
    "submodule.recurse": "false",
}
_FIXED = {
    "LC_ALL": "C",
    "LANGUAGE": "",
    "GIT_ALLOW_PROTOCOL": "none",  # stands above the repository's own protocol.*.allow
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}
# Where the person's own configuration is; it says who they are.
_KEPT = frozenset({"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"})
_PIPE = 4096  # bytes that every system's pipes take without a reader

started = 0  # git processes since this module was loaded


class Outcome(NamedTuple):
    """How a process ended."""

    code: int
    out: bytes
    err: bytes


class Found(NamedTuple):
    """One object of the repository."""

    id: str
    kind: str  # blob, tree, commit or tag
    data: bytes


@cache
def _program(path: str) -> str:
    """The absolute name of git; a relative entry of PATH is passed over (it might be the register)."""
    name = "git.exe" if os.name == "nt" else "git"
    for folder in path.split(os.pathsep):
        candidate = Path(folder) / name
        if candidate.is_absolute() and candidate.is_file() and os.access(candidate, os.X_OK):
            return str(candidate)
    raise EnvironmentFault(
        _("git was not found on this machine."), hint=_("install git 2.38 or newer: https://git-scm.com")
    )


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The caller's environment without any ``GIT_*`` but those that name configuration files."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith("GIT_") or name.upper() in _KEPT
    }
    return kept | _FIXED | dict(extra or {})


def pinned_environment() -> dict[str, str]:
    """The same with the pinned options in it, for programs that start git on their own."""
    pins: dict[str, str] = {"GIT_CONFIG_COUNT": str(len(PINNED))}
    for number, (name, value) in enumerate(PINNED.items()):
        pins |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    return environment(pins)


def start(
    root: Path,
    arguments: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    unpinned: Iterable[str] = (),
    hold: Sequence[int] = (),
    talk: bool = True,
) -> Popen[bytes]:
    """Start git in a folder with pipes on its three channels.

    `unpinned` names options that are left to the person's configuration.  `hold`
    is for a git that writes: file descriptors that stay open until it ends; a
    Ctrl-C does not reach it (git would remove its own locks and go on, even
    where the signal is ignored).  Without `talk`, what it says on stderr is
    dropped.
    """
    import subprocess

    global started  # noqa: PLW0603  (a count for tests)
    left = set(unpinned)
    options = [
        part for name, value in PINNED.items() if name not in left for part in ("-c", f"{name}={value}")
    ]
    system: dict[str, Any] = {}
    if os.name == "posix":
        system = {"pass_fds": tuple(hold), "process_group": 0 if hold else None}
    elif hold:
        system = {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    command = [_program(os.environ.get("PATH", os.defpath)), "--no-pager", *options, *arguments]
    started += 1
    try:
        return subprocess.Popen(
            command,
            cwd=root,
            env=environment(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if talk else subprocess.DEVNULL,
            **system,
        )
    except OSError as error:
        raise EnvironmentFault(_("git could not be started: {why}").format(why=error.strerror)) from error


def end(process: Popen[bytes], given: bytes | None = None) -> Outcome:
    """Give it its input, read all that it says and wait for it; a process never outlives a failure here."""
    try:
        out, err = process.communicate(given)
    except BaseException as error:
        process.kill()
        process.wait()
        for channel in (process.stdin, process.stdout, process.stderr):
            if channel is not None:
                channel.close()
        if isinstance(error, OSError):
            raise EnvironmentFault(_("git broke off: {why}").format(why=error.strerror)) from error
        raise
    return Outcome(process.returncode, out, err or b"")


def run(
    root: Path, *arguments: str, given: bytes | None = None, env: Mapping[str, str] | None = None
) -> Outcome:
    """Start git, wait, and return how it ended; never raises for what git says."""
    return end(start(root, arguments, env=env), given)


def fault(root: Path, outcome: Outcome) -> EnvironmentFault:
    """What git said, as an exception with exit code 5; names the version when it is too old."""
    said = outcome.err.decode("utf-8", "replace").strip()
    if "dubious ownership" in said:
        return EnvironmentFault(
            _("git does not trust this folder, because it belongs to another user."), hint=said
        )
    old = too_old(root)
    if old:
        return EnvironmentFault(
            _("git {found} is too old.").format(found=old),
            hint=_("install git 2.38 or newer: https://git-scm.com"),
        )
    lines = [line for line in said.splitlines() if line.startswith(("fatal:", "error:"))]
    return EnvironmentFault(
        _("git failed: {said}").format(
            said=(lines or [said or _("exit code {code}").format(code=outcome.code)])[0]
        )
    )


def too_old(root: Path) -> str | None:
    """The version of git when it is older than this program needs."""
    words = run(root, "version").out.decode("utf-8", "replace").split()
    found = words[2] if len(words) > 2 else "?"
    numbers = tuple(int(part) for part in found.split(".")[:2] if part.isdigit())
    return found if numbers < OLDEST else None


class Batch:
    """One ``cat-file --batch`` that answers as long as it is kept."""

    def __init__(self, root: Path) -> None:
        import weakref

        self.root = root
        self._process = start(root, ["cat-file", "--batch"], talk=False)
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
            outcome = run(self.root, "rev-parse", "--git-dir")
            raise fault(self.root, outcome._replace(err=outcome.err or b"fatal: cat-file ended early"))
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


def stream(root: Path, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Many objects through one process, in the order asked for.

    Raises RegisterState when one is not in this clone, EnvironmentFault when git fails.
    """
    from threading import Thread

    wanted = list(ids)
    if not wanted:
        return
    process = start(root, ["cat-file", "--batch", "--buffer"], talk=False)
    feeder = Thread(target=_feed_all, args=(process, wanted), daemon=True)
    feeder.start()
    assert process.stdout is not None  # noqa: S101
    try:
        for _number in range(len(wanted)):
            found = _read_object(process.stdout)
            if found is None:
                raise fault(root, run(root, "rev-parse", "--git-dir"))
            if not found.kind:
                raise RegisterState(
                    _("Object {id} is not in this clone.").format(id=found.id),
                    hint=_("fetch the whole history: git fetch --unshallow, or clone again without --filter"),
                )
            yield found.id, found.data
    finally:
        process.kill()
        feeder.join()
        _dismiss(process)


def _feed_all(process: Popen[bytes], wanted: Sequence[str]) -> None:
    assert process.stdin is not None  # noqa: S101
    try:
        process.stdin.write("".join(f"{name}\n" for name in wanted).encode())
        process.stdin.close()
    except (OSError, ValueError):
        return  # the reader stopped early, or git ended: the reader says so

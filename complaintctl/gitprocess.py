"""Starting git: the one place that does it.

Every process gets the same pinned options and a cleaned environment, so that
nothing which a repository brings along (hooks, filters, a file-system monitor,
a pager, a transport) is ever run, and nothing that another program left in
``GIT_*`` variables redirects it.  Nothing here is put through a shell.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from complaintctl.errors import EnvironmentFault
from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from subprocess import Popen
    from typing import IO

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

# Where git keeps what was pushed until a hook has judged it.
_QUARANTINE = frozenset({"GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH"})

_let_through: set[str] = set(_KEPT)
started = 0  # git processes since this module was loaded


class Outcome(NamedTuple):
    """How a process ended."""

    code: int
    out: bytes
    err: bytes


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
        if not name.upper().startswith("GIT_") or name.upper() in _let_through
    }
    return kept | _FIXED | dict(extra or {})


def see_quarantine() -> None:
    """From now on git sees what is being pushed to it: for a hook, which judges that before it is taken."""
    _let_through.update(_QUARANTINE)


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
    files: tuple[IO[bytes], IO[bytes]] | None = None,
) -> Popen[bytes]:
    """Start git in a folder with pipes on its three channels.

    `unpinned` names options that are left to the person's configuration.  `hold`
    is for a git that writes: file descriptors that stay open until it ends; a
    Ctrl-C does not reach it (git would remove its own locks and go on, even
    where the signal is ignored).  Without `talk`, what it says on stderr is
    dropped.  With `files`, it reads from one and writes to the other.
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
            stdin=files[0] if files else subprocess.PIPE,
            stdout=files[1] if files else subprocess.PIPE,
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
    return Outcome(process.returncode, out or b"", err or b"")


def run(
    root: Path, *arguments: str, given: bytes | None = None, env: Mapping[str, str] | None = None
) -> Outcome:
    """Start git, wait, and return how it ended; never raises for what git says."""
    return end(start(root, arguments, env=env), given)


def run_long(root: Path, *arguments: str, given: bytes, env: Mapping[str, str] | None = None) -> Outcome:
    """`run` where very much goes in and out: through files, so that the two sides need not take turns."""
    from tempfile import TemporaryFile

    try:
        with TemporaryFile() as asked, TemporaryFile() as told:
            asked.write(given)
            asked.seek(0)
            outcome = end(start(root, arguments, env=env, files=(asked, told)))
            if outcome.code == 0:
                told.seek(0)
                return outcome._replace(out=told.read())
    except OSError:
        pass
    return run(root, *arguments, given=given, env=env)  # it may be that no such file could be written


def fault(root: Path, outcome: Outcome) -> EnvironmentFault:
    """What git said, as an exception with exit code 5; names the version when it is too old.

    A git that Ctrl-C ended was not at fault: KeyboardInterrupt, as for the rest of the program.
    """
    import signal

    if outcome.code == -signal.SIGINT:
        raise KeyboardInterrupt
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

"""Files on disk: written whole or not at all, never through a symbolic link; and the register's lock."""

from __future__ import annotations

import os
import re
import stat
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from complaintctl.errors import BadData, Busy, EnvironmentFault, RegisterState
from complaintctl.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

PREFIX = ".complaintctl-"  # of files in the making in the work tree
_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_PART = r"[^\x00-\x1f\x7f<>:\"|?*\\]{1,255}"
# names that Windows keeps for devices, whatever stands after a dot
_DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"
}
_WAIT = 0.02  # seconds between two looks


def check_path(path: str) -> None:
    """Raise BadData unless every system can have this file, in the work tree and not in ``.git`` (C7)."""
    parts = path.split("/")
    for part in parts:
        fit = re.fullmatch(_PART, part) and len(part.encode("utf-8", "replace")) <= 255
        if (
            not fit
            or part[-1] in ". "
            or part.lower().split(".")[0].rstrip() in _DEVICES
            or part.lower() in {".git", "git~1"}
        ):
            raise BadData(_("{file} cannot be the name of a file in a register.").format(file=ascii(path)))
    if any("\ud800" <= sign <= "\udfff" for sign in path):
        raise BadData(_("{file} cannot be the name of a file in a register.").format(file=ascii(path)))


def write(descriptor: int, *pieces: bytes | memoryview) -> None:
    """Write all of it and make it last."""
    for piece in pieces:
        left = memoryview(piece)
        while left:
            left = left[os.write(descriptor, left) :]
    os.fsync(descriptor)


def create(path: Path, *pieces: bytes | memoryview, mode: int = 0o666) -> None:
    """Make a file that was not there, synced; on a failure it is gone again."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOFOLLOW | _BINARY, mode)
    try:
        try:
            write(descriptor, *pieces)
        finally:
            os.close(descriptor)
    except BaseException:
        remove(path)
        raise


def put(beside: Path, target: Path, data: bytes, mode: int = 0o666) -> None:
    """Give a file this content in one go, by way of the file `beside`; its folder is not synced."""
    remove(beside)
    create(beside, data, mode=mode)
    try:
        os.replace(beside, target)  # noqa: PTH105  (one seam for the tests of faults)
    except BaseException:
        remove(beside)
        raise


def remove(path: Path) -> None:
    """Take a file away, if it is there."""
    try:
        os.unlink(path)  # noqa: PTH108
    except FileNotFoundError:
        return


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last; where a system cannot, its own journal has to do."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _BINARY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path) -> bytes | None:
    """What a plain file holds; None when nothing is there. Raises RegisterState for anything else."""
    try:
        descriptor = os.open(path, os.O_RDONLY | _NOFOLLOW | _BINARY | getattr(os, "O_NONBLOCK", 0))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        if path.is_symlink() or path.is_dir():
            raise _not_plain(path) from error
        raise
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _not_plain(path)
        return stream.read()


def inside(root: Path, path: str) -> Path:
    """The place of a file in the work tree; RegisterState when a folder on the way is a link or no folder."""
    place = root
    for part in path.split("/")[:-1]:
        place /= part
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            raise _not_plain(place)
    place /= path.rpartition("/")[2]
    if place.is_symlink():  # also where O_NOFOLLOW is missing
        raise _not_plain(place)
    return place


def make_folders(root: Path, path: str) -> None:
    """Make the folders of a file in the work tree, each synced into the one above."""
    place = root
    for part in path.split("/")[:-1]:
        above, place = place, place / part
        if not place.exists():
            place.mkdir(exist_ok=True)
            sync_folder(above)


def _not_plain(path: Path) -> RegisterState:
    return RegisterState(
        _("{file} is a link or no plain file or folder; nothing is written through it.").format(file=path),
        hint=_("put a plain file or folder there: git restore {file}").format(file=path),
    )


def wait_until_gone(path: Path, deadline: float) -> None:
    """Wait for another program's lock file; Busy, naming it, at `deadline` (of time.monotonic)."""
    while path.exists():
        if time.monotonic() >= deadline:
            raise taken(path)
        time.sleep(_WAIT)


def taken(path: Path) -> Busy:
    """The refusal when a lock stays taken."""
    return Busy(
        _("Another program holds {file}.").format(file=path),
        hint=_("wait for it and try again; if no git is running any more, remove that file"),
    )


def lock(path: Path, timeout: float) -> int:
    """Take a lock that dies with its process; the file descriptor, for unlock().

    Waits up to `timeout` seconds, then raises Busy.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _NOFOLLOW | _BINARY, 0o666)
    except OSError as error:
        raise EnvironmentFault(_("{file}: {why}").format(file=path, why=error.strerror)) from error
    deadline = time.monotonic() + timeout
    while not _try_lock(descriptor):
        if time.monotonic() >= deadline:
            os.close(descriptor)
            raise Busy(
                _("Another complaintctl is writing to this register ({file}).").format(file=path),
                hint=_("wait for it and try again"),
            )
        time.sleep(_WAIT)
    return descriptor


def unlock(descriptor: int) -> None:
    """Give the lock back."""
    with suppress(OSError):  # it is given back with the process at the latest
        if sys.platform == "win32":
            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if isinstance(error, (BlockingIOError, PermissionError)):
            return False
        raise EnvironmentFault(_("The lock cannot be used here: {why}").format(why=error.strerror)) from error
    return True

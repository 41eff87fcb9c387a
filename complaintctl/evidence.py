"""Evidence files: taken in safely, named by their content, typed by their first bytes (S0-12)."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any

from complaintctl.errors import BadData, EnvironmentFault, Usage, printable
from complaintctl.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

# First bytes -> media type and suffix. What is not known is kept as octets or as text.
_MAGIC: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (0, b"GIF8", "image/gif", "gif"),
    (8, b"WEBP", "image/webp", "webp"),
    (4, b"ftyphei", "image/heic", "heic"),
    (4, b"ftypM4A", "audio/mp4", "m4a"),
    (4, b"ftyp", "video/mp4", "mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm", "webm"),
    (8, b"AVI ", "video/x-msvideo", "avi"),
    (8, b"WAVE", "audio/wav", "wav"),
    (0, b"ID3", "audio/mpeg", "mp3"),
    (0, b"\xff\xfb", "audio/mpeg", "mp3"),
    (0, b"OggS", "audio/ogg", "ogg"),
    (0, b"#!AMR", "audio/amr", "amr"),
    (0, b"%PDF-", "application/pdf", "pdf"),
    (0, b"PK\x03\x04", "application/zip", "zip"),
)
_KINDS = {"image": "photo", "video": "video", "audio": "recording"}


def read_file(file: Path, limit: int) -> bytes:
    """The bytes of a regular file of at most `limit` bytes.

    Links, folders, devices and pipes are refused without being opened for
    reading; so is what is larger (`BadData`) or cannot be read (`EnvironmentFault`).
    """
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    if file.is_symlink():
        raise BadData(_("Evidence is a file itself, not a link to one."))
    try:
        handle = os.open(file, flags)
    except FileNotFoundError:
        raise Usage(_("There is no file {name}.").format(name=printable(file.name))) from None
    except OSError as error:
        raise EnvironmentFault(
            _("The evidence file cannot be read: {why}.").format(why=error.strerror)
        ) from None
    try:
        info = os.fstat(handle)
        if not stat.S_ISREG(info.st_mode):
            raise BadData(_("Evidence is a regular file, not a folder, pipe or device."))
        if info.st_size > limit:
            raise BadData(
                _("The evidence file has {size} bytes; the register takes up to {limit}.").format(
                    size=info.st_size, limit=limit
                ),
                hint=_("make it smaller, or raise evidence_limit in policies/register.yaml"),
            )
        with os.fdopen(handle, "rb", closefd=False) as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise EnvironmentFault(
            _("The evidence file cannot be read: {why}.").format(why=error.strerror)
        ) from None
    finally:
        os.close(handle)
    if not data:
        raise BadData(_("The evidence file is empty."))
    if len(data) > limit:
        raise BadData(_("The evidence file grew beyond {limit} bytes while it was read.").format(limit=limit))
    return data


def media_type(data: bytes) -> tuple[str, str]:
    """Media type and suffix, by the first bytes and never by the name."""
    for offset, magic, kind, suffix in _MAGIC:
        if data[offset : offset + len(magic)] == magic:
            return kind, suffix
    try:
        data.decode()
    except UnicodeDecodeError:
        return "application/octet-stream", "bin"
    return "text/plain", "txt"


def describe(data: bytes, name: str, kind: str | None) -> dict[str, Any]:
    """The entry of a case for an evidence file: stored name, SHA-256, size, type, kind, original name."""
    import hashlib

    digest = hashlib.sha256(data).hexdigest()
    found, suffix = media_type(data)
    return {
        "file": f"{digest[:16]}.{suffix}",
        "sha256": digest,
        "size": len(data),
        "type": found,
        "kind": kind or _KINDS.get(found.split("/")[0], "document"),
        "name": name[:200],
    }

"""Reading objects that lie each in a file of its own, without starting git.

What a step has just written lies like that: the commit and the folders that the
next step begins with.  Only what is plainly there and whole is answered here;
anything else (packed, elsewhere, missing, damaged, a name of another form) is
left to ``git cat-file``.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from complaintctl.catfile import Found

if TYPE_CHECKING:
    from pathlib import Path

    from complaintctl.gitdir import GitDir

_NAME = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64})(?:\^\{(tree)\}|:(.*))?", re.DOTALL)
_HEAD = re.compile(rb"(blob|tree|commit|tag) (0|[1-9][0-9]{0,17})\0")
_TREE = re.compile(rb"tree ([0-9a-f]+)\n")
_FOLDER = b"40000"
_MOST = 1 << 26  # bytes of a file; git reads larger ones in pieces


def open_to_us(repository: GitDir) -> bool:
    """Whether the repository is this user's own; else git says whether it may be read (D12)."""
    if not hasattr(os, "geteuid"):
        return True
    return {place.stat().st_uid for place in (repository.root, repository.git_dir)} == {os.geteuid()}


def find(repository: GitDir, name: str) -> Found | None:
    """What an id, ``commit^{tree}`` or ``commit:path`` names; None: it cannot be told here."""
    match = _NAME.fullmatch(name)
    found = _object(repository, match[1]) if match else None
    if match is None or found is None or (match[2] is None and match[3] is None):
        return found
    top = _TREE.match(found.data) if found.kind == "commit" else None
    found = _object(repository, top[1].decode()) if top else None
    for part in match[3].split("/") if match[3] else ():
        if found is None or found.kind != "tree":
            return None
        inside = _entry(found.data, part.encode("utf-8", "surrogateescape"), repository.id_length // 2)
        found = _object(repository, inside) if inside else None
    return found


def _object(repository: GitDir, name: str) -> Found | None:
    """The object of an id, if it is loose and whole."""
    data = _content(repository.common_dir / "objects" / name[:2] / name[2:])
    head = _HEAD.match(data)
    if head is None or len(data) - head.end() != int(head[2]):
        return None
    kind, content = head[1].decode(), data[head.end() :]
    return Found(name, kind, content) if repository.object_id(content, kind) == name else None


def _content(path: Path) -> bytes:
    """What the file of an object holds; empty where it cannot be read in full."""
    import zlib

    try:
        with path.open("rb") as stream:
            packed = stream.read(_MOST)
        unpack = zlib.decompressobj()
        data = unpack.decompress(packed, _MOST)
    except (OSError, zlib.error):
        return b""
    return data if unpack.eof and not unpack.unused_data else b""


def _entry(tree: bytes, name: bytes, width: int) -> str | None:
    """The id that a tree has under a name, if that is a file or folder."""
    place = 0
    while place < len(tree):
        zero = tree.find(b"\0", place)
        mode, _blank, found = tree[place:zero].partition(b" ")
        place = zero + 1 + width
        if zero < 0 or place > len(tree):
            return None
        if found == name:
            return tree[zero + 1 : place].hex() if mode == _FOLDER or mode.startswith(b"100") else None
    return None

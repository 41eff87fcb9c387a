"""Git's objects as bytes: blobs, trees and commits, and putting them where git finds them.

Written by hand because a step needs only six of them, and a process for each
costs more than all of the writing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from complaintctl import files
from complaintctl.errors import RegisterState
from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from complaintctl.gitdir import GitDir

FOLDER = "40000"
PLAIN = "100644"
_FILES = frozenset({PLAIN, "100755"})


class Person(NamedTuple):
    """An author or committer."""

    name: str
    email: str


class Edit(NamedTuple):
    """What a step does to one file."""

    path: str  # from the top of the work tree, with slashes
    old: bytes | None  # what the last commit must hold; None: there is no such file
    new: bytes | None  # None: the file goes
    seen: bytes | None = None  # a person's own edit that this step records: what the work tree holds instead


class Node(NamedTuple):
    """One entry of a tree."""

    mode: str  # octal, as git writes it
    id: str

    @property
    def plain(self) -> bool:
        """Whether it is a file: no folder, symbolic link or submodule."""
        return self.mode in _FILES


Tree = dict[str, Node]  # by name


class Draft(NamedTuple):
    """An object that is not stored yet."""

    kind: str
    data: bytes
    id: str


def parse_tree(data: bytes, width: int) -> Tree:
    """The entries of a tree object; `width` is the length of an id in bytes."""
    tree: Tree = {}
    place = 0
    while place < len(data):
        zero = data.index(b"\0", place)
        mode, name = data[place:zero].split(b" ", 1)
        place = zero + 1 + width
        tree[name.decode("utf-8", "surrogateescape")] = Node(mode.decode(), data[zero + 1 : place].hex())
    return tree


def tree_bytes(tree: Mapping[str, Node]) -> bytes:
    """A tree object, in git's order (a folder sorts as if its name ended in a slash)."""
    rows = sorted(
        (name.encode("utf-8", "surrogateescape") + (b"/" if node.mode == FOLDER else b""), node)
        for name, node in tree.items()
    )
    return b"".join(
        node.mode.encode() + b" " + name.removesuffix(b"/") + b"\0" + bytes.fromhex(node.id)
        for name, node in rows
    )


def folders_of(paths: Iterable[str]) -> list[str]:
    """Every folder that these paths go through, the top (an empty name) first."""
    found = {""}
    for path in paths:
        parts = path.split("/")[:-1]
        found |= {"/".join(parts[:count]) for count in range(1, len(parts) + 1)}
    return sorted(found, key=lambda folder: (folder.count("/") + bool(folder), folder))


def read_trees(repository: GitDir, commit: str, paths: Iterable[str]) -> dict[str, Tree]:
    """The trees of a commit that these paths go through, by folder; a folder that is not there is empty.

    Raises RegisterState where a path goes through something that is no folder.
    """
    folders = folders_of(paths)
    if not commit:
        return {folder: {} for folder in folders}
    names = [f"{commit}:{folder}" if folder else f"{commit}^{{tree}}" for folder in folders]
    trees: dict[str, Tree] = {}
    for folder, found in zip(folders, repository.objects(names), strict=True):
        if found is not None and found.kind != "tree":
            raise RegisterState(
                _("{file} is a file in the last commit; a folder is needed there.").format(file=folder),
                hint=_("git log -- {file}").format(file=folder),
            )
        trees[folder] = parse_tree(found.data, repository.id_length // 2) if found else {}
    return trees


def rebuild(repository: GitDir, trees: Mapping[str, Tree], changes: Mapping[str, Node | None]) -> list[Draft]:
    """The trees after these changes (None: gone), as drafts, the top one last."""
    after = {folder: dict(tree) for folder, tree in trees.items()}
    for path, node in changes.items():
        _put(after, path, node)
    drafts = []
    for folder in reversed(folders_of(changes)):
        data = tree_bytes(after[folder])
        draft = Draft("tree", data, repository.object_id(data, "tree"))
        if data or not folder:
            drafts.append(draft)
        if folder:
            _put(after, folder, Node(FOLDER, draft.id) if data else None)
    return drafts


def _put(trees: dict[str, Tree], path: str, node: Node | None) -> None:
    folder, _slash, name = path.rpartition("/")
    if node is None:
        trees[folder].pop(name, None)
    else:
        trees[folder][name] = node


def checked(person: Person) -> Person:
    """The same person, without blanks around; RegisterState when git cannot record such a name (C8)."""
    name, email = person.name.strip(), person.email.strip()
    for value, key in ((name, "user.name"), (email, "user.email")):
        if not value or "<" in value or ">" in value or not value.isprintable():
            raise RegisterState(
                _("{key} is empty, or holds <, > or a control character.").format(key=key),
                hint=_('git config {key} "…"').format(key=key),
            )
    return Person(name, email)


def stamp(moment: str) -> tuple[int, str]:
    """Seconds since 1970 and git's way of writing the offset, of ISO 8601 text with an offset."""
    from datetime import datetime

    when = datetime.fromisoformat(moment)
    offset = when.utcoffset()
    if offset is None:
        raise ValueError(moment)
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return int(when.timestamp()), f"{sign}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"


def commit_draft(
    repository: GitDir,
    tree: str,
    parents: Sequence[str],
    author: Person,
    author_time: str,
    committer: Person,
    message: str,
) -> Draft:
    """A commit whose author has the time of the step, and whose committer has the time of the real clock."""
    import time

    seconds, offset = stamp(author_time)
    lines = [f"tree {tree}"]
    lines += [f"parent {parent}" for parent in parents if parent]
    lines.append(f"author {author.name} <{author.email}> {seconds} {offset}")
    lines.append(f"committer {committer.name} <{committer.email}> {int(time.time())} {offset}")
    data = ("\n".join(lines) + "\n\n" + message.rstrip("\n") + "\n").encode()
    if b"\0" in data:
        raise ValueError(message)
    return Draft("commit", data, repository.object_id(data, "commit"))


def blob_draft(repository: GitDir, data: bytes) -> Draft:
    """A file's content."""
    return Draft("blob", data, repository.object_id(data))


def store(repository: GitDir, drafts: Iterable[Draft]) -> None:
    """Put objects where git finds them, so that they survive the power going out.

    Each is written beside, synced and renamed; their folders are synced at the
    end. One that is there already is left alone.
    """
    import zlib

    folders: dict[Path, None] = {}
    home = repository.common_dir / "objects"
    for draft in drafts:
        folder = home / draft.id[:2]
        target = folder / draft.id[2:]
        if target.exists() and target.stat().st_size:  # empty: git's own, from before the power went out
            continue
        if not folder.exists():
            folder.mkdir(exist_ok=True)
            folders[home] = None
        content = f"{draft.kind} {len(draft.data)}\0".encode() + draft.data
        files.put(repository.shared / "new", target, zlib.compress(content, 1), mode=0o444)
        folders[folder] = None
    for folder in folders:
        files.sync_folder(folder)

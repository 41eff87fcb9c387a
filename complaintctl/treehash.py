"""The files of a commit, folder by folder, with the id of its tree computed and not believed.

A folder is read when somebody looks into it, and held against its id.  After
changes the ids are worked out from the bytes that git would write, so that a
commit whose tree holds anything else than what was seen to change is found.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from complaintctl.objects import FOLDER, Node
from complaintctl.tuples import NamedTuple
from complaintctl.walking import ABSENT, Damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from complaintctl.gitdir import GitDir
    from complaintctl.walking import Change

_FOLDER = FOLDER.encode()
_STRETCH = 16  # rows of a folder after which it is noted how far its hash has come


class _Folder:
    """The entries of one folder in git's order: what they are sorted by, and their bytes.

    What changes stands mostly near the end, with the latest cases: what comes before is not hashed again.
    """

    __slots__ = ("_changed", "_marks", "keys", "rows", "size")

    def __init__(self) -> None:
        self.keys: list[bytes] = []  # the name, and a slash after that of a folder
        self.rows: list[bytes] = []
        self.size = 0  # bytes of all rows
        self._marks: list[Any] = []  # the hash up to each stretch of rows, as far as it was worked out
        self._changed = 0  # the place that changed last

    def put(self, key: bytes, row: bytes | None) -> None:
        """Put an entry in, or take it out."""
        place = bisect_left(self.keys, key)
        known = place < len(self.keys) and self.keys[place] == key
        more = (len(row) if row is not None else 0) - (len(self.rows[place]) if known else 0)
        if row is None:
            if known:
                del self.keys[place], self.rows[place]
        elif known:
            self.rows[place] = row
        else:
            self.keys.insert(place, key)
            self.rows.insert(place, row)
        self._changed = place
        if more:  # a hash begins with the size
            self.size += more
            self._marks.clear()
        else:
            del self._marks[place // _STRETCH + 1 :]

    def hashed(self, begin: Callable[[bytes], Any]) -> Any:
        """The hash of the folder as git stores it; `begin` starts one with some bytes."""
        rows, marks = self.rows, self._marks
        if len(rows) <= _STRETCH:
            data = b"".join(rows)
            return begin(b"tree %d\0%b" % (len(data), data))
        if not marks:
            marks.append(begin(b"tree %d\0" % self.size))
        for stretch in range(len(marks), self._changed // _STRETCH + 1):
            found = marks[-1].copy()
            found.update(b"".join(rows[(stretch - 1) * _STRETCH : stretch * _STRETCH]))
            marks.append(found)
        found = marks[-1].copy()
        found.update(b"".join(rows[(len(marks) - 1) * _STRETCH :]))
        return found

    def around(self, key: bytes) -> tuple[bytes, bytes]:
        """All that is hashed before an entry, and after it."""
        place = bisect_left(self.keys, key)
        before = b"tree %d\0%b" % (self.size, b"".join(self.rows[:place]))
        return before, b"".join(self.rows[place + 1 :])

    def get(self, key: bytes) -> bytes | None:
        place = bisect_left(self.keys, key)
        return self.rows[place] if place < len(self.keys) and self.keys[place] == key else None


class _Level(NamedTuple):
    """A folder on the way to the one that changes: its row there, and what it is hashed from."""

    folder: _Folder
    key: bytes
    lead: bytes  # of the row
    before: bytes  # up to the id in the row
    after: bytes


class Trees:
    """The files of one commit, from the id of its tree (empty: no files), and how they change."""

    def __init__(self, repository: GitDir, tree: str = "") -> None:
        self._repository = repository
        self._hash = repository.hash_many()
        self._width = repository.id_length // 2
        self._folders: dict[str, _Folder] = {}
        self._above: dict[str, tuple[str, bytes, bytes]] = {}  # a folder's own, its key and lead of row there
        self._lately = ""  # the folder that changed last
        self._levels: list[_Level] = []  # the folders that it lies in, where it changed time and again
        self._ids: list[bytes] = []  # of it and of these (not the uppermost): those that no row has yet
        self.id = tree or repository.object_id(b"", "tree")
        if not tree:
            self._folders[""] = _Folder()

    def _settle(self) -> None:
        """Put the ids that wait into the rows of the folders above."""
        for level, own in zip(self._levels, self._ids, strict=False):
            level.folder.put(level.key, level.lead + own)
        self._levels, self._ids = [], []

    def _hold(self, path: str) -> None:
        """Keep ready what the folders above one are hashed from besides the row on the way to it."""
        while path:
            parent, key, lead = self._above[path]
            folder = self._folders[parent]
            before, after = folder.around(key)
            self._levels.append(_Level(folder, key, lead, before + lead, after))
            path = parent

    def node(self, path: str) -> Node | None:
        """Mode and id of a file; None where there is none."""
        above, _slash, name = path.rpartition("/")
        folder = self._folder(above)
        row = folder.get(_bytes(name)) if folder else None
        return None if row is None else self._node(row)

    def files(self, path: str) -> Iterator[tuple[str, Node]]:
        """Name and node of everything directly in a folder that is no folder itself."""
        folder = self._folder(path)
        for key, row in zip(folder.keys, folder.rows, strict=True) if folder else ():
            if key[-1:] != b"/":
                yield key.decode("utf-8", "surrogateescape"), self._node(row)

    def everything(self, path: str = "") -> Iterator[tuple[str, Node]]:
        """Path and node of every file under a folder."""
        folder = self._folder(path)
        lead = f"{path}/" if path else ""
        for key, row in list(zip(folder.keys, folder.rows, strict=True)) if folder else ():
            name = key.decode("utf-8", "surrogateescape")
            if key[-1:] == b"/":
                yield from self.everything(lead + name[:-1])
            else:
                yield lead + name, self._node(row)

    def apply(self, changes: Iterable[Change]) -> None:
        """Take over changes; `id` is that of the tree afterwards."""
        dirty: set[str] = set()
        for change in changes:
            above, _slash, name = change.path.rpartition("/")
            folder = self._folder(above, make=True)
            assert folder is not None  # noqa: S101
            key = _bytes(name)
            gone = change.new_mode == ABSENT
            folder.put(key, None if gone else _row(change.new_mode, key, change.new))
            dirty.add(above)
        self._rehash(dirty)

    def _rehash(self, dirty: set[str]) -> None:
        """Work out the ids of changed folders, the innermost first."""
        folders, above, begin = self._folders, self._above, self._hash
        last = next(iter(dirty), "") if len(dirty) == 1 else ""
        if last and last == self._lately and folders[last].rows:
            if not self._levels:
                self._hold(last)
            own = folders[last].hashed(begin).digest()
            ids = []
            for _folder, _key, _lead, before, after in self._levels:
                ids.append(own)
                own = begin(before + own + after).digest()
            self._ids, self.id = ids, own.hex()
            return
        self._settle()
        self._lately = last if last and folders[last].rows else ""  # an empty one has no row above
        while dirty:
            path = dirty.pop() if len(dirty) == 1 else max(dirty, key=_depth)
            dirty.discard(path)
            folder = folders[path]
            found = folder.hashed(begin)
            if not path:
                self.id = found.hexdigest()
                return
            where = above.get(path)
            if where is None:
                where = above[path] = _place_of(path)
            parent, key, lead = where
            folders[parent].put(key, lead + found.digest() if folder.rows else None)
            dirty.add(parent)

    def _folder(self, path: str, *, make: bool = False) -> _Folder | None:
        """A folder, read if it was not yet; None where there is none. Every folder above it is read too."""
        found = self._folders.get(path)
        if found is not None:
            return found
        self._settle()
        if not path:
            return self._read(path, self.id)
        above, _slash, name = path.rpartition("/")
        parent = self._folder(above, make=make)
        row = parent.get(_bytes(name) + b"/") if parent else None
        if row is not None:
            return self._read(path, self._node(row).id)
        if make:
            self._folders[path] = _Folder()
            return self._folders[path]
        return None

    def _read(self, path: str, name: str) -> _Folder:
        found = self._repository.objects([name])[0]
        if found is None or found.kind != "tree" or self._repository.object_id(found.data, "tree") != name:
            raise Damaged(name)
        folder = self._folders[path] = _Folder()
        data, place = found.data, 0
        folder.size = len(data)
        while place < len(data):
            zero = data.index(b"\0", place)
            mode, _space, base = data[place:zero].partition(b" ")
            end = zero + 1 + self._width
            folder.keys.append(base + b"/" if mode == _FOLDER else base)
            folder.rows.append(data[place:end])
            place = end
        return folder

    def _node(self, row: bytes) -> Node:
        return Node(row[: row.index(b" ")].decode(), row[-self._width :].hex())


def _place_of(path: str) -> tuple[str, bytes, bytes]:
    """Where a folder's own row stands: in which folder, under which key, and what the row begins with."""
    above, _slash, name = path.rpartition("/")
    key = _bytes(name)
    return above, key + b"/", _FOLDER + b" " + key + b"\0"


def _depth(path: str) -> int:
    return path.count("/") + 1 if path else 0


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def _row(mode: str, key: bytes, name: str) -> bytes:
    return mode.encode() + b" " + key + b"\0" + bytes.fromhex(name)

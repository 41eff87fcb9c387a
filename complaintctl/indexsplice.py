"""Entries of git's index, found and changed in the bytes of its file without reading all of them.

The layout is the one that git documents in ``gitformat-index``: a header, the
entries sorted by name, extensions, and a SHA-1 over all of it.  Pure: bytes come
in, pieces of bytes go out.  Whatever is unusual is answered with None, "I
cannot", and git itself is asked: other versions than 2 and 3, ids other than
SHA-1, extensions but ``TREE`` (and ``EOIE`` and ``IEOT``, which only help to
read faster, and are dropped), conflicts, extended flags, paths of 256 bytes and
more, and everything that does not fit together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_HEAD = 12  # bytes before the first entry
_HASH = 20
_NAME = 62  # where the name stands in an entry
_LEAST, _MOST = 64, 320  # bytes of an entry whose name has 1 to 255
_FLAGS = 0x7000  # extended, and the two bits of the stage
_MODES = frozenset({0o100644, 0o100755, 0o120000, 0o160000})
_TREE = b"TREE"
_DROPPED = frozenset({b"EOIE", b"IEOT"})
_END = b"EOIE\0\0\0\x18"  # of an extension of 24 bytes that stands last: where the extensions begin
_TRIES = 100  # places that look like the extension TREE
_WALK = 2000  # entries between a neighbour and the place that is looked for

Piece = bytes | memoryview


class Place(NamedTuple):
    """An entry, or (`start` = `end`, mode 0) the place where it would stand."""

    start: int
    end: int
    name: bytes
    mode: int
    id: bytes


class Look(NamedTuple):
    """An index that was understood, and what it says of the paths asked for."""

    data: bytes
    stop: int  # where the entries end
    extensions: list[tuple[bytes, int, int]]  # signature, and where its content begins and ends
    places: dict[bytes, Place]
    first: int  # the first of the places
    begun: Any  # the SHA-1 of all before it; None: the index has none (index.skipHash)


def look(data: bytes, near: Mapping[bytes, Sequence[bytes]]) -> Look | None:
    """Find these paths in an index, or prove that they are not in it; None: it cannot be told here.

    `near` gives for each path files of the same folder that may be in the
    index; a path that is not there can only be told by them.
    """
    if len(data) < _HEAD + _LEAST + _HASH or data[:4] != b"DIRC" or _number(data, 4) not in {2, 3}:
        return None
    end = len(data) - _HASH
    found = _extensions(data, end)
    if found is None or _HEAD + _number(data, 8) * _LEAST > found[0]:
        return None
    stop, extensions = found
    places = {}
    for path, neighbours in near.items():
        place = _gap(data, path, neighbours, stop) or _find(data, path, stop)
        if place is None:
            return None
        places[path] = place
    first = min((place.start for place in places.values()), default=_HEAD)
    begun = _begun(data, first, end)
    return None if begun is False else Look(data, stop, extensions, places, first, begun)


def splice(seen: Look, wanted: Mapping[bytes, tuple[int, bytes] | None]) -> list[Piece] | None:
    """The index with these paths as mode and id, or without them; None: it cannot be done here.

    Every path must be one of those that were looked for. What is put in has no
    stat data, as after ``git update-index --index-info``: git looks at the file
    itself the next time.
    """
    new = [path for path, value in wanted.items() if value]
    if _folders(new) & set(new):
        return None
    data, here, count = memoryview(seen.data), _HEAD, _number(seen.data, 8)
    pieces: list[Piece] = [b""]
    for place, path in sorted((seen.places[path][:2], path) for path in wanted):
        start, end = place
        value = wanted[path]
        pieces += [data[here:start], b"" if value is None else _spell(path, *value)]
        here = end
        count += (value is not None) - (end > start)
    pieces.append(data[here : seen.stop])
    tree = _tree(seen, _folders(wanted))
    if count <= 0 or tree is None:
        return None
    pieces[0] = seen.data[:8] + count.to_bytes(4, "big")
    pieces += tree
    pieces.append(_hash(seen, pieces))
    return pieces


def _number(data: bytes, place: int) -> int:
    return int.from_bytes(data[place : place + 4], "big")


def _begun(data: bytes, first: int, end: int) -> Any:
    """The SHA-1 of all before `first`; None: the index goes without. False: what it has is not its own."""
    from hashlib import sha1  # OpenSSL's is several times as fast as `_sha1`, and these are megabytes

    if not any(data[end:]):
        return None
    whole = memoryview(data)
    begun = sha1(whole[:first], usedforsecurity=False)
    made = begun.copy()
    made.update(whole[first:end])
    return begun if made.digest() == data[end:] else False


def _hash(seen: Look, pieces: Sequence[Piece]) -> bytes:
    """What stands at the end of an index of these pieces; what did not change is not counted again."""
    from hashlib import sha1

    if seen.begun is None:
        return bytes(_HASH)
    head, before, *others = pieces
    if head == seen.data[:_HEAD] and len(head) + len(before) == seen.first:
        made = seen.begun.copy()
    else:
        made = sha1(head, usedforsecurity=False)
        made.update(before)
    for piece in others:
        made.update(piece)
    return bytes(made.digest())


# -- entries ---------------------------------------------------------------------------


def _entry(data: bytes, start: int, stop: int) -> Place | None:
    """The entry that begins here; None where there is none, or none of a plain kind."""
    if start < _HEAD or start + _LEAST > stop:
        return None
    mode = _number(data, start + 24)
    flags = int.from_bytes(data[start + 60 : start + _NAME], "big")
    length = flags & 0xFFF
    if mode not in _MODES or flags & _FLAGS or not 0 < length < 256:
        return None
    tail = start + _NAME + length
    end = start + (_NAME + length + 8) // 8 * 8
    name = data[start + _NAME : tail]
    if end > stop or b"\0" in name or any(data[tail:end]):
        return None
    return Place(start, end, name, mode, data[start + 40 : start + 60])


def _before(data: bytes, end: int) -> Place | None:
    """The one entry that ends here."""
    sizes = range(_LEAST, min(_MOST, end - _HEAD) + 1, 8)
    found = [entry for size in sizes if (entry := _entry(data, end - size, end)) and entry.end == end]
    return found[0] if len(found) == 1 else None


def _find(data: bytes, path: bytes, stop: int) -> Place | None:
    """The entry of a path, sure to be one: in a place for entries, with one that sorts after it behind it."""
    if not 0 < len(path) < 256 or b"\0" in path:
        return None
    wanted = bytes([len(path)]) + path + b"\0"
    at = data.find(wanted, _HEAD + _NAME - 1, stop)
    while at >= 0 and (at + 1 - _NAME - _HEAD) % 8:
        at = data.find(wanted, at + 1, stop)
    entry = _entry(data, at + 1 - _NAME, stop) if at >= 0 else None
    if entry is None or entry.end == stop:
        return entry
    after = _entry(data, entry.end, stop)
    return entry if after and after.name > path else None


def _gap(data: bytes, path: bytes, near: Sequence[bytes], stop: int) -> Place | None:
    """Where the entry of a path would stand, from the entry of a neighbour on."""
    if not 0 < len(path) < 256 or b"\0" in path:
        return None
    folder = path.rpartition(b"/")[0]
    for name in near:
        # With a file of the same folder in the index, none of the folders above can be a file in it.
        known = _find(data, name, stop) if name.rpartition(b"/")[0] == folder else None
        if known is None or name == path:
            continue
        place = _after(data, path, known, stop) if name < path else _ahead(data, path, known, stop)
        if place is not None:
            return place
    return None


def _after(data: bytes, path: bytes, known: Place, stop: int) -> Place | None:
    """The place of a path that sorts after this entry."""
    here, before = known.end, known.name
    for _entry_between in range(_WALK):
        entry = _entry(data, here, stop)
        if here != stop and (entry is None or entry.name <= before):
            return None
        if entry is None or entry.name > path:
            return _free(data, path, here, stop)
        if entry.name == path:
            return None  # it is there, and _find() was not sure of it
        here, before = entry.end, entry.name
    return None


def _ahead(data: bytes, path: bytes, known: Place, stop: int) -> Place | None:
    """The place of a path that sorts before this entry."""
    here, after = known.start, known.name
    for _entry_between in range(_WALK):
        entry = _before(data, here) if here > _HEAD else None
        if here > _HEAD and (entry is None or entry.name >= after or entry.name == path):
            return None
        if entry is None or entry.name < path:
            return _free(data, path, here, stop)
        here, after = entry.start, entry.name
    return None


def _free(data: bytes, path: bytes, here: int, stop: int) -> Place | None:
    """The place, unless files are below the path: then it is a folder, and git has to take those out."""
    next_one = here
    for _entry_after in range(_WALK):
        entry = _entry(data, next_one, stop)
        if next_one == stop or (entry and not entry.name.startswith(path)):
            return Place(here, here, path, 0, b"")
        if entry is None or entry.name[len(path) :].startswith(b"/"):
            return None
        next_one = entry.end
    return None


def _spell(path: bytes, mode: int, name: bytes) -> bytes:
    """An entry without stat data."""
    fixed = bytes(24) + mode.to_bytes(4, "big") + bytes(12) + name + len(path).to_bytes(2, "big") + path
    return fixed + bytes(8 - len(fixed) % 8)


def _folders(paths: Iterable[bytes]) -> set[bytes]:
    """Every folder above these paths; the top is the empty name."""
    found = {b""}
    for path in paths:
        parts = path.split(b"/")[:-1]
        found |= {b"/".join(parts[:count]) for count in range(1, len(parts) + 1)}
    return found


# -- extensions ------------------------------------------------------------------------


def _extensions(data: bytes, end: int) -> tuple[int, list[tuple[bytes, int, int]]] | None:
    """Where the entries end and the extensions begin, and those; None where one is not known here."""
    if _before(data, end):
        return end, []
    for start in _starts(data, end):
        chain = _chain(data, start, end)
        if chain is not None and _before(data, start):
            known = all(signature == _TREE or signature in _DROPPED for signature, *_where in chain)
            return (start, chain) if known else None
    return None


def _starts(data: bytes, end: int) -> Iterator[int]:
    """Where the extensions may begin: git says it at the end, or else only TREE is among those known here."""
    if data[end - 32 : end - 24] == _END:
        yield _number(data, end - 24)
    start = end
    for _attempt in range(_TRIES):
        start = data.rfind(_TREE + b"\0", _HEAD, start)  # of less than 16 MiB
        if start < 0:
            return
        yield start


def _chain(data: bytes, start: int, end: int) -> list[tuple[bytes, int, int]] | None:
    """The extensions from here on, if they end where the file does."""
    chain = []
    while start < end:
        content = start + 8
        after = content + _number(data, start + 4)
        if start < _HEAD or after > end:
            return None
        chain.append((data[start : start + 4], content, after))
        start = after
    return chain


def _tree(seen: Look, folders: set[bytes]) -> list[Piece] | None:
    """The extension that keeps the ids of folders, but those of these folders; empty where it is missing."""
    where = [(start, end) for signature, start, end in seen.extensions if signature == _TREE]
    if not where:
        return []
    if len(where) > 1:
        return None
    content = _forget(seen.data[where[0][0] : where[0][1]], folders)
    return None if content is None else [_TREE + len(content).to_bytes(4, "big"), content]


def _forget(content: bytes, folders: set[bytes]) -> bytes | None:
    """The folders' ids without those of some: a folder comes before the ones inside it.

    Each is its name, NUL, the number of its entries (-1: not known), a blank,
    the number of its folders, a newline and, where the first is known, an id.
    """
    pieces = []
    kept = here = 0
    above: list[tuple[bytes, int]] = []  # the folders around, and how many of theirs are still to come
    while here < len(content):
        zero = content.find(b"\0", here)
        line = content.find(b"\n", zero, zero + 24)
        entries, _blank, inside = content[zero + 1 : line].partition(b" ")
        after = line + 1 + (0 if entries == b"-1" else _HASH)
        plain = inside.isdigit() and (entries == b"-1" or entries.isdigit())
        if zero < 0 or line < 0 or not plain or after > len(content) or bool(above) != bool(here):
            return None
        prefix = above[-1][0] if above else b""
        name = prefix + content[here:zero]
        if name in folders and entries != b"-1":
            pieces += [content[kept:zero], b"\0-1 " + inside + b"\n"]
            kept = after
        if above:
            above[-1] = (prefix, above[-1][1] - 1)
        above.append((name + b"/" if name else b"", int(inside)))
        while above and not above[-1][1]:
            above.pop()
        here = after
    return None if above else b"".join([*pieces, content[kept:]])

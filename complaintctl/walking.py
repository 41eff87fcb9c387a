"""Commits and what each changes, from raw objects alone.

Nothing that stands beside the objects has a say: no replaced object, graft,
shallow boundary or cache of git's.  Commits are held against their ids here,
and the tree of each is computed anew from what was seen to change (`Trees`).
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from complaintctl import catfile, gitprocess
from complaintctl.errors import ComplaintctlError, EnvironmentFault, RegisterState
from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from complaintctl.gitdir import GitDir

ABSENT = "000000"
PLAIN = "100644"
# What would put other parents, or cached ones, in the place of those that a commit names.
_RAW = ("-c", "core.commitGraph=false", "-c", "core.useReplaceRefs=false")
_UNGRAFTED = {"GIT_GRAFT_FILE": os.devnull, "GIT_SHALLOW_FILE": ""}
# Nobody reads along: git need not hand over what it says of one commit before it goes on to the next.
_ALL_AT_ONCE = _UNGRAFTED | {"GIT_FLUSH": "0"}
_new = tuple.__new__  # without looking at what is given: for what is made once for every commit
_LONG = 10_000  # commits from which on git answers through a file
_AHEAD = 256  # contents that git is asked for in the order that is quickest for it
_SIGNED = re.compile(r"(.*?) ?<([^>\n]*)> ?(-?\d{1,18})?.*")
# The head of a commit as git writes it; what stands elsewhere git itself reads otherwise, or not at all.
_HEAD = re.compile(
    r"tree ([0-9a-f]{40,64})\n((?:parent [0-9a-f]{40,64}\n)*)"
    r"author ([^\n]*)\ncommitter ([^\n]*)(?:\n|$)"
)
# The same where nothing is out of the ordinary, with what `_SIGNED` finds.
_PLAIN_HEAD = re.compile(
    r"tree ([0-9a-f]{40,64})\n(?:parent ([0-9a-f]{40,64})\n)?"
    r"author ([^<>\n]*) <([^<>\s]*)> ([0-9]{1,18}) [+-][0-9]{4}\n"
    r"committer [^<>\n]* <[^<>\n]*> ([0-9]{1,18}) [+-][0-9]{4}\n"
)


class Change(NamedTuple):
    """What happened to one file between two commits."""

    path: str
    old_mode: str  # octal; `ABSENT` where there was none
    new_mode: str
    old: str  # id of the blob; empty where there was none
    new: str


class Commit(NamedTuple):
    """A commit, and what it changes against each of its parents (a root: against nothing)."""

    id: str
    parents: tuple[str, ...]
    tree: str
    name: str  # of the author
    email: str  # of the author
    authored: int  # seconds since 1970, as the commit says
    committed: int
    changes: tuple[tuple[Change, ...], ...]
    message: str = ""  # only where one commit was asked for


_Head = tuple[tuple[str, ...], str, str, str, int, int]  # of a commit: parents … committed


class Damaged(ComplaintctlError):
    """An object that is not here, cannot be read, or is not what its id says."""

    exit_code = 7

    def __init__(self, name: str, message: str = "") -> None:
        super().__init__(message or _("object {id} is missing or damaged").format(id=name))
        self.name = name


def commits(repository: GitDir, tip: str, base: str = "") -> list[Commit]:
    """The commits that lead to `tip` (apart from those that lead to `base`), each after its parents.

    Commits of one line of work stand together.  Raises Damaged where an object
    that is needed is not here or not what its id says.
    """
    repository.hash_many()
    return _with_changes(
        repository, [(ident, *_head(ident, data)) for ident, data in _read(repository, tip, base)]
    )


def _read(repository: GitDir, tip: str, base: str) -> list[tuple[str, bytes]]:
    """The ids of commits and what stands in them, held against their ids."""
    arguments = ["rev-list", "--topo-order", "--reverse", "--header", "--encoding=none", tip]
    outcome = repository.ask(*_RAW, *arguments, *([f"^{base}"] if base else []), "--", env=_ALL_AT_ONCE)
    if outcome.code != 0:
        said = outcome.err.decode("utf-8", "replace")
        found = re.search(r"\b([0-9a-f]{40,64})\b", said)
        raise Damaged(found[1] if found else tip)
    read: list[tuple[str, bytes]] = []
    odd: list[str] = []
    endless = False
    for record in outcome.out.split(b"\0")[:-1]:
        name, _line, shown = record.partition(b"\n")
        ident = name.decode()
        # Git sets messages in, tidies them (most are tidy), and ends the last line where it has no end.
        data = whole = shown.replace(b"\n    ", b"\n")
        if endless:
            data = whole[:-1]
        if repository.object_id(data, "commit") != ident:
            data = whole if endless else whole[:-1]
            if repository.object_id(data, "commit") != ident:
                odd.append(ident)
            else:
                endless = not endless  # most are made by the same program
        read.append((ident, data))
    if not odd:
        return read
    known = dict(_checked(repository, odd, "commit"))
    return [(ident, known.get(ident, data)) for ident, data in read]


def _checked(repository: GitDir, names: Sequence[str], kind: str) -> Iterator[tuple[str, bytes]]:
    """Objects with their ids, held against them."""
    seen = 0
    try:
        for name, data in catfile.stream(repository.root, names):
            if repository.object_id(data, kind) != name:
                raise Damaged(name)
            seen += 1
            yield name, data
    except (EnvironmentFault, RegisterState):
        raise Damaged(names[min(seen, len(names) - 1)]) from None


def commit(repository: GitDir, name: str) -> Commit:
    """One commit by its id, without what it changes; Damaged where it cannot be had."""
    found = repository.objects([name])[0]
    if found is None or found.kind != "commit" or repository.object_id(found.data, "commit") != name:
        raise Damaged(name)
    message = found.data.partition(b"\n\n")[2].decode("utf-8", "replace")
    return Commit(name, *_head(name, found.data), (), message)


def _head(name: str, data: bytes) -> _Head:
    """What a commit says; Damaged unless its head is written as git writes it."""
    text = data.decode("utf-8", "surrogateescape")
    plain = _PLAIN_HEAD.match(text)
    if plain:
        tree, parent, author, email, authored, committed = plain.groups()
        return (parent,) if parent else (), tree, author, email, int(authored), int(committed)
    head = _HEAD.match(text.partition("\n\n")[0])
    if head is None:
        raise Damaged(name, _("commit {id} is not written as git writes one").format(id=name))
    by, committer = (_SIGNED.fullmatch(head[number]) for number in (3, 4))
    return (
        tuple(head[2].split()[1::2]),
        head[1],
        by[1] if by else "",
        by[2].strip() if by else "",
        int(by[3] or 0) if by else 0,
        int(committer[3] or 0) if committer else 0,
    )


def _with_changes(repository: GitDir, bare: Sequence[tuple[str, *_Head]]) -> list[Commit]:
    """The commits (id, and what they say) with what they change, from one ``diff-tree``."""
    if not bare:
        return []
    # A line for each parent: of a merge, `-m` leaves out a side that is empty without a word.  The newest
    # first: what is older is stored as what differs from it.
    asked = "".join(
        f"{ident} {parent}".rstrip() + "\n"
        for ident, parents, *_rest in reversed(bare)
        for parent in parents or ("",)
    )
    ask = gitprocess.run_long if len(bare) >= _LONG else gitprocess.run
    outcome = ask(
        repository.root, *_RAW, "diff-tree", "--stdin", "-m", "-r", "-z", "--raw", "--root", "--always",
        "--no-renames", "--no-ext-diff", "--no-abbrev", "--ignore-submodules=none",
        given=asked.encode(), env=_ALL_AT_ONCE | {"GIT_INDEX_FILE": str(repository.own / "none")},
    )  # fmt: skip
    fields = outcome.out.decode("utf-8", "surrogateescape").split("\0")
    found: list[Commit] = []
    place = 0
    for one in reversed(bare):
        sides = []
        for _parent in one[1] or ("",):
            if place >= len(fields) or fields[place] != one[0]:
                raise Damaged(one[0])  # git broke off
            changes, place = _changes(fields, place + 1)
            sides.append(changes)
        found.append(_new(Commit, (*one, tuple(sides), "")))
    found.reverse()
    return found


def _changes(fields: Sequence[str], place: int) -> tuple[tuple[Change, ...], int]:
    """The lines of one difference from a place on, and the place after them."""
    found = []
    while place < len(fields) and fields[place][:1] == ":":
        old_mode, new_mode, old, new, _status = fields[place][1:].split(" ")
        before, after = "" if old_mode == ABSENT else old, "" if new_mode == ABSENT else new
        found.append(_new(Change, (fields[place + 1], old_mode, new_mode, before, after)))
        place += 2
    return tuple(found), place


def difference(repository: GitDir, old: str, new: str) -> tuple[Change, ...]:
    """What differs between two commits or trees, by their ids (empty: no files at all)."""
    if old == new:
        return ()
    empty = repository.object_id(b"", "tree")
    outcome = repository.ask(
        *_RAW, "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-ext-diff", "--no-abbrev",
        "--ignore-submodules=none", old or empty, new or empty, "--",
        env=_UNGRAFTED | {"GIT_INDEX_FILE": str(repository.own / "none")},
    )  # fmt: skip
    if outcome.code != 0:
        raise Damaged(new)
    return _changes(outcome.out.decode("utf-8", "surrogateescape").split("\0"), 0)[0]


def follows(repository: GitDir, earlier: str, later: str) -> bool:
    """Whether a commit is another one, or stands before it in its history."""
    if earlier == later:
        return True
    outcome = repository.ask(*_RAW, "merge-base", "--is-ancestor", earlier, later, env=_UNGRAFTED)
    return outcome.code == 0


def bases(repository: GitDir, one: str, other: str) -> list[str]:
    """The best common ancestors of two commits; none where their histories have nothing in common."""
    outcome = repository.ask(*_RAW, "merge-base", "--all", one, other, env=_UNGRAFTED)
    if outcome.code not in {0, 1}:
        raise gitprocess.fault(repository.root, outcome)
    return outcome.out.decode().split()


class Blobs:
    """The contents of files: very many in an order that is known beforehand, others one by one."""

    def __init__(self, repository: GitDir) -> None:
        self._repository = repository
        self._hash = repository.hash_many()
        self._stream = catfile.stream(repository.root, ())
        self._coming: set[str] = set()
        self._ahead: dict[str, bytes] = {}
        self._proved: set[str] = set()  # read singly, and what their ids say

    def want(self, names: Iterable[str]) -> None:
        """Say in which order contents will be asked for; each is read once."""
        wanted = list(dict.fromkeys(names))
        self._stream.close()
        self._ahead.clear()
        self._coming = set(wanted)
        # Git stores what is older as what differs from it: from the newer one it finds it sooner.
        order = [
            name
            for first in range(0, len(wanted), _AHEAD)
            for name in reversed(wanted[first : first + _AHEAD])
        ]
        self._stream = catfile.stream(self._repository.root, order)

    def close(self) -> None:
        """Nothing more will be asked for in that order."""
        self.want(())

    def get(self, name: str) -> bytes:
        """A file's content; Damaged when it is not here, or not what its id says."""
        data = self._ahead.pop(name, None) if self._ahead else None
        if data is None:
            data = self._next(name) if name in self._coming else self._single(name)
        if self._hash(b"blob %d\0%b" % (len(data), data)).hexdigest() != name:
            raise Damaged(name)
        return data

    def check(self, name: str) -> None:
        """Hold a file's content against its id, once; Damaged as `get`."""
        if name not in self._proved:
            self.get(name)
            self._proved.add(name)

    def _next(self, name: str) -> bytes:
        try:
            for found, data in self._stream:
                self._coming.discard(found)
                if found == name:
                    return data
                self._ahead[found] = data
        except (EnvironmentFault, RegisterState):
            self._coming.clear()  # git broke off at something that it cannot read: the others singly
        return self._single(name)

    def _single(self, name: str) -> bytes:
        try:
            found = self._repository.objects([name])[0]
        except (EnvironmentFault, ValueError):
            found = None
        if found is None or found.kind != "blob":
            raise Damaged(name)
        return found.data

"""Two histories of a register made into one commit: files of one side as they are, cases by meaning.

Git's own merging of contents is not used: what changed on one side only is
that side's, byte for byte; a case that both changed is united and its steps are
judged again (`resolving`); anything else that both changed is left to people.
Nothing is moved here: the commit is stored, and nobody sees it until the branch
is moved on to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import brought, casefiles, documents, objects, partly, resolving, times, walking
from complaintctl.bothsides import Judge
from complaintctl.errors import BadData, ComplaintctlError, Refused, RegisterState
from complaintctl.i18n import _
from complaintctl.merging import Contradiction
from complaintctl.objects import Node
from complaintctl.retrace import Made
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complaintctl.case import Case
    from complaintctl.register import Register
    from complaintctl.resolving import ContextOf
    from complaintctl.walking import Change


class Clash(NamedTuple):
    """A file that cannot be joined, and what contradicts what in it."""

    path: str
    case: str  # its id; empty for a file that is no case
    found: tuple[Contradiction, ...]
    ours: str  # id of the blob here; empty: none
    theirs: str


class Choice(NamedTuple):
    """What somebody said about a clash: which side keeps what it did, and why."""

    take: str  # ours or theirs
    reason: str
    by: str
    at: str
    ours: str  # the blobs that were seen when it was said
    theirs: str


class Joined(NamedTuple):
    """What became of joining: a commit that nobody sees yet, or clashes."""

    commit: str  # empty where there are clashes
    clashes: tuple[Clash, ...]
    united: tuple[str, ...]  # the cases that both sides had changed


class _Piece(NamedTuple):
    """What a path becomes: the content where it is new here, else the entry of a side."""

    node: Node | None
    data: bytes | None = None


def join(
    register: Register,
    theirs: str,
    subject: str,
    choices: Mapping[str, Choice] | None = None,
    *,
    ours_first: bool = False,
) -> Joined:
    """A merge of the commit that the register is open at with another one, as the person who acts.

    Its first parent is the other one, so that what is shared stays one line, unless
    `ours_first`.  Raises RegisterState where the two have no history in common.
    """
    repository = register.repository
    joiner = _joined(register, theirs, choices or {})
    if joiner.clashes:
        return Joined("", tuple(joiner.clashes), tuple(joiner.united))
    brought.require_upheld(register, theirs, joiner.mine, joiner.yours, ours_first=ours_first)
    brought.require_together(
        register, theirs, joiner.mine, joiner.yours, joiner.content, ours_first=ours_first
    )
    pieces = joiner.pieces
    trees = objects.read_trees(repository, register.head, pieces)
    drafts = [objects.blob_draft(repository, one.data) for one in pieces.values() if one.data is not None]
    drafts += objects.rebuild(repository, trees, {path: one.node for path, one in pieces.items()})
    tree = drafts[-1].id if pieces else walking.commit(repository, register.head).tree
    actor = register.actor
    author = objects.checked(objects.Person(actor["name"], actor["emails"][0]))
    commit = objects.commit_draft(
        repository,
        tree,
        [register.head, theirs] if ours_first else [theirs, register.head],
        author,
        register.at,
        objects.checked(register.identity or author),
        f"{subject}\n\nStep: sync\nBy: {actor['id']}\n",
    )
    objects.store(repository, [*drafts, commit])
    return Joined(commit.id, (), tuple(joiner.united))


def look(register: Register, theirs: str, choices: Mapping[str, Choice]) -> tuple[Clash, ...]:
    """What clashes with another commit and was not chosen about; nothing is stored."""
    return tuple(_joined(register, theirs, choices).clashes)


def _joined(register: Register, theirs: str, choices: Mapping[str, Choice]) -> _Joiner:
    """The joining from the newest commit that both come from; of several, from the one that clashes least."""
    best: _Joiner | None = None
    for base in walking.bases(register.repository, register.head, theirs):
        found = _Joiner(register, base, theirs, choices)
        if best is None or len(found.clashes) < len(best.clashes):
            best = found
    if best is None:
        raise RegisterState(
            _("The two registers have no history in common."),
            hint=_("another register: fetch it into a folder of its own with git clone"),
        )
    return best


class _Joiner:
    """One joining: what each path becomes, and what clashes."""

    def __init__(self, register: Register, base: str, theirs: str, choices: Mapping[str, Choice]) -> None:
        self.register = register
        self.base, self.theirs = base, theirs
        self.choices = choices
        repository = register.repository
        self.mine = {one.path: one for one in walking.difference(repository, base, register.head)}
        self.yours = {one.path: one for one in walking.difference(repository, base, theirs)}
        self.clashes: list[Clash] = []
        self.united: list[str] = []
        self.dropped: list[str] = []
        self._judge: Judge | None = None
        self.pieces = self._pieces()  # what differs from the side that is checked out, by path
        self.clashes += _unfit(register, self.mine, self.yours, self.pieces)

    def _pieces(self) -> dict[str, _Piece]:
        found: dict[str, _Piece] = {}
        for path, change in self.yours.items():
            mine = self.mine.get(path)
            if mine is None:
                found[path] = _entry(change)
            elif (mine.new, mine.new_mode) != (change.new, change.new_mode):
                piece = self._both(mine, change)
                if piece is not None:
                    found[path] = piece
        for path in self.dropped:
            found.pop(path, None)
            if path in self.mine:
                found[path] = _Piece(None)
        return found

    def _both(self, mine: Change, yours: Change) -> _Piece | None:
        """A path that both sides changed; None where it stays as it is here, or clashes."""
        case_id = casefiles.own_id(mine.path)
        if case_id and mine.new and yours.new and mine.new_mode == yours.new_mode == objects.PLAIN:
            try:
                return self._case(case_id, mine, yours)
            except BadData as fault:
                self._clash(mine, yours, fault.message)
                return None
        message = _("both sides changed it")
        if not mine.new or not yours.new:
            message = _("one side changed it, the other one removed it")
        choice = self._choice(mine, yours) if mine.new and yours.new else None
        if choice is not None and documents.kind_of(mine.path):
            self._require_manager()
            return _entry(yours) if choice.take == "theirs" else None
        self._clash(mine, yours, message)
        return None

    def _case(self, case_id: str, mine: Change, yours: Change) -> _Piece | None:
        judge = self._judge = self._judge or Judge(self.register, self.base, self.theirs)
        both = judge.both(mine, yours)
        context_of = judge.contexts(mine.path)
        merged, found = resolving.merge(both, context_of)
        if found:
            choice = self._choice(mine, yours)
            if choice is None:
                self.clashes.append(Clash(mine.path, case_id, tuple(found), mine.new, yours.new))
                return None
            merged = chosen(both, choice, context_of)
            self._drop(mine.path, {one["file"] for one in merged.get("evidence", ())})
        self.united.append(case_id)
        from complaintctl.recording import case_bytes

        data = case_bytes(merged, mine.path)
        blob = self.register.repository.object_id(data)
        return None if blob == mine.new else _Piece(Node(objects.PLAIN, blob), data)

    def content(self, path: str) -> bytes:
        """What a file will be once the two are joined; empty where it is gone."""
        piece, mine = self.pieces.get(path), self.mine.get(path)
        if piece is not None and piece.data is not None:
            return piece.data
        blob = (piece.node.id if piece.node else "") if piece else mine.new if mine else ""
        found = self.register.repository.objects([blob])[0] if blob else None
        return found.data if found else b""

    def _drop(self, path: str, named: set[str]) -> None:
        """Files of evidence that a side had added and gave up go with it."""
        folder = path.removesuffix(".yaml")
        for one in {**self.mine, **self.yours}:
            if one.startswith(folder + "/") and one.removeprefix(folder + "/") not in named:
                self.dropped.append(one)

    def _choice(self, mine: Change, yours: Change) -> Choice | None:
        choice = self.choices.get(mine.path)
        if choice is None or (choice.ours, choice.theirs) != (mine.new, yours.new):
            return None
        return choice if choice.by == self.register.actor["id"] else None  # who chooses makes the merge

    def _require_manager(self) -> None:
        """Refuse to choose between two versions of a document to those who may not change it."""
        from complaintctl.staffing import may_manage

        may_manage(self.register)

    def _clash(self, mine: Change, yours: Change, message: str) -> None:
        found = Contradiction("", _what(mine), _what(yours), message)
        case_id = casefiles.own_id(mine.path) or ""
        self.clashes.append(Clash(mine.path, case_id, (found,), mine.new, yours.new))


def _entry(change: Change) -> _Piece:
    return _Piece(Node(change.new_mode, change.new) if change.new else None)


def _what(change: Change) -> str:
    if not change.new:
        return _("removed")
    return _("changed") if change.old else _("new")


def chosen(both: resolving.Both, choice: Choice, context_of: ContextOf) -> Case:
    """The case as somebody chose: that side whole, of the other what still follows, and a note of the rest.

    Refused where it is not theirs to give up what is given up.
    """
    view = both if choice.take == "ours" else both.turned
    merged, given = resolving.keep(view, context_of)
    made = Made("undo", choice.by, choice.at, "amendments", lambda _case, _context: merged)
    context = context_of(merged, made)
    for one in given:
        if not resolving.may_give(one, choice.by, context.staff, context.policy):
            raise Refused(
                _("{case}: {verb} by {who} is given up by {who} or somebody as high, not by {by}.").format(
                    case=merged["id"], verb=one.verb, who=one.by, by=choice.by
                ),
                hint=_("take the other side, or ask {who}").format(who=one.by),
            )
    instants = [choice.at, *(at for at, _by, _where in partly.signatures(merged))]
    at = max(instants, key=times.epoch)  # a note is never earlier than what it speaks of
    return resolving.noted(merged, given, choice.by, at, choice.reason)


# -- whether the documents of both sides fit together


def _unfit(
    register: Register,
    mine: Mapping[str, Change],
    yours: Mapping[str, Change],
    pieces: Mapping[str, _Piece],
) -> list[Clash]:
    """Documents that are in order and do not fit together, where both sides changed some."""
    sides = [[path for path in side if documents.kind_of(path)] for side in (mine, yours)]
    if not all(sides):
        return []
    files = dict(register.documents.blobs)
    for path, piece in pieces.items():
        if documents.kind_of(path):
            files.pop(path, None)
            if piece.node is not None:
                files[path] = piece.node.id
    try:
        found = documents.load(files, register.repository.blobs, _NoShelf())
        policy = found.policy(*found.in_force)[0]
        from complaintctl.staffing import STAFF, staff_problems

        problems = staff_problems({"staff": found.staff}, {}, policy)
        message = "; ".join(f"{one.path}: {one.message}" for one in problems[:3])
        place = STAFF
    except ComplaintctlError as fault:
        message, place = fault.message, documents.REGISTER
    if not message:
        return []
    told = [Contradiction("", ", ".join(sides[0]), ", ".join(sides[1]), message)]
    blobs = [side[place].new if place in side else "" for side in (mine, yours)]
    return [Clash(place, "", tuple(told), blobs[0], blobs[1])]


class _NoShelf:
    """Nothing is remembered: this state of the documents may never be."""

    def __init__(self) -> None:
        self._parsed: dict[tuple[str, str], documents.Parsed] = {}

    def found(self, files: Mapping[str, str]) -> list[documents.Parsed]:
        return []

    def content(self, path: str, blob: str) -> str:
        return self._parsed[path, blob].content

    def keep(self, parsed: Any) -> None:
        self._parsed.update({(one.path, one.blob): one for one in parsed})

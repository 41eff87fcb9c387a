"""The register at one commit, as far as a step is judged by it, moved on commit by commit.

Two things judge a step besides the case: the register's own documents, and
what is known of other cases (what a customer was granted, what came again).
Both are kept here as of one commit and change with `apply`.  They begin from
nothing, or with the index of another commit and what differs between the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from complaintctl import casefiles, documents, piecewise, schema, times, walking, yamlfile
from complaintctl.alike import Others
from complaintctl.casenews import news
from complaintctl.errors import BadData
from complaintctl.inforce import Rules
from complaintctl.lifecycle import DECIDING, signatures
from complaintctl.treehash import Trees
from complaintctl.workflow import Context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from complaintctl.case import Case
    from complaintctl.documents import Parsed
    from complaintctl.gitdir import GitDir
    from complaintctl.index import Index
    from complaintctl.policy import Policy
    from complaintctl.retrace import Made
    from complaintctl.workdays import WorkCalendar

__all__ = ["Rules", "World"]

_NOTHING = Decimal(0)
_NEVER = -(1 << 62)  # before every instant
_new = tuple.__new__
KEPT = 2048  # cases that are held in memory as they stand
_Signed = tuple[Mapping[str, Any], int]  # a case, and the last signature in it
_UNKNOWN: _Signed = {}, _NEVER


class _Shelf:
    """What was found in documents before, in memory."""

    def __init__(self) -> None:
        self._parsed: dict[tuple[str, str], Parsed] = {}

    def found(self, files: Mapping[str, str]) -> list[Parsed]:
        return [self._parsed[one] for one in files.items() if one in self._parsed]

    def content(self, path: str, blob: str) -> str:
        return self._parsed[path, blob].content

    def keep(self, parsed: Iterable[Parsed]) -> None:
        self._parsed.update({(one.path, one.blob): one for one in parsed})


# What a blob holds is the same in every world of a repository.
_shelves: WeakKeyDictionary[GitDir, _Shelf] = WeakKeyDictionary()


class World:
    """A register at one commit. Made with `World.at`, moved with `apply`."""

    def __init__(self, repository: GitDir, tree: str = "", language: str = "") -> None:
        self.repository = repository
        self.trees = Trees(repository, tree)
        self.blobs = walking.Blobs(repository)
        self.language = language
        self.others = Others(self.case, self.pinned)
        self._reader = piecewise.Reader()
        self._versions: dict[str, piecewise.Version] = {}  # by file, the one read last
        self._shelf = _shelves.setdefault(repository, _Shelf())
        self._decoded: dict[str, Policy] = {}
        self._elsewhere: dict[str, Rules] = {}
        self._files = {
            path: node.id for path, node in self.trees.everything(documents.FOLDER) if documents.kind_of(path)
        }
        self._rules: Rules | None = None
        self._cases: dict[str, Case] = {}  # as they stand; the ones met last
        self._last: dict[str, Case] = {}  # as last understood, of those that cannot be read now
        self._signed: dict[str, _Signed] = {}  # by case, what was asked last
        self._before: dict[str, str] = {}  # the blob that each had before the last change
        self._passed: set[str] = set()  # commits that were judged on the way here
        self.begun = ""  # the commit that judging began at; empty: before the first one

    @classmethod
    def at(cls, repository: GitDir, commit: str, index: Index | None = None, language: str = "") -> World:
        """The register at a commit (empty: before the first one); Damaged where that cannot be read.

        With an index, of whatever commit, cases are read only where that commit is another one.
        """
        tree = walking.commit(repository, commit).tree if commit else ""
        world = cls(repository, tree, language)
        if index is None:
            world.others.changed(casefiles.own_id(path) for path, _node in world.trees.everything("cases"))
            return world
        world.others.begin(index)
        if index.head != commit:
            differing = walking.difference(repository, index.head, commit)
            world.others.changed(casefiles.own_id(one.path) for one in differing)
        return world

    @classmethod
    def at_documents(cls, repository: GitDir, commit: str) -> Rules:
        """The documents of a commit alone."""
        return cls(repository, walking.commit(repository, commit).tree).rules

    # -- the register's own documents

    @property
    def rules(self) -> Rules:
        """The documents as they are here."""
        if self._rules is None:
            self._rules = self._loaded(self._files)
        return self._rules

    @property
    def founded(self) -> bool:
        """Whether this is a register at all."""
        return documents.REGISTER in self._files

    def rules_after(self, changes: Iterable[walking.Change]) -> Rules:
        """The documents as they will be after some changes."""
        return self._loaded(self._changed(changes))

    def rules_at(self, commit: walking.Commit) -> Rules:
        """The documents of another commit."""
        found = self._elsewhere.get(commit.tree)
        if found is None:
            there = Trees(self.repository, commit.tree).everything(documents.FOLDER)
            found = self._loaded({path: node.id for path, node in there if documents.kind_of(path)})
            self._elsewhere[commit.tree] = found
        return found

    def _changed(self, changes: Iterable[walking.Change]) -> dict[str, str]:
        files = dict(self._files)
        for change in changes:
            if documents.kind_of(change.path):
                files.pop(change.path, None)
                if change.new:
                    files[change.path] = change.new
        return files

    def _loaded(self, files: Mapping[str, str]) -> Rules:
        def read(blobs: Iterable[str]) -> Iterable[tuple[str, bytes]]:
            return [(blob, self.blobs.get(blob)) for blob in blobs]

        return Rules(documents.load(files, read, self._shelf, self._decoded))

    def pinned(self, case: Case) -> Policy:
        """The policy that a case was received under; BadData when it is not here."""
        return self.rules.documents.policy_for(case["policy"])[0]

    def passed(self, commit: str) -> None:
        """Keep in mind that a commit is part of the history."""
        self._passed.add(commit)

    def follows(self, earlier: str, commit: walking.Commit) -> bool:
        """Whether a commit stands in the history before another one."""
        return earlier in self._passed or any(
            self.repository.contains(earlier, parent) for parent in commit.parents
        )

    # -- cases

    def case(self, case_id: str) -> Case | None:
        """A case as it stands; as it was last understood where it cannot be read now; None: there is none."""
        found = self._last.get(case_id) or self._cases.get(case_id)
        if found is not None:
            return found
        path = casefiles.path_of(case_id)
        node = self.trees.node(path)
        if node is None or not node.plain:
            return None
        try:
            case = self.read(path, node.id)
        except BadData:
            return None
        self._keep(case_id, case)
        return case

    def read(self, path: str, blob: str, old: Case | None = None) -> Case:
        """A case in the one spelling of the program that fits its schema; BadData for anything else.

        `old`: a state of it that is known to fit.
        """
        data = self.blobs.get(blob)
        before = self._versions.get(path)
        version = self._reader.read(data, path, before if before and before.case is old else None)
        if len(self._versions) >= 2 * KEPT:
            self._versions.clear()
        self._versions[path] = version
        case = version.case
        if not _fits(old, version):
            _same, lines = yamlfile.read_case_loosely(data, path)
            schema.check("case", case, lines, path)
        self._reader.learn(version)
        return case

    def earlier(self, case_id: str, commit: str) -> Case | None:
        """A case before the last change that was made to it, as `undo` needs it; `commit`: where this is."""
        path = casefiles.path_of(case_id)
        blob = self._before.get(case_id)
        if blob is None and commit:
            last = self.repository.run("rev-list", "--max-count=1", commit, "--", path).decode().strip()
            found = self.repository.objects([f"{last}^:{path}"])[0] if last else None
            blob = found.id if found is not None and found.kind == "blob" else None
        try:
            return self.read(path, blob) if blob else None
        except (BadData, walking.Damaged):
            return None

    def _keep(self, case_id: str, case: Case) -> None:
        cases = self._cases
        cases.pop(case_id, None)
        if len(cases) >= KEPT:
            del cases[next(iter(cases))]
        cases[case_id] = case

    # -- moving on

    def apply(
        self, changes: Iterable[walking.Change], cases: Mapping[str, Case | None] | None = None
    ) -> None:
        """Take over what changed; `cases`: those read already, by id (None: it cannot be read)."""
        changes = tuple(changes)
        self.trees.apply(changes)
        for change in changes:
            case_id = casefiles.own_id(change.path)
            if case_id is None:
                if documents.kind_of(change.path):
                    self._files, self._rules = self._changed((change,)), None
                continue
            old = self._cases.pop(case_id, None) or self._last.pop(case_id, None)
            self._before[case_id] = change.old
            if change.new and cases is not None and case_id in cases:
                case = cases[case_id]
                if case is not None:
                    self._keep(case_id, case)
                elif old is not None:
                    self._last[case_id] = old
            self.others.changed((case_id,))

    def undo(self, changes: Iterable[walking.Change]) -> None:
        """Take back what changed."""
        back = [walking.Change(one.path, one.new_mode, one.old_mode, one.new, one.old) for one in changes]
        self.apply(back)
        self.forget_before(back)

    def forget_before(self, changes: Iterable[walking.Change]) -> None:
        """Let git be asked what came before these changes: not what they were made from."""
        for change in changes:
            self._before.pop(casefiles.own_id(change.path) or "", None)

    # -- what a step is judged by

    def context(self, case: Case | None, made: Made, author: str = "", rules: Rules | None = None) -> Context:
        """What a step is judged by here; `author`: whose step it is where nobody signed it.

        `rules`: the documents to judge by, where they are not those of this commit.  Raises Usage or Refused
        for somebody who may not act, BadData where the rules cannot be read.
        """
        own = rules or self.rules
        policy, pin, staff, settings, policy_for = own.at_hand
        level, spent, missed, last = None, _NOTHING, False, None
        pinned = policy
        if case is not None:
            pinned = policy_for(case["policy"])[0]
            verb, last = made.verb, self._last_step(case)
            # What is proposed already is weighed again when the case is classified again.
            again = verb == "classify" and "proposals" in case
            if own.asks("level", verb) or (again and own.asks("level", "approve")):
                level = self.others.level(case, pinned, times.epoch(made.at))
            if verb in DECIDING or again:
                spent = self.spent(case, made.at, own)
            if own.asks("missed", verb) or (again and own.asks("missed", "approve")):
                missed = _missed(case, pinned, own.documents.work_calendar, times.epoch(made.at))
        who, language = own.person(made.by or author), self.language or settings["language"]
        # As a plain tuple: this is done for every step of a history.
        found = policy, pin, pinned, who, staff, made.at, level, spent, settings["currency"], language
        return _new(Context, (*found, missed, last))

    def spent(self, case: Case, at: str, rules: Rules) -> Decimal:
        """What a case's customer was granted in other cases within the policy's window up to an instant."""
        since = times.epoch(at) - times.length(rules.in_force[0]["authority"]["window"]).seconds
        return self.others.spent(case["customer"]["id"], since, case["id"])

    def _last_step(self, case: Case) -> int:
        """The instant of the last step: a section is the same object as long as nothing in it changes."""
        case_id = case["id"]
        was, last = self._signed.get(case_id, _UNKNOWN)
        if was is case:
            return last
        known = was.get
        fresh = [
            _latest(one) for name, one in case.items() if one is not known(name) and type(one) is not str
        ]
        newest = max(fresh, default=_NEVER)
        if newest < last:  # what was last may be gone
            newest = max(map(_latest, case.values()))
        if len(self._signed) >= 2 * KEPT:
            self._signed.clear()
        self._signed[case_id] = case, newest
        return newest

    def stepped(self, old: Case, new: Case, made: Iterable[Made]) -> None:
        """Take in that these steps, and nothing else, lead from one state of a case to the next.

        A step signs with its own instant, so nobody need look for the last one in the new state.
        """
        last = self._last_step(old)
        for one in made:
            last = max(last, times.epoch(one.at))
        self._signed[new["id"]] = new, last

    def contexts(self, author: str = "") -> Callable[[Case | None, Made], Context]:
        """`context` for `retrace.replay`."""
        return lambda case, made: self.context(case, made, author)


def _fits(old: Case | None, version: piecewise.Version) -> bool:
    """Whether a case fits its schema; `old`: a state of it before that does."""
    case, doubtful = version.case, version.doubtful
    if not case.keys() >= schema.required("case"):
        return False
    return not doubtful or schema.fitting("case", news(old or {}, case, doubtful))


def _latest(section: Any) -> int:
    """The instant of the last signature in a section."""
    return max([times.epoch(at) for at, _by in signatures(section)], default=_NEVER)


def _missed(case: Case, pinned: Policy, calendar: WorkCalendar, now: int) -> bool:
    from complaintctl import deadlines, lifecycle

    number = lifecycle.round_of(case)
    return any(
        clock.round == number and deadlines.state_of(clock, now) == "missed"
        for clock in deadlines.clocks(case, pinned, calendar)
    )

"""A merge judged: nothing of either line is missing, and what both changed is united by meaning.

A file that one line changed is that line's.  A case that both changed holds the
steps of both, in order of time, each legal.  Whatever else a merge brings is an
edit, and judged as one, made by whoever made the merge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import casefiles, exhibits, resolving, rulings, together, upheld, walking
from complaintctl.errors import BadData, RegisterState
from complaintctl.findings import Finding, place_of
from complaintctl.i18n import _
from complaintctl.lifecycle import signatures
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from complaintctl.case import Case
    from complaintctl.casejudge import Judge
    from complaintctl.inforce import Rules
    from complaintctl.retrace import Made
    from complaintctl.walking import Change, Commit
    from complaintctl.workflow import Context
    from complaintctl.world import World

_Node = tuple[str, str]  # mode and id of a file
_NOTHING: _Node = (walking.ABSENT, "")


class _File(NamedTuple):
    """One file as the two lines come from it, as each has it, and as the merge has it."""

    path: str
    base: _Node
    ours: _Node  # the first parent's
    theirs: _Node
    merged: _Node

    @property
    def expected(self) -> _Node | None:
        """What the merge must have; None where both lines changed the file, each in its way."""
        if self.ours in (self.theirs, self.base):
            return self.theirs
        return self.ours if self.theirs == self.base else None


class Joined(NamedTuple):
    """What stands against a merge, and the cases that it changes against its first parent, as far as read."""

    findings: list[Finding]
    cases: dict[str, Case | None]
    made: int


def judge(world: World, commit: Commit, by: Judge) -> Joined:
    """Judge a merge, the world standing at its first parent."""
    if len(commit.parents) != 2:
        message = _("a merge of {count} lines at once cannot be judged").format(count=len(commit.parents))
        return Joined([Finding(commit.id, "", "merge", message)], {}, 0)
    best: Joined | None = None
    for base in walking.bases(world.repository, *commit.parents) or [""]:
        found = _Merge(world, commit, by, base).judge()
        if best is None or len(found.findings) < len(best.findings):
            best = found
        if not found.findings:
            break
    assert best is not None  # noqa: S101  (there is at least the empty base)
    return best


class _Merge:
    """One merge, judged from one of the commits that both lines come from."""

    def __init__(self, world: World, commit: Commit, by: Judge, base: str) -> None:
        self.world, self.commit, self.by = world, commit, by
        self.base = base
        other = walking.commit(world.repository, commit.parents[1])
        self.theirs: Rules = world.rules_at(other)
        self.findings: list[Finding] = []
        self.cases: dict[str, Case | None] = {}
        self.made = 0
        self.given_up: set[str] = set()  # files of evidence whose entries were given up, which is noted

    def judge(self) -> Joined:
        edited: list[Change] = []
        mixed = False
        files = list(self._files())
        for file in files:
            case_id = casefiles.own_id(file.path)
            if case_id is not None:
                self._case(case_id, file)
            elif file.merged != file.expected:
                edited.append(_edit(file))
            if rulings.is_rule(file.path):
                mixed = mixed or file.merged != file.theirs
        self._together(files)
        self._other_files(edited)
        self._rules(files, edited, mixed)
        return Joined(self.findings, self.cases, self.made)

    def _files(self) -> Iterator[_File]:
        """Every file that a line changed, or that the merge has otherwise than both."""
        repository = self.world.repository
        ours = _by_path(walking.difference(repository, self.base, self.commit.parents[0]))
        theirs = _by_path(walking.difference(repository, self.base, self.commit.parents[1]))
        against = _by_path(self.commit.changes[0])
        other = _by_path(self.commit.changes[1])
        for path in sorted({*ours, *theirs, *against, *other}):
            if path in ours:
                base, one = _ends(ours[path])
                two = _ends(theirs[path])[1] if path in theirs else base
            elif path in theirs:
                base, two = _ends(theirs[path])
                one = base
            else:
                base = one = two = _ends(against[path])[0]
            merged = _ends(against[path])[1] if path in against else one
            yield _File(path, base, one, two, merged)

    # -- cases

    def _case(self, case_id: str, file: _File) -> None:
        if file.merged == file.expected:
            self._upheld(case_id, file)
            return
        if file.merged[0] not in {walking.PLAIN, walking.ABSENT}:
            self._find(case_id, "mode", _("a case is a plain file"), file.path)
            return
        if not file.merged[1]:
            self._find(case_id, "deleted", _("the merge left the case out"), file.path)
            return
        base, ours, theirs, merged = (
            self._read(file, one) for one in (file.base, file.ours, file.theirs, file.merged)
        )
        if merged is None:
            self._find(case_id, "form", _("the merge left a case that cannot be read"), file.path)
            self.cases[case_id] = None
            return
        self.cases[case_id] = merged
        if file.expected is not None or ours is None or theirs is None:
            self._edited_case(case_id, file, merged, ours if theirs is None else theirs)
        else:
            self._both(case_id, file, base, ours, theirs, merged)

    def _edited_case(self, case_id: str, file: _File, merged: Case, expected: Case | None) -> None:
        """A case that one line changed, and that the merge has otherwise."""
        if file.expected is not None and file.expected != file.theirs:
            expected = self._read(file, file.ours)
        if file.merged in (file.base, file.ours, file.theirs):
            self._find(case_id, "merge", _("the merge dropped what one line had of this case"), file.path)
            return
        judged = self.by.between(case_id, expected, merged)
        self.made += len(judged.made)
        self.findings += [_of_merge(one) for one in judged.findings]
        folder = file.path.removesuffix(".yaml") + "/"
        beside = [one for one in self.commit.changes[0] if one.path.startswith(folder) and one.new]
        for why, place in exhibits.faults(self.world, file.path, expected, merged, beside):
            self._find(case_id, "evidence", why, place)

    def _both(
        self, case_id: str, file: _File, base: Case | None, ours: Case, theirs: Case, merged: Case
    ) -> None:
        """A case that both lines changed."""
        others = set(signatures(theirs)) - set(signatures(ours))

        def context_of(case: Case | None, made: Made) -> Context:
            rules = self.theirs if (made.at, made.by) in others else self.by.rules
            author = self.by.author["id"] if self.by.author else ""
            return self.world.context(case, made, author, rules)

        both = resolving.Both(base, ours, theirs, self.world.pinned(merged))
        faults = resolving.faults(both, merged, context_of)
        if faults and file.merged in (file.ours, file.theirs):
            self._find(case_id, "merge", _("the merge dropped what one line had of this case"), file.path)
            return
        for fault in faults:
            message = fault.message
            if fault.verb:
                message = _("{verb} by {who}: {why}").format(
                    verb=fault.verb, who=fault.by or "–", why=message
                )
            self._find(case_id, "merge", message, fault.place)
        self._noted(case_id, both, merged)
        if not faults:
            self._upheld(case_id, file)
            folder = file.path.removesuffix(".yaml")
            named, once = _exhibits(merged), _exhibits(ours) | _exhibits(theirs)
            self.given_up |= {f"{folder}/{name}" for name in once - named}

    def _noted(self, case_id: str, both: resolving.Both, merged: Case) -> None:
        """What was given up in a merge was given up by whoever made it."""
        known = [*both.ours.get("amendments", ()), *both.theirs.get("amendments", ())]
        for number, note in enumerate(merged.get("amendments", ())):
            author = self.by.author["id"] if self.by.author else "–"
            if note not in known and note["by"] != author:
                message = _("a note of {by} in a merge of {author}").format(by=note["by"], author=author)
                self._find(case_id, "author", message, f"amendments[{number}]")

    def _upheld(self, case_id: str, file: _File) -> None:
        """What a line brings holds by the rules of the other one, too.

        What the first line has counts as brought where it came after the commit that the judging
        began at: who judges had seen the other line then, whichever is called the first.
        """
        lines = [(file.theirs, [file.ours, file.base], self.by.rules, self.theirs)]
        if self.world.begun:
            path = f"{self.world.begun}:{file.path}"
            found = self.world.repository.objects([path])[0]
            seen = (walking.PLAIN, found.id) if found is not None and found.kind == "blob" else _NOTHING
            lines.append((file.ours, [file.theirs, file.base, seen], self.theirs, self.by.rules))
        for node, others, rules, made_by in lines:
            brought = self._read(file, node) if node not in others else None
            if brought is None:
                continue
            known = [self._read(file, one) for one in others]
            try:
                for place, _who, why in upheld.faults(brought, known, rules, made_by):
                    self._find(case_id, "signature", why, place)
            except (BadData, RegisterState):
                continue  # rules that cannot be read are told where they were broken

    def _together(self, files: list[_File]) -> None:
        """What both lines granted the same customer is not more than may be granted."""
        brought = (file for file in files if file.theirs != file.base)
        own = (file for file in files if file.theirs == file.base)
        ours, theirs = together.grants(self._sides(brought), self._sides(own))

        def spent(customer: str, since: int, until: int, excluding: str) -> Decimal:
            return self.world.others.spent(customer, since, excluding, until)

        try:
            for fault in together.faults(ours, theirs, spent, self.by.rules, self.by.author):
                self._find(fault.grant.id, "together", fault.message, fault.place)
        except (BadData, RegisterState):
            return  # rules that cannot be read are told where they were broken

    def _sides(self, files: Iterable[_File]) -> Iterator[together.Sides]:
        """The cases among these files that may hold decisions, as far as they can be read."""
        for file in files:
            if casefiles.own_id(file.path) is None or file.merged[0] != walking.PLAIN:
                continue
            if together.may_hold(self.world.blobs.get(file.merged[1])):
                merged = self._read(file, file.merged)
                if merged is not None:
                    base, ours, theirs = (
                        self._read(file, one) for one in (file.base, file.ours, file.theirs)
                    )
                    yield together.Sides(base, ours, theirs, merged)

    def _read(self, file: _File, node: _Node) -> Case | None:
        if not node[1]:
            return None
        try:
            return self.world.read(file.path, node[1])
        except BadData:
            return None

    # -- everything else

    def _other_files(self, edited: list[Change]) -> None:
        """Evidence that the merge has otherwise than the lines."""
        for change in edited:
            if not change.new and change.path in self.given_up:
                continue
            if change.path.casefold().startswith("cases/"):
                message = _("the merge changed or dropped a file beside a case")
                case_id = casefiles.id_of(change.path.rpartition("/")[0] + ".yaml") or ""
                self._find(case_id, "merge", message, change.path)

    def _rules(self, files: list[_File], edited: list[Change], mixed: bool) -> None:
        """The register's own files: those of one line, or changed by somebody who may change rules."""
        changes = [_taken(file) for file in files if rulings.is_rule(file.path) and file.merged != file.ours]
        own = [change for change in edited if rulings.is_rule(change.path)]
        if own:
            found = rulings.judge(self.world, self.commit, self.by.author, own, self.by.rules)
            self.findings += [one._replace(rule="merge") if one.rule == "rules" else one for one in found]
        elif changes:
            message = rulings.unsound(self.world, changes, [self.by.rules, self.theirs], sealed=mixed)
            self.findings += [Finding(self.commit.id, "", rule, why, place) for rule, why, place in message]

    def _find(self, case_id: str, rule: str, message: str, place: str = "") -> None:
        self.findings.append(Finding(self.commit.id, case_id, rule, message, place_of(place)))


def _exhibits(case: Case) -> set[str]:
    return {entry["file"] for entry in case.get("evidence", ())}


def _by_path(changes: tuple[Change, ...]) -> dict[str, Change]:
    return {change.path: change for change in changes}


def _ends(change: Change) -> tuple[_Node, _Node]:
    return (change.old_mode, change.old), (change.new_mode, change.new)


def _edit(file: _File) -> Change:
    return _between(file, file.ours if file.expected is None else file.expected)


def _taken(file: _File) -> Change:
    return _between(file, file.ours)


def _between(file: _File, old: _Node) -> Change:
    return walking.Change(file.path, old[0], file.merged[0], old[1], file.merged[1])


def _of_merge(found: Finding) -> Any:
    """What was changed without a step was changed by the merge."""
    return found._replace(rule="merge") if found.rule in {"edited", "deleted"} else found

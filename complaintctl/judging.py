"""History judged commit by commit: whether each change was legal when it was made, and nothing was lost.

A change is judged by making it again on the state before it (`retrace`), by the
register as it was then (`world`).  Messages and trailers are no evidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import casefiles, documents, exhibits, joined, rulings, walking
from complaintctl.casejudge import Judge
from complaintctl.changeset import Sorted, is_file, modes, unfit
from complaintctl.findings import RULES, Finding
from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple
from complaintctl.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from complaintctl.case import Case
    from complaintctl.gitdir import GitDir
    from complaintctl.index import Index
    from complaintctl.inforce import Rules
    from complaintctl.walking import Change, Commit

__all__ = ["RULES", "Finding", "History", "Judgement", "history", "judge"]

_CONTENT = frozenset({walking.PLAIN, "100755", "120000"})  # modes of what is here as a blob
_new = tuple.__new__
_FAR = 5000  # commits back to where two lines part; beyond that git is asked what differs


class Judgement(NamedTuple):
    """What became of judging one commit."""

    findings: list[Finding]
    cases: dict[str, Case | None]  # by id, those that it changed, as far as they were read
    steps: int
    adopted: tuple[str, ...] = ()  # cases that came in finished, which is in order here


def judge(world: World, commit: Commit, *, strict: bool = False, adopting: bool = False) -> Judgement:
    """What stands against a commit, the world standing at its first parent; the world does not move.

    `strict`: one case in a commit and nothing else, as pushes and pull requests are judged.  `adopting`:
    somebody who may has answered for cases that come in finished by this commit.
    """
    changes = commit.changes[0]
    if len(changes) == 1 == len(commit.parents) and world.founded:
        quick = _one_case(world, commit, changes[0], adopting=adopting)
        if quick is not None:
            return quick
    sorted_out = Sorted(changes)
    if not world.founded and not _founds(changes):
        return Judgement([], {}, 0)
    before = world.rules if world.founded else None
    rules = before if before is not None else world.rules_after(changes)
    by = Judge(world, commit, rules, rules.author(commit.email))
    own = set.intersection(*({one.path for one in side} for side in commit.changes))  # not only brought
    findings = [one for one in modes(commit, sorted_out) if one.place in own]
    if _is_sample(world.rules_after(changes) if sorted_out.rules else rules, before):
        return Judgement([], {}, 0)
    if strict:
        findings += [by.finding("", "foreign-file", why, path) for path, why in unfit(sorted_out)]
    if len(commit.parents) > 1:
        found = joined.judge(world, commit, by)
        return Judgement([*findings, *found.findings], found.cases, found.made)
    if sorted_out.rules:
        findings += rulings.judge(world, commit, by.author, sorted_out.rules, before)
    findings += [
        by.finding("", "foreign-file", _("no file has a place there"), change.path)
        for change in sorted_out.foreign
        if change.new
    ]
    if strict:
        findings += _single(by, sorted_out)
    judged = _cases(by, sorted_out, adopting=adopting or before is None)
    return judged._replace(findings=[*findings, *judged.findings])


def _one_case(world: World, commit: Commit, change: Change, *, adopting: bool) -> Judgement | None:
    """The judgement of what nearly every commit is: a plain change of one case; None for anything else."""
    case_id = casefiles.own_id(change.path)
    rules = world.rules
    if case_id is None or not change.new or change.old == change.new or change.new_mode != walking.PLAIN:
        return None
    if rules.is_sample:
        return None
    by = Judge(world, commit, rules, rules.author(commit.email))
    old = world.case(case_id)
    judged = by.case(case_id, change, adopting=adopting)
    findings = judged.findings
    if _names_more(old, judged.case):
        findings += _evidence(by, case_id, change.path, old, judged.case, ())
    adopted = (case_id,) if judged.adopted else ()
    return _new(Judgement, (findings, {case_id: judged.case}, len(judged.made), adopted))


def _founds(changes: Sequence[Change]) -> bool:
    return any(change.path == documents.REGISTER and change.new for change in changes)


def _is_sample(rules: Rules, before: Rules | None) -> bool:
    """Whether a register is for reading only, and was from its beginning."""
    return rules.is_sample and (before is None or before.is_sample)


def _single(by: Judge, found: Sorted) -> list[Finding]:
    """Whether a commit is about one thing."""
    ids = found.ids
    if len(ids) > 1:
        message = _("{count} cases in one commit; a step is about one").format(count=len(ids))
        return [by.finding(ids[0], "one-case", message)]
    if ids and (found.rules or found.others):
        place = [*found.rules, *found.others][0].path
        return [by.finding(ids[0], "one-case", _("something else was changed together with the case"), place)]
    return []


def _cases(by: Judge, found: Sorted, *, adopting: bool) -> Judgement:
    """The changes of cases, and of the evidence beside them."""
    findings: list[Finding] = []
    cases: dict[str, Case | None] = {}
    adopted: list[str] = []
    steps = 0
    for case_id in found.ids:
        change, beside = found.cases.get(case_id), found.beside.get(case_id, ())
        old = new = by.world.case(case_id)
        if change is not None and is_file(change) and change.old != change.new:
            judged = by.case(case_id, change, adopting=adopting)
            new = cases[case_id] = judged.case
            findings += judged.findings
            steps += len(judged.made)
            if judged.adopted:
                adopted.append(case_id)
        if beside or _names_more(old, new):
            path = casefiles.path_of(case_id)
            findings += _evidence(by, case_id, path, old, new, [one for one in beside if is_file(one)])
    return Judgement(findings, cases, steps, tuple(adopted))


def _evidence(
    by: Judge, case_id: str, path: str, old: Any, new: Any, beside: Sequence[Change]
) -> list[Finding]:
    found = exhibits.faults(by.world, path, old, new, beside)
    return [by.finding(case_id, "evidence", why, place) for why, place in found]


def _names_more(old: Any, new: Any) -> bool:
    return (new or {}).get("evidence") != (old or {}).get("evidence")


def as_it_stands(world: World, commit: Commit) -> list[Finding]:
    """What is wrong with the cases of a register that is made as a whole, the world standing at the commit.

    Of a sample it does not matter how it came about.
    """
    by = Judge(world, commit, world.rules, None)
    findings: list[Finding] = []
    for path, node in world.trees.everything(casefiles.FOLDER):
        case_id = casefiles.own_id(path)
        if case_id is not None and node.mode != walking.PLAIN:
            findings.append(by.finding(case_id, "mode", _("a case is a plain file"), path))
        elif case_id is not None:
            judged = by.sampled(case_id, walking.Change(path, walking.ABSENT, node.mode, "", node.id))
            findings += judged.findings
            if judged.case is not None:
                findings += _evidence(by, case_id, path, None, judged.case, ())
    return findings


# -- many commits


class History:
    """The commits from a base (empty: from the first one) to a tip, judged one after the other.

    After iterating, `adopted` has the cases that came in finished in order, `steps` the number of steps.
    """

    def __init__(
        self,
        repository: GitDir,
        base: str,
        tip: str,
        *,
        index: Index | None = None,
        strict: bool = False,
        adopted_by: Collection[str] = (),
        language: str = "",
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.repository = repository
        self.tip = tip
        self.commits = walking.commits(repository, tip, base)
        self.steps = 0
        self.adopted: list[str] = []
        self._by_id = {one.id: number for number, one in enumerate(self.commits)}
        self._strict, self._adopted_by, self._progress = strict, adopted_by, progress
        self._at = base
        self._world = World.at(repository, base, index if base else None, language)
        self._world.begun = base
        self._root = "" if base else self._first()

    @property
    def rules(self) -> Rules:
        """The rules of the commit that was judged last."""
        return self._world.rules

    def _first(self) -> str:
        """The commit that the line of first parents begins with."""
        number = self._by_id.get(self.tip)
        while number is not None:
            parents = self.commits[number].parents
            if not parents:
                return self.commits[number].id
            number = self._by_id.get(parents[0])
        return ""

    def __iter__(self) -> Iterator[tuple[Commit, list[Finding]]]:
        world = self._world
        world.blobs.want(
            change.new
            for one in self.commits
            for change in one.changes[0]
            if change.new and change.new_mode == walking.PLAIN and casefiles.own_id(change.path)
        )
        try:
            for number, one in enumerate(self.commits, 1):
                yield one, self._judge(one)
                if self._progress and number % 500 == 0:
                    self._progress(number, len(self.commits))
        finally:
            world.blobs.close()

    def _judge(self, one: Commit) -> list[Finding]:
        world = self._world
        findings: list[Finding] = []
        try:
            self._go(one.parents[0] if one.parents else "")
            if not one.parents and one.id != self._root:
                findings.append(Finding(one.id, "", "history", _("history begins a second time here")))
            judged = judge(world, one, strict=self._strict, adopting=one.id in self._adopted_by)
            findings += judged.findings
            self.steps += judged.steps
            self.adopted += judged.adopted
            cases = judged.cases
        except walking.Damaged as damage:
            findings.append(Finding(one.id, "", "object", damage.message))
            cases = {}
        try:
            self._take(one, cases)
            if one.id == self.tip and world.founded and _is_sample(world.rules, world.rules):
                findings += as_it_stands(world, one)
        except walking.Damaged as damage:
            findings.append(Finding(one.id, "", "object", damage.message))
        return findings

    def _take(self, one: Commit, cases: dict[str, Case | None]) -> None:
        """Move on to a commit that was judged; what was not read to judge it is held against its id too."""
        self._world.apply(one.changes[0], cases)
        if len(one.parents) > 1:
            self._world.forget_before(one.changes[0])
        self._world.passed(one.id)
        self._at = one.id
        for change in one.changes[0]:
            if change.new and change.new_mode in _CONTENT and casefiles.own_id(change.path) is None:
                self._world.blobs.check(change.new)
        if self._world.trees.id != one.tree:
            raise walking.Damaged(one.tree, _("the files of the commit are not those that its tree names"))

    def _go(self, target: str) -> None:
        """Move to where a commit begins: back to where the lines part, then on."""
        if self._at == target:
            return
        back, on = self._way(target)
        if back is None:
            old = self._world.trees.id
            new = walking.commit(self.repository, target).tree if target else ""
            self._world.apply(walking.difference(self.repository, old, new))
        else:
            for number in back:
                self._world.undo(self.commits[number].changes[0])
            for number in reversed(on):
                self._world.apply(self.commits[number].changes[0])
        self._at = target

    def _way(self, target: str) -> tuple[list[int] | None, list[int]]:
        """The commits to take back, and those to go on to, the last first; None where that is not known."""
        here, there = self._at, target
        back: list[int] = []
        on: list[int] = []
        while here != there:
            one, other = self._by_id.get(here, -1), self._by_id.get(there, -1)
            number = max(one, other)
            if number < 0 or len(back) + len(on) > _FAR:
                return None, []
            parents = self.commits[number].parents
            if one == number:
                back.append(number)
                here = parents[0] if parents else ""
            else:
                on.append(number)
                there = parents[0] if parents else ""
        return back, on


def history(
    repository: GitDir, base: str, tip: str, **options: Any
) -> Iterator[tuple[Commit, list[Finding]]]:
    """Each commit from `base` to `tip` with what stands against it; options as of `History`."""
    yield from History(repository, base, tip, **options)

"""A range of commits judged as a whole: what a pull request or a push brings, and whether it may (G1-G7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import SHORT, judging
from complaintctl.casefiles import path_of
from complaintctl.documents import REGISTER
from complaintctl.errors import BadData, Usage, printable
from complaintctl.findings import Finding
from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple
from complaintctl.walking import Damaged
from complaintctl.yamlfile import read_case, read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from complaintctl.case import Case
    from complaintctl.history import Repository
    from complaintctl.index import Index

HISTORY = "history"  # the rule of findings about the range itself


class Range(NamedTuple):
    """From which commit to which; an empty base stands for nothing at all."""

    base: str
    head: str


class Brought(NamedTuple):
    """A proposal that a range adds to a case, as the case is at its end."""

    case: Case
    number: int  # of the proposal in its case, counted from 1

    @property
    def proposal(self) -> Any:
        return self.case["proposals"][self.number - 1]


class Judged(NamedTuple):
    """What became of a range."""

    range: Range  # its base is the commit that the judging began at
    commits: int
    findings: list[Finding]
    proposals: list[Brought]


def parsed(repository: Repository, text: str) -> Range:
    """What ``BASE..HEAD`` names; a side that is left out is HEAD, zeros for BASE stand for nothing.

    Raises Usage for anything else, and where a commit is not here.
    """
    base, dots, head = text.partition("..")
    head = head.removeprefix(".")  # a pull request is judged from where it left the branch in any case
    if not dots:
        raise Usage(
            _("{text} is no range of commits.").format(text=printable(text)), hint="--range main..HEAD"
        )
    nothing = len(base) >= 40 and not base.strip("0")
    return Range("" if nothing else repository.resolve(base or "HEAD"), repository.resolve(head or "HEAD"))


def judge(
    repository: Repository,
    wanted: Range,
    *,
    grows: bool | None = None,
    index: Index | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Judged:
    """Judge every commit of a range, each on the state before it.

    `grows` says that the head takes the place of the base, so that nothing of it
    may be missing; None: it does where the head is in the register's branch, as
    it is known here.  Else the range is a branch: it is judged from the commit
    at which it left the other one.  `index`: facts about other cases, so that not
    all of them need to be read for it.
    """
    base, findings = wanted.base, []
    if base and not repository.contains(base, wanted.head):
        if grows is None:
            grows = _in_branch(repository, wanted.head, branch_name(repository, base))
        common = "" if grows else _common(repository, base, wanted.head)
        findings = [] if common else [_not_grown(wanted, together=grows)]
        base = common or _common(repository, base, wanted.head)
    span = Range(base, wanted.head)
    commits = 0
    try:
        for _commit, found in judging.history(
            repository, base, wanted.head, index=index, strict=True, progress=progress
        ):
            commits += 1
            findings += found
    except Damaged as damage:
        findings.append(Finding(wanted.head, "", "object", damage.message))
        return Judged(span, commits, findings, [])
    return Judged(span, commits, findings, brought(repository, span))


def _not_grown(wanted: Range, *, together: bool) -> Finding:
    if together:
        message = _(
            "commit {base} is not in the history of {head}: history was rewritten, "
            "or has to be merged first (complaintctl sync)"
        )
    else:
        message = _("{head} has no history in common with {base}")
    told = message.format(base=wanted.base[:SHORT], head=wanted.head[:SHORT])
    return Finding(wanted.head, "", HISTORY, told, "")


def _common(repository: Repository, one: str, other: str) -> str:
    """The commit at which two lines of work parted; empty where they have nothing in common."""
    return repository.ask("merge-base", one, other).out.decode().strip()


def branch_name(repository: Repository, commit: str) -> str:
    """The register's branch, by the settings of a commit; BadData where they cannot be read."""
    found = repository.read(commit, [REGISTER])[REGISTER]
    if found is None:
        raise BadData(
            _("Commit {commit} is of no complaint register (it has no {path}).").format(
                commit=commit[:SHORT], path=REGISTER
            )
        )
    settings, _lines = read_document(found.data, REGISTER)
    branch = settings.get("branch") if isinstance(settings, dict) else None
    if not isinstance(branch, str):
        raise BadData(_("{path} names no branch.").format(path=REGISTER))
    return branch


def _in_branch(repository: Repository, commit: str, branch: str) -> bool:
    """Whether a commit is in the register's branch, here or as it was fetched."""
    places = [f"refs/heads/{branch}", f"refs/remotes/*/{branch}"]
    return bool(repository.run("for-each-ref", "--count=1", f"--contains={commit}", *places))


def brought(repository: Repository, wanted: Range) -> list[Brought]:
    """The proposals that a range adds and that no customer has answered yet, decided or not, by case."""
    changed = repository.changed(wanted.base, wanted.head, "cases")
    paths = [path for letter, path, _blob in changed if letter != "D" and path.endswith(".yaml")]
    after = _cases(repository, wanted.head, paths)
    before = _cases(repository, wanted.base, paths) if wanted.base else {}
    found = []
    for path, case in sorted(after.items()):
        first = len(before[path].get("proposals", ())) if path in before else 0
        found += [
            Brought(case, number)
            for number, proposal in enumerate(case.get("proposals", ()), 1)
            if number > first and "answer" not in proposal
        ]
    return found


def _cases(repository: Repository, commit: str, paths: Sequence[str]) -> dict[str, Case]:
    """Those of the cases that can be read; what is wrong with the others is among the findings."""
    cases = {}
    for path, version in repository.read(commit, paths).items():
        if version is None:
            continue
        try:
            case = read_case(version.data, path)
        except BadData:
            continue
        if path_of(case["id"]) == path:
            cases[path] = case
    return cases

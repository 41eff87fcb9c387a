"""What a proposal's branch brings, seen from the register's branch: its steps, and the case once merged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import judging, merging, proposals
from complaintctl.casefiles import path_of
from complaintctl.errors import BadData
from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.proposals import Waiting
    from complaintctl.register import Register


def base_of(register: Register, one: Waiting) -> str:
    """The commit at which a branch left what is checked out; empty where they have nothing in common."""
    outcome = register.repository.ask("merge-base", register.head, one.commit)
    return outcome.out.decode().split("\n")[0]


def behind(register: Register, one: Waiting) -> bool:
    """Whether a branch begins at steps that were fetched and are not here yet."""
    repository, branch = register.repository, register.documents.settings["branch"]
    listed = repository.run("for-each-ref", "--format=%(objectname)", f"refs/remotes/*/{branch}")
    for tip in listed.decode().split():
        base = repository.ask("merge-base", tip, one.commit).out.decode().split("\n")[0]
        if base and not repository.contains(base, register.head):
            return True
    return False


def faults(register: Register, one: Waiting) -> list[str]:
    """What a branch brings besides its proposal and a decision on it, each commit judged; empty: nothing."""
    base = base_of(register, one)
    if not base:
        return [_("it has no history in common with what is checked out")]
    found = [_("it changes {path} too").format(path=path) for path in _others(register, base, one)]
    if not found:
        for _commit, findings in judging.history(
            register.repository, base, one.commit, strict=True, index=register.index
        ):
            found += [finding.message for finding in findings]
    return found


def _others(register: Register, base: str, one: Waiting) -> list[str]:
    """The files that a branch changes besides those of its case."""
    own = path_of(one.case).removesuffix("yaml")
    changed = (path for _letter, path, _blob in register.repository.changed(base, one.commit))
    return sorted(path for path in changed if path != f"{own}yaml" and not path.startswith(f"{own[:-1]}/"))


class Merged(NamedTuple):
    """A case as it will be once the branch of its proposal is merged."""

    case: Case
    later: list[str]  # the parts in which it went on here since the branch began
    clashes: list[str]  # what contradicts itself: it will not be merged so


def merged(register: Register, one: Waiting) -> Merged:
    """The case with what happened here and what happened in the branch."""
    there = proposals.read(register, one.commit, one.case)
    if register.index.entry(one.case) is None:
        return Merged(there, [], [])
    here, base = register.case(one.case), base_of(register, one)
    try:
        before = proposals.read(register, base, one.case) if base else None
    except BadData:
        before = None
    case, found = merging.unite(before, here, there, register.pinned(here))
    ours: Any = here
    old: Any = before or {}
    later = sorted(key for key in {*ours, *old} - {"state"} if before and ours.get(key) != old.get(key))
    if found:
        return Merged(proposals.as_merged(here, one), later, [clash.message for clash in found])
    return Merged(case, later, [])

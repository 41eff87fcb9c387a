"""Proposals that wait in a branch of their own: which there are, and which steps they stand against.

``propose --branch`` puts a proposal into ``proposal/CASE-NUMBER``; the register's
branch does not know of it until it is merged.  Local branches count, and those
that were fetched.  What a branch holds is remembered by the ids of its commit and
of the case here, so that looking again costs a few looks at files.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from complaintctl.errors import BadData, ComplaintctlError, Refused
from complaintctl.gitdir import HEADS
from complaintctl.i18n import _
from complaintctl.lifecycle import ANY_TIME
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from complaintctl.case import Case
    from complaintctl.gitdir import GitDir
    from complaintctl.register import Register

PREFIX = "proposal/"
# What a proposal rests on: no step changes it while the proposal waits elsewhere.
GROUND = (
    "kind", "policy", "about", "demand", "currency", "classification", "assignments", "investigations",
    "proposals", "follow_ups", "closures",
)  # fmt: skip
_NAME = r"proposal/(C-[0-9]{8}-[0-9A-Z]{6})-([1-9][0-9]{0,4})"  # compiled when there is a branch
_FETCHED = "refs/remotes/"
_PACKED = rb"(?m)^([0-9a-f]{40,64}) (refs/(?:heads|remotes/[^\n]+?)/proposal/[^\n]+)$"
_KEPT = "waiting.json"
_FORMAT = 1


class Branch(NamedTuple):
    """A branch with the name of a proposal, here or as it was fetched."""

    case: str
    number: int  # of the proposal in its case, counted from 1
    ref: str  # refs/heads/proposal/… or refs/remotes/origin/proposal/…
    commit: str

    @property
    def name(self) -> str:
        """The branch without where it is: ``proposal/C-20261122-7K3MQ4-1``."""
        return branch_of(self.case, self.number)

    @property
    def remote(self) -> str:
        """The remote from which it was fetched; empty for a branch of one's own."""
        return self.ref.removeprefix(_FETCHED).removesuffix(f"/{self.name}") if self.fetched else ""

    @property
    def fetched(self) -> bool:
        return self.ref.startswith(_FETCHED)


class Waiting(NamedTuple):
    """A proposal that waits in a branch, and what it says there, the decision included."""

    case: str
    number: int
    branch: str
    ref: str
    commit: str
    remote: str  # from which it was fetched; empty: local
    proposal: Any

    @property
    def outcome(self) -> str | None:
        """What was decided in the branch; None: nothing yet."""
        decision = self.proposal.get("decision")
        return decision["outcome"] if decision else None


def branch_of(case_id: str, number: int) -> str:
    """The branch of a case's n-th proposal."""
    return f"{PREFIX}{case_id}-{number}"


def named(branch: str) -> tuple[str, int] | None:
    """Case and number of the proposal that a branch is for; None for any other branch."""
    match = re.fullmatch(_NAME, branch)
    return (match[1], int(match[2])) if match else None


# -- what waits


def waiting(register: Register) -> list[Waiting]:
    """The proposals that wait in branches and that what is checked out does not have, by case and number."""
    return _judged(register, branches(register.repository))[0]


def by_case(register: Register) -> dict[str, str]:
    """The cases of which a proposal waits in a branch, each with that branch."""
    return {one.case: one.branch for one in waiting(register)}


def of_case(register: Register, case_id: str) -> Waiting | None:
    """The proposal of a case that waits in a branch; the latest, where there are several."""
    mine = [one for one in branches(register.repository) if one.case == case_id]
    found = _judged(register, mine)[0] if mine else []
    return found[-1] if found else None


def strange(register: Register) -> list[tuple[Branch, str]]:
    """The branches that have the name of a proposal and hold none that can be read, and why."""
    return _judged(register, branches(register.repository))[1]


def branches(repository: GitDir) -> list[Branch]:
    """All branches with the name of a proposal, local ones first; starts no process in the usual place."""
    found: dict[str, str] = {}
    if os.path.isdir(os.path.join(repository.common_dir, "reftable")):  # noqa: PTH112, PTH118  (three looks a call)
        listed = repository.run(
            "for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/remotes"
        )
        found = {
            ref: tip for tip, _blank, ref in (row.partition(" ") for row in listed.decode().splitlines())
        }
    else:
        packed = _packed(repository.common_dir)
        found = {match[2].decode("utf-8", "replace"): match[1].decode() for match in packed}
        found |= dict(_loose(repository.common_dir))
    made = (_branch(ref, tip) for ref, tip in found.items())
    return sorted((one for one in made if one), key=lambda one: (one.fetched, one.ref))


def _branch(ref: str, tip: str) -> Branch | None:
    place = ref.rfind(f"/{PREFIX}")
    known = named(ref[place + 1 :]) if place > 0 else None
    if known is None or not (ref.startswith(_FETCHED) or ref == HEADS + ref[place + 1 :]):
        return None
    return Branch(*known, ref, tip)


def _packed(common_dir: Path) -> Iterator[re.Match[bytes]]:
    try:
        with open(os.path.join(common_dir, "packed-refs"), "rb") as stream:  # noqa: PTH118, PTH123
            text = stream.read()
    except OSError:
        return iter(())
    return re.finditer(_PACKED, text) if b"/proposal/" in text else iter(())


def _loose(common_dir: Path) -> Iterator[tuple[str, str]]:
    """The refs that lie each in a file of its own: name and commit."""
    remotes = _names(f"{common_dir}/{_FETCHED}")
    for folder in (HEADS + PREFIX, *(f"{_FETCHED}{remote}/{PREFIX}" for remote in remotes)):
        for name in _names(f"{common_dir}/{folder}"):
            with suppress(OSError, UnicodeDecodeError):
                text = (common_dir / folder / name).read_text("ascii").strip()
                if re.fullmatch(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", text):
                    yield folder + name, text


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208  (asked three times a command; most folders are not there)
    except OSError:
        return []


# -- what they hold


def _judged(register: Register, found: list[Branch]) -> tuple[list[Waiting], list[tuple[Branch, str]]]:
    """What waits in these branches, and what in them cannot be read."""
    if not found:
        return [], []
    shelf = _Shelf(register)
    waits: dict[tuple[str, int], Waiting] = {}
    odd = []
    for one in found:
        if one.commit == register.head:
            continue
        proposal, fault = shelf.look(one)
        if fault:
            odd.append((one, fault))
        elif proposal:
            key = (one.case, one.number)
            other = waits.get(key)
            if other is None or ("decision" in proposal and other.outcome is None):
                waits[key] = Waiting(*key, one.name, one.ref, one.commit, one.remote, proposal)
    shelf.keep()
    return [waits[key] for key in sorted(waits)], odd


class _Shelf:
    """What branches hold, remembered in a file of the git directory that may be deleted at any time."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._path = register.repository.shared / _KEPT
        self._kept = self._read()
        self._used: dict[str, Any] = {}
        self._blobs: dict[str, str] = {}

    def _read(self) -> dict[str, Any]:
        try:
            stored = json.loads(self._path.read_bytes())
            return dict(stored["known"]) if stored["format"] == _FORMAT else {}
        except (OSError, ValueError, TypeError, KeyError):
            return {}

    def look(self, one: Branch) -> tuple[Any, str]:
        """The proposal that waits in a branch (None: it is here already), or what is wrong with it."""
        entry = self._register.index.entry(one.case)
        key = f"{one.commit} {one.number} {entry[1] if entry else '-'}"
        if key not in self._kept:
            try:
                self._kept[key] = [_waits(self._register, one, known=entry is not None), ""]
            except ComplaintctlError as error:
                self._kept[key] = [None, error.message]
        self._used[key] = self._kept[key]
        proposal, fault = self._used[key]
        return proposal, fault

    def keep(self) -> None:
        """Remember what was looked at now, if it is new; where that cannot be, it is read again."""
        if self._used.keys() <= self._read().keys():
            return
        from complaintctl import files

        try:
            self._path.parent.mkdir(exist_ok=True)
            text = json.dumps({"format": _FORMAT, "known": self._used}, ensure_ascii=False)
            files.put(self._path.with_name(_KEPT + ".new"), self._path, text.encode(), 0o600)
        except (OSError, ComplaintctlError):
            return


def _waits(register: Register, one: Branch, *, known: bool) -> Any:
    """The proposal of a branch, unless the case here has it with all that is decided; None: it does."""
    theirs = read(register, one.commit, one.case)
    proposals = theirs.get("proposals", [])
    if len(proposals) < one.number:
        raise BadData(_("{branch} holds no proposal {number}.").format(branch=one.name, number=one.number))
    proposal = proposals[one.number - 1]
    if not known:
        return proposal
    try:
        here = register.case(one.case)
    except BadData:
        return proposal
    ours = here.get("proposals", [])
    if here["state"] == "closed":
        return None
    if len(ours) < one.number:
        return proposal if len(ours) == one.number - 1 else None
    if not same(here, ours[one.number - 1], proposal):
        raise BadData(_("{branch} says otherwise than proposal {number} of the case.").format(
            branch=one.name, number=one.number
        ))  # fmt: skip
    decided = "decision" in proposal and "decision" not in ours[one.number - 1]
    return proposal if decided else None


def read(register: Register, commit: str, case_id: str) -> Case:
    """A case as a commit has it; BadData where it has none, or none that can be read."""
    from complaintctl.casefiles import path_of
    from complaintctl.yamlfile import read_case

    path = path_of(case_id)
    found = register.repository.read(commit, [path])[path]
    if found is None:
        raise BadData(_("{path} is not in the commit.").format(path=path))
    return read_case(found.data, path)


def same(case: Case, one: Any, other: Any) -> bool:
    """Whether two proposals of a case are one and the same, whatever became of them since."""
    from complaintctl.authority import digest

    first, second = (
        digest(case["id"], proposal.get("round", 1), proposal, case["currency"], "")
        for proposal in (one, other)
    )
    return first == second


def as_merged(here: Case, one: Waiting) -> Case:
    """The case of the register's branch with the proposal of the branch put in: what a merge will say."""
    proposals: Any = [*here.get("proposals", [])[: one.number - 1], one.proposal]
    merged: Any = {**here, "proposals": proposals, "state": one.outcome or "proposed"}
    return cast("Case", merged)


# -- which steps they stand against


def require_free(register: Register, verb: str, case_id: str) -> None:
    """`Refused` for a step of a case's road while a proposal for it waits in a branch."""
    if verb in ANY_TIME:
        return
    one = of_case(register, case_id)
    if one is not None:
        raise collision(verb, one)


def require_ground(register: Register, verb: str, before: Case, after: Case) -> None:
    """`Refused` where a step changes what a proposal rests on that waits in a branch."""
    old: Any = before
    new: Any = after
    if all(old.get(part) == new.get(part) for part in GROUND):
        return
    one = of_case(register, before["id"])
    if one is not None:
        raise collision(verb, one)


def collision(verb: str, one: Waiting) -> Refused:
    """Why a step has to wait, and what to do about it."""
    if one.outcome:
        message = _("{case}: proposal {number} is decided in the branch {branch}, which is not merged yet.")
        hint = _(
            "merge it: complaintctl review {case} --merge; or drop it: complaintctl review {case} --drop"
        )
    elif verb == "approve":
        message = _("{case}: proposal {number} waits in the branch {branch}; it is decided there.")
        hint = _("complaintctl review {case} --approve")
    else:
        message = _(
            "{case}: proposal {number} waits in review (branch {branch}); this step would collide with it."
        )
        hint = _("complaintctl review {case}; or drop it: complaintctl review {case} --drop")
    return Refused(
        message.format(case=one.case, number=one.number, branch=one.branch),
        hint=hint.format(case=one.case),
    )

"""What is pushed to a server, judged before it is taken: a protected branch and a required check in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complaintctl import SHORT, ranging
from complaintctl.documents import REGISTER
from complaintctl.errors import BadData
from complaintctl.gitdir import HEADS
from complaintctl.i18n import _
from complaintctl.ranging import Range
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from complaintctl.findings import Finding
    from complaintctl.history import Repository
    from complaintctl.index import Index

_CHECKPOINTS = "refs/tags/checkpoint/"


class Update(NamedTuple):
    """One line of what git tells a hook: a ref is to go from one object to another; empty: there is none."""

    old: str
    new: str
    ref: str


class Refusal(NamedTuple):
    """Why a push is not taken."""

    ref: str
    finding: Finding | None  # None: it is about the ref itself
    message: str


def updates(lines: Iterable[str]) -> list[Update]:
    """The lines that git gives to ``pre-receive``: old id, new id, name of the ref."""
    found = []
    for line in lines:
        old, _blank, rest = line.rstrip("\n").partition(" ")
        new, _blank, ref = rest.partition(" ")
        if ref:
            found.append(Update(old.strip("0") and old, new.strip("0") and new, ref))
    return found


def judge(repository: Repository, pushed: Sequence[Update], index: Index | None = None) -> list[Refusal]:
    """Why a push is refused; nothing where all of it may be taken.

    The register's branch only grows, and each of its commits is judged on the
    state before it.  Other branches hold work in progress: judged from where they
    left the register's branch, never rewritten, but they may go.  Checkpoints
    come and stay.  Anything else is not taken.
    """
    branch = _register_branch(repository, pushed)
    mine = f"{HEADS}{branch}"
    tips = {one.ref: one.new for one in pushed}
    trunk = tips.get(mine) or repository.tip(branch) or ""
    refusals = []
    for one in pushed:
        refused = _of_ref(one, mine)
        if refused:
            refusals.append(Refusal(one.ref, None, refused))
        elif one.new and one.ref.startswith(HEADS):
            refusals += _of_branch(repository, one, "" if one.ref == mine else trunk, index)
        elif one.new:
            refusals += _of_checkpoint(repository, one, trunk)
    return refusals


def of_sent(repository: Repository, one: Update) -> list[Refusal]:
    """Why what is about to be sent to a remote would be refused there; `old` is what the remote has."""
    if not one.new or not one.ref.startswith(HEADS):
        return []
    judged = ranging.judge(repository, Range(one.old, one.new), grows=False)
    return [Refusal(one.ref, found, found.message) for found in judged.findings]


def _register_branch(repository: Repository, pushed: Sequence[Update]) -> str:
    """The register's branch by the newest commit that is here, or, of a first push, by the one that comes."""
    head = repository.head()
    if head:
        return ranging.branch_name(repository, head)
    for one in pushed:
        if one.new and one.ref.startswith(HEADS):
            try:
                branch = ranging.branch_name(repository, one.new)
            except BadData:
                continue
            if one.ref == HEADS + branch:
                return branch
    raise BadData(
        _("The first push to a register brings its branch, with {path} in it.").format(path=REGISTER)
    )


def _of_ref(one: Update, mine: str) -> str:
    """Why a ref of this name cannot be changed like this; empty where it can."""
    if one.ref.startswith(_CHECKPOINTS):
        if one.old:
            return _("a checkpoint stays as it was made")
    elif not one.ref.startswith(HEADS):
        return _("only branches and checkpoints are taken here")
    elif one.ref == mine and not one.new:
        return _("the branch of the register is never deleted")
    return ""


def _of_branch(repository: Repository, one: Update, trunk: str, index: Index | None) -> list[Refusal]:
    """What is wrong with the commits of a branch; `trunk` is the register's branch, where this is another."""
    if one.old and not repository.contains(one.old, one.new):
        message = _("history is not rewritten: {new} does not follow {old}")
        if trunk:
            message += _("; delete the branch there and push it anew")
        return [Refusal(one.ref, None, message.format(new=one.new[:SHORT], old=one.old[:SHORT]))]
    judged = ranging.judge(repository, Range(trunk or one.old, one.new), grows=not trunk, index=index)
    return [Refusal(one.ref, found, found.message) for found in judged.findings]


def _of_checkpoint(repository: Repository, one: Update, trunk: str) -> list[Refusal]:
    """A checkpoint names a commit of the register's branch."""
    found = repository.objects([one.new, f"{one.new}^{{commit}}"])
    if found[0] is None or found[0].kind != "tag" or found[1] is None or not trunk:
        return [Refusal(one.ref, None, _("a checkpoint is a tag of a commit: complaintctl checkpoint"))]
    if not repository.contains(found[1].id, trunk):
        return [Refusal(one.ref, None, _("this checkpoint is of a commit that the register does not have"))]
    return []

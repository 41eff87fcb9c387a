"""Proposals in branches of their own: made, published, decided on, merged and dropped.

All of it is objects and refs: the work tree, git's index and the branch that is
checked out stay as they are, but for a merge into the register's branch.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from complaintctl import apart, branchview, forges, papers, precedents, proposals, recording, remotes, signing
from complaintctl.errors import Already, Refused, RegisterState
from complaintctl.i18n import _
from complaintctl.objects import Person
from complaintctl.proposals import Waiting, branch_of, waiting
from complaintctl.proposals import of_case as waits
from complaintctl.recording import Outcome
from complaintctl.register import Register
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from decimal import Decimal

    from complaintctl.case import Case
    from complaintctl.papers import Ground, Paper
    from complaintctl.precedents import Settled
    from complaintctl.workflow import Context

    Change = Callable[[Case, Context], Case]

__all__ = ["Waiting", "branch_of", "waiting", "waits"]

FORGE = "complaintctl.forge"  # the key of git's configuration that names the kind of a forge


class Published(NamedTuple):
    """Where a branch was pushed to, and how it goes on from there."""

    remote: str
    address: str | None  # the page that opens a pull request; None: the remote is no forge that is known
    commands: list[str]  # which do without such a page
    decided: bool
    unsent: bool  # it begins at steps that the remote's branch of the register does not have


# -- making and publishing


def propose(
    register: Register, case_id: str, change: Change, *, dry_run: bool = False
) -> tuple[Outcome, str]:
    """Make a proposal on a new branch from the register's branch; second: the branch.

    `Already` where the same proposal waits in its branch, `Refused` where another one does.
    """
    _require_home(register)
    case = register.case(case_id)
    branch = branch_of(case_id, len(case.get("proposals", ())) + 1)
    one = waits(register, case_id)
    if one is not None:
        from complaintctl.steps.solution import as_proposed
        from complaintctl.workflow import same

        again: Any = change(case, recording.context(register, case))
        if not one.outcome and same(as_proposed(one.proposal), as_proposed(again["proposals"][-1])):
            raise Already(_("{case}: this proposal waits in review already, branch {branch}.").format(
                case=case_id, branch=one.branch
            ))  # fmt: skip
        raise proposals.collision("propose", one)
    outcome = recording.record_apart(register, "propose", case_id, change, branch, old="", dry_run=dry_run)
    return outcome, branch


def _require_home(register: Register) -> None:
    """The register's branch is checked out, so that what is read here is what the branch begins from."""
    wanted, found = register.documents.settings["branch"], register.repository.branch()
    if found != wanted:
        raise RegisterState(
            _("A proposal branch begins at branch {wanted}; checked out is {found}.").format(
                wanted=wanted, found=found or _("no branch (detached HEAD)")
            ),
            hint=f"git switch {wanted}",
        )


def publish(register: Register, branch: str, remote: str = "") -> Published:
    """Push a branch to a remote; it never overwrites what is there.

    Raises Usage where no remote is meant, EnvironmentFault where it does not take it.
    """
    repository, base = register.repository, register.documents.settings["branch"]
    name = remotes.chosen(repository, remote, base)
    remotes.push(repository, name, f"refs/heads/{branch}:refs/heads/{branch}")
    return _published(register, branch, name)


def _published(register: Register, branch: str, remote: str) -> Published:
    """How it goes on with a branch that is at a remote: its review, or its merge where it is decided."""
    repository, base = register.repository, register.documents.settings["branch"]
    kind = repository.config().get(FORGE)
    address = forges.address(remotes.url(repository, remote), branch, base, kind)
    known, unsent = proposals.named(branch), _unsent(register, branch, remote)
    if known is None:
        return Published(remote, address, [], decided=False, unsent=unsent)
    one = waits(register, known[0])
    decided = one is not None and bool(one.outcome)
    commands = [f"complaintctl review {known[0]}", f"complaintctl review {known[0]} --approve --push"]
    if decided:
        commands = [f"complaintctl review {known[0]} --merge"]
    return Published(remote, address, ["complaintctl sync", *commands], decided, unsent)


def _unsent(register: Register, branch: str, remote: str) -> bool:
    """Whether a branch begins at steps that were not sent: nobody there can decide on it until they are."""
    repository, base = register.repository, register.documents.settings["branch"]
    there = repository.ask("rev-parse", "--verify", "--quiet", f"refs/remotes/{remote}/{base}^{{commit}}")
    start = repository.ask("merge-base", register.head, f"refs/heads/{branch}").out.decode().split("\n")[0]
    if there.code != 0 or not start:
        return there.code != 0
    return not repository.contains(start, there.out.decode().strip())


# -- deciding


def decide(
    register: Register,
    one: Waiting,
    change: Change,
    *,
    note: str | None = None,
    back: str | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Record a decision on the branch of a proposal.

    It is judged twice: on the branch, whose record it becomes, and as it will stand
    once it is merged, with all that happened since.  `change` makes it, and signs it.
    """
    from complaintctl.steps.solution import approve

    _require_faultless(register, one)
    then = branchview.merged(register, one)
    change = _with_all(change, register.spent(then.case))
    if then.clashes:
        raise Refused(
            _("{case}: what happened here since contradicts the branch: {what}.").format(
                case=one.case, what="; ".join(then.clashes)
            ),
            hint=f"complaintctl review {one.case} --drop",
        )
    with _in_review(one):
        approve(then.case, recording.context(register, then.case), note=note, back=back, via="review")
    base, old = _tips(register, one)
    there = Register.as_of(register.repository, base, register.settings)
    if signing.on(register.documents.settings):  # a passphrase is asked for before anybody is locked out
        waiting_case = there.case(one.case)
        change(waiting_case, recording.context(there, waiting_case))
    with _in_review(one):
        return recording.record_apart(
            there, "approve", one.case, change, one.branch, old=old, dry_run=dry_run
        )


def _with_all(change: Change, spent: Decimal) -> Change:
    """The same step, with what the customer was granted here since the branch began: signed for both."""

    def step(case: Case, context: Context) -> Case:
        return change(case, context._replace(customer_cost=max(context.customer_cost, spent)))

    return step


@contextmanager
def _in_review(one: Waiting) -> Iterator[None]:
    """Where somebody else may decide, or it is decided, the hint names the verb that goes on in a branch."""
    try:
        yield
    except Refused as refused:
        if one.outcome:
            refused.hint = f"complaintctl review {one.case} --merge"
        refused.hint = re.sub(r" approve (C-\S+)", r" review \1 --approve", refused.hint)
        raise


def _tips(register: Register, one: Waiting) -> tuple[str, str]:
    """On which commit a decision follows, and where the local branch is now (empty: there is none)."""
    repository = register.repository
    local = repository.tip(one.branch) or ""
    if not local or local == one.commit or repository.contains(local, one.commit):
        return one.commit, local
    if repository.contains(one.commit, local):
        return local, local
    raise RegisterState(
        _("{branch} is not the same here and at {remote}.").format(
            branch=one.branch, remote=one.remote or "?"
        ),
        hint=f"git log --oneline --left-right {one.branch}...{one.commit[:12]}",
    )


# -- merging and dropping


def merge(register: Register, one: Waiting, *, dry_run: bool = False) -> Outcome:
    """Bring a decided proposal into the register's branch, as a merge commit; the local branch goes.

    `Refused` where nothing is decided yet, or where what is decided no longer stands
    with all that happened since.
    """
    if not one.outcome:
        raise Refused(
            _("{case}: nothing is decided in {branch} yet.").format(case=one.case, branch=one.branch),
            hint=f"complaintctl review {one.case} --approve",
        )
    from complaintctl import exchange

    _require_faultless(register, one)
    before = register.case(one.case)
    if dry_run:
        return Outcome(proposals.as_merged(before, one), before["state"], "")
    commit = exchange.merge(register, one.commit, f"{one.case}: merge {one.branch}")
    local = register.repository.tip(one.branch)
    if local and register.repository.contains(local, commit):
        drop(register, one)
    return Outcome(register.case(one.case), before["state"], commit)


def _require_faultless(register: Register, one: Waiting) -> None:
    if branchview.behind(register, one):
        raise Refused(
            _("{branch} begins at steps that are not here yet.").format(branch=one.branch),
            hint="complaintctl sync",
        )
    wrong = branchview.faults(register, one)
    if wrong:
        raise Refused(
            _("{branch} brings more than its proposal: {what}.").format(
                branch=one.branch, what="; ".join(wrong)
            ),
            hint=_(
                "whoever made it says complaintctl sync, then you do; what it brings: git log -p {range}"
            ).format(range=f"{register.documents.settings['branch']}..{one.commit[:12]}"),
        )


def drop(register: Register, one: Waiting, remote: str | None = None) -> list[str]:
    """Drop the branch of a proposal: the local one, and with `remote` (empty: the usual one) that there.

    Says where it still is.  Nothing is lost for good: the commit stays for weeks.
    """
    repository = register.repository
    local = repository.tip(one.branch)
    person = register.identity or Person(register.actor["name"], register.actor["emails"][0])
    if remote is not None:
        name = remotes.chosen(repository, remote, register.documents.settings["branch"])
        remotes.push(repository, name, f":refs/heads/{one.branch}")
    if local:
        with repository.lock():
            apart.move(repository, one.branch, "", local, person)
    return [
        other.remote for other in proposals.branches(repository) if other.name == one.branch and other.fetched
    ]


# -- the paper


def ground(register: Register, case: Case) -> Ground:
    """What a paper on a case rests on, as of the commit that the register is open at."""
    return papers.Ground(
        policy=register.policy,
        pinned=register.pinned(case),
        sha256=register.pin["sha256"],
        staff=register.staff,
        at=register.at,
        level=register.level_of(case)[0],
        customer_cost=register.spent(case),
        missed=register.missed(case),
        zone=register.zone,
        calendar=register.calendar,
        language=register.language,
    )


def past(register: Register, case: Case) -> list[Settled]:
    """How alike cases were settled lately."""
    cause = precedents.cause_of(case, register.policy)
    start = precedents.since(register.at)
    rows = register.index.granted_rows(start) if cause else []
    return precedents.settled(rows, cause or "", start, register.now, case["id"])


def paper(register: Register, case: Case, number: int, *, branch: str = "", notes: Any = ()) -> Paper:
    """The paper on a case's n-th proposal, as things stand in the register."""
    return papers.paper(
        case, number, ground(register, case), past=past(register, case), branch=branch, notes=notes
    )

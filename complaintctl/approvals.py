"""Decisions that were made by merging: a person with the right to decide merged the branch of a proposal.

A true merge of two parents, whose author is on the staff of the state before it
and may decide by the rules of that state, counts as a decision.  It rests on the
name in the commit alone, so it is recorded as claimed, by whoever noticed it.
A squash, a rebase, or a merge in the name of a forge says nothing about who approved.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from complaintctl import casefiles, proposals, times, trail, walking
from complaintctl.errors import BadData, ComplaintctlError, Refused
from complaintctl.i18n import _
from complaintctl.retrace import Made
from complaintctl.tuples import NamedTuple
from complaintctl.workflow import last_signature
from complaintctl.world import World

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.register import Register
    from complaintctl.walking import Commit
    from complaintctl.workflow import Context
    from complaintctl.world import Rules


class Merged(NamedTuple):
    """A merge that brought a proposal which waits for a decision still."""

    case: str
    number: int  # of the proposal, counted from 1
    commit: Commit


def found(register: Register, since: str = "") -> list[Merged]:
    """The merges that brought a waiting proposal, of those that `since` did not have, oldest first."""
    waiting = [row["id"] for row in register.index.open_rows() if row["state"] == "proposed"]
    if not waiting:
        return []
    repository = register.repository
    known = [f"^{since}"] if since and repository.objects([since])[0] is not None else []
    paths = [casefiles.path_of(one) for one in waiting]
    arguments = ["--merges", "--full-history", "--reverse", register.head, *known, "--", *paths]
    merges = []
    for name in repository.run("rev-list", *arguments).decode().split():
        commit = walking.commit(repository, name)
        one = _brought(register, commit, set(waiting))
        if one is not None:
            merges.append(one)
    return merges


def _brought(register: Register, commit: Commit, waiting: set[str]) -> Merged | None:
    """The proposal that a merge brought, if it brought nothing else and was made of its branch."""
    if len(commit.parents) != 2:
        return None
    paths = [one.path for one in walking.difference(register.repository, commit.parents[0], commit.id)]
    cases = {casefiles.own_id(path) for path in paths} - {None}
    if len(cases) != 1:
        return None
    case_id = str(cases.pop())
    folder = casefiles.path_of(case_id).removesuffix(".yaml")
    if case_id not in waiting or any(not path.startswith((folder + ".", folder + "/")) for path in paths):
        return None
    here, side, merged, before = _states(register, commit, case_id)
    number = len(here.get("proposals", ()))
    fits = all(len(one.get("proposals", ())) == number for one in (side, merged))
    if not fits or len(before.get("proposals", ())) != number - 1:
        return None
    last = here["proposals"][-1]
    same = all(proposals.same(here, last, one["proposals"][-1]) for one in (side, merged))
    if not same or "decision" in merged["proposals"][-1] or not _of_branch(register, commit, case_id, number):
        return None
    return Merged(case_id, number, commit)


def _states(register: Register, commit: Commit, case_id: str) -> tuple[Case, Case, Case, Case]:
    """The case now, in the branch, in the merge and before it; empty where it cannot be read."""
    found: list[Any] = [register.case(case_id)]
    for name in (commit.parents[1], commit.id, commit.parents[0]):
        try:
            found.append(proposals.read(register, name, case_id))
        except BadData:
            found.append({})
    return found[0], found[1], found[2], found[3]


def _of_branch(register: Register, commit: Commit, case_id: str, number: int) -> bool:
    """Whether it was the proposal's own branch that was merged, and no exchange of two clones.

    The message of the merge or a branch that is known says so. That proves nothing; it
    keeps an ordinary `git pull` by a manager from counting as an approval.
    """
    data = register.repository.objects([commit.id])[0]
    message = data.data.decode("utf-8", "replace").partition("\n\n")[2] if data else ""
    if trail.entry(commit.id, data.data if data else b"").trailers.get("Step") == "sync":
        return False
    name = proposals.branch_of(case_id, number)
    if any(word.strip("'\"(),:").endswith(name) for word in message.split()):
        return True
    tips = {one.commit for one in proposals.branches(register.repository) if one.case == case_id}
    return commit.parents[1] in tips


def decided(register: Register, merged: Merged, case: Case) -> Case:
    """The case with the decision that a merge made; Refused where it proves none."""
    from complaintctl.steps.solution import approve

    commit = merged.commit
    world = World.at(register.repository, commit.parents[0], register.index, register.language)
    person = _author(commit, world.rules, case)
    at = times.iso(max(commit.authored, last_signature(case)[0]), register.zone)
    made = Made(
        "approve",
        person,
        at,
        f"proposals[{merged.number - 1}].decision",
        lambda old, _context: cast("Case", old),
    )
    context = _as_now(register, case, world.context(case, made))
    _require_unsigned(register, case, merged, context)
    try:
        changed = approve(case, context, via=f"merge {commit.id}")
    except ComplaintctlError as refusal:
        raise _refused(case, refusal.message) from refusal
    decision = changed["proposals"][-1]["decision"]
    decision["claimed"] = True
    decision["recorded_by"] = register.actor["id"]
    return changed


def _author(commit: Commit, rules: Rules, case: Case) -> str:
    """Who merged, by the e-mail address of the author and the staff before the merge."""
    person = rules.author(commit.email)
    if person is None:
        raise _refused(case, _("whoever merged it is nobody on the staff (by the e-mail address)"))
    return person["id"]


def _as_now(register: Register, case: Case, context: Context) -> Context:
    """The same, with all that the customer was granted until it is recorded: so it is judged again, too."""
    since = times.epoch(context.at) - times.length(context.policy["authority"]["window"]).seconds
    spent = register.index.spent(case["customer"]["id"], since, case["id"])
    return context._replace(customer_cost=sum(spent, Decimal(0)))


def _require_unsigned(register: Register, case: Case, merged: Merged, context: Context) -> None:
    from complaintctl import signing

    total = signing.weight(case, merged.number, context.customer_cost)
    if signing.required(register.documents.settings, total):
        raise _refused(case, _("this register wants such a decision to be signed"))


def _refused(case: Case, why: str) -> Refused:
    return Refused(
        _("{case}: its merge is no approval: {why}").format(case=case["id"], why=why),
        hint=f"complaintctl approve {case['id']}",
    )

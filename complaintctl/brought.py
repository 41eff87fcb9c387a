"""Decisions that are brought to another line of history: refused where they do not hold there.

What is refused here would be a finding of `verify` for ever, or money that nobody
had the right to grant: both decisions of two branches may be right, and together too much.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from complaintctl import casefiles, retrace, together, upheld, walking
from complaintctl.errors import BadData, Refused, RegisterState
from complaintctl.i18n import _
from complaintctl.lifecycle import DECIDING
from complaintctl.world import World
from complaintctl.yamlfile import read_case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from decimal import Decimal

    from complaintctl.case import Case
    from complaintctl.inforce import Rules
    from complaintctl.register import Register
    from complaintctl.retrace import Made
    from complaintctl.walking import Change
    from complaintctl.workflow import Context

    Changes = Mapping[str, Change]


def require_upheld(
    register: Register, theirs: str, mine: Changes, yours: Changes, *, ours_first: bool
) -> None:
    """Refuse to bring a decision to a line whose staff and settings do not bear it (any more).

    `mine` and `yours`: what the register here and the commit `theirs` changed since
    their common base.  `ours_first`: theirs is brought here, else what is here is brought there.
    """
    repository = register.repository
    brought, there = (yours, mine) if ours_first else (mine, yours)
    tips = [walking.commit(repository, tip) for tip in (register.head, theirs)]
    world = World.at(repository, register.head, register.index, register.language)
    to, made_by = (world.rules_at(tip) for tip in (tips if ours_first else reversed(tips)))
    for path, change in brought.items():
        case_id = casefiles.own_id(path)
        if case_id is None or not change.new:
            continue
        others = {change.old, there[path].new if path in there else ""} - {""}
        try:
            case = world.read(path, change.new)
            known = [world.read(path, blob) for blob in others]
            found = next(upheld.faults(case, known, to, made_by), None)
            if found is not None:
                raise _refused(case_id, found[1], found[2], back=not ours_first)
            if ours_first and path not in there:
                _require_again(world, case_id, case, made_by)
        except (BadData, RegisterState):
            continue  # told by check and verify


def _require_again(world: World, case_id: str, case: Case, rules: Rules) -> None:
    """Refuse a decision that could not be made any more: of what was granted meanwhile, it is too much."""

    def context_of(state: Any, made: Made) -> Context:
        return world.context(state, made, _somebody(rules), rules)

    for fault in retrace.replay(world.case(case_id), case, context_of)[1]:
        if fault.verb in DECIDING and fault.rule == "illegal-step":
            raise _refused(case_id, fault.by, fault.message, back=False)


def require_together(
    register: Register,
    theirs: str,
    mine: Changes,
    yours: Changes,
    content: Callable[[str], bytes],
    *,
    ours_first: bool,
) -> None:
    """Refuse to join what together is more than may be granted, unless who joins it may grant that much.

    `content`: what a file will be once the two are joined.  The rest as for `require_upheld`.
    """
    world = World.at(register.repository, register.head, register.index, register.language)
    sides = partial(_sides, world, mine, yours, content)
    own, theirs_own = together.grants(sides(yours), sides(path for path in mine if path not in yours))
    if not (own and theirs_own):
        return
    rules = world.rules if ours_first else world.rules_at(walking.commit(register.repository, theirs))

    def spent(customer: str, since: int, until: int, excluding: str) -> Decimal:
        return world.others.spent(customer, since, excluding, until)

    try:
        fault = next(together.faults(own, theirs_own, spent, rules, register.actor), None)
    except (BadData, RegisterState):
        return  # told by check and verify
    if fault is not None:
        here = next(one for one in reversed(own) if one.customer == fault.grant.customer)
        refused = _refused(fault.grant.id, fault.grant.decision["by"], fault.message, back=False)
        refused.hint = _(
            "{who} takes back what was decided here: complaintctl undo {case};"
            " or whoever may grant so much says the same"
        ).format(who=here.decision["by"], case=here.id)
        raise refused


def _sides(
    world: World, mine: Changes, yours: Changes, content: Callable[[str], bytes], paths: Iterable[str]
) -> Iterator[together.Sides]:
    """Those of the files that are cases with a decision: what each was, is on both sides, and will be."""
    for path in paths:
        data = content(path) if casefiles.own_id(path) else b""
        if together.may_hold(data):
            one, two = mine.get(path), yours.get(path)
            base = one.old if one else two.old if two else ""
            blobs = [base, one.new if one else base, two.new if two else base]
            known = [_understood(world, path, blob) for blob in blobs]
            try:
                yield together.Sides(known[0], known[1], known[2], read_case(data, path))
            except BadData:
                continue  # told by check and verify


def _understood(world: World, path: str, blob: str) -> Case | None:
    """A case file as a case; None where there is none, or it cannot be read."""
    try:
        return world.read(path, blob) if blob else None
    except BadData:
        return None


def _somebody(rules: Rules) -> str:
    """Whose word counts for what nobody signed."""
    return next((one["id"] for one in rules.documents.staff if one["active"]), "")


def _refused(case_id: str, who: str, why: str, *, back: bool) -> Refused:
    """`back`: the decision is here and can be taken back; else it is in a branch, which can be dropped."""
    hint = _("{who} takes it back: complaintctl undo {case}; then sync, and somebody with the right decides")
    if not back:
        hint = _("complaintctl review {case} --drop; then propose it anew, for somebody with the right")
    return Refused(
        _("{case}: the decision of {who} does not hold there: {why}").format(
            case=case_id, who=who, why=why.rstrip(".") + "."
        ),
        hint=hint.format(who=who, case=case_id),
    )

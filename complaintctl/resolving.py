"""Whether the steps of two sides may stand side by side, and what is given up where they may not.

Two states of a case are united (`merging`), and every step that either side made
is made again on what both had, in order of time.  Where a step no longer
follows, somebody has to say which side keeps what it did; of the other side
everything stays that still follows, and what does not is named in a note: an
amendment with ``undone``, as for a step that was taken back.  So a merge is
judged like everything else, by making it again (`faults`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from complaintctl import retrace, times
from complaintctl.errors import ComplaintctlError
from complaintctl.i18n import _
from complaintctl.ladder import rank
from complaintctl.lifecycle import DECIDING
from complaintctl.merging import Contradiction, Said, said, still, told, unite
from complaintctl.partly import Signature, only, signature, signatures
from complaintctl.retrace import Fault, Made
from complaintctl.steps.correction import differences
from complaintctl.tuples import NamedTuple
from complaintctl.workflow import last_signature, state_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from complaintctl.authority import Staff
    from complaintctl.case import Case
    from complaintctl.policy import Policy
    from complaintctl.workflow import Context

    Command = tuple[str, str]  # instant and person
    ContextOf = Callable[[Case | None, Made], Context]

_SHOWN = 20  # places of a merge that are named
_TOLD = 4  # steps of a side that are named
_ASIDE = ("contact", "evidence", "improve", "link", "amend", "undo")  # these stand against nothing


class Both(NamedTuple):
    """A case as two sides have it, what they both come from, and the rules it was received under."""

    base: Case | None
    ours: Case
    theirs: Case
    pinned: Policy

    @property
    def turned(self) -> Both:
        """The same, seen from the other side."""
        return self._replace(ours=self.theirs, theirs=self.ours)


def merge(
    both: Both, context_of: ContextOf, known: Collection[Known] | None = None
) -> tuple[Case, list[Contradiction]]:
    """The case with the steps of both sides, and what contradicts what; then it is not to be used.

    What stands against a side by itself (`known`, else found here) is another matter.
    """
    merged, found = unite(*both)
    found = found or list(_withdrawn(both))
    if found:
        return merged, found
    return merged, list(
        _refused(both, merged, context_of, lambda: _known(both, context_of) if known is None else known)
    )


def _withdrawn(both: Both) -> Iterator[Contradiction]:
    """Decisions of one side that whoever made them had taken back on the other side, afterwards."""
    for side, other in ((both.ours, both.theirs), (both.theirs, both.ours)):
        verbs = {made: verb for made, verb in _verbs(both.base, other).items() if verb in DECIDING}
        known = both.base.get("amendments", ()) if both.base else ()
        for note in side.get("amendments", ()) if verbs else ():
            for (at, by), verb in verbs.items():
                if note in known or (note.get("undone"), note["by"]) != (verb, by):
                    continue
                if times.epoch(at) <= times.epoch(note["at"]):
                    message = _("{who} took this decision back").format(who=by)
                    made: Any = {"at": at, "by": by}
                    ours, theirs = (note, made) if side is both.ours else (made, note)
                    records = (said(ours), said(theirs))
                    yield Contradiction("proposals", told(ours), told(theirs), message, records)


Known = tuple[str, str, str]  # verb, by whom and why of a step that does not follow on its own side either


def _refused(
    both: Both, merged: Case, context_of: ContextOf, known: Callable[[], Collection[Known]]
) -> Iterator[Contradiction]:
    """The step that no longer follows once the other side's are there."""
    faults = _replayed(_ground(both), merged, context_of)
    before = known() if faults else ()
    for fault in faults:
        if (fault.verb, fault.by, fault.message) in before:
            continue
        ours, theirs = (_made(both.base, side, merged, fault.place) for side in (both.ours, both.theirs))
        message = fault.message
        if fault.verb:
            message = _("{verb} by {who} no longer follows: {why}").format(
                verb=fault.verb, who=fault.by, why=fault.message
            )
        yield Contradiction(fault.place, ours[0], theirs[0], message, (ours[1], theirs[1]))


def _ground(both: Both) -> Case | None:
    """What the steps of both are made on: what both come from, without what one has taken back since.

    What a side has that is earlier than the last step there (it came from a third
    clone, and was judged when it was joined) is part of the ground.
    """
    shared = _shared(both)
    if shared is None:
        return None
    return unite(shared, _begun(both, shared, both.ours), _begun(both, shared, both.theirs), both.pinned)[0]


def _shared(both: Both) -> Case | None:
    if both.base is None:
        return None
    shared = cast("Case", still(both.base, both.ours, both.theirs))
    if shared != both.base:
        shared["state"] = state_of(shared, both.pinned)
    return shared


def _begun(both: Both, shared: Case, side: Case) -> Case:
    """What is shared, with what a side has that is earlier than the last step that both had."""
    if both.base is None:
        return shared
    last, _by = last_signature(both.base)
    early = {one for one in signatures(side, both.base) if times.epoch(one.at) < last}
    return only(shared, side, early, both.pinned) if early else shared


def _known(both: Both, context_of: ContextOf) -> set[Known]:
    """What stands against a side by itself."""
    shared = _shared(both)
    found: set[Known] = set()
    for side in (both.ours, both.theirs):
        ground = None if shared is None else _begun(both, shared, side)
        found |= {(one.verb, one.by, one.message) for one in _replayed(ground, side, context_of)}
    return found


def _made(base: Case | None, side: Case, merged: Case, place: str) -> tuple[str, Sequence[Said]]:
    """What a side says of an entry that cannot stand, else what it did meanwhile, which stands against it."""
    entry = _at(merged, place)
    if isinstance(entry, dict) and signature(entry, place) in signatures(side):
        return told(entry), said(entry)
    steps = [one for one in retrace.steps(base, side) if one.verb not in _ASIDE][-_TOLD:]
    if not steps:
        return _("it is {state}").format(state=side["state"]), (Said((("state", side["state"]),)),)
    words = [_("{verb} by {who}, {at}").format(verb=one.verb, who=one.by or "–", at=one.at) for one in steps]
    return "; ".join(words), tuple(Said(verb=one.verb, by=one.by or "–", at=one.at) for one in steps)


def _replayed(base: Case | None, case: Case, context_of: ContextOf) -> list[Fault]:
    """What stands against the steps since `base`; notes about steps that were given up stand for none."""
    found = retrace.replay(base, case, context_of)[1]
    plain = _without_notes(base, case)
    if found and plain is not case and not retrace.replay(base, plain, context_of)[1]:
        return []
    return found


def _without_notes(base: Case | None, case: Case) -> Case:
    """The case without the new notes about steps that were taken back or given up."""
    known = len(base.get("amendments", ())) if base else 0
    noted = case.get("amendments", [])
    notes = [one for one in noted[known:] if "undone" in one]
    return _without(case, notes) if notes else case


def _at(case: Any, place: str) -> Any:
    """What stands at a place such as ``proposals[0].decision``; None for nothing."""
    for part in place.replace("[", ".").replace("]", "").split("."):
        try:
            case = case[int(part)] if isinstance(case, list) else case.get(part)
        except (LookupError, ValueError, AttributeError):
            return None
    return case


# -- what is given up


class Given(NamedTuple):
    """A command's record that is not kept: what it was, by whom, when."""

    verb: str
    by: str
    at: str


def keep(both: Both, context_of: ContextOf) -> tuple[Case, list[Given]]:
    """The case with all of our side and what of theirs still follows; and what of theirs does not.

    Their records are looked at in order of time, all that one command recorded together.
    """
    base, ours, theirs, pinned = both
    if _strangers(both):
        return ours, [Given("new", theirs["intake"]["by"], theirs["intake"]["registered_at"])]
    known = _known(both, context_of)
    kept: set[Signature] = set()
    given: list[Given] = []
    ways = [
        {"unsigned": unsigned, "restored": restored}
        for restored in (False, True)
        for unsigned in (True, False)
    ]
    for way in ways:  # what is no record of a command comes with it if it can
        merged, contradictions = merge(
            both._replace(theirs=only(base, theirs, kept, pinned, **way)), context_of, known
        )
        if not contradictions:
            break
    else:
        merged = ours
    if way["restored"]:
        given += _taking_back(base, theirs)
    verbs = _verbs(base, theirs)
    for command, records in _commands(signatures(theirs, base)):
        tried = only(base, theirs, {*kept, *records}, pinned, **way)
        found, contradictions = merge(both._replace(theirs=tried), context_of, known)
        if contradictions:
            given.append(Given(verbs.get(command, "amend"), command[1], command[0]))
        else:
            kept.update(records)
            merged = found
    return merged, given


def _taking_back(base: Case | None, side: Case) -> list[Given]:
    """The last note of a side that something of the base was taken back or given up."""
    known = base.get("amendments", []) if base else []
    notes = [one for one in side.get("amendments", []) if "undone" in one and one not in known]
    return [Given("undo", one["by"], one["at"]) for one in notes[-1:]]


def _commands(records: Iterable[Signature]) -> list[tuple[Command, list[Signature]]]:
    """Records by the command that made them, in order of time."""
    found: dict[Command, list[Signature]] = {}
    for one in records:
        found.setdefault(one.command, []).append(one)
    return sorted(found.items(), key=lambda each: (times.epoch(each[0][0]), each[0]))


def _verbs(base: Case | None, side: Case) -> dict[Command, str]:
    """The verb of each command since `base`; of several in one second, the one that came first."""
    return {(made.at, made.by): made.verb for made in reversed(retrace.steps(base, side))}


def _strangers(both: Both) -> bool:
    """Whether the two cases have nothing but their id in common."""
    return both.base is None and any(not one.place for one in unite(*both)[1])


def noted(case: Case, given: Sequence[Given], by: str, at: str, reason: str) -> Case:
    """The case with a note for everything that was given up."""
    if not given:
        return case
    notes: list[Any] = [
        {"fields": [one.verb], "undone": one.verb, "reason": reason, "by": by, "at": at} for one in given
    ]
    return cast("Case", {**case, "amendments": [*case.get("amendments", []), *notes]})


def may_give(one: Given, by: str, staff: Sequence[Staff], policy: Policy) -> bool:
    """Whether somebody may give up a record: their own, or that of somebody who stands no higher."""
    roles = {person["id"]: person["role"] for person in staff}
    return one.by == by or rank(policy, roles.get(by, "")) >= max(rank(policy, roles.get(one.by, "")), 0)


# -- a merge that was made


def faults(both: Both, merged: Case, context_of: ContextOf) -> list[Fault]:
    """What stands against a merge: it is made again, from the two sides and the notes that came with it."""
    known = [*both.ours.get("amendments", ()), *both.theirs.get("amendments", ())]
    notes = [one for one in merged.get("amendments", ()) if one not in known]
    plain = _without(merged, notes)
    found = list(_missing(both, plain, notes, context_of))
    if _strangers(both):
        if plain not in (both.ours, both.theirs):
            found.append(_edited("", _("is neither of the two cases that had its id")))
        return found
    united, contradictions = unite(*_restricted(both, plain))
    found += [_edited(one.place, one.message) for one in contradictions]
    if not contradictions and united != plain:
        words = _("is not what both sides recorded")
        found += [_edited(place, words) for place in differences(united, plain)[:_SHOWN]]
    if not found:
        stands = _restricted(both, plain)
        found += [_edited(one.place, one.message) for one in _withdrawn(stands)]
        against = _refused(stands, plain, context_of, lambda: _known(both, context_of))
        found += [_edited(one.place, one.message) for one in against]
    return found


def _edited(place: str, message: str) -> Fault:
    return Fault(place, message, rule="merge")


def _without(case: Case, notes: Sequence[Any]) -> Case:
    rest = [one for one in case.get("amendments", ()) if one not in notes]
    found = {key: value for key, value in {**case, "amendments": rest}.items() if value != []}
    return cast("Case", found)


def _restricted(both: Both, merged: Case, *more: Signature) -> Both:
    """Both sides with what of them is in a merge."""
    present = {*signatures(merged, both.base), *more}
    ours, theirs = (
        only(both.base, side, present, both.pinned, restored=_restored(both.base, side, merged))
        for side in (both.ours, both.theirs)
    )
    return both._replace(ours=ours, theirs=theirs)


def _restored(base: Case | None, side: Case, merged: Case) -> bool:
    """Whether a merge has what a side had taken back."""
    if base is None:
        return False
    left = signatures(still(base, side, side))
    gone = [one for one in signatures(base) if one not in left]
    return bool(gone) and any(one in signatures(merged) for one in gone)


def _missing(both: Both, merged: Case, notes: Sequence[Any], context_of: ContextOf) -> Iterator[Fault]:
    """What a side recorded and the merge has not, unless a note says so; and notes about nothing."""
    present = signatures(merged, both.base)
    waiting = list(notes)
    for side in (both.ours, both.theirs):
        for given in _given_up(both, side, merged, present):
            note = next((each for each in waiting if each.get("undone") == given.verb), None)
            if note is not None and _rightly(given, note, merged, context_of):
                waiting.remove(note)
            else:
                message = _("{verb} by {who} is missing").format(verb=given.verb, who=given.by)
                yield Fault("", message, given.verb, given.by, "merge")
    for note in waiting:
        yield Fault("amendments", _("stands in the merge alone"), "undo", note["by"], "merge")


def _given_up(both: Both, side: Case, merged: Case, present: Collection[Signature]) -> Iterator[Given]:
    """What a side recorded, or had taken back, and a merge has otherwise."""
    if _restored(both.base, side, merged):
        yield from _taking_back(both.base, side)
    verbs = _verbs(both.base, side)
    for command, records in _commands(signatures(side, both.base)):
        missing = [one for one in records if one not in present]
        if missing and not _said_twice(both, merged, missing):
            yield Given(verbs.get(command, "amend"), command[1], command[0])


def _rightly(given: Given, note: Any, merged: Case, context_of: ContextOf) -> bool:
    made = Made("undo", note["by"], note["at"], "amendments", lambda _case, _context: merged)
    try:
        context = context_of(merged, made)
    except (ComplaintctlError, LookupError):
        return False
    return may_give(given, note["by"], context.staff, context.policy)


def _said_twice(both: Both, merged: Case, records: Sequence[Signature]) -> bool:
    """Whether records that are not there say only what others say."""
    with_it, contradictions = unite(*_restricted(both, merged, *records))
    return not contradictions and with_it == unite(*_restricted(both, merged))[0]

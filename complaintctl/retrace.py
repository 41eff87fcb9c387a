"""A change judged by making it again: the steps that lead from one state of a case to the next.

`steps` reads them from the sections that were added; `replay` makes each on the
state before it, with the rules, staff and facts of its moment, and says where
the result is not what is there.  Messages and trailers of commits are no evidence.
"""

from __future__ import annotations

from functools import partial
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from complaintctl import times, unexplained
from complaintctl.errors import Already, ComplaintctlError
from complaintctl.i18n import _
from complaintctl.lifecycle import ANY_TIME, STEPS
from complaintctl.remade import beginning, corrected, turns
from complaintctl.sections import Made, added
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from complaintctl.case import Case
    from complaintctl.workflow import Context

    ContextOf = Callable[[Case | None, Made], Context]

__all__ = ["Fault", "Made", "adopted", "replay", "steps"]

# At one instant a step that may keep another from being made comes after it.
_LAST = ("improve", "link", "hold", "escalate", "undo")
_FIRST = ("new", "evidence", "contact", "amend", "resume")
_ORDER = {
    verb: number
    for number, verb in enumerate(
        (*_FIRST, *(verb for verb in STEPS if verb not in {*_FIRST, *_LAST}), *_LAST)
    )
}
_BEGINNING = frozenset(
    {"id", "state", "kind", "policy", "intake", "customer", "about", "complaint", "demand", "currency"}
)
_TRIES = 400  # steps of one instant that are made in another order before it is given up
_MANY = 12  # steps of one instant that are not tried in other orders at all when there are more
_SHOWN = 20  # places that are named when a case is not what its steps lead to
_BROKEN = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, AssertionError)


class Fault(NamedTuple):
    """What stands against a change."""

    place: str  # part of the case ('' for the whole)
    message: str  # in words, without customers' data
    verb: str = ""
    by: str = ""
    rule: str = "illegal-step"  # or edited, deleted, digest


def steps(old: Case | None, new: Case, earlier: Case | None = None) -> list[Made]:
    """What was done between two states, in order of time (at one instant: the order of a case's life).

    `old`: None for a case that appears.  `earlier`: the case before `old`, to
    which taking back the last step leads.
    """
    return next(ways(old, new, earlier))


def ways(old: Case | None, new: Case, earlier: Case | None = None) -> Iterator[list[Made]]:
    """The ways in which the sections can be read, the likeliest first.

    There are two where a note says that a step was taken back: that may have been
    the last step before `old`, or one that was made afterwards.
    """
    if old is None:
        intake = new["intake"]
        make = partial(beginning.new, new)
        yield _in_order({}, new, Made("new", intake["by"], intake["registered_at"], "intake", make))
        return
    number = len(old.get("amendments", ()))
    entry: Any = None if earlier is None else next(iter(new.get("amendments", [])[number:]), None)
    if earlier is None or entry is None or "undone" not in entry:
        yield _in_order(old, new)
        return
    restored: Any = {**earlier, "amendments": new["amendments"][: number + 1]}
    taken = [made.verb for made in steps(earlier, old)]
    back = partial(corrected.taken_back, entry, taken, old, earlier)
    taken_back = Made("undo", entry["by"], entry["at"], f"amendments[{number}]", back)
    before = partial(_in_order, restored, new, taken_back)
    after = partial(_in_order, old, new)
    first, second = (after, before) if _stands(old, new) and restored != new else (before, after)
    yield first()
    yield second()


def _in_order(old: Any, new: Any, first: Made | None = None) -> list[Made]:
    """What was added, in order of time; after the `first` step, if there is one."""
    found = added(old, new)
    if len(found) > 1:
        found.sort(key=lambda made: (times.epoch(made.at), _ORDER[made.verb]))
    return found if first is None else [first, *found]


def adopted(new: Case) -> bool:
    """Whether a case that appears came in with more than its first step."""
    return new["state"] != "received" or not new.keys() <= _BEGINNING


def _stands(old: Any, new: Any) -> bool:
    """Whether all that the lists had is there still, perhaps with more."""
    return all(
        _grown([_plain(one) for one in was], [_plain(one) for one in new.get(section, ())])
        for section, was in old.items()
        if isinstance(was, list)
    )


def _plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry without what an amendment may change."""
    return {key: value for key, value in entry.items() if key not in {"note", "name"}}


def _grown(was: Any, now: Any) -> bool:
    """Whether an entry of a list, or a part of one, has all that it had."""
    if isinstance(was, dict):
        return isinstance(now, dict) and all(key in now and _grown(was[key], now[key]) for key in was)
    if isinstance(was, list):
        return isinstance(now, list) and len(now) >= len(was) and all(map(_grown, was, now))
    return bool(was == now)


# -- judging them


def replay(
    old: Case | None, new: Case, context_of: ContextOf, earlier: Case | None = None
) -> tuple[list[Made], list[Fault]]:
    """Make every step between two states again: the steps, and what stands against them.

    `context_of` gives what a step is judged by, from the case as it is then; it
    may raise for a person or rules that are unknown, which is a fault of the step.
    After a step that is refused no later one is judged.  How a decision was made
    (`solving.PROOFS`) is taken as it is recorded.
    """
    told: tuple[list[Made], list[Fault]] | None = None
    try:
        for way in ways(old, new, earlier):
            made, faults = _judged(old, new, way, context_of)
            if not faults:
                return made, []
            told = told or (made, faults)
    except _BROKEN:
        return [], [Fault("", _("this is no case that could be read"))]
    return told or ([], [])


def _judged(
    old: Case | None, new: Case, made: list[Made], context_of: ContextOf
) -> tuple[list[Made], list[Fault]]:
    """One way to read the sections: its steps, and what stands against them."""
    final, faults = _again(old, made, context_of)
    for guess in _lost_classifications(old, new, made) if faults else ():
        other, more = _again(old, guess, context_of)
        if not more and other == new:
            return guess, []
        made, faults = guess, more or faults
    if faults:
        return made, [*faults, *_named(unexplained.lost(old or {}, new))]
    if final == new:
        return made, []
    found = _named(unexplained.lost(old or {}, new)) or _named(unexplained.differences(final, new))
    return made, found


def _named(found: Iterable[unexplained.Unexplained]) -> list[Fault]:
    return [Fault(one.place, one.message, rule=one.rule) for one in islice(found, _SHOWN)]


def _lost_classifications(old: Any, new: Any, made: Sequence[Made]) -> Iterator[list[Made]]:
    """The steps with a first classification before them, where there was one that a later one replaced.

    What it said is lost.  It is taken for what the later one says, then for as little as there can be.
    """
    last = new.get("classification")
    if (old or {}).get("classification") or all(one.place != "classification" for one in made):
        return
    place = next((n for n, one in enumerate(made) if one.verb not in {"new", *ANY_TIME}), len(made))
    if place == len(made) or made[place].place == "classification":
        return
    for said in (last, {key: last[key] for key in ("category", "severity")}):
        lost = Made("classify", "", made[place].at, "classification", partial(beginning.supposed, said))
        yield [*made[:place], lost, *made[place:]]


# -- making them again


def _again(case: Case | None, made: Sequence[Made], context_of: ContextOf) -> tuple[Case | None, list[Fault]]:
    if len(made) == 1:
        return _one(case, made[0], context_of)
    for _at, same in groupby(made, key=lambda one: times.epoch(one.at)):
        group = list(same)
        if len(group) == 1:
            case, faults = _one(case, group[0], context_of)
        else:
            case, faults = _Instant(context_of).make(case, group)
        if faults:
            return case, faults
    return case, []


def _one(case: Case | None, made: Made, context_of: ContextOf) -> tuple[Case | None, list[Fault]]:
    try:
        return made.make(case, context_of(case, made)), []
    except (ComplaintctlError, *_BROKEN) as error:
        return case, [_fault(made, error)]


def _fault(made: Made, error: Exception) -> Fault:
    rule = "illegal-step"
    if isinstance(error, Already):
        message = _("this says once more what was recorded already")
    elif isinstance(error, turns.Otherwise):
        message = error.message
        rule = "digest" if "digest" in error.keys else rule
    elif isinstance(error, ComplaintctlError):
        message = error.message
    else:
        message = _("this step cannot be made again: what it needs is not there")
    return Fault(made.place, message, made.verb, made.by, rule)


class _Instant:
    """Steps of one second: made in some order in which each is legal, if there is one."""

    def __init__(self, context_of: ContextOf) -> None:
        self.context_of = context_of
        self.tries = _TRIES

    def make(self, case: Case | None, group: Sequence[Made]) -> tuple[Case | None, list[Fault]]:
        """Each in its turn, and those that are refused again after the others; then in any other order."""
        after, waiting, faults = case, list(group), list[Fault]()
        while waiting:
            refused: list[Made] = []
            faults = []
            for made in waiting:
                after, stands = _one(after, made, self.context_of)
                faults += stands
                refused += [made] if stands else []
            if len(refused) == len(waiting):
                break
            waiting = refused
        else:
            return after, []
        found = self._any_order(case, group) if len(group) <= _MANY else None
        return (found, []) if found is not None else (after, faults[:1])

    def _any_order(self, case: Case | None, waiting: Sequence[Made]) -> Case | None:
        """The case with all of the steps made; None where some are refused in every order that was tried."""
        if not waiting:
            return case
        for number, made in enumerate(waiting):
            if self.tries <= 0:
                return None
            self.tries -= 1
            after, faults = _one(case, made, self.context_of)
            if not faults:
                found = self._any_order(after, [*waiting[:number], *waiting[number + 1 :]])
                if found is not None:
                    return found
        return None

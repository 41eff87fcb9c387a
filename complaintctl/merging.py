"""Two states of one case made into one: what two people filled in is united, by meaning.

Nothing here judges whether the steps of both may stand side by side; that is
for `resolving`.  What cannot be united at all, because both sides say
something else in the same place, is a `Contradiction`.  Which side is called
ours and which theirs changes nothing about the case that comes out.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from complaintctl import times
from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple
from complaintctl.workflow import state_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from complaintctl.case import Case
    from complaintctl.policy import Policy

# What comes to an entry after it was made: with it or without it, it is the same entry.
_LATER = frozenset({
    "decision", "answer", "problems", "done", "acknowledged", "resumed_by", "resumed_at", "done_by",
    "done_at", "repeated", "reopened", "collected_by",
})  # fmt: skip
# What is one thing and is never made up of two people's words.
_WHOLE = frozenset(
    {"classification", "decision", "answer", "done", "acknowledged", "reopened", "resumed", "ended"}
)
# Said by two people, it is said once: the earlier word stands.
_ONCE = frozenset({"classification", "answer", "acknowledged", "resumed", "ended"})
_PAIRS = {"resumed": ("resumed_by", "resumed_at"), "ended": ("done_by", "done_at")}
# In most lists the same by the same person is said once, but not in these; and in two what has the same keys.
_REPEATABLE = frozenset({"contacts", "amendments", "proposals", "closures", "problems", "repeated"})
_KEYS = {"evidence": ("file",), "links": ("case", "kind")}
_ABSENT: Any = None


class Said(NamedTuple):
    """What a side recorded, as it stands in the case, for whoever puts it into the words of the policy."""

    facts: tuple[tuple[str, str], ...] = ()  # field, and an id or a mark
    remedies: tuple[tuple[str, str], ...] = ()  # kind, and an amount or nothing
    verb: str = ""
    by: str = ""
    at: str = ""


class Contradiction(NamedTuple):
    """What two sides say differently, or what can no longer follow; none of it names a customer's data."""

    place: str  # in the case: ``proposals[0].decision``; empty for the whole
    ours: str  # what this side says
    theirs: str  # what the other side says
    message: str
    records: tuple[Sequence[Said], Sequence[Said]] = ((), ())  # of this side and of the other


def unite(base: Case | None, ours: Case, theirs: Case, pinned: Policy) -> tuple[Case, list[Contradiction]]:
    """The case with what both sides added since `base`, in order of time, and what contradicts itself.

    `base`: the newest state that both come from; None where each side has the
    case anew.  `pinned`: the rules that the case was received under.  With
    contradictions the case is not to be used.
    """
    if base is None:
        base = _beginning(ours, theirs)
        if base is None:
            message = _("the same id stands for two different complaints")
            records = (said(ours["intake"]), said(theirs["intake"]))
            return ours, [Contradiction("", _taken(ours), _taken(theirs), message, records)]
    union = _Union()
    merged: Any = _unfolded(union.fields(_folded(base), _folded(ours), _folded(theirs), ""))
    if not union.found:
        merged["state"] = state_of(merged, pinned)
    else:
        merged["state"] = ours["state"]
    return cast("Case", merged), union.found


def _folded(case: Case) -> dict[str, Any]:
    """The case without its state, and with its kind as a part of the classification, which says it."""
    found: dict[str, Any] = dict(case)
    found.pop("state", None)
    if "kind" in found:
        found["classification"] = {"kind": found.pop("kind"), **found.get("classification", {})}
    return found


def _unfolded(found: dict[str, Any]) -> dict[str, Any]:
    classification = dict(found.pop("classification"))
    found["kind"] = classification.pop("kind")
    if classification:
        found["classification"] = classification
    return found


def _beginning(ours: Case, theirs: Case) -> Case | None:
    """What both cases began with, where they are one complaint that came in twice."""
    fixed = ("id", "policy", "intake", "currency")
    one, other = cast("Any", ours), cast("Any", theirs)
    if any(one[key] != other[key] for key in fixed) or one["customer"]["id"] != other["customer"]["id"]:
        return None
    begun = {
        key: value for key, value in one.items() if not isinstance(value, list) and other.get(key) == value
    }
    return cast("Case", {"customer": {"id": one["customer"]["id"]}, "about": {}, "demand": {}, **begun})


def _taken(case: Case) -> str:
    return _("taken by {who}, {at}").format(who=case["intake"]["by"], at=case["intake"]["registered_at"])


class _Union:
    """One merge; what it finds contradictory is in `found`."""

    def __init__(self) -> None:
        self.found: list[Contradiction] = []

    def join(self, base: Any, ours: Any, theirs: Any, place: str) -> Any:
        """One value of three; absent is None."""
        if theirs in (ours, base):
            return ours
        return theirs if ours == base else self.both(base, ours, theirs, place)

    def both(self, base: Any, ours: Any, theirs: Any, place: str) -> Any:
        """One value where both sides changed it."""
        key = place.rpartition(".")[2]
        if isinstance(ours, dict) and isinstance(theirs, dict):
            if key in _WHOLE:
                return self.whole(key, ours, theirs, place)
            return self.fields(base if isinstance(base, dict) else {}, ours, theirs, place)
        if _parts(base, ours, theirs):
            sides = enumerate(zip(base, ours, theirs, strict=True))
            return [self.join(*three, f"{place}[{number}]") for number, three in sides]
        if _entries(ours) and _entries(theirs):
            return self.entries(base or [], ours or [], theirs or [], place)
        return self.contradict(ours, theirs, place)

    def fields(self, base: Any, ours: Any, theirs: Any, place: str) -> dict[str, Any]:
        """A mapping, field by field; who resumed and when is one field."""
        base, ours, theirs = (_paired(side) for side in (base, ours, theirs))
        found = {}
        for key in {**ours, **theirs}:
            inner = f"{place}.{key}" if place else key
            value = self.join(base.get(key), ours.get(key), theirs.get(key), inner)
            if value is not _ABSENT:
                found[key] = value
        for key, (by, at) in _PAIRS.items():
            if key in found:
                signed = found.pop(key)
                found |= {by: signed["by"], at: signed["at"]}
        return found

    def whole(self, key: str, ours: Any, theirs: Any, place: str) -> Any:
        """One of two: the earlier where they mean the same."""
        if "at" not in ours or "at" not in theirs:
            return self.contradict(ours, theirs, place)
        first, second = _in_order(ours, theirs)
        if key in _ONCE and _meaning(ours) == _meaning(theirs):
            return first
        if key == "decision" and _proved(ours) == _proved(theirs):
            return first if first.get("recorded_by", "") <= second.get("recorded_by", "") else second
        return self.contradict(ours, theirs, place)

    def entries(self, base: Sequence[Any], ours: Sequence[Any], theirs: Sequence[Any], place: str) -> Any:
        """A list that grows: what was there and still is, each entry joined, then what both added.

        What a side has taken back is gone, unless the other side went on with it.
        """
        section = place.rpartition(".")[2]
        sides = [align(section, base, side) for side in (ours, theirs)]
        found: list[Any] = []
        for number, was in enumerate(base):
            mine, yours = sides[0][number][1], sides[1][number][1]
            here = f"{place}[{number}]"
            if mine is not None and yours is not None:
                found.append(self.join(was, mine, yours, here))
            elif (mine or was) != was or (yours or was) != was:
                self.contradict(mine, yours, here)
        mine, yours = ([entry for was, entry in side if was is None] for side in sides)
        found += self.added(mine, yours, place, len(found))
        return sorted(
            found, key=lambda entry: times.epoch(entry["at"])
        )  # stable: what was there first stays so

    def added(self, ours: Sequence[Any], theirs: Sequence[Any], place: str, known: int) -> Iterator[Any]:
        """What both sides added to a list, in order of time; the same stands once, where it is earlier."""
        one: list[Any] = list(ours)
        other: list[Any] = list(theirs)
        for number, partner in _partners(place.rpartition(".")[2], ours, theirs).items():
            mine, yours = ours[number], theirs[partner]
            first, _second = _in_order(mine, yours)
            if mine != yours and _core(mine) == _core(yours):
                joined = self.fields(_core(mine), mine, yours, f"{place}[{known + number}]")
            else:
                joined = first
            one[number], other[partner] = (joined, None) if first is mine else (None, joined)
        yield from _by_time([x for x in one if x is not None], [x for x in other if x is not None])

    def contradict(self, ours: Any, theirs: Any, place: str) -> Any:
        """Note that both sides say something else; which value is kept is of no account."""
        self.found.append(
            Contradiction(place, told(ours), told(theirs), _words(place), (said(ours), said(theirs)))
        )
        return ours


def _words(place: str) -> str:
    messages = {
        "classification": _("it was classified in two ways"),
        "decision": _("the proposal was decided on twice"),
        "answer": _("the customer's answer was recorded in two ways"),
        "done": _("the same was carried out on both sides"),
        "reopened": _("it was reopened on both sides"),
    }
    return messages.get(place.rpartition(".")[2], _("both sides changed it, in two ways"))


_SAID = (
    "kind",
    "category",
    "severity",
    "outcome",
    "role",
    "department",
    "handler",
    "verdict",
    "satisfaction",
)


def told(value: Any) -> str:
    """What a side says, in a few words: ids, outcomes, amounts and who; nothing that a person wrote."""
    if not isinstance(value, dict):
        return _("nothing") if value is None else _("another text")
    said = [str(value[key]) for key in _SAID if key in value]
    said += ["=".join(filter(None, (one["kind"], one.get("amount")))) for one in value.get("remedies", ())]
    if "by" in value and "at" in value:
        said.append(_("by {who}, {at}").format(who=value["by"], at=value["at"]))
    return " ".join(said) or _("something else")


def said(value: Any) -> tuple[Said, ...]:
    """What `told` says, still apart; empty for what is no record."""
    if not isinstance(value, dict):
        return ()
    facts = tuple((key, str(value[key])) for key in _SAID if key in value)
    remedies = tuple((one["kind"], one.get("amount") or "") for one in value.get("remedies", ()))
    by, at = value.get("by") or "", value.get("at") or value.get("registered_at") or ""
    found = Said(facts, remedies, by=by if at else "", at=at if by else "")
    return (found,) if any(found) else ()


# -- the parts of it


def align(
    section: str, base: Sequence[Any], side: Sequence[Any], *, loosely: bool = True
) -> list[tuple[Any, Any]]:
    """The entries of a list as they were and as they are: all that were, then those that came since.

    None stands for what was not there before, and for what is not there any more.
    `loosely`: what the same person said once more, at another time, is the same.
    """
    if side[: len(base)] == base:
        return [*zip(base, side, strict=False), *((None, entry) for entry in side[len(base) :])]
    left = list(side)
    found: list[tuple[Any, Any]] = [(was, _taken_from(left, was, section, _anchor)) for was in base]
    if loosely and section not in _REPEATABLE:
        found = [
            (was, entry if entry is not None else _taken_from(left, was, section, _identity))
            for was, entry in found
        ]
    return [*found, *((None, entry) for entry in left)]


def _taken_from(left: list[Any], was: Any, section: str, told_by: Callable[[str, Any], Any]) -> Any:
    """The first entry that is the same by some measure, taken out of the list; None where none is."""
    wanted = told_by(section, was)
    place = next((number for number, entry in enumerate(left) if told_by(section, entry) == wanted), None)
    return None if place is None else left.pop(place)


def still(base: Any, ours: Any, theirs: Any, place: str = "") -> Any:
    """What was, without what one of the sides has taken back."""
    if isinstance(base, dict) and isinstance(ours, dict) and isinstance(theirs, dict):
        kept = (key for key in base if key in ours and key in theirs)
        return {key: still(base[key], ours[key], theirs[key], key) for key in kept}
    if all(_entries(one) and one for one in (base, ours, theirs)):
        sides = [align(place, base, side, loosely=False) for side in (ours, theirs)]
        three = [(was, sides[0][n][1], sides[1][n][1]) for n, was in enumerate(base)]
        return [still(*each) for each in three if None not in each]
    return base


def _anchor(section: str, entry: Any) -> Any:
    """What of an entry never changes: all but what comes later, and notes that an amendment may change."""
    core = _core(entry)
    if section in {"contacts", "evidence"}:
        return {key: value for key, value in core.items() if key not in {"note", "name"}}
    return core


def _entries(value: Any) -> bool:
    """Whether it is a list of signed entries (or none yet), so that two may be put into one."""
    return value is None or (
        isinstance(value, list) and all(isinstance(one, dict) and "at" in one for one in value)
    )


def _parts(*lists: Any) -> bool:
    """Whether these are lists of the same parts, as a proposal has them: none is ever added, none goes."""
    return all(
        isinstance(one, list) and len(one) == len(lists[0]) and not _entries(one or None) for one in lists
    )


def _paired(data: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping with the two fields of a pair as one."""
    found = dict(data)
    for key, (by, at) in _PAIRS.items():
        if by in found and at in found:
            found[key] = {"by": found.pop(by), "at": found.pop(at)}
    return found


def _core(value: Any) -> Any:
    """An entry as it was when it was made."""
    if isinstance(value, dict):
        return {key: _core(inner) for key, inner in value.items() if key not in _LATER}
    return [_core(inner) for inner in value] if isinstance(value, list) else value


def _meaning(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry says, whoever said it and whenever."""
    return {key: value for key, value in entry.items() if key not in {"by", "at"}}


def _proved(decision: Mapping[str, Any]) -> dict[str, Any]:
    """A decision apart from who wrote it down."""
    return {key: value for key, value in decision.items() if key != "recorded_by"}


def _text(entry: Any) -> str:
    return json.dumps(entry, sort_keys=True, ensure_ascii=False)


def _in_order(one: Any, other: Any) -> tuple[Any, Any]:
    """The earlier of two signed entries first; of one second, always the same."""
    first, second = sorted((one, other), key=lambda entry: (times.epoch(entry["at"]), _text(entry)))
    return first, second


def _identity(section: str, entry: Mapping[str, Any]) -> str:
    """What makes two entries of a list one: the content, and in most lists whoever said it; not when."""
    if section in _KEYS:
        return _text([entry[key] for key in _KEYS[section]])
    core = _core(entry)
    if section not in _REPEATABLE:
        core.pop("at")
    return _text(core)


def _partners(section: str, ours: Sequence[Any], theirs: Sequence[Any]) -> dict[int, int]:
    """Which new entries of the two sides are one, by their numbers, each once."""
    waiting: dict[str, list[int]] = {}
    for number, entry in enumerate(theirs):
        waiting.setdefault(_identity(section, entry), []).append(number)
    found = {}
    for number, entry in enumerate(ours):
        same = waiting.get(_identity(section, entry))
        if same:
            found[number] = same.pop(0)
    return found


def _by_time(one: Sequence[Any], other: Sequence[Any]) -> Iterator[Any]:
    """The entries of two lists in order of time; the order of each is kept."""
    left, right = list(reversed(one)), list(reversed(other))
    while left and right:
        yield (left if _in_order(left[-1], right[-1])[0] is left[-1] else right).pop()
    yield from reversed(left or right)

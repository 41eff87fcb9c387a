"""Parts of a case by who recorded them and when: which there are, and the case without some of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from complaintctl import times
from complaintctl.merging import align
from complaintctl.tuples import NamedTuple
from complaintctl.workflow import state_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from complaintctl.case import Case
    from complaintctl.policy import Policy

_LISTS = ("contacts", "evidence")  # of whose entries an amendment may change the notes
_PAIRS = {"resumed_at": "resumed_by", "done_at": "done_by"}
_NUMBER = re.compile(r"\[\d+\]|\.\d+(?=\.|$)")


class Signature(NamedTuple):
    """Something that was signed; what one command records has one instant and one person."""

    at: str
    by: str
    where: str  # in which section: ``proposals.decision``

    @property
    def command(self) -> tuple[str, str]:
        """Instant and person."""
        return self.at, self.by


def where(place: str) -> str:
    """A place such as ``proposals[0].decision`` or ``proposals.1.decision`` without its numbers."""
    return _NUMBER.sub("", place)


def signature(entry: Any, place: str) -> Signature:
    """Who signed what stands at a place."""
    return Signature(entry.get("at", ""), entry.get("by", ""), where(place))


def signatures(case: Any, base: Any = None) -> dict[Signature, None]:
    """Everything that was signed in a case and that `base` does not have."""
    found: dict[Signature, None] = {}
    _collect(case, base, found, "")
    return found


def _collect(value: Any, base: Any, found: dict[Signature, None], place: str) -> None:
    if value == base:
        return
    if isinstance(value, dict):
        was = base if isinstance(base, dict) else {}
        if "at" in value and "by" in value and signature(value, place) != signature(was, place):
            found[signature(value, place)] = None
        for at, by in (*_PAIRS.items(), ("registered_at", "by")):
            if at in value and was.get(at) != value[at]:
                found[Signature(value[at], value[by], f"{place}.{at}")] = None
        for key, inner in value.items():
            _collect(inner, was.get(key), found, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for was, now in _aligned(place, base, value):
            _collect(now, was, found, place)


def _aligned(place: str, base: Any, side: Any) -> list[tuple[Any, Any]]:
    """The parts of a list as they were and as they are; parts that nobody signed keep their place."""
    were = base if isinstance(base, list) else []
    if all(isinstance(one, dict) and "at" in one for one in (*were, *side)):
        return align(place.rpartition(".")[2], were, side)
    return [(were[number] if number < len(were) else None, one) for number, one in enumerate(side)]


def only(
    base: Case | None,
    side: Case,
    kept: Collection[Signature],
    pinned: Policy,
    *,
    unsigned: bool = True,
    restored: bool = False,
) -> Case:
    """A side's case with no more than these records since `base`.

    `unsigned`: with what nobody signed; `restored`: with what it has taken back.
    """
    before: Any = base or {}
    amended = {
        field: signature(entry, "amendments") in kept
        for was, entry in _aligned("amendments", before.get("amendments"), side.get("amendments", []))
        if was is None
        for field in entry["fields"]
    }
    filtered = _Filter(kept, amended, unsigned=unsigned, restored=restored).fields(before, side, "")
    classified = signature(side.get("classification", {}), "classification")
    if base is not None and classified not in kept:
        filtered["kind"] = base["kind"]
    filtered["state"] = state_of(cast("Case", filtered), pinned)
    return cast("Case", filtered)


class _Filter:
    """What remains of a case when some records are taken out of it."""

    def __init__(
        self, kept: Collection[Signature], amended: dict[str, bool], *, unsigned: bool, restored: bool
    ) -> None:
        self.kept = kept
        self.restored = restored  # whether what was and is not any more is there again
        self.amended = amended  # fields that amendments name, and whether the last that does is kept
        self.unsigned = unsigned

    def fields(self, base: Any, side: Any, place: str) -> dict[str, Any]:
        """A mapping without what is not kept."""
        found = {}
        for key in {**base, **side}:
            was, now = base.get(key), side.get(key)
            inner = f"{place}.{key}" if place else key
            if isinstance(was, list | dict) and now is None:
                now = was if self.restored else None
            elif was != now:
                now = self._changed(was, now, inner, side)
            if now is not None and now != []:
                found[key] = now
        return found

    def _changed(self, was: Any, now: Any, place: str, side: Any) -> Any:
        if isinstance(now, dict):
            if "at" in now and not self._stays(was, now, place):
                return was
            return self.fields(was if isinstance(was, dict) and place != "classification" else {}, now, place)
        if isinstance(now, list):
            return self._entries(was, now, place)
        return now if self._says(was, place, side) else was

    def _entries(self, was: Any, now: Any, place: str) -> list[Any]:
        pairs = _aligned(where(place), was, now)
        before = {id(entry): old for old, entry in pairs}
        found = [
            entry
            if entry == before[id(entry)]
            else self._changed(before[id(entry)], entry, f"{place}.{number}", {})
            for number, entry in enumerate(now, 1)
        ]
        found = [entry for entry in found if entry is not None]
        back = [old for old, entry in pairs if entry is None]  # taken back on this side
        if back and self.restored:
            found = sorted([*back, *found], key=lambda entry: times.epoch(entry["at"]))
        return found

    def _stays(self, was: Any, now: Any, place: str) -> bool:
        signed = signature(now, place)
        return signed in self.kept or (was is not None and signature(was, place) == signed)

    def _says(self, was: Any, place: str, side: Any) -> bool:
        """Whether a value that stands where another stood is kept."""
        section, _dot, key = place.rpartition(".")
        for at, by in _PAIRS.items():
            if key in {at, by} and at in side:
                return Signature(side[at], side[by], where(f"{section}.{at}")) in self.kept
        if key == "collected_by":
            return self.unsigned
        if section.partition(".")[0] in _LISTS:
            return was is None or self.amended.get(place, True)
        return self.amended.get(place, True)

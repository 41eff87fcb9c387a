"""What no step explains: where a case is not what was recorded before, or not what its steps lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Unexplained(NamedTuple):
    """A part of a case that is other than it should be."""

    place: str  # ``contacts[0].note``
    message: str
    rule: str = "edited"  # or deleted


_FREE = frozenset({"state", "kind", "classification", "about", "demand", "complaint"})
_FIXED = {"customer": ("id",), "intake": ("by", "registered_at")}
_NOTES = {"contacts": ("note",), "evidence": ("note", "name")}  # what an amendment may change in a list


def lost(old: Any, new: Any) -> Iterator[Unexplained]:
    for section, was in old.items():
        now = new.get(section)
        if was == now or (section in _FREE and now is not None):
            continue
        if now is None:
            yield _gone(section)
        elif section in _FIXED:
            for key in _FIXED[section]:
                if was.get(key) != now.get(key):
                    yield _edited(f"{section}.{key}")
        elif isinstance(was, list) and isinstance(now, list):
            free = _NOTES.get(section, ())
            for number, entry in enumerate(was):
                place = f"{section}[{number}]"
                if number >= len(now):
                    yield _gone(place)
                else:
                    yield from _lost_parts(entry, now[number], place, free)
        else:
            yield _edited(section)


def _lost_parts(was: Any, now: Any, place: str, free: Sequence[str]) -> Iterator[Unexplained]:
    """The same for a part of an entry: it may have got more, and lost and changed nothing."""
    if isinstance(was, dict) and isinstance(now, dict):
        for key, value in was.items():
            if key in free:
                continue
            if key not in now:
                yield _gone(f"{place}.{key}")
            elif value != now[key]:
                yield from _lost_parts(value, now[key], f"{place}.{key}", ())
    elif isinstance(was, list) and isinstance(now, list):
        for number, value in enumerate(was):
            if number >= len(now):
                yield _gone(f"{place}[{number}]")
            else:
                yield from _lost_parts(value, now[number], f"{place}[{number}]", ())
    elif was != now:
        yield _edited(place)


def _gone(place: str) -> Unexplained:
    return Unexplained(place, _("was recorded and is gone"), "deleted")


def _edited(place: str) -> Unexplained:
    return Unexplained(place, _("was changed without a step"))


def differences(made: Any, found: Any, place: str = "") -> Iterator[Unexplained]:
    """Where a case is not what its steps lead to."""
    if isinstance(made, dict) and isinstance(found, dict):
        for key in {**made, **found}:
            if made.get(key) != found.get(key):
                yield from differences(made.get(key), found.get(key), f"{place}.{key}" if place else key)
    elif isinstance(made, list) and isinstance(found, list):
        for number in range(max(len(made), len(found))):
            one, other = (side[number] if number < len(side) else None for side in (made, found))
            if one != other:
                yield from differences(one, other, f"{place}[{number}]")
    elif found is None:
        yield _gone(place)
    elif made is None:
        yield Unexplained(place, _("stands here without a step"))
    elif place == "state":
        message = _("the state is {found}; the steps lead to {made}").format(found=found, made=made)
        yield Unexplained(place, message)
    else:
        yield _edited(place)

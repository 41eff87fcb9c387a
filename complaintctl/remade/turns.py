"""What every step that is made again is held against: its turn, and what is recorded of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl.errors import Refused
from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from complaintctl.case import Case

    Entry = Mapping[str, Any]

_SIGNED = frozenset({"by", "at", "round"})
_LATER = {
    "closures": frozenset({"reopened"}),
    "holds": frozenset({"resumed_by", "resumed_at"}),
    "improvements": frozenset({"done_by", "done_at", "repeated"}),
}


class Otherwise(Refused):
    """The step would have recorded something else; `keys` says in which parts of the entry."""

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__(_("this is not what the step records: {parts}").format(parts=", ".join(keys) or "–"))
        self.keys = keys


def turn(case: Any, section: str, number: int) -> None:
    """Refuse a step before whose entry others of its list are missing."""
    counted(len(case.get(section, ())), number)


def counted(found: int, wanted: int) -> None:
    if found != wanted:
        raise too_early()


def too_early() -> Refused:
    return Refused(_("it is not the turn of this step: what stands before it is not there"))


def same(made: Entry, recorded: Entry) -> None:
    """Refuse where an entry is not what the step records."""
    if made != recorded:
        keys = [key for key in {**made, **recorded} if made.get(key) != recorded.get(key)]
        raise Otherwise(keys)


def plain(entry: Entry, section: str) -> Entry:
    """An entry as it was when it was made."""
    later = _LATER.get(section)
    if later is None or later.isdisjoint(entry):
        return entry
    return {key: value for key, value in entry.items() if key not in later}


def given(entry: Entry, *without: str) -> dict[str, Any]:
    """What was given to a step, by the names of its entry."""
    return {key: value for key, value in entry.items() if key not in _SIGNED and key not in without}


def checked(case: Any, section: str, recorded: Entry) -> Case:
    """The case, if the last entry of a list is what was recorded."""
    same(case[section][-1], plain(recorded, section))
    return case  # type: ignore[no-any-return]

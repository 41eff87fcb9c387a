"""What is new in a case: all that has to be held against the schema, once the case before was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

LONG = 200  # entries up to which every list may grow


def news(old: Any, new: Any, among: Iterable[str] | None = None) -> dict[str, Any]:
    """What is new in a case: sections, and of a list that grew the entries that were added.

    `among`: sections apart from which nothing differs.

    The schema judges each section and each entry of a list for itself.  So a case that was like `old`, which
    fits, fits too just when this does part by part and no section is missing that every case has.
    """
    found = {}
    for section in new if among is None else among:
        now, was = new[section], old.get(section)
        if now is was or now == was:
            continue
        grown = type(was) is type(now) is list and len(was) < len(now) < LONG and now[: len(was)] == was
        found[section] = now[len(was) :] if grown else now
    return found

"""What is new in a case: all that has to be held against the schema, once the case before was."""

from __future__ import annotations

from typing import Any

LONG = 200  # entries up to which every list may grow
# A case of which only what every case has is there; it fits the schema.
LEAST: dict[str, Any] = {
    "id": "C-20260101-000000",
    "state": "received",
    "kind": "complaint",
    "policy": {"name": "a", "version": "1", "sha256": "0" * 64},
    "intake": {
        "received_at": "2026-01-01T00:00:00+00:00",
        "registered_at": "2026-01-01T00:00:00+00:00",
        "by": "a",
        "channel": "a",
        "form": "other",
    },
    "customer": {"id": "P-000000"},
    "about": {},
    "complaint": "a",
    "demand": {},
    "currency": "CNY",
}


def news(old: Any, new: Any) -> dict[str, Any]:
    """What is new in a case, with little of what every case has: it fits the schema just when the case does.

    The schema judges each section and each entry of a list for itself.
    """
    if not new.keys() >= LEAST.keys():
        return dict(new)
    found = dict(LEAST)
    for section, now in new.items():
        was = old.get(section)
        if now == was:
            continue
        grown = type(was) is type(now) is list and len(was) < len(now) < LONG and now[: len(was)] == was
        found[section] = now[len(was) :] if grown else now
    return found

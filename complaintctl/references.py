"""Where a case names something of a policy: an id, and the list of the policy that it must be in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complaintctl.case import Case

_PLACES = tuple(
    (tuple(path.split(".")), kind)
    for path, kind in (
        ("intake.channel", "channels"),
        ("intake.department", "departments"),
        ("demand.remedy", "remedies"),
        ("contacts[].method", "contact_methods"),
        ("classification.category", "categories"),
        ("classification.severity", "severities"),
        ("classification.urgency", "urgencies"),
        ("classification.flags[]", "flags"),
        ("classification.departments[]", "departments"),
        ("assignments[].department", "departments"),
        ("investigations[].cause", "causes"),
        ("proposals[].remedies[].kind", "remedies"),
        ("proposals[].tasks[].department", "departments"),
        ("proposals[].decision.role", "roles"),
        ("closures[].lesson_for[]", "departments"),
    )
)


def references(case: Case) -> Iterator[tuple[str, str, str]]:
    """(path, list of the policy, id) of everything in a case that a policy names."""
    for steps, kind in _PLACES:
        for path, ident in _values(case, steps):
            yield path, kind, ident


def _values(part: Any, steps: tuple[str, ...], path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that the steps lead to, with its path; `[]` stands for each entry of a list."""
    if not steps:
        yield path, part
        return
    key = steps[0].removesuffix("[]")
    if key not in part:
        return
    here = f"{path}.{key}" if path else key
    if key == steps[0]:
        yield from _values(part[key], steps[1:], here)
        return
    for number, entry in enumerate(part[key]):
        yield from _values(entry, steps[1:], f"{here}[{number}]")

"""Other cases of the same batch of goods, as they are shown: a defect of a batch is rarely alone (S2-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complaintctl.case import Case
    from complaintctl.register import Register

_SHOWN = 5  # cases that are named; the list has all of them


def document(register: Register, case: Case) -> list[str]:
    """The ids of the other cases with the batch of a case, linked or not; void ones apart."""
    return [case_id for case_id, _state in _others(register, case)]


def hint(register: Register, case: Case) -> Iterator[str]:
    """What to say of the others of the batch that are not linked to a case, and how to link them."""
    found = _unlinked(register, case)
    if not found:
        return
    yield _("The same batch: {cases}").format(cases=_named(register, case, found))
    link = f"complaintctl link {case['id']} --to {found[0][0]} --kind same-batch"
    yield _("Try:   {hint}").format(hint=link)


def line(register: Register, case: Case) -> str:
    """The same for the form, without the command; empty where there are none."""
    found = _unlinked(register, case)
    return _("not linked: {cases}").format(cases=_named(register, case, found)) if found else ""


def _named(register: Register, case: Case, found: list[tuple[str, str]]) -> str:
    """The first few cases with their states, and where all of them are."""
    from complaintctl import render
    from complaintctl.labels import name_of

    shown = [
        f"{case_id} ({name_of(register.policy, 'states', state, register.language)})"
        for case_id, state in found[:_SHOWN]
    ]
    if len(found) > _SHOWN:
        batch = render.safe(case["about"]["batch"])
        if not (batch.isascii() and batch.isalnum()):
            import shlex

            batch = shlex.quote(batch)
        more = _("and {count} more (complaintctl list --all --batch {batch})")
        shown.append(more.format(count=len(found) - _SHOWN, batch=batch))
    return ", ".join(shown)


def _unlinked(register: Register, case: Case) -> list[tuple[str, str]]:
    others = _others(register, case)
    if not others:
        return []
    tied = register.index.tied(case["id"])
    return [one for one in others if one[0] not in tied]


def _others(register: Register, case: Case) -> list[tuple[str, str]]:
    number = case["about"].get("batch")
    return register.index.of_batch(number, case["id"]) if number else []

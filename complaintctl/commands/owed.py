"""Who must still be told, and who is accountable: lines and data for `show` and `due`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import heads, telling
from complaintctl.cells import aside, listed
from complaintctl.i18n import _
from complaintctl.labels import name_of, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complaintctl.case import Case
    from complaintctl.policy import Policy
    from complaintctl.register import Register
    from complaintctl.rows import Owed


def of_case(register: Register, case: Case) -> list[Owed]:
    """Who has to be told about a case now, by the rules that it was received under."""
    found = telling.owed(case, register.pinned(case), register.calendar)
    if not found:
        return []
    return telling.standing(found, register.staff, register.policy, register.level_of(case)[0])


def document(register: Register, case: Case) -> list[dict[str, Any]]:
    """The same as data: name, to, people, since, due, late."""
    from complaintctl import times

    return [
        {
            "name": one.name,
            "to": one.to,
            "people": [person["id"] for person in telling.people(one.to, register.staff, register.policy)],
            "since": times.iso(one.since, register.zone),
            "due": None if one.due is None else times.iso(one.due, register.zone),
            "late": telling.is_late(one, register.now),
        }
        for one in of_case(register, case)
    ]


def lines(register: Register, case: Case) -> Iterator[str]:
    """Whom to tell, why, and by when; nothing where nobody has to be told."""
    from complaintctl import render
    from complaintctl.commands.showing import columns

    policy = register.pinned(case)
    rows = [
        (
            render.safe(whom(register, one)),
            rule_of(policy, one.name, register.language),
            _by_when(register, one),
        )
        for one in of_case(register, case)
    ]
    if rows:
        yield ""
        yield _("To tell")
        yield from columns(rows)


def _by_when(register: Register, one: Owed) -> str:
    from complaintctl import render

    if one.due is None:
        return ""
    when = render.instant(one.due, register.zone, due=True) + ("?" if one.provisional else "")
    if telling.is_late(one, register.now):
        return _("{when}  MISSED").format(when=when)
    left = render.duration(one.due - register.now, register.language)
    return _("{when}  {left} left").format(when=when, left=left)


def whom(register: Register, one: Owed) -> str:
    """Whom in words, with the names of the heads or of those who have the role."""
    return telling.describe(one.to, register.staff, register.policy, register.language)


def rule_of(policy: Policy, name: str, language: str) -> str:
    """The label of a tell rule."""
    return next((text(one["label"], language) for one in policy.get("tell", ()) if one["name"] == name), name)


def accountable(register: Register, case: Case) -> dict[str, Any] | None:
    """The department that answers for a case, and its heads (S1c-8); None before there is one."""
    department = heads.accountable(case, register.pinned(case))
    if department is None:
        return None
    found = heads.heads_of(department, register.staff, register.policy)
    return {"department": department, "people": [person["id"] for person in found]}


def accountable_line(register: Register, case: Case) -> str:
    """The names of these heads, and the department; empty before there is one."""
    department = heads.accountable(case, register.pinned(case))
    if department is None:
        return ""
    found = heads.heads_of(department, register.staff, register.policy)
    label = name_of(register.pinned(case), "departments", department, register.language)
    return aside(listed(person["name"] for person in found) or "–", label)


def waiting(register: Register) -> list[dict[str, Any]]:
    """Who has to be told in the whole register, as `due` lists it; what has no time comes last."""
    from complaintctl import times

    found = []
    for row in register.index.owing():
        policy, _sha = register.index.policy_of(row)
        level, _hit = register.index.level_of(row["hits"], row["received"], register.now)
        for one in telling.standing(row["owed"], register.staff, register.policy, level):
            rule = rule_of(policy, one.name, register.language)
            found.append(
                {
                    "id": row["id"],
                    "name": one.name,
                    "label": _("tell {who}: {rule}").format(who=whom(register, one), rule=rule),
                    "due": None if one.due is None else times.iso(one.due, register.zone),
                    "due_epoch": one.due,
                    "state": "missed" if telling.is_late(one, register.now) else "waiting",
                    "provisional": one.provisional,
                    "case_state": row["state"],
                    "level": level,
                    "department": row["department"],
                    "handler": row["handler"],
                    "to": one.to,
                }
            )
    return found

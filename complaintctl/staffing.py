"""The rules for changing a register's own documents: staff, policy, calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl.errors import BadData, Problem, Refused
from complaintctl.i18n import _
from complaintctl.ladder import rank

if TYPE_CHECKING:
    from complaintctl.policy import Policy
    from complaintctl.register import Register

STAFF = "policies/staff.yaml"


def may_manage(register: Register) -> None:
    """Staff, rules and calendar are changed by the top role of the ladder."""
    top = register.policy["authority"]["ladder"][-1]["role"]
    actor = register.actor
    if actor["role"] != top:
        able = [p["id"] for p in register.staff if p["active"] and p["role"] == top]
        raise Refused(
            _("Staff, rules and calendar are changed by a {top}; {who} is {role}.").format(
                top=top, who=actor["id"], role=actor["role"]
            ),
            hint=f"complaintctl --as {able[0]} …" if able else "",
        )


def check_staff(data: bytes, policy: Policy) -> None:
    """`BadData` with all that is wrong with a staff file: schema, ids and addresses twice, unknown roles."""
    from complaintctl import schema
    from complaintctl.yamlfile import read_document

    document, lines = read_document(data, STAFF)
    schema.check("staff", document, lines, STAFF)
    problems = staff_problems(document, lines, policy)
    if problems:
        raise BadData(_("{file} breaks the rules.").format(file=STAFF), problems)


def staff_problems(document: Any, lines: Any, policy: Policy) -> list[Problem]:
    """Ids or e-mail addresses that stand twice, roles and departments that the policy does not name."""
    found: list[Problem] = []
    seen: dict[str, int] = {}
    for number, person in enumerate(document["staff"]):

        def wrong(field: str, message: str, at: int = number) -> None:
            line = lines.get(("staff", at, field)) or lines.get(("staff", at)) or 0
            found.append(Problem(STAFF, line, f"$.staff[{at}].{field}", message))

        for key in (person["id"], *(mail.casefold() for mail in person["emails"])):
            if key in seen:
                wrong("id" if key == person["id"] else "emails", _("stands twice"))
            seen[key] = number
        if rank(policy, person["role"]) < 0 and person["role"] not in policy["roles"]:
            wrong("role", _("no role of the policy: {roles}").format(roles=", ".join(policy["roles"])))
        department = person.get("department")
        if department and department not in policy["departments"]:
            wrong(
                "department",
                _("no department of the policy: {names}").format(names=", ".join(policy["departments"])),
            )
    return found

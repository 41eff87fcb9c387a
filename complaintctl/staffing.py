"""The rules for changing a register's own documents: staff, policy, calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import sshkeys
from complaintctl.errors import BadData, Problem, Refused, Usage
from complaintctl.i18n import _
from complaintctl.labels import name_of
from complaintctl.ladder import rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from complaintctl.policy import Policy
    from complaintctl.register import Register

STAFF = "policies/staff.yaml"
# Where the option is not named like the field.
_KEY_HINT = '--key "$(cat ~/.ssh/id_ed25519.pub)"; make one: ssh-keygen -t ed25519'
_OPTIONS = {"id": "ID", "emails": "--email", "duties": "--duty"}


def manages(person: Mapping[str, Any], policy: Policy) -> bool:
    """Whether a person may change staff, rules and calendar: the top role of the ladder may."""
    ladder = policy["authority"]["ladder"]
    return bool(person["active"] and ladder and person["role"] == ladder[-1]["role"])


def may_manage(register: Register) -> None:
    """Staff, rules and calendar are changed by the top role of the ladder."""
    top = register.policy["authority"]["ladder"][-1]["role"]
    actor = register.actor
    if not manages(actor, register.policy):
        able = [p["id"] for p in register.staff if manages(p, register.policy)]
        raise Refused(
            _("Staff, rules and calendar are changed by a {top}; {who} is {role}.").format(
                top=name_of(register.policy, "roles", top, register.language),
                who=actor["id"],
                role=name_of(register.policy, "roles", actor["role"], register.language),
            ),
            hint=f"complaintctl --as {able[0]} …" if able else "",
        )


def check_entry(entry: Mapping[str, Any], others: Sequence[Any], policy: Policy) -> None:
    """`Usage`, naming the option, for what is wrong with one member of staff as somebody typed it."""
    from complaintctl import schema

    for field, value in entry.items():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and not (text.strip() and text.isprintable()):
                raise Usage(
                    _("{option}: a text in one line is wanted, without control characters.").format(
                        option=_option(field)
                    )
                )
    document = {"format": "1", "staff": [entry]}
    problems = schema.problems("staff", document, {}, STAFF)
    if not problems:
        everybody = {"staff": [*others, entry]}
        place = f"$.staff[{len(others)}]."
        problems = [one for one in staff_problems(everybody, {}, policy) if one.path.startswith(place)]
    if problems:
        field = problems[0].path.split("].", 1)[-1].split("[")[0]
        raise Usage(
            _("{option}: {why}.").format(option=_option(field), why=problems[0].message),
            hint=_KEY_HINT if field == "key" else "complaintctl staff add -h",
        )


def _option(field: str) -> str:
    return _OPTIONS.get(field, f"--{field}")


def check_top(before: Iterable[Any], after: Iterable[Any], policy: Policy, language: str) -> None:
    """Refuse a change after which nobody holds the top role: nobody could change staff or rules again."""
    top = policy["authority"]["ladder"][-1]["role"]
    if any(person["active"] and person["role"] == top for person in after):
        return
    last = next((p["id"] for p in before if p["active"] and p["role"] == top), "")
    raise Refused(
        _("{who} is the last {role}; somebody has to be able to decide.").format(
            who=last, role=name_of(policy, "roles", top, language)
        ),
        hint=f"complaintctl staff edit ID --role {top}",
    )


def check_keys(after: Iterable[Any], settings: Mapping[str, Any], policy: Policy) -> None:
    """Refuse a change after which nobody could sign a change of the rules, where that has to be signed."""
    if settings.get("signing") != "approvals":
        return
    if not any(manages(person, policy) and "key" in person for person in after):
        raise Refused(
            _("Nobody who may change the rules would have a key; with signing on, nobody could any more."),
            hint='complaintctl staff edit ID --key "$(cat ~/.ssh/id_ed25519.pub)"',
        )


def check_staff(data: bytes, policy: Policy) -> list[Any]:
    """The people of a staff file; `BadData` with all that is wrong: schema, repeats, unknown roles."""
    from complaintctl import schema
    from complaintctl.yamlfile import read_document

    document, lines = read_document(data, STAFF)
    schema.check("staff", document, lines, STAFF)
    problems = staff_problems(document, lines, policy)
    if problems:
        raise BadData(_("{file} breaks the rules.").format(file=STAFF), problems)
    people: list[Any] = document["staff"]
    return people


def staff_problems(document: Any, lines: Any, policy: Policy) -> list[Problem]:
    """Ids or e-mail addresses that stand twice, roles and departments that the policy does not name."""
    found: list[Problem] = []
    seen: dict[str, int] = {}
    keys: set[tuple[str, bytes]] = set()
    for number, person in enumerate(document["staff"]):

        def wrong(field: str, message: str, at: int = number) -> None:
            line = lines.get(("staff", at, field)) or lines.get(("staff", at)) or 0
            found.append(Problem(STAFF, line, f"$.staff[{at}].{field}", message))

        for key in (person["id"], *(mail.casefold() for mail in person["emails"])):
            if key in seen:
                again = _("stands twice") if seen[key] == number else _("somebody else has it already")
                wrong("id" if key == person["id"] else "emails", again)
            seen[key] = number
        why = _key_problem(person, keys)
        if why:
            wrong("key", why)
        if rank(policy, person["role"]) < 0 and person["role"] not in policy["roles"]:
            roles = ", ".join(policy["roles"])
            wrong("role", _("must be a role of the policy ({roles})").format(roles=roles))
        strange = [duty for duty in person.get("duties", ()) if duty not in policy.get("executors", {})]
        if strange:
            names = ", ".join(policy.get("executors", {})) or _("none")
            wrong("duties", _("must be an executor of the policy ({names})").format(names=names))
        department = person.get("department")
        if department and department not in policy["departments"]:
            wrong(
                "department",
                _("must be a department of the policy ({names})").format(
                    names=", ".join(policy["departments"])
                ),
            )
    return found


def _key_problem(person: Mapping[str, Any], known: set[tuple[str, bytes]]) -> str:
    """What is wrong with somebody's key; `known`: those of others, to which it is added."""
    if "key" not in person:
        return ""
    half = sshkeys.public(person["key"])
    if half is None:
        return _("must be an SSH public key, as it stands in a .pub file (no certificate)")
    if half in known:
        return _("somebody else has it already")
    known.add(half)
    return ""

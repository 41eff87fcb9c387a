"""Versions of a policy: a change makes a new one, and every one that a case pins is kept whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import schema
from complaintctl.errors import BadData, Refused, RegisterState
from complaintctl.i18n import _
from complaintctl.objects import Edit
from complaintctl.staffing import check_keys
from complaintctl.yamlfile import edit_document, read_document

if TYPE_CHECKING:
    from complaintctl.register import Register


def new_version(register: Register, reason: str) -> tuple[list[Edit], str]:
    """The edits that put the edited policy file of the work tree in force as the next version."""
    name, version = register.documents.in_force
    path = f"policies/{name}.yaml"
    committed, edited = register.document(path), register.work_tree(path)
    if committed is None or edited is None:
        raise RegisterState(_("{path} is not there.").format(path=path), hint=f"git restore {path}")
    original = _original(register, path, version, committed)
    if edited == original:
        return [], ""
    past = f"policies/past/{name}-{version}.yaml"
    if register.document(past) is not None:
        raise RegisterState(_("{path} is there already.").format(path=past), hint="complaintctl check")
    number = str(int(version) + 1)
    change = {"version": number, "at": register.at[:10], "by": register.actor["id"], "reason": reason}

    def apply(document: Any) -> None:
        document["version"] = number
        if "changes" in document:
            document["changes"].append(change)
        else:
            document["changes"] = [change]

    data = edit_document(edited, path, apply)
    policy, lines = read_document(data, path)
    schema.check("policy", policy, lines, path)
    check_rules(policy, path, lines)
    check_currency(register, policy)
    check_usable(register, policy)
    return [
        Edit(path, committed, data, edited),
        Edit(past, None, original),
    ], f"policy: {name} version {number}"


def _original(register: Register, path: str, version: str, committed: bytes) -> bytes:
    """The file as it first was under its version: somebody may have committed a change by hand since."""
    original = committed
    for entry in register.repository.log(path):
        found = register.repository.read(entry.commit, [path])[path]
        try:
            if found is None or read_document(found.data, path)[0].get("version") != version:
                break
        except BadData:
            break
        original = found.data
    return original


def check_rules(policy: Any, path: str, lines: Any) -> None:
    """`BadData` with everything that is wrong with a policy as a whole."""
    from complaintctl.policyproblems import policy_problems

    problems = policy_problems(policy, path, lines)
    if problems:
        raise BadData(_("{path} breaks the rules for rules.").format(path=path), problems)


def check_currency(register: Register, policy: Any) -> None:
    """Refuse a policy in another currency than the register's: its limits would mean nothing."""
    own, theirs = register.documents.settings["currency"], policy["authority"]["currency"]
    if own != theirs:
        name = policy["name"]
        raise Refused(
            _("The amounts of {name} are in {theirs}, those of this register in {own}.").format(
                name=name, theirs=theirs, own=own
            ),
            hint=_(
                "commit policies/{name}.yaml with amounts and authority.currency in {own},"
                " or a register of its own: complaintctl init DIR --policy {name}"
            ).format(name=name, own=own),
        )


def check_usable(register: Register, policy: Any) -> None:
    """Refuse a policy that lacks ids which open cases use: nobody could go on with them.

    Or one after which nobody could sign a change of the rules.
    """
    check_keys(register.staff, register.documents.settings, policy)
    missing: set[str] = set()
    for row in register.index.open_rows():
        for kind, ident in (
            ("categories", row["category"]),
            ("causes", row["cause"]),
            ("departments", row["department"]),
            ("severities", row["severity"]),
            ("channels", row["channel"]),
        ):
            if ident is not None and ident not in policy[kind]:
                missing.add(f"{ident} ({kind})")
    roles = {person["role"] for person in register.staff if person["active"]} - set(policy["roles"])
    missing |= {f"{role} (roles)" for role in roles}
    if missing:
        raise Refused(
            _("Open cases or staff use what these rules lack: {missing}.").format(
                missing=", ".join(sorted(missing)[:6])
            ),
            hint=_("add the ids to the rules, or close the cases first"),
        )

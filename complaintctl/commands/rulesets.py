"""Which rules a command line means: a name, an earlier version (NAME-VERSION), or a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from complaintctl import i18n
from complaintctl.errors import RegisterState, Usage, printable
from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from complaintctl.commands.session import Session
    from complaintctl.documents import Documents


class Rules(NamedTuple):
    """A policy that can be read, and where it was found."""

    policy: Any
    lines: Any  # the line of each part; empty where it was read from a commit
    source: str  # a path or a name


def find(session: Session, named: str) -> Rules:
    """The rules of that name: a file, else the register's (a past version too), else one that ships.

    `Usage` when there are none, BadData with all problems when they cannot be read.
    """
    if is_path(named):
        return of_file(session.settings.start / named, named)
    documents = documents_of(session)
    if documents is not None:
        found = _committed(documents, named)
        if found is not None:
            return Rules(found, {}, named)
    return _shipped(named, documents)


def is_path(named: str) -> bool:
    """Whether somebody means a file and not a name."""
    return "/" in named or "\\" in named or named.endswith((".yaml", ".yml"))


def of_file(path: Path, named: str) -> Rules:
    """The rules in a file; `named` is what messages call it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Usage(
            _("{path} cannot be read: {why}.").format(path=printable(named), why=error.strerror),
            hint="complaintctl policy list",
        ) from None
    return of_bytes(data, named)


def of_bytes(data: bytes, named: str) -> Rules:
    """The rules in the bytes of a file; BadData with everything that the schema says against it."""
    from complaintctl import schema, yamlfile

    policy, lines = yamlfile.read_document(data, named)
    schema.check("policy", policy, lines, named)
    return Rules(policy, lines, named)


def edited(session: Session) -> Rules:
    """The rules in force as they lie in the work tree: what somebody may be editing."""
    register = session.register
    path = f"policies/{register.policy['name']}.yaml"
    data = register.work_tree(path)
    if data is None:
        raise RegisterState(_("{path} is not there.").format(path=path), hint=f"git restore {path}")
    return of_bytes(data, path)


def in_force(session: Session) -> Rules:
    """The rules in force as committed."""
    policy = session.register.policy
    return Rules(policy, {}, f"{policy['name']} {policy['version']}")


def language_of(session: Session) -> str:
    """The language to speak, outside of a register too."""
    if documents_of(session) is not None:
        return session.register.language
    return session.settings.language or i18n.language()


def documents_of(session: Session) -> Documents | None:
    """The documents of the register; None outside of one."""
    try:
        return session.register.documents
    except RegisterState:
        return None


def _committed(documents: Documents, named: str) -> Any:
    """The policy ``policies/NAME.yaml``, or the version of NAME-VERSION; None where there is none."""
    from complaintctl.documents import kind_of

    path = f"policies/{named}.yaml"
    for (name, version), parsed in documents.policies.items():
        if parsed.path == path:
            return documents.policy(name, version)[0]
    if path in documents.blobs and kind_of(path) == "policy":
        return documents.policy(named, "")  # it is broken: this says how
    past = re.fullmatch(r"(.+)-([1-9][0-9]{0,5})", named)
    if past and (past[1], past[2]) in documents.policies:
        return documents.policy(past[1], past[2])[0]
    return None


def _shipped(named: str, documents: Documents | None) -> Rules:
    from complaintctl import founding

    shipped = founding.shipped_policies()
    if named in shipped:
        return of_file(shipped[named], named)
    known = [f"{name}-{version}" for name, version in documents.policies] if documents else []
    raise Usage(
        _("There are no rules {name}.").format(name=printable(named)),
        hint=_("one of: {names}, or a file such as ./rules.yaml").format(
            names=", ".join([*shipped, *sorted(known)])
        ),
    )

"""Case files in a commit: which paths are cases, and what each says, or why it cannot be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from complaintctl import documents, rows
from complaintctl.errors import BadData
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.documents import Documents
    from complaintctl.rows import Row

FOLDER = "cases"
_CASE_FILE = re.compile(r"cases/(?:.+/)?(C-[0-9]{8}-[0-9A-HJKMNP-TV-Z]{6})\.yaml")


def path_of(case_id: str) -> str:
    """Where a case stands, a function of its id: ``cases/2026/11/C-20261122-7K3MQ4.yaml``."""
    return f"{FOLDER}/{case_id[2:6]}/{case_id[6:8]}/{case_id}.yaml"


def is_read(path: str) -> bool:
    """Whether a file has a say in the rows: evidence and what else lies about has none."""
    return bool(id_of(path) or documents.kind_of(path))


def printable(path: str) -> str:
    """A path as text that can be stored; bytes that are no UTF-8 are spelled out."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def id_of(path: str) -> str | None:
    """The case id in a file's name; None for a file that is no case file."""
    match = _CASE_FILE.fullmatch(path)
    return match[1] if match else None


def own_id(path: str) -> str | None:
    """The id of the case that belongs at this path; None where none does."""
    case_id = id_of(path)
    return case_id if case_id and path_of(case_id) == path else None


def read(path: str, data: bytes, current: Documents) -> tuple[Case, Row]:
    """A committed case and its row; BadData for whatever keeps it from being counted."""
    from complaintctl import schema, yamlfile

    case = yamlfile.read_case(data, path)
    if not schema.valid("case", case):
        raise BadData(_("it does not fit the schema of a case; complaintctl check tells more"))
    if case["id"] != own_id(path):
        raise BadData(_("its name or folder does not fit its id"))
    policy, _sha256 = current.policy_for(case["policy"])
    try:
        return case, rows.row_of(case, policy, current.work_calendar)
    except (LookupError, ValueError, TypeError, ArithmeticError):
        raise BadData(_("its content and its policy do not fit together")) from None


def reason(fault: BadData) -> str:
    """Why a case cannot be read, in a line without a customer's data."""
    if not fault.problems:
        return fault.message
    first = fault.problems[0]
    place = _("line {line}: ").format(line=first.line) if first.line else ""
    return f"{place}{first.message}"

"""Case files in a commit: which paths are cases, and what each says, or why it cannot be read."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from complaintctl import documents
from complaintctl.errors import BadData
from complaintctl.i18n import _
from complaintctl.records import NEVER
from complaintctl.times import epoch
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from complaintctl import bygone, patterns
    from complaintctl.case import Case
    from complaintctl.documents import Documents
    from complaintctl.policy import Policy
    from complaintctl.rows import Brief, Row

FOLDER = "cases"
_WEEK = 7 * 86400
_CASE_FILE = r"cases/(?:.+/)?(C-[0-9]{8}-[0-9A-HJKMNP-TV-Z]{6})\.yaml"


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
    match = re.fullmatch(_CASE_FILE, path)
    return match[1] if match else None


def days_of(paths: Iterable[str]) -> set[str]:
    """The days on which the cases at these paths were received, as in their ids."""
    return {path[-20:-12] for path in paths}


@lru_cache(maxsize=4096)  # whoever reads history meets the same files again and again
def own_id(path: str) -> str | None:
    """The id of the case that belongs at this path; None where none does."""
    case_id = id_of(path)
    return case_id if case_id and path_of(case_id) == path else None


class Summed(NamedTuple):
    """A case, and what the tables hold of it."""

    case: Case
    brief: Brief
    row: Row | None  # of an open case; that of a closed one is computed when somebody asks for it
    matters_until: int  # no report about a later time can need it


class PutOff(NamedTuple):
    """A case that was closed long ago and is not summed up (`complaintctl.bygone`)."""

    id: str
    received: int
    customer: str


class Reader:
    """Reads the committed cases of one register; `many`: so that looking for like ones is worth while."""

    def __init__(self, current: Documents, *, many: bool = False) -> None:
        from complaintctl import schema, summary

        self._current = current
        self._read = _quick() if many else _read_one
        self._like = _patterns() if many else None
        self._valid = schema.valid if many else schema.fits
        self._brief_of = summary.brief_of
        self._instants = summary.instants
        self._latest: dict[tuple[str, str, int], int] = {}
        self._hours: dict[tuple[str, str], str] = {}
        self.bygone: bygone.Sieve | None = None  # what need not be summed up

    def read(self, path: str, data: bytes) -> Summed | PutOff:
        """A committed case; BadData for whatever keeps it from being counted."""
        found = self._like.read(data) if self._like else None
        if found is None:
            case, signed = self._read(data, path)
            if not self._valid("case", case):
                raise BadData(_("it does not fit the schema of a case; complaintctl check tells more"))
            if self._like:
                self._like.learn(data, case)
        else:
            case, signed = found
        if path != path_of(case["id"]):
            raise BadData(_("its name or folder does not fit its id"))
        if self.bygone is not None:
            policy, sha256 = self._current.policy_for(case["policy"])
            if signed is None:
                signed = self._instants(case)
            if self.bygone.takes(case, signed, policy, sha256):
                return PutOff(case["id"], epoch(case["intake"]["received_at"]), case["customer"]["id"])
        return self.sum_up(case, signed)

    def sum_up(self, case: Case, signed: list[Any] | None = None) -> Summed:
        """What the tables hold of a case; BadData when its content and its policy do not fit together.

        `signed`: as for `summary.last_step`.
        """
        policy, sha256 = self._current.policy_for(case["policy"])
        try:
            brief = self._brief_of(case, policy, None, signed)
            if brief["closed"] is None:
                from complaintctl import summary

                row = summary.row_of(case, policy, self._current.work_calendar)
                return Summed(case, row, row, NEVER)
            return Summed(case, brief, None, self._matters_until(case, brief, policy, sha256))
        except (LookupError, ValueError, TypeError, ArithmeticError):
            raise BadData(_("its content and its policy do not fit together")) from None

    def row(self, path: str, data: bytes) -> Row:
        """The whole row of a case that `read` has found readable; BadData as there."""
        from complaintctl import summary

        case, _signed = self._read(data, path)
        policy, _sha256 = self._current.policy_for(case["policy"])
        try:
            return summary.row_of(case, policy, self._current.work_calendar)
        except (LookupError, ValueError, TypeError, ArithmeticError):
            raise BadData(_("its content and its policy do not fit together")) from None

    def _matters_until(self, case: Case, brief: Brief, policy: Policy, sha256: str) -> int:
        """The last instant of a closed case that a report may look at, or somewhat later."""
        from complaintctl import deadlines

        calendar = self._current.work_calendar
        last = max(brief["last"], brief["received"])
        until = last - last % _WEEK + _WEEK  # rounded up: many cases have the same answer
        which = sha256, self._served(policy, brief["channel"], sha256), until
        found = self._latest.get(which)
        if found is None:
            found = self._latest[which] = deadlines.latest_due(policy, brief["channel"], until, calendar)
        return max(found, deadlines.latest_named(case, calendar))

    def _served(self, policy: Policy, channel: str, sha256: str) -> str:
        """When a channel is served, as text: the same for channels of which clocks make no difference."""
        found = self._hours.get((sha256, channel))
        if found is None:
            said: Any = policy["channels"].get(channel, {})
            found = self._hours[sha256, channel] = repr([said.get("hours"), said.get("days_off")])
        return found


_Read = tuple["Case", list[Any] | None]  # a case, and the instants of its signatures where they are at hand


def _quick() -> Callable[[bytes, str], _Read]:
    """Reading very many files."""
    from complaintctl import forms, summary

    return forms.Reader(summary.SIGNED).read_noting


def _patterns() -> patterns.Reader:
    """Reading very many files that fit the schema."""
    from complaintctl import patterns, schema, summary

    return patterns.Reader(schema.schema("case"), summary.SIGNED)


def _read_one(data: bytes, path: str) -> _Read:
    from complaintctl import yamlfile

    return yamlfile.read_case(data, path), None


def reason(fault: BadData) -> str:
    """Why a case cannot be read, in a line without a customer's data."""
    if not fault.problems:
        return fault.message
    first = fault.problems[0]
    place = _("line {line}: ").format(line=first.line) if first.line else ""
    return f"{place}{first.message}"

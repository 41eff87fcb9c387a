"""What a commit changes, by what it is: cases, evidence beside them, rules, files without a place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from complaintctl import casefiles, files, rulings, walking
from complaintctl.errors import BadData
from complaintctl.findings import Finding, place_of
from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complaintctl.walking import Change, Commit

_BESIDE = r"(cases/[0-9]{4}/[0-9]{2}/(C-[0-9]{8}-[0-9A-HJKMNP-TV-Z]{6}))/[^/]+"
_HARMLESS = frozenset({".gitkeep", "README.md"})


class Sorted:
    """What a commit changes, by what it is."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self.cases: dict[str, Change] = {}
        self.beside: dict[str, list[Change]] = {}
        self.rules: list[Change] = []
        self.foreign: list[Change] = []
        self.others: list[Change] = []
        for change in changes:
            self._put(change)

    def _put(self, change: Change) -> None:
        path = change.path
        case_id = casefiles.own_id(path)
        if case_id is not None:
            self.cases[case_id] = change
        elif rulings.is_rule(path):
            self.rules.append(change)
        elif path.casefold().startswith("cases/") or path.casefold() == "cases":
            match = re.fullmatch(_BESIDE, path)
            if match and casefiles.own_id(match[1] + ".yaml"):
                self.beside.setdefault(match[2], []).append(change)
            elif path.rpartition("/")[2] not in _HARMLESS or not path.startswith("cases/"):
                self.foreign.append(change)
        else:
            self.others.append(change)

    @property
    def ids(self) -> list[str]:
        return sorted({*self.cases, *self.beside})


def is_file(change: Change) -> bool:
    """Whether a file is there afterwards that has content, or none is."""
    return change.new_mode in {walking.ABSENT, walking.PLAIN, "100755"}


def modes(commit: Commit, found: Sorted) -> Iterator[Finding]:
    for change in [
        *found.cases.values(),
        *(one for some in found.beside.values() for one in some),
        *found.rules,
    ]:
        if change.new_mode not in {walking.PLAIN, walking.ABSENT}:
            what = {"120000": _("a symbolic link"), "160000": _("another repository")}.get(
                change.new_mode, _("a file that can be run as a program")
            )
            case_id = casefiles.own_id(change.path) or ""
            message = _("{what} stands where a plain file belongs").format(what=what)
            yield Finding(commit.id, case_id, "mode", message, place_of(change.path))


def unfit(found: Sorted) -> Iterator[tuple[str, str]]:
    """Files that are nobody's business, and that no clone could take over by `sync`: path and why."""
    for change in found.others:
        try:
            if change.new:
                files.check_path(change.path)
        except BadData as bad:
            place = place_of(change.path)
            yield (
                place,
                bad.message.replace(ascii(change.path), place) if place != change.path else bad.message,
            )
            continue
        plain = {change.old_mode, change.new_mode} - {walking.ABSENT}
        if len(plain) != 1 or not plain <= {walking.PLAIN, "100755"}:
            yield change.path, _("is no plain file, or changes its mode")

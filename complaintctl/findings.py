"""What stands against a trail: one finding for each thing that is wrong, with a rule that scripts rely on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

# What each rule stands for, in words; the ids never change.
RULES: dict[str, Callable[[], str]] = {
    "illegal-step": lambda: _("a step that the rules of its moment refuse"),
    "authority": lambda: _("a decision by somebody who had not the right"),
    "digest": lambda: _("a decision that is not of this proposal"),
    "signature": lambda: _("a signature that is missing, or is not by that key over this decision"),
    "author": lambda: _("a commit whose author is not who signed the step, or nobody on the staff"),
    "edited": lambda: _("something recorded was changed without a step"),
    "deleted": lambda: _("something recorded is gone"),
    "form": lambda: _("a case that cannot be read, or is not as the program writes it"),
    "mode": lambda: _("a link, a program or a repository in the place of a file"),
    "evidence": lambda: _("evidence that is missing, was replaced, or belongs to no case"),
    "rules": lambda: _(
        "rules, staff or calendar changed by somebody who may not, or so that cases lose theirs"
    ),
    "foreign-file": lambda: _("a file that has no place there"),
    "one-case": lambda: _("a commit of several cases, or of a case and something else"),
    "merge": lambda: _("a merge that left out or changed what one side had"),
    "together": lambda: _(
        "decisions that two lines of history made apart, and that together are more than may be granted"
    ),
    "adopted": lambda: _("a case that came in finished, and nobody answers for it"),
    "history": lambda: _("history that was cut, replaced or begun twice"),
    "object": lambda: _("an object that is missing, damaged, or not what its id says"),
}


_GIVEN = r"[0-9a-f]{16}\.[a-z0-9]{1,5}"  # a name that the program gave to a file of evidence
_FOLDERS = (r"cases", r"[0-9]{4}", r"[0-9]{2}", r"C-[0-9]{8}-[0-9A-Z]{6}(\.yaml)?", _GIVEN)


def place_of(path: str) -> str:
    """A file among the cases as a finding names it: what no program named stays out of it, but for its kind.

    People put customers' names into names of files, and anything at all; a forge shows findings to many.
    Places of any other kind are left as they are.
    """
    parts = path.split("/")
    if parts[0].casefold() != "cases":
        return path
    known = 0
    while known < min(len(parts), len(_FOLDERS)) and re.fullmatch(_FOLDERS[known], parts[known]):
        known += 1
    if known == len(parts):
        return path
    kind = re.search(r"\.[A-Za-z0-9]{1,5}$", parts[-1])
    return "/".join([*parts[: max(known, 1)], "[…]" + (kind[0] if kind else "")])


class Finding(NamedTuple):
    """One thing that is wrong with a commit."""

    commit: str  # '' where it is not about one
    case: str  # id; '' where it is about no case
    rule: str  # of `RULES`
    message: str  # in words, without customers' data
    place: str = ""  # the part of the case, or the file

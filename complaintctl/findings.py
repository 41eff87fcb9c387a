"""What stands against a trail: one finding for each thing that is wrong, with a rule that scripts rely on."""

from __future__ import annotations

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


class Finding(NamedTuple):
    """One thing that is wrong with a commit."""

    commit: str  # '' where it is not about one
    case: str  # id; '' where it is about no case
    rule: str  # of `RULES`
    message: str  # in words, without customers' data
    place: str = ""  # the part of the case, or the file

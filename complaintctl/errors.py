"""What can go wrong, each kind with the exit code that scripts rely on.

A refusal says in one or two lines what is wrong, with the value found and the
value allowed; `hint` is the next thing to do (printed after ``Try:``).  No
message ever holds a customer's data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Problem(NamedTuple):
    """One thing that is wrong with a file: printed as ``file:line: $.path: message``."""

    file: str
    line: int  # counted from 1; 0 where the whole file is meant
    path: str  # a JSON path such as $.intake.received_at
    message: str  # what is wrong and what is allowed, without the value

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.path}: {self.message}"


class ComplaintctlError(Exception):
    """Base of everything that ends a command with a message instead of a traceback."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Refused(ComplaintctlError):
    """A rule says no: illegal step, no authority, not entitled, a gate."""

    exit_code = 1


class Usage(ComplaintctlError):
    """A wrong option or value, or an unknown case, person or policy."""

    exit_code = 2


class BadData(ComplaintctlError):
    """A file that cannot be understood; `problems` lists all that is wrong with it.

    `understood` is what could be made of it all the same (data, and the line of
    each of its parts), so that more can be told at once; None: nothing.
    """

    exit_code = 3
    understood: tuple[Any, Any] | None = None

    def __init__(self, message: str, problems: Iterable[Problem] = (), *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.problems = tuple(problems)


class RegisterState(ComplaintctlError):
    """The register is in a state in which nothing may be written."""

    exit_code = 4


class EnvironmentFault(ComplaintctlError):
    """The machine says no: disk, rights, git missing or too old."""

    exit_code = 5


class Busy(ComplaintctlError):
    """Somebody else holds the lock, and went on holding it."""

    exit_code = 6


class Already(ComplaintctlError):
    """The same step by the same person with the same content: nothing to do, and no failure."""

    exit_code = 0


def printable(text: str) -> str:
    """A short text that somebody typed, quoted and safe to repeat in a message."""
    return repr(text[:60])

"""Questions on a terminal, one at a time, with the policy's choices by their labels.

Each question has an option of the same meaning, so nothing needs a terminal;
without one a missing option ends with exit code 2 and its name.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from complaintctl.commands.session import Session

Choice = tuple[str, str]  # id, label


def missing(option: str) -> click.UsageError:
    """The refusal of a command line without a terminal."""
    return click.UsageError(_("Missing option {option}.").format(option=option))


def text(
    session: Session, option: str, question: str, given: str | None, *, optional: bool = False
) -> str | None:
    """A text: the option, else the answer. `-` reads standard input."""
    if given == "-":
        return sys.stdin.read().strip()
    if given is not None:
        return given
    if not session.asks:
        if optional:
            return None
        raise missing(option)
    session.guide()
    suffix = " " if question.endswith(("?", "？", ")")) else ": "
    answer = ""
    while not answer.strip():
        answer = click.prompt(question, default="", show_default=False, prompt_suffix=suffix, err=True)
        if optional:
            break
    return answer.strip() or None


def need(session: Session, option: str, question: str, given: str | None) -> str:
    """A text that must be there."""
    answer = text(session, option, question, given)
    if not answer or not answer.strip():
        raise missing(option)
    return answer


def choose(
    session: Session,
    option: str,
    question: str,
    given: str | None,
    choices: Iterable[Choice],
    *,
    default: str | None = None,
) -> str:
    """One of the choices, by number or id."""
    if given is not None:
        return given
    if not session.asks:
        if default is not None:
            return default
        raise missing(option)
    session.guide()
    listed = list(choices)
    show(session, question, listed, default)
    while True:
        answer: str = click.prompt(
            _("number or id"), default=default or "", show_default=bool(default), err=True
        ).strip()
        found = _pick(answer, listed)
        if found is not None:  # the id of "not yet" is empty
            return found
        click.echo(_("Please one of the list."), err=True)


def show(session: Session, question: str, choices: Sequence[Choice], default: str | None) -> None:
    """Print a question with its numbered choices."""
    click.echo(question, err=True)
    for number, (ident, label) in enumerate(choices, 1):
        mark = "*" if ident == default else " "
        click.echo(f" {mark}{number:2d}  {label}" + (f"  ({ident})" if ident else ""), err=True)


def _pick(answer: str, choices: Sequence[Choice]) -> str | None:
    if answer.isdecimal() and 1 <= int(answer) <= len(choices):
        return choices[int(answer) - 1][0]
    exact = [ident for ident, label in choices if answer in {ident, label}]
    if exact:
        return exact[0]
    near = [ident for ident, _label in choices if answer and ident.endswith(answer)]
    return near[0] if len(near) == 1 else None


def yes(session: Session, question: str, *, default: bool = True) -> bool:
    """A yes or no; the default where nobody can be asked."""
    return click.confirm(question, default=default, err=True) if session.asks else default


def labelled(
    session: Session, kind: str, keep: Callable[[str, Any], bool] = lambda _id, _entry: True
) -> list[Choice]:
    """The ids of a list of the policy in force, with their labels."""
    from complaintctl.labels import name_of

    register = session.register
    entries: dict[str, Any] = register.policy.get(kind) or register.policy["vocabulary"].get(kind) or {}  # type: ignore[assignment]
    return [
        (ident, name_of(register.policy, kind, ident, register.language))
        for ident, entry in entries.items()
        if keep(ident, entry)
    ]


def people(session: Session) -> list[Choice]:
    """The active members of staff, with their roles."""
    return [
        (person["id"], f"{person['name']}, {person['role']}")
        for person in session.register.staff
        if person["active"]
    ]

"""Questions on a terminal, one at a time, with the policy's choices by their labels.

Each question has an option of the same meaning, so nothing needs a terminal;
without one a missing option ends with exit code 2 and its name.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from complaintctl.errors import Usage
from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from complaintctl.commands.session import Session

Choice = tuple[str, str]  # id, label


def missing(option: str) -> click.UsageError:
    """The refusal of a command line without a terminal."""
    return click.UsageError(_("Missing option {option}.").format(option=option))


def text(
    session: Session,
    option: str,
    question: str,
    given: str | None,
    *,
    optional: bool = False,
    check: Callable[[str], object] | None = None,
    default: str = "",
) -> str | None:
    """A text: the option, else the answer. `-` reads standard input.

    `check` raises `Usage` for an answer that will not do; then it is asked
    again, so that nothing that was answered before is lost.
    """
    if given == "-":
        return sys.stdin.read().strip()
    if given is not None:
        return given
    if not session.asks:
        if optional:
            return None
        raise missing(option)
    session.guide()
    suffix = " " if question.endswith(("?", "？", ")", "）")) else _colon()
    while True:
        answer = click.prompt(
            question, default=default, show_default=bool(default), prompt_suffix=suffix, err=True
        )
        if answer.strip() and _will_do(answer.strip(), check, question):
            return str(answer.strip())
        if optional and not answer.strip():
            return None


def _colon() -> str:
    """What stands between a question and its answer."""
    from complaintctl.cells import told

    sign = told("", "")
    return sign if not sign.isascii() else ": "


def _will_do(answer: str, check: Callable[[str], object] | None, question: str) -> bool:
    """Whether an answer passes its check; why not is said, of what was asked and not of the option."""
    try:
        if check is not None:
            check(answer)
    except Usage as error:
        for line in filter(None, (_of_question(error.message, question), error.hint)):
            click.echo(line, err=True)
        return False
    return True


def _of_question(message: str, question: str) -> str:
    """A refusal that names an option, as the answer to a question."""
    import re

    option = re.match(r"--[a-z-]+", message)
    if option is None:
        return message
    rest = message[option.end() :]
    said = re.match(r"( [\w.-]+)?\s?[:：]\s?", rest)
    if said is not None:
        return rest[said.end() :]
    return re.split(r"[(（,，?？]", question.lstrip("¿"))[0].strip() + rest


def need(
    session: Session,
    option: str,
    question: str,
    given: str | None,
    *,
    check: Callable[[str], object] | None = None,
) -> str:
    """A text that must be there."""
    answer = text(session, option, question, given, check=check)
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
    """One of the choices, by its number, its id, or a part of either id or label that fits no other."""
    if given is not None:
        return given
    if not session.asks:
        if default is not None:
            return default
        raise missing(option)
    session.guide()
    listed = list(choices)
    _show(question, listed, default)
    usual = next((label for ident, label in listed if ident and ident == default), "")
    while True:
        answer: str = click.prompt(
            _("number or id"), default=usual, show_default=bool(usual), prompt_suffix=_colon(), err=True
        ).strip()
        if usual and answer == usual and default:
            return default
        found = _pick(answer, listed)
        if not found:
            found = _part_of(answer, listed)
            click.echo(_narrower(answer, found, listed), err=True)
        if len(found) == 1:
            return found[0]


def _show(question: str, choices: Sequence[Choice], default: str | None) -> None:
    """Print a question with its numbered choices."""
    click.echo(question, err=True)
    for number, (ident, label) in enumerate(choices, 1):
        mark = "*" if ident == default else " "
        click.echo(f" {mark}{number:2d}  {label}" + (f"  ({ident})" if ident else ""), err=True)


def _pick(answer: str, choices: Sequence[Choice]) -> list[str]:
    """The one id that an answer names, by number, id or label (the id of "not yet" is empty); else none."""
    if answer.isdecimal():
        return [choices[int(answer) - 1][0]] if 1 <= int(answer) <= len(choices) else []
    return [ident for ident, label in choices if answer in {ident, label}][:1]


def _part_of(answer: str, choices: Sequence[Choice]) -> list[str]:
    """The ids of which an answer is a part, or of whose label; a single letter is more likely a slip."""
    part = answer.casefold()
    if part.isdecimal() or len(part) < (2 if part.isascii() else 1):
        return []
    last = [ident for ident, _label in choices if ident.endswith(part)]
    return last if len(last) == 1 else [i for i, label in choices if part in i or part in label.casefold()]


def _narrower(answer: str, found: Sequence[str], choices: Sequence[Choice]) -> str:
    """What is said to a part of a choice: the choices that it fits."""
    if not found:
        return _("Please choose one of the list.")
    listed = [f" {number:3d}  {label}  ({i})" for number, (i, label) in enumerate(choices, 1) if i in found]
    return "\n".join([_("{answer} is part of:").format(answer=answer), *listed])


def money(session: Session, option: str) -> Callable[[str], object]:
    """A check for `text`: an amount in the register's currency."""
    from complaintctl.amounts import money_of

    currency = session.register.documents.settings["currency"]
    return lambda answer: money_of(answer, currency, option)


def deliberate(session: Session, question: str) -> bool:
    """A yes or no that has to be typed: an Enter too many grants nothing. Yes where nobody can be asked."""
    return _agreed(question, None) if session.asks else True


def yes(session: Session, question: str, *, default: bool = True) -> bool:
    """A yes or no; the default where nobody can be asked."""
    return _agreed(question, default) if session.asks else default


def _agreed(question: str, default: bool | None) -> bool:
    """Yes or no in the language that is spoken, by the word or its first letter; `y` and `n` always do."""
    words = {True: _("yes"), False: _("no")}
    shown = "/".join(word[0].upper() if said is default else word[0] for said, word in words.items())
    answers = {_plain(form): said for said, word in words.items() for form in (word, word[0])}
    answers = {"yes": True, "y": True, "no": False, "n": False} | answers
    while True:
        asked = f"{question} [{shown}]"
        typed = _plain(click.prompt(asked, default="", show_default=False, prompt_suffix=_colon(), err=True))
        if typed in answers:
            return answers[typed]
        if not typed and default is not None:
            return default
        click.echo(_("yes or no"), err=True)


def _plain(text: str) -> str:
    """A word without its accents and capitals: `si` is typed for `sí`."""
    import unicodedata

    parts = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


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


def named(session: Session, kind: str, idents: Iterable[str]) -> list[Choice]:
    """Ids that the program itself knows, with the policy's words for them where it has some."""
    from complaintctl.labels import name_of

    register = session.register
    return [(ident, name_of(register.policy, kind, ident, register.language)) for ident in idents]


def people(session: Session) -> list[Choice]:
    """The active members of staff, with department and role in words."""
    from complaintctl.cells import listed
    from complaintctl.labels import name_of

    policy, language = session.register.policy, session.register.language
    found = []
    for person in session.register.staff:
        words = [name_of(policy, "roles", person["role"], language)]
        if "department" in person:
            words.insert(0, name_of(policy, "departments", person["department"], language))
        if person["active"]:
            found.append((person["id"], listed([person["name"], *words])))
    return found

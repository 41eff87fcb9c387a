"""Options whose value is an id of the policy: whoever reads labels may type a label.

An id always wins.  A label is taken where it is that of one id only, in any of the policy's
languages, in full, in capitals or not.  What is neither is left to the rules, which refuse it;
an option that only looks (`known`) refuses it here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import click

from complaintctl.errors import printable
from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from complaintctl.policy import Policy
    from complaintctl.register import Register

    _Text = click.ParamType[str]
    _OneOf = click.Choice[str]
else:  # not every click that will do can be asked for these at run time
    _Text, _OneOf = click.ParamType, click.Choice


class Named(_Text):
    """An id of a list of the policy (``categories``) or of its vocabulary, or the label of one.

    `sign`: what ends the id in a value of two parts (``refund=12.90``); it is spelled in ASCII then.
    `known`: refuse what no rule set of the register names; else whoever takes the value does.
    """

    name = "text"

    def __init__(self, kind: str, *, sign: str = "", known: bool = False) -> None:
        self.kind, self.sign, self.known = kind, sign, known

    def convert(self, value: Any, _param: click.Parameter | None, ctx: click.Context | None) -> str:
        if ctx is None or ctx.resilient_parsing:
            return str(value)
        word, sign, rest = _parted(str(value), self.sign)
        register = _register(ctx)
        if word:
            meant = ident(register.policy, self.kind, word)
            word = word if meant != word and _is_somebody(word, register) else meant
            if self.known and not _named(word, self.kind, register):
                from complaintctl.workflow import known

                known(register.policy, self.kind, word)
        return f"{word}{sign}{rest}"


class Choice(_OneOf):
    """A closed list of ids, each also by the word that the policy has for it (`kind` of the vocabulary)."""

    def __init__(self, choices: Sequence[str], kind: str) -> None:
        super().__init__(choices)
        self.kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value in self.choices or ctx is None or ctx.resilient_parsing:
            return super().convert(value, param, ctx)
        from complaintctl.labels import offered

        policy = _register(ctx).policy
        found = ident(policy, self.kind, str(value), self.choices)
        if found in self.choices:
            return found
        near = offered(policy, self.kind, str(value), self.choices)
        raise click.BadParameter(
            _("{value} is none of these: {near}").format(value=printable(str(value)), near=near), ctx, param
        )


def ident(policy: Policy, kind: str, word: str, among: Iterable[str] | None = None) -> str:
    """The id that a word means, itself or by its label; the word as it is where it means none.

    `UsageError` for a label of several ids.
    """
    from complaintctl.labels import meant

    found = meant(policy, kind, word, among)
    if len(found) > 1:
        raise click.UsageError(
            _("{word} is the label of several: {ids}").format(word=printable(word), ids=", ".join(found))
        )
    return found[0] if found else word


def _parted(value: str, sign: str) -> tuple[str, str, str]:
    """What stands before the sign, the sign in ASCII, and what stands after it."""
    if not sign:
        return value.strip(), "", ""
    import re

    from complaintctl.commands.values import FULL

    word, *rest = re.split(f"[{sign}{FULL[sign]}]", value, maxsplit=1)
    return word.strip(), sign if rest else "", "".join(rest)


def _register(ctx: click.Context) -> Register:
    from complaintctl.commands.session import Session

    return cast("Session", ctx.find_object(Session)).register


def _is_somebody(word: str, register: Register) -> bool:
    """Whether it is the id of a member of staff, for options that take either."""
    return any(person["id"] == word for person in register.staff)


def _named(word: str, kind: str, register: Register) -> bool:
    """Whether any rule set of the register has the id, or ids below it: cases keep theirs."""
    below = f"{word}."
    return any(
        one == word or one.startswith(below)
        for policy in (register.policy, *register.documents.readable())
        for one in cast("dict[str, Any]", policy.get(kind) or {})
    )

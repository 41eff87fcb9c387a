"""The tables of options in the manual: made from the verbs themselves, so that none is missing or stale.

A table stands between ``<!-- options: new -->`` and ``<!-- end -->``; for a verb
of a group the two words are named: ``<!-- options: staff add -->``.
"""

from __future__ import annotations

import re

import click

from complaintctl.cli import cli

_TABLE = re.compile(r"(<!-- options: ([a-z -]+?) -->\n).*?(<!-- end -->)", re.DOTALL)


def command_of(words: str) -> click.Command:
    """The verb, or the verb of a group; KeyError where there is none."""
    found: click.Command = cli
    for word in words.split():
        assert isinstance(found, click.Group), words
        below = found.get_command(click.Context(found), word)
        if below is None:
            raise KeyError(words)
        found = below
    return found


def verbs() -> list[str]:
    """Every verb, those of a group as `staff add`."""
    named = []
    for name in cli.list_commands(click.Context(cli)):
        found = command_of(name)
        named += [f"{name} {below}" for below in found.commands] if isinstance(found, click.Group) else [name]
    return named


def options_of(words: str) -> list[click.Option]:
    """The options of a verb, without the help."""
    return [param for param in command_of(words).params if isinstance(param, click.Option)]


def table(words: str) -> str:
    """The options of a verb as a Markdown table; an empty text where it has none."""
    rows = [f"| `{_spelling(option)}` | {_meaning(option)} |" for option in options_of(words)]
    return "\n".join(["| option | meaning |", "|---|---|", *rows]) + "\n" if rows else ""


def _spelling(option: click.Option) -> str:
    words = " / ".join([", ".join(option.opts), *option.secondary_opts])
    if not option.is_flag and option.metavar:
        words += f" {option.metavar}"
    elif not option.is_flag:
        words += " N" if isinstance(option.type, click.IntRange) else " WORD"
    return words.replace("|", "\\|")


def _meaning(option: click.Option) -> str:
    text = (option.help or "").replace("|", "\\|")
    if isinstance(option.type, click.Choice):
        text += " One of " + ", ".join(f"`{one}`" for one in option.type.choices) + "."
    return text


def refreshed(text: str) -> str:
    """The manual with all tables made anew."""
    return _TABLE.sub(lambda found: found[1] + "\n" + table(found[2]) + "\n" + found[3], text)

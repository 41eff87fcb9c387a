"""The parts of the documents that are made from the program itself, so that nothing is missing or stale.

They stand between a comment and ``<!-- end -->``: ``<!-- options: new -->`` the
options of a verb (``staff add`` for one of a group), ``<!-- modules -->`` what
each module is for, ``<!-- layers -->`` which may import which.  The last column
of the tables of requirements is made from the ids that tests name.
"""

from __future__ import annotations

import ast
import functools
import io
import re
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click

from complaintctl.cli import cli

TOP = Path(__file__).parent.parent
_PART = re.compile(r"(<!-- (options|modules|layers)(?:: ([a-z -]+?))? -->\n).*?(<!-- end -->)", re.DOTALL)


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


def modules() -> str:
    """What each module is for: the first sentence of it, as a Markdown table."""
    rows = []
    for path in sorted((TOP / "complaintctl").rglob("*.py")):
        name = path.relative_to(TOP / "complaintctl").with_suffix("").as_posix().removesuffix("/__init__")
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        first = " ".join(text.partition("\n\n")[0].split()).replace("``", "`")
        if name != "__init__" and not name.startswith("commands/"):  # one verb each: the manual has them
            rows.append(f"| `{name}` | {first} |")
    return "\n".join(["| module | what it is for |", "|---|---|", *rows]) + "\n"


def layers() -> str:
    """The contract of import-linter, from the highest layer to the lowest."""
    settings = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
    contract = settings["tool"]["importlinter"]["contracts"][0]
    return (
        "```text\n" + "\n".join(line.replace("complaintctl.", "") for line in contract["layers"]) + "\n```\n"
    )


# Ids of requirements and of the corrections to them, as tests name them; a week (2026-W12) is none.
_ID = re.compile(r"(?<![\w-])(?:S[0-4][a-e]?-[0-9]+|[MWN][1-3]?[0-9])(?![\w-])")
_ROW = re.compile(r"^(\| (S[0-4][a-e]?-[0-9]+|[MWN][0-9]+) \|.*\|).*\|$", re.MULTILINE)


@functools.cache
def ids_in_tests() -> dict[str, list[str]]:
    """Every id that a comment or a docstring of a test names, with the names of its test modules."""
    found: dict[str, set[str]] = {}
    for path in sorted((TOP / "tests").rglob("test_*.py")):
        for words in _said(path.read_text(encoding="utf-8")):
            for ident in _ID.findall(words):
                found.setdefault(ident, set()).add(path.stem.removeprefix("test_"))
    return {ident: sorted(names) for ident, names in found.items()}


def _said(source: str) -> Iterator[str]:
    """What a module says of itself: its comments and docstrings, not its data."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
            yield ast.get_docstring(node) or ""


def requirement_ids(text: str) -> list[str]:
    """The ids that have a row."""
    return [found[2] for found in _ROW.finditer(text)]


def tests_named(text: str) -> str:
    """The tables of requirements with their last column made anew."""
    named = ids_in_tests()
    return _ROW.sub(lambda found: f"{found[1]} {', '.join(named.get(found[2], []))} |", text)


def refreshed(text: str) -> str:
    """A document with all such parts made anew."""

    def part(found: re.Match[str]) -> str:
        made = {"options": lambda: table(found[3]), "modules": modules, "layers": layers}[found[2]]()
        return f"{found[1]}\n{made}\n{found[4]}" if made else found[1] + found[4]

    return tests_named(_PART.sub(part, text))

r"""Templates of letters: what they are made of, and filling one in.

A template is Jinja text that names values (``{{ case.id }}``), asks whether they
are there (``{% if customer.name %}``) and goes through lists (``{% for one in
promises %}``); nothing else.  Whatever else Jinja can do is a fault that
`templatefaults` names with its line: no call, no attribute of Python, no file, no other template.
So what a customer wrote is never more than text in a letter, and a template
that passed can fail no more at the desk.  It runs in Jinja's immutable sandbox,
which refuses the same once more.

What comes out is blocks, not markup (`filled`): paragraphs, and lists where
lines begin with ``- ``.  Lines of a paragraph belong together; ``\`` at the end of one
breaks it.  A value can open no block, whatever stands in it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jinja2.sandbox import SandboxedEnvironment

# What a value may be: one of these, a tuple of the words it can be, a mapping of parts, a list of one kind.
TEXT, NUMBER, FLAG = "text", "number", "flag"
Shape = Any
LOOP: dict[str, Shape] = {"first": FLAG, "last": FLAG, "index": NUMBER, "length": NUMBER}

FILTERS = ("capitalize", "join", "length", "lower", "upper")
_OPEN, _CLOSE, _BREAK = "\x02", "\x03", "\x1f"  # around a value; a line break inside it
_MARKS = {ord(one): None for one in (_OPEN, _CLOSE, _BREAK)}
# A line with nothing but tags is no line of the letter; its end is put inside the last tag, so that lines
# keep their numbers.
_TAGS = re.compile(
    r"(?m)^[ ]*((?:\{%[^%\n]*(?:%(?!\})[^%\n]*)*%\}[ ]*)*\{%[^%\n]*(?:%(?!\})[^%\n]*)*)%\}[ ]*\n"
)
_WIDE = re.compile("[\u2014\u2018-\u201d\u2026\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


class Block(NamedTuple):
    """A paragraph, or a list: its lines, or its entries, each with its lines."""

    listed: bool
    entries: list[list[str]]  # of a paragraph: one entry


def filled(source: str, given: Mapping[str, Any]) -> list[Block]:
    """The blocks of a template in which `templatefaults.faults` finds nothing wrong."""
    return _blocks(environment().from_string(tidied(source)).render(_cleaned(given)))


def tidied(source: str) -> str:
    """A template in which lines of tags alone are no lines."""
    return _TAGS.sub(r"\1\n%}", source + "\n")


def _cleaned(value: Any) -> Any:
    """The value without the marks that stand around values; nothing of it is shared with the caller."""
    if isinstance(value, str):
        return value.translate(_MARKS)
    if isinstance(value, dict):
        return {key: _cleaned(part) for key, part in value.items()}
    return [_cleaned(part) for part in value] if isinstance(value, list) else value


def _marked(value: Any) -> str:
    """A value as it stands in the filled text until its blocks are told apart."""
    return _OPEN + _BREAK.join(str(value).splitlines()) + _CLOSE


@cache
def environment() -> SandboxedEnvironment:
    """Jinja without everything that a letter has no use for; one for all templates."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Letters(ImmutableSandboxedEnvironment):
        """Values are mappings, lists, texts, numbers: nothing has attributes, nothing can be called."""

        intercepted_binops = frozenset(("+", "-", "*", "/", "//", "%", "**"))
        intercepted_unops = frozenset(("+", "-"))

        def is_safe_attribute(self, obj: Any, attr: str, _value: Any) -> bool:
            return type(obj).__name__ == "LoopContext" and attr in LOOP

        def is_safe_callable(self, _obj: Any) -> bool:
            return False

        def call_binop(self, _context: Any, operator: str, _left: Any, _right: Any) -> Any:
            raise self._no(operator)

        def call_unop(self, _context: Any, operator: str, _arg: Any) -> Any:
            raise self._no(operator)

        @staticmethod
        def _no(operator: str) -> Exception:
            from jinja2.exceptions import SecurityError

            return SecurityError(operator)

    # Nothing is escaped here: what comes out is text, and whoever sets it escapes all of it.
    made = Letters(undefined=StrictUndefined, finalize=_marked, autoescape=False)
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS}
    made.tests.clear()
    return made


def _blocks(text: str) -> list[Block]:
    """Paragraphs and lists of a filled template."""
    return [block for part in re.split(r"\n[ ]*(?:\n[ ]*)+", text.strip("\n ")) for block in _parted(part)]


def _parted(part: str) -> Iterator[Block]:
    """The lines between two empty ones: text, and lists where lines begin with a dash."""
    found: list[tuple[bool, list[list[str]]]] = []
    for raw in part.split("\n"):
        line = raw.strip(" ")
        if line.startswith("- "):
            if not found or not found[-1][0]:
                found.append((True, []))
            found[-1][1].append([line[2:].lstrip(" ")])
        elif line and found and (not found[-1][0] or raw.startswith(" ")):
            found[-1][1][-1].append(line)
        elif line:
            found.append((False, [[line]]))
    for listed, entries in found:
        kept = [lines for lines in map(_lines, entries) if lines]
        if kept:
            yield Block(listed, kept)


def _lines(raw: list[str]) -> list[str]:
    """Lines as they are broken: at a backslash at their end and in values, joined otherwise."""
    text = ""
    for line in raw:
        if text.endswith("\\"):
            text = text[:-1].rstrip(" ") + _BREAK + line
        else:
            text += ("" if not text or _touching(text, line) else " ") + line
    text = text.removesuffix("\\").rstrip(" ")
    lines = (line.translate(_MARKS).strip(" ") for line in text.split(_BREAK))
    return [line for line in lines if line]


def _touching(before: str, after: str) -> bool:
    """Whether two lines join without a blank: Chinese has none between its characters."""
    last, first = before.translate(_MARKS)[-1:], after.translate(_MARKS)[:1]
    return bool(_WIDE.match(last) and _WIDE.match(first))

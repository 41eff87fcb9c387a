"""YAML documents of the plainest kind, read line by line: what is anything else is left to the strict reader.

Plain is what people write and the program writes for them: mappings and lists
by indentation, texts on one line, flow style on one line, literal blocks
(``key: |-``), comments.  Of such a document the same comes out as
`complaintctl.strictyaml` makes of it, many times faster; whatever is wrong with
a document is for that reader to say.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.filetext import Limits, Lines, Place

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})").fullmatch
# Plain scalars that a reader of YAML 1.1 or 1.2 takes for a number, a date or a truth value.
_NO_TEXT = re.compile(
    r"[-+]?(?:[0-9][0-9_]*+(?:\.[0-9_]*+)?|\.[0-9][0-9_]*+)(?:e[-+]?[0-9]++)?"  # 012 1_000 1.5 .5 1. 1e3
    r"|[-+]?0[xob][0-9a-f_]++"
    r"|[-+]?[0-9][0-9_]*+(?::[0-9]{1,2})++(?:\.[0-9_]*+)?"  # 12:30:45
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[t ].*+)?"
    r"|[-+]?\.(?:inf|nan)|y|n|yes|no|on|off|=|<<",
    re.IGNORECASE,
).fullmatch
NOTHING = frozenset(("", "~", "null", "Null", "NULL"))
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}

_WORD = r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,99}+"
_QUOTED = r'"[^"\\]*+(?:\\["\\/nt][^"\\]*+)*+"'
_KEY = rf'{_WORD}|"[^"\\]{{0,99}}+"'
_SKIPPED = re.compile(r" *+(?:#.*)?").fullmatch
_LINE = re.compile(
    rf"( *+)(- ++)?(?:({_KEY}):(?= |$))?"  # where it begins, entry of a list, key
    rf"(?: *+(?:({_WORD})|({_QUOTED})|([\[{{].*+)))?(?: ++#.*+| *+)"  # the value, if it is here; a comment
).fullmatch
_BLOCK = re.compile(rf"( *+)({_KEY}): ++\|-").fullmatch
_END = re.compile(r" ++#.*+| *+").fullmatch
_FLOW_KEY = re.compile(rf" *+({_KEY}): *+").match
_FLOW_SCALAR = re.compile(rf" *+(?:({_WORD})|({_QUOTED})) *+").match
_FLOW_SIGN = re.compile(r" *+([\[\]{},]) *+").match
_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t"}


class _NotPlain(Exception):
    """There is more to this document than is read here, or something is wrong with it."""


def resolve(text: str) -> tuple[Any, str]:
    """An unquoted scalar: its value, and what is wrong with it (empty: nothing)."""
    if text in _TRUTH:
        return _TRUTH[text], ""
    if _INTEGER(text):
        return int(text), ""
    if text in NOTHING:
        return "", _("nothing stands here: write a value, or leave the key out")
    if _NO_TEXT(text):
        return text, _("put quotes around it (a number, date or yes/no to some programs, text to others)")
    return text, ""


def read(text: str, limits: Limits) -> tuple[dict[str, Any], Lines] | None:
    """The document and the line of every value by its path; None where it is not plain.

    `text` has passed `complaintctl.filetext.decode`.
    """
    reader = _Reader(limits)
    lines = text.split("\n")
    number = 0
    try:
        while number < len(lines):
            line = lines[number]
            number += 1
            if line.endswith("|-") and (opening := _BLOCK(line)):
                number = reader.block(opening[1], opening[2], lines, number)
            elif not _SKIPPED(line):
                reader.line(line, number)
    except _NotPlain:
        return None
    return reader.result()


class _Reader:
    """Builds plain data line by line."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.lines: Lines = {}
        self.values = 0
        self.open: list[tuple[int, Any, Place]] = []  # column, list or mapping, path; the innermost last
        self.waiting: str | None = None  # the key whose value begins in the next line

    def result(self) -> tuple[dict[str, Any], Lines] | None:
        if not self.open or self.waiting is not None or self.values > self.limits.values:
            return None
        return self.open[0][1], self.lines

    def line(self, line: str, number: int) -> None:
        """Read a line that holds more than a comment."""
        found = _LINE(line)
        if found is None or len(line) > self.limits.text:
            raise _NotPlain
        spaces, dash, key, word, quoted, flow = found.groups()
        held, path = self._holder(len(spaces), dash is not None, number)
        if dash is not None:
            path = (*path, len(held))
            if key is None:
                held.append(self._value(word, quoted, flow, path, number))
                return
            entry = self._put({}, path, number)
            held.append(entry)
            held = self._enter(len(spaces) + len(dash), entry, path)
        name = _key(key, held)
        path = (*path, name)
        if word is None and quoted is None and flow is None:
            self.waiting = name
            self.lines[path] = number
        else:
            held[name] = self._value(word, quoted, flow, path, number)

    def block(self, spaces: str, key: str, lines: list[str], number: int) -> int:
        """Read a literal block that line `number` (from 1) opens for a key; the number of its last line.

        It has the indentation of its first line and ends before the first line with less.
        """
        held, path = self._holder(len(spaces), False, number)
        name = _key(key, held)
        first = lines[number] if number < len(lines) else ""
        inner = len(first) - len(first.lstrip(" "))
        if not first.strip(" ") or inner <= len(spaces):
            raise _NotPlain
        end = number
        while end < len(lines) and (not lines[end] or lines[end].startswith(" " * inner)):
            end += 1
        inside = [line[inner:] for line in lines[number:end]]
        text = "\n".join(inside).rstrip("\n")
        if len(text) > self.limits.text or any(line.isspace() for line in inside):
            raise _NotPlain
        held[name] = self._put(text, (*path, name), number)
        return end

    def _holder(self, column: int, listed: bool, number: int) -> tuple[Any, Place]:
        """The list or mapping that a line at a column belongs to, and its path; a new one is opened."""
        if self.waiting is None and self.open:
            while self.open[-1][0] > column:
                self.open.pop()
            there, held, path = self.open[-1]
            if there != column or isinstance(held, list) is not listed:
                raise _NotPlain
            return held, path
        new: Any = [] if listed else {}
        if self.waiting is None:
            if listed or column:
                raise _NotPlain
            return self._enter(0, self._put(new, (), number), ()), ()
        there, held, path = self.open[-1]
        if column <= there:
            raise _NotPlain
        path = (*path, self.waiting)
        held[self.waiting] = self._put(new, path, self.lines[path])
        self.waiting = None
        return self._enter(column, new, path), path

    def _enter(self, column: int, value: Any, path: Place) -> Any:
        self.open.append((column, value, path))
        if len(self.open) > self.limits.depth:
            raise _NotPlain
        return value

    def _put(self, value: Any, path: Place, number: int) -> Any:
        """Count a value and note its line."""
        self.values += 1
        self.lines[path] = number
        return value

    def _value(self, word: str | None, quoted: str | None, flow: str | None, path: Place, number: int) -> Any:
        """The value that stands in a line."""
        if flow is None:
            return self._put(_scalar(word, quoted), path, number)
        value, end = self._flow(flow, 0, path, number, len(self.open))
        if not _END(flow, end):
            raise _NotPlain
        return value

    def _flow(self, text: str, at: int, path: Place, number: int, depth: int) -> tuple[Any, int]:
        """A value in flow style that begins at a place of a text, and where it ends."""
        found = _FLOW_SCALAR(text, at)
        if found is not None:
            return self._put(_scalar(found[1], found[2]), path, number), found.end()
        opening = _FLOW_SIGN(text, at)
        if opening is None or opening[1] not in "[{" or depth >= self.limits.depth:
            raise _NotPlain
        listed = opening[1] == "["
        held: Any = self._put([] if listed else {}, path, number)
        closing = "]" if listed else "}"
        at = opening.end()
        if text[at : at + 1] == closing:
            return held, at + 1
        while True:
            place: str | int = len(held)
            if not listed:
                key = _FLOW_KEY(text, at)
                if key is None or text[key.end() - 1] != " ":
                    raise _NotPlain
                place, at = _key(key[1], held), key.end()
            value, at = self._flow(text, at, (*path, place), number, depth + 1)
            if listed:
                held.append(value)
            else:
                held[place] = value
            sign = _FLOW_SIGN(text, at)
            if sign is None or sign[1] not in {",", closing}:
                raise _NotPlain
            if sign[1] == closing:
                return held, sign.end(1)
            at = sign.end()


def _key(written: str | None, held: dict[str, Any]) -> str:
    """The text of a key that the mapping does not have yet."""
    if written is None:
        raise _NotPlain
    name = written[1:-1] if written[0] == '"' else _scalar(written, None)
    if type(name) is not str or name in held:
        raise _NotPlain
    return name


def _scalar(word: str | None, quoted: str | None) -> Any:
    """What an unquoted word, or a text in double quotes, says."""
    if word is not None:
        value, wrong = resolve(word)
        if wrong:
            raise _NotPlain
        return value
    if quoted is None:
        raise _NotPlain
    text = quoted[1:-1]
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), text) if "\\" in text else text

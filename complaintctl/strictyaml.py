"""Strict reading of any YAML file: it is understood in full, or refused with lines and reasons.

YAML has more ways to surprise than a register needs.  What is read here is
mappings with text keys, lists, texts, whole numbers, true and false; aliases,
tags, merge keys, dates, fractions and words that only some programs take for
text are problems, each with its line.  No problem quotes a value of the file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from complaintctl import plainyaml
from complaintctl.errors import Problem
from complaintctl.filetext import (
    DOCUMENT_LIMITS,
    MAX_PROBLEMS,
    Limits,
    Lines,
    Place,
    decode,
    json_path,
    refusal,
)
from complaintctl.i18n import _
from complaintctl.plainyaml import NOTHING, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

_SURROGATE = re.compile("[\ud800-\udfff]")
_DIRECTIVE = re.compile(r"(?:[ ]*(?:#[^\n]*)?\n)*%")


class _StopReading(Exception):
    """Nothing after this can be told."""


class _Open:
    """A list or mapping that is being read."""

    __slots__ = ("key", "key_lines", "line", "path", "value")

    def __init__(self, value: Any, path: Place, line: int) -> None:
        self.value, self.path, self.line = value, path, line
        self.key: str | None = None  # of a mapping: the key that waits for its value
        self.key_lines: dict[str, int] = {}


class _Reader:
    """Builds plain data from the parser's events, and notes what is wrong on the way."""

    def __init__(self, text: str, file: str, limits: Limits) -> None:
        self.text, self.file, self.limits = text, file, limits
        self.problems: list[Problem] = []
        self.lines: Lines = {}
        self.stack: list[_Open] = []
        self.root: Any = None
        self.documents = self.values = 0
        self.line = 1  # of the last thing that was understood
        self.anchored: set[int] = set()  # lines, each named once
        self.commented = False  # where no comment may be
        self.complete = False  # read to the end, whatever was wrong on the way
        self.outside = 0  # up to where comments have been looked for

    def problem(self, line: int, message: str, path: Place | None = None) -> None:
        if path is None:
            path = self._place()
        self.problems.append(Problem(self.file, line, json_path(path), message))
        if len(self.problems) >= MAX_PROBLEMS:
            raise _StopReading

    def _place(self) -> Place:
        if not self.stack:
            return ()
        top = self.stack[-1]
        if isinstance(top.value, list):
            return (*top.path, len(top.value))
        return top.path if top.key is None else (*top.path, top.key)

    def read(self) -> None:
        """Read it all; every foreseeable fault of the parser becomes a problem."""
        from ruamel.yaml import YAML
        from ruamel.yaml.error import YAMLError

        if _DIRECTIVE.match(self.text):
            self.problem(1, _("a directive (%): leave it out"), ())
            return
        try:
            for event in YAML(typ="safe", pure=True).parse(self.text):
                handler = _HANDLERS.get(type(event).__name__)
                if handler is not None:
                    handler(self, event)
            self._comments(len(self.text))
            if self.root is None:
                self.problem(1, _("the file is empty"), ())
            self.complete = isinstance(self.root, dict)
        except _StopReading:
            pass
        except (YAMLError, ValueError, LookupError, OverflowError, AssertionError, RecursionError) as error:
            self.problems.append(_syntax_problem(self.file, error, self.line))

    def _comments(self, end: int) -> None:
        """Note comments between the last scalar and `end`, if they may not be there."""
        at = -1 if self.limits.comments else self.text.find("#", self.outside, end)
        while at >= 0:
            line = self.text.count("\n", 0, at) + 1
            if line > 1:
                self.commented = True
                self.problem(line, _("a comment: a case file keeps words in its sections only"), ())
            stop = self.text.find("\n", at, end)
            at = -1 if stop < 0 else self.text.find("#", stop, end)
        self.outside = max(self.outside, end)

    def document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self.problem(event.start_mark.line + 1, _("a second document (---) in the same file"), ())
            raise _StopReading

    def alias(self, event: Any) -> None:
        self._anchor(event)
        self._add("", event.start_mark.line + 1, plain=False)

    def _anchor(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if line not in self.anchored:
            self.anchored.add(line)
            message = _("an anchor or alias (& or *): write the value itself, or put quotes around it")
            self.problem(line, message)

    def _marks(self, event: Any) -> None:
        """Anchors and tags of a node."""
        line = event.start_mark.line + 1
        if event.anchor is not None:
            self._anchor(event)
        if event.ctag is not None:
            self.problem(line, _("a tag (!): leave it out, or put quotes around the text"))

    def scalar(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        line = self.line = event.start_mark.line + 1
        self._comments(start)
        if event.style in ("|", ">"):  # a comment may follow the sign of a block
            self._comments(self.text.find("\n", start, end))
        self.outside = end
        self._marks(event)
        text: str = event.value
        if len(text) > self.limits.text:
            self.problem(line, _("a text of more than {most} characters").format(most=self.limits.text))
        if _SURROGATE.search(text):
            self.problem(line, _("half a character (a lone surrogate)"))
        self._add(text, line, plain=event.style is None)

    def _add(self, text: str, line: int, *, plain: bool) -> None:
        """Put a scalar where it belongs: a key or a value."""
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self._key(top, text, line, plain=plain)
            return
        value: Any = text
        if plain:
            value, wrong = resolve(text)
            if top is None and text in NOTHING:
                return  # an empty document
            if wrong:
                waits = top.key if top is not None and not text else None
                self.problem(top.key_lines[waits] if top and waits is not None else line, wrong)
        self._put(value, line)

    def _key(self, top: _Open, text: str, line: int, *, plain: bool) -> None:
        if plain and text == "<<":
            self.problem(line, _("a merge key (<<): write the keys themselves"), top.path)
        elif plain and (resolve(text)[1] or not isinstance(resolve(text)[0], str)):
            self.problem(line, _("a key that is no text: put quotes around it"), top.path)
        if text in top.key_lines:
            message = _("the same key in lines {first} and {second}")
            self.problem(line, message.format(first=top.key_lines[text], second=line), (*top.path, text))
        top.key_lines[text] = line
        top.key = text

    def _put(self, value: Any, line: int) -> Place:
        """Put a value under the waiting key or at the end of the list; its path."""
        self.values += 1
        if self.values > self.limits.values:
            message = _("more than {most} values").format(most=self.limits.values)
            self.problem(line, message, ())
            raise _StopReading
        path = self._place()
        if not self.stack:
            self.root = value
            if not isinstance(value, dict):
                self.problem(line, _("the file must hold a mapping (lines of `key: value`)"), ())
                raise _StopReading
        else:
            top = self.stack[-1]
            if isinstance(top.value, list):
                top.value.append(value)
            elif top.key is not None:
                line = top.key_lines[top.key]
                top.value[top.key] = value
                top.key = None
        self.lines[path] = line
        return path

    def start(self, event: Any) -> None:
        self._marks(event)
        line = event.start_mark.line + 1
        if len(self.stack) >= self.limits.depth:
            self.problem(line, _("nested deeper than {most}").format(most=self.limits.depth), ())
            raise _StopReading
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self.problem(line, _("a key that is no text"), top.path)
            raise _StopReading
        value: Any = {} if type(event).__name__ == "MappingStartEvent" else []
        self.stack.append(_Open(value, self._put(value, line), line))

    def end(self, _event: Any) -> None:
        self.stack.pop()


_HANDLERS: dict[str, Callable[[_Reader, Any], None]] = {
    "DocumentStartEvent": _Reader.document,
    "AliasEvent": _Reader.alias,
    "ScalarEvent": _Reader.scalar,
    "SequenceStartEvent": _Reader.start,
    "MappingStartEvent": _Reader.start,
    "SequenceEndEvent": _Reader.end,
    "MappingEndEvent": _Reader.end,
}


def _meanings() -> tuple[tuple[str, str], ...]:
    """What the parser says, and what it means to the person who wrote the file."""
    return (
        ("mapping values are not allowed", _("a colon and a blank in unquoted text, or wrong indentation")),
        ("could not find expected ':'", _("a line that is neither `key: value` nor an entry of a list")),
        ("found unexpected end of stream", _("a quotation mark that is never closed")),
        ("found unknown escape", _("an unknown escape (write \\\\ for a backslash)")),
        ("expected <block end>", _("wrong indentation, or text after a closing quotation mark")),
        ("expected ',' or", _("a bracket that is never closed, or a comma missing")),
        ("cannot start any token", _("a text that must stand in quotes")),
    )


def _syntax_problem(file: str, error: Exception, line: int) -> Problem:
    """What the parser found after `line`, in our words: its own quote the file."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = str(getattr(error, "problem", None) or "")
    meaning = next((meaning for sign, meaning in _meanings() if sign in said), "")
    place = _("no YAML from column {column} on").format(column=mark.column + 1) if mark else _("no YAML")
    return Problem(file, mark.line + 1 if mark else line, "$", f"{place}: {meaning}" if meaning else place)


def read_document(data: bytes, file: str, limits: Limits = DOCUMENT_LIMITS) -> tuple[Any, Lines]:
    """A YAML file as plain data, and the line of every value by its path.

    `file` is the name used in problems.  Raises BadData with all problems
    that could be told at once; no message holds a value of the file.
    """
    text = decode(data, file, limits)
    plain = plainyaml.read(text, limits) if limits.comments else None
    if plain is not None:
        return plain
    return read_strictly(text, file, limits)


def read_strictly(text: str, file: str, limits: Limits) -> tuple[Any, Lines]:
    """The same of the text of a file, whatever it looks like."""
    reader = _Reader(text, file, limits)
    reader.read()
    if reader.problems:
        hint = _("complaintctl contact ID --note …, or complaintctl amend ID --reason …")
        bad = refusal(file, reader.problems, hint if reader.commented else "")
        bad.understood = (reader.root, reader.lines) if reader.complete else None
        raise bad
    return reader.root, reader.lines

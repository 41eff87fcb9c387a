"""Reading the next version of a case: the sections that stayed as they were are not read again.

A case file is written section after section, each a function of its own
content.  So a text is canonical if it begins with the modeline, its sections
stand in their order, and each is the canonical text of itself.  Everything that
is odd goes to `yamlfile.read_case`, which says what is wrong.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from complaintctl import forms
from complaintctl.canonical import MAX_SIZE, MODELINE_CASE, SHAPE
from complaintctl.errors import BadData
from complaintctl.filetext import CASE_LIMITS
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from complaintctl.case import Case

_HEAD = f"{MODELINE_CASE}\n".encode()
_next = re.compile(rb"\n(?=[^ \n])").search  # where a section begins
_INSIDE = (b" ", b"\n")  # what a line of a section that goes on begins with
_SHORT = 40  # bytes
_WORDS = 4096
_PLACES = {key: place for place, key in enumerate(SHAPE)}


class Version(NamedTuple):
    """A case as it was read, with the text of each of its sections in their order."""

    case: Case
    texts: list[tuple[str, bytes]]
    fresh: list[str]  # the sections that were read: all others are the same objects as in the version before


class Reader:
    """Reads versions of cases, each with the help of the one before."""

    def __init__(self) -> None:
        self._read = forms.Reader().read
        self._short: dict[bytes, Any] = {}  # sections of a word, as they come again in every case

    def read(self, data: bytes, file: str, before: Version | None = None) -> Version:
        """The case in a file's bytes; BadData as `yamlfile.read_case`.

        What stayed as it was in `before` is the same object in both: neither may be changed.
        """
        found = self._pieces(data, file, before) if data.startswith(_HEAD) else None
        if found is not None:
            return found
        from complaintctl import yamlfile

        case = yamlfile.read_case(data, file)
        return Version(case, [], list(case))

    def _pieces(self, data: bytes, file: str, before: Version | None) -> Version | None:
        """The case section by section; None where something is odd."""
        if len(data) > CASE_LIMITS.values and (
            len(data) > MAX_SIZE or data.count(b"\n") > CASE_LIMITS.values
        ):
            return None
        if data[-1:] != b"\n":
            return None
        known: list[tuple[str, bytes]] = before.texts if before else []
        old: Any = before.case if before else {}
        case: Any = {}
        texts: list[tuple[str, bytes]] = []
        fresh: list[str] = []
        place, size, number, last = len(_HEAD), len(data), 0, -1
        while place < size:
            first = number
            number, place = _as_before(data, place, known, number)
            if first < number:
                same = known[first:number]
                for key, _text in same:
                    case[key] = old[key]
                texts += same
                last = _PLACES[key]
                continue
            end = _next(data, place)
            text = data[place : end.end() if end else size]
            key = text[: text.find(b":")].decode("ascii", "replace")
            order = _PLACES.get(key, -1)
            value = self._value(key, text, file) if order > last else None
            if value is None:
                return None
            case[key] = value
            texts.append((key, text))
            fresh.append(key)
            place, last = place + len(text), order
            while number < len(known) and _PLACES[known[number][0]] <= order:
                number += 1
        return Version(case, texts, fresh)

    def _value(self, key: str, text: bytes, file: str) -> Any:
        """What one section holds; None where it is not the canonical text of it."""
        if len(text) < _SHORT and text in self._short:
            return self._short[text]
        try:
            found: Any = self._read(_HEAD + text, file)
        except BadData:
            return None
        value = found[key] if found.keys() == {key} else None
        if type(value) is str and len(text) < _SHORT:
            if len(self._short) >= _WORDS:
                self._short.clear()
            self._short[text] = value
        return value


def _as_before(data: bytes, place: int, known: list[tuple[str, bytes]], number: int) -> tuple[int, int]:
    """Up to which section, and to which place, a text goes on as `known` does from the one of a `number`."""
    first = number
    for _key, text in known[number:] if number else known:
        if not data.startswith(text, place):
            break
        place += len(text)
        number += 1
    # The last of them may go on in other words; what a section follows has ended.
    if first < number and data[place : place + 1] in _INSIDE:
        number -= 1
        place -= len(known[number][1])
    return number, place

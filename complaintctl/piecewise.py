"""Reading the next version of a case: the sections that stayed as they were are not read again.

A case file is written section after section, each a function of its own
content.  So a text is canonical if it begins with the modeline, its sections
stand in their order, and each is the canonical text of itself.  A section like
one before is matched by a pattern (`complaintctl.patterns`), and so fits the
schema; so does one that comes again word for word.  Everything that is odd goes
to `yamlfile.read_case`, which says what is wrong.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from complaintctl import forms, schema
from complaintctl.canonical import MAX_SIZE, MODELINE_CASE, SHAPE
from complaintctl.errors import BadData
from complaintctl.filetext import CASE_LIMITS
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.patterns import Reader as Patterns

_HEAD = f"{MODELINE_CASE}\n".encode()
_next = re.compile(rb"\n(?=[^ \n])").search  # where a section begins
_new = tuple.__new__
_INSIDE = (b" ", b"\n")  # what a line of a section that goes on begins with
_SAME = frozenset(
    ("state", "kind", "policy", "currency")
)  # sections that come again as they are in every case
_KEPT = 4096  # texts of these
_MANY = 100  # sections that are read before patterns are made of them: making them takes time, too
_PLACES = {key.encode(): (key, place) for place, key in enumerate(SHAPE)}
_ORDER = dict(_PLACES.values())
_NOWHERE = "", -1


class Version(NamedTuple):
    """A case as it was read, with the text of each of its sections in their order."""

    case: Case
    texts: list[tuple[str, bytes]]
    doubtful: list[str]  # the sections of which it is not known whether they fit the schema


class Reader:
    """Reads versions of cases, each with the help of the one before."""

    def __init__(self) -> None:
        self._read = forms.Reader().read
        self._patterns: Patterns | None = None
        self._same: dict[bytes, Any] = {}  # sections that fit the schema, by their text
        self._learnt = 0

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
        doubtful: list[str] = []
        place, size, number, last = len(_HEAD), len(data), 0, -1
        while place < size:
            first = number
            number, place = _as_before(data, place, known, number)
            if first < number:
                same = known[first:number]
                for key, _text in same:
                    case[key] = old[key]
                texts += same
                last = _ORDER[key]
                continue
            end = _next(data, place)
            text = data[place : end.end() if end else size]
            key, order = _PLACES.get(text[: text.find(b":")], _NOWHERE)
            if order <= last:
                return None
            value = self._known(key, text)
            if value is None:
                value = self._value(key, text, file)
                if value is None:
                    return None
                doubtful.append(key)
            case[key] = value
            texts.append((key, text))
            place, last = place + len(text), order
            while number < len(known) and _ORDER[known[number][0]] <= order:
                number += 1
        return _new(Version, (case, texts, doubtful))

    def _known(self, key: str, text: bytes) -> Any:
        """What a section holds that is certainly canonical and fits the schema; None for any other."""
        if key in _SAME and text in self._same:
            return self._same[text]
        if self._patterns is None:
            return None
        try:
            return self._patterns.section(key, text.decode())
        except ValueError:
            return None

    def _value(self, key: str, text: bytes, file: str) -> Any:
        """What one section holds; None where it is not the canonical text of it."""
        try:
            found: Any = self._read(_HEAD + text, file)
        except BadData:
            return None
        return found[key] if found.keys() == {key} else None

    def learn(self, version: Version) -> None:
        """Take in the sections of a version that was found to fit the schema."""
        if not version.doubtful or not version.texts:
            return
        texts = dict(version.texts)
        for key in version.doubtful:
            if key in _SAME:
                if len(self._same) >= _KEPT:
                    self._same.clear()
                self._same[texts[key]] = version.case[key]  # type: ignore[literal-required]
            elif self._patterns is not None:
                self._patterns.learn_section(key, texts[key].decode(), version.case[key])  # type: ignore[literal-required]
        self._learnt += len(version.doubtful)
        if self._patterns is None and self._learnt >= _MANY:
            from complaintctl import patterns

            self._patterns = patterns.Reader(schema.schema("case"))


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

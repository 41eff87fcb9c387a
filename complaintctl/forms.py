"""Reading very many case files: those that are filled in like one before are not parsed again.

A case file is a form: the same sections and keys come again in thousands of
files, with other values.  The form (a file without its values) is read once
the slow way; from then on only the values are looked at.

What is accepted is exactly what `complaintctl.canonical` would write.  How a
case is written depends on its keys and on the spelling of each single value;
so a text that has a form known to be canonical, and whose values are each
spelled as they would be written, is the text of the case with these values.
Everything else goes to `yamlfile.read_case`, which also says what is wrong.

A text is taken apart at its quotes.  What stands in quotes is a value.  What
stands between (keys, ids, words, numbers) comes again in other files as a
whole, so what is found in it is remembered.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from complaintctl.canonical import MAX_DIGITS, MAX_SIZE, is_word, quoted
from complaintctl.filetext import CASE_LIMITS
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from complaintctl.case import Case

FORMS = 2048  # so many are kept; then it starts again
BETWEEN = 8192  # what stands between quotes: as above
_SHORT = 40  # pieces between quotes; of what is longer, hardly anything comes again as a whole

# A value of a key that is not in quotes, at the end of its line.  Blocks, `{}` and the entries of lists of
# words stay in the form, where they can only be the same again.
_split = re.compile(r': ([A-Za-z0-9][^"\n|:]*)\n').split
_number = re.compile(rf"0|[1-9][0-9]{{0,{MAX_DIGITS - 1}}}").fullmatch
# Texts, a quote after each, of which none is a word that would be written without quotes.
_no_words = re.compile(
    r'(?:(?:[^A-Za-z"][^"]*+|[A-Za-z][A-Za-z0-9._/+-]*+[^"A-Za-z0-9._/+-][^"]*+)?+")*+'
).fullmatch


class _Between(NamedTuple):
    """What stands between two quotes: without its values, and those."""

    form: str | None  # None: it holds what cannot be left to a form
    values: tuple[Any, ...]


_form_of, _values_of = itemgetter(0), itemgetter(1)


class _Form(NamedTuple):
    """A form that is known to be canonical."""

    template: Any  # the case, with the places of its values
    noted: Sequence[int]  # places of the texts that somebody wants to have at hand


class Reader:
    """Reads case files as `yamlfile.read_case` does; keeps the forms that it has met.

    `noted`: keys whose texts somebody wants to have at hand (see `read_noting`).
    """

    def __init__(self, noted: Collection[str] = ()) -> None:
        self._noted = noted
        self._forms: dict[tuple[str | None, ...], _Form] = {}
        self._between: dict[str, _Between] = {}
        self._exact: dict[tuple[str, ...], tuple[_Form, list[Any]]] = {}  # by all that stands between quotes

    def read(self, data: bytes, file: str) -> Case:
        """The case in a file's bytes; BadData as `yamlfile.read_case`."""
        return self.read_noting(data, file)[0]

    def read_noting(self, data: bytes, file: str) -> tuple[Case, list[Any] | None]:
        """The case, and what it has under the noted keys; None where one must look for that."""
        pieces = _pieces(data)
        texts = pieces[1::2]
        exact = tuple(pieces[::2])
        found = self._exact.get(exact)
        if found is not None and _are_spelled(texts):
            return self._fill(found[0], texts + found[1])
        known, look = self._between.get, self._look
        between = [known(piece) or look(piece) for piece in exact]
        form = tuple(map(_form_of, between))
        known_form = self._forms.get(form)
        if known_form is None or not _are_spelled(texts):
            from complaintctl import yamlfile

            case = yamlfile.read_case(data, file)
            if known_form is None:
                self._keep(form, texts, between, case)
            return case, None
        words = [*chain.from_iterable(map(_values_of, between))]
        if len(exact) < _SHORT:
            if len(self._exact) >= BETWEEN:
                self._exact.clear()
            self._exact[exact] = known_form, words
        return self._fill(known_form, texts + words)

    def _fill(self, form: _Form, values: Sequence[Any]) -> tuple[Case, list[Any]]:
        """A case with the form and values, and those that are noted."""
        return _filled(form.template, values), [values[place] for place in form.noted] if self._noted else []

    def _look(self, piece: str) -> _Between:
        """Find the values in what stands between two quotes, and remember it."""
        parts = _split(piece)
        values = tuple(map(_value, parts[1::2]))
        form = '"'.join(parts[::2])  # no piece holds a quote
        found = _Between(None if "|" in piece or None in values else form, values)
        if len(self._between) >= BETWEEN:
            self._between.clear()
        self._between[piece] = found
        return found

    def _keep(
        self,
        form: tuple[str | None, ...],
        texts: Sequence[str],
        between: Sequence[_Between],
        case: Case,
    ) -> None:
        """Remember the form of a canonical file, if all that it leaves open are the values of the case."""
        if None in form or not _are_spelled(texts):
            return
        places: list[int] = []  # of the values in the order of the file, where those in quotes come first
        plain = len(texts)
        for at, (_form, found) in enumerate(between):
            places += range(plain, plain + len(found))
            plain += len(found)
            places += range(at, min(at + 1, len(texts)))
        leaves: list[Any] = []
        template = _unfold(case, iter(places), leaves)
        values = [*texts, *chain.from_iterable(map(_values_of, between))]
        if [values[place] for place in places] != leaves:
            return
        if len(self._forms) >= FORMS:
            self._forms.clear()
        noted = [place for place, key in zip(places, _keys(case), strict=True) if key in self._noted]
        self._forms[form] = _Form(template, noted)


def _pieces(data: bytes) -> list[str]:
    """What stands outside and inside of quotes, by turns; a mere bar for what is not looked at."""
    if len(data) > CASE_LIMITS.values and (len(data) > MAX_SIZE or data.count(b"\n") > CASE_LIMITS.values):
        return ["|"]
    try:
        text = data.decode()
    except ValueError:
        return ["|"]
    pieces = text.split('"')
    return ["|"] if "\\" in text or len(pieces) % 2 == 0 else pieces


@lru_cache(maxsize=1024)  # words come again and again
def _value(text: str) -> Any:
    """What is written without quotes; None when the program would not write it so."""
    if is_word(text):
        return text
    if text in {"true", "false"}:
        return text == "true"
    return int(text) if _number(text) else None


def _are_spelled(texts: Sequence[str]) -> bool:
    """Whether texts that stand in quotes, without escapes, are written as the program would write them."""
    joined = '"'.join(texts) + '"'
    if joined.isprintable() and _no_words(joined):
        return True
    return all((one.isprintable() or quoted(one) == f'"{one}"') and not is_word(one) for one in texts)


def _unfold(node: Any, places: Iterator[int], leaves: list[Any]) -> Any:
    """A case with places instead of its values, which go to `leaves`; words in lists stay."""
    if isinstance(node, dict):
        return {key: _unfold(value, places, leaves) for key, value in node.items()}
    if isinstance(node, list):
        return [
            one if isinstance(one, str) and is_word(one) else _unfold(one, places, leaves) for one in node
        ]
    leaves.append(node)
    return next(places, -1)


def _keys(node: Any, key: str = "") -> Iterator[str]:
    """The key of each leaf of a case, in the order of `_unfold`."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _keys(value, name)
    elif isinstance(node, list):
        for one in node:
            if not (isinstance(one, str) and is_word(one)):
                yield from _keys(one, key)
    else:
        yield key


def _filled(node: Any, values: Sequence[Any]) -> Any:
    """What `_unfold` made, with values in their places."""
    if type(node) is dict:
        return {
            key: values[part] if type(part) is int else _filled(part, values) for key, part in node.items()
        }
    if type(node) is list:
        return [values[part] if type(part) is int else _filled(part, values) for part in node]
    return node

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
from typing import TYPE_CHECKING, Any, cast

from complaintctl.canonical import MAX_DIGITS, MAX_SIZE, MODELINE_CASE, is_word, quoted
from complaintctl.filetext import CASE_LIMITS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from complaintctl.case import Case

OFTEN = 8  # times that a form is met before it pays to make a function of it
FORMS = 2048  # so many are kept; then it starts again
BETWEEN = 8192  # what stands between quotes: as above

# A value of a key that is not in quotes, at the end of its line.  Blocks, `{}` and the entries of lists of
# words stay in the form, where they can only be the same again.
_split = re.compile(r': ([A-Za-z0-9][^"\n|:]*)\n').split
_number = re.compile(rf"0|[1-9][0-9]{{0,{MAX_DIGITS - 1}}}").fullmatch
# Texts, a quote after each, of which none is a word that would be written without quotes.
_no_words = re.compile(
    r'(?:(?:[^A-Za-z"][^"]*+|[A-Za-z][A-Za-z0-9._/+-]*+[^"A-Za-z0-9._/+-][^"]*+)?+")*+'
).fullmatch

# Where the ids of case and customer stand, and the words that stand for them in a form.
_CASE, _CUSTOMER = "the-id-of-the-case", "the-id-of-the-customer"
_BEGINS, _WHOSE = f"{MODELINE_CASE}\nid: ", "\ncustomer:\n  id: "
_ID = r"[A-Z]-[0-9A-Z-]++(?=\n)"  # certainly a word
_id = re.compile(_ID).match
_own_id = re.compile(rf"{re.escape(_BEGINS)}({_ID})").match


class _Form:
    """A form that is known to be canonical."""

    __slots__ = ("filled", "ids", "noted", "template", "used")

    def __init__(self, template: Any, noted: Sequence[int], ids: dict[str, int]) -> None:
        self.template = template  # the case, with the places of its values
        self.noted = noted  # places of the texts that somebody wants to have at hand
        self.ids = ids  # by what stands for an id, the place of that id
        self.used = 0
        self.filled: Callable[[list[Any]], Any] | None = None  # makes the case from its values


class Reader:
    """Reads case files as `yamlfile.read_case` does; keeps the forms that it has met.

    `noted`: keys whose texts somebody wants to have at hand (see `read_noting`).
    """

    def __init__(self, noted: Collection[str] = ()) -> None:
        self._noted = noted
        self._forms: dict[tuple[str | None, ...], _Form] = {}
        # What stands between two quotes: without its values (None: it holds what cannot be left to a
        # form), and those.
        self._between: dict[str, str | None] = {}
        self._values: dict[str, tuple[Any, ...]] = {}

    def read(self, data: bytes, file: str) -> Case:
        """The case in a file's bytes; BadData as `yamlfile.read_case`."""
        return self.read_noting(data, file)[0]

    def read_noting(self, data: bytes, file: str) -> tuple[Case, list[Any] | None]:
        """The case, and what it has under the noted keys; None where one must look for that."""
        pieces, ids = _pieces(data)
        outside, texts = pieces[::2], pieces[1::2]
        form = tuple(map(self._between.get, outside))
        if None in form:
            form = self._look(outside)
        known = self._forms.get(form)
        if known is None or known.ids.keys() != ids.keys() or not _are_spelled(texts):
            from complaintctl import yamlfile

            case = yamlfile.read_case(data, file)
            if known is None:
                self._keep(form, texts, outside, ids, case)
            return case, None
        values = [*texts, *chain.from_iterable(map(self._values.__getitem__, outside))]
        for name, place in known.ids.items():
            values[place] = ids[name]
        case = cast("Case", _make(known, values))
        return case, [values[place] for place in known.noted]

    def _look(self, outside: Sequence[str]) -> tuple[str | None, ...]:
        """The form of what stands outside of quotes; the values in it are found, and remembered."""
        if len(self._between) + len(outside) > BETWEEN:
            self._between.clear()
            self._values.clear()
        found: list[str | None] = []
        for piece in outside:
            if piece not in self._between:
                parts = _split(piece)
                values = tuple(map(_value, parts[1::2]))
                form = '"'.join(parts[::2])  # no piece holds a quote
                self._between[piece] = None if "|" in piece or None in values else form
                self._values[piece] = values
            found.append(self._between[piece])
        return tuple(found)

    def _keep(
        self,
        form: tuple[str | None, ...],
        texts: Sequence[str],
        outside: Sequence[str],
        ids: dict[str, str],
        case: Case,
    ) -> None:
        """Remember the form of a canonical file, if all that it leaves open are the values of the case."""
        if None in form or not _are_spelled(texts):
            return
        places: list[int] = []  # of the values in the order of the file, where those in quotes come first
        plain = len(texts)
        values = [*texts, *chain.from_iterable(map(self._values.__getitem__, outside))]
        for at, piece in enumerate(outside):
            places += range(plain, plain + len(self._values[piece]))
            plain += len(self._values[piece])
            places += range(at, min(at + 1, len(texts)))
        if any(values.count(name) != 1 for name in ids):
            return
        stands = {name: values.index(name) for name in ids}
        for name, place in stands.items():
            values[place] = ids[name]
        leaves: list[Any] = []
        template = _unfold(case, iter(places), leaves)
        if [values[place] for place in places] != leaves:
            return
        if len(self._forms) >= FORMS:
            self._forms.clear()
        noted = [place for place, key in zip(places, _keys(case), strict=True) if key in self._noted]
        self._forms[form] = _Form(template, noted, stands)


def _pieces(data: bytes) -> tuple[list[str], dict[str, str]]:
    """What stands outside and inside of quotes, by turns; a mere bar for what is not looked at.

    The ids of case and customer, which are in no other file, are cut out: each by the word that stands
    for it now.
    """
    if len(data) > MAX_SIZE or data.count(b"\n") > CASE_LIMITS.values:
        return ["|"], {}
    try:
        text = data.decode()
    except ValueError:
        return ["|"], {}
    ids = {}
    found = _own_id(text)
    if found:
        ids[_CASE] = found[1]
        text = f"{_BEGINS}{_CASE}{text[found.end(1) :]}"
    at = text.find(_WHOSE)
    found = _id(text, at + len(_WHOSE)) if at >= 0 else None
    if found:
        ids[_CUSTOMER] = found[0]
        text = f"{text[: found.start()]}{_CUSTOMER}{text[found.end() :]}"
    pieces = text.split('"')
    return (["|"], {}) if "\\" in text or len(pieces) % 2 == 0 else (pieces, ids)


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


def _make(form: _Form, values: list[Any]) -> Any:
    """The case that has these values in a form."""
    if form.filled is not None:
        return form.filled(values)
    form.used += 1
    if form.used >= OFTEN:
        # Nothing of a file gets into the code but its keys, as literals, and words of lists.
        form.filled = eval(f"lambda v: {_code(form.template)}", {"__builtins__": {}})  # noqa: S307
    return _filled(form.template, values)


def _code(node: Any) -> str:
    """`_filled` of a template, as an expression over the values `v`."""
    if type(node) is dict:
        return f"{{{', '.join(f'{key!r}: {_code(part)}' for key, part in node.items())}}}"
    if type(node) is list:
        return f"[{', '.join(map(_code, node))}]"
    return f"v[{node}]" if type(node) is int else repr(node)

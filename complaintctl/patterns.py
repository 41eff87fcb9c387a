"""Reading very many case files: a section like one before is matched by a pattern, and so fits the schema.

A case file is written section after section, each a function of its own content,
and the schema of a case asks nothing of one value because of another.  So the
layout of a section that was read once the slow way, and found to be valid, gives a
pattern: the same lines, and for each value whatever the schema takes there, as the
program would spell it.  A text whose sections all match, in an order that a valid
case had before, is canonical and valid.

Yes is yes; no means only that it is not plain to see.  Then the readers decide that
say what is wrong (`complaintctl.forms`, `complaintctl.schema`).
"""

from __future__ import annotations

import re
from collections import Counter
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

from complaintctl.canonical import MAX_DIGITS, MAX_SIZE, MISREAD, MODELINE_CASE, is_word, quoted
from complaintctl.filetext import CASE_LIMITS
from complaintctl.plainfit import MAIL, TIME_OF_DAY, is_plain
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from complaintctl.case import Case

OFTEN = 3  # times that a layout is met before it pays to make a pattern of it
LAYOUTS = 48  # of one section that are kept as patterns
SEEN = 4096  # layouts that are counted, and orders of sections that are known

_HEAD = f"{MODELINE_CASE}\n"
_begin = re.compile(r"^(?=[^ \n])", re.MULTILINE).finditer  # where a section begins
# The values of a section: in quotes, after a key, in a list of words.
_slots = re.compile(
    r'"([^"\\\n]*)"|(?<=: )([A-Za-z0-9][^"\n|: ]*)(?=\n)|(?<=- )([A-Za-z][A-Za-z0-9._/+-]*)(?=\n)'
).finditer
_WORD = "[A-Za-z][A-Za-z0-9._/+-]*+"
# Sections that mostly look alike are matched together with the one before them.
_JOINED = frozenset(("state", "kind", "policy", "intake", "demand", "currency"))
_END = rf"(?![ \n]|(?:{'|'.join(sorted(_JOINED))}):)"
_NO_WORD = rf'(?!{_WORD}")'
_FIRST = "".join(sorted({letter for word in MISREAD for letter in (word[0], word[0].upper())}))
_NO_TEXT = rf"(?=[^{_FIRST}\n]|(?!(?i:{'|'.join(sorted(MISREAD))})\n))"
# A pattern that takes nothing but the characters of words; and one of texts that begin with a digit.
_of_words = re.compile(
    r"(?:\{[0-9,]+\}|\[(?:[A-Z]-[A-Z]|[a-z]-[a-z]|[0-9]-[0-9]|[A-Za-z0-9._/+])*-?\]|\(\?:|\\\.|[A-Za-z0-9_/?*+|()-])*"
).fullmatch
_of_digits = re.compile(r"\(\?:\[[0-9]-9\](?![*?{])[^|]*").fullmatch
_NOTHING = "(?!)"
_BEGINS = "(?=[A-Za-z])"
_STRUCTURE = frozenset((
    "type", "properties", "required", "additionalProperties", "items", "minItems", "maxItems", "$ref",
))  # fmt: skip
_SAID = frozenset(("title", "description", "x-label", "x-pii"))
_WHOLE = frozenset(("$schema", "$id", "$defs"))
_LENGTHS = frozenset(("type", "minLength", "maxLength"))
_BOUNDS = frozenset(("type", "minimum", "maximum"))
_LEAD = "#/$defs/"
_FEW = 32  # numbers that are listed
_DAY = (
    "(?!0000)(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    "|[0-9]{2}(?:0[48]|[2468][048]|[13579][26])-02-29)"
)
_FORMATS = {"date": _DAY, "date-time": rf"{_DAY}T{TIME_OF_DAY}", "email": MAIL}
_groups = re.compile(r"(\[[^\]]*\])|\(").sub  # of a pattern: which are not to be remembered

Asked = list[tuple[str, Any]]  # keywords with what they say, some several times


class _Unfit(Exception):
    """A section, or what the schema asks of it, is not plain enough for a pattern."""


class _Layout(NamedTuple):
    """A section that is known: the pattern of its text, and what its values are put into."""

    match: Callable[..., re.Match[str] | None]
    filled: Callable[..., Any]
    noted: Callable[[Sequence[str]], tuple[str, ...]] | None  # texts that somebody wants to have at hand
    free: Callable[[Sequence[str]], tuple[str, ...]] | None  # texts of which the pattern says little


class _Leaf(NamedTuple):
    """A single value of a section, the key that it stands under, and what the schema asks of it."""

    key: str
    value: Any
    asked: Asked  # each keyword once or several times

    @property
    def is_free(self) -> bool:
        """Whether it may be any text of some length."""
        return type(self.value) is str and all(keyword in _LENGTHS for keyword, _said in self.asked)


class Reader:
    """Reads cases that are like those that it has learnt from; `noted` as for `complaintctl.forms`."""

    def __init__(self, schema: Mapping[str, Any], noted: Collection[str] = ()) -> None:
        self._schema = schema
        self._noted = noted
        # By the key that they begin with; of sections alone by the number of their lines, too.
        self._layouts: dict[str | tuple[str, int], list[_Layout]] = {}
        self._orders: set[tuple[str, ...]] = set()
        self._met: Counter[tuple[str, ...]] = Counter()

    def read(self, data: bytes) -> tuple[Case, list[str]] | None:
        """A case that is certainly canonical and valid, and what it has under the noted keys; else None."""
        text = _text(data)
        place, size = len(_HEAD), len(text)
        case: dict[str, Any] = {}
        order: list[str] = []
        noted: list[str] = []
        free: list[str] = []
        known = self._layouts.get
        while place < size:
            key = text[place : text.find(":", place)]
            for number, (match, filled, signed, said) in enumerate(known(key, ())):  # noqa: B007
                found = match(text, place)
                if found is not None:
                    break
            else:
                return None
            if number:  # what comes more often comes to stand before the others
                same = self._layouts[key]
                same[number - 1], same[number] = same[number], same[number - 1]
            values = found.groups()
            sections = filled(*values)
            order += sections
            case |= sections
            if signed is not None:
                noted += signed(values)
            if said is not None:
                free += said(values)
            place = found.end()
        if tuple(order) not in self._orders or not "".join(free).isprintable():
            return None
        return cast("Case", case), noted

    def section(self, key: str, text: str) -> Any:
        """What a section alone holds, which is certainly canonical and valid; None: not plain to see."""
        layouts = self._layouts.get((key, text.count("\n")), ())
        for number, (match, filled, _noted, said) in enumerate(layouts):  # noqa: B007
            found = match(text)
            if found is not None:
                break
        else:
            return None
        if number:  # as in `read`
            same = self._layouts[key, text.count("\n")]
            same[number - 1], same[number] = same[number], same[number - 1]
        values = found.groups()
        if found.end() != len(text) or (said is not None and not "".join(said(values)).isprintable()):
            return None
        return filled(*values)[key]

    def learn_section(self, key: str, text: str, value: Any) -> None:
        """Take in the layout of a section alone, which was found to be canonical and valid."""
        self._take((key, text.count("\n")), text, {key: value})

    def learn(self, data: bytes, case: Case) -> None:
        """Take in the layout of a case, as it was read: one that was found to be canonical and valid."""
        text = _text(data)
        if text and len(self._orders) < SEEN:
            self._orders.add(tuple(case))
            ends = [found.start() for found in _begin(text, len(_HEAD))]
            sections = [text[start:end] for start, end in zip(ends, [*ends[1:], len(text)], strict=True)]
            if len(sections) == len(case):
                for part, value in _parts(sections, case):
                    self._take(next(iter(value)), part, value)

    def _take(self, where: str | tuple[str, int], text: str, value: dict[str, Any]) -> None:
        """Make a pattern of sections that belong together, if their layout comes again and has none."""
        layouts = self._layouts.setdefault(where, [])
        if len(layouts) >= LAYOUTS:
            return
        found = list(_slots(text))
        bounds = [0, *(place for one in found for place in one.span(one.lastindex or 0)), len(text)]
        between = [text[start:end] for start, end in zip(bounds[::2], bounds[1::2], strict=True)]
        if len(self._met) >= SEEN:
            self._met.clear()
        self._met[tuple(between)] += 1
        if self._met[tuple(between)] != OFTEN:
            return
        try:
            layouts.append(self._layout(found, between, value))
        except _Unfit:
            return

    def _layout(
        self, found: Sequence[re.Match[str]], between: Sequence[str], value: dict[str, Any]
    ) -> _Layout:
        """The pattern of some sections; _Unfit where there can be none."""
        whole = {keyword: said for keyword, said in self._schema.items() if keyword not in _WHOLE}
        leaves = list(_leaves("", value, _nodes(whole, self._schema), self._schema))
        if len(leaves) != len(found):
            raise _Unfit
        made = [re.escape(between[0])]
        for slot, leaf, after in zip(found, leaves, between[1:], strict=True):
            made += ["(", _pattern(slot, leaf), ")", re.escape(after)]
        names = [f"v{place}" for place in range(len(leaves))]
        code = f"lambda {', '.join(names)}: {_code(value, iter(names))}"
        # Nothing of a file gets into the code but keys that the schema names.
        filled = eval(code, {"__builtins__": {}, "int": int})  # noqa: S307
        noted = [place for place, leaf in enumerate(leaves) if leaf.key in self._noted]
        free = [place for place, leaf in enumerate(leaves) if leaf.is_free]
        return _Layout(re.compile("".join(made) + _END).match, filled, _several(noted), _several(free))


def _text(data: bytes) -> str:
    """A file as text; empty where it is not looked at."""
    if len(data) > MAX_SIZE or data.count(b"\n") > CASE_LIMITS.values:
        return ""
    try:
        text = data.decode()
    except ValueError:
        return ""
    return text if text.startswith(_HEAD) else ""


def _parts(sections: Iterable[str], case: Case) -> Iterator[tuple[str, dict[str, Any]]]:
    """Text and content of the sections of a case, those together that are matched together."""
    text = ""
    held: dict[str, Any] = {}
    for section, (key, value) in zip(sections, case.items(), strict=True):
        if key not in _JOINED and held:
            yield text, held
            text, held = "", {}
        text += section
        held[key] = value
    yield text, held


def _nodes(node: Any, whole: Mapping[str, Any]) -> Asked:
    """What a part of a schema asks, with what it refers to."""
    if type(node) is not dict:
        raise _Unfit
    found: Asked = []
    for keyword, asked in node.items():
        if keyword == "$ref":
            if not asked.startswith(_LEAD):
                raise _Unfit
            found += _nodes(whole["$defs"][asked.removeprefix(_LEAD)], whole)
        elif keyword not in _SAID:
            found.append((keyword, asked))
    return found


def _below(nodes: Asked, key: str | None, whole: Mapping[str, Any]) -> Asked:
    """What is asked of an entry: of a mapping under a key, else of a list."""
    if any(keyword not in _STRUCTURE for keyword, _asked in nodes):
        raise _Unfit
    if key is None:
        return [one for keyword, asked in nodes if keyword == "items" for one in _nodes(asked, whole)]
    found = [asked for keyword, asked in nodes if keyword == "properties"]
    if ("additionalProperties", False) not in nodes or not all(key in asked for asked in found):
        raise _Unfit
    return [one for asked in found for one in _nodes(asked[key], whole)]


def _leaves(key: str, value: Any, nodes: Asked, whole: Mapping[str, Any]) -> Iterator[_Leaf]:
    """The single values of a section in the order of its text."""
    if type(value) is dict:
        for name, part in value.items():
            yield from _leaves(name, part, _below(nodes, name, whole), whole)
    elif type(value) is list:
        for part in value:
            yield from _leaves(key, part, _below(nodes, None, whole), whole)
    else:
        yield _Leaf(key, value, nodes)


def _pattern(slot: re.Match[str], leaf: _Leaf) -> str:
    """What may stand in the place of a value: what the schema takes, spelled as the program would."""
    text, value = slot[slot.lastindex or 0], leaf.value
    if type(value) is str and text == value:
        return _of_text(leaf.asked, in_quotes=slot.lastindex == 1)
    if type(value) is int and text == str(value):
        return _of_number(leaf.asked)
    if type(value) is bool and text == str(value).lower() and leaf.asked == [("type", "boolean")]:
        return "true|false"
    raise _Unfit


def _of_text(asked: Asked, *, in_quotes: bool) -> str:
    """The pattern of a text; every part of it holds up to the end that is looked ahead to."""
    end = '"' if in_quotes else "\\n"
    least = max([said for keyword, said in asked if keyword == "minLength"], default=0)
    most = min([said for keyword, said in asked if keyword == "maxLength"], default="")
    bodies = [_body(keyword, said, in_quotes=in_quotes) for keyword, said in asked if keyword not in _LENGTHS]
    listed = any(keyword in {"enum", "const"} for keyword, _said in asked)
    if ("type", "string") not in asked and not listed:
        raise _Unfit
    ahead = "" if listed else _ahead(bodies, in_quotes=in_quotes)
    if not bodies:
        return rf'{ahead}[^"\\\n]{{{least},{most}}}+'
    if least or most:
        ahead += rf'(?=[^"\n]{{{least},{most}}}{end})'
    return ahead + "".join(f"(?={one}{end})" for one in bodies[:-1]) + bodies[-1]


def _ahead(bodies: Sequence[str], *, in_quotes: bool) -> str:
    """What sees to it that a text is written in quotes, or is not."""
    if in_quotes:
        return "" if any(one.startswith(_DAY) or _of_digits(one) for one in bodies) else _NO_WORD
    return _NO_TEXT + (_BEGINS if any(map(_of_words, bodies)) else f"(?={_WORD}\\n)")


def _body(keyword: str, said: Any, *, in_quotes: bool) -> str:
    """The pattern of what one keyword of a schema takes; it matches nothing that would be escaped."""
    if keyword == "pattern" and is_plain(said):
        return f"(?:{_groups(lambda found: found[1] or '(?:', said[1:-1])})"
    if keyword == "format" and said in _FORMATS:
        return _FORMATS[said]
    if keyword in {"enum", "const"}:
        texts = [one for one in (said if keyword == "enum" else [said]) if type(one) is str]
        spelled = [one for one in texts if is_word(one) != in_quotes and quoted(one)[1:-1] == one]
        return f"(?:{'|'.join(map(re.escape, spelled)) or _NOTHING})"
    raise _Unfit


def _of_number(asked: Asked) -> str:
    """The pattern of a whole number from 0."""
    if ("type", "integer") not in asked or not _BOUNDS.issuperset(keyword for keyword, _said in asked):
        raise _Unfit
    least = max([said for keyword, said in asked if keyword == "minimum"], default=0)
    most = min([said for keyword, said in asked if keyword == "maximum"], default=10**MAX_DIGITS - 1)
    if 0 <= least <= most < least + _FEW:
        return "|".join(map(str, range(least, most + 1)))
    digits = len(str(most + 1)) - 1  # so many may be any
    if least not in {0, 1} or digits < 1:
        raise _Unfit
    return rf"{'0|' * (1 - least)}[1-9][0-9]{{0,{digits - 1}}}"


def _several(places: Sequence[int]) -> Callable[[Sequence[str]], tuple[str, ...]] | None:
    """How to get some values out of all; None for none."""
    if len(places) == 1:
        return itemgetter(slice(places[0], places[0] + 1))
    return itemgetter(*places) if places else None


def _code(node: Any, names: Iterator[str]) -> str:
    """An expression for a section, with names in the place of its values."""
    if type(node) is dict:
        return f"{{{', '.join(f'{key!r}: {_code(part, names)}' for key, part in node.items())}}}"
    if type(node) is list:
        return f"[{', '.join(_code(part, names) for part in node)}]"
    name = next(names)
    if type(node) is bool:
        return f"{name} == 'true'"
    return f"int({name})" if type(node) is int else name

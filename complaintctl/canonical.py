"""The one spelling of a case: the same content is the same bytes, so a diff shows only the step.

Block style; a scalar is plain only where every YAML reader takes it for the
same text; everything else is double-quoted, or a ``|-`` block where it is
clean text of several lines.  The order of the keys is that of ``SHAPE``.
"""

from __future__ import annotations

import re
from functools import cache
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from complaintctl.errors import BadData
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.case import Case

MODELINE_CASE = "# yaml-language-server: $schema=../../../schemas/case.schema.json"
MAX_SIZE = 256 * 1024  # bytes of a case file
MAX_DEPTH = 12  # mappings and lists inside each other
MAX_KEY = 128  # characters
MAX_DIGITS = 15  # of a whole number: exact in every reader, JSON's too

Shape = dict[str, Any]


def _leaves(names: str) -> Shape:
    return {name: {} for name in names.split()}


# What a mapping holds, in the order in which it is written; a list has the shape of its entries.
SHAPE: Shape = {
    **_leaves("id state kind"),
    "policy": _leaves("name version sha256"),
    "links": _leaves("case kind by at"),
    "escalations": _leaves("reason round by at"),
    "intake": _leaves("received_at registered_at by department channel form moment"),
    "contacts": _leaves("party direction method progress confirms again_on bears note by at"),
    "customer": _leaves("id name company type phone email address end_user language"),
    "evidence": _leaves("file sha256 size type kind name note collected_by by at"),
    "about": _leaves(
        "product specification style colour size batch produced_on price purchased_on receipt place"
        " occurred_at against in_use_since symptoms used_before earlier_condition recent_use"
    ),
    "holds": _leaves("for reason until resumed_by resumed_at by at"),
    "complaint": {},
    "amendments": _leaves("fields undone reason by at"),
    "demand": _leaves("remedy amount text"),
    "improvements": {
        **_leaves("measure kind owner due every also done_by done_at"),
        "repeated": _leaves("by at"),
        **_leaves("by at"),
    },
    "currency": {},
    "classification": _leaves(
        "category severity urgency liability flags departments affected affected_range by at"
    ),
    "assignments": _leaves("department handler task round by at"),
    "investigations": {
        "checks": _leaves("name outcome"),
        "statements": _leaves("who method text"),
        **_leaves(
            "purpose findings containment grounds demand verdict cause responsible promised_by loss impact"
            " alone round by at"
        ),
    },
    "proposals": {
        "remedies": {**_leaves("kind amount cost rule how expected_on"), "done": _leaves("voucher by at")},
        "tasks": {
            **_leaves("department what who due resources"),
            "acknowledged": _leaves("by at"),
            "done": _leaves("voucher by at"),
        },
        **_leaves("confirmed with exception reason"),
        "problems": _leaves("text by at"),
        **_leaves("round by at"),
        "decision": _leaves("outcome role limit digest via claimed recorded_by note alone signature by at"),
        "answer": _leaves("outcome reason agreement by at"),
    },
    "follow_ups": _leaves("satisfaction method comment proposal round by at"),
    "closures": {
        **_leaves("outcome reason of lesson lesson_for prevention disposition"),
        "dispositions": _leaves("who part what bears"),
        **_leaves("round"),
        "reopened": _leaves("reason by at"),
        **_leaves("by at"),
    },
}

_plain = re.compile(r"[A-Za-z][A-Za-z0-9._/+-]*").fullmatch
# Words that some reader of YAML 1.1 or 1.2 takes for a truth value, nothing or a number.
MISREAD = frozenset((
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nil", "nan", "inf", "infinity",
))  # fmt: skip
# What is never written as it is.  The list is fixed and not Python's own idea of
# printable, which grows with every Unicode version: two laptops must agree.
_HIDDEN = (
    "[\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff"
    "\U000e01f0-\U0010ffff"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 14))
    + "]"
)
_words: dict[str, str] = {}  # plain words met so far: ids come again and again
_WORDS_KEPT = 4096
_PLANS_KEPT = 256


@cache
def _hidden() -> re.Pattern[str]:
    """Compiled when the first unusual character is met: most runs never need it."""
    return re.compile(_HIDDEN)


def is_word(text: str) -> bool:
    """Whether every YAML reader takes the text, written plain, for this very text."""
    return _plain(text) is not None and text.lower() not in MISREAD


def hidden_in(text: str) -> bool:
    """Whether the text holds a character that is written as an escape (a line feed is one too)."""
    return not text.isprintable() and _hidden().search(text) is not None


def is_clean_block(text: str) -> bool:
    """Whether text of several lines can be a ``|-`` block that reads back equal and survives an editor."""
    if "\n" not in text or text[0] in " \n" or text[-1] == "\n" or hidden_in(text.replace("\n", "")):
        return False
    return all(line == line.rstrip() for line in text.split("\n"))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xD800 <= code <= 0xDFFF:
        raise BadData(
            _("A text holds half a character (a lone surrogate, U+{code:04X}).").format(code=code),
            hint=_("type the text again, or save its source as UTF-8"),
        )
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def quoted(text: str) -> str:
    """The text in double quotes, on one line, with everything hidden as an escape; BadData on a surrogate."""
    spelled = encode_basestring(text)
    return spelled if text.isprintable() else _hidden().sub(_escape, spelled)


def _text(text: str, pad: str) -> str:
    """A text as it is written; the lines of a block are indented by `pad`."""
    if _plain(text) and text.lower() not in MISREAD:
        if len(_words) >= _WORDS_KEPT:
            _words.clear()
        _words[text] = text
        return text
    if is_clean_block(text):
        return "|-\n" + "\n".join(pad + line if line else "" for line in text.split("\n"))
    return quoted(text)


def _number(value: Any) -> str:
    """A truth value or whole number as it is written; BadData on anything else that is no text."""
    if value is True or value is False:
        return "true" if value else "false"
    if type(value) is int and abs(value) < 10**MAX_DIGITS:
        return str(value)
    raise BadData(
        _("A case holds texts, whole numbers and true only; found a value of type {type}.").format(
            type=type(value).__name__
        )
    )


class _EmptyListError(Exception):
    """An empty list was met: start again without them (rare, so the common case pays nothing)."""


class _Section:
    """A mapping at one place of the form: how its lines begin, worked out once for every set of keys."""

    __slots__ = ("column", "depth", "entry", "inner", "pad", "plans", "shape")

    def __init__(self, shape: Shape, column: int, depth: int, *, entry: bool) -> None:
        if depth > MAX_DEPTH:
            raise BadData(_("A case is nested deeper than {depth}.").format(depth=MAX_DEPTH))
        self.shape, self.column, self.depth, self.entry = shape, column, depth, entry
        self.pad = " " * (column + 2)
        self.plans: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        self.inner: dict[tuple[str, bool], _Section] = {}

    def plan(self, keys: tuple[str, ...]) -> list[tuple[str, str]]:
        """The keys in their order, each with the beginning of its line; unknown keys come last, by name."""
        for key in keys:
            if type(key) is not str or len(key) > MAX_KEY:
                raise BadData(_("A key must be a text of at most {most} characters.").format(most=MAX_KEY))
        known = [key for key in self.shape if key in keys]
        ordered = known + sorted(key for key in keys if key not in self.shape)
        spelled = [key if is_word(key) else quoted(key) for key in ordered]
        margin = " " * self.column
        starts = [f"{margin}{key}:" for key in spelled]
        if self.entry and starts:
            starts[0] = f"{margin[2:]}- {spelled[0]}:"
        if len(self.plans) >= _PLANS_KEPT:
            self.plans.clear()
            self.inner.clear()
        plan = self.plans[keys] = list(zip(ordered, starts, strict=True))
        return plan

    def below(self, key: str, *, entry: bool) -> _Section:
        """The section of the mapping (or of the entries of the list) that stands under a key."""
        section = self.inner.get((key, entry))
        if section is None:
            deeper = self.column + (4 if entry else 2)
            shape = self.shape.get(key, {})
            if len(self.inner) >= _PLANS_KEPT:
                self.inner.clear()
            section = _Section(shape, deeper, self.depth + (2 if entry else 1), entry=entry)
            self.inner[key, entry] = section
        return section


_form = _Section(SHAPE, 0, 1, entry=False)


def _write_mapping(out: list[str], data: dict[str, Any], section: _Section) -> None:
    keys = tuple(data)
    for key, start in section.plans.get(keys) or section.plan(keys):
        value = data[key]
        kind = type(value)
        if kind is str:
            out.append(f"{start} {_words.get(value) or _text(value, section.pad)}")
        elif kind is dict:
            _write_inner(out, start, value, section.below(key, entry=False))
        elif kind is list:
            if not value:
                raise _EmptyListError
            out.append(start)
            _write_list(out, value, section.below(key, entry=True))
        else:
            out.append(f"{start} {_number(value)}")


def _write_inner(out: list[str], start: str, data: dict[str, Any], section: _Section) -> None:
    if data:
        out.append(start)
        _write_mapping(out, data, section)
    else:
        out.append(start + " {}")


def _write_list(out: list[str], entries: list[Any], section: _Section) -> None:
    margin = section.pad[4:]
    for entry in entries:
        kind = type(entry)
        if kind is dict and entry:
            _write_mapping(out, entry, section)
        elif kind is str:
            out.append(f"{margin}- {_words.get(entry) or _text(entry, section.pad[2:])}")
        else:
            out.append(f"{margin}- {'{}' if kind is dict else _number(entry)}")


def _without_empty_lists(data: Any) -> Any:
    if type(data) is dict:
        return {key: _without_empty_lists(value) for key, value in data.items() if value != []}
    return [_without_empty_lists(value) for value in data] if type(data) is list else data


def spelled_case(case: Any) -> str:
    """The canonical text of a case, final newline included; BadData where it cannot be written."""
    out = [MODELINE_CASE]
    try:
        _write_mapping(out, case, _form)
    except _EmptyListError:
        out = [MODELINE_CASE]
        _write_mapping(out, _without_empty_lists(case), _form)
    out.append("")
    return "\n".join(out)


def emit_case(case: Case) -> bytes:
    """The canonical bytes of a case (UTF-8, line feeds); keys of empty lists are left out.

    Raises BadData for what no case may hold: half characters, fractions,
    nothing (null), lists in lists, more than 12 levels or 256 KiB.
    """
    data = spelled_case(case).encode()
    if len(data) > MAX_SIZE:
        raise BadData(
            _("The case would have {size} bytes; a case file may have {most}.").format(
                size=len(data), most=MAX_SIZE
            ),
            hint=_("keep long documents as evidence files"),
        )
    return data

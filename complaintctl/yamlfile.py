"""Case files in their one spelling, and people's YAML documents with their comments and layout.

A case is read fast where its bytes are exactly what the program would write;
everything else goes to the strict reader, for the lines and the reasons.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from complaintctl.canonical import (
    MAX_SIZE,
    MODELINE_CASE,
    emit_case,
    is_clean_block,
    is_word,
    spelled_case,
)
from complaintctl.errors import BadData, Problem
from complaintctl.filetext import CASE_LIMITS, DOCUMENT_LIMITS, Limits, Lines, refusal
from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from complaintctl.case import Case

__all__ = [
    "CASE_LIMITS",
    "DOCUMENT_LIMITS",
    "MODELINE_CASE",
    "Limits",
    "Lines",
    "edit_document",
    "emit_case",
    "read_case",
    "read_case_loosely",
    "read_document",
]

_KEY = r"[A-Za-z][A-Za-z0-9._/+-]*+:"
_SCALAR = r'(?:"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|[A-Za-z0-9-][A-Za-z0-9._/+-]*+|\{\})'


def _block(number: int, lead: str, pad: str) -> str:
    """A ``|-`` block whose first line stands exactly `pad` further in than its line begins."""
    line = rf"\{number}{pad}"
    return rf"( *+){lead} \|-\n{line}[^ \n][^\n]*+\n(?:{line}[^\n]*+\n|\n)*+"


# What the fast parser may be given: lines as the program writes them, so no anchor, alias, tag,
# flow list or compact nesting, which it follows into memory and stack without end (it crashes the process).
_HARMLESS = rf"#[^\n]*\n(?: *+(?:- )?+{_KEY}(?: {_SCALAR})?+\n| *+- {_SCALAR}\n%s)*+"
_BLOCKS = f"|{_block(1, _KEY, '  ')}|{_block(2, '- ' + _KEY, '    ')}|{_block(3, '-', '  ')}"
_CASE_ID = r"C-[0-9]{8}-[0-9A-HJKMNP-TV-Z]{6}"


def read_case(data: bytes, file: str) -> Case:
    """The case in a file's bytes, which must be in canonical form; `file` is its name in problems.

    Raises BadData with every problem and its line. Whether the content fits
    the schema is not looked at here (`complaintctl.schema`).
    """
    if len(data) <= MAX_SIZE and data.count(b"\n") <= CASE_LIMITS.values:
        case = _read_fast(data)
        if case is not None:
            return case
    case, _lines = read_case_loosely(data, file)
    text = spelled_case(case)
    if text.encode() == data:
        return case
    line = _first_difference(data.decode(), text)
    found = re.search(_CASE_ID, file)
    raise refusal(
        file,
        [Problem(file, line, "$", _("not in canonical form from this line on (edited by hand?)"))],
        _("complaintctl amend {case} --reason …  (records an edit made by hand)").format(
            case=found[0] if found else "ID"
        ),
    )


def _is_harmless(text: str) -> bool:
    """Whether the fast parser may be given a text; most have no blocks, which take long to prepare for."""
    return re.fullmatch(_HARMLESS % (_BLOCKS if "|" in text else ""), text) is not None


def _read_fast(data: bytes) -> Case | None:
    """The case, if its bytes are canonical and plainly harmless; None: look closer."""
    from yaml12 import parse_yaml

    try:
        text = data.decode()
        if _is_harmless(text):
            case = parse_yaml(text)
            if isinstance(case, dict) and spelled_case(case) == text:
                return cast("Case", case)
    except (ValueError, BadData):
        pass  # the strict reader says what is wrong
    return None


def _first_difference(found: str, wanted: str) -> int:
    """The first line, counted from 1, in which two texts differ."""
    pairs = zip(found.split("\n"), wanted.split("\n"), strict=False)
    return next((number for number, (a, b) in enumerate(pairs, 1) if a != b), 1)


def read_document(data: bytes, file: str, limits: Limits = DOCUMENT_LIMITS) -> tuple[Any, Lines]:
    """A document and the line of each of its parts; BadData with everything that is wrong with it.

    The strict and slow reader of `complaintctl.strictyaml`, loaded when it is needed.
    """
    from complaintctl import strictyaml

    return strictyaml.read_document(data, file, limits)


def read_case_loosely(data: bytes, file: str) -> tuple[Case, Lines]:
    """A case in any strict spelling, and the line of each value by its path: for `amend` and `check`.

    Raises BadData with every problem and its line.
    """
    case, lines = read_document(data, file, CASE_LIMITS)
    return cast("Case", case), lines


def edit_document(data: bytes, file: str, change: Callable[[Any], None]) -> bytes:
    """People's document after `change` has altered the mapping in place; the rest keeps its look.

    Comments, order, layout and quotes of what is not changed stay. The result
    is read back and compared. Raises BadData where the document cannot be
    read, or where `change` puts in what cannot be written.
    """
    read_document(data, file)
    text = data.decode()
    yaml = _round_trip(text)
    document = yaml.load(text)
    before = _dump(yaml, document)
    kept = {id(value): value for value in _texts(document)}
    change(document)
    _spell_new(document, kept)
    after = _dump(yaml, document)
    wanted = _bare(document)
    grafted = _graft(text if text.endswith("\n") else text + "\n", before, after).encode()
    with suppress(BadData):
        if read_document(grafted, file)[0] == wanted:
            return grafted
    if read_document(after.encode(), file)[0] == wanted:
        return after.encode()
    raise BadData(_("{file} could not be written so that it reads back the same.").format(file=file))


def _round_trip(text: str) -> Any:
    """ruamel's round trip, set to the indentation that the document has."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 2**31
    yaml.explicit_start = text.startswith("---")
    mapping, offset, dash = _indentation(text)
    yaml.indent(mapping=mapping, sequence=offset + dash, offset=offset)
    return yaml


_OPENS = r"^( *)(?:- )?[^\s#-][^\n]*:[ ]*(?:#[^\n]*)?\n(?:[ ]*(?:#[^\n]*)?\n)*"
_MAPPING_BELOW = _OPENS + r"(\1 +)[^\s#-]"
_LIST_BELOW = _OPENS + r"(\1 *)(- +)"


def _indentation(text: str) -> tuple[int, int, int]:
    """How far mappings and dashes stand further in than their key, and how wide a dash with its blanks is."""
    mapping = re.search(_MAPPING_BELOW, text, re.MULTILINE)
    entries = re.search(_LIST_BELOW, text, re.MULTILINE)
    deeper = len(mapping[2]) - len(mapping[1]) if mapping else 2
    if entries is None:
        return deeper, 2, 2
    return deeper, len(entries[2]) - len(entries[1]), len(entries[3])


def _dump(yaml: Any, document: Any) -> str:
    from io import StringIO

    out = StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def _texts(node: Any) -> list[str]:
    """Every text in a document, keys not counted."""
    if isinstance(node, str):
        return [node]
    values = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [text for value in values for text in _texts(value)]


def _spell_new(node: Any, kept: dict[int, str]) -> None:
    """Spell texts that were put in as a case spells them: plain words, clean blocks, else double quotes."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

    places = list(node.items() if isinstance(node, dict) else enumerate(node))
    for place, value in places:
        if isinstance(value, dict | list):
            _spell_new(value, kept)
        elif type(value) is str and id(value) not in kept and not is_word(value):
            block = is_clean_block(value)
            node[place] = LiteralScalarString(value) if block else DoubleQuotedScalarString(value)


def _bare(node: Any) -> Any:
    """The same data as plain mappings, lists, texts and numbers."""
    if isinstance(node, dict):
        return {str(key): _bare(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_bare(value) for value in node]
    return str(node) if isinstance(node, str) else node


def _graft(original: str, before: str, after: str) -> str:
    """The changes from `before` to `after`, made to `original`: lines that did not change keep their layout.

    `before` is the original as the round trip writes it; where even the
    number of its lines differs, `after` is the best there is.
    """
    from difflib import SequenceMatcher

    old, base, new = (text.splitlines(keepends=True) for text in (original, before, after))
    if len(old) != len(base) or old == base:
        return after
    out: list[str] = []
    for kind, i, j, k, m in SequenceMatcher(None, base, new, autojunk=False).get_opcodes():
        out += old[i:j] if kind == "equal" else new[k:m]
    return "".join(out)

"""The text of a file before any of it is understood: its size, encoding, line ends and characters.

Also how a place in a file is named, and the refusal that lists what is wrong with it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from complaintctl.errors import BadData, Problem
from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

Place = tuple[str | int, ...]
Lines = dict[Place, int]  # where a value stands, counted from 1; in a mapping: the line of its key


class Limits(NamedTuple):
    """How much a file may hold."""

    size: int  # bytes
    values: int  # texts, numbers, lists and mappings, keys not counted
    text: int = 64 * 1024  # characters of one text
    depth: int = 12  # lists and mappings inside each other
    comments: bool = True  # may stand anywhere; otherwise in line 1 only


CASE_LIMITS = Limits(256 * 1024, 5_000, comments=False)
DOCUMENT_LIMITS = Limits(1024 * 1024, 50_000)
MAX_PROBLEMS = 50  # of one file; more are of no use to anybody

_NAME = r"[A-Za-z_][A-Za-z0-9_-]{0,63}"
_ID = r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,63}"
_CONFLICT = r"(?m)^(?:<{7}|>{7})(?: .*)?$"
# Never raw in a file: control characters, line ends that only some programs know,
# a byte order mark in the middle, what turns the direction of writing, and no characters at all.
_FORBIDDEN = "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef\ufffe\uffff]"
_BOMS = ((b"\xef\xbb\xbf", "UTF-8"), (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))


def json_path(path: Iterable[str | int]) -> str:
    """A place in a document as people write it: ``$.contacts[0].note``."""
    out = "$"
    for step in path:
        if isinstance(step, int):
            out += f"[{step}]"
        elif re.fullmatch(_NAME, step):
            out += f".{step}"
        else:
            out += f'["{step}"]' if re.fullmatch(_ID, step) else '["…"]'
    return out


def is_name(key: object) -> bool:
    """Whether a key looks like an identifier, so that a message may name it."""
    return isinstance(key, str) and re.fullmatch(_NAME, key) is not None


def refusal(file: str, problems: list[Problem], hint: str = "") -> BadData:
    """The exception for a file that has these problems, in the order of their lines."""
    message = _("{file} cannot be used as it is.").format(file=file)
    return BadData(message, sorted(problems, key=lambda problem: problem.line), hint=hint)


def decode(data: bytes, file: str, limits: Limits) -> str:
    """The text of a file; BadData on its size, encoding, line ends, TABs, control characters, merge marks."""
    if len(data) > limits.size:
        message = _("larger than {most} bytes").format(most=limits.size)
        raise refusal(file, [Problem(file, 0, "$", message)])
    for mark, name in _BOMS:
        if data.startswith(mark):
            message = _("begins with a byte order mark ({name}): save it as UTF-8 without one")
            message = message.format(name=name)
            raise refusal(file, [Problem(file, 1, "$", message)], _convert())
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = _("not UTF-8 at byte {byte} of the file").format(byte=error.start + 1)
        raise refusal(file, [Problem(file, line, "$", message)], _convert()) from None
    problems = _merge_marks(text, file)
    if problems:
        hint = _("finish the merge first (complaintctl resolve ID)")
        raise refusal(file, problems, hint)
    problems = _bad_characters(text, file) or _endless_tag(text, file, limits.text)
    if problems:
        hint = _("have the editor save the file with line ends LF") if "\r" in text else ""
        raise refusal(file, problems, hint)
    return text


def _convert() -> str:
    return _("save the file as UTF-8 in the editor, or: iconv -f GB18030 -t UTF-8 FILE > NEW")


def _merge_marks(text: str, file: str) -> list[Problem]:
    found = [match.start() for match in re.finditer(_CONFLICT, text)] if "<<<<<<<" in text else []
    message = _("unresolved merge")
    return [Problem(file, text.count("\n", 0, at) + 1, "$", message) for at in found[:MAX_PROBLEMS]]


def _endless_tag(text: str, file: str, most: int) -> list[Problem]:
    """A run without blanks longer than any text may be, with a ``!``: the parser needs its length squared."""
    if "!" in text and len(text) > most:
        for run in text.split():
            if len(run) > most and "!" in run:
                line = text.count("\n", 0, text.index(run)) + 1
                return [
                    Problem(
                        file, line, "$", _("more than {most} characters without a blank").format(most=most)
                    )
                ]
    return []


def _bad_characters(text: str, file: str) -> list[Problem]:
    """One problem for each line with a character that may not stand in a file as it is."""
    if text.find("\r\n") >= 0:
        line = text.count("\n", 0, text.index("\r\n")) + 1
        return [Problem(file, line, "$", _("line ends of Windows (CRLF); they must be LF"))]
    problems: dict[int, Problem] = {}
    line = 1
    last = 0
    for match in re.finditer(_FORBIDDEN, text):
        line += text.count("\n", last, match.start())
        last = match.start()
        if line in problems:
            continue
        column = last - text.rfind("\n", 0, last)
        if match[0] == "\t":
            message = _("TAB in column {column}: use blanks (inside quotes: \\t)").format(column=column)
        else:
            message = _("control character U+{code:04X} in column {column}: write it as an escape in quotes")
            message = message.format(code=ord(match[0]), column=column)
        problems[line] = Problem(file, line, "$", message)
        if len(problems) >= MAX_PROBLEMS:
            break
    return list(problems.values())

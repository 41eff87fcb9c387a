"""Reading very many case files: those that are filled in like one before are not parsed again.

A case file is a form: the same sections and keys come again in thousands of
files, with other values.  The form (a file without its values) is read once
the slow way; from then on only the values are looked at, one by one.

What is accepted is exactly what `complaintctl.canonical` would write.  How a
case is written depends on its keys and on the spelling of each single value;
so a text that has a form known to be canonical, and whose values are each
spelled as they would be written, is the text of the case with these values.
Everything else goes to `yamlfile.read_case`, which also says what is wrong.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, cast

from complaintctl.canonical import MAX_DIGITS, MAX_SIZE, is_word, quoted
from complaintctl.filetext import CASE_LIMITS

if TYPE_CHECKING:
    from complaintctl.case import Case

FORMS = 2048  # so many are kept; then it starts again
_WORDS = 4096
_SHORT = 40  # characters of a value worth keeping: ids come again and again, what people write does not

# A value of a key, at the end of its line: quoted and without escapes, or plain.  Blocks, `{}`, values with
# escapes and the entries of lists of words stay in the form, where they can only be the same again.
_split = re.compile(r': ("[^"\\\n]*"|[A-Za-z0-9][^"\n|:]*)\n').split
_number = re.compile(rf"0|[1-9][0-9]{{0,{MAX_DIGITS - 1}}}").fullmatch
_loads = json.JSONDecoder().decode


class Reader:
    """Reads case files as `yamlfile.read_case` does; keeps the forms that it has met."""

    def __init__(self) -> None:
        self._forms: dict[str, list[str]] = {}
        self._words: dict[str, str] = {}

    def read(self, data: bytes, file: str) -> Case:
        """The case in a file's bytes; BadData as `yamlfile.read_case`."""
        from complaintctl import yamlfile

        pieces = self._pieces(data)
        form = "\n".join(pieces[::2])
        template = self._forms.get(form)
        if template is None:
            case = yamlfile.read_case(data, file)
            self._keep(form, pieces[1::2], case)
            return case
        known, literal = self._words.get, self._literal
        values = [known(value) or literal(value) for value in pieces[1::2]]
        if None in values:
            return yamlfile.read_case(data, file)
        filled = template.copy()
        filled[1::2] = cast("list[str]", values)
        return cast("Case", _loads("".join(filled)))

    def _pieces(self, data: bytes) -> list[str]:
        """What stands between the values, and the values, by turns; one piece for what is not looked at."""
        if len(data) > MAX_SIZE or data.count(b"\n") > CASE_LIMITS.values:
            return [""]
        try:
            return _split(data.decode())
        except ValueError:
            return [""]

    def _keep(self, form: str, values: list[str], case: Case) -> None:
        """Remember the form of a canonical file, if all that it leaves open are the values of the case."""
        template, leaves = [""], list[Any]()
        _unfold(case, template, leaves)
        spelled = [self._literal(value) for value in values]
        if "|-" in form or None in spelled or list(map(json.loads, spelled)) != leaves:  # type: ignore[arg-type]
            return
        if len(self._forms) >= FORMS:
            self._forms.clear()
        self._forms[form] = template

    def _literal(self, value: str) -> str | None:
        """A value as JSON; None when it is not written as the program would write it."""
        if value[0] == '"':
            text = value[1:-1]
            same = text.isprintable() or quoted(text) == value  # there is no quote and no backslash in it
            found = value if same and not is_word(text) else None
        elif is_word(value):
            found = f'"{value}"'
        else:
            found = value if value in {"true", "false"} or _number(value) else None
        if found is not None and len(value) <= _SHORT:
            if len(self._words) >= _WORDS:
                self._words.clear()
            self._words[value] = found
        return found


def _unfold(node: Any, template: list[str], leaves: list[Any]) -> None:
    """Take a case apart: JSON text around empty places for its values, and the values, in their order."""
    if isinstance(node, dict):
        for number, (key, value) in enumerate(node.items()):
            template[-1] += f"{', ' if number else '{'}{json.dumps(key)}:"
            _unfold(value, template, leaves)
        template[-1] += "}" if node else "{}"
    elif isinstance(node, list):
        template[-1] += "["
        for number, value in enumerate(node):
            template[-1] += "," if number else ""
            if isinstance(value, dict | list):
                _unfold(value, template, leaves)
            else:
                template[-1] += json.dumps(value)
        template[-1] += "]"
    else:
        leaves.append(node)
        template += ["", ""]

"""Whether data fits a JSON Schema, where that is plain to see without a library.

A step judges one case, and loading the compiled validator for that would cost more
than anything else that it loads.  So what is beyond doubt is said here: keywords that are
known, types that are exactly JSON's, patterns that mean the same everywhere.  Yes
is yes; no means only that it is not plain, and the library decides
(`complaintctl.schema`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

Schema = Mapping[str, Any]

_NAMING = frozenset(("type", "$ref", "enum", "const"))  # one of them says what kind of data is meant
_SAID = frozenset(("$schema", "$id", "$defs", "title", "description", "x-label", "x-pii"))  # to people
_TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
_LEAD = "#/$defs/"
# What stands for itself, and classes of characters that are listed; nothing that looks around, no class
# by its name, no ``.``, nothing that one library takes for a sign and another for a letter.
_PLAIN_PATTERN = (
    r"(?!.*(?:\(\?|[*+?}]\+|\{,|--))"
    r"\^(?:[A-Za-z0-9:/_@ -]|[(){},|?*+]|\\\.|\[[A-Za-z0-9+/_:., ()-]+\])*\$"
)
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIME_OF_DAY = "(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}[+-](?:[01][0-9]|2[0-3]):[0-5][0-9]"
_LABEL = r"[A-Za-z0-9]{1,20}(?:-[A-Za-z0-9]{1,20}){0,2}"  # ``xn--`` says more than it seems to
MAIL = rf"(?=[^@]{{1,64}}@)[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:{_LABEL}\.){{1,3}}[A-Za-z]{{2,20}}"


def fits(schema: Schema, data: Any) -> bool:
    """Whether `data` certainly fits a whole schema; False where that is not plain to see."""
    return _fits(schema, data, schema.get("$defs", {}))


def _fits(schema: Any, data: Any, defined: Mapping[str, Any]) -> bool:
    """The same for a part of a schema; what is asked of data of any kind has no say here."""
    if type(schema) is not dict or _NAMING.isdisjoint(schema):
        return False
    for keyword, asked in schema.items():
        if keyword in _SAID:
            continue
        if keyword in _INSIDE:
            if not _INSIDE[keyword](asked, data, defined):
                return False
        elif keyword not in _HOLDS or not _HOLDS[keyword](asked, data):
            return False
    return "properties" in schema or "items" in schema or type(data) not in {dict, list} or "$ref" in schema


def _fits_definition(name: str, data: Any, defined: Mapping[str, Any]) -> bool:
    """Whether data fits what ``$ref`` names, which must be a definition of the same schema."""
    return name.startswith(_LEAD) and _fits(defined.get(name.removeprefix(_LEAD)), data, defined)


def _fits_properties(asked: Mapping[str, Any], data: Any, defined: Mapping[str, Any]) -> bool:
    """Whether a mapping has known keys only, each with what it may hold."""
    return type(data) is dict and all(
        key in asked and _fits(asked[key], value, defined) for key, value in data.items()
    )


def _fits_items(asked: Any, data: Any, defined: Mapping[str, Any]) -> bool:
    return type(data) is list and all(_fits(asked, one, defined) for one in data)


def _is_text(data: Any) -> bool:
    """Whether it is text without half characters."""
    if type(data) is not str:
        return False
    try:
        data.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_of_type(asked: Any, data: Any) -> bool:
    return _is_text(data) if asked == "string" else type(data) is _TYPES.get(str(asked), object)


def _matches(pattern: str, data: Any) -> bool:
    """Whether text matches a pattern from its first to its last character."""
    return type(data) is str and is_plain(pattern) and re.fullmatch(pattern, data) is not None


@cache
def is_plain(pattern: str) -> bool:
    """Whether every library takes a pattern for the same."""
    return re.fullmatch(_PLAIN_PATTERN, pattern) is not None


def _is_formatted(asked: str, data: Any) -> bool:
    """Whether text has a format: a day or an instant that exists, an address without anything unusual."""
    if type(data) is not str or asked not in _FORMATS or not re.fullmatch(_FORMATS[asked], data):
        return False
    return asked == "email" or _is_day(data[:10])


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


_FORMATS = {"date": _DATE, "date-time": rf"{_DATE}T{TIME_OF_DAY}", "email": MAIL}
_INSIDE: dict[str, Callable[[Any, Any, Mapping[str, Any]], bool]] = {
    "$ref": _fits_definition,
    "properties": _fits_properties,
    "items": _fits_items,
}
_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "type": _is_of_type,
    "additionalProperties": lambda asked, data: asked is False and type(data) is dict,  # see `properties`
    "required": lambda asked, data: type(data) is dict and all(key in data for key in asked),
    "enum": lambda asked, data: type(data) is str and data in asked,
    "const": lambda asked, data: (
        type(data) is type(asked) and type(data) in {str, int, bool} and data == asked
    ),
    "pattern": _matches,
    "format": _is_formatted,
    "minLength": lambda asked, data: type(data) is str and len(data) >= asked,
    "maxLength": lambda asked, data: type(data) is str and len(data) <= asked,
    "minimum": lambda asked, data: type(data) is int and data >= asked,
    "maximum": lambda asked, data: type(data) is int and data <= asked,
    "minItems": lambda asked, data: type(data) is list and len(data) >= asked,
    "maxItems": lambda asked, data: type(data) is list and len(data) <= asked,
}

"""What a file of the register may hold: JSON Schema 2020-12, judged fast and explained with lines.

A compiled validator says whether data is valid (of a single file even less will
do, see `complaintctl.plainfit`); only where it is not, the slower one explains
every problem.  No message quotes a value of the file.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from complaintctl.errors import Problem
from complaintctl.filetext import MAX_PROBLEMS, Place, is_name, json_path, refusal
from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SCHEMAS = ("case", "policy", "register", "staff", "calendar")

_SECTIONS = '\n "properties": {'  # of a case: where they begin in the text of its schema
_SHOWN = r"[A-Za-z0-9_.-]{1,64}"  # entries of an enumeration that a message may list
_SURROGATE = "[\ud800-\udfff]"


def _folder() -> Path:
    """Where the schemas lie: inside the installed package, else at the top of the checkout."""
    inside = Path(__file__).parent / "schemas"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "schemas"


def schema_text(name: str) -> str:
    """The text of a schema, one of `SCHEMAS`; KeyError for any other name."""
    if name not in SCHEMAS:
        raise KeyError(name)
    return (_folder() / f"{name}.schema.json").read_text(encoding="utf-8")


@cache
def schema(kind: str) -> dict[str, Any]:
    """A schema as data, one of `SCHEMAS`; not to be changed."""
    schema: dict[str, Any] = json.loads(schema_text(kind))
    return schema


@cache
def required(kind: str) -> frozenset[str]:
    """What all data of a kind has."""
    return frozenset(schema(kind)["required"])


@cache
def _judge(kind: str, *, whole: bool = True) -> Callable[[Any], bool]:
    """The compiled validator; formats are asserted, references leave the file nowhere."""
    from jsonschema_rs import Draft202012Validator

    asked = {key: rule for key, rule in schema(kind).items() if whole or key != "required"}
    validator = Draft202012Validator(asked, validate_formats=True, ignore_unknown_formats=False, offline=True)
    judge: Callable[[Any], bool] = validator.is_valid
    return judge


def valid(kind: str, data: Any) -> bool:
    """Whether data fits the schema of its kind (one of `SCHEMAS`); it need not be JSON at all."""
    try:
        return _judge(kind)(data)
    except (ValueError, TypeError):  # half characters, keys that are no text
        return False


def fitting(kind: str, parts: Any) -> bool:
    """Whether each part fits by itself: `valid`, but for parts that are asked for and are not among them."""
    try:
        return _judge(kind, whole=False)(parts)
    except (ValueError, TypeError):
        return False


def fits(kind: str, data: Any) -> bool:
    """The same, for whoever asks about one file and no more: mostly told without the compiled validator."""
    from complaintctl import plainfit

    return plainfit.fits(schema(kind), data) or valid(kind, data)


def check(kind: str, data: Any, lines: Mapping[Any, int], file: str) -> None:
    """Raise BadData with every problem, in the order of lines, unless data fits the schema of its kind."""
    if not valid(kind, data):
        raise refusal(file, problems(kind, data, lines, file))


def problems(kind: str, data: Any, lines: Mapping[Any, int], file: str) -> list[Problem]:
    """All that keeps data from fitting its schema, in the order of lines; empty when it fits.

    `lines` says where a value stands by its path (`complaintctl.yamlfile`);
    what it does not know gets the line of what it stands in, else 0.
    """
    if valid(kind, data):
        return []
    found: dict[Problem, None] = {}
    for path, message in _explained(kind, data):
        found[Problem(file, _line(path, lines), json_path(path), message)] = None
        if len(found) >= MAX_PROBLEMS:
            break
    if not found:
        found[Problem(file, 0, "$", _("does not fit the schema of its kind"))] = None
    return sorted(found, key=lambda problem: (problem.line, problem.path, problem.message))


def _line(path: Place, lines: Mapping[Any, int]) -> int:
    for length in range(len(path), -1, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 0


def _explained(kind: str, data: Any) -> Iterator[tuple[Place, str]]:
    """The path and message of every problem."""
    odd = list(_no_json(data, ()))
    yield from odd
    if not odd:  # the explaining validator would stumble over it
        for error in _explainer(kind).iter_errors(data):
            yield from _explain(error)


def _no_json(node: Any, path: Place) -> Iterator[tuple[Place, str]]:
    """What no JSON holds, and no strictly read file either: half characters and keys that are no text."""
    if isinstance(node, str) and re.search(_SURROGATE, node):
        yield path, _("half a character (a lone surrogate)")
    elif isinstance(node, dict):
        for key, value in node.items():
            if not isinstance(key, str):
                yield path, _("a key that is no text")
            yield from _no_json(value, (*path, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _no_json(value, (*path, number))


@cache
def _explainer(kind: str) -> Any:
    """The validator that explains: its patterns and formats judge as the compiled one does."""
    from jsonschema import Draft202012Validator, FormatChecker
    from jsonschema.exceptions import ValidationError
    from jsonschema.validators import extend
    from jsonschema_rs import Draft202012Validator as Compiled
    from referencing import Registry
    from referencing.exceptions import NoSuchResource

    def refuse(uri: str) -> Any:
        raise NoSuchResource(ref=uri)  # type: ignore[call-arg]

    @cache
    def compiled(keyword: str, value: str) -> Any:
        return Compiled({keyword: value}, validate_formats=True, offline=True)

    def pattern(_validator: Any, value: str, text: Any, _schema: Any) -> Iterator[ValidationError]:
        if isinstance(text, str) and not _holds(compiled("pattern", value), text):
            yield ValidationError("pattern")

    def formatted(validator: Any, value: str, text: Any, _schema: Any) -> Iterator[ValidationError]:
        conforms = validator.format_checker.conforms(text, value)
        if isinstance(text, str) and not (conforms and _holds(compiled("format", value), text)):
            yield ValidationError("format")

    explainer: Any = extend(  # type: ignore[no-untyped-call]
        Draft202012Validator, {"pattern": pattern, "format": formatted}
    )
    registry: Any = Registry(retrieve=refuse)  # type: ignore[call-arg]
    return explainer(schema(kind), registry=registry, format_checker=FormatChecker())


def _holds(validator: Any, text: str) -> bool:
    try:
        return bool(validator.is_valid(text))
    except ValueError:  # half a character
        return False


def _explain(error: Any) -> Iterator[tuple[Place, str]]:
    """One problem of the explaining validator as paths and messages of our own."""
    path = tuple(error.absolute_path)
    keyword, value, found = error.validator, error.validator_value, error.instance
    if keyword == "required":
        for key in value:
            if key not in found:
                yield path, _("{key} is missing").format(key=key)
    elif keyword in {"additionalProperties", "unevaluatedProperties"}:
        for key in _unknown(found, error.schema):
            yield (*path, key), _unknown_key(key, error.schema)
    elif keyword in {"anyOf", "oneOf"} and error.context:
        yield from _closest_form(error, path)
    elif "propertyNames" in error.absolute_schema_path:
        place = (*path, found) if isinstance(found, str) else path
        yield place, _("a key that is not written as it must be")
    elif keyword == "pattern" and "format" in error.schema:  # what people can follow better
        yield path, _format_message(error.schema["format"])
    else:
        yield path, _message(keyword, value, found)


def _closest_form(error: Any, path: Place) -> Iterator[tuple[Place, str]]:
    """Of several allowed forms, why the data does not fit the one that it comes nearest to."""
    forms: dict[int, list[Any]] = {}
    for cause in error.context:
        forms.setdefault(cause.schema_path[0], []).append(cause)
    fitting = [form for form in forms.values() if not any(map(_is_of_another_kind, form))]
    if fitting:
        for cause in min(fitting, key=len):
            yield from _explain(cause)
    else:
        yield path, _("has none of the allowed forms")


def _is_of_another_kind(cause: Any) -> bool:
    return cause.validator == "type" and not cause.path


def _unknown(found: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    known = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    return [key for key in found if key not in known and not any(re.search(p, str(key)) for p in patterns)]


def _unknown_key(key: str, schema: Mapping[str, Any]) -> str:
    if not is_name(key):
        return _("unknown key")
    from difflib import get_close_matches

    near = get_close_matches(key, list(schema.get("properties", {})), 1)
    if near:
        return _("unknown key {key}; did you mean {near}?").format(key=key, near=near[0])
    return _("unknown key {key}").format(key=key)


def _type_message(wanted: Any, found: Any) -> str:
    if wanted == "string" and isinstance(found, bool | int | float):
        return _("must be text: put quotes around it")
    names: dict[Any, str] = {
        "string": _("must be text"),
        "integer": _("must be a whole number, without quotes"),
        "number": _("must be a number, without quotes"),
        "boolean": _("must be true or false, without quotes"),
        "array": _("must be a list"),
        "object": _("must be a mapping (lines of `key: value`)"),
    }
    return names[wanted] if isinstance(wanted, str) and wanted in names else _("is of the wrong type")


def _format_message(wanted: str) -> str:
    names = {
        "date-time": _("must be a time such as 2026-11-22T10:15:00+08:00"),
        "date": _("must be a date such as 2026-11-22"),
        "email": _("must be an e-mail address"),
    }
    return names.get(wanted, _("must be written as: {format}").format(format=wanted))


def _message(keyword: str, value: Any, found: Any) -> str:
    """What is wrong by a keyword whose limit is `value`, without what was found."""
    if keyword == "type":
        return _type_message(value, found)
    if keyword == "format":
        return _format_message(value)
    if keyword == "const":
        return _("must be {wanted}").format(wanted=json.dumps(value))
    if keyword == "enum":
        shown = [one for one in value if isinstance(one, str) and re.fullmatch(_SHOWN, one)]
        return _("must be one of: {allowed}").format(allowed=", ".join(shown))
    if keyword in {"minLength", "minItems", "minProperties"} and value == 1:
        return _("must not be empty")
    texts = {
        "pattern": _pattern_message(value),
        "minimum": _("must be at least {limit}"),
        "maximum": _("must be at most {limit}"),
        "minLength": _("must have at least {limit} characters"),
        "maxLength": _("may have at most {limit} characters"),
        "minItems": _("must have at least {limit} entries"),
        "maxItems": _("may have at most {limit} entries"),
        "minProperties": _("must have at least {limit} keys"),
        "maxProperties": _("may have at most {limit} keys"),
        "uniqueItems": _("holds the same entry twice"),
    }
    return texts.get(keyword, _("breaks the rule {rule} of its schema")).format(limit=value, rule=keyword)


def _pattern_message(pattern: Any) -> str:
    """What a pattern asks for, in words where somebody meets it who types an option."""
    ident = _("must be small letters a-z and digits, with . _ or - between them")
    words = {
        r"^[a-z0-9]+([._-][a-z0-9]+)*$": ident,
        r"^[0-9+() ./-]{3,40}$": _("must be 3 to 40 digits, blanks or + ( ) . / -"),
        r"^(ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/]+=*( [^\n]*)?$": _(
            "must be the line of a public key, ssh-ed25519 AAAA…: what stands in the file that ends in .pub"
        ),
        r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$": _("must be a language tag such as zh-CN"),
    }
    return words.get(str(pattern), _("must match {limit}"))


def pattern_fits(kind: str, section: str, field: str, text: str) -> bool:
    """Whether a text is written as the pattern of a field asks; a field without one takes any."""
    pattern = schema(kind)["properties"][section]["properties"][field].get("pattern")
    return pattern is None or re.search(pattern, text) is not None


def labels(kind: str, section: str, language: str) -> dict[str, str]:
    """The labels (`x-label`) of the fields of a section, in a language: field -> label."""
    fields = _section(kind, section).get("properties", {})
    return {
        name: field["x-label"].get(language, name) for name, field in fields.items() if "x-label" in field
    }


@cache
def _section(kind: str, section: str) -> dict[str, Any]:
    """What a schema says of a section, read by itself: the whole schema is long."""
    text, head = schema_text(kind), f'\n  "{section}": '
    found: dict[str, Any]
    found, _end = json.JSONDecoder().raw_decode(text, text.index(head, text.index(_SECTIONS)) + len(head))
    return found


def field_labels(kind: str, language: str) -> dict[str, str]:
    """Every label of a schema by the dotted path of its field, as in ``proposals.remedies.how``."""
    return {
        path: label.get(language) or label.get("en", path.rpartition(".")[2])
        for path, label in _labelled(kind, schema(kind), "")
    }


def _labelled(kind: str, node: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The path and the `x-label` of a field and of all that it holds, through lists and references."""
    if "$ref" in node:
        node = {**schema(kind)["$defs"][node["$ref"].rpartition("/")[2]], **node}
    if "x-label" in node:
        yield path, node["x-label"]
    for name, field in {**node.get("items", {}).get("properties", {}), **node.get("properties", {})}.items():
        yield from _labelled(kind, field, f"{path}.{name}" if path else name)

"""What the files of a register may hold: two validators that agree, and messages that quote nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from complaintctl import schema
from complaintctl.errors import BadData
from complaintctl.yamlfile import read_document

EXAMPLES = Path(__file__).parent / "examples"
VALID = sorted((EXAMPLES / "valid").glob("*.yaml"))
KEYWORDS = {
    "$schema", "$id", "$ref", "$defs", "title", "description", "type", "properties", "required", "items",
    "additionalProperties", "patternProperties", "propertyNames", "enum", "const", "pattern", "format",
    "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
    "uniqueItems", "anyOf", "oneOf", "allOf", "not", "x-label", "x-pii",
}  # fmt: skip
MAPS = {"properties", "patternProperties", "$defs"}  # name -> schema
LISTS = {"anyOf", "oneOf", "allOf"}
DATA = {"enum", "const", "x-label", "required", "type"}  # hold no schemas


def example(name: str) -> Any:
    return read_document((EXAMPLES / "valid" / f"{name}.yaml").read_bytes(), name)[0]


def whole(kind: str) -> dict[str, Any]:
    text: dict[str, Any] = json.loads(schema.schema_text(kind))
    return text


def nodes(node: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema in a schema, with its place."""
    if not isinstance(node, dict):
        return
    yield place, node
    for keyword, value in node.items():
        if keyword in MAPS:
            for name, inner in value.items():
                yield from nodes(inner, f"{place}/{keyword}/{name}")
        elif keyword in LISTS:
            for number, inner in enumerate(value):
                yield from nodes(inner, f"{place}/{keyword}/{number}")
        elif keyword not in DATA:
            yield from nodes(value, f"{place}/{keyword}")


# --- the schemas themselves ---------------------------------------------------------------------


@pytest.mark.parametrize("kind", schema.SCHEMAS)
def test_a_schema_is_one_and_uses_known_keywords_only(kind: str) -> None:
    # B2: a misspelt keyword would check nothing
    Draft202012Validator.check_schema(whole(kind))
    for place, node in nodes(whole(kind), kind):
        assert set(node) <= KEYWORDS, place


@pytest.mark.parametrize("kind", schema.SCHEMAS)
def test_formats_are_checked_by_both_validators(kind: str) -> None:
    # B1
    for place, node in nodes(whole(kind), kind):
        if "format" in node:
            assert node["format"] in FormatChecker().checkers, place
            checker = jsonschema_rs.Draft202012Validator(
                {"format": node["format"]}, validate_formats=True, ignore_unknown_formats=False
            )
            assert not checker.is_valid("nonsense"), place


@pytest.mark.parametrize("kind", schema.SCHEMAS)
def test_references_stay_in_the_file_and_lead_somewhere(kind: str) -> None:
    # B4
    defined = whole(kind).get("$defs", {})
    for place, node in nodes(whole(kind), kind):
        if "$ref" in node:
            assert node["$ref"].startswith("#/$defs/"), place
            assert node["$ref"].removeprefix("#/$defs/") in defined, place


@pytest.mark.parametrize("kind", schema.SCHEMAS)
def test_nothing_may_hold_more_than_was_foreseen(kind: str) -> None:
    # B2, B6
    for place, node in nodes(whole(kind), kind):
        if node.get("type") == "object" or "properties" in node:
            assert node.get("additionalProperties") is False, place
        if node.get("type") == "array" or "items" in node:
            assert node.get("maxItems", 10**9) <= 1000, place
        if "uniqueItems" in node:
            entries = node["items"]
            if "$ref" in entries:
                entries = whole(kind)["$defs"][entries["$ref"].rpartition("/")[2]]
            assert entries.get("type") == "string" or "enum" in entries, place


@pytest.mark.parametrize("kind", ["case", "register", "staff"])
def test_every_field_has_a_label_in_three_languages(kind: str) -> None:
    for place, node in nodes(whole(kind), kind):
        for name, field in node.get("properties", {}).items():
            if field.get("$ref") != "#/$defs/done":
                assert set(field["x-label"]) == {"en", "zh-CN", "es"}, f"{place}/{name}"


def test_what_may_identify_a_person_is_marked() -> None:
    person = whole("staff")["properties"]["staff"]["items"]["properties"]
    assert {name for name, field in person.items() if field.get("x-pii")} == {"name", "emails", "key"}


def test_an_unknown_schema_is_no_file_name() -> None:
    with pytest.raises(KeyError):
        schema.schema_text("../pyproject")


# --- judging ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_every_valid_example_fits_by_both_validators(path: Path) -> None:
    kind = path.stem.partition("-")[0]
    data, lines = read_document(path.read_bytes(), path.name)
    assert schema.valid(kind, data)
    assert schema.problems(kind, data, lines, path.name) == []
    assert Draft202012Validator(whole(kind), format_checker=FormatChecker()).is_valid(data)
    schema.check(kind, data, lines, path.name)


def test_what_fits_is_judged_without_the_slow_validator() -> None:
    path = EXAMPLES / "valid/case-closed.yaml"
    code = (
        "import sys; from complaintctl import schema; from complaintctl.yamlfile import read_case\n"
        f"schema.check('case', read_case(open({str(path)!r}, 'rb').read(), 'x'), {{}}, 'x')\n"
        "print([m for m in ('jsonschema', 'ruamel', 'referencing', 'click') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


AMOUNTS = [
    19.99,
    float("nan"),
    -1,
    1e300,
    True,
    "-1",
    "1e3",
    "12.34567",
    "１２",
    "",
    "12.90\n",
    "012.00",
    "1,5",
    None,
]


@pytest.mark.parametrize("amount", AMOUNTS)
def test_an_amount_is_a_decimal_text(amount: Any) -> None:
    # B3
    case = example("case-received")
    case["demand"]["amount"] = amount
    found = schema.problems("case", case, {}, "x")
    assert [problem.path for problem in found] == ["$.demand.amount"]


TIMES = [
    "nonsense", "2026-11-22", "2026-11-22T10:15:00Z", "2026-11-22T25:00:00+08:00",
    "2026-02-30T10:15:00+08:00", "2026-11-22T10:15:00+08:00\n",
]  # fmt: skip


@pytest.mark.parametrize("time", TIMES)
def test_a_time_is_a_time_with_an_offset(time: str) -> None:
    # B1
    case = example("case-received")
    case["intake"]["received_at"] = time
    found = schema.problems("case", case, {("intake",): 7}, "x")
    assert [str(problem) for problem in found] == [
        "x:7: $.intake.received_at: must be a time such as 2026-11-22T10:15:00+08:00"
    ]


def test_all_problems_come_at_once_in_the_order_of_lines() -> None:
    text = 'staff:\n  - {id: A, name: "", emails: [], role: r, active: "yes", colour: red}\n  - {}\n'
    data, lines = read_document(text.encode(), "x")
    assert [str(problem) for problem in schema.problems("staff", data, lines, "x")] == [
        "x:1: $: format is missing",
        "x:2: $.staff[0].active: must be true or false, without quotes",
        "x:2: $.staff[0].colour: unknown key colour",
        "x:2: $.staff[0].emails: must not be empty",
        "x:2: $.staff[0].id: must be small letters a-z and digits, with . _ or - between them",
        "x:2: $.staff[0].name: must not be empty",
        "x:3: $.staff[1]: active is missing",
        "x:3: $.staff[1]: emails is missing",
        "x:3: $.staff[1]: id is missing",
        "x:3: $.staff[1]: name is missing",
        "x:3: $.staff[1]: role is missing",
    ]


def test_the_nearest_known_key_is_named_and_strange_keys_are_not() -> None:
    register = {**example("register"), "timezon": "x", "王 13800001234": "x"}
    messages = {problem.message for problem in schema.problems("register", register, {}, "x")}
    assert messages == {"unknown key timezon; did you mean timezone?", "unknown key"}


SECRET = "Mrs Wang, 13800001234"
PLACES = [
    ("customer", "phone"), ("customer", "id"), ("customer", "email"), ("customer", "language"),
    ("about", "price"), ("about", "purchased_on"), ("about", "occurred_at"), ("about", "against"),
    ("intake", "form"), ("intake", "received_at"), ("policy", "sha256"), ("demand", "remedy"),
    ("contacts", SECRET),
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_no_message_quotes_a_value(place: tuple[str, str]) -> None:
    case = example("case-received")
    case.setdefault(place[0], {})[place[1]] = SECRET
    with pytest.raises(BadData) as caught:
        schema.check("case", case, {}, "x")
    told = " ".join([caught.value.message, caught.value.hint, *map(str, caught.value.problems)])
    assert caught.value.problems
    assert "Wang" not in told
    assert "138" not in told


def test_every_limit_has_a_message_of_its_own() -> None:
    case = example("case-closed")
    case["complaint"] = "x" * 20_001
    case["about"]["product"] = ""
    case["classification"].update(affected=-1, flags=["a"] * 51, departments=[])
    case["follow_ups"][0].update(satisfaction=9, round=1)
    case["contacts"] = [{"party": "customer", "direction": "out", "method": "phone", "progress": False}]
    case["kind"] = "rant"
    case["improvements"] = "none"
    case["policy"] = []
    messages = {problem.path: problem.message for problem in schema.problems("case", case, {}, "x")}
    assert messages["$.complaint"] == "may have at most 20000 characters"
    assert messages["$.about.product"] == "must not be empty"
    assert messages["$.classification.affected"].startswith("must be at least")
    assert messages["$.classification.flags"] == "may have at most 50 entries"
    assert messages["$.classification.departments"] == "must not be empty"
    assert messages["$.follow_ups[0].satisfaction"] == "must be at most 5"
    assert messages["$.follow_ups[0].round"] == "must be at least 2"
    assert messages["$.contacts[0].progress"] == "must be true"
    assert messages["$.kind"] == "must be one of: complaint, help, enquiry, venting"
    assert messages["$.improvements"] == "must be a list"
    assert messages["$.policy"] == "must be a mapping (lines of `key: value`)"


def test_half_characters_and_keys_that_are_no_text_are_problems_not_tracebacks() -> None:
    # A15
    case = example("case-received")
    case["customer"]["phone"] = "138\ud800"
    assert not schema.valid("case", case)
    assert [str(problem) for problem in schema.problems("case", case, {(): 2}, "x")] == [
        "x:2: $.customer.phone: half a character (a lone surrogate)"
    ]
    assert "no text" in schema.problems("policy", {1: "a", "categories": {2: {}}}, {}, "x")[0].message


def test_long_lists_are_judged_at_once() -> None:
    # B6: nothing here compares every entry with every other
    person = example("staff")["staff"][0]
    found = schema.problems("staff", {"format": "1", "staff": [dict(person) for _ in range(4_000)]}, {}, "x")
    assert [problem.message for problem in found] == ["may have at most 1000 entries"]


@pytest.mark.parametrize("kind", ["case", "register"])
def test_a_section_read_by_itself_is_what_the_whole_schema_says_of_it(kind: str) -> None:
    for section, said in schema.schema(kind)["properties"].items():
        assert schema._section(kind, section) == said


def test_labels_are_known_in_every_language() -> None:
    assert schema.labels("case", "about", "es")["price"] == "precio"
    assert schema.labels("case", "customer", "zh-CN")["phone"] == "电话"

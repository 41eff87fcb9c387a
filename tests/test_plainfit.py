"""Where a schema is plainly kept no library is asked; a yes is never a wrong one."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaintctl import plainfit, schema
from complaintctl.yamlfile import read_case

EXAMPLES = sorted((Path(__file__).parent / "examples" / "valid").glob("case-*.yaml"))
CASES = [read_case(path.read_bytes(), path.name) for path in EXAMPLES]
SCHEMA = json.loads(schema.schema_text("case"))
PATTERNS = sorted({node["pattern"] for node in SCHEMA["$defs"].values() if "pattern" in node})
ODD: list[Any] = [
    None, True, False, 0, 1, -1, 1.0, 10**30, "", " ", "\n", "x\n", "\ud800", "x" * 20_001, "王女士", [], [[]], {},
    {"by": "li.na"}, ["a"], "2026-11-22", "2026-02-30", "2026-11-22T10:15:00+08:00", "2026-11-22T24:15:00+08:00",
    "2026-11-22T10:15:00+24:00", "2026-02-30T10:15:00+08:00", "0000-11-22", "12.90", "012", "a@b.example",
    "a@b", "a@@b.c", "a" * 65 + "@b.example", ".a@b.example", "C-20261122-7K3MQ4", "C-20261122-7K3MQ4\n",
]  # fmt: skip


def compiled(whole: Any) -> Any:
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True, ignore_unknown_formats=False)


JUDGE = compiled(SCHEMA)


def is_valid(judge: Any, data: Any) -> bool:
    try:
        return bool(judge.is_valid(data))
    except (ValueError, TypeError):
        return False


def places(node: Any) -> list[tuple[Any, Any]]:
    """Every place in a document, as what holds it and the key or position there."""
    inside = list(
        node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    )
    return [found for key, value in inside for found in [(node, key), *places(value)]]


@pytest.mark.parametrize("case", CASES, ids=[path.stem for path in EXAMPLES])
def test_a_case_in_any_state_fits_plainly(case):
    assert plainfit.fits(SCHEMA, case)


@given(st.data())
@settings(max_examples=500, deadline=None)
def test_what_fits_plainly_is_valid(data):
    # B1
    case = copy.deepcopy(data.draw(st.sampled_from(CASES)))
    for _change in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(places(case)))
        kind = data.draw(st.sampled_from(("odd", "gone", "added", "text")))
        if kind == "gone":
            del holder[key]
            if not case:
                break
        elif kind == "added" and isinstance(holder, dict):
            holder[data.draw(st.sampled_from(("note", "by", "id", "", "x", 1, None)))] = data.draw(
                st.sampled_from(ODD)
            )
        elif kind == "text":
            holder[key] = data.draw(st.text(max_size=30) | st.emails())
        else:
            holder[key] = copy.deepcopy(data.draw(st.sampled_from(ODD)))
    if plainfit.fits(SCHEMA, case):
        assert is_valid(JUDGE, case)


@pytest.mark.parametrize("pattern", PATTERNS)
@given(st.data())
@settings(max_examples=60, deadline=None)
def test_text_that_plainly_matches_a_pattern_matches_it(pattern, data):
    # B1
    text = data.draw(st.from_regex(pattern) | st.text(max_size=12))
    text += data.draw(st.sampled_from(("", "\n", " ", "٣", "x")))
    whole = {"type": "string", "pattern": pattern}
    if plainfit.fits(whole, text):
        assert is_valid(compiled(whole), text)


FORMATS = (
    st.text("0123456789-:T+Zaz@._王", max_size=28)
    | st.emails()
    | st.datetimes().map(str)
    | st.dates().map(str)
)


@pytest.mark.parametrize("name", ["date", "date-time", "email"])
@given(st.data())
@settings(max_examples=300, deadline=None)
def test_text_that_plainly_has_a_format_has_it(name, data):
    # B1
    drawn = re.sub(r"^\(\?=[^)]*\)", "", plainfit._FORMATS[name])  # a look ahead is drawn by trial and error
    own = st.from_regex(drawn, fullmatch=True)
    text = data.draw(own | FORMATS | st.sampled_from([one for one in ODD if isinstance(one, str)]))
    whole = {"type": "string", "format": name}
    if plainfit.fits(whole, text):
        assert is_valid(compiled(whole), text)


def test_ordinary_values_have_their_format_plainly():
    values = {
        "date": "2024-02-29",
        "date-time": "2026-11-22T23:59:59-11:30",
        "email": "Li.Na+desk@mail.shop-1.example",
    }
    for name, text in values.items():
        assert plainfit.fits({"type": "string", "format": name}, text)


UNPLAIN: list[tuple[dict[str, Any], Any]] = [
    ({}, "x"),
    ({"x-label": {}}, 1),
    ({"type": "object"}, {"x": "\ud800"}),
    ({"type": "array"}, ["\ud800"]),
    ({"type": "string"}, "\ud800"),
    ({"type": "integer"}, True),
    ({"type": "integer"}, 1.0),
    ({"type": "number"}, 1),
    ({"type": ["string", "null"]}, "x"),
    ({"enum": [1]}, True),
    ({"const": 1}, True),
    ({"type": "string", "anyOf": []}, "x"),
    ({"type": "string", "pattern": "x"}, "x"),
    ({"type": "string", "pattern": r"^\d$"}, "٣"),
    ({"type": "string", "pattern": "^.$"}, "\u2028"),
    ({"type": "string", "pattern": "^(?i)x$"}, "X"),
    ({"type": "string", "pattern": "^[a-z--b]$"}, "b"),
    ({"type": "string", "pattern": "^a{,2}$"}, "a"),
    ({"type": "string", "pattern": "^a++$"}, "a"),
    ({"type": "string", "format": "hostname"}, "x"),
    ({"type": "object", "properties": {}}, {"x": 1}),
    ({"type": "object", "properties": {"x": True}}, {"x": 1}),
    ({"type": "object", "properties": {}, "additionalProperties": {"type": "string"}}, {}),
    ({"$ref": "other.json"}, "x"),
    ({"$ref": "#/$defs/x"}, "x"),
]


@pytest.mark.parametrize(("whole", "data"), UNPLAIN)
def test_what_a_library_might_see_otherwise_is_left_to_it(whole, data):
    # B1
    assert not plainfit.fits(whole, data)


def test_what_does_not_fit_plainly_is_still_judged():
    case = copy.deepcopy(CASES[0])
    case["customer"]["email"] = '"li na"@shop.example'  # unusual, and an address all the same
    assert not plainfit.fits(SCHEMA, case)
    assert schema.fits("case", case)
    case["state"] = "lost"
    assert not schema.fits("case", case)

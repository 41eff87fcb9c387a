"""Case files in one spelling, strict reading of anything, and edits that leave people's documents alone."""

from __future__ import annotations

import difflib
import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
import yaml12
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from complaintctl import canonical, schema
from complaintctl.errors import BadData
from complaintctl.filetext import json_path
from complaintctl.yamlfile import (
    MODELINE_CASE,
    Limits,
    edit_document,
    emit_case,
    read_case,
    read_case_loosely,
    read_document,
)

EXAMPLES = Path(__file__).parent / "examples"
CASES = sorted((EXAMPLES / "valid").glob("case-*.yaml"))
YAML11 = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NAME = "cases/2026/11/C-20261122-7K3MQ4.yaml"
PIECES = (
    "a", "b c", "\n", "\n\n", " ", "  ", "\t", "\r", "\r\n", '"', "\\", "'", "#", " #", ": ", "- ",
    "&a", "*a", "!x", "%", "---", "...", "\x85", "\u2028", "\u2029", "\u3000", "\xa0", "牛奶", "😀",
    "\ufeff", "\u200d", "\x00", "\x07", "\x1b", "\x7f", "\x9f", "{", "}", "[", "]", "|", ">", "yes",
    "no", "1", "1.5", "1e3", "012", "12:30:45", "2024-01-02", "~", "?", "? ", "\ufffe", "\uffff",
    "\u0301", "é", "ñ", "@", "`", "\u202e", "<<", "\U0010ffff", "\U000e0101", "\U0001fffe", "=",
    "null", ".inf", "\ue000", "<<<<<<< HEAD", "e\u0301",
)  # fmt: skip
nasty = st.lists(st.sampled_from(PIECES), max_size=7).map("".join)
texts = st.one_of(nasty, st.text(st.characters(exclude_categories=["Cs"]), max_size=30))


def case_of(**sections: Any) -> dict[str, Any]:
    return {"id": "C-20261122-7K3MQ4", "state": "received", **sections}


def problems_of(read: Callable[..., Any], data: bytes | str, *more: Any) -> list[str]:
    with pytest.raises(BadData) as caught:
        read(data.encode() if isinstance(data, str) else data, "x.yaml", *more)
    return [str(problem) for problem in caught.value.problems]


def read_by_all(data: bytes) -> Iterator[Any]:
    """What readers of YAML 1.2 and 1.1 make of a file."""
    text = data.decode()
    yield yaml12.parse_yaml(text)
    yield YAML(typ="safe", pure=True).load(text)
    yield yaml.load(text, YAML11)  # noqa: S506  (a safe loader)


# --- one spelling -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_valid_example_is_canonical_and_read_equal_by_every_reader(path: Path) -> None:
    data = path.read_bytes()
    case = read_case(data, path.name)
    assert emit_case(case) == data
    assert schema.valid("case", case)
    assert all(found == case for found in read_by_all(data))
    assert read_case_loosely(data, path.name)[0] == case


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, min_size=20, max_size=40))
def test_any_text_reads_back_equal_in_three_libraries(words: list[str]) -> None:
    # A12: typed = stored = shown, as values, list entries, keys and in blocks of several lines
    case = case_of(
        complaint=words[0],
        about={f"k{number}": word for number, word in enumerate(words)},
        contacts=[{"note": word, "by": f"{word}\n{word}x", "tags": [word, f"x{word}\ny"]} for word in words],
        other={word[: canonical.MAX_KEY]: word for word in words},
    )
    data = emit_case(case)  # type: ignore[arg-type]
    for found in read_by_all(data):
        assert found == case
    assert read_case(data, "x.yaml") == case
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u2028\u202e\ufeff]", data.decode())


def test_half_a_character_is_refused_in_writing() -> None:
    for text in ("\ud800", "ok \udfff", "two\nlines \udc80"):
        with pytest.raises(BadData, match="half a character"):
            emit_case(case_of(complaint=text))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "y",
        "Y",
        "n",
        "yes",
        "No",
        "ON",
        "off",
        "true",
        "False",
        "null",
        "NULL",
        "none",
        "nan",
        "inf",
        "~",
        ".nan",
        ".inf",
        "=",
        "<<",
        "012",
        "1_000",
        "12:30:45",
        "1e3",
        "0x1F",
        "1.5",
        "2024-01-02",
        "牛",
        "-a",
        "a:",
        "-",
        "?",
        "!a",
        "&a",
        "*a",
    ],
)
def test_whatever_some_reader_takes_for_something_else_is_quoted(text: str) -> None:
    assert f"complaint: {json.dumps(text, ensure_ascii=False)}\n".encode() in emit_case(
        case_of(complaint=text)  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("text", ["li.na", "goods.spoiled", "P-4T7Q2M", "a/b+c_d-e", "image/jpeg", "CNY"])
def test_plain_words_stay_plain(text: str) -> None:
    assert f"complaint: {text}\n".encode() in emit_case(case_of(complaint=text))  # type: ignore[arg-type]


def test_clean_lines_are_a_block_and_others_are_quoted() -> None:
    def spelled(text: str) -> str:
        return emit_case({"complaint": text}).decode().partition("\n")[2]  # type: ignore[typeddict-item]

    assert spelled("一\n\n  # 二") == "complaint: |-\n  一\n\n    # 二\n"
    assert spelled("\u3000\u3000段落\n末") == "complaint: |-\n  \u3000\u3000段落\n  末\n"
    for text in ("a\n", "\na", " a\nb", "a \nb", "a\n\tb", "a\nb\u3000", "a\r\nb", "a\u2028b\nc"):
        assert spelled(text).startswith('complaint: "'), text


def test_sections_lists_and_entries_are_indented_by_two() -> None:
    case = case_of(
        contacts=[{"party": "customer", "progress": True}],
        customer={},
        classification={"flags": ["a"], "affected": 3},
        proposals=[{"remedies": [{"kind": "refund", "done": {"by": "x"}}]}],
    )
    assert emit_case(case).decode() == (  # type: ignore[arg-type]
        f"{MODELINE_CASE}\nid: C-20261122-7K3MQ4\nstate: received\ncontacts:\n  - party: customer\n"
        "    progress: true\ncustomer: {}\nclassification:\n  flags:\n    - a\n  affected: 3\n"
        "proposals:\n  - remedies:\n      - kind: refund\n        done:\n          by: x\n"
    )


def test_empty_lists_are_left_out_wherever_they_stand() -> None:
    case = case_of(contacts=[], classification={"flags": []}, proposals=[{"remedies": [], "reason": "r"}])
    assert emit_case(case).decode().endswith("received\nclassification: {}\nproposals:\n  - reason: r\n")  # type: ignore[arg-type]


def test_keys_come_in_the_order_of_the_schema_and_unknown_ones_last_by_name() -> None:
    case = {"zz": "1", "state": "closed", "aa": "1", "intake": {"by": "x", "received_at": "t"}, "id": "i"}
    lines = emit_case(case).decode().splitlines()[1:]  # type: ignore[arg-type]
    assert lines == ["id: i", "state: closed", "intake:", "  received_at: t", "  by: x", 'aa: "1"', 'zz: "1"']


def test_the_order_of_keys_is_that_of_the_schema() -> None:
    whole = json.loads(schema.schema_text("case"))

    def order(node: dict[str, Any]) -> Any:
        while "$ref" in node:
            node = whole["$defs"][node["$ref"].rpartition("/")[2]]
        if "items" in node:
            return order(node["items"])
        return [(key, order(inner)) for key, inner in node.get("properties", {}).items()]

    def shape(node: dict[str, Any]) -> Any:
        return [(key, shape(inner)) for key, inner in node.items()]

    assert shape(canonical.SHAPE) == order(whole)


@pytest.mark.parametrize(
    "value", [None, 1.5, float("nan"), 10**15, [["a"]], {1: "a"}, {"k" * 200: "a"}, b"a"]
)
def test_what_no_case_may_hold_is_refused_in_writing(value: Any) -> None:
    with pytest.raises(BadData):
        emit_case(case_of(complaint=value))  # type: ignore[arg-type]


def test_a_case_too_large_or_too_deep_is_refused_in_writing() -> None:
    with pytest.raises(BadData, match="262144"):
        emit_case(case_of(complaint="牛" * 90_000))  # type: ignore[arg-type]
    deep: dict[str, Any] = {}
    for _level in range(13):
        deep = {"a": deep}
    with pytest.raises(BadData, match="deeper than 12"):
        emit_case(deep)  # type: ignore[arg-type]


def test_what_is_hidden_does_not_depend_on_the_unicode_version() -> None:
    # what Python calls printable grows with its version; what is escaped may not
    for code in range(0x110000):
        char = chr(code)
        hidden = canonical._hidden().match(char) is not None
        assert not (hidden and char.isprintable()), hex(code)
        if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp", "Co", "Cs"}:
            assert hidden, hex(code)


# --- reading cases ------------------------------------------------------------------------------


def test_a_canonical_case_is_read_without_the_slow_libraries() -> None:
    code = (
        "import sys; from complaintctl.yamlfile import read_case, emit_case\n"
        f"data = open({str(CASES[0])!r}, 'rb').read()\n"
        "assert emit_case(read_case(data, 'x')) == data\n"
        "print([m for m in ('ruamel', 'jsonschema', 'click', 'git') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("state: received", "state: 'received'", 3),
        ("state: received\nkind: complaint", "kind: complaint\nstate: received", 3),
        ("form: spoken\n", "form: spoken\n\n", 15),
        ('"13800001234"', '"1380000\\u0031234"', 19),
        (MODELINE_CASE + "\n", "", 1),
    ],
)
def test_another_spelling_of_the_same_is_read_loosely_only(old: str, new: str, line: int) -> None:
    data = (EXAMPLES / "valid/case-received.yaml").read_bytes()
    edited = data.replace(old.encode(), new.encode())
    assert edited != data
    with pytest.raises(BadData) as caught:
        read_case(edited, NAME)
    assert str(caught.value.problems[0]).startswith(f"{NAME}:{line}: $: not in canonical form")
    assert "complaintctl amend C-20261122-7K3MQ4 --reason" in caught.value.hint
    assert read_case_loosely(edited, NAME)[0] == read_case(data, NAME)


def test_lines_are_known_by_path() -> None:
    _case, lines = read_case_loosely((EXAMPLES / "valid/case-assigned-on-hold.yaml").read_bytes(), "x")
    text = (EXAMPLES / "valid/case-assigned-on-hold.yaml").read_text(encoding="utf-8").splitlines()
    assert text[lines["intake", "received_at"] - 1].startswith("  received_at:")
    assert text[lines["contacts", 0, "note"] - 1] == "    note: |-"
    assert text[lines["contacts", 1] - 1] == '  - party: "department:goods"'
    assert text[lines["classification", "flags", 0] - 1] == "    - food-safety"
    assert lines[()] == 2


def use(kind: str, data: bytes, file: str) -> None:
    """Read and judge a file as a command that needs it would."""
    read: Callable[..., Any] = read_case_loosely if kind == "case" else read_document
    content, lines = read(data, file)
    schema.check(kind, content, lines, file)
    if kind == "case":
        read_case(data, file)


@pytest.mark.parametrize("path", sorted((EXAMPLES / "invalid").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_invalid_example_is_refused_as_its_neighbour_says(path: Path) -> None:
    # A1-A15, B1-B3
    kind = path.stem.partition("-")[0]
    with pytest.raises(BadData) as caught:
        use(kind, path.read_bytes(), path.name)
    found = "".join(f"{problem}\n" for problem in caught.value.problems)
    found += f"Try: {caught.value.hint}\n" if caught.value.hint else ""
    assert found == path.with_suffix(".expected").read_text(encoding="utf-8")
    assert "138000" not in found
    assert "Wang" not in found


def bomb(depth: int) -> str:
    first = "a0: &a0 [x, x]\n"
    return first + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]\n" for n in range(1, depth))


HOSTILE = {  # what is read -> part of the first problem
    "alias bomb": (bomb(8), "anchor or alias"),
    "brackets": ("a: " + "[" * 20_000, "deeper than 12"),
    "braces": ("{a: " * 900, "deeper than 12"),
    "blocks": ("".join(" " * n + "a:\n" for n in range(300)), "deeper than 12"),
    "dashes": ("a:\n  " + "- " * 20_000 + "x\n", "deeper than 12"),
    "question marks": ("? " * 5_000 + "x\n", "no text"),
    "a colon after a colon": (": " * 100_000, "no text"),
    "long number": ("a: " + "9" * 5_000 + "\n", "put quotes"),
    "endless number": ("a: 1" + "0" * 250_000, "65536"),
    "almost a number": ("a: " + "1" * 60_000 + "x: y", "colon and a blank"),
    "large value": ('a: "' + "x" * 1_000_000 + '"\n', "262144 bytes"),
    "long value": ('a: "' + "x" * 100_000 + '"\n', "65536 characters"),
    "many keys": ("".join(f"k{n}: v\n" for n in range(10_000)), "more than 5000 values"),
    "many anchors": ("".join(f"k{n}: &a{n} v\n" for n in range(15_000)), "anchor or alias"),
    "endless tag": ("!" * 250_000, "65536 characters without a blank"),
    "endless anchor": ("&" * 250_000, "anchor or alias"),
    "endless quote": ('"' * 250_000, "mapping"),
    "comments": ("#\n" * 100_000, "comment"),
    "documents": ("a: b\n" + "---\n" * 60_000, "second document"),
    "escape of no character": ('a: "\\UFFFFFFFF"\n', "no YAML"),
    "deep in a block": ("a: |-\n" + "  - - - &a *b\n" * 9_000, "65536"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_with_a_line(name: str) -> None:
    # A1, A2, A7, A13: every one in well under a second and without a traceback
    text, part = HOSTILE[name]
    found = problems_of(read_case, text)
    assert part in found[0]
    assert len(found) <= 50
    assert all(len(problem) < 200 for problem in found)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("投诉: 牛奶\n".encode("gbk"), "x.yaml:1: $: not UTF-8 at byte 3 of the file"),
        (b'a: b\nc: "\xff"\n', "x.yaml:2: $: not UTF-8 at byte 10 of the file"),
        ("a: b\n".encode("utf-16"), "x.yaml:1: $: begins with a byte order mark (UTF-16)"),
        (b"\xef\xbb\xbfa: b\n", "x.yaml:1: $: begins with a byte order mark (UTF-8)"),
        (b"a: b\r\nc: d\r\n", "x.yaml:1: $: line ends of Windows (CRLF)"),
        (b"a: b\rc: d\n", "x.yaml:1: $: control character U+000D in column 5"),
        (b"a:\n\tb: c\n", "x.yaml:2: $: TAB in column 1"),
        (b"a: 1\t# c\n", "x.yaml:1: $: TAB in column 5"),
        ("a: \u202eb\n".encode(), "x.yaml:1: $: control character U+202E in column 4"),
        (b"", "x.yaml:1: $: the file is empty"),
        (b"---\n...\n", "x.yaml:1: $: the file is empty"),
    ],
)
def test_encodings_line_ends_and_tabs_are_named_with_their_place(data: bytes, expected: str) -> None:
    # A6, A8, A9, A10
    for read in (read_case, read_document):
        assert problems_of(read, data)[0].startswith(expected)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        nasty.map(str.encode),
        st.binary(max_size=40),
        st.lists(nasty, max_size=6).map("\n".join).map(str.encode),
    )
)
def test_any_bytes_are_understood_or_refused(data: bytes) -> None:
    for read in (read_case, read_document):
        with suppress(BadData):
            assert read(data, "x.yaml")


# --- strict reading of people's documents -------------------------------------------------------


def test_comments_flow_style_and_every_quote_are_fine_in_documents() -> None:
    text = "---\n# c\na: {b: [1, -2, true], 'c d': \"e\"}  # f\ng: >-\n  one\n  two\n"
    text += "within: 5 business days\nx: |\n  h\n"
    assert read_document(text.encode(), "x")[0] == {
        "a": {"b": [1, -2, True], "c d": "e"},
        "g": "one two",
        "within": "5 business days",
        "x": "h\n",
    }


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "On",
        "y",
        "012",
        "1_000",
        "12:30:45",
        "1e3",
        "=",
        "2024-01-02",
        "19.99",
        "0x1F",
        "0o17",
        "+1",
        ".5",
        "1.",
        ".NaN",
    ],
)
def test_unquoted_text_that_is_no_text_to_some_is_refused(text: str) -> None:
    assert "put quotes around it" in problems_of(read_document, f"ok: b\na: {text}\n")[0]
    assert problems_of(read_document, f"a: {text}\nok: b\n")[0].startswith("x.yaml:1: $.a:")


@pytest.mark.parametrize(
    "text", ["5d", "1.2.3", "a1", "09:00-21:00", "none", "3/4", "2026-W47", "-x", "v1", "1-2"]
)
def test_unquoted_text_that_is_text_to_all_is_read(text: str) -> None:
    assert read_document(f"a: {text}\n".encode(), "x")[0] == {"a": text}
    assert yaml.load(f"a: {text}\n", YAML11) == {"a": text}  # noqa: S506  (a safe loader)


def test_limits_are_parameters() -> None:
    assert "more than 3 values" in problems_of(read_document, "a: [1, 2, 3]\n", Limits(100, 3))[0]
    assert "larger than 10 bytes" in problems_of(read_document, "a: [1, 2, 3]\n", Limits(10, 3))[0]
    assert "comment" in problems_of(read_document, "a: b\n# c\n", Limits(100, 3, comments=False))[0]


def test_a_place_is_named_without_quoting_strange_keys() -> None:
    assert (
        json_path(("contacts", 0, "zh-CN", "goods.spoiled", "王 138"))
        == '$.contacts[0].zh-CN["goods.spoiled"]["…"]'
    )


# --- edits of people's documents ----------------------------------------------------------------

STAFF = """# our people
format: "1"
staff:
  # the owner
  - id: boss
    name:   王老板     # aligned by hand
    emails: [ "boss@example.com" ]
    role: manager
    active: true

  - id: li.na
    name: 'Li Na'
    emails:
      - li.na@example.com   # at the desk
    department: customer-service
    role: clerk
    active: true
"""
FLUSH = STAFF.replace("\n  ", "\n")  # lists that stand under their key
WIDE = "a:\n    b:\n        c: d\n    l:\n        -   id: p\n            r: s\n        -   id: q\n"


def changed_lines(before: str, change: Callable[[Any], None]) -> list[str]:
    after = edit_document(before.encode(), "x.yaml", change).decode()
    diff = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in diff if line[:3] not in {"---", "+++"} and not line.startswith("@@")]


@pytest.mark.parametrize("text", [STAFF, FLUSH])
def test_adding_somebody_to_the_staff_only_adds_lines(text: str) -> None:
    # A14
    def add(document: Any) -> None:
        document["staff"].append(
            {"id": "sun.min", "name": "孙敏", "emails": ["s@example.com"], "role": "no", "note": "a\nb"}
        )

    margin = "  " if text is STAFF else ""
    dash = margin + "    - " if text is STAFF else "  - "
    assert changed_lines(text, add) == [
        f"+{margin}- id: sun.min",
        f'+{margin}  name: "孙敏"',
        f"+{margin}  emails:",
        f'+{dash}"s@example.com"',
        f'+{margin}  role: "no"',
        f"+{margin}  note: |-",
        f"+{margin}    a",
        f"+{margin}    b",
    ]


def test_a_changed_value_changes_one_line_and_keeps_layout_and_comments() -> None:
    # A14
    assert changed_lines(STAFF, lambda document: document["staff"][0].update(active=False)) == [
        "-    active: true",
        "+    active: false",
    ]


def test_the_indentation_of_the_document_is_kept() -> None:
    def add(document: Any) -> None:
        document["a"]["l"].append({"id": "t", "r": "12"})
        document["a"]["b"]["e"] = "2026-01-01"

    assert changed_lines(WIDE, add) == [
        '+        e: "2026-01-01"',
        "+        -   id: t",
        '+            r: "12"',
    ]


def test_long_lines_folded_text_and_a_missing_final_newline_survive() -> None:
    text = (
        "---\nlong: "
        + "字" * 600
        + "\nflow: { a: b, c:   [1,  2] }\nfold: >-\n  one\n  two\n\n\n# tail\nend: here"
    )
    assert changed_lines(text, lambda document: document.update(end="z: 1")) == ["-end: here", '+end: "z: 1"']


def test_an_edit_reads_back_as_the_data_it_made() -> None:
    result = edit_document(STAFF.encode(), "x", lambda document: document["staff"].pop(0))
    assert [person["id"] for person in read_document(result, "x")[0]["staff"]] == ["li.na"]
    assert result.startswith(b"# our people\n")


@pytest.mark.parametrize("value", [None, 1.5, "\u202e", "x" * 70_000, {"no": "a"}])
def test_an_edit_that_could_not_be_read_again_is_refused(value: Any) -> None:
    with pytest.raises(BadData):
        edit_document(b"a: b\n", "x", lambda document: document.update(c=value))


def test_a_document_that_cannot_be_read_is_not_edited() -> None:
    with pytest.raises(BadData):
        edit_document(b"a: &x b\n", "x", lambda document: document.update(c="d"))

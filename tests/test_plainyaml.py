"""The quick reader of plain documents: whatever it takes, the strict reader takes as well, and reads the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from complaintctl import plainyaml
from complaintctl.errors import BadData
from complaintctl.filetext import DOCUMENT_LIMITS, Limits, decode
from complaintctl.strictyaml import read_document, read_strictly

ROOT = Path(__file__).parent.parent
SHIPPED = sorted((ROOT / "policies").glob("*.yaml"))
SMALL = """# the rules
name: corner-shop
version: "1"
languages: [en, zh-CN]   # and no other
label: {en: "Corner \\"shop\\"", zh-CN: "店"}

roles:
  clerk:
    label: {en: clerk}
    limits: [{at: 1, kinds: [a, b]}, {}, []]
steps:   # in order
  - name: new

    count: 12
    open: true
# not indented
    said: |-
      Dear "{name}",

        # no comment: 1
      - all of it

    when:
      any:
        - flags: media
        - "text"
        - {kind: help, not: {verdict: unfounded}}
  - name: close
"""
PIECES = (
    "a", "b:", "c: ", ": ", "- ", "  ", "    ", " ", "\n", "\n", "\n  ", "\n- ", "\n  - ", '"', '"x"', '"k": ', "\\", "\\n",
    '\\"', "{", "}", "[", "]", ",", ", ", "#", " # c", "1", "-1", "01", "1.5", "yes", "true", "null", "~", "<<", "&a", "*a",
    "!t", "|", "|-\n", ": |-\n    ", ">", "?", "%", "---", "...", "'", "店", "a/b", "2026-01-01", "{a: b}", "[a, b]", "{}", "[]", "\u3000", "\xa0",
    "@", "`", "=", "_", ".", "-", "x: y",
)  # fmt: skip


def strictly(text: str, limits: Limits = DOCUMENT_LIMITS) -> Any:
    return read_strictly(text, "x.yaml", limits)


def agrees(text: str, limits: Limits = DOCUMENT_LIMITS) -> bool:
    """Whether the quick reader takes a text; if it does, the strict one must read the same of it."""
    plain = plainyaml.read(text, limits)
    if plain is None:
        return False
    data, lines = strictly(text, limits)
    assert repr(plain[0]) == repr(data)  # the order of keys too, and 1 is not true
    assert plain[1] == lines
    return True


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_document_that_ships_is_plain_and_reads_as_the_strict_reader_reads_it(path: Path) -> None:
    assert agrees(decode(path.read_bytes(), path.name, DOCUMENT_LIMITS))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example('"": a')
@example("a: b\n c")
@example("a:\n- b")
@example("a:\n  - b\n  c: d")
@example("a:\n  b: c\n d: e")
@example("a: {b: c}\n  d: e")
@example("- a")
@example("a: {b: 1, b: 2}")
@example("a: b\na: c")
@example("a: |-\n  b\n")
@example("a: |-\n  b\n\n\n")
@example("a: |-\n  b\n \nc: d")
@example("a: |-\n   b\n  c: d")
@example("a: |-\n  b\n# c\n  d: e")
@example("a:\n  b: |-\n    c\n   d\n  e: f")
@example("a:\n  b: |-\n    # c\n    d: |-\n  e: f")
def test_whatever_is_taken_reads_the_same(text: str) -> None:
    agrees(text)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(SMALL)), st.integers(0, 3), st.sampled_from(("", *PIECES))),
        min_size=1,
        max_size=3,
    )
)
def test_a_document_with_slips_is_taken_only_where_it_reads_the_same(
    slips: list[tuple[int, int, str]],
) -> None:
    text = SMALL
    for at, gone, come in slips:
        text = text[:at] + come + text[at + gone :]
    agrees(text)


def test_a_plain_document_is_taken_with_its_lines() -> None:
    assert agrees(SMALL)
    found = plainyaml.read(SMALL, DOCUMENT_LIMITS)
    assert found is not None
    data, lines = found
    assert data["label"] == {"en": 'Corner "shop"', "zh-CN": "店"}
    assert data["steps"][0]["when"]["any"][1:] == ["text", {"kind": "help", "not": {"verdict": "unfounded"}}]
    assert (lines["steps", 0, "when", "any", 2, "not"], lines["steps", 1]) == (27, 28)
    assert data["steps"][0]["said"] == 'Dear "{name}",\n\n  # no comment: 1\n- all of it'


@pytest.mark.parametrize(
    "text",
    [
        "", "# nothing\n", "a\n", "- a\n", " a: b\n", "a:\n", "a: ~\n", "a: yes\n", "a: 1.5\n", "a: 2026-01-01\n", "1: a\n",
        "a: b\na: c\n", "a: {b: 1, b: 2}\n", "a: &x b\n", "a: *x\n", "a: !t b\n", "<<: a\n", "a: |\n  b\n", "a: |-\n", "a: |-\nb: c\n", "a: |-\n\n  b\n", "a: |-\n  b\n   \n  c\n", "- |-\n  b\n", "a: |- # c\n  b\n",
        "a: |-2\n  b\n", "a: >-\n  b\n", "a: |-\n    b\n  c\n", "a: 'b'\n",
        "a: b c\n", "a: \"b\\u0041\"\n", "a: \"b\n  c\"\n", "a: [b,\n  c]\n", "a:\n- b\n", "--- \na: b\n", "%YAML 1.2\n",
        "a: {b}\n", "a: [b: c]\n", "a: {b: }\n", "a: [b] c\n", "a: - b\n", "- - a\n", "a: b\n  c: d\n", "a:\n    b: c\n  d: e\n",
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_the_strict_reader(text: str) -> None:
    assert plainyaml.read(text, DOCUMENT_LIMITS) is None


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("a: {b: c}\n", Limits(99, 2)),
        ("a: bcd\n", Limits(99, 9, text=2)),
        ("a:\n  b:\n    c: d\n", Limits(99, 9, depth=2)),
        ("a: [[b]]\n", Limits(99, 9, depth=2)),
    ],
)
def test_what_is_over_a_limit_is_left_to_the_strict_reader_which_refuses_it(
    text: str, limits: Limits
) -> None:
    assert agrees(text)
    assert plainyaml.read(text, limits) is None
    with pytest.raises(BadData):
        strictly(text, limits)


def test_where_comments_may_not_stand_nothing_is_taken_unseen() -> None:
    with pytest.raises(BadData) as caught:
        read_document(b"a: b\n# c\n", "x", Limits(99, 9, comments=False))
    assert "a comment" in str(caught.value.problems[0])


def test_a_plain_document_is_read_without_the_slow_library() -> None:
    code = (
        "import sys\nfrom complaintctl.yamlfile import read_document\n"
        "read_document(sys.stdin.buffer.read(), 'x')\nprint('ruamel.yaml' in sys.modules)"
    )
    for text, slow in ((SMALL, "False"), ("a: 'b'\n", "True")):
        ran = subprocess.run(
            [sys.executable, "-c", code], check=True, input=text.encode(), capture_output=True, cwd=ROOT
        )
        assert ran.stdout.decode().strip() == slow, ran.stderr

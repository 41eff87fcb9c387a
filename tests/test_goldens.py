"""The tables that people read, in three languages, are those that were looked at; and they are well set."""

from __future__ import annotations

import re

import pytest

from complaintctl import cells
from tests import golden_tables

AGAIN = "If that is right now: python -m tests.golden_tables, and look at the difference"
ALL = [(name, tag) for name in golden_tables.COMMANDS for tag in golden_tables.LANGUAGES]
FOREIGN = [tag for tag in golden_tables.LANGUAGES if tag != "en"]
_RULE = re.compile(r"-+(?:  -+)+")
_HEAD = re.compile(r"  +")


@pytest.mark.parametrize(("name", "tag"), ALL)
def test_what_is_printed_is_the_golden(name: str, tag: str) -> None:
    golden = golden_tables.place(name, tag).read_text(encoding="utf-8")
    assert golden_tables.made(name, tag) == golden, AGAIN


def test_no_golden_is_left_over() -> None:
    known = {golden_tables.place(name, tag).name for name, tag in ALL}
    assert {path.name for path in golden_tables.GOLDENS.iterdir()} == known


def tables(text: str) -> list[tuple[str, list[str]]]:
    """Each table of a text: the dashes under its heading, and its lines, the heading first."""
    lines, found = text.splitlines(), []
    for at, line in enumerate(lines):
        if _RULE.fullmatch(line):
            end = next((to for to in range(at, len(lines)) if not lines[to].strip()), len(lines))
            found.append((line, [lines[at - 1], *lines[at + 1 : end]]))
    return found


def crossed(rule: str, line: str) -> list[int]:
    """The places between two columns, counted as a terminal does, in which a line has something."""
    wide = "".join(sign + "\0" * (cells.width(sign) - 1) for sign in line)
    return [gap.start() for gap in _HEAD.finditer(rule) if wide[gap.start() : gap.end()].strip(" ")]


def test_a_line_out_of_place_is_seen() -> None:
    assert crossed("----  ----", "投诉  级别") == []
    assert crossed("----  ----", "投诉投诉级别") == [4]
    assert crossed("----  ----", "abcde fg") == [4]


@pytest.mark.parametrize(("name", "tag"), [one for one in ALL if not one[0].endswith("markdown")])
def test_columns_line_up(name: str, tag: str) -> None:
    text = golden_tables.place(name, tag).read_text(encoding="utf-8")
    found = tables(text)
    assert found or name.startswith(("show", "board"))
    for rule, lines in found:
        for line in lines:
            assert not crossed(rule, line), line


@pytest.mark.parametrize("tag", FOREIGN)
@pytest.mark.parametrize("name", ["weekly", "monthly", "list", "due"])
def test_every_heading_of_a_table_is_translated(name: str, tag: str) -> None:
    """Word for word against the English one; what is spelled alike in both is named here."""
    alike = {"es": {"no.", "id", "total", "canal"}, "zh-CN": {"id"}}[tag] | {
        "2026-W47",
        "2026-W46",
        "2026-11",
        "2026-10",
    }
    ours, english = (
        [[_HEAD.split(lines[0].strip()) for _rule, lines in tables(golden_tables.made(name, one))] for one in (tag, "en")]
    )  # fmt: skip
    assert [len(heads) for heads in ours] == [len(heads) for heads in english]
    for here, there in zip(ours, english, strict=True):
        same = {a for a, b in zip(here, there, strict=True) if a == b} - alike
        assert not {one for one in same if re.search("[a-z]{2}", one)}, here


@pytest.mark.parametrize("tag", FOREIGN)
def test_codes_of_a_report_are_said_in_words(tag: str) -> None:
    told = golden_tables.made("weekly", tag) + golden_tables.made("monthly", tag)
    for code in ("overdue", "at-risk", "subject", "change", "late", "done", "open"):
        assert not re.search(rf"(?:^| ){code}(?: |$)", told, re.MULTILINE), code


def test_no_late_case_is_left_out_because_only_one_of_its_deadlines_is_missed() -> None:
    text = golden_tables.made("weekly", "en").partition("Overdue and at risk\n")[2].partition("\n\n")[0]
    rows = text.splitlines()[2:]
    assert "0" in {row.rpartition(" ")[2] for row in rows}  # the last column counts the further deadlines
    assert len(rows) == 9

"""Paper forms as pages: one sheet of A4, nothing that moves or asks, and text that stays text (S0-23)."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import html5lib
import pytest

from complaintctl import formpages, i18n, paperforms
from complaintctl.paperforms.parts import Box, Choice, Field, Form, Grid, Section
from tests import browser, form_examples
from tests.test_paperforms import LANGUAGES, POLICIES, _policy, blank, form_of, ground_of, register_of

A4 = (595, 842)  # points
HOSTILE = "a|b\n<script>alert(1)</script> [x](javascript:y) `z` \"quoted' @all \x1b[2J\u202e &amp; https://evil.example"
EMPTY = {"br", "meta", "col", "link", "img"}


class Tree(HTMLParser):
    """The tags of a page, in order, each closed where it was opened; attributes and text beside them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def made(**more: Any) -> Form:
    """A small form."""
    sections = [
        Section(
            "Part",
            [Field("a", "Label", "value"), Field("b", "Wide", width=12, lines=3), Field("c", "Pick", choices=[Choice("one", True), Choice("two")])],
            Grid("g", ["x", "y"], [["1", "2"]], (6, 6), 2),
        ),
        Section("", text="Words"),
    ]  # fmt: skip
    plain: dict[str, Any] = {
        "kind": "survey", "title": "Title", "shop": "Shop", "language": "en", "head": [Field("id", "No.", "C-1")],
        "sections": sections, "boxes": [Box("who", "Customer", "Ann"), Box("it", "Shop")], "notes": ["Small"], "foot": "foot",
    }  # fmt: skip
    return Form(**(plain | more))


# -- what stands on the page


def test_an_empty_field_is_a_line_a_choice_a_box_and_an_empty_row_stays():
    page = formpages.page(made())
    assert page.count('<span class="rule"></span>') == 3  # the field with three lines
    assert re.findall(r'<span class="box">(.?)</span>', page) == ["×", ""]
    assert page.count('<td class="blank"></td>') == 4
    assert "<dd>value</dd>" in page
    assert page.count("____________") == 1 + 1  # two places to sign, no day on either


def test_a_table_without_any_row_is_left_out():
    empty = Section("Part", [Field("a", "Label")], Grid("g", ["head-x"], [], (12,)))
    assert "head-x" not in formpages.page(made(sections=[empty]))
    assert "head-x" not in formpages.markdown(made(sections=[empty]))


def test_a_page_is_well_formed_and_has_no_script_no_link_and_no_request():
    page = formpages.page(made())
    tree = Tree(page)
    assert not {"script", "link", "img", "iframe", "form", "a", "object"} & set(tree.tags)
    assert not {"src", "href", "action", "onload", "style"} & {name for name, _value in tree.attributes}
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src &#x27;none&#x27;" in page
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')


def test_text_of_a_customer_stays_text_on_the_page():
    field, grid = Field("a", HOSTILE, HOSTILE), Grid("g", [HOSTILE], [[HOSTILE]], (12,))
    choice = Field("b", "x", choices=[Choice(HOSTILE)])
    page = formpages.page(
        made(title=HOSTILE, shop=HOSTILE, sections=[Section(HOSTILE, [field, choice], grid, HOSTILE)],
             boxes=[Box("a", HOSTILE, HOSTILE, HOSTILE)], notes=[HOSTILE], foot=HOSTILE)
    )  # fmt: skip
    tree = Tree(page)
    assert "script" not in tree.tags
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "".join(tree.words).count("<script>alert(1)</script>") >= 10


def test_text_of_a_customer_stays_text_in_markdown():
    field, grid = Field("a", HOSTILE, HOSTILE), Grid("g", [HOSTILE], [[HOSTILE]], (12,))
    markdown = formpages.markdown(
        made(title=HOSTILE, shop=HOSTILE, sections=[Section(HOSTILE, [field], grid, HOSTILE)],
             boxes=[Box("a", HOSTILE, HOSTILE, HOSTILE)], notes=[HOSTILE], foot=HOSTILE)
    )  # fmt: skip
    for trap in ("<script", "[x](", "`z`", "@all", "\x1b", "https://evil", "\u202e"):
        assert trap not in markdown
    widths = [line.replace(r"\|", "").count("|") for line in markdown.splitlines() if line.startswith("|")]
    assert set(widths) <= {2, 3, 5}


def test_markdown_has_lines_to_write_on_boxes_and_places_to_sign():
    markdown = formpages.markdown(made())
    line = "_" * 24
    assert f"| Wide | {line}<br>{line}<br>{line} |" in markdown
    assert "| Pick | ☑ one ☐ two |" in markdown
    assert f"| {line} | {line} |" in markdown
    assert f"| Customer | Ann | {line} | {line} |" in markdown
    assert markdown.startswith("# Title\n")
    assert markdown.endswith("foot\n")


@pytest.mark.parametrize("kind", paperforms.KINDS)
def test_every_form_says_the_same_on_the_page_in_markdown_and_as_data(shop, kind):
    form = blank(shop, kind)
    page, markdown, data = formpages.page(form), formpages.markdown(form), formpages.as_data(form)
    Tree(page)
    html5lib.HTMLParser(strict=True).parse(page)  # stops at the first thing that HTML does not allow
    for field in form.fields():
        assert f"<dt>{field.label}</dt>".replace("'", "&#x27;") in page
        assert f"| {field.label} |" in markdown
    keys = [one["key"] for part in data["sections"] for one in part["fields"]]
    keys += [part["table"]["key"] for part in data["sections"] if part["table"]]
    keys += [one["key"] for one in (*data["head"], *data["signatures"])]
    assert sorted(keys) == sorted(form.asked())


def test_the_same_form_is_the_same_bytes(shop):
    case = shop.fulfilled()
    assert formpages.page(form_of(shop, case, "report")) == formpages.page(form_of(shop, case, "report"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", form_examples.NAMES)
def test_a_form_is_as_it_was_read_over(name, language):
    golden = form_examples.GOLDENS / f"{name}.{language}.md"
    assert form_examples.made(name, language) == golden.read_text(encoding="utf-8"), (
        "If that is right now: python -m tests.form_examples"
    )


# -- on paper


def sheets(form: Form, folder: Path) -> int:
    """On how many sheets of A4 a browser prints a form."""
    file = folder / "form.html"
    file.write_text(formpages.page(form), encoding="utf-8")
    found = browser.sheets(browser.printed(file.as_uri(), folder))
    assert {(round(width), round(height)) for width, height in found} == {A4}
    return len(found)


def spoken(shop: Any, kind: str, language: str, policy: str = "supermarket", **more: Any) -> Form:
    """An empty form in a language, its own words too."""
    i18n.use(language)
    try:
        return paperforms.form(
            kind, None, ground_of(register_of(shop), None, language, policy=_policy(policy)), **more
        )
    finally:
        i18n.use("en")


@browser.needed
@pytest.mark.parametrize("kind", paperforms.KINDS)
def test_an_empty_form_is_one_sheet(shop, tmp_path, kind):  # S0-23
    most = 2 if kind == "report" else 1
    assert sheets(spoken(shop, kind, "es"), tmp_path) <= most  # the longest words


@browser.needed
@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", POLICIES)
def test_an_empty_form_is_one_sheet_under_every_rule_set(shop, tmp_path, name, language):
    found = {}
    for kind in paperforms.KINDS:
        for variant in (None, *paperforms.VARIANTS) if kind == "registration" else (None,):
            form = spoken(shop, kind, language, name, variant=variant)
            found[kind, variant] = sheets(form, tmp_path)
    assert {key for key, count in found.items() if count > 1} <= {("report", None)}


@browser.needed
@pytest.mark.parametrize(
    "kind", [pytest.param(one, marks=pytest.mark.slow) for one in ("registration", "survey")] + ["agreement"]
)
def test_a_form_that_is_filled_in_is_one_sheet(shop, tmp_path, kind):
    assert sheets(form_of(shop, shop.fulfilled(), kind), tmp_path) == 1


@browser.needed
def test_a_long_story_goes_on_to_the_next_sheet(shop, tmp_path):
    case = shop.new("--channel", "desk", "--complaint", "it was sour and nobody cared. " * 400)
    assert sheets(form_of(shop, case, "registration"), tmp_path) > 1


@browser.needed
def test_a_form_asks_for_nothing_and_nothing_stands_in_the_console(shop, tmp_path):
    case = shop.new("--channel", "desk", "--complaint", HOSTILE.replace("\x1b", "").replace("\u202e", ""))
    (tmp_path / "form.html").write_text(formpages.page(form_of(shop, case, "registration")), encoding="utf-8")
    with browser.served(tmp_path) as server:
        found = browser.seen(f"{server.address}/form.html", tmp_path / "profile")
        assert server.asked == ["/form.html"]
    assert found.console == []
    assert "<script" not in found.dom
    assert found.dom.count('class="box"') > 10


@browser.needed
def test_a_form_is_white_paper_on_a_dark_screen_too(shop, tmp_path):
    from tests.test_page_browser import corner

    (tmp_path / "form.html").write_text(formpages.page(blank(shop, "survey")), encoding="utf-8")
    picture = browser.shot((tmp_path / "form.html").as_uri(), tmp_path, 400, 300, dark=True)
    assert corner(picture) == (255, 255, 255)

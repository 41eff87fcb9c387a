"""Letters set as text, Markdown and a page: escaped, wrapped, printed on one sheet."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from complaintctl import cells, founding, letterpages, letters
from tests.letter_examples import all_of, case, ground, policy

LANGUAGES = ("en", "zh-CN", "es")
SHIPPED = sorted(founding.shipped_policies())
HOSTILE = "<script>alert(1)</script> [x](http://evil.example) **b** `c` | # y \x1b[31m \u202e =1+1 @all"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def written(kind: str = "acknowledgement", **more: Any) -> letters.Letter:
    rules = policy("supermarket")
    one = case(rules, "received", **more)
    return letters.write(kind, one, ground(rules))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SHIPPED)
def test_no_line_of_plain_text_is_wider_than_a_page(name: str, language: str) -> None:
    for letter in all_of(name, language):
        lines = letterpages.text(letter).splitlines()
        assert max(cells.width(line) for line in lines) <= letterpages.WIDTH
        assert [line for line in lines if line != line.rstrip()] == []
        assert not [line for line in lines if re.match("[，。、；：！？）”》]", line)]


def test_lines_are_not_broken_inside_words_and_nothing_is_lost() -> None:
    words = "one " * 40 + "x" * 90 + " " + "漢字，" * 60 + "(end)."
    letter = written(complaint=words)
    said = letterpages.text(letter)
    assert "x" * 90 in said
    assert "".join(words.split()) in "".join(said.split())


def test_plain_text_sends_no_control_characters_to_a_terminal() -> None:
    said = letterpages.text(written(complaint=HOSTILE))
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "\\u{1b}" in said


def test_markdown_of_a_customer_is_text() -> None:
    said = letterpages.markdown(written(complaint=HOSTILE + "\n# head\n- item\n1. one\n+ two"))
    assert "<script>" not in said
    assert "[x](" not in said
    assert "**b**" not in said
    assert re.findall(r"(?m)^#.*", said) == [
        f"# {line}" for line in ("We have received your complaint (C-20261116-7K3MQ4)",)
    ]
    assert not re.findall(r"(?m)^(?:- item|1\. |\+ )", said)


def test_markdown_is_what_the_letter_says() -> None:
    from markdown_it import MarkdownIt

    page = MarkdownIt().render(letterpages.markdown(written(complaint="2. two\n- three *four*\\")))
    assert page.count("<h1>") == 1
    assert "“2. two<br />\n- three *four*\\”" in page
    assert page.count("<ol>") == 0
    assert page.count("<ul>") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_valid_and_lets_nothing_in(language: str) -> None:
    import html5lib

    name = {"id": "P-4T7Q2M", "name": HOSTILE, "address": HOSTILE, "language": language}
    page = letterpages.html(written(complaint=HOSTILE + "\n" + HOSTILE, customer=name))
    html5lib.HTMLParser(strict=True).parse(page)
    assert "<script" not in page
    assert 'href="' not in page
    assert f'<html lang="{language}">' in page
    assert "default-src" in page


def test_words_of_the_rules_are_escaped_too() -> None:
    rules = {**policy("supermarket")}
    rules["letters"] = {**rules["letters"], "opening": {"en": "Dear <img src=x onerror=alert(1)> & co,"}}
    page = letterpages.html(letters.write("apology", case(rules, "received"), ground(rules)))
    assert "<img" not in page
    assert "Dear &lt;img src=x onerror=alert(1)&gt; &amp; co," in page


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here to print with")
@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_prints_on_one_sheet(language: str, tmp_path: Path) -> None:
    for place, letter in enumerate(all_of("supermarket", language)):
        page, paper = tmp_path / f"{place}.html", tmp_path / f"{place}.pdf"
        page.write_text(letterpages.html(letter), encoding="utf-8")
        subprocess.run(
            [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile",
             "--no-pdf-header-footer", f"--print-to-pdf={paper}", page.as_uri()],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        assert len(re.findall(rb"/Type\s*/Page\b", paper.read_bytes())) == 1, letter.kind

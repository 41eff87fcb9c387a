"""What the pictures of the program show: pages of the sample register, and a session in a terminal.

A page is what a command wrote, in a browser.  A session is run for real, and set
here as a terminal would set it: Chinese characters take two columns.
"""

from __future__ import annotations

import html
import shlex
from collections.abc import Iterator
from typing import NamedTuple

from complaintctl import cells, i18n
from tests import golden_tables
from tests.shop import run

_SESSION = (
    "complaintctl board --department goods",
    "complaintctl report weekly --week 2026-W47 --table severity",
    "complaintctl list --department marketing",
)
_PAGES = {  # what writes the page; width and height in CSS pixels
    "weekly-page": ("report weekly --week 2026-W47 --format html", (920, 1450)),
    "form": ("form C-20261103-W8V3NE --kind registration --language en", (794, 900)),
}
_STYLE = """
body { margin: 0; background: #1b1f24; color: #e2e5e9; font: 14px/1.5 "DejaVu Sans Mono", monospace }
header { background: #2c3239; padding: 9px 14px; display: flex; gap: 8px }
header i { width: 12px; height: 12px; border-radius: 50%; background: #59626c }
pre { margin: 0; padding: 14px 18px 18px; font: inherit; white-space: pre }
pre i { display: inline-block; width: 16.86px; text-align: center; font: 15.5px/1 "Noto Sans CJK SC", sans-serif }
pre b { font-weight: 400; color: #8fc7ff } pre u { text-decoration: none; color: #9aa4af }
"""


class Scene(NamedTuple):
    """A picture: what it shows as a page, and how large it is in CSS pixels."""

    name: str
    page: str
    size: tuple[int, int]


def scenes() -> Iterator[Scene]:
    """Every picture of the program."""
    for name, (words, size) in _PAGES.items():
        yield Scene(name, printed(words, "en"), size)
    text = "\n".join(
        f"$ {words}\n{printed(words.partition(' ')[2], 'zh-CN').rstrip()}\n" for words in _SESSION
    )
    lines = text.splitlines()
    wide = max(cells.width(line) for line in lines)
    yield Scene("terminal", _terminal(lines), (round(wide * 8.43) + 40, len(lines) * 21 + 66))


def printed(words: str, language: str) -> str:
    """What a command says about the sample register."""
    before = i18n.language()
    with golden_tables.columns():
        ran = run("-C", str(golden_tables.register()), "--now", golden_tables.NOW, "--language", language,
                  *shlex.split(words))  # fmt: skip
    i18n.use(before)
    if ran.code not in {0, 7}:
        raise AssertionError(ran)
    return ran.out


def _terminal(lines: list[str]) -> str:
    """Lines as a terminal shows them, as a page."""
    body = "\n".join(
        f"<u>$</u> <b>{set_line(line[2:])}</b>" if line.startswith("$ ") else set_line(line) for line in lines
    )
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><style>{_STYLE}</style>'
        f"<header><i></i><i></i><i></i></header><pre>{body}</pre></html>\n"
    )


def set_line(line: str) -> str:
    """A line as HTML; what takes two columns is in an element as wide."""
    return "".join(f"<i>{sign}</i>" if cells.width(sign) == 2 else html.escape(sign) for sign in line)

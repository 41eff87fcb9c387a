"""A letter as plain text, as Markdown and as a page to print: the same blocks, set in three ways.

Every line is escaped as a whole for what it is set in, the words of the template too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from complaintctl import cells, webpage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complaintctl.letters import Letter
    from complaintctl.templating import Block

WIDTH = 76  # columns of plain text
_BOX = "□"
_STYLE = """
body { max-width: 44rem }
.heading { margin-bottom: 2.2rem } .heading p { margin: 0 0 1rem }
h1 { font-size: 1.15em; margin: 0 0 1.4rem }
.body p, .closing p { margin: 0 0 .9rem } .body ul { margin: 0 0 .9rem; padding-left: 1.4rem }
.body ul.boxes { list-style: none; padding-left: .4rem }
.closing { margin-top: 1.8rem; break-inside: avoid }
:lang(zh) h1 { text-align: center } :lang(zh) .body p { text-indent: 2em }
:lang(zh) .body ul { padding-left: 3.4em } :lang(zh) .body ul.boxes { padding-left: 2em }
:lang(zh) .body p:first-child { text-indent: 0 } :lang(zh) .closing p:first-child { text-indent: 2em }
:lang(zh) .closing p:last-child { text-align: right }
@media print { body { font-size: 11pt; line-height: 1.5 } }
@page { margin: 25mm 22mm; @bottom-right { content: none } }
"""
# Chinese breaks between any two characters, but not before what closes nor after what opens.
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_CLOSES = re.escape(
    "\u3001\u3002\uff0c\uff1a\uff1b\uff01\uff1f\uff09\uff05\u2019\u201d\u3009\u300b\u300d\u300f\u3011\u2026\u2014,.:;!?)]}%"
)
_OPENS = re.escape("\u2018\u201c\u3008\u300a\u300c\u300e\u3010\uff08([{")
_PIECES = re.compile(f"[{_OPENS}]*(?:[{_WIDE}]|[^ {_WIDE}]+)[{_CLOSES}]*| +")


def text(letter: Letter) -> str:
    """Plain text in lines of at most `WIDTH` columns, for a terminal, a mail or a fax."""
    parts = [*_plain(letter.heading), _wrapped(letter.subject), *_plain(letter.body), *_plain(letter.closing)]
    return "\n\n".join(parts) + "\n"


def _plain(blocks: list[Block]) -> Iterator[str]:
    for block in blocks:
        lead, rest = ("- ", "  ") if block.listed and not _to_tick(block) else ("", "")
        yield "\n".join(
            _wrapped(line, lead if place == 0 else rest, rest)
            for lines in block.entries
            for place, line in enumerate(lines)
        )


def _to_tick(block: Block) -> bool:
    """Whether the entries of a list are boxes to tick: they need no other mark."""
    return all(lines[0].startswith(_BOX) for lines in block.entries)


def _wrapped(line: str, lead: str = "", rest: str = "") -> str:
    """A line broken where its language lets it; a word that is wider than all stays whole."""
    done, current, blank, begun = [], lead, "", False
    for piece in _PIECES.findall(cells.safe(line)):
        if piece.isspace():
            blank = piece if begun else ""
            continue
        if begun and cells.width(current + blank + piece) > WIDTH:
            done.append(current)
            current, blank = rest, ""
        current, blank, begun = current + blank + piece, "", True
    return "\n".join([*done, current])


def markdown(letter: Letter) -> str:
    """Markdown: the subject is its heading."""
    parts = [*_marked(letter.heading), f"# {cells.markdown(letter.subject)}", *_marked(letter.body)]
    return "\n\n".join([*parts, *_marked(letter.closing)]) + "\n"


def _marked(blocks: list[Block]) -> Iterator[str]:
    for block in blocks:
        lead, rest = ("- ", "\\\n  ") if block.listed else ("", "\\\n")
        entries = (rest.join(map(_started, lines)) for lines in block.entries)
        yield "\n".join(f"{lead}{entry}" for entry in entries)


def _started(line: str) -> str:
    """A line that begins no list and no heading, whatever it begins with."""
    safe = cells.markdown(line)
    return re.sub(r"^([-+=]|[0-9]{1,9}(?=[.)]))", _escaped, safe)


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}" if not found[0].isdecimal() else f"{found[0]}\\"


def html(letter: Letter) -> str:
    """A page of its own for A4 paper."""
    body = "\n".join(
        (
            f'<header class="heading">{_set(letter.heading)}</header>',
            f"<main>\n<h1>{webpage.esc(letter.subject)}</h1>",
            f'<div class="body">{_set(letter.body)}</div>\n</main>',
            f'<div class="closing">{_set(letter.closing)}</div>',
        )
    )
    return webpage.document(letter.subject, letter.language, _STYLE, body)


def _set(blocks: list[Block]) -> str:
    out = []
    for block in blocks:
        entries = ["<br>".join(map(webpage.esc, lines)) for lines in block.entries]
        if block.listed:
            kind = ' class="boxes"' if _to_tick(block) else ""
            out.append(f"<ul{kind}>" + "".join(f"<li>{entry}</li>" for entry in entries) + "</ul>")
        else:
            out.append(f"<p>{entries[0]}</p>")
    return "\n".join(out)

"""A web page of its own: escaping, and the head that lets nothing in (how it looks: `stylesheet`).

Whoever opens or prints it needs no server and no network: there is no script, no
request leaves it, and its policy (CSP) says so to the browser.
"""

from __future__ import annotations

from complaintctl import cells, stylesheet

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def esc(text: str, *, lines: bool = False) -> str:
    """Text as HTML, between tags and in attributes: nothing in it is markup or steers anything.

    With `lines` a line break is one on the page too; otherwise it is shown as what it is.
    """
    return "<br>".join(map(cells.hypertext, text.split("\n"))) if lines else cells.hypertext(text)


def document(title: str, language: str, style: str, body: str) -> str:
    """A whole page: `title` is text, `style` CSS after the shared one, `body` HTML; ends with a newline."""
    return (
        f'<!DOCTYPE html>\n<html lang="{esc(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{esc(_POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{esc(title)}</title>\n<style>{stylesheet.STYLE}{style}</style>\n</head>\n"
        f"<body>\n{body.rstrip()}\n</body>\n</html>\n"
    )

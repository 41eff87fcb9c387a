"""Make the pictures of the documents anew: `python -m tests.make_pictures` (needs Chromium and markdown-it-py).

A comment ``<!-- picture: NAME -->`` before a console block names a picture: what
the first command of the block prints, as a forge would show that Markdown.  A
picture carries a digest of the Markdown that it was made from, so that a test can
tell without a browser whether it still shows what the program prints.  So do the
pictures of pages and of a terminal (`tests.pictured`), of the page.
"""

from __future__ import annotations

import hashlib
import html
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests import console, pictured

TOP = Path(__file__).parent.parent
FOLDER = TOP / "docs" / "pictures"
DOCUMENTS = ("docs/review.md",)
WIDTH = 880  # CSS pixels
_COMMENT = re.compile(r"<!-- picture: ([a-z-]+) -->")
_KEY = b"complaintctl markdown"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_STYLE = """
* { box-sizing: border-box }
body { margin: 0; background: #fff; color: #1f2328; font: 14px/1.5 "DejaVu Sans", "Noto Sans CJK SC", sans-serif }
header { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; padding: 14px 24px }
header b { font-size: 17px; font-weight: 600 }
header p { margin: 6px 0 0; color: #59636e }
.state { display: inline-block; border-radius: 2em; padding: 3px 12px; color: #fff; margin-right: 8px }
.open { background: #1f883d } .failed { background: #cf222e }
.passed, .not { display: inline-block; width: 1.3em; border-radius: 4px; color: #fff; text-align: center }
.passed { background: #1f883d } .not { background: #cf222e }
main { margin: 18px 24px 24px; border: 1px solid #d1d9e0; border-radius: 6px }
main > h1 { margin: 0; padding: 10px 16px; font-size: 13px; font-weight: 600; background: #f6f8fa;
  border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0; color: #59636e }
article { padding: 4px 20px 18px }
h2 { font-size: 20px; border-bottom: 1px solid #d1d9e0; padding-bottom: 6px; margin: 16px 0 12px }
h3 { font-size: 17px; margin: 18px 0 8px } h4 { font-size: 14px; margin: 16px 0 6px }
table { border-collapse: collapse; width: 100% } th, td { border: 1px solid #d1d9e0; padding: 4px 12px; text-align: left;
  vertical-align: top } tr:nth-child(even) td { background: #f6f8fa } thead th:empty { padding: 0; border: 0 }
td:first-child { white-space: nowrap; color: #59636e }
"""


class Shown(NamedTuple):
    """What a picture shows: the Markdown that a command printed."""

    name: str
    markdown: str


def shown(text: str, runs: Iterable[console.Played]) -> Iterator[Shown]:
    """The Markdown behind each picture of a document that was played."""
    lines = text.splitlines()
    done: set[str] = set()
    for run in runs:
        match = _COMMENT.search("\n".join(lines[max(run.block.first - 3, 0) : run.block.first]))
        if match and match[1] not in done:
            done.add(match[1])
            printed = [line for line in run.printed if not re.match(r"[0-9]+ commits?, ", line)]
            yield Shown(match[1], "\n".join(printed).strip() + "\n")


def digest(markdown: str) -> str:
    """What a picture carries: commit ids and digests count for nothing, they are never the same twice."""
    return hashlib.sha256("\n".join(console.plain(markdown.splitlines())).encode()).hexdigest()


def carried(picture: bytes) -> str:
    """The digest that a picture carries; empty where it carries none."""
    found = re.search(rb"tEXt" + _KEY + rb"\0([0-9a-f]{64})", picture)
    return found[1].decode() if found else ""


def page(markdown: str) -> str:
    """The Markdown as the summary of a check, on a page of no forge in particular."""
    from markdown_it import MarkdownIt

    passed = "✅" in markdown.partition("\n")[0]
    case = re.search(r"C-[0-9]{8}-[0-9A-Z]{6}", markdown)
    title = f"Proposal for {case[0]}" if passed and case else "Push to main"
    state = '<span class="state open">Open</span>' if passed else '<span class="state failed">Failed</span>'
    told = "zhao.wei wants to merge 1 commit into main" if passed else "by li.na"
    body = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)
    body = body.replace("✅", '<span class="passed">✓</span>').replace("❌", '<span class="not">✗</span>')
    return (
        f'<!doctype html><meta charset="utf-8"><style>{_STYLE}</style>'
        f"<header><b>{html.escape(title)}</b><p>{state} {told}</p></header>"
        f"<main><h1>Summary of the check: complaintctl check</h1><article>{body}</article></main>"
        "<script>document.documentElement.dataset.high = document.documentElement.scrollHeight</script>"
    )


def browser() -> str:
    """The program that draws."""
    for name in _BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    raise SystemExit(f"One of these is needed: {', '.join(_BROWSERS)}")


def draw(text: str, folder: Path, size: tuple[int, int] | None = None) -> bytes:
    """A page as a PNG, of a size in CSS pixels or as high as it is."""
    file, picture = folder / "page.html", folder / "page.png"
    file.write_text(text, encoding="utf-8")
    words = [
        browser(),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--force-device-scale-factor=1.25",
    ]
    profile = f"--user-data-dir={folder / 'browser'}"
    wide, high = size or (WIDTH, _height([*words, profile], file))
    about = [profile, f"--window-size={wide},{high}"]
    subprocess.run([*words, *about, f"--screenshot={picture}", str(file)], capture_output=True, check=True)
    return picture.read_bytes()


def _height(words: list[str], file: Path) -> int:
    """How high a page is that says so itself."""
    told = subprocess.run(
        [*words, f"--window-size={WIDTH},400", "--dump-dom", str(file)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    high = re.search(r'data-high="([0-9]+)"', told)
    if high is None:
        raise SystemExit("The browser did not say how high the page is.")
    return int(high[1])


def with_digest(picture: bytes, markdown: str) -> bytes:
    """The PNG with the digest in it, before its last chunk."""
    content = b"tEXt" + _KEY + b"\0" + digest(markdown).encode()
    chunk = struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
    end = picture.rindex(b"IEND") - 4
    return picture[:end] + chunk + picture[end:]


def main() -> None:
    """Write every picture anew."""
    FOLDER.mkdir(exist_ok=True)
    for name in DOCUMENTS:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place).resolve()
            text = (TOP / name).read_text(encoding="utf-8")
            for one in list(shown(text, console.play(text, folder))):
                _write(one.name, draw(page(one.markdown), folder), one.markdown)
    with tempfile.TemporaryDirectory() as place:
        for scene in pictured.scenes():
            _write(scene.name, draw(scene.page, Path(place).resolve(), scene.size), scene.page)


def _write(name: str, drawn: bytes, source: str) -> None:
    picture = with_digest(drawn, source)
    (FOLDER / f"{name}.png").write_bytes(picture)
    sys.stdout.write(f"docs/pictures/{name}.png: {len(picture)} bytes\n")


if __name__ == "__main__":
    main()

"""The page of a report in a browser: it asks for nothing, complains of nothing, leads somewhere, and prints."""

from __future__ import annotations

import re
import struct
import urllib.request
import zlib
from pathlib import Path
from urllib.parse import urljoin

import pytest

from tests import browser
from tests.test_page import shop_with_a_past

pytestmark = browser.needed

A4 = (595, 842)  # points


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A register with a page at its top and one further down."""
    shop, _case = shop_with_a_past(tmp_path)
    for place in ("week.html", "reports/2026/week.html"):
        (shop.folder / place).parent.mkdir(parents=True, exist_ok=True)
        shop.do(
            "",
            "report",
            "weekly",
            "--week",
            "2026-W48",
            "--format",
            "html",
            "--output",
            str(shop.folder / place),
        )
    return shop.folder


def test_a_page_asks_for_nothing_and_nothing_stands_in_the_console(folder: Path, tmp_path: Path) -> None:
    with browser.served(folder) as server:
        found = browser.seen(f"{server.address}/week.html", tmp_path)
        assert server.asked == ["/week.html"]
    assert found.console == []
    assert found.dom.count("<svg") == (folder / "week.html").read_text("utf-8").count("<svg") > 4
    assert "<footer>" in found.dom


def test_what_a_page_would_ask_for_is_refused_and_noticed(folder: Path, tmp_path: Path) -> None:
    """The test above can fail: a script and pictures that get into a page are seen here."""
    page = (folder / "week.html").read_text("utf-8")
    intruders = '<img src="spy.png"><script>document.title = "changed"</script></main>'
    (folder / "held.html").write_text(page.replace("</main>", intruders), "utf-8")
    bare = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    (folder / "bare.html").write_text(bare.replace("</main>", intruders), "utf-8")
    with browser.served(folder) as server:
        held = browser.seen(f"{server.address}/held.html", tmp_path)
        assert "/spy.png" not in server.asked
        assert len([line for line in held.console if "Content Security Policy" in line]) == 2
        assert "changed" not in held.dom.partition("<style>")[0]
        open_to_all = browser.seen(f"{server.address}/bare.html", tmp_path)
        assert "/spy.png" in server.asked
        assert "<title>changed</title>" in open_to_all.dom


@pytest.mark.parametrize("place", ["week.html", "reports/2026/week.html"])
def test_every_link_of_a_page_leads_to_something(folder: Path, tmp_path: Path, place: str) -> None:
    with browser.served(folder) as server:
        dom = browser.seen(f"{server.address}/{place}", tmp_path).dom
        links = re.findall(r'<a href="([^"]*)"', dom)
        within = [link[1:] for link in links if link.startswith("#")]
        assert within
        assert all(dom.count(f'id="{name}"') == 1 for name in within)
        files = {link for link in links if not link.startswith("#")}
        assert len(files) >= 3
        for link in files:
            address = urljoin(f"{server.address}/{place}", link)
            with urllib.request.urlopen(address) as answer:  # noqa: S310  (our own server)
                assert re.search(rb"^id: C-", answer.read(), re.MULTILINE), link


def test_a_page_prints_on_a_few_sheets_of_a4(folder: Path, tmp_path: Path) -> None:
    sheets = browser.sheets(browser.printed((folder / "week.html").as_uri(), tmp_path))
    assert 3 <= len(sheets) <= 7
    assert all((round(width), round(height)) == A4 for width, height in sheets)


def test_a_page_fits_a_narrow_screen(folder: Path, tmp_path: Path) -> None:
    """What is wider scrolls by itself; a script of the test's own measures, on a copy without its protection."""
    page = re.sub(
        r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", (folder / "week.html").read_text("utf-8")
    )
    page = page.replace("txt.exe", "txt.exe" * 40)
    rule = "document.body.id = `w${document.documentElement.scrollWidth}-${innerWidth}`"
    (tmp_path / "page.html").write_text(page.replace("</body>", f"<script>{rule}</script></body>"), "utf-8")
    dom = browser.seen((tmp_path / "page.html").as_uri(), tmp_path, width=500).dom
    measured = re.search(r'<body id="w([0-9]+)-([0-9]+)"', dom)
    assert measured is not None
    assert int(measured[1]) <= int(measured[2])


@pytest.mark.parametrize(("dark", "paper"), [(False, (255, 255, 255)), (True, (20, 24, 29))])
def test_a_page_is_light_or_dark_as_its_reader_wishes(
    folder: Path, tmp_path: Path, dark: bool, paper: tuple[int, ...]
) -> None:
    picture = browser.shot((folder / "week.html").as_uri(), tmp_path, 600, 400, dark=dark)
    assert corner(picture) == paper


def corner(png: bytes) -> tuple[int, ...]:
    """The colour of the first pixel: it is stored as it is, whatever filter its line has."""
    data, at = b"", 8
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        data += png[at + 8 : at + 8 + size] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += size + 12
    return tuple(zlib.decompress(data)[1:4])

"""A page in a browser without a window: what becomes of it, what it asks for, how it prints.

Chromium is started anew for each question, with a profile of its own; it reaches
nothing but the server of the test.  Where there is none the tests are skipped.
"""

from __future__ import annotations

import http.server
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = 120  # a machine may be busy; nothing is measured
_QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
    "--disable-extensions", "--no-pdf-header-footer",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--enable-logging=stderr", "--log-level=0",
)  # fmt: skip
_CONSOLE = re.compile(r":CONSOLE[:(].*")
_SIZE = re.compile(rb"/MediaBox\s*\[\s*0\s+0\s+([0-9.]+)\s+([0-9.]+)\s*\]")


def found() -> str | None:
    """The browser of this machine."""
    return next((place for name in BROWSERS if (place := shutil.which(name))), None)


needed = pytest.mark.skipif(found() is None, reason=f"needs a browser: {', '.join(BROWSERS)}")


class Seen(NamedTuple):
    """What a browser made of a page."""

    dom: str  # the tree as it stands in the end, as HTML
    console: list[str]  # what stands in its console


def _start(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    browser = found()
    assert browser is not None
    profile = f"--user-data-dir={folder / 'profile'}"
    return subprocess.run(
        [browser, *_QUIET, profile, *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=True,
        timeout=SECONDS,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin:/usr/local/bin", "LANG": "C.UTF-8"},
    )


def seen(address: str, folder: Path, width: int = 1000) -> Seen:
    """A page as it stands once everything has happened."""
    ran = _start(folder, f"--window-size={width},1000", "--dump-dom", address)
    return Seen(ran.stdout, _CONSOLE.findall(ran.stderr))


def printed(address: str, folder: Path) -> bytes:
    """A page as PDF."""
    file = folder / "page.pdf"
    _start(folder, f"--print-to-pdf={file}", address)
    return file.read_bytes()


def shot(address: str, folder: Path, width: int, height: int, *, dark: bool = False) -> bytes:
    """A picture of the top of a page, as PNG."""
    file = folder / "page.png"
    scheme = ["--blink-settings=preferredColorScheme=0"] if dark else []
    _start(folder, *scheme, f"--window-size={width},{height}", f"--screenshot={file}", address)
    return file.read_bytes()


def sheets(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of each sheet of a PDF, in points."""
    return [(float(width), float(height)) for width, height in _SIZE.findall(pdf)]


class Served(NamedTuple):
    """A folder on a server of this machine, and the paths that were asked of it."""

    address: str
    asked: list[str]


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """The files of a folder on a server that remembers every request."""
    asked: list[str] = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_words: Any) -> None:
            asked.append(self.path)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Served(f"http://127.0.0.1:{server.server_port}", asked)
        finally:
            server.shutdown()
            thread.join()

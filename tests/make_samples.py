"""Make the sample register: ``python tests/make_samples.py [TARGET] [--calendar]``.

Plays the stories in ``tests/samples/*.txt`` through the real command line in a
scratch register and copies what comes out to TARGET (default: this checkout):
``cases/``, ``policies/register.yaml``, ``policies/staff.yaml`` and
``policies/calendar.yaml``.  Made again, every file has the same bytes:

* the clock and the actor are given with every line;
* the random ids are drawn from a generator that is seeded with the story's name
  (the one seam: `recording.draw`, which every id is drawn with);
* the calendar is copied from the checkout as it is, because its text names the
  release of the holidays library that it came from.  ``--calendar`` writes it anew.

A story begins with ``== NAME``.  Its lines are ``MM-DD HH:MM STAFF VERB …`` of
2026, the id of its case left out; ``@NAME`` is the case of another story.  A line
``file NAME …`` makes a file for ``evidence add``: a picture (.png) of stripes in
the colours given, a page (.pdf) or a text (.txt) of the lines given;
``stored:NAME`` is its name in the register.

The cases name the SHA-256 of ``policies/supermarket.yaml``: whoever changes that
file (or what the steps write) runs this script again and commits what it makes.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import random
import re
import shlex
import shutil
import struct
import sys
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from complaintctl.cli import main  # noqa: E402
from complaintctl.documents import CALENDAR, REGISTER, STAFF  # noqa: E402

STORIES = Path(__file__).resolve().parent / "samples"
OWNER = "lin.fang:林芳 <lin.fang@mercadosol.example>"
PEOPLE = (
    ("duran.marcos", "Marcos Durán", "vice-president", "management"),
    ("sun.min", "孙敏", "head", "goods"),
    ("wu.tao", "吴涛", "head", "store"),
    ("vega.ines", "Inés Vega", "head", "marketing"),
    ("he.jing", "何静", "clerk", "customer-service"),
    ("mora.lucia", "Lucía Mora", "clerk", "customer-service"),
    ("chen.jie", "陈洁", "clerk", "goods"),
    ("zhao.feng", "赵晓峰", "clerk", "store"),
    ("hill.tom", "Tom Hill", "clerk", "store"),
)
OPENING, LEAVING = "10-09 09:00", "10-31 18:00"


class Line(NamedTuple):
    """One command line of a story."""

    at: str  # ISO 8601
    story: str
    who: str
    words: list[str]


def stories(folder: Path) -> tuple[list[Line], dict[str, bytes]]:
    """All lines of all stories, in the order of time, and the evidence files that they speak of."""
    lines: list[Line] = []
    files: dict[str, bytes] = {}
    for path in sorted(folder.glob("*.txt")):
        name = ""
        for line in path.read_text("utf-8").replace("\\\n", "").splitlines():
            if line.startswith("== "):
                name = line[3:].strip()
            elif line.startswith("file "):
                _file, title, *content = shlex.split(line)
                files[title] = drawn(title, content)
            elif line and not line.startswith("#"):
                day, clock, who, *words = shlex.split(line)
                lines.append(Line(instant(f"{day} {clock}"), name, who, words))
    return sorted(lines, key=lambda line: line.at), files


def instant(text: str) -> str:
    """``10-12 09:40`` as an instant of the shop."""
    day, clock = text.split()
    return f"2026-{day}T{clock}:00+08:00"


def drawn(title: str, content: Sequence[str]) -> bytes:
    """A small file of the kind that its name says; the same content gives the same bytes."""
    if title.endswith(".png"):
        return picture([bytes.fromhex(colour) for colour in content])
    return page(content) if title.endswith(".pdf") else ("\n".join(content) + "\n").encode()


def picture(stripes: Sequence[bytes], width: int = 24, height: int = 4) -> bytes:
    """A PNG of stripes, its data stored without compression: no release of zlib changes a byte."""
    rows = b"".join((b"\0" + colour * width) * height for colour in stripes)
    size = struct.pack("<HH", len(rows), len(rows) ^ 0xFFFF)
    data = b"\x78\x01\x01" + size + rows + struct.pack(">I", zlib.adler32(rows))
    head = struct.pack(">IIBBBBB", width, height * len(stripes), 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def page(lines: Sequence[str]) -> bytes:
    """A PDF of one page with a few lines of text."""
    shown = " T* ".join("(" + re.sub(r"([\\()])", r"\\\1", line) + ") Tj" for line in lines)
    text = f"BT /F1 12 Tf 16 TL 40 160 Td {shown} ET".encode("cp1252")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 200] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Font << /F1 5 0 R >> >>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return (
        out
        + start
        + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            len(objects) + 1,
            len(out),
        )
    )


def run(*words: str) -> str:
    """A command line that must succeed, in this process; what it printed on stdout."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["--no-input", *words])
    out.flush()
    if code:
        raise SystemExit(f"complaintctl {shlex.join(words)}\nexit {code}\n{err.getvalue()}")
    return out.buffer.getvalue().decode()  # type: ignore[attr-defined,no-any-return]


def found(folder: Path) -> None:
    """The scratch register and its people."""
    start = ("--now", instant(OPENING))
    run(*start, "init", str(folder), "--policy", "supermarket", "--name", "Mercado Sol / 阳光超市",
        "--language", "en", "--country", "CN", "--timezone", "Asia/Shanghai",
        "--currency", "CNY", "--owner", OWNER)  # fmt: skip
    boss = ("-C", str(folder), "--as", "lin.fang", *start)
    run(*boss, "staff", "edit", "lin.fang", "--department", "management")
    for ident, name, role, department in PEOPLE:
        run(*boss, "staff", "add", ident, "--name", name, "--email", f"{ident}@mercadosol.example",
            "--role", role, "--department", department)  # fmt: skip


def play(folder: Path, desk: Path) -> None:
    """All stories, line by line in the order of time; in `desk` evidence lies before it is added."""
    lines, files = stories(STORIES)
    for title, data in files.items():
        (desk / title).write_bytes(data)
    stored = {
        title: f"{hashlib.sha256(data).hexdigest()[:16]}{Path(title).suffix}" for title, data in files.items()
    }
    cases: dict[str, str] = {}
    leaving = instant(LEAVING)
    for line in lines:
        if leaving and line.at > leaving:
            run("-C", str(folder), "--as", "lin.fang", "--now", leaving, "staff", "retire", "hill.tom")
            leaving = ""
        words = [_meant(word, desk, stored, cases) for word in line.words]
        begin = ("-C", str(folder), "--as", line.who, "--now", line.at)
        if words[0] == "new":
            draw = random.Random(f"complaintctl {line.story}").choice
            with patch("complaintctl.recording.draw", draw):
                cases[line.story] = run(*begin, *words).strip()
        else:
            verb = 2 if words[0] == "evidence" else 1
            run(*begin, *words[:verb], cases[line.story], *words[verb:])


def _meant(word: str, desk: Path, stored: dict[str, str], cases: dict[str, str]) -> str:
    """What a word of a story stands for."""
    if word.startswith("stored:"):
        return stored[word.removeprefix("stored:")]
    if word.startswith("@") and word[1:] in cases:
        return cases[word[1:]]
    return str(desk / word) if word in stored else word


def made(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files of the scratch register that the sample register consists of: path, bytes."""
    for path in sorted((folder / "cases").rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()
    yield STAFF, (folder / STAFF).read_bytes()
    yield REGISTER, (folder / REGISTER).read_bytes() + b"sample: true\n"


def make(target: Path, *, calendar: bool = False) -> None:
    """Make the sample register in a folder, in the place of the one that may be there."""
    with tempfile.TemporaryDirectory(prefix="complaintctl-samples-") as scratch:
        folder, desk = Path(scratch) / "shop", Path(scratch) / "desk"
        desk.mkdir()
        found(folder)
        play(folder, desk)
        held = ROOT / CALENDAR
        fresh = calendar or not held.exists()
        files = dict(made(folder)) | {CALENDAR: ((folder if fresh else ROOT) / CALENDAR).read_bytes()}
        for year in (target / "cases").glob("[0-9]*"):
            shutil.rmtree(year)
        for path, data in files.items():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (target / path).write_bytes(data)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the sample register.")
    parser.add_argument("target", nargs="?", type=Path, default=ROOT)
    parser.add_argument("--calendar", action="store_true", help="write the calendar anew as well")
    options = parser.parse_args()
    make(options.target, calendar=options.calendar)
    print(f"made the sample register in {options.target}")

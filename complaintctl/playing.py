"""Demo scripts: what stands in `policies/demo/NAME.txt`, read whole before anything is played.

One instruction a line::

    ! --country ES --language es     options of `init`, before everything else
    # A heading                      printed
    @ 2026-11-09 09:10 li.na         the clock, local time, and who acts from here on
    file slip.txt Text of it         a small text file beside the register
    new --channel desk … = milk      a command line; the id that it prints is kept as {milk}
    ?1 approve {milk}                a command line that has to end with exit code 1

The clock may go back: cases that overlap are told one after the other.

What people say in a script can be had in other languages (`retold`), by tables
beside it, `NAME.words`: a line of languages, the script's own first, and below it
what stands in the script and how it is said in each of the others::

    ! zh-CN | en | es
    鲜牛奶 1L | Fresh milk 1 L | Leche fresca 1 l
    li.na | lena.hart | lina.mora    an id or an address, wherever it stands as a word
"""

from __future__ import annotations

import re
import shlex
from datetime import datetime
from typing import TYPE_CHECKING

from complaintctl.errors import BadData, Problem
from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HEAD = ("name", "language", "country", "subdivision", "timezone", "currency", "owner")
NAMED = re.compile(r"\{([a-z][a-z0-9_-]*)\}")

_KEPT = re.compile(r"\s+=\s+([a-z][a-z0-9_-]*)$")
_EXPECTED = re.compile(r"\?(\d{1,3})\s+(.+)")
_CLOCK = re.compile(r"@\s+(\d{4}-\d{2}-\d{2} \d{2}:\d{2})\s+([a-z0-9]+(?:[._-][a-z0-9]+)*)")
_FILE = re.compile(r"file\s+([A-Za-z0-9][A-Za-z0-9._-]*)\s+(.+)")
_VERB = re.compile(r"[a-z][a-z-]*")
_QUOTED = re.compile(r'"([^"]*)"')
_CODE = re.compile(
    r"[a-z0-9][a-z0-9./-]*(?:=|: )(?:[a-z][a-z-]*: )?"
)  # before what is said: ``test=below: ``
_IDENT = re.compile(r"[a-z0-9]+(?:[.@-][a-z0-9]+)+")


class Heading(NamedTuple):
    """A line to print."""

    line: int
    text: str


class TextFile(NamedTuple):
    """A small text file to make beside the register."""

    line: int
    name: str
    text: str


class Command(NamedTuple):
    """A command line, without the program's name."""

    line: int
    at: datetime  # local time of the register, without an offset
    who: str
    text: str  # as it is printed
    words: tuple[str, ...]
    expected: int  # exit code
    keep: str | None  # the name under which the id that is printed is kept


class Script(NamedTuple):
    """A whole script; `source` is what messages call it."""

    source: str
    head: dict[str, str]  # options of `init`
    parts: list[Heading | TextFile | Command]

    def start(self) -> datetime:
        """When the first command is given."""
        return next(part.at for part in self.parts if isinstance(part, Command))


def parse(text: str, source: str) -> Script:
    """The script that a text is; BadData with everything that is wrong with it, each with its line."""
    reader = _Reader(source)
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            reader.read(number, line.strip())
    if not any(isinstance(part, Command) for part in reader.parts):
        reader.wrong(0, _("there is no command in it"))
    if reader.problems:
        raise BadData(_("{file} is no demo that can be played.").format(file=source), reader.problems)
    return Script(source, reader.head, reader.parts)


def filled(text: str, names: Mapping[str, str]) -> str:
    """A text with the ids in place of their names in braces."""
    return NAMED.sub(lambda found: names[found[1]], text)


def said_in(tables: Iterable[str], language: str) -> dict[str, str]:
    """What tables of words have in a language: phrase of the script -> how it is said; few may be missing."""
    found: dict[str, str] = {}
    place = 0
    for line in "\n".join(tables).splitlines():
        cells = [cell.strip() for cell in line.removeprefix("!").split(" | ")]
        if line.startswith("!"):
            place = cells.index(language) if language in cells else 0
        elif line.strip() and not line.startswith("#"):
            found[cells[0]] = cells[place]
    return found


def retold(text: str, said: Mapping[str, str]) -> str:
    """A script with other words: headings, files, what stands in quotation marks, and the ids of people."""
    idents = "|".join(re.escape(one) for one in said if _IDENT.fullmatch(one))
    wanted = re.compile(rf"(?<![\w.@-])(?:{idents})(?![\w-])") if idents else None

    def line_of(line: str) -> str:
        told = _FILE.fullmatch(line)
        if line.startswith("#"):
            words = line.lstrip("# ")
            return f"# {said.get(words, words)}"
        if told:
            return f"file {told[1]} {said.get(told[2], told[2])}"
        line = _QUOTED.sub(lambda found: f'"{phrase(found[1], said)}"', line)
        return wanted.sub(lambda found: said[found[0]], line) if wanted else line

    return "\n".join(line_of(line.strip()) for line in text.splitlines())


def phrase(quoted: str, said: Mapping[str, str]) -> str:
    """What is said between quotation marks, behind the ids that it may begin with."""
    code = _CODE.match(quoted)
    start = code.end() if code else 0
    return quoted[:start] + said.get(quoted[start:], quoted[start:])


class _Reader:
    """What was read so far."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.head: dict[str, str] = {}
        self.parts: list[Heading | TextFile | Command] = []
        self.problems: list[Problem] = []
        self._at: datetime | None = None
        self._who = ""
        self._names: set[str] = set()

    def wrong(self, number: int, message: str) -> None:
        self.problems.append(Problem(self.source, number, "$", message))

    def read(self, number: int, line: str) -> None:
        """One line that is not empty."""
        if line.startswith("#"):
            self.parts.append(Heading(number, line.lstrip("# ")))
        elif line.startswith("!"):
            self._read_head(number, line[1:])
        elif line.startswith("@"):
            self._read_clock(number, line)
        elif line.startswith("file "):
            self._read_file(number, line)
        else:
            self._read_command(number, line)

    def _read_head(self, number: int, line: str) -> None:
        words = self._split(number, line)
        if self._at is not None:
            self.wrong(number, _("`!` stands before the first `@`"))
        for option, value in zip(words[::2], words[1::2], strict=False):
            name = option.removeprefix("--")
            if not option.startswith("--") or name not in HEAD:
                wanted = " ".join(f"--{one}" for one in HEAD)
                self.wrong(number, _("after `!` stand options of init with their values: ") + wanted)
                return
            self.head[name] = value
        if len(words) % 2:
            self.wrong(number, _("{option} has no value").format(option=words[-1]))

    def _read_clock(self, number: int, line: str) -> None:
        found = _CLOCK.fullmatch(line)
        try:
            at = datetime.strptime(found[1], "%Y-%m-%d %H:%M") if found else None  # noqa: DTZ007  (local time)
        except ValueError:
            at = None
        if found is None or at is None:
            self.wrong(number, _("the clock is set like this: @ 2026-11-09 09:10 li.na"))
            return
        self._at, self._who = at, found[2]

    def _read_file(self, number: int, line: str) -> None:
        found = _FILE.fullmatch(line)
        if found is None:
            self.wrong(number, _("a file is made like this: file slip.txt What stands in it"))
        else:
            self.parts.append(TextFile(number, found[1], found[2]))

    def _read_command(self, number: int, line: str) -> None:
        told = _EXPECTED.fullmatch(line)
        text = told[2] if told else line
        kept = _KEPT.search(text)
        keep = kept[1] if kept else None
        if kept:
            text = text[: kept.start()]
        words = self._split(number, text)
        if not words:
            return
        if not _VERB.fullmatch(words[0]) or words[0] in {"init", "demo"}:
            self.wrong(number, _("a command begins with its verb, and init is the player's"))
        if self._at is None:
            self.wrong(number, _("no clock is set yet: @ 2026-11-09 09:10 li.na"))
            return
        for name in NAMED.findall(text):
            if name not in self._names:
                self.wrong(number, _("nothing was kept as {name}").format(name=f"{{{name}}}"))
        if keep:
            self._names.add(keep)
        expected = int(told[1]) if told else 0
        self.parts.append(Command(number, self._at, self._who, text, tuple(words), expected, keep))

    def _split(self, number: int, line: str) -> list[str]:
        """The words of a line in shell quoting; none where a quotation does not end."""
        try:
            return shlex.split(line)
        except ValueError:
            self.wrong(number, _("a quotation is not closed"))
            return []

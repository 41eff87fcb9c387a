"""The catalogues of the program's texts: `python -m tests.catalogues` takes up new texts and compiles.

Texts come from the code, and click's own from the click that is installed.  A
text that is new stands empty in the catalogue of each language until somebody
translates it; one that is no more goes.
"""

from __future__ import annotations

import io
import string
import struct
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from complaintctl.i18n import DOMAIN, LANGUAGES, LOCALE

ROOT = Path(__file__).parent.parent
TAGS = tuple(tag.replace("-", "_") for tag in LANGUAGES if tag != "en")
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
_PLURALS = {"zh_CN": (1, "0"), "es": (2, "(n != 1)")}


def place(tag: str) -> Path:
    """The catalogue of a language, as people edit it."""
    return Path(LOCALE) / tag / "LC_MESSAGES" / f"{DOMAIN}.po"


def extracted() -> Catalog:
    """Every text of the program, and click's."""
    found = Catalog(domain=DOMAIN, project="complaintctl", charset="utf-8")
    for folder, only in ((ROOT / "complaintctl", None), (Path(click.__file__).parent, "click")):
        for name, line, message, comments, context in extract_from_dir(str(folder), keywords=KEYWORDS):
            where = f"{only or 'complaintctl'}/{name}"
            found.add(message, None, [(where, line)], auto_comments=comments, context=context)
    return found


def read(tag: str) -> Catalog:
    """The catalogue of a language as it is."""
    if not place(tag).exists():
        return Catalog(locale=tag, domain=DOMAIN)
    with place(tag).open("rb") as file:
        return read_po(file, locale=tag, domain=DOMAIN)


def taken_up(tag: str) -> Catalog:
    """The catalogue with the texts of today, each with its translation where there is one."""
    old, new = read(tag), Catalog(locale=tag, domain=DOMAIN, project="complaintctl", charset="utf-8")
    new.header_comment = f"# The program's texts in {tag}."
    for message in extracted():
        if not message.id:
            continue
        known = old.get(message.id, message.context)
        plural = isinstance(message.id, tuple)
        empty: str | tuple[str, ...] = ("",) * _PLURALS[tag][0] if plural else ""
        where = sorted({(name, None) for name, _line in message.locations}, key=str)
        new.add(
            message.id,
            known.string if known is not None and not known.fuzzy else empty,
            where,
            context=message.context,
        )
    return new


def written(tag: str, catalogue: Catalog) -> bytes:
    """A catalogue as its file; no dates, so that the same texts are the same bytes."""
    out = io.BytesIO()
    write_po(out, catalogue, width=100, omit_header=True, sort_output=True)
    count, rule = _PLURALS[tag]
    head = (
        f"# The program's texts. Made anew by: python -m tests.catalogues\n"
        f'msgid ""\nmsgstr ""\n"Language: {tag}\\n"\n'
        f'"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: nplurals={count}; plural={rule};\\n"\n\n'
    )
    return head.encode() + out.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """A catalogue as the program reads it; the same texts are the same bytes, on whatever day."""
    catalogue.creation_date = datetime(2026, 1, 1, tzinfo=UTC)
    catalogue.project, catalogue.version = DOMAIN, ""
    catalogue.last_translator = catalogue.msgid_bugs_address = catalogue.language_team = ""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return in_order(out.getvalue())


def in_order(made: bytes) -> bytes:
    """A compiled catalogue with its texts in the order of their bytes, as its format asks.

    Babel orders them before it puts the contexts in front of them.
    """
    count, texts, translations = struct.unpack_from("=3I", made, 8)
    tables = [list(struct.iter_unpack("=2I", made[at : at + 8 * count])) for at in (texts, translations)]
    pairs = sorted(zip(*tables, strict=True), key=lambda pair: made[pair[0][1] : sum(pair[0])])
    ordered = bytearray(made)
    for number, (text, translation) in enumerate(pairs):
        struct.pack_into("=2I", ordered, texts + 8 * number, *text)
        struct.pack_into("=2I", ordered, translations + 8 * number, *translation)
    return bytes(ordered)


def fields(text: str) -> list[str]:
    """The fields of a format, such as ``{case}``."""
    try:
        return sorted({name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name})
    except ValueError:
        return []


def missing(catalogue: Catalog) -> list[str]:
    """The texts without a translation."""
    return [
        str(message.id)
        for message in catalogue
        if message.id and not all(message.string if isinstance(message.string, tuple) else [message.string])
    ]


def main() -> int:
    for tag in TAGS:
        catalogue = taken_up(tag)
        place(tag).parent.mkdir(parents=True, exist_ok=True)
        place(tag).write_bytes(written(tag, catalogue))
        place(tag).with_suffix(".mo").write_bytes(compiled(read(tag)))
        left = missing(catalogue)
        print(f"{tag}: {len(catalogue)} texts, {len(left)} without a translation")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Compiled catalogues of texts (MO files), of which only what is asked for is decoded.

The standard library decodes every text of a catalogue when it opens one.  A
command says a few dozen of two thousand, and that was a tenth of a short one.
"""

from __future__ import annotations

import gettext
import io
import sys
from typing import Any

_MAGIC = 0x950412DE
_HEAD = 20  # bytes: magic number, version, how many texts, where the places of texts and translations stand


class Catalogue(gettext.GNUTranslations):
    """What `gettext.GNUTranslations` is, but for when it does its work."""

    _catalog: Any

    def _parse(self, fp: Any) -> None:
        """Find out where the texts are; OSError for a file that is no catalogue, as from the library.

        The library is given the first text alone, which is the empty one: its
        translation holds the encoding and the rule for plurals.
        """
        data = fp.read()
        if len(data) < _HEAD or int.from_bytes(data[:4], sys.byteorder) != _MAGIC:
            return super()._parse(io.BytesIO(data))
        count, texts, translations = memoryview(data[8:_HEAD]).cast("I").tolist()
        ids = _places(data, texts, count)
        if not ids or ids[0][0] or max(map(sum, ids)) >= len(data):
            return super()._parse(io.BytesIO(data))
        super()._parse(io.BytesIO(data[:8] + (1).to_bytes(4, sys.byteorder) + data[12:]))
        self._catalog = _Texts(data, ids, _places(data, translations, count))
        return None


def opened(path: str) -> gettext.NullTranslations:
    """The catalogue in a file; one that translates nothing where there is none.

    `gettext.translation` would look for it too, and load `locale` and `copy` for that.
    """
    from pathlib import Path

    try:
        with Path(path).open("rb") as file:
            return Catalogue(file)
    except OSError:
        return gettext.NullTranslations()


class _Texts(dict[Any, str]):
    """Translations by text, or by text and number, decoded when they are asked for the first time."""

    def __init__(self, data: bytes, ids: list[tuple[int, int]], words: list[tuple[int, int]]) -> None:
        self._data, self._words = data, words
        self._known = {data[place : place + length]: at for at, (length, place) in enumerate(ids)}
        self._plural: dict[bytes, int] | None = None

    def get(self, key: Any, default: Any = None) -> Any:
        try:
            return self[key]
        except KeyError:
            return default

    def __missing__(self, key: Any) -> str:
        if isinstance(key, str):
            found = self._translation(self._known[key.encode()])
        else:
            if self._plural is None:
                both = {one: at for one, at in self._known.items() if b"\0" in one}
                self._plural = {one.partition(b"\0")[0]: at for one, at in both.items()}
            found = self._translation(self._plural[key[0].encode()]).split("\0")[key[1]]
        self[key] = found
        return found

    def _translation(self, at: int) -> str:
        length, place = self._words[at]
        return self._data[place : place + length].decode()


def _places(data: bytes, at: int, count: int) -> list[tuple[int, int]]:
    """Length and place of each of some texts, from the table that begins at a place."""
    flat = iter(memoryview(data[at : at + 8 * count]).cast("I").tolist())
    return list(zip(flat, flat, strict=True))

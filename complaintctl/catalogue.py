"""Compiled catalogues of texts (MO files), of which only what is asked for is decoded.

The standard library decodes every text of a catalogue when it opens one.  A
command says a few dozen of two thousand, and that was a tenth of a short one.
"""

from __future__ import annotations

import gettext
import io
import sys
from bisect import bisect_left
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
        if not count or max(texts, translations) + 8 * count > len(data):
            return super()._parse(io.BytesIO(data))
        super()._parse(io.BytesIO(data[:8] + (1).to_bytes(4, sys.byteorder) + data[12:]))
        self._catalog = _Texts(data, count, texts, translations)
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
    """Translations by text, or by text and number, looked up when they are asked for the first time.

    The texts of a catalogue stand in the order of their bytes, as its format asks.
    """

    def __init__(self, data: bytes, count: int, texts: int, translations: int) -> None:
        self._data, self._count = data, count
        self._texts = memoryview(data)[texts : texts + 8 * count].cast("I")  # length and place of each
        self._words = memoryview(data)[translations : translations + 8 * count].cast("I")

    def get(self, key: Any, default: Any = None) -> Any:
        try:
            return self[key]
        except KeyError:
            return default

    def __missing__(self, key: Any) -> str:
        one = isinstance(key, str)
        text = (key if one else key[0]).encode()
        at = bisect_left(range(self._count), text, key=self._text)
        singular, many, _plural = (self._text(at) if at < self._count else b"\0").partition(b"\0")
        if singular != text or one is bool(many):
            raise KeyError(key)
        words = _stored(self._data, self._words, at).decode()
        self[key] = found = words if one else words.split("\0")[key[1]]
        return found

    def _text(self, at: int) -> bytes:
        return _stored(self._data, self._texts, at)


def _stored(data: bytes, table: memoryview[int], at: int) -> bytes:
    """One of the texts that a table of lengths and places tells of."""
    length, place = table[2 * at], table[2 * at + 1]
    return data[place : place + length]

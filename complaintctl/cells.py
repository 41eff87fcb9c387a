"""Small pieces of output: text made harmless, lengths of time, instants, shares.

Whatever a customer wrote is never trusted: control characters are shown and
not sent to the terminal, Markdown and formulas of a spreadsheet stay text.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from complaintctl import i18n, spoken
from complaintctl.i18n import _, pgettext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# C0, DEL, C1; marks that turn the direction of text; line separators; the byte order mark; lone surrogates
_UNSAFE = r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
_UNSAFE_JSON = _UNSAFE.replace(r"\x00-\x1f", "")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a formula begins
_MARKUP = r"[\\`*_{}\[\]~|]"
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;", "#": "&#35;"}
_LINK = r"(?i)(?<=[a-z]):(?=//)|(?<=www)\."
_LATIN = "\u017f"  # up to here whatever is printable takes one column
# Punctuation, kana, Chinese characters and full-width forms that take two columns in every terminal
_WIDE = (  # first and last
    ("\u3001", "\u3029"), ("\u3041", "\u3096"), ("\u309b", "\u30ff"),
    ("\u4e00", "\u9fff"), ("\uff01", "\uff60"),
)  # fmt: skip
_PARTS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))


def safe(text: str, *, lines: bool = False) -> str:
    r"""Text that a terminal may be sent: control characters become ``\u{1b}``.

    With `lines` line breaks and tabs stay, for text that is shown by itself.
    """

    def shown(match: re.Match[str]) -> str:
        found = match[0]
        return found if lines and found in "\n\t" else f"\\u{{{ord(found):x}}}"

    return text if text.isprintable() else re.sub(_UNSAFE, shown, text)


def width(text: str) -> int:
    """How many columns of a terminal a text takes; -1 if it holds control characters.

    Plain Latin and Chinese text is counted here; for the rest (combining marks,
    emoji) the tables of wcwidth are loaded.
    """
    unusual = [sign for sign in text if sign > _LATIN or not sign.isprintable()]
    if all(any(first <= sign <= last for first, last in _WIDE) for sign in unusual):
        return len(text) + len(unusual)
    from wcwidth import wcswidth

    return wcswidth(text)


def markdown(text: str) -> str:
    """Text as one line of a Markdown cell: no markup, HTML, link, mention or column break is left in it."""
    plain = re.sub(_MARKUP, r"\\\g<0>", safe(text))
    plain = "".join(_ENTITIES.get(letter, letter) for letter in plain)
    return re.sub(_LINK, lambda match: f"&#{ord(match[0])};", plain)


def hypertext(text: str) -> str:
    """Text as HTML, in an attribute too: nothing in it is markup, or a character that HTML does not have."""
    import html

    plain = safe(text)
    if not plain.isprintable():
        plain = "".join(f"\\u{{{ord(sign):x}}}" if _is_none(sign) else sign for sign in plain)
    return html.escape(plain)


def _is_none(sign: str) -> bool:
    """Whether Unicode has no character there and never will."""
    return ord(sign) & 0xFFFE == 0xFFFE or "\ufdd0" <= sign <= "\ufdef"


def formula_safe(text: str) -> str:
    """Text as a CSV cell that no spreadsheet takes for a formula: an apostrophe before = + - @ TAB CR."""
    return ("'" if text.startswith(FORMULA) else "") + safe(text, lines=True)


def json_safe(text: str) -> str:
    r"""JSON of the same value in which every control character is written as ``\u009b``.

    JSON itself escapes only the first 32, and a terminal listens to others too.
    """
    if text.replace("\n", "").isprintable():
        return text
    return re.sub(_UNSAFE_JSON, lambda match: f"\\u{ord(match[0]):04x}", text)


def told(name: str, text: str) -> str:
    """A name and what is said of it."""
    return _("{name}: {text}").format(name=name, text=text)


def aside(name: str, more: str) -> str:
    """A name and what is said beside it."""
    return _("{name} ({more})").format(name=name, more=more)


def listed(parts: Iterable[str]) -> str:
    """Several things in one line; those without a word are left out."""
    return pgettext("between things", ", ").join(filter(None, parts))


def tongue(tag: str) -> str:
    """The name of a language that the program speaks; of another its tag."""
    names = {"en": _("English"), "zh-CN": _("Chinese"), "es": _("Spanish")}
    return names.get(tag, tag)


def duration(seconds: int | None, language: str) -> str:
    """A length of time in its two largest units: ``2 d 3 h``; empty for None, ``-`` before what is over."""
    if seconds is None:
        return ""
    words = {"d": _("d"), "h": _("h"), "min": _("min"), "s": _("s")}
    space = "" if language.startswith("zh") else " "
    left = abs(seconds)
    place = next((at for at, (_unit, size) in enumerate(_PARTS) if left >= size), 2)
    parts: list[str] = []
    for unit, size in _PARTS[place : place + 2]:
        count, left = divmod(left, size)
        if count or (not parts and not left):
            parts.append(f"{count}{space}{words[unit]}")
    return ("-" if seconds < 0 else "") + " ".join(parts)


def instant(seconds: int | None, zone: tzinfo, *, due: bool = False, language: str = "") -> str:
    """Day and minute in a zone; a deadline at midnight (`due`) is 24:00 of the day before.

    `language`: without it that which is spoken, here and below.
    """
    return "" if seconds is None else clock(datetime.fromtimestamp(seconds, zone).isoformat(), due, language)


def clock(iso: str, due: bool, language: str = "") -> str:
    """An ISO 8601 instant without seconds and offset, its day as `day` has it."""
    if due and iso[11:19] == "00:00:00":
        return f"{day(str(date.fromisoformat(iso[:10]) - timedelta(days=1)), language)} 24:00"
    return f"{day(iso, language)} {iso[11:16]}"


def day(iso: str, language: str = "") -> str:
    """A day, or that of an instant, in figures: ``2026-11-24``, in Spanish ``24/11/2026``."""
    return spoken.figures(iso, language or i18n.language())


def number(value: Any, language: str = "") -> str:
    """A number, or decimal text, with its thousands apart."""
    return spoken.number(f"{value:.2f}" if isinstance(value, float) else value, language or i18n.language())


def rate(cell: dict[str, Any] | None, language: str = "") -> str:
    """A share as ``83 % (10/12)``, ``3/4`` below five cases, ``n/a`` of none; a difference as ``+8.3 pp``."""
    if cell is None:
        return ""
    top, bottom, value = cell["numerator"], cell["denominator"], cell["value"]
    if bottom is None:
        points = "" if value is None else number(f"{Decimal(value) * 100:+.1f}", language)
        return points and _("{points} pp").format(points=points)
    if value is None:
        return f"{top}/{bottom}" if bottom else _("n/a")
    return f"{(200 * top + bottom) // (2 * bottom)} % ({top}/{bottom})"


def said(key: str, value: Any) -> Any:
    """What a code of the reports means, by the column that it stands in; any other value as it is."""
    if key not in {"period", "status", "effective", "kind"} or value is None:
        return value
    words = {
        "overdue": _("overdue"), "at-risk": _("at risk"), "late": _("late"),
        "open": pgettext("measure", "open"), "done": pgettext("measure", "done"),
        "ended": _("ended"), "yes": _("yes"), "no": _("no"),
        "subject": _("subject"), "customer": _("customer"), "change": _("change"),
    }  # fmt: skip
    return words.get(str(value), value)


def detail(key: str, value: Any, money: Callable[[str], str], department: Callable[[str], str]) -> str:
    """A field of what a case is about: days, times and the price as people write them."""
    if key == "price":
        return money(value)
    if key.endswith("_on") or key == "in_use_since":
        return day(value)
    if key.endswith("_at"):
        return clock(value, due=False)
    return department(value) if key == "against" else str(value)


def shown(value: Any, kind: str, language: str, *, due: bool = False) -> str:
    """One value of a report's table for people, by the kind of its column; nothing for None."""
    if value is None:
        return ""
    if kind == "rate":
        return rate(value, language)
    if kind == "duration":
        return duration(value, language)
    if kind == "instant":
        return clock(value, due, language)
    if kind == "date":
        return day(value, language)
    return number(value, language) if kind in {"count", "number", "money"} else str(value)


def clock_states() -> dict[str, str]:
    """How a clock stands, in words: the state of `deadlines` -> what people read."""
    return {
        "met": _("met"),
        "missed": _("MISSED"),
        "waiting": _("waiting"),
        "on-hold": _("on hold"),
        "ended": _("ended"),
    }

"""Days, times, numbers and sums of money as people write them, in each language.

The tables are small and our own: which order a date has and where the sign of a
currency stands changes with the language, never with the machine.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

_MONTHS = {
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ),
    "es": (
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
        "noviembre", "diciembre",
    ),
}  # fmt: skip
_DAYS = {"en": "{d} {month} {y}", "es": "{d} de {month} de {y}", "zh": "{y}年{m}月{d}日"}
_SHORT = {
    "en": "{d} {month:.3} {y}",
    "es": "{d:02}/{m:02}/{y}",
    "zh": "{y}-{m:02}-{d:02}",
}  # where there is little room
_FIGURES = {"en": "{y}-{m:02}-{d:02}", "es": "{d:02}/{m:02}/{y}", "zh": "{y}-{m:02}-{d:02}"}  # in columns
_MOMENTS = {"en": "{day}, {time}", "es": "{day}, a las {time}", "zh": "{day}{time}"}
# Currencies that have a sign or a word of their own; any other stands as its code.
_MONEY = {
    "en": {"EUR": "€{sum}", "GBP": "£{sum}", "USD": "US${sum}", "": "{sum} {code}"},
    "es": {"EUR": "{sum} €", "CNY": "{sum} yuanes", "USD": "{sum} dólares", "": "{sum} {code}"},
    "zh": {"CNY": "{sum}元", "EUR": "{sum}欧元", "USD": "{sum}美元", "": "{sum} {code}"},
}
_COMMA = str.maketrans(",.", ".,")  # where the comma parts whole and places


def family(language: str) -> str:
    """``zh`` of ``zh-CN``; English for a language that is not spoken here."""
    found = language.partition("-")[0].lower()
    return found if found in _DAYS else "en"


def day(iso: str, language: str, *, short: bool = False) -> str:
    """A day, ``YYYY-MM-DD`` or an instant that begins so: ``24 November 2026``, ``2026年11月24日``."""
    found, tag = date.fromisoformat(iso[:10]), family(language)
    month = _MONTHS[tag][found.month - 1] if tag in _MONTHS else ""
    return (_SHORT if short else _DAYS)[tag].format(y=found.year, m=found.month, d=found.day, month=month)


def figures(iso: str, language: str) -> str:
    """A day in figures of the same width whatever day it is, for tables: ``2026-11-24``, ``24/11/2026``."""
    found = date.fromisoformat(iso[:10])
    return _FIGURES[family(language)].format(y=found.year, m=found.month, d=found.day)


def moment(iso: str, language: str, *, short: bool = False) -> str:
    """An instant in ISO 8601, to the minute, in the zone that it is written in."""
    if short:
        return f"{day(iso, language, short=True)} {iso[11:16]}"
    return _MOMENTS[family(language)].format(day=day(iso, language), time=iso[11:16])


def due(seconds: int, zone: tzinfo, language: str, *, whole_days: bool, short: bool = False) -> str:
    """When something is due; of a clock of whole days the day at whose end it is, without a time."""
    instant = datetime.fromtimestamp(seconds, zone)
    if whole_days:
        return day((instant - timedelta(seconds=1)).isoformat(), language, short=short)
    return moment(instant.isoformat(), language, short=short)


def number(value: str | int, language: str) -> str:
    """A number (decimal text with a point) by its thousands: ``1,234.50``, ``1.234,50``."""
    text = str(value)
    sign = text[: len(text) - len(text.lstrip("+-"))]
    whole, point, places = text[len(sign) :].partition(".")
    grouped = f"{sign}{int(whole):,}{point}{places}"
    return grouped.translate(_COMMA) if family(language) == "es" else grouped


def money(amount: str, currency: str, language: str) -> str:
    """A sum (decimal text with a point) in its currency: ``1,234.50 CNY``, ``1.234,50 €``, ``1,234.50元``."""
    forms = _MONEY[family(language)]
    return forms.get(currency, forms[""]).format(sum=number(amount, language), code=currency)

"""Sums of money as text, each in its one spelling: exactly the digits of its currency (B3)."""

from __future__ import annotations

import re

from complaintctl.errors import Usage, printable
from complaintctl.i18n import _

_MONEY = r"(0|[1-9][0-9]{0,11})(?:\.([0-9]+))?"
_FULL_WIDTH = str.maketrans(
    "０１２３４５６７８９．，。", "0123456789.,."
)  # as a Chinese keyboard writes them
_THOUSAND = 3  # digits between two signs of thousands
# ISO 4217: how many minor digits the currencies have that do not have two.
_DIGITS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
    "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    "CLF": 4, "UYW": 4,
}  # fmt: skip


def minor_digits(currency: str) -> int:
    """How many digits an amount in a currency has after the point (ISO 4217)."""
    return _DIGITS.get(currency, 2)


def money(value: str, currency_digits: int) -> str:
    """An amount in its one spelling: exactly the currency's minor digits.

    Takes ``12``, ``12.9`` and ``12.90``; ValueError for anything else: signs,
    exponents, blanks, digits of other scripts, more digits than the currency has (B3).
    """
    match = re.fullmatch(_MONEY, value) if isinstance(value, str) else None
    if match is None or len(match[2] or "") > currency_digits:
        raise ValueError(value)
    if not currency_digits:
        return match[1]
    return f"{match[1]}.{(match[2] or '').ljust(currency_digits, '0')}"


def money_of(value: str, currency: str, option: str) -> str:
    """An amount that somebody typed for an option, in its one spelling; `Usage` when it is none.

    The decimal sign may be a comma, and digits may have the width of a Chinese character.  A sign
    that may part thousands is refused, never guessed at: ``1,234`` is no amount in any currency,
    ``1.234`` in none with two digits.
    """
    digits = minor_digits(currency)
    typed = value.strip().translate(_FULL_WIDTH) if isinstance(value, str) else ""
    whole, comma, places = typed.partition(",")
    try:
        return money(f"{whole}.{places}" if comma and len(places) != _THOUSAND else typed, digits)
    except ValueError:
        raise _no_amount(typed, currency, option) from None


def _no_amount(typed: str, currency: str, option: str) -> Usage:
    digits = minor_digits(currency)
    if re.fullmatch(r"[0-9]+([.,\u00a0\u202f '’]?[0-9]+)+", typed):
        return Usage(
            _("{option}: {amount} can be read in two ways, or has too many digits for {currency}.").format(
                option=option, amount=printable(typed), currency=currency
            ),
            hint=_("{example}, with nothing between the thousands").format(example=money("1234", digits)),
        )
    return Usage(
        _("{option}: an amount in {currency} is written like {example}.").format(
            option=option, currency=currency, example=money("12", digits)
        )
    )

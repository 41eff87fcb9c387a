"""What is usual in a country: its time zone, its currency, and the language of a register there."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from complaintctl.errors import Usage
from complaintctl.i18n import _

# Countries with one time zone that registers are likely in; elsewhere --timezone says it.
ZONES = {
    "CN": "Asia/Shanghai", "ES": "Europe/Madrid", "HK": "Asia/Hong_Kong", "TW": "Asia/Taipei",
    "SG": "Asia/Singapore", "GB": "Europe/London", "IE": "Europe/Dublin", "FR": "Europe/Paris",
    "DE": "Europe/Berlin", "IT": "Europe/Rome", "PT": "Europe/Lisbon", "CO": "America/Bogota",
    "PE": "America/Lima", "UY": "America/Montevideo", "JP": "Asia/Tokyo",
}  # fmt: skip
CURRENCIES = {
    "CN": "CNY", "ES": "EUR", "HK": "HKD", "TW": "TWD", "SG": "SGD", "GB": "GBP", "IE": "EUR", "FR": "EUR",
    "DE": "EUR", "IT": "EUR", "PT": "EUR", "CO": "COP", "PE": "PEN", "UY": "UYU", "JP": "JPY",
}  # fmt: skip
LANGUAGES = {"CN": "zh-CN", "TW": "zh-CN", "HK": "zh-CN", "ES": "es", "CO": "es", "PE": "es", "UY": "es"}


def zone(name: str | None, country: str) -> ZoneInfo:
    """The time zone of a name, else of a country; `Usage` where neither says one."""
    name = name or ZONES.get(country)
    if name is None:
        raise Usage(
            _("Which time zone in {country}? --timezone says it.").format(country=country),
            hint="--timezone Europe/Madrid",
        )
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Usage(_("There is no such time zone."), hint="--timezone Asia/Shanghai") from None


def home_of(policy: Any) -> str:
    """Where rules are at home: the first country known here that has their currency, else China."""
    own = policy["authority"]["currency"]
    return next((country for country, currency in CURRENCIES.items() if currency == own), "CN")

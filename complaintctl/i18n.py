"""Texts that a person reads, through gettext (domain ``complaintctl``)."""

from __future__ import annotations

import gettext as _gettext
from pathlib import Path

DOMAIN = "complaintctl"
LOCALE = Path(__file__).parent / "locale"
LANGUAGES = ("en", "zh-CN", "es")

_catalogue: _gettext.NullTranslations = _gettext.NullTranslations()


def use(language: str) -> None:
    """Choose the catalogue of a language tag such as ``zh-CN``; English where there is none."""
    global _catalogue  # noqa: PLW0603  (one process speaks one language)
    tags = [language.replace("-", "_"), language.split("-", maxsplit=1)[0]]
    _catalogue = _gettext.translation(DOMAIN, LOCALE, tags, fallback=True)


def _(text: str) -> str:
    """The text in the chosen language."""
    return _catalogue.gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """The text in the chosen language, in the number that fits `count`."""
    return _catalogue.ngettext(one, many, count)

"""Texts that a person reads, through gettext (domain ``complaintctl``)."""

from __future__ import annotations

import gettext as _gettext
import os

DOMAIN = "complaintctl"
LOCALE = os.path.join(os.path.dirname(__file__), "locale")  # noqa: PTH118, PTH120  (pathlib costs more than help)
LANGUAGES = ("en", "zh-CN", "es")

_catalogue: _gettext.NullTranslations = _gettext.NullTranslations()


def use(language: str) -> None:
    """Choose the catalogue of a language tag such as ``zh-CN``; English where there is none."""
    global _catalogue  # noqa: PLW0603  (one process speaks one language)
    _catalogue = _gettext.NullTranslations()
    for tag in (language.replace("-", "_"), language.split("-", maxsplit=1)[0]):
        file = os.path.join(LOCALE, tag, "LC_MESSAGES", f"{DOMAIN}.mo")  # noqa: PTH118
        if os.path.exists(file):  # noqa: PTH110
            with open(file, "rb") as catalogue:  # noqa: PTH123
                _catalogue = _gettext.GNUTranslations(catalogue)
            return


def _(text: str) -> str:
    """The text in the chosen language."""
    return _catalogue.gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """The text in the chosen language, in the number that fits `count`."""
    return _catalogue.ngettext(one, many, count)

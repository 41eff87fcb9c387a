"""Texts that a person reads, through gettext (domain ``complaintctl``).

English stands in the code; the other catalogues are in ``locale``.  One process
speaks one language at a time.  What a module says of itself when it is loaded
(help of options, tables of words) is marked with `N_` or loaded `untranslated`,
and translated where it is shown.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DOMAIN = "complaintctl"
LOCALE = os.path.join(os.path.dirname(__file__), "locale")  # noqa: PTH118, PTH120  (pathlib costs more than help)
LANGUAGES = ("en", "zh-CN", "es")
VARIABLE = "COMPLAINTCTL_LANGUAGE"
_SYSTEM = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that says something holds

_SOURCE = "en"
_language = _SOURCE
_catalogue: Any = None  # that of the language, once a text was asked for
_silent = False


def use(language: str) -> None:
    """Speak a language by its tag, such as ``zh-CN``; English where there is no catalogue."""
    global _language, _catalogue
    if language != _language:
        _language, _catalogue = language, None
        _tell_click(language)


def language() -> str:
    """The tag of the language that is spoken."""
    return _language


def _tell_click(language: str) -> None:
    """Let click say its own sentences in a language.

    It offers no place for a catalogue: it calls `gettext.gettext`, which reads the
    domain of the process in the language that LANGUAGE names, with whatever class
    the library calls GNUTranslations.  Ours is one of those, only quicker to open.
    """
    import gettext

    from complaintctl.catalogue import Catalogue

    gettext.GNUTranslations = Catalogue  # type: ignore[misc]
    gettext.bindtextdomain(DOMAIN, LOCALE)
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language.replace("-", "_")


def _loaded() -> Any:
    global _catalogue  # noqa: PLW0603
    if _catalogue is None:
        from complaintctl.catalogue import opened

        _catalogue = opened(f"{LOCALE}/{_language.replace('-', '_')}/LC_MESSAGES/{DOMAIN}.mo")
    return _catalogue


def _(text: str) -> str:
    """The text in the chosen language."""
    if _silent or _language == _SOURCE:
        return text
    return str(_loaded().gettext(text))


def pgettext(context: str, text: str) -> str:
    """The text in the chosen language, where other languages need another word than elsewhere."""
    if _silent or _language == _SOURCE:
        return text
    return str(_loaded().pgettext(context, text))


def ngettext(one: str, many: str, count: int) -> str:
    """The text in the chosen language, in the number that fits `count`."""
    if _silent or _language == _SOURCE:
        return one if count == 1 else many
    return str(_loaded().ngettext(one, many, count))


def N_(text: str) -> str:  # noqa: N802  (gettext's own name for it)
    """A text that is only marked here; `_` translates it where it is shown."""
    return text


@contextmanager
def untranslated() -> Iterator[None]:
    """Load a module whose texts are translated where they are shown."""
    global _silent  # noqa: PLW0603
    before, _silent = _silent, True
    try:
        yield
    finally:
        _silent = before


def early(words: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language of a command line, before it is parsed: option, variable, register, system."""
    given = _option(words, "--language") or environment.get(VARIABLE, "")
    if given:
        return given if given in LANGUAGES else _SOURCE
    start = _option(words, "-C") or environment.get("COMPLAINTCTL_REGISTER") or os.curdir
    return _of_register(start) or _of_system(environment)


def _option(words: Sequence[str], name: str) -> str:
    """The value of a global option, which stands before the verb."""
    for number, word in enumerate(words):
        if word == name:
            return words[number + 1] if number + 1 < len(words) else ""
        if name.startswith("--") and word.startswith(f"{name}="):
            return word[len(name) + 1 :]
        if not name.startswith("--") and word.startswith(name) and len(word) > len(name):
            return word[len(name) :]
    return ""


def _of_register(start: str) -> str:
    """The language in the settings of the register at or above a folder; empty where there is none."""
    folder = os.path.abspath(start)  # noqa: PTH100
    while True:
        try:
            with open(os.path.join(folder, "policies", "register.yaml"), encoding="utf-8") as file:  # noqa: PTH118, PTH123
                lines = file.read(4096).splitlines()
        except (OSError, UnicodeDecodeError):
            above = os.path.dirname(folder)  # noqa: PTH120
            if above == folder:
                return ""
            folder = above
            continue
        for line in lines:
            key, _colon, value = line.partition(":")
            if key == "language":
                tag = value.split("#", 1)[0].strip().strip("\"'")
                return tag if tag in LANGUAGES else _SOURCE
        return _SOURCE


def _of_system(environment: Mapping[str, str]) -> str:
    """The language of the system, such as ``es_MX.UTF-8``, where it is one of these; else English."""
    named = next((found for name in _SYSTEM if (found := environment.get(name))), "")
    family = named.replace(".", "_").partition("_")[0]
    return next((tag for tag in LANGUAGES if tag.partition("-")[0] == family), _SOURCE)

"""Calendars from the holidays library: what ``calendar update`` and ``init`` write into calendar.yaml.

The library is asked once for each year and never when a deadline is computed:
it is slow to load, and a later release must not change the figures of a year
that is over.  What it said stands in the file, with its name and version.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping
from difflib import get_close_matches
from json import dumps
from typing import Any, cast

from complaintctl.errors import Usage
from complaintctl.i18n import _

FORMAT = "1"
MODELINE = "# yaml-language-server: $schema=../schemas/calendar.schema.json"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_BACK, LOOK_AHEAD = 10, 5  # years in which make-up days show that a country has them

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._/+-]*")
_OTHER_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"))


def year_of(country: str, subdivision: str | None, year: int, language: str) -> dict[str, Any]:
    """One entry of calendar.yaml's ``years``: source, published, days off by date, make-up days if any.

    Names are in `language` (a tag such as ``zh-CN``) where the library has it,
    else in the country's own.  A year is not published when dates are
    estimated, when the library does not reach it, when it lacks the country
    (weekends only, then), and when the country has make-up working days but
    none are known for this or a later year.  Raises Usage for a country that
    is no two-letter code and for a subdivision that the country does not have.
    """
    from holidays.version import __version__

    country, subdivision = known_place(country, subdivision)
    name = f"holidays {__version__}"
    if not _supported(country):
        source = f"{name}: no calendar of {country}, weekends only"
        return {"source": source, "published": False, "days_off": {}}
    place = "-".join(part for part in (country, subdivision) if part)
    found = _ask(country, subdivision, [year], language)
    days = {day.isoformat(): str(text) for day, text in sorted(found.items()) if day.year == year}
    make_up = sorted(day.isoformat() for day in found.weekend_workdays if day.year == year)
    published = bool(days) and not _estimated(found) and _settled(country, subdivision, year)
    entry: dict[str, Any] = {"source": f"{name}, {place}", "published": published, "days_off": days}
    return entry | ({"make_up": make_up} if make_up else {})


def document(
    country: str, subdivision: str | None, years: Iterable[int], language: str = "en"
) -> dict[str, Any]:
    """A whole calendar.yaml for some years; the weekend is that of the last of them.

    Raises Usage like `year_of`.
    """
    country, subdivision = known_place(country, subdivision)
    wanted = sorted(set(years))
    found: dict[str, Any] = {"format": FORMAT, "country": country}
    if subdivision:
        found["subdivision"] = subdivision
    found["weekend"] = _weekend(country, wanted[-1:])
    found["years"] = {str(year): year_of(country, subdivision, year, language) for year in wanted}
    return found


def update(mapping: MutableMapping[str, Any], year: int, entry: Mapping[str, Any]) -> bool:
    """Put a year's entry into a calendar in place; whether anything changed.

    Other years, ``local`` and, in a round-trip mapping, comments and order stay.
    """
    years = mapping.get("years")
    if years is None:
        years = mapping["years"] = {}
    held = years.get(str(year))
    if held is None:
        _place(years, str(year), dict(entry))
        return True
    return _merge(held, entry)


def render(calendar: Mapping[str, Any]) -> bytes:
    """A calendar as YAML: modeline, block style, text in double quotes unless it is a plain word."""
    return "\n".join([MODELINE, *_lines(calendar, ""), ""]).encode()


def known_place(country: str, subdivision: str | None) -> tuple[str, str | None]:
    """Country and subdivision by their codes (``es``, ``Madrid`` give ``ES``, ``MD``).

    A country without a calendar in the library is let through with any
    subdivision.  Raises Usage for text that is no country code, and for a
    subdivision that the country does not have; it names those that are near.
    """
    import holidays

    code = country.strip().upper()
    if not re.fullmatch(r"[A-Z]{2}", code):
        raise Usage(
            _("{country} is not a country code of two letters.").format(country=dumps(country)),
            hint="--country CN",
        )
    if not _supported(code):
        return code, subdivision or None
    kind = type(holidays.country_holidays(code))
    code = str(kind.country)  # UK is GB
    if not subdivision:
        return code, None
    aliases = cast("dict[str, str]", getattr(kind, "subdivisions_aliases", {}))
    names = {one.casefold(): one for one in kind.subdivisions} | {
        alias.casefold(): one for alias, one in aliases.items()
    }
    found = names.get(subdivision.strip().casefold())
    if found is None:
        raise _no_such_subdivision(code, subdivision, kind.subdivisions, aliases)
    return code, found


def _no_such_subdivision(
    country: str, subdivision: str, codes: Iterable[str], aliases: Mapping[str, str]
) -> Usage:
    if not codes:
        return Usage(
            _("The calendar of {country} knows no subdivisions.").format(country=country),
            hint=_("leave --subdivision out"),
        )
    by_name = {one.casefold(): one for one in codes} | {
        name.casefold(): f"{one} ({name})" for name, one in aliases.items()
    }
    near = [by_name[name] for name in get_close_matches(subdivision.casefold(), by_name, n=3)]
    shown = ", ".join(near or sorted(codes))
    message = _("{country} has no subdivision {subdivision}; it may be: {names}.")
    return Usage(
        message.format(country=country, subdivision=dumps(subdivision), names=shown),
        hint="--subdivision " + (near or sorted(codes))[0].split(" ")[0],
    )


def _supported(country: str) -> bool:
    import holidays

    return country in holidays.list_supported_countries(include_aliases=True)


def _ask(country: str, subdivision: str | None, years: list[int], language: str | None) -> Any:
    """The library's answer; its warning that a year is out of reach is told by ``published``."""
    import warnings

    import holidays

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bare = holidays.country_holidays(country)
        return holidays.country_holidays(
            country, subdiv=subdivision, years=years, language=_nearest_language(bare, language)
        )


def _nearest_language(found: Any, language: str | None) -> str | None:
    """The library's name of a language: zh-CN gives zh_CN, en en_US; else the country's own.

    Never none where there is a choice: the library would then look at the machine's settings.
    """
    have = found.supported_languages
    if language:
        tag = language.replace("-", "_")
        near = [one for one in have if one == tag] + [one for one in have if one[:2] == tag[:2]]
        if near:
            return str(near[0])
    own = found.default_language
    return str(own) if own else None


def _estimated(found: Any) -> bool:
    """Whether a holiday's date is an estimate (those of the moon are, some years ahead)."""
    label = str(getattr(found, "estimated_label", "")).strip()
    words = {
        text.replace("%s", "").strip(" ()（）") for text in (label, str(found.tr(label)) if label else "")
    }
    return any(word and word in name for word in words for name in found.values())


def _settled(country: str, subdivision: str | None, year: int) -> bool:
    """Whether the government's exchange of working days is known, in a country that has one."""
    span = range(year - LOOK_BACK, year + LOOK_AHEAD + 1)
    moved = {day.year for day in _ask(country, subdivision, list(span), None).weekend_workdays}
    moved &= set(span)
    return not moved or max(moved) >= year


def _weekend(country: str, years: list[int]) -> list[str]:
    found = _ask(country, None, years, None).weekend if _supported(country) else {5, 6}
    return [WEEKDAYS[day] for day in sorted(found)]


def _merge(held: MutableMapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Make `held` say what `new` says, touching only what differs; whether anything did."""
    changed = False
    for key in [key for key in held if key not in new]:
        del held[key]
        changed = True
    for key, value in new.items():
        if key not in held:
            _place(held, key, value, in_order=key[:1].isdigit())
        elif isinstance(value, Mapping) and isinstance(held[key], MutableMapping):
            changed = _merge(held[key], value) or changed
            continue
        elif held[key] != value:
            held[key] = value
        else:
            continue
        changed = True
    return changed


def _place(mapping: MutableMapping[str, Any], key: str, value: Any, *, in_order: bool = True) -> None:
    """Add a key, before the first greater one where the keys are dates or years."""
    later = [one for one in mapping if str(one) > key] if in_order else []
    insert = getattr(mapping, "insert", None)  # of a round-trip mapping
    if insert is not None:
        insert(len(mapping) - len(later), key, value)
        return
    mapping[key] = value
    for one in later:
        mapping[one] = mapping.pop(one)


def _lines(value: Mapping[str, Any], indent: str) -> Iterable[str]:
    for key, item in value.items():
        head = f"{indent}{_scalar(key)}:"
        if isinstance(item, Mapping) and item:
            yield head
            yield from _lines(item, indent + "  ")
        elif isinstance(item, list) and item:
            yield head
            yield from (f"{indent}  - {_scalar(one)}" for one in item)
        else:
            yield f"{head} {_scalar(item)}"


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping | list):
        return "{}" if isinstance(value, Mapping) else "[]"
    text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _OTHER_WORDS:
        return text
    return dumps(text, ensure_ascii=not text.isprintable())

"""What differs in the entries of a policy that are collected in one section, field by field, in words.

The ground of `complaintctl.policydiff`: entries are found again by their id
or name; of one that stayed each field that is another is a change, and texts
for people are changes of their own kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import wording
from complaintctl.i18n import _, pgettext
from complaintctl.labels import text
from complaintctl.policywords import word
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from complaintctl.wording import Names

KINDS = ("changed", "added", "removed", "order", "label")


class Change(NamedTuple):
    """One difference."""

    kind: str  # one of KINDS
    path: str  # of the entry: $.deadlines.reply
    text: str  # in words
    old: Any  # None: was not there
    new: Any  # None: is no more


class Section(NamedTuple):
    """A part of a policy that is a collection of entries."""

    key: str  # its key, and the name under which `wording.line` knows its entries
    noun: Callable[[], str]
    ordered: bool  # whether the order of its entries means something


# Fields that hold texts for people, and those that have changes of their own.
_TEXTS = ("label", "means", "duties", "note", "by", "source", "applies_to")
_OWN = ("name", "version", "changes", "checks", "outcomes", "any", "level", "role")


def keyed(entries: Any) -> dict[str, Any]:
    """Entries by id or name; of two with one name the last, which nobody can tell from the first."""
    if isinstance(entries, list):
        return {one["name"]: one for one in entries}
    return dict(entries or {})


def entries(section: Section, path: str, one: Any, other: Any, names: Names) -> Iterator[Change]:
    """What is new, gone and changed in a collection of entries, and whether their order is another."""
    before, after, noun = keyed(one), keyed(other), section.noun()
    for ident, entry in before.items():
        if ident not in after:
            yield removed(noun, ident, f"{path}.{ident}", wording.line(section.key, entry, names))
            continue
        yield from fields(called(noun, ident, entry, names), f"{path}.{ident}", entry, after[ident], names)
    for ident, entry in after.items():
        if ident not in before:
            said = wording.line(section.key, entry, names)
            yield added(noun, ident, f"{path}.{ident}", said)
    if section.ordered:
        yield from order(noun, path, list(before), list(after), lambda one: _label_of(one, before, names))


def called(noun: str, ident: str, entry: Any, names: Names) -> str:
    """What an entry is called: what it is, its label and its id."""
    label = text(entry["label"], names.language).rstrip(".。") if "label" in entry else ident
    if label == ident:
        return f"{noun} {ident}"
    return _("{noun} “{label}” ({id})").format(noun=noun, label=label, id=ident)


def _label_of(ident: str, entries: Mapping[str, Any], names: Names) -> str:
    label = entries[ident].get("label")
    return text(label, names.language) if label else ident


def added(noun: str, ident: str, path: str, said: str) -> Change:
    """An entry that is new; `said`: the entry in a line."""
    words = _("New {noun} {id}: {what}").format(noun=_small(noun), id=ident, what=said)
    return Change("added", path, words, None, said)


def removed(noun: str, ident: str, path: str, said: str) -> Change:
    """An entry that is gone; `said`: the entry in a line."""
    words = _("No {noun} {id} any more: {what}").format(noun=_small(noun), id=ident, what=said)
    return Change("removed", path, words, said, None)


def _small(noun: str) -> str:
    return noun[:1].lower() + noun[1:]


def order(
    noun: str, path: str, before: Sequence[str], after: Sequence[str], name: Callable[[str], str] = str
) -> Iterator[Change]:
    """Whether what is in both stands in another order."""
    was, now = [one for one in before if one in after], [one for one in after if one in before]
    if was != now:
        old, new = (pgettext("between things", ", ").join(map(name, side)) for side in (was, now))
        words = _("{noun}, order: {old} → {new}").format(noun=noun, old=old, new=new)
        yield Change("order", path, words, was, now)


def fields(named: str, path: str, one: Any, other: Any, names: Names) -> Iterator[Change]:
    """What differs in the fields of an entry: a rule each, or a label each."""
    for key in dict.fromkeys([*one, *other]):
        old, new = one.get(key), other.get(key)
        if old == new or key in _OWN:
            continue
        where = f"{path}.{key}"
        if key in _TEXTS or (key == "promise" and _same_promise(old, new)):
            yield _relabelled(named, key, where, old, new, names)
        elif key == "remedies" and isinstance(old, dict) and isinstance(new, dict):
            yield from _granted(named, where, old, new, names)
        elif key == "law" and isinstance(old, dict) and isinstance(new, dict):
            yield from _cited(named, where, old, new, names)
        else:
            old, new = _switched(old, new)
            words = _("{what}: {field} {old} → {new}").format(
                what=named, field=field_name(key), old=_value(key, old, names), new=_value(key, new, names)
            )
            yield Change("changed", where, words, old, new)


def _switched(old: Any, new: Any) -> tuple[Any, Any]:
    """Both values; a switch that is not there is off."""
    if isinstance(old, bool) or isinstance(new, bool):
        return old or False, new or False
    return old, new


def field_name(key: str) -> str:
    """The key of a field as people read it."""
    return word(key)


def _same_promise(old: Any, new: Any) -> bool:
    """Whether only the words of a channel's promise differ."""
    return isinstance(old, dict) and isinstance(new, dict) and old["within"] == new["within"]


def _relabelled(named: str, key: str, path: str, old: Any, new: Any, names: Names) -> Change:
    words = _("{what}: {field} “{old}” → “{new}”").format(
        what=named, field=field_name(key), old=words_of(old, new, names), new=words_of(new, old, names)
    )
    return Change("label", path, words, old, new)


def words_of(label: Any, other: Any, names: Names) -> str:
    """A text in the reader's language or, where that is the same in both, in the first that differs."""
    if isinstance(label, dict) and "label" in label and "within" in label:
        label, other = label["label"], other["label"]
    label, other = _both_labels(label, other)
    if not isinstance(label, dict):
        return wording.plain(label, names)
    language = names.language
    there = other if isinstance(other, dict) else {}
    if text(label, language) != text(there, language):
        return text(label, language)
    tag = next((one for one in {**label, **there} if label.get(one) != there.get(one)), language)
    return f"{tag}: {label.get(tag, _('none'))}"


def _both_labels(one: Any, other: Any) -> tuple[Any, Any]:
    """Both as labels where either is one: plain text counts as English, which every label has."""
    if not isinstance(one, dict) and not isinstance(other, dict):
        return one, other
    first, second = ({"en": side} if isinstance(side, str) else side for side in (one, other))
    return first, second


def _cited(
    named: str, path: str, old: Mapping[str, Any], new: Mapping[str, Any], names: Names
) -> Iterator[Change]:
    """Another law that a rule follows; where it says the same in English, a change of its texts alone."""
    if _in_english(old) == _in_english(new):
        for part in ("text", "source"):
            one, other = _both_labels(old.get(part), new.get(part))
            if one != other:
                yield _relabelled(named, "law", f"{path}.{part}", one, other, names)
        return
    said = [_value("law", side, names) for side in (old, new)]
    if said[0] == said[1]:  # it differs in English alone
        said = [_value("law", side, names._replace(language="en")) for side in (old, new)]
    words = _("{what}: {field} {old} → {new}").format(
        what=named, field=field_name("law"), old=said[0], new=said[1]
    )
    yield Change("changed", path, words, old, new)


def _in_english(said: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value.get("en") if isinstance(value, dict) else value for key, value in said.items()}


def _value(key: str, value: Any, names: Names) -> str:
    """The value of a field in words; what is not there is off, or none. What is no value stays as it is."""
    try:
        return _in_words(key, value, names)
    except (ValueError, LookupError, TypeError):
        return str(value)


def _in_words(key: str, value: Any, names: Names) -> str:
    if key == "hours":
        return wording.hours({} if value is None else {"hours": value})
    if isinstance(value, dict) and key in {"promise", "law"}:
        return wording.length(value["within"]) if key == "promise" else wording.law({"law": value}, names)
    if isinstance(value, list):
        named = (wording.party(one, names) if key == "to" else names.field(key, str(one)) for one in value)
        return pgettext("between things", ", ").join(named) or _("none")
    if key == "when" and not value:
        return _("always")
    return names.of("roles", value) if key == "at_least" and value else wording.plain(value, names, key)


def _granted(
    named: str, path: str, old: Mapping[str, Any], new: Mapping[str, Any], names: Names
) -> Iterator[Change]:
    """What an entitlement grants that it did not, no longer grants, or up to another ceiling."""
    for kind in dict.fromkeys([*old, *new]):
        where, one, other = f"{path}.{kind}", old.get(kind), new.get(kind)
        if one == other:
            continue
        if one is None or other is None:
            template = _("{what}: now grants {kind}") if one is None else _("{what}: no longer grants {kind}")
            words = template.format(what=named, kind=wording.grant(kind, other or one or {}, names))
            yield Change("changed", where, words, one, other)
            continue
        words = _("{what}: {kind} {old} → {new}").format(
            what=named, kind=names.of("remedies", kind), old=_up_to(one, names), new=_up_to(other, names)
        )
        yield Change("changed", where, words, one, other)


def _up_to(granted: Mapping[str, Any], names: Names) -> str:
    return wording.ceiling(granted, names).strip() or _("without a ceiling")


def outcomes(noun: str, path: str, before: Any, after: Any, names: Names) -> Iterator[Change]:
    """What a check may find: new, gone and changed."""
    for ident in dict.fromkeys([*before, *after]):
        one, other = before.get(ident), after.get(ident)
        if other is None:
            yield removed(noun, ident, f"{path}.{ident}", wording.outcome(one, names))
        elif one is None:
            yield added(noun, ident, f"{path}.{ident}", wording.outcome(other, names))
        else:
            yield from fields(called(noun, ident, one, names), f"{path}.{ident}", one, other, names)

"""The names that a policy gives to its ids, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from complaintctl.policy import Category, Label, Policy


def text(label: Label, language: str) -> str:
    """The label in a language, else in English, else in any."""
    return label.get(language) or label.get("en") or next(iter(label.values()), "")


def label_or_text(said: Label | str, language: str) -> str:
    """A label in a language; plain text as it is."""
    return said if isinstance(said, str) else text(said, language)


def name_of(policy: Policy, kind: str, ident: str, language: str) -> str:
    """The label of an id: `kind` is a key of the policy (``categories``) or its vocabulary (``states``)."""
    entries: Any = policy.get(kind, {}) or {}
    if isinstance(entries, list):  # rules are found by their names
        entries = {one["name"]: one for one in entries if "name" in one}
    if ident in entries and "label" in entries[ident]:  # `steps` has rules; its words are in the vocabulary
        return text(entries[ident]["label"], language)
    label = policy["vocabulary"].get(kind, {}).get(ident)
    return text(label, language) if label else ident


def category_of(policy: Policy, ident: str) -> Category:
    """A category of the policy; one that it does not name has no department and no severity."""
    return policy["categories"].get(ident) or {"label": {}}


def meant(policy: Policy, kind: str, word: str, among: Iterable[str] | None = None) -> list[str]:
    """The ids that a word means: itself where it is one, else those that have it as their label.

    In any of the policy's languages, in full, in capitals or not; `among`: of these ids alone.
    """
    entries = _entries(policy, kind, among)
    if word in entries:
        return [word]
    wanted = _plain(word)
    return [one for one, label in entries.items() if wanted in map(_plain, label.values())]


def offered(policy: Policy, kind: str, word: str, among: Iterable[str] | None = None) -> str:
    """The ids nearest to a word that is none, by their own letters or those of a label, each with its label.

    The first of all where nothing is near.
    """
    import difflib

    from complaintctl import i18n
    from complaintctl.i18n import _, pgettext

    entries = _entries(policy, kind, among)
    spellings = {_plain(said): one for one, label in entries.items() for said in (one, *label.values())}
    wanted = _plain(word)
    within = [said for said in spellings if len(wanted) > 1 and wanted in said]
    near = within or difflib.get_close_matches(wanted, spellings, n=5, cutoff=0.5)
    found = list(dict.fromkeys(spellings[said] for said in near)) or list(entries)
    labels = {one: text(entries[one], i18n.language()) for one in found[:12]}
    return pgettext("between things", ", ").join(
        _("{name} ({more})").format(name=one, more=label) if label and label != one else one
        for one, label in labels.items()
    )


def _entries(policy: Any, kind: str, among: Iterable[str] | None) -> dict[str, Label]:
    """The labels of a list of the policy, else of its vocabulary, by id; an id without one has none."""
    words = policy["vocabulary"].get(kind, {})
    entries = policy.get(kind) or words
    chosen = entries if among is None else among
    return {one: (entries.get(one) or {}).get("label") or words.get(one) or {} for one in chosen}


def _plain(word: str) -> str:
    return " ".join(word.split()).casefold()

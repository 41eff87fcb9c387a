"""The names that a policy gives to its ids, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from complaintctl.policy import Category, Label, Policy


def text(label: Label, language: str) -> str:
    """The label in a language, else in English, else in any."""
    return label.get(language) or label.get("en") or next(iter(label.values()), "")


def name_of(policy: Policy, kind: str, ident: str, language: str) -> str:
    """The label of an id: `kind` is a key of the policy (``categories``) or its vocabulary (``states``)."""
    entries: Any = policy.get(kind, {}) or {}
    if ident in entries and "label" in entries[ident]:  # `steps` has rules; its words are in the vocabulary
        return text(entries[ident]["label"], language)
    label = policy["vocabulary"].get(kind, {}).get(ident)
    return text(label, language) if label else ident


def change_of(policy: Policy, before: str, after: str, language: str) -> str:
    """How a step changed the state of a case, in words: ``received → classified``."""
    return " → ".join(name_of(policy, "states", state, language) for state in (before, after))


def category_of(policy: Policy, ident: str) -> Category:
    """A category of the policy; one that it does not name has no department and no severity."""
    return policy["categories"].get(ident) or {"label": {}}

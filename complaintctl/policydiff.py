"""What differs between two policies, in words: a reviewer reads rules, not YAML.

`changes` compares two policies entry by entry: what is new, what is gone, and
what is another in an entry that stayed.  Entries are found again by id, name,
role or level; the reasons of a level, which have no name, by their condition
and then by their label.  Labels and other texts for people are changes of
their own kind, so that they can be counted and left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import letterdiff, wording
from complaintctl.entrydiff import (
    KINDS,
    Change,
    Section,
    added,
    entries,
    field_name,
    fields,
    keyed,
    order,
    outcomes,
    removed,
    words_of,
)
from complaintctl.i18n import _
from complaintctl.labels import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from complaintctl.policy import Level, Policy

_SECTIONS = (
    Section("channels", lambda: _("Channel"), False),
    Section("contact_methods", lambda: _("Way of contact"), False),
    Section("departments", lambda: _("Department"), False),
    Section("roles", lambda: _("Role"), False),
    Section("executors", lambda: _("Duty"), False),
    Section("severities", lambda: _("Severity"), True),
    Section("urgencies", lambda: _("Urgency"), True),
    Section("flags", lambda: _("Flag"), False),
    Section("categories", lambda: _("Category"), False),
    Section("causes", lambda: _("Cause"), False),
    Section("deadlines", lambda: _("Deadline"), False),
    Section("tell", lambda: _("Rule for telling"), False),
    Section("steps", lambda: _("Step"), False),
    Section("remedies", lambda: _("Remedy"), False),
    Section("confirmations", lambda: _("Confirmation"), False),
    Section("entitlements", lambda: _("Entitlement"), True),
    Section("exclusions", lambda: _("Exclusion"), False),
    Section("playbooks", lambda: _("Playbook"), False),
    Section("gates", lambda: _("Gate"), False),
    Section("measures", lambda: _("Measure"), False),
)
_NEEDS = Section("needs", lambda: _("Need"), False)
_CHECKS = Section("checks", lambda: _("Check"), True)
_TOP = ("languages", "investigates_first", "label", "applies_to", "source")


def changes(old: Policy, new: Policy, language: str) -> list[Change]:
    """All differences, in the order of a policy; labels in a language. Versions and their history apart."""
    one, other = _mapping(old), _mapping(new)
    found = [*_names(one, other), *fields(_("Policy"), "$", _only(one, _TOP), _only(other, _TOP), language)]
    for section in _SECTIONS:
        path = f"$.{section.key}"
        found += entries(section, path, one.get(section.key), other.get(section.key), old, new, language)
        if section.key == "playbooks":
            found += _playbooks(old, new, language)
        elif section.key == "causes":
            found += _levels(old, new, language)
        elif section.key == "tell":
            found += _authority(old, new, language)
    for key, noun in (
        ("follow_up", _("Follow-up")),
        ("reports", _("Reports")),
        ("paper_forms", _("Paper forms")),
    ):
        found += fields(noun, f"$.{key}", one.get(key, {}), other.get(key, {}), language)
    found += _conduct(one.get("conduct", []), other.get("conduct", []), language)
    found += letterdiff.changes(one.get("letters") or {}, other.get("letters") or {}, language)
    return found + _vocabulary(old, new, language)


def counts(found: Iterable[Change]) -> dict[str, int]:
    """How many changes there are of each kind, in the order of `KINDS`."""
    kinds = [one.kind for one in found]
    return {kind: kinds.count(kind) for kind in KINDS}


def _mapping(policy: Any) -> Mapping[str, Any]:
    return policy  # type: ignore[no-any-return]


def _only(entry: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {key: entry[key] for key in keys if key in entry}


def _names(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    if old["name"] != new["name"]:
        said = _("Policy: name {old} → {new}").format(old=old["name"], new=new["name"])
        yield Change("changed", "$.name", said, old["name"], new["name"])


def _playbooks(old: Policy, new: Policy, language: str) -> Iterator[Change]:
    for name, book in old["playbooks"].items():
        if name in new["playbooks"]:
            named = _("Playbook {name}").format(name=name)
            yield from _checks(named, f"$.playbooks.{name}", book, new["playbooks"][name], old, new, language)


def _checks(
    named: str, path: str, one: Any, other: Any, old: Policy, new: Policy, language: str
) -> Iterator[Change]:
    """The checks of a playbook and what each may find."""
    section = _CHECKS._replace(noun=lambda: _("{playbook}: check").format(playbook=named))
    before, after = one.get("checks", []), other.get("checks", [])
    yield from entries(section, f"{path}.checks", before, after, old, new, language)
    known = keyed(after)
    for check in before:
        if check["name"] in known:
            where = f"{path}.checks.{check['name']}.outcomes"
            found = check.get("outcomes", {}), known[check["name"]].get("outcomes", {})
            noun = _("{playbook}: outcome of {check}").format(playbook=named, check=check["name"])
            yield from outcomes(noun, where, *found, language)


def _levels(old: Policy, new: Policy, language: str) -> Iterator[Change]:
    before = {level["level"]: level for level in old["levels"]}
    after = {level["level"]: level for level in new["levels"]}
    for number in sorted({*before, *after}):
        path, one, other = f"$.levels.{number}", before.get(number), after.get(number)
        if other is None and one is not None:
            yield removed(_("Level"), str(number), path, text(one["label"], language))
        elif one is None and other is not None:
            yield added(_("Level"), str(number), path, text(other["label"], language))
        named = _("Level {number}").format(number=number)
        yield from _reasons(named, path, _reasons_of(one), _reasons_of(other), language)
        if one and other:
            yield from fields(named, path, one, other, language)


def _reasons_of(level: Level | None) -> Sequence[Any]:
    return level.get("any", []) if level else []


def _reasons(named: str, path: str, before: Any, after: Any, language: str) -> Iterator[Change]:
    """Reasons found again by their condition, else by their label; the rest is new or gone."""
    left, gone = list(after), []
    for reason in before:
        same = next((one for one in left if one["when"] == reason["when"]), None)
        if same is None:
            gone.append(reason)
            continue
        left.remove(same)
        yield from fields(_reason(named, reason, language), path, reason, same, language)
    for reason in gone:
        same = next((one for one in left if one["label"] == reason["label"]), None)
        if same is None:
            words = _("{level}: no longer a reason: {what}").format(level=named, what=_line(reason, language))
            yield Change("removed", path, words, _line(reason, language), None)
            continue
        left.remove(same)
        yield from fields(_reason(named, reason, language), path, reason, same, language)
    for reason in left:
        words = _("{level}: new reason {what}").format(level=named, what=_line(reason, language))
        yield Change("added", path, words, None, _line(reason, language))


def _reason(named: str, reason: Any, language: str) -> str:
    return _("{level}, reason “{label}”").format(level=named, label=text(reason["label"], language))


def _line(reason: Any, language: str) -> str:
    return _("{name} ({more})").format(
        name=text(reason["label"], language), more=wording.plain(reason["when"])
    )


def _authority(old: Policy, new: Policy, language: str) -> Iterator[Change]:
    """Limits, the order of the ladder, needs, and what else stands under authority."""
    one, other = _mapping(old["authority"]), _mapping(new["authority"])
    path = "$.authority"
    before = {rung["role"]: rung.get("limit") for rung in one["ladder"]}
    after = {rung["role"]: rung.get("limit") for rung in other["ladder"]}
    for role in dict.fromkeys([*before, *after]):
        yield from _limit(role, f"{path}.ladder.{role}", before, after)
        yield from _sources(role, f"{path}.ladder.{role}", one["ladder"], other["ladder"], language)
    yield from order(_("Ladder"), f"{path}.ladder", list(before), list(after))
    needs = one.get("needs"), other.get("needs")
    yield from entries(_NEEDS, f"{path}.needs", *needs, old, new, language)
    before_needs, after_needs = keyed(needs[0]), keyed(needs[1])
    for name in before_needs:
        was, now = before_needs[name]["role"], after_needs.get(name, before_needs[name])["role"]
        if was != now:
            words = _("Need {id}: role {old} → {new}").format(id=name, old=was, new=now)
            yield Change("changed", f"{path}.needs.{name}.role", words, was, now)
    own = [{k: v for k, v in side.items() if k not in ("ladder", "needs")} for side in (one, other)]
    yield from fields(_("Authority"), path, own[0], own[1], language)


def _sources(
    role: str, path: str, before: Sequence[Any], after: Sequence[Any], language: str
) -> Iterator[Change]:
    """Where a limit comes from: a text for people."""
    was, now = (
        [{k: v for k, v in rung.items() if k != "limit"} for rung in ladder if rung["role"] == role]
        for ladder in (before, after)
    )
    if was and now:
        yield from fields(role, path, was[0], now[0], language)


def _limit(
    role: str, path: str, before: Mapping[str, str | None], after: Mapping[str, str | None]
) -> Iterator[Change]:
    was, now = _granting(before.get(role)), _granting(after.get(role))
    if role not in after:
        words = _("{role} is no longer on the ladder").format(role=role)
        yield Change("removed", path, words, was, None)
    elif role not in before:
        words = _("{role} is new on the ladder and may grant {new}").format(role=role, new=now)
        yield Change("added", path, words, None, now)
    elif was != now:
        words = _("{role} may grant {old} → {new}").format(role=role, old=was, new=now)
        yield Change("changed", path, words, before[role], after[role])


def _granting(limit: str | None) -> str:
    return limit if limit is not None else _("without limit")


def _conduct(before: Sequence[Any], after: Sequence[Any], language: str) -> Iterator[Change]:
    """How people are spoken with: texts, so new and gone ones count as labels."""
    for side, others, words in (
        (before, after, _("Conduct: no longer said: {what}")),
        (after, before, _("Conduct: now said: {what}")),
    ):
        for entry in side:
            if entry not in others:
                said = f"{', '.join(entry['steps'])}: {text(entry['label'], language)}"
                old, new = (said, None) if side is before else (None, said)
                yield Change("label", "$.conduct", words.format(what=said), old, new)


def _vocabulary(old: Policy, new: Policy, language: str) -> list[Change]:
    """The words: ids of customer types that are new or gone, else labels."""
    found = []
    before, after = old["vocabulary"], new["vocabulary"]
    for kind in dict.fromkeys([*before, *after]):
        one, other = before.get(kind, {}), after.get(kind, {})
        for ident in dict.fromkeys([*one, *other]):
            was, now = one.get(ident), other.get(ident)
            if was != now:
                path = f"$.vocabulary.{kind}.{ident}"
                named = _("Word for {id} ({kind})").format(id=ident, kind=field_name(kind))
                words = _("{what}: “{old}” → “{new}”").format(
                    what=named,
                    old=words_of(was, now, language) if was else _("none"),
                    new=words_of(now, was, language) if now else _("none"),
                )
                found.append(Change("label", path, words, was, now))
    return found

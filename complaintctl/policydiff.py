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
    called,
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
    from complaintctl.wording import Names

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
    names = wording.Names((new, old), language)
    one, other = _mapping(old), _mapping(new)
    found = [*_names(one, other), *fields(_("Policy"), "$", _only(one, _TOP), _only(other, _TOP), names)]
    for section in _SECTIONS:
        path = f"$.{section.key}"
        found += entries(section, path, one.get(section.key), other.get(section.key), names)
        if section.key == "playbooks":
            found += _playbooks(old, new, names)
        elif section.key == "causes":
            found += _levels(old, new, names)
        elif section.key == "tell":
            found += _authority(old, new, names)
    for key, noun in (
        ("follow_up", _("Follow-up")),
        ("reports", _("Reports")),
        ("paper_forms", _("Paper forms")),
    ):
        found += fields(noun, f"$.{key}", one.get(key, {}), other.get(key, {}), names)
    found += _conduct(one.get("conduct", []), other.get("conduct", []), names)
    found += letterdiff.changes(one.get("letters") or {}, other.get("letters") or {}, names)
    return found + _vocabulary(old, new, names)


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


def _playbooks(old: Policy, new: Policy, names: Names) -> Iterator[Change]:
    for name, book in old["playbooks"].items():
        if name in new["playbooks"]:
            named = called(_("Playbook"), name, book, names)
            yield from _checks(named, f"$.playbooks.{name}", book, new["playbooks"][name], names)


def _checks(named: str, path: str, one: Any, other: Any, names: Names) -> Iterator[Change]:
    """The checks of a playbook and what each may find."""
    section = _CHECKS._replace(noun=lambda: _("{playbook}: check").format(playbook=named))
    before, after = one.get("checks", []), other.get("checks", [])
    yield from entries(section, f"{path}.checks", before, after, names)
    known = keyed(after)
    for check in before:
        if check["name"] in known:
            where = f"{path}.checks.{check['name']}.outcomes"
            found = check.get("outcomes", {}), known[check["name"]].get("outcomes", {})
            noun = _("{playbook}: outcome of {check}").format(playbook=named, check=check["name"])
            yield from outcomes(noun, where, *found, names)


def _levels(old: Policy, new: Policy, names: Names) -> Iterator[Change]:
    before = {level["level"]: level for level in old["levels"]}
    after = {level["level"]: level for level in new["levels"]}
    for number in sorted({*before, *after}):
        path, one, other = f"$.levels.{number}", before.get(number), after.get(number)
        if other is None and one is not None:
            yield removed(_("Level"), str(number), path, text(one["label"], names.language))
        elif one is None and other is not None:
            yield added(_("Level"), str(number), path, text(other["label"], names.language))
        named = _("Level {number}").format(number=number)
        yield from _reasons(named, path, _reasons_of(one), _reasons_of(other), names)
        if one and other:
            yield from fields(named, path, one, other, names)


def _reasons_of(level: Level | None) -> Sequence[Any]:
    return level.get("any", []) if level else []


def _reasons(named: str, path: str, before: Any, after: Any, names: Names) -> Iterator[Change]:
    """Reasons found again by their condition, else by their label; the rest is new or gone."""
    left, gone = list(after), []
    for reason in before:
        same = next((one for one in left if one["when"] == reason["when"]), None)
        if same is None:
            gone.append(reason)
            continue
        left.remove(same)
        yield from fields(_reason(named, reason, names), path, reason, same, names)
    for reason in gone:
        same = next((one for one in left if one["label"] == reason["label"]), None)
        if same is None:
            words = _("{level}: no longer a reason: {what}").format(level=named, what=_line(reason, names))
            yield Change("removed", path, words, _line(reason, names), None)
            continue
        left.remove(same)
        yield from fields(_reason(named, reason, names), path, reason, same, names)
    for reason in left:
        words = _("{level}: new reason {what}").format(level=named, what=_line(reason, names))
        yield Change("added", path, words, None, _line(reason, names))


def _reason(named: str, reason: Any, names: Names) -> str:
    return _("{level}, reason “{label}”").format(level=named, label=text(reason["label"], names.language))


def _line(reason: Any, names: Names) -> str:
    return _("{name}: {text}").format(
        name=text(reason["label"], names.language), text=wording.plain(reason["when"], names)
    )


def _authority(old: Policy, new: Policy, names: Names) -> Iterator[Change]:
    """Limits, the order of the ladder, needs, and what else stands under authority."""
    one, other = _mapping(old["authority"]), _mapping(new["authority"])
    path = "$.authority"
    before = {rung["role"]: rung.get("limit") for rung in one["ladder"]}
    after = {rung["role"]: rung.get("limit") for rung in other["ladder"]}
    for role in dict.fromkeys([*before, *after]):
        yield from _limit(role, f"{path}.ladder.{role}", before, after, names)
        yield from _sources(role, f"{path}.ladder.{role}", one["ladder"], other["ladder"], names)
    yield from order(
        _("Ladder"), f"{path}.ladder", list(before), list(after), lambda role: names.of("roles", role)
    )
    needs = one.get("needs"), other.get("needs")
    yield from entries(_NEEDS, f"{path}.needs", *needs, names)
    before_needs, after_needs = keyed(needs[0]), keyed(needs[1])
    for name in before_needs:
        was, now = before_needs[name]["role"], after_needs.get(name, before_needs[name])["role"]
        if was != now:
            named = called(_("Need"), name, before_needs[name], names)
            words = _("{what}: {field} {old} → {new}").format(
                what=named, field=field_name("role"), old=names.of("roles", was), new=names.of("roles", now)
            )
            yield Change("changed", f"{path}.needs.{name}.role", words, was, now)
    own = [{k: v for k, v in side.items() if k not in ("ladder", "needs")} for side in (one, other)]
    yield from fields(_("Authority"), path, own[0], own[1], names)


def _sources(
    role: str, path: str, before: Sequence[Any], after: Sequence[Any], names: Names
) -> Iterator[Change]:
    """Where a limit comes from: a text for people."""
    was, now = (
        [{k: v for k, v in rung.items() if k != "limit"} for rung in ladder if rung["role"] == role]
        for ladder in (before, after)
    )
    if was and now:
        yield from fields(names.of("roles", role), path, was[0], now[0], names)


def _limit(
    role: str, path: str, before: Mapping[str, str | None], after: Mapping[str, str | None], names: Names
) -> Iterator[Change]:
    was, now = _granting(before.get(role), names), _granting(after.get(role), names)
    who = names.of("roles", role)
    if role not in after:
        words = _("{role} is no longer on the ladder").format(role=who)
        yield Change("removed", path, words, was, None)
    elif role not in before:
        words = _("{role} is new on the ladder and may grant {new}").format(role=who, new=now)
        yield Change("added", path, words, None, now)
    elif was != now:
        words = _("{role} may grant {old} → {new}").format(role=who, old=was, new=now)
        yield Change("changed", path, words, before[role], after[role])


def _granting(limit: str | None, names: Names) -> str:
    return names.field("", limit) if limit is not None else _("without limit")


def _conduct(before: Sequence[Any], after: Sequence[Any], names: Names) -> Iterator[Change]:
    """How people are spoken with: texts, so new and gone ones count as labels."""
    for side, others, words in (
        (before, after, _("Conduct: no longer said: {what}")),
        (after, before, _("Conduct: now said: {what}")),
    ):
        for entry in side:
            if entry not in others:
                said = _("{name}: {text}").format(
                    name=names.several("steps", entry["steps"]), text=text(entry["label"], names.language)
                )
                old, new = (said, None) if side is before else (None, said)
                yield Change("label", "$.conduct", words.format(what=said), old, new)


def _vocabulary(old: Policy, new: Policy, names: Names) -> list[Change]:
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
                    old=words_of(was, now, names) if was else _("none"),
                    new=words_of(now, was, names) if now else _("none"),
                )
                found.append(Change("label", path, words, was, now))
    return found

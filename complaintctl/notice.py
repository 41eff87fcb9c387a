"""A policy as text: the whole of it for whoever works by it, and the notice to hang up (S2-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import spoken, wording
from complaintctl.i18n import _
from complaintctl.labels import name_of, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from complaintctl.policy import Policy


def public(policy: Policy, language: str) -> Iterator[str]:
    """Channels, hours and promised times."""
    yield text(policy["label"], language)
    yield ""
    for channel in policy["channels"].values():
        yield text(channel["label"], language)
        yield "  " + _("open: {hours}").format(hours=wording.hours(channel))
        if "promise" in channel:
            promise = text(channel["promise"]["label"], language)
            yield "  " + _("promised: {what}").format(what=promise)
    yield ""
    for deadline in policy["deadlines"].values():
        if deadline.get("promise") and "within" in deadline:
            within = wording.length(deadline["within"])
            yield _("{name}: {text}").format(name=text(deadline["label"], language), text=within)


def whole(policy: Policy, language: str) -> Iterator[str]:
    """Everything, section by section; `*` marks a starting value that no written procedure gives."""
    yield f"{policy['name']} {policy['version']}: {text(policy['label'], language)}"
    yield from _about(policy, language)
    for heading, section in _first_sections():
        yield from _section(heading, _entries(policy, section, language))
    yield from _section(_("Levels"), _levels(policy, language))
    for heading, section in ((_("Deadlines"), "deadlines"), (_("Who must be told"), "tell")):
        yield from _section(heading, _entries(policy, section, language))
    yield from _section(_("Authority"), _authority(policy, language))
    for heading, section in _last_sections():
        yield from _section(heading, _entries(policy, section, language))
    yield from _section(_("Playbooks"), _playbooks(policy, language))
    yield from _section(_("Gates"), _entries(policy, "gates", language))
    yield from _section(_("Afterwards"), _afterwards(policy, language))
    yield from _section(
        _("Conduct"),
        (f"{', '.join(one['steps'])}: {text(one['label'], language)}" for one in policy.get("conduct", ())),
    )
    yield from _section(_("Paper forms"), _forms(policy, language))
    yield from _section(_("Letters"), _letters(policy, language))
    yield from _section(_("Customer types"), _types(policy, language))
    yield from _section(_("Changes"), _changes(policy))


def _first_sections() -> list[tuple[str, str]]:
    return [
        (_("Channels"), "channels"),
        (_("Ways of contact"), "contact_methods"),
        (_("Departments"), "departments"),
        (_("Roles"), "roles"),
        (_("Duties in checks"), "executors"),
        (_("Severities"), "severities"),
        (_("Urgencies"), "urgencies"),
        (_("Flags"), "flags"),
        (_("Categories"), "categories"),
        (_("Causes"), "causes"),
    ]


def _last_sections() -> list[tuple[str, str]]:
    return [
        (_("Steps"), "steps"),
        (_("Remedies"), "remedies"),
        (_("To be confirmed"), "confirmations"),
        (_("Entitlements"), "entitlements"),
        (_("Exclusions"), "exclusions"),
    ]


def _section(heading: str, lines: Iterable[str]) -> Iterator[str]:
    """A heading with its lines; nothing where there are none."""
    found = list(lines)
    if found:
        yield ""
        yield heading
        yield from (f"  {line}" for line in found)


def _about(policy: Policy, language: str) -> Iterator[str]:
    if "applies_to" in policy:
        yield _("for: {what}").format(what=text(policy["applies_to"], language))
    if "source" in policy:
        yield _("source: {source}").format(source=policy["source"])
    if policy.get("investigates_first"):
        yield _("the verdict comes before the assignment")


def _entries(policy: Policy, section: str, language: str) -> Iterator[str]:
    """Every entry of a section with its id or name; of a section that is not there, none."""
    mapping: Mapping[str, Any] = policy
    found = mapping.get(section) or {}
    pairs = found.items() if isinstance(found, dict) else [(one["name"], one) for one in found]
    for ident, entry in pairs:
        yield f"{ident}: {wording.line(section, entry, policy, language)}"


def _levels(policy: Policy, language: str) -> Iterator[str]:
    for level in policy["levels"]:
        yield f"{level['level']} {text(level['label'], language)}"
        for rule in level.get("any", ()):
            yield f"  – {wording.label(rule, language)} ({wording.plain(rule['when'])})"


def _authority(policy: Policy, language: str) -> Iterator[str]:
    authority = policy["authority"]
    for rung in authority["ladder"]:
        yield _("{role} ({id}): up to {limit}").format(
            role=name_of(policy, "roles", rung["role"], language),
            id=rung["role"],
            limit=spoken.money(rung["limit"], authority["currency"], language)
            if "limit" in rung
            else _("no limit"),
        )
    yield _("a customer's remedies within {window} count together").format(window=authority["window"])
    yield _line_of_authority(authority["line"])
    if authority["alone"] == "allowed":
        yield _("where nobody else may, the top role decides its own; it is recorded")
    for need in authority.get("needs", ()):
        yield f"{need['name']}: {wording.line('needs', need, policy, language)}"
    if "settle" in authority:
        yield _("settled on the spot: {when}").format(when=wording.plain(authority["settle"]))


def _line_of_authority(line: str) -> str:
    return {
        "any": _("whoever has the rank decides, of whichever department"),
        "department": _("below the top role, only for the departments that have the case"),
        "complained-about": _("below the top role, only whoever belongs to the department complained about"),
    }[line]


def _playbooks(policy: Policy, language: str) -> Iterator[str]:
    for name, book in policy["playbooks"].items():
        yield f"{name}: {wording.line('playbooks', book, policy, language)}"
        for number, check in enumerate(book.get("checks", ()), 1):
            yield f"  {number} {check['name']}: {wording.line('checks', check, policy, language)}"
            for ident, outcome in check.get("outcomes", {}).items():
                yield f"    = {ident}: {wording.outcome(outcome, language)}"


def _afterwards(policy: Policy, language: str) -> Iterator[str]:
    after = policy["follow_up"]
    methods = [name_of(policy, "follow_up_methods", one, language) for one in after["methods"]]
    yield _("asked by: {methods}").format(methods=", ".join(methods))
    yield _("satisfied from {satisfied}, very satisfied from {very} of 5").format(
        satisfied=after["satisfied_from"], very=after["very_satisfied_from"]
    )
    measures = [text(one["label"], language) for one in policy["measures"].values()]
    yield _("measures: {names}").format(names=", ".join(measures))
    owner = policy.get("reports", {}).get("owner")
    if owner:
        yield _("reports are drawn up by: {department}").format(
            department=name_of(policy, "departments", owner, language)
        )


def _forms(policy: Policy, language: str) -> Iterator[str]:
    rules = policy.get("paper_forms", {})
    for words, kind, idents in (
        (_("about quality: {names}"), "categories", rules.get("quality", [])),
        (_("a slip for: {names}"), "remedies", rules.get("slip", [])),
    ):
        if idents:
            yield words.format(names=", ".join(name_of(policy, kind, one, language) for one in idents))
    for form, notes in rules.get("notes", {}).items():
        yield from (f"{form}: {text(one['label'], language)}" for one in notes)


def _letters(policy: Policy, language: str) -> Iterator[str]:
    """The kinds of letters, and where else each country's customers are told that they may turn."""
    rules: Mapping[str, Any] = policy.get("letters") or {}
    for kind, entry in rules.get("kinds", {}).items():
        yield f"{kind}: {text(entry['label'], language)}"
    for country, entry in rules.get("elsewhere", {}).items():
        yield f"{country}: {wording.label(entry, language)}"


def _types(policy: Policy, language: str) -> Iterator[str]:
    for ident, label in policy["vocabulary"].get("customer_types", {}).items():
        yield f"{ident}: {text(label, language)}"


def _changes(policy: Policy) -> Iterator[str]:
    for change in policy.get("changes", ()):
        yield f"{change['version']}  {change['at']}  {change['by']}: {change['reason']}"

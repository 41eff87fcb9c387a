"""A policy as text: the whole of it for whoever works by it, and the notice to hang up (S2-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import cells, spoken, wording
from complaintctl.i18n import _
from complaintctl.labels import name_of, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from complaintctl.policy import Policy
    from complaintctl.wording import Names


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
    names = wording.Names((policy,), language)
    yield cells.told(f"{policy['name']} {policy['version']}", text(policy["label"], language))
    yield from _about(policy, language)
    for heading, section in _first_sections():
        yield from _section(heading, _entries(policy, section, names))
    yield from _section(_("Levels"), _levels(policy, names))
    for heading, section in ((_("Deadlines"), "deadlines"), (_("Who must be told"), "tell")):
        yield from _section(heading, _entries(policy, section, names))
    yield from _section(_("Authority"), _authority(policy, names))
    for heading, section in _last_sections():
        yield from _section(heading, _entries(policy, section, names))
    yield from _section(_("Playbooks"), _playbooks(policy, names))
    yield from _section(_("Gates"), _entries(policy, "gates", names))
    yield from _section(_("Afterwards"), _afterwards(policy, language))
    yield from _section(
        _("Conduct"),
        (
            cells.told(names.several("steps", one["steps"]), text(one["label"], language))
            for one in policy.get("conduct", ())
        ),
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


def _entries(policy: Policy, section: str, names: Names) -> Iterator[str]:
    """Every entry of a section with its id or name; of a section that is not there, none."""
    mapping: Mapping[str, Any] = policy
    found = mapping.get(section) or {}
    pairs = found.items() if isinstance(found, dict) else [(one["name"], one) for one in found]
    for ident, entry in pairs:
        yield cells.told(ident, wording.line(section, entry, names))


def _levels(policy: Policy, names: Names) -> Iterator[str]:
    for level in policy["levels"]:
        yield f"{level['level']} {text(level['label'], names.language)}"
        for rule in level.get("any", ()):
            yield "  – " + cells.told(wording.label(rule, names.language), wording.plain(rule["when"], names))


def _authority(policy: Policy, names: Names) -> Iterator[str]:
    authority = policy["authority"]
    for rung in authority["ladder"]:
        said = (
            names.of("roles", rung["role"]),
            _limit(rung.get("limit"), authority["currency"], names.language),
        )
        yield cells.told(rung["role"], _("; ").join(said))
    yield _("a customer's remedies within {window} count together").format(
        window=wording.length(authority["window"])
    )
    yield _line_of_authority(authority["line"])
    if authority["alone"] == "allowed":
        yield _("where nobody else may, the top role decides its own; it is recorded")
    for need in authority.get("needs", ()):
        yield cells.told(need["name"], wording.line("needs", need, names))
    if "settle" in authority:
        yield _("settled on the spot: {when}").format(when=wording.plain(authority["settle"], names))


def _limit(limit: str | None, currency: str, language: str) -> str:
    if limit is None:
        return _("no limit")
    return _("up to {limit}").format(limit=spoken.money(limit, currency, language))


def _line_of_authority(line: str) -> str:
    return {
        "any": _("whoever has the rank decides, of whichever department"),
        "department": _("below the top role, only for the departments that have the case"),
        "complained-about": _("below the top role, only whoever belongs to the department complained about"),
    }[line]


def _playbooks(policy: Policy, names: Names) -> Iterator[str]:
    for name, book in policy["playbooks"].items():
        yield cells.told(name, wording.line("playbooks", book, names))
        for number, check in enumerate(book.get("checks", ()), 1):
            yield f"  {number} " + cells.told(check["name"], wording.line("checks", check, names))
            for ident, outcome in check.get("outcomes", {}).items():
                yield "    = " + cells.told(ident, wording.outcome(outcome, names))


def _afterwards(policy: Policy, language: str) -> Iterator[str]:
    after = policy["follow_up"]
    methods = [name_of(policy, "follow_up_methods", one, language) for one in after["methods"]]
    yield _("asked by: {methods}").format(methods=cells.listed(methods))
    yield _("satisfied from {satisfied}, very satisfied from {very} of 5").format(
        satisfied=after["satisfied_from"], very=after["very_satisfied_from"]
    )
    measures = [text(one["label"], language) for one in policy["measures"].values()]
    yield _("measures: {names}").format(names=cells.listed(measures))
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
            yield words.format(names=cells.listed(name_of(policy, kind, one, language) for one in idents))
    for form, notes in rules.get("notes", {}).items():
        yield from (cells.told(form, text(one["label"], language)) for one in notes)


def _letters(policy: Policy, language: str) -> Iterator[str]:
    """The kinds of letters, and where else each country's customers are told that they may turn."""
    rules: Mapping[str, Any] = policy.get("letters") or {}
    for kind, entry in rules.get("kinds", {}).items():
        yield cells.told(kind, text(entry["label"], language))
    for country, entry in rules.get("elsewhere", {}).items():
        yield cells.told(country, wording.label(entry, language))


def _types(policy: Policy, language: str) -> Iterator[str]:
    for ident, label in policy["vocabulary"].get("customer_types", {}).items():
        yield cells.told(ident, text(label, language))


def _changes(policy: Policy) -> Iterator[str]:
    for change in policy.get("changes", ()):
        head = f"{change['version']}  {cells.day(change['at'])}  {change['by']}"
        yield cells.told(head, change["reason"])

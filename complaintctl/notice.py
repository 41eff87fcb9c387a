"""A policy as text: the whole of it for whoever works by it, and the notice to hang up (S2-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl.i18n import _
from complaintctl.labels import name_of, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complaintctl.policy import Policy


def public(policy: Policy, language: str) -> Iterator[str]:
    """Channels, hours and promised times."""
    yield text(policy["label"], language)
    yield ""
    for channel in policy["channels"].values():
        yield text(channel["label"], language)
        yield f"  {_('open')}: {_hours(channel)}"
        if "promise" in channel:
            yield f"  {_('promised')}: {text(channel['promise']['label'], language)}"
    yield ""
    for deadline in policy["deadlines"].values():
        if deadline.get("promise"):
            yield f"{text(deadline['label'], language)}: {deadline['within']}"


def _hours(channel: Any) -> str:
    if "hours" not in channel:
        return _("around the clock")
    return "; ".join(f"{' '.join(o['days'])} {o['opens']}–{o['closes']}" for o in channel["hours"])


def whole(policy: Policy, language: str) -> Iterator[str]:
    """Everything, section by section; `*` marks a starting value that no written procedure gives."""

    def label(entry: Any) -> str:
        return text(entry["label"], language) + ("*" if "starting value" in entry.get("source", "") else "")

    yield f"{policy['name']} {policy['version']}: {text(policy['label'], language)}"
    yield from _section(
        _("Channels"), (f"{i}: {label(e)}; {_hours(e)}" for i, e in policy["channels"].items())
    )
    yield from _section(_("Departments"), (f"{i}: {label(e)}" for i, e in policy["departments"].items()))
    yield from _section(
        _("Categories"),
        (
            f"{i}: {label(e)}"
            + (f" → {e['department']}, {e.get('severity', '')}" if "department" in e else "")
            for i, e in policy["categories"].items()
        ),
    )
    yield from _section(_("Severities"), (f"{i}: {label(e)}" for i, e in policy["severities"].items()))
    yield from _section(_("Flags"), (f"{i}: {label(e)}" for i, e in policy["flags"].items()))
    yield from _section(_("Levels"), _levels(policy, language))
    yield from _section(
        _("Deadlines"),
        (
            f"{i}: {label(e)}; {e['from']} → {e['until']} {_('within')} {e['within']}{_when(e)}"
            for i, e in policy["deadlines"].items()
        ),
    )
    yield from _section(_("Authority"), _authority(policy, language))
    yield from _section(
        _("Steps"),
        (
            f"{i}: {_('at least')} {e.get('at_least', '–')} {' '.join(e.get('departments', []))}".rstrip()
            for i, e in policy["steps"].items()
        ),
    )
    yield from _section(_("Remedies"), (f"{i}: {label(e)}" for i, e in policy["remedies"].items()))
    yield from _section(_("Entitlements"), _entitlements(policy, language))
    yield from _section(_("Playbooks"), _playbooks(policy, language))
    yield from _section(
        _("Gates"), (f"{e['name']} ({e['step']}): {label(e)}{_when(e)}" for e in policy["gates"])
    )
    yield from _section(_("Conduct"), (text(e["label"], language) for e in policy.get("conduct", ())))


def _section(heading: str, lines: Any) -> Iterator[str]:
    yield ""
    yield heading
    yield from (f"  {line}" for line in lines)


def _when(entry: Any) -> str:
    when = entry.get("when")
    return f" ({_('when')} {_plain(when)})" if when else ""


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {_plain(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return _(" or ").join(_plain(inner) for inner in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _levels(policy: Policy, language: str) -> Iterator[str]:
    for level in policy["levels"]:
        yield f"{level['level']} {text(level['label'], language)}"
        for rule in level.get("any", ()):
            yield f"  – {text(rule['label'], language)} ({_plain(rule['when'])})"


def _authority(policy: Policy, language: str) -> Iterator[str]:
    authority = policy["authority"]
    for rung in authority["ladder"]:
        role = name_of(policy, "roles", rung["role"], language)
        yield _("{role} ({id}): up to {limit}").format(
            role=role,
            id=rung["role"],
            limit=f"{rung['limit']} {authority['currency']}" if "limit" in rung else _("no limit"),
        )
    yield _("a customer's remedies within {window} count together").format(window=authority["window"])
    for need in authority.get("needs", ()):
        yield f"{text(need['label'], language)} → {need['role']} ({_plain(need['when'])})"


def _entitlements(policy: Policy, language: str) -> Iterator[str]:
    for entry in policy["entitlements"]:
        grants = ", ".join(
            f"{name_of(policy, 'remedies', kind, language)}{_ceiling(granted)}"
            for kind, granted in entry["remedies"].items()
        )
        within = (
            _(", within {days} of the purchase").format(days=entry["within"]) if "within" in entry else ""
        )
        law = (
            f" [{entry['law']['text']}; {entry['law']['source']}, {entry['law']['date']}]"
            if "law" in entry
            else ""
        )
        yield f"{entry['name']}: {text(entry['label'], language)}: {grants}{within}{law}"


def _ceiling(granted: Any) -> str:
    ceiling = granted.get("ceiling")
    if not ceiling:
        return ""
    parts = [_("{n} × price").format(n=ceiling["price"])] if "price" in ceiling else []
    parts += [ceiling["amount"]] if "amount" in ceiling else []
    return f" ≤ {_(' or ').join(parts)}"


def _playbooks(policy: Policy, language: str) -> Iterator[str]:
    for name, book in policy["playbooks"].items():
        yield f"{name}: {text(book['label'], language)}"
        for number, check in enumerate(book["checks"], 1):
            by = f" ({text(check['by'], language)})" if "by" in check else ""
            yield f"  {number} {check['name']}: {text(check['label'], language)}{by}"

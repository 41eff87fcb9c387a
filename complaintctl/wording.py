"""The entries of a policy in words, a line each: for whoever reads rules and not YAML.

`line` says what an entry of a section is (``reply: our answer; received →
told within 5 business days``); `plain` says any value or condition.  Ids stay
ids, labels come in the reader's language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import times
from complaintctl.i18n import _, ngettext
from complaintctl.labels import name_of, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from complaintctl.policy import Policy

    Describe = Callable[[Any, Policy, str], list[str]]


def plain(value: Any) -> str:
    """A value or a condition: ``severity severe, not (flags media or lawsuit)``; nothing is ``none``."""
    if value is None or value in ([], {}):
        return _("none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return ", ".join(_entry(key, inner) for key, inner in value.items())
    if isinstance(value, list):
        return _(" or ").join(plain(one) for one in value)
    return str(value)


def _entry(key: str, asked: Any) -> str:
    if key == "not":
        condition = plain(asked)
        whole = len(asked) == 1 and "any" in asked  # brackets enough
        return _("not {condition}").format(condition=condition if whole else f"({condition})")
    if key == "any":
        return "(" + _(" or ").join(plain(one) for one in asked) + ")"
    return f"{key.replace('_', ' ')} {plain(asked)}"


def condition_of(entry: Mapping[str, Any]) -> str:
    """For which cases a rule holds, in brackets with a blank before it; empty for all."""
    when = entry.get("when")
    return " (" + _("when") + f" {plain(when)})" if when else ""


def label(entry: Mapping[str, Any], language: str) -> str:
    """The label; `*` marks a starting value that no written procedure gives."""
    return text(entry["label"], language) + ("*" if "starting value" in entry.get("source", "") else "")


def line(section: str, entry: Mapping[str, Any], policy: Policy, language: str) -> str:
    """An entry of a section of the policy (``deadlines``) in one line, without its id."""
    parts = [label(entry, language)] if "label" in entry else []
    parts += _SECTIONS[section](entry, policy, language)
    return "; ".join(part.rstrip(".。") for part in parts if part)


def length(text: str) -> str:
    """A length of time of a policy in words."""
    number, unit = times.length(text)
    words = {
        "minute": ngettext("{count} minute", "{count} minutes", number),
        "hour": ngettext("{count} hour", "{count} hours", number),
        "day": ngettext("{count} day", "{count} days", number),
        "business day": ngettext("{count} business day", "{count} business days", number),
    }
    return words[unit].format(count=number)


def days(given: Sequence[str]) -> str:
    """Days of the week in words, several in a row by the first and the last."""
    names = {
        "mon": _("Mon"), "tue": _("Tue"), "wed": _("Wed"), "thu": _("Thu"), "fri": _("Fri"), "sat": _("Sat"),
        "sun": _("Sun"),
    }  # fmt: skip
    order = list(names)
    places = [order.index(one) for one in given]
    if len(places) > 2 and places == list(range(places[0], places[0] + len(places))):
        return _("{first} to {last}").format(first=names[given[0]], last=names[given[-1]])
    return " ".join(names[one] for one in given)


def hours(channel: Mapping[str, Any]) -> str:
    """When a channel is looked after."""
    if "hours" not in channel:
        return _("around the clock")
    found = "; ".join(f"{days(one['days'])} {one['opens']}–{one['closes']}" for one in channel["hours"])
    return found + (_("; closed on days off") if channel.get("days_off") == "closed" else "")


def grant(kind: str, granted: Mapping[str, Any], policy: Policy, language: str) -> str:
    """A remedy of an entitlement with its ceiling: ``gift ≤ 20.00``."""
    return name_of(policy, "remedies", kind, language) + ceiling(granted)


def ceiling(granted: Mapping[str, Any]) -> str:
    """Up to how much (``= …`` where it is exactly this much); empty where there is no ceiling."""
    given = granted.get("ceiling")
    if not given:
        return ""
    parts = [_("{n} × price").format(n=given["price"])] if "price" in given else []
    parts += [given["amount"]] if "amount" in given else []
    return (" = " if granted.get("exactly") else " ≤ ") + _(" or ").join(parts)


def outcome(entry: Mapping[str, Any], language: str) -> str:
    """What a check may find, and what follows from it."""
    follows = [plain(entry[key]) for key in ("verdict", "cause", "remedies") if key in entry]
    follows += [_("ends the list")] if entry.get("ends") else []
    follows += [text(entry["note"], language)] if "note" in entry else []
    return text(entry["label"], language) + (f" → {'; '.join(follows)}" if follows else "")


def law(entry: Mapping[str, Any]) -> str:
    """The article that a rule follows, in square brackets; empty where it follows none."""
    if "law" not in entry:
        return ""
    return f"[{entry['law']['text']}; {entry['law']['source']}, {entry['law']['date']}]"


def _named(entry: Any, policy: Policy, language: str) -> list[str]:
    return [text(entry["means"], language)] if "means" in entry else []


def _channel(entry: Any, policy: Policy, language: str) -> list[str]:
    promise = entry.get("promise")
    promised = _("promised within {within}").format(within=length(promise["within"])) if promise else ""
    return [hours(entry), promised]


def _department(entry: Any, policy: Policy, language: str) -> list[str]:
    head = entry.get("head")
    return [
        text(entry["duties"], language) if "duties" in entry else "",
        _("head: {role}").format(role=name_of(policy, "roles", head, language)) if head else "",
        _("outside: takes no cases") if entry.get("outside") else "",
    ]


def _category(entry: Any, policy: Policy, language: str) -> list[str]:
    return [
        *(entry[key] for key in ("department", "severity") if key in entry),
        _("playbook {name}").format(name=entry["playbook"]) if "playbook" in entry else "",
    ]


def _flag(entry: Any, policy: Policy, language: str) -> list[str]:
    raised = [entry[key] for key in ("severity", "urgency") if key in entry]
    return [
        *_named(entry, policy, language),
        _("at least {what}").format(what=", ".join(raised)) if raised else "",
        text(entry["note"], language) if "note" in entry else "",
    ]


def _deadline(entry: Any, policy: Policy, language: str) -> list[str]:
    if "date" in entry:
        span = _("until {until}, by the day named in {field}").format(
            until=entry["until"], field=entry["date"]
        )
    else:
        span = _("{begin} → {until} within {within}").format(
            begin=entry["from"], until=entry["until"], within=length(entry["within"])
        )
    return [
        span + condition_of(entry),
        _("in service hours") if entry.get("clock") == "service" else "",
        _("stops for: {holds}").format(holds=", ".join(entry["stops_for"])) if "stops_for" in entry else "",
        _("again and again") if entry.get("every") else "",
        _("ends with: {event}").format(event=entry["ends_with"]) if "ends_with" in entry else "",
        _("moves to a working day") if entry.get("rolls_over") else "",
        _("promised to the customer") if entry.get("promise") else "",
    ]


def _tell(entry: Any, policy: Policy, language: str) -> list[str]:
    told = _("once {event}: tell {whom}").format(event=entry["after"], whom=", ".join(entry["to"]))
    within = _(" within {within}").format(within=length(entry["within"])) if "within" in entry else ""
    before = _("before {steps}").format(steps=", ".join(entry["before"])) if "before" in entry else ""
    return [told + within + condition_of(entry), before]


def _step(entry: Any, policy: Policy, language: str) -> list[str]:
    departments = entry.get("departments")
    return [
        _("at least {what}").format(what=entry["at_least"]) if "at_least" in entry else "",
        _("only in: {departments}").format(departments=", ".join(departments)) if departments else "",
    ]


def _remedy(entry: Any, policy: Policy, language: str) -> list[str]:
    date = entry.get("date", "none")
    return [
        _("amount {amount}").format(amount=entry["amount"]),
        _("costs: {cost}").format(cost=entry["cost"]),
        _("day expected: {date}").format(date=date) if date != "none" else "",
        _("goodwill") if entry.get("goodwill") else "",
        _("needs no entitlement") if entry.get("free") else "",
    ]


def _entitlement(entry: Any, policy: Policy, language: str) -> list[str]:
    grants = ", ".join(grant(kind, one, policy, language) for kind, one in entry["remedies"].items())
    return [
        grants + condition_of(entry),
        _("within {days} of the purchase").format(days=length(entry["within"])) if "within" in entry else "",
        _confirm(entry, policy, language),
        law(entry),
    ]


def _exclusion(entry: Any, policy: Policy, language: str) -> list[str]:
    kinds = [name_of(policy, "remedies", kind, language) for kind in entry.get("remedies", ())]
    forbids = _("forbids: {kinds}").format(kinds=", ".join(kinds) or _("all that is not free"))
    return [forbids + condition_of(entry), _confirm(entry, policy, language), law(entry)]


def _confirm(entry: Any, policy: Policy, language: str) -> str:
    names = [name_of(policy, "confirmations", one, language) for one in entry.get("confirm", ())]
    return _("confirmed: {names}").format(names=", ".join(names)) if names else ""


def _playbook(entry: Any, policy: Policy, language: str) -> list[str]:
    return [
        _("the checks of {name}").format(name=entry["as"]) if "as" in entry else "",
        _("carried out by {who}").format(who=_executors(entry, policy, language))
        if "executor" in entry
        else "",
    ]


def _check(entry: Any, policy: Policy, language: str) -> list[str]:
    by = text(entry["by"], language) if "by" in entry else _executors(entry, policy, language)
    ends = _("may end the list") if entry.get("ends") else ""
    return [_("by {who}").format(who=by) if by else "", ends]


def _executors(entry: Any, policy: Policy, language: str) -> str:
    return ", ".join(name_of(policy, "executors", one, language) for one in entry.get("executor", ()))


def _gate(entry: Any, policy: Policy, language: str) -> list[str]:
    return [_("{step} needs {what}").format(step=entry["step"], what=entry["requires"]) + condition_of(entry)]


def _need(entry: Any, policy: Policy, language: str) -> list[str]:
    return [_("at least {what}").format(what=entry["role"]) + condition_of(entry)]


def _reason(entry: Any, policy: Policy, language: str) -> list[str]:
    return [plain(entry["when"])]


_SECTIONS: dict[str, Describe] = {
    "channels": _channel,
    "departments": _department,
    "categories": _category,
    "flags": _flag,
    "deadlines": _deadline,
    "tell": _tell,
    "steps": _step,
    "remedies": _remedy,
    "entitlements": _entitlement,
    "exclusions": _exclusion,
    "playbooks": _playbook,
    "checks": _check,
    "gates": _gate,
    "needs": _need,
    "reasons": _reason,
    **dict.fromkeys(("contact_methods", "severities", "urgencies", "causes", "roles", "executors"), _named),
    **dict.fromkeys(("confirmations", "measures"), _named),
}

"""The entries of a policy in words, a line each: for whoever reads rules and not YAML.

`line` says what an entry of a section is (``reply: our answer; received →
told within 5 business days``); `plain` says any value or condition.  What an
entry refers to is said by its label in the reader's language (`Names`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from complaintctl import spoken, times
from complaintctl.i18n import _, ngettext, pgettext
from complaintctl.labels import label_or_text, name_of, text
from complaintctl.policywords import word
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from complaintctl.policy import Policy

    Describe = Callable[[Any, "Names"], list[str]]

# Which list of the policy, or of its vocabulary, the ids in a field or fact are of.
_OF = {
    "category": "categories", "cause": "causes", "channel": "channels", "department": "departments",
    "departments": "departments", "flags": "flags", "kind": "kinds", "form": "forms", "moment": "moments",
    "severity": "severities", "urgency": "urgencies", "liability": "liabilities", "verdict": "verdicts",
    "customer_type": "customer_types", "remedies": "remedies", "demand": "remedies", "role": "roles",
    "grounds": "grounds", "demand_reasonable": "demands", "confirmed": "confirmations",
    "confirm": "confirmations", "head": "roles", "from": "events", "until": "events", "ends_with": "events",
    "after": "events", "stops_for": "holds", "before": "steps", "step": "steps", "steps": "steps",
    "playbook": "playbooks", "as": "playbooks", "executor": "executors", "methods": "follow_up_methods",
    "method": "contact_methods", "owner": "departments", "quality": "categories", "slip": "remedies",
}  # fmt: skip
_WORDS = (
    "same",
    "date",
    "amount",
    "cost",
    "clock",
    "line",
    "days_off",
    "alone",
)  # fields whose values are words of the rules
_NUMBER = r"-?[0-9]+(\.[0-9]+)?"
_INNER = str.maketrans("（）〔〕", "〔〕（）")  # brackets in brackets, as Chinese writes them


class Names(NamedTuple):
    """The words of one rule set or several in a language; the first that has a word for an id says it."""

    policies: tuple[Policy, ...]
    language: str

    def of(self, kind: str, ident: str) -> str:
        """The label of an id of a list (``categories``); the id where none of the rule sets has one."""
        for policy in self.policies:
            found = name_of(policy, kind, ident, self.language)
            if found != ident:
                return found
        return ident

    def field(self, key: str, ident: str) -> str:
        """What stands in a field, in words: the label of an id, a word of the rules, a figure."""
        if key in _OF:
            found = self.of(_OF[key], ident)
            # until a cause is found, the category stands for it, so a condition may name either
            return self.of("categories", ident) if found == ident and key == "cause" else found
        if re.fullmatch(_NUMBER, ident):
            return spoken.number(ident, self.language)
        return word(ident) if key in _WORDS else ident

    def several(self, key: str, idents: Iterable[str]) -> str:
        """Several of them in one line."""
        return _listed(self.field(key, one) for one in idents)


def plain(value: Any, names: Names, key: str = "") -> str:
    """A value or a condition: ``severity “grave”, not (flags “media” or “lawsuit”)``; nothing is ``none``.

    `key`: the field or fact that it is of.
    """
    if value is None or value in ([], {}):
        return _("none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        parts = (_entry(inner, asked, names, key) for inner, asked in value.items())
        whole = list(value) == ["any"]  # no brackets needed
        return _choice(value["any"], names) if whole else pgettext("between conditions", ", ").join(parts)
    if isinstance(value, list):
        return _(" or ").join(plain(one, names, key) for one in value)
    spoken_length = key in {"age", "within"} and isinstance(value, str)
    return length(value) if spoken_length else names.field(key, str(value))


def _entry(key: str, asked: Any, names: Names, of: str) -> str:
    """One part of a condition; `of`: the fact whose bounds these are."""
    if key == "not":
        return _("not ({condition})").format(condition=plain(asked, names).translate(_INNER))
    if key == "any":
        return _beside(_choice(asked, names)).strip()
    idents = asked if isinstance(asked, list) else [asked]
    if key in _OF and idents and all(isinstance(one, str) for one in idents):
        quoted = (_("“{label}”").format(label=names.field(key, one)) for one in idents)
        return f"{word(key)} {_(' or ').join(quoted)}"
    bound = key in {"at_least", "at_most", "more_than"}
    return f"{word(key)} {plain(asked, names, of if bound else key)}"


def _choice(asked: Sequence[Any], names: Names) -> str:
    """Conditions of which one is enough; one of several parts in brackets."""
    return _(" or ").join(
        _beside(plain(one, names)).strip() if len(one) > 1 else plain(one, names) for one in asked
    )


def _beside(more: str) -> str:
    """What is said beside something, in brackets as the language writes them."""
    return _("{name} ({more})").format(name="", more=more.translate(_INNER))


def _listed(parts: Iterable[str]) -> str:
    return pgettext("between things", ", ").join(parts)


def condition_of(entry: Mapping[str, Any], names: Names) -> str:
    """For which cases a rule holds; empty for all."""
    when = entry.get("when")
    return _("when {condition}").format(condition=plain(when, names)) if when else ""


def label(entry: Mapping[str, Any], language: str) -> str:
    """The label; `*` marks a starting value that no written procedure gives."""
    return text(entry["label"], language) + ("*" if "starting value" in entry.get("source", "") else "")


def line(section: str, entry: Mapping[str, Any], names: Names) -> str:
    """An entry of a section of the policy (``deadlines``) in one line, without its id."""
    parts = [label(entry, names.language)] if "label" in entry else []
    parts += _SECTIONS[section](entry, names)
    return _("; ").join(part.rstrip(".。") for part in parts if part)


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
    found = _("; ").join(f"{days(one['days'])} {one['opens']}–{one['closes']}" for one in channel["hours"])
    return found + (_("; closed on days off") if channel.get("days_off") == "closed" else "")


def grant(kind: str, granted: Mapping[str, Any], names: Names) -> str:
    """A remedy of an entitlement with its ceiling: ``gift ≤ 20.00``."""
    return names.of("remedies", kind) + ceiling(granted, names)


def ceiling(granted: Mapping[str, Any], names: Names) -> str:
    """Up to how much (``= …`` where it is exactly this much); empty where there is no ceiling."""
    given = granted.get("ceiling")
    if not given:
        return ""
    parts = [_("{n} × price").format(n=names.field("", str(given["price"])))] if "price" in given else []
    parts += [names.field("", given["amount"])] if "amount" in given else []
    return (" = " if granted.get("exactly") else " ≤ ") + _(" or ").join(parts)


def outcome(entry: Mapping[str, Any], names: Names) -> str:
    """What a check may find, and what follows from it."""
    follows = [plain(entry[key], names, key) for key in ("verdict", "cause", "remedies") if key in entry]
    follows += [_("ends the list")] if entry.get("ends") else []
    follows += [text(entry["note"], names.language)] if "note" in entry else []
    return text(entry["label"], names.language) + (f" → {_('; ').join(follows)}" if follows else "")


def law(entry: Mapping[str, Any], names: Names) -> str:
    """The article that a rule follows, in square brackets; empty where it follows none."""
    if "law" not in entry:
        return ""
    said = entry["law"]
    try:
        on = spoken.figures(said["date"], names.language)
    except ValueError:  # of rules that are still being written
        on = said["date"]
    words, article = (label_or_text(said[key], names.language) for key in ("text", "source"))
    return f"[{words.rstrip('.。')}{_('; ')}{article}{pgettext('between conditions', ', ')}{on}]"


def _means(entry: Any, names: Names) -> list[str]:
    return [text(entry["means"], names.language)] if "means" in entry else []


def _channel(entry: Any, _names: Names) -> list[str]:
    promise = entry.get("promise")
    promised = _("promised within {within}").format(within=length(promise["within"])) if promise else ""
    return [hours(entry), promised]


def _department(entry: Any, names: Names) -> list[str]:
    head = entry.get("head")
    return [
        text(entry["duties"], names.language) if "duties" in entry else "",
        _("head: {role}").format(role=names.of("roles", head)) if head else "",
        _("outside: takes no cases") if entry.get("outside") else "",
    ]


def _category(entry: Any, names: Names) -> list[str]:
    return [
        *(names.field(key, entry[key]) for key in ("department", "severity") if key in entry),
        _("playbook {name}").format(name=names.field("playbook", entry["playbook"]))
        if "playbook" in entry
        else "",
    ]


def _flag(entry: Any, names: Names) -> list[str]:
    raised = [names.field(key, entry[key]) for key in ("severity", "urgency") if key in entry]
    return [
        *_means(entry, names),
        _("at least {what}").format(what=_listed(raised)) if raised else "",
        text(entry["note"], names.language) if "note" in entry else "",
    ]


def _deadline(entry: Any, names: Names) -> list[str]:
    until = names.field("until", entry["until"])
    if "date" in entry:
        span = _("until {until}, by the day named in {field}").format(until=until, field=word(entry["date"]))
    else:
        span = _("{begin} → {until} within {within}").format(
            begin=names.field("from", entry["from"]), until=until, within=length(entry["within"])
        )
    holds = names.several("stops_for", entry.get("stops_for", ()))
    ends = names.field("ends_with", entry.get("ends_with", ""))
    return [
        span,
        condition_of(entry, names),
        _("in service hours") if entry.get("clock") == "service" else "",
        _("stops for: {holds}").format(holds=holds) if "stops_for" in entry else "",
        _("again and again") if entry.get("every") else "",
        _("ends with: {event}").format(event=ends) if ends else "",
        _("moves to a working day") if entry.get("rolls_over") else "",
        _("promised to the customer") if entry.get("promise") else "",
    ]


def _tell(entry: Any, names: Names) -> list[str]:
    told = _("once {event}: tell {whom}").format(
        event=names.field("after", entry["after"]), whom=_listed(party(one, names) for one in entry["to"])
    )
    within = _(" within {within}").format(within=length(entry["within"])) if "within" in entry else ""
    steps = names.several("before", entry.get("before", ()))
    before = _("before {steps}").format(steps=steps) if steps else ""
    return [told + within, condition_of(entry, names), before]


def party(ident: str, names: Names) -> str:
    """Who is to be told: ``role:manager``, ``head:goods``, ``head-of-receiver``, ``customer``."""
    meant = {
        "owner": _("the department that took it"),
        "head-of-receiver": _("head of the department that took it"),
        "responsible": _("the responsible department"),
        "head-of-responsible": _("head of the responsible department"),
        "head-of-complained": _("head of the department complained about"),
    }
    kind, colon, one = ident.partition(":")
    if not colon:
        return meant.get(ident) or names.of("parties", ident)
    label = names.of("roles" if kind == "role" else "departments", one)
    return _("head of {department}").format(department=label) if kind == "head" else label


def _step(entry: Any, names: Names) -> list[str]:
    departments = names.several("departments", entry.get("departments", ()))
    least = names.of("roles", entry.get("at_least", ""))
    return [
        _("at least {what}").format(what=least) if least else "",
        _("only in: {departments}").format(departments=departments) if departments else "",
    ]


def _remedy(entry: Any, _names: Names) -> list[str]:
    date = entry.get("date", "none")
    return [
        _("amount {amount}").format(amount=word(entry["amount"])),
        _("costs: {cost}").format(cost=word(entry["cost"])),
        _("day expected: {date}").format(date=word(date)) if date != "none" else "",
        _("goodwill") if entry.get("goodwill") else "",
        _("needs no entitlement") if entry.get("free") else "",
    ]


def _entitlement(entry: Any, names: Names) -> list[str]:
    return [
        _listed(grant(kind, one, names) for kind, one in entry["remedies"].items()),
        condition_of(entry, names),
        _("within {days} of the purchase").format(days=length(entry["within"])) if "within" in entry else "",
        _confirm(entry, names),
        law(entry, names),
    ]


def _exclusion(entry: Any, names: Names) -> list[str]:
    kinds = names.several("remedies", entry.get("remedies", ()))
    forbids = _("forbids: {kinds}").format(kinds=kinds or _("all that is not free"))
    return [forbids, condition_of(entry, names), _confirm(entry, names), law(entry, names)]


def _confirm(entry: Any, names: Names) -> str:
    confirmed = names.several("confirm", entry.get("confirm", ()))
    return _("confirmed: {names}").format(names=confirmed) if confirmed else ""


def _playbook(entry: Any, names: Names) -> list[str]:
    return [
        _("the checks of {name}").format(name=names.field("as", entry["as"])) if "as" in entry else "",
        _("carried out by {who}").format(who=names.several("executor", entry["executor"]))
        if "executor" in entry
        else "",
    ]


def _check(entry: Any, names: Names) -> list[str]:
    by = (
        text(entry["by"], names.language)
        if "by" in entry
        else names.several("executor", entry.get("executor", ()))
    )
    ends = _("may end the list") if entry.get("ends") else ""
    return [_("by {who}").format(who=by) if by else "", ends]


def _gate(entry: Any, names: Names) -> list[str]:
    return [
        _("before the step: {step}").format(step=names.of("steps", entry["step"])),
        condition_of(entry, names),
    ]


def _need(entry: Any, names: Names) -> list[str]:
    return [
        _("at least {what}").format(what=names.of("roles", entry["role"])),
        condition_of(entry, names),
    ]


def _reason(entry: Any, names: Names) -> list[str]:
    return [plain(entry["when"], names)]


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
    **dict.fromkeys(("contact_methods", "severities", "urgencies", "causes", "roles", "executors"), _means),
    **dict.fromkeys(("confirmations", "measures"), _means),
}

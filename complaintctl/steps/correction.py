"""What was recorded wrongly: amendments, hand edits, steps taken back."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, cast

from complaintctl import amounts, times
from complaintctl.authority import complained_about
from complaintctl.errors import Refused, Usage, printable
from complaintctl.i18n import _
from complaintctl.lifecycle import signatures
from complaintctl.workflow import (
    Context,
    already,
    append,
    begin,
    copied,
    known,
    member,
    same,
    settled,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from complaintctl.case import Case

SHOWN = 100  # fields that an amendment names at most
_SETTABLE = ("intake", "customer", "about", "complaint", "demand")
_SIGNED = ("customer.id", "intake.by", "intake.registered_at")  # whose it is, who took it and when

_NOTES = re.compile(r"(?:contacts|evidence)\.\d+\.(?:note|name)")
_DAYS = ("purchased_on", "produced_on", "in_use_since")

# Fields whose value the policy (or the staff) must know, entries of lists without their number.
_NAMED = {
    "intake.channel": "channels",
    "intake.department": "departments",
    "customer.type": "customer_types",
    "contacts.method": "contact_methods",
    "demand.remedy": "remedies",
    "classification.category": "categories",
    "classification.severity": "severities",
    "classification.urgency": "urgencies",
    "classification.flags": "flags",
    "classification.departments": "departments",
    "assignments.department": "departments",
    "assignments.handler": "staff",
    "investigations.cause": "causes",
    "improvements.owner": "staff",
    "improvements.kind": "measures",
}
_AMOUNTS = (("about", "price"), ("demand", "amount"))


def amend(case: Case, context: Context, *, changes: Mapping[str, str], reason: str) -> Case:
    """Correct what was recorded: `changes` maps ``customer.phone`` to its new value ('' takes it away)."""
    begin("amend", case, context, {"reason": reason})
    changed = cast("dict[str, Any]", copied(case))
    for path, value in changes.items():
        _set(changed, path, value)
    _check_values(case, changed, context)
    fields = [path for path in changes if _get(changed, path) != _get(cast("Any", case), path)]
    if not fields:
        raise already(case)
    return _amended(cast("Case", changed), context, fields, reason)


def _amended(
    case: Case, context: Context, fields: Sequence[str], reason: str, undone: str | None = None
) -> Case:
    entry = context.sign({"fields": sorted(fields)[:SHOWN], "undone": undone, "reason": reason})
    return settled(append(case, "amendments", entry), context)


def _get(data: Any, path: str) -> Any:
    for part in path.split("."):
        data = data.get(part) if isinstance(data, dict) else None
    return data


def _set(data: dict[str, Any], path: str, value: str) -> None:
    section, _dot, field = path.partition(".")
    if section not in _SETTABLE or (section == "complaint") == bool(field) or "." in field or path in _SIGNED:
        raise Usage(
            _("amend --set cannot change {path}.").format(path=printable(path)),
            hint=_("fields of {sections}; what a step recorded is corrected by a step").format(
                sections=", ".join(_SETTABLE)
            ),
        )
    if not field:
        data[section] = value
    elif value:
        data[section][field] = value
    else:
        data[section].pop(field, None)


def _check_values(before: Case, changed: dict[str, Any], context: Context) -> None:
    """Bring amounts into their one spelling; `Usage` for a new value that policy and staff do not know."""
    old = dict(_leaves(before))
    for path, value in _leaves(changed):
        kind = _NAMED.get(re.sub(r"\.\d+", "", path))
        if kind is None or old.get(path) == value:
            continue
        if kind == "customer_types" and kind not in context.policy["vocabulary"]:
            continue
        if kind == "staff":
            member(context, value)
        else:
            known(context.policy, kind, value)
    _check_instants(before, changed, context)
    if before["about"].get("against") != changed["about"].get("against") and context.actor[
        "id"
    ] in complained_about(before):
        raise Refused(
            _("{case} is about {who}, who cannot change whom it is against.").format(
                case=before["id"], who=context.actor["id"]
            )
        )
    for section, field in _AMOUNTS:
        if field in changed[section]:
            amount = changed[section][field]
            changed[section][field] = amounts.money_of(amount, changed["currency"], f"{section}.{field}")


def _leaves(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a case that is no list or mapping, with its dotted path."""
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data, 1):
            yield from _leaves(value, f"{path}.{key}" if path else str(key))
    else:
        yield path, data


def _check_instants(before: Case, changed: dict[str, Any], context: Context) -> None:
    """What was received was received before it was registered, and nothing was bought tomorrow."""
    received = changed["intake"].get("received_at", "")
    if received != before["intake"]["received_at"] and _later(received, before["intake"]["registered_at"]):
        raise Usage(_("intake.received_at cannot be later than intake.registered_at."))
    for field in _DAYS:
        day = changed["about"].get(field, "")
        if day != before["about"].get(field, "") and day > context.at[:10]:
            raise Usage(_("about.{field} lies in the future.").format(field=field))


def _later(one: str, other: str) -> bool:
    try:
        return times.epoch(one) > times.epoch(other)
    except (ValueError, OverflowError):
        return True


def take_over(case: dict[str, Any], other: Any, path: str) -> bool:
    """Bring one field, by its path as `differences` names it, to what it is in another case.

    False where it is that already; a field that the other has not is taken away.
    """
    *parts, last = path.split(".")
    here, there = case, other
    for part in parts:
        here, there = _part(here, part), _part(there, part)
    if not isinstance(here, dict) or not isinstance(there, dict) or here.get(last) == there.get(last):
        return False
    if last in there:
        here[last] = copied(there[last])
    else:
        del here[last]
    return True


def _part(data: Any, key: str) -> Any:
    if isinstance(data, list):
        return data[int(key) - 1] if key.isdecimal() and 0 < int(key) <= len(data) else None
    return data.get(key) if isinstance(data, dict) else None


def adopt(committed: Case, edited: Case, context: Context, *, reason: str, lost: Sequence[str] = ()) -> Case:
    """Record what somebody changed in the file by hand as an amendment, where that is legal.

    `lost`: fields that were changed as well, to values of which nothing is left (when a trail is judged).
    """
    fields = [*differences(committed, edited), *lost]
    if not fields:
        raise already(committed)
    protected = sorted({f for f in fields if not by_hand(f)})
    if protected:
        raise Refused(
            _("{case}: {fields} cannot be changed by hand.").format(
                case=committed["id"], fields=", ".join(protected)
            ),
            hint=_("git restore the file, then use the verb that makes the step"),
        )
    begin("amend", committed, context, {"reason": reason})
    changed = copied(edited)
    _check_values(committed, cast("dict[str, Any]", changed), context)
    amended = _amended(changed, context, fields, reason)
    if sorted(signatures(committed)) != sorted(signatures(edited)) or amended["state"] != committed["state"]:
        raise Refused(
            _("{case}: steps and who made them cannot be changed by hand.").format(case=committed["id"]),
            hint=_("git restore the file, then use the verb that makes the step"),
        )
    return amended


def by_hand(path: str) -> bool:
    """Whether a field may be changed by hand: what the customer said and is, and notes; no step."""
    section = path.split(".", maxsplit=1)[0]
    return (section in _SETTABLE and path not in _SIGNED) or _NOTES.fullmatch(path) is not None


def differences(old: Any, new: Any, path: str = "") -> list[str]:
    """The dotted paths in which two cases differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        keys = [*old, *(k for k in new if k not in old)]
        return [
            d for k in keys for d in differences(old.get(k), new.get(k), f"{path}.{k}" if path else str(k))
        ]
    if isinstance(old, list) and isinstance(new, list):
        size = max(len(old), len(new))
        return [
            d
            for i in range(size)
            for d in differences(
                old[i] if i < len(old) else None, new[i] if i < len(new) else None, f"{path}.{i + 1}"
            )
        ]
    return [] if old == new else [path]


def undo(case: Case, previous: Case, context: Context, *, step: str, reason: str) -> Case:
    """Take back one's own last step: the case as it was before, and a note that it was so."""
    begin("undo", case, context, {"reason": reason})
    amendments = case.get("amendments", [])
    undone = (
        bool(amendments)
        and "undone" in amendments[-1]
        and amendments[-1] not in previous.get("amendments", ())
    )
    if undone and same(
        {"reason": amendments[-1]["reason"], "by": amendments[-1]["by"]}, context.sign({"reason": reason})
    ):
        raise already(case)
    others = {by for _at, by in Counter(signatures(case)) - Counter(signatures(previous))} - {
        context.actor["id"]
    }
    if others:
        raise Refused(
            _("{case}: the last step is {who}'s; only they can take it back.").format(
                case=case["id"], who=", ".join(sorted(others))
            ),
            hint=f"complaintctl log {case['id']}",
        )
    if undone:
        raise Refused(_("{case}: the last step took a step back already.").format(case=case["id"]))
    restored = copied(previous)
    if amendments:
        restored["amendments"] = copied(amendments)  # the list only grows, whatever is taken back
    return _amended(restored, context, [step], reason, undone=step)

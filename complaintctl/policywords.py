"""The keys of a policy as people read them: facts, bounds and fields, in the language that is spoken."""

from __future__ import annotations

from complaintctl.i18n import pgettext


def word(key: str) -> str:
    """A key (``days_since_purchase``) in words; one without words of its own with blanks in it."""
    return {**_facts(), **_fields(), **_values(), **_collections()}.get(key, key.replace("_", " "))


def _facts() -> dict[str, str]:
    """What a condition speaks of, and its bounds."""
    return {
        "affected": pgettext("rule", "affected"),
        "against": pgettext("rule", "against"),
        "age": pgettext("rule", "age"),
        "alone": pgettext("rule", "alone"),
        "amount": pgettext("rule", "amount"),
        "at_least": pgettext("rule", "at least"),
        "at_most": pgettext("rule", "at most"),
        "batch": pgettext("rule", "batch"),
        "category": pgettext("rule", "category"),
        "cause": pgettext("rule", "cause"),
        "channel": pgettext("rule", "channel"),
        "confirmed": pgettext("rule", "confirmed"),
        "cost": pgettext("rule", "cost"),
        "customer_cost": pgettext("rule", "customer cost"),
        "customer_type": pgettext("rule", "customer type"),
        "customers": pgettext("rule", "customers"),
        "days_since_purchase": pgettext("rule", "days since purchase"),
        "declined": pgettext("rule", "declined"),
        "demand": pgettext("rule", "demand"),
        "demand_reasonable": pgettext("rule", "demand reasonable"),
        "departments": pgettext("rule", "departments"),
        "escalated": pgettext("rule", "escalated"),
        "exception": pgettext("rule", "exception"),
        "flags": pgettext("rule", "flags"),
        "form": pgettext("rule", "form"),
        "grounds": pgettext("rule", "grounds"),
        "kind": pgettext("rule", "kind"),
        "level": pgettext("rule", "level"),
        "liability": pgettext("rule", "liability"),
        "missed": pgettext("rule", "missed"),
        "moment": pgettext("rule", "moment"),
        "more_than": pgettext("rule", "more than"),
        "own_department": pgettext("rule", "own department"),
        "price": pgettext("rule", "price"),
        "product": pgettext("rule", "product"),
        "raised": pgettext("rule", "raised"),
        "proposals": pgettext("rule", "proposals"),
        "remedies": pgettext("rule", "remedies"),
        "repetition": pgettext("rule", "repetition"),
        "role": pgettext("rule", "role"),
        "round": pgettext("rule", "round"),
        "same": pgettext("rule", "same"),
        "satisfaction": pgettext("rule", "satisfaction"),
        "severity": pgettext("rule", "severity"),
        "urgency": pgettext("rule", "urgency"),
        "verdict": pgettext("rule", "verdict"),
        "within": pgettext("rule", "within"),
    }


def _fields() -> dict[str, str]:
    """What else an entry of a policy has, and the words that some fields take."""
    return {
        "applies_to": pgettext("rule", "applies to"),
        "by": pgettext("rule", "by"),
        "clock": pgettext("rule", "clock"),
        "confirm": pgettext("rule", "confirm"),
        "date": pgettext("rule", "date"),
        "days_off": pgettext("rule", "days off"),
        "department": pgettext("rule", "department"),
        "duties": pgettext("rule", "duties"),
        "ends": pgettext("rule", "ends"),
        "ends_with": pgettext("rule", "ends with"),
        "every": pgettext("rule", "every"),
        "executor": pgettext("rule", "executor"),
        "free": pgettext("rule", "free"),
        "from": pgettext("rule", "from"),
        "goodwill": pgettext("rule", "goodwill"),
        "head": pgettext("rule", "head"),
        "hours": pgettext("rule", "hours"),
        "investigates_first": pgettext("rule", "investigates first"),
        "label": pgettext("rule", "label"),
        "languages": pgettext("rule", "languages"),
        "law": pgettext("rule", "law"),
        "line": pgettext("rule", "line"),
        "means": pgettext("rule", "means"),
        "methods": pgettext("rule", "methods"),
        "none": pgettext("rule", "none"),
        "note": pgettext("rule", "note"),
        "optional": pgettext("rule", "optional"),
        "outside": pgettext("rule", "outside"),
        "owner": pgettext("rule", "owner"),
        "playbook": pgettext("rule", "playbook"),
        "promise": pgettext("rule", "promise"),
        "quality": pgettext("rule", "quality"),
        "required": pgettext("rule", "required"),
        "requires": pgettext("rule", "requires"),
        "rolls_over": pgettext("rule", "rolls over"),
        "satisfied_from": pgettext("rule", "satisfied from"),
        "settle": pgettext("rule", "settle"),
        "slip": pgettext("rule", "slip"),
        "source": pgettext("rule", "source"),
        "step": pgettext("rule", "step"),
        "stops_for": pgettext("rule", "stops for"),
        "until": pgettext("rule", "until"),
        "very_satisfied_from": pgettext("rule", "very satisfied from"),
        "when": pgettext("rule", "when"),
        "window": pgettext("rule", "window"),
    }


def _values() -> dict[str, str]:
    """What stands in the fields that know only a few words."""
    return {
        "again_on": pgettext("rule", "day to contact again"),
        "allowed": pgettext("rule", "allowed"),
        "any": pgettext("rule", "whoever has the rank"),
        "around-the-clock": pgettext("rule", "around the clock"),
        "closed": pgettext("rule", "closed"),
        "complained-about": pgettext("rule", "the department complained about"),
        "expected_on": pgettext("rule", "day expected"),
        "method": pgettext("rule", "method"),
        "notes": pgettext("rule", "notes"),
        "open": pgettext("rule", "open"),
        "refused": pgettext("rule", "refused"),
        "service": pgettext("rule", "in service hours"),
    }


def _collections() -> dict[str, str]:
    """What a policy lists."""
    return {
        "categories": pgettext("rule", "categories"),
        "causes": pgettext("rule", "causes"),
        "channels": pgettext("rule", "channels"),
        "confirmations": pgettext("rule", "confirmations"),
        "contact_methods": pgettext("rule", "contact methods"),
        "customer_types": pgettext("rule", "customer types"),
        "executors": pgettext("rule", "executors"),
        "follow_up_methods": pgettext("rule", "follow up methods"),
        "measures": pgettext("rule", "measures"),
        "outcomes": pgettext("rule", "outcomes"),
        "playbooks": pgettext("rule", "playbooks"),
        "roles": pgettext("rule", "roles"),
        "severities": pgettext("rule", "severities"),
        "states": pgettext("rule", "states"),
        "urgencies": pgettext("rule", "urgencies"),
    }

"""A small shop to try rules on: its policy, its people and a complaint; each call makes new data."""

from __future__ import annotations

from typing import Any


def label(words: str) -> dict[str, str]:
    return {"en": words, "zh-CN": f"{words}（中）"}


def named(*ids: str) -> dict[str, Any]:
    return {ident: {"label": label(ident)} for ident in ids}


def a_policy(**changes: Any) -> Any:
    """A complete policy; keywords replace whole sections."""
    policy: dict[str, Any] = {
        "name": "corner-shop",
        "version": "1",
        "label": label("corner shop"),
        "languages": ["en", "zh-CN"],
        "vocabulary": {},
        "channels": named("desk", "phone"),
        "contact_methods": named("phone"),
        "departments": named("goods", "store", "customer-service"),
        "severities": named("minor", "moderate", "severe"),
        "urgencies": named("normal", "urgent"),
        "flags": {
            "food-safety": {"label": label("food safety"), "severity": "severe", "urgency": "urgent"},
            "injury": {"label": label("injury"), "severity": "moderate"},
            "media": {"label": label("media")},
        },
        "categories": {
            "goods.spoiled": {"label": label("spoiled"), "department": "goods"},
            "goods.label": {"label": label("label")},
            "service.attitude": {"label": label("attitude"), "department": "store"},
        },
        "causes": named("goods.spoiled", "goods.expired", "service.attitude"),
        "levels": a_ladder_of_levels(),
        "deadlines": {},
        "roles": named("clerk", "head", "vice-president", "manager"),
        "authority": {
            "currency": "CNY",
            "ladder": [
                {"role": "clerk", "limit": "50.00"},
                {"role": "head", "limit": "500.00"},
                {"role": "vice-president", "limit": "5000.00"},
                {"role": "manager"},
            ],
            "window": "30 days",
            "line": "any",
            "alone": "refused",
        },
        "steps": {},
        "remedies": {
            "refund": {"label": label("refund"), "amount": "required", "cost": "amount"},
            "exchange": {"label": label("exchange"), "amount": "none", "cost": "price"},
            "gift": {"label": label("gift"), "amount": "optional", "cost": "amount", "goodwill": True},
            "compensation": {"label": label("compensation"), "amount": "required", "cost": "amount"},
            "apology": {"label": label("apology"), "amount": "none", "cost": "none", "free": True},
        },
        "confirmations": named("unopened", "cannot-accept"),
        "entitlements": some_entitlements(),
        "playbooks": {
            "spoiled": {
                "label": label("spoiled goods"),
                "checks": [
                    {"name": "listen", "label": label("listen")},
                    {"name": "batch", "label": label("same batch"), "ends": True},
                    {"name": "cold-chain", "label": label("cold chain")},
                ],
            }
        },
        "gates": [],
        "follow_up": {"methods": ["phone"], "satisfied_from": 4, "very_satisfied_from": 5},
        "measures": {},
    }
    return policy | changes


def a_ladder_of_levels() -> list[dict[str, Any]]:
    month = {"same": ["category"], "customers": 3, "within": "30 days"}
    return [
        {
            "level": 1,
            "label": label("grave"),
            "any": [
                {"label": label("in the media"), "when": {"flags": ["media", "injury"]}},
                {"label": label("three departments"), "when": {"departments": {"at_least": 3}}},
                {"label": label("a month old"), "when": {"age": "30 days", "missed": True}},
            ],
        },
        {
            "level": 2,
            "label": label("serious"),
            "any": [
                {"label": label("half a month old"), "when": {"age": "15 days", "liability": "ours"}},
                {"label": label("three customers"), "when": {"repetition": month}},
                {"label": label("two departments"), "when": {"departments": {"at_least": 2}}},
            ],
        },
        {"level": 3, "label": label("ordinary")},
    ]


def some_entitlements() -> list[dict[str, Any]]:
    return [
        {
            "name": "spoiled-food",
            "label": label("spoiled food"),
            "when": {"cause": "goods.spoiled", "not": {"verdict": "unfounded"}},
            "within": "7 days",
            "remedies": {
                "refund": {"ceiling": {"price": "1"}},
                "compensation": {"ceiling": {"price": "10", "amount": "100.00"}},
            },
        },
        {
            "name": "any-goods",
            "label": label("any goods"),
            "when": {"cause": "goods"},
            "within": "30 days",
            "confirm": ["unopened"],
            "remedies": {"exchange": {}, "refund": {"ceiling": {"price": "1"}, "exactly": True}},
        },
    ]


def a_case(**changes: Any) -> Any:
    """A complaint that has just been received; keywords replace whole sections."""
    case: dict[str, Any] = {
        "id": "C-20261101-AAAAAA",
        "state": "received",
        "policy": {"name": "corner-shop", "version": "1", "sha256": "0" * 64},
        "kind": "complaint",
        "currency": "CNY",
        "intake": {
            "received_at": "2026-11-01T08:00:00+08:00",
            "registered_at": "2026-11-01T08:05:00+08:00",
            "by": "li.na",
            "channel": "desk",
            "form": "spoken",
        },
        "customer": {"id": "P-000001"},
        "about": {"product": "Milk 1L", "price": "12.90", "purchased_on": "2026-10-30"},
        "complaint": "The milk was sour.",
        "demand": {"remedy": "refund", "amount": "12.90"},
    }
    return case | changes


def signed(by: str = "li.na", at: str = "2026-11-01T09:00:00+08:00", **entry: Any) -> dict[str, Any]:
    return {**entry, "by": by, "at": at}


def classified(category: str = "goods.spoiled", severity: str = "minor", **more: Any) -> dict[str, Any]:
    return signed(category=category, severity=severity, **more)


def a_proposal(cost: str = "12.90", by: str = "zhao.wei", **more: Any) -> dict[str, Any]:
    remedies = more.pop("remedies", [{"kind": "refund", "amount": cost, "cost": cost}])
    at = more.pop("at", "2026-11-02T09:00:00+08:00")
    return signed(by, at, remedies=remedies, reason="as the rules say", **more)


def decided(role: str, by: str, at: str = "2026-11-02T10:00:00+08:00", outcome: str = "approved") -> Any:
    return signed(by, at, outcome=outcome, role=role, digest="0" * 64, via="cli")


def answered(outcome: str = "agreed", at: str = "2026-11-02T11:00:00+08:00") -> Any:
    return signed("li.na", at, outcome=outcome)


def a_person(ident: str, role: str = "clerk", department: str | None = None, active: bool = True) -> Any:
    person = {"id": ident, "name": ident, "emails": [], "role": role, "active": active}
    return person | ({"department": department} if department else {})

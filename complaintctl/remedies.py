"""What a customer is entitled to, and what it may cost (S1a-6, S0-15).

An entitlement of the policy says: for this cause, so long after the purchase,
with these conditions confirmed, these remedies up to this ceiling.  Anything
else is an exception, which must be named.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from complaintctl import cells, exclusions, i18n, spoken, times
from complaintctl.amounts import minor_digits, money, money_of
from complaintctl.conditions import met
from complaintctl.errors import Refused, Usage
from complaintctl.i18n import _
from complaintctl.labels import text
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from complaintctl.case import Case, Remedy
    from complaintctl.policy import Ceiling, Entitlement, Granted, Policy


class Option(NamedTuple):
    """A remedy that the customer is entitled to under one rule."""

    kind: str
    rule: str
    ceiling: Decimal | None  # None: no ceiling of its own, or `record` names what it hangs on
    missing: list[str]  # conditions that the handler has yet to confirm
    record: list[str]  # fields of `about` that must be recorded first
    exactly: bool
    unless: dict[
        str, list[str]
    ]  # exclusions that forbid it once what they name is confirmed; empty list: now


class Shortfall(NamedTuple):
    """Why one entitlement does not reach, and what would help."""

    rule: Entitlement
    elsewhere: bool  # its conditions speak of other cases
    reasons: list[str]
    confirm: list[str]
    record: list[str]


def plan(remedies: Sequence[tuple[str, str | None, str | None]], case: Case, policy: Policy) -> list[Remedy]:
    """The remedies of a proposal, from (kind, amount, cost) as typed, each with its cost to the shop.

    Raises `Usage` for an unknown kind, an amount that is missing or not asked
    for, or a cost that the policy does not leave open.
    """
    if not remedies:
        raise Usage(_("{case}: a proposal names at least one remedy.").format(case=case["id"]))
    return [_planned(kind, amount, cost, case, policy) for kind, amount, cost in remedies]


def _planned(kind: str, amount: str | None, cost: str | None, case: Case, policy: Policy) -> Remedy:
    rule = policy["remedies"].get(kind)
    if rule is None:
        raise _no_such(kind, policy)
    if amount is None and rule["amount"] == "required":
        raise Usage(
            _("{name} needs an amount: --remedy {kind}=12.90").format(name=_named(kind, policy), kind=kind)
        )
    if amount is not None and rule["amount"] == "none":
        raise Usage(_("{name} has no amount: --remedy {kind}").format(name=_named(kind, policy), kind=kind))
    currency = case["currency"]
    if cost is not None and rule["cost"] == "amount" and amount is not None:
        raise Usage(
            _("{name} costs its amount; --cost is for remedies in kind.").format(name=_named(kind, policy))
        )
    granted = None if amount is None else money_of(amount, currency, f"--remedy {kind}")
    spent = _own_cost(kind, granted, policy, case) if cost is None else money_of(cost, currency, "--cost")
    if granted is None:
        return {"kind": kind, "cost": spent}
    return {"kind": kind, "amount": granted, "cost": spent}


def _own_cost(kind: str, amount: str | None, policy: Policy, case: Case) -> str:
    """What a remedy costs where nobody says: its amount, the price, or nothing."""
    by = policy["remedies"][kind]["cost"]
    if by == "amount" and amount is not None:
        return amount
    if by == "price" and "price" in case["about"]:
        return money_of(case["about"]["price"], case["currency"], "price")
    if by == "none":
        return money("0", minor_digits(case["currency"]))
    raise Usage(
        _("{case}: what does {name} cost the shop? Neither an amount nor a price is recorded.").format(
            case=case["id"], name=_named(kind, policy)
        ),
        hint=_("--cost {kind}=12.90, or complaintctl amend {case} --set about.price=12.90 --reason …").format(
            case=case["id"], kind=kind
        ),
    )


def _no_such(kind: str, policy: Policy) -> Usage:
    from complaintctl.labels import offered

    return Usage(
        _("The policy has no remedy {kind}.").format(kind=repr(kind[:60])),
        hint=_("one of: {near}").format(near=offered(policy, "remedies", kind)),
    )


def detailed(
    chosen: Sequence[Remedy], how: Mapping[str, str], expected: Mapping[str, str], policy: Policy, on: date
) -> list[Remedy]:
    """The remedies with their steps in words and the day on which each is expected (S2-11, S1a-5).

    `how` and `expected` (YYYY-MM-DD) are by kind.  Raises `Usage` for a kind
    that is not proposed, for a day that is over on `on`, for one that the
    policy does not ask for, and where one is missing that it does (S1a-12).
    """
    kinds = [remedy["kind"] for remedy in chosen]
    for option, given in (("--how", how), ("--expected", expected)):
        for kind in given:
            if kind not in kinds:
                raise Usage(
                    _("{option} names {kind}, which is not proposed.").format(
                        option=option, kind=repr(kind[:60])
                    ),
                    hint=", ".join(kinds),
                )
    return [_detailed(remedy, how, expected, policy, on) for remedy in chosen]


def _detailed(
    remedy: Remedy, how: Mapping[str, str], expected: Mapping[str, str], policy: Policy, on: date
) -> Remedy:
    kind = remedy["kind"]
    asked = policy["remedies"][kind].get("date", "optional")
    day = expected.get(kind)
    if day is None and asked == "required":
        raise Usage(
            _("{name} needs the day on which it is expected: --expected {kind}=2026-12-01").format(
                name=_named(kind, policy), kind=kind
            )
        )
    if day is not None and asked == "none":
        raise Usage(_("{name} has no day on which it is expected.").format(name=_named(kind, policy)))
    if day is not None and day < on.isoformat():
        raise Usage(
            _("--expected {kind}: {day} is over; today is {today}.").format(
                kind=kind, day=cells.day(day), today=cells.day(on.isoformat())
            )
        )
    whole = remedy.copy()
    if how.get(kind, "").strip():
        whole["how"] = how[kind]
    if day is not None:
        whole["expected_on"] = day
    return whole


def undated(kinds: Sequence[str], policy: Policy) -> list[str]:
    """Those of the kinds for which the policy requires the day on which they are expected."""
    rules = policy["remedies"]
    return [kind for kind in kinds if kind in rules and rules[kind].get("date") == "required"]


def judge(
    chosen: Sequence[Remedy],
    case: Case,
    facts: Mapping[str, Any],
    policy: Policy,
    confirmed: Sequence[str],
    exception: str | None,
    on: date,
) -> list[Remedy]:
    """Each remedy with the `rule` that allows it on a day; with an exception, those without one stay bare.

    A ``free`` remedy needs no rule.  Several remedies of one kind count
    together: slicing one amount does not pass a ceiling.  What an exclusion
    forbids no rule allows (S1a-6).  Raises `Refused` that names the exclusion,
    or the nearest rule, what it allows and what was found.
    """
    known = facts_on(case, facts, on)
    judged: list[Remedy] = []
    for remedy in chosen:
        kind = remedy["kind"]
        if policy["remedies"][kind].get("free"):
            judged.append(remedy)
            continue
        forbidden = exclusions.excluded(kind, known, policy, confirmed)
        if forbidden is not None:
            if not exception:
                raise exclusions.refusal(case["id"], kind, forbidden, policy, _exception(case))
            judged.append(remedy)
            continue
        value = _value(kind, chosen)
        rules = [rule for rule in policy["entitlements"] if kind in rule["remedies"]]
        for rule in rules:
            # What keeps a rule from allowing it is told in words: only where nothing else does already.
            if (
                met(rule["when"], known)
                and not _shortfall(rule, kind, value, case, known, policy, confirmed, on).reasons
            ):
                judged.append(_ruled(remedy, rule["name"]))
                break
        else:
            if not exception:
                short = [_shortfall(rule, kind, value, case, known, policy, confirmed, on) for rule in rules]
                raise _not_entitled(case, kind, policy, short)
            judged.append(remedy)
    return judged


def _named(ident: str, policy: Policy, kind: str = "remedies") -> str:
    """A remedy, or a confirmation, as the policy calls it."""
    from complaintctl.explaining import named

    return named(policy, kind, ident, i18n.language())


def _said(amount: Decimal | str, case: Case) -> str:
    return spoken.money(str(amount), case["currency"], i18n.language())


def _exception(case: Case) -> str:
    return f'complaintctl propose {case["id"]} … --exception "' + _("WHY") + '"'


def require_full_costs(chosen: Sequence[Remedy], case: Case, policy: Policy) -> None:
    """Refuse a cost below what the policy counts, where nobody else looks at it (settling at once).

    Limits are held against costs; whoever decides on a proposal sees the cost that is stated.
    """
    for remedy in chosen:
        if policy["remedies"][remedy["kind"]]["cost"] != "price" or "price" not in case["about"]:
            continue
        price = Decimal(case["about"]["price"])
        if Decimal(remedy["cost"]) < price:
            raise Refused(
                _("{case}: {name} counts as its price, {price}; {cost} is less.").format(
                    case=case["id"],
                    name=_named(remedy["kind"], policy),
                    price=_said(price, case),
                    cost=_said(remedy["cost"], case),
                ),
                hint=f"complaintctl assign {case['id']} …",
            )


def _ruled(remedy: Remedy, rule: str) -> Remedy:
    ruled = remedy.copy()
    ruled["rule"] = rule
    return ruled


def _value(kind: str, chosen: Sequence[Remedy]) -> Decimal:
    """What all remedies of a kind are worth together: the amount, else the cost."""
    return sum((Decimal(one.get("amount", one["cost"])) for one in chosen if one["kind"] == kind), Decimal(0))


def facts_on(case: Case, facts: Mapping[str, Any], on: date) -> dict[str, Any]:
    """The facts with the days since the purchase, and the category where no cause is known."""
    known = dict(facts)
    days = _days_since(case, on)
    if days is not None:
        known["days_since_purchase"] = days
    if known.get("cause") is None and known.get("category") is not None:
        known["cause"] = known["category"]
    return known


def _days_since(case: Case, on: date) -> int | None:
    """Days since the purchase, the day itself not counted; None when it is not recorded."""
    bought = case["about"].get("purchased_on")
    return (on - date.fromisoformat(bought)).days if bought else None


def _shortfall(
    rule: Entitlement,
    kind: str,
    value: Decimal,
    case: Case,
    facts: Mapping[str, Any],
    policy: Policy,
    confirmed: Sequence[str],
    on: date,
) -> Shortfall:
    """What keeps one entitlement from allowing a remedy of some worth; no reasons: it allows it."""
    reasons, record = _not_met(rule, case, facts, policy, on)
    confirm = [name for name in rule.get("confirm", ()) if name not in confirmed]
    if confirm:
        names = cells.listed(_named(name, policy, "confirmations") for name in confirm)
        reasons.append(_("not confirmed yet: {names}").format(names=names))
    granted = rule["remedies"][kind]
    ceiling, wanted = _ceiling(granted, case)
    record += wanted
    if wanted:
        reasons.append(_("the ceiling hangs on the price, which is not recorded"))
    elif ceiling is not None and (value > ceiling or (granted.get("exactly") and value != ceiling)):
        message = (
            _("{value} is asked for, exactly {ceiling} is allowed")
            if granted.get("exactly")
            else _("{value} is asked for, at most {ceiling} is allowed")
        )
        reasons.append(message.format(value=_said(value, case), ceiling=_said(ceiling, case)))
    return Shortfall(rule, not met(rule["when"], facts), reasons, confirm, record)


def _not_met(
    rule: Entitlement, case: Case, facts: Mapping[str, Any], policy: Policy, on: date
) -> tuple[list[str], list[str]]:
    """Why the conditions and the time of an entitlement do not hold, and which fields are not recorded."""
    reasons = []
    if not met(rule["when"], facts):
        from complaintctl.explaining import unmet

        reasons.append(unmet(rule["when"], facts, policy, i18n.language()))
    if "within" not in rule:
        return reasons, []
    allowed = times.length(rule["within"]).number
    days = _days_since(case, on)
    if days is None:
        reasons.append(_("the day of purchase is not recorded, allowed {days} days").format(days=allowed))
        return reasons, ["purchased_on"]
    if not 0 <= days <= allowed:
        reasons.append(_("{found} days since the purchase, allowed {days}").format(found=days, days=allowed))
    return reasons, []


def _ceiling(granted: Granted, case: Case) -> tuple[Decimal | None, list[str]]:
    """The greatest of price times n and amount; second: what must be recorded to know it."""
    given: Ceiling | None = granted.get("ceiling")
    if not given:
        return None, []
    found = [Decimal(given["amount"])] if "amount" in given else []
    if "price" in given and "price" in case["about"]:
        found.append(Decimal(case["about"]["price"]) * Decimal(given["price"]))
    if not found:
        return None, ["price"]
    # No amount is smaller than the currency's smallest coin: a limit is rounded down to it, a sum that
    # must be met exactly to the nearest.
    unit = Decimal(1).scaleb(-minor_digits(case["currency"]))
    return max(found).quantize(unit, ROUND_HALF_UP if granted.get("exactly") else ROUND_FLOOR), []


def _can_be_helped(short: Shortfall) -> bool:
    """Whether a confirmation or a recorded field is all that a rule lacks."""
    return len(short.reasons) <= bool(short.confirm) + len(short.record)


def _not_entitled(case: Case, kind: str, policy: Policy, short: Sequence[Shortfall]) -> Refused:
    """The refusal: the nearest rule (for such cases, with the fewest reasons against it), what would help."""
    exception = _exception(case)
    from complaintctl import explaining

    if not short:
        return Refused(
            _("{case}: no rule of the policy grants {name}.").format(
                case=case["id"], name=_named(kind, policy)
            ),
            hint=exception,
        )
    nearest = min(short, key=lambda one: (one.elsewhere, not _can_be_helped(one), len(one.reasons)))
    hints = [" ".join(f"--confirm {name}" for name in nearest.confirm)] if nearest.confirm else []
    if nearest.record:
        fields = " ".join(f"--set about.{field}=…" for field in nearest.record)
        hints.append(f"complaintctl amend {case['id']} {fields} --reason …")
    return Refused(
        _("{case}: {name} is not granted; the nearest rule is {rule}: {reasons}.").format(
            case=case["id"],
            name=_named(kind, policy),
            rule=explaining.quoted(explaining.sentence(text(nearest.rule["label"], i18n.language()))),
            reasons=_("; ").join(nearest.reasons),
        ),
        hint=_(" and ").join(hints) if _can_be_helped(nearest) else exception,
    )


def options(case: Case, facts: Mapping[str, Any], policy: Policy, on: date) -> list[Option]:
    """What the customer is entitled to on a day: every remedy of every rule whose conditions hold.

    A rule that waits only for a confirmation or for a field to be recorded is listed with it.
    """
    known = facts_on(case, facts, on)
    found = []
    for rule in policy["entitlements"]:
        if not met(rule["when"], known):
            continue
        reasons, record = _not_met(rule, case, known, policy, on)
        if len(reasons) > len(record):
            continue
        for kind, granted in rule["remedies"].items():
            ceiling, wanted = _ceiling(granted, case)
            missing = list(rule.get("confirm", ()))
            exactly = granted.get("exactly", False)
            unless = exclusions.against(kind, known, policy)
            found.append(Option(kind, rule["name"], ceiling, missing, [*record, *wanted], exactly, unless))
    return found

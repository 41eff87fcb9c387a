"""What a customer is entitled to and why, as lines: for `show`, and for a proposal that is only tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import conditions, exclusions, remedies, times
from complaintctl.cells import aside, listed
from complaintctl.explaining import quoted, sentence
from complaintctl.i18n import _
from complaintctl.labels import name_of, text
from complaintctl.spoken import money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complaintctl.case import Case, Remedy
    from complaintctl.register import Register
    from complaintctl.remedies import Option


def _facts(register: Register, case: Case) -> dict[str, Any]:
    return {**conditions.facts_of(case, register.policy), "level": register.level_of(case)[0]}


def lines(register: Register, case: Case) -> Iterator[str]:
    """Every remedy that a rule grants today: its ceiling, what is to be confirmed, what stands against it."""
    found = remedies.options(case, _facts(register, case), register.policy, times.calendar_day(register.at))
    for option in found:
        yield f"  {_option(register, option)}"


def ways(register: Register, case: Case, kind: str) -> list[list[str]] | None:
    """What is to be confirmed for a remedy under each rule that grants it; None: it needs no rule."""
    if kind not in register.policy["remedies"] or register.policy["remedies"][kind].get("free"):
        return None
    found = remedies.options(case, _facts(register, case), register.policy, times.calendar_day(register.at))
    return [
        option.missing
        for option in found
        if option.kind == kind and not option.record and all(option.unless.values())
    ]


def _option(register: Register, option: Option) -> str:
    said = aside(name_of(register.policy, "remedies", option.kind, register.language), option.kind)
    if option.ceiling is not None:
        limit = _(" of {sum}") if option.exactly else _(" up to {sum}")
        currency = register.policy["authority"]["currency"]
        said += limit.format(sum=money(str(option.ceiling), currency, register.language))
    said += f" [{rule_label(register, 'entitlements', option.rule)}]"
    if option.missing:
        said += _("; to confirm: {names}").format(names=listed(_worded(register, option.missing)))
    if option.record:
        from complaintctl import schema

        fields = schema.labels("case", "about", register.language)
        said += _("; to record: {names}").format(names=listed(fields.get(one, one) for one in option.record))
    for rule, confirm in option.unless.items():
        said += (
            _("; not if {names} is confirmed ({rule})").format(
                names=listed(_worded(register, confirm)), rule=rule_label(register, "exclusions", rule)
            )
            if confirm
            else _("; EXCLUDED by {rule}").format(rule=rule_label(register, "exclusions", rule))
        )
    return said


def _worded(register: Register, names: list[str]) -> list[str]:
    """Confirmations in words, with the id that may be typed."""
    policy, language = register.policy, register.language
    return [aside(name_of(policy, "confirmations", name, language), name) for name in names]


def rule_label(register: Register, section: str, name: str) -> str:
    """An entitlement or an exclusion in words, without the full stop at its end."""
    rules: Any = register.policy.get(section, ())
    labels = (text(rule["label"], register.language) for rule in rules if rule["name"] == name)
    return sentence(next(labels, name))


def reasons(register: Register, case: Case) -> list[str]:
    """What allows each remedy of the last proposal: a rule, that it is free, or the exception."""
    proposal = case["proposals"][-1]
    facts = remedies.facts_on(case, _facts(register, case), times.calendar_day(register.at))
    confirmed = proposal.get("confirmed", [])
    return [_reason(register, one, facts, confirmed) for one in proposal["remedies"]]


def _reason(register: Register, remedy: Remedy, facts: dict[str, Any], confirmed: list[str]) -> str:
    policy, kind = register.policy, remedy["kind"]
    name = name_of(policy, "remedies", kind, register.language)
    if "rule" in remedy:
        rule = rule_label(register, "entitlements", remedy["rule"])
        return _("{name}: allowed by the rule {rule}").format(name=name, rule=quoted(rule))
    if policy["remedies"][kind].get("free"):
        return _("{name}: needs no rule").format(name=name)
    forbidden = exclusions.excluded(kind, facts, policy, confirmed)
    if forbidden is not None:
        rule = rule_label(register, "exclusions", forbidden["name"])
        return _("{name}: an exception; excluded by the rule {rule}").format(name=name, rule=quoted(rule))
    return _("{name}: an exception; no rule grants it").format(name=name)

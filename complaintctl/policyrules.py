"""The rules for rules: everything that is wrong with a policy as a whole, all at once (B8).

`problems` are slips that a policy must not have: an id that it does not name,
a ladder with a gap, a rule that can never matter, a text that lacks a
language.  `doubts` may be meant so: a remedy that only an exception grants.
Both give pairs of a JSON path and what is wrong, with what is allowed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import (
    authorityfaults,
    gates,
    lettershapes,
    levels,
    playbooks,
    policyreach,
    remedyfaults,
    telling,
)
from complaintctl.conditionfaults import when_problems
from complaintctl.i18n import _
from complaintctl.ladder import rank
from complaintctl.policywords import word

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from complaintctl.policy import Policy

    Check = Callable[[Policy], Iterator[tuple[str, str]]]

Found = tuple[str, str]  # JSON path, message
_TEXTS = (
    "label", "means", "duties", "note", "applies_to", "by", "heading", "opening", "decision",
    "closing", "subject", "text", "after", "source",
)  # fmt: skip
_AWAITED = {"again_on": "told", "expected_on": "fulfilled"}  # what a date of a case waits for


def problems(policy: Policy) -> list[Found]:
    """What is wrong with a policy that fits its schema, in the order of the checks; none twice."""
    modules = (levels, authorityfaults, remedyfaults, gates, telling)
    found = [one for module in modules for one in module.rule_problems(policy)]
    for check in (*_CHECKS, policyreach.problems):
        found += check(policy)
    return list(dict.fromkeys(found))


def doubts(policy: Policy) -> list[Found]:
    """What may be meant so, but is worth a look."""
    return [one for check in _DOUBTS for one in check(policy)]


# -- references


def _unknown(path: str, ident: str | None, kind: str, policy: Policy) -> Iterator[Found]:
    """The problem with an id that a list of the policy does not have; none where there is no id."""
    mapping: Mapping[str, Any] = policy
    yield from _not_among(path, ident, kind, mapping.get(kind) or {})


def _not_among(path: str, ident: str | None, kind: str, known: Collection[str]) -> Iterator[Found]:
    if ident is not None and ident not in known:
        message = _("there is no {id} among the {kind}: {names}").format(
            id=ident, kind=word(kind), names=", ".join(known) or _("none")
        )
        yield path, message


def _departments(policy: Policy) -> Iterator[Found]:
    for ident, entry in policy["departments"].items():
        yield from _unknown(f"$.departments.{ident}.head", entry.get("head"), "roles", policy)
    owner = policy.get("reports", {}).get("owner")
    yield from _unknown("$.reports.owner", owner, "departments", policy)


def _classification(policy: Policy) -> Iterator[Found]:
    """What flags raise a case to, and what a category brings with it."""
    for ident, flag in policy["flags"].items():
        yield from _unknown(f"$.flags.{ident}.severity", flag.get("severity"), "severities", policy)
        yield from _unknown(f"$.flags.{ident}.urgency", flag.get("urgency"), "urgencies", policy)
    for ident, category in policy["categories"].items():
        path = f"$.categories.{ident}"
        yield from _unknown(f"{path}.department", category.get("department"), "departments", policy)
        yield from _unknown(f"{path}.severity", category.get("severity"), "severities", policy)
        yield from _unknown(f"{path}.playbook", category.get("playbook"), "playbooks", policy)


def _deadlines(policy: Policy) -> Iterator[Found]:
    for name, rule in policy["deadlines"].items():
        path = f"$.deadlines.{name}"
        for message in when_problems(rule.get("when", {}), policy):
            yield f"{path}.when", message
        awaited = _AWAITED.get(rule.get("date", ""))
        if awaited and rule["until"] != awaited:
            said = _("a clock until the day in {field} waits for: {event}")
            yield f"{path}.until", said.format(field=rule["date"], event=awaited)


def _exclusions(policy: Policy) -> Iterator[Found]:
    rules = policy.get("exclusions", [])
    yield from _twice("$.exclusions", [rule["name"] for rule in rules])
    for place, rule in enumerate(rules):
        path = f"$.exclusions[{place}]"
        for message in when_problems(rule["when"], policy):
            yield f"{path}.when", message
        for name in rule.get("confirm", ()):
            yield from _unknown(f"{path}.confirm", name, "confirmations", policy)
        for kind in rule.get("remedies", ()):
            yield from _unknown(f"{path}.remedies", kind, "remedies", policy)


def _playbooks(policy: Policy) -> Iterator[Found]:
    for ident, book in policy["playbooks"].items():
        path = f"$.playbooks.{ident}"
        yield from _unknown(f"{path}.as", book.get("as"), "playbooks", policy)
        if _goes_round(ident, policy):
            yield f"{path}.as", _("goes round in a circle: no playbook of it has checks of its own")
        for who in book.get("executor", ()):
            yield from _unknown(f"{path}.executor", who, "executors", policy)
        for place, check in enumerate(book.get("checks", ())):
            yield from _check(f"{path}.checks[{place}]", check, policy)
        yield from _twice(f"{path}.checks", [check["name"] for check in book.get("checks", ())])


def _goes_round(ident: str, policy: Policy) -> bool:
    """Whether following `as` from a playbook leads back to one that was passed."""
    seen: set[str] = set()
    while ident in policy["playbooks"] and "as" in policy["playbooks"][ident]:
        if ident in seen:
            return True
        seen.add(ident)
        ident = policy["playbooks"][ident]["as"]
    return False


def _check(path: str, check: Any, policy: Policy) -> Iterator[Found]:
    for who in check.get("executor", ()):
        yield from _unknown(f"{path}.executor", who, "executors", policy)
    for ident, outcome in check.get("outcomes", {}).items():
        yield from _unknown(f"{path}.outcomes.{ident}.cause", outcome.get("cause"), "causes", policy)
        for kind in outcome.get("remedies", ()):
            yield from _unknown(f"{path}.outcomes.{ident}.remedies", kind, "remedies", policy)


def _follow_up(policy: Policy) -> Iterator[Found]:
    rules = policy["follow_up"]
    known = policy["vocabulary"].get("follow_up_methods", {})
    for method in rules["methods"]:
        yield from _not_among("$.follow_up.methods", method, "follow-up methods of the vocabulary", known)
    if rules["very_satisfied_from"] < rules["satisfied_from"]:
        message = _("must not be below satisfied_from ({mark})").format(mark=rules["satisfied_from"])
        yield "$.follow_up.very_satisfied_from", message


def _forms(policy: Policy) -> Iterator[Found]:
    rules = policy.get("paper_forms", {})
    for category in rules.get("quality", ()):
        yield from _unknown("$.paper_forms.quality", category, "categories", policy)
    for kind in rules.get("slip", ()):
        yield from _unknown("$.paper_forms.slip", kind, "remedies", policy)


def _letters(policy: Policy) -> Iterator[Found]:
    """Templates that cannot be filled in: missed here, they would be missed at the desk."""
    rules: Any = policy.get("letters")
    if not rules:
        return
    yield from _unknown("$.letters.method", rules.get("method"), "contact_methods", policy)
    for place, kind, label in lettershapes.templates(rules):
        for tag, source in label.items():
            yield from ((f"$.letters.{place}.{tag}", str(one)) for one in lettershapes.faults(kind, source))


# -- who may


def _ladder(policy: Policy) -> Iterator[Found]:
    """The top of the ladder decides what nobody else may: it has no limit."""
    ladder = policy["authority"]["ladder"]
    if ladder and "limit" in ladder[-1]:
        message = _("the top of the ladder has no limit: who else could decide on more?")
        yield f"$.authority.ladder[{len(ladder) - 1}].limit", message


def _steps(policy: Policy) -> Iterator[Found]:
    """A step that is kept to departments which nobody works in."""
    for step, rule in policy["steps"].items():
        own = [one for one in rule.get("departments", ()) if one in policy["departments"]]
        if own and all(policy["departments"][one].get("outside") for one in own):
            message = _("only departments outside the business: nobody but the top role could take the step")
            yield f"$.steps.{step}.departments", message


# -- names and texts


def _names(policy: Policy) -> Iterator[Found]:
    """Rules of one list that have the same name: nobody could tell them apart."""
    yield from _twice("$.authority.needs", [one["name"] for one in policy["authority"].get("needs", ())])
    yield from _twice("$.levels", [str(one["level"]) for one in policy["levels"]], "level")


def _twice(path: str, names: list[str], field: str = "name") -> Iterator[Found]:
    for place, name in enumerate(names):
        if name in names[:place]:
            yield f"{path}[{place}].{field}", _("{name} stands in the list twice").format(name=name)


def _labels(policy: Policy) -> Iterator[Found]:
    """Texts that lack one of the languages that the policy says it speaks."""
    mapping: Mapping[str, Any] = policy
    parts = {key: value for key, value in mapping.items() if key not in ("vocabulary", "changes")}
    wanted = policy["languages"]
    for path, label in [*_texts(parts, "$"), *_words(policy)]:
        lacking = [tag for tag in wanted if tag not in label]
        if lacking:
            message = _("lacks {tags}; `languages` says: {all}")
            yield path, message.format(tags=", ".join(lacking), all=", ".join(wanted))


def _texts(node: Any, path: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every label below a part of the policy."""
    if isinstance(node, list):
        for place, entry in enumerate(node):
            yield from _texts(entry, f"{path}[{place}]")
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in _TEXTS and isinstance(value, dict) and "en" in value:
                yield f"{path}.{key}", value
            elif key != "when":
                yield from _texts(value, f"{path}.{key}")


def _words(policy: Policy) -> Iterator[tuple[str, Mapping[str, str]]]:
    for kind, words in policy["vocabulary"].items():
        for ident, label in words.items():
            yield f"$.vocabulary.{kind}.{ident}", label


# -- what may be meant so


def _ungranted(policy: Policy) -> Iterator[Found]:
    granted = {kind for rule in policy["entitlements"] for kind in rule["remedies"]}
    for kind, remedy in policy["remedies"].items():
        if kind not in granted and not remedy.get("free"):
            message = _("no entitlement grants it and it is not free: it can only be an exception")
            yield f"$.remedies.{kind}", message


def _leaves(policy: Policy) -> Iterator[Found]:
    """Categories without others below them that bring no department or, where there are any, no playbook."""
    categories = policy["categories"]
    for ident, entry in categories.items():
        if any(other.startswith(f"{ident}.") for other in categories):
            continue
        department = entry.get("department")
        if department is None:
            yield f"$.categories.{ident}", _("has no department: every case needs `assign --department`")
        elif department in policy["departments"] and policy["departments"][department].get("outside"):
            yield f"$.categories.{ident}.department", _("is outside the business and takes no cases")
        if policy["playbooks"] and playbooks.playbook_of(ident, policy) is None:
            yield f"$.categories.{ident}", _("has no playbook, its own or that of the group above it")


def _unused(policy: Policy) -> Iterator[Found]:
    """Playbooks that nothing leads to, and what a handler could confirm to no end."""
    used = {entry.get("playbook") for entry in policy["categories"].values()}
    used |= {book.get("as") for book in policy["playbooks"].values()}
    for ident in policy["playbooks"]:
        if ident not in used:
            yield f"$.playbooks.{ident}", _("no category has this playbook")
    rules = [*policy["entitlements"], *policy.get("exclusions", ())]
    asked = {name for rule in rules for name in rule.get("confirm", ())}
    for name in policy.get("confirmations", {}):
        if name not in asked:
            yield f"$.confirmations.{name}", _("no entitlement and no exclusion asks for it")


def _idle(policy: Policy) -> Iterator[Found]:
    """Fields of a deadline that change nothing."""
    for name, rule in policy["deadlines"].items():
        within = rule.get("within", "")
        if rule.get("clock") == "service" and "day" in within:
            message = _("days are counted whole; `clock: service` is for minutes and hours")
            yield f"$.deadlines.{name}.clock", message
        if rule.get("rolls_over") and ("business" in within or "day" not in within):
            yield f"$.deadlines.{name}.rolls_over", _("only a number of calendar days can roll over")


def _rankless(policy: Policy) -> Iterator[Found]:
    """Heads whose role stands on no step of the ladder: they can decide nothing."""
    for ident, entry in policy["departments"].items():
        head = entry.get("head")
        if head in policy["roles"] and rank(policy, head) < 0:
            yield f"$.departments.{ident}.head", _("the role stands on no step of the ladder")


_CHECKS: tuple[Check, ...] = (
    _departments, _classification, _deadlines, _exclusions, _playbooks, _follow_up, _forms, _letters, _ladder,
    _steps, _names, _labels,
)  # fmt: skip
_DOUBTS: tuple[Check, ...] = (_ungranted, _leaves, _unused, _idle, _rankless)

"""Why a condition of a policy holds for a case or does not, in words: what was found, and what is required.

Facts and their values have the names of the policy, sums their currency, so
that whoever runs a shop understands it.  Never a customer's words.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from complaintctl import cells, spoken
from complaintctl.conditions import met, unknown
from complaintctl.i18n import _, pgettext
from complaintctl.labels import name_of, text
from complaintctl.policywords import word
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from complaintctl.policy import Policy, When

    Facts = Mapping[str, Any]

_MONEY = ("price", "amount", "cost", "customer_cost")
_NAMES = {  # facts whose values the policy names, and where it does
    "kind": ("kinds",),
    "channel": ("channels",),
    "form": ("forms",),
    "moment": ("moments",),
    "category": ("categories",),
    "severity": ("severities",),
    "urgency": ("urgencies",),
    "liability": ("liabilities",),
    "flags": ("flags",),
    "departments": ("departments",),
    "against": ("departments",),
    "cause": ("causes", "categories"),  # the category stands for a cause that is not known
    "verdict": ("verdicts",),
    "grounds": ("grounds",),
    "demand_reasonable": ("demands",),
    "demand": ("remedies",),
    "remedies": ("remedies",),
    "role": ("roles",),
    "customer_type": ("customer_types",),
}  # fmt: skip


def quoted(name: str) -> str:
    """A name of the policy inside a sentence, in the marks of the language."""
    return _("“{name}”").format(name=name)


def named(policy: Policy, kind: str, ident: str, language: str) -> str:
    """What the policy calls an id, as `quoted`."""
    return quoted(name_of(policy, kind, ident, language))


def either(names: Iterable[str]) -> str:
    """Several of which one is enough."""
    return pgettext("between names", " or ").join(names)


def sentence(label: str) -> str:
    """A label that goes on: without the full stop at its end."""
    return label.rstrip().rstrip(".。")


def unmet(when: When, facts: Facts, policy: Policy, language: str) -> str:
    """What stands against a condition: each entry that does not hold, with what was found and is required."""
    say = _Words(policy, language)
    return _joined(
        say.failing(key, asked, facts) for key, asked in when.items() if not met({key: asked}, facts)
    )


def found(when: When, facts: Facts, policy: Policy, language: str) -> str:
    """What a condition that holds found: each of its facts with its value."""
    say = _Words(policy, language)
    return _joined(say.holding(key, asked, facts) for key, asked in when.items())


def _joined(parts: Any) -> str:
    return _("; ").join(dict.fromkeys(filter(None, parts)))


class _Words(NamedTuple):
    """The facts of a case in the words of a policy."""

    policy: Policy
    language: str

    def failing(self, key: str, asked: Any, facts: Facts) -> str:
        """An entry of a condition that does not hold."""
        if key == "not":
            if unknown(asked):
                return _("the rule speaks of something unknown: {names}").format(
                    names=", ".join(unknown(asked))
                )
            return _("does not apply ({what})").format(what=found(asked, facts, self.policy, self.language))
        if key == "any":
            return either(unmet(one, facts, self.policy, self.language) for one in asked)
        if isinstance(asked, bool):
            return _flag(key, is_so=not asked)
        return _("{fact}: {found} (required: {asked})").format(
            fact=word(key), found=self.value(key, facts.get(key)), asked=self.wanted(key, asked)
        )

    def holding(self, key: str, asked: Any, facts: Facts) -> str:
        """An entry of a condition that holds."""
        if key == "any":
            return _joined(found(one, facts, self.policy, self.language) for one in asked if met(one, facts))
        if key == "not":
            return _joined(self.holding(one, inner, facts) for one, inner in asked.items() if one != "not")
        if isinstance(asked, bool):
            return _flag(key, is_so=facts.get(key) is True)
        if isinstance(asked, Mapping) and met({key: asked}, facts):
            return cells.told(
                word(key), cells.aside(self.value(key, facts.get(key)), self.wanted(key, asked))
            )
        return cells.told(word(key), self.value(key, facts.get(key)))

    def value(self, fact: str, value: Any) -> str:
        """What a case has of a fact."""
        if isinstance(value, list | tuple):
            return cells.listed(self.one(fact, one) for one in value) or _("none")
        return _("not recorded") if value is None else self.one(fact, value)

    def wanted(self, fact: str, asked: Any) -> str:
        """What a condition asks of a fact."""
        if isinstance(asked, Mapping):
            return cells.listed(f"{word(bound)} {self.one(fact, edge)}" for bound, edge in asked.items())
        return either(self.one(fact, one) for one in (asked if isinstance(asked, list) else [asked]))

    def one(self, fact: str, value: Any) -> str:
        """A single value of a fact, or one that is asked of it."""
        if fact in _MONEY and isinstance(value, int | str | Decimal) and not isinstance(value, bool):
            return self._money(value)
        if fact == "level":
            levels: Sequence[Any] = self.policy["levels"]
            labels = [text(one["label"], self.language) for one in levels if one["level"] == value]
            return quoted(labels[0]) if labels else str(value)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if not isinstance(value, str) or fact not in _NAMES:
            return str(value)
        names = (name_of(self.policy, kind, value, self.language) for kind in _NAMES[fact])
        return quoted(next((name for name in names if name != value), value))

    def _money(self, value: Any) -> str:
        try:
            return spoken.money(str(value), self.policy["authority"]["currency"], self.language)
        except ValueError:  # a slip in the policy: `check` tells
            return str(value)


def _flag(fact: str, *, is_so: bool) -> str:
    """A fact that is so or not, as a sentence of its own."""
    yes, no = {
        "product": (_("a product is named"), _("no product is named")),
        "batch": (_("a batch number is recorded"), _("no batch number is recorded")),
        "missed": (_("a deadline was missed"), _("no deadline was missed")),
        "exception": (_("it is an exception"), _("it is no exception")),
        "alone": (_("nobody else could decide"), _("somebody else could decide")),
        "own_department": (
            _("the complaint is about the department that took it"),
            _("the complaint is about another department than the one that took it"),
        ),
        "confirmed": (
            _("the customer confirmed the facts"),
            _("the customer has not confirmed the facts"),
        ),
    }.get(fact, (cells.told(word(fact), _("yes")), cells.told(word(fact), _("no"))))
    return yes if is_so else no

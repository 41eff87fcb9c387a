"""What cases under other rules would have had otherwise: one difference each, counted, and in words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = ("level", "clock", "authority", "entitlement", "lacking")

Clocks = list[tuple[int | None, str]]  # due (None: held up) and state of the clocks of one name, in order


class Difference(NamedTuple):
    """One thing about one case that would have been another."""

    case: str
    kind: str  # one of KINDS
    what: str  # which clock, proposal, remedy or id
    was: str
    would: str
    change: str  # in short, the same for all cases with the like: reply: met → missed


class Outcome(NamedTuple):
    """What a replay found."""

    cases: int  # that were compared
    affected: int  # of these, with a difference
    counts: dict[str, int]  # kind -> cases with such a difference
    changes: list[tuple[str, str, int]]  # kind, change, how many cases; the most first within a kind
    differences: list[Difference]  # in order of case


def kinds() -> dict[str, str]:
    """What each kind of difference is called."""
    return {
        "level": _("level"),
        "clock": _("clock"),
        "authority": _("who decides"),
        "entitlement": _("entitlement"),
        "lacking": _("not in these rules"),
    }


def counts(found: Iterable[Difference]) -> dict[str, int]:
    """How many cases have a difference of each kind."""
    pairs = {(one.kind, one.case) for one in found}
    return {kind: sum(pair[0] == kind for pair in pairs) for kind in KINDS}


def changes(found: Iterable[Difference]) -> list[tuple[str, str, int]]:
    """Each change in short with the number of its cases."""
    cases = Counter(
        kind_and_change for kind_and_change, _case in {((d.kind, d.change), d.case) for d in found}
    )
    ordered = sorted(cases.items(), key=lambda one: (KINDS.index(one[0][0]), -one[1], one[0][1]))
    return [(kind, change, count) for (kind, change), count in ordered]


def states() -> dict[str, str]:
    """What the states of a clock are called."""
    return {
        "met": _("met"),
        "missed": _("missed"),
        "waiting": _("waiting"),
        "on-hold": _("on hold"),
        "ended": _("ended"),
    }


def turned(one: Clocks, other: Clocks) -> str:
    """What became of the clocks of one name, in short."""
    if not one or not other:
        return _("a new clock") if other else _("no such clock any more")
    was, would = _worst(one), _worst(other)
    words = states()
    return f"{words[was]} → {words[would]}" if was != would else _("due at another time")


def _worst(clocks: Clocks) -> str:
    """Missed if one was, else the state of the last."""
    return "missed" if any(state == "missed" for _due, state in clocks) else clocks[-1][1]


def rule_text(rule: str | None) -> str:
    """The rule that allows a remedy; none (empty): an exception; None: it needs no rule."""
    if rule is None:
        return _("needs none")
    return rule or _("exception")

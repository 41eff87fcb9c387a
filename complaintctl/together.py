"""Decisions that two lines of history made apart: each was right where it was made, both may be too much.

A limit and the amount from which decisions are signed hold for all that a customer is granted within
the window of the rules.  Nobody on one line could count what was granted on the other, so it is counted
where the lines come together: of two such decisions the later one has to bear the sum.  Whoever makes the
merge answers for the money, if so much is theirs to grant; nobody's name stands for a signature.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from complaintctl import authority, needs, signing, times
from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from complaintctl.authority import Staff
    from complaintctl.case import Case
    from complaintctl.inforce import Rules

    # customer, from and up to which instant, and the case that does not count -> what they were granted
    Spent = Callable[[str, int, int, str], Decimal]


def may_hold(data: bytes) -> bool:
    """Whether a case file may hold a decision at all; most need not be read for it."""
    return b"decision:" in data


class Sides(NamedTuple):
    """A case where two lines part, as each of them has it, and as it is once they are joined."""

    base: Case | None
    ours: Case | None
    theirs: Case | None
    merged: Case


class Grant(NamedTuple):
    """Remedies that were approved on one line, and that the customer has not declined."""

    case: Case  # as it is once the lines are joined
    number: int  # of the proposal, counted from 1

    @property
    def id(self) -> str:
        return self.case["id"]

    @property
    def customer(self) -> str:
        return self.case["customer"]["id"]

    @property
    def decision(self) -> Any:
        return self.case["proposals"][self.number - 1].get("decision")

    @property
    def at(self) -> int:
        return times.epoch(self.decision["at"])

    @property
    def cost(self) -> Decimal:
        return authority.cost_of(self.case["proposals"][self.number - 1])


class Fault(NamedTuple):
    """A decision that does not bear the sum."""

    grant: Grant
    message: str

    @property
    def place(self) -> str:
        return f"proposals[{self.grant.number - 1}].decision"


def grants(brought: Iterable[Sides], own: Iterable[Sides]) -> tuple[list[Grant], list[Grant]]:
    """What our line alone granted since the lines parted, and what theirs did.

    `brought`: the cases that their line changed; `own`: those that only ours did, which
    are not looked at where theirs granted nothing.
    """
    ours, theirs = _grants(brought)
    return (ours + _grants(own)[0], theirs) if theirs else ([], [])


def _grants(cases: Iterable[Sides]) -> tuple[list[Grant], list[Grant]]:
    ours: list[Grant] = []
    theirs: list[Grant] = []
    for sides in cases:
        base, one, two = (_decisions(side) for side in sides[:3])
        for number, proposal in enumerate(sides.merged.get("proposals", ()), 1):
            decision: Any = proposal.get("decision", {})
            declined = proposal.get("answer", {}).get("outcome") == "declined"
            if decision.get("outcome") != "approved" or declined or decision in base:
                continue
            for side, other, found in ((one, two, ours), (two, one, theirs)):
                if decision in side and decision not in other:
                    found.append(Grant(sides.merged, number))
    return ours, theirs


def _decisions(case: Any) -> list[Any]:
    return [one["decision"] for one in (case or {}).get("proposals", ()) if "decision" in one]


def faults(
    ours: Sequence[Grant], theirs: Sequence[Grant], spent: Spent, rules: Rules, merger: Staff | None
) -> Iterator[Fault]:
    """The decisions that do not bear what both lines granted; `spent`: as our line has it alone.

    `rules`: those in force where the lines come together; `merger`: who joins them (None: nobody on the
    staff).  Raises BadData or RegisterState where the rules cannot be read.
    """
    shared = {one.customer for one in ours} & {one.customer for one in theirs}
    if not shared:
        return
    window = times.length(rules.in_force[0]["authority"]["window"]).seconds
    for grant, apart in [*((one, theirs) for one in ours), *((one, ours) for one in theirs)]:
        if grant.customer not in shared:
            continue
        since = grant.at - window
        unseen = _sum(apart, grant, since)
        if unseen:
            others = spent(grant.customer, since, grant.at, grant.id) + _sum(theirs, grant, since)
            why = _unborne(grant, others, unseen, rules, merger)
            if why:
                yield Fault(grant, why)


def _sum(granted: Sequence[Grant], grant: Grant, since: int) -> Decimal:
    """What of this was granted to the same customer in other cases up to the moment of a decision."""
    return sum(
        (
            one.cost
            for one in granted
            if one.customer == grant.customer and one.id != grant.id and since <= one.at <= grant.at
        ),
        Decimal(0),
    )


def _unborne(grant: Grant, others: Decimal, unseen: Decimal, rules: Rules, merger: Staff | None) -> str:
    """Why a decision does not bear the sum; empty where it does, or did not without the other line."""
    policy = rules.in_force[0]
    decision = grant.decision
    total = signing.weight(grant.case, grant.number, others)
    roles = [decision["role"], *([merger["role"]] if merger is not None and merger["active"] else [])]
    if needs.covers(policy, decision["role"], total - unseen) and not any(
        needs.covers(policy, role, total) for role in roles
    ):
        from complaintctl import i18n, spoken

        def said(amount: object) -> str:
            return spoken.money(str(amount), grant.case["currency"], i18n.language())

        return _(
            "with {apart} that were granted to this customer on the other line it is"
            " {total}; {who} may grant {limit}"
        ).format(
            apart=said(unseen),
            total=said(total),
            who=decision["by"],
            limit=said(needs.limit_text(policy, decision["role"], total)),
        )
    asked, before = (signing.required(rules.settings, one) for one in (total, total - unseen))
    if asked and not before and "signature" not in decision:
        return _("this register asks for a signature of {who}; there is none").format(who=decision["by"])
    return ""

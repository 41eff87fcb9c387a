"""What follows for those responsible: on whom a case has to decide before it ends (S1b-8, S1b-9, S4-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complaintctl.conditions import last_verdict
from complaintctl.lifecycle import in_round, round_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from complaintctl.case import Case

# as whom somebody is decided on: directly responsible, head of those, late, promised without authority,
# answers for evidence
PARTS = ("responsible", "head", "delay", "promise", "evidence")


def owed(case: Case, *, missed: bool) -> list[tuple[str | None, str]]:
    """(who, part) of all that has to be decided on in the current round; who is None: it may be anybody.

    Whoever the last verdict holds responsible, or somebody as responsible where
    it names nobody; whoever gave a promise without authority; and, where a
    clock was `missed`, whoever is to answer for the delay.
    """
    verdict = last_verdict(case)
    found: list[tuple[str | None, str]] = [(verdict.get("responsible") if verdict else None, "responsible")]
    investigations = in_round(case.get("investigations", ()), round_of(case))
    promisers = dict.fromkeys(one["promised_by"] for one in investigations if "promised_by" in one)
    found += [(who, "promise") for who in promisers]
    return [*found, (None, "delay")] if missed else found


def missing(
    case: Case, decided: Iterable[Mapping[str, Any]], *, missed: bool
) -> list[tuple[str | None, str]]:
    """What of `owed` nothing was decided on; `decided`: the dispositions that are to be recorded."""
    known = {(one["who"], one["part"]) for one in decided}
    parts = {part for _who, part in known}
    return [
        (who, part)
        for who, part in owed(case, missed=missed)
        if (part not in parts if who is None else (who, part) not in known)
    ]

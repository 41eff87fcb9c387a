"""The ratios and sums that several tables show, each defined once.

Void cases (entered in error, duplicate) are left out of every ratio.  Requests
are left out too, except of the on-time and satisfaction rates: what was
promised counts for them as well.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeVar

from complaintctl.report.events import UPHELD, Events
from complaintctl.report.tables import money, rate

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from complaintctl.policy import Policy
    from complaintctl.rows import Paid, Row, Span

Rate = dict[str, Any]
T = TypeVar("T")


def upheld(events: Events, decided: Iterable[Row]) -> Rate:
    """Founded or partly founded / complaints on which a verdict fell."""
    verdicts = [row["verdict"] in UPHELD for row in decided if events.is_complaint(row)]
    return rate(sum(verdicts), len(verdicts))


def satisfaction(events: Events, answers: Iterable[tuple[Row, int]], policy: Policy) -> Rate:
    """Satisfied or better / all answers to the question."""
    ratings = [is_content(rating, policy) for row, rating in answers if row["id"] not in events.void]
    return rate(sum(ratings), len(ratings))


def is_content(rating: int, policy: Policy) -> bool:
    """Whether an answer, 5 best, is satisfied or better."""
    return rating >= policy["follow_up"]["satisfied_from"]


def first_responses(events: Events) -> list[int]:
    """Seconds from receipt to the first word, of the complaints whose customer first heard in the period."""
    return [
        contact - row["received"]
        for row in events.contacted
        if (contact := row["first_contact"]) is not None and events.is_complaint(row)
    ]


def last_closings(events: Events, closed: Iterable[tuple[Row, Span]]) -> list[tuple[Row, Span]]:
    """The complaints among the cases that were closed, each once, with its last closing."""
    return list({row["id"]: (row, span) for row, span in closed if events.is_complaint(row)}.values())


def closing_times(events: Events, closed: Iterable[tuple[Row, Span]]) -> list[int]:
    """Seconds from receipt to the last closing, of the complaints that were closed."""
    return [span.end - row["received"] for row, span in last_closings(events, closed) if span.end is not None]


def on_time(kept: Iterable[tuple[Row, int, int]]) -> Rate:
    """Met / met + missed, of the deadlines due in the period (`Events.kept`)."""
    met = missed = 0
    for _row, one, other in kept:
        met += one
        missed += other
    return rate(met, met + missed)


def redress(events: Events, paid: Iterable[tuple[Row, Paid]], currency: str) -> str:
    """The cost of what was carried out in the period."""
    return money((one.cost for _row, one in paid if events.within(one.done)), currency)


def borne(events: Events, currency: str) -> str:
    """What suppliers took over in the period (S0-15)."""
    return money((amount for _row, amount in events.borne), currency)


def grouped(items: Iterable[T], key: Callable[[T], Hashable]) -> dict[Any, list[T]]:
    """The items under their keys, in the order in which they come."""
    groups: dict[Any, list[T]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return dict(groups)

"""What is known of other cases when a step is judged: what a customer was granted, and what came again.

Beginning with nothing, or with the index of some commit; cases that changed
since are looked at when somebody asks.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from complaintctl import levels, summary, times
from complaintctl.errors import BadData, RegisterState
from complaintctl.lifecycle import VOID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from complaintctl.case import Case
    from complaintctl.index import Index
    from complaintctl.policy import Policy
    from complaintctl.rows import Hit

_EVER = 1 << 62  # later than any instant
_KEPT = 4096  # cases of which it is remembered what was noted of them
_Which = tuple[str, int, int]  # what counts together: key, customers and window of a hit
_Noted = tuple["Policy", list[Any]]  # what was looked at: the policy of a case, and those of its sections


class Others:
    """Facts about many cases as they stand. `read` gives a case by its id, `pinned` its policy."""

    def __init__(self, read: Callable[[str], Case | None], pinned: Callable[[Case], Policy]) -> None:
        self._read = read
        self._pinned = pinned
        self._index: Index | None = None
        self._new: set[str] = set()  # changed, and not looked at since
        self._own: set[str] = set()  # cases of which the index is not asked any more
        self._granted: dict[str, dict[str, tuple[tuple[int, str], ...]]] = {}  # by customer and case
        self._alike: dict[_Which, list[tuple[int, str, str]]] = {}
        self._known: dict[
            str, tuple[str, int, tuple[_Which, ...]]
        ] = {}  # customer, received, groups of a case
        self._noted: dict[str, _Noted] = {}  # by case, when it was noted last

    def begin(self, index: Index) -> None:
        """Ask an index of the cases that did not change."""
        self._index = index

    def changed(self, case_ids: Iterable[str | None]) -> None:
        """Some cases are not what they were."""
        for one in case_ids:
            if one:
                self._new.add(one)

    def spent(self, customer: str, since: int, excluding: str, until: int = _EVER) -> Decimal:
        """What a customer was granted between two instants in other cases (`Lookups.spent`)."""
        self._look()
        total = Decimal(0)
        for case_id, granted in self._granted.get(customer, {}).items():
            if case_id != excluding:
                total += sum((Decimal(cost) for at, cost in granted if since <= at <= until), Decimal(0))
        if self._index is not None:
            total += sum(
                (
                    Decimal(cost)
                    for case_id, cost in self._index.granted_to(customer, since, until)
                    if case_id != excluding and case_id not in self._own
                ),
                Decimal(0),
            )
        return total

    def level(self, case: Case, policy: Policy, instant: int) -> int:
        """The level of a case at an instant, the case itself as it is given here."""
        received = times.epoch(case["intake"]["received_at"])
        hits = levels.hits(case, policy)
        return levels.level_at(hits, instant, lambda hit: self._repeated(hit, case, received, instant)).level

    def _repeated(self, hit: Hit, case: Case, received: int, instant: int) -> bool:
        self._look()
        first, last = received - hit.window, received + hit.window
        which = (hit.key or "", hit.customers, hit.window)
        group = self._alike.get(which, [])
        near = group[bisect_left(group, (first,)) : bisect_left(group, (last + 1,))]
        own = case["id"]
        found = [(at, customer) for at, customer, case_id in near if case_id != own]
        if not _is_void(case):
            found.append((received, case["customer"]["id"]))
        if self._index is not None:
            found += [
                (at, customer)
                for at, customer, case_id in self._index.alike(which, first, last)
                if case_id != own and case_id not in self._own
            ]
        return levels.repeated_at(hit, received, found, instant)

    def _look(self) -> None:
        """Work out what is to be known of the cases that changed."""
        if self._new:
            waiting, self._new = self._new, set()
            self._own |= waiting
            for case_id in waiting:
                case = self._read(case_id)
                if case is None:
                    self._noted.pop(case_id, None)
                    self._forget(case_id)
                else:
                    self._note(case_id, case)

    def _forget(self, case_id: str) -> None:
        known = self._known.pop(case_id, None)
        if known is None:
            return
        customer, received, keys = known
        self._granted.get(customer, {}).pop(case_id, None)
        for key in keys:
            group = self._alike[key]
            del group[bisect_left(group, (received, customer, case_id))]

    def _note(self, case_id: str, case: Case) -> None:
        customer = case["customer"]["id"]
        if not self._is_noted(case_id, case):
            self._group(case_id, case)
        granted = tuple(summary.granted(case)) if "proposals" in case else ()
        if granted:
            self._granted.setdefault(customer, {})[case_id] = granted
        elif customer in self._granted:
            self._granted[customer].pop(case_id, None)

    def _is_noted(self, case_id: str, case: Case) -> bool:
        """Whether all is as before that the groups of a case rest on."""
        try:
            policy = self._pinned(case)
        except (BadData, RegisterState):
            self._noted.pop(case_id, None)
            return False
        found = [case.get(section) for section in levels.rests_on(policy)]
        was = self._noted.get(case_id)
        if was is not None and was[0] is policy and was[1] == found:
            return True
        if len(self._noted) >= _KEPT:
            self._noted.clear()
        self._noted[case_id] = policy, found
        return False

    def _group(self, case_id: str, case: Case) -> None:
        """Put a case where it belongs."""
        customer = case["customer"]["id"]
        received = times.epoch(case["intake"]["received_at"])
        now = customer, received, () if _is_void(case) else self._keys(case)
        if now != self._known.get(case_id):  # which groups a case belongs to hardly ever changes
            self._forget(case_id)
            for key in now[2]:
                insort(self._alike.setdefault(key, []), (received, customer, case_id))
            self._known[case_id] = now

    def _keys(self, case: Case) -> tuple[_Which, ...]:
        """The groups that a case belongs to."""
        try:
            hits = levels.repetitions(case, self._pinned(case))
        except (BadData, RegisterState):
            return ()  # whose rules are gone: that is told elsewhere
        return tuple(dict.fromkeys([(hit.key or "", hit.customers, hit.window) for hit in hits]))


def _is_void(case: Case) -> bool:
    closures = case.get("closures", [])
    return bool(closures) and "reopened" not in closures[-1] and closures[-1]["outcome"] in VOID

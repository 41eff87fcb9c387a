"""Questions to the index that are answered with rows: lists, deadlines, repetition, what a report needs.

Every answer is as of the commit that the index was refreshed to.  Instants are
seconds since 1970 in UTC.
"""

from __future__ import annotations

import json
from functools import partial
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, cast

from complaintctl import records
from complaintctl.lifecycle import STATES
from complaintctl.lookups import Source
from complaintctl.records import DETAILS, NEVER, NOTED, Folded, decode
from complaintctl.rows import Clock, Hit, Row, is_running
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from complaintctl.report.period import Earlier

_SINGLY = 20  # so many cases are asked for one by one
_TRIES = 5  # how often the tables may be another's by the time that rows were computed
_STATE = "CASE state " + " ".join(f"WHEN '{state}' THEN {at}" for at, state in enumerate(STATES)) + " END"
ORDERS = {
    "due": "due_order{down}, received{down}, id{down}",
    "received": "received{down}, id{down}",
    "closed": "closed{down}, id{down}",
    "id": "id{down}",
    "state": _STATE + "{down}, due_order{down}, id{down}",
    "level": "due_order, received, id",  # the level itself is the caller's to sort by: it changes with time
}


class Listed(NamedTuple):
    """One case in a list."""

    id: str
    customer: str
    on_hold: bool
    state: str
    kind: str
    category: str | None
    severity: str | None
    department: str | None
    handler: str | None
    received: int
    closed: int | None
    due: int | None
    late: int | None  # from when on the case is overdue, if nothing happens
    level: int | None  # None: its hits tell
    raised: int | None  # its level from `since` on
    since: int | None
    hits: Sequence[Hit] | None  # None: `level`, `raised` and `since` tell it all


class Listing(Source):
    """The questions."""

    _repeated: dict[tuple[Any, ...], int | None]
    _given: Any = None  # the rows for the last report: to take thousands apart would cost more than the space
    _pins: dict[str, str]  # of the open cases: by which policy they go

    def find(
        self,
        *,
        which: str = "open",
        states: Sequence[str] = (),
        category: str | None = None,
        department: str | None = None,
        handler: str | None = None,
        mine: str | None = None,
        customer: str | None = None,
        batch: str | None = None,
        overdue: int | None = None,
        received: tuple[int, int] | None = None,
        search: str | None = None,
        sort: str = "due",
        limit: int | None = None,
        offset: int = 0,
    ) -> tuple[list[Listed], int]:
        """The cases that fit all that is given, and how many fit.

        `which`: open, closed or all; `category`: with all below it; `mine`: handled or
        owned by this person; `batch`: without regard to letter case and blanks;
        `overdue`: a running deadline is missed at this instant; `received`: from, and
        before; `search`: text in what the customer said and bought, in any letter case;
        `sort`: one of `ORDERS`, with ``-`` before it the other way round (KeyError for
        another).
        """
        self.complete(NEVER if which == "open" else None)
        found = _Conditions()
        if which != "all":
            found.add("due_order <= ?" if which == "open" else "due_order > ?", NEVER)
        if states:
            found.add(f"state IN ({', '.join('?' * len(states))})", *states)
        if category:
            below = f"{category}."
            found.add("(category = ? OR substr(category, 1, ?) = ?)", category, len(below), below)
        same = (("department", department), ("handler", handler), ("customer", customer))
        for column, value in (*same, ("batch", records.batch(batch))):
            if value:
                found.add(f"{column} = ?", value)
        if mine:
            found.add("(handler = ? OR owner = ?)", mine, mine)
        if overdue is not None:
            found.add("late <= ?", overdue)
        if received:
            found.add("received >= ? AND received < ?", *received)
        if search:
            found.add("n IN (SELECT n FROM texts WHERE instr(text, ?))", search.casefold())
        return self._page(found, sort, limit, offset)

    def _page(
        self, conditions: _Conditions, sort: str, limit: int | None, offset: int
    ) -> tuple[list[Listed], int]:
        order = ORDERS[sort.removeprefix("-")].format(down=" DESC" if sort.startswith("-") else "")
        page = f"FROM cases {conditions} ORDER BY {order} LIMIT ? OFFSET ?"
        values = [*conditions.values, -1 if limit is None else limit, offset]
        listed: list[Listed] = self._all(f"SELECT {_LISTED} {page}", values, _listed)
        if None in map(_level, listed):
            self._gather(f"SELECT n FROM (SELECT n, level {page}) WHERE level IS NULL", values)  # noqa: S608
        if limit is None and not offset:
            return listed, len(listed)
        total = self._one(f"SELECT count(*) FROM cases {conditions}", conditions.values)  # noqa: S608
        return listed, int(total)

    def _complete(self, chosen: str, values: Sequence[Any]) -> None:
        """Compute the rows that are not there yet of the cases whose `n` a query finds."""
        raise NotImplementedError

    def _rows(
        self,
        where: str,
        values: Sequence[Any],
        make: Callable[[Any], Row | None] | None = None,
        columns: str = DETAILS,
    ) -> list[Row]:
        """The rows of the cases that fit, in order of id; of closed ones they are made when first asked.

        `make`: of the `columns` of a case; None where there are none yet.
        """
        asked = f"SELECT {columns} FROM cases LEFT JOIN details USING (n) WHERE {where}"  # noqa: S608
        for _attempt in range(_TRIES):
            found = self._all(asked, values, make or _known)
            if None not in found:
                break
            self._complete(f"SELECT n FROM cases WHERE {where}", values)  # noqa: S608
        return sorted(found, key=itemgetter("id"))

    def row(self, case_id: str) -> Row | None:
        """The row of a readable case; None when there is none."""
        if self._one("SELECT 1 FROM put_off WHERE id = ?", (case_id,)):
            self.complete()
        found = self._rows("id = ?", (case_id,))
        return found[0] if found else None

    def open_rows(self) -> list[Row]:
        """The rows of all open cases, nearest deadline first."""
        found = self._all(
            f"SELECT {DETAILS} FROM cases JOIN details USING (n) WHERE due_order <= ? "  # noqa: S608
            "ORDER BY due_order, received, id",
            (NEVER,),
            _known,
        )
        self._gather("SELECT n FROM cases WHERE due_order <= ?", (NEVER,))
        return found

    def due(self, now: int, within: int | None = None) -> list[tuple[Row, Clock]]:
        """The running deadlines of open cases that are due by ``now + within`` (None: all), nearest first."""
        until = NEVER - 1 if within is None else now + within
        found: list[Row] = self._all(
            f"SELECT {DETAILS} FROM cases JOIN details USING (n) WHERE due_order <= ?",  # noqa: S608
            (until,),
            partial(_known, since=NEVER),  # without the clocks that have stopped
        )
        self._gather("SELECT n FROM cases WHERE due_order <= ?", (until,))
        running = [(row, clock) for row in found for clock in filter(is_running, row["clocks"])]
        wanted = [one for one in running if one[1].due is not None and one[1].due <= until]
        return sorted(wanted, key=lambda one: (one[1].due, one[0]["id"], one[1].name))

    def owing(self) -> list[Row]:
        """The rows of the cases in which somebody may still have to be told, in order of id (`Row.owed`)."""
        which = f"notes & {NOTED.owed}"
        found = self._rows(which, (), partial(_known, since=NEVER))
        if found:
            self._gather(f"SELECT n FROM cases WHERE {which}", ())  # noqa: S608
        return found

    def report_rows(self, since: int, before: int, *, whole: bool = False) -> list[Row]:
        """The rows of all cases received before an instant that matter from another on, and few others.

        For a report: `since` is the start of the period before, `before` the instant
        that it is as at; see `report.period.needs`.
        `whole`: decode all of each, not only what the tables of a week ask for.
        """

        def made(record: Any) -> Row | None:
            numbers, head, done, again = record
            return None if head is None else cast("Row", Folded.of(numbers, head, done, again, self.row))

        self.complete(since)
        where, values = "matters_until >= ? AND received < ?", (since, before)
        if whole:
            return self._rows(where, values, partial(_known, since=since))
        again = "(SELECT min(since) FROM repetition WHERE repetition.n = cases.n)"
        self._given = found = self._rows(where, values, made, f"clocks, head, done, {again}")
        if sum(cast("Folded", row).graded is None for row in found) > _SINGLY:
            self._gather(f"SELECT n FROM cases WHERE {where}", values)  # noqa: S608
        return found

    def granted_rows(self, since: int) -> list[Row]:
        """The rows of the cases in which remedies were approved since, and not declined; in order of id."""
        self.complete(since)
        return self._rows("n IN (SELECT n FROM granted WHERE approved >= ?)", (since,))

    def earlier(self, since: int, before: int) -> list[Earlier]:
        """The little that means and repeats need of the cases received in ``since <= t < before``."""
        from complaintctl.report.period import Earlier

        self.complete(since)
        return self._all(
            "SELECT id, kind, customer, named, category, product, received, voided "
            "FROM cases WHERE received >= ? AND received < ? ORDER BY received",
            (since, before),
            partial(tuple.__new__, Earlier),
        )

    # -- levels

    def level_now(self, listed: Listed, instant: int) -> int:
        """The level of a case in a list at an instant."""
        if listed.level is None:
            return self.level_of(listed.hits or (), listed.received, instant)[0]
        if listed.since is None or listed.raised is None or listed.since > instant:
            return listed.level
        return listed.raised

    def level_of(self, hits: Sequence[Hit], received: int, instant: int) -> tuple[int, Hit]:
        """The level of a case at an instant, and the rule that gives it."""
        from complaintctl import levels

        hit = levels.level_at(hits, instant, lambda one: self.repeated(one, received, instant))
        return hit.level, hit

    def row_levels(self) -> Callable[[Row, int], tuple[int, Hit]]:
        """What tells the level of the case of a row at an instant, and the rule that gives it."""
        from complaintctl.levels import level_at

        def level_of(row: Row, instant: int) -> tuple[int, Hit]:
            if not isinstance(row, Folded) or row.graded is None:
                return self.level_of(row["hits"], row["received"], instant)
            again = row.again is not None and row.again <= instant
            hit = level_at(row.graded, instant, lambda _hit: again)
            return hit.level, hit

        return level_of

    def repeated(self, hit: Hit, received: int, instant: int) -> bool:
        """Whether what a hit of an indexed case names had come again, by an instant, often enough (S1d-3).

        `received`: when that case was received.
        """
        which = (hit.key, hit.customers, hit.window)
        if (*which, received) in self._repeated:
            since = self._repeated[*which, received]
        else:
            self._compares(received, hit.window)
            since = self._one(
                "SELECT min(since) FROM keys JOIN repetition USING (k) "
                "WHERE key = ? AND customers = ? AND window = ? AND received = ?",
                (*which, received),
            )
        return since is not None and since <= instant

    def _gather(self, chosen: str, values: Sequence[Any]) -> None:
        """Fetch at once what `repeated` will be asked about the cases whose `n` a query finds.

        Cases of one key that were received in the same second are repeated from the same instant on
        (`levels.repeated_from`), so each can answer for the others.
        """
        self._repeated |= {
            one[:4]: one[4]
            for one in self._all(
                "SELECT key, customers, window, received, since FROM repetition JOIN keys USING (k) "  # noqa: S608
                f"WHERE n IN ({chosen})",
                values,
            )
        }

    def _forget_repetition(self) -> None:
        """The tables may have changed: ask them again."""
        self._repeated = {}
        self._pins = {}


class _Conditions:
    """A WHERE clause and its values."""

    def __init__(self) -> None:
        self._clauses: list[str] = []
        self.values: list[Any] = []

    def add(self, clause: str, *values: Any) -> None:
        self._clauses.append(clause)
        self.values += values

    def __str__(self) -> str:
        return f"WHERE {' AND '.join(self._clauses)}" if self._clauses else ""


_LISTED = (
    "id, customer, on_hold, state, kind, category, severity, department, handler, received, "
    "closed, due, late, level, raised, "
    "CASE WHEN raised IS NOT NULL THEN (SELECT min(since) FROM repetition WHERE n = cases.n) END, hits"
)
_LEVEL = Listed._fields.index("level")
_level = attrgetter("level")
_new = tuple.__new__


def _listed(record: Any) -> Listed:
    if record[_LEVEL] is not None:
        return _new(Listed, record)
    hits = [Hit(*one) for one in json.loads(record[-1])]
    return Listed._make((*record[:_LEVEL], None, None, None, hits))


def _known(record: Any, since: int = 0) -> Row | None:
    rest, numbers, head, done = record
    return None if rest is None else decode(rest, numbers, head, done, since)

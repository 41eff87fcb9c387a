"""Questions to the index about single cases and customers: which there are, and what was spent on them.

Every answer is as of the commit that the index was refreshed to.  Instants are
seconds since 1970 in UTC.
"""

from __future__ import annotations

from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from complaintctl.casefiles import path_of
from complaintctl.records import CLOSED, NEVER, batch, mail, measure, telephone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from complaintctl.measures import Measure
    from complaintctl.report.learning import Upheld

_ID, _TAIL = 17, 6  # characters of an id, and of its last part


class Source:
    """How questions reach the tables."""

    def _all(
        self, sql: str, values: Sequence[Any] = (), make: Callable[[Any], Any] | None = None
    ) -> list[Any]:
        """All records that a query finds, each through `make`."""
        raise NotImplementedError

    def complete(self, since: int | None = None) -> None:
        """Sum up the cases that were closed long ago, unless all that happened since an instant is enough."""
        raise NotImplementedError

    def _compares(self, received: int, window: int) -> None:
        """Sum them up where repetition may compare one of them with a case received then."""
        raise NotImplementedError

    def _one(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first value of the first record; None where there is none."""
        found = self._all(sql, values)
        return found[0][0] if found else None


class Lookups(Source):
    """The questions."""

    # -- which cases there are

    def ids_like(self, part: str) -> list[str]:
        """The ids that a part of an id may mean, in order: any letter case, dashes or not.

        The whole id, and the six characters at its end, win over other matches.
        """
        wanted = _key(part)
        if not wanted:
            return []
        exact = self._exactly(wanted)
        if exact:
            return exact
        found = self._all(
            "SELECT id FROM cases WHERE instr(replace(id, '-', ''), ?) UNION "
            "SELECT id FROM put_off WHERE instr(replace(id, '-', ''), ?) UNION "
            "SELECT id FROM unreadable WHERE instr(replace(id, '-', ''), ?) ORDER BY id",
            (wanted, wanted, wanted),
            itemgetter(0),
        )
        whole = [one for one in found if _key(one) == wanted] or [one for one in found if one[11:] == wanted]
        return whole or found

    def _exactly(self, wanted: str) -> list[str]:
        """The ids that are this, or end with these six characters, without looking at all the others."""
        if len(wanted) == _ID - 2:
            column, value = "id", f"{wanted[0]}-{wanted[1:9]}-{wanted[9:]}"
        elif len(wanted) == _TAIL:
            column, value = "substr(id, 12)", wanted
        else:
            return []
        return self._all(
            f"SELECT id FROM cases WHERE {column} = ? UNION "  # noqa: S608  (names of our own)
            f"SELECT id FROM put_off WHERE {column} = ? UNION "
            f"SELECT id FROM unreadable WHERE {column} = ? ORDER BY id",
            (value, value, value),
            itemgetter(0),
        )

    def near(self, part: str, n: int = 3) -> list[str]:
        """Up to `n` ids that look like what was typed, the likest first."""
        from difflib import SequenceMatcher

        wanted = _key(part)[-15:]
        pieces = sorted({wanted[at : at + 2] for at in range(max(len(wanted) - 1, 0))})
        if not pieces:
            return []
        shared = " + ".join("(instr(id, ?) > 0)" for _piece in pieces)
        found = self._all(
            "SELECT id FROM (SELECT id FROM cases UNION ALL SELECT id FROM put_off) "  # noqa: S608  (bound)
            f"ORDER BY {shared} DESC, id DESC LIMIT 200",
            pieces,
            itemgetter(0),
        )
        short = len(wanted) <= 8
        likeness = {
            one: SequenceMatcher(None, wanted, one[11:] if short else _key(one)).ratio() for one in found
        }
        likely = [one for one in found if likeness[one] >= 0.6]
        return sorted(likely, key=lambda one: (-likeness[one], one))[:n]

    def entry(self, case_id: str) -> tuple[str, str] | None:
        """Path and blob id of a case, a readable one or not; None when there is none."""
        asked = "SELECT blob FROM cases WHERE id = ? UNION ALL SELECT blob FROM put_off WHERE id = ?"
        found = self._all(asked, (case_id, case_id))
        if found:
            return path_of(case_id), found[0][0]
        broken = self._all("SELECT path, blob FROM unreadable WHERE id = ? ORDER BY path", (case_id,))
        return tuple(broken[0]) if broken else None

    def entries(self) -> list[tuple[str, str]]:
        """Id and blob id of every readable case, in order of id."""
        return self._all("SELECT id, blob FROM cases UNION ALL SELECT id, blob FROM put_off ORDER BY id")

    # -- what was learnt

    def measures(self) -> list[Measure]:
        """All improvement measures, in order of case and number."""
        return self._all("SELECT record FROM measures JOIN cases USING (n) ORDER BY id, number", (), measure)

    def waiting_measures(self) -> list[tuple[Measure, str]]:
        """The measures with something left to do, each with the state of its case, in the same order."""
        return self._all(
            "SELECT state, record FROM measures JOIN cases USING (n) WHERE ended IS NULL ORDER BY id, number",
            (),
            lambda one: (measure(one[1:]), one[0]),
        )

    def upheld(self, before: int) -> list[Upheld]:
        """The cases received before an instant with the root cause that was found, void ones apart."""
        from complaintctl.report.learning import Upheld

        self.complete()
        return self._all(
            "SELECT id, received, cause, product, department FROM cases "
            "WHERE cause IS NOT NULL AND NOT void AND received < ? ORDER BY id",
            (before,),
            Upheld._make,
        )

    def unreadable(self) -> list[tuple[str, str]]:
        """Path and message of every case file that cannot be read, in order of path."""
        return self._all("SELECT path, message FROM unreadable ORDER BY path")

    def count(self, open_only: bool = False) -> int:
        """How many readable cases there are."""
        limit = NEVER if open_only else CLOSED
        named = 0 if open_only else self._one("SELECT count(*) FROM put_off")
        return int(self._one("SELECT count(*) FROM cases WHERE due_order <= ?", (limit,))) + int(named)

    # -- the same batch

    def of_batch(self, number: str, excluding: str) -> list[tuple[str, str]]:
        """Id and state of the other cases with a batch number, void ones apart, in order of id (S2-6)."""
        self.complete()
        return self._all(
            "SELECT id, state FROM cases WHERE batch = ? AND id <> ? AND NOT void ORDER BY id",
            (batch(number), excluding),
        )

    def tied(self, case_id: str) -> set[str]:
        """The cases that a case is linked to, from either side."""
        found = self._all(
            "SELECT other FROM cases JOIN links USING (n) WHERE id = ? UNION "
            "SELECT id FROM links JOIN cases USING (n) WHERE other = ?",
            (case_id, case_id),
            itemgetter(0),
        )
        return set(found)

    # -- customers

    def customer_of(self, phone: str | None, email: str | None) -> str | None:
        """The customer who gave this telephone number or e-mail address last; the number counts first."""
        if phone or email:
            self.complete()
        for contact in (telephone(phone), mail(email)):
            found = contact and self._one(
                "SELECT customer FROM reached WHERE contact = ? ORDER BY received DESC, customer LIMIT 1",
                (contact,),
            )
            if found:
                return str(found)
        return None

    def has_customer(self, customer: str) -> bool:
        """Whether a case has this customer id."""
        known = ("cases", "put_off")
        asked = " UNION ALL ".join(f"SELECT 1 FROM {table} WHERE customer = ?" for table in known)  # noqa: S608
        return bool(self._one(f"{asked} LIMIT 1", (customer, customer)))

    def open_of(self, customer: str) -> list[str]:
        """The ids of a customer's open cases."""
        return self._all(
            "SELECT id FROM cases WHERE customer = ? AND due_order <= ? ORDER BY id",
            (customer, NEVER),
            itemgetter(0),
        )

    def spent(self, customer: str, since: int, excluding: str | None = None) -> list[Decimal]:
        """What the remedies cost that were approved for a customer since an instant.

        Those that the customer declined cost nothing; `excluding`: a case that does not count.
        """
        self.complete(since)
        return self._all(
            "SELECT cost FROM granted JOIN cases USING (n) WHERE granted.customer = ? "
            "AND approved >= ? AND id IS NOT ? ORDER BY approved, id, cost",
            (customer, since, excluding),
            lambda record: Decimal(record[0]),
        )

    def granted_to(self, customer: str, since: int, until: int = NEVER) -> list[tuple[str, str]]:
        """Case and cost of what was approved for a customer between two instants and not declined."""
        self.complete(since)
        return self._all(
            "SELECT id, cost FROM granted JOIN cases USING (n) WHERE granted.customer = ? "
            "AND approved BETWEEN ? AND ?",
            (customer, since, until),
        )

    def alike(self, which: tuple[str, int, int], since: int, until: int) -> list[tuple[int, str, str]]:
        """Received, customer and id of the cases that count together (`Hit`: key, customers, window)."""
        self._compares(until - which[2], which[2])
        self._compares(since + which[2], which[2])
        return self._all(
            "SELECT repetition.received, repetition.customer, id FROM keys JOIN repetition USING (k) "
            "JOIN cases USING (n) WHERE key = ? AND customers = ? AND window = ? "
            "AND repetition.received BETWEEN ? AND ?",
            (*which, since, until),
        )

    def grants(self) -> list[tuple[str, int, str, str]]:
        """Customer, instant of the approval, case and cost of all that was approved and not declined."""
        self.complete()
        return self._all(
            "SELECT granted.customer, approved, id, cost FROM granted JOIN cases USING (n) "
            "ORDER BY approved, id, cost"
        )


def _key(part: str) -> str:
    """An id or a part of one as it is compared: capital letters, no dashes; I, L and O are read as digits."""
    kept = "".join(letter for letter in part.upper() if letter != "-" and not letter.isspace())
    return kept.translate({ord("I"): "1", ord("L"): "1", ord("O"): "0"})

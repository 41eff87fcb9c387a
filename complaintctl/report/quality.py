"""What comes again, and how good the records themselves are."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from complaintctl.i18n import _
from complaintctl.report.events import UPHELD, Events
from complaintctl.report.period import REPEATS_WITHIN, Bounds, Earlier
from complaintctl.report.tables import Column, Table, filled, instant

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence
    from datetime import tzinfo

    from complaintctl.policy import Policy
    from complaintctl.rows import Row

DAY = 86400
NAMED = 10  # so many cases are named in a cell

Key = tuple[str | None, str | None, str | None]  # category, product, customer


def repeats(earlier: Iterable[Earlier], bounds: Bounds, zone: tzinfo) -> Table:
    """What came again within 90 days before `as_at`, where the period brought a further case of it.

    `subject`: the same category and product (or none) from two different customers
    or more; `customer`: the same customer, who left a telephone number or an
    e-mail address, at least twice.  Only complaints, duplicates and errors left out.
    """
    columns = [*repeat_columns("cases"), Column("latest", _("latest case"))]
    rows = [[*cells, ids[0]] for cells, ids in repeat_rows(earlier, bounds, zone)]
    return filled("repeats", _("Repeats"), columns, rows)


def repeat_columns(count: str) -> list[Column]:
    """What a table says of each thing that came again; `count`: the key of the number of cases."""
    return [
        Column("kind", _("kind")),
        Column("category", _("category")),
        Column("product", _("product")),
        Column("customer", _("customer")),
        Column(count, _("cases"), "count"),
        Column("customers", _("customers"), "count"),
        Column("first", _("first"), "instant"),
        Column("last", _("last"), "instant"),
    ]


def repeat_rows(
    earlier: Iterable[Earlier], bounds: Bounds, zone: tzinfo
) -> Iterator[tuple[list[Any], list[str]]]:
    """What came again (`repeats`): the cells of `repeat_columns`, and the ids of its cases, latest first."""
    for kind, key, cases, different in _repeated(earlier, bounds):
        found = sorted(((one.received, one.id) for one in cases), reverse=True)
        seen = instant(found[-1][0], zone), instant(found[0][0], zone)
        yield [kind, *key, len(cases), different, *seen], [ident for _at, ident in found]


def _repeated(earlier: Iterable[Earlier], bounds: Bounds) -> Iterator[tuple[str, Key, list[Earlier], int]]:
    """Subjects, then customers, that came again (`repeats`): kind, key, cases and how many customers.

    An unknown customer has an id of their own each time.
    """
    oldest, as_at = bounds.as_at - REPEATS_WITHIN, bounds.as_at
    window = [
        one
        for one in earlier
        if oldest <= one.received < as_at
        and one.kind == "complaint"
        and (one.voided is None or not one.was_void(as_at))
    ]
    classified = [one for one in window if one.category is not None]
    named = [one for one in window if one.named]
    subjects = _again(classified, [(one.category, one.product, None) for one in classified], bounds.start)
    customers = _again(named, [(None, None, one.customer) for one in named], bounds.start)
    for kind, groups in (("subject", subjects), ("customer", customers)):
        found = [(key, cases, len({one.customer for one in cases})) for key, cases in groups.items()]
        found.sort(key=lambda one: (-one[2], -len(one[1]), [part or "" for part in one[0]]))
        for key, cases, different in found:
            if different >= 2 or kind == "customer":
                yield kind, key, cases, different


def _again(window: Sequence[Earlier], keys: Sequence[Key], start: int) -> dict[Key, list[Earlier]]:
    """The groups of two cases or more that got one since `start`; `keys`: what each case is put under."""
    groups: dict[Key, list[Earlier]] = {
        key: [] for key, one in zip(keys, window, strict=True) if one.received >= start
    }
    for key, one in zip(keys, window, strict=True):
        if key in groups:
            groups[key].append(one)
    return {key: cases for key, cases in groups.items() if len(cases) >= 2}


def quality(
    events: Events,
    policy: Policy,
    *,
    is_late: Callable[[int, int], bool] | None = None,
    active: Container[str] | None = None,
    unreadable: Sequence[str] = (),
) -> Table:
    """One row for each thing that is amiss: how many of how many, and the first cases by name.

    `is_late(received, registered)`: whether a case was recorded too late (more
    than a business day; without it, more than 24 hours).  `active`: ids of the
    staff who are; without it nobody is taken to have left.
    """
    columns = [
        Column("check", _("check")),
        Column("label", _("in words")),
        Column("detail", _("detail")),
        Column("n", _("cases"), "count"),
        Column("of", _("of"), "count"),
        Column("cases", _("which")),
    ]
    still = events.open_end
    checks = _checks(events, policy, is_late or _more_than_a_day, active)
    rows = [_row(name, words, "", [row["id"] for row in found], of) for name, words, found, of in checks]
    versions = Counter(row["policy_version"] for row in still)
    for version in sorted(versions, key=lambda text: (len(text), text)):
        words = _("open under this version of the policy")
        rows.append(["policy-version", words, version, versions[version], len(still), ""])
    rows.append(_row("unreadable", _("cannot be read, and is missing here"), "", unreadable, None))
    return filled("quality", _("Data quality"), columns, rows)


def _more_than_a_day(received: int, registered: int) -> bool:
    return registered - received > DAY


def _checks(
    events: Events, policy: Policy, late: Callable[[int, int], bool], active: Container[str] | None
) -> list[tuple[str, str, Iterable[Row], int]]:
    """What may be amiss with a record: its name, in words, the cases that it is so of, and of how many."""
    known = recorded(events)
    founded = [row for row in events.decided if row["verdict"] in UPHELD]
    gravest = next(reversed(policy["severities"]), None)
    severe = [row for row in founded if row["severity"] == gravest]
    still = events.open_end
    complaints = [row for row in still if row["kind"] == "complaint"]
    return [
        (
            "late-registration",
            _("recorded more than a business day after receipt"),
            (row for row in known if late(row["received"], row["registered"])),
            len(known),
        ),
        (
            "inactive-handler",
            _("open with somebody who has left"),
            _left(events, active) if active is not None else [],
            len(still),
        ),
        (
            "missing-evidence",
            _("founded and of the gravest severity, without evidence"),
            (row for row in severe if not row["evidence"]),
            len(severe),
        ),
        (
            "missing-cause",
            _("founded without a cause"),
            (row for row in founded if not row["cause"]),
            len(founded),
        ),
        ("alone", _("decided or investigated alone"), _alone(events), len(_judged(events))),
        (
            "missing-classification",
            _("open and not classified"),
            (row for row in complaints if not _classified(row, events.as_at)),
            len(complaints),
        ),
        (
            "provisional-due",
            _("due date provisional: no calendar for that year"),
            events.provisional.values(),
            len(still),
        ),
    ]


def _row(name: str, words: str, detail: str, cases: Iterable[str], of: int | None) -> list[Any]:
    named = sorted(cases)
    more = " …" if len(named) > NAMED else ""
    return [name, words, detail, len(named), of, " ".join(named[:NAMED]) + more]


def recorded(events: Events) -> list[Row]:
    """The cases that were registered in the period, whenever they were received."""
    known = {row["id"]: row for row in events.open_end}
    known.update((row["id"], row) for row in events.received)
    known.update((row["id"], row) for row, _span in events.closed)
    return [row for row in known.values() if events.within(row["registered"])]


def _left(events: Events, active: Container[str]) -> list[Row]:
    """The open cases of handlers who have left."""
    handlers = [events.holder(row)[1] for row in events.open_end]
    gone = {handler for handler in {*handlers} if handler is not None and handler not in active}
    return [row for row, handler in zip(events.open_end, handlers, strict=True) if handler in gone]


def _classified(row: Row, as_at: int) -> bool:
    return row["classified"] is not None and row["classified"] < as_at


def _judged(events: Events) -> dict[str, Row]:
    """The cases on which a verdict or a decision fell in the period."""
    cases = {row["id"]: row for row in events.decided}
    cases.update(
        (row["id"], row)
        for row, paid in events.paid
        if events.within(paid.approved) or events.within(paid.returned)
    )
    return cases


def _alone(events: Events) -> list[Row]:
    """Those of them that somebody decided or investigated alone (S1c-4).

    A row counts the two together and dates decisions only: what is left over
    after the decisions made alone is put down to the last verdict.
    """
    cases = {
        row["id"]: row
        for row, paid in events.paid
        if paid.alone and (events.within(paid.approved) or events.within(paid.returned))
    }
    for row in events.decided:
        if row["alone"] > len({paid.proposal for paid in row["paid"] if paid.alone}):
            cases[row["id"]] = row
    return list(cases.values())

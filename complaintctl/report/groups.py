"""The cases of the period by what they are: category, severity, level, channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from complaintctl.i18n import _, pgettext
from complaintctl.labels import name_of, text
from complaintctl.report.period import BEFORE, Bounds, Earlier
from complaintctl.report.ratios import grouped, on_time, redress, satisfaction, upheld
from complaintctl.report.tables import Column, Table, filled, rate
from complaintctl.rows import Row

if TYPE_CHECKING:
    from complaintctl.policy import Policy
    from complaintctl.report.events import Events

Key = Callable[[Row], Any]


def ordered(policy_order: Iterable[Any], found: Iterable[Any]) -> list[Any]:
    """All ids of the policy in its order, then what else was found, and None (nothing given) last."""
    known = list(dict.fromkeys(policy_order))
    others = set(found) - set(known)
    return known + sorted(others - {None}, key=str) + [None] * (None in others)


def labelled(policy: Policy, kind: str, ident: str | None, language: str) -> str:
    """The label of an id in a language; a dash where there is none."""
    return "–" if ident is None else name_of(policy, kind, ident, language)


def category(
    events: Events, earlier: Iterable[Earlier], bounds: Bounds, policy: Policy, language: str, currency: str
) -> Table:
    """Pareto of the received cases: most frequent first, with the share of all and the sum of shares.

    `n`, `previous` and `mean` (of the four periods before) count all cases;
    shares count complaints that are not void.
    """
    received = grouped(events.received, lambda row: row["category"])
    decided = grouped(events.decided, lambda row: row["category"])
    paid = grouped(events.paid, lambda one: one[0]["category"])
    last, before = _earlier_counts(earlier, bounds)
    total = sum(map(events.is_complaint, events.received))
    found = {*received, *decided, *paid, *before}
    rows: list[list[Any]] = []
    sofar = 0
    for ident in sorted(found, key=lambda ident: (-len(received.get(ident, ())), ident is None, ident or "")):
        cases = received.get(ident, [])
        complaints = sum(map(events.is_complaint, cases))
        sofar += complaints
        rows.append([
            ident,
            labelled(policy, "categories", ident, language),
            len(cases),
            sum(row["kind"] != "complaint" for row in cases),
            rate(complaints, total),
            rate(sofar, total),
            last[ident],
            before[ident] / BEFORE,
            upheld(events, decided.get(ident, ())),
            redress(events, paid.get(ident, ()), currency),
        ])  # fmt: skip
    return filled("category", _("By category"), _category_columns(currency), rows)


def _category_columns(currency: str) -> list[Column]:
    return [
        Column("category", _("category")),
        Column("label", _("in words")),
        Column("n", _("received"), "count"),
        Column("requests", _("of which requests"), "count"),
        Column("share", _("share"), "rate"),
        Column("cumulative", _("cumulative"), "rate"),
        Column("previous", _("period before"), "count"),
        Column("mean", _("mean of {count} before").format(count=BEFORE), "count"),
        Column("upheld_rate", _("upheld"), "rate"),
        Column("redress", _("redress paid, {currency}").format(currency=currency), "money"),
    ]


def _earlier_counts(
    earlier: Iterable[Earlier], bounds: Bounds
) -> tuple[Counter[str | None], Counter[str | None]]:
    """How many cases of each category came in during the period before, and during all the earlier ones."""
    last: Counter[str | None] = Counter()
    before: Counter[str | None] = Counter()
    for one in earlier:
        if bounds.earlier[0] <= one.received < bounds.start:
            before[one.category] += 1
            last[one.category] += one.received >= bounds.previous
    return last, before


def severity(events: Events, policy: Policy, language: str) -> Table:
    """By severity, gravest first."""
    names = reversed(list(policy["severities"]))
    labels = lambda ident: labelled(policy, "severities", ident, language)  # noqa: E731
    columns = [Column("severity", _("severity")), Column("label", _("in words")), *_standing()]
    rows = _by(events, names, lambda row: row["severity"], labels)
    return filled("severity", _("By severity"), columns, rows)


def level(events: Events, level_of: Key, climbed: Iterable[Row], policy: Policy, language: str) -> Table:
    """By level as at, gravest first; `climbed`: open cases whose level became graver in the period."""
    names = {one["level"]: text(one["label"], language) for one in policy["levels"]}
    columns = [Column("level", _("level")), Column("label", _("in words")), *_standing()]
    columns.append(Column("climbed", _("climbed"), "count"))
    up = Counter(map(level_of, climbed))
    rows = _by(events, sorted(names), level_of, lambda ident: names.get(ident, ""))
    return filled("level", _("By level"), columns, [[*row, up[row[0]]] for row in rows])


def climbed_from(
    row: Row, start: int, level_of: Key, levels: Callable[[Row, int], Sequence[Any]]
) -> int | None:
    """The level that an open case had at an instant, where it has become graver since; else None (S1d-4).

    `level_of`: its level as at; `levels`: its level at an instant.
    """
    if row["received"] >= start:
        return None
    before: int = levels(row, start)[0]
    return before if level_of(row) < before else None


def _standing() -> list[Column]:
    return [
        Column("received", _("received"), "count"),
        Column("requests", _("of which requests"), "count"),
        Column("open_end", _("open at end"), "count"),
        Column("oldest", _("oldest open"), "duration"),
        Column("escalated", _("escalated"), "count"),
        Column("on_time_rate", _("on time"), "rate"),
    ]


def _by(events: Events, order: Iterable[Any], key: Key, label: Callable[[Any], str]) -> list[list[Any]]:
    """Rows of severity and level: what came in, what is open and for how long, what was on time."""
    received = grouped(events.received, key)
    still = grouped(events.open_end, key)
    escalated = grouped({row["id"]: row for row in events.escalated}.values(), key)
    due = grouped(events.kept, lambda one: key(one[0]))
    return [
        [
            ident,
            label(ident),
            len(received.get(ident, ())),
            sum(row["kind"] != "complaint" for row in received.get(ident, ())),
            len(still.get(ident, ())),
            max((events.as_at - row["received"] for row in still.get(ident, ())), default=None),
            len(escalated.get(ident, ())),
            on_time(due.get(ident, ())),
        ]
        for ident in ordered(order, {*received, *still, *escalated, *due})
    ]


def channel(events: Events, policy: Policy, language: str) -> Table:
    """By channel. `closed_rate`: of the complaints received in the period, those closed by its end."""
    columns = [
        Column("channel", _("channel")),
        Column("label", _("in words")),
        Column("n", _("received"), "count"),
        Column("requests", _("of which requests"), "count"),
        Column("closed_rate", _("closed"), "rate"),
        Column("satisfaction_rate", pgettext("several", "satisfied"), "rate"),
    ]
    received = grouped(events.received, lambda row: row["channel"])
    answers = grouped(events.answers, lambda one: one[0]["channel"])
    still = {row["id"] for row in events.open_end}
    rows: list[list[Any]] = []
    for ident in ordered(policy["channels"], {*received, *answers}):
        cases = received.get(ident, [])
        done = [row["id"] not in still for row in cases if events.is_complaint(row)]
        rows.append([
            ident,
            labelled(policy, "channels", ident, language),
            len(cases),
            sum(row["kind"] != "complaint" for row in cases),
            rate(sum(done), len(done)),
            satisfaction(events, answers.get(ident, ()), policy),
        ])  # fmt: skip
    return filled("channel", _("By channel"), columns, rows)

"""The clocks of a case: what is due by when, and what was met, missed, held up or given up.

A deadline of the policy (``reply: {from: received, until: told, within: 5
business days}``) gives one `Clock` in each round of a case in which its
``from`` event happened.  One by a date (``{date: again_on, until: told}``)
gives a clock for each day that the case names: by when a customer is to hear
again (S1b-2, S1a-12), and when a remedy is expected (S2-11).  All is computed
from the case, the policy that it pins and the calendar; nothing is stored in
the case and nothing here knows what time it is.  Instants are seconds since
1970 in UTC.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, cast

from complaintctl import conditions
from complaintctl.lifecycle import in_round, round_of
from complaintctl.rows import ABSENT, Clock, judged
from complaintctl.times import Length, epoch, length
from complaintctl.tuples import NamedTuple
from complaintctl.workdays import WorkCalendar, add_service_seconds, open_seconds_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from complaintctl.case import Case, Proposal
    from complaintctl.policy import Channel, Deadline, Policy

EVENTS = (
    "received", "registered", "told", "confirmed", "classified", "assigned", "investigated", "proposed",
    "decided", "approved", "agreed", "fulfilled", "followed-up", "closed",
)  # fmt: skip
STATES = ("met", "missed", "waiting", "on-hold", "ended")

Stop = tuple[int, int | None]  # a hold: from, until (None: it is running)

_AROUND_THE_CLOCK: Channel = {"label": {}}
_ONE_DAY = timedelta(days=1)


class Due(NamedTuple):
    """What counting gives: an instant, or None while a hold stops it."""

    at: int | None
    provisional: bool


class _Named(NamedTuple):
    """A day that a case names: since when, which (YYYY-MM-DD), and when what was awaited happened."""

    start: int
    day: str
    met: int | None


class _Round(NamedTuple):
    """One round of a case: its number, its bounds and the instants of its events, in order."""

    number: int
    start: int
    end: int | None  # closed; None: open
    happened: dict[str, list[int]]


def events(case: Case, number: int) -> dict[str, int]:
    """When each event first happened in a round; those that did not are absent.

    ``told`` is the first word to the customer since the round began.  In a
    later round the case was received, and is registered, by the reopening, and
    a classification from before holds from then on.
    """
    for one in _rounds(case):
        if one.number == number:
            return {event: one.happened[event][0] for event in EVENTS if one.happened.get(event)}
    return {}


def clocks(case: Case, policy: Policy, calendar: WorkCalendar) -> list[Clock]:
    """The clocks of all rounds, in the order of the rounds and of the policy.

    A deadline is left out where its ``when`` does not hold for that round or
    its ``from`` event has not happened, one with ``date`` where no day is named.
    One with ``every`` gives a clock for each period; the last one waits, or ended
    with the round (S0-17).
    ValueError for a service clock of a channel that never opens.
    """
    channel = policy["channels"].get(case["intake"]["channel"], _AROUND_THE_CLOCK)
    found: list[Clock] = []
    for one in _rounds(case):
        facts: Mapping[str, Any] | None = None
        for name, rule in policy["deadlines"].items():
            begun = one.happened.get(rule.get("from", ""))
            days = _days_named(case, rule["date"], one) if "date" in rule else None
            if not (begun or days):
                continue
            if "when" in rule:
                facts = facts if facts is not None else _facts(case, policy, one.number)
                if not conditions.met(rule["when"], facts):
                    continue
            if begun:
                stops = _stops(case, rule.get("stops_for", ()), one)
                until = _bounded(rule, one, begun[0])
                for start, met in _periods(rule, until, begun[0]):
                    found.append(_clock(name, rule, until, (start, met), stops, channel, calendar))
            found += [_clock_of_day(name, rule, one, day, calendar) for day in days or ()]
    return found


def latest_due(policy: Policy, channel: str, last: int, calendar: WorkCalendar) -> int:
    """An instant after which no clock of a case is due in which nothing happened later than `last`.

    A clock starts at something that happened, and a hold that is over delays it
    at most as if it started afresh at the hold's end; counting from a later start
    never ends earlier.  The clocks by a day that the case names end with `latest_named`.
    ValueError for a service clock of a channel that never opens.
    """
    served = policy["channels"].get(channel, _AROUND_THE_CLOCK)
    rules = [rule for rule in policy["deadlines"].values() if "within" in rule]
    dues = [due_of(last, rule, (), served, calendar).at for rule in rules]
    return max([last, *(due for due in dues if due is not None)])


def latest_named(case: Case, calendar: WorkCalendar) -> int:
    """The end of the last day that a case names for a next word or a remedy; 0 where it names none."""
    days = [one["again_on"] for one in case.get("contacts", ()) if "again_on" in one]
    for proposal in case.get("proposals", ()):
        days += [one["expected_on"] for one in proposal["remedies"] if "expected_on" in one]
    return calendar.end(date.fromisoformat(max(days))) if days else 0


def next_word(case: Case) -> str:
    """The day (YYYY-MM-DD) by which the customer was last promised to hear again (S1b-2, S1a-12).

    Empty where none was named in this round, once they answered, which shows that they heard, and once
    the case is closed.
    """
    told = [
        one for one in case.get("contacts", ()) if one["party"] == "customer" and one["direction"] == "out"
    ]
    if case["state"] == "closed" or not told:
        return ""
    last = epoch(told[-1]["at"])
    over = [one["answer"]["at"] for one in case.get("proposals", ()) if "answer" in one]
    over += [one["at"] for one in case.get("closures", ())]
    return "" if any(epoch(at) > last for at in over) else told[-1].get("again_on", "")


def state_of(clock: Clock, now: int) -> str:
    """One of `STATES`; missed is what was met too late or can no longer be met in time at `now`."""
    late = late_from(clock)
    met, ended = clock.met, clock.ended
    return judged(
        ABSENT if late is None else late,
        ABSENT if met is None else met,
        ABSENT if ended is None else ended,
        now,
    )


def late_from(clock: Clock) -> int | None:
    """The first instant at which the awaited event is too late; None while a hold stops the clock.

    Minutes and hours may be used up to the second (due 12:00:00 is met at
    12:00:00); days end at 24:00, which is already the next day.
    """
    if clock.due is None:
        return None
    return clock.due if clock.whole_days else clock.due + 1


def promised(case: Case, policy: Policy, calendar: WorkCalendar) -> list[tuple[str, int | None, bool]]:
    """What the customer is told at intake: name, due, provisional of the deadlines with ``promise``.

    Those of the current round, in the policy's order (S0-6, S4-1).
    """
    now = round_of(case)
    found = {
        clock.name: (clock.name, clock.due, clock.provisional)
        for clock in clocks(case, policy, calendar)
        if clock.round == now and policy["deadlines"][clock.name].get("promise")
    }
    return list(found.values())


def due_of(
    start: int, rule: Deadline, stops: Sequence[Stop], channel: Channel, calendar: WorkCalendar
) -> Due:
    """When a clock that started at `start` is due; `stops` are apart from each other and in order.

    A stop that begins when the clock has run out changes nothing: a missed
    clock stays missed.  While a stop runs, there is no instant to give.
    """
    within = length(rule["within"])
    if within.unit in ("minute", "hour"):
        served = channel if rule.get("clock") == "service" else _AROUND_THE_CLOCK
        return _elapsed(start, within.seconds, stops, served, calendar)
    return _days(start, within, bool(rule.get("rolls_over")), stops, calendar)


def _elapsed(
    start: int, seconds: int, stops: Sequence[Stop], channel: Channel, calendar: WorkCalendar
) -> Due:
    """Seconds that pass while the channel is open and nothing stops them."""
    cursor, left, provisional = start, seconds, False
    for begin, end in stops:
        due, unsure = add_service_seconds(cursor, left, channel, calendar)
        if due < begin:
            return Due(due, provisional or unsure)
        if end is None:
            return Due(None, False)
        left -= open_seconds_between(cursor, begin, channel, calendar)
        cursor, provisional = end, provisional or unsure
    due, unsure = add_service_seconds(cursor, left, channel, calendar)
    return Due(due, provisional or unsure)


def _days(start: int, within: Length, rolls_over: bool, stops: Sequence[Stop], calendar: WorkCalendar) -> Due:
    """Days after the first one, without those that a stop touches; due at 24:00 of the last."""
    business = within.unit == "business day"
    first = day = calendar.day_of(start)
    left = within.number
    for begin, end in stops:
        last = _last_day(day, left, business, rolls_over, calendar)
        due = calendar.end(last)
        if due <= begin:
            return Due(due, _unsure(first, last, business, rolls_over, calendar))
        if end is None:
            return Due(None, False)
        before = calendar.day_of(begin) - _ONE_DAY
        counted = calendar.working_between(day, before) if business else max((before - day).days, 0)
        left = max(left - counted, 1)  # 1 where only the rolling over is left
        day = max(day, calendar.day_of(end - 1))
    last = _last_day(day, left, business, rolls_over, calendar)
    return Due(calendar.end(last), _unsure(first, last, business, rolls_over, calendar))


def _last_day(day: date, left: int, business: bool, rolls_over: bool, calendar: WorkCalendar) -> date:
    if business:
        return calendar.add_working_days(day, left)[0]
    last = date.fromordinal(day.toordinal() + left)
    return calendar.next_working(last) if rolls_over else last


def _unsure(first: date, last: date, business: bool, rolls_over: bool, calendar: WorkCalendar) -> bool:
    """Whether the calendar had a say in the last day without knowing a year on the way."""
    return (business or rolls_over) and not calendar.all_known(first, last)


def _clock(
    name: str,
    rule: Deadline,
    one: _Round,
    period: tuple[int, int | None],
    stops: Sequence[Stop],
    channel: Channel,
    calendar: WorkCalendar,
) -> Clock:
    """One clock: `period` is its start and the instant at which the awaited event happened."""
    start, met = period
    ended = one.end if met is None else None
    stop = met if met is not None else ended
    due, provisional = due_of(start, rule, _clipped(stops, start, stop), channel, calendar)
    whole_days = length(rule["within"]).unit.endswith("day")
    return Clock(name, one.number, start, due, met, due is None, provisional, ended, whole_days)


def _clock_of_day(name: str, rule: Deadline, one: _Round, named: _Named, calendar: WorkCalendar) -> Clock:
    """The clock by a day that the case names: due at its end, and no hold moves it."""
    end = _bounded(rule, one, named.start).end
    met = named.met if named.met is None or end is None or named.met <= end else None
    due = calendar.end(date.fromisoformat(named.day))
    ended = end if met is None else None
    return Clock(name, one.number, named.start, due, met, False, False, ended, True)


def _days_named(case: Case, field: str, one: _Round) -> list[_Named]:
    """The days that a round names: the promised next words to the customer, or the remedies agreed on.

    A remedy has no date before the customer agreed to it; a word is kept by the next one after it.
    """
    if field == "again_on":
        contacts = [entry for entry in case.get("contacts", ()) if field in entry]
        told = one.happened["told"]
        found = [
            _Named(at, entry["again_on"], next((word for word in told if word > at), None))
            for at, entry in ((epoch(entry["at"]), entry) for entry in contacts)
        ]
        return [day for day in found if day.start >= one.start and (one.end is None or day.start <= one.end)]
    agreed: list[Proposal] = [
        entry
        for entry in in_round(case.get("proposals", ()), one.number)
        if entry.get("answer", {}).get("outcome") == "agreed"
    ]
    return [
        _Named(
            epoch(proposal["answer"]["at"]),
            remedy["expected_on"],
            epoch(remedy["done"]["at"]) if "done" in remedy else None,
        )
        for proposal in agreed
        for remedy in proposal["remedies"]
        if "expected_on" in remedy
    ]


def _bounded(rule: Deadline, one: _Round, start: int) -> _Round:
    """The round as far as a clock may run in it: an event of ``ends_with`` ends the clock, not the round."""
    last = next((at for at in one.happened.get(rule.get("ends_with", ""), ()) if at >= start), None)
    if last is None:
        return one
    end = _earlier(one.end, last)
    happened = {
        event: [at for at in found if end is None or at <= end] for event, found in one.happened.items()
    }
    return one._replace(end=end, happened=happened)


def _periods(rule: Deadline, one: _Round, start: int) -> Iterator[tuple[int, int | None]]:
    """Start of each period, and when the awaited event ended it (None: it did not happen).

    Any word to the customer counts for ``told``, from the start on; another
    event that came before the start leaves nothing to wait for.
    """
    until = rule["until"]
    awaited = one.happened.get(until, [])
    if until == "told":
        since = start + (rule["from"] == "told")
        awaited = [at for at in awaited if at >= since]
    met = max(awaited[0], start) if awaited else None
    yield start, met
    if not rule.get("every"):
        return
    while met is not None:
        start = met
        met = next((at for at in awaited if at > start), None)
        if met is not None or one.end is None or one.end > start:
            yield start, met


def _stops(case: Case, kinds: Iterable[str], one: _Round) -> list[Stop]:
    """The holds of these kinds since a round began, merged (`_clipped` ends them with the round)."""
    found: list[Stop] = []
    for hold in case.get("holds", ()):
        begin = epoch(hold["at"])
        if hold["for"] in kinds and begin >= one.start:
            found.append((begin, epoch(hold["resumed_at"]) if "resumed_at" in hold else None))
    merged: list[Stop] = []
    for begin, end in sorted(found, key=lambda stop: stop[0]):
        first, until = merged[-1] if merged else (begin, begin - 1)
        if until is not None and begin > until:
            merged.append((begin, end))
        else:
            merged[-1] = (first, None if until is None or end is None else max(until, end))
    return merged


def _clipped(stops: Iterable[Stop], start: int, stop: int | None) -> list[Stop]:
    """What of the holds lies between the start of a clock and the instant that stopped it for good."""
    found: list[Stop] = []
    for begin, end in stops:
        first, last = max(begin, start), _earlier(end, stop)
        if last is None or first < last:
            found.append((first, last))
    return found


def _earlier(one: int | None, other: int | None) -> int | None:
    """The earlier of two instants; None is never."""
    return min((at for at in (one, other) if at is not None), default=None)


def _rounds(case: Case) -> Iterator[_Round]:
    start = epoch(case["intake"]["received_at"])
    for number, closure in enumerate([*case.get("closures", ()), None], 1):
        end = epoch(closure["at"]) if closure else None
        yield _Round(number, start, end, _happened(case, number, start, end))
        if closure is None or "reopened" not in closure:
            return
        start = epoch(closure["reopened"]["at"])


def _happened(case: Case, number: int, start: int, end: int | None) -> dict[str, list[int]]:
    """The instants of each event of a round, in order."""
    proposals: list[Proposal] = in_round(case.get("proposals", ()), number)
    fulfilled = sorted(at for at in map(_fulfilled, proposals) if at is not None)
    follow_ups = _times(in_round(case.get("follow_ups", ()), number))
    investigations = in_round(case.get("investigations", ()), number)
    decisions = [entry["decision"] for entry in proposals if "decision" in entry]
    answers = [entry["answer"] for entry in proposals if "answer" in entry]
    return {
        "received": [start],
        "registered": [epoch(case["intake"]["registered_at"]) if number == 1 else start],
        "told": _told(case, proposals, start, end),
        "confirmed": _within(
            _times(one for one in case.get("contacts", ()) if "confirms" in one), start, end
        ),
        "classified": _classified(case, start, end),
        "assigned": _times(in_round(case.get("assignments", ()), number)),
        "investigated": _times(entry for entry in investigations if "verdict" in entry),
        "proposed": _times(proposals),
        "decided": _times(decisions),
        "approved": _times(entry for entry in decisions if entry["outcome"] == "approved"),
        "agreed": _times(entry for entry in answers if entry["outcome"] == "agreed"),
        "fulfilled": fulfilled,
        "followed-up": [at for at in follow_ups if fulfilled and at >= fulfilled[0]],
        "closed": [end] if end is not None else [],
    }


def _classified(case: Case, start: int, end: int | None) -> list[int]:
    """When it was first classified: at the latest when a step was taken that needs it.

    The section is overwritten when a case is classified again, so its own
    instant may be much later than the first.
    """
    if "classification" not in case:
        return []
    later = (case.get("assignments"), case.get("investigations"), case.get("proposals"))
    first = _times([case["classification"], *(section[0] for section in later if section)])[0]
    return [max(first, start)] if end is None or first <= end else []


def _told(case: Case, proposals: Iterable[Proposal], start: int, end: int | None) -> list[int]:
    """Every word to the customer in a round, and every answer, which shows that there was one."""
    contacts = case.get("contacts", ())
    found = _times(
        entry for entry in contacts if entry["party"] == "customer" and entry["direction"] == "out"
    )
    found += _times(entry["answer"] for entry in proposals if "answer" in entry)
    return sorted(_within(found, start, end))


def _within(instants: Iterable[int], start: int, end: int | None) -> list[int]:
    return [at for at in instants if at >= start and (end is None or at <= end)]


def _fulfilled(proposal: Proposal) -> int | None:
    """When the last remedy or task of an agreed proposal was done; None: not agreed, or not all is."""
    answer = proposal.get("answer")
    if answer is None or answer["outcome"] != "agreed":
        return None
    work = [*proposal["remedies"], *proposal.get("tasks", ())]
    done = [epoch(entry["done"]["at"]) for entry in work if "done" in entry]
    return max(done, default=epoch(answer["at"])) if len(done) == len(work) else None


def _times(entries: Iterable[Any]) -> list[int]:
    return sorted([epoch(entry["at"]) for entry in entries])


def _facts(case: Case, policy: Policy, number: int) -> Mapping[str, Any]:
    """The facts as of a round: without the closures that came after it."""
    if number < round_of(case):
        case = cast("Case", {**case, "closures": case.get("closures", [])[: number - 1]})
    return conditions.facts_of(case, policy)

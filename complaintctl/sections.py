"""The steps that the sections of a case tell: what was done between two states, read from what was added.

Nothing is judged here: each step comes with the function that makes it again
(`Made.make`), given the inputs that the sections hold.  Made on a state before,
it gives the state after, or refuses: because the step refuses, because it is not
its turn yet, or because it would have recorded something else (`Otherwise`).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from complaintctl import times
from complaintctl.lifecycle import signatures
from complaintctl.remade import anytime, beginning, corrected, ending, solving
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from complaintctl.case import Case
    from complaintctl.workflow import Context


class Made(NamedTuple):
    """One step as the sections tell it."""

    verb: str
    by: str  # staff id; '' where nothing is signed, such as who collected a piece of evidence
    at: str  # ISO 8601
    place: str  # where it stands in the case: ``proposals[0].decision``
    make: Callable[[Case | None, Context], Case]


def added(old: Any, new: Any) -> list[Made]:
    """What was done between two states, section by section; `old` is empty for a case that appears."""
    return _Between(old, new).steps()


def _who(entry: Mapping[str, Any]) -> tuple[str, str]:
    return entry["by"], entry["at"]


class _Between:
    """What was added to a case between two states."""

    def __init__(self, old: Any, new: Any) -> None:
        self.old, self.new = old, new
        self.consumed: set[str] = set()  # places that belong to a step which is told elsewhere

    def steps(self) -> list[Made]:
        """The steps, in the order of a case's life as far as one hangs on another."""
        found: list[Made] = []
        known = self.old.get
        others = [section for section, now in self.new.items() if now is not known(section)]
        for section, tell in _SECTIONS:
            if section in others:  # few
                was, now = known(section), self.new[section]
                if now != was:
                    found += tell(self, was or [], now)
        return found

    def proposals(self, was: Sequence[Any], now: Sequence[Any]) -> Iterator[Made]:
        for number, entry in enumerate(now):
            before = was[number] if number < len(was) else {}
            if before == entry:
                continue
            place = f"proposals[{number}]"
            if not before and entry.get("decision", {}).get("via") == "settle":
                yield self._settled(number, entry)
                continue
            if not before:
                yield Made("propose", *_who(entry), place, partial(solving.propose, number, entry))
            if "decision" in entry and "decision" not in before:
                decision = entry["decision"]
                make: Any = partial(solving.approve, number, decision)
                yield Made("approve", *_who(decision), f"{place}.decision", make)
            if "answer" in entry and "answer" not in before:
                make = partial(solving.respond, number, entry["answer"])
                yield Made("respond", *_who(entry["answer"]), f"{place}.answer", make)
            yield from _carried_out(number, before, entry)

    def _settled(self, number: int, entry: Mapping[str, Any]) -> Made:
        """Settling at once, with all that was recorded by it."""
        signed = _who(entry)
        classification = self.new.get("classification")
        classified = None
        if (
            classification is not None
            and "classification" not in self.old
            and _who(classification) == signed
            and classification.keys() <= {"category", "severity", "flags", "by", "at"}
        ):
            classified = classification
            self.consumed.add("classification")
        asked = closed = None
        for place, one in self._added("follow_ups"):
            if _who(one) == signed and "comment" not in one and one.get("proposal", 1) == number + 1:
                asked = one
                self.consumed.add(place)
                break
        for place, one in self._added("closures") if asked else ():
            if _who(one) == signed and one.keys() <= {"outcome", "round", "by", "at", "reopened"}:
                closed = one
                self.consumed.add(place)
                break
        make = partial(solving.settle, number, entry, classified, asked, closed)
        return Made("settle", *signed, f"proposals[{number}]", make)

    def _added(self, section: str) -> Iterator[tuple[str, Any]]:
        first = len(self.old.get(section, ()))
        for number, entry in enumerate(self.new.get(section, ())[first:], first):
            yield f"{section}[{number}]", entry

    def classification(self, was: Any, now: Mapping[str, Any]) -> Iterator[Made]:
        if "classification" not in self.consumed:
            kind = self.new["kind"] if self.old.get("kind", self.new["kind"]) != self.new["kind"] else None
            yield Made("classify", *_who(now), "classification", partial(beginning.classify, now, kind))

    def closures(self, was: Sequence[Any], now: Sequence[Any]) -> Iterator[Made]:
        for number, entry in enumerate(now):
            place = f"closures[{number}]"
            if number >= len(was) and place not in self.consumed:
                make: Any = partial(ending.close, number, entry, self._held(_who(entry)))
                yield Made("close", *_who(entry), place, make)
            if "reopened" in entry and (number >= len(was) or "reopened" not in was[number]):
                reopened = entry["reopened"]
                for at, one in self._added("assignments"):
                    if _who(one) == _who(reopened) and one.get("round", 1) == number + 2:
                        self.consumed.add(at)
                        break
                else:
                    one = None
                make = partial(ending.reopen, number, reopened, one)
                yield Made("reopen", *_who(reopened), f"{place}.reopened", make)

    def _held(self, signed: tuple[str, str]) -> int | None:
        """The hold that a closing ended: it lets the clocks run."""
        were: Any = self.old.get("holds", ())
        for number, entry in enumerate(self.new.get("holds", ())):
            resumed = number < len(were) and "resumed_at" in were[number]
            if not resumed and (entry.get("resumed_by"), entry.get("resumed_at")) == signed:
                return number
        return None

    def holds(self, was: Sequence[Any], now: Sequence[Any]) -> Iterator[Made]:
        ends = {self._held(_who(entry)) for _place, entry in self._added("closures")}
        for number, entry in enumerate(now):
            place = f"holds[{number}]"
            if number >= len(was):
                yield Made("hold", *_who(entry), place, partial(anytime.hold, number, entry))
            resumed = number < len(was) and "resumed_at" in was[number]
            if "resumed_at" in entry and not resumed and number not in ends:
                signed = entry["resumed_by"], entry["resumed_at"]
                yield Made("resume", *signed, f"{place}.resumed_at", partial(anytime.resume, number))

    def improvements(self, was: Sequence[Any], now: Sequence[Any]) -> Iterator[Made]:
        for number, entry in enumerate(now):
            before = was[number] if number < len(was) else {}
            if before == entry:
                continue
            place = f"improvements[{number}]"
            if not before:
                yield Made("improve", *_who(entry), place, partial(anytime.improve, number, entry))
            first = len(before.get("repeated", ()))
            for time, done in enumerate(entry.get("repeated", ())[first:], first):
                make: Any = partial(anytime.repeated, number, time)
                yield Made("improve", *_who(done), f"{place}.repeated[{time}]", make)
            if "done_at" in entry and "done_at" not in before:
                make = partial(anytime.improved, number, entry)
                yield Made("improve", entry["done_by"], entry["done_at"], f"{place}.done_at", make)

    def contacts(self, was: Sequence[Any], now: Sequence[Any]) -> Iterator[Made]:
        """One step for each word; what several were told at once is one step."""
        first = len(was)
        while first < len(now):
            after = first + 1
            while after < len(now) and _told_at_once(now[first], now[after]):
                after += 1
            make = partial(anytime.contact, first, now[first:after])
            yield Made("contact", *_who(now[first]), f"contacts[{first}]", make)
            first = after

    def evidence(self, was: Sequence[Any], now: Sequence[Any]) -> Iterator[Made]:
        for number, entry in enumerate(now):
            place = f"evidence[{number}]"
            if number >= len(was):
                yield Made("evidence", *_who(entry), place, partial(anytime.evidence, number, entry))
            elif "collected_by" in entry and "collected_by" not in was[number]:
                latest = max(self._instants(), key=times.epoch)
                make = partial(anytime.collected, number, entry)
                yield Made("evidence", "", latest, f"{place}.collected_by", make)

    def _instants(self) -> list[str]:
        return [at for at, _by in signatures(self.new)]

    def amendments(self, was: Sequence[Any], now: Sequence[Any]) -> Iterator[Made]:
        for number in range(len(was), len(now)):
            entry, place = now[number], f"amendments[{number}]"
            if "undone" in entry:
                make: Any = partial(corrected.noted_back, number, entry)
                yield Made("undo", *_who(entry), place, make)
                continue
            before = {field for one in now[len(was) : number] for field in one["fields"]}
            if _is_undone(now, number):
                later = set(entry["fields"])
            else:
                standing = (n for n in range(number + 1, len(now)) if not _is_undone(now, n))
                later = {field for n in standing for field in now[n]["fields"]}
            unknown = [field for field in entry["fields"] if field in before or not self._was_there(field)]
            make = partial(corrected.amend, number, entry, self.new, later, unknown)
            yield Made("amend", *_who(entry), place, make)

    def _was_there(self, field: str) -> bool:
        """Whether a field could have another value before (one of an entry that was added tells its last)."""
        section, _dot, rest = field.partition(".")
        number = rest.partition(".")[0]
        return bool(self.old) and not (number.isdecimal() and int(number) > len(self.old.get(section, ())))

    def listed(self, section: str, verb: str, make: Any) -> Iterator[Made]:
        """One step for each entry that was added to a list."""
        for number, (place, entry) in enumerate(self._added(section), len(self.old.get(section, ()))):
            if place not in self.consumed:
                yield Made(verb, *_who(entry), place, partial(make, number, entry))


def _is_undone(amendments: Sequence[Any], number: int) -> bool:
    """Whether an amendment was taken back right afterwards."""
    return number + 1 < len(amendments) and amendments[number + 1].get("undone") == "amend"


def _told_at_once(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two words are one: the same was said to different parties of the house at the same time."""
    return (
        "customer" not in {one["party"], other["party"]}
        and one["direction"] == "out"
        and {**one, "party": ""} == {**other, "party": ""}
        and one["party"] != other["party"]
    )


def _carried_out(number: int, before: Mapping[str, Any], entry: Mapping[str, Any]) -> Iterator[Made]:
    """What was carried out of a proposal, understood, or went wrong; what was done at once is one step."""
    place = f"proposals[{number}]"
    first = len(before.get("problems", ()))
    for time, problem in enumerate(entry.get("problems", ())[first:], first):
        make: Any = partial(solving.troubled, number, time, problem)
        yield Made("fulfil", *_who(problem), f"{place}.problems[{time}]", make)
    items = _items(entry)
    were = _items(before) if before else [{}] * len(items)
    for key, make_one in (("acknowledged", solving.acknowledge), ("done", solving.fulfil)):
        together: dict[tuple[str, ...], list[int]] = {}
        for count, item in enumerate(items):
            if key in item and (count >= len(were) or key not in were[count]):
                done = item[key]
                together.setdefault((*_who(done), done.get("voucher", "")), []).append(count)
        for (by, at, _voucher), counts in together.items():
            split = len(entry["remedies"])
            first = counts[0]
            part = f"remedies[{first}]" if first < split else f"tasks[{first - split}]"
            make = partial(make_one, number, counts, items[first][key])
            yield Made("fulfil", by, at, f"{place}.{part}.{key}", make)


def _items(proposal: Mapping[str, Any]) -> list[Any]:
    return [*proposal["remedies"], *proposal.get("tasks", ())]


def _of_list(section: str, verb: str, make: Any) -> Callable[[_Between, Any, Any], Iterator[Made]]:
    return lambda between, was, now: between.listed(section, verb, make)


# Settling and reopening are told first: parts of other sections belong to them.
_SECTIONS: tuple[tuple[str, Callable[[_Between, Any, Any], Iterator[Made]]], ...] = (
    ("proposals", _Between.proposals),
    ("classification", _Between.classification),
    ("closures", _Between.closures),
    ("assignments", _of_list("assignments", "assign", beginning.assign)),
    ("investigations", _of_list("investigations", "investigate", beginning.investigate)),
    ("follow_ups", _of_list("follow_ups", "follow-up", ending.follow_up)),
    ("contacts", _Between.contacts),
    ("evidence", _Between.evidence),
    ("holds", _Between.holds),
    ("escalations", _of_list("escalations", "escalate", anytime.escalate)),
    ("improvements", _Between.improvements),
    ("links", _of_list("links", "link", anytime.link)),
    ("amendments", _Between.amendments),
)

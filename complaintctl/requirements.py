"""What a gate may require of a case before a step, each a pure question, and what meets it (S0-10, S1a-4, …).

A requirement looks at the case, what is to be recorded (`inputs`, with the keys
of the section), who acts, and the staff.  For which cases it is asked, the
policy says: in the `when` of its gates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import deadlines, times
from complaintctl.authority import Staff, complained_about
from complaintctl.conditions import met
from complaintctl.i18n import _
from complaintctl.lifecycle import in_round, round_of
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from complaintctl.case import Case, Contact, Statement
    from complaintctl.policy import Policy


class Question(NamedTuple):
    """What a requirement is asked about."""

    case: Case
    inputs: Mapping[str, Any]  # what the step would record
    actor: Staff
    staff: Sequence[Staff]
    facts: Mapping[str, Any]  # with what the step would record
    policy: Policy


def _named(ask: Question) -> list[str]:
    """Persons and departments complained about or held responsible, this step's finding included."""
    responsible = ask.inputs.get("responsible")
    return [*complained_about(ask.case), *([responsible] if responsible else [])]


def _not_the_person(ask: Question) -> bool:
    return ask.actor["id"] not in _named(ask)


def _not_of_department(ask: Question) -> bool:
    homes = {person["id"]: person.get("department") for person in ask.staff}
    departments = {homes.get(ident, ident) for ident in _named(ask)}
    return ask.actor.get("department") is None or ask.actor.get("department") not in departments


def _investigations(ask: Question) -> Iterator[Mapping[str, Any]]:
    """What was investigated in this round, and what is to be recorded now."""
    yield from in_round(ask.case.get("investigations", ()), round_of(ask.case))
    yield ask.inputs


def _playbook(ask: Question) -> bool:
    return not _missing_checks(ask)


def _missing_checks(ask: Question) -> list[str]:
    """The checks of the category's playbook that still have to be made (S1a-4)."""
    from complaintctl import playbooks

    facts = ask.facts
    found = playbooks.progress(facts.get("category"), _investigations(ask), ask.policy, facts.get("verdict"))
    return found.missing if found else []


def _agreement(ask: Question) -> bool:
    if ask.inputs.get("outcome") == "declined":  # nothing was agreed, so nothing is signed
        return True
    answers = [
        entry.get("answer", {}) for entry in in_round(ask.case.get("proposals", ()), round_of(ask.case))
    ]
    return any(answer.get("agreement") for answer in [*answers, ask.inputs])


def _written(field: str) -> Callable[[Question], bool]:
    """Whether a text is given with the step, or stands in this round's closing or investigation."""

    def is_written(ask: Question) -> bool:
        closures = in_round(ask.case.get("closures", ()), round_of(ask.case))
        return any(str(entry.get(field, "")).strip() for entry in [*_investigations(ask), *closures])

    return is_written


def _satisfied(ask: Question) -> bool:
    return int(ask.facts.get("satisfaction", 0)) >= ask.policy["follow_up"]["satisfied_from"]


def _contacts(ask: Question) -> list[Contact]:
    """What was said in this round."""
    opened = [
        times.epoch(entry["reopened"]["at"]) for entry in ask.case.get("closures", ()) if "reopened" in entry
    ]
    start = max(opened, default=0)
    return [entry for entry in ask.case.get("contacts", ()) if times.epoch(entry["at"]) >= start]


def _told(ask: Question) -> bool:
    """Whether the customer heard from the shop in this round."""
    return any(one["party"] == "customer" and one["direction"] == "out" for one in _contacts(ask))


def _supplier_answered(ask: Question) -> bool:
    """Whether the supplier said something in this round (S0-15)."""
    return any(one["party"] == "supplier" and one["direction"] == "in" for one in _contacts(ask))


def _promised_date(ask: Question) -> bool:
    """Whether the customer knows by when it goes on (S1b-2): a day was named, or a promised clock runs."""
    if any("again_on" in one for one in _contacts(ask)):
        return True
    happened = deadlines.events(ask.case, round_of(ask.case))
    return any(
        rule.get("promise") and rule.get("from") in happened and met(rule.get("when", {}), ask.facts)
        for rule in ask.policy["deadlines"].values()
    )


def _not_agreed(ask: Question) -> dict[str, list[Staff]]:
    """The departments whose heads do not stand behind the plan: the one proposed now, or that waits."""
    proposals = in_round(ask.case.get("proposals", ()), round_of(ask.case))
    plan = ask.inputs if "remedies" in ask.inputs else (proposals[-1] if proposals else {})
    from complaintctl.heads import not_agreed

    return not_agreed(ask.case, plan, ask.staff, ask.policy)


def _heard(ask: Question) -> bool:
    said: list[Statement] = [one for entry in _investigations(ask) for one in entry.get("statements", ())]
    return any(one["who"] == "customer" for one in said)


def _weighed(ask: Question) -> bool:
    """Whether it is said if the grounds are sufficient and the demand is reasonable (S1b-10)."""
    found = list(_investigations(ask))
    return all(any(entry.get(part) for entry in found) for part in ("grounds", "demand"))


def _collected(ask: Question) -> bool:
    """Whether somebody answers for each piece of evidence (S4-3)."""
    return all(entry.get("collected_by") for entry in ask.case.get("evidence", ()))


def _acknowledged(ask: Question) -> bool:
    """Whether whoever gets a task has understood it (S4-10).

    Saying that, or what went wrong, does not have to wait for it.
    """
    if ask.inputs.get("acknowledge") or ask.inputs.get("problem"):
        return True
    proposals = in_round(ask.case.get("proposals", ()), round_of(ask.case))
    tasks = proposals[-1].get("tasks", ()) if proposals else ()
    return all("acknowledged" in task or "done" in task for task in tasks)


def _decided(ask: Question) -> bool:
    return not _undecided(ask)


def _undecided(ask: Question) -> list[tuple[str | None, str]]:
    """On whom, and as what, nothing was decided yet (S1b-9, S4-3)."""
    from complaintctl.dispositions import missing

    given = ask.inputs.get("dispositions", ())
    return missing(ask.case, given, missed=bool(ask.facts.get("missed")))


def _in_words(ask: Question) -> bool:
    """Whether words go with the step: the instruction of whoever decides (S1b-5)."""
    return any(str(ask.inputs.get(field) or "").strip() for field in ("note", "back"))


def _given_to_somebody(ask: Question) -> bool:
    """Whether the plan that is proposed now, or that waits, says who does what by when (S1b-11, S0-16)."""
    proposals = in_round(ask.case.get("proposals", ()), round_of(ask.case))
    plan = ask.inputs if "remedies" in ask.inputs else (proposals[-1] if proposals else {})
    tasks = plan.get("tasks", ())
    return bool(tasks) and all("who" in task and "due" in task for task in tasks)


def _head_decided_on(ask: Question) -> bool:
    """Whether it is decided what follows for the head of those responsible (S1b-9)."""
    return any(one["part"] == "head" for one in ask.inputs.get("dispositions", ()))


def _delimited(ask: Question) -> bool:
    """Whether those affected are counted, and it is said which they are (S2-6, W27)."""
    given = ask.case.get("classification", {})
    return "affected" in given and bool(str(given.get("affected_range", "")).strip())


def _passed_up(ask: Question) -> bool:
    """Whether the case went one step up since the customer was last heard to be dissatisfied (S1c-4)."""
    asked = in_round(ask.case.get("follow_ups", ()), round_of(ask.case))
    if not asked or asked[-1]["satisfaction"] >= ask.policy["follow_up"]["satisfied_from"]:
        return True
    last = times.epoch(asked[-1]["at"])
    return any(times.epoch(one["at"]) >= last for one in ask.case.get("escalations", ()))


REQUIREMENTS: dict[str, Callable[[Question], bool]] = {
    "not-the-person": _not_the_person,
    "not-of-department": _not_of_department,
    "verdict": lambda ask: bool(ask.facts.get("verdict")),
    "cause": lambda ask: bool(ask.facts.get("cause")),
    "playbook": _playbook,
    "written-agreement": _agreement,
    "lesson": _written("lesson"),
    "prevention": _written("prevention"),
    "disposition": _written("disposition"),
    "dispositions": _decided,
    "lesson-for": _written("lesson_for"),
    "improvement": lambda ask: bool(ask.case.get("improvements")),
    "findings": _written("findings"),
    "follow-up": lambda ask: ask.facts.get("satisfaction") is not None,
    "satisfied": _satisfied,
    "not-dissatisfied": lambda ask: ask.facts.get("satisfaction") is None or _satisfied(ask),
    "evidence": lambda ask: bool(ask.case.get("evidence")),
    "told": _told,
    "statement-of-customer": _heard,
    "heads-agreed": lambda ask: not _not_agreed(ask),
    "facts-confirmed": lambda ask: any("confirms" in one for one in _contacts(ask)),
    "promised-date": _promised_date,
    "supplier-answered": _supplier_answered,
    "grounds": _weighed,
    "purpose": _written("purpose"),
    "containment": _written("containment"),
    "promise-giver": _written("promised_by"),
    "collector": _collected,
    "acknowledged": _acknowledged,
    "note": _in_words,
    "responsible": _written("responsible"),
    "tasks": _given_to_somebody,
    "head-disposition": _head_decided_on,
    "elsewhere": lambda ask: any(one.get("also") for one in ask.case.get("improvements", ())),
    "escalated": _passed_up,
    "affected": _delimited,
}
INDEPENDENCE = ("not-the-person", "not-of-department")
CONTENTMENT = ("follow-up", "satisfied", "not-dissatisfied")
# What is said with the step itself, in options of `close`.
_IN_WORDS: dict[str, Callable[[Question], str]] = {
    "lesson": lambda _ask: "--lesson …",
    "prevention": lambda _ask: "--prevention …",
    "disposition": lambda _ask: "--disposition …",
    "lesson-for": lambda _ask: "--lesson-for DEPT",
    "dispositions": lambda ask: " ".join(
        f'--dispose "{who or "WHO"}/{part}: …"' for who, part in _undecided(ask)
    ),
}
# What meets a requirement in another step, or in this one.
_HINTS = {
    "verdict": "complaintctl investigate {case} --verdict …",
    "cause": "complaintctl investigate {case} --verdict … --cause …",
    "findings": "complaintctl investigate {case} --findings …",
    "statement-of-customer": 'complaintctl investigate {case} --statement "customer: …"',
    "written-agreement": "complaintctl evidence add {case} FILE, then respond {case} --agreement FILE",
    "improvement": "complaintctl improve {case} --measure … --owner … --due …",
    "follow-up": "complaintctl follow-up {case} --satisfaction 1..5",
    "satisfied": "complaintctl propose {case} …",
    "not-dissatisfied": "complaintctl propose {case} …",
    "evidence": "complaintctl evidence add {case} FILE",
    "told": "complaintctl contact {case} --by … --note …",
    "facts-confirmed": "complaintctl contact {case} --by … --confirms --note …",
    "promised-date": "complaintctl contact {case} --by … --again-on DATE --note …",
    "supplier-answered": "complaintctl contact {case} --party supplier --incoming --by … --note …",
    "grounds": "complaintctl investigate {case} --grounds sufficient|… --demand reasonable|…",
    "purpose": "complaintctl investigate {case} --purpose …",
    "containment": "complaintctl investigate {case} --containment …",
    "promise-giver": "complaintctl investigate {case} --promised-by …",
    "collector": "complaintctl evidence add {case} FILE --collected-by …",
    "acknowledged": "complaintctl fulfil {case} --acknowledge N",
    "note": "complaintctl {step} {case} --note …",
    "responsible": "complaintctl investigate {case} --verdict … --responsible STAFF|DEPT",
    "tasks": 'complaintctl propose {case} … --task "DEPT: …" --task-who 1=… --task-due 1=…',
    "head-disposition": 'complaintctl {step} {case} … --dispose "WHO/head: …"',
    "elsewhere": "complaintctl improve {case} --measure … --owner … --due … --also …",
    "escalated": "complaintctl escalate {case} --reason …",
    "affected": "complaintctl classify {case} … --affected N --affected-range …",
}


def hint(requirement: str, step: str, ask: Question, together: Sequence[str]) -> str:
    """The command that meets a requirement; `together` are all that are not met before the step.

    Of those of independence no command can be said: another person has to act.
    """
    if requirement == "heads-agreed":
        return _heads_hint(ask)
    if requirement == "playbook":
        checks = " ".join(f"--check {name}=…" for name in _missing_checks(ask))
        return f"complaintctl investigate {ask.case['id']} {checks}"
    if requirement in _IN_WORDS:  # all that is to be said with the step, at once
        said = [_IN_WORDS[one](ask) for one in together if one in _IN_WORDS]
        return f"complaintctl {step} {ask.case['id']} {' '.join(said)}"
    found = _HINTS.get(requirement, "complaintctl check")
    return found.format(step=step, case=ask.case["id"])


def _heads_hint(ask: Question) -> str:
    """With whom the plan is to be agreed, department by department."""
    missing = [[person["id"] for person in found] for found in _not_agreed(ask).values()]
    words = " ".join(f"--with {people[0]}" for people in missing)
    return _("complaintctl propose {case} … {words}  (heads: {heads})").format(
        case=ask.case["id"], words=words, heads=", ".join(one for people in missing for one in people)
    )

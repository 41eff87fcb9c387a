"""Who has to be told what: the rules under ``tell`` of a policy (S1c-3, S3-3, S4-7).

A rule says that once something happened (`after`) somebody is told: the head of
a department, a department, whoever has a role, a supplier.  It is done by an
outgoing contact with them at or after that instant.  Whoever took a step in the
case since then knows of it already, and so does the department or the role that
they stand for; they are not told.

What a case says is worked out without the staff (`owed`), so that it can be kept
in the index; who the heads are at the moment is asked afterwards (`standing`).
Instants are seconds since 1970 in UTC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import deadlines, times
from complaintctl.conditions import facts_of, met, responsible
from complaintctl.errors import Refused
from complaintctl.heads import heads_of
from complaintctl.i18n import _, pgettext
from complaintctl.labels import name_of, text
from complaintctl.lifecycle import STEPS, VOID, round_of, signatures
from complaintctl.rows import Owed
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from complaintctl.authority import Staff
    from complaintctl.case import Case
    from complaintctl.policy import Channel, Policy, Tell
    from complaintctl.workdays import WorkCalendar


class _Since(NamedTuple):
    """What happened in a case since an event: whom the shop spoke with, and who took a step."""

    told: list[str]
    by: list[str]


# -- who is meant


def people(party: str, staff: Iterable[Staff], policy: Policy) -> list[Staff]:
    """The members of staff whom a party of a contact stands for; none for a department or a supplier."""
    kind, _colon, ident = party.partition(":")
    if kind == "head":
        return heads_of(ident, staff, policy)
    return [person for person in staff if kind == "role" and person["active"] and person["role"] == ident]


def knows(person: Staff, party: str, staff: Iterable[Staff], policy: Policy) -> bool:
    """Whether what a person knows is known to a party: as its head, of the department, in the role."""
    kind, _colon, ident = party.partition(":")
    if kind == "department":
        return person.get("department") == ident
    return any(one["id"] == person["id"] for one in people(party, staff, policy))


def describe(party: str, staff: Iterable[Staff], policy: Policy, language: str) -> str:
    """A party of a contact in words, with the names of those it stands for."""
    kind, _colon, ident = party.partition(":")
    if kind in {"customer", "supplier"}:
        return name_of(policy, "parties", kind, language)
    label = name_of(policy, "roles" if kind == "role" else "departments", ident, language)
    if kind == "head":
        label = _("head of {department}").format(department=label)
    names = pgettext("between things", ", ").join(p["name"] for p in people(party, staff, policy))
    return _("{name} ({more})").format(name=names, more=label) if names else label


# -- what a case says


def pending(
    case: Case, policy: Policy, facts: Mapping[str, Any] | None = None, rules: Iterable[Tell] | None = None
) -> list[Owed]:
    """Who has not been spoken with about what happened in this round, with no date by when.

    `facts` may know the level of the case; where they do not, `Owed.levels` says
    at which it holds.  `rules`: of the policy, those that are asked about.
    """
    found = []
    for rule, since, levels in _applying(case, policy, facts, rules):
        later = _since(case, rule["after"], since)
        for to, who in dict.fromkeys(_parties(rule, case, policy)):
            if to not in later.told:
                found.append(
                    Owed(rule["name"], to, who, since, None, False, False, levels, later.by, later.told)
                )
    return found


def applies(
    case: Case, policy: Policy, rule: Tell, facts: Mapping[str, Any] | None, level: int | None
) -> bool:
    """Whether a rule asks for anybody to be told about a case, done or not."""
    return any(
        levels is None or level in levels for _r, _at, levels in _applying(case, policy, facts, [rule])
    )


def _applying(
    case: Case, policy: Policy, facts: Mapping[str, Any] | None, rules: Iterable[Tell] | None
) -> Iterator[tuple[Tell, int, list[int] | None]]:
    """The rules whose event happened in this round and whose condition holds: since when, at which levels."""
    asked = _open_rules(case, policy.get("tell", ()) if rules is None else rules)
    if not asked:
        return
    happened = deadlines.events(case, round_of(case))
    known = facts_of(case, policy) if facts is None else facts
    for rule in asked:
        since = happened.get(rule["after"])
        if since is not None:
            levels = _levels(rule, known, policy)
            if levels != []:
                yield rule, since, levels


def owed(
    case: Case, policy: Policy, calendar: WorkCalendar, facts: Mapping[str, Any] | None = None
) -> list[Owed]:
    """What `pending` finds, with the instant by when; no department is late before it has the case.

    ValueError for a length of time that is none.
    """
    rules = {rule["name"]: rule for rule in policy.get("tell", ())}
    if not rules:
        return []
    channel = policy["channels"].get(case["intake"]["channel"], {"label": {}})
    return [_dated(one, rules[one.name], case, channel, calendar) for one in pending(case, policy, facts)]


def _dated(one: Owed, rule: Tell, case: Case, channel: Channel, calendar: WorkCalendar) -> Owed:
    """With the instant by when it is to be done, where the rule sets a time."""
    if "within" not in rule:
        return one
    start = max(one.since, _handed_over(case, one.to))
    counted: Any = {"within": rule["within"]}
    due, provisional = deadlines.due_of(start, counted, (), channel, calendar)
    whole_days = times.length(rule["within"]).unit.endswith("day")
    return one._replace(due=due, provisional=provisional, whole_days=whole_days)


def owing(case: Case, policy: Policy, facts: Mapping[str, Any] | None = None) -> bool:
    """Whether a case says that somebody may still have to be told."""
    return bool(policy.get("tell")) and bool(pending(case, policy, facts))


def _open_rules(case: Case, rules: Iterable[Tell]) -> list[Tell]:
    """The rules that ask anything of a case: once it is closed, only those about the closing."""
    closures = case.get("closures", ())
    if not closures or "reopened" in closures[-1]:
        return list(rules)
    if closures[-1]["outcome"] in VOID:
        return []
    return [rule for rule in rules if rule["after"] == "closed"]


def _levels(rule: Tell, facts: Mapping[str, Any], policy: Policy) -> list[int] | None:
    """The levels at which a rule holds for a case; None: at any, or at the one that is known."""
    when = rule.get("when", {})
    if "level" in facts:
        return None if met(when, facts) else []
    every = [level["level"] for level in policy["levels"]]
    found = [level for level in every if met(when, {**facts, "level": level})]
    return None if found == every else found


def _since(case: Case, event: str, since: int) -> _Since:
    told = [
        contact["party"]
        for contact in case.get("contacts", ())
        if contact["direction"] == "out" and times.epoch(contact["at"]) >= since
    ]
    sections: Any = case
    by = {who for at, who in signatures(case) if times.epoch(at) > since}
    for section in (*_SECTIONS[event], "contacts"):  # of the same second, what may come after it
        by |= {who for at, who in signatures(sections.get(section)) if times.epoch(at) == since}
    return _Since([party for party in dict.fromkeys(told) if party != "customer"], sorted(by))


# Where the signature of whoever made an event happen stands.
_SECTIONS = {
    "received": ("intake", "closures"), "registered": ("intake", "closures"),
    "told": ("contacts", "proposals"), "confirmed": ("contacts",), "classified": ("classification",),
    "assigned": ("assignments",), "investigated": ("investigations",), "proposed": ("proposals",),
    "decided": ("proposals",), "approved": ("proposals",), "agreed": ("proposals",),
    "fulfilled": ("proposals",), "followed-up": ("follow_ups",), "closed": ("closures",),
}  # fmt: skip


def _parties(rule: Tell, case: Case, policy: Policy) -> Iterator[tuple[str, str | None]]:
    """The parties that a rule means for a case; with a person where the staff must say their department."""
    own = case["intake"].get("department")
    taker = None if own else case["intake"]["by"]
    department = responsible(case, policy)[0]
    against = case["about"].get("against")
    for target in rule["to"]:
        if target == "owner":
            yield f"department:{own or ''}", taker
        elif target == "head-of-receiver":
            yield f"head:{own or ''}", taker
        elif target == "head-of-complained" and against in policy["departments"]:
            yield f"head:{against}", None
        elif target == "head-of-complained" and against:
            yield f"head:{department or ''}", against
        elif target not in {"responsible", "head-of-responsible", "head-of-complained"}:
            yield target, None
        elif department:
            yield f"{'department' if target == 'responsible' else 'head'}:{department}", None


def _handed_over(case: Case, party: str) -> int:
    """When the department that a party is of first got the case; 0 where it was never handed over to it."""
    department = party.partition(":")[2]
    given = (one["at"] for one in case.get("assignments", ()) if one["department"] == department)
    return min(map(times.epoch, given), default=0)


# -- what that means with the staff of the moment


def standing(found: Iterable[Owed], staff: Sequence[Staff], policy: Policy, level: int | None) -> list[Owed]:
    """Those of what is owed that stand, each party with its id, and none twice.

    `policy`: in force, which names the heads; `level`: of the case now.
    """
    known = {person["id"]: person for person in staff}
    kept: dict[tuple[str, str], Owed] = {}
    for one in found:
        to = _resolved(one, known)
        if (one.levels is not None and level not in one.levels) or to is None or to in one.told:
            continue
        if any(who in known and knows(known[who], to, staff, policy) for who in one.by):
            continue
        kept.setdefault((one.name, to), one._replace(to=to, who=None))
    return list(kept.values())


def _resolved(one: Owed, known: Mapping[str, Staff]) -> str | None:
    """The party, with the department of the person whom it depends on; None where there is none."""
    person = known.get(one.who or "")
    kind, _colon, ident = one.to.partition(":")
    if person is not None and "department" in person:
        return f"{kind}:{person['department']}"
    if person is not None and kind == "department":
        return f"role:{person['role']}"
    return one.to if ident or kind == "supplier" else None


def late_from(one: Owed) -> int | None:
    """The first instant at which telling is too late; None where no time is set."""
    if one.due is None:
        return None
    return one.due if one.whole_days else one.due + 1


def is_late(one: Owed, now: int) -> bool:
    late = late_from(one)
    return late is not None and now >= late


def require(
    step: str,
    case: Case,
    actor: Staff,
    staff: Sequence[Staff],
    facts: Mapping[str, Any],
    policy: Policy,
    language: str,
) -> None:
    """Refuse a step before which somebody has to be told, naming the rule and the command that does it.

    Whoever takes the step need not be told of it.
    """
    rules = {rule["name"]: rule for rule in policy.get("tell", ()) if step in rule.get("before", ())}
    if not rules:
        return
    found = standing(pending(case, policy, facts, rules.values()), staff, policy, facts.get("level"))
    for one in found:
        if not knows(actor, one.to, staff, policy):
            from complaintctl.explaining import named, sentence

            raise Refused(
                _("{case}: {step} has to wait. {rule}: {who}").format(
                    case=case["id"],
                    step=named(policy, "steps", step, language),
                    rule=sentence(text(rules[one.name]["label"], language)),
                    who=describe(one.to, staff, policy, language),
                ),
                hint=f"complaintctl contact {case['id']} --told {one.name} --by …",
            )


# -- the rules themselves


def rule_problems(policy: Policy) -> list[tuple[str, str]]:
    """What is wrong with the tell rules of a policy: (JSON path, message) each."""
    found = []
    names: set[str] = set()
    for place, rule in enumerate(policy.get("tell", ())):
        path = f"$.tell[{place}]"
        if rule["name"] in names:
            message = _("{name} stands in the list twice").format(name=rule["name"])
            found.append((f"{path}.name", message))
        names.add(rule["name"])
        found += [(f"{path}.{key}", message) for key, message in _faults(rule, policy)]
    return found


def _faults(rule: Tell, policy: Policy) -> Iterator[tuple[str, str]]:
    """What is wrong with one rule: key and message."""
    from complaintctl.conditionfaults import when_problems

    tables: dict[str, tuple[str, Collection[str]]] = {
        "department": ("departments", policy["departments"]),
        "head": ("departments", policy["departments"]),
        "role": ("roles", policy["roles"]),
    }
    for place, target in enumerate(rule["to"]):
        kind, colon, ident = target.partition(":")
        if colon and kind in tables and ident not in tables[kind][1]:
            message = _("the policy has no {ident} among its {kind}")
            yield f"to[{place}]", message.format(ident=ident, kind=tables[kind][0])
    if rule["after"] not in deadlines.EVENTS:
        yield "after", _("there is no event {name}").format(name=rule["after"])
    if "within" in rule:
        try:
            times.length(rule["within"])
        except ValueError:
            yield "within", _("a length of time is wanted, such as 2 hours or 3 business days")
    for place, step in enumerate(rule.get("before", ())):
        if step not in STEPS or step in {"new", "contact"}:
            yield f"before[{place}]", _("{step} cannot wait for somebody to be told").format(step=step)
    for message in when_problems(rule.get("when", {}), policy):
        yield "when", message

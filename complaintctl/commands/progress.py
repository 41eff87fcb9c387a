"""The note of progress: what the customer may hear of their case, at any time (S0-24).

It is made of the policy's labels, of days and of sums.  Of what people wrote it
takes the goods and the steps of a remedy, which are written for the customer
(S2-11), and nothing else: no name, no finding, no verdict, no reason, no task.
A decision is in it once it is approved, not before (S4-5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import cells, lifecycle, render, spoken, times, workflow
from complaintctl.i18n import _
from complaintctl.labels import name_of, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complaintctl.case import Case, Proposal
    from complaintctl.policy import Policy
    from complaintctl.register import Register


def language_of(register: Register, case: Case) -> str:
    """The language that the customer asked for where the rules speak it, else the register's."""
    wanted = case["customer"].get("language", "")
    spoken = register.pinned(case)["languages"]
    same = (tag for tag in spoken if tag.partition("-")[0] == wanted.partition("-")[0])
    return wanted if wanted in spoken else next(same, register.language)


def lines(register: Register, case: Case) -> Iterator[str]:
    """The note, line by line, in the customer's language."""
    from complaintctl import i18n
    from complaintctl.commands.showing import fields

    language = language_of(register, case)
    i18n.use(language)
    policy = register.pinned(case)
    yield _("{shop}: {kind} {case}, as at {now}").format(
        shop=render.safe(register.documents.settings["name"]),
        kind=name_of(policy, "kinds", case["kind"], language),
        case=case["id"],
        now=_minute(register.at),
    )
    decision = lifecycle.approved(case)
    yield from fields(
        [
            (_("Received"), _received(case, policy, language)),
            (_("About"), case["about"].get("product", "")),
            (_("Now"), _now(case, policy, language)),
            (_("Waits for"), _waits_for(case, policy, language)),
            (_("Promised"), "\n".join(_promised(register, case, policy, language))),
            (_("Next word"), _next_word(case)),
            (_("Decision"), "\n".join(_remedies(decision, case, policy, language))),
            (_("Your answer"), _answer(decision, policy, language)),
        ]
    )


def _minute(at: str) -> str:
    return cells.clock(at, due=False)


def _received(case: Case, policy: Policy, language: str) -> str:
    intake = case["intake"]
    channel = name_of(policy, "channels", intake["channel"], language)
    when = cells.listed([_minute(intake["received_at"]), channel])
    closures = case.get("closures", [])
    if lifecycle.round_of(case) == 1:
        return when
    again = next(one["reopened"]["at"] for one in reversed(closures) if "reopened" in one)
    return _("{when}; taken up again {again}").format(when=when, again=_minute(again))


def _now(case: Case, policy: Policy, language: str) -> str:
    """How the case stands, in words for the customer; they say nothing of what is thought of it."""
    if case["state"] == "closed":
        closure = case["closures"][-1]
        label = name_of(policy, "outcomes", closure["outcome"], language)
        return _("closed {day}: {outcome}").format(day=cells.day(closure["at"]), outcome=label)
    looking, deciding = _("it is being looked into"), _("a decision is being prepared")
    return {
        "received": _("we have it, and it will be looked into"),
        "classified": looking,
        "assigned": looking,
        "investigated": deciding,
        "proposed": deciding,
        "returned": deciding,
        "approved": _("it is decided, and we ask for your answer"),
        "declined": _("you did not agree; we look for another way"),
        "agreed": _("you agreed, and it is being carried out"),
        "fulfilled": _("it is carried out; we would like to hear whether you are satisfied"),
        "satisfied": _("it is carried out, and you told us that you are satisfied"),
        "dissatisfied": _("it is carried out, and you are not satisfied; it goes on"),
    }[case["state"]]


def _waits_for(case: Case, policy: Policy, language: str) -> str:
    if not workflow.on_hold(case):
        return ""
    return name_of(policy, "holds", case["holds"][-1]["for"], language)


def _promised(register: Register, case: Case, policy: Policy, language: str) -> Iterator[str]:
    """What was promised at intake and by when, and what became of it (S0-6, S4-1)."""
    from complaintctl import deadlines

    channel: Any = policy["channels"].get(case["intake"]["channel"], {})
    now = lifecycle.round_of(case)
    if "promise" in channel and "told" not in deadlines.events(case, now):  # it is about the first answer
        yield text(channel["promise"]["label"], language)
    for clock in deadlines.clocks(case, policy, register.calendar):
        rule = policy["deadlines"][clock.name]
        if not rule.get("promise") or clock.round != now:
            continue
        due = (
            render.instant(clock.due, register.zone, due=True)
            if clock.due is not None
            else _("not known yet")
        )
        words = _("{what} by {when}").format(what=text(rule["label"], language), when=due)
        if clock.met is not None:
            words += _(": given {day}").format(day=_minute(times.iso(clock.met, register.zone)))
        elif deadlines.state_of(clock, register.now) == "missed":
            words += _(": we are late")
        yield words


def _next_word(case: Case) -> str:
    """The day by which the customer was promised to hear again."""
    from complaintctl import deadlines

    day = deadlines.next_word(case)
    return _("by {day}").format(day=cells.day(day)) if day else ""


def _remedies(entry: Proposal | None, case: Case, policy: Policy, language: str) -> Iterator[str]:
    """What the customer gets, its steps and days; what it costs the shop is not said."""
    for remedy in entry["remedies"] if entry else ():
        words = name_of(policy, "remedies", remedy["kind"], language)
        if "amount" in remedy:
            words += f" {spoken.money(remedy['amount'], case['currency'], language)}"
        if "done" in remedy:
            words += _(", done {day}").format(day=cells.day(remedy["done"]["at"]))
        elif "expected_on" in remedy:
            words += _(", expected {day}").format(day=cells.day(remedy["expected_on"]))
        yield cells.told(words, remedy["how"]) if "how" in remedy else words


def _answer(entry: Proposal | None, policy: Policy, language: str) -> str:
    if not entry or "answer" not in entry:
        return ""
    return name_of(policy, "answers", entry["answer"]["outcome"], language)

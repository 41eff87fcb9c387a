"""Playbooks: the checks for a kind of complaint, what they found, and what comes next (S1a-4, S1a-13).

A playbook has checks of its own, or those of another one that other people
carry out (``as``).  A check may name its outcomes; what is recorded of it then
begins with the id of one (``late`` or ``late: by two days``).  A playbook in
which a check names outcomes is gone through in order, because what one finds
decides whether the next is needed; one without is a list to tick off.

It has ended with an outcome that ends it, or with a check that may end it
together with a verdict.  Of a check that was made again, the last outcome counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from complaintctl import cells, i18n
from complaintctl.conditions import verdict_of
from complaintctl.errors import Refused, Usage, printable
from complaintctl.i18n import _
from complaintctl.labels import text
from complaintctl.lifecycle import in_round, round_of
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from complaintctl.authority import Staff
    from complaintctl.case import Case
    from complaintctl.policy import CheckOutcome, Playbook, PlaybookCheck, Policy

_SAYS = ("verdict", "cause", "remedies")  # what an outcome may suggest
_CONCLUDES = {"verdict", "cause"}


class Recorded(NamedTuple):
    """What was recorded of a check."""

    outcome: str
    ident: str | None  # which of the check's outcomes it is; None: words of its own
    by: str
    at: str
    place: int  # in the order in which checks were recorded


class Step(NamedTuple):
    """A check of the playbook, with its executors, and what was recorded of it."""

    check: PlaybookCheck
    recorded: Recorded | None

    @property
    def found(self) -> CheckOutcome | None:
        """What the policy says of the outcome."""
        if self.recorded is None or self.recorded.ident is None:
            return None
        return self.check["outcomes"][self.recorded.ident]


class Progress(NamedTuple):
    """How far the playbook of a case has got."""

    name: str
    playbook: Playbook
    steps: list[Step]
    verdict: str | None

    @property
    def ended(self) -> bool:
        """Whether a check explained the problem, so that the rest is not needed."""
        return any(_ends(step, self.verdict) for step in self.steps)

    @property
    def missing(self) -> list[str]:
        """The names of the checks that still have to be made, in order."""
        return [] if self.ended else [step.check["name"] for step in self.steps if step.recorded is None]

    @property
    def next(self) -> PlaybookCheck | None:
        """The first check that still has to be made."""
        if self.ended:
            return None
        return next((step.check for step in self.steps if step.recorded is None), None)

    @property
    def in_order(self) -> bool:
        """Whether the checks are made one after the other."""
        return any("outcomes" in step.check for step in self.steps)


def _ends(step: Step, verdict: str | None) -> bool:
    if step.recorded is None:
        return False
    found = step.found
    return bool((found and found.get("ends")) or (step.check.get("ends") and verdict))


def name_for(category: str | None, policy: Policy) -> str | None:
    """The name of a category's playbook, else of that of the category above it."""
    while category:
        entry = policy["categories"].get(category)
        if entry and "playbook" in entry:
            return entry["playbook"]
        category = category.rpartition(".")[0]
    return None


def playbook_of(category: str | None, policy: Policy) -> Playbook | None:
    """The playbook of a category; None where there is none."""
    return policy["playbooks"].get(name_for(category, policy) or "")


def checks_of(name: str, policy: Policy) -> list[PlaybookCheck]:
    """The checks of a playbook, each with its executors.

    A check's own executors win over the playbook's, and those of a playbook
    that borrows its checks over those of the one that lends them.
    """
    executor: list[str] = []
    seen: set[str] = set()
    book = policy["playbooks"].get(name)
    while book is not None and "as" in book and name not in seen:
        seen.add(name)
        executor = executor or book.get("executor", [])
        name = book["as"]
        book = policy["playbooks"].get(name)
    if book is None:
        return []
    executor = executor or book.get("executor", [])
    return [_with_executor(check, executor) for check in book.get("checks", ())]


def _with_executor(check: PlaybookCheck, executor: Sequence[str]) -> PlaybookCheck:
    if "executor" in check or not executor:
        return check
    return {**check, "executor": list(executor)}


def progress(
    category: str | None, entries: Iterable[Mapping[str, Any]], policy: Policy, verdict: str | None = None
) -> Progress | None:
    """How far the playbook of a category has got by investigations, oldest first; None: there is none."""
    name = name_for(category, policy)
    book = policy["playbooks"].get(name or "")
    if name is None or book is None:
        return None
    recorded: dict[str, tuple[str, str, str, int]] = {}
    for place, (check, entry) in enumerate((c, e) for e in entries for c in e.get("checks", ())):
        recorded[check["name"]] = (check["outcome"], entry.get("by", ""), entry.get("at", ""), place)
    steps = [Step(check, _recorded(check, recorded.get(check["name"]))) for check in checks_of(name, policy)]
    return Progress(name, book, steps, verdict)


def _recorded(check: PlaybookCheck, found: tuple[str, str, str, int] | None) -> Recorded | None:
    if found is None:
        return None
    outcome, by, at, place = found
    ident = outcome.partition(":")[0].strip()
    return Recorded(outcome, ident if ident in check.get("outcomes", {}) else None, by, at, place)


def of_case(
    case: Case, policy: Policy, recording: Sequence[Mapping[str, Any]] = (), verdict: str | None = None
) -> Progress | None:
    """How far the playbook of a case has got in this round, with what is being recorded now."""
    entries = [*in_round(case.get("investigations", ()), round_of(case)), *recording]
    category = case.get("classification", {}).get("category")
    return progress(category, entries, policy, verdict or verdict_of(case))


def suggestion(found: Progress) -> CheckOutcome | None:
    """What the checks say to conclude: the outcome that ended the playbook, else the last that says so.

    An end that names neither verdict nor cause leaves those to the last check that did.
    """
    said = sorted(
        (
            step
            for step in found.steps
            if step.found and step.recorded and any(key in step.found for key in _SAYS)
        ),
        key=lambda step: cast("Recorded", step.recorded).place,
    )
    ending = [step for step in found.steps if _ends(step, found.verdict) and step.found]
    last = max(ending or said, key=lambda step: cast("Recorded", step.recorded).place, default=None)
    if last is None or last.found is None:
        return None
    if _CONCLUDES & last.found.keys():
        return last.found
    for step in reversed(said):
        if step.found and _CONCLUDES & step.found.keys():
            earlier = {key: value for key, value in step.found.items() if key in _CONCLUDES}
            return cast("CheckOutcome", {**last.found, **earlier})
    return last.found


def spelled(name: str, outcome: str, case: Case, policy: Policy) -> str:
    """An outcome as it is recorded, ``ID`` or ``ID: text``; any text where the check names no outcomes.

    Raises `Usage` for a check that no playbook has and for an outcome that the check does not name.
    """
    check = next((check for check in _known(case, policy) if check["name"] == name), None)
    if check is None:
        raise _no_such_check(name, policy)
    named = check.get("outcomes")
    if not named:
        return outcome
    ident, _colon, words = (part.strip() for part in outcome.partition(":"))
    if ident not in named:
        raise Usage(
            _("The check {name} has no outcome {outcome}.").format(
                name=_quoted(check), outcome=printable(ident)
            ),
            hint=_("one of: {names}").format(
                names=cells.listed(
                    cells.aside(f"{name}={one}", text(entry["label"], i18n.language()))
                    for one, entry in named.items()
                )
            ),
        )
    return f"{ident}: {words}" if words else ident


def _known(case: Case, policy: Policy) -> Iterator[PlaybookCheck]:
    """All checks of a policy, those of the case's own playbook first."""
    own = name_for(case.get("classification", {}).get("category"), policy)
    for book in ([own] if own else []) + list(policy["playbooks"]):
        yield from checks_of(book, policy)


def _no_such_check(name: str, policy: Policy) -> Usage:
    import difflib

    names = {
        check["name"]: text(check["label"], i18n.language())
        for book in policy["playbooks"]
        for check in checks_of(book, policy)
    }
    near = difflib.get_close_matches(name, sorted(names), n=4, cutoff=0.4) or sorted(names)[:12]
    return Usage(
        _("No playbook of the policy has a check {name}.").format(name=printable(name)),
        hint=_("one of: {near}").format(near=cells.listed(cells.aside(one, names[one]) for one in near)),
    )


def require_order(case: Case, after: Progress | None, given: Iterable[str]) -> None:
    """Refuse checks before which others of the playbook are still to be made (`after`: with those given)."""
    if after is None or not after.in_order:
        return
    names = [step.check["name"] for step in after.steps]
    for name in given:
        before = after.steps[: names.index(name)] if name in names else []
        waiting = [step.check for step in before if step.recorded is None]
        asked = [step.check for step in after.steps if step.check["name"] == name]
        if waiting and not any(_ends(step, after.verdict) for step in before):
            raise Refused(
                _("{case}: {check} has to wait; {first} comes before it.").format(
                    case=case["id"], check=_quoted(asked[0]), first=_quoted(waiting[0])
                ),
                hint=f"complaintctl investigate {case['id']} --check {choices(waiting[0])}",
            )


def worded(made: Mapping[str, Any], case: Any, policy: Policy, language: str) -> tuple[str, str]:
    """What a recorded check is, and what it found, in the words of the playbooks and with those added.

    `case`: of which the category is asked, for its own playbook comes first.
    """
    ident, colon, more = (part.strip() for part in str(made["outcome"]).partition(":"))
    known = [check for check in _known(case, policy) if check["name"] == made["name"]]
    check = next((one for one in known if ident in one.get("outcomes", {})), known[0] if known else None)
    if check is None:
        return str(made["name"]), str(made["outcome"])
    label, outcome = text(check["label"], language), check.get("outcomes", {}).get(ident)
    if outcome is None:
        return label, str(made["outcome"])
    said = text(outcome["label"], language)
    return label, cells.told(said, more) if colon else said


def _quoted(check: PlaybookCheck) -> str:
    from complaintctl.explaining import quoted

    return quoted(text(check["label"], i18n.language()))


def choices(check: PlaybookCheck) -> str:
    """How the outcome of a check is given: ``late=yes|no``, or ``listen=…`` for any text."""
    return f"{check['name']}={'|'.join(check.get('outcomes', ())) or '…'}"


def owners(check: PlaybookCheck, staff: Iterable[Staff]) -> list[Staff]:
    """The active staff among whose duties a check is."""
    asked = check.get("executor", [])
    return [one for one in staff if one["active"] and any(duty in asked for duty in one.get("duties", ()))]


def outside_duty(step: Step, staff: Iterable[Staff]) -> bool:
    """Whether a check was made by somebody among whose duties it is not (S1a-13)."""
    if step.recorded is None or "executor" not in step.check:
        return False
    by = step.recorded.by
    duties = [duty for one in staff if one["id"] == by for duty in one.get("duties", ())]
    return not any(duty in step.check["executor"] for duty in duties)

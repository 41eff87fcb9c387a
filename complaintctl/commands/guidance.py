"""Where the playbook of a case stands, as lines and as data: what is done, what comes next, what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from complaintctl import cells, playbooks, render
from complaintctl.conditions import verdict_of
from complaintctl.i18n import _
from complaintctl.labels import name_of, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complaintctl.case import Case
    from complaintctl.playbooks import Progress, Step
    from complaintctl.policy import CheckOutcome, PlaybookCheck, Policy
    from complaintctl.register import Register


def rules_for(register: Register, case: Case) -> Policy:
    """The rules in force, by which the next step is judged; for a closed case those it came in under."""
    return register.pinned(case) if case["state"] == "closed" else register.policy


def progress_of(register: Register, case: Case) -> Progress | None:
    """How far the playbook of a case has got; None: it has none."""
    return playbooks.of_case(case, rules_for(register, case))


def next_check(case: Case, found: Progress | None) -> PlaybookCheck | None:
    """The check to make next; none is waited for any more once there is a verdict."""
    return None if found is None or verdict_of(case) else found.next


def document(register: Register, case: Case) -> dict[str, Any] | None:
    """The playbook of a case as data: its checks, what was recorded of them, which is next (S1a-4)."""
    found = progress_of(register, case)
    if found is None:
        return None
    following = next_check(case, found)
    suggested = playbooks.suggestion(found)
    return {
        "name": found.name,
        "label": text(found.playbook["label"], register.language),
        "checks": [_check(register, step) for step in found.steps],
        "next": following["name"] if following else None,
        "ended": found.ended,
        "suggests": {
            key: suggested[key] for key in ("verdict", "cause", "remedies") if suggested and key in suggested
        },
    }


def _check(register: Register, step: Step) -> dict[str, Any]:
    check, recorded = step.check, step.recorded
    language = register.language
    entry: dict[str, Any] = {
        "name": check["name"],
        "label": text(check["label"], language),
        "executor": check.get("executor", []),
        "outcomes": {ident: text(one["label"], language) for ident, one in check.get("outcomes", {}).items()},
        "done": recorded is not None,
    }
    if recorded is not None:
        entry |= {"outcome": recorded.outcome, "by": recorded.by, "at": recorded.at}
        entry["outside_duty"] = playbooks.outside_duty(step, register.staff)
    return entry


def lines(register: Register, case: Case) -> Iterator[str]:
    """The playbook in a form: what is done and by whom, what is next, what is still to come."""
    found = progress_of(register, case)
    begun = found is not None and any(step.recorded for step in found.steps)
    if found is None or not (begun or (case["state"] != "closed" and not verdict_of(case))):
        return
    following = next_check(case, found)
    yield _("Playbook: {label}").format(label=render.safe(text(found.playbook["label"], register.language)))
    for number, step in enumerate(found.steps, 1):
        mark = "x" if step.recorded else ">" if step.check is following else " "
        said = f"  [{mark}] {number} {step.check['name']}: {text(step.check['label'], register.language)}"
        yield render.safe(said)
        if step.recorded is not None:
            yield f"        {render.safe(_done(register, step))}"
    if found.ended and found.next is None and any(step.recorded is None for step in found.steps):
        yield _("  The rest is not needed: the problem is explained.")


def _done(register: Register, step: Step) -> str:
    """The outcome of a check in words, and who recorded it."""
    recorded = step.recorded
    assert recorded is not None  # noqa: S101  (asked only of recorded checks)
    said = recorded.outcome
    if step.found is not None:
        words = recorded.outcome.partition(":")[2].strip()
        label = text(step.found["label"], register.language)
        said = cells.told(label, words) if words else label
    outside = ""
    if playbooks.outside_duty(step, register.staff):
        outside = _(", not among their duties")
    return f"{said} ({recorded.by}, {cells.day(recorded.at)}{outside})"


def next_lines(register: Register, case: Case) -> list[str]:
    """The next check, whose it is, and its outcomes; or what the playbook suggests when it is through."""
    found = progress_of(register, case)
    if found is None:
        return [_("{case} has no playbook.").format(case=case["id"])]
    check = next_check(case, found)
    if check is None:
        suggested = _still_of_use(case, playbooks.suggestion(found))
        return [_through(case, found), *suggestions(register, suggested, with_note=True)]
    language = register.language
    return [
        _("Next check: {name}: {label}{owner}").format(
            name=check["name"], label=text(check["label"], language), owner=owner(register, check)
        ),
        *(f"  {name}: {text(one['label'], language)}" for name, one in check.get("outcomes", {}).items()),
        f"  complaintctl investigate {case['id']} --check {playbooks.choices(check)}",
    ]


def _through(case: Case, found: Progress) -> str:
    if verdict_of(case):
        return _("{case} has its verdict.").format(case=case["id"])
    if found.ended:
        return _("The problem is explained; no further check is needed.")
    return _("Every check of the playbook has its outcome.")


def owner(register: Register, check: PlaybookCheck) -> str:
    """Who carries a check out: the duty, and the names of those who have it."""
    policy, language = register.policy, register.language
    if "executor" not in check:
        return cells.aside("", text(check["by"], language)) if "by" in check else ""
    duties = ", ".join(name_of(policy, "executors", one, language) for one in check["executor"])
    people = ", ".join(one["name"] for one in playbooks.owners(check, register.staff))
    return (
        cells.aside("", cells.told(duties, people))
        if people
        else _(" ({duties}: nobody yet)").format(duties=duties)
    )


def after(register: Register, case: Case, names: Sequence[str]) -> list[str]:
    """What to say once checks are recorded: what their outcomes ask for, and what comes next."""
    found = progress_of(register, case)
    if found is None:
        return []
    noted = [step.found for step in found.steps if step.check["name"] in names and step.found]
    said = [text(one["note"], register.language) for one in noted if "note" in one]
    check = next_check(case, found)
    if check is None:
        return [*said, *suggestions(register, _still_of_use(case, playbooks.suggestion(found)))]
    label = text(check["label"], register.language)
    coming = _("Next check: {name}: {label}{owner}").format(
        name=check["name"], label=label, owner=owner(register, check)
    )
    return [*said, coming]


def _still_of_use(case: Case, outcome: CheckOutcome | None) -> CheckOutcome | None:
    """A suggestion without the verdict and cause that a case with a verdict no longer needs."""
    if outcome is None or not verdict_of(case):
        return outcome
    return cast("CheckOutcome", {key: one for key, one in outcome.items() if key not in ("verdict", "cause")})


def suggestions(register: Register, outcome: CheckOutcome | None, *, with_note: bool = False) -> list[str]:
    """What an outcome suggests: verdict, cause and remedies, in one line."""
    if outcome is None:
        return []
    policy, language = register.policy, register.language
    parts = []
    if "verdict" in outcome:
        parts.append(
            f"--verdict {outcome['verdict']} ({name_of(policy, 'verdicts', outcome['verdict'], language)})"
        )
    if "cause" in outcome:
        parts.append(f"--cause {outcome['cause']} ({name_of(policy, 'causes', outcome['cause'], language)})")
    if "remedies" in outcome:
        kinds = ", ".join(name_of(policy, "remedies", one, language) for one in outcome["remedies"])
        parts.append(_("then propose: {remedies}").format(remedies=kinds))
    found = [text(outcome["note"], language)] if with_note and "note" in outcome else []
    return [*found, _("Suggested: {parts}").format(parts="; ".join(parts))] if parts else found

"""How it ends: follow-up, closing, reopening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from complaintctl import amounts, cells, conditions, workflow
from complaintctl.dispositions import PARTS
from complaintctl.errors import Refused, Usage, printable
from complaintctl.i18n import _
from complaintctl.labels import category_of, name_of
from complaintctl.ladder import rank, step_up
from complaintctl.lifecycle import NEED_REASON, OPEN, OUTCOMES, VOID
from complaintctl.workflow import (
    Context,
    already,
    append,
    begin,
    copied,
    fits,
    hint_for,
    items_of,
    known,
    last_of,
    numbered,
    on_hold,
    same,
    settled,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from complaintctl.case import Case
    from complaintctl.policy import Policy


def follow_up(
    case: Case, context: Context, *, satisfaction: int, method: str, comment: str | None = None
) -> Case:
    """Ask the customer after the remedy was carried out (S4-7, S0-18)."""
    if method not in context.policy["follow_up"]["methods"]:
        raise Usage(
            _("The policy follows up by {methods}.").format(
                methods=", ".join(context.policy["follow_up"]["methods"])
            )
        )
    number = len(case.get("proposals", ()))
    entry = context.sign(
        {
            "satisfaction": satisfaction,
            "method": method,
            "comment": comment,
            "proposal": number if number > 1 else None,
        }
    )
    entry = numbered(entry, case)
    if same(last_of(case, "follow_ups"), entry):
        raise already(case)
    begin("follow-up", case, context, entry)
    return settled(append(case, "follow_ups", entry), context)


def default_outcome(case: Case, policy: Policy) -> str | None:
    """How a case in this state is usually closed; None where it must be said."""
    if case["kind"] != "complaint":
        return "answered"
    if case["state"] == "satisfied":
        happy = case["follow_ups"][-1]["satisfaction"] >= policy["follow_up"]["very_satisfied_from"]
        return "very-satisfied" if happy else "satisfied"
    if case["state"] in OUTCOMES["explained"] and fits("explained", case):
        return "explained"
    return None


def outcomes(case: Case, policy: Policy) -> list[str]:
    """The outcomes with which a case in this state may be closed, the usual ones first."""
    usual = default_outcome(case, policy)
    content = {"satisfied", "very-satisfied"}
    return [
        outcome
        for outcome, states in OUTCOMES.items()
        if case["state"] in states and fits(outcome, case) and (outcome not in content or outcome == usual)
    ]


def close(
    case: Case,
    context: Context,
    *,
    outcome: str | None = None,
    reason: str | None = None,
    of: str | None = None,
    lesson: str | None = None,
    prevention: str | None = None,
    disposition: str | None = None,
    lesson_for: Sequence[str] = (),
    dispositions: Sequence[Mapping[str, Any]] = (),
) -> Case:
    """End the case with an outcome (S4-8, S1b-7, S1a-8); what each outcome needs is in `OUTCOMES`.

    `lesson_for`: departments that are to learn from it (S0-21); `dispositions`:
    what follows for whom (S1b-9, S4-3).
    """
    learners = [known(context.policy, "departments", one) for one in dict.fromkeys(lesson_for)]
    last = last_of(case, "closures")
    chosen = outcome or (
        default_outcome(case, context.pinned) if case["state"] != "closed" else (last or {}).get("outcome")
    )
    entry = numbered(
        context.sign(
            {
                "outcome": chosen,
                "reason": reason,
                "of": of,
                "lesson": lesson,
                "lesson_for": learners,
                "prevention": prevention,
                "disposition": disposition,
                "dispositions": [_disposed(one, case, context) for one in dispositions],
            }
        ),
        case,
    )
    if case["state"] == "closed" and same(last, entry):
        raise already(case)
    if chosen is None:
        raise _too_early(case, context)
    _check_outcome(chosen, case, context, entry)
    begin("close", case, context, entry)
    changed = append(case, "closures", entry)
    if on_hold(case):
        *ended, last_hold = case["holds"]
        resumed = cast("Any", {**last_hold, "resumed_by": context.actor["id"], "resumed_at": context.at})
        changed["holds"] = [*ended, resumed]
    return settled(changed, context)


def _too_early(case: Case, context: Context) -> Refused:
    return Refused(
        _("{case} is {state}; a complaint is closed once the customer is satisfied.").format(
            case=case["id"], state=workflow.named(case["state"], context)
        ),
        hint=_("{step}, or close with --outcome {others} and a --reason").format(
            step=hint_for(case, context), others=_either(NEED_REASON, context)
        ),
    )


def _either(outcomes: Sequence[str], context: Context) -> str:
    """Ways to close a case as they are typed, each with its label."""
    names = ((one, name_of(context.policy, "outcomes", one, context.language)) for one in outcomes)
    return cells.listed(cells.aside(*one) for one in names)


def _disposed(one: Mapping[str, Any], case: Case, context: Context) -> dict[str, Any]:
    """A disposition as it is written down; `Usage` for somebody unknown, another part, or no amount.

    Who has left may still be the one responsible.
    """
    who, part = one["who"], one["part"]
    if part not in PARTS:
        raise Usage(
            _("--dispose: {part} is not what somebody is decided on as.").format(part=printable(part)),
            hint=_("one of: {near}").format(near=", ".join(PARTS)),
        )
    if who not in context.policy["departments"] and all(person["id"] != who for person in context.staff):
        raise Usage(
            _("--dispose: there is nobody on the staff and no department {who}.").format(who=printable(who)),
            hint="complaintctl staff list",
        )
    entry = {"who": who, "part": part, "what": one["what"]}
    if one.get("bears"):
        entry["bears"] = amounts.money_of(one["bears"], case["currency"], "--dispose")
    return entry


def require_case(other: Case) -> None:
    """Refuse a duplicate of what is none itself: somewhere the complaint has to stand."""
    if other["state"] == "closed" and other["closures"][-1]["outcome"] in VOID:
        raise Refused(
            _("{case} was itself closed as a duplicate or as void.").format(case=other["id"]),
            hint=f"complaintctl show {other['id']}",
        )


def _check_outcome(outcome: str, case: Case, context: Context, entry: Mapping[str, Any]) -> None:
    if outcome not in OUTCOMES:
        raise Usage(_("A case is closed as one of: {outcomes}.").format(outcomes=", ".join(OUTCOMES)))
    if case["state"] == "closed":
        return  # the table refuses it with its own sentence
    if case["state"] not in OUTCOMES[outcome] or not fits(outcome, case):
        raise Refused(
            _("{case} is {state} ({kind}); {outcome} needs {needs}.").format(
                case=case["id"],
                state=workflow.named(case["state"], context),
                kind=name_of(context.policy, "kinds", case["kind"], context.language),
                outcome=_named(outcome, context),
                needs=_needs(outcome, context),
            ),
            hint=hint_for(case, context),
        )
    if outcome in VOID and any("done" in item for one in case.get("proposals", ()) for item in items_of(one)):
        raise Refused(
            _("{case}: something was carried out for the customer, so it was a case.").format(
                case=case["id"]
            ),
            hint=hint_for(case, context),
        )
    if outcome in NEED_REASON and "reason" not in entry and outcome != "duplicate":
        raise Usage(_("Closing as {outcome} needs --reason.").format(outcome=_named(outcome, context)))
    if (outcome == "duplicate") != ("of" in entry):
        raise Usage(_("Closing as duplicate names the other case with --of, and only that does."))
    if entry.get("of") == case["id"]:
        raise Usage(_("A case is no duplicate of itself."))
    usual = default_outcome(case, context.pinned)
    if outcome in {"satisfied", "very-satisfied"} and outcome != usual:
        raise Refused(
            _("{case}: the customer's last answer was {found} of 5, so it closes as {outcome}.").format(
                case=case["id"],
                found=case["follow_ups"][-1]["satisfaction"],
                outcome=_named(str(usual), context),
            )
        )
    if outcome == "final-response-declined":
        _check_final(case, context)


def _named(outcome: str, context: Context) -> str:
    """A way to close a case as the policy calls it."""
    from complaintctl import explaining

    return explaining.named(context.policy, "outcomes", outcome, context.language)


def _needs(outcome: str, context: Context) -> str:
    def words(kind: str, idents: Sequence[str]) -> str:
        names = (explaining.named(context.policy, kind, one, context.language) for one in idents)
        return explaining.either(names)

    from complaintctl import explaining

    open_case = OUTCOMES[outcome] == OPEN
    needs = _("an open case") if open_case else words("states", OUTCOMES[outcome])
    if outcome == "explained":
        return _("{states} and the verdict {verdict}").format(
            states=needs, verdict=words("verdicts", ["unfounded"])
        )
    if outcome == "answered":
        return _("a request ({kinds}), not a complaint").format(
            kinds=words("kinds", [one for one in conditions.CHOICES["kind"] if one != "complaint"])
        )
    return needs


def _check_final(case: Case, context: Context) -> None:
    """The final word needs one authority more than the last decision (design: S4-6, S1b-6)."""
    decision = case["proposals"][-1].get("decision")
    if decision is None:
        return
    wanted = step_up(context.policy, decision["role"])
    own = rank(context.policy, context.actor["role"])
    enough = own >= rank(context.policy, wanted)
    if enough and (wanted != decision["role"] or decision["by"] != context.actor["id"]):
        return
    if enough and context.policy["authority"]["alone"] == "allowed" and not _others(context, wanted):
        return

    def role(ident: str) -> str:
        return name_of(context.policy, "roles", ident, context.language)

    raise Refused(
        _(
            "{case}: the last decision was made as {role}; the final answer needs {wanted}, another person."
        ).format(case=case["id"], role=role(decision["role"]), wanted=role(wanted)),
        hint=_("ask {who}").format(who=cells.listed(_others(context, wanted)) or role(wanted)),
    )


def _others(context: Context, role: str) -> list[str]:
    floor = rank(context.policy, role)
    return [
        p["id"]
        for p in context.staff
        if p["active"] and p["id"] != context.actor["id"] and rank(context.policy, p["role"]) >= floor
    ]


def reopen(case: Case, context: Context, *, reason: str) -> Case:
    """Open a closed case again: a new round with the last handler, else with whoever recorded it."""
    last = last_of(case, "closures")
    if last and case["state"] != "closed":
        before = case["closures"][-1].get("reopened")
        if same(cast("Any", before), context.sign({"reason": reason})):
            raise already(case)
    begin("reopen", case, context, {"reason": reason})
    changed = copied(case)
    changed["closures"][-1]["reopened"] = cast("Any", context.sign({"reason": reason}))
    previous = last_of(case, "assignments")
    handler = previous["handler"] if previous else case["intake"]["by"]
    department = previous["department"] if previous else _own_department(case, context, handler)
    entry = numbered(context.sign({"department": department, "handler": handler}), changed)
    changed = append(changed, "assignments", entry)
    if "classification" not in changed:
        raise Refused(
            _("{case} was closed before it was classified; record it anew.").format(case=case["id"]),
            hint="complaintctl new",
        )
    return settled(changed, context)


def _own_department(case: Case, context: Context, handler: str) -> str:
    classification = case.get("classification")
    if classification:
        named = category_of(context.policy, classification["category"]).get("department")
        if named:
            return named
    for person in context.staff:
        if person["id"] == handler and person.get("department"):
            return person["department"]
    return next(iter(context.policy["departments"]))

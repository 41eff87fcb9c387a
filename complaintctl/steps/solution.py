"""What is done about it: proposal, decision, answer, carrying out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from complaintctl import authority, deciding, needs, remedies, times
from complaintctl.errors import Refused, Usage
from complaintctl.i18n import _
from complaintctl.steps.closing import close, follow_up
from complaintctl.steps.handling import classify
from complaintctl.steps.tasks import given
from complaintctl.workflow import (
    Context,
    already,
    append,
    begin,
    copied,
    facts,
    known,
    last_of,
    legal,
    member,
    numbered,
    permit,
    same,
    settled,
    supplemented,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from complaintctl.case import Case, Proposal


def propose(
    case: Case,
    context: Context,
    *,
    plan: Sequence[tuple[str, str | None, str | None]],
    reason: str,
    tasks: Sequence[Mapping[str, str]] = (),
    exception: str | None = None,
    confirmed: Sequence[str] = (),
    how: Mapping[str, str] | None = None,
    expected: Mapping[str, str] | None = None,
    agreed_with: Sequence[str] = (),
) -> Case:
    """Propose remedies, each allowed by an entitlement or a named exception (S1a-6, S0-15, S1e-4).

    `how` (the steps) and `expected` (the day) are by kind of remedy (S2-11); a
    task names its department and what is to be done, and perhaps who, due and resources.
    `agreed_with`: whoever the plan was agreed with, such as the heads of two departments (S1c-3).
    """
    if not case.get("proposals"):  # nothing to repeat: first whether it is time to propose at all
        permit("propose", case, context)
    entry = _proposal(case, context, plan, reason, exception, confirmed)
    on = times.calendar_day(context.at)
    entry["remedies"] = remedies.detailed(entry["remedies"], how or {}, expected or {}, context.policy, on)
    work = [given(task, context) for task in tasks]
    if work:
        entry = {"remedies": entry.pop("remedies"), "tasks": work, **entry}
    if agreed_with:
        entry["with"] = [member(context, who)["id"] for who in dict.fromkeys(agreed_with)]
    last = last_of(case, "proposals")
    if (
        last
        and same(as_proposed(last), as_proposed(entry))
        and case["state"] not in {"returned", "declined", "dissatisfied"}
    ):
        raise already(case)
    begin("propose", case, context, entry)
    return settled(append(case, "proposals", entry), context)


def _proposal(
    case: Case,
    context: Context,
    plan: Sequence[tuple[str, str | None, str | None]],
    reason: str,
    exception: str | None,
    confirmed: Sequence[str],
) -> dict[str, Any]:
    policy = context.policy
    chosen = remedies.plan(plan, case, policy)
    for name in confirmed:
        known(policy, "confirmations", name)
    found = facts(case, context, remedies=[r["kind"] for r in chosen], exception=bool(exception))
    judged = remedies.judge(
        chosen, case, found, policy, list(confirmed), exception, times.calendar_day(context.at)
    )
    entry = context.sign(
        {
            "remedies": judged,
            "confirmed": list(confirmed),
            "exception": exception,
            "reason": reason,
        }
    )
    return numbered(entry, case)


def as_proposed(proposal: Mapping[str, Any]) -> dict[str, Any]:
    """A proposal as it was before anybody decided, answered or carried it out."""
    plain = {k: copied(v) for k, v in proposal.items() if k not in {"decision", "answer", "problems"}}
    for item in [*plain["remedies"], *plain.get("tasks", [])]:
        item.pop("done", None)
        item.pop("acknowledged", None)
    return plain


def approve(
    case: Case, context: Context, *, note: str | None = None, back: str | None = None, via: str = "cli"
) -> Case:
    """Decide on the waiting proposal: approve it, or return it with the reason `back` (S1c-4, S1b-5)."""
    proposal = cast("Proposal | None", last_of(case, "proposals"))
    decided = proposal.get("decision") if proposal else None
    wanted = "returned" if back else "approved"
    if (
        decided
        and decided["by"] == context.actor["id"]
        and decided["outcome"] == wanted
        and decided.get("note") == (back or note)
    ):
        raise already(case)
    begin("approve", case, context, {"note": note, "back": back})
    assert proposal is not None  # noqa: S101  (the state is proposed)
    found = facts(case, context)
    needed = needs.needed(
        case, authority.cost_of(proposal), context.customer_cost, found, context.policy, context.language
    )
    judgement = deciding.decide(case, context.actor, context.staff, needed, context.policy)
    decision = context.sign(
        {
            "outcome": wanted,
            "role": judgement.role,
            "limit": judgement.limit,
            "digest": _digest(case, proposal, context),
            "via": via,
            "note": back or note,
            "alone": judgement.alone or None,
        }
    )
    return settled(supplemented(case, "proposals", "decision", decision), context)


def _digest(case: Case, proposal: Proposal, context: Context) -> str:
    return authority.digest(
        case["id"], proposal.get("round", 1), proposal, case["currency"], context.pin["sha256"]
    )


def respond(
    case: Case, context: Context, *, agreed: bool, reason: str | None = None, agreement: str | None = None
) -> Case:
    """Record the customer's answer to the approved offer (S1e-5, S4-6)."""
    files = {name: e["file"] for e in case.get("evidence", ()) for name in (e.get("name", ""), e["file"])}
    if agreement and agreement not in files:
        raise Usage(
            _("{case} has no evidence file of that name.").format(case=case["id"]),
            hint=f"complaintctl evidence list {case['id']}",
        )
    entry = context.sign(
        {
            "outcome": "agreed" if agreed else "declined",
            "reason": reason,
            "agreement": files.get(agreement or ""),
        }
    )
    last = last_of(case, "proposals")
    if last and same(last.get("answer"), entry):
        raise already(case)
    begin("respond", case, context, entry)
    return settled(supplemented(case, "proposals", "answer", entry), context)


def _planned(chosen: Sequence[Mapping[str, Any]]) -> list[tuple[str, str | None, str]]:
    """What remedies say, apart from the rule that allows them and whether they are done."""
    return [(remedy["kind"], remedy.get("amount"), remedy["cost"]) for remedy in chosen]


def _require_same(case: Case, category: str | None, severity: str | None, flags: Sequence[str]) -> None:
    """Refuse to settle a case as something else than it is classified as: grave must not become light."""
    known_as = case["classification"]
    if (
        category in {None, known_as["category"]}
        and severity in {None, known_as["severity"]}
        and set(flags) <= set(known_as.get("flags", ()))
    ):
        return
    raise Refused(
        _("{case} is classified already, and otherwise.").format(case=case["id"]),
        hint=_("leave it out, or complaintctl classify {case} … first").format(case=case["id"]),
    )


def settle(
    case: Case,
    context: Context,
    *,
    plan: Sequence[tuple[str, str | None, str | None]],
    reason: str,
    category: str | None = None,
    severity: str | None = None,
    flags: Sequence[str] = (),
    confirmed: Sequence[str] = (),
    satisfaction: int | None = None,
    method: str | None = None,
) -> Case:
    """Do at once what a member of staff may settle alone (S1a-1, S1c-2): still the whole form."""
    if not legal("settle", case, context.pinned) and _is_settled(case, context, plan, reason):
        raise already(case)
    begin("settle", case, context)
    changed = case
    if "classification" in case:
        _require_same(case, category, severity, flags)
    elif category:
        changed = classify(case, context, category=category, severity=severity, flags=flags)
    else:
        raise Usage(_("{case} is not classified yet: settle needs --category.").format(case=case["id"]))
    proposal = cast("Proposal", _proposal(changed, context, plan, reason, None, confirmed))
    found = facts(changed, context, remedies=[r["kind"] for r in proposal["remedies"]], exception=False)
    remedies.require_full_costs(proposal["remedies"], changed, context.policy)
    judgement = deciding.may_settle(
        changed,
        context.actor,
        proposal,
        context.customer_cost,
        found,
        context.policy,
        context.language,
        context.staff,
    )
    changed = settled(_done_at_once(changed, context, proposal, judgement), context)
    if satisfaction is None:
        return changed
    methods = context.policy["follow_up"]["methods"]
    asked = method or ("visit" if "visit" in methods else methods[0])  # face to face, where that is a way
    changed = follow_up(changed, context, satisfaction=satisfaction, method=asked)
    return close(changed, context) if changed["state"] == "satisfied" else changed


def _is_settled(
    case: Case, context: Context, plan: Sequence[tuple[str, str | None, str | None]], reason: str
) -> bool:
    """Whether the same person settled the case with the same remedies for the same reason already."""
    last = last_of(case, "proposals")
    return bool(
        last
        and last.get("decision", {}).get("via") == "settle"
        and last["by"] == context.actor["id"]
        and last["reason"] == reason
        and _planned(last["remedies"]) == _planned(remedies.plan(plan, case, context.policy))
    )


def _done_at_once(case: Case, context: Context, proposal: Proposal, judgement: deciding.Judgement) -> Case:
    """The case with a proposal that is decided, agreed to and carried out by the same person."""
    changed = append(case, "proposals", cast("Any", proposal))
    done = changed["proposals"][-1]
    decision = {
        "outcome": "approved",
        "role": judgement.role,
        "limit": judgement.limit,
        "digest": _digest(changed, proposal, context),
        "via": "settle",
    }
    done["decision"] = cast("Any", context.sign(decision))
    done["answer"] = cast("Any", context.sign({"outcome": "agreed"}))
    for remedy in done["remedies"]:
        remedy["done"] = cast("Any", context.sign({}))
    return changed

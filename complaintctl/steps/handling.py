"""What is found out: classification, assignment, investigation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from complaintctl import authority, levels, times
from complaintctl.errors import Refused, Usage
from complaintctl.i18n import _
from complaintctl.labels import category_of, name_of
from complaintctl.ladder import rank
from complaintctl.lifecycle import in_round, round_of
from complaintctl.workflow import (
    Context,
    already,
    append,
    begin,
    facts,
    known,
    last_of,
    member,
    numbered,
    same,
    settled,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from complaintctl.case import Case
    from complaintctl.policy import Policy


def classify(
    case: Case,
    context: Context,
    *,
    category: str,
    severity: str | None = None,
    urgency: str | None = None,
    liability: str | None = None,
    flags: Sequence[str] = (),
    departments: Sequence[str] = (),
    affected: int | None = None,
    affected_range: str | None = None,
    kind: str | None = None,
) -> Case:
    """Say what it is about and how grave it is (S0-5, S0-7, S0-8); the category has a default severity."""
    policy = context.policy
    entry: dict[str, Any] = context.sign(
        {
            "category": known(policy, "categories", category),
            "severity": known(policy, "severities", severity or _default_severity(policy, category)),
            "urgency": urgency and known(policy, "urgencies", urgency),
            "liability": liability,
            "flags": [known(policy, "flags", flag) for flag in dict.fromkeys(flags)],
            "departments": [known(policy, "departments", dept) for dept in dict.fromkeys(departments)],
            "affected": affected,
            "affected_range": affected_range,
        }
    )
    if "department" not in policy["categories"][category]:
        from complaintctl import cells, explaining

        raise Usage(
            _("{category} is a group; a case needs one of its categories.").format(
                category=explaining.named(policy, "categories", category, context.language)
            ),
            hint=cells.listed(
                cells.aside(one, name_of(policy, "categories", one, context.language))
                for one in policy["categories"]
                if one.startswith(category + ".")
            ),
        )
    if same(cast("Any", case.get("classification")), entry):
        _require_news(case, entry, kind)
    begin("classify", case, context, entry)
    changed = cast("Case", {**case, "classification": entry})
    if kind:
        changed["kind"] = kind
    _require_rank(case, changed, context)
    return settled(changed, context)


def _require_news(case: Case, entry: dict[str, Any], kind: str | None) -> None:
    """Nothing new is no step; another kind alone needs a second of its own to be seen."""
    if kind in {None, case["kind"]}:
        raise already(case)
    if case["classification"]["at"] == entry["at"]:
        raise Refused(
            _("You classified {case} in this very second; another kind alone would leave no trace.").format(
                case=case["id"]
            ),
            hint=_("say it again a second later"),
        )


def _require_rank(before: Case, after: Case, context: Context) -> None:
    """Once something is proposed, only who may decide on it makes the case lighter."""
    proposals = in_round(before.get("proposals", ()), round_of(before))
    if not proposals:
        return

    def role(case: Case) -> str:
        cost = authority.cost_of(proposals[-1])
        hits = levels.hits(case, context.pinned)
        level = levels.level_at(hits, times.epoch(context.at), lambda _hit: False).level
        found = facts(case, context, level=level)
        from complaintctl import needs

        return needs.needed(case, cost, context.customer_cost, found, context.policy, context.language).role

    needed = role(before)
    if (
        rank(context.policy, role(after))
        < rank(context.policy, needed)
        > rank(context.policy, context.actor["role"])
    ):
        raise Refused(
            _("{case} needs a {role}; only a {role} makes it lighter while a proposal is there.").format(
                case=before["id"], role=name_of(context.policy, "roles", needed, context.language)
            ),
            hint=f"complaintctl show {before['id']}",
        )


def _default_severity(policy: Policy, category: str) -> str:
    return category_of(policy, category).get("severity") or next(iter(policy["severities"]))


def assign(
    case: Case, context: Context, *, to: str, department: str | None = None, task: str | None = None
) -> Case:
    """Hand the case to a department and a handler (S0-9, S4-2)."""
    handler = member(context, to)
    classification = case.get("classification")
    default = (
        category_of(context.policy, classification["category"]).get("department") if classification else None
    )
    chosen = known(context.policy, "departments", department or default or handler.get("department", ""))
    if context.policy["departments"][chosen].get("outside"):
        raise Refused(_("{dept} is outside the house and takes no cases.").format(dept=chosen))
    entry = numbered(context.sign({"department": chosen, "handler": to, "task": task}), case)
    if same(last_of(case, "assignments"), entry):
        raise already(case)
    begin("assign", case, context, entry)
    return settled(append(case, "assignments", entry), context)


WITNESSES = ("customer", "witness")


def _known_witness(who: str, context: Context) -> None:
    if who not in WITNESSES and all(person["id"] != who for person in context.staff):
        raise Usage(
            _("A statement is by customer, witness or a member of staff."), hint="complaintctl staff list"
        )


def _known_promiser(who: str, context: Context) -> None:
    if who not in context.policy["departments"] and all(person["id"] != who for person in context.staff):
        from complaintctl.labels import offered

        raise Usage(
            _("--promised-by is a member of staff or a department of the policy."),
            hint=_("complaintctl staff list, or one of: {names}").format(
                names=offered(context.policy, "departments", who)
            ),
        )


def _checked(found: dict[str, Any], case: Case, context: Context) -> dict[str, Any]:
    """What was found, in the spelling of the record; `Usage` for ids that policy and staff do not know."""
    from complaintctl import amounts, playbooks

    policy = context.policy
    if found.get("cause"):
        known(policy, "causes", found["cause"])
    for statement in found.get("statements") or ():
        _known_witness(statement["who"], context)
    if found.get("promised_by"):
        _known_promiser(found["promised_by"], context)
    loss = found.get("loss")
    return {
        **found,
        "checks": [
            {**check, "outcome": playbooks.spelled(check["name"], check["outcome"], case, policy)}
            for check in found.get("checks") or ()
        ],
        "loss": amounts.money_of(loss, case["currency"], "--loss") if loss else None,
    }


def investigate(case: Case, context: Context, **found: Any) -> Case:
    """Record checks, statements, findings and, at the end, a verdict with its cause (S0-10 … S0-14).

    A check that names its outcomes takes one of these, and the checks of such
    a playbook are made in order (S1a-4).
    """
    from complaintctl import playbooks

    entry = numbered(context.sign(_checked(found, case, context)), case)
    if not set(entry) - {"by", "at", "round"}:
        raise Usage(_("An investigation records something: a check, a statement, findings or a verdict."))
    last = last_of(case, "investigations")
    if same({k: v for k, v in (last or {}).items() if k != "alone"}, entry):
        raise already(case)
    alone = begin("investigate", case, context, entry)
    checked = playbooks.of_case(case, context.policy, [entry], entry.get("verdict"))
    playbooks.require_order(case, checked, [check["name"] for check in entry.get("checks", ())])
    if alone:
        signed: dict[str, Any] = {k: entry.pop(k) for k in ("round", "by", "at") if k in entry}
        entry = {**entry, "alone": True, **signed}
    return settled(append(case, "investigations", entry), context)

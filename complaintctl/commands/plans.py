"""A proposal as plain lines: what is to be done for the customer, by whom, the decision and the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import cells, render, spoken, workflow
from complaintctl.cells import aside, listed, told
from complaintctl.commands.showing import Words, fields
from complaintctl.i18n import _
from complaintctl.labels import name_of

if TYPE_CHECKING:
    from complaintctl.case import Case, Proposal
    from complaintctl.register import Register


def proposal(register: Register, case: Case, number: int) -> list[str]:
    """One proposal: remedies, tasks, reason, decision, answer."""
    say = Words(register, case)
    entry = case["proposals"][number - 1]
    found = [_("Proposal {number} by {who}").format(number=number, who=entry["by"])]
    found += tasks(register, entry)
    found += fields(
        [
            (_("Reason"), entry["reason"]),
            (_("Exception"), entry.get("exception", "")),
            (_("Confirmed"), listed(say("confirmations", c) for c in entry.get("confirmed", []))),
            (_("Decision"), _decision(say, entry)),
            (_("Answer"), _answer(say, entry)),
            *[
                (_("Problem"), f"{t['text']} ({t['by']}, {cells.day(t['at'])})")
                for t in entry.get("problems", [])
            ],
        ]
    )
    return found


def tasks(register: Register, entry: Proposal) -> list[str]:
    """What is to be carried out, numbered as `fulfil --task` counts it."""

    def money(amount: str) -> str:
        return spoken.money(amount, register.documents.settings["currency"], register.language)

    found = []
    for number, item in enumerate(workflow.items_of(entry), 1):
        if "kind" in item:
            what = name_of(register.policy, "remedies", item["kind"], register.language)
            if item.get("amount"):
                what += f" {money(item['amount'])}"
            if item.get("cost") != item.get("amount") and item["cost"].strip("0."):
                what += _(" (costs {cost})").format(cost=money(item["cost"]))
            if item.get("rule"):
                rule = name_of(register.policy, "entitlements", item["rule"], register.language)
                what += f" [{rule}]"
        else:
            department = name_of(register.policy, "departments", item["department"], register.language)
            what = told(department, item["what"])
        what += _details(item)
        done = item.get("done")
        mark = "x" if done else " "
        tail = (
            f"  {done['by']} {cells.clock(done['at'], due=False)} {done.get('voucher', '')}".rstrip()
            if done
            else ""
        )
        found.append(f"  [{mark}] {number} {render.safe(what + tail)}")
    return found


def _details(item: Any) -> str:
    """Who does it, by when, what it takes and how, and whether it is understood."""
    parts = [item["who"]] if "who" in item else []
    if "due" in item:
        parts.append(_("by {day}").format(day=cells.day(item["due"])))
    if "expected_on" in item:
        parts.append(_("expected on {day}").format(day=cells.day(item["expected_on"])))
    if "resources" in item:
        parts.append(_("needs {resources}").format(resources=item["resources"]))
    if "acknowledged" in item:
        parts.append(_("acknowledged by {who}").format(who=item["acknowledged"]["by"]))
    return (f" ({listed(parts)})" if parts else "") + (told("", item["how"]) if "how" in item else "")


def _decision(say: Words, entry: Proposal) -> str:
    decision = entry.get("decision")
    if not decision:
        return ""
    limit = _(", limit {limit}").format(limit=say.money(decision["limit"])) if "limit" in decision else ""
    alone = _(", alone") if decision.get("alone") else ""
    if "signature" in decision:  # whether it is right, `verify` tells
        alone += _(", carries a signature")
    elif decision.get("claimed"):
        alone += _(", by the name in a merge")
    who = listed([decision["by"], say("roles", decision["role"])]) + limit + alone
    said = aside(say("decisions", decision["outcome"]), who)
    return told(said, decision["note"]) if "note" in decision else said


def _answer(say: Words, entry: Proposal) -> str:
    answer = entry.get("answer")
    if not answer:
        return ""
    said = say("answers", answer["outcome"])
    return told(said, answer["reason"]) if "reason" in answer else said

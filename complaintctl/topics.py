"""The texts of `complaintctl help TOPIC`."""

from __future__ import annotations

from complaintctl import lifecycle
from complaintctl.i18n import _
from complaintctl.lifecycle import STATES

TOPICS = ("workflow", "exit-codes", "environment", "formats", "policies", "review")


def summary(topic: str) -> str:
    """One line about a topic."""
    return {
        "workflow": _("the life of a case: which step follows which"),
        "exit-codes": _("what scripts can rely on"),
        "environment": _("variables, and where things are"),
        "formats": _("ids, money, times, JSON and CSV"),
        "policies": _("the rules of a shop as a file"),
        "review": _("how decisions and rules are reviewed"),
    }[topic]


def workflow() -> str:
    """The table of the life of a case."""
    rows = [(_("verb"), _("from"), _("to"), _("note")), *lifecycle.table()]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    lines = [
        "  ".join((*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[3])).rstrip() for row in rows
    ]
    closing = [_("A case is closed with an outcome:")]
    for outcome, states in lifecycle.OUTCOMES.items():
        where = _("any open state") if states == lifecycle.OPEN else ", ".join(states)
        closing.append(f"  {outcome:<24} {_('from')} {where}")
    return "\n".join([*lines, "", *closing])


def mermaid() -> str:
    """The same as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> received: new"]
    for verb, step in lifecycle.STEPS.items():
        if not step.after or verb == "new":
            continue
        for before in step.before:
            if verb == "close" and before != "satisfied":
                continue
            stays = step.before.index(before) > 0 and verb in {"classify", "assign"}
            if not stays:
                lines += [f"    {before} --> {after}: {verb}" for after in step.after]
    lines.append(f"    {STATES[-1]} --> [*]")
    return "\n".join(lines)


def text(topic: str) -> str:
    """A topic in full."""
    return {
        "exit-codes": _(
            "0    done; also when the same step was recorded already\n"
            "1    refused by a rule: illegal step, no authority, not entitled, a gate\n"
            "2    usage: option, value, unknown case, person or policy\n"
            "3    bad data: YAML, schema, encoding, evidence; a case that cannot be read\n"
            "4    register state: not a register, a file edited by hand, a merge under way,\n"
            "     detached HEAD, another branch, nobody acting\n"
            "5    environment: disk, rights, git missing or too old\n"
            "6    busy: somebody else holds the lock\n"
            "7    check or due found something\n"
            "130  interrupted; nothing is half done"
        ),
        "environment": _(
            "COMPLAINTCTL_REGISTER  the register (-C)\n"
            "COMPLAINTCTL_AS        who acts (--as)\n"
            "COMPLAINTCTL_NOW       the clock (--now)\n"
            "COMPLAINTCTL_LANGUAGE  en, zh-CN or es (--language)\n"
            "NO_COLOR, FORCE_COLOR  as everywhere\n\n"
            "An option beats its variable, a variable the register. The index that makes reading fast is\n"
            ".git/complaintctl/index.sqlite: it holds copies only, and may be deleted at any time."
        ),
        "formats": _(
            "A case id is C-DATE-XXXXXX; any unambiguous part of it will do, in any letter case.\n"
            "Money is written with the currency's digits: 12.90. Times are ISO 8601 with an offset.\n"
            "--json prints exactly one document; keys are only ever added.\n"
            "CSV is one table with one header line; a cell that a spreadsheet would take for a formula\n"
            "begins with an apostrophe; --output adds a byte order mark."
        ),
        "policies": _(
            "policies/NAME.yaml holds every rule of the shop: channels, departments, categories,\n"
            "levels, deadlines, authority, entitlements, gates. Edit it, then:\n"
            "complaintctl policy diff       what you changed, in words\n"
            "complaintctl policy try FILE   what would have come out differently in your cases\n"
            "complaintctl policy save --reason WHY. That makes a new version; a step is judged by the\n"
            "rules in force when it is made, the clocks, level and labels of a case stay those it was\n"
            "received under (policies/past/)."
        ),
        "review": _(
            "Every step is one commit of one file, so a reviewer reads its diff. Nobody decides on\n"
            "their own proposal; `approve` shows what is decided, and records the role, the limit and\n"
            "a digest of the proposal. A later change of the proposal no longer fits the digest:\n"
            "`complaintctl check` says so."
        ),
    }[topic]

"""The texts of `complaintctl help TOPIC`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import lifecycle
from complaintctl.i18n import _
from complaintctl.lifecycle import STATES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TOPICS = ("workflow", "exit-codes", "environment", "formats", "policies", "letters", "review")


def summary(topic: str) -> str:
    """One line about a topic."""
    return {
        "workflow": _("the life of a case: which step follows which"),
        "exit-codes": _("what scripts can rely on"),
        "environment": _("variables, and where things are"),
        "formats": _("ids, money, times, JSON and CSV"),
        "policies": _("the rules of a shop as a file"),
        "letters": _("what the templates of letters may name"),
        "review": _("how decisions and rules are reviewed"),
    }[topic]


def workflow() -> str:
    """The table of the life of a case."""
    from complaintctl.cells import width

    rows = [(_("verb"), _("from"), _("to"), _("note")), *lifecycle.table()]
    widths = [max(width(row[i]) for row in rows) for i in range(3)]
    lines = [
        "  ".join((*(c + " " * (w - width(c)) for c, w in zip(row, widths, strict=False)), row[3])).rstrip()
        for row in rows
    ]
    closing = [_("A case is closed with an outcome:")]
    for outcome, states in lifecycle.OUTCOMES.items():
        where = _("any open state") if states == lifecycle.OPEN else ", ".join(states)
        closing.append(f"  {outcome:<24} " + _("from") + f" {where}")
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


def letters() -> str:
    """How a template of a letter is written, and every value that it may name."""
    from complaintctl.lettershapes import KINDS
    from complaintctl.templating import FILTERS

    common, decided = KINDS["acknowledgement"], KINDS["final"]
    more = {name: shape for name, shape in decided.items() if name not in common}
    return "\n".join(
        [
            _(
                "Letters stand under `letters` of the policy, as templates in each language.\n"
                "{{{{ case.id }}}} is filled in, {{% if customer.name %}} … {{% else %}} … {{% endif %}}\n"
                "asks whether something is there, {{% for one in promises %}} … {{% endfor %}} goes\n"
                "through a list. "
                "Filters: {filters}. An empty line begins a paragraph, `- ` a list,\n"
                "and \\ at the end of a line breaks it. Nothing else is markup."
            ).format(filters=", ".join(FILTERS)),
            "",
            _("In every letter:"),
            *_values(common),
            "",
            _("In an offer and a final answer too (`survey` has carried_out_on):"),
            *_values(more),
        ]
    )


def _values(shapes: Mapping[str, Any]) -> Iterator[str]:
    """Names with their parts; of what can be one of a few words, the words."""
    for name, shape in shapes.items():
        if isinstance(shape, list):
            yield f"  {name}  " + _("a list of: {parts}").format(parts=", ".join(shape[0]))
        elif isinstance(shape, dict):
            yield from (f"  {name}.{part}{_words_of(one)}" for part, one in shape.items())
        else:
            yield f"  {name}{_words_of(shape)}"


def _words_of(shape: Any) -> str:
    if isinstance(shape, list):
        return "  " + _("a list of: {parts}").format(parts=", ".join(shape[0]))
    if isinstance(shape, tuple):
        return "  " + ", ".join(one for one in shape if one)
    return {"flag": "  " + _("yes or no"), "number": "  " + _("a number")}.get(shape, "")


def text(topic: str) -> str:
    """A topic in full."""
    if topic == "letters":
        return letters()
    return {
        "exit-codes": _(
            "0    done; also when the same step was recorded already\n"
            "1    refused by a rule: illegal step, no authority, not entitled, a gate, a contradiction\n"
            "2    usage: option, value, unknown case, person or policy\n"
            "3    bad data: YAML, schema, encoding, evidence; a case that cannot be read\n"
            "4    register state: not a register, a file edited by hand, a merge under way,\n"
            "     detached HEAD, another branch, nobody acting\n"
            "5    environment: disk, rights, git missing or too old\n"
            "6    busy: somebody else holds the lock\n"
            "7    check, verify or due found something; sync: a remote lost what it had,\n"
            "     or sent a step that nobody could have made\n"
            "130  interrupted; nothing is half done"
        ),
        "environment": _(
            "COMPLAINTCTL_REGISTER  the register (-C)\n"
            "COMPLAINTCTL_AS        who acts (--as)\n"
            "COMPLAINTCTL_NOW       the clock (--now)\n"
            "COMPLAINTCTL_LANGUAGE  en, zh-CN or es (--language)\n"
            "COMPLAINTCTL_KEY       the private key that decisions are signed with (--key)\n"
            "NO_COLOR, FORCE_COLOR  as everywhere\n\n"
            "An option beats its variable, a variable the register. The index that makes reading fast is\n"
            ".git/complaintctl/index.sqlite: it holds copies only, and may be deleted at any time. Which\n"
            "signatures were proved is kept in ~/.local/state/complaintctl (XDG_STATE_HOME), outside of the\n"
            "register, so that nobody can bring it along; verify --full proves all of them again."
        ),
        "formats": _(
            "A case id is C-DATE-XXXXXX; any unambiguous part of it will do, in any letter case.\n"
            "Money is written with the currency's digits: 12.90. Times are ISO 8601 with an offset.\n"
            "--json prints exactly one document; keys are only ever added.\n"
            "CSV is one table with one header line; a cell that a spreadsheet would take for a formula\n"
            "begins with an apostrophe; --output adds a byte order mark. All tables of a report go into a\n"
            "folder: --format csv --output DIR. A workbook (--format xlsx) has a sheet for each table; text\n"
            "in it stays text."
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
            "`complaintctl check` says so.\n\n"
            "propose --branch --push      a proposal on a branch of its own, for a pull request\n"
            "review, review ID            what waits for you; the decision paper\n"
            "review ID --approve          the decision; --return WHY, --merge, --drop\n"
            "check --range BASE..HEAD     judge every commit of a branch or a push\n"
            "sync                         fetch, join, record what was decided by merging, push\n"
            "verify                       all of history made again, step by step\n"
            "forge github, hook install   the same checks on a forge, on a server, in this clone"
        ),
    }[topic]

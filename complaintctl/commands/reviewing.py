"""What waits for a decision, on the register's branch and in branches, and its list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from complaintctl.errors import Already, Refused, RegisterState, Usage
from complaintctl.i18n import _, ngettext

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.commands.session import Session
    from complaintctl.papers import Paper
    from complaintctl.proposals import Waiting
    from complaintctl.register import Register

_KEYS = (
    "id", "proposal", "remedies", "cost", "currency", "by", "at", "level", "due", "branch", "remote",
    "commit", "outcome", "may", "mine",
)  # fmt: skip


class Found:
    """One proposal that waits: on the register's branch (`waiting` is None), or in a branch of its own."""

    def __init__(self, register: Register, case: Case, number: int, waiting: Waiting | None) -> None:
        self.register, self.case, self.number, self.waiting = register, case, number, waiting

    @property
    def proposal(self) -> Any:
        return self.case["proposals"][self.number - 1]

    @property
    def branch(self) -> str:
        return self.waiting.branch if self.waiting else ""

    def paper(self, *, whole: bool = True) -> Paper:
        """The decision paper; without `whole`, nothing that takes long is looked up for it."""
        from complaintctl import papers, proposing

        if not whole:
            return papers.paper(
                self.case, self.number, proposing.ground(self.register, self.case), branch=self.branch
            )
        notes = _notes(self.register, self.waiting) if self.waiting else []
        return proposing.paper(self.register, self.case, self.number, branch=self.branch, notes=notes)


def show_list(session: Session, everything: bool, form: str) -> None:
    """What waits for the person who asks; with `everything`, for others too."""
    from complaintctl import proposals
    from complaintctl.commands.show import dump_rows

    register = session.register
    me = _me(session, everything)
    rows = [_row(one, me) for one in everything_waiting(register)]
    shown = [row for row in rows if me is None or everything or row["mine"]]
    if form == "json":
        click.echo("".join(dump_rows(_KEYS, ([row[key] for key in _KEYS] for row in shown))), nl=False)
    else:
        _table(session, shown, form)
    for branch, why in proposals.strange(register):
        session.warn(_("branch {branch}: {why}").format(branch=branch.ref.split("/", 2)[-1], why=why))
    _say_more(session, shown, len(rows) - len(shown))


def _say_more(session: Session, shown: list[dict[str, Any]], others: int) -> None:
    """What the list does not show, and how what is decided goes on."""
    for row in shown:
        if row["outcome"]:
            session.say(
                _("{case} is decided; complaintctl review {case} --merge brings it in").format(case=row["id"])
            )
    if others and shown:
        told = ngettext(
            "{count} more waits for others (--all)", "{count} more wait for others (--all)", others
        )
        session.say(told.format(count=others))
    elif others:
        told = ngettext(
            "Nothing waits for you; {count} waits for others (--all)",
            "Nothing waits for you; {count} wait for others (--all)",
            others,
        )
        session.say(told.format(count=others))
    elif not shown:
        session.say(_("Nothing waits for a decision."))


def _me(session: Session, everything: bool) -> str | None:
    """Who asks; None where that cannot be told and everything is wanted."""
    try:
        return session.register.actor["id"]
    except (RegisterState, Usage):
        if everything:
            return None
        raise


def everything_waiting(register: Register) -> list[Found]:
    """All proposals that wait: on the register's branch, then in branches."""
    from complaintctl import proposals

    found = []
    for one in register.index.find(states=["proposed"])[0]:
        case = register.case(one.id)
        if proposals.of_case(register, one.id) is None:
            found.append(Found(register, case, len(case["proposals"]), None))
    return found + [_in_branch(register, waiting) for waiting in proposals.waiting(register)]


def _in_branch(register: Register, one: Waiting) -> Found:
    """A proposal in a branch, in the case as it will be once it is merged."""
    from complaintctl import branchview

    return Found(register, branchview.merged(register, one).case, one.number, one)


def _row(one: Found, me: str | None) -> dict[str, Any]:
    """One line of the list as programs get it."""
    data = one.paper(whole=False).data
    may = data["authority"]["may"] if data["authority"] else []
    waits = [
        clock["due"] for clock in data["clocks"] if clock["state"] in {"waiting", "missed"} and clock["due"]
    ]
    return {
        "id": data["case"],
        "proposal": data["proposal"],
        "remedies": ", ".join(remedy["kind"] for remedy in data["proposed"]["remedies"]),
        "cost": data["cost"],
        "currency": data["currency"],
        "by": data["proposed"]["by"],
        "at": data["proposed"]["at"],
        "level": data["level"],
        "due": min(waits, default=None),
        "branch": data["branch"],
        "remote": one.waiting.remote or None if one.waiting else None,
        "commit": one.waiting.commit if one.waiting else None,
        "outcome": one.waiting.outcome if one.waiting else None,
        "may": ", ".join(may),
        "mine": me in may,
    }


def _table(session: Session, rows: list[dict[str, Any]], form: str) -> None:
    from complaintctl import cells, render
    from complaintctl.labels import name_of
    from complaintctl.spoken import money

    register = session.register
    policy, language = register.policy, register.language
    heads = [
        _("id"),
        _("remedies"),
        _("costs"),
        _("by"),
        _("since"),
        _("due"),
        _("where"),
        _("who may decide"),
    ]
    words = {"approved": _("approved in {branch}"), "returned": _("returned in {branch}"), None: "{branch}"}
    cells_of = [
        [
            row["id"],
            cells.listed(name_of(policy, "remedies", kind, language) for kind in row["remedies"].split(", ")),
            money(row["cost"], row["currency"], language),
            row["by"],
            cells.clock(row["at"], False),
            cells.clock(row["due"], True) if row["due"] else "",
            words[row["outcome"]].format(branch=row["branch"] or register.documents.settings["branch"]),
            cells.listed(row["may"].split(", ")),
        ]
        for row in rows
    ]
    if cells_of:
        spare = [_("since"), _("by"), _("where")]
        click.echo(
            render.table(
                heads,
                cells_of,
                "markdown" if form == "markdown" else "table",
                width=session.width,
                spare=spare,
            ),
            nl=False,
        )


def find(register: Register, part: str) -> Found:
    """The proposal of a case that waits, in a branch first; else the last one of the case, decided or not."""
    from complaintctl import proposals

    ident = _ident(register, part)
    waiting = proposals.of_case(register, ident)
    if waiting is not None:
        return _in_branch(register, waiting)
    case = register.case(ident)
    if not case.get("proposals"):
        raise Refused(_("{case} has no proposal.").format(case=ident), hint=f"complaintctl show {ident}")
    return Found(register, case, len(case["proposals"]), None)


def in_branch(register: Register, part: str) -> Waiting:
    """The proposal of a case that waits in a branch; `Already` where none does, nor one on the register's."""
    from complaintctl import proposals

    ident = _ident(register, part)
    waiting = proposals.of_case(register, ident)
    if waiting is not None:
        return waiting
    message = _("{case}: no proposal of it waits in a branch.").format(case=ident)
    if register.case(ident)["state"] == "proposed":
        raise Refused(message, hint=f"complaintctl review {ident}")
    raise Already(message)


def _ident(register: Register, part: str) -> str:
    """The id of a case that is here, or that only the branch of its proposal brings."""
    from complaintctl import proposals

    try:
        return register.find(part)
    except Usage:
        wanted = part.upper()
        known = {one.case for one in proposals.waiting(register) if wanted and wanted in one.case}
        if len(known) == 1:
            return known.pop()
        raise


def _notes(register: Register, one: Waiting) -> list[str]:
    """What is to be looked at first: a branch that brings more, and a case that went on meanwhile."""
    from complaintctl import branchview

    if branchview.behind(register, one):
        return [_("The branch begins at steps that are not here yet: complaintctl sync")]
    then = branchview.merged(register, one)
    notes = [_("The branch: {what}").format(what=what) for what in branchview.faults(register, one)]
    notes += [_("It contradicts what happened here: {what}").format(what=what) for what in then.clashes]
    if then.later:
        from complaintctl.cells import listed
        from complaintctl.schema import field_labels

        labels = field_labels("case", register.language)
        parts = listed(labels.get(part, part) for part in then.later)
        notes.append(_("The case went on since this branch began: {parts}").format(parts=parts))
    if one.outcome:
        notes.append(
            _("It is decided in the branch; complaintctl review {case} --merge brings it in").format(
                case=one.case
            )
        )
    return notes

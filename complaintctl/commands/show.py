"""`show`: the form, readable at a glance."""

from __future__ import annotations

import json
from itertools import islice
from json.encoder import encode_basestring as _text
from typing import TYPE_CHECKING, Any, cast

import click

from complaintctl.commands.session import Session, case_argument, pass_session, verb
from complaintctl.errors import Usage
from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from complaintctl.authority import Staff
    from complaintctl.case import Case
    from complaintctl.policy import Policy
    from complaintctl.register import Register

_PIECE = 500  # rows: their memory is used again for the next ones


@verb(
    "show",
    _("Show a case: the form, its clocks, its level and why, and what may come next."),
    "complaintctl show 7k3m",
)
@case_argument
@click.option(
    "--json", "as_json", is_flag=True, help=_("The case as data, with level, deadlines and next verbs.")
)
@click.option(
    "--public",
    is_flag=True,
    help=_("What the customer may hear: how it stands, promises, the decision made."),
)
@pass_session
def command(session: Session, case_id: str, as_json: bool, public: bool) -> None:
    if as_json and public:
        raise Usage(_("--public is a note to read out or send; it is no data."), hint=_("leave out --json"))
    register = session.register
    found = register.find(case_id)
    case = register.case(found)
    if as_json:
        click.echo(dump(case_document(register, case)))
    elif public:
        from complaintctl.commands import progress

        click.echo("\n".join(progress.lines(register, case)))
    else:
        from complaintctl.commands.showing import lines

        click.echo("\n".join(lines(register, case)))
    if register.edited(found):
        path, _blob = register.locate(found)
        session.warn(
            _(
                "{path} differs from what is committed (shown here):"
                " amend {case} --reason …, or git restore it"
            ).format(path=path, case=found)
        )


def dump(document: Any) -> str:
    """One JSON document, readable and the same bytes for the same data."""
    return json.dumps(document, ensure_ascii=False, indent=2)


def dump_rows(keys: Iterable[str], rows: Iterable[Iterable[str | int | None]]) -> Iterator[str]:
    """Rows of texts, whole numbers, truth values and nothing as one JSON array in pieces, one row a line.

    `rows`: the values of each, in the order of `keys`.  The keys are written once:
    of very many rows they would be most of the work.
    """
    row = "{" + ", ".join(_text(key).replace("%", "%%") + ": %s" for key in keys) + "}"
    lead, left = "[\n  ", iter(rows)
    while part := list(islice(left, _PIECE)):
        yield lead + ",\n  ".join([
            row % tuple([
                _text(one) if type(one) is str
                else "null" if one is None
                else "true" if one is True
                else "false" if one is False
                else int.__repr__(one)
                for one in values
            ])
            for values in part
        ])  # fmt: skip
        lead = ",\n  "
    yield "\n]\n" if lead[0] == "," else "[]\n"


def case_document(register: Register, case: Case) -> dict[str, Any]:
    """The case as data, with its level and why, its clocks, next verbs, who must be told, and its batch."""
    level, reason = level_of(register, case)
    from complaintctl.commands import batches, guidance, owed

    return {
        **case,
        "level": level,
        "level_reason": reason,
        "deadlines": deadlines_of(register, case),
        "next": [verb_name for verb_name, _who in next_steps(register, case)],
        "playbook": guidance.document(register, case),
        "owed": owed.document(register, case),
        "accountable": owed.accountable(register, case),
        "same_batch": batches.document(register, case),
        "review": review_of(register, case),
    }


def level_of(register: Register, case: Case) -> tuple[int, str]:
    """The level of a case now, and why (S1d-4)."""
    from complaintctl import levels

    level, hit = register.level_of(case)
    return level, levels.reason(hit, register.pinned(case), register.language)


def deadlines_of(register: Register, case: Case) -> list[dict[str, Any]]:
    """Every clock of the case: name, due, met_at, state, and whether a date is provisional."""
    from complaintctl import deadlines, times

    return [
        {
            "name": clock.name,
            "round": clock.round,
            "due": times.iso(clock.due, register.zone) if clock.due is not None else None,
            "met_at": times.iso(clock.met, register.zone) if clock.met is not None else None,
            "state": deadlines.state_of(clock, register.now),
            "provisional": clock.provisional,
        }
        for clock in deadlines.clocks(case, register.pinned(case), register.calendar)
    ]


def next_steps(register: Register, case: Case) -> list[tuple[str, list[str]]]:
    """The verbs that may come next, each with the ids of those who may use it.

    While a proposal waits in a branch, the road goes on with its review.
    """
    from complaintctl import proposals, workflow
    from complaintctl.lifecycle import ANY_TIME

    verbs = workflow.next_verbs(case, register.pinned(case))
    one = proposals.of_case(register, case["id"])
    if one is None:
        return [(step, who_may(register, case, step)) for step in verbs]
    decision = one.proposal.get("decision")
    if decision:
        who = [one.proposal["by"], decision["by"]]
    else:
        who = who_may(register, proposals.as_merged(case, one), "approve")
    found = [(step, who_may(register, case, step)) for step in verbs if step in ANY_TIME]
    return [*found, ("review", who)]


def review_of(register: Register, case: Case) -> dict[str, Any] | None:
    """The proposal that waits in a branch, as data; None where none does."""
    from complaintctl import proposals

    one = proposals.of_case(register, case["id"])
    if one is None:
        return None
    return {
        "proposal": one.number,
        "branch": one.branch,
        "remote": one.remote or None,
        "commit": one.commit,
        "by": one.proposal["by"],
        "at": one.proposal["at"],
        "outcome": one.outcome,
    }


def who_may(register: Register, case: Case, step: str) -> list[str]:
    """The active members of staff that the policy in force lets make a step."""
    from complaintctl import authority, conditions
    from complaintctl.errors import Refused
    from complaintctl.ladder import rank

    policy = register.policy
    facts = {
        **conditions.facts_of(case, policy),
        "level": register.level_of(case)[0],
        "missed": register.missed(case),
    }
    able = []
    for person in sorted(register.staff, key=lambda one: rank(policy, one["role"])):
        if not person["active"] or (step == "investigate" and _biased(register, case, person, facts)):
            continue
        try:
            authority.may(step, person, policy)
        except Refused:
            continue
        able.append(person["id"])
    if step != "approve" or not case.get("proposals"):
        return able
    from complaintctl import deciding, needs

    asked = needs.needed(
        case,
        authority.cost_of(case["proposals"][-1]),
        register.spent(case),
        facts,
        policy,
        register.language,
    )
    return [ident for ident in deciding.deciders(case, register.staff, asked, policy) if ident in able]


def _biased(register: Register, case: Case, person: Staff, facts: dict[str, Any]) -> bool:
    """Whether the gates of independence keep a person from investigating (S0-10)."""
    from complaintctl import gates
    from complaintctl.requirements import INDEPENDENCE

    independence = [gate for gate in register.policy["gates"] if gate["requires"] in INDEPENDENCE]
    policy = cast("Policy", {**register.policy, "gates": independence})
    asked = gates.question(case, {}, person, register.staff, facts, policy)
    return bool(gates.check("investigate", asked))


def promises(register: Register, case: Case) -> list[str]:
    """What the customer can be told at intake: how it goes on and by when (S0-6, S4-1)."""
    from complaintctl import cells, deadlines
    from complaintctl.labels import text

    policy = register.pinned(case)
    found = []
    channel = policy["channels"].get(case["intake"]["channel"])
    if channel and "promise" in channel:
        found.append(_("Promised: {what}").format(what=text(channel["promise"]["label"], register.language)))
    for name, due, provisional in deadlines.promised(case, policy, register.calendar):
        label = text(policy["deadlines"][name]["label"], register.language)
        when = cells.instant(due, register.zone, due=True) if due is not None else _("not known yet")
        unsure = _(" (provisional: the calendar of that year is not published)") if provisional else ""
        found.append(_("Promised: {what} by {when}{unsure}").format(what=label, when=when, unsure=unsure))
    return found


def proposal_lines(register: Register, case: Case) -> list[str]:
    """The waiting proposal, whole, for whoever decides on it."""
    from complaintctl.commands.plans import proposal

    return proposal(register, case, len(case["proposals"]))


def task_lines(register: Register, case: Case) -> list[str]:
    """What is to be carried out, numbered as `fulfil --task` counts it."""
    from complaintctl.commands.plans import tasks

    return tasks(register, case["proposals"][-1]) if case.get("proposals") else []

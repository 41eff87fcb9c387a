"""`propose`: what the shop should do for the customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from complaintctl.commands import ask, values
from complaintctl.commands.branches import push_option
from complaintctl.commands.session import Session, case_argument, pass_session, step_options, verb
from complaintctl.errors import Usage
from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from complaintctl.case import Case
    from complaintctl.workflow import Context


@verb(
    "propose",
    _("Propose remedies for approval. The policy says who is entitled to what; else name an --exception."),
    'complaintctl propose 7k3m --remedy refund=12.90 --remedy apology --reason "spoiled before its date"',
)
@case_argument
@click.option(
    "--remedy",
    "remedies",
    multiple=True,
    metavar="KIND=AMOUNT",
    help=_("refund=12.90, apology … (repeatable)."),
)
@click.option(
    "--cost",
    "costs",
    multiple=True,
    metavar="KIND=AMOUNT",
    help=_("What a remedy costs the shop (default: the price)."),
)
@click.option("--reason", metavar="TEXT|-", help=_("Why this is right."))
@click.option(
    "--task",
    "tasks",
    multiple=True,
    metavar="DEPT: WHAT",
    help=_("What a department has to do (repeatable)."),
)
@click.option(
    "--task-who",
    "task_who",
    multiple=True,
    metavar="N=STAFF",
    help=_("Who does the Nth --task (repeatable)."),
)
@click.option(
    "--task-due",
    "task_due",
    multiple=True,
    metavar="N=DATE",
    help=_("By when the Nth --task is done (repeatable)."),
)
@click.option(
    "--task-needs",
    "task_needs",
    multiple=True,
    metavar="N=TEXT",
    help=_("What the Nth --task takes: goods, tools, money (repeatable)."),
)
@click.option(
    "--how",
    "how",
    multiple=True,
    metavar="KIND=TEXT",
    help=_("The steps of a remedy, as the customer is told (repeatable)."),
)
@click.option(
    "--expected",
    "expected",
    multiple=True,
    metavar="KIND=DATE",
    help=_("The day on which a remedy is expected (repeatable)."),
)
@click.option(
    "--confirm",
    "confirmed",
    multiple=True,
    metavar="ID",
    help=_("A condition that you have checked (repeatable)."),
)
@click.option(
    "--with",
    "agreed_with",
    multiple=True,
    metavar="STAFF",
    help=_("With whom it was agreed, such as the other head (repeatable)."),
)
@click.option("--exception", metavar="WHY", help=_("Grant what the policy gives no claim to."))
@click.option(
    "--branch", "apart", is_flag=True, help=_("Into a branch of its own, for review; nothing here changes.")
)
@push_option
@step_options
@pass_session
def command(
    session: Session,
    case_id: str,
    remedies: tuple[str, ...],
    costs: tuple[str, ...],
    reason: str | None,
    tasks: tuple[str, ...],
    task_who: tuple[str, ...],
    task_due: tuple[str, ...],
    task_needs: tuple[str, ...],
    how: tuple[str, ...],
    expected: tuple[str, ...],
    confirmed: tuple[str, ...],
    exception: str | None,
    agreed_with: tuple[str, ...],
    apart: bool,
    push: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    if push is not None and not apart:
        raise Usage(_("--push goes with --branch."))
    found = session.register.find(case_id)
    if not remedies or reason is None:
        session.ready("propose", found)
    words = remedies or ask_remedies(session, found, granted=True)
    days = _days(session, words, values.days_by_kind(expected))
    work = values.tasks(tasks, task_who, task_due, task_needs)
    if session.asks and not (confirmed or exception):
        confirmed, exception = _ask_grounds(session, found, words)
    why = ask.need(session, "--reason", _("Why is this right?"), reason)

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.solution import propose

        return propose(
            case,
            context,
            plan=values.remedies(words, costs),
            reason=why,
            tasks=work,
            how=values.by_kind(how, "--how"),
            expected=days,
            exception=exception,
            confirmed=confirmed,
            agreed_with=agreed_with,
        )

    if apart:
        case = _apart(session, found, change, push, dry_run, as_json)
    else:
        case = session.step("propose", found, change, dry_run=dry_run, as_json=as_json)
    if dry_run:
        from complaintctl.commands import claims

        for line in claims.reasons(session.register, case):
            session.say(line)


def _apart(
    session: Session,
    case_id: str,
    change: Callable[[Case, Context], Case],
    push: str | None,
    dry_run: bool,
    as_json: bool,
) -> Case:
    """Record the proposal in a branch of its own, and perhaps send it to where it is reviewed."""
    from complaintctl import proposing
    from complaintctl.commands import branches
    from complaintctl.errors import Already

    try:
        outcome, branch = proposing.propose(session.register, case_id, change, dry_run=dry_run)
    except Already:
        one = proposing.waits(session.register, case_id)
        if push is None or dry_run or one is None:
            raise
        branches.publish(session, one.branch, push)
        return session.register.case(case_id)
    branches.finish(session, "propose", outcome, branch, push, as_json=as_json)
    return outcome.case


def _days(session: Session, words: tuple[str, ...], given: dict[str, str]) -> dict[str, str]:
    """The days that are given; on a terminal the ones that the policy requires are asked for."""
    from complaintctl import remedies
    from complaintctl.labels import name_of

    kinds = [kind for kind, _amount, _cost in values.remedies(words)]
    days = dict(given)
    for kind in remedies.undated(kinds, session.register.policy) if session.asks else ():
        if not days.get(kind):
            label = name_of(session.register.policy, "remedies", kind, session.register.language)
            question = _("When is it expected: {remedy}? (YYYY-MM-DD)").format(remedy=label)
            days[kind] = ask.need(session, "--expected", question, None, check=_is_day)
    return days


def _is_day(text: str) -> None:
    values.day(text, "expected")


def _ask_grounds(
    session: Session, case_id: str, words: tuple[str, ...]
) -> tuple[tuple[str, ...], str | None]:
    """What the rules that grant the remedies want to be confirmed, and why where none grants one."""
    from complaintctl.commands import claims
    from complaintctl.labels import name_of

    register = session.register
    case = register.case(case_id)
    said: dict[str, bool] = {}

    def so(name: str) -> bool:
        if name not in said:
            label = name_of(register.policy, "confirmations", name, register.language)
            question = _("Have you made sure? {what} ({name})").format(what=label, name=name)
            said[name] = ask.yes(session, question, default=False)
        return said[name]

    exception = None
    for kind, _amount, _cost in values.remedies(words):
        ways = claims.ways(register, case, kind)
        if ways is None or any(all(so(name) for name in way) for way in ways) or exception:
            continue
        label = name_of(register.policy, "remedies", kind, register.language)
        question = _("No rule grants {remedy}. Why an exception? (empty: none)").format(remedy=label)
        exception = ask.text(session, "--exception", question, None, optional=True)
    return tuple(name for name, is_so in said.items() if is_so), exception


def ask_remedies(session: Session, case_id: str, *, granted: bool = False) -> tuple[str, ...]:
    """What to do for the customer, asked one by one; what the rules grant is shown first, if asked for."""
    if not session.asks:
        raise ask.missing("--remedy")
    case = session.register.case(case_id)
    demand = case["demand"]
    if granted:
        from complaintctl.cells import safe
        from complaintctl.commands import claims

        found = list(claims.lines(session.register, case))
        for line in [_("Granted by the rules"), *found] if found else []:
            click.echo(safe(line), err=True)
    words: list[str] = []
    while True:
        choices = ask.labelled(session, "remedies")
        if words:
            choices = [("", _("that is all")), *choices]
        kind = ask.choose(
            session,
            "--remedy",
            _("What should be done?"),
            None,
            choices,
            default="" if words else demand.get("remedy"),
        )
        if not kind:
            return tuple(words)
        if session.register.policy["remedies"][kind]["amount"] == "none":
            words.append(kind)
            continue
        suggested = demand.get("amount", "") if demand.get("remedy") == kind else ""
        amount = ask.text(
            session,
            "--remedy",
            _("How much?"),
            None,
            optional=session.register.policy["remedies"][kind]["amount"] != "required",
            check=ask.money(session, f"--remedy {kind}"),
            default=suggested,
        )
        words.append(f"{kind}={amount}" if amount else kind)

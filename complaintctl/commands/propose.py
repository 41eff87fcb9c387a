"""`propose`: what the shop should do for the customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from complaintctl.commands import ask, values
from complaintctl.commands.branches import push_option
from complaintctl.commands.naming import Named
from complaintctl.commands.session import Session, case_argument, pass_session, step_options, verb
from complaintctl.errors import Usage
from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from complaintctl.case import Case
    from complaintctl.workflow import Context

F = TypeVar("F", bound="Callable[..., Any]")
_REMEDY = Named("remedies", sign="=")


def many(option: str, name: str, metavar: str, text: str, of: Named | None = None) -> Callable[[F], F]:
    """An option that may be given several times."""
    return click.option(option, name, type=of, multiple=True, metavar=metavar, help=text)


def plan_options(function: F) -> F:
    """What is done for the customer, what it costs and why."""
    function = click.option("--reason", metavar="TEXT|-", help=_("Why this is right."))(function)
    costs = _("What a remedy costs the shop (default: the price).")
    function = many("--cost", "costs", "KIND=AMOUNT", costs, _REMEDY)(function)
    what = _("refund=12.90, apology … (repeatable).")
    return many("--remedy", "remedies", "KIND=AMOUNT", what, _REMEDY)(function)


def _task_options(function: F) -> F:
    """What departments have to do, and who, by when and with what."""
    needs = _("What the Nth --task takes: goods, tools, money (repeatable).")
    function = many("--task-needs", "task_needs", "N=TEXT", needs)(function)
    due = _("By when the Nth --task is done (repeatable).")
    function = many("--task-due", "task_due", "N=DATE", due)(function)
    function = many("--task-who", "task_who", "N=STAFF", _("Who does the Nth --task (repeatable)."))(function)
    what = _("What a department has to do (repeatable).")
    return many("--task", "tasks", "DEPT: WHAT", what, Named("departments", sign=":"))(function)


confirm_option = many(
    "--confirm",
    "confirmed",
    "ID",
    _("A condition that you have checked (repeatable)."),
    Named("confirmations"),
)


@verb(
    "propose",
    _("Propose remedies for approval. The policy says who is entitled to what; else name an --exception."),
    _('complaintctl propose 7k3m --remedy refund=12.90 --remedy apology --reason "spoiled before its date"'),
)
@case_argument
@plan_options
@_task_options
@many("--how", "how", "KIND=TEXT", _("The steps of a remedy, as the customer is told (repeatable)."), _REMEDY)
@many(
    "--expected", "expected", "KIND=DATE", _("The day on which a remedy is expected (repeatable)."), _REMEDY
)
@confirm_option
@many("--with", "agreed_with", "STAFF", _("With whom it was agreed, such as the other head (repeatable)."))
@click.option("--exception", metavar="WHY", help=_("Grant what the policy gives no claim to."))
@click.option(
    "--branch", "apart", is_flag=True, help=_("Into a branch of its own, for review; nothing here changes.")
)
@push_option
@step_options
@pass_session
def command(
    session: Session,
    /,
    case_id: str,
    remedies: tuple[str, ...],
    reason: str | None,
    apart: bool,
    push: str | None,
    dry_run: bool,
    as_json: bool,
    **given: Any,
) -> None:
    if push is not None and not apart:
        raise Usage(_("--push goes with --branch."))
    found = session.register.find(case_id)
    if not remedies or reason is None:
        session.ready("propose", found)
    words = remedies or ask_remedies(session, found, granted=True)
    change = _change(session, found, words, reason, given)
    if apart:
        case = _apart(session, found, change, push, dry_run, as_json)
    else:
        case = session.step("propose", found, change, dry_run=dry_run, as_json=as_json)
    if dry_run:
        from complaintctl.commands import claims

        for line in claims.reasons(session.register, case):
            session.say(line)


def _change(
    session: Session, case_id: str, words: tuple[str, ...], reason: str | None, given: dict[str, Any]
) -> Callable[[Case, Context], Case]:
    """The step, once all that is not given with an option has been asked for."""
    days = _days(session, words, values.days_by_kind(given["expected"]))
    work = values.tasks(*(given[name] for name in ("tasks", "task_who", "task_due", "task_needs")))
    confirmed, exception = given["confirmed"], given["exception"]
    if session.asks and not (confirmed or exception):
        confirmed, exception = _ask_grounds(session, case_id, words)
    why = ask.need(session, "--reason", _("Why is this right?"), reason)

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.solution import propose

        return propose(
            case,
            context,
            plan=values.remedies(words, given["costs"]),
            reason=why,
            tasks=work,
            how=values.by_kind(given["how"], "--how"),
            expected=days,
            exception=exception,
            confirmed=confirmed,
            agreed_with=given["agreed_with"],
        )

    return change


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
    if granted:
        _show_granted(session, case)
    words: list[str] = []
    while kind := _ask_kind(session, case, more=bool(words)):
        amount = _ask_amount(session, case, kind)
        words.append(f"{kind}={amount}" if amount else kind)
    return tuple(words)


def _show_granted(session: Session, case: Case) -> None:
    from complaintctl.cells import safe
    from complaintctl.commands import claims

    found = list(claims.lines(session.register, case))
    for line in [_("Granted by the rules"), *found] if found else []:
        click.echo(safe(line), err=True)


def _ask_kind(session: Session, case: Case, *, more: bool) -> str:
    """The kind of a remedy, at first the one demanded; of a further one (`more`), or nothing."""
    choices = ask.labelled(session, "remedies")
    if more:
        choices = [("", _("that is all")), *choices]
    demanded = "" if more else case["demand"].get("remedy")
    return ask.choose(session, "--remedy", _("What should be done?"), None, choices, default=demanded)


def _ask_amount(session: Session, case: Case, kind: str) -> str | None:
    """How much of a remedy, as the policy wants it said; the customer's demand is suggested."""
    wanted, demand = session.register.policy["remedies"][kind]["amount"], case["demand"]
    if wanted == "none":
        return None
    return ask.text(
        session,
        "--remedy",
        _("How much?"),
        None,
        optional=wanted != "required",
        check=ask.money(session, f"--remedy {kind}"),
        default=demand.get("amount", "") if demand.get("remedy") == kind else "",
    )

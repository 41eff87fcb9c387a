"""`fulfil`: carry out what was agreed, task by task."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from complaintctl.commands import ask
from complaintctl.commands.session import Session, case_argument, pass_session, step_options, verb
from complaintctl.errors import Usage
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.workflow import Context


@verb(
    "fulfil",
    _("Record what was carried out: tasks by number as `show` counts them, or all."),
    "complaintctl fulfil 7k3m --all --voucher R-2291",
)
@case_argument
@click.option(
    "--task", "tasks", type=click.IntRange(1), multiple=True, metavar="N", help=_("A task (repeatable).")
)
@click.option("--all", "everything", is_flag=True, help=_("All that is left."))
@click.option("--voucher", metavar="NO", help=_("The receipt of it."))
@click.option("--problem", metavar="TEXT", help=_("What went wrong on the way; nothing is marked as done."))
@click.option(
    "--acknowledge",
    "acknowledged",
    type=click.IntRange(1),
    multiple=True,
    metavar="N",
    help=_("You have understood this task of yours (repeatable); nothing is marked as done."),
)
@step_options
@pass_session
def command(
    session: Session,
    case_id: str,
    tasks: tuple[int, ...],
    everything: bool,
    voucher: str | None,
    problem: str | None,
    acknowledged: tuple[int, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    if acknowledged and (tasks or everything or problem or voucher):
        raise Usage(_("--acknowledge stands alone: nothing is carried out by it."))
    if not tasks and not everything and not problem and not acknowledged and not session.asks:
        raise Usage(_("fulfil needs --task N or --all (or --problem TEXT, or --acknowledge N)."))
    found = session.register.find(case_id)
    if acknowledged:
        _acknowledge(session, found, acknowledged, dry_run=dry_run, as_json=as_json)
        return
    if not (tasks or everything or problem):
        session.ready("fulfil", found)
    chosen = tasks if tasks or everything or problem else _ask(session, found)

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.tasks import fulfil

        return fulfil(case, context, tasks=chosen, voucher=voucher, problem=problem)

    session.step("fulfil", found, change, dry_run=dry_run, as_json=as_json)


def _acknowledge(
    session: Session, case_id: str, numbers: tuple[int, ...], *, dry_run: bool, as_json: bool
) -> None:
    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.tasks import acknowledge

        return acknowledge(case, context, numbers=numbers)

    session.step("fulfil", case_id, change, dry_run=dry_run, as_json=as_json)


def _ask(session: Session, case_id: str) -> tuple[int, ...]:
    """Which of the things that are left are done; empty: all of them. What is no number is asked again."""
    from complaintctl.commands.show import task_lines
    from complaintctl.workflow import items_of

    case = session.register.case(case_id)
    for line in task_lines(session.register, case):
        click.echo(line, err=True)
    count = len(items_of(case["proposals"][-1]))

    def numbers(answer: str) -> tuple[int, ...]:
        words = answer.replace(",", " ").split()
        if not all(word.isdecimal() and 1 <= int(word) <= count for word in words):
            raise Usage(_("Numbers from 1 to {count} are wanted, or nothing.").format(count=count))
        return tuple(int(word) for word in words)

    question = _("Which are done? (numbers, or empty for all that is left)")
    answer = ask.text(session, "--task", question, None, optional=True, check=numbers)
    return numbers(answer) if answer else ()

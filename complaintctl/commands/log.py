"""`log`: the trail of a case: each commit, step, actor."""

from __future__ import annotations

import re

import click

from complaintctl.commands.session import Session, case_argument, pass_session, verb
from complaintctl.i18n import _

_STEP = re.compile(r"C-[0-9A-Z-]+: ([a-z-]+) \(([a-z]+(?: → [a-z]+)?)\)")  # the subject of a step's commit


@verb("log", _("The trail of a case: each commit, step and actor."), "complaintctl log 7k3m")
@case_argument
@click.option("--json", "as_json", is_flag=True, help=_("As JSON."))
@pass_session
def command(session: Session, case_id: str, as_json: bool) -> None:
    from complaintctl import cells, render, times
    from complaintctl.commands.show import dump
    from complaintctl.labels import name_of

    register = session.register
    path, _blob = register.locate(register.find(case_id))
    entries = register.repository.log(path)
    rows = [
        {
            "commit": entry.commit,
            "at": times.iso(entry.authored, register.zone),
            "recorded_at": times.iso(entry.committed, register.zone),
            "by": entry.trailers.get("By", entry.author),
            "step": entry.trailers.get("Step", ""),
            "subject": entry.subject,
        }
        for entry in entries
    ]
    if as_json:
        click.echo(dump(rows))
        return
    policy, language = register.policy, register.language

    def what(subject: str) -> str:
        """The subject of a commit in words; of one that no step made, as it is."""
        found = _STEP.fullmatch(subject)
        if found is None:
            return subject.partition(": ")[2] or subject
        states = [name_of(policy, "states", one, language) for one in found[2].split(" → ")]
        return f"{name_of(policy, 'steps', found[1], language)} ({' → '.join(states)})"

    heads = [_("commit"), _("at"), _("by"), _("step"), _("what")]
    table = [
        [r["commit"][:10], cells.clock(r["at"], due=False), render.safe(r["by"]), render.safe(r["step"]),
         render.safe(what(r["subject"]))]
        for r in rows
    ]  # fmt: skip
    click.echo(render.table(heads, table), nl=False)

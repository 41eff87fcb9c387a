"""`log`: the trail of a case: each commit, step, actor."""

from __future__ import annotations

import click

from complaintctl.commands.session import Session, case_argument, pass_session, verb
from complaintctl.i18n import _


@verb("log", _("The trail of a case: each commit, step and actor."), "complaintctl log 7k3m")
@case_argument
@click.option("--json", "as_json", is_flag=True, help=_("As JSON."))
@pass_session
def command(session: Session, case_id: str, as_json: bool) -> None:
    from complaintctl import render, times
    from complaintctl.commands.show import dump

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
    heads = [_("commit"), _("at"), _("by"), _("step"), _("what")]
    table = [
        [r["commit"][:10], r["at"][:16].replace("T", " "), render.safe(r["by"]), render.safe(r["step"]),
         render.safe(r["subject"].partition(": ")[2] or r["subject"])]
        for r in rows
    ]  # fmt: skip
    click.echo(render.table(heads, table), nl=False)

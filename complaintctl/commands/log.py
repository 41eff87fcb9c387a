"""`log`: the trail of a case: each commit, step, actor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from complaintctl.commands.session import Session, case_argument, pass_session, verb
from complaintctl.i18n import _, ngettext

if TYPE_CHECKING:
    from complaintctl.register import Register

# The subjects of commits: of a step, of a join with another clone, of a proposal's branch that was joined
_STEP = re.compile(r"C-[0-9A-Z-]+: ([a-z-]+) \(([a-z]+(?: → [a-z]+)?)\)")
_JOIN = re.compile(r"sync: ([0-9]+) commits? of (.+)")
_MERGE = re.compile(r"C-[0-9A-Z-]+: merge proposal/C-[0-9A-Z-]+-([0-9]+)")


@verb("log", _("The trail of a case: each commit, step and actor."), "complaintctl log 7k3m")
@case_argument
@click.option("--json", "as_json", is_flag=True, help=_("As JSON."))
@pass_session
def command(session: Session, case_id: str, as_json: bool) -> None:
    from complaintctl import cells, render, times
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
        [r["commit"][:10], cells.clock(r["at"], due=False), render.safe(r["by"]), render.safe(r["step"]),
         render.safe(_what(register, r["subject"]))]
        for r in rows
    ]  # fmt: skip
    click.echo(render.table(heads, table), nl=False)


def _what(register: Register, subject: str) -> str:
    """The subject of a commit in words; of one that this program did not write, as it is."""
    from complaintctl import cells
    from complaintctl.labels import name_of

    policy, language = register.policy, register.language
    if found := _STEP.fullmatch(subject):
        states = (name_of(policy, "states", one, language) for one in dict.fromkeys(found[2].split(" → ")))
        return cells.aside(name_of(policy, "steps", found[1], language), " → ".join(states))
    if found := _JOIN.fullmatch(subject):
        count = int(found[1])
        words = ngettext("joined {count} commit of {remote}", "joined {count} commits of {remote}", count)
        return words.format(count=count, remote=found[2])
    if found := _MERGE.fullmatch(subject):
        return _("joined proposal {number} from its branch").format(number=found[1])
    return subject.partition(": ")[2] or subject

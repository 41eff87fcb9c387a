"""`check --range`: what became of a range of commits, for people and for forges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from complaintctl import SHORT
from complaintctl.i18n import _, ngettext

if TYPE_CHECKING:
    from complaintctl.commands.session import Session
    from complaintctl.judging import Finding
    from complaintctl.papers import Paper
    from complaintctl.ranging import Judged, Range


_MOST = 50  # papers that are printed; a first push may bring thousands of proposals
_FIRST = 3  # parts of a paper that fit into an annotation: the proposal, and who may decide


def show(session: Session, text: str, form: str) -> int:
    """Judge a range and print what was found, then the paper of each proposal in it; the exit code."""
    from complaintctl import proposing, ranging

    register = session.register
    wanted = ranging.parsed(register.repository, text)
    judged = ranging.judge(
        register.repository, wanted, index=register.index, progress=session.settings.progress
    )
    if judged.range.base not in {"", wanted.base} and not judged.findings:
        judged = judged._replace(findings=_clashes(session, wanted))
    papers = [proposing.paper(register, one.case, one.number) for one in judged.proposals[:_MOST]]
    {"text": _text, "json": _json, "github": _github, "markdown": _markdown}[form](judged, papers)
    session.say(told(judged))
    if judged.proposals[_MOST:]:
        session.warn(
            _("the papers of {count} more proposals are left out; see complaintctl review").format(
                count=len(judged.proposals) - _MOST
            )
        )
    return 7 if judged.findings else 0


def _clashes(session: Session, wanted: Range) -> list[Finding]:
    """What in a branch no longer fits what was recorded since it began: a merge would not be legal."""
    from complaintctl import joining
    from complaintctl.findings import Finding
    from complaintctl.register import Register

    there = Register.as_of(session.register.repository, wanted.base, session.settings)
    return [
        Finding(wanted.head, clash.case, "merge", one.message, one.place or clash.path)
        for clash in joining.look(there, wanted.head, {})
        for one in clash.found
    ]


def told(judged: Judged) -> str:
    """How many commits, and how many findings, in one line."""
    commits = ngettext("{count} commit", "{count} commits", judged.commits).format(count=judged.commits)
    number = len(judged.findings)
    if not number:
        return _("{commits}, nothing to object to").format(commits=commits)
    findings = ngettext("{count} finding", "{count} findings", number).format(count=number)
    return f"{commits}, {findings}"


def line(found: Finding) -> str:
    """One finding: commit, case, rule, what is wrong and where."""
    case = f"{found.case}: " if found.case else ""
    place = f" ({found.place})" if found.place else ""
    return f"{found.commit[:SHORT]} {case}{found.rule}: {found.message}{place}"


def _text(judged: Judged, proposals: list[Paper]) -> None:
    from complaintctl import paperparts, render

    for found in judged.findings:
        click.echo(render.safe(line(found)))
    for number, paper in enumerate(proposals):
        if number or judged.findings:
            click.echo()
        click.echo(paperparts.text(paper.data, paper.parts), nl=False)


def _json(judged: Judged, proposals: list[Paper]) -> None:
    from complaintctl.commands.show import dump

    data: dict[str, Any] = {
        "base": judged.range.base or None,
        "head": judged.range.head,
        "commits": judged.commits,
        "findings": [found._asdict() for found in judged.findings],
        "papers": [paper.data for paper in proposals],
    }
    click.echo(dump(data))


def _markdown(judged: Judged, proposals: list[Paper]) -> None:
    from complaintctl import paperparts, render

    sign = "❌" if judged.findings else "✅"
    click.echo(f"## {sign} {told(judged)}")
    if judged.findings:
        heads = [_("commit"), _("case"), _("rule"), _("where"), _("what is wrong")]
        rows = [[f.commit[:SHORT], f.case, f.rule, f.place, f.message] for f in judged.findings]
        click.echo()
        click.echo(render.table(heads, rows, "markdown"), nl=False)
    for paper in proposals:
        click.echo()
        click.echo(paperparts.markdown(paper.data, paper.parts, level=3), nl=False)


def _github(judged: Judged, proposals: list[Paper]) -> None:
    from complaintctl import paperparts
    from complaintctl.casefiles import path_of

    for found in judged.findings:
        file = path_of(found.case) if found.case else ""
        click.echo(annotation("error", f"{found.rule} ({found.commit[:SHORT]})", found.message, file))
    for paper in proposals:
        text = paperparts.text(paper.data, paper.parts[:_FIRST]).partition("\n")[2].strip()
        file = path_of(paper.data["case"])
        click.echo(annotation("notice", paperparts.title(paper.data), text, file))


def annotation(kind: str, title: str, message: str, file: str = "", row: int = 0) -> str:
    """A line that GitHub and Forgejo show beside the change: error, warning or notice."""
    about = {"file": file, "line": str(row) if row else "", "title": title}
    given = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in about.items() if value)
    return f"::{kind} {given}::{_escaped(message)}"


def _escaped(text: str, more: str = "") -> str:
    """A text in an annotation: percent signs, ends of lines and `more` are written as numbers."""
    for sign in "%\r\n" + more:
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text

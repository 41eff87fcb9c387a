"""`resolve`: say which side keeps what it did, where two clones contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from complaintctl import SHORT
from complaintctl.commands import ask
from complaintctl.commands.session import Session, complete_case, pass_session, verb
from complaintctl.commands.sync import clash_document, clash_lines
from complaintctl.errors import Usage, printable
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.joining import Clash


@verb(
    "resolve",
    _(
        "Say which side keeps what it did, where sync found that two people's steps contradict each other."
        " Of the other side everything stays that still follows; the rest is noted in the case."
    ),
    _('complaintctl resolve\ncomplaintctl resolve 7k3m --take theirs --reason "the manager decided first"'),
)
@click.argument("what", metavar="[ID|FILE]", required=False, shell_complete=complete_case)
@click.option("--take", type=click.Choice(["ours", "theirs"]), help=_("Ours: as here. Theirs: as fetched."))
@click.option("--reason", metavar="TEXT", help=_("Why."))
@click.option("--json", "as_json", is_flag=True, help=_("Print what clashes as JSON."))
@pass_session
def command(session: Session, what: str | None, take: str | None, reason: str | None, as_json: bool) -> None:
    from complaintctl import exchange, sidebyside

    remote, theirs, clashes = exchange.clashing(session.register)
    chosen = [one for one in clashes if not what or _means(one, what)]
    if what and take and not chosen:  # said before: the same again, or something else now
        again = exchange.clashing(session.register, everything=True)[2]
        chosen = [one for one in again if _means(one, what)]
        clashes = (*clashes, *chosen)
    if what and not chosen:
        raise Usage(
            _("Nothing clashes in {what}.").format(what=printable(what)),
            hint="complaintctl resolve" if clashes else "complaintctl sync",
        )
    if take is None or len(chosen) != 1:
        _show(session, tuple(chosen), as_json=as_json, remote=remote)
        if take is not None and chosen:
            raise Usage(_("Say which case is meant."), hint=f"complaintctl resolve ID --take {take}")
        if not session.asks or len(chosen) != 1:
            raise click.exceptions.Exit(1 if chosen else 0)
        take = ask.choose(
            session,
            "--take",
            _("Which side keeps what it did?"),
            None,
            [("ours", _("as it is here")), ("theirs", _("as it was fetched"))],
        )
    why = ask.need(session, "--reason", _("Why?"), reason)
    exchange.choose(session.register, chosen[0], take, why)
    if sidebyside.sides(session.register.repository, chosen[0]).strangers:
        left_out = session.register.head if take == "theirs" else theirs
        session.say(
            _("The other complaint stays in history only; record it anew: git show {place}").format(
                place=f"{left_out[:SHORT]}:{chosen[0].path}"
            )
        )
    left = len(clashes) - 1
    session.done(
        _("Kept in mind; {count} still to resolve: complaintctl resolve").format(count=left)
        if left
        else _("Kept in mind. Now: complaintctl sync {remote}").format(remote=remote)
    )


def _means(clash: Clash, what: str) -> bool:
    """Whether somebody means this clash: by any part of the case's id, or the file."""
    wanted = what.upper().replace("-", "")
    return what == clash.path or bool(clash.case and wanted and wanted in clash.case.replace("-", ""))


def _show(session: Session, clashes: tuple[Clash, ...], *, as_json: bool, remote: str) -> None:
    from complaintctl import render, sidebyside
    from complaintctl.exchange import CLASH

    repository = session.register.repository
    clashes = tuple(sidebyside.worded(one, sidebyside.sides(repository, one)) for one in clashes)
    if as_json:
        from complaintctl.commands.show import dump

        click.echo(dump({"clashes": [clash_document(one) for one in clashes]}))
        return
    if not clashes and remote:
        session.say(_("All of it is resolved. Now: complaintctl sync {remote}").format(remote=remote))
    elif not clashes:
        session.say(_("Nothing clashes."))
    for line in clash_lines(sidebyside.in_words(clashes, session.register)):
        click.echo(render.safe(line))
    for one in clashes:
        if any(map(sidebyside.kept_back, one.found)):
            where = f"complaintctl show {one.case}; git show {CLASH}:{one.path}"
            session.say(_("In full: {commands}").format(commands=where))

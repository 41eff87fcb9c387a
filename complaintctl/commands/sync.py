"""`sync`: exchange steps with a remote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from complaintctl.commands.session import Session, pass_session, verb
from complaintctl.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complaintctl.exchange import Synced
    from complaintctl.joining import Clash


@verb(
    "sync",
    _(
        "Fetch what others recorded, join it with what was done here, record what was approved by merging,"
        " and push. Where the steps of two people contradict each other, it says so and changes nothing."
    ),
    "complaintctl sync\ncomplaintctl sync usb",
)
@click.argument("remote", required=False, default="")
@click.option("--restore", is_flag=True, help=_("Put back what the remote has lost, instead of refusing."))
@click.option("--json", "as_json", is_flag=True, help=_("Print what was done as JSON."))
@pass_session
def command(session: Session, remote: str, restore: bool, as_json: bool) -> None:
    from complaintctl import exchange
    from complaintctl.seen import Seen

    done = exchange.sync(session.register, remote, restore=restore, tell=session.tell)
    with session.recorded():
        Seen.of(session.register.repository).note_differing(done.differing)
        if as_json:
            from complaintctl.commands.show import dump

            click.echo(dump(document(done)))
        else:
            for line in _lines(done):
                click.echo(line)
    if not as_json:
        from complaintctl import sidebyside

        clashes = sidebyside.in_words(done.clashes, session.register)
        for line in (*clash_lines(clashes), *_findings(done)):
            session.say(line)
    if done.exit_code:
        raise click.exceptions.Exit(done.exit_code)


def document(done: Synced) -> dict[str, Any]:
    """What was done, as data."""
    return {
        "remote": done.remote,
        "before": done.before,
        "after": done.after,
        "brought": done.brought,
        "sent": done.sent,
        "united": list(done.united),
        "recorded": [one._asdict() for one in done.recorded],
        "waiting": [{"case": case, "why": why} for case, why in done.waiting],
        "clashes": [clash_document(one) for one in done.clashes],
        "findings": [one._asdict() for one in done.findings],
    }


def clash_document(clash: Clash) -> dict[str, Any]:
    """A clash, as data."""
    return {
        "case": clash.case or None,
        "path": clash.path,
        "contradictions": [
            {"place": one.place, "ours": one.ours, "theirs": one.theirs, "message": one.message}
            for one in clash.found
        ],
    }


def _lines(done: Synced) -> Iterator[str]:
    from complaintctl.cells import listed, told

    if done.clashes:
        yield ngettext(
            "sync {remote}: not joined; in {count} case or file the two sides contradict each other",
            "sync {remote}: not joined; in {count} cases or files the two sides contradict each other",
            len(done.clashes),
        ).format(remote=done.remote, count=len(done.clashes))
        return
    brought = ngettext("{count} commit fetched", "{count} commits fetched", done.brought).format(
        count=done.brought
    )
    sent = ngettext("{count} pushed", "{count} pushed", done.sent).format(count=done.sent)
    yield f"{told(f'sync {done.remote}', listed([brought, sent]))} {done.after[:10]}"
    for case_id in done.united:
        yield _("united {case}: both sides had recorded steps").format(case=case_id)
    for one in done.recorded:
        yield _("approve {case} by {who}, who merged it ({merge}; claimed)").format(
            case=one.case, who=one.by, merge=one.merge[:10]
        )
    for case_id, why in done.waiting:
        yield f"{why}. " + _("Try: complaintctl approve {case}").format(case=case_id)


def _findings(done: Synced) -> Iterator[str]:
    """What is wrong with what came in, in words."""
    from complaintctl import render
    from complaintctl.commands.ranges import line

    for one in done.findings:
        yield render.safe(line(one))
    if done.findings:
        yield _("Warning: this came in from {remote}; complaintctl verify tells it from now on").format(
            remote=done.remote
        )


def clash_lines(clashes: tuple[Clash, ...]) -> Iterator[str]:
    """What contradicts what, in words, and what to do about it."""
    from complaintctl.cells import told

    for clash in clashes:
        yield told(clash.case or clash.path, "").rstrip()
        for one in clash.found:
            yield f"  {told(one.place, one.message) if one.place else one.message}"
            yield "    " + _("here:  {what}").format(what=one.ours)
            yield "    " + _("there: {what}").format(what=one.theirs)
        what = clash.case or clash.path
        yield _("Try:   {hint}").format(hint=f"complaintctl resolve {what} --take ours --reason …")
        yield _("Try:   {hint}").format(hint=f"complaintctl resolve {what} --take theirs --reason …")

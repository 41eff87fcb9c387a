"""`letter`: what the shop writes to the customer, from the templates of the policy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from complaintctl.commands import ask
from complaintctl.commands.session import Session, case_argument, format_option, pass_session, verb
from complaintctl.commands.writing import write
from complaintctl.errors import Already, Usage
from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from complaintctl.case import Case
    from complaintctl.letters import Letter
    from complaintctl.register import Register
    from complaintctl.workflow import Context

KINDS = ("acknowledgement", "progress", "offer", "final", "apology", "survey")


class Sent(NamedTuple):
    """That a letter went out: how, and the words under which the contact is noted."""

    case: str
    method: str
    note: str
    progress: bool


@verb(
    "letter",
    _("Write a letter to the customer, in their language; with --record note that they were told."),
    "complaintctl letter 7k3m --kind acknowledgement\n"
    "complaintctl letter 7k3m --kind offer --format html --output offer.html --record --by email",
)
@case_argument
@click.option("--kind", type=click.Choice(KINDS), help=_("What it is to say."))
@format_option("text", "markdown", "html", text=_("Default: text. html prints on A4."))
@click.option("--output", type=click.Path(path_type=Path), metavar="PATH", help=_("Write to a file."))
@click.option("--record", is_flag=True, help=_("Note the contact with the customer, in one commit."))
@click.option(
    "--by",
    "method",
    metavar="METHOD",
    help=_("How it goes out: phone, email, letter … as the policy names them (with --record)."),
)
@click.option("--json", "as_json", is_flag=True, help=_("The letter as data."))
@click.option("--dry-run", is_flag=True, help=_("Check everything, record nothing; same exit code."))
@pass_session
def command(
    session: Session,
    case_id: str,
    kind: str | None,
    form: str,
    output: Path | None,
    record: bool,
    method: str | None,
    as_json: bool,
    dry_run: bool,
) -> None:
    if method is not None and not record:
        raise Usage(_("--by says how a letter goes out that is recorded."), hint=_("add --record"))
    register = session.register
    case = register.case(register.find(case_id))
    letter = _written(register, case, _kind(session, kind))
    sent = _sent(session, case, letter, method) if record else None
    known = _judged(register, sent) if sent else None
    text = _set(letter, form)
    if output is not None or not as_json:
        write(text, output, form)
    commit = _recorded(session, sent, dry_run) if sent and known is None else ""
    with session.recorded():
        if as_json:
            _dump(letter, commit)
        if known is not None:
            session.say(known)
        _notes(session, case, letter)


def _kind(session: Session, kind: str | None) -> str:
    from complaintctl.labels import text

    entries: Any = session.register.policy.get("letters", {}).get("kinds", {})
    choices = [(one, text(entries[one]["label"], session.register.language)) for one in entries]
    return ask.choose(session, "--kind", _("Which letter?"), kind, choices if session.asks else [])


def _written(register: Register, case: Case, kind: str) -> Letter:
    from complaintctl import letterfacts, letters

    ground = letterfacts.Ground(
        register.policy,
        register.pinned(case),
        register.documents.settings,
        register.staff,
        register.calendar,
        register.zone,
        register.now,
    )
    return letters.write(kind, case, ground)


def _set(letter: Letter, form: str) -> str:
    from complaintctl import letterpages

    return {"text": letterpages.text, "markdown": letterpages.markdown, "html": letterpages.html}[form](
        letter
    )


# -- that it went out


def _sent(session: Session, case: Case, letter: Letter, method: str | None) -> Sent:
    """The contact as it will be noted: in the words of the register's language."""
    from complaintctl.labels import text

    register = session.register
    rules: Any = register.policy["letters"]  # the letter came from there
    methods = ask.labelled(session, "contact_methods") if session.asks else []
    how = ask.choose(session, "--by", _("How does it go out?"), method or rules.get("method"), methods)
    note = text(rules["kinds"][letter.kind]["label"], register.documents.settings["language"])
    return Sent(case["id"], how, note, letter.kind == "progress")


def _change(sent: Sent) -> Callable[[Case, Context], Case]:
    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.contacts import Said, contact

        return contact(case, context, Said(sent.method, sent.note, progress=sent.progress))

    return change


def _judged(register: Register, sent: Sent) -> str | None:
    """Refuse what could not be recorded before anything is printed; what to say where it is noted already."""
    from complaintctl import recording

    try:
        recording.record(register, "contact", sent.case, _change(sent), dry_run=True)
    except Already as already:
        return already.message
    return None


def _recorded(session: Session, sent: Sent, dry_run: bool) -> str:
    """Note the contact; the commit, empty after a dry run. The letter is out by then."""
    from complaintctl import recording

    outcome = recording.record(session.register, "contact", sent.case, _change(sent), dry_run=dry_run)
    with session.recorded():
        change = session.change(outcome)
        done = outcome.commit[:10] or _("(dry run: nothing was recorded)")
        session.say(f"contact {sent.case} {change} {done}")
    return outcome.commit


# -- what to know of it


def _notes(session: Session, case: Case, letter: Letter) -> None:
    """What whoever sends the letter should look at first, on stderr."""
    wanted = case["customer"].get("language", letter.language)
    if wanted.partition("-")[0] != letter.language.partition("-")[0]:
        session.say(
            _("The customer asked for {wanted}; the rules have letters in {there}.").format(
                wanted=wanted, there=", ".join(session.register.policy["languages"])
            )
        )
    for what in letter.provisional:
        session.say(
            _("The day of “{what}” is provisional: the days off of that year are not published yet.").format(
                what=what
            )
        )
    if _says(letter, letter.findings):
        session.say(_("The findings stand in it as they were recorded: read it before it goes out."))


def _says(letter: Letter, words: str) -> bool:
    """Whether a text of the case stands in a letter."""
    said = "".join(line for block in letter.body for lines in block.entries for line in lines)
    return bool(words) and "".join(words.split()) in "".join(said.split())


def _dump(letter: Letter, commit: str) -> None:
    from complaintctl import letterpages
    from complaintctl.commands.show import dump

    document = {
        "case": letter.case,
        "kind": letter.kind,
        "name": letter.name,
        "language": letter.language,
        "subject": letter.subject,
        "text": letterpages.text(letter),
        "provisional": letter.provisional,
        "findings": _says(letter, letter.findings),
        "recorded": commit or None,
    }
    click.echo(dump(document))

"""`form`: the paper forms of the procedures, from a case or empty, to print and sign (S0-23)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from complaintctl.commands.session import Session, complete_case, pass_session, verb
from complaintctl.commands.writing import write
from complaintctl.errors import Usage
from complaintctl.i18n import LANGUAGES, _

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.paperforms import Ground
    from complaintctl.register import Register

_KINDS = ("registration", "investigation", "handover", "opinion", "agreement", "survey", "report", "slip")


@verb(
    "form",
    _("A paper form from a case, or empty, to print on A4 and sign; what is not known yet is a line."),
    "complaintctl form 7k3m --kind agreement --output agreement.html\n"
    "complaintctl form --kind registration --blank --output desk.html",
)
@click.argument("case_id", metavar="[ID]", required=False, shell_complete=complete_case)
@click.option("--kind", type=click.Choice(_KINDS), required=True, help=_("Which form."))
@click.option("--blank", is_flag=True, help=_("Empty, to be filled in by hand; without an ID."))
@click.option(
    "--variant",
    type=click.Choice(["quality", "other"]),
    help=_("Of the registration form: about quality or not. Default: by the category."),
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    help=_("Of the form. Default: the customer's for what the customer signs, else that of the register."),
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["html", "markdown"]),
    default="html",
    help=_("Default: html, a page for a browser to print."),
)
@click.option("--json", "as_json", is_flag=True, help=_("The form as data: its fields, tables, signatures."))
@click.option("--output", type=click.Path(path_type=Path), metavar="PATH", help=_("Write to a file."))
@pass_session
def command(
    session: Session,
    case_id: str | None,
    kind: str,
    blank: bool,
    variant: str | None,
    language: str | None,
    style: str,
    as_json: bool,
    output: Path | None,
) -> None:
    from complaintctl import formpages, i18n, paperforms
    from complaintctl.commands.show import dump

    if blank == (case_id is not None):
        raise Usage(
            _("A form is of a case, or --blank: one of the two."),
            hint=f"complaintctl form ID --kind {kind}, complaintctl form --kind {kind} --blank",
        )
    if variant and kind != "registration":
        raise Usage(_("--variant is of the registration form."), hint="--kind registration")
    register = session.register
    case = None if case_id is None else register.case(register.find(case_id))
    tag = language or _language(register, case, kind)
    ground = _ground(register, case, tag)
    if case is not None:
        paperforms.require(kind, case, ground)
    spoken = i18n.language()
    i18n.use(tag)
    try:
        form = paperforms.form(kind, case, ground, variant)
        text = (
            dump(formpages.as_data(form)) + "\n"
            if as_json
            else formpages.page(form)
            if style == "html"
            else formpages.markdown(form)
        )
    finally:
        i18n.use(spoken)
    write(text, output, style)


def _language(register: Register, case: Case | None, kind: str) -> str:
    """The customer's language for what the customer reads and signs, else the register's."""
    from complaintctl.commands import progress
    from complaintctl.paperforms import CUSTOMERS

    if case is None or kind not in CUSTOMERS:
        return register.language
    return progress.language_of(register, case)


def _ground(register: Register, case: Case | None, language: str) -> Ground:
    """What a form rests on: the rules that the case came in under, or those in force."""
    from complaintctl import paperforms, schema

    settings = register.documents.settings
    return paperforms.Ground(
        policy=register.policy if case is None else register.pinned(case),
        labels=schema.field_labels("case", language),
        language=language,
        shop=str(settings["name"]),
        currency=str(settings["currency"]),
        staff=register.staff,
        zone=register.zone,
        calendar=register.calendar,
        at=register.at,
        level=None if case is None else register.level_of(case)[0],
    )

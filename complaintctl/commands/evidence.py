"""`evidence`: files that show what happened, kept beside the case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from complaintctl.commands import helping
from complaintctl.commands.naming import Choice
from complaintctl.commands.session import Session, case_argument, pass_session, step_options
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.workflow import Context


@helping.group(
    "evidence",
    help=_("Files that show what happened, kept beside the case."),
    context_settings={"help_option_names": ["-h", "--help"]},
)
def command() -> None:
    pass


@command.command(
    "add",
    help=_("Add a photo, video, recording or document; it is copied into the register."),
    epilog="\b\n" + helping.EXAMPLE + "\n  complaintctl evidence add 7k3m bottle.jpg --kind photo",
)
@case_argument
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--kind",
    type=Choice(["photo", "video", "recording", "document"], "evidence_kinds"),
    help=_("Default: by the file's type."),
)
@click.option("--note", metavar="TEXT", help=_("What it shows."))
@click.option("--collected-by", metavar="STAFF", help=_("Who collected it and answers for it (S4-3)."))
@step_options
@pass_session
def add(
    session: Session,
    case_id: str,
    file: Path,
    kind: str | None,
    note: str | None,
    collected_by: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    from complaintctl import recording
    from complaintctl.evidence import describe, read_file
    from complaintctl.objects import Edit

    register = session.register
    found = register.find(case_id)
    data = read_file(file, register.documents.settings["evidence_limit"])
    entry: dict[str, Any] = {**describe(data, file.name, kind), "note": note, "collected_by": collected_by}
    path, _blob = register.locate(found)

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.anytime import add_evidence

        return add_evidence(case, context, entry=entry)

    edit = Edit(f"{path.removesuffix('.yaml')}/{entry['file']}", None, data)
    kept = any(old["file"] == entry["file"] for old in register.case(found).get("evidence", ()))
    files = [] if kept else [edit]
    outcome = recording.record(register, "evidence", found, change, files=files, dry_run=dry_run)
    session.finish("evidence", outcome, as_json=as_json)


@command.command("list", help=_("List the evidence of a case."),
                 epilog="\b\n" + helping.EXAMPLE + "\n  complaintctl evidence list 7k3m")  # fmt: skip
@case_argument
@click.option("--json", "as_json", is_flag=True, help=_("As JSON."))
@pass_session
def list_(session: Session, case_id: str, as_json: bool) -> None:
    import json

    from complaintctl import render
    from complaintctl.cells import clock
    from complaintctl.labels import name_of

    register = session.register
    case = register.case(register.find(case_id))
    entries = case.get("evidence", [])
    if as_json:
        click.echo(json.dumps(entries, ensure_ascii=False, indent=2))
        return
    policy, language = register.pinned(case), register.language
    rows = [
        [
            e["file"],
            name_of(policy, "evidence_kinds", e["kind"], language),
            e["type"],
            e["size"],
            e.get("note", ""),
            e["by"],
            clock(e["at"], due=False),
        ]
        for e in entries
    ]
    headers = [_("file"), _("kind"), _("type"), _("bytes"), _("note"), _("by"), _("at")]
    click.echo(render.table(headers, rows), nl=False)
    if not rows:
        session.say(_("No evidence yet."))

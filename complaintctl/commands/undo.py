"""`undo`: take back one's own last step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from complaintctl.commands import ask
from complaintctl.commands.session import Session, case_argument, pass_session, step_options, verb
from complaintctl.errors import Refused
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.objects import Edit
    from complaintctl.workflow import Context


@verb(
    "undo",
    _("Take back your own last step on a case, as a new commit, as long as it was not shared."),
    _('complaintctl undo 7k3m --reason "wrong case"'),
)
@case_argument
@click.option("--reason", metavar="TEXT", help=_("Why."))
@step_options
@pass_session
def command(session: Session, case_id: str, reason: str | None, dry_run: bool, as_json: bool) -> None:
    register = session.register
    found = register.find(case_id)
    why = ask.need(session, "--reason", _("Why?"), reason)

    def change(case: Case, context: Context) -> Case:
        from complaintctl.steps.correction import undo
        from complaintctl.yamlfile import read_case

        data, step, shared = register.previous(found)
        if data is None:
            raise Refused(
                _("{case}: the first step is not taken back; a case is never lost.").format(case=found),
                hint=f"complaintctl close {found} --outcome entered-in-error --reason …",
            )
        if shared:
            raise Refused(
                _("{case}: the last step was shared already (a remote has it).").format(case=found),
                hint=f"complaintctl amend {found} …",
            )
        return undo(case, read_case(data, found), context, step=step, reason=why)

    def gone(case: Case, after: Case) -> list[Edit]:
        """The evidence that the step had added goes with it."""
        from complaintctl.objects import Edit

        path, _blob = register.locate(found)
        kept = {entry["file"] for entry in after.get("evidence", ())}
        files = [
            f"{path.removesuffix('.yaml')}/{entry['file']}"
            for entry in case.get("evidence", ())
            if entry["file"] not in kept
        ]
        held = [(file, register.document(file)) for file in files]
        return [Edit(file, data, None) for file, data in held if data is not None]

    from complaintctl import recording

    outcome = recording.record(register, "undo", found, change, files=gone, dry_run=dry_run)
    session.finish("undo", outcome, as_json=as_json)

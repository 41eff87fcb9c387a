"""`resume`: go on after a hold."""

from __future__ import annotations

from complaintctl.commands.session import Session, case_argument, pass_session, step_options, verb
from complaintctl.i18n import _


@verb("resume", _("Go on after a hold; the clocks run again."), "complaintctl resume 7k3m")
@case_argument
@step_options
@pass_session
def command(session: Session, case_id: str, dry_run: bool, as_json: bool) -> None:
    from complaintctl.steps.anytime import resume

    session.step("resume", session.register.find(case_id), resume, dry_run=dry_run, as_json=as_json)

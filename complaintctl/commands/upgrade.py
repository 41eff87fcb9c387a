"""`upgrade`: the schemas of a newer release."""

from __future__ import annotations

import click

from complaintctl.commands.session import Session, pass_session, verb
from complaintctl.i18n import _


@verb(
    "upgrade",
    _("Bring the register's copies of the schemas up to this release."),
    "complaintctl upgrade --dry-run",
)
@click.option("--dry-run", is_flag=True, help=_("Check everything, change nothing."))
@pass_session
def command(session: Session, dry_run: bool) -> None:
    from complaintctl import recording, schema
    from complaintctl.objects import Edit
    from complaintctl.staffing import may_manage

    register = session.register
    may_manage(register)
    changed: list[str] = []

    def build() -> tuple[list[Edit], str]:
        edits = []
        for name in schema.SCHEMAS:
            path = f"schemas/{name}.schema.json"
            before, after = register.document(path), schema.schema_text(name).encode()
            if before != after:
                edits.append(Edit(path, before, after))
                changed.append(path)
        return edits, "register: upgrade schemas"

    commit = recording.edit_documents(register, build, dry_run=dry_run)
    with session.recorded():
        session.listed(changed, commit, _("upgraded {commit}"), _("Nothing to upgrade."))

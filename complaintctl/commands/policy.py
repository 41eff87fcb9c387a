"""`policy`: the rules in force, and how they change."""

from __future__ import annotations

from typing import Any

import click

from complaintctl.commands.session import Session, pass_session
from complaintctl.errors import Refused, RegisterState, Usage
from complaintctl.i18n import _

MARKER = "policies/register.yaml"


@click.group(
    "policy",
    help=_("The rules: see them, choose them, save a change as a new version."),
    context_settings={"help_option_names": ["-h", "--help"]},
)
def command() -> None:
    pass


@command.command(
    "list",
    help=_("The rule sets that ship, and the one in force."),
    epilog="\b\n" + _("Example:") + "\n  complaintctl policy list",
)
@click.option("--json", "as_json", is_flag=True, help=_("As JSON."))
@pass_session
def list_(session: Session, as_json: bool) -> None:
    from complaintctl import founding, render, yamlfile
    from complaintctl.commands.show import dump
    from complaintctl.errors import ComplaintctlError

    try:
        documents = session.register.documents
        in_force: tuple[str, str] | None = documents.in_force
        language = session.register.language
    except (RegisterState, Usage):
        in_force, language = None, session.settings.language or "en"
    rows: list[dict[str, Any]] = []
    for name, path in founding.shipped_policies().items():
        try:
            policy, _lines = yamlfile.read_document(path.read_bytes(), path.name)
        except ComplaintctlError:
            continue
        from complaintctl.labels import text

        rows.append(
            {
                "name": name,
                "version": policy["version"],
                "label": text(policy["label"], language),
                "shipped": True,
                "in_force": False,
            }
        )
    if in_force:
        name, version = in_force
        from complaintctl.labels import text

        own = session.register.policy
        rows = [row for row in rows if row["name"] != name]
        rows.insert(
            0,
            {
                "name": name,
                "version": version,
                "label": text(own["label"], language),
                "shipped": name in founding.shipped_policies(),
                "in_force": True,
            },
        )
    if as_json:
        click.echo(dump(rows))
        return
    heads = [_("name"), _("version"), _("what for"), _("in force")]
    click.echo(
        render.table(
            heads, [[r["name"], r["version"], r["label"], _("yes") if r["in_force"] else ""] for r in rows]
        ),
        nl=False,
    )


@command.command(
    "show",
    help=_("A rule set, readably."),
    epilog="\b\n" + _("Example:") + "\n  complaintctl policy show --public",
)
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help=_("As data."))
@click.option(
    "--public", is_flag=True, help=_("The notice of channels, hours and promised times to hang up.")
)
@pass_session
def show(session: Session, name: str | None, as_json: bool, public: bool) -> None:
    from complaintctl import notice
    from complaintctl.commands.show import dump

    policy, language = _find(session, name)
    if as_json:
        click.echo(dump(policy))
        return
    for line in notice.public(policy, language) if public else notice.whole(policy, language):
        click.echo(line)


def _find(session: Session, name: str | None) -> tuple[Any, str]:
    from complaintctl import founding, yamlfile

    try:
        register = session.register
        language = register.language
        if name is None or name == register.policy["name"]:
            return register.policy, language
    except RegisterState:
        if name is None:
            raise
        language = session.settings.language or "en"
    policy, _lines = yamlfile.read_document(founding.shipped_policy(name), name)
    return policy, language


@command.command(
    "use",
    help=_("Put another rule set in force; cases keep the one they were received under."),
    epilog="\b\n" + _("Example:") + "\n  complaintctl policy use supermarket",
)
@click.argument("name")
@click.option("--dry-run", is_flag=True, help=_("Check everything, change nothing."))
@pass_session
def use(session: Session, name: str, dry_run: bool) -> None:
    from complaintctl import founding, recording, schema, versions
    from complaintctl.documents import check_place, may_be_policy
    from complaintctl.objects import Edit
    from complaintctl.staffing import may_manage
    from complaintctl.yamlfile import edit_document, read_document

    register = session.register
    may_manage(register)

    def build() -> tuple[list[Edit], str]:
        path = f"policies/{name}.yaml"
        own = register.document(path) if may_be_policy(name) else None
        data = own if own is not None else founding.shipped_policy(name)
        policy, lines = read_document(data, path)
        schema.check("policy", policy, lines, path)
        check_place(path, policy["name"], policy["version"])
        versions.check_rules(policy, path)
        versions.check_usable(register, policy)
        before = register.document(MARKER) or b""

        def change(document: Any) -> None:
            document["policy"] = name

        after = edit_document(before, MARKER, change)
        edits = [] if own is not None else [Edit(path, None, data)]
        return ([*edits, Edit(MARKER, before, after)] if after != before else []), f"policy: use {name}"

    commit = recording.edit_documents(register, build, dry_run=dry_run)
    session.done(
        _("{name} is in force {commit}").format(name=name, commit=commit[:10])
        if commit or dry_run
        else _("{name} is in force already").format(name=name)
    )


@command.command(
    "save",
    help=_("Save the edited rules as a new version; the old one is kept for its cases."),
    epilog="\b\n" + _("Example:") + '\n  complaintctl policy save --reason "higher limits for heads"',
)
@click.option("--reason", metavar="TEXT", required=True, help=_("Why; it is kept in the file."))
@click.option("--dry-run", is_flag=True, help=_("Check everything, change nothing."))
@pass_session
def save(session: Session, reason: str, dry_run: bool) -> None:
    from complaintctl import recording, versions
    from complaintctl.staffing import may_manage

    register = session.register
    may_manage(register)
    commit = recording.edit_documents(
        register, lambda: versions.new_version(register, reason), dry_run=dry_run
    )
    if not commit and not dry_run:
        raise Refused(
            _("The rules have not changed since they were committed."),
            hint=_("edit {path} first").format(path=f"policies/{register.policy['name']}.yaml"),
        )
    with session.recorded():
        session.say(
            _("version {version} is in force {commit}").format(
                version=register.policy["version"], commit=commit[:10]
            )
        )

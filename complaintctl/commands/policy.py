"""`policy`: the rules in force, and how they change."""

from __future__ import annotations

from typing import Any

import click

from complaintctl.commands import compare, helping, signatures
from complaintctl.commands.session import Session, pass_session
from complaintctl.errors import Refused
from complaintctl.i18n import _, pgettext


@helping.group(
    "policy",
    help=_("The rules: see them, choose them, save a change as a new version."),
    context_settings={"help_option_names": ["-h", "--help"]},
)
def command() -> None:
    pass


@command.command(
    "list",
    help=_("The rule sets that ship and those of the register, each with what it is for."),
    epilog="\b\n" + helping.EXAMPLE + "\n  complaintctl policy list",
)
@click.option("--json", "as_json", is_flag=True, help=_("As JSON."))
@pass_session
def list_(session: Session, as_json: bool) -> None:
    from complaintctl import render
    from complaintctl.commands.show import dump

    rows = _listed(session)
    if as_json:
        click.echo(dump(rows))
        return
    heads = [pgettext("rules", "name"), _("version"), _("what for"), _("in force")]
    lines = [[r["name"], r["version"], r["label"], _("yes") if r["in_force"] else ""] for r in rows]
    click.echo(render.table(heads, lines), nl=False)


def _listed(session: Session) -> list[dict[str, Any]]:
    """The rule set in force, then the others of the register and those that ship, by name."""
    from complaintctl import founding
    from complaintctl.commands import rulesets
    from complaintctl.errors import ComplaintctlError

    documents = rulesets.documents_of(session)
    in_force = documents.in_force if documents else None
    language = rulesets.language_of(session)
    shipped = founding.shipped_policies()
    named = documents.policies.values() if documents else ()
    own = {one.name for one in named if one.name and one.path == f"policies/{one.name}.yaml"}
    rows = []
    for name in sorted(own | set(shipped)):
        try:
            policy = rulesets.find(session, name).policy
        except ComplaintctlError:  # `check` says what is wrong with it
            continue
        rows.append(_row(policy, language, name in shipped, in_force == (name, policy["version"])))
    return sorted(rows, key=lambda row: not row["in_force"])


def _row(policy: Any, language: str, shipped: bool, in_force: bool) -> dict[str, Any]:
    from complaintctl.labels import text

    return {
        "name": policy["name"],
        "version": policy["version"],
        "label": text(policy["label"], language),
        "applies_to": text(policy["applies_to"], language) if "applies_to" in policy else None,
        "shipped": shipped,
        "in_force": in_force,
    }


@command.command(
    "show",
    help=_("A rule set, readably: that in force, one that ships, NAME-VERSION of an earlier one, or a file."),
    epilog="\b\n" + helping.EXAMPLE + "\n  complaintctl policy show --public",
)
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help=_("As data."))
@click.option(
    "--public", is_flag=True, help=_("The notice of channels, hours and promised times to hang up.")
)
@pass_session
def show(session: Session, name: str | None, as_json: bool, public: bool) -> None:
    from complaintctl import notice, render
    from complaintctl.commands import rulesets
    from complaintctl.commands.show import dump

    rules = rulesets.in_force(session) if name is None else rulesets.find(session, name)
    if as_json:
        click.echo(dump(rules.policy))
        return
    language = rulesets.language_of(session)
    for line in (notice.public if public else notice.whole)(rules.policy, language):
        click.echo(render.safe(line))


@command.command(
    "use",
    help=_("Put another rule set in force; cases keep the one they were received under."),
    epilog="\b\n" + helping.EXAMPLE + "\n  complaintctl policy use supermarket",
)
@click.argument("name")
@click.option("--dry-run", is_flag=True, help=_("Check everything, change nothing."))
@pass_session
def use(session: Session, name: str, dry_run: bool) -> None:
    from complaintctl import founding, recording, schema, versions
    from complaintctl.documents import REGISTER, check_place, may_be_policy
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
        versions.check_rules(policy, path, lines)
        versions.check_currency(register, policy)
        versions.check_usable(register, policy)
        before = register.document(REGISTER) or b""

        def change(document: Any) -> None:
            document["policy"] = name

        after = edit_document(before, REGISTER, change)
        edits = [] if own is not None else [Edit(path, None, data)]
        return ([*edits, Edit(REGISTER, before, after)] if after != before else []), f"policy: use {name}"

    commit = recording.edit_documents(register, build, dry_run=dry_run)
    session.done(
        _("{name} is in force {commit}").format(name=name, commit=commit[:10])
        if commit or dry_run
        else _("{name} is in force already").format(name=name)
    )


@command.command(
    "save",
    help=_("Save the edited rules as a new version; the old one is kept for its cases."),
    epilog="\b\n"
    + helping.EXAMPLE
    + "\n  "
    + _('complaintctl policy save --reason "higher limits for heads"'),
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


command.add_command(compare.diff)
command.add_command(compare.try_)
command.add_command(signatures.command)

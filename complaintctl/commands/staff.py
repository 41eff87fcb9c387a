"""`staff`: who works here, in which role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from complaintctl.commands import helping
from complaintctl.commands.naming import Named
from complaintctl.commands.session import Session, pass_session
from complaintctl.errors import Refused, Usage, printable
from complaintctl.i18n import _, pgettext

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@helping.group(
    "staff",
    help=_("Who works here, in which role and department."),
    context_settings={"help_option_names": ["-h", "--help"]},
)
def command() -> None:
    pass


def _details(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--dry-run", is_flag=True, help=_("Check everything, change nothing.")),
        click.option(
            "--key",
            metavar="SSHKEY",
            help=_("The public key that signs decisions: the line in the .pub file."),
        ),
        click.option(
            "--duty",
            "duties",
            type=Named("executors"),
            multiple=True,
            metavar="ID",
            help=_("An executor of the policy (repeatable)."),
        ),
        click.option(
            "--department", type=Named("departments"), metavar="DEPT", help=_("A department of the policy.")
        ),
        click.option("--role", type=Named("roles"), metavar="ROLE", help=_("A role of the policy.")),
        click.option(
            "--email", "emails", multiple=True, metavar="MAIL", help=_("As git knows it (repeatable).")
        ),
        click.option("--name", metavar="TEXT", help=_("Full name.")),
    ):
        function = option(function)
    return function


@command.command(
    "add",
    help=_("Add somebody."),
    epilog="\b\n"
    + helping.EXAMPLE
    + '\n  complaintctl staff add li.na --name "李娜" --email li.na@shop.example --role clerk',
)
@click.argument("ident", metavar="ID")
@_details
@pass_session
def add(session: Session, /, ident: str, dry_run: bool, **given: Any) -> None:
    if session.asks:
        _ask(session, ident, given)
    missing = [
        f"--{option}"
        for option, key in (("name", "name"), ("email", "emails"), ("role", "role"))
        if not given[key]
    ]
    if missing:
        raise click.UsageError(_("Missing option {option}.").format(option=", ".join(missing)))

    from complaintctl.staffing import check_entry

    def change(people: list[Any]) -> None:
        if any(person["id"] == ident for person in people):
            raise Refused(
                _("{who} is on the staff already.").format(who=ident),
                hint=f"complaintctl staff edit {ident} …",
            )
        entry = _entry({"id": ident, **given, "active": True})
        check_entry(entry, session.register.staff, session.register.policy)
        people.append(entry)

    _record(session, change, f"staff: add {ident}" if _plain(ident) else "staff: add", dry_run)


def _ask(session: Session, ident: str, given: dict[str, Any]) -> None:
    """Ask for what has to be known of somebody; an answer that will not do is asked again."""
    from complaintctl.commands import ask
    from complaintctl.staffing import check_entry

    register = session.register
    if all(given[key] for key in ("name", "emails", "role")):
        return
    sample = {"id": ident, "name": ident, "role": next(iter(register.policy["roles"])), "active": True}

    def fits(field: str, value: Any) -> None:
        entry = {**sample, "emails": [f"{ident}@example.org"], field: value}
        check_entry(entry, register.staff, register.policy)

    fits("name", ident)  # the id itself, before anything is asked
    given["name"] = ask.need(
        session, "--name", _("Full name"), given["name"], check=lambda t: fits("name", t)
    )
    if not given["emails"]:
        question = _("E-mail address, as git knows it")
        mail = ask.need(session, "--email", question, None, check=lambda t: fits("emails", [t]))
        given["emails"] = (mail,)
    roles = ask.labelled(session, "roles")
    given["role"] = ask.choose(session, "--role", _("In which role?"), given["role"], roles)
    if not given["department"]:
        departments = [("", _("none")), *ask.labelled(session, "departments")]
        question = _("Of which department?")
        given["department"] = (
            ask.choose(session, "--department", question, None, departments, default="") or None
        )


@command.command(
    "edit",
    help=_("Change what is noted of somebody."),
    epilog="\b\n" + helping.EXAMPLE + "\n  complaintctl staff edit li.na --role head",
)
@click.argument("ident", metavar="ID")
@_details
@click.option("--no-key", is_flag=True, help=_("Their key signs nothing any more."))
@pass_session
def edit(session: Session, /, ident: str, dry_run: bool, no_key: bool, **given: Any) -> None:
    from complaintctl.staffing import check_entry

    if no_key and given["key"]:
        raise Usage(_("--key and --no-key exclude each other."))

    def change(people: list[Any]) -> None:
        person = _person(people, ident)
        register, changes = session.register, _entry(given)
        others = [one for one in register.staff if one["id"] != ident]
        check_entry({**_person(register.staff, ident), **changes}, others, register.policy)
        for key, value in changes.items():
            person[key] = value
        if no_key:
            person.pop("key", None)

    _record(session, change, f"staff: edit {ident}", dry_run)


@command.command(
    "retire",
    help=_("Somebody leaves; what they did stays."),
    epilog="\b\n" + helping.EXAMPLE + "\n  complaintctl staff retire li.na",
)
@click.argument("ident", metavar="ID")
@click.option("--dry-run", is_flag=True, help=_("Check everything, change nothing."))
@pass_session
def retire(session: Session, ident: str, dry_run: bool) -> None:
    def change(people: list[Any]) -> None:
        _person(people, ident)["active"] = False

    _record(session, change, f"staff: retire {ident}", dry_run)


@command.command(
    "list",
    help=_("Everybody, with role and department."),
    epilog="\b\n" + helping.EXAMPLE + "\n  complaintctl staff list",
)
@click.option("--json", "as_json", is_flag=True, help=_("As JSON."))
@pass_session
def list_(session: Session, as_json: bool) -> None:
    from complaintctl import render
    from complaintctl.commands.show import dump
    from complaintctl.labels import name_of

    register = session.register
    people = register.staff
    if as_json:
        click.echo(dump(people))
        return
    heads = [
        _("id"),
        pgettext("person", "name"),
        _("role"),
        _("department"),
        _("duties"),
        _("e-mail"),
        _("active"),
    ]
    rows = [
        [
            person["id"],
            person["name"],
            name_of(register.policy, "roles", person["role"], register.language),
            name_of(register.policy, "departments", person.get("department", ""), register.language),
            ", ".join(
                name_of(register.policy, "executors", duty, register.language)
                for duty in person.get("duties", ())
            ),
            ", ".join(person["emails"]),
            _("yes") if person["active"] else _("no"),
        ]
        for person in people
    ]
    table = [[render.safe(cell) for cell in row] for row in rows]
    click.echo(render.table(heads, table, width=session.width, spare=[_("duties")]), nl=False)


def _plain(ident: str) -> bool:
    return ident.replace(".", "").replace("-", "").replace("_", "").isalnum() and ident.isascii()


def _entry(given: dict[str, Any]) -> dict[str, Any]:
    """What is given, in the order of the file."""
    order = ("id", "name", "emails", "department", "role", "duties", "key", "active")
    return {
        key: list(value) if key in {"emails", "duties"} else value
        for key in order
        if (value := given.get(key)) not in (None, ())
    }


def _person(people: Sequence[Any], ident: str) -> Any:
    for person in people:
        if person["id"] == ident:
            return person
    raise Usage(
        _("Nobody on the staff has the id {ident}.").format(ident=printable(ident)),
        hint="complaintctl staff list",
    )


def _record(session: Session, change: Callable[[list[Any]], None], message: str, dry_run: bool) -> None:
    from complaintctl import recording
    from complaintctl.documents import STAFF
    from complaintctl.objects import Edit
    from complaintctl.staffing import check_keys, check_staff, check_top, may_manage
    from complaintctl.yamlfile import edit_document

    register = session.register
    may_manage(register)

    def build() -> tuple[list[Edit], str]:
        before = register.document(STAFF) or b""
        after = edit_document(before, STAFF, lambda document: change(document["staff"]))
        people = check_staff(after, register.policy)
        check_top(register.staff, people, register.policy, register.language)
        check_keys(people, register.documents.settings, register.policy)
        return ([Edit(STAFF, before, after)] if after != before else []), message

    commit = recording.edit_documents(register, build, dry_run=dry_run)
    with session.recorded():
        click.echo(message + (f" {commit[:10]}" if commit else _(" (nothing recorded)")))

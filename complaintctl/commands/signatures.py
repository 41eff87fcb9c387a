"""Signatures on the command line: a decision signed as it is made, and `policy signing`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from complaintctl.commands import helping
from complaintctl.commands.session import Session, pass_session
from complaintctl.errors import Usage
from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from complaintctl.case import Case
    from complaintctl.register import Register
    from complaintctl.workflow import Context

    Change = Callable[[Case, Context], Case]

key_option = click.option(
    "--key", metavar="FILE", help=_("Sign with this private key (default: yours in staff.yaml).")
)


def signed(register: Register, change: Change, key: str | None = None, *, dry_run: bool = False) -> Change:
    """The same step, with the decision that it makes signed where the register asks for it.

    The same bytes are signed once, however often the step is made.  A dry run
    looks for the public key and signs nothing.
    """
    known: dict[bytes, str] = {}

    def sign(data: bytes, namespace: str, public: str) -> str:
        if dry_run:
            return ""
        if data not in known:
            known[data] = register.sign(data, namespace, public, key)
        return known[data]

    def step(case: Case, context: Context) -> Case:
        from complaintctl import signing

        after = change(case, context)
        proposals, before = after.get("proposals", []), case.get("proposals", [])
        number = len(proposals)
        if not number or "decision" not in proposals[-1]:
            return after
        if len(before) == number and "decision" in before[-1]:
            return after
        settings = register.documents.settings
        pin, spent = context.pin["sha256"], context.customer_cost
        made = signing.signed(after, number, settings, context.actor, pin, sign, spent)
        return after if dry_run else made

    return step


def ahead(register: Register, case_id: str, step: Change) -> None:
    """Make a step once before anybody is locked out: a passphrase may be asked for, and that takes time."""
    from complaintctl import recording, signing

    if signing.on(register.documents.settings):
        case = register.case(case_id)
        step(case, recording.context(register, case))


@helping.command(
    "signing",
    help=_("Whether decisions and changes of the rules must be signed; without an argument, how it is."),
    epilog="\b\n" + helping.EXAMPLE + "\n  complaintctl policy signing approvals --from 100.00",
)
@click.argument("state", required=False, type=click.Choice(["approvals", "off"]))
@click.option("--from", "start", metavar="AMOUNT", help=_("Decisions need it from this cost on."))
@click.option("--json", "as_json", is_flag=True, help=_("As JSON, without an argument."))
@click.option("--dry-run", is_flag=True, help=_("Check everything, change nothing."))
@pass_session
def command(session: Session, state: str | None, start: str | None, as_json: bool, dry_run: bool) -> None:
    register = session.register
    if state is None:
        if start is not None:
            raise Usage(_("--from goes with: policy signing approvals."))
        _show(session, as_json)
        return
    from complaintctl import recording

    wanted = _settings(register, state, start)
    commit = recording.edit_documents(register, lambda: _build(register, wanted), dry_run=dry_run)
    session.done(
        _("signing: {state} {commit}").format(state=_words(wanted), commit=commit[:10])
        if commit or dry_run
        else _("signing is so already: {state}").format(state=_words(wanted))
    )


def _settings(register: Register, state: str, start: str | None) -> dict[str, str]:
    """The settings as they are to be; Usage for an amount that is none."""
    if start is None:
        return {"signing": state}
    from complaintctl.amounts import minor_digits, money

    if state == "off":
        raise Usage(_("--from goes with: policy signing approvals."))
    currency = register.documents.settings["currency"]
    try:
        amount = money(start, minor_digits(currency))
    except ValueError:
        raise Usage(
            _("--from is an amount in {currency}, such as 100.00.").format(currency=currency)
        ) from None
    return {"signing": state, "signing_from": amount}


def _build(register: Register, wanted: dict[str, str]) -> tuple[list[Any], str]:
    from complaintctl import schema
    from complaintctl.documents import REGISTER
    from complaintctl.objects import Edit
    from complaintctl.staffing import check_keys, may_manage
    from complaintctl.yamlfile import edit_document, read_document

    may_manage(register)
    check_keys(register.staff, wanted, register.policy)
    before = register.document(REGISTER) or b""

    def change(document: Any) -> None:
        document["signing"] = wanted["signing"]
        document.pop("signing_from", None)
        if "signing_from" in wanted:
            document["signing_from"] = wanted["signing_from"]

    found = register.documents.settings
    if _as_set(found) == _as_set(wanted):
        return [], ""
    after = edit_document(before, REGISTER, change)
    schema.check("register", *read_document(after, REGISTER), REGISTER)
    return [Edit(REGISTER, before, after)], f"policy: signing {wanted['signing']}"


def _as_set(settings: dict[str, Any]) -> tuple[bool, str | None]:
    return settings["signing"] == "approvals", settings.get("signing_from")


def _words(settings: dict[str, Any]) -> str:
    if settings["signing"] != "approvals":
        return _("off")
    start = settings.get("signing_from")
    return _("approvals from {amount} on").format(amount=start) if start else _("approvals")


def _show(session: Session, as_json: bool) -> None:
    """How it is, and whose keys there are."""
    from complaintctl import render, sshkeys
    from complaintctl.commands.show import dump

    register = session.register
    settings = register.documents.settings
    keys = {
        p["id"]: sshkeys.fingerprint(p["key"]) if "key" in p else None for p in register.staff if p["active"]
    }
    if as_json:
        start = settings.get("signing_from")
        on = settings["signing"] == "approvals"
        click.echo(dump({"signing": "approvals" if on else "off", "from": start, "keys": keys}))
        return
    click.echo(_("signing: {state}").format(state=_words(settings)))
    rows = [[who, key or _("none")] for who, key in keys.items()]
    click.echo(render.table([_("id"), _("key")], rows), nl=False)

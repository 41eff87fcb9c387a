"""`init`: make a register."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from complaintctl.commands.session import Session, pass_session, verb
from complaintctl.errors import Usage
from complaintctl.i18n import LANGUAGES, _

if TYPE_CHECKING:
    from complaintctl.founding import Made


@verb(
    "init",
    _("Make a register: a git repository with rules, staff, a calendar and the schemas, in one commit."),
    _(
        'complaintctl init shop --policy supermarket --name "Corner Shop"'
        ' --owner "boss:Ann Lee <ann@shop.example>"'
    ),
)
@click.argument("directory", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option(
    "--policy",
    "policy_name",
    metavar="NAME",
    default="supermarket",
    show_default=True,
    help=_("The rules to start from: `complaintctl policy list`, or a file of your own."),
)
@click.option("--name", metavar="TEXT", help=_("The shop's name (default: the folder's)."))
@click.option("--language", type=click.Choice(LANGUAGES), help=_("The register's language."))
@click.option(
    "--country",
    metavar="CN",
    help=_("For the calendar of working days. Default: by the currency of the rules, CNY CN, EUR ES."),
)
@click.option("--subdivision", metavar="MD", help=_("Region, for its own days off."))
@click.option("--timezone", metavar="ZONE", help=_("Default: the country's, where it has one."))
@click.option(
    "--currency",
    metavar="CNY",
    help=_("Default: the country's; the amounts of the rules are taken over as they are."),
)
@click.option(
    "--owner", metavar="ID:NAME <MAIL>", help=_("The first member of staff (default: the git identity).")
)
@click.option("--dry-run", is_flag=True, help=_("Check everything, change nothing."))
@pass_session
def command(session: Session, /, directory: Path, dry_run: bool, **given: Any) -> None:
    from complaintctl import founding, i18n
    from complaintctl.commands.rulesets import is_path

    named = given["policy_name"]
    owner = _owner(given.pop("owner"))
    language = given.pop("language") or session.settings.language
    wish = founding.Wish(
        directory=(session.settings.start / directory).absolute(),
        owner=owner,
        language=language,
        policy_file=session.settings.start / named if is_path(named) else None,
        **given,
    )
    made = founding.found(wish, session.settings.now, dry_run=dry_run)
    if not session.settings.language:
        i18n.use(made.language)  # whoever reads this is to work in the register from now on
    with session.recorded():
        for warning in made.warnings:
            session.warn(warning)
        if dry_run:
            session.say(_("(dry run: nothing was made)"))
        else:
            _tell(session, made, directory)


def _tell(session: Session, made: Made, directory: Path) -> None:
    """What was made, and what comes next."""
    from complaintctl import i18n
    from complaintctl.labels import text

    click.echo(
        _("register {path} ({policy}, {commit})").format(
            path=made.root, policy=made.policy, commit=made.commit[:10]
        )
    )
    session.say(
        _("First member of staff: {who} ({role}).").format(
            who=made.owner["id"], role=text(made.role, i18n.language())
        )
    )
    session.say(
        _(
            "Customers' data stand in these files as plain text, and git forgets nothing:"
            " keep the folder to yourselves."
        )
    )
    session.tell(
        _(
            "Who you are is what git says, once for each laptop: git config --global user.email {email}"
        ).format(email=made.owner["emails"][0])
    )
    session.tell(
        _("Next: complaintctl -C {path} staff add …, then complaintctl -C {path} new").format(path=directory)
    )


def _owner(text: str | None) -> tuple[str, str, str] | None:
    if text is None:
        return None
    match = re.fullmatch(r"([a-z0-9]+(?:[._-][a-z0-9]+)*):\s*([^<>]+?)\s*<([^<>@\s]+@[^<>@\s]+)>", text)
    if not match:
        raise Usage(_("--owner is written as: boss:Ann Lee <ann@shop.example>"))
    return match[1], match[2], match[3]

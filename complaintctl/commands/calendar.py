"""`calendar`: the working days that deadlines are counted by."""

from __future__ import annotations

from typing import Any

import click

from complaintctl.commands import helping
from complaintctl.commands.session import Session, pass_session
from complaintctl.i18n import _
from complaintctl.times import CALENDAR_YEARS


@helping.group(
    "calendar",
    help=_("The working days that deadlines are counted by."),
    context_settings={"help_option_names": ["-h", "--help"]},
)
def command() -> None:
    pass


@command.command(
    "show",
    help=_("Days off and make-up days of a year."),
    epilog="\b\n" + helping.EXAMPLE + "\n  complaintctl calendar show 2026",
)
@click.argument("year", required=False, type=click.IntRange(*CALENDAR_YEARS))
@click.option("--json", "as_json", is_flag=True, help=_("As JSON."))
@pass_session
def show(session: Session, year: int | None, as_json: bool) -> None:
    from complaintctl import render
    from complaintctl.commands.show import dump

    document: Any = session.register.documents.calendar or {"years": {}, "local": {}}
    years = {key: entry for key, entry in document["years"].items() if year is None or key == str(year)}
    if as_json:
        click.echo(dump({**document, "years": years}))
        return
    rows: list[list[str]] = []
    for key, entry in years.items():
        note = entry["source"] + ("" if entry["published"] else _(" (provisional)"))
        rows += [[day, _("day off"), why, note] for day, why in entry["days_off"].items()]
        rows += [[day, _("working day"), "", note] for day in entry.get("make_up", [])]
        if not rows:
            rows.append([key, "", "", note])
    for day, entry in (document.get("local") or {}).items():
        if year is None or day.startswith(str(year)):
            rows.append(
                [day, _("working day") if entry["open"] else _("day off"), entry["why"], _("our own")]
            )
    click.echo(render.table([_("day"), _("what"), _("why"), _("source")], sorted(rows)), nl=False)
    if year is not None and not years:
        session.say(
            _(
                "No calendar of {year}: dates in it are provisional. complaintctl calendar update {year}"
            ).format(year=year)
        )


@command.command(
    "update",
    help=_("Write the days off of a year from the holidays library."),
    epilog="\b\n" + helping.EXAMPLE + "\n  complaintctl calendar update 2027",
)
@click.argument("year", type=click.IntRange(*CALENDAR_YEARS))
@click.option("--dry-run", is_flag=True, help=_("Check everything, change nothing."))
@pass_session
def update(session: Session, year: int, dry_run: bool) -> None:
    from complaintctl import calendars, recording, schema
    from complaintctl.documents import CALENDAR
    from complaintctl.objects import Edit
    from complaintctl.staffing import may_manage
    from complaintctl.yamlfile import edit_document, read_document

    register = session.register
    may_manage(register)
    settings = register.documents.settings
    entry = calendars.year_of(settings["country"], settings.get("subdivision"), year, settings["language"])

    def build() -> tuple[list[Edit], str]:
        before = register.document(CALENDAR)
        if before is None:
            data = calendars.render(
                calendars.document(
                    settings["country"], settings.get("subdivision"), [year], settings["language"]
                )
            )
            return [Edit(CALENDAR, None, data)], f"calendar: {year}"

        def put(document: Any) -> None:
            calendars.update(document, year, entry)

        after = edit_document(before, CALENDAR, put)
        document, lines = read_document(after, CALENDAR)
        schema.check("calendar", document, lines, CALENDAR)
        return ([Edit(CALENDAR, before, after)] if after != before else []), f"calendar: {year}"

    commit = recording.edit_documents(register, build, dry_run=dry_run)
    with session.recorded():
        if not entry["published"]:
            session.warn(
                _("the calendar of {year} is not published yet; dates in it are provisional").format(
                    year=year
                )
            )
        session.say(
            _("calendar of {year} written {commit}").format(year=year, commit=commit[:10])
            if commit
            else _("the calendar of {year} is as it was").format(year=year)
        )

"""`demo`: a register, a whole case and the weekly table, each command printed before it runs."""

from __future__ import annotations

import shlex
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from complaintctl.commands.session import Session, pass_session, verb
from complaintctl.errors import ComplaintctlError, RegisterState
from complaintctl.i18n import _

Line = tuple[str, str, str]  # who acts, how long after the start, the command

STAFF = (
    'staff add li.na --name "李娜" --email li.na@shop.example --role clerk --department customer-service',
    'staff add zhao.wei --name "赵伟" --email zhao.wei@shop.example --role clerk --department store',
    'staff add sun.min --name "孙敏" --email sun.min@shop.example --role head --department goods',
)
STORY: tuple[Line, ...] = (
    ("li.na", "0:00", (
        'new --channel desk --customer "王女士" --phone 13800001234 --product "鲜牛奶 1L" --batch 20261110A'
        ' --price 12.90 --purchased-on {yesterday} --complaint "牛奶未到保质期已变质" --demand refund=12.90'
    )),
    ("li.na", "0:03", "classify {case} --category goods.spoiled --severity moderate --liability ours"),
    ("li.na", "0:05", "assign {case} --to zhao.wei"),
    ("li.na", "0:06", 'contact {case} --by phone --note "told her that the batch is being looked at"'),
    ("zhao.wei", "1:10", (
        'investigate {case} --statement "customer: it smelt sour at breakfast"'
        ' --findings "cold shelf at 11 °C" --verdict founded --cause goods.spoiled --responsible goods'
    )),
    ("zhao.wei", "1:20", (
        "propose {case} --remedy refund=12.90 --remedy apology --confirm receipt-seen"
        ' --reason "spoiled before its date"'
    )),
    ("sun.min", "1:45", "approve {case}"),
    ("li.na", "2:00", "respond {case} --agreed"),
    ("li.na", "2:05", "fulfil {case} --all --voucher R-2291"),
    ("li.na", "26:00", "follow-up {case} --satisfaction 5 --method phone"),
    ("li.na", "26:05", 'close {case} --lesson "the shelf alarm was off" --prevention "two readings a day"'),
)  # fmt: skip


@verb(
    "demo",
    _("Make a register to try things on: a whole case and the weekly table. Prints every command it runs."),
    "complaintctl demo",
)
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help=_("Print the commands, make nothing."))
@pass_session
def command(session: Session, directory: Path | None, dry_run: bool) -> None:
    folder = _folder(directory, dry_run)
    start = _monday()
    language = session.settings.language or "en"
    run = Runner(folder, click.get_current_context().find_root().command, dry_run)
    run.line(f'init {{folder}} --policy supermarket --name "Demo Shop" --language {language} --country CN'
             ' --owner "boss:Ann Lee <boss@shop.example>"', "", start)  # fmt: skip
    for line in STAFF:
        run.line(line, "boss", start)
    case = ""
    for who, after, line in STORY:
        hours, minutes = after.split(":")
        moment = start + timedelta(hours=int(hours), minutes=int(minutes))
        yesterday = (start - timedelta(days=1)).date().isoformat()
        printed = run.line(line.format(case=case[-6:].lower(), yesterday=yesterday), who, moment)
        case = case or (printed.strip().splitlines() or ["CASE"])[0]
    week = "{}-W{:02d}".format(*start.isocalendar()[:2])
    after_all = start + timedelta(days=7)
    run.line(f"show {case[-6:].lower()}", "", after_all)
    run.line(f"report weekly --week {week}", "", after_all)
    if not dry_run:
        session.say(
            _("Look around: complaintctl -C {folder} list --all").format(folder=shlex.quote(str(folder)))
        )


class Runner:
    """Prints command lines, runs them in this process, and gives back what they print."""

    def __init__(self, folder: Path, program: click.Command, dry_run: bool) -> None:
        self.folder, self.program, self.dry_run = folder, program, dry_run

    def line(self, line: str, who: str, moment: datetime) -> str:
        at = moment.isoformat(timespec="seconds")
        words = shlex.split(line.replace("{folder}", shlex.quote(str(self.folder))))
        options = ["--now", at, *(["--as", who] if who else [])]
        if words[0] != "init":
            options = ["-C", str(self.folder), *options]
        shown = f"--as {who} {line}" if who else line
        click.secho("$ complaintctl " + shown.replace("{folder}", str(self.folder)), bold=True)
        if self.dry_run and words[0] != "init":
            return ""
        if self.dry_run:  # the one command that may fail: it looks at the folder
            words.append("--dry-run")
        import contextlib
        import io

        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            try:
                self.program.main(
                    args=[*options, "--no-input", *words], prog_name="complaintctl", standalone_mode=False
                )
            except SystemExit as end:
                if end.code:
                    raise
            except ComplaintctlError as error:
                click.echo(out.getvalue(), nl=False)
                raise RegisterState(error.message, hint=error.hint) from None
        text = out.getvalue()
        click.echo(text, nl=bool(text) and not text.endswith("\n"))
        return text


def _folder(directory: Path | None, dry_run: bool) -> Path:
    import tempfile

    if directory is None and dry_run:
        return Path(tempfile.gettempdir()) / "complaintctl-demo" / "shop"
    if directory is None:
        return Path(tempfile.mkdtemp(prefix="complaintctl-demo-")) / "shop"
    return directory.absolute()


def _monday() -> datetime:
    """Monday, ten o'clock, of the last complete week in the demo's zone: so the weekly table has content."""
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    monday = now - timedelta(days=now.weekday() + 7)
    return monday.replace(hour=10, minute=0, second=0, microsecond=0)

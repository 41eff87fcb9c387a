"""`demo`: a register to try things on, made by playing a script; each command is printed before it runs."""

from __future__ import annotations

import contextlib
import re
import shlex
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from complaintctl.commands.session import Session, pass_session, verb
from complaintctl.errors import BadData, ComplaintctlError, RegisterState
from complaintctl.i18n import LANGUAGES, _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complaintctl.playing import Command, Script, TextFile

# The demo without --policy: one whole case in the last complete week, so that the weekly table has content.
FIRST = """\
! --country CN
@ {monday} 10:00 boss
staff add li.na --name "李娜" --email li.na@shop.example --role clerk --department customer-service
staff add zhao.wei --name "赵伟" --email zhao.wei@shop.example --role clerk --department store
staff add sun.min --name "孙敏" --email sun.min@shop.example --role head --department goods
@ {monday} 10:00 li.na
new --channel desk --customer "王女士" --phone 13800001234 --product "Fresh milk 1 L" --batch 20261110A --price 12.90 --purchased-on {sunday} --complaint "The milk has turned before its date" --demand refund=12.90 = case
@ {monday} 10:03 li.na
classify {case} --category goods.spoiled --severity moderate --liability ours
@ {monday} 10:05 li.na
assign {case} --to zhao.wei
@ {monday} 10:06 li.na
contact {case} --by phone --note "told her that the batch is being looked at"
@ {monday} 11:10 zhao.wei
investigate {case} --statement "customer: it smelt sour at breakfast" --findings "cold shelf at 11 °C" --verdict founded --cause goods.spoiled --responsible goods
@ {monday} 11:20 zhao.wei
propose {case} --remedy refund=12.90 --remedy apology --confirm receipt-seen --reason "spoiled before its date"
@ {monday} 11:45 sun.min
approve {case}
@ {monday} 12:00 li.na
respond {case} --agreed
@ {monday} 12:05 li.na
fulfil {case} --all --voucher R-2291
@ {tuesday} 12:00 li.na
follow-up {case} --satisfaction 5 --method phone
@ {tuesday} 12:05 li.na
close {case} --lesson "the shelf alarm was off" --prevention "two readings a day"
@ {next} 10:00 boss
show {case}
report weekly --week {week}
"""  # noqa: E501  (one instruction a line)
FIRST_WORDS = "first"
NAME, OWNER = "Demo Shop", "boss:Ann Lee <boss@shop.example>"
_MISSED = 7  # `due` says so where a deadline is missed; that is how things stand, and no failure
_ID = re.compile(r"\bC-\d{8}-[0-9A-Z]{6}\b")


@verb(
    "demo",
    _("Make a register to try things on and play sample cases in it. Prints every command it runs."),
    "complaintctl demo\ncomplaintctl demo --policy optical",
)
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--policy",
    "policy_name",
    metavar="NAME",
    help=_("Play the sample cases of these rules (`complaintctl policy list`); default: one whole case."),
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    help=_("The language of the register and of its cases (default: en, of some rules their own)."),
)
@click.option("--dry-run", is_flag=True, help=_("Print the commands, make nothing."))
@pass_session
def command(
    session: Session, directory: Path | None, policy_name: str | None, language: str | None, dry_run: bool
) -> None:
    from complaintctl import founding, i18n

    script, said = _script(policy_name, language or session.settings.language)
    i18n.use(script.head["language"])
    folder = _folder(directory, dry_run)
    player = Player(script, policy_name or founding.FIRST_DEMO, folder, said, dry_run=dry_run)
    player.play(click.get_current_context().find_root().command)
    if not dry_run:
        session.say(
            _("Look around: complaintctl -C {folder} list --all").format(folder=shlex.quote(str(folder)))
        )


class Ended(NamedTuple):
    """How a command line ended: its exit code, what it printed, and why it was refused."""

    code: int
    out: str
    message: str = ""
    hint: str = ""


class Player:
    """Plays a script in a new register: prints each command line and runs it in this process."""

    def __init__(
        self, script: Script, policy: str, folder: Path, said: Mapping[str, str], *, dry_run: bool
    ) -> None:
        """`said`: the words of the script's language (`playing.said_in`)."""
        self.script, self.policy, self.folder, self.said = script, policy, folder, said
        self.language, self.dry_run = script.head["language"], dry_run
        self._papers = folder.with_name(f"{folder.name}-papers")
        self._ids: dict[str, str] = {}

    def play(self, program: click.Command) -> None:
        """All of it; BadData with file and line where a command does not end as the script says."""
        from complaintctl import founding
        from complaintctl.playing import Heading, TextFile

        head = self.script.head
        zone = founding.zone_of(self.policy, head.get("country"), head.get("timezone"))
        self._begin(program, zone)
        with contextlib.ExitStack() as stack:
            if any(isinstance(part, TextFile) for part in self.script.parts) and not self.dry_run:
                stack.enter_context(contextlib.chdir(self._made_papers()))
            for part in self.script.parts:
                if isinstance(part, Heading):
                    click.secho(f"\n# {part.text}", bold=True)
                elif isinstance(part, TextFile):
                    self._write(part)
                else:
                    self._command(program, part, zone)

    def _begin(self, program: click.Command, zone: ZoneInfo) -> None:
        """Make the register; also in a dry run, as far as that goes: it looks at the folder."""
        own = {name: self.said.get(text, text) for name, text in (("name", NAME), ("owner", OWNER))}
        options = {"policy": self.policy, "language": self.language, **own, **self.script.head}
        words = ["init", str(self.folder)]
        shown = ["init", shlex.quote(str(self.folder))]
        for name, value in options.items():
            words += [f"--{name}", value]
            shown += [f"--{name}", f'"{value}"' if " " in value else value]
        _print_command(" ".join(shown))
        at = self.script.start().replace(tzinfo=zone).isoformat()
        ended = self._run(program, ["--now", at], [*words, *(["--dry-run"] if self.dry_run else [])])
        if ended.code:
            raise RegisterState(ended.message, hint=ended.hint)
        click.echo(ended.out, nl=False)

    def _made_papers(self) -> Path:
        """The folder for the script's files, beside the register: whoever made one keeps theirs."""
        try:
            self._papers.mkdir()
        except OSError as error:
            raise RegisterState(
                _("{path} cannot be made: {why}").format(path=self._papers, why=error.strerror)
            ) from None
        return self._papers

    def _write(self, part: TextFile) -> None:
        click.secho(f"$ echo {shlex.quote(part.text)} > {part.name}", bold=True)
        if not self.dry_run:
            (self._papers / part.name).write_text(part.text + "\n", encoding="utf-8")

    def _command(self, program: click.Command, part: Command, zone: ZoneInfo) -> None:
        from complaintctl.playing import filled

        _print_command(
            f"--as {part.who} " + filled(part.text, {k: one[-6:].lower() for k, one in self._ids.items()})
        )
        if self.dry_run:
            if part.keep:
                self._ids[part.keep] = part.keep
            return
        at = part.at.replace(tzinfo=zone).isoformat()
        options = ["-C", str(self.folder), "--now", at, "--as", part.who]
        ended = self._run(program, options, [filled(word, self._ids) for word in part.words])
        click.echo(ended.out, nl=bool(ended.out) and not ended.out.endswith("\n"))
        self._judge(part, ended)
        if part.keep:
            found = _ID.search(ended.out)
            if found is None:
                raise self._broken(part, _("it prints no id that could be kept"), "")
            self._ids[part.keep] = found[0]

    def _judge(self, part: Command, ended: Ended) -> None:
        """BadData where a command did not end as it should; a refusal that was meant is printed."""
        if ended.code not in {part.expected, part.expected or _MISSED}:
            message = _("it ended with exit code {code}, not {expected}: {message}").format(
                code=ended.code, expected=part.expected, message=ended.message
            )
            raise self._broken(part, message, ended.hint)
        if part.expected:
            click.echo(
                _("(refused, exit code {code}) {message}").format(code=ended.code, message=ended.message)
            )

    def _broken(self, part: Command, message: str, hint: str) -> BadData:
        place = f"{self.script.source}:{part.line}"
        return BadData(f"{place}: {part.words[0]}: {message}", hint=hint)

    def _run(self, program: click.Command, options: list[str], words: list[str]) -> Ended:
        import io

        out, code, message, hint = io.StringIO(), 0, "", ""
        args = [*options, "--language", self.language, "--no-input", *words]
        with contextlib.redirect_stdout(out):
            try:
                program.main(args=args, prog_name="complaintctl", standalone_mode=False)
            except ComplaintctlError as error:
                problems = error.problems if isinstance(error, BadData) else ()
                code, hint = error.exit_code, error.hint
                message = "\n".join([error.message, *map(str, problems)])
            except click.ClickException as error:
                code, message = error.exit_code, error.format_message()
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 0
        return Ended(code, out.getvalue(), message, hint)


def _print_command(line: str) -> None:
    click.secho(f"$ complaintctl {line}", bold=True)


def _script(policy_name: str | None, language: str | None) -> tuple[Script, Mapping[str, str]]:
    """What is to be played, in a language (None: the script's own, else English), and its other words."""
    from complaintctl import founding, playing

    if policy_name is None:
        text, source = _dated(FIRST), "demo"
    else:
        text, path = founding.shipped_demo(policy_name)
        source = str(path)
    spoken = language or playing.parse(text, source).head.get("language", "en")
    said = playing.said_in(founding.demo_words(policy_name or FIRST_WORDS), spoken)
    script = playing.parse(playing.retold(text, said), source)
    return script._replace(head={**script.head, "language": spoken}), said


def _dated(text: str) -> str:
    """The built-in script with its days: those of the last complete week."""
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    monday = today - timedelta(days=today.weekday() + 7)
    days = {"sunday": -1, "monday": 0, "tuesday": 1, "next": 7}
    for name, after in days.items():
        text = text.replace(f"{{{name}}}", (monday + timedelta(days=after)).isoformat())
    return text.replace("{week}", "{}-W{:02d}".format(*monday.isocalendar()[:2]))


def _folder(directory: Path | None, dry_run: bool) -> Path:
    import tempfile

    if directory is not None:
        return directory.absolute()
    if dry_run:
        return Path(tempfile.gettempdir()) / "complaintctl-demo" / "shop"
    return Path(tempfile.mkdtemp(prefix="complaintctl-demo-")) / "shop"

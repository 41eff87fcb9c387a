"""The group of verbs, the global options, and how every error becomes a message and an exit code."""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import sys
from typing import Any

# Objects made from one look for garbage to the next.  This process does one thing and is gone; to look
# through what it imports, click first of all, would be a twentieth of a short command, and find nothing.
gc.set_threshold(200_000)

import click  # noqa: E402

from complaintctl import __version__, i18n  # noqa: E402
from complaintctl.commands.helping import NAMES, Helping  # noqa: E402
from complaintctl.errors import Already, BadData, ComplaintctlError  # noqa: E402
from complaintctl.i18n import N_, _  # noqa: E402

# Verbs in the order of a case's life: heading, then name -> module of complaintctl.commands.
VERBS: dict[str, dict[str, str]] = {
    N_("Set up"): {
        "init": "init", "demo": "demo", "staff": "staff", "policy": "policy", "calendar": "calendar",
        "upgrade": "upgrade", "forge": "forge", "hook": "hook",
    },
    N_("A case"): {
        "new": "new", "classify": "classify", "settle": "settle", "assign": "assign",
        "investigate": "investigate", "propose": "propose", "review": "review", "approve": "approve",
        "respond": "respond",
        "fulfil": "fulfil", "follow-up": "follow_up", "close": "close", "reopen": "reopen",
    },
    N_("Any time"): {
        "contact": "contact", "evidence": "evidence", "hold": "hold", "resume": "resume",
        "escalate": "escalate", "improve": "improve", "link": "link", "amend": "amend", "undo": "undo",
    },
    N_("Together"): {"sync": "sync", "resolve": "resolve"},
    N_("Look"): {
        "list": "list_", "show": "show", "log": "log", "due": "due", "board": "board", "report": "report",
        "check": "check", "verify": "verify", "checkpoint": "checkpoint", "form": "paper", "letter": "letter",
        "help": "help_",
    },
}  # fmt: skip
MODULES = {verb: module for group in VERBS.values() for verb, module in group.items()}


class LazyGroup(Helping, click.Group):
    """A group that imports a verb when it is used, not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in MODULES:
            return None
        with i18n.untranslated():
            module = importlib.import_module(f"complaintctl.commands.{MODULES[cmd_name]}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and name not in MODULES and not name.startswith("-"):
            import difflib

            near = difflib.get_close_matches(name, MODULES, n=3)
            hint = _(" Did you mean {near}?").format(near=_(" or ").join(near)) if near else ""
            raise click.UsageError(_("There is no verb {name}.").format(name=repr(name[:40])) + hint, ctx)
        return super().resolve_command(ctx, args)

    def collect_usage_pieces(self, _ctx: click.Context) -> list[str]:
        return [_("[OPTIONS]"), _("COMMAND [ARGS]...")]

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write(_("Usage: complaintctl [OPTIONS] VERB …\n\n"))
        formatter.write(
            _("A complaint register as plain files under git: one case a file, one step a commit.\n\n")
        )
        for heading, verbs in VERBS.items():
            formatter.write(_wrapped(_(heading), verbs))
        formatter.write("\n")
        for option, text in _OPTIONS:
            formatter.write(f"  {option:<19} {_(text)}\n")
        formatter.write(_("\n`complaintctl VERB -h` explains a verb; `complaintctl help` lists topics.\n"))


_OPTIONS = (
    ("-C DIR", N_("the register (default: found upwards from here)")),
    ("--as STAFF", N_("who acts (default: the person with git's user.email)")),
    ("--now TIME", N_("the clock: ISO 8601 with offset")),
    ("--language TAG", N_("en, zh-CN, es (default: the register's, else the system's)")),
    ("--no-input", N_("ask nothing")),
    ("-q, -v, --color W", N_("quiet, verbose; colour auto, always or never")),
    ("-V, -h", N_("version, this help")),
)


_HEADING = 10  # columns


def _width(text: str) -> int:
    """The columns of a short text; the module that counts Chinese ones is loaded where there are any."""
    if text.isascii():
        return len(text)
    from complaintctl.cells import width

    return width(text)


def _wrapped(heading: str, verbs: dict[str, str]) -> str:
    lines, line = [], heading + " " * (_HEADING - _width(heading))
    for verb in verbs:
        if len(line) + len(verb) + 2 > 78:
            lines.append(line.rstrip())
            line = " " * _HEADING
        line += verb + "  "
    return "\n".join([*lines, line.rstrip()]) + "\n"


def _instant(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    from complaintctl import times

    try:
        seconds = times.epoch(value)
        known = times.in_reach(times.utc(seconds).year)
    except (ValueError, OverflowError, OSError):
        raise click.BadParameter(_("an instant such as 2026-11-22T10:15:00+08:00, with its offset")) from None
    if not known:
        raise click.BadParameter(
            _("an instant of the years {first} to {last}").format(
                first=times.FIRST_YEAR, last=times.LAST_YEAR
            )
        )
    return seconds


def _version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"complaintctl {__version__}")
        ctx.exit()


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": NAMES})
@click.option("-C", "directory", metavar="DIR", envvar="COMPLAINTCTL_REGISTER")
@click.option("--as", "acting", metavar="STAFF", envvar="COMPLAINTCTL_AS")
@click.option("--now", metavar="TIME", envvar="COMPLAINTCTL_NOW", callback=_instant)
@click.option("--language", type=click.Choice(i18n.LANGUAGES), envvar="COMPLAINTCTL_LANGUAGE", metavar="TAG")
@click.option("-q", "--quiet", is_flag=True)
@click.option("-v", "--verbose", is_flag=True)
@click.option("--color", "--colour", type=click.Choice(["auto", "always", "never"]), default="auto")
@click.option("--no-input", is_flag=True)
@click.option("-V", "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version)
@click.pass_context
def cli(ctx: click.Context, /, **options: Any) -> None:
    """A complaint register as plain files under git."""
    from complaintctl.commands.session import Session

    colour = {"always": True, "never": False, "auto": None}[options["color"]]
    if colour is None and os.environ.get("NO_COLOR"):
        colour = False
    elif colour is None and os.environ.get("FORCE_COLOR"):
        colour = True
    ctx.color = colour
    ctx.obj = Session(options)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main(args: list[str] | None = None) -> int:
    """Run a command line and return its exit code; never a traceback for anything foreseeable."""
    _open_streams()
    words = sys.argv[1:] if args is None else args
    i18n.use(i18n.early(words, os.environ))
    try:
        _check_words(words)
        result = cli.main(args=list(words), prog_name="complaintctl", standalone_mode=False)
        sys.stdout.flush()
    except BaseException as end:
        code = _ended_by(end)
        if code is None:
            raise
        return code
    return result if isinstance(result, int) else 0


def _open_streams() -> None:
    """Streams that can say everything: what an encoding lacks is escaped, what is closed leads nowhere."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _check_words(words: list[str]) -> None:
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            raise BadData(_("An argument is not UTF-8 text.")) from None


def _ended_by(end: BaseException) -> int | None:
    """Say on stderr why a command ended; its exit code, None for what nobody foresaw."""
    code: int | None = None
    match end:
        case ComplaintctlError():
            code = _explain(end)
        case click.exceptions.Exit():
            code = end.exit_code
        case click.ClickException():
            _show(end)
            code = end.exit_code
        case KeyboardInterrupt() | click.Abort() | EOFError():
            if sys.stderr is not None and sys.stderr.isatty():
                _complain("")  # not behind the question
            _complain(_("Interrupted; nothing is half done."))
            code = 130
        case SystemExit():
            code = _exited(end)
        case OSError():
            code = _failed(end)
    return code


def _show(error: click.ClickException) -> None:
    """What click says; behind a name it glues a full stop that Chinese writes otherwise."""
    if i18n.language().startswith("zh") and isinstance(error, click.MissingParameter):
        error = click.UsageError(error.format_message().rstrip(".") + "。", error.ctx)
    error.show()


def _exited(end: SystemExit) -> int:
    if type(sys.stdout).__name__.endswith("PacifyFlushWrapper"):  # click's sign of a closed pipe
        _to_nowhere()
        return 0
    return end.code if isinstance(end.code, int) else 0


def _failed(error: OSError) -> int:
    if isinstance(error, BrokenPipeError):
        _to_nowhere()
        return 0
    _complain(_("Error: {what}").format(what=error.strerror or type(error).__name__))
    _to_nowhere()
    return 5


def _explain(error: ComplaintctlError) -> int:
    if isinstance(error, Already):
        _complain(error.message)
        return 0
    _complain(_("Error: {message}").format(message=error.message))
    if isinstance(error, BadData):
        for problem in error.problems:
            _complain(str(problem))
    if error.hint:
        _complain(_("Try:   {hint}").format(hint=error.hint))
    return error.exit_code


def _complain(text: str) -> None:
    try:
        click.echo(text, err=True)
    except OSError:
        _to_nowhere()


def _to_nowhere() -> None:
    """Nobody reads any more: the interpreter's last flush must not fail."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(devnull, stream.fileno())
        except (OSError, ValueError):
            continue


def run() -> None:
    """The console script: a process that does, says and is gone.

    Taking the interpreter to pieces object by object would be a tenth of a short
    command.  What was left for the exit is done; files are closed and synced where
    they are written.
    """
    code = main()
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # `main` has flushed and explained already; this is what was said after it
        code = code or 5
    os._exit(code)

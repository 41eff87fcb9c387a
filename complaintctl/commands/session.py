"""What every verb has at hand: the global options, the open register, how to talk and how to end a step."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import click

from complaintctl.commands.helping import EXAMPLE, NAMES, Helping
from complaintctl.errors import ComplaintctlError
from complaintctl.i18n import _

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.recording import Outcome
    from complaintctl.register import Register, Settings
    from complaintctl.workflow import Context

F = TypeVar("F", bound=Callable[..., Any])


class Session:
    """One command line: its global options and, once somebody asks for it, the open register."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options
        self.quiet: bool = options["quiet"]
        self.verbose: bool = options["verbose"]
        self._guided = False

    @cached_property
    def settings(self) -> Settings:
        """The global options as the register wants them."""
        from pathlib import Path

        from complaintctl.register import Settings

        return Settings(
            start=Path(self.options["directory"] or ".").absolute(),
            acting=self.options["acting"],
            now=self.options["now"],
            language=self.options["language"],
            progress=self._progress if self.talks else None,
            asks=self.asks,
        )

    @cached_property
    def register(self) -> Register:
        """The register at or above the chosen folder."""
        from complaintctl import i18n
        from complaintctl.register import Register

        register = Register.open(self.settings)
        i18n.use(register.language)
        if self.verbose:
            name, version = register.documents.in_force
            self.say(
                _("register {path} at commit {commit}, rules {name} {version}, now {now}").format(
                    path=register.repository.root,
                    commit=register.head[:10],
                    name=name,
                    version=version,
                    now=register.at,
                )
            )
        return register

    @property
    def talks(self) -> bool:
        """Whether somebody sits at a terminal and reads along."""
        return sys.stderr.isatty() and not self.quiet

    @property
    def asks(self) -> bool:
        """Whether questions may be asked."""
        return sys.stdin.isatty() and sys.stderr.isatty() and not self.options["no_input"]

    @property
    def width(self) -> int:
        """The columns of the terminal that standard output goes to; 0 where it goes somewhere else."""
        if not sys.stdout.isatty():
            return 0
        import shutil

        return shutil.get_terminal_size().columns

    def say(self, text: str) -> None:
        """Talk, on stderr, unless `-q`."""
        if not self.quiet:
            click.echo(text, err=True)

    def tell(self, text: str) -> None:
        """Talk only to somebody at a terminal."""
        if self.talks:
            click.echo(text, err=True)

    def warn(self, text: str) -> None:
        """A warning is said even with `-q`."""
        click.echo(_("Warning: {text}").format(text=text), err=True)

    def pass_on(self) -> None:
        """Say what the repository warns of, each once."""
        if "register" not in vars(self):
            return
        warnings = self.register.repository.warnings
        for text in dict.fromkeys(warnings):
            self.warn(text)
        warnings.clear()

    def _progress(self, done: int, total: int) -> None:
        if total < 2000:
            return
        end = "\n" if done >= total else ""
        click.echo("\r" + _("reading cases") + f" {done}/{total}{end}", nl=False, err=True)

    def finish(self, verb: str, outcome: Outcome, *, as_json: bool = False) -> None:
        """Say what a step did: one line (or the case), then what may come next.

        The step is recorded by now, so nothing that goes wrong with printing counts.
        """
        with self.recorded():
            self._finish(verb, outcome, as_json)

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """What is printed once a change is committed: whatever goes wrong with it, the exit code stays 0."""
        try:
            self.pass_on()
            yield
        except OSError:
            silence()
        except ComplaintctlError as error:
            self._not_shown(error.message)
        except Exception as error:  # noqa: BLE001  (the change is in git; a fault of printing must not deny it)
            self._not_shown(type(error).__name__)

    def _not_shown(self, why: str) -> None:
        try:
            self.warn(_("recorded, but not shown: {why}").format(why=why))
        except OSError:
            silence()

    def done(self, text: str) -> None:
        """Say on stderr that a change is committed (`recorded`)."""
        with self.recorded():
            self.say(text)

    def listed(self, paths: Iterable[str], commit: str, done: str, nothing: str) -> None:
        """Print the files that a change of the register's own documents wrote, and say what became of it.

        `done`, with {commit}, is said of a commit, `nothing` where there was nothing to change.
        """
        found = list(paths)
        for path in found:
            click.echo(path)
        idle = _("(dry run: nothing was recorded)") if found else nothing
        self.say(done.format(commit=commit[:10]) if commit else idle)

    def guide(self) -> None:
        """On a terminal, once: how to treat the customer at this step, as the policy has it (S1b-12)."""
        if self._guided or not self.talks:
            return
        self._guided = True
        from complaintctl.labels import text

        here = click.get_current_context().info_name
        for entry in self.register.policy.get("conduct", ()):
            if here in entry["steps"]:
                click.echo("· " + text(entry["label"], self.register.language), err=True)

    def _finish(self, verb: str, outcome: Outcome, as_json: bool) -> None:
        case = outcome.case
        if as_json:
            from complaintctl.commands.show import case_document, dump

            click.echo(dump(case_document(self.register, case)))
        else:
            commit = outcome.commit[:10] or _("(dry run: nothing was recorded)")
            click.echo(f"{self.named(verb)} {case['id']} {self.change(outcome)} {commit}")
        if verb in {"classify", "settle"}:
            self._say_notes(case)
        if self.talks:
            self.say(self.next_line(case))

    def named(self, verb: str) -> str:
        """A verb: in words on a terminal, as it is typed elsewhere."""
        from complaintctl.labels import name_of

        if not sys.stdout.isatty():
            return verb
        return name_of(self.register.policy, "steps", verb, self.register.language)

    def change(self, outcome: Outcome) -> str:
        """The state of the case before a step and after it: in words on a terminal, as ids elsewhere."""
        from complaintctl.labels import name_of

        states = [str(outcome.before), outcome.case["state"]]
        if sys.stdout.isatty():
            states = [name_of(self.register.policy, "states", one, self.register.language) for one in states]
        return " → ".join(states)

    def _say_notes(self, case: Case) -> None:
        """What the policy wants done at once for the flags of a case (S0-7)."""
        from complaintctl.cells import told
        from complaintctl.labels import text

        language = self.register.language
        for flag in case.get("classification", {}).get("flags", ()):
            entry = self.register.policy["flags"].get(flag)
            if entry and "note" in entry:
                self.say(told(text(entry["label"], language), text(entry["note"], language)))

    def next_line(self, case: Case) -> str:
        """What may come next and who may do it, in one line."""
        from complaintctl.commands.show import next_steps

        steps = next_steps(self.register, case)
        if not steps:
            return _("Next: nothing; the case is closed.")
        from complaintctl.cells import aside, listed

        parts = [aside(verb, listed(who[:4]) + (" …" if len(who) > 4 else "")) for verb, who in steps if who]
        return _("Next: {steps}").format(steps=" · ".join(parts))

    def ready(self, verb: str, case_id: str) -> None:
        """Before the first question on a terminal: refuse a step that no answer could make possible."""
        if not self.asks:
            return
        from complaintctl import proposals, recording
        from complaintctl.steps.beforehand import require_open

        proposals.require_free(self.register, verb, case_id)
        case = self.register.case(case_id)
        require_open(verb, case, recording.context(self.register, case))

    def step(
        self,
        verb: str,
        case_id: str,
        change: Callable[[Case, Context], Case],
        *,
        dry_run: bool,
        as_json: bool,
    ) -> Case:
        """Record one step and say so; the case as it is then."""
        from complaintctl import recording

        outcome = recording.record(self.register, verb, case_id, change, dry_run=dry_run)
        self.finish(verb, outcome, as_json=as_json)
        return outcome.case


def silence() -> None:
    """Nobody reads any more: let the interpreter's last flush go nowhere."""
    import os

    devnull = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(devnull, stream.fileno())


pass_session = click.make_pass_decorator(Session)


def complete_case(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """The case ids that the verb accepts and that hold what was typed so far."""
    from complaintctl.commands.completion import case_ids

    return case_ids(ctx, incomplete)


def case_argument(function: F) -> F:
    """The one positional argument of most verbs: the case, by any unambiguous part of its id."""
    return click.argument("case_id", metavar="ID", shell_complete=complete_case)(function)


def step_options(function: F) -> F:
    """What every writing verb takes."""
    function = click.option("--json", "as_json", is_flag=True, help=_("Print the case as JSON."))(function)
    return click.option(
        "--dry-run", is_flag=True, help=_("Check everything, change nothing; same exit code.")
    )(function)


def format_option(*forms: str, text: str) -> Callable[[F], F]:
    """`--format`: how it is printed; the first of the forms is the default, which `text` says."""
    return click.option("--format", "form", type=click.Choice(forms), default=forms[0], help=text)


def json_option(function: F) -> F:
    """`--json` of a verb that has `--format`."""
    return click.option("--json", "as_json", is_flag=True, help=_("Short for --format json."))(function)


def verb(name: str, summary: str, example: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A command with its help in the house's form: what it does, then an example."""
    epilog = "\b\n" + EXAMPLE + "\n" + "\n".join(f"  {line}" for line in example.splitlines())
    return click.command(
        name, cls=Helping, help=summary, epilog=epilog, context_settings={"help_option_names": NAMES}
    )


__all__ = [
    "Session",
    "case_argument",
    "complete_case",
    "format_option",
    "json_option",
    "pass_session",
    "step_options",
    "verb",
]

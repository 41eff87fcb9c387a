"""How verbs explain themselves: an option for it, and every text in the language that is spoken."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from complaintctl.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAMES = ["-h", "--help"]
EXAMPLE = N_("Example:")
USAGE = (N_("[OPTIONS]"), N_("COMMAND [ARGS]..."))  # what click writes in English after a command


class _Formatter(click.HelpFormatter):
    """Click's, with the colons of the language that is spoken."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix if prefix is not None else _colon(_("Usage:")))

    def write_heading(self, heading: str) -> None:
        said = _("{name}: {text}").format(name=heading, text="").rstrip()
        self.write(f"{'':>{self.current_indent}}{said}\n")


def _colon(word: str) -> str:
    """A word with its colon, and a blank where the colon has none in it."""
    return word if word.endswith("：") else f"{word} "


class _Context(click.Context):
    formatter_class = _Formatter


class Helping(click.Command):
    """A command with the option `-h`; click's own asks the system's locale for a sentence seldom read.

    Its texts are those of the source, translated only while they are shown.
    """

    context_class = _Context
    _helps: click.Option | None = None

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        if self._helps is None:
            self._helps = click.Option(
                NAMES, is_flag=True, is_eager=True, expose_value=False, callback=_show,
                help=N_("Show this message and exit."),
            )  # fmt: skip
        return self._helps

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [_(piece) for piece in super().collect_usage_pieces(ctx)]

    def get_help(self, ctx: click.Context) -> str:
        with _translated(self, ctx):
            return super().get_help(ctx)


class HelpingGroup(Helping, click.Group):
    """A group of such commands."""

    command_class = Helping


def group(name: str, **about: Any) -> Callable[[Callable[..., Any]], HelpingGroup]:
    """`click.group` of such commands."""
    return click.group(name, cls=HelpingGroup, **about)


def command(name: str, **about: Any) -> Callable[[Callable[..., Any]], Helping]:
    """`click.command` that is one of them."""
    return click.command(name, cls=Helping, **about)


@contextmanager
def _translated(shown: click.Command, ctx: click.Context) -> Iterator[None]:
    """The texts of a command, and of those below it, in the language that is spoken, while they are shown."""
    below = shown.commands.values() if isinstance(shown, click.Group) else ()
    texts: list[tuple[Any, str]] = [
        (one, name) for one in (shown, *below) for name in ("help", "short_help", "epilog")
    ]
    texts += [(param, "help") for param in shown.get_params(ctx)]
    sources = [(part, name, source) for part, name in texts if (source := getattr(part, name, None))]
    try:
        for part, name, source in sources:
            setattr(part, name, _epilog(source) if name == "epilog" else _(source))
        yield
    finally:
        for part, name, source in sources:
            setattr(part, name, source)


def _epilog(source: str) -> str:
    """What stands below the options: the example, whose words are translated without their indent."""
    head, word, example = source.partition(EXAMPLE)
    if not word:
        return source
    lines = "\n".join(line.removeprefix("  ") for line in example.strip("\n").split("\n"))
    told = "\n".join(f"  {line}" for line in (_(lines) if lines else "").split("\n"))
    return f"{head}{_(word)}\n{told}"


def _show(ctx: click.Context, _param: click.Parameter, wanted: Any) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()

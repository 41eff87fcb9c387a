"""How verbs explain themselves: an option for it, and every text in the language that is spoken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from complaintctl.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ["-h", "--help"]
EXAMPLE = N_("Example:")


class Helping(click.Command):
    """A command with the option `-h`; click's own asks the system's locale for a sentence seldom read.

    Its texts are those of the source until they are shown.
    """

    _helps: click.Option | None = None

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        if self._helps is None:
            self._helps = click.Option(
                NAMES, is_flag=True, is_eager=True, expose_value=False, callback=_show,
                help=N_("Show this message and exit."),
            )  # fmt: skip
        return self._helps

    def get_help(self, ctx: click.Context) -> str:
        _translate(self, ctx)
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


def _translate(shown: click.Command, ctx: click.Context) -> None:
    """Put the texts of a command, and of those below it, into the language that is spoken now."""
    below = list(shown.commands.values()) if isinstance(shown, click.Group) else []
    for one in (shown, *below):
        for name in ("help", "short_help", "epilog"):
            _put(one, name)
    for param in shown.get_params(ctx):
        _put(param, "help")


def _put(part: Any, name: str) -> None:
    sources = part.__dict__.setdefault("_sources", {})
    source = sources.setdefault(name, getattr(part, name, None))
    if not source:
        return
    if name == "epilog":
        head, word, example = source.partition(EXAMPLE)
        lines = "\n".join(line.removeprefix("  ") for line in example.strip("\n").split("\n"))
        told = "\n".join(f"  {line}" for line in (_(lines) if lines else "").split("\n"))
        setattr(part, name, f"{head}{_(word)}\n{told}" if word else source)
    else:
        setattr(part, name, _(source))


def _show(ctx: click.Context, _param: click.Parameter, wanted: Any) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()

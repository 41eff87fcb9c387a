"""The option that explains a verb, in words of our own."""

from __future__ import annotations

from typing import Any

import click

from complaintctl.i18n import _

NAMES = ["-h", "--help"]


class Helping(click.Command):
    """A command with the option `-h`; click's own asks the system's locale for a sentence seldom read."""

    _helps: click.Option | None = None

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        if self._helps is None:
            self._helps = click.Option(
                NAMES, is_flag=True, is_eager=True, expose_value=False, callback=_show,
                help=_("Show this message and exit."),
            )  # fmt: skip
        return self._helps


def _show(ctx: click.Context, _param: click.Parameter, wanted: Any) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()

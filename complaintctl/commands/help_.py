"""`help`: topics that concern no single verb, and the help of a verb."""

from __future__ import annotations

import click

from complaintctl.commands import helping
from complaintctl.commands.session import pass_session
from complaintctl.errors import Usage
from complaintctl.i18n import _


@helping.command(
    "help",
    help=_("Explain a topic or a verb: workflow, exit-codes, environment, formats, policies, review."),
    epilog="\b\n" + helping.EXAMPLE + "\n  complaintctl help workflow",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.argument("topic", required=False)
@click.option("--mermaid", is_flag=True, help=_("The workflow as a Mermaid diagram."))
@pass_session
def command(_session: object, topic: str | None, mermaid: bool) -> None:
    from complaintctl import topics

    if topic is None:
        for name in topics.TOPICS:
            click.echo(f"  {name:<13}{topics.summary(name)}")
        return
    if topic == "workflow":
        click.echo(topics.mermaid() if mermaid else topics.workflow())
        return
    if topic in topics.TOPICS:
        click.echo(topics.text(topic))
        return
    here = click.get_current_context()
    program = here.find_root().command
    verb = program.get_command(here, topic) if isinstance(program, click.Group) else None
    if verb is not None:
        with click.Context(verb, info_name=f"complaintctl {topic}") as ctx:
            click.echo(verb.get_help(ctx))
        return
    raise Usage(_("There is no topic of that name."), hint=", ".join(topics.TOPICS))

"""`policy diff` and `policy try`: rule sets compared in words, and what others would have changed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from complaintctl.commands import helping
from complaintctl.commands.session import Session, format_option, json_option, pass_session
from complaintctl.errors import BadData, Usage
from complaintctl.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from complaintctl.commands.rulesets import Rules
    from complaintctl.differences import Difference, Outcome
    from complaintctl.entrydiff import Change


@helping.command(
    "diff",
    help=_(
        "What differs between two rule sets, in words. A and B: a name, NAME-VERSION of an earlier version,"
        " or a file. Default: what you have edited, compared with what is in force."
    ),
    epilog="\b\n"
    + helping.EXAMPLE
    + "\n  complaintctl policy diff supermarket-1\n  complaintctl policy diff a.yaml b.yaml",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.argument("first", metavar="[A]", required=False)
@click.argument("second", metavar="[B]", required=False)
@click.option("--full", is_flag=True, help=_("List changed labels and texts too, instead of counting them."))
@format_option("text", "markdown", "json", text=_("Default: text."))
@json_option
@pass_session
def diff(
    session: Session, /, first: str | None, second: str | None, full: bool, form: str, as_json: bool
) -> None:
    from complaintctl import policydiff, render
    from complaintctl.commands import rulesets
    from complaintctl.commands.show import dump

    one = rulesets.in_force(session) if first is None else rulesets.find(session, first)
    other = rulesets.edited(session) if second is None else rulesets.find(session, second)
    found = policydiff.changes(one.policy, other.policy, rulesets.language_of(session))
    if as_json or form == "json":
        sides = {side: _side(rules) for side, rules in (("old", one), ("new", other))}
        click.echo(
            dump({**sides, "counts": policydiff.counts(found), "changes": [c._asdict() for c in found]})
        )
        return
    for line in _difference(one, other, found, full=full, markdown=form == "markdown"):
        click.echo(render.safe(line))
    if not found:
        session.say(_("The two rule sets say the same."))


def _side(rules: Rules) -> dict[str, str]:
    return {"name": rules.policy["name"], "version": rules.policy["version"], "source": rules.source}


def _difference(
    one: Rules, other: Rules, found: Sequence[Change], *, full: bool, markdown: bool
) -> list[str]:
    """The changes as lines; labels are counted unless `full`."""
    from complaintctl import cells

    labels = [change for change in found if change.kind == "label"]
    told = found if full else [change for change in found if change.kind != "label"]
    lines = [cells.markdown(change.text) if markdown else change.text for change in told]
    if labels and not full:
        more = ngettext(
            "{count} text for people is another (--full lists it).",
            "{count} texts for people are others (--full lists them).",
            len(labels),
        )
        lines.append(more.format(count=len(labels)))
    if not markdown:
        return lines
    title = _("Rules: {old} → {new}").format(old=one.source, new=other.source)
    return [f"## {cells.markdown(title)}", "", *(f"- {line}" for line in lines)]


@helping.command(
    "try",
    help=_(
        "What would have come out differently: the committed cases under other rules (a file, a name or"
        " NAME-VERSION), compared with those that each was received under. Nothing is written."
    ),
    epilog="\b\n"
    + helping.EXAMPLE
    + "\n  complaintctl policy try policies/supermarket.yaml --since 2026-11-01",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.argument("file", metavar="FILE")
@click.option("--since", metavar="DATE", help=_("Only cases received from this day on."))
@format_option("table", "json", text=_("Default: table."))
@json_option
@pass_session
def try_(session: Session, /, file: str, since: str | None, form: str, as_json: bool) -> None:
    from complaintctl.commands import rulesets
    from complaintctl.commands.list_ import unreadable

    rules = rulesets.find(session, file)
    _require_sound(rules)
    outcome = _replayed(session, rules, _midnight(session, since))
    if as_json or form == "json":
        _print_json(rules, outcome)
    else:
        _print_table(session, outcome)
    sys.exit(unreadable(session))


def _require_sound(rules: Rules) -> None:
    """BadData with everything that is wrong with rules that are to be tried."""
    from complaintctl.policyproblems import policy_problems

    problems = policy_problems(rules.policy, rules.source, rules.lines)
    if problems:
        raise BadData(_("{path} breaks the rules for rules.").format(path=rules.source), problems)


def _midnight(session: Session, since: str | None) -> int:
    """The instant at which a day begins, in the register's zone."""
    from datetime import date, datetime

    from complaintctl.commands.values import narrow

    if since is None:
        return 0
    try:
        day = date.fromisoformat(narrow(since))
    except ValueError:
        raise Usage(_("--since is a day such as 2026-11-01.")) from None
    return int(datetime(day.year, day.month, day.day, tzinfo=session.register.zone).timestamp())


def _replayed(session: Session, rules: Rules, since: int) -> Outcome:
    from complaintctl import whatif
    from complaintctl.commands.replay import Cases

    register = session.register
    cases = Cases(register)
    replay = whatif.Replay(
        rules.policy, register.pinned, register.calendar, register.zone, register.now, register.language
    )
    return replay.run(cases, since, register.index.grants())


def _print_json(rules: Rules, outcome: Outcome) -> None:
    from complaintctl.commands.show import dump

    click.echo(
        dump(
            {
                "policy": _side(rules),
                "cases": outcome.cases,
                "affected": outcome.affected,
                "counts": outcome.counts,
                "changes": [
                    {"kind": kind, "change": change, "cases": count}
                    for kind, change, count in outcome.changes
                ],
                "differences": [one._asdict() for one in outcome.differences],
            }
        )
    )


def _print_table(session: Session, outcome: Outcome) -> None:
    """The counts, then one line per case and difference."""
    from complaintctl import differences, render

    names = differences.kinds()
    if not outcome.differences:
        session.say(_("{cases} cases; nothing would have come out differently.").format(cases=outcome.cases))
        return
    click.echo(
        _("{affected} of {cases} cases would have come out differently.").format(
            affected=outcome.affected, cases=outcome.cases
        )
    )
    changes = [[names[kind], change, count] for kind, change, count in outcome.changes]
    click.echo(render.table([_("what"), _("change"), _("cases")], changes), nl=False)
    click.echo()
    click.echo(render.table(_heads(), [_line(one, names) for one in outcome.differences]), nl=False)


def _heads() -> list[str]:
    return [_("case"), _("what"), _("which"), _("as it was"), _("under these rules")]


def _line(one: Difference, names: dict[str, str]) -> list[Any]:
    return [one.case, names[one.kind], one.what, one.was, one.would]

"""The formats of a report: what makes the text of each, and how the last checkpoint is put into it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from complaintctl import SHORT, __version__
from complaintctl.errors import Usage
from complaintctl.i18n import _, ngettext
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from complaintctl.checkpoints import Checkpoint
    from complaintctl.commands.reporting import Asked
    from complaintctl.documents import Documents
    from complaintctl.report import Report

_MARK = "<!-- checkpoint -->"  # where the last checkpoint goes into a page; text from outside is escaped
Last = tuple["Checkpoint", int]  # the last checkpoint, and how many commits are not anchored since


class Counted(NamedTuple):
    """A report that was counted, and what its text needs besides."""

    report: Report
    asked: Asked
    only: str | None  # one table
    documents: Documents
    commit: str
    unreadable: Sequence[str]


class Format(NamedTuple):
    """One format: `made` turns a report into text, `anchored` puts the last checkpoint in."""

    made: Callable[[Counted], str]
    anchored: Callable[[str, Last | None], str]
    paged: bool = False  # of a whole week or month only, with the tables that only the page asks for


def _rendered(counted: Counted) -> str:
    """Tables as text."""
    from complaintctl import render

    return render.render(
        counted.report,
        counted.asked.form,
        counted.asked.language,
        counted.only,
        commit=counted.commit,
        version=__version__,
        unreadable=counted.unreadable,
        width=counted.asked.width,
        name_of=namer(counted.documents, counted.asked.language),
    )


def namer(documents: Documents, language: str) -> Callable[[str, str], str]:
    """What tells the name of an id, by its kind: a key of the policy in force, ``levels`` or ``staff``."""
    from complaintctl import labels

    policy, _sha256 = documents.policy(*documents.in_force)
    levels = {str(one["level"]): labels.text(one["label"], language) for one in policy["levels"]}
    own = {"staff": {person["id"]: person["name"] for person in documents.staff}, "levels": levels}

    def name_of(kind: str, ident: str) -> str:
        return own[kind].get(ident, ident) if kind in own else labels.name_of(policy, kind, ident, language)

    return name_of


def _packed(counted: Counted) -> str:
    """What tables in files are made of later (`commands.tabling`)."""
    from complaintctl.report.packing import packed

    names = [counted.only] if counted.only else list(counted.report.tables)
    return packed(counted.report, names)


def _page(counted: Counted) -> str:
    """One page of HTML."""
    from complaintctl import casefiles, page

    asked, documents = counted.asked, counted.documents
    facts = page.Facts(
        documents.settings["name"],
        namer(documents, asked.language),
        asked.base,
        casefiles.path_of,
        counted.commit,
        __version__,
        command(counted),
        _MARK,
        counted.unreadable,
    )
    return page.page(counted.report, facts)


def command(counted: Counted) -> str:
    """The command line that makes the same report again, whatever was recorded meanwhile."""
    from complaintctl import times

    asked, report = counted.asked, counted.report
    words = ["complaintctl", "--now", times.iso(report.as_at, report.zone)]
    if asked.language != counted.documents.settings["language"]:
        words += ["--language", asked.language]
    words += ["report", asked.name, "--week" if "W" in asked.period else "--month", asked.period]
    if asked.volume is not None:
        words += ["--volume", str(asked.volume)]
    for what in asked.by:
        words += ["--by", what]
    return " ".join([*words, "--format", asked.form, "--at", counted.commit[:SHORT]])


# -- the last checkpoint


def _told(last: Last) -> tuple[str, str]:
    """A checkpoint in words, and how much is not anchored since."""
    checkpoint, since = last
    line = checkpoint.line
    words = _("{name} by {who}: n={n} cases={cases} tip={tip} sha256={sha256}").format(
        name=checkpoint.name, who=line.by, n=line.n, cases=line.cases, tip=line.tip, sha256=line.sha256
    )
    more = ngettext(
        "{count} commit since is not anchored.", "{count} commits since are not anchored.", since
    ).format(count=since)
    return words, more


def _below(text: str, last: Last | None) -> str:
    """At the end of a text."""
    if last is None:
        return text
    words, more = _told(last)
    return f"{text}\n{words}\n{more}\n"


def _in_json(text: str, last: Last | None) -> str:
    from complaintctl import checkpoints
    from complaintctl.cells import json_safe

    document: Any = json.dumps(checkpoints.told(*last) if last else None, ensure_ascii=False)
    return text.replace('\n  "tables": {', f'\n  "checkpoint": {json_safe(document)},\n  "tables": {{', 1)


def _in_page(text: str, last: Last | None) -> str:
    """In the foot of the page."""
    from complaintctl.cells import hypertext

    words = " ".join(_told(last)) if last else _("No checkpoint was made yet.")
    return text.replace(_MARK, f"<p>{hypertext(words)}</p>", 1)


def _nowhere(text: str, _last: Last | None) -> str:
    return text


FORMATS = {
    "table": Format(_rendered, _below),
    "markdown": Format(_rendered, _below),
    "csv": Format(_rendered, _nowhere),
    "json": Format(_rendered, _in_json),
    "xlsx": Format(_packed, _nowhere),
    "html": Format(_page, _in_page, paged=True),
}
PLAIN = tuple(name for name, one in FORMATS.items() if not one.paged)


def check(asked: Asked, tables: Sequence[str], only: str | None) -> None:
    """Whether a report of these tables can be had like that; Usage where it cannot."""
    if FORMATS[asked.form].paged and only:
        raise Usage(_("A page has all tables: leave --table out."), hint=", ".join(PLAIN))
    if asked.form == "csv" and not only:
        raise Usage(
            _("CSV is one table: --table NAME, or all of them in a folder: --output DIR."),
            hint=", ".join(tables),
        )
    if only and only not in tables:
        raise Usage(_("This report has no table of that name."), hint=", ".join(tables))

"""A report as one page of HTML that needs nothing else: no script, no request, readable on paper (S1c-5).

It is for whoever reads on Monday morning, so it has names instead of ids, and
of long tables the beginning.  No customer stands in it but by a number.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from complaintctl import cells, spoken, times, webpage
from complaintctl.charts import HALF, Bar, Series, bars, columns, said, sentences
from complaintctl.i18n import _, ngettext, pgettext
from complaintctl.pageparts import (
    Facts,
    Scene,
    balance,
    beside,
    figure,
    grid,
    nothing,
    section,
    tag,
    text,
    tiles,
)
from complaintctl.report.breakdown import PREFIX
from complaintctl.report.tables import rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from complaintctl.report import Report

__all__ = ["Facts", "page"]

_FIRST = (
    "received", "closed", "open_end", "on_time_rate", "satisfaction_rate", "redress_paid",
    "first_response_median", "time_to_close_median",
)  # fmt: skip


def page(report: Report, facts: Facts) -> str:
    """The page of a report that `report.onpage.paged` made; the text ends with a newline."""
    scene = Scene(report, facts)
    parts = list(_parts(scene))
    heading = cells.told(facts.place, _title(report)) if facts.place else _title(report)
    body = [
        tag("header", text(heading, "h1") + "".join(_told(report)) + "".join(_notices(scene))),
        tag("nav", tag("ul", "".join(_entry(*one[:2]) for one in parts)), **{"aria-label": _("Contents")}),
        tag("main", "\n" + "".join(section(*one) for one in parts)),
        _footer(scene),
    ]
    return webpage.document(heading, scene.language, "", "\n".join(body))


def _title(report: Report) -> str:
    return _("Complaints {period}").format(period=report.period)


def _told(report: Report) -> Iterator[str]:
    """What the page is about: the days, as at when, and who draws it up (S1c-5)."""
    yield text(
        _("{first} to {last}, as at {as_at}").format(
            first=spoken.day(times.iso(report.start, report.zone), report.language),
            last=spoken.day(times.iso(report.end - 1, report.zone), report.language),
            as_at=_as_at(report),
        )
        + (_(", drawn up by {owner}").format(owner=report.owner[1]) if report.owner else "")
    )


def _as_at(report: Report) -> str:
    """The instant of the figures in words; of midnight the day at whose end it is."""
    whole = times.iso(report.as_at, report.zone)[11:19] == "00:00:00"
    return spoken.due(report.as_at, report.zone, report.language, whole_days=whole)


def _notices(scene: Scene) -> Iterator[str]:
    """What a reader must know before the figures."""
    report, missing = scene.report, scene.facts.unreadable
    if report.as_at < report.end:
        yield text(_("The period is not over yet: the figures are those so far."), cls="notice")
    if missing:
        words = ngettext(
            "{count} case cannot be read and is missing here: {names}",
            "{count} cases cannot be read and are missing here: {names}",
            len(missing),
        )
        yield text(words.format(count=len(missing), names=", ".join(missing)), cls="notice")


def _entry(ident: str, title: str) -> str:
    return tag("li", text(title, "a", href=f"#{ident}"))


def _parts(scene: Scene) -> Iterator[tuple[str, ...]]:
    """The parts in their order: id, title and what is in it."""
    titled = {name: one.title for name, one in scene.report.tables.items()}
    yield "headline", titled["headline"], tiles(scene, _FIRST), balance(scene)
    for name in (name for name in titled if name.startswith(PREFIX)):
        yield name, titled[name], _apart(scene, name)
    yield "trend", titled["trend"], _trend(scene)
    yield "causes", titled["causes"], *_causes(scene)
    yield "ageing", titled["ageing"], *_ageing(scene)
    yield "clocks", titled["clocks"], *_clocks(scene)
    yield "levels", _("Levels and early warnings"), *_levels(scene)
    yield "remedies", titled["remedies"], *_remedies(scene)
    yield "satisfaction", titled["satisfaction"], *_satisfaction(scene)
    yield "departments", titled["department"], grid(scene, scene.table("department"), _DEPARTMENT, shown=_all)
    yield "repeats", titled["again"], *_repeats(scene)
    yield "measures", _("Measures due"), *_measures(scene)
    if scene.report.name == "monthly":
        yield "lessons", titled["lessons"], grid(scene, scene.table("lessons"), _LESSONS, shown=_all)
    yield "quality", titled["quality"], grid(scene, scene.table("quality"), _QUALITY, shown=_is_amiss)


_DEPARTMENT = (
    "label:department", "assigned", "open", "closed", "overdue", "reopened", "escalated",
    "satisfaction_rate", "time_to_assign",
)  # fmt: skip
_LESSONS = ("department_label:department", "lesson", "prevention", "label:cause", "case", "date")
_QUALITY = ("label:check", "detail", "n", "of", "cases")


def _all(_row: Mapping[str, Any]) -> bool:
    return True


def _is_amiss(row: Mapping[str, Any]) -> bool:
    return bool(row["n"])


def _apart(scene: Scene, name: str) -> str:
    """The headline by departments, categories, handlers or channels: as it was asked for."""
    table = scene.table(name)
    first, *others = [column.key for column in table.columns]
    keys = [f"label:{first}", *others[1:]] if others[0] == "label" else [first, *others]
    return grid(scene, table, [key for key in keys if key not in {"requests", "void"}])


def _trend(scene: Scene) -> str:
    """Received, closed and open in each of the last weeks."""
    table = scene.table("trend")
    label = {column.key: column.label for column in table.columns}
    weeks = [row["week"] for row in table.rows]
    found = [
        Series(label[key], [row[key] for row in table.rows]) for key in ("received", "closed", "open_end")
    ]
    caption = _("Received, closed and open, {first} to {last}").format(first=weeks[0], last=weeks[-1])
    short = [week.partition("-")[2] for week in weeks]
    drawn = columns("trend-picture", caption, said(weeks, found), short, found[:2], found[2])
    return figure(caption, drawn)


def _causes(scene: Scene) -> Iterator[str]:
    """Pareto of the causes: the share of each and of all down to it; and what was complained about."""
    table = scene.table("causes")
    rows = [row for row in table.rows if row["founded"]]
    total = sum(row["founded"] for row in rows)
    found, sofar = [], 0
    for row in rows:
        sofar += row["founded"]
        words = f"{row['founded']} · {cells.rate(rate(sofar, total))}"
        found.append(Bar(row["label"], [row["founded"]], words, sofar / total))
    caption = _("Founded complaints by cause, and the cumulative share")
    named = next(column.label for column in table.columns if column.key == "founded")
    if found:
        drawn = bars(
            "causes-picture", caption, _in_words(found), found, [named], whole=total, line=_("cumulative")
        )
        yield figure(caption, drawn)
    yield grid(scene, table, ("label:cause", "founded", "departments", "redress"))
    category = scene.table("category")
    yield text(category.title, "h3")
    yield grid(scene, category, ("label:category", "n", "requests", "share", "cumulative", "previous", "mean",
                                 "upheld_rate", "redress"))  # fmt: skip


def _in_kind(row: dict[str, Any], label: dict[str, str], language: str) -> str:
    """What a remedy cost, and how much of it was goodwill."""
    goodwill = f"{label['goodwill']} {cells.number(row['goodwill'], language)}"
    return cells.listed([cells.number(row["cost"], language), goodwill])


def _in_words(found: list[Bar]) -> str:
    return sentences((one.label, one.words) for one in found)


def _ageing(scene: Scene) -> Iterator[str]:
    """How old the open cases are."""
    table = scene.table("ageing")
    bands = [column for column in table.columns if column.kind == "count"]
    if not table.rows:
        yield nothing()
        return
    sums = [sum(row[band.key] for row in table.rows) for band in bands[:-1]]
    found = [Bar(band.label, [count], str(count)) for band, count in zip(bands[:-1], sums, strict=True)]
    caption = _("Open cases by the days since receipt")
    picture = bars("ageing-picture", caption, _in_words(found), found, [""], width=HALF)
    told = grid(scene, table, ("label:state", *(band.key for band in bands)), shown=_all)
    yield beside(figure(caption, picture), told)


def _clocks(scene: Scene) -> Iterator[str]:
    """The deadlines that were met, missed and are still running."""
    table = scene.table("clocks")
    label = {column.key: column.label for column in table.columns}
    parts = ("met", "missed", "waiting")
    found = [
        Bar(row["label"], [row[key] for key in parts], " / ".join(str(row[key]) for key in parts))
        for row in table.rows
        if row["due"]
    ]
    caption = _("Deadlines of the period")
    names = [label[key] for key in parts]
    if found:
        words = said(
            [one.label for one in found],
            [Series(name, [int(one.parts[at]) for one in found]) for at, name in enumerate(names)],
        )
        yield figure(caption, bars("clocks-picture", caption, words, found, names))
    yield grid(scene, table, ("label:clock", "due", "met", "missed", "waiting", "on_hold", "on_time_rate",
                              "worst"))  # fmt: skip


def _levels(scene: Scene) -> Iterator[str]:
    """The levels, what climbed, and what is late or nearly so."""
    table = scene.table("level")
    label = {column.key: column.label for column in table.columns}
    parts = ("open_end", "received")
    rows = [row for row in table.rows if row["level"] is not None]
    series = [Series(label[key], [row[key] for row in rows]) for key in parts]
    found = [
        Bar(cells.told(row["label"], one.name), [0] * place + [one.values[at]], str(one.values[at]))
        for at, row in enumerate(rows)
        for place, one in enumerate(series)
    ]
    caption = _("Open and received by level")
    words = said([row["label"] for row in rows], series)
    yield figure(caption, bars("levels-picture", caption, words, found, [one.name for one in series]))
    yield grid(scene, table, ("label:level", "received", "open_end", "oldest", "escalated", "on_time_rate",
                              "climbed"), shown=_all)  # fmt: skip
    climbed, late = scene.table("climbed"), scene.table("late")
    yield text(climbed.title, "h3")
    yield grid(
        scene,
        climbed,
        ("case", "category", "before", "level", "why", "handler"),
        shown=_all,
        more="complaintctl list --sort level",
    )
    yield text(late.title, "h3")
    yield grid(scene, late, ("case", "category", "level", "state", "handler", "clock", "due", "remaining",
                             "status", "more"), shown=_all)  # fmt: skip


def _remedies(scene: Scene) -> Iterator[str]:
    """What the remedies cost, and what of it was goodwill."""
    table = scene.table("remedies")
    label = {column.key: column.label for column in table.columns}
    found = []
    for row in table.rows:
        cost, goodwill = Decimal(row["cost"]), Decimal(row["goodwill"])
        if cost:
            told = cells.number(row["cost"], scene.language)
            found.append(Bar(row["label"], [float(cost - goodwill), float(goodwill)], told))
    caption = label["cost"]
    if found:
        words = sentences(
            (row["label"], _in_kind(row, label, scene.language)) for row in table.rows if Decimal(row["cost"])
        )
        names = [label["cost"], label["goodwill"]]
        yield figure(caption, bars("remedies-picture", caption, words, found, names))
    yield grid(scene, table, ("label:remedy", "proposed", "approved", "executed", "amount", "cost",
                              "goodwill", "borne"))  # fmt: skip


def _satisfaction(scene: Scene) -> Iterator[str]:
    """What customers answered."""
    table = scene.table("satisfaction")
    if not any(row["n"] or row["previous"] for row in table.rows):
        yield nothing()
        return
    found = [
        Bar(str(row["rating"]), [row["n"]], f"{row['n']} · {cells.rate(row['share'])}") for row in table.rows
    ]
    caption = next(column.label for column in table.columns if column.key == "rating")
    picture = bars("satisfaction-picture", caption, _in_words(found), found, [""], width=HALF)
    told = grid(scene, table, ("rating", "n", "share", "previous"), shown=_all)
    yield beside(figure(caption, picture), told)


def _repeats(scene: Scene) -> Iterator[str]:
    keys = ("kind", "category", "product", "customer", "n", "customers", "first", "last", "cases")
    known = scene.table("again")._replace(name="repeats")
    yield grid(scene, known, keys, shown=_all)


def _measures(scene: Scene) -> Iterator[str]:
    """The measures that are still to be done, the late ones first, and those that did not help."""
    table = scene.table("measures")
    yield grid(
        scene,
        table,
        ("due", "measure", "label:kind", "owner", "status", "late", "case"),
        shown=lambda row: row["status"] in {"open", "late"},
        more="complaintctl report improvements",
    )
    back = [row for row in table.rows if row["effective"] == "no"]
    if back:
        yield text(_("Done, and it came back"), "h3")
        yield grid(
            scene,
            table._replace(rows=back),
            ("measure", "owner", "done", "case", "came_back"),
            shown=_all,
            more="complaintctl report improvements",
        )


def _footer(scene: Scene) -> str:
    """Where the figures come from, and how to have them again."""
    facts = scene.facts
    lines = [
        cells.hypertext(_("Commit")) + " " + text(facts.commit, "code"),
        cells.hypertext(pgettext("command", "Made by")) + " " + text(facts.command, "code"),
        cells.hypertext(f"complaintctl {facts.version}"),
    ]
    return tag("footer", "".join(tag("p", line) for line in lines) + facts.mark)

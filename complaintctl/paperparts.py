"""The decision paper in words: its parts, as text for a terminal and as Markdown for a forge.

Ids are spelled out by the policy that the case was received under; every text
of a customer is made harmless (`cells.safe`, `cells.markdown`).
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from complaintctl import cells, i18n, spoken
from complaintctl.i18n import _, ngettext, pgettext
from complaintctl.labels import name_of
from complaintctl.labels import text as label_text
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from complaintctl.policy import Policy

_SHOWN = 12  # characters of a digest for people
_NARROW = 20  # columns that a text gets at least
_CLINGS = ",。;:、!?)」』】》"  # never at the beginning of a row


class Part(NamedTuple):
    """A part of a paper: a heading, and lines of a label and what it says."""

    title: str
    lines: list[tuple[str, str]]


def title(data: Mapping[str, Any]) -> str:
    """What a paper is about, in one line."""
    told = (
        _("{case}: proposal {number}, {cost}, is decided")
        if data["decision"]
        else _("{case}: decide on proposal {number}, {cost}")
    )
    cost = spoken.money(data["cost"], data["currency"], i18n.language())
    return told.format(case=data["case"], number=data["proposal"], cost=cost)


def text(paper_data: Mapping[str, Any], parts_of_it: Iterable[Part], columns: int = 0) -> str:
    """A paper for a terminal, with a newline at the end; lines are folded at `columns` (0: they are not)."""
    lines = [cells.safe(title(paper_data))]
    for part in parts_of_it:
        lines += ["", cells.safe(part.title)]
        width = max((cells.width(cells.safe(label)) for label, _value in part.lines), default=0)
        for label, value in part.lines:
            known, room = cells.safe(label), max(columns - width - 4, _NARROW) if columns else 0
            rows = [row for line in value.split("\n") for row in _folded(cells.safe(line), room)]
            blank = " " * (width - cells.width(known))
            lines.append(f"  {known}{blank}  {rows[0]}".rstrip())
            lines += [f"  {' ' * width}  {row}".rstrip() for row in rows[1:]]
    return "\n".join(lines) + "\n"


def _folded(line: str, columns: int) -> list[str]:
    """A line in rows of so many columns (0: one row), parted at blanks and beside wide characters."""
    if not columns or cells.width(line) <= columns:
        return [line]
    rows, row = [], ""
    for word in re.findall(r"[ ]*(?:[!-~\u00a1-\u10ff]+|[^ ])", line):
        if row and cells.width(row + word) > columns and word[-1] not in _CLINGS:
            rows.append(row)
            row = word.lstrip()
        else:
            row += word
    return [*rows, row]


def markdown(paper_data: Mapping[str, Any], parts_of_it: Iterable[Part], level: int = 2) -> str:
    """A paper for a forge, with a newline at the end; `level`: of its heading."""
    blocks = [f"{'#' * level} {cells.markdown(title(paper_data))}"]
    for part in parts_of_it:
        rows = [f"| {cells.markdown(label)} | {_in_cell(value)} |" for label, value in part.lines]
        blocks.append(f"{'#' * (level + 1)} {cells.markdown(part.title)}")
        blocks.append("\n".join(["| | |", "|---|---|", *rows]))
    return "\n\n".join(blocks) + "\n"


def _in_cell(text_of_lines: str) -> str:
    return "<br>".join(cells.markdown(line) for line in text_of_lines.split("\n"))


def parts(data: Mapping[str, Any], pinned: Policy, policy: Policy, language: str) -> list[Part]:
    """The parts of a paper; those that say nothing are left out."""
    say = _Words(data, pinned, policy, language)
    found = [
        Part(_("Look at this first"), [("!", note) for note in data["notes"]]),
        Part(_("Proposal"), list(say.proposed())),
        Part(_("Who may decide"), list(say.authority())),
        Part(_("Case"), list(say.brief())),
        Part(_("Clocks"), list(say.clocks())),
        Part(_("What was found"), list(say.found())),
        Part(_("Proposed before"), list(say.earlier())),
        Part(_("How alike cases were settled"), list(say.alike())),
    ]
    return [part for part in found if part.lines]


class _Words:
    """The words of one paper."""

    def __init__(self, data: Mapping[str, Any], pinned: Policy, policy: Policy, language: str) -> None:
        self.data, self.pinned, self.policy, self.language = data, pinned, policy, language

    def name(self, kind: str, ident: str) -> str:
        return name_of(self.pinned, kind, ident, self.language)

    def money(self, amount: str) -> str:
        return spoken.money(amount, self.data["currency"], self.language)

    def about(self, about: Mapping[str, str]) -> Iterator[str]:
        """What the case is about, field by field, in words."""
        from complaintctl import schema

        labels = schema.labels("case", "about", self.language)
        department = partial(self.name, "departments")
        for key, value in about.items():
            yield cells.told(labels.get(key, key), cells.detail(key, value, self.money, department))

    def remedy(self, one: Mapping[str, Any]) -> str:
        """A remedy with its amount, and with its cost where that is another."""
        said = self.name("remedies", one["kind"])
        if one.get("amount"):
            said += f" {self.money(one['amount'])}"
        if one["cost"] != one.get("amount") and one["cost"].strip("0."):
            said += _(" (costs {cost})").format(cost=self.money(one["cost"]))
        return said

    def proposed(self) -> Iterator[tuple[str, str]]:
        given = self.data["proposed"]
        for one in given["remedies"]:
            more = [_("how: {how}").format(how=one["how"])] if "how" in one else []
            more += (
                [_("expected on {day}").format(day=cells.day(one["expected_on"]))]
                if "expected_on" in one
                else []
            )
            yield (
                _("Remedy"),
                "\n".join([cells.told(self.remedy(one), self._rests_on(one["rests_on"])), *more]),
            )
        for task in given["tasks"]:
            yield _("Task"), self._task(task)
        yield _("Costs"), self.money(self.data["cost"])
        yield _("Reason"), given["reason"]
        if given["exception"]:
            yield _("Exception"), given["exception"]
        if given["confirmed"]:
            yield _("Confirmed"), cells.listed(self.name("confirmations", one) for one in given["confirmed"])
        if given["with"]:
            yield _("Agreed with"), cells.listed(given["with"])
        yield _("Wanted"), self._demand() or _("(nothing was said)")
        yield _("Made by"), cells.listed([given["by"], _when(given["at"])])
        if self.data["branch"]:
            yield _("Waits in"), _("branch {branch}").format(branch=self.data["branch"])
        yield _("Digest"), self.data["digest"][:_SHOWN]
        if self.data["decision"]:
            yield _("Decision"), self._decision(self.data["decision"])

    def _task(self, task: Mapping[str, Any]) -> str:
        more = [task["who"]] if "who" in task else []
        more += [_("by {day}").format(day=cells.day(task["due"]))] if "due" in task else []
        more += [_("needs {resources}").format(resources=task["resources"])] if "resources" in task else []
        said = cells.told(self.name("departments", task["department"]), task["what"])
        return cells.aside(said, cells.listed(more)) if more else said

    def _rests_on(self, ground: str) -> str:
        from complaintctl import explaining

        kind, _blank, rule = ground.partition(" ")
        words = {
            "rule": _("granted by the rule {rule}"),
            "free": _("needs no rule"),
            "exception": _("EXCEPTION: no rule grants it"),
            "excluded": _("EXCEPTION: excluded by the rule {rule}"),
        }
        return words[kind].format(rule=explaining.quoted(self._rule(rule)))

    def _rule(self, name: str) -> str:
        """An entitlement or an exclusion in words, by the rules in force, else those of the case."""
        from complaintctl.explaining import sentence

        for rules in (self.policy, self.pinned):
            for rule in [*rules["entitlements"], *rules.get("exclusions", ())]:
                if rule["name"] == name:
                    return sentence(label_text(rule["label"], self.language))
        return name

    def _check(self, made: Mapping[str, Any]) -> tuple[str, str]:
        from complaintctl import playbooks

        case = {"classification": {"category": self.data["brief"]["category"]}}
        return playbooks.worded(made, case, self.policy, self.language)

    def _demand(self) -> str:
        demand = self.data["demand"]
        remedy = self.name("remedies", demand["remedy"]) if "remedy" in demand else ""
        amount = self.money(demand["amount"]) if "amount" in demand else ""
        return " ".join(part for part in (remedy, amount, demand.get("text", "")) if part)

    def _decision(self, decision: Mapping[str, Any]) -> str:
        said = _("{outcome} by {who} ({role}), {at}").format(
            outcome=self.name("decisions", decision["outcome"]),
            who=decision["by"],
            role=self.name("roles", decision["role"]),
            at=_when(decision["at"]),
        )
        return said + (f": {decision['note']}" if "note" in decision else "")

    def authority(self) -> Iterator[tuple[str, str]]:
        asked = self.data["authority"]
        if asked is None:
            yield "", _("the rules in force do not say")
            return

        def role(ident: str) -> str:
            limit = asked["limits"].get(ident)
            label = name_of(self.policy, "roles", ident, self.language)
            return label + (_(", may grant {limit}").format(limit=self.money(limit)) if limit else "")

        yield _("At least"), role(asked["role"])
        yield _("Because"), "\n".join(asked["reasons"]) or _("the amount is within that limit")
        if asked["granted_before"].strip("0."):
            yield _("Granted before"), self.money(asked["granted_before"])
        yield _("These may"), cells.listed(asked["may"]) or _("nobody on the staff")

    def brief(self) -> Iterator[tuple[str, str]]:
        brief = self.data["brief"]
        level = self._level()
        reason = self.data["level_reason"]
        yield _("Level"), cells.told(level, reason) if reason not in {"", level} else level
        yield _("Kind"), self.name("kinds", brief["kind"])
        if brief["category"]:
            yield _("Category"), cells.aside(self.name("categories", brief["category"]), brief["category"])
        if brief["severity"]:
            yield _("Severity"), self.name("severities", brief["severity"])
        if brief["flags"]:
            yield _("Flags"), cells.listed(self.name("flags", flag) for flag in brief["flags"])
        yield (
            _("Received"),
            cells.listed([_when(brief["received_at"]), self.name("channels", brief["channel"])]),
        )
        yield _("Customer"), brief["customer"]
        if brief["about"]:
            yield _("About"), cells.listed(self.about(brief["about"]))
        yield _("Complaint"), brief["complaint"]

    def _level(self) -> str:
        labels = {entry["level"]: entry["label"] for entry in self.pinned["levels"]}
        number = self.data["level"]
        return label_text(labels[number], self.language) if number in labels else str(number)

    def clocks(self) -> Iterator[tuple[str, str]]:
        words = cells.clock_states()
        for clock in self.data["clocks"]:
            label = label_text(self.pinned["deadlines"][clock["name"]]["label"], self.language)
            due = cells.clock(clock["due"], True) if clock["due"] else "–"
            due += "?" if clock["provisional"] else ""
            yield label, cells.listed([due, words[clock["state"]]])

    def found(self) -> Iterator[tuple[str, str]]:
        for entry in self.data["investigations"]:
            lines = [self.name("verdicts", entry["verdict"])] if "verdict" in entry else []
            if "cause" in entry:
                lines[-1:] = [cells.aside((lines or [""])[-1], self.name("causes", entry["cause"])).strip()]
            lines += [entry[key] for key in ("findings", "impact", "containment") if key in entry]
            lines += [cells.told(*self._check(one)) for one in entry["checks"]]
            lines += [
                cells.told(self.name("parties", one["who"]), one["text"]) for one in entry["statements"]
            ]
            yield cells.listed([entry["by"], _when(entry["at"])]), "\n".join(lines)
        kinds = [self.name("evidence_kinds", one["kind"]) for one in self.data["evidence"]]
        yield _("Evidence"), cells.listed(kinds) or pgettext("evidence", "none")

    def earlier(self) -> Iterator[tuple[str, str]]:
        for one in self.data["earlier"]:
            said = [cells.listed(self.remedy(remedy) for remedy in one["remedies"])]
            if one["decision"]:
                said.append(self._decision(one["decision"]))
            if one["answer"]:
                said.append(
                    self.name("answers", one["answer"]["outcome"])
                    + (f": {one['answer']['reason']}" if one["answer"]["reason"] else "")
                )
            yield _("Proposal {number}").format(number=one["proposal"]), "\n".join(said)

    def alike(self) -> Iterator[tuple[str, str]]:
        alike = self.data["alike"]
        if alike is None or not alike["cause"]:
            return
        cause = self.name("causes", alike["cause"])
        cause = self.name("categories", alike["cause"]) if cause == alike["cause"] else cause
        count = ngettext("{count} case", "{count} cases", alike["cases"]).format(count=alike["cases"])
        yield (
            _("Same cause"),
            _("{cause}: {count} in the last {days} days").format(
                cause=cause, count=count, days=alike["days"]
            ),
        )
        if alike["cases"]:
            yield (
                _("Cost"),
                _("median {median}, from {lowest} to {highest}").format(
                    median=self.money(alike["median"]),
                    lowest=self.money(alike["lowest"]),
                    highest=self.money(alike["highest"]),
                ),
            )
            given = (f"{self.name('remedies', kind)} {count}×" for kind, count in alike["remedies"].items())
            yield _("Given"), cells.listed(given)


def _when(at: str) -> str:
    return cells.clock(at, False)

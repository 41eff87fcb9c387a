"""What `show` prints, a form of plain lines: who, what, the clocks, what was done, what comes next."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from complaintctl import cells, conditions, lifecycle, render, spoken, times, workflow
from complaintctl.cells import aside, listed, told
from complaintctl.commands.show import deadlines_of, level_of, next_steps, review_of
from complaintctl.i18n import _
from complaintctl.labels import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from complaintctl.case import Case
    from complaintctl.register import Register


def lines(register: Register, case: Case) -> Iterator[str]:
    """The whole form."""
    from complaintctl.commands import batches, owed

    say = Words(register, case)
    level, reason = level_of(register, case)
    yield f"{case['id']}  {say('states', case['state'])}" + (_("  ON HOLD") if workflow.on_hold(case) else "")
    yield from fields(
        [
            (_("Level"), told(say.level(level), reason) if reason != say.level(level) else reason),
            (_("In review"), in_review(register, case)),
            (_("Kind"), say("kinds", case["kind"])),
            *say.classification(),
            (_("Received"), say.received()),
            (_("Accountable"), owed.accountable_line(register, case)),
            (_("Customer"), say.customer()),
            (_("About"), say.about()),
            (_("Same batch"), batches.line(register, case)),
            (_("Complaint"), case["complaint"]),
            (_("Demand"), say.demand()),
        ]
    )
    yield ""
    yield from clocks(register, case)
    yield from owed.lines(register, case)
    yield from done(say)
    yield from guided(register, case)
    if case.get("proposals"):
        from complaintctl.commands.plans import proposal

        yield ""
        yield from proposal(register, case, len(case["proposals"]))
    yield from open_measures(register, case)
    yield ""
    steps = [
        aside(verb, listed(who[:4]) + (" …" if len(who) > 4 else ""))
        for verb, who in next_steps(register, case)
    ]
    yield _("Next: {steps}").format(steps=" · ".join(steps) or _("nothing; the case is closed"))


def done(say: Words) -> Iterator[str]:
    """What was done, by whom and when, one step below the other."""
    history = sorted(say.history(), key=lambda entry: times.epoch(entry[0]))
    if history:
        yield ""
        yield _("What was done")
    for at, by, what in history:
        first, *more = what.split("\n")
        yield f"  {cells.clock(at, due=False)}  {by:<12} {render.safe(first)}"
        yield from (f"{' ' * 33}{render.safe(line)}" for line in more)


def in_review(register: Register, case: Case) -> str:
    """That a proposal waits in a branch, and how to see it; empty where none does."""
    one = review_of(register, case)
    if one is None:
        return ""
    words = {
        "approved": _("proposal {number} by {who}, approved in {branch}, not merged yet"),
        "returned": _("proposal {number} by {who}, returned in {branch}, not merged yet"),
    }
    said = words.get(one["outcome"] or "", _("proposal {number} by {who}, branch {branch}"))
    return said.format(number=one["proposal"], who=one["by"], branch=one["branch"])


def fields(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Labels in a column, values beside them; empty ones are left out."""
    shown = [(label, value) for label, value in pairs if value]
    width = max((cells.width(label) for label, _value in shown), default=0)
    for label, value in shown:
        first, *more = value.split("\n")
        yield f"  {label}{' ' * (width - cells.width(label))}  {render.safe(first)}"
        for line in more:
            yield f"  {' ' * width}  {render.safe(line)}"


def clocks(register: Register, case: Case) -> Iterator[str]:
    """Every clock with when it is due and how it stands; the word says it, not a colour."""
    from complaintctl.labels import text

    policy = register.pinned(case)
    rounds = lifecycle.round_of(case) > 1
    words = cells.clock_states()
    rows = []
    for clock in sorted(deadlines_of(register, case), key=_pressing):
        due = times.epoch(clock["due"]) if clock["due"] else None
        left = (
            render.duration(due - register.now, register.language)
            if due and clock["state"] == "waiting"
            else ""
        )
        rows.append(
            (
                text(policy["deadlines"][clock["name"]]["label"], register.language)
                + (_(" (round {number})").format(number=clock["round"]) if rounds else ""),
                (render.instant(due, register.zone, due=True) if due else "–")
                + ("?" if clock["provisional"] else ""),
                words[clock["state"]] + (_(", {left} left").format(left=left) if left else ""),
            )
        )
    if rows:
        yield _("Clocks")
        yield from columns(rows)


def _pressing(clock: Mapping[str, Any]) -> tuple[int, float]:
    """What was missed first, then what runs, by when it is due; what is met or over stays in its order."""
    group = {"missed": 0, "waiting": 1, "on-hold": 1}.get(clock["state"], 2)
    return group, 0 if group == 2 else times.epoch(clock["due"]) if clock["due"] else float("inf")


def guided(register: Register, case: Case) -> Iterator[str]:
    """The playbook with what is done of it, and what may be proposed; nothing where there is none."""
    from complaintctl.commands import guidance

    checks = list(guidance.lines(register, case))
    if checks:
        yield from ("", *checks)
    if case["state"] != "investigated":
        return
    from complaintctl.commands import claims

    granted = list(claims.lines(register, case))
    if granted:
        yield from ("", _("Granted by the rules"), *map(render.safe, granted))


def open_measures(register: Register, case: Case) -> Iterator[str]:
    """The measures that wait, numbered as `improve --done` counts them; nothing where there is none."""
    if not case.get("improvements"):
        return
    from complaintctl import measures

    heading = ["", _("Measures")]
    for one in measures.measures_of(case):
        due = measures.due_of(one, register.now, register.zone)
        if due is None:
            continue
        yield from heading
        heading = []
        again = _(", every {days} days").format(days=one.every) if one.every else ""
        late = _(", LATE") if due.late else ""
        who = listed([one.owner, cells.day(str(due.day))]) + again + late
        yield render.safe(f"  {one.number} {aside(one.measure, who)}")


def columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Rows of text in columns that line up, whatever the script."""
    widths = [max(cells.width(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        padded = (cell + " " * (width - cells.width(cell)) for cell, width in zip(row, widths, strict=True))
        yield ("  " + "  ".join(padded)).rstrip()


class Words:
    """The labels of one case, by the policy it was received under, in the reader's language."""

    def __init__(self, register: Register, case: Case) -> None:
        self.register, self.case = register, case
        self.policy = register.pinned(case)
        self.language = register.language

    def __call__(self, kind: str, ident: str) -> str:
        return name_of(self.policy, kind, ident, self.language)

    def level(self, number: int) -> str:
        from complaintctl.labels import text

        return next(
            (text(e["label"], self.language) for e in self.policy["levels"] if e["level"] == number), ""
        )

    def classification(self) -> list[tuple[str, str]]:
        entry = self.case.get("classification")
        if not entry:
            return []
        raised = conditions.facts_of(self.case, self.policy)  # flags raise both
        grave = self("severities", raised["severity"])
        if raised["severity"] != entry["severity"]:
            grave += _(" (recorded as {severity})").format(severity=self("severities", entry["severity"]))
        if raised.get("urgency"):
            grave = listed([grave, self("urgencies", raised["urgency"])])
        return [
            (_("Category"), aside(self("categories", entry["category"]), entry["category"])),
            (_("Severity"), grave),
            (_("Flags"), listed(self("flags", flag) for flag in entry.get("flags", []))),
            (_("Liability"), self("liabilities", entry["liability"]) if "liability" in entry else ""),
            (_("Departments"), listed(self("departments", d) for d in entry.get("departments", []))),
            (_("Affected"), listed(str(entry[k]) for k in ("affected", "affected_range") if k in entry)),
        ]

    def received(self) -> str:
        intake = self.case["intake"]
        when = cells.clock(intake["received_at"], due=False)
        form = [self("forms", intake["form"])]
        form += [self("moments", intake["moment"])] if "moment" in intake else []
        return _("{when}, {how}, recorded by {who}").format(
            when=when, how=listed([self("channels", intake["channel"]), *form]), who=intake["by"]
        )

    def customer(self) -> str:
        customer: Any = self.case["customer"]
        shown = {**customer}
        if "type" in customer:
            shown["type"] = self("customer_types", customer["type"])
        if "language" in customer:
            shown["language"] = cells.tongue(customer["language"])
        return listed(str(value) for value in shown.values())

    def about(self) -> str:
        from complaintctl import schema

        about = self.case["about"]
        labels = schema.labels("case", "about", self.language)
        return "\n".join(
            told(labels.get(key, key), cells.detail(key, value, self.money, partial(self, "departments")))
            for key, value in about.items()
        )

    def money(self, amount: str) -> str:
        return spoken.money(amount, self.case["currency"], self.language)

    def demand(self) -> str:
        demand = self.case["demand"]
        remedy = self("remedies", demand["remedy"]) if "remedy" in demand else ""
        amount = self.money(demand["amount"]) if "amount" in demand else ""
        return " ".join(part for part in (remedy, amount, demand.get("text", "")) if part)

    def history(self) -> Iterator[tuple[str, str, str]]:
        """(at, by, what) of everything signed; steps of one instant in the order of a case's life."""
        case: Any = self.case
        yield case["intake"]["registered_at"], case["intake"]["by"], self.step("new")
        if "classification" in case:
            yield case["classification"]["at"], case["classification"]["by"], self.step("classify")
        for entry in case.get("closures", []):  # before the assignment that comes with it
            if "reopened" in entry:
                again = entry["reopened"]
                yield again["at"], again["by"], told(self.step("reopen"), again["reason"])
        for section, tell in _TELL.items():
            if section == "follow_ups":
                yield from self.decided()
            for entry in case.get(section, []):
                yield entry["at"], entry["by"], tell(self, entry)
        yield from self.ended()

    def ended(self) -> Iterator[tuple[str, str, str]]:
        """(at, by, what) of the ends of what lasts: holds and improvements."""
        case: Any = self.case
        for entry in case.get("holds", []):
            if "resumed_at" in entry:
                yield entry["resumed_at"], entry["resumed_by"], self.step("resume")
        for number, entry in enumerate(case.get("improvements", []), 1):
            done = _("{step} {number}: done").format(step=self.step("improve"), number=number)
            ended = _("{step} {number}: ended").format(step=self.step("improve"), number=number)
            for again in entry.get("repeated", []):
                yield again["at"], again["by"], done
            if "done_at" in entry:
                yield entry["done_at"], entry["done_by"], ended if "every" in entry else done

    def decided(self) -> Iterator[tuple[str, str, str]]:
        """(at, by, what) of what became of the proposals: decision, answer, carrying out."""
        proposals: list[Any] = list(self.case.get("proposals", ()))
        for number, entry in enumerate(proposals, 1):
            for part, step in (("decision", "approve"), ("answer", "respond")):
                if part in entry:
                    kind = "decisions" if part == "decision" else "answers"
                    yield (
                        entry[part]["at"],
                        entry[part]["by"],
                        told(f"{self.step(step)} {number}", self(kind, entry[part]["outcome"])),
                    )
            carried: dict[tuple[str, str], list[str]] = {}
            for item in workflow.items_of(entry):
                what = self("remedies", item["kind"]) if "kind" in item else item["what"]
                if "acknowledged" in item:
                    word = item["acknowledged"]
                    yield word["at"], word["by"], _("acknowledged: {what}").format(what=what)
                if "done" in item:
                    carried.setdefault((item["done"]["at"], item["done"]["by"]), []).append(what)
            for (at, by), what in carried.items():
                yield at, by, told(f"{self.step('fulfil')} {number}", listed(what))

    def step(self, verb: str) -> str:
        return self("steps", verb)

    def check(self, made: Any) -> str:
        """A check that was made, and what it found, in words, with those that were added."""
        from complaintctl import playbooks
        from complaintctl.commands import guidance

        rules = guidance.rules_for(self.register, self.case)
        return told(*playbooks.worded(made, self.case, rules, self.language))

    def field(self, path: str) -> str:
        """A field of the form by its path (``contacts.2.note``), as the form calls it."""
        from complaintctl import schema

        labels = schema.field_labels("case", self.language)
        *above, name = (part for part in path.split(".") if not part.isdecimal())
        label = labels.get(".".join([*above, name]), path)
        number = next((part for part in path.split(".") if part.isdecimal()), "")
        whole = labels.get(above[0]) if above else None
        return told(f"{whole} {number}".strip(), label) if whole and label != path else label


def _investigation(words: Words, entry: Any) -> str:
    parts = [words.check(c) for c in entry.get("checks", [])]
    parts += [told(words("parties", s["who"]), s["text"]) for s in entry.get("statements", [])]
    if "purpose" in entry:
        parts.append(_("purpose: {text}").format(text=entry["purpose"]))
    parts += [entry[k] for k in ("findings", "containment", "impact") if k in entry]
    if "grounds" in entry:
        parts.append(_("grounds: {word}").format(word=words("grounds", entry["grounds"])))
    if "demand" in entry:
        parts.append(_("demand: {word}").format(word=words("demands", entry["demand"])))
    if "promised_by" in entry:
        parts.append(_("promised by: {who}").format(who=words("departments", entry["promised_by"])))
    if "loss" in entry:
        parts.append(_("loss: {amount}").format(amount=words.money(entry["loss"])))
    if "verdict" in entry:
        verdict = words("verdicts", entry["verdict"])
        parts.append(aside(verdict, words("causes", entry["cause"])) if "cause" in entry else verdict)
    if entry.get("alone"):
        parts.append(_("alone"))
    return "\n".join([words.step("investigate"), *parts])


def _party(words: Words, entry: Any) -> str:
    """Who was spoken with; who began it is said where it was not the shop."""
    kind, _colon, ident = entry["party"].partition(":")
    table = "roles" if kind == "role" else "departments"
    party = words(table, ident) if ident else words("parties", kind)
    if kind == "head":
        party = _("head of {department}").format(department=party)
    return party if entry["direction"] == "out" else listed([party, words("directions", "in")])


def _contact(words: Words, entry: Any) -> str:
    """What was said, and what was confirmed, promised or taken over with it."""
    how = listed([words("contact_methods", entry["method"]), _party(words, entry)])
    parts = [told(aside(words.step("contact"), how), entry["note"])]
    if "confirms" in entry:
        parts.append(_("the customer confirmed the facts"))
    if "again_on" in entry:
        parts.append(_("to hear again by {day}").format(day=cells.day(entry["again_on"])))
    if "bears" in entry:
        parts.append(_("the supplier bears {amount}").format(amount=words.money(entry["bears"])))
    return "\n".join(parts)


def _amendment(words: Words, entry: Any) -> str:
    """Which fields were corrected, or which step was taken back, and why."""
    if "undone" in entry:
        return told(aside(words.step("undo"), words.step(entry["undone"])), entry["reason"])
    fields = listed(words.field(path) for path in entry["fields"])
    return told(aside(words.step("amend"), fields), entry["reason"])


def _closing(words: Words, entry: Any) -> str:
    """An outcome, what was learnt and who is to learn it, and what follows for whom (S0-21, S1b-9)."""
    parts = [told(words.step("close"), words("outcomes", entry["outcome"]))]
    parts += [entry[k] for k in ("of", "reason", "lesson") if k in entry]
    if "lesson_for" in entry:
        names = listed(words("departments", one) for one in entry["lesson_for"])
        parts.append(_("lesson for: {departments}").format(departments=names))
    parts += [entry[k] for k in ("prevention", "disposition") if k in entry]
    for one in entry.get("dispositions", []):
        who = words("departments", one["who"])
        bears = _(", bears {amount}").format(amount=words.money(one["bears"])) if "bears" in one else ""
        parts.append(told(aside(who, words("parts", one["part"]) + bears), one["what"]))
    return "\n".join(parts)


def measure_words(entry: Any) -> list[str]:
    """Who sees to a measure, by when, and how often it comes round."""
    every = [_("every {length}").format(length=entry["every"])] if "every" in entry else []
    return [entry["owner"], cells.day(entry["due"]), *every]


_TELL: dict[str, Any] = {
    "contacts": _contact,
    "evidence": lambda w, e: told(
        w.step("evidence"), f"{aside(e['file'], w('evidence_kinds', e['kind']))} {e.get('note', '')}".rstrip()
    ),
    "holds": lambda w, e: told(aside(w.step("hold"), w("holds", e["for"])), e["reason"]),
    "escalations": lambda w, e: told(w.step("escalate"), e["reason"]),
    "amendments": _amendment,
    "improvements": lambda w, e: "\n".join(
        part
        for part in (
            told(w.step("improve"), aside(e["measure"], listed(measure_words(e)))),
            _("also: {where}").format(where=e["also"]) if "also" in e else "",
        )
        if part
    ),
    "links": lambda w, e: told(w.step("link"), aside(e["case"], w("links", e["kind"]))),
    "assignments": lambda w, e: told(
        w.step("assign"), listed([w("departments", e["department"]), e["handler"]])
    ),
    "investigations": _investigation,
    "proposals": lambda w, e: told(
        w.step("propose"), listed(w("remedies", r["kind"]) for r in e["remedies"])
    ),
    "follow_ups": lambda w, e: told(
        w.step("follow-up"), f"{e['satisfaction']}/5 {e.get('comment', '')}".rstrip()
    ),
    "closures": _closing,
}

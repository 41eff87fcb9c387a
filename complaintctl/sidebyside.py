"""What two sides of a clash say, side by side, for whoever chooses; nothing that could reach the customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import cells, papers, spoken
from complaintctl.errors import BadData
from complaintctl.i18n import _
from complaintctl.labels import name_of
from complaintctl.tuples import NamedTuple
from complaintctl.yamlfile import read_case

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.gitdir import GitDir
    from complaintctl.joining import Clash
    from complaintctl.merging import Contradiction, Said
    from complaintctl.register import Register

_HIDDEN = ("customer.", "about.receipt")
_LONGEST = 200  # letters of a text
# Where the words for what a field holds stand in the policy; some fields mean one list here, another there.
_TABLES = {
    "kind": ("kinds", "measures", "evidence_kinds", "links"),
    "category": ("categories",),
    "severity": ("severities",),
    "outcome": ("decisions", "answers", "outcomes"),
    "role": ("roles",),
    "department": ("departments",),
    "verdict": ("verdicts",),
}
_BEST = 5  # marks of satisfaction


class Sides(NamedTuple):
    """A case as each side has it; None: not at all, or it cannot be read."""

    ours: Case | None
    theirs: Case | None

    @property
    def strangers(self) -> bool:
        """Whether these are two complaints with one id."""
        if self.ours is None or self.theirs is None:
            return False
        return self.ours["intake"] != self.theirs["intake"]


def sides(repository: GitDir, clash: Clash) -> Sides:
    """The two cases of a clash."""
    found = []
    for blob in (clash.ours, clash.theirs):
        data = repository.objects([blob])[0] if clash.case and blob else None
        try:
            found.append(read_case(data.data, clash.path) if data else None)
        except BadData:
            found.append(None)
    return Sides(*found)


def worded(clash: Clash, both: Sides) -> Clash:
    """The clash with both texts where both say something in one field, unless it is kept from sight."""
    return clash._replace(found=tuple(_worded(one, both) for one in clash.found))


def _worded(one: Contradiction, both: Sides) -> Contradiction:
    if kept_back(one) or "[" in one.place:
        return one
    texts = [_text(side, one.place) for side in both]
    if not all(isinstance(text, str) for text in texts):
        return one
    return one._replace(ours=f'"{texts[0]}"', theirs=f'"{texts[1]}"', records=((), ()))


def kept_back(one: Contradiction) -> bool:
    """Whether it is about what could reach the customer."""
    return one.place.startswith(_HIDDEN)


def _text(case: Case | None, place: str) -> str | None:
    found: Any = case
    for key in place.split(".") if place else ["-"]:
        found = found.get(key) if isinstance(found, dict) else None
    if case is None or not isinstance(found, str):
        return None
    text = " ".join(papers.unsaid(found, case).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


# -- in the words of whoever reads


def in_words(clashes: tuple[Clash, ...], register: Register) -> tuple[Clash, ...]:
    """The clashes with fields, ids, people, days and sums as `show` has them."""
    if not clashes:
        return ()
    from complaintctl import schema

    words = _Words(register, schema.field_labels("case", register.language))
    return tuple(one._replace(found=tuple(map(words.contradiction, one.found))) for one in clashes)


class _Words:
    """What a clash is told with: the policy, the staff, the labels of the fields."""

    def __init__(self, register: Register, fields: dict[str, str]) -> None:
        self.policy, self.language = register.policy, register.language
        self.names = {person["id"]: person["name"] for person in register.staff}
        self.currency: str = register.documents.settings["currency"]
        self.fields = fields

    def contradiction(self, one: Contradiction) -> Contradiction:
        """It with its place and both sides in words; what is no record of a step stays as it is."""
        told = [
            "; ".join(map(self.record, records)) if records else text
            for text, records in zip((one.ours, one.theirs), one.records, strict=True)
        ]
        return one._replace(place=self.place(one.place), ours=told[0], theirs=told[1])

    def place(self, path: str) -> str:
        """A path such as ``proposals[0].decision`` by the labels of its fields, entries counted from 1."""
        found, plain = [], ""
        for part in path.split(".") if path else ():
            key, _bracket, number = part.removesuffix("]").partition("[")
            plain = f"{plain}.{key}" if plain else key
            label = self.fields.get(plain, key)
            found.append(f"{label} {int(number) + 1}" if number.isdecimal() else label)
        return cells.listed(found)

    def record(self, said: Said) -> str:
        """What was recorded, and by whom and when."""
        parts = [self.named("steps", said.verb)] if said.verb else []
        parts += [self.fact(key, value) for key, value in said.facts]
        parts += [self.remedy(kind, amount) for kind, amount in said.remedies]
        what = cells.listed(parts)
        if not said.by:
            return what or _("something else")
        name = self.names.get(said.by)
        who = cells.aside(name, said.by) if name else said.by
        signed = _("by {who}, {at}").format(who=who, at=cells.clock(said.at, due=False))
        return cells.listed([what, signed])

    def fact(self, key: str, value: str) -> str:
        """An id by its label, a person by the name, a mark out of the best."""
        if key == "state":
            return _("it is {state}").format(state=self.named("states", value))
        if key == "handler":
            return self.names.get(value, value)
        if key == "satisfaction":
            return f"{self.fields['follow_ups.satisfaction']} {value}/{_BEST}"
        return next((word for table in _TABLES[key] if (word := self.named(table, value)) != value), value)

    def remedy(self, kind: str, amount: str) -> str:
        """A remedy and what it comes to."""
        money = amount and spoken.money(amount, self.currency, self.language)
        return " ".join(filter(None, (self.named("remedies", kind), money)))

    def named(self, kind: str, ident: str) -> str:
        return name_of(self.policy, kind, ident, self.language)

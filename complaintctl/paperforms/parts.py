"""The parts of a paper form as values: fields, boxes to tick, tables to fill in, places to sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WHOLE = 12  # columns of a page: the width of a field that takes all of it


class Choice(NamedTuple):
    """A box to tick."""

    label: str
    ticked: bool = False


class Field(NamedTuple):
    """A label and what is written beside it, or room to write it by hand."""

    key: str  # its path in the case (``customer.phone``), or a name of its own (``passed-to``)
    label: str
    value: str = ""  # may have several lines; empty: boxes to tick, else lines to write on
    width: int = 3  # of `WHOLE` columns
    lines: int = 1  # to write on, where there is neither a value nor a choice
    choices: Sequence[Choice] = ()


class Grid(NamedTuple):
    """A table with so many empty rows that one can write in it."""

    key: str  # the list of the case that it shows (``evidence``), or a name of its own
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]  # of its columns, of `WHOLE`
    blank: int = 0  # rows to write in


class Section(NamedTuple):
    """A part of a form."""

    title: str
    fields: Sequence[Field] = ()
    grid: Grid | None = None
    text: str = ""  # what stands there in any case


class Box(NamedTuple):
    """A place to sign."""

    key: str
    label: str  # who signs, and for what
    name: str = ""
    day: str = ""


class Form(NamedTuple):
    """A paper form, in one language."""

    kind: str  # one of `complaintctl.paperforms.KINDS`
    title: str
    shop: str
    language: str
    head: Sequence[Field]  # beside the title
    sections: Sequence[Section]
    boxes: Sequence[Box]
    notes: Sequence[str]  # small print
    foot: str  # by which rules and when it was printed
    roomy: bool = False  # large letters and much room: it is given to a customer

    def fields(self) -> Iterator[Field]:
        """Every field, from top to bottom."""
        yield from self.head
        for section in self.sections:
            yield from section.fields

    def asked(self) -> list[str]:
        """What the form asks for: the keys of its fields, tables and places to sign."""
        grids = [section.grid.key for section in self.sections if section.grid]
        return [*(field.key for field in self.fields()), *grids, *(box.key for box in self.boxes)]

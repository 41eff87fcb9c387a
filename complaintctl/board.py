"""The board: cases in columns side by side, or one state below the other where there is no room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complaintctl.cells import aside, safe, width
from complaintctl.i18n import ngettext
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NARROWEST = 24  # columns of the terminal that a column of the board takes at least: an id with its mark
WIDEST = 44
_GAP = 2
_SIGNS = 3  # columns: two signs and a blank
_MORE = "…"


class Card(NamedTuple):
    """One case: signs of what it needs, and what is said of it, most important first."""

    marks: str
    name: str
    words: tuple[str, ...]  # empty ones where there is nothing to say
    late: bool


class Lane(NamedTuple):
    """The cases of one state; `left` of them are not shown."""

    title: str
    cards: list[Card]
    left: int

    @property
    def head(self) -> str:
        """The state, and how many cases are in it."""
        return aside(safe(self.title), str(len(self.cards) + self.left))


def drawn(lanes: Sequence[Lane], room: int, stress: Callable[[str], str]) -> str:
    """The lanes as lines of text, ending with a newline; nothing of no lanes.

    `room`: columns of the terminal, 0 where there is none.  Lanes that do not fit
    side by side go below each other, as many in a line as fit; where not even two
    do, and where there is no terminal, each case has a line.  `stress` makes the
    first line of a late case conspicuous without making it wider.
    """
    abreast = (room + _GAP) // (NARROWEST + _GAP)
    if abreast < 2:
        return _stacked(lanes, room, stress)
    bands = -(-len(lanes) // abreast)
    each = -(-len(lanes) // bands) if bands else 1
    wide = min((room + _GAP) // each - _GAP, WIDEST)
    parts = [_band(lanes[at : at + each], wide, stress) for at in range(0, len(lanes), each)]
    return "\n".join(parts)


def _band(lanes: Sequence[Lane], wide: int, stress: Callable[[str], str]) -> str:
    """Some lanes side by side."""
    blocks = [_block(lane, wide, stress) for lane in lanes]
    blank = " " * wide
    lines = []
    for number in range(max(map(len, blocks))):
        cells = (block[number] if number < len(block) else blank for block in blocks)
        lines.append((" " * _GAP).join(cells).rstrip())
    return "\n".join(lines) + "\n"


def _block(lane: Lane, wide: int, stress: Callable[[str], str]) -> list[str]:
    """A lane as lines of the same width: its head, two lines for each case, and how many are left."""
    lines = [_fitted(lane.head, wide), "-" * wide]
    for card in lane.cards:
        name = _fitted(f"{_signs(card)}{safe(card.name)}", wide)
        lines += [
            stress(name) if card.late else name,
            _fitted(" " * _SIGNS + safe(" · ".join(filter(None, card.words))), wide),
        ]
    if lane.left:
        lines.append(_fitted(_left(lane), wide))
    return lines


def _stacked(lanes: Sequence[Lane], room: int, stress: Callable[[str], str]) -> str:
    """A line for each case, states below each other; the last of the words is cut where there is no room."""
    cards = [card for lane in lanes for card in lane.cards]
    if not lanes:
        return ""
    columns = list(zip(*([safe(one) for one in (card.name, *card.words)] for card in cards), strict=True))
    widths = [max(map(width, column)) for column in columns]
    parts = []
    for lane in lanes:
        lines = [lane.head]
        for card in lane.cards:
            cells = [safe(one) for one in (card.name, *card.words)]
            words = (" " * _GAP).join(_padded(cell, wide) for cell, wide in zip(cells, widths, strict=True))
            line = f"{_signs(card)}{words}".rstrip()
            line = _cut(line, room) if room else line
            lines.append(stress(line) if card.late else line)
        parts.append("\n".join([*lines, *([" " * _SIGNS + _left(lane)] if lane.left else ())]) + "\n")
    return "\n".join(parts)


def _signs(card: Card) -> str:
    return card.marks[: _SIGNS - 1].ljust(_SIGNS)


def _left(lane: Lane) -> str:
    return ngettext("{count} more", "{count} more", lane.left).format(count=lane.left)


def _fitted(text: str, wide: int) -> str:
    """Text in exactly so many columns."""
    return _padded(_cut(text, wide), wide)


def _padded(text: str, wide: int) -> str:
    return text + " " * (wide - width(text))


def _cut(text: str, wide: int) -> str:
    """Text in at most so many columns; what is cut off is shown by an ellipsis."""
    if width(text) <= wide:
        return text
    kept = text[:wide]
    while kept and width(kept) > wide - 1:
        kept = kept[:-1]
    return kept + _MORE

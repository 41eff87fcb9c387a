"""Figures as pictures: inline SVG made of numbers, in words too, and readable without colour.

A picture has a title and a description that says every figure in it.  What is
told apart by colour is told apart by its filling (full, hatched, empty) and its
name as well.  Colours and type are the style sheet's (`stylesheet`); lengths are
CSS pixels at the picture's own size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from complaintctl import cells
from complaintctl.i18n import pgettext
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

WIDE, HALF = 720, 352
_SPARE = 1.25  # words of wide letters are longer than their columns say, and would be cut at the edge
FULL, HATCHED, EMPTY = "full", "hatched", "empty"
FILLS = (FULL, HATCHED, EMPTY)

_COLUMN = 6.5  # a column of text, as `cells.width` counts them
_LINE = 15  # a line of text
_BAR = 14
_PLOT = 150  # the height of what stands upright
_TICKS = 5
_SWATCH = 11
_GAP = 8


class Series(NamedTuple):
    """One figure for each place of a picture, and what it is called."""

    name: str
    values: Sequence[int]


class Bar(NamedTuple):
    """One lying bar: what it is of, how long its parts are, what stands at its end."""

    label: str
    parts: Sequence[float]
    words: str
    mark: float | None = None  # a point of the line across the bars, as a share of the whole


def picture(ident: str, size: tuple[float, float], title: str, said: str, drawn: Iterable[str]) -> str:
    """The SVG around what is drawn; `ident` is unique on its page."""
    width, height = size
    return (
        f'<svg viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" height="{_n(height)}" role="img"'
        f' aria-labelledby="{ident}-title {ident}-desc">'
        f'<title id="{ident}-title">{cells.hypertext(title)}</title>'
        f'<desc id="{ident}-desc">{cells.hypertext(said)}</desc>'
        f'<defs><pattern id="{ident}-hatch" width="5" height="5" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><path class="ground" d="M0 0h5v5H0z"/>'
        '<path class="stripe" d="M0 0h2v5H0z"/></pattern></defs>'
        f"{''.join(drawn)}</svg>"
    )


def said(labels: Sequence[str], series: Sequence[Series]) -> str:
    """Every figure of a picture in words: ``W46: received 3, closed 1. W47: …``."""
    return sentences(
        (label, cells.listed(f"{one.name} {one.values[at]}" for one in series))
        for at, label in enumerate(labels)
    )


def sentences(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and what is said of each, for whoever hears a picture and does not see it."""
    return " ".join(cells.told(name, words) + pgettext("end of a sentence", ".") for name, words in pairs)


# -- bars that stand side by side, and a line


def columns(
    ident: str, title: str, description: str, labels: Sequence[str], bars: Sequence[Series], line: Series
) -> str:
    """Groups of bars from left to right, a line above them, and below each group its figures as numbers."""
    names = [one.name for one in (*bars, line)]
    left = max(_long(name) for name in names) + _SWATCH + 2 * _GAP
    step = (WIDE - left) / max(len(labels), 1)
    top = max((value for one in (*bars, line) for value in one.values), default=0)
    scale = _Scale(top, _PLOT)
    base = _PLOT + _GAP
    drawn = [*_grid(scale, left, base)]
    wide = min((step - _GAP) / max(len(bars), 1), 2.0 * _BAR)
    for place, one in enumerate(bars):
        for at, value in enumerate(one.values):
            x = left + step * (at + 0.5) + wide * (place - len(bars) / 2)
            drawn.append(_block(ident, FILLS[place], x, base - scale(value), wide - 1, scale(value)))
    points = [(left + step * (at + 0.5), base - scale(value)) for at, value in enumerate(line.values)]
    drawn += _line(points)
    y = base + _LINE
    drawn += [_text(left + step * (at + 0.5), y, label, "middle") for at, label in enumerate(labels)]
    for place, one in enumerate((*bars, line)):
        y += _LINE + 2
        drawn += _sample(ident, FILLS[place] if place < len(bars) else None, 0, y - 9)
        drawn.append(_text(_SWATCH + _GAP, y, one.name))
        drawn += [
            _text(left + step * (at + 0.5), y, str(value), "middle") for at, value in enumerate(one.values)
        ]
    return picture(ident, (WIDE, y + _GAP), title, description, drawn)


class _Scale:
    """Heights for values from nought to a round number that none of them exceeds."""

    def __init__(self, top: int, height: float) -> None:
        powers: Iterable[int] = (10**power for power in range(20))
        steps = (size * power for power in powers for size in (1, 2, 5))
        self.step = next(step for step in steps if top <= step * _TICKS)
        self.count = max(-(-top // self.step), 1)
        self._unit = height / (self.count * self.step)

    def __call__(self, value: float) -> float:
        return value * self._unit


def _grid(scale: _Scale, left: float, base: float) -> Iterator[str]:
    for tick in range(scale.count + 1):
        y = base - scale(tick * scale.step)
        kind = "rule" if tick else "axis"
        yield f'<path class="{kind}" d="M{_n(left)} {_n(y)}H{WIDE}"/>'
        yield _text(left - _GAP / 2, y + 4, str(tick * scale.step), "end", "small")


# -- bars that lie one below the other


def bars(
    ident: str,
    title: str,
    description: str,
    rows: Sequence[Bar],
    names: Sequence[str],
    *,
    width: int = WIDE,
    whole: float = 0,
    line: str = "",
) -> str:
    """Lying bars with a label before and words behind each.

    `names`: of the parts of a bar, in the order of `FILLS`; several make a
    legend.  `whole`: what fills the width, else the longest bar does.  `line`: the name
    of the line through the marks.
    """
    most = int(width * 0.4 / _COLUMN)
    labels = [wrapped(row.label, most) for row in rows]
    left = max((_long(part) for label in labels for part in label), default=0) * _SPARE + _GAP
    right = width - max((_long(row.words) for row in rows), default=0) - _GAP
    longest = whole or max((float(sum(row.parts)) for row in rows), default=0.0) or 1.0
    unit = max(right - left - _GAP / 2, 1) / longest
    several = [*names, line] if line else list(names)
    y, drawn = _legend(ident, several if len(several) > 1 else [], width, line)
    marks = []
    for row, label in zip(rows, labels, strict=True):
        high = _high(label)
        middle, x = y + high / 2, left
        first = middle + 4 - _LINE * (len(label) - 1) / 2
        drawn += [_text(left - _GAP, first + _LINE * at, part, "end") for at, part in enumerate(label)]
        for place, part in enumerate(row.parts):
            length = float(part) * unit
            drawn.append(_block(ident, FILLS[place], x, middle - _BAR / 2, length, _BAR))
            x += length
        if row.mark is not None:
            marks.append((left + row.mark * longest * unit, middle))
        drawn.append(_text(right + _GAP / 2, middle + 4, row.words))
        y += high
    drawn.append(f'<path class="axis" d="M{_n(left)} {_n(y)}V{_n(y - sum(_high(one) for one in labels))}"/>')
    return picture(ident, (width, y + 2), title, description, [*drawn, *_line(marks)])


def _high(label: Sequence[str]) -> float:
    """The room of a bar, whose label before it may have several lines."""
    return max(len(label) * _LINE, _BAR) + 5


def _legend(ident: str, names: Sequence[str], width: float, line: str) -> tuple[float, list[str]]:
    """The names of the parts with a sample of each, and where they end."""
    drawn: list[str] = []
    if not names:
        return 2.0, drawn
    x, y = 0.0, 12.0
    for place, name in enumerate(names):
        long = _SWATCH + _GAP / 2 + _long(name) + 2 * _GAP
        if x and x + long > width:
            x, y = 0.0, y + _LINE + 3
        drawn += _sample(ident, None if name is line else FILLS[place], x, y - 9)
        drawn.append(_text(x + _SWATCH + _GAP / 2, y, name))
        x += long
    return y + _GAP, drawn


def wrapped(text: str, most: int) -> list[str]:
    """A text in lines of at most `most` columns; what has no blanks, as Chinese has none, breaks anywhere."""
    lines = [""]
    for word in cells.safe(text).split():
        together = f"{lines[-1]} {word}".strip()
        if cells.width(together) <= most:
            lines[-1] = together
            continue
        if lines[-1]:
            lines.append("")
        for sign in word:
            if lines[-1] and cells.width(lines[-1] + sign) > most:
                lines.append("")
            lines[-1] += sign
    return lines


# -- small pieces


def _block(ident: str, fill: str, x: float, y: float, wide: float, high: float) -> str:
    """A filled rectangle; nothing where it has no extent."""
    if wide <= 0 or high <= 0:
        return ""
    pattern = f' fill="url(#{ident}-hatch)"' if fill == HATCHED else ""
    return (
        f'<rect class="{fill}"{pattern} x="{_n(x)}" y="{_n(y)}" width="{_n(max(wide, 1))}"'
        f' height="{_n(max(high, 1))}"/>'
    )


def _line(points: Sequence[tuple[float, float]]) -> Iterator[str]:
    """A line with a dot at each of its points."""
    if points:
        yield f'<path class="line" d="M{"L".join(f"{_n(x)} {_n(y)}" for x, y in points)}"/>'
    for x, y in points:
        yield f'<circle class="dot" cx="{_n(x)}" cy="{_n(y)}" r="3"/>'


def _sample(ident: str, fill: str | None, x: float, y: float) -> Iterator[str]:
    """What stands before a name: a little of its filling, or of the line."""
    if fill is None:
        yield f'<path class="line" d="M{_n(x)} {_n(y + 5)}H{_n(x + _SWATCH)}"/>'
        yield f'<circle class="dot" cx="{_n(x + _SWATCH / 2)}" cy="{_n(y + 5)}" r="3"/>'
    else:
        yield _block(ident, fill, x, y, _SWATCH, 10)


def _text(x: float, y: float, words: str, anchor: str = "start", kind: str = "") -> str:
    where = "" if anchor == "start" else f' text-anchor="{anchor}"'
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{_n(x)}" y="{_n(y)}"{where}>{cells.hypertext(words)}</text>'


def _long(words: str) -> float:
    """About how long a text is."""
    return max(cells.width(cells.safe(words)), 0) * _COLUMN


def _n(value: float) -> str:
    """A length with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")

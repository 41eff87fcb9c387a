"""Pictures: every figure is in their words and none only in a colour; nothing overlaps or runs out."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaintctl import cells, charts, i18n
from complaintctl.charts import HALF, WIDE, Bar, Series, bars, columns, said, wrapped

SVG = "{*}"
LABELS = [f"W{number}" for number in range(36, 48)]
counts = st.lists(st.integers(0, 10**6), min_size=12, max_size=12)
words = st.text(max_size=40)


@pytest.fixture(autouse=True)
def english() -> None:
    i18n.use("en")


def drawn(svg: str) -> ET.Element:
    """An SVG as a tree; it is XML as well."""
    return ET.fromstring(svg)  # noqa: S314  (our own text)


def shapes(svg: str, kind: str) -> list[ET.Element]:
    """The bars of a filling, without the sample of it in the legend."""
    return [one for one in drawn(svg).findall(f"{SVG}rect") if one.get("class") == kind]


def number(one: ET.Element, name: str) -> float:
    return float(one.get(name, "nan"))


def texts(svg: str) -> list[str]:
    return [one.text or "" for one in drawn(svg).findall(f"{SVG}text")]


def a_trend(*values: list[int]) -> str:
    series = [
        Series(name, list(one)) for name, one in zip(("received", "closed", "open"), values, strict=True)
    ]
    return columns("trend", "Twelve weeks", said(LABELS, series), LABELS, series[:2], series[2])


def test_a_picture_says_in_words_what_it_shows() -> None:
    svg = drawn(a_trend([3] * 12, [2] * 12, [1] * 12))
    title, desc = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert title.text == "Twelve weeks"
    assert desc.text == " ".join(f"{label}: received 3, closed 2, open 1." for label in LABELS)


@given(counts, counts, counts)
def test_every_figure_stands_there_as_a_number_and_as_high_as_it_is(
    received: list[int], closed: list[int], standing: list[int]
) -> None:
    svg = a_trend(received, closed, standing)
    for series in (received, closed, standing):
        assert all(str(value) in texts(svg) for value in series)
    top = max(*received, *closed, *standing)
    for kind, series in (("full", received), ("hatched", closed)):
        bars_of = [one for one in shapes(svg, kind) if number(one, "height") != 10 or number(one, "x") > 0]
        assert len(bars_of) == sum(value > 0 for value in series)
        for one, value in zip(bars_of, filter(None, series), strict=True):
            assert 1 <= number(one, "height") <= charts._PLOT
            if value == top:
                assert number(one, "height") > charts._PLOT * 0.45


def test_bars_that_stand_side_by_side_do_not_touch_those_of_the_next_week() -> None:
    svg = a_trend([9] * 12, [9] * 12, [9] * 12)
    right_of = [number(one, "x") + number(one, "width") for one in shapes(svg, "hatched")[:12]]
    left_of = [number(one, "x") for one in shapes(svg, "full")[1:12]]
    assert all(right < left for right, left in zip(right_of, left_of, strict=False))


@pytest.mark.parametrize(
    ("top", "step"), [(0, 1), (4, 1), (5, 1), (6, 2), (23, 5), (99, 20), (101, 50), (6000, 2000)]
)
def test_a_scale_has_round_numbers_and_few(top: int, step: int) -> None:
    scale = charts._Scale(top, 100)
    assert scale.step == step
    assert scale.count * scale.step >= top
    assert scale.count <= 5
    assert scale(scale.count * scale.step) == pytest.approx(100)


def test_what_is_told_apart_by_colour_is_told_apart_by_its_filling_too() -> None:
    rows = [Bar("reply", [3, 2, 1], "3 / 2 / 1")]
    svg = bars("clocks", "Clocks", "reply: met 3.", rows, ["met", "missed", "waiting"])
    for kind, name in zip(charts.FILLS, ("met", "missed", "waiting"), strict=True):
        assert len(shapes(svg, kind)) == 2, name  # the part and the sample before its name
        assert name in texts(svg)
    assert {one.get("fill") for one in shapes(svg, "hatched")} == {"url(#clocks-hatch)"}
    assert drawn(svg).find(f"{SVG}defs/{SVG}pattern[@id='clocks-hatch']") is not None


def test_the_parts_of_a_bar_follow_on_each_other_and_the_longest_fills_the_width() -> None:
    svg = bars("b", "t", "d", [Bar("a", [6, 4], "10"), Bar("b", [1, 4], "5")], ["met", "missed"])
    first, second = shapes(svg, "full")[1:]
    behind = shapes(svg, "hatched")[1]
    assert number(behind, "x") == pytest.approx(number(first, "x") + number(first, "width"), abs=0.2)
    assert number(first, "width") / number(second, "width") == pytest.approx(6, rel=0.02)
    assert number(behind, "x") + number(behind, "width") <= WIDE


def test_the_line_of_a_pareto_reaches_the_whole() -> None:
    rows = [Bar("spoiled", [3], "3", 0.75), Bar("queue", [1], "1", 1.0)]
    svg = bars("pareto", "t", "d", rows, ["founded"], whole=4, line="cumulative")
    dots = drawn(svg).findall(f"{SVG}circle")[1:]  # after the sample of it
    bar = shapes(svg, "full")[1]
    full = number(bar, "width") / 0.75
    assert number(dots[0], "cx") == pytest.approx(number(bar, "x") + number(bar, "width"), abs=0.2)
    assert number(dots[1], "cx") == pytest.approx(number(bar, "x") + full, abs=0.5)
    assert "cumulative" in texts(svg)


@given(st.lists(st.tuples(words, st.integers(0, 999), words), max_size=6), st.sampled_from([WIDE, HALF]))
def test_whatever_stands_in_a_label_stays_text(found: list[tuple[str, int, str]], width: int) -> None:
    svg = bars(
        "x", "<b>&", '"]]>', [Bar(label, [value], said) for label, value, said in found], [""], width=width
    )
    names = {re.sub(r"\{.*\}", "", one.tag) for one in drawn(svg).iter()}
    assert names <= {"svg", "title", "desc", "defs", "pattern", "path", "rect", "text", "circle"}


@given(st.text(), st.integers(4, 40))
def test_a_label_is_broken_into_lines_that_fit(text: str, most: int) -> None:
    lines = wrapped(text, most)
    assert "".join("".join(lines).split()) == "".join(cells.safe(text).split())
    assert all(cells.width(line) <= most or len(line) == 1 for line in lines)


def test_chinese_is_broken_anywhere_and_other_words_between_them() -> None:
    assert wrapped("越权承诺引起的纠纷处理时限", 10) == ["越权承诺引", "起的纠纷处", "理时限"]
    assert wrapped("proposal in a severe case", 12) == ["proposal in", "a severe", "case"]


def test_long_labels_leave_room_for_the_bars() -> None:
    rows = [Bar("investigation of a severe or urgent complaint about the goods of a supplier", [5], "5")]
    one = shapes(bars("x", "t", "d", rows, [""], width=HALF), "full")[0]
    assert number(one, "width") > HALF / 3
    assert number(one, "x") + number(one, "width") < HALF


def test_nothing_to_show_is_no_picture_that_fails() -> None:
    empty: list[Any] = []
    assert shapes(bars("x", "t", "d", empty, [""]), "full") == []
    assert len(texts(a_trend([0] * 12, [0] * 12, [0] * 12))) > 12

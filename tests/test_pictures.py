"""The pictures of the documents show what the program prints now, and each stands in a document."""

from __future__ import annotations

import re
import struct

from tests import make_pictures, pictured

AGAIN = "shows something else: python -m tests.make_pictures (needs Chromium), and look at it"


def test_a_picture_of_the_program_shows_what_it_prints_now() -> None:
    found = list(pictured.scenes())
    assert [scene.name for scene in found] == ["weekly-page", "form", "terminal"]
    for scene in found:
        picture = (make_pictures.FOLDER / f"{scene.name}.png").read_bytes()
        assert make_pictures.carried(picture) == make_pictures.digest(scene.page), f"{scene.name} {AGAIN}"


def test_another_page_would_be_noticed() -> None:
    scene = next(pictured.scenes())
    assert make_pictures.digest(scene.page) != make_pictures.digest(scene.page.replace("received", "got", 1))


def test_every_picture_stands_in_a_document() -> None:
    texts = [path.read_text("utf-8") for path in [make_pictures.TOP / "README.md", *make_pictures.TOP.glob("docs/*.md")]]  # fmt: skip
    shown = {name for text in texts for name in re.findall(r"pictures/([a-z-]+\.png)", text)}
    assert shown == {path.name for path in make_pictures.FOLDER.iterdir()}


def test_a_picture_is_as_wide_as_it_can_be_read_and_not_heavy() -> None:
    for path in make_pictures.FOLDER.glob("*.png"):
        data = path.read_bytes()
        wide, _high = struct.unpack(">II", data[16:24])
        assert 900 <= wide <= 1300, path.name
        assert len(data) < 300_000, path.name


def test_a_sign_of_two_columns_takes_two_in_a_picture_of_a_terminal() -> None:
    assert pictured.set_line("a 投<b") == "a <i>投</i>&lt;b"

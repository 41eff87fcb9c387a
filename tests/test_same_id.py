"""One id for two complaints: it takes a hand, because ids are drawn at random; nothing may be lost by it."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest

from complaintctl import recording
from complaintctl.casefiles import path_of
from tests.laptops import Laptops
from tests.scenarios import road


@pytest.fixture
def laptops(tmp_path: Path) -> Laptops:
    """The same id on both laptops, each with a photograph; the first one has sent its own."""
    laptops = Laptops(tmp_path, "received")
    with mock.patch.object(recording, "draw", return_value="7"):
        for place, who, text in ((laptops.one, "li.na", "a"), (laptops.two, "chen.jie", "b")):
            case = place.shop.wait(minutes=3).new("--channel", "desk", "--complaint", text, who=who)
            photo = place.photo.with_name(f"{text}.jpg")
            photo.write_bytes(road.PHOTO + text.encode())
            place.shop.do(who, "evidence", "add", case, str(photo), "--kind", "photo")
    laptops.sync(laptops.one)
    laptops.case = case
    return laptops


@pytest.mark.parametrize(("take", "kept", "other"), [("ours", "b", "a"), ("theirs", "a", "b")])
def test_the_other_complaint_and_its_evidence_stay_where_they_are_said_to_be(
    laptops: Laptops, take: str, kept: str, other: str
) -> None:  # E9
    shop, case = laptops.two.shop, laptops.case
    laptops.clash(laptops.two, "chen.jie")
    words = ("resolve", case, "--take", take, "--reason", "recorded anew")
    said = shop.run("chen.jie" if take == "theirs" else "sun.min", *words).err
    commit = said.partition("git show ")[2].partition(":")[0]
    laptops.sync(laptops.two, "chen.jie" if take == "theirs" else "sun.min")
    laptops.settle()  # verify has nothing against it
    assert shop.show(case)["complaint"] == kept
    text = shop.git("show", f"{commit}:{path_of(case)}")
    assert f"complaint: {other}" in text
    photo = next(row for row in text.splitlines() if "file:" in row).split()[-1].strip('"')
    folder = path_of(case).removesuffix(".yaml")
    assert shop.git("cat-file", "-t", f"{commit}:{folder}/{photo}") == "blob\n"
    assert not (shop.folder / folder / photo).exists()


def test_the_other_complaint_is_recorded_anew_beside_the_first(laptops: Laptops) -> None:
    laptops.clash(laptops.two, "chen.jie")
    laptops.two.shop.do("chen.jie", "resolve", laptops.case, "--take", "theirs", "--reason", "recorded anew")
    laptops.sync(laptops.two, "chen.jie")
    anew = laptops.two.shop.new("--channel", "desk", "--complaint", "b", who="chen.jie")
    assert anew != laptops.case
    laptops.settle()

"""Where something is wrong, without what people wrote into names of files."""

from __future__ import annotations

import pytest

from complaintctl.findings import place_of
from tests.shop import Shop

CASE = "cases/2026/11/C-20261116-7K3MQ4"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (f"{CASE}.yaml", f"{CASE}.yaml"),
        (f"{CASE}/0123456789abcdef.jpg", f"{CASE}/0123456789abcdef.jpg"),
        ("proposals[0].decision", "proposals[0].decision"),
        ("policies/staff.yaml", "policies/staff.yaml"),
        (f"{CASE}/王女士 13800001234.jpg", f"{CASE}/[…].jpg"),
        (f"{CASE}/a/b/王女士.x y", f"{CASE}/[…]"),
        ("cases/2026/王女士/C-20261116-7K3MQ4.yaml", "cases/2026/[…].yaml"),
        ("cases/\x1b]0;x\x07.txt", "cases/[…].txt"),
        ("Cases/王女士", "Cases/[…]"),
    ],
)
def test_a_place_names_nothing_that_people_wrote(path: str, place: str) -> None:  # C1
    assert place_of(path) == place


def test_a_stray_file_beside_a_case_is_told_without_its_name(shop: Shop) -> None:
    case = shop.new()
    folder = shop.folder / "cases" / case[2:6] / case[6:8] / case
    folder.mkdir()
    (folder / "王女士\x1b[2J 13800001234.jpg").write_bytes(b"x")
    (folder.parent / "13800001234.txt").write_bytes(b"x")
    shop.git("add", "-A")
    shop.git("-c", "user.name=li.na", "-c", "user.email=li.na@shop.example", "commit", "-q", "-m", "by hand")
    for words in (
        ("verify",),
        ("verify", "--json"),
        ("check", "--range", "HEAD~..HEAD", "--format", "github"),
    ):
        ran = shop.run("", *words)
        assert ran.code == 7
        assert "[…].jpg" in ran.out or "[\\u2026].jpg" in ran.out
        assert not [secret for secret in ("王女士", "13800001234", "\x1b") if secret in ran.out + ran.err]

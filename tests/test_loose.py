"""What is read of loose objects without git is what git would say; anything else is left to git."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import pytest

from complaintctl import gitprocess, loose
from complaintctl.history import Repository
from tests.git_examples import CASE, git, home, register


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home(tmp_path, monkeypatch)
    repository = register(tmp_path / "shop")
    yield repository
    repository.close()


def names(shop: Repository) -> list[str]:
    head = shop.head() or ""
    paths = (CASE, "cases", "cases/2026/11", "policies/register.yaml", "")
    return [
        head,
        f"{head}^{{tree}}",
        git(shop.root, "rev-parse", f"{head}:{CASE}"),
        *(f"{head}:{path}" for path in paths),
    ]


def place(shop: Repository, name: str) -> Path:
    found = git(shop.root, "rev-parse", name)
    return shop.git_dir / "objects" / found[:2] / found[2:]


def test_loose_objects_are_read_as_git_reads_them_and_start_no_process(shop):
    before = gitprocess.started
    found = shop.objects(names(shop))
    assert gitprocess.started == before
    git(shop.root, "gc", "--quiet")
    assert [loose.find(shop, name) for name in names(shop)] == [None] * len(found)
    assert shop.objects(names(shop)) == found
    assert gitprocess.started == before + 1


def test_what_is_not_plainly_there_is_left_to_git(shop):
    head = shop.head()
    for name in ("HEAD", head[:12], "e" * 40, "e" * 64, f"{head}:none", f"{head}:cases/", f"{head}:./cases",
                 f"{head}:{CASE}/x", f"{head}^", f"{git(shop.root, 'rev-parse', 'HEAD^{tree}')}:cases"):  # fmt: skip
        assert loose.find(shop, name) is None
    assert shop.objects([head, "e" * 40, f"{head}:none", f"{head}^{{tree}}"])[1:3] == [None, None]
    assert [found.kind for found in shop.objects([head, f"{head}:cases"])] == ["commit", "tree"]


def test_damaged_objects_are_left_to_git(shop):
    name = f"HEAD:{CASE}"
    blob, file = git(shop.root, "rev-parse", name), place(shop, name)
    good = file.read_bytes()
    file.chmod(0o644)
    content = zlib.decompress(good)
    for bad in (
        b"",
        good[:-1],
        good + b"x",
        b"x" + good,
        zlib.compress(content + b"x"),
        zlib.compress(content.replace(b"received", b"rejected")),
        zlib.compress(b"blob -1\0"),
        zlib.compress(b"blub 0\0"),
    ):
        file.write_bytes(bad)
        assert loose.find(shop, blob) is None
    file.write_bytes(good)
    assert loose.find(shop, blob) is not None
    file.unlink()
    file.mkdir()
    assert loose.find(shop, blob) is None


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs to give files away")
def test_git_says_whether_the_repository_of_another_user_may_be_read(shop):  # D12
    assert loose.open_to_us(shop)
    for folder in (shop.git_dir, shop.root):
        os.chown(folder, 12345, 12345)
        assert not loose.open_to_us(shop)
        os.chown(folder, os.geteuid(), -1)

"""Every test has a home, a git configuration, a clock and an identity of its own; the real ones are out of reach."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest

from complaintctl import i18n
from tests.shop import Shop


@pytest.fixture(scope="session")
def _worlds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, itertools.count[int]]:
    return tmp_path_factory.mktemp("worlds"), itertools.count()


@pytest.fixture(autouse=True)
def _own_world(_worlds: tuple[Path, itertools.count[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    i18n.use("en")  # whatever the test before this one spoke
    world, numbers = _worlds
    home = world / str(next(numbers))
    home.mkdir()
    for name in list(os.environ):
        if name.startswith(("GIT_", "COMPLAINTCTL_", "XDG_")) or name in {"NO_COLOR", "FORCE_COLOR"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(home.parent))
    monkeypatch.delenv(
        "PYTHONDONTWRITEBYTECODE", raising=False
    )  # processes that a test starts compile it once,
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(world / "compiled"))  # and outside the checkout


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A register with five people, made anew (a copy of one that is made once)."""
    return Shop.make(tmp_path / "shop")

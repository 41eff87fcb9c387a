"""Every test has a home, a git configuration, a clock and an identity of its own; the real ones are out of reach."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.shop import Shop


@pytest.fixture(autouse=True)
def _own_world(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith(("GIT_", "COMPLAINTCTL_", "XDG_")) or name in {"NO_COLOR", "FORCE_COLOR"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(home.parent))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A register with five people, made anew (a copy of one that is made once)."""
    return Shop.make(tmp_path / "shop")

"""Scenarios need no disk that survives a power cut: that is proved elsewhere, fault by fault."""

from __future__ import annotations

import pytest

from complaintctl import gitprocess


@pytest.fixture(autouse=True)
def _fast_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda _descriptor: None)
    monkeypatch.setitem(gitprocess.PINNED, "core.fsync", "none")

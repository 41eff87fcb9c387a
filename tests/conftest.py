"""Every test has a home, a git configuration, a clock and an identity of its own; the real ones are out of reach."""

from __future__ import annotations

import itertools
import os
import zlib
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
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
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


# Files whose tests play whole days on several machines, or ask the same of very many things: one in so many
# of them runs each time, all of them with `-m slow` and without. Which ones is a matter of their names alone.
_SAMPLED = {
    "test_sync.py": 5, "test_push_matrix.py": 5, "test_signed.py": 5, "test_hostile.py": 5, "test_tamper.py": 3,
    "test_proposals.py": 4, "test_faults.py": 4, "test_seal.py": 4, "test_checkpoints.py": 4, "test_forge.py": 4,
    "test_page_browser.py": 4, "test_review.py": 3, "test_letters.py": 3, "test_bad_input.py": 2,
    "test_two_laptops.py": 2, "test_formpages.py": 2, "test_commands_letter.py": 2, "test_index.py": 2,
    "test_verify.py": 5, "test_walking.py": 5, "test_world.py": 4, "test_hindsight.py": 4, "test_judging.py": 3,
    "test_ranging.py": 3, "test_hooks.py": 3, "test_policy_tools.py": 3, "test_s0_supermarket.py": 2,
    "test_s1a_optical.py": 3, "test_s1b_general.py": 3, "test_s1c_hotel.py": 3, "test_s1d_fitness.py": 3,
    "test_s1e_s2_aftersales.py": 3, "test_s3_delivery.py": 3, "test_s4_chain_store.py": 3, "test_demos.py": 3,
    "test_merge.py": 3, "test_policy_shipped.py": 3, "test_forms.py": 3, "test_playbooks.py": 3,
    "test_telling.py": 3, "test_paperforms.py": 2, "test_page.py": 3, "test_history.py": 2,
    "test_transaction.py": 2, "test_retrace.py": 2, "test_plainfit.py": 2, "test_indexsplice.py": 2,
    "test_times.py": 2, "test_yamlfile.py": 2, "test_reports.py": 3, "test_board.py": 2, "test_papers.py": 2,
    "test_breakdown.py": 2, "test_samples.py": 2, "test_prompts.py": 2,
}  # fmt: skip


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        one_in = _SAMPLED.get(item.path.name, 1)
        if zlib.crc32(item.name.encode()) % one_in:
            item.add_marker(pytest.mark.slow)

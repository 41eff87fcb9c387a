"""Git's hooks: put in place once, never over somebody's own, and they refuse what must not be recorded."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests import server
from tests.server import Place, git
from tests.shop import Shop, run


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return server.place(tmp_path)


def hooks(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.endswith(".sample")}


def test_hooks_are_put_in_place_once(shop: Shop) -> None:
    place = shop.folder / ".git" / "hooks"
    printed = shop.do("", "hook", "install", "--dry-run")
    assert not place.exists() or hooks(place) == set()
    assert shop.do("", "hook", "install") == printed
    assert hooks(place) == {"pre-commit", "pre-push"}
    assert shop.do("", "hook", "install") == ""
    for path in place.iterdir():
        assert os.access(path, os.X_OK)
        assert " -P -m complaintctl hook run " in path.read_text(encoding="utf-8")


def test_a_hook_of_ones_own_stays(shop: Shop) -> None:
    own = shop.folder / ".git" / "hooks" / "pre-push"
    own.parent.mkdir(exist_ok=True)
    own.write_text("#!/bin/sh\necho mine\n", encoding="utf-8")
    ran = shop.run("", "hook", "install")
    assert ran.code == 4
    assert "-m complaintctl hook run pre-push" in ran.err
    assert own.read_text(encoding="utf-8") == "#!/bin/sh\necho mine\n"
    assert not (own.parent / "pre-commit").exists()


def test_the_hook_goes_where_this_person_keeps_hooks(shop: Shop, tmp_path: Path) -> None:
    subprocess.run(["git", "config", "--global", "core.hooksPath", str(tmp_path / "mine")], check=True)
    shop.do("", "hook", "install")
    assert hooks(tmp_path / "mine") == {"pre-commit", "pre-push"}


def test_a_server_that_runs_several_hooks_gets_one_more(shop: Shop, tmp_path: Path) -> None:
    bare = tmp_path / "shop.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(shop.folder), str(bare)], check=True)
    (bare / "hooks" / "pre-receive.d").mkdir(parents=True)
    (bare / "hooks" / "pre-receive").write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    assert run("-C", str(bare), "hook", "install", "--server").code == 0
    assert (bare / "hooks" / "pre-receive.d" / "complaintctl").exists()
    assert "exit 0" in (bare / "hooks" / "pre-receive").read_text(encoding="utf-8")


def test_the_hook_of_a_server_is_for_a_bare_repository(shop: Shop, tmp_path: Path) -> None:
    shop.refuse(4, "", "hook", "install", "--server")
    assert run("-C", str(tmp_path), "hook", "install", "--server").code == 4


def test_a_case_that_breaks_the_rules_is_not_committed_by_hand(place: Place) -> None:
    laptop = place.laptop
    laptop.do("", "hook", "install")
    laptop.forge(place.received, lambda case: None, state="closed")
    tip = laptop.git("rev-parse", "HEAD")
    for words in (("commit", "-qam", "x"), ("commit", "-qm", "x", str(laptop.file(place.received)))):
        done = subprocess.run(
            ["git", "-C", str(laptop.folder), *words],
            env=server.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 0
        assert "state" in done.stderr
    assert laptop.git("rev-parse", "HEAD") == tip
    laptop.git("restore", ".")
    (laptop.folder / "README.md").write_text("how we work\n", encoding="utf-8")
    git(laptop.folder, "add", "README.md")
    git(laptop.folder, "commit", "-qm", "a note")


def test_an_illegal_step_is_not_even_sent(place: Place) -> None:
    laptop = place.laptop
    laptop.do("", "hook", "install")
    laptop.new()
    assert laptop.push().taken
    laptop.forge(place.received, lambda case: None, state="closed")
    laptop.git("-c", "core.hooksPath=/dev/null", "commit", "-qam", "x")
    ended = laptop.push()
    assert not ended.taken
    assert "remote:" not in ended.said
    assert "Refused" in ended.said


def test_steps_of_the_program_pass_by_the_hooks(place: Place) -> None:
    laptop = place.laptop
    laptop.do("", "hook", "install")
    (laptop.folder / ".git/hooks/pre-commit").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    laptop.new()


def test_nothing_of_the_register_stands_in_for_the_program(place: Place) -> None:
    laptop = place.laptop
    laptop.do("", "hook", "install")
    (laptop.folder / "click.py").write_text("raise SystemExit('planted')\n", encoding="utf-8")
    laptop.new()
    assert laptop.push().taken


def test_the_first_push_to_an_empty_server_brings_the_whole_register(shop: Shop, tmp_path: Path) -> None:
    bare = tmp_path / "empty.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
    assert run("-C", str(bare), "hook", "install", "--server").code == 0
    shop.new()
    shop.git("tag", "before")
    env = server.environment()
    for refs, taken in ((["before"], False), (["main:other"], False), (["main"], True)):
        done = subprocess.run(
            ["git", "-C", str(shop.folder), "push", str(bare), *refs],
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode == 0) is taken, done.stderr


def test_a_server_without_the_program_takes_nothing(place: Place) -> None:
    hook = place.server / "hooks" / "pre-receive"
    text = hook.read_text(encoding="utf-8").splitlines()
    hook.write_text(
        "\n".join([*text[:-1], "exec /nowhere/python -P -m complaintctl hook run pre-receive\n"]),
        encoding="utf-8",
    )
    place.laptop.new()
    assert not place.laptop.push().taken

"""`verify` as people and programs meet it: what it prints, what it remembers, what it says nobody can know."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from complaintctl import founding, gitprocess
from complaintctl.history import Repository
from tests.scenarios import road
from tests.scenarios.road import Place
from tests.shop import Shop, run


@pytest.fixture(autouse=True)
def _fast_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda _descriptor: None)


def spoil(place: Place) -> str:
    """A step past the program; its commit."""
    text = place.file.read_text(encoding="utf-8")
    place.file.write_text(
        text.replace("state: ", "state: closed # ", 1).replace(" # assigned", ""), encoding="utf-8"
    )
    place.shop.git("-c", "user.name=x", "-c", "user.email=li.na@shop.example", "commit", "-qam", "x")
    return place.shop.git("rev-parse", "HEAD").strip()


def test_a_register_in_order_is_told_so_with_what_cannot_be_known(tmp_path: Path) -> None:
    place = road.at("closed", tmp_path)
    ran = place.shop.run("", "verify")
    assert (ran.code, ran.out) == (0, "")
    assert "18 commits, 0 findings" in ran.err
    assert "Whether a complaint was never recorded" in ran.err
    assert "no checkpoint" in ran.err


def test_a_finding_is_one_line_of_commit_case_rule_and_place(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    commit = spoil(place)
    ran = place.shop.run("", "-q", "verify")
    assert ran.code == 7
    assert ran.err == ""
    assert ran.out == (
        f"{commit[:12]} {place.case} edited: the state is closed; the steps lead to assigned (state)\n"
    )


def test_programs_get_everything(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    base = place.shop.git("rev-parse", "HEAD").strip()
    assert place.shop.run("", "verify", "--json").json["from"] is None
    commit = spoil(place)
    found = place.shop.run("", "verify", "--json").json
    assert set(found) == {"checked", "from", "tip", "findings", "unknown", "unanchored"}
    assert (found["checked"], found["from"], found["tip"], found["unanchored"]) == (1, base, commit, None)
    (finding,) = found["findings"]
    assert set(finding) == {"commit", "case", "rule", "message", "place"}
    assert (finding["commit"], finding["case"], finding["rule"]) == (commit, place.case, "edited")


def test_what_was_verified_is_remembered_by_the_person_and_never_in_the_register(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    before = {path for path in (place.shop.folder / ".git").rglob("*") if "index.sqlite" not in path.name}
    assert place.shop.run("", "verify").code == 0
    after = {path for path in (place.shop.folder / ".git").rglob("*") if "index.sqlite" not in path.name}
    assert before == after
    memory = list((Path(os.environ["HOME"]) / ".local" / "state" / "complaintctl").glob("verified-*.json"))
    assert len(memory) == 1
    assert memory[0].stat().st_mode & 0o077 == 0
    started = gitprocess.started
    assert place.shop.run("", "verify", "--json").json["checked"] == 0
    assert gitprocess.started - started <= 6


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"format": 1}', '{"format": 99, "version": "x", "tip": "y"}']
)
def test_a_damaged_memory_only_costs_time(content: str, tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    assert place.shop.run("", "verify").code == 0
    (memory,) = (Path(os.environ["HOME"]) / ".local" / "state" / "complaintctl").glob("verified-*.json")
    memory.write_text(content)
    ran = place.shop.run("", "verify", "--json")
    assert (ran.code, ran.json["from"]) == (0, None)


def test_another_copy_is_verified_on_its_own(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    assert place.shop.run("", "verify").code == 0
    shutil.copytree(place.shop.folder, tmp_path / "copy")
    assert Shop(tmp_path / "copy").run("", "verify", "--json").json["from"] is None


def test_a_new_commit_is_judged_with_all_that_was_before_it(tmp_path: Path) -> None:
    place = road.at("proposed", tmp_path)
    assert place.shop.run("", "verify").code == 0
    place.shop.do("sun.min", "approve", place.case)
    place.shop.wait(minutes=1)
    place.shop.do("sun.min", "undo", place.case, "--reason", "too early")
    found = place.shop.run("", "verify", "--json").json
    assert (found["checked"], found["findings"]) == (2, [])


def test_the_rules_may_change_while_cases_are_open(tmp_path: Path) -> None:
    place = road.at("proposed", tmp_path)
    shop = place.shop
    file = shop.folder / "policies" / "supermarket.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "# looked through\n", encoding="utf-8")
    shop.do("boss", "policy", "save", "--reason", "looked through")
    shop.wait(minutes=1)
    shop.do("sun.min", "approve", place.case)
    shop.do("boss", "staff", "add", "new.one", "--name", "N", "--email", "n@shop.example", "--role", "clerk")
    shop.do("boss", "staff", "retire", "chen.jie")
    shop.do("boss", "upgrade")
    assert shop.run("", "verify").code == 0
    assert shop.run("", "verify", "--full").code == 0


def test_what_lies_in_the_folder_makes_no_difference(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    place.file.write_text("rubbish\n")
    assert place.shop.run("", "verify").code == 0
    shutil.rmtree(place.shop.folder / "policies")
    assert place.shop.run("", "verify", "--full").code == 0


def test_a_folder_that_is_no_register_is_refused(tmp_path: Path) -> None:
    ran = run("-C", str(tmp_path), "verify")
    assert (ran.code, "Traceback" in ran.err) == (4, False)
    Repository.init(tmp_path / "empty", "main")
    assert run("-C", str(tmp_path / "empty"), "verify").code == 4


def test_a_repository_with_commits_that_never_was_a_register_is_refused(tmp_path: Path) -> None:
    place = road.at("received", tmp_path)
    place.shop.git("checkout", "-q", "--orphan", "other")
    place.shop.git("rm", "-rqf", ".")
    place.shop.git("-c", "user.name=x", "-c", "user.email=x@x", "commit", "-q", "--allow-empty", "-m", "x")
    ran = place.shop.run("", "verify")
    assert (ran.code, ran.out) == (4, "")
    assert "is no complaint register" in ran.err


def test_a_register_whose_settings_were_deleted_is_judged_all_the_same(tmp_path: Path) -> None:
    place = road.at("received", tmp_path)
    place.shop.git("rm", "-q", "policies/register.yaml")
    place.shop.git("-c", "user.name=x", "-c", "user.email=boss@shop.example", "commit", "-qm", "x")
    ran = place.shop.run("", "verify")
    assert ran.code == 7
    assert "the register's own file was deleted" in ran.out


def test_since_a_checkpoint_needs_one(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    assert place.shop.run("", "verify", "--since-checkpoint").code == 2


def test_a_register_of_samples_is_judged_as_it_stands(tmp_path: Path) -> None:
    top = Path(__file__).parents[1]
    root = tmp_path / "samples"
    for folder in ("policies", "schemas", "cases"):
        shutil.copytree(top / folder, root / folder)
    shutil.copy(top / ".gitattributes", root)
    shop = Shop(root)
    shop.git("init", "-q", "-b", "main")
    shop.git("add", ".")
    shop.git("-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qm", "samples")
    found = shop.run("", "verify", "--json").json
    assert found["findings"] == []
    assert any("sample" in sentence for sentence in found["unknown"])
    case = next(root.glob("cases/*/*/*.yaml"))
    case.write_text(case.read_text(encoding="utf-8") + "more: 1\n", encoding="utf-8")
    shop.git("-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qam", "x")
    found = shop.run("", "verify", "--json").json
    assert [(one["rule"], one["case"]) for one in found["findings"]] == [("form", case.stem)]


@pytest.mark.parametrize("policy", sorted(founding.shipped_policies()))
def test_every_demo_is_verified_without_a_finding(policy: str, tmp_path: Path) -> None:
    assert run("demo", str(tmp_path / "shop"), "--policy", policy).code == 0
    ran = run("-C", str(tmp_path / "shop"), "verify", "--json")
    assert (ran.code, json.loads(ran.out)["findings"]) == (0, [])
    assert json.loads(ran.out)["checked"] > 60

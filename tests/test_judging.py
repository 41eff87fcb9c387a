"""Commits judged one by one: what is legal passes, whatever way it took; what was decided by merging is proved by the merge."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from complaintctl import judging, walking
from complaintctl.history import Repository
from complaintctl.index import Index
from complaintctl.judging import Finding
from complaintctl.retrace import Made
from complaintctl.steps.solution import approve
from complaintctl.world import World
from complaintctl.yamlfile import emit_case, read_case
from tests.scenarios import road
from tests.scenarios.road import Place

CLERK, HEAD = "zhao.wei", "sun.min"


@pytest.fixture(autouse=True)
def _fast_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda _descriptor: None)


def git(place: Place, who: str, *words: str) -> str:
    """git in the register as somebody, at the shop's time."""
    person = {"NAME": who, "EMAIL": f"{who}@shop.example", "DATE": place.shop.now.isoformat()}
    environment = os.environ | {
        f"GIT_{one}_{key}": value for one in ("AUTHOR", "COMMITTER") for key, value in person.items()
    }
    done = subprocess.run(
        ["git", "-C", str(place.shop.folder), *words],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    return done.stdout.strip()


def judged(place: Place, base: str = "", *, strict: bool = False, indexed: bool = False) -> list[Finding]:
    """What stands against the history from a commit on."""
    repository = Repository.find(place.shop.folder)
    index = None
    if indexed:
        index = Index.open(repository)
        index.refresh(repository.head() or "")
    found = judging.history(repository, base, repository.head() or "", strict=strict, index=index)
    return [one for _commit, findings in found for one in findings]


def rules_of(found: list[Finding]) -> set[str]:
    return {one.rule for one in found}


# -- ways that a step may take


@pytest.mark.parametrize("state", ["proposed", "declined", "closed"])
def test_a_squash_of_all_steps_of_a_case_by_one_of_them_is_legal_but_for_what_proves_nothing(
    state: str, tmp_path: Path
) -> None:
    place = road.at(state, tmp_path)
    path = place.file.relative_to(place.shop.folder).as_posix()
    first = place.shop.git("log", "--format=%H", "--diff-filter=A", "--", path).strip()
    git(place, CLERK, "reset", "--quiet", "--soft", first)
    git(place, CLERK, "commit", "--quiet", "--message", "squashed")
    found = judged(place)
    decided = state != "proposed"
    assert rules_of(found) == ({"author"} if decided else set())
    assert {one.place for one in found} <= {"proposals[0].decision"}


def test_a_rebased_branch_is_legal(tmp_path: Path) -> None:
    place = road.at("classified", tmp_path)
    shop = place.shop
    base = shop.git("rev-parse", "HEAD").strip()
    git(place, CLERK, "switch", "--quiet", "-c", "work")
    shop.git("branch", "--quiet", "-f", "main", base)
    git(place, CLERK, "switch", "--quiet", "main")
    shop.do("li.na", "assign", place.case, "--to", CLERK)
    git(place, CLERK, "branch", "-f", "work", "main")
    git(place, CLERK, "reset", "--quiet", "--hard", base)
    shop.wait(minutes=2)
    shop.do("li.na", "contact", place.other, "--by", "phone", "--note", "called")
    git(place, "boss", "rebase", "--quiet", "main", "work")
    assert judged(place) == []


def test_a_range_is_judged_from_its_base_with_and_without_an_index(tmp_path: Path) -> None:
    place = road.at("closed", tmp_path)
    base = place.shop.git("rev-parse", "HEAD~5").strip()
    for indexed in (False, True):
        assert judged(place, base, strict=True, indexed=indexed) == []
    case = read_case(place.file.read_bytes(), place.file.name)
    case["complaint"] = "less"
    place.file.write_bytes(emit_case(case))
    git(place, "li.na", "commit", "--quiet", "--all", "--message", "x")
    for indexed in (False, True):
        assert rules_of(judged(place, base, strict=True, indexed=indexed)) == {"edited"}


def test_two_cases_in_one_commit_are_two_steps_for_history_and_too_many_for_a_push(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    base = place.shop.git("rev-parse", "HEAD").strip()
    for case in (place.case, place.other):
        place.shop.do("li.na", "contact", case, "--by", "phone", "--note", "called")
    git(place, "li.na", "reset", "--quiet", "--soft", base)
    git(place, "li.na", "commit", "--quiet", "--message", "both")
    assert judged(place, base) == []
    assert rules_of(judged(place, base, strict=True)) == {"one-case"}


def test_a_step_together_with_another_file_is_too_much_for_a_push(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    base = place.shop.git("rev-parse", "HEAD").strip()
    place.shop.do("li.na", "contact", place.case, "--by", "phone", "--note", "called")
    (place.shop.folder / "README.md").write_text("our register\n")
    git(place, "li.na", "add", ".")
    git(place, "li.na", "commit", "--quiet", "--amend", "--no-edit")
    assert judged(place, base) == []
    assert rules_of(judged(place, base, strict=True)) == {"one-case"}


def test_a_readme_alone_is_nobodys_business(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    base = place.shop.git("rev-parse", "HEAD").strip()
    (place.shop.folder / "README.md").write_text("our register\n")
    git(place, "stranger", "add", ".")
    git(place, "stranger", "commit", "--quiet", "--message", "readme")
    assert judged(place, base, strict=True) == []


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/check.yml",
        ".gitlab-ci.yml",
        ".pre-commit-config.yaml",
        "CODEOWNERS",
        ".Mailmap",
        "schemas/x.json",
    ],
)
def test_files_that_steer_the_checking_are_for_whoever_may_change_rules(path: str, tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    base = place.shop.git("rev-parse", "HEAD").strip()
    file = place.shop.folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{}\n")
    git(place, CLERK, "add", ".")
    git(place, CLERK, "commit", "--quiet", "--message", "x")
    assert rules_of(judged(place, base)) == {"rules"}
    git(place, "boss", "commit", "--quiet", "--amend", "--no-edit", "--reset-author")
    assert judged(place, base) == []


def test_who_made_a_rule_and_used_it_at_once_is_judged_by_the_rules_before(tmp_path: Path) -> None:  # G6
    place = road.at("proposed", tmp_path)
    base = place.shop.git("rev-parse", "HEAD").strip()
    staff = place.shop.folder / "policies" / "staff.yaml"
    staff.write_text(staff.read_text().replace("role: clerk", "role: head"))
    git(place, CLERK, "commit", "--quiet", "--all", "--message", "promotion")
    place.shop.wait(minutes=1)
    place.shop.do("chen.jie", "approve", place.case)
    assert [one.rule for one in judged(place, base)] == ["rules"]
    git(place, CLERK, "reset", "--quiet", "--soft", base)
    git(place, "chen.jie", "commit", "--quiet", "--message", "both at once")
    assert {"rules", "authority"} <= rules_of(judged(place, base))


def test_before_a_register_begins_nothing_is_judged(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    root = tmp_path / "older"
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(root)], check=True)
    older = place._replace(shop=type(place.shop)(root))
    older.shop.now = place.shop.now
    (root / "README.md").write_text("soon\n")
    git(older, "stranger", "add", ".")
    git(older, "stranger", "commit", "--quiet", "--message", "soon")
    git(older, "boss", "fetch", "--quiet", str(place.shop.folder), "main")
    git(older, "boss", "checkout", "--quiet", "FETCH_HEAD", "--", ".")
    git(older, "boss", "commit", "--quiet", "--message", "register")
    repository = Repository.find(root)
    history = judging.History(repository, "", repository.head() or "")
    assert [found for _commit, found in history] == [[], []]
    assert len(history.adopted) == 2  # both cases of the copied register


# -- evidence


def test_evidence_taken_back_goes_with_its_entry(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    place.shop.do("chen.jie", "evidence", "add", place.case, str(place.photo))
    place.shop.wait(minutes=1)
    place.shop.do("chen.jie", "undo", place.case, "--reason", "wrong photo")
    assert judged(place) == []


# -- merges


def _two_lines(place: Place, who: str = "li.na") -> tuple[str, str]:
    """A branch with an escalation, and main with a contact on the same case: their tips."""
    shop = place.shop
    begin = shop.git("rev-parse", "HEAD").strip()
    shop.do(who, "escalate", place.case, "--reason", "called twice")
    theirs = shop.git("rev-parse", "HEAD").strip()
    shop.git("reset", "--quiet", "--hard", begin)
    shop.wait(minutes=2)
    shop.do("chen.jie", "contact", place.case, "--by", "phone", "--note", "asked the store")
    shop.wait(minutes=2)
    return shop.git("rev-parse", "HEAD").strip(), theirs


@pytest.mark.parametrize("who", ["li.na", "forge"])
def test_a_plain_merge_is_transport_whoever_makes_it(who: str, tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    _ours, theirs = _two_lines(place)
    git(place, who, "merge", "--quiet", "--no-ff", "--no-edit", theirs)
    assert judged(place) == []
    assert judged(place, place.shop.git("rev-parse", "HEAD~1").strip(), strict=True) == []


def test_many_lines_that_part_and_meet_are_judged_each_on_its_own_ground(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    for _turn in range(3):
        _ours, theirs = _two_lines(place, who="wu.lei")
        git(place, "boss", "merge", "--quiet", "--no-ff", "--no-edit", theirs)
        place.shop.wait(minutes=1)
        place.shop.do("li.na", "contact", place.other, "--by", "phone", "--note", "called")
        place.shop.wait(minutes=1)
        if _turn == 0:
            place.shop.do(
                "boss",
                "staff",
                "add",
                "new.one",
                "--name",
                "N",
                "--email",
                "n@shop.example",
                "--role",
                "clerk",
            )
    assert judged(place) == []
    assert judged(place, place.shop.git("rev-parse", "HEAD~4").strip()) == []


def test_what_a_merge_brought_can_be_taken_back_step_by_step(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    shop = place.shop
    begin = shop.git("rev-parse", "HEAD").strip()
    shop.do("chen.jie", "contact", place.case, "--by", "phone", "--note", "asked the store")
    shop.wait(minutes=2)
    shop.do("li.na", "escalate", place.case, "--reason", "called twice")
    theirs = shop.git("rev-parse", "HEAD").strip()
    shop.git("reset", "--quiet", "--hard", begin)
    git(place, "boss", "merge", "--quiet", "--no-ff", "--no-edit", theirs)
    shop.wait(minutes=2)
    shop.do("li.na", "undo", place.case, "--reason", "another customer")
    assert judged(place) == []
    assert judged(place, shop.git("rev-parse", "HEAD~1").strip()) == []


def test_a_file_mode_is_named_where_it_was_changed_and_not_where_it_was_brought(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    shop = place.shop
    begin = shop.git("rev-parse", "HEAD").strip()
    place.file.chmod(0o755)
    git(place, "li.na", "commit", "--quiet", "--all", "--message", "x")
    changed = shop.git("rev-parse", "HEAD").strip()
    git(place, "li.na", "reset", "--quiet", "--hard", begin)
    git(place, "li.na", "merge", "--quiet", "--no-ff", "--no-edit", changed)
    assert [(one.rule, one.commit) for one in judged(place)] == [("mode", changed)]


def test_a_merge_of_three_lines_is_not_judged_but_named(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    ours, theirs = _two_lines(place)
    tree = git(place, "li.na", "rev-parse", "HEAD^{tree}")
    merge = git(place, "li.na", "commit-tree", tree, "-p", ours, "-p", theirs, "-p", f"{ours}~1", "-m", "x")
    git(place, "li.na", "update-ref", "refs/heads/main", merge)
    assert rules_of(judged(place)) == {"merge"}


# -- decided by merging


def _merged(place: Place, who: str, *words: str) -> str:
    """A proposal made on a branch, which somebody merges; the merge commit. The shop is in `investigated`."""
    shop = place.shop
    begin = shop.git("rev-parse", "HEAD").strip()
    shop.do(CLERK, "propose", place.case, "--remedy", "refund=12.90", "--reason", "spoiled")
    proposal = shop.git("rev-parse", "HEAD").strip()
    shop.git("reset", "--quiet", "--hard", begin)
    shop.wait(minutes=5)
    git(place, who, "merge", "--quiet", "--no-ff", "--no-edit", *words, proposal)
    return shop.git("rev-parse", "HEAD").strip()


def _record(place: Place, merge: str, by: str = HEAD, recorder: str = "li.na", **more: Any) -> None:
    """Write down what was approved by a merge, as `sync` does."""
    repository = Repository.find(place.shop.folder)
    place.shop.wait(minutes=1)
    parent = place.shop.git("rev-parse", f"{merge}^1").strip()
    there = World.at(repository, parent)
    case = read_case(place.file.read_bytes(), place.file.name)
    made = Made(
        "approve", by, place.shop.now.isoformat(), "proposals[0].decision", lambda case, _context: case
    )
    decided = approve(case, there.context(case, made), via=f"merge {merge}")
    decided["proposals"][0]["decision"].update(claimed=True, recorded_by=recorder, **more)
    place.file.write_bytes(emit_case(decided))
    git(place, recorder, "commit", "--quiet", "--all", "--message", "approved")


def test_a_merge_by_somebody_with_the_right_proves_a_decision(tmp_path: Path) -> None:
    place = road.at("investigated", tmp_path)
    _record(place, _merged(place, HEAD))
    assert judged(place) == []
    assert judged(place, place.shop.git("rev-parse", "HEAD~1").strip(), strict=True) == []


def test_the_rules_before_the_merge_are_those_that_count(tmp_path: Path) -> None:
    place = road.at("investigated", tmp_path)
    merge = _merged(place, HEAD)
    place.shop.wait(minutes=1)
    place.shop.do("boss", "staff", "edit", HEAD, "--role", "clerk")
    _record(place, merge)
    assert judged(place) == []


@pytest.mark.parametrize("who", ["li.na", "forge", CLERK])
def test_a_merge_by_somebody_else_proves_nothing(who: str, tmp_path: Path) -> None:
    place = road.at("investigated", tmp_path)
    _record(place, _merged(place, who))
    assert rules_of(judged(place)) == {"authority"}


def test_what_sync_brings_together_is_nobodys_decision(tmp_path: Path) -> None:
    place = road.at("investigated", tmp_path)
    _record(place, _merged(place, HEAD, "--message", "together\n\nStep: sync"))
    assert rules_of(judged(place)) == {"authority"}


def test_a_squash_proves_nothing(tmp_path: Path) -> None:
    place = road.at("investigated", tmp_path)
    shop = place.shop
    shop.do(CLERK, "propose", place.case, "--remedy", "refund=12.90", "--reason", "spoiled")
    git(place, HEAD, "commit", "--quiet", "--amend", "--no-edit", "--reset-author")
    _record(place, shop.git("rev-parse", "HEAD").strip())
    found = judged(place)
    assert {one.rule for one in found} == {"authority", "author"}


def test_a_merge_that_did_not_bring_the_proposal_proves_nothing(tmp_path: Path) -> None:
    place = road.at("investigated", tmp_path)
    shop = place.shop
    _ours, theirs = _two_lines(place)
    git(place, HEAD, "merge", "--quiet", "--no-ff", "--no-edit", theirs)
    merge = shop.git("rev-parse", "HEAD").strip()
    shop.wait(minutes=1)
    shop.do(CLERK, "propose", place.case, "--remedy", "refund=12.90", "--reason", "spoiled")
    _record(place, merge, by="boss")
    assert "authority" in rules_of(judged(place))


def test_only_whoever_recorded_it_may_commit_what_a_merge_decided(tmp_path: Path) -> None:
    place = road.at("investigated", tmp_path)
    _record(place, _merged(place, HEAD))
    git(place, "chen.jie", "commit", "--quiet", "--amend", "--no-edit", "--reset-author")
    assert rules_of(judged(place)) == {"author"}


def test_a_decision_by_hand_cannot_pass_for_one_by_merging(tmp_path: Path) -> None:
    place = road.at("investigated", tmp_path)
    merge = _merged(place, HEAD)
    _record(place, merge)
    case = read_case(place.file.read_bytes(), place.file.name)
    case["proposals"][0]["decision"]["via"] = "cli"
    place.file.write_bytes(emit_case(case))
    git(place, "li.na", "commit", "--quiet", "--all", "--amend", "--no-edit")
    assert "authority" in rules_of(judged(place))


def test_every_rule_of_a_finding_has_words() -> None:
    assert all(words() for words in judging.RULES.values())
    assert walking.Damaged("f" * 40).exit_code == 7

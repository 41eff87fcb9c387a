"""A range of commits as a pull request or a push brings it: each commit judged, in four formats."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from complaintctl import receiving
from complaintctl.commands.ranges import annotation
from tests import server
from tests.server import Laptop, Place
from tests.shop import SECRETS, Ran

PAPER = {
    "case", "proposal", "round", "state", "branch", "notes", "currency", "cost", "proposed", "authority", "decision",
    "digest", "level", "level_reason", "brief", "demand", "clocks", "investigations", "evidence", "earlier", "alike",
}  # fmt: skip
ZEROS = "0" * 40


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return server.place(tmp_path)


def check(laptop: Laptop, span: str, form: str = "text") -> Ran:
    return laptop.run("", "check", "--range", span, "--format", form)


def proposed(place: Place, *more: str) -> str:
    """A proposal on a branch of its own; the branch."""
    words = ("--remedy", "refund=12.90", "--reason", "spoiled early", *more)
    place.laptop.do("zhao.wei", "propose", place.investigated, *words, "--branch")
    return f"proposal/{place.investigated}-1"


def broken(place: Place) -> str:
    """A branch with one commit that is no step; the branch."""
    laptop = place.laptop
    laptop.git("switch", "-qc", "work")
    laptop.forge(place.received, lambda case: None, state="closed")
    laptop.commit()
    laptop.git("switch", "-q", "main")
    return "work"


# -- the formats


def test_text_shows_the_paper_of_each_proposal(place: Place) -> None:
    ran = check(place.laptop, f"main..{proposed(place)}")
    assert ran.code == 0
    assert ran.out.startswith(f"{place.investigated}: decide on proposal 1, 12.90 CNY\n")
    assert ran.err == "1 commit, nothing to object to\n"


def test_text_shows_each_finding_in_a_line(place: Place) -> None:
    ran = check(place.laptop, f"main..{broken(place)}")
    assert ran.code == 7
    tip = place.laptop.git("rev-parse", "work")[:12]
    assert (
        ran.out
        == f"{tip} {place.received}: edited: the state is closed; the steps lead to received (state)\n"
    )
    assert ran.err == "1 commit, 1 finding\n"


def test_json_is_one_document_whose_keys_stay(place: Place) -> None:
    found = check(place.laptop, f"main..{proposed(place)}", "json").json
    assert set(found) == {"base", "head", "commits", "findings", "papers"}
    assert found["base"] == place.laptop.git("rev-parse", "main").strip()
    assert found["commits"] == 1
    assert found["findings"] == []
    (paper,) = found["papers"]
    assert set(paper) >= PAPER
    assert paper["case"] == place.investigated
    found = place.laptop.run("", "check", "--range", f"main..{broken(place)}", "--json").json
    (finding,) = found["findings"]
    assert set(finding) == {"commit", "case", "rule", "message", "place"}
    assert (finding["case"], finding["rule"]) == (place.received, "edited")
    assert found["papers"] == []


def test_markdown_is_a_heading_a_table_and_the_papers(place: Place) -> None:
    good, bad = check(place.laptop, f"main..{proposed(place)}", "markdown"), check(place.laptop, f"main..{broken(place)}", "markdown")  # fmt: skip
    assert good.out.startswith("## ✅ 1 commit, nothing to object to\n\n### ")
    assert bad.out.startswith(
        "## ❌ 1 commit, 1 finding\n\n| commit | case | rule | where | what is wrong |\n"
    )
    rows = [line for line in good.out.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {3}


def test_annotations_stand_beside_the_case(place: Place) -> None:
    file = f"cases/2026/11/{place.received}.yaml"
    bad = check(place.laptop, f"main..{broken(place)}", "github")
    assert re.fullmatch(
        rf"::error file={file},title=edited \([0-9a-f]{{12}}\)::the state is closed; .*\n", bad.out
    )
    good = check(place.laptop, f"main..{proposed(place)}", "github")
    assert good.out.startswith(
        f"::notice file=cases/2026/11/{place.investigated}.yaml,title={place.investigated}%3A "
    )
    assert good.out.count("\n") == 1


def test_what_stands_in_an_annotation_cannot_end_it_or_begin_another() -> None:
    told = annotation("error", "a, b: c", "50 %\n::error::planted\r", "cases/x.yaml", 3)
    assert told == "::error file=cases/x.yaml,line=3,title=a%2C b%3A c::50 %25%0A::error::planted%0D"


def test_no_customers_data_are_in_a_paper_for_a_forge(place: Place) -> None:
    branch = proposed(place)
    for form in ("text", "json", "github", "markdown"):
        ran = check(place.laptop, f"main..{branch}", form)
        assert not [secret for secret in SECRETS[:2] if secret in ran.out + ran.err], form


def test_words_of_a_customer_stay_words_on_a_forge(place: Place) -> None:
    laptop = place.laptop
    words = "<img src=x> | a cell\n::error::planted\n# heading @boss"
    case = laptop.new("--channel", "desk", "--product", "milk", "--price", "9", "--purchased-on", "2026-11-15",
                      "--complaint", words, "--demand", "refund=9.00")  # fmt: skip
    laptop.do("li.na", "classify", case, "--category", "goods.spoiled")
    laptop.do("li.na", "assign", case, "--to", "zhao.wei")
    laptop.do("zhao.wei", "investigate", case, "--findings", words, "--statement", f"customer: {words}",
              "--verdict", "founded", "--cause", "goods.spoiled")  # fmt: skip
    laptop.do("zhao.wei", "propose", case, "--remedy", "refund=9", "--reason", words, "--branch")
    shown = check(laptop, f"main..proposal/{case}-1", "markdown").out
    assert "<img" not in shown
    assert "@boss" not in shown
    assert not re.search(r"^#+ heading", shown, re.MULTILINE)
    lines = check(laptop, f"main..proposal/{case}-1", "github").out.splitlines()
    assert [line for line in lines if line.startswith("::error")] == []


# -- which commits


def test_a_branch_is_judged_from_where_it_left_the_register(place: Place) -> None:
    branch = proposed(place)
    place.laptop.new()
    place.laptop.do("li.na", "contact", place.received, "--by", "phone", "--note", "told")
    for dots in ("..", "..."):
        ran = check(place.laptop, f"main{dots}{branch}")
        assert ran.code == 0, ran
        assert ran.err == "1 commit, nothing to object to\n"


def test_a_branch_that_no_longer_fits_is_found_before_it_is_merged(place: Place) -> None:
    other = place.other("li.na-2")
    other.do("li.na", "close", place.investigated, "--outcome", "withdrawn", "--reason", "bought another one")
    assert other.push().taken
    place.laptop.wait(minutes=5)
    branch = proposed(place)
    place.laptop.git("fetch", "-q")
    ran = check(place.laptop, f"origin/main..{branch}", "json")
    assert ran.code == 7, ran
    (found,) = ran.json["findings"]
    assert (found["case"], found["rule"]) == (place.investigated, "merge")
    assert "propose by zhao.wei no longer follows" in found["message"]


def test_the_registers_branch_holds_all_that_it_held(place: Place) -> None:
    laptop = place.laptop
    before = laptop.git("rev-parse", "HEAD").strip()
    laptop.git("reset", "-q", "--hard", "HEAD~1")
    laptop.new()
    laptop.git("update-ref", "refs/remotes/origin/main", "HEAD")
    ran = check(laptop, f"{before}..main")
    assert ran.code == 7
    assert "history was rewritten" in ran.out


def test_a_history_of_its_own_has_no_place(place: Place) -> None:
    laptop = place.laptop
    tree = laptop.git("rev-parse", "HEAD^{tree}").strip()
    root = laptop.git("-c", "user.email=boss@shop.example", "commit-tree", "-m", "again", tree).strip()
    ran = check(laptop, f"main..{root}")
    assert ran.code == 7
    assert "no history in common" in ran.out


def test_zeros_stand_for_the_beginning(place: Place) -> None:
    laptop = place.laptop
    ran = check(laptop, f"{ZEROS}..main", "json")
    assert ran.code == 0, ran
    assert ran.json["base"] is None
    assert ran.json["commits"] == laptop.commits()
    assert [paper["case"] for paper in ran.json["papers"]] == sorted([place.proposed, place.approved])


def test_an_empty_range_is_in_order(place: Place) -> None:
    ran = check(place.laptop, "HEAD..HEAD", "json")
    assert (ran.code, ran.json["commits"], ran.json["papers"]) == (0, 0, [])
    assert check(place.laptop, "main..").code == 0


@pytest.mark.parametrize(
    "span", ["main", "", "main..nowhere", "nowhere..main", "-x..main", "main..-x", "a\x00..main"]
)
def test_what_names_no_range_is_a_wrong_option(place: Place, span: str) -> None:
    ran = check(place.laptop, span)
    assert ran.code == 2, ran
    assert "Traceback" not in ran.err


def test_files_and_commits_are_not_checked_at_once(place: Place) -> None:
    assert place.laptop.run("", "check", "--range", "main..main", "cases").code == 2


def test_a_decision_in_the_branch_is_judged_and_shown(place: Place) -> None:
    branch = proposed(place)
    place.laptop.do("sun.min", "review", place.investigated, "--approve", "--note", "call her")
    found = check(place.laptop, f"main..{branch}", "json").json
    assert found["commits"] == 2
    assert found["papers"][0]["decision"]["by"] == "sun.min"


def test_a_proposal_that_was_answered_needs_no_paper(place: Place) -> None:
    laptop = place.laptop
    before = laptop.git("rev-parse", "HEAD").strip()
    case = laptop.new()
    laptop.do(
        "li.na", "settle", case, "--category", "goods.spoiled", "--remedy", "refund=12.90", "--reason", "sour"
    )
    assert check(laptop, f"{before}..main", "json").json["papers"] == []


def test_nobody_needs_to_be_somebody_to_judge(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    branch = proposed(place)
    for key in ("user.name", "user.email"):
        place.laptop.git("config", "--unset", key)
    place.laptop.git("switch", "-q", "--detach", branch)
    assert check(place.laptop, f"origin/main..{branch}").code == 0


def test_a_missing_object_is_a_finding(place: Place) -> None:
    laptop = place.laptop
    laptop.new()
    tip = laptop.git("rev-parse", "HEAD^{tree}").strip()
    (laptop.folder / ".git" / "objects" / tip[:2] / tip[2:]).unlink()
    ran = check(laptop, "origin/main..main", "json")
    assert ran.code == 7, ran
    assert [one["rule"] for one in ran.json["findings"]] == ["object"]


# -- what git tells a hook


def test_what_git_tells_a_hook_is_read() -> None:
    lines = [f"{ZEROS} {'a' * 40} refs/heads/main\n", f"{'b' * 40} {ZEROS} refs/heads/x y", "rubbish"]
    assert receiving.updates(lines) == [
        receiving.Update("", "a" * 40, "refs/heads/main"), receiving.Update("b" * 40, "", "refs/heads/x y"),
    ]  # fmt: skip


def test_a_first_push_without_a_register_is_refused_in_words(tmp_path: Path) -> None:
    import subprocess

    from tests.shop import run

    bare, work = tmp_path / "empty.git", tmp_path / "work"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
    assert run("-C", str(bare), "hook", "install", "--server").code == 0
    subprocess.run(["git", "init", "-q", "-b", "main", str(work)], check=True)
    server.git(
        work, "-c", "user.name=x", "-c", "user.email=x@y.example", "commit", "-q", "--allow-empty", "-m", "x"
    )
    done: Any = subprocess.run(
        ["git", "-C", str(work), "push", str(bare), "main"],
        env=server.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "policies/register.yaml" in done.stderr
    assert "Traceback" not in done.stderr

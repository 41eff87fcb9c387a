"""Proposals in branches of their own: made, seen, decided on, merged, dropped; and what they stand against."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from complaintctl import gitprocess, proposals
from complaintctl.history import Repository
from complaintctl.yamlfile import read_case
from tests import keys
from tests.shop import Ran, Shop
from tests.test_startup import load, ours

PROPOSE = ("--remedy", "refund=12.90", "--remedy", "apology", "--reason", "spoiled before its date")


def branch_of(case: str, number: int = 1) -> str:
    return f"proposal/{case}-{number}"


def propose(shop: Shop, case: str, *words: str, who: str = "zhao.wei") -> str:
    """A proposal in a branch; the branch."""
    shop.do(who, "propose", case, *(words or PROPOSE), "--branch")
    return branch_of(case)


@pytest.fixture
def waits(shop: Shop) -> tuple[Shop, str, str]:
    """A shop, a case that is investigated, and the branch in which its proposal waits."""
    case = shop.investigated()
    return shop, case, propose(shop.wait(minutes=5), case)


def clone(shop: Shop, folder: Path, who: str) -> Shop:
    """Another person's clone of the shop's bare repository, made where it is not there."""
    bare = folder / "bare.git"
    if not bare.exists():
        shop.git("clone", "--quiet", "--bare", str(shop.folder), str(bare))
        shop.git("remote", "add", "origin", str(bare))
        shop.git("fetch", "--quiet", "origin")
    shop.git("clone", "--quiet", str(bare), str(folder / who))
    other = Shop(folder / who)
    other.now = shop.now
    other.git("config", "user.name", who)
    other.git("config", "user.email", f"{who}@shop.example")
    return other


def rows(ran: Ran) -> list[dict[str, object]]:
    found: list[dict[str, object]] = ran.json
    return found


def at(shop: Shop, commit: str, case: str) -> dict[str, object]:
    """A case as a commit has it."""
    path = proposals_path(case)
    data = shop.git("show", f"{commit}:{path}").encode()
    return dict(read_case(data, path))


def proposals_path(case: str) -> str:
    return f"cases/{case[2:6]}/{case[6:8]}/{case}.yaml"


# -- made


def test_a_proposal_in_a_branch_is_one_commit_and_nothing_here_changes(shop):
    case = shop.investigated()
    (shop.folder / "notes.txt").write_text("mine")
    (shop.folder / "staged.txt").write_text("mine too")
    shop.git("add", "staged.txt")
    (shop.folder / proposals_path(case)).write_text("an edit that nobody committed")
    before, index = shop.snapshot(), (shop.folder / ".git" / "index").read_bytes()
    branch = propose(shop, case)
    assert shop.snapshot() == before
    assert (shop.folder / ".git" / "index").read_bytes() == index
    assert shop.git("rev-list", "--count", f"main..{branch}").strip() == "1"
    assert shop.git("rev-parse", f"{branch}^") == shop.git("rev-parse", "main")
    assert shop.git("diff-tree", "-r", "--name-only", "--no-commit-id", branch).split() == [
        proposals_path(case)
    ]
    assert at(shop, branch, case)["state"] == "proposed"
    assert shop.git("log", "-1", "--format=%an <%ae>", branch).strip() == "赵伟 <zhao.wei@shop.example>"
    assert shop.git("fsck", "--strict", "--no-dangling") == ""


def test_the_branch_is_named_by_the_case_and_the_number_of_the_proposal(shop):
    case = shop.proposed()
    shop.do("sun.min", "approve", case, "--return", "say more")
    propose(shop, case)
    assert shop.git("rev-parse", "--verify", f"refs/heads/{branch_of(case, 2)}")


def test_a_second_time_it_says_so(waits):
    shop, case, branch = waits
    tip = shop.git("rev-parse", branch)
    again = shop.wait(minutes=5).run("zhao.wei", "propose", case, *PROPOSE, "--branch")
    assert again.code == 0
    assert branch in again.err
    assert shop.git("rev-parse", branch) == tip


def test_another_proposal_beside_it_is_refused(waits):
    shop, case, branch = waits
    refused = shop.refuse(
        1, "zhao.wei", "propose", case, "--remedy", "refund=9.00", "--reason", "less", "--branch"
    )
    assert branch in refused.err
    assert "complaintctl review" in refused.err


def test_a_dry_run_makes_no_branch(shop):
    case = shop.investigated()
    shop.do("zhao.wei", "propose", case, *PROPOSE, "--branch", "--dry-run")
    assert shop.git("for-each-ref", "refs/heads/proposal") == ""


def test_an_illegal_proposal_is_refused_as_anywhere(shop):
    case = shop.investigated()
    shop.refuse(1, "zhao.wei", "propose", case, "--remedy", "refund=900.00", "--reason", "more", "--branch")
    shop.refuse(1, "zhao.wei", "propose", shop.new(), *PROPOSE, "--branch")
    assert shop.git("for-each-ref", "refs/heads/proposal") == ""


def test_a_branch_begins_at_the_registers_branch_and_nowhere_else(shop):
    case = shop.investigated()
    shop.git("switch", "--quiet", "--create", "elsewhere")
    shop.refuse(4, "zhao.wei", "propose", case, *PROPOSE, "--branch")
    shop.git("switch", "--quiet", "--detach")
    shop.refuse(4, "zhao.wei", "propose", case, *PROPOSE, "--branch")


def test_a_branch_of_that_name_is_never_overwritten(shop):
    case = shop.investigated()
    shop.git("branch", branch_of(case), "main")
    shop.refuse(4, "zhao.wei", "propose", case, *PROPOSE, "--branch")
    shop.git("branch", "--delete", branch_of(case))
    shop.git("branch", "proposal", "main")  # in the way of the folder
    shop.refuse(5, "zhao.wei", "propose", case, *PROPOSE, "--branch")


def test_push_goes_with_branch(shop):
    shop.refuse(2, "zhao.wei", "propose", shop.investigated(), *PROPOSE, "--push")


def test_without_a_remote_the_proposal_waits_here_and_the_push_is_refused(shop):
    case = shop.investigated()
    ran = shop.run("zhao.wei", "propose", case, *PROPOSE, "--branch", "--push")
    assert ran.code == 2
    assert "git remote add" in ran.err
    assert branch_of(case) in ran.out


# -- seen


def seen(shop: Shop, case: str) -> list[object]:
    """What list, due and show say of where a case's proposal waits."""
    listed = [row["review"] for row in rows(shop.run("", "list", "--all", "--json")) if row["id"] == case]
    due = {row["review"] for row in rows(shop.run("", "due", "--json")) if row["id"] == case}
    review = shop.show(case)["review"]
    return [*listed, *due, review and review["branch"]]


def test_lists_say_that_a_proposal_waits(waits):
    shop, case, branch = waits
    assert seen(shop, case) == [branch, branch, branch]
    assert "investigated, in review" in shop.do("", "list")
    assert "investigated, in review" in shop.do("", "due")
    shown = shop.do("", "show", case)
    assert f"In review    proposal 1 by zhao.wei, branch {branch}" in shown
    assert "Next: review (" in shown
    assert shop.show(case)["next"] == ["review"]
    assert shop.show(case)["state"] == "investigated"


def test_other_cases_are_not_in_review(waits):
    shop, _case, _branch = waits
    other = shop.investigated()
    assert seen(shop, other) == [None, None, None]
    assert "propose" in shop.show(other)["next"]


@pytest.mark.parametrize("where", ["loose", "packed refs", "fetched", "packed objects", "worktree"])
def test_a_branch_is_seen_wherever_git_keeps_it(waits, tmp_path, where):
    shop, case, branch = waits
    if where == "packed refs":
        shop.git("pack-refs", "--all", "--prune")
    elif where == "fetched":
        shop = clone(shop, tmp_path, "sun.min")
        assert shop.git("for-each-ref", "refs/heads/proposal") == ""
    elif where == "packed objects":
        shop.git("gc", "--quiet")
    elif where == "worktree":
        shop.git("worktree", "add", "--quiet", str(tmp_path / "tree"), "--detach", "main")
        shop.git("switch", "--quiet", "--detach")
        shop.git("-C", str(tmp_path / "tree"), "switch", "--quiet", "main")
        moved = Shop(tmp_path / "tree")
        moved.now, shop = shop.now, moved
    assert seen(shop, case) == [branch, branch, branch]


@pytest.mark.parametrize("words", [("list", "--json"), ("due", "--json"), ("show", "{case}", "--json")])
def test_looking_starts_no_git_process(waits, words):
    shop, case, branch = waits
    words = tuple(word.format(case=case) for word in words)
    shop.do("", *words)
    loaded = load(shop, *words)
    assert branch in loaded.out
    assert loaded.started == 0
    assert not ours(loaded) & {"recording", "transaction", "judging", "proposing", "papers", "remotes"}


def test_what_was_seen_in_packed_objects_is_remembered(waits):
    shop, _case, branch = waits
    shop.git("gc", "--quiet")
    shop.do("", "list", "--json")
    loaded = load(shop, "list", "--json")
    assert branch in loaded.out
    assert loaded.started == 0
    assert not ours(loaded) & {"yamlfile", "strictyaml"}


@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"format": 1}', b'{"format": 1, "known": []}', b"\xff", b"[1]"]
)
def test_the_memory_may_be_lost_or_damaged(waits, content):
    shop, case, branch = waits
    kept = shop.folder / ".git" / "complaintctl" / "waiting.json"
    assert seen(shop, case) == [branch, branch, branch]
    assert kept.stat().st_mode & 0o077 == 0
    kept.write_bytes(content)
    assert seen(shop, case) == [branch, branch, branch]
    kept.unlink()
    assert seen(shop, case) == [branch, branch, branch]


def test_merged_with_git_it_waits_no_more(waits):
    shop, case, branch = waits
    shop.git("-c", "user.name=x", "-c", "user.email=x@y", "merge", "--quiet", "--no-ff", "--no-edit", branch)
    assert shop.show(case)["state"] == "proposed"
    assert seen(shop, case) == [None, None, None]


def test_squashed_with_git_it_waits_no_more(waits):
    shop, case, branch = waits
    shop.git("merge", "--quiet", "--squash", branch)
    shop.git("-c", "user.name=x", "-c", "user.email=x@y", "commit", "--quiet", "-m", "squash")
    assert seen(shop, case) == [None, None, None]


def test_on_its_own_branch_it_waits_for_nothing(waits):
    shop, case, branch = waits
    shop.git("switch", "--quiet", branch)
    assert seen(shop, case) == [None, None, None]
    assert shop.show(case)["state"] == "proposed"


def test_a_branch_with_the_name_of_a_proposal_and_none_in_it_stands_against_nothing(shop):
    case = shop.investigated()
    shop.git("branch", branch_of(case), "main")
    assert seen(shop, case) == [None, None, None]
    shop.git("branch", "proposal/whatever", "main")
    shop.git("branch", branch_of("C-20201116-ZZZZZZ"), "main")
    shop.wait(minutes=5).do("zhao.wei", "propose", case, *PROPOSE)
    told = shop.run("sun.min", "review")
    assert f"branch {branch_of('C-20201116-ZZZZZZ')}: " in told.err
    assert "whatever" not in told.err


# -- what it stands against

ROAD = [
    ("li.na", "classify", "{case}", "--category", "goods.expired"),
    ("li.na", "assign", "{case}", "--to", "chen.jie"),
    ("zhao.wei", "propose", "{case}", "--remedy", "refund=9.00", "--reason", "less"),
    ("zhao.wei", "propose", "{case}", *PROPOSE),
    ("zhao.wei", "investigate", "{case}", "--verdict", "unfounded", "--findings", "none"),
    ("sun.min", "approve", "{case}"),
    ("li.na", "respond", "{case}", "--agreed"),
    ("li.na", "settle", "{case}", "--remedy", "refund=1.00", "--reason", "x"),
    ("boss", "close", "{case}", "--outcome", "withdrawn", "--reason", "she says so"),
    ("li.na", "amend", "{case}", "--set", "about.price=99.00", "--reason", "misread"),
    ("li.na", "amend", "{case}", "--set", "demand.amount=99.00", "--reason", "misread"),
    ("zhao.wei", "undo", "{case}", "--reason", "too early"),
]


@pytest.mark.parametrize("step", ROAD, ids=lambda step: " ".join(step[1:4]))
def test_steps_that_would_collide_are_refused_with_a_hint(waits, step):
    shop, case, branch = waits
    who, *words = [word.format(case=case) for word in step]
    refused = shop.refuse(1, who, *words)
    assert branch in refused.err
    assert f"complaintctl review {case}" in refused.err


def test_what_may_happen_at_any_time_still_may(waits, tmp_path):
    shop, case, branch = waits
    photo = tmp_path / "bottle.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0 a bottle")
    for who, *words in (
        ("li.na", "contact", case, "--by", "phone", "--note", "she asks when"),
        ("li.na", "evidence", "add", case, str(photo), "--kind", "photo"),
        ("li.na", "escalate", case, "--reason", "called twice"),
        ("li.na", "hold", case, "--for", "customer", "--reason", "away"),
        ("li.na", "resume", case),
        ("li.na", "amend", case, "--set", "customer.phone=13900005678", "--reason", "misheard"),
        ("li.na", "improve", case, "--measure", "alarm", "--owner", "wu.lei", "--due", "2026-12-15"),
    ):
        shop.do(who, *words)
    assert seen(shop, case) == [branch, branch, branch]


def test_other_cases_go_on(waits):
    shop, _case, _branch = waits
    shop.proposed()


def test_a_hand_edit_of_what_it_rests_on_is_not_recorded(waits):
    shop, case, branch = waits
    file = shop.folder / proposals_path(case)
    file.write_text(file.read_text().replace('product: "鲜牛奶 1L"', 'product: "鲜牛奶 2L"'))
    refused = shop.run("li.na", "amend", case, "--reason", "2 litres")
    assert refused.code == 1
    assert branch in refused.err


def test_a_fetched_branch_stands_against_steps_too(waits, tmp_path):
    shop, case, branch = waits
    other = clone(shop, tmp_path, "chen.jie")
    refused = other.refuse(1, "chen.jie", "propose", case, "--remedy", "refund=9.00", "--reason", "less")
    assert branch in refused.err


# -- listed for review


def test_everybody_gets_the_list_of_what_they_may_decide(shop):
    small, great = shop.proposed(), shop.investigated()
    propose(shop, great, "--remedy", "compensation=600.00", "--exception", "ill", "--reason", "so")
    assert {row["id"] for row in rows(shop.run("boss", "review", "--json"))} == {small, great}
    head = shop.run("sun.min", "review", "--json")
    assert [row["id"] for row in rows(head)] == [small]
    assert "1 more" in head.err
    assert rows(shop.run("zhao.wei", "review", "--json")) == []
    everything = rows(shop.run("zhao.wei", "review", "--all", "--json"))
    assert {row["id"]: row["mine"] for row in everything} == {small: False, great: False}
    assert {row["id"]: row["branch"] for row in everything} == {small: None, great: branch_of(great)}
    assert {row["id"]: row["cost"] for row in everything} == {small: "12.90", great: "600.00"}
    assert "600.00 CNY" in shop.do("boss", "review")


def test_nothing_to_review(shop):
    ran = shop.run("sun.min", "review")
    assert (ran.code, ran.out) == (0, "")
    assert "Nothing waits" in ran.err


def test_a_case_without_a_proposal_has_no_paper(shop):
    shop.refuse(1, "sun.min", "review", shop.new())
    shop.refuse(2, "sun.min", "review", "ZZZZZZ")


def test_options_that_do_not_go_together(waits):
    shop, case, _branch = waits
    shop.refuse(2, "sun.min", "review", case, "--approve", "--return", "no")
    shop.refuse(2, "sun.min", "review", "--approve")
    shop.refuse(2, "sun.min", "review", "--push")
    shop.refuse(2, "sun.min", "review", case, "--return", " ")
    shop.refuse(2, "sun.min", "approve", shop.proposed(), "--return", "")
    shop.refuse(2, "sun.min", "review", case, "--merge", "--drop")


def test_the_paper_is_the_same_as_data_text_and_markdown(waits):
    shop, case, branch = waits
    data = shop.run("sun.min", "review", case, "--json").json
    assert (data["case"], data["proposal"], data["branch"], data["cost"]) == (case, 1, branch, "12.90")
    for form in ("text", "markdown"):
        shown = shop.do("sun.min", "review", case, "--format", form)
        for word in (case, "12.90", "spoiled before its date", "sun.min", branch, data["digest"][:12]):
            assert word in shown
        assert "13800001234" not in shown


def test_the_paper_says_that_the_case_went_on(waits):
    shop, case, _branch = waits
    assert shop.run("sun.min", "review", case, "--json").json["notes"] == []
    shop.do("li.na", "contact", case, "--by", "phone", "--note", "she asks when")
    (note,) = shop.run("sun.min", "review", case, "--json").json["notes"]
    assert "contacts" in note


# -- decided


def test_a_decision_is_recorded_on_the_branch_and_nothing_here_changes(waits):
    shop, case, branch = waits
    before = shop.snapshot()
    shop.wait(minutes=5).do("sun.min", "review", case, "--approve", "--note", "fine")
    assert shop.snapshot() == before
    decision = at(shop, branch, case)["proposals"][0]["decision"]  # type: ignore[index]
    assert (decision["outcome"], decision["by"], decision["via"], decision["note"]) == ("approved", "sun.min", "review", "fine")  # fmt: skip
    assert shop.git("log", "-1", "--format=%ae", branch).strip() == "sun.min@shop.example"
    assert shop.show(case)["review"]["outcome"] == "approved"
    assert f"approved in {branch}" in shop.do("", "show", case)


def test_a_return_is_recorded_with_its_reason(waits):
    shop, case, branch = waits
    shop.do("sun.min", "review", case, "--return", "say which batch")
    decision = at(shop, branch, case)["proposals"][0]["decision"]  # type: ignore[index]
    assert (decision["outcome"], decision["note"]) == ("returned", "say which batch")


def test_a_proposal_on_the_registers_branch_is_decided_there(shop):
    case = shop.proposed()
    shop.do("sun.min", "review", case, "--approve")
    decision = shop.show(case)["proposals"][0]["decision"]
    assert (decision["outcome"], decision["via"]) == ("approved", "review")


def test_nobody_decides_on_their_own_proposal_in_a_branch_either(waits):
    shop, case, _branch = waits
    refused = shop.refuse(1, "zhao.wei", "review", case, "--approve")
    assert f"review {case} --approve" in refused.err


def test_a_limit_holds_in_a_branch_too(shop):
    case = shop.investigated()
    branch = propose(shop, case, "--remedy", "compensation=600.00", "--exception", "ill", "--reason", "so")
    tip = shop.git("rev-parse", branch)
    shop.refuse(1, "sun.min", "review", case, "--approve")
    assert shop.git("rev-parse", branch) == tip
    shop.do("qian.li", "review", case, "--approve")


def test_what_happened_meanwhile_counts_when_it_is_decided(waits):
    shop, case, branch = waits
    shop.do("li.na", "hold", case, "--for", "customer", "--reason", "away")
    refused = shop.refuse(1, "sun.min", "review", case, "--approve")
    assert "on hold" in refused.err
    assert shop.git("rev-list", "--count", f"main..{branch}").strip() == "1"


def test_who_lost_the_right_meanwhile_decides_no_more(waits):
    shop, case, _branch = waits
    shop.do("boss", "staff", "edit", "sun.min", "--role", "clerk", "--department", "store")
    shop.do("boss", "staff", "retire", "wu.lei")
    shop.refuse(2, "wu.lei", "review", case, "--approve")


def test_decided_twice_by_the_same_person_is_said(waits):
    shop, case, branch = waits
    shop.do("sun.min", "review", case, "--approve")
    tip = shop.git("rev-parse", branch)
    again = shop.run("sun.min", "review", case, "--approve")
    assert again.code == 0
    assert "already" in again.err
    shop.refuse(1, "wu.lei", "review", case, "--return", "no")
    assert shop.git("rev-parse", branch) == tip


def test_while_a_decision_waits_to_be_merged_the_road_waits(waits):
    shop, case, _branch = waits
    shop.do("sun.min", "review", case, "--return", "say more")
    refused = shop.refuse(1, "zhao.wei", "propose", case, "--remedy", "refund=9.00", "--reason", "less")
    assert "not merged yet" in refused.err
    assert "--merge" in refused.err


def test_approve_on_the_branch_itself(waits):
    shop, case, branch = waits
    shop.git("switch", "--quiet", branch)
    shop.wait(minutes=5).do("sun.min", "approve", case)
    assert shop.show(case)["state"] == "approved"
    assert shop.git("rev-list", "--count", f"main..{branch}").strip() == "2"
    assert shop.git("status", "--porcelain") == ""
    shop.refuse(4, "li.na", "respond", case, "--agreed")  # that is a step for the register's branch
    shop.refuse(4, "li.na", "contact", case, "--by", "phone", "--note", "x")
    shop.git("switch", "--quiet", "main")
    assert shop.show(case)["review"]["outcome"] == "approved"


def test_on_a_branch_only_its_own_case_is_decided(waits):
    shop, case, _branch = waits
    other = shop.proposed()
    shop.git("switch", "--quiet", "--create", branch_of(case, 7), "main")
    shop.refuse(4, "sun.min", "approve", other)


def test_a_branch_that_is_checked_out_elsewhere_is_left_alone(waits, tmp_path):
    shop, case, branch = waits
    shop.git("worktree", "add", "--quiet", str(tmp_path / "tree"), branch)
    tip = shop.git("rev-parse", branch)
    ran = shop.run("sun.min", "review", case, "--approve")
    assert (ran.code, shop.git("rev-parse", branch)) == (4, tip)


# -- branches that bring more


def tampered(shop: Shop, branch: str, change: dict[str, tuple[str, str]]) -> None:
    """A commit by hand on a branch; the register's branch is checked out again."""
    shop.git("switch", "--quiet", branch)
    for path, (old, new) in change.items():
        file = shop.folder / path
        text = file.read_text() if file.exists() else ""
        assert old in text
        file.write_text(text.replace(old, new) if old else new)
    shop.git("add", "--all")
    shop.git(
        "-c",
        "user.name=Zhao Wei",
        "-c",
        "user.email=zhao.wei@shop.example",
        "commit",
        "--quiet",
        "-m",
        "more",
    )
    shop.git("switch", "--quiet", "main")


@pytest.mark.parametrize(
    "change",
    [
        {"policies/supermarket.yaml": ('limit: "50.00"', 'limit: "5000.00"')},
        {"policies/staff.yaml": ("role: clerk", "role: manager")},
        {"extra.txt": ("", "x")},
        {"{path}": ('amount: "12.90"\n        cost: "12.90"', 'amount: "99.90"\n        cost: "99.90"')},
        {"{path}": ("cold shelf at 11", "cold shelf at 20")},
        {"{path}": ("by: zhao.wei\n    at", "by: li.na\n    at")},
    ],
    ids=["rules", "staff", "file", "amount", "findings", "proposer"],
)
def test_a_branch_that_brings_more_than_its_proposal_is_not_approved(waits, change):
    shop, case, branch = waits
    path = proposals_path(case)
    named = {name.format(path=path) if "{" in name else name: value for name, value in change.items()}
    tampered(shop, branch, named)
    ran = shop.run("sun.min", "review", case, "--approve")
    assert ran.code == 1, ran
    assert "Traceback" not in ran.err
    notes = shop.run("sun.min", "review", case, "--json").json["notes"]
    assert notes


# -- merged and dropped


def test_a_decided_proposal_is_brought_in_with_all_that_happened_meanwhile(waits):
    shop, case, _branch = waits
    shop.wait(minutes=5).do("li.na", "contact", case, "--by", "phone", "--note", "she asks when")
    shop.wait(minutes=5).do("sun.min", "review", case, "--approve")
    shop.wait(minutes=5).do("zhao.wei", "review", case, "--merge")
    found = shop.show(case)
    assert found["state"] == "approved"
    assert found["contacts"][-1]["note"] == "she asks when"
    assert found["review"] is None
    assert shop.git("for-each-ref", "refs/heads/proposal") == ""
    assert len(shop.git("log", "-1", "--format=%P").split()) == 2
    assert shop.git("status", "--porcelain") == ""
    assert shop.run("", "check").code == 0
    assert shop.run("", "verify", "--full").code == 0
    shop.wait(minutes=5).do("li.na", "respond", case, "--agreed")


def test_a_returned_proposal_is_brought_in_and_the_next_one_follows(waits):
    shop, case, _branch = waits
    shop.do("sun.min", "review", case, "--return", "say more")
    shop.do("zhao.wei", "review", case, "--merge")
    assert shop.show(case)["state"] == "returned"
    shop.wait(minutes=5).do(
        "zhao.wei", "propose", case, "--remedy", "refund=12.90", "--reason", "batch A", "--branch"
    )
    assert shop.show(case)["review"]["branch"] == branch_of(case, 2)


def test_what_was_merged_is_merged_already(waits):
    shop, case, _branch = waits
    shop.do("sun.min", "review", case, "--approve")
    shop.do("zhao.wei", "review", case, "--merge")
    before = shop.snapshot()
    again = shop.run("zhao.wei", "review", case, "--merge")
    assert (again.code, "in the register's branch already" in again.err) == (0, True)
    assert shop.snapshot() == before


def test_a_proposal_that_waits_on_the_registers_branch_is_neither_merged_nor_dropped(shop):
    case = shop.proposed()
    for option in ("--merge", "--drop"):
        shop.refuse(1, "zhao.wei", "review", case, option)


def test_steps_that_only_the_branch_has_count_when_it_is_decided(shop, tmp_path):
    case = shop.investigated()
    later = shop.new()
    clerk, manager = clone(shop, tmp_path, "zhao.wei"), clone(shop, tmp_path, "sun.min")
    for who, *words in (
        ("li.na", "classify", later, "--category", "goods.spoiled"),
        ("li.na", "assign", later, "--to", "zhao.wei"),
        ("li.na", "contact", later, "--by", "phone", "--note", "told her"),
        ("zhao.wei", "investigate", later, "--findings", "cold shelf", "--statement", "customer: sour",
         "--verdict", "founded", "--cause", "goods.spoiled"),
    ):  # fmt: skip
        clerk.do(who, *words)
    clerk.do("zhao.wei", "propose", later, *PROPOSE, "--branch", "--push")
    manager.git("fetch", "--quiet", "origin")
    data = manager.run("sun.min", "review", later, "--json").json
    assert data["notes"] == []
    assert data["investigations"][0]["findings"] == "cold shelf"
    manager.do("sun.min", "review", later, "--approve")
    manager.do("sun.min", "review", later, "--merge")
    assert manager.show(later)["state"] == "approved"
    assert manager.show(case)["state"] == "investigated"


def test_a_branch_that_begins_later_than_what_is_here_asks_to_sync_first(shop, tmp_path):
    case = shop.investigated()
    clerk, manager = clone(shop, tmp_path, "zhao.wei"), clone(shop, tmp_path, "sun.min")
    clerk.new("--channel", "desk", "--complaint", "another one")
    clerk.git("push", "--quiet", "origin", "main")
    clerk.do("zhao.wei", "propose", case, *PROPOSE, "--branch", "--push")
    manager.git("fetch", "--quiet", "origin")
    assert "sync" in manager.run("sun.min", "review", case, "--json").json["notes"][0]
    assert "complaintctl sync" in manager.refuse(1, "sun.min", "review", case, "--approve").err
    manager.git("merge", "--quiet", "--ff-only", "origin/main")
    manager.do("sun.min", "review", case, "--approve")


def test_a_branch_that_brings_steps_on_another_case_is_not_approved(shop, tmp_path):
    case = shop.investigated()
    clerk, manager = clone(shop, tmp_path, "zhao.wei"), clone(shop, tmp_path, "sun.min")
    other = clerk.new("--channel", "desk", "--complaint", "another one")
    clerk.do("zhao.wei", "propose", case, *PROPOSE, "--branch", "--push")
    manager.git("fetch", "--quiet", "origin")
    assert other in manager.refuse(1, "sun.min", "review", case, "--approve").err


def test_what_is_not_decided_is_not_brought_in(waits):
    shop, case, _branch = waits
    shop.refuse(1, "sun.min", "review", case, "--merge")


def test_a_dropped_branch_stands_against_nothing(waits):
    shop, case, branch = waits
    tip = shop.git("rev-parse", branch).strip()
    shop.do("zhao.wei", "review", case, "--drop", "--dry-run")
    assert shop.git("rev-parse", branch).strip() == tip
    assert tip[:10] in shop.do("zhao.wei", "review", case, "--drop")
    assert seen(shop, case) == [None, None, None]
    again = shop.run("zhao.wei", "review", case, "--drop")  # doing it twice is harmless
    assert (again.code, "no proposal of it waits in a branch" in again.err) == (0, True)
    shop.wait(minutes=5).do("zhao.wei", "propose", case, "--remedy", "refund=9.00", "--reason", "less")
    shop.refuse(1, "zhao.wei", "review", case, "--drop")


# -- two clones and a bare repository


def test_a_clerk_proposes_and_a_manager_decides_in_another_clone(shop, tmp_path):
    case = shop.investigated()
    clerk, manager = clone(shop, tmp_path, "zhao.wei"), clone(shop, tmp_path, "sun.min")
    branch = branch_of(case)
    pushed = clerk.wait(minutes=5).run("zhao.wei", "propose", case, *PROPOSE, "--branch", "--push")
    assert pushed.code == 0
    assert f"complaintctl review {case} --approve --push" in pushed.out  # a bare repository has no such page
    manager.now = clerk.now
    assert rows(manager.run("sun.min", "review", "--json")) == []
    manager.git("fetch", "--quiet", "origin")
    (row,) = rows(manager.run("sun.min", "review", "--json"))
    assert (row["id"], row["branch"], row["remote"]) == (case, branch, "origin")
    done = manager.wait(minutes=5).run("sun.min", "review", case, "--approve", "--push")
    assert done.code == 0, done
    assert f"complaintctl review {case} --merge" in done.out
    assert "--approve" not in done.out
    assert manager.git("rev-parse", branch) == manager.git("rev-parse", f"origin/{branch}")
    clerk.git("fetch", "--quiet", "origin")
    assert clerk.show(case)["review"]["outcome"] == "approved"
    assert clerk.show(case)["review"]["remote"] == "origin"
    clerk.wait(minutes=10).do("zhao.wei", "review", case, "--merge")
    assert clerk.show(case)["state"] == "approved"
    assert clerk.show(case)["review"] is None
    assert clerk.run("", "verify", "--full").code == 0


def test_what_waits_here_is_pushed_by_saying_it_again(shop, tmp_path):
    case = shop.investigated()
    clerk = clone(shop, tmp_path, "zhao.wei")
    branch = propose(clerk, case)
    again = clerk.wait(minutes=5).run("zhao.wei", "propose", case, *PROPOSE, "--branch", "--push", "origin")
    assert again.code == 0, again
    assert clerk.git("rev-parse", branch) == clerk.git("rev-parse", f"origin/{branch}")


def test_a_branch_that_is_only_here_is_pushed_for_review(shop, tmp_path):
    case = shop.investigated()
    clerk = clone(shop, tmp_path, "zhao.wei")
    branch = propose(clerk, case)
    clerk.do("zhao.wei", "review", case, "--push")
    assert clerk.git("rev-parse", branch) == clerk.git("rev-parse", f"origin/{branch}")
    clerk.refuse(2, "zhao.wei", "review", case, "--push", "elsewhere")


def test_a_push_never_overwrites(shop, tmp_path):
    case = shop.investigated()
    clerk, other = clone(shop, tmp_path, "zhao.wei"), clone(shop, tmp_path, "chen.jie")
    other.do("chen.jie", "propose", case, "--remedy", "refund=9.00", "--reason", "x", "--branch", "--push")
    there = other.git("rev-parse", f"origin/{branch_of(case)}")
    ran = clerk.run("zhao.wei", "propose", case, *PROPOSE, "--branch", "--push")
    assert ran.code == 5, ran
    assert "did not take it" in ran.err
    assert other.git("ls-remote", "origin", f"refs/heads/{branch_of(case)}").split()[0] == there.strip()


def test_a_branch_is_dropped_at_the_remote_too(shop, tmp_path):
    case = shop.investigated()
    clerk = clone(shop, tmp_path, "zhao.wei")
    clerk.do("zhao.wei", "propose", case, *PROPOSE, "--branch", "--push")
    left = clerk.run("zhao.wei", "review", case, "--drop")
    assert f"git push origin --delete {branch_of(case)}" in left.err
    assert clerk.show(case)["review"]["remote"] == "origin"
    clerk.do("zhao.wei", "review", case, "--drop", "--push")
    assert clerk.show(case)["review"] is None
    assert clerk.git("ls-remote", "origin", "refs/heads/proposal/*") == ""


def test_the_page_of_a_forge_is_printed(shop, tmp_path):
    case = shop.investigated()
    clerk = clone(shop, tmp_path, "zhao.wei")
    clerk.git("remote", "set-url", "origin", "https://github.com/shop/register.git")
    clerk.git("config", f"url.{tmp_path}/bare.git.insteadOf", "https://github.com/shop/register.git")
    ran = clerk.run("zhao.wei", "propose", case, *PROPOSE, "--branch", "--push")
    assert ran.code == 0, ran
    assert ran.out.splitlines()[-1] == (
        f"https://github.com/shop/register/compare/main...{branch_of(case)}?expand=1"
    )


def test_the_page_of_a_forge_of_ones_own_is_printed_where_its_kind_is_said(shop, tmp_path):
    case = shop.investigated()
    clerk = clone(shop, tmp_path, "zhao.wei")
    clerk.git("remote", "set-url", "origin", "git@git.shop.example:shop/register.git")
    clerk.git("config", f"url.{tmp_path}/bare.git.insteadOf", "git@git.shop.example:shop/register.git")
    clerk.git("config", "complaintctl.forge", "gitlab")
    ran = clerk.run("zhao.wei", "propose", case, *PROPOSE, "--branch", "--push", "--json")
    assert ran.code == 0, ran
    assert json.loads(ran.out)["branch"] == branch_of(case)
    assert "https://git.shop.example/shop/register/-/merge_requests/new?" in ran.err


@pytest.mark.parametrize(
    "planted",
    [
        {"remote.origin.receivepack": "{trap}"},
        {"core.sshCommand": "{trap}"},
        {"credential.helper": "!{trap}"},
        {"remote.origin.vcs": "{trap}"},
        {"remote.origin.url": "ext::{trap}"},
        {"push.gpgSign": "true", "gpg.program": "{trap}"},
        {"core.hooksPath": "{hooks}"},
    ],
    ids=lambda planted: next(iter(planted)),
)
def test_pushing_runs_nothing_that_the_repository_brings(shop, tmp_path, planted):
    case = shop.investigated()
    clerk = clone(shop, tmp_path, "zhao.wei")
    trap, mark, hooks = tmp_path / "trap", tmp_path / "sprung", tmp_path / "hooks"
    trap.write_text(f"#!/bin/sh\ntouch '{mark}'\nexit 1\n")
    trap.chmod(0o755)
    hooks.mkdir()
    for name in ("pre-push", "reference-transaction"):
        shutil.copy(trap, hooks / name)
        shutil.copy(trap, clerk.folder / ".git" / "hooks" / name)
    if "core.sshCommand" in planted or "credential.helper" in planted:
        clerk.git("remote", "set-url", "origin", "ssh://nobody@127.0.0.1:1/a/b.git")
    for key, value in planted.items():
        clerk.git("config", key, value.format(trap=trap, hooks=hooks))
    ran = clerk.run("zhao.wei", "propose", case, *PROPOSE, "--branch", "--push")
    assert ran.code in {0, 5}, ran
    assert not mark.exists()


def test_two_decisions_apart_are_not_overwritten(shop, tmp_path):
    case = shop.investigated()
    clerk = clone(shop, tmp_path, "zhao.wei")
    clerk.do("zhao.wei", "propose", case, *PROPOSE, "--branch", "--push")
    one, two = clone(shop, tmp_path, "sun.min"), clone(shop, tmp_path, "wu.lei")
    one.do("sun.min", "review", case, "--approve", "--push")
    there = one.git("rev-parse", f"origin/{branch_of(case)}")
    ran = two.run("wu.lei", "review", case, "--return", "no", "--push")
    assert ran.code == 5
    assert one.git("ls-remote", "origin", f"refs/heads/{branch_of(case)}").split()[0] == there.strip()
    two.git("fetch", "--quiet", "origin")
    assert two.show(case)["review"]["outcome"] in {"approved", "returned"}
    two.refuse(1, "wu.lei", "review", case, "--approve")


def test_reading_the_branches_starts_no_process(waits):
    shop, case, branch = waits
    repository = Repository.find(shop.folder)
    before = gitprocess.started
    (one,) = proposals.branches(repository)
    assert gitprocess.started == before
    assert (one.case, one.number, one.name, one.remote) == (case, 1, branch, "")


@keys.needs_openssh
def test_a_decision_in_a_branch_is_signed_where_the_register_asks_for_it(tmp_path):
    shop = keys.signing_shop(tmp_path / "shop")
    case = shop.investigated()
    branch = propose(shop, case)
    shop.wait(minutes=5).do("sun.min", "review", case, "--approve")
    assert at(shop, branch, case)["proposals"][0]["decision"]["signature"]  # type: ignore[index]
    shop.wait(minutes=5).do("zhao.wei", "review", case, "--merge")
    assert shop.show(case)["proposals"][0]["decision"]["signature"]
    assert shop.run("", "verify", "--full").code == 0


def test_a_branch_that_begins_at_steps_which_were_not_sent_says_so(shop, tmp_path):
    case, second = shop.new(), shop.new()
    clerk = clone(shop, tmp_path, "li.na")
    for one in (case, second):
        clerk.do("li.na", "classify", one, "--category", "goods.spoiled")
        clerk.do("li.na", "assign", one, "--to", "zhao.wei")
        clerk.do("zhao.wei", "investigate", one, "--findings", "off", "--statement", "customer: sour",
                 "--verdict", "founded", "--cause", "goods.spoiled")  # fmt: skip
    early = clerk.run("zhao.wei", "propose", case, *PROPOSE, "--branch", "--push")
    assert "send them too: complaintctl sync" in early.err
    other = clone(shop, tmp_path, "sun.min")
    refused = other.refuse(1, "sun.min", "review", case, "--approve")
    assert "whoever made it says complaintctl sync" in refused.err
    clerk.do("li.na", "sync")
    other.do("sun.min", "sync")
    other.do("sun.min", "review", case, "--approve")
    late = clerk.run("zhao.wei", "propose", second, *PROPOSE, "--branch", "--push")
    assert "send them too" not in late.err


def test_what_is_decided_in_a_branch_is_merged_and_not_decided_again(waits):
    shop, case, _branch = waits
    shop.do("sun.min", "review", case, "--approve")
    listed = shop.run("sun.min", "review")
    assert f"complaintctl review {case} --merge brings it in" in listed.err
    again = shop.refuse(1, "boss", "review", case, "--return", "no")
    assert f"complaintctl review {case} --merge" in again.err


def test_the_list_says_when_all_that_waits_is_for_others(waits):
    shop, _case, _branch = waits
    listed = shop.run("zhao.wei", "review")
    assert listed.out == ""
    assert "Nothing waits for you; 1 waits for others (--all)" in listed.err

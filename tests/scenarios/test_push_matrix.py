"""The push matrix: what a server takes and what it refuses, by the pushes of people who know what they do (G1-G7)."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from complaintctl import authority, signing
from tests import keys, server
from tests.server import Laptop, Place, Push

Act = Callable[[Place, Laptop], "Push | None"]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A server that judges every push, and the clerk's laptop."""
    monkeypatch.setenv("PYTHONPATH", str(server.TOP))  # for the hook, where this program pushes
    return server.place(tmp_path)


def decision(
    case: Any, laptop: Laptop, who: str, role: str = "head", limit: str | None = "500.00", **more: Any
) -> dict[str, Any]:
    """A decision on the last proposal of a case, with everything in it that can be computed."""
    proposal = case["proposals"][-1]
    rules = authority.digest(case["id"], proposal.get("round", 1), proposal, case["currency"], _rules(laptop))
    given = {
        "outcome": "approved", "role": role, "limit": limit, "digest": rules, "via": "cli", **more,
        "by": who, "at": laptop.now.isoformat(),
    }  # fmt: skip
    return {key: value for key, value in given.items() if value is not None}


def _rules(laptop: Laptop) -> str:
    return hashlib.sha256((laptop.folder / "policies/supermarket.yaml").read_bytes()).hexdigest()


def decide(laptop: Laptop, case: str, who: str, role: str = "head", limit: str | None = "500.00") -> None:
    """Write a decision into a case by hand."""

    def change(data: Any) -> None:
        data["proposals"][-1]["decision"] = decision(data, laptop, who, role, limit)

    laptop.forge(case, change)


def propose(laptop: Laptop, case: str, amount: str = "12.90", *more: str) -> None:
    """A proposal by the store's clerk."""
    laptop.do("zhao.wei", "propose", case, "--remedy", f"refund={amount}", "--reason", "spoiled early", *more)


# ── What is taken ───────────────────────────────────────────────────────────────────────────────────


def new_case(place: Place, laptop: Laptop) -> None:
    laptop.new()


def several_steps(place: Place, laptop: Laptop) -> None:
    laptop.do("li.na", "classify", place.received, "--category", "goods.spoiled")
    laptop.do("li.na", "assign", place.received, "--to", "zhao.wei")
    laptop.do("li.na", "contact", place.closed, "--by", "phone", "--note", "all well")


def approval(place: Place, laptop: Laptop) -> None:
    laptop.do("sun.min", "approve", place.proposed)


def returned(place: Place, laptop: Laptop) -> None:
    laptop.do("sun.min", "approve", place.proposed, "--return", "say which batch")


def evidence(place: Place, laptop: Laptop) -> None:
    photo = laptop.folder.parent / "shelf.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0 the shelf")
    laptop.do("li.na", "evidence", "add", place.proposed, str(photo))


def amendment(place: Place, laptop: Laptop) -> None:
    laptop.do("li.na", "amend", place.received, "--set", "customer.phone=13900005678", "--reason", "misheard")


def undone(place: Place, laptop: Laptop) -> None:
    laptop.do("li.na", "classify", place.received, "--category", "goods.spoiled")
    laptop.do("li.na", "undo", place.received, "--reason", "wrong case")


def rules_by_the_owner(place: Place, laptop: Laptop) -> None:
    rules = laptop.folder / "policies/supermarket.yaml"
    rules.write_text(rules.read_text("utf-8").replace('limit: "50.00"', 'limit: "60.00"'), "utf-8")
    laptop.do("boss", "policy", "save", "--reason", "higher")


def staff_by_the_owner(place: Place, laptop: Laptop) -> None:
    laptop.do("boss", "staff", "add", "he.jing", "--name", "He Jing", "--email", "he.jing@shop.example",
              "--role", "clerk")  # fmt: skip
    laptop.do("he.jing", "contact", place.received, "--by", "phone", "--note", "told")


def files_of_a_forge(place: Place, laptop: Laptop) -> None:
    laptop.do("boss", "forge", "github")


def proposal_branch(place: Place, laptop: Laptop) -> Push:
    laptop.do(
        "zhao.wei", "propose", place.investigated, "--remedy", "refund=12.90", "--reason", "x", "--branch"
    )
    return laptop.push(f"proposal/{place.investigated}-1")


def approval_on_the_branch(place: Place, laptop: Laptop) -> Push:
    proposal_branch(place, laptop)
    laptop.do("sun.min", "review", place.investigated, "--approve")
    return laptop.push(f"proposal/{place.investigated}-1")


def merge_of_an_approved_branch(place: Place, laptop: Laptop) -> Push:
    approval_on_the_branch(place, laptop)
    laptop.identify("sun.min")
    laptop.do("li.na", "contact", place.received, "--by", "phone", "--note", "told")
    laptop.git("merge", "-q", "--no-ff", "--no-edit", f"proposal/{place.investigated}-1")
    assert laptop.push().taken
    return laptop.push("--delete", f"proposal/{place.investigated}-1")


def merge_of_an_undecided_branch(place: Place, laptop: Laptop) -> None:
    proposal_branch(place, laptop)
    laptop.identify("sun.min")
    laptop.do("li.na", "contact", place.received, "--by", "phone", "--note", "told")
    laptop.git("merge", "-q", "--no-ff", "--no-edit", f"proposal/{place.investigated}-1")


def merge_where_the_branch_stood_still(place: Place, laptop: Laptop) -> None:
    approval_on_the_branch(place, laptop)
    laptop.identify("sun.min")
    laptop.git("merge", "-q", "--no-ff", "--no-edit", f"proposal/{place.investigated}-1")


def two_laptops(place: Place, laptop: Laptop) -> None:
    other = place.other("zhao.wei")
    propose(other, place.investigated)
    assert other.push().taken
    laptop.wait(minutes=1).do("li.na", "contact", place.investigated, "--by", "phone", "--note", "told")
    laptop.git("fetch", "-q")
    laptop.git("merge", "-q", "--no-edit", "origin/main")


def checkpoint(place: Place, laptop: Laptop) -> Push:
    laptop.do("boss", "checkpoint")
    assert laptop.push().taken
    return laptop.push("--tags")


TAKEN: list[Act] = [
    new_case, several_steps, approval, returned, evidence, amendment, undone, rules_by_the_owner,
    staff_by_the_owner, files_of_a_forge, proposal_branch, approval_on_the_branch, merge_of_an_approved_branch,
    merge_of_an_undecided_branch, merge_where_the_branch_stood_still, two_laptops, checkpoint,
]  # fmt: skip


@pytest.mark.parametrize("act", TAKEN, ids=lambda act: act.__name__)
def test_a_legal_push_is_taken(place: Place, act: Act) -> None:  # G1, G7
    ended = act(place, place.laptop) or place.laptop.push()
    assert ended.taken, ended.said


# ── What is refused: decisions ──────────────────────────────────────────────────────────────────────


def above_the_limit(place: Place, laptop: Laptop) -> None:
    propose(laptop, place.investigated, "80.00", "--exception", "a regular customer")
    decide(laptop, place.investigated, "li.na", "clerk", "50.00")
    laptop.commit()


def by_the_manager_in_name_only(place: Place, laptop: Laptop) -> None:
    decide(laptop, place.proposed, "sun.min")
    laptop.commit()


def by_somebody_who_left(place: Place, laptop: Laptop) -> None:
    laptop.do("boss", "staff", "retire", "sun.min")
    assert laptop.push().taken
    decide(laptop, place.proposed, "sun.min")
    laptop.commit(who="sun.min")


def of_their_own_proposal(place: Place, laptop: Laptop) -> None:
    decide(laptop, place.proposed, "zhao.wei", "clerk", "50.00")
    laptop.commit(who="zhao.wei")


def decided_twice(place: Place, laptop: Laptop) -> None:
    decide(laptop, place.approved, "wu.lei")
    laptop.commit(who="wu.lei")


def in_a_closed_case(place: Place, laptop: Laptop) -> None:
    def change(case: Any) -> None:
        case["proposals"][-1]["decision"] = decision(case, laptop, "wu.lei")

    laptop.forge(place.closed, change, state="closed")
    laptop.commit(who="wu.lei")


def without_a_proposal(place: Place, laptop: Laptop) -> None:
    laptop.forge(place.investigated, lambda case: None, state="approved")
    laptop.commit(who="sun.min")


def more_than_was_approved(place: Place, laptop: Laptop) -> None:
    def change(case: Any) -> None:
        case["proposals"][-1]["remedies"][0].update(amount="22.90", cost="22.90")

    laptop.forge(place.approved, change)
    laptop.commit()


def more_with_a_new_digest(place: Place, laptop: Laptop) -> None:
    def change(case: Any) -> None:
        case["proposals"][-1]["remedies"][0].update(amount="22.90", cost="22.90")
        done = case["proposals"][-1]["decision"]
        done["digest"] = decision(case, laptop, "sun.min")["digest"]

    laptop.forge(place.approved, change)
    laptop.commit(who="sun.min")


def more_while_approving(place: Place, laptop: Laptop) -> None:
    def change(case: Any) -> None:
        case["proposals"][-1]["remedies"][0].update(amount="22.90", cost="22.90")
        case["proposals"][-1]["decision"] = decision(case, laptop, "sun.min")

    laptop.forge(place.proposed, change)
    laptop.commit(who="sun.min")


def copied_from_another_case(place: Place, laptop: Laptop) -> None:
    given = laptop.case(place.approved)["proposals"][-1]["decision"]
    laptop.forge(place.proposed, lambda case: case["proposals"][-1].update(decision=dict(given)))
    laptop.commit(who="sun.min")


def by_a_merge_that_is_none(place: Place, laptop: Laptop) -> None:
    tip = laptop.git("rev-parse", "HEAD").strip()

    def change(case: Any) -> None:
        more = {"via": f"merge {tip}", "claimed": True, "recorded_by": "li.na"}
        case["proposals"][-1]["decision"] = decision(case, laptop, "sun.min") | more

    laptop.forge(place.proposed, change)
    laptop.commit()


# ── Cases ───────────────────────────────────────────────────────────────────────────────────────────


def a_state_without_a_section(place: Place, laptop: Laptop) -> None:
    laptop.forge(place.received, lambda case: None, state="closed")
    laptop.commit()


def an_illegal_jump(place: Place, laptop: Laptop) -> None:
    def change(case: Any) -> None:
        case["closures"] = [{"outcome": "satisfied", "by": "li.na", "at": laptop.now.isoformat()}]

    laptop.forge(place.received, change, state="closed")
    laptop.commit()


def an_earlier_section_edited(place: Place, laptop: Laptop) -> None:
    laptop.forge(place.proposed, lambda case: case["investigations"][0].update(findings="nothing was found"))
    laptop.commit(who="zhao.wei")


def an_entry_taken_away(place: Place, laptop: Laptop) -> None:
    laptop.forge(place.proposed, lambda case: case["contacts"].pop())
    laptop.commit()


def back_dated(place: Place, laptop: Laptop) -> None:
    def change(case: Any) -> None:
        entry = dict(case["contacts"][-1], note="an hour before", at="2026-11-16T09:00:00+08:00")
        case["contacts"].append(entry)

    laptop.forge(place.proposed, change)
    laptop.commit()


def in_the_name_of_another(place: Place, laptop: Laptop) -> None:
    def change(case: Any) -> None:
        case["contacts"].append(
            dict(case["contacts"][-1], note="told her again", by="wu.lei", at=laptop.now.isoformat())
        )

    laptop.forge(place.proposed, change)
    laptop.commit()


def by_nobody_on_the_staff(place: Place, laptop: Laptop) -> None:
    laptop.do("li.na", "contact", place.received, "--by", "phone", "--note", "told")
    laptop.git("-c", "user.name=x", "-c", "user.email=x@elsewhere.example", "commit", "-q", "--amend", "--no-edit",
               "--reset-author")  # fmt: skip


def a_case_deleted(place: Place, laptop: Laptop) -> None:
    laptop.file(place.received).unlink()
    laptop.commit()


def two_cases_in_one_commit(place: Place, laptop: Laptop) -> None:
    laptop.do("li.na", "contact", place.received, "--by", "phone", "--note", "told")
    laptop.do("li.na", "contact", place.proposed, "--by", "phone", "--note", "told")
    laptop.git("reset", "-q", "--soft", "HEAD~2")
    laptop.commit()


def a_case_that_came_finished(place: Place, laptop: Laptop) -> None:
    data = laptop.case(place.closed)
    other = "C-20261116-000000"
    data["id"] = other
    laptop.file(other).write_bytes(server.emit_case(data))
    laptop.commit()


def a_symbolic_link(place: Place, laptop: Laptop) -> None:
    laptop.file(place.received).unlink()
    laptop.file(place.received).symlink_to("/etc/passwd")
    laptop.commit()


def an_executable_case(place: Place, laptop: Laptop) -> None:
    laptop.file(place.received).chmod(0o755)
    laptop.git("config", "core.fileMode", "true")
    laptop.commit()


def a_submodule(place: Place, laptop: Laptop) -> None:
    tip = laptop.git("rev-parse", "HEAD").strip()
    laptop.git("rm", "-q", str(laptop.file(place.received)))
    row = f"160000,{tip},{laptop.file(place.received).relative_to(laptop.folder)}"
    laptop.git("update-index", "--add", "--cacheinfo", row)
    laptop.git("commit", "-qm", "by hand")


def duplicate_keys(place: Place, laptop: Laptop) -> None:
    path = laptop.file(place.received)
    path.write_text(path.read_text("utf-8") + "state: closed\n", "utf-8")
    laptop.commit()


def evidence_replaced(place: Place, laptop: Laptop) -> None:
    (file,) = laptop.file(place.received).with_suffix("").iterdir()
    file.write_bytes(b"\xff\xd8\xff\xe0 another bottle")
    laptop.commit()


def evidence_removed(place: Place, laptop: Laptop) -> None:
    (file,) = laptop.file(place.received).with_suffix("").iterdir()
    file.unlink()
    laptop.commit()


def a_file_beside_the_evidence(place: Place, laptop: Laptop) -> None:
    laptop.file(place.received).with_suffix("").joinpath("run.sh").write_text("echo\n", "utf-8")
    laptop.commit()


# ── Rules ───────────────────────────────────────────────────────────────────────────────────────────


def _raise_limit(laptop: Laptop) -> None:
    rules = laptop.folder / "policies/supermarket.yaml"
    rules.write_text(rules.read_text("utf-8").replace('limit: "50.00"', 'limit: "90.00"'), "utf-8")


def rules_by_a_clerk(place: Place, laptop: Laptop) -> None:
    _raise_limit(laptop)
    laptop.commit("policies")


def rules_by_a_clerk_with_the_approval_that_needs_them(place: Place, laptop: Laptop) -> None:
    propose(laptop, place.investigated, "80.00", "--exception", "a regular customer")
    _raise_limit(laptop)
    laptop.commit("policies")
    decide(laptop, place.investigated, "li.na", "clerk", "90.00")
    laptop.commit()


def rules_under_an_unchanged_version(place: Place, laptop: Laptop) -> None:
    _raise_limit(laptop)
    laptop.commit("policies", who="boss")


def a_clerk_who_makes_himself_manager(place: Place, laptop: Laptop) -> None:
    staff = laptop.folder / "policies/staff.yaml"
    text = staff.read_text("utf-8")
    staff.write_text(text.replace("role: clerk", "role: manager", 1), "utf-8")
    assert staff.read_text("utf-8") != text
    laptop.commit()


def schemas_by_a_clerk(place: Place, laptop: Laptop) -> None:
    (laptop.folder / "schemas/case.schema.json").write_text("{}\n", "utf-8")
    laptop.commit()


def attributes_by_a_clerk(place: Place, laptop: Laptop) -> None:
    (laptop.folder / ".gitattributes").write_text("cases/** -diff\n", "utf-8")
    laptop.commit()


def the_check_of_the_forge_by_a_clerk(place: Place, laptop: Laptop) -> None:
    path = laptop.folder / ".github/workflows/complaints.yml"
    path.parent.mkdir(parents=True)
    path.write_text("on: push\njobs: {}\n", "utf-8")
    laptop.commit()


# ── History and refs ────────────────────────────────────────────────────────────────────────────────


def a_merge_that_changes_more(place: Place, laptop: Laptop) -> None:
    propose(laptop, place.investigated)
    tip = laptop.git("rev-parse", "HEAD").strip()

    def change(case: Any) -> None:
        case["proposals"][-1]["remedies"][0].update(amount="22.90", cost="22.90")

    laptop.forge(place.investigated, change)
    laptop.git("add", "-A")
    tree = laptop.git("write-tree").strip()
    merge = laptop.git("commit-tree", "-p", tip, "-p", f"{tip}~1", "-m", "merge", tree).strip()
    laptop.git("reset", "-q", "--hard", merge)


def a_merge_that_drops_a_side(place: Place, laptop: Laptop) -> None:
    other = place.other("zhao.wei")
    propose(other, place.investigated)
    assert other.push().taken
    laptop.do("li.na", "contact", place.investigated, "--by", "phone", "--note", "told")
    laptop.git("fetch", "-q")
    laptop.git("merge", "-q", "--no-edit", "-s", "ours", "origin/main")


def history_rewritten(place: Place, laptop: Laptop) -> Push:
    laptop.git("reset", "-q", "--hard", "HEAD~2")
    laptop.new()
    return laptop.push("--force", "main")


def history_cut(place: Place, laptop: Laptop) -> Push:
    laptop.git("reset", "-q", "--hard", "HEAD~2")
    return laptop.push("--force", "main")


def the_branch_deleted(place: Place, laptop: Laptop) -> Push:
    return laptop.push("--delete", "main")


def a_branch_rewritten(place: Place, laptop: Laptop) -> Push:
    proposal_branch(place, laptop)
    name = f"proposal/{place.investigated}-1"
    laptop.git("branch", "-q", "-D", name)
    laptop.git("update-ref", "-d", f"refs/remotes/origin/{name}")
    propose(laptop, place.investigated, "9.90")
    laptop.git("branch", name)
    return laptop.push("--force", name)


def a_foreign_branch(place: Place, laptop: Laptop) -> Push:
    laptop.git("switch", "-q", "--orphan", "loose")
    (laptop.folder / "x.txt").write_text("x\n", "utf-8")
    laptop.commit()
    return laptop.push("loose")


def an_illegal_step_on_a_branch(place: Place, laptop: Laptop) -> Push:
    laptop.git("switch", "-qc", f"proposal/{place.received}-1")
    an_illegal_jump(place, laptop)
    return laptop.push("HEAD")


def notes(place: Place, laptop: Laptop) -> Push:
    laptop.git("notes", "add", "-m", "hello")
    return laptop.push("refs/notes/commits")


def a_replacement(place: Place, laptop: Laptop) -> Push:
    laptop.git("replace", "HEAD", "HEAD~1")
    return laptop.push("refs/replace/*")


def a_tag_of_another_kind(place: Place, laptop: Laptop) -> Push:
    laptop.git("tag", "v1")
    return laptop.push("v1")


def a_checkpoint_moved(place: Place, laptop: Laptop) -> Push:
    checkpoint(place, laptop)
    name = laptop.git("tag", "--list", "checkpoint/*").strip()
    laptop.git("tag", "-f", "-a", "-m", "x", name, "HEAD~1")
    return laptop.push("--force", name)


REFUSED: list[tuple[Act, str]] = [
    (above_the_limit, r"authority: .*costs 80\.00 CNY.*a clerk may grant 50\.00"),
    (by_the_manager_in_name_only, r"author: .*a decision of sun\.min in a commit of li\.na"),
    (by_somebody_who_left, r"authority: .*sun\.min has left"),
    (of_their_own_proposal, r"authority: .*nobody decides on their own proposal"),
    (decided_twice, r"edited: proposals\[0\]\.decision"),
    (in_a_closed_case, r"edited: proposals\[0\]\.decision"),
    (without_a_proposal, r"edited: .*the state is approved; the steps lead to investigated"),
    (more_than_was_approved, r"edited: proposals\[0\]\.remedies\[0\]\.amount"),
    (more_with_a_new_digest, r"edited: proposals\[0\]\.decision\.digest"),
    (more_while_approving, r"edited: proposals\[0\]\.remedies\[0\]\.amount"),
    (copied_from_another_case, r"digest: proposals\[0\]\.decision"),
    (by_a_merge_that_is_none, r"authority: .*is no merge of two lines"),
    (a_state_without_a_section, r"edited: .*the state is closed; the steps lead to received"),
    (an_illegal_jump, r"illegal-step: closures\[0\]"),
    (an_earlier_section_edited, r"edited: investigations\[0\]\.findings"),
    (an_entry_taken_away, r"deleted: contacts: was recorded"),
    (back_dated, r"illegal-step: contacts\[1\].*would be earlier"),
    (in_the_name_of_another, r"author: .*steps of wu\.lei in a commit of li\.na"),
    (by_nobody_on_the_staff, r"author: .*nobody on the staff"),
    (a_case_deleted, r"deleted: .*the case was deleted"),
    (two_cases_in_one_commit, r"one-case: .*2 cases in one commit"),
    (a_case_that_came_finished, r"adopted: .*the case came in finished"),
    (a_symbolic_link, r"mode: .*a symbolic link"),
    (an_executable_case, r"mode: .*run as a program"),
    (a_submodule, r"mode: .*another repository"),
    (duplicate_keys, r"form: .*the same key"),
    (evidence_replaced, r"evidence: .*was replaced"),
    (evidence_removed, r"evidence: .*was removed"),
    (a_file_beside_the_evidence, r"evidence: .*does not name it"),
    (rules_by_a_clerk, r"rules: .*li\.na may not change the rules"),
    (rules_by_a_clerk_with_the_approval_that_needs_them, r"rules: .*li\.na may not change the rules"),
    (rules_under_an_unchanged_version, r"rules: .*changed under its version"),
    (a_clerk_who_makes_himself_manager, r"rules: .*li\.na may not change the rules"),
    (schemas_by_a_clerk, r"rules: .*li\.na may not change the rules"),
    (attributes_by_a_clerk, r"rules: .*out of sight"),
    (the_check_of_the_forge_by_a_clerk, r"rules: .*li\.na may not change the rules"),
    (a_merge_that_changes_more, r"merge: proposals\[0\]\.remedies\[0\]\.amount"),
    (a_merge_that_drops_a_side, r"merge: .*dropped what one line had"),
    (history_rewritten, r"history is not rewritten"),
    (history_cut, r"history is not rewritten"),
    (the_branch_deleted, r"the branch of the register is never deleted"),
    (a_branch_rewritten, r"history is not rewritten.*delete the branch"),
    (a_foreign_branch, r"history: .*no history in common"),
    (an_illegal_step_on_a_branch, r"illegal-step: closures\[0\]"),
    (notes, r"refs/notes/commits: only branches and checkpoints"),
    (a_replacement, r"refs/replace/.*: only branches and checkpoints"),
    (a_tag_of_another_kind, r"refs/tags/v1: only branches and checkpoints"),
    (a_checkpoint_moved, r"a checkpoint stays as it was made"),
]
# What is pushed lawfully before the push that is refused.
_MOVES = {"by_somebody_who_left", "a_branch_rewritten", "a_checkpoint_moved", "a_merge_that_drops_a_side"}


@pytest.mark.parametrize(("act", "reason"), REFUSED, ids=[act.__name__ for act, _reason in REFUSED])
def test_an_illegal_push_is_refused_with_the_reason(place: Place, act: Act, reason: str) -> None:  # G1-G7
    before = server.git(place.server, "for-each-ref")
    ended = act(place, place.laptop) or place.laptop.push()
    assert not ended.taken, ended.said
    told = "\n".join(line for line in ended.said.splitlines() if line.startswith("remote:"))
    assert re.search(reason, told), ended.said
    assert "Traceback" not in ended.said
    assert not [secret for secret in ("王女士", "13800001234") if secret in ended.said]
    if act.__name__ not in _MOVES:
        assert server.git(place.server, "for-each-ref") == before


# ── Two clones and a server, from the proposal to the answer ────────────────────────────────────────


def test_a_clerk_proposes_and_a_manager_decides_over_a_server_that_judges(place: Place) -> None:  # G1, G10
    clerk, case = place.laptop, place.investigated
    clerk.identify("zhao.wei")
    manager = place.other("sun.min")
    words = ("--remedy", "refund=12.90", "--reason", "spoiled early", "--branch", "--push")
    clerk.do("", "propose", case, *words)
    branch = f"proposal/{case}-1"
    clerk.refuse(1, "", "review", case, "--approve")
    assert clerk.case(case)["state"] == "investigated"

    manager.wait(minutes=5).do("", "sync")
    (waiting,) = manager.run("", "review", "--json").json[-1:]
    assert (waiting["id"], waiting["branch"]) == (case, branch)
    manager.do("", "review", case, "--approve", "--push")
    manager.do("", "review", case, "--merge")
    manager.do("", "sync")

    clerk.wait(minutes=10).do("", "sync")
    assert clerk.case(case)["proposals"][0]["decision"]["by"] == "sun.min"
    laptop = clerk.wait(minutes=1)
    laptop.forge(case, lambda data: data["proposals"][0]["remedies"][0].update(amount="99.00", cost="99.00"))
    laptop.commit()
    assert not laptop.push().taken
    laptop.git("reset", "-q", "--hard", "origin/main")
    laptop.do("", "respond", case, "--agreed")
    laptop.do("", "sync")
    assert laptop.run("", "verify").code == 0


def test_what_a_forge_squashed_without_a_decision_still_waits(place: Place) -> None:  # G10
    laptop = place.laptop
    proposal_branch(place, laptop)
    laptop.git("merge", "-q", "--squash", f"proposal/{place.investigated}-1")
    laptop.commit(who="zhao.wei", subject="squashed by the forge")
    assert laptop.push().taken
    assert laptop.show(place.investigated)["state"] == "proposed"


# ── Where decisions must be signed ──────────────────────────────────────────────────────────────────


@pytest.fixture
def signed(tmp_path: Path) -> Place:
    """The same, where decisions and changes of the rules must be signed."""
    return server.place(tmp_path, signing=True)


def signed_approval(place: Place, laptop: Laptop) -> None:
    laptop.do("sun.min", "approve", place.proposed)


def squashed(place: Place, laptop: Laptop) -> None:
    approval_on_the_branch(place, laptop)
    laptop.do("li.na", "contact", place.received, "--by", "phone", "--note", "told")
    laptop.git("merge", "-q", "--squash", f"proposal/{place.investigated}-1")
    laptop.commit(who="zhao.wei", subject="squashed by the forge")


def rebased(place: Place, laptop: Laptop) -> None:
    approval_on_the_branch(place, laptop)
    laptop.do("li.na", "contact", place.received, "--by", "phone", "--note", "told")
    laptop.git("cherry-pick", f"main..proposal/{place.investigated}-1")


def merged_by_the_forge(place: Place, laptop: Laptop) -> None:
    approval_on_the_branch(place, laptop)
    laptop.do("li.na", "contact", place.received, "--by", "phone", "--note", "told")
    laptop.identify("web-flow", "noreply@forge.example")
    laptop.git("merge", "-q", "--no-ff", "--no-edit", f"proposal/{place.investigated}-1")


def rules_with_a_seal(place: Place, laptop: Laptop) -> None:
    rules_by_the_owner(place, laptop)


SIGNED: list[Act] = [signed_approval, squashed, rebased, merged_by_the_forge, rules_with_a_seal]


@keys.needs_openssh
@pytest.mark.parametrize("act", SIGNED, ids=lambda act: act.__name__)
def test_a_signed_decision_is_taken_however_it_travels(signed: Place, act: Act) -> None:  # G10
    ended = act(signed, signed.laptop) or signed.laptop.push()
    assert ended.taken, ended.said


def an_unsigned_decision(place: Place, laptop: Laptop) -> None:
    decide(laptop, place.proposed, "sun.min")
    laptop.commit(who="sun.min")


def signed_by_the_clerk(
    place: Place, laptop: Laptop, namespace: str = signing.APPROVAL, who: str = "li.na"
) -> None:
    def change(case: Any) -> None:
        case["proposals"][-1]["decision"] = decision(case, laptop, "sun.min")
        data = signing.decision_bytes(case, 1, _rules(laptop))
        signature = _signature(data, namespace, who)
        case["proposals"][-1]["decision"]["signature"] = signature

    laptop.forge(place.proposed, change)
    laptop.commit(who="sun.min")


def _signature(data: bytes, namespace: str, who: str) -> str:
    key = Path(os.environ["HOME"]) / ".ssh" / who
    words = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(key), "-n", namespace]
    return subprocess.run(words, input=data, capture_output=True, check=True).stdout.decode()


def signed_for_git(place: Place, laptop: Laptop) -> None:
    signed_by_the_clerk(place, laptop, "git", "sun.min")


def a_signature_from_another_case(place: Place, laptop: Laptop) -> None:
    given = laptop.case(place.approved)["proposals"][-1]["decision"]["signature"]

    def change(case: Any) -> None:
        case["proposals"][-1]["decision"] = decision(case, laptop, "sun.min") | {"signature": given}

    laptop.forge(place.proposed, change)
    laptop.commit(who="sun.min")


def more_than_was_signed(place: Place, laptop: Laptop) -> None:
    def change(case: Any) -> None:
        case["proposals"][-1]["decision"]["note"] = "and as much again"

    laptop.do("sun.min", "approve", place.proposed)
    laptop.forge(place.proposed, change)
    laptop.git("add", "-A")
    laptop.git("commit", "-q", "--amend", "--no-edit")


def rules_by_whoever_calls_himself_owner(place: Place, laptop: Laptop) -> None:
    path = laptop.folder / "policies/staff.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("role: clerk", "role: manager", 1), "utf-8")
    laptop.commit(who="boss")


UNSIGNED: list[tuple[Act, str]] = [
    (an_unsigned_decision, r"signature: "),
    (signed_by_the_clerk, r"signature: "),
    (signed_for_git, r"signature: "),
    (a_signature_from_another_case, r"signature: "),
    (more_than_was_signed, r"signature: "),
    (rules_by_whoever_calls_himself_owner, r"signature: policies/seal\.yaml"),
]


@keys.needs_openssh
@pytest.mark.parametrize(("act", "reason"), UNSIGNED, ids=[act.__name__ for act, _reason in UNSIGNED])
def test_whoever_poses_as_the_manager_is_refused(
    signed: Place, act: Act, reason: str
) -> None:  # G2, G3, G4, G6
    ended = act(signed, signed.laptop) or signed.laptop.push()
    assert not ended.taken, ended.said
    assert re.search(rf"^remote: main .*{reason}", ended.said, re.MULTILINE), ended.said


def test_the_matrix_is_large_enough() -> None:
    assert len(TAKEN) >= 6
    assert len(REFUSED) >= 18

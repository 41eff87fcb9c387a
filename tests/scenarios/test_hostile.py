"""People who know git well: what looks like history and is none, and decisions that hold on one line only (G1-G9)."""

from __future__ import annotations

import copy
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from complaintctl.casefiles import path_of
from complaintctl.yamlfile import read_case
from tests import keys, server
from tests.laptops import Laptops
from tests.scenarios.test_push_matrix import decide
from tests.server import Laptop, Place
from tests.shop import Shop


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A server that judges every push, and the clerk's laptop."""
    monkeypatch.setenv("PYTHONPATH", str(server.TOP))
    return server.place(tmp_path)


@pytest.fixture
def signing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The same, where decisions are signed."""
    monkeypatch.setenv("PYTHONPATH", str(server.TOP))
    return server.place(tmp_path, signing=True)


def findings(shop: Shop) -> list[tuple[str, str]]:
    found = shop.run("", "verify", "--full", "--json").json["findings"]
    return [(one["rule"], one["message"]) for one in found]


def head(laptop: Laptop) -> str:
    return laptop.git("rev-parse", "HEAD").strip()


def go(laptop: Laptop, commit: str) -> None:
    laptop.git("reset", "-q", "--hard", commit)


def refused(laptop: Laptop, *words: str) -> None:
    """The server does not take it, and says why in these words."""
    push = laptop.push()
    assert not push.taken
    assert all(word in push.said for word in words), push.said


# ── Commits that git reads otherwise ────────────────────────────────────────────────────────────────


def test_a_parent_that_git_does_not_see_is_none(place: Place) -> None:  # G8
    """Behind the author git does not look for parents: what stood there was never judged."""
    laptop, main = place.laptop, head(place.laptop)
    decide(laptop, place.proposed, "li.na", "clerk", "50.00")
    forged = laptop.commit()
    tree = laptop.git("rev-parse", "HEAD^{tree}").strip()
    who = f"x <li.na@shop.example> {int(laptop.now.timestamp())} +0800"
    text = f"tree {tree}\nparent {main}\nauthor {who}\nparent {forged}\ncommitter {who}\n\nhi\n"
    name = server.git(
        laptop.folder, "hash-object", "-t", "commit", "-w", "--stdin", "--literally", given=text
    )
    go(laptop, name)
    assert findings(laptop) == [("object", f"commit {name} is not written as git writes one")]
    refused(laptop, "not written as git writes one")


# ── Decisions that hold on one line only ────────────────────────────────────────────────────────────


def retired(laptop: Laptop) -> None:
    laptop.do("boss", "staff", "retire", "sun.min")


def demoted(laptop: Laptop) -> None:
    laptop.do("boss", "staff", "edit", "sun.min", "--role", "clerk")


def another_key(laptop: Laptop) -> None:
    laptop.do("boss", "staff", "edit", "sun.min", "--key", keys.public(keys.make("sun.min.2")))


WHY = {
    retired: "sun.min is not on the staff, or has left: the signature proves nothing",
    demoted: "sun.min decided as head of department, and is that no more",
    another_key: "the signature is not by the key of sun.min over this decision",
}


def decided_before(place: Place, event: Callable[[Laptop], None], *, also_here: bool) -> tuple[str, str]:
    """A decision on a line that does not know of an event yet, and the line that the server has, with it."""
    laptop, begin = place.laptop, head(place.laptop)
    laptop.do("sun.min", "approve", place.proposed)
    forged = head(laptop)
    go(laptop, begin)
    event(laptop.wait(minutes=5))
    if also_here:
        laptop.do("li.na", "contact", place.proposed, "--by", "phone", "--note", "told")
    assert laptop.push().taken
    return forged, head(laptop)


@pytest.mark.parametrize("event", WHY, ids=lambda event: event.__name__)
def test_who_may_not_decide_any_more_cannot_go_back_to_where_they_could(  # G2, G3
    signing: Place, event: Callable[[Laptop], None]
) -> None:
    laptop = signing.laptop
    forged, _main = decided_before(signing, event, also_here=False)
    laptop.git("merge", "-q", "--no-edit", forged)
    assert findings(laptop) == [("signature", WHY[event])]
    refused(laptop, WHY[event])


@pytest.mark.parametrize("event", WHY, ids=lambda event: event.__name__)
def test_whose_line_is_called_the_first_makes_no_difference_to_a_server(  # G3
    signing: Place, event: Callable[[Laptop], None]
) -> None:
    laptop = signing.laptop
    forged, main = decided_before(signing, event, also_here=False)
    go(laptop, forged)
    laptop.git("merge", "-q", "--no-edit", main)
    refused(laptop, WHY[event])


def test_a_case_that_both_lines_changed_is_no_way_in_either(signing: Place) -> None:  # G3
    laptop = signing.laptop
    forged, main = decided_before(signing, retired, also_here=True)
    decision = laptop.git("show", f"{forged}:{path_of(signing.proposed)}").encode()
    go(laptop, main)
    laptop.git("merge", "-q", "--no-commit", "-s", "ours", forged)

    def change(case: Any) -> None:
        case["proposals"] = read_case(decision, "")["proposals"]

    laptop.forge(signing.proposed, change)
    laptop.commit()
    assert findings(laptop) == [("signature", WHY[retired])]
    refused(laptop, WHY[retired])


def test_before_signatures_were_asked_for_is_no_way_around_them(place: Place) -> None:  # G2
    laptop = place.laptop
    keys.give(laptop, "boss", "sun.min", "qian.li")
    begin = head(laptop)
    laptop.do("boss", "policy", "signing", "approvals")
    assert laptop.push().taken
    main = head(laptop)
    go(laptop, begin)
    laptop.wait(minutes=5).do("sun.min", "approve", place.proposed)
    forged = head(laptop)
    go(laptop, main)
    laptop.git("merge", "-q", "--no-edit", forged)
    why = "this register asks for a signature of sun.min; there is none"
    assert findings(laptop) == [("signature", why)]
    refused(laptop, why)


def signing_laptops(tmp_path: Path) -> tuple[Shop, Shop, str]:
    """Two laptops of a register that signs, with a case that waits for a decision on both."""
    one = keys.signing_shop(tmp_path / "one")
    case = one.proposed()
    hub = tmp_path / "hub.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(hub)], check=True)
    one.git("remote", "add", "origin", str(hub))
    one.do("li.na", "sync")
    two = one.copy(tmp_path / "two")
    return one.wait(minutes=5), two.wait(minutes=6), case


def test_sync_brings_no_decision_to_where_it_does_not_hold(tmp_path: Path) -> None:
    one, two, case = signing_laptops(tmp_path)
    one.do("boss", "staff", "retire", "sun.min")
    one.do("boss", "sync")
    two.do("sun.min", "approve", case)
    said = two.refuse(1, "li.na", "sync").err
    assert "the decision of sun.min does not hold there" in said
    assert f"complaintctl undo {case}" in said
    two.wait(minutes=1).do("sun.min", "undo", case, "--reason", "I have left")
    two.do("li.na", "sync")
    two.wait(minutes=1).do("qian.li", "approve", case)
    two.do("li.na", "sync")
    one.do("li.na", "sync")
    assert findings(one) == findings(two) == []
    assert one.show(case)["state"] == "approved"


def test_what_was_decided_and_shared_before_somebody_left_stays(tmp_path: Path) -> None:
    one, two, case = signing_laptops(tmp_path)
    two.do("sun.min", "approve", case)
    two.do("li.na", "sync")
    one.wait(minutes=2).do("boss", "staff", "retire", "sun.min")
    one.do("boss", "sync")
    assert one.show(case)["state"] == "approved"
    assert findings(one) == []


def test_two_branches_together_grant_no_more_than_one_may(place: Place) -> None:  # S1c-4
    laptop = place.laptop
    cases = []
    for thing in ("fridge", "stove"):
        milk = ("--channel", "desk", "--customer", "赵先生", "--phone", "13900001111", "--product", thing,
                "--price", "400.00", "--purchased-on", "2026-11-15", "--complaint", "broken")  # fmt: skip
        cases.append(laptop.wait(minutes=1).investigated(*milk))
    for case in cases:
        laptop.do("zhao.wei", "propose", case, "--remedy", "refund=400.00", "--reason", "x", "--branch")
        laptop.do("sun.min", "review", case, "--approve")
    laptop.do("sun.min", "review", cases[0], "--merge")
    said = laptop.refuse(1, "sun.min", "review", cases[1], "--merge").err
    assert "400.00 CNY granted to this customer before" in said
    assert "--drop" in said


# ── Taken back, and there again ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["place", "signing"])
def test_a_decision_that_was_taken_back_does_not_come_back_by_a_merge(  # G4
    kind: str, request: pytest.FixtureRequest
) -> None:
    """Whoever kept the commit, signature and all, makes it once more beside the history that took it back."""
    at: Place = request.getfixturevalue(kind)
    laptop, begin = at.laptop, head(at.laptop)
    laptop.do("sun.min", "approve", at.proposed)
    approved = head(laptop)
    decision = copy.deepcopy(laptop.case(at.proposed)["proposals"][-1]["decision"])
    laptop.wait(minutes=5).do("sun.min", "undo", at.proposed, "--reason", "wrong case")
    assert laptop.push().taken
    laptop.identify("sun.min")
    again = laptop.git("commit-tree", "-p", begin, "-m", "approve", f"{approved}^{{tree}}").strip()
    laptop.identify("li.na")
    laptop.git("merge", "-q", "--no-commit", "-s", "ours", again)
    laptop.forge(at.proposed, lambda case: case["proposals"][-1].update(decision=decision))
    laptop.commit()
    assert findings(laptop) == [("merge", "sun.min took this decision back")]
    refused(laptop, "sun.min took this decision back")


def test_what_was_taken_back_on_one_laptop_contradicts_the_decision_on_the_other(tmp_path: Path) -> None:
    pair = Laptops(tmp_path, "proposed")
    pair.two.shop.wait(minutes=1).do("sun.min", "approve", pair.case)
    pair.one.shop.wait(minutes=5).do("sun.min", "approve", pair.case)
    pair.one.shop.wait(minutes=1).do("sun.min", "undo", pair.case, "--reason", "wrong case")
    pair.sync(pair.one)
    assert "sun.min took this decision back" in pair.clash(pair.two).err


# ── What a merge says of others ─────────────────────────────────────────────────────────────────────


def test_nobody_gives_up_a_decision_in_the_name_of_another(place: Place) -> None:  # G2
    laptop, begin = place.laptop, head(place.laptop)
    laptop.do("sun.min", "approve", place.proposed, "--return", "too much")
    assert laptop.push().taken
    main = head(laptop)
    go(laptop, begin)
    laptop.wait(minutes=5).do("wu.lei", "approve", place.proposed)
    laptop.wait(minutes=5).git("merge", "-q", "--no-commit", "-s", "ours", main)
    note = {
        "fields": ["approve"],
        "undone": "approve",
        "reason": "x",
        "by": "boss",
        "at": laptop.now.isoformat(),
    }
    laptop.forge(place.proposed, lambda case: case.update(amendments=[*case.get("amendments", []), note]))
    laptop.commit()
    assert findings(laptop) == [("author", "a note of boss in a merge of li.na")]
    refused(laptop, "a note of boss in a merge of li.na")


def test_who_chose_makes_the_merge(tmp_path: Path) -> None:
    """What one person said about a clash is not carried out in the name of the next one who exchanges."""
    pair = Laptops(tmp_path, "proposed")
    pair.one.shop.wait(minutes=1).do("sun.min", "approve", pair.case)
    pair.sync(pair.one)
    pair.two.shop.wait(minutes=2).do("wu.lei", "approve", pair.case)
    pair.clash(pair.two)
    pair.two.shop.do("wu.lei", "resolve", pair.case, "--take", "ours", "--reason", "we agreed")
    pair.clash(pair.two, "li.na")
    pair.sync(pair.two, "wu.lei")
    pair.settle()


def _merging(laptop: Laptop, place: Place) -> None:
    """A merge of two lines that is not committed yet."""
    begin = head(laptop)
    laptop.do("li.na", "contact", place.received, "--by", "phone", "--note", "told")
    other = head(laptop)
    go(laptop, begin)
    laptop.wait(minutes=1).do("li.na", "contact", place.proposed, "--by", "phone", "--note", "told")
    laptop.wait(minutes=1).git("merge", "-q", "--no-commit", other)


def test_a_merge_cannot_name_evidence_that_is_not_there(place: Place) -> None:  # S0-12
    laptop = place.laptop
    _merging(laptop, place)
    photo = copy.deepcopy(laptop.case(place.received)["evidence"][0])
    photo.update(file="0123456789abcdef.jpg", sha256="00" * 32, at=laptop.now.isoformat())
    laptop.forge(place.proposed, lambda case: case.update(evidence=[photo]))
    laptop.commit()
    assert findings(laptop) == [("evidence", "the evidence file is not there")]
    refused(laptop, "the evidence file is not there")


def test_a_merge_cannot_bring_a_second_folder_of_cases(place: Place) -> None:
    laptop = place.laptop
    if (laptop.folder / "Cases").exists():
        pytest.skip("this file system takes both names for one")
    _merging(laptop, place)
    twin = laptop.folder / path_of(place.received).replace("cases/", "Cases/")
    twin.parent.mkdir(parents=True)
    twin.write_text("state: closed\n", encoding="utf-8")
    laptop.commit()
    assert [rule for rule, _message in findings(laptop)] == ["merge"]
    refused(laptop, "Cases/")


# ── What would stop everybody ───────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(os.name == "nt", reason="Windows has no files of these names")
@pytest.mark.parametrize("name", ["a\nb", "con", "x ", "link"])
def test_a_server_takes_no_file_that_stops_every_sync(place: Place, name: str) -> None:
    laptop = place.laptop
    if name == "link":
        (laptop.folder / name).symlink_to("/etc")
    else:
        (laptop.folder / name).write_text("x", encoding="utf-8")
    laptop.commit()
    refused(laptop, "foreign-file")


@pytest.mark.parametrize("alone", [True, False], ids=["fast-forward", "merge"])
@pytest.mark.parametrize("file", ["register", "staff", "supermarket"])
def test_sync_does_not_move_to_rules_that_nobody_could_work_by(
    tmp_path: Path, file: str, alone: bool
) -> None:
    pair = Laptops(tmp_path)
    other = pair.two.shop
    rules = other.folder / "policies" / f"{file}.yaml"
    rules.write_text("a: [\n", encoding="utf-8")
    other.git("-c", "user.name=x", "-c", "user.email=x@shop.example", "commit", "-qam", "broken")
    other.git("push", "-q", "origin", "main")
    if not alone:
        pair.note(pair.one, "asked")
    said = pair.one.shop.refuse(4, "li.na", "sync").err
    assert "The other side's rules cannot be used" in said
    pair.note(pair.one, "the shop goes on")

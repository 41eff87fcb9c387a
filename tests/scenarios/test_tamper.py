"""Somebody goes past the program: every kind of change to the trail is found, and its commit, case and rule are named (G1-G9)."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import shutil
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from complaintctl.yamlfile import emit_case, read_case
from tests.scenarios import road
from tests.scenarios.road import Place
from tests.shop import Shop

CLERK, HEAD, OWNER, NOBODY = "zhao.wei", "sun.min", "boss", "nobody"


class Expected(NamedTuple):
    """What verify must say: the rule, and of which commit and case."""

    rule: str
    commit: str
    case: str = ""


# -- going past the program


def commit(place: Place, who: str, message: str = "small correction") -> str:
    """Commit what lies in the folder as somebody, with git alone; the commit's id."""
    shop = place.shop
    at = shop.now.isoformat()
    environment = os.environ | {
        "GIT_AUTHOR_NAME": who, "GIT_AUTHOR_EMAIL": f"{who}@shop.example", "GIT_AUTHOR_DATE": at,
        "GIT_COMMITTER_NAME": who, "GIT_COMMITTER_EMAIL": f"{who}@shop.example",
    }  # fmt: skip
    for words in (["add", "--all", "."], ["commit", "--quiet", "--no-verify", "--message", message]):
        subprocess.run(
            ["git", "-C", str(shop.folder), *words], check=True, env=environment, capture_output=True
        )
    return shop.git("rev-parse", "HEAD").strip()


def load(place: Place, case: str = "") -> Any:
    file = road.path_of(place.shop, case or place.case)
    return read_case(file.read_bytes(), file.name)


def store(place: Place, case: Any) -> None:
    road.path_of(place.shop, case["id"]).write_bytes(emit_case(case))


def edit(place: Place, who: str, change: Callable[[Any], None], case: str = "") -> Expected:
    """Change the case file by hand and commit it; what is found is completed by the caller."""
    found = load(place, case)
    change(found)
    store(place, found)
    return Expected("", commit(place, who), found["id"])


def signed(place: Place, who: str) -> dict[str, str]:
    return {"by": who, "at": place.shop.now.isoformat()}


# -- each kind: the state that it begins in, and what is done


def amount_after_approval(place: Place) -> Expected:
    def change(case: Any) -> None:
        case["proposals"][0]["remedies"][0].update(amount="112.90", cost="112.90")

    return edit(place, HEAD, change)._replace(rule="edited")


def decided_by_the_proposer(place: Place) -> Expected:
    return _decide(place, CLERK, CLERK)._replace(rule="authority")


def decided_in_the_name_of_the_head(place: Place) -> Expected:
    return _decide(place, HEAD, CLERK)._replace(rule="author")


def decided_above_the_limit(place: Place) -> Expected:
    shop = place.shop
    case = shop.investigated(
        "--channel", "desk", "--customer", "赵先生", "--product", "冰箱", "--price", "9999.00",
        "--purchased-on", "2026-11-15", "--complaint", "不制冷",
    )  # fmt: skip
    shop.do(CLERK, "propose", case, "--remedy", "refund=9999.00", "--reason", "never worked")
    return _decide(place, HEAD, HEAD, case)._replace(rule="authority")


def _decide(place: Place, by: str, author: str, case: str = "") -> Expected:
    """A decision written by hand, right in every part that can be computed."""
    from complaintctl.authority import digest

    policy = (place.shop.folder / "policies" / "supermarket.yaml").read_bytes()

    def change(found: Any) -> None:
        proposal = found["proposals"][-1]
        proposal["decision"] = {
            "outcome": "approved", "role": "head", "limit": "500.00",
            "digest": digest(found["id"], 1, proposal, found["currency"], hashlib.sha256(policy).hexdigest()),
            "via": "cli", **signed(place, by),
        }  # fmt: skip
        found["state"] = "approved"

    return edit(place, author, change, case)


def decision_of_another_case(place: Place) -> Expected:
    shop, case = place.shop, place.shop.proposed()
    decision = load(place)["proposals"][0]["decision"]
    shop.wait(minutes=5)

    def change(found: Any) -> None:
        found["proposals"][0]["decision"] = {**decision, **signed(place, HEAD)}
        found["state"] = "approved"

    return edit(place, HEAD, change, case)._replace(rule="digest")


def decision_by_a_merge_that_is_none(place: Place) -> Expected:
    name = "f" * 40

    def change(found: Any) -> None:
        decision = found["proposals"][0]["decision"]
        decision.update(via=f"merge {name}", claimed=True, recorded_by=CLERK)

    expected = _decide(place, HEAD, CLERK)
    shop = place.shop
    shop.git("reset", "--quiet", "--soft", "HEAD~1")
    return edit(place, CLERK, change)._replace(rule="authority", case=expected.case)


def decision_by_a_commit_that_is_no_merge(place: Place) -> Expected:
    name = place.shop.git("rev-parse", "HEAD").strip()

    def change(found: Any) -> None:
        decision = found["proposals"][0]["decision"]
        decision.update(via=f"merge {name}", claimed=True, recorded_by=CLERK)

    _decide(place, HEAD, CLERK)
    place.shop.git("reset", "--quiet", "--soft", "HEAD~1")
    return edit(place, CLERK, change)._replace(rule="authority")


def case_deleted(place: Place) -> Expected:
    place.file.unlink()
    return Expected("deleted", commit(place, OWNER), place.case)


def case_moved(place: Place) -> Expected:
    elsewhere = place.shop.folder / "cases" / "2025" / "01"
    elsewhere.mkdir(parents=True)
    place.file.rename(elsewhere / place.file.name)
    return Expected("deleted", commit(place, OWNER), place.case)


def finding_rewritten(place: Place) -> Expected:
    def change(case: Any) -> None:
        case["investigations"][0]["findings"] = "nothing found"

    return edit(place, CLERK, change)._replace(rule="edited")


def contact_removed(place: Place) -> Expected:
    place.shop.do("li.na", "contact", place.case, "--by", "phone", "--note", "promised more")
    place.shop.wait(minutes=1)

    def change(case: Any) -> None:
        case["contacts"].pop()

    return edit(place, "li.na", change)._replace(rule="deleted")


def customer_exchanged(place: Place) -> Expected:
    def change(case: Any) -> None:
        case["customer"]["id"] = "P-000000"

    return edit(place, "li.na", change)._replace(rule="edited")


def telephone_changed_without_an_amendment(place: Place) -> Expected:
    def change(case: Any) -> None:
        case["customer"]["phone"] = "13900000000"

    return edit(place, "li.na", change)._replace(rule="edited")


def closed_at_a_jump(place: Place) -> Expected:
    def change(case: Any) -> None:
        case["closures"] = [
            {"outcome": "satisfied", "lesson": "none", "prevention": "none", **signed(place, "li.na")}
        ]
        case["state"] = "closed"

    return edit(place, "li.na", change)._replace(rule="illegal-step")


def state_without_a_step(place: Place) -> Expected:
    def change(case: Any) -> None:
        case["state"] = "closed"

    return edit(place, "li.na", change)._replace(rule="edited")


def step_dated_back(place: Place) -> Expected:
    def change(case: Any) -> None:
        entry = {"party": "customer", "direction": "out", "method": "phone", "note": "told her in time",
                 "by": "li.na", "at": case["intake"]["registered_at"]}  # fmt: skip
        case["contacts"] = [*case.get("contacts", []), entry]

    return edit(place, "li.na", change)._replace(rule="illegal-step")


def step_of_somebody_who_left(place: Place) -> Expected:
    place.shop.do("boss", "staff", "retire", "chen.jie")
    return _contact(place, "chen.jie", "chen.jie")._replace(rule="illegal-step")


def step_of_somebody_unknown(place: Place) -> Expected:
    return _contact(place, "stranger", "stranger")._replace(rule="illegal-step")


def committed_by_nobody_on_the_staff(place: Place) -> Expected:
    return _contact(place, "li.na", NOBODY)._replace(rule="author")


def committed_by_a_colleague(place: Place) -> Expected:
    return _contact(place, "li.na", "chen.jie")._replace(rule="author")


def _contact(place: Place, by: str, author: str) -> Expected:
    def change(case: Any) -> None:
        entry = {
            "party": "customer",
            "direction": "out",
            "method": "phone",
            "note": "called",
            **signed(place, by),
        }
        case["contacts"] = [*case.get("contacts", []), entry]

    return edit(place, author, change)


def other_spelling(place: Place) -> Expected:
    text = place.file.read_text(encoding="utf-8")
    place.file.write_text(text.replace("kind: complaint", 'kind: "complaint"'), encoding="utf-8")
    return Expected("form", commit(place, "li.na"), place.case)


def not_to_be_read(place: Place) -> Expected:
    place.file.write_text("<<<<<<< HEAD\n", encoding="utf-8")
    return Expected("form", commit(place, "li.na"), place.case)


def _evidence(place: Place) -> Path:
    place.shop.do("chen.jie", "evidence", "add", place.case, str(place.photo), "--kind", "photo")
    place.shop.wait(minutes=1)
    return next(place.file.with_suffix("").iterdir())


def evidence_replaced(place: Place) -> Expected:
    _evidence(place).write_bytes(b"\xff\xd8\xff\xe0 another bottle")
    return Expected("evidence", commit(place, "chen.jie"), place.case)


def evidence_removed(place: Place) -> Expected:
    _evidence(place).unlink()
    return Expected("evidence", commit(place, "chen.jie"), place.case)


def evidence_slipped_in(place: Place) -> Expected:
    (_evidence(place).parent / "0123456789abcdef.jpg").write_bytes(road.PHOTO)
    return Expected("evidence", commit(place, "chen.jie"), place.case)


def evidence_that_was_never_there(place: Place) -> Expected:
    file = _evidence(place)
    place.shop.git("reset", "--quiet", "--soft", "HEAD~1")
    file.unlink()
    return Expected("evidence", commit(place, "chen.jie"), place.case)


def a_link_for_a_case(place: Place) -> Expected:
    place.file.unlink()
    place.file.symlink_to("/etc/passwd")
    return Expected("mode", commit(place, "li.na"), place.case)


def a_program_for_a_case(place: Place) -> Expected:
    place.file.chmod(0o755)
    return Expected("mode", commit(place, "li.na"), place.case)


def a_repository_for_a_case(place: Place) -> Expected:
    path = place.file.relative_to(place.shop.folder).as_posix()
    tip = place.shop.git("rev-parse", "HEAD").strip()
    place.file.unlink()
    place.shop.git("rm", "--quiet", "--cached", path)
    place.shop.git("update-index", "--add", "--cacheinfo", f"160000,{tip},{path}")
    place.shop.git(
        "-c",
        "user.name=li.na",
        "-c",
        "user.email=li.na@shop.example",
        "commit",
        "--quiet",
        "--message",
        "moved",
    )
    return Expected("mode", place.shop.git("rev-parse", "HEAD").strip(), place.case)


def a_file_that_has_no_place(place: Place) -> Expected:
    (place.file.parent / "note.txt").write_text("call her", encoding="utf-8")
    return Expected("foreign-file", commit(place, "li.na"))


def _rewrite(place: Place, name: str, old: str, new: str) -> None:
    file = place.shop.folder / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def rules_changed_by_a_clerk(place: Place) -> Expected:
    _rewrite(place, "policies/supermarket.yaml", 'version: "', 'version: "9')
    return Expected("rules", commit(place, CLERK))


def rules_changed_under_their_version(place: Place) -> Expected:
    _rewrite(place, "policies/supermarket.yaml", "role: head", "role: head  # more")
    return Expected("rules", commit(place, OWNER))


def rules_that_cases_pin_are_gone(place: Place) -> Expected:
    text = (place.shop.folder / "policies" / "supermarket.yaml").read_text(encoding="utf-8")
    version = text.split('\nversion: "', 1)[1].split('"', 1)[0]
    _rewrite(
        place, "policies/supermarket.yaml", f'\nversion: "{version}"', f'\nversion: "{int(version) + 1}"'
    )
    return Expected("rules", commit(place, OWNER))


def a_clerk_made_a_head(place: Place) -> Expected:
    _rewrite(place, "policies/staff.yaml", "role: clerk", "role: head")
    return Expected("rules", commit(place, CLERK))


def somebody_taken_off_the_staff(place: Place) -> Expected:
    file = place.shop.folder / "policies" / "staff.yaml"
    text = file.read_text(encoding="utf-8")
    start = text.index("  - id: qian.li")
    file.write_text(text[:start], encoding="utf-8")
    return Expected("rules", commit(place, OWNER))


def rules_that_cannot_be_read(place: Place) -> Expected:
    (place.shop.folder / "policies" / "staff.yaml").write_text("staff: [\n", encoding="utf-8")
    return Expected("rules", commit(place, OWNER))


def turned_into_a_sample(place: Place) -> Expected:
    file = place.shop.folder / "policies" / "register.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "sample: true\n", encoding="utf-8")
    return Expected("rules", commit(place, OWNER))


def attributes_that_hide(place: Place) -> Expected:
    (place.file.parent / ".gitattributes").write_text("*.yaml -diff\n", encoding="utf-8")
    return Expected("rules", commit(place, OWNER))


def attributes_of_a_clerk(place: Place) -> Expected:
    (place.shop.folder / ".gitattributes").write_text("*.yaml text\n", encoding="utf-8")
    return Expected("rules", commit(place, CLERK))


def a_second_staff_file(place: Place) -> Expected:
    folder = place.shop.folder / "Policies"
    if folder.exists():
        pytest.skip("this file system takes both names for one")
    folder.mkdir()
    shutil.copy(place.shop.folder / "policies" / "staff.yaml", folder)
    return Expected("rules", commit(place, OWNER))


def finished_when_it_came(place: Place) -> Expected:
    case = copy.deepcopy(load(place))
    case["id"] = "C-20261116-ZZZZZZ"
    store(place, case)
    return Expected("adopted", commit(place, "li.na"), case["id"])


# -- merges


def _lines(place: Place) -> tuple[str, str]:
    """Two lines of work, each with a step on the case: the tips, the shop being on the first."""
    shop = place.shop
    begin = shop.git("rev-parse", "HEAD").strip()
    shop.do("chen.jie", "contact", place.case, "--by", "phone", "--note", "asked the store")
    ours = shop.git("rev-parse", "HEAD").strip()
    shop.git("reset", "--quiet", "--hard", begin)
    shop.wait(minutes=3)
    shop.do("li.na", "escalate", place.case, "--reason", "called twice")
    theirs = shop.git("rev-parse", "HEAD").strip()
    shop.git("reset", "--quiet", "--hard", ours)
    shop.wait(minutes=3)
    return ours, theirs


def _merge(place: Place, ours: str, theirs: str, who: str = "li.na") -> str:
    """A merge commit of what lies in the folder."""
    shop = place.shop
    shop.git("add", "--all", ".")
    tree = shop.git("write-tree").strip()
    author = ["-c", f"user.name={who}", "-c", f"user.email={who}@shop.example"]
    found = shop.git(*author, "commit-tree", tree, "-p", ours, "-p", theirs, "-m", "Merge").strip()
    shop.git("update-ref", "refs/heads/main", found)
    return found


def merge_that_drops_a_line(place: Place) -> Expected:
    return Expected("merge", _merge(place, *_lines(place)), place.case)


def _merged_with(place: Place, change: Callable[[], object]) -> str:
    """A merge of two lines in which something else is changed too."""
    ours, theirs = _lines(place)
    place.shop.git("-c", "user.name=a", "-c", "user.email=a@b", "merge", "--quiet", "--no-commit", theirs)
    change()
    (place.shop.folder / ".git" / "MERGE_HEAD").unlink()
    return _merge(place, ours, theirs)


def _complaint_changed(place: Place, ident: str) -> Expected:
    def change() -> None:
        case = load(place, ident)
        case["complaint"] = "nothing to complain of"
        store(place, case)

    return Expected("merge", _merged_with(place, change), ident)


def merge_that_changes_something(place: Place) -> Expected:
    return _complaint_changed(place, place.case)


def merge_that_changes_another_case(place: Place) -> Expected:
    return _complaint_changed(place, place.other)


def merge_that_changes_the_staff(place: Place) -> Expected:
    merged = _merged_with(place, lambda: _rewrite(place, "policies/staff.yaml", "role: clerk", "role: head"))
    return Expected("merge", merged)


def merge_of_a_foreign_history(place: Place) -> Expected:
    shop = place.shop
    tree = shop.git("rev-parse", "HEAD^{tree}").strip()
    author = ["-c", "user.name=li.na", "-c", "user.email=li.na@shop.example"]
    foreign = shop.git(*author, "commit-tree", tree, "-m", "begin").strip()
    _merge(place, shop.git("rev-parse", "HEAD").strip(), foreign)
    return Expected("history", foreign)


TAMPERINGS: list[tuple[str, Callable[[Place], Expected]]] = [
    ("approved", amount_after_approval),
    ("proposed", decided_by_the_proposer),
    ("proposed", decided_in_the_name_of_the_head),
    ("received", decided_above_the_limit),
    ("approved", decision_of_another_case),
    ("proposed", decision_by_a_merge_that_is_none),
    ("proposed", decision_by_a_commit_that_is_no_merge),
    ("closed", case_deleted),
    ("assigned", case_moved),
    ("proposed", finding_rewritten),
    ("proposed", contact_removed),
    ("assigned", customer_exchanged),
    ("assigned", telephone_changed_without_an_amendment),
    ("assigned", closed_at_a_jump),
    ("assigned", state_without_a_step),
    ("assigned", step_dated_back),
    ("assigned", step_of_somebody_who_left),
    ("assigned", step_of_somebody_unknown),
    ("assigned", committed_by_nobody_on_the_staff),
    ("assigned", committed_by_a_colleague),
    ("assigned", other_spelling),
    ("assigned", not_to_be_read),
    ("assigned", evidence_replaced),
    ("assigned", evidence_removed),
    ("assigned", evidence_slipped_in),
    ("assigned", evidence_that_was_never_there),
    ("assigned", a_link_for_a_case),
    ("assigned", a_program_for_a_case),
    ("assigned", a_repository_for_a_case),
    ("assigned", a_file_that_has_no_place),
    ("assigned", rules_changed_by_a_clerk),
    ("assigned", rules_changed_under_their_version),
    ("assigned", rules_that_cases_pin_are_gone),
    ("assigned", a_clerk_made_a_head),
    ("assigned", somebody_taken_off_the_staff),
    ("assigned", rules_that_cannot_be_read),
    ("assigned", turned_into_a_sample),
    ("assigned", attributes_that_hide),
    ("assigned", attributes_of_a_clerk),
    ("assigned", a_second_staff_file),
    ("closed", finished_when_it_came),
    ("assigned", merge_that_drops_a_line),
    ("assigned", merge_that_changes_something),
    ("assigned", merge_that_changes_another_case),
    ("assigned", merge_that_changes_the_staff),
    ("assigned", merge_of_a_foreign_history),
]


def verified(shop: Shop, *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code and outcome of verify."""
    ran = shop.run("", "verify", "--json", *words)
    assert "Traceback" not in ran.err
    assert ran.code in {0, 7}, ran
    return ran.code, json.loads(ran.out)


@pytest.mark.parametrize(("state", "tamper"), TAMPERINGS, ids=[one.__name__ for _state, one in TAMPERINGS])
def test_what_was_done_past_the_program_is_found_and_named(
    state: str, tamper: Callable[[Place], Expected], tmp_path: Path
) -> None:
    place = road.at(state, tmp_path)
    assert verified(place.shop, "--full") == (0, {**verified(place.shop, "--full")[1], "findings": []})
    expected = tamper(place)
    code, found = verified(place.shop, "--full")
    told = [(one["rule"], one["commit"], one["case"]) for one in found["findings"]]
    assert (expected.rule, expected.commit, expected.case) in told, found["findings"]
    assert {one["commit"] for one in found["findings"]} == {expected.commit}, found["findings"]
    assert code == 7


@pytest.mark.parametrize(
    ("state", "tamper"), TAMPERINGS[::5], ids=[one.__name__ for _state, one in TAMPERINGS[::5]]
)
def test_what_was_found_once_is_found_again_though_only_new_commits_are_judged(
    state: str, tamper: Callable[[Place], Expected], tmp_path: Path
) -> None:
    place = road.at(state, tmp_path)
    assert verified(place.shop)[0] == 0
    tamper(place)
    code, first = verified(place.shop)
    again, second = verified(place.shop)
    assert (code, again) == (7, 7)
    assert (first["checked"] > 0, second["checked"]) == (True, 0)
    assert first["findings"] == second["findings"]
    assert first["findings"] == verified(place.shop, "--full")[1]["findings"]


def test_messages_that_trouble_people_hold_no_customers_data(tmp_path: Path) -> None:
    place = road.at("proposed", tmp_path)
    telephone_changed_without_an_amendment(place)
    ran = place.shop.run("", "verify")
    assert ran.code == 7
    assert not [secret for secret in ("王女士", "13800001234", "13900000000") if secret in ran.out + ran.err]


# -- what stands beside the history


def test_a_replaced_object_is_named_and_not_followed(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    state_without_a_step(place)
    tip = place.shop.git("rev-parse", "HEAD").strip()
    place.shop.git("replace", tip, place.shop.git("rev-parse", "HEAD~1").strip())
    code, found = verified(place.shop, "--full")
    told = {(one["rule"], one["commit"]) for one in found["findings"]}
    assert code == 7
    assert told == {("history", tip), ("edited", tip)}


def test_grafted_parents_are_named_and_not_followed(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    edited = state_without_a_step(place)
    tip = commit_empty(place)
    before = place.shop.git("rev-parse", f"{edited.commit}~1").strip()
    info = place.shop.folder / ".git" / "info"
    info.mkdir(exist_ok=True)
    (info / "grafts").write_text(f"{tip} {before}\n")
    code, found = verified(place.shop, "--full")
    assert code == 7
    assert {(one["rule"], one["commit"]) for one in found["findings"]} == {
        ("history", ""), ("edited", edited.commit),
    }  # fmt: skip


def commit_empty(place: Place) -> str:
    """A commit of nothing."""
    place.shop.git(
        "-c", "user.name=a", "-c", "user.email=boss@shop.example", "commit", "-q", "--allow-empty", "-m", "x"
    )
    return place.shop.git("rev-parse", "HEAD").strip()


def test_a_copy_without_its_beginning_is_never_in_order(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    cut = tmp_path / "cut"
    subprocess.run(
        ["git", "clone", "--quiet", "--depth", "2", f"file://{place.shop.folder}", str(cut)], check=True
    )
    code, found = verified(Shop(cut), "--full")
    assert code == 7
    assert "history" in {one["rule"] for one in found["findings"]}


def test_a_planted_boundary_hides_nothing(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    edited = state_without_a_step(place)
    tip = commit_empty(place)
    (place.shop.folder / ".git" / "shallow").write_text(f"{tip}\n")
    code, found = verified(place.shop, "--full")
    assert code == 7
    assert {(one["rule"], one["commit"]) for one in found["findings"]} == {
        ("history", ""), ("edited", edited.commit),
    }  # fmt: skip


def test_attributes_of_this_copy_that_hide_changes_are_named(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    info = place.shop.folder / ".git" / "info"
    info.mkdir(exist_ok=True)
    (info / "attributes").write_text("cases/** -diff\n")
    code, found = verified(place.shop, "--full")
    assert (code, [one["place"] for one in found["findings"]]) == (7, ["info/attributes"])


def test_a_flipped_byte_in_a_pack_is_found(tmp_path: Path) -> None:  # G8
    place = road.at("closed", tmp_path)
    place.shop.git("repack", "-adq")
    (pack,) = (place.shop.folder / ".git" / "objects" / "pack").glob("*.pack")
    whole = pack.read_bytes()
    pack.chmod(0o644)
    for share in (0.1, 0.3, 0.5, 0.7, 0.9):
        flipped = bytearray(whole)
        flipped[int(len(whole) * share)] ^= 1
        pack.write_bytes(flipped)
        ran = place.shop.run("", "verify", "--full", "--json")
        assert "Traceback" not in ran.err
        assert ran.code == 7, (share, ran)
        assert "object" in {one["rule"] for one in json.loads(ran.out)["findings"]}


def test_an_object_with_other_content_than_its_id_says_is_found(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    path = place.file.relative_to(place.shop.folder).as_posix()
    blob = place.shop.git("rev-parse", f"HEAD:{path}").strip()
    data = place.file.read_bytes().replace(b"13800001234", b"13800009999")
    file = place.shop.folder / ".git" / "objects" / blob[:2] / blob[2:]
    file.chmod(0o644)
    file.write_bytes(zlib.compress(b"blob %d\0" % len(data) + data))
    code, found = verified(place.shop, "--full")
    assert code == 7
    assert [(one["rule"], one["commit"]) for one in found["findings"]] == [
        ("object", place.shop.git("rev-parse", "HEAD").strip())
    ]


def test_a_tree_with_other_content_than_its_id_says_is_found(tmp_path: Path) -> None:
    place = road.at("assigned", tmp_path)
    shop = place.shop
    tree = shop.git("rev-parse", "HEAD^{tree}").strip()
    other = shop.git("rev-parse", "HEAD~1^{tree}").strip()
    objects = shop.folder / ".git" / "objects"
    target = objects / tree[:2] / tree[2:]
    target.chmod(0o644)
    shutil.copyfile(objects / other[:2] / other[2:], target)
    code, found = verified(shop, "--full")
    assert code == 7
    assert "object" in {one["rule"] for one in found["findings"]}


# -- cut and rewritten


def test_history_cut_after_it_was_verified_is_found(tmp_path: Path) -> None:
    place = road.at("proposed", tmp_path)
    assert verified(place.shop)[0] == 0
    place.shop.git("reset", "--quiet", "--hard", "HEAD~2")
    for _time in range(2):  # said once is not enough: somebody else may look next
        code, found = verified(place.shop)
        assert (code, [one["rule"] for one in found["findings"]]) == (7, ["history"])
    assert "complaintctl verify --full" in found["findings"][0]["message"]
    assert verified(place.shop, "--full")[0] == 0
    assert verified(place.shop)[0] == 0


def test_history_cut_below_a_checkpoint_is_found(tmp_path: Path) -> None:
    place = road.at("proposed", tmp_path)
    place.shop.do("boss", "checkpoint")
    assert verified(place.shop, "--full")[1]["unanchored"] == 0
    place.shop.git("reset", "--quiet", "--hard", "HEAD~2")
    code, found = verified(place.shop, "--full")
    assert (code, [one["rule"] for one in found["findings"]]) == (7, ["history"])


def test_what_came_after_a_checkpoint_can_be_verified_alone(tmp_path: Path) -> None:
    place = road.at("proposed", tmp_path)
    state_without_a_step(place)
    place.shop.do("boss", "checkpoint")
    place.shop.wait(minutes=5)
    place.shop.do("li.na", "contact", place.other, "--by", "phone", "--note", "called")
    code, found = verified(place.shop, "--since-checkpoint")
    assert (code, found["checked"], found["unanchored"]) == (0, 1, 1)
    assert any("checkpoint" in sentence for sentence in found["unknown"])
    assert verified(place.shop, "--full")[0] == 7
    assert place.shop.run("", "verify", "--full", "--since-checkpoint").code == 2


# -- cases that came in finished


def test_finished_cases_are_in_order_once_the_owner_answers_for_them(tmp_path: Path) -> None:
    place = road.at("investigated", tmp_path)
    shop = place.shop
    came = finished_when_it_came(place).commit
    assert verified(shop)[0] == 7
    shop.refuse(1, "li.na", "verify", "--adopt", came, "--reason", "from the old list")
    assert shop.run("boss", "verify", "--adopt", came).code == 2
    shop.wait(minutes=1)
    adopted = shop.run("boss", "verify", "--adopt", came, "--reason", "from the old list")
    assert adopted.code == 0, adopted
    code, found = verified(shop, "--full")
    assert (code, found["findings"]) == (0, [])
    assert any("came in finished" in sentence for sentence in found["unknown"])
    assert shop.run("", "check").code == 0


def test_a_clerk_cannot_answer_for_finished_cases_past_the_program(tmp_path: Path) -> None:
    place = road.at("investigated", tmp_path)
    came = finished_when_it_came(place).commit
    file = place.shop.folder / "policies" / "register.yaml"
    entry = f'  - commit: "{came}"\n    reason: "mine"\n    by: boss\n    at: "2026-11-17T10:00:00+08:00"\n'
    file.write_text(file.read_text(encoding="utf-8") + "adopted:\n" + entry, encoding="utf-8")
    answered = commit(place, "li.na")
    code, found = verified(place.shop, "--full")
    assert (code, [(one["rule"], one["commit"]) for one in found["findings"]]) == (7, [("rules", answered)])


def test_nobody_can_answer_for_a_decision_that_is_not_of_its_proposal(tmp_path: Path) -> None:
    place = road.at("closed", tmp_path)
    came = finished_when_it_came(place)  # a copy under another id
    place.shop.wait(minutes=1)
    assert place.shop.run("boss", "verify", "--adopt", came.commit, "--reason", "from the old list").code == 7
    found = verified(place.shop, "--full")[1]["findings"]
    assert [(one["rule"], one["case"]) for one in found] == [("digest", came.case)]

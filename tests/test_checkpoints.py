"""Checkpoints: what a history was, and how a rewritten or cut one shows."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from complaintctl import checkpoints
from complaintctl.errors import BadData
from complaintctl.history import Repository
from tests import keys
from tests.shop import Shop


def line(shop: Shop, *words: str) -> dict[str, Any]:
    """Makes a checkpoint; its line as data."""
    return json.loads(shop.do("boss", "checkpoint", *words).splitlines()[1])


def messages(shop: Shop) -> list[str]:
    """What the checkpoints of a register say against its history."""
    repository = Repository.find(shop.folder)
    found = checkpoints.faults(repository, repository.head() or "")
    repository.close()
    return [one.message for one in found]


def rewritten(shop: Shop) -> None:
    """The newest commit, made again with other words: the same files, another history."""
    shop.git(
        "-c", "user.name=x", "-c", "user.email=boss@shop.example", "commit", "-q", "--amend", "-m", "other"
    )


# -- making


def test_a_checkpoint_says_what_the_history_is(shop: Shop) -> None:
    shop.new()
    said = line(shop)
    ids = shop.git("rev-list", "--first-parent", "--reverse", "HEAD").split()
    assert said["tip"] == ids[-1]
    assert (said["n"], said["cases"], said["policy"]) == (str(len(ids)), "1", "supermarket 1")
    assert said["sha256"] == hashlib.sha256("".join(f"{one}\n" for one in ids).encode()).hexdigest()
    assert (said["by"], said["at"]) == ("boss", shop.now.isoformat())


def test_it_is_an_annotated_tag_that_changes_nothing_else(shop: Shop) -> None:
    before = shop.snapshot()
    shop.do("boss", "checkpoint")
    assert shop.snapshot() == before
    assert shop.git("cat-file", "-t", "checkpoint/2026-11-16").strip() == "tag"
    assert shop.git("rev-parse", "checkpoint/2026-11-16^{commit}") == shop.git("rev-parse", "HEAD")
    assert shop.git("fsck", "--strict", "--no-dangling") == ""
    assert "Ann Lee <boss@shop.example>" in shop.git("cat-file", "tag", "checkpoint/2026-11-16")


def test_the_line_is_one_line_in_one_spelling(shop: Shop) -> None:
    text = shop.do("boss", "checkpoint").splitlines()[1]
    said = json.loads(text)
    assert json.dumps(said, sort_keys=True, separators=(",", ":")) == text
    assert all(isinstance(value, str) for value in said.values())


def test_a_second_one_of_the_day_has_a_number_and_one_without_news_is_not_made(shop: Shop) -> None:
    assert shop.do("boss", "checkpoint").startswith("checkpoint/2026-11-16\n")
    again = shop.run("boss", "checkpoint")
    assert again.out.startswith("checkpoint/2026-11-16\n")
    assert "Nothing was recorded" in again.err
    shop.new()
    assert shop.do("boss", "checkpoint").startswith("checkpoint/2026-11-16-2\n")
    assert shop.git("tag").split() == ["checkpoint/2026-11-16", "checkpoint/2026-11-16-2"]


def test_a_dry_run_makes_none(shop: Shop) -> None:
    assert json.loads(shop.do("boss", "checkpoint", "--dry-run", "--json"))["name"] is None
    shop.do("boss", "checkpoint", "--dry-run")
    assert shop.git("tag") == ""


def test_who_is_not_on_the_staff_makes_none(shop: Shop) -> None:
    shop.refuse(2, "nobody", "checkpoint")
    assert shop.git("tag") == ""


# -- the newest one, and what came after it


def test_the_tenth_of_a_day_comes_after_the_second(shop: Shop) -> None:
    for _number in range(10):
        shop.git(
            "-c",
            "user.name=x",
            "-c",
            "user.email=boss@shop.example",
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            "x",
        )
        shop.do("boss", "checkpoint")
    repository = Repository.find(shop.folder)
    assert list(checkpoints.names(repository))[:2] == ["checkpoint/2026-11-16-10", "checkpoint/2026-11-16-9"]
    found = checkpoints.last(repository, repository.head() or "")
    assert found is not None
    assert (found[0].name, found[1]) == ("checkpoint/2026-11-16-10", 0)
    repository.close()


@pytest.mark.parametrize("packed", [False, True])
def test_what_came_since_is_counted(shop: Shop, packed: bool) -> None:
    shop.do("boss", "checkpoint")
    shop.new()
    shop.new()
    if packed:
        shop.git("pack-refs", "--all")
        shop.git("gc", "-q")
    repository = Repository.find(shop.folder)
    found = checkpoints.last(repository, repository.head() or "")
    assert found is not None
    assert (found[0].name, found[1]) == ("checkpoint/2026-11-16", 2)
    repository.close()


def test_a_checkpoint_of_another_line_is_not_the_last_one(shop: Shop) -> None:
    shop.do("boss", "checkpoint")
    shop.wait(days=1).new()
    shop.do("boss", "checkpoint")
    shop.git("reset", "-q", "--hard", "HEAD~1")
    repository = Repository.find(shop.folder)
    found = checkpoints.last(repository, repository.head() or "")
    assert found is not None
    assert found[0].name == "checkpoint/2026-11-16"
    repository.close()


# -- the report


def test_the_weekly_report_prints_the_last_one_and_how_much_is_not_anchored(shop: Shop) -> None:
    shop.new()
    said = line(shop)
    shop.new()
    shop.wait(days=7)
    for form in ("table", "markdown"):
        text = shop.do("", "report", "weekly", "--format", form)
        assert text.endswith(
            f"checkpoint/2026-11-16 by boss: n={said['n']} cases=1 tip={said['tip']} sha256={said['sha256']}\n"
            "1 commit since is not anchored.\n"
        )
    found = json.loads(shop.do("", "report", "weekly", "--json"))["checkpoint"]
    assert (found["tip"], found["n"], found["unanchored"], found["signed"]) == (
        said["tip"],
        int(said["n"]),
        1,
        False,
    )


def test_a_report_that_was_kept_has_the_checkpoint_of_today(shop: Shop) -> None:
    """The text of a past week is kept; what is anchored since is not part of it."""
    shop.new()
    shop.wait(days=7)
    first = shop.do("", "report", "weekly")
    assert "checkpoint/" not in first
    assert json.loads(shop.do("", "report", "weekly", "--json"))["checkpoint"] is None
    shop.do("boss", "checkpoint")
    second = shop.do("", "report", "weekly")
    assert second.startswith(first)
    assert second.endswith("0 commits since are not anchored.\n")
    assert json.loads(shop.do("", "report", "weekly", "--json"))["checkpoint"]["unanchored"] == 0


def test_a_single_table_and_csv_are_without(shop: Shop) -> None:
    shop.new()
    shop.do("boss", "checkpoint")
    shop.wait(days=7)
    assert "checkpoint/" not in shop.do("", "report", "weekly", "--table", "headline")
    assert "checkpoint/" not in shop.do("", "report", "weekly", "--table", "headline", "--format", "csv")
    assert "checkpoint/" not in shop.do("", "report", "monthly", "--month", "2026-11")


# -- what shows


def test_a_history_that_went_on_fits(shop: Shop) -> None:
    shop.do("boss", "checkpoint")
    shop.proposed()
    shop.do("boss", "checkpoint")
    assert messages(shop) == []


def test_a_rewritten_history_shows(shop: Shop) -> None:  # G9
    shop.new()
    shop.do("boss", "checkpoint")
    rewritten(shop)
    assert messages(shop) == ["its tip is not in this history: what was there was rewritten or cut"]


def test_a_cut_history_shows_and_one_cut_after_the_checkpoint_does_not(shop: Shop) -> None:
    shop.new()
    shop.do("boss", "checkpoint")
    shop.new()
    shop.git("reset", "-q", "--hard", "HEAD~1")
    assert messages(shop) == []
    shop.git("reset", "-q", "--hard", "HEAD~1")
    assert len(messages(shop)) == 1


def test_a_tag_whose_commit_is_gone_shows(shop: Shop, tmp_path: Path) -> None:
    """The tag came from elsewhere; what it names was never sent here."""
    shop.new()
    shop.do("boss", "checkpoint")
    tag = shop.git("cat-file", "tag", "checkpoint/2026-11-16")
    other = Shop.make(tmp_path / "other")
    made = subprocess.run(
        ["git", "-C", str(other.folder), "hash-object", "-w", "-t", "tag", "--literally", "--stdin"],
        input=tag.encode(), capture_output=True, check=True,
    ).stdout.decode().strip()  # fmt: skip
    place = other.folder / ".git" / "refs" / "tags" / "checkpoint"
    place.mkdir(parents=True)
    (place / "2026-11-16").write_text(made + "\n")
    assert messages(other) == ["its tip is not in this history: what was there was rewritten or cut"]


def test_a_merge_that_put_another_line_first_still_fits(shop: Shop) -> None:
    """The other laptop merged: what was the first line is the second one now."""
    start = shop.git("rev-parse", "HEAD").strip()
    shop.new()
    shop.do("boss", "checkpoint")
    shop.git("switch", "-q", "-c", "other", start)
    shop.git(
        "-c", "user.name=x", "-c", "user.email=boss@shop.example", "commit", "-q", "--allow-empty", "-m", "x"
    )
    shop.git(
        "-c", "user.name=x", "-c", "user.email=boss@shop.example", "merge", "-q", "--no-ff", "-m", "m", "main"
    )
    assert messages(shop) == []


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("n", "3", "it counted 3 commits"),
        ("sha256", "00" * 32, "others than it counted"),
        ("tip", "00" * 20, "no checkpoint as this program writes it"),
    ],
)
def test_a_line_that_was_made_up_shows(shop: Shop, field: str, value: str, said: str) -> None:
    shop.do("boss", "checkpoint")
    _tag_by_hand(
        shop,
        lambda text: json.dumps({**json.loads(text), field: value}, sort_keys=True, separators=(",", ":")),
    )
    assert len(messages(shop)) == 1
    assert said in messages(shop)[0]


def _tag_by_hand(shop: Shop, change: Any, name: str = "checkpoint/2026-11-16") -> None:
    """The tag of a checkpoint with another line."""
    data = shop.git("cat-file", "tag", "checkpoint/2026-11-16")
    head, _empty, message = data.partition("\n\n")
    text, _end, rest = message.partition("\n")
    made = subprocess.run(
        ["git", "-C", str(shop.folder), "hash-object", "-w", "-t", "tag", "--literally", "--stdin"],
        input=f"{head}\n\n{change(text)}\n{rest}".encode(), capture_output=True, check=True,
    ).stdout.decode().strip()  # fmt: skip
    shop.git("update-ref", f"refs/tags/{name}", made)


@pytest.mark.parametrize(
    "change",
    [
        lambda _text: "",
        lambda _text: "{}",
        lambda _text: "[" * 5000,
        lambda text: text.replace('"n":"', '"n": "'),
        lambda text: text + " ",
        lambda text: text + "\nmore",
        lambda text: text.replace('"n":"8"', '"n":8'),
        lambda text: text.replace('"by":"boss",', ""),
    ],
)
def test_a_tag_in_any_other_spelling_is_no_checkpoint(shop: Shop, change: Any) -> None:
    before = line(shop)
    _tag_by_hand(shop, lambda text: change(text.replace(f'"n":"{before["n"]}"', '"n":"8"')))
    (why,) = messages(shop)
    assert "no checkpoint as this program writes it" in why
    repository = Repository.find(shop.folder)
    assert checkpoints.last(repository, repository.head() or "") is None
    repository.close()


def test_a_checkpoint_under_another_name_is_none(shop: Shop) -> None:
    shop.do("boss", "checkpoint")
    _tag_by_hand(shop, lambda text: text, "checkpoint/2026-11-30")
    assert messages(shop) == ["The tag checkpoint/2026-11-30 is no checkpoint as this program writes it."]


def test_a_light_tag_is_no_checkpoint(shop: Shop) -> None:
    shop.git("tag", "checkpoint/2026-11-16")
    assert len(messages(shop)) == 1
    with pytest.raises(BadData):
        checkpoints.parse("checkpoint/2026-11-16", "commit", b"tree 0\n\nx\n")


def test_verify_tells_of_it_and_looks_at_what_came_since(shop: Shop) -> None:
    shop.new()
    shop.do("boss", "checkpoint")
    shop.new()
    since = shop.run("", "verify", "--since-checkpoint", "--json").json
    assert (since["checked"], since["unanchored"], since["findings"]) == (1, 1, [])
    shop.git("reset", "-q", "--hard", "HEAD~2")
    ran = shop.run("", "verify", "--full")
    assert ran.code == 7
    assert "checkpoint/2026-11-16" in ran.out


# -- a line that was printed


def test_a_printed_line_is_compared_with_the_history(shop: Shop) -> None:
    shop.new()
    shop.do("boss", "checkpoint")
    shop.wait(days=7)
    report = shop.do("", "report", "weekly")
    shop.new()
    shop.git("tag", "-d", "checkpoint/2026-11-16")  # whoever rewrites a history takes its tags away
    assert shop.run("", "checkpoint", "--compare", report).code == 0
    shop.git("reset", "-q", "--hard", "HEAD~1")
    rewritten(shop)
    ran = shop.run("", "checkpoint", "--compare", report)
    assert ran.code == 7
    assert "rewritten or cut" in ran.out


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text, 0),
        (
            lambda text: re.sub(r'("tip":"|"sha256":")([0-9a-f]{12})[0-9a-f]*', r"\1\2", text),
            0,
        ),  # typed from paper
        (lambda text: re.sub(r'"n":"\d+"', '"n":"3"', text), 7),
        (lambda text: re.sub(r'"tip":"[0-9a-f]{12}', '"tip":"000000000000', text), 7),
        (lambda text: re.sub(r'"sha256":"[0-9a-f]{12}', '"sha256":"000000000000', text), 7),
        (lambda text: re.sub(r'"sha256":"[0-9a-f]*"', '"sha256":"0000"', text), 3),
        (lambda _text: "nothing", 3),
    ],
)
def test_every_part_of_a_printed_line_counts(shop: Shop, change: Any, code: int) -> None:
    text = shop.do("boss", "checkpoint").splitlines()[1]
    assert shop.run("", "checkpoint", "--compare", change(text)).code == code


def test_comparing_makes_no_checkpoint(shop: Shop) -> None:
    shop.refuse(2, "boss", "checkpoint", "--compare", "x", "--sign")
    shop.refuse(2, "boss", "checkpoint", "--compare", "x", "--push")


# -- signed


@keys.needs_openssh
def test_a_signed_checkpoint_names_who_signed_it(shop: Shop) -> None:
    keys.give(shop, "boss")
    shop.do("boss", "checkpoint", "--sign")
    assert "\nSignature: U1NI" in shop.git("cat-file", "tag", "checkpoint/2026-11-16")
    assert messages(shop) == []
    assert json.loads(shop.do("boss", "checkpoint", "--json"))["signed"] is True


@keys.needs_openssh
def test_a_plain_one_can_be_followed_by_a_signed_one_of_the_same_commit(shop: Shop) -> None:
    keys.give(shop, "boss")
    shop.do("boss", "checkpoint")
    assert shop.do("boss", "checkpoint", "--sign").startswith("checkpoint/2026-11-16-2\n")
    assert shop.do("boss", "checkpoint", "--sign").startswith("checkpoint/2026-11-16-2\n")


@keys.needs_openssh
def test_a_signature_of_somebody_else_shows(shop: Shop) -> None:
    files = keys.give(shop, "boss", "sun.min")
    shop.refuse(1, "boss", "checkpoint", "--sign", "--key", str(files["sun.min"]))
    shop.do("boss", "checkpoint", "--sign")
    _tag_by_hand(shop, lambda text: text.replace('"by":"boss"', '"by":"sun.min"'))
    assert messages(shop) == ["its signature is not by the key of sun.min"]
    _tag_by_hand(shop, lambda text: text.replace('"by":"sun.min"', '"by":"li.na"'))
    assert "named no key of li.na then" in messages(shop)[0]


def test_without_a_key_none_is_signed(shop: Shop) -> None:
    assert "staff edit boss --key" in shop.refuse(1, "boss", "checkpoint", "--sign").err
    assert shop.git("tag") == ""


@keys.needs_openssh
def test_a_key_that_changed_later_leaves_it_proved(shop: Shop) -> None:
    keys.give(shop, "boss")
    shop.do("boss", "checkpoint", "--sign")
    shop.do("boss", "staff", "edit", "boss", "--key", keys.public(keys.make("boss2")))
    assert messages(shop) == []


# -- pushed


def test_a_pushed_checkpoint_shows_a_rewriting_to_whoever_has_it(shop: Shop, tmp_path: Path) -> None:
    bare = tmp_path / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
    shop.git("remote", "add", "origin", str(bare))
    shop.new()
    shop.git("push", "-q", "origin", "main")
    shop.do("boss", "checkpoint", "--push")
    assert (
        "refs/tags/checkpoint/2026-11-16"
        in subprocess.run(
            ["git", "-C", str(bare), "for-each-ref"], capture_output=True, check=True, text=True
        ).stdout
    )
    rewritten(shop)
    shop.git("tag", "-d", "checkpoint/2026-11-16")
    shop.git("fetch", "-q", "--tags", "origin")
    assert len(messages(shop)) == 1


def test_a_remote_that_is_not_there_leaves_the_checkpoint_and_says_so(shop: Shop, tmp_path: Path) -> None:
    shop.git("remote", "add", "origin", str(tmp_path / "nowhere.git"))
    ran = shop.run("boss", "checkpoint", "--push")
    assert ran.code == 5
    assert "checkpoint/2026-11-16 is made, but was not pushed" in ran.err
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(tmp_path / "nowhere.git")], check=True)
    again = shop.run("boss", "checkpoint", "--push")
    assert again.code == 0, again
    assert shop.git("tag").split() == ["checkpoint/2026-11-16"]


def test_a_copy_of_a_register_has_its_checkpoints(shop: Shop, tmp_path: Path) -> None:
    shop.new()
    shop.do("boss", "checkpoint")
    shutil.copytree(shop.folder, tmp_path / "copy")
    assert messages(Shop(tmp_path / "copy")) == []


def test_a_name_that_somebody_else_has_taken_at_the_remote_is_not_taken_again(
    shop: Shop, tmp_path: Path
) -> None:
    hub, other = tmp_path / "hub.git", tmp_path / "other"
    shop.git("clone", "-q", "--bare", ".", str(hub))
    shop.git("remote", "add", "origin", str(hub))
    shop.git("clone", "-q", str(hub), str(other))
    second = Shop(other)
    for laptop in (shop, second):
        laptop.do("boss", "checkpoint")  # each the first of the day, and not the same
        shop.now = second.now = shop.now + timedelta(minutes=1)
    shop.do("boss", "checkpoint", "--push")
    said = second.run("boss", "checkpoint", "--push")
    assert said.code == 0, said
    assert "pushed checkpoint/2026-11-16-2" in said.err
    there = shop.git("ls-remote", "--tags", "--refs", "origin").split()[1::2]
    assert there == ["refs/tags/checkpoint/2026-11-16", "refs/tags/checkpoint/2026-11-16-2"]


def test_the_newest_checkpoint_of_a_day_has_the_highest_number(shop: Shop) -> None:
    for _number in range(3):
        shop.new()
        shop.do("boss", "checkpoint")
    shop.git("tag", "--delete", "checkpoint/2026-11-16-2")
    shop.new()
    assert shop.do("boss", "checkpoint").startswith("checkpoint/2026-11-16-4\n")

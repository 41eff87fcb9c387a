"""A defect of a batch is rarely alone: cases of the same batch find each other (S2-6)."""

from __future__ import annotations

import json

import pytest

from tests.shop import MILK, Shop

BATCH = "20261110A"


def milk(batch: str) -> tuple[str, ...]:
    """The words of a complaint about a bottle of some batch."""
    return ("--channel", "phone", "--product", "鲜牛奶 1L", "--batch", batch, "--complaint", "sour")


def ids(shop: Shop, *words: str) -> list[str]:
    return sorted(row["id"] for row in json.loads(shop.do("", "list", *words, "--json")))


def said(shop: Shop, case: str) -> str:
    """What the form of a case says of its batch."""
    found = [line for line in shop.do("", "show", case).splitlines() if line.startswith("  Same batch")]
    return found[0] if found else ""


def test_new_names_the_others_of_the_batch_and_how_to_link_them(shop: Shop) -> None:  # S2-6
    first = shop.new(*MILK)
    shop.do("li.na", "classify", first, "--category", "goods.spoiled")
    ran = shop.run("li.na", "new", *milk(BATCH))
    second = ran.out.strip()
    assert ran.code == 0
    assert f"The same batch: {first} (classified)" in ran.err
    hint = next(line for line in ran.err.splitlines() if line.startswith("Try:"))
    assert hint == f"Try:   complaintctl link {second} --to {first} --kind same-batch"
    shop.do("li.na", *hint.split()[2:])
    assert [link["case"] for link in shop.show(second)["links"]] == [first]


def test_new_is_silent_about_other_batches_and_where_none_is_named(shop: Shop) -> None:
    shop.new(*MILK)
    for words in (milk("20261111B"), ("--channel", "desk", "--complaint", "rude")):
        ran = shop.run("li.na", "new", *words)
        assert ran.code == 0
        assert "batch" not in ran.err
        assert shop.show(ran.out.strip())["same_batch"] == []


def test_many_of_a_batch_are_not_all_named_but_listed(shop: Shop) -> None:
    all_of_them = [shop.new(*milk("B 7")) for _number in range(7)]
    told = shop.run("li.na", "new", *milk("B 7")).err
    named = [case for case in all_of_them if case in told.split("Try:")[0]]
    assert len(named) == 5
    assert "and 2 more (complaintctl list --all --batch 'B 7')" in told


def test_show_lists_those_of_the_batch_that_are_not_linked_yet_from_either_side(shop: Shop) -> None:  # S2-6
    first, second, third = shop.new(*MILK), shop.new(*milk(BATCH)), shop.new(*milk(BATCH))
    assert second in said(shop, first)
    assert third in said(shop, first)
    shop.do("li.na", "link", second, "--to", first, "--kind", "same-batch")
    for one, other in ((first, second), (second, first)):
        assert other not in said(shop, one)
        assert third in said(shop, one)
    shop.do("li.na", "link", third, "--to", first)
    assert said(shop, first) == ""
    assert second in said(shop, third)


def test_show_json_has_all_of_the_batch_linked_or_not(shop: Shop) -> None:
    first, second = shop.new(*MILK), shop.new(*milk(BATCH))
    shop.do("li.na", "link", second, "--to", first, "--kind", "same-batch")
    assert shop.show(first)["same_batch"] == [second]
    assert shop.show(second)["same_batch"] == [first]


@pytest.mark.parametrize("spelling", ["20261110a", "2026 1110A", " 20261110A"])
def test_a_batch_is_the_same_however_it_is_spaced_and_capitalised(shop: Shop, spelling: str) -> None:
    first = shop.new(*MILK)
    assert ids(shop, "--batch", spelling) == [first]
    assert first in shop.run("li.na", "new", *milk(spelling)).err


def test_list_shows_the_cases_of_a_batch_open_ones_unless_all_are_asked_for(shop: Shop) -> None:
    first, second = shop.new(*MILK), shop.new(*milk(BATCH))
    shop.new(*milk("20261111B"))
    shop.do("li.na", "settle", second, "--category", "goods.spoiled", "--remedy", "apology", "--reason", "sour",
            "--satisfaction", "5")  # fmt: skip
    assert ids(shop, "--batch", BATCH) == [first]
    assert ids(shop, "--batch", BATCH, "--all") == sorted([first, second])
    assert ids(shop, "--batch", BATCH, "--closed") == [second]
    assert ids(shop, "--batch", BATCH, "--state", "classified") == []
    assert ids(shop, "--batch", "none") == []


def test_a_case_that_was_entered_in_error_is_no_case_of_the_batch(shop: Shop) -> None:
    first, second = shop.new(*MILK), shop.new(*milk(BATCH))
    shop.do("li.na", "close", second, "--outcome", "entered-in-error", "--reason", "typed twice")
    assert shop.show(first)["same_batch"] == []


def test_a_batch_that_is_corrected_finds_its_cases(shop: Shop) -> None:
    first, second = shop.new(*MILK), shop.new(*milk("20261111B"))
    shop.do("li.na", "amend", second, "--set", f"about.batch={BATCH}", "--reason", "misread")
    assert shop.show(second)["same_batch"] == [first]
    assert ids(shop, "--batch", BATCH) == sorted([first, second])


def test_the_batch_survives_an_index_that_is_made_anew(shop: Shop) -> None:
    first, second = shop.new(*MILK), shop.new(*milk(BATCH))
    shop.do("li.na", "link", second, "--to", first, "--kind", "same-batch")
    for file in (shop.folder / ".git" / "complaintctl").glob("index.sqlite*"):
        file.unlink()
    assert ids(shop, "--batch", BATCH) == sorted([first, second])
    assert shop.show(first)["same_batch"] == [second]
    assert said(shop, first) == ""


def test_a_dry_run_of_new_says_the_same_and_records_nothing(shop: Shop) -> None:
    first = shop.new(*MILK)
    before = shop.commits()
    assert first in shop.run("li.na", "new", *milk(BATCH), "--dry-run").err
    assert shop.commits() == before

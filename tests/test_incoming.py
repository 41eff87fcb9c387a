"""What comes in by `sync` is judged before it is taken, and told: nothing wrong gets in in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.laptops import Laptops
from tests.scenarios.road import STEPS
from tests.shop import SECRETS


@pytest.fixture
def laptops(tmp_path: Path) -> Laptops:
    return Laptops(tmp_path, "approved")


def by_hand(laptops: Laptops, change: tuple[str, str]) -> str:
    """Somebody edits the case on the first laptop, past the program, and pushes; the commit."""
    shop, file = laptops.one.shop, laptops.one.file
    text = file.read_text()
    assert change[0] in text
    file.write_text(text.replace(*change))
    me = ("-c", "user.name=li.na", "-c", "user.email=li.na@shop.example")
    shop.git(*me, "commit", "-q", "-am", "typo")
    shop.git("push", "-q", "origin", "main")
    return shop.git("rev-parse", "HEAD").strip()


def test_a_case_that_cannot_be_read_is_told_as_it_comes_in(laptops: Laptops) -> None:
    commit = by_hand(laptops, ("state: approved", "state: approved\nstate: closed"))
    ran = laptops.two.shop.run("li.na", "sync")
    assert ran.code == 3
    assert f"{commit[:12]} {laptops.case}: form: " in ran.err
    assert not [secret for secret in SECRETS if secret in ran.err]
    assert laptops.two.shop.git("rev-parse", "HEAD").strip() == commit  # others go on with the rest
    assert laptops.two.shop.run("li.na", "list").code == 3
    laptops.note(laptops.two, "goes on", case=laptops.two.other)
    again = laptops.two.shop.run("li.na", "sync")
    assert again.code == 0  # said once; verify says it for ever
    assert laptops.two.shop.run("", "verify").code == 7


def test_an_amount_that_was_changed_is_told_as_it_comes_in(laptops: Laptops) -> None:  # G4
    commit = by_hand(laptops, ('cost: "12.90"', 'cost: "2.90"'))
    ran = laptops.two.shop.run("li.na", "sync", "--json")
    assert ran.code == 7
    assert [(one["commit"], one["rule"]) for one in ran.json["findings"]] == [(commit, "edited")]


def test_it_is_told_where_both_went_on_too_and_only_what_is_new(laptops: Laptops) -> None:
    laptops.note(laptops.two, "called", case=laptops.two.other)
    commit = by_hand(laptops, ('cost: "12.90"', 'cost: "2.90"'))
    ran = laptops.two.shop.run("li.na", "sync", "--json")
    assert (ran.code, [one["commit"] for one in ran.json["findings"]]) == (7, [commit])
    laptops.note(laptops.one, "and again", case=laptops.one.other)
    back = laptops.one.shop.run("li.na", "sync", "--json")
    assert (back.code, back.json["findings"]) == (0, [])  # its own is not news to it


def test_what_is_in_order_comes_in_without_a_word(laptops: Laptops) -> None:
    laptops.one.make(STEPS["respond"])
    laptops.sync(laptops.one)
    assert laptops.sync(laptops.two)["findings"] == []

"""What `list` finds, and what it refuses."""

from __future__ import annotations

from tests.shop import MILK, Shop


def test_list_of_the_state_closed_finds_closed_cases_without_all(shop: Shop) -> None:
    case = shop.new(*MILK)
    shop.new("--channel", "desk", "--complaint", "another")
    shop.do("li.na", "close", case, "--outcome", "withdrawn", "--reason", "she changed her mind")
    assert case in shop.do("", "list", "--state", "closed")
    assert case not in shop.do("", "list")
    both = shop.do("", "list", "--state", "closed", "--state", "received")
    assert len(both.splitlines()) == 2 + 2  # headings, a line under them, two cases, and no empty line


def test_list_refuses_a_state_and_a_handler_that_do_not_exist(shop: Shop) -> None:
    assert shop.run("", "list", "--state", "shut").code == 2
    stranger = shop.run("", "list", "--handler", "nobody")
    assert stranger.code == 2
    assert "staff list" in stranger.err

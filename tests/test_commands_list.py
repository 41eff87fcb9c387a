"""What `list` finds, and what it refuses."""

from __future__ import annotations

from tests.shop import MILK, Shop, run


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


def test_verbose_says_what_a_command_goes_by(shop: Shop) -> None:
    head = shop.git("rev-parse", "HEAD")[:10]
    told = run("-C", str(shop.folder), "--now", shop.now.isoformat(), "-v", "list").err
    assert f"at commit {head}, rules supermarket 1, now 2026-11-16T10:00:00+08:00" in told
    assert "at commit" not in run("-C", str(shop.folder), "list").err

"""What somebody might try who wants money granted that is not theirs to grant, or a complaint to vanish."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.scenarios import road

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shop import Shop

BROKEN = ("--channel", "desk", "--product", "television", "--price", "3000", "--purchased-on", "2026-11-14",
          "--complaint", "it does not start")  # fmt: skip


def edit(shop: Shop, case: str, old: str, new: str) -> None:
    """Change a case file with an editor."""
    file = next(shop.folder.rglob(f"{case}.yaml"))
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_an_exchange_is_not_made_cheap_to_fit_a_limit(shop: Shop) -> None:  # S1c-4
    case = shop.new(*BROKEN)
    words = ("--category", "goods.failed", "--remedy", "exchange", "--cost", "exchange=0", "--reason", "no start",
             "--confirm", "receipt-seen", "--confirm", "goods-returned")  # fmt: skip
    refused = shop.refuse(1, "li.na", "settle", case, *words)
    assert "3,000.00" in refused.err


@pytest.mark.parametrize(
    ("state", "old", "new"),
    [
        ("investigated", "    verdict: founded", "    verdict: partly"),
        ("classified", "  severity: moderate", "  severity: minor"),
        ("satisfied", "  - satisfaction: 5", "  - satisfaction: 4"),
        ("assigned", "    handler: zhao.wei", "    handler: chen.jie"),
    ],
)
def test_what_a_step_recorded_is_not_changed_by_hand(tmp_path: Path, state: str, old: str, new: str) -> None:
    place = road.at(state, tmp_path)
    edit(place.shop, place.case, old, new)
    place.shop.refuse(1, "li.na", "amend", place.case, "--reason", "typo")


def test_a_customers_number_is_not_changed_by_hand(tmp_path: Path) -> None:  # S0-2
    place = road.at("received", tmp_path)
    number = place.shop.show(place.case)["customer"]["id"]
    edit(place.shop, place.case, number, "P-000000")
    place.shop.refuse(1, "li.na", "amend", place.case, "--reason", "typo")


def test_nobody_takes_their_own_name_out_of_a_complaint(shop: Shop) -> None:  # S0-10
    case = shop.new("--channel", "desk", "--complaint", "rude at the till", "--against", "li.na")
    shop.refuse(1, "li.na", "amend", case, "--set", "about.against=", "--reason", "typo")
    shop.do("sun.min", "amend", case, "--set", "about.against=", "--reason", "it was somebody else")


def test_a_grave_case_is_not_made_light_while_its_proposal_waits(shop: Shop) -> None:  # S0-7, S1c-4
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", "goods.spoiled", "--flag", "media")
    shop.do("li.na", "assign", case, "--to", "zhao.wei")
    shop.do("zhao.wei", "investigate", case, "--findings", "mould", "--statement", "customer: it smelt",
            "--verdict", "founded", "--cause", "goods.spoiled")  # fmt: skip
    shop.do("zhao.wei", "propose", case, "--remedy", "refund=12.90", "--reason", "spoiled")
    shop.refuse(1, "zhao.wei", "classify", case, "--category", "goods.spoiled", "--severity", "minor")
    shop.do("qian.li", "classify", case, "--category", "goods.spoiled", "--severity", "minor")


def test_a_clock_set_back_does_not_hide_what_was_granted(shop: Shop) -> None:  # S1c-4
    words = ("--channel", "desk", "--phone", "13800001234", "--price", "40", "--purchased-on", "2026-11-15",
             "--product", "cake", "--complaint", "stale")  # fmt: skip
    settle = ("--category", "goods.spoiled", "--remedy", "refund=40", "--reason", "stale")
    shop.wait(hours=5).do("li.na", "settle", shop.new(*words), *settle)
    early = shop.wait(hours=-3).new(*words)
    refused = shop.refuse(1, "li.na", "settle", early, *settle)
    assert "40.00" in refused.err


@pytest.mark.parametrize(
    "phone", ["+86 138 0000 1234", "0086-13800001234", "138-0000-1234", "(0)13800001234"]
)
def test_a_customer_is_known_by_the_telephone_however_it_is_written(shop: Shop, phone: str) -> None:  # S0-2
    first = shop.show(shop.new())["customer"]["id"]
    again = shop.new("--channel", "phone", "--complaint", "once more", "--phone", phone)
    assert shop.show(again)["customer"]["id"] == first


def test_a_customers_number_is_one_that_is_known(shop: Shop) -> None:
    known = shop.show(shop.new())["customer"]["id"]
    words = ("new", "--channel", "desk", "--complaint", "once more")
    shop.refuse(2, "li.na", *words, "--customer-id", "P-ZZZZZZ")
    stranger = shop.new("--channel", "desk", "--complaint", "another", "--phone", "13900000000")
    number = shop.show(stranger)["customer"]["id"]
    shop.refuse(2, "li.na", *words, "--customer-id", number, "--phone", "13800001234")
    shop.do("li.na", *words, "--customer-id", known, "--phone", "13800001234")


def test_rules_changed_by_a_commit_by_hand_become_a_version_of_their_own(shop: Shop) -> None:
    shop.new()
    rules = shop.folder / "policies/supermarket.yaml"
    before = rules.read_bytes()
    rules.write_text(rules.read_text("utf-8").replace('limit: "50.00"', 'limit: "49.00"'), "utf-8")
    shop.git("-c", "user.name=x", "-c", "user.email=x@shop.example", "commit", "-qam", "by hand")
    assert shop.run("", "check").code != 0
    shop.do("boss", "policy", "save", "--reason", "lower limit")
    assert (shop.folder / "policies/past/supermarket-1.yaml").read_bytes() == before
    assert shop.run("", "check").code == 0


def test_two_cases_are_not_duplicates_of_each_other(shop: Shop) -> None:
    first, second = shop.new(), shop.new()
    shop.do("li.na", "close", first, "--of", second)
    shop.refuse(1, "li.na", "close", second, "--of", first)


@pytest.mark.parametrize("outcome", ["entered-in-error", "duplicate"])
def test_a_case_with_something_carried_out_was_a_case(tmp_path: Path, outcome: str) -> None:
    place = road.at("fulfilled", tmp_path)
    of = ("--of", place.shop.new()) if outcome == "duplicate" else ("--reason", "oops")
    place.shop.refuse(1, "li.na", "close", place.case, "--outcome", outcome, *of)


def test_a_reason_of_blanks_is_none(shop: Shop) -> None:
    shop.refuse(2, "li.na", "close", shop.new(), "--outcome", "withdrawn", "--reason", "   ")


@pytest.mark.parametrize("field", ["intake.received_at=2027-01-01T00:00", "about.purchased_on=2027-01-01"])
def test_nothing_is_amended_into_the_future(shop: Shop, field: str) -> None:
    shop.refuse(2, "li.na", "amend", shop.new(), "--set", field, "--reason", "typo")


def test_what_was_amended_stays_noted_when_it_is_taken_back(shop: Shop) -> None:
    case = shop.new()
    shop.do("li.na", "amend", case, "--set", "about.batch=7", "--reason", "misread")
    shop.wait(minutes=1).do("li.na", "undo", case, "--reason", "it was right")
    amendments = shop.show(case)["amendments"]
    assert [("undone" in one, one["reason"]) for one in amendments] == [
        (False, "misread"),
        (True, "it was right"),
    ]
    assert shop.show(case)["about"]["batch"] == "20261110A"
    shop.wait(minutes=1).refuse(1, "li.na", "undo", case, "--reason", "another reason")


def test_a_case_that_is_deleted_is_missed(shop: Shop) -> None:
    case = shop.new()
    shop.git("rm", "-q", str(next(shop.folder.rglob(f"{case}.yaml"))))
    shop.git("-c", "user.name=x", "-c", "user.email=x@shop.example", "commit", "-qm", "tidy up")
    ran = shop.run("", "check")
    assert ran.code == 7
    assert case in ran.out

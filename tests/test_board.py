"""The board: what is open today, by state, with what is late and what waits for a decision in sight."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from complaintctl.board import NARROWEST, Card, Lane, drawn
from complaintctl.commands.session import Session
from complaintctl.lifecycle import OPEN
from tests.shop import MILK, Shop, run


def card(number: int, *words: str, marks: str = "", late: bool = False) -> Card:
    return Card(marks, f"C-20261116-{number:06d} L3", words or ("2 d 3 h", "li.na", "spoiled"), late)


def plain(text: str) -> str:
    return text


def stressed(text: str) -> str:
    return f"<{text}>"


# --- how it is laid out


def test_lanes_stand_side_by_side_as_far_as_they_fit() -> None:
    lanes = [Lane(f"state {number}", [card(number)], 0) for number in range(5)]
    heads = [line for line in drawn(lanes, 120, plain).splitlines() if line.startswith("state")]
    assert heads[0].split() == ["state", "0", "(1)", "state", "1", "(1)", "state", "2", "(1)"]
    assert heads[1].split() == ["state", "3", "(1)", "state", "4", "(1)"]
    assert len([line for line in drawn(lanes, 140, plain).splitlines() if line.startswith("state")]) == 1


def test_where_no_two_fit_and_where_there_is_no_terminal_each_case_has_a_line() -> None:
    lanes = [Lane("received", [card(1), card(2, "", "", "")], 0), Lane("assigned", [card(3)], 0)]
    assert drawn(lanes, 0, plain) == (
        "received (2)\n"
        "   C-20261116-000001 L3  2 d 3 h  li.na  spoiled\n"
        "   C-20261116-000002 L3\n"
        "\n"
        "assigned (1)\n"
        "   C-20261116-000003 L3  2 d 3 h  li.na  spoiled\n"
    )
    narrow = drawn(lanes, 2 * NARROWEST + 1, plain)
    assert narrow == drawn(lanes, 0, plain)
    assert "\n".join(drawn(lanes, 30, plain).splitlines()).count("…") == 2


def test_what_is_not_shown_is_counted() -> None:
    lanes = [Lane("received", [card(1)], 7)]
    for room in (0, 100):
        text = drawn(lanes, room, plain)
        assert "received (8)" in text
        assert "7 more" in text


def test_signs_stand_before_the_id_and_what_is_late_is_stressed_besides() -> None:
    lanes = [Lane("proposed", [card(1, marks="!?", late=True), card(2, marks="="), card(3)], 0)]
    for room in (0, 100):
        lines = [line for line in drawn(lanes, room, stressed).splitlines() if "C-" in line]
        assert lines[0].startswith("<!? C-")
        assert lines[1].startswith("=  C-")
        assert lines[2].startswith("   C-")
    assert [line for line in drawn(lanes, 100, stressed).splitlines() if line.startswith("<")] == [
        line for line in drawn(lanes, 100, stressed).splitlines() if line.endswith(">")
    ]


words = st.text(st.sampled_from("ab 牛奶变质é!·\x1b\u200b"), max_size=40)
cards = st.builds(
    Card, st.sampled_from(["", "!", "!?", "?="]), st.just("C-20261116-7K3MQ4 L3"), st.tuples(words, words, words), st.booleans()
)  # fmt: skip
lanes_of = st.lists(st.builds(Lane, words.filter(bool), st.lists(cards, min_size=1, max_size=4), st.integers(0, 3)), max_size=7)  # fmt: skip


@given(lanes_of, st.integers(30, 200))
def test_no_line_is_wider_than_the_terminal_and_columns_line_up(lanes: list[Lane], room: int) -> None:
    text = drawn(lanes, room, plain)
    assert all(wcswidth(line) <= max(room, NARROWEST) for line in text.splitlines() if "C-" in line)
    assert "\x1b" not in text
    assert text.count("C-20261116-7K3MQ4 L3") == sum(len(lane.cards) for lane in lanes)
    for line in text.splitlines():
        if set(line) == {"-", " "}:  # below the heads: columns begin where the dashes do
            assert wcswidth(line) <= room


def test_an_id_is_never_broken() -> None:
    lanes = [Lane(f"state {number}", [card(number, marks="!?")], 0) for number in range(12)]
    for room in range(30, 200):
        text = drawn(lanes, room, plain)
        assert all(f"C-20261116-{number:06d}" in text for number in range(12)), room


def test_nothing_to_show_is_nothing() -> None:
    assert drawn([], 0, plain) == drawn([], 100, plain) == ""


# --- the verb


@pytest.fixture
def busy(shop: Shop) -> dict[str, Any]:
    """A case that waits for a decision, one that is late by now, one on hold, one closed, one just received."""
    found: dict[str, Any] = {"shop": shop, "late": shop.new(*MILK)}
    shop.wait(days=7)
    found["proposed"] = shop.proposed()
    found["held"] = shop.new("--channel", "phone", "--complaint", "another")
    shop.do("li.na", "classify", found["held"], "--category", "service.attitude")
    shop.do("li.na", "hold", found["held"], "--for", "customer", "--reason", "she looks for the receipt")
    closed = shop.new("--channel", "phone", "--complaint", "third")
    shop.do("li.na", "close", closed, "--outcome", "withdrawn", "--reason", "she changed her mind")
    found["fresh"] = shop.new("--channel", "phone", "--complaint", "fourth")
    found["closed"] = closed
    return found


def lane(document: Any, state: str) -> list[str]:
    (column,) = [one for one in document["columns"] if one["state"] == state]
    assert column["count"] == len(column["cases"])
    return [one["id"] for one in column["cases"]]


def test_the_board_has_every_open_case_under_its_state(busy: dict[str, Any]) -> None:
    shop = busy["shop"]
    found = shop.run("", "board", "--json").json
    assert [one["state"] for one in found["columns"]] == list(OPEN)
    assert lane(found, "received") == [busy["late"], busy["fresh"]]  # nearest deadline first
    assert lane(found, "proposed") == [busy["proposed"]]
    assert lane(found, "classified") == [busy["held"]]
    assert {key: found[key] for key in ("open", "overdue", "to_decide", "on_hold")} == {
        "open": 4, "overdue": 1, "to_decide": 1, "on_hold": 1,
    }  # fmt: skip
    listed = {one["id"]: one for one in shop.run("", "list", "--json").json}
    for column in found["columns"]:
        for one in column["cases"]:
            assert one == listed[one["id"]]
    assert found["as_at"] == shop.now.isoformat()


def test_due_today_counts_what_is_due_before_midnight_and_not_yet_missed(shop: Shop) -> None:
    case = shop.new(*MILK)
    due = shop.run("", "board", "--json").json["columns"][0]["cases"][0]["due"]
    today = shop.run("", "board", "--json").json["due_today"]
    assert today == (due <= "2026-11-17T00:00:00+08:00")
    shop.now = datetime.fromisoformat(due)
    assert shop.run("", "board", "--json").json["due_today"] == 1
    shop.wait(seconds=1)
    assert shop.run("", "board", "--json").json["due_today"] == 0
    assert shop.run("", "board", "--json").json["overdue"] == 1
    assert case in shop.do("", "board")


def test_what_is_late_and_what_waits_is_marked_and_the_marks_are_explained(busy: dict[str, Any]) -> None:
    text = busy["shop"].do("", "board")
    (late,) = [line for line in text.splitlines() if busy["late"] in line]
    (waits,) = [line for line in text.splitlines() if busy["proposed"] in line]
    (held,) = [line for line in text.splitlines() if busy["held"] in line]
    (fresh,) = [line for line in text.splitlines() if busy["fresh"] in line]
    assert late.startswith("!")
    assert "late" in late
    assert waits.startswith("?")
    assert held.startswith("=")
    assert fresh.startswith(" ")
    assert text.splitlines()[-1] == "! overdue   ? waits for a decision   = on hold"
    assert busy["closed"] not in text
    assert text.startswith("2026-11-23 10:00: 4 open, 1 overdue, ")


def test_a_proposal_in_a_branch_is_marked_in_its_own_state(shop: Shop) -> None:
    case = shop.investigated()
    shop.do("zhao.wei", "propose", case, "--remedy", "refund=12.90", "--reason", "spoiled", "--branch")
    found = shop.run("", "board", "--json").json
    assert lane(found, "investigated") == [case]
    assert found["to_decide"] == 1
    (line,) = [line for line in shop.do("", "board").splitlines() if case in line]
    assert line.startswith("?")


def test_the_board_of_a_department_a_handler_and_oneself(busy: dict[str, Any]) -> None:
    shop, proposed = busy["shop"], busy["proposed"]

    def ids(who: str, *words: str) -> set[str]:
        found = shop.run(who, "board", *words, "--json").json
        return {one["id"] for column in found["columns"] for one in column["cases"]}

    everything = {one["id"] for one in shop.run("", "list", "--json").json}
    assert ids("") == everything
    assert ids("", "--handler", "zhao.wei") == ids("zhao.wei", "--mine") == {proposed}
    for department in ("goods", "store", "customer-service"):
        listed = {one["id"] for one in shop.run("", "list", "--department", department, "--json").json}
        assert ids("", "--department", department) == listed
    assert ids("", "--department", "marketing") == set()
    empty = shop.run("", "board", "--department", "marketing")
    assert (empty.code, empty.err.strip()) == (0, "No case fits.")
    assert "0 open, 0 overdue" in empty.out


def test_the_board_refuses_a_department_and_a_handler_that_do_not_exist(shop: Shop) -> None:
    assert "one of: " in shop.refuse(2, "", "board", "--department", "kitchen").err
    assert "staff list" in shop.refuse(2, "", "board", "--handler", "nobody").err


def test_a_limit_cuts_the_cases_and_not_the_counts(busy: dict[str, Any]) -> None:
    found = busy["shop"].run("", "board", "--limit", "1", "--json").json
    (received,) = [one for one in found["columns"] if one["state"] == "received"]
    assert (received["count"], [one["id"] for one in received["cases"]]) == (2, [busy["late"]])
    assert found["open"] == 4
    text = busy["shop"].do("", "board", "--limit", "1")
    assert "1 more" in text
    assert busy["fresh"] not in text


@pytest.mark.parametrize("language", ["en", "zh-CN", "es"])
def test_on_a_terminal_states_stand_side_by_side_and_line_up(
    busy: dict[str, Any], monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr(Session, "width", property(lambda _session: 100))
    text = busy["shop"].do("", "--language", language, "board")
    lines = text.splitlines()
    (rule,) = [line for line in lines if line and set(line) == {"-", " "}]
    assert wcswidth(rule) <= 100
    starts = [at for at in range(len(rule)) if rule[at] == "-" and (at == 0 or rule[at - 1] == " ")]
    assert len(starts) == 3
    cases = [line for line in lines if "C-" in line]
    assert len(cases) == 2  # three beside each other, and the second of the first column
    found = [len(part) for part in cases[0].split("C-")[:-1]]
    assert found
    begin = [at for at in range(len(cases[0])) if cases[0].startswith("C-", at)]
    assert [wcswidth(cases[0][:at]) - 3 for at in begin] == starts


def test_colour_is_never_the_only_sign(busy: dict[str, Any]) -> None:
    shop = busy["shop"]
    words = ("-C", str(shop.folder), "--now", shop.now.isoformat())
    coloured = run(*words, "--color", "always", "board").out
    without = run(*words, "board").out
    assert "\x1b[" in coloured
    assert "\x1b" not in without
    assert "\x1b" not in run(*words, "--color", "never", "board").out


def test_a_case_that_cannot_be_read_is_named(busy: dict[str, Any]) -> None:
    shop = busy["shop"]
    path = min(shop.folder.glob("cases/*/*/*.yaml"))
    path.write_text("state: [\n", encoding="utf-8")
    shop.git("-c", "user.name=x", "-c", "user.email=x@shop.example", "commit", "-qam", "broken")
    ran = shop.run("", "board")
    assert ran.code == 3
    assert path.name in ran.err
    assert len(shop.run("", "board", "--json").json["columns"]) == len(OPEN)


def test_a_board_of_an_empty_register_is_one_document(shop: Shop) -> None:
    found = shop.run("", "board", "--json").json
    assert found["open"] == 0
    assert [one["cases"] for one in found["columns"]] == [[]] * len(OPEN)

"""What `list` finds, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from wcwidth import wcswidth

from complaintctl.commands.session import Session
from complaintctl.commands.show import dump_rows
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


def test_due_as_csv_has_the_keys_of_its_json_in_any_language(shop: Shop) -> None:
    shop.new(*MILK)
    data = shop.run("", "due", "--json").json
    rows = list(csv.DictReader(io.StringIO(shop.do("", "--language", "zh-CN", "due", "--format", "csv"))))
    assert list(rows[0]) == list(data[0])
    assert [row["due"] for row in rows] == [one["due"] for one in data]
    assert {row["provisional"] for row in rows} == {"no"}


@pytest.mark.parametrize("verb", ["list", "due"])
def test_a_narrow_terminal_shows_fewer_columns_and_whole_ids(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    case = shop.new(*MILK)
    shop.do("li.na", "classify", case, "--category", "goods.spoiled")
    whole = shop.do("", verb).splitlines()
    monkeypatch.setattr(Session, "width", property(lambda _session: 80))
    narrow = shop.do("", verb).splitlines()
    assert wcswidth(whole[0]) > 80
    assert max(map(wcswidth, narrow)) <= 80
    assert any(case in line for line in narrow)
    assert "due" in narrow[0]


def test_staff_and_deadlines_name_departments_in_words(shop: Shop) -> None:
    case = shop.new(*MILK)
    shop.do("li.na", "classify", case, "--category", "goods.spoiled")
    label = "customer service"
    assert label in shop.do("", "staff", "list")
    assert "customer-service" not in shop.do("", "staff", "list")
    assert "商品" in shop.do("", "--language", "zh-CN", "due")


def test_a_message_names_the_value_that_will_not_do(shop: Shop) -> None:
    assert "'nobody'" in shop.refuse(2, "boss", "staff", "edit", "nobody", "--role", "head").err
    assert "'2026-W99'" in shop.refuse(2, "", "report", "weekly", "--week", "2026-W99").err
    assert "'11'" in shop.refuse(2, "", "report", "monthly", "--month", "11").err


@pytest.mark.parametrize("count", [0, 1, 2, 500, 1001])
def test_rows_of_values_are_one_json_document_a_row_a_line(count: int) -> None:
    keys = ["id", "100 %", 'a "key"']
    values = ["牛奶", 'a\nb\t"c" \\ %s \x7f\u2028', "", None, True, False, 0, 1, -7, 10**12]
    rows = [[values[(number + place) % len(values)] for place in range(3)] for number in range(count)]
    text = "".join(dump_rows(keys, rows))
    assert text.endswith("]\n")
    assert json.loads(text) == [dict(zip(keys, row, strict=True)) for row in rows]
    lines = text.split("\n")[1:-2]
    plain = [json.dumps(dict(zip(keys, row, strict=True)), ensure_ascii=False) for row in rows]
    assert [line.removesuffix(",") for line in lines] == [f"  {one}" for one in plain]


@pytest.mark.parametrize("row", [["a"], ["a", 1, None], ["a", 1.5], ["a", ["b"]]])
def test_a_row_that_does_not_fit_its_keys_is_no_json(row: list[Any]) -> None:
    with pytest.raises(TypeError):
        list(dump_rows(["id", "n"], [row]))

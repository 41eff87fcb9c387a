"""Months, principles, measures and lessons through the command line, against a recount of the case files."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from complaintctl.yamlfile import read_case
from tests.shop import MILK, Shop, made_once

PHONE = ("--by", "phone", "--note", "told her")
NEW_GATES = """gates:
  - name: decided-on
    step: close
    requires: dispositions
    label: {en: "Everybody responsible is decided on.", zh-CN: "责任人均已处理。", es: "Se decide sobre cada responsable."}
  - name: improved
    step: close
    requires: improvement
    label: {en: "Something gets better.", zh-CN: "已有改进措施。", es: "Algo mejora."}
  - name: taught
    step: close
    requires: lesson-for
    label: {en: "Somebody learns from it.", zh-CN: "已分享经验教训。", es: "Alguien aprende."}
"""


def founded(shop: Shop, *more: str) -> str:
    """A founded case that li.na recorded and zhao.wei handles; the customer has heard nothing."""
    case = shop.new(*MILK, *more)
    shop.do("li.na", "classify", case, "--category", "goods.spoiled")
    shop.do("li.na", "assign", case, "--to", "zhao.wei")
    shop.do("zhao.wei", "investigate", case, "--findings", "cold shelf at 11 °C", "--statement", "customer: sour",
            "--verdict", "founded", "--cause", "goods.spoiled")  # fmt: skip
    return case


def satisfied(shop: Shop) -> str:
    case = founded(shop)
    shop.do("zhao.wei", "propose", case, "--remedy", "refund=12.90", "--reason", "spoiled too early")
    shop.do("sun.min", "approve", case)
    shop.do("li.na", "respond", case, "--agreed")
    shop.do("li.na", "fulfil", case, "--all")
    shop.wait(days=1).do("li.na", "follow-up", case, "--satisfaction", "4")
    return case


def taught(shop: Shop) -> str:
    """A closed case with a lesson for two departments."""
    case = satisfied(shop)
    shop.do("li.na", "close", case, "--lesson", "=the alarm was off", "--prevention", "two readings a day",
            "--lesson-for", "goods", "--lesson-for", "store", "--dispose", "zhao.wei/responsible: spoken with")  # fmt: skip
    return case


@made_once
def month(folder: Path) -> tuple[Shop, str]:
    """A shop in which a month's work was done, and its first case; it is the 2nd of December."""
    shop = Shop.make(folder / "shop")
    first = taught(shop)
    shop.do("sun.min", "improve", first, "--measure", "an alarm", "--owner", "wu.lei", "--due", "2026-11-19")
    shop.do("sun.min", "improve", first, "--measure", "look at the shelf", "--owner", "wu.lei", "--due",
            "2026-11-20", "--every", "7 days", "--also", "the freezer", "--kind", "goods-management")  # fmt: skip
    shop.do("wu.lei", "improve", first, "--done", "1")
    shop.wait(days=2).do("wu.lei", "improve", first, "--done", "2")
    silent = founded(shop.wait(days=1))
    shop.do("li.na", "contact", silent, "--by", "phone", "--party", "supplier", "--incoming", "--bears", "80",
            "--note", "takes the batch back")  # fmt: skip
    shop.new("--channel", "phone", "--kind", "enquiry", "--complaint", "when do you open?")
    told = founded(shop.wait(days=3))
    shop.do("li.na", "contact", told, *PHONE)
    shop.now = datetime.fromisoformat("2026-12-02T09:00:00+08:00")
    return shop, first


@pytest.fixture
def busy(tmp_path: Path) -> Shop:
    """A shop of one's own, after that month."""
    return month(tmp_path)[0]


def files(shop: Shop) -> list[Any]:
    """Every case of a register, as its file says."""
    return [read_case(path.read_bytes(), str(path)) for path in sorted(shop.folder.glob("cases/*/*/*.yaml"))]


def tables(shop: Shop, *words: str) -> dict[str, Any]:
    return {
        name: one["rows"] for name, one in shop.run("", "report", *words, "--json").json["tables"].items()
    }


# --- what follows for whom, and for which departments


def test_a_case_is_closed_once_everybody_is_decided_on(shop: Shop) -> None:
    # S1b-9, S1b-8, W6, S0-21, S1a-8
    path = shop.folder / "policies/supermarket.yaml"
    path.write_text(path.read_text("utf-8").replace("gates:\n", NEW_GATES, 1), "utf-8")
    shop.do("boss", "policy", "save", "--reason", "more is decided")
    case = satisfied(shop)
    lesson = ("close", case, "--lesson", "alarm", "--prevention", "readings")
    assert '--dispose "WHO/responsible: …"' in shop.refuse(1, "li.na", *lesson).err
    blamed = (*lesson, "--dispose", "zhao.wei/responsible: spoken with")
    assert f"improve {case}" in shop.refuse(1, "li.na", *blamed).err
    shop.do("li.na", "improve", case, "--measure", "an alarm", "--owner", "wu.lei", "--due", "2026-12-20")
    assert "--lesson-for" in shop.refuse(1, "li.na", *blamed).err
    shop.wait(days=20)  # a clock is missed now
    assert "WHO/delay" in shop.refuse(1, "li.na", *blamed, "--lesson-for", "goods").err
    shop.do("li.na", *blamed, "--lesson-for", "goods", "--dispose", "customer-service/delay/5: pays for it")
    (closure,) = shop.show(case)["closures"]
    assert closure["lesson_for"] == ["goods"]
    assert closure["dispositions"] == [
        {"who": "zhao.wei", "part": "responsible", "what": "spoken with"},
        {"who": "customer-service", "part": "delay", "what": "pays for it", "bears": "5.00"},
    ]
    shown = shop.do("", "show", case)
    assert "lesson for: goods" in shown
    assert "bears 5.00 CNY): pays for it" in shown
    assert shop.run("", "check").code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("--lesson-for", "moon"),
        ("--dispose", "zhao.wei: no part"),
        ("--dispose", "zhao.wei/blame: x"),
        ("--dispose", "nobody.here/head: x"),
        ("--dispose", "zhao.wei/head/much: x"),
    ],
)
def test_what_nobody_knows_is_refused_and_nothing_is_recorded(shop: Shop, words: tuple[str, ...]) -> None:
    shop.refuse(
        2, "li.na", "close", shop.new(), "--outcome", "withdrawn", "--reason", "bought elsewhere", *words
    )


# --- measures


def test_a_measure_that_comes_round_stands_in_due_until_it_is_ended(shop: Shop) -> None:
    # S3-9, N29, S0-20
    case = taught(shop)
    shop.do("sun.min", "improve", case, "--measure", "look", "--owner", "wu.lei", "--due", "2026-11-20",
            "--every", "7 days")  # fmt: skip

    def due() -> list[tuple[str, str, str]]:
        ran = shop.run("", "due", "--json")
        found = [(one["label"], one["due"][:10], one["state"]) for one in ran.json]
        assert ran.code == (7 if "missed" in {state for _label, _due, state in found} else 0)
        return found

    assert due() == [("measure 1: look", "2026-11-21", "waiting")]
    shop.wait(days=4)
    assert due() == [("measure 1: look", "2026-11-21", "missed")]
    shop.do("wu.lei", "improve", case, "--done", "1")
    assert due() == [("measure 1: look", "2026-11-29", "waiting")]
    assert "nothing to do" in shop.run("wu.lei", "improve", case, "--done", "1").err
    assert "1 look (wu.lei, 2026-11-28, every 7 days)" in shop.do("", "show", case)
    shop.wait(days=9)
    assert "MISSED" in shop.run("", "due").out
    assert shop.run("", "due", "--within", "1h").code == 7
    shop.do("wu.lei", "improve", case, "--end", "1")
    assert due() == []
    assert "Measures" not in shop.do("", "show", case)
    (entry,) = shop.show(case)["improvements"]
    assert (len(entry["repeated"]), entry["done_by"]) == (1, "wu.lei")


def test_a_measure_is_recorded_or_done_not_both(shop: Shop) -> None:
    case = taught(shop)
    shop.do("sun.min", "improve", case, "--measure", "look", "--owner", "wu.lei", "--due", "2026-11-20")
    shop.refuse(2, "sun.min", "improve", case, "--done", "1", "--measure", "more")
    shop.refuse(2, "sun.min", "improve", case, "--done", "1", "--end", "1")
    shop.refuse(2, "sun.min", "improve", case, "--end", "1")
    shop.refuse(2, "sun.min", "improve", case, "--done", "2")
    shop.refuse(2, "sun.min", "improve", case, "--measure", "x", "--owner", "wu.lei", "--due", "2026-12-01",
                "--every", "2 hours")  # fmt: skip


def test_what_is_due_at_the_same_time_stands_by_case_and_name(shop: Shop) -> None:
    # S0-20
    cases = sorted(shop.new() for _number in range(3))
    for case in cases:
        shop.do("sun.min", "improve", case, "--measure", "look", "--owner", "wu.lei", "--due", "2026-11-23")
    found = [(one["due"], one["id"], one["name"]) for one in shop.run("", "due", "--json").json]
    together = [(case, name) for due, case, name in found if due == "2026-11-24T00:00:00+08:00"]
    assert together == [(case, name) for case in cases for name in ("improve", "progress", "reply")]
    assert found == sorted(found)


def test_due_for_a_program_parses_no_case_for_the_measures(busy: Shop) -> None:
    busy.do("", "list", "--all", "--json")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("complaintctl.yamlfile.read_case", None)
        labels = [one["label"] for one in busy.run("", "due", "--json").json]
    assert "measure 2: look at the shelf" in labels


# --- the reports


def test_the_month_is_that_of_a_count_of_the_case_files(busy: Shop) -> None:
    # S1c-5, S1d-1, S0-15, S0-22
    found = tables(busy, "monthly", "--volume", "1500")
    cases = files(busy)
    complaints = [case for case in cases if case["kind"] == "complaint"]
    top = found["headline"][0]
    assert top["period"] == "2026-11"
    assert (top["received"], top["requests"]) == (len(cases), len(cases) - len(complaints))
    assert top["per_thousand"] == str((Decimal(1000 * len(complaints)) / 1500).quantize(Decimal("0.01")))
    validity = {one["validity"]: one["n"] for one in found["validity"] if one["class"] is None}
    assert (validity["valid"], validity["enquiry"]) == (len(complaints), 1)
    borne = sum(Decimal(one["bears"]) for case in cases for one in case.get("contacts", ()) if "bears" in one)
    assert sum(Decimal(one["borne"]) for one in found["remedies"]) == borne == 80
    answers = [one["satisfaction"] for case in cases for one in case.get("follow_ups", ())]
    assert {one["rating"]: one["n"] for one in found["satisfaction"]} == {
        rating: answers.count(rating) for rating in (5, 4, 3, 2, 1)
    }
    assert sum(one["received"] for one in found["trend"]) == len(cases)
    steps = {one["step"]: one["n"] for one in found["steps"]}
    assert steps["new"] == len(complaints)
    assert steps["follow-up"] == len(answers)
    measures = [(case["id"], one["measure"]) for case in cases for one in case.get("improvements", ())]
    assert sorted((one["case"], one["measure"]) for one in found["measures"]) == sorted(measures)
    lessons = [who for case in cases for one in case.get("closures", ()) for who in one.get("lesson_for", ())]
    assert sorted(one["department"] for one in found["lessons"]) == sorted(lessons)


def test_the_principles_are_those_of_a_count_of_the_case_files(busy: Shop) -> None:
    # S1a-9, S1a-3
    found = tables(busy, "principles")
    cases = files(busy)
    silent, handed = [], 0
    for case in cases:
        away = [one["at"] for one in case.get("assignments", ()) if one["handler"] != case["intake"]["by"]]
        heard = [
            one["at"]
            for one in case.get("contacts", ())
            if (one["party"], one["direction"]) == ("customer", "out")
        ]
        heard += [one["answer"]["at"] for one in case.get("proposals", ()) if "answer" in one]
        handed += bool(away)
        if away and not [at for at in heard if at >= away[0]]:
            silent.append(case["id"])
    assert len(silent) == 1
    assert [one["case"] for one in found["unheard"]] == silent
    top = found["principles"][0]
    assert (top["period"], top["unheard_rate"]["numerator"], top["unheard_rate"]["denominator"]) == (
        "2026-11",
        1,
        handed,
    )
    assert (top["borne"], top["redress_paid"]) == ("80.00", "12.90")
    assert top["lesson_rate"] == {"numerator": 1, "denominator": 1, "value": None}
    week = tables(busy, "principles", "--week", "2026-W48")
    assert week["principles"][0]["period"] == "2026-W48"


def test_a_measure_is_not_effective_when_the_complaint_came_back(busy: Shop) -> None:
    # S0-20, S1b-13
    done, again = sorted(tables(busy, "improvements")["improvements"], key=lambda one: one["number"])
    later = [case["id"] for case in files(busy) if case["kind"] == "complaint"][1:]
    assert (done["status"], done["effective"], done["came_back"].split()) == ("done", "no", sorted(later))
    assert (again["status"], again["due"], again["also"], again["every"]) == (
        "late",
        "2026-11-26",
        "the freezer",
        7,
    )
    assert set(again["came_back"].split()) == set(later)


def test_lessons_are_told_by_department(busy: Shop) -> None:
    # S0-21, W16, W30
    whole = tables(busy, "lessons")["lessons"]
    assert [one["department"] for one in whole] == ["goods", "store"]
    (store,) = tables(busy, "lessons", "--department", "store")["lessons"]
    assert (store["lesson"], store["prevention"]) == ("=the alarm was off", "two readings a day")
    assert (store["cause"], store["date"]) == ("goods.spoiled", "2026-11-17")
    assert tables(busy, "lessons", "--month", "2026-11")["lessons"] == whole
    assert tables(busy, "lessons", "--week", "2026-W46")["lessons"] == []
    assert "one of: " in busy.refuse(2, "", "report", "lessons", "--department", "moon").err


@pytest.mark.parametrize("name", ["monthly", "principles", "improvements", "lessons"])
@pytest.mark.parametrize("form", ["table", "markdown", "json"])
def test_every_report_is_the_same_bytes_each_time_and_in_a_file(
    busy: Shop, tmp_path: Path, name: str, form: str
) -> None:
    first = busy.do("", "report", name, "--format", form)
    assert busy.do("", "report", name, "--format", form) == first
    out = tmp_path / "report"
    busy.do("", "report", name, "--format", form, "--output", str(out))
    assert out.read_text("utf-8") == first
    assert "customer service" in first or form == "json"


@pytest.mark.parametrize(
    ("name", "table"),
    [("monthly", "trend"), ("principles", "unheard"), ("improvements", None), ("lessons", None)],
)
def test_csv_is_one_table_without_formulas(busy: Shop, name: str, table: str | None) -> None:
    only = ("--table", table) if table else ()
    rows = list(csv.DictReader(io.StringIO(busy.do("", "report", name, "--format", "csv", *only))))
    assert rows
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "@"))]
    if table:
        assert table in busy.refuse(2, "", "report", name, "--format", "csv").err
        assert table in busy.refuse(2, "", "report", name, "--table", "nonsense").err


def test_an_earlier_commit_is_counted_as_it_was(busy: Shop) -> None:
    before = busy.git("rev-list", "HEAD").split()[-1]
    head = busy.git("rev-parse", "HEAD").strip()
    assert tables(busy, "lessons", "--at", before)["lessons"] == []
    assert tables(busy, "improvements", "--at", before)["improvements"] == []
    assert len(tables(busy, "improvements", "--at", head)["improvements"]) == 2


def test_a_month_that_was_kept_is_made_again_when_its_cases_change(busy: Shop) -> None:
    before = tables(busy, "monthly")
    satisfied(busy)  # of December: changes nothing
    assert tables(busy, "monthly") == before
    told = next(one["id"] for one in files(busy) if one["state"] == "investigated")
    busy.do("li.na", "classify", told, "--category", "goods.label")
    after = tables(busy, "monthly")
    assert {one["category"]: one["n"] for one in before["category"] if one["n"]} == {
        "goods.spoiled": 3,
        None: 1,
    }
    assert {one["category"]: one["n"] for one in after["category"] if one["n"]} == {
        "goods.spoiled": 2, "goods.label": 1, None: 1,
    }  # fmt: skip


def test_a_case_that_is_opened_again_keeps_its_lesson(busy: Shop) -> None:
    old = next(one["id"] for one in files(busy) if one["state"] == "closed")
    before = tables(busy, "lessons")["lessons"]
    busy.do("li.na", "reopen", old, "--reason", "again")
    assert tables(busy.wait(hours=1), "lessons")["lessons"] == before
    december = tables(busy, "monthly", "--month", "2026-12")
    assert (december["headline"][0]["reopened"], december["lessons"]) == (1, [])


@pytest.mark.parametrize("name", ["monthly", "principles", "improvements", "lessons"])
def test_a_case_that_cannot_be_read_is_named(busy: Shop, name: str) -> None:
    path = next(busy.folder.glob("cases/*/*/*.yaml"))
    path.write_text("broken: [", "utf-8")
    busy.git("-c", "user.name=x", "-c", "user.email=x@shop.example", "commit", "-qam", "by hand")
    ran = busy.run("", "report", name, "--json")
    assert ran.code == 3
    assert path.name in ran.err
    assert path.name in ran.json["unreadable"][0]


@pytest.mark.parametrize(
    "words",
    [
        ("monthly", "--month", "2026-13"), ("monthly", "--month", "2027-03"), ("monthly", "--volume", "0"),
        ("principles", "--week", "2026-W47", "--month", "2026-11"), ("lessons", "--week", "47"),
    ],
)  # fmt: skip
def test_a_period_that_is_none_is_refused(shop: Shop, words: tuple[str, ...]) -> None:
    shop.refuse(2, "", "report", *words)


def test_a_kept_report_with_another_volume_is_another(busy: Shop) -> None:
    # S1b-14
    plain = busy.do("", "report", "monthly", "--table", "headline")
    assert "1,000" not in plain
    few, many = (
        busy.do("", "report", "monthly", "--table", "headline", "--volume", n) for n in ("100", "1000")
    )
    assert "complaints per 1,000" in few
    assert few != many
    document = json.loads(busy.do("", "report", "weekly", "--volume", "100", "--json"))
    assert (document["volume"], document["owner"]) == (100, "customer-service")

"""The page of a report: the figures are those of its tables, and whatever came from outside is only text on it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import html5lib
import pytest
from hypothesis import given, settings

from complaintctl import i18n, pageparts, times
from complaintctl.report import Context, earlier_of, empty, month, onpage, week
from tests.shop import MILK, Ran, Shop, made_once
from tests.test_report import DAY, LATER, MONDAY, POLICY, ZONE, level, row, weekly
from tests.test_report_tables import registers

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> & \"quoted\" 'too' \u202etxt.exe"
CUSTOMERS = (("王女士", "13800001234"), ("Ana Pérez", "13911112222"), ("Bo Li", "13722223333"))
WEEK = 7 * DAY


def milk(customer: int, *more: str) -> list[str]:
    """What spoiled milk is recorded with, by one of the customers."""
    name, phone = CUSTOMERS[customer]
    return [*MILK, "--customer", name, "--phone", phone, *more]


@made_once
def shop_with_a_past(folder: Path) -> tuple[Shop, str]:
    """A shop on the Monday after 2026-W48: closed, late, climbing and repeated cases; and one of them."""
    shop = Shop.make(folder / "shop")
    shop.do("boss", "staff", "edit", "wu.lei", "--name", "吴 & 磊")
    products = ["--product", HOSTILE]
    first = shop.new(*milk(0, *products))
    shop.do("li.na", "classify", first, "--category", "goods.spoiled")
    shop.do("li.na", "assign", first, "--to", "zhao.wei")
    shop.do("li.na", "contact", first, "--by", "phone", "--note", "told her")
    shop.do("li.na", "classify", shop.new(*milk(1, *products)), "--category", "goods.spoiled")
    shop.wait(days=8)  # Tuesday of W48
    shop.do("zhao.wei", "investigate", first, "--findings", "cold shelf at 11 °C", "--statement", "customer: sour",
            "--verdict", "founded", "--cause", "goods.spoiled")  # fmt: skip
    shop.do(
        "zhao.wei", "propose", first, "--remedy", "refund=12.90", "--remedy", "gift=5", "--reason", "spoiled"
    )
    shop.do("sun.min", "approve", first)
    shop.do("li.na", "respond", first, "--agreed")
    shop.do("li.na", "fulfil", first, "--all")
    shop.do("li.na", "follow-up", first, "--satisfaction", "5")
    shop.do("li.na", "close", first, "--lesson", HOSTILE, "--prevention", "two readings", "--lesson-for", "goods",
            "--dispose", "zhao.wei/responsible: spoken with")  # fmt: skip
    shop.do("sun.min", "improve", first, "--measure", HOSTILE, "--owner", "wu.lei", "--due", "2026-11-26")
    for customer in (2, 0):
        case = shop.wait(hours=1).new(*milk(customer, *products))
        shop.do("li.na", "classify", case, "--category", "goods.spoiled")
    shop.now = datetime.fromisoformat("2026-11-30T09:00:00+08:00")
    return shop, first


def ran(shop: Shop, *words: str, name: str = "weekly") -> Ran:
    period = ("--week", "2026-W48") if name == "weekly" else ("--month", "2026-11")
    return shop.run("", "report", name, *period, "--format", "html", *words)


def read(page: str) -> ET.Element:
    """The tree of a page; html5lib stops at the first thing that HTML does not allow."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: ET.Element = parser.parse(page)
    return tree


def table_of(tree: ET.Element, part: str, number: int = 0) -> list[list[str]]:
    """The cells of a table of a part, its heading first."""
    section = tree.find(f".//section[@id='{part}']")
    assert section is not None, part
    return [
        ["".join(cell.itertext()) for cell in line] for line in section.findall(".//table")[number].iter("tr")
    ]


def words_of(tree: ET.Element, name: str) -> str:
    """All text in the first element of a name."""
    found = tree.find(f".//{name}")
    assert found is not None, name
    return "".join(found.itertext())


@pytest.fixture
def past(tmp_path: Path) -> tuple[Shop, str]:
    return shop_with_a_past(tmp_path)


# --- what the page says


def test_the_page_of_a_week_has_every_part_that_a_manager_reads(past: tuple[Shop, str]) -> None:
    # S1c-5
    tree = read(ran(past[0]).out)
    parts = [one.get("id") for one in tree.iter("section")]
    assert parts == ["headline", "trend", "causes", "ageing", "clocks", "levels", "remedies", "satisfaction",
                     "departments", "repeats", "measures", "quality"]  # fmt: skip
    assert [one.get("href") for one in tree.findall(".//nav//a")] == [f"#{part}" for part in parts]
    assert "(none)" not in [text for part in parts[:11] for text in _lines(tree, part)]


def _lines(tree: ET.Element, part: str) -> list[str]:
    section = tree.find(f".//section[@id='{part}']")
    assert section is not None
    return ["".join(one.itertext()) for one in section.findall("p")]


def test_the_figures_of_the_page_are_those_of_the_tables(past: tuple[Shop, str]) -> None:
    shop, _case = past
    tree = read(ran(shop).out)
    tables = shop.run("", "report", "weekly", "--week", "2026-W48", "--json").json["tables"]
    now, before, change = tables["headline"]["rows"]
    shown = {line[0]: line[1:] for line in table_of(tree, "headline")[1:]}
    signs = {-1: "▼ ", 0: "= ", 1: "▲ +"}
    for key, label in (("received", "received"), ("open_end", "open at end"), ("closed", "closed")):
        less = change[key]
        expected = signs[(less > 0) - (less < 0)] + str(less)
        assert shown[label][:3] == [str(now[key]), str(before[key]), expected]
        assert shown[label][3] == str(
            Decimal(before[key]) / 4
        )  # nothing happened in the weeks before that one
    assert shown["redress paid, CNY"] == ["17.90", "0.00", "▲ +17.90", "0.00"]
    assert table_of(tree, "causes")[1:] == [["spoiled before its date", "1", "goods", "17.90"]]
    late = [line[0] for line in table_of(tree, "levels", 2)[1:]]
    assert late == [one["case"] for one in tables["late"]["rows"]]
    due = [one for one in tables["clocks"]["rows"] if one["due"] or one["on_hold"]]
    assert [line[2:4] for line in table_of(tree, "clocks")[1:]] == [
        [str(one["met"]), str(one["missed"])] for one in due
    ]
    money = [[one["label"], one["cost"], one["goodwill"]] for one in tables["remedies"]["rows"]]
    assert [[line[0], *line[5:7]] for line in table_of(tree, "remedies")[1:]] == money == [
        ["refund", "12.90", "0.00"], ["gift", "5.00", "5.00"]]  # fmt: skip


def test_a_case_that_became_graver_is_an_early_warning_and_says_why(past: tuple[Shop, str]) -> None:
    # S1d-4, S1d-5
    shop, first = past
    head, *rows = table_of(read(ran(shop).out), "levels", 1)
    assert head == ["case", "category", "level before", "level", "why", "handler"]
    assert len(rows) == 1
    assert rows[0][0] != first
    assert rows[0][1:] == ["spoiled", "3 ordinary", "2 raised", "three customers within a month: same kind, same product",
                           "–"]  # fmt: skip
    tables = shop.run("", "report", "weekly", "--week", "2026-W48", "--json").json["tables"]
    assert sum(one["climbed"] for one in tables["level"]["rows"]) == 1


def test_what_came_again_names_all_its_cases(past: tuple[Shop, str]) -> None:
    shop, first = past
    subject, customer = table_of(read(ran(shop).out), "repeats")[1:]
    assert subject[:2] == ["subject", "spoiled"]
    assert subject[4:6] == ["4", "3"]
    assert len(set(subject[-1].split())) == 4
    assert first in customer[-1].split()
    assert re.fullmatch("P-[0-9A-Z]{6}", customer[3])  # a number stands for the customer
    assert customer[4:6] == ["2", "1"]


def test_the_measures_that_are_due_are_on_the_page_and_done_ones_are_not(past: tuple[Shop, str]) -> None:
    # S0-20
    shop, first = past
    late = table_of(read(ran(shop).out), "measures")[1:]
    assert [(line[0], line[3:5], line[-1]) for line in late] == [("2026-11-26", ["吴 & 磊", "late"], first)]
    shop.now = datetime.fromisoformat("2026-11-27T09:00:00+08:00")
    shop.do("wu.lei", "improve", first, "--done", "1")
    shop.now = datetime.fromisoformat("2026-11-30T09:00:00+08:00")
    assert _lines(read(ran(shop).out), "measures") == ["(none)"]


def test_the_page_of_a_month_has_the_lessons_too(past: tuple[Shop, str]) -> None:
    # S0-21
    shop, first = past
    tree = read(ran(shop, name="monthly").out)
    assert words_of(tree, "h1").endswith("Complaints 2026-11")
    assert [[line[0], line[2], line[4]] for line in table_of(tree, "lessons")[1:]] == [
        ["goods", "two readings", first]
    ]
    assert [line[1] for line in table_of(tree, "headline")[1:3]] == ["0", "4"]


def test_the_headline_taken_apart_stands_on_the_page_when_asked_for(past: tuple[Shop, str]) -> None:
    shop, _case = past
    asked = ("--by", "department", "--by", "handler")
    page = ran(shop, *asked).out
    tree = read(page)
    assert [one.get("id") for one in tree.iter("section")][:4] == [
        "headline",
        "by-department",
        "by-handler",
        "trend",
    ]
    received = table_of(tree, "by-department")[0].index("received")
    assert sum(int(line[received]) for line in table_of(tree, "by-department")[1:]) == 2
    assert [line[0] for line in table_of(tree, "by-handler")[1:]] == ["赵伟", "–"]
    command = re.search(r"<code>(complaintctl [^<]*)</code>", page)
    assert command is not None
    assert shop.run("", *command[1].split()[1:]).out == page


def test_a_period_that_is_not_over_says_so(past: tuple[Shop, str]) -> None:
    shop, _case = past
    assert "not over" not in ran(shop).out
    shop.now = datetime.fromisoformat("2026-11-25T18:00:00+08:00")
    tree = read(ran(shop).out)
    assert "The period is not over yet: the figures are those so far." in words_of(tree, "header")
    assert "as at 25 November 2026, 18:00" in words_of(tree, "header")
    assert "2026-W37 to 2026-W48" in _lines_of_figure(tree, "trend")  # its own week stands last


def _lines_of_figure(tree: ET.Element, part: str) -> str:
    return " ".join("".join(one.itertext()) for one in tree.findall(f".//section[@id='{part}']//figcaption"))


def test_a_case_that_cannot_be_read_is_told_before_the_figures(past: tuple[Shop, str]) -> None:
    shop, first = past
    file = next(shop.folder.glob(f"cases/*/*/{first}.yaml"))
    file.write_text("id: [", "utf-8")
    shop.git("-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-qam", "broken")
    found = ran(shop)
    assert found.code == 3
    assert (
        f"1 case cannot be read and is missing here: {file.relative_to(shop.folder).as_posix()}"
        in words_of(read(found.out), "header")
    )


def test_the_page_is_in_the_language_that_was_asked_for(past: tuple[Shop, str]) -> None:
    shop, _case = past
    page = shop.run(
        "", "--language", "zh-CN", "report", "weekly", "--week", "2026-W48", "--format", "html"
    ).out
    tree = read(page)
    assert tree.get("lang") == "zh-CN"
    assert (
        table_of(tree, "remedies")[1][0]
        == shop.run("", "policy", "show", "--json").json["remedies"]["refund"]["label"]["zh-CN"]
    )
    assert "--language zh-CN" in words_of(tree, "footer")


# --- what comes from outside


def test_nothing_from_outside_is_more_than_text(past: tuple[Shop, str]) -> None:
    # C3
    shop, _case = past
    for name in ("weekly", "monthly"):
        tree = read(ran(shop, name=name).out)
        names = {one.tag for one in tree.iter() if isinstance(one.tag, str)}
        assert not names & {"script", "img", "iframe", "object", "link", "form", "input", "base"}
        assert not [
            key for one in tree.iter() for key in one.attrib if key.startswith("on") or key == "style"
        ]
        shown = HOSTILE.replace("\u202e", "\\u{202e}")
        assert [line[1] for line in table_of(tree, "measures")[1:]] == [shown]
        assert table_of(tree, "repeats")[1][2] == shown


def test_nothing_on_the_page_comes_from_elsewhere_and_no_script_may_run(past: tuple[Shop, str]) -> None:
    tree = read(ran(past[0]).out)
    policy = tree.find(".//meta[@http-equiv='Content-Security-Policy']")
    assert policy is not None
    assert str(policy.get("content")).startswith(
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    )
    assert not [
        one for one in tree.iter() if {"src", "srcset", "action", "data", "background"} & set(one.attrib)
    ]
    links = [str(one.get("href")) for one in tree.iter("a")]
    assert links
    assert all(re.fullmatch(r"#[a-z]+|cases/2026/11/C-[0-9]{8}-[0-9A-Z]{6}\.yaml", link) for link in links)
    style = words_of(tree, "style")
    assert "url(" not in style
    assert "@import" not in style


def test_how_a_customer_is_reached_stands_on_no_page(past: tuple[Shop, str]) -> None:
    shop, _case = past
    for name in ("weekly", "monthly"):
        page = ran(shop, name=name).out
        for secret in [part for customer in CUSTOMERS for part in customer] + ["牛奶未到保质期已变质"]:
            assert secret not in page


# --- the pictures


def test_every_picture_has_a_name_and_says_what_it_shows(past: tuple[Shop, str]) -> None:
    tree = read(ran(past[0]).out)
    svgs = [one for one in tree.iter() if str(one.tag).endswith("svg")]
    assert len(svgs) == 7
    idents = [one.get("id") for one in tree.iter() if one.get("id")]
    assert len(idents) == len(set(idents))
    for one in svgs:
        assert one.get("role") == "img"
        named = str(one.get("aria-labelledby")).split()
        title, desc = (next(part for part in one.iter() if part.get("id") == name) for name in named)
        assert title.text
        assert len(str(desc.text)) > 10
    assert "2026-W48: received 2, closed 1, open at end 3." in "".join(svgs[0].itertext())


# --- where it came from


def test_the_command_on_the_page_makes_the_same_page_again_later(past: tuple[Shop, str]) -> None:
    shop, _case = past
    page = ran(shop, "--volume", "1200").out
    command = re.search(r"<code>(complaintctl [^<]*)</code>", page)
    assert command is not None
    assert shop.git("rev-parse", "HEAD").strip() in page
    shop.new(*milk(1, "--received-at", "2026-11-25T10:00"))
    assert ran(shop, "--volume", "1200").out != page
    shop.wait(days=20)
    assert shop.run("", *command[1].split()[1:]).out == page


def test_the_page_names_the_last_checkpoint(past: tuple[Shop, str]) -> None:
    shop, _case = past
    for name in ("weekly", "monthly"):
        assert "No checkpoint was made yet." in words_of(read(ran(shop, name=name).out), "footer")
    shop.do("boss", "checkpoint")
    assert "checkpoint/2026-11-30 by boss: n=" in words_of(read(ran(shop).out), "footer")
    assert "0 commits since are not anchored." in words_of(read(ran(shop).out), "footer")
    shop.new()
    assert "1 commit since is not anchored." in words_of(read(ran(shop).out), "footer")


def test_a_page_that_is_kept_is_the_page_that_would_be_made(past: tuple[Shop, str]) -> None:
    shop, first = past
    page = ran(shop).out
    assert ran(shop).out == page
    shop.new()  # later than the week: nothing on the page changes but the commit
    head = shop.git("rev-parse", "HEAD").strip()
    again = ran(shop).out
    assert head in again
    assert f"--at {head[:12]}" in again
    shop.now = datetime.fromisoformat("2026-11-28T09:00:00+08:00")
    shop.do(
        "sun.min",
        "improve",
        first,
        "--measure",
        "a second alarm",
        "--owner",
        "sun.min",
        "--due",
        "2026-12-10",
    )
    shop.now = datetime.fromisoformat("2026-11-30T09:00:00+08:00")
    assert "a second alarm" in ran(shop).out


def test_an_old_week_on_a_page_of_its_own_reaches_into_the_year_before(shop: Shop) -> None:
    shop.now = datetime.fromisoformat("2027-01-18T09:00:00+08:00")
    tree = read(shop.do("", "report", "weekly", "--week", "2027-W02", "--format", "html"))
    assert "2026-W44 to 2027-W02" in _lines_of_figure(tree, "trend")
    assert len(table_of(tree, "headline")) == 18  # of nothing it is a page too


# --- where it goes


@pytest.mark.parametrize(("place", "way"), [("week.html", ""), ("reports/2026/week.html", "../../")])
def test_links_lead_from_the_page_to_the_cases(past: tuple[Shop, str], place: str, way: str) -> None:
    shop, first = past
    file = shop.folder / place
    file.parent.mkdir(parents=True, exist_ok=True)
    found = ran(shop, "--output", str(file))
    assert (found.code, found.out, found.err) == (0, "", "")
    links = {str(one.get("href")) for one in read(file.read_text("utf-8")).iter("a")} - {None}
    cases = sorted(link for link in links if not link.startswith("#"))
    assert f"{way}cases/2026/11/{first}.yaml" in cases
    assert len(cases) == 4
    assert all((file.parent / link).is_file() for link in cases)


def test_a_page_elsewhere_names_cases_without_a_link_and_says_so(
    past: tuple[Shop, str], tmp_path: Path
) -> None:
    shop, first = past
    found = ran(shop, "--output", str(tmp_path / "week.html"))
    assert found.code == 0
    assert "outside of the register" in found.err
    page = (tmp_path / "week.html").read_text("utf-8")
    assert first in page
    assert "cases/2026" not in page


def test_a_page_has_all_tables_or_none(shop: Shop) -> None:
    refused = shop.refuse(2, "", "report", "weekly", "--format", "html", "--table", "clocks")
    assert "leave --table out" in refused.err
    assert shop.run("", "report", "principles", "--format", "html").code == 2
    assert shop.run("", "report", "lessons", "--format", "html").code == 2


# --- the tables that only a page asks for, against those of the weeks


def paged(rows: list[Any], name: str, now: int = LATER) -> Any:
    bounds, context = week(name, now, ZONE), Context(POLICY, level, ZONE, "en", "CNY")
    return onpage.paged("weekly", rows, bounds, context, empty(), [earlier_of(one) for one in rows])


@given(registers)
@settings(max_examples=60, deadline=None)
def test_what_is_usual_is_the_mean_of_the_four_weeks_before(register: tuple[dict[str, Any], ...]) -> None:
    rows = [row(case) for case in register]
    before = [
        weekly(rows, name).tables["headline"].rows[0]
        for name in ("2026-W43", "2026-W44", "2026-W45", "2026-W46")
    ]
    usual = paged(rows, "2026-W47").tables["usual"].rows[0]
    for key in ("open_start", "received", "requests", "reopened", "closed", "open_end"):
        assert Decimal(usual[key]) == Decimal(sum(one[key] for one in before)) / 4, key
    assert Decimal(usual["redress_paid"]) == pytest.approx(
        sum(Decimal(one["redress_paid"]) for one in before) / 4, abs=Decimal("0.005")
    )
    if any(one["void"] for one in before):
        return  # a case that is closed as void in one of these weeks is left out of the rates of those before too
    for key in ("upheld_rate", "on_time_rate", "satisfaction_rate"):
        for part in ("numerator", "denominator"):
            assert usual[key][part] == sum(one[key][part] for one in before), (key, part)


@given(registers)
@settings(max_examples=60, deadline=None)
def test_the_weeks_of_the_page_end_with_its_own_as_far_as_it_has_come(
    register: tuple[dict[str, Any], ...],
) -> None:
    rows = [row(case) for case in register]
    now = MONDAY + 3 * DAY + 3600
    known = [one for one in rows if one["received"] < now]
    weeks = paged(known, "2026-W47", now).tables["trend"].rows
    assert [one["week"] for one in weeks] == [f"2026-W{number}" for number in range(36, 48)]
    for shown in weeks[-4:]:
        told = weekly(known, shown["week"], now).tables["headline"].rows[0]
        for key in ("received", "requests", "closed", "open_end"):
            assert shown[key] == told[key], (shown["week"], key)


def test_the_weeks_of_a_month_are_the_last_that_were_over() -> None:
    november = month("2026-11", LATER, ZONE)
    edges = onpage.weeks(november, ZONE)
    assert times.week_of(times.day_of(edges[-2], ZONE)) == "2026-W48"
    assert len(edges) == 13
    assert onpage.needed_since(november, ZONE) == november.earlier[0]


def test_a_long_table_shows_its_beginning_and_says_how_much_is_left(
    past: tuple[Shop, str], monkeypatch: Any
) -> None:
    shop, _case = past
    monkeypatch.setattr(pageparts, "MOST", 1)
    tree = read(ran(shop).out)
    assert len(table_of(tree, "repeats")) == 2
    assert "1 more line: complaintctl report weekly --week 2026-W48 --table repeats" in _lines(
        tree, "repeats"
    )
    assert table_of(tree, "repeats")[1][-1].endswith(" …")


def test_json_and_text_have_the_tables_that_they_always_had(past: tuple[Shop, str]) -> None:
    tables = json.loads(past[0].do("", "report", "weekly", "--week", "2026-W48", "--json"))["tables"]
    assert not {"usual", "trend", "again", "climbed", "measures", "satisfaction"} & set(tables)


def test_the_page_has_room_for_every_language(past: tuple[Shop, str]) -> None:
    for tag in i18n.LANGUAGES:
        page = past[0].run(
            "", "--language", tag, "report", "monthly", "--month", "2026-11", "--format", "html"
        )
        assert page.code == 0
        assert read(page.out).get("lang") == tag

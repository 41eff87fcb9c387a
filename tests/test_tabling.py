"""The tables of a report as files: a workbook, and a folder of CSV that others read as it was meant."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from complaintctl import report
from tests.shop import MILK, Shop, made_once

WEEK = ("report", "weekly", "--week", "2026-W47")
HOSTILE = '=HYPERLINK("http://evil.example")'


@made_once
def a_busy_shop(folder: Path) -> tuple[Shop, str]:
    shop = Shop.make(folder / "shop")
    case = shop.fulfilled()
    shop.do("li.na", "follow-up", case, "--satisfaction", "5", "--method", "phone")
    for phone, product in (("13900005678", HOSTILE), ("13900001111", HOSTILE), ("13900002222", "鲜牛奶 1L")):
        shop.wait(hours=1)
        other = shop.new("--channel", "phone", "--customer", "李先生", "--phone", phone, "--product", product,
                         "--complaint", "sour")  # fmt: skip
        shop.do("li.na", "classify", other, "--category", "goods.spoiled")
    return shop.wait(days=9), case


@pytest.fixture
def busy(tmp_path: Path) -> Shop:
    """A shop with a week behind it: settled, late, and bought from somebody who writes formulas."""
    shop, _case = a_busy_shop(tmp_path)
    return shop


def in_json(shop: Shop, *words: str) -> dict[str, Any]:
    """The tables of a report as `--json` gives them."""
    tables: dict[str, Any] = shop.run("", *words, "--json").json["tables"]
    return tables


# --- a folder of CSV


def test_csv_to_a_folder_is_a_file_for_every_table(busy: Shop, tmp_path: Path) -> None:
    folder = tmp_path / "out" / "2026-W47"
    ran = busy.run("", *WEEK, "--format", "csv", "--output", str(folder))
    assert (ran.code, ran.out) == (0, "")
    assert f"16 tables in {folder}" in ran.err
    assert {path.name for path in folder.iterdir()} == {f"{name}.csv" for name in report.TABLES}
    for name in report.TABLES:
        data = (folder / f"{name}.csv").read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        assert data.decode("utf-8-sig") == busy.do("", *WEEK, "--format", "csv", "--table", name)


def test_a_folder_that_is_there_keeps_its_other_files(busy: Shop, tmp_path: Path) -> None:
    folder = tmp_path / "tables.d"  # a suffix, but there
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    (folder / "late.csv").write_text("old")
    busy.do("", *WEEK, "--by", "channel", "--format", "csv", "--output", str(folder))
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / "late.csv").read_text(encoding="utf-8-sig").startswith("case,")
    assert (folder / "by-channel.csv").is_file()


def test_one_table_goes_into_a_folder_under_its_name(busy: Shop, tmp_path: Path) -> None:
    busy.do("", *WEEK, "--table", "clocks", "--format", "csv", "--output", str(tmp_path))
    assert [path.name for path in tmp_path.glob("*.csv")] == ["clocks.csv"]
    busy.do("", *WEEK, "--table", "clocks", "--format", "csv", "--output", str(tmp_path / "one"))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "clocks.csv").read_bytes()
    busy.do("", "report", "lessons", "--format", "csv", "--output", str(tmp_path))
    assert (tmp_path / "lessons.csv").is_file()


def test_csv_of_all_tables_needs_a_folder(busy: Shop, tmp_path: Path) -> None:
    assert "--output DIR" in busy.refuse(2, "", *WEEK, "--format", "csv").err
    busy.refuse(2, "", *WEEK, "--format", "csv", "--output", str(tmp_path / "week.csv"))
    busy.refuse(2, "", *WEEK, "--format", "csv", "--output", "-")
    assert list(tmp_path.glob("week*")) == []


def test_where_no_folder_can_be_made_it_is_said(busy: Shop, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    ran = busy.refuse(5, "", *WEEK, "--format", "csv", "--output", str(tmp_path / "file" / "out"))
    assert "file" in ran.err
    blocked = tmp_path / "blocked"
    (blocked / "late.csv").mkdir(parents=True)
    busy.refuse(5, "", *WEEK, "--format", "csv", "--output", str(blocked))


def number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def test_csv_read_by_pythons_own_reader_is_the_json(busy: Shop, tmp_path: Path) -> None:
    found = in_json(busy, *WEEK)
    busy.do("", *WEEK, "--format", "csv", "--output", str(tmp_path / "out"))
    for name, table in found.items():
        with (tmp_path / "out" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as stream:
            lines = list(csv.DictReader(stream))
        assert len(lines) == len(table["rows"]), name
        for line, expected in zip(lines, table["rows"], strict=True):
            for column in table["columns"]:
                key, kind, value = column["key"], column["kind"], expected[column["key"]]
                if kind == "rate":
                    assert number(line[key]) == (value["value"] and Decimal(value["value"])), (name, key)
                    for part in ("numerator", "denominator"):
                        assert number(line[f"{key}_{part}"]) == value[part], (name, key)
                elif kind in {"count", "money", "number", "duration"}:
                    assert number(line[key]) == (None if value is None else Decimal(str(value))), (name, key)
                else:
                    assert line[key].removeprefix("'") == ("" if value is None else str(value)), (name, key)


def test_csv_read_by_a_database_has_numbers_times_and_no_formula(busy: Shop, tmp_path: Path) -> None:
    found = in_json(busy, *WEEK)
    busy.do("", *WEEK, "--format", "csv", "--output", str(tmp_path / "out"))
    connection = duckdb.connect()

    def ask(words: str, name: str) -> list[tuple[Any, ...]]:
        asked = f"SELECT {words} FROM read_csv(?)"  # noqa: S608  (words of this test)
        return connection.execute(asked, [str(tmp_path / "out" / f"{name}.csv")]).fetchall()

    assert ask("sum(n), sum(requests)", "category") == [
        (sum(one["n"] for one in found["category"]["rows"]), 0)
    ]
    top = found["headline"]["rows"][0]
    (line,) = connection.execute(
        "SELECT received, open_end, redress_paid, time_to_close_median FROM read_csv(?) WHERE period = '2026-W47'",
        [str(tmp_path / "out" / "headline.csv")],
    ).fetchall()
    assert line[:2] == (top["received"], top["open_end"])
    assert Decimal(str(line[2])) == Decimal(top["redress_paid"])
    assert line[3] == top["time_to_close_median"]
    described = connection.execute(
        "DESCRIBE SELECT * FROM read_csv(?)", [str(tmp_path / "out" / "late.csv")]
    ).fetchall()
    kinds = {one[0]: one[1] for one in described}
    assert kinds["due"].startswith("TIMESTAMP")
    assert kinds["remaining"] == "BIGINT"
    assert kinds["case"] == "VARCHAR"
    assert (f"'{HOSTILE}",) in ask("product", "repeats")


# --- a workbook


def test_a_workbook_has_a_sheet_for_every_table_and_the_figures_of_the_json(
    busy: Shop, tmp_path: Path
) -> None:
    # S1c-5
    path = tmp_path / "week.xlsx"
    assert busy.do("", *WEEK, "--format", "xlsx", "--output", str(path)) == ""
    book = openpyxl.load_workbook(path)
    found = in_json(busy, *WEEK)
    assert book.sheetnames == list(found)
    for name, table in found.items():
        heads = [cell.value for cell in book[name][1]]
        assert heads[0] == table["columns"][0]["label"]
        firsts = [line[0] for line in book[name].iter_rows(min_row=2, values_only=True)]
        key = next(
            (one["key"] for one in table["columns"] if one["key"] == "label"), table["columns"][0]["key"]
        )
        told = [one[key] for one in table["rows"]]
        assert [str(one).removeprefix("· ") for one in firsts] == list(map(str, told)), name
    products = [cell for line in book["repeats"].iter_rows() for cell in line if cell.value == HOSTILE]
    assert {cell.data_type for cell in products} == {"s"}
    assert "2026-W47" in book.properties.title


def test_a_workbook_is_the_same_however_often_it_is_asked_for(busy: Shop, tmp_path: Path) -> None:
    one, other = tmp_path / "one.xlsx", tmp_path / "other.xlsx"
    busy.do("", *WEEK, "--format", "xlsx", "--output", str(one))
    busy.do("", *WEEK, "--format", "xlsx", "--output", str(other))  # from what was kept
    assert one.read_bytes() == other.read_bytes()
    head = busy.git("rev-parse", "HEAD").strip()
    busy.new(*MILK)
    busy.do("", *WEEK, "--format", "xlsx", "--output", str(other), "--at", head)
    assert (
        openpyxl.load_workbook(other).properties.description
        == openpyxl.load_workbook(one).properties.description
    )


def test_a_workbook_names_the_commit_that_it_was_made_at(busy: Shop, tmp_path: Path) -> None:
    path = tmp_path / "week.xlsx"
    for _again in range(2):
        busy.do("", *WEEK, "--format", "xlsx", "--output", str(path))
        commit = busy.git("rev-parse", "HEAD")[:12]
        assert f"commit {commit}," in openpyxl.load_workbook(path).properties.description
        busy.new(*MILK)


def test_a_workbook_may_go_through_a_pipe_and_not_to_a_terminal(
    busy: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from complaintctl.cli import main  # a stream of bytes, and no text

    path = tmp_path / "week.xlsx"
    busy.do("", *WEEK, "--format", "xlsx", "--output", str(path))
    piped = io.TextIOWrapper(io.BytesIO(), "ascii")
    monkeypatch.setattr("sys.stdout", piped)
    words = ["-C", str(busy.folder), "--now", busy.now.isoformat(), *WEEK, "--format", "xlsx"]
    with pytest.raises(SystemExit) as end:
        raise SystemExit(main(words))
    assert end.value.code in {0, None}
    assert piped.buffer.getvalue() == path.read_bytes()  # type: ignore[attr-defined]
    monkeypatch.setattr(piped, "isatty", lambda: True)
    assert main(words) == 2


@pytest.mark.parametrize(("words", "sheets"), [
    (("monthly", "--month", "2026-11", "--by", "department"), ["headline", "by-department", *report.MONTHLY[1:]]),
    (("principles", "--month", "2026-11"), list(report.PRINCIPLES)),
    (("improvements",), ["improvements"]),
    (("lessons",), ["lessons"]),
    (("weekly", "--week", "2026-W47", "--table", "clocks"), ["clocks"]),
])  # fmt: skip
def test_every_report_of_tables_can_be_had_as_a_workbook(
    busy: Shop, tmp_path: Path, words: tuple[str, ...], sheets: list[str]
) -> None:
    path = tmp_path / "book.xlsx"
    busy.do("", "report", *words, "--format", "xlsx", "--output", str(path))
    assert openpyxl.load_workbook(path).sheetnames == sheets


def test_a_workbook_that_cannot_be_written_is_said_in_words(busy: Shop, tmp_path: Path) -> None:
    busy.refuse(5, "", *WEEK, "--format", "xlsx", "--output", str(tmp_path))
    busy.refuse(5, "", *WEEK, "--format", "xlsx", "--output", str(tmp_path / "missing" / "week.xlsx"))
    busy.refuse(2, "", *WEEK, "--format", "xlsx", "--table", "none", "--output", str(tmp_path / "x.xlsx"))


def test_a_case_that_cannot_be_read_is_named_and_counted_here_too(busy: Shop, tmp_path: Path) -> None:
    path = min(busy.folder.glob("cases/*/*/*.yaml"))
    path.write_text("state: [\n", encoding="utf-8")
    busy.git("-c", "user.name=x", "-c", "user.email=x@shop.example", "commit", "-qam", "broken")
    for words in (("xlsx", "week.xlsx"), ("csv", "week")):
        ran = busy.run("", *WEEK, "--format", words[0], "--output", str(tmp_path / words[1]))
        assert ran.code == 3
        assert path.name in ran.err
    lines = (tmp_path / "week" / "quality.csv").read_text(encoding="utf-8-sig").splitlines()
    assert any(line.startswith("unreadable,") and path.name in line for line in lines)


def test_a_workbook_speaks_the_readers_language(busy: Shop, tmp_path: Path) -> None:
    for language, word in (("zh-CN", "商品变质"), ("en", "spoiled")):
        path = tmp_path / f"{language}.xlsx"
        busy.do("", "--language", language, *WEEK, "--format", "xlsx", "--output", str(path))
        book = openpyxl.load_workbook(path)
        values = [value for line in book.worksheets[2].iter_rows(values_only=True) for value in line]
        assert word in values
        assert "goods.spoiled" not in values  # ids are for programs: CSV and JSON have them
        assert set(book.defined_names) == set(report.TABLES)


def test_contact_data_of_customers_is_in_no_table(busy: Shop, tmp_path: Path) -> None:
    busy.do(
        "", "report", "monthly", "--month", "2026-11", "--format", "csv", "--output", str(tmp_path / "out")
    )
    text = "".join(path.read_text(encoding="utf-8-sig") for path in (tmp_path / "out").iterdir())
    book = tmp_path / "month.xlsx"
    busy.do("", "report", "monthly", "--month", "2026-11", "--format", "xlsx", "--output", str(book))
    cells = [str(value) for sheet in openpyxl.load_workbook(book) for line in sheet.iter_rows(values_only=True)
             for value in line]  # fmt: skip
    for secret in ("王女士", "13800001234", "李先生", "13900005678"):
        assert secret not in text
        assert not [cell for cell in cells if secret in cell]

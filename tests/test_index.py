"""The index says what git says: after any change, in any order, after any damage, at the promised cost."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import random
import sqlite3
import stat
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaintctl import gitprocess, indexfile
from complaintctl.commands import reporting
from complaintctl.errors import BadData, RegisterState
from complaintctl.index import Index
from complaintctl.report.period import needs
from complaintctl.rows import Row
from complaintctl.times import epoch
from tests.index_examples import (
    SETTINGS,
    Register,
    as_files,
    numbered,
    path_of,
    policy_bytes,
    read_json,
    same_key,
    written,
)
from tests.rule_examples import a_proposal, answered, classified, decided, label, signed

NOVEMBER = epoch("2026-11-01T00:00:00+08:00")
HOUR, DAY = 3600, 86400


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return read_json(monkeypatch)


@pytest.fixture
def register(tmp_path: Path, parsed: list[str]) -> Register:
    return Register(tmp_path / "shop", *(numbered(number) for number in range(5)))


def indexed(register: Register) -> Index:
    index = Index.open(register.repository)
    index.refresh(register.head)
    return index


def ids(index: Index, **asked) -> list[str]:
    return [one.id[-6:].lstrip("0") for one in index.find(**asked)[0]]


def everything(index: Index) -> dict[str, object]:
    """All that an index says, to compare two of them."""
    found, total = index.find(which="all", sort="id")
    rows = [row for one in found if (row := index.row(one.id))]
    return {
        "listed": found,
        "total": total,
        "rows": rows,
        "unreadable": index.unreadable(),
        "entries": index.entries(),
        "due": index.due(0),
        "report": index.report_rows(0, 1 << 40),
        "levels": [index.level_now(one, 1 << 40) for one in found],
        "groups": [same_key(index, hit.key) for row in rows for hit in row["hits"] if hit.key],
    }


def anew(register: Register) -> dict[str, object]:
    """What an index says that is made from nothing."""
    indexfile.remove(indexfile.location(register.repository.common_dir))
    with indexed(register) as index:
        return everything(index)


# -- up to date


def test_a_cold_index_holds_every_case(register):
    with indexed(register) as index:
        assert index.count() == 5
        assert ids(index) == ["", "1", "2", "3", "4"]
        row = index.row("C-20261101-000003")
        assert (row["received"], row["state"]) == (NOVEMBER + 3 * HOUR, "received")
        assert tuple(row) == tuple(Row.__annotations__)


def test_an_unmoved_head_costs_no_git_process_and_parses_nothing(register, parsed):
    indexed(register).close()
    parsed.clear()
    before = gitprocess.started
    with indexed(register) as index:
        index.find()
        assert index.documents(register.head).settings == SETTINGS
        index.policy("corner-shop", "1")
        index.due(NOVEMBER)
    assert gitprocess.started == before
    assert parsed == []


def test_a_moved_head_costs_two_processes_and_reads_only_what_changed(register, parsed, monkeypatch):
    indexed(register).close()
    parsed.clear()
    register.commit(as_files(numbered(2, state="classified", classification=classified())))
    asked: list[str] = []
    blobs = register.repository.blobs
    monkeypatch.setattr(register.repository, "blobs", lambda wanted: (asked.extend(wanted), blobs(wanted))[1])
    before = gitprocess.started
    with indexed(register) as index:
        assert index.row("C-20261101-000002")["state"] == "classified"
    assert gitprocess.started - before <= 2
    assert (len(asked), parsed) == (1, [])


def test_cases_that_are_added_changed_and_deleted_are_followed(register):
    indexed(register).close()
    gone = path_of(numbered(0))
    changes = as_files(numbered(1, state="classified", classification=classified()), numbered(9))
    register.commit(changes | {gone: None})
    with indexed(register) as index:
        assert ids(index, which="all", sort="id") == ["1", "2", "3", "4", "9"]
        assert ids(index, states=["classified"]) == ["1"]
        assert index.entry("C-20261101-000000") is None
        incremental = everything(index)
    assert incremental == anew(register)


def test_an_index_can_go_back_to_an_older_commit(register):
    old = register.head
    register.commit(as_files(numbered(7)))
    with indexed(register) as index:
        assert index.count() == 6
        index.refresh(old)
        assert index.count() == 5


def test_a_history_that_was_rewritten_is_read_anew(register):
    with indexed(register) as index:
        index._connection.execute("ROLLBACK")
        index._connection.execute("UPDATE meta SET value = ? WHERE key = 'head'", ("0" * 40,))
    with indexed(register) as index:
        assert index.count() == 5


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_step_by_step_or_at_once_makes_no_difference(data, tmp_path_factory, monkeypatch):
    read_json(monkeypatch)
    register = Register(tmp_path_factory.mktemp("shop"), numbered(0))
    kinds = {
        "new": lambda number: as_files(numbered(number)),
        "severe": lambda number: as_files(
            numbered(number, state="classified", classification=classified(severity="severe"))
        ),
        "closed": lambda number: as_files(
            numbered(
                number, state="closed", closures=[signed(outcome="withdrawn", at="2026-11-29T00:00:00+08:00")]
            )
        ),
        "broken": lambda number: {path_of(numbered(number)): b"state: [\n"},
        "gone": lambda number: {path_of(numbered(number)): None},
        "clock": lambda _number: {"policies/calendar.yaml": written({"weekend": ["fri"]})},
        "policy": lambda _number: {"policies/corner-shop.yaml": policy_bytes(languages=["en"])},
        "back": lambda _number: {"policies/corner-shop.yaml": policy_bytes()},
    }
    for kind in data.draw(st.lists(st.sampled_from(sorted(kinds)), min_size=1, max_size=6)):
        changes: dict[str, bytes | None] = {}
        for number in data.draw(st.lists(st.integers(0, 3), min_size=1, max_size=3)):
            changes |= kinds[kind](number)
        register.commit(changes)
        if data.draw(st.booleans()):
            indexed(register).close()
    with indexed(register) as index:
        found = everything(index)
    assert found == anew(register)


# -- what a row depends on


def test_another_calendar_moves_the_deadlines(register):
    with indexed(register) as index:
        before = {clock.name: clock.due for row, clock in index.due(0) if row["id"] == "C-20261101-000003"}
    holidays = {"years": {"2026": {"published": True, "days_off": ["2026-11-03", "2026-11-04"]}}}
    register.commit({"policies/calendar.yaml": written(holidays)})
    with indexed(register) as index:
        after = {clock.name: clock.due for row, clock in index.due(0) if row["id"] == "C-20261101-000003"}
    assert after["assign"] == before["assign"]
    assert after["reply"] - before["reply"] == 4 * DAY  # two days off, and then a weekend


def test_another_time_zone_moves_the_deadlines(register):
    with indexed(register) as index:
        before = index.row("C-20261101-000003")["clocks"][0].due
    register.commit({"policies/register.yaml": written(SETTINGS | {"timezone": "Europe/Madrid"})})
    with indexed(register) as index:
        assert index.row("C-20261101-000003")["clocks"][0].due == before + 7 * HOUR


def test_other_settings_leave_the_rows_alone(register, monkeypatch):
    indexed(register).close()
    register.commit({"policies/register.yaml": written(SETTINGS | {"language": "es"})})
    asked: list[str] = []
    blobs = register.repository.blobs
    monkeypatch.setattr(register.repository, "blobs", lambda wanted: (asked.extend(wanted), blobs(wanted))[1])
    with indexed(register) as index:
        assert index.documents(register.head).settings["language"] == "es"
    assert len(asked) == 1  # register.yaml itself


def test_a_case_whose_policy_is_gone_is_named_and_comes_back_with_it(register):  # B9
    indexed(register).close()
    register.commit({"policies/corner-shop.yaml": policy_bytes(version="2")})
    with indexed(register) as index:
        assert index.count() == 0
        assert [path for path, _message in index.unreadable()] == sorted(
            path_of(numbered(n)) for n in range(5)
        )
        assert "corner-shop 1" in index.unreadable()[0][1]
    register.commit({"policies/past/corner-shop-1.yaml": policy_bytes()})
    with indexed(register) as index:
        assert (index.count(), index.unreadable()) == (5, [])
        assert index.policy_of(index.row("C-20261101-000001"))[0]["version"] == "1"


def test_a_policy_that_was_changed_under_its_version_is_not_the_one_that_a_case_pins(register):
    register.commit({"policies/corner-shop.yaml": policy_bytes(languages=["es"])})
    with indexed(register) as index:
        assert index.count() == 0
        with pytest.raises(BadData, match="other content"):
            index.policy_for(numbered(0)["policy"])


# -- what cannot be read is named


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", ""),
        (b"\xff\xfe", ""),
        (b"state: [\n", ""),
        (b"a: &a 1\nb: *a\n", ""),  # A1
        (b"state: received\nstate: closed\n", ""),  # A3
        (b"# yaml-language-server: $schema=../../../schemas/case.schema.json\nstate: received\n", "schema"),
    ],
)
def test_a_case_that_cannot_be_read_is_never_left_out_in_silence(register, content, why):
    path = path_of(numbered(3))
    register.commit({path: content})
    with indexed(register) as index:
        assert index.count() == 4
        ((named, message),) = index.unreadable()
        assert named == path
        assert why in message
        assert message
        assert index.entry("C-20261101-000003") == (path, index.entry("C-20261101-000003")[1])
        assert index.ids_like("000003") == ["C-20261101-000003"]
    register.commit(as_files(numbered(3)))
    with indexed(register) as index:
        assert (index.count(), index.unreadable()) == (5, [])


def test_a_case_that_is_not_in_its_one_spelling_is_named(register):
    text = as_files(numbered(3))[path_of(numbered(3))]
    register.commit({path_of(numbered(3)): text.replace(b"state: received", b'state: "received"')})
    with indexed(register) as index:
        assert [path for path, _message in index.unreadable()] == [path_of(numbered(3))]


def test_a_case_in_another_place_is_named_and_does_not_touch_the_one_in_its_place(register):  # D9
    content = as_files(numbered(3))[path_of(numbered(3))]
    moved = "cases/2026/12/C-20261101-000003.yaml"
    register.commit({moved: content, path_of(numbered(8)): content})
    with indexed(register) as index:
        assert [path for path, _message in index.unreadable()] == [path_of(numbered(8)), moved]
        assert index.count() == 5
    register.commit({moved: None})
    with indexed(register) as index:
        assert [path for path, _message in index.unreadable()] == [path_of(numbered(8))]
        assert index.row("C-20261101-000003") is not None


def test_a_message_about_a_bad_case_holds_none_of_the_customers_data(register):
    case = numbered(3, customer={"id": "P-000003", "name": "王女士", "phone": "not a number"})
    register.commit(as_files(case))
    with indexed(register) as index:
        message = index.unreadable()[0][1]
    assert "王女士" not in message
    assert "not a number" not in message


def test_evidence_and_other_files_are_no_cases(register):
    folder = path_of(numbered(3)).removesuffix(".yaml")
    register.commit(
        {f"{folder}/0123456789abcdef.jpg": b"\xff\xd8", "cases/README.md": b"hello\n", "notes.txt": b"x"}
    )
    with indexed(register) as index:
        assert (index.count(), index.unreadable()) == (5, [])


def test_a_link_to_another_repository_instead_of_a_case_is_named(register):  # G5
    indexed(register).close()
    register.commit({path_of(numbered(9)): register.head})
    with indexed(register) as index:
        assert [path for path, _message in index.unreadable()] == [path_of(numbered(9))]


def test_a_commit_that_is_no_register_is_refused(register):
    register.commit({"policies/register.yaml": None})
    with pytest.raises(RegisterState), Index.open(register.repository) as index:
        index.refresh(register.head)


def test_broken_settings_are_told_with_their_problems(register):
    register.commit({"policies/register.yaml": b"{"})
    with Index.open(register.repository) as index, pytest.raises(BadData) as told:
        index.refresh(register.head)
    assert told.value.problems[0].file == "policies/register.yaml"


# -- disposable


def test_the_file_is_for_its_owner_only(register):
    indexed(register).close()
    path = indexfile.location(register.repository.common_dir)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with indexed(register) as index:
        index.find()
        modes = [stat.S_IMODE(one.stat().st_mode) for one in path.parent.glob("index.sqlite*")]
    assert set(modes) == {0o600}


def test_the_folder_is_for_its_owner_only(register):
    indexed(register).close()
    assert stat.S_IMODE(indexfile.location(register.repository.common_dir).parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"not a database, whatever its name says" * 200),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        lambda path: path.write_bytes(b""),
        lambda path: path.unlink(),
        lambda path: _execute(path, "UPDATE meta SET value = '0' WHERE key = 'format'"),
        lambda path: _execute(path, "DROP TABLE cases"),
        lambda path: _execute(path, "DROP TABLE meta"),
        lambda path: _execute(path, "UPDATE details SET row = '[1]'"),
        lambda path: _execute(path, "UPDATE cases SET level = NULL, hits = 'x'"),
    ],
)
def test_a_damaged_index_is_made_again(register, damage):
    with indexed(register) as index:
        before = everything(index)
    damage(indexfile.location(register.repository.common_dir))
    with indexed(register) as index:
        assert everything(index) == before


def test_what_a_report_is_given_is_the_whole_row(register):
    with indexed(register) as index:
        for row in index.report_rows(0, 1 << 40):
            assert {field: row[field] for field in Row.__annotations__} == index.row(row["id"])
            with pytest.raises(KeyError):
                row["nothing"]


@pytest.mark.parametrize("damage", ["done = '[1]'", "done = '['", "head = '[]'", "clocks = x'00'"])
def test_damage_that_shows_while_a_report_is_counted_is_survived(register, damage):
    with indexed(register) as index:
        before = {row["id"]: dict(index.row(row["id"])) for row in index.report_rows(0, 1 << 40)}
    _execute(indexfile.location(register.repository.common_dir), f"UPDATE details SET {damage}")  # noqa: S608
    with indexed(register) as index:
        rows = index.report_rows(0, 1 << 40)
        assert {row["id"]: {field: row[field] for field in Row.__annotations__} for row in rows} == before
        assert all(len(row.timed()) == len(row["clocks"]) for row in rows)


def _execute(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_damage_that_shows_only_in_the_middle_of_a_page_is_survived(register):
    indexed(register).close()
    path = indexfile.location(register.repository.common_dir)
    data = bytearray(path.read_bytes())
    data[4096 * 2 :] = os.urandom(len(data) - 4096 * 2)
    path.write_bytes(bytes(data))
    with indexed(register) as index:
        assert everything(index) == anew(register)


def test_a_link_instead_of_the_file_is_not_followed(register, tmp_path):  # T7
    path = indexfile.location(register.repository.common_dir)
    path.parent.mkdir(exist_ok=True)
    other = tmp_path / "other"
    other.write_text("mine")
    path.symlink_to(other)
    with indexed(register) as index:
        assert index.count() == 5
    assert other.read_text() == "mine"
    assert not path.is_symlink()


def test_where_nothing_can_be_written_the_index_is_in_memory(register, monkeypatch):
    def refuse(*_arguments, **_named):
        raise PermissionError

    monkeypatch.setattr(Path, "mkdir", refuse)
    with indexed(register) as index:
        assert index.count() == 5
        index.record(register.head, register.head, "x", "x", None)
        assert index.count() == 5
    assert not indexfile.location(register.repository.common_dir).exists()


def test_while_another_process_writes_the_answers_are_right(register, monkeypatch):
    monkeypatch.setattr(indexfile, "WAIT", 0.05)
    indexed(register).close()
    register.commit(as_files(numbered(9)))
    path = indexfile.location(register.repository.common_dir)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with indexed(register) as index:
            assert index.count() == 6
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert path.exists()
    with indexed(register) as index:
        assert index.count() == 6


def test_what_another_process_indexes_meanwhile_does_not_show(register):
    with indexed(register) as index:
        register.commit(as_files(numbered(9)))
        with indexed(register) as other:
            assert other.count() == 6
        assert index.count() == 5
        index.refresh(register.head)
        assert index.count() == 6


def test_progress_counts_up_to_all(register, monkeypatch):
    monkeypatch.setattr("complaintctl.update._STEP", 2)
    heard: list[tuple[int, int]] = []
    with Index.open(register.repository) as index:
        index.refresh(register.head, lambda done, whole: heard.append((done, whole)))
    assert heard == [(2, 5), (4, 5), (5, 5)]


# -- after a step


def test_a_recorded_step_needs_no_git_afterwards(register):
    old = register.head
    with indexed(register) as index:
        case = numbered(2, state="classified", classification=classified())
        new = register.commit(as_files(case))
        before = gitprocess.started
        blob = register.repository.object_id(as_files(case)[path_of(case)])
        index.record(old, new, path_of(case), blob, case)
        assert (ids(index, states=["classified"]), index.steps()) == (["2"], 1)
    with indexed(register) as index:
        assert gitprocess.started == before
        assert everything(index) == anew(register)


def test_a_step_that_is_recorded_on_another_commit_is_caught_up_with(register):
    old = register.head
    with indexed(register) as index:
        other = register.commit(as_files(numbered(8)))
        with indexed(register):
            pass  # another process is ahead
        case = numbered(9)
        new = register.commit(as_files(case))
        index.record(old, new, path_of(case), "0" * 40, case)
        assert ids(index, sort="id") == ["", "1", "2", "3", "4", "8", "9"]
        assert other != new
        assert everything(index) == anew(register)


def test_recording_never_raises(register, monkeypatch):
    def fail(*_arguments):
        raise sqlite3.DatabaseError("disk full")

    old = register.head
    with indexed(register) as index:
        case = numbered(9)
        new = register.commit(as_files(case))
        monkeypatch.setattr(indexfile.Batch, "add", fail)
        index.record(old, new, path_of(case), "0" * 40, case)
        monkeypatch.undo()
        read_json(monkeypatch)
        assert index.count() == 6


# -- another commit


def test_an_index_at_another_commit_leaves_the_file_alone(register):
    old = register.head
    register.commit(as_files(numbered(9)))
    indexed(register).close()
    with Index.at(register.repository, old) as there:
        assert there.count() == 5
    before = gitprocess.started
    with indexed(register) as index:
        assert index.count() == 6
    assert gitprocess.started == before


# -- which cases


@pytest.mark.parametrize(
    "part", ["C-20261101-000003", "c-20261101-000003", "C20261101000003", "000003", "OOOOO3", "1101-000003"]
)
def test_any_unambiguous_part_of_an_id_means_the_case(register, part):
    with indexed(register) as index:
        assert index.ids_like(part) == ["C-20261101-000003"]


def test_a_part_that_several_ids_have_means_all_of_them(register):
    with indexed(register) as index:
        assert len(index.ids_like("20261101")) == 5
        assert index.ids_like("zzz") == index.ids_like("") == index.ids_like("%") == []


def test_an_id_with_a_slip_of_the_finger_finds_what_is_near(register):
    with indexed(register) as index:
        assert index.near("00003X")[0] == "C-20261101-000003"
        assert index.near("C-20261101-000030")[0].startswith("C-20261101-0000")
        assert index.near("?") == []


def test_path_and_blob_of_a_case_are_those_that_git_has(register):
    with indexed(register) as index:
        path, blob = index.entry("C-20261101-000003")
    assert register.repository.read(register.head, [path])[path].id == blob


# -- lists


def some_cases():
    held = signed(at="2026-11-04T09:00:00+08:00", reason="waits", **{"for": "customer"})
    closing = signed(outcome="withdrawn", at="2026-11-09T09:00:00+08:00")
    given = signed(department="goods", handler="zhao.wei")
    return [
        numbered(1),
        numbered(2, state="classified", classification=classified("goods.spoiled")),
        numbered(30, state="assigned", classification=classified("service.attitude"), assignments=[given]),
        numbered(
            55, state="assigned", classification=classified("goods.label"), assignments=[given], holds=[held]
        ),
        numbered(90, state="closed", classification=classified("goods.spoiled"), closures=[closing]),
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["1", "2", "30", "55"]),
        ({"which": "closed"}, ["90"]),
        ({"which": "all"}, ["1", "2", "30", "55", "90"]),
        ({"states": ["assigned", "received"]}, ["1", "30", "55"]),
        ({"which": "all", "category": "goods"}, ["2", "55", "90"]),
        ({"category": "goods.spoiled"}, ["2"]),
        ({"category": "good"}, []),
        ({"department": "goods"}, ["2", "30", "55"]),
        ({"handler": "zhao.wei"}, ["30", "55"]),
        ({"mine": "li.na"}, ["1", "2", "30", "55"]),
        ({"customer": "P-000030"}, ["30"]),
        ({"overdue": NOVEMBER + 6 * HOUR}, ["1"]),  # due at 05:00, the other at 06:00
        ({"overdue": NOVEMBER + 6 * HOUR + 1}, ["1", "2"]),
        ({"received": (NOVEMBER + 2 * HOUR, NOVEMBER + 55 * HOUR)}, ["2", "30"]),
        ({"sort": "-id"}, ["55", "30", "2", "1"]),
        ({"sort": "state"}, ["1", "2", "30", "55"]),
        ({"limit": 2}, ["1", "2"]),
        ({"limit": 2, "offset": 1}, ["2", "30"]),
    ],
)
def test_a_list_shows_what_fits_in_its_order(tmp_path, parsed, asked, found):
    register = Register(tmp_path / "shop", *some_cases())
    with indexed(register) as index:
        rows, total = index.find(**asked)
        assert [one.id[-6:].lstrip("0") for one in rows] == found
        assert total == (4 if "limit" in asked else len(found))


def test_a_held_case_stands_after_those_with_a_deadline_and_before_the_closed(tmp_path, parsed):
    register = Register(tmp_path / "shop", *some_cases())
    with indexed(register) as index:
        rows = {one.id[-2:]: one for one in index.find(which="all")[0]}
    assert (rows["55"].on_hold, rows["55"].due, rows["55"].late) == (True, None, None)
    assert rows["01"].due == NOVEMBER + 5 * HOUR
    assert list(rows) == ["01", "02", "30", "55", "90"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("牛奶", ["1"]),
        ("王女士", ["1"]),
        ("mILK", ["2", "3"]),
        ("20261110a", ["3"]),
        ("100%", []),
        ("_", []),
        ("138", ["1"]),
    ],
)
def test_a_search_looks_through_what_the_customer_said_and_bought(tmp_path, parsed, text, found):
    person = {"id": "P-000001", "name": "王女士", "phone": "13800001234"}
    register = Register(
        tmp_path / "shop",
        numbered(1, customer=person, about={"product": "鲜牛奶 1L"}, complaint="变质"),
        numbered(2, about={}),
        numbered(3, about={"product": "Milk", "batch": "20261110A"}, complaint="sour"),
    )
    with indexed(register) as index:
        assert ids(index, search=text) == found


def test_deadlines_come_nearest_first(tmp_path, parsed):
    register = Register(tmp_path / "shop", *some_cases())
    with indexed(register) as index:
        found = [(row["id"][-2:], clock.name) for row, clock in index.due(NOVEMBER, within=7 * HOUR)]
        assert found == [("01", "assign"), ("02", "assign")]
        assert [clock.due for _row, clock in index.due(0)] == sorted(
            clock.due for _row, clock in index.due(0)
        )
        assert {row["id"][-2:] for row, _clock in index.due(0)} == {"01", "02", "30"}
        assert [row["id"][-2:] for row in index.open_rows()] == ["01", "02", "30", "55"]


# -- levels


def alike(*numbers: int, **sections):
    return [
        numbered(number, state="classified", classification=classified(), **sections) for number in numbers
    ]


@pytest.mark.parametrize("at_once", [False, True])
def test_three_customers_with_the_same_raise_the_level_from_the_third_on(tmp_path, parsed, at_once):  # S1d-3
    void = alike(20)[0] | {"state": "closed", "closures": [signed(outcome="entered-in-error")]}
    register = Register(tmp_path / "shop", *alike(1, 2, 30), void)
    with indexed(register) as index:
        if at_once:
            index.find(which="all")  # gathers what will be asked about repetition
        first = index.row("C-20261101-000001")
        third = NOVEMBER + 30 * HOUR
        assert index.level_of(first["hits"], first["received"], third - 1)[0] == 3
        assert index.level_of(first["hits"], first["received"], third)[0] == 2
        hit = next(hit for hit in first["hits"] if hit.key)
        assert [customer for _at, customer in same_key(index, hit.key)] == [
            "P-000001",
            "P-000002",
            "P-000030",
        ]
        row = index.row("C-20261101-000020")
        assert index.level_of(row["hits"], row["received"], third)[0] == 3  # void: not one of them


def test_the_same_customer_again_is_no_repetition(tmp_path, parsed):
    register = Register(tmp_path / "shop", *alike(1, 2, 3, customer={"id": "P-000001"}))
    with indexed(register) as index:
        row = index.row("C-20261101-000001")
        assert index.level_of(row["hits"], row["received"], NOVEMBER + DAY)[0] == 3


def test_the_level_in_a_list_is_that_of_the_case_at_every_instant(tmp_path, parsed):  # S1d-3, S1d-4
    again = {"repetition": {"same": ["product"], "customers": 3, "within": "2 days"}}
    rest = {"level": 3, "label": label("rest")}
    policies = []
    for whens in ([again], [{"age": "9 hours"}], [again, {"age": "9 hours"}]):
        rules = [{"label": label("grave"), "when": when} for when in whens]
        policies.append(policy_bytes(levels=[{"level": 2, "label": label("grave"), "any": rules}, rest]))
    void = alike(20)[0] | {"state": "closed", "closures": [signed(outcome="duplicate")]}
    for number, policy in enumerate(policies):
        pin = {"name": "corner-shop", "version": "1", "sha256": hashlib.sha256(policy).hexdigest()}
        cases = [case | {"policy": pin} for case in (*alike(1, 2, 30), void, numbered(31))]
        register = Register(tmp_path / str(number), *cases, **{"policies/corner-shop.yaml": policy})
        with indexed(register) as index:
            rows = {row["id"]: row for row in index.report_rows(0, 1 << 40, whole=True)}
            listed, _total = index.find(which="all")
            found = {
                (one.id, hour): index.level_now(one, NOVEMBER + hour * HOUR)
                for one in listed
                for hour in range(50)
            }
            assert found == {
                (ident, hour): index.level_of(row["hits"], row["received"], NOVEMBER + hour * HOUR)[0]
                for ident, row in rows.items()
                for hour in range(50)
            }
        assert len(listed) == 5
        assert set(found.values()) == {2, 3}
        assert {one.level is None for one in listed} == ({True, False} if number == 0 else {True})


def test_a_report_has_the_level_of_each_case_at_every_instant(tmp_path, parsed):  # S1d-3, S1d-4
    again = {"repetition": {"same": ["product"], "customers": 3, "within": "2 days"}}
    sooner = {"repetition": {"same": ["category"], "customers": 2, "within": "5 days"}}
    for number, (grave, less) in enumerate([
        ([again], [{"age": "9 hours"}]),
        ([again, sooner], [{"age": "9 hours"}]),
        ([again], [{"kind": "complaint"}, sooner]),  # comes too late to count, but comes again all the same
    ]):  # fmt: skip
        rules = {level: [{"label": label("rule"), "when": when} for when in whens]
                 for level, whens in ((1, grave), (2, less))}  # fmt: skip
        levels = [{"level": level, "label": label("level"), "any": any_} for level, any_ in rules.items()]
        policy = policy_bytes(levels=[*levels, {"level": 3, "label": label("rest")}])
        pin = {"name": "corner-shop", "version": "1", "sha256": hashlib.sha256(policy).hexdigest()}
        void = alike(20)[0] | {"state": "closed", "closures": [signed(outcome="duplicate")]}
        cases = [case | {"policy": pin} for case in (*alike(1, 2, 30), void, numbered(31))]
        register = Register(tmp_path / str(number), *cases, **{"policies/corner-shop.yaml": policy})
        with indexed(register) as index:
            level_of = index.row_levels()
            given_rows = {row["id"]: row for row in index.report_rows(0, 1 << 40)}
            whole = {row["id"]: row for row in index.report_rows(0, 1 << 40, whole=True)}
            listed = {one.id: one for one in index.find(which="all")[0]}
            assert len(whole) == len(given_rows) == len(listed) == 5
            found = set()
            for ident, hour in itertools.product(whole, range(50)):
                row = whole[ident]
                at = row["received"] + hour * HOUR
                level, hit = index.level_of(row["hits"], row["received"], at)
                assert level_of(given_rows[ident], at)[0] == index.level_now(listed[ident], at) == level
                assert level_of(given_rows[ident], at)[1].rule == hit.rule
                found.add(level)
            assert len(found) >= 2


# -- customers and money


def test_a_customer_is_known_by_telephone_or_mail_however_it_is_written(tmp_path, parsed):
    register = Register(
        tmp_path / "shop",
        numbered(1, customer={"id": "P-00000A", "phone": "+86 138-0000-1234"}),
        numbered(2, customer={"id": "P-00000B", "email": "Wang@Example.com"}),
        numbered(3, customer={"id": "P-00000C"}),
    )
    with indexed(register) as index:
        assert index.customer_of("0086 13800001234", None) == "P-00000A"
        assert index.customer_of("5", "wang@example.com") == "P-00000B"
        assert index.customer_of(None, None) is None
        assert index.customer_of("", " ") is None
        assert index.customer_of("...", None) is None
        assert index.has_customer("P-00000C")
        assert not index.has_customer("P-00000D")
        assert index.open_of("P-00000A") == ["C-20261101-000001"]


def test_a_closed_case_is_not_open_to_its_customer(tmp_path, parsed):
    closing = signed(outcome="withdrawn")
    register = Register(tmp_path / "shop", numbered(1, state="closed", closures=[closing]), numbered(2))
    with indexed(register) as index:
        assert index.open_of("P-000001") == []
        assert (index.count(), index.count(open_only=True)) == (2, 1)


def test_only_what_was_approved_and_not_declined_was_spent(tmp_path, parsed):  # S1c-4
    def case(number, *proposals):
        return numbered(number, customer={"id": "P-00000A"}, proposals=list(proposals))

    approved = decided("head", "sun.min")
    register = Register(
        tmp_path / "shop",
        case(1, a_proposal("10.00", decision=approved)),
        case(2, a_proposal("20.00", decision=approved, answer=answered("declined"))),
        case(3, a_proposal("40.00", decision=decided("head", "sun.min", outcome="returned"))),
        case(4, a_proposal("80.00")),
        case(5, a_proposal("160.50", decision=approved, answer=answered())),
        numbered(6, proposals=[a_proposal("999.00", decision=approved)]),
    )
    at = epoch("2026-11-02T10:00:00+08:00")
    with indexed(register) as index:
        assert sorted(index.spent("P-00000A", at, None)) == [Decimal("10.00"), Decimal("160.50")]
        assert index.spent("P-00000A", at, "C-20261101-000005") == [Decimal("10.00")]
        assert index.spent("P-00000A", at + 1, None) == []


# -- reports


@given(week=st.integers(-2, 8), seed=st.integers(0, 3))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_report_is_given_every_row_that_it_needs(week, seed, reported):
    from complaintctl.report.period import Bounds

    start = NOVEMBER + week * 7 * DAY + seed * 5 * HOUR
    earlier = tuple(start - back * 7 * DAY for back in (4, 3, 2, 1))
    bounds = Bounds("w", earlier, start, start + 7 * DAY, start + 7 * DAY - seed * DAY)
    every = reported.report_rows(0, 1 << 40, whole=True)
    given_rows = {row["id"] for row in reported.report_rows(bounds.previous, bounds.as_at)}
    assert {row["id"] for row in every if needs(row, bounds)} <= given_rows
    assert len(every) == 12


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        read_json(patch)
        closing = {"outcome": "withdrawn", "by": "li.na"}
        cases = []
        for number in range(0, 600, 50):
            days = number // 30
            end = f"2026-11-{min(1 + number // 24 + days, 30):02d}T23:00:00+08:00"
            closed = {"state": "closed", "closures": [closing | {"at": end}]} if number % 100 else {}
            cases.append(numbered(number, **closed))
        register = Register(tmp_path_factory.mktemp("reported"), *cases)
        with indexed(register) as index:
            yield index


def test_means_and_repeats_get_the_little_that_they_need(tmp_path, parsed):
    closing = signed(outcome="duplicate", at="2026-11-09T09:00:00+08:00")
    register = Register(tmp_path / "shop", numbered(1), numbered(2, state="closed", closures=[closing]))
    with indexed(register) as index:
        one, two = index.earlier(NOVEMBER, NOVEMBER + DAY)
        assert (one.id, one.kind, one.customer, one.named, one.product, one.voided) == (
            "C-20261101-000001", "complaint", "P-000001", False, "Milk 1L", None,
        )  # fmt: skip
        closed = epoch("2026-11-09T09:00:00+08:00")
        assert (two.was_void(closed), two.was_void(closed + 1)) == (False, True)
        assert index.earlier(NOVEMBER, NOVEMBER + 2 * HOUR) == [one]


def test_lessons_and_measures_are_found_without_reading_every_case(tmp_path, parsed):  # S0-20, S0-21
    measure = signed(measure="look twice", owner="li.na", due="2026-12-01")
    lesson = signed(outcome="withdrawn", lesson="look twice")
    register = Register(
        tmp_path / "shop",
        numbered(1, improvements=[measure]),
        numbered(2, state="closed", closures=[lesson]),
        numbered(3),
    )
    with indexed(register) as index:
        assert [one.case for one in index.measures()] == ["C-20261101-000001"]
        assert [one.case for one in index.lessons(0, 1 << 40)] == ["C-20261101-000002"]


# -- what is computed late, or only once


def closed_case(number: int, day: int = 20, **sections):
    closures = [signed(outcome="withdrawn", at=f"2026-11-{day}T00:00:00+08:00")]
    return numbered(number, state="closed", closures=closures, **sections)


def stored(index: Index) -> int:
    return index._connection.execute("SELECT count(*) FROM details").fetchone()[0]


def test_the_row_of_a_closed_case_is_computed_when_it_is_asked_for_and_then_kept(tmp_path, parsed):
    register = Register(tmp_path / "shop", numbered(1), closed_case(2), closed_case(3))
    with indexed(register) as index:
        assert (index.count(), stored(index)) == (3, 1)
        row = index.row("C-20261101-000002")
        assert (row["outcome"], [clock.name for clock in row["clocks"]]) == ("withdrawn", ["reply", "assign"])
        assert stored(index) == 2
    before = gitprocess.started
    with indexed(register) as index:
        assert index.row("C-20261101-000002") == row
        assert gitprocess.started == before
        assert len(index.report_rows(0, 1 << 40, whole=True)) == stored(index) == 3


def test_a_report_long_after_leaves_closed_cases_alone(tmp_path, parsed):
    register = Register(tmp_path / "shop", numbered(1), closed_case(2))
    with indexed(register) as index:
        assert [row["id"][-1] for row in index.report_rows(NOVEMBER + 300 * DAY, NOVEMBER + 400 * DAY)] == [
            "1"
        ]
        assert stored(index) == 1
        assert [row["id"][-1] for row in index.report_rows(NOVEMBER, NOVEMBER + 40 * DAY)] == ["1", "2"]


@settings(max_examples=40, deadline=None)
@given(
    closed=st.integers(1, 27),
    within=st.sampled_from(["1 hour", "40 days", "5 business days"]),
    hold=st.booleans(),
)
def test_no_clock_of_a_closed_case_outlives_what_the_index_expects(closed, within, hold):
    from zoneinfo import ZoneInfo

    from complaintctl import deadlines
    from complaintctl.summary import last_step, row_of
    from complaintctl.workdays import WorkCalendar
    from tests.rule_examples import a_policy, label

    rule = {"label": label("reply"), "from": "received", "until": "told", "within": within, "every": True,
            "stops_for": ["customer"], "clock": "service", "rolls_over": True}  # fmt: skip
    policy = a_policy(deadlines={"reply": rule})
    day = f"2026-11-{closed:02d}"
    sections = {"contacts": [signed(party="customer", direction="out", at=f"{day}T09:00:00+08:00")]}
    if hold:
        sections["holds"] = [signed(**{"for": "customer"}, resumed_at=f"{day}T08:00:00+08:00")]
    case = closed_case(0, 28, **sections)
    calendar = WorkCalendar({"weekend": ["sat", "sun"]}, ZoneInfo("Asia/Shanghai"))
    row = row_of(case, policy, calendar)
    latest = deadlines.latest_due(policy, row["channel"], last_step(case), calendar)
    assert row["clocks"]
    assert all(clock.due is None or clock.due <= latest for clock in row["clocks"])


def keep(index: Index, *keys: str, until: int = NOVEMBER + 3 * HOUR) -> None:
    for key in keys:
        index.keep(key, f"text of {key}", until)


def test_a_report_is_kept_until_a_case_that_it_may_count_changes(register):
    with indexed(register) as index:
        keep(index, "weekly")
        assert index.kept("weekly") == ("text of weekly", register.head)
        assert index.kept("monthly") is None
        assert index.count() == 5
    made_at = register.head
    register.commit(as_files(numbered(4, kind="enquiry"), numbered(7)))  # received at 4:00 and 7:00
    with indexed(register) as index:
        assert index.count() == 6
        assert index.kept("weekly") == ("text of weekly", made_at)
    register.commit(as_files(numbered(3, kind="enquiry")))  # received at 3:00, which repetition may see
    with indexed(register) as index:
        assert index.kept("weekly") is None


@pytest.mark.parametrize(
    "change",
    [
        as_files(numbered(2, kind="enquiry")),
        {path_of(numbered(2)): None},
        {path_of(numbered(2)): b"no case"},
        {path_of(numbered(9)): b"no case"},  # nobody can tell when it was received
        {"policies/register.yaml": written(SETTINGS | {"name": "Another"})},
    ],
)
def test_what_a_report_may_have_counted_or_named_makes_it_anew(register, change):
    with indexed(register) as index:
        keep(index, "weekly")
    register.commit(change)
    with indexed(register) as index:
        assert index.kept("weekly") is None


def test_a_case_that_can_be_read_again_makes_a_report_anew(register):
    register.commit({path_of(numbered(9)): b"no case"})
    with indexed(register) as index:
        keep(index, "weekly")
    register.commit({path_of(numbered(9)): None})
    with indexed(register) as index:
        assert index.kept("weekly") is None


@pytest.mark.parametrize(("number", "kept"), [(8, True), (3, False)])
def test_a_recorded_step_forgets_the_reports_that_it_may_change(register, number, kept):
    with indexed(register) as index:
        keep(index, "weekly")
        old, case = register.head, numbered(number, kind="enquiry")
        new = register.commit(as_files(case))
        index.record(old, new, path_of(case), "b" * 40, case)
        assert (index.kept("weekly") is not None) == kept
        assert index.count() == (6 if kept else 5)


def called(at: str, **more: Any) -> Any:
    """Case 2, which nobody touched before, with a word to the customer."""
    said = signed(party="customer", direction="out", method="phone", note="…", at=at)
    return numbered(2, contacts=[said], **more)


LATER, WITHIN = "2026-11-01T04:00:00+08:00", "2026-11-01T02:30:00+08:00"  # the reports are as at 3:00


@pytest.mark.parametrize("recorded", [True, False])
@pytest.mark.parametrize(
    ("case", "kept"),
    [
        (called(LATER), True),
        (called(WITHIN), False),
        (called(LATER, kind="enquiry"), False),
        (called(LATER, improvements=[signed(at=LATER, measure="look", owner="li.na", due="2026-12-01")]), False),
        (called(LATER) | {"state": "closed", "closures": [signed(at=LATER, outcome="withdrawn")]}, False),
    ],
    ids=["later", "within", "what has no history", "what stands in no row", "closed"],
)  # fmt: skip
def test_a_report_is_kept_over_a_later_step_that_it_does_not_see(register, case, kept, recorded):
    with indexed(register) as index:
        keep(index, "weekly")
        old, new = register.head, register.commit(as_files(case))
        if recorded:
            index.record(old, new, path_of(case), "b" * 40, case)
    with indexed(register) as index:
        assert (index.kept("weekly") is not None) == kept
        assert index.count() == 5


@pytest.mark.parametrize("change", [{path_of(numbered(2)): None}, {path_of(numbered(2)): b"no case"}])
def test_a_case_that_goes_away_after_a_step_that_no_report_sees_makes_them_anew(register, change):
    register.commit(as_files(called(LATER)))
    with indexed(register) as index:
        keep(index, "weekly")
    register.commit(change)
    with indexed(register) as index:
        assert index.kept("weekly") is None


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1 << 30))
def test_a_report_that_is_still_kept_is_the_one_that_would_be_made(seed, tmp_path_factory, monkeypatch):
    read_json(monkeypatch)
    chance = random.Random(seed)
    staff = written({"staff": [{"id": "li.na", "active": True}]})
    settings_of_it = written(SETTINGS | {"currency": "CNY"})
    register = Register(
        tmp_path_factory.mktemp("kept"),
        *(_some_case(chance, number) for number in range(60, 300, 12)),
        **{"policies/staff.yaml": staff, "policies/register.yaml": settings_of_it},
    )
    outcomes = set()
    for _commit in range(12):
        with indexed(register) as index:
            kept = index.kept("weekly")
            made = _weekly(index, register.head)
            assert kept is None or kept[0] == made
            outcomes.add(kept is None)
            index.keep("weekly", made, epoch("2026-11-09T00:00:00+08:00"))
        number = chance.randrange(60, 300, 12)
        case = _some_case(chance, number)
        register.commit({path_of(case): None} if chance.random() < 0.2 else as_files(case))
    assert outcomes == {True, False}


def _some_case(chance: random.Random, number: int) -> Any:
    """One that repeats others, was handled or is closed, by chance."""
    sections: dict[str, Any] = {"customer": {"id": f"P-00000{chance.randint(1, 4)}"}}
    if chance.random() < 0.8:
        sections |= {"state": "classified", "classification": classified()}
    if chance.random() < 0.3:
        at = f"2026-11-{chance.randint(14, 20)}T09:00:00+08:00"
        outcome = chance.choice(["withdrawn", "duplicate"])
        sections |= {"state": "closed", "closures": [signed(outcome=outcome, at=at)]}
    if chance.random() < 0.5:
        at = f"2026-11-{chance.randint(5, 20):02d}T12:00:00+08:00"
        sections["contacts"] = [signed(party="customer", direction="out", method="phone", note="…", at=at)]
    return numbered(number, **sections)


def _weekly(index: Index, head: str) -> str:
    """The tables of the week from the second to the eighth of November, as text."""
    register = SimpleNamespace(language="en", index=index, head=head)
    asked = reporting.Asked("weekly", "2026-W45", "json", None, "en", 0)
    made = reporting.build(cast("Any", register), index, head, asked, NOVEMBER + 30 * DAY)
    return json.dumps({name: one.rows for name, one in made.tables.items()})


def test_only_the_latest_reports_are_kept(register, monkeypatch):
    monkeypatch.setattr(indexfile, "_REPORTS", 3)
    with indexed(register) as index:
        keep(index, *"01234")
        assert [index.kept(key) is not None for key in "01234"] == [False, False, True, True, True]


@pytest.mark.parametrize("part", ["C-20261101-000003", "c20261101000003", "000003", "oooo03", "-000003"])
def test_a_whole_id_or_its_last_six_characters_is_found_at_once(register, part):
    with indexed(register) as index:
        assert index.ids_like(part) == ["C-20261101-000003"]


def test_who_must_be_told_is_known_without_parsing_of_open_and_closed_cases(tmp_path, parsed):  # S1c-3 S4-7
    tell = [
        {
            "name": "hears",
            "label": label("hears"),
            "to": ["head:goods"],
            "after": "classified",
            "within": "2 hours",
        },
        {"name": "report", "label": label("report"), "to": ["role:manager"], "after": "closed"},
    ]
    policy = policy_bytes(tell=tell)
    pin = {"name": "corner-shop", "version": "1", "sha256": hashlib.sha256(policy).hexdigest()}
    made = [
        numbered(1, policy=pin),
        numbered(2, policy=pin, state="classified", classification=classified()),
        closed_case(3, policy=pin),
    ]
    register = Register(tmp_path / "shop", *made, **{"policies/corner-shop.yaml": policy})
    with indexed(register) as index:
        owed = {row["id"][-1]: [one.name for one in row["owed"]] for row in index.owing()}
        assert owed == {"2": ["hears"], "3": ["report"]}
        parsed.clear()
        assert len(index.owing()) == 2
        assert parsed == []
        plan = index._all("EXPLAIN QUERY PLAN SELECT n FROM cases WHERE notes & 4")
        assert any("cases_owed" in str(one[3]) for one in plan)


def test_a_report_can_still_ask_for_a_case_until_the_last_day_that_it_named(tmp_path, parsed):  # S1b-2
    promised = signed(party="customer", direction="out", method="phone", note="…", again_on="2027-06-30")
    rule = {"label": label("next word"), "date": "again_on", "until": "told"}
    policy = policy_bytes(deadlines={"next-word": rule})
    pin = {"name": "corner-shop", "version": "1", "sha256": hashlib.sha256(policy).hexdigest()}
    made = [closed_case(1, policy=pin, contacts=[promised]), closed_case(2, policy=pin)]
    register = Register(tmp_path / "shop", *made, **{"policies/corner-shop.yaml": policy})
    with indexed(register) as index:
        found = index.report_rows(epoch("2027-06-29T00:00:00+08:00"), epoch("2027-07-01T00:00:00+08:00"))
        assert [row["id"][-1] for row in found] == ["1"]

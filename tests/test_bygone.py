"""Cases closed long ago: a new index only names them, and still answers as one that holds everything."""

from __future__ import annotations

import hashlib
import json
import random
import re
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaintctl import bygone, casefiles, indexfile, levels, policyrules, schema, summary, update
from complaintctl.commands import completion
from complaintctl.documents import Documents, Parsed
from complaintctl.index import Index
from complaintctl.times import epoch
from complaintctl.yamlfile import read_case
from tests.index_examples import CLOCKS, SETTINGS, Register, as_files, path_of, read_json, same_key, written
from tests.rule_examples import a_case, a_policy, a_proposal, classified, decided, signed

POLICY = a_policy(deadlines=CLOCKS)
NOW = epoch("2026-11-20T12:00:00+08:00")
DAY = 86400
OLD, NEW = ("2024-03", "2024-04", "2024-05"), ("2026-10", "2026-11")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few cases are enough, and the little policy of these tests is as good as one without a problem."""
    monkeypatch.setattr(bygone, "MANY", 1)
    monkeypatch.setattr(update, "_MANY", 0)
    monkeypatch.setattr(policyrules, "problems", lambda _policy: [])
    read_json(monkeypatch)


def case_of(month: str, number: int, closed: str | None = "withdrawn", **sections: Any) -> Any:
    """A case received on some day of a month, closed two days later if it is."""
    day = 1 + number % 20
    at = f"{month}-{day:02d}T09:00:00+08:00"
    sections = {"classification": classified(at=at), **sections}
    if closed:
        end = signed(outcome=closed, lesson=f"lesson {number}", at=f"{month}-{day + 2:02d}T09:00:00+08:00")
        sections = {"state": "closed", "closures": [end], **sections}
    else:
        sections = {"state": "classified", **sections}
    sha256 = hashlib.sha256(written(POLICY)).hexdigest()
    made = {
        "id": f"C-{at[:10].replace('-', '')}-{number:06d}",
        "policy": {"name": "corner-shop", "version": "1", "sha256": sha256},
        "intake": a_case()["intake"] | {"received_at": at, "registered_at": at},
        "customer": {"id": f"P-{number:06d}", "phone": f"138{number:08d}"},
    }
    return a_case(**(made | sections))


def shop(root: Path, *cases: Any) -> Register:
    staff = {"staff": [{"id": "li.na", "active": True}]}
    return Register(
        root,
        *cases,
        **{
            "policies/corner-shop.yaml": written(POLICY),
            "policies/register.yaml": written(SETTINGS | {"currency": "CNY"}),
            "policies/staff.yaml": written(staff),
        },
    )


def indexed(register: Register) -> Index:
    index = Index.open(register.repository)
    index.refresh(register.head)
    return index


def anew(register: Register) -> Index:
    indexfile.remove(indexfile.location(register.repository.common_dir))
    return indexed(register)


def whole(register: Register) -> Index:
    """An index that holds everything, beside the file."""
    index = Index(register.repository, None)
    index.refresh(register.head)
    index.complete()
    return index


def put_off(index: Index) -> int:
    return int(index._one("SELECT count(*) FROM put_off"))


def some() -> list[Any]:
    """Closed long ago and lately, open, some of the same customer and of the same kind."""
    refund = a_proposal(decision=decided("head", "sun.min"))
    refund = json.loads(re.sub("2026-[0-9]{2}-[0-9]{2}T", "2024-04-14T", json.dumps(refund)))
    return [
        *(case_of("2024-03", number) for number in (1, 2, 3, 7, 8)),
        case_of("2024-04", 11, "duplicate"),
        case_of("2024-04", 12, proposals=[refund], customer={"id": "P-000041", "phone": "13800000041"}),
        case_of("2024-05", 13, about=a_case()["about"] | {"batch": "B 7"}),
        *(case_of("2026-10", number) for number in (21, 22, 23)),
        case_of("2026-11", 31, None),
        case_of("2026-11", 32, None, about=a_case()["about"] | {"batch": "b7"}),
    ]


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return shop(tmp_path / "shop", *some())


# -- what is only named


def test_a_new_index_sums_up_nothing_that_was_closed_long_ago(register, monkeypatch):
    summed: list[str] = []
    brief_of = summary.brief_of
    monkeypatch.setattr(
        summary, "brief_of", lambda case, *more: summed.append(case["id"]) or brief_of(case, *more)
    )
    with indexed(register) as index:
        assert put_off(index) == 8
        assert sorted({one[2:8] for one in summed}) == ["202610", "202611"]


def test_what_is_only_named_is_counted_and_found_by_its_id(register, monkeypatch):
    with indexed(register) as index:
        assert (index.count(), index.count(open_only=True)) == (13, 2)
        assert index.ids_like("000007") == index.ids_like("c20240308000007") == ["C-20240308-000007"]
        assert "C-20240308-000007" in index.ids_like("2024030")
        assert index.near("C-20240308-00000Z")[0].startswith("C-20240308")
        assert len(index.entries()) == 13
        path, blob = index.entry("C-20240308-000007")
        assert path == "cases/2024/03/C-20240308-000007.yaml"
        assert register.repository.read(register.head, [path])[path].id == blob
        assert index.has_customer("P-000007")
        assert not index.has_customer("P-000009")
        assert put_off(index) == 8


@pytest.mark.parametrize(("states", "many"), [((), 5), (("closed",), 5), (("satisfied",), 0)])
def test_ids_are_completed_with_those_of_long_ago(register, monkeypatch, states, many):
    with indexed(register) as index:
        assert put_off(index)
    where = indexfile.location(Path(register.repository.common_dir))
    monkeypatch.setattr(completion, "_index", lambda _start: where)
    monkeypatch.setattr(completion, "_states", lambda _ctx: states)

    root = SimpleNamespace(params={})
    found = completion.case_ids(cast("Any", SimpleNamespace(find_root=lambda: root)), "C-2024030")
    assert found == sorted(found)
    assert len(found) == many


def test_what_is_asked_every_day_does_not_sum_up_the_others(register):
    with indexed(register) as index:
        assert len(index.find()[0]) == 2
        assert index.due(NOW)
        assert [row["id"][-6:] for row in index.report_rows(NOW - 60 * DAY, NOW)] == [
            "000021", "000022", "000023", "000031", "000032",
        ]  # fmt: skip
        assert index.earlier(NOW - 90 * DAY, NOW)
        assert index.spent("P-000031", NOW - 30 * DAY) == []
        row = index.row("C-20261112-000031")
        assert index.level_of(row["hits"], row["received"], NOW)[0] in {1, 2, 3}
        assert put_off(index) == 8


def test_what_was_summed_up_once_is_kept(register):
    with indexed(register) as index:
        assert len(index.find(which="all")[0]) == 13
        assert put_off(index) == 0
    with indexed(register) as index:
        assert put_off(index) == 0
        assert index.row("C-20240308-000007")["outcome"] == "withdrawn"


def test_a_case_of_long_ago_that_cannot_be_read_is_named_at_once(register):
    register.commit({path_of(case_of("2024-03", 7)): b"state: [\n"})
    with anew(register) as index:
        assert put_off(index) == 7
        assert [path for path, _why in index.unreadable()] == ["cases/2024/03/C-20240308-000007.yaml"]


def test_a_case_of_long_ago_whose_policy_is_not_there_is_named_at_once(register):
    pin = {"name": "corner-shop", "version": "1", "sha256": "0" * 64}
    register.commit(as_files(case_of("2024-03", 7, policy=pin)))
    with anew(register) as index:
        assert put_off(index) == 7
        assert [path for path, _why in index.unreadable()] == ["cases/2024/03/C-20240308-000007.yaml"]


@pytest.mark.parametrize(
    "sections",
    [
        {"improvements": [signed(measure="look twice", owner="li.na", due="2026-12-01")]},
        {"links": [signed(case="C-20261112-000031", why="same")]},
        {
            "contacts": [
                signed(party="customer", direction="out", method="phone", note="…", again_on="2026-11-30")
            ]
        },
        {
            "contacts": [
                signed(
                    party="customer", direction="in", method="phone", note="…", at="2026-11-01T09:00:00+08:00"
                )
            ]
        },
        {"state": "received"},
    ],
)
def test_what_may_still_matter_is_summed_up(register, sections):
    register.commit(as_files(case_of("2024-03", 7, **sections)))
    with anew(register) as index:
        named = index._all("SELECT id FROM put_off")
        assert named
        assert ("C-20240308-000007",) not in named


def test_few_cases_are_all_summed_up(register, monkeypatch):
    monkeypatch.setattr(bygone, "MANY", 1000)
    with anew(register) as index:
        assert put_off(index) == 0


def test_a_policy_with_a_problem_is_not_trusted(register, monkeypatch):
    monkeypatch.setattr(policyrules, "problems", lambda _policy: [("$.levels", "odd")])
    with anew(register) as index:
        assert put_off(index) == 0


# -- repetition


def test_an_open_case_of_long_ago_is_compared_with_those_of_its_time(register):  # S1d-3
    register.commit(as_files(case_of("2024-03", 5, None)))
    with anew(register) as index, whole(register) as other:
        assert 0 < put_off(index) < 8
        (mine,) = [one for one in index.find()[0] if one.id.endswith("000005")]
        (same,) = [one for one in other.find()[0] if one.id.endswith("000005")]
        for at in range(epoch("2024-03-01T00:00:00+08:00"), epoch("2024-03-30T00:00:00+08:00"), DAY):
            assert index.level_now(mine, at) == other.level_now(same, at)
        assert index.level_now(mine, NOW) == 2  # by itself it would be 3
        assert put_off(index) > 0


def test_what_is_known_of_repetition_survives_being_written():
    left = bygone.Left(9, 5, 2, ("a",), frozenset((1, 2, 7)))
    assert bygone.read(bygone.written(left)) == left
    assert left.around() == [(-1, 4), (5, 9)]
    assert [left.compares(at) for at in (1, 3, 6, 7, 8)] == [True, False, False, True, True]


# -- whatever is asked and changed, in any order

Question = Callable[[Index], Any]
WEEKS = [(NOW - 7 * DAY * back, NOW - 7 * DAY * (back - 1)) for back in (1, 10, 30, 140)]
QUESTIONS: dict[str, Question] = {
    "open": lambda index: [(one.id, index.level_now(one, NOW)) for one in index.find()[0]],
    "all": lambda index: [(one, index.level_now(one, NOW)) for one in index.find(which="all", sort="id")[0]],
    "closed": lambda index: index.find(which="closed", sort="-received", limit=3),
    "search": lambda index: index.find(which="all", search="milk", sort="id")[1],
    "batch": lambda index: index.of_batch("B7", "C-20261113-000032"),
    "due": lambda index: [(row["id"], clock) for row, clock in index.due(NOW)],
    "owing": lambda index: index.owing(),
    "rows": lambda index: [index.row(case_id) for case_id, _blob in index.entries()],
    "levels": lambda index: [
        index.level_of(row["hits"], row["received"], NOW)
        for case_id, _blob in index.entries()[-3:]
        if (row := index.row(case_id))
    ],
    "reported": lambda index: [
        [(row["id"], index.row_levels()(row, until)) for row in index.report_rows(since, until, whole=True)]
        for since, until in WEEKS
    ],
    "lately": lambda index: [row["id"] for row in index.report_rows(*WEEKS[0])],
    "earlier": lambda index: [sorted(index.earlier(since, NOW)) for since, _until in WEEKS],
    "customer": lambda index: [index.customer_of(f"138000000{number:02d}", None) for number in (7, 41, 50)],
    "spent": lambda index: [index.spent("P-000041", since) for since, _until in WEEKS],
    "granted": lambda index: [row["id"] for row in index.granted_rows(0)],
    "grants": lambda index: index.grants(),
    "lessons": lambda index: [index.lessons(since, NOW) for since, _until in WEEKS],
    "upheld": lambda index: index.upheld(NOW),
    "measures": lambda index: index.measures(),
    "count": lambda index: (index.count(), index.count(open_only=True), index.unreadable(), index.entries()),
    "near": lambda index: index.near("C-20240308-00000Z"),
    "tied": lambda index: index.tied("C-20240304-000003"),
    "others": lambda index: {
        key: found for (key,) in index._all("SELECT DISTINCT key FROM keys") if (found := same_key(index, key))
    },
}  # fmt: skip


def _changed(chance: random.Random) -> dict[str, Any]:
    """What a commit changes."""
    month, number = chance.choice((*OLD, *NEW)), chance.randrange(1, 20)
    case = case_of(month, number)
    reopened = [case["closures"][0] | {"reopened": signed(reason="again", at="2026-11-18T09:00:00+08:00")}]
    measure = signed(measure="look twice", owner="li.na", due="2026-12-01")
    link = signed(case="C-20240304-000003", why="same")
    other = a_policy(deadlines=CLOCKS, version="2")
    staff = {"staff": [{"id": "li.na", "active": True}, {"id": f"n{number}", "active": True}]}
    return chance.choice(
        [
            as_files(case),
            as_files(case_of(month, number, None)),
            as_files(case_of(month, number, "duplicate")),
            as_files(case_of(month, number, closures=reopened, state="assigned")),
            as_files(case_of(month, number, improvements=[measure], links=[link])),
            as_files(*(case_of(month, one) for one in range(number, number + 3))),
            {path_of(case): b"state: [\n"},
            {path_of(case): None},
            {"policies/staff.yaml": written(staff)},
            {"policies/calendar.yaml": written({"weekend": [chance.choice(["fri", "sun"])]})},
            {
                "policies/past/corner-shop-1.yaml": written(POLICY),
                "policies/corner-shop.yaml": written(other),
            },
            {"policies/past/corner-shop-1.yaml": None, "policies/corner-shop.yaml": written(other)},
            {"policies/past/corner-shop-1.yaml": None, "policies/corner-shop.yaml": written(POLICY)},
        ]
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 1 << 30),
    asked=st.lists(st.lists(st.sampled_from(sorted(QUESTIONS)), max_size=4), min_size=1, max_size=4),
)
def test_the_answers_are_those_of_an_index_that_holds_everything(seed, asked, tmp_path_factory):
    chance = random.Random(seed)
    register = shop(tmp_path_factory.mktemp("shop"), *some())
    for names in asked:
        with (anew if chance.random() < 0.3 else indexed)(register) as index, whole(register) as other:
            for name in names:
                assert QUESTIONS[name](index) == QUESTIONS[name](other), name
        if chance.random() < 0.8:
            register.commit(_changed(chance))


@pytest.mark.parametrize("month", [*OLD, *NEW])
def test_a_recorded_step_is_taken_over_or_caught_up_with(register, month):
    case = case_of(month, 3, None)
    with indexed(register) as index:
        old = register.head
        new = register.commit(as_files(case))
        blob = register.repository.read(new, [path_of(case)])[path_of(case)].id
        index.record(old, new, path_of(case), blob, case)
        with whole(register) as other:
            for name, ask in QUESTIONS.items():
                assert ask(index) == ask(other), name


def test_an_index_as_of_another_commit_answers_alike(register):
    before = register.head
    register.commit(as_files(case_of("2024-03", 7, None), case_of("2026-11", 33, None)))
    indexed(register).close()
    with Index.at(register.repository, before) as index, whole(register) as other:
        other.refresh(before)
        for name, ask in QUESTIONS.items():
            assert ask(index) == ask(other), name


# -- what is taken could have been summed up


@pytest.mark.parametrize("sample", sorted(Path("cases").glob("*/*/*.yaml"))[::5], ids=lambda path: path.stem)
def test_what_is_put_off_has_no_fault_and_matters_no_longer(sample, tmp_path, monkeypatch):
    case = read_case(sample.read_bytes(), sample.name)
    policy = json.loads(json.dumps(POLICY))
    sha256 = hashlib.sha256(b"").hexdigest()
    parsed = Parsed(
        "policies/corner-shop.yaml", "b", sha256, "corner-shop", "1", json.dumps({"data": policy})
    )
    settings_of_it = Parsed("policies/register.yaml", "b", "", None, None, json.dumps({"data": SETTINGS}))
    documents = Documents([parsed, settings_of_it], lambda _path, _blob: "")
    case["policy"] = {"name": "corner-shop", "version": "1", "sha256": sha256}
    assert schema.valid("case", case)
    signed_at = summary.instants(case)
    before = epoch("2027-06-01T00:00:00+08:00")
    sieve = bygone.Sieve(before, documents.work_calendar)
    summed = casefiles.Reader(documents).sum_up(case, signed_at)
    taken = sieve.takes(case, signed_at, policy, sha256)
    assert not taken or (summed.row is None and summed.matters_until < before and not summed.brief["owing"])
    assert not bygone.Sieve(summed.brief["last"], documents.work_calendar).takes(
        case, signed_at, policy, sha256
    )
    assert bygone.longest(policy) >= max(hit.window for hit in levels.hits(case, policy))


def test_summing_all_up_leaves_no_long_log_for_later_commands_to_go_through(register, monkeypatch):
    log = indexfile.location(register.repository.common_dir)
    log = log.with_name(f"{log.name}-wal")
    with indexed(register) as index:
        assert put_off(index)
        monkeypatch.setattr(indexfile, "_LONG", 1 << 40)
        register.commit(as_files(case_of("2026-11", 40, None)))
        index.refresh(register.head)
        assert log.stat().st_size, "a step goes through the log"
        monkeypatch.setattr(indexfile, "_LONG", 0)
        index.complete()
        assert not put_off(index)
        assert log.stat().st_size == 0
        register.commit(as_files(case_of("2026-11", 41, None)))
        index.refresh(register.head)
        assert log.stat().st_size == 0
        monkeypatch.setattr(indexfile, "_LONG", 1 << 40)
        register.commit(as_files(case_of("2026-11", 42, None)))
        index.refresh(register.head)
        monkeypatch.setattr(indexfile, "_LONG", 0)
        reader = sqlite3.connect(log.with_name(log.name.removesuffix("-wal")))
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM cases").fetchone()
        register.commit(as_files(case_of("2026-11", 43, None)))
        begun = time.monotonic()
        index.refresh(register.head)
        assert time.monotonic() - begun < indexfile.WAIT / 2, "nobody waits for a reader"
        assert log.stat().st_size
        reader.close()

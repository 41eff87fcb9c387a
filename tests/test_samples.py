"""The sample register at the project's top: made by a script, always the same, right in every figure."""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from complaintctl import schema
from complaintctl.lifecycle import STATES
from complaintctl.yamlfile import emit_case, read_case
from tests import make_samples
from tests.shop import Ran, run

ROOT = make_samples.ROOT
DOCUMENTS = ("policies/register.yaml", "policies/staff.yaml", "policies/calendar.yaml")
AGAIN = (
    "The sample register is not what tests/make_samples.py makes. After a change of the stories in "
    "tests/samples/, of policies/supermarket.yaml or of what a step writes: "
    "`python tests/make_samples.py`, look at the diff, commit it."
)
WEEK, START, END = "2026-W47", "2026-11-16T00:00:00+08:00", "2026-11-23T00:00:00+08:00"


def sample_files(root: Path) -> dict[str, bytes]:
    """Everything that the script makes: path -> bytes."""
    cases = (path for path in (root / "cases").rglob("*") if path.is_file() and path.name != "README.md")
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in [*cases, *(root / name for name in DOCUMENTS)]
    }


def sample_cases() -> list[Any]:
    """The cases of the checkout, read by another library than the program's."""
    paths = sorted((ROOT / "cases").glob("*/*/*.yaml"))
    return [YAML(typ="safe", pure=True).load(path.read_text("utf-8")) for path in paths]


@pytest.fixture(scope="module")
def cases() -> list[Any]:
    return sample_cases()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The sample register as somebody has it after `git clone`."""
    folder = tmp_path / "clone"
    for path, data in sample_files(ROOT).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    shutil.copy(ROOT / "policies/supermarket.yaml", folder / "policies")
    shutil.copytree(ROOT / "schemas", folder / "schemas")
    git = ("git", "-C", str(folder), "-c", "user.name=A", "-c", "user.email=a@b.example")
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-qm", "sample")):
        subprocess.run([*git, *words], check=True, capture_output=True)
    return folder


def look(clone: Path, *words: str) -> Ran:
    """A verb in the clone, on the Monday after the week of the samples."""
    return run("-C", str(clone), "--now", "2026-11-23T09:00:00+08:00", *words)


# --- made by a script ----------------------------------------------------------------------------


@pytest.mark.slow
def test_the_script_makes_the_sample_register_again_byte_for_byte(tmp_path: Path) -> None:
    make_samples.make(tmp_path)
    made, kept = sample_files(tmp_path), sample_files(ROOT)
    assert sorted(made) == sorted(kept), AGAIN
    differing = [path for path in kept if made[path] != kept[path]]
    assert not differing, AGAIN


def test_every_case_pins_the_policy_that_is_shipped(cases: list[Any]) -> None:
    shipped = hashlib.sha256((ROOT / "policies/supermarket.yaml").read_bytes()).hexdigest()
    assert {case["policy"]["sha256"] for case in cases} == {shipped}, AGAIN


def test_the_pictures_and_pages_are_real_ones() -> None:
    _lines, files = make_samples.stories(make_samples.STORIES)
    assert {Path(name).suffix for name in files} == {".png", ".pdf", ".txt"}
    for name, data in files.items():
        if name.endswith(".png"):
            width, height = struct.unpack(">II", data[16:24])
            length = struct.unpack(">I", data[33:37])[0]
            assert len(zlib.decompress(data[41 : 41 + length])) == height * (1 + 3 * width), name
        elif name.endswith(".pdf"):
            place = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
            assert data[place : place + 4] == b"xref", name


# --- what a supermarket gets -----------------------------------------------------------------------


def test_there_is_a_case_in_every_state_and_in_three_languages(cases: list[Any]) -> None:
    assert len(cases) >= 16
    assert {case["state"] for case in cases} == set(STATES)
    assert {case["customer"].get("language") for case in cases} >= {"zh-CN", "es", "en"}
    assert {case["kind"] for case in cases} == {"complaint", "help", "enquiry", "venting"}


def test_the_samples_show_what_a_case_can_hold(cases: list[Any]) -> None:
    sections = {name for case in cases for name in case}
    assert sections == set(json.loads(schema.schema_text("case"))["properties"])
    outcomes = {closure["outcome"] for case in cases for closure in case.get("closures", ())}
    assert outcomes >= {
        "satisfied", "very-satisfied", "explained", "final-response-declined", "answered", "withdrawn",
        "no-contact", "duplicate", "entered-in-error",
    }  # fmt: skip
    proposals = [proposal for case in cases for proposal in case.get("proposals", ())]
    assert {p["decision"]["outcome"] for p in proposals if "decision" in p} == {"approved", "returned"}
    assert {p["decision"]["via"] for p in proposals if "decision" in p} == {"cli", "settle"}
    assert any("exception" in p for p in proposals)
    assert any("agreement" in p.get("answer", {}) for p in proposals)
    assert any(r.get("rule") == "unsafe-food" for p in proposals for r in p["remedies"])
    holds = [hold for case in cases for hold in case.get("holds", ())]
    assert {"resumed_at" in hold for hold in holds} == {True, False}
    measures = [measure for case in cases for measure in case.get("improvements", ())]
    assert {"done_at" in measure for measure in measures} == {True, False}


def test_what_is_declined_was_then_decided_one_rank_up(cases: list[Any]) -> None:
    ladder = ["clerk", "head", "vice-president", "manager"]
    again = 0
    for case in cases:
        proposals = case.get("proposals", [])
        for before, after in pairwise(proposals):
            if before.get("answer", {}).get("outcome") == "declined" and "decision" in after:
                again += 1
                ranks = [ladder.index(one["decision"]["role"]) for one in (before, after)]
                assert ranks[1] > ranks[0], case["id"]
    assert again >= 2


def test_repetition_alone_raises_three_customers_in_one_queue(clone: Path) -> None:
    rows = json.loads(look(clone, "list", "--all", "--category", "shopping.queue", "--json").out)
    assert [row["level"] for row in rows] == [2, 2, 2]
    assert len({row["customer"] for row in rows}) == 3


# --- right, and for reading --------------------------------------------------------------------------


def test_all_cases_are_valid_canonical_and_read_alike_by_another_library(cases: list[Any]) -> None:
    paths = sorted((ROOT / "cases").glob("*/*/*.yaml"))
    for path, other in zip(paths, cases, strict=True):
        data = path.read_bytes()
        case = read_case(data, path.name)
        assert schema.valid("case", case), path.name
        assert emit_case(case) == data, path.name
        assert case == other, path.name


def test_every_decision_carries_the_digest_of_its_proposal(cases: list[Any]) -> None:
    decided = 0
    for case in cases:
        for proposal in case.get("proposals", ()):
            if "decision" in proposal:
                decided += 1
                assert proposal["decision"]["digest"] == digest(case, proposal), case["id"]
    assert decided >= 15


def digest(case: Any, proposal: Any) -> str:
    """What the design says of it, written down once more."""
    what = {
        "v": "1",
        "case": case["id"],
        "round": str(proposal.get("round", 1)),
        "currency": case["currency"],
        "remedies": [
            {k: r.get(k, "") for k in ("kind", "amount", "cost", "rule")} for r in proposal["remedies"]
        ],
        "tasks": [{k: t[k] for k in ("department", "what")} for t in proposal.get("tasks", ())],
        "exception": proposal.get("exception", ""),
        **{k: proposal[k] for k in ("reason", "by", "at")},
        "policy": case["policy"]["sha256"],
    }
    text = json.dumps(what, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def test_check_finds_nothing_in_a_clone(clone: Path) -> None:
    ran = look(clone, "check")
    assert (ran.code, ran.out) == (0, "")
    assert "0 problems" in ran.err


@pytest.mark.parametrize(
    "words",
    [
        ("new", "--channel", "desk", "--complaint", "x"),
        ("contact", "{case}", "--by", "phone", "--note", "x"),
        ("contact", "{case}", "--by", "phone", "--note", "x", "--dry-run"),
        ("staff", "retire", "he.jing"),
        ("calendar", "update", "2027"),
    ],
    ids=["new", "contact", "contact --dry-run", "staff retire", "calendar update"],
)
def test_a_step_in_the_sample_register_is_refused_with_a_hint(clone: Path, words: tuple[str, ...]) -> None:
    before = (clone / ".git" / "refs" / "heads" / "main").read_text()
    case = next((clone / "cases").glob("*/*/*.yaml")).stem
    ran = run("-C", str(clone), "--as", "lin.fang", *(word.format(case=case) for word in words))
    assert (ran.code, ran.out) == (4, "")
    assert "sample register" in ran.err
    assert "complaintctl demo" in ran.err
    assert "complaintctl init DIR" in ran.err
    assert (clone / ".git" / "refs" / "heads" / "main").read_text() == before


def test_every_case_can_be_shown_in_three_languages(clone: Path, cases: list[Any]) -> None:
    for number, case in enumerate(cases):
        ran = look(clone, "--language", ("en", "zh-CN", "es")[number % 3], "show", case["id"])
        assert ran.code == 0, ran
        assert case["complaint"] in ran.out
        assert ran.err == ""


def test_something_is_overdue_and_due_says_so_by_its_exit_code(clone: Path) -> None:
    late = json.loads(look(clone, "list", "--overdue", "--json").out)
    assert late
    assert look(clone, "due").code == 7


# --- the week, counted once more in a plain loop -----------------------------------------------------


def within(at: str) -> bool:
    return datetime.fromisoformat(START) <= datetime.fromisoformat(at) < datetime.fromisoformat(END)


def spans(case: Any) -> Iterator[tuple[str, str | None]]:
    """From when until when a case was open, once for each round."""
    begin = case["intake"]["received_at"]
    for closure in case.get("closures", ()):
        yield begin, closure["at"]
        if "reopened" not in closure:
            return
        begin = closure["reopened"]["at"]
    yield begin, None


def figures(cases: list[Any]) -> dict[str, Any]:
    """The figures of the week, as somebody with a pencil would take them from the files."""
    start, end = datetime.fromisoformat(START), datetime.fromisoformat(END)
    count: Counter[str] = Counter()
    category: Counter[str | None] = Counter()
    channel: Counter[str] = Counter()
    cost: dict[str, Decimal] = {}
    for case in cases:
        for number, (begin, over) in enumerate(spans(case)):
            first = datetime.fromisoformat(begin)
            last = datetime.fromisoformat(over) if over else None
            count["open_start"] += first < start and (last is None or last >= start)
            count["open_end"] += first < end and (last is None or last >= end)
            count["reopened" if number else "received"] += start <= first < end
            count["closed"] += last is not None and start <= last < end
        if within(case["intake"]["received_at"]):
            category[case.get("classification", {}).get("category")] += 1
            channel[case["intake"]["channel"]] += 1
            count["requests"] += case["kind"] != "complaint"
        for proposal in case.get("proposals", ()):
            for remedy in proposal["remedies"]:
                if "done" in remedy and within(remedy["done"]["at"]):
                    cost[remedy["kind"]] = cost.get(remedy["kind"], Decimal(0)) + Decimal(remedy["cost"])
    return {"count": count, "category": category, "channel": channel, "cost": cost}


def test_the_weekly_report_says_what_a_plain_loop_over_the_files_says(clone: Path, cases: list[Any]) -> None:
    tables = look(clone, "report", "weekly", "--week", WEEK, "--format", "json").json["tables"]
    mine = figures(cases)
    headline = tables["headline"]["rows"][0]
    wanted = ("open_start", "received", "requests", "reopened", "closed", "open_end")
    assert {name: headline[name] for name in wanted} == {name: mine["count"][name] for name in wanted}
    assert mine["count"]["received"] >= 5
    assert mine["count"]["closed"] >= 3
    assert {row["category"]: row["n"] for row in tables["category"]["rows"] if row["n"]} == mine["category"]
    assert {row["channel"]: row["n"] for row in tables["channel"]["rows"] if row["n"]} == mine["channel"]
    paid = {row["remedy"]: Decimal(row["cost"]) for row in tables["remedies"]["rows"] if row["executed"]}
    assert paid == mine["cost"]
    assert Decimal(headline["redress_paid"]) == sum(mine["cost"].values()) > 0


@pytest.mark.slow
def test_a_sample_that_was_made_anew_misses_no_case_of_the_old_one(tmp_path: Path) -> None:
    folder = tmp_path / "clone"
    for name in ("cases", "policies", "schemas"):
        shutil.copytree(ROOT / name, folder / name)
    stray = folder / "cases/2026/11/C-20261101-000000.yaml"
    stray.write_text("a case of an older sample", "utf-8")
    git = ["git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@shop.example"]
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    for message in ("old", "new"):
        subprocess.run([*git, "add", "-A"], check=True)
        subprocess.run([*git, "commit", "-qm", message], check=True)
        stray.unlink(missing_ok=True)
    ran = run("-C", str(folder), "check")
    assert (ran.code, ran.out) == (0, "")


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        ("case", "cases/*/*/*.yaml"),
        ("register", "policies/register.yaml"),
        ("staff", "policies/staff.yaml"),
        ("calendar", "policies/calendar.yaml"),
        ("policy", "policies/supermarket.yaml"),
    ],
)
def test_another_program_accepts_every_sample_with_the_schemas(kind: str, pattern: str) -> None:
    files = sorted(map(str, ROOT.glob(pattern)))
    schema_file = ROOT / f"schemas/{kind}.schema.json"
    ran = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--schemafile", str(schema_file), *files],
        check=False,
        capture_output=True,
        text=True,
    )
    assert files
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_first_line_of_a_case_leads_an_editor_to_the_schema() -> None:
    for file in ROOT.glob("cases/*/*/*.yaml"):
        first = file.read_text("utf-8").splitlines()[0]
        where = first.removeprefix("# yaml-language-server: $schema=")
        assert (file.parent / where).resolve() == ROOT / "schemas/case.schema.json"

"""What a review found, one promise each: through the command line, with the exit codes that scripts rely on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from complaintctl.commands import new, session
from tests.scenarios import road
from tests.shop import MILK, START, Shop, run

if TYPE_CHECKING:
    from tests.scenarios.road import Place

ROOT = Path(__file__).parents[2]
OWNER = ("--owner", "boss:Ann Lee <boss@shop.example>")
FULL = Path("/dev/full")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A register with a case that waits for an investigation."""
    return road.at("assigned", tmp_path / "place")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A register without cases."""
    return Shop.make(tmp_path / "shop")


# ── Taking a step back ──────────────────────────────────────────────────────────────────────────────


def test_undo_takes_the_evidence_file_away_with_its_entry(place: Place) -> None:
    # S0-12
    add = ("evidence", "add", place.case, str(place.photo))
    place.shop.do("li.na", *add)
    beside = place.file.with_suffix("")
    (file,) = beside.iterdir()
    commits = place.shop.commits()
    undo = ("undo", place.case, "--reason", "wrong bottle")
    place.shop.do("li.na", *undo, "--dry-run")
    assert file.read_bytes() == road.PHOTO
    place.shop.do("li.na", *undo)
    assert place.shop.commits() == commits + 1
    assert not file.exists()
    assert (
        place.shop.git("ls-tree", "-r", "--name-only", "HEAD", str(beside.relative_to(place.shop.folder)))
        == ""
    )
    place.shop.do("", "check")
    place.shop.wait(minutes=1).do("li.na", *add)
    assert file.read_bytes() == road.PHOTO
    place.shop.do("", "check")


def test_undo_keeps_the_evidence_of_earlier_steps(place: Place) -> None:
    other = place.photo.with_name("other.jpg")
    other.write_bytes(road.PHOTO + b", and from behind")
    for photo in (place.photo, other):
        place.shop.do("li.na", "evidence", "add", place.case, str(photo))
    place.shop.do("li.na", "undo", place.case, "--reason", "wrong bottle")
    (kept,) = place.file.with_suffix("").iterdir()
    assert kept.read_bytes() == road.PHOTO
    place.shop.do("", "check")


# ── Times and numbers out of reach ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "now",
    [
        "0001-01-01T00:00:00+00:00",
        "1969-12-31T23:59:59+00:00",
        "2201-01-01T00:00:00+00:00",
        "9999-12-31T23:59:59-12:00",
    ],
)
def test_a_clock_out_of_reach_is_a_wrong_option(place: Place, now: str) -> None:
    for words in (("contact", place.case, "--by", "phone", "--note", "x"), ("list",), ("due",)):
        ran = run("-C", str(place.shop.folder), "--as", "li.na", "--now", now, *words)
        assert ran.code == 2, ran
        assert "--now" in ran.err


@pytest.mark.parametrize("year", ["0001", "1969", "2201", "9999"])
@pytest.mark.parametrize(
    ("option", "rest"),
    [
        ("--purchased-on", "-01-01"),
        ("--produced-on", "-12-31"),
        ("--occurred-at", "-12-31T23:59:59"),
        ("--received-at", "-01-01T00:00:00-12:00"),
        ("--received-at", "-12-31T23:59:59+14:00"),
    ],
)
def test_a_time_out_of_reach_is_a_wrong_option(shop: Shop, option: str, rest: str, year: str) -> None:
    words = [*MILK, option, year + rest]
    assert option in shop.refuse(2, "li.na", "new", *words).err


def test_a_date_of_amend_improve_and_hold_is_in_reach(place: Place) -> None:
    case = place.case
    for words in (
        ("amend", case, "--set", "about.occurred_at=9999-12-31T23:59:59", "--reason", "x"),
        ("improve", case, "--measure", "alarm", "--owner", "wu.lei", "--due", "9999-12-31"),
        ("hold", case, "--for", "test", "--reason", "x", "--until", "9999-12-31"),
    ):
        place.shop.refuse(2, "li.na", *words)


@pytest.mark.parametrize("week", ["9999-W52", "9999-W53", "0000-W01", "0001-W01", "٢٠٢٦-W47", "2026-W５4"])
def test_a_week_out_of_reach_is_a_wrong_option(shop: Shop, week: str) -> None:
    shop.refuse(2, "li.na", "list", "--week", week)
    shop.refuse(2, "li.na", "report", "weekly", "--week", week)


@pytest.mark.parametrize("limit", ["-1", "1000000001", "99999999999999999999", "٣"])
def test_a_limit_of_list_is_a_number_that_a_list_can_have(shop: Shop, limit: str) -> None:
    ran = shop.run("li.na", "list", "--limit", limit)
    assert ran.code == (0 if limit == "٣" else 2), ran
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("within", ["", " ", "٢d", "２d", "2", "d", "-1d", "999999d"])
def test_due_within_is_a_time_in_plain_digits(shop: Shop, within: str) -> None:
    assert "--within" in shop.refuse(2, "li.na", "due", "--within", within).err


@pytest.mark.parametrize("year", ["1999", "2100", "1970", "2200"])
def test_the_calendar_takes_the_years_that_its_schema_has(shop: Shop, year: str) -> None:
    shop.refuse(2, "boss", "calendar", "update", year)


def test_no_register_begins_where_no_calendar_reaches(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    ran = run("--now", "2150-01-01T00:00:00+08:00", "init", str(folder), *OWNER)
    assert ran.code == 2, ran
    assert "--now" in ran.err
    assert not folder.exists()


# ── Nothing that goes wrong with printing counts ────────────────────────────────────────────────────


class Broken(Exception):
    """A fault that nobody foresaw."""


def test_a_fault_of_printing_after_new_is_a_warning(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_any: object) -> None:
        raise Broken

    monkeypatch.setattr(new, "_answer", broken)
    commits = shop.commits()
    ran = shop.run("li.na", "new", *MILK)
    assert ran.code == 0, ran
    assert "recorded, but not shown: Broken" in ran.err
    assert shop.commits() == commits + 1


def test_a_fault_of_printing_after_a_step_is_a_warning(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_any: object) -> None:
        raise Broken

    monkeypatch.setattr(session.Session, "_finish", broken)
    ran = place.shop.run("li.na", "contact", place.case, "--by", "phone", "--note", "called")
    assert ran.code == 0, ran
    assert "recorded, but not shown: Broken" in ran.err


def _into_full(shop: Shop | None, *words: str) -> int:
    """The exit code of a real process whose output finds no room."""
    where = ("-C", str(shop.folder), "--as", "boss") if shop else ()
    with FULL.open("wb") as full:
        return subprocess.run(
            [sys.executable, "-m", "complaintctl", *where, "--now", START, "--no-input", *words],
            stdout=full, stderr=full, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
        ).returncode  # fmt: skip


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    "words",
    [
        ("staff", "add", "x", "--name", "X", "--email", "x@shop.example", "--role", "clerk"),
        ("staff", "edit", "li.na", "--role", "head"),
        ("staff", "retire", "li.na"),
        ("calendar", "update", "2031"),
        ("new", *MILK),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_what_is_committed_succeeded_though_nobody_could_read_it(shop: Shop, words: tuple[str, ...]) -> None:
    commits = shop.commits()
    assert _into_full(shop, *words) == 0
    assert shop.commits() == commits + 1


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
def test_rules_and_schemas_are_committed_though_nobody_could_read_it(shop: Shop) -> None:
    rules = shop.folder / "policies" / "supermarket.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace('"50.00"', '"60.00"'), encoding="utf-8")
    commits = shop.commits()
    assert _into_full(shop, "policy", "save", "--reason", "higher") == 0
    assert shop.commits() == commits + 1
    schema = shop.folder / "schemas" / "case.schema.json"
    schema.write_text("{}\n", encoding="utf-8")
    shop.git("-c", "user.name=A", "-c", "user.email=a@b.example", "commit", "-qam", "an old schema")
    assert _into_full(shop, "upgrade") == 0
    assert shop.commits() == commits + 3
    assert _into_full(shop, "policy", "use", "supermarket") == 0


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
def test_a_register_is_made_though_nobody_could_read_it(tmp_path: Path) -> None:
    assert _into_full(None, "init", str(tmp_path / "shop"), *OWNER) == 0
    Shop(tmp_path / "shop").do("boss", "list")


# ── How a register begins ───────────────────────────────────────────────────────────────────────────


def test_a_register_in_a_repository_keeps_its_branch(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    subprocess.run(["git", "init", "-q", "-b", "trunk", str(folder)], check=True)
    ran = run("--now", START, "init", str(folder), *OWNER)
    assert ran.code == 0, ran
    made = Shop(folder)
    assert 'branch: "trunk"' in (folder / "policies" / "register.yaml").read_text(encoding="utf-8")
    made.do("boss", "new", "--channel", "desk", "--complaint", "no trolley was free")
    assert made.git("branch", "--list", "--format=%(refname:short)").split() == ["trunk"]


@pytest.mark.parametrize("words", [("--currency", "JPY"), ("--country", "JP")])
def test_a_currency_in_which_the_rules_cannot_be_written_is_refused(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    ran = run("--now", START, "init", str(tmp_path / "shop"), *words, *OWNER)
    assert ran.code == 2, ran
    assert "--currency" in ran.err
    assert not (tmp_path / "shop").exists()


def test_a_currency_with_as_many_decimals_is_put_into_the_rules(tmp_path: Path) -> None:
    ran = run("--now", START, "init", str(tmp_path / "shop"), "--currency", "EUR", *OWNER)
    assert ran.code == 0, ran
    Shop(tmp_path / "shop").do("", "check")


def test_a_dry_run_of_init_refuses_what_init_refuses(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "other" / "policies").mkdir(parents=True)
    (tmp_path / "other" / "policies" / "staff.yaml").write_text("mine\n", encoding="utf-8")
    for folder in (shop.folder, tmp_path / "other"):
        assert run("--now", START, "init", str(folder), "--dry-run", *OWNER).code == 4


def test_a_dry_run_of_demo_prints_its_commands_and_makes_nothing(shop: Shop, tmp_path: Path) -> None:
    ran = run("demo", str(tmp_path / "demo"), "--dry-run")
    assert ran.code == 0, ran
    lines = ran.out.splitlines()
    assert all(line.startswith("$ complaintctl ") for line in lines)
    for verb in ("init", "staff add", "new", "propose", "close", "report weekly"):
        assert any(f" {verb} " in line for line in lines), verb
    assert not (tmp_path / "demo").exists()
    assert run("demo", str(shop.folder), "--dry-run").code == 4


# ── Rules and staff ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name", ["register", "staff", "calendar", "past/supermarket-1", "../x", "", "nobody"]
)
def test_only_a_rule_set_is_put_in_force(shop: Shop, name: str) -> None:
    shop.refuse(2, "boss", "policy", "use", name)


def _own_rules(shop: Shop, old: str, new_text: str) -> None:
    text = (shop.folder / "policies" / "supermarket.yaml").read_text(encoding="utf-8")
    assert old in text
    path = shop.folder / "policies" / "corner.yaml"
    path.write_text(
        text.replace("name: supermarket", "name: corner", 1).replace(old, new_text, 1), encoding="utf-8"
    )
    shop.git("add", "policies/corner.yaml")
    shop.git("-c", "user.name=A", "-c", "user.email=a@b.example", "commit", "-qm", "our rules")


@pytest.mark.parametrize(
    ("old", "new_text"),
    [
        ("name: corner", "name: other"),  # does not say what its file says
        ('limit: "50.00"', 'limit: "50000.00"'),  # a ladder that goes down
        ('limit: "50.00"', "limit: 50.00"),  # no text
    ],
)
def test_broken_rules_are_not_put_in_force(shop: Shop, old: str, new_text: str) -> None:
    if old == "name: corner":
        _own_rules(shop, 'version: "1"', 'version: "1"')
        path = shop.folder / "policies" / "corner.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace(old, new_text, 1), encoding="utf-8")
        shop.git("-c", "user.name=A", "-c", "user.email=a@b.example", "commit", "-qam", "another name")
    else:
        _own_rules(shop, old, new_text)
    shop.refuse(3, "boss", "policy", "use", "corner")
    shop.do("li.na", "new", *MILK)


ADD = {"ident": "ann", "--name": "Ann", "--email": "ann@shop.example", "--role": "clerk"}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("ident", "A"), ("ident", " "), ("ident", ""), ("ident", "a b"), ("ident", "a\nb"), ("ident", "a" * 65),
        ("--email", "a"), ("--email", ""), ("--email", "a@b\n.example"), ("--email", "li.na@shop.example"),
        ("--email", "LI.NA@shop.example"), ("--name", " "), ("--name", "\t"), ("--name", "a\x1b[2J"), ("--name", "a\nb"),
        ("--name", "x" * 501), ("--role", "king"), ("--role", "Cashier"), ("--department", "moon"), ("--department", " "),
        ("--key", "a\nb"),
    ],
    ids=ascii,
)  # fmt: skip
def test_a_wrong_value_for_a_member_of_staff_names_its_option(shop: Shop, option: str, value: str) -> None:
    given = {**ADD, option: value}
    ident = given.pop("ident")
    words = [word for pair in given.items() for word in pair]
    named = "ID" if option == "ident" else option
    assert named in shop.refuse(2, "boss", "staff", "add", *words, "--", ident).err
    if option != "ident" and value != "li.na@shop.example":
        edited = shop.refuse(2, "boss", "staff", "edit", "zhao.wei", option, value)
        assert option in edited.err


def test_somebody_may_keep_their_own_address(shop: Shop) -> None:
    shop.do("boss", "staff", "edit", "li.na", "--email", "li.na@shop.example", "--name", "Li Na")


def test_the_last_of_the_top_role_stays_so(shop: Shop) -> None:
    for words in (("edit", "boss", "--role", "clerk"), ("retire", "boss")):
        assert "last general manager" in shop.refuse(1, "boss", "staff", *words).err
    shop.do("boss", "staff", "edit", "qian.li", "--role", "manager")
    shop.do("boss", "staff", "edit", "boss", "--role", "clerk")
    shop.refuse(1, "qian.li", "staff", "retire", "qian.li")


# ── Looking ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("stray", ["cases/2026/note.txt", "cases/x/y.yaml", "cases/x/y/z", "cases/note.txt"])
def test_check_names_a_stray_file_and_goes_on(place: Place, stray: str) -> None:
    path = place.shop.folder / stray
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x\n", encoding="utf-8")
    place.file.write_text("x\n", encoding="utf-8")
    ran = place.shop.run("", "check")
    assert ran.code == 3, ran
    assert stray in ran.out + ran.err
    assert place.case in ran.out + ran.err


def test_refusals_speak_of_roles_as_the_policy_does(shop: Shop) -> None:
    for language, top, own in (("en", "a general manager", "clerk"), ("zh-CN", "总经理", "员工")):
        said = shop.refuse(1, "li.na", "--language", language, "staff", "retire", "boss").err
        assert top.casefold() in said.casefold()
        assert own.casefold() in said.casefold()

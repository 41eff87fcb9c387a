"""Bad input through the command line: the right exit code, a message without a traceback or a customer's data,
and nothing changed (`Shop.refuse` asserts all three)."""

from __future__ import annotations

import os
import re
import subprocess
import unicodedata
from pathlib import Path

import pytest

from tests.scenarios import road
from tests.scenarios.road import ANY_TIME, STEPS, Made, Place
from tests.shop import MILK, Ran, Shop, run

ROOT = Path(__file__).parents[2]
CLASSIFY = ("--category", "goods.spoiled")
CALL = ("--by", "phone", "--note", "called")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A register with a case that waits for an investigation."""
    return road.at("assigned", tmp_path / "place")


def world(**more: str) -> dict[str, str]:
    """The environment of a real process."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


# ── Which case ──────────────────────────────────────────────────────────────────────────────────────

IDS = ["C-20261116-ZZZZZZ", "nonsense", "../x", "../../etc/passwd", "--help-me", "-rf", "C:\\x", "CON", "aux.yaml", "a.",
       "x" * 300, "", " ", "%s", "*", "王", "\x1b[2J", "a\nb", "C-20261116-1234567", "'; DROP TABLE cases"]  # fmt: skip


@pytest.mark.parametrize("ident", IDS, ids=ascii)
def test_an_unknown_case_is_a_wrong_value(place: Place, ident: str) -> None:
    # C7
    for words in (("classify", ident, *CLASSIFY), ("show", ident), ("contact", ident, *CALL),
                  ("evidence", "add", ident, str(place.photo)), ("link", place.case, "--to", ident)):  # fmt: skip
        refused = place.shop.refuse(2, "li.na", *words)
        assert not controls(refused.err), words


def controls(text: str) -> list[str]:
    """The control characters of a text, newlines apart."""
    return [sign for sign in text if unicodedata.category(sign) in {"Cc", "Cf", "Cs"} and sign != "\n"]


def test_an_ambiguous_case_names_those_meant(place: Place) -> None:
    refused = place.shop.refuse(2, "li.na", "classify", "C-2026", *CLASSIFY)
    assert place.case in refused.err
    assert place.other in refused.err


def test_any_part_of_an_id_in_any_letter_case_will_do(place: Place) -> None:
    part = place.case[-6:].lower()
    if part in place.other.lower():
        pytest.skip("both ids hold it")
    assert place.shop.show(part)["id"] == place.case


def test_help_is_help_wherever_it_stands(place: Place) -> None:
    assert "Usage" in place.shop.do("", "show", "--help")


@pytest.mark.parametrize(
    "words",
    [
        ("clasify",),
        ("show",),
        ("classify", "x", "--nonsense"),
        ("new", "--channel"),
        ("-Q",),
        ("show", "a", "b"),
    ],
)
def test_a_wrong_command_line_is_a_wrong_command_line(place: Place, words: tuple[str, ...]) -> None:
    place.shop.refuse(2, "li.na", *words)


@pytest.mark.parametrize(
    "words",
    [
        ("new",), ("new", "--channel", "desk"), ("classify", "{case}"), ("assign", "{case}"), ("propose", "{case}"),
        ("propose", "{case}", "--remedy", "apology"), ("respond", "{case}"), ("fulfil", "{case}"), ("contact", "{case}"),
        ("hold", "{case}"), ("escalate", "{case}"), ("undo", "{case}"), ("reopen", "{case}"), ("amend", "{case}"),
        ("link", "{case}"), ("improve", "{case}"), ("follow-up", "{case}"), ("staff", "add", "x"), ("policy", "save"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_without_a_terminal_a_missing_option_is_named(place: Place, words: tuple[str, ...]) -> None:
    refused = place.shop.refuse(2, "boss", *place.words(words))
    assert "--" in refused.err


@pytest.mark.parametrize(
    ("verb", "option"),
    [
        ("new", "--complaint"),
        ("propose", "--reason"),
        ("contact", "--note"),
        ("escalate", "--reason"),
        ("amend", "--reason"),
    ],
)
@pytest.mark.parametrize("empty", ["", "   "])
def test_a_text_that_must_be_there_is_not_empty(tmp_path: Path, verb: str, option: str, empty: str) -> None:
    words = {
        "new": ("new", "--channel", "desk"),
        "propose": ("propose", "{case}", "--remedy", "apology"),
        "contact": ("contact", "{case}", "--by", "phone"),
        "escalate": ("escalate", "{case}"),
        "amend": ("amend", "{case}", "--set", "about.batch=1"),
    }[verb]
    place = road.at("investigated", tmp_path)
    before = place.shop.snapshot()
    ran = place.shop.run("li.na", *place.words(words), option, empty)
    assert ran.code in {2, 3}, ran
    assert place.shop.snapshot() == before


# ── Whose step, and when ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words",
    [("respond", "{case}", "--agreed"), ("fulfil", "{case}", "--all"), ("approve", "{case}"), ("resume", "{case}"),
     ("reopen", "{case}", "--reason", "x"), ("propose", "{case}", "--remedy", "apology", "--reason", "x"),
     ("settle", "{case}", "--remedy", "refund=12.90", "--reason", "x"), ("follow-up", "{case}", "--satisfaction", "5"),
     ("close", "{case}"), ("close", "{case}", "--outcome", "satisfied")],
    ids=lambda words: " ".join(words[::2]),
)  # fmt: skip
def test_a_step_out_of_order_says_where_the_case_stands_and_what_comes_next(
    place: Place, words: tuple[str, ...]
) -> None:
    refused = place.shop.refuse(1, "boss", *place.words(words))
    assert place.case in refused.err
    assert "Try:" in refused.err


@pytest.mark.parametrize("step", STEPS)
def test_no_step_is_made_on_a_closed_case(tmp_path: Path, step: str) -> None:
    if step == "reopen":
        pytest.skip("that one is")
    place = road.at("closed", tmp_path)
    made = STEPS[step]
    before = place.shop.snapshot()
    ran = place.shop.run(made.who, *place.words(made.words))
    assert (ran.code, "already" in ran.err) in {(1, False), (0, True)}, ran
    assert place.shop.snapshot() == before


def test_the_case_is_not_decided_by_whoever_proposed_it_or_is_meant(tmp_path: Path) -> None:
    # G1
    place = road.at("proposed", tmp_path)
    place.shop.refuse(1, "zhao.wei", "approve", place.case)
    place.shop.refuse(1, "zhao.wei", "approve", place.case, "--return", "better so")


@pytest.mark.parametrize("who", ["nobody", "", "LI.NA", "boss ", "--as", "李娜", "x" * 300])
def test_an_unknown_person_takes_no_step(place: Place, who: str) -> None:
    before = place.shop.snapshot()
    ran = run(
        "-C",
        str(place.shop.folder),
        "--as",
        who,
        "--now",
        place.shop.now.isoformat(),
        "contact",
        place.case,
        *CALL,
    )
    assert ran.code == (4 if not who else 2), ran
    assert place.shop.snapshot() == before


def test_somebody_who_has_left_takes_no_step_and_gets_no_case(place: Place) -> None:
    place.shop.do("boss", "staff", "retire", "zhao.wei")
    place.shop.refuse(2, "zhao.wei", "contact", place.case, *CALL)
    place.shop.refuse(1, "li.na", "assign", place.case, "--to", "zhao.wei", "--department", "goods")
    place.shop.refuse(2, "li.na", "assign", place.case, "--to", "nobody")


def test_staff_and_rules_are_not_everybodys(place: Place) -> None:
    place.shop.refuse(1, "li.na", "staff", "edit", "li.na", "--role", "manager")
    place.shop.refuse(1, "li.na", "policy", "save", "--reason", "x")
    place.shop.refuse(1, "boss", "staff", "retire", "boss")


@pytest.mark.parametrize("role", ["king", "", "Manager"])
def test_nobody_is_given_a_role_that_the_policy_does_not_have(place: Place, role: str) -> None:
    before = place.shop.snapshot()
    ran = place.shop.run("boss", "staff", "edit", "li.na", "--role", role)
    assert ran.code in {2, 3}, ran
    assert place.shop.snapshot() == before


NOW = ["2026-11-16T12:00:00", "2026-11-16", "noon", "", "2026-13-01T00:00:00+08:00", "99999-01-01T00:00:00+08:00", "0",
       "2026-11-16T12:00:00+99:00"]  # fmt: skip


@pytest.mark.parametrize("now", NOW)
def test_the_clock_needs_its_offset(place: Place, now: str) -> None:
    # F4
    before = place.shop.snapshot()
    ran = run("-C", str(place.shop.folder), "--as", "li.na", "--now", now, "contact", place.case, *CALL)
    assert ran.code == 2, ran
    assert place.shop.snapshot() == before


@pytest.mark.parametrize(
    "now", ["1970-01-01T00:00:00+00:00", "2026-11-16T10:00:00+08:00", "2026-11-16T12:19:59+10:00"]
)
def test_a_step_is_not_earlier_than_the_last_one(place: Place, now: str) -> None:
    # F4
    before = place.shop.snapshot()
    ran = run("-C", str(place.shop.folder), "--as", "li.na", "--now", now, "contact", place.case, *CALL)
    assert ran.code == 1, ran
    assert "earlier" in ran.err
    assert place.shop.snapshot() == before


def clock_warnings(ran: Ran) -> list[str]:
    assert ran.code == 0
    return re.findall(r"Warning: this step is dated [0-9]+ days (before|after)", ran.err)


def test_a_clock_far_ahead_is_warned_about(place: Place) -> None:
    # F4
    given = ("-C", str(place.shop.folder), "--as", "li.na", "--now", "2099-01-01T00:00:00+08:00")
    assert clock_warnings(run(*given, "contact", place.case, *CALL)) == ["after"]
    assert clock_warnings(run(*given, "new", "--channel", "desk", "--complaint", "cold soup")) == ["after"]


def test_a_clock_that_went_back_is_warned_about(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    # F4
    new = (
        "-C",
        str(place.shop.folder),
        "--as",
        "li.na",
        "new",
        "--channel",
        "desk",
        "--complaint",
        "cold soup",
    )
    assert clock_warnings(run(*new)) == []
    assert clock_warnings(run("--now", "2001-01-01T00:00:00+08:00", *new)) == []  # said, so meant
    monkeypatch.setattr("time.time", lambda: 1_000_000_000.0)
    assert clock_warnings(run(*new)) == ["before"]


def test_a_person_is_known_by_the_address_that_git_knows(place: Place) -> None:
    place.shop.git("config", "user.email", "LI.NA@shop.example")
    place.shop.git("config", "user.name", "whoever")
    place.shop.do("", "contact", place.case, *CALL)
    assert place.shop.show(place.case)["contacts"][0]["by"] == "li.na"


def test_without_any_identity_nothing_is_recorded(place: Place) -> None:
    # D6
    refused = place.shop.refuse(4, "", "contact", place.case, *CALL)
    assert "--as" in refused.err
    place.shop.git("config", "user.email", "stranger@example.org")
    refused = place.shop.refuse(4, "", "contact", place.case, *CALL)
    assert "--as" in refused.err


# ── Money, days, numbers ────────────────────────────────────────────────────────────────────────────

NO_MONEY = ["-1", "1e3", "NaN", "Infinity", "١٢", "12.345", "1 2", "1,500", "0x10", "+1", ".5", "5.", "1_000", "01", "¥5",
            "12.90 x", "9999999999999", "1\n2", "true", "٣"]  # fmt: skip


@pytest.mark.parametrize("amount", NO_MONEY, ids=ascii)
def test_what_is_no_money_is_no_amount(tmp_path: Path, amount: str) -> None:
    # B3
    place = road.at("investigated", tmp_path)
    shop, case = place.shop, place.case
    if amount != amount.strip():  # around the words blanks do not count
        return
    shop.refuse(2, "zhao.wei", "propose", case, "--remedy", f"refund={amount}", "--reason", "x")
    shop.refuse(
        2,
        "zhao.wei",
        "propose",
        case,
        "--remedy",
        "exchange",
        "--cost",
        f"exchange={amount}",
        "--reason",
        "x",
    )
    shop.refuse(2, "li.na", "new", "--channel", "desk", "--complaint", "x", "--price", amount)
    shop.refuse(2, "li.na", "new", "--channel", "desk", "--complaint", "x", "--demand", f"refund={amount}")
    shop.refuse(2, "li.na", "amend", case, "--set", f"about.price={amount}", "--reason", "x")


def test_a_cost_that_is_said_twice_is_refused(place: Place) -> None:
    costs = ("--cost", "exchange=1.00", "--cost", "exchange=2.00")
    words = ("propose", place.case, "--remedy", "exchange", *costs, "--reason", "x")
    assert "--cost names a remedy twice" in place.shop.refuse(2, "zhao.wei", *words).err


@pytest.mark.parametrize(
    "remedy", ["refund", "refund=", "apology=1.00", "nonsense=1.00", "=5", "", "refund=1=2", "refund==1"]
)
def test_a_remedy_is_written_as_the_policy_has_it(tmp_path: Path, remedy: str) -> None:
    place = road.at("investigated", tmp_path)
    place.shop.refuse(2, "zhao.wei", "propose", place.case, "--remedy", remedy, "--reason", "x")


@pytest.mark.parametrize(
    "day",
    [
        "2026-02-30",
        "yesterday",
        "20261116",
        "16.11.2026",
        "2026-11",
        "2026-W47-1",
        "٢٠٢٦-11-16",
        "16/11/2026",
    ],
)
def test_a_day_is_a_day(place: Place, day: str) -> None:
    before = place.shop.snapshot()
    for words in (
        ("new", "--channel", "desk", "--complaint", "x", "--purchased-on", day),
        ("hold", place.case, "--for", "test", "--reason", "x", "--until", day),
        ("improve", place.case, "--measure", "x", "--owner", "boss", "--due", day),
    ):
        ran = place.shop.run("li.na", *words)
        assert ran.code == 2, (words, ran)
    assert place.shop.snapshot() == before


@pytest.mark.parametrize(
    "option", ["--satisfaction=0", "--satisfaction=6", "--satisfaction=4.5", "--satisfaction=very"]
)
def test_satisfaction_is_one_of_five(tmp_path: Path, option: str) -> None:
    place = road.at("fulfilled", tmp_path)
    place.shop.refuse(2, "li.na", "follow-up", place.case, option)


@pytest.mark.parametrize("affected", ["-1", "1.5", "many", str(10**12)])
def test_the_number_of_those_affected_is_a_number(place: Place, affected: str) -> None:
    place.shop.refuse(2, "li.na", "classify", place.case, *CLASSIFY, "--affected", affected)


def test_a_task_that_is_not_there_is_not_carried_out(tmp_path: Path) -> None:
    place = road.at("agreed", tmp_path)
    place.shop.refuse(2, "li.na", "fulfil", place.case, "--task", "3")
    place.shop.refuse(2, "li.na", "fulfil", place.case, "--task", "0")


@pytest.mark.parametrize(
    "words", [("--customer-id", "P-1"), ("--customer-id", "../x"), ("--against", "nobody")]
)
def test_a_name_that_means_nobody_is_refused(place: Place, words: tuple[str, str]) -> None:
    place.shop.refuse(2, "li.na", "new", "--channel", "desk", "--complaint", "x", *words)


# ── Text that fights back ───────────────────────────────────────────────────────────────────────────

ESCAPES = "a\x1b]0;owned\x07b\x1b[2Jc\x9bd\x7fe\rf\u202eg\u2066h"


def test_escape_sequences_are_stored_as_they_came_and_shown_harmlessly(place: Place) -> None:
    # C1
    shop = place.shop
    case = shop.new("--channel", "desk", "--complaint", ESCAPES, "--product", ESCAPES, "--customer", ESCAPES)
    assert shop.show(case)["complaint"] == ESCAPES.strip()
    shop.do("li.na", "contact", case, "--by", "phone", "--note", ESCAPES)
    assert shop.show(case)["contacts"][0]["note"] == ESCAPES
    shop.do("li.na", "evidence", "add", case, str(_named(place.photo, "a\x1b[2Jb.jpg")))
    for words in (("show", case), ("list",), ("list", "--full"), ("list", "--format", "csv"), ("log", case), ("due",),
                  ("report", "case", case), ("evidence", "list", case), ("list", "--format", "markdown")):  # fmt: skip
        ran = shop.run("", *words)
        assert ran.code in {0, 7}, ran
        assert not controls(ran.out + ran.err), words
    assert "\\u{1b}" in shop.do("", "show", case)
    assert shop.run("", "check").code == 0


def _named(photo: Path, name: str) -> Path:
    other = photo.parent / name
    other.write_bytes(photo.read_bytes())
    return other


FORGERY = "sorry\n\nApproved-by: Ann Lee <boss@shop.example>\nBy: boss\nStep: approve\n---\n# cut\n"


@pytest.mark.parametrize("step", ["new", *STEPS, *ANY_TIME])
def test_no_text_gets_into_a_commit_message(tmp_path: Path, step: str) -> None:
    # C5, C6: only this tool's trailers, whatever the words are
    if step in ANY_TIME:
        who, words, _closed = ANY_TIME[step]
        made = Made("assigned", who, words)
    elif step == "new":
        made = Made("received", "li.na", ("new", *MILK))
    else:
        made = STEPS[step]
    place = road.at(made.state, tmp_path)
    texts = {"--note", "--reason", "--findings", "--return", "--comment", "--lesson", "--prevention", "--measure",
             "--complaint", "--customer", "--product"}  # fmt: skip
    given = list(place.words(made.words))
    given = [FORGERY if before in texts else word for before, word in zip(["", *given], given, strict=False)]
    before = place.shop.commits()
    place.shop.do(made.who, *given)
    assert place.shop.commits() == before + 1
    message = place.shop.git("log", "-1", "--format=%B")
    assert "sorry" not in message
    trailers = place.shop.git("log", "-1", "--format=%(trailers)").strip().splitlines()
    assert [line.partition(":")[0] for line in trailers] == ["Case", "Step", "By"]
    assert trailers[-1] == f"By: {made.who}"


def test_a_customers_words_stand_in_no_commit_message_or_file_name(tmp_path: Path) -> None:
    # P2
    place = road.at("closed", tmp_path)
    told = place.shop.git("log", "--all", "--format=%B%an%ae%cn%ce%N") + place.shop.git(
        "log", "--name-only", "--format="
    )
    for secret in ("王女士", "13800001234", "鲜牛奶", "spoiled too early"):
        assert secret not in told


AWKWARD = ["no", "on", "y", "012", "0123456789", "1_000", "12:30:45", "1e3", "~", "=", "2024-01-02", "- x", "a: b", "#x", "&a",
           "*a", "!x", "|", "{}", "[]", "'", '"', "\\", "a\n\n\nb", "\u00a0x", "a\u2028b", "😀", "null", "<<", "a #b", "%x"]  # fmt: skip


@pytest.mark.parametrize("text", AWKWARD, ids=ascii)
def test_awkward_words_come_back_as_they_were(place: Place, text: str) -> None:
    # A12
    place.shop.do("li.na", "contact", place.case, "--by", "phone", "--note", text)
    assert place.shop.show(place.case)["contacts"][0]["note"] == text
    import yaml12

    read = yaml12.parse_yaml(place.file.read_text("utf-8"))
    assert read["contacts"][0]["note"] == text


@pytest.mark.parametrize("text", ["\ud800", "x" * 70_000], ids=["surrogate", "long"])
def test_what_no_file_should_hold_is_refused(place: Place, text: str) -> None:
    # A13, C10
    before = place.shop.snapshot()
    ran = place.shop.run("li.na", "contact", place.case, "--by", "phone", "--note", text)
    assert ran.code in {2, 3}, ran
    assert "Traceback" not in ran.err
    assert place.shop.snapshot() == before


@pytest.mark.parametrize("word", [b"\xff", b"caf\xe9", b"\xed\xa0\x80", "牛奶".encode("gbk")])
def test_an_argument_that_is_no_utf8_is_bad_data(place: Place, word: bytes) -> None:
    # C10
    before = place.shop.snapshot()
    line = place.shop.line("li.na", "new", "--channel", "desk", "--complaint", word)
    ended = subprocess.run(line, env=world(PYTHONUTF8="1"), capture_output=True, check=False)
    assert ended.returncode == 3, ended
    assert b"Traceback" not in ended.stderr
    assert place.shop.snapshot() == before


# ── Evidence ────────────────────────────────────────────────────────────────────────────────────────


def _evidence(kind: str, folder: Path) -> Path:
    file = folder / "thing"
    if kind == "symlink":
        (folder / "real").write_bytes(road.PHOTO)
        file.symlink_to(folder / "real")
    elif kind == "dangling":
        file.symlink_to(folder / "nowhere")
    elif kind == "pipe":
        os.mkfifo(file)
    elif kind == "folder":
        file.mkdir()
    elif kind == "empty":
        file.touch()
    elif kind == "large":
        with file.open("wb") as stream:
            stream.truncate(2 * 1024**3)
    elif kind == "device":
        return Path("/dev/zero")
    elif kind == "null":
        return Path("/dev/null")
    return file


@pytest.mark.parametrize(
    ("kind", "code"),
    [("symlink", 3), ("dangling", 3), ("pipe", 3), ("folder", 3), ("empty", 3), ("large", 3), ("device", 3), ("null", 3),
     ("missing", 2)],
)  # fmt: skip
def test_evidence_is_a_plain_file_of_a_sensible_size(
    place: Place, tmp_path: Path, kind: str, code: int
) -> None:
    # C9, S0-12
    refused = place.shop.refuse(code, "li.na", "evidence", "add", place.case, str(_evidence(kind, tmp_path)))
    assert len(refused.err) < 400


def test_the_name_of_evidence_is_no_path(place: Place, tmp_path: Path) -> None:
    # C9: it is stored under its content's fingerprint
    place.shop.do("li.na", "evidence", "add", place.case, str(_named(place.photo, "..%2f..\\x:y|z?.jpg")))
    [entry] = place.shop.show(place.case)["evidence"]
    assert set(entry["file"]) <= set("0123456789abcdef.jpg")
    assert len(list(place.file.with_suffix("").iterdir())) == 1


# ── The register's state ────────────────────────────────────────────────────────────────────────────

EVERY: dict[str, Made] = {
    **STEPS,
    **{verb: Made("assigned", who, words) for verb, (who, words, _closed) in ANY_TIME.items()},
    "undo": Made("assigned", "li.na", ("undo", "{case}", "--reason", "x")),
    "new": Made("received", "li.na", ("new", *MILK)),
}


def _half(shop: Shop, what: str) -> None:
    """Leave a register in the middle of something."""
    config = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "core.editor=true")
    (shop.folder / "notes.txt").write_text("a\n")
    shop.git("add", "notes.txt")
    shop.git(*config, "commit", "-qm", "notes")
    shop.git(*config, "switch", "-qc", "other", "HEAD")
    (shop.folder / "notes.txt").write_text("b\n")
    shop.git(*config, "commit", "-qam", "b")
    shop.git("switch", "-q", "main")
    (shop.folder / "notes.txt").write_text("c\n")
    shop.git(*config, "commit", "-qam", "c")
    line = {"merge": ("merge", "other"), "rebase": ("rebase", "other"), "cherry-pick": ("cherry-pick", "other"),
            "revert": ("revert", "other")}[what]  # fmt: skip
    subprocess.run(["git", "-C", str(shop.folder), *config, *line], check=False, capture_output=True)


@pytest.mark.parametrize("what", ["merge", "rebase", "cherry-pick", "revert"])
def test_in_the_middle_of_something_nothing_is_recorded(place: Place, what: str) -> None:
    # D4
    _half(place.shop, what)
    refused = place.shop.refuse(4, "li.na", "contact", place.case, *CALL)
    assert what in refused.err or "HEAD" in refused.err
    place.shop.refuse(4, "li.na", "new", *MILK)
    assert place.shop.show(place.case)["state"] == "assigned"  # reading goes on


def test_during_a_bisection_nothing_is_recorded(place: Place) -> None:
    # D4
    place.shop.git("bisect", "start")
    place.shop.refuse(4, "li.na", "contact", place.case, *CALL)


def test_a_detached_head_takes_no_step(place: Place) -> None:
    # D3
    place.shop.git("checkout", "-q", "--detach")
    refused = place.shop.refuse(4, "li.na", "contact", place.case, *CALL)
    assert "git switch main" in refused.err
    assert place.shop.show(place.case)["state"] == "assigned"


def test_another_branch_takes_no_step(place: Place) -> None:
    place.shop.git("switch", "-qc", "other")
    refused = place.shop.refuse(4, "li.na", "new", *MILK)
    assert "git switch main" in refused.err


def test_a_folder_that_is_no_register_is_told_how_to_become_one(tmp_path: Path) -> None:
    # D5
    for make in ((), ("init", "-q"), ("init", "-q", "--bare")):
        folder = tmp_path / ("x" + "".join(make))
        folder.mkdir()
        if make:
            subprocess.run(["git", "-C", str(folder), *make], check=True, capture_output=True)
        ran = run("-C", str(folder), "list")
        assert ran.code == 4, ran
        assert "Traceback" not in ran.err
    assert run("-C", str(tmp_path / "nowhere"), "list").code in {2, 4}


def test_other_files_that_somebody_staged_stay_as_they_are(place: Place) -> None:
    # D2
    (place.shop.folder / "mine.txt").write_text("mine")
    place.shop.git("add", "mine.txt")
    place.shop.do("li.na", "contact", place.case, *CALL)
    assert place.shop.git("status", "--porcelain") == "A  mine.txt\n"


def test_the_sample_register_is_for_reading(place: Place) -> None:
    marker = place.shop.folder / "policies/register.yaml"
    marker.write_text(marker.read_text("utf-8") + "sample: true\n", "utf-8")
    _commit(place.shop)
    assert place.shop.show(place.case)["state"] == "assigned"
    refused = place.shop.refuse(4, "li.na", "contact", place.case, *CALL)
    assert "complaintctl demo" in refused.err
    place.shop.refuse(4, "li.na", "new", *MILK)


def _commit(shop: Shop) -> None:
    """Commit by hand whatever lies in the folder."""
    shop.git("add", "-A")
    shop.git("-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-qm", "by hand")


BROKEN = {
    "yaml": lambda text: "a: [1\n",
    "schema": lambda text: text.replace("kind: complaint", "kind: complaint\nsate: x"),
    "conflict": lambda text: text.replace("kind: complaint\n", "<<<<<<< a\nkind: complaint\n=======\nkind: help\n>>>>>>> b\n"),
    "alias": lambda text: text.replace("kind: complaint", "kind: &a complaint"),
    "empty": lambda _text: "",
    "duplicate": lambda text: text.replace("kind: complaint", "kind: complaint\nkind: help"),
}  # fmt: skip


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_case_that_was_committed_is_named_by_every_list_after_the_rest(
    place: Place, how: str
) -> None:
    shop = place.shop
    place.file.write_text(BROKEN[how](place.file.read_text("utf-8")), "utf-8")
    _commit(shop)
    name = place.file.relative_to(shop.folder).as_posix()
    for words in (
        ("list", "--all"),
        ("list", "--json"),
        ("due",),
        ("report", "weekly", "--week", "2026-W47"),
    ):
        ran = shop.run("", *words)
        assert ran.code == 3, (words, ran)
        assert name in ran.err, words
        assert "Traceback" not in ran.err
        if words[0] != "report":
            assert place.other in ran.out, words
    for words in (("show", place.case), ("check",)):
        ran = shop.run("", *words)
        assert ran.code == 3, (words, ran)
        assert name in ran.out + ran.err
    shop.refuse(3, "li.na", "contact", place.case, *CALL)
    shop.do("li.na", "contact", place.other, *CALL)  # the others go on


def test_a_case_file_that_is_gone_is_not_made_up(place: Place) -> None:
    # D9
    place.file.unlink()
    place.shop.refuse(4, "li.na", "contact", place.case, *CALL)
    _commit(place.shop)
    place.shop.refuse(2, "li.na", "contact", place.case, *CALL)


def test_a_policy_that_is_gone_means_no_authority(tmp_path: Path) -> None:
    # B9
    place = road.at("proposed", tmp_path)
    (place.shop.folder / "policies/supermarket.yaml").unlink()
    _commit(place.shop)
    place.shop.refuse(3, "sun.min", "approve", place.case)
    place.shop.refuse(3, "sun.min", "new", *MILK)


def _spoil(place: Place, price: str) -> list[str]:
    """Put three mistakes into one case and one into another; the lines of the first file."""
    text = place.file.read_text("utf-8").replace("kind: complaint", "kind: complaint\nsate: x")
    text = text.replace("channel: desk", "channel: desk\n  flavour: sour").replace(
        'price: "12.90"', f"price: {price}"
    )
    place.file.write_text(text, "utf-8")
    road.path_of(place.shop, place.other).write_text("a: [1\n", "utf-8")
    return text.splitlines()


def test_check_tells_all_problems_at_once_with_file_and_line(place: Place) -> None:
    lines = _spoil(place, "cheap")
    ran = place.shop.run("", "check")
    assert ran.code == 3
    for mistake in ("sate: x", "  flavour: sour", "  price: cheap"):
        assert f"{place.case}.yaml:{1 + lines.index(mistake)}:" in ran.out, ran.out
    assert f"{place.other}.yaml:2:" in ran.out
    assert len(ran.out.splitlines()) == len(set(ran.out.splitlines())) >= 4
    assert "王女士" not in ran.out
    assert "cheap" not in ran.out


def test_check_tells_problems_of_spelling_and_of_form_together(place: Place) -> None:
    lines = _spoil(place, "12.9")
    ran = place.shop.run("", "check")
    for mistake in ("sate: x", "  flavour: sour", "  price: 12.9"):
        assert f"{place.case}.yaml:{1 + lines.index(mistake)}:" in ran.out, ran.out


def _edit_rules(shop: Shop, *changes: tuple[str, str]) -> None:
    policy = shop.folder / "policies/supermarket.yaml"
    text = policy.read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    policy.write_text(text, "utf-8")


RULE_MISTAKES = {
    "authority.ladder[1].role": ("- role: head\n", "- role: clerk\n"),
    "authority.ladder[2].limit": ('limit: "5000.00"', 'limit: "5.00"'),
    "authority.needs[1].role": ("role: vice-president\n      source", "role: king\n      source"),
}
FORM_MISTAKES = {
    "authority.needs[0].when.sevrity": (
        "when: {severity: severe}\n      role",
        "when: {sevrity: severe}\n      role",
    ),
    "gates[0].requires": ("requires: not-the-person", "requires: nothing-at-all"),
    "entitlements[2].within": ('within: "7 days"\n    remedies', 'within: "soon"\n    remedies'),
    "authority.ladder[1].limit": ('limit: "500.00"', 'limit: "-5"'),
    "authority.currency": ("currency: CNY\n", "currency: money\n"),
    "authority.alone": ("alone: allowed", "alone: perhaps"),
    "follow_up.satisfied_from": ("satisfied_from: 4", "satisfied_from: nine"),
}


@pytest.mark.parametrize("mistakes", [RULE_MISTAKES, FORM_MISTAKES], ids=["rules", "form"])
def test_rules_that_break_the_rules_are_not_saved_and_all_mistakes_are_named(
    place: Place, mistakes: dict[str, tuple[str, str]]
) -> None:
    # B8
    _edit_rules(place.shop, *mistakes.values())
    refused = place.shop.refuse(3, "boss", "policy", "save", "--reason", "x")
    assert "supermarket.yaml" in refused.err
    missing = [path for path in mistakes if f"$.{path}" not in refused.err]
    assert not missing, refused.err


@pytest.mark.parametrize(
    "change",
    [('limit: "500.00"', "limit: 500.00"), ("authority:\n", "authority: &x\n")],
    ids=["number", "anchor"],
)
def test_rules_that_cannot_be_read_are_not_saved(place: Place, change: tuple[str, str]) -> None:
    _edit_rules(place.shop, change)
    place.shop.refuse(3, "boss", "policy", "save", "--reason", "x")


def test_a_policy_that_open_cases_cannot_do_without_is_not_saved(place: Place) -> None:
    policy = place.shop.folder / "policies/supermarket.yaml"
    text = policy.read_text("utf-8")
    policy.write_text(text.replace("goods.spoiled", "goods.rotten"), "utf-8")
    refused = place.shop.refuse(1, "boss", "policy", "save", "--reason", "x")
    assert "goods.spoiled" in refused.err


# ── Nobody reads, or in another alphabet ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "where",
    [
        "closed",
        "full", "head", "gbk", "ascii",
    ],
)  # fmt: skip
def test_a_step_that_is_recorded_succeeds_whatever_becomes_of_its_words(place: Place, where: str) -> None:
    # E7: exit 0 and committed
    shop, before = place.shop, place.shop.commits()
    line = shop.line(
        "li.na", "new", "--channel", "desk", "--complaint", "😀 牛奶", "--customer", "😀", "--json"
    )
    environment = world(PYTHONIOENCODING=where) if where in {"gbk", "ascii"} else world()
    if where == "full":
        with Path("/dev/full").open("wb") as full:
            ended = subprocess.run(line, env=environment, stdout=full, stderr=subprocess.PIPE, check=False)
    elif where in {"gbk", "ascii"}:
        ended = subprocess.run(line, env=environment, capture_output=True, check=False)
    else:
        shell = [
            "sh",
            "-c",
            '"$@" >&-' if where == "closed" else '{ "$@"; echo $? >&3; } 3>&2 | head -0',
            "sh",
            *line,
        ]
        ended = subprocess.run(shell, env=environment, capture_output=True, check=False)
    assert b"Traceback" not in ended.stderr, ended.stderr
    assert b"Exception ignored" not in ended.stderr, ended.stderr
    if where == "head":
        assert ended.stderr.split()[-1] == b"0", ended.stderr
    assert ended.returncode == 0, ended
    assert shop.commits() == before + 1


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "latin-1"])
@pytest.mark.parametrize(
    "words",
    [
        ("list",),
        ("board",),
        ("show", "{case}"),
        ("report", "weekly"),
        ("--language", "zh-CN", "show", "{case}"),
        ("--language", "zh-CN", "board"),
    ],
)
def test_everything_can_be_read_in_any_alphabet(place: Place, encoding: str, words: tuple[str, ...]) -> None:
    line = place.shop.line("li.na", *place.words(words))
    ended = subprocess.run(line, env=world(PYTHONIOENCODING=encoding), capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"") or ended.returncode == 0, ended
    assert b"Traceback" not in ended.stderr


@pytest.mark.parametrize(
    "words", [("list", "--all"), ("board",), ("show", "{case}"), ("help", "workflow"), ("report", "weekly")]
)
def test_a_reader_who_leaves_early_is_no_fault(place: Place, words: tuple[str, ...]) -> None:
    shell = ["sh", "-c", '"$@" | head -1', "sh", *place.shop.line("li.na", *place.words(words))]
    ended = subprocess.run(shell, env=world(), capture_output=True, check=False)
    assert ended.returncode == 0
    assert b"Traceback" not in ended.stderr
    assert b"Broken" not in ended.stderr


def test_a_full_disk_behind_a_report_is_a_fault_of_the_environment(place: Place) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            place.shop.line("li.na", "list"), env=world(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert ended.returncode == 5, ended
    assert b"Traceback" not in ended.stderr


def test_without_git_there_is_nothing_to_do(place: Place, tmp_path: Path) -> None:
    # D15
    (tmp_path / "empty").mkdir()
    line = place.shop.line("li.na", "contact", place.case, *CALL)
    ended = subprocess.run(
        line, env=world(PATH=str(tmp_path / "empty")), capture_output=True, text=True, check=False
    )
    assert ended.returncode == 5, ended
    assert "git" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert place.shop.show(place.case)["state"] == "assigned"


# ── Trying, and doing twice ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("step", EVERY)
def test_trying_a_step_changes_nothing_and_ends_as_the_step_would(tmp_path: Path, step: str) -> None:
    made = EVERY[step]
    place = road.at(made.state, tmp_path)
    shop, words = place.shop, place.words(made.words)
    before, commits = shop.snapshot(), shop.commits()
    tried = shop.run(made.who, *words, "--dry-run")
    assert tried.code == 0, tried
    assert shop.snapshot() == before
    shop.do(made.who, *words)
    assert shop.commits() == commits + 1


@pytest.mark.parametrize(
    "step", [step for step in EVERY if step not in {"new", "contact", "evidence", "improve", "link", "amend"}]
)
def test_trying_a_step_that_is_refused_is_refused_in_the_same_words(tmp_path: Path, step: str) -> None:
    made = EVERY[step]
    place = road.at("received" if step == "reopen" else "closed", tmp_path)
    words = place.words(made.words)
    who = "boss"
    tried, made_so = place.shop.run(who, *words, "--dry-run"), place.shop.run(who, *words)
    assert tried.code == made_so.code != 0
    assert tried.err == made_so.err


@pytest.mark.parametrize(
    "words",
    [
        ("staff", "add", "new.one", "--name", "New", "--email", "n@shop.example", "--role", "clerk"),
        ("staff", "edit", "li.na", "--role", "head"),
        ("staff", "retire", "li.na"),
        ("policy", "use", "supermarket"),
        ("policy", "save", "--reason", "more"),
    ],
    ids=" ".join,
)
def test_trying_a_change_of_the_register_changes_nothing(place: Place, words: tuple[str, ...]) -> None:
    if words[1] == "save":
        policy = place.shop.folder / "policies/supermarket.yaml"
        policy.write_text(policy.read_text("utf-8").replace('limit: "50.00"', 'limit: "60.00"'), "utf-8")
    before = place.shop.snapshot()
    tried = place.shop.run("boss", *words, "--dry-run")
    assert tried.code == 0, tried
    assert place.shop.snapshot() == before
    assert place.shop.run("boss", *words).code == 0


def test_trying_to_found_a_register_founds_none(tmp_path: Path) -> None:
    words = ("init", str(tmp_path / "shop"), "--policy", "supermarket", "--owner", "boss:Ann <a@example.org>")
    tried = run(*words, "--dry-run")
    assert tried.code == 0, tried
    assert not (tmp_path / "shop").exists()


AGAIN = {**{step: made for step, made in EVERY.items() if step != "new"},
         "resume": Made("assigned", "chen.jie", ("resume", "{case}")),
         "improve --done": Made("assigned", "wu.lei", ("improve", "{case}", "--done", "1")),
         "close as withdrawn": Made("assigned", "li.na", ("close", "{case}", "--outcome", "withdrawn", "--reason", "x")),
         "settle and close": Made("received", "li.na", ("settle", "{case}", "--category", "goods.spoiled", "--remedy",
                                  "refund=12.90", "--reason", "sour", "--satisfaction", "5")),
         "fulfil --task": Made("agreed", "li.na", ("fulfil", "{case}", "--task", "2")),
         "fulfil --problem": Made("agreed", "li.na", ("fulfil", "{case}", "--problem", "locked"))}  # fmt: skip


@pytest.mark.parametrize("step", AGAIN)
def test_the_same_step_again_is_no_failure_and_no_commit(tmp_path: Path, step: str) -> None:
    made = AGAIN[step]
    place = road.at(made.state, tmp_path)
    if step == "resume":
        place.make(Made("assigned", *ANY_TIME["hold"][:2]))
    if step == "improve --done":
        place.make(Made("assigned", *ANY_TIME["improve"][:2]))
    place.make(made)
    before = place.shop.snapshot()
    if step != "contact":  # the same call a minute later is another call
        place.shop.wait(minutes=1)
    again = place.shop.run(made.who, *place.words(made.words))
    assert again.code == 0, again
    assert "already" in again.err
    assert again.out == ""
    assert place.shop.snapshot() == before


@pytest.mark.parametrize("step", ["settle", "approve", "respond", "fulfil", "follow-up", "close"])
def test_another_persons_same_step_is_not_taken_for_ones_own(tmp_path: Path, step: str) -> None:
    made = STEPS[step]
    place = road.at(made.state, tmp_path)
    place.make(made)
    before = place.shop.commits()
    ran = place.shop.wait(minutes=1).run("boss", *place.words(made.words))
    if step == "follow-up":  # another person may well ask again
        assert (ran.code, place.shop.commits()) == (0, before + 1)
    else:
        assert (ran.code, place.shop.commits()) == (1, before)


def test_a_settlement_of_another_amount_is_not_taken_for_the_same(tmp_path: Path) -> None:
    place = road.at("classified", tmp_path)
    place.make(STEPS["settle"])
    place.shop.refuse(
        1, "li.na", "settle", place.case, "--remedy", "refund=5.00", "--reason", "plainly spoiled"
    )

"""`demo`, and a first register by every rule set that ships: for one person alone, and with all its sample cases."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from complaintctl import founding
from complaintctl.commands.demo import FIRST, FIRST_WORDS, _dated
from complaintctl.i18n import LANGUAGES
from complaintctl.labels import text
from complaintctl.lifecycle import STATES
from complaintctl.playing import Command, parse, retold, said_in
from tests.shop import MILK, START, Ran, Shop, run

TOP = Path(__file__).parent.parent.parent
SCRIPTS = sorted(path.stem for path in (TOP / "policies" / "demo").glob("*.txt"))
POLICIES = sorted(founding.shipped_policies())
OWNER = ("--owner", "boss:Ann Lee <ann@shop.example>")
AFTERWARDS = "2026-11-22T12:00:00+08:00"


def look(folder: Path, *words: str) -> Any:
    """What a reading verb prints as JSON of a register that was played."""
    ran = run("-C", str(folder), "--now", AFTERWARDS, *words, "--json")
    assert ran.code == 0, ran
    return ran.json


# ── Every script that ships ─────────────────────────────────────────────────────────────────────────


def test_every_rule_set_has_its_demo() -> None:
    assert SCRIPTS == POLICIES


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_demo_begins_with_the_staff_and_ends_with_how_things_stand(name: str) -> None:
    script, path = founding.shipped_demo(name)
    commands = [part.words for part in parse(script, str(path)).parts if isinstance(part, Command)]
    assert commands[0][:2] == ("staff", "add")
    assert len([words for words in commands if words[0] == "new"]) >= 5
    shown = {words[0] for words in commands[-8:]}
    assert {"list", "due", "report"} <= shown


QUICK = {"supermarket"}  # the others take their seconds only when all is run


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in SCRIPTS]
)
def test_a_demo_plays_to_its_end_and_leaves_a_register_without_fault(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    ran = run("demo", str(folder), "--policy", name)
    assert ran.code == 0, ran.err
    checked = run("--language", "en", "-C", str(folder), "--now", AFTERWARDS, "check")
    assert checked.code == 0
    assert re.fullmatch(r"\d+ files, 0 problems\n", checked.out + checked.err)
    cases = look(folder, "list", "--all")
    assert len(cases) >= 5
    states = {case["state"] for case in cases}
    assert "closed" in states
    assert states - {"closed"}, "one is still open, for whoever looks around"
    labels = look(folder, "policy", "show")["vocabulary"]["states"]
    named = {text(labels[state], parse(founding.shipped_demo(name)[0], name).head.get("language", "en")): state
             for state in STATES}  # fmt: skip
    told = re.findall(r"→ (.+) [0-9a-f]{10}$", ran.out, re.MULTILINE)
    reached = {named[label] for label in told} | states
    seldom = {"returned", "declined", "satisfied", "dissatisfied"}
    wanted = set(STATES) - (set() if name == "supermarket" else seldom)
    assert wanted <= reached, wanted - reached
    settings = (folder / "policies" / "register.yaml").read_text(encoding="utf-8")
    for option, value in parse(founding.shipped_demo(name)[0], name).head.items():
        assert f'{option}: "{value}"' in settings
    zone = "+01:00" if "Europe/Madrid" in settings else "+08:00"
    assert {case["received_at"][-6:] for case in cases} == {zone}


# ── In the language of whoever watches ──────────────────────────────────────────────────────────────

_HAN = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_WORDS_OF = {  # words that no text of another language has, or hardly
    "en": re.compile(r"\b(?:the|and|was|with|customer)\b"),
    "es": re.compile(r"\b(?:el|la|los|las|una|del|cliente)\b"),
}


def script_of(name: str) -> tuple[str, str]:
    """The text of a demo, and the language that it is written in."""
    text = _dated(FIRST) if name == FIRST_WORDS else founding.shipped_demo(name)[0]
    own = text.partition("\n")[0].partition("--language ")[2].partition(" ")[0]
    return text, own or ("en" if name == FIRST_WORDS else "zh-CN")


def spoken_parts(text: str) -> list[str]:
    """What people say in a script: headings, files, and the words of the command lines that are in quotes."""
    found = []
    for part in parse(text, "x").parts:
        if isinstance(part, Command):
            found += re.findall(r'"([^"]*)"', part.text)
        else:
            found.append(part.text)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [FIRST_WORDS, *SCRIPTS])
def test_everything_said_in_a_demo_is_in_the_language_asked_for(name: str, language: str) -> None:
    told = spoken_parts(retold(script_of(name)[0], said_in(founding.demo_words(name), language)))
    assert len(told) > 10
    for words in told:
        assert language == "zh-CN" or not _HAN.search(words), words
        for other, typical in _WORDS_OF.items():
            sentence = re.sub(r"^(?:customer|supplier)\b", "", words)
            assert other == language or not typical.search(sentence), words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [FIRST_WORDS, *SCRIPTS])
def test_a_demo_tells_the_same_in_every_language(name: str, language: str) -> None:
    text, _own = script_of(name)
    other = retold(text, said_in(founding.demo_words(name), language))
    for one, two in zip(parse(text, "x").parts, parse(other, "x").parts, strict=True):
        assert type(one) is type(two)
        assert one.line == two.line
        if isinstance(one, Command) and isinstance(two, Command):
            assert (one.at, one.expected, one.keep) == (two.at, two.expected, two.keep)
            plain, told = ([word.partition("=")[0] for word in words if word.startswith("--")]
                           for words in (one.words, two.words))  # fmt: skip
            assert plain == told
            assert sums_of(one) == sums_of(two)


def sums_of(part: Command) -> list[str]:
    """The amounts of a command line that are data."""
    return [word for word in part.words if re.fullmatch(r"(?:[a-z-]+=)?\d+\.\d\d", word)]


@pytest.mark.parametrize("name", [FIRST_WORDS, *SCRIPTS])
def test_nothing_is_left_over_in_the_words_of_a_demo(name: str) -> None:
    text, own = script_of(name)
    known = set(said_in(founding.demo_words(name)[1:], own))
    assert [one for one in known if one not in text] == []


@pytest.mark.parametrize("language", ["zh-CN", "es"])
def test_the_supermarkets_demo_in_another_language_leaves_a_register_without_fault(
    language: str, tmp_path: Path
) -> None:
    register_without_fault("supermarket", language, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in SCRIPTS if name not in QUICK])
def test_every_demo_in_every_language_leaves_a_register_without_fault(
    name: str, language: str, tmp_path: Path
) -> None:
    register_without_fault(name, language, tmp_path)


def register_without_fault(name: str, language: str, tmp_path: Path) -> None:
    """A demo is played, checked and verified."""
    folder = tmp_path / "shop"
    ran = run("demo", str(folder), "--policy", name, "--language", language)
    assert ran.code == 0, ran.err
    assert f'language: "{language}"' in (folder / "policies" / "register.yaml").read_text(encoding="utf-8")
    assert language == "zh-CN" or not _HAN.search(ran.out)
    assert run("--language", "en", "-C", str(folder), "check").err.endswith(" files, 0 problems\n")
    verified = run("-C", str(folder), "verify", "--json")
    assert verified.code == 0
    assert verified.json["findings"] == []


def test_a_register_of_a_demo_has_the_language_that_is_spoken(tmp_path: Path) -> None:
    ran = run("--language", "es", "demo", str(tmp_path / "shop"), "--dry-run")
    assert ran.code == 0
    assert '--name "Tienda de muestra"' in ran.out
    assert '"La leche se ha cortado antes de la fecha de consumo"' in ran.out


# ── The player ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the supermarket's rules and room for a script of one's own."""
    folder = tmp_path / "policies"
    (folder / "demo").mkdir(parents=True)
    rules = founding.shipped_policies()["supermarket"]
    (folder / "supermarket.yaml").write_bytes(rules.read_bytes())
    monkeypatch.setattr(founding, "shipped_policies", lambda: {"supermarket": folder / "supermarket.yaml"})
    return folder / "demo" / "supermarket.txt"


def play(scripts: Path, text: str, *words: str) -> Ran:
    scripts.write_text("@ 2026-11-16 10:00 boss\n" + text, encoding="utf-8")
    return run("demo", str(scripts.parent.parent.parent / "shop"), "--policy", "supermarket", *words)


NEW = "new --channel desk --complaint sour = milk\n"


def test_headings_commands_and_refusals_are_printed(scripts: Path) -> None:
    ran = play(scripts, f"# A bottle\n{NEW}?1 approve {{milk}}\n")
    assert ran.code == 0, ran
    lines = ran.out.splitlines()
    case = next(line for line in lines if line.startswith("C-"))
    assert "# A bottle" in lines
    assert "$ complaintctl --as boss new --channel desk --complaint sour" in lines
    assert f"$ complaintctl --as boss approve {case[-6:].lower()}" in lines
    assert any(line.startswith(f"(refused, exit code 1) {case}") for line in lines)


def test_a_refusal_that_nobody_expected_ends_it_with_file_line_and_reason(scripts: Path) -> None:
    ran = play(scripts, f"\n{NEW}approve {{milk}}\n")
    assert ran.code == 3
    assert f"{scripts}:4: approve: it ended with exit code 1, not 0: C-" in ran.err


def test_a_command_that_should_be_refused_and_is_not_ends_it(scripts: Path) -> None:
    ran = play(scripts, f"{NEW}?1 show {{milk}}\n")
    assert ran.code == 3
    assert f"{scripts}:3: show: it ended with exit code 0, not 1" in ran.err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nonsense", "nonsense: it ended with exit code 2, not 0: There is no verb 'nonsense'."),
        ("list --nonsense", "list: it ended with exit code 2, not 0"),
        ("list = milk", "list: it prints no id that could be kept"),
        ("evidence add 7k3m none.txt", "evidence: it ended with exit code"),
    ],
)
def test_a_broken_command_is_told_with_its_line(scripts: Path, line: str, said: str) -> None:
    ran = play(scripts, line + "\n")
    assert ran.code == 3
    assert f"{scripts}:2: {said}" in ran.err


def test_a_script_with_mistakes_is_refused_before_anything_is_made(scripts: Path) -> None:
    ran = play(scripts, f"{NEW}show {{bread}}\nfile ../x y\n")
    assert ran.code == 3
    assert f"{scripts}:3: $: nothing was kept as {{bread}}" in ran.err
    assert f"{scripts}:4: $: a file is made like this" in ran.err
    assert not (scripts.parent.parent.parent / "shop").exists()


def test_files_are_made_beside_the_register_and_nobody_elses_is_touched(scripts: Path) -> None:
    top = scripts.parent.parent.parent
    (top / "slip.txt").write_text("mine\n", encoding="utf-8")
    text = f"{NEW}file slip.txt Signed by both.\nevidence add {{milk}} slip.txt --kind document\n"
    ran = play(scripts, text)
    assert ran.code == 0, ran
    assert "$ echo 'Signed by both.' > slip.txt" in ran.out
    assert (top / "slip.txt").read_text(encoding="utf-8") == "mine\n"
    assert (top / "shop-papers" / "slip.txt").read_text(encoding="utf-8") == "Signed by both.\n"
    [kept] = (top / "shop").glob("cases/*/*/*/*.txt")
    assert kept.read_text(encoding="utf-8") == "Signed by both.\n"


def test_a_folder_of_papers_that_is_there_is_left_alone(scripts: Path) -> None:
    (scripts.parent.parent.parent / "shop-papers").mkdir()
    assert play(scripts, "file slip.txt x\nlist\n").code == 4


def test_a_dry_run_prints_all_and_makes_nothing(scripts: Path) -> None:
    ran = play(scripts, f"# A bottle\n{NEW}file slip.txt x\nevidence add {{milk}} slip.txt\n", "--dry-run")
    assert ran.code == 0, ran
    assert "$ complaintctl --as boss evidence add milk slip.txt" in ran.out
    assert sorted(path.name for path in scripts.parent.parent.parent.iterdir()) == ["policies"]


def test_a_missed_deadline_is_no_failure_of_a_demo(scripts: Path) -> None:
    assert play(scripts, f"{NEW}@ 2026-12-16 10:00 boss\ndue\n").code == 0


def test_the_language_is_chosen_on_the_command_line_else_by_the_script(scripts: Path) -> None:
    head = "! --language es\n"
    scripts.write_text(f"{head}@ 2026-11-16 10:00 boss\nlist\n", encoding="utf-8")
    top = scripts.parent.parent.parent
    for number, (words, language) in enumerate([((), "es"), (("--language", "zh-CN"), "zh-CN")]):
        assert run("demo", str(top / str(number)), "--policy", "supermarket", *words).code == 0
        settings = (top / str(number) / "policies" / "register.yaml").read_text(encoding="utf-8")
        assert f'language: "{language}"' in settings


def test_an_unknown_demo_names_those_there_are() -> None:
    ran = run("demo", "--policy", "../optical", "--dry-run")
    assert ran.code == 2
    assert "optical, supermarket" in ran.err


def test_the_demo_without_rules_plays_one_whole_case_of_last_week(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    ran = run("demo", str(folder))
    assert ran.code == 0, ran
    ran = run("-C", str(folder), "list", "--all", "--json")
    assert [case["state"] for case in json.loads(ran.out)] == ["closed"]
    assert run("-C", str(folder), "check").code == 0


# ── A first register by every rule set ──────────────────────────────────────────────────────────────

# An ordinary complaint that whoever is alone settles on the spot: its channel and its category.
SETTLED = {
    "aftersales": ("chat", "quality.failed"),
    "delivery": ("hotline", "late"),
    "fitness": ("reception", "service.attitude"),
    "general": ("phone", "product.quality"),
    "hotel": ("front-desk", "room.dirty"),
    "optical": ("counter", "quality.frame-pick-up"),
    "supermarket": ("desk", "goods.expired"),
}
# Where every complaint takes the whole road, that is what one person alone goes.
ROADS = {
    "chain-store": (
        "classify {case} --category product.defect --liability unclear",
        "evidence add {case} {paper} --kind document --note photo --collected-by boss",
        "investigate {case} --check customer=heard --check purchase=ours --check inspection=faulty",
        "investigate {case} --check evidence-against-allegation=confirmed",
        "investigate {case} --findings broken --verdict founded --cause goods.manufacture --responsible goods",
        'assign {case} --to boss --department goods --task "answer within three days"',
        "contact {case} --by sheet --told sheet-handed-over",
        "propose {case} --remedy refund=9.90 --confirm inspected --reason broken --task goods:back --task-who 1=boss --task-due 1=2026-11-20",
        "approve {case}",
        'contact {case} --by phone --note "told of it"',
        "respond {case} --agreed --agreement {paper}",
        "fulfil {case} --acknowledge 2",
        "fulfil {case} --all --voucher R-1",
    ),
}


def alone(folder: Path, name: str) -> Shop:
    """A register by a rule set that ships, with its owner and nothing else said."""
    made = run("--now", START, "init", str(folder), "--policy", name, *OWNER)
    assert made.code == 0, made
    return Shop(folder)


@pytest.mark.parametrize("name", POLICIES)
def test_a_rule_set_works_at_once_for_one_person_alone(name: str, tmp_path: Path) -> None:  # B8
    shop = alone(tmp_path / "shop", name)
    assert shop.run("", "check").code == 0
    paper = tmp_path / "slip.txt"
    paper.write_text("signed\n", encoding="utf-8")
    channel, category = SETTLED.get(name, ("desk", ""))
    case = shop.new("--channel", channel, *MILK[2:-2], who="boss")
    for line in ROADS.get(name, (f"settle {{case}} --category {category} --remedy apology --reason sorry",)):
        words = shlex.split(line.format(case=case, paper="slip.txt"))
        shop.do(
            "boss", *(str(paper) if word == "slip.txt" and "evidence" in words else word for word in words)
        )
    assert shop.show(case)["state"] == "fulfilled"
    assert shop.run("", "check").code == 0


@pytest.mark.parametrize("name", POLICIES)
def test_a_rule_set_brings_its_country_time_zone_language_and_currency(name: str, tmp_path: Path) -> None:
    ran = run("--now", START, "init", str(tmp_path / "shop"), "--policy", name, *OWNER)
    assert ran.code == 0, ran
    settings = (tmp_path / "shop" / "policies" / "register.yaml").read_text(encoding="utf-8")
    here = (
        ("es", "Europe/Madrid", "ES", "EUR")
        if name == "chain-store"
        else ("zh-CN", "Asia/Shanghai", "CN", "CNY")
    )
    found = re.findall(r'^(?:language|timezone|country|currency): "(.+)"$', settings, re.MULTILINE)
    assert tuple(found) == here


def test_the_amounts_of_a_rule_set_are_taken_over_into_the_countrys_currency(tmp_path: Path) -> None:
    ran = run(
        "--now", START, "init", str(tmp_path / "shop"), "--policy", "chain-store", "--country", "CN", *OWNER
    )
    assert ran.code == 0, ran
    shop = Shop(tmp_path / "shop")
    assert json.loads(shop.do("", "policy", "show", "--json"))["authority"]["currency"] == "CNY"
    assert shop.run("", "check").code == 0


def test_rules_in_another_currency_are_not_put_in_force(shop: Shop) -> None:
    ran = shop.refuse(1, "boss", "policy", "use", "chain-store")
    assert "The amounts of chain-store are in EUR, those of this register in CNY." in ran.err
    assert "init DIR --policy chain-store" in ran.err


def test_rules_are_not_saved_in_another_currency(shop: Shop) -> None:
    path = shop.folder / "policies" / "supermarket.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  currency: CNY", "  currency: EUR", 1), encoding="utf-8")
    ran = shop.refuse(1, "boss", "policy", "save", "--reason", "euro")
    assert "in EUR" in ran.err


def test_rules_in_the_registers_currency_are_put_in_force(tmp_path: Path) -> None:
    shop = Shop.make(tmp_path / "shop", alone=True)
    said = shop.run("boss", "policy", "use", "delivery")
    assert said.code == 0, said
    assert json.loads(shop.do("", "policy", "show", "--json"))["name"] == "delivery"
    assert shop.run("", "check").code == 0

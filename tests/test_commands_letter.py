"""`letter`: written, printed, refused, and recorded as a contact."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from complaintctl import lettershapes
from complaintctl.commands import letter as command
from tests.scenarios import road
from tests.shop import MILK, Shop, clock

PROGRESS = ("--kind", "progress", "--record")
TOLD = ("approved", "declined", "agreed", "fulfilled", "satisfied", "dissatisfied", "closed")


def letter(shop: Shop, case: str, kind: str, *more: str, who: str = "li.na") -> str:
    return shop.do(who, "letter", case, "--kind", kind, *more)


def contacts(shop: Shop, case: str) -> list[Any]:
    return list(shop.show(case).get("contacts", []))


def test_the_verb_offers_every_kind_of_letter() -> None:
    assert tuple(lettershapes.KINDS) == command.KINDS


def test_a_letter_goes_to_standard_output_and_changes_nothing(shop: Shop) -> None:
    case = shop.new(*MILK)
    before = shop.snapshot()
    said = letter(shop, case, "acknowledgement", who="")
    assert said.startswith("Corner Shop\n\n王女士\n\n16 November 2026\n\nWe have received your complaint")
    assert case in said
    assert shop.snapshot() == before


@pytest.mark.parametrize("state", road.ROAD)
def test_an_offer_and_a_final_answer_are_refused_until_the_decision(
    state: str, tmp_path: Path
) -> None:  # S4-5
    place = road.at(state, tmp_path)
    for kind in ("offer", "final"):
        words = ("letter", place.case, "--kind", kind)
        if state in TOLD:
            assert "12.90 CNY" in place.shop.do("li.na", *words)
        else:
            ran = place.shop.refuse(1, "li.na", *words, "--record", "--by", "email")
            assert ran.out == ""
            assert f"letter {place.case} --kind progress" in ran.err


@pytest.mark.parametrize("state", ["received", *road.ROAD])
def test_the_other_letters_tell_nothing_of_the_decision(state: str, tmp_path: Path) -> None:  # S4-5, S0-24
    place = road.at(state, tmp_path)
    for kind in ("progress", "apology"):
        said = letter(place.shop, place.case, kind)
        secret = (
            "12.90",
            "cold shelf",
            "sour at breakfast",
            "spoiled too early",
            "which batch",
            "zhao.wei",
            "赵伟",
        )
        assert [word for word in secret if word in said] == []


def test_the_customer_s_language_beats_the_register_s_and_the_option(shop: Shop) -> None:
    case = shop.new(*MILK, "--customer-language", "zh-CN")
    said = shop.do("li.na", "--language", "es", "letter", case, "--kind", "progress")
    assert "尊敬的王女士：" in said
    ran = shop.run("li.na", "letter", shop.new(*MILK, "--customer-language", "fr"), "--kind", "progress")
    assert "Dear 王女士," in ran.out
    assert "The customer asked for fr; the rules have letters in en, zh-CN, es." in ran.err


def test_recording_is_one_commit_and_counts_as_the_word_that_was_promised(shop: Shop) -> None:  # S0-17
    case = shop.new(*MILK)
    due = clock(shop.show(case), "progress")["due"]
    shop.wait(days=1)
    before = shop.commits()
    ran = shop.run("li.na", "letter", case, "--kind", "acknowledgement", "--record", "--by", "phone")
    assert ran.code == 0
    assert shop.commits() == before + 1
    assert ran.err.startswith(f"contact {case} received → received ")
    (one,) = contacts(shop, case)
    assert (one["party"], one["direction"], one["method"]) == ("customer", "out", "phone")
    assert one["note"] == "acknowledgement of receipt"
    assert "progress" not in one
    assert clock(shop.show(case), "progress")["due"] > due  # the next news is due later


def test_a_progress_letter_is_recorded_as_news(shop: Shop) -> None:  # S0-17
    case = shop.new(*MILK)
    letter(shop, case, "progress", "--record")
    (one,) = contacts(shop, case)
    assert one["progress"] is True
    assert one["method"] == "email"  # what the rules say


def test_what_cannot_be_recorded_is_not_printed(shop: Shop, tmp_path: Path) -> None:
    case = shop.new(*MILK)
    target = tmp_path / "letter.txt"
    ran = shop.refuse(2, "li.na", "letter", case, *PROGRESS, "--by", "pigeon", "--output", str(target))
    assert ran.out == ""
    assert not target.exists()
    assert shop.run("nobody", "letter", case, "--kind", "progress", "--record").code == 2


def test_what_cannot_be_written_is_not_recorded(shop: Shop, tmp_path: Path) -> None:
    case = shop.new(*MILK)
    shop.refuse(5, "li.na", "letter", case, *PROGRESS, "--output", str(tmp_path / "no" / "x.txt"))
    assert contacts(shop, case) == []


def test_a_dry_run_prints_the_letter_and_records_nothing(shop: Shop) -> None:
    case = shop.new(*MILK)
    before = shop.snapshot()
    ran = shop.run("li.na", "letter", case, "--kind", "progress", "--record", "--dry-run")
    assert ran.code == 0
    assert "Dear 王女士," in ran.out
    assert "(dry run: nothing was recorded)" in ran.err
    assert shop.snapshot() == before


def test_the_same_letter_again_in_the_same_second_is_printed_and_noted_once(shop: Shop) -> None:
    case = shop.new(*MILK)
    letter(shop, case, "progress", "--record")
    ran = shop.run("li.na", "letter", case, "--kind", "progress", "--record")
    assert (ran.code, len(contacts(shop, case))) == (0, 1)
    assert "Dear 王女士," in ran.out
    shop.wait(minutes=1)
    letter(shop, case, "progress", "--record")
    assert len(contacts(shop, case)) == 2


def test_a_letter_as_data(shop: Shop) -> None:
    case = shop.new(*MILK)
    data = json.loads(letter(shop, case, "acknowledgement", "--json", "--record"))
    assert list(data) == [
        "case", "kind", "name", "language", "subject", "text", "provisional", "findings", "recorded",
    ]  # fmt: skip
    assert (data["case"], data["kind"], data["language"]) == (case, "acknowledgement", "en")
    assert data["recorded"] == shop.git("rev-parse", "HEAD").strip()
    assert data["text"].startswith("Corner Shop\n")
    assert json.loads(letter(shop, case, "progress", "--json"))["recorded"] is None


@pytest.mark.parametrize(
    ("form", "begins"),
    [("text", "Corner Shop\n"), ("markdown", "Corner Shop\n"), ("html", "<!DOCTYPE html>")],
)
def test_a_letter_is_written_to_a_file(shop: Shop, tmp_path: Path, form: str, begins: str) -> None:
    case = shop.new(*MILK)
    target = tmp_path / "letter"
    ran = shop.run("", "letter", case, "--kind", "progress", "--format", form, "--output", str(target))
    assert (ran.code, ran.out) == (0, "")
    assert target.read_text(encoding="utf-8").startswith(begins)


def test_findings_that_go_out_are_pointed_at(shop: Shop) -> None:  # S1b-3
    case = shop.new(*MILK)
    shop.do("li.na", "classify", case, "--category", "goods.spoiled")
    shop.do("li.na", "assign", case, "--to", "zhao.wei")
    shop.do("li.na", "contact", case, "--by", "phone", "--note", "told her")
    shop.do("zhao.wei", "investigate", case, "--findings", "kept in the sun for a day", "--statement",
            "customer: sour", "--verdict", "unfounded")  # fmt: skip
    shop.do("zhao.wei", "propose", case, "--remedy", "explanation", "--reason", "not our fault")
    shop.do("sun.min", "approve", case)
    ran = shop.run("li.na", "letter", case, "--kind", "offer")
    assert "This is what we found: kept in the sun for a day" in ran.out
    assert "read it before it goes out" in ran.err
    assert "read it before" not in shop.run("li.na", "letter", case, "--kind", "progress").err


def test_a_provisional_day_is_pointed_at(shop: Shop) -> None:
    case = shop.new(*MILK)
    assert "provisional" not in shop.run("li.na", "letter", case, "--kind", "acknowledgement").err
    shop.wait(days=60)  # nobody has published the days off of the year after
    ran = shop.run("li.na", "letter", shop.new(*MILK), "--kind", "acknowledgement")
    assert "by 22 January 2027 (provisional" in ran.out
    assert "“our answer to your complaint” is provisional" in ran.err


def test_usage(shop: Shop) -> None:
    case = shop.new(*MILK)
    assert "--record" in shop.refuse(2, "li.na", "letter", case, "--kind", "progress", "--by", "phone").err
    assert "--kind" in shop.refuse(2, "li.na", "letter", case).err
    shop.refuse(2, "li.na", "letter", case, "--kind", "farewell")
    shop.refuse(2, "li.na", "letter", "nosuchcase", "--kind", "progress")


def test_rules_with_a_template_that_cannot_be_filled_in_are_refused_when_they_are_saved(shop: Shop) -> None:
    path = shop.folder / "policies" / "supermarket.yaml"
    text = path.read_text(encoding="utf-8")
    line = text[: text.index("Our final answer to your")].count("\n") + 1
    path.write_text(
        text.replace("Our final answer to your", "Our final {{ anser }} to your"), encoding="utf-8"
    )
    for words in (("policy", "save", "--reason", "friendlier"), ("check",)):
        ran = shop.run("boss", *words)
        assert ran.code in {3, 7}
        assert (
            f"policies/supermarket.yaml:{line}: $.letters.kinds.final.subject.en: line 1: there is no value anser"
            in (ran.out + ran.err)
        )


def test_a_changed_letter_is_a_new_version_and_the_old_one_keeps_its_words(shop: Shop) -> None:
    case = shop.new(*MILK)
    path = shop.folder / "policies" / "supermarket.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Thank you for telling us.", "How good that you tell us."), encoding="utf-8")
    told = shop.run("boss", "policy", "diff", "--full").out
    assert "Letters, acknowledgement, text (en)" in told
    assert "How good that you tell us." in told
    shop.do("boss", "policy", "save", "--reason", "warmer")
    assert "How good that you tell us." in letter(shop, case, "acknowledgement")
    past = shop.folder / "policies" / "past" / "supermarket-1.yaml"
    assert "Thank you for telling us." in past.read_text(encoding="utf-8")
    assert shop.show(case)["policy"]["version"] == "1"


def test_the_values_that_a_template_may_name_can_be_looked_up(shop: Shop) -> None:
    said = shop.do("", "help", "letters")
    for name in ("case.id", "promises", "decision.remedies", "carried_out_on", "elsewhere"):
        assert f"  {name}" in said

"""Letters to customers: when one may be written, in which language, and what it may say and never says."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest

from complaintctl import founding, i18n, letterfacts, letterpages, letters, lettershapes, policyrules
from complaintctl.errors import BadData, Refused
from complaintctl.lifecycle import OUTCOMES, STATES, VOID
from tests import letter_examples
from tests.letter_examples import SECRETS, UNDECIDED, case, ground, policy

SHIPPED = sorted(founding.shipped_policies())
LANGUAGES = ("en", "zh-CN", "es")
KINDS = tuple(lettershapes.KINDS)
TOLD = ("approved", "declined", "agreed", "fulfilled", "satisfied", "dissatisfied", "closed")
GOLDENS = Path(__file__).parent / "goldens" / "letters"

every_policy = pytest.mark.parametrize("name", SHIPPED)


def text(kind: str, one: Any, on: Any) -> str:
    """A letter as plain text in one line."""
    return " ".join(letterpages.text(letters.write(kind, one, on)).split())


@pytest.fixture
def rules() -> Any:
    return policy("supermarket")


def test_what_is_wrong_with_a_template_is_told_in_the_language_that_is_spoken() -> None:
    told = set()
    for language in i18n.LANGUAGES:
        i18n.use(language)
        (fault,) = lettershapes.faults("survey", "{{ nobody }}")
        told.add(str(fault))
    assert len(told) == 3


# -- what is not decided is not told: S4-5 for all of these


@pytest.mark.parametrize("state", STATES)
def test_an_offer_and_a_final_answer_wait_for_the_decision(rules: Any, state: str) -> None:  # S4-5
    one = case(rules, state)
    for kind in ("offer", "final"):
        if state in TOLD:
            assert "12.90" in text(kind, one, ground(rules))
        else:
            with pytest.raises(Refused, match="none is approved yet"):
                letters.write(kind, one, ground(rules))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", ["supermarket", "chain-store", "aftersales"])
def test_no_letter_says_anything_of_a_decision_before_it_is_approved(name: str, state: str) -> None:  # S4-5
    rules = policy(name)
    one = case(rules, state, demand={})
    for kind in KINDS:
        if kind not in {"offer", "final", "survey"}:
            assert [word for word in UNDECIDED if word in text(kind, one, ground(rules))] == []


def test_a_new_proposal_takes_back_what_could_be_told(rules: Any) -> None:  # S4-5, S4-6
    one = case(rules, "declined")
    again = copy.deepcopy(one["proposals"][0])
    del again["decision"], again["answer"]
    one["proposals"].append(again)
    one["state"] = "proposed"
    with pytest.raises(Refused):
        letters.write("offer", one, ground(rules))
    assert letterfacts.decision_of(one) is None


def test_a_decision_of_the_round_before_is_no_decision(rules: Any) -> None:
    one = case(rules, "closed")
    one["closures"][0]["reopened"] = {"by": "li.na", "at": "2026-11-18T09:00:00+08:00", "reason": "again"}
    one["state"] = "assigned"
    assert letterfacts.decision_of(one) is None
    with pytest.raises(Refused):
        letters.write("final", one, ground(rules))


def test_the_customer_is_asked_once_something_was_carried_out(rules: Any) -> None:  # S4-7
    with pytest.raises(Refused, match="nothing has been carried out"):
        letters.write("survey", case(rules, "agreed"), ground(rules))
    assert "17 November 2026" in text("survey", case(rules, "fulfilled"), ground(rules))


@pytest.mark.parametrize("outcome", VOID)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_written_about_what_is_no_case(rules: Any, kind: str, outcome: str) -> None:
    one = case(rules, "closed")
    one["closures"][0]["outcome"] = outcome
    with pytest.raises(Refused, match="is void"):
        letters.write(kind, one, ground(rules))


@every_policy
@pytest.mark.parametrize("state", STATES)
def test_nothing_that_people_wrote_for_the_house_gets_into_a_letter(name: str, state: str) -> None:
    rules = policy(name)
    for language in LANGUAGES:
        one = case(rules, state, "unfounded", language)
        for kind in KINDS:
            try:
                said = text(kind, one, ground(rules))
            except Refused:
                continue
            assert [word for word in SECRETS if word in said] == [], (kind, language)


# -- how it was decided, what was promised, where else to turn


def test_a_decision_says_how_it_was_reached_and_by_whom(rules: Any) -> None:
    said = text("offer", case(rules, "approved"), ground(rules))
    role = rules["roles"][rules["authority"]["ladder"][-1]["role"]]["label"]["en"]
    assert "finished looking into it on 17 November 2026" in said
    assert "checks laid down for such a case (1)" in said
    assert f"This is the decision of 17 November 2026 ({role}):" in said
    assert "12.90 CNY (at the till), expected by 20 November 2026" in said


def test_an_unfounded_complaint_is_explained_with_the_findings_and_a_founded_one_is_not(
    rules: Any,
) -> None:  # S1b-3
    assert "FINDINGS of the shop." in text("offer", case(rules, "approved", "unfounded"), ground(rules))
    assert "FINDINGS" not in text("offer", case(rules, "approved", "founded"), ground(rules))


def test_what_was_promised_is_named_with_its_day(rules: Any) -> None:  # S0-6, S4-1
    said = text("acknowledgement", case(rules, "received"), ground(rules))
    assert "our answer to your complaint: by 23 November 2026 " in said
    assert "provisional" not in said


def test_a_day_that_may_still_change_is_called_provisional(rules: Any) -> None:
    unknown = ground(rules, calendar={"years": {}})
    letter = letters.write("acknowledgement", case(rules, "received"), unknown)
    assert letter.provisional == ["our answer to your complaint"]
    assert "by 23 November 2026 (provisional" in text("acknowledgement", case(rules, "received"), unknown)


def test_a_missed_promise_is_admitted_and_apologised_for(rules: Any) -> None:
    late = ground(rules, now="2026-11-30T09:00:00+08:00")
    one = case(rules, "assigned")
    assert "We are later than we promised" in text("progress", one, late)
    assert "was promised by 23 November 2026 and follows as soon as possible" in text("progress", one, late)
    assert "You should also have heard from us sooner." in text("apology", one, late)
    assert "sooner" not in text("apology", one, ground(rules))


def test_what_is_kept_is_owed_no_more(rules: Any) -> None:
    assert "our answer to your complaint" in text("progress", case(rules, "assigned"), ground(rules))
    assert "our answer to your complaint" not in text("progress", case(rules, "approved"), ground(rules))


def test_the_next_word_is_named_until_its_day_is_over(rules: Any) -> None:  # S1b-2, S1a-12
    one = case(rules, "assigned")
    assert "again by 19 November 2026 at the latest" in text("progress", one, ground(rules))
    assert "at the latest" not in text("progress", one, ground(rules, now="2026-11-20T00:00:00+08:00"))


@pytest.mark.parametrize(
    ("held", "words"),
    [("customer", "need to hear from you"), ("supplier", "our supplier's answer"), ("test", "a test is under way"),
     ("authority", "from the authorities")],
)  # fmt: skip
def test_a_hold_is_told_in_words_for_the_customer(rules: Any, held: str, words: str) -> None:
    hold = {"for": held, "reason": "INTERNAL-REASON", "by": "zhao.wei", "at": "2026-11-17T11:00:00+08:00"}
    assert words in text("progress", case(rules, "assigned", holds=[hold]), ground(rules))
    over = {**hold, "resumed_by": "zhao.wei", "resumed_at": "2026-11-17T12:00:00+08:00"}
    assert words not in text("progress", case(rules, "assigned", holds=[over]), ground(rules))


@every_policy
def test_where_else_to_turn_goes_by_the_country_of_the_register(name: str) -> None:
    rules = policy(name)
    one = case(rules, "received")
    assert "12315" in text("acknowledgement", one, ground(rules, "CN"))
    assert "OMIC" in text("acknowledgement", one, ground(rules, "ES"))
    other = text("acknowledgement", one, ground(rules, "FR"))
    assert "consumer protection office" in other
    assert "12315" not in other
    for kind in ("offer", "final"):
        assert "12315" in text(kind, case(rules, "closed"), ground(rules, "CN"))


def test_whoever_took_the_complaint_signs_while_they_are_there(rules: Any) -> None:  # S1a-3
    assert text("progress", case(rules), ground(rules)).endswith("李娜 Customer service 阳光 Sol & Co.")
    gone = ground(rules, staff=[{**letter_examples.STAFF[0], "active": False}])
    said = text("progress", case(rules), gone)
    assert "李娜" not in said
    assert said.endswith("Yours sincerely, 阳光 Sol & Co.")


@pytest.mark.parametrize("outcome", [one for one in OUTCOMES if one not in VOID])
def test_a_case_that_ended_without_a_decision_has_a_final_answer_too(rules: Any, outcome: str) -> None:
    one = case(rules, "assigned", "unfounded") | {"state": "closed"}
    one["demand"] = {}
    one["closures"] = [
        {"outcome": outcome, "reason": "INTERNAL-REASON", "by": "li.na", "at": "2026-11-18T08:00:00+08:00"}
    ]
    for language in LANGUAGES:
        one["customer"]["language"] = language
        said = text("final", one, ground(rules))
        assert "12.90" not in said
        assert "INTERNAL" not in said
        assert "18" in said


def test_without_a_name_the_customer_is_still_addressed(rules: Any) -> None:
    for language, opening in (
        ("en", "Dear customer,"),
        ("zh-CN", "尊敬的顾客："),
        ("es", "Estimado/a cliente:"),
    ):
        one = case(rules, "received", customer={"id": "P-4T7Q2M", "language": language})
        assert opening in text("acknowledgement", one, ground(rules))


# -- in whose language


@pytest.mark.parametrize(
    ("wanted", "register", "found"),
    [
        ("es", "en", "es"), ("zh-CN", "en", "zh-CN"), ("zh-TW", "en", "zh-CN"), ("ZH-cn", "en", "zh-CN"),
        ("es-MX", "en", "es"), ("fr", "es", "es"), ("", "zh-CN", "zh-CN"), ("fr", "fr", "en"),
    ],
)  # fmt: skip
def test_a_letter_is_in_the_customer_s_language_else_in_the_register_s(
    rules: Any, wanted: str, register: str, found: str
) -> None:
    customer = {"id": "P-4T7Q2M", **({"language": wanted} if wanted else {})}
    assert letters.language_of(case(rules, customer=customer), rules, register) == found


# -- the templates


@every_policy
def test_every_shipped_rule_set_has_every_letter_in_every_language(name: str) -> None:
    rules = policy(name)["letters"]
    assert set(rules["kinds"]) == set(KINDS)
    for place, _kind, label in lettershapes.templates(rules):
        assert set(label) == set(LANGUAGES), place
    assert {"CN", "ES", "other"} <= set(rules["elsewhere"])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", STATES)
def test_what_a_template_may_name_is_what_there_is(rules: Any, kind: str, state: str) -> None:
    values = letterfacts.values(kind, case(rules, state), ground(rules), "en")
    assert set(values) == set(lettershapes.KINDS[kind])
    _fits(values, lettershapes.KINDS[kind])


def _fits(value: Any, shape: Any) -> None:
    """A value is of its shape: the same parts, a word that it can be, a list of one kind."""
    if isinstance(shape, dict):
        assert set(value) == set(shape)
        for key, part in shape.items():
            _fits(value[key], part)
    elif isinstance(shape, list):
        for one in value:
            _fits(one, shape[0])
    elif isinstance(shape, tuple):
        assert value in shape
    else:
        assert isinstance(value, {"text": str, "number": int, "flag": bool}[shape])


@pytest.mark.parametrize(
    ("place", "source", "why"),
    [
        (("kinds", "offer", "text", "es"), "{{ decision.sum }}", "line 1: there is no part sum"),
        (("kinds", "progress", "text", "en"), "a\n\n{{ decision.on }}", "line 3: there is no value decision"),
        (("kinds", "apology", "subject", "zh-CN"), "{% if %}", "no template"),
        (("opening", "en"), "{{ inquiry.findings }}", "there is no value inquiry"),
        (("decision", "es"), "{{ case.__class__ }}", "there is no part __class__"),
        (("kinds", "final", "after", "en"), "{% include 'x' %}", "letters have no include"),
    ],
)
def test_a_template_that_would_fail_at_the_desk_is_found_when_the_rules_are_checked(
    rules: Any, place: tuple[str, ...], source: str, why: str
) -> None:
    broken = copy.deepcopy(rules)
    part = broken["letters"]
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = source
    (found,) = policyrules.problems(broken)
    assert found[0] == f"$.letters.{'.'.join(place)}"
    assert why in found[1]


def test_a_way_of_contact_and_a_language_that_are_lacking_are_found(rules: Any) -> None:
    broken = copy.deepcopy(rules)
    broken["letters"]["method"] = "pigeon"
    del broken["letters"]["kinds"]["offer"]["text"]["es"]
    assert {path for path, _why in policyrules.problems(broken)} == {
        "$.letters.method",
        "$.letters.kinds.offer.text",
    }


def test_a_broken_template_of_rules_that_nobody_checked_is_bad_data(rules: Any) -> None:
    broken = copy.deepcopy(rules)
    broken["letters"]["kinds"]["apology"]["text"]["en"] = "{{ decision.on }}"
    with pytest.raises(BadData, match="there is no value decision"):
        letters.write("apology", case(rules), ground(broken))


def test_rules_without_a_kind_or_without_letters_refuse_it(rules: Any) -> None:
    poorer = copy.deepcopy(rules)
    del poorer["letters"]["kinds"]["apology"]
    with pytest.raises(Refused, match="no letter of the kind apology"):
        letters.write("apology", case(rules), ground(poorer))
    del poorer["letters"]
    with pytest.raises(Refused, match="no letter of the kind offer"):
        letters.write("offer", case(rules), ground(poorer))


# -- as they read


@every_policy
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letters_read_as_they_were_approved(
    name: str, language: str, request: pytest.FixtureRequest
) -> None:
    written = [
        f"<!-- {one.kind} -->\n\n{letterpages.text(one)}" for one in letter_examples.all_of(name, language)
    ]
    golden = GOLDENS / f"{name}.{language}.txt"
    assert golden.read_text(encoding="utf-8") == "\n".join(written), (
        "python -m tests.letter_examples writes them anew; read the difference"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letters_of_the_sample_register_are_those_that_were_read(language: str) -> None:
    golden = GOLDENS / f"sample.{language}.txt"
    assert golden.read_text(encoding="utf-8") == letter_examples.sample_text(language), (
        "python -m tests.letter_examples writes them anew; read the difference"
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_of_a_sample_case_is_wholly_in_its_customers_language(kind: str, language: str) -> None:
    letter = letter_examples.of_samples(kind, language)
    told = letterpages.text(letter).replace(letter_examples.sample_ground().settings["name"], "")
    assert letter.language == language
    assert bool(re.search("[\u4e00-\u9fff]", told)) == (language == "zh-CN")


@every_policy
def test_chinese_letters_have_chinese_punctuation_and_spanish_ones_are_polite(name: str) -> None:
    rules = policy(name)["letters"]
    for place, _kind, label in lettershapes.templates(rules):
        words = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", label["zh-CN"])
        assert not re.search(r"[,;:!?()]", words), place
        assert not re.search(r"\b(tú|te|tu|tus|ti|vosotros|vuestr[oa]s?)\b", label["es"]), place

"""Conditions of a policy in words: labels instead of ids, sums with their currency, sentences for yes and no."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from complaintctl import founding, i18n, yamlfile
from complaintctl.conditions import BOUNDS, FACTS, met
from complaintctl.explaining import found, named, quoted, sentence, unmet

LANGUAGES = ("en", "zh-CN", "es")
FACTS_FOUND = {
    "kind": "complaint",
    "cause": "goods.spoiled",
    "verdict": "unfounded",
    "severity": "moderate",
    "flags": ["media", "food-safety"],
    "cost": Decimal("50.00"),
    "exception": True,
    "own_department": False,
    "level": 2,
    "days_since_purchase": 14,
}


@pytest.fixture(scope="module")
def rules() -> Any:
    path = founding.shipped_policies()["supermarket"]
    return yamlfile.read_document(path.read_bytes(), path.name)[0]


@pytest.fixture(autouse=True)
def english():
    yield
    i18n.use("en")


def said(how: Any, when: Any, rules: Any, language: str = "en", facts: Any = FACTS_FOUND) -> str:
    i18n.use(language)
    return str(how(when, facts, rules, language))


def test_what_stands_against_a_condition_names_what_was_found_and_what_is_required(rules):
    when = {"kind": "complaint", "cost": {"at_most": "20.00"}, "cause": "service.attitude"}
    assert said(unmet, when, rules) == (
        "cost: 50.00 CNY (required: at most 20.00 CNY); "
        "cause: “spoiled before its date” (required: “attitude of staff”)"
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "does not apply (verdict: “not upheld”)"),
        ("zh-CN", "不适用（调查结论：“不成立”）"),
        ("es", "no se aplica (dictamen: «no procedente»)"),
    ],
)
def test_what_a_rule_leaves_out_is_said_in_words(rules, language, words):
    assert said(unmet, {"not": {"verdict": "unfounded"}}, rules, language) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "the complaint is about another department than the one that took it"),
        ("zh-CN", "投诉的不是受理部门，而是其他部门"),
        ("es", "la reclamación no va contra el departamento que la recibió, sino contra otro"),
    ],
)
def test_yes_and_no_are_sentences_whether_they_hold_or_not(rules, language, words):
    assert said(found, {"own_department": False}, rules, language) == words
    assert said(unmet, {"own_department": True}, rules, language) == words


def test_what_a_condition_that_holds_found_is_told_with_its_bounds(rules):
    when = {"exception": True, "cost": {"more_than": "20.00"}, "days_since_purchase": {"at_least": 7}}
    assert (
        said(found, when, rules, "zh-CN")
        == "属例外处理；成本：50.00元（超过 20.00元）；购买后天数：14（至少 7）"
    )


def test_of_several_ways_only_those_that_hold_are_told_and_of_none_all_that_is_missing(rules):
    when = {"any": [{"kind": "help"}, {"severity": "moderate"}]}
    assert said(found, when, rules, "es") == "gravedad: «moderada»"
    other = {"any": [{"kind": "help"}, {"severity": "severe"}]}
    assert said(unmet, other, rules, "es") == (
        "tipo: «reclamación» (se exige: «petición de ayuda») o gravedad: «moderada» (se exige: «grave»)"
    )


def test_what_is_not_recorded_is_called_so_and_an_empty_list_none(rules):
    assert (
        said(unmet, {"verdict": "founded"}, rules, facts={}) == "verdict: not recorded (required: “upheld”)"
    )
    assert said(unmet, {"flags": "media"}, rules, facts={"flags": []}).startswith("flags: none (required: ")


def test_a_category_stands_for_a_cause_that_is_not_known_by_its_own_name(rules):
    facts = {"cause": "price.promotion-missing"}
    assert said(unmet, {"cause": "goods.spoiled"}, rules, "zh-CN", facts).startswith(
        "根本原因：“促销备货不足”"
    )


def test_an_id_that_the_policy_does_not_name_stays_as_it_is(rules):
    assert named(rules, "remedies", "a-hug", "en") == "“a-hug”"
    assert "“nowhere”" in said(unmet, {"cause": "goods"}, rules, facts={"cause": "nowhere"})


def test_a_rule_that_speaks_of_a_fact_that_does_not_exist_says_so(rules):
    assert said(unmet, {"not": {"colour": "red"}}, rules) == "the rule speaks of something unknown: colour"
    assert said(unmet, {"colour": "red"}, rules) == "colour: not recorded (required: red)"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_condition_of_any_shipped_policy_is_told_with_ids(language):
    """Whatever a rule asks, of a case that has nothing of it: only the values that nobody gave a name stay."""
    for name, path in founding.shipped_policies().items():
        rules: Any = yamlfile.read_document(path.read_bytes(), path.name)[0]
        ids = {
            one
            for kind in ("causes", "categories", "departments", "remedies", "flags", "severities", "roles")
            for one in rules[kind]
            if "-" in one or "." in one
        }
        for rule in [
            *rules["entitlements"],
            *rules.get("exclusions", []),
            *rules["authority"].get("needs", []),
        ]:
            told = said(unmet, rule["when"], rules, language, {})
            assert met(rule["when"], {}) or told, (name, rule)
            assert not [one for one in ids if one in told.split()], (name, told)
            assert not [word for word in (*FACTS, *BOUNDS) if "_" in word and word in told], (name, told)


@pytest.mark.parametrize(
    ("label", "words"), [("So it is.", "So it is"), ("如此。", "如此"), ("no stop", "no stop")]
)
def test_a_label_that_goes_on_has_no_full_stop(label, words):
    assert sentence(label) == words


def test_names_stand_in_the_marks_of_the_language():
    i18n.use("es")
    assert quoted("disculpa") == "«disculpa»"

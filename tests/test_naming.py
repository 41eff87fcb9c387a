"""What people type for an id, an amount, a day: labels, decimal commas, the width of Chinese characters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from complaintctl.amounts import money_of
from complaintctl.commands import values
from complaintctl.errors import Usage
from complaintctl.labels import meant, offered
from tests.shop import MILK, Shop

COMPLAINT = ("--complaint", "sour")


@pytest.mark.parametrize("channel", ["desk", "service desk", "Service  DESK", "服务台", "mostrador"])
def test_a_label_in_any_language_of_the_policy_stands_for_its_id(shop: Shop, channel: str) -> None:
    labels = shop.run("", "policy", "show", "--json").json["channels"]["desk"]["label"]
    typed = channel if channel.casefold() in {"desk", *labels.values()} else labels["en"].upper()
    case = shop.new("--channel", typed, *COMPLAINT)
    assert shop.show(case)["intake"]["channel"] == "desk"


def test_labels_are_taken_wherever_an_option_names_something_of_the_policy(shop: Shop) -> None:
    labels = shop.run("", "policy", "show", "--json").json

    def of(kind: str, ident: str, language: str = "zh-CN") -> str:
        entry = labels.get(kind, {}).get(ident) or labels["vocabulary"][kind][ident]
        return str(entry.get("label", entry)[language])

    case = shop.new("--channel", "desk", *COMPLAINT, "--demand", f"{of('remedies', 'refund')}＝１２，９０",
                    "--price", "12,9", "--kind", of("kinds", "complaint"))  # fmt: skip
    shop.do("li.na", "classify", case, "--category", of("categories", "goods.spoiled"),
            "--severity", of("severities", "moderate", "es"), "--department", of("departments", "goods"))  # fmt: skip
    shop.do("li.na", "assign", case, "--to", "zhao.wei", "--department", of("departments", "store"))
    shop.do("li.na", "contact", case, "--by", of("contact_methods", "phone"), "--note", "told her")
    shop.do("zhao.wei", "investigate", case, "--findings", "warm", "--verdict", of("verdicts", "founded").upper(),
            "--statement", "customer: sour", "--cause", of("causes", "goods.spoiled", "en"))  # fmt: skip
    refund = of("remedies", "refund", "es")
    shop.do("zhao.wei", "propose", case, "--remedy", f"{refund}=12,90", "--reason", "spoiled",
            "--expected", f"{refund}=２０２６－１２－０１", "--task", f"{of('departments', 'goods')}：look: again")  # fmt: skip
    found = shop.show(case)
    assert found["demand"] == {"remedy": "refund", "amount": "12.90"}
    assert found["about"]["price"] == "12.90"
    assert found["kind"] == "complaint"
    said = found["classification"]
    assert (said["category"], said["severity"], said["departments"]) == (
        "goods.spoiled",
        "moderate",
        ["goods"],
    )
    assert found["assignments"][-1]["department"] == "store"
    assert found["contacts"][-1]["method"] == "phone"
    assert (found["investigations"][-1]["verdict"], found["investigations"][-1]["cause"]) == ("founded", "goods.spoiled")  # fmt: skip
    proposal = found["proposals"][-1]
    assert [(one["kind"], one["amount"], one["expected_on"]) for one in proposal["remedies"]] == [
        ("refund", "12.90", "2026-12-01")
    ]
    assert [(one["department"], one["what"]) for one in proposal["tasks"]] == [("goods", "look: again")]


def test_a_list_is_asked_for_by_label(shop: Shop) -> None:
    case = shop.new(*MILK)
    shop.do("li.na", "classify", case, "--category", "goods.spoiled")
    words = rules_labels(shop)
    for option, label in (
        ("--state", words["vocabulary"]["states"]["classified"]["es"].upper()),
        ("--category", words["categories"]["goods.spoiled"]["label"]["zh-CN"]),
        ("--category", words["categories"]["goods"]["label"]["es"]),
        ("--category", "goods"),
    ):
        assert [one["id"] for one in shop.run("", "list", option, label, "--json").json] == [case], label


def test_what_is_neither_id_nor_label_is_answered_with_what_is_near_by_id_and_label(shop: Shop) -> None:
    state = shop.refuse(2, "", "list", "--state", "clased")
    assert "closed" in state.err
    assert "none of these" in state.err
    category = shop.refuse(2, "", "list", "--category", "spoild")
    assert "goods.spoiled (" in category.err
    start = rules_labels(shop)["categories"]["goods.spoiled"]["label"]["zh-CN"][:2]
    assert "goods.spoiled (" in shop.refuse(2, "li.na", "list", "--category", start).err
    assert "desk (" in shop.refuse(2, "li.na", "new", "--channel", "desck", *COMPLAINT).err


def test_labels_in_a_file_of_values_stand_for_ids_too(shop: Shop, tmp_path: Path) -> None:
    label = rules_labels(shop)["remedies"]["refund"]["label"]["es"]
    (tmp_path / "one.yaml").write_text(
        f'channel: desk\ncomplaint: sour\ndemand: "{label}=3,50"\n', encoding="utf-8"
    )
    case = shop.do("li.na", "new", "--from", str(tmp_path / "one.yaml")).strip()
    assert shop.show(case)["demand"] == {"remedy": "refund", "amount": "3.50"}


def test_somebody_on_the_staff_is_meant_before_a_department_of_that_label(shop: Shop) -> None:
    label = rules_labels(shop)["departments"]["goods"]["label"]["en"]
    shop.do(
        "boss", "staff", "add", label, "--name", "Ms Goods", "--email", "g@shop.example", "--role", "clerk"
    )
    case = shop.new("--channel", "desk", *COMPLAINT, "--against", label)
    assert shop.show(case)["about"]["against"] == label


def rules_labels(shop: Shop) -> Any:
    return shop.run("", "policy", "show", "--json").json


POLICY: Any = {
    "flags": {
        "red": {"label": {"en": "alarm", "es": "rojo"}},
        "rojo": {"label": {"en": "other"}},
        "blue": {"label": {"en": "alarm", "es": "azul marino"}},
    },
    "vocabulary": {},
}


def test_an_id_wins_over_a_label_and_a_label_of_several_means_none_of_them() -> None:
    assert meant(POLICY, "flags", "rojo") == ["rojo"]
    assert meant(POLICY, "flags", "ALARM") == ["red", "blue"]
    assert meant(POLICY, "flags", " Azul  Marino ") == ["blue"]
    assert meant(POLICY, "flags", "azul") == []
    assert meant(POLICY, "flags", "alarm", ["blue"]) == ["blue"]
    assert offered(POLICY, "flags", "azul") == "blue (alarm)"
    assert offered(POLICY, "flags", "zzz") == "red (alarm), rojo (other), blue (alarm)"


def test_a_label_of_several_ids_is_refused_and_they_are_named(shop: Shop) -> None:
    policy = shop.folder / "policies/supermarket.yaml"
    twice = rules_labels(shop)["channels"]["desk"]["label"]["es"]
    other = rules_labels(shop)["channels"]["phone"]["label"]["es"]
    policy.write_text(policy.read_text(encoding="utf-8").replace(f'es: "{other}"', f'es: "{twice}"'), encoding="utf-8")  # fmt: skip
    shop.do("boss", "policy", "save", "--reason", "a label twice")
    refused = shop.refuse(2, "li.na", "new", "--channel", twice, *COMPLAINT)
    assert "the label of several: " in refused.err
    assert "desk" in refused.err
    assert "phone" in refused.err


@pytest.mark.parametrize(
    ("typed", "currency", "meant_by_it"),
    [
        ("12.50", "EUR", "12.50"), ("12,50", "EUR", "12.50"), ("12,5", "EUR", "12.50"), ("1234,5", "EUR", "1234.50"),
        ("１２．５０", "CNY", "12.50"), ("１２，５", "CNY", "12.50"), ("１２。５", "CNY", "12.50"), (" 12 ", "EUR", "12.00"),
        ("1.234", "KWD", "1.234"), ("1,23", "KWD", "1.230"), ("１２００", "JPY", "1200"),
    ],
)  # fmt: skip
def test_an_amount_is_taken_with_either_decimal_sign_and_in_either_width(
    typed: str, currency: str, meant_by_it: str
) -> None:
    assert money_of(typed, currency, "--price") == meant_by_it


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        ("1.234", "EUR"), ("1,234", "EUR"), ("1.234,50", "EUR"), ("1,234.50", "EUR"), ("1,234", "KWD"),
        ("1 234", "EUR"), ("1,234,567", "EUR"), ("1,234", "JPY"), ("1.234", "JPY"), ("12,505", "EUR"), ("１，２３４", "CNY"),
    ],
)  # fmt: skip
def test_a_sign_between_thousands_is_refused_and_never_guessed_at(typed: str, currency: str) -> None:
    with pytest.raises(Usage, match="two ways") as refused:
        money_of(typed, currency, "--price")
    assert "1234" in str(refused.value.hint)


@pytest.mark.parametrize("typed", ["", "12,", ",5", "-3", "1e3", "twelve", "12,5,"])
def test_what_is_no_amount_is_answered_with_an_example(typed: str) -> None:
    with pytest.raises(Usage, match=r"written like 12\.00"):
        money_of(typed, "EUR", "--price")


def test_days_and_times_may_be_typed_in_the_width_of_chinese_characters(shop: Shop) -> None:
    assert values.day("２０２６－１１－２１", "until") == "2026-11-21"
    assert values.week("２０２６－Ｗ４７") == "2026-W47"
    assert values.month("２０２６－１１") == "2026-11"
    case = shop.new("--channel", "desk", *COMPLAINT, "--occurred-at", "2026-11-16T08：30")
    assert shop.show(case)["about"]["occurred_at"] == "2026-11-16T08:30:00+08:00"
    with pytest.raises(Usage, match="is a day such as"):
        values.day("21/11/2026", "until")

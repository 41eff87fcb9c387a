"""Refusals, and what `show` and `log` say, in each language: labels of the policy, sums with currency, no ids."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.shop import Shop, rules, run

LANGUAGES = ("en", "zh-CN", "es")


def said(shop: Shop, language: str, who: str, *words: str) -> tuple[str, str]:
    """The message and the hint of a refusal, without the id of the case."""
    told = shop.refuse(1, who, "--language", language, *words).err
    message, hint = told.strip().split("\n")[:2]
    return re.sub(r"C-[0-9]{8}-[0-9A-Z]{6}", "CASE", message), hint.strip()


def spoiled(shop: Shop, *remedy: str) -> str:
    """A case whose proposal waits, as an exception."""
    case = shop.investigated()
    shop.do("zhao.wei", "propose", case, *remedy, "--exception", "receipt seen", "--reason", "sour")
    return case


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "CASE costs 612.90 CNY; a head of department may grant 500.00 CNY."),
        ("zh-CN", "CASE 的处理成本为 612.90元；部门负责人的审批权限额度为 500.00元。"),
        ("es", "CASE cuesta 612,90 yuanes; el límite de jefe de departamento es 500,00 yuanes."),
    ],
)
def test_a_limit_that_is_passed_is_told_with_both_sums_and_who_may(
    shop: Shop, language: str, words: str
) -> None:  # S1c-4
    case = spoiled(shop, "--remedy", "refund=12.90", "--remedy", "compensation=600.00")
    message, hint = said(shop, language, "sun.min", "approve", case)
    assert message.endswith(words)
    assert f"complaintctl --as qian.li approve {case}" in hint


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "decided by a head of department or higher (it is an exception)."),
        ("zh-CN", "（属例外处理）。"),
        ("es", "(es una excepción)."),
    ],
)
def test_what_needs_a_higher_role_says_why_in_words(shop: Shop, language: str, words: str) -> None:  # S1b-5
    case = spoiled(shop, "--remedy", "compensation=5.00")
    message, _hint = said(shop, language, "li.na", "approve", case)
    assert message.endswith(words)
    assert "exception:" not in message


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            (
                "“repair” is not granted; the nearest rule is “faulty goods, seven days from receipt”: "
                "cause: “spoiled before its date” (required: “failed in use” or “wrong label”)."
            ),
        ),
        (
            "zh-CN",
            "不能给予“维修”；最接近的规则是“质量问题七日内退货”：根本原因：“保质期内变质”（要求：“功能失效”或“标签错误”）。",
        ),
        (
            "es",
            (
                "no se concede «reparación»; la regla más próxima es «producto defectuoso, siete días»: "
                "causa raíz: «estropeado antes de fecha» (se exige: «falló en el uso» o «etiqueta errónea»)."
            ),
        ),
    ],
)
def test_an_entitlement_that_does_not_reach_is_told_in_labels(
    shop: Shop, language: str, words: str
) -> None:  # S1a-6
    plan = ("propose", shop.investigated(), "--remedy", "repair", "--cost", "repair=4.00", "--reason", "r")
    message, _hint = said(shop, language, "zhao.wei", *plan)
    assert message.endswith(words)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "not confirmed yet: “the shop knew, or had to know”."),
        ("zh-CN", "尚未确认“店方明知或应知”。"),
        ("es", "falta confirmar «la tienda lo sabía o debía saberlo»."),
    ],
)
def test_what_is_to_be_confirmed_is_named_in_words_and_typed_as_an_id(
    shop: Shop, language: str, words: str
) -> None:
    plan = ("propose", shop.investigated(), "--remedy", "compensation=5.00", "--reason", "r")
    message, hint = said(shop, language, "zhao.wei", *plan)
    assert message.endswith(words)
    assert hint.endswith("--confirm known-to-seller")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_step_out_of_its_turn_is_told_by_the_names_of_step_and_states(shop: Shop, language: str) -> None:
    case, words = shop.new(), rules(shop)["vocabulary"]
    message, _hint = said(shop, language, "sun.min", "approve", case)
    for kind, ident in (("states", "received"), ("states", "proposed"), ("steps", "approve")):
        assert words[kind][ident][language] in message
    assert "approve" not in message
    assert language == "en" or "proposed" not in message


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_gate_is_told_by_its_rule_alone(shop: Shop, language: str) -> None:
    case = shop.fulfilled()
    shop.do("li.na", "follow-up", case, "--satisfaction", "5")
    [gate] = [one for one in rules(shop)["gates"] if one["name"] == "lesson-learnt"]
    message, hint = said(shop, language, "li.na", "close", case)
    assert message.endswith(gate["label"][language])
    assert hint.endswith(f"complaintctl close {case} --lesson … --prevention …")


@pytest.mark.parametrize(
    ("language", "outcome"), [("en", "“answered”"), ("zh-CN", "“已答复”"), ("es", "«contestada»")]
)
def test_an_outcome_that_does_not_fit_is_told_by_its_name(shop: Shop, language: str, outcome: str) -> None:
    words = ("close", shop.proposed(), "--outcome", "answered", "--reason", "r")
    message, _hint = said(shop, language, "li.na", *words)
    assert outcome in message
    assert not [
        one for one in ("help", "venting", "proposed") if f"({one}" in message or f"{one}," in message
    ]


@pytest.mark.parametrize(
    ("language", "undone", "amended"),
    [
        (
            "en",
            "step taken back (contact): wrong one",
            "amendment (about: price, complainant: telephone): misheard",
        ),
        ("zh-CN", "撤回（沟通）：wrong one", "更正（投诉事项：价格、投诉人：电话）：misheard"),
        (
            "es",
            "paso deshecho (contacto): wrong one",
            "enmienda (sobre qué: precio, reclamante: teléfono): misheard",
        ),
    ],
)
def test_what_was_amended_and_what_was_taken_back_is_shown_by_the_names_of_fields_and_steps(
    shop: Shop, language: str, undone: str, amended: str
) -> None:
    case = shop.new()
    changes = ("--set", "customer.phone=13900000000", "--set", "about.price=13.00")
    shop.do("li.na", "amend", case, *changes, "--reason", "misheard")
    shop.do("li.na", "contact", case, "--by", "phone", "--note", "not this one")
    shop.do("li.na", "undo", case, "--reason", "wrong one")
    shown = shop.do("", "--language", language, "show", case)
    assert undone in shown
    assert amended in shown
    assert shop.git("log", "-1", "--format=%s").strip() == f"{case}: undo (received → received)"
    kept = shop.show(case)["amendments"]
    assert [one["fields"] for one in kept] == [["about.price", "customer.phone"], ["contact"]]
    assert "(received → received)" not in shop.do("", "log", case)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Nothing was signed: staff.yaml names no key of boss."),
        ("zh-CN", "未签名：员工名册（staff.yaml）中没有 boss 的公钥。"),
        ("es", "No se firmó nada: en la lista del personal (staff.yaml) no consta la clave de boss."),
    ],
)
def test_a_checkpoint_that_cannot_be_signed_says_what_is_true_and_how_a_key_gets_there(
    shop: Shop, language: str, words: str
) -> None:
    message, hint = said(shop, language, "boss", "checkpoint", "--sign")
    assert message.endswith(words)
    assert "complaintctl staff edit boss --key" in hint


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "general manager"),
        ("zh-CN", "总经理"),
        ("es", "director general"),
    ],
)
def test_a_new_register_names_the_role_of_its_owner(tmp_path: Path, language: str, words: str) -> None:
    made = run(
        "init", str(tmp_path / "shop"), "--language", language, "--owner", "ana:Ana <ana@shop.example>"
    )
    assert made.code == 0, made
    assert words in made.out + made.err
    assert "(manager)" not in made.out + made.err


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Arrival check, temperatures, shelf rotation: no"),
        ("zh-CN", "验收记录、温度记录、先进先出：no"),
        ("es", "Control de entrada, temperaturas, rotación: no"),
    ],
)
def test_a_check_is_named_in_show_in_the_paper_and_on_the_form(
    shop: Shop, tmp_path: Path, language: str, words: str
) -> None:  # S1a-4
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", "goods.spoiled")
    shop.do("li.na", "assign", case, "--to", "zhao.wei")
    shop.do("zhao.wei", "investigate", case, "--check", "storage=no", "--statement", "customer: sour")
    shop.upheld("zhao.wei", case, "goods.spoiled")
    shop.do("zhao.wei", "propose", case, "--remedy", "refund=12.90", "--reason", "sour")
    for verb in ("show", "review"):
        told = shop.do("", "--language", language, verb, case)
        assert words in told
        assert "storage: no" not in told
        assert "storage：no" not in told
    assert shop.show(case)["investigations"][0]["checks"] == [{"name": "storage", "outcome": "no"}]


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("C-20261116-7K3MQ4: undo (classified → received)", "paso deshecho (clasificada → recibida)"),
        ("C-20261116-7K3MQ4: contact (received → received)", "contacto (recibida)"),
        ("sync: 1 commit of origin", "incorporado 1 commit de origin"),
        ("sync: 12 commits of origin", "incorporados 12 commits de origin"),
        ("C-20261116-7K3MQ4: merge proposal/C-20261116-7K3MQ4-2", "incorporada la propuesta 2 desde su rama"),
        ("C-20261116-7K3MQ4: somebody wrote this", "somebody wrote this"),
    ],
)
def test_the_log_says_in_words_what_this_program_wrote(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, subject: str, words: str
) -> None:
    from complaintctl import trail

    case = shop.new()
    entry = trail.Entry("0" * 40, "li.na", 0, 0, subject, {})
    monkeypatch.setattr(trail, "commits", lambda *_given: [entry])
    assert shop.do("", "--language", "es", "log", case).splitlines()[2].endswith(f"  {words}")

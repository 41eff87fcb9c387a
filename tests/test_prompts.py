"""Questions on a terminal: what is asked, which answers are taken, and that nothing is asked in vain."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest

from complaintctl.commands import ask
from complaintctl.commands.session import Session
from tests.scenarios import optical
from tests.shop import Ran, Shop, run

Sit = Callable[..., Ran]


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> Sit:
    """A command line typed at a terminal: `at_terminal(shop, who, words, *answers)`; no answers left is Ctrl-C."""

    def sit(shop: Shop, who: str, words: tuple[str, ...], *answers: str) -> Ran:
        left = list(answers)

        def typed(_prompt: str = "") -> str:
            if not left:
                raise EOFError
            return left.pop(0)

        with monkeypatch.context() as patch:
            patch.setattr(Session, "asks", property(lambda _session: True))
            patch.setattr(Session, "talks", property(lambda _session: True))
            patch.setattr(click.termui, "visible_prompt_func", typed)
            ran = run("-C", str(shop.folder), "--now", shop.now.isoformat(), "--as", who, *words)
        assert not left, (left, ran)
        return ran

    return sit


def test_each_mark_of_satisfaction_stands_at_its_own_number(shop: Shop, at_terminal: Sit) -> None:
    case = shop.fulfilled()
    assert at_terminal(shop, "li.na", ("follow-up", case), "5").code == 0
    assert shop.show(case)["follow_ups"][-1]["satisfaction"] == 5


@pytest.mark.parametrize("slip", ["x", "1;2", "3", "0", "-1", "1 x"])
def test_what_is_no_number_of_a_task_marks_nothing_as_carried_out(
    shop: Shop, at_terminal: Sit, slip: str
) -> None:
    case = shop.proposed("refund=12.90", "apology")
    shop.do("sun.min", "approve", case)
    shop.do("li.na", "respond", case, "--agreed")
    before = shop.snapshot()
    ran = at_terminal(shop, "li.na", ("fulfil", case), slip)
    assert ran.code == 130
    assert "1 to 2" in ran.err
    assert shop.snapshot() == before


def test_several_things_that_are_carried_out_are_named_at_once(shop: Shop, at_terminal: Sit) -> None:
    case = shop.proposed("refund=12.90", "apology", "gift=5.00")
    shop.do("sun.min", "approve", case)
    shop.do("li.na", "respond", case, "--agreed")
    assert at_terminal(shop, "li.na", ("fulfil", case), "1, 3").code == 0
    assert ["done" in one for one in shop.show(case)["proposals"][-1]["remedies"]] == [True, False, True]


def test_an_answer_that_will_not_do_is_asked_again_and_nothing_before_it_is_lost(
    shop: Shop, at_terminal: Sit
) -> None:
    ran = at_terminal(
        shop, "li.na", ("new",), "fax", "desk", "", "sour", "王女士", "138x", "13800001234", "milk",
        "1,290", "12,90", "yesterday", "2030-01-01", "2026-11-15", "", "refund", "a lot", "12.90",
    )  # fmt: skip
    assert ran.code == 0, ran
    case = shop.show(ran.out.strip())
    assert (case["customer"]["name"], case["customer"]["phone"]) == ("王女士", "13800001234")
    assert case["about"] == {"product": "milk", "price": "12.90", "purchased_on": "2026-11-15"}
    assert case["demand"] == {"remedy": "refund", "amount": "12.90"}
    assert "王女士" not in ran.err


def test_a_measure_asks_again_for_a_day_that_is_none(shop: Shop, at_terminal: Sit) -> None:
    case = shop.new()
    ran = at_terminal(shop, "li.na", ("improve", case), "an alarm", "zhao.wei", "soon", "2026-12-01")
    assert ran.code == 0, ran
    assert shop.show(case)["improvements"][0]["due"] == "2026-12-01"


@pytest.mark.parametrize(
    ("verb", "why"),
    [
        ("investigate", "is received; “investigation” needs"),
        ("approve", "is received; “decision” needs"),
        ("respond", "is received; “customer's answer” needs"),
        ("fulfil", "is received; “carrying out” needs"),
        ("follow-up", "is received; “follow-up” needs"),
        ("propose", "is received; “proposal” needs"),
    ],
)
def test_a_step_that_no_answer_makes_possible_is_refused_before_the_first_question(
    shop: Shop, at_terminal: Sit, verb: str, why: str
) -> None:
    ran = at_terminal(shop, "li.na", (verb, shop.new()))
    assert ran.code == 1
    assert why in ran.err


def test_nobody_is_asked_to_approve_their_own_proposal(shop: Shop, at_terminal: Sit) -> None:  # S1e-4
    ran = at_terminal(shop, "zhao.wei", ("approve", shop.proposed()))
    assert ran.code == 1
    assert "nobody decides on their own proposal" in ran.err


def test_nobody_is_asked_who_handles_a_case_that_may_not_be_handed_on_yet(
    tmp_path: Path, at_terminal: Sit
) -> None:  # S1a-11
    shop, _other = optical.handed(tmp_path, "wear.power")
    case = shop.new(*optical.GLASSES)
    shop.do("li.na", "classify", case, "--category", "wear.power")
    ran = at_terminal(shop, "li.na", ("assign", case))
    assert ran.code == 1
    assert "Before a case is handed on, the customer has been calmed" in ran.err


def test_not_approving_records_nothing_and_says_how_to_return_it(shop: Shop, at_terminal: Sit) -> None:
    case = shop.proposed()
    before = shop.snapshot()
    ran = at_terminal(shop, "sun.min", ("approve", case), "n")
    assert ran.code == 130
    assert f"complaintctl approve {case} --return" in ran.err
    assert shop.snapshot() == before


def test_a_customer_who_declined_is_asked_why(shop: Shop, at_terminal: Sit) -> None:
    case = shop.proposed()
    shop.do("sun.min", "approve", case)
    assert at_terminal(shop, "li.na", ("respond", case), "declined", "wants more").code == 0
    answer = shop.show(case)["proposals"][-1]["answer"]
    assert (answer["outcome"], answer["reason"]) == ("declined", "wants more")


def test_closing_asks_for_all_that_the_rules_want_to_be_written_down(
    tmp_path: Path, at_terminal: Sit
) -> None:  # S1a-8, S0-21
    shop, case = optical.fulfilled(tmp_path, "workshop.measure")
    shop.do("li.na", "follow-up", case, "--satisfaction", "5")
    ran = at_terminal(
        shop,
        "li.na",
        ("close", case),
        "",
        "",
        "measure twice",
        "a second look",
        "workshop",
        "",
        "spoken with",
    )
    assert ran.code == 0, ran
    closure = shop.show(case)["closures"][-1]
    assert (closure["lesson"], closure["prevention"]) == ("measure twice", "a second look")
    assert (closure["lesson_for"], closure["disposition"]) == (["workshop"], "spoken with")


def test_closing_offers_only_the_outcomes_that_are_possible(shop: Shop, at_terminal: Sit) -> None:
    case = shop.fulfilled()
    shop.do("li.na", "follow-up", case, "--satisfaction", "2")
    ran = at_terminal(shop, "li.na", ("close", case))
    assert ran.code == 130
    assert "(final-response-declined)" in ran.err
    assert "satisfied)" not in ran.err.replace("dissatisfied)", "")
    assert "(explained)" not in ran.err
    assert "(answered)" not in ran.err


def test_a_duplicate_is_asked_for_the_case_that_it_repeats(shop: Shop, at_terminal: Sit) -> None:
    first, second = shop.new(), shop.new()
    ran = at_terminal(shop, "li.na", ("close", second), "duplicate", "nosuchcase", first)
    assert ran.code == 0, ran
    assert shop.show(second)["closures"][-1]["of"] == first


def test_proposing_asks_for_what_a_rule_wants_to_be_confirmed(tmp_path: Path, at_terminal: Sit) -> None:
    shop, case = optical.found(tmp_path, "workshop.measure")
    ran = at_terminal(shop, "zhao.wei", ("propose", case), "exchange", "", "y", "cut wrongly")
    assert ran.code == 0, ran
    assert "the customer truly cannot overcome it" in ran.err
    assert shop.show(case)["proposals"][-1]["confirmed"] == ["customer-cannot-overcome"]


def test_proposing_asks_why_there_is_an_exception_where_no_rule_grants_it(
    shop: Shop, at_terminal: Sit
) -> None:
    case = shop.investigated()
    ran = at_terminal(
        shop, "zhao.wei", ("propose", case), "repair", "", "an old customer", "it can be mended"
    )
    assert ran.code == 0, ran
    assert shop.show(case)["proposals"][-1]["exception"] == "an old customer"


def test_every_verdict_is_offered_though_the_rules_have_no_words_for_it(shop: Shop, at_terminal: Sit) -> None:
    path = shop.folder / "policies" / "supermarket.yaml"
    text = path.read_text()
    start = text.index("  verdicts:")
    lines = text[start:].split("\n")
    unfounded = next(line for line in lines if line.strip().startswith("unfounded:"))
    path.write_text(text.replace(unfounded + "\n", "", 1))
    shop.do("boss", "policy", "save", "--reason", "fewer words")
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", "price.wrong")
    shop.do("li.na", "assign", case, "--to", "zhao.wei")
    ran = at_terminal(shop, "zhao.wei", ("investigate", case), "", "nothing wrong", "unfounded")
    assert ran.code == 0, ran
    assert shop.show(case)["investigations"][-1]["verdict"] == "unfounded"


def test_somebody_new_is_asked_for_and_a_wrong_id_is_told_at_once(shop: Shop, at_terminal: Sit) -> None:
    wrong = at_terminal(shop, "boss", ("staff", "add", "Ma.Li"))
    assert wrong.code == 2
    assert "small letters" in wrong.err
    ran = at_terminal(
        shop, "boss", ("staff", "add", "ma.li"), "马丽", "ma.li", "ma.li@shop.example", "clerk", "goods"
    )
    assert ran.code == 0, ran
    listed = shop.run("", "staff", "list", "--json").json
    assert listed[-1] == {
        "id": "ma.li",
        "name": "马丽",
        "emails": ["ma.li@shop.example"],
        "department": "goods",
        "role": "clerk",
        "active": True,
    }


CHOICES = [("goods.spoiled", "变质"), ("goods.failed", "故障"), ("price.wrong", "价格不符")]


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("spoiled", ["goods.spoiled"]),
        ("质", ["goods.spoiled"]),
        ("price", ["price.wrong"]),
        ("goods", ["goods.spoiled", "goods.failed"]),
        ("e", []),  # more likely a slip than a part
        ("9", []),
        ("nothing of it", []),
    ],
)
def test_a_part_of_a_choice_will_do_where_it_fits_no_other(answer: str, found: list[str]) -> None:
    assert ask._part_of(answer, CHOICES) == found


@pytest.mark.parametrize(
    ("answer", "found"), [("2", ["goods.failed"]), ("变质", ["goods.spoiled"]), ("4", [])]
)
def test_a_choice_is_made_by_number_id_or_label(answer: str, found: list[str]) -> None:
    assert ask._pick(answer, CHOICES) == found


@pytest.mark.parametrize("apart", [False, True], ids=["here", "in a branch"])
def test_whoever_approves_in_review_sees_the_whole_paper_first(
    shop: Shop, at_terminal: Sit, apart: bool
) -> None:
    case = shop.investigated()
    words = ("--remedy", "refund=12.90", "--reason", "spoiled before its date")
    shop.do("zhao.wei", "propose", case, *words, *(["--branch"] if apart else []))
    before = shop.git("for-each-ref")
    no = at_terminal(shop, "sun.min", ("review", case, "--approve"), "n")
    assert no.code == 130
    for word in (
        "refund 12.90 CNY: granted by the rule “spoiled or expired goods”",
        "Who may decide",
        "Nothing was recorded",
    ):
        assert word in no.err
    assert shop.git("for-each-ref") == before
    assert at_terminal(shop, "sun.min", ("review", case, "--approve"), "y").code == 0
    assert shop.git("for-each-ref") != before


def test_nothing_is_asked_for_a_proposal_while_another_one_waits_in_review(
    shop: Shop, at_terminal: Sit
) -> None:
    case = shop.investigated()
    shop.do("zhao.wei", "propose", case, "--remedy", "refund=12.90", "--reason", "spoiled", "--branch")
    ran = at_terminal(shop, "zhao.wei", ("propose", case))
    assert ran.code == 1
    assert "waits in review" in ran.err


@pytest.mark.parametrize(
    ("language", "typed", "agreed"),
    [("es", "sí", True), ("es", "SI", True), ("es", "s", True), ("es", "no", False),
     ("zh-CN", "是", True), ("zh-CN", "否", False), ("en", "y", True), ("es", "quizás\ny", True)],
)  # fmt: skip
def test_yes_and_no_are_answered_in_the_language_that_asks(language: str, typed: str, agreed: bool) -> None:
    from click.testing import CliRunner

    from complaintctl import i18n

    before = i18n.language()

    @click.command()
    def asks() -> None:
        click.echo(f"agreed: {ask._agreed('?', None)}")

    try:
        i18n.use(language)
        said = CliRunner().invoke(asks, input=typed + "\n")
    finally:
        i18n.use(before)
    assert f"agreed: {agreed}" in said.output


def test_the_usual_choice_is_offered_by_its_label_and_taken_with_enter(shop: Shop, at_terminal: Sit) -> None:
    case = shop.new()
    ran = at_terminal(
        shop, "li.na", ("--language", "es", "classify", case), "producto en mal estado", "moderada"
    )
    assert ran.code == 0, ran
    assert shop.show(case)["classification"]["severity"] == "moderate"
    again = shop.new()
    assert at_terminal(shop, "li.na", ("classify", again), "goods.spoiled", "moderate").code == 0


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("3 to 40 digits", "'1.290'", "1234.00, with nothing", "Purchased on is a day")),
        ("es", ("escriba de 3 a 40", "'1.290'", "1234.00, sin nada", "Fecha de compra es una fecha")),
        ("zh-CN", ("3 至 40 个字符", "'1.290'", "1234.00，千位", "购买日期 应为日期")),
    ],
)
def test_a_refused_answer_is_told_of_what_was_asked_and_not_of_an_option(
    shop: Shop, at_terminal: Sit, language: str, said: tuple[str, ...]
) -> None:
    ran = at_terminal(
        shop, "li.na", ("--language", language, "new"), "desk", "sour", "", "138x", "", "", "1.290", "12,90",
        "yesterday", "", "", "1",
    )  # fmt: skip
    assert ran.code == 0, ran
    assert "--" not in ran.err
    for words in said:
        assert words in ran.err, ran.err


def test_what_the_rules_grant_is_told_by_labels(shop: Shop, at_terminal: Sit) -> None:
    case = shop.investigated()
    ran = at_terminal(
        shop, "zhao.wei", ("--language", "zh-CN", "propose", case), "退款", "12,90", "1", "变质"
    )
    assert ran.code == 0, ran
    assert "退款（refund） 上限 12.90元 [变质或过期商品]" in ran.err
    assert "spoiled-or-expired" not in ran.err
    assert shop.show(case)["proposals"][-1]["remedies"][0]["rule"] == "spoiled-or-expired"

"""What a customer is entitled to, what it costs, and how an amount is written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaintctl.amounts import minor_digits, money, money_of
from complaintctl.conditions import facts_of
from complaintctl.errors import Refused, Usage
from complaintctl.remedies import _ceiling, detailed, judge, options, plan, undated
from complaintctl.remedyfaults import rule_problems
from tests.rule_examples import a_case, a_policy, classified, label, signed, some_entitlements

BOUGHT = date(2026, 10, 30)


def spoiled(**changes):
    return a_case(**{"classification": classified("goods.spoiled")} | changes)


def judged(remedies, case=None, policy=None, confirmed=(), exception=None, on=BOUGHT):
    case, policy = case or spoiled(), policy or a_policy()
    chosen = plan(remedies, case, policy)
    return judge(chosen, case, facts_of(case, policy), policy, confirmed, exception, on)


# -- money ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "digits", "written"),
    [
        ("12.9", 2, "12.90"),
        ("12.90", 2, "12.90"),
        ("12", 2, "12.00"),
        ("0", 2, "0.00"),
        ("0.05", 2, "0.05"),
        ("1200", 0, "1200"),
        ("1.5", 3, "1.500"),
        ("999999999999", 2, "999999999999.00"),
    ],
)
def test_an_amount_has_one_spelling(text, digits, written):
    assert money(text, digits) == written


@pytest.mark.parametrize(
    "text",
    ["-1", "+1", "1e3", "12.345", "１２", "12，90", "12,90", " 12", "12 ", "1 000", "", ".", ".5", "5.",
     "NaN", "inf", "0x10", "012", "00", "1_000", "12.9０", "1.2.3", "1000000000000", "٣", "12\n", "¥12"],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text):  # B3
    with pytest.raises(ValueError):
        money(text, 2)


@pytest.mark.parametrize("value", [12.9, 12, True, None, Decimal("12.90")])
def test_an_amount_is_text_never_a_number(value):  # B3
    with pytest.raises(ValueError):
        money(value, 2)


def test_a_currency_without_minor_units_takes_none():
    with pytest.raises(ValueError):
        money("12.0", 0)


@given(st.decimals("0", "99999999", places=2))
def test_an_amount_keeps_its_value_and_is_stable(value):
    written = money(str(value), 2)
    assert Decimal(written) == value
    assert money(written, 2) == written


@given(st.text(max_size=8))
def test_whatever_is_typed_is_an_amount_in_ascii_or_refused(text):
    try:
        written = money(text, 2)
    except ValueError:
        return
    assert written.isascii()
    assert Decimal(written) == Decimal(text)


@pytest.mark.parametrize(
    ("currency", "digits"),
    [
        ("CNY", 2),
        ("EUR", 2),
        ("JPY", 0),
        ("KRW", 0),
        ("CLP", 0),
        ("KWD", 3),
        ("BHD", 3),
        ("TND", 3),
        ("CLF", 4),
    ],
)
def test_minor_digits_follow_iso_4217(currency, digits):
    assert minor_digits(currency) == digits


def test_an_option_with_a_wrong_amount_says_how_to_write_it():
    with pytest.raises(Usage, match=r"--price: an amount in CNY is written like 12\.00"):
        money_of("12.90 or so", "CNY", "--price")
    assert money_of("12", "JPY", "--price") == "12"


# -- planning -------------------------------------------------------------------------------------


def test_each_remedy_gets_its_cost_amount_price_or_nothing():
    wanted = [("refund", "12.9", None), ("exchange", None, None), ("apology", None, None)]
    assert plan(wanted, spoiled(), a_policy()) == [
        {"kind": "refund", "amount": "12.90", "cost": "12.90"},
        {"kind": "exchange", "cost": "12.90"},
        {"kind": "apology", "cost": "0.00"},
    ]


def test_a_remedy_in_kind_may_name_its_own_cost():
    assert plan([("exchange", None, "9")], spoiled(), a_policy()) == [{"kind": "exchange", "cost": "9.00"}]
    assert plan([("gift", None, "5")], spoiled(), a_policy()) == [{"kind": "gift", "cost": "5.00"}]


@pytest.mark.parametrize(
    ("remedy", "words"),
    [
        (("refund", None, None), "needs an amount"),
        (("apology", "5", None), "has no amount"),
        (("refund", "80.00", "1.00"), "costs its amount"),  # no cheaper than it is
        (("refund", "-5", None), "written like"),
        (("refund", "12.345", None), "two ways"),
        (("exchange", None, "1e3"), "written like"),
        (("gift", None, None), "what does “gift” cost"),
        (("refnud", "5", None), "no remedy 'refnud'"),
    ],
)
def test_a_remedy_that_cannot_be_understood_is_a_usage_error(remedy, words):  # B3
    with pytest.raises(Usage, match=words) as wrong:
        plan([remedy], spoiled(), a_policy())
    assert wrong.value.exit_code == 2


def test_a_slip_in_a_kind_is_answered_with_near_ones():
    with pytest.raises(Usage) as wrong:
        plan([("refnud", "5", None)], spoiled(), a_policy())
    assert wrong.value.hint == "one of: refund"


def test_an_exchange_without_a_known_price_asks_for_it():
    with pytest.raises(Usage, match="Neither an amount nor a price") as wrong:
        plan([("exchange", None, None)], spoiled(about={}), a_policy())
    assert "--cost" in wrong.value.hint
    assert "about.price" in wrong.value.hint


def test_a_proposal_without_a_remedy_is_none():
    with pytest.raises(Usage, match="at least one remedy"):
        plan([], spoiled(), a_policy())


def test_amounts_follow_the_currency_of_the_case():
    assert plan([("refund", "1200", None)], spoiled(currency="JPY"), a_policy())[0]["cost"] == "1200"


# -- entitlements ---------------------------------------------------------------------------------


def test_the_first_rule_that_allows_it_is_named():  # S1a-6
    assert judged([("refund", "12.90", None)]) == [
        {"kind": "refund", "amount": "12.90", "cost": "12.90", "rule": "spoiled-food"}
    ]


def test_a_free_remedy_needs_no_rule():
    assert judged([("apology", None, None)], spoiled(about={})) == [{"kind": "apology", "cost": "0.00"}]


@pytest.mark.parametrize(
    ("on", "allowed"), [(BOUGHT, True), (date(2026, 11, 6), True), (date(2026, 11, 7), False)]
)
def test_the_day_of_purchase_does_not_count(on, allowed):
    if allowed:
        assert judged([("compensation", "100.00", None)], on=on)[0]["rule"] == "spoiled-food"
    else:
        with pytest.raises(Refused, match="8 days since the purchase, allowed 7"):
            judged([("compensation", "100.00", None)], on=on)


def test_a_purchase_after_the_complaint_entitles_to_nothing():
    with pytest.raises(Refused, match="-1 days"):
        judged([("compensation", "5.00", None)], on=date(2026, 10, 29))


@pytest.mark.parametrize(
    ("price", "amount", "allowed"),
    [
        ("12.90", "129.00", True),  # ten times the price
        ("12.90", "129.01", False),
        ("1.00", "100.00", True),  # the least that the rule grants
        ("1.00", "100.01", False),
    ],
)
def test_the_ceiling_is_the_greatest_of_price_times_n_and_amount(price, amount, allowed):
    case = spoiled(about={"price": price, "purchased_on": "2026-10-30"})
    if allowed:
        assert judged([("compensation", amount, None)], case)[0]["rule"] == "spoiled-food"
    else:
        with pytest.raises(Refused, match=f"{amount} CNY is asked for, at most"):
            judged([("compensation", amount, None)], case)


def test_a_fixed_ceiling_holds_without_a_price():
    case = spoiled(about={"purchased_on": "2026-10-30"})
    assert judged([("compensation", "100.00", None)], case)[0]["rule"] == "spoiled-food"
    with pytest.raises(Refused, match=r"100\.01 CNY is asked for, at most 100\.00 CNY"):
        judged([("compensation", "100.01", None)], case)


def test_slicing_one_amount_does_not_pass_a_ceiling():
    with pytest.raises(Refused, match=r"12\.91 CNY is asked for, at most 12\.90 CNY"):
        judged([("refund", "12.00", None), ("refund", "0.91", None)])
    whole = judged([("refund", "12.00", None), ("refund", "0.90", None)])
    assert [one["rule"] for one in whole] == ["spoiled-food", "spoiled-food"]


@given(st.lists(st.integers(1, 900), min_size=1, max_size=5))
def test_however_it_is_sliced_the_ceiling_is_the_same(cents):
    slices = [("refund", f"{cent // 100}.{cent % 100:02d}", None) for cent in cents]
    try:
        judged(slices)
    except Refused:
        assert sum(cents) > 1290
    else:
        assert sum(cents) <= 1290


def test_a_condition_must_be_confirmed():  # W1, W3
    with pytest.raises(Refused, match="not confirmed yet: “unopened”") as refused:
        judged([("exchange", None, None)])
    assert refused.value.hint == "--confirm unopened"
    assert judged([("exchange", None, None)], confirmed=["unopened"])[0]["rule"] == "any-goods"


@pytest.mark.parametrize(("amount", "allowed"), [("12.90", True), ("12.89", False), ("12.91", False)])
def test_exactly_means_neither_more_nor_less(amount, allowed):
    case = spoiled(classification=classified("goods.label"))
    if allowed:
        assert judged([("refund", amount, None)], case, confirmed=["unopened"])[0]["rule"] == "any-goods"
    else:
        with pytest.raises(Refused, match=r"exactly 12\.90 CNY is allowed"):
            judged([("refund", amount, None)], case, confirmed=["unopened"])


def test_a_share_of_a_price_is_an_amount_of_the_currency():
    share = {"price": "0.5"}
    case = spoiled(about={"price": "12.99", "purchased_on": "2026-10-30"})  # half of it is 6.495
    assert str(_ceiling({"ceiling": share}, case)[0]) == "6.49"  # a limit
    assert str(_ceiling({"ceiling": share, "exactly": True}, case)[0]) == "6.50"  # a sum that can be met
    assert str(_ceiling({"ceiling": share}, spoiled(about={"price": "3"}, currency="JPY"))[0]) == "1"


def test_the_cause_found_outweighs_the_category():
    found = [signed(verdict="founded", cause="service.attitude")]
    with pytest.raises(Refused, match=r"cause: “attitude” \(required: “spoiled"):
        judged([("refund", "12.90", None)], spoiled(investigations=found))


def test_an_unfounded_complaint_entitles_to_nothing_of_the_rule():
    found = [signed(verdict="unfounded", cause="goods.spoiled")]
    with pytest.raises(Refused, match=r"spoiled food”: does not apply \(verdict: “unfounded”"):
        judged([("compensation", "5.00", None)], spoiled(investigations=found))


def test_what_no_rule_knows_is_refused_with_the_way_of_an_exception():  # S0-15
    with pytest.raises(Refused, match="no rule of the policy grants “gift”") as refused:
        judged([("gift", "5.00", None)])
    assert refused.value.hint == 'complaintctl propose C-20261101-AAAAAA … --exception "WHY"'


def test_a_named_exception_lets_it_pass_without_a_rule():
    remedies = judged([("gift", "5.00", None), ("refund", "12.90", None)], exception="an old customer")
    assert [one.get("rule") for one in remedies] == [None, "spoiled-food"]


def test_a_missing_day_of_purchase_is_asked_for():
    with pytest.raises(Refused, match="day of purchase is not recorded") as refused:
        judged([("refund", "12.90", None)], spoiled(about={"price": "12.90"}))
    assert "amend C-20261101-AAAAAA --set about.purchased_on=" in refused.value.hint


def test_a_missing_price_is_asked_for_where_the_ceiling_hangs_on_it():
    with pytest.raises(Refused, match="hangs on the price") as refused:
        judged([("refund", "5.00", None)], spoiled(about={"purchased_on": "2026-10-30"}))
    assert "about.price" in refused.value.hint


def test_what_cannot_be_mended_is_answered_with_the_way_of_an_exception():
    with pytest.raises(Refused) as refused:
        judged([("exchange", None, None)], on=date(2027, 1, 1))  # too late and not confirmed
    assert refused.value.hint == 'complaintctl propose C-20261101-AAAAAA … --exception "WHY"'


def test_the_nearest_rule_is_the_one_with_the_fewest_reasons():
    with pytest.raises(Refused, match="nearest rule is “spoiled food"):
        judged([("refund", "13.00", None)])  # too much for the one; the other is not confirmed either


def test_a_rule_for_such_cases_is_nearer_than_one_for_others():
    case = spoiled(classification=classified("goods.label"))
    with pytest.raises(Refused, match="nearest rule is “any goods"):
        judged([("refund", "13.00", None)], case, on=date(2026, 12, 24))


def test_a_rule_may_ask_for_the_days_since_the_purchase():
    rules = some_entitlements()[:1]
    rules[0]["when"] = {"days_since_purchase": {"at_most": 1}}
    policy = a_policy(entitlements=rules)
    assert (
        judged([("refund", "5.00", None)], policy=policy, on=date(2026, 10, 31))[0]["rule"] == "spoiled-food"
    )
    with pytest.raises(Refused, match=r"days since purchase: 2 \(required: at most 1"):
        judged([("refund", "5.00", None)], policy=policy, on=date(2026, 11, 1))


def test_a_rule_without_a_time_needs_no_day_of_purchase():
    rules = some_entitlements()[:1]
    del rules[0]["within"]
    remedies = judged([("refund", "5.00", None)], spoiled(about={"price": "5"}), a_policy(entitlements=rules))
    assert remedies[0]["rule"] == "spoiled-food"


def test_judging_leaves_the_plan_as_it_is():
    case, policy = spoiled(), a_policy()
    chosen = plan([("refund", "5.00", None)], case, policy)
    judge(chosen, case, facts_of(case, policy), policy, [], None, BOUGHT)
    assert chosen == [{"kind": "refund", "amount": "5.00", "cost": "5.00"}]


# -- options --------------------------------------------------------------------------------------


def offered(case, on=BOUGHT):
    policy = a_policy()
    found = options(case, facts_of(case, policy), policy, on)
    return [(one.kind, one.rule, one.ceiling, one.missing, one.record) for one in found]


def test_the_options_are_what_the_rules_grant_today():
    assert offered(spoiled()) == [
        ("refund", "spoiled-food", Decimal("12.90"), [], []),
        ("compensation", "spoiled-food", Decimal("129.00"), [], []),
        ("exchange", "any-goods", None, ["unopened"], []),
        ("refund", "any-goods", Decimal("12.90"), ["unopened"], []),
    ]
    assert [kind for kind, *_rest in offered(spoiled(), date(2026, 11, 20))] == ["exchange", "refund"]
    assert offered(spoiled(), date(2027, 1, 1)) == []


def test_an_option_names_what_has_to_be_recorded_first():
    found = offered(spoiled(about={}))
    assert ("refund", "spoiled-food", None, [], ["purchased_on", "price"]) in found
    assert ("exchange", "any-goods", None, ["unopened"], ["purchased_on"]) in found


def test_nothing_is_offered_before_a_case_is_classified():
    assert offered(a_case()) == []


@pytest.mark.parametrize("on", [BOUGHT, date(2026, 11, 20)])
def test_every_option_is_granted_when_it_is_proposed(on):
    case, policy = spoiled(), a_policy()
    for one in options(case, facts_of(case, policy), policy, on):
        amount = None if policy["remedies"][one.kind]["amount"] == "none" else f"{one.ceiling:.2f}"
        remedies = judged([(one.kind, amount, None)], case, policy, confirmed=one.missing, on=on)
        assert "rule" in remedies[0]


# -- exclusions -----------------------------------------------------------------------------------


def excluding(**rule):
    """A policy that does not stand for something."""
    return a_policy(
        exclusions=[{"name": "misuse", "label": label("misuse"), "when": {"cause": "goods"}, **rule}]
    )


def test_an_exclusion_forbids_what_a_rule_grants():  # S1a-6
    with pytest.raises(Refused, match=r"“refund” is excluded by the rule “misuse”\.") as refused:
        judged([("refund", "12.90", None)], policy=excluding())
    assert "--exception" in refused.value.hint


def test_an_exclusion_holds_for_its_cases_and_remedies_only():  # S1a-6
    assert (
        judged([("refund", "5", None)], policy=excluding(when={"cause": "service"}))[0]["rule"]
        == "spoiled-food"
    )
    policy = excluding(remedies=["exchange"])
    assert judged([("refund", "5", None)], policy=policy)[0]["rule"] == "spoiled-food"
    with pytest.raises(Refused, match="“exchange” is excluded"):
        judged([("exchange", None, None)], policy=policy, confirmed=["unopened"])


def test_an_exclusion_that_asks_for_a_confirmation_waits_for_it():  # S1a-6, W3
    policy = excluding(confirm=["cannot-accept"])
    assert judged([("refund", "5", None)], policy=policy)[0]["rule"] == "spoiled-food"
    with pytest.raises(Refused, match=r"excluded by the rule “misuse” \(confirmed: “cannot-accept”\)"):
        judged([("refund", "5", None)], policy=policy, confirmed=["cannot-accept"])


def test_what_is_excluded_is_still_possible_as_an_exception():  # S1a-6
    remedies = judged(
        [("refund", "5", None), ("apology", None, None)], policy=excluding(), exception="an old customer"
    )
    assert ["rule" in one for one in remedies] == [False, False]


def test_an_apology_is_never_excluded():
    assert judged([("apology", None, None)], policy=excluding()) == [{"kind": "apology", "cost": "0.00"}]


def test_an_exclusion_that_cannot_be_judged_forbids():
    with pytest.raises(Refused, match="misuse"):
        judged([("refund", "5", None)], policy=excluding(when={"colour": "red"}))


def test_an_option_names_what_stands_against_it():  # S1a-6
    case, policy = spoiled(), excluding(confirm=["cannot-accept"], remedies=["refund"])
    found = options(case, facts_of(case, policy), policy, BOUGHT)
    assert [one.unless for one in found if one.kind == "refund"] == [{"misuse": ["cannot-accept"]}] * 2
    assert [one.unless for one in found if one.kind != "refund"] == [{}, {}]


# -- steps and days -------------------------------------------------------------------------------


def with_details(how=None, expected=None, dates=None, on=date(2026, 11, 16)):
    policy = a_policy()
    for kind, date_rule in (dates or {}).items():
        policy["remedies"][kind]["date"] = date_rule
    chosen = plan([("exchange", None, None), ("apology", None, None)], spoiled(), policy)
    return detailed(chosen, how or {}, expected or {}, policy, on)


def test_a_remedy_takes_its_steps_and_its_day():  # S2-11
    found = with_details({"exchange": "by courier"}, {"exchange": "2026-11-20"})
    assert found[0] == {"kind": "exchange", "cost": "12.90", "how": "by courier", "expected_on": "2026-11-20"}
    assert found[1] == {"kind": "apology", "cost": "0.00"}


def test_a_day_is_required_where_the_policy_says_so():  # S1a-12
    with pytest.raises(Usage, match="--expected exchange="):
        with_details(dates={"exchange": "required"})
    assert with_details(expected={"exchange": "2026-11-16"}, dates={"exchange": "required"})
    policy = a_policy()
    policy["remedies"]["exchange"]["date"] = "required"
    assert undated(["exchange", "apology", "gold"], policy) == ["exchange"]


@pytest.mark.parametrize(
    ("how", "expected", "words"),
    [
        ({}, {"refund": "2026-11-20"}, "--expected names 'refund'"),
        ({"refund": "in cash"}, {}, "--how names 'refund'"),
        ({}, {"exchange": "2026-11-15"}, "2026-11-15 is over; today is 2026-11-16"),
        ({}, {"apology": "2026-11-20"}, "“apology” has no day"),
    ],
)
def test_steps_and_days_that_do_not_fit_are_refused(how, expected, words):
    with pytest.raises(Usage, match=words):
        with_details(how, expected, dates={"apology": "none"})


# -- rules that are wrong in themselves ------------------------------------------------------------


def test_the_example_rules_have_no_problems():
    assert rule_problems(a_policy()) == []


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"when": {"cause": "goods.mouldy"}}, "when", "no goods.mouldy"),
        ({"within": "5 business days"}, "within", "calendar days"),
        ({"confirm": ["sworn"]}, "confirm", "no confirmation sworn"),
        ({"remedies": {"money": {}}}, "remedies.money", "no remedy money"),
        ({"remedies": {"gift": {"exactly": True}}}, "remedies.gift.exactly", "no ceiling"),
        (
            {"remedies": {"gift": {"ceiling": {"amount": "1.234"}}}},
            "remedies.gift.ceiling.amount",
            "currency",
        ),
        ({"remedies": {"gift": {"ceiling": {"price": "-1"}}}}, "remedies.gift.ceiling.price", "factor"),
        ({"name": "any-goods"}, "name", "twice"),
    ],
)
def test_an_entitlement_with_a_slip_is_reported_with_its_place(change, path, words):  # B8
    first, second = some_entitlements()
    rules = [second, first | change]
    problems = rule_problems(a_policy(entitlements=rules))
    assert [place for place, message in problems if words in message] == [f"$.entitlements[1].{path}"]
    assert len(problems) == 1


def test_remedies_and_limits_with_a_slip_are_reported():  # B3, B8
    policy = a_policy(
        remedies={
            "a": {"label": label("a"), "amount": "some", "cost": "amount"},
            "b": {"label": label("b"), "amount": "none", "cost": "amount"},
        },
        entitlements=[],
    )
    policy["authority"]["ladder"][0]["limit"] = "50.001"
    assert [path for path, _message in rule_problems(policy)] == [
        "$.authority.ladder[0].limit",
        "$.remedies.a.amount",
        "$.remedies.b.cost",
    ]

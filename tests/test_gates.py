"""What must be true before a step."""

from __future__ import annotations

import pytest

from complaintctl.conditions import facts_of
from complaintctl.errors import Refused
from complaintctl.gates import REQUIREMENTS, check, playbook_of, require, rule_problems
from tests.rule_examples import a_case, a_person, a_policy, a_proposal, answered, classified, label, signed

BOSS = a_person("boss", "manager")
GOODS = a_person("li.na", "clerk", "goods")
STORE = a_person("wu.lei", "clerk", "store")
STAFF = [GOODS, STORE, BOSS]


def gate(requires: str, step: str = "close", **more):
    return {"name": f"{requires}-first", "step": step, "requires": requires, "label": label(requires), **more}


def policy_with(*gates, alone: str = "refused", **changes):
    policy = a_policy(gates=list(gates), **changes)
    policy["authority"]["alone"] = alone
    return policy


def problems(requires, case=None, inputs=None, actor=GOODS, step="close", staff=None, **more):
    policy, case = policy_with(gate(requires, step, **more)), case or a_case()
    return check(step, case, inputs or {}, actor, staff or STAFF, facts_of(case, policy), policy, "en")


def pass_gate(policy, case=None, inputs=None, actor=GOODS, step="investigate", staff=None):
    case = case or a_case()
    return require(step, case, inputs or {}, actor, staff or STAFF, facts_of(case, policy), policy, "en")


def second_round(**sections):
    """A reopened case whose sections all belong to the first round."""
    reopened = signed(at="2026-11-20T08:00:00+08:00", reason="again")
    return a_case(closures=[signed(outcome="satisfied", lesson="look", reopened=reopened)], **sections)


# -- each requirement -----------------------------------------------------------------------------

VERDICT = signed(verdict="founded", cause="goods.spoiled")
SAID = [{"who": "customer", "text": "sour"}]
CALL = signed(party="customer", direction="out", method="phone", note="we look into it")
CONTENT = [signed(satisfaction=4, method="phone")]
AGREED = [a_proposal(answer={**answered(), "agreement": "0123456789abcdef.pdf"})]


@pytest.mark.parametrize(
    ("requires", "sections"),
    [
        ("verdict", {"investigations": [VERDICT]}),  # S4-4
        ("cause", {"investigations": [VERDICT]}),  # S0-13
        ("findings", {"investigations": [signed(findings="too warm")]}),  # S0-11
        ("statement-of-customer", {"investigations": [signed(statements=SAID)]}),  # S1e-3
        ("written-agreement", {"proposals": AGREED}),  # S1e-5
        ("follow-up", {"follow_ups": CONTENT}),  # S4-7
        ("satisfied", {"follow_ups": CONTENT}),  # S4-8
        ("told", {"contacts": [CALL]}),  # S1a-11
    ],
)
def test_a_requirement_is_met_by_what_this_round_recorded(requires, sections):
    assert problems(requires) == [f"{requires} ({requires}-first)"]
    assert problems(requires, a_case(**sections)) == []
    assert problems(requires, second_round(**sections)) != []


@pytest.mark.parametrize(
    ("requires", "step", "inputs"),
    [
        ("verdict", "investigate", {"verdict": "founded"}),
        ("cause", "investigate", {"verdict": "founded", "cause": "goods.spoiled"}),
        ("findings", "investigate", {"findings": "too warm"}),
        ("statement-of-customer", "investigate", {"statements": SAID}),
        ("written-agreement", "respond", {"outcome": "agreed", "agreement": "0123456789abcdef.pdf"}),
        ("written-agreement", "respond", {"outcome": "declined"}),
        ("lesson", "close", {"lesson": "look twice"}),  # S1b-7
        ("prevention", "close", {"prevention": "look twice"}),
        ("disposition", "close", {"disposition": "training"}),  # S1a-8
        ("satisfied", "follow-up", {"satisfaction": 5}),
    ],
)
def test_a_requirement_is_met_by_what_the_step_itself_records(requires, step, inputs):
    assert problems(requires, step=step) != []
    assert problems(requires, inputs=inputs, step=step) == []


@pytest.mark.parametrize(
    ("requires", "case", "inputs"),
    [
        ("findings", a_case(), {"findings": "  "}),
        ("lesson", second_round(), {"outcome": "satisfied"}),
        (
            "statement-of-customer",
            a_case(investigations=[signed(statements=[{"who": "li.na", "text": "x"}])]),
            {},
        ),
        ("told", a_case(contacts=[{**CALL, "direction": "in"}]), {}),
        ("told", a_case(contacts=[{**CALL, "party": "supplier"}]), {}),
        ("satisfied", a_case(follow_ups=[signed(satisfaction=3, method="phone")]), {}),
        ("satisfied", a_case(follow_ups=[*CONTENT, signed(satisfaction=1, method="phone")]), {}),
        ("written-agreement", a_case(proposals=[a_proposal(answer=answered())]), {"outcome": "agreed"}),
    ],
)
def test_a_requirement_is_not_met_by_half(requires, case, inputs):
    assert problems(requires, case, inputs) != []


def test_the_customer_must_not_be_discontent_but_need_not_have_been_asked():
    assert problems("not-dissatisfied") == []
    assert problems("not-dissatisfied", a_case(follow_ups=CONTENT)) == []
    assert problems("not-dissatisfied", a_case(follow_ups=[signed(satisfaction=3, method="phone")])) != []


def test_evidence_stays_evidence_in_every_round():  # S0-12
    assert problems("evidence") != []
    assert problems("evidence", second_round(evidence=[signed(file="0123456789abcdef.jpg")])) == []


def test_every_requirement_has_a_hint_that_leads_on():
    for requires in REQUIREMENTS:
        policy = policy_with(gate(requires))
        policy["categories"]["goods.spoiled"]["playbook"] = "spoiled"
        case = a_case(
            classification=classified(),
            about={"against": "li.na"},
            follow_ups=[signed(satisfaction=1, method="phone")] if requires == "not-dissatisfied" else [],
        )
        with pytest.raises(Refused, match=requires) as refused:
            pass_gate(policy, case, step="close")
        assert refused.value.hint not in {"", "complaintctl check"}


# -- which gates count ------------------------------------------------------------------------------


def test_a_gate_counts_for_its_own_step_only():
    policy = policy_with(gate("lesson", "close"))
    assert check("reopen", a_case(), {}, GOODS, STAFF, {}, policy, "en") == []


def test_a_gate_counts_only_where_its_condition_holds():
    founded = {"when": {"verdict": ["founded", "partly"]}}
    assert problems("cause", inputs={"verdict": "unfounded"}, step="investigate", **founded) == []
    assert problems("cause", inputs={"verdict": "founded"}, step="investigate", **founded) != []
    assert problems("cause", inputs={"findings": "a note"}, step="investigate", **founded) == []


def test_a_gate_that_cannot_be_judged_stays_shut():
    assert problems("lesson", when={"colour": "red"}) != []
    assert problems("blessing") == ["blessing (blessing-first)"]


def test_a_gate_sees_the_facts_of_a_case_that_is_just_being_registered():
    policy = policy_with(gate("evidence", "new", when={"channel": "desk"}))
    assert check("new", a_case(), {}, GOODS, STAFF, {}, policy, "en") != []


def test_all_shut_gates_are_named_in_the_readers_language():
    policy = policy_with(gate("lesson"), gate("prevention"))
    found = check("close", a_case(), {}, GOODS, STAFF, {}, policy, "zh-CN")
    assert found == ["lesson（中） (lesson-first)", "prevention（中） (prevention-first)"]


def test_the_refusal_names_the_first_shut_gate_and_how_to_open_it():
    policy = policy_with(gate("verdict"), gate("lesson"))
    with pytest.raises(Refused) as refused:
        pass_gate(policy, a_case(investigations=[VERDICT]), step="close")
    assert refused.value.message == "C-20261101-AAAAAA: close has to wait. lesson (lesson-first)"
    assert refused.value.hint == "complaintctl close C-20261101-AAAAAA --lesson …"


@pytest.mark.parametrize(
    "outcome",
    ["answered", "withdrawn", "no-contact", "duplicate", "out-of-scope", "referred", "entered-in-error"],
)
def test_a_case_that_ends_without_being_handled_passes_no_gates(outcome):
    assert problems("lesson", inputs={"outcome": outcome}) == []


@pytest.mark.parametrize("outcome", ["explained", "final-response-declined"])
def test_a_case_that_ends_without_a_content_customer_still_needs_its_lesson(outcome):
    assert problems("satisfied", inputs={"outcome": outcome}) == []
    assert problems("follow-up", inputs={"outcome": outcome}) == []
    assert problems("lesson", inputs={"outcome": outcome}) != []


@pytest.mark.parametrize("outcome", ["satisfied", "very-satisfied"])
def test_satisfied_is_closed_only_with_a_satisfied_answer(outcome):  # S4-8
    assert problems("satisfied", inputs={"outcome": outcome}) != []


# -- playbooks --------------------------------------------------------------------------------------


def checks(*names):
    return [{"name": name, "outcome": "done"} for name in names]


def playbook_problems(case_checks=(), inputs=None):
    policy = policy_with(gate("playbook", "investigate"))
    policy["categories"]["goods.spoiled"]["playbook"] = "spoiled"
    entries = [signed(checks=checks(*case_checks))] if case_checks else []
    case = a_case(classification=classified(), investigations=entries)
    try:
        pass_gate(policy, case, inputs)
    except Refused as refused:
        return refused.hint
    return ""


def test_every_check_of_the_playbook_is_recorded_in_any_number_of_steps():  # S1a-4
    assert playbook_problems() == "--check listen=… --check batch=… --check cold-chain=…"
    assert playbook_problems(["listen", "batch"]) == "--check cold-chain=…"
    assert playbook_problems(["listen", "batch"], {"checks": checks("cold-chain")}) == ""


def test_a_check_that_explains_the_problem_ends_the_list_together_with_a_verdict():  # S1a-4
    assert playbook_problems(["listen", "batch"], {"verdict": "founded"}) == ""
    assert playbook_problems(["listen", "cold-chain"], {"verdict": "founded"}) == "--check batch=…"


def test_a_category_without_a_playbook_needs_none():
    assert problems("playbook", a_case(classification=classified("goods.label"))) == []
    assert problems("playbook") == []


def test_a_category_takes_the_playbook_of_the_one_above_it():
    policy = a_policy()
    policy["categories"]["goods"] = {"label": label("goods"), "playbook": "spoiled"}
    assert playbook_of("goods.spoiled", policy) == policy["playbooks"]["spoiled"]
    assert playbook_of("service.attitude", policy) is None
    assert playbook_of(None, policy) is None


# -- independence -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "inputs"),
    [
        (a_case(about={"against": "li.na"}), {}),
        (a_case(investigations=[signed(responsible="li.na")]), {}),
        (a_case(), {"responsible": "li.na"}),
    ],
)
def test_nobody_investigates_themselves(case, inputs):  # S0-10
    assert problems("not-the-person", case, inputs) != []
    assert problems("not-the-person", case, inputs, actor=STORE) == []


@pytest.mark.parametrize(
    ("case", "inputs"),
    [
        (a_case(about={"against": "goods"}), {}),
        (a_case(about={"against": "zhao.wei"}), {}),  # a colleague of the same department
        (a_case(investigations=[signed(responsible="goods")]), {}),
        (a_case(), {"responsible": "zhao.wei"}),
    ],
)
def test_nobody_investigates_their_own_department(case, inputs):  # S0-10, M10
    staff = [*STAFF, a_person("zhao.wei", "clerk", "goods")]
    assert problems("not-of-department", case, inputs, staff=staff) != []
    assert problems("not-of-department", case, inputs, actor=STORE, staff=staff) == []
    assert problems("not-of-department", case, inputs, actor=BOSS, staff=staff) == []  # of none


def test_the_person_alone_may_be_excluded():  # M10: the department is a choice of the policy
    case = a_case(about={"against": "goods"})
    assert problems("not-the-person", case) == []


def test_the_refusal_names_who_is_independent():
    policy = policy_with(gate("not-of-department", "investigate"))
    with pytest.raises(Refused) as refused:
        pass_gate(policy, a_case(about={"against": "goods"}))
    assert "--as wu.lei investigate" in refused.value.hint
    assert "wu.lei, boss" in refused.value.hint


def test_the_boss_of_a_one_person_shop_investigates_alone_where_the_policy_allows():
    case = a_case(about={"against": "boss"})
    gates = gate("not-the-person", "investigate")
    assert pass_gate(policy_with(gates, alone="allowed"), case, actor=BOSS, staff=[BOSS]) is True
    with pytest.raises(Refused, match="not-the-person") as refused:
        pass_gate(policy_with(gates), case, actor=BOSS, staff=[BOSS])
    assert "nobody" in refused.value.hint


@pytest.mark.parametrize(
    ("other", "steps", "alone"),
    [
        (a_person("twin", "clerk"), {}, False),
        (a_person("twin", "clerk", active=False), {}, True),
        (a_person("twin", "clerk"), {"investigate": {"at_least": "head"}}, True),  # who may not is no other
    ],
)
def test_alone_means_that_no_other_active_person_could_do_it(other, steps, alone):
    policy = policy_with(gate("not-the-person", "investigate"), alone="allowed", steps=steps)
    case = a_case(about={"against": "boss"})
    if alone:
        assert pass_gate(policy, case, actor=BOSS, staff=[BOSS, other]) is True
    else:
        with pytest.raises(Refused, match="not-the-person"):
            pass_gate(policy, case, actor=BOSS, staff=[BOSS, other])


def test_only_the_top_role_may_be_alone():
    policy = policy_with(gate("not-the-person", "investigate"), alone="allowed")
    with pytest.raises(Refused):
        pass_gate(policy, a_case(about={"against": "li.na"}), staff=[GOODS])


def test_being_alone_opens_no_other_gate():
    policy = policy_with(
        gate("not-the-person", "investigate"), gate("findings", "investigate"), alone="allowed"
    )
    case = a_case(about={"against": "boss"})
    with pytest.raises(Refused, match="findings"):
        pass_gate(policy, case, actor=BOSS, staff=[BOSS])
    found = check("investigate", case, {}, BOSS, [BOSS], {}, policy, "en")
    assert found == ["findings (findings-first)"]


def test_an_independent_investigator_is_not_alone():
    policy = policy_with(gate("not-the-person", "investigate"), alone="allowed")
    assert pass_gate(policy, a_case(about={"against": "li.na"}), actor=BOSS, staff=[BOSS, GOODS]) is False


# -- rules that are wrong in themselves ------------------------------------------------------------


def test_gates_with_a_slip_are_reported_with_their_place():  # B8
    policy = policy_with(
        gate("lesson"), gate("lesson"), gate("blessing"), gate("cause", when={"verdict": "guilty"})
    )
    assert [path for path, _message in rule_problems(policy)] == [
        "$.gates[1].name",
        "$.gates[2].requires",
        "$.gates[3].when",
    ]
    assert rule_problems(policy_with(gate("lesson"))) == []

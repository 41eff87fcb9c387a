"""What must be true before a step."""

from __future__ import annotations

import pytest

from complaintctl.conditions import facts_of
from complaintctl.errors import Refused
from complaintctl.gates import check, question, require, rule_problems
from complaintctl.requirements import REQUIREMENTS
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


def asked(case, inputs, actor, staff, policy):
    return question(case, inputs or {}, actor, staff or STAFF, facts_of(case, policy), policy)


def problems(requires, case=None, inputs=None, actor=GOODS, step="close", staff=None, **more):
    policy, case = policy_with(gate(requires, step, **more)), case or a_case()
    return check(step, asked(case, inputs, actor, staff, policy))


def pass_gate(policy, case=None, inputs=None, actor=GOODS, step="investigate", staff=None):
    return require(step, asked(case or a_case(), inputs, actor, staff, policy), "en")


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
        ("facts-confirmed", {"contacts": [{**CALL, "direction": "in", "confirms": True}]}),  # S1e-11
        ("promised-date", {"contacts": [{**CALL, "again_on": "2026-11-20"}]}),  # S1b-2
        ("supplier-answered", {"contacts": [{**CALL, "party": "supplier", "direction": "in"}]}),  # S0-15
        ("purpose", {"investigations": [signed(purpose="to be heard")]}),  # S1b-12
        ("containment", {"investigations": [signed(containment="off the shelf")]}),  # W26
        ("grounds", {"investigations": [signed(grounds="sufficient"), signed(demand="partly")]}),  # S1b-10
    ],
)
def test_a_requirement_is_met_by_what_this_round_recorded(requires, sections):
    assert problems(requires) == [f"{requires}-first"]
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


def test_a_clock_that_is_promised_names_a_date_too():  # S0-6 S1b-2
    reply = {"label": label("reply"), "from": "received", "until": "told", "within": "1 day", "promise": True}
    promised = policy_with(gate("promised-date"), deadlines={"reply": reply})
    assert check("close", question(a_case(), {}, GOODS, STAFF, {}, promised)) == []
    for other in (
        {**reply, "promise": False},
        {**reply, "from": "decided"},
        {**reply, "when": {"kind": "help"}},
    ):
        policy = policy_with(gate("promised-date"), deadlines={"reply": other})
        assert check("close", question(a_case(), {}, GOODS, STAFF, {}, policy)) != [], other


def test_what_was_said_in_an_earlier_round_is_not_said_in_this_one():
    answer = {**CALL, "party": "supplier", "direction": "in"}
    case = second_round(contacts=[{**CALL, "again_on": "2026-11-20"}, answer])
    assert problems("promised-date", case) != []
    assert problems("supplier-answered", case) != []


def test_what_we_told_the_supplier_is_no_answer():  # S0-15
    assert problems("supplier-answered", a_case(contacts=[{**CALL, "party": "supplier"}])) != []


HEADS = [a_person("sun.min", "head", "goods"), a_person("ma.yun", "head", "store"), *STAFF]
AGAINST_STORE = {
    "intake": {**a_case()["intake"], "by": "li.na", "department": "goods"},
    "about": {"against": "wu.lei"},
}


@pytest.mark.parametrize(
    ("plan", "shut"),
    [
        (a_proposal(by="li.na"), True),
        (a_proposal(by="li.na", **{"with": ["sun.min"]}), True),
        (a_proposal(by="li.na", **{"with": ["sun.min", "ma.yun"]}), False),
        (a_proposal(by="ma.yun", **{"with": ["sun.min"]}), False),
    ],
)
def test_the_heads_of_both_departments_settle_the_plan(plan, shut):  # S1c-3
    fresh = a_case(**AGAINST_STORE)
    assert bool(problems("heads-agreed", fresh, plan, step="propose", staff=HEADS)) is shut
    waiting = a_case(**AGAINST_STORE, proposals=[plan])
    assert bool(problems("heads-agreed", waiting, {"note": None}, step="approve", staff=HEADS)) is shut


def test_the_hint_names_the_heads_that_are_missing():  # S1c-3
    policy = policy_with(gate("heads-agreed", "propose"))
    with pytest.raises(Refused) as refused:
        pass_gate(policy, a_case(**AGAINST_STORE), a_proposal(by="li.na"), step="propose", staff=HEADS)
    assert refused.value.hint == (
        "complaintctl propose C-20261101-AAAAAA … --with sun.min --with ma.yun  (heads: sun.min, ma.yun)"
    )


def test_grounds_alone_do_not_say_whether_the_demand_is_reasonable():  # S1b-10
    assert problems("grounds", inputs={"grounds": "sufficient"}, step="investigate") != []
    assert problems("grounds", inputs={"grounds": "sufficient", "demand": "partly"}, step="investigate") == []


def test_a_gate_may_ask_what_is_being_weighed_now():  # S1b-10
    weak = {"when": {"grounds": "insufficient"}}
    assert problems("findings", inputs={"grounds": "insufficient"}, step="investigate", **weak) != []
    assert problems("findings", inputs={"grounds": "sufficient"}, step="investigate", **weak) == []
    greedy = {"when": {"demand_reasonable": "unreasonable"}}
    assert problems("findings", inputs={"demand": "unreasonable"}, step="investigate", **greedy) != []
    noted = a_case(investigations=[signed(demand="unreasonable")])  # before there is a verdict
    assert problems("findings", noted, step="investigate", **greedy) != []


def test_only_a_promise_without_authority_needs_its_giver_where_the_gate_names_its_flag():  # S4-9
    flagged = {"when": {"flags": "media"}}  # which flag it is, is the policy's business
    promised = {"classification": classified(flags=["media"])}
    assert problems("promise-giver", **flagged) == []
    assert problems("promise-giver", a_case(**promised), **flagged) != []
    named = a_case(**promised, investigations=[signed(promised_by="li.na")])
    assert problems("promise-giver", named, **flagged) == []


def test_whoever_promised_is_named_with_the_verdict_or_before_it():  # S4-9
    assert problems("promise-giver", step="investigate") != []
    assert problems("promise-giver", inputs={"promised_by": "li.na"}, step="investigate") == []
    earlier = a_case(investigations=[signed(promised_by="li.na")])
    assert problems("promise-giver", earlier, step="investigate") == []
    assert problems("promise-giver", second_round(investigations=[signed(promised_by="li.na")])) != []


def test_every_piece_of_evidence_has_somebody_who_collected_it():  # S4-3
    known, unknown = signed(file="a.jpg", collected_by="li.na"), signed(file="b.jpg")
    assert problems("collector") == []
    assert problems("collector", a_case(evidence=[known])) == []
    assert problems("collector", a_case(evidence=[known, unknown])) != []


def test_every_task_is_understood_before_anything_is_carried_out():  # S4-10
    task = {"department": "goods", "what": "look"}
    understood = {**task, "acknowledged": signed()}
    assert problems("acknowledged", step="fulfil") == []
    assert (
        problems("acknowledged", a_case(proposals=[a_proposal(tasks=[understood, task])]), step="fulfil")
        != []
    )
    assert problems("acknowledged", a_case(proposals=[a_proposal(tasks=[understood])]), step="fulfil") == []
    assert problems("acknowledged", a_case(proposals=[a_proposal()]), step="fulfil") == []


@pytest.mark.parametrize("inputs", [{"acknowledge": [2]}, {"problem": "the courier is late"}])
def test_saying_that_a_task_is_understood_waits_for_nothing(inputs):  # S4-10
    waiting = a_case(proposals=[a_proposal(tasks=[{"department": "goods", "what": "look"}])])
    assert problems("acknowledged", waiting, inputs, step="fulfil") == []


@pytest.mark.parametrize(
    ("requires", "step", "inputs"),
    [
        ("note", "approve", {"note": "see to it today", "back": None}),  # S1b-5
        ("note", "approve", {"note": None, "back": "name who answers for it"}),
        ("responsible", "investigate", {"verdict": "founded", "responsible": "store"}),  # S1b-4
        ("head-disposition", "close", {"dispositions": [{"who": "wu.lei", "part": "head", "what": "talk"}]}),
    ],
)
def test_what_leaders_decide_is_given_with_the_step(requires, step, inputs):
    assert (
        problems(requires, inputs={"note": " ", "dispositions": [{"part": "responsible"}]}, step=step) != []
    )
    assert problems(requires, inputs=inputs, step=step) == []


@pytest.mark.parametrize(
    ("task", "shut"),
    [
        ({}, True),
        ({"who": "li.na"}, True),
        ({"due": "2026-11-20"}, True),
        ({"who": "li.na", "due": "2026-11-20"}, False),
    ],
)
def test_every_task_names_who_does_it_and_by_when(task, shut):  # S1b-11 S0-16
    plan = a_proposal(tasks=[{"department": "goods", "what": "look", **task}])
    assert problems("tasks", a_case(proposals=[a_proposal()]), step="fulfil") != []
    assert bool(problems("tasks", inputs=plan, step="propose")) is shut
    assert bool(problems("tasks", a_case(proposals=[plan]), step="fulfil")) is shut


@pytest.mark.parametrize(
    ("kind", "cost", "shut"), [("gift", "9.00", True), ("refund", "9.00", False), ("gift", "5.00", False)]
)
def test_a_gate_before_a_proposal_looks_at_what_is_proposed(kind, cost, shut):  # S1e-6
    asked = {"remedies": "gift", "cost": {"more_than": "5"}}
    earlier = a_case(proposals=[a_proposal(remedies=[{"kind": "gift", "cost": "9.00"}])])
    plan = a_proposal(remedies=[{"kind": kind, "amount": cost, "cost": cost}])
    assert bool(problems("tasks", earlier, plan, step="propose", when=asked)) is shut


def test_one_measure_says_where_else_it_may_happen():  # S1b-13
    measure = signed(measure="check", owner="li.na", due="2026-12-01")
    assert problems("elsewhere", a_case(improvements=[measure])) != []
    assert problems("elsewhere", a_case(improvements=[measure, {**measure, "also": "in the store"}])) == []


def test_a_dissatisfied_customer_sends_the_case_up_each_time():  # S1c-4
    early, late = "2026-11-10T08:00:00+08:00", "2026-11-12T08:00:00+08:00"
    unhappy = [signed(at=early, satisfaction=2, method="phone")]
    assert problems("escalated", step="propose") == []
    assert problems("escalated", a_case(follow_ups=CONTENT), step="propose") == []
    assert problems("escalated", a_case(follow_ups=unhappy), step="propose") != []
    up = [signed(at=late, reason="asks for more")]
    assert problems("escalated", a_case(follow_ups=unhappy, escalations=up), step="propose") == []
    again = [*unhappy, signed(at="2026-11-13T08:00:00+08:00", satisfaction=1, method="phone")]
    assert problems("escalated", a_case(follow_ups=again, escalations=up), step="propose") != []


@pytest.mark.parametrize(
    ("said", "shut"),
    [
        ({}, True),
        ({"affected": 40}, True),
        ({"affected_range": "batch A"}, True),
        ({"affected": 40, "affected_range": " "}, True),
        ({"affected": 0, "affected_range": "batch A, none sold"}, False),
    ],
)
def test_those_affected_are_counted_and_delimited(said, shut):  # S2-6 W27
    assert bool(problems("affected", a_case(classification=classified(**said)), step="propose")) is shut


def test_evidence_stays_evidence_in_every_round():  # S0-12
    assert problems("evidence") != []
    assert problems("evidence", second_round(evidence=[signed(file="0123456789abcdef.jpg")])) == []


# What a case must hold for a requirement that is met where there is nothing to say.
NOT_MET = {
    "not-dissatisfied": {"follow_ups": [signed(satisfaction=1, method="phone")]},
    "collector": {"evidence": [signed(file="0123456789abcdef.jpg")]},
    "acknowledged": {"proposals": [a_proposal(tasks=[{"department": "goods", "what": "look"}])]},
    "heads-agreed": {"about": {"against": "wu.lei"}},
    "escalated": {"follow_ups": [signed(satisfaction=1, method="phone")]},
}


def test_every_requirement_has_a_hint_that_leads_on():
    for requires in REQUIREMENTS:
        policy = policy_with(gate(requires))
        policy["categories"]["goods.spoiled"]["playbook"] = "spoiled"
        case = a_case(
            **{"classification": classified(), "about": {"against": "li.na"}} | NOT_MET.get(requires, {})
        )
        with pytest.raises(Refused, match=requires) as refused:
            pass_gate(policy, case, step="close")
        assert refused.value.hint not in {"", "complaintctl check"}


# -- which gates count ------------------------------------------------------------------------------


def test_a_gate_counts_for_its_own_step_only():
    policy = policy_with(gate("lesson", "close"))
    assert check("reopen", question(a_case(), {}, GOODS, STAFF, {}, policy)) == []


def test_a_gate_counts_only_where_its_condition_holds():
    founded = {"when": {"verdict": ["founded", "partly"]}}
    assert problems("cause", inputs={"verdict": "unfounded"}, step="investigate", **founded) == []
    assert problems("cause", inputs={"verdict": "founded"}, step="investigate", **founded) != []
    assert problems("cause", inputs={"findings": "a note"}, step="investigate", **founded) == []


def test_a_gate_that_cannot_be_judged_stays_shut():
    assert problems("lesson", when={"colour": "red"}) != []
    assert problems("blessing") == ["blessing-first"]


def test_a_gate_sees_the_facts_of_a_case_that_is_just_being_registered():
    policy = policy_with(gate("evidence", "new", when={"channel": "desk"}))
    assert check("new", question(a_case(), {}, GOODS, STAFF, {}, policy)) != []


def test_all_shut_gates_are_named():
    policy = policy_with(gate("lesson"), gate("prevention"))
    found = check("close", question(a_case(), {}, GOODS, STAFF, {}, policy))
    assert found == ["lesson-first", "prevention-first"]


def test_the_refusal_says_the_rule_in_the_readers_language_and_no_id():
    policy = policy_with(gate("lesson"))
    with pytest.raises(Refused) as refused:
        require("close", question(a_case(), {}, GOODS, STAFF, {}, policy), "zh-CN")
    assert "lesson（中）" in refused.value.message
    assert "lesson-first" not in refused.value.message


def test_the_refusal_names_the_first_shut_gate_and_how_to_open_it():
    policy = policy_with(gate("verdict"), gate("lesson"))
    with pytest.raises(Refused) as refused:
        pass_gate(policy, a_case(investigations=[VERDICT]), step="close")
    assert refused.value.message == "C-20261101-AAAAAA: “close” has to wait. lesson"
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
    assert (
        playbook_problems()
        == "complaintctl investigate C-20261101-AAAAAA --check listen=… --check batch=… --check cold-chain=…"
    )
    assert (
        playbook_problems(["listen", "batch"])
        == "complaintctl investigate C-20261101-AAAAAA --check cold-chain=…"
    )
    assert playbook_problems(["listen", "batch"], {"checks": checks("cold-chain")}) == ""


def test_an_outcome_that_ends_the_playbook_opens_its_gate_without_a_verdict():  # S1a-4
    policy = policy_with(gate("playbook", "investigate"))
    policy["categories"]["goods.spoiled"]["playbook"] = "spoiled"
    policy["playbooks"]["spoiled"]["checks"][0]["outcomes"] = {
        "not-ours": {"label": label("not ours"), "ends": True},
        "ours": {"label": label("ours")},
    }
    for outcome, shut in (("not-ours: no receipt", False), ("ours", True)):
        entry = {"checks": [{"name": "listen", "outcome": outcome}]}
        case = a_case(classification=classified())
        found = check("investigate", question(case, entry, GOODS, STAFF, {}, policy))
        assert bool(found) is shut


def test_a_check_that_explains_the_problem_ends_the_list_together_with_a_verdict():  # S1a-4
    assert playbook_problems(["listen", "batch"], {"verdict": "founded"}) == ""
    assert (
        playbook_problems(["listen", "cold-chain"], {"verdict": "founded"})
        == "complaintctl investigate C-20261101-AAAAAA --check batch=…"
    )


def test_a_category_without_a_playbook_needs_none():
    assert problems("playbook", a_case(classification=classified("goods.label"))) == []
    assert problems("playbook") == []


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
    found = check("investigate", question(case, {}, BOSS, [BOSS], {}, policy))
    assert found == ["findings-first"]


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

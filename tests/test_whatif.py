"""What would have come out differently under other rules."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from complaintctl import differences, whatif
from complaintctl.workdays import WorkCalendar
from tests.rule_examples import a_case, a_policy, a_proposal, answered, classified, decided, label, signed

ZONE = ZoneInfo("Asia/Shanghai")
NOW = int(datetime(2026, 11, 20, 12, tzinfo=ZONE).timestamp())
SINCE_EVER = 0
REPLY = {"label": label("reply"), "from": "received", "until": "told", "within": "2 days"}
TOLD = signed(party="customer", direction="out", method="phone", note="soon", at="2026-11-03T10:00:00+08:00")


def rules(**changes: Any) -> Any:
    """Rules of their own for the test; keywords replace whole sections."""
    return copy.deepcopy(a_policy(**changes))


def replay(
    cases: list[Any],
    other: Any,
    own: Any = None,
    *,
    since: int = SINCE_EVER,
    grants: Any = (),
    now: int = NOW,
) -> differences.Outcome:
    pinned = own or a_policy()
    one = whatif.Replay(other, lambda _case: pinned, WorkCalendar(None, ZONE), ZONE, now, "en")
    return one.run(cases, since, grants)


def told(outcome: differences.Outcome) -> list[tuple[str, str, str, str]]:
    return [(one.kind, one.what, one.was, one.would) for one in outcome.differences]


def a_decided_case(cost: str = "12.90", **proposal: Any) -> Any:
    """A founded complaint with a proposal that a clerk decided on."""
    made = a_proposal(cost, **proposal) | {"decision": decided("clerk", "chen.jie")}
    return a_case(
        classification=classified(),
        investigations=[signed(verdict="founded", cause="goods.spoiled")],
        proposals=[made],
    )


def another(ident: str, customer: str, day: int, **changes: Any) -> Any:
    """A case of another customer, received on a day of November 2026."""
    case = a_case(classification=classified(), **changes)
    at = f"2026-11-{day:02}T08:00:00+08:00"
    intake = {**case["intake"], "received_at": at, "registered_at": at}
    return case | {"id": f"C-202611{day:02}-{ident}", "customer": {"id": customer}, "intake": intake}


def test_under_the_same_rules_nothing_is_another() -> None:
    outcome = replay([a_decided_case()], copy.deepcopy(a_policy()))
    assert outcome == (1, 0, dict.fromkeys(differences.KINDS, 0), [], [])


# -- levels


def test_a_reason_that_is_new_gives_another_level() -> None:
    other = rules()
    other["levels"][0]["any"].append({"label": label("severe"), "when": {"severity": "severe"}})
    outcome = replay([a_case(classification=classified(severity="severe"))], other)
    assert told(outcome) == [("level", "", "3 (ordinary)", "1 (severe)")]
    assert outcome.changes == [("level", "3 → 1", 1)]


def test_age_counts_up_to_now_and_not_after_the_closing() -> None:
    own, other = rules(), rules()
    other["levels"][0]["any"].append({"label": label("old"), "when": {"age": "10 days"}})
    open_case = a_case()
    closed = a_case(state="closed", closures=[signed(outcome="withdrawn", at="2026-11-05T10:00:00+08:00")])
    assert [one.change for one in replay([open_case], other, own).differences] == ["3 → 1"]
    assert replay([closed], other, own).differences == []


def test_what_comes_again_is_counted_under_both_rules_over_all_cases() -> None:
    other = rules()
    other["levels"][1]["any"][1]["when"]["repetition"]["customers"] = 2
    cases = [another("AAAAAA", "P-000001", 2), another("BBBBBB", "P-000002", 3)]
    outcome = replay(cases, other)
    assert [(one.case, one.change) for one in outcome.differences] == [
        ("C-20261102-AAAAAA", "3 → 2"),
        ("C-20261103-BBBBBB", "3 → 2"),
    ]
    late = int(datetime(2026, 11, 3, tzinfo=ZONE).timestamp())
    assert [one.case for one in replay(cases, other, since=late).differences] == ["C-20261103-BBBBBB"]


def test_a_void_case_is_no_repetition() -> None:
    other = rules()
    other["levels"][1]["any"][1]["when"]["repetition"]["customers"] = 2
    void = [signed(outcome="entered-in-error", at="2026-11-04T10:00:00+08:00")]
    cases = [
        another("AAAAAA", "P-000001", 2),
        another("BBBBBB", "P-000002", 3, state="closed", closures=void),
    ]
    assert replay(cases, other).differences == []


# -- clocks


def test_a_shorter_clock_is_missed_that_was_met() -> None:
    own, other = rules(deadlines={"reply": REPLY}), rules(deadlines={"reply": {**REPLY, "within": "1 day"}})
    outcome = replay([a_case(contacts=[TOLD])], other, own)
    assert told(outcome) == [("clock", "reply", "met, due 2026-11-03 24:00", "missed, due 2026-11-02 24:00")]
    assert outcome.changes == [("clock", "reply: met → missed", 1)]


def test_a_clock_that_is_due_at_another_time_is_told_though_it_is_met_all_the_same() -> None:
    own, other = rules(deadlines={"reply": REPLY}), rules(deadlines={"reply": {**REPLY, "within": "3 days"}})
    outcome = replay([a_case(contacts=[TOLD])], other, own)
    assert [one.change for one in outcome.differences] == ["reply: due at another time"]


@pytest.mark.parametrize("new", [True, False])
def test_a_clock_that_only_one_of_them_has_is_told(new: bool) -> None:
    with_clock, without = rules(deadlines={"reply": REPLY}), rules()
    own, other = (without, with_clock) if new else (with_clock, without)
    (found,) = replay([a_case()], other, own).differences
    assert {found.was, found.would} == {"no such clock", "missed, due 2026-11-03 24:00"}
    assert found.change == ("reply: a new clock" if new else "reply: no such clock any more")


def test_clocks_of_a_later_round_are_told_apart() -> None:
    own, other = rules(deadlines={"reply": REPLY}), rules(deadlines={"reply": {**REPLY, "within": "9 days"}})
    again = signed(reason="again", at="2026-11-10T10:00:00+08:00")
    closed = signed(outcome="withdrawn", at="2026-11-05T10:00:00+08:00") | {"reopened": again}
    outcome = replay([a_case(closures=[closed])], other, own)
    assert [one.what for one in outcome.differences] == ["reply", "reply, round 2"]


def test_of_a_clock_that_begins_again_the_last_and_the_missed_are_told() -> None:
    every = {**REPLY, "within": "3 days", "every": True}
    own, other = rules(deadlines={"news": every}), rules(deadlines={"news": {**every, "within": "1 day"}})
    (found,) = replay([a_case(contacts=[TOLD])], other, own).differences
    assert found.was == "2 times, 1 missed; last: missed, due 2026-11-06 24:00"
    assert found.would == "2 times, 2 missed; last: missed, due 2026-11-04 24:00"


# -- who decides


def test_a_lower_limit_needs_a_higher_role() -> None:
    other = rules()
    other["authority"]["ladder"][0]["limit"] = "10.00"
    outcome = replay([a_decided_case()], other)
    assert told(outcome) == [("authority", "proposal 1", "clerk", "head")]


def test_what_was_granted_in_other_cases_before_counts() -> None:
    other = rules()
    other["authority"]["ladder"][0]["limit"] = "40.00"
    before = int(datetime(2026, 11, 1, tzinfo=ZONE).timestamp())
    grant = ("P-000001", before, "C-20261020-ZZZZZZ", "30.00")
    assert replay([a_decided_case()], other).differences == []
    assert [one.change for one in replay([a_decided_case()], other, grants=[grant]).differences] == [
        "clerk → head"
    ]
    own = (*grant[:2], "C-20261101-AAAAAA", grant[3])
    later = (grant[0], NOW, *grant[2:])
    assert replay([a_decided_case()], other, grants=[own, later]).differences == []


def test_another_window_takes_in_what_lay_before_it() -> None:
    other = rules()
    other["authority"]["window"] = "5 days"
    grant = ("P-000001", NOW - 40 * 86400, "C-20261001-ZZZZZZ", "45.00")
    at = "2026-11-02T09:00:00+08:00"
    own = rules()
    own["authority"]["window"] = "300 days"
    assert [
        one.change for one in replay([a_decided_case(at=at)], other, own, grants=[grant]).differences
    ] == ["head → clerk"]


def test_a_need_counts_with_the_level_that_the_case_had_then() -> None:
    grave = {"name": "grave", "label": label("grave"), "when": {"level": 1}, "role": "manager"}
    own, other = rules(), rules()
    for policy in (own, other):
        policy["authority"]["needs"] = [grave]
    other["levels"][0]["any"].append({"label": label("old"), "when": {"age": "10 days"}})
    early, late = a_decided_case(), a_decided_case()
    late["proposals"][0]["decision"]["at"] = "2026-11-15T10:00:00+08:00"
    assert {one.kind for one in replay([early], other, own).differences} == {"level"}
    assert [one.change for one in replay([late], other, own).differences] == ["3 → 1", "clerk → manager"]


def test_what_happened_after_the_decision_does_not_count() -> None:
    case = a_decided_case()
    case["proposals"][0]["answer"] = answered("declined")
    case["escalations"] = [signed(reason="again", at="2026-11-05T10:00:00+08:00")]
    other = rules()
    other["authority"]["ladder"][0]["limit"] = "10.00"
    assert [one.change for one in replay([case], other).differences] == ["clerk → head"]


def test_limits_in_another_currency_let_nobody_decide() -> None:
    other = rules()
    other["authority"]["currency"] = "EUR"
    (found,) = replay([a_decided_case()], other).differences
    assert found.would == "nobody: the limits are in EUR"


# -- entitlements


def test_a_rule_that_is_gone_makes_an_exception_which_may_need_more() -> None:
    exception = {
        "name": "exception",
        "label": label("exception"),
        "when": {"exception": True},
        "role": "head",
    }
    own, other = rules(), rules(entitlements=[])
    for policy in (own, other):
        policy["authority"]["needs"] = [exception]
    outcome = replay([a_decided_case()], other, own)
    assert told(outcome) == [
        ("entitlement", "proposal 1: refund", "spoiled-food", "exception"),
        ("authority", "proposal 1", "clerk", "head"),
    ]
    assert outcome.counts == {"level": 0, "clock": 0, "authority": 1, "entitlement": 1, "lacking": 0}


def test_the_days_since_the_purchase_are_counted_to_the_proposal() -> None:
    other = rules()
    other["entitlements"][0]["within"] = "2 days"
    case = a_decided_case()  # bought on the 30th, proposed on the 2nd
    assert [one.change for one in replay([case], other).differences] == ["refund: spoiled-food → exception"]


def test_a_confirmation_that_is_newly_asked_for_was_not_given() -> None:
    other = rules()
    other["entitlements"][0]["confirm"] = ["cannot-accept"]
    assert [one.would for one in replay([a_decided_case()], other).differences] == ["exception"]
    assert replay([a_decided_case(confirmed=["cannot-accept"])], other).differences == []


def test_a_remedy_that_is_free_now_needs_no_rule() -> None:
    other = rules()
    other["remedies"]["refund"]["free"] = True
    assert told(replay([a_decided_case()], other)) == [
        ("entitlement", "proposal 1: refund", "spoiled-food", "needs none")
    ]


# -- ids


def test_ids_that_the_others_lack_are_told_once_each() -> None:
    other = rules()
    del other["categories"]["goods.spoiled"], other["causes"]["goods.spoiled"], other["remedies"]["refund"]
    del other["entitlements"][:]
    case = a_decided_case()
    case["proposals"].append(a_proposal())
    outcome = replay([case], other)
    assert [one.what for one in outcome.differences if one.kind == "lacking"] == [
        "remedies: refund",
        "categories: goods.spoiled",
        "causes: goods.spoiled",
    ]
    assert outcome.counts["lacking"] == 1


def test_what_the_own_rules_lack_too_is_no_difference() -> None:
    case = a_case(classification=classified("moon"))
    other = rules(measures={"x": {"label": label("x")}})
    assert replay([case], other).differences == []


# -- a case as it stood


def test_a_case_as_of_a_proposal_knows_nothing_of_what_came_later() -> None:
    case = a_decided_case()
    case["proposals"].append(a_proposal(at="2026-11-08T09:00:00+08:00"))
    case["investigations"].append(signed(verdict="unfounded", at="2026-11-07T09:00:00+08:00"))
    before = copy.deepcopy(case)
    then = whatif.as_of(case, 0, int(datetime(2026, 11, 2, 9, tzinfo=ZONE).timestamp()))
    assert len(then["proposals"]) == 1
    assert "decision" not in then["proposals"][0]
    assert [one["verdict"] for one in then["investigations"]] == ["founded"]
    assert case == before


def test_cases_are_in_order_and_changes_by_how_many() -> None:
    other = rules()
    other["levels"][0]["any"].append({"label": label("minor"), "when": {"severity": "minor"}})
    other["levels"][1]["any"].append({"label": label("moderate"), "when": {"severity": "moderate"}})
    cases = [another(name * 6, f"P-00000{day}", day) for name, day in (("B", 5), ("A", 4))]
    cases.append(a_case(classification=classified("service.attitude", "moderate")))
    outcome = replay(cases, other)
    assert [one.case for one in outcome.differences] == sorted(case["id"] for case in cases)
    assert outcome.changes == [("level", "3 → 1", 2), ("level", "3 → 2", 1)]
    assert (outcome.cases, outcome.affected) == (3, 3)

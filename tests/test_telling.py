"""Who has to be told what, since when and by when, and what settles it."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from complaintctl import telling
from complaintctl.conditions import facts_of
from complaintctl.deadlines import EVENTS
from complaintctl.errors import Refused
from complaintctl.rows import Owed
from complaintctl.times import epoch
from complaintctl.workdays import WorkCalendar
from tests.rule_examples import a_case, a_person, a_policy, a_proposal, classified, decided, label, signed

CALENDAR = WorkCalendar(None, ZoneInfo("Asia/Shanghai"))
CLERK = a_person("li.na", "clerk", "customer-service")
DESK_HEAD = a_person("ma.yun", "head", "customer-service")
GOODS_HEAD = a_person("sun.min", "head", "goods")
STORE_HEAD = a_person("wu.lei", "head", "store")
STORE_CLERK = a_person("zhao.wei", "clerk", "store")
BOSS = a_person("boss", "manager")
STAFF = [CLERK, DESK_HEAD, GOODS_HEAD, STORE_HEAD, STORE_CLERK, BOSS]


def rule(*to: str, after: str = "received", **more: Any) -> Any:
    return {
        "name": "heads-hear",
        "label": label("the heads hear of it"),
        "to": list(to),
        "after": after,
        **more,
    }


def taken(by: str = "li.na", department: str | None = "customer-service") -> dict[str, Any]:
    intake = {**a_case()["intake"], "by": by}
    return intake | ({"department": department} if department else {})


def case_of(**sections: Any) -> Any:
    return a_case(**{"intake": taken(), **sections})


def said_to(party: str, at: str = "2026-11-01T10:00:00+08:00", by: str = "li.na", way: str = "out") -> Any:
    return signed(by, at, party=party, direction=way, method="phone", note="…")


def owed(
    *rules: Any, case: Any = None, staff: Any = None, level: int | None = 3, **policy: Any
) -> list[Owed]:
    found = a_policy(tell=list(rules), **policy)
    case = case or case_of()
    return telling.standing(telling.owed(case, found, CALENDAR), staff or STAFF, found, level)


def told(*rules: Any, **more: Any) -> list[str]:
    """To whom something is owed."""
    return [one.to for one in owed(*rules, **more)]


# -- to whom


@pytest.mark.parametrize(
    ("target", "party"),
    [
        ("owner", "department:customer-service"),
        ("responsible", "department:goods"),
        ("head-of-responsible", "head:goods"),
        ("head-of-receiver", "head:customer-service"),
        ("head-of-complained", "head:store"),
        ("supplier", "supplier"),
        ("department:store", "department:store"),
        ("head:goods", "head:goods"),
        ("role:manager", "role:manager"),
    ],
)
def test_each_target_is_a_party_that_one_can_speak_with(target, party):  # S1c-3 S3-3
    case = case_of(about={"against": "store"}, classification=classified() | {"by": "he.left"})
    assert told(rule(target, after="classified"), case=case) == [party]


def test_nobody_is_told_for_a_department_before_there_is_a_responsible_one():
    assert told(rule("responsible", "head-of-responsible", "head-of-complained")) == []


def test_the_responsible_department_is_the_one_that_has_the_case_not_that_of_a_shared_task():  # S2-5
    given = [
        signed(department="store", handler="zhao.wei"),
        signed(department="goods", handler="sun.min", task="photographs"),
    ]
    assert told(rule("responsible"), case=case_of(classification=classified(), assignments=given)) == [
        "department:store"
    ]


def test_the_head_complained_about_is_that_of_the_persons_department():  # S1c-6
    case = case_of(about={"against": "zhao.wei"}, classification=classified())
    assert told(rule("head-of-complained"), case=case) == ["head:store"]
    without = [person for person in STAFF if person["id"] != "zhao.wei"]
    assert told(rule("head-of-complained"), case=case, staff=without) == ["head:goods"]


def test_whoever_took_the_complaint_without_a_department_is_told_by_their_role():
    case = case_of(intake=taken("boss", None), contacts=[])
    assert told(rule("owner", after="classified"), case={**case, "classification": classified()}) == [
        "role:manager"
    ]


def test_an_older_case_goes_by_the_department_that_its_receiver_has_today():
    case = case_of(intake=taken("li.na", None))
    assert told(rule("head-of-receiver"), case=case) == ["head:customer-service"]


def test_one_who_is_the_head_of_both_departments_is_told_once():
    case = case_of(about={"against": "customer-service"})
    assert told(rule("head-of-receiver", "head-of-complained"), case=case) == ["head:customer-service"]


# -- when


def test_nothing_is_owed_before_its_event_and_what_is_owed_dates_from_it():
    assert owed(rule("head:goods", after="classified")) == []
    (one,) = owed(rule("head:goods", after="classified"), case=case_of(classification=classified()))
    assert one.since == epoch("2026-11-01T09:00:00+08:00")


def test_a_rule_asks_only_where_its_condition_holds():  # S1c-3
    other = rule("head-of-receiver", when={"own_department": False})
    assert told(other, case=case_of(about={"against": "store"})) == ["head:customer-service"]
    assert told(other, case=case_of(about={"against": "customer-service"})) == []


def test_a_rule_for_grave_cases_asks_as_soon_as_the_level_is_reached():  # S3-3
    grave = rule("role:manager", when={"level": {"at_most": 2}})
    assert [told(grave, level=level) for level in (1, 2, 3)] == [["role:manager"], ["role:manager"], []]


@pytest.mark.parametrize(
    ("within", "due", "in_time", "late"),
    [
        ("2 hours", "2026-11-01T10:00:00+08:00", "2026-11-01T10:00:00+08:00", "2026-11-01T10:00:01+08:00"),
        ("1 day", "2026-11-03T00:00:00+08:00", "2026-11-02T23:59:59+08:00", "2026-11-03T00:00:00+08:00"),
        (
            "2 business days",
            "2026-11-04T00:00:00+08:00",
            "2026-11-03T23:59:59+08:00",
            "2026-11-04T00:00:00+08:00",
        ),
    ],
)
def test_the_time_is_counted_as_that_of_a_deadline(within, due, in_time, late):
    (one,) = owed(rule("head:goods", within=within))
    assert one.due == epoch(due)
    assert not telling.is_late(one, epoch(in_time))
    assert telling.is_late(one, epoch(late))


def test_without_a_time_nothing_is_ever_late():
    (one,) = owed(rule("head:goods"))
    assert (one.due, telling.is_late(one, epoch("2036-01-01T00:00:00+08:00"))) == (None, False)


def test_the_time_of_a_department_begins_when_it_gets_the_case():
    given = [signed(department="store", handler="zhao.wei", at="2026-11-05T09:00:00+08:00")]
    case = case_of(classification=classified(), assignments=given)
    (one,) = owed(rule("head-of-responsible", after="classified", within="1 hour"), case=case)
    assert (one.to, one.due) == ("head:store", epoch("2026-11-05T10:00:00+08:00"))
    assert one.since == epoch("2026-11-01T09:00:00+08:00")


# -- what settles it


def test_a_word_to_them_at_or_after_the_event_settles_it():
    before, at = "2026-11-01T08:59:59+08:00", "2026-11-01T09:00:00+08:00"
    hears = rule("head:goods", after="classified")
    for when, left in ((before, ["head:goods"]), (at, [])):
        case = case_of(classification=classified(), contacts=[said_to("head:goods", when)])
        assert told(hears, case=case) == left, when


@pytest.mark.parametrize(
    "contact",
    [
        said_to("head:store"),
        said_to("department:goods"),
        said_to("customer"),
        said_to("head:goods", way="in"),
    ],
)
def test_a_word_to_somebody_else_or_from_them_settles_nothing(contact):
    assert told(rule("head:goods"), case=case_of(contacts=[contact])) == ["head:goods"]


def test_each_party_of_a_rule_is_told_for_itself():
    case = case_of(contacts=[said_to("head:goods")])
    assert told(rule("head:goods", "head:store"), case=case) == ["head:store"]


@pytest.mark.parametrize("step", ["classification", "contacts", "assignments"])
def test_a_head_who_took_a_step_since_knows_of_it_already(step):  # S1c-3
    entry = {
        "classification": classified() | {"by": "sun.min"},
        "contacts": [said_to("customer", by="sun.min")],
        "assignments": [signed("sun.min", department="goods", handler="sun.min")],
    }[step]
    assert told(rule("head:goods"), case=case_of(**{step: entry})) == []
    assert told(rule("head:store"), case=case_of(**{step: entry})) == ["head:store"]


def test_a_head_who_took_the_complaint_need_not_be_told_that_it_came():
    case = case_of(intake=taken("ma.yun"))
    assert told(rule("head-of-receiver"), case=case) == []


def test_a_step_before_the_event_does_not_count():
    hears = rule("head:goods", after="decided")
    proposals = [a_proposal(decision=decided("manager", "boss"))]
    early = signed("sun.min", "2026-11-01T10:00:00+08:00", department="goods", handler="sun.min")
    case = case_of(classification=classified(), assignments=[early], proposals=proposals)
    assert told(hears, case=case) == ["head:goods"]


def test_of_the_same_second_only_the_event_itself_counts():
    at = "2026-11-01T09:00:00+08:00"
    given = [signed("sun.min", at, department="goods", handler="sun.min")]
    case = case_of(classification=classified(), assignments=given)
    assert told(rule("head:goods", after="classified"), case=case) == ["head:goods"]
    assert told(rule("head:goods", after="assigned"), case=case) == []


def test_every_event_can_be_what_somebody_is_told_about():
    assert set(telling._SECTIONS) == set(EVENTS)


def test_a_department_that_took_a_step_since_knows_of_it():
    case = case_of(classification=classified() | {"by": "zhao.wei"})
    assert told(rule("department:store", "department:goods"), case=case) == ["department:goods"]


def closed(outcome: str = "satisfied", **more: Any) -> Any:
    return signed("li.na", "2026-11-10T09:00:00+08:00", outcome=outcome, **more)


def test_closing_ends_what_was_owed_and_may_begin_something():  # S4-7 S0-19
    hears = rule("head:goods")
    report = {**rule("role:manager", after="closed"), "name": "report"}
    assert told(hears, report, case=case_of(closures=[closed()])) == ["role:manager"]


def test_nobody_is_told_of_a_case_that_is_none():
    report = rule("role:manager", after="closed")
    assert told(report, case=case_of(closures=[closed("entered-in-error")])) == []


def test_a_new_round_begins_with_nobody_told():
    again = {"reopened": signed(at="2026-11-12T09:00:00+08:00", reason="still sour")}
    case = case_of(contacts=[said_to("head:goods")], closures=[closed(**again)])
    assert told(rule("head:goods"), case=case) == ["head:goods"]


def test_a_policy_without_rules_owes_nobody_anything():
    policy = a_policy()
    assert telling.owed(case_of(), policy, CALENDAR) == []
    assert not telling.owing(case_of(), policy)


def test_who_stands_behind_a_party_is_said_by_name():
    policy = a_policy()
    assert telling.describe("head:goods", STAFF, policy, "en") == "sun.min (head of goods)"
    assert telling.describe("role:manager", STAFF, policy, "en") == "boss (manager)"
    assert telling.describe("department:store", STAFF, policy, "en") == "store"
    assert telling.describe("supplier", STAFF, policy, "en") == "supplier"


# -- steps that wait


def take(step: str, *rules: Any, case: Any = None, actor: Any = CLERK) -> None:
    policy = a_policy(tell=list(rules))
    case = case or case_of()
    telling.require(step, case, actor, STAFF, facts_of(case, policy), policy, "en")


def test_a_step_waits_until_they_are_told_and_the_hint_does_it():
    first = rule("head:goods", before=["assign"])
    with pytest.raises(Refused) as refused:
        take("assign", first)
    assert refused.value.exit_code == 1
    assert refused.value.message == (
        "C-20261101-AAAAAA: “assign” has to wait. the heads hear of it: sun.min (head of goods)"
    )
    assert refused.value.hint == "complaintctl contact C-20261101-AAAAAA --told heads-hear --by …"
    take("assign", first, case=case_of(contacts=[said_to("head:goods")]))


def test_other_steps_do_not_wait_and_a_rule_that_asks_for_nothing_stops_none():
    take("classify", rule("head:goods", before=["assign"]))
    take("assign", rule("head:goods"))
    take("assign", rule("head:goods", before=["assign"], when={"kind": "help"}))


def test_the_head_who_takes_the_step_does_not_have_to_be_told_of_it():
    take("assign", rule("head:goods", before=["assign"]), actor=GOODS_HEAD)
    with pytest.raises(Refused):
        take("assign", rule("head:goods", before=["assign"]), actor=STORE_HEAD)


# -- the rules themselves


def test_a_right_rule_has_no_problems():
    right = rule("owner", "head:goods", "role:manager", within="2 hours", before=["assign", "close"])
    assert telling.rule_problems(a_policy(tell=[right])) == []


def test_every_slip_in_a_rule_is_found():
    wrong = [
        rule("head:good", "role:cleark", "department:shop", after="recieved", within="two hours"),
        rule("owner", before=["contact", "assing"], when={"kind": "complain"}),
    ]
    assert [path for path, _message in telling.rule_problems(a_policy(tell=wrong))] == [
        "$.tell[0].to[0]",
        "$.tell[0].to[1]",
        "$.tell[0].to[2]",
        "$.tell[0].after",
        "$.tell[0].within",
        "$.tell[1].name",
        "$.tell[1].before[0]",
        "$.tell[1].before[1]",
        "$.tell[1].when",
    ]

"""A row says about a case what lists and reports need, and nothing that the clock changes."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from complaintctl.records import decode, encode
from complaintctl.rows import Row, Span, is_running
from complaintctl.summary import last_step, row_of
from complaintctl.times import epoch
from complaintctl.workdays import WorkCalendar
from tests.rule_examples import a_case, a_policy, a_proposal, answered, classified, decided, label, signed

CALENDAR = WorkCalendar(None, ZoneInfo("Asia/Shanghai"))
CLOCKS = {
    "reply": {
        "label": label("reply"), "from": "received", "until": "decided", "within": "48 hours",
        "stops_for": ["customer"],
    },
    "assign": {"label": label("assign"), "from": "received", "until": "assigned", "within": "4 hours"},
}  # fmt: skip


def row(policy=None, **sections) -> Row:
    return row_of(a_case(**sections), policy or a_policy(deadlines=CLOCKS), CALENDAR)


def closed(at="2026-11-05T09:00:00+08:00", outcome="satisfied", **more):
    return signed("li.na", at, outcome=outcome, **more)


def test_a_row_has_the_fields_of_the_contract_in_their_order():
    assert tuple(row()) == tuple(Row.__annotations__)


def test_a_case_that_was_just_received_is_open_and_has_no_category():
    found = row()
    assert (found["received"], found["registered"]) == (
        epoch("2026-11-01T08:00:00+08:00"),
        epoch("2026-11-01T08:05:00+08:00"),
    )
    assert found["spans"] == [Span(found["received"], None, None)]
    assert (found["category"], found["severity"], found["department"], found["handler"]) == (None,) * 4
    assert (found["closed"], found["outcome"], found["void"], found["owner"]) == (None, None, False, "li.na")


def test_a_flag_raises_severity_and_urgency():  # S0-7, S2-4
    found = row(classification=classified(severity="minor", urgency="normal", flags=["food-safety"]))
    assert (found["severity"], found["urgency"]) == ("severe", "urgent")


def test_the_department_is_that_of_the_category_until_somebody_is_assigned():  # S0-9
    classification = classified("service.attitude", departments=["goods"])
    assert row(classification=classification)["department"] == "store"
    given = [signed(department="goods", handler="zhao.wei")]
    found = row(classification=classification, assignments=given)
    assert (found["department"], found["handler"]) == ("goods", "zhao.wei")


def test_a_category_without_a_department_leaves_it_to_the_first_one_named():
    found = row(classification=classified("goods.label", departments=["store", "goods"]))
    assert found["department"] == "store"


def test_who_is_given_a_share_of_the_work_does_not_become_the_handler():  # S2-5
    given = [
        signed(department="goods", handler="zhao.wei"),
        signed(department="store", handler="chen.jie", task="take photographs"),
    ]
    found = row(classification=classified(), assignments=given)
    assert (found["department"], found["handler"]) == ("goods", "zhao.wei")
    assert [one[1:] for one in found["assigned"]] == [("goods", "zhao.wei"), ("store", "chen.jie")]


def test_the_nearest_deadline_that_runs_is_the_one_that_is_due():
    found = row()
    assert (found["due_name"], found["due"]) == ("assign", found["received"] + 4 * 3600)
    assigned = row(classification=classified(), assignments=[signed(department="goods", handler="zhao.wei")])
    assert (assigned["due_name"], assigned["due"]) == ("reply", assigned["received"] + 48 * 3600)
    assert [is_running(clock) for clock in assigned["clocks"]] == [True, False]


def test_a_clock_that_a_hold_stops_is_not_due():
    policy = a_policy(deadlines={"reply": CLOCKS["reply"]})
    hold = {"for": "customer", "reason": "waits for the receipt", **signed()}
    held = row(policy, holds=[hold])
    assert (held["on_hold"], held["due"], held["due_name"]) == (True, None, None)
    again = row(policy, holds=[hold | {"resumed_by": "li.na", "resumed_at": "2026-11-01T11:00:00+08:00"}])
    assert (again["on_hold"], again["due"]) == (False, again["received"] + 50 * 3600)


def test_a_closed_case_waits_for_nothing():
    hold = {"for": "customer", "reason": "waits", **signed()}
    found = row(state="closed", holds=[hold], closures=[closed()])
    assert (found["due"], found["on_hold"]) == (None, False)
    assert (found["closed"], found["outcome"]) == (epoch("2026-11-05T09:00:00+08:00"), "satisfied")


@pytest.mark.parametrize(
    ("outcome", "void"), [("entered-in-error", True), ("duplicate", True), ("withdrawn", False)]
)
def test_what_was_entered_in_error_or_twice_is_void(outcome, void):
    assert row(state="closed", closures=[closed(outcome=outcome)])["void"] is void


def test_a_reopened_case_is_open_again_and_keeps_its_first_round():
    reopened = signed("li.na", "2026-11-08T09:00:00+08:00", reason="came back")
    found = row(
        state="assigned", closures=[closed(outcome="duplicate", reopened=reopened, lesson="look twice")]
    )
    assert found["spans"] == [
        Span(found["received"], epoch("2026-11-05T09:00:00+08:00"), "duplicate", lesson=True),
        Span(epoch("2026-11-08T09:00:00+08:00"), None, None),
    ]
    assert (found["closed"], found["outcome"], found["void"], found["lesson"]) == (None, None, False, True)


def test_the_first_contact_is_the_first_word_to_the_customer():
    def contact(party, direction, at):
        return signed("li.na", at, party=party, direction=direction, method="phone", note="…")

    contacts = [
        contact("customer", "in", "2026-11-01T09:00:00+08:00"),
        contact("supplier", "out", "2026-11-01T09:30:00+08:00"),
        contact("customer", "out", "2026-11-02T12:00:00+08:00"),
    ]
    assert row(contacts=contacts[:2])["first_contact"] is None
    assert row(contacts=contacts)["first_contact"] == epoch("2026-11-02T12:00:00+08:00")
    proposal = a_proposal(decision=decided("head", "sun.min"), answer=answered())
    assert row(contacts=contacts, proposals=[proposal])["first_contact"] == epoch("2026-11-02T11:00:00+08:00")


def test_what_a_remedy_cost_and_what_became_of_it_is_told_apart():  # S1c-4
    gift = {"kind": "gift", "amount": "5.00", "cost": "5.00"}
    returned = a_proposal(decision=decided("head", "sun.min", outcome="returned"), remedies=[gift])
    declined = a_proposal(
        decision=decided("head", "sun.min") | {"alone": True},
        answer=answered("declined"),
        exception="regular",
    )
    done = {
        "kind": "refund",
        "amount": "12.90",
        "cost": "12.90",
        "done": signed(at="2026-11-03T09:00:00+08:00"),
    }
    agreed = a_proposal(decision=decided("head", "sun.min"), answer=answered(), remedies=[done, gift])
    found = row(proposals=[returned, declined, agreed])
    first, second, third, fourth = found["paid"]
    decision = epoch("2026-11-02T10:00:00+08:00")
    assert (first.proposal, first.goodwill, first.approved, first.returned) == (1, True, None, decision)
    assert (second.approved, second.declined, second.exception, second.alone) == (
        decision, epoch("2026-11-02T11:00:00+08:00"), True, True,
    )  # fmt: skip
    assert (third.proposal, third.done, third.declined, third.role) == (
        3, epoch("2026-11-03T09:00:00+08:00"), None, "head",
    )  # fmt: skip
    assert (fourth.proposal, fourth.done, fourth.cost) == (3, None, "5.00")
    assert found["fulfilled"] == []  # the gift is still owed
    assert found["alone"] == 1


def test_a_proposal_is_fulfilled_when_its_last_item_is_done():
    def done(day):
        return signed(at=f"2026-11-0{day}T09:00:00+08:00")

    proposal = a_proposal(
        remedies=[{"kind": "apology", "cost": "0.00", "done": done(4)}],
        tasks=[{"department": "store", "what": "send it", "done": done(6)}],
        answer=answered(),
    )
    assert row(proposals=[proposal])["fulfilled"] == [epoch("2026-11-06T09:00:00+08:00")]


def test_the_last_verdict_counts():
    found = row(
        investigations=[
            signed(verdict="unfounded", cause="goods.spoiled", alone=True),
            signed(at="2026-11-03T09:00:00+08:00", verdict="founded", cause="goods.expired"),
            signed(at="2026-11-04T09:00:00+08:00", findings="looked again"),
        ]
    )
    assert (found["verdict"], found["cause"], found["alone"]) == ("founded", "goods.expired", 1)
    assert found["verdict_at"] == epoch("2026-11-03T09:00:00+08:00")


@pytest.mark.parametrize(
    "sections",
    [
        {"holds": [{"for": "test", "reason": "…", "resumed_by": "li.na", "resumed_at": "AT", **signed()}]},
        {
            "improvements": [
                {"measure": "…", "owner": "li.na", "done_by": "li.na", "done_at": "AT", **signed()}
            ]
        },
        {"closures": [closed(reopened=signed(at="AT", reason="…"))]},
        {"proposals": [a_proposal(tasks=[{"department": "store", "what": "…", "done": signed(at="AT")}])]},
        {"proposals": [a_proposal(problems=[signed(at="AT", text="…")])]},
        {"escalations": [signed(at="AT", reason="…")]},
    ],
)
def test_the_last_step_is_found_wherever_it_was_signed(sections):
    at = "2026-11-20T09:00:00+08:00"
    case = a_case(**_with(sections, at))
    assert last_step(case) == epoch(at)


def test_the_last_step_is_the_latest_instant_whatever_its_offset():
    times = ("2026-10-25T02:30:00+02:00", "2026-10-25T02:10:00+01:00")
    case = a_case(escalations=[signed(at=at, reason="…") for at in times])
    case["intake"] |= {
        "received_at": "2026-10-25T00:00:00+02:00",
        "registered_at": "2026-10-25T00:00:00+02:00",
    }
    assert last_step(case) == epoch("2026-10-25T02:10:00+01:00")


def test_what_a_report_counts_is_counted():
    evidence = signed(file="0123456789abcdef.jpg", sha256="0" * 64, size=1, type="image/jpeg", kind="photo")
    found = row(
        customer={"id": "P-000001", "email": "a@example.com"},
        evidence=[evidence, evidence],
        escalations=[signed(reason="…")],
        follow_ups=[signed(satisfaction=4, method="phone")],
    )
    at = epoch("2026-11-01T09:00:00+08:00")
    assert (found["named"], found["evidence"], found["escalated"], found["satisfied"]) == (
        True,
        2,
        [at],
        [(at, 4)],
    )
    assert row()["named"] is False


def _with(part, at):
    """The same data with a real instant where it says AT."""
    if isinstance(part, dict):
        return {key: _with(value, at) for key, value in part.items()}
    if isinstance(part, list):
        return [_with(value, at) for value in part]
    return at if part == "AT" else part


TELL = [
    {
        "name": "heads",
        "label": label("heads"),
        "to": ["head:goods"],
        "after": "received",
        "within": "2 hours",
    },
    {"name": "report", "label": label("report"), "to": ["role:manager"], "after": "closed"},
]


def test_a_row_holds_whom_the_case_says_must_be_told():  # S1c-3
    (one,) = row(a_policy(tell=TELL))["owed"]
    assert (one.name, one.to, one.by, one.told) == ("heads", "head:goods", ["li.na"], [])
    assert one.due == one.since + 2 * 3600


def test_only_a_closed_case_that_says_so_is_owing():  # S0-19
    policy = a_policy(tell=TELL)
    ended = row(policy, state="closed", closures=[closed()])
    assert [one.name for one in ended["owed"]] == ["report"]
    assert ended["owing"] is True
    assert row(policy)["owing"] is False
    assert row(a_policy(tell=TELL[:1]), state="closed", closures=[closed()])["owing"] is False


def test_a_row_comes_back_from_the_index_as_it_was():
    found = row(a_policy(tell=TELL, deadlines=CLOCKS))
    assert found["owed"]
    assert decode(*encode(found)) == found

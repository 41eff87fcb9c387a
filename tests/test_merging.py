"""Two states of one case become one: what is united, what contradicts itself, and what is given up then."""

from __future__ import annotations

from typing import Any

import pytest

from complaintctl import merging, resolving
from complaintctl.case import Case
from complaintctl.merging import Contradiction, unite
from complaintctl.resolving import Both
from complaintctl.retrace import Made
from complaintctl.workflow import Context, copied
from tests import bench
from tests.bench import REFUND, SOUR, do

POLICY = bench.rules()[0]
SECRETS = ("Wang", "13800001234", "13900005678", "sour before", "heard", "told her")
PHOTO = {"file": "a1.jpg", "sha256": "a1", "size": 3, "type": "image/jpeg", "kind": "photo"}
LATE = 1000  # minutes: after the road


def context_of(case: Case | None, made: Made) -> Context:
    return bench.context(case, made.by or "boss", made.at)


def state(wanted: str) -> Case:
    """The case on its long road when it first gets into a state."""
    return next(case for case in bench.road() if case["state"] == wanted)


def both(base: Case | None, ours: Case, theirs: Case) -> Both:
    return Both(base, ours, theirs, POLICY)


def united(base: Case | None, ours: Case, theirs: Case) -> Case:
    """What both sides come to, whichever of them is called ours; nothing stands against it."""
    view = both(base, ours, theirs)
    merged, found = resolving.merge(view, context_of)
    assert found == []
    assert resolving.merge(view.turned, context_of) == (merged, [])
    assert resolving.faults(view, merged, context_of) == []
    return merged


def contradictions(base: Case | None, ours: Case, theirs: Case) -> list[Contradiction]:
    """What contradicts what: the same from either side, and told without a customer's data."""
    view = both(base, ours, theirs)
    found = resolving.merge(view, context_of)[1]
    turned = resolving.merge(view.turned, context_of)[1]
    assert found
    assert [(one.place, one.theirs, one.ours) for one in turned] == [
        (one.place, one.ours, one.theirs) for one in found
    ]
    told = " ".join(f"{one.ours} {one.theirs} {one.message}" for one in found)
    assert not [secret for secret in SECRETS if secret in told]
    return found


# ── What is united ──────────────────────────────────────────────────────────────────────────────────


def test_notes_of_both_stand_in_order_of_time() -> None:
    base = state("assigned")
    ours = do(base, "contact", "li.na", LATE, method="phone", note="told her")
    ours = do(ours, "contact", "li.na", LATE + 20, method="phone", note="told her again")
    theirs = do(base, "contact", "chen.jie", LATE + 10, method="phone", note="heard", incoming=True)
    merged = united(base, ours, theirs)
    assert [one["note"] for one in merged["contacts"]] == ["told her", "heard", "told her again"]


def test_a_step_and_notes_are_united_and_the_state_is_that_of_the_step() -> None:
    base = state("assigned")
    ours = do(base, "investigate", "zhao.wei", LATE, **SOUR)
    theirs = do(
        base, "amend", "chen.jie", LATE - 5, changes={"customer.phone": "13900005678"}, reason="misheard"
    )
    theirs = do(theirs, "evidence", "chen.jie", LATE + 5, entry=PHOTO)
    merged = united(base, ours, theirs)
    assert merged["state"] == "investigated"
    assert merged["customer"]["phone"] == "13900005678"
    assert [one["file"] for one in merged["evidence"]] == ["a1.jpg"]


def test_the_same_file_taken_in_on_both_sides_stands_once_as_it_was_taken_first() -> None:
    base = state("assigned")
    ours = do(base, "evidence", "li.na", LATE, entry=PHOTO)
    theirs = do(base, "evidence", "chen.jie", LATE + 1, entry=PHOTO)
    assert [one["by"] for one in united(base, ours, theirs)["evidence"]] == ["li.na"]


def test_the_same_link_stands_once_and_the_same_words_to_a_customer_twice() -> None:
    base = state("assigned")
    sides = []
    for number in (0, 1):
        side = do(base, "link", "li.na", LATE + number, to="C-20261116-AAAAAA", kind="related")
        sides.append(do(side, "contact", "li.na", LATE + number, method="phone", note="told her"))
    merged = united(base, *sides)
    assert (len(merged["links"]), len(merged["contacts"])) == (1, len(base.get("contacts", ())) + 2)


def test_different_things_carried_out_on_two_sides_fulfil_the_case() -> None:
    base = state("agreed")
    ours = do(base, "fulfil", "li.na", LATE, tasks=[1], voucher="R-1")
    theirs = do(base, "fulfil", "chen.jie", LATE + 5, tasks=[2])
    merged = united(base, ours, theirs)
    assert merged["state"] == "fulfilled"
    assert [one["done"]["by"] for one in merged["proposals"][0]["remedies"]] == ["li.na", "chen.jie"]


def test_a_hold_that_both_ended_was_ended_by_the_first() -> None:
    base = do(state("assigned"), "hold", "li.na", LATE, waiting_for="test", reason="laboratory")
    ours = do(base, "resume", "li.na", LATE + 10)
    theirs = do(base, "resume", "chen.jie", LATE + 5)
    held = united(base, ours, theirs)["holds"]
    assert [(one["resumed_by"], one["resumed_at"]) for one in held] == [("chen.jie", bench.at(LATE + 5))]


def test_the_same_classification_by_two_people_is_one_but_not_with_another_kind() -> None:
    base = state("received")
    ours = do(base, "classify", "li.na", LATE, category="goods.spoiled")
    theirs = do(base, "classify", "chen.jie", LATE + 5, category="goods.spoiled")
    assert united(base, ours, theirs)["classification"]["by"] == "li.na"
    theirs = do(base, "classify", "chen.jie", LATE + 5, category="goods.spoiled", kind="enquiry")
    found = contradictions(base, ours, theirs)
    assert [one.place for one in found] == ["classification"]
    assert ("complaint goods.spoiled" in found[0].ours, "enquiry" in found[0].theirs) == (True, True)


def test_fields_amended_by_two_people_are_both_amended() -> None:
    base = state("classified")
    ours = do(base, "amend", "li.na", LATE, changes={"customer.phone": "13900005678"}, reason="misheard")
    theirs = do(base, "amend", "chen.jie", LATE + 5, changes={"about.batch": "7"}, reason="looked")
    merged = united(base, ours, theirs)
    assert (merged["customer"]["phone"], merged["about"]["batch"]) == ("13900005678", "7")
    assert [one["fields"] for one in merged["amendments"]] == [["customer.phone"], ["about.batch"]]


def test_a_proposal_that_came_both_ways_is_one_with_what_was_decided_on_one_side() -> None:
    base = state("investigated")
    proposed = do(base, "propose", "zhao.wei", LATE, **REFUND)
    ours = do(proposed, "contact", "li.na", LATE + 9, method="phone", note="told her")
    theirs = do(proposed, "approve", "sun.min", LATE + 5)
    merged = united(base, ours, theirs)
    assert (len(merged["proposals"]), merged["state"]) == (1, "approved")


def test_one_approval_by_merging_written_down_by_two_people_is_one() -> None:
    base = state("proposed")
    sides: list[Any] = []
    for who in ("li.na", "chen.jie"):
        side: Any = do(base, "approve", "sun.min", LATE, via="merge " + "0" * 40)
        side["proposals"][0]["decision"] |= {"claimed": True, "recorded_by": who}
        sides.append(side)
    merged, found = unite(base, *sides, POLICY)
    assert (found, merged["proposals"][0]["decision"]["recorded_by"]) == ([], "chen.jie")
    assert unite(base, sides[1], sides[0], POLICY) == (merged, [])


def test_one_complaint_that_came_in_on_both_sides_is_one_case() -> None:
    taken = bench.new()
    ours = do(taken, "classify", "li.na", 5, category="goods.spoiled")
    theirs = do(taken, "contact", "li.na", 6, method="phone", note="told her")
    merged = united(None, ours, theirs)
    assert merged["state"] == "classified"
    assert len(merged["contacts"]) == 1


# ── Closed here, reopened there ─────────────────────────────────────────────────────────────────────


def test_closed_here_and_a_word_there_afterwards_is_closed() -> None:
    base = state("satisfied")
    ours = do(base, "close", "li.na", LATE, lesson="l", prevention="p")
    theirs = do(base, "contact", "chen.jie", LATE + 60, method="phone", note="heard", incoming=True)
    assert united(base, ours, theirs)["state"] == "closed"


def test_closed_here_and_asked_once_more_there_before_that_is_closed() -> None:
    base = state("satisfied")
    ours = do(base, "close", "li.na", LATE + 60, outcome="withdrawn", reason="x")
    theirs = do(base, "follow-up", "chen.jie", LATE, satisfaction=2, method="phone")
    merged = united(base, ours, theirs)
    assert (merged["state"], len(merged["follow_ups"])) == ("closed", 2)


def test_closed_here_and_handled_on_there_contradict_each_other() -> None:
    base = state("fulfilled")
    ours = do(base, "close", "li.na", LATE, outcome="withdrawn", reason="x")
    theirs = do(base, "follow-up", "chen.jie", LATE + 5, satisfaction=5, method="phone")
    (found,) = contradictions(base, ours, theirs)
    assert found.place == "follow_ups[0]"
    assert "closed" in found.message
    assert "close by li.na" in found.ours
    assert "chen.jie" in found.theirs


def test_a_word_here_and_reopened_there_is_open() -> None:
    base = state("closed")
    ours = do(base, "contact", "li.na", LATE + 5, method="phone", note="told her")
    theirs = do(base, "reopen", "chen.jie", LATE, reason="called again")
    merged = united(base, ours, theirs)
    assert merged["state"] == "assigned"
    assert len(merged["contacts"]) == len(base["contacts"]) + 1


def test_reopened_and_closed_again_here_and_reopened_there_contradict_each_other() -> None:
    base = state("closed")
    ours = do(base, "reopen", "li.na", LATE, reason="called")
    ours = do(ours, "close", "li.na", LATE + 1, outcome="withdrawn", reason="x")
    theirs = do(base, "reopen", "chen.jie", LATE + 2, reason="called again")
    (found,) = contradictions(base, ours, theirs)
    assert found.place == "closures[0].reopened"


def test_reopened_there_from_what_was_closed_here_follows_when_it_knew_of_it() -> None:
    base = state("satisfied")
    closed = do(base, "close", "li.na", LATE, lesson="l", prevention="p")
    ours = do(closed, "contact", "li.na", LATE + 30, method="phone", note="told her")
    theirs = do(closed, "reopen", "chen.jie", LATE + 10, reason="called again")
    assert united(closed, ours, theirs)["state"] == "assigned"
    assert united(base, ours, theirs)["state"] == "assigned"


# ── What contradicts itself ─────────────────────────────────────────────────────────────────────────


def test_a_proposal_decided_on_twice_is_told_with_both_decisions() -> None:
    base = state("proposed")
    ours = do(base, "approve", "sun.min", LATE)
    theirs = do(base, "approve", "boss", LATE + 5, back="say which batch")
    (found,) = contradictions(base, ours, theirs)
    assert found.place == "proposals[0].decision"
    assert found.ours == f"approved head by sun.min, {bench.at(LATE)}"
    assert found.theirs == f"returned manager by boss, {bench.at(LATE + 5)}"


def test_money_paid_on_both_sides_is_told() -> None:
    base = state("agreed")
    ours = do(base, "fulfil", "li.na", LATE, tasks=[1])
    theirs = do(base, "fulfil", "chen.jie", LATE + 5, tasks=[1], voucher="R-9")
    (found,) = contradictions(base, ours, theirs)
    assert found.place == "proposals[0].remedies[0].done"


def test_two_proposals_at_once_are_told_with_what_each_offers() -> None:
    base = state("investigated")
    ours = do(base, "propose", "zhao.wei", LATE, **REFUND)
    theirs = do(base, "propose", "li.na", LATE + 5, plan=[("apology", None, None)], reason="r")
    (found,) = contradictions(base, ours, theirs)
    assert found.place == "proposals[1]"
    assert found.theirs == f"apology by li.na, {bench.at(LATE + 5)}"
    assert found.ours == f"propose by zhao.wei, {bench.at(LATE)}"


def test_a_step_made_while_the_other_side_had_it_on_hold_no_longer_follows() -> None:
    base = state("assigned")
    ours = do(base, "hold", "li.na", LATE, waiting_for="test", reason="laboratory")
    assert (
        "on hold"
        in contradictions(base, ours, do(base, "investigate", "zhao.wei", LATE + 5, **SOUR))[0].message
    )
    earlier = do(base, "investigate", "zhao.wei", LATE - 5, **SOUR)
    assert united(base, ours, earlier)["state"] == "investigated"


def test_what_came_through_a_third_clone_earlier_stands_against_a_later_step() -> None:
    # A word here; a hold there, made earlier and joined there with the word; a proposal here that knew of no hold.
    begun = state("investigated")
    base = do(begun, "contact", "li.na", LATE + 10, method="phone", note="told her")
    held = do(begun, "hold", "chen.jie", LATE + 5, waiting_for="test", reason="laboratory")
    theirs = united(begun, base, held)
    ours = do(base, "propose", "zhao.wei", LATE + 12, **REFUND)
    (found,) = contradictions(base, ours, theirs)
    assert "on hold" in found.message
    later = do(theirs, "resume", "chen.jie", LATE + 11)
    assert united(base, ours, later)["state"] == "proposed"


def test_who_goes_on_with_what_the_other_side_gave_up_is_told_so() -> None:
    base = state("investigated")
    proposed = do(base, "propose", "zhao.wei", LATE, **REFUND)
    other = do(base, "propose", "li.na", LATE + 5, plan=[("apology", None, None)], reason="r")
    kept, given = resolving.keep(both(base, other, proposed), context_of)
    settled = resolving.noted(kept, given, "boss", bench.at(LATE + 9), "an apology will do")
    ours = do(proposed, "approve", "sun.min", LATE + 20)  # knows nothing of it
    (found,) = contradictions(proposed, ours, settled)
    assert found.place == "proposals[0]"
    assert "refund=12.90" in found.ours
    assert found.theirs == "nothing"
    for view in (both(proposed, ours, settled), both(proposed, settled, ours)):
        kept, given = resolving.keep(view, context_of)
        final = resolving.noted(kept, given, "boss", bench.at(LATE + 30), "agreed")
        assert resolving.faults(view, final, context_of) == []
        assert final["state"] == view.ours["state"]


def test_a_field_amended_in_two_ways_is_told_without_either_value() -> None:
    base = state("classified")
    ours = do(base, "amend", "li.na", LATE, changes={"customer.phone": "13900005678"}, reason="misheard")
    theirs = do(base, "amend", "chen.jie", LATE + 5, changes={"customer.phone": "13700005678"}, reason="m")
    (found,) = contradictions(base, ours, theirs)
    assert (found.place, found.ours, found.theirs) == ("customer.phone", "another text", "another text")


def test_the_same_id_for_two_complaints_is_told() -> None:
    found = contradictions(None, bench.new(), bench.new(5, "chen.jie", complaint="the queue was long"))
    assert [one.place for one in found] == [""]
    assert "same id" in found[0].message
    assert "chen.jie" in found[0].theirs


# ── Which side keeps what it did ────────────────────────────────────────────────────────────────────


def decided_twice() -> Both:
    """A head approved, the customer agreed, and a word was noted; the manager had returned it meanwhile."""
    base = state("proposed")
    ours = do(base, "approve", "sun.min", LATE)
    ours = do(ours, "contact", "li.na", LATE + 1, method="phone", note="told her")
    ours = do(ours, "respond", "li.na", LATE + 2, agreed=True)
    return both(base, ours, do(base, "approve", "boss", LATE + 5, back="say which batch"))


def test_the_side_that_is_taken_stays_whole() -> None:
    view = decided_twice()
    kept, given = resolving.keep(view, context_of)
    assert kept == view.ours
    assert given == [resolving.Given("approve", "boss", bench.at(LATE + 5))]


def test_of_the_other_side_everything_stays_that_still_follows() -> None:
    view = decided_twice().turned
    kept, given = resolving.keep(view, context_of)
    assert [one.verb for one in given] == ["approve", "respond"]
    assert kept["state"] == "returned"
    assert kept["contacts"][-1]["note"] == "told her"


def test_what_is_given_up_is_noted_and_the_merge_can_be_made_again_from_the_note() -> None:
    view = decided_twice()
    kept, given = resolving.keep(view, context_of)
    noted = resolving.noted(kept, given, "boss", bench.at(LATE + 9), "the customer has agreed")
    assert noted["amendments"][-1]["undone"] == "approve"
    assert resolving.faults(view, noted, context_of) == []
    assert resolving.faults(view.turned, noted, context_of) == []


def test_what_is_given_up_without_a_note_is_missing() -> None:
    view = decided_twice()
    kept, _given = resolving.keep(view, context_of)
    (fault,) = resolving.faults(view, kept, context_of)
    assert (fault.verb, fault.by, fault.rule) == ("approve", "boss", "merge")
    assert "missing" in fault.message


def test_a_clerk_does_not_give_up_what_a_manager_decided() -> None:
    view = decided_twice()
    kept, given = resolving.keep(view, context_of)
    noted = resolving.noted(kept, given, "li.na", bench.at(LATE + 9), "because")
    assert [fault.verb for fault in resolving.faults(view, noted, context_of)] == ["approve", "undo"]
    staff = bench.STAFF
    assert not resolving.may_give(given[0], "li.na", staff, POLICY)
    assert not resolving.may_give(given[0], "nobody", staff, POLICY)
    assert resolving.may_give(given[0], "boss", staff, POLICY)


def test_a_merge_that_says_what_neither_side_said_is_an_edit() -> None:
    base = state("assigned")
    ours = do(base, "contact", "li.na", LATE, method="phone", note="told her")
    theirs = do(base, "contact", "chen.jie", LATE + 5, method="phone", note="heard")
    view = both(base, ours, theirs)
    merged = copied(united(base, ours, theirs))
    merged["contacts"][-1]["note"] = "heard nothing"
    assert [fault.place for fault in resolving.faults(view, merged, context_of)] == ["contacts.2.note"]
    for side in (ours, theirs):
        assert [fault.message for fault in resolving.faults(view, side, context_of)] != []


@pytest.mark.parametrize("value", [None, "13800001234", ["a"], {"note": "told her"}])
def test_what_people_wrote_is_never_told(value: Any) -> None:
    assert merging.told(value) in {"nothing", "another text", "something else"}

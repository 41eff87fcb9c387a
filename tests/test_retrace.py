"""A change is judged by making it again: every legal one is, and nothing else is."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaintctl import founding
from complaintctl.case import Case
from complaintctl.errors import Already, BadData, Refused
from complaintctl.retrace import Fault, Made, adopted, replay, steps
from complaintctl.workflow import Context, copied
from tests import bench, lives, make_samples
from tests.bench import REFUND, SOUR
from tests.played import Step, again, recorded, trails
from tests.shop import run

MINUTES = 7000  # long after the road


def context_of(case: Case | None, made: Made) -> Context:
    """What a step is judged by; for a step that nobody signed, by whoever takes complaints."""
    return bench.context(case, made.by or "li.na", made.at)


def judge(old: Case | None, new: Case, earlier: Case | None = None) -> list[Fault]:
    return replay(old, new, context_of, earlier)[1]


def verbs(old: Case | None, new: Case, earlier: Case | None = None) -> list[str]:
    return [made.verb for made in steps(old, new, earlier)]


def places(faults: list[Fault]) -> list[str]:
    return [fault.place for fault in faults]


# ── What was done by the rules ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("apart", [10, 0], ids=["minutes apart", "all in one second"])
def test_each_step_of_the_road_is_read_as_itself(apart: float) -> None:
    states = bench.road(apart)
    before: list[Any] = [None, *states]
    for number, (old, new) in enumerate(zip(before, states, strict=False)):
        made, faults = replay(old, new, context_of)
        assert (faults, [one.verb for one in made]) == (
            [],
            ["new", *(verb for verb, *_ in bench.ROAD)][number : number + 1],
        )


@pytest.mark.parametrize("apart", [10, 0], ids=["minutes apart", "all in one second"])
def test_any_stretch_of_the_road_is_as_many_steps(apart: float) -> None:
    states: list[Any] = [None, *bench.road(apart)]
    for first in range(len(states)):
        for last in range(first + 1, len(states)):
            made, faults = replay(states[first], states[last], context_of)
            assert (faults, len(made)) == ([], last - first)


LIVES = settings(
    max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)  # fmt: skip


@LIVES
@given(st.integers(0, 10**6))
def test_each_step_of_any_life_is_read_as_itself(seed: int) -> None:
    trail = lives.life(Random(seed), 14)
    for number, step in enumerate(trail):
        made, faults = again(trail, number, number + 1)
        assert (faults, [one.verb for one in made]) == ([], [step.verb]), (seed, number)


def classified(trail: list[Step]) -> int:
    """How often a stretch says what the case is about: of all but the last of these nothing is left."""
    return sum(step.verb in {"classify", "settle"} for step in trail)


@LIVES
@given(st.integers(0, 10**6))
def test_any_stretch_of_any_life_is_legal(seed: int) -> None:
    trail = lives.life(Random(seed), 12)
    for first in range(len(trail)):
        for last in range(first + 2, len(trail) + 1):
            if classified(trail[first:last]) < 2:
                assert again(trail, first, last)[1] == [], (seed, first, last)


def test_the_lives_go_everywhere() -> None:
    made: Counter[str] = Counter()
    for seed in range(60):
        made.update(f"{step.verb} {step.after['state']}" for step in lives.life(Random(seed), 14))
    seen = {key.split()[0] for key in made}
    assert seen >= {verb for verb, _inputs in lives.STEPS} - {"acknowledge", "improved", "resume"} | {"undo"}
    assert len({key.split()[1] for key in made}) >= 11


SCRIPTS = sorted(founding.shipped_policies())
QUICK = {"supermarket"}  # the others take their seconds only when all is run


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in SCRIPTS]
)
def test_every_step_and_stretch_of_a_demo_is_legal(name: str, tmp_path: Path) -> None:
    with recorded() as made:
        assert run("demo", str(tmp_path / "shop"), "--policy", name).code == 0
    assert len(made) > 50
    check_trails(trails(made))


@pytest.mark.slow
def test_every_step_and_stretch_of_the_samples_is_legal(tmp_path: Path) -> None:
    with recorded() as made:
        make_samples.make(tmp_path)
    assert len(made) > 100
    check_trails(trails(made))


def check_trails(found: list[list[Step]]) -> None:
    for trail in found:
        for first, step in enumerate(trail):
            made, faults = again(trail, first, first + 1)
            assert (faults, [one.verb for one in made]) == ([], [step.verb]), (step.after["id"], first)
            for last in range(first + 2, len(trail) + 1):
                assert again(trail, first, last)[1] == [], (step.after["id"], first, last)


def test_a_first_classification_that_was_replaced_is_taken_for_the_last() -> None:
    states = bench.road()
    more = bench.do(states[6], "classify", "boss", 100, category="goods.spoiled", severity="severe")
    made, faults = replay(states[0], more, context_of)
    assert faults == []
    assert [(one.verb, one.by) for one in made if one.verb == "classify"] == [
        ("classify", ""),
        ("classify", "boss"),
    ]


def test_another_kind_alone_is_no_step_of_the_same_second() -> None:
    case = bench.do(bench.road()[0], "classify", "boss", 100, category="goods.spoiled")
    with pytest.raises(Refused, match="in this very second"):
        bench.do(case, "classify", "boss", 100, category="goods.spoiled", kind="enquiry")
    with pytest.raises(Already):
        bench.do(case, "classify", "boss", 100, category="goods.spoiled", kind="complaint")
    for later in (
        bench.do(case, "classify", "boss", 101, category="goods.spoiled", kind="enquiry"),
        bench.do(case, "classify", "boss", 100, category="goods.spoiled", severity="severe", kind="enquiry"),
        bench.do(case, "classify", "li.na", 100, category="goods.spoiled", kind="enquiry"),
    ):
        made, faults = replay(case, later, context_of)
        assert (faults, [one.verb for one in made]) == ([], ["classify"])


def test_a_change_without_steps_has_none_and_no_fault() -> None:
    case = bench.road()[4]
    assert replay(case, copy.deepcopy(case), context_of) == ([], [])


def test_several_who_are_told_at_once_are_one_step() -> None:
    old = bench.road()[4]
    given = {"method": "phone", "note": "a bad batch"}
    new = bench.do(old, "contact", "li.na", 100, party="head:goods", **given)
    new = bench.do(new, "contact", "li.na", 100, party="department:store", **given)
    assert verbs(old, new) == ["contact"]
    assert judge(old, new) == []
    other = bench.do(new, "contact", "li.na", 100, method="phone", note="something else")
    assert verbs(old, other) == ["contact", "contact"]


def test_settling_is_one_step_with_all_that_belongs_to_it() -> None:
    new = bench.do(bench.new(), "settle", "li.na", 5, category="goods.spoiled", satisfaction=5,
                   plan=[("apology", None, None)], reason="sour")  # fmt: skip
    assert new["state"] == "closed"
    assert verbs(bench.new(), new) == ["settle"]
    assert judge(bench.new(), new) == []
    assert verbs(None, new) == ["new", "settle"]


def test_a_case_that_came_in_finished_is_known_as_such() -> None:
    states = bench.road()
    assert [adopted(case) for case in states[:2]] == [False, True]
    assert adopted(bench.do(states[0], "contact", "li.na", 1, method="phone", note="told her"))
    assert judge(None, states[-1]) == []


def test_very_many_steps_of_one_second_are_made_in_turn() -> None:
    old = new = bench.new()
    for number in range(300):
        new = bench.do(new, "contact", "li.na", 1, method="phone", note=f"call {number}")
    made, faults = replay(old, new, context_of)
    assert (faults, len(made)) == ([], 300)
    new["contacts"][200]["by"] = "ghost"
    assert places(judge(old, new)) == ["contacts[200]"]


def test_steps_of_one_second_are_made_in_the_order_in_which_they_are_legal() -> None:
    """A word to the customer is asked for before the verdict, whichever section stands first."""
    states = bench.road(0)
    assert states[3]["contacts"][0]["at"] == states[4]["investigations"][0]["at"]
    assert verbs(states[2], states[4]) == ["contact", "investigate"]
    held = bench.do(states[2], "hold", "li.na", 0, waiting_for="test", reason="laboratory")
    resumed = bench.do(held, "resume", "li.na", 0)
    again_held = bench.do(resumed, "hold", "li.na", 0, waiting_for="test", reason="laboratory")
    closed = bench.do(again_held, "close", "li.na", 0, outcome="withdrawn", reason="found it")
    opened = bench.do(closed, "reopen", "li.na", 0, reason="lost it")
    assert Counter(verbs(states[2], opened)) == Counter(["hold", "resume", "hold", "close", "reopen"])
    assert judge(states[2], opened) == []


# ── Steps taken back ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", range(1, 10))
def test_a_step_taken_back_leads_to_the_case_as_it_was(number: int) -> None:
    states = bench.road()
    verb, by, _inputs = bench.ROAD[number - 1]
    old, earlier = states[number], states[number - 1]
    new = bench.do(old, "undo", by, MINUTES, earlier, step=verb, reason="wrong case")
    assert verbs(old, new, earlier) == ["undo"]
    assert judge(old, new, earlier) == []
    assert judge(earlier, new) == []  # both in one change: only the note is left
    onward = bench.do(new, verb, by, MINUTES + 1, **bench.ROAD[number - 1][2])
    assert judge(old, onward, earlier) == []


def test_a_step_is_not_taken_back_by_another_than_who_made_it() -> None:
    states = bench.road()
    new = bench.do(states[5], "undo", "zhao.wei", MINUTES, states[4], step="propose", reason="wrong case")
    new["amendments"][-1]["by"] = "boss"
    found = judge(states[5], new, states[4])
    assert places(found)[0] == "amendments[0]"
    assert "only they can take it back" in found[0].message


def test_what_is_taken_back_is_the_last_step_and_nothing_more() -> None:
    states = bench.road()
    new = bench.do(states[5], "undo", "zhao.wei", MINUTES, states[4], step="propose", reason="wrong case")
    del new["investigations"]
    new["state"] = "assigned"
    found = judge(states[5], new, states[4])
    assert "investigations" in places(found)


def test_what_is_taken_back_is_named_by_its_verb() -> None:
    states = bench.road()
    new = bench.do(states[5], "undo", "zhao.wei", MINUTES, states[4], step="contact", reason="wrong case")
    assert places(judge(states[5], new, states[4]))[0] == "amendments[0]"


# ── What was not ────────────────────────────────────────────────────────────────────────────────────

SECRETS = ("Wang", "13800001234", "sour", "milk")


def proposed() -> tuple[Case, Case]:
    states = bench.road()
    return states[4], states[5]


def approved() -> tuple[Case, Case]:
    states = bench.road()
    return states[5], states[6]


def later() -> tuple[Case, Case]:
    """A harmless last step on a case that has come far."""
    old = bench.road()[8]
    return old, bench.do(old, "contact", "li.na", MINUTES, method="phone", note="told her")


def item(case: Any) -> Any:
    return case["proposals"][0]["remedies"][0]


def sign(case: Any, place: str, by: str) -> None:
    for part in place.split("."):
        case = case[int(part) if part.isdecimal() else part]
    case["by"] = by


Change = Callable[[Any], object]
TAMPERED: list[tuple[str, Callable[[], tuple[Case, Case]], Change, str, str]] = [
    ("amount after approval", later, lambda c: item(c).update(amount="99.00", cost="99.00"), "proposals[0].remedies[0].amount", "edited"),
    ("cost below the amount", proposed, lambda c: item(c).update(cost="1.00"), "proposals[0]", "illegal-step"),
    ("amount with the approval", approved, lambda c: item(c).update(amount="20.00", cost="20.00"), "proposals[0].remedies[0].amount", "edited"),
    ("rule that does not allow it", proposed, lambda c: item(c).update(rule="kindness"), "proposals[0]", "illegal-step"),
    ("above every entitlement", proposed, lambda c: item(c).update(amount="900.00", cost="900.00"), "proposals[0]", "illegal-step"),
    ("decision by the proposer", approved, lambda c: sign(c, "proposals.0.decision", "zhao.wei"), "proposals[0].decision", "illegal-step"),
    ("decision by a clerk", approved, lambda c: sign(c, "proposals.0.decision", "chen.jie"), "proposals[0].decision", "illegal-step"),
    ("decision by somebody who left", approved, lambda c: sign(c, "proposals.0.decision", "left.long"), "proposals[0].decision", "illegal-step"),
    ("decision by nobody", approved, lambda c: sign(c, "proposals.0.decision", "ghost"), "proposals[0].decision", "illegal-step"),
    ("higher limit", approved, lambda c: c["proposals"][0]["decision"].update(limit="9999.00"), "proposals[0].decision", "illegal-step"),
    ("higher role", approved, lambda c: c["proposals"][0]["decision"].update(role="manager"), "proposals[0].decision", "illegal-step"),
    ("digest of another proposal", approved, lambda c: c["proposals"][0]["decision"].update(digest="0" * 64), "proposals[0].decision", "digest"),
    ("approval that calls itself settled", approved, lambda c: c["proposals"][0]["decision"].update(via="settle"), "proposals[0].decision", "illegal-step"),
    ("proposal that calls itself settled", proposed, lambda c: c["proposals"][0].update(decision=bench.road()[6]["proposals"][0]["decision"] | {"via": "settle", "by": "zhao.wei"}), "proposals[0]", "illegal-step"),
    ("answer before the decision", proposed, lambda c: c["proposals"][0].update(answer={"outcome": "agreed", "by": "li.na", "at": c["proposals"][0]["at"]}), "proposals[0].answer", "illegal-step"),
    ("entry gone", later, lambda c: c.pop("investigations"), "investigations", "deleted"),
    ("entry of a list gone", later, lambda c: c["contacts"].pop(0), "contacts[0].at", "edited"),
    ("decision gone", later, lambda c: c["proposals"][0].pop("decision"), "proposals[0].decision", "deleted"),
    ("finding reworded", later, lambda c: c["investigations"][0].update(findings="all was well"), "investigations[0].findings", "edited"),
    ("state without a step", later, lambda c: c.update(state="closed"), "state", "edited"),
    ("case under other rules", later, lambda c: c["policy"].update(version="9"), "policy", "edited"),
    ("another customer", later, lambda c: c["customer"].update(id="P-ZZZZZZ"), "customer.id", "edited"),
    ("another recorder", later, lambda c: c["intake"].update(by="boss"), "intake.by", "edited"),
    ("telephone without an amendment", later, lambda c: c["customer"].update(phone="1"), "customer.phone", "edited"),
    ("words without an amendment", later, lambda c: c.update(complaint="no complaint at all"), "complaint", "edited"),
    ("price without an amendment", later, lambda c: c["about"].update(price="129.00"), "about.price", "edited"),
    ("field that is gone without an amendment", later, lambda c: c["about"].pop("price"), "about.price", "deleted"),
    ("field out of nothing", later, lambda c: c["about"].update(batch="7"), "about.batch", "edited"),
    ("earlier than the last step", later, lambda c: c["contacts"][-1].update(at=bench.at(1)), "contacts[1]", "illegal-step"),
    ("another person for an old step", later, lambda c: sign(c, "assignments.0", "boss"), "assignments[0].by", "edited"),
    ("classification eased", later, lambda c: c["classification"].update(severity="minor"), "classification", "illegal-step"),
    ("evidence that was never added", later, lambda c: c.update(evidence=[{"file": "x"}]), "", "illegal-step"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "change", "place", "rule"), [pytest.param(*row[1:], id=row[0]) for row in TAMPERED]
)
def test_what_was_tampered_with_is_found_and_named(
    start: Callable[[], tuple[Case, Case]], change: Change, place: str, rule: str
) -> None:
    old, new = start()
    assert judge(old, new) == []
    new = copy.deepcopy(new)
    change(new)
    found = judge(old, new)
    assert (place, rule) in [(fault.place, fault.rule) for fault in found], found
    for fault in found:
        assert fault.message
        assert not [word for word in SECRETS if word in fault.message], fault


def leaves(data: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every part of a case, values and what holds them."""
    if way:
        yield way
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from leaves(value, (*way, key))


def at(data: Any, way: tuple[Any, ...]) -> Any:
    for part in way:
        data = data[part]
    return data


def test_nothing_that_was_recorded_changes_or_goes_away() -> None:
    """Of every part of a case on its road: another value, or its loss, is a fault beside the next step."""
    states = bench.road()
    tried = 0
    for old, new in pairwise(states):
        for way in leaves(old):
            holder = at(new, way[:-1])
            if holder[way[-1]] == at(old, way) and way != ("kind",):
                for change in ("lost", "other"):
                    tampered = copy.deepcopy(new)
                    place = at(tampered, way[:-1])
                    if change == "lost":
                        del place[way[-1]]
                    elif isinstance(place[way[-1]], str):
                        place[way[-1]] += "9"
                    else:
                        continue
                    tried += 1
                    assert judge(old, tampered) != [], (way, change)
    assert tried > 400


def test_a_fault_of_the_person_is_one_of_the_step() -> None:
    old, new = approved()

    def nobody(_case: Case | None, _made: Made) -> Context:
        raise BadData("There are no rules of that time.")

    _made, found = replay(old, new, nobody)
    assert found == [Fault("proposals[0].decision", "There are no rules of that time.", "approve", "sun.min")]


def test_after_a_step_that_is_refused_no_later_one_is_judged() -> None:
    states = bench.road()
    new = copy.deepcopy(states[-1])
    new["proposals"][0]["decision"]["by"] = "chen.jie"
    found = judge(states[4], new)
    assert places(found) == ["proposals[0].decision"]
    assert (found[0].verb, found[0].by) == ("approve", "chen.jie")


def test_how_a_decision_was_made_is_kept_for_others_to_prove() -> None:
    old, new = approved()
    proofs = {"via": "merge " + "a" * 40, "claimed": True, "recorded_by": "li.na", "signature": "-----BEGIN"}
    new["proposals"][0]["decision"].update(proofs)  # type: ignore[typeddict-item]
    assert judge(old, new) == []


def test_what_is_no_case_is_a_fault_and_no_traceback() -> None:
    old, new = later()
    for change in (
        lambda c: c.update(contacts="all of them"),
        lambda c: c.update(proposals=[{}]),
        lambda c: c.update(amendments=[{"by": "li.na", "at": "yesterday"}]),
        lambda c: c["contacts"][-1].update(at="yesterday"),
        lambda c: c["contacts"][-1].pop("by"),
        lambda c: c.pop("customer"),
    ):
        tampered: Any = copy.deepcopy(new)
        change(tampered)
        assert judge(old, tampered) != []


# ── Amendments ──────────────────────────────────────────────────────────────────────────────────────


def amended(case: Case, minutes: float, **changes: str) -> Case:
    fields = {key.replace("__", "."): value for key, value in changes.items()}
    return bench.do(case, "amend", "li.na", minutes, changes=fields, reason="misheard")


def test_fields_that_were_amended_twice_are_read_as_two_amendments() -> None:
    first = amended(bench.new(), 1, customer__phone="1", about__batch="7")
    second = amended(first, 2, customer__phone="2")
    assert verbs(bench.new(), second) == ["amend", "amend"]
    assert judge(bench.new(), second) == []
    back = amended(second, 3, customer__phone="13800001234")  # as it was in the beginning
    assert judge(bench.new(), back) == []
    assert judge(None, back) == []


def test_an_amendment_that_changes_nothing_or_something_else_is_a_fault() -> None:
    old = bench.new()
    new: Any = amended(old, 1, customer__phone="1")
    idle = copy.deepcopy(new)
    idle["customer"]["phone"] = old["customer"]["phone"]
    assert places(judge(old, idle)) == ["amendments[0]"]
    other = copy.deepcopy(new)
    other["customer"]["name"] = "Wong"
    assert places(judge(old, other)) == ["customer.name"]
    new["amendments"][0]["fields"] = ["customer.name"]
    assert places(judge(old, new)) == ["amendments[0]"]


def test_nothing_hides_behind_an_amendment_that_was_taken_back() -> None:
    old = bench.new()
    first = amended(old, 1, customer__phone="1")
    new: Any = bench.do(first, "undo", "li.na", 2, old, step="amend", reason="right after all")
    assert judge(old, new) == []
    new["customer"]["phone"] = "2"
    assert places(judge(old, new)) == ["customer.phone"]


def test_a_step_cannot_be_changed_by_an_amendment() -> None:
    old = bench.road()[6]
    new: Any = amended(old, MINUTES, customer__phone="1")
    new["proposals"][0]["decision"]["by"] = "qian.li"
    new["amendments"][0]["fields"] = ["customer.phone", "proposals.1.decision.by"]
    assert "amendments[0]" in places(judge(old, new))


def test_more_fields_than_an_amendment_can_name_are_read_from_the_case() -> None:
    old = bench.new()
    for number in range(120):
        old = bench.do(old, "contact", "li.na", 1, method="phone", note=f"call {number}")
    edited = copied(old)
    for entry in edited["contacts"]:
        entry["note"] += ", again"
    new = bench.do(old, "adopt", "li.na", 2, edited, reason="by hand")
    assert len(new["amendments"][0]["fields"]) == 100
    assert judge(old, new) == []


# ── The copy that steps work on ─────────────────────────────────────────────────────────────────────


def test_a_copy_is_equal_and_shares_nothing_that_can_change() -> None:
    case = bench.road()[-1]
    made = copied(case)
    assert made == case == copy.deepcopy(case)
    parts = [[at(one, way) for way in leaves(one)] for one in (case, made)]
    held, copied_ = ({id(part) for part in found if isinstance(part, dict | list)} for found in parts)
    assert held
    assert held.isdisjoint(copied_)


@LIVES
@given(st.integers(0, 10**6))
def test_no_step_changes_the_case_that_it_is_made_on(seed: int) -> None:
    trail = lives.life(Random(seed), 10)
    kept = [copy.deepcopy(step.after) for step in trail]
    for number in range(len(trail)):
        again(trail, number, len(trail))
    assert kept == [step.after for step in trail]
    assert all(step.before == one for step, one in zip(trail[1:], kept, strict=False))
    assert SOUR["verdict"] == "founded"
    assert REFUND["plan"][0] == ("refund", "12.90", None)

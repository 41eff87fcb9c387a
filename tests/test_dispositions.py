"""On whom a case has to decide before it ends, and what follows for them."""

from __future__ import annotations

from typing import Any

import pytest

from complaintctl import gates
from complaintctl.commands import values
from complaintctl.dispositions import PARTS, missing, owed
from complaintctl.errors import Usage
from complaintctl.steps.closing import close
from complaintctl.workflow import Context
from tests.rule_examples import a_case, a_policy, label, signed

STAFF: Any = [
    {"id": "li.na", "name": "李娜", "emails": ["l@x.example"], "role": "clerk", "active": True},
    {"id": "zhao.wei", "name": "赵伟", "emails": ["z@x.example"], "role": "clerk", "active": False},
]
GATES = [
    {"name": requires, "step": "close", "requires": requires, "label": label(requires)}
    for requires in ("dispositions", "improvement", "lesson-for")
]


def investigated(**verdict: Any) -> Any:
    return a_case(investigations=[signed(verdict="founded", **verdict)])


def decided(*words: str) -> list[dict[str, str]]:
    return [dict(zip(("who", "part", "what"), word.split(), strict=True)) for word in words]


def against(case: Any, inputs: dict[str, Any], facts: dict[str, Any], policy: Any) -> list[str]:
    """What stands against closing a case."""
    return gates.check("close", gates.question(case, inputs, STAFF[0], STAFF, facts, policy))


def test_somebody_answers_for_what_went_wrong() -> None:  # S1a-8
    assert owed(investigated(), missed=False) == [(None, "responsible")]
    assert missing(investigated(), decided("goods responsible x"), missed=False) == []
    assert missing(investigated(), decided("goods head x"), missed=False) == [(None, "responsible")]


def test_whoever_the_verdict_names_is_decided_on_and_nobody_instead() -> None:  # S1b-9, W6
    case = investigated(responsible="zhao.wei")
    assert missing(case, decided("goods responsible x"), missed=False) == [("zhao.wei", "responsible")]
    assert missing(case, decided("zhao.wei delay x"), missed=False) == [("zhao.wei", "responsible")]
    assert missing(case, decided("zhao.wei responsible x"), missed=False) == []


def test_whoever_promised_without_authority_is_decided_on() -> None:  # S4-9
    case = a_case(
        investigations=[signed(promised_by="zhao.wei"), signed(verdict="founded", promised_by="goods")]
    )
    assert missing(case, decided("li.na responsible x", "goods promise x"), missed=False) == [
        ("zhao.wei", "promise")
    ]


def test_a_delay_has_somebody_responsible_too() -> None:  # S1b-8
    given = decided("goods responsible x")
    assert missing(investigated(), given, missed=True) == [(None, "delay")]
    assert missing(investigated(), [*given, *decided("store delay x")], missed=True) == []


def test_what_an_earlier_round_found_is_settled() -> None:
    reopened = signed(outcome="satisfied", reopened=signed(reason="again"))
    case = a_case(
        investigations=[
            signed(verdict="founded", responsible="zhao.wei", promised_by="goods"),
            signed(verdict="founded", responsible="li.na", round=2),
        ],
        closures=[reopened],
    )
    assert owed(case, missed=False) == [("li.na", "responsible")]


@pytest.mark.parametrize(
    ("inputs", "shut"),
    [
        ({}, {"dispositions", "lesson-for", "improvement"}),
        ({"dispositions": decided("goods responsible x")}, {"lesson-for", "improvement"}),
        ({"lesson_for": ["goods"]}, {"dispositions", "improvement"}),
    ],
)
def test_the_gates_ask_for_all_three(inputs: dict[str, Any], shut: set[str]) -> None:  # S1b-9, S0-21, S1a-8
    case, policy = investigated(), a_policy(gates=GATES)
    assert {sentence.split()[0] for sentence in against(case, inputs, {}, policy)} == shut


def test_an_improvement_that_is_recorded_opens_its_gate() -> None:
    case = investigated() | {"improvements": [signed(measure="alarm", owner="li.na", due="2026-12-01")]}
    assert against(case, {}, {}, a_policy(gates=GATES[1:2])) == []


def test_a_missed_clock_asks_for_one_more_disposition() -> None:  # S1b-8
    policy, given = a_policy(gates=GATES[:1]), {"dispositions": decided("goods responsible x")}
    assert not against(investigated(), given, {"missed": False}, policy)
    assert against(investigated(), given, {"missed": True}, policy)


# --- recording


def closed(case: Any = None, **given: Any) -> Any:
    policy = a_policy()
    context = Context(policy, {"name": "", "version": "", "sha256": ""}, policy, STAFF[0], STAFF,
                      "2026-11-20T10:00:00+08:00", 3, 0, "CNY", "en")  # type: ignore[arg-type]  # fmt: skip
    return close(case or a_case(), context, outcome="withdrawn", reason="…", **given)["closures"][-1]


def test_a_disposition_is_written_down_with_its_money_in_one_spelling() -> None:  # S4-3
    (entry,) = closed(
        dispositions=[{"who": "zhao.wei", "part": "evidence", "what": "pays", "bears": "12.5"}]
    )["dispositions"]
    assert entry == {"who": "zhao.wei", "part": "evidence", "what": "pays", "bears": "12.50"}


def test_departments_are_named_once() -> None:
    assert closed(lesson_for=["store", "goods", "store"])["lesson_for"] == ["store", "goods"]


def test_a_closing_that_names_none_has_neither_list() -> None:
    assert not {"lesson_for", "dispositions"} & set(closed())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"lesson_for": ["moon"]}, "no .moon. among its departments"),
        ({"dispositions": [{"who": "nobody", "part": "head", "what": "x"}]}, "no department .nobody."),
        ({"dispositions": [{"who": "goods", "part": "blame", "what": "x"}]}, "blame"),
        ({"dispositions": [{"who": "goods", "part": "head", "what": "x", "bears": "much"}]}, "12.00"),
    ],
)
def test_what_the_shop_does_not_know_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(Usage, match=message):
        closed(**given)


def test_the_command_line_takes_who_as_what_and_how_much() -> None:
    found = values.dispositions(("zhao.wei/responsible: spoken with: twice", "store / delay / 12.50 : pays"))
    assert found == [
        {"who": "zhao.wei", "part": "responsible", "what": "spoken with: twice"},
        {"who": "store", "part": "delay", "what": "pays", "bears": "12.50"},
    ]


@pytest.mark.parametrize("word", ["zhao.wei: spoken with", "zhao.wei/head", "/head:", ": x"])
def test_a_disposition_without_its_parts_is_refused(word: str) -> None:
    with pytest.raises(Usage):
        values.dispositions((word,))


def test_every_part_has_a_place_in_the_schema() -> None:
    import json
    from pathlib import Path

    text = (Path(gates.__file__).parent.parent / "schemas/case.schema.json").read_text("utf-8")
    assert json.dumps(list(PARTS)).replace(" ", "") in "".join(text.split())

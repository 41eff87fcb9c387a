"""The rules for rules: what a policy as a whole must not have, each found where it stands."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml12
from hypothesis import given
from hypothesis import strategies as st

from complaintctl import conditions, policyreach, policyrules, schema
from complaintctl.entailment import implies, impossible
from complaintctl.policyproblems import policy_problems
from complaintctl.yamlfile import read_document

SUPERMARKET = Path(__file__).parent.parent / "policies" / "supermarket.yaml"
SHIPPED = sorted(
    path for path in SUPERMARKET.parent.glob("*.yaml") if path.stem not in {"register", "staff", "calendar"}
)
EN = {"en": "x", "zh-CN": "x", "es": "x"}
SEVERE_OR_SPOILED = {"any": [{"severity": "severe"}, {"category": "goods.spoiled"}]}


@pytest.fixture
def rules() -> Any:
    return yaml12.parse_yaml(SUPERMARKET.read_text(encoding="utf-8"))


def put(data: Any, path: str, value: Any) -> None:
    """Set what stands at a path such as ``gates/0/when`` (None: take it out; a list is added to with ``+``)."""
    *way, last = path.split("/")
    for part in way:
        data = data[int(part) if part.isdigit() else part]
    if last == "+":
        data.append(value)
    elif value is None:
        del data[int(last) if last.isdigit() else last]
    else:
        data[int(last) if last.isdigit() else last] = value


# A slip of the pen, the path under which it is told, and words of the message.
SLIPS = [
    # references
    ("departments/goods/head", "boss", "$.departments.goods.head", "no boss among the roles: clerk"),
    ("reports", {"owner": "legal"}, "$.reports.owner", "no legal among the departments"),
    ("paper_forms", {"quality": ["goods.odd"]}, "$.paper_forms.quality", "no goods.odd among the categories"),
    ("paper_forms", {"slip": ["magic"]}, "$.paper_forms.slip", "no magic among the remedies"),
    ("flags/media/severity", "awful", "$.flags.media.severity", "no awful among the severities"),
    ("flags/media/urgency", "soon", "$.flags.media.urgency", "no soon among the urgencies"),
    ("categories/goods.spoiled/department", "legal", "$.categories.goods.spoiled.department", "no legal among"),
    ("categories/goods.spoiled/severity", "awful", "$.categories.goods.spoiled.severity", "no awful among"),
    ("categories/goods.spoiled/playbook", "nothing", "$.categories.goods.spoiled.playbook", "no nothing among"),
    ("deadlines/reply/when", {"channel": "fax"}, "$.deadlines.reply.when", "no fax"),
    ("gates/0/when", {"severity": "awful"}, "$.gates[0].when", "no awful"),
    ("gates/0/requires", "luck", "$.gates[0].requires", "no requirement luck"),
    ("levels/0/any/0/when", {"flags": "ufo"}, "$.levels[0].any[0].when", "no ufo"),
    ("entitlements/0/when", {"cause": "moon"}, "$.entitlements[0].when", "no moon"),
    ("entitlements/0/confirm", ["sworn"], "$.entitlements[0].confirm", "sworn"),
    ("entitlements/0/remedies", {"hug": {}}, "$.entitlements[0].remedies.hug", "no remedy hug"),
    ("authority/needs/0/when", {"flags": "ufo"}, "$.authority.needs[0].when", "no ufo"),
    ("authority/needs/0/role", "king", "$.authority.needs[0].role", "king"),
    ("authority/settle", {"flags": "ufo"}, "$.authority.settle", "no ufo"),
    ("authority/settle", {"customer_type": "alien"}, "$.authority.settle", "no alien"),
    ("steps/new", {"at_least": "king"}, "$.steps.new.at_least", "king"),
    ("steps/new", {"departments": ["legal"]}, "$.steps.new.departments", "legal"),
    ("playbooks/price/executor", ["cook"], "$.playbooks.price.executor", "no cook among the executors: none"),
    ("playbooks/price/checks/0/executor", ["cook"], "$.playbooks.price.checks[0].executor", "no cook among"),
    (
        "playbooks/price/checks/0/outcomes",
        {"moon": {"label": EN, "cause": "moon", "remedies": ["hug"]}},
        "$.playbooks.price.checks[0].outcomes.moon.cause",
        "no moon among the causes",
    ),
    (
        "playbooks/price/checks/0/outcomes",
        {"moon": {"label": EN, "remedies": ["hug"]}},
        "$.playbooks.price.checks[0].outcomes.moon.remedies",
        "no hug among the remedies",
    ),
    ("playbooks/price", {"label": EN, "as": "nothing"}, "$.playbooks.price.as", "no nothing among the playbooks"),
    ("tell", [{"name": "a", "label": EN, "to": ["head:legal"], "after": "received"}], "$.tell[0].to[0]", "legal"),
    ("tell", [{"name": "a", "label": EN, "to": ["role:king"], "after": "received"}], "$.tell[0].to[0]", "king"),
    ("exclusions", [{"name": "a", "label": EN, "when": {"cause": "moon"}}], "$.exclusions[0].when", "no moon"),
    ("follow_up/methods", ["telepathy"], "$.follow_up.methods", "no telepathy among"),
    # a ladder with a gap
    ("authority/ladder/1/limit", "50.00", "$.authority.ladder[1].limit", "above that of the step below"),
    ("authority/ladder/1/limit", "5.00", "$.authority.ladder[1].limit", "above that of the step below"),
    ("authority/ladder/0/limit", None, "$.authority.ladder[1].limit", "above that of the step below"),
    ("authority/ladder/3/limit", "90000.00", "$.authority.ladder[3].limit", "the top of the ladder has no limit"),
    ("authority/ladder/1/role", "king", "$.authority.ladder[1].role", "no role king"),
    ("authority/ladder/1/role", "clerk", "$.authority.ladder[1].role", "on the ladder twice"),
    ("steps/new", {"departments": ["supplier"]}, "$.steps.new.departments", "nobody but the top role"),
    # names
    ("gates/1/name", "independent-person", "$.gates[1].name", "stands in the list twice"),
    ("authority/needs/1/name", "severe", "$.authority.needs[1].name", "stands in the list twice"),
    ("entitlements/1/name", "spoiled-or-expired", "$.entitlements[1].name", "stands in the list twice"),
    ("playbooks/price/checks/1/name", "receipt", "$.playbooks.price.checks[1].name", "stands in the list twice"),
    # never
    ("levels/0/any/0/when", {"affected": {"at_least": 9, "at_most": 3}}, "$.levels[0].any[0].when", "never hold"),
    ("gates/0/when", {"satisfaction": {"at_least": 6}}, "$.gates[0].when", "never hold"),
    ("gates/0/when", {"departments": {"at_least": 99}}, "$.gates[0].when", "never hold"),
    ("gates/0/when", {"severity": "severe", "not": {"severity": ["severe", "minor"]}}, "$.gates[0].when", "never"),
    ("gates/0/when", {"not": {}}, "$.gates[0].when", "never hold"),
    ("authority/needs/0/when", {"level": {"more_than": 3}}, "$.authority.needs[0].when", "never hold"),
    ("deadlines/reply/when", {"any": [{"round": 0}, {"level": 0}]}, "$.deadlines.reply.when", "never hold"),
    (
        "levels/1/any/+",
        {"label": EN, "when": {"flags": "media", "severity": "severe"}},
        "$.levels[1].any[8]",
        "has level 1 already (in the media",
    ),
    ("levels/0/any/0/when", {}, "$.levels[0].any[1]", "never decides"),
    (
        "authority/needs/+",
        {"name": "again", "label": EN, "when": {"severity": "severe", "kind": "complaint"}, "role": "clerk"},
        "$.authority.needs[4]",
        "severe asks for as much whenever it holds",
    ),
    (
        "entitlements/+",
        {"name": "again", "label": EN, "when": {"cause": "goods.spoiled", "not": {"verdict": "unfounded"}},
         "remedies": {"exchange": {}}},
        "$.entitlements[18]",
        "grants nothing that spoiled-or-expired before it does not grant",
    ),
    (
        "deadlines/reply-again",
        {"label": EN, "from": "received", "until": "approved", "within": "6 business days",
         "when": {"kind": "complaint"}, "stops_for": ["customer", "test", "authority"]},
        "$.deadlines.reply-again",
        "asks the same as reply",
    ),
    (
        "gates/+",
        {"name": "again", "step": "propose", "requires": "verdict", "label": EN, "when": {"severity": "severe"}},
        "$.gates[13]",
        "asks the same before this step",
    ),
    # levels after everything
    ("levels/2/any", [{"label": EN, "when": {}}], "$.levels[2].any", "everything else"),
    # texts
    ("remedies/gift/label", {"en": "gift"}, "$.remedies.gift.label", "lacks zh-CN, es"),
    ("vocabulary/states/closed", {"en": "closed", "es": "cerrada"}, "$.vocabulary.states.closed", "lacks zh-CN"),
    ("flags/media/note", {"en": "Tell."}, "$.flags.media.note", "lacks"),
    ("entitlements/1/law/text", {"en": "Ten times."}, "$.entitlements[1].law.text", "lacks zh-CN, es"),
    ("entitlements/1/law/source", {"en": "x", "es": "x"}, "$.entitlements[1].law.source", "lacks zh-CN"),
    ("channels/desk/promise/label", {"en": "At once."}, "$.channels.desk.promise.label", "lacks"),
    # dates
    (
        "deadlines/next-word",
        {"label": EN, "date": "again_on", "until": "closed"},
        "$.deadlines.next-word.until",
        "waits for: told",
    ),
    ("follow_up/very_satisfied_from", 3, "$.follow_up.very_satisfied_from", "must not be below satisfied_from (4)"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "where", "words"), SLIPS, ids=[f"{one[0]}-{one[3]}" for one in SLIPS]
)
def test_a_slip_is_told_where_it_stands(rules: Any, path: str, value: Any, where: str, words: str) -> None:
    put(rules, path, value)
    found = dict(policyrules.problems(rules))
    assert where in found, found
    assert words in found[where]


@pytest.mark.parametrize("file", SHIPPED, ids=[path.stem for path in SHIPPED])
def test_nothing_is_wrong_with_what_ships(file: Path) -> None:
    assert policyrules.problems(yaml12.parse_yaml(file.read_text(encoding="utf-8"))) == []


def test_the_slips_fit_the_schema_apart_from_those_that_it_refuses_itself(rules: Any) -> None:
    """What the schema refuses never comes here; most slips must be of the other kind."""
    fitting = 0
    for path, value, _where, _words in SLIPS:
        changed = copy.deepcopy(rules)
        put(changed, path, value)
        fitting += schema.valid("policy", changed)
    assert fitting >= len(SLIPS) - 3


def test_all_slips_are_told_at_once(rules: Any) -> None:
    for path, value in (("gates/0/when", {"severity": "awful"}), ("flags/media/urgency", "soon")):
        put(rules, path, value)
    put(rules, "authority/ladder/3/limit", "1.00")
    assert {path for path, _message in policyrules.problems(rules)} >= {
        "$.gates[0].when",
        "$.flags.media.urgency",
        "$.authority.ladder[3].limit",
    }


def test_a_circle_of_playbooks_is_told_for_each_that_is_in_it(rules: Any) -> None:
    rules["playbooks"]["price"] = {"label": EN, "as": "promotion"}
    rules["playbooks"]["promotion"] = {"label": EN, "as": "price"}
    rules["playbooks"]["other"] = {"label": EN, "as": "environment"}
    found = [path for path, message in policyrules.problems(rules) if "circle" in message]
    assert found == ["$.playbooks.price.as", "$.playbooks.promotion.as"]


def test_the_lines_are_those_of_the_part_that_is_wrong() -> None:
    text = SUPERMARKET.read_text(encoding="utf-8").replace(
        "playbook: goods-quality", "playbook: goods-qualms", 1
    )
    document, lines = read_document(text.encode(), "rules.yaml")
    (problem,) = policy_problems(document, "rules.yaml", lines)
    assert text.splitlines()[problem.line - 1].strip() == "playbook: goods-qualms"
    assert str(problem).startswith(f"rules.yaml:{problem.line}: $.categories.goods.")
    assert "there is no goods-qualms among the playbooks: goods-quality, food-safety" in str(problem)


# -- what may be meant so


@pytest.mark.parametrize(
    ("path", "value", "where", "words"),
    [
        (
            "remedies/hug",
            {"label": EN, "amount": "none", "cost": "none"},
            "$.remedies.hug",
            "only be an exception",
        ),
        ("categories/misc", {"label": EN}, "$.categories.misc", "has no department"),
        (
            "categories/misc",
            {"label": EN, "department": "supplier"},
            "$.categories.misc.department",
            "takes no cases",
        ),
        (
            "playbooks/spare",
            {"label": EN, "as": "price"},
            "$.playbooks.spare",
            "no category has this playbook",
        ),
        ("confirmations/sworn", {"label": EN}, "$.confirmations.sworn", "asks for it"),
        ("deadlines/reply/clock", "service", "$.deadlines.reply.clock", "for minutes and hours"),
        (
            "deadlines/reply/rolls_over",
            True,
            "$.deadlines.reply.rolls_over",
            "only a number of calendar days",
        ),
    ],
)
def test_what_may_be_meant_so_is_a_doubt_and_no_problem(
    rules: Any, path: str, value: Any, where: str, words: str
) -> None:
    put(rules, path, value)
    assert policyrules.problems(rules) == []
    found = policyrules.doubts(rules)
    assert any(one == where and words in message for one, message in found), found


def test_a_free_remedy_needs_no_entitlement(rules: Any) -> None:
    rules["remedies"]["hug"] = {"label": EN, "amount": "none", "cost": "none", "free": True}
    assert policyrules.doubts(rules) == []


def test_a_claim_that_a_law_gives_may_be_named_though_another_rule_grants_as_much(rules: Any) -> None:
    narrow = {"name": "law", "label": EN, "when": {"cause": "goods.spoiled", "verdict": "founded"},
              "remedies": {"exchange": {}}, "law": {"text": "x", "source": "x", "date": "2020-01-01"}}  # fmt: skip
    rules["entitlements"].append(narrow)
    del rules["entitlements"][0]["when"]["not"]
    assert list(policyreach.problems(rules)) == []
    del narrow["law"]
    assert [path for path, _message in policyreach.problems(rules)] == ["$.entitlements[18]"]


# -- what follows from a condition


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"severity": "severe"}, {}),
        ({"severity": "severe", "kind": "complaint"}, {"severity": "severe"}),
        ({"severity": "severe"}, {"severity": ["severe", "minor"]}),
        ({"flags": ["media"]}, {"flags": ["media", "lawsuit"]}),
        ({"flags": "media"}, {"flags": {"at_least": 1}}),
        ({"cause": "goods.spoiled"}, {"cause": "goods"}),
        ({"affected": {"at_least": 10}}, {"affected": {"at_least": 3}}),
        ({"affected": {"more_than": 9}}, {"affected": {"at_least": 9}}),
        ({"affected": 12}, {"affected": {"at_least": 3, "at_most": 20}}),
        ({"cost": "50.00"}, {"cost": {"at_most": "50"}}),
        ({"age": "30 days"}, {"age": "15 days"}),
        ({"not": {"severity": ["severe", "minor"]}}, {"not": {"severity": "severe"}}),
        ({"severity": "severe"}, {"any": [{"severity": "severe"}, {"flags": "media"}]}),
        (SEVERE_OR_SPOILED, {"any": [{"category": "goods"}, {"severity": "severe"}]}),
        ({"any": [{"round": 2}, {"round": 3}]}, {"round": {"at_least": 2}}),
    ],
)
def test_what_a_condition_makes_sure_of(one: Any, other: Any) -> None:
    assert implies(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"severity": "severe"}),
        ({"severity": ["severe", "minor"]}, {"severity": "severe"}),
        ({"cause": "goods"}, {"cause": "goods.spoiled"}),
        ({"affected": {"at_least": 9}}, {"affected": {"more_than": 9}}),
        ({"affected": {"at_least": 3}}, {"affected": 3}),
        ({"age": "15 days"}, {"age": "30 days"}),
        ({"age": "15 days"}, {"age": "10 business days"}),
        ({"not": {"severity": "severe"}}, {"not": {"severity": ["severe", "minor"]}}),
        (SEVERE_OR_SPOILED, {"severity": "severe"}),
        ({"flags": {"at_least": 1}}, {"flags": "media"}),
        ({"repetition": {"same": ["product"]}}, {"repetition": {"same": ["category"]}}),
    ],
)
def test_what_is_not_certain_is_not_said_to_follow(one: Any, other: Any) -> None:
    assert not implies(one, other)


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "severity": st.sampled_from(["minor", "severe", ["minor", "severe"]]),
    "cause": st.sampled_from(["goods", "goods.spoiled", ["goods.spoiled", "price"], "price.wrong"]),
    "flags": st.sampled_from(
        ["media", ["media", "injury"], {"at_least": 1}, {"at_least": 2}, {"at_most": 0}]
    ),
    "affected": st.one_of(
        st.integers(0, 4),
        st.dictionaries(st.sampled_from(conditions.BOUNDS), st.integers(0, 4), min_size=1),
    ),
    "missed": st.booleans(),
}
PLAIN = st.lists(st.sampled_from(sorted(VALUES)), unique=True, max_size=3).flatmap(
    lambda facts: st.fixed_dictionaries({fact: VALUES[fact] for fact in facts})
)
WHEN = st.recursive(
    PLAIN,
    lambda inner: st.builds(
        lambda plain, more: {**plain, **more},
        PLAIN,
        st.one_of(
            st.fixed_dictionaries({"not": inner}),
            st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}),
        ),
    ),
    max_leaves=6,
)
CASES = st.fixed_dictionaries(
    {"flags": st.lists(st.sampled_from(["media", "injury", "lawsuit"]), unique=True)},
    optional={
        "severity": st.sampled_from(["minor", "moderate", "severe"]),
        "cause": st.sampled_from(["goods.spoiled", "goods.label", "price.wrong", "service"]),
        "affected": st.integers(0, 5),
        "missed": st.booleans(),
    },
)


@given(WHEN, WHEN, CASES)
def test_no_case_ever_shows_that_something_does_not_follow(one: Any, other: Any, facts: Any) -> None:
    if implies(one, other) and conditions.met(one, facts):
        assert conditions.met(other, facts)


@given(WHEN, CASES)
def test_no_case_ever_fits_what_is_said_to_be_impossible(when: Any, facts: Any) -> None:
    if impossible(when, {"flags": 3}):
        assert not conditions.met(when, facts)


def test_every_condition_of_a_policy_is_looked_at(rules: Any) -> None:
    rules["tell"] = [{"name": "a", "label": EN, "to": ["owner"], "after": "received", "when": {}}]
    rules["exclusions"] = [{"name": "a", "label": EN, "when": {}}]
    found = {re.split(r"[.\[]", path)[1] for path, _when in policyreach.conditions_of(rules)}
    assert found == {"levels", "deadlines", "tell", "authority", "entitlements", "exclusions", "gates"}

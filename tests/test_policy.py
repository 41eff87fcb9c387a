"""The contract of a policy: what the code reads is what the schema allows; small questions about it."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NotRequired, get_origin, get_type_hints

import jsonschema
import jsonschema_rs
import pytest
import yaml12

from complaintctl import conditions, deadlines, labels, ladder, levels, policy, times, workflow
from complaintctl.requirements import REQUIREMENTS

ROOT = Path(__file__).parent.parent
SCHEMA: dict[str, Any] = json.loads((ROOT / "schemas" / "policy.schema.json").read_text(encoding="utf-8"))
CHECKER = jsonschema.Draft202012Validator(
    SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)
FAST = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)
LANGUAGES = {"en", "zh-CN", "es"}

# Each definition of the schema, with the class that says what the code reads of it.
CLASSES = {
    "opening": policy.Opening,
    "promise": policy.Promise,
    "channel": policy.Channel,
    "department": policy.Department,
    "named": policy.Named,
    "flag": policy.Flag,
    "category": policy.Category,
    "level_rule": policy.LevelRule,
    "level": policy.Level,
    "deadline": policy.Deadline,
    "rung": policy.Rung,
    "need": policy.Need,
    "authority": policy.Authority,
    "step_rule": policy.StepRule,
    "remedy": policy.Remedy,
    "ceiling": policy.Ceiling,
    "granted": policy.Granted,
    "law": policy.Law,
    "entitlement": policy.Entitlement,
    "playbook_check": policy.PlaybookCheck,
    "playbook": policy.Playbook,
    "tell": policy.Tell,
    "check_outcome": policy.CheckOutcome,
    "exclusion": policy.Exclusion,
    "gate": policy.Gate,
    "follow_up": policy.FollowUpRules,
    "paper_forms": policy.PaperForms,
    "form_note": policy.FormNote,
    "conduct": policy.Conduct,
    "letters": policy.Letters,
    "letter": policy.Letter,
    "change": policy.PolicyChange,
}


@pytest.fixture
def rules() -> Any:
    """A fresh copy of a whole policy to break."""
    return yaml12.parse_yaml((ROOT / "policies" / "supermarket.yaml").read_text(encoding="utf-8"))


def _keys(cls: Any) -> tuple[set[str], set[str]]:
    """All keys of a TypedDict, and those that must be there."""
    hints = get_type_hints(cls, include_extras=True)
    needed = {key for key, kind in hints.items() if get_origin(kind) is not NotRequired}
    return set(hints), needed if cls.__total__ else set()


def _nodes(node: Any, path: str = "$") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every mapping in the schema with its path."""
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            yield from _nodes(value, f"{path}.{key}")
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _nodes(value, f"{path}[{place}]")


def _schemas() -> list[tuple[str, dict[str, Any]]]:
    """Every mapping that is a schema, not the list of properties of one."""
    return [(path, node) for path, node in _nodes(SCHEMA) if not path.endswith((".properties", ".$defs"))]


@pytest.mark.parametrize(
    ("cls", "schema"),
    [(policy.Policy, SCHEMA), *((cls, SCHEMA["$defs"][name]) for name, cls in CLASSES.items())],
    ids=["policy", *CLASSES],
)
def test_the_schema_has_exactly_the_keys_that_the_code_reads(cls: Any, schema: dict[str, Any]) -> None:
    known, needed = _keys(cls)
    assert set(schema["properties"]) == known
    assert set(schema.get("required", ())) == needed


def test_every_mapping_type_of_the_code_is_compared_with_the_schema() -> None:
    found = {cls for cls in vars(policy).values() if isinstance(cls, type) and hasattr(cls, "__total__")}
    assert found == {policy.Policy, *CLASSES.values()}


def test_the_schema_itself_is_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_nothing_unknown_is_let_through_anywhere() -> None:
    objects = [(path, node) for path, node in _schemas() if node.get("type") == "object"]
    assert len(objects) > len(CLASSES)
    assert [path for path, node in objects if node.get("additionalProperties") is not False] == []


def test_every_field_has_a_label_in_three_languages() -> None:
    bare = [
        f"{path}.{key}"
        for path, node in _schemas()
        for key, field in node.get("properties", {}).items()
        if set(field.get("x-label", ())) != LANGUAGES
    ]
    assert bare == []


def test_every_list_has_an_end_and_every_pattern_is_anchored() -> None:
    lists = [path for path, node in _schemas() if node.get("type") == "array" and "maxItems" not in node]
    patterns = [node["pattern"] for _path, node in _schemas() if isinstance(node.get("pattern"), str)]
    patterns += [key for _path, node in _schemas() for key in node.get("patternProperties", ())]
    assert lists == []
    assert len(patterns) > 10
    assert [one for one in patterns if not re.fullmatch(r"\^[^^].*\$", one)] == []


def test_the_schema_and_the_code_know_the_same_facts_events_gates_and_verbs() -> None:
    defs = SCHEMA["$defs"]
    assert set(defs["when"]["properties"]) == {*conditions.FACTS, "not", "any"}
    assert set(defs["level_when"]["properties"]) == {*conditions.FACTS, "not", "any", "age", "repetition"}
    assert set(defs["bounds"]["properties"]) == set(conditions.BOUNDS)
    assert defs["repetition"]["properties"]["same"]["items"]["enum"] == list(levels.SAME)
    assert defs["event"]["enum"] == list(deadlines.EVENTS)
    assert set(defs["gate"]["properties"]["requires"]["enum"]) == set(REQUIREMENTS)
    assert defs["verb"]["enum"] == list(workflow.STEPS)


@pytest.mark.parametrize("length", ["30 minutes", "1 hour", "7 days", "5 business days", "1 business day"])
def test_a_length_of_time_that_the_schema_takes_can_be_read(length: str) -> None:
    assert re.search(SCHEMA["$defs"]["length"]["pattern"], length)
    assert times.length(length).number >= 1


def _set(data: Any, path: str, value: Any) -> None:
    *way, last = path.split("/")
    for part in way:
        data = data[int(part) if part.isdigit() else part]
    data[int(last) if last.isdigit() else last] = value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("colour", "red"),
        ("version", 1),
        ("version", "0"),
        ("name", "Super Market"),
        ("label", {"es": "Supermercado"}),
        ("label/en", ""),
        ("channels/Desk", {"label": {"en": "desk"}}),
        ("channels/desk/hours/0/opens", "8:00"),
        ("channels/desk/hours/0/closes", "24:30"),
        ("channels/desk/hours/0/days", ["mon", "mon"]),
        ("deadlines/reply/within", "5 working days"),
        ("deadlines/reply/within", "0 days"),
        ("deadlines/reply/until", "answered"),
        ("deadlines/reply/stops_for", ["holiday"]),
        ("deadlines/reply/when", {"colour": "red"}),
        ("deadlines/reply/when", {"age": "5 days"}),
        ("levels/0/any/0/when", {"repetition": {"same": ["colour"], "customers": 3, "within": "30 days"}}),
        ("levels/0/any/0/when", {"repetition": {"same": ["category"], "customers": 1, "within": "30 days"}}),
        ("levels/0/any/0/when", {"affected": {"at_least": 1.5}}),
        ("authority/ladder/0/limit", 50),
        ("authority/ladder/0/limit", "-50.00"),
        ("authority/ladder/0/limit", "1e3"),
        ("authority/currency", "RMB¥"),
        ("authority/alone", "yes"),
        ("steps/fly", {"at_least": "clerk"}),
        ("steps/new", {}),
        ("remedies/refund/amount", "maybe"),
        ("entitlements/0/within", "7 business days"),
        ("entitlements/0/remedies", {}),
        ("entitlements/1/law/date", "2015-13-01"),
        ("entitlements/1/law/text", {"zh-CN": "十倍"}),
        ("entitlements/1/law/text", {"en": "x" * 2001}),
        ("entitlements/1/law/text", "x" * 2001),
        ("entitlements/1/law/source", {"en": "x" * 2001}),
        ("entitlements/1/law/source", ""),
        ("gates/0/requires", "good-weather"),
        ("gates/0/step", "fly"),
        ("follow_up/satisfied_from", 6),
        ("vocabulary/states", {}),
    ],
)
def test_both_validators_refuse_what_a_policy_must_not_say(rules: Any, path: str, value: Any) -> None:
    _set(rules, path, value)
    assert not FAST.is_valid(rules)
    assert list(CHECKER.iter_errors(rules))


@pytest.mark.parametrize(
    "law",
    [
        {"text": "Ten times the price.", "source": "Food Safety Law of China art. 148"},
        {"text": {"en": "Ten times.", "zh-CN": "十倍。"}, "source": "art. 148"},
        {"text": "x" * 2000, "source": {"en": "art. 148"}},
        {"text": {"en": "x" * 2000}, "source": {"en": "x"}},
    ],
)
def test_what_a_law_says_is_plain_text_or_a_label(rules: Any, law: Any) -> None:
    rules["entitlements"][1]["law"] = {**law, "date": "2015-10-01"}
    assert FAST.is_valid(rules)
    assert not list(CHECKER.iter_errors(rules))


def test_a_policy_that_lacks_a_section_is_refused(rules: Any) -> None:
    for section in SCHEMA["required"]:
        less = copy.deepcopy(rules)
        del less[section]
        assert not FAST.is_valid(less), section


@pytest.mark.parametrize(
    "when",
    [
        {},
        {"flags": ["media", "lawsuit"], "not": {"any": [{"severity": "severe"}, {"alone": True}]}},
        {"cost": {"at_least": "500.00", "more_than": 3}, "departments": {"at_most": 2}},
        {"moment": "during", "form": "written", "days_since_purchase": {"at_most": 30}},
    ],
)
def test_a_condition_of_any_shape_is_taken(rules: Any, when: Any) -> None:
    rules["gates"][0]["when"] = when
    assert FAST.is_valid(rules)
    assert not list(CHECKER.iter_errors(rules))


def test_a_label_falls_back_to_english_and_then_to_any_language() -> None:
    assert labels.text({"en": "refund", "es": "reembolso"}, "es") == "reembolso"
    assert labels.text({"en": "refund", "es": "reembolso"}, "zh-CN") == "refund"
    assert labels.text({"es": "reembolso"}, "en") == "reembolso"
    assert labels.text({}, "en") == ""


def test_names_come_from_the_lists_of_the_policy_and_from_its_vocabulary(rules: Any) -> None:
    assert labels.name_of(rules, "categories", "goods.spoiled", "en") == "spoiled"
    assert labels.name_of(rules, "states", "closed", "es") == "cerrada"
    assert labels.name_of(rules, "states", "lost", "es") == "lost"
    assert labels.name_of(rules, "nothing", "closed", "es") == "closed"


def test_a_step_has_a_name_though_the_rules_of_the_steps_have_none(rules: Any) -> None:
    assert labels.name_of(rules, "steps", "new", "en") == "registration"


def test_roles_stand_in_the_order_of_the_ladder(rules: Any) -> None:
    assert [ladder.rank(rules, role) for role in ("clerk", "head", "vice-president", "manager")] == [
        0,
        1,
        2,
        3,
    ]
    assert ladder.rank(rules, "guest") == -1


def test_a_role_off_the_ladder_may_grant_nothing(rules: Any) -> None:
    assert ladder.limit(rules, "clerk") == Decimal("50.00")
    assert ladder.limit(rules, "manager") is None
    assert ladder.limit(rules, "guest") == 0


def test_one_step_up_ends_at_the_top_of_the_ladder(rules: Any) -> None:
    assert ladder.step_up(rules, "clerk") == "head"
    assert ladder.step_up(rules, "manager") == "manager"

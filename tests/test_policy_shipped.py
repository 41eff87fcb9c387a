"""What holds for every rule set that ships: complete, in three languages, sourced, and without doubts."""

from __future__ import annotations

import functools
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml12
from ruamel.yaml import YAML

from complaintctl import founding, policyrules, schema
from tests.test_policy_supermarket import ENUMERATIONS, LANGUAGES, nodes

SHIPPED = founding.shipped_policies()
SOURCE = re.compile(
    r"\b(S[0-4][a-e]?-[0-9]{1,2}|[MWN][0-9]{1,2})\b|\bart\. [0-9]|^S[0-4][a-e]?\b|starting value"
)
NAMED = (
    "channels", "departments", "severities", "urgencies", "flags", "categories", "causes", "deadlines", "roles",
    "executors", "remedies", "playbooks", "measures",
)  # fmt: skip
LISTED = ("tell", "entitlements", "exclusions", "gates")
TRADITIONAL = set("貨類價門過標態環務顧員處單題質購廠責調證據檢審準則當場關聯經營銷損壞與這們來說謝")

every_policy = pytest.mark.parametrize("name", SHIPPED)


@functools.cache
def text_of(name: str) -> str:
    return SHIPPED[name].read_text(encoding="utf-8")


@functools.cache
def rules_of(name: str) -> Any:
    """A rule set as data; not to be changed."""
    return yaml12.parse_yaml(text_of(name))


def labels(name: str) -> list[tuple[str, dict[str, str]]]:
    """Every text that people read, with its path."""
    return [(path, node) for path, node in nodes(rules_of(name)) if isinstance(node, dict) and "en" in node]


@every_policy
def test_it_is_called_like_its_file_and_begins_at_version_one(name: str) -> None:
    assert (rules_of(name)["name"], rules_of(name)["version"]) == (name, "1")


@every_policy
def test_two_readers_of_yaml_find_the_same_data(name: str) -> None:
    assert YAML(typ="safe", pure=True).load(text_of(name)) == rules_of(name)


@every_policy
def test_editing_keeps_every_comment_and_the_layout(name: str) -> None:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    written = io.StringIO()
    yaml.dump(yaml.load(text_of(name)), written)
    assert written.getvalue() == text_of(name)


@every_policy
def test_editors_find_the_schema_in_the_first_line(name: str) -> None:
    first = text_of(name).splitlines()[0]
    assert first == "# yaml-language-server: $schema=../schemas/policy.schema.json"


@every_policy
def test_nothing_in_it_is_wrong_or_worth_a_look(name: str) -> None:
    assert policyrules.problems(rules_of(name)) == []
    assert policyrules.doubts(rules_of(name)) == []


@every_policy
def test_every_text_is_there_in_three_languages(name: str) -> None:
    assert set(rules_of(name)["languages"]) == set(LANGUAGES)
    found = labels(name)
    assert len(found) > 200
    assert [path for path, label in found if set(label) != set(LANGUAGES)] == []
    assert [path for path, label in found if any(one != one.strip() for one in label.values())] == []


@every_policy
def test_chinese_is_simplified_and_is_chinese(name: str) -> None:
    for path, label in labels(name):
        assert not set(label["zh-CN"]) & TRADITIONAL, path
        assert re.search(r"[\u4e00-\u9fff]", label["zh-CN"]), path


@every_policy
def test_every_value_of_a_case_verb_and_event_has_its_word(name: str) -> None:
    rules = rules_of(name)
    for path, node in nodes(json.loads(schema.schema_text("case"))):
        if isinstance(node, dict) and "enum" in node:
            list_of = ENUMERATIONS[re.sub(r"\.(properties|items)\b", "", path)]
            assert set(node["enum"]) <= set(rules["vocabulary"].get(list_of, ())), path
    defs = json.loads(schema.schema_text("policy"))["$defs"]
    assert set(rules["vocabulary"]["steps"]) == set(rules["steps"]) == set(defs["verb"]["enum"])
    assert set(rules["vocabulary"]["events"]) == set(defs["event"]["enum"])
    assert set(rules["follow_up"]["methods"]) <= set(rules["vocabulary"]["follow_up_methods"])


@every_policy
def test_every_rule_says_where_it_comes_from(name: str) -> None:
    rules = rules_of(name)
    entries = [(f"{kind}.{key}", one) for kind in NAMED for key, one in rules.get(kind, {}).items()]
    entries += [(f"{kind}.{one['name']}", one) for kind in LISTED for one in rules.get(kind, ())]
    entries += [(f"ladder.{one['role']}", one) for one in rules["authority"]["ladder"]]
    entries += [(f"needs.{one['name']}", one) for one in rules["authority"].get("needs", ())]
    entries += [(one["label"]["en"], one) for level in rules["levels"] for one in level.get("any", ())]
    assert [path for path, one in entries if not SOURCE.search(one.get("source", ""))] == []


@every_policy
def test_every_amount_and_every_limit_is_a_starting_value_or_the_law(name: str) -> None:
    # no procedure gives a single amount of money
    rules = rules_of(name)
    for rung in rules["authority"]["ladder"]:
        assert ("limit" in rung) <= ("starting value" in rung["source"]), rung
    for rule in rules["entitlements"]:
        sums = any("amount" in one.get("ceiling", {}) for one in rule["remedies"].values())
        assert not sums or "law" in rule or "starting value" in rule["source"], rule["name"]


@every_policy
def test_every_confirmation_is_used(name: str) -> None:
    rules = rules_of(name)
    used = {
        one
        for kind in ("entitlements", "exclusions")
        for rule in rules.get(kind, ())
        for one in rule.get("confirm", ())
    }
    assert used == set(rules.get("confirmations", {}))


@every_policy
def test_every_figure_of_the_law_names_its_article_and_day(name: str) -> None:
    for kind in ("entitlements", "exclusions"):
        for rule in rules_of(name).get(kind, ()):
            if "law" in rule:
                article = rule["law"]["source"]
                number = re.search(r"\bart\. (\d+)$", article["en"])
                assert number, rule["name"]
                assert article["es"].endswith(f", art. {number[1]}"), rule["name"]
                assert re.fullmatch(r"《.+》第[一二三四五六七八九十百]+条", article["zh-CN"]), rule["name"]
                assert rule["law"]["date"] < "2027", rule["name"]


@every_policy
def test_conduct_speaks_of_steps_that_there_are(name: str) -> None:
    # S1b-12
    conduct = rules_of(name)["conduct"]
    assert {step for one in conduct for step in one["steps"]} <= set(rules_of(name)["steps"])
    assert "new" in {step for one in conduct for step in one["steps"]}


def chinese(part: Any, path: str = "$") -> Iterator[tuple[str, str]]:
    """Every Chinese text of a document, with where it stands."""
    entries = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in entries:
        if key == "zh-CN" and isinstance(value, str):
            yield path, value
        yield from chinese(value, f"{path}.{key}")


@pytest.mark.parametrize("name", sorted(founding.shipped_policies()))
def test_chinese_words_of_the_rules_have_chinese_punctuation(name: str) -> None:
    rules = yaml12.parse_yaml(founding.shipped_policy(name).decode())
    found = list(chinese(rules))
    assert len(found) > 200
    wrong = re.compile(r"[\u4e00-\u9fff][,;:?!(]|[,;?!)][\u4e00-\u9fff]")
    assert [(path, text) for path, text in found if wrong.search(re.sub(r"\{[{%].*?[%}]\}", "", text))] == []


@pytest.mark.parametrize("name", sorted(founding.shipped_policies()))
def test_no_level_is_called_as_a_severity_is(name: str) -> None:
    rules: Any = yaml12.parse_yaml(founding.shipped_policy(name).decode())
    for language in ("zh-CN", "es"):
        levels = {one["label"][language].lstrip("0123456789 ") for one in rules["levels"]}
        severities = {one["label"][language] for one in rules["severities"].values()}
        assert not levels & severities

"""The shipped supermarket policy: complete, consistent, and usable by a shop of one, two or twenty."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
import yaml12
from ruamel.yaml import YAML

from complaintctl import authority, conditions, gates, levels, needs, policyrules, remedies, workflow
from complaintctl.errors import Refused
from complaintctl.steps import closing, handling, intake, solution, tasks

ROOT = Path(__file__).parent.parent
FILE = ROOT / "policies" / "supermarket.yaml"
TEXT = FILE.read_text(encoding="utf-8")
LANGUAGES = ("en", "zh-CN", "es")
SOURCES = re.compile(r"\bS[0-4][a-e]?-[0-9]{1,2}\b")

# Which list of the vocabulary names the ids of which enumeration of a case.
ENUMERATIONS = {
    "$.state": "states",
    "$.kind": "kinds",
    "$.links.kind": "links",
    "$.intake.form": "forms",
    "$.intake.moment": "moments",
    "$.contacts.direction": "directions",
    "$.evidence.kind": "evidence_kinds",
    "$.holds.for": "holds",
    "$.classification.liability": "liabilities",
    "$.investigations.grounds": "grounds",
    "$.investigations.demand": "demands",
    "$.investigations.verdict": "verdicts",
    "$.proposals.decision.outcome": "decisions",
    "$.proposals.answer.outcome": "answers",
    "$.follow_ups.method": "follow_up_methods",
    "$.closures.outcome": "outcomes",
    "$.closures.dispositions.part": "parts",
}


@pytest.fixture
def rules() -> Any:
    """A fresh copy of the policy."""
    return yaml12.parse_yaml(TEXT)


def _schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((ROOT / "schemas" / name).read_text(encoding="utf-8"))
    return loaded


def nodes(node: Any, path: str = "$") -> Iterator[tuple[str, Any]]:
    """Every value of the policy with its path."""
    yield path, node
    if isinstance(node, dict):
        for key, value in node.items():
            yield from nodes(value, f"{path}.{key}")
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from nodes(value, f"{path}[{place}]")


def _labels(rules: Any) -> list[tuple[str, dict[str, str]]]:
    return [(path, node) for path, node in nodes(rules) if isinstance(node, dict) and "en" in node]


def _sourced(rules: Any) -> list[tuple[str, str]]:
    found = [(path, node) for path, node in nodes(rules) if path.endswith(".source")]
    return [(path, node["en"] if isinstance(node, dict) else node) for path, node in found]


def _person(ident: str, role: str, department: str | None = None) -> authority.Staff:
    person = {"id": ident, "name": ident, "emails": [], "role": role, "active": True}
    return {**person, "department": department} if department else person  # type: ignore[return-value,typeddict-item]


def _context(rules: Any, actor: authority.Staff, staff: list[authority.Staff], at: str) -> workflow.Context:
    pin: Any = {"name": "supermarket", "version": "1", "sha256": "0" * 64}
    return workflow.Context(
        rules, pin, rules, actor, staff, f"2026-11-23T{at}:00+08:00", None, Decimal(0), "CNY", "en"
    )


def _case(context: workflow.Context, **about: str) -> Any:
    return intake.register_case(
        context,
        case_id="C-20261123-7K3MQ4",
        customer_id="P-4T7Q2M",
        channel="desk",
        complaint="the milk was sour",
        about=about,
    )


# ── The file ──


def test_two_readers_of_yaml_find_the_same_data() -> None:
    assert YAML(typ="safe", pure=True).load(TEXT) == yaml12.parse_yaml(TEXT)


def test_editing_keeps_every_comment_and_the_layout() -> None:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    written = io.StringIO()
    yaml.dump(yaml.load(TEXT), written)
    assert written.getvalue() == TEXT


def test_editors_find_the_schema_in_the_first_line() -> None:
    first = TEXT.splitlines()[0]
    assert first == "# yaml-language-server: $schema=../schemas/policy.schema.json"
    assert (FILE.parent / first.partition("=")[2]).is_file()


def test_both_validators_accept_it(rules: Any) -> None:
    schema = _schema("policy.schema.json")
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    problems = jsonschema.Draft202012Validator(schema, format_checker=checker).iter_errors(rules)
    assert [f"{one.json_path}: {one.message}" for one in problems] == []
    assert jsonschema_rs.validator_for(schema, validate_formats=True).is_valid(rules)


def test_the_engine_finds_nothing_wrong_with_its_rules(rules: Any) -> None:
    assert policyrules.problems(rules) == []
    assert policyrules.doubts(rules) == []


# ── Words ──


def test_every_label_is_there_in_three_languages(rules: Any) -> None:
    labels = _labels(rules)
    assert len(labels) > 300
    assert rules["languages"] == list(LANGUAGES)
    assert [path for path, label in labels if tuple(label) != LANGUAGES] == []
    assert [path for path, label in labels if not all(one.strip() == one for one in label.values())] == []


def test_chinese_is_simplified_and_is_chinese(rules: Any) -> None:
    traditional = set("貨類價門過標態環務顧員處單題質購廠責調證據檢審準則當場關聯經營銷損壞與這們來說謝")
    for path, label in _labels(rules):
        assert not set(label["zh-CN"]) & traditional, path
        assert re.search(r"[\u4e00-\u9fff]", label["zh-CN"]), path


def test_every_value_of_a_case_has_its_word(rules: Any) -> None:
    found = {}
    for path, node in nodes(_schema("case.schema.json")):
        if isinstance(node, dict) and "enum" in node:
            found[re.sub(r"\.(properties|items)\b", "", path)] = node["enum"]
    assert set(found) == set(ENUMERATIONS)
    for path, ids in found.items():
        assert set(ids) <= set(rules["vocabulary"][ENUMERATIONS[path]]), path
    assert set(rules["vocabulary"]["vias"]) == {
        "cli",
        "settle",
        "review",
        "merge",
    }  # the last with its commit


def test_every_verb_and_event_has_its_word(rules: Any) -> None:
    defs = _schema("policy.schema.json")["$defs"]
    assert set(rules["vocabulary"]["steps"]) == set(defs["verb"]["enum"])
    assert set(rules["vocabulary"]["events"]) == set(defs["event"]["enum"])
    assert set(rules["steps"]) == set(defs["verb"]["enum"])
    assert set(rules["follow_up"]["methods"]) == set(rules["vocabulary"]["follow_up_methods"])


# ── Sources ──


def test_every_rule_says_where_it_comes_from(rules: Any) -> None:
    named = ("channels", "departments", "severities", "urgencies", "flags", "categories", "causes")
    mappings = (*named, "deadlines", "roles", "remedies", "playbooks", "measures")
    entries = [(f"{kind}.{name}", one) for kind in mappings for name, one in rules[kind].items()]
    entries += [(one["name"], one) for kind in ("entitlements", "gates") for one in rules[kind]]
    entries += [(one["role"], one) for one in rules["authority"]["ladder"]]
    entries += [(one["name"], one) for one in rules["authority"]["needs"]]
    entries += [(one["label"]["en"], one) for level in rules["levels"] for one in level.get("any", ())]
    assert [name for name, one in entries if "source" not in one] == []


def test_every_source_is_a_requirement_a_law_or_a_starting_value(rules: Any) -> None:
    sources = _sourced(rules)
    assert len(sources) > 100
    for path, source in sources:
        assert SOURCES.search(source) or source == "S0" or " art. " in source, path


def test_figures_that_no_procedure_gives_are_marked(rules: Any) -> None:
    for name, rule in rules["deadlines"].items():
        assert "starting value" in rule["source"] or "Law" in rule["source"], name
    for rung in rules["authority"]["ladder"]:
        assert ("limit" in rung) == ("starting value" in rung["source"]), rung
    for rule in rules["entitlements"]:
        assert ("law" in rule) != ("starting value" in rule["source"]), rule["name"]


def test_every_figure_of_the_law_names_its_article_and_day(rules: Any) -> None:
    laws = [rule["law"] for rule in rules["entitlements"] if "law" in rule]
    assert len(laws) == 5
    for law in laws:
        assert re.search(r" of China art\. \d+$", law["source"]["en"])
        assert re.search(r"^《中华人民共和国.*》第.+条$", law["source"]["zh-CN"])
        assert re.search(r" de China, art\. \d+$", law["source"]["es"])
        assert date.fromisoformat(law["date"]) < date(2026, 1, 1)


# ── Ids ──


def test_the_published_identifiers_are_there(rules: Any) -> None:
    causes = (
        "goods.expired goods.spoiled goods.failed goods.label service.attitude service.after-sales "
        "service.environment price.wrong price.promotion-missing price.unclear-terms shopping.queue "
        "shopping.packing shopping.trolley"
    )
    shipped = (
        "refund exchange repair compensation discount gift apology extra-service redelivery substitute "
        "explanation"
    )
    assert " ".join(name for name in rules["categories"] if "." in name) == causes  # S0-13
    assert " ".join(name for name in rules["causes"] if "." in name) == causes
    assert " ".join(rules["channels"]) == "phone desk box web social email chat app"  # S0-1, S2-1
    assert {"customer-service", "goods", "store", "marketing"} <= set(rules["departments"])  # S0-9
    assert " ".join(rules["remedies"]) == shipped  # S2-7
    flags = "food-safety injury media lawsuit unauthorised-promise batch-defect"
    assert " ".join(rules["flags"]) == flags
    ladder = [(one["role"], one.get("limit")) for one in rules["authority"]["ladder"]]
    limits = [("clerk", "50.00"), ("head", "500.00"), ("vice-president", "5000.00"), ("manager", None)]
    assert ladder == limits  # S1c-4


def test_what_a_category_names_exists(rules: Any) -> None:
    for name, category in rules["categories"].items():
        if "." not in name:  # a group brings nothing of its own
            assert set(category) == {"label", "source"}
            continue
        assert name.partition(".")[0] in rules["categories"]
        assert category["department"] in rules["departments"]
        assert not rules["departments"][category["department"]].get("outside")
        assert category["severity"] in rules["severities"]
        assert category["playbook"] in rules["playbooks"]
    assert {one["playbook"] for one in rules["categories"].values() if "playbook" in one} == set(
        rules["playbooks"]
    )


def test_what_flags_roles_and_conduct_name_exists(rules: Any) -> None:
    for flag in rules["flags"].values():
        assert flag.get("severity", "severe") in rules["severities"]
        assert flag.get("urgency", "urgent") in rules["urgencies"]
        assert flag["note"]
    assert {one["role"] for one in rules["authority"]["ladder"]} == set(rules["roles"])
    assert {step for one in rules["conduct"] for step in one["steps"]} <= set(rules["steps"])  # S1b-12


def test_every_confirmation_is_used_and_every_one_used_exists(rules: Any) -> None:
    used = {name for rule in rules["entitlements"] for name in rule.get("confirm", ())}
    assert used == set(rules["confirmations"])


# ── The procedure ──


def test_each_channel_publishes_a_promise(rules: Any) -> None:
    # S2-2, S0-1: the complaint line is always answered
    assert all(channel["promise"]["within"] for channel in rules["channels"].values())
    assert "hours" not in rules["channels"]["phone"]


def test_the_first_answer_is_due_when_the_channel_promises_it(rules: Any) -> None:
    # S2-2: at the desk and on the telephone the first word is spoken at once
    clocks = [rule for name, rule in rules["deadlines"].items() if name.startswith("first-answer-")]
    timed = set()
    for rule in clocks:
        asked = rule["when"]["channel"]
        for channel in [asked] if isinstance(asked, str) else asked:
            assert rules["channels"][channel]["promise"]["within"] == rule["within"], channel
            assert (rule["from"], rule["until"], rule["clock"]) == ("received", "told", "service")
            timed.add(channel)
    assert timed == set(rules["channels"]) - {"phone", "desk"}


def test_a_date_is_promised_for_every_kind_of_case(rules: Any) -> None:
    # S0-6
    for kind in rules["vocabulary"]["kinds"]:
        due = [
            name
            for name, rule in rules["deadlines"].items()
            if rule.get("promise") and conditions.met(rule.get("when", {}), {"kind": kind})
        ]
        assert len(due) == 1, kind


@pytest.mark.parametrize("severity", ["moderate", "severe"])
def test_every_stage_has_one_clock_whatever_the_severity(rules: Any, severity: str) -> None:
    facts = {"kind": "complaint", "severity": severity, "proposals": 0}
    for until in ("assigned", "investigated", "proposed"):
        running = [
            name
            for name, rule in rules["deadlines"].items()
            if rule["until"] == until and conditions.met(rule.get("when", {}), facts)
        ]
        assert len(running) == 1, (until, running)
        assert running[0].endswith("-urgent") == (severity == "severe")


def test_what_was_settled_on_the_spot_waits_for_no_department(rules: Any) -> None:
    when = rules["deadlines"]["assign"]["when"]
    assert conditions.met(when, {"kind": "complaint", "severity": "minor", "proposals": 0})
    assert not conditions.met(when, {"kind": "complaint", "severity": "minor", "proposals": 1})
    worked = {"kind": "complaint", "severity": "minor", "proposals": 1, "verdict": "founded"}
    assert conditions.met(when, worked)


def test_the_last_check_holds_the_evidence_against_the_allegation(rules: Any) -> None:
    # S0-10, S0-11
    for name, playbook in rules["playbooks"].items():
        assert playbook["checks"][-1]["name"] == "evidence-against-allegation", name
        assert all("by" in check for check in playbook["checks"]), name
        names = [check["name"] for check in playbook["checks"]]
        assert len(set(names)) == len(names), name


def test_improvements_are_of_the_four_standing_kinds(rules: Any) -> None:
    # S0-20
    kinds = ["shopping-process", "goods-management", "staff-training", "complaint-mechanism"]
    assert list(rules["measures"]) == kinds


def test_satisfied_begins_at_four_of_five(rules: Any) -> None:
    # S0-18, S4-8
    assert rules["follow_up"]["satisfied_from"] == 4
    assert rules["follow_up"]["very_satisfied_from"] == 5


# ── What the rules do ──


def _judged(rules: Any, case: Any, plan: list[tuple[str, str | None]], *confirmed: str) -> list[str | None]:
    chosen = remedies.plan([(kind, amount, None) for kind, amount in plan], case, rules)
    facts = conditions.facts_of(case, rules)
    judged = remedies.judge(chosen, case, facts, rules, confirmed, None, date(2026, 11, 23))
    return [one.get("rule") for one in judged]


def _classified(rules: Any, category: str, verdict: str | None = None, **more: Any) -> Any:
    boss = _person("boss", "manager")
    context = _context(rules, boss, [boss], "10:00")
    about = more.pop("about", {})
    case = handling.classify(_case(context, **about), context, category=category, **more)
    if verdict:
        found = {"verdict": verdict, "cause": category, "by": "boss", "at": context.at}
        case["investigations"] = [found]  # type: ignore[typeddict-item,list-item]
    return case


def test_a_clerk_settles_spoiled_milk_at_the_desk(rules: Any) -> None:
    # S1a-1, S1c-2: one step, inside one's own authority, and still the whole form
    clerk = _person("li.na", "clerk", "customer-service")
    context = _context(rules, clerk, [clerk, _person("boss", "manager")], "10:15")
    plan = [("refund", "12.90", None), ("apology", None, None)]
    case = solution.settle(
        _case(context, price="12.90"),
        context,
        plan=plan,
        reason="sour",
        category="goods.spoiled",
        satisfaction=5,
    )
    assert case["state"] == "closed"
    assert case["closures"][-1]["outcome"] == "very-satisfied"
    assert case["proposals"][-1]["remedies"][0]["rule"] == "spoiled-or-expired"


def test_food_safety_is_never_settled_at_the_desk(rules: Any) -> None:
    # S0-7, S2-4
    boss = _person("boss", "manager")
    context = _context(rules, boss, [boss], "10:15")
    with pytest.raises(Refused, match="cannot be settled"):
        solution.settle(
            _case(context, price="12.90"),
            context,
            plan=[("refund", "12.90", None)],
            reason="sour",
            category="goods.spoiled",
            flags=["food-safety"],
        )


def test_a_refund_without_a_price_on_record_stays_small(rules: Any) -> None:
    # S1a-1
    case = _classified(rules, "goods.spoiled")
    assert _judged(rules, case, [("refund", "50.00")]) == ["price-not-recorded"]
    with pytest.raises(Refused):
        _judged(rules, case, [("refund", "50.01")])


def test_no_refund_is_above_the_price(rules: Any) -> None:
    # S0-15
    case = _classified(rules, "goods.expired", about={"price": "30.00"})
    assert _judged(rules, case, [("refund", "30.00")]) == ["spoiled-or-expired"]
    with pytest.raises(Refused):
        _judged(rules, case, [("refund", "30.01")])


@pytest.mark.parametrize(("day", "entitled"), [("2026-11-16", True), ("2026-11-15", False)])
def test_faulty_goods_come_back_within_seven_days(rules: Any, day: str, *, entitled: bool) -> None:
    # S0-15, Consumer Law art. 24
    case = _classified(rules, "goods.failed", about={"price": "30.00", "purchased_on": day})
    if entitled:
        assert _judged(rules, case, [("refund", "30.00")]) == ["faulty-within-seven-days"]
    else:
        with pytest.raises(Refused):
            _judged(rules, case, [("refund", "30.00")])


@pytest.mark.parametrize(
    ("price", "allowed", "refused"), [("12.90", "1000.00", "1000.01"), ("200.00", "2000.00", "2000.01")]
)
def test_unsafe_food_sold_knowingly_costs_ten_times_the_price(
    rules: Any, price: str, allowed: str, refused: str
) -> None:
    # S0-15, Food Safety Law art. 148: at least 1,000
    case = _classified(rules, "goods.expired", "founded", about={"price": price})
    assert _judged(rules, case, [("compensation", allowed)], "known-to-seller") == ["unsafe-food"]
    with pytest.raises(Refused):
        _judged(rules, case, [("compensation", refused)], "known-to-seller")
    with pytest.raises(Refused):
        _judged(rules, case, [("compensation", allowed)])


@pytest.mark.parametrize(("price", "sum_"), [("12.90", "500.00"), ("200.00", "600.00")])
def test_deception_costs_exactly_three_times_the_price_or_five_hundred(
    rules: Any, price: str, sum_: str
) -> None:
    # S0-15, Consumer Law art. 55
    case = _classified(rules, "price.wrong", "founded", about={"price": price})
    assert _judged(rules, case, [("compensation", sum_)], "fraud-established") == ["deception"]
    with pytest.raises(Refused):
        _judged(rules, case, [("compensation", "499.00")], "fraud-established")


def test_an_unfounded_complaint_is_explained_and_grants_nothing(rules: Any) -> None:
    # S4-4, S1b-3
    case = _classified(rules, "goods.spoiled", "unfounded", about={"price": "12.90"})
    assert _judged(rules, case, [("explanation", None), ("apology", None)]) == [None, None]
    with pytest.raises(Refused):
        _judged(rules, case, [("refund", "12.90")])


@pytest.mark.parametrize("leaf", ["service.attitude", "shopping.queue", "price.promotion-missing"])
def test_a_fault_of_service_may_be_made_good_with_a_small_gift(rules: Any, leaf: str) -> None:
    # S2-7
    case = _classified(rules, leaf)
    assert _judged(rules, case, [("gift", "20.00")])[0]
    with pytest.raises(Refused):
        _judged(rules, case, [("gift", "20.01")])


@pytest.mark.parametrize(
    ("more", "level"),
    [
        ({}, 3),
        ({"flags": ["food-safety"]}, 1),
        ({"flags": ["lawsuit"]}, 1),
        ({"affected": 10}, 1),
        ({"departments": ["store", "marketing"]}, 1),
        ({"departments": ["store"]}, 2),
        ({"severity": "severe"}, 2),
        ({"flags": ["unauthorised-promise"]}, 2),
        ({"flags": ["batch-defect"]}, 2),
    ],
)
def test_the_level_follows_from_the_classification(rules: Any, more: dict[str, Any], level: int) -> None:
    # S1d-2, S1d-3, S0-8
    found = levels.hits(_classified(rules, "goods.spoiled", **more), rules)
    start = min(hit.since for hit in found)
    assert levels.level_at(found, start, lambda _hit: False).level == level


def test_a_case_climbs_with_its_age_unless_the_cause_is_outside(rules: Any) -> None:
    # S1d-3, S1d-4
    day = 86400
    ours = levels.hits(_classified(rules, "goods.spoiled"), rules)
    theirs = levels.hits(_classified(rules, "goods.spoiled", liability="not-ours"), rules)
    start = ours[-1].since
    assert levels.level_at(ours, start + 15 * day - 1, lambda _hit: False).level == 3
    assert levels.level_at(ours, start + 15 * day, lambda _hit: False).level == 2
    assert levels.level_at(theirs, start + 60 * day, lambda _hit: False).level == 3


def _role_needed(rules: Any, **facts: Any) -> str:
    boss = _person("boss", "manager")
    case = _case(_context(rules, boss, [boss], "10:00"))
    known = {"severity": "minor", "flags": [], "exception": False, **facts}
    return needs.needed(case, Decimal("10.00"), Decimal(0), known, rules, "en").role


@pytest.mark.parametrize(
    ("facts", "role"),
    [
        ({}, "clerk"),
        ({"severity": "severe"}, "head"),
        ({"exception": True}, "head"),
        ({"flags": ["food-safety"]}, "vice-president"),
        ({"flags": ["media"]}, "vice-president"),
        ({"level": 1}, "vice-president"),
        ({"level": 2}, "clerk"),
    ],
)
def test_who_decides_what_costs_little(rules: Any, facts: dict[str, Any], role: str) -> None:
    # S1c-4, S0-7
    assert _role_needed(rules, **facts) == role


def _gates_shut(
    rules: Any, step: str, case: Any, inputs: dict[str, Any], actor: Any, staff: Any
) -> list[str]:
    facts = conditions.facts_of(case, rules)
    return gates.check(step, gates.question(case, inputs, actor, staff, facts, rules))


def test_nobody_investigates_their_own_department(rules: Any) -> None:
    # S0-10
    seller, helper = _person("wang", "clerk", "goods"), _person("li.na", "clerk", "customer-service")
    case = _classified(rules, "goods.spoiled", about={"against": "goods"})
    assert _gates_shut(rules, "investigate", case, {}, seller, [seller, helper]) == ["independent-department"]
    assert _gates_shut(rules, "investigate", case, {}, helper, [seller, helper]) == []
    case["about"]["against"] = "li.na"
    assert "independent-person" in _gates_shut(rules, "investigate", case, {}, helper, [seller, helper])


def test_a_verdict_needs_findings_and_when_upheld_a_cause(rules: Any) -> None:
    # S0-11, S0-13
    boss = _person("boss", "manager")
    case = _classified(rules, "goods.label")
    shut = _gates_shut(rules, "investigate", case, {"verdict": "founded"}, boss, [boss])
    assert shut == ["findings-written", "cause-named"]
    told = {"verdict": "unfounded", "findings": "all in order"}
    assert _gates_shut(rules, "investigate", case, told, boss, [boss]) == []
    note = {"checks": [{"name": "listen", "outcome": "done"}]}
    assert _gates_shut(rules, "investigate", case, note, boss, [boss]) == []


def test_food_safety_needs_playbook_customer_and_evidence(rules: Any) -> None:
    # S0-11, S0-12, S2-4
    boss = _person("boss", "manager")
    case = _classified(rules, "goods.spoiled", flags=["food-safety"])
    told = {"verdict": "founded", "findings": "warm shelf", "cause": "goods.spoiled"}
    assert _gates_shut(rules, "investigate", case, told, boss, [boss]) == ["customer-heard", "playbook-done"]
    case["investigations"] = [{**told, "by": "boss", "at": case["classification"]["at"]}]
    assert _gates_shut(rules, "propose", case, {}, boss, [boss]) == ["evidence-kept"]


@pytest.mark.parametrize(
    ("leaf", "severity", "missing"),
    [
        ("goods.label", "minor", ["satisfied-first"]),
        ("goods.spoiled", "moderate", ["satisfied-first", "lesson-learnt", "prevention-named"]),
        ("service.attitude", "minor", ["satisfied-first", "disposition-named"]),
    ],
)
def test_closing_asks_more_of_what_was_graver(
    rules: Any, leaf: str, severity: str, missing: list[str]
) -> None:
    # S1b-7, S1a-8, S4-8
    boss = _person("boss", "manager")
    case = _classified(rules, leaf, "founded", severity=severity)
    assert _gates_shut(rules, "close", case, {"outcome": "satisfied"}, boss, [boss]) == missing
    assert _gates_shut(rules, "close", case, {"outcome": "withdrawn"}, boss, [boss]) == []


def test_a_large_agreement_is_signed(rules: Any) -> None:
    # S1e-5
    boss = _person("boss", "manager")
    case = _classified(rules, "goods.failed", "founded")
    remedy = {"kind": "refund", "amount": "500.00", "cost": "500.00"}
    case["proposals"] = [
        {"remedies": [remedy], "reason": "r", "by": "boss", "at": "2026-11-23T11:00:00+08:00"}
    ]
    agreed, signed = {"outcome": "agreed"}, {"outcome": "agreed", "agreement": "0123456789abcdef.pdf"}
    assert _gates_shut(rules, "respond", case, agreed, boss, [boss]) == ["agreement-signed"]
    assert _gates_shut(rules, "respond", case, signed, boss, [boss]) == []
    remedy["cost"] = "499.99"
    assert _gates_shut(rules, "respond", case, agreed, boss, [boss]) == []


@pytest.mark.parametrize(
    "roles", [["manager"], ["manager", "clerk"], ["manager", "vice-president", "head", *["clerk"] * 17]]
)
def test_a_shop_of_any_size_takes_a_case_to_its_end(rules: Any, roles: list[str]) -> None:
    staff = [_person(f"p{number}", role) for number, role in enumerate(roles)]
    boss, hand = staff[0], staff[-1]

    def at(actor: authority.Staff, time: str) -> workflow.Context:
        return _context(rules, actor, staff, time)

    case = _case(at(hand, "09:00"), price="12.90", against=boss["id"])
    case = handling.classify(case, at(hand, "09:05"), category="goods.spoiled")
    case = handling.assign(case, at(hand, "09:10"), to=hand["id"])
    verdict = {"findings": "warm shelf", "verdict": "founded", "cause": "goods.spoiled"}
    case = handling.investigate(case, at(hand, "10:00"), **verdict)
    plan = [("refund", "12.90", None)]
    case = solution.propose(case, at(hand, "10:10"), plan=plan, reason="spoiled")
    decider = boss if len(roles) < 3 else staff[2]
    if len(roles) == 2:  # the only other person is the one complained about
        with pytest.raises(Refused):
            solution.approve(case, at(hand, "10:15"))
    case = solution.approve(case, at(decider, "10:20"))
    case = solution.respond(case, at(hand, "10:30"), agreed=True)
    case = tasks.fulfil(case, at(hand, "10:40"))
    case = closing.follow_up(case, at(hand, "15:00"), satisfaction=4, method="phone")
    case = closing.close(case, at(hand, "15:10"), lesson="check the shelf", prevention="twice a day")
    assert case["state"] == "closed"
    assert case["investigations"][0].get("alone", False) == (len(roles) == 1)
    assert case["proposals"][0]["decision"].get("alone", False) == (len(roles) < 3)

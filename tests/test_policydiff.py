"""What differs between two policies, in words."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml12

from complaintctl import i18n, notice, policydiff, wording
from complaintctl.entrydiff import KINDS
from tests.rule_examples import a_policy, label

SUPERMARKET = Path(__file__).parent.parent / "policies" / "supermarket.yaml"
POLICIES = sorted(
    path for path in SUPERMARKET.parent.glob("*.yaml") if path.stem not in {"register", "staff", "calendar"}
)


@pytest.fixture
def old() -> Any:
    return yaml12.parse_yaml(SUPERMARKET.read_text(encoding="utf-8"))


@pytest.fixture
def new(old: Any) -> Any:
    """A copy of the old policy to change."""
    return copy.deepcopy(old)


def told(old: Any, new: Any, *kinds: str, language: str = "en") -> list[str]:
    """The changes in words, of some kinds (default: all but labels)."""
    wanted = kinds or tuple(kind for kind in KINDS if kind != "label")
    return [one.text for one in policydiff.changes(old, new, language) if one.kind in wanted]


def test_the_same_rules_have_no_difference(old: Any, new: Any) -> None:
    assert policydiff.changes(old, new, "en") == []


def test_another_version_and_its_history_are_no_difference(old: Any, new: Any) -> None:
    new["version"] = "2"
    new["changes"] = [{"version": "2", "at": "2026-11-22", "by": "boss", "reason": "tidied up"}]
    assert policydiff.changes(old, new, "en") == []


def test_a_shorter_clock_is_told_as_it_was_and_as_it_is(old: Any, new: Any) -> None:
    new["deadlines"]["reply"]["within"] = "3 business days"
    (change,) = policydiff.changes(old, new, "en")
    assert (
        change.text
        == "Deadline “our answer to your complaint” (reply): within 5 business days → 3 business days"
    )
    assert (change.kind, change.path) == ("changed", "$.deadlines.reply.within")
    assert (change.old, change.new) == ("5 business days", "3 business days")


def test_a_limit_is_told_as_what_a_role_may_grant(old: Any, new: Any) -> None:
    new["authority"]["ladder"][0]["limit"] = "100.00"
    del new["authority"]["ladder"][1]["limit"]
    assert told(old, new) == [
        "clerk may grant 50.00 → 100.00",
        "head of department may grant 500.00 → without limit",
    ]


def test_another_department_of_a_category_is_told(old: Any, new: Any) -> None:
    new["categories"]["goods.spoiled"]["department"] = "store"
    assert told(old, new) == ["Category “spoiled” (goods.spoiled): department goods → store operations"]


def test_a_new_reason_of_a_level_is_told_with_its_condition(old: Any, new: Any) -> None:
    new["levels"][1]["any"].append(
        {"label": {"en": "a lot of money"}, "when": {"cost": {"at_least": "500.00"}}}
    )
    assert told(old, new) == ["Level 2: new reason a lot of money: cost at least 500.00"]


def test_a_reason_that_asks_for_something_else_is_found_again_by_its_label(old: Any, new: Any) -> None:
    new["levels"][0]["any"][3]["when"] = {"affected": {"at_least": 5}}
    assert told(old, new) == [
        "Level 1, reason “ten or more customers affected”: when affected at least 10 → affected at least 5"
    ]


def test_a_reason_that_moves_to_another_level_is_gone_here_and_new_there(old: Any, new: Any) -> None:
    new["levels"][1]["any"].append(new["levels"][0]["any"].pop(0))
    assert told(old, new) == [
        "Level 1: no longer a reason: food safety: flags “food safety”",
        "Level 2: new reason food safety: flags “food safety”",
    ]


def test_entries_that_are_new_or_gone_are_told_with_what_they_say(old: Any, new: Any) -> None:
    new["remedies"]["voucher"] = {"label": {"en": "voucher"}, "amount": "required", "cost": "amount"}
    del new["deadlines"]["classify"]
    assert told(old, new, "added") == ["New remedy voucher: voucher; amount required; costs: amount"]
    (gone,) = told(old, new, "removed")
    assert gone.startswith(
        "No deadline classify any more: classification*; registered → classified within 4 hours"
    )


def test_what_an_entitlement_grants_is_told_remedy_by_remedy(old: Any, new: Any) -> None:
    remedies = new["entitlements"][0]["remedies"]
    remedies["gift"]["ceiling"]["amount"] = "30.00"
    del remedies["exchange"]
    remedies["discount"] = {"ceiling": {"price": "0.5"}}
    entitlement = "Entitlement “spoiled or expired goods” (spoiled-or-expired)"
    assert told(old, new) == [
        f"{entitlement}: no longer grants exchange",
        f"{entitlement}: gift ≤ 20.00 → ≤ 30.00",
        f"{entitlement}: now grants discount ≤ 0.5 × price",
    ]


def test_a_switch_that_was_not_there_was_off(old: Any, new: Any) -> None:
    new["deadlines"]["reply"]["rolls_over"] = True
    new["investigates_first"] = True
    assert told(old, new) == [
        "Policy: investigates first no → yes",
        "Deadline “our answer to your complaint” (reply): rolls over no → yes",
    ]


def test_what_was_not_asked_is_none(old: Any, new: Any) -> None:
    del new["deadlines"]["reply"]["stops_for"]
    new["authority"]["needs"][0]["role"] = "manager"
    assert told(old, new) == [
        "Deadline “our answer to your complaint” (reply): stops for the customer, a test, an authority → none",
        (
            "Need “A severe case is decided by a head of department or higher” (severe): "
            "role head of department → general manager"
        ),
    ]


def test_conditions_are_told_in_words(old: Any, new: Any) -> None:
    new["gates"][0]["when"] = {
        "severity": "severe",
        "not": {"any": [{"flags": "media"}, {"verdict": "founded"}]},
    }
    assert told(old, new) == [
        (
            "Gate “Nobody looks into a complaint against themselves” (independent-person): "
            "when always → severity “severe”, not (flags “in the media” or verdict “upheld”)"
        )
    ]


def test_another_order_is_told_where_it_means_something(old: Any, new: Any) -> None:
    new["severities"] = dict(reversed(new["severities"].items()))
    new["channels"] = dict(reversed(new["channels"].items()))
    assert told(old, new) == ["Severity, order: minor, moderate, severe → severe, moderate, minor"]


def test_labels_are_changes_of_their_own_kind_in_the_language_that_differs(old: Any, new: Any) -> None:
    new["remedies"]["gift"]["label"]["es"] = "regalo"
    new["vocabulary"]["states"]["closed"]["en"] = "done"
    assert told(old, new) == []
    assert told(old, new, "label") == [
        "Remedy gift: label “es: obsequio” → “es: regalo”",
        "Word for closed (states): “closed” → “done”",
    ]
    assert (
        told(old, new, "label", language="es")[0] == "Remedy “obsequio” (gift): label “obsequio” → “regalo”"
    )


FOOD = "Entitlement “food that is not safe, sold knowingly” (unsafe-food): law "


def test_a_law_is_said_in_the_language_of_the_reader(old: Any) -> None:
    rule = old["entitlements"][1]
    said = {tag: wording.law(rule, wording.Names((old,), tag)) for tag in ("en", "zh-CN", "es")}
    assert said["en"].endswith("pays first; Food Safety Law of China art. 148, 2015-10-01]")
    assert said["zh-CN"].startswith("[除赔偿损失外，")
    assert "《中华人民共和国食品安全法》第一百四十八条" in said["zh-CN"]
    assert "Ley de Seguridad Alimentaria de China, art. 148" in said["es"]
    rule["law"] |= {"text": "Ten times the price.", "source": "art. 148"}  # as it was once written
    for tag in said:
        assert wording.law(rule, wording.Names((old,), tag)).startswith("[Ten times the price; art. 148, ")


def test_a_law_in_more_languages_is_a_text_for_people(old: Any, new: Any) -> None:
    law = old["entitlements"][1]["law"]
    law["source"] = law["source"]["en"]
    assert told(old, new) == []
    (line,) = told(old, new, "label")
    assert line == FOOD + "“zh-CN: none” → “zh-CN: 《中华人民共和国食品安全法》第一百四十八条”"
    (line,) = told(old, new, "label", language="es")
    assert (
        "law “Food Safety Law of China art. 148” → “Ley de Seguridad Alimentaria de China, art. 148”" in line
    )


def test_a_law_as_plain_text_and_the_same_in_english_are_no_difference(old: Any, new: Any) -> None:
    old["entitlements"][1]["law"]["source"] = "art. 148"
    new["entitlements"][1]["law"]["source"] = {"en": "art. 148"}
    assert policydiff.changes(old, new, "en") == []


def test_another_law_is_a_change_that_every_reader_sees(old: Any, new: Any) -> None:
    new["entitlements"][1]["law"]["date"] = "2026-01-01"
    (line,) = told(old, new)
    assert line.startswith(FOOD + "[Besides the loss: ")
    assert line.endswith("art. 148, 2026-01-01]")
    assert line.count("Besides the loss") == 2
    new = copy.deepcopy(old)
    new["entitlements"][1]["law"]["text"]["en"] = "Twelve times."
    (line,) = told(old, new, language="zh-CN")  # which says the same in Chinese
    assert "→ [Twelve times; Food Safety Law" in line


def test_the_words_of_a_promise_are_a_label_and_its_time_is_not(old: Any, new: Any) -> None:
    new["channels"]["desk"]["promise"]["label"]["en"] = "Five minutes."
    assert told(old, new) == []
    new["channels"]["desk"]["promise"]["within"] = "4 minutes"
    assert told(old, new) == ["Channel “service desk” (desk): promise 5 minutes → 4 minutes"]


def test_checks_and_their_outcomes_are_compared(old: Any, new: Any) -> None:
    old["playbooks"]["price"]["checks"][0]["outcomes"] = {"same": {"label": {"en": "the same"}}}
    new["playbooks"]["price"]["checks"][0]["outcomes"] = {
        "same": {"label": {"en": "the same"}, "ends": True},
        "other": {"label": {"en": "another"}, "verdict": "founded", "cause": "price.wrong"},
    }
    assert told(old, new) == [
        "Playbook price: outcome of receipt “the same” (same): ends no → yes",
        "New playbook price: outcome of receipt other: another → upheld; wrong price",
    ]


def test_exclusions_and_rules_for_telling_are_compared() -> None:
    told_rule = {"name": "own-head", "label": label("tell"), "to": ["head-of-receiver"], "after": "received"}
    forbids = {"name": "misuse", "label": label("misuse"), "when": {}, "remedies": ["refund"]}
    one, other = (
        a_policy(tell=[told_rule]),
        a_policy(tell=[{**told_rule, "within": "2 hours"}], exclusions=[forbids]),
    )
    assert told(one, other) == [
        "Rule for telling “tell” (own-head): within none → 2 hours",
        "New exclusion misuse: misuse; forbids: refund",
    ]


@pytest.mark.slow
def test_every_change_of_a_policy_is_found(old: Any) -> None:
    """Whatever value is changed, wherever: some difference is told (the version and its history apart)."""
    unseen = []
    for path, value in _leaves(old):
        if path[0] in {"version", "changes"} or path[-1] in {"name", "level", "role"}:
            continue
        new = copy.deepcopy(old)
        _set(new, path, _another(value))
        if not policydiff.changes(old, new, "en"):
            unseen.append(path)
    assert unseen == []


def _leaves(node: Any, path: tuple[Any, ...] = ()) -> Any:
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else None
    if pairs is None:
        yield path, node
        return
    for key, value in pairs:
        yield from _leaves(value, (*path, key))


def _set(node: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value


def _another(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else f"{value}x"


def test_counts_have_every_kind() -> None:
    assert policydiff.counts([]) == dict.fromkeys(KINDS, 0)


@pytest.mark.parametrize("file", POLICIES, ids=[path.stem for path in POLICIES])
def test_every_shipped_policy_can_be_compared_with_the_supermarket(file: Path, old: Any) -> None:
    other = yaml12.parse_yaml(file.read_text(encoding="utf-8"))
    for language in ("en", "zh-CN", "es"):
        found = policydiff.changes(old, other, language)
        assert bool(found) == (other != old)
        assert all(one.text for one in found)
        assert [one for one in found if "{" in one.text and not one.path.startswith("$.letters.")] == []


def test_nothing_asked_is_none_in_words(old: Any) -> None:
    names = wording.Names((old,), "en")
    assert wording.plain(None, names) == wording.plain([], names) == "none"
    choice = {"any": [{"round": {"at_least": 2}}, {"missed": True, "flags": "media"}]}
    assert wording.plain(choice, names) == "round at least 2 or (missed yes, flags “in the media”)"
    assert wording.plain({"kind": "help", **choice}, names).startswith("kind “request for help”, (round at")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-CN", "类型 “投诉”，非（严重程度 “严重” 或 〔方案数 至少 1，非（调查结论 “成立”）〕）"),
        (
            "es",
            "tipo «reclamación», no (gravedad «grave» o (propuestas al menos 1, no (dictamen «procedente»)))",
        ),
    ],
)
def test_a_condition_has_the_labels_of_the_policy_and_brackets_that_can_be_told_apart(
    old: Any, language: str, said: str
) -> None:
    i18n.use(language)
    inner = {"proposals": {"at_least": 1}, "not": {"verdict": "founded"}}
    when = {"kind": "complaint", "not": {"any": [{"severity": "severe"}, inner]}}
    assert wording.plain(when, wording.Names((old,), language)) == said


@pytest.mark.parametrize("language", ["zh-CN", "es"])
@pytest.mark.parametrize("file", POLICIES, ids=[path.stem for path in POLICIES])
def test_a_policy_is_shown_without_ids_behind_the_one_of_the_entry(file: Path, language: str) -> None:
    """What an entry refers to has the label of what it means: ids stand before the colon alone."""
    i18n.use(language)
    policy = yaml12.parse_yaml(file.read_text(encoding="utf-8"))
    idents = {
        "food-safety",
        "goods.spoiled",
        "customer-service",
        "vice-president",
        "followed-up",
        "not-ours",
        "severe",
    }
    said_by_the_policy = "      ="  # what follows from an outcome may name ids, in its own words
    for line in notice.whole(policy, language):
        if line.startswith(said_by_the_policy):
            continue
        said = line.partition("：" if language == "zh-CN" else ": ")[2].partition("[")[0]
        assert not idents & set(re.split(r"[\s：；，、（）〔〕“”«»;,()]+", said)), line
        assert "（（" not in line

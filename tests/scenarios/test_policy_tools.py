"""Rules of one's own through the command line: written small, compared, tried, checked, saved, shown."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests import rules_in_docs
from tests.shop import START, Ran, Shop, run

TOP = Path(__file__).parent.parent.parent
POLICIES = TOP / "docs" / "policies.md"
SHIPPED = sorted(
    path.stem
    for path in (TOP / "policies").glob("*.yaml")
    if path.stem not in {"register", "staff", "calendar"}
)
RULES = "policies/supermarket.yaml"


def edit(shop: Shop, *pairs: tuple[str, str]) -> None:
    """Replace texts in the rules of a shop, each of which must be there."""
    file = shop.folder / RULES
    text = file.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")


def line_of(shop: Shop, text: str) -> int:
    """The line of the rules on which a text stands first."""
    lines = (shop.folder / RULES).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


SHORTER = ('within: "5 business days"', 'within: "1 business day"')
LOWER = ('limit: "50.00"', 'limit: "10.00"')


# -- the smallest rules


@pytest.fixture
def corner(tmp_path: Path) -> Path:
    """The smallest rules of the document, in a file."""
    text = POLICIES.read_text(encoding="utf-8")
    first = next(one for one in rules_in_docs.examples(text) if one.rules == "corner")
    file = tmp_path / "rules" / "corner.yaml"
    file.parent.mkdir()
    file.write_text(first.text, encoding="utf-8")
    return file


def init(folder: Path, policy: str, *more: str) -> Ran:
    return run(
        "--now",
        START,
        "init",
        str(folder),
        "--policy",
        policy,
        "--owner",
        "ann:Ann Lee <ann@shop.example>",
        *more,
    )


def test_a_shop_works_by_the_smallest_rules_from_intake_to_closing(corner: Path, tmp_path: Path) -> None:
    made = init(tmp_path / "shop", str(corner), "--language", "en")
    assert made.code == 0, made
    assert made.out.startswith(f"register {tmp_path / 'shop'} (corner, ")
    shop = Shop(tmp_path / "shop")
    assert shop.do("ann", "check") == ""
    case = shop.new("--channel", "desk", "--complaint", "It broke at once", "--price", "8.00", who="ann")
    settled = ("settle", case, "--remedy", "refund=8.00", "--reason", "broken", "--category", "goods")
    shop.do("ann", *settled, "--severity", "minor", "--satisfaction", "5")
    assert shop.show(case)["state"] == "closed"
    assert shop.show(case)["currency"] == "EUR"
    assert shop.do("ann", "report", "weekly", "--table", "category")


def test_a_file_that_is_wrong_is_told_with_its_lines_and_nothing_is_made(
    corner: Path, tmp_path: Path
) -> None:
    text = corner.read_text(encoding="utf-8").replace("department: shop", "department: cellar")
    corner.write_text(text.replace("- role: owner  ", "- role: boss  "), encoding="utf-8")
    made = init(tmp_path / "shop", str(corner))
    assert made.code == 3
    assert re.search(
        r"corner\.yaml:\d+: \$\.categories\.goods\.department: there is no cellar among", made.err
    )
    assert re.search(
        r"corner\.yaml:\d+: \$\.authority\.ladder\[0\]\.role: the policy has no role boss", made.err
    )
    assert not (tmp_path / "shop").exists()


def test_a_file_that_is_not_there_or_has_the_name_of_another_document(corner: Path, tmp_path: Path) -> None:
    assert init(tmp_path / "shop", "./nowhere.yaml").code == 2
    corner.write_text(
        corner.read_text(encoding="utf-8").replace("name: corner", "name: staff"), encoding="utf-8"
    )
    made = init(tmp_path / "shop", str(corner))
    assert (made.code, "cannot have the name staff" in made.err) == (2, True)
    assert not (tmp_path / "shop").exists()


def test_a_path_is_meant_from_the_folder_of_the_command(corner: Path, tmp_path: Path) -> None:
    made = run("-C", str(corner.parent), "--now", START, "init", str(tmp_path / "shop"), "--policy", "./corner.yaml",
               "--owner", "ann:Ann Lee <ann@shop.example>")  # fmt: skip
    assert made.code == 0, made


# -- diff


def test_what_was_edited_is_told_in_words_and_nothing_is_changed(shop: Shop) -> None:
    edit(shop, SHORTER, LOWER)
    before = shop.snapshot()
    assert shop.do("li.na", "policy", "diff").splitlines() == [
        "Deadline “our answer to your complaint” (reply): within 5 business days → 1 business day",
        "clerk may grant 50.00 → 10.00",
    ]
    assert shop.snapshot() == before


def test_an_earlier_version_is_compared_by_its_name(shop: Shop) -> None:
    edit(shop, LOWER)
    shop.do("boss", "policy", "save", "--reason", "less")
    lines = ["clerk may grant 50.00 → 10.00"]
    assert shop.do("li.na", "policy", "diff", "supermarket-1").splitlines() == lines
    assert shop.do("li.na", "policy", "diff", "supermarket-1", "supermarket-2").splitlines() == lines
    assert shop.do("li.na", "policy", "diff", "supermarket-2", "supermarket-1").splitlines() == [
        "clerk may grant 10.00 → 50.00"
    ]
    assert shop.do("li.na", "policy", "diff") == ""


def test_texts_are_counted_and_listed_when_asked_for(shop: Shop) -> None:
    edit(shop, ('en: "refund"', 'en: "money back"'), ('en: "exchange"', 'en: "another piece"'))
    assert shop.do("li.na", "policy", "diff") == "2 texts for people are others (--full lists them).\n"
    assert "Remedy refund: label “refund” → “money back”" in shop.do("li.na", "policy", "diff", "--full")


def test_markdown_and_json_are_for_a_review(shop: Shop) -> None:
    edit(shop, SHORTER)
    assert shop.do("li.na", "policy", "diff", "--format", "markdown").splitlines() == [
        "## Rules: supermarket 1 → policies/supermarket.yaml",
        "",
        "- Deadline “our answer to your complaint” (reply): within 5 business days → 1 business day",
    ]
    document = json.loads(shop.do("li.na", "policy", "diff", "--json"))
    assert document["old"] == {"name": "supermarket", "version": "1", "source": "supermarket 1"}
    assert document["counts"]["changed"] == 1
    assert document["changes"] == [
        {
            "kind": "changed",
            "path": "$.deadlines.reply.within",
            "text": "Deadline “our answer to your complaint” (reply): within 5 business days → 1 business day",
            "old": "5 business days",
            "new": "1 business day",
        }
    ]


def test_two_files_are_compared_outside_of_a_register(tmp_path: Path) -> None:
    text = (TOP / RULES).read_text(encoding="utf-8")
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(text.replace(*LOWER), encoding="utf-8")
    ran = run("-C", str(tmp_path), "policy", "diff", "a.yaml", "./b.yaml")
    assert (ran.code, ran.out) == (0, "clerk may grant 50.00 → 10.00\n")
    assert run("-C", str(tmp_path), "policy", "diff", "supermarket", "b.yaml").out == ran.out


@pytest.mark.parametrize("named", ["nobody", "supermarket-9", "register", "./nowhere.yaml", "x.yml"])
def test_rules_that_are_not_there_are_a_wrong_use(shop: Shop, named: str) -> None:
    for verb in ("diff", "try", "show"):
        assert shop.refuse(2, "li.na", "policy", verb, named).err.startswith("Error: ")


def test_a_broken_file_is_told_with_its_lines(shop: Shop) -> None:
    edit(shop, ("until: approved", "until: answered"))
    ran = shop.refuse(3, "li.na", "policy", "diff")
    assert f"{RULES}:{line_of(shop, 'until: answered')}: $.deadlines.reply.until: must be one of" in ran.err


# -- try


def test_what_would_have_come_out_differently_is_told_case_by_case(shop: Shop) -> None:
    case = shop.proposed("refund=12.90")
    shop.wait(days=3)
    edit(shop, SHORTER, LOWER)
    before = shop.snapshot()
    lines = shop.do("sun.min", "policy", "try", RULES).splitlines()
    assert lines[0] == "1 of 1 cases would have come out differently."
    summary = [re.split(r"  +", line.strip()) for line in lines[3 : lines.index("")]]
    assert ["clock", "reply: waiting → missed", "1"] in summary
    assert any(re.match(rf"{case} +clock +reply +waiting, due .* 24:00 +missed, due", line) for line in lines)
    assert shop.snapshot() == before


def test_the_same_as_data(shop: Shop) -> None:
    case = shop.proposed("refund=12.90")
    edit(shop, ('refund: {ceiling: {price: "1"}}', 'refund: {ceiling: {price: "0.1"}}'))
    found = json.loads(shop.do("sun.min", "policy", "try", RULES, "--json"))
    assert set(found) == {"policy", "cases", "affected", "counts", "changes", "differences"}
    assert (found["cases"], found["affected"]) == (1, 1)
    assert found["counts"]["entitlement"] == 1
    (one,) = [one for one in found["differences"] if one["kind"] == "entitlement"]
    assert one == {
        "case": case,
        "kind": "entitlement",
        "what": "proposal 1: refund",
        "was": "spoiled-or-expired",
        "would": "exception",
        "change": "refund: spoiled-or-expired → exception",
    }
    assert found["changes"][0]["change"] == "clerk → head of department"


def test_a_case_goes_on_by_the_rules_it_was_received_under_and_is_tried_against_those_in_force(
    shop: Shop,
) -> None:
    first = shop.new()
    edit(shop, SHORTER)
    shop.do("boss", "policy", "save", "--reason", "faster")
    shop.wait(minutes=5)
    second = shop.new(*("--channel", "desk", "--complaint", "dear"))
    found = json.loads(shop.do("li.na", "policy", "try", "supermarket", "--json"))
    assert {one["case"] for one in found["differences"]} == {first}
    back = json.loads(shop.do("li.na", "policy", "try", "supermarket-1", "--json"))
    assert {one["case"] for one in back["differences"]} == {second}


def test_only_cases_since_a_day(shop: Shop) -> None:
    shop.new()
    shop.wait(days=2)
    later = shop.new(*("--channel", "desk", "--complaint", "dear"))
    edit(shop, SHORTER)
    found = json.loads(shop.do("li.na", "policy", "try", RULES, "--since", "2026-11-18", "--json"))
    assert (found["cases"], {one["case"] for one in found["differences"]}) == (1, {later})
    assert shop.refuse(2, "li.na", "policy", "try", RULES, "--since", "yesterday")


def test_nothing_different_is_said_on_the_side(shop: Shop) -> None:
    shop.new()
    ran = shop.run("li.na", "policy", "try", "supermarket")
    assert (ran.code, ran.out, ran.err) == (0, "", "1 cases; nothing would have come out differently.\n")


def test_rules_that_break_the_rules_for_rules_are_not_tried(shop: Shop) -> None:
    edit(shop, ("playbook: goods-quality", "playbook: goods-qualms"))
    ran = shop.refuse(3, "li.na", "policy", "try", RULES)
    assert f"{RULES}:{line_of(shop, 'goods-qualms')}: $.categories." in ran.err


def test_a_case_that_cannot_be_read_is_named(shop: Shop) -> None:
    case = shop.new()
    shop.new(*("--channel", "desk", "--complaint", "dear"))
    file = next(shop.folder.glob(f"cases/*/*/{case}.yaml"))
    file.write_text("id: broken\n", encoding="utf-8")
    shop.git("-c", "user.name=x", "-c", "user.email=x@y.example", "commit", "-qam", "broke it")
    edit(shop, SHORTER)
    ran = shop.run("li.na", "policy", "try", RULES)
    assert ran.code == 3
    assert case in ran.err
    assert ran.out.startswith("1 of 1 cases")


# -- check and save


def test_check_tells_all_slips_of_a_policy_at_once_with_their_lines(shop: Shop) -> None:
    edit(shop, ("playbook: goods-quality", "playbook: goods-qualms"), ("role: vice-president", "role: king"))
    ran = shop.run("li.na", "check")
    assert ran.code == 7
    told = ran.out.splitlines()
    assert any(
        one.startswith(f"{RULES}:{line_of(shop, 'goods-qualms')}: $.categories.goods.failed.playbook")
        for one in told
    )
    assert any(
        one.startswith(f"{RULES}:{line_of(shop, 'role: king')}: $.authority.ladder[2].role") for one in told
    )


def test_save_refuses_what_check_tells_with_the_same_lines(shop: Shop) -> None:
    edit(shop, ("playbook: goods-quality", "playbook: goods-qualms"))
    told = [line for line in shop.run("li.na", "check").out.splitlines() if "qualms" in line]
    ran = shop.refuse(3, "boss", "policy", "save", "--reason", "a slip")
    assert told
    assert all(line in ran.err for line in told)


def test_what_may_be_meant_so_is_shown_and_does_not_count(shop: Shop) -> None:
    hug = "  hug:\n    label: {en: hug, zh-CN: 拥抱, es: abrazo}\n    amount: none\n    cost: none\n"
    edit(shop, ("remedies:\n  refund:", f"remedies:\n{hug}  refund:"))
    shop.do("boss", "policy", "save", "--reason", "hugs")
    ran = shop.run("li.na", "check")
    assert ran.code == 0
    assert ran.out == (
        f"{RULES}:{line_of(shop, '  hug:')}: $.remedies.hug:"
        " no entitlement grants it and it is not free: it can only be an exception (worth a look)\n"
    )
    assert "0 problems" in ran.err
    assert shop.run("li.na", "check", "--format", "github").out.startswith("::warning file=")
    (one,) = json.loads(shop.do("li.na", "check", "--json"))["problems"]
    assert one["kind"] == "doubt"


def test_an_earlier_version_that_nobody_can_mend_is_left_in_peace(shop: Shop) -> None:
    shop.new()
    edit(shop, LOWER)
    shop.do("boss", "policy", "save", "--reason", "less")
    past = shop.folder / "policies" / "past" / "supermarket-1.yaml"
    assert past.is_file()
    assert shop.run("li.na", "check").code == 0


# -- list and show


def test_every_rule_set_is_listed_in_a_line(shop: Shop) -> None:
    rows = json.loads(shop.do("li.na", "policy", "list", "--json"))
    assert [row["name"] for row in rows if row["shipped"]] == [
        "supermarket",
        *(n for n in SHIPPED if n != "supermarket"),
    ]
    assert [row["name"] for row in rows if row["in_force"]] == ["supermarket"]
    assert all(row["label"] for row in rows)
    assert len(shop.do("li.na", "policy", "list").splitlines()) == len(rows) + 2


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_rule_set_is_shown_in_full_and_as_data(name: str, tmp_path: Path) -> None:
    ran = run("-C", str(tmp_path), "policy", "show", name)
    assert ran.code == 0, ran
    policy = run("-C", str(tmp_path), "policy", "show", name, "--json").json
    for kind in ("channels", "departments", "categories", "deadlines", "remedies", "steps", "playbooks"):
        assert all(f"  {ident}: " in ran.out for ident in policy[kind]), kind
    for kind in ("entitlements", "gates", "tell", "exclusions"):
        assert all(f"  {one['name']}: " in ran.out for one in policy.get(kind, ())), kind
    assert "{" not in ran.out


def test_all_new_parts_of_rules_are_shown(shop: Shop, tmp_path: Path) -> None:
    text = POLICIES.read_text(encoding="utf-8")
    whole: Any = None
    for one in rules_in_docs.examples(text):
        if one.rules == "corner":
            whole = one.policy
    whole |= {
        "applies_to": {"en": "shops at a corner"},
        "reports": {"owner": "shop"},
        "executors": {"keeper": {"label": {"en": "keeper of the till"}}},
        "exclusions": [{"name": "misuse", "label": {"en": "misuse"}, "when": {}, "remedies": ["refund"]}],
    }
    whole["departments"]["shop"]["head"] = "owner"
    whole["playbooks"]["others"] = {"label": {"en": "others"}, "as": "goods", "executor": ["keeper"]}
    whole["deadlines"]["next-word"] = {"label": {"en": "next word"}, "date": "again_on", "until": "told"}
    whole["vocabulary"]["customer_types"] = {"trade": {"en": "trade"}}
    file = tmp_path / "rules.yaml"
    file.write_text(json.dumps(whole), encoding="utf-8")
    out = shop.do("li.na", "policy", "show", str(file))
    for line in (
        "for: shops at a corner",
        "  shop: shop; head: owner",
        "  keeper: keeper of the till",
        "  next-word: next word; until told, by the day named in day to contact again",
        "  misuse: misuse; forbids: refund",
        "      = elsewhere: bought elsewhere → unfounded; ends the list",
        "  others: others; the checks of goods at fault; carried out by keeper of the till",
        "  reports are drawn up by: shop",
        "  trade: trade",
    ):
        assert line in out.splitlines(), line
    assert "; once classified: tell owner within 1 hour; when flags “somebody was hurt”\n" in out


def test_an_earlier_version_is_shown_by_its_name(shop: Shop) -> None:
    edit(shop, LOWER)
    shop.do("boss", "policy", "save", "--reason", "less")
    assert "up to 50.00 CNY" in shop.do("li.na", "policy", "show", "supermarket-1")
    assert "up to 10.00 CNY" in shop.do("li.na", "policy", "show")
    assert "2026-11-16  boss: less" in shop.do("li.na", "policy", "show")

"""Through the command line: playbooks that lead, what is not covered, days that are promised, tasks understood."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest

from tests.shop import MILK, Shop, kept_folder

# What a shop that sells and makes to order adds to the rules of the supermarket; each text in three languages.
ADDED = {
    "\nexecutors:\n": """
  optometrist: {label: {en: "optometrist", zh-CN: "验光师", es: "optometrista"}}
  seller: {label: {en: "seller", zh-CN: "销售员", es: "vendedor"}}
  fitter: {label: {en: "fitter", zh-CN: "校配员", es: "ajustador"}}
""",
    "\nplaybooks:\n": """
  made-to-order:
    label: {en: "made to order", zh-CN: "定制商品", es: "hecho a medida"}
    executor: [optometrist, seller]
    source: "S1a-4"
    checks:
      - name: hear
        label: {en: "Hear the symptoms", zh-CN: "听取症状", es: "Escuchar los síntomas"}
      - name: fit
        label: {en: "Does it sit well?", zh-CN: "校配是否标准", es: "¿Ajusta bien?"}
        executor: [fitter]
        outcomes:
          well: {label: {en: "sits well", zh-CN: "标准", es: "ajusta bien"}}
          badly:
            label: {en: "badly fitted", zh-CN: "校配不当", es: "mal ajustado"}
            ends: true
            note: {en: "Fit it again while they wait.", zh-CN: "当场重新校配。", es: "Reajustar en el acto."}
      - name: order
        label: {en: "As ordered?", zh-CN: "与定单相符?", es: "¿Según el pedido?"}
        outcomes:
          same: {label: {en: "as ordered", zh-CN: "相符", es: "según el pedido"}}
          workshop:
            label: {en: "workshop error", zh-CN: "加工失误", es: "error de taller"}
            ends: true
            verdict: founded
            cause: goods.failed
            remedies: [exchange, refund]
            note: {en: "Thank them for the patience.", zh-CN: "感谢顾客耐心。", es: "Agradecer la paciencia."}
      - name: conclude
        label: {en: "Weigh all of it", zh-CN: "综合判断", es: "Valorar todo"}
  made-elsewhere:
    label: {en: "made elsewhere", zh-CN: "外厂定制", es: "hecho fuera"}
    as: made-to-order
    executor: [seller]
    source: "S1a-4"
""",
    "\nexclusions:\n": """
  - name: dropped
    label: {en: "dropped or pressed", zh-CN: "撞击或压迫", es: "golpeado o aplastado"}
    when: {cause: goods.failed}
    confirm: [hard-blow]
    remedies: [refund, exchange]
    source: "S1a-6, W4"
  - name: unfounded-label
    label: {en: "a wrong label alone is not refunded", zh-CN: "仅标签错误不退款", es: "solo etiqueta: no se reembolsa"}
    when: {category: goods.label, cause: goods.label}
    remedies: [refund]
    source: "S1a-6"
""",
    "\nconfirmations:\n": """
  hard-blow: {label: {en: "a hard blow broke it", zh-CN: "受较大外力", es: "un golpe fuerte"}, source: "W4"}
""",
    "\ngates:\n": """
  - name: tasks-understood
    step: fulfil
    requires: acknowledged
    label: {en: "Tasks are understood first.", zh-CN: "任务须先确认。", es: "Las tareas se aceptan antes."}
    source: "S4-10"
  - name: promise-giver
    step: investigate
    requires: promise-giver
    label: {en: "Say who promised.", zh-CN: "须注明承诺人。", es: "Decir quién prometió."}
    when: {flags: unauthorised-promise, verdict: [founded, partly]}
    source: "S4-9"
  - name: weighed
    step: investigate
    requires: grounds
    label: {en: "Grounds and demand are weighed.", zh-CN: "须判断理由与要求。", es: "Se valoran motivos y petición."}
    when: {verdict: [founded, partly], severity: severe}
    source: "S1b-10"
  - name: purpose-known
    step: investigate
    requires: purpose
    label: {en: "Know what they are after.", zh-CN: "须了解投诉目的。", es: "Saber qué se busca."}
    when: {verdict: [founded, partly], severity: severe}
    source: "S1b-12"
  - name: contained
    step: propose
    requires: containment
    label: {en: "Limit the harm first.", zh-CN: "须先控制损失。", es: "Primero limitar el daño."}
    when: {severity: severe}
    source: "W26"
  - name: collected
    step: propose
    requires: collector
    label: {en: "Evidence has its collector.", zh-CN: "证据须有收集人。", es: "La prueba tiene responsable."}
    source: "S4-3"
""",
}
LENSES = (
    "--channel", "desk", "--customer", "王女士", "--phone", "13800001234", "--product", "glasses", "--price", "300.00",
    "--purchased-on", "2026-11-10", "--complaint", "everything swims", "--demand", "exchange",
)  # fmt: skip


def added(rules: str) -> str:
    """The rules of the supermarket with what such a shop adds; sections that are missing are begun."""
    for heading, text in ADDED.items():
        if heading not in rules:
            rules = rules.replace("\nroles:\n", f"{heading}{text.strip(chr(10))}\n\nroles:\n", 1)
        else:
            rules = rules.replace(heading, heading + text.strip("\n") + "\n", 1)
    for category, playbook in (("goods.failed", "made-to-order"), ("goods.label", "made-elsewhere")):
        head, mark, tail = rules.partition(f"\n  {category}:\n")
        rules = head + mark + tail.replace("playbook: goods-quality", f"playbook: {playbook}", 1)
    head, mark, tail = rules.partition("\n  substitute:\n")
    return head + mark + tail.replace("    cost: ", "    date: required\n    cost: ", 1)


@functools.cache
def _template() -> Shop:
    shop = Shop.make(kept_folder() / "shop")
    path = shop.folder / "policies" / "supermarket.yaml"
    path.write_text(added(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    shop.do("boss", "policy", "save", "--reason", "made to order")
    shop.do("boss", "staff", "edit", "zhao.wei", "--duty", "optometrist", "--duty", "seller")
    shop.do("boss", "staff", "edit", "chen.jie", "--duty", "fitter")
    shop.do("", "list")  # the copies have an index that knows these rules
    return shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """The test shop with rules that lead through a playbook."""
    return _template().copy(tmp_path / "shop")


def taken(shop: Shop, category: str = "goods.failed", *more: str) -> str:
    """A case that waits to be investigated by zhao.wei."""
    case = shop.new(*LENSES)
    shop.do("li.na", "classify", case, "--category", category, *more)
    shop.do("li.na", "assign", case, "--to", "zhao.wei")
    shop.do("li.na", "contact", case, "--by", "phone", "--note", "we look into it")
    return case


def checked(shop: Shop, case: str, *outcomes: str, who: str = "zhao.wei") -> str:
    """Checks recorded one command each; what the last one said on stderr."""
    for outcome in outcomes:
        ran = shop.run(who, "investigate", case, "--check", outcome)
        assert ran.code == 0, ran
    return ran.err


def upheld(shop: Shop, case: str, *more: str) -> None:
    shop.do("zhao.wei", "investigate", case, "--findings", "4 mm off", "--verdict", "founded", "--cause", "goods.failed",
            "--statement", "customer: it swims", *more)  # fmt: skip


# -- the playbook leads


def test_the_next_check_is_named_with_its_owner_and_its_outcomes(shop: Shop) -> None:
    # S1a-4, S1a-13
    case = taken(shop)
    shown = shop.do("zhao.wei", "investigate", case, "--next")
    assert shown.startswith("Next check: hear: Hear the symptoms (optometrist, seller: 赵伟)\n")
    said = checked(shop, case, "hear=headache since Monday")
    assert said == "Next check: fit: Does it sit well? (fitter: 陈杰)\n"
    before = shop.commits()
    shown = shop.do("zhao.wei", "investigate", case)  # nothing given, nobody to ask: it looks
    assert shop.commits() == before
    assert "  well: sits well\n  badly: badly fitted\n" in shown
    assert f"complaintctl investigate {case} --check fit=well|badly" in shown


def test_a_script_gets_the_playbook_as_data(shop: Shop) -> None:
    # S1a-4
    case = taken(shop)
    checked(shop, case, "hear=headache", "fit=well: nose pads are fine")
    found: Any = json.loads(shop.do("", "investigate", case, "--next", "--json"))
    assert shop.show(case)["playbook"] == found
    assert (found["name"], found["next"], found["ended"], found["suggests"]) == (
        "made-to-order",
        "order",
        False,
        {},
    )
    hear, fit, order, conclude = found["checks"]
    assert (hear["outcome"], hear["executor"], hear["outside_duty"]) == (
        "headache",
        ["optometrist", "seller"],
        False,
    )
    assert (fit["outcome"], fit["by"], fit["outside_duty"]) == ("well: nose pads are fine", "zhao.wei", True)
    assert (order["done"], order["outcomes"]) == (False, {"same": "as ordered", "workshop": "workshop error"})
    assert not conclude["done"]


def test_an_outcome_that_explains_the_problem_ends_the_list_and_says_what_to_conclude(shop: Shop) -> None:
    # S1a-4, S1a-16
    case = taken(shop)
    said = checked(shop, case, "hear=headache", "fit=well", "order=workshop: centres 4 mm off")
    assert said.splitlines() == [
        "Thank them for the patience.",
        "Suggested: --verdict founded (upheld); --cause goods.failed (failed in use); then propose: exchange, refund",
    ]
    shown = shop.do("", "show", case)
    assert (
        "[x] 3 order: As ordered?\n        workshop error: centres 4 mm off (zhao.wei, 2026-11-16)\n" in shown
    )
    assert "[ ] 4 conclude: Weigh all of it\n  The rest is not needed" in shown
    upheld(shop, case)
    assert shop.show(case)["playbook"]["next"] is None


def test_a_check_out_of_order_is_refused_and_the_next_one_is_named(shop: Shop) -> None:
    # S1a-4
    case = taken(shop)
    refused = shop.refuse(1, "zhao.wei", "investigate", case, "--check", "order=same")
    assert "“As ordered?” has to wait; “Hear the symptoms” comes before it" in refused.err
    assert "--check hear=…" in refused.err
    checked(shop, case, "hear=headache")
    refused = shop.refuse(
        1, "zhao.wei", "investigate", case, "--check", "conclude=all well", "--check", "order=same"
    )
    assert "--check fit=well|badly" in refused.err
    shop.do(
        "zhao.wei", "investigate", case, "--check", "order=same", "--check", "fit=well"
    )  # together: in order
    checked(shop, case, "batch=a check of another playbook may be made at any time", "conclude=habit")


def test_a_list_to_tick_off_is_ticked_off_in_any_order(shop: Shop) -> None:
    # S1a-4
    case = taken(shop, "service.attitude")
    said = checked(shop, case, "witnesses=camera of till 4", who="chen.jie")
    assert said.startswith("Next check: listen")


def test_an_outcome_is_one_that_the_check_names(shop: Shop) -> None:
    # S1a-4
    case = taken(shop)
    checked(shop, case, "hear=headache")
    refused = shop.refuse(2, "zhao.wei", "investigate", case, "--check", "fit=rather well")
    assert "fit=well (sits well), fit=badly (badly fitted)" in refused.err
    refused = shop.refuse(2, "zhao.wei", "investigate", case, "--check", "fti=well")
    assert "one of: fit" in refused.err


def test_the_same_checks_may_be_anothers(shop: Shop) -> None:
    # S1a-4, S1a-13: as made-to-order, carried out by sellers, but the fit stays the fitter's
    case = taken(shop, "goods.label")
    checks = shop.show(case)["playbook"]["checks"]
    assert [(one["name"], one["executor"]) for one in checks] == [
        ("hear", ["seller"]),
        ("fit", ["fitter"]),
        ("order", ["seller"]),
        ("conclude", ["seller"]),
    ]


def test_a_check_made_by_somebody_else_is_shown_not_refused(shop: Shop) -> None:
    # S1a-13
    case = taken(shop)
    checked(shop, case, "hear=headache", "fit=well")
    shown = shop.do("", "show", case)
    assert "        sits well (zhao.wei, 2026-11-16, not among their duties)\n" in shown
    assert "        headache (zhao.wei, 2026-11-16)\n" in shown


def test_a_duty_is_one_of_the_rules(shop: Shop) -> None:
    # S1a-13
    refused = shop.refuse(2, "boss", "staff", "edit", "li.na", "--duty", "welder")
    assert "--duty: must be an executor of the policy (optometrist, seller, fitter)" in refused.err
    assert "optometrist, seller" in shop.do("", "staff", "list")


def test_a_case_without_a_playbook_says_so(tmp_path: Path, shop: Shop) -> None:
    case = shop.new(*MILK)
    ran = shop.run("li.na", "investigate", case, "--next")
    assert (ran.code, ran.out) == (0, "")
    assert "has no playbook" in ran.err
    assert json.loads(shop.do("li.na", "investigate", case, "--next", "--json")) is None
    shop.refuse(2, "li.na", "investigate", case)
    shop.refuse(2, "li.na", "investigate", case, "--next", "--findings", "x")


# -- the verdict


def test_the_verdict_says_what_they_are_after_and_whether_it_is_reasonable(shop: Shop) -> None:
    # S1b-10, S1b-12, W26
    case = taken(shop, "goods.failed", "--severity", "severe")
    words = ("investigate", case, "--findings", "x", "--verdict", "founded", "--cause", "goods.failed",
             "--statement", "customer: it swims")  # fmt: skip
    refused = shop.refuse(1, "zhao.wei", *words)
    assert "--grounds" in refused.err
    refused = shop.refuse(1, "zhao.wei", *words, "--grounds", "sufficient", "--demand", "partly")
    assert "--purpose" in refused.err
    shop.do("zhao.wei", *words, "--grounds", "sufficient", "--demand", "partly", "--purpose", "to see well again",
            "--loss", "120")  # fmt: skip
    entry = shop.show(case)["investigations"][-1]
    assert (entry["grounds"], entry["demand"], entry["purpose"], entry["loss"]) == (
        "sufficient",
        "partly",
        "to see well again",
        "120.00",
    )
    shown = shop.do("", "show", case)
    assert "purpose: to see well again" in shown
    assert "loss: 120.00 CNY" in shown
    refused = shop.refuse(1, "zhao.wei", "propose", case, "--remedy", "apology", "--reason", "x")
    assert "--containment" in refused.err


def test_whoever_promised_without_authority_is_named(shop: Shop) -> None:
    # S4-9, S4-3
    case = taken(shop, "goods.failed", "--flag", "unauthorised-promise")
    words = ("investigate", case, "--findings", "x", "--verdict", "founded", "--cause", "goods.failed",
             "--statement", "customer: it swims")  # fmt: skip
    refused = shop.refuse(1, "zhao.wei", *words)
    assert "--promised-by" in refused.err
    shop.refuse(2, "zhao.wei", *words, "--promised-by", "nobody")
    shop.refuse(2, "zhao.wei", *words, "--promised-by", "li.na", "--loss", "1.234")
    shop.do("zhao.wei", *words, "--promised-by", "li.na")
    assert "promised by: li.na" in shop.do("", "show", case)


def test_evidence_has_somebody_who_answers_for_it(shop: Shop, tmp_path: Path) -> None:
    # S4-3
    case = taken(shop)
    upheld(shop, case)
    photo = tmp_path / "lens.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0 a lens")
    shop.do("li.na", "evidence", "add", case, str(photo))
    refused = shop.refuse(1, "zhao.wei", "propose", case, "--remedy", "exchange", "--reason", "x")
    assert "--collected-by" in refused.err
    shop.do("li.na", "evidence", "add", case, str(photo), "--collected-by", "chen.jie")
    assert [one["collected_by"] for one in shop.show(case)["evidence"]] == ["chen.jie"]
    again = shop.run("li.na", "evidence", "add", case, str(photo), "--collected-by", "li.na")
    assert (again.code, shop.show(case)["evidence"][0]["collected_by"]) == (0, "chen.jie")  # said once
    shop.do("zhao.wei", "propose", case, "--remedy", "exchange", "--reason", "x")
    assert shop.run("", "check").code == 0


# -- what is not covered


def test_what_is_not_covered_is_refused_by_name_and_possible_as_an_exception(shop: Shop) -> None:
    # S1a-6, W1, W3, W4
    case = taken(shop)
    upheld(shop, case)
    words = ("propose", case, "--remedy", "exchange", "--reason", "it broke")
    assert "exchange: allowed by the rule" in shop.run("zhao.wei", *words, "--dry-run").err
    assert "not if a hard blow broke it (hard-blow) is confirmed (dropped or pressed)" in shop.do(
        "", "show", case
    )
    refused = shop.refuse(1, "zhao.wei", *words, "--confirm", "hard-blow")
    assert (
        "“exchange” is excluded by the rule “dropped or pressed” (confirmed: “a hard blow broke it”)"
        in refused.err
    )
    assert "--exception" in refused.err
    tried = shop.run(
        "zhao.wei", *words, "--confirm", "hard-blow", "--exception", "an old customer", "--dry-run"
    )
    assert "exchange: an exception; excluded by the rule “dropped or pressed”" in tried.err
    shop.do("zhao.wei", *words, "--confirm", "hard-blow", "--exception", "an old customer")
    proposal = shop.show(case)["proposals"][-1]
    assert "rule" not in proposal["remedies"][0]
    assert proposal["exception"] == "an old customer"


def test_an_exclusion_leaves_other_remedies_alone(shop: Shop) -> None:
    # S1a-6
    case = taken(shop, "goods.label")
    shop.do("zhao.wei", "investigate", case, "--findings", "x", "--verdict", "founded", "--cause", "goods.label",
            "--statement", "customer: says 500 g")  # fmt: skip
    refused = shop.refuse(1, "zhao.wei", "propose", case, "--remedy", "refund=300.00", "--reason", "x")
    assert "“refund” is excluded by the rule “a wrong label alone is not refunded”." in refused.err
    shop.do("zhao.wei", "propose", case, "--remedy", "exchange", "--remedy", "apology", "--reason", "x")


# -- what is promised with a remedy, and who does what


def test_a_remedy_carries_its_steps_and_the_day_it_is_expected(shop: Shop) -> None:
    # S2-11, S1a-12, S1a-14
    case = taken(shop)
    upheld(shop, case)
    words = (
        "propose",
        case,
        "--remedy",
        "exchange",
        "--remedy",
        "substitute",
        "--reason",
        "x",
        "--exception",
        "y",
    )
    refused = shop.refuse(2, "zhao.wei", *words)
    assert "--expected substitute=2026-12-01" in refused.err
    refused = shop.refuse(2, "zhao.wei", *words, "--expected", "substitute=2026-11-15")
    assert "2026-11-15 is over" in refused.err
    shop.refuse(2, "zhao.wei", *words, "--expected", "substitute=soon")
    shop.refuse(2, "zhao.wei", *words, "--expected", "substitute=2026-11-20", "--how", "repair=by post")
    shop.do(
        "zhao.wei",
        *words,
        "--expected",
        "substitute=2026-11-20",
        "--how",
        "exchange=new lenses are ground first",
    )
    first, second = shop.show(case)["proposals"][-1]["remedies"]
    assert (first["how"], second["expected_on"]) == ("new lenses are ground first", "2026-11-20")
    assert "(expected on 2026-11-20)" in shop.do("", "show", case)


def tasked(shop: Shop) -> str:
    """An agreed case with two tasks: the second is chen.jie's."""
    case = taken(shop)
    upheld(shop, case)
    shop.do("zhao.wei", "propose", case, "--remedy", "exchange", "--reason", "x", "--task", "store: grind new lenses",
            "--task", "goods: call the supplier", "--task-who", "2=chen.jie", "--task-due", "2=2026-11-20",
            "--task-needs", "1=two blanks")  # fmt: skip
    shop.do("boss", "approve", case)
    shop.do("li.na", "respond", case, "--agreed")
    return case


def test_a_task_says_who_by_when_and_what_it_takes(shop: Shop) -> None:
    # S1b-11, S3-12
    case = tasked(shop)
    first, second = shop.show(case)["proposals"][-1]["tasks"]
    assert first == {"department": "store", "what": "grind new lenses", "resources": "two blanks"}
    assert second == {
        "department": "goods",
        "what": "call the supplier",
        "who": "chen.jie",
        "due": "2026-11-20",
    }
    shown = shop.do("", "show", case)
    assert "grind new lenses (needs two blanks)" in shown
    assert "call the supplier (chen.jie, by 2026-11-20)" in shown
    for wrong in (("--task-who", "3=chen.jie"), ("--task-who", "x=chen.jie"), ("--task-due", "1=2026-11-01")):
        shop.refuse(
            2,
            "zhao.wei",
            "propose",
            case,
            "--remedy",
            "exchange",
            "--reason",
            "x",
            "--task",
            "goods: call",
            *wrong,
        )


def test_nothing_is_carried_out_before_those_who_do_it_have_understood(shop: Shop) -> None:
    # S4-10
    case = tasked(shop)
    refused = shop.refuse(1, "li.na", "fulfil", case, "--all")
    assert f"complaintctl fulfil {case} --acknowledge N" in refused.err
    refused = shop.refuse(1, "li.na", "fulfil", case, "--acknowledge", "2")  # of customer service
    assert "--as zhao.wei fulfil" in refused.err
    shop.refuse(2, "li.na", "fulfil", case, "--acknowledge", "1")  # a remedy
    shop.refuse(2, "li.na", "fulfil", case, "--acknowledge", "4")
    shop.refuse(2, "zhao.wei", "fulfil", case, "--acknowledge", "2", "--all")
    shop.do("zhao.wei", "fulfil", case, "--acknowledge", "2")
    shop.do("li.na", "fulfil", case, "--problem", "the courier is late")  # that can always be said
    shop.refuse(1, "li.na", "fulfil", case, "--all")
    shop.do("chen.jie", "fulfil", case, "--acknowledge", "3")
    before = shop.commits()
    assert shop.run("chen.jie", "fulfil", case, "--acknowledge", "3").code == 0  # twice is once
    assert shop.commits() == before
    assert "acknowledged: call the supplier" in shop.do("", "show", case)
    shop.do("li.na", "fulfil", case, "--all")
    assert shop.show(case)["state"] == "fulfilled"
    assert shop.run("", "check").code == 0  # the digest is of what was decided, not of what came after


def test_what_was_acknowledged_can_be_taken_back(shop: Shop) -> None:
    # S4-10
    case = tasked(shop)
    shop.do("zhao.wei", "fulfil", case, "--acknowledge", "2")
    shop.do("zhao.wei", "undo", case, "--reason", "read it wrongly")
    assert "acknowledged" not in shop.show(case)["proposals"][-1]["tasks"][0]


def test_a_day_changed_after_the_decision_no_longer_fits_it(shop: Shop) -> None:
    # S2-11, G4
    case = tasked(shop)
    path = shop.folder / "cases" / case[2:6] / case[6:8] / f"{case}.yaml"
    written = path.read_text(encoding="utf-8")
    path.write_text(
        written.replace('"2026-11-20"', '"2026-11-21"').replace(" 2026-11-20\n", " 2026-11-21\n"),
        encoding="utf-8",
    )
    assert path.read_text(encoding="utf-8") != written
    ran = shop.run("", "check")
    assert ran.code != 0
    assert "changed after the decision" in ran.out + ran.err


def test_a_task_that_was_given_to_nobody_is_found(shop: Shop) -> None:
    # S1b-11
    case = tasked(shop)
    path = shop.folder / "cases" / case[2:6] / case[6:8] / f"{case}.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("who: chen.jie", "who: chen.jei"), encoding="utf-8"
    )
    assert "tasks[1].who: nobody on the staff has this id" in shop.run("", "check").out


# -- at a terminal


def asked(shop: Shop, monkeypatch: pytest.MonkeyPatch, answers: tuple[str, ...], *words: str) -> str:
    """A command line at which somebody sits and answers; what it said."""
    left = list(answers)
    said: list[str] = []

    def prompt(question: str, *, default: str = "", **_more: object) -> str:
        said.append(question)
        return left.pop(0) or default

    monkeypatch.setattr("complaintctl.commands.session.Session.asks", True)
    monkeypatch.setattr("click.prompt", prompt)
    ran = shop.run("zhao.wei", *words)
    assert (ran.code, left) == (0, []), ran
    return "\n".join([ran.err, *said])


def test_at_a_terminal_the_checks_are_asked_for_one_after_the_other(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    # S1a-4
    case = taken(shop)
    said = asked(shop, monkeypatch, ("headache since Monday", "well", ""), "investigate", case)
    assert "fit: Does it sit well? (fitter: 陈杰)" in said
    assert "badly fitted  (badly)" in said
    assert "Next check: order" in said
    (entry,) = shop.show(case)["investigations"]
    assert entry["checks"] == [
        {"name": "hear", "outcome": "headache since Monday"},
        {"name": "fit", "outcome": "well"},
    ]
    assert "verdict" not in entry


def test_at_a_terminal_the_last_check_leads_to_the_verdict_that_it_suggests(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    # S1a-4
    case = taken(shop)
    checked(shop, case, "hear=headache", "fit=well")
    shop.do("zhao.wei", "investigate", case, "--statement", "customer: it swims")
    asked(
        shop, monkeypatch, ("workshop", "4 mm off", "", ""), "investigate", case
    )  # verdict and cause as suggested
    found = shop.show(case)
    entry = found["investigations"][-1]
    assert (found["state"], entry["verdict"], entry["cause"]) == ("investigated", "founded", "goods.failed")


def test_at_a_terminal_the_verdict_may_wait(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    case = taken(shop)
    checked(shop, case, "hear=headache", "fit=well")
    asked(shop, monkeypatch, ("workshop", "4 mm off", "1"), "investigate", case)  # 1: not yet
    assert shop.show(case)["state"] == "assigned"


def test_at_a_terminal_the_day_of_a_remedy_is_asked_for(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    # S2-11
    case = taken(shop)
    upheld(shop, case)
    words = ("propose", case, "--remedy", "substitute", "--reason", "x", "--exception", "y")
    asked(shop, monkeypatch, ("2026-11-20",), *words)
    assert shop.show(case)["proposals"][-1]["remedies"][0]["expected_on"] == "2026-11-20"

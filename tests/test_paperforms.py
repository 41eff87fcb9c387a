"""The paper forms: what the procedures prescribe is on them, and nothing is told too early (S0-23)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from complaintctl import paperforms, schema
from complaintctl.errors import Refused
from complaintctl.paperforms import Form, Ground
from complaintctl.paperforms.parts import WHOLE
from complaintctl.register import Register, Settings
from tests.shop import Shop

POLICIES = ("supermarket", "optical", "general", "hotel", "fitness", "aftersales", "delivery", "chain-store")
LANGUAGES = ("en", "zh-CN", "es")

# What each form must ask for, by the key of the field, table or signature.
_WHO = {"customer.name", "customer.id"}
ASKED: dict[str, set[str]] = {
    "registration": {
        "id", "intake.received_at", "intake.registered_at", "intake.by", "intake.department",
        "intake.channel",  # S0-1
        "customer.name", "customer.phone", "customer.email", "about.receipt",  # S0-2
        "customer.company", "customer.address",  # S1e-8, W20
        "customer.type", "customer.end_user",  # S1e-10, N19
        "customer.language", "customer.id",
        "about.product", "about.purchased_on", "about.place", "about.price", "complaint",  # S0-3, S2-3
        "about.style", "about.colour", "about.size",  # S2-3
        "about.specification", "about.produced_on", "about.batch", "about.in_use_since",  # S1e-1
        "about.symptoms", "about.used_before", "about.earlier_condition", "about.recent_use",  # S1e-1, W19
        "about.occurred_at", "people-involved",  # S1c-1
        "about.against",  # S1b-1
        "intake.moment",  # S1c-3
        "intake.form",  # S1c-7, N14
        "kind",  # S1d-1
        "demand.remedy", "demand.amount",  # S0-4
        "demand.text",  # S1e-9, N18
        "classification.category", "classification.urgency", "classification.liability",  # S0-5
        "classification.severity", "classification.flags",  # S0-7
        "classification.affected", "classification.affected_range", "classification.departments",  # S0-8
        "promised",  # S0-6, S1b-2, S4-1
        "settled-at-once", "result",  # S1a-1, S1a-2
        "passed-to", "passed-at", "recorder",  # S1e-2
        "customer-confirms",  # S1e-11, N21
        "approver",  # N6: approver and date
    },
    "investigation": {
        "id", "intake.received_at", *_WHO, "about.against", "about.product", "about.batch", "complaint", "demand",
        "classification.category", "classification.severity", "classification.urgency",
        "investigators", "investigator-department", "investigated-at", "independent",  # S0-10
        "seen-goods", "seen-staff", "seen-customers", "seen-other", "investigations.findings",  # S0-11
        "investigations.statements",  # S0-11
        "evidence", "collector",  # S0-12, S4-3
        "compared",  # W28
        "investigations.checks",  # S1a-4, S1a-13
        "investigations.purpose",  # S1b-12, N10
        "investigations.grounds", "investigations.demand",  # S1b-10, W10
        "investigations.containment",  # W26
        "investigations.verdict",  # S4-4
        "investigations.cause",  # S0-13
        "investigations.responsible",  # S1b-4
        "investigations.promised_by",  # S4-9, W8
        "investigations.loss",  # S4-3, W7
        "delayed-by",  # S1b-8
        "investigations.impact",  # S0-14
        "investigator", "head",
    },
    "handover": {  # S4-2, N33
        "id", "handed-at", "handed-by", "from-department", "assignments.department", "assignments.handler",
        "answer-by",  # S4-2: three business days
        "owner",  # S1a-3
        "accountable", "department-head",  # S1c-8, N15
        *_WHO, "about.product", "about.purchased_on", "complaint", "demand",
        "classification.category", "classification.severity", "classification.urgency", "classification.flags",
        "level",  # S1d-4
        "investigations.verdict", "investigations.cause",
        "assignments.task",  # S3-12, N26
        "deadlines", "evidence",
        "answer-cause", "answer-solution", "answer-who", "answer-when", "answered-at",
        "handed-over-by",
        "received-by",  # S4-10, N31
    },
    "opinion": {
        "id", *_WHO, "customer.company", "customer.address", "customer.phone", "complaint",  # S1e-1, W20
        "about.product", "proposals.remedies",  # S4-6
        "proposals.answer.outcome", "proposals.answer.reason",  # S4-6, S1b-6
        "remarks",  # S0-18, N36
        "asked-how", "customer", "asked-by",
    },
    "agreement": {  # S1e-5, S4-9
        "id", "shop", *_WHO, "customer.company", "customer.address", "customer.phone",
        "about.product", "about.receipt", "about.purchased_on", "complaint",
        "proposals.remedies",  # S2-11: what, steps, by when
        "handed-back", "paid-how", "place", "copies", "customer", "for-the-shop", "approver",
    },
    "survey": {
        "id", "intake.received_at", "customer.name", "about.product", "complaint", "result", "carried-out-at",
        "solved", "expected",  # S0-22
        "with-result", "with-speed", "with-staff", "with-explanation",
        "follow_ups.satisfaction",  # S4-8
        "follow_ups.comment",
        "follow_ups.method",  # S0-18
        "asked-at", "due-by", "returned-to", "returned-at", "filed-at",  # S4-7
        "customer", "asked-by",
    },
    "report": {  # S0-19
        "id", "intake.received_at", "intake.channel", "kind", "customer.id", "about.product", "about.against",
        "classification.category", "classification.severity", "classification.affected", "level",
        "assignments.department", "assignments.handler", "complaint", "demand",
        "investigations.verdict", "investigations.cause", "investigations.responsible", "investigations.findings",
        "investigations.containment", "investigations.impact", "investigations.loss",
        "decided-by", "decided-at", "cost", "proposals.reason", "proposals.remedies",
        "proposals.problems",  # S0-17
        "proposals.answer.outcome", "proposals.answer.reason", "follow_ups.satisfaction", "follow_ups.comment",  # W29
        "closures.outcome", "closed-at", "closures.reason",
        "expectation-met", "where-it-leaked", "deadlines",  # S0-22
        "closures.disposition", "closures.dispositions",  # S1a-8, S1b-8, S1b-9, W6
        "closures.lesson", "closures.prevention",  # S1b-7
        "closures.lesson_for",  # S0-21, W30
        "rules-to-change",  # S1a-8
        "improvements",  # S0-20, S1b-13
        "drawn-up-by", "responsible-department", "management",  # W29
    },
    "slip": {  # S1a-5, S1a-14, N3
        "id", "customer.name", "customer.phone", "about.product", "about.specification", "about.style",
        "about.colour", "about.size", "about.batch", "about.receipt", "about.purchased_on", "complaint",
        "proposals.remedies.kind", "proposals.remedies.expected_on", "proposals.remedies.how", "told-by",
        "exchanged-at", "exchanged-for", "exchanged-by", "customer", "for-the-shop",
    },
}  # fmt: skip


def register_of(shop: Shop) -> Register:
    return Register.open(Settings(shop.folder, now=int(shop.now.timestamp())))


def ground_of(register: Register, case: Any = None, language: str = "en", **more: Any) -> Ground:
    policy = register.policy if case is None else register.pinned(case)
    level = None if case is None else register.level_of(case)[0]
    made = Ground(
        policy, schema.field_labels("case", language), language, "Corner Shop", "CNY", register.staff,
        register.zone, register.calendar, register.at, level,
    )  # fmt: skip
    return made._replace(**more)


def form_of(shop: Shop, case: str, kind: str, language: str = "en", **more: Any) -> Form:
    register = register_of(shop)
    found = register.case(register.find(case))
    ground = ground_of(register, found, language)
    paperforms.require(kind, found, ground)
    return paperforms.form(kind, found, ground, **more)


def blank(shop: Shop, kind: str, **more: Any) -> Form:
    return paperforms.form(kind, None, ground_of(register_of(shop)), **more)


def values(form: Form) -> dict[str, str]:
    """What is filled in, by key."""
    found = {field.key: field.value for field in form.fields()}
    return found | {box.key: f"{box.name} {box.day}".strip() for box in form.boxes}


def rows(form: Form, key: str) -> list[list[str]]:
    (grid,) = (one.grid for one in form.sections if one.grid and one.grid.key == key)
    return [list(row) for row in grid.rows]


def ticked(form: Form, key: str) -> list[str]:
    (field,) = (one for one in form.fields() if one.key == key)
    return [one.label for one in field.choices if one.ticked]


def said(form: Form) -> str:
    """All that is written on a form."""
    words = [field.value for field in form.fields()]
    words += [cell for section in form.sections if section.grid for row in section.grid.rows for cell in row]
    return "\n".join([*words, *(f"{box.name} {box.day}" for box in form.boxes)])


# -- every field that is prescribed


@pytest.mark.parametrize("kind", paperforms.KINDS)
def test_a_form_asks_for_what_the_procedures_prescribe(shop, kind):  # S0-23
    asked = blank(shop, kind).asked()
    assert not ASKED[kind] - set(asked)
    assert len(asked) == len(set(asked))


def test_every_kind_of_form_is_checked_field_by_field():  # S0-23
    assert set(ASKED) == set(paperforms.KINDS)


@pytest.mark.parametrize("kind", paperforms.KINDS)
def test_an_empty_form_says_nothing_and_leaves_room_to_write(shop, kind):
    form = blank(shop, kind)
    written = {key for key, value in values(form).items() if value}
    assert written <= {"promised", "shop"}  # what is promised to everybody, and the shop itself
    assert all(field.choices or field.lines for field in form.fields())
    assert all(not choice.ticked for field in form.fields() for choice in field.choices)
    for section in form.sections:
        if section.grid and section.grid.key != "closures.dispositions":  # names whom to decide on (S1b-9)
            assert section.grid.blank
            assert not section.grid.rows


@pytest.mark.parametrize("name", POLICIES)
def test_every_form_can_be_made_under_every_rule_set_in_every_language(shop, name):
    register, policy = register_of(shop), _policy(name)
    for language in LANGUAGES:
        for kind in paperforms.KINDS:
            form = paperforms.form(kind, None, ground_of(register, None, language, policy=policy))
            assert not ASKED[kind] - set(form.asked()), (kind, language)
            for section in form.sections:
                assert all(1 <= field.width <= WHOLE for field in section.fields)
                assert section.grid is None or sum(section.grid.widths) == WHOLE
                assert section.grid is None or len(section.grid.widths) == len(section.grid.heads)


def _policy(name: str) -> Any:
    from complaintctl.yamlfile import read_document

    path = Path(__file__).parent.parent / "policies" / f"{name}.yaml"
    return read_document(path.read_bytes(), path.name)[0]


# -- what is filled in


def test_the_registration_form_holds_what_was_taken(shop):  # S0-2, S0-3, S0-4, S1e-2
    case = shop.new(
        "--channel", "phone", "--customer", "王女士", "--phone", "13800001234", "--email", "wang@mail.example",
        "--address", "人民路 12 号", "--company", "Sun Foods", "--receipt", "R-77", "--product", "鲜牛奶 1L",
        "--specification", "whole", "--batch", "B7", "--price", "12.90", "--purchased-on", "2026-11-15",
        "--place", "till 3", "--against", "zhao.wei", "--complaint", "sour\non the first day",
        "--demand", "refund=12.90", "--demand-text", "and a word to the staff", "--moment", "after",
    )  # fmt: skip
    form = form_of(shop, case, "registration")
    found = values(form)
    assert found["id"] == case
    assert found["intake.received_at"] == "16 Nov 2026 10:00"
    assert found["intake.channel"] == "telephone"
    assert found["intake.moment"] == "after the visit"
    assert found["customer.name"] == "王女士"
    assert found["customer.phone"] == "13800001234"
    assert found["customer.company"] == "Sun Foods"
    assert found["about.receipt"] == "R-77"
    assert found["about.price"] == "12.90 CNY"
    assert found["about.purchased_on"] == "15 Nov 2026"
    assert found["about.against"] == "赵伟"
    assert found["complaint"] == "sour\non the first day"
    assert found["demand.remedy"] == "refund"
    assert found["demand.amount"] == "12.90 CNY"
    assert found["demand.text"] == "and a word to the staff"
    assert "our answer to your complaint by 23 Nov 2026" in found["promised"]  # S0-6
    assert found["recorder"] == "李娜 16 Nov 2026"
    assert found["classification.category"] == found["result"] == found["approver"] == ""
    assert ticked(form, "settled-at-once") == []


def test_the_registration_form_ends_with_approver_and_date(shop):  # N6
    case = shop.proposed()
    assert values(form_of(shop, case, "registration"))["approver"] == ""
    shop.wait(days=1)
    shop.do("sun.min", "approve", case)
    form = form_of(shop, case, "registration")
    assert values(form)["approver"] == "孙敏 17 Nov 2026"
    assert values(form)["result"] == "–"  # it was not settled on the spot
    assert values(form)["passed-to"] == "赵伟, goods"
    assert ticked(form, "settled-at-once") == ["no"]


def test_what_was_settled_on_the_spot_is_on_the_registration_form(shop):  # S1a-1
    case = shop.new()
    shop.do(
        "li.na", "settle", case, "--category", "goods.spoiled", "--remedy", "refund=12.90", "--reason", "sour"
    )
    form = form_of(shop, case, "registration")
    assert ticked(form, "settled-at-once") == ["yes"]
    assert values(form)["approver"].startswith("李娜")


def test_the_registration_form_has_a_variant_for_quality_and_one_for_the_rest(shop):  # S1a-17, N8
    quality, other = (blank(shop, "registration", variant=one) for one in paperforms.VARIANTS)
    assert {"about.batch", "about.produced_on", "about.symptoms"} <= set(quality.asked())
    assert not {"about.batch", "about.produced_on", "about.symptoms"} & set(other.asked())
    assert "conduct-complained-of" in other.asked()
    assert len({quality.title, other.title, blank(shop, "registration").title}) == 3
    case = shop.new()
    assert (
        "about.batch" in form_of(shop, case, "registration").asked()
    )  # not known yet: all that may be asked
    shop.do("li.na", "classify", case, "--category", "goods.spoiled")
    assert form_of(shop, case, "registration").title == quality.title
    shop.do("li.na", "classify", case, "--category", "service.attitude")
    form = form_of(shop, case, "registration")
    assert form.title == other.title
    assert values(form)["about.batch"] == "20261110A"  # what is recorded is never left out
    assert "about.symptoms" not in form.asked()
    assert form_of(shop, case, "registration", variant="quality").title == quality.title


def test_the_investigation_form_holds_checks_statements_evidence_and_conclusion(
    shop, tmp_path
):  # S0-11, S0-12
    case = shop.new()
    photo = tmp_path / "milk.txt"
    photo.write_text("sour", encoding="utf-8")
    shop.do("li.na", "classify", case, "--category", "goods.spoiled")
    shop.do("li.na", "assign", case, "--to", "zhao.wei")
    shop.do("li.na", "contact", case, "--by", "phone", "--note", "told her")
    shop.do(
        "zhao.wei",
        "evidence",
        "add",
        case,
        str(photo),
        "--kind",
        "document",
        "--note",
        "label",
        "--collected-by",
        "wu.lei",
    )
    shop.do(
        "zhao.wei", "investigate", case, "--statement", "customer: sour at breakfast", "--purpose", "money back",
        "--findings", "cold shelf at 11 °C", "--containment", "shelf cleared", "--verdict", "founded",
        "--cause", "goods.spoiled", "--responsible", "goods", "--impact", "none known", "--grounds", "sufficient",
    )  # fmt: skip
    form = form_of(shop, case, "investigation")
    found = values(form)
    assert found["investigators"] == "赵伟"
    assert found["investigations.findings"] == "cold shelf at 11 °C"
    assert found["investigations.verdict"] == "upheld"
    assert found["investigations.cause"] == "spoiled before its date"
    assert found["investigations.responsible"] == "goods"
    assert found["investigations.purpose"] == "money back"
    assert found["investigations.grounds"] == "sufficient grounds"
    assert found["investigations.containment"] == "shelf cleared"
    assert found["collector"] == "吴磊"
    assert found["investigator"].startswith("赵伟")
    assert "seen-goods" not in found  # findings take its place
    ((who, how, text),) = rows(form, "investigations.statements")
    assert (who, how, text) == ("customer", "", "sour at breakfast")
    ((kind, note, collected, _at),) = rows(form, "evidence")
    assert (kind, collected) == ("document", "吴磊")
    assert note.startswith("label (")


def test_a_signed_agreement_is_no_evidence_of_what_happened(shop, tmp_path):
    case = shop.proposed()
    shop.do("sun.min", "approve", case)
    paper = tmp_path / "agreement.txt"
    paper.write_text("signed", encoding="utf-8")
    shop.do("li.na", "evidence", "add", case, str(paper), "--kind", "document")
    assert len(rows(form_of(shop, case, "investigation"), "evidence")) == 1
    (file,) = (one["file"] for one in shop.show(case)["evidence"])
    shop.do("li.na", "respond", case, "--agreed", "--agreement", file)
    assert rows(form_of(shop, case, "investigation"), "evidence") == []


def test_the_checks_of_the_playbook_stand_on_the_form_before_they_are_made(shop):  # S1a-4, S1a-13
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", "goods.spoiled")
    before = rows(form_of(shop, case, "investigation"), "investigations.checks")
    assert len(before) > 2
    assert all(label and not outcome for label, _by, outcome in before)


def test_the_hand_over_sheet_says_to_whom_by_when_and_leaves_room_for_the_answer(shop):  # S4-2, S1c-8
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", "goods.spoiled", "--flag", "food-safety")
    shop.do("li.na", "assign", case, "--to", "chen.jie", "--department", "goods")
    form = form_of(shop, case, "handover")
    found = values(form)
    assert found["handed-by"] == "李娜"
    assert found["assignments.department"] == "goods"
    assert found["assignments.handler"] == "陈杰"
    assert found["accountable"] == found["department-head"] == "孙敏"
    assert found["owner"] == "李娜"  # S1a-3
    assert found["classification.severity"] == "severe"  # raised by the flag
    assert found["classification.flags"].startswith("food safety: ")
    assert found["received-by"] == "陈杰"
    assert found["answer-solution"] == found["answered-at"] == ""
    assert rows(form, "deadlines")
    assert "customer.phone" not in form.asked()


def test_the_division_of_labour_stands_on_the_hand_over_sheet(shop):  # S3-12
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", "goods.spoiled")
    shop.do("li.na", "assign", case, "--to", "chen.jie", "--department", "goods")
    shop.do("li.na", "assign", case, "--to", "wu.lei", "--department", "store", "--task", "clear the shelf")
    form = form_of(shop, case, "handover")
    assert rows(form, "assignments.task") == [["store operations", "吴磊", "clear the shelf"]]
    assert values(form)["assignments.handler"] == "陈杰"


def test_the_agreement_names_both_sides_and_what_is_given(shop):  # S1e-5, S4-9
    case = shop.proposed("refund=12.90", "apology")
    shop.do("sun.min", "approve", case)
    form = form_of(shop, case, "agreement")
    found = values(form)
    assert found["shop"] == "Corner Shop"
    assert found["customer.name"] == "王女士"
    assert [row[0] for row in rows(form, "proposals.remedies")] == ["refund 12.90 CNY", "apology"]
    assert found["approver"] == "孙敏, head of department 16 Nov 2026"
    assert found["customer"] == "王女士"
    assert any("nothing is promised beside it" in section.text for section in form.sections)  # W8


def test_the_customers_answer_is_ticked_on_the_opinion_form(shop):  # S4-6
    case = shop.proposed()
    shop.do("sun.min", "approve", case)
    assert ticked(form_of(shop, case, "opinion"), "proposals.answer.outcome") == []
    shop.do("li.na", "respond", case, "--declined", "--reason", "too little")
    form = form_of(shop, case, "opinion")
    assert ticked(form, "proposals.answer.outcome") == ["declined"]
    assert values(form)["proposals.answer.reason"] == "too little"


def test_the_survey_asks_in_five_grades_and_ticks_what_was_answered(shop):  # S0-18, S4-7
    case = shop.fulfilled()
    form = form_of(shop, case, "survey")
    (field,) = (one for one in form.fields() if one.key == "follow_ups.satisfaction")
    assert [one.label[0] for one in field.choices] == list("54321")
    assert values(form)["result"] == "refund 12.90 CNY"
    assert values(form)["carried-out-at"] == "16 Nov 2026"
    assert values(form)["due-by"] == "19 Nov 2026"
    shop.do("li.na", "follow-up", case, "--satisfaction", "4", "--method", "phone", "--comment", "quick")
    form = form_of(shop, case, "survey")
    assert ticked(form, "follow_ups.satisfaction") == ["4 satisfied"]
    assert ticked(form, "follow_ups.method") == ["telephone"]
    assert values(form)["follow_ups.comment"] == "quick"


def test_the_closing_report_holds_result_opinion_lessons_and_dispositions(shop):  # S0-19, S1b-7, S1b-9, W29
    case = shop.fulfilled()
    shop.do("li.na", "follow-up", case, "--satisfaction", "5", "--comment", "thank you")
    shop.do("sun.min", "improve", case, "--measure", "alarm", "--owner", "sun.min", "--due", "2026-12-01")
    shop.do(
        "li.na", "close", case, "--lesson", "alarm was off", "--prevention", "two readings a day",
        "--lesson-for", "goods", "--dispose", "zhao.wei/responsible: spoken with",
    )  # fmt: skip
    form = form_of(shop, case, "report")
    found = values(form)
    assert found["decided-by"] == "孙敏, head of department"
    assert found["cost"] == "12.90 CNY"
    assert found["follow_ups.satisfaction"] == "5 very satisfied"
    assert found["follow_ups.comment"] == "thank you"
    assert found["closures.outcome"] == "customer very satisfied"
    assert found["closures.lesson"] == "alarm was off"
    assert found["closures.prevention"] == "two readings a day"
    assert found["closures.lesson_for"] == "goods"
    assert found["drawn-up-by"] == "李娜 16 Nov 2026"
    assert rows(form, "closures.dispositions") == [["赵伟", "directly responsible", "spoken with", ""]]
    assert rows(form, "improvements") == [["alarm", "孙敏", "1 Dec 2026", "", ""]]
    assert rows(form, "proposals.remedies")[0][:4] == ["refund 12.90 CNY", "12.90 CNY", "16 Nov 2026", "李娜"]
    assert {row[3] for row in rows(form, "deadlines")} == {"met"}


def test_a_closing_report_keeps_how_the_customer_is_reached_to_itself(shop):
    case = shop.investigated(
        "--channel", "desk", "--customer", "王女士", "--phone", "13800001234", "--email", "wang@mail.example",
        "--address", "人民路 12 号", "--product", "milk", "--price", "12.90", "--purchased-on", "2026-11-15",
        "--complaint", "王女士 (138 0000 1234, wang@mail.example): sour", "--demand", "refund=12.90",
    )  # fmt: skip
    shop.do("zhao.wei", "propose", case, "--remedy", "refund=12.90", "--reason", "said so at 人民路 12 号")
    shop.do("sun.min", "approve", case)
    told = said(form_of(shop, case, "report"))
    for secret in ("王女士", "13800001234", "138 0000 1234", "mail.example", "人民路"):
        assert secret not in told
    assert "sour" in told
    assert "16 Nov 2026 10:00" in told


def test_the_slip_says_what_waits_until_when(tmp_path):  # S1a-5, S1a-14, N3
    shop = Shop.make(
        tmp_path / "shop", "optical", (("li.na", "李娜", "clerk", "sales"),), {"li.na": ("sales",)}
    )
    shop.do("boss", "staff", "edit", "boss", "--duty", "shift-leader")
    case = shop.new(
        "--channel", "counter", "--customer", "王女士", "--phone", "13800001234", "--product", "frame Aria",
        "--colour", "gold", "--price", "300.00", "--purchased-on", "2026-11-16", "--receipt", "R-9",
        "--complaint", "scratch on the bridge", "--moment", "during",
    )  # fmt: skip
    shop.do("li.na", "classify", case, "--category", "quality.frame-pick-up")
    shop.do("li.na", "contact", case, "--by", "counter", "--note", "in hand")
    shop.do("li.na", "assign", case, "--to", "li.na")
    shop.do(
        "li.na", "investigate", case, "--check", "exchange=out-of-stock", "--check", "wear-on=agreed",
        "--findings", "scratched", "--verdict", "founded", "--cause", "below-standard.frame-flaw",
    )  # fmt: skip
    proposal = (
        "--remedy", "keep-wearing", "--expected", "keep-wearing=2026-11-30", "--confirm", "customer-cannot-accept",
        "--confirm", "out-of-stock", "--reason", "none in the store-room",
    )  # fmt: skip
    shop.do("li.na", "propose", case, *proposal)
    with pytest.raises(Refused):
        form_of(shop, case, "slip")
    shop.do("boss", "approve", case)
    form = form_of(shop, case, "slip")
    found = values(form)
    assert found["proposals.remedies.kind"] == "wears on, exchanged when stock arrives"
    assert found["proposals.remedies.expected_on"] == "30 Nov 2026"
    assert found["about.product"] == "frame Aria"
    assert found["about.receipt"] == "R-9"
    (note,) = form.notes
    assert note.startswith("Please bring this slip")


# -- nothing of a decision before it is approved


@pytest.mark.parametrize("kind", paperforms.KINDS)
def test_a_proposal_that_waits_or_was_returned_is_on_no_form(shop, kind):  # S4-5
    case = shop.investigated()
    shop.do(
        "zhao.wei", "propose", case, "--remedy", "compensation=33.33", "--remedy", "apology",
        "--task", "goods: throw the batch away", "--exception", "a regular", "--reason", "because of the shelf",
    )  # fmt: skip
    for _turn in range(2):
        if kind in {"agreement", "report", "slip"}:
            with pytest.raises(Refused) as refused:
                form_of(shop, case, kind)
            assert refused.value.exit_code == 1
            assert refused.value.hint
            assert "33.33" not in refused.value.message
        else:
            told = said(form_of(shop, case, kind))
            for part in (
                "33.33",
                "compensation",
                "throw the batch",
                "a regular",
                "because of the shelf",
                "sun.min",
            ):
                assert part not in told
        if _turn == 0:
            shop.do("sun.min", "approve", case, "--return", "too much")


def test_an_agreement_that_the_customer_declined_is_not_printed_again(shop):
    case = shop.proposed()
    shop.do("sun.min", "approve", case)
    shop.do("li.na", "respond", case, "--declined", "--reason", "too little")
    with pytest.raises(Refused, match="declined"):
        form_of(shop, case, "agreement")
    shop.do(
        "zhao.wei", "propose", case, "--remedy", "refund=12.90", "--remedy", "apology", "--reason", "again"
    )
    for kind in ("agreement", "report"):  # what was approved before holds no longer
        with pytest.raises(Refused, match="no proposal is approved"):
            form_of(shop, case, kind)


def test_a_case_that_ends_without_a_decision_has_a_closing_report(shop):
    case = shop.proposed()
    shop.do("li.na", "close", case, "--outcome", "withdrawn", "--reason", "she rang")
    form = form_of(shop, case, "report")
    assert values(form)["closures.outcome"] == "withdrawn"
    assert "12.90" not in "".join(cell for row in rows(form, "proposals.remedies") for cell in row)
    assert values(form)["cost"] == values(form)["proposals.reason"] == ""


def test_a_reopened_case_says_nothing_of_the_decision_of_the_round_before(shop):
    case = shop.fulfilled()
    shop.do("li.na", "follow-up", case, "--satisfaction", "5")
    shop.do("li.na", "close", case, "--lesson", "x", "--prevention", "y", "--disposition", "nobody")
    assert form_of(shop, case, "agreement")
    shop.do("boss", "reopen", case, "--reason", "again sour")
    assert values(form_of(shop, case, "registration"))["result"] == ""
    with pytest.raises(Refused):
        form_of(shop, case, "agreement")


def test_no_slip_without_something_that_waits(shop):
    case = shop.proposed()
    shop.do("sun.min", "approve", case)
    with pytest.raises(Refused, match="waits for stock"):
        form_of(shop, case, "slip")


# -- what the policy says on them


def test_the_guidance_for_staff_is_printed_for_staff_alone(shop):  # S1b-12, N10
    rules = register_of(shop).policy
    told = [one["label"]["en"] for one in rules["conduct"] if "new" in one["steps"]]
    assert told
    assert list(blank(shop, "registration").notes) == told
    for kind in paperforms.CUSTOMERS:
        assert not blank(shop, kind).notes


def test_the_small_print_of_a_policy_stands_on_its_form(shop):  # S4-9, W8
    ground = ground_of(register_of(shop), policy=_policy("chain-store"))
    (note,) = paperforms.form("agreement", None, ground).notes
    assert "word of mouth" in note
    assert not paperforms.form("survey", None, ground).notes


@pytest.mark.parametrize(("language", "label"), [("zh-CN", "购物凭证"), ("es", "Justificante de compra")])
def test_labels_are_those_of_the_schema_in_the_language_of_the_form(shop, language, label):
    form = paperforms.form("registration", None, ground_of(register_of(shop), None, language))
    assert label in [field.label for field in form.fields()]


def test_a_blank_form_offers_what_can_be_chosen(shop):
    (channel,) = (one for one in blank(shop, "registration").fields() if one.key == "intake.channel")
    assert [one.label for one in channel.choices][:2] == ["telephone", "service desk"]
    (category,) = (
        one for one in blank(shop, "registration").fields() if one.key == "classification.category"
    )
    assert "goods" in [one.label for one in category.choices]

"""`form` on the command line: what it prints, in which language, and when it refuses (S0-23)."""

from __future__ import annotations

import json

import pytest

from complaintctl import i18n, paperforms
from complaintctl.commands import paper

MILK = (
    "--channel",
    "desk",
    "--customer",
    "王女士",
    "--product",
    "milk",
    "--complaint",
    "sour",
    "--price",
    "12.90",
)


def keys(document):
    found = [one for part in document["sections"] for one in part["fields"]]
    return {one["key"]: one for one in (*document["head"], *found)}


def test_the_verb_offers_every_kind_of_form():
    assert paper._KINDS == paperforms.KINDS


def test_a_form_is_printed_as_a_page(shop):
    case = shop.new()
    page = shop.do("", "form", case, "--kind", "registration")
    assert page.startswith("<!DOCTYPE html>")
    assert page.endswith("</html>\n")
    assert case in page
    assert "王女士" in page


def test_a_form_is_written_to_a_file(shop, tmp_path):
    case = shop.new()
    said = shop.do("", "form", case, "--kind", "registration", "--output", str(tmp_path / "form.html"))
    assert said == ""
    page = (tmp_path / "form.html").read_text(encoding="utf-8")
    assert page == shop.do("", "form", case, "--kind", "registration")
    shop.do(
        "", "form", case, "--kind", "survey", "--format", "markdown", "--output", str(tmp_path / "form.md")
    )
    assert (tmp_path / "form.md").read_text(encoding="utf-8").startswith("# Satisfaction survey\n")


def test_a_file_that_cannot_be_written_ends_with_5(shop, tmp_path):
    ran = shop.run("", "form", "--kind", "survey", "--blank", "--output", str(tmp_path / "no" / "form.html"))
    assert ran.code == 5
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("kind", paperforms.KINDS)
def test_every_form_can_be_printed_empty(shop, kind):
    document = json.loads(shop.do("", "form", "--kind", kind, "--blank", "--json"))
    assert document["form"] == kind
    assert document["head"][0]["value"] is None
    assert "<h1>" in shop.do("", "form", "--kind", kind, "--blank")


def test_a_form_is_of_a_case_or_empty(shop):
    case = shop.new()
    shop.refuse(2, "", "form", "--kind", "registration")
    shop.refuse(2, "", "form", case, "--kind", "registration", "--blank")
    shop.refuse(2, "", "form", case, "--kind", "survey", "--variant", "quality")
    assert shop.run("", "form", case).code == 2
    assert shop.run("", "form", case, "--kind", "poem").code == 2
    shop.refuse(2, "", "form", "C-20000101-000000", "--kind", "survey")


@pytest.mark.parametrize("kind", ["agreement", "report", "slip"])
def test_nothing_of_a_decision_is_printed_before_it_is_approved(shop, tmp_path, kind):  # S4-5
    case = shop.proposed()
    file = tmp_path / "form.html"
    shop.refuse(1, "", "form", case, "--kind", kind, "--output", str(file))
    shop.refuse(1, "", "form", case, "--kind", kind, "--json")
    assert not file.exists()
    shop.do("sun.min", "approve", case)
    assert shop.run("", "form", case, "--kind", kind).code == (1 if kind == "slip" else 0)


def test_what_the_customer_signs_is_in_the_customers_language(shop):
    case = shop.new(*MILK, "--customer-language", "es")
    page = shop.do("", "form", case, "--kind", "survey")
    assert '<html lang="es">' in page
    assert "Nombre" in page
    assert '<html lang="en">' in shop.do("", "form", case, "--kind", "registration")
    assert '<html lang="zh-CN">' in shop.do("", "form", case, "--kind", "survey", "--language", "zh-CN")
    assert '<html lang="es">' in shop.do("", "--language", "zh-CN", "form", case, "--kind", "survey")
    assert i18n.language() == "zh-CN"  # that of the command line, not of the form
    assert '<html lang="zh-CN">' in shop.do("", "--language", "zh-CN", "form", case, "--kind", "registration")


def test_a_refusal_is_in_the_language_of_the_desk(shop):
    case = shop.new(*MILK, "--customer-language", "es")
    assert "no proposal is approved" in shop.refuse(1, "", "form", case, "--kind", "agreement").err


def test_the_rules_that_a_case_came_in_under_name_what_stands_on_its_form(shop):
    case = shop.new()
    rules = shop.folder / "policies" / "supermarket.yaml"
    text = rules.read_text(encoding="utf-8")
    assert 'en: "service desk"' in text
    rules.write_text(text.replace('en: "service desk"', 'en: "front desk"'), encoding="utf-8")
    shop.do("boss", "policy", "save", "--reason", "a new name")
    fields = keys(json.loads(shop.do("", "form", case, "--kind", "registration", "--json")))
    assert fields["intake.channel"]["value"] == "service desk"
    empty = keys(json.loads(shop.do("", "form", "--kind", "registration", "--blank", "--json")))
    assert "front desk" in [one["label"] for one in empty["intake.channel"]["choices"]]


def test_printing_a_form_changes_nothing_and_needs_nobody(shop):
    case = shop.new()
    before = shop.snapshot()
    shop.do("", "form", case, "--kind", "handover")
    assert shop.snapshot() == before


def test_a_variant_can_be_asked_for(shop):
    case = shop.new()
    shop.do("li.na", "classify", case, "--category", "service.attitude")
    fields = keys(json.loads(shop.do("", "form", case, "--kind", "registration", "--json")))
    assert "about.symptoms" not in fields
    more = ("--variant", "quality", "--json")
    assert "about.symptoms" in keys(json.loads(shop.do("", "form", case, "--kind", "registration", *more)))

"""Templates of letters: what they may say, what is found wrong with them, and that a value is never more than text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2.exceptions import SecurityError, TemplateError

from complaintctl import templatefaults, templating
from complaintctl.templating import FLAG, NUMBER, TEXT, Block

VALUES: dict[str, Any] = {
    "case": {"id": TEXT, "complaint": TEXT},
    "promises": [{"what": TEXT, "late": FLAG}],
    "words": [TEXT],
    "stage": ("looking", "decided", ""),
    "count": NUMBER,
    "late": FLAG,
}
GIVEN: dict[str, Any] = {
    "case": {"id": "C-1", "complaint": "it broke"},
    "promises": [{"what": "an answer", "late": True}, {"what": "news", "late": False}],
    "words": ["a", "b"],
    "stage": "looking",
    "count": 2,
    "late": False,
}


def wrong(source: str) -> list[str]:
    return [str(one) for one in templatefaults.faults(source, VALUES)]


def filled(source: str, **given: Any) -> list[Block]:
    assert wrong(source) == []
    return templating.filled(source, {**GIVEN, **given})


def paragraphs(source: str, **given: Any) -> list[list[str]]:
    return [lines for block in filled(source, **given) for lines in block.entries]


# -- what is found wrong


@pytest.mark.parametrize(
    "source",
    [
        "plain words",
        "{{ case.id }}",
        "{{ case.id | upper }}, {{ words | join(', ') }}, {{ promises | length }}",
        "{% if late %}a{% elif stage == 'decided' %}b{% elif count > 1 %}c{% else %}d{% endif %}",
        "{% if promises and not late %}{% for one in promises %}{{ loop.index }} {{ one.what }}{% endfor %}{% endif %}",
        "{{ case.id if late else 'none' }} {{ case.id or stage or '-' }} {{ case.id ~ ' ' ~ count }}",
        "{# a remark #}{{ count }}",
    ],
)
def test_what_a_letter_needs_is_allowed(source: str) -> None:
    assert wrong(source) == []


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("a\nb {{ cas.id }}", "line 2: there is no value cas; there are: case, count, late, promises, stage, words"),
        ("{{ case.no }}", "line 1: there is no part no; there are: id, complaint"),
        ("{{ count.id }}", "line 1: id of something that has no parts"),
        ("{% for one in promises %}{{ one.whta }}{% endfor %}", "line 1: there is no part whta"),
        ("{% for one in promises %}x{% endfor %}{{ one.what }}", "line 1: there is no value one"),
        ("{{ loop.index }}", "line 1: there is no value loop"),
        ("{% if stage == 'decidde' %}x{% endif %}", "line 1: can only be one of: looking, decided"),
        ("{% if case.id > 1 %}x{% endif %}", "line 1: only numbers are larger or smaller"),
        ("{{ case }}", "line 1: name one of its parts: id, complaint"),
        ("{{ promises }}", "line 1: a list: go through it"),
        ("{{ late }}", "line 1: is only yes or no"),
        ("{{ 'a' if late else promises }}", "line 1: a list: go through it"),
        ("{{ promises | join }}", "line 1: only a list of texts can be joined"),
        ("{{ words | upper }}", "line 1: the filter upper does not go with this value"),
        ("{{ case.id | join }}", "line 1: the filter join does not go with this value"),
        ("{{ case.id | center(9) }}", "line 1: letters have these filters"),
        ("{{ case.id | upper(case.id) }}", "line 1: letters have these filters"),
        ("{% for one in case %}x{% endfor %}", "line 1: only a list can be gone through"),
        ("{% for one in 'abc' %}x{% endfor %}", "line 1: only a list can be gone through"),
        ("{% for a in words %}{% for b in words %}x{% endfor %}{% endfor %}", "line 1: a list inside a list"),
        ("{% for a, b in promises %}x{% endfor %}", "line 1: a list is gone through like"),
        ("{% for a in words if late %}x{% endfor %}", "line 1: a list is gone through like"),
        ("{% for a in words %}x{% else %}y{% endfor %}", "line 1: a list is gone through like"),
        ("x\n{% if late %}", "no template"),
        ("{{ }}", "no template"),
        ("{{ case.id | nofilter }}", "letters have these filters"),
        ("{{ " + "(" * 5000 + "count" + ")" * 5000 + " }}", "line 1: nested too deeply"),
    ],
)  # fmt: skip
def test_what_cannot_be_filled_in_is_found_with_its_line(source: str, why: str) -> None:
    assert why in " ".join(wrong(source))


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ case.__class__ }}",
        "{{ case['id'] }}",
        "{{ case.items() }}",
        "{{ case.id.format('') }}",
        "{{ self }}",
        "{{ range(9) }}",
        "{{ lipsum() }}",
        "{{ cycler }}",
        "{{ 'a' * 999999999 }}",
        "{{ '%999999999d' % 1 }}",
        "{{ count ** 9999 }}",
        "{{ -count }}",
        "{{ [1, 2] }}",
        "{{ {'a': 1} }}",
        "{% include '/etc/passwd' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{% set x = case.id ~ case.id %}",
        "{% macro x() %}{% endmacro %}",
        "{% call x() %}{% endcall %}",
        "{% filter upper %}x{% endfilter %}",
        "{% block x %}{% endblock %}",
        "{% with x = 1 %}{% endwith %}",
        "{% autoescape false %}x{% endautoescape %}",
        "{{ case.id is defined }}",
        "{{ case.id in words }}",
        "{{ caller() }}",
        "{% for one in promises %}{{ loop.cycle('a') }}{% endfor %}",
        "{% for one in promises recursive %}{{ loop(words) }}{% endfor %}",
    ],
)
def test_nothing_but_values_can_be_reached(source: str) -> None:
    assert wrong(source)


@pytest.mark.parametrize(
    "source",
    ["{{ case.__class__ }}", "{{ case.keys() }}", "{{ case.id.upper() }}", "{{ 'a' * 9 }}", "{{ -count }}",
     "{{ count ** 9 }}", "{{ '%s' % 1 }}", "{{ nothing }}", "{{ case.nothing }}", "{{ case.id.nothing }}"],
)  # fmt: skip
def test_the_sandbox_refuses_the_same_once_more(source: str) -> None:
    with pytest.raises((SecurityError, TemplateError)):
        templating.filled(source, GIVEN)


def test_every_fault_is_told_once_and_all_of_them_at_once() -> None:
    assert len(wrong("{{ x }}\n{{ y }}\n{{ case.z }}")) == 3
    assert len(wrong("{{ x }}{{ x }}")) == 1


PIECES = (
    "word ", "\n", "\n\n", "- ", "\\", "{{ case.id }}", "{{ count }}", "{{ stage }}", "{{ words | join }}", "{{ x }}",
    "{% if late %}", "{% if stage == 'looking' %}", "{% elif count > 1 %}", "{% else %}", "{% endif %}",
    "{% for one in promises %}", "{{ one.what }}", "{{ loop.index }}", "{% endfor %}", "{{ case }}", "{{ 1 / 0 }}", "店",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.booleans(),
    st.sampled_from(VALUES["stage"]),
)
def test_what_passed_can_be_filled_in_whatever_the_case_is(source: str, full: bool, stage: str) -> None:
    if not wrong(source):
        given = templatefaults.example(VALUES, full=full)
        templating.filled(source, {**given, "stage": stage})


# -- what comes out


def test_lines_of_a_paragraph_belong_together_and_an_empty_one_parts_them() -> None:
    assert paragraphs("one\ntwo\n\nthree\n  \n\nfour") == [["one two"], ["three"], ["four"]]


def test_chinese_lines_are_joined_without_a_blank() -> None:
    assert paragraphs("您好，\n欢迎\nA 店\n{{ case.id }}\n号") == [["您好，欢迎 A 店 C-1 号"]]


def test_a_backslash_breaks_a_line_and_an_empty_line_is_left_out() -> None:
    assert paragraphs("one\\\n{{ case.id }}\\\ntwo") == [["one", "C-1", "two"]]
    assert paragraphs("one\\\n{{ case.id }}\\\ntwo\\", case={"id": "", "complaint": ""}) == [["one", "two"]]


def test_dashes_make_a_list_whose_entries_may_go_on() -> None:
    found = filled("before\n- one\n  goes on\n- two\nafter")
    assert found == [
        Block(False, [["before"]]), Block(True, [["one goes on"], ["two"]]), Block(False, [["after"]]),
    ]  # fmt: skip


def test_a_line_of_tags_alone_is_no_line() -> None:
    source = "a\n{% if not late %}\nb\n{% endif %}\nc\n\n{% for one in promises %}\n- {{ one.what }}{% if one.late %}!{% endif %}\n{% endfor %}"
    assert filled(source) == [Block(False, [["a b c"]]), Block(True, [["an answer!"], ["news"]])]


def test_tags_keep_the_numbers_of_lines() -> None:
    assert wrong("{% if late %}\n{% endif %}{% if late %}\n\n{% endif %}\n{{ x }}")[0].startswith("line 5:")


@pytest.mark.parametrize(
    "value", ["- a", "a\n\nb\n- c", "x\\", "{{ 7 * 7 }}", "{% if %}", "\x02a\x03\x1f", "# a", "\u2028"]
)
def test_a_value_opens_no_block_and_is_never_a_template(value: str) -> None:
    found = filled(
        "before {{ case.complaint }} after\n\n{{ case.complaint }}\nend", case={"id": "", "complaint": value}
    )
    assert [block.listed for block in found] == [False, False]
    assert "49" not in str(found)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_whatever_a_customer_wrote_stays_in_its_paragraph(value: str) -> None:
    found = filled("a\n\n- x {{ case.complaint }} y\n\nb", case={"id": "", "complaint": value})
    assert [(block.listed, len(block.entries)) for block in found] == [(False, 1), (True, 1), (False, 1)]

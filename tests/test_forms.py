"""The quick reader of very many files says what the strict one says, of every text there is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaintctl import forms, yamlfile
from complaintctl.canonical import emit_case
from complaintctl.errors import BadData
from tests.rule_examples import a_case, a_proposal, answered, classified, decided, signed

HOSTILE = (
    '"yes"', "yes", "Yes", "null", "~", "012", "0x10", "1.5", "-1", "0", "7", "true", '"true"', "True", '"7"',
    '"li.na"', "li.na", "li na", "2026-11-21", '"2026-11-21"', '""', "", "{}", "[]", "|-", ">", "&a b", "*a",
    "!!str x", "? x", "- x", "x: y", '"x: y"', '"a" "b"', '"a\\tb"', '"a\tb"', '"\\u3000"', '"\u3000"', '"\u2028"',
    '"\\u2028"', '"\u202e"', '"\ufeff"', '"\ue000"', '"\x85"', '"\U0001f600"', '"\\"', '"\\\\"', '"a\\"b"', "'x'",
    '"x" # no', "x # no", '"牛奶"', "牛奶", " x", '"x" ', "9999999999999999", "1" * 15, '"' + "x" * 70000 + '"',
)  # fmt: skip


def cases() -> list[Any]:
    """Cases of different forms, from the barest to one with every kind of section."""
    proposal = a_proposal(decision=decided("head", "sun.min"), answer=answered())
    return [
        a_case(),
        a_case(state="classified", classification=classified(flags=["food-safety"], affected=3)),
        a_case(state="approved", classification=classified(), proposals=[proposal]),
        a_case(complaint="one\ntwo: \"x\"\nthree: y", evidence=[], contacts=[]),
        a_case(complaint='he said "x": y', about={}),
        a_case(state="closed", closures=[signed(outcome="withdrawn", reason="as agreed")]),
    ]  # fmt: skip


def outcome(read: Any, data: bytes) -> Any:
    """The case that a reader finds, or what it says is wrong."""
    try:
        return read(data, "case.yaml")
    except BadData as fault:
        return [fault.message, fault.problems, fault.hint]


def primed() -> forms.Reader:
    reader = forms.Reader()
    for case in cases():
        reader.read(emit_case(case), "case.yaml")
    return reader


@pytest.mark.parametrize("case", cases())
def test_a_form_that_was_met_before_gives_the_same_case(case):
    data = emit_case(case)
    reader = forms.Reader()
    assert (
        reader.read(data, "case.yaml")
        == reader.read(data, "case.yaml")
        == yamlfile.read_case(data, "case.yaml")
    )


def test_a_file_filled_in_like_one_before_is_not_parsed_again(monkeypatch):
    reader = primed()
    other = a_case(complaint="the milk is sour", id="C-20261101-000009")
    monkeypatch.setattr(yamlfile, "read_case", None)
    assert reader.read(emit_case(other), "case.yaml") == other


@pytest.mark.parametrize("number", range(len(cases())))
def test_no_spelling_of_any_value_is_taken_that_the_strict_reader_refuses(number):
    reader, strict = primed(), yamlfile.read_case
    lines = emit_case(cases()[number]).decode().split("\n")
    for place, line in enumerate(lines):
        key, colon, _value = line.partition(": ")
        if not colon or place % 4 != number % 4:  # each line in one of the cases that share it
            continue
        for value in HOSTILE:
            changed = [*lines[:place], f"{key}: {value}", *lines[place + 1 :]]
            data = "\n".join(changed).encode("utf-8", "surrogatepass")
            assert outcome(reader.read, data) == outcome(strict, data), (line, value[:20])


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_texts_that_are_damaged_anywhere_are_judged_as_by_the_strict_reader(data):
    text = emit_case(data.draw(st.sampled_from(cases()))).decode()
    for _change in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(start + 8, len(text))))
        put_in = data.draw(
            st.sampled_from((*HOSTILE[:-1], "\n", " ", ":", '"', "\\", "- ", ": ")) | st.text(max_size=4)
        )
        text = text[:start] + put_in + text[end:]
    damaged = text.encode("utf-8", "surrogatepass")
    assert outcome(primed().read, damaged) == outcome(yamlfile.read_case, damaged)


@settings(max_examples=150, deadline=None)
@given(words=st.text(max_size=60), name=st.text(min_size=1, max_size=20))
def test_whatever_people_write_is_read_back(words, name):
    case = a_case(complaint=words, customer={"id": "P-000001", "name": name})
    try:
        data = emit_case(case)
    except BadData:
        return  # half a character
    assert primed().read(data, "case.yaml") == case == yamlfile.read_case(data, "case.yaml")


def test_the_memory_of_forms_is_bounded(monkeypatch):
    monkeypatch.setattr(forms, "FORMS", 2)
    reader = forms.Reader()
    for case in cases() * 2:
        assert reader.read(emit_case(case), "case.yaml")["id"] == case["id"]
    assert len(reader._forms) <= 2


@pytest.mark.parametrize("case", cases())
def test_a_form_that_is_met_often_is_filled_in_as_before(case):
    reader, data = primed(), emit_case(case)
    found = [reader.read(data, "case.yaml") for _time in range(3)]
    assert found == [yamlfile.read_case(data, "case.yaml")] * 3
    found[0]["about"]["product"] = "another"  # nobody else's case
    assert found[2] == yamlfile.read_case(data, "case.yaml") == reader.read(data, "case.yaml")


def test_words_numbers_and_truth_values_in_one_form_keep_their_kind():
    reader = forms.Reader()
    for value in (4, 1, True, "yes-and-no", False, 0, 4):
        case = a_case(follow_ups=[signed(satisfaction=value, method="phone")])
        for _time in range(2):
            found = reader.read(emit_case(case), "case.yaml")["follow_ups"][0]["satisfaction"]
            assert (type(found), found) == (type(value), value)


def test_a_quote_too_many_does_not_shift_the_values_of_a_known_form():
    reader = primed()
    text = emit_case(cases()[0]).decode()
    for damaged in (text + '"', text + 'x"', text + '"\n"', text.replace('"\n', '"\n"', 1)):
        assert outcome(reader.read, damaged.encode()) == outcome(yamlfile.read_case, damaged.encode())


def test_what_stands_under_the_noted_keys_is_at_hand_from_the_second_time_on():
    reader = forms.Reader({"at", "registered_at"})
    data = emit_case(a_case(state="closed", closures=[signed(outcome="withdrawn", reason="as agreed")]))
    first, looked_for = reader.read_noting(data, "case.yaml")
    again, noted = reader.read_noting(data, "case.yaml")
    assert first == again
    assert looked_for is None
    assert noted == [again["intake"]["registered_at"], again["closures"][0]["at"]]


def test_the_memory_of_what_stands_between_quotes_is_bounded(monkeypatch):
    monkeypatch.setattr(forms, "BETWEEN", 5)
    reader = forms.Reader()
    longest = 0
    for data in map(emit_case, cases() * 2):
        assert reader.read(data, "case.yaml") == yamlfile.read_case(data, "case.yaml")
        longest = max(longest, data.count(b'"') // 2 + 1)
        assert len(reader._between) <= max(5, longest)

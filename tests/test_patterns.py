"""What is matched by a pattern is what the strict reader reads and the schema takes; all else is left to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaintctl import casefiles, patterns, schema, summary, yamlfile
from complaintctl.canonical import emit_case
from complaintctl.errors import BadData
from tests.rule_examples import a_case, a_proposal, answered, classified, decided, signed
from tests.test_forms import HOSTILE
from tests.test_forms import cases as few_cases

SAMPLES = sorted((Path(__file__).parent.parent / "cases").glob("*/*/*.yaml"))
# Values that the schema refuses in one place or another, or that are spelled otherwise.
ODD = (
    '"2023-02-29"', '"2024-02-29"', '"2026-04-31"', '"0000-01-01"', '"2026-13-01"',
    '"2026-11-21T24:00:00+08:00"', '"2026-11-21T23:59:60+08:00"', '"2026-02-29T10:00:00+08:00"',
    '"2026-11-21T10:00:00Z"', '"2026-11-21t10:00:00+08:00"', '"0999-11-21T10:00:00+08:00"', '"12.90"', '"012.90"',
    '"12.34567"', "5", "6", "x" * 65, "a" * 64, "a..b", "no", "No", "yes", '"' + "x" * 501 + '"',
    '"' + "牛" * 500 + '"', "closed", "open", "C-20261121-00000I", '"a@b"', '"li@shop.example"', "minor", "CNY", "cny",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(patterns, "OFTEN", 1)


def cases() -> list[Any]:
    """Valid cases of different layouts."""
    follow_up = signed(satisfaction=4, method="phone")
    proposal = a_proposal(decision=decided("head", "sun.min"), answer=answered())
    found = [
        *few_cases(),
        a_case(classification=classified(departments=["store", "grocery"], affected=12, flags=["injury"])),
        a_case(state="satisfied", classification=classified(), proposals=[proposal], follow_ups=[follow_up]),
        *(yamlfile.read_case(path.read_bytes(), path.name) for path in SAMPLES[::3]),
    ]
    read = [yamlfile.read_case(emit_case(case), "case.yaml") for case in found]
    return [case for case in read if schema.valid("case", case)]


def reader(*learnt: Any, noted: Any = ()) -> patterns.Reader:
    made = patterns.Reader(schema.schema("case"), noted)
    for data in map(emit_case, learnt):
        made.learn(data, yamlfile.read_case(data, "case.yaml"))
    return made


def strictly(data: bytes) -> Any:
    """The case in a text that is canonical and valid; else None."""
    try:
        case = yamlfile.read_case(data, "case.yaml")
    except BadData:
        return None
    return case if schema.valid("case", case) else None


def judged(made: patterns.Reader, data: bytes) -> bool:
    """Whether a text is taken; what is taken must be what the strict reader finds, in the same order."""
    found = made.read(data)
    if found is not None:
        strict = strictly(data)
        assert strict is not None, data.decode()
        assert (found[0], repr(found[0])) == (strict, repr(strict))
    return found is not None


def test_there_are_cases_to_learn_from():
    assert len(cases()) > 12


def test_what_was_learnt_is_taken_unless_a_text_is_a_block():
    for case in cases():
        data = emit_case(case)
        assert judged(reader(case), data) is (b"|-" not in data and b"\\" not in data), data.decode()


def test_another_case_of_the_same_layout_is_taken_without_the_slow_readers(monkeypatch):
    made = reader(a_case())
    other = a_case(id="C-20261101-000009", complaint="牛奶酸了。")
    monkeypatch.setattr(yamlfile, "read_case", None)
    found = made.read(emit_case(other))
    assert found is not None
    assert found[0] == other


@pytest.mark.parametrize("number", range(len(cases())))
def test_no_value_is_taken_that_the_strict_reader_or_the_schema_refuses(number):
    case = cases()[number]
    made, taken = reader(*cases()), 0
    lines = emit_case(case).decode().split("\n")
    for place, line in enumerate(lines):
        key, colon, _value = line.partition(": ")
        dash = line.rpartition("- ")[1]
        if not (colon or dash) or place % 3 != number % 3:
            continue
        for value in (*HOSTILE, *ODD):
            changed = f"{key}: {value}" if colon else f"{line.rpartition('- ')[0]}- {value}"
            data = "\n".join([*lines[:place], changed, *lines[place + 1 :]]).encode("utf-8", "surrogatepass")
            taken += judged(made, data)
    assert taken or len(lines) < 30


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_damaged_texts_are_taken_only_where_nothing_is_wrong_at_length(data):
    _damage(data)


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_damaged_texts_are_taken_only_where_nothing_is_wrong(data):
    _damage(data)


ALL: list[Any] = []


def _damage(data: Any) -> None:
    if not ALL:
        patterns.OFTEN = 1
        ALL.extend((reader(*cases()), [emit_case(case).decode() for case in cases()]))
    made, texts = ALL
    text = data.draw(st.sampled_from(texts))
    for _change in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(start + 8, len(text))))
        piece = st.sampled_from((*HOSTILE[:-1], *ODD, "\n", " ", ":", '"', "\\", "- ", ": ")) | st.text(
            max_size=4
        )
        text = text[:start] + data.draw(piece) + text[end:]
    judged(made, text.encode("utf-8", "surrogatepass"))


def test_sections_that_are_missing_moved_or_there_twice_are_left_to_the_strict_reader():
    made = reader(*cases())
    for case in cases():
        text = emit_case(case).decode()
        starts = [found.start() for found in patterns._begin(text, text.index("\n") + 1)]
        parts = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
        head = text[: starts[0]]
        for place, part in enumerate(parts):
            rest = [*parts[:place], *parts[place + 1 :]]
            for changed in (rest, [*parts, part], [part, *rest], [*parts[:place], part, *parts[place:]]):
                judged(made, (head + "".join(changed)).encode())


def test_entries_more_or_fewer_of_a_list_are_no_other_case():
    one, two = (a_case(follow_ups=[signed(satisfaction=4, method="phone")] * times) for times in (1, 2))
    assert not judged(reader(one), emit_case(two))
    assert not judged(reader(two), emit_case(one))
    assert judged(reader(one, two), emit_case(two))


def test_a_layout_is_made_a_pattern_once_it_comes_again(monkeypatch):
    monkeypatch.setattr(patterns, "OFTEN", 3)
    data = emit_case(a_case())
    made = patterns.Reader(schema.schema("case"))
    for _time in range(3):
        assert made.read(data) is None
        made.learn(data, yamlfile.read_case(data, "case.yaml"))
    assert judged(made, data)


def test_what_stands_under_the_noted_keys_is_told():
    case = a_case(state="closed", closures=[signed(outcome="withdrawn", reason="as agreed")])
    found = reader(case, noted=summary.SIGNED).read(emit_case(case))
    assert found is not None
    assert found[1] == [case["intake"]["registered_at"], case["closures"][0]["at"]]


def test_what_is_kept_is_bounded(monkeypatch):
    monkeypatch.setattr(patterns, "LAYOUTS", 2)
    monkeypatch.setattr(patterns, "SEEN", 5)
    made = reader(*cases(), *cases())
    assert max(map(len, made._layouts.values())) <= 2
    assert len(made._orders) <= 5
    assert len(made._met) <= 5
    for case in cases():
        judged(made, emit_case(case))


def test_a_schema_that_asks_more_than_patterns_can_say_is_left_to_its_library():
    plain = schema.schema("case")
    for more in ({"not": {}}, {"if": {}}, {"minProperties": 1}, {"patternProperties": {}}):
        assert not learnt_by({**plain, **more})
    longer = {**plain["$defs"]["text"], "contentEncoding": "base64"}
    assert not learnt_by({**plain, "$defs": {**plain["$defs"], "text": longer}})
    assert learnt_by(plain)


def learnt_by(asked: Any) -> bool:
    """Whether a case is taken by a reader that goes by a schema, once it has learnt from the same case."""
    made, data = patterns.Reader(asked), emit_case(a_case())
    made.learn(data, yamlfile.read_case(data, "case.yaml"))
    return made.read(data) is not None


def test_an_enumeration_takes_nothing_else_and_not_the_empty_text():
    for said in (["a b", "yes"], ["x"], []):
        body = patterns._body("enum", said, in_quotes=True)
        assert not patterns.re.fullmatch(body, "")


@pytest.mark.parametrize("path", SAMPLES[:6], ids=lambda path: path.stem)
def test_a_case_is_refused_alike_whether_one_is_read_or_many(path, documents_of_samples):
    """The same file, right or wrong in any of these ways, gets the same reason from both readers."""
    text = path.read_bytes()
    inside = f"cases/{'/'.join(path.parts[-3:])}"
    many, one = (casefiles.Reader(documents_of_samples, many=flag) for flag in (True, False))
    for data in (
        text, text, text.replace(b"state: ", b"state: un", 1), text.replace(b'"', b"'", 1), text + b"\n",
        text.replace(b"+08:00", b"+08:99", 1), text.replace(b"id: C-", b"id: C-1", 1), text.replace(b"sha256: ", b"sha256: 0"),
        text,
    ):  # fmt: skip
        told = []
        for made in (many, one):
            try:
                told.append(made.read(inside, data))
            except BadData as fault:
                told.append(casefiles.reason(fault))
        assert told[0] == told[1]


@pytest.fixture(scope="module")
def documents_of_samples() -> Any:
    from complaintctl import documents

    top = Path(__file__).parent.parent
    files = {str(path.relative_to(top)): str(path) for path in (top / "policies").rglob("*.yaml")}
    files = {path: blob for path, blob in files.items() if documents.kind_of(path)}
    return documents.load(
        files, lambda blobs: ((blob, Path(blob).read_bytes()) for blob in blobs), _Nothing()
    )


class _Nothing:
    """A shelf on which nothing stands."""

    def found(self, _files: Any) -> list[Any]:
        return []

    def keep(self, parsed: Any) -> None:
        self.kept = {(one.path, one.blob): one.content for one in parsed}

    def content(self, path: str, blob: str) -> str:
        return str(self.kept[path, blob])

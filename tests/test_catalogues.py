"""The catalogues hold every text of the program, each translated, with the same fields, and compiled."""

from __future__ import annotations

import ast
import functools
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("babel", reason="needs Babel, of the extra `test`")

from babel.messages import Catalog
from babel.messages.mofile import read_mo

from complaintctl import i18n
from complaintctl.catalogue import Catalogue
from tests import catalogues
from tests.shop import run

TODO = "python -m tests.catalogues, translate what is empty in the .po files, and once more"
OURS = "complaintctl/"
tags = pytest.mark.parametrize("tag", catalogues.TAGS)


@functools.cache
def texts() -> dict[Any, bool]:
    """Every text of today, and whether it is ours; one that is both ours and click's is ours."""
    found = catalogues.extracted()
    return {one.id: any(name.startswith(OURS) for name, _line in one.locations) for one in found if one.id}


@functools.cache
def catalogue(tag: str) -> Catalog:
    return catalogues.read(tag)


def strings(value: Any) -> tuple[str, ...]:
    """A text, or those of its numbers."""
    return (value,) if isinstance(value, str) else tuple(value)


def entries(one: Catalog) -> dict[Any, Any]:
    """Texts and translations; several numbers are tuples, whichever way they were read."""
    return {_hashable(message.id): _hashable(message.string) for message in one if message.id}


def _hashable(value: Any) -> Any:
    return value if isinstance(value, str) else tuple(value)


def test_each_language_of_the_program_but_english_has_a_catalogue() -> None:
    assert set(catalogues.TAGS) == {path.name for path in Path(i18n.LOCALE).iterdir() if path.is_dir()}
    assert {tag.replace("_", "-") for tag in catalogues.TAGS} == {*i18n.LANGUAGES} - {"en"}


def test_there_is_something_to_translate() -> None:
    assert sum(texts().values()) > 1000
    assert not all(texts().values())  # click's are among them


@tags
def test_no_text_of_ours_is_missing(tag: str) -> None:
    known = entries(catalogue(tag))
    missing = [one for one, ours in texts().items() if ours and not all(strings(known.get(one, "")))]
    assert not missing, TODO


@tags
def test_no_translation_is_fuzzy(tag: str) -> None:
    assert not [one.id for one in catalogue(tag) if one.id and one.fuzzy], "look at it, and take the mark out"


@tags
def test_no_translation_is_stale(tag: str) -> None:
    """Click's texts are others in other versions of it; those of ours are all of today."""
    stale = [
        one.id
        for one in catalogue(tag)
        if one.id
        and one.id not in texts()
        and (not one.locations or any(name.startswith(OURS) for name, _line in one.locations))
    ]
    assert not stale, TODO
    assert not catalogue(tag).obsolete, TODO


@tags
def test_a_translation_has_the_fields_of_its_text(tag: str) -> None:
    wrong = []
    for ident, told in entries(catalogue(tag)).items():
        known = {field for one in strings(ident) for field in catalogues.fields(one)}
        for one in filter(None, strings(told)):
            fields = set(catalogues.fields(one))
            if not fields <= known or (isinstance(ident, str) and fields != known):
                wrong.append((ident, one))
    assert not wrong


@tags
def test_a_translation_begins_and_ends_as_its_text_does(tag: str) -> None:
    """Blanks and line breaks at the ends stand between texts that are put together."""
    wrong = [
        (ident, told)
        for ident, told in entries(catalogue(tag)).items()
        if isinstance(ident, str) and told and ident.endswith("\n") != told.endswith("\n")
    ]
    assert not wrong


@tags
def test_what_the_program_reads_is_what_people_edit(tag: str) -> None:
    compiled = catalogues.place(tag).with_suffix(".mo").read_bytes()
    fresh = catalogues.compiled(catalogue(tag))
    assert entries(read_mo(io.BytesIO(compiled))) == entries(read_mo(io.BytesIO(fresh))), TODO


def marked() -> Iterator[tuple[str, int, ast.expr]]:
    """Every text that the code marks: file, line, and the expression."""
    folder = catalogues.ROOT / "complaintctl"
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"_", "N_", "ngettext"}
            ):
                yield path.name, node.lineno, node.args[0]


def test_every_text_that_the_code_marks_is_found() -> None:
    """The finder reads words, not syntax: a text inside of another string may escape it."""
    found = {strings(one)[0] for one in texts()}
    lost = [
        (name, line, text.value)
        for name, line, text in marked()
        if isinstance(text, ast.Constant) and text.value not in found
    ]
    assert not lost, "take it out of the string that it stands in"


def test_no_text_is_put_together_before_it_is_translated() -> None:
    wrong = [(name, line) for name, line, text in marked() if isinstance(text, ast.JoinedStr | ast.BinOp)]
    assert not wrong


@tags
def test_a_catalogue_says_what_the_library_says(tag: str) -> None:
    path = catalogues.place(tag).with_suffix(".mo")
    whole = Catalogue.__mro__[1]
    with path.open("rb") as one, path.open("rb") as other:
        ours, theirs = Catalogue(one), whole(other)
    for message in catalogue(tag):
        first, *more = strings(message.id)
        for said in (ours, theirs):
            assert isinstance(said, whole)
        if message.context:
            assert ours.pgettext(message.context, first) == theirs.pgettext(message.context, first)
        assert ours.gettext(first) == theirs.gettext(first)
        for count in range(4) if more else ():
            assert ours.ngettext(first, more[0], count) == theirs.ngettext(first, more[0], count)
    assert ours.gettext("said by nobody") == "said by nobody"
    assert ours.ngettext("one nobody", "{count} nobodies", 2) == "{count} nobodies"
    assert ours.info() == theirs.info()


@pytest.mark.parametrize("data", [b"", b"no catalogue at all, whatever its name says", b"\xde\x12\x04\x95"])
def test_what_is_no_catalogue_is_refused_as_the_library_does(data: bytes) -> None:
    with pytest.raises(Exception) as theirs:
        Catalogue.__mro__[1](io.BytesIO(data))
    with pytest.raises(type(theirs.value)):
        Catalogue(io.BytesIO(data))


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh-CN"),
        ({"LANG": "es_MX.UTF-8"}, "es"),
        ({"LANG": "es"}, "es"),
        ({"LANG": "es.UTF-8"}, "es"),
        ({"LANG": "est_EE.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "es_ES.UTF-8", "LC_ALL": ""}, "es"),
        ({"LANG": "es_ES.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "es_ES.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh-CN"),
        ({"LANG": "es_ES.UTF-8", "COMPLAINTCTL_LANGUAGE": "zh-CN"}, "zh-CN"),
    ],
)
def test_outside_a_register_the_language_is_that_of_the_system(
    environment: dict[str, str], spoken: str, tmp_path: Path
) -> None:
    assert i18n.early(["-C", str(tmp_path), "policy", "list"], environment) == spoken


@pytest.mark.parametrize(
    ("settings", "spoken"), [("language: es\n", "es"), ("language: fr\n", "en"), ("", "en")]
)
def test_in_a_register_the_system_has_no_say(settings: str, spoken: str, tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/register.yaml").write_text(settings, encoding="utf-8")
    assert i18n.early(["-C", str(tmp_path), "list"], {"LANG": "zh_CN.UTF-8"}) == spoken


def test_rules_are_listed_outside_a_register_in_the_language_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "es_ES.UTF-8")
    assert "Óptica" in run("-C", str(tmp_path), "policy", "list").out
    assert "眼镜店" in run("-C", str(tmp_path), "--language", "zh-CN", "policy", "list").out

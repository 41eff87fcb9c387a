"""What is printed about steps is in the reader's words; what is recorded is the same in every language."""

from __future__ import annotations

import contextlib
import os
import subprocess

import click
import pytest

from complaintctl.commands import new, staff
from tests.shop import Shop, run


@pytest.fixture
def case(shop: Shop) -> str:
    return shop.new("--channel", "desk", "--complaint", "sour")


@pytest.mark.parametrize(
    ("language", "step_named", "change"),
    [
        ("en", "classification", "received → classified"),
        ("zh-CN", "分类定级", "已受理 → 已分类定级"),
        ("es", "clasificación", "recibida → clasificada"),
    ],
)
def test_a_step_says_the_states_in_words_on_a_terminal_and_as_ids_to_a_script(
    shop: Shop, case: str, language: str, step_named: str, change: str
) -> None:
    step = ("--language", language, "--no-input", "classify", case, "--category", "goods.spoiled")
    assert shop.do("li.na", *step).startswith(f"classify {case} received → classified ")
    assert shop.git("log", "-1", "--format=%s").strip() == f"{case}: classify (received → classified)"
    assert change in shop.do("", "--language", language, "log", case)
    shop.do("li.na", "undo", case, "--reason", "again")
    assert f"{step_named} {case} {change} " in on_a_terminal(shop.line("li.na", *step))


def on_a_terminal(line: list[str | bytes]) -> str:
    """What a command line prints on a terminal."""
    import pty

    here, there = pty.openpty()
    with subprocess.Popen(line, stdout=there, stderr=subprocess.DEVNULL) as process:
        os.close(there)
        said = b""
        with contextlib.suppress(OSError):  # nobody is at the other end any more
            while piece := os.read(here, 4096):
                said += piece
        os.close(here)
    assert process.returncode == 0
    return said.decode()


@pytest.mark.parametrize(("language", "state"), [("zh-CN", "已受理"), ("es", "recibida")])
def test_a_refusal_names_the_state_as_the_policy_does(
    shop: Shop, case: str, language: str, state: str
) -> None:
    refused = shop.refuse(1, "sun.min", "--language", language, "approve", case).err
    assert state in refused
    assert "received" not in refused


def test_a_list_with_all_columns_has_words_and_its_data_has_ids(shop: Shop, case: str) -> None:
    told = shop.do("", "--language", "es", "list", "--full")
    assert "recibida" in told
    assert "reclamación" in told
    assert "16/11/2026" in told
    assert "received" in shop.do("", "--language", "es", "list", "--format", "csv")


def test_a_statement_may_be_written_with_a_chinese_colon(shop: Shop, case: str) -> None:
    shop.do("li.na", "classify", case, "--category", "service.attitude")
    shop.do("li.na", "assign", case, "--to", "zhao.wei")
    shop.do("zhao.wei", "investigate", case, "--statement", "customer：他说：爱买不买")
    assert "他说：爱买不买" in shop.show(case)["investigations"][0]["statements"][0]["text"]


@pytest.mark.parametrize(
    ("language", "goods", "other"),
    [
        ("en", "fresh milk 1L", "鲜牛奶"),
        ("zh-CN", "鲜牛奶 1L", "fresh"),
        ("es", "leche fresca 1 L", "鲜牛奶"),
    ],
)
def test_the_example_in_a_help_is_in_the_readers_language(language: str, goods: str, other: str) -> None:
    told = run("--language", language, "new", "--help").out
    assert f'  --product "{goods}"' in told
    assert other not in told


def test_a_help_that_was_shown_leaves_the_texts_of_its_verb_as_they_were() -> None:
    def texts() -> list[str | None]:
        shown = [group, *group.commands.values()]
        own = [text for one in shown for text in (one.help, one.short_help, one.epilog)]
        return own + [param.help for param in verb.params if isinstance(param, click.Option)]

    group, verb = staff.command, new.command
    assert isinstance(group, click.Group)
    before = texts()
    for words in (("new",), ("staff",)):
        assert run("--language", "zh-CN", *words, "-h").out != run("--language", "en", *words, "-h").out
    run("--language", "es", "new", "-h")
    assert texts() == before


@pytest.mark.parametrize(
    ("language", "week", "within"),
    [
        ("en", "Mon to Sun", "5 business days"),
        ("zh-CN", "周一至周日", "5 个工作日"),
        ("es", "lun. a dom.", "5 días hábiles"),
    ],
)
def test_the_notice_says_days_and_lengths_in_words(shop: Shop, language: str, week: str, within: str) -> None:
    # S2-2
    told = shop.do("", "--language", language, "policy", "show", "--public")
    assert week in told
    assert within in told
    assert "mon tue" not in told

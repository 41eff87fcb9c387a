"""Demo scripts are read whole before anything is played: what they may say, and every mistake with its line."""

from __future__ import annotations

from datetime import datetime

import pytest

from complaintctl.errors import BadData
from complaintctl.playing import Command, Heading, TextFile, filled, parse, retold, said_in

SCRIPT = """\
! --country ES --name "Tiendas Alameda"
# A shop

@ 2026-11-09 09:10 li.na
new --channel desk --complaint "a = b" = milk
file slip.txt signed by "both"
?1 approve {milk}
# The next day
@ 2026-11-10 08:00 boss
evidence add {milk} slip.txt --note "the slip = signed"
"""


def problems(text: str) -> list[str]:
    with pytest.raises(BadData) as refused:
        parse(text, "x.txt")
    return [str(one).replace(" $: ", " ") for one in refused.value.problems]


def test_a_script_is_headings_files_and_commands_each_with_its_line_clock_and_actor() -> None:
    script = parse(SCRIPT, "x.txt")
    nine, eight = datetime(2026, 11, 9, 9, 10), datetime(2026, 11, 10, 8, 0)  # noqa: DTZ001  (local time)
    assert script.head == {"country": "ES", "name": "Tiendas Alameda"}
    assert script.start() == nine
    assert script.parts == [
        Heading(2, "A shop"),
        Command(5, nine, "li.na", 'new --channel desk --complaint "a = b"',
                ("new", "--channel", "desk", "--complaint", "a = b"), 0, "milk"),
        TextFile(6, "slip.txt", 'signed by "both"'),
        Command(7, nine, "li.na", "approve {milk}", ("approve", "{milk}"), 1, None),
        Heading(8, "The next day"),
        Command(10, eight, "boss", 'evidence add {milk} slip.txt --note "the slip = signed"',
                ("evidence", "add", "{milk}", "slip.txt", "--note", "the slip = signed"), 0, None),
    ]  # fmt: skip


def test_names_in_braces_give_way_to_ids() -> None:
    assert filled("link {a-1} --to {b}", {"a-1": "7K3M", "b": "9Q2X"}) == "link 7K3M --to 9Q2X"


def test_the_clock_may_go_back_to_tell_of_another_case() -> None:
    text = "@ 2026-11-10 09:00 a\nlist\n@ 2026-11-09 09:00 b\ndue\n"
    assert [part.who for part in parse(text, "x").parts if isinstance(part, Command)] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "x.txt: there is no command in it"),
        ("# only a heading", "x.txt: there is no command in it"),
        ("list", "x.txt:1: no clock is set yet"),
        ("@ 2026-11-09 9:10 li.na\n", "x.txt:1: the clock is set like this"),
        ("@ 2026-13-09 09:10 li.na\n", "x.txt:1: the clock is set like this"),
        ("@ 2026-11-09 09:10\n", "x.txt:1: the clock is set like this"),
        ("@ 2026-11-09 09:10 li.na\n\nshow {milk}\n", "x.txt:3: nothing was kept as {milk}"),
        ("@ 2026-11-09 09:10 li.na\nshow {milk} = milk\n", "x.txt:2: nothing was kept as {milk}"),
        ('@ 2026-11-09 09:10 li.na\nnew --complaint "x\n', "x.txt:2: a quotation is not closed"),
        ("@ 2026-11-09 09:10 li.na\n-C other list\n", "x.txt:2: a command begins with its verb"),
        ("@ 2026-11-09 09:10 li.na\ninit shop\n", "x.txt:2: a command begins with its verb"),
        ("@ 2026-11-09 09:10 li.na\n? list\n", "x.txt:2: a command begins with its verb"),
        ("file ../slip.txt text\n", "x.txt:1: a file is made like this"),
        ("file slip.txt\n", "x.txt:1: a file is made like this"),
        ("! --policy mine\n", "x.txt:1: after `!` stand options of init"),
        ("! country ES\n", "x.txt:1: after `!` stand options of init"),
        ("! --country\n", "x.txt:1: --country has no value"),
        ("@ 2026-11-09 09:10 li.na\nlist\n! --country ES\n", "x.txt:3: `!` stands before the first `@`"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(text: str, said: str) -> None:
    assert [one for one in problems(text) if one.startswith(said)]


def test_all_mistakes_are_told_at_once() -> None:
    assert [one.split(": ")[0] for one in problems("@ now me\nfile x\n! --so what\n")] == [
        "x.txt:1", "x.txt:2", "x.txt:3", "x.txt",
    ]  # fmt: skip


WORDS = """\
# a remark
! en | es
A shop | Una tienda
a = b | c = d
ana | eva
the slip = signed | el resguardo = firmado
! es | en
carta | letter
! en | zh-CN | es
li.na | li.na | lina.mora
the customer waits | 顾客在等 | el cliente espera
signed by "both" | 双方签字 | firmado por los dos
"""


def test_a_script_is_told_in_another_language_and_stays_the_same_script() -> None:
    said = said_in([WORDS], "es")
    text = SCRIPT + 'investigate {milk} --statement "li.na: the customer waits" --also li.na@shop.example\n'
    told = [part.text for part in parse(retold(text, said), "x.txt").parts]
    assert told == [
        "Una tienda",
        'new --channel desk --complaint "c = d"',
        "firmado por los dos",
        "approve {milk}",
        "The next day",
        'evidence add {milk} slip.txt --note "el resguardo = firmado"',
        'investigate {milk} --statement "lina.mora: el cliente espera" --also lina.mora@shop.example',
    ]
    assert [part.who for part in parse(retold(text, said), "x").parts if isinstance(part, Command)] == [
        "lina.mora", "lina.mora", "boss", "boss",
    ]  # fmt: skip


def test_what_a_table_of_words_does_not_have_stays_as_it_is() -> None:
    assert said_in([WORDS], "zh-CN")["A shop"] == "A shop"
    assert retold(SCRIPT, {}).splitlines() == SCRIPT.splitlines()
    assert retold('new --complaint "ana waits for ana"', said_in([WORDS], "es")).endswith(
        '"ana waits for ana"'
    )

"""The page of requirements is true: what it says carries a demand is there, and a test shows each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from complaintctl import founding
from tests import carried, generated

TEXT = (Path(__file__).parent.parent / "docs" / "requirements.md").read_text(encoding="utf-8")
ROWS = carried.demands(TEXT)
LAST = {
    "S0": 24, "S1a": 17, "S1b": 15, "S1c": 8, "S1d": 6, "S1e": 11, "S2": 11, "S3": 13, "S4": 12,
}  # fmt: skip


def test_what_carries_a_demand_is_there() -> None:
    assert [row.ident for row in ROWS if not (row.named or row.is_later or row.see)] == []
    wrong = [(row.ident, why) for row in ROWS for named in row.named if (why := carried.missing(named))]
    assert wrong == []


def test_a_test_shows_each_demand() -> None:
    shown = generated.ids_in_tests()
    own = [row for row in ROWS if not row.is_later and row.ident not in shown]
    assert [row.ident for row in own if row.ident.startswith("S") or not row.see] == []


def test_a_correction_leads_to_demands_that_there_are() -> None:
    there = {row.ident for row in ROWS}
    assert [(row.ident, ident) for row in ROWS for ident in row.see if ident not in there] == []


def test_no_demand_is_left_out_or_stands_twice() -> None:
    idents = [row.ident for row in ROWS]
    wanted = [f"{prefix}-{number}" for prefix, last in LAST.items() for number in range(1, last + 1)]
    wanted += [f"{letter}{number}" for letter, last in zip("MWN", (14, 32, 38), strict=True)
               for number in range(1, last + 1)]  # fmt: skip
    assert sorted(idents) == sorted(wanted)


def test_nothing_is_put_off() -> None:
    assert [row.ident for row in ROWS if row.is_later or re.search(r"\blater:", row.carried)] == []


def test_every_rule_set_that_ships_carries_something() -> None:
    named = {one.partition(": ")[0] for row in ROWS for one in row.named}
    assert set(founding.shipped_policies()) <= named


@pytest.mark.parametrize(
    "named",
    [
        "classify --colour", "clasify", "staff grow --duty", "report weekly: weather", "report yearly: level",
        "optical: playbooks.spectacles", "optical: playbooks.spectacles-power.nobody", "opticals: label",
        "every: executors", "case: about.weather", "case: proposals.tasks.weather", "supermarket: levels.9",
        "optical: causes.in-use.lens", "hotel: departments.marketing.outside",
    ],
)  # fmt: skip
def test_what_is_not_there_is_noticed(named: str) -> None:
    assert carried.missing(named)


@pytest.mark.parametrize(
    "named",
    [
        "classify --flag --severity", "staff edit --duty", "report monthly: trend", "optical: levels.1",
        "optical: playbooks.spectacles-power.listen", "optical: causes.in-use.lens-drilled", "every: conduct",
        "case: proposals.decision.by", "hotel: authority.ladder.head.limit", "optical: authority.needs.severe",
    ],
)  # fmt: skip
def test_what_is_there_is_found(named: str) -> None:
    assert carried.missing(named) is None

"""What a verb loads, and how many git processes it starts: the costs that no machine makes go away.

Nothing here is timed; ``benchmarks/run.py`` measures.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import complaintctl
from tests.shop import Shop

HEAVY = {"git", "holidays", "importlib.metadata", "jsonschema", "ruamel", "tabulate", "wcwidth"}
# What the standard library loads for nothing that a short command does.
BESIDE = {"asyncio", "dataclasses", "email.utils", "locale", "logging", "random", "socket", "tempfile"}
RUN = """
import sys
from complaintctl import cli
code = cli.main()
started = getattr(sys.modules.get("complaintctl.gitprocess"), "started", 0)
modules = sorted(sys.modules)
import json
print(json.dumps([code, started, modules]), file=sys.stderr)
"""


class Loaded(NamedTuple):
    """What a command line left behind."""

    out: str
    code: int
    started: int  # git processes
    modules: frozenset[str]

    @property
    def strangers(self) -> set[str]:
        """The packages that are neither Python's nor ours."""
        tops = {name.partition(".")[0] for name in self.modules}
        known = {*sys.stdlib_module_names, "__main__", "complaintctl"}
        return {name for name in tops - known if not name.startswith("_")}


def load(shop: Shop, *words: str, **more: str) -> Loaded:
    """A command line in a process of its own."""
    place = str(Path(complaintctl.__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path += {sys.path!r}\n{RUN}", *words],
        cwd=shop.folder,
        env={**os.environ, "PYTHONPATH": place, "COMPLAINTCTL_NOW": shop.now.isoformat(), **more},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    code, started, modules = json.loads(done.stderr.splitlines()[-1])
    return Loaded(done.stdout, code, started, frozenset(modules))


@pytest.fixture
def case(shop: Shop) -> str:
    """A case in a register whose index is up to date."""
    found = shop.new()
    shop.do("", "list", "--json")
    return found


def ours(loaded: Loaded) -> set[str]:
    return {name.removeprefix("complaintctl.") for name in loaded.modules if name.startswith("complaintctl.")}


def test_help_loads_click_and_little_else(shop):
    loaded = load(shop, "--help")
    assert (loaded.code, loaded.started, loaded.strangers) == (0, 0, {"click"})
    assert ours(loaded) <= {"cli", "commands", "commands.helping", "errors", "i18n", "tuples"}
    assert not loaded.modules & {"sqlite3", "subprocess", "json", "zoneinfo"}


def test_completion_of_an_id_opens_no_register(shop, case):
    words = {"_COMPLAINTCTL_COMPLETE": "bash_complete", "COMP_WORDS": f"complaintctl show {case[:6]}",
             "COMP_CWORD": "2"}  # fmt: skip
    loaded = load(shop, **words)
    assert case in loaded.out
    assert (loaded.started, loaded.strangers) == (0, {"click"})
    assert not ours(loaded) & {"register", "index", "documents", "history", "rows"}


@pytest.mark.parametrize("words", [["list", "--json"], ["list", "--all", "--json"], ["due", "--json"]])
def test_a_list_for_a_program_loads_no_package_but_click(shop, case, words):
    loaded = load(shop, *words)
    assert json.loads(loaded.out)
    assert (loaded.started, loaded.strangers) == (0, {"click"})
    assert not ours(loaded) & {"schema", "yamlfile", "strictyaml", "summary", "render", "report", "update"}
    assert not ours(loaded) & {"steps", "workflow", "remedies", "recording", "transaction"}
    assert not loaded.modules & BESIDE


def test_a_list_for_people_loads_only_what_lines_up_its_columns(shop, case):
    loaded = load(shop, "list")
    assert case in loaded.out
    assert loaded.strangers <= {"click", "tabulate", "wcwidth"}
    assert loaded.started == 0


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_showing_a_case_parses_one_file_and_nothing_else(shop, case, more):
    loaded = load(shop, "show", case, *more)
    assert case in loaded.out
    assert loaded.strangers <= {"click", "yaml12", *(() if more else ("wcwidth",))}
    assert loaded.started == 0
    assert not ours(loaded) & {"strictyaml", "report", "update", "recording", "transaction"}
    assert not loaded.modules & BESIDE


@pytest.mark.parametrize("verb", ["new", "classify"])
def test_a_step_loads_no_heavy_package_and_starts_few_processes(shop, case, verb):
    words: dict[str, Any] = {
        "new": ("--channel", "desk", "--complaint", "soup"),
        "classify": (case, "--category", "goods.spoiled"),
    }
    loaded = load(shop, "--as", "li.na", verb, *words[verb])
    assert loaded.code == 0
    assert loaded.strangers <= {"click", "yaml12"}
    assert not loaded.modules & (HEAVY | BESIDE) - {"locale"}  # which subprocess loads
    assert not ours(loaded) & {"strictyaml", "render", "report", "update", "playbooks", "remedies"}
    assert loaded.started == 2  # the configuration, and the branch that moves


def test_a_report_asked_again_is_not_counted_again(shop, case):
    shop.wait(days=14)
    weekly = ("report", "weekly", "--format", "json")
    first, again = load(shop, *weekly), load(shop, *weekly)
    assert first.out == again.out
    assert json.loads(again.out)["report"] == "weekly"
    assert "report" in ours(first)
    assert not ours(again) & {"report", "render", "levels", "deadlines", "signing", "authority"}
    assert (again.started, again.strangers) == (0, {"click"})


def test_a_kept_report_answers_no_other_question(shop, case):
    shop.wait(days=14)
    weekly = ("report", "weekly")
    whole = shop.do("", *weekly, "--format", "json")
    answers = {
        whole,
        shop.do("", *weekly, "--format", "json", "--table", "clocks"),
        shop.do("", *weekly, "--format", "csv", "--table", "clocks"),
        shop.do("", *weekly, "--format", "markdown"),
        shop.do("", "--language", "es", *weekly, "--format", "markdown"),
        shop.do("", *weekly, "--format", "json", "--week", "2026-W40"),
    }
    assert len(answers) == 6
    assert shop.do("", *weekly, "--format", "json") == whole
    shop.new()
    assert shop.do("", *weekly, "--format", "json") != whole  # it names its commit


def test_a_week_that_is_not_over_is_counted_each_time(shop):
    week = ("report", "weekly", "--week", f"{shop.now:%G-W%V}", "--format", "json")
    first = json.loads(shop.do("", *week))
    shop.wait(hours=1)
    assert json.loads(shop.do("", *week))["as_at"] != first["as_at"]

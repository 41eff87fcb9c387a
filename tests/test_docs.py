"""What the documents say is what the program does: blocks are run, verbs and options are all there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from complaintctl import errors, policyrules, schema, topics
from complaintctl.cli import MODULES
from tests import console, generated, make_pictures, rules_in_docs

TOP = Path(__file__).parent.parent
DOCS = {path.name: path for path in [*sorted(TOP.glob("README*.md")), *sorted((TOP / "docs").glob("*.md"))]}
ONE_BLOCK = "<!-- fresh -->\n```console\n$ echo one; echo two; echo three\n{}\n```\n"


def text_of(name: str) -> str:
    return DOCS[name].read_text(encoding="utf-8")


def played(text: str, folder: Path) -> list[console.Played]:
    return list(console.play(text, folder))


# -- the player itself: a test that cannot fail is worth nothing


@pytest.mark.parametrize(
    ("expected", "same"),
    [
        ("one\ntwo\nthree", True),
        ("one\n...\nthree", True),
        ("...", True),
        ("one\n...", True),
        ("one\nthree", False),
        ("...\ntwo", False),
        ("one\ntwo\nthree\nfour", False),
    ],
)
def test_three_dots_stand_for_any_lines_and_nothing_else_does(
    expected: str, same: bool, tmp_path: Path
) -> None:
    (one,) = played(ONE_BLOCK.format(expected), tmp_path)
    assert console.fits(one.command.expected, one.printed) is same


def test_commit_ids_are_alike_and_other_numbers_are_not() -> None:
    assert console.fits(["at c611dfbce4"], ["at 2649d91d82"])
    assert not console.fits(["at c611dfbce4"], ["at c611dfb"])
    assert not console.fits(["phone 13800001234"], ["phone 13800001235"])
    assert not console.fits(["C-20261116-7K3MQ4"], ["C-20261116-7K3MQ5"])


def test_a_refreshed_document_fits_and_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    once = console.refreshed(ONE_BLOCK.format("wrong"), tmp_path / "a")
    assert once == ONE_BLOCK.format("one\ntwo\nthree")
    assert console.refreshed(once, tmp_path / "b") == once


def test_a_block_knows_the_folder_the_variables_and_the_exit_code_of_the_one_before(tmp_path: Path) -> None:
    text = (
        "<!-- fresh -->\n```console\n$ mkdir shop\n$ cd shop\n$ export COLOUR=red\n```\n"
        "```console\n$ pwd; echo $COLOUR; false\n$ echo $?\n```\n"
    )
    *_before, shown, code = played(text, tmp_path)
    assert shown.printed == [f"{console.HOME}/shop", "red"]
    assert code.printed == ["1"]


def test_playing_leaves_this_process_as_it_was(tmp_path: Path) -> None:
    before, folder = dict(os.environ), Path.cwd()
    played("<!-- shop -->\n```console\n$ complaintctl list\n```\n", tmp_path)
    assert dict(os.environ) == before
    assert Path.cwd() == folder


# -- the documents


@pytest.mark.parametrize("name", ["README.md", "README.es.md", "README.zh-CN.md", "manual.md", "review.md"])
def test_every_console_block_prints_what_it_says(name: str, tmp_path: Path) -> None:
    wrong = []
    runs = played(text_of(name), tmp_path)
    for run, after in zip(runs, [*runs[1:], None], strict=True):
        if not console.fits(run.command.expected, run.printed):
            wrong.append(f"{name}:{run.line}: $ {run.command.words}\n" + "\n".join(run.printed))
        told = any(line.startswith(("Error: ", "error: ")) for line in run.printed)  # ours, and git's
        if run.code and not told and not (after and after.command.words == "echo $?"):
            wrong.append(
                f"{name}:{run.line}: $ {run.command.words} ends with {run.code}, and does not say so"
            )
    assert len(runs) > 10
    assert not wrong, "\n\n".join(wrong) + "\n\nIf that is right now: python -m tests.refresh_docs"
    for one in make_pictures.shown(text_of(name), runs):
        picture = make_pictures.FOLDER / f"{one.name}.png"
        assert make_pictures.carried(picture.read_bytes()) == make_pictures.digest(one.markdown), (
            f"{picture.name} shows something else: python -m tests.make_pictures"
        )


@pytest.mark.parametrize("name", sorted(DOCS))
def test_what_is_made_from_the_program_is_up_to_date(name: str) -> None:
    text = text_of(name)
    if name == "requirements.md":
        pytest.skip("its last column grows with every test; see below for what must hold")
    assert generated.refreshed(text) == text, "python -m tests.refresh_docs"


def test_every_module_is_in_one_area_of_the_map() -> None:
    text = text_of("architecture.md").partition("## Map\n")[2].partition("\n## ")[0]
    areas = [line.split(" | ")[-1] for line in text.splitlines() if line.startswith("| ")]
    named = re.findall(r"`(\w+)`", "".join(areas))
    there = {path.stem for path in (TOP / "complaintctl").glob("*.py")} | {
        path.parent.name for path in (TOP / "complaintctl").glob("*/__init__.py")
    }
    assert sorted(named) == sorted(there - {"__init__"})


def test_every_verb_has_a_section_in_the_manual() -> None:
    headings = set(re.findall(r"^### (\S+)$", text_of("manual.md"), re.MULTILINE))
    assert headings == set(MODULES)


@pytest.mark.parametrize("verb", generated.verbs())
def test_every_option_of_a_verb_is_in_the_manual_and_explained(verb: str) -> None:
    text = text_of("manual.md")
    heading = f"### {verb.partition(' ')[0]}\n"
    section = re.split(r"\n### \S+\n", text[text.index(heading) + len(heading) :])[0]
    for option in generated.options_of(verb):
        assert f"`{option.opts[0]}" in section, option.opts
        assert option.help, option.opts
    if generated.options_of(verb):
        assert f"<!-- options: {verb} -->" in section


def test_every_verb_is_run_in_the_manual() -> None:
    commands = [command.words for block in console.blocks(text_of("manual.md")) for command in block.commands]
    for verb in generated.verbs():
        assert any(re.search(rf"\bcomplaintctl .*\b{verb}\b", words) for words in commands), verb


def test_every_global_option_is_in_the_manual() -> None:
    text = text_of("manual.md")
    for param in generated.cli.params:
        for word in param.opts:
            assert f"`{word}" in text, word
        if getattr(param, "envvar", None):
            assert f"`{param.envvar}`" in text


def test_every_exit_code_is_listed() -> None:
    kinds = vars(errors).values()
    own = {
        kind.exit_code
        for kind in kinds
        if isinstance(kind, type) and issubclass(kind, errors.ComplaintctlError)
    }
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", text_of("README.md"), re.MULTILINE)}
    explained = {int(code) for code in re.findall(r"^(\d+)", topics.text("exit-codes"), re.MULTILINE)}
    assert listed == explained == own | {7, 130}


def test_every_dependency_has_a_line() -> None:
    text = (TOP / "setup.py").read_text(encoding="utf-8")
    named = re.findall(
        r'^ {8}"([A-Za-z][A-Za-z0-9.-]*)>=|^ {4}"([A-Za-z][A-Za-z0-9.-]*)>=', text, re.MULTILINE
    )
    wanted = {one or other for one, other in named}
    wanted |= set(re.findall(r'"([a-z][a-z-]+)[>"]', text[text.index('"dev": [') :].partition("]")[0])) - {
        "dev"
    }
    rows = set(re.findall(r"^\| ([A-Za-z][A-Za-z0-9.-]*) \|", text_of("dependencies.md"), re.MULTILINE))
    assert {"click", "holidays", "pytest", "mypy"} <= wanted
    assert rows - {"library"} == wanted


def test_every_requirement_that_a_test_names_has_a_row() -> None:
    rows = generated.requirement_ids(text_of("requirements.md"))
    assert len(rows) == len(set(rows))
    assert set(generated.ids_in_tests()) <= set(rows)


def test_the_tests_that_a_requirement_names_do_name_it() -> None:
    named = generated.ids_in_tests()
    for line in text_of("requirements.md").splitlines():
        found = re.fullmatch(r"\| (S\d[a-e]?-\d+|[MWN]\d+) \|.*\| (.*?) *\|", line)
        if found:
            claimed = {name for name in found[2].split(", ") if name}
            assert claimed <= set(named.get(found[1], [])), line


@pytest.mark.parametrize("name", sorted(DOCS))
def test_every_link_leads_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(name)):
        path, _sign, anchor = target.partition("#")
        if path.startswith("http"):
            continue
        found = (DOCS[name].parent / path).resolve() if path else DOCS[name]
        assert found.exists(), target
        if anchor:
            assert anchor in _anchors(found.read_text(encoding="utf-8")), target


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


# -- the rules in policies.md


def test_every_example_of_rules_can_be_used() -> None:
    examples = list(rules_in_docs.examples(text_of("policies.md")))
    assert len(examples) >= 10
    wrong = [
        f"policies.md:{one.line}: {problem}"
        for one in examples
        for problem in rules_in_docs.problems(one.policy)
    ]
    assert not wrong, "\n".join(wrong)


def test_an_example_that_could_not_be_used_would_be_found() -> None:
    text = "```yaml\ndeadlines:\n  reply: {from: received, when: {kind: wish}}\n```\n"
    (one,) = rules_in_docs.examples(text)
    assert rules_in_docs.problems(one.policy)


def test_the_smallest_rules_leave_nothing_to_look_at_as_they_grow() -> None:
    own = [one.policy for one in rules_in_docs.examples(text_of("policies.md")) if one.rules == "corner"]
    assert len(own) >= 5
    assert [policyrules.doubts(policy) for policy in own] == [[]] * len(own)
    assert len(own[0]) == len(schema.schema("policy")["required"])


def test_every_condition_that_is_shown_can_be_asked() -> None:
    conditions_shown = list(rules_in_docs.conditions(text_of("policies.md")))
    assert len(conditions_shown) >= 7
    assert [one for one in conditions_shown if rules_in_docs.condition_problems(one)] == []


# -- the two commands of the README, in a fresh clone


def command_after(marker: str, name: str = "README.md") -> str:
    """The shell block after an HTML comment, as the checks extract it."""
    found = re.search(rf"^<!-- {marker} -->\n```sh\n(.*?)^```$", text_of(name), re.MULTILINE | re.DOTALL)
    assert found, marker
    return found[1]


def test_the_readme_has_both_commands_where_the_checks_look_for_them() -> None:
    assert "complaintctl demo" in command_after("try-command")
    assert command_after("test-command").endswith(" && .venv-test/bin/python -m pytest -n 2\n")


def test_the_spanish_readme_tries_sample_cases_in_spanish() -> None:
    assert command_after("try-command", "README.es.md").endswith("complaintctl demo --policy chain-store\n")
    assert command_after("test-command", "README.es.md") == command_after("test-command")
    head = (TOP / "policies" / "demo" / "chain-store.txt").read_text(encoding="utf-8").partition("\n")[0]
    assert " --language es " in head


def in_a_fresh_clone(tmp_path: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a clone of this checkout, with an empty home and without an identity."""
    home, clone = tmp_path / "home", tmp_path / "clone"
    home.mkdir()
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(TOP), str(clone)], check=True)
    pip = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "UV_"))}
    proxies = {name: os.environ[name] for name in os.environ if name.lower().endswith("_proxy")}
    python = tmp_path / "bin" / "python3"
    python.parent.mkdir()
    python.symlink_to(Path(sys.executable).resolve())
    environment = {
        "HOME": str(home), "PATH": f"{python.parent}:/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1", "TMPDIR": str(home), **pip, **proxies,
    }  # fmt: skip
    words = ["bash", "-euo", "pipefail", "-c", script]
    return subprocess.run(words, cwd=clone, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_first_command_shows_a_whole_case_in_a_fresh_clone(tmp_path: Path) -> None:
    done = in_a_fresh_clone(tmp_path, command_after("try-command"))
    assert done.returncode == 0, done.stderr[-2000:]
    assert re.search(r"^\$ complaintctl .*report weekly", done.stdout, re.MULTILINE)
    assert "By category" in done.stdout
    assert re.search(r"^spoiled +1\b", done.stdout, re.MULTILINE)


@pytest.mark.slow
def test_the_second_command_installs_all_that_the_tests_need(tmp_path: Path) -> None:
    script = command_after("test-command").replace("-m pytest -n 2", "-m pytest -n 2 --collect-only -q")
    done = in_a_fresh_clone(tmp_path, script)
    assert done.returncode == 0, (done.stdout[-2000:], done.stderr[-2000:])
    assert len(re.findall(r"^tests/\S+\.py: \d+$", done.stdout, re.MULTILINE)) > 20

"""Files for a forge: they fit the forge's own schema, their shell does what it says, and the right people own what they decide on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from complaintctl import forgefiles
from tests import server
from tests.server import Laptop, Place
from tests.shop import Shop, run

WORKFLOW, PIPELINE = ".github/workflows/complaints.yml", ".gitlab-ci.yml"
SCHEMAS = {
    WORKFLOW: [("vendor.github-workflows", ""), ("custom.github-workflows-require-timeout", "")],
    PIPELINE: [("vendor.gitlab-ci", "gitlab-ci")],
}
FORGE = {WORKFLOW: "github", PIPELINE: "gitlab"}


def text_of(shop: Shop, path: str) -> str:
    return (shop.folder / path).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "install", ["", "git+https://forge.example/c.git#egg=c: 'd' \"e\"", "-r x.txt; rm -rf ~"]
)
@pytest.mark.parametrize("path", SCHEMAS)
def test_the_files_fit_the_schemas_that_the_forges_publish(shop: Shop, path: str, install: str) -> None:
    more = ("--install", install) if install else ()
    shop.do("boss", "forge", FORGE[path], *more)
    for name, transform in SCHEMAS[path]:
        words = ["--builtin-schema", name, *(["--data-transform", transform] if transform else [])]
        done = subprocess.run(
            [sys.executable, "-m", "check_jsonschema", *words, str(shop.folder / path)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("forge", forgefiles.FORGES)
def test_the_files_are_recorded_in_one_commit_and_once(shop: Shop, forge: str) -> None:
    before = shop.commits()
    assert set(shop.do("boss", "forge", forge, "--dry-run").split()) == set(
        shop.do("boss", "forge", forge).split()
    )
    assert shop.commits() == before + 1
    assert shop.do("boss", "forge", forge) == ""
    assert shop.commits() == before + 1
    assert shop.git("status", "--porcelain") == ""


def test_the_files_are_the_business_of_whoever_may_change_rules(shop: Shop) -> None:
    shop.refuse(1, "li.na", "forge", "github")
    assert "==> .gitlab-ci.yml <==" in shop.do("li.na", "forge", "gitlab", "--print")


def test_a_file_of_ones_own_stays(shop: Shop) -> None:
    own = shop.folder / PIPELINE
    own.write_text("image: alpine\n", encoding="utf-8")
    shop.git("add", "-A")
    shop.git("-c", "user.name=A", "-c", "user.email=boss@shop.example", "commit", "-qm", "ours")
    ran = shop.run("boss", "forge", "gitlab")
    assert ran.code == 0
    assert "of your own" in ran.err
    assert own.read_text(encoding="utf-8") == "image: alpine\n"
    assert (shop.folder / ".gitlab/CODEOWNERS").exists()


def test_a_text_of_several_lines_is_not_installed(shop: Shop) -> None:
    assert "--install" in shop.refuse(2, "boss", "forge", "github", "--install", "a\nb").err


# -- who owns what


def owners(text: str) -> dict[str, list[str]]:
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    return {pattern: people for pattern, *people in lines}


def test_rules_belong_to_the_top_of_the_ladder_and_cases_to_all_who_may_decide(shop: Shop) -> None:
    found = owners(
        shop.do("boss", "forge", "github", "--print").partition("CODEOWNERS <==\n")[2].partition("\n==>")[0]
    )
    assert next(iter(found)) == "/cases/"  # the last line that fits counts
    assert found["/cases/"][:2] == ["boss@shop.example", "qian.li@shop.example"]
    assert "li.na@shop.example" in found["/cases/"]
    for path in ("/policies/", "/schemas/", "/.gitattributes", "/.github/", "/.pre-commit-config.yaml"):
        assert found[path] == ["boss@shop.example"], path


def test_whoever_left_or_may_not_decide_owns_nothing(shop: Shop) -> None:
    shop.do("boss", "staff", "retire", "sun.min")
    rules = shop.folder / "policies/supermarket.yaml"
    text = rules.read_text(encoding="utf-8")
    assert "  approve: {at_least: clerk}" in text
    rules.write_text(
        text.replace("  approve: {at_least: clerk}", "  approve: {at_least: head}"), encoding="utf-8"
    )
    shop.do("boss", "policy", "save", "--reason", "clerks propose")
    shop.do("boss", "forge", "gitlab")
    found = owners(text_of(shop, ".gitlab/CODEOWNERS"))
    assert found["/cases/"] == ["boss@shop.example", "qian.li@shop.example", "wu.lei@shop.example"]
    assert found["/.gitlab-ci.yml"] == ["boss@shop.example"]


# -- the shell in them


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return server.place(tmp_path)


def programs(folder: Path) -> Path:
    """A folder with this program, and a python whose pip installs nothing."""
    folder.mkdir()
    for name, line in {
        "complaintctl": f'exec "{sys.executable}" -P -m complaintctl "$@"',
        "python": 'test "$1 $2 $3" = "-m pip install" && echo "$@" >> "$HOME/installed"',
    }.items():
        (folder / name).write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return folder


def shell(folder: Path, script: str, tmp_path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a step as a runner does: bash, and the first failure ends it."""
    found = tmp_path / "programs"
    path = f"{found if found.exists() else programs(found)}{os.pathsep}{os.environ['PATH']}"
    environment = {**server.environment(), **variables, "PATH": path, "HOME": str(tmp_path)}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


def value(expression: str, event: dict[str, str]) -> str:
    """What `${{ a || b }}` stands for: the first that the event has."""
    inside = re.fullmatch(r"\$\{\{ (.+) \}\}", expression)
    assert inside, expression
    return next((event[name] for name in inside[1].split(" || ") if event.get(name)), "")


def run_workflow(laptop: Laptop, event: dict[str, str], tmp_path: Path) -> tuple[int, str, str]:
    """Play the check of GitHub in a clone, as its runner would: exit code, what it printed, the summary."""
    found: Any = yaml.safe_load(forgefiles.template("github.yml").replace("@INSTALL@", "complaintctl==0"))
    summary = tmp_path / "summary.md"
    printed = ""
    for step in found["jobs"]["check"]["steps"]:
        if "run" not in step:
            continue
        variables = {name: value(text, event) for name, text in step.get("env", {}).items()}
        done = shell(laptop.folder, step["run"], tmp_path, GITHUB_STEP_SUMMARY=str(summary), **variables)
        printed += done.stdout + done.stderr
        if done.returncode:
            break
    assert "complaintctl==0" in (tmp_path / "installed").read_text(encoding="utf-8")
    return done.returncode, printed, summary.read_text(encoding="utf-8")


def pull_request(laptop: Laptop, base: str, head: str) -> dict[str, str]:
    return {
        "github.event.pull_request.base.sha": laptop.git("rev-parse", base).strip(),
        "github.event.pull_request.head.sha": laptop.git("rev-parse", head).strip(),
        "github.sha": "0" * 40,
    }


def proposed(place: Place) -> str:
    words = ("--remedy", "refund=12.90", "--reason", "spoiled early", "--branch")
    place.laptop.do("zhao.wei", "propose", place.investigated, *words)
    return f"proposal/{place.investigated}-1"


def test_the_check_on_github_shows_the_paper_of_a_pull_request(place: Place, tmp_path: Path) -> None:
    branch = proposed(place)
    code, printed, summary = run_workflow(place.laptop, pull_request(place.laptop, "main", branch), tmp_path)
    assert code == 0, printed
    assert "::notice " in printed
    assert "::error" not in printed
    assert place.investigated in summary
    assert "12.90" in summary
    assert "13800001234" not in printed + summary


def test_the_check_on_github_fails_on_an_illegal_commit(place: Place, tmp_path: Path) -> None:
    laptop = place.laptop
    laptop.git("switch", "-qc", "work")
    laptop.forge(place.received, lambda case: None, state="closed")
    laptop.commit()
    code, printed, summary = run_workflow(laptop, pull_request(laptop, "main", "work"), tmp_path)
    assert code == 7
    assert re.search(r"^::error file=cases/2026/11/C-\S+\.yaml,title=", printed, re.MULTILINE)
    assert "❌" in summary


def test_the_check_on_github_judges_a_push(place: Place, tmp_path: Path) -> None:
    laptop = place.laptop
    before = laptop.git("rev-parse", "main").strip()
    laptop.new()
    event = {"github.event.before": before, "github.sha": laptop.git("rev-parse", "main").strip()}
    assert run_workflow(laptop, event, tmp_path)[0] == 0
    laptop.git("reset", "-q", "--hard", "HEAD~2")
    event = {
        "github.event.before": event["github.sha"],
        "github.sha": laptop.git("rev-parse", "main").strip(),
    }
    code, printed, _summary = run_workflow(laptop, event, tmp_path)
    assert code == 7
    assert "rewritten" in printed


def run_pipeline(
    laptop: Laptop, variables: dict[str, str], tmp_path: Path
) -> subprocess.CompletedProcess[str]:
    found: Any = yaml.safe_load(forgefiles.template("gitlab.yml").replace("@INSTALL@", "complaintctl==0"))
    return shell(laptop.folder, "\n".join(found["complaints"]["script"]), tmp_path, **variables)


def test_the_check_on_gitlab_judges_a_merge_request_and_keeps_the_paper(place: Place, tmp_path: Path) -> None:
    laptop, branch = place.laptop, proposed(place)
    base, head = laptop.git("rev-parse", "main").strip(), laptop.git("rev-parse", branch).strip()
    ran = run_pipeline(laptop, {"CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_COMMIT_SHA": head}, tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "12.90" in (laptop.folder / "complaints.md").read_text(encoding="utf-8")


def test_the_check_on_gitlab_fails_on_an_illegal_push(place: Place, tmp_path: Path) -> None:
    laptop = place.laptop
    before = laptop.git("rev-parse", "main").strip()
    laptop.forge(place.received, lambda case: None, state="closed")
    tip = laptop.commit()
    ran = run_pipeline(laptop, {"CI_COMMIT_BEFORE_SHA": before, "CI_COMMIT_SHA": tip}, tmp_path)
    assert ran.returncode == 7, ran.stdout + ran.stderr


def test_what_pre_commit_is_told_to_run_is_there(place: Place, tmp_path: Path) -> None:
    laptop = place.laptop
    found: Any = yaml.safe_load(forgefiles.template("pre-commit.yaml"))
    (repo,) = found["repos"]
    assert repo["repo"] == "local"
    entries = {hook["id"]: hook for hook in repo["hooks"]}
    case = laptop.file(place.received)
    name = case.relative_to(laptop.folder).as_posix()
    assert re.search(entries["complaintctl-check"]["files"], name)
    assert shell(laptop.folder, f"{entries['complaintctl-check']['entry']} {name}", tmp_path).returncode == 0
    base = laptop.git("rev-parse", "HEAD").strip()
    laptop.forge(place.received, lambda data: None, state="closed")
    assert shell(laptop.folder, f"{entries['complaintctl-check']['entry']} {name}", tmp_path).returncode == 7
    sent = {
        "PRE_COMMIT_FROM_REF": base, "PRE_COMMIT_TO_REF": laptop.commit(),
        "PRE_COMMIT_REMOTE_BRANCH": "refs/heads/main", "COMPLAINTCTL_AS": "li.na",
    }  # fmt: skip
    ended = shell(laptop.folder, entries["complaintctl-push"]["entry"], tmp_path, **sent)
    assert ended.returncode == 7, ended.stderr
    assert "Refused" in ended.stderr


def test_the_verbs_of_a_forge_explain_themselves() -> None:
    for words in (("forge",), ("forge", "github"), ("hook", "install"), ("hook", "run")):
        assert run(*words, "-h").code == 0

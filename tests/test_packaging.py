"""The packages as others install them: wheel, source archive and editable, each in a new environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

TOP = Path(__file__).parent.parent
SCHEMAS = ("calendar", "case", "policy", "register", "staff")
OWN = ("register.yaml", "staff.yaml", "calendar.yaml")  # of the sample register: never shipped
DEMOS = {path.name for path in (TOP / "policies" / "demo").iterdir()}
RULES = sorted(path.name for path in (TOP / "policies").glob("*.yaml") if path.name not in OWN)


def source_in(folder: Path) -> Path:
    """A copy of what git knows or would take in: nothing that was built here before."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=TOP, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (TOP / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(TOP / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source archive; the wheel is built from the archive."""
    source, target = source_in(tmp_path_factory.mktemp("source")), tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(target), str(source)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return target


def installed(folder: Path, *what: str) -> Path:
    """A new environment with a package and all that it needs; its folder of programs."""
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    done = subprocess.run(
        [str(programs / "python"), "-m", "pip", "install", "--quiet", *what],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return programs


def works(programs: Path, folder: Path) -> None:
    """Outside of any checkout: the rules are inside the package, and a register is made with its schemas."""
    folder.mkdir()
    program = str(programs / "complaintctl")
    owner = "boss:Ann Lee <ann@shop.example>"

    def run(*words: str) -> str:
        done = subprocess.run(
            [program, *words], cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    listed = run("policy", "list")
    assert [name for name in RULES if name.removesuffix(".yaml") not in listed] == []
    run("init", "shop", "--policy", "supermarket", "--language", "en", "--owner", owner)
    for name in SCHEMAS:
        assert (folder / "shop" / "schemas" / f"{name}.schema.json").is_file()
    run("-C", "shop", "check")
    assert "complaintctl check --range" in run("-C", "shop", "forge", "github", "--print")
    run("demo", "played", "--policy", "supermarket")
    run("-C", "played", "check")
    made = run("-C", "shop", "--as", "boss", "new", "--channel", "desk", "--complaint", "too salty")
    assert made.startswith("C-")


def shipped(names: list[str]) -> None:
    """What must be in a package, and what must not."""
    ends = {Path(name).name for name in names}
    assert {f"{name}.schema.json" for name in SCHEMAS} <= ends
    assert set(RULES) <= ends
    assert {Path(name).name for name in names if Path(name).parent.name == "demo"} == DEMOS
    assert not [name for name in names if Path(name).parent.name == "policies" and Path(name).name in OWN]
    assert not [name for name in names if "/cases/" in f"/{name}"]


def test_the_wheel_holds_schemas_and_rules_and_nothing_of_the_sample(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = wheel.namelist()
    shipped(names)
    assert "complaintctl/py.typed" in names
    assert not [name for name in names if name.startswith("tests/")]


def test_the_source_archive_holds_schemas_and_rules_and_nothing_of_the_sample(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    shipped(names)
    assert {"README.md", "setup.py", "pyproject.toml", "LICENSE"} <= set(names)


def test_the_wheel_works_outside_of_the_checkout(built: Path, tmp_path: Path) -> None:
    works(installed(tmp_path / "env", str(next(built.glob("*.whl")))), tmp_path / "away")


def test_the_source_archive_works_outside_of_the_checkout(built: Path, tmp_path: Path) -> None:
    works(installed(tmp_path / "env", str(next(built.glob("*.tar.gz")))), tmp_path / "away")


def test_an_editable_install_works_outside_of_the_checkout(tmp_path: Path) -> None:
    source = source_in(tmp_path / "source")
    works(installed(tmp_path / "env", "--editable", str(source)), tmp_path / "away")

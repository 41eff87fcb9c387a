"""Repositories to try things on: each in its own folder, with its own home and git configuration."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from complaintctl.history import Repository
from complaintctl.objects import Edit, Person

CLERK = Person("Li Na", "li.na@shop.example")
MOMENT = "2026-11-22T10:20:00+08:00"
CASE = "cases/2026/11/C-20261122-7K3MQ4.yaml"
OTHER = "cases/2026/11/C-20261122-AAAAAA.yaml"


def home(tmp_path: Path, patch: pytest.MonkeyPatch) -> None:
    """A home of the test's own, with a git identity in it and nothing else."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "gitconfig").write_text("[user]\n\tname = Wang Wei\n\temail = wang.wei@shop.example\n")
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        patch.delenv(name)
    patch.setenv("HOME", str(folder))
    patch.setenv("XDG_CONFIG_HOME", str(folder))
    patch.setenv("GIT_CONFIG_GLOBAL", str(folder / "gitconfig"))
    patch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def git(root: Path, *arguments: str) -> str:
    """What git says, as a person would start it; stdout without the last newline."""
    done = subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)
    return done.stdout.decode().rstrip("\n")


def step(
    repository: Repository, *edits: Edit, message: str = "C-20261122-7K3MQ4: test", timeout: float = 10.0
) -> str:
    """One whole step as a command makes it: lock, recover, commit."""
    with repository.lock(timeout=timeout):
        repository.recover(timeout=timeout)
        return repository.commit(
            edits,
            message=message,
            author=CLERK,
            author_time=MOMENT,
            base=repository.head() or "",
            branch="main",
            timeout=timeout,
        )


def register(root: Path) -> Repository:
    """A repository of two cases and a policy, one commit."""
    repository = Repository.init(root, "main")
    step(
        repository,
        Edit(CASE, None, b"state: received\n"),
        Edit(OTHER, None, b"state: classified\n"),
        Edit("policies/register.yaml", None, b"name: shop\n"),
    )
    return repository


def clean(root: Path) -> bool:
    """Nothing staged, nothing edited, nothing new, and git finds no fault."""
    return git(root, "status", "--porcelain") == "" and git(root, "fsck", "--strict", "--no-dangling") == ""

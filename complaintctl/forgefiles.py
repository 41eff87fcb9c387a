"""Ready files for a forge: its required check, pre-commit, and the owners of the files, from the ladder."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from complaintctl import authority
from complaintctl.errors import Refused
from complaintctl.i18n import _
from complaintctl.labels import name_of
from complaintctl.ladder import rank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from complaintctl.authority import Staff
    from complaintctl.policy import Policy

# For each forge: the file of its check, the file of owners, and what belongs to whoever may change rules.
_CHECKS = {"github": ".github/workflows/complaints.yml", "gitlab": ".gitlab-ci.yml"}
_OWNERS = {"github": ".github/CODEOWNERS", "gitlab": ".gitlab/CODEOWNERS"}
_STEERING = {"github": ("/.github/",), "gitlab": ("/.gitlab/", "/.gitlab-ci.yml")}
_PRE_COMMIT = ".pre-commit-config.yaml"
_RULES = ("/policies/", "/schemas/", "/.gitattributes", f"/{_PRE_COMMIT}")
FORGES = tuple(_CHECKS)
MADE = "# Made by `complaintctl forge"  # how every such file begins


def texts(
    forge: str, policy: Policy, staff: Sequence[Staff], branch: str, install: str, language: str
) -> dict[str, str]:
    """The files of one forge by their path.

    `install` is what pip is to install on the forge: a release, a file or an address.
    """
    return {
        _CHECKS[forge]: _filled(f"{forge}.yml", branch, install),
        _OWNERS[forge]: owners(forge, policy, staff, language),
        _PRE_COMMIT: _filled("pre-commit.yaml", branch, install),
    }


def template(name: str) -> str:
    """The text of a file that ships in the package."""
    return (Path(__file__).parent / "templates" / name).read_text(encoding="utf-8")


def _filled(name: str, branch: str, install: str) -> str:
    return template(name).replace("@BRANCH@", branch).replace("@INSTALL@", shlex.quote(install))


def owners(forge: str, policy: Policy, staff: Sequence[Staff], language: str) -> str:
    """A CODEOWNERS file: whoever may decide owns the cases, the top of the ladder owns the rules.

    People are named by the first of their e-mail addresses, which GitHub and
    GitLab take in the place of an account.
    """
    ladder = policy["authority"]["ladder"]
    deciding = [person for person in staff if _decides(person, policy)]
    deciding.sort(key=lambda person: -rank(policy, person["role"]))
    managing = [person for person in deciding if person["role"] == ladder[-1]["role"]]
    lines = [
        f"{MADE} {forge}` from the staff and the ladder of the rules. Run it again when they change.",
        "#",
        "# A forge asks one of the owners; whether they may decide this amount is judged by the check:",
        *(f"#   {line}" for line in _rungs(deciding, policy, language)),
        "#",
        "# The last line that fits a file counts.",
    ]
    wide = max(len(path) for path in (*_RULES, *_STEERING[forge]))
    lines.append(_line("/cases/", deciding, wide))
    lines += [_line(path, managing, wide) for path in (*_RULES, *_STEERING[forge])]
    return "\n".join(lines) + "\n"


def _decides(person: Staff, policy: Policy) -> bool:
    """Whether somebody may decide on a proposal at all: on the ladder, and the step is theirs."""
    if rank(policy, person["role"]) < 0:
        return False
    try:
        authority.may("approve", person, policy)
    except Refused:
        return False
    return True


def _rungs(deciding: Sequence[Staff], policy: Policy, language: str) -> list[str]:
    """Each rung of the ladder on which somebody stands, highest first: role, limit, who."""
    told = []
    for rung in reversed(policy["authority"]["ladder"]):
        names = [person["id"] for person in deciding if person["role"] == rung["role"]]
        if names:
            role = name_of(policy, "roles", rung["role"], language)
            limit = rung.get("limit")
            upto = f"{limit} {policy['authority']['currency']}" if limit else _("no limit")
            told.append(f"{role}, {upto}: {', '.join(names)}")
    return told


def _line(path: str, people: Sequence[Staff], wide: int) -> str:
    return " ".join([path.ljust(wide), *(person["emails"][0] for person in people)]).rstrip()

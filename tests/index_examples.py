"""Registers to index: commits made in one go, and documents written as JSON, which costs no time to read."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from complaintctl import documents
from complaintctl.errors import BadData, Problem
from complaintctl.history import Repository
from complaintctl.index import Index
from complaintctl.yamlfile import emit_case
from tests.rule_examples import a_case, a_policy, label

CLOCKS = {
    "reply": {
        "label": label("reply"), "from": "received", "until": "decided", "within": "5 business days",
        "stops_for": ["customer"],
    },
    "assign": {"label": label("assign"), "from": "received", "until": "assigned", "within": "4 hours"},
}  # fmt: skip
SETTINGS = {"timezone": "Asia/Shanghai", "policy": "corner-shop", "language": "en"}


def same_key(index: Index, key: str) -> list[tuple[int, str]]:
    """Received and customer of the cases with a repetition key, void ones apart, in order of receipt."""
    index.complete()
    found = index._all(
        "SELECT DISTINCT received, customer, n FROM keys JOIN repetition USING (k) WHERE key = ? "
        "ORDER BY received, customer, n",
        (key,),
    )
    return [one[:2] for one in found]


def read_json(patch: pytest.MonkeyPatch) -> list[str]:
    """Let the register's own files be JSON; the paths that are parsed from now on."""
    parsed: list[str] = []

    def parse(path: str, blob: str, data: bytes) -> documents.Parsed:
        parsed.append(path)
        content: dict[str, Any]
        try:
            content = {"data": json.loads(data)}
        except ValueError:
            fault = BadData("broken", [Problem(path, 1, "$", "no JSON")])
            content = {"message": fault.message, "problems": fault.problems, "hint": ""}
        found = content.get("data", {}) if documents.kind_of(path) == "policy" else {}
        sha256 = hashlib.sha256(data).hexdigest()
        return documents.Parsed(
            path, blob, sha256, found.get("name"), found.get("version"), json.dumps(content)
        )

    patch.setattr(documents, "parse", parse)
    return parsed


def written(data: Any) -> bytes:
    return json.dumps(data).encode()


def policy_bytes(**changes: Any) -> bytes:
    return written(a_policy(deadlines=CLOCKS, vocabulary={}) | changes)


def files(**more: bytes) -> dict[str, bytes | None]:
    """The documents of a register."""
    return {
        "policies/register.yaml": written(SETTINGS),
        "policies/staff.yaml": written({"staff": [{"id": "li.na"}]}),
        "policies/corner-shop.yaml": policy_bytes(),
        **more,
    }


def numbered(number: int, **sections: Any) -> Any:
    """A case of its own id, received that many hours after the start of the month."""
    letters = f"{number:06d}"
    day, hour = 1 + number // 24 % 28, number % 24
    at = f"2026-11-{day:02d}T{hour:02d}:00:00+08:00"
    intake = a_case()["intake"] | {"received_at": at, "registered_at": at}
    pin = {"name": "corner-shop", "version": "1", "sha256": hashlib.sha256(policy_bytes()).hexdigest()}
    case = {"id": f"C-202611{day:02d}-{letters}", "policy": pin, "intake": intake}
    return a_case(**(case | {"customer": {"id": f"P-{letters}"}} | sections))


def path_of(case: Any) -> str:
    return f"cases/{case['id'][2:6]}/{case['id'][6:8]}/{case['id']}.yaml"


def as_files(*cases: Any) -> dict[str, bytes | None]:
    return {path_of(case): emit_case(case) for case in cases}


class Register:
    """A repository to which commits are added."""

    def __init__(self, root: Path, *cases: Any, **documents_of_it: bytes) -> None:
        self.repository = Repository.init(root, "main")
        self.root = root
        self.commit(files(**documents_of_it) | as_files(*cases))

    def commit(self, changes: Mapping[str, bytes | str | None], message: str = "step") -> str:
        """Commit files (None: gone; text: a link to that commit of another repository); the commit's id."""
        lines = [
            b"commit refs/heads/main\ncommitter Li Na <li.na@shop.example> 1793500000 +0800\n",
            b"data %d\n%s\n" % (len(message), message.encode()),
        ]
        head = self.repository.head()
        if head:
            lines.append(f"from {head}\n".encode())
        for path, data in changes.items():
            if data is None:
                lines.append(f"D {path}\n".encode())
            elif isinstance(data, str):
                lines.append(f"M 160000 {data} {path}\n".encode())
            else:
                lines.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))
        subprocess.run(
            ["git", "fast-import", "--quiet", "--force"],
            cwd=self.root,
            input=b"".join(lines),
            check=True,
            capture_output=True,
        )
        return self.head

    @property
    def head(self) -> str:
        return self.repository.head() or ""

"""What a clone remembers of others: the newest commit that each remote had, and what was said about clashes.

It lies in the git directory and is no part of the register.  Without it nothing
is lost but the proof that a remote went back behind what it had shown.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from complaintctl import files
from complaintctl.errors import ComplaintctlError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complaintctl.gitdir import GitDir

_FILE = "seen.json"
_FORMAT = 1


class Seen:
    """The memory of one clone. Made with `Seen.of`; every change is written at once."""

    def __init__(self, repository: GitDir, data: dict[str, Any]) -> None:
        self._repository = repository
        self._data = data

    @classmethod
    def of(cls, repository: GitDir) -> Seen:
        """What is remembered; nothing where the file is not there or cannot be understood."""
        try:
            stored = json.loads(files.read(repository.shared / _FILE) or b"{}")
            if stored.get("format") == _FORMAT:
                return cls(repository, stored)
        except (ValueError, AttributeError, ComplaintctlError):
            pass
        return cls(repository, {"format": _FORMAT})

    def tip(self, address: str, branch: str) -> str:
        """The newest commit that a branch of a remote had when it was looked at last; empty: never."""
        return str(self._data.get("tips", {}).get(address, {}).get(branch, ""))

    def note_tip(self, address: str, branch: str, commit: str) -> None:
        """Remember what a branch of a remote has now."""
        if self.tip(address, branch) != commit:
            self._data.setdefault("tips", {}).setdefault(address, {})[branch] = commit
            self._keep()

    @property
    def looked(self) -> str:
        """The commit up to which merges were looked at for what they approve; empty: none yet."""
        return str(self._data.get("looked", ""))

    def note_looked(self, commit: str) -> None:
        """Remember up to where merges were looked at."""
        if self.looked != commit:
            self._data["looked"] = commit
            self._keep()

    @property
    def clash(self) -> tuple[str, str]:
        """The remote whose branch clashed with what is here, and its commit; empty: none did."""
        found = self._data.get("clash") or {}
        return str(found.get("remote", "")), str(found.get("commit", ""))

    def note_clash(self, remote: str, commit: str) -> None:
        """Remember a clash (both empty: there is none any more, and what was said about it is done with)."""
        if self.clash != (remote, commit):
            self._data["clash"] = {"remote": remote, "commit": commit} if commit else None
            if not commit:
                self._data.pop("choices", None)
            self._keep()

    @property
    def choices(self) -> Mapping[str, Mapping[str, str]]:
        """What was said about clashes, by path."""
        found = self._data.get("choices")
        return found if isinstance(found, dict) else {}

    def note_choice(self, path: str, choice: Mapping[str, str]) -> None:
        """Remember what somebody said about a clash."""
        self._data.setdefault("choices", {})[path] = dict(choice)
        self._keep()

    @property
    def differing(self) -> Mapping[str, str]:
        """The checkpoints of remotes that were told to be others than those here: name and tag."""
        found = self._data.get("differing")
        return found if isinstance(found, dict) else {}

    def note_differing(self, told: Mapping[str, str]) -> None:
        """Remember that some were told."""
        if told:
            self._data["differing"] = {**self.differing, **told}
            self._keep()

    def _keep(self) -> None:
        self._repository.shared.mkdir(exist_ok=True)
        target = self._repository.shared / _FILE
        text = json.dumps(self._data, ensure_ascii=False, sort_keys=True, indent=1)
        files.put(target.with_name(_FILE + ".new"), target, text.encode(), 0o600)

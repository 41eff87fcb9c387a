"""The seal of the rules: who changed them last, signed over every file that is part of them.

Where a register asks for signatures, ``policies/seal.yaml`` carries one over
the SHA-256 of every other file of ``policies/`` and ``schemas/`` and of
``.gitattributes``.  It is judged by the state before the change: who may
change rules is a rule.  `previous` names the seals before it, newest first, so
that old rules cannot be brought back with their old seal, while several changes
may still arrive as one.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from complaintctl import documents, signing, sshkeys
from complaintctl.errors import BadData
from complaintctl.i18n import _
from complaintctl.objects import Edit
from complaintctl.staffing import manages
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from complaintctl.authority import Staff
    from complaintctl.history import Repository
    from complaintctl.policy import Policy
    from complaintctl.signing import Sign

PATH = documents.SEAL
RULES = "complaintctl-rules@v1"
FOLDERS = ("policies", "schemas")
ATTRIBUTES = ".gitattributes"
_VERSION = "1"
_KEPT = 8  # seals before this one that it names: as many changes may arrive as one
_HEAD = "# The seal over policies/, schemas/ and .gitattributes: complaintctl writes it, nobody edits it."
_FORM = (
    r'by: "([^"\\\n]*)"\nat: "([^"\\\n]*)"\nprevious:((?:\n  - "[0-9a-f]{64}")*| \[\])\n'
    r'signature: "([A-Za-z0-9+/=]*)"\n'
)


class Seal(NamedTuple):
    """What a seal says."""

    by: str
    at: str  # ISO 8601
    previous: tuple[str, ...]  # SHA-256 of the seals before, newest first
    signature: str


class Rules(NamedTuple):
    """The rules of a register at one commit, as far as their seal goes."""

    files: Mapping[str, str]  # path -> SHA-256 of every file that `covers` names
    seal: bytes | None
    settings: Mapping[str, Any]
    staff: Sequence[Staff]
    policy: Policy  # in force


def covers(path: str) -> bool:
    """Whether a file is under the seal."""
    return path == ATTRIBUTES or (path != PATH and path.startswith(tuple(f"{folder}/" for folder in FOLDERS)))


def read(data: bytes) -> Seal:
    """The seal that a file holds; BadData unless it is written exactly as this program writes it."""
    match = re.fullmatch(f"{re.escape(_HEAD)}\n{_FORM}", data.decode("utf-8", "replace"))
    if match is not None:
        seal = Seal(match[1], match[2], tuple(re.findall("[0-9a-f]{64}", match[3])), match[4])
        if spelled(seal) == data:
            return seal
    raise BadData(
        _("{file} is no seal as this program writes it.").format(file=PATH), hint="git restore " + PATH
    )


def spelled(seal: Seal) -> bytes:
    """The file of a seal."""
    before = "".join(f'\n  - "{name}"' for name in seal.previous) or " []"
    lines = [_HEAD, f'by: "{seal.by}"', f'at: "{seal.at}"', f"previous:{before}"]
    return "\n".join([*lines, f'signature: "{seal.signature}"', ""]).encode()


def content(seal: Seal, files: Mapping[str, str]) -> bytes:
    """What a seal is signed as."""
    said = {"v": _VERSION, "type": "rules", "by": seal.by, "at": seal.at}
    return signing.canonical({**said, "previous": list(seal.previous), "files": dict(files)})


def wanted(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> bool:
    """Whether a change from one state of the settings to another has to be sealed."""
    return signing.on(before) or signing.on(after)


# -- judging


def faults(before: Rules | None, after: Rules, *, remember: bool = True) -> list[str]:
    """What is wrong with the seal after a change of the rules, in words; None before: there were none yet.

    Nothing is, where neither state asks for signatures, or no file of the rules changed.
    """
    judge = before or after
    if not wanted(judge.settings, after.settings):
        return []
    if before is not None and dict(before.files) == dict(after.files) and before.seal == after.seal:
        return []
    if after.seal is None:
        return [_("the rules were changed without a seal")]
    try:
        seal = read(after.seal)
    except BadData as bad:
        return [bad.message]
    found = []
    if before is not None and before.seal is not None and _sha256(before.seal) not in seal.previous:
        found.append(
            _("the seal does not follow the one before: these rules were in force earlier, or elsewhere")
        )
    why = _unproved(seal, after.files, judge, remember)
    return [*found, why] if why else found


def _unproved(seal: Seal, files: Mapping[str, str], judge: Rules, remember: bool) -> str:
    """Why the signature of a seal proves nothing; empty when it does."""
    person = next((one for one in judge.staff if one["id"] == seal.by), None)
    if person is None or not manages(person, judge.policy):
        return _("{who} may not change the rules").format(who=seal.by)
    if "key" not in person:
        return _("staff.yaml names no key of {who}: the seal proves nothing").format(who=seal.by)
    data = content(seal, files)
    if not sshkeys.verify(data, seal.signature, RULES, [person["key"]], remember=remember):
        return _("the seal is not by the key of {who} over these files").format(who=seal.by)
    return ""


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# -- sealing


def files_of(repository: Repository, commit: str) -> tuple[dict[str, str], bytes | None]:
    """The SHA-256 of every file under the seal in a commit, and the seal itself."""
    rows = [(path, blob) for path, _mode, blob in repository.tree(commit, *FOLDERS)]
    data = dict(repository.blobs({blob for _path, blob in rows}))
    found = {path: _sha256(data[blob]) for path, blob in rows if covers(path)}
    beside = repository.read(commit, [ATTRIBUTES])[ATTRIBUTES]
    if beside is not None:
        found[ATTRIBUTES] = _sha256(beside.data)
    return found, next((data[blob] for path, blob in rows if path == PATH), None)


def renewed(
    repository: Repository, head: str, edits: Sequence[Edit], who: Staff, at: str, sign: Sign
) -> Edit:
    """The edit that seals the rules as they are after these edits, signed by `who`."""
    files, old = files_of(repository, head)
    for edit in edits:
        if covers(edit.path):
            files.pop(edit.path, None)
            if edit.new is not None:
                files[edit.path] = _sha256(edit.new)
    previous = () if old is None else (_sha256(old), *_earlier(old))[:_KEPT]
    seal = Seal(who["id"], at, previous, "")
    signature = sign(content(seal, files), RULES, signing.key_of(who, asked=True))
    return Edit(PATH, old, spelled(seal._replace(signature=signature)))


def _earlier(seal: bytes) -> tuple[str, ...]:
    try:
        return read(seal).previous
    except BadData:
        return ()

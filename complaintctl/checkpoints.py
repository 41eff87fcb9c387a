"""Checkpoints: what a history was at a moment, kept where a rewriting does not reach.

A checkpoint is an annotated tag ``checkpoint/2026-11-22`` whose message is one
line: how many commits the first-parent line has up to its tip, the tip, the
SHA-256 of their ids, how many cases there are and the rules in force.  Pushed,
printed or mailed it shows later whether the history before it was rewritten or
cut; what came after it is not anchored.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from complaintctl import casefiles, documents
from complaintctl.errors import BadData
from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from complaintctl.history import Repository
    from complaintctl.objects import Person

CHECKPOINT = "complaintctl-checkpoint@v1"
PREFIX = "checkpoint/"
_TAGS = "refs/tags/"
_NAME = r"checkpoint/([0-9]{4}-[0-9]{2}-[0-9]{2})(?:-([1-9][0-9]{0,3}))?"
_VERSION = "1"
_FIELDS = ("at", "by", "cases", "n", "policy", "sha256", "tip")
_LEAST = 12  # digits of an id that somebody may type from paper


class Line(NamedTuple):
    """What a checkpoint says."""

    by: str
    at: str  # ISO 8601
    n: int  # commits on the first-parent line up to the tip
    tip: str
    sha256: str  # of the ids of these commits, oldest first, each with a line feed
    cases: int
    policy: str  # name and version of the rules in force

    def spelled(self) -> str:
        """The one line: JSON with sorted keys, texts only."""
        from complaintctl import signing

        said = {key: str(value) for key, value in self._asdict().items()}
        return signing.canonical({**said, "v": _VERSION, "type": "checkpoint"}).decode()


class Checkpoint(NamedTuple):
    """A checkpoint as a repository has it."""

    name: str  # checkpoint/2026-11-22
    line: Line
    signature: str | None


class Mismatch(NamedTuple):
    """A checkpoint that the history does not fit, or that is none."""

    name: str
    commit: str  # the tip that it names, or the tag
    message: str


# -- reading


def names(repository: Repository) -> dict[str, str]:
    """The checkpoints that are here: name -> id of the tag, newest first; no process where refs are files."""
    found: dict[str, str] = {}
    if (repository.common_dir / "reftable").is_dir():
        rows = repository.run("for-each-ref", "--format=%(objectname) %(refname)", _TAGS + PREFIX).decode()
    else:
        rows = _packed(repository) + _loose(repository)
    for row in rows.splitlines():
        tag, _blank, ref = row.partition(" ")
        name = ref.removeprefix(_TAGS)
        if re.fullmatch(_NAME, name):
            found[name] = tag
    return dict(sorted(found.items(), key=lambda one: _order(one[0]), reverse=True))


def _packed(repository: Repository) -> str:
    try:
        text = (repository.common_dir / "packed-refs").read_text("utf-8", "replace")
    except OSError:
        return ""
    return "".join(f"{row}\n" for row in text.splitlines() if f" {_TAGS}{PREFIX}" in row)


def _loose(repository: Repository) -> str:
    rows, folder = "", repository.common_dir / _TAGS / PREFIX
    for file in folder.iterdir() if folder.is_dir() else ():
        try:
            rows += f"{file.read_text('ascii', 'replace').strip()} {_TAGS}{PREFIX}{file.name}\n"
        except OSError:
            continue
    return rows


def _order(name: str) -> tuple[str, int]:
    match = re.fullmatch(_NAME, name)
    return (match[1], int(match[2] or 1)) if match else ("", 0)


def parse(name: str, kind: str, data: bytes) -> Checkpoint:
    """A tag as a checkpoint; BadData for one that this program did not write."""
    head, _empty, message = data.decode("utf-8", "replace").partition("\n\n")
    fields = dict(row.split(" ", 1) for row in head.split("\n") if " " in row)
    text, _end, rest = message.partition("\n")
    signature = re.fullmatch(r"\nSignature: ([A-Za-z0-9+/=]+)\n", rest)
    try:
        said: dict[str, Any] = json.loads(text)
        numbers = {"n": int(said["n"]), "cases": int(said["cases"])}
        line = Line(**{**{key: said[key] for key in _FIELDS}, **numbers})
        right = line.spelled() == text and (signature is not None or not rest)
    except (ValueError, TypeError, KeyError, RecursionError):
        right = False
    if kind != "tag" or not right or fields.get("object") != line.tip or fields.get("tag") != name:
        raise BadData(_("The tag {name} is no checkpoint as this program writes it.").format(name=name))
    return Checkpoint(name, line, signature[1] if signature else None)


def last(repository: Repository, head: str) -> tuple[Checkpoint, int] | None:
    """The newest checkpoint in the history of a commit, and how many commits since are not anchored."""
    for name, tag in names(repository).items():
        found = repository.objects([tag])[0]
        try:
            checkpoint = parse(name, found.kind, found.data) if found else None
        except BadData:
            continue
        since = unanchored(repository, checkpoint.line.tip, head) if checkpoint else None
        if checkpoint and since is not None:
            return checkpoint, since
    return None


def unanchored(repository: Repository, tip: str, head: str) -> int | None:
    """How many commits follow on a checkpoint's tip; None where it is not in this history."""
    if tip == head:
        return 0
    outcome = repository.ask("rev-list", "--count", "--left-right", "--end-of-options", f"{tip}...{head}")
    counts = outcome.out.split()
    return int(counts[1]) if outcome.code == 0 and counts[0] == b"0" else None


# -- judging


def faults(repository: Repository, head: str) -> list[Mismatch]:
    """Every checkpoint that is here and does not fit the history of a commit, and why."""
    tags = names(repository)
    if not tags:
        return []
    line = _Chain(repository, head)
    found = []
    for name, tag in tags.items():
        stored = repository.objects([tag])[0]
        try:
            if stored is None:
                raise BadData(_("The tag {name} is broken.").format(name=name))
            checkpoint = parse(name, stored.kind, stored.data)
        except BadData as bad:
            found.append(Mismatch(name, tag, bad.message))
            continue
        why = line.fault(checkpoint.line.n, checkpoint.line.tip, checkpoint.line.sha256)
        why = why or _forged(repository, checkpoint)
        if why:
            found.append(Mismatch(name, checkpoint.line.tip, why))
    return found


def differs(repository: Repository, head: str, text: str) -> str:
    """Why the history of a commit is not the one that a printed line speaks of; empty when it is.

    Of the line the number, the tip and the digest count, the last two from
    twelve digits on.  BadData for a text without them.
    """
    number, tip, digest = (
        re.search(rf"\b{name}\W{{1,5}}({form})", text)
        for name, form in (
            ("n", "[0-9]+"),
            ("tip", f"[0-9a-f]{{{_LEAST},64}}"),
            ("sha256", f"[0-9a-f]{{{_LEAST},64}}"),
        )
    )
    if not (number and tip and digest):
        raise BadData(
            _("This is no line of a checkpoint: n, tip and sha256 are wanted."),
            hint=_("give the line as it was printed: complaintctl checkpoint --compare 'LINE'"),
        )
    return _Chain(repository, head).fault(int(number[1]), tip[1], digest[1])


class _Chain:
    """The first-parent line of a commit."""

    def __init__(self, repository: Repository, head: str) -> None:
        self._repository = repository
        self._head = head
        self._ids = _line_of(repository, head)

    def fault(self, number: int, tip: str, digest: str) -> str:
        """Why a checkpoint does not fit; empty when it does. Ids and digests may be shortened."""
        ids = self._ids[:number]
        if not ids or not ids[-1].startswith(tip) or len(ids) != number:
            full = self._elsewhere(tip)
            if full is None:
                return _("its tip is not in this history: what was there was rewritten or cut")
            ids = _line_of(self._repository, full)  # another line of parents leads to it since a merge
        if len(ids) != number:
            return _("it counted {n} commits, and there are {found}").format(n=number, found=len(ids))
        if not _digest(ids).startswith(digest):
            return _("the commits up to its tip are others than it counted")
        return ""

    def _elsewhere(self, tip: str) -> str | None:
        """The whole id of a commit in this history that is not at its place in the line."""
        outcome = self._repository.ask(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{tip}^{{commit}}"
        )
        full = outcome.out.decode().strip()
        if not full or unanchored(self._repository, full, self._head) is None:
            return None
        return full


def _line_of(repository: Repository, head: str) -> list[str]:
    """The ids of the first-parent line up to a commit, oldest first."""
    return repository.run("rev-list", "--first-parent", "--reverse", head).decode().split()


def _digest(ids: Sequence[str]) -> str:
    import hashlib

    return hashlib.sha256("".join(f"{one}\n" for one in ids).encode()).hexdigest()


def _forged(repository: Repository, checkpoint: Checkpoint) -> str:
    """Why the signature of a checkpoint proves nothing; empty where there is none, or it is right."""
    if checkpoint.signature is None:
        return ""
    who = checkpoint.line.by
    person = next(
        (p for p in _staff(repository, checkpoint.line.tip) if p["id"] == who and p["active"]), None
    )
    if person is None or "key" not in person:
        return _("staff.yaml named no key of {who} then: the signature proves nothing").format(who=who)
    from complaintctl import sshkeys

    data = checkpoint.line.spelled().encode()
    if not sshkeys.verify(data, checkpoint.signature, CHECKPOINT, [person["key"]]):
        return _("its signature is not by the key of {who}").format(who=who)
    return ""


def _staff(repository: Repository, commit: str) -> list[Any]:
    version = repository.read(commit, [documents.STAFF])[documents.STAFF]
    if version is None:
        return []
    content: Mapping[str, Any] = json.loads(
        documents.parse(documents.STAFF, version.id, version.data).content
    )
    return list(content["data"]["staff"]) if "data" in content else []


# -- making


def line_at(repository: Repository, head: str, by: str, at: str, policy: str) -> Line:
    """What a checkpoint at a commit says."""
    ids = _line_of(repository, head)
    tree = repository.tree(head, casefiles.FOLDER)
    cases = sum(1 for path, _mode, _blob in tree if casefiles.own_id(path))
    return Line(by, at, len(ids), head, _digest(ids), cases, policy)


def store(repository: Repository, line: Line, signature: str | None, tagger: Person) -> Checkpoint:
    """Make the tag, named by its day, with a number after all others of the day; the lock must be held."""
    from complaintctl import objects

    day = line.at[:10]
    taken = [number for on, number in map(_order, names(repository)) if on == day]
    name = _name(day, max(taken, default=0) + 1)
    seconds, offset = objects.stamp(line.at)
    person = objects.checked(tagger)
    head = [
        f"object {line.tip}",
        "type commit",
        f"tag {name}",
        f"tagger {person.name} <{person.email}> {seconds} {offset}",
    ]
    message = line.spelled() + "\n" + (f"\nSignature: {signature}\n" if signature else "")
    data = ("\n".join(head) + "\n\n" + message).encode()
    tag = objects.Draft("tag", data, repository.object_id(data, "tag"))
    objects.store(repository, [tag])
    repository.write(["update-ref", f"{_TAGS}{name}", tag.id, "0" * repository.id_length], {})
    return Checkpoint(name, line, signature)


def _name(day: str, number: int) -> str:
    return f"{PREFIX}{day}" + (f"-{number}" if number > 1 else "")


def told(checkpoint: Checkpoint, since: int) -> dict[str, Any]:
    """A checkpoint as data, for reports."""
    said = {key: getattr(checkpoint.line, key) for key in _FIELDS}
    return {"name": checkpoint.name, **said, "signed": checkpoint.signature is not None, "unanchored": since}

"""The whole trail verified: every commit judged, what is odd about this copy, and what cannot be known.

What was verified is remembered in the person's own folder, never in the
register's, where whoever hands the folder over could have put it.
"""

from __future__ import annotations

import gc
import json
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from complaintctl import SHORT, __version__, checkpoints, judging, signing, sshkeys, walking
from complaintctl.errors import BadData, ComplaintctlError, RegisterState, Usage
from complaintctl.findings import Finding
from complaintctl.i18n import _, ngettext
from complaintctl.tuples import NamedTuple
from complaintctl.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from complaintctl.history import Repository
    from complaintctl.inforce import Rules

_FORMAT = 1  # of what is remembered
_HIDING = r"(?m)^[^#\n]*\s(?:-diff|binary|filter=|linguist-|merge=)"


class Report(NamedTuple):
    """What became of verifying."""

    checked: int  # commits that were judged now
    steps: int
    base: str | None  # the commit up to which that was done before; None: from the first one
    tip: str
    findings: list[Finding]  # all of the history, those found before included
    unknown: list[str]  # what cannot be told, in sentences
    unanchored: int | None  # commits since the last checkpoint; None: there is none


class Known(NamedTuple):
    """What an earlier verification found of the history of a commit."""

    tip: str
    findings: list[Finding]
    adopted: int
    answered: list[str]  # commits whose finished cases somebody answered for then


_NOTHING = Known("", [], 0, [])


def verify(
    repository: Repository,
    tip: str,
    *,
    full: bool = False,
    since_checkpoint: bool = False,
    language: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Judge the history of a commit: all that was not verified before, or (`full`) all of it.

    `since_checkpoint`: what came after the last checkpoint only.  Usage where there is none.
    """
    if full:
        sshkeys.forget()
    findings = list(local_state(repository))
    findings += [
        Finding(one.commit, "", "history", f"{one.name}: {one.message}")
        for one in checkpoints.faults(repository, tip)
    ]
    last = checkpoints.last(repository, tip)
    answered = sorted(_answered(repository, tip))
    known, rewound = _NOTHING, False
    if since_checkpoint:
        if last is None:
            raise Usage(_("There is no checkpoint in this history."), hint="complaintctl checkpoint")
        known = _NOTHING._replace(tip=last[0].line.tip)
    elif not full:
        known = _recalled(repository)
        if known.answered != answered:
            known = _NOTHING  # what was found then may be in order now
        if known.tip and not walking.follows(repository, known.tip, tip):
            message = _(
                "commit {commit}, which was verified here earlier, is no longer in this history"
                " (where you took it back yourself: complaintctl verify --full)"
            )
            findings.append(Finding("", "", "history", message.format(commit=known.tip[:SHORT])))
            known, rewound = _NOTHING, True  # said again each time, until --full forgets it
    judged = _judge(repository, known.tip, tip, answered, language, progress)
    report = Report(
        judged.commits,
        judged.steps,
        known.tip or None,
        tip,
        [*findings, *known.findings, *judged.findings],
        [],
        last[1] if last else None,
    )
    adopted = known.adopted + judged.adopted
    if not since_checkpoint and judged.whole and not rewound:
        _remember(repository, Known(tip, [*known.findings, *judged.findings], adopted, answered))
    told = _unknown(report, judged.rules, adopted, last[0].name if last else "", since_checkpoint)
    return report._replace(unknown=list(told))


class _Judged(NamedTuple):
    commits: int
    steps: int
    adopted: int
    findings: list[Finding]
    rules: Rules | None  # in force at the end
    whole: bool  # nothing was missing


def _judge(
    repository: Repository,
    base: str,
    tip: str,
    answered: Collection[str],
    language: str,
    progress: Callable[[int, int], None] | None,
) -> _Judged:
    findings: list[Finding] = []
    rules = None
    commits = 0
    collecting = gc.isenabled()
    gc.disable()  # it would look through what is read again and again, and hardly any of it is garbage
    try:
        rules = World.at(repository, tip).rules if not base else None
        index = _index(repository) if base and base != tip else None
        history = judging.History(
            repository,
            base,
            tip,
            index=index,
            adopted_by=answered,
            language=language,
            progress=progress,
        )
        for _commit, found in history:
            commits += 1
            if found:
                findings += found
    except walking.Damaged as damage:
        findings.append(Finding("", "", "object", damage.message))
        return _Judged(commits, 0, 0, findings, rules, whole=False)
    finally:
        if collecting:
            gc.enable()
    rules = rules or history.rules
    whole = not any(one.rule == "object" for one in findings)
    return _Judged(commits, history.steps, len(history.adopted), findings, rules, whole)


def _index(repository: Repository) -> Any:
    """The index, brought to the newest commit; None where it cannot be had (then cases are read instead)."""
    from complaintctl.index import Index

    head = repository.head()
    try:
        index = Index.open(repository)
        if head is not None:
            index.refresh(head)
            return index
    except ComplaintctlError:
        pass  # a register that is broken now: the cases themselves are asked
    return None


def _answered(repository: Repository, tip: str) -> frozenset[str]:
    """The commits whose finished cases somebody who may change rules has answered for."""
    try:
        found = World.at_documents(repository, tip).settings.get("adopted", ())
        return frozenset(entry["commit"] for entry in found)
    except (BadData, RegisterState, walking.Damaged):
        return frozenset()


# -- this copy


def local_state(repository: Repository) -> Iterator[Finding]:
    """What makes git on this machine show another history than the one that is here; none is followed."""
    refs = repository.run("for-each-ref", "--format=%(refname)", "refs/replace").decode().split()
    for ref in refs:
        name = ref.rpartition("/")[2]
        yield Finding(
            name,
            "",
            "history",
            _("git shows another object in the place of {id}").format(id=name[:SHORT]),
            ref,
        )
    for place, message in (
        ("info/grafts", _("git shows other parents of commits than they have")),
        ("shallow", _("history was cut off here: this copy does not begin at the beginning")),
    ):
        text = _text(repository.common_dir / place)
        if any(line.strip() and not line.startswith("#") for line in text.splitlines()):
            yield Finding("", "", "history", message, place)
    if re.search(_HIDING, _text(repository.common_dir / "info" / "attributes")):
        message = _("attributes of this copy keep changes out of sight")
        yield Finding("", "", "history", message, "info/attributes")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


# -- what cannot be known


def _unknown(
    report: Report, rules: Rules | None, adopted: int, checkpoint: str, since_checkpoint: bool
) -> Iterator[str]:
    yield _("Whether a complaint was never recorded, and whether what was recorded is true.")
    yield _("When a step was really made: its time is that of the machine it was made on.")
    settings: dict[str, Any] = {}
    with suppress(BadData, RegisterState, AttributeError):
        settings = rules.settings if rules is not None else {}
    if settings.get("sample"):
        yield _("How the cases came about: this is a sample register, made as a whole.")
    elif not signing.on(settings):
        yield _(
            "Whether people are who they say: this register asks for no signatures, so steps rest on names."
        )
    if adopted:
        yield ngettext(
            "How {count} case that came in finished was handled before.",
            "How {count} cases that came in finished were handled before.",
            adopted,
        ).format(count=adopted)
    if report.unanchored is None:
        yield _("Whether all of this took the place of another history: there is no checkpoint.")
    elif report.unanchored:
        yield ngettext(
            "Whether {count} commit since {checkpoint} took the place of another: it is not anchored.",
            "Whether {count} commits since {checkpoint} took the place of others: they are not anchored.",
            report.unanchored,
        ).format(count=report.unanchored, checkpoint=checkpoint)
    if since_checkpoint and report.base:
        yield _("What was before the checkpoint: it was not looked at this time.")
    elif report.base:
        message = _(
            "Whether objects up to commit {commit} were damaged since it was verified: --full looks again."
        )
        yield message.format(commit=report.base[:SHORT])


# -- what was verified before


def _place(repository: Repository) -> Path | None:
    """Where it is remembered what was verified of this copy; None where there is no such folder."""
    import hashlib

    state = os.environ.get("XDG_STATE_HOME") or ""
    try:
        home = Path(state) if Path(state).is_absolute() else Path.home() / ".local" / "state"
    except RuntimeError:
        return None
    name = hashlib.sha256(str(repository.common_dir.resolve()).encode("utf-8", "surrogateescape")).hexdigest()
    return home / "complaintctl" / f"verified-{name[:16]}.json"


def _recalled(repository: Repository) -> Known:
    place = _place(repository)
    try:
        found = json.loads(place.read_text("utf-8")) if place else {}
        if (found.get("format"), found.get("version")) != (_FORMAT, __version__):
            return _NOTHING
        return Known(
            found["tip"], [Finding(*one) for one in found["findings"]], found["adopted"], found["answered"]
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return _NOTHING


def _remember(repository: Repository, known: Known) -> None:
    place = _place(repository)
    if place is None:
        return
    said = {"format": _FORMAT, "version": __version__, **known._asdict()}
    with suppress(OSError):
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        scrap = place.with_suffix(f".{os.getpid()}")
        handle = os.open(scrap, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(said, stream, ensure_ascii=False)
        scrap.replace(place)

"""The other side of an exchange: what a remote has, whether it lost anything, and sending it what is here."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from complaintctl import files, journal, remotes
from complaintctl.errors import ComplaintctlError, EnvironmentFault, Refused
from complaintctl.i18n import _, ngettext
from complaintctl.seen import Seen
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complaintctl.gitprocess import Outcome
    from complaintctl.history import Repository
    from complaintctl.register import Register

_FASTER = ("fetch first", "non-fast-forward", "stale info", "cannot lock ref", "failed to update ref")
_CHECKPOINTS = "refs/tags/checkpoint"
_FETCHED = "refs/complaintctl/checkpoints"  # those of remotes, by remote


class Rewound(ComplaintctlError):
    """A remote does not have any more what it had when it was looked at before."""

    exit_code = 7


class Fetched(NamedTuple):
    """What a remote has."""

    tip: str  # the newest commit of the register's branch; empty: it has none
    differing: dict[str, str]  # its checkpoints that are others than those here, where that was not told yet


def fetch(register: Register, remote: str, branch: str, *, restore: bool) -> Fetched:
    """Fetch all branches, and the checkpoints. Raises Rewound where it lost what it had."""
    repository = register.repository
    address = _address(register, remote)
    memory = Seen.of(repository)
    wanted = [f"+refs/heads/*:refs/remotes/{remote}/*", f"+{_CHECKPOINTS}/*:{_FETCHED}/{remote}/*"]
    with _marked(repository, [f"refs/remotes/{remote}", f"{_FETCHED}/{remote}"]):
        remotes.fetch(repository, remote, *wanted, prune=True)
    theirs = _tracked(register, remote, branch)
    last = memory.tip(address, branch)
    if last and last != theirs and not restore and not (theirs and _holds(register, theirs, last)):
        raise _rewound(register, remote, last, theirs)
    memory.note_tip(address, branch, theirs)
    return Fetched(theirs, _take_checkpoints(register, remote))


@contextmanager
def _marked(repository: Repository, places: Sequence[str]) -> Iterator[None]:
    """Remove the locks that a fetch of ours left when it was killed; while one is under way there is a mark.

    Only on refs that hold what was fetched, made after the mark, and no longer changing.  Busy names a lock
    that may be somebody else's.
    """
    mark = repository.shared / "fetching"
    locks = [lock for place in places for lock in (repository.common_dir / place).rglob("*.lock")]
    if locks and mark.exists():
        since = mark.stat().st_mtime - journal.GRACE
        seen = {lock: lock.stat().st_mtime_ns for lock in locks}
        time.sleep(journal.GRACE)
        for lock, made in seen.items():
            if lock.exists() and lock.stat().st_mtime_ns == made >= since * 1e9:
                files.remove(lock)
    mark.parent.mkdir(exist_ok=True)
    files.put(mark.with_name("fetching.new"), mark, b"")
    try:
        yield
    except EnvironmentFault:
        taken = next((lock for lock in locks if lock.exists()), None)
        if taken is not None:
            raise files.taken(taken) from None
        raise
    finally:
        files.remove(mark)


def _take_checkpoints(register: Register, remote: str) -> dict[str, str]:
    """Take over the checkpoints of a remote; one that is another than the one here is warned about, once.

    Those that were warned about now: where they are kept, and the tag.
    """
    repository = register.repository
    memory, found = Seen.of(repository), {}
    listed = repository.run(
        "for-each-ref", "--format=%(objectname) %(refname)", f"{_FETCHED}/{remote}", _CHECKPOINTS
    )
    rows = [row.split(" ", 1) for row in listed.decode("utf-8", "surrogateescape").splitlines()]
    known = {ref: tag for tag, ref in rows}
    for tag, ref in rows:
        own = ref.replace(f"{_FETCHED}/{remote}", _CHECKPOINTS, 1)
        if own not in known:
            repository.write(["update-ref", own, tag, "0" * repository.id_length], {})
        elif known[own] != tag and memory.differing.get(ref) != tag:
            found[ref] = tag
            repository.warnings.append(
                _("{remote} has another {tag} than this clone: complaintctl verify").format(
                    remote=remote, tag=own.removeprefix("refs/tags/")
                )
            )
    return found


def _address(register: Register, remote: str) -> str:
    return register.repository.config().get(f"remote.{remote}.url", remote)


def _tracked(register: Register, remote: str, branch: str) -> str:
    outcome = register.repository.ask(
        "rev-parse", "--verify", "--quiet", f"refs/remotes/{remote}/{branch}^{{commit}}"
    )
    return outcome.out.decode().strip()


def _holds(register: Register, tip: str, commit: str) -> bool:
    """Whether a commit is in the history of another; not, where it is not even here."""
    if register.repository.objects([commit])[0] is None:
        return False
    return register.repository.contains(commit, tip)


def _rewound(register: Register, remote: str, last: str, theirs: str) -> Rewound:
    known = register.repository.objects([last])[0] is not None
    lost = count(register, theirs, last) if known else 2
    return Rewound(
        ngettext(
            "{remote} lost {count} commit that it had when it was looked at last (up to {commit}).",
            "{remote} lost {count} commits that it had when it was looked at last (up to {commit}).",
            lost,
        ).format(remote=remote, count=lost if known else "?", commit=last[:10]),
        hint=_("ask who rewrote it; to put them back: complaintctl sync {remote} --restore").format(
            remote=remote
        ),
    )


def count(register: Register, old: str, new: str) -> int:
    """How many commits lead to one and not to the other."""
    known = [f"^{old}"] if old else []
    return int(register.repository.run("rev-list", "--count", new, *known).decode())


def push(register: Register, remote: str, branch: str) -> str:
    """Send this side's branch; why it has to be tried again, empty where it need not.

    Refused where the other side does not take it.
    """
    repository = register.repository
    outcome = remotes.push(repository, remote, f"{register.head}:refs/heads/{branch}", check=False)
    if outcome.code == 0:
        ref = f"refs/remotes/{remote}/{branch}"
        if _tracked(register, remote, branch) != register.head:
            repository.write(["update-ref", ref, register.head], {})
        Seen.of(repository).note_tip(_address(register, remote), branch, register.head)
        return ""
    why = _reasons(outcome)
    if any(sign in one for one in why for sign in _FASTER):
        return "; ".join([*why, *_answers(outcome)])[:400]
    if why:
        raise Refused(
            _("{remote} did not take it: {why}").format(
                remote=remote, why="; ".join([*why, *_answers(outcome)])[:400]
            ),
            hint=_(
                "complaintctl check --range {remote}/{branch}..{branch} shows all that is wrong; back to what"
                " {remote} has, with a copy: git branch kept && git status --short &&"
                " git reset --keep {remote}/{branch}"
            ).format(remote=remote, branch=branch),
        )
    raise EnvironmentFault(
        _("{remote} cannot be reached: {why}").format(remote=remote, why=_last_line(outcome)),
        hint=_("what was fetched is joined here; push later: complaintctl sync"),
    )


def _reasons(outcome: Outcome) -> list[str]:
    """Why refs were refused, in git's words."""
    rows = outcome.out.decode("utf-8", "replace").splitlines()
    return [row.split("\t")[-1] for row in rows if row.startswith("!\t")]


def _answers(outcome: Outcome) -> list[str]:
    """What the other side said."""
    rows = outcome.err.decode("utf-8", "replace").splitlines()
    found = [row.removeprefix("remote:").strip() for row in rows if row.startswith("remote:")]
    return [row for row in found if row]


def _last_line(outcome: Outcome) -> str:
    rows = [row for row in outcome.err.decode("utf-8", "replace").splitlines() if row.strip()]
    return rows[-1].strip() if rows else _("exit code {code}").format(code=outcome.code)

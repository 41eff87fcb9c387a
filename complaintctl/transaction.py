"""Recording a step: all of it or nothing, whatever stops the program on the way.

The order is what makes it safe.  Objects are stored first; nobody sees them.  A
journal says what is about to happen.  Moving the branch (`git update-ref`,
which compares and swaps) is the one moment at which the step happens.  The
work tree and the index follow.  Killed before that moment, the next command
drops the journal; killed after it, the next command does the rest.

A lock file that a killed run left is removed only where it is proved to be its
own: the index is locked by a hard link to a file of ours, a lock on a ref holds
the commit that the journal names, or is empty, was made in the seconds after
the journal and does not change any more.  git processes that write hold the
register's lock open, so none is alive once another command has it.
"""

from __future__ import annotations

import signal
import time
import zlib
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from complaintctl import catfile, files, gitindex, objects, readiness
from complaintctl import journal as journals
from complaintctl.errors import ComplaintctlError, RegisterState
from complaintctl.i18n import _
from complaintctl.journal import Change, Journal
from complaintctl.objects import Draft, Edit, Node, Person, Tree
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from complaintctl.gitdir import GitDir

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class Wish(NamedTuple):
    """A commit to be made."""

    message: str
    author: Person
    author_time: str
    committer: Person
    base: str
    branch: str
    merged: tuple[str, ...] = ()  # further parents


def record(repository: GitDir, edits: Sequence[Edit], wish: Wish, timeout: float) -> str:
    """Make one commit of these edits on the branch that is checked out; its id. The lock must be held."""
    trees, changes = readiness.compare(repository, edits, wish.branch, wish.base)
    after = {change.path: Node(change.mode, change.new) if change.new else None for change in changes}
    drafts = [objects.blob_draft(repository, edit.new) for edit in edits if edit.new is not None]
    drafts += objects.rebuild(repository, trees, after)
    commit = objects.commit_draft(
        repository,
        drafts[-1].id,
        [wish.base, *wish.merged],
        wish.author,
        wish.author_time,
        wish.committer,
        wish.message,
    )
    journal = Journal(wish.branch, wish.base, commit.id, changes)
    land(repository, edits, journal, [*drafts, commit], wish.committer, timeout, trees)
    return commit.id


def rehearse(repository: GitDir, edits: Sequence[Edit], wish: Wish, timeout: float) -> None:
    """Refuse what record() would refuse, and change nothing."""
    trees, changes = readiness.compare(repository, edits, wish.branch, wish.base)
    readiness.require_files(repository, edits, wish.branch, time.monotonic() + timeout)
    journal = Journal(wish.branch, wish.base, "", changes)
    files.wait_until_gone(repository.git_dir / "index.lock", time.monotonic() + timeout)
    seen = gitindex.look(repository, gitindex.ask(repository, journal, trees))
    readiness.require_index(seen.entries, journal)


def advance(repository: GitDir, target: str, wish: Wish, timeout: float) -> None:
    """Move the branch on to a commit that has its newest one in its history, files and index too.

    RegisterState when it has not, or where it brings anything but plain files.
    """
    readiness.require_state(repository, wish.branch, wish.base)
    if not wish.base or not repository.contains(wish.base, target):
        raise RegisterState(
            _("{commit} does not follow on branch {branch}.").format(commit=target[:12], branch=wish.branch),
            hint=_("merge it: complaintctl sync"),
        )
    if target == wish.base:
        return
    rows = repository.run(
        "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", wish.base, target, "--"
    )
    fields = rows.decode("utf-8", "surrogateescape").split("\0")
    changes = tuple(_brought(about, path) for about, path in zip(fields[0::2], fields[1::2], strict=False))
    ids = [blob for change in changes for blob in (change.old, change.new) if blob]
    blobs: dict[str | None, bytes] = dict(catfile.stream(repository.root, dict.fromkeys(ids)))
    edits = [Edit(change.path, blobs.get(change.old), blobs.get(change.new)) for change in changes]
    land(repository, edits, Journal(wish.branch, wish.base, target, changes), [], wish.committer, timeout)


def _brought(about: str, path: str) -> Change:
    """One line of `diff-tree --raw` as a change."""
    before, after, old, new, _status = about.removeprefix(":").split(" ")
    gone = "000000"
    modes = {before, after} - {gone}
    if len(modes) != 1 or not objects.Node(modes.pop(), "").plain:
        raise RegisterState(
            _("{file} comes as no plain file, or changes its mode.").format(file=path),
            hint=_("look at it, then do it with git: git log --raw -- {file}").format(file=path),
        )
    files.check_path(path)
    old_id, new_id = (None if before == gone else old), (None if after == gone else new)
    return Change(path, before if after == gone else after, old_id, new_id)


def land(
    repository: GitDir,
    edits: Sequence[Edit],
    journal: Journal,
    drafts: Sequence[Draft],
    person: Person,
    timeout: float,
    trees: Mapping[str, Tree] | None = None,
) -> None:
    """Check, store, move the branch, and let the work tree and the index follow.

    `trees`, those of the last commit that the step goes through, make the look at the index cheaper.
    Raises RegisterState, Busy or EnvironmentFault with nothing recorded; once
    the branch has moved, what goes wrong is only added to the warnings.
    """
    deadline = time.monotonic() + timeout
    readiness.require_files(repository, edits, journal.branch, deadline)
    with gitindex.lock(repository, deadline):
        # Where git has to be asked, it looks at the index while the objects are written.
        asked = gitindex.ask(repository, journal, trees)
        try:
            objects.store(repository, drafts)
        finally:
            seen = gitindex.look(repository, asked)
        readiness.require_index(seen.entries, journal)
        journals.write(repository, journal)
        with _uninterrupted():
            _move(repository, journal, person)
            contents = {edit.path: edit.new for edit in edits}
            _follow(repository, journal, contents, seen)


# -- the moment ----------------------------------------------------------------------


def _move(repository: GitDir, journal: Journal, person: Person) -> None:
    """Move the branch from the base to the commit; on a failure the journal goes again."""
    zero = "0" * repository.id_length
    who = {"GIT_COMMITTER_NAME": person.name, "GIT_COMMITTER_EMAIL": person.email}
    arguments = ["update-ref", "-m", "complaintctl", f"refs/heads/{journal.branch}", journal.commit]
    try:
        repository.write([*arguments, journal.base or zero], who)
    except (ComplaintctlError, OSError) as error:
        tip = repository.tip(journal.branch)
        if tip == journal.commit:
            return  # it moved before whatever went wrong
        for lock in journals.ref_locks(repository, journal.branch):
            if lock.exists():  # the journal stays: with it, the next command can tell whose lock that is
                raise files.taken(lock) from error
        with suppress(OSError):  # the next command drops it
            journals.drop(repository)
        if (tip or "") != journal.base:
            raise RegisterState(
                _("Branch {branch} moved in the meantime.").format(branch=journal.branch),
                hint=_("run the command again"),
            ) from error
        raise


def _follow(
    repository: GitDir, journal: Journal, contents: Mapping[str, bytes | None], seen: gitindex.Look
) -> None:
    """After the branch moved: nothing may fail any more, only wait for the next command."""
    try:
        _finish(repository, journal, contents, seen)
        if not any(lock.exists() for lock in journals.ref_locks(repository, journal.branch)):
            journals.drop(repository)
    except (OSError, ComplaintctlError) as error:
        repository.warn(error)


def _finish(
    repository: GitDir, journal: Journal, contents: Mapping[str, bytes | None], seen: gitindex.Look
) -> None:
    """Bring work tree and index to the commit, but for what a person changed since."""
    for change in journal.changes:
        _finish_file(repository, change, contents[change.path])
    wanted = {
        change.path: (change.mode, change.new) if change.new else None
        for change in journal.changes
        if seen.entries.get(change.path) in change.entries()
    }
    if wanted:
        gitindex.update(repository, seen, wanted)


def _finish_file(repository: GitDir, change: Change, new: bytes | None) -> None:
    try:
        place = files.inside(repository.root, change.path)
        found = files.read(place)
    except RegisterState:
        return  # a person put a link or a folder there
    if (None if found is None else repository.object_id(found)) not in change.before():
        return  # done already, or a person's edit: that is never overwritten
    if new is None:
        files.remove(place)
    else:
        files.make_folders(repository.root, change.path)
        mode = 0o666 if found is None else place.stat().st_mode & 0o777
        if change.mode == "100755":
            mode |= 0o111
        files.put(place.with_name(files.PREFIX + scrap_name(change.path)), place, new, mode)
    if place.parent.exists():
        files.sync_folder(place.parent)


def scrap_name(path: str) -> str:
    """The tail of the name that a file in the making has in the work tree."""
    return f"{zlib.crc32(path.encode()):08x}"  # one at a time, so two of the same name do no harm


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let Ctrl-C and its like wait for nobody: for these few milliseconds they do nothing, to git neither.

    Only the main thread can set this; elsewhere no signal arrives.
    """
    before: dict[int, Any] = {}
    try:
        for name in _SIGNALS:
            number = getattr(signal, name, None)
            if number is not None:
                before[number] = signal.signal(number, signal.SIG_IGN)
    except ValueError:
        before.clear()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


# -- the next command -----------------------------------------------


def recover(repository: GitDir, timeout: float) -> bool:
    """Bring what a stopped run left to an end, one way or the other; whether there was anything.

    The lock must be held. Raises EnvironmentFault or Busy when it cannot be done now.
    """
    index_lock = repository.git_dir / "index.lock"
    left = gitindex.is_ours(repository, index_lock)
    if left:
        files.remove(index_lock)
    journals.clear_scraps(repository)
    journal = journals.read(repository)
    if journal is None:
        return left
    for lock in journals.ref_locks(repository, journal.branch):
        journals.clear_lock(repository, lock, journal)
    for change in journal.changes:
        with suppress(RegisterState):  # through a link nothing is written, so nothing is left there either
            place = files.inside(repository.root, change.path)
            files.remove(place.with_name(files.PREFIX + scrap_name(change.path)))
    if _happened(repository, journal):
        names = [change.new for change in journal.changes if change.new]
        blobs = {found.id: found.data for found in repository.objects(names) if found}
        contents = {change.path: blobs[change.new] if change.new else None for change in journal.changes}
        with gitindex.lock(repository, time.monotonic() + timeout), _uninterrupted():
            seen = gitindex.look(repository, gitindex.ask(repository, journal))
            _finish(repository, journal, contents, seen)
    journals.drop(repository)
    return True


def _happened(repository: GitDir, journal: Journal) -> bool:
    """Whether the branch holds the commit, is still checked out, and its newest commit has the same files."""
    tip = repository.tip(journal.branch)
    if tip is None or tip == journal.base or repository.branch() != journal.branch:
        return False
    if repository.objects([journal.commit]) == [None] or not repository.contains(journal.commit, tip):
        return False
    trees = objects.read_trees(repository, tip, [change.path for change in journal.changes])
    for change in journal.changes:
        folder, _slash, name = change.path.rpartition("/")
        node = trees[folder].get(name)
        if (node.id if node else None) != change.new:
            return False
    return True

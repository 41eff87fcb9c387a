"""The index: rows of the committed cases in a disposable SQLite file, brought up to date by git's own diff.

It never holds anything that is not in git; deleting it changes nothing but
time.  The same HEAD as before costs no git process; a moved one costs a
``diff-tree`` and the blobs that changed.  Where the file cannot be written
the same tables are made in memory.
"""

from __future__ import annotations

import contextlib
import gc
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from complaintctl import casefiles, documents, indexfile, records
from complaintctl.documents import Documents
from complaintctl.errors import EnvironmentFault
from complaintctl.i18n import _
from complaintctl.listing import Listed, Listing
from complaintctl.lookups import Lookups

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from complaintctl import bygone
    from complaintctl.case import Case, PolicyPin
    from complaintctl.history import Repository
    from complaintctl.policy import Policy
    from complaintctl.report.learning import Lesson
    from complaintctl.rows import Brief, Row
    from complaintctl.update import Progress

__all__ = ["Documents", "Index", "Listed"]


_TRIES = 5  # how often somebody else may be faster before we go on in memory


class Index(Lookups, Listing):
    """The committed cases and documents of one register. Open it with `Index.open`, then `refresh`."""

    def __init__(self, repository: Repository, path: Path | None) -> None:
        self._repository = repository
        self._whole = False  # cases closed long ago are asked for
        self._left: bygone.Left | None = None  # how far the tables reach without them
        self._progress: Progress | None = None
        self._path = path
        self._connection = indexfile.connect(path)
        self._head = ""  # the commit that the tables are held at
        self._wanted = ""  # the commit that was asked for last
        self._documents: dict[str, Documents] = {}
        self._forget_repetition()

    # -- opening and closing

    @classmethod
    def open(cls, repository: Repository) -> Index:
        """The index of a repository, in memory where its file cannot be had; nothing is read yet."""
        path = indexfile.location(Path(repository.common_dir))
        try:
            return cls(repository, path)
        except (OSError, sqlite3.Error):
            with contextlib.suppress(OSError, sqlite3.Error):
                indexfile.remove(path)
                return cls(repository, path)
        return cls(repository, None)

    @classmethod
    def at(cls, repository: Repository, commit: str, progress: Progress | None = None) -> Index:
        """An index in memory as of any commit, made from the file's where there is one."""
        with cls.open(repository) as present:
            there = cls(repository, None)
            with contextlib.suppress(sqlite3.Error):
                present._connection.backup(there._connection)
        there.refresh(commit, progress)
        return there

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __del__(self) -> None:
        if hasattr(self, "_connection"):  # else it could not even be opened
            with contextlib.suppress(sqlite3.Error):  # the garbage of one thread may be swept up by another
                self.close()

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    # -- bringing up to date

    def refresh(self, head: str, progress: Progress | None = None) -> None:
        """Make all answers those of a commit; `progress` hears (done, all) while cases are read.

        RegisterState when the commit is no register, BadData when its settings
        or calendar are broken.
        """
        self._wanted = head
        self._progress = progress or self._progress
        for _attempt in range(_TRIES):
            try:
                if self._settle(head):
                    return
                self._write(head, progress)
            except sqlite3.Error as fault:
                self._recover(fault)
        self._move_to_memory()
        try:
            self._write(head, progress)
        except sqlite3.Error as fault:
            message = _("The index cannot be made, not even in memory: {fault}.")
            raise EnvironmentFault(message.format(fault=fault)) from fault
        self._settle(head)

    def _settle(self, head: str) -> bool:
        """Hold on to the state of the tables if it is that of the commit; whether it is.

        The read transaction that stays open keeps what another process writes
        meanwhile out of our answers.
        """
        if self._head == head and self._connection.in_transaction:
            return True
        self._let_go()
        self._forget_repetition()
        known = indexfile.stored_format(self._connection)
        if known is None:
            return False
        if known != indexfile.FORMAT:
            raise sqlite3.DatabaseError(known)
        if self._path is not None:
            indexfile.use_write_ahead_log(self._connection)
        self._connection.execute("BEGIN")
        self._left = indexfile.left(self._connection)
        if indexfile.meta(self._connection, "head") == head and not (self._whole and self._left):
            self._head = head
            return True
        self._let_go()
        return False

    def _let_go(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A write transaction: all of it is kept, or nothing; and the log is short afterwards."""
        self._let_go()
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._let_go()
            raise
        if self._path is not None:
            indexfile.empty_log(self._connection, self._path)

    def _write(self, head: str, progress: Progress | None) -> None:
        """Bring the tables to a commit, unless another process just did."""
        from complaintctl.update import Update

        with self._writing() as connection:
            if indexfile.stored_format(connection) is None:
                indexfile.create(connection)
            old = indexfile.meta(connection, "head")
            if old != head or (self._whole and indexfile.left(connection)):
                Update(connection, self._repository, progress, whole=self._whole).bring(old, head)
                indexfile.set_head(connection, head)

    # -- what may go wrong

    def _recover(self, fault: BaseException) -> None:
        """Start again: with a new file, or in memory where somebody else holds the old one for long."""
        busy = _is_busy(fault)
        self._connection.close()
        self._head = ""
        if self._path is not None and not busy:
            with contextlib.suppress(OSError, sqlite3.Error):
                indexfile.remove(self._path)
                self._connection = indexfile.connect(self._path)
                return
        self._move_to_memory()

    def _move_to_memory(self) -> None:
        self._connection.close()
        self._path, self._head = None, ""
        self._connection = indexfile.connect(None)

    def _all(
        self, sql: str, values: Sequence[Any] = (), make: Callable[[Any], Any] | None = None
    ) -> list[Any]:
        """All records that a query finds, each through `make`; a damaged file is made again first."""
        self._ready()
        try:
            return self._fetch(sql, values, make)
        except (sqlite3.Error, ValueError, TypeError) as fault:
            self._recover(fault)
        self._ready()
        return self._fetch(sql, values, make)

    def _fetch(self, sql: str, values: Sequence[Any], make: Callable[[Any], Any] | None) -> list[Any]:
        found = self._connection.execute(sql, values)
        if make is None:
            return found.fetchall()
        collecting = gc.isenabled()
        gc.disable()  # it would look through all rows again and again, and none of them is garbage
        try:
            return [make(record) for record in found]
        finally:
            if collecting:
                gc.enable()

    def _complete(self, chosen: str, values: Sequence[Any]) -> None:
        """Compute and keep the rows that are not there yet of the cases whose `n` a query finds."""
        from complaintctl.update import Update

        current = self.documents(self._wanted)
        try:
            with self._writing() as connection:
                if indexfile.meta(connection, "head") == self._wanted:
                    Update(connection, self._repository).complete(chosen, values, current)
        except sqlite3.Error as fault:
            self._recover(fault)
        self._head = ""  # the tables are no longer held on to

    def complete(self, since: int | None = None) -> None:
        """Sum up the cases that were closed long ago, unless all that happened since an instant is enough."""
        self._ready()
        if self._left is not None and (since is None or since < self._left.since):
            self._whole = True
            self._head = ""
            self.refresh(self._wanted, self._progress)

    def _compares(self, received: int, window: int) -> None:
        self._ready()
        left = self._left
        if left is not None and (window > left.window or not left.compares(received)):
            self.complete()

    @property
    def head(self) -> str:
        """The commit that all answers are of."""
        return self._wanted

    def _ready(self) -> None:
        """Make sure that the tables are those of the commit that was asked for last."""
        if self._head != self._wanted:
            self.refresh(self._wanted)

    # -- the register's own files

    def documents(self, head: str) -> Documents:
        """Settings, staff, calendar and policies of any commit; what is broken is told when it is used."""
        if head not in self._documents:
            if head == self._wanted:
                files = dict(self._all("SELECT path, blob FROM files"))
            else:
                from complaintctl.update import files_at

                files = files_at(self._repository, head)
            self._documents[head] = documents.load(files, self._repository.blobs, self._shelf())
        return self._documents[head]

    def policy(self, name: str, version: str) -> tuple[Policy, str]:
        """A policy of the commit refreshed to, and the SHA-256 of its file; BadData when it cannot be had."""
        return self.documents(self._wanted).policy(name, version)

    def policy_for(self, pin: PolicyPin) -> tuple[Policy, str]:
        """The policy that a case pins, byte for byte; BadData when it cannot be had."""
        return self.documents(self._wanted).policy_for(pin)

    def policy_of(self, row: Row) -> tuple[Policy, str]:
        """The policy that the case of a row pins, and the SHA-256 of its file."""
        if not self._pins:
            self._pins = dict(self._all("SELECT id, pin FROM cases WHERE due_order <= ?", (records.NEVER,)))
        pin = self._pins.get(row["id"]) or self._one("SELECT pin FROM cases WHERE id = ?", (row["id"],))
        return self.documents(self._wanted).fingerprinted(str(pin))

    def _shelf(self) -> indexfile.Shelf:
        """What is known of documents, outside of a write transaction."""

        def content(path: str, blob: str) -> str:
            return str(self._one(indexfile.CONTENT, (path, blob)))

        return indexfile.Shelf(self._connection, content)

    def lessons(self, since: int, before: int) -> list[Lesson]:
        """What closings in ``since <= t < before`` name as learnt (S0-21), read from the case files."""
        from complaintctl import forms
        from complaintctl.report.learning import lessons_of

        self.complete(since)
        cases = {
            blob: (case_id, department)
            for blob, case_id, department in self._all(
                "SELECT blob, id, department FROM cases WHERE notes & ? AND received < ? "
                "AND (closed IS NULL OR closed >= ?) ORDER BY id",
                (records.NOTED.lessons, before, since),
            )
        }
        read = forms.Reader().read
        found: list[Lesson] = []
        for blob, data in self._repository.blobs(list(cases)):
            case_id, department = cases[blob]
            lessons = lessons_of(read(data, casefiles.path_of(case_id)), department)
            found += [one for one in lessons if since <= one.at < before]
        return found

    # -- reports that were made

    def kept(self, key: str) -> tuple[str, str] | None:
        """The text that was kept under a key, and the commit that it was made at; None where there is none.

        It would be made the same now, but for the commit that it names.  The key
        names all that the text depends on besides what is committed.
        """
        found = self._all("SELECT text, made_at FROM reports WHERE key = ?", (key,))
        return found[0] if found else None

    def keep(self, key: str, text: str, until: int) -> None:
        """Keep a text until something that it depends on changes; where that cannot be, it is made again.

        `until`: it counts no case that was received later.
        """
        with contextlib.suppress(sqlite3.Error), self._writing() as connection:
            if indexfile.meta(connection, "head") == self._wanted:
                indexfile.keep_report(connection, key, text, self._wanted, until)
        self._head = ""  # the tables are no longer held on to

    # -- after a step

    def steps(self) -> int:
        """How many steps were recorded through this index: a reason to tidy up now and then."""
        return int(self._one("SELECT value FROM meta WHERE key = 'steps'") or 0)

    def record(self, old_head: str, new_head: str, path: str, blob: str, case: Case | None) -> None:
        """Take over the case that a step has just committed; never raises.

        Where the tables are not at `old_head`, or there is no case, the next
        question catches up by itself.
        """
        try:
            summed = None
            if case is not None:
                known = self.documents(old_head)
                summed = casefiles.Reader(known).sum_up(case)
                policy, _sha256 = known.policy(*known.in_force)  # within a transaction it cannot be asked for
            self._wanted = new_head
            with self._writing() as connection:
                indexfile.set_meta(connection, "steps", (indexfile.meta(connection, "steps") or 0) + 1)
                left = indexfile.left(connection)
                if summed is not None and left and not _reaches(connection, left, summed.brief):
                    summed = None  # the next question completes the tables
                if summed is not None and indexfile.meta(connection, "head") == old_head:
                    replaced = indexfile.Replaced(connection, lambda: policy)
                    touched = indexfile.forget(connection, [summed.brief["id"]], [path], replaced)
                    batch = indexfile.Batch(connection, replaced=replaced)
                    batch.add(summed, blob)
                    batch.finish()
                    indexfile.count_repetition(connection, touched | batch.touched)
                    indexfile.set_head(connection, new_head)
            if summed is not None and self._settle(new_head):
                self._documents[new_head] = self._documents[old_head]
        except Exception as fault:  # noqa: BLE001  (the step is in git; the index is a convenience)
            self._wanted = new_head
            if isinstance(fault, sqlite3.Error) and not _is_busy(fault):
                with contextlib.suppress(sqlite3.Error):
                    self._recover(fault)


def _reaches(connection: sqlite3.Connection, left: bygone.Left, brief: Brief) -> bool:
    """Whether tables that only name some cases can take over the new version of one."""
    return left.compares(brief["received"]) and not indexfile.is_put_off(connection, [brief["id"]])


def _is_busy(fault: BaseException) -> bool:
    """Whether it is only that somebody else is writing."""
    return getattr(fault, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

"""Bringing the tables of the index to a commit: by git's diff where one can be had, else from all files."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from complaintctl import casefiles, documents, indexfile, records
from complaintctl.errors import BadData, ComplaintctlError, RegisterState
from complaintctl.i18n import _

if TYPE_CHECKING:
    import sqlite3

    from complaintctl import bygone
    from complaintctl.documents import Documents
    from complaintctl.history import Repository

Progress = Callable[[int, int], None]

_MANY = 50  # cases, from which on it pays to look for like ones
_STEP = 250  # cases between two reports of progress
_ABSENT = 20  # blobs that may be missing before it is the clone that is at fault


def files_at(repository: Repository, commit: str) -> dict[str, str]:
    """Path and blob id of the register's own files in a commit."""
    tree = repository.tree(commit, documents.FOLDER)
    return {path: blob for path, _mode, blob in tree if documents.kind_of(path)}


class Update:
    """One change of the tables, inside a write transaction; `progress` hears (done, all) cases.

    `whole`: also the cases that were closed long ago are summed up (`complaintctl.bygone`).
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        repository: Repository,
        progress: Progress | None = None,
        *,
        whole: bool = False,
    ) -> None:
        self._connection = connection
        self._repository = repository
        self._progress = progress
        self._whole = whole

    def bring(self, old: str | None, head: str) -> None:
        """Change what differs between the commit that the tables are at (None: they are empty) and another.

        RegisterState when that one is no register, BadData when its settings or
        calendar are broken.
        """
        connection = self._connection
        changes = self._changes(old, head)
        if changes is None or not all(map(casefiles.id_of, changes)):
            connection.execute("DELETE FROM files")
            connection.executemany(
                "INSERT INTO files VALUES (?, ?)", files_at(self._repository, head).items()
            )
        files = dict(connection.execute("SELECT path, blob FROM files"))
        current = documents.load(files, self._repository.blobs, indexfile.Shelf(connection))
        stamp = f"{current.zone} {current.blobs.get(documents.CALENDAR)}"
        left = indexfile.left(connection)
        if changes is None or indexfile.meta(connection, "calendar") != stamp or (left and self._whole):
            self._rebuild(head, current)
            indexfile.set_meta(connection, "calendar", stamp)
            return
        jobs = {path: blob for path, blob in changes.items() if casefiles.id_of(path)}
        if left and len(jobs) < len(changes) and not _still_holds(left, current):
            self._rebuild(head, current)
            return
        if len(jobs) < len(changes):
            jobs = {**_affected(connection, current), **jobs}
            indexfile.forget_reports(connection)
        if not self._take_over(jobs, current, left):
            self._whole = True
            self._rebuild(head, current)

    def _take_over(
        self, jobs: Mapping[str, str | None], current: Documents, left: bygone.Left | None
    ) -> bool:
        """Change the rows of some case files; False where that needs cases that are only named."""
        connection = self._connection
        if left and indexfile.is_put_off(connection, filter(None, map(casefiles.own_id, jobs))):
            return False
        replaced = indexfile.Replaced(connection, lambda: current.policy(*current.in_force)[0])
        touched = indexfile.forget(connection, filter(None, map(casefiles.own_id, jobs)), jobs, replaced)
        batch = indexfile.Batch(connection, replaced=replaced, left=left)
        self._insert({path: blob for path, blob in jobs.items() if blob}, current, batch)
        batch.finish()
        indexfile.count_repetition(connection, touched | batch.touched)
        return not batch.beyond

    def _changes(self, old: str | None, head: str) -> dict[str, str | None] | None:
        """Path and blob id (None: deleted) of what differs between two commits; None when nobody can tell."""
        if not old:
            return None
        try:
            changed = self._repository.changed(old, head, casefiles.FOLDER, documents.FOLDER)
        except ComplaintctlError:  # the old commit is gone: history was rewritten and cleaned up
            return None
        return {
            casefiles.printable(path): blob or None
            for _status, path, blob in changed
            if casefiles.is_read(path)
        }

    def _rebuild(self, head: str, current: Documents) -> None:
        """All rows anew, those of cases closed long ago only if they were asked for."""
        jobs = {
            casefiles.printable(path): blob
            for path, _mode, blob in self._repository.tree(head, casefiles.FOLDER)
            if casefiles.id_of(path)
        }
        indexfile.drop_indexes(self._connection)
        indexfile.clear(self._connection)
        collecting = gc.isenabled()
        gc.disable()  # it would look through the same data again and again, and none of it is garbage
        try:
            self._insert_all(jobs, current)
        finally:
            if collecting:
                gc.enable()
        indexfile.create_indexes(self._connection)

    def _insert_all(self, jobs: Mapping[str, str], current: Documents) -> None:
        """Put all case files into the empty tables."""
        from complaintctl import bygone

        left = None
        if not self._whole and len(jobs) >= bygone.MANY:
            left = bygone.horizon(casefiles.days_of(jobs), current.readable())
        batch = indexfile.Batch(self._connection, whole=True, left=left)
        if left is None:
            self._insert(jobs, current, batch)
        else:
            sieve = bygone.Sieve(left.before, current.work_calendar)
            self._insert(jobs, current, batch, sieve)
            left = left._replace(pins=tuple(sorted(sieve.pins)), near=frozenset(batch.beyond))
            batch.flush()
            beside = indexfile.take_back(self._connection, left.around())
            self._insert({casefiles.path_of(case_id): blob for case_id, blob in beside}, current, batch)
        batch.finish()
        indexfile.set_left(self._connection, left)

    def _insert(
        self,
        jobs: Mapping[str, str],
        current: Documents,
        batch: indexfile.Batch,
        sieve: bygone.Sieve | None = None,
    ) -> None:
        """Hand the case files (path, blob id) over to a batch; `sieve` tells which are only to be named."""
        paths: dict[str, list[str]] = {}
        for path, blob in jobs.items():
            paths.setdefault(blob, []).append(path)
        done = 0
        reader = casefiles.Reader(current, many=len(jobs) > _MANY)
        reader.bygone = sieve
        for blob, data in self._read(list(paths)):
            for path in paths[blob]:
                try:
                    if data is None:
                        raise BadData(_("its content is not in this clone"))
                    summed = reader.read(path, data)
                except BadData as fault:
                    batch.refuse(path, blob, casefiles.id_of(path), casefiles.reason(fault))
                else:
                    if isinstance(summed, casefiles.PutOff):
                        batch.put_off(summed, blob)
                    else:
                        batch.add(summed, blob)
                done += 1
                if self._progress and done % _STEP == 0:
                    self._progress(done, len(jobs))
        if self._progress and jobs:
            self._progress(len(jobs), len(jobs))

    def complete(self, chosen: str, values: Sequence[Any], current: Documents) -> None:
        """Compute the rows that are not there yet of the cases whose `n` a query finds."""
        execute = self._connection.execute
        missing = f"SELECT blob, n, id FROM cases WHERE n IN ({chosen}) AND n NOT IN (SELECT n FROM details)"  # noqa: S608
        cases = {blob: (n, case_id) for blob, n, case_id in execute(missing, values).fetchall()}
        reader = casefiles.Reader(current, many=len(cases) > _MANY)
        for done, (blob, data) in enumerate(self._repository.blobs(list(cases)), 1):
            n, case_id = cases[blob]
            path = casefiles.path_of(case_id)
            try:
                row = reader.row(path, data)
            except BadData as fault:
                indexfile.forget(self._connection, [case_id], [path])
                why = casefiles.reason(fault)
                execute("INSERT INTO unreadable VALUES (?, ?, ?, ?)", (path, blob, case_id, why))
                indexfile.forget_reports(self._connection)
            else:
                indexfile.complete(self._connection, n, row)
            if self._progress and done % _STEP == 0:
                self._progress(done, len(cases))

    def _read(self, blobs: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
        """Blobs with their content; None for a few that are not in this clone."""
        left, absent = list(blobs), 0
        while left:
            done = 0
            try:
                for blob, data in self._repository.blobs(left):
                    done += 1
                    yield blob, data
                return
            except RegisterState:
                absent += 1
                if absent > _ABSENT:
                    raise
            yield left[done], None
            del left[: done + 1]


def _still_holds(left: bygone.Left, current: Documents) -> bool:
    """Whether cases that are only named stay as they are under other documents."""
    from complaintctl import bygone

    try:
        longest = max(map(bygone.longest, current.readable()), default=0)
    except (LookupError, ValueError, TypeError, AttributeError):
        return False
    return longest <= left.window and current.fingerprints.issuperset(left.pins)


def _affected(connection: sqlite3.Connection, current: Documents) -> dict[str, str]:
    """The case files (path, blob id) for which other policies may make a difference."""
    known = {sha256[: records.PIN] for sha256 in current.fingerprints}
    pins = [pin for (pin,) in connection.execute("SELECT DISTINCT pin FROM cases") if pin not in known]
    found = dict(connection.execute("SELECT path, blob FROM unreadable"))
    for pin in pins:
        cases = connection.execute("SELECT id, blob FROM cases WHERE pin = ?", (pin,))
        found |= {casefiles.path_of(case_id): blob for case_id, blob in cases}
    return found

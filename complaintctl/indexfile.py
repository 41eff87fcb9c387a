"""The SQLite file of the index: where it is, its tables, and how a row goes in and comes out.

The file holds copies of personal data, so it is for its owner only.  It is
disposable: whatever is odd about it, it is deleted and made again from git.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import sys
from typing import TYPE_CHECKING, Any

from complaintctl import __version__, records
from complaintctl.documents import Parsed
from complaintctl.rows import Brief, Clock, Hit, Owed, Paid, Row, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from complaintctl import bygone
    from complaintctl.case import Case
    from complaintctl.casefiles import PutOff, Summed
    from complaintctl.policy import Policy

# Count up when rows come to mean something else between two releases.
FORMAT = f"10 {__version__} {sys.byteorder} " + " ".join(
    (*records.FIELDS, *Clock._fields, *Hit._fields, *Paid._fields, *Span._fields, *Owed._fields)
)
WAIT = 10.0  # seconds for another process that is writing
_LOG = 200  # pages
_LONG = 1 << 19  # bytes

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE files (path TEXT PRIMARY KEY, blob TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (path TEXT NOT NULL, blob TEXT NOT NULL, sha256 TEXT NOT NULL,
    name TEXT, version TEXT, content TEXT NOT NULL);
CREATE UNIQUE INDEX documents_file ON documents (path, blob);
CREATE TABLE cases (n INTEGER PRIMARY KEY, id TEXT NOT NULL, blob TEXT NOT NULL, pin TEXT NOT NULL,
    due_order INTEGER NOT NULL, late INTEGER, matters_until INTEGER NOT NULL,
    state TEXT NOT NULL, kind TEXT NOT NULL, customer TEXT NOT NULL, named INTEGER NOT NULL,
    on_hold INTEGER NOT NULL, category TEXT, severity TEXT, product TEXT, department TEXT, handler TEXT,
    owner TEXT NOT NULL, received INTEGER NOT NULL, closed INTEGER, void INTEGER NOT NULL,
    due INTEGER, due_name TEXT, provisional INTEGER NOT NULL, notes INTEGER NOT NULL,
    level INTEGER, raised INTEGER, hits TEXT, cause TEXT, batch TEXT, voided TEXT);
CREATE TABLE put_off (id TEXT PRIMARY KEY, blob TEXT NOT NULL, received INTEGER NOT NULL,
    customer TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE links (n INTEGER NOT NULL, other TEXT NOT NULL);
CREATE TABLE measures (n INTEGER NOT NULL, number INTEGER NOT NULL, ended INTEGER, record TEXT NOT NULL);
CREATE TABLE details (n INTEGER PRIMARY KEY, row TEXT NOT NULL, clocks BLOB NOT NULL, head TEXT NOT NULL,
    done TEXT NOT NULL);
CREATE TABLE texts (n INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE keys (k INTEGER PRIMARY KEY, key TEXT NOT NULL, customers INTEGER NOT NULL,
    window INTEGER NOT NULL, UNIQUE (key, customers, window));
CREATE TABLE repetition (k INTEGER NOT NULL, received INTEGER NOT NULL, customer TEXT NOT NULL,
    n INTEGER NOT NULL, since INTEGER);
CREATE TABLE reached (contact TEXT NOT NULL, received INTEGER NOT NULL,
    customer TEXT NOT NULL, n INTEGER NOT NULL);
CREATE TABLE granted (customer TEXT NOT NULL, approved INTEGER NOT NULL,
    cost TEXT NOT NULL, n INTEGER NOT NULL);
CREATE TABLE reports (key TEXT PRIMARY KEY, text TEXT NOT NULL, made_at TEXT NOT NULL,
    until INTEGER NOT NULL);
CREATE TABLE unreadable (path TEXT PRIMARY KEY, blob TEXT NOT NULL, id TEXT,
    message TEXT NOT NULL) WITHOUT ROWID;
"""
INDEXES = {
    "cases_id": "UNIQUE INDEX cases_id ON cases (id)",
    "cases_tail": "INDEX cases_tail ON cases (substr(id, 12), id)",
    "cases_due": "INDEX cases_due ON cases (due_order, received, id)",
    "cases_received": "INDEX cases_received ON cases "
    "(received, kind, category, product, customer, named, voided, id)",  # all that `earlier` asks for
    "cases_matters": "INDEX cases_matters ON cases (matters_until, received)",
    "cases_owed": "INDEX cases_owed ON cases (n) WHERE notes & 4",
    "cases_customer": "INDEX cases_customer ON cases (customer)",
    "repetition_key": "INDEX repetition_key ON repetition (k, received, customer, since)",
    "repetition_n": "INDEX repetition_n ON repetition (n, since)",
    "reached_contact": "INDEX reached_contact ON reached (contact, received, customer)",
    "reached_n": "INDEX reached_n ON reached (n)",
    "granted_customer": "INDEX granted_customer ON granted (customer, approved)",
    "granted_n": "INDEX granted_n ON granted (n)",
    "measures_n": "INDEX measures_n ON measures (n)",
    "cases_batch": "INDEX cases_batch ON cases (batch) WHERE batch IS NOT NULL",
    "links_other": "INDEX links_other ON links (other)",
    "put_off_tail": "INDEX put_off_tail ON put_off (substr(id, 12), id)",
    "put_off_customer": "INDEX put_off_customer ON put_off (customer)",
    "links_n": "INDEX links_n ON links (n)",
}
_DEPENDENT = ("details", "texts", "repetition", "reached", "granted", "measures", "links")
_REPORTS = 50  # finished texts that are kept
_WIDTHS = {
    "cases": 31,
    "details": 5,
    "texts": 2,
    "repetition": 5,
    "reached": 4,
    "granted": 4,
    "measures": 4,
    "links": 2,
    "put_off": 4,
    "unreadable": 4,
}


def location(common_dir: Path) -> Path:
    """Where the index of a repository is."""
    return common_dir / "complaintctl" / "index.sqlite"


def connect(path: Path | None) -> sqlite3.Connection:
    """Open the file, made for its owner only if it is not there; None: in memory. OSError, sqlite3.Error."""
    if path is not None:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            mode = os.fstat(handle).st_mode
            if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
                os.fchmod(handle, 0o600)
        finally:
            os.close(handle)
    connection = sqlite3.connect(":memory:" if path is None else path, timeout=WAIT, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA trusted_schema = OFF")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def remove(path: Path) -> None:
    """Delete the file and what SQLite keeps beside it; OSError where that cannot be done."""
    for suffix in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Let readers go on while somebody writes; where it cannot be, all is as right, only slower.

    Every command reads what stands in the log once more, so it is kept short.
    """
    with contextlib.suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG}")


def empty_log(connection: sqlite3.Connection, path: Path) -> None:
    """Leave no long log behind: every later command would go through it.

    Where somebody is reading just then it stays for the next who writes.
    """
    with contextlib.suppress(OSError, sqlite3.OperationalError):
        if path.with_name(f"{path.name}-wal").stat().st_size > _LONG:
            connection.execute("PRAGMA busy_timeout = 0")
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                connection.execute(f"PRAGMA busy_timeout = {WAIT * 1000:.0f}")


def stored_format(connection: sqlite3.Connection) -> str | None:
    """The format of the tables that are there; None for an empty file, '' for something else."""
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if not names:
        return None
    return str(meta(connection, "format") or "") if "meta" in names else ""


def create(connection: sqlite3.Connection) -> None:
    """Make the tables, without the indexes of the rows, which are cheaper to make afterwards."""
    for statement in TABLES.split(";\n"):
        connection.execute(statement)
    set_meta(connection, "format", FORMAT)


def drop_indexes(connection: sqlite3.Connection) -> None:
    for name in INDEXES:
        connection.execute(f"DROP INDEX IF EXISTS {name}")


def create_indexes(connection: sqlite3.Connection) -> None:
    for definition in INDEXES.values():
        connection.execute(f"CREATE {definition}")


def meta(connection: sqlite3.Connection, key: str) -> Any:
    """A value that belongs to the whole index; None where there is none."""
    found = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return found[0] if found else None


def set_meta(connection: sqlite3.Connection, key: str, value: Any) -> None:
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def left(connection: sqlite3.Connection) -> bygone.Left | None:
    """How far the tables reach while cases closed long ago are only named; None: all are summed up."""
    text = meta(connection, "left")
    if text is None:
        return None
    from complaintctl import bygone

    try:
        return bygone.read(text)
    except (ValueError, TypeError) as fault:
        raise sqlite3.DatabaseError(text) from fault


def set_left(connection: sqlite3.Connection, reach: bygone.Left | None) -> None:
    """Keep what `left` tells."""
    if reach is None:
        connection.execute("DELETE FROM meta WHERE key = 'left'")
        return
    from complaintctl import bygone

    set_meta(connection, "left", bygone.written(reach))


def is_put_off(connection: sqlite3.Connection, case_ids: Iterable[str]) -> bool:
    """Whether one of these cases is only named."""
    asked = "SELECT 1 FROM put_off WHERE id = ?"
    return any(connection.execute(asked, (case_id,)).fetchone() for case_id in case_ids)


def take_back(connection: sqlite3.Connection, spans: Iterable[tuple[int, int]]) -> list[tuple[str, str]]:
    """Id and blob of the cases received in some spans that are only named, which they are no longer."""
    found: list[tuple[str, str]] = []
    for span in spans:
        asked = "FROM put_off WHERE received BETWEEN ? AND ?"
        found += connection.execute(f"SELECT id, blob {asked}", span).fetchall()
        connection.execute(f"DELETE {asked}", span)
    return found


def set_head(connection: sqlite3.Connection, commit: str) -> None:
    """The tables are now those of this commit."""
    set_meta(connection, "head", commit)


def keep_report(connection: sqlite3.Connection, key: str, text: str, made_at: str, until: int) -> None:
    """Put a finished report beside the latest others; see `forget_reports`."""
    connection.execute("INSERT OR REPLACE INTO reports VALUES (?, ?, ?, ?)", (key, text, made_at, until))
    connection.execute("DELETE FROM reports WHERE rowid <= (SELECT max(rowid) FROM reports) - ?", (_REPORTS,))


def forget_reports(connection: sqlite3.Connection, since: int = 0) -> None:
    """Drop the reports that a case received at an instant may change; 0: all of them (see also `Replaced`).

    A report of what was known `until` an instant counts no case that was received
    after it.  Nor does such a case make others repeated any earlier than it came
    itself (`levels.repeated_from`).
    """
    connection.execute("DELETE FROM reports WHERE until >= ?", (since,))


def clear(connection: sqlite3.Connection) -> None:
    """Forget all cases; what is known of documents stays."""
    set_left(connection, None)
    for table in ("cases", "put_off", "unreadable", "keys", "reports", *_DEPENDENT):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608  (names of our own)


CONTENT = "SELECT content FROM documents WHERE path = ? AND blob = ?"


class Shelf:
    """What was found in the register's own files before (`documents.Shelf`).

    `content`: how to ask for a content later; None while a write transaction is
    open, in which everything is asked of, and kept in, the tables themselves.
    """

    def __init__(
        self, connection: sqlite3.Connection, content: Callable[[str, str], str] | None = None
    ) -> None:
        self._connection = connection
        self._later = content

    def content(self, path: str, blob: str) -> str:
        """What was found in a file that `found` named."""
        if self._later is not None:
            return self._later(path, blob)
        return str(self._connection.execute(CONTENT, (path, blob)).fetchone()[0])

    def found(self, files: Mapping[str, str]) -> list[Parsed]:
        """Those of the files that were parsed before; a policy without its content."""
        if stored_format(self._connection) != FORMAT:
            return []
        known = self._connection.execute(
            "SELECT path, blob, sha256, name, version, CASE WHEN name IS NULL THEN content ELSE '' END "
            "FROM documents"
        )
        return [Parsed(*one) for one in known if files.get(one[0]) == one[1]]

    def keep(self, parsed: Iterable[Parsed]) -> None:
        """Remember what was found, where that can be written now."""
        if self._later is None:
            self._connection.executemany("INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?)", parsed)


class Batch:
    """Rows on their way into the tables, many at a time.

    `whole`: the tables were empty, so that what has come again is counted here,
    once all cases are known, and goes in by `finish`.  `replaced`: see there.
    `left`: how far the tables reach by themselves, where they do not hold all;
    then `beyond` gathers when cases were received that are compared with others.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        size: int = 1000,
        *,
        whole: bool = False,
        replaced: Replaced | None = None,
        left: bygone.Left | None = None,
    ) -> None:
        from complaintctl import summary

        self._granted = summary.granted
        self._left = left
        self.beyond: set[int] = set()
        self._connection = connection
        self._size = size
        self._replaced = replaced
        self._groups: dict[int, list[tuple[int, str, int]]] | None = {} if whole else None
        self._next = connection.execute("SELECT coalesce(max(n), 0) + 1 FROM cases").fetchone()[0]
        self._keys: dict[tuple[str, int, int], int] = {}
        self._earliest = records.NEVER
        self._waiting: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _WIDTHS}

    def add(self, summed: Summed, blob: str) -> None:
        """One readable case."""
        case, brief, row, until = summed
        n, waiting = self._next, self._waiting
        self._next += 1
        waiting["cases"].append(records.columns(n, case, brief, row, blob, until))
        if row is not None:
            waiting["details"].append((n, *records.encode(row)))
        waiting["texts"].append((n, records.searched(case)))
        customer, received = brief["customer"], brief["received"]
        if self._left is not None and not self._left.compares(received):
            self._note(brief, until)
        if row is None or self._replaced is None or not self._replaced.by(case, row):
            self._earliest = min(self._earliest, received)
        if not brief["void"]:
            keys = {self._key(hit.key, hit.customers, hit.window) for hit in brief["hits"] if hit.key}
            if self._groups is None:
                waiting["repetition"].extend((key, received, customer, n, None) for key in keys)
            else:
                for key in keys:
                    self._groups.setdefault(key, []).append((received, customer, n))
        if brief["named"]:
            person = case["customer"]
            contacts = (records.telephone(person.get("phone")), records.mail(person.get("email")))
            waiting["reached"].extend((one, received, customer, n) for one in contacts if one)
        waiting["granted"].extend((customer, approved, cost, n) for approved, cost in self._granted(case))
        if "improvements" in case:
            waiting["measures"].extend(records.measures(n, case))
        waiting["links"].extend((n, link["case"]) for link in case.get("links", ()))
        if len(waiting["cases"]) >= self._size:
            self.flush()

    def _note(self, brief: Brief, until: int) -> None:
        """A case received so long ago that some which it is compared with may be missing."""
        assert self._left is not None  # noqa: S101
        if self._groups is None or (
            (brief["owing"] or until >= self._left.since) and any(hit.key for hit in brief["hits"])
        ):
            self.beyond.add(brief["received"])

    def put_off(self, case: PutOff, blob: str) -> None:
        """One readable case of which no more is kept."""
        waiting = self._waiting["put_off"]
        waiting.append((case.id, blob, case.received, case.customer))
        if len(waiting) >= self._size:
            self.flush()

    def _key(self, *which: Any) -> int:
        """The number that stands for what must come again (`Hit.key`, customers, window)."""
        if which not in self._keys:
            execute = self._connection.execute
            execute("INSERT OR IGNORE INTO keys (key, customers, window) VALUES (?, ?, ?)", which)
            asked = "SELECT k FROM keys WHERE key = ? AND customers = ? AND window = ?"
            self._keys[which] = execute(asked, which).fetchone()[0]
        return self._keys[which]

    @property
    def touched(self) -> set[int]:
        """What has come again in the cases of this batch."""
        return set(self._keys.values())

    def refuse(self, path: str, blob: str, case_id: str | None, message: str) -> None:
        """One file that cannot be read, and why."""
        self._waiting["unreadable"].append((path, blob, case_id, message))

    def flush(self) -> None:
        """Write what waits."""
        forget_reports(self._connection, 0 if self._waiting["unreadable"] else self._earliest)
        for table, width in _WIDTHS.items():
            places = ", ".join("?" * width)
            self._connection.executemany(f"INSERT INTO {table} VALUES ({places})", self._waiting[table])  # noqa: S608
            self._waiting[table].clear()

    def finish(self) -> None:
        """Write what waits, and from when on each case counts as repeated where the batch is the whole."""
        from complaintctl import levels

        groups = self._groups or {}
        for (_key, customers, window), k in self._keys.items():
            group = sorted(groups.pop(k, ()))
            since = levels.repeated_from([one[:2] for one in group], customers, window)
            self._waiting["repetition"] += [(k, *one, at) for one, at in zip(group, since, strict=True)]
        if self._replaced is not None:
            self._replaced.finish()
        self.flush()


class Replaced:
    """Open cases that were taken out, of which new versions may come: does a report see a difference?

    `policy`: how to get the one in force.
    """

    def __init__(self, connection: sqlite3.Connection, policy: Callable[[], Policy]) -> None:
        self._connection = connection
        self._policy = policy
        self._rows: dict[str, Row] = {}

    def keep(self, n: int, received: int) -> bool:
        """Remember the row of a case that is about to be taken out; False: what reports see is not known.

        It is that of an open case without measures and lessons: what they say stands in no row.
        """
        asked = (
            f"SELECT {records.DETAILS} FROM cases JOIN details USING (n) WHERE n = ? AND closed IS NULL "  # noqa: S608
            "AND NOT notes & ? AND EXISTS (SELECT 1 FROM reports WHERE until >= ?)"
        )
        said = records.NOTED.improvements | records.NOTED.lessons
        found = self._connection.execute(asked, (n, said, received)).fetchone()
        if found is None:
            return False
        row = records.decode(*found)
        self._rows[row["id"]] = row
        return True

    def by(self, case: Case, row: Row) -> bool:
        """Drop the reports that see a difference to the row that this one replaces; False: there is none."""
        from complaintctl.errors import BadData
        from complaintctl.hindsight import seen

        if row["id"] not in self._rows or "improvements" in case or row["lesson"]:
            return False
        try:
            policy = self._policy()
        except BadData:
            return False
        old, new = self._rows.pop(row["id"]), records.decode(*records.encode(row))
        asked = "SELECT DISTINCT until FROM reports WHERE until >= ?"
        since = min(old["received"], new["received"])
        for (until,) in self._connection.execute(asked, (since,)).fetchall():
            if seen(old, until, policy) != seen(new, until, policy):
                self._connection.execute("DELETE FROM reports WHERE until = ?", (until,))
        return True

    def finish(self) -> None:
        """No further versions come: drop the reports that may have counted what is gone."""
        for row in self._rows.values():
            forget_reports(self._connection, row["received"])
        self._rows.clear()


def complete(connection: sqlite3.Connection, n: int, row: Row) -> None:
    """Put in the row of a closed case, which nobody had asked for until now."""
    connection.execute("INSERT OR REPLACE INTO details VALUES (?, ?, ?, ?, ?)", (n, *records.encode(row)))
    connection.execute("UPDATE cases SET matters_until = ? WHERE n = ?", (records.matters_until(row), n))


def forget(
    connection: sqlite3.Connection,
    case_ids: Iterable[str],
    paths: Iterable[str],
    replaced: Replaced | None = None,
) -> set[int]:
    """Take out cases by id, and unreadable files by path; the repetition that it touches.

    `replaced` takes in what may come again, and then decides about the reports.
    """
    touched: set[int] = set()
    for case_id in case_ids:
        known = connection.execute("SELECT n, received FROM cases WHERE id = ?", (case_id,)).fetchone()
        if known:
            if replaced is None or not replaced.keep(*known):
                forget_reports(connection, known[1])
            found = known[:1]
            touched |= {k for (k,) in connection.execute("SELECT k FROM repetition WHERE n = ?", found)}
            connection.execute("DELETE FROM cases WHERE n = ?", found)
            for table in _DEPENDENT:
                connection.execute(f"DELETE FROM {table} WHERE n = ?", found)  # noqa: S608
    named = connection.executemany("DELETE FROM unreadable WHERE path = ?", ((path,) for path in paths))
    if named.rowcount > 0:
        forget_reports(connection)
    return touched


def count_repetition(connection: sqlite3.Connection, touched: Iterable[int]) -> None:
    """Work out anew from when on each case of some groups counts as repeated (S1d-3)."""
    from complaintctl import levels

    for k in sorted(touched):
        asked = connection.execute("SELECT customers, window FROM keys WHERE k = ?", (k,))
        customers, window = asked.fetchone()
        group = connection.execute(
            "SELECT received, customer, n, since FROM repetition WHERE k = ? ORDER BY received, customer, n",
            (k,),
        ).fetchall()
        found = levels.repeated_from([one[:2] for one in group], customers, window)
        changes = [(since, k, one[2]) for one, since in zip(group, found, strict=True) if since != one[3]]
        connection.executemany("UPDATE repetition SET since = ? WHERE k = ? AND n = ?", changes)

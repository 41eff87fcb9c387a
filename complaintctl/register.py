"""The open register: what is committed, who acts, what time it is; and how a step gets into git.

Everything is read from the commit that the branch points at, never from files
that somebody may be editing.  `Register.record` is the only way a case changes.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from complaintctl import case as case_module
from complaintctl import levels, times, workflow
from complaintctl.authority import Staff
from complaintctl.case import Case, PolicyPin
from complaintctl.errors import BadData, RegisterState, Usage
from complaintctl.history import Edit, Person, Repository
from complaintctl.i18n import _
from complaintctl.index import Documents, Index
from complaintctl.policy import Policy
from complaintctl.rows import Hit
from complaintctl.steps.intake import new_id
from complaintctl.workdays import WorkCalendar
from complaintctl.yamlfile import emit_case, read_case

MARKER = "policies/register.yaml"
STAFF = "policies/staff.yaml"
CALENDAR = "policies/calendar.yaml"
FORMAT = "1"  # of a register that this release writes

Change = Callable[[Case, workflow.Context], Case]


class Outcome(NamedTuple):
    """What a recorded step did. `commit` is empty after a dry run."""

    case: Case
    before: str | None  # the state before; None for a new case
    commit: str


class Settings(NamedTuple):
    """The global options of a command line."""

    start: Path
    acting: str | None = None
    now: int | None = None
    language: str | None = None
    progress: Callable[[int, int], None] | None = None


def path_of(case_id: str) -> str:
    """Where a case lives, a function of its id: ``cases/2026/11/C-20261122-7K3MQ4.yaml``."""
    return f"cases/{case_id[2:6]}/{case_id[6:8]}/{case_id}.yaml"


class Register:
    """A register as committed at one instant. Open it with `Register.open`."""

    def __init__(self, repository: Repository, settings: Settings) -> None:
        self.repository = repository
        self.settings = settings
        self.now = settings.now if settings.now is not None else int(time.time())
        self.head = ""
        self.index = Index.open(repository)
        self._load()

    @classmethod
    def open(cls, settings: Settings) -> Register:
        """Find the register at or above a folder, finish what a killed run left, read its documents."""
        repository = Repository.find(settings.start)
        if not (repository.root / MARKER).is_file():
            raise RegisterState(
                _("The git repository here is no complaint register (it has no {marker}).").format(
                    marker=MARKER
                ),
                hint="complaintctl init DIR",
            )
        if repository.pending():
            with repository.lock():
                repository.recover()
        return cls(repository, settings)

    def _load(self) -> None:
        head = self.repository.head()
        if head is None:
            raise RegisterState(_("This register has no commit yet."), hint="complaintctl init")
        self.head = head
        self.index.refresh(head, self.settings.progress)
        for name in ("documents", "_in_force"):
            self.__dict__.pop(name, None)

    @cached_property
    def documents(self) -> Documents:
        """The register's own files, as committed."""
        return self.index.documents(self.head)

    @property
    def zone(self) -> ZoneInfo:
        """The register's time zone."""
        return self.documents.zone

    @property
    def calendar(self) -> WorkCalendar:
        """The register's working days."""
        return self.documents.work_calendar

    @property
    def language(self) -> str:
        """The language to speak: an option, a variable, else the register's."""
        return self.settings.language or cast("str", self.documents.settings["language"])

    @property
    def staff(self) -> list[Staff]:
        """Everybody, those who left included."""
        return cast("list[Staff]", self.documents.staff)

    @property
    def at(self) -> str:
        """Now, as it is written into a case."""
        return times.iso(self.now, self.zone)

    @cached_property
    def identity(self) -> Person | None:
        """The git identity; None where there is none."""
        return self.repository.identity()

    @cached_property
    def actor(self) -> Staff:
        """Who acts: `--as`, else the member of staff with git's `user.email`."""
        wanted = self.settings.acting
        if wanted:
            for person in self.staff:
                if person["id"] == wanted:
                    return self._active(person)
            raise Usage(
                _("Nobody on the staff has the id {who}.").format(who=workflow.printable(wanted)),
                hint="complaintctl staff list",
            )
        email = self.identity.email if self.identity else ""
        for person in self.staff:
            if email and email.casefold() in (mail.casefold() for mail in person["emails"]):
                return self._active(person)
        if not email:
            raise RegisterState(
                _("Nobody is acting: git knows no user.email here."),
                hint=_("complaintctl --as STAFF …, or: git config user.email YOU@EXAMPLE.ORG"),
            )
        raise RegisterState(
            _("git's user.email belongs to nobody on the staff."),
            hint=_("complaintctl --as STAFF …, or: complaintctl staff add"),
        )

    @staticmethod
    def _active(person: Staff) -> Staff:
        if not person["active"]:
            raise Usage(
                _("{who} has left and takes no more steps.").format(who=person["id"]),
                hint="complaintctl staff list",
            )
        return person

    # -- policies -------------------------------------------------------------------------------

    @cached_property
    def _in_force(self) -> tuple[Policy, PolicyPin]:
        name, version = self.documents.in_force
        policy, sha256 = self.index.policy(name, version)
        return policy, {"name": name, "version": version, "sha256": sha256}

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self._in_force[0]

    @property
    def pin(self) -> PolicyPin:
        """Name, version and fingerprint of the policy in force."""
        return self._in_force[1]

    def pinned(self, case: Case) -> Policy:
        """The policy that a case was received under."""
        policy, _sha = self.index.policy_for(case["policy"])
        return policy

    # -- cases ----------------------------------------------------------------------------------

    def find(self, part: str) -> str:
        """The case id that a part of an id means; `Usage` when none or several do."""
        ids = self.index.ids_like(part)
        if len(ids) == 1:
            return ids[0]
        if ids:
            raise Usage(
                _("{part} may be any of {count} cases.").format(
                    part=workflow.printable(part), count=len(ids)
                ),
                hint=", ".join(ids[:5]) + (" …" if len(ids) > 5 else ""),
            )
        near = self.index.near(part)
        raise Usage(
            _("There is no case {part}.").format(part=workflow.printable(part)),
            hint=_("near: {near}").format(near=", ".join(near)) if near else "complaintctl list",
        )

    def locate(self, case_id: str) -> tuple[str, str]:
        """Path and blob id of a committed case."""
        entry = self.index.entry(case_id)
        if entry is None:
            raise Usage(_("There is no case {part}.").format(part=case_id))
        return entry

    def committed(self, case_id: str) -> bytes:
        """The bytes of a case as committed; without a git process where the file is what is committed."""
        path, blob = self.locate(case_id)
        data = self.work_tree(path)
        if data is not None and self.repository.object_id(data) == blob:
            return data
        found = self.repository.read(self.head, [path])[path]
        if found is None:
            raise BadData(_("{path} is not in the commit.").format(path=path))
        return found[1]

    def work_tree(self, path: str) -> bytes | None:
        """The bytes of a file in the work tree; None when it is not there."""
        try:
            return (self.repository.root / path).read_bytes()
        except OSError:
            return None

    def edited(self, case_id: str) -> bool:
        """Whether the file of a case differs from what is committed."""
        path, blob = self.locate(case_id)
        data = self.work_tree(path)
        return data is None or self.repository.object_id(data) != blob

    def case(self, case_id: str) -> Case:
        """A case as committed; `BadData` when it cannot be read."""
        path, _blob = self.locate(case_id)
        return read_case(self.committed(case_id), path)

    def level_of(self, case: Case) -> tuple[int, Hit]:
        """The level of a case now, by the rules it was received under, and what puts it there (S1d-4)."""
        received = times.epoch(case["intake"]["received_at"])
        return self.index.level_of(levels.hits(case, self.pinned(case)), received, self.now)

    def spent(self, case: Case) -> Decimal:
        """What the same customer was granted in other cases within the policy's window."""
        since = self.now - times.length(self.policy["authority"]["window"]).seconds
        return sum(self.index.spent(case["customer"]["id"], since, self.now, case["id"]), Decimal(0))

    def context(self, case: Case | None) -> workflow.Context:
        """What a step on the case is judged by."""
        return workflow.Context(
            policy=self.policy,
            pin=self.pin,
            pinned=self.pinned(case) if case is not None else self.policy,
            actor=self.actor,
            staff=self.staff,
            at=self.at,
            level=self.level_of(case)[0] if case is not None else None,
            customer_cost=self.spent(case) if case is not None else Decimal(0),
            currency=self.documents.settings["currency"],
            language=self.language,
        )

    # -- writing --------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """The lock, the newest commit, and a register in which something may be written."""
        with self.repository.lock():
            self.repository.recover()
            self.check_writable()
            if self.repository.head() != self.head:
                self._load()
            if self.documents.settings["format"] != FORMAT:
                raise BadData(
                    _("This register has the format {found}; this release writes {known}.").format(
                        found=self.documents.settings["format"], known=FORMAT
                    ),
                    hint=_("a newer complaintctl; reading works with this one"),
                )
            if self.documents.settings.get("sample"):
                raise RegisterState(
                    _("This is the sample register; it is for reading."),
                    hint=_("complaintctl demo, or complaintctl init DIR for one of your own"),
                )
            yield

    def check_writable(self) -> None:
        """Refuse half states, a detached HEAD and another branch."""
        half = self.repository.half_state()
        if half:
            raise RegisterState(
                _("A {what} is under way in this register.").format(what=half),
                hint=_("finish it (git {what} --continue) or give it up (git {what} --abort)").format(
                    what=half
                ),
            )
        branch, wanted = self.repository.branch(), self.documents.settings["branch"]
        if branch is None:
            raise RegisterState(
                _("HEAD is detached; steps are written to {branch}.").format(branch=wanted),
                hint=f"git switch {wanted}",
            )
        if branch != wanted:
            raise RegisterState(
                _("This is the branch {branch}; steps are written to {wanted}.").format(
                    branch=branch, wanted=wanted
                ),
                hint=f"git switch {wanted}",
            )

    def record(
        self, verb: str, case_id: str, change: Change, *, files: Sequence[Edit] = (), dry_run: bool = False
    ) -> Outcome:
        """Make a step: judge it under the lock by what is committed, then commit it.

        When this returns, the step is in git and synced to disk; when it raises,
        nothing was recorded (except `Busy`, `RegisterState` and faults that say so).
        """
        with self._writing():
            before = self.committed(case_id)
            path, _blob = self.locate(case_id)
            case = read_case(before, path)
            after = change(case, self.context(case))
            return self._commit(
                verb, case, after, [Edit(path, before, self._bytes(after, path)), *files], dry_run
            )

    def adopt(
        self, case_id: str, change: Callable[[Case, Case, workflow.Context], Case], *, dry_run: bool = False
    ) -> Outcome:
        """Record what somebody changed in the file by hand: `change` gets it as committed and as edited."""
        from complaintctl.yamlfile import read_case_loosely

        with self._writing():
            before = self.committed(case_id)
            path, _blob = self.locate(case_id)
            edited_bytes = self.work_tree(path)
            if edited_bytes is None:
                raise RegisterState(_("{path} is gone.").format(path=path), hint=f"git restore {path}")
            case = read_case(before, path)
            edited, lines = read_case_loosely(edited_bytes, path)
            self._check(edited, path, lines)
            after = change(case, edited, self.context(case))
            edit = Edit(path, before, self._bytes(after, path), work_tree=edited_bytes)
            return self._commit("amend", case, after, [edit], dry_run)

    def create(
        self,
        build: Callable[[str, str, workflow.Context], Case],
        *,
        phone: str | None,
        email: str | None,
        customer_id: str | None = None,
        seed: Callable[[str], str] = secrets.choice,
        dry_run: bool = False,
    ) -> tuple[Outcome, list[str]]:
        """Record a new case; also returns the open cases that the same customer has.

        `build` gets the case id, the customer's id and the context.
        """
        with self._writing():
            day = times.day_of(self.now, self.zone)
            case_id = new_id(f"C-{day:%Y%m%d}-", seed, lambda ident: self.index.entry(ident) is not None)
            known = customer_id or self.index.customer_of(phone, email)
            person = known or new_id("P-", seed, self.index.has_customer)
            also_open = self.index.open_of(person) if known else []
            case = build(case_id, person, self.context(None))
            path = path_of(case_id)
            return self._commit(
                "new", None, case, [Edit(path, None, self._bytes(case, path))], dry_run
            ), also_open

    def _check(self, case: Case, path: str, lines: Any = None) -> None:
        from complaintctl import schema

        schema.check("case", case, lines or {}, path)

    def _bytes(self, case: Case, path: str) -> bytes:
        """The canonical bytes of a valid case, read back before anybody relies on them."""
        self._check(case, path)
        data = emit_case(case)
        if read_case(data, path) != case:
            raise BadData(
                _("{path} would not read back as it was written; nothing was recorded.").format(path=path)
            )
        return data

    def _commit(
        self, verb: str, before: Case | None, after: Case, edits: list[Edit], dry_run: bool
    ) -> Outcome:
        state = before["state"] if before else None
        change = f"{state} → {after['state']}" if state else after["state"]
        message = (
            f"{after['id']}: {verb} ({change})\n\nCase: {after['id']}\nStep: {verb}\nBy: {self.actor['id']}\n"
        )
        old = self.head
        new = self.write(edits, message, dry_run=dry_run)
        if new:
            self.index.record(old, new, edits[0].path, self.repository.object_id(edits[0].new or b""), after)
            self.repository.maintain(new)
        return Outcome(after, state, new)

    def write(self, edits: Sequence[Edit], message: str, *, dry_run: bool = False) -> str:
        """Commit files as the actor; returns the commit id, or '' after a dry run."""
        author = Person(self.actor["name"], self.actor["emails"][0])
        new = self.repository.commit(
            edits,
            message=message,
            author=author,
            author_time=self.at,
            committer=self.identity or author,
            base=self.head,
            branch=self.documents.settings["branch"],
            dry_run=dry_run,
        )
        if new:
            self.head = new
        return new

    def edit_documents(
        self, build: Callable[[], tuple[Sequence[Edit], str]], *, dry_run: bool = False
    ) -> str:
        """Commit a change of staff, policies, calendar or settings, made under the lock by `build`."""
        with self._writing():
            edits, message = build()
            if not edits:
                return ""
            commit = self.write(
                edits, f"{message}\n\nStep: register\nBy: {self.actor['id']}\n", dry_run=dry_run
            )
        if commit:
            self._load()
        return commit

    def document(self, path: str) -> bytes | None:
        """A file as committed."""
        found = self.repository.read(self.head, [path])[path]
        return found[1] if found else None

    def previous(self, case_id: str) -> tuple[bytes | None, str, bool]:
        """The case one step ago, the verb of its last step, and whether that step was shared already."""
        path, _blob = self.locate(case_id)
        return self.repository.before_last(self.head, path)


def is_open(case: Case) -> bool:
    """Whether a case still waits for something."""
    return case["state"] != case_module.STATES[-1]

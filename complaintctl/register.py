"""The open register: what is committed, who acts, what time it is.

Everything is read from the commit that the branch points at, never from files
that somebody may be editing.  How a step gets into git is in `recording`.
"""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, cast

from complaintctl import documents, times
from complaintctl.errors import BadData, RegisterState, Usage, printable
from complaintctl.history import Repository
from complaintctl.i18n import _
from complaintctl.index import Documents, Index
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from complaintctl.authority import Staff
    from complaintctl.case import Case, PolicyPin
    from complaintctl.objects import Person
    from complaintctl.policy import Policy
    from complaintctl.rows import Hit
    from complaintctl.workdays import WorkCalendar


class Settings(NamedTuple):
    """The global options of a command line."""

    start: Path
    acting: str | None = None
    now: int | None = None
    language: str | None = None
    progress: Callable[[int, int], None] | None = None
    asks: bool = False  # whether somebody sits at a terminal and may be asked


class Register:
    """A register as committed at one instant. Open it with `Register.open`."""

    def __init__(self, repository: Repository, settings: Settings) -> None:
        self.repository = repository
        self.settings = settings
        self.now = settings.now if settings.now is not None else int(time.time())
        self.head = ""
        self.index = Index.open(repository)
        self.load()

    @classmethod
    def open(cls, settings: Settings) -> Register:
        """Find the register at or above a folder, finish what a killed run left, read its documents."""
        repository = Repository.find(settings.start)
        if not (repository.root / documents.REGISTER).is_file():
            raise RegisterState(
                _("The git repository here is no complaint register (it has no {marker}).").format(
                    marker=documents.REGISTER
                ),
                hint="complaintctl init DIR",
            )
        if repository.pending():
            with repository.lock():
                repository.recover()
        return cls(repository, settings)

    @classmethod
    def as_of(cls, repository: Repository, commit: str, settings: Settings) -> Register:
        """The register as a commit has it, whatever is checked out; its index is in memory."""
        made = cls.__new__(cls)
        made.repository = repository
        made.settings = settings
        made.now = settings.now if settings.now is not None else int(time.time())
        made.head = commit
        made.index = Index.at(repository, commit, settings.progress)
        return made

    def load(self) -> None:
        """Take over the newest commit."""
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
                _("Nobody on the staff has the id {who}.").format(who=printable(wanted)),
                hint="complaintctl staff list",
            )
        email = self.repository.config().get("user.email", "").strip()
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

    def sign(self, data: bytes, namespace: str, key: str, file: str | None = None) -> str:
        """Sign bytes with the private half of a public key, from a file that is named or where it is kept."""
        from complaintctl import sshkeys

        configured = self.repository.config().get("user.signingkey")
        return sshkeys.sign(data, namespace, key, sshkeys.Purse(file, configured, self.settings.asks))

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
                _("{part} may be any of {count} cases.").format(part=printable(part), count=len(ids)),
                hint=", ".join(ids[:5]) + (" …" if len(ids) > 5 else ""),
            )
        near = self.index.near(part)
        raise Usage(
            _("There is no case {part}.").format(part=printable(part)),
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
        from complaintctl.yamlfile import read_case

        return read_case(self.committed(case_id), path)

    def level_of(self, case: Case) -> tuple[int, Hit]:
        """The level of a case now, by the rules it was received under, and what puts it there (S1d-4)."""
        from complaintctl import levels

        received = times.epoch(case["intake"]["received_at"])
        return self.index.level_of(levels.hits(case, self.pinned(case)), received, self.now)

    def missed(self, case: Case) -> bool:
        """Whether a clock of the current round was missed, by the rules it was received under (S1b-8)."""
        from complaintctl import deadlines, lifecycle

        number = lifecycle.round_of(case)
        return any(
            clock.round == number and deadlines.state_of(clock, self.now) == "missed"
            for clock in deadlines.clocks(case, self.pinned(case), self.calendar)
        )

    def spent(self, case: Case) -> Decimal:
        """What the same customer was granted in other cases within the policy's window."""
        from decimal import Decimal

        since = self.now - times.length(self.policy["authority"]["window"]).seconds
        return sum(self.index.spent(case["customer"]["id"], since, case["id"]), Decimal(0))

    def document(self, path: str) -> bytes | None:
        """A file as committed."""
        found = self.repository.read(self.head, [path])[path]
        return found[1] if found else None

    def previous(self, case_id: str) -> tuple[bytes | None, str, bool]:
        """The case one step ago, the verb of its last step, and whether that step was shared already."""
        path, _blob = self.locate(case_id)
        return self.repository.before_last(self.head, path)

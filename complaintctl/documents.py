"""The register's own files as committed: settings, staff, calendar and policies, parsed strictly once.

What a file says depends on its bytes alone, so the outcome of parsing (the
data, or all that is wrong with it) is kept by path and blob id: a warm command
parses no YAML of these, and decodes a policy only when somebody asks for it.
"""

from __future__ import annotations

import json
import os
import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, cast

from complaintctl.errors import BadData, Problem, RegisterState
from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from zoneinfo import ZoneInfo

    from complaintctl.case import PolicyPin
    from complaintctl.policy import Policy
    from complaintctl.workdays import WorkCalendar

FOLDER = "policies"
REGISTER = "policies/register.yaml"
STAFF = "policies/staff.yaml"
CALENDAR = "policies/calendar.yaml"
SEAL = "policies/seal.yaml"
_ZONES, _ZONES_IN = "/usr/share/zoneinfo", "PYTHONTZPATH"
_KINDS = {REGISTER: "register", STAFF: "staff", CALENDAR: "calendar"}


class Parsed(NamedTuple):
    """One version of one file: what it is and what became of reading it."""

    path: str
    blob: str
    sha256: str  # of the file's bytes
    name: str | None  # of a policy that can be read
    version: str | None
    content: str  # JSON: {"data": …}, or {"message": …, "problems": […], "hint": …}


class Shelf(Protocol):
    """Where outcomes of parsing are kept; the data of a policy is fetched when it is asked for."""

    def found(self, files: Mapping[str, str]) -> list[Parsed]:
        """Those of the files (path, blob id) that were parsed before; a policy without its content."""

    def content(self, path: str, blob: str) -> str:
        """The content of a file that `found` named."""

    def keep(self, parsed: Iterable[Parsed]) -> None:
        """Remember outcomes."""


def kind_of(path: str) -> str | None:
    """register, staff, calendar or policy; None for a file that is none of these, as the seal over them."""
    if path == SEAL:
        return None
    if path in _KINDS:
        return _KINDS[path]
    if not (path.startswith(f"{FOLDER}/") and path.endswith(".yaml")):
        return None
    name = path[len(FOLDER) + 1 : -len(".yaml")].removeprefix("past/")
    words = name.replace("_", ".").replace("-", ".").split(".")
    return (
        "policy"
        if all(word.isascii() and word.isalnum() and word == word.lower() for word in words)
        else None
    )


def may_be_policy(name: str) -> bool:
    """Whether ``policies/NAME.yaml`` would hold a policy: no other document, no past one."""
    return "/" not in name and kind_of(f"{FOLDER}/{name}.yaml") == "policy"


def zone_of(name: str) -> ZoneInfo:
    """A time zone by its name in the IANA database; KeyError, ValueError or OSError when it is none.

    Most systems keep the zones in one place.  The library is told so while it is loaded:
    to find out by itself it loads all that Python was built with, a thirtieth of a short command.
    """
    from pathlib import Path

    told = "zoneinfo" not in sys.modules and _ZONES_IN not in os.environ and Path(_ZONES).is_dir()
    if told:
        os.environ[_ZONES_IN] = _ZONES
    try:
        import zoneinfo
    finally:
        if told:
            del os.environ[_ZONES_IN]
    try:
        return zoneinfo.ZoneInfo(name)
    except zoneinfo.ZoneInfoNotFoundError:
        zoneinfo.reset_tzpath()  # to all places that Python was built to look in
        return zoneinfo.ZoneInfo(name)


class Documents:
    """The register's own files at one commit."""

    def __init__(
        self,
        parsed: Iterable[Parsed],
        content: Callable[[str, str], str],
        decoded: dict[str, Policy] | None = None,
    ) -> None:
        self._content = content
        self._files = {one.path: one for one in parsed}
        self._policies: dict[str, Policy] = {} if decoded is None else decoded  # by SHA-256
        self.blobs = {path: one.blob for path, one in self._files.items()}
        self.policies: dict[tuple[str, str], Parsed] = {}
        self._pinned: dict[tuple[str, str, str], Parsed] = {}
        for path in sorted(self._files, reverse=True):  # policies/NAME.yaml wins over policies/past
            one = self._files[path]
            if one.name is not None and one.version is not None:
                self.policies[one.name, one.version] = one
                self._pinned[one.name, one.version, one.sha256] = one

    @cached_property
    def settings(self) -> dict[str, Any]:
        """What ``register.yaml`` says; RegisterState when there is none, BadData when it is broken."""
        if REGISTER not in self._files:
            raise RegisterState(
                _("This commit is no complaint register (it has no {path}).").format(path=REGISTER),
                hint="complaintctl init DIR",
            )
        return cast("dict[str, Any]", self._data(REGISTER))

    @cached_property
    def staff(self) -> list[Any]:
        """The people, those who left included; BadData when the file is missing or broken."""
        if STAFF not in self._files:
            raise BadData(_("{path} is missing.").format(path=STAFF), hint="complaintctl check")
        found = self._data(STAFF)
        return list(found["staff"]) if isinstance(found, dict) else list(found)

    @cached_property
    def calendar(self) -> dict[str, Any] | None:
        """What ``calendar.yaml`` says; None when there is none, BadData when it is broken."""
        return cast("dict[str, Any]", self._data(CALENDAR)) if CALENDAR in self._files else None

    @cached_property
    def zone(self) -> ZoneInfo:
        """The register's time zone; BadData when this machine does not know it."""
        try:
            return zone_of(self.settings["timezone"])
        except (KeyError, ValueError, OSError):
            raise BadData(
                _("{path} names a time zone that is not known here.").format(path=REGISTER),
                hint=_("correct it, or install the package tzdata"),
            ) from None

    @cached_property
    def work_calendar(self) -> WorkCalendar:
        """The register's working days, in its time zone."""
        from complaintctl.workdays import WorkCalendar

        return WorkCalendar(self.calendar, self.zone)

    @property
    def in_force(self) -> tuple[str, str]:
        """Name and version of the policy in force; BadData when its file is missing or broken."""
        name = self.settings["policy"]
        path = f"{FOLDER}/{name}.yaml"
        if path not in self._files:
            raise BadData(
                _("{path}, the policy in force, is missing.").format(path=path),
                hint="complaintctl policy list",
            )
        one = self._files[path]
        if one.name is None or one.version is None:
            self._data(path)
        return cast("tuple[str, str]", (one.name, one.version))

    @property
    def fingerprints(self) -> frozenset[str]:
        """The SHA-256 of every policy that can be read."""
        return frozenset(one.sha256 for one in self._pinned.values())

    def readable(self) -> Iterator[Policy]:
        """Every policy that can be read."""
        return map(self._policy, self._pinned.values())

    def policy(self, name: str, version: str) -> tuple[Policy, str]:
        """A policy and the SHA-256 of its file; BadData when it is missing or broken."""
        one = self.policies.get((name, version))
        if one is None:
            raise self._absent(name, version)
        return self._policy(one), one.sha256

    def policy_for(self, pin: PolicyPin) -> tuple[Policy, str]:
        """The policy that a case pins, byte for byte; BadData when it is not here."""
        one = self._pinned.get((pin["name"], pin["version"], pin["sha256"]))
        if one is not None:
            return self._policy(one), one.sha256
        if (pin["name"], pin["version"]) in self.policies:
            raise BadData(
                _("The policy {name} {version} has other content than the one that the case pins.").format(
                    name=pin["name"], version=pin["version"]
                ),
                hint="complaintctl check",
            )
        raise self._absent(pin["name"], pin["version"])

    def fingerprinted(self, sha256: str) -> tuple[Policy, str]:
        """The policy whose file has a SHA-256 that begins so; KeyError where none has."""
        for one in self._pinned.values():
            if one.sha256.startswith(sha256):
                return self._policy(one), one.sha256
        raise KeyError(sha256)

    def _absent(self, name: str, version: str) -> BadData:
        """Why a policy cannot be had: its file is broken, or there is none."""
        for path in (f"{FOLDER}/{name}.yaml", f"{FOLDER}/past/{name}-{version}.yaml"):
            if path in self._files and self._files[path].name is None:
                return _fault(json.loads(self._content(path, self.blobs[path])))
        message = _("The policy {name} {version} is missing in {folder}.")
        return BadData(
            message.format(name=name, version=version, folder=FOLDER), hint="complaintctl policy list"
        )

    def _policy(self, one: Parsed) -> Policy:
        """The policy of a file, decoded once, so that one version is always the same object."""
        found = self._policies.get(one.sha256)
        if found is None:
            found = self._policies[one.sha256] = cast("Policy", self._data(one.path))
        return found

    def _data(self, path: str) -> Any:
        content = json.loads(self._files[path].content or self._content(path, self.blobs[path]))
        if "data" not in content:
            raise _fault(content)
        return content["data"]


def load(
    files: Mapping[str, str],
    blobs: Callable[[list[str]], Iterable[tuple[str, bytes]]],
    shelf: Shelf,
    decoded: dict[str, Policy] | None = None,
) -> Documents:
    """The documents among `files` (path, blob id); what is not on the shelf is read by `blobs` and parsed.

    `decoded`: policies by the SHA-256 of their file, shared by the documents of several commits.
    """
    wanted = {path: blob for path, blob in files.items() if kind_of(path)}
    found = shelf.found(wanted)
    known = {one.path for one in found}
    missing = {path: blob for path, blob in wanted.items() if path not in known}
    if missing:
        data = dict(blobs(sorted(set(missing.values()))))
        parsed = [parse(path, blob, data[blob]) for path, blob in missing.items()]
        shelf.keep(parsed)
        found += parsed
    return Documents(found, shelf.content, decoded)


def parse(path: str, blob: str, data: bytes) -> Parsed:
    """Read one file strictly; what is wrong with it is part of the outcome, never raised."""
    import hashlib

    from complaintctl import schema, yamlfile

    kind = kind_of(path) or "policy"
    sha256 = hashlib.sha256(data).hexdigest()
    name = version = None
    try:
        mapping, lines = yamlfile.read_document(data, path)
        schema.check(kind, mapping, lines, path)
        if kind == "policy":
            name, version = mapping["name"], mapping["version"]
            check_place(path, name, version)
        content: dict[str, Any] = {"data": mapping}
    except BadData as fault:
        name = version = None
        content = {"message": fault.message, "problems": fault.problems, "hint": fault.hint}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Parsed(path, blob, sha256, name, version, text)


def check_place(path: str, name: str, version: str) -> None:
    """BadData when a policy does not stand where its name and version say."""
    if path not in (f"{FOLDER}/{name}.yaml", f"{FOLDER}/past/{name}-{version}.yaml"):
        message = _("{path} holds the policy {name} {version}; its file name must say so.")
        raise BadData(message.format(path=path, name=name, version=version), hint="complaintctl check")


def _fault(content: Mapping[str, Any]) -> BadData:
    """The refusal that a broken file met when it was parsed."""
    problems = [Problem(*one) for one in content["problems"]]
    return BadData(content["message"], problems, hint=content["hint"])

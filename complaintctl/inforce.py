"""The documents of a register at one commit, ready to judge by."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from complaintctl.errors import BadData, Refused, RegisterState, Usage, printable
from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from complaintctl.authority import Staff
    from complaintctl.case import PolicyPin
    from complaintctl.documents import Documents
    from complaintctl.policy import Policy

_EVERY_VERB = "*"


class Rules:
    """The documents of a register at one commit; what is broken is told when it is used."""

    def __init__(self, found: Documents) -> None:
        self.documents = found

    @property
    def settings(self) -> dict[str, Any]:
        """What ``register.yaml`` says."""
        return self.documents.settings

    @cached_property
    def is_sample(self) -> bool:
        """Whether the register is for reading only; False where it cannot be read."""
        try:
            return bool(self.settings.get("sample"))
        except (BadData, RegisterState):
            return False

    @cached_property
    def in_force(self) -> tuple[Policy, PolicyPin]:
        """The policy in force, and how a case pins it."""
        name, version = self.documents.in_force
        policy, sha256 = self.documents.policy(name, version)
        return policy, {"name": name, "version": version, "sha256": sha256}

    @cached_property
    def at_hand(self) -> tuple[Policy, PolicyPin, list[Staff], dict[str, Any], Any]:
        """What every step is judged by: policy, pin, staff, settings, and how to find what a case pins."""
        return *self.in_force, self.documents.staff, self.settings, self.documents.policy_for

    @cached_property
    def broken(self) -> str:
        """What keeps anybody from judging by these documents; empty for nothing."""
        try:
            _all = self.documents.staff, self.in_force, self.documents.work_calendar, self.settings
        except (BadData, RegisterState) as bad:
            return bad.message
        return ""

    @cached_property
    def people(self) -> dict[str, Staff]:
        """Everybody by id, those who left included."""
        return {person["id"]: person for person in self.documents.staff}

    @cached_property
    def _mailboxes(self) -> dict[str, Staff]:
        return {mail.casefold(): person for person in self.documents.staff for mail in person["emails"]}

    def author(self, email: str) -> Staff | None:
        """Who has an e-mail address; None for nobody on the staff, or where there is no staff file."""
        try:
            return self._mailboxes.get(email.casefold())
        except (BadData, RegisterState):
            return None

    def person(self, ident: str) -> Staff:
        """Somebody who may act; Usage for nobody on the staff, Refused for whoever has left."""
        found = self.people.get(ident)
        if found is None:
            raise Usage(_("Nobody on the staff has the id {who}.").format(who=printable(ident)))
        if not found["active"]:
            raise Refused(_("{who} has left and takes no more steps.").format(who=ident))
        return found

    @cached_property
    def asked(self) -> dict[str, frozenset[str]]:
        """Which of the facts that are dear to work out the rules ask for, and before which verbs."""
        policy = self.in_force[0]
        return {fact: frozenset(_asking(policy, fact)) for fact in ("level", "missed")}

    def asks(self, fact: str, verb: str) -> bool:
        """Whether a verb may depend on the level of a case, or on a clock that was missed."""
        return verb in self.asked[fact] or _EVERY_VERB in self.asked[fact]


def _asking(policy: Mapping[str, Any], fact: str) -> Iterable[str]:
    """The verbs that a fact may make a difference to; all where that cannot be told."""
    for gate in policy["gates"]:
        if _names(gate.get("when"), fact) or (fact == "missed" and gate["requires"] == "dispositions"):
            yield gate["step"]
    if _names(policy["authority"], fact):
        yield from ("approve", "settle")
    for rule in policy.get("tell", ()):
        if _names(rule.get("when"), fact):
            yield from rule.get("before", ())
    rest = {key: part for key, part in policy.items() if key not in {"levels", "gates", "authority", "tell"}}
    if _names(rest, fact):
        yield _EVERY_VERB


def _names(part: Any, fact: str) -> bool:
    """Whether a key stands anywhere in a part of the rules."""
    if isinstance(part, dict):
        return fact in part or any(_names(value, fact) for value in part.values())
    return isinstance(part, list) and any(_names(value, fact) for value in part)

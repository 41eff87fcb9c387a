"""What the steps of two sides were judged by: the rules of the commit that each was made on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import partly, resolving, walking
from complaintctl.errors import BadData
from complaintctl.world import World

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.register import Register
    from complaintctl.resolving import ContextOf
    from complaintctl.retrace import Made
    from complaintctl.walking import Change
    from complaintctl.workflow import Context
    from complaintctl.world import Rules


class Judge:
    """The rules, staff and facts of both sides' steps: those of the commit that each was made on."""

    def __init__(self, register: Register, base: str, theirs: str) -> None:
        self.register, self.base = register, base
        self.tips = (register.head, theirs)
        self.world = World.at(register.repository, base, register.index, register.language)
        self.rules = [self.world.rules_at(walking.commit(register.repository, tip)) for tip in self.tips]
        same = self.world.rules.documents.blobs
        self.settled = all(one.documents.blobs == same for one in self.rules)

    def both(self, mine: Change, yours: Change) -> resolving.Both:
        """A case as both sides have it; BadData where one of them cannot be read."""
        base = self.world.read(mine.path, mine.old) if mine.old else None
        ours, theirs = (self.world.read(mine.path, change.new) for change in (mine, yours))
        try:
            pinned = self.rules[0].documents.policy_for(ours["policy"])[0]
        except BadData:
            pinned = self.rules[1].documents.policy_for(theirs["policy"])[0]
        return resolving.Both(base, ours, theirs, pinned)

    def contexts(self, path: str) -> ContextOf:
        """What each step on a case was judged by."""
        known = {} if self.settled else self._moments(path)
        latest = self.rules[0]
        somebody = self._somebody(latest)

        def context(case: Case | None, made: Made) -> Context:
            rules = self.world.rules if self.settled else known.get((made.at, made.by), latest)
            return self.world.context(case, made, somebody, rules)

        return context

    def _somebody(self, rules: Rules) -> str:
        """Whose word counts for what nobody signed: the top of the ladder's."""
        top = rules.in_force[0]["authority"]["ladder"][-1]["role"]
        people = rules.documents.staff
        return next((one["id"] for one in people if one["active"] and one["role"] == top), "")

    def _moments(self, path: str) -> dict[tuple[str, str], Rules]:
        """Under which rules each record since the base was made."""
        found: dict[tuple[str, str], Rules] = {}
        for tip in self.tips:
            for commit in walking.commits(self.register.repository, tip, self.base):
                if len(commit.parents) != 1:
                    continue
                change = next((one for one in commit.changes[0] if one.path == path), None)
                if change is None or not change.new:
                    continue
                before = walking.commit(self.register.repository, commit.parents[0])
                rules = self.world.rules_at(before)
                old: Any = self.world.read(path, change.old) if change.old else {}
                for one in partly.signatures(self.world.read(path, change.new), old):
                    found.setdefault(one.command, rules)
        return found

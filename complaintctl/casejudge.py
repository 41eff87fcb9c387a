"""A change of one case judged: its form, its steps, who made them, what proves its decisions."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from complaintctl import SHORT, authority, retrace, schema, signing, times, walking, yamlfile
from complaintctl.errors import BadData, RegisterState
from complaintctl.findings import Finding, place_of
from complaintctl.i18n import _
from complaintctl.lifecycle import DECIDING
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from complaintctl.authority import Staff
    from complaintctl.case import Case
    from complaintctl.inforce import Rules
    from complaintctl.retrace import Fault, Made
    from complaintctl.walking import Change, Commit
    from complaintctl.workflow import Context
    from complaintctl.world import World

_new = tuple.__new__
_UNSIGNED = frozenset({"amend", "undo"})  # verbs that change what was signed before
_NUMBER = re.compile(r"proposals\[(\d+)\]")
_MERGE = "merge "
_SYNC = re.compile(r"^Step: sync$", re.MULTILINE)  # what `sync` merges by itself is nobody's decision


class Judged(NamedTuple):
    """A case after a change (None: it cannot be read), the steps, and what stands against them."""

    case: Case | None
    made: list[Made]
    findings: list[Finding]
    adopted: bool = False  # it came in finished, and that is in order


class Judge:
    """Judges the changes that one commit makes to cases, by the register as it was before it."""

    def __init__(self, world: World, commit: Commit, rules: Rules, author: Staff | None) -> None:
        self.world = world
        self.commit = commit
        self.rules = rules
        self.author = author
        self.files: Mapping[str, Change] = {}

    def finding(self, case_id: str, rule: str, message: str, place: str = "") -> Finding:
        return Finding(self.commit.id, case_id, rule, message, place_of(place))

    # -- one case

    def case(self, case_id: str, change: Change, *, adopting: bool = False) -> Judged:
        """Judge what a commit did to the file of a case; `adopting`: cases may come in finished here."""
        if not change.new:
            gone = self.finding(case_id, "deleted", _("the case was deleted"), change.path)
            return Judged(None, [], [gone])
        old = self.world.case(case_id) if change.old else None
        new, findings = self._read(case_id, change, old)
        if new is None:
            return Judged(None, [], findings)
        if old is None and adopting:
            return Judged(new, [], [*findings, *self._digests(new)], adopted=True)
        if old is None and retrace.adopted(new):
            message = _("the case came in finished: its steps were not recorded here one by one")
            findings.append(self.finding(case_id, "adopted", message))
        judged = self.between(case_id, old, new)
        return judged._replace(findings=findings + judged.findings) if findings else judged

    def sampled(self, case_id: str, change: Change) -> Judged:
        """A case of a sample register as it is now, however it became so."""
        new, findings = self._read(case_id, change, None)
        return Judged(new, [], [*findings, *(self._digests(new) if new is not None else [])], adopted=True)

    def _read(self, case_id: str, change: Change, old: Case | None) -> tuple[Case | None, list[Finding]]:
        """The case that a commit leaves, in whatever spelling, and what is wrong with its form."""
        new: Case | None
        findings: list[Finding] = []
        try:
            new = self.world.read(change.path, change.new, old)
        except BadData as bad:
            why = bad.problems[0].message if bad.problems else bad.message
            findings = [self.finding(case_id, "form", why, change.path)]
            new = self._loosely(change)
        if new is not None and new["id"] != case_id:
            findings.append(self.finding(case_id, "form", _("the id in the file is another"), change.path))
            new = None
        return new, findings

    def _loosely(self, change: Change) -> Any:
        try:
            case, _lines = yamlfile.read_case_loosely(self.world.blobs.get(change.new), change.path)
        except BadData:
            return None
        return case if schema.valid("case", case) else None

    def between(self, case_id: str, old: Case | None, new: Case) -> Judged:
        """Judge what leads from one state of a case to the next."""
        proved: dict[str, tuple[Rules | None, str]] = {}

        def context_of(case: Case | None, made: Made) -> Context:
            rules: Rules | None = None
            if made.verb == "approve" and _via(new, made).startswith(_MERGE):
                if made.place not in proved:
                    proved[made.place] = self.merged(new, made)
                rules = proved[made.place][0]
            author = self.author["id"] if self.author else ""
            return self.world.context(case, made, author, rules or self.rules)

        earlier = self._earlier(case_id, old, new)
        made, faults = retrace.replay(old, new, context_of, earlier)
        if old is not None and not faults:
            for one in made:
                if one.verb in _UNSIGNED:
                    break
            else:
                self.world.stepped(old, new, made)
        findings = [self._fault(case_id, fault) for fault in faults] if faults else []
        for place, (_rules, why) in proved.items() if proved else ():
            if why:
                findings.append(self.finding(case_id, "authority", why, place))
        if not self._is_own(made):
            findings += self._signed(case_id, new, made)
        return _new(Judged, (new, made, findings, False))

    def _earlier(self, case_id: str, old: Any, new: Any) -> Case | None:
        """The case before `old`, where a step was taken back."""
        if old is None or "amendments" not in new:
            return None
        added = new["amendments"][len(old.get("amendments", ())) :]
        if not any("undone" in entry for entry in added):
            return None
        return self.world.earlier(case_id, self.commit.parents[0] if self.commit.parents else "")

    def _fault(self, case_id: str, fault: Fault) -> Finding:
        rule = fault.rule
        if fault.verb in DECIDING and rule == "illegal-step":
            rule = "authority"
        message = fault.message
        if fault.verb:
            message = _("{verb} by {who}: {why}").format(
                verb=fault.verb, who=fault.by or "–", why=fault.message
            )
        return self.finding(case_id, rule, message, fault.place)

    # -- who

    def _is_own(self, made: Sequence[Made]) -> bool:
        """Whether this is one step of the author that decides nothing, as in nearly every commit."""
        if len(made) != 1 or self.author is None:
            return False
        by = made[0].by
        return made[0].verb not in DECIDING and (not by or by == self.author["id"])

    def _signed(self, case_id: str, new: Case, made: Sequence[Made]) -> list[Finding]:
        """Whether the author of the commit is who the sections say, and what proves its decisions."""
        findings: list[Finding] = []
        signers: set[str] = set()
        names: list[Made] = []  # steps that rest on names
        for one in made:
            if one.verb in DECIDING:
                number = _proposal(one)
                decision = new["proposals"][number].get("decision")
                if decision is None:
                    continue
                findings += self._proof(case_id, new, one)
                if "signature" in decision:
                    signers.add(one.by)
                    continue
                who = decision.get("recorded_by", one.by)
                signers.add(who)
                if self.author is not None and self.author["id"] != who:
                    message = _("a decision of {by} in a commit of {author}").format(
                        by=who, author=self.author["id"]
                    )
                    findings.append(self.finding(case_id, "author", message, one.place))
            elif one.by:
                signers.add(one.by)
            names.append(one)
        if findings or (made and not names):
            return findings
        if self.author is None:
            message = _("the author of this commit is nobody on the staff")
            return [self.finding(case_id, "author", message)]
        if signers and self.author["id"] not in signers:
            message = _("steps of {by} in a commit of {author}").format(
                by=", ".join(sorted(signers)), author=self.author["id"]
            )
            return [self.finding(case_id, "author", message, names[0].place)]
        return []

    def _proof(self, case_id: str, new: Case, made: Made) -> list[Finding]:
        """Whether a decision is proved as the register asks for it."""
        number, rules = _proposal(made), self.rules
        decision: Any = new["proposals"][number]["decision"]
        findings = []
        merged = decision["via"].startswith(_MERGE)
        if merged != ("claimed" in decision) or merged != ("recorded_by" in decision):
            message = _("a decision by a merge, and only that, is claimed and names who recorded it")
            findings.append(self.finding(case_id, "authority", message, made.place))
        try:
            sha256 = rules.in_force[1]["sha256"]
            spent = self.world.spent(new, made.at, rules) if signing.on(rules.settings) else Decimal(0)
            why = signing.fault(new, number + 1, rules.settings, rules.documents.staff, sha256, spent)
        except (BadData, RegisterState) as bad:
            why = bad.message
        if why:
            findings.append(self.finding(case_id, "signature", why, made.place))
        return findings

    def merged(self, new: Case, made: Made) -> tuple[Rules | None, str]:
        """The rules before the merge that a decision rests on, and why that proves nothing ('': it does)."""
        number = _proposal(made)
        decision: Any = new["proposals"][number]["decision"]
        name = decision["via"].removeprefix(_MERGE)
        short = name[:SHORT]
        try:
            merge = walking.commit(self.world.repository, name)
        except walking.Damaged:
            return None, _("there is no commit {commit}").format(commit=short)
        why = ""
        if len(merge.parents) != 2:
            why = _("commit {commit} is no merge of two lines").format(commit=short)
        elif _SYNC.search(merge.message):
            why = _("commit {commit} only brought two copies together").format(commit=short)
        elif not self.world.follows(name, self.commit):
            why = _("commit {commit} is not part of this history").format(commit=short)
        if why:
            return None, why
        rules = self.world.rules_at(walking.commit(self.world.repository, merge.parents[0]))
        author = rules.author(merge.email)
        if author is None or author["id"] != made.by or not author["active"]:
            why = _("commit {commit} was not made by {who}").format(commit=short, who=made.by)
        elif times.epoch(decision["at"]) < merge.authored:
            why = _("the decision is earlier than the merge that it rests on")
        elif not self._brings(new, number, merge):
            why = _("commit {commit} does not bring this proposal").format(commit=short)
        return rules, why

    def _brings(self, new: Case, number: int, merge: Commit) -> bool:
        """Whether a merge brings a proposal, just as it stands, into its first line."""
        path = f"cases/{new['id'][2:6]}/{new['id'][6:8]}/{new['id']}.yaml"
        found = self.world.repository.objects([f"{merge.parents[0]}:{path}", f"{merge.id}:{path}"])
        sides: list[Any] = []
        for one in found:
            try:
                sides.append(yamlfile.read_case(one.data, path) if one is not None else {})
            except BadData:
                return False
        before, after = (side.get("proposals", []) for side in sides)
        if len(before) > number or len(after) <= number or "decision" in after[number]:
            return False
        digests = {
            authority.digest(new["id"], one.get("round", 1), one, new["currency"], "")
            for one in (after[number], new["proposals"][number])
        }
        return len(digests) == 1

    # -- cases that came in finished

    def _digests(self, case: Any) -> list[Finding]:
        """Decisions whose digest is that of no rules that the register knows."""
        findings = []
        for number, proposal in enumerate(case.get("proposals", ())):
            decision = proposal.get("decision")
            if decision is None:
                continue
            right = {
                authority.digest(case["id"], proposal.get("round", 1), proposal, case["currency"], sha256)
                for sha256 in self.rules.documents.fingerprints
            }
            if decision["digest"] not in right:
                message = _("the digest of the decision is not that of this proposal")
                place = f"proposals[{number}].decision.digest"
                findings.append(self.finding(case["id"], "digest", message, place))
        return findings


def _proposal(made: Made) -> int:
    """Which proposal a decision is about, counted from 0."""
    match = _NUMBER.match(made.place)
    return int(match[1]) if match else -1


def _via(case: Any, made: Made) -> str:
    return str(case["proposals"][_proposal(made)].get("decision", {}).get("via", ""))

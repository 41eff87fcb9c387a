"""What is wrong with a case whose form is right: its rules, state, references, order of time, digests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import authority, times, workflow
from complaintctl.i18n import _
from complaintctl.references import references
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from complaintctl.case import Case
    from complaintctl.policy import Policy

Loose = tuple[str, str, str]  # kind, path without `$.`, message
_PEOPLE = ("by", "handler", "owner", "resumed_by", "done_by", "collected_by")


class Known(NamedTuple):
    """The register's own documents, as they lie in the folder."""

    settings: Mapping[str, Any]
    staff: Sequence[Any]
    policies: Mapping[tuple[str, str], tuple[Policy, str]]  # (name, version) -> policy, SHA-256 of its file

    @property
    def policy(self) -> Policy | None:
        """The policy in force, if it is there."""
        name = self.settings.get("policy")
        return next((policy for (own, _v), (policy, _s) in self.policies.items() if own == name), None)


def case_problems(case: Case, known: Known) -> Iterator[Loose]:
    """What is wrong with a case whose form is right: pin, state, references, order of time, digests."""
    pin = case["policy"]
    found = known.policies.get((pin["name"], pin["version"]))
    if found is None or found[1] != pin["sha256"]:
        yield (
            "data",
            "policy",
            _("the rules it was received under are not in policies/ (name, version and SHA-256)"),
        )
        return
    policy = found[0]
    derived = workflow.state_of(case, policy)
    if derived != case["state"]:
        yield "rule", "state", _("the sections say {derived}").format(derived=derived)
    yield from _people(case, {person["id"] for person in known.staff})
    yield from _ids(case, [policy, known.policy or policy])
    yield from _order(case)
    yield from _digests(case, known)


def _people(data: Any, staff: set[str], path: str = "") -> Iterator[Loose]:
    if isinstance(data, dict):
        for key, value in data.items():
            here = f"{path}.{key}" if path else key
            one = key in _PEOPLE or (key == "who" and "department" in data)  # who: of a task
            if (one and value not in staff) or (key == "with" and not staff.issuperset(value)):
                yield "rule", here, _("nobody on the staff has this id")
            elif isinstance(value, dict | list):
                yield from _people(value, staff, here)
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _people(value, staff, f"{path}[{number}]")


def _ids(case: Case, policies: Sequence[Any]) -> Iterator[Loose]:
    for path, kind, ident in references(case):
        if not any(ident in policy[kind] for policy in policies):
            yield (
                "rule",
                path,
                _("the rules have no such id among their {kind}").format(kind=kind.replace("_", " ")),
            )


def _order(case: Case) -> Iterator[Loose]:
    """Within a list each entry is no earlier than the one before, and nothing is earlier than the intake."""
    registered = times.epoch(case["intake"]["registered_at"])
    if times.epoch(case["intake"]["received_at"]) > registered:
        yield "rule", "intake.received_at", _("is later than registered_at")
    sections: Any = case
    for section, entries in sections.items():
        if not isinstance(entries, list):
            continue
        last = registered
        for number, entry in enumerate(entries):
            at = times.epoch(entry["at"])
            if at < last:
                yield "rule", f"{section}[{number}].at", _("is earlier than what stands before it")
            last = max(last, at)


def _digests(case: Case, known: Known) -> Iterator[Loose]:
    """A decision carries the digest of the proposal as it was decided on."""
    for number, proposal in enumerate(case.get("proposals", ())):
        decision = proposal.get("decision")
        if decision is None:
            continue
        shas = {sha for _policy, sha in known.policies.values()}
        right = {
            authority.digest(case["id"], proposal.get("round", 1), proposal, case["currency"], sha)
            for sha in shas
        }
        if decision["digest"] not in right:
            yield (
                "rule",
                f"proposals[{number}].decision.digest",
                _("is not that of this proposal: it was changed after the decision"),
            )
        if decision["by"] == proposal["by"] and decision["via"] != "settle" and not decision.get("alone"):
            yield "rule", f"proposals[{number}].decision.by", _("nobody decides on their own proposal")

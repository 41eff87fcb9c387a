"""Letters to the customer: when one may be written, and what it may say (S0-6, S0-17, S4-5).

The words are templates of the policy in force; what they can name is fixed here,
for each kind of letter.  Of a decision nothing can be named before it is
approved: an offer and a final answer are refused until then, and the other
letters have no names for it.  Nothing else that people wrote for the house gets
into a letter (reasons, tasks, statements, notes); the findings do once
the decision is approved, since an unfounded complaint is explained with them (S1b-3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import letterfacts, lifecycle, templating
from complaintctl.errors import BadData, Refused
from complaintctl.i18n import _
from complaintctl.labels import text
from complaintctl.letterfacts import decision_of
from complaintctl.lettershapes import faults
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complaintctl.case import Case
    from complaintctl.letterfacts import Ground
    from complaintctl.policy import Policy
    from complaintctl.templating import Block


class Letter(NamedTuple):
    """A letter as it can be set: its language, its subject in one line, and its blocks."""

    case: str
    kind: str
    language: str
    name: str  # what this kind is called
    subject: str
    heading: list[Block]
    body: list[Block]
    closing: list[Block]
    provisional: list[str]  # what was promised for a day that may still change
    findings: str  # what it may say of them, as it was recorded


def language_of(case: Case, policy: Policy, language: str) -> str:
    """The customer's language where the policy has letters in it (or in its sister), else the register's.

    `language`: the register's; where the policy lacks that too, its first.
    """
    spoken_here = policy["languages"]
    for wanted in (case["customer"].get("language", ""), language):
        own = wanted.partition("-")[0].lower()
        same = [tag for tag in spoken_here if tag.partition("-")[0] == own]
        found = next((tag for tag in same if tag.lower() == wanted.lower()), same[0] if same else "")
        if found:
            return found
    return spoken_here[0]


def write(kind: str, case: Case, ground: Ground) -> Letter:
    """The letter of a kind (one of `lettershapes.KINDS`) about a case.

    Raises `Refused` where the policy has no such letter, and where it would tell
    what is not decided or ask about what was not done; `BadData` for a template
    that cannot be filled in.
    """
    letters: Any = ground.policy.get("letters", {"kinds": {}})
    if kind not in letters["kinds"]:
        raise Refused(
            _("The policy {policy} has no letter of the kind {kind}.").format(
                policy=ground.policy["name"], kind=kind
            ),
            hint=_("letters.kinds in policies/{policy}.yaml; then complaintctl policy save").format(
                policy=ground.policy["name"]
            ),
        )
    require(kind, case)
    language = language_of(case, ground.policy, ground.settings["language"])
    given = letterfacts.values(kind, case, ground, language)
    entry = letters["kinds"][kind]

    def fill(template: Any) -> list[Block]:
        return _filled(kind, text(template, language), given) if template else []

    told = letters.get("decision") if given.get("decision", {}).get("on") else None
    subject = " ".join(line for block in fill(entry["subject"]) for lines in block.entries for line in lines)
    return Letter(
        case["id"],
        kind,
        language,
        text(entry["label"], language),
        subject,
        fill(letters.get("heading")),
        [*fill(letters["opening"]), *fill(entry["text"]), *fill(told), *fill(entry.get("after"))],
        fill(letters["closing"]),
        [one["what"] for one in given["promises"] if one["provisional"] and not one["kept_on"]],
        given.get("inquiry", {}).get("findings", ""),
    )


def _filled(kind: str, source: str, given: Mapping[str, Any]) -> list[Block]:
    found = faults(kind, source)
    if found:
        raise BadData(
            _("The template cannot be filled in: {why}").format(why=found[0]), hint="complaintctl check"
        )
    return templating.filled(source, given)


# -- when one may be written


def require(kind: str, case: Case) -> None:
    """Refuse a letter that would disclose what is not decided, or ask about what was not done (S4-5)."""
    if case["state"] == "closed" and case["closures"][-1]["outcome"] in lifecycle.VOID:
        raise Refused(
            _("{case} is void; there is nothing to write about.").format(case=case["id"]),
            hint=f"complaintctl show {case['id']}",
        )
    decided = decision_of(case)
    if kind == "offer" and decided is None:
        raise _undecided(case, _("an offer"))
    if kind == "final" and decided is None and case["state"] != "closed":
        raise _undecided(case, _("a final answer"))
    if kind == "survey" and not (case["state"] == "closed" or letterfacts.carried_out(case)):
        raise Refused(
            _("{case}: nothing has been carried out yet that the customer could be asked about.").format(
                case=case["id"]
            ),
            hint=f"complaintctl fulfil {case['id']} --all",
        )


def _undecided(case: Case, what: str) -> Refused:
    return Refused(
        _("{case}: {what} tells the decision, and none is approved yet.").format(case=case["id"], what=what),
        hint=f"complaintctl letter {case['id']} --kind progress",
    )

"""A complaint as data: the plain mapping that ``schemas/case.schema.json`` describes.

The TypedDicts name what is there and give the order in which it is written.
Lists that can grow at any time stand between sections that are there from
the start, and what no step ever changes (the currency) parts these from what
the steps add, so that two people who fill in different sections never meet in
neighbouring lines (git calls that a conflict).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from complaintctl.lifecycle import State


class Signed(TypedDict):
    """Who did it and when (ISO 8601 with offset)."""

    by: str
    at: str


class PolicyPin(TypedDict):
    name: str
    version: str
    sha256: str


class Intake(TypedDict):
    received_at: str
    registered_at: str
    by: str
    department: NotRequired[str]  # of whoever took it, then
    channel: str
    form: Literal["spoken", "written", "other"]
    moment: NotRequired[Literal["during", "after"]]


class Contact(Signed):
    party: str  # customer, supplier, department:ID, head:ID (of a department) or role:ID
    direction: Literal["out", "in"]
    method: str
    progress: NotRequired[bool]
    confirms: NotRequired[bool]  # the customer confirmed the facts as restated (S1e-11)
    again_on: NotRequired[str]  # the day by which the customer is to hear again (S1b-2, S1a-12)
    bears: NotRequired[str]  # what a supplier takes over (S0-15)
    note: str


class Customer(TypedDict):
    id: str
    name: NotRequired[str]
    company: NotRequired[str]
    type: NotRequired[str]  # one of the policy's customer types (S1e-10)
    phone: NotRequired[str]
    email: NotRequired[str]
    address: NotRequired[str]
    end_user: NotRequired[str]  # who actually uses it (S1e-10)
    language: NotRequired[str]


class Evidence(Signed):
    file: str
    sha256: str
    size: int
    type: str
    kind: str
    name: NotRequired[str]
    note: NotRequired[str]
    collected_by: NotRequired[str]


class About(TypedDict, total=False):
    product: str
    specification: str
    style: str
    colour: str
    size: str
    batch: str
    produced_on: str
    price: str
    purchased_on: str
    receipt: str
    place: str
    occurred_at: str
    against: str
    in_use_since: str
    symptoms: str
    used_before: str
    earlier_condition: str
    recent_use: str


Hold = TypedDict(
    "Hold",
    {
        "for": str,
        "reason": str,
        "until": NotRequired[str],
        "resumed_by": NotRequired[str],
        "resumed_at": NotRequired[str],
        "by": str,
        "at": str,
    },
)


class Escalation(Signed):
    reason: str
    round: NotRequired[int]


class Amendment(Signed):
    fields: list[str]
    undone: NotRequired[str]
    reason: str


class Improvement(Signed):
    measure: str
    kind: NotRequired[str]
    owner: str
    due: str
    every: NotRequired[str]  # days; a measure that comes round again (S3-9)
    also: NotRequired[str]  # where else the same may happen (S1b-13)
    done_by: NotRequired[str]
    done_at: NotRequired[str]
    repeated: NotRequired[list[Signed]]  # each time that it came round and was done


class Link(Signed):
    case: str
    kind: Literal["related", "same-batch", "duplicate"]


class Demand(TypedDict, total=False):
    remedy: str
    amount: str
    text: str


class Classification(Signed):
    category: str
    severity: str
    urgency: NotRequired[str]
    liability: NotRequired[str]
    flags: NotRequired[list[str]]
    departments: NotRequired[list[str]]
    affected: NotRequired[int]
    affected_range: NotRequired[str]  # which customers (S2-6)


class Assignment(Signed):
    department: str
    handler: str
    task: NotRequired[str]
    round: NotRequired[int]


class Check(TypedDict):
    name: str
    outcome: str


class Statement(TypedDict):
    who: str
    method: NotRequired[str]
    text: str


class Investigation(Signed):
    checks: NotRequired[list[Check]]
    statements: NotRequired[list[Statement]]
    purpose: NotRequired[str]  # what the customer is after (S1b-12)
    findings: NotRequired[str]
    containment: NotRequired[str]
    grounds: NotRequired[Literal["sufficient", "insufficient"]]  # S1b-10
    demand: NotRequired[Literal["reasonable", "partly", "unreasonable"]]  # S1b-10
    verdict: NotRequired[Literal["founded", "partly", "unfounded"]]
    cause: NotRequired[str]
    responsible: NotRequired[str]
    promised_by: NotRequired[str]  # who gave a promise without authority (S4-9)
    loss: NotRequired[str]  # money (S4-3)
    impact: NotRequired[str]
    alone: NotRequired[bool]
    round: NotRequired[int]


class Done(Signed):
    voucher: NotRequired[str]


class Remedy(TypedDict):
    kind: str
    amount: NotRequired[str]
    cost: str
    rule: NotRequired[str]
    how: NotRequired[str]  # the steps, as the customer is told them (S2-11)
    expected_on: NotRequired[str]
    done: NotRequired[Done]


class Task(TypedDict):
    department: str
    what: str
    who: NotRequired[str]
    due: NotRequired[str]
    resources: NotRequired[str]
    acknowledged: NotRequired[Signed]  # understood by whoever carries it out (S4-10)
    done: NotRequired[Done]


class Trouble(Signed):
    text: str


class Decision(Signed):
    outcome: Literal["approved", "returned"]
    role: str
    limit: NotRequired[str]
    digest: str
    via: str  # cli, settle, review (the verb), or "merge COMMIT"
    claimed: NotRequired[bool]  # rests on the names in a merge commit alone
    recorded_by: NotRequired[str]  # who wrote down what was approved by merging
    note: NotRequired[str]
    alone: NotRequired[bool]
    signature: NotRequired[str]


class Answer(Signed):
    outcome: Literal["agreed", "declined"]
    reason: NotRequired[str]
    agreement: NotRequired[str]


Proposal = TypedDict(
    "Proposal",
    {
        "remedies": list[Remedy],
        "tasks": NotRequired[list[Task]],
        "confirmed": NotRequired[list[str]],
        "with": NotRequired[list[str]],  # the heads that it was agreed with (S1c-3)
        "exception": NotRequired[str],
        "reason": str,
        "problems": NotRequired[list[Trouble]],
        "round": NotRequired[int],
        "by": str,
        "at": str,
        "decision": NotRequired[Decision],
        "answer": NotRequired[Answer],
    },
)


class FollowUp(Signed):
    satisfaction: int
    method: str
    comment: NotRequired[str]
    proposal: NotRequired[int]  # which proposal it asks about, counted from 1
    round: NotRequired[int]


class Reopened(Signed):
    reason: str


class Disposition(TypedDict):
    """What follows for one of those responsible (S1b-9, S4-3)."""

    who: str  # staff or department
    part: Literal["responsible", "head", "delay", "promise", "evidence"]
    what: str
    bears: NotRequired[str]  # money


class Closure(Signed):
    outcome: str
    reason: NotRequired[str]
    of: NotRequired[str]
    lesson: NotRequired[str]
    lesson_for: NotRequired[list[str]]  # departments that are to learn it (S0-21)
    prevention: NotRequired[str]
    disposition: NotRequired[str]
    dispositions: NotRequired[list[Disposition]]
    round: NotRequired[int]
    reopened: NotRequired[Reopened]


class Case(TypedDict):
    id: str
    state: State
    kind: str
    policy: PolicyPin
    links: NotRequired[list[Link]]
    escalations: NotRequired[list[Escalation]]
    intake: Intake
    contacts: NotRequired[list[Contact]]
    customer: Customer
    evidence: NotRequired[list[Evidence]]
    about: About
    holds: NotRequired[list[Hold]]
    complaint: str
    amendments: NotRequired[list[Amendment]]
    demand: Demand
    improvements: NotRequired[list[Improvement]]
    currency: str
    classification: NotRequired[Classification]
    assignments: NotRequired[list[Assignment]]
    investigations: NotRequired[list[Investigation]]
    proposals: NotRequired[list[Proposal]]
    follow_ups: NotRequired[list[FollowUp]]
    closures: NotRequired[list[Closure]]

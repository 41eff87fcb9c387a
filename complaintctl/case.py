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
    channel: str
    form: Literal["spoken", "written"]
    moment: NotRequired[Literal["during", "after"]]


class Contact(Signed):
    party: str  # customer, supplier or department:ID
    direction: Literal["out", "in"]
    method: str
    progress: NotRequired[bool]
    note: str


class Customer(TypedDict):
    id: str
    name: NotRequired[str]
    company: NotRequired[str]
    phone: NotRequired[str]
    email: NotRequired[str]
    address: NotRequired[str]
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
    done_by: NotRequired[str]
    done_at: NotRequired[str]


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
    findings: NotRequired[str]
    containment: NotRequired[str]
    verdict: NotRequired[Literal["founded", "partly", "unfounded"]]
    cause: NotRequired[str]
    responsible: NotRequired[str]
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
    done: NotRequired[Done]


class Task(TypedDict):
    department: str
    what: str
    done: NotRequired[Done]


class Trouble(Signed):
    text: str


class Decision(Signed):
    outcome: Literal["approved", "returned"]
    role: str
    limit: NotRequired[str]
    digest: str
    via: Literal["cli", "settle", "merge", "review"]
    note: NotRequired[str]
    alone: NotRequired[bool]
    signature: NotRequired[str]


class Answer(Signed):
    outcome: Literal["agreed", "declined"]
    reason: NotRequired[str]
    agreement: NotRequired[str]


class Proposal(Signed):
    remedies: list[Remedy]
    tasks: NotRequired[list[Task]]
    confirmed: NotRequired[list[str]]
    exception: NotRequired[str]
    reason: str
    problems: NotRequired[list[Trouble]]
    round: NotRequired[int]
    decision: NotRequired[Decision]
    answer: NotRequired[Answer]


class FollowUp(Signed):
    satisfaction: int
    method: str
    comment: NotRequired[str]
    proposal: NotRequired[int]  # which proposal it asks about, counted from 1
    round: NotRequired[int]


class Reopened(Signed):
    reason: str


class Closure(Signed):
    outcome: str
    reason: NotRequired[str]
    of: NotRequired[str]
    lesson: NotRequired[str]
    prevention: NotRequired[str]
    disposition: NotRequired[str]
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

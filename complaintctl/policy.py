"""The rules of a business as data: the plain mapping that ``schemas/policy.schema.json`` describes.

A policy file holds every number, name and rule of a business; the code holds
none.  Texts for people are mappings of a language tag to a text (`Label`).
An entry may say where it comes from (`source`); ``starting value`` marks a
figure that no written procedure gives.
"""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

Label = dict[str, str]  # language tag -> text
When = dict[str, Any]  # fact -> what it must be; see complaintctl.conditions


class Opening(TypedDict):
    days: list[str]  # mon, tue, wed, thu, fri, sat, sun
    opens: str  # "08:00"
    closes: str  # "22:00"; "24:00" is midnight


class Promise(TypedDict):
    within: str  # a length of time, counted while the channel is open
    label: Label


class Channel(TypedDict):
    label: Label
    hours: NotRequired[list[Opening]]  # absent: around the clock
    days_off: NotRequired[str]  # open or closed on public holidays; default open
    promise: NotRequired[Promise]
    source: NotRequired[str]


class Department(TypedDict):
    label: Label
    duties: NotRequired[Label]
    head: NotRequired[str]  # role of whoever is accountable for its cases (S1c-8)
    outside: NotRequired[bool]  # a supplier: takes no assignments
    source: NotRequired[str]


class Named(TypedDict):
    """A value of a list that the policy names: a role, a cause, a flag, an outcome …"""

    label: Label
    means: NotRequired[Label]
    source: NotRequired[str]


class Flag(Named):
    severity: NotRequired[str]  # at least this severe
    urgency: NotRequired[str]  # this urgent
    note: NotRequired[Label]  # what to do at once


class Category(TypedDict):
    label: Label
    department: NotRequired[str]
    severity: NotRequired[str]
    playbook: NotRequired[str]
    source: NotRequired[str]


class LevelRule(TypedDict):
    label: Label  # why, in words
    when: When
    source: NotRequired[str]


class Level(TypedDict):
    level: int  # 1 is the gravest
    label: Label
    any: NotRequired[list[LevelRule]]  # absent on the last: everything else


Deadline = TypedDict(
    "Deadline",
    {
        "label": Label,
        "from": NotRequired[str],  # an event; see complaintctl.deadlines.EVENTS
        "until": str,
        "within": NotRequired[str],  # a length of time
        "date": NotRequired[str],  # instead of both: again_on or expected_on, a day that the case names
        "clock": NotRequired[str],  # around-the-clock (default) or service; for minutes and hours
        "when": NotRequired[When],
        "stops_for": NotRequired[list[str]],  # which holds stop it
        "ends_with": NotRequired[str],  # an event after which nothing is waited for any more
        "every": NotRequired[bool],  # begins anew at each `until`, as long as the case is open
        "promise": NotRequired[bool],  # told to the customer at intake
        "rolls_over": NotRequired[bool],  # calendar days: a last day off moves to the next working day
        "source": NotRequired[str],
    },
)


class Rung(TypedDict):
    role: str
    limit: NotRequired[str]  # money; absent: no limit
    source: NotRequired[str]


class Need(TypedDict):
    name: str
    label: Label
    when: When
    role: str
    source: NotRequired[str]


class Authority(TypedDict):
    currency: str
    ladder: list[Rung]  # lowest first
    window: str  # a customer's remedies within this time count together
    line: str  # any; department or complained-about: a rung below the top decides for that one only
    alone: str  # allowed or refused
    needs: NotRequired[list[Need]]
    settle: NotRequired[When]  # what may be settled at the desk (S1a-1)


class StepRule(TypedDict, total=False):
    at_least: str  # the lowest role that may
    departments: list[str]  # and in which departments; the top role always may


class Remedy(TypedDict):
    label: Label
    amount: str  # required, optional or none
    cost: str  # amount, price (by default; --cost says otherwise) or none
    date: NotRequired[str]  # required, optional or none: the day on which it is expected
    goodwill: NotRequired[bool]
    free: NotRequired[bool]  # needs no entitlement
    source: NotRequired[str]


class Ceiling(TypedDict, total=False):
    """The greatest of what is given, in the policy's currency."""

    price: str  # times the price: "1", "10"
    amount: str


class Granted(TypedDict):
    ceiling: NotRequired[Ceiling]  # absent: no ceiling of its own
    exactly: NotRequired[bool]


class Law(TypedDict):
    text: Label | str  # plain text is shown as it is, whatever the reader's language
    source: Label | str
    date: str


class Entitlement(TypedDict):
    name: str
    label: Label
    when: When  # cause, verdict, flags, …
    within: NotRequired[str]  # calendar days since the purchase
    confirm: NotRequired[list[str]]  # conditions that the handler confirms
    remedies: dict[str, Granted]
    law: NotRequired[Law]
    source: NotRequired[str]


class Exclusion(TypedDict):
    """What overrides the entitlements (S1a-6); still possible as an exception."""

    name: str
    label: Label
    when: When
    confirm: NotRequired[list[str]]
    remedies: NotRequired[list[str]]  # absent: all that are not free
    law: NotRequired[Law]
    source: NotRequired[str]


class CheckOutcome(TypedDict):
    """One thing that a check may find, and what follows from it (S1a-4)."""

    label: Label
    ends: NotRequired[bool]  # it explains the problem: no further check is needed
    verdict: NotRequired[str]
    cause: NotRequired[str]
    remedies: NotRequired[list[str]]
    note: NotRequired[Label]


class PlaybookCheck(TypedDict):
    name: str
    label: Label
    by: NotRequired[Label]  # in words; `executor` where the policy names duties
    executor: NotRequired[list[str]]
    ends: NotRequired[bool]
    outcomes: NotRequired[dict[str, CheckOutcome]]  # absent: any text


Playbook = TypedDict(
    "Playbook",
    {
        "label": Label,
        "as": NotRequired[str],  # the checks of another playbook (S1a-4); then there are none of its own
        "executor": NotRequired[list[str]],  # who carries out its checks, where a check does not say
        "checks": NotRequired[list[PlaybookCheck]],
        "source": NotRequired[str],
    },
)


class Tell(TypedDict):
    """Who must be told, once something happened (S1c-3, S3-3)."""

    name: str
    label: Label
    to: list[str]  # owner, responsible, head-of-responsible, …, department:ID, head:ID, role:ID
    after: str  # an event
    when: NotRequired[When]
    within: NotRequired[str]
    before: NotRequired[list[str]]  # steps that are refused until it is done
    source: NotRequired[str]


class Gate(TypedDict):
    name: str
    step: str
    requires: str  # one of complaintctl.requirements.REQUIREMENTS
    label: Label  # the rule in words
    when: NotRequired[When]
    source: NotRequired[str]


class FollowUpRules(TypedDict):
    methods: list[str]
    satisfied_from: int  # 1 to 5
    very_satisfied_from: int


class PolicyChange(TypedDict):
    """Why a version differs from the one before; written by ``policy save``."""

    version: str
    at: str  # the day
    by: str
    reason: str


class Conduct(TypedDict):
    steps: list[str]
    label: Label


class Letter(TypedDict):
    """A kind of letter: templates in each language (`complaintctl.templating`)."""

    label: Label
    subject: Label
    text: Label
    after: NotRequired[Label]  # the decision, in an offer and a final answer
    source: NotRequired[str]


class Letters(TypedDict):
    """What the shop writes to its customers; what stands around each letter, then the kinds."""

    heading: NotRequired[Label]
    opening: Label
    decision: NotRequired[Label]  # how it was reached and what it is: stands between `text` and `after`
    closing: Label
    method: NotRequired[str]  # of contact: how they usually go out
    elsewhere: dict[str, Named]  # where else a customer may turn: by country, `other` for the rest
    kinds: dict[str, Letter]


class FormNote(TypedDict):
    label: Label


class PaperForms(TypedDict, total=False):
    """What the paper forms need to know (S0-23)."""

    quality: list[str]  # categories whose registration form is the one about quality (S1a-17)
    slip: list[str]  # remedies with which the customer waits for stock; absent: those with a day (S1a-14)
    notes: dict[str, list[FormNote]]  # kind of form -> small print on it


class Policy(TypedDict):
    name: str
    version: str
    label: Label
    languages: list[str]
    applies_to: NotRequired[Label]
    source: NotRequired[str]
    investigates_first: NotRequired[bool]  # the verdict comes before the assignment (S4-12)
    vocabulary: dict[str, dict[str, Label]]  # states, kinds, outcomes, verdicts, … -> id -> label
    channels: dict[str, Channel]
    contact_methods: dict[str, Named]
    departments: dict[str, Department]
    severities: dict[str, Named]  # lightest first
    urgencies: dict[str, Named]
    flags: dict[str, Flag]
    categories: dict[str, Category]
    causes: dict[str, Named]
    levels: list[Level]
    deadlines: dict[str, Deadline]
    tell: NotRequired[list[Tell]]
    roles: dict[str, Named]
    executors: NotRequired[dict[str, Named]]  # duties in checks; a person's are in staff.yaml
    authority: Authority
    steps: dict[str, StepRule]
    remedies: dict[str, Remedy]
    confirmations: NotRequired[dict[str, Named]]
    entitlements: list[Entitlement]
    exclusions: NotRequired[list[Exclusion]]
    playbooks: dict[str, Playbook]
    gates: list[Gate]
    follow_up: FollowUpRules
    measures: dict[str, Named]  # kinds of improvement
    reports: NotRequired[dict[str, str]]  # owner: the department that draws them up (S1c-5)
    paper_forms: NotRequired[PaperForms]
    conduct: NotRequired[list[Conduct]]
    letters: NotRequired[Letters]
    changes: NotRequired[list[PolicyChange]]  # oldest first

"""How a case begins: the form as it is taken from the customer (S0-1 … S0-6, S1e-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from complaintctl import authority, gates, times
from complaintctl.errors import Refused, Usage
from complaintctl.i18n import _
from complaintctl.workflow import Context, known

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from complaintctl.case import Case

# The fields of two sections, in their order, as options and forms ask for them.
CUSTOMER = ("name", "company", "type", "phone", "email", "address", "end_user", "language")
ABOUT = (
    "product", "specification", "style", "colour", "size", "batch", "produced_on", "price",
    "purchased_on", "receipt", "place", "occurred_at", "against", "in_use_since", "symptoms",
    "used_before", "earlier_condition", "recent_use",
)  # fmt: skip

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base32: no I, L, O, U


def new_id(prefix: str, choose: Callable[[str], str], taken: Callable[[str], bool]) -> str:
    """`prefix` and six characters drawn at random that are not taken yet."""
    while True:
        ident = prefix + "".join(choose(ALPHABET) for _n in range(6))
        if not taken(ident):
            return ident


def register_case(
    context: Context,
    *,
    case_id: str,
    customer_id: str,
    channel: str,
    complaint: str,
    kind: str = "complaint",
    form: str | None = None,
    moment: str | None = None,
    received_at: str | None = None,
    customer: Mapping[str, str | None] | None = None,
    about: Mapping[str, str | None] | None = None,
    demand: tuple[str | None, str | None, str | None] = (None, None, None),
) -> Case:
    """A new case in the state received, signed by its recorder (S1e-2) under the policy in force.

    `received_at` defaults to the instant of the step; how much later the case is
    registered can so be measured (S1a-2).  `demand` is remedy, amount, other text.
    """
    authority.may("new", context.actor, context.policy, context.language)
    policy = context.policy
    known(policy, "channels", channel)
    received = received_at or context.at
    _require_possible(received, complaint, about or {}, context)
    person = _filled(customer or {}, CUSTOMER)
    matter = _filled(about or {}, ABOUT)
    if "type" in person and "customer_types" in policy["vocabulary"]:
        known(policy, "customer_types", person["type"])
    matter = _checked_matter(matter, context)
    case: dict[str, Any] = {
        "id": case_id,
        "state": "received",
        "kind": known(policy, "kinds", kind),
        "policy": dict(context.pin),
        "intake": {
            **_recorded(received, context),
            "channel": channel,
            "form": form or "spoken",
            **({"moment": moment} if moment else {}),
        },
        "customer": {"id": customer_id, **person},
        "about": matter,
        "complaint": complaint.strip(),
        "demand": _demand(demand, context),
        "currency": context.currency,
    }
    fresh = cast("Case", case)
    asked = gates.question(fresh, {}, context.actor, context.staff, {}, policy)
    gates.require("new", asked, context.language)
    return fresh


def _require_possible(
    received: str, complaint: str, about: Mapping[str, str | None], context: Context
) -> None:
    """`Usage` for a complaint without words, or one that comes from the future."""
    if times.epoch(received) > times.epoch(context.at):
        raise Usage(_("A complaint cannot be received ({at}) after it is registered.").format(at=received))
    if not complaint.strip():
        raise Usage(_("A complaint needs words: --complaint says what happened."))
    for field in ("purchased_on", "produced_on", "in_use_since"):
        if about.get(field) and str(about[field]) > context.at[:10]:
            raise Usage(_("--{option} lies in the future.").format(option=field.replace("_", "-")))


def _checked_matter(matter: dict[str, str], context: Context) -> dict[str, str]:
    """What it is about, the price with the digits of the currency; `Usage` for no price or nobody."""
    if "price" in matter:
        from complaintctl.amounts import money_of

        matter = {**matter, "price": money_of(matter["price"], context.currency, "--price")}
    if "against" in matter:
        _check_against(matter["against"], context.staff, context.policy)
    return matter


def _recorded(received: str, context: Context) -> dict[str, str]:
    """When a complaint came in and who takes it, with their department where they have one (S1c-3)."""
    found = {"received_at": received, "registered_at": context.at, "by": context.actor["id"]}
    own = context.actor.get("department")
    return {**found, "department": own} if own else found


def _filled(values: Mapping[str, str | None], fields: Sequence[str]) -> dict[str, str]:
    unknown = [k for k in values if k not in fields]
    if unknown:
        raise Usage(_("There is no field {field} here.").format(field=unknown[0]), hint=", ".join(fields))
    return {field: value.strip() for field in fields if (value := values.get(field)) and value.strip()}


def _check_against(ident: str, staff: Sequence[authority.Staff], policy: Any) -> None:
    if ident not in policy["departments"] and all(person["id"] != ident for person in staff):
        from complaintctl.labels import offered

        raise Usage(
            _("--against names a member of staff or a department."),
            hint=offered(policy, "departments", ident),
        )


def _demand(demand: tuple[str | None, str | None, str | None], context: Context) -> dict[str, str]:
    remedy, amount, text = demand
    wanted: dict[str, str] = {}
    if remedy:
        wanted["remedy"] = known(context.policy, "remedies", remedy)
    if amount:
        if not remedy:
            raise Refused(_("An amount is demanded of something: --demand refund=12.90."))
        from complaintctl.amounts import money_of

        wanted["amount"] = money_of(amount, context.currency, "--demand")
    if text:
        wanted["text"] = text
    return wanted

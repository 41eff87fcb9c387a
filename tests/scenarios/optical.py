"""An optical shop: its people and their duties, and a case as far as the hand-over or its cause."""

from __future__ import annotations

from pathlib import Path

from tests.shop import Shop, made_once

PEOPLE = (
    ("li.na", "李娜", "clerk", "sales"),
    ("zhao.wei", "赵伟", "clerk", "optometry"),
    ("chen.jie", "陈杰", "clerk", "fitting"),
    ("wu.lei", "吴磊", "clerk", "workshop"),
    ("he.xin", "何欣", "clerk", "store-room"),
    ("sun.min", "孙敏", "head", "sales"),
)
DUTIES = {
    "li.na": ("sales",),
    "zhao.wei": ("optometrist",),
    "chen.jie": ("fitter", "contact-lens-fitter"),
    "sun.min": ("sales", "shift-leader"),
}
GLASSES = (
    "--channel", "counter", "--customer", "王女士", "--phone", "13800001234", "--product", "spectacles", "--price",
    "480.00", "--purchased-on", "2026-11-12", "--complaint", "the floor swims",
)  # fmt: skip


def opened(folder: Path) -> Shop:
    """A shop with six people and its owner."""
    return Shop.make(folder / "shop", "optical", PEOPLE, DUTIES)


@made_once
def handed(folder: Path, category: str, *words: str) -> tuple[Shop, str]:
    """A shop of one's own and a case that zhao.wei has in hand; `words` for `new` besides the usual ones."""
    shop = opened(folder)
    case = shop.new(*GLASSES, *words)
    shop.do("li.na", "classify", case, "--category", category)
    shop.do("li.na", "contact", case, "--by", "counter", "--note", "sorry; it is being looked at")
    shop.wait(minutes=1).do("li.na", "assign", case, "--to", "zhao.wei")
    return shop, case


@made_once
def found(
    folder: Path, cause: str, category: str = "service.explanation", verdict: str = "founded"
) -> tuple[Shop, str]:
    """A shop and a case whose cause is found; from a category that asks for no list of checks."""
    shop, case = handed(folder, category)
    shop.do("zhao.wei", "investigate", case, "--findings", "seen", "--verdict", verdict, "--cause", cause)
    return shop, case


def fulfilled(folder: Path, cause: str) -> tuple[Shop, str]:
    """A founded case, carried out: what does not fit was exchanged."""
    shop, case = found(folder, cause)
    grounds = ("--confirm", "customer-cannot-overcome", "--reason", "cut small")
    shop.do("zhao.wei", "propose", case, "--remedy", "exchange", *grounds)
    shop.do("sun.min", "approve", case, "--note", "agreed")
    shop.do("li.na", "respond", case, "--agreed")
    shop.do("li.na", "fulfil", case, "--all")
    return shop, case

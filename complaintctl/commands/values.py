"""Values of options as they are written into a case: dates, instants, customer numbers, remedies."""

from __future__ import annotations

import re
from datetime import date, datetime, tzinfo

from complaintctl.errors import Usage, printable
from complaintctl.i18n import _

# Digits, signs and letters of dates as a Chinese keyboard writes them
_FULL_WIDTH = str.maketrans("０１２３４５６７８９－—：＋．Ｔ　Ｗ", "0123456789--:+.T W")


def narrow(text: str) -> str:
    """A date or a time in ASCII, where it was typed in the width of Chinese characters."""
    return text.strip().translate(_FULL_WIDTH)


def day(text: str | None, name: str) -> str | None:
    """A calendar day, YYYY-MM-DD."""
    if not text:
        return None
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", narrow(text)):
            raise ValueError(text)
        found = date.fromisoformat(narrow(text))
    except ValueError:
        raise Usage(
            _("--{option} is a day such as 2026-11-21.").format(option=name.replace("_", "-"))
        ) from None
    _require_reach(found.year, name.replace("_", "-"))
    return found.isoformat()


def _require_reach(year: int, option: str) -> None:
    from complaintctl import times

    if not times.in_reach(year):
        raise Usage(
            _("--{option} lies in the years {first} to {last}.").format(
                option=option, first=times.FIRST_YEAR, last=times.LAST_YEAR
            )
        )


def instant(text: str | None, name: str, zone: tzinfo) -> str | None:
    """An instant; without an offset it is local time of the register, unless that is no or two instants."""
    if not text:
        return None
    option = name.replace("_", "-")
    try:
        moment = datetime.fromisoformat(narrow(text))
    except ValueError:
        raise Usage(_("--{option} is a time such as 2026-11-22T10:15.").format(option=option)) from None
    _require_reach(moment.year, option)
    if moment.tzinfo is None:
        first, second = moment.replace(tzinfo=zone, fold=0), moment.replace(tzinfo=zone, fold=1)
        if first.utcoffset() != second.utcoffset():
            raise Usage(
                _("--{option}: clocks changed then, so this time needs its offset.").format(option=option),
                hint=f"{moment.isoformat(timespec='seconds')}{first.isoformat()[-6:]}",
            )
        moment = first
    return moment.astimezone(zone).isoformat(timespec="seconds")


def phone(text: str) -> None:
    """`Usage` for what the register does not take as a telephone number."""
    from complaintctl import schema

    if not schema.pattern_fits("case", "customer", "phone", text):
        raise Usage(_("--phone: 3 to 40 digits, blanks or + ( ) . / - are wanted."))


def customer_id(text: str) -> str:
    """A customer number such as P-4T7Q2M."""
    if not re.fullmatch(r"P-[0-9A-HJKMNP-TV-Z]{6}", text.upper()):
        raise Usage(_("--customer-id is a number such as P-4T7Q2M."))
    return text.upper()


FULL = {"=": "＝", ":": "："}  # as a Chinese keyboard writes them


def pair(text: str, option: str, sign: str = "=") -> tuple[str, str]:
    """Both sides of `NAME=OUTCOME`; the sign may have the width of a Chinese character."""
    left, *right = re.split(f"[{sign}{FULL[sign]}]", text, maxsplit=1)
    if not right or not left.strip() or not right[0].strip():
        raise Usage(_("{option} takes two parts with {sign} between them.").format(option=option, sign=sign))
    return left.strip(), right[0].strip()


def remedies(words: tuple[str, ...], costs: tuple[str, ...] = ()) -> list[tuple[str, str | None, str | None]]:
    """`refund=12.90` and `apology`, with what `--cost exchange=8.00` says of them: kind, amount, cost."""
    cost = by_kind(costs, "--cost")
    parts = [word.replace(FULL["="], "=", 1).partition("=") for word in words]
    plan = [(kind.strip(), amount.strip() or None) for kind, _sign, amount in parts]
    strangers = set(cost) - {kind for kind, _amount in plan}
    if strangers:
        raise Usage(
            _("--cost names a remedy that is not proposed."), hint=", ".join(kind for kind, _a in plan)
        )
    return [(kind, amount, cost.get(kind)) for kind, amount in plan]


def dispositions(words: tuple[str, ...]) -> list[dict[str, str]]:
    """`WHO/PART: WHAT`, with `/MONEY` after the part where they bear something."""
    found = []
    for word in words:
        name, what = pair(word, "--dispose", ":")
        who, slash, part = name.partition("/")
        part, _second, money = part.partition("/")
        if not slash:
            raise Usage(_("--dispose is written like zhao.wei/responsible: spoken with."))
        entry = {"who": who.strip(), "part": part.strip(), "what": what}
        found.append(entry | ({"bears": money.strip()} if money.strip() else {}))
    return found


def by_kind(words: tuple[str, ...], option: str) -> dict[str, str]:
    """`KIND=TEXT` for some of the remedies; `Usage` where one is named twice."""
    pairs = [pair(word, option) for word in words]
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Usage(_("{option} names a remedy twice.").format(option=option))
    return found


def days_by_kind(words: tuple[str, ...]) -> dict[str, str]:
    """`KIND=DATE` of `--expected`."""
    return {kind: day(text, "expected") or "" for kind, text in by_kind(words, "--expected").items()}


def tasks(
    words: tuple[str, ...], who: tuple[str, ...], due: tuple[str, ...], needs: tuple[str, ...]
) -> list[dict[str, str]]:
    """`DEPT: WHAT` of each `--task`, with what `N=…` says of the Nth: who, due and resources."""
    found = [dict(zip(("department", "what"), pair(word, "--task", ":"), strict=True)) for word in words]
    for option, key, given in (
        ("--task-who", "who", who),
        ("--task-due", "due", due),
        ("--task-needs", "resources", needs),
    ):
        for number, text in (pair(word, option) for word in given):
            if not number.isascii() or not number.isdecimal() or not 1 <= int(number) <= len(found):
                raise Usage(
                    _("{option} is written N=…; N counts the --task options from 1.").format(option=option),
                    hint=_("{count} given").format(count=len(found)),
                )
            found[int(number) - 1][key] = (day(text, "task-due") or "") if key == "due" else text
    return found


def month(text: str | None) -> str | None:
    """A calendar month such as 2026-11."""
    if text is None:
        return None
    from datetime import UTC

    from complaintctl.times import month_bounds

    try:
        text = narrow(text)
        month_bounds(text, UTC)
    except (ValueError, OverflowError):
        raise Usage(
            _("{text} is no month; one is written like 2026-11.").format(text=printable(text))
        ) from None
    return text


def week(text: str | None) -> str | None:
    """An ISO week such as 2026-W47."""
    if text is None:
        return None
    from datetime import UTC

    from complaintctl.times import week_bounds

    try:
        text = narrow(text)
        week_bounds(text.upper(), UTC)
    except (ValueError, OverflowError):
        raise Usage(
            _("{text} is no week; one is written like 2026-W47.").format(text=printable(text))
        ) from None
    return text.upper()

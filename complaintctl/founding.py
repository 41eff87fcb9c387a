"""How a register begins: the files of its first commit."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from complaintctl import calendars, countries, documents, schema, times, yamlfile
from complaintctl.errors import BadData, EnvironmentFault, RegisterState, Usage, printable
from complaintctl.history import Repository
from complaintctl.i18n import _
from complaintctl.objects import Edit, Person
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from complaintctl.authority import Staff
    from complaintctl.policy import Label

ATTRIBUTES = """\
# Files stay as they were written, on every system.
*.yaml text eol=lf
*.json text eol=lf
cases/*/*/*/* -text
"""
EVIDENCE_LIMIT = 10_000_000
FIRST_DEMO = "supermarket"  # whose rules the demo without any goes by


class Wish(NamedTuple):
    """What somebody wants a register to be."""

    directory: Path
    policy_name: str
    name: str | None = None
    language: str | None = None
    country: str | None = None  # None: that of the rules' currency
    subdivision: str | None = None
    timezone: str | None = None
    currency: str | None = None
    owner: tuple[str, str, str] | None = None  # id, name, e-mail address
    policy_file: Path | None = None  # rules of one's own, instead of those of `policy_name`


class Made(NamedTuple):
    """What `found` made."""

    root: Path
    commit: str
    owner: Staff
    warnings: list[str]
    policy: str  # the name of the rules in force
    language: str  # of the register
    role: Label  # of the owner, as the rules call it


def shipped_policies() -> dict[str, Path]:
    """The rule sets that come with the program: name -> file."""
    beside = Path(__file__).parent / "policies"
    folder = beside if beside.is_dir() else Path(__file__).parent.parent / "policies"
    own = {"register", "staff", "calendar"}
    return {path.stem: path for path in sorted(folder.glob("*.yaml")) if path.stem not in own}


def shipped_policy(name: str) -> bytes:
    """The bytes of a shipped rule set; `Usage` names those there are."""
    found = shipped_policies()
    if name not in found:
        raise Usage(_("There is no rule set of that name."), hint=", ".join(found))
    return found[name].read_bytes()


def shipped_demo(name: str) -> tuple[str, Path]:
    """The demo of a shipped rule set: its text and its file; `Usage` names those there are."""
    folder = shipped_policies()[name].parent / "demo" if name in shipped_policies() else None
    path = folder / f"{name}.txt" if folder else None
    if path is None or not path.is_file():
        played = [one for one, rules in shipped_policies().items() if _has_demo(rules)]
        raise Usage(_("There is no demo of that name."), hint=", ".join(played))
    return path.read_text(encoding="utf-8"), path


def demo_words(name: str) -> list[str]:
    """The tables of words of a demo (`playing.said_in`): those of all demos, and its own."""
    folder = shipped_policies()[FIRST_DEMO].parent / "demo"
    paths = (folder / f"{one}.words" for one in ("people", name))
    return [path.read_text(encoding="utf-8") for path in paths if path.is_file()]


def _has_demo(rules: Path) -> bool:
    return (rules.parent / "demo" / f"{rules.stem}.txt").is_file()


def zone_of(policy_name: str, country: str | None, timezone: str | None) -> ZoneInfo:
    """The time zone that `found` gives to a register with a shipped rule set."""
    if timezone is None and country is None:
        policy, _lines = yamlfile.read_document(shipped_policy(policy_name), policy_name)
        country = countries.home_of(policy)
    return countries.zone(timezone, (country or "").upper())


class _Place(NamedTuple):
    """Where a register is at home, as it was asked for, else as is usual for the country of its rules."""

    country: str
    language: str
    zone: ZoneInfo
    currency: str


def found(wish: Wish, now: int | None, *, dry_run: bool = False) -> Made:
    """Make a register in a folder that is none yet: one commit on an unborn branch, nothing else touched."""
    instant = now if now is not None else int(time.time())
    rules, policy_name = _rules(wish)
    policy, lines = yamlfile.read_document(rules, f"policies/{policy_name}.yaml")
    place = _place(wish, policy)
    if place.currency != policy["authority"]["currency"]:
        rules = _in_currency(rules, policy_name, place.currency)
        policy, lines = yamlfile.read_document(rules, f"policies/{policy_name}.yaml")
    schema.check("policy", policy, lines, f"policies/{policy_name}.yaml")
    _check_amounts(policy, policy_name, place.currency)
    years = _years(times.day_of(instant, place.zone).year)
    calendar = calendars.document(place.country, wish.subdivision, years, place.language)
    root = wish.directory
    if (root / ".git").exists() and (root / documents.REGISTER).exists():
        raise RegisterState(
            _("{path} is a register already.").format(path=root), hint=f"complaintctl -C {root} list"
        )
    owner = _owner(wish, root, policy)
    files = {
        ".gitattributes": ATTRIBUTES.encode(),
        documents.REGISTER: _yaml("register", _settings(wish, place, policy_name)),
        documents.STAFF: _yaml("staff", {"format": "1", "staff": [owner]}),
        documents.CALENDAR: calendars.render(calendar),
        f"policies/{policy_name}.yaml": rules,
        **{f"schemas/{name}.schema.json": schema.schema_text(name).encode() for name in schema.SCHEMAS},
    }
    _check(files)
    _check_vacant(root, files)
    commit = "" if dry_run else _write(root, files, owner, times.iso(instant, place.zone))
    role = policy["roles"][owner["role"]]["label"]
    return Made(root, commit, owner, _warnings(calendar), policy_name, place.language, role)


def _place(wish: Wish, policy: Any) -> _Place:
    country = (wish.country or countries.home_of(policy)).upper()
    zone = countries.zone(wish.timezone, country)
    usual = None if wish.policy_file else countries.CURRENCIES.get(country)  # rules of one's own say theirs
    currency = wish.currency or usual or policy["authority"]["currency"]
    return _Place(country, wish.language or countries.LANGUAGES.get(country, "en"), zone, currency)


def _settings(wish: Wish, place: _Place, policy_name: str) -> dict[str, Any]:
    """What register.yaml says."""
    root = wish.directory
    return {
        "format": "1",
        "name": wish.name or root.name or "register",
        "language": place.language,
        "timezone": place.zone.key,
        "country": place.country,
        **({"subdivision": wish.subdivision} if wish.subdivision else {}),
        "currency": place.currency,
        "branch": _branch(root),
        "policy": policy_name,
        "signing": "off",
        "evidence_limit": EVIDENCE_LIMIT,
    }


def _rules(wish: Wish) -> tuple[bytes, str]:
    """The rules to start with and their name; BadData with all that is wrong with rules of one's own."""
    if wish.policy_file is None:
        return shipped_policy(wish.policy_name), wish.policy_name
    from complaintctl.documents import may_be_policy
    from complaintctl.policyproblems import policy_problems

    try:
        data = wish.policy_file.read_bytes()
    except OSError as error:
        raise Usage(
            _("--policy {name} cannot be read: {why}.").format(
                name=printable(wish.policy_name), why=error.strerror
            )
        ) from None
    policy, lines = yamlfile.read_document(data, wish.policy_name)
    schema.check("policy", policy, lines, wish.policy_name)
    problems = policy_problems(policy, wish.policy_name, lines)
    if problems:
        raise BadData(_("{path} breaks the rules for rules.").format(path=wish.policy_name), problems)
    if not may_be_policy(policy["name"]):
        raise Usage(
            _("--policy: rules cannot have the name {name}; another file of the register has it.").format(
                name=policy["name"]
            )
        )
    return data, policy["name"]


def _in_currency(data: bytes, name: str, currency: str) -> bytes:
    """A rule set, its limits put into the register's currency: the figures stay as they are."""
    if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise Usage(_("--currency is three capital letters, such as CNY or EUR."))

    def change(document: Any) -> None:
        document["authority"]["currency"] = currency

    return yamlfile.edit_document(data, name, change)


def _check_amounts(policy: Any, name: str, currency: str) -> None:
    """`Usage` for a currency in which the amounts of the rule set cannot be written (yen have no cents)."""
    from complaintctl.policyproblems import policy_problems

    problems = policy_problems(policy, f"policies/{name}.yaml", {})
    if problems:
        raise Usage(
            _(
                "--currency {currency}: the amounts of the rule set {name} are not written in it ({path})."
            ).format(currency=currency, name=name, path=problems[0].path),
            hint=_("a currency with other decimals needs a rule set whose amounts are written so"),
        )


def _years(year: int) -> list[int]:
    """The years of the first calendar: this one and the next, as far as calendars reach."""
    first, last = times.CALENDAR_YEARS
    years = [one for one in (year, year + 1) if first <= one <= last]
    if not years:
        raise Usage(
            _("--now: calendars reach from {first} to {last}, so no register begins in {year}.").format(
                first=first, last=last, year=year
            )
        )
    return years


def _branch(root: Path) -> str:
    """The branch of the register: that of a repository that is there already, else main."""
    return (Repository.find(root).branch() if (root / ".git").exists() else None) or "main"


def _owner(wish: Wish, root: Path, policy: Any) -> Staff:
    if wish.owner:
        ident, name, email = wish.owner
    else:
        known = _git_identity(root)
        if known is None:
            raise RegisterState(
                _("git knows nobody here, so the register has no first member of staff."),
                hint='--owner "boss:Ann Lee <ann@shop.example>"',
            )
        name, email = known
        ident = (
            "".join(c if c.isascii() and c.isalnum() else "." for c in email.split("@")[0].lower()).strip(".")
            or "owner"
        )
        while ".." in ident:
            ident = ident.replace("..", ".")
    return {
        "id": ident,
        "name": name,
        "emails": [email],
        "role": policy["authority"]["ladder"][-1]["role"],
        "active": True,
    }


def _git_identity(root: Path) -> Person | None:
    """The git identity that commits in this folder would have."""
    from complaintctl import gitprocess

    folder = root
    while not folder.is_dir():
        folder = folder.parent
    outcome = gitprocess.run(folder, "config", "-z", "--get-regexp", r"^user\.(name|email)$")
    known = dict(
        entry.partition("\n")[::2] for entry in outcome.out.decode(errors="replace").split("\0") if entry
    )
    if not known.get("user.name") or not known.get("user.email"):
        return None
    return Person(known["user.name"], known["user.email"])


def _yaml(kind: str, data: dict[str, Any]) -> bytes:
    """A short document of people's own, in the plainest spelling."""
    lines = [f"# yaml-language-server: $schema=../schemas/{kind}.schema.json"]
    for key, value in data.items():
        if isinstance(value, list):
            lines.append(f"{key}:")
            for entry in value:
                for number, (field, inner) in enumerate(entry.items()):
                    lines.append(
                        f"{'  - ' if number == 0 else '    '}{field}: {json.dumps(inner, ensure_ascii=False)}"
                    )
        else:
            lines.append(f"{key}: {json.dumps(value, ensure_ascii=False)}")
    return ("\n".join(lines) + "\n").encode()


def _check(files: dict[str, bytes]) -> None:
    for path, data in files.items():
        kind = documents.kind_of(path)
        if kind in {"register", "staff", "calendar"}:
            document, lines = yamlfile.read_document(data, path)
            schema.check(kind, document, lines, path)


def _warnings(calendar: Any) -> list[str]:
    return [
        _(
            "the calendar of {year} is not published yet; dates in it are provisional"
            " (complaintctl calendar update {year})"
        ).format(year=year)
        for year, entry in calendar["years"].items()
        if not entry["published"]
    ]


def _check_vacant(root: Path, files: dict[str, bytes]) -> None:
    """Refuse a folder that holds what the first commit would make, or a history."""
    existing = [path for path in files if (root / path).exists()]
    if existing:
        raise RegisterState(
            _("{path} is in the way; a register starts where these files are not.").format(path=existing[0]),
            hint=_("complaintctl init in an empty folder"),
        )
    if (root / ".git").exists() and Repository.find(root).head() is not None:
        raise RegisterState(
            _("{path} is a git repository with a history of its own.").format(path=root),
            hint=_("complaintctl init in a folder of its own"),
        )


def _write(root: Path, files: dict[str, bytes], owner: Staff, at: str) -> str:
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentFault(
            _("{path} cannot be made: {why}").format(path=root, why=error.strerror)
        ) from None
    repository = Repository.init(root, "main") if not (root / ".git").exists() else Repository.find(root)
    author = Person(owner["name"], owner["emails"][0])
    with repository.lock():
        return repository.commit(
            [Edit(path, None, data) for path, data in files.items()],
            message="register: init\n\nStep: init\nBy: " + owner["id"] + "\n",
            author=author,
            author_time=at,
            committer=None,
            base="",
            branch=repository.branch() or "main",
        )

"""A change of the register's own files judged: who may change rules is a rule, and cases keep theirs."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from complaintctl import documents, seal, signing
from complaintctl.errors import BadData, Refused, RegisterState
from complaintctl.findings import Finding
from complaintctl.i18n import _
from complaintctl.seal import ATTRIBUTES, FOLDERS
from complaintctl.staffing import check_top, manages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from complaintctl.authority import Staff
    from complaintctl.inforce import Rules
    from complaintctl.walking import Change, Commit
    from complaintctl.world import World

# Files that steer how changes are checked or shown elsewhere: only whoever may change rules may touch them.
_STEERING = (".github/", ".forgejo/", ".gitea/", ".gitlab/")
_STEERING_FILES = frozenset(
    {".gitlab-ci.yml", ".pre-commit-config.yaml", "codeowners", "docs/codeowners", ".gitmodules", ".mailmap"}
)
# What would keep a change out of sight, or change a file on its way: no register needs it.
_HIDING = re.compile(
    r"\s(?:-diff|binary|diff=|filter=|merge=|-merge|export-|linguist-|ident|working-tree-encoding)"
)


def is_rule(path: str) -> bool:
    """Whether a file is one that only whoever may change rules may touch, in whatever letter case."""
    plain = path.casefold()
    return (
        plain.startswith(tuple(f"{folder}/" for folder in FOLDERS))
        or plain in FOLDERS
        or plain.rpartition("/")[2] == ATTRIBUTES
        or plain.startswith(_STEERING)
        or plain in _STEERING_FILES
    )


def judge(
    world: World, commit: Commit, author: Staff | None, changes: Sequence[Change], before: Rules | None
) -> list[Finding]:
    """What stands against a change of these files; `before`: the rules that it is judged by, if any."""
    after = world.rules_after(changes)

    def finding(rule: str, message: str, place: str = "") -> Finding:
        return Finding(commit.id, "", rule, message, place)

    unsealed = _sealed(world, changes, before, after)
    findings = [finding("signature", why, seal.PATH) for why in unsealed]
    if unsealed or not _is_under_seal(changes, before, after):
        may = _may(before or after, author)
        findings += [finding("rules", why, changes[0].path) for why in may]
    findings += [
        finding(
            "rules",
            _("stands beside {path} and could be taken for it").format(path=_meant(one.path)),
            one.path,
        )
        for one in changes
        if one.new and _meant(one.path) != one.path
    ]
    findings += [finding("rules", why, place) for why, place in _sound(before, after)]
    findings += [
        finding("rules", _("would keep changes out of sight, or alter files on their way"), one.path)
        for one in changes
        if one.new and one.path.rpartition("/")[2] == ATTRIBUTES and _hides(world, one.new)
    ]
    return findings


def _is_under_seal(changes: Sequence[Change], before: Rules | None, after: Rules) -> bool:
    """Whether a seal says all of who made a change, so that the author of its commit need not be anybody."""
    return (
        before is not None
        and not before.broken
        and not after.broken
        and signing.on(before.settings)
        and all(seal.covers(one.path) or one.path == seal.PATH for one in changes)
    )


def _meant(path: str) -> str:
    """The path as it has to be spelled, where another letter case would be the same file on some systems."""
    top, slash, rest = path.partition("/")
    if top.casefold() in {*FOLDERS, "cases"}:
        top = top.casefold()
    folder, cut, name = rest.rpartition("/")
    if name.casefold() == ATTRIBUTES or top.casefold() == ATTRIBUTES:
        name, top = (name.casefold(), top) if slash else (name, top.casefold())
    return f"{top}{slash}{folder}{cut}{name}"


def _may(rules: Rules, author: Staff | None) -> Iterator[str]:
    """Why the author of a commit may not change rules, by these."""
    if author is None:
        yield _("the rules were changed by somebody who is not on the staff")
        return
    try:
        policy = rules.in_force[0]
    except (BadData, RegisterState) as bad:
        yield _("nobody may change anything by rules that cannot be read ({why})").format(why=bad.message)
        return
    if not manages(author, policy):
        yield _("{who} may not change the rules").format(who=author["id"])


def _sound(before: Rules | None, after: Rules) -> Iterator[tuple[str, str]]:
    """What is wrong with the rules after a change: broken, or something that cases rest on is gone."""
    if documents.REGISTER not in after.documents.blobs:
        if before is not None:
            yield _("the register's own file was deleted"), documents.REGISTER
        return
    why = after.broken
    if why:
        yield why, documents.FOLDER
    elif before is not None and not before.broken:
        yield from _kept(before, after)


def _kept(before: Rules, after: Rules) -> Iterator[tuple[str, str]]:
    """What was taken away of rules that stood, and of people."""
    if after.settings.get("sample") and not before.settings.get("sample"):
        yield _("a register that is in use cannot become a sample"), documents.REGISTER
    old, new = before.documents, after.documents
    try:
        check_top(old.staff, new.staff, after.in_force[0], "en")
    except Refused as refusal:
        yield refusal.message, documents.STAFF
    for ident in before.people.keys() - after.people.keys():
        yield (
            _("{who} was taken off the staff file; who leaves is retired").format(who=ident),
            documents.STAFF,
        )
    for (name, version), one in sorted(old.policies.items()):
        if one.sha256 in new.fingerprints:
            continue
        now = new.policies.get((name, version))
        why = _("version {version} of {name} is no longer kept")
        if now is not None:
            why = _("{name} was changed under its version {version}")
        yield why.format(name=name, version=version), (now or one).path


def unsound(
    world: World, changes: Sequence[Change], lines: Sequence[Rules], *, sealed: bool
) -> list[tuple[str, str, str]]:
    """What is wrong with rules that a merge took from several lines: rule, why, place.

    `sealed`: the rules are those of no line alone, so that no seal of a line can be over them.
    """
    after = world.rules_after(changes)
    found = [("merge", why, place) for before in lines for why, place in _sound(before, after)]
    if sealed:
        found += [("signature", why, seal.PATH) for why in _sealed(world, changes, lines[0], after)]
    return list(dict.fromkeys(found))


def _hides(world: World, blob: str) -> bool:
    text = world.blobs.get(blob).decode("utf-8", "replace")
    return any(_HIDING.search(line) for line in text.splitlines() if not line.lstrip().startswith("#"))


def _sealed(world: World, changes: Sequence[Change], before: Rules | None, after: Rules) -> list[str]:
    """What is wrong with the seal over the rules, where the register asks for one."""
    try:
        if not signing.on(after.settings) and not (before is not None and signing.on(before.settings)):
            return []
        old = None if before is None else _under_seal(world, before, ())
        return seal.faults(old, _under_seal(world, after, changes))
    except (BadData, RegisterState):
        return []  # told elsewhere


def _under_seal(world: World, rules: Rules, changes: Iterable[Change]) -> seal.Rules:
    files = {path: node.id for folder in FOLDERS for path, node in world.trees.everything(folder)}
    attributes = world.trees.node(ATTRIBUTES)
    if attributes is not None:
        files[ATTRIBUTES] = attributes.id
    for change in changes:
        files.pop(change.path, None)
        if change.new:
            files[change.path] = change.new
    data = {
        path: world.blobs.get(blob) for path, blob in files.items() if seal.covers(path) or path == seal.PATH
    }
    return seal.Rules(
        {path: hashlib.sha256(one).hexdigest() for path, one in data.items() if path != seal.PATH},
        data.get(seal.PATH),
        rules.settings,
        rules.documents.staff,
        rules.in_force[0],
    )

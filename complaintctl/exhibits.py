"""The evidence beside a case judged: the files that the case names, whole and as they were (S0-12)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from complaintctl.findings import place_of
from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from complaintctl.walking import Change
    from complaintctl.world import World

_FOLDER = "cases/2026/11/C-20261116-7K3MQ4"  # of any case: a name is judged by where it lies


def faults(
    world: World, path: str, old: Any, new: Any, beside: Iterable[Change]
) -> Iterator[tuple[str, str]]:
    """What stands against a change of a case's evidence, and the file that it is about.

    `path`: of the case; `old` and `new`: the case before and after (None: none that
    can be read); `beside`: what happened to the files beside it.  The world stands
    before the change.
    """
    folder = path.removesuffix(".yaml")
    named = {entry["file"]: entry for entry in (new or {}).get("evidence", ())}
    seen = {entry["file"] for entry in (old or {}).get("evidence", ())}
    for change in beside:
        name = change.path.removeprefix(folder + "/")
        seen.add(name)
        why = _changed(world, change, name, named.get(name))
        if why:
            yield why, change.path
    for name, entry in named.items():
        if name not in seen:
            node = world.trees.node(f"{folder}/{name}")
            why = _("the evidence file is not there") if node is None else _unlike(world, entry, node.id)
            if why:
                yield why, f"{folder}/{name}"


def _changed(world: World, change: Change, name: str, entry: Any) -> str:
    """Why a file beside a case may not change like this; empty when it may."""
    if not change.new:
        return _("evidence that the case names was removed") if entry is not None else ""
    if change.old:
        return _("evidence was replaced")
    if entry is None:
        what = place_of(f"{_FOLDER}/{name}").removeprefix(f"{_FOLDER}/")
        return _("{file} lies beside the case, but the case does not name it").format(file=what)
    return _unlike(world, entry, change.new)


def _unlike(world: World, entry: Any, blob: str) -> str:
    """Why a file is not the evidence that a case describes; empty when it is."""
    data = world.blobs.get(blob)
    if hashlib.sha256(data).hexdigest() != entry["sha256"] or len(data) != entry["size"]:
        return _("the evidence file is not the one that the case names: its SHA-256 is another")
    return ""

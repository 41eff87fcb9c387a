"""What is wrong with a policy, and what is worth a look, each with the line in which it stands (B8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import policyrules
from complaintctl.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from complaintctl.policy import Policy

    Lines = Mapping[tuple[Any, ...], int]


def policy_problems(policy: Policy, name: str, lines: Lines) -> list[Problem]:
    """What is wrong with a policy as a whole (`policyrules`), in the order of its lines (B8)."""
    return _placed_in(policyrules.problems(policy), name, lines)


def policy_doubts(policy: Policy, name: str, lines: Lines) -> list[Problem]:
    """What in a policy may be meant so but is worth a look, in the order of its lines."""
    return _placed_in(policyrules.doubts(policy), name, lines)


def _placed_in(found: Iterable[tuple[str, str]], name: str, lines: Lines) -> list[Problem]:
    """Problems of a policy with their lines; ids may hold dots, so paths are compared as they are written."""
    written = {_written(place): line for place, line in lines.items()}
    placed = [Problem(name, _nearest(written, path), path, message) for path, message in found]
    return sorted(placed, key=lambda one: one.line)


def _written(place: tuple[Any, ...]) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)


def _nearest(written: Mapping[str, int], path: str) -> int:
    """The line of a path, else of the nearest part around it that has one."""
    while path and path not in written:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return written.get(path, 0)

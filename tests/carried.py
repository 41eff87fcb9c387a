"""What the page of requirements says carries a demand, looked up: rules that ship, commands, tables, fields.

``optical: playbooks.late`` is an entry of a rule set, ``every: conduct`` one of
all of them, ``report weekly: quality`` a table, ``case: about.batch`` a field,
and all else a command with options.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import yaml12

from complaintctl import founding, report, schema
from tests import generated

TABLES = {
    "weekly": report.TABLES,
    "monthly": report.MONTHLY,
    "principles": report.PRINCIPLES,
    "improvements": ("improvements",),
    "lessons": ("lessons",),
}
_ROW = re.compile(r"^\| (S[0-4][a-e]?-[0-9]+|[MWN][0-9]+) \| (.*) \| (.*) \|(.*)\|$", re.MULTILINE)


class Demand(NamedTuple):
    """One row of the page."""

    ident: str
    asked: str
    carried: str  # what carries it, as it is written
    tests: list[str]

    @property
    def named(self) -> list[str]:
        """What carries it, one by one."""
        return re.findall(r"`([^`]+)`", self.carried)

    @property
    def is_later(self) -> bool:
        """Whether all of it is still to come."""
        return self.carried.startswith("later")

    @property
    def see(self) -> list[str]:
        """The demands that it went into."""
        return re.findall(r"\bS[0-4][a-e]?-[0-9]+", self.carried)


def demands(text: str) -> list[Demand]:
    """The rows of the page, in order."""
    return [
        Demand(row[1], row[2], row[3], [name for name in row[4].strip().split(", ") if name])
        for row in _ROW.finditer(text)
    ]


def missing(named: str) -> str | None:
    """Why something that is named does not exist; None where it does."""
    place, colon, path = named.partition(": ")
    if not colon:
        return _command(named)
    if place.startswith("report "):
        known = TABLES.get(place.removeprefix("report "), ())
        return None if path in known else f"{place} has no table {path}"
    if place == "case":
        return None if _field(path) else f"a case has no {path}"
    names = list(founding.shipped_policies()) if place == "every" else [place]
    lacking = [name for name in names if not _has(_rules(name), path)]
    return f"{', '.join(lacking)} without {path}" if lacking else None


def _command(words: str) -> str | None:
    verb = [word for word in words.split() if not word.startswith("--")]
    try:
        known = {word for option in generated.options_of(" ".join(verb)) for word in option.opts}
    except (KeyError, AssertionError):
        return f"there is no {' '.join(verb)}"
    lacking = [word for word in words.split() if word.startswith("--") and word not in known]
    return f"{' '.join(verb)} has no {', '.join(lacking)}" if lacking else None


@functools.cache
def _rules(name: str) -> Any:
    """A rule set that ships, as data; an empty one where there is none of that name."""
    path = founding.shipped_policies().get(name)
    return yaml12.parse_yaml(path.read_text(encoding="utf-8")) if path else {}


def _has(node: Any, path: str) -> bool:
    """Whether there is something at a path; ids may hold dots, entries of lists go by their names."""
    if not path:
        return node not in (None, False, "", [], {})
    if isinstance(node, list):
        node = {str(one.get("name", one.get("role", one.get("level")))): one for one in node}
    elif isinstance(node, Mapping) and "checks" in node and path not in node:
        node = {one["name"]: one for one in node["checks"]}
    if not isinstance(node, Mapping):
        return False
    rest = ((node[key], path[len(key) + 1 :]) for key in node if path == key or path.startswith(f"{key}."))
    return any(_has(below, left) for below, left in rest)


@functools.cache
def _case_schema() -> Any:
    return json.loads(schema.schema_text("case"))


def _field(path: str) -> bool:
    node = _case_schema()
    for key in path.split("."):
        while "$ref" in node:
            node = _case_schema()["$defs"][node["$ref"].rpartition("/")[2]]
        node = node.get("items", node).get("properties", {}).get(key)
        if node is None:
            return False
    return True

"""The examples of rules in a document: each put into a whole policy, so that it can be judged.

An example is a block of three backticks and ``yaml``.  HTML comments before it:

* ``<!-- rules: corner -->``: the block is a complete policy;
* ``<!-- rules: corner, more -->``: it is added to what was said of that policy before;
* ``<!-- needs: causes workshop.error, remedies remake -->``: ids that it takes for granted.

Without them an example is put into the supermarket's rules.  Entries that have
a name or an id are added to those that there are, other lists are replaced.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml12

from complaintctl import policyrules, schema
from complaintctl.conditionfaults import when_problems
from complaintctl.levels import rule_problems

_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"<!-- (rules|needs): ([^>]*?) -->")
_FILE = Path(__file__).parent.parent / "policies" / "supermarket.yaml"


class Example(NamedTuple):
    """An example, and the policy that it makes."""

    line: int  # of its first line in the document, counted from 1
    rules: str  # the name of the policy that it belongs to
    text: str
    policy: Any


def supermarket() -> Any:
    """The rules that ship, with English alone, so that examples may be short."""
    return yaml12.parse_yaml(_FILE.read_text(encoding="utf-8")) | {"languages": ["en"]}


def examples(text: str) -> Iterator[Example]:
    """Every example of rules, in order; conditions alone (``when:``) are none."""
    whole: dict[str, Any] = {}
    end = 0
    for found in _BLOCK.finditer(text):
        scene = dict(_COMMENT.findall(text[end : found.start()]))
        end = found.end()
        if found[1].startswith("when:"):
            continue
        name, _comma, more = scene.get("rules", "supermarket").partition(",")
        part = yaml12.parse_yaml(found[1])
        if name == "supermarket":
            policy = merged(_with_ids(supermarket(), scene.get("needs", "")), part)
        else:
            policy = whole[name] = merged(whole[name], part) if more else part
        yield Example(text.count("\n", 0, found.start()) + 2, name, found[1], copy.deepcopy(policy))


def merged(old: Any, new: Any) -> Any:
    """A part of a policy with what an example says of it."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {
            **old,
            **{key: merged(old[key], value) if key in old else value for key, value in new.items()},
        }
    if isinstance(new, list) and new and all(isinstance(one, dict) and "name" in one for one in new):
        names = {one["name"] for one in new}
        return [one for one in old if one["name"] not in names] + new
    return new


def _with_ids(policy: Any, needs: str) -> Any:
    """The policy with ids that an example takes for granted, each with a plain entry."""
    for group in filter(None, needs.split(",")):
        kind, *ids = group.split()
        more = {"amount": "none", "cost": "price"} if kind == "remedies" else {}
        entries = {ident: {"label": {"en": ident}, **more} for ident in ids}
        policy = {**policy, kind: {**policy.get(kind, {}), **entries}}
    return policy


def problems(policy: Any) -> list[str]:
    """All that is wrong with a policy: its form, then its rules."""
    found = [f"{one.path}: {one.message}" for one in schema.problems("policy", policy, {}, "example")]
    return found or [f"{path}: {message}" for path, message in policyrules.problems(policy)]


def conditions(text: str) -> Iterator[Any]:
    """Every condition in the blocks that show nothing else."""
    for found in _BLOCK.finditer(text):
        for one in re.split(r"^(?=when:)", found[1], flags=re.MULTILINE):
            if one.startswith("when:"):
                yield yaml12.parse_yaml(one)["when"]


def condition_problems(when: Any) -> list[str]:
    """What is wrong with a condition, asked in a level, where all of the language may be used."""
    level = {"level": 1, "label": {"en": "x"}, "any": [{"label": {"en": "x"}, "when": when}]}
    last = {"level": 2, "label": {"en": "y"}}
    plain = {fact: asked for fact, asked in when.items() if fact not in ("age", "repetition")}
    found = when_problems(plain, supermarket())
    return found + [message for _path, message in rule_problems(supermarket() | {"levels": [level, last]})]

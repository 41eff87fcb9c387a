"""What differs between the letters of two policies: kinds that are new or gone, and lines of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl.entrydiff import Change, added, fields, removed
from complaintctl.i18n import _
from complaintctl.labels import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from complaintctl.wording import Names

_LONGEST = 300  # characters of what changed in a text
_AROUND = ("heading", "opening", "decision", "closing")
_PARTS = ("label", "subject", "text", "after")


def changes(before: Mapping[str, Any], after: Mapping[str, Any], names: Names) -> Iterator[Change]:
    """Kinds of letters that are new or gone, and the lines of texts that changed, in each language."""
    was, now = before.get("kinds", {}), after.get("kinds", {})
    for kind in dict.fromkeys([*was, *now]):
        path = f"$.letters.kinds.{kind}"
        if kind not in now:
            yield removed(_("Letter"), kind, path, text(was[kind]["label"], names.language))
        elif kind not in was:
            yield added(_("Letter"), kind, path, text(now[kind]["label"], names.language))
    one, other = dict(_letter_texts(before)), dict(_letter_texts(after))
    for path in [path for path in one if path in other] if was and now else ():
        for tag in dict.fromkeys([*one[path], *other[path]]):
            old, new = (side[path].get(tag, "").splitlines() for side in (one, other))
            if old != new:
                words = _("Letters, {part} ({tag}): “{old}” → “{new}”").format(
                    part=path.removeprefix("kinds.").replace(".", ", "),
                    tag=tag,
                    old=_only_in(old, new),
                    new=_only_in(new, old),
                )
                yield Change("label", f"$.letters.{path}.{tag}", words, "\n".join(old), "\n".join(new))
    was, now = ({k: v for k, v in side.items() if k in {"method", "source"}} for side in (before, after))
    yield from fields(_("Letters"), "$.letters", was, now, names)
    for group in ("elsewhere", "kinds"):
        one, other = before.get(group, {}), after.get(group, {})
        for key in [key for key in one if key in other]:
            was, now = ({k: v for k, v in side[key].items() if k == "source"} for side in (one, other))
            yield from fields(_("Letters"), f"$.letters.{group}.{key}", was, now, names)


def _only_in(one: Sequence[str], other: Sequence[str]) -> str:
    """The lines of a text that another does not have, shortened: letters are long."""
    found = " ".join(line for line in one if line and line not in other)
    return found if len(found) <= _LONGEST else found[: _LONGEST - 1] + "…"


def _letter_texts(letters: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every text of the letters with its place."""
    yield from ((part, letters[part]) for part in _AROUND if part in letters)
    yield from ((f"elsewhere.{key}", one["label"]) for key, one in letters.get("elsewhere", {}).items())
    for kind, entry in letters.get("kinds", {}).items():
        yield from ((f"kinds.{kind}.{part}", entry[part]) for part in _PARTS if part in entry)

"""What two sides of a clash say, side by side, for whoever chooses; nothing that could reach the customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import papers
from complaintctl.errors import BadData
from complaintctl.tuples import NamedTuple
from complaintctl.yamlfile import read_case

if TYPE_CHECKING:
    from complaintctl.case import Case
    from complaintctl.gitdir import GitDir
    from complaintctl.joining import Clash
    from complaintctl.merging import Contradiction

_HIDDEN = ("customer.", "about.receipt")
_LONGEST = 200  # letters of a text


class Sides(NamedTuple):
    """A case as each side has it; None: not at all, or it cannot be read."""

    ours: Case | None
    theirs: Case | None

    @property
    def strangers(self) -> bool:
        """Whether these are two complaints with one id."""
        if self.ours is None or self.theirs is None:
            return False
        return self.ours["intake"] != self.theirs["intake"]


def sides(repository: GitDir, clash: Clash) -> Sides:
    """The two cases of a clash."""
    found = []
    for blob in (clash.ours, clash.theirs):
        data = repository.objects([blob])[0] if clash.case and blob else None
        try:
            found.append(read_case(data.data, clash.path) if data else None)
        except BadData:
            found.append(None)
    return Sides(*found)


def worded(clash: Clash, both: Sides) -> Clash:
    """The clash with both texts where both say something in one field, unless it is kept from sight."""
    return clash._replace(found=tuple(_worded(one, both) for one in clash.found))


def _worded(one: Contradiction, both: Sides) -> Contradiction:
    if kept_back(one) or "[" in one.place:
        return one
    texts = [_text(side, one.place) for side in both]
    if not all(isinstance(text, str) for text in texts):
        return one
    return one._replace(ours=f'"{texts[0]}"', theirs=f'"{texts[1]}"')


def kept_back(one: Contradiction) -> bool:
    """Whether it is about what could reach the customer."""
    return one.place.startswith(_HIDDEN)


def _text(case: Case | None, place: str) -> str | None:
    found: Any = case
    for key in place.split(".") if place else ["-"]:
        found = found.get(key) if isinstance(found, dict) else None
    if case is None or not isinstance(found, str):
        return None
    text = " ".join(papers.unsaid(found, case).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

"""The committed cases of a register, to be gone through more than once without keeping them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complaintctl.case import Case
    from complaintctl.register import Register

_STEP = 200  # so often progress is told


class Cases:
    """Every readable case, in order of id; `passes`: how often they will be read, for the progress."""

    def __init__(self, register: Register, passes: int = 2) -> None:
        from complaintctl.forms import Reader

        self._register = register
        self._entries = register.index.entries()
        self._read = Reader().read
        self._done, self._all = 0, passes * len(self._entries)

    def __iter__(self) -> Iterator[Case]:
        from complaintctl.casefiles import path_of

        blobs = self._register.repository.blobs(blob for _ident, blob in self._entries)
        for (ident, _blob), (_same, data) in zip(self._entries, blobs, strict=True):
            yield self._read(data, path_of(ident))
            self._tell()

    def _tell(self) -> None:
        self._done += 1
        progress = self._register.settings.progress
        if progress and (self._done % _STEP == 0 or self._done == self._all):
            progress(self._done, self._all)

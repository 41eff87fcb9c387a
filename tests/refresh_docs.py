"""Run every console block of the documents and write what is printed now: `python -m tests.refresh_docs`.

The tables of options, of modules and of tests are made anew as well.
Blocks whose output still fits are left as they are.  Where a document shortens
an output with `...` and it no longer fits, the whole output is written, to be
shortened again by hand.  Look at the diff before you commit it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests import console, generated

TOP = Path(__file__).parent.parent
PLAYED = (
    "README.md",
    "README.es.md",
    "README.zh-CN.md",
    "docs/manual.md",
    "docs/review.md",
    "docs/architecture.md",
    "docs/requirements.md",
)


def refresh(names: list[str]) -> None:
    """Write the documents anew, and say which of them changed."""
    for name in names:
        path = TOP / name
        before = path.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            after = console.refreshed(generated.refreshed(before), Path(folder).resolve())
        if after != before:
            path.write_text(after, encoding="utf-8")
        sys.stdout.write(f"{name}: {'written' if after != before else 'as it was'}\n")


if __name__ == "__main__":
    refresh(sys.argv[1:] or list(PLAYED))

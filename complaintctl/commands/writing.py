"""Where a text or a workbook goes: to standard output, or to a file that was named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from complaintctl.errors import EnvironmentFault
from complaintctl.i18n import _

if TYPE_CHECKING:
    from pathlib import Path


def write(text: str, output: Path | None, form: str) -> None:
    """Print a text, or write it to a file; CSV files begin with a byte order mark."""
    if output is None:
        click.echo(text, nl=not text.endswith("\n"))
    else:
        write_bytes(text.encode("utf-8-sig" if form == "csv" else "utf-8"), output)


def write_bytes(data: bytes, path: Path) -> None:
    """Write a file; EnvironmentFault where that cannot be done."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise unwritten(path, error) from None


def unwritten(path: Path, error: OSError) -> EnvironmentFault:
    """That a file or a folder cannot be written, and why."""
    return EnvironmentFault(_("{file} cannot be written: {why}").format(file=path, why=error.strerror))

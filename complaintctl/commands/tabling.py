"""The tables of a report as files: a workbook, or a folder with a CSV file for each."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from complaintctl import SHORT, __version__
from complaintctl.commands.writing import unwritten, write, write_bytes
from complaintctl.errors import Usage
from complaintctl.i18n import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo
    from pathlib import Path

    from complaintctl.commands.session import Session
    from complaintctl.report import Report

WORKBOOK = "xlsx"


class Target:
    """Where a report goes, as it was asked for: text to a file or the terminal, or its tables as files."""

    def __init__(self, form: str, only: str | None, output: Path | None) -> None:
        """`only`: one table.  Raises Usage for a workbook that would go to a terminal."""
        self.folder = form == "csv" and only is None and output is not None and _is_folder(output)
        self.tables = self.folder or form == WORKBOOK
        self.form = WORKBOOK if self.tables else form  # how the report is made
        self.output = output
        if form == "csv" and only is not None and output is not None and output.is_dir():
            self.output = output / f"{only}.csv"
        if form == WORKBOOK and output is None and sys.stdout.isatty():
            raise Usage(_("A workbook is no text for a terminal."), hint="--output FILE.xlsx")

    def put(
        self, session: Session, packed: str, zone: tzinfo, commit: str, name_of: Callable[[str, str], str]
    ) -> None:
        """Write the tables of a report that was packed: CSV with ids, a workbook with their names."""
        from complaintctl import worded
        from complaintctl.report.packing import unpacked

        report = unpacked(packed, zone)
        if self.folder and self.output is not None:
            _put_folder(report, self.output)
            count = len(report.tables)
            session.say(
                ngettext("{count} table in {folder}", "{count} tables in {folder}", count).format(
                    count=count, folder=self.output
                )
            )
            return
        data = _workbook(worded.report(report, name_of), commit)
        if self.output is None:
            click.echo(data, nl=False)
        else:
            write_bytes(data, self.output)


def _is_folder(path: Path) -> bool:
    """Whether a path is, or is going to be, a folder: one that is there, or a new name without a suffix."""
    return path.is_dir() or not (path.suffix or path.exists() or path.name == "-")


def _put_folder(report: Report, folder: Path) -> None:
    """A CSV file for each table, named like it, with a byte order mark; other files there stay."""
    from complaintctl import render

    files = {name: render.render(report, "csv", report.language, name) for name in report.tables}
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritten(folder, error) from None
    for name, text in files.items():
        write(text, folder / f"{name}.csv", "csv")


def _workbook(report: Report, commit: str) -> bytes:
    from complaintctl import render, sheets

    origin = _("commit {commit}, complaintctl {version}").format(commit=commit[:SHORT], version=__version__)
    return sheets.workbook(report, list(report.tables), heading=render.heading(report), origin=origin)

"""A report as text and back: so that a counted one can be kept, and written as other files later."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from complaintctl.report.tables import Column, Report, Table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo


def packed(report: Report, names: Sequence[str]) -> str:
    """A report with the tables of these names as one line of JSON."""
    tables = [report.tables[name] for name in names]
    head = {**report._asdict(), "zone": None, "tables": [one._asdict() for one in tables]}
    return json.dumps(head, ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str, zone: tzinfo) -> Report:
    """The report that `packed` made a text of; `zone` is the register's."""
    found: dict[str, Any] = json.loads(text)
    tables = [
        Table(**{**one, "columns": [Column(*column) for column in one["columns"]]}) for one in found["tables"]
    ]
    owner = found["owner"] and cast("tuple[str, str]", tuple(found["owner"]))
    return Report(**{**found, "zone": zone, "owner": owner, "tables": {one.name: one for one in tables}})

"""The forms of a case of the sample register, as Markdown: `python -m tests.form_examples` writes the goldens anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from complaintctl import formpages, i18n, paperforms, schema
from complaintctl.workdays import WorkCalendar
from complaintctl.yamlfile import read_case, read_document

ROOT = Path(__file__).parent.parent
GOLDENS = ROOT / "tests" / "goldens" / "forms"
CASE = "cases/2026/11/C-20261103-W8V3NE.yaml"
LANGUAGES = ("en", "zh-CN", "es")
NAMES = (
    *paperforms.KINDS,
    "blank",
)  # blank: an empty registration form; the slip is empty too, and an optician's


def _document(name: str) -> Any:
    return read_document((ROOT / "policies" / f"{name}.yaml").read_bytes(), name)[0]


def made(name: str, language: str) -> str:
    """A form by the name of its golden, in its own words too."""
    settings, empty = _document("register"), name in {"blank", "slip"}
    zone = ZoneInfo(settings["timezone"])
    rules = _document("optical" if name == "slip" else "supermarket")
    ground = paperforms.Ground(
        policy=rules,
        labels=schema.field_labels("case", language),
        language=language,
        shop=settings["name"],
        currency=settings["currency"],
        staff=_document("staff")["staff"],
        zone=zone,
        calendar=WorkCalendar(_document("calendar"), zone),
        at="2026-11-22T22:00:00+08:00",
        level=rules["levels"][-1]["level"],
    )
    case = None if empty else read_case((ROOT / CASE).read_bytes(), CASE)
    before = i18n.language()
    i18n.use(language)
    try:
        form = paperforms.form("registration" if name == "blank" else name, case, ground)
        return formpages.markdown(form)
    finally:
        i18n.use(before)


def main() -> None:
    """Write all of them."""
    GOLDENS.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        for language in LANGUAGES:
            (GOLDENS / f"{name}.{language}.md").write_text(made(name, language), encoding="utf-8")


if __name__ == "__main__":
    main()

"""A paper form as a page to print (HTML, A4) and as Markdown; a browser makes a PDF of it.

What is empty is a line to write on or a box to tick.  Nothing on the page moves,
loads or asks for anything, and it is light on a dark screen too: it is paper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import cells
from complaintctl.i18n import _
from complaintctl.paperforms.parts import WHOLE
from complaintctl.webpage import document, esc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complaintctl.paperforms.parts import Box, Field, Form, Grid, Section

_LINE = "_" * 24
_RULE = '<span class="rule"></span>'
_STYLE = (
    """
:root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #444; --rule: #777 }
@media screen and (prefers-color-scheme: dark) {
  :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #444; --rule: #777 } }
@page { size: A4; margin: 8mm 11mm 10mm }
body { max-width: 194mm; padding: 6mm 3mm; font: 8.5pt/1.25 Arial, "Liberation Sans", "DejaVu Sans Condensed",
  "Noto Sans", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif }
header { display: flex; justify-content: space-between; align-items: flex-end; gap: 4mm;
  border-bottom: .6mm solid var(--ink); padding-bottom: 1mm }
h1 { font-size: 13pt; margin: 0 } header p { margin: 0 } header dl { min-width: 52mm }
h2 { font-size: 8.5pt; margin: 1.4mm 0 .3mm; padding: 0; border: 0; text-transform: none; break-after: avoid }
dl { display: grid; grid-template-columns: repeat(12, 1fr); gap: .6mm 2.4mm; margin: 0 }
header dl { display: block }
dl div { break-inside: avoid; min-width: 0; display: flex; flex-direction: column }
dt { color: var(--soft); font-size: 7pt; line-height: 1.2 }
dd { margin: 0; min-height: 4.4mm; border-bottom: .2mm solid var(--rule); flex: 1 } dd.ticks { border: 0 }
.rule { display: block; height: 4.9mm; border-bottom: .2mm solid var(--rule) }
dd.ruled { border: 0; min-height: 0; display: flex; flex-direction: column; justify-content: flex-end }
.tick { display: inline-block; margin-right: 2.2mm; white-space: nowrap; font-size: 8pt }
.box { display: inline-block; width: 2.9mm; height: 2.9mm; border: .25mm solid var(--ink); margin-right: .9mm;
  vertical-align: -.4mm; font: bold 8pt/2.6mm sans-serif; text-align: center; overflow: hidden }

table { width: 100%; font-size: 8pt; table-layout: fixed; margin: .8mm 0 0 }
th, td { border: .2mm solid var(--rule); padding: .4mm 1mm }
thead th { border-bottom: .2mm solid var(--rule); color: var(--soft); font-size: 7pt }
tbody tr:nth-child(even) { background: none } td.blank { height: 5.2mm }
.signatures { display: grid; grid-template-columns: repeat(3, 1fr); gap: 4mm; margin: 2mm 0 0 }
.signatures div { border: .25mm solid var(--rule); min-height: 14mm; padding: .8mm 1.2mm; display: flex;
  flex-direction: column; justify-content: space-between; break-inside: avoid }
.signatures p { margin: 0; font-size: 7pt; color: var(--soft) }
.signatures b { color: var(--ink); font-weight: 400 }
.notes { margin: 1.2mm 0 0; padding-left: 3.5mm; font-size: 6.8pt; color: var(--soft) }
.notes li { margin: 0 }
.words { margin: 1.5mm 0; font-size: 9pt } footer { margin-top: 1.5mm; padding-top: .6mm; font-size: 6.5pt;
  border-top: .2mm solid var(--rule) }
.roomy { font-size: 10.5pt; line-height: 1.35 } .roomy h2 { font-size: 10.5pt; margin: 4mm 0 1mm }
.roomy dl { gap: 1.6mm 4mm } .roomy dt { font-size: 8.5pt } .roomy .rule { height: 7.5mm }
.roomy table, .roomy .tick { font-size: 10pt }
.roomy thead th { font-size: 8.5pt } .roomy td.blank { height: 8mm }
.roomy th, .roomy td { padding: .9mm 1.6mm } .roomy .words { font-size: 10.5pt; margin: 4mm 0 }
.roomy .signatures { margin-top: 5mm } .roomy .signatures div { min-height: 26mm; padding: 1.5mm 2mm }
.roomy .signatures p, .roomy .notes { font-size: 8.5pt } .roomy .notes { margin-top: 3mm }
@media print { body { padding: 0; font-size: 8.5pt } h2 { margin-top: 1.4mm } table { font-size: 8pt } }
"""
    + "".join(f".w{columns} {{ grid-column: span {columns} }}\n" for columns in range(1, WHOLE + 1))
    + "".join(f".c{columns} {{ width: {100 * columns / WHOLE:.2f}% }}\n" for columns in range(1, WHOLE))
)


def as_data(form: Form) -> dict[str, Any]:
    """A form as plain JSON values."""
    return {
        "form": form.kind,
        "title": form.title,
        "shop": form.shop,
        "language": form.language,
        "head": [_field_data(one) for one in form.head],
        "sections": [
            {
                "title": section.title,
                "fields": [_field_data(one) for one in section.fields],
                "table": section.grid and {**section.grid._asdict()},
                "text": section.text or None,
            }
            for section in form.sections
        ],
        "signatures": [box._asdict() for box in form.boxes],
        "notes": list(form.notes),
        "foot": form.foot,
    }


def _field_data(field: Field) -> dict[str, Any]:
    return {
        "key": field.key,
        "label": field.label,
        "value": field.value or None,
        "choices": [one._asdict() for one in field.choices],
    }


# -- HTML


def page(form: Form) -> str:
    """A form as one self-contained page."""
    room = ' class="roomy"' if form.roomy else ""
    head = f"<div><h1>{esc(form.title)}</h1><p>{esc(form.shop)}</p></div>"
    body = [
        f"<header>{head}<dl>{''.join(map(_field, form.head))}</dl></header>",
        *map(_section, form.sections),
        f'<div class="signatures">{"".join(map(_signature, form.boxes))}</div>',
    ]
    if form.notes:
        body.append(f'<ul class="notes">{"".join(f"<li>{esc(note)}</li>" for note in form.notes)}</ul>')
    body.append(f"<footer>{esc(form.foot)}</footer>")
    number = form.head[0].value
    title = f"{form.title} {number}" if number else form.title
    return document(title, form.language, _STYLE, f"<main{room}>\n" + "\n".join(body) + "\n</main>")


def _section(section: Section) -> str:
    parts = [f"<h2>{esc(section.title)}</h2>"] if section.title else []
    if section.text:
        parts.append(f'<p class="words">{esc(section.text, lines=True)}</p>')
    if section.fields:
        parts.append(f"<dl>{''.join(map(_field, section.fields))}</dl>")
    if section.grid:
        parts.append(_grid(section.grid))
    return f"<section>{''.join(parts)}</section>"


def _field(field: Field) -> str:
    return f'<div class="w{field.width}"><dt>{esc(field.label)}</dt>{_value(field)}</div>'


def _value(field: Field) -> str:
    if field.value:
        return f"<dd>{esc(field.value, lines=True)}</dd>"
    if field.choices:
        return f'<dd class="ticks">{" ".join(_tick(one.label, one.ticked) for one in field.choices)}</dd>'
    return f'<dd class="ruled">{_RULE * field.lines}</dd>'


def _tick(label: str, ticked: bool) -> str:
    return f'<span class="tick"><span class="box">{"×" if ticked else ""}</span>{esc(label)}</span>'


def _grid(grid: Grid) -> str:
    """A table; nothing where it has no rows, not even to write in."""
    if not (grid.rows or grid.blank):
        return ""
    heads = "".join(f'<th scope="col">{esc(head)}</th>' for head in grid.heads)
    rows = ["".join(f"<td>{esc(cell, lines=True)}</td>" for cell in row) for row in grid.rows]
    rows += ['<td class="blank"></td>' * len(grid.heads)] * grid.blank
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    columns = "".join(f'<col class="c{width}">' for width in grid.widths)
    return (
        f"<table><colgroup>{columns}</colgroup><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    )


def _signature(box: Box) -> str:
    name = f"<b>{esc(box.name)}</b>" if box.name else ""
    day = esc(box.day) if box.day else "____________"
    sign = esc(_("Signature, date"))
    return f"<div><p>{esc(box.label)} {name}</p><p>{cells.told(sign, day)}</p></div>"


# -- Markdown


def markdown(form: Form) -> str:
    """A form as Markdown, with a newline at the end."""
    blocks = [f"# {cells.markdown(form.title)}", cells.markdown(form.shop), _rows(form.head)]
    for section in form.sections:
        blocks += _blocks(section)
    blocks.append(_signed(form.boxes))
    if form.notes:
        blocks.append("\n".join(f"- {cells.markdown(note)}" for note in form.notes))
    return "\n\n".join([*blocks, cells.markdown(form.foot)]) + "\n"


def _signed(boxes: Sequence[Box]) -> str:
    """The places to sign as a table."""
    rows = [[_("Who"), _("Name"), _("Signature"), _("Date")], ["---"] * 4]
    rows += [[_inline(box.label), _inline(box.name), _LINE, _inline(box.day) or _LINE] for box in boxes]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _blocks(section: Section) -> Iterator[str]:
    if section.title:
        yield f"## {cells.markdown(section.title)}"
    if section.text:
        yield _inline(section.text)
    if section.fields:
        yield _rows(section.fields)
    if section.grid and (section.grid.rows or section.grid.blank):
        yield _pipes(section.grid)


def _rows(fields: Sequence[Field]) -> str:
    return "\n".join(
        ["| | |", "|---|---|", *(f"| {cells.markdown(one.label)} | {_told(one)} |" for one in fields)]
    )


def _told(field: Field) -> str:
    if field.value:
        return _inline(field.value)
    if field.choices:
        return " ".join(f"{'☑' if one.ticked else '☐'} {cells.markdown(one.label)}" for one in field.choices)
    return "<br>".join([_LINE] * field.lines)


def _pipes(grid: Grid) -> str:
    heads = [cells.markdown(head) for head in grid.heads]
    rows = [[_inline(cell) for cell in row] for row in grid.rows] + [[_LINE] * len(heads)] * grid.blank
    lines = [f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows)]
    return "\n".join(lines)


def _inline(text: str) -> str:
    return "<br>".join(cells.markdown(line) for line in text.split("\n"))

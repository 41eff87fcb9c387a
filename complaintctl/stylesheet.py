"""How a page looks: on a screen, light or dark, and on A4 paper. Nothing in it is loaded from anywhere."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1d2329; --soft: #57606a; --rule: #cfd6dd;
  --one: #1f5f99; --two: #a8480c; --band: #f3f5f7 }
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #14181d; --ink: #e6e9ec; --soft: #a3adb8; --rule: #3b444d; --one: #7cb7f0; --two: #f0a860;
    --band: #1d232a } }
* { box-sizing: border-box }
html { background: var(--paper) }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1.25rem 3rem; background: var(--paper);
  color: var(--ink); font: 15px/1.45 system-ui, "DejaVu Sans", "Noto Sans", "Noto Sans CJK SC",
  "Microsoft YaHei", sans-serif }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .3rem }
h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; padding-bottom: .2rem; border-bottom: 2px solid var(--rule) }
h3 { font-size: 1rem; margin: 1.2rem 0 .4rem }
p { margin: .3rem 0 } a { color: var(--one) } code { overflow-wrap: anywhere; font-size: .92em }
.soft, .none, small { color: var(--soft) }
.notice { border: 2px solid var(--two); padding: .4rem .7rem; margin: .8rem 0 }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: .8rem 0 0; padding: 0 }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(12.5rem, 1fr)); gap: .7rem;
  margin: 1rem 0 }
.tile { border: 1px solid var(--rule); border-radius: 6px; padding: .5rem .75rem; break-inside: avoid }
.tile dt { color: var(--soft) } .tile dd { margin: 0; font-size: .85rem }
.tile .figure { font-size: 1.5rem; font-weight: 600; line-height: 1.25 }
.change, .whole, td a { white-space: nowrap } .change { font-weight: 600 } .tile .figure { display: block }
.beside { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: flex-start }
.beside > .wide { flex: 1 1 20rem } .beside table { min-width: 100% }
.beside th, .beside td { padding-left: .3rem; padding-right: .3rem }
.wide { overflow-x: auto; margin: .5rem 0 }
figure { margin: .6rem 0; break-inside: avoid } figcaption { font-weight: 600; margin-bottom: .3rem }
table { border-collapse: collapse; font-size: .88rem; width: 100% }
th, td { border-bottom: 1px solid var(--rule); padding: .22rem .45rem; text-align: left; vertical-align: top }
thead th { border-bottom: 2px solid var(--rule); vertical-align: bottom; font-weight: 600 }
tbody th { font-weight: 400 } .free { min-width: 8rem; overflow-wrap: anywhere }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
thead .number { white-space: normal } thead .whole { white-space: nowrap }
tbody tr:nth-child(even) { background: var(--band) }
footer { margin-top: 2.5rem; padding-top: .6rem; border-top: 2px solid var(--rule); font-size: .82rem;
  color: var(--soft) }
svg { display: block; max-width: 100%; height: auto } section > figure svg { width: 100% }
svg text { fill: var(--ink); font-size: 12px }
svg .small { fill: var(--soft); font-size: 10px }
svg .full { fill: var(--one); stroke: var(--one) } svg .hatched { stroke: var(--two) }
svg .empty { fill: var(--paper); stroke: var(--soft) } svg .ground { fill: var(--paper) }
svg .stripe { fill: var(--two) } svg .rule, svg .axis { fill: none; stroke: var(--rule) }
svg .axis { stroke: var(--soft) } svg .line { fill: none; stroke: var(--ink); stroke-width: 2 }
svg .dot { fill: var(--paper); stroke: var(--ink); stroke-width: 2 }
@page { size: A4; margin: 14mm 14mm 17mm; @bottom-right { content: counter(page) " / " counter(pages);
  font: 8pt sans-serif; color: #57606a } }
@media print {
  html { font-size: 9pt } body { max-width: none; padding: 0; font-size: 1rem }
  nav { display: none } h2, h3, figcaption { break-after: avoid } h2 { margin-top: 1.1rem }
  a { color: inherit; text-decoration: none } .tiles { grid-template-columns: repeat(4, 1fr); gap: 2mm }
  .beside { flex-wrap: nowrap } .beside > figure { flex: 0 0 38% } .beside > .wide { flex: 1 1 0 }
  .wide { overflow: visible } table { font-size: 8pt; width: 100% } th, td { padding: .8mm 1.4mm }
  thead { display: table-header-group } tr, footer { break-inside: avoid }
  tbody tr:nth-child(even) { background: none } }
"""

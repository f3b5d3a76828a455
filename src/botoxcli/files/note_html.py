"""A document as HTML: one file that needs no other, reads on a screen of any width, and prints on the paper that it was made for.

Every text is escaped by the template's engine; the pictures are drawings of our own. Nothing in it is fetched, and nothing in it runs.
"""

from __future__ import annotations

from typing import Any

from botoxcli.clinic.document import Block, Columns, Document, Facts, Figure, Grid, Heading, Paragraph, Points
from botoxcli.files.figure_svg import figure_svg

_STYLE = """
  @page { size: PAPER; margin: 13mm; @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 6.6pt sans-serif; color: #44525e; } }
  * { box-sizing: border-box; }
  html { color-scheme: light; }
  body { font: SIZE/1.35 "DejaVu Sans Condensed", "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: #000; background: #fff;
         max-width: 190mm; margin: 6mm auto; padding: 0 4mm; }
  .over, .foot { color: #44525e; }
  .over { margin: 0; }
  h1 { font-size: 1.6em; line-height: 1.2; margin: 0 0 .4em; padding-bottom: .25em; border-bottom: 1.5px solid #1f2d3a; }
  h2 { font-size: 1.12em; margin: .7em 0 .15em; color: #1f2d3a; break-after: avoid; }
  p { margin: .1em 0 .4em; }
  .strong, .mark { font-weight: bold; color: #a01515; }
  .mark { font-size: 1.6em; letter-spacing: .2em; border: 2px solid; padding: 0 .3em; display: inline-block; }
  ul { margin: .1em 0 .4em; padding-left: 1.2em; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .1em .8em; margin: .1em 0 .4em; }
  dt { font-weight: bold; color: #44525e; }
  dd { margin: 0; }
  p, li, dd, td, h1 { overflow-wrap: anywhere; }
  table { border-collapse: collapse; margin: .1em 0 .4em; font-variant-numeric: tabular-nums; }
  th, td { border-bottom: .5px solid #9aa7b1; padding: .12em .45em; text-align: left; vertical-align: top; }
  th { background: #f0f3f5; }
  .right { text-align: right; white-space: nowrap; }
  tfoot td { font-weight: bold; border-top: 1.5px solid #1f2d3a; }
  tr, figure { break-inside: avoid; }
  .paper, .paper > tbody, .paper > tbody > tr, .paper > tbody > tr > td, .paper > thead > tr > td { display: block; border: 0; padding: 0; }
  .running { display: none; }
  .columns { display: flex; gap: 5mm; align-items: flex-start; }
  .columns > div { min-width: 0; }
  figure { margin: .2em 0 .4em; }
  figure svg { max-width: 100%; height: auto; display: block; }
  .foot { font-size: .85em; border-top: .5px solid #9aa7b1; margin-top: .8em; padding-top: .2em; overflow-wrap: anywhere; }
  .foot p { margin: 0; }
  @media print {
    body { margin: 0; padding: 0; max-width: none; line-height: 1.22; }
    th, td { padding: .04em .45em; }
    h2 { margin-top: .4em; }
    figure { margin: 0; }
    figure svg { max-height: 82mm; }
    .paper { display: table; width: 100%; margin: 0; table-layout: fixed; }
    .paper > tbody { display: table-row-group; }
    .paper > tbody > tr { display: table-row; break-inside: auto; }
    .paper > tbody > tr > td { display: table-cell; }
    .running { display: table-header-group; font-size: .8em; font-weight: bold; color: #44525e; }
  }
  @media screen and (max-width: 620px) { .columns { display: block; } }
"""
_PAGE = """\
{%- macro set(block) -%}
{%- if block.kind == "heading" -%}<h2>{{ block.of.text }}</h2>
{%- elif block.kind == "paragraph" -%}<p{% if block.of.strong %} class="strong"{% endif %}>{{ block.of.text }}</p>
{%- elif block.kind == "points" -%}<ul>{% for item in block.of.items %}<li>{{ item }}</li>{% endfor %}</ul>
{%- elif block.kind == "facts" -%}<dl>{% for name, said in block.of.rows %}<dt>{{ name }}</dt><dd>{{ said }}</dd>{% endfor %}</dl>
{%- elif block.kind == "grid" -%}
<table><thead><tr>
{%- for cell in block.of.columns %}<th{% if loop.index0 in block.of.right %} class="right"{% endif %} scope="col">{{ cell }}</th>{% endfor -%}
</tr></thead><tbody>
{%- for row in block.of.rows %}
<tr>{% for cell in row %}<td{% if loop.index0 in block.of.right %} class="right"{% endif %}>{{ cell }}</td>{% endfor %}</tr>
{%- endfor %}
</tbody>
{%- if block.of.total %}<tfoot><tr>
{%- for cell in block.of.total %}<td{% if loop.index0 in block.of.right %} class="right"{% endif %}>{{ cell }}</td>{% endfor -%}
</tr></tfoot>{% endif %}</table>
{%- elif block.kind == "figure" -%}{% if block.picture %}<figure>{{ block.picture }}</figure>{% else %}<p>{{ block.of.told }}</p>{% endif %}
{%- elif block.kind == "columns" -%}
<div class="columns"><div style="flex: {{ block.of.share }}">
{% for part in block.left %}{{ set(part) }}
{% endfor %}</div><div style="flex: {{ 100 - block.of.share }}">
{% for part in block.right %}{{ set(part) }}
{% endfor %}</div></div>
{%- endif -%}
{%- endmacro -%}
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="botoxcli">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{{ sheet.title }}</title>
<style>{{ style }}</style>
</head>
<body>
{% if sheet.running %}<table class="paper" role="presentation"><thead class="running"><tr><td>{{ sheet.running }}</td></tr></thead><tbody><tr><td>
{% endif %}<p class="over">{{ sheet.over }}</p>
<h1>{{ sheet.title }}</h1>
{% if sheet.mark %}<p class="mark">{{ sheet.mark }}</p>
{% endif %}{% for block in blocks %}{{ set(block) }}
{% endfor %}{% if sheet.foot %}<div class="foot">{% for text in sheet.foot %}<p>{{ text }}</p>{% endfor %}</div>
{% endif %}{% if sheet.running %}</td></tr></tbody></table>
{% endif %}</body>
</html>
"""
_PAPERS = {"a4": "A4", "letter": "letter"}
_SIZES = {"chart": "8.6pt", "patient": "12pt"}
_KINDS = {Heading: "heading", Paragraph: "paragraph", Points: "points", Facts: "facts", Grid: "grid", Figure: "figure", Columns: "columns"}


def document_html(document: Document, *, paper: str) -> str:
    """The whole file. ``paper`` is ``a4`` or ``letter``."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    style = _STYLE.replace("PAPER", _PAPERS[paper]).replace("SIZE", _SIZES[document.reader])
    page = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True).from_string(_PAGE)
    return page.render(sheet=document, style=Markup(style), blocks=[_named(block) for block in document.blocks])  # noqa: S704 - our own words


def _named(block: Block) -> dict[str, Any]:
    """A block as the template takes it."""
    from markupsafe import Markup

    named: dict[str, Any] = {"kind": _KINDS[type(block)], "of": block}
    if isinstance(block, Columns):
        named |= {"left": [_named(one) for one in block.left], "right": [_named(one) for one in block.right]}
    if isinstance(block, Figure):
        named["picture"] = Markup(figure_svg(block))  # noqa: S704 - a drawing of ours, which escapes its own words
    return named

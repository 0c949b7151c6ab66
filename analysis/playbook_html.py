"""A playbook as one page of HTML: nothing is loaded from elsewhere, light and dark, and it prints."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from analysis.playbook import Part, Playbook, StepPage, counted

STYLE = """
:root { color-scheme: light dark; --ink: #1f2430; --soft: #5b6472; --line: #d9dee6; --paper: #ffffff; --panel: #f5f7fa;
  --accent: #0072b2; --bar: #cfe3f1; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #a5aebc; --line: #363d49; --paper: #14171d;
  --panel: #1c2028; --accent: #6cb8e6; --bar: #24465d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: .1rem 0 .4rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .6rem; }
h3 { font-size: 1.1rem; margin: 0 0 .3rem; }
h4 { font-size: .85rem; margin: 0 0 .3rem; color: var(--soft); font-weight: 600; }
p { margin: .3rem 0; max-width: 46rem; }
.soft { color: var(--soft); }
.small { font-size: .9rem; }
figure { margin: .6rem 0; overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; padding: .75rem;
  background: #ffffff; color: #1f2430; color-scheme: light; }
figure .chart { margin: 0 auto; }
figure svg { display: block; width: 100%; min-width: 26rem; height: auto; }
ol.contents { columns: 2 16rem; padding-left: 1.6rem; margin: .4rem 0; }
a { color: var(--accent); }
section.step { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem 1.1rem; margin: .9rem 0;
  break-inside: avoid; }
dl.facts { display: flex; flex-wrap: wrap; gap: .4rem 2.2rem; margin: .6rem 0; }
dl.facts dt { font-size: .85rem; color: var(--soft); }
dl.facts dd { margin: 0; font-variant-numeric: tabular-nums; }
dl.facts dd strong { font-size: 1.2rem; margin-right: .35rem; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .9rem 1.8rem;
  margin-top: .8rem; }
ul.parts { list-style: none; margin: 0; padding: 0; }
ul.parts li { display: flex; justify-content: space-between; gap: 1rem; padding: .12rem .4rem; margin: .12rem 0;
  border-radius: .2rem; background: linear-gradient(to right, var(--bar) var(--share), transparent var(--share)); }
ul.parts li span { overflow-wrap: anywhere; }
ul.parts li b { font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
.exceptions { border-left: 3px solid var(--accent); background: var(--panel); margin: .9rem 0 0; padding: .4rem .8rem; }
.exceptions ul { margin: 0; padding-left: 1.1rem; }
@media print { :root { --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --panel: #f5f5f5; --accent: #0072b2;
  --bar: #dcebf5; } body { padding: 0; max-width: none; font-size: 10pt; }
  ul.parts li { print-color-adjust: exact; -webkit-print-color-adjust: exact; } h2 { break-after: avoid; } }
"""

HOW = (
    "A visit to a step begins when the ticket gets into its state and ends when it leaves it; times are of the clock, "
    "nights and weekends included. Shares of groups, macros and of what follows are shares of the visits to the step. "
    "A macro counts for the step that it found the ticket in. Minutes of work that no system tracked are estimated "
    "from what agents did."
)


def playbook_html(playbook: Playbook, flowchart: str) -> str:
    """The page, well-formed as XML too. `flowchart` is the text of an SVG, empty for none."""
    heading = playbook.heading
    parts = [
        (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8"/>\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
            f"<title>{escape(heading.name)}: playbook</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header>"
        ),
        f'<p class="soft small">{escape(heading.shop)} · Playbook</p><h1>{escape(heading.name)}</h1>',
        _paragraph(heading.description),
        f'<p class="soft small">{escape(heading.basis)}</p></header>\n<main>',
        *_chart(playbook, flowchart),
        _list_of_ways(playbook.ways),
        *_pages(playbook.steps),
        _exceptions_of_all(playbook.exceptions),
        f'<h2>How this is computed</h2><p class="soft small">{escape(HOW)}</p>',
        "</main>\n</body>\n</html>\n",
    ]
    return "\n".join(filter(None, parts))


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""


def _chart(playbook: Playbook, flowchart: str) -> Iterable[str]:
    """The drawing at its own size, smaller where the page is: an SVG that has only a viewBox would fill the page."""
    if not flowchart:
        return
    svg = flowchart[flowchart.index("<svg") :]  # without an XML declaration, which may stand only in front
    box = re.search(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ', svg)
    width = f' style="max-width: {float(box[1]):.0f}px"' if box else ""
    label = escape(f"Flowchart of {playbook.heading.name}")
    yield "<h2>How tickets flow</h2>"
    yield f'<figure role="group" tabindex="0" aria-label="{label}"><div class="chart"{width}>{svg}</div></figure>'


def _list_of_ways(ways: Iterable[Part]) -> str:
    items = "".join(
        f'<li>{escape(way.name)} <span class="soft small">{way.shown} ({counted(way.count, "ticket")})</span></li>'
        for way in ways
    )
    return f"<h2>The most frequent ways</h2>\n<ol>{items}</ol>" if items else ""


def _pages(steps: tuple[StepPage, ...]) -> Iterable[str]:
    if not steps:
        return
    yield "<h2>Step by step</h2>"
    links = (f'<li><a href="#step-{number}">{escape(step.name)}</a></li>' for number, step in enumerate(steps, start=1))
    yield f'<ol class="contents">{"".join(links)}</ol>'
    for number, step in enumerate(steps, start=1):
        yield _page(number, step)


def _page(number: int, step: StepPage) -> str:
    facts = "".join(
        f"<div><dt>{escape(fact.label)}</dt><dd><strong>{escape(fact.value)}</strong>"
        f'<span class="soft small">{escape(fact.note)}</span></dd></div>'
        for fact in step.facts
    )
    columns = "".join(
        _parts(title, parts)
        for title, parts in (
            ("What follows", step.follows),
            ("Who has it", step.groups),
            ("Macros used most", step.macros),
        )
    )
    return (
        f'<section class="step" id="step-{number}"><h3>{number}. {escape(step.name)}</h3>{_paragraph(step.description)}'
        f'<dl class="facts">{facts}</dl><div class="columns">{columns}</div>{_exceptions(step.exceptions)}</section>'
    )


def _parts(title: str, parts: tuple[Part, ...]) -> str:
    if not parts:
        return ""
    items = "".join(
        f'<li style="--share: {min(part.share, 1) * 100:.0f}%"><span>{escape(part.name)}</span>'
        f'<b title="{part.count:,}">{part.shown}</b></li>'
        for part in parts
    )
    return f'<div><h4>{title}</h4><ul class="parts">{items}</ul></div>'


def _exceptions(sentences: tuple[str, ...]) -> str:
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<div class="exceptions small"><ul>{items}</ul></div>' if items else ""


def _exceptions_of_all(sentences: tuple[str, ...]) -> str:
    return f"<h2>When it goes another way</h2>\n{_exceptions(sentences)}" if sentences else ""

"""A comparison as one page of HTML that can be sent to somebody: nothing is loaded from elsewhere, and it prints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from analysis import comparison_words as words
from analysis.compare.comparison import ADJUSTED, PLAIN, RUNNING, Comparison, document
from analysis.wording import DASH, MINUS, Speech

Row = Mapping[str, Any]

STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --soft: #566370; --line: #d9dee6; --paper: #ffffff; --good: #0064a0;
  --bad: #b04a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf0; --soft: #a9b4bf; --line: #363d49; --paper: #14181d;
  --good: #6cbdf0; --bad: #ffa05c; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1.25rem 3rem; background: var(--paper); color: var(--ink);
  font: 0.95rem/1.45 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.35rem; line-height: 1.3; margin: .2rem 0 .5rem; }
h2 { font-size: 1.05rem; margin: 1.3rem 0 .3rem; }
p, ul { margin: .3rem 0; }
ul { padding-left: 1.1rem; }
.soft, small { color: var(--soft); font-size: .85rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; font-size: .85rem; color: var(--soft); }
td small { display: block; }
td.plot { width: 20%; min-width: 8rem; padding-top: .45rem; color: var(--soft); }
td.plot svg { display: block; width: 100%; height: 1rem; overflow: visible; }
td.better { color: var(--good); } td.worse { color: var(--bad); }
td.word { font-weight: 600; }
td.word small { font-weight: 400; white-space: nowrap; }
@media print { @page { size: A4; margin: 12mm; } :root { --ink: #000; --soft: #444; --line: #bbb; --paper: #fff;
  --good: #0064a0; --bad: #b04a00; } body { padding: 0; max-width: none; font-size: 8.5pt; }
  h1 { font-size: 13pt; } h2 { font-size: 10pt; break-after: avoid; } tr { break-inside: avoid; } }
"""
BASES = {
    PLAIN: "The verdict rests on the differences as they are.",
    ADJUSTED: "The verdict rests on the differences with the same mix of tickets in both.",
    RUNNING: "The test still runs: the verdict rests on intervals that may be looked at daily, wider than those below.",
}
HOW = (
    "Intervals are of 95%, and customers are counted as witnesses, not tickets. A winner is named only if the whole "
    "interval, widened a little, lies on one side of no difference. In the picture, dot and line are the difference "
    "with its interval as a part of the baseline's figure; the middle is no difference."
)


@dataclass(frozen=True)
class About:
    """Whose tickets these are: names, days of creation (first and last), the snapshot in words, tickets by arm."""

    shop: str
    workflow: str
    days: tuple[dt.date, dt.date]
    snapshot: str
    sizes: Mapping[str, int]


def comparison_html(found: Comparison, about: About, speech: Speech) -> str:
    """The page: the verdict, what must not get worse, every metric of the comparison, and how it was computed."""
    told = document(found)
    sentences = [verdict["sentence"] for verdict in told["verdicts"].values()]
    return "\n".join(
        [
            (
                '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8"/>\n'
                '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
                f"<title>{escape(about.workflow)}: {escape(' against '.join(found.question.arms))}</title>\n"
                f"<style>{STYLE}</style>\n</head>\n<body>"
            ),
            f'<p class="soft">{escape(about.shop)} · {escape(about.workflow)} · compared by {escape(told["by"])}</p>',
            f"<h1>{escape(sentences[0])}</h1>",
            f'<p class="soft">{escape(_basis(about, found.question.arms))}</p>',
            _list([*sentences[1:], BASES[found.basis], *told["cautions"]]),
            *_guardrails(told["verdicts"]),
            *_tables(told, speech),
            *_method(found, told),
            "</body>\n</html>\n",
        ]
    )


def _basis(about: About, arms: Sequence[str]) -> str:
    sizes = ", ".join(f"{arm}: {about.sizes.get(arm, 0):,} tickets" for arm in arms)
    first, last = (f"{day.day} {day:%B %Y}" for day in about.days)
    return f"{sizes} · created {first} {DASH} {last} · snapshot of {about.snapshot}"


def _guardrails(verdicts: Mapping[str, Row]) -> Iterable[str]:
    yield "<h2>What must not get worse</h2>"
    for arm, verdict in verdicts.items():
        if len(verdicts) > 1:
            yield f"<p><strong>{escape(arm)}</strong></p>"
        yield _list([rail["sentence"] for rail in verdict["guardrails"]])


def _tables(told: Mapping[str, Any], speech: Speech) -> Iterable[str]:
    baseline, *arms = told["arms"]
    for arm in arms:
        rows = [row for row in told["metrics"] if row["arm"] == arm and any(row["n"].values())]
        reach = words.reach([_parts(row) for row in rows])
        head = ("Figure", baseline, arm, f"{MINUS}{reach:.0%} to +{reach:.0%}", "Difference", "Same mix", "Better?")
        yield f"<h2>{escape(arm)} against {escape(baseline)}</h2>"
        yield f'<div class="wide"><table><tr>{"".join(f"<th>{escape(title)}</th>" for title in head)}</tr>'
        yield from (_row(row, reach, speech) for row in rows)
        yield "</table></div>"


def _row(row: Row, reach: float, speech: Speech) -> str:
    unit, standing, even = row["unit"], words.standing(row), row["adjusted"]
    kind = standing if standing in {words.BETTER, words.WORSE} else ""
    values = "".join(
        f"<td>{escape(speech.value(row['values'][arm], unit))}<small>n {row['n'][arm] or 0:,}</small></td>"
        for arm in (row["baseline"], row["arm"])
    )
    told = words.sized(row, speech) if row["low"] is not None else row["reason"] or ""
    mixed = words.sized({**even, "unit": unit}, speech) if even["low"] is not None else DASH
    sure = words.sure(row["probability_better"])
    return (
        f"<tr><td>{escape(row['label'])}</td>{values}"
        f'<td class="plot {kind}">{_picture(_parts(row), reach)}</td><td>{escape(told)}</td><td>{escape(mixed)}</td>'
        f'<td class="word {kind}">{escape(standing)}<small>{escape(sure)}</small></td></tr>'
    )


def _parts(row: Row) -> tuple[float, float, float] | None:
    """Low, middle and high of a difference as parts of the baseline's figure; null where there is no interval."""
    base = row["values"][row["baseline"]]
    if row["low"] is None or not base:
        return None
    return row["low"] / abs(base), row["difference"] / abs(base), row["high"] / abs(base)


def _picture(parts: tuple[float, float, float] | None, reach: float) -> str:
    zero = '<line x1="50%" x2="50%" y1="-4" y2="20" stroke="currentColor" opacity=".4"/>'
    if parts is None:
        return f'<svg aria-hidden="true">{zero}</svg>'
    low, middle, high = (50 + 50 * min(max(part / reach, -1), 1) for part in parts)
    return (
        f'<svg aria-hidden="true">{zero}<line x1="{low:.2f}%" x2="{high:.2f}%" y1="8" y2="8" stroke="currentColor" '
        f'stroke-width="3"/><circle cx="{middle:.2f}%" cy="8" r="5" fill="currentColor"/></svg>'
    )


def _method(found: Comparison, told: Mapping[str, Any]) -> Iterable[str]:
    yield "<h2>How this is computed</h2>"
    covariates = [name for row in told["metrics"] for name in row["adjusted"]["covariates"] or ()]
    names = words.listed([words.COVARIATES.get(name, name) for name in dict.fromkeys(covariates)])
    methods = found.effects["method"].drop_nulls().unique().sort().to_list()
    evened = found.adjusted.differences["method"].drop_nulls().unique().to_list()
    said = [HOW, f"Intervals here: {'; '.join(methods)}."]
    if names and evened:
        said.append(f"Same mix: {evened[0]}, for {names}.")
    if found.is_running:
        said.append(f"While the test runs: {'; '.join(found.always_valid['method'].drop_nulls().unique().sort())}.")
    yield _list([*said, *(one["sentence"] for one in told["reversals"])])


def _list(sentences: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f"<ul>{items}</ul>" if items else ""

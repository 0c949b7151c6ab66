"""A forest plot: differences with intervals, row by row around "no difference", each in words and pressed for tickets.

HTML and not a figure: rows carry text in several lengths, wrap on a phone, and are buttons for mouse and keyboard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from analysis.comparison_words import BETTER, HIGHER, LOWER, TOO_FEW, UNCLEAR, WORSE
from analysis.comparison_words import reach as widest
from dashboard.components.linked import number

CLASSES = {BETTER: "better", WORSE: "worse", UNCLEAR: "none", TOO_FEW: "none", HIGHER: "plain", LOWER: "plain"}


@dataclass(frozen=True)
class Figure:
    """One arm's figure in words, what it rests on, and what a press on it opens ('' = nothing)."""

    arm: str
    value: str
    n: str
    target: str = ""


@dataclass(frozen=True)
class ForestRow:
    """One difference. `middle`, `low`, `high` and `adjusted` are parts of the baseline's value, null where unknown.

    `figures`: the arm's and the baseline's; `told`: the difference in its own unit, or why there is none; `good`: which
    way is better, in words; `beside`: the adjusted difference in words; `sure`: how likely the arm is the better one.
    """

    label: str
    figures: tuple[Figure, ...]
    told: str
    standing: str
    good: str = ""
    middle: float | None = None
    low: float | None = None
    high: float | None = None
    adjusted: float | None = None
    beside: str = ""
    sure: str = ""


def forest_html(rows: Sequence[ForestRow], described_as: str) -> str:
    """The rows under one axis that is centred on no difference."""
    reach = widest([(row.low, row.high, row.adjusted) for row in rows])
    scale = f"<span>{_percent(-reach)}</span><span>no difference</span><span>{_percent(reach)}</span>"
    items = "".join(_item(row, reach) for row in rows)
    return (
        f'<ul class="forest" aria-label="{escape(described_as)}">'
        f'<li class="axis" aria-hidden="true"><span></span><div class="scale">{scale}</div><span></span></li>'
        f"{items}</ul>"
    )


def _percent(part: float) -> str:
    return f"{'+' if part > 0 else '−'}{abs(part):.0%}"


def _item(row: ForestRow, reach: float) -> str:
    good = f" <small class=good>{escape(row.good)}</small>" if row.good else ""
    beside = f"<small>{escape(row.beside)}</small>" if row.beside else ""
    kind = CLASSES[row.standing]
    sure = f' <span class="sure">{escape(row.sure)}</span>' if row.sure else ""
    word = f'<b class="{kind}">{escape(row.standing)}</b>'
    figures = " against ".join(_figure(row, one) for one in row.figures)
    return (
        f'<li><div class="what"><strong>{escape(row.label)}</strong>{good}<div>{figures}</div></div>'
        f'<div class="plot {kind}" aria-hidden="true">{_drawn(row, reach)}</div>'
        f'<div class="says">{word} {escape(row.told)}{sure}{beside}</div></li>'
    )


def _figure(row: ForestRow, one: Figure) -> str:
    spoken = f"{row.label}, {one.arm}: {one.value}, {one.n}"
    return number(one.value, one.target, spoken) if one.target else escape(one.value)


def _drawn(row: ForestRow, reach: float) -> str:
    parts = ['<i class="zero"></i>']
    if row.low is not None and row.high is not None:
        left, right = _at(row.low, reach), _at(row.high, reach)
        cut = " cut-left" * (row.low < -reach) + " cut-right" * (row.high > reach)
        parts.append(f'<i class="line{cut}" style="left:{left:.2f}%;width:{right - left:.2f}%"></i>')
    if row.adjusted is not None and abs(row.adjusted) <= reach:
        parts.append(f'<i class="hollow" style="left:{_at(row.adjusted, reach):.2f}%"></i>')
    if row.middle is not None and abs(row.middle) <= reach:
        parts.append(f'<i class="dot" style="left:{_at(row.middle, reach):.2f}%"></i>')
    return "".join(parts)


def _at(part: float, reach: float) -> float:
    """Where on the axis, in percent from the left."""
    return 50 + 50 * min(max(part / reach, -1.0), 1.0)

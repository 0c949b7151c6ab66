"""Which input moves an effect how far, as one picture: a bar for each input, the longest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from analysis import simulation_words as words
from analysis.comparison_words import inside, listed, own_unit
from analysis.simulation_words import ALL, INPUTS, MOSTLY, Known

Row = Mapping[str, Any]
ROOM = 0.03
"""Empty part of the axis outside the outermost mark."""

STYLE = """
.tornado { list-style: none; margin: .3rem 0 .4rem; padding: 0; --soft-ink: var(--muted, var(--soft)); }
.tornado li { display: grid; grid-template-columns: minmax(11rem, 27%) 1fr minmax(11rem, 24%); gap: .1rem 1.1rem;
  align-items: center; padding: .25rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.tornado .plot { position: relative; height: 1.4rem; color: var(--accent, var(--good)); print-color-adjust: exact; }
.tornado .axis { border: 0; padding: 0; }
.tornado .axis .plot { color: var(--soft-ink); font-size: .8rem; }
.tornado .axis .plot span { position: absolute; white-space: nowrap; }
.tornado i { position: absolute; display: block; box-sizing: border-box; }
.tornado .bar { top: 15%; bottom: 15%; min-width: 2px; background: currentColor; border-radius: 2px; opacity: .85; }
.tornado .zero, .tornado .guess { top: -.3rem; bottom: -.3rem; border-left: 1px solid var(--soft-ink); }
.tornado .guess { border-left: 2px dotted var(--soft-ink); }
@media (max-width: 640px) { .tornado li { grid-template-columns: 1fr; } }
"""


@dataclass(frozen=True)
class Bar:
    """An input in words, and between which effects it moves the figure."""

    told: str
    low: float
    high: float


@dataclass(frozen=True)
class Tornado:
    """The bars of one figure, longest first; `effect` is its best guess, `certain` the inputs that move nothing."""

    label: str
    unit: str
    better: str
    effect: float
    bars: tuple[Bar, ...]
    certain: tuple[str, ...]
    luck: float


def tornadoes(answer: Row, known: Known) -> dict[str, Tornado]:
    """The figures that some input moves, main ones only, in the order of what matters."""
    own = {row["metric"]: row for row in words.main(words.effects(answer, known), ALL)}
    luck = {row["metric"]: row["share"] for row in answer["width"] if row["input"] == "chance"}
    found = {}
    for key, effect in own.items():
        rows = [row for row in answer["tornado"] if row["metric"] == key and row["low"] is not None]
        bars = [Bar(INPUTS.get(row["input"], row["input"]), row["low"], row["high"]) for row in rows]
        moving = [bar for bar in sorted(bars, key=lambda bar: bar.low - bar.high) if bar.high > bar.low]
        if moving:
            certain = tuple(bar.told for bar in bars if bar not in moving)
            found[key] = Tornado(effect["label"], effect["unit"], effect["better"], effect["difference"],
                                 tuple(moving), certain, luck.get(key, 0.0))  # fmt: skip
    return found


def looked_at(answer: Row, known: Known, workflow: str) -> str:
    """The figure of the answer's title, else the first one that there is a picture of; empty where there is none."""
    drawn = tornadoes(answer, known)
    rows = words.findings(words.main(words.effects(answer, known), workflow))
    return next((key for key in [*(row["metric"] for row in rows), *drawn] if key in drawn), "")


def title(drawn: Tornado) -> str:
    """What the effect depends on most."""
    first, *others = drawn.bars
    told = f"mostly on {first.told}"
    if others and others[0].high - others[0].low > MOSTLY * (first.high - first.low):
        told = f"most on {first.told} and {others[0].told}"
    what = f"how far {inside(drawn.label)} moves"
    if first.low < 0 < first.high:
        ends = "goes up or down" if drawn.better == "neither" else "gets better or worse"
        what = f"whether {inside(drawn.label)} {ends}"
    apart = "apart from the luck of single weeks, " if drawn.luck > MOSTLY else ""
    said = f"{apart}{what} depends {told}"
    return f"{said[:1].upper()}{said[1:]}"


def subtitle(drawn: Tornado, known: Known) -> str:
    """How to read the bars."""
    guess = own_unit(drawn.effect, drawn.unit, known.speech)
    sure = f" Taken as certain: {listed(drawn.certain)}." if drawn.certain else ""
    return (
        f"{drawn.label} of all workflows, then against today. The dotted line is the best guess ({guess}). A bar shows "
        "where it would be if that one thing were as in other weeks of yours and all else stayed (in 8 of 10 cases)."
        f"{sure}"
    )


def tornado_html(drawn: Tornado, known: Known) -> str:
    """The bars around no change, each with its ends in words; it brings its own style."""
    ends = [end for bar in drawn.bars for end in (bar.low, bar.high)]
    left, right = min(0.0, drawn.effect, *ends), max(0.0, drawn.effect, *ends)
    room = ROOM * (right - left)
    axis = _Axis(left - room, right + room)
    zero, guess = axis.at(0.0), axis.at(drawn.effect)
    lines = f'<i class="zero" style="left:{zero:.2f}%"></i><i class="guess" style="left:{guess:.2f}%"></i>'
    # Moved back by as much of its own width as it is to the right, the word stays inside at either end.
    word = f'<span style="left:{zero:.2f}%;transform:translateX(-{zero:.2f}%)">no change</span>'
    items = "".join(_item(bar, drawn, axis, lines, known) for bar in drawn.bars)
    return (
        f'<style>{STYLE}</style><ul class="tornado" aria-label="{escape(title(drawn))}">'
        f'<li class="axis" aria-hidden="true"><span></span><div class="plot">{word}</div><span></span></li>{items}</ul>'
    )


@dataclass(frozen=True)
class _Axis:
    left: float
    right: float

    def at(self, value: float) -> float:
        """Percent from the left."""
        return 100 * (value - self.left) / (self.right - self.left)


def _item(bar: Bar, drawn: Tornado, axis: _Axis, lines: str, known: Known) -> str:
    low, high = axis.at(bar.low), axis.at(bar.high)
    told = " to ".join(_ends(bar, drawn.unit, known))
    return (
        f"<li><span>{escape(f'{bar.told[:1].upper()}{bar.told[1:]}')}</span>"
        f'<div class="plot" aria-hidden="true"><i class="bar" style="left:{low:.2f}%;width:{high - low:.2f}%"></i>'
        f"{lines}</div><span>{escape(told)}</span></li>"
    )


def _ends(bar: Bar, unit: str, known: Known) -> Sequence[str]:
    low, high = (own_unit(end, unit, known.speech) for end in (bar.low, bar.high))
    return low.removesuffix(" points"), high

"""Which input moves an effect how far, on documents made by hand."""

from __future__ import annotations

import re
from typing import Any

import pytest

from analysis import tornado
from analysis.simulation_html import About, simulation_html
from analysis.simulation_words import Known
from analysis.tornado import Tornado
from analysis.wording import MINUS, Speech

TIME, COST = "resolution_time_mean_calendar_hours", "cost_per_resolution"
METRICS = {
    TIME: {"label": "Average resolution time", "unit": "hours", "better": "lower"},
    COST: {"label": "Cost <per> resolution", "unit": "money", "better": "lower"},
    "csat": {"label": "Satisfaction (CSAT)", "unit": "share", "better": "higher"},
    "tickets_resolved": {"label": "Tickets resolved", "unit": "count", "better": "neither"},
}
KNOWN = Known(METRICS, {}, Speech("EUR"))


def answer(effects: dict[str, float], moved: dict[str, dict[str, tuple[float, float]]], luck: float = 0.1) -> Any:
    return {
        "effects": [
            {"workflow": "all", "metric": metric, "baseline": 50.0, "scenario": 50.0 + by, "difference": by,
             "low": by - 0.5, "high": by + 0.5}
            for metric, by in effects.items()
        ],
        "tornado": [
            {"metric": metric, "input": name, "low": low, "high": high}
            for metric, inputs in moved.items() for name, (low, high) in inputs.items()
        ],
        "width": [{"metric": metric, "input": "chance", "share": luck} for metric in moved],
        "agents": [], "method": "By hand.",
        "money": {
            "counts": "time freed", "cost_once": 0.0, "cost_month": 0.0,
            **{key: {"value": 0.0, "low": 0.0, "high": 0.0} for key in ("saving_month", "net_month", "payback_months")},
        },
    }  # fmt: skip


INPUTS = {"routes": (-9.0, -8.0), "arrivals": (-10.0, -7.0), "calendar": (-8.5, -8.5), "work": (-8.8, -8.6)}


def drawn(inputs: dict[str, tuple[float, float]], luck: float = 0.1) -> Tornado:
    return tornado.tornadoes(answer({TIME: -8.5}, {TIME: inputs}, luck), KNOWN)[TIME]


def test_the_longest_bar_stands_first_and_what_moves_nothing_has_none() -> None:
    found = drawn(INPUTS)
    assert [bar.told for bar in found.bars] == [
        "how many customers write", "which way tickets go", "how long work takes",
    ]  # fmt: skip
    assert found.certain == ("who is at work when",)
    assert "Taken as certain: who is at work when." in tornado.subtitle(found, KNOWN)
    assert f"the best guess ({MINUS}8 h 30 m)" in tornado.subtitle(found, KNOWN)


MANY = "depends mostly on how many customers write"


@pytest.mark.parametrize(
    ("inputs", "luck", "said"),
    [
        (INPUTS, 0.1, f"How far average resolution time moves {MANY}"),
        (INPUTS, 0.7, f"Apart from the luck of single weeks, how far average resolution time moves {MANY}"),
        (INPUTS | {"arrivals": (-9.0, 0.5)}, 0.1, f"Whether average resolution time gets better or worse {MANY}"),
        (
            INPUTS | {"routes": (-10.0, -8.0)},
            0.1,
            "How far average resolution time moves depends most on how many customers write and which way tickets go",
        ),
    ],
)
def test_the_title_is_the_finding(inputs: dict[str, tuple[float, float]], luck: float, said: str) -> None:
    assert tornado.title(drawn(inputs, luck)) == said


def test_bars_lie_to_scale_around_no_change() -> None:
    page = tornado.tornado_html(drawn(INPUTS), KNOWN)
    zero = float(re.findall(r'class="zero" style="left:([\d.]+)%', page)[0])
    bars = [
        (float(left), float(width)) for left, width in re.findall(r'"bar" style="left:([\d.]+)%;width:([\d.]+)%', page)
    ]
    scale = (zero - bars[0][0]) / 10.0  # percent an hour: the first begins 10 h below no change
    assert bars[0][1] == pytest.approx(3.0 * scale, abs=0.02)
    assert zero - bars[1][0] == pytest.approx(9.0 * scale, abs=0.02)
    assert all(left >= 0 and left + width < zero <= 100 for left, width in bars)
    assert page.count('class="guess"') == page.count('class="zero"') == len(bars) == 3
    assert f"{MINUS}10 h to {MINUS}7 h" in page


def test_points_are_said_once_and_names_are_escaped() -> None:
    found = tornado.tornadoes(
        answer({"csat": 0.01, COST: -1.0}, {"csat": {"work": (0.002, 0.02)}, COST: {"work": (-2.0, -1.0)}}), KNOWN
    )
    assert "+0.2 to +2.0 points" in tornado.tornado_html(found["csat"], KNOWN)
    assert "<per>" not in tornado.tornado_html(found[COST], KNOWN)


def test_only_main_figures_that_something_moves_are_drawn_and_the_title_s_first() -> None:
    moved = {"work": (-9.0, -8.0)}
    told = answer(
        {"csat": 0.0, TIME: -8.5, COST: 3.0, "tickets_resolved": 5.0},
        {"csat": {"work": (0.0, 0.1)}, TIME: moved, COST: {"work": (3.0, 3.0)}, "tickets_resolved": moved},
    )
    assert list(tornado.tornadoes(told, KNOWN)) == ["csat", TIME]
    assert tornado.looked_at(told, KNOWN, "all") == TIME, "csat does not clearly change"
    assert tornado.looked_at(answer({"csat": 0.0}, {"csat": moved}), KNOWN, "all") == "csat"
    assert not tornado.looked_at(answer({TIME: -8.5}, {}), KNOWN, "all")


def test_the_page_to_send_has_the_picture_of_the_figure_looked_at_or_none() -> None:
    told = answer({TIME: -8.5, COST: -1.0}, {TIME: INPUTS, COST: {"work": (-2.0, -0.5)}})
    page = simulation_html(told, KNOWN, About("A change", (), "all", {}))
    assert "<h2>How far average resolution time moves depends mostly on how many customers write</h2>" in page
    assert page.count('<ul class="tornado"') == 1
    other = simulation_html(told, KNOWN, About("A change", (), "all", {}, COST))
    assert "<h2>How far cost &lt;per&gt; resolution moves depends mostly on how long work takes</h2>" in other
    assert "tornado" not in simulation_html(answer({TIME: -8.5}, {}), KNOWN, About("A change", (), "all", {}))

"""The HTML of tiles and tables, and the words of dates, on figures made by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from analysis.change import NOTHING, Change, Estimate, Verdict
from analysis.ranking import Judged, Standing
from analysis.wording import Speech
from dashboard import format as words
from dashboard.components.forest import Figure, ForestRow, forest_html
from dashboard.components.kpi_strip import tile_html
from dashboard.components.kpi_table import About, table_html
from dashboard.components.linked import number
from dashboard.components.theme import DARK, LIGHT, OKABE_ITO, Palette, workflow_color
from dashboard.selection import ALL, Choice, variant_options
from dashboard.weekly_view import MetricInfo, Row, Tile

CSAT = MetricInfo("csat", "CSAT", "share", "higher", 10, True, True, "Satisfied / answers.", "csat_week", "true", 7)
WEEK = dt.date(2026, 11, 9)


def tile(figure: Estimate, change: Change = NOTHING) -> Tile:
    judged = Judged(0.85, Standing.MISSED, 0.1)
    return Tile(CSAT, WEEK, WEEK, figure, figure, change, NOTHING, judged, (Estimate(0.8), Estimate(None), figure))


def test_a_tile_says_value_n_interval_target_and_change() -> None:
    change = Change(-0.05, -0.08, -0.02, 0.874, Verdict.WORSE)
    html = tile_html(tile(Estimate(0.824, 0.79, 0.85, 312), change), "returns", Speech())
    for part in ("82.4%", "79.0–85.0%", "312 answers", "✗ missed", "\N{MINUS SIGN}5.0 points", ">worse<"):
        assert part in html
    assert 'data-tickets="csat:returns"' in html


def test_too_few_is_a_dash_with_its_reason_and_no_link() -> None:
    html = tile_html(tile(Estimate(1.0, 0.5, 1.0, 3, too_few=True)), "all", Speech())
    assert "too few: 3 of 10" in html
    assert "100.0%" not in html
    assert "data-tickets" not in html


def test_an_open_week_is_so_far_and_names_the_last_final_one() -> None:
    current = Estimate(0.7, 0.6, 0.8, 50, is_complete=False)
    shown = Tile(
        CSAT, WEEK, WEEK, current, Estimate(0.9, 0.8, 0.95, 60), NOTHING, NOTHING, Judged(None, Standing.NONE, 0), ()
    )
    html = tile_html(shown, "all", Speech())
    assert "so far" in html
    assert "Last final week, W46" in html
    assert "No target set" in html


def test_names_from_the_shop_are_escaped() -> None:
    row = Row(
        "x",
        "<script>alert(1)</script>",
        0,
        {"csat": Estimate(0.9, 0.8, 1.0, 20)},
        {"csat": Judged(None, Standing.NONE, 0)},
    )
    html = table_html([row], [CSAT], Speech(), LIGHT, About("caption"))
    assert "<script>" not in html
    assert "&quot;" in number("1", 'a"b', "spoken")


def test_filters_accept_what_exists_and_note_what_does_not() -> None:
    choice = Choice("workflow", "Workflow", {"all": "All", "returns": "Returns"}, ALL)
    assert choice.accept("returns") == ("returns", "")
    assert choice.accept(None) == ("all", "")
    assert "“x”" in choice.accept("x")[1]


def test_variants_need_a_workflow() -> None:
    import polars as pl

    frame = pl.DataFrame({"workflow": ["a", "b"], "variant": ["v", "w"], "name": ["V", "W"]})
    assert variant_options(frame, "a") == {"all": "All", "v": "V"}
    assert variant_options(frame, ALL) == {"all": "All"}


def test_a_workflow_keeps_its_colour_and_unclassified_is_grey() -> None:
    assert workflow_color("returns", 4, LIGHT) == workflow_color("returns", 4, DARK) == OKABE_ITO[4]
    assert workflow_color("unclassified", 5, LIGHT) == LIGHT.rest


def _luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colors", [LIGHT, DARK])
def test_text_colours_have_aa_contrast(colors: Palette) -> None:
    """WCAG 2.1: at least 4.5 to 1 for text."""
    ground = _luminance(colors.surface)
    for color in (colors.text, colors.muted, colors.accent, colors.good, colors.bad):
        light, dark = sorted((_luminance(color), ground), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, color


def test_weeks_and_instants_in_words() -> None:
    assert words.iso_week(dt.date(2026, 12, 28)) == "2026-W53"
    assert words.week_in_words(WEEK) == "Week 46, 9–15 November 2026"
    assert words.span(dt.date(2026, 9, 28)) == "28 September – 4 October 2026"
    assert words.span(dt.date(2026, 12, 28)) == "28 December 2026 – 3 January 2027"
    assert words.moment_in_words(dt.datetime.fromisoformat("2026-07-01 22:30"), "Europe/Berlin") == "2 July 2026, 00:30"


def test_a_snapshot_is_stale_after_eight_days() -> None:
    taken = dt.datetime.fromisoformat("2026-11-15 23:00")
    assert not words.is_stale(taken, dt.datetime(2026, 11, 23, 22, 0, tzinfo=dt.UTC))
    assert words.is_stale(taken, dt.datetime(2026, 11, 24, 0, 0, tzinfo=dt.UTC))
    assert words.age_in_days(taken, dt.datetime(2026, 11, 24, 0, 0, tzinfo=dt.UTC)) == 8


def test_a_forest_is_centred_and_cut_at_its_ends() -> None:
    figures = (Figure("b", "87%", "n 40", "csat:1"), Figure("a", "<81%>", "n 0"))
    row = ForestRow("CSAT", figures, "+6 points", "better", "higher is better", 0.05, -0.02, 0.3, 0.04)
    wide = ForestRow("Cost", figures, "", "no clear difference", "", 0.1, -4.0, 4.0, 2.0)
    html = forest_html([row, wide], "KPIs")
    assert "−100%" in html
    assert 'class="line" style="left:49.00%;width:16.00%"' in html
    assert 'class="line cut-left cut-right" style="left:0.00%;width:100.00%"' in html
    assert html.count('class="hollow"') == 1, "what lies outside the axis is not drawn on its edge"
    assert 'data-tickets="csat:1"' in html
    assert "&lt;81%&gt;" in html
    assert '<b class="better">better</b>' in html

"""The sentence and its code, word for word."""

from __future__ import annotations

import polars as pl
import pytest

from analysis.compare.adjusted import adjusted
from analysis.compare.effects import SCHEMA, effects
from analysis.compare.sequential import always_valid
from analysis.compare.verdict import Code, Setting, judge, verdict, with_intervals
from tests.analysis.compare.shops import CSAT, MEDIAN, shares, shop

Row = dict[str, object]


def row(
    metric: str, values: tuple[float, float], span: tuple[float, float] | None, **other: object
) -> dict[str, object]:
    known: dict[str, object] = dict.fromkeys(SCHEMA)
    low, high = span or (None, None)
    return known | {
        "metric": metric, "label": metric.capitalize(), "unit": "share", "better": "higher", "kind": "share",
        "baseline": "A", "arm": "B", "baseline_value": values[0], "value": values[1], "baseline_n": 400, "n": 400,
        "difference": values[1] - values[0], "low": low, "high": high,
    } | other  # fmt: skip


def told(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCHEMA)


@pytest.mark.parametrize(
    ("low", "high", "better", "code"),
    [
        (0.01, 0.05, "higher", Code.BETTER),
        (0.01, 0.05, "lower", Code.WORSE),
        (-0.05, -0.01, "lower", Code.BETTER),
        (-0.019, 0.019, "higher", Code.NO_DIFFERENCE),
        (0.001, 0.019, "higher", Code.NO_DIFFERENCE),
        (-0.01, 0.03, "higher", Code.NOT_ENOUGH),
    ],
)
def test_codes(low: float, high: float, better: str, code: Code) -> None:
    assert judge(low, high, 0.02, better) is code


def test_better_in_words() -> None:
    found = verdict(told(row("csat", (0.8, 0.87), (0.02, 0.12))), "csat", "B")
    assert found.code is Code.BETTER
    assert (
        found.sentence
        == "B is better than A: Csat 87.0% against 80.0% (+7.0 points, likely between +2.0 points and +12.0 points)."
    )


def test_a_win_that_costs_elsewhere_says_so() -> None:
    rows = told(
        row("csat", (0.8, 0.87), (0.02, 0.12)),
        row("reopen_rate", (0.05, 0.1), (0.02, 0.08), better="lower"),
        row("repeat_contact_7d", (0.1, 0.11), (-0.05, 0.07), better="lower"),
    )
    found = verdict(rows, "csat", "B")
    assert found.sentence.endswith(" But it costs elsewhere: Reopen_rate: 10.0% against 5.0%.")
    assert found.harmed == ("Reopen_rate",)
    assert [one.code for one in found.guardrails] == ["worse", "no clear change"]


def test_how_much_is_missing() -> None:
    """Half-width 0.04; 2 points at 80% power ask for 0.02 x 1.96 / 2.80 = 0.014: 8.16 times the 800 tickets."""
    rows = told(row("csat", (0.8, 0.81), (-0.03, 0.05)))
    found = verdict(rows, "csat", "B", Setting(per_week=500))
    assert found.more_tickets == pytest.approx(800 * (4 * (2.8016 / 1.95996) ** 2 - 1), rel=1e-3)
    assert found.more_weeks == pytest.approx((found.more_tickets or 0) / 500)
    assert found.sentence.startswith("We cannot tell yet whether B or A is better: Csat 81.0% against 80.0%")
    assert found.sentence.endswith(" About 5,800 more tickets would tell, about 12 more weeks at today's volume.")


def test_no_difference_worth_the_cost() -> None:
    found = verdict(told(row("csat", (0.8, 0.801), (-0.01, 0.012))), "csat", "B")
    assert found.code is Code.NO_DIFFERENCE
    assert "2.0 points would matter" in found.sentence


def test_the_margin_of_times_is_a_part_of_the_baseline() -> None:
    rows = told(row("time", (10.0, 9.9), (-0.4, 0.2), unit="hours", better="lower"))
    assert verdict(rows, "time", "B").margin == 0.5
    assert verdict(rows, "time", "B").code is Code.NO_DIFFERENCE
    assert verdict(rows, "time", "B", Setting(margin=0.3)).code is Code.NOT_ENOUGH


def test_several_arms_need_more() -> None:
    rows = told(row("csat", (0.8, 0.87), (0.005, 0.135)))
    assert verdict(rows, "csat", "B").code is Code.BETTER
    assert verdict(rows, "csat", "B", Setting(comparisons=3)).code is Code.NOT_ENOUGH


def test_too_few_gives_the_reason() -> None:
    found = verdict(
        told(row("csat", (0.8, 0.9), None, reason="4 in B, fewer than the 10 that are needed")), "csat", "B"
    )
    assert found.sentence == "We cannot tell yet: 4 in B, fewer than the 10 that are needed."


def test_what_has_no_good_direction_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be judged"):
        verdict(told(row("automated_rate", (0.1, 0.2), (0.05, 0.15), better="neither")), "automated_rate", "B")
    with pytest.raises(ValueError, match="cannot be judged"):
        verdict(told(), "csat", "B")


def test_a_running_test_is_judged_by_the_interval_that_may_be_looked_at() -> None:
    """300 tickets an arm: clear to the ordinary interval, not yet to the one for every look; the times lie apart."""
    frame = shares((225, 300), (250, 300)).with_columns(resolution_calendar_minutes=pl.int_range(pl.len()) + 60.0)
    plain = effects(frame, [CSAT, MEDIAN], ["A", "B"])
    running = with_intervals(plain, always_valid(frame, [CSAT, MEDIAN], ["A", "B"]))
    assert verdict(plain, "csat", "B").code is Code.BETTER
    assert verdict(running, "csat", "B").code is Code.NOT_ENOUGH
    assert "asymptotic confidence sequence" in running["method"][0]
    assert "Howard and Ramdas" in running["method"][1]
    assert verdict(running, "time_median", "B").code is Code.WORSE
    assert running["ratio_low"].to_list() == [None, None]


def test_an_adjusted_verdict_speaks_of_adjusted_values() -> None:
    frame = shop(3, (300, 300))
    plain = effects(frame, [CSAT], ["A", "B"])
    fair = adjusted(frame, [CSAT], ["A", "B"]).differences
    row = with_intervals(plain, fair).to_dicts()[0]
    assert (row["value"], row["low"]) == (fair["value"][0], fair["low"][0])
    assert row["value"] != plain["value"][0]
    assert row["n"] == plain["n"][0]

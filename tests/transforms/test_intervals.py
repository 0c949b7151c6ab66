"""The intervals in kpi_week against a real bootstrap of the same tickets (docs/decisions/0003)."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from tests.transforms.published import Published

DRAWS = 4000
Sample = npt.NDArray[np.float64]

TICKET_WEEKS = {
    "resolution_time_mean_calendar_hours": ("resolution_calendar_minutes / 60", "resolved_week"),
    "resolution_time_median_calendar_hours": ("resolution_calendar_minutes / 60", "resolved_week"),
    "resolution_time_p90_calendar_hours": ("resolution_calendar_minutes / 60", "resolved_week"),
    "first_reply_median_business_hours": ("first_reply_business_minutes / 60", "created_week"),
    "handoffs": ("handoff_count", "resolved_week"),
}
QUANTILES = {"median": 0.5, "p90": 0.9}


def statistic_of(metric: str) -> str:
    return next((name for name in ("mean", "median", "p90") if f"_{name}_" in metric), "mean")


def bootstrap(sample: Sample, statistic: str) -> tuple[float, float]:
    draws = np.random.default_rng(5).choice(sample, (DRAWS, sample.size))
    figures = np.quantile(draws, QUANTILES[statistic], axis=1) if statistic in QUANTILES else draws.mean(axis=1)
    low, high = np.quantile(figures, [0.025, 0.975])
    return float(low), float(high)


def neighbours(sample: Sample, value: float) -> float:
    """The widest gap between order statistics around a value: a quantile cannot be placed more finely."""
    ordered = np.sort(sample)
    at = int(np.searchsorted(ordered, value))
    around = ordered[max(at - 2, 0) : at + 3]
    return float(around[-1] - around[0])


@pytest.mark.parametrize("metric", TICKET_WEEKS)
def test_an_interval_is_what_resampling_the_weeks_tickets_tends_to(demo: Published, metric: str) -> None:
    column, week_column = TICKET_WEEKS[metric]
    cells = demo.rows(
        "select week, low, high, n from kpi_week where metric = ? and workflow = 'all' and variant = 'all'"
        " and channel = 'all' and n >= 30 order by n desc limit 12",
        metric,
    )
    assert len(cells) >= 5
    for cell in cells:
        rows = demo.con.execute(
            f"select {column} from fct_ticket where is_measured and {week_column} = ? and {column} is not null",
            [cell["week"]],
        ).fetchall()
        sample = np.array([row[0] for row in rows], dtype=np.float64)
        assert sample.size == cell["n"]
        low, high = bootstrap(sample, statistic_of(metric))
        for ours, theirs in ((cell["low"], low), (cell["high"], high)):
            slack = 0.1 * (high - low)
            if statistic_of(metric) != "mean":
                slack += neighbours(sample, theirs)
            assert abs(ours - theirs) <= slack, (metric, cell, low, high)


def test_a_share_has_wilsons_interval(demo: Published) -> None:
    cells = demo.rows("select value, n, low, high from kpi_week where metric in ('csat', 'reopen_rate') and n >= 2")
    assert cells
    for cell in cells:
        expected = stats.binomtest(round(cell["value"] * cell["n"]), cell["n"]).proportion_ci(method="wilson")
        assert math.isclose(cell["low"], expected.low, abs_tol=1e-9)
        assert math.isclose(cell["high"], expected.high, abs_tol=1e-9)


def test_effort_has_students_interval(demo: Published) -> None:
    cells = demo.rows(
        "select week, value, n, low, high from kpi_week"
        " where metric = 'ces' and workflow = 'all' and variant = 'all' and channel = 'all' and n >= 2"
    )
    assert cells
    for cell in cells:
        answers = demo.con.execute("select ces_score from fct_ticket where ces_week = ?", [cell["week"]]).fetchall()
        scores = np.array([row[0] for row in answers])
        if scores.size != cell["n"] or scores.std() == 0:
            continue
        half = stats.t.ppf(0.975, cell["n"] - 1) * scores.std(ddof=1) / math.sqrt(cell["n"])
        assert math.isclose(cell["high"], min(cell["value"] + half, 7), rel_tol=1e-4)
        assert math.isclose(cell["low"], max(cell["value"] - half, 1), rel_tol=1e-4)


def test_cost_per_resolution_moves_as_resampled_tickets_with_fixed_cost_held(demo: Published) -> None:
    (cell,) = demo.rows(
        "select * from kpi_week where metric = 'cost_per_resolution' and workflow = 'all' and variant = 'all'"
        " and channel = 'all' order by n desc limit 1"
    )
    rows = demo.con.execute(
        """
        with costs as (
            select
                ticket_key,
                sum(amount) filter (where kind <> 'fixed') as own,
                sum(amount) filter (where kind = 'fixed') as fixed
            from fct_cost where bearer = 'counted' and date_trunc('week', day) = $week group by all
        )
        select coalesce(own, 0), coalesce(fixed, 0), coalesce(resolved_week = $week and is_measured, false)
        from fct_ticket left join costs using (ticket_key)
        where own is not null or fixed is not null or (is_measured and (resolved_week = $week or created_week = $week))
        """,
        {"week": cell["week"]},
    ).fetchall()
    own, resolved = np.array([row[0] for row in rows]), np.array([row[2] for row in rows], dtype=float)
    fixed = math.fsum(row[1] for row in rows)
    picks = np.random.default_rng(5).integers(0, len(rows), (DRAWS, len(rows)))
    draws = (own[picks].sum(axis=1) + fixed) / resolved[picks].sum(axis=1)
    assert math.isclose(cell["value"], (own.sum() + fixed) / resolved.sum(), rel_tol=1e-9)
    assert math.isclose(cell["high"] - cell["low"], 2 * 1.96 * draws.std(), rel_tol=0.08)

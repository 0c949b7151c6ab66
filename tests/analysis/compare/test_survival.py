"""Curves, restricted means and log-rank against lifelines, and by hand."""

from __future__ import annotations

import warnings

import lifelines
import numpy as np
import polars as pl
import pytest
from lifelines.statistics import logrank_test
from lifelines.utils import restricted_mean_survival_time

from analysis.compare.survival import survival
from tests.analysis.compare.shops import arm, shop


def durations(frame: pl.DataFrame, name: str) -> tuple[np.ndarray, np.ndarray]:
    rows = frame.filter(pl.col("arm") == name)
    minutes = rows.select(pl.coalesce("resolution_calendar_minutes", "open_minutes")).to_series().to_numpy()
    return minutes / 60, rows["resolution_calendar_minutes"].is_not_null().to_numpy()


def fitted(frame: pl.DataFrame, name: str) -> lifelines.KaplanMeierFitter:
    return lifelines.KaplanMeierFitter().fit(*durations(frame, name))


def test_curves_are_lifelines() -> None:
    frame = shop(2, (60, 70))
    curve = survival(frame, ["A", "B"]).curves.filter(pl.col("arm") == "A")
    theirs = fitted(frame, "A")
    assert curve["open_share"].to_numpy() == pytest.approx(theirs.predict(curve["hours"].to_numpy()).to_numpy())
    ends = theirs.confidence_interval_.loc[curve["hours"].to_numpy()].to_numpy()
    assert curve["low"].to_numpy() == pytest.approx(ends[:, 0])
    assert curve["high"].to_numpy() == pytest.approx(ends[:, 1])


def test_log_rank_and_restricted_means_are_lifelines() -> None:
    frame = shop(4, (150, 130))
    row = survival(frame, ["A", "B"]).differences.to_dicts()[0]
    (a, a_resolved), (b, b_resolved) = durations(frame, "A"), durations(frame, "B")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # lifelines' calls of pandas are deprecated
        p = logrank_test(a, b, a_resolved, b_resolved).p_value
        means = [
            restricted_mean_survival_time(fitted(frame, name), row["until_hours"], return_variance=False)
            for name in "AB"
        ]
    assert row["log_rank_p"] == pytest.approx(p)
    assert (row["baseline_mean_hours"], row["mean_hours"]) == pytest.approx(tuple(means))
    assert row["low"] < row["difference"] < row["high"]


def test_by_hand() -> None:
    """Resolved after 1 and 3 h, open for 2 and 4 h: 3/4 are open after 1 h, 3/8 after 3 h; mean to 4 h is 2.875 h."""
    one = arm("A", resolution_calendar_minutes=[60.0, None, 180.0, None], open_minutes=[None, 120.0, None, 240.0])
    found = survival(pl.concat([one, one.with_columns(arm=pl.lit("B"))]), ["A", "B"])
    assert found.curves.filter(pl.col("arm") == "A")["open_share"].to_list() == [1.0, 0.75, 0.375]
    row = found.differences.to_dicts()[0]
    assert (row["baseline_mean_hours"], row["difference"], row["log_rank_p"]) == (2.875, 0.0, 1.0)
    # Areas ahead: 1.875 after 1 h (1 of 4), 0.375 after 3 h (1 of 2).
    spread = 1.875**2 / 12 + 0.375**2 / 2
    assert row["high"] == pytest.approx(1.959964 * (2 * spread) ** 0.5)


def test_nothing_resolved_is_said() -> None:
    frame = pl.concat(
        [
            arm("A", resolution_calendar_minutes=[60.0], open_minutes=[None]),
            arm("B", resolution_calendar_minutes=[None], open_minutes=[5.0]),
        ],
        how="vertical_relaxed",
    )
    assert survival(frame, ["A", "B"]).differences["reason"].to_list() == ["nothing resolved in B"]


def test_long_curves_are_thinned_and_keep_their_ends() -> None:
    curve = survival(shop(1, (3_000, 3_000)), ["A", "B"]).curves.filter(pl.col("arm") == "B")
    assert curve.height <= 402
    assert curve["hours"][-1] == pytest.approx(durations(shop(1, (3_000, 3_000)), "B")[0].max(), rel=0.5)

"""Satisfaction as an association with waits, replies, hand-overs and reopenings: on answers whose truth is known."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from simulation.parameters import Level
from simulation.response import Curve, design, fit_response, read_answers
from simulation.signed_regression import Prior, linear, logistic, odds_to_share

WORKFLOWS = ("returns", "orders", "rare")
MOOD = np.array([2.9, -0.3, -0.28, -0.18, -0.25, -0.9, -0.25])
"""The truth of the answers made here: what demo/aftermath.py takes off a customer's mood."""


def tickets(n: int, seed: int = 1, rare: int = 20, mood: np.ndarray = MOOD) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    first = np.exp(rng.normal(4.5, 1.5, n))
    resolution = first + np.exp(rng.normal(6, 1.5, n))
    replies = rng.poisson(1.5, n)
    first = np.where(replies == 0, np.nan, first)
    handoffs, reopens = rng.poisson(0.4, n), rng.poisson(0.1, n)
    odds = design(first, resolution, replies, handoffs, reopens) @ mood
    answers, scores = rng.random(n) < 0.5, rng.random(n) < 0.2
    return pl.DataFrame(
        {
            "workflow": np.where(np.arange(n) < rare, "rare", np.where(np.arange(n) % 2 == 0, "returns", "orders")),
            "first_reply_calendar_minutes": pl.Series(first).fill_nan(None),
            "resolution_calendar_minutes": resolution,
            "public_reply_count": pl.Series(replies, dtype=pl.Int32),
            "handoff_count": pl.Series(handoffs, dtype=pl.Int32),
            "reopen_count": pl.Series(reopens, dtype=pl.Int32),
            "csat_satisfied": [
                bool(good) if asked else None
                for good, asked in zip(rng.random(n) < odds_to_share(odds), answers, strict=True)
            ],
            "ces_score": [
                float(score) if asked else None
                for score, asked in zip(5.1 + 0.42 * (odds - 1.5) + rng.normal(0, 0.5, n), scores, strict=True)
            ],
        },
        strict=False,
    )


def went(frame: pl.DataFrame) -> tuple[np.ndarray, ...]:
    code = frame["workflow"].replace_strict(WORKFLOWS, range(3), return_dtype=pl.Int32)
    columns = [
        "first_reply_calendar_minutes", "resolution_calendar_minutes", "public_reply_count", "handoff_count",
        "reopen_count",
    ]  # fmt: skip
    return code.to_numpy(), *(frame[name].to_numpy() for name in columns)


def test_the_truth_is_found_again() -> None:
    """20,000 tickets, half with an answer: each share within 4 points of the truth in the middle, and 1 on average."""
    frame = tickets(20_000)
    found = fit_response(read_answers(frame, WORKFLOWS))
    truth = odds_to_share(design(*went(frame)[1:]) @ MOOD)
    off = np.abs(found.csat(*went(frame)) - truth)
    assert float(np.median(off)) < 0.01
    assert float(np.quantile(off, 0.95)) < 0.04
    effort = 5.1 + 0.42 * (design(*went(frame)[1:]) @ MOOD - 1.5)
    assert float(np.abs(found.ces(*went(frame)) - effort).mean()) < 0.04
    assert found.csat_given(*went(frame)).mean() == pytest.approx(0.5, abs=0.01)
    assert found.ces_given(*went(frame)).mean() == pytest.approx(0.2, abs=0.01)


def test_predictions_are_calibrated_by_decile_of_waiting_on_tickets_not_fitted_on() -> None:
    found = fit_response(read_answers(tickets(20_000), WORKFLOWS))
    fresh = tickets(20_000, seed=2).drop_nulls("csat_satisfied")
    expected = found.csat(*went(fresh))
    good = fresh["csat_satisfied"].cast(pl.Float64).to_numpy()
    for part in np.array_split(np.argsort(fresh["resolution_calendar_minutes"].to_numpy()), 10):
        noise = np.sqrt((expected[part] * (1 - expected[part])).sum()) / len(part)
        assert abs(good[part].mean() - expected[part].mean()) < 3.5 * noise


def test_what_pleases_in_the_data_is_taken_as_no_effect() -> None:
    """Answers in which hand-overs please: the sign is bound, so that they count nothing."""
    mood = MOOD * np.array([1, 1, 1, 1, -1, 1, 1])
    found = fit_response(read_answers(tickets(5_000, mood=mood), WORKFLOWS))
    assert found.csat.beta[:2, 4] == pytest.approx(0.0)
    assert (found.csat.beta[:2, 1] < -0.1).all()


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 10_000),
    st.lists(st.floats(-3, 3), min_size=7, max_size=7),
    st.sampled_from(["csat", "ces"]),
    st.integers(1, 5),
)
def test_no_longer_wait_and_nothing_else_ever_pleases(seed: int, mood: list[float], name: str, place: int) -> None:
    found = fit_response(read_answers(tickets(300, seed, mood=np.array(mood)), WORKFLOWS))
    curve: Curve = getattr(found, name)
    rising = [np.full(50, 60.0), np.full(50, 600.0), np.full(50, 2), np.full(50, 1), np.full(50, 0)]
    rising[place - 1] = np.arange(1, 51) * (200.0 if place < 3 else 1)
    for workflow in range(3):
        expected = curve(np.full(50, workflow, dtype=np.int32), *rising)
        assert np.isfinite(expected).all()
        assert (np.diff(expected) <= 1e-12).all()


def test_outside_of_what_was_seen_the_nearest_that_was_seen_counts() -> None:
    frame = tickets(2_000)
    found = fit_response(read_answers(frame, WORKFLOWS))
    answered = frame.filter(pl.col("workflow") == "returns").drop_nulls("csat_satisfied")
    most = float(answered["resolution_calendar_minutes"].max())  # type: ignore[arg-type]
    code, ones = np.zeros(2, dtype=np.int32), np.ones(2)
    expected = found.csat(code, 60 * ones, np.array([most, 50 * most]), ones, 0 * ones, 0 * ones)
    assert expected[0] == expected[1]


def test_a_workflow_with_few_answers_goes_by_the_shops() -> None:
    """Its 20 tickets are all dissatisfied, the shop's are not: its expectation moves a little towards its own."""
    frame = tickets(4_000).with_columns(
        pl.when(pl.col("workflow") == "rare").then(None).otherwise(pl.col("csat_satisfied")).alias("csat_satisfied")
    )
    silent = fit_response(read_answers(frame, WORKFLOWS))
    angry = frame.with_columns(
        pl.when(pl.col("workflow") == "rare")
        .then(statement=False)
        .otherwise(pl.col("csat_satisfied"))
        .alias("csat_satisfied")
    )
    found = fit_response(read_answers(angry, WORKFLOWS))
    typical = tuple(np.array([value]) for value in (2, 90.0, 900.0, 2, 0, 0))
    shop = float(silent.csat(*typical)[0])
    assert 0.03 < shop - float(found.csat(*typical)[0]) < 0.2
    own = {row.subject: row for row in found.evidence if row.input == "CSAT"}
    assert (own["rare"].level, own["rare"].n, own["rare"].value) == (Level.POOLED, 20, "mean 0.00")
    assert own["returns"].level is Level.MEASURED


def test_weights_count_tickets_so_many_times() -> None:
    frame = tickets(1_000)
    times = np.random.default_rng(3).integers(0, 3, frame.height)
    again = frame[np.repeat(np.arange(frame.height), times)]
    weighted = fit_response(read_answers(frame, WORKFLOWS), times.astype(np.float64))
    repeated = fit_response(read_answers(again, WORKFLOWS))
    for name in ("csat", "ces", "csat_given", "ces_given"):
        assert getattr(weighted, name).beta == pytest.approx(getattr(repeated, name).beta, abs=1e-4), name


def test_without_an_answer_satisfaction_is_unknown() -> None:
    frame = tickets(50).with_columns(csat_satisfied=pl.lit(None, pl.Boolean), ces_score=pl.lit(None, pl.Float64))
    found = fit_response(read_answers(frame, WORKFLOWS))
    assert np.isnan(found.csat(*went(frame))).all()
    assert np.isnan(found.ces(*went(frame))).all()
    assert found.csat_given(*went(frame)).max() < 0.05
    assert {row.value for row in found.evidence} == {"no answers"}


def test_open_tickets_and_other_workflows_are_not_read() -> None:
    frame = tickets(100).with_columns(
        resolution_calendar_minutes=pl.when(pl.int_range(pl.len()) < 10).then(None).otherwise(100.0)
    )
    assert read_answers(frame, WORKFLOWS).tickets == 90
    assert read_answers(frame, ("orders",)).tickets == 40


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_the_bound_fit_is_the_lowest_there_is(seed: int) -> None:
    """A general optimiser under the same bounds finds nothing better, logistic and linear."""
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(80), rng.normal(size=(80, 3))])
    beta = rng.normal(size=4)
    prior, bound = Prior(np.zeros(4), np.eye(4)), np.array([False, True, True, False])
    y = (rng.random(80) < odds_to_share(x @ beta)).astype(np.float64)
    weights = rng.random(80)

    def odds_loss(b: np.ndarray) -> float:
        return float(weights @ (np.logaddexp(0, x @ b) - y * (x @ b)) + b @ b / 2)

    def square_loss(b: np.ndarray) -> float:
        return float(weights @ (y - x @ b) ** 2 / 2 + b @ b / 2)

    bounds = [(None, 0.0) if is_bound else (None, None) for is_bound in bound]
    for fit, loss in ((logistic, odds_loss), (linear, square_loss)):
        found = fit(x, y, weights, prior, bound)
        assert (found[bound] <= 0).all()
        assert loss(found) <= minimize(loss, np.zeros(4), bounds=bounds).fun + 1e-6

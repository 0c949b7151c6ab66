"""Differences against statsmodels, scipy, hand-computed cases, and what must hold of any."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from analysis.compare.effects import effects
from analysis.compare.frame import Kind, Measure, measures, split
from tests.analysis.compare.shops import ALL, COST, CSAT, MEAN, MEDIAN, P90, arm, shares, shop


def only(frame: pl.DataFrame, *wanted: Measure) -> dict[str, object]:
    """The single row of a comparison of A and B."""
    (row,) = effects(frame, wanted, ["A", "B"]).to_dicts()
    return dict(row)


@pytest.mark.parametrize(
    ("a", "b"), [((48, 80), (56, 70)), ((9, 11), (3, 10)), ((10, 10), (20, 20)), ((0, 15), (4, 12))]
)
def test_shares_are_newcombes_method_10(a: tuple[int, int], b: tuple[int, int]) -> None:
    row = only(shares(a, b), CSAT)
    expected = confint_proportions_2indep(b[0], b[1], a[0], a[1], compare="diff", method="newcomb")
    assert (row["low"], row["high"]) == pytest.approx(expected)
    assert row["design_effect"] == pytest.approx(1.0)


def test_newcombes_own_example() -> None:
    """Newcombe 1998, table II (a): 56/70 less 48/80: 0.0524 to 0.3339."""
    row = only(shares((48, 80), (56, 70)), CSAT)
    assert (row["difference"], row["low"], row["high"]) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)
    assert (row["ratio"], row["probability_better"]) == (pytest.approx(4 / 3), pytest.approx(0.9959, abs=2e-3))


def test_twins_count_once() -> None:
    """Every customer asked twice with the same answer: the interval is that of half as many (by hand: effect 2)."""
    once = only(shares((24, 40), (28, 35)), CSAT)
    twice = pl.concat([
        arm(name, [f"{name}{i // 2}" for i in range(2 * of)], csat_satisfied=[i // 2 < x for i in range(2 * of)])
        for name, (x, of) in (("A", (24, 40)), ("B", (28, 35)))
    ])  # fmt: skip
    row = only(twice, CSAT)
    assert row["n"] == 70
    assert row["design_effect"] == pytest.approx(2, rel=0.05)
    assert (row["low"], row["high"]) == pytest.approx((once["low"], once["high"]), abs=0.006)


def times(name: str, hours: np.ndarray) -> pl.DataFrame:
    return arm(name, resolution_calendar_minutes=hours * 60)


def test_means_are_no_narrower_than_welch_and_near_it() -> None:
    generator = np.random.default_rng(3)
    a, b = generator.normal(10, 2, 300), generator.normal(11, 3, 250)
    row = only(pl.concat([times("A", a), times("B", b)]), MEAN)
    welch = stats.ttest_ind(b, a, equal_var=False).confidence_interval()
    assert row["difference"] == pytest.approx(b.mean() - a.mean())
    assert float(str(row["low"])) <= welch.low + 1e-9
    assert float(str(row["high"])) >= welch.high - 1e-9
    assert (row["low"], row["high"]) == pytest.approx((welch.low, welch.high), abs=0.05)


def test_the_limit_continues_the_bootstrap() -> None:
    """Above 10,000 tickets the closed form takes over: on the same data both give the same."""
    generator = np.random.default_rng(4)
    a, b = generator.lognormal(2, 1, 9_000), generator.lognormal(2, 1, 9_000)
    drawn = only(pl.concat([times("A", a), times("B", b)]), MEAN)
    more = [np.concatenate([one, one[:2_000]]) for one in (a, b)]
    closed = only(pl.concat([times("A", more[0]), times("B", more[1])]), MEAN)
    assert "limit" in str(closed["method"])
    width = [(float(str(row["high"])) - float(str(row["low"]))) for row in (drawn, closed)]
    assert width[1] / width[0] == pytest.approx((9 / 11) ** 0.5, rel=0.06)


@pytest.mark.parametrize("measure", [MEAN, COST])
def test_draws_and_their_limit_agree_on_the_same_tickets(measure: Measure, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = shop(6, (8_000, 7_000))
    drawn = only(frame, measure)
    monkeypatch.setattr("analysis.compare.figures.MOST_DRAWN", 0)
    closed = only(frame, measure)
    assert ("limit" in str(closed["method"]), "limit" in str(drawn["method"])) == (True, False)
    width = float(str(drawn["high"])) - float(str(drawn["low"]))
    assert (closed["low"], closed["high"]) == pytest.approx((drawn["low"], drawn["high"]), abs=0.06 * width)


def test_customers_by_number_are_those_by_name_and_unknown_ones_stand_alone() -> None:
    generator = np.random.default_rng(9)
    numbers = pl.Series([int(i) if i < 150 else None for i in generator.integers(0, 200, 210)], dtype=pl.UInt64)
    frame = shop(9).with_columns(numbers.alias("customer_id"))
    named = frame.with_columns(pl.format("c{}", pl.col("customer_id").cast(pl.String).str.zfill(3)))
    assert effects(frame, ALL, ["A", "B"]).equals(effects(named, ALL, ["A", "B"]))
    for one in split(frame, ["A", "B"]):
        unknown = one.column("customer_id").null_count()
        assert unknown
        assert one.customers == one.column("customer_id").drop_nulls().n_unique() + unknown
        assert np.bincount(one.customer)[-unknown:].tolist() == [1] * unknown


@pytest.mark.parametrize(("measure", "p"), [(MEDIAN, 50), (P90, 90)])
def test_quantiles_are_near_scipys_bootstrap(measure: Measure, p: int) -> None:
    generator = np.random.default_rng(5)
    a, b = generator.lognormal(2, 1, 400), generator.lognormal(2.3, 1, 500)
    row = only(pl.concat([times("A", a), times("B", b)]), measure)
    assert row["difference"] == pytest.approx(np.percentile(b, p) - np.percentile(a, p))

    def difference(x: np.ndarray, y: np.ndarray, axis: int = -1) -> np.ndarray:
        return np.asarray(np.percentile(y, p, axis=axis) - np.percentile(x, p, axis=axis))

    drawn = stats.bootstrap((a, b), difference, n_resamples=999, method="percentile", rng=1).confidence_interval
    width = drawn.high - drawn.low
    assert (row["low"], row["high"]) == pytest.approx((drawn.low, drawn.high), abs=0.12 * width)


def test_cost_per_resolution_counts_the_cost_of_what_is_open() -> None:
    """A: 4 x 20 for 10 resolved of 20; B: 3 x 20 for 20."""
    half = [i % 2 == 0 for i in range(20)]
    costs = [4.0 + 0.1 * (i % 3) for i in range(20)]
    frame = pl.concat([arm("A", cost=costs, is_resolved=half), arm("B", cost=[3.0] * 20, is_resolved=[True] * 20)])
    row = only(frame, COST)
    assert row["baseline_value"] == pytest.approx(sum(costs) / 10)
    assert (row["value"], row["n"], row["baseline_n"]) == (3.0, 20, 10)
    assert float(str(row["high"])) < 0
    assert float(str(row["ratio_high"])) < 1


def test_too_few_says_why() -> None:
    row = only(shares((5, 9), (20, 30)), CSAT)
    assert row["reason"] == "9 in A, fewer than the 10 that are needed"
    assert (row["low"], row["probability_better"]) == (None, None)
    alike = pl.concat([arm(name, ["one"] * 30, csat_satisfied=[True, False, True] * 10) for name in "AB"])
    assert only(alike, CSAT)["reason"] == "1 customer in A, fewer than the 10 that are needed"
    empty = only(shares((5, 9), (20, 30)).filter(pl.col("arm") == "B"), CSAT)
    assert (empty["baseline_value"], empty["difference"]) == (None, None)


def test_constant_values_have_no_interval() -> None:
    row = only(pl.concat([times("A", np.full(20, 2.0)), times("B", np.full(20, 3.0))]), MEAN)
    assert (row["difference"], row["low"], row["reason"]) == (1.0, None, "the same in every ticket")


def test_one_arm_is_no_comparison() -> None:
    with pytest.raises(ValueError, match="two different variants"):
        split(shop(1), ["A", "A"])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.tuples(st.integers(30, 150), st.integers(30, 150)))
def test_swapping_the_arms_turns_everything_round(seed: int, sizes: tuple[int, int]) -> None:
    frame = shop(seed, sizes)
    there = effects(frame, ALL, ["A", "B"]).to_dicts()
    back = effects(frame, ALL, ["B", "A"]).to_dicts()
    for one, other in zip(there, back, strict=True):
        if one["difference"] is not None:
            assert one["difference"] == pytest.approx(-other["difference"])
        if one["low"] is not None:
            assert (one["low"], one["high"]) == pytest.approx((-other["high"], -other["low"]))
            assert one["low"] <= one["difference"] <= one["high"]
            assert one["probability_better"] == pytest.approx(1 - other["probability_better"])
            if one["ratio_low"] is not None:
                assert (one["ratio_low"] > 1) == (one["low"] > 0) or one["kind"] in {"share", "median", "p90"}


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_an_arm_against_itself_is_0(seed: int) -> None:
    frame = shop(seed).filter(pl.col("arm") == "A")
    for row in effects(pl.concat([frame, frame.with_columns(arm=pl.lit("B"))]), ALL, ["A", "B"]).to_dicts():
        assert row["difference"] == 0.0
        assert row["low"] is None or row["low"] <= 0 <= row["high"]


def test_the_same_on_every_run() -> None:
    assert effects(shop(1), ALL, ["A", "B"]).equals(effects(shop(1), ALL, ["A", "B"]))


def test_shuffled_labels_give_no_winner() -> None:
    """40 shops without an effect, 6 metrics: no more than 5% of intervals leave out 0, but for chance (p < 0.001)."""
    rows = pl.concat(effects(shop(seed), ALL, ["A", "B"]) for seed in range(40)).drop_nulls("low")
    outside = rows.filter((pl.col("low") > 0) | (pl.col("high") < 0)).height
    assert outside <= stats.binom.ppf(0.999, rows.height, 0.05)


def test_kinds_and_columns_follow_from_the_metric_table() -> None:
    table = pl.DataFrame(
        {
            "metric": ["csat", "time", "cost", "backlog", "carts"],
            "label": ["a", "b", "c", "d", "e"],
            "unit": ["share", "hours", "money", "count", "share"],
            "better": ["higher", "lower", "lower", "lower", "higher"],
            "interval_method": ["wilson", "p90", "ratio", "none", "wilson"],
            "min_n": [10, 5, 10, 0, 10],
            "expression": [
                "count(*) filter (where csat_satisfied) / nullif(count(csat_satisfied), 0)",
                "quantile_cont(resolution_calendar_minutes, 0.9) / 60",
                "sum(cost_amount) / nullif(count(*) filter (where is_resolution), 0)",
                None,
                "count(*) filter (where is_recovered) / nullif(count(*) filter (where is_entered), 0)",
            ],
        }
    )
    found = measures(table, shop(1))
    assert [(one.key, one.kind, one.columns) for one in found] == [
        ("csat", Kind.SHARE, ("csat_satisfied",)),
        ("time", Kind.P90, ("resolution_calendar_minutes",)),
        ("cost", Kind.RATIO, ("cost", "is_resolved")),
    ]


def test_where_all_of_an_arm_agree_its_likeness_is_the_other_arms() -> None:
    """A: 20 customers with two tickets each, all satisfied. In B customers with two tickets disagree: effect 1."""
    told = [name for i in range(20) for name in (f"c{i}", f"c{i}")]
    agree = arm("A", told, csat_satisfied=[True] * 40)
    mixed = arm("B", told, csat_satisfied=[True, False] * 20)
    row = only(pl.concat([agree, mixed]), CSAT)
    expected = confint_proportions_2indep(20, 40, 40, 40, compare="diff", method="newcomb")
    assert (row["low"], row["high"]) == pytest.approx(expected)

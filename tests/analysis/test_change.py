"""Changes against hand-computed intervals."""

import pytest

from analysis.change import NOTHING, Estimate, Verdict, compare, mean_of


def test_difference_of_two_shares_is_newcombes_interval() -> None:
    """Newcombe 1998, table II (a): 56/70 against 48/80 gives 0.0524 to 0.3339 by his method 10."""
    first = Estimate(0.8, 0.6917, 0.8771, 70)
    second = Estimate(0.6, 0.4904, 0.7004, 80)
    change = compare(first, second, "higher")
    assert change.delta == pytest.approx(0.2)
    assert (change.low, change.high) == pytest.approx((0.0524, 0.3339), abs=2e-4)
    assert change.verdict is Verdict.BETTER


@pytest.mark.parametrize(
    ("better", "verdict"),
    [("higher", Verdict.WORSE), ("lower", Verdict.BETTER), ("neither", Verdict.LOWER)],
)
def test_direction_decides_what_a_fall_means(better: str, verdict: Verdict) -> None:
    assert compare(Estimate(10, 9, 11, 50), Estimate(20, 18, 22, 50), better).verdict is verdict


def test_a_change_inside_the_noise_is_no_clear_change() -> None:
    change = compare(Estimate(0.82, 0.70, 0.90, 50), Estimate(0.86, 0.75, 0.93, 50), "higher")
    assert change.verdict is Verdict.UNCLEAR
    assert change.p_value > 0.05


@pytest.mark.parametrize(
    "unusable",
    [Estimate(None), Estimate(1.0, 1, 1, 3, too_few=True), Estimate(1.0, 1, 1, 30, is_complete=False)],
)
def test_unknown_too_few_and_open_weeks_are_not_compared(unusable: Estimate) -> None:
    assert compare(unusable, Estimate(1.0, 0.9, 1.1, 50), "higher") == NOTHING
    assert compare(Estimate(1.0, 0.9, 1.1, 50), unusable, "higher") == NOTHING


def test_counts_are_judged_by_their_own_routine_moves() -> None:
    """Moves of 10 on average: the limit for one week's move is 3.267 x 10."""
    routine = [100.0, 110.0, 100.0, 110.0, 100.0, 110.0, 100.0]
    assert compare(Estimate(132.0), Estimate(100.0), "neither", routine).verdict is Verdict.UNCLEAR
    assert compare(Estimate(133.0), Estimate(100.0), "neither", routine).verdict is Verdict.HIGHER
    assert compare(Estimate(133.0), Estimate(100.0), "neither", routine[:3]).verdict is Verdict.UNKNOWN


def test_mean_of_four_weeks_has_a_narrower_interval() -> None:
    """Four half-widths of 2 combine to sqrt(4 x 4) / 4 = 1."""
    weeks = [Estimate(value, value - 2, value + 2, 10) for value in (8.0, 10.0, 12.0, 10.0)]
    mean = mean_of(weeks)
    assert (mean.value, mean.low, mean.high, mean.n) == (10.0, 9.0, 11.0, 40)


def test_mean_leaves_out_what_is_unknown_and_needs_two() -> None:
    known = Estimate(4.0, 3.0, 5.0, 10)
    assert mean_of([known, Estimate(None), known]).value == 4.0
    assert mean_of([known, Estimate(None)]).value is None

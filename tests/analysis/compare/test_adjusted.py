"""Adjustment for mix: known answers, exact balance, and reversals."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from analysis.compare.adjusted import adjusted
from analysis.compare.effects import effects
from analysis.compare.overlap import PENALTY
from analysis.compare.simpson import reversals
from tests.analysis.compare.shops import ALL, COST, CSAT, MEAN, MEDIAN, arm, shop

LEVELS = (("channel", "chat"), ("channel", "mail"), ("priority", "high"), ("priority", "low"))


def kidney_stones() -> pl.DataFrame:
    """Charig and others 1986: treatment B looks better on the whole, A is better for small and for large stones."""
    counts = {
        ("A", "small"): (81, 87),
        ("A", "large"): (192, 263),
        ("B", "small"): (234, 270),
        ("B", "large"): (55, 80),
    }
    return pl.concat(
        [
            arm(name, csat_satisfied=[i < good for i in range(of)], reason=[size] * of)
            for (name, size), (good, of) in counts.items()
        ]
    )


def scaled(times: int) -> pl.DataFrame:
    return pl.concat([kidney_stones()] * times)


def test_overlap_weights_of_two_strata_by_hand() -> None:
    """With one covariate a stratum weighs n0 n1 / (n0 + n1); the difference is the weighted one of the strata."""
    weights = np.array([87 * 270 / 357, 263 * 80 / 343])
    by_stratum = np.array([234 / 270 - 81 / 87, 55 / 80 - 192 / 263])
    row = adjusted(kidney_stones(), [CSAT], ["A", "B"]).differences.to_dicts()[0]
    assert row["difference"] == pytest.approx(weights @ by_stratum / weights.sum(), abs=2e-4)
    assert row["low"] < row["difference"] < row["high"]
    assert (row["covariates"], row["reason"]) == (["reason"], None)


def test_cells_say_what_tickets_say() -> None:
    """Ticket by ticket: scikit-learn's logistic regression, and the sandwich of all equations by numeric slopes."""
    frame = shop(11, (400, 300))
    treated = (frame["arm"] == "B").to_numpy().astype(float)
    levels = np.column_stack([frame[name] == level for name, level in LEVELS]).astype(float)
    design = np.column_stack([np.ones(700), levels])
    cost, resolved = frame["cost"].to_numpy(), frame["is_resolved"].to_numpy().astype(float)

    def equations(theta: np.ndarray) -> np.ndarray:
        chance = expit(design @ theta[:-2])
        weight = np.where(treated == 1, 1 - chance, chance)
        arms = [(treated == at) * weight * (cost - theta[at - 2] * resolved) for at in (0, 1)]
        return np.column_stack([(treated - chance)[:, None] * design, *arms])

    model = LogisticRegression(C=1 / PENALTY / 700, tol=1e-10, max_iter=1_000).fit(levels, treated)
    theta = np.concatenate([model.intercept_, model.coef_[0], [0.0, 0.0]])
    chance = expit(design @ theta[:-2])
    for at, weight in ((-2, (1 - treated) * chance), (-1, treated * (1 - chance))):
        theta[at] = weight @ cost / (weight @ resolved)
    steps = np.eye(len(theta)) * 1e-5
    slopes = np.column_stack(
        [(equations(theta + h).sum(axis=0) - equations(theta - h).sum(axis=0)) / 2e-5 for h in steps]
    )
    slopes[np.arange(1, len(theta) - 2), np.arange(1, len(theta) - 2)] -= PENALTY * 700
    scores = equations(theta) @ np.linalg.inv(slopes).T @ np.array([0.0] * (len(theta) - 2) + [-1.0, 1.0])
    people = frame.select("customer_id", "arm").with_columns(score=pl.Series(scores)).group_by("customer_id", "arm")
    summed = people.agg(pl.col("score").sum())["score"].to_numpy()
    half = 1.959964 * np.sqrt((summed**2).sum() * len(summed) / (len(summed) - 1))

    row = adjusted(frame, [COST], ["A", "B"]).differences.to_dicts()[0]
    assert (row["baseline_value"], row["value"]) == pytest.approx((theta[-2], theta[-1]), rel=1e-6)
    assert (row["high"] - row["difference"], row["difference"] - row["low"]) == pytest.approx((half, half), rel=1e-4)


def test_a_level_that_only_one_arm_has_does_not_run_away() -> None:
    frame = pl.concat(
        [
            arm(name, csat_satisfied=[True, False] * 60, channel=channels)
            for name, channels in (("A", ["mail"] * 120), ("B", ["mail"] * 60 + ["chat"] * 60))
        ]
    )
    row = adjusted(frame, [CSAT], ["A", "B"]).differences.to_dicts()[0]
    assert row["difference"] == pytest.approx(0.0, abs=1e-9)
    assert row["outside_share"] == pytest.approx(0.25)


def test_weights_make_the_mix_equal() -> None:
    balance = adjusted(kidney_stones(), [CSAT], ["A", "B"]).balance
    assert (balance["before"].abs() > 1).all()
    assert (balance["after"].abs() < 5e-4).all()


def test_nothing_to_adjust_for_leaves_the_plain_difference() -> None:
    frame = shop(3).drop("channel", "priority")
    plain = effects(frame, ALL, ["A", "B"])["difference"]
    assert adjusted(frame, ALL, ["A", "B"]).differences["difference"].to_list() == pytest.approx(plain.to_list())


def test_a_planted_effect_is_found_under_a_mix_that_hides_it() -> None:
    """Chat takes a fifth of the time of mail, B has more mail, and B is 20% faster in both."""
    generator = np.random.default_rng(8)
    frames = []
    for name, mail, factor in (("A", 0.3, 1.0), ("B", 0.7, 0.8)):
        channel = np.where(generator.random(3_000) < mail, "mail", "chat")
        hours = np.where(channel == "mail", 20.0, 4.0) * factor * generator.lognormal(-0.125, 0.5, 3_000)
        frames.append(arm(name, channel=channel, resolution_calendar_minutes=hours * 60))
    frame = pl.concat(frames)
    assert effects(frame, [MEAN], ["A", "B"])["difference"][0] > 2
    mean, median = adjusted(frame, [MEAN, MEDIAN], ["A", "B"]).differences.to_dicts()
    assert mean["low"] < -0.2 * 12 < mean["high"] < 0  # both strata weigh the same: 12 h on average
    assert median["high"] < 0


def test_the_interval_covers() -> None:
    """100 shops in which the channel decides time and arm, without an effect: 95% of the intervals hold 0."""
    held = 0
    for seed in range(100):
        generator = np.random.default_rng(seed)
        mail = generator.random(300) < 0.5
        treated = generator.random(300) < np.where(mail, 0.7, 0.3)
        minutes = np.where(mail, 900.0, 300.0) * generator.lognormal(0, 0.6, 300)
        frame = pl.DataFrame(
            {
                "arm": np.where(treated, "B", "A"),
                "customer_id": [None] * 300,
                "channel": np.where(mail, "mail", "chat"),
                "resolution_calendar_minutes": minutes,
            },
            schema_overrides={"customer_id": pl.String},
        )
        row = adjusted(frame, [MEAN], ["A", "B"]).differences.to_dicts()[0]
        held += row["low"] <= 0 <= row["high"]
    assert 89 <= held <= 100


def test_arms_that_share_nothing_are_seen() -> None:
    frame = pl.concat(
        [
            arm(n, csat_satisfied=[True, False] * 50, channel=[c] * 98 + [d] * 2)
            for n, c, d in (("A", "mail", "chat"), ("B", "chat", "mail"))
        ]
    )
    row = adjusted(frame, [CSAT], ["A", "B"]).differences.to_dicts()[0]
    assert row["outside_share"] == 1.0
    assert row["effective_n"] < 40


def test_too_few_to_adjust() -> None:
    row = adjusted(shop(1, (5, 50)), [MEAN], ["A", "B"]).differences.to_dicts()[0]
    assert row["difference"] is None
    assert "fewer than the 10" in row["reason"]


def test_simpsons_reversal_is_told() -> None:
    frame = scaled(5)
    (found,) = reversals(frame, [CSAT], effects(frame, [CSAT], ["A", "B"]))
    assert (found.covariate, set(found.strata), found.share) == ("reason", {"small", "large"}, 1.0)
    assert found.difference == pytest.approx(289 / 350 - 273 / 350)


def test_a_shop_without_effects_has_no_reversals() -> None:
    for seed in range(20):
        frame = shop(seed)
        assert reversals(frame, ALL, effects(frame, ALL, ["A", "B"])) == []

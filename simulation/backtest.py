"""Would the model have been right? It is set back to past Mondays, foretells the weeks that followed, and is scored.

Rolling origin: a cut is a Monday; what is learned lies before it, and the figures of the period from it on are foretold.
Cuts lie a period apart, so that no week is foretold twice and the errors of cuts are nearly independent. Beside the
model stand two forecasts that need none: the last period again, and the same as last month (the four weeks before the
cut). All are read from today's weekly figures, where those of young weeks have settled, which at the time they had not:
that favours the naive forecasts, not the model.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl
from scipy.stats import t as student

from simulation.verdicts import Naive, Score, Verdict, headline, sentence

Forecaster = Callable[[dt.date, int], pl.DataFrame]
"""From a cut and the weeks of the period to workflow, metric, predicted, low, high (90% intervals) of the period."""

Tell = Callable[[int, int, dt.date], bool]
"""How many cuts of how many are done, and the next one; False stops the rest."""

WEEK = dt.timedelta(weeks=1)
MONTH_WEEKS = 4
TRAINING_WEEKS = 13
ENOUGH_CUTS = 4
NOMINAL = 0.9
SURE = 0.95
Z95 = 1.96
COUNTED = ("tickets_created", "tickets_resolved")
"""Counts over a period, which add up and have the noise of a Poisson process; of other metrics it is in the interval."""
STOCKS = ("backlog",)
"""Counts at the end of a week: a period's is that of its last week."""
KEYS = ("workflow", "metric", "cut")


@dataclass(frozen=True)
class Plan:
    """The cuts, oldest first, and how many weeks each foretells."""

    cuts: tuple[dt.date, ...]
    ahead: int


def plan(observed: pl.DataFrame, weeks: int, ahead: int = MONTH_WEEKS) -> Plan:
    """The last `weeks` weeks of kpi_week, in periods of `ahead` weeks each, after a quarter to learn from.

    `observed` has the rows that `scored` asks for. Raises ValueError where the history is too short for one cut.
    """
    first, last = observed["week"].min(), observed["week"].max()
    if not isinstance(first, dt.date) or not isinstance(last, dt.date):
        raise ValueError("no week is over yet, so there is nothing to compare a forecast with")  # noqa: TRY004
    fits = [last + WEEK - number * ahead * WEEK for number in range(1, max(weeks // ahead, 1) + 1)]
    cuts = tuple(cut for cut in reversed(fits) if cut - first >= TRAINING_WEEKS * WEEK)
    if not cuts:
        had = (last - first) // WEEK + 1
        raise ValueError(
            f"a back-test needs {TRAINING_WEEKS + ahead} finished weeks: {TRAINING_WEEKS} to learn from and {ahead} to "
            f"foretell. There are {had}"
        )
    return Plan(cuts, ahead)


def foretold(cuts: Plan, forecast: Forecaster, tell: Tell) -> pl.DataFrame:
    """The forecasts of all cuts, with the column cut. Stops early, with what there is, where `tell` says so."""
    frames = []
    for number, cut in enumerate(cuts.cuts):
        if not tell(number, len(cuts.cuts), cut):
            break
        frames.append(forecast(cut, cuts.ahead).with_columns(cut=pl.lit(cut)))
    return pl.concat(frames) if frames else pl.DataFrame(schema=FORETOLD)


FORETOLD = {
    "workflow": pl.String, "metric": pl.String, "predicted": pl.Float64, "low": pl.Float64, "high": pl.Float64,
    "cut": pl.Date,
}  # fmt: skip


def document(observed: pl.DataFrame, forecasts: pl.DataFrame, metrics: pl.DataFrame, ahead: int) -> dict[str, Any]:
    """What came of it, for page, command and report.

    `observed`: finished weeks of kpi_week (week, workflow, metric, value, n, low, high), `metrics`: rows of `metric`
    (metric, label, unit). Keys: `headline` (sentences, what the model is no better at first), `coverage`, `nominal`,
    `cuts`, `ahead` (weeks of a period), `scores` (one per workflow and metric), `points` (one per period foretold).
    """
    points = compared(observed, forecasts, ahead)
    scores = [_score(group, row) for row, group in _groups(points, metrics.select("metric", "label", "unit"))]
    cover = points["is_inside"].mean()
    coverage = cover if isinstance(cover, float) else None
    return {
        "headline": headline(scores, coverage, points["is_inside"].count()),
        "coverage": coverage,
        "nominal": NOMINAL,
        "cuts": points["cut"].n_unique(),
        "ahead": ahead,
        "scores": [{**vars(score), "sentence": sentence(score)} for score in scores],
        "points": points.to_dicts(),
    }


def compared(observed: pl.DataFrame, forecasts: pl.DataFrame, ahead: int) -> pl.DataFrame:
    """Every figure foretold beside what came, the two naive forecasts, and how far chance alone moves such a figure."""
    cuts = forecasts["cut"].unique()
    came = _periods(observed, cuts, 0, ahead)
    last = _periods(observed, cuts, -ahead, ahead).select(*KEYS, replay="value")
    month = _periods(observed, cuts, -MONTH_WEEKS, MONTH_WEEKS).select(*KEYS, last_month=_as_long("value", ahead))
    return (
        forecasts.filter(pl.col("predicted").is_not_null())
        .join(came.select(*KEYS, "noise", actual="value"), on=KEYS)
        .join(last, on=KEYS, how="left")
        .join(month, on=KEYS, how="left")
        .with_columns(is_inside=pl.col("actual").is_between("low", "high"))
        .sort(KEYS)
    )


def _periods(observed: pl.DataFrame, cuts: pl.Series, first: int, weeks: int) -> pl.DataFrame:
    """The figures of so many weeks from the `first` after each cut on, where all of them are known: KEYS, value, noise.

    Counts add up, stocks are the last week's, and all else is the mean of the weeks weighted by what they rest on: of
    means and shares that is the period's own figure, of medians nearly so. `noise` is the mean distance of the figure
    from what it stands for: 0.8 standard errors, which are those of its weeks' 95% intervals.
    """
    begin = pl.col("cut") + first * WEEK
    rows = observed.filter(pl.col("value").is_not_null()).join(cuts.to_frame(), how="cross")
    inside = rows.filter(pl.col("week") >= begin, pl.col("week") < begin + weeks * WEEK).sort("week")
    share = pl.col("n") / pl.col("n").sum()
    error = (pl.col("high") - pl.col("low")) / (2 * Z95)
    counted, stock = pl.col("metric").is_in(COUNTED).first(), pl.col("metric").is_in(STOCKS).first()
    found = inside.group_by(KEYS, maintain_order=True).agg(
        pl.len(),
        value=pl.when(counted).then(pl.col("value").sum()).when(stock).then(pl.col("value").last())
        .otherwise((share * pl.col("value")).sum()),
        noise=pl.when(counted).then(pl.col("value").sum().sqrt()).when(error.null_count() == 0)
        .then((share * error).pow(2).sum().sqrt()) * math.sqrt(2 / math.pi),
    )  # fmt: skip
    return found.filter(pl.col("len") == weeks)


def _as_long(column: str, ahead: int) -> pl.Expr:
    """A month's figure for a period of another length: counts in proportion."""
    return pl.col(column) * pl.when(pl.col("metric").is_in(COUNTED)).then(ahead / MONTH_WEEKS).otherwise(1.0)


def _groups(points: pl.DataFrame, named: pl.DataFrame) -> list[tuple[dict[str, str], pl.DataFrame]]:
    """The points of each workflow and metric, metrics in their order, with what the metric is called."""
    rows = named.to_dicts()
    split = points.partition_by("workflow", "metric", as_dict=True, maintain_order=True)
    flows = points["workflow"].unique().sort()
    return [
        ({"workflow": flow, **row}, split[flow, row["metric"]])
        for row in rows
        for flow in flows
        if (flow, row["metric"]) in split
    ]


def _score(points: pl.DataFrame, named: dict[str, str]) -> Score:
    """How one figure of one workflow was foretold, and the verdict against the better of the two naive forecasts."""
    errors = {name: _mean_error(points, name) for name in ("predicted", "replay", "last_month")}
    known = {naive: errors[naive] for naive in Naive if errors[naive] is not None}
    rival = min(known, key=lambda naive: known[naive] or 0.0) if known else None
    share = points["is_inside"].mean()
    verdict, gain = _verdict(points, rival) if rival else (Verdict.UNKNOWN, None)
    relative = points.filter(pl.col("actual") != 0).select(((pl.col("predicted") / pl.col("actual")) - 1).abs())
    return Score(
        **named,
        periods=points.height,
        error=errors["predicted"] or 0.0,
        bias=_number(points.select(pl.col("predicted") - pl.col("actual"))) or 0.0,
        relative_error=_number(relative),
        replay_error=errors["replay"],
        last_month_error=errors["last_month"],
        noise=_number(points.select("noise")),
        coverage=share if isinstance(share, float) else None,
        rival=rival,
        verdict=verdict,
        gain=gain,
    )


def _mean_error(points: pl.DataFrame, forecast: str) -> float | None:
    return _number(points.select((pl.col(forecast) - pl.col("actual")).abs()))


def _number(column: pl.DataFrame) -> float | None:
    """The mean of a frame's only column; None where nothing is known."""
    value = column.to_series().mean()
    return value if isinstance(value, float) else None


def _verdict(points: pl.DataFrame, rival: Naive) -> tuple[Verdict, float | None]:
    """Whether the model's error is smaller by more than chance, and by how much on average (above 0: smaller).

    Student's 95% interval of the mean difference over the cuts.
    """
    gain = (pl.col(rival) - pl.col("actual")).abs() - (pl.col("predicted") - pl.col("actual")).abs()
    gains = points.select(gain=gain).drop_nulls()["gain"].to_numpy()
    if len(gains) < ENOUGH_CUTS:
        return Verdict.UNKNOWN, None
    mean = float(gains.mean())
    half = float(student.ppf((1 + SURE) / 2, len(gains) - 1) * gains.std(ddof=1) / math.sqrt(len(gains)))
    if abs(mean) <= half or not mean:
        return Verdict.SAME, mean
    return (Verdict.BETTER if mean > 0 else Verdict.WORSE), mean

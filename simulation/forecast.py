"""The next weeks from today's backlog, day by day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from simulation.clock import DAY, MONDAY, clock
from simulation.experiment import BLOCK, FRESH, Answer, Calibration, Settings, block_weights
from simulation.intervals import Estimate, Runs, prediction
from simulation.parameters import Floats, Parameters
from simulation.runs import Cancel, Desk, Figures, Progress, Score, Unit, figures

COUNTED = ("created", "resolved", "open")
LEVEL = 0.90

Predicted = Callable[[Floats], Estimate]
"""Of figures [units, seeds]."""


def forecast(
    calibration: Calibration,
    score: Score,
    settings: Settings,
    workers: int = 2,
    progress: Progress = lambda _done, _total: None,
    cancel: Cancel = lambda: False,
) -> Answer:
    """`days`: created, resolved and open by workflow and local day; `predictions`: the period's KPIs; with 90% ranges.

    Raises CancelledError when `cancel` says so.
    """
    point = calibration.fit(None)
    found = figures(Desk(score, settings.period, workers, progress, cancel), _units(point, calibration, settings))
    seeds, blocks = len(settings.common), max(calibration.days / BLOCK, 1.0)

    def predicted(values: Floats) -> Estimate:
        return prediction(Runs(values[0, :seeds], values[1:, :seeds], values[1:, seeds], blocks), LEVEL)

    return {
        "seed": settings.seed,
        "weeks": settings.weeks,
        "days": list(_days(point, found, settings.minutes, predicted)),
        "predictions": list(_predictions(found, predicted)),
    }


_Plan = tuple[Callable[[], list[Parameters]], list[int], Floats | None, Floats | None]
"""Variants, seeds, days' weights, level of contacts."""


def _units(point: Parameters, calibration: Calibration, settings: Settings) -> list[Unit]:
    """The best calibration with the common seeds, then each draw with these, and with a seed and level of its own."""
    weights = block_weights(calibration.days, settings.draws, settings.seed)
    levels = calibration.levels(settings.draws, settings)
    plans: list[_Plan] = [(lambda: [point], settings.common, None, None)]
    plans += [
        (partial(_alone, calibration, row), [*settings.common, settings.seed + FRESH + n], row, levels[n])
        for n, row in enumerate(weights)
    ]
    respond = calibration.respond
    return [
        Unit(variants, seeds, with_days=True, respond=partial(respond, row) if respond else None, level=level)
        for variants, seeds, row, level in plans
    ]


def _alone(calibration: Calibration, weights: Floats) -> list[Parameters]:
    return [calibration.fit(weights)]


def _predictions(found: Figures, predicted: Predicted) -> Iterator[Answer]:
    for w, flow in enumerate(found.workflows):
        for m, metric in enumerate(found.metrics):
            told = predicted(found.kpis[:, 0, :, w, m])
            if not np.isnan(told.value):
                yield {"workflow": flow, "metric": metric} | _range(told)


def _days(point: Parameters, found: Figures, minutes: int, predicted: Predicted) -> Iterator[Answer]:
    """The first day is left out if less than an hour of it is to come. No count is under 0."""
    starts = float(clock(point.zone, point.start, minutes).local(np.zeros(1))[0])
    first, whole = int(starts // DAY), starts % DAY < DAY - 60
    days = np.datetime64(MONDAY.date()) + np.arange(first, first + found.days.shape[-1])
    for w, flow in enumerate(found.workflows):
        for d, day in enumerate(days):
            if d or whole:
                told = {name: _range(predicted(found.days[:, :, c, w, d]), 0.0) for c, name in enumerate(COUNTED)}
                yield {"workflow": flow, "day": str(day)} | told


def _range(told: Estimate, least: float = -np.inf) -> dict[str, Any]:
    named = {"value": told.value, "low": told.low, "high": told.high}
    return {name: float(max(bound, least)) for name, bound in named.items()}

"""The next weeks from today's backlog, day by day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np

from simulation.clock import DAY, MONDAY, clock
from simulation.experiment import BLOCK, FRESH, Answer, Calibration, Settings, block_weights
from simulation.intervals import Runs, prediction
from simulation.parameters import Floats, Parameters
from simulation.runs import Cancel, CancelledError, Desk, Progress, Score, Unit, figures, one_run
from simulation.ticket_rows import rules
from simulation.usage import day_counts, open_at_start

COUNTED = ("created", "resolved", "open")
LEVEL = 0.90


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
    weights = block_weights(calibration.days, settings.draws, settings.seed)
    draws = [partial(calibration.fit, row) for row in weights]
    asked = [partial(calibration.respond, row) if calibration.respond else None for row in (None, *weights)]
    common = [settings.seed + place for place in range(settings.replications)]
    units = [Unit(lambda: [point], common, respond=asked[0])]
    levels = calibration.levels(settings.draws, settings)
    units += [
        Unit(partial(_alone, draw), [*common, settings.seed + FRESH + n], respond=asked[n + 1], level=levels[n])
        for n, draw in enumerate(draws)
    ]
    found = figures(Desk(score, settings.period, workers, progress, cancel), units)
    blocks = max(calibration.days / BLOCK, 1.0)
    seeds = settings.replications
    predictions = []
    for w, flow in enumerate(found.workflows):
        for m, metric in enumerate(found.metrics):
            values = found.kpis[:, 0, :, w, m]
            told = prediction(Runs(values[0, :seeds], values[1:, :seeds], values[1:, seeds], blocks), LEVEL)
            if not np.isnan(told.value):
                predictions.append({"workflow": flow, "metric": metric} | _range(told.value, told.low, told.high))
    return {
        "seed": settings.seed,
        "weeks": settings.weeks,
        "days": _days(point, draws, calibration.levels(settings.draws * seeds, settings), settings, workers, cancel),
        "predictions": predictions,
    }


def _alone(draw: Callable[[], Parameters]) -> list[Parameters]:
    return [draw()]


def _days(
    point: Parameters,
    draws: Sequence[Callable[[], Parameters]],
    levels: Sequence[Floats | None],
    settings: Settings,
    workers: int,
    cancel: Cancel,
) -> list[Answer]:
    """Quantiles over every draw's runs with seeds of their own: a day's count is made of whole tickets.

    The first day is left out if less than an hour of it is to come.
    """
    with ThreadPoolExecutor(workers) as threads:
        jobs = [
            threads.submit(_counted, draw, settings.minutes, settings.seed + FRESH + n, levels[n :: len(draws)], cancel)
            for n, draw in enumerate(draws)
        ]
        counts = np.array([run for job in jobs for run in job.result()], dtype=np.float64)
    low, high = np.quantile(counts, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    middle = counts.mean(axis=0)
    starts = float(clock(point.zone, point.start, settings.minutes).local(np.zeros(1))[0])
    first, whole = int(starts // DAY), starts % DAY < DAY - 60
    days = np.datetime64(MONDAY.date()) + np.arange(first, first + counts.shape[-1])
    return [
        {"workflow": flow, "day": str(day)}
        | {name: _range(middle[c, w, d], low[c, w, d], high[c, w, d]) for c, name in enumerate(COUNTED)}
        for w, flow in enumerate(("all", *point.workflows))
        for d, day in enumerate(days)
        if d or whole
    ]


def _counted(
    draw: Callable[[], Parameters], minutes: int, seed: int, levels: Sequence[Floats | None], cancel: Cancel
) -> list[Floats]:
    """[3, W + 1, days] COUNTED of runs of one draw, each at its level of contacts, the total first."""
    parameters = draw()
    meaning = rules(parameters)
    opening = open_at_start(parameters, meaning)[:, None]
    found: list[Floats] = []
    for place, level in enumerate(levels):
        if cancel():
            raise CancelledError
        own = seed + place * FRESH
        _, came, ran = one_run(parameters, minutes, own, level)
        created, resolved, reopened = day_counts(parameters, meaning, came, ran, minutes)
        still = opening + np.cumsum(created + reopened - resolved, axis=1)
        table = np.stack([created, resolved, still]).astype(np.float64)
        found.append(np.concatenate([table.sum(axis=1, keepdims=True), table], axis=1))
    return found


def _range(value: float, low: float, high: float) -> dict[str, Any]:
    return {"value": float(value), "low": float(low), "high": float(high)}

"""The shop's forecast as it would have been on a past Monday: calibrated on what was known then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import polars as pl

from flowmeter.simulation_frames import ServiceFacts
from simulation.backtest import Forecaster
from simulation.calibrate import fit, observe
from simulation.experiment import Answer, Calibration, Settings
from simulation.forecast import forecast
from simulation.runs import Cancel, Score

Facts = Callable[[dt.date], ServiceFacts]
"""What was known when a Monday began."""


def forecaster(facts: Facts, score: Score, settings: Settings, cancel: Cancel = lambda: False) -> Forecaster:
    """Forecasts of a period from a past Monday on. They raise CancelledError when `cancel` says so."""

    def foretell(cut: dt.date, ahead: int) -> pl.DataFrame:
        observed = observe(facts(cut))
        calibration = Calibration(partial(fit, observed), len(observed.days), drift=observed.drift)
        told = forecast(calibration, score, replace(settings, weeks=ahead), cancel=cancel)
        return pl.DataFrame([*told["predictions"], *_backlog(told)]).select(
            "workflow", "metric", predicted="value", low="low", high="high"
        )

    return foretell


def _backlog(told: Answer) -> list[Answer]:
    """What is open at the end of the last day."""
    last = max(row["day"] for row in told["days"])
    return [
        {"workflow": row["workflow"], "metric": "backlog", **row["open"]} for row in told["days"] if row["day"] == last
    ]

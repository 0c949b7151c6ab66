"""The shop's forecast as it would have been on a past Monday: calibrated on what was known then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import polars as pl

from flowmeter.simulation_frames import ServiceFacts
from simulation.backtest import Forecaster
from simulation.experiment import Answer, Settings
from simulation.forecast import forecast
from simulation.runs import Cancel, Score
from simulation.trial import calibrated

Facts = Callable[[dt.date], tuple[ServiceFacts, pl.DataFrame]]
"""What was known when a Monday began, and what answers to surveys (flowmeter.survey_facts)."""


def forecaster(facts: Facts, score: Score, settings: Settings, cancel: Cancel = lambda: False) -> Forecaster:
    """Forecasts of a period from a past Monday on. They raise CancelledError when `cancel` says so."""

    def foretell(cut: dt.date, ahead: int) -> pl.DataFrame:
        shop = calibrated(*facts(cut))
        if shop is None:
            raise ValueError(f"no ticket has a log of what happened to it before {cut}")
        told = forecast(shop.calibration, score, replace(settings, weeks=ahead), cancel=cancel)
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

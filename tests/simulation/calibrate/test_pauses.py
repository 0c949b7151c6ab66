"""Work of logs that runs beside other work, or rests overnight: by hand."""

from __future__ import annotations

import numpy as np
import polars as pl

from simulation.calibrate.chain import Columns, columns
from simulation.calibrate.pauses import beside, resting, without_closing
from simulation.calibrate.shifts import Days, Shifts

DAY = 1440.0


def _visits(rows: list[tuple[int, float, float, float]]) -> Columns:
    """Visits of a log (ticket, entered, started, left), all by Ann at the same step."""
    frame = pl.DataFrame(rows, schema=["ticket_key", "entered", "started", "left"], orient="row").with_columns(
        workflow=pl.lit("flow"), name=pl.lit("Check"), pool=pl.lit("Check"), actor=pl.lit("human"),
        group=pl.lit(None, pl.String), is_work=pl.lit(value=True), is_resolved=pl.lit(value=False),
        is_given_up=pl.lit(value=False), is_log=pl.lit(value=True), hands=pl.lit(0), billed=pl.lit(0.0),
        work=pl.col("left") - pl.col("started"), delay=pl.lit(None, pl.Float64), agent=pl.lit("ann"),
        own=pl.lit(None, pl.String), replies=pl.lit(0),
    )  # fmt: skip
    keys = sorted({row[0] for row in rows})
    minutes = frame.select("entered", "started", "left")
    return columns(frame, keys, np.zeros(len(rows), np.int32), ("ann",), minutes)


def test_work_beside_other_work_is_what_is_left_after_it_and_its_rest_keeps_the_agent_busy() -> None:
    """Of 60 minutes 40 ran beside the first visit: 20 are left, and 20 a visit are added to the queue's people."""
    visits, hidden = beside(_visits([(1, 0, 0, 50), (1, 10, 10, 70)]), np.zeros(2, np.int32), 1)
    assert visits.started.tolist() == [0, 50]
    assert visits.entered.tolist() == [0, 50]
    assert visits.work.tolist() == [50, 20]
    assert hidden.tolist() == [20]


def test_work_of_another_ticket_is_not_beside() -> None:
    visits, hidden = beside(_visits([(1, 0, 0, 50), (2, 10, 10, 70)]), np.zeros(2, np.int32), 1)
    assert (visits.work.tolist(), hidden.tolist()) == ([50, 60], [0])


def _nights(over_night: float) -> tuple[Columns, tuple[np.ndarray, np.ndarray]]:
    """Twenty visits of an hour within a day, and twenty from half an hour before closing (17:00) on."""
    days = np.arange(20) * DAY
    began = np.concatenate([days + 600, days + 990])
    ended = np.concatenate([days + 660, days + 990 + over_night])
    rows = [(n, b, b, e) for n, (b, e) in enumerate(zip(began.tolist(), ended.tolist(), strict=True))]
    return _visits(rows), (began, ended)


def _nine_to_five() -> Shifts:
    weekday = np.arange(7, dtype=np.int32)
    none = np.empty(0, np.int32)
    days = Days(none, none, np.empty(0), np.empty(0))
    return Shifts(weekday * 0, weekday, np.full(7, 540.0), np.full(7, 1020.0), np.ones(7), np.ones(1, np.int32), days)


def test_work_that_goes_on_next_morning_rested_overnight() -> None:
    """From 16:30 to 9:30: half an hour before closing and half an hour after opening."""
    visits, instants = _nights(17 * 60)
    found, rests = resting(visits, np.zeros(40, np.int32), 1, _nine_to_five(), instants)
    assert rests.tolist() == [True]
    assert set(found.work.tolist()) == {60.0}


def test_work_that_is_done_before_the_day_is_over_does_not_rest() -> None:
    visits, instants = _nights(60)
    found, rests = resting(visits, np.zeros(40, np.int32), 1, _nine_to_five(), instants)
    assert rests.tolist() == [False]
    assert set(found.work.tolist()) == {60.0}


def test_a_queue_with_little_work_over_night_does_as_most_work_does() -> None:
    """The last of 40 visits is alone in its queue; those of the other queue rest over night, so it does too."""
    visits, instants = _nights(17 * 60)
    pool = np.zeros(40, np.int32)
    pool[-1] = 1
    found, rests = resting(visits, pool, 2, _nine_to_five(), instants)
    assert rests.tolist() == [True, True]
    assert found.work[-1] == 60


def test_a_wait_until_the_shop_opens_is_one_of_those_that_show_whole() -> None:
    """Nineteen wait an hour by day; who comes at 16:30 and at 20:00 is begun at the opening: an hour waited as well."""
    rows = [(day, day * DAY + 540.0, day * DAY + 600.0, day * DAY + 1020.0) for day in range(19)]
    rows += [
        (19, 19 * DAY + 990, 20 * DAY + 600, 20 * DAY + 610),
        (20, 19 * DAY + 1200, 20 * DAY + 600, 20 * DAY + 620),
    ]
    visits = _visits(rows)
    waits = without_closing(visits, (visits.entered, visits.started, visits.left))
    assert waits.tolist() == [60.0] * 21


def test_a_wait_that_ends_after_the_opening_is_whole() -> None:
    rows = [(day, day * DAY + 540.0, day * DAY + 600.0, day * DAY + 1020.0) for day in range(20)]
    rows += [(20, 18 * DAY + 990, 19 * DAY + 640, 19 * DAY + 650)]
    visits = _visits(rows)
    waits = without_closing(visits, (visits.entered, visits.started, visits.left))
    assert waits[-1] == DAY - 350

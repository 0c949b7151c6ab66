"""Work and waits of logs as a chain of visits can hold them: what runs beside other work, what rests overnight.

Side by side: an activity that began before the one that ended last is, to the ticket, what is left of it after that.
The minutes before keep its agent busy all the same: they are added after each visit of its queue.

Overnight: what a log shows as one long stretch of work, from one day to the next, is two short ones.

Where an agent's work goes on from one of his days to another, either he worked on through the night or the work rested
while he was away. Which of the two, the rest of his work tells: work that is put down is as long as other work once
only his hours are counted.

Closed hours: a wait that ends as the shop opens may have been over long before.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulation.calibrate.chain import Columns
from simulation.calibrate.shifts import Shifts, acting_days
from simulation.parameters import Floats, Ints

_ENOUGH = 10
_DAY = 1440.0
_OPENS = 15.0
_LOT = 0


def in_turn(visits: Columns) -> tuple[Floats, Floats]:
    """When visits of logs were entered and begun once nothing else of their ticket went on any more."""
    ticket = pl.DataFrame({"ticket": visits.ticket, "left": visits.left})
    until = ticket.select(pl.col("left").shift(1).over("ticket").cum_max().over("ticket"))["left"].to_numpy()
    late = visits.is_log & (visits.entered < until)
    started = np.where(late & ~np.isnan(visits.started), np.fmax(visits.started, until), visits.started)
    return np.where(late, until, visits.entered), started


def beside(visits: Columns, pool: Ints, size: int) -> tuple[Columns, Floats]:
    """The visits of logs one after the other, and by pool the mean minutes of work that ran beside other work."""
    entered, started = in_turn(visits)
    length = visits.left - visits.started
    is_cut = (started > visits.started) & visits.is_work & (length > 0)
    share = np.where(is_cut, (started - visits.started) / np.where(is_cut, length, 1.0), 0.0)
    hidden = np.nan_to_num(share * visits.work)
    work = visits.work - hidden
    seen = pool >= 0
    mean = np.bincount(pool[seen], hidden[seen], size) / np.maximum(np.bincount(pool[seen], minlength=size), 1)
    return replace(visits, entered=entered, started=started, work=work), mean


def resting(
    visits: Columns, pool: Ints, size: int, usual: Shifts, instants: tuple[Floats, Floats]
) -> tuple[Columns, NDArray[np.bool_]]:
    """The visits with the minutes worked in working hours where work rests, and for each of the pools whether it does.

    Pools with too little work over night do as most work of the others does.

    `instants`: local minutes since 1970-01-01 at which work began and ended, by visit.
    """
    began, ended = instants
    known = visits.is_log & visits.is_work & (visits.agent >= 0) & (visits.work > 0) & ~np.isnan(began + ended)
    over_night = known & (np.floor(began / _DAY) < np.floor(ended / _DAY))
    in_hours = np.full(len(began), np.nan)
    for agent in np.unique(visits.agent[over_night]):
        rows = np.flatnonzero(over_night & (visits.agent == agent))
        in_hours[rows] = _on_duty(usual, int(agent), began[rows], ended[rows])
    rests = np.zeros(size, np.bool_)
    tells = np.zeros(size, np.bool_)
    work = visits.work.copy()
    nights = np.bincount(pool[over_night], minlength=size)
    for number in range(size):
        rows, others = np.flatnonzero(over_night & (pool == number)), known & ~over_night & (pool == number)
        tells[number] = len(rows) >= _ENOUGH and others.sum() >= _ENOUGH
        rests[number] = tells[number] and _is_shorter(in_hours[rows], work[rows], work[others])
    rests[~tells] = nights[rests].sum() > nights[tells & ~rests].sum()  # as most work of the shop
    rows = np.flatnonzero(over_night & np.r_[rests, False][pool])
    work[rows] = np.maximum(in_hours[rows], 1.0)
    return replace(visits, work=work), rests


def _is_shorter(in_hours: Floats, whole: Floats, others: Floats) -> bool:
    """Whether the working hours of work over night are more like other work than its whole length is."""
    usual = float(np.log(others).mean())
    return abs(float(np.log(np.maximum(in_hours, 1.0)).mean()) - usual) < abs(float(np.log(whole).mean()) - usual)


def _on_duty(usual: Shifts, agent: int, began: Floats, ended: Floats) -> Floats:
    """Minutes of an agent's usual shifts between instants."""
    mine = np.flatnonzero(usual.agent == agent)
    days = np.arange(np.floor(began.min() / _DAY) - 1, np.floor(ended.max() / _DAY) + 1)
    weekday = (days + 3) % 7  # 1970-01-01 was a Thursday
    row, day = np.nonzero(usual.weekday[mine][:, None] == weekday[None, :])
    low, high = days[day] * _DAY + usual.start[mine[row]], days[day] * _DAY + usual.end[mine[row]]
    inside = np.minimum(ended[:, None], high[None, :]) - np.maximum(began[:, None], low[None, :])
    result: Floats = np.maximum(inside, 0.0).sum(axis=1)
    return result


def without_closing(visits: Columns, instants: tuple[Floats, Floats, Floats]) -> Floats:
    """Minutes from joining to beginning [V], without the closed hours that may be all there is to them.

    What begins as the shop's day does may have waited for that alone. All that is known of what else it waited for is
    a least and a most; a wait between the two stands for it, drawn from those of its step that show whole.
    `instants`: local minutes since 1970-01-01 at which visits were entered, begun and ended.
    """
    entered, started, left = instants
    waits = np.maximum(visits.started - visits.entered, 0.0)
    works = visits.is_log & visits.is_work & ~np.isnan(started) & ~np.isnan(left)
    least = np.full(len(waits), np.nan)
    rows = np.flatnonzero(works & (waits > 0))
    if len(rows):
        least[rows] = _before_closing(acting_days(started[works], left[works]), entered[rows], started[rows])
    shows = visits.is_log & ~np.isnan(waits) & np.isnan(least)
    result = waits.copy()
    lot = np.random.default_rng(_LOT).random(len(waits))
    for step in np.unique(visits.step[~np.isnan(least)]):
        rows = np.flatnonzero((visits.step == step) & ~np.isnan(least))
        whole = np.sort(waits[shows & (visits.step == step)])
        low, high = np.searchsorted(whole, least[rows]), np.searchsorted(whole, waits[rows], side="right")
        place = np.minimum(low + (lot[rows] * (high - low)).astype(np.int64), len(whole) - 1)
        result[rows] = np.where(high > low, np.r_[whole, 0.0][place], least[rows])
    return result


def _before_closing(days: pl.DataFrame, entered: Floats, started: Floats) -> Floats:
    """Minutes from joining to the end of the last day before the one that began with the work; NaN if none did.

    0 where it joined when that day was over.
    """
    number = days["day"].to_numpy() * _DAY
    begins = number + days["first"].to_numpy()
    ends = number + days.select(pl.max_horizontal("latest", "ended")).to_series().to_numpy()
    now = np.searchsorted(begins, started, side="right") - 1
    opened = (now > 0) & (started <= begins[now] + _OPENS) & (entered < begins[now])
    result: Floats = np.where(opened, np.maximum(ends[np.maximum(now - 1, 0)] - entered, 0.0), np.nan)
    return result

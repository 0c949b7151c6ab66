"""How old a log's ticket is before and after each wait: waits depend on it, as a caller who gives up after a month.

Drawn apart, the waits of one ticket add up to times that no ticket took. So a visit is told by the class of the
ticket's age before and after its wait, and a ticket goes from class to class as those of the log did.
"""

from __future__ import annotations

import numpy as np

from simulation.calibrate.chain import Columns
from simulation.calibrate.pauses import in_turn
from simulation.parameters import Floats, Ints

_CLASSES = 12
_TICKETS = 200
_PART = 0.01
_SAME = 1.0


def ages(visits: Columns, waits: Floats, since: float) -> tuple[Ints, tuple[str, ...]]:
    """By visit the position among the words, which say the age before and after its wait; -1 without one that matters.

    `waits`: minutes from joining to beginning, by visit. The classes are equal shares of the tickets by their age at
    the end, at most twelve, with 200 tickets each.
    """
    here = visits.is_log & _waits_matter(visits, waits)
    code = np.full(len(visits.step), -1, np.int32)
    if not here.any():
        return code, ()
    entered, _ = in_turn(visits)
    begin = entered[visits.is_opening][np.cumsum(visits.is_opening) - 1]
    before = entered - begin
    after = np.fmax(np.where(visits.is_work, before + waits, visits.left - begin), before)
    after = np.where(np.isnan(after), np.fmax(before, -begin), after)  # waits still
    last = np.nan_to_num((visits.left - begin)[visits.is_last & (visits.entered >= since)])
    size = min(_CLASSES, len(last) // _TICKETS)
    bounds = np.unique(np.quantile(last, np.arange(1, size) / size)) if size > 1 else np.empty(0)
    low, high = (np.searchsorted(bounds, age, side="right") for age in (before, after))
    pair = low * (len(bounds) + 1) + high
    known, place = np.unique(pair[here], return_inverse=True)
    code[here] = place
    words = tuple(_told(bounds, *divmod(int(one), len(bounds) + 1)) for one in known)
    return code, words


def _waits_matter(visits: Columns, waits: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether a visit's step waits for something that no agent causes, a hundredth of its wait, and now this, now that.

    Where the middle half of waits is the same a timer runs, at any age.
    """
    size = len(visits.steps)
    known = visits.is_log & visits.is_work & ~np.isnan(visits.started) & ~np.isnan(visits.delay)
    whole = np.bincount(visits.step[known], np.maximum(visits.started - visits.entered, 0.0)[known], size)
    delay = np.bincount(visits.step[known], np.maximum(visits.delay, 0.0)[known], size)
    matters = (delay >= _PART * whole) & (delay > 0)
    for step in np.flatnonzero(matters):
        low, high = np.nanquantile(waits[visits.is_log & (visits.step == step)], (0.25, 0.75))
        matters[step] = high - low > _SAME
    result: np.ndarray[tuple[int], np.dtype[np.bool_]] = np.where(visits.is_work, matters[visits.step], True)
    return result


def _told(bounds: Floats, low: int, high: int) -> str:
    """The two classes in words."""
    hours = [0.0, *(bounds / 60)]
    return f"at {hours[low]:.0f} h" if low == high else f"from {hours[low]:.0f} h to {hours[high]:.0f} h"

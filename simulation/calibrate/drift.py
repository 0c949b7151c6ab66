"""How well the level of contacts is foretold: the same forecast at earlier Mondays beside what came after them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scipy.optimize import nnls

from simulation.calibrate.streams import LEVEL_DAYS, Contacts, level, recency, trend
from simulation.drift import Drift
from simulation.parameters import Floats

AHEAD = 8
"""Weeks after an earlier origin that are looked at."""

_PERIOD = 4  # weeks: origins so far apart err as good as independently
_LEAST_KNOWN = 4.0
_FEW = 3.0  # contacts a week of a workflow; fewer say nothing of its level
_UNKNOWN = 0.01  # variance of what workflows share where the history is too short: a tenth either way
_WEEK = 7


class _Missed(NamedTuple):
    """Relative errors of the level [origins, weeks ahead, W], NaN where unknown, and what chance alone makes of them.

    `share` is how much of that chance is the expectation's own, which all weeks of an origin have in common.
    """

    error: Floats
    chance: Floats
    size: Floats  # contacts a week


def drift(history: Contacts, dispersion: Floats) -> Drift:
    """From all contacts by day (streams are workflows) and the daily dispersion by workflow [W]."""
    missed = _missed(history, dispersion)
    count = len(dispersion)
    if not len(missed.error):
        none = np.zeros(1 + count)
        return Drift(np.r_[_UNKNOWN, np.zeros(count)], none, none, _LEAST_KNOWN)
    together = _together(missed)
    found = [_parts(together)] + [_parts(_alone(missed, w) - together) for w in range(count)]
    steady, growing, weekly = np.array(found).T
    weeks = len(missed.error) + AHEAD - 1
    return Drift(steady, growing, weekly, max(weeks / _PERIOD, _LEAST_KNOWN))


def _missed(history: Contacts, dispersion: Floats) -> _Missed:
    rows = [_at(history, origin, dispersion) for origin in _origins(history)]
    parts = [np.array(part) for part in zip(*rows, strict=True)] if rows else [np.empty((0, AHEAD, 1))] * 3
    return _Missed(*parts)


def _origins(history: Contacts) -> Iterator[int]:
    """Days a whole number of weeks before the last one, with enough before them and a week after."""
    return iter(range(len(history.weekday) - _WEEK, LEVEL_DAYS - 1, -_WEEK))


def _at(history: Contacts, origin: int, dispersion: Floats) -> tuple[Floats, Floats, Floats]:
    """[AHEAD, W] of one origin."""
    before, once = _until(history, origin), recency(LEVEL_DAYS)
    expected, slope = level(before, once), trend(before, once)
    count = len(dispersion)
    came = np.full((AHEAD, count), np.nan)
    usual = np.zeros(AHEAD)
    counts = np.bincount(history.stream * len(history.weekday) + history.day, minlength=count * len(history.weekday))
    daily = counts.reshape(count, -1)
    for week in range(min(AHEAD, (len(history.weekday) - origin) // _WEEK)):
        days = np.arange(origin + week * _WEEK, origin + (week + 1) * _WEEK)
        days = days[~history.is_holiday[days]]
        usual[week] = len(days)
        came[week] = daily[:, days].sum(axis=1)
    middle = np.arange(AHEAD)[:, None] + 0.5
    mean = expected * (1 + slope) ** middle * usual[:, None]
    mean = np.where(mean >= _FEW, mean, np.nan)
    return came / mean - 1, 1 / mean + dispersion / np.maximum(usual, 1)[:, None], mean


def _until(history: Contacts, origin: int) -> Contacts:
    """The last weeks before a day, as the level is found from."""
    first = origin - LEVEL_DAYS
    kept = (history.day >= first) & (history.day < origin)
    return replace(
        history,
        stream=history.stream[kept],
        hour=history.hour[kept],
        day=history.day[kept] - first,
        priority=history.priority[kept],
        is_first=history.is_first[kept],
        weekday=history.weekday[first:origin],
        is_holiday=history.is_holiday[first:origin],
    )


def _together(missed: _Missed) -> Floats:
    """[AHEAD, AHEAD] products of errors of different workflows, by weeks ahead: chance has no part in them."""
    size = np.nan_to_num(missed.size)
    weighted = np.nan_to_num(missed.error) * size
    total, sizes = weighted.sum(axis=2), size.sum(axis=2)
    products = total[:, :, None] * total[:, None] - np.einsum("ohw,ogw->ohg", weighted, weighted)
    pairs = sizes[:, :, None] * sizes[:, None] - np.einsum("ohw,ogw->ohg", size, size)
    known = pairs.sum(axis=0)
    result: Floats = np.where(known > 0, products.sum(axis=0) / np.maximum(known, 1e-9), np.nan)
    return result if size.shape[2] > 1 else np.zeros((AHEAD, AHEAD))


def _alone(missed: _Missed, workflow: int) -> Floats:
    """[AHEAD, AHEAD] products of a workflow's errors, less what chance makes of them.

    Chance is in the week itself, and in the eight weeks that the expectation is of.
    """
    error, chance = missed.error[:, :, workflow], missed.chance[:, :, workflow]
    products = error[:, :, None] * error[:, None]
    before = np.sqrt(chance[:, :, None] * chance[:, None]) * _WEEK / LEVEL_DAYS
    lucky = before + np.eye(AHEAD) * chance[:, :, None]
    known = ~np.isnan(products)
    total = np.where(known, products - lucky, 0.0).sum(axis=0)
    result: Floats = np.where(known.any(axis=0), total / np.maximum(known.sum(axis=0), 1), np.nan)
    return result


def _parts(products: Floats) -> tuple[float, float, float]:
    """Variances (`Drift`) that make such products of errors: the nearest ones that are not negative."""
    one, other = np.triu_indices(AHEAD)
    seen = products[one, other]
    known = ~np.isnan(seen)
    if not known.any():
        return 0.0, 0.0, 0.0
    design = np.column_stack([np.ones(len(one)), np.minimum(one, other) + 1.0, one == other])
    # Early weeks are seen from more origins.
    weight = 1 / np.sqrt(other[known] + 1.0)
    steady, growing, weekly = nnls(design[known] * weight[:, None], np.nan_to_num(seen[known]) * weight)[0]
    return float(steady), float(growing), float(weekly)

"""Contacts as they come: first contacts by stream, repeat contacts that follow from tickets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from simulation.calibrate.chain import Bools
from simulation.parameters import PRIORITIES, Floats, Ints

REPEAT_DAYS = 14
LEVEL_DAYS = 56
_HOURS = 168
_PRIOR = 60.0  # contacts that the wider group's week counts as much as
_ENOUGH = 100
_TREND = 0.01  # a week: the deviation of trends among shops, which go up and down by the season
_HOLIDAY_PRIOR = 10.0
_MAD, _FAR = 1.4826, 2.5  # deviations of a normal in its median one; Huber's bound, in deviations


@dataclass(frozen=True)
class Contacts:
    """Contacts by stream; arrays by contact [C], days [L] of the whole window, the last one whole."""

    stream: Ints
    hour: Ints  # local hour of the week
    day: Ints
    priority: Ints
    is_first: Bools  # not a repeat of an earlier one
    family: Ints  # [N] streams of one workflow whose first step is the same: they share a week's shape
    workflow: Ints  # [N]
    weekday: Ints  # [L]
    is_holiday: Bools  # [L]
    parent_stream: Ints  # tickets that ended long enough ago
    parent_day: Ints
    is_worked: Bools  # of those: an agent had worked on it
    has_repeat: Bools


def recency(days: int) -> Floats:
    """[days] what each counts, the last one last: half as much with every eight weeks, as shops change.

    Together as much as the days of equal weight that would tell a mean as well (Kish's effective size).
    """
    weight: Floats = 0.5 ** (np.arange(days)[::-1] / LEVEL_DAYS)
    weight *= weight.sum() / (weight**2).sum()
    return weight


def links(tickets: pl.DataFrame) -> pl.DataFrame:
    """For each ticket the instant of the customer's next one in the workflow within 14 days of its resolution.

    Columns: ticket_key, again_key, again_minutes; tickets without one are left out. Outreach is no contact.
    """
    contacts = tickets.filter(pl.col("is_measured") & pl.col("customer_id").is_not_null())
    later = contacts.select("customer_id", "workflow", again_key="ticket_key", again_at="created_at").sort("again_at")
    ended = tickets.filter(pl.col("resolved_at").is_not_null() & pl.col("is_measured")).sort("resolved_at")
    found = ended.join_asof(
        later,
        left_on="resolved_at",
        right_on="again_at",
        by=["customer_id", "workflow"],
        strategy="forward",
        tolerance=f"{REPEAT_DAYS}d",
        allow_exact_matches=False,
        check_sortedness=False,
    ).filter(pl.col("again_key").is_not_null())
    minutes = (pl.col("again_at") - pl.col("resolved_at")).dt.total_microseconds() / 6e7
    # One contact repeats one ticket: the one that ended last before it.
    return (
        found.sort("resolved_at", descending=True)
        .unique("again_key", keep="first", maintain_order=True)
        .select("ticket_key", "again_key", again_minutes=minutes)
    )


def rates(contacts: Contacts, weights: Floats) -> Floats:
    """Contacts an hour by stream and hour of the week, at the level of the last weeks; [N, 168]."""
    size = len(contacts.family)
    days = np.maximum(np.bincount(contacts.weekday, weights, 7), 1e-9)
    first = contacts.is_first
    weight = weights[contacts.day[first]] / days[contacts.weekday[contacts.day[first]]]
    cell = contacts.stream[first] * _HOURS + contacts.hour[first]
    weeks = np.bincount(cell, weight, size * _HOURS).astype(np.float64).reshape(size, _HOURS)
    seen = np.bincount(contacts.stream[first], weights[contacts.day[first]], size).astype(np.float64)
    shape = _shrunk(weeks, seen, contacts)
    result: Floats = shape * (level(contacts, weights) * 7)[:, None]
    return result


def _shrunk(weeks: Floats, seen: Floats, contacts: Contacts) -> Floats:
    """Each stream's week as shares of one, drawn to its family's, that to its hours of the day times days of the week.

    A family with too few contacts takes its workflow's week, that the shop's.
    """
    flows, n_flows = _added(weeks, seen, contacts.workflow)
    wide = _mix(flows, n_flows, _product(weeks.sum(axis=0)))
    families, n = _added(weeks, seen, contacts.family)
    flow = np.zeros(len(n), dtype=np.int64)
    flow[contacts.family] = contacts.workflow
    wider = [_product(families[f]) if n[f] >= _ENOUGH else wide[w] for f, w in enumerate(flow)]
    close = _mix(families, n, np.reshape(wider, families.shape))
    return _mix(weeks, seen, close[contacts.family])


def _added(weeks: Floats, seen: Floats, group: Ints) -> tuple[Floats, Floats]:
    """Weeks [G, 168] and contacts [G] of the streams of each group together."""
    together = _together(weeks, group)
    return together, np.bincount(group, seen, len(together)).astype(np.float64)


def _together(rows: Floats, group: Ints) -> Floats:
    """The sums of the rows of each group."""
    sums = np.zeros((int(group.max(initial=-1)) + 1, rows.shape[1]))
    np.add.at(sums, group, rows)
    return sums


def _mix(week: Floats, n: Floats, wider: Floats) -> Floats:
    """Each of weeks [X, 168] with so many contacts [X]."""
    total, n = week.sum(axis=1, keepdims=True), n[:, None]
    own = np.where(total > 0, week / np.where(total > 0, total, 1.0), wider)
    result: Floats = (own * n + wider * _PRIOR) / (n + _PRIOR)
    return result


def _product(week: Floats) -> Floats:
    """Hours of the day times days of the week, as shares of one."""
    table = week.reshape(7, 24)
    if table.sum() <= 0:
        return np.full(_HOURS, 1 / _HOURS)
    result: Floats = np.outer(table.sum(axis=1), table.sum(axis=0)).ravel() / table.sum() ** 2
    return result


def level(contacts: Contacts, weights: Floats) -> Floats:
    """Contacts a day of each stream over the last weeks, at their end by the trend.

    Weeks far off the usual ones, such as those of a late carrier, count as if they had been at the edge of the usual.
    """
    recent = np.arange(len(weights)) >= len(weights) - LEVEL_DAYS
    usual = recent & ~contacts.is_holiday
    weight = np.where(usual if (weights * usual).sum() > 0 else recent, weights, 0.0)
    by_weekday = np.bincount(contacts.weekday, weight, 7)
    first = contacts.is_first
    days = contacts.day[first]
    cell = contacts.stream[first] * 7 + contacts.weekday[days]
    size = len(contacts.family)
    counts = np.bincount(cell, weight[days], size * 7).reshape(size, 7)
    if (by_weekday > 0).all():
        level = (counts / by_weekday).mean(axis=1)
    else:
        level = counts.sum(axis=1) / max(weight.sum(), 1e-9)
    level *= _usual(contacts, weight)[contacts.workflow]
    result: Floats = level * (1 + trend(contacts, weights)[contacts.workflow] * LEVEL_DAYS / 14)
    return result


def _usual(contacts: Contacts, weight: Floats) -> Floats:
    """By workflow the contacts of the last weeks over what they would be with all weeks within the usual.

    Huber's bounds, two and a half deviations around the median; a deviation is the median one, or chance if that is
    more. `weight`: of each day, 0 where it does not count.
    """
    size = int(contacts.workflow.max(initial=-1)) + 1
    week = (len(weight) - 1 - np.arange(len(weight))) // 7
    weeks = LEVEL_DAYS // 7
    counted = (weight > 0) & (week < weeks)
    days = np.bincount(week[counted], minlength=weeks)
    if (days == 0).any():
        return np.ones(size)
    came = contacts.day[contacts.is_first]
    flow = contacts.workflow[contacts.stream[contacts.is_first]]
    inside = counted[came]
    cell = flow[inside] * weeks + week[came[inside]]
    rate = np.bincount(cell, minlength=size * weeks).reshape(size, weeks) / days
    middle = np.median(rate, axis=1, keepdims=True)
    apart = np.maximum(_MAD * np.median(np.abs(rate - middle), axis=1, keepdims=True), np.sqrt(middle / days))
    kept = np.clip(rate, middle - _FAR * apart, middle + _FAR * apart)
    share = np.bincount(week[counted], weight[counted], weeks)
    total = rate @ share
    result: Floats = np.where(total > 0, (kept @ share) / np.where(total > 0, total, 1.0), 1.0)
    return result


def trend(contacts: Contacts, weights: Floats) -> Floats:
    """Relative change a week by workflow over the last weeks, drawn to none by as much as chance may be in it."""
    length = len(weights)
    week = (length - 1 - np.arange(length)) // 7
    recent = week < LEVEL_DAYS // 7
    first = contacts.is_first
    days = contacts.day[first]
    size = int(contacts.workflow.max()) + 1 if len(contacts.workflow) else 0
    result = np.zeros(size)
    exposure = np.bincount(week[recent], weights[recent], LEVEL_DAYS // 7)
    if len(exposure) < 4 or (exposure <= 0).any():
        return result
    for workflow in range(size):
        mine = (contacts.workflow[contacts.stream[first]] == workflow) & recent[days]
        counts = np.bincount(week[days[mine]], weights[days[mine]], LEVEL_DAYS // 7) / exposure * 7
        result[workflow] = _slope(-np.arange(len(counts), dtype=np.float64), counts)
    return result


def _slope(at: Floats, counts: Floats) -> float:
    """Slope by mean of weekly counts: the expected one, if slopes lie around none with a deviation of `_TREND`."""
    mean = counts.mean()
    if mean <= 0:
        return 0.0
    centred = at - at.mean()
    slope = float((centred * counts).sum() / (centred**2).sum())
    residual = counts - mean - slope * centred
    noise = max(float((residual**2).sum()) / max(len(at) - 2, 1), mean)
    chance = noise / float((centred**2).sum()) / mean**2
    return float(slope / mean * _TREND**2 / (_TREND**2 + chance))


def daily(contacts: Contacts, weights: Floats) -> tuple[Floats, Floats]:
    """The factor of holidays and the dispersion of days, by workflow, against days of the same weekday near them."""
    size = int(contacts.workflow.max()) + 1 if len(contacts.workflow) else 0
    length = len(weights)
    first = contacts.is_first
    cell = contacts.workflow[contacts.stream[first]] * length + contacts.day[first]
    counts = np.bincount(cell, minlength=size * length).reshape(size, length).astype(np.float64)
    expected = _expected(counts, contacts)
    off, plain = weights * contacts.is_holiday, weights * ~contacts.is_holiday
    holiday = ((counts * off).sum(axis=1) + _HOLIDAY_PRIOR) / ((expected * off).sum(axis=1) + _HOLIDAY_PRIOR)
    excess = (((counts - expected) ** 2 - expected) * plain).sum(axis=1)
    dispersion = np.maximum(excess / np.maximum((expected**2 * plain).sum(axis=1), 1e-9), 0.0)
    return holiday, dispersion


def _expected(counts: Floats, contacts: Contacts) -> Floats:
    """What a day would bring: the month's level around it times its weekday's share."""
    plain = (~contacts.is_holiday).astype(np.float64)
    kernel = np.ones(min(29, len(plain)))
    around = np.convolve(plain, kernel, mode="same")
    level = np.array([np.convolve(row * plain, kernel, mode="same") for row in counts]) / np.maximum(around, 1)
    share = np.ones((len(counts), 7))
    for weekday in range(7):
        here = (contacts.weekday == weekday) & ~contacts.is_holiday
        share[:, weekday] = counts[:, here].sum(axis=1) / np.maximum(level[:, here].sum(axis=1), 1e-9)
    result: Floats = level * share[:, contacts.weekday]
    return result


def priorities(contacts: Contacts, weights: Floats) -> Floats:
    """Shares of PRIORITIES by stream, with a few contacts of the workflow's added; [N, 4]."""
    size, kinds = len(contacts.family), len(PRIORITIES)
    cell = contacts.stream * kinds + contacts.priority
    counts = np.bincount(cell, weights[contacts.day], size * kinds).reshape(size, kinds)
    wide = np.zeros((int(contacts.workflow.max()) + 1, kinds)) if size else np.zeros((0, kinds))
    np.add.at(wide, contacts.workflow, counts)
    wide = (wide + 1e-9) / (wide + 1e-9).sum(axis=1, keepdims=True)
    mixed = counts + _PRIOR / 3 * wide[contacts.workflow]
    result: Floats = mixed / mixed.sum(axis=1, keepdims=True)
    return result


def repeats(contacts: Contacts, weights: Floats) -> Floats:
    """Chance of a repeat contact by stream and whether an agent had worked on the ticket, [N, 2].

    Each is drawn to that of the workflow's tickets that an agent had worked on or not, these to the workflow's.
    """
    weight: Floats = weights[contacts.parent_day]
    cell = contacts.parent_stream * 2 + contacts.is_worked
    size = 2 * len(contacts.family)
    n, hit = (
        np.bincount(cell, of, size).astype(np.float64).reshape(-1, 2) for of in (weight, weight * contacts.has_repeat)
    )
    wide_n, wide_hit = _together(n, contacts.workflow), _together(hit, contacts.workflow)
    whole = wide_hit.sum(axis=1, keepdims=True) / np.maximum(wide_n.sum(axis=1, keepdims=True), 1)
    usual = (wide_hit + _PRIOR * whole) / (wide_n + _PRIOR)
    result: Floats = (hit + _PRIOR * usual[contacts.workflow]) / (n + _PRIOR)
    return result

"""Levers on who comes: volume, messages that spare a contact, a surge; and on what providers charge."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from simulation.parameters import Parameters
from simulation.scenario.chain import Mask
from simulation.scenario.document import Fees, ProactiveMessage, Surge, Volume
from simulation.scenario.find import streams


def volume(shop: Parameters, change: Volume) -> Parameters:
    """More or fewer first contacts."""
    return _times(shop, streams(shop, change.workflow, change.channel), 1 + change.change)


def proactive_message(shop: Parameters, change: ProactiveMessage) -> Parameters:
    """Contacts that do not come, and what the messages cost a week."""
    shop = _times(shop, streams(shop, change.workflow, change.channel), 1 - change.avoided)
    weekly = shop.money.fixed_per_week + change.messages_a_week * change.fee
    return replace(shop, money=replace(shop.money, fixed_per_week=weekly))


def surge(shop: Parameters, change: Surge) -> Parameters:
    """A factor on the rate between two local midnights."""
    found = np.flatnonzero(streams(shop, change.workflow, change.channel)).astype(np.int32)
    zone = ZoneInfo(shop.zone)
    first = shop.start.replace(tzinfo=dt.UTC).astimezone(zone).date() + dt.timedelta(days=change.from_day - 1)
    begins, ends = (_minute(shop, first + dt.timedelta(days=days), zone) for days in (0, change.days))
    size, arrivals = len(found), shop.arrivals
    return replace(
        shop,
        arrivals=replace(
            arrivals,
            surge_stream=np.append(arrivals.surge_stream, found),
            surge_from=np.append(arrivals.surge_from, np.full(size, begins)),
            surge_to=np.append(arrivals.surge_to, np.full(size, ends)),
            surge_factor=np.append(arrivals.surge_factor, np.full(size, float(change.factor))),
        ),
    )


def fees(shop: Parameters, change: Fees) -> Parameters:
    """Other prices."""
    named: dict[str, Any] = {
        "fee_per_ticket": change.per_ticket,
        "fee_per_reply": change.per_reply,
        "fee_per_automated_resolution": change.per_automated_resolution,
        "fixed_per_week": change.fixed_per_week,
    }
    return replace(shop, money=replace(shop.money, **{key: value for key, value in named.items() if value is not None}))


def _times(shop: Parameters, own: Mask, factor: float) -> Parameters:
    rate = np.where(own[:, None], shop.arrivals.rate * factor, shop.arrivals.rate)
    return replace(shop, arrivals=replace(shop.arrivals, rate=rate))


def _minute(shop: Parameters, day: dt.date, zone: ZoneInfo) -> float:
    """Minutes from the start to local midnight of a day."""
    midnight = dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC).replace(tzinfo=None)
    return (midnight - shop.start).total_seconds() / 60

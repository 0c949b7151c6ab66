"""What a change is worth: saved a month, what it costs, and when it has paid for itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.clock import WEEK
from simulation.intervals import Estimate, effect
from simulation.parameters import Floats

MONTH = 365.25 / 12 / 7 * WEEK
"""Minutes of a mean month."""

HANDLING, FEES, PAYROLL = 0, 1, 2


@dataclass(frozen=True)
class Price:
    """What a change costs: money once, and every month."""

    once: float = 0.0
    month: float = 0.0


def worth(before: Floats, after: Floats, price: Price, minutes: int, blocks: float) -> dict[str, Any]:
    """Money [draws + 1, seeds, runs.MONEY] of runs of so many minutes, the best calibration's first.

    Where a change alters who is paid, what is paid counts; otherwise the time that it frees, at what that time costs.
    Fees count always. `payback_months` is None where the change never pays for itself.
    """
    saved = (before - after) * (MONTH / minutes)
    is_staffing = bool(np.nanmax(np.abs(saved[:, :, PAYROLL])) > 0)
    kept = saved[:, :, FEES] + saved[:, :, PAYROLL if is_staffing else HANDLING]
    gross = effect(kept[0], kept[1:], blocks)
    net = Estimate(gross.value - price.month, gross.low - price.month, gross.high - price.month)
    return {
        "counts": "what is paid for time on duty, and fees" if is_staffing else "the time freed, and fees",
        "saving_month": _told(gross),
        "cost_once": price.once,
        "cost_month": price.month,
        "net_month": _told(net),
        "payback_months": {
            "value": payback(price.once, net.value),
            "low": payback(price.once, net.high),
            "high": payback(price.once, net.low),
        },
        "handling_month": _told(effect(saved[0, :, HANDLING], saved[1:, :, HANDLING], blocks)),
        "fees_month": _told(effect(saved[0, :, FEES], saved[1:, :, FEES], blocks)),
        "payroll_month": _told(effect(saved[0, :, PAYROLL], saved[1:, :, PAYROLL], blocks)),
    }


def payback(once: float, month: float) -> float | None:
    """Months until what is saved has paid what was spent once; 0 if nothing was, None for never."""
    if not month > 0:
        return None
    return once / month


def _told(estimate: Estimate) -> dict[str, float | None]:
    named = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    return {name: None if np.isnan(value) else float(value) for name, value in named.items()}

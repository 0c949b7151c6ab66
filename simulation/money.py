"""What a change is worth: saved a month, what it costs, and when it has paid for itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.clock import WEEK
from simulation.intervals import Estimate, Runs, effect

MONTH = 365.25 / 12 / 7 * WEEK
"""Minutes of a mean month."""


@dataclass(frozen=True)
class Price:
    """What a change costs: money once, and every month."""

    once: float = 0.0
    month: float = 0.0


FREE = Price()


def worth(saved: dict[str, Runs], price: Price) -> dict[str, Any]:
    """Money saved a month, by kind (runs.MONEY).

    Where a change alters who is paid, what is paid counts; otherwise the time that it frees, at what that time costs.
    Fees count always. `payback_months` is None where the change never pays for itself.
    """
    is_staffing = bool(saved["payroll"].draws.any())
    gross = effect(saved["fees"] + saved["payroll" if is_staffing else "handling"])
    net = Estimate(*(bound - price.month for bound in (gross.value, gross.low, gross.high)))
    return {
        "counts": "pay for time on duty, and fees" if is_staffing else "time freed, at what it costs, and fees",
        "saving_month": _told(gross),
        "cost_once": price.once,
        "cost_month": price.month,
        "net_month": _told(net),
        "payback_months": {
            "value": payback(price.once, net.value),
            "low": payback(price.once, net.high),
            "high": payback(price.once, net.low),
        },
        **{f"{name}_month": _told(effect(saved[name])) for name in ("handling", "fees", "payroll")},
    }


def payback(once: float, month: float) -> float | None:
    """Months until what is saved has paid what was spent once; 0 if nothing was, None for never."""
    if not month > 0:
        return None
    return float(once / month)


def _told(estimate: Estimate) -> dict[str, float | None]:
    named = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    return {name: None if np.isnan(value) else float(value) for name, value in named.items()}

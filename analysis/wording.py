"""Numbers and changes in plain words, rounded by what they mean.

It lives here and not with the pages because sentences are computed here, and the command line and reports say them too.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

DASH = "–"
MINUS = "\N{MINUS SIGN}"
DAYS_FROM = 48.0  # hours that are spoken as days
SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "CHF": "CHF ", "SEK": "SEK ", "DKK": "DKK ", "PLN": "PLN "}


@dataclass(frozen=True)
class Speech:
    """How one shop's figures are spoken: only the currency differs so far."""

    currency: str = "EUR"

    def value(self, value: float | None, unit: str) -> str:
        """A figure in its unit: 87.4%, 5.6, 3 h 12 m, €4.20, 1,204; a dash when unknown."""
        if value is None or math.isnan(value):
            return DASH
        if unit == "share":
            return f"{value * 100:.1f}%"
        if unit == "hours":
            return duration(value)
        if unit == "money":
            return self.money(value)
        if unit == "count":
            # A mean of small counts (handoffs per ticket) says nothing without its decimal.
            digits = 1 if abs(value) < 20 and not float(value).is_integer() else 0
            return f"{value:,.{digits}f}".replace("-", MINUS)
        return f"{value:.1f}"

    def money(self, amount: float) -> str:
        """An amount in the shop's currency; no cents from 100 on."""
        symbol = SYMBOLS.get(self.currency, f"{self.currency} ")
        digits = 0 if round(abs(amount), 2) >= 100 else 2
        return f"{MINUS if amount < 0 else ''}{symbol}{abs(amount):,.{digits}f}"

    def target(self, value: float, unit: str) -> str:
        """A figure that somebody chose, without the zeros that nobody said: 90%, €6, 24 h."""
        shown = self.value(value, unit)
        return re.sub(r"\.0+(?=%?$)", "", shown)

    def change(self, delta: float, before: float | None, unit: str) -> str:
        """A signed change with its unit: +2.1 points for shares, +0.3 for scores, -14% for everything else."""
        if unit == "share":
            return f"{signed(delta * 100, 1)} points"
        if unit == "score":
            return signed(delta, 1)
        if not before:
            return signed(delta, 1)
        return f"{signed(delta / abs(before) * 100, 0)}%"

    def size(self, delta: float, before: float | None, unit: str) -> str:
        """How big a change is, as in "rose by": 2.1 points, 14%, and from a doubling on a factor of 7.1."""
        times = self._times(delta, before, unit)
        return f"a factor of {times:.1f}" if times else self.change(delta, before, unit).lstrip(f"+{MINUS}")

    def distance(self, delta: float, before: float | None, unit: str) -> str:
        """How far a figure is from another: 14% above, 2.1 points below, 7.1 times."""
        times = self._times(delta, before, unit)
        if times:
            return f"{times:.1f} times"
        return f"{self.size(delta, before, unit)} {'above' if delta > 0 else 'below'}"

    def _times(self, delta: float, before: float | None, unit: str) -> float:
        """The ratio where percentages get hard to read, else 0."""
        if unit in {"share", "score"} or not before or before < 0 or delta < before:
            return 0.0
        return (before + delta) / before

    def interval(self, low: float | None, high: float | None, unit: str) -> str:
        """A range such as 84.1–90.2%; empty when there is none."""
        if low is None or high is None:
            return ""
        if unit == "hours":
            return f"{duration(low, DAYS_FROM / 2 if high >= DAYS_FROM else DAYS_FROM)} to {duration(high)}"
        first, second = self.value(low, unit), self.value(high, unit)
        return f"{first.removesuffix('%')}{DASH}{second}" if unit == "share" else f"{first} to {second}"


def signed(value: float, digits: int) -> str:
    """A number with its sign, a true minus, and no sign on what rounds to zero."""
    shown = f"{abs(value):,.{digits}f}"
    if not float(shown.replace(",", "")):
        return shown
    return f"{'+' if value > 0 else MINUS}{shown}"


def duration(hours: float, days_from: float = DAYS_FROM) -> str:
    """Hours as 42 m, 3 h 12 m or, from `days_from` hours on, 2 d 4 h: the two units that matter."""
    sign, minutes = (MINUS if hours < 0 else ""), round(abs(hours) * 60)
    if minutes < 60:
        return f"{sign}{minutes} m"
    if minutes < days_from * 60:
        return f"{sign}{minutes // 60} h" + (f" {minutes % 60} m" if minutes % 60 else "")
    whole = round(minutes / 60)
    return f"{sign}{whole // 24} d" + (f" {whole % 24} h" if whole % 24 else "")


def counted(n: int, unit: str, metric: str) -> str:
    """N with the thing that was counted, in the singular where it is one."""
    thing = "answer" if metric.startswith(("csat", "ces")) else "ticket"
    if unit in {"per_100", "per_1000"}:
        thing = "order"
    return f"{n:,} {thing}{'' if n == 1 else 's'}"

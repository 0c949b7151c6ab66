"""The people who answer: groups, part-time shifts by the shop's volume, holidays, and who helps whom."""

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from demo.calendar import Calendar
from demo.shop import (
    FIRST_AGENT_ID,
    G_NIGHT,
    G_ONBOARDING,
    G_ORDERS,
    G_RETURNS,
    G_SALES,
    G_TRIAGE,
    GROUPS,
    HOUR,
    Shop,
)

if TYPE_CHECKING:
    from demo.journal import Ticket

# Minutes of work that one ticket of the shop (of any kind) brings to each group; measured on the demo itself.
MINUTES_PER_TICKET = (1.05, 2.9, 2.9, 1.95, 1.3, 0.9)
_UTILISATION = 0.80
_WEEKLY_HOURS = 30.0
# Groups whose queue an agent without work of his own looks at, in this order.
HELPS: dict[int, tuple[int, ...]] = {
    G_TRIAGE: (G_ORDERS,),
    G_ORDERS: (G_TRIAGE, G_SALES),
    G_RETURNS: (),
    G_ONBOARDING: (G_SALES, G_TRIAGE),
    G_SALES: (G_ONBOARDING, G_ORDERS),
    G_NIGHT: (),
}
_OPENS, _CLOSES = 8.0, 18.0
_NIGHT_FROM, _NIGHT_HOURS = 21.0, 8.0


class Agent:
    """One agent: who, what he may take, and whether he is free. `until` is the end of his current shift."""

    __slots__ = [
        "busy",
        "day",
        "group",
        "helps",
        "id",
        "listed",
        "minutes",
        "nth",
        "own",
        "paid",
        "place",
        "seconds",
        "speed",
        "step",
        "ticket",
        "until",
    ]

    def __init__(self, place: int, group: int, speed: float, nth: int) -> None:
        self.place, self.id, self.group, self.speed = place, FIRST_AGENT_ID + place, group, speed
        self.nth = nth  # whose turn it is in the group, which says when the shifts begin
        self.helps = HELPS[group]
        self.own: deque[Ticket] = deque()
        self.busy = self.listed = False
        self.ticket: Ticket | None = None  # in hand
        self.until = self.day = self.step = self.seconds = 0
        self.minutes = self.paid = 0.0  # worked and on shift in the year


class Staff:
    """All agents and the rule that gives each a shift on each day.

    Extra agents come after all others and share the turns of the middle of their group: nobody else's change.
    """

    def __init__(self, shop: Shop, calendar: Calendar) -> None:
        rng = np.random.Generator(np.random.Philox(key=[shop.seed, 4]))
        self._shop, self._calendar = shop, calendar
        self.agents: list[Agent] = []
        self._counts: list[int] = []
        self._hours: list[float] = []
        weeks = calendar.days / 7
        weights = calendar.order_weight
        smooth = np.convolve(np.pad(weights, 3, mode="edge"), np.ones(7) / 7, mode="valid") / weights.mean()
        late = np.convolve(np.pad(calendar.late.astype(np.float64), 3, mode="edge"), np.ones(7) / 7, mode="valid")
        self._plan = [float(x) for x in (smooth * (1 + 0.5 * late)).clip(0.8, 2.6)]
        for group in range(len(GROUPS)):
            load = MINUTES_PER_TICKET[group] / 60 * shop.tickets / weeks / _UTILISATION
            count = max(2, round(load / _WEEKLY_HOURS))
            self._hours.append(load / count / 5.4)
            self._counts.append(count)
            self.agents += [Agent(len(self.agents) + n, group, _pace(rng), n) for n in range(count)]
        self._usual, count = len(self.agents), self._counts[G_ORDERS]
        turns = [(count // 2 + n) % count for n in range(shop.extra_agents)]
        self.agents += [Agent(self._usual + n, G_ORDERS, _pace(rng), turn) for n, turn in enumerate(turns)]

    def shift(self, agent: Agent, day: int) -> tuple[int, int] | None:
        """Start and end instant of an agent's shift that begins on a day, none if he is off."""
        nth, count = agent.nth, self._counts[agent.group]
        date = self._calendar.dates[day]
        is_here = agent.place < self._usual + self._shop.on(date).extra_agents
        if agent.group == G_NIGHT:
            return None if (day + nth) % 2 else self._span(day, _NIGHT_FROM, _NIGHT_HOURS)
        if not is_here or date in self._calendar.holidays or date.weekday() == 6:
            return None
        if date.weekday() == 5:
            if (date.isocalendar().week + nth) % 2:
                return None
            length = min(4.0, self._hours[agent.group])
            return self._span(day, 10.0 if nth % 4 < 2 else 14.0 - length, length)
        length = min(9.5, self._hours[agent.group] * self._plan[day])
        gap = (_CLOSES - _OPENS - length) * (nth / (count - 1) if count > 1 else 0.5)
        return self._span(day, _OPENS + gap, length)

    def _span(self, day: int, start: float, hours: float) -> tuple[int, int]:
        low, high = round(start * 4) * HOUR // 4, round((start + hours) * 12) * HOUR // 12
        return self._calendar.at(day, low), self._calendar.at(day, high)


def _pace(rng: np.random.Generator) -> float:
    """How much longer than usual an agent's work takes."""
    return float(rng.uniform(0.85, 1.2))

"""KPIs of some weeks from what the generator says happened, by the second route of the tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

import demo.journal
from demo.shop import GROUPS
from demo.truth import truth
from tests.oracle.agents import hourly_costs
from tests.oracle.numbers import World, build_world
from tests.oracle.shop import read_shop
from tests.oracle.stats import quantile, share_of
from tests.oracle.story import Story
from tests.oracle.truth import Ticket, ticket_of

METRICS = (
    "resolution_time_mean_calendar_hours",
    "resolution_time_median_calendar_hours",
    "first_reply_median_calendar_hours",
    "first_reply_p90_calendar_hours",
    "cost_per_resolution",
    "tickets_created",
    "tickets_resolved",
    "automated_rate",
)
REPLY_DAYS = 7
"""A first reply counts for tickets that were created so long before the weeks' end, as in the published metric."""
MEMORY = dt.timedelta(days=21)
"""Tickets with nothing in the weeks, nor so long before them, say nothing of them."""
HOUR = dt.timedelta(hours=1)

Numbers = dict[str, dict[str, float | None]]


@dataclass(frozen=True)
class Window:
    """Some weeks from an instant on."""

    begins: dt.datetime
    weeks: int

    @property
    def ends(self) -> dt.datetime:
        return self.begins + dt.timedelta(weeks=self.weeks)

    def holds(self, at: dt.datetime | None, *, spare_days: int = 0) -> bool:
        """Whether an instant lies in the weeks, and so many days before their end."""
        return at is not None and self.begins <= at < self.ends - dt.timedelta(days=spare_days)


def true_kpis(home: Path, made: demo.Shop, window: Window) -> Numbers:
    """METRICS by workflow and for 'all' of what happens in a demo shop with the settings of `home`."""
    shop = read_shop(home)
    since = (window.begins - MEMORY).timestamp()
    tickets: list[Ticket] = []

    def keep(ticket: demo.journal.Ticket) -> None:
        if ticket.log[-1].at >= since:
            tickets.append(ticket_of(orjson.loads(orjson.dumps(truth(ticket)))))

    staff, _, _ = demo.live(made, keep)
    hourly = hourly_costs(home, shop) | {
        str(agent.id): shop.hourly_by_group.get(GROUPS[agent.group], shop.hourly_default) for agent in staff.agents
    }
    world = build_world(shop, window.ends, tickets, [], [], hourly)
    measured = [story for story in world.stories if story.ticket.is_measured]
    flows = (None, *shop.workflows)
    return {flow or "all": _of(world, measured, window, flow) for flow in flows}


def _of(world: World, measured: Sequence[Story], window: Window, flow: str | None) -> dict[str, float | None]:
    own = [story for story in measured if flow in (None, story.ticket.workflow)]
    created = [story for story in own if window.holds(story.ticket.created_at)]
    resolved = [story for story in own if window.holds(story.resolved_at)]
    times = [(story.resolved_at - story.ticket.created_at) / HOUR for story in resolved if story.resolved_at]
    replies = [
        (story.first_reply_at - story.ticket.created_at) / HOUR
        for story in created
        if story.first_reply_at and window.holds(story.ticket.created_at, spare_days=REPLY_DAYS)
    ]
    values = (
        sum(times) / len(times) if times else None,
        quantile(times, 0.5),
        quantile(replies, 0.5),
        quantile(replies, 0.9),
        _cost(world, window, flow) / len(resolved) if resolved else None,
        float(len(created)),
        float(len(resolved)),
        share_of([story.is_automated for story in resolved]),
    )
    return dict(zip(METRICS, values, strict=True))


def _cost(world: World, window: Window, flow: str | None) -> float:
    """Of all counted tickets of a workflow, by the day on which it arose."""
    counted = {
        story.ticket.ticket_id
        for story in world.stories
        if story.ticket.excluded is None and flow in (None, story.ticket.workflow)
    }
    first, after = world.shop.day(window.begins), world.shop.day(window.ends)
    return sum(
        amount for (day, ticket), amount in world.ledger.by_ticket.items() if first <= day < after and ticket in counted
    )

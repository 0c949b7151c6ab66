"""What the service cost, day by day and ticket by ticket, by the rules of METRICS.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby

from tests.oracle.shop import DAY, Shop
from tests.oracle.story import MINUTE, WORDS, Story
from tests.oracle.truth import Event, Ticket

Key = tuple[date, int]
OURS = ("agent", "bot")


@dataclass
class Ledger:
    """Money by (local day, ticket), the money that no ticket carries, and what was put in altogether."""

    by_ticket: dict[Key, float] = field(default_factory=lambda: defaultdict(float))
    unallocated: dict[date, float] = field(default_factory=dict)
    put_in: float = 0.0

    def charge(self, day: date, ticket_id: int, amount: float) -> None:
        """Put an amount on a ticket's day."""
        self.by_ticket[day, ticket_id] += amount
        self.put_in += amount


@dataclass(frozen=True)
class Act:
    """One update by a person: which ticket, when, and whether it did nothing but take the assignment."""

    at: datetime
    agent_id: str
    ticket_id: int
    is_pick_up: bool


def acts_of(ticket: Ticket) -> list[Act]:
    """The updates of a ticket that people made; a trigger may have its own events in them."""
    acts = []
    for at, update in groupby(ticket.events, key=lambda event: event.at):
        own = [event for event in update if event.actor_kind == "agent"]
        if own:
            acts.append(Act(at, own[0].actor_id, ticket.ticket_id, is_pick_up(own)))
    return acts


def is_pick_up(own: Sequence[Event]) -> bool:
    """Taking the assignment, and at most what comes with it: the agent's group and new becoming open."""
    takes = any(event.kind == "assign" and event.after == event.actor_id for event in own)
    return takes and all(
        event.kind in ("assign", "group") or (event.kind == "status" and event.after == "open") for event in own
    )


def handle_minutes(tickets: Iterable[Ticket], shop: Shop) -> list[tuple[Act, float]]:
    """Estimated minutes of every act: the gap since that person's previous act, between floor and cap."""
    by_agent: dict[str, list[Act]] = defaultdict(list)
    for ticket in tickets:
        for act in acts_of(ticket):
            by_agent[act.agent_id].append(act)
    timed: list[tuple[Act, float]] = []
    for acts in by_agent.values():
        acts.sort(key=lambda act: (act.at, act.ticket_id))
        previous: datetime | None = None
        for act in acts:
            gap = shop.cap_minutes if previous is None else (act.at - previous) / MINUTE
            minutes = max(shop.floor_minutes, min(shop.cap_minutes, gap))
            timed.append((act, 0.0 if act.is_pick_up else minutes))
            previous = act.at
    return timed


def keep_ledger(stories: Sequence[Story], shop: Shop, hourly_by_agent: Mapping[str, float], last_day: date) -> Ledger:
    """Charge handle time, fees and fixed cost to tickets by the day on which each arose."""
    ledger = Ledger()
    by_day: dict[date, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for act, minutes in handle_minutes((story.ticket for story in stories), shop):
        day = shop.day(act.at)
        by_day[day][act.ticket_id] += minutes
        ledger.charge(day, act.ticket_id, minutes / 60 * hourly_by_agent.get(act.agent_id, shop.hourly_default))
    for story in stories:
        for at, fee in fees_of(story, shop):
            ledger.charge(shop.day(at), story.ticket.ticket_id, fee)
    day = min(shop.day(story.ticket.created_at) for story in stories)
    day = min([day, *(date(*cost.first, 1) for cost in shop.fixed)])
    while day <= last_day:
        spread_fixed(ledger, day, shop.fixed_cost_of(day), by_day.get(day, {}))
        day += DAY
    return ledger


def spread_fixed(ledger: Ledger, day: date, amount: float, minutes: Mapping[int, float]) -> None:
    """Spread a day's fixed cost over that day's handle time; without any, it stays unallocated."""
    total = sum(minutes.values())
    if total == 0:
        ledger.unallocated[day] = amount
        ledger.put_in += amount
        return
    for ticket_id, share in minutes.items():
        ledger.charge(day, ticket_id, amount * share / total)


def fees_of(story: Story, shop: Shop) -> list[tuple[datetime, float]]:
    """The fees that a ticket was charged, and when; a reopening takes none back."""
    ticket = story.ticket
    fees = [(ticket.created_at, shop.fee_per_ticket)]
    messages = [event.at for event in ticket.events if event.kind in ("created", "reply") and event.actor_kind in OURS]
    fees += [(at, shop.fee_per_message) for at in messages]
    for resolution in story.resolutions:
        if is_automated_at(ticket, resolution.happened_at, resolution.actor_kind):
            fees.append((resolution.happened_at, shop.fee_per_automated_resolution))
    return fees


def is_automated_at(ticket: Ticket, at: datetime, actor_kind: str) -> bool:
    """Whether nobody of the team had written a word when the ticket was resolved."""
    wrote = any(event.actor_kind == "agent" and event.kind in WORDS and event.at <= at for event in ticket.events)
    return actor_kind != "agent" and not wrote


def week_cost(ledger: Ledger, counted: Mapping[int, str]) -> dict[tuple[date, str], float]:
    """Counted tickets' cost by (week, workflow) and (week, 'all'); ``counted`` maps ticket to workflow."""
    cost: dict[tuple[date, str], float] = defaultdict(float)
    for (day, ticket_id), amount in ledger.by_ticket.items():
        if ticket_id in counted:
            week = day - timedelta(days=day.weekday())
            cost[week, counted[ticket_id]] += amount
            cost[week, "all"] += amount
    return cost

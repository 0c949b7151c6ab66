"""Every KPI of every week and workflow, from the stories of the tickets.

The result maps (Monday, workflow or 'all', metric) to (value or None, n).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.oracle.carts import Cart, cart_numbers
from tests.oracle.cost import Ledger, keep_ledger, week_cost
from tests.oracle.shop import DAY, Shop
from tests.oracle.stats import kaplan_meier_median, mean, quantile, share_of
from tests.oracle.story import FCR_FOR, HELD_FOR, MINUTE, Contacts, Story, tell
from tests.oracle.truth import Checkout, Order, Ticket

Number = tuple[float | None, int]
Numbers = dict[tuple[date, str, str], Number]
Cell = tuple[date, str]
Shelf = Mapping[Cell, list[Story]]
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class World:
    """All that the truth says, with what is configured, as of one instant."""

    shop: Shop
    snapshot: datetime
    stories: Sequence[Story]
    contacts: Contacts
    orders: Sequence[Order]
    checkouts: Sequence[Checkout]
    ledger: Ledger

    @property
    def weeks(self) -> list[date]:
        """The Mondays from the first ticket to the snapshot."""
        monday = min(self.shop.week(story.ticket.created_at) for story in self.stories)
        last = self.shop.week(self.snapshot)
        return [monday + step * WEEK for step in range((last - monday).days // 7 + 1)]

    def shelve(self, stories: Iterable[Story], anchor: Callable[[Story], datetime | None]) -> Shelf:
        """Sort stories by the week of an anchor instant, each under its workflow and under 'all'."""
        shelf: dict[Cell, list[Story]] = defaultdict(list)
        for story in stories:
            at = anchor(story)
            if at is not None:
                for workflow in (story.ticket.workflow, "all"):
                    shelf[self.shop.week(at), workflow].append(story)
        return shelf


def build_world(
    shop: Shop,
    snapshot: datetime,
    tickets: Sequence[Ticket],
    orders: Sequence[Order],
    checkouts: Sequence[Checkout],
    hourly_by_agent: Mapping[str, float],
) -> World:
    """Tell every ticket's story and keep the ledger."""
    stories = [tell(ticket, shop, snapshot) for ticket in tickets]
    ledger = keep_ledger(stories, shop, hourly_by_agent, shop.day(snapshot))
    return World(shop, snapshot, stories, Contacts(tickets), orders, checkouts, ledger)


def all_numbers(world: World) -> Numbers:
    """Every metric of the contract, for every week and workflow."""
    measured = [story for story in world.stories if story.ticket.is_measured]
    created = world.shelve(measured, lambda story: story.ticket.created_at)
    resolved = world.shelve(measured, lambda story: story.resolved_at)
    first_resolved = world.shelve(measured, lambda story: story.first_resolved_at)
    cost = week_cost(
        world.ledger,
        {story.ticket.ticket_id: story.ticket.workflow for story in world.stories if story.ticket.excluded is None},
    )
    numbers: Numbers = {}
    for week in world.weeks:
        for workflow in (*world.shop.workflows, "all"):
            cell = (week, workflow)
            found = {
                **_of_created(world, created.get(cell, [])),
                **_of_resolved(world, resolved.get(cell, [])),
                **_of_first_resolved(first_resolved.get(cell, [])),
                **_of_both(cost.get(cell, 0.0), len(created.get(cell, [])), len(resolved.get(cell, []))),
            }
            numbers.update({(week, workflow, metric): number for metric, number in found.items()})
    for part in (_surveys, _counts, _backlog, _per_order, _unclassified):
        numbers.update(part(world))
    return numbers


def _of_created(world: World, stories: Sequence[Story]) -> dict[str, Number]:
    """Metrics of the tickets created in the week."""
    replied = [(story, story.first_reply_at) for story in stories if story.first_reply_at]
    calendar = [(at - story.ticket.created_at) / MINUTE for story, at in replied]
    business = _business(world, replied)
    judged = [story.sla_met for story in stories if story.sla_met is not None]
    spans = [_span(story, world.snapshot) for story in stories]
    in_cohort = [_within_cohort(story, world.shop.cohort_days) for story in stories]
    return {
        "tickets_created": (float(len(stories)), len(stories)),
        **_quantiles("first_reply_{}_calendar_hours", calendar),
        **_quantiles("first_reply_{}_business_hours", business),
        "sla_hit": (share_of(judged), len(judged)),
        "resolution_rate_cohort": (share_of(in_cohort), len(stories)),
        "resolution_time_km_median_calendar_hours": (kaplan_meier_median(spans), len(spans)),
    }


def _within_cohort(story: Story, days: int) -> bool:
    return story.resolved_at is not None and story.resolved_at <= story.ticket.created_at + days * DAY


def _span(story: Story, snapshot: datetime) -> tuple[float, bool]:
    """Hours from creation to the last resolution, or to the snapshot with the ticket still open."""
    end = story.resolved_at or snapshot
    return (end - story.ticket.created_at) / timedelta(hours=1), story.is_resolved


def _quantiles(pattern: str, minutes: Sequence[float]) -> dict[str, Number]:
    hours = [value / 60 for value in minutes]
    return {
        pattern.format("median"): (quantile(hours, 0.5), len(hours)),
        pattern.format("p90"): (quantile(hours, 0.9), len(hours)),
    }


def _business(world: World, ends: Iterable[tuple[Story, datetime]]) -> list[float]:
    """Business minutes from creation, of those tickets whose schedule is known."""
    found = (world.shop.schedules.minutes(story.ticket.group, story.ticket.created_at, end) for story, end in ends)
    return [minutes for minutes in found if minutes is not None]


def _of_resolved(world: World, stories: Sequence[Story]) -> dict[str, Number]:
    """Metrics of the tickets whose standing resolution falls in the week."""
    ends = [(story, story.resolved_at) for story in stories if story.resolved_at]
    calendar = [(end - story.ticket.created_at) / MINUTE for story, end in ends]
    business = _business(world, ends)
    n = len(stories)
    return {
        "tickets_resolved": (float(n), n),
        **_resolution_time("calendar", calendar),
        **_resolution_time("business", business),
        "zero_touch": (share_of(story.reply_count == 0 for story in stories), n),
        "one_touch": (share_of(story.reply_count == 1 for story in stories), n),
        "fcr_7d": (share_of(_first_contact(world, story, end) for story, end in ends), n),
        "repeat_contact_7d": (
            share_of(world.contacts.came_back(story.ticket, end, FCR_FOR, same_workflow=True) for story, end in ends),
            n,
        ),
        "handoffs": (mean([float(story.handoff_count) for story in stories]), n),
        "automated_rate": (share_of(story.is_automated for story in stories), n),
        "automated_held": (share_of(_held(world, story, end) for story, end in ends), n),
    }


def _resolution_time(kind: str, minutes: Sequence[float]) -> dict[str, Number]:
    pattern = f"resolution_time_{{}}_{kind}_hours"
    return {
        pattern.format("mean"): (mean([value / 60 for value in minutes]), len(minutes)),
        **_quantiles(pattern, minutes),
    }


def _first_contact(world: World, story: Story, end: datetime) -> bool:
    once = story.reply_count == 1 and not story.reopened_at
    return once and not world.contacts.came_back(story.ticket, end, FCR_FOR, same_workflow=True)


def _held(world: World, story: Story, end: datetime) -> bool:
    return story.is_automated and not world.contacts.came_back(story.ticket, end, HELD_FOR, same_workflow=False)


def _of_first_resolved(stories: Sequence[Story]) -> dict[str, Number]:
    """Metrics of the tickets first resolved in the week."""
    reopened = [bool(story.reopened_at) for story in stories]
    lengths = [
        (story.first_resolved_at - story.ticket.created_at) / timedelta(hours=1)
        for story in stories
        if story.first_resolved_at
    ]
    return {
        "reopen_rate": (share_of(reopened), len(stories)),
        "first_resolution_time_median_calendar_hours": (quantile(lengths, 0.5), len(lengths)),
    }


def _of_both(cost: float, created: int, resolved: int) -> dict[str, Number]:
    """Metrics that set a week's flow or money against its tickets."""
    return {
        "resolution_rate_flow": (resolved / created if created else None, created),
        "cost_per_resolution": (cost / resolved if resolved else None, resolved),
        "cost_per_ticket": (cost / created if created else None, created),
    }


def _surveys(world: World) -> Numbers:
    """CSAT and CES by the week of the answer, the response rate by the week of the offer."""
    counted = [story for story in world.stories if story.ticket.excluded is None]
    csat = world.shelve(counted, lambda story: story.ticket.csat_at)
    offered = world.shelve(counted, lambda story: story.ticket.csat_offered_at)
    ces = world.shelve(counted, lambda story: story.ticket.ces_at)
    numbers: Numbers = {}
    for week in world.weeks:
        for workflow in (*world.shop.workflows, "all"):
            cell = (week, workflow)
            good = [story.ticket.csat.score == 1 for story in csat.get(cell, []) if story.ticket.csat]
            answered = [story.ticket.csat is not None for story in offered.get(cell, [])]
            scores = [story.ticket.ces.score for story in ces.get(cell, []) if story.ticket.ces]
            easy = [world.shop.ces.normalise(score) for score in scores] if world.shop.ces else []
            numbers[*cell, "csat"] = (share_of(good), len(good))
            numbers[*cell, "csat_response_rate"] = (share_of(answered), len(answered))
            numbers[*cell, "ces"] = (mean(easy), len(easy))
    return numbers


def _counts(world: World) -> Numbers:
    """Tickets that are left out of the KPIs, counted by the week of their creation."""
    left_out = {
        "outreach_tickets": [s for s in world.stories if s.ticket.excluded is None and s.ticket.outreach],
        "excluded_tickets": [s for s in world.stories if s.ticket.excluded is not None],
    }
    numbers: Numbers = _reopenings(world)
    for metric, stories in left_out.items():
        shelf = world.shelve(stories, lambda story: story.ticket.created_at)
        for week in world.weeks:
            for workflow in (*world.shop.workflows, "all"):
                n = len(shelf.get((week, workflow), []))
                numbers[week, workflow, metric] = (float(n), n)
    return numbers


def _reopenings(world: World) -> Numbers:
    """How often measured tickets came back in the week."""
    found: dict[Cell, int] = defaultdict(int)
    for story in world.stories:
        if story.ticket.is_measured:
            for at in story.reopened_at:
                for workflow in (story.ticket.workflow, "all"):
                    found[world.shop.week(at), workflow] += 1
    return {
        (week, workflow, "tickets_reopened"): (float(found[week, workflow]), found[week, workflow])
        for week in world.weeks
        for workflow in (*world.shop.workflows, "all")
    }


def _backlog(world: World) -> Numbers:
    """Counted tickets open when the week's Sunday ends (or at the snapshot), by the events' own instants."""
    numbers: Numbers = {}
    for week in world.weeks:
        end = min(world.shop.midnight(week + WEEK), world.snapshot + timedelta(microseconds=1))
        open_count: dict[str, int] = defaultdict(int)
        for story in world.stories:
            if story.ticket.excluded is None and _is_open_at(story, end):
                open_count[story.ticket.workflow] += 1
                open_count["all"] += 1
        for workflow in (*world.shop.workflows, "all"):
            numbers[week, workflow, "backlog"] = (float(open_count[workflow]), open_count[workflow])
    return numbers


def _is_open_at(story: Story, end: datetime) -> bool:
    """Whether the ticket exists and stands unresolved just before an instant."""
    solves = sum(resolution.happened_at < end for resolution in story.resolutions)
    reopens = sum(at < end for at in story.reopened_at)
    return story.ticket.created_at < end and solves == reopens


def _per_order(world: World) -> Numbers:
    """Contacts per 100 orders, order-status contacts per 1,000 shipped orders, and the recovery of carts."""
    shop = world.shop
    real = [order for order in world.orders if not order.is_test]
    measured = [story for story in world.stories if story.ticket.is_measured]
    created = world.shelve(measured, lambda story: story.ticket.created_at)
    numbers: Numbers = {}
    for week in world.weeks:
        orders = sum(shop.week(order.created_at) == week for order in real)
        shipped = sum(order.shipped_at is not None and shop.week(order.shipped_at) == week for order in real)
        for workflow in (*shop.workflows, "all"):
            contacts = len(created.get((week, workflow), []))
            numbers[week, workflow, "contact_rate"] = (100 * contacts / orders if orders else None, orders)
        asked = sum(len(created.get((week, workflow), [])) for workflow in shop.order_status)
        for workflow in (*shop.order_status, "all"):
            numbers[week, workflow, "wismo_per_1000_orders"] = (1000 * asked / shipped if shipped else None, shipped)
    for week, cart in cart_numbers(world.shop, _carts(world), world.weeks):
        for workflow in (*shop.cart_recovery, "all"):
            numbers.update({(week, workflow, metric): number for metric, number in cart.items()})
    return numbers


def _carts(world: World) -> list[Cart]:
    """Every abandoned checkout with the instant at which it entered a recovery workflow."""
    recovering: dict[str, list[datetime]] = defaultdict(list)
    for story in world.stories:
        if story.ticket.excluded is None and story.ticket.workflow in world.shop.cart_recovery:
            recovering[story.ticket.customer].append(story.ticket.created_at)
    return [Cart.of(checkout, recovering[checkout.customer]) for checkout in world.checkouts]


def _unclassified(world: World) -> Numbers:
    measured = [story for story in world.stories if story.ticket.is_measured]
    created = world.shelve(measured, lambda story: story.ticket.created_at)
    return {
        (week, "all", "unclassified_share"): (
            share_of(story.ticket.workflow == "unclassified" for story in created.get((week, "all"), [])),
            len(created.get((week, "all"), [])),
        )
        for week in world.weeks
    }

"""Facts to observations: everything that is found out once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from flowmeter.simulation_frames import ServiceFacts
from simulation.calibrate.ages import ages
from simulation.calibrate.amounts import Collected
from simulation.calibrate.backlog import backlog
from simulation.calibrate.billing import billed
from simulation.calibrate.chain import Bools, Chain, Columns, chain, columns
from simulation.calibrate.drift import drift
from simulation.calibrate.evidence import evidence, span
from simulation.calibrate.fit import fit
from simulation.calibrate.observed import Observed
from simulation.calibrate.opening import opening
from simulation.calibrate.pauses import beside, in_turn, resting, without_closing
from simulation.calibrate.people import pace
from simulation.calibrate.queues import keep_counts
from simulation.calibrate.shifts import SHIFT_DAYS, Shifts, shifts
from simulation.calibrate.staffing import local_minutes, money_of, queues_of, staff_of
from simulation.calibrate.streams import REPEAT_DAYS, Contacts, daily, links
from simulation.calibrate.tune import after_work, replay, simulated_waits
from simulation.calibrate.tune_log import tuned_log
from simulation.calibrate.visits import simulated_visits
from simulation.calibrate.waiting import edge_delays, work_of
from simulation.clock import day_number
from simulation.parameters import (
    AT_ONCE,
    PRIORITIES,
    Evidence,
    Floats,
    Ints,
    Level,
    Opening,
    Routes,
    StepKind,
    queue_by_step,
)

WEEKS = 26
_DAY = 1440.0
_FEW = 30


def observe(facts: ServiceFacts, weeks: int = WEEKS, *, tune: bool = True) -> Observed:
    """What the last `weeks` until `facts.as_of` show (calendars and the level of contacts: the last eight of them).

    `tune`: runs the last weeks again to find out what work no log shows; without it there is none.
    Raises ValueError if no ticket has a log of what happened to it.
    """
    if facts.visits.is_empty():
        raise ValueError("no ticket has a log of what happened to it, so nothing can be simulated")
    frame = simulated_visits(facts)
    days = _days(facts, weeks)
    tickets = facts.tickets.join(frame.select("ticket_key").unique(), on="ticket_key", how="semi")
    visits = _columns(facts, frame, tickets, days)
    created = _minutes(tickets["created_at"], facts.as_of)
    since = _since(facts, days[0])
    hours = _hours(facts, visits, days[-1], since)
    found = chain(visits, _lead(visits, tickets, facts.zone), since, hours.words)
    plain = _observed(facts, visits, found, tickets, created, days, hours)
    if not tune:
        tuned, told = plain, list[Evidence]()
    elif visits.is_log.any():
        tuned, told = tuned_log(plain, visits, since), []
    else:
        tuned, told = _tuned(plain, visits, tickets, created)
    tuned = replace(tuned, opening=opening(facts.opening, frame))
    tuned = replace(tuned, steps=billed(tuned.steps, visits, found, fit(tuned), facts.handled))
    return replace(tuned, evidence=(*evidence(tuned, fit(tuned), facts), *told))


def _tuned(plain: Observed, visits: Columns, tickets: pl.DataFrame, created: Floats) -> tuple[Observed, list[Evidence]]:
    """With the minutes after work that make queues as long in a run of the last weeks as they were."""
    names = plain.pools.names
    pool = queue_by_step(visits.steps, names)[visits.step]
    streams = list(zip(plain.stream_workflow, plain.stream_channel, plain.stream_state.tolist(), strict=True))
    stream = _stream_by_ticket(visits, streams, tickets, plain.chain)
    was = replay(plain, visits, stream, _priorities(tickets), created, pool)
    point = fit(plain)
    minutes = after_work(point, was)
    tuned = replace(plain, pools=replace(plain.pools, after_work=minutes))
    waits = simulated_waits(fit(tuned), was) if was.span else was.observed
    return tuned, [
        _after(name, float(minutes[n]), float(was.observed[n]), float(waits[n]), int(was.visits[:, n].sum()))
        for n, name in enumerate(names)
    ]


def _after(name: str, minutes: float, was: float, ran: float, n: int) -> Evidence:
    value = f"{minutes:.1f} min after each visit; waits {span(ran)} in a run of the last weeks, {span(was)} as seen"
    level = Level.MEASURED if n >= _FEW else Level.ASSUMED
    return Evidence("queue", name, value if n else "nobody waited", n, level, (
        "The tickets and shifts of the last eight weeks in runs: minutes that no log shows are added until queues are "
        "as long. The middle of eight runs."
    ))  # fmt: skip


def _days(facts: ServiceFacts, weeks: int) -> tuple[dt.date, ...]:
    """The local days of the window: the last whole one last, none before the first ticket came."""
    last = (_local(facts.as_of, facts.zone) + dt.timedelta(seconds=1)).date() - dt.timedelta(days=1)
    begin = _local(facts.tickets["created_at"].min(), facts.zone).date()  # type: ignore[arg-type]
    n = max(min(weeks * 7, (last - begin).days + 1), 1)
    return tuple(last - dt.timedelta(days=n - 1 - place) for place in range(n))


def _local(instant: dt.datetime, zone: str) -> dt.datetime:
    return instant.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone))


def _since(facts: ServiceFacts, day: dt.date) -> float:
    """The local midnight that a day begins with, in minutes from `as_of`."""
    begin = dt.datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(facts.zone))
    return (begin - facts.as_of.replace(tzinfo=dt.UTC)).total_seconds() / 60


def _minutes(instants: pl.Series, as_of: dt.datetime) -> Floats:
    found = (instants - as_of).dt.total_microseconds().cast(pl.Float64) / 6e7
    return found.fill_null(float("nan")).to_numpy()


def _place(instants: pl.Series, zone: str, days: tuple[dt.date, ...]) -> Ints:
    """The position of the local day of each instant, the nearest one for those outside."""
    local = instants.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.date()
    place = (local - days[0]).dt.total_days().to_numpy()
    result: Ints = np.clip(place, 0, len(days) - 1).astype(np.int32)
    return result


def _columns(facts: ServiceFacts, frame: pl.DataFrame, tickets: pl.DataFrame, days: tuple[dt.date, ...]) -> Columns:
    minutes = pl.DataFrame({name: _minutes(frame[name], facts.as_of) for name in ("entered", "started", "left")})
    place = _place(frame["entered"], facts.zone, days)
    # As they first appear: the order of names is another in every shop folder, as its own key hides them.
    agents = tuple(frame.filter("is_work")["agent"].drop_nulls().unique(maintain_order=True).to_list())
    return columns(frame, tickets["ticket_key"].to_list(), place, agents, minutes)


def _lead(visits: Columns, tickets: pl.DataFrame, zone: str) -> list[tuple[str, str]]:
    """What is known of each ticket before its first visit: whose hours it came in, and the channel.

    An hour of the day is that of the queue in which most of a workflow's tickets of that hour are first worked on.
    """
    hour = tickets["created_at"].dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.hour().to_list()
    workflow = tickets["workflow"].to_list()
    first: dict[int, str] = {}
    for row in np.flatnonzero(visits.is_work).tolist():
        pool = visits.steps[visits.step[row]].pool or ""
        if not pool.endswith(AT_ONCE):
            first.setdefault(int(visits.ticket[row]), pool)
    rows = [(workflow[n], hour[n], pool) for n, pool in first.items()]
    usual = (
        pl.DataFrame(rows, schema=["workflow", "hour", "pool"], orient="row")
        .group_by("workflow", "hour", "pool")
        .len()
        .sort("len", "pool", descending=[True, False])
        .unique(["workflow", "hour"], keep="first")
    )
    owner = {(w, h): pool for w, h, pool in usual.select("workflow", "hour", "pool").iter_rows()}
    channel = tickets["channel"].fill_null("unknown").to_list()
    return [
        (f"in the hours of {owner.get((w, h), 'nobody')}", f"by {c}")
        for w, h, c in zip(workflow, hour, channel, strict=True)
    ]


@dataclass(frozen=True)
class _Hours:
    """What the hours in which people work make of visits; arrays by visit."""

    usual: Shifts
    instants: tuple[Floats, Floats]  # local minutes since 1970-01-01 at which work began and ended
    waits: Floats  # minutes without closed hours; NaN before the window
    age: Ints
    words: list[str]


def _hours(facts: ServiceFacts, visits: Columns, last: dt.date, since: float) -> _Hours:
    instants = (local_minutes(visits.started, facts), local_minutes(visits.left, facts))
    usual = shifts(visits, instants, set(facts.holidays), last)
    entered, started = in_turn(visits)
    local = (local_minutes(entered, facts), local_minutes(started, facts), instants[1])
    waits = without_closing(replace(visits, entered=entered, started=started), local)
    age, words = ages(visits, waits, since)
    waits = np.where(visits.entered >= since, waits, np.nan)
    return _Hours(usual, instants, waits, age, ["" if n < 0 else words[n] for n in age])


def _observed(
    facts: ServiceFacts, visits: Columns, found: Chain, tickets: pl.DataFrame, created: Floats,
    days: tuple[dt.date, ...], hours: _Hours,
) -> Observed:  # fmt: skip
    workflows = tuple(sorted({step.workflow for step in visits.steps}))
    pools = tuple(sorted({step.pool for step in visits.steps if step.pool}))
    pool = queue_by_step(visits.steps, pools)[visits.step]
    priority = _priorities(tickets)
    amounts = Collected()
    contacts, streams = _contacts(facts, visits, found, tickets, days, priority, workflows)
    visits, rests = resting(visits, pool, len(pools), hours.usual, hours.instants)
    visits, hidden = beside(visits, pool, len(pools))
    speed = pace(visits)
    delay = edge_delays(visits, found, amounts, hours.age)
    work, given_up = work_of(visits, found, pool, speed, amounts, hours.waits, hours.age)
    repeat_delay = _repeat_delays(facts, tickets, streams, amounts, days)
    rows, hit, luck = keep_counts(visits, pool)
    queues, orders = queues_of(visits, pool, pools, priority, created)
    queues = replace(queues, finishes=~rests, after_work=hidden)
    staff, told = staff_of(facts, visits, pool, pools, speed, hours.usual)
    keys = dict(zip(facts.tickets["ticket_key"].to_list(), facts.tickets["ticket_id"].to_list(), strict=True))
    answers = facts.replies.select("ticket_key", minutes=(
        (pl.col("happened_at") - facts.as_of).dt.total_microseconds() / 6e7))  # fmt: skip
    stream_of = _stream_by_ticket(visits, streams, tickets, found)
    return Observed(
        zone=facts.zone,
        start=facts.as_of,
        days=days,
        workflows=workflows,
        steps=visits.steps,
        chain=found,
        routes=_routes(visits, found, delay),
        passage_day=visits.day[found.passage_visit],
        passage_reply=(visits.replies[found.passage_visit] > 0).astype(np.float64),
        passage_handoff=_handoffs(visits, found),
        work=work,
        keep_state=found.state[rows],
        keep_day=visits.day[rows],
        keep_hit=hit,
        keep_luck=luck,
        amounts=amounts.done(),
        pools=queues,
        staff=staff,
        shift_days=hours.usual.days,
        shift_place=np.clip(hours.usual.days.day - day_number(days[0]), 0, len(days) - 1).astype(np.int32),
        contacts=contacts,
        drift=drift(_history(facts, tickets, days[-1], workflows), daily(contacts, np.ones(len(days)))[1]),
        stream_workflow=tuple(workflow for workflow, _, _ in streams),
        stream_channel=tuple(channel for _, channel, _ in streams),
        stream_state=np.array([state for _, _, state in streams], np.int32),
        stream_outreach=_mostly(tickets["is_outreach"].to_numpy(), stream_of, len(streams)),
        repeat_delay=repeat_delay,
        backlog=backlog(visits, found, stream_of, priority, created, answers, keys),
        money=money_of(facts),
        holidays=facts.holidays,
        opening=Opening(),
        seen_days=_seen(visits, -SHIFT_DAYS * _DAY, visits.day),
        seen_visits=_seen(visits, _since(facts, days[0]), np.arange(len(visits.day), dtype=np.int32)),
        evidence=(*told, *orders, *given_up),
    )


def _handoffs(visits: Columns, found: Chain) -> Floats:
    """By passage how often it went to other hands: those of the visit that it leads into."""
    following = np.minimum(found.passage_visit + 1, len(visits.step) - 1)
    return np.where(visits.is_last[found.passage_visit], 0, visits.hands[following]).astype(np.float64)


def _seen(visits: Columns, since: float, by: Ints) -> tuple[int, ...]:
    """How many different `by` each agent's visits have after `since`."""
    recent = visits.is_work & (visits.entered >= since)
    return tuple(len(np.unique(by[recent & (visits.agent == n)])) for n in range(len(visits.agents)))


def _priorities(tickets: pl.DataFrame) -> Ints:
    known = {name: place for place, name in enumerate(PRIORITIES)}
    return np.array([known.get(name, 1) for name in tickets["priority"]], np.int32)


def _routes(visits: Columns, found: Chain, delay: Ints) -> Routes:
    states, edges = len(found.step), len(found.edge_from)
    end = np.array([visits.steps[n].kind is StepKind.END for n in found.step])
    resolved = np.zeros(states, np.bool_)
    resolved[found.state[visits.is_resolved]] = True
    return Routes(
        step=found.step,
        history=found.history,
        edge_start=np.searchsorted(found.edge_from, np.arange(states + 1)).astype(np.int32),
        chance=np.ones(edges),
        to=found.edge_to,
        delay=delay,
        reply=np.zeros(edges),
        handoff=np.zeros(edges),
        reopens=resolved[found.edge_from] & ~end[found.edge_to],
    )


Stream = tuple[str, str, int]


def _contacts(
    facts: ServiceFacts, visits: Columns, found: Chain, tickets: pl.DataFrame, days: tuple[dt.date, ...],
    priority: Ints, workflows: tuple[str, ...],
) -> tuple[Contacts, list[Stream]]:  # fmt: skip
    """Contacts of the window, and the streams (workflow, channel, first state) that tickets came by in it."""
    opening = np.flatnonzero(visits.is_opening)
    state = np.empty(len(visits.keys), np.int32)
    state[visits.ticket[opening]] = found.state[opening]
    key = list(zip(tickets["workflow"], tickets["channel"].fill_null("unknown"), state.tolist(), strict=True))
    local = tickets["created_at"].dt.replace_time_zone("UTC").dt.convert_time_zone(facts.zone)
    inside = local.dt.date().is_between(days[0], days[-1]).to_numpy()
    streams = sorted({one for one, kept in zip(key, inside, strict=True) if kept})
    number = {one: place for place, one in enumerate(streams)}
    stream = np.array([number.get(one, -1) for one in key], np.int32)
    again = links(facts.tickets)
    repeated = tickets["ticket_key"].is_in(again["again_key"].implode()).to_numpy()
    ended = tickets["resolved_at"].is_between(
        facts.as_of - dt.timedelta(days=len(days)), facts.as_of - dt.timedelta(days=REPEAT_DAYS)
    ).fill_null(value=False).to_numpy() & tickets["is_measured"].to_numpy() & (stream >= 0)  # fmt: skip
    parents = tickets.filter(pl.Series(ended))
    families = {(w, int(found.step[s])): 0 for w, _, s in streams}
    families = {family: place for place, family in enumerate(families)}
    return Contacts(
        stream=stream[inside],
        hour=((local.dt.weekday().cast(pl.Int32) - 1) * 24 + local.dt.hour()).to_numpy()[inside],
        day=_place(tickets["created_at"], facts.zone, days)[inside],
        priority=priority[inside],
        is_first=~repeated[inside],
        family=np.array([families[w, int(found.step[s])] for w, _, s in streams], np.int32),
        workflow=np.array([workflows.index(w) for w, _, _ in streams], np.int32),
        weekday=np.array([day.weekday() for day in days], np.int32),
        is_holiday=np.array([day in set(facts.holidays) for day in days]),
        parent_stream=stream[ended],
        parent_day=_place(parents["resolved_at"], facts.zone, days),
        is_worked=parents["ticket_key"].is_in(visits.keys[visits.ticket[visits.agent >= 0]].tolist()).to_numpy(),
        has_repeat=parents["ticket_key"].is_in(again["ticket_key"].implode()).to_numpy(),
    ), streams


def _history(facts: ServiceFacts, tickets: pl.DataFrame, last: dt.date, workflows: tuple[str, ...]) -> Contacts:
    """First contacts of all days but the very first, which is seldom whole, until `last`; streams are workflows."""
    again = links(facts.tickets)["again_key"]
    first = _local(facts.tickets["created_at"].min(), facts.zone).date()  # type: ignore[arg-type]
    days = tuple(last - dt.timedelta(days=n) for n in range(max((last - first).days, 1) - 1, -1, -1))
    local = tickets["created_at"].dt.replace_time_zone("UTC").dt.convert_time_zone(facts.zone).dt.date()
    mine = tickets.filter(local.is_between(days[0], days[-1]) & ~tickets["ticket_key"].is_in(again.implode()))
    number = {name: place for place, name in enumerate(workflows)}
    stream = np.array([number[name] for name in mine["workflow"]], np.int32)
    none, alone = np.empty(0, np.int32), np.arange(len(workflows), dtype=np.int32)
    return Contacts(
        stream=stream,
        hour=np.zeros(len(stream), np.int32),
        day=_place(mine["created_at"], facts.zone, days),
        priority=np.zeros(len(stream), np.int32),
        is_first=np.ones(len(stream), np.bool_),
        family=alone,
        workflow=alone,
        weekday=np.array([day.weekday() for day in days], np.int32),
        is_holiday=np.array([day in set(facts.holidays) for day in days]),
        parent_stream=none,
        parent_day=none,
        is_worked=np.empty(0, np.bool_),
        has_repeat=np.empty(0, np.bool_),
    )


def _stream_by_ticket(visits: Columns, streams: list[Stream], tickets: pl.DataFrame, found: Chain) -> Ints:
    """The stream of every ticket; of one older than the window the first of its workflow and channel, or workflow."""
    opening = np.flatnonzero(visits.is_opening)
    state = np.empty(len(visits.keys), np.int32)
    state[visits.ticket[opening]] = found.state[opening]
    exact = {one: place for place, one in reversed(list(enumerate(streams)))}
    by_channel = {one[:2]: place for place, one in reversed(list(enumerate(streams)))}
    by_workflow = {one[0]: place for place, one in reversed(list(enumerate(streams)))}
    key = zip(tickets["workflow"], tickets["channel"].fill_null("unknown"), state.tolist(), strict=True)
    return np.array([exact.get((w, c, s), by_channel.get((w, c), by_workflow.get(w, 0))) for w, c, s in key], np.int32)


def _mostly(flag: Bools, stream: Ints, size: int) -> Bools:
    """By stream whether more than half of its tickets have the flag."""
    result: Bools = np.bincount(stream, flag, size) > np.bincount(stream, minlength=size) / 2
    return result


def _repeat_delays(
    facts: ServiceFacts, tickets: pl.DataFrame, streams: list[Stream], amounts: Collected, days: tuple[dt.date, ...]
) -> Ints:
    """By stream the time to a repeat contact: its workflow's, or the shop's where that has fewer than 20."""
    again = links(facts.tickets).join(tickets.select("ticket_key", "workflow", "resolved_at"), on="ticket_key")
    again = again.filter(pl.col("resolved_at") <= facts.as_of - dt.timedelta(days=REPEAT_DAYS))
    found = []
    for workflow, _, _ in streams:
        mine = again.filter(pl.col("workflow") == workflow)
        key = ("repeat", workflow) if mine.height >= 20 else ("repeat", "")
        mine = mine if mine.height >= 20 else again
        day = _place(mine["resolved_at"], facts.zone, days)
        found.append(amounts.observed(key, mine["again_minutes"].to_numpy(), day))
    return np.array(found, np.int32)

"""What a run says about queues, people and days: waiting by hour of the week, who is busy, how the backlog moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.arrivals import cells
from simulation.clock import DAY, clock
from simulation.compiled import cached
from simulation.network import Network, Records, Run, Tickets
from simulation.parameters import Floats, Ints, Parameters, StepKind
from simulation.ticket_rows import Flags, Rules

HOURS = 168


@dataclass(frozen=True)
class Usage:
    """Means over a run."""

    waiting: Floats  # [P, 168] tickets in the queue by hour of the local week; NaN for hours that a run lacks
    busy: Floats  # [A] minutes worked, with what follows a visit
    duty: Floats  # [A] minutes on duty


def usage(parameters: Parameters, network: Network, run: Run, minutes: int) -> Usage:
    """Of one run of `network`, which is compiled from these Parameters."""
    hours = cells(parameters.zone, parameters.start, minutes)
    pools, rec = len(parameters.pools.names), run.records
    waited = np.zeros((pools, HOURS))
    _wait(
        network.pool[rec.state], rec.entered, rec.started, rec.left, np.r_[hours.begins, float(minutes)], hours.hour,
        waited,
    )  # fmt: skip
    exposed = np.bincount(hours.hour, hours.length, HOURS)
    agents = len(parameters.staff.agents)
    held = rec.agent >= 0
    done = held & (network.kind[rec.state] == StepKind.WORK)
    after = np.where(np.isnan(rec.left[done]), 0.0, parameters.pools.after_work[network.pool[rec.state[done]]])
    busy = np.bincount(rec.agent[done], rec.work[done] + after, agents).astype(np.float64)
    return Usage(waited / np.where(exposed > 0, exposed, np.nan), busy, duty_minutes(network))


def duty_minutes(network: Network) -> Floats:
    """[A] minutes that each agent is on duty in a run."""
    duty = network.duty
    holder = np.repeat(np.arange(len(duty.speed)), np.diff(duty.duty_start))
    on: Floats = np.bincount(
        holder, np.maximum(duty.duty_to - np.maximum(duty.duty_from, 0.0), 0.0), len(duty.speed)
    ).astype(np.float64)
    return on


def day_counts(
    parameters: Parameters, meaning: Rules, tickets: Tickets, run: Run, minutes: int
) -> np.ndarray[tuple[int, int, int], np.dtype[np.int64]]:
    """[3, W, days] tickets created, resolved and reopened by workflow and local day, by the events' instants.

    Opening + created + reopened - resolved is what is open at a day's end (METRICS: the backlog's bridge).
    """
    flows = [parameters.workflows.index(name) for name in parameters.arrivals.workflow]
    stream = np.r_[tickets.stream, run.repeats.stream]
    flow = np.array(flows, dtype=np.int64)[stream]
    created = np.r_[tickets.arrived, run.repeats.arrived]
    is_resolution, is_reopening = _turns(meaning, run.records)
    wall = clock(parameters.zone, parameters.start, minutes)
    first, last = (int(x // DAY) for x in wall.local(np.array([0.0, minutes - 1e-6])))
    shape = (len(parameters.workflows), last - first + 1)
    counts = np.zeros((3, *shape), dtype=np.int64)
    rec = run.records
    events = (
        (flow, created),
        (flow[rec.ticket[is_resolution]], rec.left[is_resolution]),
        (flow[rec.ticket[is_reopening]], rec.left[is_reopening]),
    )
    for place, (whose, when) in enumerate(events):
        inside = when >= 0
        day = (wall.local(when[inside]) // DAY).astype(np.int64) - first
        np.add.at(counts[place], (whose[inside], day), 1)
    return counts


def daily(parameters: Parameters, meaning: Rules, tickets: Tickets, run: Run, minutes: int) -> Floats:
    """[3, 1 + W, days] tickets created, resolved and open at the day's end, of all workflows and of each."""
    created, resolved, reopened = day_counts(parameters, meaning, tickets, run, minutes)
    still = open_at_start(parameters, meaning)[:, None] + np.cumsum(created + reopened - resolved, axis=1)
    table = np.stack([created, resolved, still]).astype(np.float64)
    return np.concatenate([table.sum(axis=1, keepdims=True), table], axis=1)


def open_at_start(parameters: Parameters, meaning: Rules) -> Ints:
    """[W] open tickets at the start; those resolved that may be reopened are not open."""
    known = parameters.backlog
    is_open = ~meaning.rests[known.state]
    flows = np.array([parameters.workflows.index(name) for name in parameters.arrivals.workflow], dtype=np.int32)
    return np.bincount(flows[known.stream[is_open]], minlength=len(parameters.workflows)).astype(np.int32)


def _turns(meaning: Rules, rec: Records) -> tuple[Flags, Flags]:
    """Visits with whose end a ticket was resolved, and was opened again."""
    taken = rec.edge >= 0
    edge = np.where(taken, rec.edge, 0)
    to = meaning.to[edge]
    over = meaning.rests[to] | (meaning.kind[to] == StepKind.END)
    return taken & over & ~meaning.rests[rec.state], taken & meaning.reopens[edge]


@cached
def _wait(
    pool: Ints, entered: Floats, started: Floats, left: Floats, edges: Floats, hour: NDArray[np.int64], waited: Floats
) -> None:
    """Adds each visit's minutes in its queue to the hours of the week in which they passed."""
    for row in range(len(pool)):
        if pool[row] < 0:
            continue
        begins = max(entered[row], 0.0)
        ends = started[row]
        if np.isnan(ends):
            ends = edges[-1] if np.isnan(left[row]) else left[row]
        cell = int(begins / 60)  # no cell is longer than an hour: it is this one or one after it
        while cell < len(hour) and edges[cell + 1] <= begins:
            cell += 1
        while begins < ends and cell < len(hour):
            upto = min(ends, edges[cell + 1])
            waited[pool[row], hour[cell]] += upto - begins
            begins = upto
            cell += 1

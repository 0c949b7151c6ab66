"""Minutes of work, and waits that nobody of ours causes."""

from __future__ import annotations

import numpy as np

from simulation.calibrate.amounts import Collected
from simulation.calibrate.chain import Bools, Chain, Columns
from simulation.calibrate.queues import patience
from simulation.parameters import Evidence, Floats, Ints, Level, StepKind, Work

_ENOUGH = 30
_FEW = 5
_PART = 0.01


def edge_delays(visits: Columns, found: Chain, amounts: Collected, age: Ints) -> Ints:
    """By edge the distribution of the time in a delay that ends by it; -1 from work; 0 minutes to the end of solved.

    Thin edges take all passages from the same step to the same step, then all from the same step. Where waits depend on
    the ticket's age (`age`, by visit), they take those of the same age instead, of the step or of all.
    """
    took = (visits.left - visits.entered)[found.passage_visit]
    day = visits.day[found.passage_visit]
    from_step, to_step = found.step[found.edge_from], found.step[found.edge_to]
    passage = found.passage_edge
    from_state = found.edge_from[passage]
    age = age[found.passage_visit]
    result = np.full(len(found.edge_from), -1, np.int32)
    for edge in np.flatnonzero([visits.steps[n].kind is StepKind.DELAY for n in from_step]):
        known = ~np.isnan(took)
        same = known & (passage == edge)
        key: tuple[object, ...] = ("edge", int(edge))
        if visits.steps[to_step[edge]].kind is StepKind.END and not same.any():
            result[edge] = amounts.constant(0.0)
            continue
        old = age[np.flatnonzero(from_state == found.edge_from[edge])[:1]]
        if len(old) and old[0] >= 0 and same.sum() < _FEW:
            key, same = ("ages", int(from_step[edge]), int(old[0])), known & (age == old[0])
            if (mine := same & (from_step[passage] == from_step[edge])).any():
                same = mine
        elif same.sum() < _ENOUGH and not (len(old) and old[0] >= 0):
            key = ("steps", int(from_step[edge]), int(to_step[edge]))
            same = known & (from_step[passage] == from_step[edge]) & (to_step[passage] == to_step[edge])
        if same.sum() < _ENOUGH and key[0] == "steps" and visits.steps[to_step[edge]].kind is not StepKind.END:
            key = ("step", int(from_step[edge]))
            same = known & (from_step[passage] == from_step[edge])
        result[edge] = amounts.observed(key, np.maximum(took[same], 0.0), day[same])
    return result


def work_of(
    visits: Columns, found: Chain, pool: Ints, speed: Floats, amounts: Collected, waits: Floats, age: Ints
) -> tuple[Work, list[Evidence]]:
    """Work, waits before the queue and patience by state.

    By visit: `pool`; `waits`, without closed hours; `age`, the class of age in which a wait counts, -1 any.
    """
    size = len(found.step)
    service, before = np.full(size, -1, np.int32), np.full(size, -1, np.int32)
    patient, left_for = np.full(size, -1, np.int32), np.full(size, -1, np.int32)
    told: list[Evidence] = []
    usual = np.where(visits.agent >= 0, speed[visits.agent], 1.0) if len(speed) else np.ones(len(visits.work))
    minutes = visits.work / usual
    for state in range(size):
        step = visits.steps[found.step[state]]
        if step.kind is StepKind.WORK:
            here = found.state == state
            service[state] = _service(visits, found, pool, minutes, state, amounts)
            before[state] = _before(visits, found, state, amounts, waits, age)
            mean, n = patience(visits, here, visits.left)
            if np.isfinite(mean):
                patient[state] = amounts.exponential(mean)
                told.append(_left(step.workflow, step.name, mean, n))
                left_for[state] = _left_for(visits, found, here)
    ones = np.ones(size)
    work = Work(service, before, np.zeros(size), patient, left_for, ones.astype(np.int32), ones * 0)
    return work, told


def _left(workflow: str, step: str, mean: float, n: int) -> Evidence:
    return Evidence("waits", f"{workflow}: {step}", f"given up after {mean:,.0f} min on average", n, Level.MEASURED,
                    "All waits over those given up: the likeliest exponential patience.")  # fmt: skip


def _left_for(visits: Columns, found: Chain, here: Bools) -> int:
    rows = np.flatnonzero(here & visits.is_given_up & ~visits.is_last)
    return int(np.bincount(found.state[rows + 1]).argmax()) if len(rows) else -1


def _service(visits: Columns, found: Chain, pool: Ints, minutes: Floats, state: int, amounts: Collected) -> int:
    """The distribution of a state's work: its own, else its step's, its pool's, everybody's: the first with 30."""
    known = visits.is_work & ~np.isnan(minutes) & (minutes > 0)
    mine = np.flatnonzero(found.state == state)
    step = found.step[state]
    own_pool = int(pool[mine[0]]) if len(mine) else -1
    choices = (
        (("work", "state", state), known & (found.state == state)),
        (("work", "step", int(step)), known & (visits.step == step)),
        (("work", "pool", own_pool), known & (pool == own_pool)),
    )
    for key, here in choices:
        if here.sum() >= _ENOUGH:
            return amounts.observed(key, minutes[here], visits.day[here], fit=True)
    return amounts.observed(("work", "all"), minutes[known], visits.day[known], fit=True)


def _before(visits: Columns, found: Chain, state: int, amounts: Collected, waits: Floats, age: Ints) -> int:
    """The wait that no agent causes, where a log shows one that matters: a hundredth of the step's wait.

    It has the queue in it: `tuned_log` takes off what queue and closing hours make of it in a run.
    """
    step = found.step[state]
    all_of_step = (visits.step == step) & visits.is_log & ~np.isnan(waits)
    if all_of_step.sum() < _ENOUGH:
        return -1
    whole = np.maximum(visits.started - visits.entered, 0.0)[all_of_step].mean()
    known = all_of_step & ~np.isnan(visits.delay)
    if known.any() and np.maximum(visits.delay[known], 0.0).mean() < _PART * max(whole, 1e-9):
        return -1
    mine = all_of_step & (found.state == state)
    if mine.sum() >= _ENOUGH:
        return amounts.observed(("before", "state", state), waits[mine], visits.day[mine])
    old = age[np.flatnonzero(found.state == state)[:1]]
    if len(old) and old[0] >= 0:
        alike = visits.is_log & visits.is_work & (age == old[0]) & ~np.isnan(waits)
        if (mine := alike & (visits.step == step)).sum() >= _FEW:
            return amounts.observed(("before", "age", int(step), int(old[0])), waits[mine], visits.day[mine])
        return amounts.observed(("before", "age", int(old[0])), waits[alike], visits.day[alike])
    return amounts.observed(("before", "step", int(step)), waits[all_of_step], visits.day[all_of_step])

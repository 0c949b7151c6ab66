"""The people who would meet a target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulation.experiment import Answer, Settings
from simulation.parameters import Parameters
from simulation.runs import Desk, Score, Unit, figures


@dataclass(frozen=True)
class Target:
    """A metric of a workflow ('all') that should be at most, or at least, so much."""

    metric: str
    value: float
    at_least: bool = False
    workflow: str = "all"

    def met(self, found: float) -> bool:
        """Whether a figure meets it; an unknown one does not."""
        return found >= self.value if self.at_least else found <= self.value


def staffing(
    parameters: Parameters, target: Target, score: Score, settings: Settings, workers: int = 2, most: int = 10
) -> Answer:
    """The people to add, by pool, so that the mean of runs meets a target, one at a time where it helps most.

    `met`: whether it is met; `added`: people by pool; `steps`: the target's metric after each. Raises ValueError for a
    metric or workflow that does not exist. `most`: people at which the search gives up.
    """
    desk = Desk(score, settings.period, workers)
    added: dict[str, int] = {}
    value = _figure(desk, [parameters], target, settings)[0]
    steps = [{"added": {}, "value": value}]
    while not target.met(value) and sum(added.values()) < most:
        choices = [added | {pool: added.get(pool, 0) + 1} for pool in parameters.pools.names]
        found = _figure(desk, [with_people(parameters, choice) for choice in choices], target, settings)
        best = int(np.nanargmax(found) if target.at_least else np.nanargmin(found))
        added, value = choices[best], found[best]
        steps.append({"added": added, "value": value})
    return {"met": target.met(value), "added": added, "steps": steps}


def _figure(desk: Desk, variants: Sequence[Parameters], target: Target, settings: Settings) -> list[float]:
    seeds = [settings.seed + place for place in range(settings.replications)]
    found = figures(desk, [Unit(lambda: variants, seeds)])
    if target.metric not in found.metrics:
        raise ValueError(f"'{target.metric}' cannot be simulated; there are {', '.join(found.metrics)}")
    if target.workflow not in found.workflows:
        raise ValueError(f"there is no workflow '{target.workflow}'; there are {', '.join(found.workflows)}")
    place = found.workflows.index(target.workflow), found.metrics.index(target.metric)
    return [float(x) for x in found.kpis[0, :, :, place[0], place[1]].mean(axis=1)]


def with_people(parameters: Parameters, added: Mapping[str, int]) -> Parameters:
    """More people of pools: each with the skills, shifts and wage of one whose own pool it is, in turn.

    Raises ValueError for a pool that nobody has as his own.
    """
    staff = parameters.staff
    likes = [like for pool, count in added.items() for like in _models(parameters, pool, count)]
    names = tuple(f"new {place + 1}" for place in range(len(likes)))
    who = np.r_[np.arange(len(staff.agents)), np.array(likes, dtype=np.int64)]
    skills = [np.arange(staff.skill_start[agent], staff.skill_start[agent + 1]) for agent in who]
    shifts = [np.flatnonzero(staff.shift_agent == agent) for agent in who]
    skill, shift = np.concatenate(skills), np.concatenate(shifts)
    return replace(
        parameters,
        staff=replace(
            staff,
            agents=(*staff.agents, *names),
            speed=staff.speed[who], capacity=staff.capacity[who], wage=staff.wage[who],
            works_holidays=staff.works_holidays[who],
            skill_start=np.r_[0, np.cumsum([len(rows) for rows in skills])].astype(np.int32),
            skill_pool=staff.skill_pool[skill], skill_tier=staff.skill_tier[skill],
            shift_agent=np.repeat(np.arange(len(who)), [len(rows) for rows in shifts]).astype(np.int32),
            shift_weekday=staff.shift_weekday[shift], shift_from=staff.shift_from[shift],
            shift_to=staff.shift_to[shift], shift_attendance=staff.shift_attendance[shift],
        ),
    )  # fmt: skip


def _models(parameters: Parameters, pool: str, count: int) -> list[int]:
    staff, place = parameters.staff, parameters.pools.names.index(pool)
    holder = np.repeat(np.arange(len(staff.agents)), np.diff(staff.skill_start))
    own: NDArray[np.int64] = holder[(staff.skill_pool == place) & (staff.skill_tier == 0)]
    if not len(own):
        raise ValueError(f"nobody works on '{pool}' as his own, so that nobody like him can be added")
    return [int(own[nth % len(own)]) for nth in range(count)]

"""The people who would meet a target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulation.experiment import Answer, Settings
from simulation.parameters import Parameters
from simulation.runs import Desk, Score, Unit, figures
from simulation.scenario.document import Staff
from simulation.scenario.people_levers import manned, staff


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
    """The people to add, by group, so that the mean of runs meets a target, one at a time where it helps most.

    A new agent is as the lever `staff` of a scenario makes him. `met`: whether it is met; `added`: people by group;
    `steps`: the target's metric after each. Raises ValueError for a metric or workflow that does not exist, or a
    metric that needs longer runs. `most`: people at which the search gives up.
    """
    desk = Desk(score, settings.period, workers)
    added: dict[str, int] = {}
    value = _figure(desk, [parameters], target, settings)[0]
    if np.isnan(value):
        raise ValueError(f"'{target.metric}' cannot be known by then ({7 * settings.weeks} days); look further ahead")
    steps = [{"added": {}, "value": value}]
    while not target.met(value) and sum(added.values()) < most:
        choices = [added | {group: added.get(group, 0) + 1} for group in manned(parameters)]
        found = _figure(desk, [_with_people(parameters, choice) for choice in choices], target, settings)
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


def _with_people(parameters: Parameters, added: Mapping[str, int]) -> Parameters:
    for group, count in added.items():
        parameters = staff(parameters, Staff(group=group, agents=count))
    return parameters

"""The people who would meet a target."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial

import numpy as np

from simulation.experiment import Answer, Calibration, Settings
from simulation.forecast import forecast
from simulation.parameters import Floats, Parameters
from simulation.runs import Desk, Progress, Score, Unit, figures
from simulation.scenario.document import Staff
from simulation.scenario.people_levers import manned, staff, weekly_hours
from simulation.trial import Report

MOST = 10
"""People at which the search gives up."""

HARDLY = 0.002
"""A person who moves the figure by a smaller part of it helps nobody who looks at it."""


@dataclass(frozen=True)
class Target:
    """A metric of a workflow ('all') that should be at most, or at least, so much."""

    metric: str
    value: float
    at_least: bool = False
    workflow: str = "all"

    def __str__(self) -> str:
        """As `read_target` reads it."""
        return f"{self.metric}{'>=' if self.at_least else '<='}{self.value:g}"

    def met(self, found: float) -> bool:
        """Whether a figure meets it; an unknown one does not."""
        return found >= self.value if self.at_least else found <= self.value

    def best(self, found: Sequence[float]) -> int:
        """Which of some figures is the best."""
        return int(np.nanargmax(found) if self.at_least else np.nanargmin(found))

    def gain(self, found: float, before: float) -> float:
        """How much better a figure is than another."""
        return found - before if self.at_least else before - found


def read_target(text: str, workflow: str = "all") -> Target:
    """A target as people write it: first_reply_median_calendar_hours<=6. Raises ValueError for anything else."""
    found = re.fullmatch(r"\s*(\w+)\s*(<=|>=)\s*(\d+(?:\.\d+)?)\s*", text)
    if found is None:
        raise ValueError(f"'{text}' is no target. Write it like first_reply_median_calendar_hours<=6")
    return Target(found[1], float(found[3]), found[2] == ">=", workflow)


def check(parameters: Parameters, target: Target, score: Score, settings: Settings) -> None:
    """Tries a few runs. Raises ValueError for a metric or workflow that is unknown, or one that needs longer runs."""
    [value] = _means(Desk(score, settings.period), [parameters], target, settings)
    if np.isnan(value):
        raise ValueError(f"'{target.metric}' cannot be known by then ({7 * settings.weeks} days); look further ahead")


def foretold_figure(told: Answer, target: Target) -> Answer:
    """The target's figure in a forecast: `value`, `low`, `high`. Raises ValueError where it has none."""
    for row in told["predictions"]:
        if (row["workflow"], row["metric"]) == (target.workflow, target.metric):
            return {name: row[name] for name in ("value", "low", "high")}
    raise ValueError(
        f"'{target.metric}' of {target.workflow} is not foretold: there is no such figure, or it is known too rarely"
    )


def staffing(
    calibration: Calibration,
    target: Target,
    today: Answer,
    score: Score,
    settings: Settings,
    report: Report = lambda _told, _done, _total: None,
) -> Answer:
    """The people to add, by group, so that what is expected meets a target, one at a time where it helps most.

    `today`: the target's figure as it is foretold for the people there are; `then`: with those `added`, who work
    `hours` a week. A new agent is as the lever `staff` of a scenario makes him. `steps`: the figure after each. Not
    `met`: more people help no further.
    """
    desk = Desk(score, settings.period)
    parameters = calibration.fit(None)
    path: list[_Step] = [({}, _means(desk, [parameters], target, settings)[0])]
    then = today
    running = partial(report, f"Running the next {settings.weeks} weeks with the people added")
    while not target.met(then["value"]):
        # A few runs of the best calibration rank the groups; how far they are off is known from what is foretold.
        more = _further(desk, parameters, target, settings, path, then["value"] - path[-1][1], report)
        if not more:
            break
        path += more
        then = _foretold(calibration, path[-1][0], target, score, settings, running)
    off = then["value"] - path[-1][1]
    steps = [{"added": {}, "value": today["value"]}, *({"added": added, "value": x + off} for added, x in path[1:])]
    added = path[-1][0]
    return {
        "target": asdict(target), "met": target.met(then["value"]), "added": added, "today": today, "then": then,
        "hours": _hours(parameters, added), "steps": steps,
    }  # fmt: skip


_Step = tuple[dict[str, int], float]
"""People added by group, and the mean figure of a few runs with them."""


def _further(
    desk: Desk,
    parameters: Parameters,
    target: Target,
    settings: Settings,
    path: Sequence[_Step],
    off: float,
    report: Report,
) -> list[_Step]:
    """The next people, until a figure that is `off` by so much meets the target or nobody helps any more."""
    more: list[_Step] = []
    added, value = path[-1]
    while (many := sum(added.values())) < MOST and not (more and target.met(value + off)):
        choices = [added | {group: added.get(group, 0) + 1} for group in manned(parameters)]
        told = partial(report, f"Looking where person {many + 1} would help most")
        found = _means(
            replace(desk, progress=told), [_with_people(parameters, choice) for choice in choices], target, settings
        )
        best = target.best(found) if found else 0
        if not found or not target.gain(found[best], value) > HARDLY * abs(value):
            break
        added, value = choices[best], found[best]
        more.append((added, value))
    return more


def _means(desk: Desk, variants: Sequence[Parameters], target: Target, settings: Settings) -> list[float]:
    """The target's figure of each variant, with the same customers in all."""
    if not variants:
        return []
    seeds = [settings.seed + place for place in range(settings.replications)]
    found = figures(desk, [Unit(partial(_alone, one), seeds) for one in variants])
    if target.metric not in found.metrics:
        raise ValueError(f"'{target.metric}' cannot be simulated; there are {', '.join(found.metrics)}")
    if target.workflow not in found.workflows:
        raise ValueError(f"there is no workflow '{target.workflow}'; there are {', '.join(found.workflows)}")
    place = found.workflows.index(target.workflow), found.metrics.index(target.metric)
    return [float(x) for x in found.kpis[:, 0, :, place[0], place[1]].mean(axis=1)]


def _foretold(
    calibration: Calibration,
    added: Mapping[str, int],
    target: Target,
    score: Score,
    settings: Settings,
    progress: Progress,
) -> Answer:
    """The target's figure with more people, as the forecast tells it."""

    def fit(days: Floats | None) -> Parameters:
        return _with_people(calibration.fit(days), added)

    return foretold_figure(forecast(replace(calibration, fit=fit), score, settings, progress=progress), target)


def _hours(parameters: Parameters, added: Mapping[str, int]) -> dict[str, float]:
    """Hours a week on shift of those added, by group."""
    hours = weekly_hours(_with_people(parameters, added).staff)[len(parameters.staff.agents) :]
    groups = [group for group, count in added.items() for _ in range(count)]
    return {group: float(hours[[name == group for name in groups]].sum()) for group in added}


def _alone(parameters: Parameters) -> list[Parameters]:
    return [parameters]


def _with_people(parameters: Parameters, added: Mapping[str, int]) -> Parameters:
    for group, count in added.items():
        parameters = staff(parameters, Staff(group=group, agents=count))
    return parameters

"""What a change would do: baseline and scenarios under common random numbers, over bootstrapped calibrations."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache, partial
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.clock import WEEK
from simulation.drift import Drift, levels
from simulation.inputs import INPUTS, mixed
from simulation.intervals import LEAST_DRAWS, Runs, effect, prediction, spread
from simulation.kpi_frame import Period
from simulation.money import FREE, MONTH, Price, worth
from simulation.parameters import Floats, Parameters
from simulation.response import Response
from simulation.runs import MONEY, Cancel, Desk, Figures, Progress, Score, Unit, figures

Answer = dict[str, Any]

BLOCK = 7
"""Days that are drawn together: a week keeps its rhythm, and what spills over from day to day mostly stays inside."""

FRESH = 10_000
"""Seeds of their own, for predictions, are those from this far on."""


@dataclass(frozen=True)
class Settings:
    """How an experiment is run. What changes a figure is here; what does not (workers) is not.

    Raises ValueError for numbers that give no intervals.
    """

    seed: int = 7
    weeks: int = 4
    draws: int = 50
    replications: int = 5  # runs of each draw: the last with a seed of its own, the others with the same in all draws
    explained: int = 12  # draws of each input for the width and the tornado; 0: without
    cohort_days: float = 7.0
    settled: Mapping[str, float] = field(default_factory=dict)  # days, by column of the ticket frame

    def __post_init__(self) -> None:
        """Two runs tell a variance, a handful of draws a range."""
        if self.weeks < 1 or self.replications < 2 or self.draws < LEAST_DRAWS:
            raise ValueError(f"an experiment needs a week, two runs and {LEAST_DRAWS} draws at least")
        if self.explained and not 2 <= self.explained <= self.draws:
            raise ValueError(f"what makes the width is seen from 2 to {self.draws} draws, or from none (0)")

    @property
    def minutes(self) -> int:
        """Length of a run."""
        return self.weeks * WEEK

    @property
    def common(self) -> list[int]:
        """Seeds that all draws and the best calibration are run with."""
        return [self.seed + place for place in range(self.replications - 1)]

    @property
    def period(self) -> Period:
        """What the figures of a run are of."""
        return Period(self.minutes, self.cohort_days, self.settled)


@dataclass(frozen=True)
class Calibration:
    """`fit` makes Parameters of days that count so often (None: once each), always with the same structure; `respond`
    the answers to surveys likewise, if there are any. `drift`: how far the level of contacts may be from what is
    expected; None: not at all.
    """

    fit: Callable[[Floats | None], Parameters]
    days: int
    respond: Callable[[Floats | None], Response] | None = None
    drift: Drift | None = None

    def levels(self, runs: int, settings: Settings) -> list[Floats | None]:
        """What the level of contacts may be in each run, as factors of what is expected [W, weeks]."""
        if self.drift is None:
            return [None] * runs
        return list(levels(self.drift, runs, settings.weeks, settings.seed))


@dataclass(frozen=True)
class Change:
    """A scenario: what it does to Parameters, and what that costs."""

    name: str
    apply: Callable[[Parameters], Parameters]
    price: Price = FREE


def experiment(
    calibration: Calibration,
    changes: Sequence[Change],
    score: Score,
    settings: Settings,
    workers: int = 2,
    progress: Progress = lambda _done, _total: None,
    cancel: Cancel = lambda: False,
) -> list[Answer]:
    """One answer per change, each against the same baseline. See `_answer` for its keys.

    Raises CancelledError when `cancel` says so, ValueError for a change that makes no sense.
    """
    point = calibration.fit(None)
    weights = block_weights(calibration.days, settings.draws, settings.seed)
    # What explains the width needs a few of the draws and the answers to surveys once more: they are kept.
    draws: list[Callable[[], Parameters]] = [partial(calibration.fit, row) for row in weights]
    draws[: settings.explained] = [cache(draw) for draw in draws[: settings.explained]]
    asked = [cache(partial(calibration.respond, row)) if calibration.respond else None for row in (None, *weights)]
    units = _units(point, draws, changes, settings, asked, calibration.levels(settings.draws, settings))
    more, explained = _explaining(point, draws[: settings.explained], changes, settings, asked[0])
    blocks = max(calibration.days / BLOCK, 1.0)
    use = _Use(settings, blocks, np.where(explained >= 0, explained + len(units), 0))
    found = figures(Desk(score, settings.period, workers, progress, cancel), units + more)
    return [_answer(change, variant + 1, point, found, use) for variant, change in enumerate(changes)]


def block_weights(days: int, draws: int, seed: int) -> Floats:
    """[draws, days] how often each day counts: blocks of 7 days in a row, the last followed by the first.

    Circular block bootstrap (Politis and Romano, 1992): every day is as likely as every other.
    """
    dice = np.random.Generator(np.random.Philox(key=[seed, days]))
    count = -(-days // BLOCK)
    starts = dice.integers(0, days, size=(draws, count))
    drawn = ((starts[:, :, None] + np.arange(BLOCK)) % days).reshape(draws, -1)[:, :days]
    weights: Floats = np.zeros((draws, days))
    np.add.at(weights, (np.arange(draws)[:, None], drawn), 1.0)
    return weights


def answer_key(snapshot: str, scenario: str, settings: Settings) -> str:
    """A name for an answer that is the same whenever the answer is: of the published file, the scenario's text and
    the settings.
    """
    told = json.dumps([snapshot, scenario, asdict(settings)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class _Use:
    """How the figures are arranged: unit 0 is the best calibration, 1 to draws are bootstrapped ones.

    `explained` [INPUTS, draws]: the unit in which that input alone is the draw's; 0 where that changes nothing.
    """

    settings: Settings
    blocks: float
    explained: NDArray[np.int64]

    def runs(self, values: Floats) -> Runs:
        """Figures [units, seeds] by what the runs are for: expectations."""
        seeds = len(self.settings.common)
        drawn = values[1 : self.settings.draws + 1]
        return Runs(values[0, :seeds], drawn[:, :seeds], drawn[:, seeds], self.blocks)

    def ahead(self, values: Floats) -> Runs:
        """The same for what comes: the fresh runs are those at a level of contacts of their own, if it may differ."""
        return replace(self.runs(values), fresh=values[1 : self.settings.draws + 1, -1])


Respond = Callable[[], Response] | None


def _units(
    point: Parameters,
    draws: Sequence[Callable[[], Parameters]],
    changes: Sequence[Change],
    settings: Settings,
    respond: Sequence[Respond],
    levels: Sequence[Floats | None],
) -> list[Unit]:
    units = [Unit(partial(_variants, lambda: point, changes), settings.common, with_usage=True, respond=respond[0])]
    for place, draw in enumerate(draws):
        fresh = settings.seed + FRESH + place
        variants = partial(_variants, draw, changes)
        level = levels[place]
        seeds = [*settings.common, fresh] if level is None else [*settings.common, fresh, fresh]
        units.append(Unit(variants, seeds, respond=respond[place + 1], level=level))
    return units


def _explaining(
    point: Parameters,
    draws: Sequence[Callable[[], Parameters]],
    changes: Sequence[Change],
    settings: Settings,
    respond: Respond,
) -> tuple[list[Unit], NDArray[np.int64]]:
    """One run of each input from each of a few draws, and by input and draw which of them; -1 where nothing differs."""
    units: list[Unit] = []
    places = np.full((len(INPUTS), len(draws)), -1)
    for (i, name), (d, draw) in product(enumerate(INPUTS), enumerate(draws)):
        one = mixed(point, draw(), name)
        if one is not point:
            places[i, d] = len(units)
            units.append(Unit(partial(_variants, partial(_given, one), changes), [settings.seed], respond=respond))
    return units, places


def _given(parameters: Parameters) -> Parameters:
    return parameters


def _variants(draw: Callable[[], Parameters], changes: Sequence[Change]) -> list[Parameters]:
    baseline = draw()
    return [baseline, *(change.apply(baseline) for change in changes)]


def _answer(change: Change, variant: int, point: Parameters, found: Figures, use: _Use) -> Answer:
    """`scenario`, `seed`, `effects`, `predictions`, `money`, `queue`, `agents`, `width`, `tornado`, `method`.

    Figures are in the metrics' own units; None is unknown.
    """
    settings = use.settings
    answer: Answer = {"scenario": change.name, "seed": settings.seed, "weeks": settings.weeks}
    answer["effects"] = _effects(found, variant, use)
    answer["predictions"] = _predictions(found, variant, use)
    saved = (found.money[:, 0] - found.money[:, variant]) * (MONTH / settings.minutes)
    answer["money"] = worth({name: use.runs(saved[:, :, place]) for place, name in enumerate(MONEY)}, change.price)
    answer |= _usage(point, change.apply(point), found, variant, settings.weeks)
    answer["width"], answer["tornado"] = _explained(found, variant, use)
    answer["method"] = (
        f"{settings.draws} calibrations on weeks drawn anew, {settings.replications} runs of {settings.weeks} weeks of "
        "each with and without the change, the same customers in both. Ranges of effects hold the true mean in 95 of "
        "100 cases, ranges of predictions the coming weeks in 90."
    )
    return answer


def _effects(found: Figures, variant: int, use: _Use) -> list[Answer]:
    rows: list[Answer] = []
    for flow, metric, before, after in _pairs(found, variant):
        baseline, changed = use.runs(before), use.runs(after)
        estimate = effect(changed - baseline)
        rows.append({
            "workflow": flow, "metric": metric,
            "baseline": _told(baseline.expected), "scenario": _told(changed.expected),
            "difference": _told(estimate.value), "low": _told(estimate.low), "high": _told(estimate.high),
        })  # fmt: skip
    return rows


def _predictions(found: Figures, variant: int, use: _Use) -> list[Answer]:
    rows: list[Answer] = []
    for flow, metric, *arms in _pairs(found, variant):
        row: Answer = {"workflow": flow, "metric": metric}
        for name, arm in zip(("baseline", "scenario"), arms, strict=True):
            told = prediction(use.ahead(arm))
            row[name] = {"value": _told(told.value), "low": _told(told.low), "high": _told(told.high)}
        rows.append(row)
    return rows


def _pairs(found: Figures, variant: int) -> list[tuple[str, str, Floats, Floats]]:
    """Per workflow and metric that ever has a value: the figures [units, seeds] before and after."""
    known = np.array((~np.isnan(found.kpis[:, [0, variant]])).any(axis=(0, 1, 2)))
    return [
        (flow, metric, found.kpis[:, 0, :, w, m], found.kpis[:, variant, :, w, m])
        for w, flow in enumerate(found.workflows)
        for m, metric in enumerate(found.metrics)
        if known[w, m]
    ]


def _explained(found: Figures, variant: int, use: _Use) -> tuple[list[Answer], list[Answer]]:
    """Of every effect on all workflows together: shares of its variance by input, and how far each input moves it."""
    width: list[Answer] = []
    tornado: list[Answer] = []
    if not use.settings.explained:
        return width, tornado
    for flow, metric, before, after in _pairs(found, variant):
        change = use.runs(after) - use.runs(before)
        alone = (after - before)[use.explained, 0]
        if flow != "all" or np.isnan(alone).any() or np.isnan(change.expected):
            continue
        parts = {name: float(alone[place].var(ddof=1)) for place, name in enumerate(INPUTS)}
        parts["chance"] = spread(change).chance
        total = sum(parts.values())
        width += [{"metric": metric, "input": name, "share": part / total if total else 0.0}
                  for name, part in parts.items()]  # fmt: skip
        base = change.expected - change.point[0]  # the runs of one seed, moved to where the mean of seeds is
        for place, name in enumerate(INPUTS):
            low, high = np.quantile(alone[place] + base, [0.1, 0.9])
            tornado.append({"metric": metric, "input": name, "low": _told(low), "high": _told(high)})
    return width, tornado


def _usage(baseline: Parameters, changed: Parameters, found: Figures, variant: int, weeks: int) -> Answer:
    """Tickets waiting by pool and hour of the week, and busy share of each agent, before and after."""
    queue: list[Answer] = []
    agents: list[Answer] = []
    for when, parameters, place in (("before", baseline, 0), ("after", changed, variant)):
        seen = found.usage[place]
        waiting = np.mean([each.waiting for each in seen], axis=0)
        duty = np.sum([each.duty for each in seen], axis=0)
        busy = np.sum([each.busy for each in seen], axis=0)
        queue += [{"when": when, "pool": name, "hours": [_told(x) for x in waiting[n]]}
                  for n, name in enumerate(parameters.pools.names)]  # fmt: skip
        agents += [
            {"when": when, "agent": name, "utilisation": _told(busy[n] / duty[n]) if duty[n] > 0 else None,
             "duty_hours_week": float(duty[n]) / 60 / weeks / len(seen)}
            for n, name in enumerate(parameters.staff.agents)
        ]  # fmt: skip
    return {"queue": queue, "agents": agents}


def _told(value: float | np.floating[Any]) -> float | None:
    return None if np.isnan(value) else float(value)

"""Many runs on the machine's cores: the same numbers, however many work at it.

A unit of work is a draw of the calibration: all variants with all of its seeds. Compiled code lets other threads run,
and a run depends on its Parameters and its seed alone, so that neither order nor number of threads shows in a result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulation.arrivals import expected
from simulation.compile import network, plan
from simulation.engine import prepare, run
from simulation.kpi_frame import Period, kpi_frame
from simulation.network import Network, Run, Tickets
from simulation.parameters import Floats, Parameters
from simulation.response import Response
from simulation.surveys import with_answers
from simulation.ticket_rows import TicketRows, rules, ticket_rows
from simulation.usage import Usage, daily, duty_minutes, usage

Score = Callable[[pl.DataFrame], pl.DataFrame]
"""Tickets of runs to KPIs: one row per run and workflow ('all' too), a column per metric."""

Progress = Callable[[int, int], None]
Cancel = Callable[[], bool]

MONEY = ("handling", "fees", "payroll", "hours")
"""What is counted of every run besides KPIs: money for work, fees, money for time on duty, hours worked."""

TOGETHER = 120
"""Runs whose tickets are scored at once: enough to keep queries few, few enough to stay small in memory."""

AHEAD = 4
"""Units that each worker may be ahead of what is scored: enough to keep it busy while a query runs."""


class CancelledError(Exception):
    """Whoever asked does not want the answer any more."""


@dataclass(frozen=True)
class Unit:
    """Variants of one draw of the calibration, and the seeds that each is run with."""

    variants: Callable[[], Sequence[Parameters]]
    seeds: Sequence[int]
    with_usage: bool = False
    with_days: bool = False
    respond: Callable[[], Response] | None = None  # how customers answer surveys
    level: Floats | None = None  # [W, weeks] so many times as many contacts as expected come with the last seed


@dataclass(frozen=True)
class Figures:
    """Of every run: KPIs [units, variants, seeds, workflows, metrics] and MONEY [units, variants, seeds, 4].

    Units may have fewer seeds than others: the rest is NaN. `usage` by variant: of the units that were asked for it.
    `days`: usage.daily of the first variant [units, seeds, 3, 1 + W, days]; empty where it was not asked for.
    """

    workflows: tuple[str, ...]
    metrics: tuple[str, ...]
    kpis: Floats
    money: Floats
    usage: tuple[tuple[Usage, ...], ...]
    days: Floats


@dataclass(frozen=True)
class Outcome:
    """One run, kept as long as its tickets are not scored."""

    parameters: Parameters
    rows: TicketRows
    money: tuple[float, ...]
    usage: Usage | None
    days: Floats | None


@dataclass(frozen=True)
class Desk:
    """How runs are made: their time, how many at once, and who is told."""

    score: Score
    period: Period
    workers: int = 2
    progress: Progress = lambda _done, _total: None
    cancel: Cancel = lambda: False


def one_run(
    parameters: Parameters, minutes: int, seed: int, level: Floats | None = None
) -> tuple[Network, Tickets, Run]:
    """From Parameters to records, with so many times as many contacts as expected [W, weeks]; None: as many."""
    net, came = network(parameters, minutes, seed), expected(parameters, minutes).at_level(level).tickets(seed)
    return net, came, run(net, came, minutes, seed)


def figures(desk: Desk, units: Sequence[Unit]) -> Figures:
    """Runs all units. Raises CancelledError soon after `cancel` says so; what a unit raises, comes out here."""
    first = units[0].variants()
    workflows = ("all", *first[0].workflows)
    shape = (len(units), len(first), max(len(unit.seeds) for unit in units))
    kpis: Floats | None = None
    money = np.full((*shape, len(MONEY)), np.nan)
    seen: list[list[Usage]] = [[] for _ in first]
    days: dict[Place, Floats] = {}
    metrics: tuple[str, ...] = ()
    for places, outcomes in _scored(desk, units):
        scored = desk.score(_frames(desk.period, outcomes))
        if kpis is None:
            metrics = tuple(name for name in scored.columns if name not in {"run", "workflow"})
            kpis = np.full((*shape, len(workflows), len(metrics)), np.nan)
        _place(kpis, places, scored, workflows, metrics)
        for place, outcome in zip(places, outcomes, strict=True):
            money[place] = outcome.money
            if outcome.usage is not None:
                seen[place[1]].append(outcome.usage)
            if outcome.days is not None:
                days[place] = outcome.days
    assert kpis is not None
    return Figures(workflows, metrics, kpis, money, tuple(tuple(each) for each in seen), _by_day(shape, days))


Place = tuple[int, int, int]  # unit, variant, seed


def _by_day(shape: tuple[int, int, int], found: Mapping[Place, Floats]) -> Floats:
    if not found:
        return np.empty(0)
    days = np.full((shape[0], shape[2], *next(iter(found.values())).shape), np.nan)
    for (unit, variant, seed), counts in found.items():
        if variant == 0:
            days[unit, seed] = counts
    return days


def _scored(desk: Desk, units: Sequence[Unit]) -> Iterator[tuple[list[Place], list[Outcome]]]:
    """Outcomes in portions that are worth a query, in the order of the units."""
    places: list[Place] = []
    outcomes: list[Outcome] = []
    for number, done in _worked(desk, units):
        for place, outcome in done:
            places.append((number, *place))
            outcomes.append(outcome)
        if len(places) >= TOGETHER or number == len(units) - 1:
            yield places, outcomes
            places, outcomes = [], []


Done = list[tuple[tuple[int, int], Outcome]]


def _worked(desk: Desk, units: Sequence[Unit]) -> Iterator[tuple[int, Done]]:
    """Units done, in their order; never more than a few ahead of what is taken, so that memory stays bounded."""
    ahead = AHEAD * desk.workers
    with ThreadPoolExecutor(desk.workers) as threads:
        waiting: list[Future[Done]] = []
        try:
            for number in range(len(units)):
                while len(waiting) < ahead and number + len(waiting) < len(units):
                    waiting.append(threads.submit(_work, desk, units[number + len(waiting)]))
                yield number, waiting.pop(0).result()
                desk.progress(number + 1, len(units))
        finally:
            for future in waiting:
                future.cancel()


def _work(desk: Desk, unit: Unit) -> Done:
    """All variants with all seeds. Who comes is drawn once where no variant changes it."""
    done: Done = []
    minutes = desk.period.minutes
    variants = unit.variants()
    response = unit.respond() if unit.respond else None
    usual = _contacts(variants[0], minutes, unit)
    for variant, parameters in enumerate(variants):
        planned, meaning = plan(parameters, minutes), rules(parameters)
        ready = prepare(planned.base)
        is_usual = _same_contacts(parameters, variants[0])
        came = usual if is_usual else _contacts(parameters, minutes, unit)
        for place, seed in enumerate(unit.seeds):
            if desk.cancel():
                raise CancelledError
            net = planned.network(seed)
            ran = run(net, came[place], minutes, seed, ready=ready)
            rows = ticket_rows(parameters, meaning, came[place], ran, seed)
            if response:
                rows = with_answers(rows, parameters, response, seed)
            seen = usage(parameters, net, ran, minutes) if unit.with_usage else None
            days = daily(parameters, meaning, came[place], ran, minutes) if unit.with_days else None
            money = _money(parameters, net, rows, minutes)
            done.append(((variant, place), Outcome(parameters, rows, money, seen, days)))
    return done


def _contacts(parameters: Parameters, minutes: int, unit: Unit) -> list[Tickets]:
    who = expected(parameters, minutes)
    return [*(who.tickets(seed) for seed in unit.seeds[:-1]), who.at_level(unit.level).tickets(unit.seeds[-1])]


def _same_contacts(one: Parameters, other: Parameters) -> bool:
    return one.arrivals is other.arrivals and one.backlog is other.backlog and one.holidays == other.holidays


def _money(parameters: Parameters, net: Network, rows: TicketRows, minutes: int) -> tuple[float, ...]:
    """MONEY of a run."""
    paid = float(duty_minutes(net) @ parameters.staff.wage) / 60
    fees = parameters.money
    created = int(((rows.created >= 0) & (rows.created < minutes)).sum())
    charged = (
        fees.fee_per_ticket * created
        + fees.fee_per_reply * int(rows.answered.sum())
        + fees.fee_per_automated_resolution * int(rows.released.sum())
    )
    return (float(rows.spent.sum()), charged, paid, float(rows.minutes.sum()) / 60)


def _frames(period: Period, outcomes: Sequence[Outcome]) -> pl.DataFrame:
    """Runs with the same streams, queues and fees, whatever else their Parameters are, in one frame."""
    groups: dict[object, dict[int, TicketRows]] = {}
    kinds: dict[object, Parameters] = {}
    for number, outcome in enumerate(outcomes):
        arrivals = outcome.parameters.arrivals
        kind = (outcome.parameters.money, arrivals.workflow, arrivals.channel, outcome.parameters.pools.names)
        kinds[kind] = outcome.parameters
        groups.setdefault(kind, {})[number] = outcome.rows
    return pl.concat([kpi_frame(kinds[kind], group, period) for kind, group in groups.items()])


def _place(
    kpis: Floats, places: Sequence[Place], scored: pl.DataFrame, workflows: Sequence[str], metrics: Sequence[str]
) -> None:
    run_: NDArray[np.int64] = scored["run"].to_numpy()
    number = {name: place for place, name in enumerate(workflows)}
    flow = np.array([number[name] for name in scored["workflow"]])
    values = scored.select(pl.col(metrics).cast(pl.Float64).fill_null(np.nan)).to_numpy()
    at = np.array(places)[run_]
    kpis[at[:, 0], at[:, 1], at[:, 2], flow] = values

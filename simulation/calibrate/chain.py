"""The chain over states: which visits are which state, and the passages between them that count."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulation.calibrate.histories import Context, contexts
from simulation.parameters import Floats, Ints, Step, StepKind

END = "End"
_DAY = 1440.0
_NO_END_SHARE = 0.02
_LONGEST = 21 * _DAY
_LATEST = 1 / 3  # of the window may be too young
_COOLED = (7 * _DAY, 14 * _DAY)

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Columns:
    """Visits as arrays [V], by ticket and order; instants in minutes from `as_of`, NaN unknown, -1 none."""

    ticket: Ints
    step: Ints  # position among `steps`
    group: tuple[str, ...]  # the ticket's group so far, "" none
    is_work: Bools
    is_resolved: Bools
    is_given_up: Bools
    is_log: Bools
    entered: Floats
    started: Floats
    left: Floats
    work: Floats
    delay: Floats
    agent: Ints
    own: Ints
    replies: Ints
    hands: Ints  # changes of group or agent on the way in
    billed: Floats
    day: Ints
    steps: tuple[Step, ...]
    keys: Ints  # [T] ticket_key
    agents: tuple[str, ...]

    @property
    def is_last(self) -> Bools:
        """Whether no visit of the same ticket follows."""
        return np.append(self.ticket[1:] != self.ticket[:-1], True) if len(self.ticket) else np.empty(0, np.bool_)

    @property
    def is_opening(self) -> Bools:
        """Whether no visit of the same ticket came before."""
        return np.append(True, self.is_last[:-1]) if len(self.ticket) else np.empty(0, np.bool_)


@dataclass(frozen=True)
class Chain:
    """States S, edges E grouped by the state they leave, passages M that count, each over one edge."""

    state: Ints  # [V] of each visit
    over: Bools  # [V] the ticket ended with it
    step: Ints  # [S]
    history: tuple[str, ...]  # [S]
    edge_from: Ints
    edge_to: Ints
    passage_visit: Ints  # [M]
    passage_edge: Ints


def chain(visits: Columns, lead: list[tuple[str, str]], since: float, age: list[str]) -> Chain:
    """The chain of all visits; passages of visits entered after `since` (minutes, negative) count.

    `lead`: by ticket, in whose hours it came and by which channel. `age`: by visit, how old the ticket was before and
    after its wait; "" where that does not count.
    """
    over = _over(visits)
    states, state = _states(visits, lead, over, age)
    step = [visits.steps.index(Step(w, END, StepKind.END)) for w in _workflows(visits)]
    ends = {visits.steps[n].workflow: len(states) + place for place, n in enumerate(step)}
    following = np.append(state[1:], -1)
    workflow = [visits.steps[n].workflow for n in visits.step]
    last = visits.is_last
    following[last] = [ends[workflow[row]] if over[row] else -1 for row in np.flatnonzero(last)]
    counted = _counted(visits, following, over, since)
    edge_from, edge_to, passage = _edges(state, following, counted, len(states), ends, states, visits)
    return Chain(
        state,
        over,
        np.array([s for s, _ in states] + step, np.int32),
        tuple(text for _, text in states) + ("",) * len(step),
        edge_from,
        edge_to,
        np.flatnonzero(counted).astype(np.int32),
        passage,
    )


def _workflows(visits: Columns) -> list[str]:
    return sorted({step.workflow for step in visits.steps})


def _over(visits: Columns) -> Bools:
    """Whether a ticket ended with the visit: it is solved; or, in a log, it came to where cases end or went cold."""
    last = visits.is_last
    solved = last & visits.is_resolved & np.isnan(visits.left)
    if not visits.is_log.any():
        return solved
    cold = _cold(visits)
    old = last & visits.is_log & (visits.left < -cold)
    settled = visits.left < -cold
    final = np.zeros(len(last), np.bool_)
    for step in np.unique(visits.step[visits.is_log]):
        here = visits.step == step
        final[here] = last[here & settled].mean() >= 0.95 if (here & settled).any() else False
    return solved | old | (last & visits.is_log & final)


def _cold(visits: Columns) -> float:
    """Minutes without an event after which a log's case is taken to have ended: 99 in 100 went on sooner."""
    return float(np.nanquantile((visits.left - visits.entered)[visits.is_log], 0.99))


def _states(
    visits: Columns, lead: list[tuple[str, str]], over: Bools, age: list[str]
) -> tuple[list[tuple[int, str]], Ints]:
    """The states as (step, history), and the state of each visit."""
    labels = [f"{visits.steps[n].name}" for n in visits.step]
    token = {}
    names: dict[str, str] = {}
    for row, (step, group) in enumerate(zip(visits.step.tolist(), visits.group, strict=True)):
        where = "" if visits.is_work[row] else group
        token[row] = f"{step}\t{where}\t{age[row]}"
        names[token[row]] = labels[row]
    starts = np.flatnonzero(visits.is_opening)
    bounds = [*starts.tolist(), len(labels)]
    routes = [[token[row] for row in range(low, high)] for low, high in pairwise(bounds)]
    known = _grouped(routes, [tuple(before) for before in lead], over, bounds)
    number: dict[Context, int] = {}
    state = np.array([number.setdefault(context, len(number)) for route in known for context in route], np.int32)
    return [(int(context[-1].split("\t")[0]), _told(context, names)) for context in number], state


def _grouped(routes: list[list[str]], lead: list[Context], over: Bools, bounds: list[int]) -> list[list[Context]]:
    """Contexts of routes that ended, which say what comes last, and of those that go on, which do not."""
    ended = [bool(over[high - 1]) for high in bounds[1:]]
    marked = [[*route, END] if done else route for route, done in zip(routes, ended, strict=True)]
    found = contexts(marked, lead)
    return [context[: len(route)] for context, route in zip(found, routes, strict=True)]


def _told(context: Context, names: dict[str, str]) -> str:
    """The history in words: steps before, the group that has the ticket where the step does not say it."""
    _, where, age = context[-1].split("\t")
    steps = [names.get(token, token) for token in context[:-1]]
    return " > ".join([*([f"with {where}"] if where else []), *steps, *([age] if age else [])])


def _counted(visits: Columns, following: Ints, over: Bools, since: float) -> Bools:
    """Passages whose visits are old enough that long ones are among them too."""
    took = visits.left - visits.entered
    ripe = np.zeros(len(took))
    for step in np.unique(visits.step[~visits.is_work]):
        here = visits.step == step
        done = here & ~np.isnan(took)
        resolved = visits.is_resolved & here
        longest = float(np.quantile(took[done], 0.99)) if done.any() else 0.0
        if resolved.any():
            ripe[resolved] = min(max(longest, _COOLED[0]), _COOLED[1])
        elif (here & ~done).sum() > _NO_END_SHARE * here.sum():
            ripe[here] = min(longest, _LONGEST)
    if visits.is_log.any():
        # Of cases that just had an event nobody knows whether it was the last: only older ones show how routes end.
        ripe[visits.is_log] = np.maximum(ripe[visits.is_log], min(_cold(visits), -since * _LATEST))
    ended = (~np.isnan(visits.left) | over) & (following >= 0) & ~visits.is_given_up
    usual = ended & (visits.entered >= since)
    counted: Bools = usual & (visits.entered <= -ripe)
    return counted


def _edges(
    state: Ints, following: Ints, counted: Bools, size: int, ends: dict[str, int], states: list[tuple[int, str]],
    visits: Columns,
) -> tuple[Ints, Ints, Ints]:  # fmt: skip
    """Edges by state, each state with one at least, and the edge of each passage that counts.

    A state without a passage that counts ends the ticket.
    """
    width = size + len(ends)
    code = state[counted].astype(np.int64) * width + following[counted]
    empty = np.setdiff1d(np.arange(size), state[counted])
    finish = [ends[visits.steps[states[n][0]].workflow] for n in empty]
    codes = np.unique(np.concatenate([code, empty.astype(np.int64) * width + np.array(finish, np.int64)]))
    passage = np.searchsorted(codes, code).astype(np.int32)
    return (codes // width).astype(np.int32), (codes % width).astype(np.int32), passage


def columns(
    visits: pl.DataFrame, keys: list[int], days: Ints, agents: tuple[str, ...], minutes: pl.DataFrame
) -> Columns:
    """The frame of visits as arrays. `minutes`: entered, started and left from `as_of`; `days`: of entry."""
    frame = visits.with_columns(
        kind=pl.when("is_work").then(pl.lit(0)).otherwise(1), group=pl.col("group").forward_fill().over("ticket_key")
    )
    table = frame.select("workflow", "name", "kind", "pool", "actor").unique(maintain_order=True)
    steps = [Step(w, name, StepKind(kind), pool, actor) for w, name, kind, pool, actor in table.iter_rows()]
    steps += [Step(workflow, END, StepKind.END) for workflow in sorted({step.workflow for step in steps})]
    place = {(s.workflow, s.name, int(s.kind), s.pool, s.actor): n for n, s in enumerate(steps)}
    rows = frame.select("workflow", "name", "kind", "pool", "actor").iter_rows()
    ticket = {key: n for n, key in enumerate(keys)}
    agent = {name: n for n, name in enumerate(agents)}
    flag = {name: frame[name].to_numpy().astype(np.bool_) for name in
            ("is_work", "is_resolved", "is_given_up", "is_log")}  # fmt: skip
    return Columns(
        ticket=np.array([ticket[key] for key in frame["ticket_key"]], np.int32),
        step=np.array([place[row] for row in rows], np.int32),
        group=tuple(frame["group"].fill_null("").to_list()),
        entered=minutes["entered"].to_numpy(),
        started=minutes["started"].to_numpy(),
        left=minutes["left"].to_numpy(),
        work=frame["work"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        delay=frame["delay"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        agent=np.array([agent.get(name, -1) for name in frame["agent"]], np.int32),
        own=np.array([agent.get(name, -1) for name in frame["own"]], np.int32),
        replies=frame["replies"].to_numpy().astype(np.int32),
        hands=frame["hands"].to_numpy().astype(np.int32),
        billed=frame["billed"].cast(pl.Float64).fill_null(0.0).to_numpy(),
        day=days,
        steps=tuple(steps),
        keys=np.array(keys),
        agents=agents,
        **flag,
    )

"""What each input rests on, in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from flowmeter.simulation_frames import ServiceFacts
from simulation.calibrate.chain import Bools
from simulation.calibrate.observed import Observed
from simulation.calibrate.streams import LEVEL_DAYS, REPEAT_DAYS, Contacts
from simulation.parameters import AT_ONCE, Arrivals, Distributions, Evidence, Floats, Level, Parameters, Shape, StepKind

_FEW = 30
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SHAPES = {
    Shape.CONSTANT: "always the same",
    Shape.EXPONENTIAL: "exponential",
    Shape.LOG_NORMAL: "log-normal",
    Shape.EMPIRICAL: "as seen",
    Shape.STEPS: "as seen, in steps",
}


def evidence(observed: Observed, parameters: Parameters, facts: ServiceFacts) -> tuple[Evidence, ...]:
    """One row per input and workflow, step, agent or queue."""
    return (
        *_arrivals(observed, parameters),
        *_routes(observed, parameters),
        *_work(observed, parameters),
        *_starts(facts),
        *_delays(observed, parameters),
        *_staff(observed, parameters),
        *observed.evidence,
        *_costs(parameters, facts),
        *_backlog(parameters),
    )


def mean(times: Distributions, number: int) -> float:
    """The mean of a distribution in minutes."""
    a, b = float(times.a[number]), float(times.b[number])
    shape = Shape(times.shape[number])
    if shape in (Shape.CONSTANT, Shape.EXPONENTIAL):
        return a
    if shape is Shape.LOG_NORMAL:
        return float(np.exp(a + b * b / 2))
    values = times.values[times.value_start[number] : times.value_start[number + 1]]
    inner = (values[1:] + values[:-1]) / 2 if shape is Shape.EMPIRICAL and len(values) > 1 else values
    return float(inner.mean())


def span(minutes: float) -> str:
    """A duration as people say it."""
    if minutes < 90:
        return f"{minutes:.1f} min"
    return f"{minutes / 60:.1f} h" if minutes < 2880 else f"{minutes / 1440:.1f} d"


def _level(n: float) -> Level:
    return Level.MEASURED if n >= _FEW else Level.POOLED


def _arrivals(observed: Observed, parameters: Parameters) -> Iterator[Evidence]:
    contacts, arrivals = observed.contacts, parameters.arrivals
    for place, workflow in enumerate(observed.workflows):
        mine = contacts.workflow == place
        if not mine.any():
            continue
        n = int((contacts.is_first & mine[contacts.stream]).sum())
        first = int(np.flatnonzero(mine)[0])
        value = f"{arrivals.rate[mine].sum():.1f} first contacts a week, trend {arrivals.trend[first]:+.1%} a week"
        value += f", holidays x {arrivals.holiday[first]:.2f}, days vary by {arrivals.dispersion[first] ** 0.5:.0%}"
        yield Evidence("arrivals", workflow, value, n, _level(n), (
            f"Level of the last {LEVEL_DAYS // 7} weeks without holidays; the week's shape by channel and first step, "
            "drawn to hours of the day times days of the week; the trend drawn to none by what chance may be in it."
        ))  # fmt: skip
        parents = mine[contacts.parent_stream]
        again = int(contacts.has_repeat[parents].sum())
        yield Evidence("repeat", workflow, _repeats(contacts, arrivals, parents), int(parents.sum()), _level(again), (
            f"Next ticket of the same customer in the workflow within {REPEAT_DAYS} days."
        ))  # fmt: skip


def _repeats(contacts: Contacts, arrivals: Arrivals, parents: Bools) -> str:
    stream, is_worked = contacts.parent_stream[parents], contacts.is_worked[parents]
    chance = arrivals.repeat[stream, is_worked.astype(np.int32)]
    if not len(chance):
        return "no ticket ended long enough ago"
    alone = "" if is_worked.all() else f", {chance[~is_worked].mean():.1%} of those that no agent worked on"
    return f"{chance.mean():.1%} of tickets are followed by another{alone}"


def _routes(observed: Observed, parameters: Parameters) -> Iterator[Evidence]:
    step, chain = parameters.routes.step, observed.chain
    workflow = np.array([parameters.steps[n].workflow for n in step])
    for name in observed.workflows:
        states = workflow == name
        n = int(states[chain.edge_from[chain.passage_edge]].sum()) if len(chain.passage_edge) else 0
        longer = sum(">" in text or ("with " not in text and text != "") for text in np.array(chain.history)[states])
        yield Evidence("routes", name, f"{states.sum()} states of {len(set(step[states].tolist()))} steps", n, (
            _level(n)), f"What comes next, {longer} times with steps before it: where a history has 50 visits and "
            "tells more than chance (Bayesian information criterion).")  # fmt: skip
    yield from _bots(observed, parameters)


def _bots(observed: Observed, parameters: Parameters) -> Iterator[Evidence]:
    """How much a bot settles: the share of its visits after which the ticket is solved."""
    routes, chain = parameters.routes, observed.chain
    source, count = chain.edge_from, np.bincount(chain.passage_edge, minlength=len(routes.to))
    for number, step in enumerate(parameters.steps):
        mine = (routes.step[source] == number) & (count > 0)
        if step.actor == "bot" and mine.any():
            to = routes.step[routes.to]
            solved = np.array([parameters.steps[n].kind is not StepKind.WORK for n in to])
            n = int(count[mine].sum())
            share = count[mine & solved].sum() / n
            yield Evidence("bot", f"{step.workflow}: {step.name}", f"settles {share:.1%} without a person", n,
                           _level(n), "Share of its visits that no visit to a person follows.")  # fmt: skip


def _work(observed: Observed, parameters: Parameters) -> Iterator[Evidence]:
    times, amounts = parameters.distributions, observed.amounts
    size = np.diff(amounts.start)
    for number, step in enumerate(parameters.steps):
        states = np.flatnonzero(parameters.routes.step == number)
        used = sorted({int(parameters.work.service[s]) for s in states if parameters.work.service[s] >= 0})
        if step.kind is not StepKind.WORK or not used:
            continue
        n = int(size[used].sum())
        average = float(np.average([mean(times, one) for one in used], weights=np.maximum(size[used], 1)))
        shapes = ", ".join(sorted({_SHAPES[Shape(times.shape[one])] for one in used}))
        yield Evidence("work", _named(step.workflow, step.name, step.pool), f"{average:.1f} min a visit ({shapes})", n,
                       _level(n), "Minutes of work at usual pace; the shape that left-out visits are likeliest under; "
                       "of the history, else the step, the queue, the shop: the first with 30 visits.")  # fmt: skip


def _named(workflow: str, step: str, pool: str | None) -> str:
    return f"{workflow}: {step}" + (AT_ONCE if (pool or "").endswith(AT_ONCE) else "")


def _starts(facts: ServiceFacts) -> Iterator[Evidence]:
    sources = facts.visits.filter(facts.visits["work_minutes"].fill_null(0) > 0)["start_source"]
    estimated, n = int((sources == "estimated").sum()), sources.len()
    if n:
        level = Level.MEASURED if estimated == 0 else Level.ASSUMED
        yield Evidence("start times", "shop", f"{estimated / n:.0%} estimated", n, level, (
            "Known where the log or the taking of the ticket shows it; else the gap since the person's previous act. "
            "A gap at its cap says nothing of the minutes: such a visit began its step's usual minutes before its end."
        ))  # fmt: skip


def _delays(observed: Observed, parameters: Parameters) -> Iterator[Evidence]:
    routes, times = parameters.routes, parameters.distributions
    source = observed.chain.edge_from
    count = np.bincount(observed.chain.passage_edge, minlength=len(source))
    for number, step in enumerate(parameters.steps):
        mine = np.flatnonzero((routes.step[source] == number) & (routes.delay >= 0) & (count > 0))
        if step.kind is not StepKind.DELAY or not len(mine):
            continue
        to = [parameters.steps[routes.step[routes.to[edge]]].kind for edge in mine]
        mine = mine[[kind is not StepKind.END for kind in to]]
        n = int(count[mine].sum())
        if n:
            average = float(np.average([mean(times, int(routes.delay[edge])) for edge in mine], weights=count[mine]))
            yield Evidence("waits", f"{step.workflow}: {step.name}", f"{span(average)} on average", n, _level(n),
                           "As seen, by what comes next; nobody of ours causes it.")  # fmt: skip


def _staff(observed: Observed, parameters: Parameters) -> Iterator[Evidence]:
    staff = parameters.staff
    for place, name in enumerate(staff.agents):
        rows = np.flatnonzero(staff.shift_agent == place)
        shifts = ", ".join(
            f"{_DAYS[staff.shift_weekday[row]]} {_clock(staff.shift_from[row])}-{_clock(staff.shift_to[row])}"
            + (f" ({staff.shift_attendance[row]:.0%})" if staff.shift_attendance[row] < 0.995 else "")
            for row in rows
        )
        n = observed.seen_days[place]
        yield Evidence("calendar", name, shifts or "not seen in the last weeks", n, _level(n), (
            "First and last acts of each of the last eight weeks, days that begin alike together; their mean; holidays "
            + ("worked." if staff.works_holidays[place] else "off.")
        ))  # fmt: skip
        yield from _skills(observed, parameters, place)


def _clock(minutes: float) -> str:
    return f"{int(minutes) // 60 % 24:02d}:{int(minutes) % 60:02d}"


def _skills(observed: Observed, parameters: Parameters, place: int) -> Iterator[Evidence]:
    staff, names = parameters.staff, parameters.pools.names
    rows = range(staff.skill_start[place], staff.skill_start[place + 1])
    own = [names[staff.skill_pool[row]] for row in rows if staff.skill_tier[row] == 0]
    helps = [names[staff.skill_pool[row]] for row in rows if staff.skill_tier[row] > 0]
    value = ", ".join(own) + (f"; helps {', then '.join(helps)}" if helps else "")
    n = observed.seen_visits[place]
    yield Evidence("skills", staff.agents[place], value or "none", n, _level(n), (
        "Queues that visits were taken from in 26 weeks; help is what was taken while the own queue was empty."
    ))  # fmt: skip
    pace = f"{staff.speed[place]:.2f} of the usual minutes, {staff.capacity[place]} at a time"
    yield Evidence("work", staff.agents[place], pace, n, _level(n), (
        "Minutes against all who do the same steps, drawn to 1 where seldom seen."
    ))  # fmt: skip


def _costs(parameters: Parameters, facts: ServiceFacts) -> Iterator[Evidence]:
    money = parameters.money
    seen = dict(facts.wages.select("agent_id", "n").iter_rows())
    for name, wage in zip(parameters.staff.agents, parameters.staff.wage, strict=True):
        n = int(seen.get(name, 0))
        yield Evidence("costs", name, f"{wage:.2f} {money.currency} an hour", n, _level(n) if n else Level.POOLED,
                       "Cost by minutes of tickets that this agent worked on alone; else the group's.")  # fmt: skip
    value = f"{money.fee_per_ticket:g} a ticket, {money.fee_per_reply:g} a reply, "
    value += f"{money.fee_per_automated_resolution:g} an automated resolution, {money.fixed_per_week:,.0f} fixed a week"
    yield Evidence("costs", "shop", f"{value} ({money.currency})", 1, Level.MEASURED, "What fct_cost was charged.")


def _backlog(parameters: Parameters) -> Iterator[Evidence]:
    known = parameters.backlog
    age: Floats = -known.created
    value = f"{len(age)} open tickets" + (f", {span(float(np.median(age)))} old in the middle" if len(age) else "")
    yield Evidence("backlog", "shop", value, len(age), Level.MEASURED, "Open at the instant of calibration.")

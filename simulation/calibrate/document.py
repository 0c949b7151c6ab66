"""Parameters as a document: every input by name, with its unit in the key."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from simulation.calibrate.evidence import mean
from simulation.parameters import PRIORITIES, Evidence, Parameters, Shape, StepKind

Row = dict[str, Any]


def document(parameters: Parameters, workflow: str | None = None) -> Row:
    """All inputs, of one workflow or all (None); durations in minutes, instants in UTC."""
    return {
        "start": parameters.start,
        "time_zone": parameters.zone,
        "currency": parameters.money.currency,
        "arrivals": _arrivals(parameters, workflow),
        "states": _states(parameters, workflow),
        "queues": _queues(parameters),
        "agents": _agents(parameters),
        "money": dataclasses.asdict(parameters.money),
        "backlog": _backlog(parameters, workflow),
        "holidays": list(parameters.holidays),
        "opening_hours": _opening(parameters),
        "evidence": [
            vars(row) for row in parameters.evidence if not workflow or of_workflow(parameters, row, workflow)
        ],
    }


def of_workflow(parameters: Parameters, row: Evidence, workflow: str) -> bool:
    """Whether a row is about the workflow, or about people and queues that all share."""
    about = row.subject.split(":")[0]
    return about == workflow or about not in parameters.workflows


def _opening(parameters: Parameters) -> list[Row]:
    """By queue; null: all that have no hours of their own."""
    found = parameters.opening
    return [
        {"queue": queue, **dataclasses.asdict(schedule)}
        for queue, schedule in [(None, found.default), *found.queues]
        if schedule is not None
    ]


def _arrivals(parameters: Parameters, workflow: str | None) -> list[Row]:
    known = parameters.arrivals
    return [
        {
            "workflow": known.workflow[n], "channel": known.channel[n], "first_state": int(known.state[n]),
            "per_week": float(known.rate[n].sum()), "per_hour_of_week": known.rate[n].tolist(),
            "trend_per_week": float(known.trend[n]), "holiday_factor": float(known.holiday[n]),
            "day_variance": float(known.dispersion[n]),
            "priorities": dict(zip(PRIORITIES, known.priority[n].tolist(), strict=True)),
            "repeat_probability": dict(zip(("no_agent", "agent"), known.repeat[n].tolist(), strict=True)),
            "repeat_delay": _time(parameters, int(known.repeat_delay[n])),
        }
        for n in range(len(known.state)) if workflow in (None, known.workflow[n])
    ]  # fmt: skip


def _states(parameters: Parameters, workflow: str | None) -> list[Row]:
    routes, work, rows = parameters.routes, parameters.work, []
    for n, place in enumerate(routes.step):
        step = parameters.steps[place]
        if workflow not in (None, step.workflow):
            continue
        edges = range(routes.edge_start[n], routes.edge_start[n + 1])
        row: Row = {"state": n, "workflow": step.workflow, "step": step.name, "history": routes.history[n],
                    "kind": step.kind.name.lower(), "queue": step.pool, "actor": step.actor,
                    "next": [_edge(parameters, edge) for edge in edges]}  # fmt: skip
        if step.kind is StepKind.WORK:
            row |= {"work": _time(parameters, int(work.service[n])), "before": _time(parameters, int(work.before[n])),
                    "keep": float(work.keep[n]), "patience": _time(parameters, int(work.patience[n])),
                    "charged_per_minute": step.billed, "charged_after_idle_minutes": step.billed_idle}  # fmt: skip
        rows.append(row)
    return rows


def _edge(parameters: Parameters, edge: int) -> Row:
    routes = parameters.routes
    return {
        "state": int(routes.to[edge]), "probability": float(routes.chance[edge]),
        "delay": _time(parameters, int(routes.delay[edge])), "reply": float(routes.reply[edge]),
        "handoff": float(routes.handoff[edge]), "reopens": bool(routes.reopens[edge]),
    }  # fmt: skip


def _time(parameters: Parameters, number: int) -> Row | None:
    """A distribution: its shape, its mean and the numbers it is made of."""
    if number < 0:
        return None
    times = parameters.distributions
    shape = Shape(times.shape[number])
    row: Row = {"shape": shape.name.lower(), "mean_minutes": mean(times, number)}
    if shape is Shape.LOG_NORMAL:
        row |= {"log_mean": float(times.a[number]), "log_deviation": float(times.b[number])}
    if shape in (Shape.EMPIRICAL, Shape.STEPS):
        values = times.values[times.value_start[number] : times.value_start[number + 1]]
        row["quantiles"] = np.round(values, 3).tolist()
    return row


def _queues(parameters: Parameters) -> list[Row]:
    pools = parameters.pools
    return [
        {"queue": name, "after_work_minutes": float(pools.after_work[n]), "by_age": bool(pools.by_age[n]),
         "headstart_minutes": dict(zip(PRIORITIES, pools.headstart[n].tolist(), strict=True))}
        for n, name in enumerate(pools.names)
    ]  # fmt: skip


def _agents(parameters: Parameters) -> list[Row]:
    staff = parameters.staff
    return [
        {
            "agent": name, "speed": float(staff.speed[n]), "at_a_time": int(staff.capacity[n]),
            "hourly": float(staff.wage[n]), "works_holidays": bool(staff.works_holidays[n]),
            "queues": [
                {"queue": parameters.pools.names[staff.skill_pool[row]], "tier": int(staff.skill_tier[row])}
                for row in range(staff.skill_start[n], staff.skill_start[n + 1])
            ],
            "shifts": [
                {"weekday": int(staff.shift_weekday[row]), "from_minute": float(staff.shift_from[row]),
                 "to_minute": float(staff.shift_to[row]), "attendance": float(staff.shift_attendance[row])}
                for row in np.flatnonzero(staff.shift_agent == n)
            ],
        }
        for n, name in enumerate(staff.agents)
    ]  # fmt: skip


def _backlog(parameters: Parameters, workflow: str | None) -> list[Row]:
    known = parameters.backlog
    return [
        {"ticket": name, "state": int(known.state[n]), "created_minutes": float(known.created[n]),
         "entered_minutes": float(known.entered[n]), "priority": PRIORITIES[known.priority[n]]}
        for n, name in enumerate(known.ticket)
        if workflow in (None, parameters.arrivals.workflow[known.stream[n]])
    ]  # fmt: skip

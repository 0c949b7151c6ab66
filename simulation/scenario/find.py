"""Names of a scenario among those of a shop; what does not exist is refused with what would be accepted."""

from __future__ import annotations

import numpy as np

from flowmeter.checked_file import nearest
from simulation.parameters import Parameters, StepKind
from simulation.scenario.chain import Mask, resting


class RefusedError(ValueError):
    """A change that this shop cannot make: which field of the lever, what is wrong and what would be accepted."""

    def __init__(self, field: str, what: str, accepted: str) -> None:
        super().__init__(f"{what}; {accepted[0].lower()}{accepted[1:]}")
        self.field = field


def unknown(field: str, what: str, word: str, known: list[str]) -> RefusedError:
    """A name that does not exist, with the nearest that does or all of them."""
    return RefusedError(field, f"there is no {what} '{word}'", nearest(word, known))


def states_of_workflow(shop: Parameters, workflow: str) -> Mask:
    """[S] The states of a workflow. Raises RefusedError for one that is unknown or has no data."""
    with_data = sorted({step.workflow for step in shop.steps} & set(shop.arrivals.workflow))
    if workflow not in with_data:
        if workflow in shop.workflows:
            has = f"The workflows with tickets are {', '.join(with_data) or 'none'}"
            raise RefusedError("workflow", f"the workflow '{workflow}' has no tickets to simulate", has)
        raise unknown("workflow", "workflow", workflow, with_data)
    return np.array([step.workflow == workflow for step in shop.steps], dtype=np.bool_)[shop.routes.step]


def states_of_step(shop: Parameters, workflow: str, step: str, field: str = "step") -> Mask:
    """[S] The states of a step, in whichever queue it waits. Raises RefusedError for one that does not exist."""
    states_of_workflow(shop, workflow)
    own = [(s.workflow, s.name) == (workflow, step) and s.kind != StepKind.END for s in shop.steps]
    if not any(own):
        known = {s.name for s in shop.steps if s.workflow == workflow and s.kind != StepKind.END}
        raise unknown(field, f"step of {workflow}", step, sorted(known))
    return np.array(own, dtype=np.bool_)[shop.routes.step]


def passable(shop: Parameters, workflow: str, step: str, field: str = "step") -> Mask:
    """[S] The states of a step that a ticket could do without. Raises RefusedError where its way ends there."""
    states = states_of_step(shop, workflow, step, field)
    done = resting(shop)
    if done[states].any():
        others = sorted({shop.steps[n].name for n in shop.routes.step[_steps(shop, workflow) & ~done]})
        raise RefusedError(
            field, f"'{step}' is where tickets of {workflow} are resolved", f"It can be one of {', '.join(others)}"
        )
    return states


def worked(shop: Parameters, workflow: str, step: str, field: str = "step") -> Mask:
    """[S] The states of a step in which somebody works. Raises RefusedError where nobody does."""
    work = np.array([s.kind == StepKind.WORK for s in shop.steps], dtype=np.bool_)[shop.routes.step]
    states = states_of_step(shop, workflow, step, field) & work
    if not states.any():
        names = {s.name for s in shop.steps if s.workflow == workflow and s.kind == StepKind.WORK}
        raise RefusedError(
            field, f"nobody works on '{step}'", f"The steps of {workflow} with work are {', '.join(sorted(names))}"
        )
    return states


def group(shop: Parameters, name: str, field: str = "group") -> int:
    """The number of a group's queue. Raises RefusedError for one that does not exist."""
    if name not in shop.pools.names:
        raise unknown(field, "group", name, list(shop.pools.names))
    return shop.pools.names.index(name)


def members(shop: Parameters, pool: int) -> list[int]:
    """The agents with shifts whose own work that queue is."""
    staff = shop.staff
    holder = np.repeat(np.arange(len(staff.agents)), np.diff(staff.skill_start))
    own = holder[(staff.skill_pool == pool) & (staff.skill_tier == 0)]
    return sorted(set(own.tolist()) & set(staff.shift_agent.tolist()))


def streams(shop: Parameters, workflow: str | None, channel: str | None) -> Mask:
    """[N] Arrival streams of a workflow and a channel, None for any. Raises RefusedError where there are none."""
    arrivals = shop.arrivals
    if workflow is not None:
        states_of_workflow(shop, workflow)
    own = np.array([workflow in (None, name) for name in arrivals.workflow], dtype=np.bool_)
    if channel is None:
        return own
    known = {name for name, mine in zip(arrivals.channel, own, strict=True) if mine}
    if channel not in known:
        raise unknown("channel", f"channel of {workflow or 'the shop'}", channel, sorted(known))
    return own & np.array([name == channel for name in arrivals.channel], dtype=np.bool_)


def _steps(shop: Parameters, workflow: str) -> Mask:
    own = [s.workflow == workflow and s.kind != StepKind.END for s in shop.steps]
    return np.array(own, dtype=np.bool_)[shop.routes.step]

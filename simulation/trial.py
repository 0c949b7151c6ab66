"""From a shop's facts to answers about it: what the command, the page and the back-test ask for, in one place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import polars as pl

from flowmeter.simulation_frames import ServiceFacts
from simulation.calibrate import Observed, fit, observe
from simulation.experiment import Answer, Calibration, Change, Settings, experiment
from simulation.forecast import forecast
from simulation.money import Price
from simulation.parameters import AT_ONCE, Floats, Ints, Parameters
from simulation.response import Answers, Response, fit_response, read_answers
from simulation.runs import Score
from simulation.scenario.apply import apply
from simulation.scenario.document import Scenario

Report = Callable[[str, int, int], None]
"""What a computation is at, how many parts of that are done, and of how many. It may raise, to stop it."""


@dataclass(frozen=True)
class Shop:
    """A calibrated shop: what was seen, the parameters that fit it best, and answers to surveys if there are any."""

    observed: Observed
    today: Parameters
    answers: Answers | None = None
    answer_day: Ints | None = None

    @property
    def calibration(self) -> Calibration:
        """For bootstraps: each of its days may count more or less."""
        respond = self._respond if self.answers is not None else None
        return Calibration(partial(fit, self.observed), len(self.observed.days), respond, self.observed.drift)

    def _respond(self, weights: Floats | None) -> Response:
        assert self.answers is not None
        return fit_response(self.answers, None if weights is None else weights[self.answer_day])


def calibrated(facts: ServiceFacts, answered: pl.DataFrame) -> Shop | None:
    """The shop as it worked until the facts end; none when no ticket has a log of what happened to it.

    `answered`: resolved tickets with their day (local) and answers to surveys (flowmeter.survey_facts).
    """
    if facts.visits.is_empty():
        return None
    observed = observe(facts)
    shop = Shop(observed, fit(observed))
    days = observed.days
    answered = answered.filter(pl.col("day").is_between(days[0], days[-1]))
    if answered["csat_satisfied"].count() + answered["ces_score"].count() == 0:
        return shop
    day = (answered["day"] - days[0]).dt.total_days().cast(pl.Int32).to_numpy()
    return replace(shop, answers=read_answers(answered, observed.workflows), answer_day=day)


def tried(shop: Shop, scenarios: Sequence[Scenario], score: Score, settings: Settings, report: Report) -> list[Answer]:
    """An answer for each scenario, against today and with the same customers. They must look equally far ahead."""
    changes = [Change(one.name, partial(_applied, one), Price(one.cost.one_off, one.cost.monthly)) for one in scenarios]
    weeks = scenarios[0].weeks
    return experiment(
        shop.calibration,
        changes,
        score,
        replace(settings, weeks=weeks),
        progress=partial(report, f"Running {weeks} weeks again and again"),
    )


def groups_of(shop: Parameters) -> dict[str, str]:
    """The group of each agent: the first queue that is his own."""
    staff, found = shop.staff, {}
    for place, agent in enumerate(staff.agents):
        rows = range(staff.skill_start[place], staff.skill_start[place + 1])
        own = [shop.pools.names[staff.skill_pool[row]] for row in rows if staff.skill_tier[row] == 0]
        plain = [name for name in own if not name.endswith(AT_ONCE)]
        if own:
            found[agent] = (plain or own)[0]
    return found


def foretold(shop: Shop, score: Score, settings: Settings, report: Report) -> Answer:
    """The next weeks as they would come without a change."""
    return forecast(
        shop.calibration,
        score,
        replace(settings, explained=0),
        progress=partial(report, f"Running the next {settings.weeks} weeks again and again"),
    )


def _applied(scenario: Scenario, shop: Parameters) -> Parameters:
    return apply(shop, scenario)

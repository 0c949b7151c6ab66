"""Parameters that contradict themselves are refused in one sentence."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulation.compile import check, network
from simulation.parameters import Parameters, Shape
from tests.simulation import parameter_shops as shops

HELPDESK = shops.helpdesk()


def edited(part: str, **fields: Any) -> Parameters:
    return replace(HELPDESK, **{part: replace(getattr(HELPDESK, part), **fields)})


def changed(values: np.ndarray[Any, Any], place: int, value: float) -> np.ndarray[Any, Any]:
    copy = values.copy()
    copy[place] = value
    return copy


ROUTES, WORK, STAFF = HELPDESK.routes, HELPDESK.work, HELPDESK.staff
ARRIVALS, TIMES = HELPDESK.arrivals, HELPDESK.distributions


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (replace(HELPDESK, zone="Europe/Atlantis"), "'Europe/Atlantis' is no time zone"),
        (edited("routes", chance=changed(ROUTES.chance, 0, 0.7)), "what follows 'bot' add up to 1.1000"),
        (edited("routes", to=changed(ROUTES.to, 0, 99)), "the state that an edge leads to does not exist"),
        (edited("routes", delay=changed(ROUTES.delay, 0, -1)), "an edge from a waiting state has no delay"),
        (edited("routes", reply=changed(ROUTES.reply, 0, 1.5)), "the reply of routes is no share"),
        (edited("work", service=changed(WORK.service, 1, -1)), "a state of work has no minutes of work"),
        (edited("work", patience=changed(WORK.patience, 1, 0)), "nothing says what comes then"),
        (edited("work", batch_size=changed(WORK.batch_size, 1, 0)), "a batch needs at least one visit"),
        (edited("staff", speed=changed(STAFF.speed, 0, 0.0)), "speed must be over 0"),
        (edited("staff", shift_to=changed(STAFF.shift_to, 0, 10.0)), "ends after it began"),
        (
            edited("staff", skill_pool=changed(STAFF.skill_pool, 0, 4)),
            "the pool of a skill does not exist: 0 to 4 of 1",
        ),
        (edited("arrivals", rate=-ARRIVALS.rate), "a rate of arrivals is negative"),
        (edited("arrivals", rate=ARRIVALS.rate * np.nan), "the rate of arrivals is no number"),
        (edited("arrivals", priority=ARRIVALS.priority / 2), "shares of priorities"),
        (edited("arrivals", repeat=ARRIVALS.repeat + 0.1), "nothing says when"),
        (edited("arrivals", surge_stream=np.array([0], np.int32)), "there are 1 surges, but the list of their start"),
        (edited("distributions", a=-TIMES.a), "negative duration"),
        (edited("distributions", shape=changed(TIMES.shape, 0, 3)), "a distribution by values has none"),
        (replace(HELPDESK, backlog=shops.open_tickets([(0, 0, 5.0)])), "open at the start that comes later"),
        (replace(HELPDESK, backlog=shops.open_tickets([(0, 0, -1.0), (0, 0, -2.0)])), "not in order of age"),
        (replace(HELPDESK, steps=HELPDESK.steps[:1]), "a state's step does not exist"),
        (
            replace(HELPDESK, steps=tuple(replace(s, pool="x" if s.pool else None) for s in HELPDESK.steps)),
            "nobody works on the step 'answer': 'x' is no pool",
        ),
    ],
)
def test_refused_in_one_sentence(parameters: Parameters, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as refused:
        check(parameters)
    assert "\n" not in str(refused.value)


def test_unsorted_values() -> None:
    shop = shops.desk(service=(Shape.EMPIRICAL, [1.0, 2.0, 3.0]))
    check(shop)
    times = replace(shop.distributions, values=shop.distributions.values[::-1].copy())
    with pytest.raises(ValueError, match="not sorted"):
        check(replace(shop, distributions=times))


def test_the_network_has_each_states_queue_and_skills_by_tier() -> None:
    net = network(HELPDESK, 1440, 1)
    assert net.kind.tolist() == [1, 0, 1, 0, 1, 2]
    assert net.pool.tolist() == [-1, 0, -1, 0, -1, -1]
    assert net.duty.skill_pool.tolist() == [0, 0, 0]

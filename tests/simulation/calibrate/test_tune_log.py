"""Waits of logs: what queues, closed hours and work beside other work make of them is not waited twice."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.calibrate import Observed, fit, observe
from simulation.calibrate.chain import Bools
from simulation.parameters import Floats, Parameters
from simulation.runs import one_run
from tests.simulation.calibrate.facts import DAY, Shop, after

OPENS, CLOSES = 420.0, 900.0  # minutes after MONDAY's instant: 9:00 and 17:00 in Berlin
ENDS = after(26 * DAY - 120)  # before summer time ends


def _work(shop: Shop, key: int, step: str, entered: float, began: float, minutes: float, agent: str) -> float:
    shop.visit(
        key, "activity", step, entered, began + minutes, group_name=None, agent_id=agent, started_at=after(began),
        start_source="measured", work_minutes=minutes, delay_minutes=began - entered,
    )  # fmt: skip
    return began + minutes


def _open(instant: float) -> float:
    """The instant, or the next opening of a shop that is open from 9:00 to 17:00 each day."""
    day, clock = divmod(instant, DAY)
    if clock < OPENS:
        return day * DAY + OPENS
    return instant if clock < CLOSES else (day + 1) * DAY + OPENS


def _timers() -> Shop:
    """Every 17 minutes of opening hours a ticket is checked, and paid an hour later or at the next opening."""
    shop = Shop()
    for day in range(26):
        for place in range(28):
            at = day * DAY + OPENS + 17 * place
            key = shop.ticket(at, workflow="log", customer_id=f"{day}-{place}")
            done = _work(shop, key, "Check", at, at, 1, f"checker-{place % 4}")
            _work(shop, key, "Pay", done, _open(done + 60), 1, f"payer-{place % 4}")
    return shop


def _before(observed: Observed, step: str) -> Floats:
    """The waits before the queue of a step."""
    found = fit(observed)
    number = next(n for n in found.work.before[_is(found, step)] if n >= 0)
    low, high = found.distributions.value_start[number : number + 2]
    return found.distributions.values[low:high] if high > low else found.distributions.a[[number]]


def _is(found: Parameters, step: str) -> Bools:
    return np.array([found.steps[n].name == step for n in found.routes.step])


def _waits(found: Parameters, step: str) -> Floats:
    _, _, run = one_run(found, 26 * 1440, 3)
    rows = run.records
    waits = (rows.started - rows.entered)[_is(found, step)[rows.state]]
    result: Floats = waits[~np.isnan(waits)]
    return result


def _timer_facts() -> Observed:
    return observe(_timers().facts(as_of=ENDS))


def test_a_timer_that_ends_in_closed_hours_is_no_longer_than_others() -> None:
    """One in eight waits over night in the log; before the queue all of them wait an hour."""
    before = _before(_timer_facts(), "Pay")
    assert before.min() == pytest.approx(60, abs=0.1)
    assert before.max() == pytest.approx(60, abs=0.1)


def test_a_run_waits_over_night_as_often_as_the_log() -> None:
    waits = _waits(fit(_timer_facts()), "Pay")
    assert (waits > 600).mean() == pytest.approx(1 / 8, abs=0.04)
    assert np.median(waits) == pytest.approx(60, abs=1)


def _queued() -> Shop:
    """Tickets from 9:00 to 16:00, at random, for one person: who comes while he works waits for him alone."""
    shop, rng = Shop(), np.random.default_rng(5)
    for day in range(26):
        at = free = day * DAY + OPENS
        while (at := at + float(rng.exponential(20))) < day * DAY + CLOSES - 60:
            key = shop.ticket(at, workflow="log", customer_id=f"{at}")
            entered = _work(shop, key, "Note", at, at, 0.01, f"noter-{len(shop.tickets) % 9}")
            free = _work(shop, key, "Answer", entered, max(entered, free), 13, "ann")
    return shop


def test_waits_that_the_queue_explains_are_not_waited_before_it_too() -> None:
    plain, tuned = (observe(_queued().facts(as_of=ENDS), tune=tune) for tune in (False, True))
    first, left = _before(plain, "Answer"), _before(tuned, "Answer")
    assert left.mean() < 0.4 * first.mean()
    assert (left <= first + 1e-9).all()  # nothing is ever added
    assert _waits(fit(tuned), "Answer").mean() < _waits(fit(plain), "Answer").mean()


def test_people_busy_beside_other_work_keep_no_ticket_longer_than_the_log_shows() -> None:
    """Two checks begin together; in the log nobody waits, since tickets come at regular times."""
    shop = Shop()
    for case in range(1000):
        at = case * 70.0
        key = shop.ticket(at, workflow="log", customer_id=f"case-{case}")
        _work(shop, key, "Credit", at, at, 50, "ann")
        _work(shop, key, "Risk", at, at, 60, "bob")
    plain, tuned = (observe(shop.facts(), tune=tune) for tune in (False, True))
    risk = plain.pools.names.index("Risk")
    assert plain.pools.after_work[risk] == pytest.approx(50)
    assert tuned.pools.after_work[risk] <= 25

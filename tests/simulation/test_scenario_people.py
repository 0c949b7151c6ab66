"""Levers on who comes, who works and what it costs."""

from typing import Any

import numpy as np
import pytest

from simulation.parameters import Parameters, same
from simulation.scenario.apply import LEVERS
from simulation.scenario.document import Change
from simulation.scenario.find import RefusedError
from simulation.scenario.people_levers import weekly_hours
from tests.simulation.scenario_shops import problems, returns, shop


def made(parameters: Parameters, lever: str, **fields: Any) -> Parameters:
    change = Change.model_validate({lever: fields})
    after = LEVERS[change.name](parameters, change.lever)
    assert problems(after) == []
    return after


def two_streams() -> Parameters:
    return shop(returns(), {"Bot": 2.0, "Answer": 1.0})


def test_volume_by_workflow_and_by_channel() -> None:
    assert made(two_streams(), "volume", change="+20%").arrivals.rate[:, 5].tolist() == pytest.approx([2.4, 1.2])
    less = made(two_streams(), "volume", workflow="returns", channel="email", change="-50%")
    assert less.arrivals.rate[:, 5].tolist() == pytest.approx([1.0, 0.5])
    assert same(two_streams(), made(two_streams(), "volume", change="0%"))
    with pytest.raises(RefusedError, match=r"there is no channel of returns 'chat'; known here: email"):
        made(two_streams(), "volume", workflow="returns", channel="chat", change="+1%")


def test_a_message_spares_contacts_and_costs_its_fee() -> None:
    after = made(shop(), "proactive_message", workflow="returns", avoided="30%", messages_a_week=500, fee=0.04)
    assert after.arrivals.rate[0, 0] == pytest.approx(1.4)
    assert after.money.fixed_per_week == pytest.approx(120.0)


def test_a_surge_lasts_from_local_midnight_to_local_midnight() -> None:
    """Started on Monday at 00:00 in Berlin; in the last week of March the Sunday has 23 hours."""
    after = made(two_streams(), "surge", factor=3, from_day=5, days=2)
    arrivals = after.arrivals
    assert arrivals.surge_stream.tolist() == [0, 1]
    assert arrivals.surge_from.tolist() == [4 * 1440.0] * 2
    assert arrivals.surge_to.tolist() == [6 * 1440.0] * 2
    assert arrivals.surge_factor.tolist() == [3.0, 3.0]
    spring = shop(start=shop().start.replace(month=3, day=22))
    short = made(spring, "surge", factor=2, from_day=7, days=1).arrivals
    assert short.surge_to[0] - short.surge_from[0] == 23 * 60.0


def test_a_surge_follows_the_streams_that_a_later_change_parts() -> None:
    after = made(made(shop(), "surge", factor=3, days=7), "remove", workflow="returns", step="Bot")
    assert sorted(after.arrivals.surge_stream.tolist()) == [0, 1]
    assert after.arrivals.surge_factor.tolist() == [3.0, 3.0]


def test_another_agent_works_like_the_typical_one() -> None:
    """Weekly hours of 36 (Ann), 18 (Ben) and 36 (Cem): Ann is typical."""
    after = made(shop(), "staff", group="Returns", agents=2)
    assert after.staff.agents[4:] == ("New in Returns 1", "New in Returns 2")
    assert weekly_hours(after.staff)[4:].tolist() == pytest.approx([36.0, 36.0])
    assert after.staff.skill_pool[after.staff.skill_start[4] :].tolist() == [0, 0]
    assert after.staff.agents[:4] == shop().staff.agents
    more = made(after, "staff", group="Returns", agents=1)
    assert more.staff.agents[6] == "New in Returns 3"
    assert same(shop(), made(shop(), "staff", group="Returns", agents=0))


def test_an_agent_less_has_no_shifts_and_keeps_nothing() -> None:
    """Ann goes, who had a ticket in hand; the others keep their numbers."""
    after = made(shop(), "staff", group="Returns", agents=-1)
    assert 0 not in after.staff.shift_agent
    assert after.staff.agents == shop().staff.agents
    assert after.backlog.agent.tolist() == [-1]
    assert after.backlog.in_work.tolist() == [False]
    with pytest.raises(RefusedError, match=r"'Returns' has 3 agents and cannot lose 4; it can be -3 or more"):
        made(shop(), "staff", group="Returns", agents=-4)


def test_the_lead_comes_daily_instead() -> None:
    after = made(shop(), "shifts", group="Lead", days=["mon", "sat"], hours="22:00-02:00")
    own = np.flatnonzero(after.staff.shift_agent == 3)
    table = zip(after.staff.shift_weekday[own], after.staff.shift_from[own], after.staff.shift_to[own], strict=True)
    assert sorted((int(day), *hours) for day, *hours in table) == [
        (0, 1320.0, 1560.0), (1, 840.0, 960.0), (2, 840.0, 960.0), (3, 840.0, 960.0), (4, 840.0, 960.0),
        (5, 1320.0, 1560.0),
    ]  # fmt: skip
    assert after.staff.shift_attendance[own].tolist() == pytest.approx([0.9] * 6)
    assert (after.staff.shift_agent == 2).sum() == 5, "Cem only helps there: his hours stay"
    assert made(shop(), "shifts", agent="Ben", days="tue", hours="08:00-16:00").staff.shift_from[-1] == 480.0


def test_longer_hours() -> None:
    after = made(shop(), "extend", group="Returns", days=["mon"], hours_earlier=10, hours_later=1.5)
    monday = after.staff.shift_weekday == 0
    returns_team = np.isin(after.staff.shift_agent, [0, 1, 2])
    assert after.staff.shift_from[monday & returns_team].tolist() == [0.0, 0.0, 0.0]
    assert after.staff.shift_to[monday & returns_team].tolist() == [1110.0, 870.0, 1110.0]
    assert same(shop(), made(shop(), "extend", group="Returns"))
    with pytest.raises(RefusedError, match="'Lead' has no shifts on sat; its days are mon, tue, wed, thu, fri"):
        made(shop(), "extend", group="Lead", days=["sat"], hours_later=1)


def test_wages_and_fees() -> None:
    assert made(shop(), "wages", group="Lead", change="+10%").staff.wage.tolist() == pytest.approx([30, 30, 30, 33])
    assert made(shop(), "wages", hourly=25).staff.wage.tolist() == [25.0] * 4
    money = made(shop(), "fees", per_reply=0.2, fixed_per_week=0).money
    assert (money.fee_per_ticket, money.fee_per_reply, money.fixed_per_week) == (0.1, 0.2, 0.0)


def test_urgent_goes_ahead() -> None:
    after = made(shop(), "priorities", group="Returns", hours_ahead={"urgent": 24, "high": 4})
    assert after.pools.headstart.tolist() == [[0, 0, 240, 1440], [0, 0, 0, 0]]
    assert made(shop(), "priorities", hours_ahead={"low": 1}).pools.headstart[:, 0].tolist() == [60, 60]

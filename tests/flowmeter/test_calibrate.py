"""Calibration of the demo shop against the generator's own truth, and `flowmeter calibrate`."""

from __future__ import annotations

import contextlib
import json
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from demo.calendar import Calendar
from demo.shop import GROUPS, Shop
from demo.staff import HELPS, Staff
from flowmeter.cli import main
from flowmeter.settings import Home
from flowmeter.simulation_facts import service_facts
from flowmeter.warehouse import current_path, read
from simulation.calibrate import Observed, fit, observe
from simulation.calibrate.queues import STRICT
from simulation.compile import check
from simulation.parameters import PRIORITIES, Parameters, StepKind, same
from tests.conftest import DEMO_END, DEMO_SEED, DEMO_TICKETS

Captured = pytest.CaptureFixture[str]
WHOLE_YEAR = 52


@pytest.fixture(scope="module")
def observed(demo_home: Path) -> Observed:
    with contextlib.closing(read(current_path(Home.find(demo_home)))) as connection:
        return observe(service_facts(connection), WHOLE_YEAR, tune=False)


@pytest.fixture(scope="module")
def found(observed: Observed) -> Parameters:
    return fit(observed)


@pytest.fixture(scope="module")
def staff() -> tuple[Staff, Calendar]:
    calendar = Calendar(DEMO_END)
    return Staff(Shop(tickets=DEMO_TICKETS, end=DEMO_END, seed=DEMO_SEED), calendar), calendar


def share(observed: Observed, workflow: str, step: str, following: str) -> tuple[float, int]:
    """Share of the visits to a step, over all its histories, that another follows; and how many there were."""
    chain, steps = observed.chain, observed.steps
    names = [steps[n] for n in chain.step]
    count = np.bincount(chain.passage_edge, minlength=len(chain.edge_from))
    source = [names[n] for n in chain.edge_from]
    mine = np.array([one.workflow == workflow and one.name == step for one in source])
    there = np.array([names[n].name == following for n in chain.edge_to])
    return float(count[mine & there].sum() / count[mine].sum()), int(count[mine].sum())


def test_the_parameters_fit_the_engine(found: Parameters, observed: Observed) -> None:
    check(found)
    assert (found.routes.chance[observed.chain.passage_edge] > 0).all()
    assert {row.input for row in found.evidence} >= {
        "arrivals", "routes", "work", "calendar", "skills", "queue", "waits", "repeat", "bot", "costs", "start times",
        "backlog",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("workflow", "step", "following", "truth"),
    [
        ("order_updates", "Bot", "Resolved", 0.40),
        ("onboarding", "Assigned: Onboarding", "On hold", 0.04),
        ("onboarding", "Assigned: Onboarding", "Resolved", 0.96 * 0.22),
        ("cart_recovery", "Assigned: Sales", "Resolved", 0.40),
        ("unclassified", "Assigned: Triage", "Resolved", 0.95 * 0.55),
        ("returns", "Assigned: Returns", "Resolved", 0.0),
    ],
)
def test_shares_are_the_generators(observed: Observed, workflow: str, step: str, following: str, truth: float) -> None:
    seen, n = share(observed, workflow, step, following)
    assert seen == pytest.approx(truth, abs=3.3 * (truth * (1 - truth) / n) ** 0.5 + 1e-9)


def test_who_helps_whom_is_as_in_the_generator(found: Parameters, staff: tuple[Staff, Calendar]) -> None:
    names = found.pools.names
    for agent in staff[0].agents:
        place = found.staff.agents.index(f"zendesk-{agent.id}")
        rows = range(found.staff.skill_start[place], found.staff.skill_start[place + 1])
        tiers = {names[found.staff.skill_pool[row]]: int(found.staff.skill_tier[row]) for row in rows}
        assert tiers[GROUPS[agent.group]] == 0
        helps = {GROUPS[group] for group in HELPS[agent.group]}
        assert {name for name, tier in tiers.items() if tier > 0} <= helps


def test_shifts_begin_when_the_generators_do(found: Parameters, staff: tuple[Staff, Calendar]) -> None:
    known, calendar = staff
    missed = []
    for agent in known.agents:
        rows = np.flatnonzero(found.staff.shift_agent == found.staff.agents.index(f"zendesk-{agent.id}"))
        for row in rows[found.staff.shift_weekday[rows] < 5]:
            days = range(calendar.days - 56, calendar.days)
            days_on = [day for day in days if calendar.dates[day].weekday() == found.staff.shift_weekday[row]]
            spans = [span for day in days_on if (span := known.shift(agent, day))]
            starts = [calendar.local_second(span[0]) / 60 for span in spans]
            missed.append(abs(found.staff.shift_from[row] - float(np.median(starts))))
    assert float(np.median(missed)) < 10
    assert max(missed) < 45


def test_pace_of_two_who_share_their_work_is_the_generators(found: Parameters, staff: tuple[Staff, Calendar]) -> None:
    for one, other in zip(staff[0].agents[::2], staff[0].agents[1::2], strict=True):
        places = [found.staff.agents.index(f"zendesk-{agent.id}") for agent in (one, other)]
        ratio = found.staff.speed[places[0]] / found.staff.speed[places[1]]
        assert ratio == pytest.approx(one.speed / other.speed, rel=0.2)


def test_urgent_and_high_go_before_the_rest(found: Parameters) -> None:
    busy = [n for n, name in enumerate(found.pools.names) if name in ("Orders", "Returns")]
    gain = found.pools.headstart[busy, PRIORITIES.index("high")] - found.pools.headstart[busy, 0]
    assert (gain >= 60).all()
    assert (gain <= STRICT).all()


def test_night_works_through_holidays_and_the_lead_only_on_thursdays(found: Parameters) -> None:
    lead = found.staff.agents.index("zendesk-900000000012")
    assert set(found.staff.shift_weekday[found.staff.shift_agent == lead].tolist()) == {3}
    assert not found.staff.works_holidays[lead]
    assert [step.pool for step in found.steps if step.name == "Refund approval"] == ["Refund approval"]


def test_wages_and_fees_are_the_configured_ones(found: Parameters, demo_home: Path) -> None:
    place = {name: n for n, name in enumerate(found.staff.agents)}
    assert found.staff.wage[place["zendesk-900000000101"]] == pytest.approx(29.0)
    assert found.money.fee_per_automated_resolution == pytest.approx(0.90)
    assert found.money.fixed_per_week == pytest.approx((1150 + 2400) * 12 / 365 * 7, rel=0.03)


def test_arrivals_bring_as_many_tickets_as_came(found: Parameters, demo_home: Path) -> None:
    with contextlib.closing(read(current_path(Home.find(demo_home)))) as connection:
        n = connection.sql("""
            select count(*) from fct_ticket, snapshot
            where is_counted and created_at > snapshot_at - interval 8 weeks""").fetchall()[0][0]
    first = found.arrivals.rate.sum(axis=1)
    whole = first.sum() + (first * found.arrivals.repeat[:, 1]).sum()
    assert whole == pytest.approx(n / 8, rel=0.1)


def test_the_backlog_is_what_is_open_or_was_resolved_not_long_ago(found: Parameters, demo_home: Path) -> None:
    with contextlib.closing(read(current_path(Home.find(demo_home)))) as connection:
        rows = connection.sql("""
            select ticket_id, is_resolved, resolved_at > snapshot_at - interval 28 days from fct_ticket, snapshot
            where is_counted""").fetchall()
    steps = [found.steps[found.routes.step[state]] for state in found.backlog.state]
    still = {ticket for ticket, step in zip(found.backlog.ticket, steps, strict=True) if step.name != "Resolved"}
    assert still == {ticket for ticket, is_resolved, _ in rows if not is_resolved}
    assert set(found.backlog.ticket) - still <= {
        ticket for ticket, is_resolved, recent in rows if is_resolved and recent
    }
    assert StepKind.END not in {step.kind for step in steps}


def test_what_happened_after_an_instant_changes_nothing(demo_home: Path, tmp_path: Path) -> None:
    path = tmp_path / "copy.duckdb"
    shutil.copyfile(current_path(Home.find(demo_home)), path)
    with contextlib.closing(duckdb.connect(str(path))) as connection:
        snapshot = connection.sql("select snapshot_at from snapshot").fetchall()[0][0]
        as_of: datetime = snapshot - timedelta(days=28, hours=9)
        before = fit(observe(service_facts(connection, as_of), tune=False))
        assert before.start == as_of
        for statement in (
            "delete from fct_ticket_step where entered_at > $at",
            """update fct_ticket_step set left_at = left_at + interval 3 hours, started_at = null, ended_by = 'rule',
                work_minutes = 99, next_step = null where left_at > $at""",
            "delete from fct_ticket_event where happened_at > $at",
            "delete from fct_ticket where created_at > $at",
            "update fct_ticket set resolved_at = null, is_resolved = false where resolved_at > $at",
            "delete from fct_cost where day > $at::date",
        ):
            connection.execute(statement, {"at": as_of}).fetchall()
        assert same(fit(observe(service_facts(connection, as_of), tune=False)), before)
        with pytest.raises(ValueError, match="nothing is known"):
            service_facts(connection, snapshot + timedelta(days=1))


def test_names_that_another_key_hides_change_no_figure(demo_home: Path) -> None:
    with contextlib.closing(read(current_path(Home.find(demo_home)))) as connection:
        facts = service_facts(connection)
    names = facts.agents["agent_id"].to_list()
    other = {name: f"x-{len(names) - n:03}" for n, name in enumerate(sorted(names))}
    renamed = {
        frame: getattr(facts, frame).with_columns(pl.col("agent_id").replace(other))
        for frame in ("visits", "agents", "wages")
    }
    told, again = (fit(observe(one)) for one in (facts, replace(facts, **renamed)))
    assert again.staff.agents == tuple(other[name] for name in told.staff.agents)
    back = {new: name for name, new in other.items()}
    evidence = tuple(replace(one, subject=back.get(one.subject, one.subject)) for one in again.evidence)
    assert same(replace(again, staff=replace(again.staff, agents=told.staff.agents), evidence=evidence), told)


def test_an_unknown_workflow_names_the_nearest(demo_home: Path, capsys: Captured) -> None:
    assert main.run(["calibrate", "--home", str(demo_home), "--workflow", "retuns"]) == 2
    assert "Did you mean 'returns'?" in capsys.readouterr().err


def test_the_command_tells_the_evidence_and_all_inputs(demo_home: Path, capsys: Captured) -> None:
    assert main.run(["calibrate", "--home", str(demo_home), "--workflow", "returns"]) == 0
    table = capsys.readouterr().out
    assert "first contacts a week" in table
    assert "order_updates" not in table
    assert main.run(["calibrate", "--home", str(demo_home), "--workflow", "returns", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {row["workflow"] for row in told["arrivals"]} == {row["workflow"] for row in told["states"]} == {"returns"}
    work = [state for state in told["states"] if state["kind"] == "work"]
    assert any(state["charged_after_idle_minutes"] > 0 for state in work)
    assert all(state["charged_per_minute"] > 0 for state in work)
    for state in told["states"]:
        assert sum(edge["probability"] for edge in state["next"]) == pytest.approx(0 if state["kind"] == "end" else 1)
    assert {queue["queue"] for queue in told["queues"]} > {"Refund approval", "Returns"}
    assert told["evidence"]

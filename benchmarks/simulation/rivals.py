"""The two-pool network in other simulators: `python -m benchmarks.simulation.rivals simpy 100000`.

Runs in an environment that has them, imports nothing of ours, prints JSON: activities, CPU seconds without imports,
and the mean wait before each pool where the simulator tells it.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

RATE, SERVICE, AGENTS = 1.0, 8.0, 9
BPMN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="http://example.org">
<bpmn:process id="p" isExecutable="true">
<bpmn:startEvent id="start"><bpmn:outgoing>f0</bpmn:outgoing></bpmn:startEvent>
<bpmn:task id="a" name="a"><bpmn:incoming>f0</bpmn:incoming><bpmn:outgoing>f1</bpmn:outgoing></bpmn:task>
<bpmn:task id="b" name="b"><bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing></bpmn:task>
<bpmn:endEvent id="end"><bpmn:incoming>f2</bpmn:incoming></bpmn:endEvent>
<bpmn:sequenceFlow id="f0" sourceRef="start" targetRef="a"/>
<bpmn:sequenceFlow id="f1" sourceRef="a" targetRef="b"/>
<bpmn:sequenceFlow id="f2" sourceRef="b" targetRef="end"/>
</bpmn:process></bpmn:definitions>
"""


def with_simpy(cases: int) -> list[float]:
    """SimPy: one process a case, two resources."""
    import simpy

    env, waits = simpy.Environment(), [0.0, 0.0]
    pools = [simpy.Resource(env, AGENTS), simpy.Resource(env, AGENTS)]

    def case() -> Generator[Any, Any, None]:
        for number, pool in enumerate(pools):
            joined = env.now
            with pool.request() as turn:
                yield turn
                waits[number] += env.now - joined
                yield env.timeout(random.expovariate(1 / SERVICE))

    def source() -> Generator[Any, Any, None]:
        for _ in range(cases):
            yield env.timeout(random.expovariate(RATE))
            env.process(case())

    env.process(source())
    env.run()
    return [wait / cases for wait in waits]


def with_ciw(cases: int) -> list[float]:
    """Ciw: two nodes in a row."""
    import ciw

    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(RATE), None],
        service_distributions=[ciw.dists.Exponential(1 / SERVICE)] * 2,
        routing=[[0.0, 1.0], [0.0, 0.0]],
        number_of_servers=[AGENTS, AGENTS],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(cases, method="Finish")
    waits: dict[int, list[float]] = {1: [], 2: []}
    for record in simulation.get_all_records():
        waits[record.node].append(record.waiting_time)
    return [sum(of) / len(of) for of in waits.values()]


def with_prosimos(cases: int) -> list[float]:
    """Prosimos: two tasks in a row, everybody there at all hours; what it writes is thrown away."""
    from prosimos.simulation_engine import run_simulation

    with tempfile.TemporaryDirectory() as folder:
        model, settings = Path(folder, "two.bpmn"), Path(folder, "two.json")
        model.write_text(BPMN, encoding="utf-8")
        settings.write_text(json.dumps(_prosimos_settings()), encoding="utf-8")
        run_simulation(str(model), str(settings), cases, log_out_path=str(Path(folder, "log.csv")))
        assert len(Path(folder, "log.csv").read_text(encoding="utf-8").splitlines()) == 2 * cases + 1
    return []


def _prosimos_settings() -> dict[str, Any]:
    always = [{"from": "MONDAY", "to": "SUNDAY", "beginTime": "00:00:00", "endTime": "23:59:59.999"}]
    person = {"name": "agent", "cost_per_hour": 1, "amount": AGENTS, "calendar": "always"}
    work = _exponential(60 * SERVICE)
    return {
        "resource_profiles": [
            {"id": f"pool_{task}", "name": task, "resource_list": [{**person, "id": task, "assignedTasks": [task]}]}
            for task in ("a", "b")
        ],
        "arrival_time_distribution": _exponential(60 / RATE),
        "arrival_time_calendar": always,
        "gateway_branching_probabilities": [],
        "task_resource_distribution": [
            {"task_id": task, "resources": [{"resource_id": task, **work}]} for task in ("a", "b")
        ],
        "resource_calendars": [{"id": "always", "name": "always", "time_periods": always}],
    }


def _exponential(seconds: float) -> dict[str, Any]:
    bounds = [{"value": value} for value in (seconds, 0.0, 1e9)]
    return {"distribution_name": "expon", "distribution_params": bounds}


def main() -> None:
    """The command."""
    name, cases = sys.argv[1], int(sys.argv[2])
    run = {"simpy": with_simpy, "ciw": with_ciw, "prosimos": with_prosimos}[name]
    run(50)  # imports, and what is made once
    random.seed(1)
    started = time.process_time()
    waits = run(cases)
    print(json.dumps({"activities": 2 * cases, "seconds": time.process_time() - started, "waits": waits}))


if __name__ == "__main__":
    main()

"""Do the simulator's intervals hold the truth? A shop whose Parameters are known gives a log by the engine itself; the
shop is calibrated from the log alone and asked what two changes would do and what the next weeks bring.

`python -m benchmarks.simulation.coverage --scratch FOLDER` does it again and again for logs of 500, 2,000 and 10,000
cases. What is done is kept in the folder, a file per log, so that a run can be interrupted and taken up again.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import polars as pl

from benchmarks.pipeline import REPORT, narrate
from benchmarks.report import SIMULATED_COVERAGE_HEADING, with_section
from benchmarks.simulation.known_shop import A_WEEK, WEEK, facts_of, known_shop, later
from simulation.calibrate import fit, observe
from simulation.experiment import Calibration, Change, Settings, experiment
from simulation.kpi_frame import Period
from simulation.parameters import Parameters
from simulation.runs import Desk, Unit, figures, one_run
from simulation.scenario.apply import apply, parse

SIZES = (500, 2_000, 10_000)
CHANGES = {
    "one more agent": "staff: {group: front, agents: 1}",
    "a step skipped": 'remove: {workflow: orders, step: "Assigned: back"}',
}
SETTINGS = Settings(weeks=4, explained=0)
TRUE_RUNS = 200
TRUE_SEED = 5_000_000
BOUNDS = {"held": (0.90, 0.97), "came": (0.85, 0.95)}
"""Shares of effects and of predictions that intervals are to hold."""

Json = dict[str, Any]


def score(tickets: pl.DataFrame) -> pl.DataFrame:
    """Figures per run of all workflows: the shop has one."""
    return tickets.group_by("run").agg(
        resolution_hours=pl.col("resolution_calendar_minutes").mean() / 60,
        first_reply_hours=pl.col("first_reply_calendar_minutes").mean() / 60,
        tickets_resolved=pl.col("is_resolution").sum().cast(pl.Float64),
        cost_per_resolution=pl.col("cost_amount").sum() / pl.col("is_resolution").sum(),
    ).with_columns(workflow=pl.lit("all")).sort("run")  # fmt: skip


def one_log(cases: int, seed: int, settings: Settings = SETTINGS, true_runs: int = TRUE_RUNS) -> list[Json]:
    """Of each change and figure: the true effect and what came, with the intervals that were given for them."""
    truth, weeks = known_shop(), max(round(cases / A_WEEK), 4)
    _, came, run = one_run(truth, weeks * WEEK, seed)
    observed = observe(facts_of(truth, came, run, weeks * WEEK), weeks)
    calibration = Calibration(partial(fit, observed), len(observed.days), drift=observed.drift)
    changes = [_change(name, fit(observed)) for name in CHANGES]
    answers = experiment(calibration, changes, score, settings, workers=1)
    effects, before, after = _true(later(truth, came, run, weeks * WEEK), settings, seed, true_runs)
    return [row for place, answer in enumerate(answers)
            for row in _rows(answer, effects[place], before, after[place])]  # fmt: skip


def _change(name: str, shop: Parameters) -> Change:
    scenario = parse(f"name: {name}\nchanges:\n  - {CHANGES[name]}\n", name, shop)
    return Change(name, lambda today: apply(today, scenario))


def _true(shop: Parameters, settings: Settings, seed: int, runs: int) -> tuple[list[Json], Json, list[Json]]:
    """Effects of the changes by many runs from the log's end on; figures of one run without and with each change."""
    variants = [shop, *(_change(name, shop).apply(shop) for name in CHANGES)]
    seeds = [TRUE_SEED + seed * runs + place for place in range(runs)]
    found = figures(Desk(score, Period(settings.minutes), workers=1), [Unit(lambda: variants, seeds)])
    values = found.kpis[0, :, :, 0]
    effects = (values[1:] - values[:1]).mean(axis=1)
    named = [dict(zip(found.metrics, row.tolist(), strict=True)) for row in [*effects, *values[:, 0]]]
    return named[: len(effects)], named[len(effects)], named[len(effects) + 1 :]


def _rows(answer: Json, true: Json, before: Json, after: Json) -> Iterator[Json]:
    foretold = {row["metric"]: row for row in answer["predictions"]}
    for row in answer["effects"]:
        metric = row["metric"]
        if row["workflow"] != "all":
            continue
        told = foretold[metric]
        yield {
            "change": answer["scenario"], "metric": metric, "true": true[metric], "effect": row["difference"],
            "low": row["low"], "high": row["high"], "held": row["low"] <= true[metric] <= row["high"],
            "came": [told[arm]["low"] <= came[metric] <= told[arm]["high"]
                     for arm, came in (("baseline", before), ("scenario", after))],
        }  # fmt: skip


def measured(scratch: Path, sizes: Sequence[int], logs: int, minutes: float, workers: int = 2) -> dict[int, list[Json]]:
    """What is kept in the folder after so many minutes of more of it, one size's logs after the others' in turn."""
    scratch.mkdir(parents=True, exist_ok=True)
    wanted = [(cases, seed) for seed in range(1, logs + 1) for cases in sizes]
    missing = [(cases, seed) for cases, seed in wanted if not _file(scratch, cases, seed).exists()]
    until = monotonic() + 60 * minutes
    with ProcessPoolExecutor(workers) as pool:
        for _ in pool.map(partial(_kept, scratch, until), missing):
            pass
    files = {cases: [_file(scratch, cases, seed) for seed in range(1, logs + 1)] for cases in sizes}
    return {
        cases: [row for file in each if file.exists() for row in json.loads(file.read_text())]
        for cases, each in files.items()
    }


def _file(scratch: Path, cases: int, seed: int) -> Path:
    return scratch / f"{cases}-{seed}.json"


def _kept(scratch: Path, until: float, wanted: tuple[int, int]) -> None:
    if monotonic() < until:
        found = one_log(*wanted)
        _file(scratch, *wanted).write_text(json.dumps(found))


def section(found: Mapping[int, Sequence[Json]]) -> str:
    """The table for docs/benchmarks.md."""
    head = [
        "| calibrated on | change | figure | logs | 95% effects hold | true effect | said | 90% predictions hold |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines = [line for cases, rows in found.items() for line in _lines(cases, rows)]
    totals = [_total(cases, rows) for cases, rows in found.items() if rows]
    logs = min(len(rows) // len({(row["change"], row["metric"]) for row in rows}) for rows in found.values() if rows)
    said = (
        f"Written on {dt.datetime.now(tz=dt.UTC).date()} by `python -m benchmarks.simulation.coverage`. A shop of two "
        "queues with calendars, one busy for 0.87 of its time, gives a log; it is calibrated from the log alone, and "
        f"asked what {' and '.join(CHANGES)} would do over {SETTINGS.weeks} weeks. Effects are held against the mean "
        f"of {TRUE_RUNS} runs of the true shop, predictions against one; {SETTINGS.draws} draws of "
        f"{SETTINGS.replications} runs. Effects are to be held in 90 to 97%, predictions in 85 to 95%. Of {logs} "
        f"logs the standard error of a figure is {(0.95 * 0.05 / logs) ** 0.5:.1%}, and not much less of all figures "
        "together, since those of one log go together. " + " ".join(totals)
    )
    return "\n\n".join([SIMULATED_COVERAGE_HEADING, said, "\n".join(head + lines)]) + "\n"


def _lines(cases: int, rows: Sequence[Json]) -> Iterator[str]:
    for change in CHANGES:
        for metric in dict.fromkeys(row["metric"] for row in rows):
            mine = [row for row in rows if (row["change"], row["metric"]) == (change, metric)]
            if not mine:
                continue
            true, effect = (np.mean([row[name] for row in mine]) for name in ("true", "effect"))
            yield (
                f"| {cases:,} cases | {change} | {metric} | {len(mine)} | {_share(mine, 'held')} | {true:.2f} | "
                f"{effect:.2f} | {_share(mine, 'came')} |"
            )


def _share(rows: Sequence[Json], name: str) -> str:
    return f"{np.mean([row[name] for row in rows]):.0%}"


def _total(cases: int, rows: Sequence[Json]) -> str:
    shares = [float(np.mean([row[name] for row in rows])) for name in BOUNDS]
    parts = [f"{share:.1%} of {what}" for share, what in zip(shares, ("effects", "predictions"), strict=True)]
    met = all(low <= share <= high for share, (low, high) in zip(shares, BOUNDS.values(), strict=True))
    names = {(row["change"], row["metric"]) for row in rows}
    single = [
        low <= np.mean([row[kind] for row in rows if (row["change"], row["metric"]) == name]) <= high
        for name in names for kind, (low, high) in BOUNDS.items()
    ]  # fmt: skip
    return (
        f"From {cases:,} cases {' and '.join(parts)} are held{'' if met else ': **not within bounds**'}; of the "
        f"{len(single)} shares below, {len(single) - sum(single)} lie outside by themselves."
    )


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulation.coverage", description=__doc__)
    parser.add_argument("--scratch", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--logs", type=int, default=200, help="of each size")
    parser.add_argument("--minutes", type=float, default=1e6, help="after so many no further log is begun")
    options = parser.parse_args()
    text = section(measured(options.scratch, options.sizes, options.logs, options.minutes))
    narrate(text)
    REPORT.write_text(with_section(REPORT.read_text(), text))


if __name__ == "__main__":
    main()

"""Are the intervals as wide as they say? `python -m benchmarks.comparison` simulates comparisons whose truth is known.

Times are log-normal, costs gamma with open tickets, shares Beta by customer; one customer in five writes more than
once, and a customer's tickets are alike. Half of the comparisons have an effect, which the interval must cover. In the
other half there is none, and every verdict of better or worse is a false winner.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from analysis.compare.effects import effects
from analysis.compare.frame import Array, Codes, Kind, Measure
from analysis.compare.verdict import Code, verdict
from benchmarks.report import COVERAGE_HEADING, with_section

SIZES = (50, 200, 2_000)
COMPARISONS = 2_000
SPREAD, SHARED = 1.1, 0.5  # of log resolution hours: within a customer, between customers
MEDIAN_HOURS = 9.0
Z90 = 1.2815515655446004
OPEN = 0.08

MEASURES = [
    Measure("csat", "CSAT", "share", "higher", Kind.SHARE, ("csat_satisfied",), 10),
    Measure("reopen_rate", "Reopened", "share", "lower", Kind.SHARE, ("is_reopened",), 10),
    Measure("ces", "Effort", "score", "higher", Kind.MEAN, ("ces_score",), 10),
    Measure("handoffs", "Handoffs", "count", "lower", Kind.MEAN, ("handoff_count",), 5),
    Measure("time_mean", "Mean time", "hours", "lower", Kind.MEAN, ("resolution_calendar_minutes",), 5),
    Measure("time_median", "Median time", "hours", "lower", Kind.MEDIAN, ("resolution_calendar_minutes",), 5),
    Measure("time_p90", "90% within", "hours", "lower", Kind.P90, ("resolution_calendar_minutes",), 5),
    Measure("cost", "Cost per resolution", "money", "lower", Kind.RATIO, ("cost", "is_resolved"), 10),
]


@dataclass(frozen=True)
class Truth:
    """What is true of an arm: the factor on its times and costs, and its shares and means."""

    factor: float = 1.0
    satisfied: float = 0.8
    reopened: float = 0.08
    effort: float = 5.0
    handoffs: float = 0.6

    def values(self) -> dict[str, float]:
        """The true figure of every measure."""
        total = math.hypot(SPREAD, SHARED)
        median = MEDIAN_HOURS * self.factor
        return {
            "csat": self.satisfied,
            "reopen_rate": self.reopened,
            "ces": self.effort,
            "handoffs": self.handoffs,
            "time_mean": median * math.exp(total**2 / 2),
            "time_median": median,
            "time_p90": median * math.exp(Z90 * total),
            "cost": 5.0 * self.factor / (1 - OPEN),
        }


BASELINE = Truth()
IMPROVED = Truth(factor=0.75, satisfied=0.86, reopened=0.05, effort=5.3, handoffs=0.4)


def draw(truth: Truth, n: int, generator: np.random.Generator) -> pl.DataFrame:
    """`n` tickets of an arm with that truth."""
    sizes = generator.geometric(0.8, n)
    customer = np.repeat(np.arange(n), sizes)[:n]
    shared = generator.normal(0, 1, n)[customer]
    hours = MEDIAN_HOURS * truth.factor * np.exp(SHARED * shared + SPREAD * generator.normal(0, 1, n))
    is_open = generator.random(n) < OPEN
    answered = generator.random(n) < 0.6
    mood = _by_customer(truth.satisfied, customer, generator)
    # Whole scores as customers give them: a 1-7 answer whose chances come from one number a customer.
    effort = 1 + generator.binomial(6, _by_customer((truth.effort - 1) / 6, customer, generator))
    return pl.DataFrame(
        {
            "customer_id": [f"c{code}" for code in customer],
            "csat_satisfied": np.where(answered, generator.random(n) < mood, np.nan),
            "ces_score": np.where(answered, effort, np.nan),
            "is_reopened": generator.random(n) < _by_customer(truth.reopened, customer, generator),
            "handoff_count": generator.poisson(truth.handoffs * generator.gamma(2, 0.5, n)[customer]),
            "resolution_calendar_minutes": np.where(is_open, np.nan, hours * 60),
            "cost": generator.gamma(1.5, 5.0 * truth.factor / 1.5, n) * np.exp(0.3 * shared - 0.045),
            "is_resolved": ~is_open,
        },
        nan_to_null=True,
    )


def _by_customer(share: float, customer: Codes, generator: np.random.Generator) -> Array:
    shares: Array = generator.beta(4 * share, 4 * (1 - share), len(customer))
    return shares[customer]


def one(n: int, truth: Truth, seed: int, times: int = 1) -> pl.DataFrame:
    """The effects of one comparison: A as it was with `times` as many tickets, B with that truth and `n` tickets."""
    generator = np.random.default_rng(seed)
    arms = [
        draw(which, many, generator).with_columns(pl.lit(name).alias("arm"))
        for name, which, many in (("A", BASELINE, n * times), ("B", truth, n))
    ]
    return effects(pl.concat(arms), MEASURES, ["A", "B"])


@dataclass
class Tally:
    """Of one metric and size: comparisons, intervals (of differences, ratios) that cover, and winners where none is."""

    comparisons: int = 0
    covered: int = 0
    ratio_covered: int = 0
    null_comparisons: int = 0
    false_winners: int = 0

    @property
    def coverage(self) -> float:
        return self.covered / self.comparisons

    @property
    def false_winner_rate(self) -> float:
        return self.false_winners / self.null_comparisons


def simulate(n: int, comparisons: int, seed: int = 0, times: int = 1) -> dict[str, Tally]:
    """Tallies by metric of that many comparisons as of one(), every second one without an effect."""
    tallies = {measure.key: Tally() for measure in MEASURES}
    for at in range(comparisons):
        truth = (IMPROVED, BASELINE)[at % 2]
        found = one(n, truth, seed + at, times)
        for row in found.iter_rows(named=True):
            if row["low"] is not None:
                _count(tallies[row["metric"]], row, truth, verdict(found, row["metric"], "B").code)
    return tallies


def _count(tally: Tally, row: dict[str, Any], truth: Truth, code: Code) -> None:
    old, new = BASELINE.values()[row["metric"]], truth.values()[row["metric"]]
    tally.comparisons += 1
    tally.covered += row["low"] <= new - old <= row["high"]
    low, high = row["ratio_low"], row["ratio_high"]
    tally.ratio_covered += (low is None or low <= new / old) and (high is None or new / old <= high)
    if truth is BASELINE:
        tally.null_comparisons += 1
        tally.false_winners += code in {Code.BETTER, Code.WORSE}


def main() -> None:
    """Prints a table: coverage of 93-97% and false winners of at most 5% are wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comparisons", type=int, default=COMPARISONS)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--times", type=int, default=1, help="how many times as many tickets the baseline has")
    parser.add_argument("--seed", type=int, default=0, help="of the first comparison; the next ones count on from it")
    parser.add_argument("--out", type=Path, help="a report that gets the table as a section")
    options = parser.parse_args()
    found = ["| tickets an arm | metric | comparisons | covers the difference | covers the ratio | false winners |"]
    found.append("|---|---|---|---|---|---|")
    print(*found, sep="\n")
    for n in options.sizes:
        for metric, tally in simulate(n, options.comparisons, options.seed, options.times).items():
            found.append(
                f"| {n:,} | {metric} | {tally.comparisons:,} | {tally.coverage:.1%} "
                f"| {tally.ratio_covered / tally.comparisons:.1%} | {tally.false_winner_rate:.1%} |"
            )
            print(found[-1], flush=True)
    if options.out:
        before = options.out.read_text(encoding="utf-8")
        options.out.write_text(with_section(before, section(options, found)), encoding="utf-8")


def section(options: argparse.Namespace, rows: list[str]) -> str:
    """The section of the report, as Markdown."""
    sizes = " ".join(str(size) for size in options.sizes)
    said = (
        f"Written on {dt.datetime.now(dt.UTC).date()} by `python -m benchmarks.comparison --sizes {sizes} "
        f"--comparisons {options.comparisons} --times {options.times} --seed {options.seed}`. Intervals "
        "are to cover 93 to 97%, and of verdicts where nothing differs (half of the comparisons) at most 5% may name a "
        "winner."
    )
    return "\n\n".join([COVERAGE_HEADING, said, "\n".join(rows)]) + "\n"


if __name__ == "__main__":
    main()

"""The notable changes of a week: what moved beyond noise, ranked, in sentences.

Every workflow's metrics are compared with the mean of the four weeks before, and with the mean of the 22 weeks before
those, so that a bad month is not forgotten once it has become its own yardstick. So many comparisons find something by
chance, so only those are kept that pass the Benjamini-Hochberg rule (1995, JRSS B 57) at a false discovery rate of 5%.
The rest are ranked by how far the move exceeds its noise, times the share of the shop's tickets that it touches.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from analysis.compare import Change, Estimate, Verdict, compare, mean_of
from analysis.drivers import Driver, driver
from analysis.series import Series, at, before
from analysis.wording import Speech

FALSE_DISCOVERY_RATE = 0.05
MOST_OF_A_FAMILY = 2  # five sentences about one KPI would hide the others
RECENT_WEEKS = 4
EARLIER_WEEKS = 22
STANDING_WEIGHT = 0.5  # what has stood for weeks is known to many already, so it ranks below what is new


@dataclass(frozen=True)
class Metric:
    """What a sentence needs to know of a metric."""

    key: str
    label: str
    unit: str
    better: str


@dataclass(frozen=True)
class Finding:
    """One change worth reading: where, which metric, how big, and how it ranks."""

    workflow: str
    metric: Metric
    now: Estimate
    change: Change
    score: float
    is_new: bool = True
    driver: Driver | None = None


def findings(
    series: Mapping[tuple[str, str], Series], metrics: Sequence[Metric], week: dt.date, most: int = 5
) -> list[Finding]:
    """The `most` highest ranked findings of `week`.

    `series` maps (workflow, metric) to that metric's weeks; the workflow 'all' is the shop. One finding per workflow
    and family of metrics (mean and median of one thing say the same), and a change of the shop that one workflow
    explains is told as that workflow's.
    """
    keys = [(workflow, metric) for workflow in _workflows(series) for metric in metrics]
    candidates = [finding for workflow, metric in keys for finding in _tested(series, workflow, metric, week)]
    kept = _discoveries(candidates)
    explained = [_with_driver(series, finding, week) for finding in kept]
    return _distinct(sorted(explained, key=lambda finding: -finding.score))[:most]


def sentence(finding: Finding, names: Mapping[str, str], speech: Speech) -> str:
    """One plain sentence: the thing, the size, the period, the likely cause if known."""
    metric, change = finding.metric, finding.change
    where = "" if finding.workflow == "all" else f"{names.get(finding.workflow, finding.workflow)}: "
    delta, unit = change.delta or 0.0, metric.unit
    delta, unit = change.delta or 0.0, metric.unit
    value, was = speech.value(finding.now.value, unit), speech.value(change.before, unit)
    if finding.is_new:
        verb = "rose" if delta > 0 else "fell"
        moved = f"{verb} to {value} from {was} on average over the four weeks before"
    else:
        side = "above" if delta > 0 else "below"
        moved = f"stays {side} what it was before last month, {value} after {was} on average"
    size = speech.change(delta, change.before, unit)
    judged = f", {change.verdict}" if change.verdict in {Verdict.BETTER, Verdict.WORSE} else ""
    label = _mid_sentence(metric.label) if where else metric.label
    return f"{where}{label} {moved} ({size}{judged}){_because(finding, names)}."


def _mid_sentence(label: str) -> str:
    """A label without its capital, unless it is an abbreviation."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _because(finding: Finding, names: Mapping[str, str]) -> str:
    cause = finding.driver
    if cause is None:
        return ""
    name = names.get(cause.workflow, cause.workflow)
    if cause.kind == "rate":
        part = min(1.0, abs(cause.effect / (finding.change.delta or 1.0)))
        return f", mostly because of {name} ({part:.0%} of the change)"
    more = "a larger" if cause.share_now > cause.share_before else "a smaller"
    return f", mostly because {name} made up {more} share ({cause.share_now:.0%} after {cause.share_before:.0%})"


def _workflows(series: Mapping[tuple[str, str], Series]) -> list[str]:
    return sorted({workflow for workflow, _ in series})


def _tested(series: Mapping[tuple[str, str], Series], workflow: str, metric: Metric, week: dt.date) -> list[Finding]:
    """The two comparisons of one metric of one workflow, as far as they can be made."""
    weeks = series.get((workflow, metric.key))
    if weeks is None:
        return []
    now, past = at(weeks, week), before(weeks, week, EARLIER_WEEKS + RECENT_WEEKS)
    history = [point.value for point in past if point.is_usable and point.value is not None]
    share = _share(series, workflow, metric.key, week)
    found = []
    for is_new, span in ((True, past[-RECENT_WEEKS:]), (False, past[:-RECENT_WEEKS])):
        fewest = RECENT_WEEKS // 2 if is_new else EARLIER_WEEKS // 2
        change = compare(now, mean_of(span, fewest), metric.better, history, weeks=len(span))
        if change.delta is None or change.noise == 0.0:
            continue
        excess = max(0.0, abs(change.delta) - change.noise) / change.noise
        weight = share if is_new else share * STANDING_WEIGHT
        found.append(Finding(workflow, metric, now, change, excess * weight, is_new))
    return found


def _share(series: Mapping[tuple[str, str], Series], workflow: str, metric: str, week: dt.date) -> float:
    part, whole = (at(series[key], week).n if key in series else 0 for key in ((workflow, metric), ("all", metric)))
    return part / whole if whole else 1.0


def _discoveries(candidates: Sequence[Finding]) -> list[Finding]:
    ordered = sorted(candidates, key=lambda finding: finding.change.p_value)
    passed = [
        rank
        for rank, finding in enumerate(ordered, start=1)
        if finding.change.p_value <= FALSE_DISCOVERY_RATE * rank / len(ordered)
    ]
    return [finding for finding in ordered[: max(passed, default=0)] if finding.score > 0]


def _with_driver(series: Mapping[tuple[str, str], Series], finding: Finding, week: dt.date) -> Finding:
    if finding.workflow != "all" or finding.metric.unit == "count":
        return finding
    parts = {
        workflow: weeks
        for (workflow, metric), weeks in series.items()
        if metric == finding.metric.key and workflow != "all"
    }
    now = {workflow: at(weeks, week) for workflow, weeks in parts.items()}
    earlier = {workflow: mean_of(_span(weeks, week, finding.is_new)) for workflow, weeks in parts.items()}
    cause = driver(_frame(earlier), _frame(now), finding.change.delta or 0.0)
    return replace(finding, driver=cause)


def _span(weeks: Series, week: dt.date, is_new: bool) -> list[Estimate]:
    past = before(weeks, week, EARLIER_WEEKS + RECENT_WEEKS)
    return past[-RECENT_WEEKS:] if is_new else past[:-RECENT_WEEKS]


def _frame(parts: Mapping[str, Estimate]) -> pl.DataFrame:
    return pl.DataFrame(
        [(workflow, figure.value, figure.n) for workflow, figure in parts.items()],
        schema={"workflow": pl.String, "value": pl.Float64, "n": pl.Int64},
        orient="row",
    )


def _distinct(ranked: Sequence[Finding]) -> list[Finding]:
    """Keeps the first of each workflow and family; a workflow's change already told as the shop's driver is dropped."""
    told: set[tuple[str, str]] = set()
    families: Counter[str] = Counter()
    kept = []
    for finding in ranked:
        family = finding.metric.key.split("_")[0]
        if (finding.workflow, family) in told or families[family] == MOST_OF_A_FAMILY:
            continue
        families[family] += 1
        told.add((finding.workflow, family))
        if finding.driver is not None and finding.driver.kind == "rate":
            told.add((finding.driver.workflow, family))
        kept.append(finding)
    return kept

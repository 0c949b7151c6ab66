"""The notable changes of a week: what moved beyond noise, ranked, in sentences.

Every workflow's metrics are compared with the mean of the four weeks before, and with the mean of the 22 weeks before
those, so that a bad month is not forgotten once it has become its own yardstick. So many comparisons find something by
chance, so only those are kept that pass the Benjamini-Hochberg rule (1995, JRSS B 57) at a false discovery rate of 5%.
The rest are ranked by how far the move exceeds its noise, times the share of the shop's tickets that it touches.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from analysis.change import Change, Estimate, Verdict, compare, mean_of
from analysis.drivers import Driver, count_drivers, drivers
from analysis.series import Series, at, before
from analysis.wording import Speech

FALSE_DISCOVERY_RATE = 0.05
MOST_OF_A_FAMILY = 2  # five sentences about one KPI would hide the others
RECENT_WEEKS = 4
EARLIER_WEEKS = 22
STANDING_WEIGHT = 0.5  # what has stood for weeks is known to many already, so it ranks below what is new
NOT_ADDITIVE = ("median", "p90")  # the parts of such a figure do not sum to it
# The parts of one workflow's metric, by each way of dividing it (channels, variants): name of the part -> its weeks.
Divisions = Callable[[str, str], Sequence[Mapping[str, Series]]]


@dataclass(frozen=True)
class Metric:
    """What a sentence needs to know of a metric."""

    key: str
    label: str
    unit: str
    better: str


@dataclass(frozen=True)
class Finding:
    """One change worth reading: where, which metric, how big, and how it ranks.

    `compared` are the Mondays of the first and last week that it is compared with.
    """

    workflow: str
    metric: Metric
    week: dt.date
    now: Estimate
    change: Change
    score: float
    is_new: bool = True
    compared: tuple[dt.date, dt.date] | None = None
    drivers: tuple[Driver, ...] = ()


def findings(
    series: Mapping[tuple[str, str], Series],
    metrics: Sequence[Metric],
    week: dt.date,
    most: int = 5,
    divisions: Divisions | None = None,
) -> list[Finding]:
    """The `most` highest ranked findings of `week`.

    `series` maps (workflow, metric) to that metric's weeks; the workflow 'all' is the shop. One finding per workflow
    and family of metrics (mean and median of one thing say the same), and a change of the shop that one workflow
    explains is told as that workflow's. What lies behind a workflow's own change is looked for in its `divisions`.
    """
    keys = [(workflow, metric) for workflow in _workflows(series) for metric in metrics]
    candidates = [finding for workflow, metric in keys for finding in _tested(series, workflow, metric, week)]
    kept = _discoveries(candidates)
    explained = [_with_driver(series, finding, week) for finding in kept]
    told = _distinct(sorted(explained, key=lambda finding: -finding.score))[:most]
    return [finding if divisions is None else _with_division(finding, divisions) for finding in told]


def sentence(finding: Finding, names: Mapping[str, str], speech: Speech) -> str:
    """One plain sentence: the thing, the size, the period, the likely cause if known."""
    metric, change = finding.metric, finding.change
    where = "" if finding.workflow == "all" else f"{names.get(finding.workflow, finding.workflow)}: "
    label = _mid_sentence(metric.label) if where else metric.label
    delta, unit = change.delta or 0.0, metric.unit
    value, was = speech.value(finding.now.value, unit), speech.value(change.before, unit)
    week = f"in week {finding.week.isocalendar().week}"
    if finding.is_new:
        verb = "rose" if delta > 0 else "fell"
        size = speech.size(delta, change.before, unit)
        moved = f"{verb} by {size} to {value} {week}, from {was} on average in the four weeks before"
    else:
        size = speech.distance(delta, change.before, unit)
        moved = f"stood at {value} {week}, {size} the average of {was} {_months(finding.compared)}".rstrip()
    judged = f" ({change.verdict})" if change.verdict in {Verdict.BETTER, Verdict.WORSE} else ""
    return f"{where}{label} {moved}{judged}{_because(finding, names)}."


def _months(compared: tuple[dt.date, dt.date] | None) -> str:
    """From May to October, with years where they differ."""
    if compared is None:
        return ""
    first, last = compared[0], compared[1] + dt.timedelta(days=6)
    if (first.year, first.month) == (last.year, last.month):
        return f"in {first:%B}"
    year = f" {first.year}" if first.year != last.year else ""
    return f"from {first:%B}{year} to {last:%B}{f' {last.year}' if year else ''}"


def _mid_sentence(label: str) -> str:
    """A label without its capital, unless it is an abbreviation."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _because(finding: Finding, names: Mapping[str, str]) -> str:
    if not finding.drivers:
        return ""
    first, *others = finding.drivers
    if [cause.workflow for cause in others] == [first.workflow]:
        name, size = names.get(first.workflow, first.workflow), _share_words(first)
        return f", mostly because of {name}: its own figure and its {size}"
    causes = [_cause(cause, finding, names) for cause in finding.drivers]
    return f", mostly because of {' and '.join(causes)}"


def _cause(cause: Driver, finding: Finding, names: Mapping[str, str]) -> str:
    name = names.get(cause.workflow, cause.workflow)
    if cause.kind == "rate":
        part = min(1.0, abs(cause.effect / (finding.change.delta or 1.0)))
        return f"{name} ({part:.0%} of the change)"
    return f"{name} and its {_share_words(cause)}"


def _share_words(cause: Driver) -> str:
    more = "larger" if cause.share_now > cause.share_before else "smaller"
    return f"{more} share of tickets ({cause.share_now:.0%} after {cause.share_before:.0%})"


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
        found.append(
            Finding(workflow, metric, week, now, change, excess * weight, is_new, _compared(weeks, week, is_new))
        )
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


def _compared(weeks: Series, week: dt.date, is_new: bool) -> tuple[dt.date, dt.date] | None:
    """The first and last usable week of those that `week` is compared with."""
    backs = range(1, RECENT_WEEKS + 1) if is_new else range(RECENT_WEEKS + 1, RECENT_WEEKS + EARLIER_WEEKS + 1)
    days = [week - dt.timedelta(weeks=back) for back in backs]
    used = [day for day in days if at(weeks, day).is_usable]
    return (min(used), max(used)) if used else None


def _with_driver(series: Mapping[tuple[str, str], Series], finding: Finding, week: dt.date) -> Finding:
    if finding.workflow != "all":
        return finding
    parts = {
        workflow: weeks
        for (workflow, metric), weeks in series.items()
        if metric == finding.metric.key and workflow != "all"
    }
    return replace(finding, drivers=_drivers(finding, parts, week))


def _with_division(finding: Finding, divisions: Divisions) -> Finding:
    if finding.workflow == "all" or finding.drivers:
        return finding
    found = [
        _drivers(finding, parts, finding.week)
        for parts in divisions(finding.workflow, finding.metric.key)
        if len(parts) > 1
    ]
    return replace(finding, drivers=min((causes for causes in found if causes), key=len, default=()))


def _drivers(finding: Finding, parts: Mapping[str, Series], week: dt.date) -> tuple[Driver, ...]:
    if any(word in finding.metric.key for word in NOT_ADDITIVE):
        return ()
    now = {name: at(weeks, week) for name, weeks in parts.items()}
    earlier = {name: mean_of(_span(weeks, week, finding.is_new)) for name, weeks in parts.items()}
    split = count_drivers if finding.metric.unit == "count" else drivers
    return split(_frame(earlier), _frame(now), finding.change.delta or 0.0)


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
        told |= {(cause.workflow, family) for cause in finding.drivers if cause.kind == "rate"}
        kept.append(finding)
    return kept

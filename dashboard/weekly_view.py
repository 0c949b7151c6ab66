"""Everything the weekly page shows of one selection, put together once from the marts and the analysis room."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl
import streamlit as st

from analysis.change import Change, Estimate, compare, mean_of
from analysis.notable import Divisions, Finding, Metric, findings
from analysis.ranking import Judged, judge, target_for, worst_first
from analysis.series import Series, at, before, by_metric
from dashboard import data
from dashboard.data import Snapshot
from dashboard.format import monday_of, spoken_key
from dashboard.selection import ALL, Selection

TREND_WEEKS = 26
REST = "unclassified"
VOLUME = "tickets_created"
# Shares whose label alone reads oddly in a sentence.
SPOKEN = {
    "one_touch": "Share resolved with one reply",
    "reopen_rate": "Share reopened",
    "resolution_rate_cohort": "Share {label}",
}
# Counts that are worth a sentence when they move, though they are no figure of quality.
COUNTED = frozenset({VOLUME, "backlog"})


@dataclass(frozen=True)
class MetricInfo:
    """One metric as the page uses it: a row of the metric table."""

    key: str
    label: str
    unit: str
    better: str
    min_n: int
    is_headline: bool
    is_table: bool
    sentence: str
    week_column: str
    ticket_filter: str
    matures_days: int

    def final_on(self, week: dt.date) -> dt.date:
        """The day from which the figure of `week` (its Monday) cannot change any more."""
        return week + dt.timedelta(days=7 + self.matures_days)

    @property
    def spoken(self) -> Metric:
        """What sentences need of it."""
        words = SPOKEN.get(self.key, self.label).format(label=self.label[:1].lower() + self.label[1:])
        return Metric(self.key, words, self.unit, self.better)

    @property
    def is_dated(self) -> bool:
        """Whether its tickets belong to a week; else they are those as of the snapshot."""
        return bool(self.week_column) or "$week" in self.ticket_filter

    def has_list(self, week: dt.date, snap: Snapshot) -> bool:
        """Whether the tickets behind the figure of `week` are known: of what is open, only as of the snapshot."""
        return self.is_dated or week == monday_of(snap.snapshot_at, snap.time_zone)


@dataclass(frozen=True)
class Tile:
    """One KPI of the strip. `shown` is the week that changes and target refer to: the chosen one, or the last final."""

    metric: MetricInfo
    chosen_week: dt.date
    week: dt.date
    current: Estimate
    shown: Estimate
    on_last_week: Change
    on_four_weeks: Change
    judged: Judged
    history: tuple[Estimate, ...]


@dataclass(frozen=True)
class Row:
    """One workflow (or variant) of the table: a figure and its standing per metric."""

    key: str
    name: str
    color_index: int | None
    figures: dict[str, Estimate]
    judged: dict[str, Judged]


@st.cache_resource(max_entries=4, show_spinner=False)
def metric_infos(path: str) -> dict[str, MetricInfo]:
    """Every metric by key, in display order."""
    rows = data.metrics(path).rename({"metric": "key"}).select(list(MetricInfo.__dataclass_fields__))
    rows = rows.with_columns(pl.col("week_column", "ticket_filter", "sentence").fill_null(""))
    return {row["key"]: MetricInfo(**row) for row in rows.iter_rows(named=True)}


@st.cache_resource(max_entries=4, show_spinner=False)
def lists(path: str) -> dict[str, MetricInfo]:
    """Everything that has a list of tickets: the metrics, and the lists that are no metric's."""
    own = {
        key: MetricInfo(key, label, "count", "neither", 0, False, False, sentence, column, where, 0)
        for key, label, sentence, column, where in data.TICKET_LISTS
    }
    return metric_infos(path) | own


def comparable(path: str, rows: pl.DataFrame, chosen: dt.date) -> pl.DataFrame:
    """Without the first week of the data, unless it is the chosen one.

    An export rarely begins on that week's Monday, and what was open before it is missing, so that its volume is too
    small and its resolution times are too short to be anybody's yardstick.
    """
    first = data.weeks(path)["week"][-1]
    return rows.filter((pl.col("week") > first) | (pl.col("week") == chosen))


def has_past(path: str, chosen: Selection) -> bool:
    """Whether there are two earlier weeks to compare the chosen one with."""
    earlier = before(history(path, chosen).get(VOLUME, {}), chosen.week, TREND_WEEKS)
    return sum(point.is_usable for point in earlier) > 1


@st.cache_resource(max_entries=64, show_spinner=False)
def history(path: str, chosen: Selection) -> dict[str, Series]:
    """Every metric's weeks of the chosen slice that can be compared."""
    rows = comparable(path, data.slice_weeks(path, chosen.workflow, chosen.variant, chosen.channel), chosen.week)
    return {key[0]: series for key, series in by_metric(rows, "metric").items()}


@st.cache_resource(max_entries=64, show_spinner=False)
def tiles(path: str, chosen: Selection) -> list[Tile]:
    """The headline KPIs in their order."""
    series, goals = history(path, chosen), data.targets(path)
    return [
        _tile(info, series.get(info.key, {}), chosen, goals) for info in metric_infos(path).values() if info.is_headline
    ]


def _tile(info: MetricInfo, series: Series, chosen: Selection, goals: pl.DataFrame) -> Tile:
    current = at(series, chosen.week)
    week = chosen.week if current.is_complete else _last_final(series, chosen.week)
    shown, earlier = at(series, week), before(series, week, TREND_WEEKS)
    routine = [point.value for point in earlier if point.is_usable and point.value is not None]
    return Tile(
        info,
        chosen.week,
        week,
        current,
        shown,
        compare(shown, earlier[-1], info.better, routine),
        compare(shown, mean_of(earlier[-4:]), info.better, routine, weeks=4),
        judge(shown, target_for(goals, info.key, chosen.workflow), info.better),
        (*before(series, chosen.week, TREND_WEEKS - 1), current),
    )


def _last_final(series: Series, week: dt.date) -> dt.date:
    """The newest week before `week` whose figure will not change any more; `week` itself if there is none."""
    return max((known for known, point in series.items() if known < week and point.is_complete), default=week)


@dataclass(frozen=True)
class _Sheet:
    """What the rows of one table have in common: the figures by (row, metric), and how they are judged."""

    week: dt.date
    figures: dict[tuple[str, ...], dict[dt.date, Estimate]]
    infos: tuple[MetricInfo, ...]
    goals: pl.DataFrame

    def row(self, key: str, name: str, color: int | None, target_of: str) -> Row:
        """One row; `target_of` is the workflow whose targets count."""
        known = [info for info in self.infos if (key, info.key) in self.figures]
        figures = {info.key: at(self.figures[key, info.key], self.week) for info in known}
        judged = {
            info.key: judge(figures[info.key], target_for(self.goals, info.key, target_of), info.better)
            for info in known
        }
        return Row(key, name, color, figures, judged)


def _sheet(path: str, week: dt.date, rows: pl.DataFrame, key: str) -> _Sheet:
    infos = tuple(info for info in metric_infos(path).values() if info.is_table or info.key == VOLUME)
    return _Sheet(week, by_metric(rows, key, "metric"), infos, data.targets(path))


@st.cache_resource(max_entries=64, show_spinner=False)
def workflow_rows(path: str, chosen: Selection) -> list[Row]:
    """Workflows worst first, unclassified after them, and the shop ('all') as the last row."""
    frame = data.workflow_weeks(path, chosen.channel, chosen.week, chosen.week)
    sheet = _sheet(path, chosen.week, frame, "workflow")
    names = data.workflows(path).select("workflow", "name", "color_index").iter_rows()
    rows = {key: sheet.row(key, name, color, key) for key, name, color in (*names, (ALL, "Whole shop", None))}
    whole = rows.pop(ALL)
    volume = {key: at(sheet.figures.get((key, VOLUME), {}), chosen.week).n for key in rows}
    order = worst_first({key: row.judged for key, row in rows.items()}, volume, REST)
    return [*(rows[key] for key in order if rows[key].figures), whole]


@st.cache_resource(max_entries=64, show_spinner=False)
def variant_rows(path: str, chosen: Selection) -> list[Row]:
    """Variants of the chosen workflow; empty unless it has at least two."""
    names = data.variants(path).filter(pl.col("workflow") == chosen.workflow)
    if names.height < 2:
        return []
    frame = data.variant_weeks(path, chosen.workflow, chosen.channel, chosen.week)
    sheet = _sheet(path, chosen.week, frame, "variant")
    return [sheet.row(key, name, None, chosen.workflow) for key, name in names.select("variant", "name").iter_rows()]


@st.cache_resource(max_entries=64, show_spinner=False)
def notable(path: str, chosen: Selection) -> list[Finding]:
    """The notable changes of the week: of every workflow, or only of the chosen one."""
    infos = [
        info.spoken for info in metric_infos(path).values() if info.is_headline or info.is_table or info.key in COUNTED
    ]
    if chosen.variant != ALL:
        own = history(path, chosen)
        return findings({(chosen.workflow, key): series for key, series in own.items()}, infos, chosen.week)
    first = chosen.week - dt.timedelta(weeks=TREND_WEEKS)
    rows = comparable(path, data.workflow_weeks(path, chosen.channel, first, chosen.week), chosen.week)
    found = by_metric(rows, "workflow", "metric")
    series = {(key[0], key[1]): weeks for key, weeks in found.items()}
    if chosen.workflow != ALL:
        series = {key: weeks for key, weeks in series.items() if key[0] == chosen.workflow}
    return findings(series, infos, chosen.week, divisions=None if chosen.channel != ALL else _divisions(path, chosen))


def _divisions(path: str, chosen: Selection) -> Divisions:
    """The channels of a workflow's metric, and its variants, each under the name that a sentence gives it."""
    variants = {
        (flow, key): name for flow, key, name in data.variants(path).select("workflow", "variant", "name").rows()
    }
    first = chosen.week - dt.timedelta(weeks=TREND_WEEKS)

    def divisions(workflow: str, metric: str) -> list[dict[str, Series]]:
        rows = data.part_weeks(path, workflow, first, chosen.week).filter(pl.col("metric") == metric)
        parts = by_metric(comparable(path, rows, chosen.week), "channel", "variant")
        channels: dict[str, Series] = {}
        own: dict[str, Series] = {}
        for (channel, variant), weeks in parts.items():
            if variant == ALL:
                channels[f"the {spoken_key(channel).lower()} channel"] = weeks
            else:
                own[f"variant “{variants.get((workflow, variant), variant)}”"] = weeks
        return [own, channels]

    return divisions


def trend_frame(path: str, chosen: Selection, metric: str) -> pl.DataFrame:
    """The 26 weeks up to the chosen one of one metric, every week present: missing ones have null values."""
    first = chosen.week - dt.timedelta(weeks=TREND_WEEKS - 1)
    weeks = pl.DataFrame({"week": pl.date_range(first, chosen.week, "1w", eager=True)})
    rows = data.slice_weeks(path, chosen.workflow, chosen.variant, chosen.channel).filter(pl.col("metric") == metric)
    rows = comparable(path, rows, chosen.week)
    return weeks.join(rows, on="week", how="left").with_columns(
        pl.col("too_few").fill_null(False), pl.col("is_complete").fill_null(True)
    )

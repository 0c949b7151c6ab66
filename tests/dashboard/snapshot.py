"""Writes a small but realistic published snapshot, so that the pages can be tested without a build.

The tickets are drawn at random with a fixed seed and carry a story (returns slow down, order updates surge in the last
week, almost no onboarding answers), and `kpi_week` is aggregated from them, so every number has its tickets. The
formulas here are stand-ins for tests of the pages, never a second definition of a KPI.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

WEEKS = 53
END = dt.date(2026, 11, 22)
BUILD_ID = "20261122T235959-test"
# key, name, tickets a week, hours to resolve, satisfied share, minutes of work
WORKFLOWS: tuple[tuple[str, str, int, float, float, float], ...] = (
    ("routing", "Ticket routing", 60, 5.0, 0.90, 6.0),
    ("order_updates", "Order updates", 130, 7.0, 0.88, 5.0),
    ("onboarding", "Onboarding", 25, 12.0, 0.93, 9.0),
    ("cart_recovery", "Cart recovery", 35, 4.0, 0.91, 4.0),
    ("returns", "Returns", 95, 30.0, 0.80, 12.0),
    ("unclassified", "Unclassified", 14, 16.0, 0.82, 8.0),
)
CHANNELS = ("email", "chat", "web", "phone")

FEWEST = {"hours": 5, "count": 0}

# Metric rows: key, label, unit, better, position, headline, table, expression, n, week column, ticket filter, interval.
METRICS: tuple[tuple[str, str, str, str, int, bool, bool, str, str, str, str, str], ...] = (
    ("csat", "CSAT", "share", "higher", 1, True, True, "avg(csat_satisfied::int)", "count(csat_satisfied)",
     "csat_week", "is_counted and csat_satisfied is not null", "wilson"),
    ("ces", "CES", "score", "higher", 2, True, True, "avg(ces_score)", "count(ces_score)",
     "ces_week", "is_counted and ces_score is not null", "t"),
    ("resolution_time_mean_calendar_hours", "Average resolution time", "hours", "lower", 3, True, True,
     "avg(resolution_calendar_minutes) / 60", "count(*)", "resolved_week", "is_measured and is_resolved", "t"),
    ("resolution_rate_cohort", "Resolved within 7 days", "share", "higher", 4, True, True,
     "avg(resolved_in_cohort::int)", "count(*)", "created_week", "is_measured", "wilson"),
    ("cost_per_resolution", "Cost per resolution", "money", "lower", 5, True, True,
     "sum(cost)::double / count(*)", "count(*)", "resolved_week", "is_measured and is_resolved", "t"),
    ("first_reply_median_calendar_hours", "First reply, median", "hours", "lower", 6, False, True,
     "median(first_reply_calendar_minutes) / 60", "count(*)", "created_week",
     "is_measured and first_reply_calendar_minutes is not null", "t"),
    ("one_touch", "One-touch", "share", "higher", 7, False, True, "avg(is_one_touch::int)", "count(*)",
     "resolved_week", "is_measured and is_resolved", "wilson"),
    ("reopen_rate", "Reopened", "share", "lower", 8, False, True, "avg(is_reopened::int)", "count(*)",
     "first_resolved_week", "is_measured and is_resolved", "wilson"),
    ("tickets_created", "Tickets created", "count", "neither", 9, False, True, "count(*)", "count(*)",
     "created_week", "is_counted", "none"),
    ("tickets_resolved", "Tickets resolved", "count", "neither", 10, False, False, "count(*)", "count(*)",
     "resolved_week", "is_counted and is_resolved", "none"),
    ("tickets_reopened", "Tickets reopened", "count", "lower", 11, False, False, "sum(reopen_count)", "count(*)",
     "first_resolved_week", "is_counted and is_reopened", "none"),
)  # fmt: skip

SHAPE = """
create table metric (metric varchar, label varchar, unit varchar, better varchar, anchor varchar,
    interval_method varchar, min_n integer, position integer, is_headline boolean, is_table boolean, sentence varchar,
    expression varchar, week_column varchar, ticket_filter varchar,
    matures_days integer);
create table kpi_week (week date, iso_week varchar, workflow varchar, variant varchar, channel varchar, metric varchar,
    value double, n bigint, low double, high double, unit varchar, too_few boolean, is_complete boolean);
create table kpi_target (metric varchar, workflow varchar, priority varchar, value double);
create table load_batch (batch_no integer, batch_id varchar, file varchar, source varchar, read bigint, loaded bigint,
    quarantined bigint, known bigint, last_at timestamp, loaded_at timestamp);
create table quarantine (batch_no integer, file varchar, source varchar, line bigint, rule varchar,
    column_name varchar, expected varchar, found varchar, raw varchar, remedy varchar);
create table process_period (period varchar, label varchar, from_at timestamp, to_at timestamp);
create table process_size (period varchar, workflow varchar, ticket_count bigint);
insert into kpi_target values ('csat', 'all', 'all', 0.85), ('ces', 'all', 'all', 5.5),
    ('resolution_time_mean_calendar_hours', 'all', 'all', 24), ('resolution_rate_cohort', 'all', 'all', 0.9),
    ('cost_per_resolution', 'all', 'all', 6), ('resolution_time_mean_calendar_hours', 'returns', 'all', 36);
insert into load_batch values
    (1, 'ab12', 'tickets-2026-11.jsonl', 'zendesk_ticket', 20012, 20004, 8, 0, '2026-11-22 21:14', '2026-11-22 23:50'),
    (2, 'cd34', 'orders.csv', 'shopify_order', 31840, 31840, 0, 0, '2026-11-22 22:02', '2026-11-22 23:51'),
    (3, 'ef56', 'ces-survey.csv', 'survey:ces', 2210, 2207, 1, 2, '2026-11-22 19:40', '2026-11-22 23:51');
insert into quarantine values
    (1, 'tickets-2026-11.jsonl', 'zendesk_ticket', 881, 'created_at is a time', 'created_at', 'an ISO time',
     'yesterday', '{"id": 881, "created_at": "yesterday"}', 'Export the ticket again, then ingest the new file.'),
    (3, 'ces-survey.csv', 'survey:ces', 41, 'score on the scale', 'score', '1 to 7', '9', 'A-41,9',
     'Check scale_max of this survey in config/sources.yml.');
"""


@dataclass(frozen=True)
class Story:
    """What differs between fixtures: the last day, the number of weeks, and whether there are tickets at all."""

    end: dt.date = END
    weeks: int = WEEKS
    empty: bool = False


def publish_fixture(home: Path, story: Story | None = None) -> Path:
    """Writes the snapshot under `home`/data/warehouse and moves `current` to it. Returns the file's path."""
    told = story or Story()
    folder = home / "data" / "warehouse"
    folder.mkdir(parents=True, exist_ok=True)
    (home / "flowmeter.toml").touch()
    target = folder / f"warehouse-{BUILD_ID}.duckdb"
    target.unlink(missing_ok=True)
    with duckdb.connect(str(target)) as con:
        con.execute(SHAPE)
        _dimensions(con, told)
        con.register("tickets", _tickets(told))
        con.execute("create table fct_ticket as select * from tickets")
        if told.empty:
            con.execute("delete from fct_ticket")
        _kpis(con, told)
        _backlog(con, told)
    link = folder / "current"
    link.unlink(missing_ok=True)
    link.symlink_to(target.name)
    return target


def _dimensions(con: duckdb.DuckDBPyConnection, story: Story) -> None:
    names = pl.DataFrame(
        {
            "workflow": [row[0] for row in WORKFLOWS],
            "name": [row[1] for row in WORKFLOWS],
            "description": ["" for _ in WORKFLOWS],
            "position": list(range(1, len(WORKFLOWS) + 1)),
            "color_index": list(range(len(WORKFLOWS))),
            "is_order_status": [row[0] == "order_updates" for row in WORKFLOWS],
            "is_cart_recovery": [row[0] == "cart_recovery" for row in WORKFLOWS],
        }
    )
    con.register("names", names)
    con.execute("create table dim_workflow as select * from names")
    con.execute("""create table dim_variant as select * from (values ('order_updates', 'a', 'A: macro by hand', 1),
        ('order_updates', 'b', 'B: proactive notice', 2)) as v(workflow, variant, name, position)""")
    moment = dt.datetime.combine(story.end, dt.time(22, 40))
    con.execute(
        """create table snapshot as select ?::timestamp as snapshot_at, ?::timestamp + interval 2 hour as built_at,
        ? as build_id, 'Fjord & Loom' as shop_name, 'EUR' as currency, 'Europe/Berlin' as time_zone,
        'https://fjordloom.zendesk.com' as helpdesk_url, ?::bigint as ticket_count""",
        [moment, moment, BUILD_ID, 0 if story.empty else 19027],
    )


def _tickets(story: Story) -> pl.DataFrame:
    rng = np.random.default_rng(7)
    start = story.end - dt.timedelta(days=7 * story.weeks - 1)
    frames = [_workflow_tickets(rng, row, start, story.weeks) for row in WORKFLOWS]
    frame = pl.concat(frames).sort("created_at").with_row_index("row")
    cut = dt.datetime.combine(story.end, dt.time(23, 59))
    frame = frame.with_columns(
        pl.col("row").cast(pl.Int64).alias("ticket_key"),
        pl.format("zendesk-{}", pl.col("row") + 10_000).alias("ticket_id"),
        (pl.col("row") + 10_000).cast(pl.String).alias("source_ticket_id"),
        pl.format("https://fjordloom.zendesk.com/agent/tickets/{}", pl.col("row") + 10_000).alias("url"),
        (pl.col("resolved_at") <= cut).alias("is_resolved"),
    ).with_columns(pl.when("is_resolved").then("resolved_at").alias("resolved_at"))
    week = [
        pl.col(source).dt.truncate("1w").dt.date().alias(name)
        for source, name in (("created_at", "created_week"), ("resolved_at", "resolved_week"))
    ]
    frame = frame.with_columns(*week).with_columns(
        pl.col("resolved_week").alias("first_resolved_week"),
        pl.when(pl.col("csat_satisfied").is_not_null()).then("resolved_week").alias("csat_week"),
        pl.when(pl.col("ces_score").is_not_null()).then("resolved_week").alias("ces_week"),
        (pl.col("is_resolved") & (pl.col("resolution_calendar_minutes") <= 7 * 1440)).alias("resolved_in_cohort"),
        pl.when("is_resolved").then(pl.lit("solved")).otherwise(pl.lit("open")).alias("status"),
    )
    return frame.drop("row")


def _workflow_tickets(
    rng: np.random.Generator, row: tuple[str, str, int, float, float, float], start: dt.date, weeks: int
) -> pl.DataFrame:
    key, _, per_week, hours, satisfied, work = row
    ramp = np.ones(weeks)
    if key == "order_updates":
        ramp[-1] = 1.55
    counts = rng.poisson(per_week * ramp)
    n = int(counts.sum())
    week = np.repeat(np.arange(weeks), counts)
    seconds = (week * 7 + rng.integers(0, 7, n)) * 86_400 + rng.integers(7 * 3600, 21 * 3600, n)
    slow = np.where((key == "returns") & (week >= weeks - 3), 1.7, 1.0)
    minutes = rng.lognormal(np.log(hours * 60 * 0.7), 0.85, n) * slow
    answers = rng.random(n) < (0.10 if key == "onboarding" else 0.34)
    happy = rng.random(n) < np.where(slow > 1, satisfied - 0.16, satisfied)
    effort = np.clip(np.round(rng.normal(5.7 - (slow > 1) * 0.7, 1.1, n)), 1, 7)
    created = np.datetime64(start) + seconds.astype("timedelta64[s]")
    variant = np.where(rng.random(n) < 0.5, "a", "b") if key == "order_updates" else np.full(n, "only")
    touched = rng.random(n) < 0.6
    return pl.DataFrame(
        {
            "source": ["zendesk"] * n,
            "customer_id": rng.integers(1, 9000, n).astype(str),
            "workflow": [key] * n,
            "variant": variant,
            "channel": rng.choice(CHANNELS, n, p=[0.5, 0.25, 0.17, 0.08]),
            "group_name": rng.choice(["Support", "Returns desk"], n),
            "priority": rng.choice(["low", "normal", "high"], n),
            "subject": rng.choice(["Where is my parcel?", "Wrong size", "Refund not there", "Change my address"], n),
            "tags": [["wismo"] if key == "order_updates" else [key]] * n,
            "is_counted": [True] * n,
            "exclusion_reason": [None] * n,
            "is_outreach": [False] * n,
            "is_measured": [True] * n,
            "created_at": created.astype("datetime64[us]"),
            "resolved_at": (created + (minutes * 60).astype("timedelta64[s]")).astype("datetime64[us]"),
            "resolution_calendar_minutes": minutes,
            "first_reply_calendar_minutes": rng.lognormal(np.log(95), 0.9, n),
            "public_reply_count": np.where(touched, 1, 2),
            "is_one_touch": touched,
            "is_reopened": rng.random(n) < 0.07,
            "reopen_count": np.zeros(n, dtype=np.int64),
            "csat_satisfied": pl.Series([bool(h) if a else None for h, a in zip(happy, answers, strict=True)]),
            "ces_score": pl.Series([float(e) if a else None for e, a in zip(effort, answers, strict=True)]),
            "handle_minutes": rng.gamma(4, work / 4, n),
            "cost": np.round(rng.gamma(4, work / 4, n) * 0.52 + 1.1, 2),
        }
    ).with_columns(pl.col("exclusion_reason").cast(pl.String))


def _kpis(con: duckdb.DuckDBPyConnection, story: Story) -> None:
    last = story.end - dt.timedelta(days=6)
    for metric in METRICS:
        key, label, unit, better, position, headline, table, value, count, week, where, interval = metric
        con.execute(
            "insert into metric values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [key, label, unit, better, week, interval, FEWEST.get(unit, 10), position, headline, table,
             f"{label} as this test fixture computes it.", value, week, where,
             11 if key == "resolution_rate_cohort" else 0],
        )  # fmt: skip
        spread = _spread(key)
        # A cohort of seven days is final eleven days after its week, so the last two weeks are open.
        final = last - dt.timedelta(days=14) if key == "resolution_rate_cohort" else last
        con.execute(f"""
            insert into kpi_week
            with grouped as (
                select {week} as week, coalesce(workflow, 'all') as workflow, coalesce(variant, 'all') as variant,
                    coalesce(channel, 'all') as channel, ({value})::double as value, {count} as n, {spread} as spread
                from fct_ticket where {where} and {week} is not null
                group by grouping sets (({week}), ({week}, workflow), ({week}, workflow, variant), ({week}, channel),
                    ({week}, workflow, channel), ({week}, workflow, variant, channel)))
            select week, strftime(week, '%G-W%V'), workflow, variant, channel, '{key}', value, n,
                {_bound(interval, unit, -1)}, {_bound(interval, unit, 1)}, '{unit}',
                n < {0 if unit == "count" else 10}, week <= date '{final}'
            from grouped""")


def _spread(key: str) -> str:
    columns = {
        "ces": "stddev(ces_score)",
        "resolution_time_mean_calendar_hours": "stddev(resolution_calendar_minutes) / 60",
        "cost_per_resolution": "stddev(cost)",
        "first_reply_median_calendar_hours": "1.25 * stddev(first_reply_calendar_minutes) / 60",
    }
    return columns.get(key, "null::double")


def _bound(interval: str, unit: str, sign: int) -> str:
    """SQL of one end of the 95% interval: Wilson for shares, normal for means, none for counts."""
    if interval == "wilson":
        half = "1.96 * sqrt(value * (1 - value) / n + 0.9604 / (n * n))"
        return f"(value + 1.9208 / n + {sign} * {half}) / (1 + 3.8416 / n)"
    return "null::double" if interval == "none" else f"value + {sign} * 1.96 * spread / sqrt(n)"


def _backlog(con: duckdb.DuckDBPyConnection, story: Story) -> None:
    start = story.end - dt.timedelta(days=7 * story.weeks - 1)
    con.execute(f"""
        create table backlog_day as
        with days as (select unnest(generate_series(date '{start}', date '{story.end}', interval 1 day))::date as day),
        scoped as (select 'all' as scope, * from fct_ticket union all select workflow, * from fct_ticket),
        closing as (
            select day, scope as workflow, day + interval 1 day - created_at as age, created_at::date = day as is_new
            from days join scoped on created_at < day + interval 1 day
                and (resolved_at is null or resolved_at >= day + interval 1 day)),
        counted as (
            select day, workflow, count(*) as closing, count(*) filter (age <= interval 1 day) as open_0_1d,
                count(*) filter (age > interval 1 day and age <= interval 3 day) as open_1_3d,
                count(*) filter (age > interval 3 day and age <= interval 7 day) as open_3_7d,
                count(*) filter (age > interval 7 day) as open_over_7d
            from closing group by all),
        flow as (
            select moment::date as day, scope as workflow, sum(c)::bigint as created, sum(r)::bigint as resolved
            from (select scope, created_at as moment, 1 as c, 0 as r from scoped
                  union all select scope, resolved_at, 0, 1 from scoped where is_resolved) group by all)
        select counted.day, counted.workflow, closing - coalesce(created, 0) + coalesce(resolved, 0) as opening,
            coalesce(created, 0) as created, 0::bigint as reopened, coalesce(resolved, 0) as resolved, closing,
            open_0_1d, open_1_3d, open_3_7d, open_over_7d
        from counted left join flow using (day, workflow)""")

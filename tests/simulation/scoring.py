"""KPIs without a published file, for tests of what is done with them."""

from __future__ import annotations

import polars as pl


def score(tickets: pl.DataFrame) -> pl.DataFrame:
    """Three figures per run and workflow, as flowmeter.simulated_kpis gives all of them."""
    wanted = (
        (pl.col("resolution_calendar_minutes").mean() / 60).alias("resolution_time_mean_calendar_hours"),
        (pl.col("cost_amount").sum() / pl.col("is_resolution").sum()).alias("cost_per_resolution"),
        pl.col("is_measured").sum().cast(pl.Float64).alias("tickets_created"),
    )
    each = tickets.group_by("run", "workflow").agg(wanted)
    total = tickets.group_by("run").agg(wanted).with_columns(workflow=pl.lit("all")).select(each.columns)
    return pl.concat([each, total]).sort("run", "workflow")

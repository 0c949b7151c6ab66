"""What drove a change of the whole: the parts themselves, or how much of each part there was.

A mean or share of the whole is sum(weight x value of the part). Its change splits exactly into a rate effect (the
part's own value moved) and a mix effect (the part's share of volume moved): Kitagawa 1955, JASA 50.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Driver:
    """The part behind most of a change: its own value moved ('rate') or its share of the volume did ('mix')."""

    workflow: str
    kind: str
    effect: float
    share_before: float
    share_now: float


def contributions(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Rate and mix effect per workflow. Both frames: workflow, value, n (one row per part).

    Returns workflow, rate, mix, share_before, share_now; rate + mix over all rows is the change of the weighted mean.
    Parts without a value on both sides are left out.
    """
    both = before.join(now, on="workflow", suffix="_now").drop_nulls(["value", "value_now"])
    both = both.with_columns(
        (pl.col("n") / pl.col("n").sum()).alias("share_before"),
        (pl.col("n_now") / pl.col("n_now").sum()).alias("share_now"),
    )
    whole = ((pl.col("share_before") * pl.col("value")).sum() + (pl.col("share_now") * pl.col("value_now")).sum()) / 2
    rate = (pl.col("value_now") - pl.col("value")) * (pl.col("share_before") + pl.col("share_now")) / 2
    mix = (pl.col("share_now") - pl.col("share_before")) * ((pl.col("value") + pl.col("value_now")) / 2 - whole)
    return both.select("workflow", rate.alias("rate"), mix.alias("mix"), "share_before", "share_now")


def driver(before: pl.DataFrame, now: pl.DataFrame, delta: float, least: float = 0.5) -> Driver | None:
    """The single effect that explains at least `least` of `delta`, or null when none does.

    A metric whose parts do not add up to the whole within 10% of the change (a median, say) has no such driver.
    """
    parts = contributions(before, now)
    if delta == 0 or parts.is_empty():
        return None
    total = float(parts.select(pl.col("rate").sum() + pl.col("mix").sum()).item())
    if abs(total - delta) > 0.1 * abs(delta):
        return None
    long = parts.unpivot(
        ["rate", "mix"], index=["workflow", "share_before", "share_now"], variable_name="kind", value_name="effect"
    )
    top = long.sort(pl.col("effect") * (1 if delta > 0 else -1), descending=True).row(0, named=True)
    if abs(top["effect"]) < least * abs(delta) or top["effect"] * delta < 0:
        return None
    return Driver(top["workflow"], top["kind"], top["effect"], top["share_before"], top["share_now"])
